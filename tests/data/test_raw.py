"""What is wrong in data/raw is refused with one clear error, and nothing on disk changes."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import natverk
from natverk.data.build import build
from natverk.data.validate import ValidationError
from natverk.errors import DataError, MissingFile, NatverkError

RAW = Path(natverk.__file__).parents[1] / "data" / "raw"

Row = dict[str, str]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is right and built; population is thinned, since every test reads it all."""
    folder = tmp_path_factory.mktemp("good")
    shutil.copytree(RAW, folder / "raw")
    rows = (folder / "raw" / "population.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "raw" / "population.csv").write_text("".join(rows[:300]), encoding="utf-8")
    build(folder / "raw", folder / "processed")
    return folder


@pytest.fixture
def data(good: Path, tmp_path: Path) -> Path:
    """A copy of the good folder that a test may spoil."""
    return Path(shutil.copytree(good, tmp_path / "data"))


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the time of change of every file below a folder."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refusal(data: Path, *, force: bool = False) -> NatverkError:
    """Build, expect to be refused, check that the processed folder is untouched, return the error."""
    before = snapshot(data / "processed")
    with pytest.raises(NatverkError) as caught:
        build(data / "raw", data / "processed", force=force)
    assert snapshot(data / "processed") == before
    assert not list((data / "processed").glob(".build-*"))
    return caught.value


def only_problem(data: Path) -> DataError:
    """Return the one problem that validation finds; it says what to do, and the whole says that nothing changed."""
    error = refusal(data)
    assert isinstance(error, ValidationError)
    assert len(error.problems) == 1, str(error)
    problem = error.problems[0]
    assert problem.remedy
    assert str(problem) in str(error)
    assert "nothing was changed" in str(error)
    assert "natverk build" in str(error)
    return problem


def rows_of(data: Path, table: str) -> list[Row]:
    """Read a raw table without natverk."""
    with (data / "raw" / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def spoil(data: Path, table: str, change: Callable[[list[Row]], object]) -> None:
    """Let `change` edit the rows of a raw table, and write it back."""
    rows = rows_of(data, table)
    header = list(rows[0])
    change(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (data / "raw" / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def place(data: Path, table: str, line: int, column: str | None = None) -> str:
    """Return the place as an error names it."""
    where = f"{data / 'raw' / table}.csv, line {line}"
    return f"{where}, column {column}" if column else where


def test_the_folder_that_the_tests_start_from_is_right(data: Path) -> None:
    assert build(data / "raw", data / "processed").written is False


# One wrong cell ------------------------------------------------------------------------------------------------------

# Table, line, column, the wrong value, and what the error and its remedy say. All are spoiled at once, since one build
# tells all problems; every line holds one of them only.
CELLS = [
    ("municipalities", 2, "code", "180", "municipality code", "is it '0180'?"),
    ("municipalities", 3, "code", "01800", "municipality code", "write it like: 0180"),
    ("municipalities", 4, "county_code", "1", "county code", "is it '01'?"),
    ("municipalities", 5, "code", "٠١٨٠", "municipality code", "write it like: 0180"),
    ("municipalities", 6, "nuts3", "110", r"has not the form SE\d{3}", "NUTS 3 region"),
    ("memberships", 2, "actor_id", "municipality:180", "actor id", "write it like: municipality:0180"),
    ("memberships", 3, "row_id", "mem-1", r"has not the form (mem)-\d{5}", "Permanent id"),
    ("memberships", 4, "derived", "true", "yes no", "write it like: yes"),
    ("memberships", 5, "note", "nul \0 byte", "control character", "on one line, without tabs and NUL bytes"),
    ("memberships", 6, "status", "memebr", "vocabulary", "write an allowed value"),
    ("sources", 2, "published", "2014-13", "date", "write it like: 2014, 2014-02 or 2014-02-26"),
    ("sources", 3, "published", "2015-02-29", "date", "write it like: 2014, 2014-02 or 2014-02-26"),
    ("sources", 4, "published", "26/2/2014", "date", "write it like: 2014, 2014-02 or 2014-02-26"),
    ("sources", 5, "accessed", "", "blank", "fill in: When it was read"),
    ("sources", 6, "url", "www.scb.se", "url", "write it like: https://"),
    ("networks", 2, "founded_year", "1986.0", "year", "write it like: 2014"),
    ("networks", 3, "min_population", "250 000", "integer", "write it like: 96217"),
    ("networks", 4, "themes", "environment;cultur", "vocabulary", "write an allowed value"),
    ("lai", 2, "value", "70,15", "number", "write it like: 38.4"),
]


def test_wrong_cells(data: Path) -> None:
    for table, line, column, value, _, _ in CELLS:
        spoil(data, table, lambda rows, n=line - 2, cells={column: value}: rows[n].update(cells))  # type: ignore[misc]
    error = refusal(data)
    assert isinstance(error, ValidationError)
    found = {str(problem.where): problem for problem in error.problems}
    assert len(found) == len(error.problems) == len(CELLS)
    for table, line, column, value, what, remedy in CELLS:
        problem = found[place(data, table, line, column)]
        assert what in problem.what
        assert remedy in str(problem.remedy)
        assert value == "" or repr(value.split(";")[-1]) in problem.what
    assert "and 9 more problems" in str(error)


def test_a_line_break_in_a_cell_is_told_by_the_line_on_which_its_row_begins(data: Path) -> None:
    spoil(data, "memberships", lambda rows: [rows[3].update(note="two\nlines"), rows[5].update(derived="maybe")])
    error = refusal(data)
    assert isinstance(error, ValidationError)
    assert [str(problem.where).rpartition(", line ")[2] for problem in error.problems] == [
        "5, column note",
        "8, column derived",
    ]


def test_a_value_outside_the_vocabulary_names_the_nearest(data: Path) -> None:
    spoil(data, "memberships", lambda rows: rows[7].update(status="memebr"))
    problem = only_problem(data)
    assert problem.where == place(data, "memberships", 9, "status")
    assert "'memebr' is not in the vocabulary" in str(problem)
    assert "nearest: 'member'" in str(problem)
    assert "'full'" in str(problem)


# Keys and references -------------------------------------------------------------------------------------------------


def test_a_key_that_stands_twice(data: Path) -> None:
    spoil(data, "twins", lambda rows: rows.append({**rows[3], "partner_city": "Elsewhere"}))
    last = len(rows_of(data, "twins")) + 1
    problem = only_problem(data)
    assert problem.where == f"{data / 'raw' / 'twins.csv'}, lines 5 and {last}"
    assert "row_id=twi-00004 stands twice" in problem.what


def test_a_key_of_two_columns_that_stands_twice(data: Path) -> None:
    spoil(data, "population", lambda rows: rows[1].update(year=rows[0]["year"]))
    assert "code=0114, year=1990 stands twice" in only_problem(data).what


# Table, line, column, the value that is nowhere, the table where it should be, the nearest id there.
REFERENCES = [
    ("memberships", 2, "source_id", "seed-nacka-2015", "sources.source_id", "seed-nacka-2014"),
    ("memberships", 3, "actor_id", "municipality:9999", "actors.actor_id", "municipality:1499"),
    ("memberships", 4, "network_id", "eurocites", "networks.network_id", "eurocities"),
    ("memberships", 5, "list_id", "ubc2014", "member_lists.list_id", "ubc-2014"),
    ("responsibility", 2, "other_sources", "prop-1996-97-36;nowhere", "sources.source_id", None),
    ("strategies", 2, "successor_id", "rus-01-2051", "strategies.strategy_id", "rus-01-2050"),
    ("population", 2, "code", "0000", "municipalities.code", None),
]


def test_references_to_nothing(data: Path) -> None:
    for table, line, column, value, _, _ in REFERENCES:
        spoil(data, table, lambda rows, n=line - 2, cells={column: value}: rows[n].update(cells))  # type: ignore[misc]
    error = refusal(data)
    assert isinstance(error, ValidationError)
    found = {str(problem.where): problem for problem in error.problems}
    assert len(found) == len(error.problems) == len(REFERENCES)
    for table, line, column, value, target, near in REFERENCES:
        problem = found[place(data, table, line, column)]
        assert problem.what == f"{value.split(';')[-1]!r} is not in {target}"
        assert problem.remedy == f"add it to data/raw/{target.split('.')[0]}.csv or mend the id"
        assert near is None or f"nearest: {near!r}" in str(problem)
        assert "allowed: " in str(problem)


@pytest.mark.parametrize(("column", "value"), [("source_id", "nowhere"), ("actor_id", "municipality:9999")])
def test_one_dangling_id_is_one_error(data: Path, column: str, value: str) -> None:
    spoil(data, "memberships", lambda rows: rows[0].update({column: value}))
    problem = only_problem(data)
    assert problem.where == place(data, "memberships", 2, column)
    assert repr(value) in problem.what


# The file itself -----------------------------------------------------------------------------------------------------


def test_a_missing_file(data: Path) -> None:
    (data / "raw" / "twins.csv").unlink()
    error = refusal(data)
    assert isinstance(error, MissingFile)
    assert str(data / "raw" / "twins.csv") in str(error)
    assert "git checkout -- data/raw/twins.csv" in str(error)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no folder of raw data") as caught:
        build(tmp_path / "raw", tmp_path / "processed")
    assert "--raw FOLDER" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_a_file(data: Path) -> None:
    (data / "raw" / "twins.csv").unlink()
    (data / "raw" / "twins.csv").mkdir()
    assert "the raw table twins cannot be read" in str(refusal(data))


def test_a_file_that_is_no_table(data: Path) -> None:
    (data / "raw" / "network.csv").write_text("a,b\n", encoding="utf-8")
    assert "network.csv is no table of the schema" in (text := str(refusal(data)))
    assert "nearest: 'networks'" in text


def _text(data: Path, table: str, change: Callable[[str], str]) -> None:
    path = data / "raw" / f"{table}.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")


def test_a_missing_column(data: Path) -> None:
    _text(data, "lai", lambda text: text.replace(",source_id\n", "\n", 1))
    error = refusal(data)
    assert "column 'source_id' is missing" in str(error)
    assert place(data, "lai", 1) in str(error)
    assert "docs/codebook.md" in str(error)


def test_an_unknown_column_names_the_nearest(data: Path) -> None:
    _text(data, "memberships", lambda text: text.replace(",status,", ",staus,", 1))
    error = refusal(data)
    assert "unknown column 'staus'" in str(error)
    assert "nearest: 'status'" in str(error)
    assert place(data, "memberships", 1) in str(error)


def test_a_column_that_stands_twice(data: Path) -> None:
    _text(data, "lai", lambda text: "\n".join(f"{line},{line.split(',')[-1]}" for line in text.splitlines()) + "\n")
    assert "column 'source_id' stands twice" in str(refusal(data))


def test_an_empty_file(data: Path) -> None:
    _text(data, "lai", lambda text: "")
    assert "column 'country' is missing" in str(refusal(data))


@pytest.mark.parametrize(("tail", "found"), [(",one,two", 8), ("", 6)])
def test_cells_too_many_or_too_few(data: Path, tail: str, found: int) -> None:
    lines = (data / "raw" / "lai.csv").read_text(encoding="utf-8").splitlines()
    width = len(lines[0].split(","))
    lines.insert(3, ",".join(["x"] * 6) + tail)
    assert width == 6
    if not tail:
        lines[3] = "x,x"
        found = 2
    (data / "raw" / "lai.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    error = refusal(data)
    assert f"{found} cells where the header has 6" in str(error)
    assert place(data, "lai", 4) in str(error)
    assert "put quotes around a cell that holds a comma" in str(error)


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("at", [0, 3, 7])
def test_a_blank_line(data: Path, at: int, blank: str) -> None:
    lines = (data / "raw" / "lai.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 7
    lines.insert(at, blank)
    (data / "raw" / "lai.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    error = refusal(data)
    assert error.what == "a blank line"
    assert error.where == f"{data / 'raw' / 'lai.csv'}, line {at + 1}"
    assert "remove it" in str(error.remedy)


def test_a_file_that_is_not_utf8(data: Path) -> None:
    path = data / "raw" / "memberships.csv"
    lines = path.read_bytes().split(b"\n")
    # Far into the file: the place is the file's, not that of a block read at once.
    lines[1500] = lines[1500].replace(b",", ",på".encode("latin-1"), 1)
    path.write_bytes(b"\n".join(lines))
    error = refusal(data)
    assert "the byte 0xe5 is not UTF-8" in str(error)
    assert place(data, "memberships", 1501) in str(error)
    assert "save the file as UTF-8" in str(error)


def test_a_byte_order_mark(data: Path) -> None:
    _text(data, "lai", lambda text: "\ufeff" + text)
    assert "byte-order mark" in str(refusal(data))


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_than_commas(data: Path, sign: str, name: str) -> None:
    _text(data, "lai", lambda text: text.replace(",", sign))
    error = refusal(data)
    assert error.what == f"the columns are separated by {name}, not by commas"
    assert error.where == place(data, "lai", 1)
    assert "save the file with commas" in str(error)


def test_a_row_with_semicolons_between_its_cells(data: Path) -> None:
    rows = (data / "raw" / "lai.csv").read_text(encoding="utf-8").splitlines()
    _text(data, "lai", lambda text: text.replace(rows[3], ";".join(["a"] * 6)))
    error = refusal(data)
    assert error.what == "1 cells where the header has 6: they are separated by semicolons, not by commas"
    assert error.where == place(data, "lai", 4)


def test_a_line_that_names_the_separator(data: Path) -> None:
    _text(data, "lai", lambda text: "sep=,\n" + text)
    error = refusal(data)
    assert "the first line 'sep=,' names a separator" in str(error)
    assert "remove the line" in str(error)


def test_a_stray_separator(data: Path) -> None:
    lines = (data / "raw" / "lai.csv").read_text(encoding="utf-8").splitlines()
    _text(data, "lai", lambda text: text.replace(lines[2], f"{lines[2]},"))
    error = refusal(data)
    assert error.what == "7 cells where the header has 6: a stray comma at the end of the line"
    assert error.where == place(data, "lai", 3)
    # At the end of every line, as a spreadsheet leaves it where a cell to the right was once filled.
    _text(data, "lai", lambda _: "".join(f"{line},\n" for line in lines))
    error = refusal(data)
    assert error.what == "column 7 has no name: a stray comma in the header"
    assert "remove the comma" in str(error)


def test_a_quote_that_is_never_closed(data: Path) -> None:
    _text(data, "twins", lambda text: text.replace("\ntwi-00010,", '\n"twi-00010,', 1))
    error = refusal(data)
    assert "not a well-formed CSV" in str(error)
    assert f"{data / 'raw' / 'twins.csv'}, the row that begins on line 11" in str(error)
    assert "close the quotes" in str(error)


# Rules across rows and tables; tests/test_rules.py has the rest of them ---------------------------------------------


def test_a_complete_list_that_is_not(data: Path) -> None:
    def drop(rows: list[Row]) -> None:
        rows.remove(next(row for row in rows if row["list_id"] == "ubc-2014"))

    spoil(data, "memberships", drop)
    problem = only_problem(data)
    assert problem.where == place(data, "member_lists", 2)
    assert problem.what == "list ubc-2014 says 21 members and has 20 rows in memberships"
    assert "mend n_sweden" in str(problem.remedy)


def test_a_status_without_a_rule(data: Path) -> None:
    rules = {(row["counts_as"], row["status"]) for row in rows_of(data, "status_rules")}
    kinds = {row["network_id"]: row["counts_as"] for row in rows_of(data, "networks")}
    assert ("membership", "signatory") not in rules
    rows = rows_of(data, "memberships")
    n = next(n for n, row in enumerate(rows) if kinds[row["network_id"]] == "membership" and not row["list_id"])
    spoil(data, "memberships", lambda rows: rows[n].update(status="signatory"))
    problem = only_problem(data)
    assert problem.where == place(data, "memberships", n + 2)
    assert problem.what == "no rule for status 'signatory' in a network that counts as 'membership'"
    assert problem.remedy == "add the row membership,signatory to data/raw/status_rules.csv"


def _spell(rows: list[Row], county: str, place: int) -> Row:
    return sorted((row for row in rows if row["county_code"] == county), key=lambda row: row["start"])[place]


def test_a_gap_in_responsibility(data: Path) -> None:
    spoil(data, "responsibility", lambda rows: _spell(rows, "14", -1).update(start="2011-01-02"))
    assert only_problem(data).remedy == "let each spell start the day after the one before"
