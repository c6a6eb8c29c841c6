"""Agreement: how far several coders who read the same material give the same codes.

Krippendorff's alpha by his coincidence matrix. Own code: the maintained library for it is under the GPL,
which would bind what others build on natverk; the tests compare the two. `coding` is the public face.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice

__all__ = ["LEVELS", "Level", "alpha", "coincidences", "interval", "percent_agreement"]

Numbers = npt.NDArray[np.float64]
Level = Literal["nominal", "ordinal"]
#: Levels of measurement: codes that are just different, and codes in an order.
LEVELS = ("nominal", "ordinal")
_BLOCK = 200  # draws at a time: bounds the memory of the bootstrap


def alpha(ratings: pd.DataFrame, *, level: Level = "nominal", order: Sequence[Any] | None = None) -> float:
    """Return Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give, below 0 worse than that.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank or missing where a coder gave no code. A unit that fewer
        than two coders coded tells nothing and is left out.
    level
        `"nominal"` (default) or `"ordinal"`: then codes far apart disagree more.
    order
        Ordinal: the codes from lowest to highest. None: by number, if all codes are numbers.

    Returns
    -------
    float
        NaN where alpha is not defined: no unit with two codes, or one single code throughout.

    Raises
    ------
    InvalidArgument
        For an unknown level, an order that lacks a code, or codes without numbers and without an order.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania,
    Annenberg School for Communication. Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    The published example: four observers, twelve units (Krippendorff 2011, section C).

    >>> rows = ["123321412***", "1233224125*3", "*3332342251*", "12332441251*"]
    >>> ratings = pd.DataFrame([list(row) for row in rows]).T.replace("*", None)
    >>> round(alpha(ratings), 3), round(alpha(ratings, level="ordinal"), 3)
    (0.743, 0.815)
    """
    codes = _codes(ratings, level, order)
    counts = _counts(ratings, codes)
    return float(_alphas(_coincident(counts)[None, :, :], level)[0])


def interval(
    ratings: pd.DataFrame,
    *,
    level: Level = "nominal",
    order: Sequence[Any] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float, int]:
    """Return a bootstrap interval of alpha: low, high, and the draws in which alpha was defined.

    The units that two coders coded are drawn anew with replacement, and the interval lies between the
    percentiles. With few units it is wide, and too narrow still.

    Parameters
    ----------
    ratings, level, order
        As in `alpha`.
    draws, confidence, seed
        Number of draws, share of them within the interval (0–1), and seed: the same seed, the same interval.

    Returns
    -------
    tuple[float, float, int]
        The lower and upper bound (NaN where alpha was defined in no draw), and the number of draws with an alpha.

    Raises
    ------
    InvalidArgument
        For no draws, a confidence outside 0–1, a negative seed, or codes without an order.

    References
    ----------
    Zapf, A., Castell, S., Morawietz, L. & Karch, A. (2016). Measuring inter-rater reliability for nominal
    data. BMC Medical Research Methodology 16, 93.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Anna": list("aabbab"), "Bo": list("aabbbb")})
    >>> low, high, defined = interval(ratings, draws=200)
    >>> low < alpha(ratings) < high
    True
    """
    fits = {"draws": draws > 0, "confidence": 0 < confidence < 1, "seed": seed >= 0}
    for name in (name for name, right in fits.items() if not right):
        remedy = "give at least one draw, a confidence between 0 and 1, and a seed from 0"
        raise InvalidArgument(f"{name} is out of range", where=name, remedy=remedy)
    counts = _counts(ratings, _codes(ratings, level, order))
    if counts.size == 0:
        return np.nan, np.nan, 0
    units, n_codes = counts.shape
    per_unit = np.stack([_coincident(unit[None, :]).ravel() for unit in counts])
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, _BLOCK):
        times = rng.multinomial(units, np.full(units, 1 / units), size=min(_BLOCK, draws - start))
        found.append(_alphas((times @ per_unit).reshape(-1, n_codes, n_codes), level))
    alphas = np.concatenate(found)
    alphas = alphas[~np.isnan(alphas)]
    if not len(alphas):
        return np.nan, np.nan, 0
    low, high = np.quantile(alphas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), len(alphas)


def coincidences(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the coincidence matrix: how often two codes meet in a unit, each unit by its number of codes.

    Parameters
    ----------
    ratings
        As in `alpha`.

    Returns
    -------
    pd.DataFrame
        Square and symmetric, codes as index and columns; the sum is the number of codes that can be paired.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> coincidences(pd.DataFrame({"Anna": ["a", "b", "b"], "Bo": ["a", "b", "a"]})).values.tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    codes = _codes(ratings, "nominal", None)
    return pd.DataFrame(_coincident(_counts(ratings, codes)), index=codes, columns=codes)


def percent_agreement(ratings: pd.DataFrame) -> float:
    """Return the share (0–1) of pairs of codes of one unit that are equal; NaN without any pair.

    Chance is not taken out: with few codes, much of it is luck.

    Parameters
    ----------
    ratings
        As in `alpha`.

    Returns
    -------
    float
        0–1; NaN where no unit has two codes.

    References
    ----------
    Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    >>> percent_agreement(pd.DataFrame({"Anna": ["a", "b", "b"], "Bo": ["a", "b", None], "Cia": ["b", "b", None]}))
    0.6666666666666666
    """
    counts = _counts(ratings, _codes(ratings, "nominal", None))
    sizes = counts.sum(axis=1)
    pairs = (sizes * (sizes - 1)).sum()
    return float((counts * (counts - 1)).sum() / pairs) if pairs else np.nan


def _blank(value: object) -> bool:
    return bool(pd.isna(value)) or (isinstance(value, str) and not value.strip())  # type: ignore[call-overload]


def _codes(ratings: pd.DataFrame, level: Level, order: Sequence[Any] | None) -> list[Any]:
    """Return the codes: in their order where there is one, else in the order of their text."""
    choice("level", level, LEVELS)
    used = {value for value in ratings.to_numpy(dtype=object).ravel() if not _blank(value)}
    if order is not None:
        lacking = sorted(str(value) for value in used - set(order))
        if lacking or len(set(order)) < len(order):
            raise InvalidArgument(
                f"the order lacks {', '.join(lacking)}" if lacking else "the order names a code twice",
                where="order",
                allowed=[str(item) for item in order],
                remedy="name every code once, from lowest to highest",
            )
        return list(order)
    if level == "nominal":
        return sorted(used, key=str)
    try:
        return sorted(used, key=float)
    except ValueError as error:
        raise InvalidArgument(
            f"the codes are not all numbers: {error}", where="order", remedy="give order=[lowest, …, highest]"
        ) from error


def _counts(ratings: pd.DataFrame, codes: list[Any]) -> Numbers:
    """Return how often each code was given to each unit that two or more coders coded: units × codes."""
    values = ratings.to_numpy(dtype=object)
    place = {code: n for n, code in enumerate(codes)}
    counts = np.zeros((len(values), len(codes)))
    for unit, row in enumerate(values):
        for value in row:
            if not _blank(value):
                counts[unit, place[value]] += 1
    paired: Numbers = counts[counts.sum(axis=1) >= 2]
    return paired


def _coincident(counts: Numbers) -> Numbers:
    """Return the coincidence matrix of units × codes."""
    weight = 1 / (counts.sum(axis=1, keepdims=True) - 1)
    matrix: Numbers = (counts * weight).T @ counts
    matrix[np.diag_indices(len(matrix))] -= (counts * weight).sum(axis=0)
    return matrix


def _alphas(matrices: Numbers, level: Level) -> Numbers:
    """Return alpha for a stack of coincidence matrices; NaN where no disagreement is to be expected."""
    margins = matrices.sum(axis=2)
    totals = margins.sum(axis=1)
    if level == "nominal":
        distance = np.broadcast_to(1.0 - np.eye(matrices.shape[1]), matrices.shape)
    else:
        # Squared number of codes given between the two, half of each end (Krippendorff 2011, section D).
        rank = margins.cumsum(axis=1) - margins / 2
        distance = (rank[:, :, None] - rank[:, None, :]) ** 2
    observed = (matrices * distance).sum(axis=(1, 2)) * (totals - 1)
    expected = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2))
    result: Numbers = np.full(len(matrices), np.nan)
    np.divide(observed, expected, out=result, where=expected > 1e-9)
    np.subtract(1, result, out=result)
    return result
