"""Estimators of survival: the product-limit estimate with delayed entry, and Turnbull's for intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.said import checked_superpopulation

__all__ = ["kaplan_meier", "turnbull"]


def kaplan_meier(frame: pd.DataFrame, *, superpopulation: str | None = None) -> pd.DataFrame:
    """Return the product-limit estimate with delayed entry.

    At each year of exit the share of those at risk who did not leave; a spell is at risk after its `entry` and
    up to its `time`. Where few are at risk early on, one exit moves the whole curve: read `n_risk` with it.

    Parameters
    ----------
    frame
        One row a spell: `entry`, `time` (greater than `entry`), `event` (1 exit, 0 censored). No cell may be
        missing: an unknown start has no place on this scale.
    superpopulation
        What the spells are thought to be drawn from, in words; only then is there a standard error
        (Greenwood).

    Returns
    -------
    pd.DataFrame
        `time, n_risk, n_events, survival`, and `std_error` on request; one row a year with an exit.

    Raises
    ------
    InvalidArgument
        For missing columns or cells, a time not after its entry, or an event other than 0 and 1.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the
    American Statistical Association 53, 457–481. Tsai, W.-Y., Jewell, N. P. & Wang, M.-C. (1987). A note on
    the product-limit estimator under right censoring and left truncation. Biometrika 74, 883–886.

    Examples
    --------
    >>> own = pd.DataFrame({"entry": [0, 0, 2], "time": [1, 3, 4], "event": [1, 1, 0]})
    >>> kaplan_meier(own).values.tolist()
    [[1.0, 2.0, 1.0, 0.5], [3.0, 2.0, 1.0, 0.25]]
    """
    checked_superpopulation(superpopulation)
    columns = ["entry", "time", "event"]
    for column in columns:
        if column not in frame.columns:
            raise InvalidArgument(f"no column {column!r}", where="frame", allowed=columns, value=column)
    if frame[columns].isna().any(axis=None):
        raise InvalidArgument(
            "some spells have no entry, time or event", where="frame", remedy="keep the rows that enter"
        )
    if not frame["event"].isin([0, 1]).all():
        raise InvalidArgument("an event is neither 0 nor 1", where="frame['event']", allowed=["0", "1"])
    if (frame["entry"] >= frame["time"]).any():
        raise InvalidArgument(
            "a spell ends no later than it comes under observation", where="frame", remedy="keep entry < time"
        )
    names = ["time", "n_risk", "n_events", "survival"] + ["std_error"] * (superpopulation is not None)
    if not frame["event"].any():
        return pd.DataFrame(columns=names, dtype="float64")
    # Slow to import, and most selections have too few exits for a curve.
    from statsmodels.duration.survfunc import SurvfuncRight

    fit = SurvfuncRight(
        frame["time"].to_numpy(dtype=float),
        frame["event"].to_numpy(dtype=int),
        entry=frame["entry"].to_numpy(dtype=float),
    )
    result = {
        "time": fit.surv_times,
        "n_risk": fit.n_risk.astype("int64"),
        "n_events": fit.n_events.astype("int64"),
        "survival": fit.surv_prob,
    }
    if superpopulation is not None:
        result["std_error"] = fit.surv_prob_se
    return pd.DataFrame(result)


def turnbull(
    lower: Sequence[float], upper: Sequence[float], *, tolerance: float = 1e-10, max_steps: int = 100_000
) -> pd.DataFrame:
    """Return the nonparametric maximum-likelihood estimate for interval-censored times (Turnbull).

    Each case exits in the half-open interval (`lower`, `upper`]; an infinite `upper` is right-censored, equal
    bounds are an exact time. The estimate puts mass on the innermost intervals only, and says nothing about
    where within them. Found by self-consistency (EM) from equal masses.

    Parameters
    ----------
    lower, upper
        The bounds, in the same unit, from 0.
    tolerance, max_steps
        When to stop: the largest change of a mass, and the most steps.

    Returns
    -------
    pd.DataFrame
        `after, before` (the innermost interval), `mass` (share of cases, 0–1), `survival` (share left after
        it). What is never seen to exit stands in a row with infinite `before` and missing `survival`.

    Raises
    ------
    InvalidArgument
        For bounds of different length, missing, negative or the wrong way round, or no case at all; and when
        the steps do not suffice.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated
    data. Journal of the Royal Statistical Society B 38, 290–295.

    Examples
    --------
    >>> turnbull([0, 0, 2, 4], [2, 4, 4, float("inf")])[["after", "before", "mass"]].round(3).values.tolist()
    [[0.0, 2.0, 0.375], [2.0, 4.0, 0.375], [4.0, inf, 0.25]]
    """
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    if low.shape != high.shape or low.ndim != 1 or not low.size:
        raise InvalidArgument(
            f"{low.size} lower and {high.size} upper bounds", where="lower, upper", remedy="give two bounds a case"
        )
    if not (np.isfinite(low).all() and (low >= 0).all() and (low <= high).all()):
        raise InvalidArgument(
            "a bound is missing, negative or the wrong way round", where="lower, upper", remedy="keep 0 ≤ lower ≤ upper"
        )
    values = np.unique(np.concatenate([low, high]))
    # Order at the same value: an exact time opens before a right bound closes, an open left bound after it.
    starts = 3 * np.searchsorted(values, low) + np.where(low == high, 0, 2)
    ends = 3 * np.searchsorted(values, high) + 1
    opening, closing = np.unique(starts), np.unique(ends)
    following = closing[np.searchsorted(closing, opening)]
    innermost = following < np.append(opening[1:], np.iinfo(np.int64).max)
    a, b = opening[innermost], following[innermost]
    covers = ((starts[:, None] <= a) & (b <= ends[:, None])).astype(float)
    mass = np.full(len(a), 1 / len(a))
    for _ in range(max_steps):
        shares = covers * mass
        new = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
        change = float(np.abs(new - mass).max())
        mass = new
        if change < tolerance:
            break
    else:
        raise InvalidArgument(f"no convergence in {max_steps} steps", where="max_steps", remedy="allow more steps")
    kept = mass > tolerance**0.5
    mass = mass[kept] / mass[kept].sum()
    frame = pd.DataFrame({"after": values[a[kept] // 3], "before": values[b[kept] // 3], "mass": mass})
    frame["survival"] = (1 - frame["mass"].cumsum()).clip(lower=0).round(12).where(np.isfinite(frame["before"]))
    return frame
