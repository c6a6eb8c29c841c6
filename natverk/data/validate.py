"""Validation of the raw tables: cell by cell from the schema (pandera), then across rows and tables.

Every problem names the file, line, column and value, says what is allowed and which allowed value is
nearest. All problems of a run are collected, so that one look mends them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from natverk.data.column import KINDS, Column, Schema, Table
from natverk.data.raw import table_path
from natverk.data.rules import RULES
from natverk.data.schema import SCHEMA
from natverk.errors import DataError

__all__ = ["ValidationError", "pandera_schema", "validate"]

SHOWN_PROBLEMS = 10


class ValidationError(DataError):
    """One or more problems in the raw data; `problems` holds them all."""

    def __init__(self, problems: list[DataError]) -> None:
        super().__init__(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in the raw data")
        self.problems = problems

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        rest = len(self.problems) - len(shown)
        more = [f"… and {rest} more problems"] if rest > 0 else []
        lines = [f"{self.what}; nothing was changed", *shown, *more, "  next: mend the lines, then natverk build"]
        return "\n".join(lines)


def pandera_schema(table: Table) -> pa.DataFrameSchema:
    """Return the pandera schema of a raw table (text cells): patterns, vocabularies, required cells, key.

    Examples
    --------
    >>> from natverk.data.schema import SCHEMA
    >>> sorted(pandera_schema(SCHEMA["population"]).columns)[:2]
    ['borders', 'code']
    """
    columns = {
        column.name: pa.Column("str", pa.Check(column.matches, element_wise=True, name="allowed"), nullable=False)
        for column in table.columns
    }
    return pa.DataFrameSchema(columns, unique=list(table.key), report_duplicates="exclude_first", name=table.name)


def validate(tables: dict[str, pd.DataFrame], folder: Path, schema: Schema = SCHEMA) -> None:
    """Raise one `ValidationError` with every problem of the raw tables, or return silently.

    Parameters
    ----------
    tables
        Raw tables as `natverk.data.raw.read_all` returns them (text, index = line number).
    folder
        Where they were read; named in the problems.
    """
    problems: list[DataError] = []
    for name, table in schema.items():
        problems.extend(_cell_problems(tables[name], table, folder))
    if not problems:
        for name, table in schema.items():
            problems.extend(_reference_problems(tables, tables[name], table, folder))
    if not problems:
        for rule in RULES:
            for found in rule(tables):
                where = f"{table_path(folder, found.table)}, line {found.line}"
                problems.append(DataError(found.what, where=where, remedy=found.remedy))
    if problems:
        raise ValidationError(problems)


def _cell_problems(frame: pd.DataFrame, table: Table, folder: Path) -> Iterator[DataError]:
    try:
        pandera_schema(table).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return
    path = table_path(folder, table.name)
    cells = cases[cases["check"] == "allowed"].drop_duplicates(["index", "column"]).sort_values(["index", "column"])
    for case in cells.itertuples():
        yield _cell_problem(path, int(case.index), table.column(str(case.column)), str(case.failure_case))
    doubled = cases.loc[cases["check"] != "allowed", "index"].dropna().unique()
    for line in sorted(int(item) for item in doubled):
        key = ", ".join(f"{name}={frame[name].loc[line]!s}" for name in table.key)
        same = frame[(frame[list(table.key)] == frame.loc[line, list(table.key)]).all(axis=1)]
        yield DataError(
            f"the key {key} stands twice",
            where=f"{path}, lines {same.index[0]} and {line}",
            remedy="give the new row a new, unused key",
        )


def _cell_problem(path: Path, line: int, column: Column, cell: str) -> DataError:
    where = f"{path}, line {line}, column {column.name}"
    if cell == "":
        return DataError("a required cell is blank", where=where, remedy=f"fill in: {column.description}")
    wrong = next((value for value in column.split(cell) if not column.fits(value)), cell)
    if column.values:
        remedy = "write an allowed value; a new one belongs in natverk/data/vocabulary.py"
        what = f"{wrong!r} is not in the vocabulary"
        return DataError(what, where=where, allowed=column.values, value=wrong, remedy=remedy)
    if column.kind == "text" and not column.pattern:
        what = f"{wrong!r} holds a control character"
        return DataError(what, where=where, remedy="write the text on one line, without tabs and NUL bytes")
    kind = KINDS[column.kind]
    what = f"{wrong!r} is no {kind.name.replace('_', ' ')}"
    remedy = f"write it like: {kind.example}"
    if column.pattern:
        what = f"{wrong!r} has not the form {column.pattern}"
        remedy = f"write it in that form: {column.description}"
    elif kind.name.endswith("_code") and wrong.isdecimal() and len(wrong) < len(kind.example):
        whole = wrong.zfill(len(kind.example))
        remedy = f"codes keep their leading zeros (is it {whole!r}?); format the column as text"
    return DataError(what, where=where, remedy=remedy)


def _reference_problems(
    tables: dict[str, pd.DataFrame], frame: pd.DataFrame, table: Table, folder: Path
) -> Iterator[DataError]:
    for column in table.columns:
        if column.ref is None:
            continue
        target, target_column = column.ref.split(".")
        known = set(tables[target][target_column])
        for line, cell in frame[column.name].items():
            for value in column.split(cell):
                if value not in known:
                    yield DataError(
                        f"{value!r} is not in {target}.{target_column}",
                        where=f"{table_path(folder, table.name)}, line {line}, column {column.name}",
                        allowed=sorted(known),
                        value=value,
                        remedy=f"add it to data/raw/{target}.csv or mend the id",
                    )
