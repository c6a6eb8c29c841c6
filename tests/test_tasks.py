"""The tasks of a newcomer, run from the documentation: every block of code, in its order, each at most three lines.

Python is run in one namespace a file, lines for a shell by the command line, all in a folder of their own.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from natverk.cli import app
from natverk.data.in_use import OVERLAY_VARIABLE

DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(name: str) -> dict[str, list[tuple[str, str]]]:
    """Return the blocks of code of a file by the heading that they stand under: language and code."""
    parts = re.split(r"^## ", (DOCS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.splitlines()[0]: BLOCK.findall(part) for part in parts}


def own_lines(code: str) -> list[str]:
    """Return the lines of a block that are code."""
    return [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder in which the reader works."""
    path = tmp_path_factory.mktemp("reader")
    before, backend = Path.cwd(), mpl.get_backend()
    os.chdir(path)
    mpl.use("agg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(path / ".cache"))
        patch.delenv(OVERLAY_VARIABLE, raising=False)
        yield path
    mpl.use(backend)
    os.chdir(before)


def python_of(name: str) -> dict[str, Any]:
    """Run all Python of a file and return its names."""
    names: dict[str, Any] = {}
    for blocks in sections(name).values():
        for language, code in blocks:
            if language == "python":
                exec(compile(code, name, "exec"), names)  # noqa: S102
    return names


@pytest.fixture(scope="module")
def names(folder: Path) -> dict[str, Any]:
    return python_of("tasks.md")


def shell(task: str) -> list[str]:
    """Return the lines of a task for a shell."""
    ((_, blocks),) = [item for item in sections("tasks.md").items() if item[0].startswith(task)]
    return [line for language, code in blocks if language == "sh" for line in own_lines(code)]


def natverk(line: str, status: int = 0) -> str:
    """Run a line in this process and return what it wrote."""
    program, *arguments = shlex.split(line)
    assert program == "natverk"
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output + str(result.exception)
    return result.output


def fill(path: Path, *rows: dict[str, str]) -> None:
    """Fill in an empty sheet as its reader does: the columns that it has, separated as it separates them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        dialect = csv.Sniffer().sniff(file.readline(), ";,")
        file.seek(0)
        header = next(csv.reader(file, dialect))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header, dialect=dialect)
        writer.writeheader()
        writer.writerows(rows)


def test_every_task_is_there_and_none_takes_more_than_three_lines() -> None:
    found = sections("tasks.md")
    assert [title[:3] for title in found if title.startswith("(")] == [f"({letter})" for letter in "abcdefghij"]
    for title, blocks in found.items():
        if not title.startswith("("):
            continue
        for _, code in blocks:
            assert 0 < len(own_lines(code)) <= 3, title
        assert len(blocks) == 1, title


def test_a_panel_of_skane_has_bounds(names: dict[str, Any]) -> None:
    skane = names["skane"]
    assert skane["actor_id"].nunique() == 33
    assert set(skane["year"]) == set(range(2000, 2025))
    assert (skane["low"] <= skane["best"]).all()
    assert (skane["best"] < skane["high"]).any()


def test_the_model_is_of_all_290(names: dict[str, Any]) -> None:
    assert int(names["fit"].nobs) == 290
    assert names["fit"].params["log_population"] > 0


def test_what_is_behind_a_number_is_cited(names: dict[str, Any]) -> None:
    assert len(names["members"]) == 14
    items = json.loads(names["csl"])
    assert len(items) == names["bibtex"].count("\n}")
    assert len(items) > 2


def test_unknown_and_presumed_cells_are_explained(names: dict[str, Any]) -> None:
    why = names["why"]
    assert set(why["state"]) == {"unknown", "presumed"}
    assert {"presumed", "after_carry_forward"} <= set(why["rule"])
    assert why["source_id"].notna().any()


def test_the_figure_is_in_the_house_style(names: dict[str, Any], folder: Path) -> None:
    from natverk.figures.style import CYCLE, HOUSE_COLOURS, PAPER

    assert set(CYCLE) <= set(HOUSE_COLOURS) - {PAPER}
    with Image.open(folder / "ubc.png") as image:
        raw = image.convert("RGB").tobytes()
    drawn = {"#" + raw[at : at + 3].hex() for at in range(0, len(raw), 3)}
    assert CYCLE[0] in drawn
    assert mpl.rcParams["axes.prop_cycle"] == mpl.rcParamsDefault["axes.prop_cycle"]
    # Only years of complete lists are in it.
    ubc = names["ubc"]
    assert ubc["low"].tolist() == [21, 14, 13, 12]
    assert set(ubc["year"]) < set(names["data"].member_lists.query("network_id == 'ubc'")["year"])


def test_everything_is_exported(folder: Path) -> None:
    (line,) = shell("(c)")
    assert re.match(r"\d\d tables, \d{5} rows", natverk(line))
    made = folder / "mine"
    assert {path.suffix for path in made.rglob("*")} >= {".dta", ".xlsx", ".sqlite", ".parquet"}
    assert len(pd.read_stata(next(made.rglob("municipalities.dta")))) == 290


OWN_NETWORK = {
    "network_id": "own-hamnar", "name": "Small Ports", "name_sv": "Små hamnar", "type": "city_network",
    "scope": "national", "reach": "national", "kind": "network", "counts_as": "membership", "themes": "maritime",
    "general_purpose": "no", "eligible_levels": "municipality", "source_id": "own-samtal",
}  # fmt: skip
OWN_SOURCE = {"source_id": "own-samtal", "title": "Samtal med en samordnare", "accessed": "2026-11-20",
              "language": "sv", "kind": "interview"}  # fmt: skip


def test_own_rows_are_on_the_page_of_the_region(folder: Path) -> None:
    write, check, report = shell("(d)")
    natverk(write)
    members = [
        {"row_id": f"own-{number:05d}", "actor_id": code, "network_id": "own-hamnar", "status": "member",
         "observed_year": "2024", "observed_basis": "stated", "source_id": "own-samtal"}
        for number, code in enumerate(("1380", "1382", "1383", "1384", "1381"), 1)
    ]  # fmt: skip
    fill(folder / "my_data" / "sources.csv", OWN_SOURCE)
    fill(folder / "my_data" / "networks.csv", OWN_NETWORK)
    fill(folder / "my_data" / "memberships.csv", *members)
    before = {path: path.read_bytes() for path in (folder / "my_data").iterdir()}
    assert "right: 0 problems" in natverk(check)
    command = [sys.executable, "-m", "natverk.cli", *shlex.split(report)[1:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    page = (folder / "reports" / "sv" / "region_report" / "13.html").read_text(encoding="utf-8")
    assert "Små hamnar" in page
    assert "own-00001" in page
    assert "egna rader" in page
    assert before == {path: path.read_bytes() for path in (folder / "my_data").iterdir()}
    # What it makes for others to take says whose it is.
    crate = json.loads((folder / "reports" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    entities = {item["@id"]: item for item in crate["@graph"]}
    assert "own rows, which are not natverk's" in entities["./"]["description"]
    assert entities["sv/region_report/13.html"]["author"]["@id"] == "#authors-of-own-rows"
    assert "own-" not in (folder / "reports" / "data" / "memberships.csv").read_text(encoding="utf-8")


def test_what_is_refreshed_is_what_the_page_on_live_sources_says() -> None:
    # Its lines are run against a server in tests/test_live.py.
    assert shell("(g)") == own_lines(BLOCK.findall((DOCS / "live.md").read_text(encoding="utf-8"))[0][1])


def test_an_own_notebook_makes_its_three_pages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "own").mkdir()
    monkeypatch.chdir(folder / "own")
    write, report = shell("(j)")
    natverk(write)
    command = [sys.executable, "-m", "natverk.cli", *shlex.split(report)[1:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in Path("reports").rglob("my_report/*.html")} == {"1280", "1281", "1286"}


def test_two_sheets_are_compared(folder: Path) -> None:
    (folder / "items.csv").write_text("item;title\n0180;Stockholm\n0184;Solna\n1480;Göteborg\n", encoding="utf-8")
    write, compare = shell("(i)")
    anna, bo = (Path(line) for line in natverk(write).splitlines())
    rows = [("0180", "1"), ("0184", "0"), ("1480", "-1")]
    anna.write_text("coder;item;title;tone\n" + "".join(f"Anna;{key};;{code}\n" for key, code in rows), "utf-8")
    bo.write_text("coder;item;title;tone\nBo;180;;1\nBo;184;;1\nBo;1480;;-1\n", encoding="utf-8")
    said = natverk(compare)
    assert "3 items, coders Anna, Bo" in said
    assert "items that not every sheet has: 0" in said
    assert "tone (ordinal): alpha 0.7" in said
    assert "0184: Anna: 0 | Bo: 1" in said


def test_the_howto_on_covariates_runs(folder: Path) -> None:
    found = python_of("covariates.md")
    assert found["n_used"] == 290
    assert int(found["many"].nobs) == 4 * 290
    # What the text says of the two forms of the model, and of what is missing.
    groups = [name for name in found["fit"].params.index if "skr_group" in name]
    other_sign = (found["fit"].params[groups] < 0) & (found["per_head"].params[groups] > 0)
    assert other_sign.sum() >= len(groups) - 2
    assert 0.4 < (found["frame"]["best"] == 0).mean() < 0.6
    assert found["later"].groupby("year")["population_year"].max().tolist() == [2020, 2021, 2021, 2021]
    assert (natverk_covariates(found) == "not_published").all()
    assert "@misc{natverk," in found["references"]


def natverk_covariates(found: dict[str, Any]) -> pd.Series:
    """Return what is known of the population in the years that the text says none is published for."""
    states: pd.Series = found["natverk"].covariates(found["data"], (2022, 2023))["population_state"]
    return states


@pytest.mark.skipif(not (DOCS.parent / ".git").exists(), reason="there are no revisions of git here")
def test_what_has_changed_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DOCS.parent)
    (line,) = shell("And next year")
    assert re.match(r"nothing has changed\n|rows: \d", natverk(f"{line} --out {folder / 'none'}"))
