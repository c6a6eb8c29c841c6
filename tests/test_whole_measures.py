"""What must hold of measures that compare or follow: lists, overlap of region and municipalities.

What must hold of counts stands in `test_measure_properties`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk import networks
from natverk.data.load import Dataset
from natverk.twomode.structure import region_overlap, theme_overlap

Make = Callable[..., Dataset]
Row = dict[str, Any]
ALBY, BODA, ETT = "municipality:0101", "municipality:0102", "region:01"
OWN = [ALBY, BODA, ETT]
SWAPPED = {ALBY: BODA, BODA: ALBY, ETT: ETT}
NETWORKS = [
    {"network_id": "net", "themes": "culture", "founded_year": 1990},
    {"network_id": "old", "themes": "transport;culture", "founded_year": 1990},
]


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


def attested(*statuses: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "a": st.sampled_from(OWN),
            "n": st.sampled_from(["net", "old"]),
            "status": st.sampled_from(statuses),
            "seen": st.integers(2009, 2011),
        }
    )


def renamed(rows: list[Row]) -> list[Row]:
    return [row | {"a": SWAPPED[row["a"]]} for row in rows]


# --- ties apart -------------------------------------------------------------------------------------------------------


@some(15)
@given(rows=st.lists(attested("indirect", "applicant", "member"), min_size=1, max_size=5))
def test_who_is_apart_is_no_member_and_a_firm_tie_takes_it_out(make: Make, rows: list[Row]) -> None:
    def apart(own: list[Row]) -> set[tuple[str, str]]:
        table = networks.ties_apart(make(*own, networks=NETWORKS), "net")
        return set(table[["actor_id", "status"]].itertuples(index=False, name=None))

    found = apart(rows)
    named = {(row["a"], row["status"]) for row in rows if row["n"] == "net"}
    firm = {actor for actor, status in named if status == "member"}
    assert found == {(actor, status) for actor, status in named if actor not in firm}
    assert apart([*rows, {"a": ALBY, "n": "net", "status": "member", "seen": 2010}]) == {
        (actor, status) for actor, status in found if actor != ALBY
    }
    assert apart(renamed(rows[::-1])) == {(SWAPPED[actor], status) for actor, status in found}


# --- overlap of a region and its municipalities -----------------------------------------------------------------------

memberships = st.lists(attested("member", "full"), min_size=1, max_size=5)
in_lists = st.sampled_from([[], [{"year": 2010}], [{"year": 2010, "levels": "region"}]])


@some(15)
@given(rows=memberships, extra=attested("member"), complete=in_lists)
def test_overlap_stays_within_its_bounds(make: Make, rows: list[Row], extra: Row, complete: list[Row]) -> None:
    def overlap(own: list[Row]) -> pd.Series[Any]:
        data = make(*own, networks=NETWORKS, member_lists=complete)
        return region_overlap(data, county="01", year=2010).loc[0]

    row, after = overlap(rows), overlap([*rows, extra])
    for name in ("regional", "municipal", "shared"):
        assert 0 <= row[f"{name}_low"] <= row[f"{name}_best"] <= row[f"{name}_high"] <= row["n_networks"]
        assert after[f"{name}_low"] >= row[f"{name}_low"]
    for bound in ("low", "best", "high"):
        assert row[f"shared_{bound}"] <= min(row[f"regional_{bound}"], row[f"municipal_{bound}"])
    for name in ("jaccard", "overlap"):
        assert 0 <= row[f"{name}_low"] <= row[f"{name}_high"] <= 1
        if pd.notna(row[f"{name}_best"]):
            assert row[f"{name}_low"] <= row[f"{name}_best"] <= row[f"{name}_high"]
            assert row["jaccard_best"] <= row["overlap_best"]
    pd.testing.assert_series_equal(row, overlap(renamed(rows[::-1])))


@some(15)
@given(rows=memberships, complete=in_lists)
def test_theme_overlap_is_missing_or_between_none_and_all(make: Make, rows: list[Row], complete: list[Row]) -> None:
    def overlap(own: list[Row], lists: list[Row] = complete) -> pd.Series[Any]:
        data = make(*own, networks=NETWORKS, member_lists=lists)
        return theme_overlap(data, county="01", year=2010).loc[0]

    row = overlap(rows)
    for level in ("regional", "municipal"):
        assert 0 <= row[f"{level}_low"] <= row[f"{level}_best"]
        assert 0 <= row[f"coverage_{level}"] <= 1
    for value, low in (("attested", "low"), ("best", "best")):
        both = row[f"regional_{low}"] and row[f"municipal_{low}"]
        assert pd.notna(row[f"schoener_{value}"]) == bool(both)
        assert not both or 0 <= row[f"schoener_{value}"] <= 1 + 1e-9
    pd.testing.assert_series_equal(row, overlap(renamed(rows[::-1])))
    # Whoever is in the same networks has the same themes (without a list that says otherwise).
    same = [{"a": actor, "n": row["n"], "status": "member", "seen": 2010} for row in rows for actor in (ALBY, ETT)]
    assert overlap(same, [])["schoener_attested"] == pytest.approx(1)
