"""The cells of a region and of its municipalities side by side, county by county: what overlap compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import actors_of
from natverk.measures.arguments import choice, known_county, known_networks
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.panel import networks_counting_as
from natverk.measures.ties import Year, tie_cells

__all__ = ["VALUES", "County", "OpenTo", "comparable", "county_cells", "open_to_both"]

OpenTo = Literal["any", "both"]
VALUES = ("low", "best", "high")


class County(NamedTuple):
    """A county's cells: by `low`, `best`, `high` and `known` one row an actor, one column a network."""

    code: str
    region: str
    unitary: bool
    networks: list[str]
    regional: dict[str, np.ndarray]
    municipal: dict[str, np.ndarray]


def county_cells(
    data: Dataset,
    county: str | None = None,
    *,
    year: Year = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    open_to: OpenTo = "any",
) -> Iterator[County]:
    """Yield the cells of each county: the region's row, the municipalities' rows, one column a network.

    Parameters
    ----------
    data, year, counts_as, counting, year_basis
        What is selected; see `natverk.measures.ties.tie_cells`.
    county
        A county code, or None for all. Municipalities count to the county of today.
    open_to
        All selected networks (`"any"`), or only those that `"both"` levels may join.
    """
    choice("open_to", open_to, ("any", "both"))
    codes = list(data.counties["county_code"]) if county is None else [known_county(data, county)]
    networks = networks_counting_as(data, counts_as)
    if open_to == "both":
        both = set(open_to_both(data, counts_as=counts_as))
        networks = [network for network in networks if network in both]
    networks = known_networks(data, networks)
    groups = {code: actors_of(data, code) for code in codes}
    actors = [actor for code in codes for actor in groups[code]["actor_id"]]
    cells = tie_cells(
        data, year=year, actors=actors, networks=networks, counting=counting, year_basis=year_basis
    ).set_index(["actor_id", "network_id"])
    tables = {name: cells[name].unstack()[networks] for name in (*VALUES, "known")}
    head = data.counties.set_index("county_code")["region_actor_id"]
    for code in codes:
        own = groups[code].set_index("level")["actor_id"]
        unitary = "unitary" in own.index
        municipal = list(own[own.index.isin(["municipal", "unitary"])])
        yield County(
            code,
            str(head[code]),
            unitary,
            networks,
            _taken(tables, [str(head[code])]),
            _taken(tables, municipal),
        )


def open_to_both(data: Dataset, *, counts_as: tuple[str, ...] = ("membership",)) -> list[str]:
    """Return the networks that municipalities and regions may both join, by their rules of eligibility.

    A network for cities alone, or for regions alone, keeps the two levels apart by its statutes.

    Parameters
    ----------
    counts_as
        Sets of networks, see `natverk.panel`.

    Returns
    -------
    list[str]
        Network ids, in the order of the table.

    Raises
    ------
    InvalidArgument
        For an unknown set.

    Examples
    --------
    >>> from natverk import load
    >>> both = open_to_both(load())
    >>> "sern" in both, "ubc" in both
    (True, False)
    """
    networks = data.networks.set_index("network_id")["eligible_levels"].str.split(";")
    counted = networks_counting_as(data, counts_as)
    return [str(network) for network in counted if {"municipality", "region"} <= set(networks[network])]


def _taken(tables: dict[str, pd.DataFrame], actors: list[str]) -> dict[str, np.ndarray]:
    return {
        name: table.loc[actors].to_numpy(dtype=float if name == "known" else bool) for name, table in tables.items()
    }


def comparable(unitary: bool, regional: bool, municipal: bool) -> str:
    """Say whether two levels can be compared: whether they are two, and something is documented of both.

    >>> comparable(False, True, False)
    'no_municipal_set'
    """
    if unitary:
        return "unitary"
    return "yes" if regional and municipal else "no_region_set" if not regional else "no_municipal_set"
