"""Null models: uniform over matrices with the same margins, and p-values as by hand."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse, stats

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.twomode import (
    IncidenceMatrix,
    incidence_matrix,
    nodf,
    null_test,
    open_to_both,
    randomise,
    shared_networks,
    tails,
)

# Strona et al. (2014) show uniformity on five matrices with these margins.
FIVE = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
SQUARE = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])
UNEVEN = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 0, 1, 0], [0, 0, 0, 0, 1]])


def all_with_margins(matrix: np.ndarray) -> list[bytes]:
    """Enumerate every binary matrix with the margins of this one, by brute force over its rows."""
    n_columns = matrix.shape[1]
    choices = []
    for total in matrix.sum(axis=1):
        rows = itertools.combinations(range(n_columns), int(total))
        choices.append([np.isin(np.arange(n_columns), row).astype(np.int64) for row in rows])
    found = [np.array(rows) for rows in itertools.product(*choices)]
    return [item.tobytes() for item in found if (item.sum(axis=0) == matrix.sum(axis=0)).all()]


def chi_square(seen: Counter[bytes], members: list[bytes]) -> float:
    """Return the p-value of the hypothesis that all members of the class are equally likely."""
    assert set(seen) <= set(members)
    return float(stats.chisquare([seen[member] for member in members]).pvalue)


# --- uniform ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("matrix", [FIVE, SQUARE, UNEVEN, UNEVEN.T], ids=["five", "square", "uneven", "turned"])
def test_every_matrix_of_the_class_is_equally_likely(matrix: np.ndarray) -> None:
    members = all_with_margins(matrix)
    draws = randomise(matrix, 200 * len(members), 11)
    seen = Counter(np.ascontiguousarray(draw).tobytes() for draw in draws)
    assert len(seen) == len(members) >= 5
    assert chi_square(seen, members) > 0.001


def naive_swaps(matrix: np.ndarray, n: int, seed: int) -> Counter[bytes]:
    """Swap until a swap succeeds, and count only then (each tenth): states with more ways out come up more."""
    rng = np.random.default_rng(seed)
    here = matrix.copy()
    seen: Counter[bytes] = Counter()
    swaps = 0
    while seen.total() < n:
        rows = rng.choice(len(here), 2, replace=False)
        columns = rng.choice(here.shape[1], 2, replace=False)
        four = here[np.ix_(rows, columns)]
        if four[0, 0] == four[1, 1] != four[0, 1] == four[1, 0]:
            here[np.ix_(rows, columns)] = 1 - four
            swaps += 1
            seen[here.tobytes()] += swaps % 10 == 0
    return seen


def test_the_test_of_uniformity_finds_what_naive_swaps_get_wrong() -> None:
    members = all_with_margins(FIVE)
    assert chi_square(naive_swaps(FIVE, 1000, 1), members) < 0.001


# --- margins ---------------------------------------------------------------------------------------------------------

binary = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 90)), elements=st.integers(0, 1))


@settings(max_examples=40, deadline=None)
@given(binary.filter(lambda matrix: matrix.any()), st.integers(0, 2**32))
def test_margins_are_kept_exactly_and_cells_stay_binary(matrix: np.ndarray, seed: int) -> None:
    for draw in randomise(matrix, 4, seed, trades=2):
        assert draw.shape == matrix.shape
        assert draw.dtype == np.int64
        assert set(np.unique(draw)) <= {0, 1}
        assert (draw.sum(axis=0) == matrix.sum(axis=0, dtype=int)).all()
        assert (draw.sum(axis=1) == matrix.sum(axis=1, dtype=int)).all()


def test_sparse_and_labelled_matrices_give_the_same_draws() -> None:
    ties = IncidenceMatrix(SQUARE, list("abcd"), list("wxyz"), coverage=0.25)
    labelled, thin = randomise(ties, 3, 1), randomise(sparse.csr_array(SQUARE), 3, 1)
    for draw, same, array in zip(labelled, thin, randomise(SQUARE, 3, 1), strict=True):
        assert isinstance(draw, IncidenceMatrix)
        assert (draw.actors, draw.networks, draw.coverage) == (ties.actors, ties.networks, 0.25)
        assert (draw.matrix == array).all()
        assert (same == array).all()


@pytest.mark.parametrize(
    "matrix",
    [
        np.ones((3, 4)),
        np.array([[1, 0, 1, 1, 0]]),
        np.array([[1], [0], [1]]),
        np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]]),
        np.array([[1, 1], [0, 0]]),
        np.ones((1, 1)),
    ],
    ids=["full", "one row", "one column", "nested", "full and empty rows", "one cell"],
)
def test_where_only_one_matrix_has_the_margins_every_draw_is_that_one(matrix: np.ndarray) -> None:
    assert all((draw == matrix).all() for draw in randomise(matrix, 5, 1))
    test = null_test(matrix, lambda cells: cells[0, 0], 9, 1, names=["corner"])
    assert test.rigid
    assert test.frame["p"].tolist() == [1.0]
    assert test.frame["z"].isna().all()


@pytest.mark.parametrize("matrix", [FIVE, SQUARE, UNEVEN])
def test_where_several_matrices_have_the_margins_that_is_seen(matrix: np.ndarray) -> None:
    assert not null_test(matrix, lambda cells: cells[0, 0], 9, 1).rigid


def test_draws_are_mixed_within_the_default_number_of_trades(real: Dataset) -> None:
    ties = incidence_matrix(real, networks=open_to_both(real))

    def overlap(trades: int) -> float:
        draws = randomise(ties.matrix, 200, 3, trades=trades)
        return float(np.mean([draw[ties.matrix == 1].mean() for draw in draws]))

    short, usual, long = overlap(1), overlap(10), overlap(20)
    assert short > 1.2 * long
    assert usual == pytest.approx(long, rel=0.05)


# --- seeds -----------------------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_draws_in_every_process() -> None:
    code = (
        "import numpy as np; from natverk.twomode import randomise;"
        "draws = randomise(np.eye(6, 9, dtype=int) + np.eye(6, 9, 2, dtype=int), 4, 12345);"
        "print([int(item) for draw in draws for item in np.flatnonzero(draw)])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    here = randomise(np.eye(6, 9, dtype=int) + np.eye(6, 9, 2, dtype=int), 4, 12345)
    assert told.strip() == str([int(item) for draw in here for item in np.flatnonzero(draw)])
    pairs = zip(randomise(UNEVEN, 40, 6), randomise(UNEVEN, 40, 7), strict=True)
    assert any((one != other).any() for one, other in pairs)


def test_importing_natverk_does_not_import_what_only_null_models_need() -> None:
    code = "import sys, natverk; print(sorted({'scipy', 'networkx'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "[]"


# --- p-values --------------------------------------------------------------------------------------------------------


def test_tails_as_by_hand() -> None:
    null = np.array([[1.0, 5.0, 2.0], [2.0, 5.0, 2.0], [2.0, 5.0, 4.0], [3.0, 5.0, 4.0]])
    frame = tails(np.array([3.0, 5.0, 0.0]), null)
    # First: one draw reaches 3, all four are at most 3. Second: constant. Third: below all.
    assert frame["p_high"].tolist() == [2 / 5, 1.0, 1.0]
    assert frame["p_low"].tolist() == [1.0, 1.0, 1 / 5]
    assert frame["p"].tolist() == [4 / 5, 1.0, 2 / 5]
    assert frame["mean"].tolist() == [2.0, 5.0, 3.0]
    assert frame["sd"].to_numpy() == pytest.approx([np.sqrt(2 / 3), 0.0, np.sqrt(4 / 3)])
    assert frame["z"][0] == pytest.approx(1 / np.sqrt(2 / 3))
    assert np.isnan(frame["z"][1])
    assert frame["n"].tolist() == [4, 4, 4]


def test_sums_in_another_order_are_ties() -> None:
    a, b = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert a != b
    frame = tails(np.array([a]), np.array([[b], [b]]))
    assert frame[["p_low", "p_high", "p", "sd"]].values.tolist() == [[1.0, 1.0, 1.0, 0.0]]


def test_a_case_worked_by_hand() -> None:
    # Two matrices have these margins, equally likely: the corner is 1 in half of the draws.
    test = null_test(np.eye(2), lambda cells: cells[0, 0], 999, 5, names=["corner"])
    row = test.frame.iloc[0]
    ones = int(test.null.sum())
    assert abs(ones - 499.5) < 4 * np.sqrt(999 / 4)
    assert row["p_high"] == (ones + 1) / 1000
    assert row["p_low"] == 1.0
    assert row["p"] == min(1.0, 2 * (ones + 1) / 1000)
    assert row["z"] == pytest.approx((1 - ones / 999) / np.std(test.null, ddof=1))


def test_p_values_are_uniform_under_the_null_even_without_burn_in() -> None:
    # Observed matrices drawn evenly from their class; one trade a row mixes nothing, and yet the test is exact.
    members = [np.frombuffer(item, dtype=np.int64).reshape(4, 4) for item in all_with_margins(SQUARE)]
    ranks = []
    for number, matrix in enumerate(members * 4):
        test = null_test(matrix, lambda cells: (cells * np.arange(16).reshape(4, 4) ** 2).sum(), 9, number, trades=1)
        ranks.append(float(test.frame["p_high"][0]))
    share = np.mean(np.array(ranks) <= 0.2)
    assert share < 0.2 + 3 * np.sqrt(0.2 * 0.8 / len(ranks))


def test_a_test_carries_the_coverage_it_is_conditional_on() -> None:
    ties = IncidenceMatrix(UNEVEN, list("abcd"), list("vwxyz"), coverage=0.04)
    test = null_test(ties, lambda item: item.matrix[:2].sum(axis=0).max(), 99, 1, names=["shared"])
    assert test.frame["coverage"].tolist() == [0.04]
    fixed = null_test(UNEVEN, lambda cells: cells.sum(axis=0), 9, 1)
    assert fixed.frame["p"].eq(1).all()
    assert fixed.frame["coverage"].isna().all()


def test_statistics_are_called_by_their_names(real: Dataset) -> None:
    ties = incidence_matrix(real, networks=open_to_both(real))
    test = null_test(ties, shared_networks(real, ties), 5, 1)
    assert test.frame["item"].tolist()[:3] == ["sweden", "nodf", "01"]
    assert test.frame["observed"][1] == pytest.approx(nodf(ties))
    assert null_test(UNEVEN, lambda cells: cells.sum(axis=0), 3, 1).frame["item"].tolist() == list("01234")
    assert null_test(ties, nodf, 3, 1).frame["item"].tolist() == ["nodf"]
    assert "<table" in test._repr_html_()


def test_statistics_are_given_integers_that_do_not_overflow() -> None:
    seen: list[np.dtype[Any]] = []

    def products(cells: Any) -> float:
        seen.append(cells.dtype)
        return float((cells @ cells.T).max())

    for kind in (bool, np.int8, np.float32):
        null_test(SQUARE.astype(kind), products, 2, 1)
    assert set(seen) == {np.dtype(np.int64)}


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("matrix", [np.array([[0, 2]]), np.array([["0", "1"]]), np.zeros((2, 3)), np.ones(3)])
def test_a_matrix_that_is_not_binary_or_empty_is_refused(matrix: Any) -> None:
    for call in (lambda: randomise(matrix, 1, 1), lambda: null_test(matrix, np.sum, 9, 1)):
        with pytest.raises(InvalidArgument, match=r"matrix|cells"):
            call()


@pytest.mark.parametrize(
    "options",
    [{"seed": -1}, {"seed": None}, {"seed": 1.5}, {"seed": True}, {"seed": "1"}, {"n": 0}, {"n": 2.0}, {"trades": 0}],
    ids=str,
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        randomise(FIVE, **({"n": 1, "seed": 1} | options))
    assert next(iter(options)) in str(caught.value)
    assert caught.value.allowed


@pytest.mark.parametrize(
    ("statistic", "message"),
    [
        (lambda cells: np.nan, "is nan"),
        (lambda cells: np.inf, "is inf"),
        (lambda cells: cells, "has the shape"),
        (lambda cells: [], "has the shape"),
        (lambda cells: 1.0 if cells[0, 0] else np.nan, "a draw is nan"),
        (lambda cells: np.ones(2 - cells[0, 0]), "a draw has the shape"),
    ],
)
def test_a_statistic_that_is_no_number_is_refused(statistic: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        null_test(np.eye(2, dtype=int), statistic, 20, 1)


def test_names_must_fit() -> None:
    with pytest.raises(InvalidArgument, match="2 names for 1 statistics"):
        null_test(FIVE, lambda cells: cells[0, 0], 3, 1, names=["a", "b"])


def test_draws_of_another_length_are_refused() -> None:
    for observed, null in (([1.0], np.zeros((0, 1))), ([1.0, 2.0], np.zeros((3, 1)))):
        with pytest.raises(InvalidArgument, match="the draws have the shape"):
            tails(np.array(observed), null)
