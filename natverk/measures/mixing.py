"""Mixing: how many trades it takes until a randomised matrix has forgotten the one it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.measures.curveball import Chains, Engine, positive
from natverk.measures.nullmodels import TRADES

__all__ = ["Mixing", "mixing"]

# An overlap so near its final value, relatively, counts as settled.
_NEAR = 0.01
# A correlation below this is taken for noise, and the sum over lags ends before it.
_NOISE = 0.05


@dataclass(frozen=True, eq=False)
class Mixing:
    """How chains of trades leave the original matrix, and how soon their states are independent.

    Attributes
    ----------
    frame
        One row a number of trades per line, see `mixing`.
    trades, side
        The burn-in examined, in trades per row or per column (`side`).
    chance
        Mean overlap with the original after the burn-in: what chance alone gives (0–1).
    settled
        Trades per line after which the mean overlap is within 1 % of `chance`; None if not in the burn-in.
    tau
        Integrated autocorrelation time of the statistic after the burn-in, in trades per line; missing
        where it does not vary.
    n_samples, ess
        Samples taken after the burn-in (one per trade per line and chain), and how many independent ones
        they are worth.
    """

    frame: pd.DataFrame
    trades: int
    side: str
    chance: float
    settled: int | None
    tau: float
    n_samples: int
    ess: float

    def text(self, lang: str = "en") -> str:
        """Say how far the burn-in mixes, and how soon states are independent."""
        from natverk.locale import texts

        t = texts(lang)
        side = t(f"nullmodels.{self.side}")
        after = float(self.frame["overlap"].iloc[self.trades])
        shares = {"overlap": t.percent(after, 1), "chance": t.percent(self.chance, 1)}
        words = [t("nullmodels.overlap", trades=self.trades, side=side, **shares)]
        if self.settled is None:
            words.append(t("nullmodels.unsettled", side=side))
        else:
            words.append(t("nullmodels.settled", trades=self.settled, side=side))
        if np.isfinite(self.tau):
            numbers = {"samples": t.number(self.n_samples), "ess": t.number(self.ess)}
            words.append(t("nullmodels.tau", tau=t.number(self.tau, 1), side=side, **numbers))
        else:
            words.append(t("nullmodels.still"))
        return " ".join(words)


def mixing(
    matrix: Any,
    seed: int,
    *,
    trades: int = TRADES,
    chains: int = 128,
    statistic: Callable[[Any], float] | None = None,
    engine: Engine = "auto",
) -> Mixing:
    """Follow chains of trades from a matrix for twice the burn-in, and measure how they mix.

    Parameters
    ----------
    matrix, seed, trades, engine
        See `natverk.measures.nullmodels.randomise`; the chains are its first draws, started from the matrix.
    chains
        How many chains.
    statistic
        A function of a matrix that returns a number, whose autocorrelation is measured; None (default): the
        overlap with the original. Give the statistic of the test where that is what matters.

    Returns
    -------
    Mixing
        `frame`: `trades` (per line), `overlap` (mean share of the original ties that stand in the chains,
        0–1), `overlap_low` and `overlap_high` (5 and 95 % of the chains), `excess` (the overlap beyond
        chance, as a share of what it was at the start; missing where nothing can change), `statistic` (mean
        of the chains), `autocorrelation` (of the statistic after the burn-in, at a lag of so many trades
        per line; missing beyond the burn-in and where the statistic does not vary).

    Raises
    ------
    InvalidArgument
        See `natverk.measures.nullmodels.randomise`.

    Notes
    -----
    The autocorrelation time is 1 plus twice the sum of the autocorrelations before they fall below 0.05, in the
    manner of Geyer (1992), Practical Markov chain Monte Carlo, Statistical Science 7: 473–483. That the overlap
    has settled is necessary for good mixing, not sufficient; p-values with `start="hub"` do not depend on it.

    Examples
    --------
    >>> rows = np.random.default_rng(1).random((40, 12)) < 0.2
    >>> found = mixing(rows, seed=1, chains=32)
    >>> found.side, found.settled <= 10, float(found.frame["overlap"][0])
    ('columns', True, 1.0)
    """
    runner = Chains(matrix, seed, 2 * positive("trades", trades), engine, positive("chains", chains))
    parts = [
        _followed(runner, range(low, min(low + runner.lanes, chains)), statistic)
        for low in range(0, chains, runner.lanes)
    ]
    overlap = np.concatenate([part[0] for part in parts], axis=1)
    values = np.concatenate([part[1] for part in parts], axis=1)
    mean = overlap.mean(axis=1)
    chance = float(mean[trades:].mean())
    correlations = _correlations(values[trades:])
    noise = np.flatnonzero(correlations < _NOISE)
    until = noise[0] if len(noise) else len(correlations)
    tau = float(1 + 2 * correlations[1:until].sum())
    n_samples = values[trades:].size
    near = np.flatnonzero(mean[: trades + 1] - chance <= _NEAR * chance)
    frame = pd.DataFrame(
        {
            "trades": np.arange(2 * trades + 1),
            "overlap": mean,
            "overlap_low": np.quantile(overlap, 0.05, axis=1),
            "overlap_high": np.quantile(overlap, 0.95, axis=1),
            "excess": (mean - chance) / (1 - chance) if chance < 1 else np.nan,
            "statistic": values.mean(axis=1),
            "autocorrelation": np.concatenate([correlations, np.full(trades, np.nan)]),
        }
    )
    settled = int(near[0]) if len(near) else None
    return Mixing(frame, trades, runner.side, chance, settled, tau, n_samples, n_samples / tau)


def _followed(
    runner: Chains, numbers: range, statistic: Callable[[Any], float] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return overlap and statistic of some chains after each trade per line, shape (trades + 1, chains)."""
    bits, keys = runner.begin(runner.observed, runner.keys(numbers))
    per_round = len(runner.schedule) // runner.trades
    overlaps, values = [], []
    for number in range(runner.trades + 1):
        if number:
            done = (number - 1) * per_round
            runner.advance(bits, keys, runner.schedule[done : done + per_round], done)
        here = bits[0, :, :, : len(numbers)]
        shared = np.bitwise_count(here & runner.observed[:, :, None]).sum(axis=(0, 1), dtype=np.int64)
        overlaps.append(shared / runner.degrees.sum())
        if statistic is not None:
            values.append([float(statistic(matrix)) for matrix in runner.matrices(bits, len(numbers))])
    return np.array(overlaps), np.array(values if statistic is not None else overlaps)


def _correlations(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the autocorrelation at each lag, pooled over chains; missing where nothing varies."""
    deviations = values - values.mean()
    variance = float((deviations**2).mean())
    if variance <= 1e-18 * float((values**2).mean()):
        return np.full(len(values), np.nan)
    size = len(values)
    return np.array([(deviations[: size - lag] * deviations[lag:]).mean() / variance for lag in range(size)])
