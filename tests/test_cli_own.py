"""The commands for own rows as a person meets them: template, check, mission, explain, and `--overlay`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from natverk.cli import app
from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.errors import InvalidArgument, MissingFile, NatverkError

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(OVERLAY_VARIABLE, raising=False)


def natverk(*arguments: str | Path, status: int = 0) -> str:
    """Run a command in this process and return what it wrote."""
    result = RUNNER.invoke(app, [str(item) for item in arguments])
    if isinstance(result.exception, NatverkError):
        raise result.exception
    assert result.exit_code == status, result.output
    return result.output


def fill(path: Path, **cells: str) -> None:
    """Write a row into an empty table as a Swedish Excel saves it."""
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(";")
    row = ";".join(cells.get(name, "") for name in header)
    path.write_text("\ufeff" + ";".join(header) + "\r\n" + row + "\r\n", encoding="utf-8")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return empty tables that have been filled in: an interview, and Halmstad in Eurocities."""
    folder = tmp_path / "mine"
    written = natverk("template", "sources", "memberships", folder).splitlines()
    assert [Path(line).name for line in written] == [
        "sources.csv", "sources.codebook.md", "memberships.csv", "memberships.codebook.md",
    ]  # fmt: skip
    fill(folder / "sources.csv", source_id="own-samtal", title="Samtal", accessed="2026-11-20", language="sv",
         kind="Interview")  # fmt: skip
    fill(folder / "memberships.csv", row_id="own-00001", actor_id="1380", network_id="eurocities", status="member",
         observed_year="2024", observed_basis="stated", source_id="own-samtal")  # fmt: skip
    return folder


def test_a_template_is_filled_in_checked_and_used(mine: Path) -> None:
    said = natverk("check", mine)
    assert "'1380' read as 'municipality:1380'" in said
    assert "right: 0 problems; 2 cells mended when read" in said
    assert "own rows: 1 in memberships, 1 in sources" in said
    said = natverk("explain", "Halmstad", "networks", "--overlay", mine)
    assert "Halmstad – Eurocities: member, recent" in said
    assert "own-00001 (own row), memberships" in said
    assert "own-samtal: Samtal" in said
    assert OVERLAY_VARIABLE not in os.environ
    assert "own-00001" not in natverk("explain", "Halmstad", "networks")


def test_check_tells_all_that_is_wrong_and_ends_with_1(mine: Path) -> None:
    fill(mine / "memberships.csv", row_id="mem-00001", actor_id="Halmstda", network_id="eurocities", status="membre",
         observed_year="41696", source_id="own-samtal")  # fmt: skip
    before = {path: path.read_bytes() for path in mine.iterdir()}
    said = natverk("check", mine, status=1)
    assert "wrong: 4 problems" in said
    for column in ("row_id", "actor_id", "status", "observed_year"):
        assert f"memberships.csv, row 2, column {column}" in said
    assert before == {path: path.read_bytes() for path in mine.iterdir()}


def test_check_and_template_say_what_is_not_there_or_is(mine: Path) -> None:
    with pytest.raises(MissingFile, match="no folder of own rows"):
        natverk("check", mine / "nowhere")
    with pytest.raises(InvalidArgument, match="is there already"):
        natverk("template", "memberships", mine)
    assert natverk("template", "memberships", mine / "book.xlsx").strip().endswith("book.xlsx")


def test_the_list_of_stale_pages_and_the_report_take_own_rows(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from natverk.reports import run

    seen = []

    def make(pages: object, tables: object, *_: object, **__: object) -> int:
        seen.append((os.environ[OVERLAY_VARIABLE], tables.own))  # type: ignore[attr-defined]
        return 0

    monkeypatch.setattr(run, "make", make)
    said = natverk("report", "eurocities", "--overlay", mine, "--out", mine.parent / "reports")
    assert seen == [(str(mine), {"memberships": 1, "sources": 1})]
    assert "own rows lie over the data: 1 in memberships, 1 in sources" in said
    with pytest.raises(NatverkError):
        natverk("report", "eurocities", "--overlay", mine / "nowhere")


def test_a_mission_is_written_filled_in_added_and_seen(mine: Path, tmp_path: Path) -> None:
    said = natverk("mission", "new", "--network", "SERN", "--format", "md", "--out", tmp_path)
    form = Path(said.strip())
    assert form.name == "reserapport-sern.md"
    with pytest.raises(NatverkError, match="3 problems in the form") as caught:
        natverk("mission", "add", form, mine)
    assert f"where: {form}, line 11" in str(caught.value)
    text = form.read_text(encoding="utf-8")
    for question, answer in (("organ)", "Vänersborg"), ("konferens)", "Årsmöte"), ("Land", "Italien")):
        text = text.replace(f"{question} |  |", f"{question} | {answer} |")
    form.write_text(text.replace("|  | A.", "| x | A."), encoding="utf-8")
    before = {path: path.read_bytes() for path in mine.iterdir()}
    said = natverk("mission", "add", form, mine)
    assert "missions own-00002\n  actor_id: municipality:1487\n  network_id: sern\n  event: Årsmöte" in said
    assert "next_step_category: sporadic" in said
    assert "'Vänersborg' read as municipality:1487, Vänersborg" in said
    assert {path: path.read_bytes() for path in before} == before
    assert "right: 0 problems" in natverk("check", mine)
    with pytest.raises(InvalidArgument, match="among your own rows already, own-00002"):
        natverk("mission", "add", form, mine)
    said = natverk("mission", "new", "--from", "own-00002", "--overlay", mine, "--format", "md", "--out", tmp_path)
    assert "| Årsmöte |" in Path(said.strip()).read_text(encoding="utf-8")


def test_explain_tells_every_line_with_its_rule() -> None:
    said = natverk("explain", "14", "responsibility")
    assert said.startswith("Västra Götaland (region 14), responsibility: 4 lines\n  rule: ")
    assert "  rua-00039, responsibility:" in said
    with pytest.raises(InvalidArgument, match="unknown value 'network'") as caught:
        natverk("explain", "14", "network")
    assert "nearest: 'networks'" in str(caught.value)


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_overlay_is_none(mine: Path, monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    monkeypatch.chdir(mine)
    monkeypatch.setenv(OVERLAY_VARIABLE, str(mine))
    assert "own-00001" in natverk("explain", "Halmstad", "networks")
    assert "own-00001" not in natverk("explain", "Halmstad", "networks", "--overlay", blank)
    assert os.environ[OVERLAY_VARIABLE] == str(mine)
    monkeypatch.delenv(OVERLAY_VARIABLE)
    assert "own-00001" in natverk("explain", "Halmstad", "networks", "--overlay", ".")
