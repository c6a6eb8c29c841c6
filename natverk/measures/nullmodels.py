"""Null models: is a pattern more than what the margins of the matrix bring with them?

`randomise` draws matrices in which every row and every column has as many ties as in the given one, each
such matrix equally likely; `null_test` compares any statistic with its values in such draws; how well the
draws are mixed is shown by `natverk.measures.mixing`.

All of it is conditional on documentation: the margins are numbers of *attested* ties, so that the tests ask
whether the documented ties are arranged otherwise than their numbers suggest. What no source attests stays
outside; where sources attend to some places or networks more than to others, that shows in the margins and
is kept, but sources that follow *pairs* of places are not controlled for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice
from natverk.measures.curveball import STARTS, Chains, Engine, Start, positive
from natverk.measures.draws import Draws
from natverk.measures.twomode import TwoMode

__all__ = ["TRADES", "Draws", "NullTest", "null_test", "randomise", "tails"]

#: Trades per row (or column, if these are fewer) before a draw counts; argued in `randomise`.
TRADES = 10
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

    def text(self, lang: str = "en") -> str:
        """Say what the test is conditional on, how it was made, and what it cannot tell."""
        from natverk.locale import texts

        t = texts(lang)
        words = [t("nullmodels.conditional")]
        if self.coverage is not None:
            words.append(t("nullmodels.coverage", share=t.percent(self.coverage)))
        side = t(f"nullmodels.{self.side}")
        least = t.number(2 / (self.n + 1), 4)
        words.append(
            t("nullmodels.draws", n=t.number(self.n), seed=self.seed, trades=self.trades, side=side, least=least)
        )
        constant = int((self.frame["sd"] == 0).sum())
        if self.rigid:
            words.append(t("nullmodels.rigid"))
        elif constant:
            words.append(t("nullmodels.constant", n=t.number(constant), total=t.number(len(self.frame))))
        return " ".join(words)


def randomise(
    matrix: Any,
    n: int,
    seed: int,
    *,
    trades: int = TRADES,
    start: Start = "hub",
    first: int = 0,
    engine: Engine = "auto",
    workers: int = 1,
) -> Draws:
    """Draw matrices with the same row and column sums, each equally likely.

    Parameters
    ----------
    matrix
        Binary, actors × networks: a NumPy array, a SciPy sparse matrix or a `TwoMode`. Attested ties are 1;
        the draws are conditional on which ties are documented (see the module).
    n
        Number of draws.
    seed
        A whole number from 0. The same seed gives the same draws with any engine, number of workers and
        machine; draw number i does not depend on `n`.
    trades
        Trades per row (per column, if there are fewer columns): the burn-in of each draw. In ten, the share
        of ties that still stand where they stood *because* they stood there falls to about e⁻¹⁰, 1 in
        20,000: each trade per row moves the average tie once or more (see `curveball.schedule`). Measured
        at 290 × 60 and 10,000 × 300 with heavy tails, the mean overlap with the original is within 1 % of
        its final value after 6 (`bench/nullmodels.py`). The R packages backbone and incidentally take 5
        evenly drawn pairs per row by default; these matrices need 11 of such. Look at `mixing` for a
        matrix of an unusual form.
    start
        `"hub"` (default): all draws start from a matrix that a chain run *backwards* from the given one
        leads to. Draws and given matrix are then exchangeable under the null model, and p-values hold
        however short the burn-in is (Besag and Clifford 1989). `"observed"`: from the given matrix.
    first
        The number of the first draw: `randomise(m, 500, 1, first=500)` are the last 500 of
        `randomise(m, 1000, 1)`, so that processes or machines can share the work.
    engine
        `"numpy"`, `"numba"` (compiled, needs `natverk[fast]`), or `"auto"` (default): Numba where it is
        installed and the work is worth its start. Both give the same draws.
    workers
        Threads. Each takes up to 4 bytes a cell with Numba; with NumPy up to 128, and 13 at 10,000 × 300.

    Returns
    -------
    Draws
        A sequence of matrices of the type, shape and data type given (SciPy: CSR arrays). They are made
        anew each time they are asked for; `list(draws)` keeps them.

    Raises
    ------
    InvalidArgument
        If the matrix is not binary, has no row, column or tie, or a number is out of range.

    Notes
    -----
    Strona, Nappo, Boccacci, Fattorini and San-Miguel-Ayanz (2014), A fast and unbiased procedure to randomize
    ecological binary matrices with fixed row and column totals, Nature Communications 5: 4114. Every trade
    keeps the uniform distribution, whichever lines trade, and trades between all pairs reach every matrix:
    Carstens (2015), Proof of uniform sampling of binary matrices with fixed row sums and column sums for the
    fast Curveball algorithm, Physical Review E 91: 042812. Godard and Neal (2022), fastball: a fast algorithm
    to randomly sample bipartite graphs with fixed degree sequences, Journal of Complex Networks 10: cnac049.
    All draws share one random sequence of pairs, and deal independently.

    Examples
    --------
    >>> draws = randomise(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]]), 100, seed=1)
    >>> len(draws), draws[0].sum(axis=0).tolist(), draws[0].sum(axis=1).tolist()
    (100, [1, 2, 2], [2, 2, 1])
    """
    choice("start", start, STARTS)
    n, first = positive("n", n), positive("first", first, least=0)
    chains = Chains(matrix, seed, trades, engine, n)
    return Draws(chains, n, first, start, positive("workers", workers))


def null_test(
    matrix: Any,
    statistic: Callable[[Any], Any],
    n: int,
    seed: int,
    workers: int = 1,
    *,
    names: Sequence[str] | None = None,
    trades: int = TRADES,
    start: Start = "hub",
    engine: Engine = "auto",
) -> NullTest:
    """Compare statistics of a matrix with those of random matrices that have the same margins.

    Parameters
    ----------
    matrix, n, seed, trades, start, engine
        See `randomise`. Booleans and integers of less than 32 bits are widened to 64, so that products of
        the matrix do not overflow; give floats where matrix products are to be fast.
    statistic
        A function of a matrix (of the type given) that returns a number or a 1-D array of numbers; it must
        depend on nothing else.
    workers
        Threads for draws and statistics. A statistic in pure Python gains nothing from more than one.
    names
        What the statistics are called; default: the function's name, or numbers for an array.

    Returns
    -------
    NullTest
        `frame`: `item, observed`, `mean` and `sd` of the draws, `null_low` and `null_high` (their 2.5 and
        97.5 % points), `z` ((observed − mean) / sd; missing where the draws do not vary), `p_low` and
        `p_high` (shares at most and at least as great as observed), `p` (two-sided: twice the smaller, at
        most 1), `n` (draws), `coverage` (share of cells known; missing where nothing is known about that).
        The p-values count the observed matrix among the draws: (b + 1) / (n + 1), never 0 (Phipson and Smyth
        2010, Statistical Applications in Genetics and Molecular Biology 9: 39). `text` says that all is
        conditional on documentation.

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
    >>> from natverk.measures.nestedness import nodf
    >>> from natverk.measures.twomode import two_mode
    >>> test = null_test(two_mode(load(), year=2019), nodf, n=19, seed=1)
    >>> test.frame[["item", "n"]].values.tolist(), bool(0 < test.frame["p"][0] <= 1)
    ([['nodf', 19]], True)
    """
    draws = randomise(_wide(matrix), n, seed, trades=trades, start=start, engine=engine, workers=workers)
    chains = draws.chains
    given = next(chains.matrices(chains.observed[None, :, :, None], 1))
    observed = _values(statistic, given, "the given matrix", None)
    blocks = draws.map(partial(_block_values, statistic, size=observed.shape))
    null = np.concatenate(list(blocks)).reshape(len(draws), -1)
    scalar = observed.ndim == 0
    size = null.shape[1]
    default = [getattr(statistic, "__name__", "statistic")] if scalar else [str(item) for item in range(size)]
    labels = list(names) if names is not None else default
    if len(labels) != size:
        raise InvalidArgument(
            f"{len(labels)} names for {size} statistics", where="names", remedy="give each statistic one name"
        )
    frame = tails(observed.reshape(-1), null)
    coverage = matrix.coverage if isinstance(matrix, TwoMode) else None
    frame.insert(0, "item", pd.Series(labels, dtype="str"))
    frame["coverage"] = np.nan if coverage is None else coverage
    return NullTest(frame, null, len(draws), chains.seed, trades, chains.side, chains.rigid, coverage)


def tails(observed: NDArray[np.float64], null: NDArray[np.float64]) -> pd.DataFrame:
    """Return z-scores and permutation p-values of observed values beside draws, shape (draws, values).

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
            f"the draws have the shape {null.shape}, the observed values {observed.shape}", where="null",
            remedy="give at least one draw a row, with a value for each that is observed",
        )  # fmt: skip
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


def _block_values(statistic: Callable[[Any], Any], block: Iterator[Any], size: tuple[int, ...]) -> NDArray[np.float64]:
    return np.stack([_values(statistic, matrix, "a draw", size) for matrix in block])


def _values(statistic: Callable[[Any], Any], matrix: Any, what: str, size: tuple[int, ...] | None) -> NDArray[Any]:
    values = np.asarray(statistic(matrix), dtype=np.float64)
    if values.ndim > 1 or values.size == 0 or (size is not None and values.shape != size):
        expected = "a number or a 1-D array" if size is None else f"the shape {size}, as for the given matrix"
        raise InvalidArgument(
            f"the statistic of {what} has the shape {values.shape}", where="statistic", remedy=f"return {expected}"
        )
    if not np.isfinite(values).all():
        raise InvalidArgument(
            f"the statistic of {what} is {values.reshape(-1)[~np.isfinite(values.reshape(-1))][0]}",
            where="statistic",
            remedy="let it return a finite number for every matrix with these margins",
        )
    return values


def _wide(matrix: Any) -> Any:
    """Return the matrix with a data type in which its products do not overflow."""
    if isinstance(matrix, TwoMode):
        return matrix
    held = matrix if hasattr(matrix, "tocsr") else np.asarray(matrix)
    narrow = held.dtype.kind in "bu" or (held.dtype.kind == "i" and held.dtype.itemsize < 4)
    return held.astype(np.int64) if narrow else held
