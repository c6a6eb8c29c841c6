"""Structure: worked examples from the papers, matrices made by hand, naive computations, and what must always hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations, product
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.twomode import (
    IncidenceMatrix,
    brokers,
    incidence_matrix,
    nestedness,
    nodf,
    open_to_both,
    region_overlap,
    schoener_d,
    shared_networks,
    theme_overlap,
    theme_profiles,
)
from natverk.twomode.structure import coefficient_bounds

Make = Callable[..., Dataset]

# Almeida-Neto et al. 2008, figure 1: 63 for columns, 53 for rows, 58 together.
PAPER = [[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
ALBY, BODA, DALA, GOTLAND = (f"municipality:{code}" for code in ("0101", "0102", "0201", "0980"))
ETT = "region:01"


def matrix(cells: Any, actors: Iterable[str] | None = None, networks: Iterable[str] | None = None) -> IncidenceMatrix:
    """Return an incidence matrix with labels made up where none are given."""
    array = np.asarray(cells)
    return IncidenceMatrix(
        array,
        list(actors or [f"a{place:03d}" for place in range(array.shape[0])]),
        list(networks or [f"n{place:03d}" for place in range(array.shape[1])]),
    )


def some(limit: int) -> settings:
    """Return the settings of a property: repeatable, and quick enough to run with every change."""
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate],  # these cases are small, and shrinking takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.filter_too_much],
    )  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, rows: int = 9, columns: int = 6) -> np.ndarray:
    """Draw a binary matrix with at least one tie."""
    shape = draw(st.tuples(st.integers(2, rows), st.integers(2, columns)))
    array = draw(hnp.arrays(np.int8, shape, elements=st.integers(0, 1)))
    assume(array.any())
    return array


# --- nestedness ------------------------------------------------------------------------------------------------------


def test_nodf_of_the_papers_worked_example() -> None:
    row = nestedness(matrix(PAPER)).iloc[0]
    # Ten pairs of columns: 67 + 50 + 100 + 67 + 50 + 100 + 100 + 100; of rows: 67 + 67 + 50 + 50 + 100 + 100 + 50 + 50.
    assert row["nodf_networks"] == pytest.approx((2 / 3 + 0.5 + 1 + 2 / 3 + 0.5 + 3) * 10)
    assert row["nodf_actors"] == pytest.approx((4 / 3 + 0.5 * 4 + 2) * 10)
    assert row[["nodf_networks", "nodf_actors", "nodf"]].round().tolist() == [63, 53, 58]
    assert (row["n_actors"], row["n_networks"], row["n_ties"]) == (5, 5, 14)


def test_a_perfectly_nested_matrix_has_100_and_a_checkerboard_0() -> None:
    assert nodf(matrix(np.tri(6))) == pytest.approx(100)
    checkerboard = np.indices((6, 6)).sum(axis=0) % 2
    assert nodf(matrix(checkerboard)) == 0
    # Compartments share nothing; equal rows are no decreasing fill.
    assert nodf(matrix(np.eye(4))) == 0
    assert nodf(matrix(np.ones((3, 4)))) == 0


def test_nodf_in_a_given_order_counts_only_decreasing_pairs() -> None:
    upside_down = np.tri(5)
    assert nodf(matrix(upside_down), order="degree") == pytest.approx(100)
    given_ = nestedness(matrix(upside_down), order="given").iloc[0]
    # From top to bottom the rows fill up (0); from left to right the columns empty (100).
    assert (given_["nodf_actors"], given_["nodf_networks"]) == (0, pytest.approx(100))
    with pytest.raises(InvalidArgument, match="'size'"):
        nestedness(matrix(PAPER), order="size")  # type: ignore[arg-type]


def test_blank_rows_and_columns_play_no_part_in_nodf() -> None:
    padded = np.zeros((7, 6), dtype=int)
    padded[1:6, :5] = PAPER
    assert nodf(matrix(padded)) == pytest.approx(nodf(matrix(PAPER)))


def test_one_row_has_no_nestedness_of_actors() -> None:
    row = nestedness(matrix([[1, 1]])).iloc[0]
    assert np.isnan(row["nodf_actors"])
    assert row["nodf_networks"] == 0


def naive_nodf(array: np.ndarray, *, ordered: bool) -> float:
    """NODF as the paper defines it, pair by pair on the packed matrix."""
    array = array[array.any(axis=1)][:, array.any(axis=0)]
    total, pairs = 0.0, 0
    for lines in (array, array.T):
        packed = lines if ordered else sorted(lines.tolist(), key=lambda line: -sum(line))
        for upper, lower in combinations([list(line) for line in packed], 2):
            pairs += 1
            if sum(upper) > sum(lower):
                both = sum(1 for a, b in zip(upper, lower, strict=True) if a and b)
                total += 100 * both / sum(lower)
    return total / pairs if pairs else np.nan


@some(60)
@given(cells())
def test_nodf_agrees_with_the_definition(array: np.ndarray) -> None:
    assert nodf(matrix(array)) == pytest.approx(naive_nodf(array, ordered=False), nan_ok=True)
    assert nodf(matrix(array), order="given") == pytest.approx(naive_nodf(array, ordered=True), nan_ok=True)


# --- brokers ---------------------------------------------------------------------------------------------------------


def naive_betweenness(array: np.ndarray) -> dict[str, float]:
    """Betweenness by listing every simple path between every two nodes; the norm is the most that one node can have."""
    actors, networks = (list(labels) for labels in (matrix(array).actors, matrix(array).networks))
    near: dict[str, set[str]] = {node: set() for node in [*actors, *networks]}
    for row, column in zip(*array.nonzero(), strict=True):
        near[actors[row]].add(networks[column])
        near[networks[column]].add(actors[row])
    total = dict.fromkeys(near, 0.0)
    for start, goal in combinations(near, 2):
        paths, reached = [[start]], []
        while paths and not reached:
            paths = [[*path, node] for path in paths for node in near[path[-1]] if node not in path]
            reached = [path for path in paths if path[-1] == goal]
        for path in reached:
            for node in path[1:-1]:
                total[node] += 1 / len(reached)

    def most(own: int, other: int) -> float:
        # Borgatti and Halgin 2011: the node next to all of the other side, whose members share out the rest of its own.
        s, t = divmod(own - 1, other)
        return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2

    norm = {node: most(len(actors), len(networks)) for node in actors}
    norm |= {node: most(len(networks), len(actors)) for node in networks}
    return {node: value / norm[node] for node, value in total.items()}


@some(25)
@given(cells())
def test_betweenness_agrees_with_networkx(array: np.ndarray) -> None:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from([*matrix(array).actors, *matrix(array).networks])
    graph.add_edges_from(matrix(array).frame().itertuples(index=False, name=None))
    theirs = nx.bipartite.betweenness_centrality(graph, matrix(array).actors)
    assert brokers(matrix(array)).set_index("node_id")["betweenness"].to_dict() == pytest.approx(theirs)


def test_beside_a_single_network_no_actor_can_broker() -> None:
    table = brokers(matrix([[1], [1], [1]])).set_index("node_id")["betweenness"]
    assert table["n000"] == 1
    assert table.drop("n000").isna().all()


@some(25)
@given(cells(5, 4))
def test_betweenness_agrees_with_listing_all_shortest_paths(array: np.ndarray) -> None:
    own = brokers(matrix(array)).set_index("node_id")["betweenness"].to_dict()
    assert own == pytest.approx(naive_betweenness(array))


def test_a_bridge_is_the_broker_and_separate_parts_have_none() -> None:
    # Two networks of two, joined by b alone; d and z stand apart.
    bridge = matrix([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], "abcd", "xyz")
    table = brokers(bridge).set_index("node_id")
    assert table[table["side"] == "actors"].index[0] == "b"
    assert table.loc[["a", "c", "d", "z"], "betweenness"].tolist() == [0, 0, 0, 0]
    assert table["component"].to_dict() == {"a": 1, "b": 1, "c": 1, "x": 1, "y": 1, "d": 2, "z": 2}


def test_an_actor_and_a_network_may_share_a_name() -> None:
    table = brokers(matrix([[1, 1], [1, 0]], ["x", "y"], ["x", "y"]))
    assert len(table) == 4
    assert table.groupby("side")["degree"].sum().to_dict() == {"actors": 3, "networks": 3}


def test_too_many_nodes_for_exact_betweenness_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="10 nodes are more than 9"):
        brokers(matrix(PAPER), max_nodes=9)


@some(30)
@given(cells(6, 5), st.randoms(use_true_random=False))
def test_order_and_labels_change_neither_nestedness_nor_brokers(array: np.ndarray, chance: Any) -> None:
    ties = matrix(array)
    rows, columns = list(range(array.shape[0])), list(range(array.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(columns)
    moved = matrix(
        array[np.ix_(rows, columns)],
        [ties.actors[place] for place in rows],
        [ties.networks[place] for place in columns],
    )
    assert nodf(moved) == pytest.approx(nodf(ties), nan_ok=True)
    own, other = (brokers(one).set_index(["side", "node_id"])["betweenness"] for one in (ties, moved))
    assert own.round(12).to_dict() == pytest.approx(other.reindex(own.index).round(12).to_dict())


def test_a_bare_matrix_is_told_how_to_become_ties() -> None:
    for function in (nestedness, nodf, brokers):
        with pytest.raises(InvalidArgument, match=r"IncidenceMatrix\(matrix, actors, networks\)"):
            function(np.array(PAPER))  # type: ignore[operator]


# --- profiles --------------------------------------------------------------------------------------------------------


def test_schoener_by_hand() -> None:
    # Prey in four sizes: 40, 30, 20, 10 % against 10, 20, 30, 40 %. |differences| 30, 10, 10, 30; half of 80 is 40.
    first = {"small": 40, "middle": 30, "large": 20, "huge": 10}
    second = {"small": 1, "middle": 2, "large": 3, "huge": 4}
    assert schoener_d(first, second) == pytest.approx(0.6)
    assert schoener_d({"a": 1}, {"b": 5}) == 0
    assert schoener_d({"a": 1, "b": 1}, {"a": 7, "b": 7, "c": 0}) == 1


# Importance values of four trees in eight plots (Hu, Qian & Yu 2009, Acta Ecologica Sinica 29: 3670-3677), the data set
# `datasample` of the R package spaa.
TREES = {
    "Castanopsis": (25.58, 28.41, 39.43, 11.53, 35.01, 51.34, 26.83, 19.80),
    "Schima": (5.95, 1.03, 14.37, 6.45, 6.47, 8.65, 12.11, 7.61),
    "Rhododendron": (3.32, 13.24, 5.06, 3.01, 0.00, 9.96, 9.96, 2.64),
    "Cyclobalanopsis": (12.10, 1.85, 0.00, 9.04, 17.57, 0.00, 3.07, 0.00),
}


@pytest.mark.parametrize(
    ("pair", "published"),
    [
        (("Castanopsis", "Schima"), 0.763),
        (("Castanopsis", "Rhododendron"), 0.725),
        (("Castanopsis", "Cyclobalanopsis"), 0.416),
        (("Schima", "Rhododendron"), 0.645),
        (("Schima", "Cyclobalanopsis"), 0.388),
        (("Rhododendron", "Cyclobalanopsis"), 0.247),
    ],
)
def test_schoener_agrees_with_the_published_example_of_spaa(pair: tuple[str, str], published: float) -> None:
    """Recompute the column "Observed" that spaa prints for its index of Schoener.

    Zhang & Ma (2014), spaa: an R package for computing species association and niche overlap; its documentation of
    `niche.overlap.boot` prints to three decimals
    `niche.overlap.boot(datasample[, 1:4], method = "schoener")`.
    """
    first, second = (dict(enumerate(TREES[name])) for name in pair)
    assert round(schoener_d(first, second), 3) == published


@pytest.mark.parametrize("wrong", [{}, {"a": 0}, {"a": -1, "b": 2}, {"a": float("nan"), "b": 1}, {"a": float("inf")}])
def test_profiles_without_weights_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidArgument, match="a profile needs weights"):
        schoener_d({"a": 1}, wrong)


weights = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1).filter(lambda w: any(w.values()))


@some(80)
@given(weights, weights, st.integers(1, 9))
def test_schoener_is_symmetric_bounded_and_blind_to_scale(
    first: dict[str, int], second: dict[str, int], scale: int
) -> None:
    value = schoener_d(first, second)
    assert -1e-12 <= value <= 1 + 1e-12
    assert schoener_d(second, first) == pytest.approx(value)
    assert schoener_d({name: weight * scale for name, weight in first.items()}, second) == pytest.approx(value)
    assert schoener_d(first, first) == pytest.approx(1)
    # The other form of the index: the sum of the smaller shares.
    smaller = sum(
        min(first.get(name, 0) / sum(first.values()), second.get(name, 0) / sum(second.values())) for name in "abcdef"
    )
    assert value == pytest.approx(smaller)


NETWORKS = [
    {"network_id": "klimat", "themes": "climate_energy"},
    {"network_id": "bred", "themes": "climate_energy;culture"},
    {"network_id": "stad", "themes": "social", "eligible_levels": "municipality"},
]


def test_theme_profiles_by_hand(make: Make) -> None:
    data = make(
        {"a": ALBY, "n": "klimat"}, {"a": BODA, "n": "klimat"}, {"a": ALBY, "n": "stad"}, {"a": ETT, "n": "bred"},
        networks=NETWORKS,
    )  # fmt: skip
    table = theme_profiles(data, county="01").set_index(["level", "theme"])["best"]
    assert table["regional", "climate_energy"] == table["regional", "culture"] == 0.5
    assert (table["municipal", "climate_energy"], table["municipal", "social"]) == (2, 1)
    whole = theme_profiles(data, county="01", split="whole").set_index(["level", "theme"])["best"]
    assert whole["regional", "culture"] == 1
    once = theme_profiles(data, county="01", weigh="networks").set_index(["level", "theme"])["best"]
    assert once["municipal", "climate_energy"] == 1
    # Shares 1/2, 1/2, 0 against 2/3, 0, 1/3: 1 − (1/6 + 1/2 + 1/3) / 2.
    row = theme_overlap(data, county="01").iloc[0]
    assert row["schoener_best"] == pytest.approx(0.5)
    assert theme_overlap(data, county="01", themes=["climate_energy"])["schoener_best"].tolist() == [1.0]
    with pytest.raises(InvalidArgument, match="'weather'"):
        theme_profiles(data, themes=["weather"])
    with pytest.raises(InvalidArgument, match="empty"):
        theme_profiles(data, themes=[])


def test_no_profile_is_no_zero(make: Make) -> None:
    table = theme_overlap(make({"a": ETT}, {"a": GOTLAND}, {"a": DALA})).set_index("county_code")
    assert table["schoener_best"].isna().all()
    assert table["comparable"].to_dict() == {
        "01": "no_municipal_set", "02": "no_region_set", "03": "no_region_set", "09": "unitary",
    }  # fmt: skip


# --- a region and its municipalities ---------------------------------------------------------------------------------


def test_region_overlap_by_hand(make: Make) -> None:
    data = make(
        {"a": ETT, "n": "klimat", "seen": 2010}, {"a": ETT, "n": "bred", "seen": 2010},
        {"a": ALBY, "n": "klimat", "seen": 2010}, {"a": BODA, "n": "stad", "seen": 2010},
        {"a": BODA, "n": "bred", "seen": 2008},
        networks=NETWORKS,
    )  # fmt: skip
    row = region_overlap(data, county="01", year=2010).iloc[0]
    assert row[["regional_low", "regional_best", "regional_high"]].tolist() == [2, 2, 2]
    assert row[["municipal_low", "municipal_best", "municipal_high"]].tolist() == [2, 3, 3]
    assert row[["jaccard_attested", "jaccard_best"]].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert row[["overlap_attested", "overlap_best"]].tolist() == pytest.approx([1 / 2, 1])
    # Only whether Boda was still in the broad network in 2010 is open.
    assert row[["jaccard_low", "jaccard_high", "overlap_low", "overlap_high"]].tolist() == pytest.approx(
        [1 / 3, 2 / 3, 0.5, 1]
    )
    # Known: two of the region's three cells, and one of three for each municipality.
    assert row[["coverage_regional", "coverage_municipal"]].tolist() == pytest.approx([2 / 3, 2 / 6])
    # Without the network for municipalities alone the sets are the same.
    assert region_overlap(data, county="01", year=2010, open_to="both")["jaccard_best"].tolist() == [1]


def test_nothing_documented_is_no_value_and_gotland_is_one_body(make: Make) -> None:
    table = region_overlap(make({"a": ETT}, {"a": GOTLAND}, {"a": DALA})).set_index("county_code")
    assert table["comparable"].to_dict() == {
        "01": "no_municipal_set", "02": "no_region_set", "03": "no_region_set", "09": "unitary",
    }  # fmt: skip
    assert table[["jaccard_best", "overlap_best", "jaccard_attested", "overlap_attested"]].isna().all(axis=None)
    # What is unknown could be anything; for Gotland there is nothing to compare.
    assert table.loc["03", ["jaccard_low", "jaccard_high"]].tolist() == [0, 1]
    assert table.loc["09", ["jaccard_low", "jaccard_high", "overlap_low", "overlap_high"]].isna().all()


def test_unknown_counties_and_empty_selections_are_refused(make: Make) -> None:
    data = make({"seen": 2010}, networks=[{"eligible_levels": "municipality"}])
    with pytest.raises(UnknownName, match="99"):
        region_overlap(data, county="99")
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        region_overlap(data, open_to="both")
    with pytest.raises(InvalidArgument, match="'all'"):
        region_overlap(data, open_to="all")  # type: ignore[arg-type]


def test_the_counties_of_the_real_data(real: Dataset) -> None:
    table = region_overlap(real, year=2019).set_index("county_code")
    assert len(table) == 21
    assert table.loc["09", "comparable"] == "unitary"
    assert table.loc["14", "n_municipalities"] == 49
    usable = table[table["comparable"] == "yes"]
    for name in ("jaccard", "overlap"):
        for value in ("best", "attested"):
            known = usable.dropna(subset=[f"{name}_{value}"])
            assert (known[f"{name}_low"] <= known[f"{name}_{value}"] + 1e-12).all()
            assert (known[f"{name}_{value}"] <= known[f"{name}_high"] + 1e-12).all()


def every_decision(states: list[tuple[str, str]]) -> Iterable[tuple[set[int], set[int]]]:
    """Yield all pairs of sets that deciding every unknown cell can give."""
    choices = {"0": (0,), "1": (1,), "?": (0, 1)}
    options = [list(product(choices[mine], choices[theirs])) for mine, theirs in states]
    for decided in product(*options):
        yield (
            {place for place, cell in enumerate(decided) if cell[0]},
            {place for place, cell in enumerate(decided) if cell[1]},
        )


@some(120)
@given(st.lists(st.tuples(st.sampled_from("01?"), st.sampled_from("01?")), min_size=1, max_size=5))
def test_bounds_are_those_of_trying_every_decision(states: list[tuple[str, str]]) -> None:
    sets = [
        {
            "low": np.array([state[place] == "1" for state in states]),
            "high": np.array([state[place] != "0" for state in states]),
        }
        for place in (0, 1)
    ]
    jaccard, overlap = [], []
    for mine, theirs in every_decision(states):
        if mine | theirs:
            jaccard.append(len(mine & theirs) / len(mine | theirs))
        if mine and theirs:
            overlap.append(len(mine & theirs) / min(len(mine), len(theirs)))
    bounds = coefficient_bounds(*sets)
    for name, values in (("jaccard", jaccard), ("overlap", overlap)):
        expected = [min(values), max(values)] if values else [np.nan, np.nan]
        assert [bounds[f"{name}_low"], bounds[f"{name}_high"]] == pytest.approx(expected, nan_ok=True)


# --- what must hold of a county ---------------------------------------------------------------------------------------

Row = dict[str, Any]
SWAPPED = {ALBY: BODA, BODA: ALBY, ETT: ETT}
THEMED = [
    {"network_id": "net", "themes": "culture", "founded_year": 1990},
    {"network_id": "old", "themes": "transport_infrastructure;culture", "founded_year": 1990},
]


def attested(*statuses: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "a": st.sampled_from([ALBY, BODA, ETT]),
            "n": st.sampled_from(["net", "old"]),
            "status": st.sampled_from(statuses),
            "seen": st.integers(2009, 2011),
        }
    )


def renamed(rows: list[Row]) -> list[Row]:
    return [row | {"a": SWAPPED[row["a"]]} for row in rows]


memberships = st.lists(attested("member", "full"), min_size=1, max_size=5)
in_lists = st.sampled_from([[], [{"year": 2010}], [{"year": 2010, "levels": "region"}]])


@some(8)
@given(rows=memberships, extra=attested("member"), complete=in_lists)
def test_overlap_stays_within_its_bounds(make: Make, rows: list[Row], extra: Row, complete: list[Row]) -> None:
    def overlap(own: list[Row]) -> pd.Series[Any]:
        data = make(*own, networks=THEMED, member_lists=complete)
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


@some(6)
@given(rows=memberships, complete=in_lists)
def test_theme_overlap_is_missing_or_between_none_and_all(make: Make, rows: list[Row], complete: list[Row]) -> None:
    def overlap(own: list[Row], lists: list[Row] = complete) -> pd.Series[Any]:
        data = make(*own, networks=THEMED, member_lists=lists)
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


@some(5)
@given(rows=memberships, extra=attested("member"), complete=in_lists)
def test_profiles_are_bounds_that_evidence_never_lowers(
    make: Make, rows: list[Row], extra: Row, complete: list[Row]
) -> None:
    def profile(own: list[Row]) -> pd.DataFrame:
        data = make(*own, networks=THEMED, member_lists=complete)
        return theme_profiles(data, county="01", year=2010).set_index(["level", "theme"])

    table = profile(rows)
    assert ((table["low"] >= 0) & (table["low"] <= table["best"])).all()
    for share in ("share_attested", "share_best"):
        sums = table.groupby("level")[share].sum(min_count=1).dropna()
        assert sums.tolist() == pytest.approx([1.0] * len(sums))
    assert (profile([*rows, extra])["low"] >= table["low"]).all()
    pd.testing.assert_frame_equal(table, profile(renamed(rows[::-1])))


# --- shared networks --------------------------------------------------------------------------------------------------


def test_shared_networks_count_region_and_municipalities_of_one_county(make: Make) -> None:
    data = make()
    ties = matrix(
        [[1, 1, 0], [0, 1, 1], [1, 1, 1], [0, 0, 1], [1, 0, 0]], [ALBY, BODA, ETT, DALA, "region:02"], ["x", "y", "z"]
    )
    # County 01: all three; county 02: the municipality is in z, the region in x alone.
    assert shared_networks(data, ties, nested=False)(ties) == {"sweden": 3, "01": 3, "02": 0}
    whole = shared_networks(data, ties)(ties)
    assert list(whole) == ["sweden", "nodf", "01", "02"]
    assert whole["nodf"] == pytest.approx(nodf(ties))
    with pytest.raises(InvalidArgument, match="no county has both"):
        shared_networks(data, matrix([[1, 1]], [ALBY]))


def test_gotland_is_no_county_with_two_levels(real: Dataset) -> None:
    every = incidence_matrix(real)
    values = shared_networks(real, every, nested=False)(every)
    assert "09" not in values
    overlap = region_overlap(real).set_index("county_code")["shared_low"]
    assert {county: overlap[county] for county in values if county != "sweden"} == {
        county: n for county, n in values.items() if county != "sweden"
    }
    assert values["sweden"] == sum(n for county, n in values.items() if county != "sweden")


def test_networks_open_to_both_follow_the_rules_of_eligibility(make: Make) -> None:
    data = make(
        networks=[
            {"network_id": "both"},
            {"network_id": "cities", "eligible_levels": "municipality"},
            {"network_id": "signed", "counts_as": "commitment"},
        ]
    )
    assert open_to_both(data) == ["both"]
    assert open_to_both(data, counts_as=("commitment",)) == ["signed"]


# --- wrong arguments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1900, 2027, 2019.5, True, "next year"])
@pytest.mark.parametrize("function", [region_overlap, theme_overlap, theme_profiles, incidence_matrix])
def test_a_year_outside_what_the_data_can_speak_of_is_refused(make: Make, function: Any, year: Any) -> None:
    with pytest.raises(InvalidArgument, match=str(year)):
        function(make({"seen": 2010}), year=year)


def test_an_unknown_theme_is_told_the_themes(make: Make) -> None:
    for function in (theme_profiles, theme_overlap):
        with pytest.raises(InvalidArgument, match=r"nearest: 'culture'(.|\n)*'climate_energy'"):
            function(make({"seen": 2010}), themes=["kultur"])
    with pytest.raises(InvalidArgument, match="empty"):
        region_overlap(make({"seen": 2010}), counts_as=())
