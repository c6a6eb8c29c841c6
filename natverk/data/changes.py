"""Rows as text, as they are written in the raw tables, and which rows have changed since a table was written so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from natverk.data.schema import SCHEMA

__all__ = ["Change", "cells_of", "changes", "named_rows"]

# So many rows are named at most.
_NAMED = 3
_CUT = 60


@dataclass(frozen=True)
class Change:
    """A row that is new, gone or another one.

    Attributes
    ----------
    table, row
        The table, and the permanent number of the row, or what else tells it from others.
    what
        What has become of it: `is new`, `is gone`, `has another start_year: '2014', it was ''`.
    cells
        What stands in it, now and before, to see whom it is about.
    """

    table: str
    row: str
    what: str
    cells: frozenset[str]

    def __str__(self) -> str:
        about = [cell for cell in sorted(self.cells) if cell.startswith(("municipality:", "region:", "body:"))]
        return f"{self.table} {self.row}{' (' + ', '.join(about) + ')' if about else ''} {self.what}"


def cells_of(frame: pd.DataFrame) -> Iterable[list[str]]:
    """Yield header and rows as they are written in the raw tables."""
    yield [str(name) for name in frame.columns]
    columns = [_texts(frame[name]) for name in frame.columns]
    yield from (list(row) for row in zip(*columns, strict=True))


def _texts(column: pd.Series[Any]) -> list[str]:
    if column.dtype == "boolean":
        return ["" if pd.isna(value) else "yes" if value else "no" for value in column]
    if column.dtype == "Float64":
        return ["" if pd.isna(value) else repr(float(value)).removesuffix(".0") for value in column]
    return ["" if pd.isna(value) else str(value) for value in column]


def changes(path: Path, table: str, now: pd.DataFrame) -> list[Change]:
    """Return the rows of a table that are new, gone or others than in a file that it was written to before.

    Parameters
    ----------
    path
        The CSV file.
    table
        The name of the table.
    now
        The table as it is now.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        old = _by_key(table, [*csv.reader(file)])
    new = _by_key(table, [*cells_of(now)])
    found = [_change(table, key, old.get(key), new.get(key)) for key in sorted({*old, *new})]
    return [change for change in found if change is not None]


def _by_key(table: str, rows: Sequence[Sequence[str]]) -> dict[tuple[str, ...], dict[str, str]]:
    """Return rows by what tells them apart; the first is the header."""
    header, *rest = rows
    cells = [dict(zip(header, row, strict=True)) for row in rest]
    key = SCHEMA[table].key if table in SCHEMA else tuple(header)
    return {tuple(row[name] for name in key): row for row in cells}


def _change(
    table: str, key: tuple[str, ...], old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> Change | None:
    if old == new:
        return None
    both = [row for row in (old, new) if row is not None]
    row = both[-1].get("row_id") or "/".join(key)
    cells = frozenset(cell for one in both for cell in one.values() if cell)
    if old is None or new is None:
        return Change(table, row, "is new" if old is None else "is gone", cells)
    parts = [
        f"{name}: {new.get(name, '')[:_CUT]!r}, it was {old.get(name, '')[:_CUT]!r}"
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]
    return Change(table, row, f"has another {'; '.join(parts)}", cells)


def named_rows(found: Sequence[Change], questions: Sequence[str]) -> str:
    """Say which rows have changed; where measures were asked, those that the questions name, or how many there are.

    >>> rows = [Change("memberships", f"mem-{n}", "is new", frozenset({f"municipality:138{n}"})) for n in range(6)]
    >>> named_rows(rows[:1], ["natverk.peers:by_size ({}, (), {})"])
    ': memberships mem-0 (municipality:1380) is new'
    >>> named_rows(rows, ["natverk:documented ({}, (['municipality:1384'],), {})"])
    ': memberships mem-4 (municipality:1384) is new'
    >>> named_rows(rows, [])
    ': 6 rows of memberships'
    """
    named = [change for change in found if any(f"'{cell}'" in text for text in questions for cell in change.cells)]
    shown = found if len(found) <= _NAMED else named
    if 0 < len(shown) <= _NAMED:
        return ": " + "; ".join(map(str, shown))
    tables = ", ".join(sorted({change.table for change in found}))
    return f": {len(found)} rows of {tables}" if found else ""
