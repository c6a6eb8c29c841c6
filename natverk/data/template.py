"""Empty tables for own rows, with their codebook beside them: CSV, or an Excel workbook with values to pick.

What is there is never written over.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from natverk.data.letters import typed_path
from natverk.data.overlay import OVERLAY_TABLES, OWN_KEYS, REPLACES, filled_in, overlay_table
from natverk.data.schema import KINDS, LIST_SEPARATOR, SCHEMA, Column, Table
from natverk.errors import InvalidArgument, NatverkError, missing_extra

__all__ = ["write_templates"]

#: The rows of a sheet for which there is something to pick.
_ROWS = 2000
_HEAD = ("column", "what it says", "needed", "allowed")


def write_templates(tables: Sequence[str], path: Path) -> list[Path]:
    """Write empty tables for own rows.

    Parameters
    ----------
    tables
        Their names.
    path
        A folder, for a CSV file and a codebook a table; or a workbook that ends in `.xlsx`, for a sheet a table.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InvalidArgument
        For a table that own rows cannot be of, or a file that is there already; then nothing is written.
    NatverkError
        If nothing can be written there, or openpyxl is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [file.name for file in write_templates(["sources"], Path(folder, "mine"))]
    ['sources.csv', 'sources.codebook.md']
    """
    for name in tables:
        if name not in OVERLAY_TABLES:
            raise InvalidArgument(
                f"own rows cannot be of the table {name!r}", where="TABLE", allowed=OVERLAY_TABLES, value=name
            )
    tables = list(dict.fromkeys(tables))
    path = typed_path(path)
    excel = path.suffix.lower() == ".xlsx"
    files = [path] if excel else [path / f"{name}{end}" for name in tables for end in (".csv", ".codebook.md")]
    for file in files:
        if file.exists() or file.is_symlink():
            raise InvalidArgument(
                f"{file.name} is there already, and is not written over",
                where=str(file),
                remedy="name another folder or workbook, or move it away",
            )
    try:
        (path.parent if excel else path).mkdir(parents=True, exist_ok=True)
        if excel:
            _write_workbook([overlay_table(name) for name in tables], path)
        else:
            for name in tables:
                _write_csv(overlay_table(name), path)
    except OSError as error:
        raise NatverkError(
            f"the empty table cannot be written: {error.strerror}", where=str(path), remedy="name another folder"
        ) from error
    return files


def _write_csv(table: Table, folder: Path) -> None:
    # The mark tells Excel that å, ä and ö are UTF-8; a semicolon is what a Swedish Excel parts cells with.
    with (folder / f"{table.name}.csv").open("x", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerow(table.names)
    rows = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in _codebook(table))
    head = f"| {' | '.join(_HEAD)} |\n{'|---' * len(_HEAD)}|\n"
    text = f"# {table.name}\n\nA row says: {table.title}.\n\n{_about(table)}\n\n{head}{rows}\n"
    with (folder / f"{table.name}.codebook.md").open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _about(table: Table) -> str:
    return (
        f"The key of a row is {', '.join(table.key)}. Columns that are not needed can be left out. A blank cell is "
        f"unknown; it never means no. Several values in a cell are parted by {LIST_SEPARATOR!r}. Codes are text "
        "(0180), dates are 2014, 2014-02 or 2014-02-26. When the table is filled in: natverk check"
    )


def _codebook(table: Table) -> Iterable[tuple[str, str, str, str]]:
    """Yield for each column its name, what it says, whether it is needed, and what is allowed."""
    for column in table.columns:
        needed = "yes" if column.required else ""
        if not needed and column.name != REPLACES and SCHEMA[table.name].column(column.name).required:
            needed = "filled in where blank" if filled_in(table.name, column.name) else ""
        yield column.name, column.description, needed, _allowed(table, column)


def _allowed(table: Table, column: Column) -> str:
    if column.values:
        return ", ".join(column.values)
    target = column.ref.split(".")[0] if column.ref else ""
    allowed = KINDS[column.kind].example if column.kind != "text" else "text"
    if column.kind == "row_id":
        allowed = "own-00001 or an id of natverk's" if target else "own-00001"
    elif column.name == table.key[0] and table.name in OWN_KEYS:
        allowed = OWN_KEYS[table.name][1].replace("…", "example")
    elif column.kind == "slug" and target in OWN_KEYS:
        allowed = "own-example or an id of natverk's"
    return f"{allowed}; an id of the table {target}" if target else allowed


def _write_workbook(tables: Sequence[Table], path: Path) -> None:
    """Write a workbook: a sheet a table, the codebook, and the vocabularies that its cells are picked from."""
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Font
    except ImportError as error:
        raise missing_extra("a workbook cannot be written", "excel", "openpyxl", where=str(path)) from error
    book = Workbook()
    book.remove(book.active)
    bold = Font(bold=True)
    words: dict[tuple[str, ...], str] = {}
    for table in tables:
        sheet = book.create_sheet(table.name)
        for number, column in enumerate(table.columns, 1):
            cell = sheet.cell(1, number, column.name)
            cell.font = Font(bold=True, underline="single") if column.required else bold
            letter = cell.column_letter
            sheet.column_dimensions[letter].width = max(12, len(column.name) + 2)
            # Text: Excel takes no zeros off what is typed, and makes no days of it.
            for row in range(2, 202):
                sheet.cell(row, number).number_format = "@"
            if column.values or column.kind == "yes_no":
                _pick(sheet, column, f"{letter}2:{letter}{_ROWS}", words)
        sheet.freeze_panes = "A2"
    codebook = book.create_sheet("codebook")
    codebook.append(["table", *_HEAD])
    for table in tables:
        for line in _codebook(table):
            codebook.append([table.name, *line])
    for cell in codebook[1]:
        cell.font = bold
    for letter, width in zip("ABCDE", (16, 22, 80, 20, 60), strict=True):
        codebook.column_dimensions[letter].width = width
    vocabularies = book.create_sheet("vocabularies")
    for number, values in enumerate(words, 1):
        for row, value in enumerate(values, 1):
            vocabularies.cell(row, number, value)
    vocabularies.sheet_state = "hidden"
    with path.open("xb") as file:
        book.save(file)


def _pick(sheet: Any, column: Column, cells: str, words: dict[tuple[str, ...], str]) -> None:
    """Let the cells of a column be picked from its values; of a list, several may be typed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    values = column.values or ("yes", "no")
    letter = words.setdefault(values, get_column_letter(len(words) + 1))
    choice = DataValidation(type="list", formula1=f"vocabularies!${letter}$1:${letter}${len(values)}", allow_blank=True)
    choice.showErrorMessage = not column.many
    choice.errorTitle, choice.error = column.name, "Pick one of the list, or leave the cell blank."
    choice.showInputMessage, choice.promptTitle = True, column.name[:32]
    choice.prompt = (column.description if len(column.description) < 250 else column.description[:249] + "…")[:255]
    sheet.add_data_validation(choice)
    choice.add(cells)
