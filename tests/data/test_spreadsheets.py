"""People's spreadsheets: safe to open, true to every code, read where they can mean one thing and refused otherwise."""

from __future__ import annotations

import builtins
import csv
import datetime
import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from natverk.data.spreadsheets import bare, csv_text, neutral, read_table, write_table
from natverk.errors import DataError, InvalidArgument, MissingFile

quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)
RISKY = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t1", "\r1", "\uff1d1", " =1", "'=1"]
HARMLESS = ["-5", "+3,5", "0180", "1.5", "a=b", "–", "−5", "", "Malå", "1-2", "a; -5; +3,5", "a; b=c"]


def rows_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("cell", RISKY)
def test_a_download_starts_no_formula(cell: str) -> None:
    [[written]] = rows_of(csv_text([[cell]]))
    assert written == f"'{cell}"
    assert bare(written) == cell


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a;=HYPERLINK(1)", "a;'=HYPERLINK(1)"),
        ("a\t+1+1", "a\t'+1+1"),
        ("a\n=1", "a\n'=1"),
        ('a; "@SUM(A1)', "a; \"'@SUM(A1)"),
        ("a;'-x;-1;-y", "a;''-x;-1;'-y"),
        ("\t=1", "'\t'=1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_no_formula_starts_within_a_cell_where_spreadsheets_split_elsewhere(cell: str, expected: str) -> None:
    [[written]] = rows_of(csv_text([[cell]]))
    assert written == expected
    assert bare(written) == cell


@given(st.text(alphabet="a1,;\t\n \"'=-+@", max_size=12))
def test_reading_takes_away_what_writing_put_in(cell: str) -> None:
    written = neutral(cell)
    assert bare(written) == cell
    first, *inside = re.split(r"[;\t\n]", written)
    for part in (first, *(part.replace('"', "") for part in inside)):
        begins = re.match(r"\s*[=+\-@]", part)
        assert not begins or re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", part.strip("' ")), written


def test_what_starts_no_formula_is_written_as_it_is() -> None:
    assert rows_of(csv_text([HARMLESS])) == [HARMLESS]
    assert rows_of(csv_text([["a\x00b\x1bc\ud800"]])) == [["a\ufffdb\ufffdc\ufffd"]]


def test_programs_that_read_utf8_pass_over_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([["län", "kod"], ["Örebro, Närke", "0180"]]), encoding="utf-8", newline="\n")
    frame = pd.read_csv(path, dtype="str")
    assert frame.to_dict("list") == {"län": ["Örebro, Närke"], "kod": ["0180"]}


# Text of every kind but the control characters that no spreadsheet can hold.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("=+-@'\"\t\r\n;,"), max_size=8
)


@quick
@given(texts)
def test_a_neutral_cell_is_no_formula_and_comes_back(cell: str) -> None:
    written = neutral(cell)
    assert bare(written) == cell
    stripped = written.lstrip(" ")
    if stripped[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        float(stripped.replace(",", "."))  # only a plain number may begin like that


@quick
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
@example([("", ";0")])
@example([("", ";")])
def test_csv_comes_back_as_it_went(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]) -> None:
    assume(all(any(cell.strip() for cell in row) for row in cells))
    folder = tmp_path_factory.mktemp("csv")
    frame = pd.DataFrame(cells, columns=["=col", "ö;"], dtype="str").replace({"": None}).astype("str")
    for separator in (";", ",", "\t"):
        path = write_table(frame, folder / "t.csv", separator=separator, overwrite=True)
        assert read_table(path).equals(frame)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sheet.csv"
    path.write_bytes(content)
    return path


def test_excel_keeps_text_as_text_and_runs_no_formula(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    frame = pd.DataFrame({"item": ["0180", "=1+1"], "code": ["=2+2", "-1"]})
    path = write_table(frame, tmp_path / "sheet.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert not [cell for cell in cells if str(cell.value).startswith("=")]
    assert read_table(path).equals(frame.astype("str"))


def test_what_is_typed_into_excel_is_read_as_its_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["item", "code", None],
        ["a", 2, None],
        ["b", 2.5, "  "],
        [None, None, None],
        ["c", datetime.date(2014, 2, 26), None],
    ):
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")
    frame = read_table(tmp_path / "own.xlsx")
    assert frame.to_dict("list") == {"item": ["a", "b", "c"], "code": ["2", "2.5", "2014-02-26"]}
    book.active["B3"].value = "#N/A"
    book.active["B3"].data_type = "e"
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(DataError, match=r"row 3"):
        read_table(tmp_path / "own.xlsx")
    book.active["B3"].value, book.active["C5"].value = 1, "lost"
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(DataError, match="column 3 has no name, but holds 'lost'"):
        read_table(tmp_path / "own.xlsx")


# --- what spreadsheets and editors write ------------------------------------------------------------------------------

SHEET = "coder;item;ton\r\nÅsa;0180;bra på möte\r\n\r\nBo;0114;\r\n"
EXPECTED = {"coder": ["Åsa", "Bo"], "item": ["0180", "0114"], "ton": ["bra på möte", ""]}


@pytest.mark.parametrize(
    "content",
    [
        SHEET.encode(),
        SHEET.encode("utf-8-sig"),
        SHEET.encode("cp1252"),
        SHEET.encode("latin-1"),
        SHEET.replace(";", "\t").encode("utf-16"),
        SHEET.encode("utf-16-be"),
        SHEET.encode("utf-16-le"),
        SHEET.encode("utf-32"),
        ("sep=;\r\n" + SHEET).encode(),
        ("sep=,\n" + SHEET.replace(";", ",")).encode("utf-8-sig"),
        SHEET.replace("\r\n", "\r").encode(),
        SHEET.replace("\r\n", ";;\r\n").encode(),
        "coder;item;ton;;\r\nÅsa;0180;bra på möte;;\r\nBo;0114;;;\r\n".encode(),
        (SHEET + ";;\r\n" * 5).encode(),
        SHEET.replace("bra på möte", '"bra på möte"').encode(),
    ],
    ids=[
        "utf-8", "mark", "windows", "latin-1", "unicode text", "utf-16-be", "utf-16-le", "utf-32", "sep=;", "sep=,",
        "old line ends", "empty cells in every row", "empty columns", "empty rows", "quotes",
    ],
)  # fmt: skip
def test_what_has_one_reading_is_read(tmp_path: Path, content: bytes) -> None:
    assert read_table(written(tmp_path, content)).fillna("").to_dict("list") == EXPECTED


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_letters_that_can_be_read_in_several_ways_are_refused_with_the_remedy(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, SHEET.encode(encoding))
    with pytest.raises(DataError, match=r"(?s)line 2\b.*encoding=") as caught:
        read_table(path)
    assert f"'Åsa' ({encoding})" in caught.value.what
    assert read_table(path, encoding=encoding).fillna("").to_dict("list") == EXPECTED


swedish = st.text("åäöÅÄÖéü–’”abcKS 1.", min_size=1, max_size=12)


@settings(quick, max_examples=150)
@given(swedish, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp850"]))
def test_letters_are_never_silently_others(tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str) -> None:
    one_byte = encoding in ("cp1252", "mac_roman", "cp850")
    content = f"item;word\na;{text}x\n".encode(encoding, errors="replace")
    # What happens to be UTF-8 as well (an ä and two dashes of Windows) no one can tell apart.
    assume(not one_byte or text.isascii() or "\ufffd" in content.decode(errors="replace"))
    path = written(tmp_path_factory.mktemp("letters"), content)
    try:
        found = read_table(path)
    except DataError:
        assert one_byte
        assert encoding != "cp1252" or not re.search("[åäöÅÄÖé]", text)
    else:
        assert found["word"].tolist() == [f"{text}x".encode(encoding, errors="replace").decode(encoding)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "names no columns"),
        (b"sep=;\n", "names no columns"),
        (b"coder;item;item\nAnna;a;b\n", "stands twice: 'item'"),
        (b"coder;item;tone\nAnna;a\n", "line 2 has 2 cells, the first 3"),
        (b"sep=;\ncoder;item;tone\nAnna;a\n", "line 3 has 2 cells, the first 3"),
        (b"coder;item;tone\nAnna;a;1;2\n", "line 2 has 4 cells, the first 3"),
        (b"coder;item;;\nAnna;a;;2\n", "column 4 has no name, but holds '2'"),
        (b'coder;item;tone\nAnna;a;"1\nBo;a;1\n', "line 2 cannot be read"),
        (b'coder;item;tone\nAnna;a;"1"2\nBo;a;1\n', "line 2 cannot be read"),
        (b"coder;item\nAnna;b\xe5t\nBo;\xc3\xa5r\n", "several ways"),
        ("coder;item\nAnna;Gdańsk\n".encode("cp1250"), "several ways"),
        (b"\xef\xbb\xbfcoder;item\nAnna;b\xe5t\n", "0xe5 is not utf-8"),
        ("coder;item\nAnna;båt\n".encode("utf-16")[:-1], "not utf-16"),
        (b"PK\x03\x04\x14\x00\x06\x00", "no text"),
    ],
)
def test_what_has_no_reading_or_several_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(written(tmp_path, content))
    assert complaint in caught.value.what
    assert caught.value.remedy
    assert "sheet.csv" in str(caught.value.where)


def test_files_and_arguments_that_do_not_fit_are_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["b"]})
    with pytest.raises(MissingFile, match=r"no file cia\.csv"):
        read_table(tmp_path / "cia.csv")
    with pytest.raises(InvalidArgument, match=r"'\.csv', '\.xlsx'"):
        read_table(tmp_path / "sheet.xls")
    with pytest.raises(InvalidArgument, match="unknown encoding 'utf9'"):
        read_table(written(tmp_path, b"a;b\n"), encoding="utf9")
    with pytest.raises(InvalidArgument, match="separator"):
        write_table(frame, tmp_path / "x.csv", separator="|")
    with pytest.raises(InvalidArgument, match="control character"):
        write_table(pd.DataFrame({"a": ["\x07"]}), tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
    write_table(frame, tmp_path / "x.csv")
    with pytest.raises(InvalidArgument, match="overwrite=True"):
        write_table(frame, tmp_path / "x.csv")
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    with pytest.raises(DataError, match="no Excel file"):
        read_table(tmp_path / "no.xlsx")


def test_excel_without_openpyxl_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] == "openpyxl":
            raise ModuleNotFoundError("No module named 'openpyxl'", name="openpyxl")
        return usual(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InvalidArgument, match=r"-m pip install .*\[excel\]"):
        write_table(pd.DataFrame({"a": ["b"]}), tmp_path / "x.xlsx")
