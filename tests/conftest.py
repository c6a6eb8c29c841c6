"""What many tests share: the real data, and datasets made by hand from a few inline rows."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

# Text in Python's memory, as where pages are made: frames as small as these take two thirds of the time. Arrow's, which
# is pandas' own choice, is what the commands, the notebooks and `make test-oldest` are tested with.
if os.environ.get("NATVERK_TESTS_TEXT") != "arrow":
    pd.set_option("mode.string_storage", "python")

import natverk
from natverk.data.build import typed
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.tables import Processed

# A script that starts the tests in the background has them ignore Ctrl-C, and with them the programs they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep the collector of garbage from looking through thousands of tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


Row = Mapping[str, Any]
Make = Callable[..., Dataset]

# Short forms in which the tests write memberships and lists.
SHORT = {"a": "actor_id", "n": "network_id", "start": "start_year", "end": "end_year", "seen": "observed_year"}
SHORT |= {"basis": "observed_basis", "list": "list_id", "source": "source_id", "levels": "levels_at_risk"}
SHORT |= {"counties": "counties_at_risk", "scope": "status_scope"}

ACTORS: tuple[Row, ...] = (
    {"actor_id": "municipality:0101", "name": "Alby", "kind": "municipality", "county_codes": "01"},
    {"actor_id": "municipality:0102", "name": "Boda", "kind": "municipality", "county_codes": "01"},
    {"actor_id": "municipality:0201", "name": "Dala", "kind": "municipality", "county_codes": "02"},
    {"actor_id": "municipality:0330", "name": "Knivsta", "kind": "municipality", "county_codes": "03"},
    {"actor_id": "municipality:0980", "name": "Gotland", "kind": "municipality", "county_codes": "09"},
    {"actor_id": "region:01", "name": "Region Ett", "kind": "region", "county_codes": "01"},
    {"actor_id": "region:02", "name": "Region Två", "kind": "region", "county_codes": "02"},
    {"actor_id": "region:03", "name": "Region Tre", "kind": "region", "county_codes": "03"},
    {"actor_id": "body:forbundet", "name": "Förbundet", "kind": "joint_body", "county_codes": "01"},
    {"actor_id": "state:verket", "name": "Verket", "kind": "state_agency"},
)
COUNTIES = {"01": "region:01", "02": "region:02", "03": "region:03", "09": "municipality:0980"}
RULES = (
    ("membership", "full", "yes"), ("membership", "member", "yes"), ("membership", "associate", "yes"),
    ("membership", "participant", "loose"), ("membership", "unspecified", "loose"),
    ("commitment", "signatory", "yes"), ("*", "indirect", "separate"),
    ("*", "reporting", "never"), ("*", "applicant", "never"), ("*", "former", "exit"), ("reporting", "*", "never"),
)  # fmt: skip


class HandMade(Dataset):
    """A dataset whose tables are given, typed as the build types them; nothing is read from disk."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.folder = Path()
        self.as_of = None
        self.undated_sources = "drop"
        self.without_noncommercial = False
        self._tables = tables
        self._processed = Processed(Path(), {"inputs": {}, "outputs": {}, "schema": "", "versions": {}})


def _filled(name: str, number: int, row: Row) -> dict[str, Any]:
    """Return a row with long column names and the required cells that a test does not care about."""
    names = SCHEMA[name].names
    full = {key if key in names else SHORT.get(key, key): value for key, value in row.items()}
    first = SCHEMA[name].columns[0]
    if first.kind == "row_id":
        prefix = (first.pattern or "").strip("(").split(")")[0].split("|")[0]
        full.setdefault(first.name, f"{prefix}-{number:05d}")
    if name == "memberships":
        status = full.setdefault("status", "member")
        full = {
            "actor_id": "municipality:0101",
            "network_id": "net",
            "status_as_stated": status,
            "derived": "no",
        } | full
        for year, basis in (("start_year", "start_basis"), ("observed_year", "observed_basis")):
            if full.get(year) is not None:
                full.setdefault(basis, "stated")
    if name == "member_lists":
        full = {
            "network_id": "net", "list_id": f"{full.get('network_id', 'net')}-{full['year']}", "year_basis": "stated",
            "levels_at_risk": "municipality;region", "status_scope": "all", "n_sweden": 0, "certainty": "high",
        } | full  # fmt: skip
    if name == "networks":
        full = {
            "network_id": "net", "name": "Net", "name_sv": "Nät", "type": "mixed", "scope": "european",
            "reach": "international", "kind": "network", "counts_as": "membership", "themes": "generic",
            "eligible_levels": "municipality;region",
        } | full  # fmt: skip
    if name == "actors":
        full = {"also_regional": "yes" if full["actor_id"] == "municipality:0980" else "no"} | full
    if name in ("next_steps", "evaluations"):
        full = {"actor_id": "municipality:0101", "network_id": "net"} | full
    if name == "sources":
        return {"title": "Källa", "accessed": "2026-01-31", "licence_class": "not_stated"} | full
    return {"source_id": "src"} | full if "source_id" in names else full


def table(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """Return a table of the schema from short rows; a column that the schema does not have is an error."""
    return _table(name, tuple(tuple(row.items()) for row in rows))


@lru_cache(maxsize=512)
def _table(name: str, items: tuple[tuple[tuple[str, Any], ...], ...]) -> pd.DataFrame:
    rows = [dict(row) for row in items]
    columns = SCHEMA[name].names
    filled = [_filled(name, number, row) for number, row in enumerate(rows, 1)]
    unknown = {key for row in filled for key in row} - set(columns)
    if unknown:
        raise ValueError(f"{name} has no column {sorted(unknown)}")
    cells = [["" if row.get(key) is None else str(row[key]) for key in columns] for row in filled]
    return typed(pd.DataFrame(cells, columns=columns, dtype="str"), SCHEMA[name])


@cache
def _base() -> dict[str, pd.DataFrame]:
    tables = {name: table(name, []) for name in SCHEMA}
    tables["corrections"] = pd.DataFrame(
        columns=[
            "correction_id",
            "table",
            "row",
            "action",
            "column",
            "before",
            "after",
            "reason",
            "reason_sv",
            "status",
            "other_sources",
        ],
        dtype="str",
    )
    places = [row for row in ACTORS if row["kind"] == "municipality"]
    tables["actors"] = table("actors", ACTORS)
    tables["municipalities"] = table(
        "municipalities",
        [
            {
                "code": row["actor_id"][-4:],
                "actor_id": row["actor_id"],
                "name": row["name"],
                "county_code": row["county_codes"],
            }
            for row in places
        ],
    )
    tables["counties"] = table(
        "counties",
        [
            {"county_code": code, "name": f"Län {code}", "region_name": f"Region {code}", "region_actor_id": region}
            for code, region in COUNTIES.items()
        ],
    )
    tables["networks"] = table("networks", [{}])
    tables["status_rules"] = table(
        "status_rules", [dict(zip(("counts_as", "status", "counted"), rule, strict=True)) for rule in RULES]
    )
    tables["municipality_changes"] = table(
        "municipality_changes", [{"date": "2003-01-01", "kind": "new_municipality", "new_code": "0330"}]
    )
    tables["bodies"] = table(
        "bodies", [{"body_id": "body:forbundet", "county_codes": "01", "founded_year": 2005, "dissolved_year": 2015}]
    )
    tables["population"] = table(
        "population", [{"code": row["actor_id"][-4:], "year": 2000, "population": 1000} for row in places]
    )
    tables["sources"] = table("sources", [{"source_id": "src"}, {"source_id": "other"}])
    return tables


def hand_made(*memberships: Row, **tables: Sequence[Row]) -> Dataset:
    """Return a dataset with these memberships; other tables by name replace those of the base."""
    given = {"memberships": memberships, **tables}
    return HandMade(_base() | {name: table(name, rows) for name, rows in given.items() if rows or _base()[name].size})


@pytest.fixture(scope="session")
def make() -> Make:
    """The maker of hand-made datasets: `make({"start": 2006, "seen": 2010}, member_lists=[{"year": 2012}])`."""
    return hand_made


@pytest.fixture(scope="session")
def real() -> Dataset:
    """The data of the repository."""
    return natverk.load()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: they are dealt out in this order, and none is left for the end."""
    long = ("tests/test_types.py", "tests/reports/", "tests/pages/", "notebooks/")
    items.sort(key=lambda item: not item.nodeid.startswith(long))
