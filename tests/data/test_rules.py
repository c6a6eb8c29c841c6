"""Rules across rows and tables: each finds what it is for, names the line, and finds nothing in the facts."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import natverk
from natverk.data import validate as rules
from natverk.data.raw import read_all
from natverk.data.validate import CHECKS, Broken

RAW = Path(natverk.__file__).parents[1] / "data" / "raw"

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def facts() -> Tables:
    """The raw tables as they are."""
    return read_all(RAW)


@pytest.fixture
def tables(facts: Tables) -> Tables:
    """A copy of the raw tables that a test may change."""
    return {name: frame.copy() for name, frame in facts.items()}


def line_of(frame: pd.DataFrame, **cells: str) -> int:
    """Return the line of the first row with these cells."""
    hits = pd.concat([frame[name] == cell for name, cell in cells.items()], axis=1).all(axis=1)
    return int(frame.index[hits][0])


def spell(tables: Tables, county: str, place: int) -> int:
    """Return the line of a county's first (0) or last (-1) holder."""
    frame = tables["responsibility"]
    return int(frame[frame["county_code"] == county].sort_values("start").index[place])


def day_after(date: str, days: int) -> str:
    """Return the day some days after another."""
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days=days)).isoformat()


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: str(rule.__name__))
def test_the_facts_as_they_are_break_no_rule(rule: Callable[[Tables], object], facts: Tables) -> None:
    assert list(rule(facts)) == []  # type: ignore[call-overload]
    assert rule.__doc__


def test_an_end_before_a_start(tables: Tables) -> None:
    for name in ("memberships", "body_members", "functions", "projects"):
        line = int(tables[name].index[0])
        tables[name].loc[line, ["start_year", "end_year"]] = ["2018", "2017"]
    found = list(rules.years_in_order(tables))
    assert {(item.table, item.line) for item in found} == {
        ("memberships", 2),
        ("body_members", 2),
        ("functions", 2),
        ("projects", 2),
    }
    assert {item.what for item in found} == {"end_year 2017 comes before start_year 2018"}


def test_a_year_without_basis_and_a_basis_without_year(tables: Tables) -> None:
    frame = tables["memberships"]
    first = line_of(frame, observed_basis="stated")
    second = line_of(frame, start_year="", observed_year="")
    frame.loc[first, "observed_basis"] = ""
    frame.loc[second, "start_basis"] = "stated"
    found = {item.line: item for item in rules.years_have_basis(tables)}
    assert set(found) == {first, second}
    assert f"observed_year is {frame.at[first, 'observed_year']} but observed_basis is blank" in found[first].what
    assert "start_year is blank but start_basis is stated" in found[second].what


def test_a_list_with_a_row_too_many(tables: Tables) -> None:
    frame = tables["memberships"]
    line = line_of(frame, network_id="ubc", observed_year="2014", list_id="")
    frame.loc[line, "list_id"] = "ubc-2014"
    assert [item.what for item in rules.lists_are_complete(tables)] == [
        "list ubc-2014 says 21 members and has 22 rows in memberships"
    ]


@pytest.mark.parametrize(("column", "value"), [("observed_year", "2015"), ("network_id", "sern")])
def test_a_row_of_a_list_with_another_year_or_network(tables: Tables, column: str, value: str) -> None:
    frame = tables["memberships"]
    line = line_of(frame, list_id="ubc-2014")
    frame.loc[line, column] = value
    assert list(rules.lists_are_complete(tables)) == [
        Broken(
            "memberships",
            line,
            "a row of list ubc-2014 has another network or year",
            "mend network_id, observed_year or list_id",
        )
    ]


def test_rows_of_one_office_that_do_not_agree(tables: Tables) -> None:
    frame = tables["functions"]
    line = line_of(frame, row_id="fun-00104")
    frame.loc[line, ["function_class", "same_as"]] = ["chair", "fun-00001"]
    chained = line_of(frame, row_id="fun-00002")
    frame.loc[chained, "same_as"] = "fun-00104"
    found = list(rules.offices_are_told_once(tables))
    assert [(item.line, item.what.partition(" is ")[0]) for item in found] == [
        (chained, "same_as fun-00104"),
        (line, "function_class 'chair'"),
    ]
    assert found[0].remedy == "write fun-00001"


def test_a_rule_for_any_kind_or_any_status_is_enough(tables: Tables) -> None:
    line = line_of(tables["memberships"], status="member")
    tables["memberships"].loc[line, "status"] = "signatory"
    assert [item.line for item in rules.statuses_have_rules(tables)] == [line]
    row = tables["status_rules"].iloc[0]
    for counts_as, status in (("*", "signatory"), ("membership", "*"), ("membership", "signatory")):
        tables["status_rules"].loc[9999] = row.replace({row["counts_as"]: counts_as, row["status"]: status})
        assert list(rules.statuses_have_rules(tables)) == []


def test_gaps_and_overlaps_in_responsibility(tables: Tables) -> None:
    frame = tables["responsibility"]
    gap, overlap, closed, still = (spell(tables, *item) for item in (("14", -1), ("12", -1), ("24", -1), ("25", 0)))
    frame.loc[gap, "start"] = day_after(frame.at[gap, "start"], 1)
    frame.loc[overlap, "start"] = day_after(frame.at[overlap, "start"], -1)
    frame.loc[closed, "end"] = "2025-12-31"
    frame.loc[still, "end"] = ""
    found = list(rules.responsibility_without_gap(tables))
    assert [(item.line, item.what.partition(",")[0]) for item in found] == [
        (overlap, "county 12: a spell starts 2010-12-31"),
        (gap, "county 14: a spell starts 2011-01-02"),
        (closed, "county 24 has no present holder"),
        (spell(tables, "25", -1), "county 25: a spell starts 2017-01-01"),
    ]
    assert found[-1].what.endswith("the one before ends never")


def test_a_spell_that_ends_before_it_starts(tables: Tables) -> None:
    frame = tables["responsibility"]
    line = spell(tables, "25", -1)
    # A spell of no length between two that fit.
    extra = frame.loc[line].copy()
    extra["start"], extra["end"] = frame.at[line, "start"], day_after(frame.at[line, "start"], -1)
    frame.loc[9999] = extra
    whats = [item.what for item in rules.responsibility_without_gap(tables)]
    assert "county 25: end 2016-12-31 comes before start 2017-01-01" in whats


@pytest.mark.parametrize(("column", "value"), [("start", "1997"), ("end", "2004-06")])
def test_a_spell_without_a_day(tables: Tables, column: str, value: str) -> None:
    line = spell(tables, "14", 0)
    tables["responsibility"].loc[line, column] = value
    found = list(rules.responsibility_without_gap(tables))
    assert [item.line for item in found] == [line]
    assert "lacks a day" in found[0].what
    assert value in found[0].what


def test_a_county_that_nobody_holds(tables: Tables) -> None:
    frame = tables["responsibility"]
    tables["responsibility"] = frame[frame["county_code"] != "14"]
    line = line_of(tables["counties"], county_code="14")
    found = list(rules.responsibility_without_gap(tables))
    assert [(item.table, item.line, item.what) for item in found] == [
        ("counties", line, "county 14 has no row in responsibility")
    ]


def test_a_municipality_in_the_wrong_county(tables: Tables) -> None:
    line = line_of(tables["municipalities"], code="0180")
    tables["municipalities"].loc[line, "county_code"] = "03"
    found = {(item.table, item.what) for item in rules.counties_have_their_municipalities(tables)}
    assert found == {
        ("counties", "county 01 says 26 municipalities, the table has 25"),
        ("counties", "county 03 says 8 municipalities, the table has 9"),
        ("municipalities", "municipality 0180 is placed in county 03"),
    }


def test_a_row_id_in_two_tables(tables: Tables) -> None:
    line = int(tables["network_notes"].index[5])
    tables["network_notes"].loc[line, "row_id"] = "tot-00001"
    found = [item for item in rules.row_ids_are_unique(tables) if item.table == "network_notes"]
    assert [(item.line, item.what) for item in found] == [(line, "row_id tot-00001 stands in published_totals too")]


def test_an_audit_of_a_row_that_is_not_there(tables: Tables) -> None:
    tables["audit"].loc[2, "checked_row_id"] = "mem-99999"
    found = list(rules.row_ids_are_unique(tables))
    assert [(item.table, item.line, item.what) for item in found] == [
        ("audit", 2, "checked_row_id mem-99999 is no row of any table")
    ]
    assert "leave it blank" in found[0].remedy
