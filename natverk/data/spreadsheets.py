"""Spreadsheets: the CSV and Excel files that people fill in, read and written as text.

Every cell stays the text that it is (`0180` is no number). A file is read where it can mean one thing only;
otherwise the error names the place and the remedy. What is written starts no formula when it is opened: a cell
that begins like one gets an apostrophe in front, and reading takes it away again.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from natverk.data.letters import ONE_BYTE, marked, readings, typed_path, windows
from natverk.errors import DataError, InvalidArgument, MissingFile, missing_extra

__all__ = ["FORMS", "Sheet", "csv_sheet", "csv_text", "excel_sheets", "neutral", "bare", "read_table", "write_table"]

#: Forms of files; Excel needs openpyxl.
FORMS = ("csv", "xlsx")
_SEPARATORS = (";", ",", "\t")

# Full-width signs count: some spreadsheets read them as the ordinary ones.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_STARTS = rf"(?=[=+\-@\uff1d\uff0b\uff0d\uff20])(?!{_NUMBER.pattern}[\s'\"]*(?:[;\t\r\n]|$))"
_INSIDE = re.compile(rf"([;\t\r\n][\s'\"]*){_STARTS}")
_INSIDE_MARKED = re.compile(rf"([;\t\r\n][\s'\"]*)'{_STARTS}")
# Control characters end a file early in some programs, surrogates are no characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("-1"), neutral("0180")
    ("'=HYPERLINK(1)", '-1', '0180')
    >>> neutral("a;=HYPERLINK(1)"), neutral("a; -1; b")
    ("a;'=HYPERLINK(1)", 'a; -1; b')
    """
    inside = _INSIDE.sub(r"\1'", cell)
    return f"'{inside}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else inside


def bare(cell: str) -> str:
    """Return a cell as it was before `neutral`.

    >>> bare("'=HYPERLINK(1)"), bare("'s-Hertogenbosch")
    ('=HYPERLINK(1)', "'s-Hertogenbosch")
    """
    inside = _INSIDE_MARKED.sub(r"\1", cell)
    return inside[1:] if inside.startswith("'") and _FORMULA.match(inside) else inside


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows of text as a CSV file for downloads (RFC 4180): separated by commas, safe to open, with a mark.

    The byte order mark tells spreadsheets that å, ä and ö are UTF-8; without it Excel takes them for Windows
    letters. Programs that read UTF-8 pass over it (pandas, readr, frictionless); Python's `csv` needs
    `encoding="utf-8-sig"`.

    >>> csv_text([["name", "note"], ["Åre", "=1+1"]])
    "\ufeffname,note\r\nÅre,'=1+1\r\n"
    """
    file = io.StringIO(newline="")
    file.write("\ufeff")
    csv.writer(file).writerows([neutral(_CONTROL.sub("\ufffd", cell)) for cell in row] for row in rows)
    return file.getvalue()


def write_table(frame: pd.DataFrame, path: Path | str, *, separator: str = ";", overwrite: bool = False) -> Path:
    """Write a table of text to a CSV or Excel file, by the ending of its name.

    Parameters
    ----------
    frame
        Its columns are written, not its index; missing cells are left blank.
    path
        Ends in `.csv` or `.xlsx`.
    separator
        Of CSV: `";"` (default: what a Swedish Excel opens in columns), `","` or a tab.
    overwrite
        Whether a file that is there is replaced; default no, it may be a coder's work.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InvalidArgument
        For another ending or separator, a file that is there, control characters, or Excel without openpyxl.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "tone.csv")
    ...     _ = write_table(pd.DataFrame({"item": ["a", "b"], "tone": ["1", None]}), path)
    ...     read_table(path)["item"].tolist()
    ['a', 'b']
    """
    path = typed_path(path)
    form = _form(path)
    if separator not in _SEPARATORS:
        raise InvalidArgument(f"unknown separator {separator!r}", where="separator", allowed=_SEPARATORS)
    if path.exists() and not overwrite:
        raise InvalidArgument(
            f"{path.name} is there already", where=str(path), remedy="move it away, or say overwrite=True"
        )
    rows = [[str(name) for name in frame.columns]]
    rows += [["" if pd.isna(cell) else str(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    for number, row in enumerate(rows, 1):
        for cell in row:
            if _CONTROL.search(cell):
                raise InvalidArgument(
                    f"row {number} holds a control character: {cell!r}", where=str(path), remedy="take it out"
                )
    rows = [[neutral(cell) for cell in row] for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        # The byte order mark tells Excel that å, ä and ö are UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=separator).writerows(rows)
        return path
    try:
        with pd.ExcelWriter(path, engine="openpyxl") as writer:
            pd.DataFrame(rows[1:], columns=rows[0], dtype="str").to_excel(writer, sheet_name="natverk", index=False)
            for line in writer.sheets["natverk"].iter_rows():
                for cell in line:
                    cell.number_format = "@"  # text: Excel takes no zeros off what a coder types
    except ImportError as error:
        raise _no_excel(path) from error
    return path


def read_table(path: Path | str, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a table of text from a CSV or Excel file; blanks are missing, nothing else is interpreted.

    Of Excel the first sheet is read. CSV: the separator is the one that the line `sep=` names, else the one that
    gives rows of one width. Columns and rows without any cell, as spreadsheets leave them, are left out.

    Parameters
    ----------
    path
        Ends in `.csv` or `.xlsx`.
    encoding
        Of CSV, by Python's name of it. None (default): UTF-8 or UTF-16, or the encoding of Windows where the
        letters can be no other; what could be old Mac or DOS as well is refused.

    Returns
    -------
    pd.DataFrame
        All columns text. A number that Excel stored as one comes back in its shortest form, a day as `2014-02-26`.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it cannot be read, its letters can be read in several ways, or a row has another number of cells than
        the first.
    InvalidArgument
        For another ending, an unknown encoding, or Excel without openpyxl.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "tone.csv")
    ...     _ = path.write_text("item,tone\\na,01\\nb,\\n", encoding="utf-8")
    ...     read_table(path)["tone"].fillna("missing").tolist()
    ['01', 'missing']
    """
    path = typed_path(path)
    form = _form(path)
    if not path.is_file():
        raise MissingFile(f"there is no file {path.name}", where=str(path), remedy="write the path of the file")
    rows = _csv_rows(_decoded(path, encoding), path) if form == "csv" else _excel_rows(path)
    number, header = rows[0]
    rows = [(line, row) for line, row in rows[1:] if any(cell.strip() for cell in row)]
    if not any(cell.strip() for cell in header):
        raise DataError(
            "the first row names no columns", where=f"{path}, line {number}", remedy="write the names of the columns"
        )
    for line, row in rows:
        # Empty cells beyond the last column are what a spreadsheet leaves where something was deleted.
        if len(row) < len(header) or any(cell.strip() for cell in row[len(header) :]):
            raise DataError(
                f"line {line} has {len(row)} cells, the first {len(header)}",
                where=f"{path}, line {line}",
                remedy="put quotes around a cell that holds the separator, and leave blank cells empty",
            )
    used = [place for place, name in enumerate(header) if name.strip() or any(row[place].strip() for _, row in rows)]
    names = [bare(header[place]) for place in used]
    for place, name in zip(used, names, strict=True):
        if not name.strip():
            line, cell = next((line, row[place]) for line, row in rows if row[place].strip())
            raise DataError(
                f"column {place + 1} has no name, but holds {cell!r}",
                where=f"{path}, line {line}",
                remedy="name the column in the first row, or empty it",
            )
        if names.count(name) > 1:
            raise DataError(
                f"a column name stands twice: {name!r}",
                where=f"{path}, line {number}",
                remedy="give each column a name of its own",
            )
    return pd.DataFrame([[bare(row[n]) or None for n in used] for _, row in rows], columns=names, dtype="str")


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet or a CSV file as text, with the numbers of their rows, and what cannot be read of it.

    Attributes
    ----------
    rows
        Number of the row (of a CSV file: the line on which it begins) and its cells.
    faults
        Row, place of the cell from 0, what is wrong and what to do.
    notes
        Row, place of the cell from 0, and how it was read where that is not what it says.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    faults: list[tuple[int, int, str, str]] = field(default_factory=list)
    notes: list[tuple[int, int, str]] = field(default_factory=list)


def csv_sheet(path: Path, encoding: str | None = None) -> Sheet:
    """Return the rows of a CSV file as `read_table` understands them, of whatever length they are.

    Raises
    ------
    DataError, InvalidArgument
        If the file cannot be read as text, or a quote is not closed.
    """
    try:
        return Sheet(path.stem, _csv_rows(_decoded(path, encoding), path))
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="see that it may be read"
        ) from error


def excel_sheets(path: Path) -> list[Sheet]:
    """Return all sheets of an Excel file: the values of formulas, and merged cells where they can mean one thing only.

    A cell that is merged over several rows of one column says the same in each of them; what is merged over several
    columns, a formula whose value the file does not hold, and one that gives an error are faults.

    Raises
    ------
    DataError, InvalidArgument
        If the file is no Excel file, or openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise _no_excel(path) from error
    try:
        with warnings.catch_warnings():
            # It warns of forms, colours and the like that it does not know, which nobody asks for here.
            warnings.simplefilter("ignore")
            content = path.read_bytes()
            values, formulas = (load_workbook(io.BytesIO(content), data_only=flag) for flag in (True, False))
    # What a damaged file makes openpyxl, zipfile and the parser of XML raise.
    except (
        AttributeError,
        BadZipFile,
        EOFError,
        InvalidFileException,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
        zlib.error,
    ) as error:
        raise DataError(
            f"the file is no Excel file: {error}", where=str(path), remedy="save it as .xlsx, or as .csv"
        ) from error
    return [_excel_sheet(sheet, formulas[sheet.title]) for sheet in values.worksheets]


def _excel_sheet(sheet: Any, formulas: Any) -> Sheet:
    """Return one sheet; `formulas` is the same with formulas in place of their values."""
    rows = [[_cell_text(cell.value) for cell in row] for row in sheet.iter_rows()]
    found = Sheet(sheet.title, list(enumerate(rows, 1)))
    for row in formulas.iter_rows():
        for cell in row:
            value = sheet.cell(cell.row, cell.column)
            if cell.data_type != "f" and value.data_type != "e":
                continue
            place = (cell.row, cell.column - 1)
            if value.data_type == "e":
                what = f"a formula gives the error {value.value}"
                found.faults.append((*place, what, "write what the cell is to hold, or leave it blank"))
            elif value.value is None:
                what = "a formula whose value the file does not hold"
                found.faults.append((*place, what, "open the file in Excel and save it, or write the value itself"))
            else:
                found.notes.append((*place, "the value of a formula"))
    for area in sheet.merged_cells.ranges:
        first = (area.min_row, area.min_col - 1)
        if area.min_col != area.max_col:
            what = f"the cells {area.coord} are merged over several columns"
            found.faults.append((*first, what, "part them, and write each cell by itself"))
            continue
        for number in range(area.min_row + 1, area.max_row + 1):
            rows[number - 1][first[1]] = rows[area.min_row - 1][first[1]]
            found.notes.append((number, first[1], "a cell merged over several rows"))
    return found


def _cell_text(value: object) -> str:
    """Return what a cell of Excel holds as text: a day as `2014-02-26`, a whole number without decimals."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _form(path: Path) -> str:
    form = path.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise InvalidArgument(
            f"unknown form of file {path.suffix!r}", where=str(path), allowed=[f".{item}" for item in FORMS], value=form
        )
    return form


def _decoded(path: Path, encoding: str | None) -> str:
    """Return the text of a file by its byte-order mark, or as UTF-8, or as Windows text that can be no other."""
    content = path.read_bytes()
    known = encoding or marked(content)
    if known is None and b"\0" in content:
        # UTF-16 without a mark: a file of ours begins with an ordinary letter, which leaves one of two bytes empty.
        if b"\0" not in content[:2]:
            raise DataError("the file is no text", where=str(path), remedy="save it as “CSV UTF-8”")
        known = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        return content.decode(known or "utf-8").removeprefix("\ufeff")
    except LookupError as error:
        raise InvalidArgument(
            f"unknown encoding {known!r}", where="encoding", allowed=["utf-8", "utf-16", *ONE_BYTE], value=known
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        word = re.split(rb"[\s;,\"]", content[: error.start])[-1] + re.split(rb"[\s;,\"]", content[error.start :])[0]
        if known:
            raise DataError(
                f"the byte {content[error.start]:#04x} is not {known}",
                where=f"{path}, line {line}",
                remedy="save the file as “CSV UTF-8”, or say which encoding it has: encoding=…",
            ) from error
    if (text := windows(content)) is not None:
        return text
    possible = readings(word)
    raise DataError(
        "the file is not UTF-8, and its letters can be read in several ways: "
        + ", ".join(f"{reading!r} ({name})" for name, reading in possible.items()),
        where=f"{path}, line {line}",
        remedy=f"save it as “CSV UTF-8”, or say which it is: encoding={' or '.join(map(repr, possible))}",
    )


def _csv_rows(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows with the lines on which they begin, split by the most likely separator."""
    first = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    skipped, separators = (1, [first[1]]) if first else (0, _SEPARATORS)
    read = [_split(text[first.end() if first else 0 :], separator, skipped) for separator in separators]

    def likely(result: tuple[list[tuple[int, list[str]]], str]) -> tuple[bool, bool, int]:
        """Rank a way to split: several columns and all rows alike come first, then all named, then the most columns."""
        rows, fault = result
        head = rows[0][1]
        alike = len(head) > 1 and not fault and all(len(row) == len(head) for _, row in rows if any(row))
        return alike, all(name.strip() for name in head), len(head)

    rows, fault = max(read, key=likely)
    if fault:
        line = rows[-1][0]
        raise DataError(
            f"line {line} cannot be read: {fault}",
            where=f"{path}, the row that begins on line {line}",
            remedy="close the quotes of its cells; a quote inside a cell is written twice",
        )
    return rows


def _split(text: str, separator: str, skipped: int) -> tuple[list[tuple[int, list[str]]], str]:
    """Return rows with their lines, one empty row for an empty file; a fault ends them with the row it is in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = skipped
    try:
        for row in reader:
            rows.append((before + 1, row))
            before = reader.line_num + skipped
    except csv.Error as error:
        return [*rows, (before + 1, [])], str(error)
    return rows or [(before + 1, [])], ""


def _excel_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the first sheet with their numbers."""
    try:
        frame = pd.read_excel(path, header=None, dtype=object, na_filter=False, engine="openpyxl")
    except ImportError as error:
        raise _no_excel(path) from error
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(
            f"the file is no Excel file: {error}", where=str(path), remedy="save it as .xlsx, or as .csv"
        ) from error
    rows = []
    for number, row in enumerate(frame.itertuples(index=False, name=None), 1):
        cells = []
        for cell in row:
            if isinstance(cell, float) and pd.isna(cell):
                raise DataError(
                    "a formula gives an error",
                    where=f"{path}, row {number}",
                    remedy="write what the cell is to hold, or leave it blank",
                )
            midnight = isinstance(cell, datetime.datetime) and cell.time() == datetime.time()
            cells.append(cell.date().isoformat() if midnight else str(cell))
        rows.append((number, cells))
    return rows or [(1, [])]


def _no_excel(path: Path) -> InvalidArgument:
    needed = missing_extra("Excel files cannot be read or written", "excel", "openpyxl")
    return InvalidArgument(needed.what, where=str(path), remedy=f"{needed.remedy}   or use .csv")
