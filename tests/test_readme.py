"""README and the pages beside it: short, true to the data, and what they tell to type can be typed."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.main import get_command

from natverk.cli import app
from natverk.data.load import Dataset
from natverk.version import __version__

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "docs/commands.md", "docs/install.md", "docs/measures.md", "docs/own_notebook.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def blocks(page: str, *kinds: str) -> list[str]:
    return [text for kind, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")) if kind in kinds]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("page", PAGES)
def test_its_python_runs(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for number, text in enumerate(blocks(page, "python")):
        path = tmp_path / f"block_{number}.py"
        path.write_text(text, encoding="utf-8")
        runpy.run_path(str(path))
    assert list((tmp_path / "empty").iterdir()) == []


def typed(page: str) -> list[list[str]]:
    """Return the lines of a page that call natverk, as words after its name."""
    lines = [line for text in blocks(page, "sh", "powershell") for line in text.splitlines()]
    found = []
    for line in lines:
        # In PowerShell a path may have backslashes.
        words = shlex.split(line.replace("\\", "/"), comments=True)
        if words and words[0].rpartition("/")[2] == "natverk":
            found.append(words[1:])
    return found


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md", "docs/install.md"])
def test_its_commands_are_there_with_their_options(page: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    lines = typed(page)
    assert lines
    wrong = []
    for verb, *words in lines:
        command = commands.get(verb)
        # `natverk mission new`: the verb has verbs of its own.
        command = getattr(command, "commands", {}).get(words[0], command) if words else command
        options = {name for parameter in command.params for name in parameter.opts} if command else set()
        unknown = [word for word in words if word.startswith("-") and word.partition("=")[0] not in options]
        # Other options of this one are JupyterLab's.
        if verb not in commands or (unknown and verb != "lab"):
            wrong.append([verb, *words])
    assert wrong == []


def test_every_command_is_told() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert {verb for verb, *_ in typed("docs/commands.md")} == set(commands)


@pytest.mark.parametrize("page", PAGES)
def test_its_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
def test_the_wheel_is_called_as_it_is(page: str) -> None:
    named = set(re.findall(r"natverk-([0-9.]+)-py3-none-any\.whl", (ROOT / page).read_text(encoding="utf-8")))
    assert named == {__version__}


def test_its_numbers_are_those_of_the_data(real: Dataset) -> None:
    text = " ".join(README.split())
    rows, audit = real.memberships, real.audit
    dated = rows[["start_year", "observed_year", "end_year"]].notna().any(axis=1)
    pairs = dated.groupby([rows["actor_id"], rows["network_id"]]).any()
    partly = audit[audit["verdict"] == "partly"]
    day = pd.Timestamp(real.vintage)
    for told in (
        f"{len(real.municipalities)} municipalities and {len(real.networks)} networks",
        f"{len(rows):,} rows about memberships",
        f"{len(real.sources):,} sources in all, read up to {day.day} {day:%B %Y}",
        f"{int((~pairs).sum())} of the {len(pairs):,} pairs of actor and network",
        f"({len(real.member_lists)} lists, of {real.member_lists['network_id'].nunique()} networks)",
        f"When {len(audit)} random rows",
        f"{int((audit['verdict'] == 'supported').sum())} were fully supported, {len(partly)} had at least one",
        f"({int((partly['severity'] == 'material').sum())} of them one that an analysis would use)",
        f"{int((audit['verdict'] == 'not_refound').sum())} pages were not found again",
    ):
        assert told in text, told
    membership = real.networks.loc[real.networks["counts_as"] == "membership", "network_id"]
    known = rows[rows["actor_id"].str.startswith("municipality:") & rows["network_id"].isin(membership)]
    share = len(known.drop_duplicates(["actor_id", "network_id"])) / (len(real.municipalities) * len(membership))
    assert 1 / 60 < share < 1 / 40, "about one in fifty"
