"""Null models: is a pattern more than what the margins of the matrix bring with them?

`randomise` draws matrices in which every row and every column has as many ties as in the given one, each such matrix
equally likely; `null_test` compares any statistic with its values in such draws.

All of it is conditional on documentation: the margins are numbers of *attested* ties, so that the tests ask whether the
documented ties are arranged otherwise than their numbers suggest. What no source attests stays outside; where sources
attend to some places or networks more than to others, that shows in the margins and is kept, but sources that follow
*pairs* of places are not controlled for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import counted_from_one, not_negative
from natverk.twomode.matrix import IncidenceMatrix, binary

__all__ = [
    "NullTest",
    "TRADES",
    "null_test",
    "randomise",
    "tails",
]

#: Trades per row (or column, if these are fewer) before a draw counts; argued in `randomise`.
TRADES = 10
# So many draws are made side by side.
_BATCH = 100
# Two values of a statistic that differ by less, relatively, are ties: sums of the same numbers in another order.
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class NullTest:
    """Statistics beside their values under the null model.

    Attributes
    ----------
    frame
        One row a statistic, see `null_test`.
    null
        The values in the draws, shape (draws, statistics).
    n, seed, trades, side
        How the draws were made: their number, the seed, trades per line, and whether lines are `"rows"` or
        `"columns"`.
    rigid
        Whether the margins leave only the one matrix.
    coverage
        Share of the cells that are known (0–1), None where nothing is known about that.
    """

    frame: pd.DataFrame
    null: NDArray[np.float64]
    n: int
    seed: int
    trades: int
    side: str
    rigid: bool
    coverage: float | None

    def _repr_html_(self) -> str:
        """Show the statistics in a notebook."""
        return self.frame.to_html()


def randomise(matrix: Any, n: int, seed: int, *, trades: int = TRADES) -> Iterator[Any]:
    """Draw matrices with the same row and column sums, each equally likely.

    Parameters
    ----------
    matrix
        Binary, actors × networks: an `IncidenceMatrix`, a NumPy array or a SciPy sparse matrix. Attested ties are 1;
        the draws are conditional on which ties are documented (see the module).
    n
        Number of draws.
    seed
        A whole number from 0. The same seed and number of draws give the same draws.
    trades
        Trades per row (per column, if there are fewer columns): the burn-in of each draw. On the matrix of the
        networks that are open to both levels, with its few long columns, draws share 28 % of their ties with the
        matrix they start from after 2 trades, 16 % after 6, and from 8 on the 15 % that chance alone gives. The R
        packages backbone and incidentally take 5 evenly drawn pairs a row.

    Yields
    ------
    IncidenceMatrix or np.ndarray
        An `IncidenceMatrix` with the given labels where one was given, otherwise an array of integers.

    Raises
    ------
    InvalidArgument
        If the matrix is not binary, has no row, column or tie, or a number is out of range.

    Notes
    -----
    Curveball: Strona, Nappo, Boccacci, Fattorini and San-Miguel-Ayanz (2014), A fast and unbiased procedure to
    randomize ecological binary matrices with fixed row and column totals, Nature Communications 5: 4114. Every trade
    keeps the uniform distribution, whichever lines trade, and trades between all pairs reach every matrix: Carstens
    (2015), Proof of uniform sampling of binary matrices with fixed row sums and column sums for the fast Curveball
    algorithm, Physical Review E 91: 042812.

    All draws start from one matrix that a chain of the same length has led to from the given one. As the chain runs
    backwards as it runs forwards, draws and given matrix are exchangeable under the null model, and p-values hold
    however short the burn-in is: Besag and Clifford (1989), Generalized Monte Carlo significance tests, Biometrika
    76: 633–642.

    Examples
    --------
    >>> draws = list(randomise(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]]), 100, seed=1))
    >>> len(draws), draws[0].sum(axis=0).tolist(), draws[0].sum(axis=1).tolist()
    (100, [1, 2, 2], [2, 2, 1])
    """
    cells = matrix.matrix if isinstance(matrix, IncidenceMatrix) else binary(matrix)
    counted_from_one("n", n)
    counted_from_one("trades", trades)
    not_negative("seed", seed)
    return _draws(matrix, cells, n, seed, trades)


def _draws(matrix: Any, cells: NDArray[np.int64], n: int, seed: int, trades: int) -> Iterator[Any]:
    """Make the draws, many side by side; the shorter side of the matrix trades."""
    turned = _side(cells) == "columns"
    lines = (cells.T if turned else cells) == 1
    start = _traded(lines[None], trades, np.random.default_rng([seed, 0]))
    for first in range(0, n, _BATCH):
        batch = np.repeat(start, min(_BATCH, n - first), axis=0)
        for drawn in _traded(batch, trades, np.random.default_rng([seed, 1 + first])).astype(np.int64):
            own = drawn.T if turned else drawn
            yield replace(matrix, matrix=own) if isinstance(matrix, IncidenceMatrix) else own


def _traded(draws: NDArray[np.bool_], trades: int, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Return matrices of the same margins after trades: two lines deal anew between them what only one of them has.

    The first line of a trade is drawn in proportion to its ties, or to its gaps where these are fewer: then every tie
    leaves its line at about the same rate. Lines that are empty or full have nothing to trade.

    Parameters
    ----------
    draws
        Shape (draws, lines, places); changed in place.
    """
    number, length = np.arange(len(draws)), draws.shape[2]
    ties = draws[0].sum(axis=1)
    weights = np.minimum(ties, length - ties)
    active = np.flatnonzero(weights)
    if len(active) < 2:
        return draws
    steps = (trades * len(active), len(draws))
    firsts = chance.choice(active, steps, p=weights[active] / weights.sum())
    for one, other in zip(firsts, chance.choice(active, steps), strict=True):
        ours, theirs = draws[number, one], draws[number, other]
        both, differ = ours & theirs, ours ^ theirs
        # The hand of the first line are the places with the least random numbers, as many as it had of its own.
        keys = np.where(differ, chance.random(differ.shape), 2.0)
        limit = np.take_along_axis(np.sort(keys, axis=1), (ours & differ).sum(axis=1)[:, None], axis=1)
        hand = keys < limit
        draws[number, one], draws[number, other] = both | hand, both | (differ & ~hand)
    return draws


def _side(cells: NDArray[np.int64]) -> str:
    """Say whether rows or columns trade: the fewer lines there are, the fewer trades it takes."""
    return "rows" if cells.shape[0] <= cells.shape[1] else "columns"


def null_test(
    matrix: Any,
    statistic: Callable[[Any], Any],
    n: int,
    seed: int,
    *,
    names: Sequence[str] | None = None,
    trades: int = TRADES,
) -> NullTest:
    """Compare statistics of a matrix with those of random matrices that have the same margins.

    Parameters
    ----------
    matrix, n, seed, trades
        See `randomise`.
    statistic
        A function of an `IncidenceMatrix` where one is given, otherwise of an array of 64-bit integers. It returns a
        number, a 1-D array of numbers, or numbers by name (a dict), and must depend on nothing else.
    names
        What the statistics are called; default: the names of the dict, the function's name, or numbers for an array.

    Returns
    -------
    NullTest
        `frame`: `item, observed`, `mean` and `sd` of the draws, `null_low` and `null_high` (their 2.5 and
        97.5 % points), `z` ((observed − mean) / sd; missing where the draws do not vary), `p_low` and
        `p_high` (shares at most and at least as great as observed), `p` (two-sided: twice the smaller, at
        most 1), `n` (draws), `coverage` (share of cells known; missing where nothing is known about that).
        The p-values count the observed matrix among the draws: (b + 1) / (n + 1), never 0 (Phipson and Smyth
        2010, Statistical Applications in Genetics and Molecular Biology 9: 39).

    Raises
    ------
    InvalidArgument
        See `randomise`; and if a statistic is missing, infinite, or not always of the same length.

    Notes
    -----
    Besag and Clifford (1989), Generalized Monte Carlo significance tests, Biometrika 76: 633–642. Several
    statistics are several tests: p-values are not adjusted for their number.

    Examples
    --------
    Are the documented networks of actors more nested than their numbers imply?

    >>> from natverk import load
    >>> from natverk.twomode import incidence_matrix, nodf
    >>> test = null_test(incidence_matrix(load(), year=2019), nodf, n=19, seed=1)
    >>> test.frame[["item", "n"]].values.tolist(), bool(0 < test.frame["p"][0] <= 1)
    ([['nodf', 19]], True)
    """
    draws = randomise(matrix, n, seed, trades=trades)
    given = matrix if isinstance(matrix, IncidenceMatrix) else binary(matrix)
    cells = given.matrix if isinstance(given, IncidenceMatrix) else given
    first = statistic(given)
    observed = _values(first, "the given matrix", None)
    null = np.stack([_values(statistic(draw), "a draw", observed.shape) for draw in draws]).reshape(n, -1)
    if isinstance(first, Mapping):
        default = [str(name) for name in first]
    elif observed.ndim == 0:
        default = [getattr(statistic, "__name__", "statistic")]
    else:
        default = [str(number) for number in range(len(observed))]
    labels = default if names is None else list(names)
    if len(labels) != null.shape[1]:
        raise InvalidArgument(
            f"{len(labels)} names for {null.shape[1]} statistics", where="names", remedy="give each statistic one name"
        )
    frame = tails(observed.reshape(-1), null)
    coverage = given.coverage if isinstance(given, IncidenceMatrix) else None
    frame.insert(0, "item", pd.Series(labels, dtype=TEXT))
    frame["coverage"] = np.nan if coverage is None else coverage
    # Where each row lies within the one before it, no two of them can trade.
    packed = cells[np.argsort(-cells.sum(axis=1), kind="stable")]
    rigid = not (packed[1:] > packed[:-1]).any()
    return NullTest(frame, null, n, seed, trades, _side(cells), rigid, coverage)


def tails(observed: NDArray[np.float64], null: NDArray[np.float64]) -> pd.DataFrame:
    """Return z-scores and permutation p-values of observed values beside draws.

    Parameters
    ----------
    observed
        The observed values.
    null
        The same values of every draw, shape (draws, values).

    Returns
    -------
    pd.DataFrame
        The columns of `null_test` from `observed` to `n`.

    Raises
    ------
    InvalidArgument
        If there is no draw, or a draw has another number of values than are observed.

    References
    ----------
    Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in
    Genetics and Molecular Biology 9, 39.

    Examples
    --------
    Two of nine draws reach the observed 8: (2 + 1) / (9 + 1), and twice that for both sides.

    >>> frame = tails(np.array([8.0]), np.arange(1.0, 10.0)[:, None])
    >>> frame[["p_low", "p_high", "p"]].values.tolist()
    [[0.9, 0.3, 0.6]]
    """
    n = len(null)
    if not n or null.shape[1:] != observed.shape:
        raise InvalidArgument(
            f"the draws have the shape {null.shape}, the observed values {observed.shape}",
            where="null",
            remedy="give at least one draw a row, with a value for each that is observed",
        )
    tied = np.abs(null - observed) <= _TIE * np.maximum(np.abs(null), np.abs(observed))
    p_low = (1 + ((null < observed) | tied).sum(axis=0)) / (n + 1)
    p_high = (1 + ((null > observed) | tied).sum(axis=0)) / (n + 1)
    mean = null.mean(axis=0)
    # Draws that are ties of one another do not vary; what the rounding of sums makes of them is no deviation.
    spread = null.max(axis=0) - null.min(axis=0)
    varies = spread > _TIE * np.abs(null).max(axis=0)
    sd = np.where(varies, null.std(axis=0, ddof=1) if n > 1 else 0.0, 0.0)
    low, high = np.quantile(null, [0.025, 0.975], axis=0)
    z = np.divide(observed - mean, sd, out=np.full_like(mean, np.nan), where=sd > 0)
    p = np.minimum(1.0, 2 * np.minimum(p_low, p_high))
    columns = {"observed": observed, "mean": mean, "sd": sd, "null_low": low, "null_high": high}
    return pd.DataFrame(columns | {"z": z, "p_low": p_low, "p_high": p_high, "p": p, "n": n})


def _values(given: Any, what: str, shape: tuple[int, ...] | None) -> NDArray[np.float64]:
    """Return what a statistic gave as numbers, or raise where it is none or has another shape than before."""
    values = np.asarray(list(given.values()) if isinstance(given, Mapping) else given, dtype=np.float64)
    if values.ndim > 1 or values.size == 0 or (shape is not None and values.shape != shape):
        expected = "a number, a 1-D array or a dict" if shape is None else f"the shape {shape}, as for the given matrix"
        raise InvalidArgument(
            f"the statistic of {what} has the shape {values.shape}", where="statistic", remedy=f"return {expected}"
        )
    if not np.isfinite(values).all():
        raise InvalidArgument(
            f"the statistic of {what} is {values[~np.isfinite(values)].flat[0]}",
            where="statistic",
            remedy="let it return a finite number for every matrix with these margins",
        )
    return values
