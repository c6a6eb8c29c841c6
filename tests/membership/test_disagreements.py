"""Disagreements between sources: every kind on a hand-made case and on the real data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.membership.quality import COLUMNS, KINDS, disagreements

Make = Callable[..., Dataset]
ALBY, BODA = "municipality:0101", "municipality:0102"


def found(data: Dataset, kind: str, **arguments: Any) -> list[list[Any]]:
    """Return actor, network, year, values, rows and note of a kind, blanks as None."""
    frame = disagreements(data, **arguments)
    frame = frame.loc[frame["kind"] == kind, ["actor_id", "network_id", "year", "values", "row_ids", "note"]]
    return [[None if pd.isna(value) else value for value in row] for row in frame.values.tolist()]


def total(value: int, **more: Any) -> dict[str, Any]:
    return {"network_id": "net", "fact": "members", "value": value, "qualifier": "exact", "year": 2015} | more


def test_no_disagreement(make: Make) -> None:
    frame = disagreements(make({"start": 2004, "seen": 2008}, {"seen": 2009}, published_totals=[total(35)]))
    assert frame.empty
    assert list(frame.columns) == COLUMNS
    assert disagreements(make()).empty


@pytest.mark.parametrize(
    ("other", "rival"),
    [
        ({}, True),
        ({"value": 38}, False),
        ({"year": 2016}, False),
        ({"fact": "members_sweden"}, False),
        ({"qualifier": "about"}, False),
        ({"network_id": "other"}, False),
        ({"network_id": None, "actor_id": ALBY}, False),
    ],
)
def test_two_totals(make: Make, other: dict[str, Any], rival: bool) -> None:
    networks = [{}, {"network_id": "other"}]
    data = make(networks=networks, published_totals=[total(38), total(35) | other])
    assert found(data, "totals") == (
        [[None, "net", 2015, "35 | 38", "tot-00001;tot-00002", "members"]] if rival else []
    )


def test_two_totals_of_an_actor_and_without_a_year(make: Make) -> None:
    own = [total(value, network_id=None, actor_id=ALBY, fact="networks_of_actor") for value in (2, 3)]
    undated = [total(value, year=None) for value in (104, 92)]
    assert found(make(published_totals=own + undated), "totals") == [
        [None, "net", None, "92 | 104", "tot-00003;tot-00004", "members"],
        [ALBY, None, 2015, "2 | 3", "tot-00001;tot-00002", "networks_of_actor"],
    ]


def test_conflicts(make: Make) -> None:
    lists = [{"year": 2008, "certainty": "medium", "source": "other"}]
    networks = [{}, {"network_id": "old", "founded_year": 2005}]
    rows = [
        {"seen": 2008},
        {"a": BODA, "end": 2004},
        {"a": BODA, "start": 2003, "seen": 2007},
        {"n": "old", "seen": 2003},
    ]
    data = make(*rows, networks=networks, member_lists=lists)
    assert found(data, "conflict") == [
        [ALBY, "net", 2008, "member | not_member", "mem-00001;net-2008", "2008"],
        [BODA, "net", 2005, "member | left", "mem-00002;mem-00003", "2005–2007"],
        [ALBY, "old", 2003, "member | no_network", "mem-00004", "2003"],
    ]
    frame = disagreements(data)
    assert frame.loc[frame["kind"] == "conflict", "source_ids"].tolist() == ["other;src", "src", "src"]


def test_year_basis_decides_which_sightings_meet_a_list(make: Make) -> None:
    data = make({"seen": 2008, "basis": "inferred"}, member_lists=[{"year": 2008}])
    assert found(data, "conflict") == []
    assert len(found(data, "conflict", year_basis="any")) == 1


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([{"start": 2011}, {"start": 2012}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2012}, {"start": 2011}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2011}, {"seen": 2013}], None),
        ([{"start": 2004, "end": 2006}, {"start": 2011}], None),
        ([{"start": 2004, "end": 2006}, {"start": 2006}], "2004 | 2006"),
        ([{"start": 2004, "end": 2006}, {"start": 2005, "end": 2006}, {"start": 2011}], "2004 | 2005"),
        ([{"start": 2011}, {"start": 2010, "status": "applicant"}], None),
        ([{"start": 2011}, {"start": 2010, "status": "participant"}], "2010 | 2011"),
        ([{"start": 2011}, {"start": 2012, "start_basis": "inferred"}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2012, "a": BODA}], None),
    ],
)
def test_two_first_years(make: Make, rows: list[dict[str, Any]], values: str | None) -> None:
    assert [row[3] for row in found(make(*rows), "start_year")] == ([values] if values else [])


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([{"status": "full"}, {"status": "associate", "seen": 2008}], "associate | full"),
        ([{"status": "participant"}, {"status": "member"}, {"status": "indirect"}], "indirect | member | participant"),
        ([{"status": "full"}, {"status": "full", "seen": 2008}], None),
        ([{"status": "member"}, {"status": "applicant"}], None),
        ([{"status": "member"}, {"status": "former", "seen": 2008}], None),
        ([{"status": "member"}, {"status": "full", "a": BODA}], None),
    ],
)
def test_two_statuses(make: Make, rows: list[dict[str, Any]], values: str | None) -> None:
    assert [row[3] for row in found(make(*rows), "status")] == ([values] if values else [])


def test_two_readings_of_an_office(make: Make) -> None:
    def office(end: int | None, **more: Any) -> dict[str, Any]:
        return {
            "actor_id": ALBY,
            "network_id": "net",
            "function_class": "board",
            "start_year": 2007,
            "end_year": end,
        } | more

    assert found(make(functions=[office(None), office(2011), office(2011, start_year=2009)]), "office_years") == [
        [ALBY, "net", 2007, "2007– | 2007–2011", "fun-00001;fun-00002", "board"]
    ]
    assert found(make(functions=[office(2011), office(2011)]), "office_years") == []
    assert (
        found(
            make(functions=[office(None, function_class="forum"), office(2011, function_class="forum")]), "office_years"
        )
        == []
    )


def test_flags(make: Make) -> None:
    data = make({"seen": 2008})
    entry = {
        "correction_id": "a-flag",
        "table": "memberships",
        "row": "mem-00001",
        "action": "flag",
        "reason": "why",
        "status": "open",
    }
    log = [entry, entry | {"status": "settled"}, entry | {"action": "override"}, entry | {"row": "mem-00009"}]
    data._tables["corrections"] = pd.DataFrame(log).assign(column="", before="", after="").astype("str")
    assert found(data, "flagged") == [[ALBY, "net", None, "a-flag", "mem-00001", "why"]]


def test_kinds_come_in_their_order(make: Make) -> None:
    rows = [{"start": 2011, "status": "full"}, {"start": 2012}]
    frame = disagreements(make(*rows, member_lists=[{"year": 2012}], published_totals=[total(1), total(2)]))
    assert frame["kind"].astype(str).tolist() == ["totals", "conflict", "start_year", "status"]
    assert frame["kind"].map(KINDS.index).is_monotonic_increasing


# --- The real data ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frame(real: Dataset) -> pd.DataFrame:
    return disagreements(real)


def test_every_kind_occurs_in_the_real_data(frame: pd.DataFrame) -> None:
    assert set(frame["kind"].astype(str)) == set(KINDS)
    assert frame["row_ids"].ne("").all()
    assert frame["source_ids"].ne("").all()


@pytest.mark.parametrize(
    ("kind", "actor", "network", "values"),
    [
        ("totals", None, "klimatkommunerna", "35 | 38"),
        ("totals", "municipality:1487", None, "2 | 3"),
        ("conflict", "municipality:0127", "ubc", "member | not_member"),
        ("conflict", "municipality:1480", "icorn", "member | no_network"),
        ("start_year", "municipality:0127", "intercultural-cities", "2011 | 2012"),
        ("status", "municipality:0180", "c40", "associate | indirect | member"),
        ("office_years", "municipality:0180", "uclg", "2007– | 2007–2011"),
        ("flagged", "municipality:1487", "ensa", "vanersborg-two-or-three"),
        ("flagged", "municipality:0883", "ubc", "vastervik-ubc-2024"),
    ],
)
def test_known_disagreements(
    frame: pd.DataFrame, kind: str, actor: str | None, network: str | None, values: str
) -> None:
    own = frame[frame["kind"].eq(kind) & frame["values"].eq(values)]
    pairs = own[["actor_id", "network_id"]].astype(object).where(own[["actor_id", "network_id"]].notna(), None)
    assert [actor, network] in pairs.values.tolist()


def test_rows_and_sources_of_a_disagreement_can_be_found_again(real: Dataset, frame: pd.DataFrame) -> None:
    tables = ("memberships", "published_totals", "functions", "strategies", "next_steps", "evaluations")
    known = {row for name in tables for row in real.table(name)["row_id"]} | set(real.member_lists["list_id"])
    assert {row for ids in frame["row_ids"] for row in ids.split(";")} <= known
    assert {item for ids in frame["source_ids"] for item in ids.split(";")} <= set(real.sources["source_id"])


@pytest.mark.parametrize("actor", ["municipality:1487", "municipality:0127", "municipality:0128"])
def test_those_of_some_actors_are_the_whole_list_narrowed(real: Dataset, frame: pd.DataFrame, actor: str) -> None:
    own = disagreements(real, actors=[actor])
    expected = frame[frame["actor_id"].eq(actor) | frame["actor_id"].isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, expected)
    assert own["actor_id"].notna().any() == (actor != "municipality:0128")
