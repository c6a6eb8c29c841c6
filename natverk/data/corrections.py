"""Known errors in sources, corrected in the open: `data/raw/corrections.toml`.

Each entry names the row, what is done (`drop`, `override`, `flag`), why, and what it expects to find.
An entry that matches nothing, or whose expectation no longer holds, fails the build: a correction never
outlives the error it corrects.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from natverk.data.letters import text_of
from natverk.data.raw import table_path
from natverk.data.schema import SCHEMA, Schema
from natverk.data.types import TEXT
from natverk.errors import DataError, MissingFile

__all__ = ["ACTIONS", "Correction", "apply_corrections", "read_corrections"]

ACTIONS: tuple[str, ...] = ("drop", "override", "flag")
_FIELDS = (
    "id", "table", "row", "action", "column", "value", "expect", "reason", "reason_sv", "status", "other_sources",
)  # fmt: skip
_STATUS = ("open", "settled")
_LOG = (
    "correction_id", "table", "row", "action", "column", "before", "after", "reason", "reason_sv", "status",
    "other_sources",
)  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """One entry of `corrections.toml`.

    `row` is the key of the row (a `row_id` in evidence tables); `expect` the cells as they stood when the
    entry was written; `column` and `value` belong to `override`. `other_sources`: sources that the reason tells of
    beside that of the row, separated by `;`.
    """

    id: str
    table: str
    row: str
    action: str
    reason: str
    reason_sv: str
    status: str
    expect: dict[str, str] = field(default_factory=dict)
    column: str = ""
    value: str = ""
    other_sources: str = ""


def read_corrections(folder: Path, schema: Schema = SCHEMA) -> list[Correction]:
    """Read `corrections.toml` of a raw folder and check its form.

    Raises
    ------
    MissingFile, DataError
        If the file is not there, is no TOML, or an entry has an unknown field, table, column or action.
    """
    path = folder / "corrections.toml"
    try:
        content = tomllib.loads(text_of(path))
    except FileNotFoundError as error:
        raise MissingFile(
            "corrections.toml is missing",
            where=str(path),
            remedy="bring it back: git checkout -- data/raw/corrections.toml; or make an empty file",
        ) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"corrections.toml cannot be read: {error}", where=str(path), remedy="mend the file; it is UTF-8 and TOML"
        ) from error
    entries = content.pop("correction", [])
    if content:
        name = next(iter(content))
        remedy = "begin each entry with [[correction]]"
        raise DataError(f"unknown name {name!r}", where=str(path), allowed=["correction"], value=name, remedy=remedy)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(
            "correction is no list of entries", where=str(path), remedy="write [[correction]], twice bracketed"
        )
    corrections = [_entry(entry, f"{path}, entry {number}", schema) for number, entry in enumerate(entries, start=1)]
    ids = [correction.id for correction in corrections]
    for item in ids:
        if ids.count(item) > 1:
            raise DataError(f"the id {item} stands twice", where=str(path), remedy="give each entry its own id")
    return corrections


def _entry(entry: dict[str, object], where: str, schema: Schema) -> Correction:
    """Return one entry as a correction, or raise where it is not of the form or names what the schema does not have."""
    for name in entry:
        if name not in _FIELDS:
            remedy = "mend or remove the field"
            raise DataError(f"unknown field {name!r}", where=where, allowed=_FIELDS, value=name, remedy=remedy)
    for name in ("id", "table", "row", "action", "expect", "reason", "reason_sv", "status"):
        if not entry.get(name):
            raise DataError(f"the field {name!r} is missing", where=where, remedy=f"add {name} = …")
    expect = entry["expect"]
    if not isinstance(expect, dict) or not all(isinstance(value, str) for value in expect.values()):
        what = 'expect is no table of column = "text"'
        raise DataError(what, where=where, remedy='write expect = { year = "2019" }')
    texts = {name: value for name, value in entry.items() if name != "expect" and isinstance(value, str)}
    if len(texts) != len(entry) - 1:
        raise DataError("a field is no text", where=where, remedy="put the value in quotes: codes and years too")
    correction = Correction(**texts, expect={str(key): str(value) for key, value in expect.items()})
    where = f"{where} ({correction.id})"
    named: list[tuple[str, str, Iterable[str]]] = [
        ("action", correction.action, ACTIONS),
        ("status", correction.status, _STATUS),
        ("table", correction.table, schema),
    ]
    for name, value, allowed in named:
        if value not in allowed:
            remedy = f"write an allowed {name}"
            raise DataError(f"unknown {name} {value!r}", where=where, allowed=allowed, value=value, remedy=remedy)
    table = schema[correction.table]
    for name in [*correction.expect, *([correction.column] if correction.column else [])]:
        if name not in table.names:
            what = f"the table {table.name} has no column {name!r}"
            remedy = "mend the name of the column"
            raise DataError(what, where=where, allowed=table.names, value=name, remedy=remedy)
    override = correction.action == "override"
    if override != bool(correction.column) or (correction.value and not override):
        remedy = "give both with override, neither with drop or flag"
        raise DataError("column and value belong to override, and only there", where=where, remedy=remedy)
    if override and not table.column(correction.column).matches(correction.value):
        column = table.column(correction.column)
        what = f"{correction.value!r} is not allowed in {table.name}.{column.name}"
        remedy = f"write what the column takes: {column.description}"
        raise DataError(what, where=where, allowed=column.values, value=correction.value, remedy=remedy)
    return correction


def apply_corrections(
    tables: dict[str, pd.DataFrame], corrections: list[Correction], folder: Path, schema: Schema = SCHEMA
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return corrected copies of the raw tables and a log with one row a correction.

    The log has the columns `correction_id, table, row, action, column, before, after, reason, reason_sv,
    status, other_sources`.

    Raises
    ------
    DataError
        If a correction matches no row or names no source, or the row no longer says what the entry expects.
    """
    result = dict(tables)
    log: list[tuple[str, ...]] = []
    for correction in corrections:
        where = f"{folder / 'corrections.toml'}, entry {correction.id}"
        frame = result[correction.table]
        key = schema[correction.table].key[0]
        hits = frame.index[frame[key] == correction.row]
        if len(hits) != 1:
            raise DataError(
                f"the correction matches {len(hits)} rows of {correction.table} ({key} = {correction.row!r})",
                where=where,
                allowed=frame[key].unique(),
                value=correction.row,
                remedy="the row is gone or renamed: remove or mend the entry",
            )
        line = hits[0]
        for column, expected in correction.expect.items():
            found = str(frame.at[line, column])
            if found != expected:
                what = f"{correction.table} row {correction.row}: {column} is {found!r}"
                raise DataError(
                    f"{what}, the correction expects {expected!r}",
                    where=f"{where}; {table_path(folder, correction.table)}, line {line}",
                    remedy="the source row has changed: look at it again, then mend or remove the entry",
                )
        for source in correction.other_sources.split(";") if correction.other_sources else []:
            sources = tables["sources"]["source_id"]
            if source not in set(sources):
                raise DataError(
                    f"other_sources names the source {source!r}, which is not in sources",
                    where=where, allowed=sources, value=source, remedy="write ids of sources, separated by ;",
                )  # fmt: skip
        before = str(frame.at[line, correction.column]) if correction.column else ""
        if correction.action == "drop":
            result[correction.table] = frame.drop(index=line)
        elif correction.action == "override":
            changed = frame.copy()
            changed.loc[line, correction.column] = correction.value
            result[correction.table] = changed
        entry = (correction.id, correction.table, correction.row, correction.action, correction.column)
        words = (correction.reason, correction.reason_sv, correction.status, correction.other_sources)
        log.append((*entry, before, correction.value, *words))
    return result, pd.DataFrame(log, columns=list(_LOG), dtype=TEXT)
