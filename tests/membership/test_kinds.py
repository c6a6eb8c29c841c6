"""Networks told apart: kinds= takes what is named, in every measure, and says what was counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk import count, documented, networks, panel, peers, roles, series
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.membership.actors import KINDS, networks_of_kinds
from natverk.twomode import incidence_matrix, tie_cells

NETWORK, BODY = ("network",), ("cooperation_body",)
REACH = KINDS[2:]
MALMO = "municipality:1280"


def test_a_network_is_in_when_its_kind_and_its_reach_are_named(real: Dataset) -> None:
    table = real.networks
    assert KINDS[:2] == NETWORK + BODY
    whole = table["network_id"].tolist()
    assert networks_of_kinds(real, None) == networks_of_kinds(real, KINDS) == whole
    assert sorted(networks_of_kinds(real, NETWORK) + networks_of_kinds(real, BODY)) == sorted(whole)
    assert sorted(name for reach in REACH for name in networks_of_kinds(real, reach)) == sorted(whole)
    both = networks_of_kinds(real, ["cooperation_body", "across_counties"])
    own = table.set_index("network_id").loc[both, ["kind", "reach"]].drop_duplicates()
    assert own.values.tolist() == [["cooperation_body", "across_counties"]]


@pytest.mark.parametrize("reach", [(), ("international", "cross_border")])
def test_counts_of_both_kinds_are_the_count_of_all(real: Dataset, reach: tuple[str, ...]) -> None:
    sums = ["low", "best", "high", "n_cells", "n_known", "n_conflict"]
    cells = panel(real, years=(2015, 2019), pairs="evidence", kinds=reach or None)
    parts = [count(cells, ["year"], kinds=kind) for kind in (NETWORK, BODY)]
    whole = count(cells, ["year"])
    assert (parts[0][sums] + parts[1][sums]).equals(whole[sums])
    assert [part.attrs["kinds"] for part in parts] == [NETWORK, BODY]
    assert whole.attrs["kinds"] == (reach or ("all",))
    # Chosen in the panel, the same is counted.
    own = panel(real, years=(2015, 2019), pairs="evidence", kinds=NETWORK + reach)
    assert own.attrs["kinds"] == NETWORK + reach
    assert count(own, ["year"])[sums].equals(parts[0][sums])
    assert (parts[1]["low"] > 0).all() or reach


def test_a_series_and_what_is_documented_split_by_kind(real: Dataset) -> None:
    whole, *parts = (series(real, "Skåne", years=(2010, 2020), kinds=kinds) for kinds in (None, NETWORK, BODY))
    sums = ["low", "best", "n_undated"]
    assert (parts[0][sums] + parts[1][sums]).equals(whole[sums])
    assert [frame.attrs["kinds"] for frame in (whole, *parts)] == [("all",), NETWORK, BODY]
    found, *split = (documented(real, "Skåne", kinds=kinds) for kinds in (None, NETWORK, BODY))
    pair = ["actor_id", "network_id"]
    assert pd.concat(split).sort_values(pair, ignore_index=True).equals(found)
    assert [frame.attrs["kinds"] for frame in (found, *split)] == [("all",), NETWORK, BODY]


def test_roles_count_the_kinds_that_are_named(real: Dataset) -> None:
    whole, own = (roles.practised(real, county="14", joint_tasks=False, kinds=kinds) for kinds in (None, NETWORK))
    counts = ["municipal_low", "regional_low", "joint_low"]
    assert (own[counts] <= whole[counts]).all(axis=None)
    assert own[counts].sum().sum() < whole[counts].sum().sum()
    rows = real.memberships.set_index("row_id")["network_id"]
    named = {row for ids in own["row_ids"] for row in ids.split(";") if row}
    assert set(rows[list(named)]) <= set(networks_of_kinds(real, NETWORK))
    assert (whole.attrs["kinds"], own.attrs["kinds"]) == (("all",), NETWORK)
    compared = roles.compare(real, 2019, county="14", kinds=["network", "national"])
    assert compared.attrs["kinds"] == ("network", "national")
    shown = {row for ids in compared["activity_rows"] for row in ids.split(";") if row.startswith("mem-")}
    assert set(rows[list(shown)]) <= set(networks_of_kinds(real, ["network", "national"]))


def test_peers_compare_the_kinds_that_are_named(real: Dataset) -> None:
    international = set(networks_of_kinds(real, "international"))
    table = peers.portfolios(real, kinds="international")
    assert set(table.columns) <= international
    whole = peers.portfolios(real)
    assert table.equals(whole[[network for network in whole.columns if network in international]].astype("float64"))
    near = peers.by_portfolio(real, "Malmö", kinds="international")
    assert {name for ids in near["shared"] for name in ids.split(";") if name} <= international
    offered = peers.candidates(real, "Malmö", kinds="international", window=None)
    assert set(offered["network_id"]) <= international
    assert len(offered) >= 1
    own = peers.county_peers(real, "09", kinds="international")
    for frame in (table, near, offered, own):
        assert frame.attrs["kinds"] == ("international",)


def test_what_a_network_shares_is_split_by_kind_and_what_it_is_is_said(real: Dataset) -> None:
    whole, *parts = (networks.shared_members(real, "ubc", kinds=kinds) for kinds in (None, NETWORK, BODY))
    assert sorted(pd.concat(parts)["network_id"]) == sorted(whole["network_id"])
    themes, *split = (networks.shared_themes(real, "ubc", kinds=kinds) for kinds in (None, NETWORK, BODY))
    assert (split[0]["n_networks"] + split[1]["n_networks"]).tolist() == themes["n_networks"].tolist()
    members = networks.members_of(real, "ubc")
    kind = tuple(real.networks.set_index("network_id").loc["ubc", ["kind", "reach"]])
    for frame in (members, networks.eligibility(real, members, "ubc"), networks.ties_apart(real, "ubc")):
        assert frame.attrs["kinds"] == kind


def test_ties_and_the_incidence_matrix_split_by_kind(real: Dataset) -> None:
    for year in (None, 2019):
        whole, *parts = (tie_cells(real, year=year, kinds=kinds) for kinds in (None, NETWORK, BODY))
        assert sum(part["low"].sum() for part in parts) == whole["low"].sum()
        assert [frame.attrs["kinds"] for frame in (whole, *parts)] == [("all",), NETWORK, BODY]
    matrices = [incidence_matrix(real, kinds=kinds) for kinds in (None, NETWORK, BODY)]
    assert matrices[1].n_ties + matrices[2].n_ties == matrices[0].n_ties
    assert [matrix.kinds for matrix in matrices] == [("all",), NETWORK, BODY]


ASK: dict[str, Callable[[Dataset, Any], Any]] = {
    "panel": lambda data, kinds: panel(data, years=2019, kinds=kinds),
    "count": lambda data, kinds: count(panel(data, networks=["ubc"], years=2019), ["year"], kinds=kinds),
    "series": lambda data, kinds: series(data, [MALMO], kinds=kinds),
    "documented": lambda data, kinds: documented(data, [MALMO], kinds=kinds),
    "practised": lambda data, kinds: roles.practised(data, kinds=kinds),
    "compare": lambda data, kinds: roles.compare(data, 2019, kinds=kinds),
    "portfolios": lambda data, kinds: peers.portfolios(data, kinds=kinds),
    "candidates": lambda data, kinds: peers.candidates(data, "Malmö", kinds=kinds),
    "shared_members": lambda data, kinds: networks.shared_members(data, "ubc", kinds=kinds),
    "tie_cells": lambda data, kinds: tie_cells(data, kinds=kinds),
}


@pytest.mark.parametrize("name", ASK)
def test_a_wrong_kind_names_the_nearest_and_the_allowed(real: Dataset, name: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        ASK[name](real, ["netwrok"])
    assert refused.value.where == "kinds"
    assert "nearest: 'network'" in str(refused.value)
    assert refused.value.allowed == list(KINDS)
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        ASK[name](real, [])


def test_kinds_that_fit_no_network_that_is_counted_are_refused(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="no network is cooperation_body"):
        panel(real, networks=["ubc"], kinds="cooperation_body")
    bare = panel(real, networks=["ubc"], years=2019)
    bare.attrs = {}
    with pytest.raises(InvalidArgument, match="does not say of which kinds"):
        count(bare, ["year"], kinds="network")
