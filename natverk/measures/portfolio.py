"""Portfolio: a review of networks by criteria, after the one that Stockholm made in 2011.

A written rule turns judgements of criteria into a score and a recommendation; the summary judgements
(`overall`) and the recommendations of a document are never read for that. What comes out checks whether
one coder's reading of a document is consistent. It is no validation (`Review.caveat`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.vocabulary import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.locale import texts
from natverk.measures.arguments import known_actors
from natverk.measures.frames import each_row
from natverk.measures.scores import score, sensitivity
from natverk.measures.verdicts import CORE, CRITERIA, RECOMMENDATIONS, Rule

__all__ = [
    "CORE",
    "CRITERIA",
    "RECOMMENDATIONS",
    "Review",
    "Rule",
    "beside",
    "judgements",
    "review",
    "score",
    "sensitivity",
    "sheet",
]


@dataclass(frozen=True)
class Review:
    """A review: the judgements read, the scores, their sensitivity, and what the document recommends.

    Attributes
    ----------
    judged, scores, sensitivity, beside
        The frames of `judgements`, `score`, `sensitivity` and `beside`.
    names
        Names of the networks by id.
    """

    judged: pd.DataFrame
    scores: pd.DataFrame
    sensitivity: pd.DataFrame
    beside: pd.DataFrame
    names: Mapping[str, str]

    def caveat(self, lang: str = "en") -> str:
        """Return what the result is not: a validation."""
        return texts(lang)("portfolio.caveat")

    def said(self, lang: str = "en") -> list[str]:
        """Return, in sentences, the caveat, what comes out beside what was recommended, and what is missing."""
        t = texts(lang)
        lines = [t("portfolio.caveat")]
        for row in each_row(self.beside):
            given = {"network": self.names[row.network_id], "computed": "", "stated": ""}
            if row.agreement != "not_judged":
                given["computed"] = t(f"portfolio.verdict.{row.recommendation}")
            if row.stated:
                given["stated"] = t.join([t(f"terms.recommendation.{item}") for item in row.stated.split("|")])
            lines.append(t(f"portfolio.{row.agreement}", **given))
        for row in each_row(self.scores[self.scores["recommendation"].notna()]):
            criteria = [t(f"terms.criterion.{item}") for item in row.missing.split(";") if item]
            possible = [t(f"portfolio.verdict.{item}") for item in row.possible_recommendations.split("|")]
            key = "missing" if criteria else "complete"
            network = self.names[row.network_id]
            lines.append(t(f"portfolio.{key}", network=network, criteria=t.join(criteria), possible=t.join(possible)))
            if not row.breadth_reachable:
                lines.append(t("portfolio.narrow", network=network, n=t.number(row.n_core_judged)))
        return lines


def judgements(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the judgements of criteria that one actor made in one year, as coded.

    One evaluator at a time: what a municipality, an auditor, a court or a party says is never averaged.

    Parameters
    ----------
    actor
        The actor who judges.
    year
        The year of the judgements; None for those without one.

    Returns
    -------
    pd.DataFrame
        `actor_id, evaluator_kind, year, network_id, criterion, judgement` (Int64, −2 … 2), `rationale,
        row_id, source_id`; one row a coded judgement, so a criterion may have several. Rows that concern no
        network, and `overall` rows, are left out.

    Raises
    ------
    UnknownName
        If there is no such actor.
    InvalidArgument
        If the actor judged no network by criteria in that year; the years in which it did are listed.

    Examples
    --------
    >>> from natverk import load
    >>> rows = judgements(load(), "municipality:0180", 2011)
    >>> rows["network_id"].value_counts().to_dict()
    {'metropolis': 9, 'uclg': 8, 'eurocities': 4, 'c40': 3}
    """
    (actor,) = known_actors(data, [actor])
    own = _evaluated(data, actor, year)
    own = own[own["criterion"].isin(CRITERIA)]
    if own.empty:
        frame = data.evaluations
        by_criteria = frame["network_id"].notna() & frame["criterion"].isin(CRITERIA)
        years = frame.loc[(frame["actor_id"] == actor) & by_criteria, "year"]
        raise InvalidArgument(
            f"{actor} has judged no network by criteria in {year}",
            where="year",
            allowed=sorted(str(item) for item in years.dropna().unique()) + ["None"] * bool(years.isna().any()),
            value=str(year),
            remedy="see data.evaluations for who judged what and when",
        )
    kind = data.actors.set_index("actor_id").loc[actor, "kind"]
    own = own.assign(evaluator_kind=str(kind), judgement=own["judgement"].astype("Int64"))
    columns = ["actor_id", "evaluator_kind", "year", "network_id", "criterion", "judgement", "rationale"]
    return own[[*columns, "row_id", "source_id"]].sort_values(["network_id", "row_id"]).reset_index(drop=True)


def sheet(networks: Iterable[str]) -> pd.DataFrame:
    """Return an empty sheet to judge networks of one's own by criteria, to be filled and given to `score`.

    Parameters
    ----------
    networks
        Ids or names, as one likes; they need not be in the data.

    Returns
    -------
    pd.DataFrame
        `network_id, criterion, judgement` (Int64, all missing: −2 strongly negative … 2 strongly positive;
        leave blank what cannot be judged), `rationale`. One row a network and criterion.

    Raises
    ------
    InvalidArgument
        If no network, or one twice, is named.

    Examples
    --------
    >>> empty = sheet(["sern", "ensa"])
    >>> len(empty), int(empty["judgement"].isna().sum())
    (14, 14)
    """
    names = [networks] if isinstance(networks, str) else list(networks)
    if not names or len(set(names)) < len(names):
        raise InvalidArgument("no network is named, or one twice", where="networks", remedy="name each network once")
    rows = pd.DataFrame(product(names, CRITERIA), columns=["network_id", "criterion"], dtype="str")
    return rows.assign(
        judgement=pd.array([pd.NA] * len(rows), dtype="Int64"), rationale=pd.array([""] * len(rows), dtype="str")
    )


def beside(data: Dataset, actor: str, year: int | None, scores: pd.DataFrame) -> pd.DataFrame:
    """Put what the rule gives beside what the document itself recommends.

    Parameters
    ----------
    actor, year
        As in `judgements`.
    scores
        The frame of `score`.

    Returns
    -------
    pd.DataFrame
        `network_id, recommendation, stated` (recommendations on the membership, joined by `|`: a document
        may say "continue and expand"), `stated_in` (`overall`; `criteria` where there is no overall row),
        `aside` (what it says about board seats only), `agreement` (`agrees`: what the rule gives is stated;
        `differs`; `not_stated`; `not_judged`), `row_ids`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> table = beside(data, "municipality:0180", 2011, score(judgements(data, "municipality:0180", 2011)))
    >>> table[["network_id", "stated", "agreement"]].values.tolist()
    [['c40', 'use_selectively', 'agrees'], ['eurocities', 'expand|continue', 'agrees'],
    ['metropolis', 'leave', 'agrees'], ['uclg', 'leave', 'agrees']]
    """
    frame = _evaluated(data, actor, year)
    found = []
    for row in each_row(scores):
        own = frame[frame["network_id"] == row.network_id]
        summary = own[own["criterion"] == "overall"]
        used = summary if len(summary) else own
        said = [item for item in VOCABULARIES["recommendation"] if item in set(used["recommendation"])]
        stated = [item for item in said if item not in ("none", "leave_board")]
        judged = isinstance(row.recommendation, str)
        found.append(
            {
                "network_id": row.network_id,
                "recommendation": row.recommendation if judged else None,
                "stated": "|".join(stated),
                "stated_in": "overall" if len(summary) else "criteria",
                "aside": "leave_board" if "leave_board" in said else "",
                "agreement": _agreement(row.recommendation, stated) if judged else "not_judged",
                "row_ids": ";".join(used["row_id"]),
            }
        )
    return pd.DataFrame(found).astype({"recommendation": "str"})


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

    Examples
    --------
    >>> from natverk import load
    >>> stockholm = review(load(), "municipality:0180", 2011)
    >>> stockholm.said()[2]
    'Eurocities: the rule gives “expand”; the review says “expand and continue”.'
    """
    judged = judgements(data, actor, year)
    networks = _evaluated(data, actor, year)["network_id"]
    scores = score(judged, rule=rule, weights=weights, networks=networks)
    return Review(
        judged=judged,
        scores=scores,
        sensitivity=sensitivity(judged, rule=rule, weights=weights, draws=draws, seed=seed),
        beside=beside(data, actor, year, scores),
        names={str(row.network_id): str(row.name) for row in each_row(data.networks)},
    )


def _agreement(given: str, stated: list[str]) -> str:
    return ("agrees" if given in stated else "differs") if stated else "not_stated"


def _evaluated(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the evaluations of networks by one actor in one year (None: those without a year)."""
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    return frame[frame["year"].isna() if year is None else (frame["year"] == year).fillna(False)]
