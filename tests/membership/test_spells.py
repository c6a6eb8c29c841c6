"""The evidence of a pair joined into spells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.membership.spells import spells

Make = Callable[..., Dataset]


def short(data: Dataset, **arguments: Any) -> list[list[Any]]:
    """Return spell, start, basis, last_seen, end and gap of each spell, blanks as None."""
    frame = spells(data, **arguments)[["spell", "start", "start_basis", "last_seen", "end", "longest_gap"]]
    return [[None if pd.isna(value) else value for value in row] for row in frame.values.tolist()]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([{"start": 2006, "seen": 2010}], [[1, 2006, "stated", 2010, None, 0]], id="stated start"),
        pytest.param(
            [{"seen": 2006}, {"seen": 2010}], [[1, 2006, "seen", 2010, None, 3]], id="first seen, left-truncated"
        ),
        pytest.param(
            [{"seen": 2004}, {"start": 2006}], [[1, 2006, "stated", 2006, None, 1]], id="a stated start goes first"
        ),
        pytest.param(
            [{"start": 2006}, {"start": 2004, "seen": 2005}],
            [[1, 2004, "stated", 2006, None, 0]],
            id="the earliest stated start",
        ),
        pytest.param([{"start": 2006, "end": 2009}], [[1, 2006, "stated", 2009, 2009, 0]], id="stated end"),
        pytest.param([{"seen": 2006}, {"end": 2009}], [[1, 2006, "seen", 2009, 2009, 2]], id="end of another source"),
        pytest.param(
            [{"start": 2003, "end": 2005}, {"seen": 2009}, {"start": 2008}],
            [[1, 2003, "stated", 2005, 2005, 0], [2, 2008, "stated", 2009, None, 0]],
            id="evidence after an end opens the next",
        ),
        pytest.param(
            [{"seen": 2006}, {"status": "former", "seen": 2010}],
            [[1, 2006, "seen", 2006, 2009, 0]],
            id="called former",
        ),
        pytest.param(
            [{"status": "former", "seen": 2010}], [[1, None, None, None, 2009, 0]], id="known by its end only"
        ),
        pytest.param([{}], [[1, None, None, None, None, None]], id="undated"),
        pytest.param([{}, {"seen": 2006}], [[1, 2006, "seen", 2006, None, 0]], id="undated beside dated"),
        pytest.param([{"status": "former"}], [], id="former without any year"),
        pytest.param(
            [{"status": "applicant", "seen": 2006}, {"status": "indirect", "seen": 2006}], [], id="no membership"
        ),
        pytest.param([{"start": 2029, "seen": 2024}], [], id="a decision for a year to come"),
    ],
)
def test_joining(make: Make, rows: list[dict[str, Any]], expected: list[list[Any]]) -> None:
    assert short(make(*rows)) == expected


def test_what_a_spell_rests_on(make: Make) -> None:
    frame = spells(make({"seen": 2006}, {"seen": 2008, "status": "full", "source": "other"}, {"seen": 2008}, {}))
    row = frame.iloc[0]
    assert row[["status", "n_rows", "n_sources", "row_ids"]].tolist() == [
        "full/member",
        3,
        2,
        "mem-00001;mem-00002;mem-00003",
    ]
    assert bool(row["dated"])
    assert not spells(make({}))["dated"].any()


def test_spells_are_sorted_and_numbered_by_pair(make: Make) -> None:
    rows = [
        {"a": "region:01", "seen": 2006},
        {"n": "zed", "seen": 2004},
        {"end": 2002},
        {"start": 2004},
        {"a": "region:01", "n": "zed", "seen": 2004},
    ]
    frame = spells(make(*rows, networks=[{}, {"network_id": "zed"}]))
    assert frame[["actor_id", "network_id", "spell"]].values.tolist() == [
        ["municipality:0101", "net", 1],
        ["municipality:0101", "net", 2],
        ["municipality:0101", "zed", 1],
        ["region:01", "net", 1],
        ["region:01", "zed", 1],
    ]


def test_arguments_are_those_of_graded(make: Make) -> None:
    data = make({"status": "participant", "seen": 2006}, {"seen": 2008, "basis": "inferred"})
    assert short(data) == [[1, None, None, None, None, None]]
    assert short(data, year_basis="any") == [[1, 2008, "seen", 2008, None, 0]]
    assert short(data, counting="loose") == [[1, 2006, "seen", 2006, None, 0]]
    assert short(data, counting="loose", year_basis="any") == [[1, 2006, "seen", 2008, None, 1]]


def test_no_evidence_no_spells(make: Make) -> None:
    frame = spells(make())
    assert frame.empty
    assert {"actor_id", "start_basis", "dated", "row_ids"} <= set(frame.columns)


def test_spells_of_the_real_data(real: Dataset) -> None:
    frame = spells(real)
    assert not frame.duplicated(["actor_id", "network_id", "spell"]).any()
    assert (frame["start"] <= frame["last_seen"]).fillna(True).all()
    assert (frame["last_seen"] <= frame["end"]).fillna(True).all()
    assert frame.loc[frame["start"].notna(), "start_basis"].isin(["stated", "seen"]).all()
    rows = [row for ids in frame["row_ids"] for row in ids.split(";")]
    assert len(rows) == len(set(rows)), "no row of evidence belongs to two spells"
    assert set(rows) <= set(real.memberships["row_id"])
