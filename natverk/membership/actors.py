"""Which actors there are, at which level and since when: selections that the measures share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import each_row, known_county, year_or_none

__all__ = [
    "actors_of",
    "eligible",
    "existence",
    "levels",
    "population_by_year",
]


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
    table = levels(data).set_index("actor_id")
    population = population_by_year(data)
    latest = population[population.columns.max()]
    places = data.municipalities[data.municipalities["county_code"] == county]
    municipal = pd.DataFrame(
        {
            "actor_id": places["actor_id"],
            "name": places["name"],
            "level": "municipal",
            "code": places["code"],
            "population": places["code"].map(latest),
        }
    ).sort_values(["population", "name"], ascending=[False, True])
    bodies = table[
        (table["level"] == "joint") & table["county_codes"].fillna("").str.split(";").map(lambda ids: county in ids)
    ]
    joint = pd.DataFrame({"actor_id": bodies.index, "name": bodies["name"].to_numpy(), "level": "joint"}).sort_values(
        "name"
    )
    region = str(row["region_actor_id"])
    if region in set(municipal["actor_id"]):
        municipal["level"] = "unitary"
        parts = [municipal, joint]
    else:
        head = pd.DataFrame(
            {
                "actor_id": [region],
                "name": [str(row["region_name"])],
                "level": ["regional"],
                "population": [row["population_2024"]],
            }
        )
        parts = [head, joint, municipal]
    result = pd.concat([part for part in parts if len(part)], ignore_index=True)
    result = result.reindex(columns=["actor_id", "name", "level", "code", "population"])
    return result.astype({"population": "Int64", "code": "str"})


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


def population_by_year(data: Dataset) -> pd.DataFrame:
    """Return population on 31 December: index municipality code, one column a year, inhabitants.

    Years that were not published (2022, 2023) have no column; nothing is interpolated.
    """
    return data.population.pivot(index="code", columns="year", values="population")


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
    table = levels(data).set_index("actor_id").reindex(actors)
    by_level = {level: table[level].to_numpy(dtype=bool) for level in ("municipality", "region")}
    # Only municipality codes are found there: regions and bodies stay without a size.
    population = population_by_year(data).reindex([actor.rpartition(":")[2] for actor in actors])
    sizes = {int(str(year)): population[year].to_numpy(dtype=float, na_value=np.nan) for year in population.columns}
    rules = {row.network_id: row for row in each_row(data.networks)}
    result = np.zeros((len(actors), len(networks), len(years)), dtype=bool)
    for n, network in enumerate(networks):
        rule = rules[network]
        result[:, n, :] = np.any([by_level[level] for level in rule.eligible_levels.split(";")], axis=0)[:, None]
        least, most = year_or_none(rule.min_population), year_or_none(rule.max_population)
        if least is None and most is None:
            continue
        for t, year in enumerate(years):
            published = [other for other in sizes if other <= year]
            if published:
                size = sizes[max(published)]
                unfit = (size < (least or 0)) | (size > (np.inf if most is None else most))
                result[:, n, t] &= ~unfit
    return result
