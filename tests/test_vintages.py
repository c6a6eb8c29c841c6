"""Two vintages: what has changed is named, row, cell and page, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import natverk
from natverk.cli import app
from natverk.data.build import build
from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.data.load import Dataset
from natverk.data.tables import data_folders
from natverk.errors import DataError, InvalidArgument, NatverkError
from natverk.reports.verify import changed_texts
from natverk.vintages import changed_cells, changed_rows, changed_spells, told_vintages, vintage

RAW = Path(natverk.__file__).parents[1] / "data" / "raw"
#: Halmstad was last seen in UBC in 2016; a further row sees it in 2021.
ROW = "mem-99001,municipality:1380,,ubc,member,member,,,,,2021,stated,,no,,eurotowns-halland,a test,\n"
CELL = "Halmstad (municipality:1380) – Union of the Baltic Cities (UBC) (ubc)"


def diff(*arguments: str | Path, status: int = 0) -> str:
    """Run the command and return what it wrote."""
    result = CliRunner().invoke(app, ["diff", *map(str, arguments)])
    if isinstance(result.exception, NatverkError):
        raise result.exception
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Return a copy of the raw tables that a test may change."""
    return Path(shutil.copytree(RAW, tmp_path / "data" / "raw"))


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return raw tables with one membership of Halmstad more. Not to be changed."""
    folder = Path(shutil.copytree(RAW, tmp_path_factory.mktemp("added") / "raw"))
    with (folder / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write(ROW)
    return folder


@pytest.fixture(scope="module")
def both(added: Path) -> tuple[Dataset, Dataset]:
    """Return the data without the row and with it."""
    build(added, added.parent / "processed")
    return Dataset(data_folders()[1]), Dataset(added.parent / "processed")


def change(raw: Path, name: str, old: str, new: str) -> None:
    path = raw / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_rows_added_changed_and_gone_are_told_apart(raw: Path) -> None:
    line = next(
        line for line in (raw / "memberships.csv").read_text("utf-8").splitlines() if "municipality:1380" in line
    )
    row_id = line.partition(",")[0]
    change(raw, "memberships", line + "\n", "")
    with (raw / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write(ROW)
    text = (raw / "corrections.toml").read_text(encoding="utf-8")
    (raw / "corrections.toml").write_text(
        text.replace('\nstatus = "open"', '\nstatus = "settled"', 1), encoding="utf-8"
    )
    found = {(item.table, item.row): item.what for item in changed_rows(RAW, raw)}
    assert found.pop(("memberships", row_id)) == "is gone"
    assert found.pop(("memberships", "mem-99001")) == "is new"
    ((table, _),) = found
    assert table == "corrections"
    assert list(found.values()) == ["is another one"]


def test_a_cell_is_told_with_what_it_was(raw: Path) -> None:
    header, first = (raw / "twins.csv").read_text(encoding="utf-8").splitlines()[:2]
    cells = dict(zip(header.split(","), first.split(","), strict=False))
    change(raw, "twins", f"{cells['row_id']},{cells['actor_id']},", f"{cells['row_id']},municipality:0114,")
    (one,) = changed_rows(RAW, raw)
    assert one.row == cells["row_id"]
    assert one.what == f"has another actor_id: 'municipality:0114', it was {cells['actor_id']!r}"


def test_a_table_or_column_that_only_one_has_is_told(raw: Path) -> None:
    n_rows = len((raw / "rai.csv").read_text(encoding="utf-8").splitlines()) - 1
    (raw / "rai.csv").unlink()
    assert [(item.table, item.what) for item in changed_rows(RAW, raw)] == [("rai", "is gone")] * n_rows
    assert [(item.table, item.what) for item in changed_rows(raw, RAW)] == [("rai", "is new")] * n_rows
    (raw / "rai.csv").write_text("other,columns\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be told apart"):
        changed_rows(RAW, raw)


# --- Spells and cells -------------------------------------------------------------------------------------------------


def test_a_row_more_changes_its_spell_and_its_cell_only(both: tuple[Dataset, Dataset]) -> None:
    (spell,) = changed_spells(*both).to_dict("records")
    assert (spell["actor_id"], spell["network_id"], spell["change"]) == ("municipality:1380", "ubc", "changed")
    assert (spell["last_seen_before"], spell["last_seen"]) == ("2016", "2021")
    # Asked of all networks: no other cell is another one.
    (cell,) = changed_cells(*both).to_dict("records")
    assert (cell["actor_id"], cell["network_id"], cell["year"]) == ("municipality:1380", "ubc", 2021)
    assert [cell[f"{name}_before"] for name in ("state", "low", "best", "high")] == ["unknown", "0", "0", "1"]
    assert [cell[name] for name in ("state", "low", "best", "high")] == ["member", "1", "1", "1"]
    (back,) = changed_cells(both[1], both[0], ["ubc"]).to_dict("records")
    assert (back["state_before"], back["state"]) == ("member", "unknown")


def test_own_rows_are_a_vintage_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "mine"
    folder.mkdir()
    header = "row_id,actor_id,network_id,status,observed_year,observed_basis,source_id\n"
    row = "own-00001,municipality:1380,ubc,member,2021,stated,eurotowns-halland\n"
    (folder / "memberships.csv").write_text(header + row, encoding="utf-8")
    (cell,) = changed_cells(natverk.load(), natverk.load(overlay=folder), ["ubc"]).to_dict("records")
    assert (cell["year"], cell["state"]) == (2021, "member")


def test_a_network_that_is_new_has_only_cells_that_say_something(make: object) -> None:
    old = make({"start": 1997, "seen": 1998})  # type: ignore[operator]
    new = make(  # type: ignore[operator]
        {"start": 1997, "seen": 1998},
        {"network_id": "other", "start": 1998, "end": 1999},
        networks=[{"network_id": "net"}, {"network_id": "other"}],
    )
    cells = changed_cells(old, new)
    assert set(cells["network_id"]) == {"other"}
    assert set(cells["change"]) == {"new"}
    assert set(cells["state"]) <= {"member", "presumed", "left", "not_member"}
    assert cells.loc[cells["state"] == "member", "year"].tolist() == [1998, 1999]
    assert set(changed_cells(new, old)["change"]) == {"gone"}


# --- What can be named ------------------------------------------------------------------------------------------------


def test_a_vintage_is_a_folder_a_revision_or_reports(tmp_path: Path) -> None:
    assert vintage(str(RAW), tmp_path / "a").raw == RAW
    assert vintage(str(RAW.parent), tmp_path / "b").raw == RAW
    with pytest.raises(InvalidArgument, match="holds neither raw tables nor reports"):
        vintage(str(tmp_path), tmp_path / "c")
    for name in ("no-such-revision", "--output=x", "HEAD:data"):
        with pytest.raises(InvalidArgument, match="neither a folder nor a revision of git"):
            vintage(name, tmp_path / "d")
    assert not (tmp_path / "d").exists()


def test_revisions_of_git_are_compared(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = ["git", "-C", str(raw.parent), "-c", "user.name=a", "-c", "user.email=a"]
    for command in (["init", "-q"], ["add", "raw"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)
    with (raw / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write(ROW)
    subprocess.run([*git, "commit", "-qam", "two"], check=True)
    monkeypatch.setenv("NATVERK_DATA", str(raw.parent))
    scratch = raw.parent / "scratch"
    before, after = vintage("HEAD~1", scratch / "old"), vintage("HEAD", scratch / "new")
    lines = list(told_vintages(before, after, scratch))
    assert lines[0] == "rows: 1 added"
    assert f"  {CELL}, 2021: member (low 1, best 1, high 1), it was unknown (low 0, best 0, high 1)" in lines
    assert list(told_vintages(vintage("HEAD", scratch / "again"), vintage(str(raw), scratch), scratch)) == []


def test_tables_of_another_schema_are_compared_by_rows(raw: Path, tmp_path: Path) -> None:
    header, _, rest = (raw / "rai.csv").read_text(encoding="utf-8").partition("\n")
    lines = [f"{header},more", *(f"{line},x" for line in rest.splitlines())]
    (raw / "rai.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = []
    lines_told = told_vintages(vintage(str(RAW), tmp_path), vintage(str(raw), tmp_path), tmp_path, shown=2)
    with pytest.raises(DataError, match="cannot be built by this version of natverk, so only rows are compared"):
        said.extend(lines_told)
    assert f"  rai: {len(lines) - 1} changed" in said
    assert f"    … and {len(lines) - 3} more (--all)" in said
    assert "more: 'x', it was ''" in said[2]


# --- Pages ------------------------------------------------------------------------------------------------------------


PAGES = ("sv/municipality_profile/1380", "sv/municipality_profile/1480", "sv/network_profile/ubc",
         "sv/network_profile/energy-cities", "sv/region_report/13")  # fmt: skip
CHANGED = {"sv/municipality_profile/1380", "sv/network_profile/ubc", "sv/region_report/13"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder of five pages: three that can show a membership of Halmstad in UBC, and two that cannot."""
    from natverk.data.in_use import tables_in_use
    from natverk.data.units import Directory
    from natverk.reports.plan import find_project, plan
    from natverk.reports.run import make

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(OVERLAY_VARIABLE, raising=False)
        out = tmp_path_factory.mktemp("site") / "reports"
        tables = tables_in_use()
        pages = plan(find_project(), Directory.read(tables), list(PAGES), out=out)
        assert make(pages, tables, out, typed={}) == 0
        yield out


def test_one_membership_more_names_the_row_its_cells_and_exactly_the_pages_that_change(
    site: Path, added: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    said = diff(RAW, added, "--out", site, "--text").splitlines()
    assert "    memberships mem-99001 (municipality:1380) is new" in said
    assert "spells: 1 changed" in said
    assert "cells of the panel: 1 changed" in said
    assert f"  {CELL}, 2021: member (low 1, best 1, high 1), it was unknown (low 0, best 0, high 1)" in said
    assert "pages that say something else, of 5 in reports: 3" in said
    named = {line.split()[0] for line in said if line.endswith(" says something else")}
    assert named == CHANGED
    assert any(line.startswith("    + Östersjöstädernas förbund |") and "| 2008 | 2021" in line for line in said)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    # The proof: all five are run on the new data, and the texts of just these three are others.
    other = tmp_path / "reports"
    environ = {"NATVERK_DATA": str(added.parent)}
    result = CliRunner().invoke(app, ["report", *PAGES, "--out", str(other)], env=environ)
    assert result.exit_code == 0, result.output
    assert {change.page for change in changed_texts(site, other)} == CHANGED
    said = diff(site, other / "manifest.jsonl").splitlines()
    assert "    memberships mem-99001 (municipality:1380) is new" in said
    assert {line.split()[0] for line in said if line.endswith(" says something else")} == CHANGED


def test_pages_that_would_be_run_are_told_without_running_them(site: Path, added: Path) -> None:
    said = diff(RAW, added, "--out", site)
    assert "pages that would be run again, of 5 in reports: 3 (--text runs them aside)" in said
    for page in CHANGED:
        assert f"  {page}: " in said
    # Made on other data than the first of the two, they say nothing of a change from it.
    said = diff(added, RAW, "--out", site)
    assert "pages were not made on the old data, and are not judged" in said
    assert "there are none in nowhere to tell from" in diff(RAW, added, "--out", site / "nowhere")


def test_nothing_is_told_where_nothing_has_changed(site: Path) -> None:
    assert diff(RAW, RAW.parent, "--out", site) == "nothing has changed\n"
    with pytest.raises(InvalidArgument, match="have been corrected"):
        diff(site, RAW)
