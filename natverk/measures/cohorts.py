"""Joining cohorts and growth curves: when memberships began, and how many are documented year by year.

A year of joining is one that a source states. A spell that is first *seen* in a year began then or earlier:
it is left-truncated and belongs to no cohort.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import levels
from natverk.measures.arguments import choice, known_actors, known_networks
from natverk.measures.documented import listed, undated_pairs
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.frames import each_row
from natverk.measures.panel import at_risk_in, networks_counting_as, panel
from natverk.measures.said import sentences, tally
from natverk.measures.spells import spells

__all__ = ["Cohorts", "chosen_spells", "cohorts", "growth"]

#: Why a spell belongs to a cohort or to none.
REASONS = {"stated": True, "seen": False, "undated": False, "exit_only": False}


@dataclass(frozen=True)
class Cohorts:
    """Joining cohorts, and what of the spells belongs to none.

    Attributes
    ----------
    frame
        `cohort` (year of joining as stated), the grouping column if any, `n_joined` (spells), `n_actors`,
        `n_networks, n_ended` (with a stated end), `row_ids`. Years without a dated join have no row: that
        nobody is documented to have joined is no zero.
    said
        `reason` (`stated`; `seen`: first seen, start unknown; `undated`: no usable year; `exit_only`: only an
        end is known), `enters, n_spells`.
    """

    frame: pd.DataFrame
    said: pd.DataFrame

    def text(self, lang: str = "en") -> str:
        """Say how many spells have a dated start and why the others have none."""
        return sentences("cohorts", self.said, lang)


def chosen_spells(
    data: Dataset,
    *,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Return the spells of some actors in some networks: by default municipalities and regions, memberships.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network or kind of network, or an empty selection.
    """
    frame = spells(data, year_basis=year_basis, counting=counting)
    wanted = networks_counting_as(data, counts_as) if networks is None else known_networks(data, networks)
    table = levels(data)
    chosen = table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    kept = frame["network_id"].isin(wanted) & frame["actor_id"].isin(known_actors(data, chosen))
    return frame[kept].reset_index(drop=True)


def cohorts(
    data: Dataset,
    *,
    by: Literal["none", "network", "level"] = "none",
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> Cohorts:
    """Return joining cohorts: spells by the year in which they began, where a source states that year.

    Parameters
    ----------
    by
        `"none"` (default): one row a year; `"network"` or `"level"` (municipal, regional; Gotland is
        municipal): one row a year and group.
    actors, networks
        Ids; default all municipalities and regions, and all networks of the kinds in `counts_as`.
    counts_as
        Kinds of network; default memberships only, since programmes and commitments are not joined for good.
    year_basis, counting
        See `natverk.measures.evidence.graded`.

    Returns
    -------
    Cohorts
        `frame` and `said`. Unit: spells of membership.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network or value, or an empty selection.

    References
    ----------
    Guo, G. (1993). Event-history analysis for left-truncated data. Sociological Methodology 23, 217–243.

    Examples
    --------
    >>> from natverk import load
    >>> ubc = cohorts(load(), networks=["ubc"])
    >>> ubc.frame[["cohort", "n_joined"]].values.tolist()
    [[1991, 1], [1996, 1], [1997, 2], [1999, 1], [2000, 1]]
    >>> int(ubc.said.set_index("reason").loc["seen", "n_spells"]) > 20
    True
    """
    choice("by", by, ("none", "network", "level"))
    own = chosen_spells(
        data, actors=actors, networks=networks, counts_as=counts_as, year_basis=year_basis, counting=counting
    )
    reason = own["start_basis"].where(own["start_basis"].notna(), "exit_only").where(own["dated"], "undated")
    joined = own[reason == "stated"].rename(columns={"start": "cohort"})
    joined = joined.assign(level=joined["actor_id"].map(levels(data).set_index("actor_id")["level"]))
    groups = ["cohort", *{"none": [], "network": ["network_id"], "level": ["level"]}[by]]
    frame = joined.groupby(groups, sort=True, as_index=False).agg(
        n_joined=("spell", "size"),
        n_actors=("actor_id", "nunique"),
        n_networks=("network_id", "nunique"),
        n_ended=("end", "count"),
        row_ids=("row_ids", ";".join),
    )
    return Cohorts(frame, tally(reason, REASONS, "spells"))


def growth(
    data: Dataset,
    *,
    networks: Iterable[str] | None = None,
    actors: Iterable[str] | None = None,
    years: tuple[int, int] = (1997, 2024),
    counts_as: tuple[str, ...] = ("membership",),
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium"] = "high",
) -> pd.DataFrame:
    """Return growth curves: documented memberships by network and year, with their band.

    Sources thicken over time, so a rising curve is a rise in what is *documented*. Only in the years of a
    complete list (`n_listed`) is it known how many members there were.

    Parameters
    ----------
    networks, actors
        Ids; default the networks of the kinds in `counts_as`, and all municipalities and regions.
    years
        First and last year.
    counts_as
        Kinds of network, where `networks` is not given.
    carry_forward, year_basis, counting
        See `natverk.panel`.
    list_certainty
        The least certainty that a list is complete (default `"high"`).

    Returns
    -------
    pd.DataFrame
        `network_id, year, low` (attested), `best` (attested or presumed), `n_undated` (pairs attested in no
        usable year, the same number in every row), `n_listed` (of the chosen actors on the complete list of the
        year; missing where there is none that covers any of them), `list_id`. Unit: memberships. There is no
        `high`: nearly every other pair is unknown. Networks without any evidence have no rows.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network, actor or value, an empty selection, or years out of range.

    References
    ----------
    Guo, G. (1993). Event-history analysis for left-truncated data. Sociological Methodology 23, 217–243.

    Examples
    --------
    >>> from natverk import load
    >>> ubc = growth(load(), networks=["ubc"], years=(2018, 2020))
    >>> ubc["n_listed"].tolist(), bool((ubc["low"] <= ubc["best"]).all())
    ([<NA>, 14, 13], True)
    """
    choice("list_certainty", list_certainty, ("high", "medium"))
    wanted = networks_counting_as(data, counts_as) if networks is None else known_networks(data, networks)
    table = levels(data)
    chosen = known_actors(
        data, table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    )
    cells = panel(
        data,
        actors=chosen,
        networks=wanted,
        years=years,
        carry_forward=carry_forward,
        year_basis=year_basis,
        counting=counting,
        list_certainty=list_certainty,
        pairs="evidence",
    )
    frame = cells.groupby(["network_id", "year"], as_index=False)[["low", "best"]].sum()
    undated = undated_pairs(data, chosen, counts_as=_kinds(data, wanted), year_basis=year_basis, counting=counting)
    frame["n_undated"] = frame["network_id"].map(undated["network_id"].value_counts()).fillna(0).astype("int64")
    return frame.merge(_on_lists(data, chosen, list_certainty), on=["network_id", "year"], how="left")


def _kinds(data: Dataset, networks: list[str]) -> tuple[str, ...]:
    table = data.networks
    return tuple(table.loc[table["network_id"].isin(networks), "counts_as"].unique())


def _on_lists(data: Dataset, actors: list[str], certainty: str) -> pd.DataFrame:
    """Count the chosen actors on each complete list that covers at least one of them."""
    lists = listed(data, certainty=certainty)
    lists = data.member_lists[data.member_lists["list_id"].isin(lists.loc[~lists["full_only"], "list_id"])]
    table = levels(data).set_index("actor_id").loc[actors]
    covered = [bool(at_risk_in(table, row.levels_at_risk, row.counties_at_risk).any()) for row in each_row(lists)]
    lists = lists[pd.Series(covered, index=lists.index, dtype=bool)]
    rows = data.memberships
    rows = rows[rows["list_id"].isin(lists["list_id"]) & rows["actor_id"].isin(actors)]
    members = rows.groupby("list_id")["actor_id"].nunique()
    frame = pd.DataFrame(
        {
            "network_id": lists["network_id"],
            "year": lists["year"].astype("int64"),
            "n_listed": lists["list_id"].map(members).fillna(0).astype("Int64"),
            "list_id": lists["list_id"],
        }
    )
    return frame.drop_duplicates(["network_id", "year"])
