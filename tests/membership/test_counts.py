"""What must hold of every count: bounds in order, more evidence never lowers it, order and names change nothing.

The panel's own properties stand beside its tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import natverk
from natverk.data.load import Dataset
from natverk.membership.documented import relations

Make = Callable[..., Dataset]
Row = dict[str, Any]
ALBY, BODA, ETT = "municipality:0101", "municipality:0102", "region:01"
OWN, YEARS = [ALBY, BODA, ETT], (2008, 2011)
NETWORKS = [
    {"network_id": name, "type": "cross_border", "themes": "culture", "founded_year": 1990} for name in ("net", "old")
]


def some(limit: int) -> settings:
    """Return the settings of a property: repeatable, and quick enough to run with every change."""
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate],  # a dataset of five rows needs no shrinking, which takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


def attested(*statuses: str) -> st.SearchStrategy[Row]:
    """Draw a row that attests a relation, with or without a year."""
    return st.fixed_dictionaries(
        {
            "a": st.sampled_from(OWN),
            "n": st.sampled_from(["net", "net", "old"]),
            "status": st.sampled_from(statuses),
            "start": st.none() | st.integers(2007, 2009),
            "seen": st.none() | st.integers(2009, 2012),
        }
    )


relation = attested("member", "member", "full", "indirect")
ended = st.fixed_dictionaries({"a": st.sampled_from(OWN), "end": st.integers(2008, 2011)})
evidence = st.lists(relation | relation | ended, min_size=1, max_size=5)
lists = st.sampled_from([[], [{"year": 2010}], [{"year": 2010, "levels": "region"}]])


def at(frame: pd.DataFrame, index: str | list[str], *columns: str) -> pd.DataFrame:
    """Return the columns, the lower bound first, by group."""
    return frame.set_index(index)[list(columns)]


def by_coverage(data: Dataset, by: str) -> pd.DataFrame:
    cells = natverk.panel(data, actors=OWN, networks=["net"], years=YEARS)
    group = {"network": "network_id", "county": "county_code"}.get(by, by)
    table = at(natverk.coverage(data, cells, by), group, "low", "best", "high", "n_cells", "n_known", "coverage")
    assert table["coverage"].between(0, 1).all()
    assert (table["coverage"] * table["n_cells"]).round(6).equals(table["n_known"].astype(float))
    return table[["low", "best", "high", "n_cells"]]


def n_documented(data: Dataset) -> pd.DataFrame:
    table = natverk.documented(data, OWN, years=YEARS)
    dated = table.dropna(subset=["since", "last_seen"])
    assert (dated["since"] <= dated["last_seen"]).all()
    return table.groupby("network_id")[["actor_id"]].nunique().assign(n_rows=table.groupby("network_id").size())


def n_spells(data: Dataset) -> pd.DataFrame:
    table = natverk.spells(data)
    for first, last in (("start", "last_seen"), ("start", "end"), ("last_seen", "end")):
        known = table.dropna(subset=[first, last])
        assert (known[first] <= known[last]).all(), (first, last)
    groups = table.groupby("network_id")
    return groups[["actor_id"]].nunique().assign(n_spells=groups.size(), n_rows=groups["n_rows"].sum())


#: Each measure as a frame of bounds that rise from left to right, by a group that no actor's name enters.
MEASURES: dict[str, tuple[int, Callable[[Dataset], pd.DataFrame]]] = {
    "series": (4, lambda data: at(natverk.series(data, OWN, years=YEARS), "year", "low", "best")),
    "coverage_by_year": (4, lambda data: by_coverage(data, "year")),
    "coverage_by_network": (4, lambda data: by_coverage(data, "network")),
    "coverage_by_county": (4, lambda data: by_coverage(data, "county")),
    "networks_of": (4, n_documented),
    "spells": (10, n_spells),
    "relations": (
        10,
        lambda data: relations(data, OWN).groupby("network_id")[["actor_id"]].nunique(),
    ),
}


@pytest.mark.parametrize("measure", MEASURES)
def test_bounds_are_in_order_evidence_never_lowers_them_and_names_change_nothing(make: Make, measure: str) -> None:
    limit, count = MEASURES[measure]
    swapped = {ALBY: BODA, BODA: ALBY}

    @some(limit)
    @given(rows=evidence, extra=attested("member", "full"), complete=lists, random=st.randoms(use_true_random=False))
    def holds(rows: list[Row], extra: Row, complete: list[Row], random: Any) -> None:
        before = count(make(*rows, networks=NETWORKS, member_lists=complete))
        for lower, upper in zip(before.columns, before.columns[1:], strict=False):
            assert (before[lower] <= before[upper]).all(), (lower, upper)
        assert (before >= 0).all(axis=None)
        after = count(make(*rows, extra, networks=NETWORKS, member_lists=complete)).iloc[:, 0]
        low = before.iloc[:, 0]
        assert (after.reindex(low.index).fillna(0) >= low).all()
        other = [row | {"a": swapped.get(row["a"], row["a"])} for row in random.sample(rows, len(rows))]
        again = count(make(*other, networks=NETWORKS, member_lists=complete))
        pd.testing.assert_frame_equal(before, again)

    holds()
