"""Which pairs of actor and network are tied, for any selection of years, kinds of network and statuses.

The common first step of all measures of overlap: one row a pair, low / best / high, and how much is known.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.actors import eligible, levels
from natverk.measures.arguments import choice, known_actors, known_networks, year_range
from natverk.measures.evidence import STATUS_RANK, Counting, YearBasis, graded
from natverk.measures.panel import KNOWN, networks_counting_as, panel

__all__ = ["Year", "tie_cells"]

#: One year, the first and last of several, or None for any time.
Year = int | tuple[int, int] | None
#: Years whose population decides who may ever have been tied, where no year is given.
_EVER = (1997, 2024)


def tie_cells(
    data: Dataset,
    *,
    year: Year = None,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    statuses: tuple[str, ...] | None = None,
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return for every selected pair of actor and network whether it is tied: low, best, high.

    Parameters
    ----------
    year
        A year; the first and last of several (tied in at least one of them); or None (default): ever
        documented, undated evidence and former memberships included. About 1 % of all cells have evidence
        for a given year, so that None shows most and dates least.
    actors
        Actor ids; default all municipalities and regions.
    networks
        Network ids; default those of `counts_as`.
    counts_as
        Kinds of network by what belonging means: `membership` (default), `commitment`, `programme`,
        `representation`, in any combination; or `reporting` alone, since a report is an act in a year and
        no membership: nothing of it is carried forward.
    statuses
        Count only these of the statuses that the rules count (`"full"`, `"associate"`, …); default all.
    counting, year_basis
        See `natverk.measures.evidence.graded`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, low` (attested), `best` (attested or presumed), `high` (also unknown and
        eligible), `known` (share of the pair's years that are known, 0–1; without a year 1 where there is
        evidence, else 0). Sorted by actor and network.

    Raises
    ------
    UnknownName, InvalidArgument
        For unknown names or values, years out of range, or reporting mixed with other kinds.

    Examples
    --------
    >>> from natverk import load
    >>> cells = tie_cells(load(), year=2019, networks=["ubc"])
    >>> cells[["low", "best", "high"]].sum().tolist(), cells["known"].mean().item()
    ([14, 14, 15], 1.0)
    """
    choice("counting", counting, ("strict", "loose"))
    choice("year_basis", year_basis, ("stated", "any"))
    for status in statuses or ():
        choice("statuses", status, STATUS_RANK)
    if statuses is not None and not statuses:
        raise InvalidArgument("the selection is empty", where="statuses", allowed=STATUS_RANK)
    table = levels(data)
    chosen = table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    actor_ids = known_actors(data, chosen)
    network_ids = known_networks(data, networks_counting_as(data, counts_as) if networks is None else networks)
    kinds = set(data.networks.set_index("network_id")["counts_as"].reindex(network_ids))
    if "reporting" in kinds and len(kinds) > 1:
        raise InvalidArgument(
            "a report is an act in a year and cannot be counted together with memberships",
            where="counts_as",
            remedy='give counts_as=("reporting",) alone, or leave it out',
        )
    if "reporting" in kinds and statuses:
        raise InvalidArgument(
            "reports have no status to choose from", where="statuses", remedy="leave statuses out for reporting"
        )
    if year is None or kinds == {"reporting"}:
        pairs = _reports(data, year, year_basis) if kinds == {"reporting"} else _documented(data, statuses, counting)
        cells = _ever(data, pairs, actor_ids, network_ids, year)
    else:
        cells = _within(data, year, actor_ids, network_ids, statuses, counting, year_basis)
    return cells.sort_values(["actor_id", "network_id"], kind="stable", ignore_index=True)


def _documented(data: Dataset, statuses: tuple[str, ...] | None, counting: Counting) -> pd.DataFrame:
    """Return the pairs that evidence ties at any time: a membership that ended was one."""
    rows = graded(data, counting=counting)
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    return rows[rows["status"].isin(statuses)] if statuses else rows


def _reports(data: Dataset, year: Year, year_basis: YearBasis) -> pd.DataFrame:
    rows = data.memberships[data.memberships["status"] == "reporting"]
    if year is None:
        return rows
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    return rows[usable & rows["observed_year"].isin(list(year_range(year, "year", data=data)))]


def _ever(data: Dataset, pairs: pd.DataFrame, actors: list[str], networks: list[str], year: Year) -> pd.DataFrame:
    """Spread documented pairs over the whole selection: documented, or possible for who is eligible."""
    order_a = {actor: place for place, actor in enumerate(actors)}
    order_n = {network: place for place, network in enumerate(networks)}
    tied = np.zeros((len(actors), len(networks)), dtype=bool)
    inside = pairs[pairs["actor_id"].isin(actors) & pairs["network_id"].isin(networks)]
    tied[inside["actor_id"].map(order_a).to_numpy(int), inside["network_id"].map(order_n).to_numpy(int)] = True
    span = year_range(_EVER) if year is None else year_range(year, "year", data=data)
    high = tied | eligible(data, actors, networks, span).any(axis=2)
    attested = tied.ravel().astype(np.int8)
    return pd.DataFrame(
        {
            "actor_id": pd.Series(np.repeat(actors, len(networks)), dtype="str"),
            "network_id": pd.Series(np.tile(networks, len(actors)), dtype="str"),
            "low": attested,
            "best": attested,
            "high": high.ravel().astype(np.int8),
            "known": attested.astype(float),
        }
    )


def _within(
    data: Dataset,
    year: int | tuple[int, int],
    actors: list[str],
    networks: list[str],
    statuses: tuple[str, ...] | None,
    counting: Counting,
    year_basis: YearBasis,
) -> pd.DataFrame:
    """Read the panel of a year or of several: tied in at least one of them."""
    cells = panel(data, actors=actors, networks=networks, years=year, counting=counting, year_basis=year_basis)
    if statuses:
        wanted = set(statuses)
        other = (cells["status"] != "") & ~cells["status"].map(lambda text: bool(wanted & set(text.split("/"))))
        cells.loc[other, ["low", "best"]] = 0
        # Presumed with another status: which one holds in this year is not known.
        cells.loc[other & (cells["state"] != "presumed"), "high"] = 0
    cells["known"] = cells["state"].isin(KNOWN).astype(float)
    columns = ["actor_id", "network_id", "low", "best", "high", "known"]
    if cells["year"].nunique() == 1:
        return cells[columns]
    groups = cells.groupby(["actor_id", "network_id"], as_index=False)
    return groups.agg(low=("low", "max"), best=("best", "max"), high=("high", "max"), known=("known", "mean"))
