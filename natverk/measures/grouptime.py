"""Group-time differences: what changed in a cohort against units not yet treated (Callaway & Sant'Anna)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.arguments import not_negative

__all__ = ["event_time_effects", "group_time_effects"]


def group_time_effects(
    frame: pd.DataFrame,
    *,
    unit: str = "unit",
    time: str = "time",
    outcome: str = "outcome",
    cohort: str = "cohort",
    before: int = 3,
    after: int = 3,
) -> pd.DataFrame:
    """Return the difference-in-differences of each cohort at each event time.

    For cohort g at time t: the mean change of the outcome from g − 1 to t in the cohort, less the mean change over
    the same time in the units not yet treated, those whose own treatment comes after both t and g − 1, or never.
    No covariates, no standard errors.

    Parameters
    ----------
    frame
        One row a unit and time.
    unit, time, outcome, cohort
        Column names. `cohort` is the time of treatment, the same in all rows of a unit; missing for units
        never treated in the data. A missing outcome is unknown: the unit is left out of the differences that
        need it, never counted as 0.
    before, after
        How many times before and after the treatment to look at. The base g − 1 has event time −1 and no row.

    Returns
    -------
    pd.DataFrame
        `cohort, time, event_time, effect` (in units of the outcome; missing without comparison),
        `n_treated, n_comparison` (units with both outcomes). Sorted.

    Raises
    ------
    InvalidArgument
        For a missing column, a unit that is there twice at one time or changes its cohort, or a window of
        nothing.

    References
    ----------
    Callaway, B. & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods. Journal of
    Econometrics 225, 200–230.

    Examples
    --------
    >>> rows = [(u, t, c, 1.0 * (t >= c)) for u, c in (("a", 2), ("b", 9)) for t in (0, 1, 2, 3)]
    >>> made = pd.DataFrame(rows, columns=["unit", "time", "cohort", "outcome"])
    >>> group_time_effects(made, after=1)[["cohort", "event_time", "effect"]].values.tolist()
    [[2.0, -2.0, 0.0], [2.0, 0.0, 1.0], [2.0, 1.0, 1.0]]
    """
    not_negative("before", before)
    not_negative("after", after)
    _check(frame, unit, time, outcome, cohort)
    wide = frame.pivot(index=unit, columns=time, values=outcome)
    # Values as floats: missing ones are NaN and fall out of the means.
    values = wide.to_numpy(dtype=float, na_value=np.nan)
    place = {int(str(t)): n for n, t in enumerate(wide.columns)}
    treated_at = frame.drop_duplicates(unit).set_index(unit)[cohort].reindex(wide.index)
    start = treated_at.to_numpy(dtype=float, na_value=np.inf)
    found = []
    for group in sorted({int(item) for item in start[np.isfinite(start)]}):
        base = place.get(group - 1)
        if base is None:
            continue
        for at in range(group - before, group + after + 1):
            if at == group - 1 or at not in place:
                continue
            change = values[:, place[at]] - values[:, base]
            known = np.isfinite(change)
            own, other = (start == group) & known, (start > max(at, group - 1)) & (start != group) & known
            effect = change[own].mean() - change[other].mean() if own.any() and other.any() else np.nan
            found.append((group, at, at - group, effect, int(own.sum()), int(other.sum())))
    columns = ["cohort", "time", "event_time", "effect", "n_treated", "n_comparison"]
    return pd.DataFrame(found, columns=columns).astype({"effect": "float64"})


def event_time_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Average group-time differences by event time, weighted by the size of the cohorts.

    Parameters
    ----------
    effects
        As `group_time_effects` gives them.

    Returns
    -------
    pd.DataFrame
        `event_time, effect, n_cohorts, n_treated`. Only cohorts with a comparison enter; the cohorts differ
        between event times, as their numbers show.

    References
    ----------
    Callaway & Sant'Anna (2021), section 3, see `group_time_effects`.

    Examples
    --------
    >>> both = pd.DataFrame({"event_time": [0, 0], "effect": [1.0, 4.0], "cohort": [2, 3], "n_treated": [2, 1]})
    >>> event_time_effects(both)["effect"].tolist()
    [2.0]
    """
    known = effects[effects["effect"].notna()]
    weighted = known.assign(total=known["effect"] * known["n_treated"])
    sums = weighted.groupby("event_time", as_index=False).agg(
        total=("total", "sum"), n_cohorts=("cohort", "nunique"), n_treated=("n_treated", "sum")
    )
    sums["effect"] = sums["total"] / sums["n_treated"]
    return sums[["event_time", "effect", "n_cohorts", "n_treated"]]


def _check(frame: pd.DataFrame, unit: str, time: str, outcome: str, cohort: str) -> None:
    for column in (unit, time, outcome, cohort):
        if column not in frame.columns:
            raise InvalidArgument(f"no column {column!r}", where="frame", allowed=list(frame.columns), value=column)
    if frame.empty:
        raise InvalidArgument("there are no rows", where="frame", remedy="give one row a unit and time")
    if frame.duplicated([unit, time]).any():
        raise InvalidArgument("a unit stands twice at one time", where="frame", remedy="give one row a unit and time")
    if (frame.groupby(unit)[cohort].nunique(dropna=False) > 1).any():
        raise InvalidArgument("a unit changes its cohort", where=f"frame[{cohort!r}]", remedy="one cohort a unit")
