"""Null models: uniform over matrices with the same margins, the same draws everywhere, and p-values as by hand."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse, stats

from natverk.errors import InvalidArgument
from natverk.twomode.matrix import TwoMode
from natverk.twomode.mixing import mixing
from natverk.twomode.nullmodel import Chains, deal, null_test, random_words, randomise, schedule, tails

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="the extra natverk[fast] is not installed")
ENGINES = ["numpy", pytest.param("numba", marks=needs_numba)]

# Strona et al. (2014) show uniformity on five matrices with these margins.
FIVE = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
SQUARE = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])
UNEVEN = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 0, 1, 0], [0, 0, 0, 0, 1]])


def wide(matrix: np.ndarray) -> np.ndarray:
    """Spread the columns over three words, with blank ones between."""
    result = np.zeros((len(matrix), 150), dtype=int)
    result[:, np.linspace(0, 149, matrix.shape[1]).astype(int)] = matrix
    return result


def all_with_margins(matrix: np.ndarray) -> list[bytes]:
    """Enumerate every binary matrix with the margins of this one, by brute force over its rows."""
    n_columns = matrix.shape[1]
    choices = []
    for total in matrix.sum(axis=1):
        rows = itertools.combinations(range(n_columns), int(total))
        choices.append([np.isin(np.arange(n_columns), row).astype(np.uint8) for row in rows])
    found = [np.array(rows) for rows in itertools.product(*choices)]
    return [item.tobytes() for item in found if (item.sum(axis=0) == matrix.sum(axis=0)).all()]


def chi_square(seen: Counter[bytes], members: list[bytes]) -> float:
    """Return the p-value of the hypothesis that all members of the class are equally likely."""
    assert set(seen) <= set(members)
    return float(stats.chisquare([seen[member] for member in members]).pvalue)


def frequencies(matrix: np.ndarray, n: int, seed: int, **options: Any) -> Counter[bytes]:
    kept = matrix.any(axis=0)
    draws = randomise(matrix.astype(np.uint8), n, seed, **options)
    return Counter(np.ascontiguousarray(draw[:, kept]).tobytes() for draw in draws)


# --- uniform ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("matrix", [FIVE, SQUARE, UNEVEN, UNEVEN.T], ids=["five", "square", "uneven", "turned"])
@pytest.mark.parametrize("start", ["hub", "observed"])
def test_every_matrix_of_the_class_is_equally_likely(matrix: np.ndarray, engine: Any, start: Any) -> None:
    members = all_with_margins(matrix)
    seen = frequencies(matrix, 200 * len(members), 11, engine=engine, start=start)
    assert len(members) >= 5
    assert len(seen) == len(members)
    assert chi_square(seen, members) > 0.001


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turned", [False, True])
def test_classes_over_several_words_are_uniform_too(engine: Any, turned: bool) -> None:
    members = all_with_margins(UNEVEN)
    matrix = wide(UNEVEN)
    given_matrix = np.ascontiguousarray(matrix.T) if turned else matrix
    seen: Counter[bytes] = Counter()
    for draw in randomise(given_matrix.astype(np.uint8), 100 * len(members), 3, engine=engine):
        cells = draw.T if turned else draw
        assert not cells[:, ~matrix.any(axis=0)].any()
        seen[np.ascontiguousarray(cells[:, matrix.any(axis=0)]).tobytes()] += 1
    assert chi_square(seen, members) > 0.001


def naive_swaps(matrix: np.ndarray, n: int, seed: int) -> Counter[bytes]:
    """Swap until a swap succeeds, and count only then (each tenth): states with more ways out come up more."""
    rng = np.random.default_rng(seed)
    here = matrix.astype(np.uint8)
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


@needs_numba
def test_long_lines_are_dealt_uniformly_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natverk.twomode.curveball_numba.LONG", 1)
    members = all_with_margins(UNEVEN)
    seen = frequencies(UNEVEN, 200 * len(members), 11, engine="numba")
    assert chi_square(seen, members) > 0.001
    assert seen == frequencies(UNEVEN, 200 * len(members), 11, engine="numpy")


@needs_numba
@settings(max_examples=25, deadline=None)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 150)), elements=st.integers(0, 1)),
    st.integers(0, 2**70),
    st.sampled_from([1, 64]),
)
def test_both_engines_give_the_same_draws(matrix: np.ndarray, seed: int, long: int) -> None:
    matrix[0, 0] = 1
    one = randomise(matrix, 3, seed, engine="numpy", trades=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("natverk.twomode.curveball_numba.LONG", long)
        other = randomise(matrix, 3, seed, engine="numba", trades=3)
    assert other.chains.lanes == (1 if long == 1 else 32)
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


@needs_numba
def test_really_long_lines_keep_their_margins_and_are_the_same_on_both_engines() -> None:
    matrix = np.random.default_rng(1).random((7, 5000)) < np.array([0.9, 0.5, 0.3, 0.1, 0.05, 0.01, 0.001])[:, None]
    one = randomise(matrix, 2, 3, engine="numpy", trades=3)
    other = randomise(sparse.csr_array(matrix), 2, 3, engine="numba", trades=3, workers=2)
    assert other.chains.lanes == 1
    for dense, thin in zip(one, other, strict=True):
        assert (thin.toarray() == dense).all()
        assert (dense.sum(axis=0) == matrix.sum(axis=0)).all()
        assert (dense.sum(axis=1) == matrix.sum(axis=1)).all()


def test_a_hand_is_any_choice_with_equal_probability() -> None:
    n = 20_000
    places = np.full((2, n), 0b101101, dtype=np.uint64)
    places[1] = 0b1
    keys = np.random.SeedSequence(5).generate_state(n, np.uint64)
    hands = deal(places, np.full(n, 2), keys, 1)
    seen = Counter(zip(*hands.tolist(), strict=True))
    assert len(seen) == 10  # five places, two of them
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


def test_the_random_numbers_are_those_of_splitmix64() -> None:
    # The first outputs of the reference implementation for the seed 1234567.
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    key = np.array([1234567], dtype=np.uint64)
    assert [int(random_words(key, number)[0]) for number in range(1, 5)] == published


# --- margins ---------------------------------------------------------------------------------------------------------

binary = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 90)), elements=st.integers(0, 1))


@settings(max_examples=60, deadline=None)
@given(binary.filter(lambda matrix: matrix.any()), st.integers(0, 2**32), st.sampled_from(["hub", "observed"]))
def test_margins_are_kept_exactly_and_cells_stay_binary(matrix: np.ndarray, seed: int, start: Any) -> None:
    for draw in randomise(matrix, 4, seed, trades=2, start=start, engine="numpy"):
        assert draw.shape == matrix.shape
        assert draw.dtype == matrix.dtype
        assert set(np.unique(draw)) <= {0, 1}
        assert (draw.sum(axis=0) == matrix.sum(axis=0)).all()
        assert (draw.sum(axis=1) == matrix.sum(axis=1)).all()


@settings(max_examples=30, deadline=None)
@given(binary.filter(lambda matrix: matrix.any()), st.integers(0, 2**32))
def test_sparse_draws_are_the_dense_ones_without_repeated_entries(matrix: np.ndarray, seed: int) -> None:
    dense = randomise(matrix, 3, seed, trades=2)
    for form in (sparse.csr_array, sparse.csc_array, sparse.coo_matrix):
        for one, other in zip(dense, randomise(form(matrix), 3, seed, trades=2), strict=True):
            assert isinstance(other, sparse.csr_array)
            assert other.nnz == matrix.sum()
            assert other.has_canonical_format
            assert (other.toarray() == one).all()


def test_a_two_mode_matrix_gives_two_mode_matrices_with_its_labels() -> None:
    ties = TwoMode(SQUARE, list("abcd"), list("wxyz"), coverage=0.25)
    draw = randomise(ties, 1, 1)[0]
    assert isinstance(draw, TwoMode)
    assert (draw.actors, draw.networks, draw.coverage) == (ties.actors, ties.networks, 0.25)
    assert (draw.matrix.toarray() == randomise(SQUARE, 1, 1)[0]).all()


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
    assert "no other matrix" in test.text()
    assert "bara den observerade matrisen" in test.text("sv")
    still = mixing(matrix, 1, trades=2, chains=3)
    assert still.frame["overlap"].tolist() == [1.0] * 5
    assert np.isnan(still.tau)


def test_full_and_empty_lines_do_not_trade_and_long_ones_trade_more() -> None:
    pairs = schedule(np.array([0, 8, 3, 1, 1, 1]), 8, 10, np.array([1], dtype=np.uint64))
    assert set(pairs.ravel()) == {2, 3, 4, 5}
    assert (pairs[:, 0] != pairs[:, 1]).all()
    firsts = Counter(pairs[:, 0].tolist())
    assert firsts[2] > 15  # of 40: half in expectation, less what falls on a pair of its own


def test_every_pair_of_lines_meets() -> None:
    pairs = schedule(np.array([1, 5, 2, 2, 3]), 9, 60, np.array([9], dtype=np.uint64))
    met = {tuple(sorted(pair)) for pair in pairs.tolist()}
    assert met == set(itertools.combinations(range(5), 2))


# --- the same everywhere ---------------------------------------------------------------------------------------------


def overlapping(cells: Any) -> np.ndarray:
    """Rows that share at least one column with another, by row: a statistic of several values."""
    shared = cells @ cells.T
    return (shared > 0).sum(axis=1) - 1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_number_of_workers_changes_nothing(engine: Any) -> None:
    matrix = np.random.default_rng(4).random((30, 12)) < 0.3
    # More draws than one block of either engine holds.
    tests = [null_test(matrix, overlapping, 1500, 8, workers, engine=engine, trades=1) for workers in (1, 2, 3)]
    assert (tests[0].null == tests[1].null).all()
    assert (tests[0].null == tests[2].null).all()
    assert tests[0].frame.equals(tests[1].frame)
    draws = [list(randomise(matrix, 70, 8, trades=1, engine=engine, workers=workers)) for workers in (1, 2, 3)]
    assert (np.array(draws[0]) == np.array(draws[1])).all()
    assert (np.array(draws[0]) == np.array(draws[2])).all()


def test_a_draw_depends_on_its_number_and_the_seed_alone() -> None:
    all_draws = randomise(UNEVEN, 40, 6)
    later = randomise(UNEVEN, 10, 6, first=30)
    assert all((a == b).all() for a, b in zip(list(all_draws)[30:], later, strict=True))
    assert (all_draws[33] == later[3]).all()
    assert (all_draws[-1] == later[9]).all()
    assert all((a == b).all() for a, b in zip(all_draws[30:33], later[:3], strict=True))
    assert any((a != b).any() for a, b in zip(all_draws, randomise(UNEVEN, 40, 7), strict=True))
    with pytest.raises(IndexError):
        all_draws[40]


def test_another_process_gives_the_same_draws() -> None:
    code = (
        "import numpy as np; from natverk.twomode.nullmodel import randomise;"
        "draws = randomise(np.eye(6, 9, dtype=int) + np.eye(6, 9, 2, dtype=int), 4, 12345);"
        "print([int(item) for draw in draws for item in np.flatnonzero(draw)])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    here = randomise(np.eye(6, 9, dtype=int) + np.eye(6, 9, 2, dtype=int), 4, 12345)
    assert told.strip() == str([int(item) for draw in here for item in np.flatnonzero(draw)])


def test_the_draws_of_a_seed_stay_what_they_are() -> None:
    # Published results rest on it: a change of these numbers is a change for every user.
    draw = randomise(SQUARE, 1, 2026)[0]
    assert draw.tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]]


def test_importing_natverk_does_not_import_the_compiled_engine() -> None:
    code = "import sys, natverk; print(sorted({'numba', 'scipy'} & set(sys.modules)))"
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
    members = [np.frombuffer(item, dtype=np.uint8).reshape(4, 4) for item in all_with_margins(SQUARE)]
    ranks = []
    for number, matrix in enumerate(members * 4):
        test = null_test(matrix, lambda cells: (cells * np.arange(16).reshape(4, 4) ** 2).sum(), 9, number, trades=1)
        ranks.append(float(test.frame["p_high"][0]))
    share = np.mean(np.array(ranks) <= 0.2)
    assert share < 0.2 + 3 * np.sqrt(0.2 * 0.8 / len(ranks))


def test_the_text_says_what_the_test_is_conditional_on() -> None:
    ties = TwoMode(UNEVEN, list("abcd"), list("vwxyz"), coverage=0.04)
    test = null_test(ties, lambda item: item.matrix[[0, 1], :].sum(axis=0).max(), 99, 1, names=["shared"])
    assert test.text().startswith("Conditional on documentation")
    assert "4%" in test.text()
    assert "0.02" in test.text()
    assert test.text("sv").startswith("Resultatet är betingat på dokumentationen")
    assert test.frame["coverage"].tolist() == [0.04]
    fixed = null_test(UNEVEN, lambda cells: cells.sum(axis=0), 9, 1)
    assert "take the same value" in fixed.text()


def test_narrow_numbers_are_widened_for_the_statistic() -> None:
    seen: list[np.dtype[Any]] = []

    def products(cells: Any) -> float:
        seen.append(cells.dtype)
        return float((cells @ cells.T).max())

    for kind, expected in ((bool, np.int64), (np.int8, np.int64), (np.int32, np.int32), (np.float32, np.float32)):
        seen.clear()
        null_test(SQUARE.astype(kind), products, 2, 1)
        assert set(seen) == {np.dtype(expected)}


# --- mixing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_mixing_settles_within_the_default(engine: Any) -> None:
    rng = np.random.default_rng(2)
    weights = 1 / np.arange(1, 25) ** 0.8
    matrix = rng.random((80, 24)) < weights * 0.6
    found = mixing(matrix, 3, engine=engine)
    assert found.frame["overlap"][0] == 1.0
    assert found.frame["overlap"].is_monotonic_decreasing is False  # it fluctuates about its final value
    assert found.settled is not None
    assert 3 <= found.settled <= 8
    assert abs(found.frame["excess"][10]) < 0.01
    assert found.frame["autocorrelation"][0] == pytest.approx(1.0)
    assert 1 <= found.tau < 3
    assert found.ess == pytest.approx(found.n_samples / found.tau)
    assert "after" in found.text()
    assert "Efter" in found.text("sv")
    own = mixing(matrix, 3, engine=engine, chains=16, statistic=lambda cells: float(cells[:, 0] @ cells[:, 1]))
    assert not np.allclose(own.frame["statistic"], own.frame["overlap"])


def test_too_short_a_burn_in_is_told() -> None:
    matrix = np.random.default_rng(2).random((60, 60)) < 0.1
    found = mixing(matrix, 3, trades=1, chains=32)
    assert found.settled is None
    assert "more trades" in found.text()


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.array([[0, 2]]), "not binary: the cell \\(0, 1\\) is 2"),
        (np.array([[0, -1.0]]), "not binary"),
        (np.array([[0, np.nan]]), "not binary"),
        (np.array([[0, 1]], dtype=object), "not numbers"),
        (np.array([["0", "1"]]), "not numbers"),
        (np.zeros((2, 3)), "holds no tie"),
        (np.zeros((0, 3)), "shape \\(0, 3\\)"),
        (np.ones(3), "shape \\(3,\\)"),
        (sparse.coo_array((np.ones(2), ([0, 0], [1, 1])), shape=(2, 2)), "not binary: the cell \\(0, 1\\) is 2.0"),
        (sparse.csr_array((2, 2)), "holds no tie"),
    ],
)
def test_a_matrix_that_is_not_binary_or_empty_is_refused(matrix: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        randomise(matrix, 1, 1)


@pytest.mark.parametrize(
    "options",
    [
        {"seed": -1},
        {"seed": None},
        {"seed": 1.5},
        {"seed": True},
        {"seed": "1"},
        {"n": 0},
        {"n": 2.0},
        {"trades": 0},
        {"workers": 0},
        {"first": -1},
        {"start": "middle"},
        {"engine": "nunba"},
    ],
    ids=str,
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        randomise(FIVE, **({"n": 1, "seed": 1} | options))
    assert next(iter(options)) in str(caught.value)
    assert caught.value.allowed


def test_an_engine_that_is_not_installed_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natverk.twomode.nullmodel.find_spec", lambda name: None)
    with pytest.raises(InvalidArgument, match="pip install 'natverk\\[fast\\]'"):
        randomise(FIVE, 1, 1, engine="numba")
    assert Chains(FIVE, 1, 10, "auto", n=10**9).engine == "numpy"


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
