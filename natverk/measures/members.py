"""Members: who is documented in one network, since when, and how many in each year.

`networks_of` looks from the actor; this looks from the network. Relations of every kind are read: members of
networks, signatories of commitments, participants of programmes, owners of offices, and those who report.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import levels, population_by_year
from natverk.measures.arguments import known_networks, year_range
from natverk.measures.documented import networks_of
from natverk.measures.evidence import YearBasis, counted, status_of
from natverk.measures.panel import SETS, panel

__all__ = ["FIRM", "member_years", "members_of", "ties_apart"]

#: Marks that stand for a documented tie; a former member or a looser tie is shown, but not counted.
FIRM = ("recent", "earlier", "undated", "conflict")
_LEVELS = ("municipal", "regional", "joint", "other")
_OWN = (
    "status", "mark", "since", "since_basis", "last_seen", "end", "conflict", "below_minimum", "n_rows", "n_sources",
    "row_ids", "source_ids",
)  # fmt: skip


def members_of(
    data: Dataset,
    network: str,
    *,
    years: tuple[int, int] = (1997, 2024),
    recent: int = 5,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return who is documented in a network: one row an actor, all its evidence read together.

    Parameters
    ----------
    network
        A network id.
    years, recent, year_basis
        As in `networks_of`.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`municipal`, `regional`, `joint`, `other`), `code` (of a municipality),
        `county_codes, population` (of a municipality, 31 December of the latest year known), and the columns of
        `networks_of` from `status` on. Municipalities come first, the largest first. In a network that collects
        reports every actor that reports has a row (`status` `reporting`): an act, and no membership.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> members = members_of(load(), "eurocities", years=(1997, 2024)).set_index("name")
    >>> int(members.loc["Stockholm", "since"]), members.loc["Nacka", "status"]
    (1995, 'associate')
    >>> len(members_of(load(), "carbonn"))
    30
    """
    (network_id,) = known_networks(data, [network])
    actors = sorted(set(data.memberships.loc[data.memberships["network_id"] == network_id, "actor_id"]))
    if not actors:
        own = pd.DataFrame(columns=["actor_id", *_OWN])
    elif _kind(data, network_id) in SETS:
        own = networks_of(data, actors, years=years, recent=recent, networks=[network_id], year_basis=year_basis)
    else:
        own = _reporting(data, network_id, years, recent, year_basis)
    table = levels(data).set_index("actor_id")
    population = population_by_year(data)
    latest = population[population.columns.max()]
    codes = data.municipalities.set_index("actor_id")["code"]
    frame = own.assign(
        name=own["actor_id"].map(table["name"]),
        level=own["actor_id"].map(table["level"]),
        code=own["actor_id"].map(codes),
        county_codes=own["actor_id"].map(table["county_codes"]),
        population=own["actor_id"].map(codes).map(latest).astype("Int64"),
    )
    frame["order"] = frame["level"].map({level: place for place, level in enumerate(_LEVELS)})
    frame = frame.sort_values(["order", "population", "name"], ascending=[True, False, True], ignore_index=True)
    frame = frame.astype({"name": "str", "level": "str", "code": "str", "county_codes": "str"})
    return frame[["actor_id", "name", "level", "code", "county_codes", "population", *_OWN]]


def _kind(data: Dataset, network: str) -> str:
    return str(data.networks.set_index("network_id")["counts_as"].to_dict()[network])


def _reporting(data: Dataset, network: str, years: tuple[int, int], recent: int, year_basis: YearBasis) -> pd.DataFrame:
    """Return the relations to a network that makes no members, from what rows say of it, as `networks_of` does."""
    rows = data.memberships[data.memberships["network_id"] == network]
    rows = rows[~rows["status"].isin(["applicant", "former"])]
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    start = rows["start_year"].where((rows["start_basis"] == "stated") | (year_basis == "any"))
    rows = rows.assign(start=start, first=start.fillna(rows["observed_year"].where(usable)))
    rows = rows.assign(last=rows["observed_year"].where(usable).fillna(start))
    first, final = year_range(years, data=data)[0], year_range(years, data=data)[-1]
    found: list[dict[str, Any]] = []
    for actor, group in rows.groupby("actor_id", sort=True):
        dated = group[group["first"].notna()]
        within = dated[(dated["first"] <= final) & (dated["last"] >= first)]
        if len(dated) and dated["first"].min() > final and len(dated) == len(group):
            continue
        last = within["last"].clip(upper=final).max() if len(within) else dated["last"].max()
        mark = "undated" if dated.empty else "recent" if last > final - recent else "earlier"
        started = group["start"].dropna()
        found.append(
            {
                "actor_id": actor,
                "network_id": network,
                "status": status_of(set(group["status"])),
                "mark": mark,
                "since": started.min() if len(started) else group["first"].min(),
                "since_basis": "stated" if len(started) else "seen" if len(dated) else None,
                "last_seen": last,
                "end": pd.NA,
                "conflict": False,
                "below_minimum": False,
                "n_rows": len(group),
                "n_sources": group["source_id"].nunique(),
                "row_ids": ";".join(sorted(group["row_id"])),
                "source_ids": ";".join(sorted(set(group["source_id"]))),
            }
        )
    frame = pd.DataFrame(found, columns=["actor_id", "network_id", *_OWN])
    return frame.astype({**dict.fromkeys(["since", "last_seen", "end"], "Int64"), "conflict": "bool"})


def ties_apart(data: Dataset, network: str) -> pd.DataFrame:
    """Return who is named beside a network without being in it: through a third party, or as an applicant.

    Parameters
    ----------
    network
        A network id.

    Returns
    -------
    pd.DataFrame
        `actor_id, status` (`indirect`, `applicant`, `reporting`), `row_ids, source_ids`; actors that have a firmer
        tie are left out.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> ties_apart(load(), "ostersjoinitiativet")["status"].value_counts().to_dict()
    {'indirect': 7}
    """
    (network_id,) = known_networks(data, [network])
    rows = data.memberships.assign(counted=counted(data))
    rows = rows[rows["network_id"] == network_id]
    if _kind(data, network_id) not in SETS:
        apart = rows["status"] == "applicant"
    else:
        apart = rows["counted"].isin(["separate", "never"])
    firm = set(rows.loc[~apart, "actor_id"])
    rows = rows[apart & ~rows["actor_id"].isin(firm)]
    groups = rows.groupby(["status", "actor_id"], as_index=False)
    frame = groups.agg(row_ids=("row_id", ";".join), source_ids=("source_id", lambda ids: ";".join(sorted(set(ids)))))
    return frame[["actor_id", "status", "row_ids", "source_ids"]].astype("str")


def member_years(
    data: Dataset,
    network: str,
    members: pd.DataFrame,
    *,
    years: tuple[int, int] = (1997, 2024),
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Count the documented members of a network year by year, attested and presumed, undated ones apart.

    Parameters
    ----------
    network
        A network id.
    members
        As `members_of` gives them.
    years, carry_forward, year_basis
        As in `series`. Where actors report instead of being members, those are counted that report in the year, and
        nothing is presumed.

    Returns
    -------
    pd.DataFrame
        `year, low` (attested), `best` (attested and presumed), `n_undated` (members attested without any usable
        year: the same number in every row). Unit: actors. It counts what sources document, which is the number of
        members only in years of a complete list.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> table = member_years(data, "ubc", members_of(data, "ubc"), years=(2018, 2020))
    >>> table[["year", "low"]].values.tolist()
    [[2018, 1], [2019, 14], [2020, 13]]
    """
    (network_id,) = known_networks(data, [network])
    span = year_range(years, data=data)
    actors = list(members["actor_id"])
    sums = pd.DataFrame(0, index=span, columns=["low", "best"])
    if actors and _kind(data, network_id) in SETS:
        cells = panel(
            data,
            actors=actors,
            networks=[network_id],
            years=years,
            pairs="evidence",
            carry_forward=carry_forward,
            year_basis=year_basis,
        )
        sums = cells.groupby("year")[["low", "best"]].sum().reindex(span, fill_value=0)
    elif actors:
        rows = data.memberships[data.memberships["network_id"] == network_id]
        usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
        rows = rows[usable & rows["actor_id"].isin(actors) & ~rows["status"].isin(["applicant", "former"])]
        reports = rows.groupby("observed_year")["actor_id"].nunique().reindex(span, fill_value=0)
        sums = pd.DataFrame({"low": reports, "best": reports})
    counts = sums.astype("int64").rename_axis("year").reset_index()
    return counts.assign(n_undated=int((members["mark"] == "undated").sum()))
