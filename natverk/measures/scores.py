"""Scores: the rule of a portfolio review applied to judgements, and how far it hangs on weights and steps.

`portfolio` is the public face; these functions take any frame of judgements, also one of the user's own.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.verdicts import (
    CRITERIA,
    HIGHEST,
    LOWEST,
    RECOMMENDATIONS,
    Numbers,
    Rule,
    averaged,
    checked,
    completions,
    means,
    verdicts,
    weights_of,
)

__all__ = ["SHARES", "score", "sensitivity"]

#: The columns of `sensitivity`.
SHARES = ("network_id", "varied", "recommendation", "share", "as_coded", "draws")


def score(
    judged: pd.DataFrame,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    networks: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Score networks by the judgements of their criteria and apply the rule.

    Repeated judgements of a criterion are averaged first; the mean runs over the criteria that are judged,
    a missing one is left out and said, never read as neutral.

    Parameters
    ----------
    judged
        Columns `network_id, criterion, judgement` (whole steps −2 … 2, as numbers or text; blank: not
        judged), from `judgements` or from a filled `sheet`; `row_id` is carried along. Rows of `overall`
        are not read. If there is a column `actor_id`, `evaluator_kind` or `year`, it holds one value.
    rule
        The thresholds; None for those of `Rule()`.
    weights
        Weights of the criteria in the mean: not negative, sum 1; a criterion not named weighs nothing. None
        (default): all alike, since the review of 2011 ranks none above another.
    networks
        Networks that must appear, also when nothing is judged. None: those of the frame.

    Returns
    -------
    pd.DataFrame
        One row a network: `network_id, n_rows, n_judged, n_missing` (criteria; those that weigh nothing and are
        no core purpose are not asked for and count in neither), `missing` (joined by `;`),
        `coverage` (share of the weight that is judged, 0–1), `low, best, high` (weighted mean, −2 … 2; low
        and high with every missing criterion at −2 and at 2), `n_core_positive, n_core_judged, one_sign` (no
        two judgements of opposite sign: then weights alone hardly turn the result), `breadth_reachable`
        (whether enough core criteria are judged at all; where not, a positive mean gives `use_selectively`
        whatever the network is like), `recommendation` (missing where nothing is judged),
        `possible_recommendations` (what the missing judgements do not exclude, joined by `|`), `row_ids`.

    Raises
    ------
    InvalidArgument
        For an unknown criterion, a judgement off the scale, weights that do not sum to 1, several
        evaluators or years, or an empty frame.

    References
    ----------
    Belton, V. & Stewart, T. J. (2002). Multiple Criteria Decision Analysis. Kluwer: additive value
    functions.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.portfolio import judgements
    >>> result = score(judgements(load(), "municipality:0180", 2011)).set_index("network_id")
    >>> result["recommendation"].to_dict()
    {'c40': 'use_selectively', 'eurocities': 'expand', 'metropolis': 'leave', 'uclg': 'leave'}
    >>> result.loc["c40", "missing"]
    'monitoring;influence;cost_travel;democratic_governance'
    """
    rows, rule, weight = checked(judged), rule or Rule(), weights_of(weights)
    names = sorted({*rows["network_id"], *([] if networks is None else networks)})
    if not names:
        raise InvalidArgument("there is nothing to score", where="judged", remedy="fill a sheet: portfolio.sheet([…])")
    return pd.DataFrame([_scored(name, rows[rows["network_id"] == name], rule, weight) for name in names]).astype(
        {"recommendation": "str"}
    )


def sensitivity(
    judged: pd.DataFrame,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    concentration: float = 1.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each recommendation comes out when weights, or judgements, are drawn anew.

    Weights: Dirichlet around the given weights, the same draws for every network. Judgements: every coded
    judgement moves by −1, 0 or 1 step with equal chance, clipped to the scale, before repeated ones are
    averaged; each network has its own stream, so leaving one out changes no other. The first says nothing
    where all judgements of a network share a sign; the second does.

    Parameters
    ----------
    judged, rule, weights
        As in `score`.
    draws
        Draws of each kind.
    concentration
        How close the drawn weights stay to the given ones; 1 (default) with equal weights makes every
        weighting as probable as any other.
    seed
        The same seed gives the same shares.

    Returns
    -------
    pd.DataFrame
        `network_id, varied` (`weights`, `judgements`), `recommendation` (all five), `share` (0–1, missing
        where nothing is judged), `as_coded` (whether `score` gives this recommendation), `draws`.

    Raises
    ------
    InvalidArgument
        See `score`; and for no draws, a negative seed, or a concentration that is not above 0.

    References
    ----------
    Butler, J., Jia, J. & Dyer, J. (1997). Simulation techniques for the sensitivity analysis of
    multi-criteria decision models. European Journal of Operational Research 103, 531–546.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.portfolio import judgements
    >>> shares = sensitivity(judgements(load(), "municipality:0180", 2011))
    >>> shares = shares[shares["as_coded"]].pivot(index="network_id", columns="varied", values="share").round(2)
    >>> shares.loc[["eurocities", "uclg"], ["weights", "judgements"]].values.tolist()
    [[1.0, 0.86], [1.0, 1.0]]
    """
    _whole("draws", draws, 1)
    _whole("seed", seed, 0)
    if not 0 < concentration < math.inf:
        raise InvalidArgument(f"concentration is {concentration!r}", where="concentration", remedy="a number above 0")
    rows, rule, weight = checked(judged), rule or Rule(), weights_of(weights)
    coded = score(judged, rule=rule, weights=weights).set_index("network_id")["recommendation"]
    drawn = np.zeros((draws, len(CRITERIA)))
    used = weight > 0
    drawn[:, used] = np.random.default_rng(seed).dirichlet(concentration * used.sum() * weight[used], size=draws)
    found = []
    for name in coded.index:
        own = rows[rows["network_id"] == name]
        rng = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
        base = own["judgement"].to_numpy(dtype=float)
        moved = np.clip(base + rng.integers(-1, 2, size=(draws, len(own))), LOWEST, HIGHEST)
        parts = {
            "weights": verdicts(averaged(own["criterion"], base[None, :]), drawn, rule),
            "judgements": verdicts(averaged(own["criterion"], moved), weight, rule),
        }
        for varied, given in parts.items():
            counts = np.bincount(given[given >= 0], minlength=len(RECOMMENDATIONS))
            judged_draws = counts.sum()
            for verdict, count in zip(RECOMMENDATIONS, counts, strict=True):
                share = count / judged_draws if judged_draws else np.nan
                found.append((name, varied, verdict, share, verdict == coded[name], draws))
    return pd.DataFrame(found, columns=list(SHARES))


def _scored(network: str, rows: pd.DataFrame, rule: Rule, weights: Numbers) -> dict[str, object]:
    """Return the row of `score` of one network."""
    core = np.isin(CRITERIA, rule.core)
    # A criterion that weighs nothing and is no core purpose is not asked for: it is neither judged nor missing.
    asked = core | (weights > 0)
    values = averaged(rows["criterion"], rows["judgement"].to_numpy(dtype=float)[None, :])[0]
    values[~asked] = np.nan
    judged = ~np.isnan(values)
    verdict = int(verdicts(values[None, :], weights, rule)[0])
    possible = set(verdicts(completions(np.where(asked, values, 0.0)), weights, rule).tolist())
    return {
        "network_id": network,
        "n_rows": len(rows),
        "n_judged": int(judged.sum()),
        "n_missing": int((asked & ~judged).sum()),
        "missing": ";".join(np.array(CRITERIA)[asked & ~judged]),
        "coverage": round(float(weights[judged].sum()), 9),
        "low": float(means(np.where(judged, values, LOWEST), weights)),
        "best": float(means(values, weights)),
        "high": float(means(np.where(judged, values, HIGHEST), weights)),
        "n_core_positive": int(((values > 0) & core).sum()),
        "n_core_judged": int((judged & core).sum()),
        "one_sign": bool(judged.any() and not ((values > 0).any() and (values < 0).any())),
        "breadth_reachable": bool((judged & core).sum() >= rule.breadth),
        "recommendation": RECOMMENDATIONS[verdict] if verdict >= 0 else None,
        "possible_recommendations": "|".join(name for n, name in enumerate(RECOMMENDATIONS) if n in possible),
        "row_ids": ";".join(item for item in rows["row_id"] if item),
    }


def _whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidArgument(f"{name} is {value!r}", where=name, remedy=f"give a whole number from {least}")
