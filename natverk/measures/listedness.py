"""Listed memberships: for each municipality, how many of the complete lists cover it and how many name it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.actors import eligible, existence, levels
from natverk.measures.arguments import choice, known_networks, year_range
from natverk.measures.frames import each_row
from natverk.measures.panel import at_risk_in

__all__ = ["AtRisk", "latest_lists", "listed_memberships"]

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
        Whom a list covers, see `natverk.listed_participation`.

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
        See `natverk.listed_participation`.

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
