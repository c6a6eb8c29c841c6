"""Validation of the raw tables: cell by cell from the schema, then across rows and tables.

Every problem names the file, line, column and value, says what is allowed and which allowed value is
nearest. All problems of a run are collected, so that one look mends them all.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

import pandas as pd

from natverk.data.raw import table_path
from natverk.data.schema import KINDS, SCHEMA, Column, Schema, Table
from natverk.errors import DataError

__all__ = [
    "Broken",
    "CHECKS",
    "Tables",
    "ValidationError",
    "cell_problem",
    "validate",
]


Tables = dict[str, pd.DataFrame]
SHOWN_PROBLEMS = 10


class Broken(NamedTuple):
    """A broken rule: the table, the line, what is wrong and what to do."""

    table: str
    line: int
    what: str
    remedy: str


def years_in_order(tables: Tables) -> Iterator[Broken]:
    """A stated end does not come before the stated start."""
    for name in ("memberships", "body_members", "functions", "projects"):
        frame = tables[name]
        both = frame[(frame["start_year"] != "") & (frame["end_year"] != "")]
        for line, row in both[both["end_year"] < both["start_year"]].iterrows():
            what = f"end_year {row['end_year']} comes before start_year {row['start_year']}"
            yield Broken(name, int(str(line)), what, "mend one of the years")


def years_have_basis(tables: Tables) -> Iterator[Broken]:
    """An observed or start year says on what it rests, and a basis has a year."""
    frame = tables["memberships"]
    for year, basis in (("start_year", "start_basis"), ("observed_year", "observed_basis")):
        for line, row in frame[(frame[year] == "") != (frame[basis] == "")].iterrows():
            what = f"{year} is {row[year] or 'blank'} but {basis} is {row[basis] or 'blank'}"
            yield Broken("memberships", int(str(line)), what, f"fill in both or neither of {year} and {basis}")


def lists_are_complete(tables: Tables) -> Iterator[Broken]:
    """A complete list has as many rows as it says, all of its network and year."""
    # Of plain objects, and few columns: looking each list up in the whole table takes ten times as long.
    members = tables["memberships"][["list_id", "network_id", "observed_year"]].astype(object)
    lists = tables["member_lists"]
    for line, row in lists.iterrows():
        own = members[members["list_id"] == row["list_id"]]
        if len(own) != int(row["n_sweden"]):
            what = f"list {row['list_id']} says {row['n_sweden']} members and has {len(own)} rows in memberships"
            remedy = "add the missing rows with this list_id, or mend n_sweden"
            yield Broken("member_lists", int(str(line)), what, remedy)
        stray = own[(own["network_id"] != row["network_id"]) | (own["observed_year"] != row["year"])]
        for other, _ in stray.iterrows():
            what = f"a row of list {row['list_id']} has another network or year"
            yield Broken("memberships", int(str(other)), what, "mend network_id, observed_year or list_id")


def statuses_have_rules(tables: Tables) -> Iterator[Broken]:
    """Every network kind × status in use has a rule that says what it counts as."""
    rules = set(zip(tables["status_rules"]["counts_as"], tables["status_rules"]["status"], strict=True))
    kind = tables["networks"].set_index("network_id")["counts_as"]
    frame = tables["memberships"]
    for line, network, status in zip(frame.index, frame["network_id"], frame["status"], strict=True):
        counts_as = str(kind.get(network, ""))
        if not rules & {(counts_as, status), ("*", status), (counts_as, "*")}:
            what = f"no rule for status {status!r} in a network that counts as {counts_as!r}"
            remedy = f"add the row {counts_as},{status} to data/raw/status_rules.csv"
            yield Broken("memberships", int(line), what, remedy)


def offices_are_told_once(tables: Tables) -> Iterator[Broken]:
    """Rows of one office name its first row, which has the same actor, network and class, and no other first row."""
    frame = tables["functions"]
    first = frame.set_index("row_id")
    for line, row in frame[frame["same_as"].isin(first.index)].iterrows():
        head = first.loc[row["same_as"]]
        if head["same_as"]:
            what = f"same_as {row['same_as']} is no first row: it names {head['same_as']} itself"
            yield Broken("functions", int(str(line)), what, f"write {head['same_as']}")
        for name in ("actor_id", "network_id", "function_class"):
            if row[name] != head[name]:
                what = (
                    f"{name} {row[name]!r} is another than that of the same office in {row['same_as']}, {head[name]!r}"
                )
                yield Broken("functions", int(str(line)), what, "mend one of them, or leave same_as blank")


def responsibility_without_gap(tables: Tables) -> Iterator[Broken]:
    """In every county one holder follows the other without gap or overlap, and one is open."""
    frame = tables["responsibility"].sort_values(["county_code", "start"])
    vague = frame[(frame["start"].str.len() < 10) | ~frame["end"].str.len().isin([0, 10])]
    for line, row in vague.iterrows():
        what = f"county {row['county_code']}: a spell from {row['start']} to {row['end'] or 'now'} lacks a day"
        remedy = (
            "write the conventional day as 2014-02-26; what is really known stands in the earliest and latest columns"
        )
        yield Broken("responsibility", int(str(line)), what, remedy)
    if len(vague):
        return
    for county, group in frame.groupby("county_code"):
        previous = None
        for line, row in group.iterrows():
            if previous is not None:
                expected = date.fromisoformat(previous) + timedelta(days=1) if previous else None
                if expected is None or row["start"] != expected.isoformat():
                    what = f"county {county}: a spell starts {row['start']}, the one before ends {previous or 'never'}"
                    remedy = "let each spell start the day after the one before"
                    yield Broken("responsibility", int(str(line)), what, remedy)
            if row["end"] and row["end"] < row["start"]:
                what = f"county {county}: end {row['end']} comes before start {row['start']}"
                yield Broken("responsibility", int(str(line)), what, "mend one of the days")
            previous = str(row["end"])
        if previous:
            last = int(group.index[-1])
            yield Broken("responsibility", last, f"county {county} has no present holder", "leave the last end blank")
    held = set(frame["county_code"])
    for line, county in tables["counties"]["county_code"].items():
        if county not in held:
            what = f"county {county} has no row in responsibility"
            yield Broken("counties", int(str(line)), what, "say in data/raw/responsibility.csv who held it, from 1997")


def counties_have_their_municipalities(tables: Tables) -> Iterator[Broken]:
    """The number of municipalities of each county is the one stated, and each municipality has its code's county."""
    counts = tables["municipalities"].groupby("county_code").size()
    for line, row in tables["counties"].iterrows():
        have = int(counts.get(row["county_code"], 0))
        if have != int(row["n_municipalities"]):
            what = f"county {row['county_code']} says {row['n_municipalities']} municipalities, the table has {have}"
            yield Broken("counties", int(str(line)), what, "add the missing municipalities or mend the number")
    frame = tables["municipalities"]
    for line, row in frame[frame["code"].str[:2] != frame["county_code"]].iterrows():
        what = f"municipality {row['code']} is placed in county {row['county_code']}"
        yield Broken("municipalities", int(str(line)), what, "the first two digits of the code are the county")


def row_ids_are_unique(tables: Tables) -> Iterator[Broken]:
    """A row id stands in one table only (two tables share the prefix `tot`), and the audit points to rows there are."""
    owner: dict[str, str] = {}
    for name, frame in tables.items():
        if "row_id" not in frame:
            continue
        for line, item in frame["row_id"].items():
            first = owner.setdefault(str(item), name)
            if first != name:
                what = f"row_id {item} stands in {first} too"
                yield Broken(name, int(str(line)), what, "give the new row a new, unused id")
    audit = tables["audit"]["checked_row_id"]
    for line, item in audit[audit != ""].items():
        if item not in owner:
            what = f"checked_row_id {item} is no row of any table"
            yield Broken("audit", int(str(line)), what, "mend the id, or leave it blank where the row is gone")


def texts_have_swedish(tables: Tables) -> Iterator[Broken]:
    """Every text that is translated has its Swedish, and every translation a text that some table holds."""
    phrases = tables["translations"]["text"]
    known = set(phrases)
    used: set[str] = set()
    missing: list[tuple[str, int, str, str]] = []
    for name, table in SCHEMA.items():
        if name == "translations":
            continue
        frame = tables[name]
        for column in table.told:
            cells = frame[column]
            # A list for the mask: `isin` hands the whole set over to Arrow, column by column.
            lacking = cells[[bool(cell) and cell not in known for cell in cells]]
            missing += [(name, int(str(line)), column, cell) for line, cell in lacking.items()]
        used |= {cell for column in table.columns if column.kind == "text" for cell in frame[column.name]}
    free = sorted(known - used)
    for place, (name, line, column, cell) in enumerate(missing):
        # Looking for a neighbour takes time: where much is missing, it is no slip of the pen.
        near = difflib.get_close_matches(cell, free, 1, 0.8) if place < SHOWN_PROBLEMS else []
        what = f"{column} {shorten(cell, 80)!r} has no Swedish"
        remedy = "add text and text_sv to data/raw/translations.csv"
        if near:
            remedy = (
                f"mend text in data/raw/translations.csv, where {shorten(near[0], 80)!r} stands; no table holds that"
            )
        yield Broken(name, line, what, remedy)
    for where, cell in phrases[~phrases.isin(used)].items():
        what = f"no table holds the text {shorten(cell, 80)!r}"
        yield Broken("translations", int(str(where)), what, "remove the row, or mend its text to what the table says")


CHECKS: tuple[Callable[[Tables], Iterator[Broken]], ...] = (
    years_in_order,
    years_have_basis,
    lists_are_complete,
    statuses_have_rules,
    offices_are_told_once,
    responsibility_without_gap,
    counties_have_their_municipalities,
    row_ids_are_unique,
    texts_have_swedish,
)


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
        for rule in CHECKS:
            for found in rule(tables):
                where = f"{table_path(folder, found.table)}, line {found.line}"
                problems.append(DataError(found.what, where=where, remedy=found.remedy))
    if problems:
        raise ValidationError(problems)


def _cell_problems(frame: pd.DataFrame, table: Table, folder: Path) -> Iterator[DataError]:
    """Yield the cells of a table that its columns do not allow, and the keys that stand twice."""
    path, wrong = table_path(folder, table.name), []
    for column in table.columns:
        cells = frame[column.name]
        if refused := [cell for cell in cells.unique() if not column.matches(cell)]:
            wrong += [(int(str(line)), column.name, cell) for line, cell in cells[cells.isin(refused)].items()]
    for line, name, cell in sorted(wrong):
        yield cell_problem(f"{path}, line {line}, column {name}", table.column(name), cell)
    key = list(table.key)
    for line in frame.index[frame.duplicated(key)]:
        cells = frame.loc[line, key]
        same = frame.index[(frame[key] == cells).all(axis=1)]
        yield DataError(
            f"the key {', '.join(f'{name}={cell}' for name, cell in cells.items())} stands twice",
            where=f"{path}, lines {same[0]} and {line}",
            remedy="give the new row a new, unused key",
        )


def cell_problem(where: str, column: Column, cell: str) -> DataError:
    """Return the problem of one cell, with what its column would allow."""
    if cell == "":
        return DataError("a required cell is blank", where=where, remedy=f"fill in: {column.description}")
    wrong = next((value for value in column.split(cell) if not column.fits(value)), cell)
    if column.values:
        remedy = "write an allowed value; a new one belongs in natverk/data/schema.py"
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
    """Yield the cells that refer to a row that is not there."""
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
