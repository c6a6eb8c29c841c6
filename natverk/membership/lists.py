"""Listed memberships: for each municipality, how many of the complete lists cover it and how many name it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row, known_county, known_networks, year_range
from natverk.membership.actors import eligible, existence, levels
from natverk.membership.evidence import graded
from natverk.membership.panel import at_risk_in

__all__ = [
    "lists",
    "AtRisk",
    "latest_lists",
    "list_exits",
    "list_retention",
    "listed_memberships",
    "on_lists",
]


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


AtRisk = Literal["eligible", "list"]


def latest_lists(
    data: Dataset,
    *,
    year: int,
    networks: Iterable[str] | None = None,
    certainty: Literal["high", "medium"] = "high",
    at_risk: AtRisk = "eligible",
) -> pd.DataFrame:
    """Return the complete lists up to a year, and which of them tell who belongs: the latest of each network.

    Parameters
    ----------
    year
        The latest year of a list.
    networks
        Network ids; default all with a list.
    certainty
        The least certainty that a list is complete.
    at_risk
        Whom a list covers, see `natverk.models.listed_participation`.

    Returns
    -------
    pd.DataFrame
        `list_id, network_id, year, certainty, used, reason` (`used`; `after_year`; `uncertain`; `full_only`: a
        list of full members does not say who is no associate; `superseded`: there is a later one;
        `no_variation`: it names all that it covers, or none), `n_covered, n_named` (municipalities), and
        `levels_at_risk, counties_at_risk, source_id`. Sorted by network and year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or when no list is left.

    Examples
    --------
    >>> from natverk import load
    >>> lists = latest_lists(load(), year=2022)
    >>> lists.loc[lists["used"], "list_id"].tolist()
    ['eu-mission-100-2022', 'ubc-2022', 'viable-cities-kn2030-2021']
    """
    choice("certainty", certainty, ("high", "medium"))
    year_range(year, "year", data=data)
    lists = data.member_lists
    if networks is not None:
        lists = lists[lists["network_id"].isin(known_networks(data, networks))]
    lists = lists.sort_values(["network_id", "year"], ignore_index=True)
    reason = pd.Series("used", index=lists.index, dtype="str")
    enough = lists["certainty"].isin(("high",) if certainty == "high" else ("high", "medium"))
    good = (lists["year"] <= year) & enough & (lists["status_scope"] == "all")
    last = lists[good].groupby("network_id")["year"].transform("max").reindex(lists.index)
    reason = reason.mask(good & (lists["year"] < last).fillna(value=False), "superseded")
    reason = reason.mask(lists["status_scope"] != "all", "full_only").mask(~enough, "uncertain")
    lists = lists.assign(reason=reason.mask(lists["year"] > year, "after_year"))
    covered, named = _coverage(data, lists, at_risk)
    lists["n_covered"] = lists["list_id"].map(covered.sum()).astype("int64")
    lists["n_named"] = lists["list_id"].map(named.sum()).astype("int64")
    flat = (lists["n_named"] == 0) | (lists["n_named"] == lists["n_covered"])
    lists["reason"] = lists["reason"].mask(flat & (lists["reason"] == "used"), "no_variation")
    lists["used"] = lists["reason"] == "used"
    if not lists["used"].any():
        raise InvalidArgument(
            f"no complete list of {certainty} certainty up to {year} tells who belongs and who does not",
            where="networks, year, certainty",
            allowed=sorted(set(data.member_lists["network_id"])),
            remedy="take a later year, other networks, or certainty='medium'",
        )
    columns = ["list_id", "network_id", "year", "certainty", "used", "reason", "n_covered", "n_named"]
    return lists[[*columns, "levels_at_risk", "counties_at_risk", "source_id"]]


def listed_memberships(data: Dataset, lists: pd.DataFrame, *, at_risk: AtRisk = "eligible") -> pd.DataFrame:
    """Count for each municipality the used lists that cover it and those that name it.

    Parameters
    ----------
    lists
        As `latest_lists` gives them.
    at_risk
        See `natverk.models.listed_participation`.

    Returns
    -------
    pd.DataFrame
        `actor_id, exposure` (lists that cover it), `listed_memberships` (lists that name it; missing where no
        list covers it: unknown, not 0), `list_ids` (that name it). One row a municipality.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> counts = listed_memberships(data, latest_lists(data, year=2022))
    >>> int(counts["listed_memberships"].sum()), counts["exposure"].unique().tolist()
    (42, [3])
    """
    covered, named = _coverage(data, lists[lists["used"]], at_risk)
    exposure = covered.sum(axis=1)
    return pd.DataFrame(
        {
            "actor_id": pd.Series(covered.index, dtype="str"),
            "exposure": exposure.to_numpy(dtype="int64"),
            "listed_memberships": named.sum(axis=1).astype("Int64").where(exposure > 0).to_numpy(),
            "list_ids": [";".join(named.columns[list(row)]) for row in named.itertuples(index=False)],
        }
    )


def _coverage(data: Dataset, lists: pd.DataFrame, at_risk: AtRisk) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two tables of yes and no, municipality by list: does the list cover it, does the list name it."""
    choice("at_risk", at_risk, ("eligible", "list"))
    municipalities = list(data.municipalities["actor_id"])
    table = levels(data).set_index("actor_id").loc[municipalities]
    born = existence(data)["exists_from"].reindex(municipalities).fillna(0)
    rows = data.memberships
    covered, named = {}, {}
    for item in each_row(lists):
        on = table.index.isin(rows.loc[rows["list_id"] == item.list_id, "actor_id"])
        may = at_risk_in(table, item.levels_at_risk, item.counties_at_risk) & (born <= item.year)
        if at_risk == "eligible":
            year = int(item.year)
            may &= eligible(data, municipalities, [item.network_id], range(year, year + 1))[:, 0, 0]
        covered[item.list_id] = may.to_numpy(dtype=bool) | on
        named[item.list_id] = on
    return pd.DataFrame(covered, index=municipalities), pd.DataFrame(named, index=municipalities)


def lists(
    data: Dataset,
    county: str | None = None,
    *,
    networks: Iterable[str] | None = None,
    certainty: str = "medium",
) -> pd.DataFrame:
    """Return membership where it is known: the network-years of complete lists.

    Parameters
    ----------
    county
        Count the actors of one county, or None for the country.
    networks
        Only the lists of these networks; default all.
    certainty
        The least certainty that a list is complete: `"high"`, or `"medium"` (default; shown in a column).

    Returns
    -------
    pd.DataFrame
        `network_id, year, n_members, n_at_risk` (municipalities and regions that the list covers), `n_sweden,
        certainty, list_id, source_id`. Lists of full members only have `full_only` set: their absence says
        no more than "not a full member". Sorted by network and year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value.

    Examples
    --------
    >>> from natverk import load
    >>> table = lists(load())
    >>> table.loc[table["network_id"] == "ubc", ["year", "n_members"]].values.tolist()
    [[2014, 21], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    choice("certainty", certainty, ("high", "medium"))
    found_lists = data.member_lists
    found_lists = found_lists[found_lists["certainty"].isin(("high", "medium") if certainty == "medium" else ("high",))]
    if networks is not None:
        found_lists = found_lists[found_lists["network_id"].isin(known_networks(data, networks))]
    table = levels(data).set_index("actor_id")
    table = table[table["municipality"] | table["region"]]
    if county is not None:
        code = known_county(data, county)
        table = table[table["county_codes"].str.split(";").map(lambda codes: code in codes)]
    rows = data.memberships
    found = []
    for item in each_row(found_lists):
        at_risk = at_risk_in(table, item.levels_at_risk, item.counties_at_risk)
        members = rows.loc[(rows["list_id"] == item.list_id) & rows["actor_id"].isin(table.index), "actor_id"]
        found.append(
            {
                "network_id": item.network_id,
                "year": item.year,
                "n_members": members.nunique(),
                "n_at_risk": int(at_risk.sum()),
                "n_sweden": item.n_sweden,
                "full_only": item.status_scope == "full",
                "certainty": item.certainty,
                "list_id": item.list_id,
                "source_id": item.source_id,
            }
        )
    columns = [
        "network_id", "year", "n_members", "n_at_risk", "n_sweden", "full_only", "certainty", "list_id",
        "source_id",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns).sort_values(["network_id", "year"], ignore_index=True)
    return frame.astype({**dict.fromkeys(columns[1:5], "int64"), "full_only": "bool"})
