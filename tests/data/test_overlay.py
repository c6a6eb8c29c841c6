"""Own rows: every planted fault found with its place, none invented, what has one reading mended, nothing written."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

import natverk
from natverk.data.build import current_tables
from natverk.data.in_use import OVERLAY_VARIABLE, chosen_overlay, overlay_in_environment, tables_in_use
from natverk.data.load import Dataset
from natverk.data.mending import mended
from natverk.data.overlay import (
    OVERLAY_TABLES,
    OWN_KEYS,
    Overlay,
    OverlayError,
    check_overlay,
    overlay_table,
    own_tables,
)
from natverk.data.schema import SCHEMA
from natverk.data.sources import cite_data, own_beside
from natverk.data.tables import Processed
from natverk.data.template import write_templates
from natverk.errors import InvalidArgument, MissingFile, NatverkError
from natverk.membership.quality import explain
from natverk.networks import members_of
from natverk.why import explained
from tests.pages.notebook import page_of, tables_of, text_of


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tables with own rows apart from those of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.delenv(OVERLAY_VARIABLE, raising=False)


Row = Mapping[str, Any]
SOURCE: Row = {"source_id": "own-interview", "title": "Samtal", "accessed": "2026-11-20", "language": "sv",
               "kind": "interview"}  # fmt: skip
NETWORK: Row = {
    "network_id": "own-kuststad", "name": "Coastal Towns", "type": "city_network", "scope": "national",
    "reach": "national", "kind": "network", "counts_as": "membership", "themes": "culture;mobility",
    "general_purpose": "no", "eligible_levels": "municipality", "source_id": "own-interview",
}  # fmt: skip


def member(number: int, **cells: Any) -> dict[str, Any]:
    """Return an own membership of Halmstad in the own network, with other cells."""
    return {
        "row_id": f"own-{number:05d}", "actor_id": "municipality:1380", "network_id": "own-kuststad",
        "status": "member", "observed_year": "2024", "observed_basis": "stated", "source_id": "own-interview", **cells,
    }  # fmt: skip


def write_csv(folder: Path, separator: str = ",", encoding: str = "utf-8", **tables: Sequence[Row]) -> Path:
    """Write own rows as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [separator.join(columns)]
        lines += [separator.join(str(row.get(column, "")) for column in columns) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    return folder


def write_excel(path: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write own rows as a workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    book.save(path)
    return path


def state_of(path: Path) -> dict[str, tuple[str, int]]:
    """Return the hash and the time of every file of an overlay."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {
        str(file): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in files
        if file.is_file()
    }


def checked(path: Path) -> Overlay:
    """Check own rows, and see that nothing of them is changed."""
    before = state_of(path)
    found = check_overlay(path, current_tables())
    assert state_of(path) == before
    return found


def said(found: Overlay) -> str:
    return "\n".join(map(str, found.problems))


# --- A workbook with planted faults -----------------------------------------------------------------------------------


def sound_workbook() -> dict[str, list[dict[str, Any]]]:
    """Return about forty rows in which nothing is wrong."""
    codes = ["1380", "1280", "1480", "0180", "0380", "0580", "1281", "1283", "2480", "2580", "0880", "1080"]
    sources = [{**SOURCE, "source_id": f"own-{kind}", "kind": kind}
               for kind in ("interview", "archive", "e-mail", "survey", "observation")]  # fmt: skip
    members = [member(number, actor_id=f"municipality:{code}") for number, code in enumerate(codes * 2, 1)]
    projects = [
        {"row_id": f"own-{number:05d}", "actor_id": "municipality:1380", "project": f"Hamnen {number}",
         "network_id": "own-kuststad", "start_year": "2020", "end_year": "2022", "role": "lead", "theme": "maritime",
         "source_id": "own-survey"}
        for number in range(101, 105)
    ]  # fmt: skip
    missions = [
        {"row_id": f"own-{number:05d}", "actor_id": "municipality:1380", "event": "Resa", "country": "Polen",
         "start_date": "2023-05-02", "next_step_category": "none", "next_step_basis": "text",
         "source_id": "own-archive"}
        for number in range(201, 204)
    ]  # fmt: skip
    totals = [{"row_id": "own-00301", "network_id": "own-kuststad", "actor_id": None, "fact": "members", "value": "41",
               "qualifier": "exact", "value_as_stated": "41 medlemmar", "source_id": "own-e-mail"}]  # fmt: skip
    networks = [dict(NETWORK), {**NETWORK, "network_id": "own-andra", "name": "Second"}]
    return {"sources": [dict(row) for row in sources], "networks": networks, "memberships": members,
            "projects": projects, "missions": missions, "published_totals": totals}  # fmt: skip


#: What is made wrong: table, row of the sheet (2 is the first), column, the cell, and what the error says.
PLANTED: tuple[tuple[str, int, str, Any, str], ...] = (
    ("memberships", 2, "status", "membr", "nearest: 'member'"),
    ("memberships", 3, "actor_id", "municipality:9999", "is not in actors.actor_id"),
    ("memberships", 4, "actor_id", "Göteborg", "write municipality:1480"),
    ("memberships", 5, "source_id", None, "a required cell is blank"),
    ("memberships", 6, "observed_year", "2014-02-26", "is a day, not a year"),
    ("memberships", 7, "observed_year", 41696, "Excel's number of the day 2014-02-26"),
    ("memberships", 8, "row_id", "own-00001", "stands in"),
    ("memberships", 9, "row_id", "mem-00001", "is no id of an own row"),
    ("memberships", 10, "replaces", "mem-99999", "is no row of natverk's table memberships"),
    ("memberships", 11, "network_id", "eurocites", "nearest: 'eurocities'"),
    ("memberships", 12, "observed_basis", None, "observed_basis is blank"),
    ("memberships", 13, "source_id", "own-interveiw", "nearest: 'own-interview'"),
    ("sources", 3, "accessed", "03/04/2019", "can be 2019-03-04 or 2019-04-03"),
    ("sources", 4, "url", "www.halmstad.se", "is no url"),
    ("networks", 3, "themes", "culture;culinary", "'culinary' is not in the vocabulary"),
    ("missions", 2, "next_step_category", "None", "can be the value 'none' or a missing one"),
    ("missions", 3, "start_date", "2023-02-30", "is no date"),
    ("projects", 2, "end_year", "2019", "comes before start_year 2020"),
    ("projects", 3, "role", "#REF!", "gives the error #REF!"),
    ("published_totals", 2, "value", "1,234", "can be 1234 or 1.234"),
)  # fmt: skip


def planted_workbook(path: Path) -> Path:
    tables = sound_workbook()
    for name, row, column, cell, _said in PLANTED:
        tables[name][row - 2][column] = cell
        if (column, cell) == ("row_id", "own-00001"):
            tables[name][0][column] = cell
    return write_excel(path, tables)


def test_every_planted_fault_is_found_with_its_place_and_none_is_invented(tmp_path: Path) -> None:
    path = planted_workbook(tmp_path / "mine.xlsx")
    sound = sound_workbook()
    assert sum(map(len, sound.values())) == 39
    found = checked(path)
    wanted = {(name, row, column) for name, row, column, _cell, _said in PLANTED}
    got = [(one.place.sheet, one.place.row, one.column) for one in found.problems]
    # A rule about two columns names the first of them.
    got = [("memberships", 12, "observed_basis") if item == ("memberships", 12, "observed_year") else item
           for item in got]  # fmt: skip
    got = [("projects", 2, "end_year") if item[:2] == ("projects", 2) else item for item in got]
    assert sorted(got) == sorted(wanted)
    errors = {(one.place.sheet, one.place.row): str(one) for one in found.problems}
    for name, row, _column, _cell, words in PLANTED:
        assert words in errors[(name, row)], errors[(name, row)]
        assert f"{path}, sheet {name}, row {row}" in errors[(name, row)]
        assert "next:" in errors[(name, row)]
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_loaded_from_own_rows_that_are_wrong(tmp_path: Path) -> None:
    path = planted_workbook(tmp_path / "mine.xlsx")
    with pytest.raises(OverlayError) as caught:
        natverk.load(overlay=path)
    assert len(caught.value.problems) == len(PLANTED)
    assert "nothing was changed" in str(caught.value)
    assert f"natverk check {path}" in str(caught.value)


def test_the_sound_workbook_loads(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "mine.xlsx", sound_workbook())
    before = state_of(path)
    assert said(checked(path)) == ""
    data = natverk.load(overlay=path)
    assert state_of(path) == before
    assert data.own == {name: len(rows) for name, rows in sound_workbook().items()} | data.own
    assert sum(data.own.values()) == 39
    plain = natverk.load()
    assert plain.own == {}
    for name in SCHEMA:
        assert len(data.table(name)) == len(plain.table(name)) + data.own.get(name, 0)
        assert data.table(name).dtypes.equals(plain.table(name).dtypes)


# --- What spreadsheets do ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "cell", "expected"),
    [
        ("population", "code", "180", "0180"),
        ("memberships", "actor_id", "municipality:180", "municipality:0180"),
        ("memberships", "actor_id", "1380", "municipality:1380"),
        ("bodies", "county_codes", "1;14", "01;14"),
        ("memberships", "observed_year", "2014.0", "2014"),
        ("memberships", "observed_year", "1905-07-06", "2014"),
        ("sources", "accessed", "46000", "2025-12-09"),
        ("sources", "accessed", "23/4/2019", "2019-04-23"),
        ("sources", "accessed", "2019-04-23 00:00:00", "2019-04-23"),
        ("indicators", "value", "38,4", "38.4"),
        ("indicators", "value", "1\u00a0234,5", "1234.5"),
        ("population", "population", "96 217", "96217"),
        ("memberships", "status", " Member\u00a0", "member"),
        ("memberships", "derived", "FALSE", "no"),
        ("memberships", "end_year", "NA", ""),
        ("memberships", "note", "None", ""),
        ("memberships", "note", "None of them", "None of them"),
        ("memberships", "observed_year", '="2014"', "2014"),
        ("networks", "themes", "culture, mobility", "culture;mobility"),
    ],
)
def test_what_has_one_reading_is_mended_and_told(table: str, column: str, cell: str, expected: str) -> None:
    got = mended(cell, SCHEMA[table].column(column))
    assert (got.text, got.refused) == (expected, "")
    assert bool(got.how) == (cell != expected)


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("sources", "accessed", "03/04/2019"),
        ("sources", "accessed", "1/2/03"),
        ("indicators", "value", "1,234"),
        ("population", "population", "96.217"),
        ("memberships", "observed_year", "41696"),
        ("memberships", "observed_year", "14"),
        ("missions", "next_step_category", "None"),
        ("population", "code", "18"),
    ],
)
def test_what_has_several_readings_is_refused(table: str, column: str, cell: str) -> None:
    got = mended(cell, SCHEMA[table].column(column))
    assert got.refused or not SCHEMA[table].column(column).matches(got.text)
    assert got.text == cell


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-16"), (";", "cp1252")]
)
def test_csv_of_every_making_is_read(tmp_path: Path, separator: str, encoding: str) -> None:
    folder = write_csv(
        tmp_path / "mine", separator, encoding, sources=[{**SOURCE, "title": "Intervju på Öland"}],
        networks=[{**NETWORK, "name": "Småstäder på Öland", "themes": "culture"}], memberships=[member(1)],
    )  # fmt: skip
    (folder / "notes.txt").write_text("what is no table is left alone", encoding="utf-8")
    found = checked(folder)
    assert said(found) == ""
    assert (
        natverk.load(overlay=folder).sources.set_index("source_id").at["own-interview", "title"] == "Intervju på Öland"
    )


def test_merged_cells_and_formulas_are_read_where_they_mean_one_thing(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "mine.xlsx", sound_workbook())
    book = load_workbook(path)
    sheet = book["memberships"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in (3, 4):
        sheet.cell(row, columns["source_id"]).value = None
    sheet.merge_cells(start_row=2, end_row=4, start_column=columns["source_id"], end_column=columns["source_id"])
    sheet.cell(6, columns["observed_year"]).value = "=2000+20"
    sheet.cell(7, columns["observed_year"]).value = "=2000+21"
    book["projects"].merge_cells("A2:B2")
    book.save(path)
    # A program that calculates stores the value of a formula beside it.
    stored = dict(_parts(path))
    name = next(name for name, content in stored.items() if b"2000+20" in content)
    stored[name] = re.sub(rb"<f>2000\+20</f><v\s*/?>(</v>)?", b"<f>2000+20</f><v>2020</v>", stored[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in stored.items():
            archive.writestr(part, content)
    found = checked(path)
    got = {(one.place.sheet, one.place.row, one.column) for one in found.problems}
    assert got == {("memberships", 7, "observed_year"), ("projects", 2, "row_id"), ("projects", 2, "actor_id")}
    assert "whose value the file does not hold" in said(found)
    assert "merged over several columns" in said(found)
    hows = {(one.place.row, one.how) for one in found.mended}
    assert {(3, "a cell merged over several rows"), (4, "a cell merged over several rows")} <= hows
    assert (6, "the value of a formula") in hows
    assert found.tables["memberships"]["source_id"].tolist()[:4] == ["own-interview"] * 4


def test_cells_of_excel_that_are_numbers_days_and_truth_values_are_read(tmp_path: Path) -> None:
    sources = [{**SOURCE, "accessed": datetime.datetime(2026, 11, 20), "published": datetime.date(2020, 5, 1)}]
    rows = [member(1, actor_id=1380, observed_year=2024, derived=False), member(2, observed_year=2024.0)]
    population = [{"code": 180, "year": 2023, "population": 988943.0, "borders": "as_published",
                   "source_id": "own-interview"}]  # fmt: skip
    tables = {"sources": sources, "networks": [NETWORK], "memberships": rows, "population": population}
    path = write_excel(tmp_path / "mine.xlsx", tables)
    book = load_workbook(path)
    book.create_sheet("Blad1")
    sheet = book["memberships"]
    sheet.cell(9, 9).value = "  "
    sheet.cell(1, sheet.max_column + 2).number_format = "@"
    book.save(path)
    assert said(checked(path)) == ""
    data = natverk.load(overlay=path)
    source = data.sources.set_index("source_id").loc["own-interview"]
    assert (source["accessed"], source["published"]) == ("2026-11-20", "2020-05-01")
    own = data.population.query("code == '0180' and year == 2023")
    assert own["population"].tolist() == [988943]
    assert data.memberships.set_index("row_id").loc["own-00001", ["actor_id", "derived"]].tolist() == [
        "municipality:1380", False,
    ]  # fmt: skip


def test_a_damaged_workbook_is_told_and_never_a_traceback(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "mine.xlsx", sound_workbook())
    content, chance = path.read_bytes(), random.Random(1)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged[: chance.choice([len(damaged), len(damaged) // 2])]))
        for problem in checked(path).problems:
            assert str(path) in str(problem)


def test_tables_of_other_programs_are_not_passed_over(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "mine", sources=[SOURCE])
    (folder / "memberships.xls").write_bytes(b"x")
    (folder / "~$memberships.xlsx").write_bytes(b"x")
    (problem,) = checked(folder).problems
    assert "memberships.xls is a table that is not read" in str(problem)


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def test_files_that_are_no_tables_are_told_with_the_nearest_one(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "mine", membership=[member(1)], translations=[{"text": "a", "text_sv": "b"}])
    (folder / "sources.csv").write_bytes(b'source_id;title\n"not closed')
    (folder / "projects.csv").write_text("row_id,wrong,source_id\n", encoding="utf-8")
    (folder / "book.xlsx").write_bytes(b"no workbook")
    found = checked(folder)
    assert {Path(one.place.file).name for one in found.problems} == {
        "membership.csv", "translations.csv", "sources.csv", "projects.csv", "book.xlsx",
    }  # fmt: skip
    assert "nearest: 'memberships'" in said(found)
    assert "unknown column 'wrong'" in said(found)


def test_a_row_of_another_length_is_one_fault_beside_the_others(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "mine", sources=[SOURCE], networks=[NETWORK], memberships=[member(1), member(2)])
    with (folder / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write("own-00003,municipality:1380\nown-00004,x,own-kuststad,member,2024,stated,own-interview\n")
    found = checked(folder)
    assert [(one.place.row, one.column) for one in found.problems] == [(4, ""), (5, "actor_id")]


def test_what_refers_to_a_row_that_is_wrong_is_not_wrong_itself(tmp_path: Path) -> None:
    networks = [{**NETWORK, "counts_as": "membre"}, {**NETWORK, "network_id": "own-andra"}]
    folder = write_csv(tmp_path / "mine", sources=[SOURCE], networks=networks, memberships=[member(1)])
    assert [(one.place.row, one.column) for one in checked(folder).problems] == [(2, "counts_as")]
    with (folder / "networks.csv").open("a", encoding="utf-8") as file:
        file.write("own-tredje,too,few\n")
    write_csv(folder, memberships=[member(1, network_id="own-tredje")])
    assert [(one.place.row, one.column) for one in checked(folder).problems] == [(2, "counts_as"), (4, "")]


def test_a_status_that_no_rule_knows_is_told_with_what_to_write(tmp_path: Path) -> None:
    row = member(1, status="financer")
    networks = [{**NETWORK, "counts_as": "commitment"}]
    (problem,) = checked(write_csv(tmp_path / "mine", sources=[SOURCE], networks=networks, memberships=[row])).problems
    assert (problem.place.row, problem.column) == (2, "status")
    assert "by the table status_rules" in str(problem)


def test_a_network_that_counts_as_something_else_must_have_rules_for_its_members(tmp_path: Path) -> None:
    charter = natverk.load().networks.set_index("network_id").loc["cemr-equality-charter"]
    assert charter["counts_as"] == "commitment"
    networks = [NETWORK, {**NETWORK, "network_id": charter.name, "replaces": charter.name, "name": "Charter"}]
    folder = write_csv(tmp_path / "mine", sources=[SOURCE], networks=networks, memberships=[member(1)])
    (problem,) = checked(folder).problems
    assert re.search(r"networks\.csv, row 3, column counts_as", str(problem))
    assert re.search(r"no rule for status 'signatory' in a network that counts as 'membership'", str(problem))
    assert re.search(r"\d+ of natverk's memberships, [a-z]{3}-\d{5} among them", str(problem))
    assert "write commitment" in str(problem)
    with pytest.raises(OverlayError):
        natverk.load(overlay=folder)
    # What cannot be read is told once, and not of every member too.
    folder = write_csv(tmp_path / "mine", networks=[NETWORK, {**networks[1], "counts_as": "membrship"}])
    assert [(one.place.row, one.column) for one in checked(folder).problems] == [(3, "counts_as")]
    # With the statuses changed as well, nothing is wrong.
    signed = natverk.load().memberships.query("network_id == 'cemr-equality-charter' and status == 'signatory'")
    rows = [member(number, actor_id=row.actor_id, network_id=row.network_id, replaces=row.row_id)
            for number, row in enumerate(signed.itertuples(), 1)]  # fmt: skip
    folder = write_csv(tmp_path / "mine", networks=networks, memberships=rows)
    assert said(checked(folder)) == ""


def test_there_must_be_own_rows(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no folder of own rows") as caught:
        natverk.load(overlay=tmp_path / "nowhere")
    assert "natverk template" in str(caught.value)
    (tmp_path / "mine").mkdir()
    assert natverk.load(overlay=tmp_path / "mine").own == {}


# --- Ids and places ---------------------------------------------------------------------------------------------------


def test_natverk_never_gives_the_ids_of_own_rows() -> None:
    for table in SCHEMA.values():
        for column in table.columns:
            assert column.kind != "row_id" or column.pattern is None or not column.fits("own-00001")
    plain = natverk.load()
    keys = [key for name in SCHEMA for key in plain.table(name)[SCHEMA[name].key[0]].astype(str)]
    assert not [key for key in keys if re.match(r"(\w+:)?own-\d|own-", key)]
    assert overlay_table("functions").column("same_as").fits("fun-00001")


def test_own_ids_clash_with_nothing(tmp_path: Path) -> None:
    networks = [NETWORK, {**NETWORK, "network_id": "eurocities"}, {**NETWORK, "network_id": "kuststad"}]
    projects = [{"row_id": "own-00001", "actor_id": "municipality:1380", "project": "A", "role": "lead",
                 "theme": "culture", "source_id": "own-interview"}]  # fmt: skip
    folder = write_csv(
        tmp_path / "mine", sources=[SOURCE, SOURCE], networks=networks, memberships=[member(1)], projects=projects
    )
    found = checked(folder)
    got = sorted((Path(one.place.file).stem, one.place.row, one.column) for one in found.problems)
    assert got == [
        ("networks", 3, "network_id"), ("networks", 4, "network_id"), ("projects", 2, "row_id"),
        ("sources", 3, "source_id"),
    ]  # fmt: skip
    assert "to take its place, write eurocities in the column replaces" in said(found)
    assert "let it begin with own-: own-kuststad" in said(found)
    assert "give the new row an id of its own: own-00002" in said(found)


def test_a_row_takes_the_place_of_one_of_natverks(tmp_path: Path) -> None:
    plain = natverk.load()
    first = plain.memberships.iloc[0]
    known = plain.functions[plain.functions["same_as"].notna()].iloc[0]
    head = plain.functions.set_index("row_id").loc[known["same_as"]]
    cities = plain.networks.set_index("network_id").loc["eurocities"]
    rows = [member(1, replaces=first["row_id"], actor_id=first["actor_id"], network_id=first["network_id"],
                   note="Läst om")]  # fmt: skip
    functions = [
        {"row_id": "own-00002", "replaces": known["same_as"], "actor_id": head["actor_id"],
         "network_id": head["network_id"], "function_class": head["function_class"], "source_id": "own-interview"}
    ]  # fmt: skip
    networks = [{**NETWORK, "network_id": "eurocities", "replaces": "eurocities", "name": "Eurocities (own)"}]
    folder = write_csv(tmp_path / "mine", sources=[SOURCE], memberships=rows, functions=functions, networks=networks)
    assert said(checked(folder)) == ""
    data = natverk.load(overlay=folder)
    members = data.memberships.set_index("row_id")
    assert first["row_id"] not in members.index
    assert len(members) == len(plain.memberships)
    assert members.at["own-00001", "note_sv"] == "Läst om"
    assert data.functions.set_index("row_id").at[known["row_id"], "same_as"] == "own-00002"
    assert data.networks.set_index("network_id").at["eurocities", "name"] == "Eurocities (own)" != cities["name"]
    assert data.own_keys["memberships"] == {"own-00001": first["row_id"]}
    assert first["row_id"] not in set(data.audit["checked_row_id"].dropna())
    assert "3 of them in the place of natverk's" in data._repr_html_()
    assert cite_data(data, "en").endswith("3 of them in the place of natverk's rows.")


def test_what_is_replaced_must_be_there_once(tmp_path: Path) -> None:
    rows = [member(1, replaces="mem-00001"), member(2, replaces="mem-00001"), member(3, replaces="fun-00001")]
    folder = write_csv(
        tmp_path / "mine", sources=[SOURCE],
        networks=[NETWORK, {**NETWORK, "network_id": "own-x", "replaces": "ubc"}], memberships=rows,
    )  # fmt: skip
    found = checked(folder)
    assert [(Path(one.place.file).stem, one.place.row, one.column) for one in found.problems] == [
        ("memberships", 3, "replaces"), ("memberships", 4, "replaces"), ("networks", 3, "network_id"),
    ]  # fmt: skip


def test_a_row_on_a_complete_list_of_natverks_contradicts_it(tmp_path: Path) -> None:
    full = natverk.load().member_lists.iloc[0]
    row = member(1, network_id=full["network_id"], list_id=full["list_id"], observed_year=full["year"])
    found = checked(write_csv(tmp_path / "mine", sources=[SOURCE], memberships=[row]))
    (problem,) = found.problems
    assert (Path(problem.place.file).name, problem.place.row) == ("memberships.csv", 2)
    assert f"list {full['list_id']} says" in str(problem)


# --- What is said -----------------------------------------------------------------------------------------------------


@pytest.fixture
def halmstad(tmp_path: Path) -> Path:
    """Return own rows: a network of one's own, and Halmstad in it."""
    return write_csv(tmp_path / "mine", sources=[SOURCE], networks=[NETWORK], memberships=[member(1)])


def test_data_and_citation_say_that_there_are_own_rows(halmstad: Path) -> None:
    data = natverk.load(overlay=halmstad)
    assert repr(data) == f"<natverk.Dataset {len(SCHEMA)} tables, 3 own rows>"
    assert data.own == {"networks": 1, "memberships": 1, "sources": 1}
    assert "<b>3 own rows</b>" in data._repr_html_()
    assert "With 3 own rows, which are not natverk's, of memberships (1), networks (1), sources (1)." in cite_data(
        data, "en"
    )
    assert "Med 3 egna rader, som inte är natverks" in cite_data(data, "sv")
    assert own_beside("natverk", data, "sv") == "natverk, med 3 egna rader, inte natverks"
    assert "own row" not in cite_data(natverk.load(), "en")
    assert "own" not in repr(natverk.load())
    # A name without Swedish stands for both.
    assert data.networks.set_index("network_id").at["own-kuststad", "name_sv"] == "Coastal Towns"
    assert explain(data, "own-00001")["source_id"].tolist() == ["own-interview"]


def test_tables_without_own_rows_stay_what_they_are(halmstad: Path) -> None:
    own, plain = tables_in_use(halmstad), current_tables()
    changed = {name for name in plain.hashes if own.hashes[name] != plain.hashes[name]}
    assert changed == {"networks", "memberships", "sources"}
    assert own.fingerprint() != plain.fingerprint()
    assert own.own == {"memberships": 1, "networks": 1, "sources": 1}
    assert plain.own == {}
    own.verify()


def test_own_sources_do_not_make_natverk_younger(tmp_path: Path) -> None:
    later = [{**SOURCE, "accessed": "2027-02-01"}]
    folder = write_csv(
        tmp_path / "mine", sources=later, networks=[NETWORK], memberships=[member(1, observed_year=2027)]
    )
    data = natverk.load(overlay=folder)
    assert data.vintage == natverk.load().vintage < "2027"
    assert data.read_until == data.known_until == "2027-02-01"
    own = natverk.documented(data, "Halmstad", years=(1997, 2027), networks=["own-kuststad"])
    assert own["row_ids"].tolist() == ["own-00001"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_page_shows_own_rows_and_says_that_they_are(
    halmstad: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv(OVERLAY_VARIABLE, str(halmstad))
    page = page_of("network_profile", network="own-kuststad", lang=lang)
    assert any("own-00001" in ids for table in tables_of(page).values() for ids in table.row_ids)
    text = text_of(page)
    assert "own-00001, own-interview, own-kuststad." in text
    assert ("3 egna rader" if lang == "sv" else "3 own rows") in page.source_line
    assert "own-interview" in page.references.ids
    other = page_of("network_profile", network="ecad", lang=lang)
    assert "own-00001" not in text_of(other)
    assert ("Sidan nämner ingen av dem" if lang == "sv" else "This page names none of them") in text_of(other)


def test_a_page_without_own_rows_says_nothing_of_them() -> None:
    page = page_of("network_profile", network="ecad", lang="en")
    assert page.own_ids == []
    assert "own row" not in text_of(page) + page.source_line


def test_the_environment_names_own_rows_for_every_process(halmstad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with overlay_in_environment(halmstad):
        assert natverk.load().own
        assert chosen_overlay() == halmstad
        with overlay_in_environment(None):
            assert natverk.load().own
        assert natverk.load(overlay="").own == {}
    assert chosen_overlay() is None
    assert natverk.load().own == {}


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_is_no_own_rows(halmstad: Path, monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    monkeypatch.setenv(OVERLAY_VARIABLE, str(halmstad))
    assert chosen_overlay(blank) is None
    with overlay_in_environment(blank):
        assert OVERLAY_VARIABLE not in os.environ
        assert natverk.load().own == {}
    assert os.environ[OVERLAY_VARIABLE] == str(halmstad)
    monkeypatch.setenv(OVERLAY_VARIABLE, blank)
    assert chosen_overlay() is None


@pytest.mark.parametrize("times", [1, 99])
def test_rows_that_change_while_they_are_read_are_not_kept(
    halmstad: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    calls = 0

    def read(path: Path, base: Processed) -> Any:
        nonlocal calls
        made = own_tables(path, base)
        calls += 1
        if calls <= times:
            write_csv(path, memberships=[member(number) for number in range(1, calls + 2)])
        return made

    monkeypatch.setenv("XDG_CACHE_HOME", str(halmstad.parent / "cache"))
    monkeypatch.setattr("natverk.data.overlay.own_tables", read)
    if times > 1:
        with pytest.raises(NatverkError, match=r"changed while they were read(.|\n)*try again"):
            tables_in_use(halmstad)
    else:
        assert tables_in_use(halmstad).own["memberships"] == 2
    # Going back to the first rows gives them, not what stood there in between.
    write_csv(halmstad, memberships=[member(1)])
    calls = 99
    assert tables_in_use(halmstad).own["memberships"] == 1


def test_changed_own_rows_are_read_anew(halmstad: Path) -> None:
    assert natverk.load(overlay=halmstad).own["memberships"] == 1
    write_csv(halmstad, memberships=[member(1), member(2, actor_id="municipality:1280")])
    assert natverk.load(overlay=halmstad).own["memberships"] == 2


@pytest.mark.parametrize("damage", ["removed", "changed", "unlisted"])
def test_damaged_tables_with_own_rows_are_made_anew(halmstad: Path, damage: str) -> None:
    kept = tables_in_use(halmstad)
    file, manifest = kept.folder / "memberships.parquet", kept.folder / "manifest.json"
    before = file.read_bytes()
    if damage == "removed":
        file.unlink()
    elif damage == "changed":
        file.write_bytes(before[:-1] + b"x")
    else:
        said = json.loads(manifest.read_text("utf-8"))
        del said["outputs"]["memberships.parquet"]
        manifest.write_text(json.dumps(said), "utf-8")
    if damage != "unlisted":
        with pytest.raises(NatverkError, match=r"natverk\.load\(\) again"):
            kept.content("memberships")
    again = tables_in_use(halmstad)
    assert again.folder == kept.folder
    assert again.content("memberships") == before
    assert natverk.load(overlay=halmstad).own["memberships"] == 1
    assert [path.name for path in kept.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_why_says_rows_sources_and_rule_of_every_line(halmstad: Path) -> None:
    data = natverk.load(overlay=halmstad)
    lines = list(explained(data, "own-kuststad", "networks", year_to=2024))
    assert lines[0] == "Coastal Towns (network own-kuststad), networks: 1 line"
    assert "Halmstad – Coastal Towns: member, recent" in lines[3]
    assert lines[4].startswith("  own-00001 (own row), memberships:")
    assert "counts as positive" in lines[4]
    assert lines[5].startswith("    own-interview: Samtal")
    for section in ("networks", "responsibility", "positions", "projects"):
        told = list(explained(natverk.load(), "14", section))
        rows = [line for line in told if re.match(r"  [a-z]{3}-\d{5}", line)]
        n = int(re.search(r": (\d+) lines", told[0])[1])  # type: ignore[index]
        assert n
        assert len(rows) >= n
        assert sum(line == "" for line in told) == n
    with pytest.raises(InvalidArgument, match="responsibility is held for a county"):
        list(explained(data, "eurocities", "responsibility"))
    with pytest.raises(NatverkError, match="Halmstda"):
        list(explained(data, "Halmstda", "networks"))


@pytest.mark.parametrize("unit", ["eurocities", "Tierp", "Halmstad", "Karlstad"])
def test_why_says_since_only_of_stated_years_and_denies_no_end(real: Dataset, unit: str) -> None:
    told = list(explained(real, unit, "networks"))
    lines = [line for before, line in pairwise(told) if before == ""]
    if unit == "eurocities":
        frame = members_of(real, unit, years=(1997, real.last_year))
    else:
        frame = natverk.documented(real, unit, years=(1997, real.last_year))
    assert len(lines) == len(frame)
    for line, row in zip(lines, frame.itertuples(), strict=True):
        if row.since_basis == "stated":
            assert f", since {row.since}" in line
        else:
            assert ", since" not in line
            assert (f", mentioned in {row.since}" in line) == pd.notna(row.since)
    assert (frame["since_basis"] == "seen").any()
    # A mark of how recent evidence is says nothing of an end: some of these rows state one.
    assert not [line for line in lines if "ended" in line and ", left" not in line]


# --- Empty tables -----------------------------------------------------------------------------------------------------


def test_every_template_is_read_back_as_an_empty_table(tmp_path: Path) -> None:
    files = write_templates(list(OVERLAY_TABLES), tmp_path / "mine")
    write_templates(list(OVERLAY_TABLES), tmp_path / "mine.xlsx")
    assert len(files) == 2 * len(set(OVERLAY_TABLES))
    for path in (tmp_path / "mine", tmp_path / "mine.xlsx"):
        found = checked(path)
        assert said(found) == ""
        assert not sum(found.rows.values())
    codebook = (tmp_path / "mine" / "memberships.codebook.md").read_text(encoding="utf-8")
    assert "| status |" in codebook
    assert "associate" in codebook
    assert "| filled in where blank |" in codebook
    assert "| own-example or an id of natverk's; an id of the table sources |" in codebook
    # The example of a key is one that own rows may have.
    for name, (pattern, _) in OWN_KEYS.items():
        lines = (tmp_path / "mine" / f"{name}.codebook.md").read_text(encoding="utf-8").splitlines()
        key = overlay_table(name).key[0]
        (allowed,) = [line.split(" | ")[-1] for line in lines if line.startswith(f"| {key} |")]
        assert re.fullmatch(pattern, allowed.partition(";")[0].strip("| ")), allowed


def test_a_workbook_has_values_to_pick_and_fills_up(tmp_path: Path) -> None:
    (path,) = write_templates(["sources", "networks", "memberships"], tmp_path / "mine.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["sources", "networks", "memberships", "codebook", "vocabularies"]
    for name, row in (("sources", SOURCE), ("networks", NETWORK), ("memberships", member(1))):
        sheet = book[name]
        picks = sheet.data_validations.dataValidation
        columns = {cell.value: cell for cell in sheet[1]}
        assert {str(pick.sqref).split("2:")[0] for pick in picks} == {
            columns[column.name].column_letter for column in overlay_table(name).columns
            if column.values or column.kind == "yes_no"
        }  # fmt: skip
        for column, value in row.items():
            sheet.cell(2, columns[column].column, value)
    book.save(path)
    assert said(checked(path)) == ""
    assert natverk.load(overlay=path).own == {"memberships": 1, "networks": 1, "sources": 1}


def test_a_template_is_never_written_over_what_is_there(tmp_path: Path) -> None:
    write_templates(["memberships"], tmp_path / "mine")
    before = state_of(tmp_path)
    for path in (tmp_path / "mine", tmp_path / "mine.xlsx"):
        if path.suffix:
            path.write_bytes(b"mine")
            before = state_of(tmp_path)
        with pytest.raises(InvalidArgument, match="is there already"):
            write_templates(["sources", "memberships"], path)
        assert state_of(tmp_path) == before
    with pytest.raises(InvalidArgument, match="own rows cannot be of the table 'membership'") as caught:
        write_templates(["membership"], tmp_path / "other")
    assert "nearest: 'memberships'" in str(caught.value)
    assert not (tmp_path / "other").exists()


# --- Whatever people write --------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.sampled_from([
        "", "NA", "None", "none", "0180", "180", "1380", "municipality:1380", "Halmstad", "region:13", "own-kuststad",
        "eurocities", "member", "Member", "former", "2014", "2014.0", "41696", "2014-02-26", "03/04/2019", "38,4", "-1",
        "stated", "yes", "TRUE", "own-00001", "own-00002", "own-interview", "mem-00001", "culture;mobility", "#REF!",
        "=1+1", "å", "\u00a0", "ubc-2019", "https://x.se", "2024", "9999", "\u200b", "0", "\U0001f600", "sv",
    ]),
    st.text(st.characters(codec="utf-8", exclude_characters='\r\n;"\x00'), max_size=6),
)  # fmt: skip


@st.composite
def overlays(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Draw own rows: some sound, some with a cell or a column or a table that is not."""
    tables: dict[str, list[Row]] = {"sources": [SOURCE], "networks": [NETWORK]}
    tables["memberships"] = [member(number) for number in range(1, draw(st.integers(1, 4)) + 1)]
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*tables, "memberships"]))
        place = draw(st.integers(0, len(tables[name]) - 1))
        column = draw(st.sampled_from([*overlay_table(name).names, "wrong"]))
        rows = list(tables[name])
        rows[place] = {**rows[place], column: draw(CELLS)}
        tables[name] = rows
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from([*OVERLAY_TABLES, "membership"]))
        tables[name] = [
            {column: draw(CELLS) for column in draw(st.sets(st.sampled_from(["row_id", "x", "name"]), min_size=2))}
        ]
    return tables


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(overlays(), st.sampled_from([";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_whatever_is_written_is_used_or_refused_and_never_changed_or_hidden(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, list[Row]], separator: str, encoding: str
) -> None:
    folder = write_csv(tmp_path_factory.mktemp("own"), separator, encoding, **tables)
    before = state_of(folder)
    found = check_overlay(folder, current_tables())
    for problem in found.problems:
        assert str(folder) in str(problem)
        assert problem.place.row or "\n" in str(problem)
    if found.problems:
        with pytest.raises(OverlayError):
            natverk.load(overlay=folder)
    else:
        data = natverk.load(overlay=folder)
        assert sum(data.own.values()) == sum(map(len, tables.values()))
        for name, keys in data.own_keys.items():
            assert len(SCHEMA[name].key) > 1 or set(keys) <= set(data.table(name)[SCHEMA[name].key[0]])
        assert "own row" in cite_data(data, "en")
        assert "own row" in repr(data)
    assert state_of(folder) == before
