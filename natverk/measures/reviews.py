"""Reviews: judgements, scores, their sensitivity and what a document recommends, held together.

`portfolio` is the public face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.locale import texts
from natverk.measures.frames import each_row
from natverk.measures.judged import beside, evaluated, judgements, nothing_judged, review_years
from natverk.measures.scores import SHARES, score, sensitivity
from natverk.measures.verdicts import Rule

__all__ = ["Review", "fullest_review", "review"]


@dataclass(frozen=True)
class Review:
    """A review: the judgements read, the scores, their sensitivity, and what the document recommends.

    Attributes
    ----------
    judged, scores, sensitivity, beside
        The frames of `judgements`, `score`, `sensitivity` and `beside`.
    names
        Names of the networks by id.
    actor, year
        Who judged, and when (None: unknown).
    """

    judged: pd.DataFrame
    scores: pd.DataFrame
    sensitivity: pd.DataFrame
    beside: pd.DataFrame
    names: Mapping[str, str]
    actor: str
    year: int | None

    def caveat(self, lang: str = "en") -> str:
        """Return what the result is not: a validation."""
        return texts(lang)("portfolio.caveat")

    def said(self, lang: str = "en") -> list[str]:
        """Return, in sentences, the caveat, what comes out beside what was recommended, and what is missing."""
        return [self.caveat(lang), *self.compared(lang), *self.gaps(lang)]

    def compared(self, lang: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
        """Return a sentence for each network: what the rule gives, and what the document recommends.

        Parameters
        ----------
        names
            Names of the networks by id as they are to stand in the sentences; None for `Review.names`.
        """
        t, names = texts(lang), names or self.names
        lines = []
        for row in each_row(self.beside):
            given = {"network": names[row.network_id], "computed": "", "stated": ""}
            if row.agreement != "not_judged":
                given["computed"] = t(f"portfolio.verdict.{row.recommendation}")
            if row.stated:
                given["stated"] = t.join([t(f"terms.recommendation.{item}") for item in row.stated.split("|")])
            lines.append(t(f"portfolio.{row.agreement}", **given))
        return lines

    def gaps(self, lang: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
        """Return, in sentences, which criteria are not judged, and what that leaves open; `names` as above."""
        t, names = texts(lang), names or self.names
        lines = []
        for row in each_row(self.scores[self.scores["recommendation"].notna()]):
            criteria = [t(f"terms.criterion.{item}") for item in row.missing.split(";") if item]
            possible = [t(f"portfolio.verdict.{item}") for item in row.possible_recommendations.split("|")]
            key = "missing" if criteria else "complete"
            network = names[row.network_id]
            lines.append(t(f"portfolio.{key}", network=network, criteria=t.join(criteria), possible=t.join(possible)))
            if not row.breadth_reachable:
                lines.append(t("portfolio.narrow", network=network, n=t.number(row.n_core_judged)))
        return lines


def review(
    data: Dataset,
    actor: str,
    year: int | None,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Review:
    """Read one actor's review of one year, score it, vary it, and put it beside what was recommended.

    Networks of which only a summary is coded appear as not judged.

    Parameters
    ----------
    actor, year, rule, weights, draws, seed
        As in `judgements`, `score` and `sensitivity`.

    Returns
    -------
    Review
        Judgements, scores, sensitivity and what was recommended, with `said()` and `gaps()` in words.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, a year in which it judged nothing, or a value that is not allowed.

    Examples
    --------
    >>> from natverk import load
    >>> stockholm = review(load(), "municipality:0180", 2011)
    >>> stockholm.said()[2]
    'Eurocities: the rule gives “expand”; the review says “expand and continue”.'
    """
    judged = judgements(data, actor, year)
    return _reviewed(data, actor, year, judged, rule, weights, draws, seed)


def fullest_review(
    data: Dataset,
    actor: str,
    year: int | None = None,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Review:
    """Return an actor's review with most judgements; an empty one where it judged no network.

    Parameters
    ----------
    year
        A year instead of that of the fullest review; it must have judgements of criteria. 0 or None: the fullest.
    actor, rule, weights, draws, seed
        As in `review`.

    Returns
    -------
    Review
        With the frames of `review`. Where only summaries are coded, their networks stand as not judged.

    Raises
    ------
    InvalidArgument
        If the actor judged no network by criteria in the year that is asked for.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> fullest_review(data, "municipality:0180", draws=10).year
    2011
    >>> len(fullest_review(data, "municipality:1487").judged)
    0
    """
    if year:
        return review(data, actor, year, rule=rule, weights=weights, draws=draws, seed=seed)
    years = review_years(data, actor)
    best = None if years.empty or pd.isna(years["year"].iloc[0]) else int(years["year"].iloc[0])
    judged = judgements(data, actor, best) if len(years) and years["n_judged"].iloc[0] else nothing_judged()
    return _reviewed(data, actor, best, judged, rule, weights, draws, seed)


def _reviewed(
    data: Dataset,
    actor: str,
    year: int | None,
    judged: pd.DataFrame,
    rule: Rule | None,
    weights: Mapping[str, float] | None,
    draws: int,
    seed: int,
) -> Review:
    networks = set(evaluated(data, actor, year)["network_id"]) | set(judged["network_id"])
    # Nothing judged gives frames of the same columns, so that a page about it needs no rules of its own.
    scores = score(judged, rule=rule, weights=weights, networks=networks or ["none"])
    scores = scores[scores["network_id"].isin(networks)].reset_index(drop=True)
    shares = pd.DataFrame(columns=list(SHARES))
    if len(judged):
        shares = sensitivity(judged, rule=rule, weights=weights, draws=draws, seed=seed)
    return Review(
        judged=judged,
        scores=scores,
        sensitivity=shares,
        beside=beside(data, actor, year, scores),
        names={str(row.network_id): str(row.name) for row in each_row(data.networks)},
        actor=actor,
        year=year,
    )
