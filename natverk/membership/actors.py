"""Which actors there are, at which level and since when: selections that the measures share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.frames import YEARS, known_county

__all__ = [
    "actors_of",
    "at_risk_in",
    "eligible",
    "existence",
    "levels",
    "member_actors",
    "population_by_year",
    "population_known",
]


@asked
@kept
def levels(data: Dataset) -> pd.DataFrame:
    """Return the level of every actor that can hold a membership.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`municipal`, `regional`, `joint`, `other`), `municipality`, `region`
        (whether it counts at that level; Gotland at both), `county_codes`.

    Examples
    --------
    >>> from natverk import load
    >>> levels(load()).set_index("actor_id").loc["municipality:0980", ["municipality", "region"]].tolist()
    [True, True]
    """
    actors = data.actors
    level = (
        actors["kind"].map({"municipality": "municipal", "region": "regional", "joint_body": "joint"}).fillna("other")
    )
    return pd.DataFrame(
        {
            "actor_id": actors["actor_id"],
            "name": actors["name"],
            "level": level.astype("str"),
            "municipality": actors["kind"] == "municipality",
            "region": (actors["kind"] == "region") | actors["also_regional"].astype(bool),
            "county_codes": actors["county_codes"],
        }
    )


@asked
def actors_of(data: Dataset, county: str) -> pd.DataFrame:
    """Return the actors of a county: the region, its joint bodies, its municipalities by population.

    Joint bodies are those at home in the county, also when they reach into others; on Gotland the one
    municipality is also the region and stands once, as `unitary`.

    Parameters
    ----------
    data, county
        The dataset and a county code.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`regional`, `joint`, `municipal`, `unitary`), `code`, `population`
        (31 December of the latest year known, inhabitants), in the order in which a page lists them.

    Raises
    ------
    UnknownName
        For an unknown county.

    Notes
    -----
    Levels as the design has them: joint bodies are a third kind, no level.

    Examples
    --------
    >>> from natverk import load
    >>> vgr = actors_of(load(), "14")
    >>> vgr["level"].value_counts()["municipal"], vgr["name"].iloc[0]
    (np.int64(49), 'Västra Götalandsregionen')
    """
    county = known_county(data, county)
    row = data.counties.set_index("county_code").loc[county]
    region = str(row["region_actor_id"])
    population = population_by_year(data)
    places = data.municipalities[data.municipalities["county_code"] == county]
    municipal = places[["actor_id", "name", "code"]].assign(
        level="unitary" if region in set(places["actor_id"]) else "municipal",
        population=places["code"].map(population[population.columns.max()]),
    )
    head = {"actor_id": region, "name": row["region_name"], "level": "regional"}
    regional = pd.DataFrame([head | {"population": municipal["population"].sum(min_count=1)}])
    table = levels(data)
    at_home = table["county_codes"].fillna("").str.split(";").map(lambda codes: county in codes)
    joint = table.loc[(table["level"] == "joint") & at_home, ["actor_id", "name", "level"]]
    parts = [
        regional[~regional["actor_id"].isin(places["actor_id"])],
        joint.sort_values("name"),
        municipal.sort_values(["population", "name"], ascending=[False, True]),
    ]
    if region in set(places["actor_id"]):
        parts.reverse()
    result = pd.concat([part for part in parts if len(part)], ignore_index=True)
    result = result.reindex(columns=["actor_id", "name", "level", "code", "population"])
    return result.astype({"population": "Int64", "code": "str", "level": "str"})


@asked
@kept
def existence(data: Dataset) -> pd.DataFrame:
    """Return since when and until when actors exist, where that is known: new municipalities, joint bodies.

    Returns
    -------
    pd.DataFrame
        Index `actor_id`; `exists_from`, `exists_to` (years, missing where not known). Actors without a row
        are taken to exist throughout: a county council is the same actor as today's region.

    Examples
    --------
    >>> from natverk import load
    >>> int(existence(load()).loc["municipality:0330", "exists_from"])
    2003
    """
    changes = data.municipality_changes
    new = changes[changes["kind"] == "new_municipality"]
    municipal = pd.DataFrame(
        {
            "actor_id": "municipality:" + new["new_code"],
            "exists_from": new["date"].str[:4].astype("Int64"),
            "exists_to": pd.NA,
        }
    )
    bodies = data.bodies[["body_id", "founded_year", "dissolved_year"]]
    bodies = bodies.set_axis(["actor_id", "exists_from", "exists_to"], axis=1).dropna(
        how="all", subset=["exists_from", "exists_to"]
    )
    both = pd.concat([municipal, bodies], ignore_index=True)
    return both.astype({"exists_from": "Int64", "exists_to": "Int64"}).set_index("actor_id")


@asked
@kept
def population_by_year(data: Dataset) -> pd.DataFrame:
    """Return population on 31 December: index municipality code, one column a year, inhabitants.

    Years that were not published (2022, 2023) have no column; nothing is interpolated.
    """
    return data.population.pivot(index="code", columns="year", values="population")


@asked
@kept
def population_known(data: Dataset) -> pd.DataFrame:
    """Return the latest published population up to each year an argument may name; missing before the first one."""
    published = population_by_year(data).astype("float64")
    return published.reindex(columns=range(YEARS[0], YEARS[1] + 1)).ffill(axis=1)


@asked
@kept
def member_actors(data: Dataset) -> tuple[str, ...]:
    """Return the actors that measures look at by default: all municipalities and regions."""
    table = levels(data)
    return tuple(table.loc[table["municipality"] | table["region"], "actor_id"])


def at_risk_in(table: pd.DataFrame, list_levels: str, list_counties: object) -> pd.Series:
    """Say which actors (a frame as `levels` gives it) a complete list covers by its levels and counties."""
    at_risk = table[list_levels.split(";")].any(axis=1)
    if isinstance(list_counties, str) and list_counties:
        covered = set(list_counties.split(";"))
        at_risk &= table["county_codes"].fillna("").map(lambda codes: not covered.isdisjoint(codes.split(";")))
    return at_risk


class _Eligible(NamedTuple):
    """Who may belong to what and when, for all actors, networks and years; and where each stands."""

    actors: pd.Index
    networks: pd.Index
    may: np.ndarray


@kept
def _eligible(data: Dataset) -> _Eligible:
    table, networks = levels(data), data.networks
    size = population_known(data)
    # Only municipality codes are found there: regions and bodies stay without a size.
    sizes = size.reindex(table["actor_id"].str.split(":").str[-1]).to_numpy()[:, None, :]
    own = table[["municipality", "region"]].to_numpy()
    open_to = networks["eligible_levels"].str.get_dummies(";").reindex(columns=["municipality", "region"], fill_value=0)
    by_level = (own.astype(int) @ open_to.to_numpy().T > 0)[:, :, None]
    bounds = networks[["min_population", "max_population"]].astype("float64").to_numpy()
    least, most = bounds[:, 0][:, None], bounds[:, 1][:, None]
    # A bound or a size that is not known rules nobody out: comparisons with it are false.
    may = by_level & ~((sizes < least) | (sizes > most))
    return _Eligible(pd.Index(table["actor_id"]), pd.Index(networks["network_id"]), may)


@asked
def eligible(data: Dataset, actors: list[str], networks: list[str], years: range) -> np.ndarray:
    """Return who may belong to what and when: by level and by the population of the year.

    For a year without published population the latest one before it decides; before the first, nobody is
    ruled out. Regions and bodies have no population rule.

    Returns
    -------
    np.ndarray
        Booleans of shape (actors, networks, years).

    Examples
    --------
    >>> from natverk import load
    >>> may = eligible(load(), ["municipality:0180", "municipality:0182"], ["eurocities"], range(2014, 2015))
    >>> may[:, 0, 0].tolist()
    [True, False]
    """
    own = _eligible(data)
    a, n = own.actors.get_indexer(pd.Index(actors)), own.networks.get_indexer(pd.Index(networks))
    return np.asarray(own.may[np.ix_(a, n, np.asarray(years) - YEARS[0])])
