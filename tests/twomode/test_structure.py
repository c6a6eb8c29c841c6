"""Overlap: worked examples from the papers, matrices made by hand, naive computations, and what must always hold."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from itertools import combinations, permutations, product
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.panel import panel
from natverk.twomode.matrix import tie_cells
from natverk.twomode.structure import (
    TwoMode,
    brokers,
    co_membership,
    co_membership_blocks,
    coefficient_bounds,
    degree,
    density,
    nestedness,
    nodf,
    region_overlap,
    schoener_d,
    theme_overlap,
    theme_profiles,
    two_mode,
)

Make = Callable[..., Dataset]

# Almeida-Neto et al. 2008, figure 1: 63 for columns, 53 for rows, 58 together.
PAPER = [[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
ALBY, BODA, DALA, GOTLAND = (f"municipality:{code}" for code in ("0101", "0102", "0201", "0980"))
ETT, TVA = "region:01", "region:02"


def matrix(cells: Any, actors: Iterable[str] | None = None, networks: Iterable[str] | None = None) -> TwoMode:
    """Return a two-mode matrix with labels made up where none are given."""
    array = np.asarray(cells)
    return TwoMode(
        array,
        list(actors or [f"a{place:03d}" for place in range(array.shape[0])]),
        list(networks or [f"n{place:03d}" for place in range(array.shape[1])]),
    )


def some(limit: int) -> settings:
    """Return the settings of a property: repeatable, and quick enough to run with every change."""
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors, HealthCheck.filter_too_much],
    )  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, rows: int = 9, columns: int = 6) -> np.ndarray:
    """Draw a binary matrix with at least one tie."""
    shape = draw(st.tuples(st.integers(2, rows), st.integers(2, columns)))
    array = draw(hnp.arrays(np.int8, shape, elements=st.integers(0, 1)))
    assume(array.any())
    return array


def triples(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return pairs with what they share as plain tuples, in the order of the frame."""
    return [(str(a), str(b), int(n)) for a, b, n in frame.iloc[:, :3].itertuples(index=False)]


# --- the two-mode matrix ---------------------------------------------------------------------------------------------


def test_a_matrix_that_is_not_binary_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="2 is not binary"):
        matrix([[1, 2], [0, 1]])
    with pytest.raises(InvalidArgument, match="neither 0 nor 1"):
        matrix([[1.0, np.nan], [0.0, 1.0]])
    with pytest.raises(InvalidArgument, match="not binary"):
        matrix([[1, -1], [0, 1]])


def test_an_empty_matrix_is_refused() -> None:
    for empty in (np.zeros((2, 2)), np.zeros((0, 3))):
        with pytest.raises(InvalidArgument, match="holds no tie"):
            matrix(empty)


def test_labels_must_fit_and_differ() -> None:
    with pytest.raises(InvalidArgument, match="2 labels, 1 of them different, for 2 actors"):
        matrix([[1], [1]], ["a", "a"])
    with pytest.raises(InvalidArgument, match="2 labels, 2 of them different, for 1 networks"):
        matrix([[1], [1]], ["a", "b"], ["x", "y"])


def test_the_given_matrix_is_left_alone() -> None:
    from scipy.sparse import csr_array

    given_ = csr_array((np.ones(2), np.array([1, 0]), np.array([0, 2])), shape=(1, 2))
    ties = TwoMode(given_, ["a"], ["x", "y"])
    assert given_.indices.tolist() == [1, 0]
    assert ties.matrix.indices.tolist() == [0, 1]
    assert ties.matrix.dtype == np.int32


def test_a_frame_becomes_a_sorted_matrix_and_back() -> None:
    frame = pd.DataFrame({"who": ["b", "a", "b"], "where": ["y", "y", "x"]})
    ties = TwoMode.from_frame(frame, actor="who", network="where")
    assert (ties.actors, ties.networks) == (("a", "b"), ("x", "y"))
    assert ties.matrix.toarray().tolist() == [[0, 1], [1, 1]]
    assert ties.frame().to_numpy().tolist() == [["a", "y"], ["b", "x"], ["b", "y"]]
    again = TwoMode.from_frame(ties.frame())
    assert (again.matrix != ties.matrix).nnz == 0


def test_a_frame_with_repeated_or_unknown_pairs_is_refused() -> None:
    twice = pd.DataFrame({"actor_id": ["a", "a"], "network_id": ["x", "x"], "low": [0, 1]})
    with pytest.raises(InvalidArgument, match="more than one row"):
        TwoMode.from_frame(twice, value="low")
    assert TwoMode.from_frame(twice, value="low", repeated="once").n_ties == 1
    with pytest.raises(InvalidArgument, match="neither 0 nor 1"):
        TwoMode.from_frame(twice.assign(low=pd.array([pd.NA, 1], dtype="Int8")), value="low", repeated="once")
    with pytest.raises(InvalidArgument, match="a label is missing"):
        TwoMode.from_frame(twice.assign(actor_id=["a", None]), repeated="once")
    with pytest.raises(InvalidArgument, match="unknown value 'actor'"):
        TwoMode.from_frame(twice, actor="actor")


def test_blank_rows_are_left_out_or_kept() -> None:
    frame = pd.DataFrame({"actor_id": ["a", "b"], "network_id": ["x", "x"], "low": [1, 0]})
    assert TwoMode.from_frame(frame, value="low").actors == ("a",)
    kept = TwoMode.from_frame(frame, value="low", empty="keep")
    assert degree(kept).to_numpy().tolist() == [["a", 1, 1.0], ["b", 0, 0.0]]


def test_selection_by_year_value_and_window(make: Make) -> None:
    data = make({"seen": 2010}, {"a": BODA, "start": 2005, "end": 2007})
    low = two_mode(data, year=2010)
    assert low.frame().to_numpy().tolist() == [[ALBY, "net"]]
    assert two_mode(data, year=2012, value="best").actors == (ALBY,)
    with pytest.raises(InvalidArgument, match="no tie is attested in 2012"):
        two_mode(data, year=2012)
    assert two_mode(data, year=(2006, 2010)).actors == (ALBY, BODA)
    assert two_mode(data).actors == (ALBY, BODA)
    # 2010: Boda has left; every other municipality and region may be a member.
    assert BODA not in two_mode(data, year=2010, value="high").actors
    assert two_mode(data, year=2010, value="high").n_ties == 7
    assert two_mode(data, year=2010, empty="keep").shape == (8, 1)
    # Known is Alby (member) and Boda (left), of eight.
    assert two_mode(data, year=2010).coverage == pytest.approx(2 / 8)
    assert "documented rather than none" in low.selection


def test_undated_and_former_memberships_count_as_documented_at_any_time(make: Make) -> None:
    data = make({"a": ALBY}, {"a": BODA, "status": "former", "seen": 2015}, {"a": DALA, "status": "applicant"})
    assert two_mode(data).actors == (ALBY, BODA)
    assert two_mode(data).coverage == pytest.approx(2 / 8)


def test_statuses_choose_among_those_that_count(make: Make) -> None:
    data = make(
        {"status": "full", "seen": 2010}, {"a": BODA, "seen": 2010}, {"a": DALA, "status": "participant", "seen": 2010}
    )
    assert two_mode(data, statuses=("full",)).actors == (ALBY,)
    assert two_mode(data, year=2010, statuses=("full",)).actors == (ALBY,)
    assert two_mode(data, year=2010, counting="loose", statuses=("participant",)).actors == (DALA,)
    table = tie_cells(data, year=2010, statuses=("full",)).set_index("actor_id")
    # Boda is known to have another status; of Dala nothing is known under strict counting.
    assert table.loc[[ALBY, BODA, DALA], ["low", "best", "high"]].to_numpy().tolist() == [[1] * 3, [0] * 3, [0, 0, 1]]
    later = tie_cells(data, year=2012, statuses=("full",)).set_index("actor_id")
    assert later.loc[[ALBY, BODA], ["low", "best", "high"]].to_numpy().tolist() == [[0, 1, 1], [0, 0, 1]]


def test_reports_are_counted_alone_and_never_carried_forward(make: Make) -> None:
    networks = [{}, {"network_id": "cdp", "counts_as": "reporting"}]
    data = make({"n": "cdp", "status": "reporting", "seen": 2019}, {"a": BODA, "seen": 2019}, networks=networks)
    reports = two_mode(data, year=2019, counts_as=("reporting",))
    assert reports.frame().to_numpy().tolist() == [[ALBY, "cdp"]]
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        two_mode(data, year=2020, value="best", counts_as=("reporting",))
    with pytest.raises(InvalidArgument, match="together with memberships"):
        two_mode(data, counts_as=("membership", "reporting"))
    with pytest.raises(InvalidArgument, match="no status to choose"):
        two_mode(data, counts_as=("reporting",), statuses=("full",))


def test_wrong_selections_are_refused_with_what_is_allowed(make: Make) -> None:
    data = make({"seen": 2010})
    for wrong, said in (
        ({"year": 1066}, "outside 1980"),
        ({"value": "middle"}, "'middle'"),
        ({"counts_as": ("club",)}, "'club'"),
        ({"statuses": ("king",)}, "'king'"),
        ({"statuses": ()}, "empty"),
        ({"counting": "lax"}, "'lax'"),
        ({"empty": "maybe"}, "'maybe'"),
        ({"actors": []}, "empty"),
        ({"year": (2012, 2010)}, "comes after"),
    ):
        with pytest.raises(InvalidArgument, match=said):
            two_mode(data, **wrong)
    with pytest.raises(UnknownName, match="municipality:0181"):
        two_mode(data, actors=["municipality:0181"])
    with pytest.raises(UnknownName, match="'nett'"):
        two_mode(data, networks=["nett"])


def test_ubc_members_of_2019_are_the_published_list(real: Dataset) -> None:
    assert two_mode(real, year=2019, networks=["ubc"]).n_ties == 14


# --- degree and density ----------------------------------------------------------------------------------------------


def test_degree_of_both_sides() -> None:
    ties = matrix(PAPER)
    assert degree(ties)["degree"].tolist() == [4, 3, 3, 2, 2]
    networks = degree(ties, "networks").set_index("network_id")
    assert networks["degree"].to_dict() == {"n000": 4, "n001": 4, "n002": 3, "n003": 2, "n004": 1}
    assert networks.loc["n002", "share"] == pytest.approx(3 / 5)
    with pytest.raises(InvalidArgument, match="'nets'"):
        degree(ties, "nets")  # type: ignore[arg-type]


def test_a_projection_inflates_density() -> None:
    # Ten actors in one network, one of them in nine more: 19 of 100 ties become all of the 45 pairs.
    array = np.zeros((10, 10), dtype=int)
    array[:, 0] = 1
    array[0, :] = 1
    table = density(matrix(array)).set_index("network")
    assert table["density"].to_dict() == {"two_mode": 0.19, "actors": 1.0, "networks": 1.0}
    assert table.loc["actors", "inflation"] == pytest.approx(1 / 0.19)


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


# --- co-membership ---------------------------------------------------------------------------------------------------


def networkx_pairs(array: np.ndarray) -> dict[tuple[int, int], tuple[int, float]]:
    """Shared networks and Jaccard of each pair of rows by the bipartite projections of networkx."""
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(range(len(array)), bipartite=0)
    graph.add_nodes_from([("n", place) for place in range(array.shape[1])], bipartite=1)
    graph.add_edges_from((int(row), ("n", int(column))) for row, column in zip(*array.nonzero(), strict=True))
    shared = nx.bipartite.weighted_projected_graph(graph, range(len(array)))
    jaccard = nx.bipartite.overlap_weighted_projected_graph(graph, range(len(array)))
    return {
        (min(a, b), max(a, b)): (int(shared[a][b]["weight"]), float(jaccard[a][b]["weight"])) for a, b in shared.edges
    }


@some(60)
@given(cells())
def test_co_membership_agrees_with_networkx(array: np.ndarray) -> None:
    for side, rows in (("actors", array), ("networks", array.T)):
        frame = co_membership(matrix(array), side)  # type: ignore[arg-type]
        own = {
            (int(str(row[0])[1:]), int(str(row[1])[1:])): (int(row[2]), pytest.approx(row[3]))
            for row in frame.itertuples(index=False)
        }
        assert own == networkx_pairs(rows)


def random_ties(actors: int = 200, networks: int = 30, share: float = 0.1, seed: int = 7) -> TwoMode:
    """Return a random matrix with blank rows, full rows and everything between."""
    array = (np.random.default_rng(seed).random((actors, networks)) < share).astype(int)
    array[0] = 1
    array[-1] = 0
    return matrix(array)


@pytest.mark.parametrize("max_bytes", [2**15, 50_000, 2**17, 2**20, 2**28])
def test_blocks_of_any_size_give_the_same(max_bytes: int) -> None:
    ties = random_ties()
    whole = co_membership(ties)
    pieces = list(co_membership_blocks(ties, max_bytes=max_bytes))
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), whole)
    assert (len(pieces) > 1) == (max_bytes < 2**20)
    top = co_membership(ties, keep="top", top=3, max_bytes=max(max_bytes, 2**17))
    pd.testing.assert_frame_equal(top, co_membership(ties, keep="top", top=3))
    assert nodf(ties, max_bytes=max_bytes) == pytest.approx(nodf(ties))


@pytest.mark.parametrize("by", ["shared", "jaccard"])
@pytest.mark.parametrize("top", [1, 4, 250])
def test_top_is_the_top_of_the_full_result_with_ties_by_label(by: Any, top: int) -> None:
    ties = random_ties(60, 12)
    half = co_membership(ties)
    other = half.rename(columns={"actor_id": "other_id", "other_id": "actor_id"})
    full = pd.concat([half, other]).astype({"actor_id": "str", "other_id": "str"})
    ranked = full.sort_values(["actor_id", by, "other_id"], ascending=[True, False, True])
    expected = ranked.groupby("actor_id").head(top)[half.columns]
    own = co_membership(ties, keep="top", top=top, by=by).astype({"actor_id": "str", "other_id": "str"})
    pd.testing.assert_frame_equal(own, expected.reset_index(drop=True))


def test_at_least_leaves_out_weak_pairs() -> None:
    ties = random_ties()
    whole = co_membership(ties)
    strong = co_membership(ties, at_least=2)
    assert 0 < len(strong) < len(whole)
    assert triples(strong) == [triple for triple in triples(whole) if triple[2] >= 2]
    nobody = co_membership(ties, at_least=31)
    assert (len(nobody), list(nobody.columns)) == (0, list(whole.columns))
    assert co_membership(ties, keep="top", at_least=31).empty


def test_what_does_not_fit_is_refused_with_a_way_out() -> None:
    ties = random_ties()
    with pytest.raises(InvalidArgument, match=r"do not fit(.|\n)*co_membership_blocks"):
        co_membership(ties, max_bytes=2**17)
    with pytest.raises(InvalidArgument, match="one row alone"):
        next(co_membership_blocks(ties, max_bytes=1000))
    for wrong in ({"top": 0}, {"at_least": 0}, {"max_bytes": True}, {"keep": "all"}, {"by": "size"}):
        arguments: dict[str, Any] = {"keep": "top"} | wrong
        with pytest.raises(InvalidArgument, match=next(iter(wrong))):
            co_membership(ties, **arguments)


def test_memory_is_bounded_by_the_argument() -> None:
    # 3,000 actors squared would take 36 MB at four bytes a cell; all pairs that share something, 9 MB and more.
    ties = random_ties(3000, 60, 0.03)
    allowed = 2**21
    tracemalloc.start()
    n_pairs = sum(len(piece) for piece in co_membership_blocks(ties, max_bytes=allowed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_pairs > 200_000
    assert peak < allowed + 100 * ties.n_ties


@some(60)
@given(cells(), st.data())
def test_adding_a_membership_never_lowers_degree_or_what_is_shared(array: np.ndarray, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, array.shape[0] - 1))
    column = data.draw(st.integers(0, array.shape[1] - 1))
    more = array.copy()
    more[row, column] = 1
    for side in ("actors", "networks"):
        before, after = (
            degree(matrix(cells_), side).set_index(f"{side[:-1]}_id")["degree"] for cells_ in (array, more)
        )  # type: ignore[arg-type]
        assert (after >= before.reindex(after.index)).all()
        shared = {triple[:2]: triple[2] for triple in triples(co_membership(matrix(more), side))}  # type: ignore[arg-type]
        assert all(shared.get(pair[:2], 0) >= pair[2] for pair in triples(co_membership(matrix(array), side)))  # type: ignore[arg-type]


@some(40)
@given(cells(6, 5), st.randoms(use_true_random=False))
def test_relabelling_changes_nothing(array: np.ndarray, chance: Any) -> None:
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
    pd.testing.assert_frame_equal(degree(moved), degree(ties))
    pd.testing.assert_frame_equal(density(moved), density(ties))
    unordered = [
        {(frozenset(triple[:2]), triple[2]) for triple in triples(co_membership(one))} for one in (ties, moved)
    ]
    assert unordered[0] == unordered[1]
    own, other = (brokers(one).set_index(["side", "node_id"])["betweenness"] for one in (ties, moved))
    assert own.round(12).to_dict() == pytest.approx(other.reindex(own.index).round(12).to_dict())


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
    with pytest.raises(InvalidArgument, match="230 nodes are more than 100"):
        brokers(random_ties(), max_nodes=100)


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
    with pytest.raises(UnknownName, match="no county '1'"):
        region_overlap(data, county="1")
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


# --- low, best, high -------------------------------------------------------------------------------------------------

rows = st.fixed_dictionaries(
    {
        "a": st.sampled_from([ALBY, BODA, ETT, TVA]),
        "n": st.sampled_from(["net", "old"]),
        "status": st.sampled_from(["member", "member", "full", "participant"]),
        "start": st.none() | st.integers(2004, 2008),
        "seen": st.none() | st.integers(2008, 2012),
    }
)
TWO = [{}, {"network_id": "old", "founded_year": 1990}]


@some(12)
@given(
    st.lists(rows, min_size=1, max_size=6), st.integers(2004, 2014), st.lists(st.sampled_from([ALBY, ETT]), max_size=1)
)
def test_low_best_high_are_nested(make: Make, evidence: list[dict[str, Any]], year: int, closed: list[str]) -> None:
    lists = [{"year": year, "levels": "municipality"}] if closed else []
    data = make(*evidence, networks=TWO, member_lists=lists)
    for when in (None, year, (year - 2, year)):
        table = tie_cells(data, year=when)
        assert ((table["low"] <= table["best"]) & (table["best"] <= table["high"])).all()
        assert table["known"].between(0, 1).all()
        if when == year:
            own = panel(data, networks=["net", "old"], years=year)[["actor_id", "network_id", "low", "best", "high"]]
            pd.testing.assert_frame_equal(table.drop(columns="known"), own)


@some(12)
@given(st.lists(rows, min_size=1, max_size=5), rows, st.integers(2004, 2014))
def test_one_more_attestation_never_lowers_a_degree(
    make: Make, evidence: list[dict[str, Any]], more: dict[str, Any], year: int
) -> None:
    for when in (None, year):
        before, after = (
            tie_cells(make(*given_, networks=TWO), year=when).groupby("actor_id")[["low", "best"]].sum()
            for given_ in (evidence, [*evidence, more])
        )
        assert (after >= before).all(axis=None)


def test_order_of_evidence_changes_nothing(make: Make) -> None:
    evidence = [
        {"a": ALBY, "seen": 2010},
        {"a": ETT, "start": 2005, "seen": 2010},
        {"a": BODA, "n": "old", "seen": 2009},
    ]
    found = [two_mode(make(*order, networks=TWO), year=2010, value="best").frame() for order in permutations(evidence)]
    for frame in found[1:]:
        pd.testing.assert_frame_equal(frame, found[0])
