"""Judgements: what one actor says of networks by criteria, as coded, and what it recommends.

`portfolio` is the public face. One evaluator and one year at a time: nothing is averaged across either.
"""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.vocabulary import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.measures.arguments import has_columns, known_actors
from natverk.measures.frames import each_row
from natverk.measures.verdicts import CRITERIA

__all__ = ["beside", "evaluated", "judgements", "nothing_judged", "review_years"]

#: The columns of `judgements`.
COLUMNS = (
    "actor_id",
    "evaluator_kind",
    "year",
    "network_id",
    "criterion",
    "judgement",
    "rationale",
    "row_id",
    "source_id",
)


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
    own = evaluated(data, actor, year)
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
    return own[list(COLUMNS)].sort_values(["network_id", "row_id"]).reset_index(drop=True)


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

    Raises
    ------
    UnknownName
        For an unknown actor.
    InvalidArgument
        For a frame without the columns of `score`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> from natverk.measures.scores import score
    >>> table = beside(data, "municipality:0180", 2011, score(judgements(data, "municipality:0180", 2011)))
    >>> table[["network_id", "stated", "agreement"]].values.tolist()
    [['c40', 'use_selectively', 'agrees'], ['eurocities', 'expand|continue', 'agrees'],
    ['metropolis', 'leave', 'agrees'], ['uclg', 'leave', 'agrees']]
    """
    known_actors(data, [actor])
    has_columns(scores, ["network_id", "recommendation"], "beside", "give a frame of natverk.portfolio.score")
    frame = evaluated(data, actor, year)
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
    columns = ["network_id", "recommendation", "stated", "stated_in", "aside", "agreement", "row_ids"]
    return pd.DataFrame(found, columns=columns).astype({"recommendation": "str"})


def review_years(data: Dataset, actor: str) -> pd.DataFrame:
    """Return the years in which an actor judged networks, the fullest review first.

    Parameters
    ----------
    actor
        An actor id.

    Returns
    -------
    pd.DataFrame
        `year` (Int64, missing: unknown), `n_judged` (judgements of criteria), `n_networks` (of which something is
        coded). Of two years with as many judgements the later comes first, one that is unknown last.

    Raises
    ------
    UnknownName
        For an unknown actor.

    Examples
    --------
    >>> from natverk import load
    >>> review_years(load(), "municipality:0180").head(2)["year"].tolist()
    [2011, 2016]
    """
    (actor,) = known_actors(data, [actor])
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    frame = frame.assign(n_judged=frame["criterion"].isin(CRITERIA).astype("int64"))
    years = frame.groupby("year", dropna=False).agg(n_judged=("n_judged", "sum"), n_networks=("network_id", "nunique"))
    order = ["n_judged", "n_networks", "year"]
    return years.reset_index().sort_values(order, ascending=False, na_position="last", ignore_index=True)


def nothing_judged() -> pd.DataFrame:
    """Return the frame of `judgements` without a row."""
    text = ["actor_id", "evaluator_kind", "network_id", "criterion", "rationale", "row_id", "source_id"]
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in text})
    return empty.assign(year=pd.Series(dtype="Int64"), judgement=pd.Series(dtype="Int64"))[list(COLUMNS)]


def evaluated(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the evaluations of networks by one actor in one year (None: those without a year)."""
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    return frame[frame["year"].isna() if year is None else (frame["year"] == year).fillna(False)]


def _agreement(given: str, stated: list[str]) -> str:
    return ("agrees" if given in stated else "differs") if stated else "not_stated"
