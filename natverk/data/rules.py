"""Rules across rows and tables that no single cell can break: lists, spells, counts, vocabularies.

Each rule takes the raw tables (text) and yields what it found; `natverk.data.validate` reports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

__all__ = ["RULES", "Found"]

Tables = dict[str, pd.DataFrame]


class Found(NamedTuple):
    """A broken rule: the table, the line, what is wrong and what to do."""

    table: str
    line: int
    what: str
    remedy: str


def years_in_order(tables: Tables) -> Iterator[Found]:
    """A stated end does not come before the stated start."""
    for name in ("memberships", "body_members", "functions", "projects"):
        frame = tables[name]
        both = frame[(frame["start_year"] != "") & (frame["end_year"] != "")]
        for line, row in both[both["end_year"] < both["start_year"]].iterrows():
            what = f"end_year {row['end_year']} comes before start_year {row['start_year']}"
            yield Found(name, int(str(line)), what, "mend one of the years")


def years_have_basis(tables: Tables) -> Iterator[Found]:
    """An observed or start year says on what it rests, and a basis has a year."""
    frame = tables["memberships"]
    for year, basis in (("start_year", "start_basis"), ("observed_year", "observed_basis")):
        for line, row in frame[(frame[year] == "") != (frame[basis] == "")].iterrows():
            what = f"{year} is {row[year] or 'blank'} but {basis} is {row[basis] or 'blank'}"
            yield Found("memberships", int(str(line)), what, f"fill in both or neither of {year} and {basis}")


def lists_are_complete(tables: Tables) -> Iterator[Found]:
    """A complete list has as many rows as it says, all of its network and year."""
    members, lists = tables["memberships"], tables["member_lists"]
    for line, row in lists.iterrows():
        own = members[members["list_id"] == row["list_id"]]
        if len(own) != int(row["n_sweden"]):
            what = f"list {row['list_id']} says {row['n_sweden']} members and has {len(own)} rows in memberships"
            remedy = "add the missing rows with this list_id, or mend n_sweden"
            yield Found("member_lists", int(str(line)), what, remedy)
        stray = own[(own["network_id"] != row["network_id"]) | (own["observed_year"] != row["year"])]
        for other, _ in stray.iterrows():
            what = f"a row of list {row['list_id']} has another network or year"
            yield Found("memberships", int(str(other)), what, "mend network_id, observed_year or list_id")


def statuses_have_rules(tables: Tables) -> Iterator[Found]:
    """Every network kind × status in use has a rule that says what it counts as."""
    rules = set(zip(tables["status_rules"]["counts_as"], tables["status_rules"]["status"], strict=True))
    kind = tables["networks"].set_index("network_id")["counts_as"]
    frame = tables["memberships"]
    for line, network, status in zip(frame.index, frame["network_id"], frame["status"], strict=True):
        counts_as = str(kind.get(network, ""))
        if not rules & {(counts_as, status), ("*", status), (counts_as, "*")}:
            what = f"no rule for status {status!r} in a network that counts as {counts_as!r}"
            remedy = f"add the row {counts_as},{status} to data/raw/status_rules.csv"
            yield Found("memberships", int(line), what, remedy)


def responsibility_without_gap(tables: Tables) -> Iterator[Found]:
    """In every county one holder follows the other without gap or overlap, and one is open."""
    frame = tables["responsibility"].sort_values(["county_code", "start"])
    vague = frame[(frame["start"].str.len() < 10) | ~frame["end"].str.len().isin([0, 10])]
    for line, row in vague.iterrows():
        what = f"county {row['county_code']}: a spell from {row['start']} to {row['end'] or 'now'} lacks a day"
        remedy = (
            "write the conventional day as 2014-02-26; what is really known stands in the earliest and latest columns"
        )
        yield Found("responsibility", int(str(line)), what, remedy)
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
                    yield Found("responsibility", int(str(line)), what, remedy)
            if row["end"] and row["end"] < row["start"]:
                what = f"county {county}: end {row['end']} comes before start {row['start']}"
                yield Found("responsibility", int(str(line)), what, "mend one of the days")
            previous = str(row["end"])
        if previous:
            last = int(group.index[-1])
            yield Found("responsibility", last, f"county {county} has no present holder", "leave the last end blank")
    held = set(frame["county_code"])
    for line, county in tables["counties"]["county_code"].items():
        if county not in held:
            what = f"county {county} has no row in responsibility"
            yield Found("counties", int(str(line)), what, "say in data/raw/responsibility.csv who held it, from 1997")


def counties_have_their_municipalities(tables: Tables) -> Iterator[Found]:
    """The number of municipalities of each county is the one stated, and each municipality has its code's county."""
    counts = tables["municipalities"].groupby("county_code").size()
    for line, row in tables["counties"].iterrows():
        have = int(counts.get(row["county_code"], 0))
        if have != int(row["n_municipalities"]):
            what = f"county {row['county_code']} says {row['n_municipalities']} municipalities, the table has {have}"
            yield Found("counties", int(str(line)), what, "add the missing municipalities or mend the number")
    frame = tables["municipalities"]
    for line, row in frame[frame["code"].str[:2] != frame["county_code"]].iterrows():
        what = f"municipality {row['code']} is placed in county {row['county_code']}"
        yield Found("municipalities", int(str(line)), what, "the first two digits of the code are the county")


def row_ids_are_unique(tables: Tables) -> Iterator[Found]:
    """A row id stands in one table only (two tables share the prefix `tot`), and the audit points to rows there are."""
    owner: dict[str, str] = {}
    for name, frame in tables.items():
        if "row_id" not in frame:
            continue
        for line, item in frame["row_id"].items():
            first = owner.setdefault(str(item), name)
            if first != name:
                what = f"row_id {item} stands in {first} too"
                yield Found(name, int(str(line)), what, "give the new row a new, unused id")
    audit = tables["audit"]["checked_row_id"]
    for line, item in audit[audit != ""].items():
        if item not in owner:
            what = f"checked_row_id {item} is no row of any table"
            yield Found("audit", int(str(line)), what, "mend the id, or leave it blank where the row is gone")


RULES: tuple[Callable[[Tables], Iterator[Found]], ...] = (
    years_in_order,
    years_have_basis,
    lists_are_complete,
    statuses_have_rules,
    responsibility_without_gap,
    counties_have_their_municipalities,
    row_ids_are_unique,
)
