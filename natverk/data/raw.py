"""Reading `data/raw`: strict, text only, every cell with the line it stands on.

Codes stay strings: nothing here guesses a type. A frame's index is the line number in the file, so that
every later error can name the line an editor shows.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from natverk.data.column import Schema, Table
from natverk.data.schema import SCHEMA
from natverk.errors import DataError, MissingFile

__all__ = ["read_all", "read_table", "table_path"]


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
            remedy="run from a checkout of natverk, or name the folder: natverk build --raw FOLDER",
        )
    unknown = sorted({path.stem for path in folder.glob("*.csv")} - set(schema))
    if unknown:
        raise DataError(
            f"{unknown[0]}.csv is no table of the schema", where=str(folder), allowed=list(schema),
            value=unknown[0], remedy="rename it, or add the table to natverk/data/schema.py",
        )
    return {name: read_table(folder, table) for name, table in schema.items()}


def read_table(folder: Path, table: Table) -> pd.DataFrame:
    """Read one table as text; the index is the line on which each row begins."""
    path = table_path(folder, table.name)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            header = next(reader, [])
            _check_header(path, header, table)
            before = reader.line_num
            for row in reader:
                if len(row) != len(header):
                    raise DataError(
                        f"{len(row)} cells where the header has {len(header)}",
                        where=f"{path}, line {before + 1}",
                        remedy="put quotes around a cell that holds a comma, and leave blank cells empty",
                    )
                rows.append(row)
                lines.append(before + 1)
                before = reader.line_num
    except FileNotFoundError as error:
        raise MissingFile(
            f"the raw table {table.name} is missing", where=str(path),
            remedy=f"bring it back: git checkout -- data/raw/{table.name}.csv",
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte {error.start} is not UTF-8", where=str(path), remedy="save the file as UTF-8"
        ) from error
    except csv.Error as error:
        raise DataError(
            f"not a well-formed CSV: {error}", where=f"{path}, line {reader.line_num}",
            remedy="close the quotes of that cell",
        ) from error
    return pd.DataFrame(rows, columns=header, index=pd.Index(lines, name="line"), dtype="str")


def _check_header(path: Path, header: list[str], table: Table) -> None:
    if header and header[0].startswith("\ufeff"):
        raise DataError("the file begins with a byte-order mark", where=str(path), remedy="save it as UTF-8 without BOM")
    unknown = [name for name in header if name not in table.names]
    missing = [name for name in table.names if name not in header]
    if unknown:
        raise DataError(
            f"unknown column {unknown[0]!r}", where=f"{path}, line 1", allowed=missing or table.names,
            value=unknown[0], remedy="use the columns of docs/codebook.md",
        )
    if missing:
        raise DataError(
            f"column {missing[0]!r} is missing", where=f"{path}, line 1",
            remedy="use the columns of docs/codebook.md",
        )
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"column {twice!r} stands twice", where=f"{path}, line 1", remedy="remove one of them")
