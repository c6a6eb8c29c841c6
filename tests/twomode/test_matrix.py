"""The incidence matrix: matrices made by hand, naive computations, and what must always hold of ties and pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.panel import panel
from natverk.twomode import IncidenceMatrix, co_membership, degree, density, incidence_matrix, tie_cells

Make = Callable[..., Dataset]

# Almeida-Neto et al. 2008, figure 1.
PAPER = [[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
ALBY, BODA, DALA, GOTLAND = (f"municipality:{code}" for code in ("0101", "0102", "0201", "0980"))
ETT, TVA = "region:01", "region:02"


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


def triples(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return pairs with what they share as plain tuples, in the order of the frame."""
    return [(str(a), str(b), int(n)) for a, b, n in frame.iloc[:, :3].itertuples(index=False)]


# --- the two-mode matrix ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells_", "message"),
    [
        ([[1, 2], [0, 1]], r"not binary: the cell \(0, 1\) is 2"),
        ([[1, -1], [0, 1]], r"not binary: the cell \(0, 1\) is -1"),
        ([[1.0, np.nan], [0.0, 1.0]], r"not binary: the cell \(0, 1\) is nan"),
        ([["0", "1"]], "not numbers"),
        (np.array([[0, 1]], dtype=object), "not numbers"),
        (np.zeros((2, 2)), "holds no tie"),
        (np.zeros((0, 3)), r"shape \(0, 3\)"),
        (np.ones(3), r"shape \(3,\)"),
        (sparse.coo_array((np.ones(2), ([0, 0], [1, 1])), shape=(2, 2)), r"the cell \(0, 1\) is 2"),
        (sparse.csr_array((2, 2)), "holds no tie"),
    ],
)
def test_a_matrix_that_is_not_binary_or_empty_is_refused(cells_: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message) as caught:
        IncidenceMatrix(cells_, ["a", "b"], ["x", "y"])
    assert caught.value.allowed or caught.value.remedy


def test_labels_must_fit_and_differ() -> None:
    with pytest.raises(InvalidArgument, match="2 labels, 1 of them different, for 2 actors"):
        matrix([[1], [1]], ["a", "a"])
    with pytest.raises(InvalidArgument, match="2 labels, 2 of them different, for 1 networks"):
        matrix([[1], [1]], ["a", "b"], ["x", "y"])


def test_the_given_matrix_is_left_alone_and_a_sparse_one_is_the_same() -> None:
    array = np.array([[True, False], [True, True]])
    ties = matrix(array)
    assert ties.matrix.dtype == np.int64
    ties.matrix[0, 1] = 1
    assert array.tolist() == [[True, False], [True, True]]
    assert (matrix(sparse.csr_array(array).toarray()).matrix == array).all()
    assert (IncidenceMatrix(sparse.csc_array(array), ["a", "b"], ["x", "y"]).matrix == array).all()


def test_a_frame_becomes_a_sorted_matrix_and_back() -> None:
    frame = pd.DataFrame({"who": ["b", "a", "b"], "where": ["y", "y", "x"]})
    ties = IncidenceMatrix.from_frame(frame, actor="who", network="where")
    assert (ties.actors, ties.networks) == (("a", "b"), ("x", "y"))
    assert ties.matrix.tolist() == [[0, 1], [1, 1]]
    assert ties.frame().to_numpy().tolist() == [["a", "y"], ["b", "x"], ["b", "y"]]
    again = IncidenceMatrix.from_frame(ties.frame())
    assert (again.matrix == ties.matrix).all()


def test_a_frame_with_repeated_or_unknown_pairs_is_refused() -> None:
    twice = pd.DataFrame({"actor_id": ["a", "a"], "network_id": ["x", "x"], "low": [0, 1]})
    with pytest.raises(InvalidArgument, match="more than one row"):
        IncidenceMatrix.from_frame(twice, value="low")
    assert IncidenceMatrix.from_frame(twice, value="low", repeated="once").n_ties == 1
    with pytest.raises(InvalidArgument, match=r"is nan\n  where: column low"):
        IncidenceMatrix.from_frame(twice.assign(low=pd.array([pd.NA, 1], dtype="Int8")), value="low", repeated="once")
    with pytest.raises(InvalidArgument, match="a label is missing"):
        IncidenceMatrix.from_frame(twice.assign(actor_id=["a", None]), repeated="once")
    with pytest.raises(InvalidArgument, match="unknown value 'actor'"):
        IncidenceMatrix.from_frame(twice, actor="actor")


def test_blank_rows_are_left_out_or_kept() -> None:
    frame = pd.DataFrame({"actor_id": ["a", "b"], "network_id": ["x", "x"], "low": [1, 0]})
    assert IncidenceMatrix.from_frame(frame, value="low").actors == ("a",)
    kept = IncidenceMatrix.from_frame(frame, value="low", empty="keep")
    assert degree(kept).to_numpy().tolist() == [["a", 1, 1.0], ["b", 0, 0.0]]


def test_selection_by_year_value_and_window(make: Make) -> None:
    data = make({"seen": 2010}, {"a": BODA, "start": 2005, "end": 2007})
    low = incidence_matrix(data, year=2010)
    assert low.frame().to_numpy().tolist() == [[ALBY, "net"]]
    assert incidence_matrix(data, year=2012, value="best").actors == (ALBY,)
    with pytest.raises(InvalidArgument, match="no tie is attested in 2012"):
        incidence_matrix(data, year=2012)
    assert incidence_matrix(data, year=(2006, 2010)).actors == (ALBY, BODA)
    assert incidence_matrix(data).actors == (ALBY, BODA)
    # 2010: Boda has left; every other municipality and region may be a member.
    assert BODA not in incidence_matrix(data, year=2010, value="high").actors
    assert incidence_matrix(data, year=2010, value="high").n_ties == 7
    assert incidence_matrix(data, year=2010, empty="keep").shape == (8, 1)
    # Known is Alby (member) and Boda (left), of eight.
    assert incidence_matrix(data, year=2010).coverage == pytest.approx(2 / 8)


def test_undated_and_former_memberships_count_as_documented_at_any_time(make: Make) -> None:
    data = make({"a": ALBY}, {"a": BODA, "status": "former", "seen": 2015}, {"a": DALA, "status": "applicant"})
    assert incidence_matrix(data).actors == (ALBY, BODA)
    assert incidence_matrix(data).coverage == pytest.approx(2 / 8)


def test_statuses_choose_among_those_that_count(make: Make) -> None:
    data = make(
        {"status": "full", "seen": 2010}, {"a": BODA, "seen": 2010}, {"a": DALA, "status": "participant", "seen": 2010}
    )
    assert incidence_matrix(data, statuses=("full",)).actors == (ALBY,)
    assert incidence_matrix(data, year=2010, statuses=("full",)).actors == (ALBY,)
    assert incidence_matrix(data, year=2010, counting="loose", statuses=("participant",)).actors == (DALA,)
    table = tie_cells(data, year=2010, statuses=("full",)).set_index("actor_id")
    # Boda is known to have another status; of Dala nothing is known under strict counting.
    assert table.loc[[ALBY, BODA, DALA], ["low", "best", "high"]].to_numpy().tolist() == [[1] * 3, [0] * 3, [0, 0, 1]]
    later = tie_cells(data, year=2012, statuses=("full",)).set_index("actor_id")
    assert later.loc[[ALBY, BODA], ["low", "best", "high"]].to_numpy().tolist() == [[0, 1, 1], [0, 0, 1]]


def test_reports_are_counted_alone_and_never_carried_forward(make: Make) -> None:
    networks = [{}, {"network_id": "cdp", "counts_as": "reporting"}]
    data = make({"n": "cdp", "status": "reporting", "seen": 2019}, {"a": BODA, "seen": 2019}, networks=networks)
    reports = incidence_matrix(data, year=2019, counts_as=("reporting",))
    assert reports.frame().to_numpy().tolist() == [[ALBY, "cdp"]]
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        incidence_matrix(data, year=2020, value="best", counts_as=("reporting",))
    with pytest.raises(InvalidArgument, match="together with memberships"):
        incidence_matrix(data, counts_as=("membership", "reporting"))
    with pytest.raises(InvalidArgument, match="no status to choose"):
        incidence_matrix(data, counts_as=("reporting",), statuses=("full",))


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
            incidence_matrix(data, **wrong)
    with pytest.raises(UnknownName, match="municipality:0181"):
        incidence_matrix(data, actors=["municipality:0181"])
    with pytest.raises(UnknownName, match="'nett'"):
        incidence_matrix(data, networks=["nett"])


def test_names_are_taken_where_ids_are(make: Make) -> None:
    data = make({"seen": 2010}, {"a": DALA, "seen": 2010})
    assert incidence_matrix(data, actors=["Alby", "201"], networks="Net").actors == (ALBY, DALA)
    assert incidence_matrix(data, actors="Län 01").actors == (ALBY,)
    assert incidence_matrix(data, year=np.int64(2010), statuses="member").actors == (ALBY, DALA)  # type: ignore[arg-type]


def test_ubc_members_of_2019_are_the_published_list(real: Dataset) -> None:
    assert incidence_matrix(real, year=2019, networks=["ubc"]).n_ties == 14


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


def random_ties(actors: int = 200, networks: int = 30, share: float = 0.1, seed: int = 7) -> IncidenceMatrix:
    """Return a random matrix with blank rows, full rows and everything between."""
    array = (np.random.default_rng(seed).random((actors, networks)) < share).astype(int)
    array[0] = 1
    array[-1] = 0
    return matrix(array)


@pytest.mark.parametrize("by", ["shared", "jaccard"])
@pytest.mark.parametrize("top", [1, 4, 250])
def test_top_is_the_top_of_the_full_result_with_ties_by_label(by: Any, top: int) -> None:
    ties = random_ties(60, 12)
    half = co_membership(ties)
    other = half.rename(columns={"actor_id": "other_id", "other_id": "actor_id"})
    full = pd.concat([half, other]).astype({"actor_id": "str", "other_id": "str"})
    ranked = full.sort_values(["actor_id", by, "other_id"], ascending=[True, False, True])
    expected = ranked.groupby("actor_id").head(top)[half.columns]
    own = co_membership(ties, top=top, by=by).astype({"actor_id": "str", "other_id": "str"})
    pd.testing.assert_frame_equal(own, expected.reset_index(drop=True))


def test_at_least_leaves_out_weak_pairs() -> None:
    ties = random_ties()
    whole = co_membership(ties)
    strong = co_membership(ties, at_least=2)
    assert 0 < len(strong) < len(whole)
    assert triples(strong) == [triple for triple in triples(whole) if triple[2] >= 2]
    nobody = co_membership(ties, at_least=31)
    assert (len(nobody), list(nobody.columns)) == (0, list(whole.columns))
    assert co_membership(ties, top=3, at_least=31).empty


@pytest.mark.parametrize(
    "wrong", [{"top": 0}, {"at_least": 0}, {"top": True}, {"by": "size"}, {"side": "rows"}], ids=str
)
def test_wrong_choices_of_pairs_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        co_membership(matrix(PAPER), **wrong)


def test_a_bare_matrix_is_told_how_to_become_ties() -> None:
    for function in (degree, density, co_membership):
        with pytest.raises(InvalidArgument, match=r"IncidenceMatrix\(matrix, actors, networks\)"):
            function(np.array(PAPER))  # type: ignore[arg-type, operator]


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
    pd.testing.assert_frame_equal(degree(moved), degree(ties))
    pd.testing.assert_frame_equal(density(moved), density(ties))
    unordered = [
        {(frozenset(triple[:2]), triple[2]) for triple in triples(co_membership(one))} for one in (ties, moved)
    ]
    assert unordered[0] == unordered[1]


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
    found = [
        incidence_matrix(make(*order, networks=TWO), year=2010, value="best").frame()
        for order in permutations(evidence)
    ]
    for frame in found[1:]:
        pd.testing.assert_frame_equal(frame, found[0])
