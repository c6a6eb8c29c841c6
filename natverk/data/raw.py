"""Reading `data/raw`: strict, text only, every cell with the line it stands on.

Codes stay strings: nothing here guesses a type. A frame's index is the line number in the file, so that
every later error can name the line an editor shows.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from natverk.data.schema import SCHEMA, Schema, Table
from natverk.data.types import TEXT
from natverk.errors import DataError, MissingFile

__all__ = ["read_all", "read_raw", "table_path"]


#: What else spreadsheets put between cells.
_SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar"}


def table_path(folder: Path, name: str) -> Path:
    """Return the CSV file of a table."""
    return folder / f"{name}.csv"


def read_all(folder: Path, schema: Schema = SCHEMA) -> dict[str, pd.DataFrame]:
    """Read all tables of the schema from a folder; each as text, indexed by line number.

    Raises
    ------
    MissingFile
        If the folder or a table's file is not there.
    DataError
        If a file is not UTF-8, its header is not the schema's, or a line has too few or too many cells.
    """
    if not folder.is_dir():
        raise MissingFile(
            f"there is no folder of raw data {str(folder)!r}",
            remedy="name the folder: natverk build --raw FOLDER, or let NATVERK_DATA name the one above it",
        )
    unknown = sorted({path.stem for path in folder.glob("*.csv")} - set(schema))
    if unknown:
        raise DataError(
            f"{unknown[0]}.csv is no table of the schema",
            where=str(folder),
            allowed=list(schema),
            value=unknown[0],
            remedy="rename it, or add the table to natverk/data/schema.py",
        )
    return {name: read_raw(folder, table) for name, table in schema.items()}


def read_raw(folder: Path, table: Table) -> pd.DataFrame:
    """Read one table as text; the index is the line on which each row begins.

    Raises
    ------
    MissingFile, DataError
        As `read_all`.
    """
    path = table_path(folder, table.name)
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        header = next(reader, [])
        if reader.line_num:
            _refuse_blank(path, header, 1)
        _check_header(path, header, table)
        before = reader.line_num
        for row in reader:
            _refuse_blank(path, row, before + 1)
            if len(row) != len(header):
                raise _miscounted(path, row, header, before + 1)
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"not a well-formed CSV: {error}",
            where=f"{path}, the row that begins on line {before + 1}",
            remedy="close the quotes of its cells; a quote inside a cell is written twice",
        ) from error
    return pd.DataFrame(rows, columns=header, index=pd.Index(lines, name="line"), dtype=TEXT)


def _miscounted(path: Path, row: list[str], header: list[str], line: int) -> DataError:
    """Return why a row has more or fewer cells than the header: other separators, a stray one, or a comma in a cell."""
    what = f"{len(row)} cells where the header has {len(header)}"
    remedy = "put quotes around a cell that holds a comma, and leave blank cells empty"
    for sign, name in _SEPARATORS.items():
        if len(row) == 1 < len(header) and row[0].count(sign) >= len(header) - 1:
            what = f"{what}: they are separated by {name}s, not by commas"
            remedy = "save the file with commas between the cells"
    if len(row) > len(header) and not "".join(row[len(header) :]):
        what = f"{what}: a stray comma at the end of the line"
        remedy = "remove it: every comma begins another cell"
    return DataError(what, where=f"{path}, line {line}", remedy=remedy)


def _refuse_blank(path: Path, row: list[str], line: int) -> None:
    """Raise where a line holds nothing."""
    if not "".join(row).strip() and len(row) < 2:
        raise DataError(
            "a blank line", where=f"{path}, line {line}", remedy="remove it: every line is a row of the table"
        )


def _read_text(path: Path) -> str:
    """Return the text of a file, or raise with what to do about it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingFile(
            f"the raw table {path.stem} is missing",
            where=str(path),
            remedy=f"bring it back: git checkout -- data/raw/{path.name}",
        ) from error
    except OSError as error:
        raise DataError(
            f"the raw table {path.stem} cannot be read: {error.strerror}",
            where=str(path),
            remedy="put a readable CSV file in its place",
        ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"the byte {content[error.start]:#04x} is not UTF-8",
            where=f"{path}, line {line}",
            remedy="save the file as UTF-8",
        ) from error


def _check_separators(path: Path, header: list[str], table: Table) -> None:
    """Raise where the names in the header are not separated by commas, one between two of them."""
    if header and header[0].casefold().startswith("sep="):
        raise DataError(
            f"the first line {','.join(header)!r} names a separator, which a spreadsheet has put there",
            where=f"{path}, line 1",
            remedy="remove the line, and save the file with commas between the cells",
        )
    for sign, name in _SEPARATORS.items():
        names = {part.strip('"') for cell in header for part in cell.split(sign)}
        if any(sign in cell for cell in header) and len(names & set(table.names)) > 1:
            raise DataError(
                f"the columns are separated by {name}s, not by commas",
                where=f"{path}, line 1",
                remedy="save the file with commas between the cells",
            )
    if "" in header:
        raise DataError(
            f"column {header.index('') + 1} has no name: a stray comma in the header",
            where=f"{path}, line 1",
            remedy="remove the comma, there and in the rows below",
        )


def _check_header(path: Path, header: list[str], table: Table) -> None:
    """Raise where the first line is not the header of the schema."""
    if header and header[0].startswith("\ufeff"):
        raise DataError(
            "the file begins with a byte-order mark", where=str(path), remedy="save it as UTF-8 without BOM"
        )
    _check_separators(path, header, table)
    unknown = [name for name in header if name not in table.names]
    missing = [name for name in table.names if name not in header]
    if unknown:
        raise DataError(
            f"unknown column {unknown[0]!r}",
            where=f"{path}, line 1",
            allowed=missing or table.names,
            value=unknown[0],
            remedy="use the columns of docs/codebook.md",
        )
    if missing:
        raise DataError(
            f"column {missing[0]!r} is missing",
            where=f"{path}, line 1",
            remedy="use the columns of docs/codebook.md",
        )
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"column {twice!r} stands twice", where=f"{path}, line 1", remedy="remove one of them")
