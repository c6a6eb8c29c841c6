"""One row of memberships in, one graded row out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.membership.evidence import STATUS_RANK, counted, gathered, graded, proposals_to_leave, status_of

Make = Callable[..., Dataset]
ALBY, BODA = "municipality:0101", "municipality:0102"


def years(data: Dataset, **arguments: Any) -> list[list[int | None]]:
    """Return first, last, start and end of each row."""
    frame = graded(data, **arguments)[["first", "last", "start", "end"]]
    return [[None if pd.isna(value) else int(value) for value in row] for row in frame.values.tolist()]


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("membership", "full", "yes"),
        ("membership", "participant", "loose"),
        ("membership", "former", "exit"),
        ("membership", "indirect", "separate"),
        ("membership", "applicant", "never"),
        ("commitment", "signatory", "yes"),
        ("reporting", "member", "never"),
        ("reporting", "former", "never"),
    ],
)
def test_what_a_status_counts_as(make: Make, kind: str, status: str, expected: str) -> None:
    assert counted(make({"status": status}, networks=[{"counts_as": kind}])).tolist() == [expected]


def test_the_closer_rule_goes_first(make: Make) -> None:
    rules = [
        {"counts_as": "*", "status": "member", "counted": "never"},
        {"counts_as": "membership", "status": "*", "counted": "loose"},
        {"counts_as": "membership", "status": "member", "counted": "yes"},
    ]
    assert counted(make({}, status_rules=rules)).tolist() == ["yes"]
    assert counted(make({}, status_rules=rules[:2])).tolist() == ["loose"]
    assert counted(make({}, status_rules=rules[:1])).tolist() == ["never"]


def test_counted_keeps_the_rows_of_memberships(make: Make) -> None:
    data = make({"status": "applicant"}, {}, {"status": "participant"})
    values = counted(data)
    assert values.index.equals(data.memberships.index)
    assert values.tolist() == ["never", "yes", "loose"]


@pytest.mark.parametrize(
    ("row", "strict", "loose"),
    [
        ({}, "positive", "positive"),
        ({"status": "participant"}, "loose", "positive"),
        ({"inference": "city_of_refuge"}, "loose", "positive"),
        ({"status": "participant", "inference": "city_of_refuge"}, "loose", "positive"),
        ({"status": "former"}, "exit", "exit"),
        ({"status": "former", "inference": "city_of_refuge"}, "exit", "exit"),
        ({"status": "indirect"}, "separate", "separate"),
        ({"status": "applicant"}, "never", "never"),
        ({"start": 2029, "seen": 2024}, "never", "never"),
    ],
)
def test_grades(make: Make, row: dict[str, Any], strict: str, loose: str) -> None:
    data = make(row)
    assert graded(data)["grade"].tolist() == [strict]
    assert graded(data, counting="loose")["grade"].tolist() == [loose]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, [None, None, None, None]),
        ({"start": 2006, "seen": 2010}, [2006, 2010, 2006, None]),
        ({"start": 2006, "end": 2008, "seen": 2010}, [2006, 2008, 2006, 2008]),
        ({"end": 2008, "seen": 2010}, [2008, 2008, None, 2008]),
        ({"end": 2008, "seen": 2005}, [2005, 2008, None, 2008]),
        ({"start": 2012, "seen": 2010}, [2012, 2012, 2012, None]),
        ({"start": 2012, "seen": 2010, "end": 2014}, [2012, 2014, 2012, 2014]),
        ({"status": "former", "seen": 2010}, [None, None, None, 2009]),
        ({"status": "former", "start": 2005, "seen": 2010}, [None, None, 2005, 2009]),
        ({"status": "former", "seen": 2010, "end": 2008}, [2008, 2008, None, 2008]),
        ({"status": "former"}, [None, None, None, None]),
        ({"status": "applicant", "start": 2005, "end": 2006}, [None, None, None, None]),
        ({"status": "indirect", "seen": 2005}, [None, None, None, None]),
        ({"start": 2025, "end": 2028}, [2025, 2026, 2025, None]),
    ],
)
def test_years(make: Make, row: dict[str, Any], expected: list[int | None]) -> None:
    assert years(make(row)) == [expected]


def test_year_basis(make: Make) -> None:
    rows = [
        {"seen": 2008, "basis": "inferred"},
        {"start": 2006, "start_basis": "inferred", "seen": 2008},
        {"seen": 2008, "basis": "inferred", "list": "net-2008"},
        {"start": 2006, "seen": 2008, "basis": "inferred"},
    ]
    data = make(*rows, member_lists=[{"year": 2008}])
    none = [None, None, None, None]
    assert years(data) == [none, [2008, 2008, None, None], [2008, 2008, None, None], [2006, 2006, 2006, None]]
    assert years(data, year_basis="any") == [
        [2008, 2008, None, None],
        [2006, 2008, 2006, None],
        [2008, 2008, None, None],
        [2006, 2008, 2006, None],
    ]


def test_one_row_in_one_row_out(make: Make) -> None:
    data = make({"seen": 2008, "source": "other"}, {"status": "applicant"}, {"status": "former"})
    frame = graded(data)
    assert list(frame.columns) == [
        "row_id",
        "actor_id",
        "network_id",
        "status",
        "counted",
        "grade",
        "first",
        "last",
        "start",
        "end",
        "end_kind",
        "announced",
        "first_inferred",
        "last_inferred",
        "list_id",
        "source_id",
    ]
    assert frame["row_id"].tolist() == data.memberships["row_id"].tolist()
    assert frame["source_id"].tolist() == ["other", "src", "src"]
    assert set(frame[["first", "last", "start", "end"]].dtypes.astype(str)) == {"Int64"}
    assert graded(make()).empty


@pytest.mark.parametrize(("name", "value"), [("year_basis", "inferred"), ("counting", "all")])
def test_wrong_arguments_are_refused(make: Make, name: str, value: str) -> None:
    with pytest.raises(InvalidArgument, match=f"where: {name}"):
        graded(make(), **{name: value})


def test_proposals_to_leave(make: Make) -> None:
    steps = [
        {"category": "leave", "due": "2011-12-31"},
        {"category": "leave"},
        {"category": "continue", "due": "2011"},
        {"category": "leave", "due": "2012", "actor_id": BODA},
        {"category": "leave", "due": "2013", "network_id": None},
    ]
    reviews = [
        {"criterion": "overall", "recommendation": "leave", "year": 2011},
        {"criterion": "overall", "recommendation": "leave"},
        {"criterion": "influence", "recommendation": "leave", "year": 2010},
        {"criterion": "overall", "recommendation": "expand", "year": 2010},
    ]
    frame = proposals_to_leave(make(next_steps=steps, evaluations=reviews))
    assert frame.values.tolist() == [
        [ALBY, "net", 2011, "nxt-00001;eva-00001"],
        [BODA, "net", 2012, "nxt-00004"],
    ]
    empty = proposals_to_leave(make())
    assert empty.empty
    assert list(empty.columns) == ["actor_id", "network_id", "year", "row_ids"]


def test_status_of_names_the_most_telling_first() -> None:
    assert status_of({"member", "full", "associate"}) == "full/associate/member"
    assert status_of(set()) == ""
    assert status_of({"unheard of", "former"}) == "former/unheard of"
    assert status_of(set(STATUS_RANK)) == "/".join(STATUS_RANK)


def test_the_rows_of_a_group_are_put_together(make: Make) -> None:
    data = make({"seen": 2006, "source": "other"}, {"status": "full", "seen": 2008}, {}, {"a": BODA, "seen": 2006})
    frame = gathered(graded(data), ["actor_id"])
    assert frame.reset_index().values.tolist() == [
        [ALBY, "full/member", 3, 2, "mem-00001;mem-00002;mem-00003", "other;src"],
        [BODA, "member", 1, 1, "mem-00004", "src"],
    ]
    empty = gathered(graded(make()), ["actor_id", "network_id"])
    assert empty.empty
    assert list(empty.columns) == list(frame.columns)


def test_what_was_graded_cannot_be_spoilt(make: Make) -> None:
    data = make({"seen": 2006})
    rows = graded(data)
    rows["grade"] = "never"
    assert graded(data)["grade"].tolist() == ["positive"]
