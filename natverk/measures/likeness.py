"""Likeness: what two municipalities are compared by, their known portfolios and their structure.

A portfolio holds known cells only, 1 or 0; what is unknown stays missing. Structure is size, type, coast and
location. `natverk.measures.peers` ranks by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.units import fold
from natverk.errors import InvalidArgument, UnknownName
from natverk.measures.actors import existence, population_by_year
from natverk.measures.arguments import year_range
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.panel import SETS, networks_counting_as, panel

__all__ = [
    "COMPONENTS", "component_weights", "differences", "municipality_code", "portfolios", "population_at", "structure",
]  # fmt: skip

#: What likeness by structure is made of, with the default weights: equal, for want of a reason to prefer one.
COMPONENTS = {"population": 0.25, "skr_group": 0.25, "coast": 0.25, "location": 0.25}
_PAIRS: tuple[Literal["all", "evidence"], ...] = ("all", "evidence")
_EARTH_KM = 6371.0088


def municipality_code(data: Dataset, text: str) -> str:
    """Return the code of the municipality that a code, an actor id or a name means.

    Raises
    ------
    UnknownName
        With the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> [municipality_code(load(), text) for text in ("0180", "municipality:1487", "vänersborg")]
    ['0180', '1487', '1487']
    """
    table = data.municipalities
    if isinstance(text, str):
        if (table["code"] == text).any():
            return text
        wanted = fold(text.removeprefix("municipality:"))
        for column in ("code", "name", "name_official"):
            hit = table.loc[table[column].fillna("").map(fold) == wanted, "code"]
            if wanted and len(hit) == 1:
                return str(hit.iloc[0])
    raise UnknownName(
        f"unknown municipality {text!r}",
        where="municipality",
        allowed=table["name"].tolist(),
        value=text,
        remedy='give a name, or a code of Statistics Sweden as text, such as "0180"',
    )


def portfolios(
    data: Dataset,
    *,
    municipalities: Iterable[str] | None = None,
    years: tuple[int, int] | int = (2015, 2024),
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
) -> pd.DataFrame:
    """Return what is known of each municipality in each network: the portfolios that are compared.

    Parameters
    ----------
    municipalities
        Codes; default all 290.
    years
        A year or a window. Each cell is what the latest year with knowledge of it says (default: the ten
        years to 2024, since a single year leaves too few known cells to compare anybody).
    counts_as, year_basis, counting, list_certainty
        See `panel`.

    Returns
    -------
    pd.DataFrame
        Index municipality code, one column a network id in which anything is known; 1 member, 0 known not
        to be a member (absent from a complete list, or left), missing otherwise. Presumed and contradicted
        cells are missing. That a network or municipality did not exist tells nothing about likeness and is
        missing too.

    Examples
    --------
    >>> from natverk import load
    >>> int(portfolios(load(), years=2019)["ubc"].sum())
    14
    """
    networks = networks_counting_as(data, counts_as)
    actors = data.municipalities.set_index("actor_id")["code"]
    if municipalities is not None:
        actors = actors[actors.isin(list(municipalities))]
    listed = [network for network in networks if network in set(data.member_lists["network_id"])]
    rest = [network for network in networks if network not in set(listed)]
    # Absence is known in listed networks only; elsewhere the pairs with evidence are all that can be known.
    parts = [
        panel(
            data,
            actors=actors.index,
            networks=chosen,
            years=years,
            pairs=pairs,
            year_basis=year_basis,
            counting=counting,
            list_certainty=list_certainty,
        )
        for chosen, pairs in zip((listed, rest), _PAIRS, strict=True)
        if chosen
    ]
    if not parts:
        raise InvalidArgument("the selection is empty", where="counts_as", allowed=SETS)
    cells = pd.concat(parts, ignore_index=True)
    cells = cells[cells["state"].isin(["member", "not_member", "left"])].sort_values("year", kind="stable")
    last = cells.groupby(["actor_id", "network_id"], as_index=False).last()
    value = (last["state"] == "member").astype("Float64").mask(last["conflict"].astype(bool))
    last = last.assign(code=last["actor_id"].map(actors), value=value)
    wide = last.pivot(index="code", columns="network_id", values="value")
    wide = wide.reindex(sorted(actors)).dropna(axis=1, how="all").astype("Float64")
    return wide.rename_axis(index="code", columns="network_id")


def component_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return the weights of the components, or raise unless they are known, not negative and sum to 1.

    >>> component_weights({"population": 0.5, "location": 0.5})
    {'population': 0.5, 'location': 0.5}
    """
    used = dict(COMPONENTS if weights is None else weights)
    for name, weight in used.items():
        if name not in COMPONENTS:
            raise InvalidArgument(f"unknown component {name!r}", where="weights", allowed=COMPONENTS, value=name)
        if not weight >= 0:
            raise InvalidArgument(f"the weight of {name} is {weight!r}", where="weights", remedy="give 0 or more")
    total = sum(used.values())
    if not abs(total - 1) < 1e-9:
        raise InvalidArgument(
            f"the weights sum to {total:g}, not 1", where="weights", remedy="divide each weight by their sum"
        )
    return used


def population_at(data: Dataset, year: int) -> tuple[pd.Series, int]:
    """Return population by municipality code on 31 December of the latest published year up to `year`, and that year.

    Raises
    ------
    InvalidArgument
        For a year before the first published one.

    Examples
    --------
    >>> from natverk import load
    >>> population_at(load(), 2023)[1]
    2021
    """
    year_range(year, "year", data=data)
    table = population_by_year(data)
    published = [int(str(column)) for column in table.columns if int(str(column)) <= year]
    if not published:
        raise InvalidArgument(
            f"no population is known up to {year}", where="year", allowed=table.columns, remedy="give a later year"
        )
    return table[max(published)], max(published)


def structure(data: Dataset, year: int) -> tuple[pd.DataFrame, int]:
    """Return size, type, coast and location of the municipalities of a year, and the year of the population.

    Returns
    -------
    pd.DataFrame
        Index municipality code, sorted; `name, population` (inhabitants), `skr_group, coastal, lat, lon`
        (degrees). Municipalities that did not exist yet are left out.
    """
    population, published = population_at(data, year)
    born = existence(data)["exists_from"]
    table = data.municipalities.sort_values("code")
    begins = table["actor_id"].map(born).astype("Int64")
    table = table[(begins.isna() | (begins <= year)).astype(bool)]
    table = table.assign(population=table["code"].map(population)).set_index("code")
    return table[["name", "population", "skr_group", "coastal", "lat", "lon"]], published


def differences(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return for each component the differences between all pairs of municipalities; unknown ones are missing.

    `population` in natural logarithms, `skr_group` 0, ½ or 1, `coast` 0 or 1, `location` in km.
    """
    size = np.log(table["population"].to_numpy(dtype=float, na_value=np.nan))
    coast = table["coastal"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    group = table["skr_group"].to_numpy(dtype=object)
    main = np.array([value[0] if isinstance(value, str) else None for value in group], dtype=object)
    unlike = 0.5 * (group[:, None] != group) + 0.5 * (main[:, None] != main)
    blank = np.array([not isinstance(value, str) for value in group])
    unlike[blank[:, None] | blank] = np.nan
    return {
        "population": np.abs(size[:, None] - size),
        "skr_group": unlike,
        "coast": np.abs(coast[:, None] - coast),
        "location": _kilometres(table),
    }


def _kilometres(table: pd.DataFrame) -> np.ndarray:
    """Return great-circle distances by the haversine formula."""
    lat, lon = (np.radians(table[name].to_numpy(dtype=float, na_value=np.nan)) for name in ("lat", "lon"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    result: np.ndarray = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result
