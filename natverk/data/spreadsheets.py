"""Spreadsheets: tables of text to and from CSV and Excel files, safe to open and true to every code.

A cell that begins like a formula gets an apostrophe in front; reading takes it away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from natverk.errors import DataError, InvalidArgument, MissingFile

__all__ = [
    "FORMS",
    "csv_text",
    "neutral",
    "plain",
    "read_table",
    "write_table",
]


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


def plain(cell: str) -> str:
    """Return a cell as it was before `neutral`.

    >>> plain("'=HYPERLINK(1)"), plain("'s-Hertogenbosch")
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


#: Forms of files; Excel needs openpyxl.
FORMS = ("csv", "xlsx")
_SEPARATORS = (";", ",", "\t")
_CONTROL_spreadsheets = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


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
    ...     path = write_table(pd.DataFrame({"item": ["a", "b"], "tone": ["1", None]}), Path(folder, "tone.csv"))
    ...     read_table(path)["item"].tolist()
    ['a', 'b']
    """
    path = Path(path)
    _form(path)
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
            if _CONTROL_spreadsheets.search(cell):
                raise InvalidArgument(f"row {number} holds a control character: {cell!r}", where=str(path))
    rows = [[neutral(cell) for cell in row] for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
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


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a table of text from a CSV or Excel file; blanks are missing, nothing else is interpreted.

    CSV: the separator is the one that gives rows of one width; UTF-8, or the Western encoding that old Excels write.

    Parameters
    ----------
    path
        Ends in `.csv` or `.xlsx`.

    Returns
    -------
    pd.DataFrame
        All columns text. A number that Excel stored as one comes back in its shortest form; rows without any
        cell are left out.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it cannot be read, or a row has another number of cells than the first.

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
    path = Path(path)
    form = _form(path)
    if not path.is_file():
        raise MissingFile(f"there is no file {path.name}", where=str(path))
    rows = _csv_rows(path) if form == "csv" else _excel_rows(path)
    if not rows or not any(rows[0]):
        raise DataError("the first row names no columns", where=str(path))
    names = [plain(cell) for cell in rows[0]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"a column name stands twice: {twice[0]!r}", where=str(path))
    cells = [[plain(cell) or None for cell in row] for row in rows[1:] if any(cell.strip() for cell in row)]
    return pd.DataFrame(cells, columns=names, dtype="str")


def _form(path: Path) -> str:
    form = path.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise InvalidArgument(
            f"unknown form of file {path.suffix!r}", where=str(path), allowed=[f".{item}" for item in FORMS], value=form
        )
    return form


def _csv_rows(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="backslashreplace")
    read = [_split(text, separator, path) for separator in _SEPARATORS]
    rows = max(read, key=_likely)
    width = len(rows[0][1])
    for line, row in rows:
        if len(row) != width and any(row):
            raise DataError(
                f"line {line} has {len(row)} cells, the first {width}", where=str(path), remedy="mend that line"
            )
    return [row for _, row in rows]


def _likely(rows: list[tuple[int, list[str]]]) -> tuple[bool, int, bool]:
    """Rank a way to split rows: several columns and all rows alike, else the most columns."""
    width = len(rows[0][1])
    alike = all(len(row) == width for _, row in rows if any(row))
    return alike and width > 1, width, alike


def _split(text: str, separator: str, path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows with the numbers of their lines; one empty row for an empty file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, row) for row in reader] or [(1, [""])]
    except csv.Error as error:
        raise DataError(f"line {reader.line_num} cannot be read: {error}", where=str(path)) from error


def _excel_rows(path: Path) -> list[list[str]]:
    try:
        frame = pd.read_excel(path, header=None, dtype="str", na_filter=False, engine="openpyxl")
    except ImportError as error:
        raise _no_excel(path) from error
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"the file is no Excel file: {error}", where=str(path)) from error
    return [[str(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]


def _no_excel(path: Path) -> InvalidArgument:
    return InvalidArgument(
        "Excel files need openpyxl, which is not installed",
        where=str(path),
        remedy="pip install 'natverk[excel]', or use .csv",
    )
