"""Exits read from complete lists: a member of one list that is absent from the next left in between.

Such an exit has no date. It is known as an interval (`exit_after`, `exit_before`] and stays one: the estimate of
Turnbull (1976) takes intervals as they are.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.actors import levels
from natverk.measures.arguments import choice, known_networks
from natverk.measures.estimators import turnbull
from natverk.measures.evidence import graded
from natverk.measures.frames import each_row
from natverk.measures.panel import at_risk_in

__all__ = ["list_exits", "list_retention", "list_survival", "on_lists"]

ListCertainty = Literal["high", "medium"]


def list_exits(data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high") -> pd.DataFrame:
    """Return exits found by comparing complete lists: intervals, never dates.

    Parameters
    ----------
    network
        One network, or None for all with at least two lists.
    certainty
        The least certainty that a list is complete: `"high"` (default: absence is the whole argument) or
        `"medium"`.

    Returns
    -------
    pd.DataFrame
        `network_id, actor_id, exit_after` (the last year before the later list in which a list or another
        dated row attests the membership), `exit_before` (year of the list without the actor), `list_after,
        list_before, returned` (year of a later list that has the actor again), `conflict` (another source
        sees the actor as a member in or after the year of the list without it), `stated_end` (last year as
        member that a source states within the interval), `row_ids` (of the earlier list and of what
        contradicts). Lists of full members only are not compared: who is missing may be an associate. A list
        whose population at risk does not cover the actor says nothing of it and is passed over.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated
    data. Journal of the Royal Statistical Society B 38, 290–295.

    Examples
    --------
    >>> from natverk import load
    >>> ubc = list_exits(load(), "ubc")
    >>> len(ubc), ubc.loc[ubc["actor_id"] == "municipality:1780", ["exit_after", "exit_before"]].values.tolist()
    (9, [[2019, 2020]])
    """
    seen = on_lists(data, network, certainty=certainty)
    groups = seen.groupby(["network_id", "actor_id"], sort=True)
    before = groups[["on", "year", "list_id", "row_id"]].shift(1)
    out = ~seen["on"] & before["on"].fillna(value=False).astype(bool)
    former = before[out].set_axis(["on_before", "first", "list_after", "row_before"], axis=1)
    steps = pd.concat([seen[out], former], axis=1)
    rows = graded(data)
    rows = rows[rows["grade"].isin(["positive", "exit"]) & rows["list_id"].isna()]
    rows = rows[rows["actor_id"].isin(steps["actor_id"])]
    by_pair = dict(iter(rows.groupby(["network_id", "actor_id"])))
    found = []
    for step in each_row(steps):
        after, first = int(step.year), int(step.first)
        other = by_pair.get((step.network_id, step.actor_id), rows.iloc[:0])
        between = other[(other["first"] < after) & (other["last"] > first)]
        later = other[(other["last"] >= after).fillna(value=False)]
        told = other["end"][((other["end"] >= first) & (other["end"] < after)).fillna(value=False)]
        again = seen["on"] & (seen["network_id"] == step.network_id) & (seen["actor_id"] == step.actor_id)
        back = seen.loc[again & (seen["year"] > after), "year"]
        found.append(
            {
                "network_id": step.network_id,
                "actor_id": step.actor_id,
                "exit_after": max([first, *between["last"].clip(upper=after - 1)]),
                "exit_before": after,
                "list_after": step.list_after,
                "list_before": step.list_id,
                "returned": back.min() if len(back) else pd.NA,
                "conflict": len(later) > 0,
                "stated_end": told.max() if len(told) else pd.NA,
                "row_ids": ";".join(sorted({step.row_before, *later["row_id"]})),
            }
        )
    columns = ["network_id", "actor_id", "exit_after", "exit_before", "list_after", "list_before", "returned"]
    frame = pd.DataFrame(found, columns=[*columns, "conflict", "stated_end", "row_ids"])
    whole = dict.fromkeys(["exit_after", "exit_before", "returned", "stated_end"], "Int64")
    text = dict.fromkeys(["network_id", "actor_id", "list_after", "list_before", "row_ids"], "str")
    frame = frame.astype({**whole, **text, "conflict": "bool"})
    return frame.sort_values(["network_id", "exit_before", "actor_id"], ignore_index=True)


def list_retention(data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high") -> pd.DataFrame:
    """Return how many of the members on a network's first complete list stand on each later one.

    Parameters
    ----------
    network
        One network, or None for all that have complete lists of at least two years.
    certainty
        See `list_exits`.

    Returns
    -------
    pd.DataFrame
        `network_id, year, n_listed, n_first` (members on the first list that this list covers), `n_still` (of
        these), `share` (0–1), `n_new` (listed, and absent from an earlier list that covers them; missing for
        the first). Networks with one complete list are left out unless asked for by name.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    Notes
    -----
    Shares of lists, no estimate: who came back counts as still there.

    Examples
    --------
    >>> from natverk import load
    >>> list_retention(load(), "ubc")[["year", "n_first", "n_still"]].values.tolist()
    [[2014, 21, 21], [2019, 21, 14], [2020, 21, 13], [2022, 21, 12]]
    """
    seen = on_lists(data, network, certainty=certainty)
    found = []
    for network_id, own in seen.groupby("network_id", sort=True):
        first = set(own.loc[(own["year"] == own["year"].min()) & own["on"], "actor_id"])
        for year, part in own.groupby("year"):
            followed = part[part["actor_id"].isin(first)]
            absent_before = set(own.loc[(own["year"] < year) & ~own["on"], "actor_id"])
            new = int((part["on"] & part["actor_id"].isin(absent_before)).sum())
            found.append(
                {
                    "network_id": network_id,
                    "year": year,
                    "n_listed": int(part["on"].sum()),
                    "n_first": len(followed),
                    "n_still": int(followed["on"].sum()),
                    "share": followed["on"].mean() if len(followed) else np.nan,
                    "n_new": pd.NA if year == own["year"].min() else new,
                }
            )
    columns = ["network_id", "year", "n_listed", "n_first", "n_still", "share", "n_new"]
    return pd.DataFrame(found, columns=columns).astype({"network_id": "str", "share": "float64", "n_new": "Int64"})


def list_survival(
    data: Dataset,
    network: str,
    *,
    certainty: ListCertainty = "high",
    prefer: Literal["list", "own_page"] = "list",
) -> pd.DataFrame:
    """Estimate how long the members on a network's first complete list stayed on, from interval-censored exits.

    The clock starts with the first list, not with the joining: it is the further stay of those who were
    members then. Members who joined later do not enter; who has no exit is right-censored at the last list
    that names it.

    Parameters
    ----------
    network, certainty
        See `list_exits`.
    prefer
        What an exit counts as that another source contradicts: an exit (`"list"`, default: a network knows its
        members) or, with `"own_page"`, none, the member being followed to the last list that names it.

    Returns
    -------
    pd.DataFrame
        As `turnbull` gives it, in years since the first list, with `n` (members on the first list) and
        `n_exits` (of these). The first exit counts, also where the member came back.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network, or one with fewer than two complete lists.

    References
    ----------
    Turnbull (1976), see `natverk.measures.estimators.turnbull`.

    Examples
    --------
    >>> from natverk import load
    >>> list_survival(load(), "ubc")[["n", "n_exits"]].drop_duplicates().values.tolist()
    [[21, 9]]
    """
    choice("prefer", prefer, ("list", "own_page"))
    seen = on_lists(data, network, certainty=certainty)
    if seen["year"].nunique() < 2:
        raise InvalidArgument(
            f"{network} has {seen['year'].nunique()} complete list(s) of {certainty} certainty; two are compared",
            where="network",
            allowed=sorted(set(on_lists(data, certainty=certainty)["network_id"])),
            value=network,
            remedy='certainty="medium" admits further lists' if certainty == "high" else None,
        )
    first = int(seen["year"].min())
    members = seen.loc[(seen["year"] == first) & seen["on"], "actor_id"]
    exits = list_exits(data, network, certainty=certainty)
    exits = exits[~exits["conflict"] | (prefer == "list")].drop_duplicates("actor_id").set_index("actor_id")
    last = seen[seen["on"]].groupby("actor_id")["year"].max()
    lower = members.map(exits["exit_after"]).fillna(members.map(last)).astype(float) - first
    upper = members.map(exits["exit_before"]).astype(float) - first
    result = turnbull(lower.tolist(), upper.fillna(np.inf).tolist())
    return result.assign(n=len(members), n_exits=int(upper.notna().sum()))


def on_lists(
    data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high", at_least: int = 2
) -> pd.DataFrame:
    """Return who is and who is not on each complete list, for the actors that it covers or names.

    Parameters
    ----------
    network
        One network, or None for all that have complete lists of at least `at_least` years.
    certainty
        See `list_exits`.
    at_least
        The fewest years with a list.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, list_id, on, row_id` (of the evidence that names it), sorted by network,
        actor, year. Of two lists of one year, being on either counts.
    """
    choice("certainty", certainty, ("high", "medium"))
    lists = data.member_lists
    kept = lists["certainty"].isin(("high",) if certainty == "high" else ("high", "medium"))
    lists = lists[kept & (lists["status_scope"] == "all")]
    if network is not None:
        lists = lists[lists["network_id"] == known_networks(data, [network])[0]]
    else:
        lists = lists[lists.groupby("network_id")["year"].transform("nunique") >= at_least]
    table = levels(data).set_index("actor_id")
    rows = data.memberships
    parts = [pd.DataFrame(columns=["network_id", "actor_id", "year", "list_id", "on", "row_id"])]
    for item in each_row(lists):
        named = rows[rows["list_id"] == item.list_id].drop_duplicates("actor_id").set_index("actor_id")["row_id"]
        covered = table.index[at_risk_in(table, item.levels_at_risk, item.counties_at_risk)]
        part = pd.DataFrame({"actor_id": covered.union(named.index)})
        part = part.assign(network_id=item.network_id, year=int(item.year), list_id=item.list_id)
        parts.append(part.assign(on=part["actor_id"].isin(named.index), row_id=part["actor_id"].map(named)))
    seen = pd.concat(parts[1:] or parts, ignore_index=True).astype({"on": "bool", "year": "int64"})
    seen = seen.sort_values(["network_id", "actor_id", "year", "on"]).drop_duplicates(
        ["network_id", "actor_id", "year"], keep="last"
    )
    return seen.reset_index(drop=True)
