"""Position: documented memberships of one municipality beside those of its size, and those of its county.

Both take what `networks_of` gives, so that a page reads the evidence once. The counts are of *documented*
memberships: a municipality that writes about its networks has more of them.
"""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.frames import each_row
from natverk.measures.likeness import municipality_code, population_at

__all__ = ["DOCUMENTED", "SIZE_CLASSES", "by_size", "neighbours"]

#: Marks of `networks_of` that stand for a documented membership; loose ties and former members do not.
DOCUMENTED = ("recent", "earlier", "undated", "conflict")
#: Least populations of the size classes: more than half of the municipalities lie in the first two.
SIZE_CLASSES = (0, 10_000, 20_000, 50_000, 100_000, 200_000)


def by_size(
    data: Dataset,
    documented: pd.DataFrame,
    *,
    year: int = 2024,
    classes: tuple[int, ...] = SIZE_CLASSES,
) -> pd.DataFrame:
    """Return how many memberships are documented for each municipality, with its size class.

    Parameters
    ----------
    documented
        `networks_of` all municipalities (rows of other actors are left out).
    year
        The year of the population; where it was not published, the latest year before it.
    classes
        Least populations of the classes, rising from 0.

    Returns
    -------
    pd.DataFrame
        `code, name, population` (inhabitants on 31 December), `population_year, size_from, size_to` (the class:
        from, and below; `size_to` is missing in the last), `n_documented`, `n_undated` (of these, without a year).
        One row a municipality, the smallest first.

    Raises
    ------
    InvalidArgument
        If the classes do not rise from 0, or for a year before the first population.

    Examples
    --------
    >>> from natverk import load, networks_of
    >>> data = load()
    >>> table = by_size(data, networks_of(data, data.municipalities["actor_id"])).set_index("name")
    >>> len(table), table.loc["Vänersborg", ["size_from", "size_to"]].tolist()
    (290, [20000, 50000])
    """
    bounds = list(classes)
    if not bounds or bounds[0] != 0 or bounds != sorted(set(bounds)):
        raise InvalidArgument(f"the classes {classes} do not rise from 0", where="classes", remedy="(0, 10000, …)")
    population, published = population_at(data, year)
    places = data.municipalities
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    frame = pd.DataFrame(
        {
            "code": places["code"],
            "name": places["name"],
            "population": places["code"].map(population).astype("Int64"),
            "population_year": published,
        }
    )
    lower = [max(bound for bound in bounds if bound <= size) for size in frame["population"].fillna(0)]
    above = dict(zip(bounds, [*bounds[1:], None], strict=True))
    frame["size_from"] = lower
    frame["size_to"] = pd.array([above[low] for low in lower], dtype="Int64")
    for column, rows in (("n_documented", firm), ("n_undated", firm[firm["mark"] == "undated"])):
        frame[column] = places["actor_id"].map(rows.groupby("actor_id").size()).fillna(0).astype(int)
    return frame.sort_values(["population", "code"], ignore_index=True)


def neighbours(data: Dataset, municipality: str, documented: pd.DataFrame) -> pd.DataFrame:
    """Return which networks the other municipalities of the county are documented in, the most shared first.

    Parameters
    ----------
    municipality
        A code, an actor id or a name.
    documented
        `networks_of` the county's municipalities and its region at least.

    Returns
    -------
    pd.DataFrame
        `network_id, n_in` (other municipalities of the county), `n_neighbours` (how many there are),
        `neighbours` (codes of those in it), `region` (whether the county's region is documented in it), `own_mark`
        (what `networks_of` says of the municipality itself, missing where nothing is documented). Networks that
        only the municipality itself or the region is in are left out. Ties: by network id.

    Raises
    ------
    UnknownName
        For an unknown municipality.

    Examples
    --------
    >>> from natverk import load, networks_of
    >>> data = load()
    >>> actors = [*data.municipalities["actor_id"], "region:14"]
    >>> near = neighbours(data, "Vänersborg", networks_of(data, actors)).set_index("network_id")
    >>> int(near.loc["sern", "n_neighbours"]), near.loc["sern", "own_mark"]
    (48, 'recent')
    """
    code = municipality_code(data, municipality)
    places = data.municipalities.set_index("code")
    county = places["county_code"][code]
    others = places[(places["county_code"] == county) & (places.index != code)]
    codes = dict(zip(others["actor_id"], others.index, strict=True))
    region = data.counties.set_index("county_code")["region_actor_id"][county]
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    own = documented[documented["actor_id"] == places["actor_id"][code]].set_index("network_id")["mark"].to_dict()
    regional = set(firm.loc[firm["actor_id"] == region, "network_id"])
    found: dict[str, list[str]] = {}
    for row in each_row(firm[firm["actor_id"].isin(codes)]):
        found.setdefault(row.network_id, []).append(codes[row.actor_id])
    rows = [
        {
            "network_id": network,
            "n_in": len(members),
            "n_neighbours": len(others),
            "neighbours": ";".join(sorted(members)),
            "region": network in regional,
            "own_mark": own.get(network),
        }
        for network, members in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    columns = ["network_id", "n_in", "n_neighbours", "neighbours", "region", "own_mark"]
    return pd.DataFrame(rows, columns=columns).astype({"own_mark": "str", "region": "bool"})
