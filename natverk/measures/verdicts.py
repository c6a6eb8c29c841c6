"""Verdicts: the written rule that turns judgements of criteria into a recommendation, on whole arrays.

`portfolio` is its public face; here stand the scale, the thresholds and the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk.data.vocabulary import VOCABULARIES
from natverk.errors import InvalidArgument

__all__ = [
    "CORE",
    "CRITERIA",
    "HIGHEST",
    "LOWEST",
    "Numbers",
    "RECOMMENDATIONS",
    "Rule",
    "averaged",
    "checked",
    "completions",
    "means",
    "verdicts",
    "weights_of",
]

Numbers = npt.NDArray[np.float64]

#: The criteria that are scored; `overall` is a summary of them and no criterion.
CRITERIA = tuple(item for item in VOCABULARIES["criterion"] if item != "overall")
#: The four purposes of international work that Stockholm's review of 2011 tries the networks on.
CORE = ("positioning", "service_development", "monitoring", "influence")
#: What the rule can give; `undecided` is a verdict (the mean is neutral), nothing judged is a missing value.
RECOMMENDATIONS = ("expand", "continue", "use_selectively", "leave", "undecided")

LOWEST, HIGHEST = -2, 2
_DIGITS = 9  # a mean of thirds that is 1 on paper must not fall short of 1 in floating point
_SINGLE = ("actor_id", "evaluator_kind", "year")


@dataclass(frozen=True)
class Rule:
    """The written rule and its thresholds.

    Mean of the judged criteria below `leave_below` → leave. Above `keep_above`, and at least `breadth` of
    the `core` criteria judged positive → continue, and expand from a mean of `expand_from`. Above
    `keep_above` on fewer → use selectively. Otherwise undecided.

    Parameters
    ----------
    leave_below, keep_above
        Default 0, the neutral point of the scale −2 … 2: any lean to one side counts.
    expand_from
        Default 1, the step "positive": to do more takes a network that is good on average, not just not bad.
    breadth
        Default 3 of 4: a network that serves most purposes earns lasting work, one that serves some is used
        for those.
    core
        The criteria that breadth counts. Breadth counts judgements, whatever their weight in the mean.

    Raises
    ------
    InvalidArgument
        If the thresholds are out of order or off the scale, or the core is no set of criteria.

    Examples
    --------
    >>> Rule(breadth=2).expand_from
    1.0
    """

    leave_below: float = 0.0
    keep_above: float = 0.0
    expand_from: float = 1.0
    breadth: int = 3
    core: tuple[str, ...] = CORE

    def __post_init__(self) -> None:
        if not LOWEST <= self.leave_below <= self.keep_above <= self.expand_from <= HIGHEST:
            raise InvalidArgument(
                f"the thresholds {self.leave_below}, {self.keep_above}, {self.expand_from} are out of order",
                where="Rule",
                remedy=f"give {LOWEST} <= leave_below <= keep_above <= expand_from <= {HIGHEST}",
            )
        for name in self.core:
            _known(name, "core")
        if not self.core or len(set(self.core)) < len(self.core):
            raise InvalidArgument("the core is empty or names a criterion twice", where="core", allowed=CRITERIA)
        if isinstance(self.breadth, bool) or self.breadth not in range(len(self.core) + 1):
            allowed = range(len(self.core) + 1)
            raise InvalidArgument(f"breadth is {self.breadth!r}", where="breadth", allowed=allowed)


def weights_of(weights: Mapping[str, float] | None) -> Numbers:
    """Return the weights in the order of `CRITERIA`; None weighs all alike.

    Raises
    ------
    InvalidArgument
        If a criterion is unknown, a weight negative or no number, or the sum not 1.

    >>> weights_of({"positioning": 0.75, "influence": 0.25}).tolist()
    [0.75, 0.0, 0.0, 0.25, 0.0, 0.0, 0.0]
    """
    if weights is None:
        return np.full(len(CRITERIA), 1 / len(CRITERIA))
    for name, value in weights.items():
        _known(name, "weights")
        if not (math.isfinite(value) and value >= 0):
            raise InvalidArgument(f"the weight of {name} is {value}", where="weights", remedy="give weights from 0")
    total = math.fsum(weights.values())
    if abs(total - 1) > 10**-_DIGITS:
        raise InvalidArgument(f"the weights sum to {total:g}, not 1", where="weights", remedy="divide each by the sum")
    return np.array([weights.get(name, 0.0) for name in CRITERIA])


def checked(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the judgements that count: `network_id, criterion, judgement` (float), `row_id`; blanks left out.

    Raises
    ------
    InvalidArgument
        If a column is missing, a criterion unknown, a judgement off the scale, or there are several
        evaluators or years: those are never averaged.
    """
    for name in ("network_id", "criterion", "judgement"):
        if name not in judged.columns:
            raise InvalidArgument(
                f"there is no column {name!r}", where="judged", allowed=judged.columns, remedy="start from sheet()"
            )
    for name in _SINGLE:
        if name in judged.columns and judged[name].nunique(dropna=False) > 1:
            raise InvalidArgument(
                f"the judgements are of several values of {name}",
                where="judged",
                remedy=f"evaluators and years are never averaged: score each {name} by itself",
            )
    rows = judged[judged["criterion"] != "overall"]
    for name in rows["criterion"].unique():
        _known(name, "judged, column criterion")
    blank = rows["judgement"].isna() | (rows["judgement"].astype("str").str.strip() == "")
    given = rows[~blank]
    numbers = pd.to_numeric(given["judgement"], errors="coerce").astype(float)
    truths = given["judgement"].map(lambda value: isinstance(value, bool)).astype(bool)
    wrong = ~numbers.isin(range(LOWEST, HIGHEST + 1)) | truths
    if wrong.any():
        value = given.loc[wrong, "judgement"].iloc[0]
        raise InvalidArgument(
            f"{value!r} is no judgement", where="judged", allowed=range(LOWEST, HIGHEST + 1), remedy="whole steps only"
        )
    row_id = given["row_id"].astype("str") if "row_id" in given.columns else pd.Series("", index=given.index)
    kept = {"network_id": given["network_id"], "criterion": given["criterion"], "judgement": numbers, "row_id": row_id}
    return pd.DataFrame(kept).reset_index(drop=True)


def averaged(criteria: pd.Series, values: Numbers) -> Numbers:
    """Average repeated judgements: values of shape (draws, rows) become (draws, criteria), missing as NaN.

    >>> averaged(pd.Series(["influence", "influence"]), np.array([[0.0, -1.0]]))[0, 3]
    np.float64(-0.5)
    """
    place = criteria.to_numpy()[:, None] == np.array(CRITERIA)[None, :]
    counts = place.sum(axis=0)
    # Sums of whole steps are exact; dividing afterwards keeps a sum of zero at zero.
    result: Numbers = np.full((len(values), len(CRITERIA)), np.nan)
    np.divide(values @ place, counts, out=result, where=counts > 0)
    return result


def means(values: Numbers, weights: Numbers) -> Numbers:
    """Return the weighted mean of the judged criteria; NaN where no judged criterion weighs anything."""
    judged = ~np.isnan(values)
    total = (weights * judged).sum(axis=-1)
    sums = (weights * np.where(judged, values, 0.0)).sum(axis=-1)
    result: Numbers = np.full(total.shape, np.nan)
    np.divide(sums, total, out=result, where=total > 0)
    return result.round(_DIGITS)


def verdicts(values: Numbers, weights: Numbers, rule: Rule) -> npt.NDArray[np.intp]:
    """Apply the rule to many sets of judgements: places in `RECOMMENDATIONS`, −1 where nothing is judged.

    >>> grid = np.array([[2, 2, np.nan, np.nan, 2, np.nan, np.nan]])
    >>> RECOMMENDATIONS[verdicts(grid, weights_of(None), Rule())[0]]
    'use_selectively'
    """
    mean = means(values, weights)
    core = np.isin(CRITERIA, rule.core)
    broad = ((values > 0) & core).sum(axis=-1) >= rule.breadth
    keep = mean > rule.keep_above
    choices = [np.isnan(mean), mean < rule.leave_below, keep & broad & (mean >= rule.expand_from), keep & broad, keep]
    places = [-1, *(RECOMMENDATIONS.index(name) for name in ("leave", "expand", "continue", "use_selectively"))]
    return np.select(choices, places, default=RECOMMENDATIONS.index("undecided")).astype(np.intp)


def completions(values: Numbers) -> Numbers:
    """Return every way to fill the missing judgements of one network with whole steps of the scale.

    >>> completions(np.array([1.0, np.nan])).tolist()
    [[1.0, -2.0], [1.0, -1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]
    """
    missing = np.flatnonzero(np.isnan(values))
    fills = np.array(list(product(range(LOWEST, HIGHEST + 1), repeat=len(missing))), dtype=float)
    filled = np.repeat(values[None, :], len(fills), axis=0)
    filled[:, missing] = fills
    return filled


def _known(name: str, where: str) -> None:
    if name not in CRITERIA:
        raise InvalidArgument(f"unknown criterion {name!r}", where=where, allowed=CRITERIA, value=name)
