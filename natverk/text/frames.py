"""Frames that the figures take, made from the frames that the measures give."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.membership.documented import DOCUMENTED
from natverk.roles import practised
from natverk.text.page import Page

__all__ = [
    "country_themes",
    "listed_frame",
    "map_frame",
    "matrix_actors",
    "matrix_frame",
    "stage_frame",
    "theme_frame",
    "timeline_frame",
]


def timeline_frame(held: pd.DataFrame) -> pd.DataFrame:
    """Return the spells of responsibility as `figures.timeline` takes them."""
    return held.rename(columns={"end": "end_date"})


def matrix_actors(actors: pd.DataFrame) -> pd.DataFrame:
    """Return the actors of a county as the columns of `figures.membership_matrix`."""
    return actors.rename(columns={"name": "actor_name"})[["actor_name", "level", "population"]]


def matrix_frame(page: Page, actors: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return documented memberships as `figures.membership_matrix` takes them."""
    joined = own.merge(actors, on="actor_id")
    names = {network: page.network(network) for network in joined["network_id"].unique()}
    return pd.DataFrame(
        {
            "actor_name": joined["name"],
            "level": joined["level"],
            "population": joined["population"],
            "network_name": joined["network_id"].map(names),
            "mark": joined["mark"],
        }
    )


@asked
def country_themes(data: Dataset) -> pd.DataFrame:
    """Return by theme in how many counties and municipalities of the country activity is attested, for `theme_frame`.

    A page that shows these sums depends on them, not on the evidence of every county.
    """
    return _theme_sums(practised(data))


def _theme_sums(table: pd.DataFrame) -> pd.DataFrame:
    attested = table.assign(
        regional=(table["regional_low"] > 0).astype(int), joint=(table["joint_low"] > 0).astype(int), one=1
    )
    columns = ["municipal_low", "n_municipalities", "regional", "joint", "one"]
    return attested.groupby("theme", sort=False)[columns].sum().reset_index()


def theme_frame(county: pd.DataFrame, country: pd.DataFrame) -> pd.DataFrame:
    """Return practised roles of a county beside the country, as `figures.theme_pattern` takes them.

    Parameters
    ----------
    county
        `roles.practised` of the county.
    country
        `country_themes`, or `roles.practised` of all counties.

    Returns
    -------
    pd.DataFrame
        `theme, level, place, n_attested, n_units, share`. Municipalities count one by one; the region and
        the joint bodies count by county: whether anything is attested.
    """
    parts = []
    for place, table in (("county", county), ("country", country)):
        sums = table.set_index("theme") if "one" in table else _theme_sums(table).set_index("theme")
        for level, attested, units in (
            ("municipal", "municipal_low", "n_municipalities"),
            ("regional", "regional", "one"),
            ("joint", "joint", "one"),
        ):
            parts.append(
                pd.DataFrame(
                    {
                        "theme": sums.index,
                        "level": level,
                        "place": place,
                        "n_attested": sums[attested].to_numpy(),
                        "n_units": sums[units].to_numpy(),
                        "share": (sums[attested] / sums[units]).to_numpy(),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def listed_frame(page: Page, listed: pd.DataFrame) -> pd.DataFrame:
    """Return listed network-years as `figures.listed_years` takes them.

    Lists that cover nobody here are left out, and lists of full members only: they close nobody out.
    """
    covering = listed[(listed["n_at_risk"] > 0) & ~listed["full_only"]]
    names = {network: page.network(network) for network in covering["network_id"].unique()}
    return covering.assign(network_name=covering["network_id"].map(names))[
        ["network_name", "year", "n_members", "n_at_risk", "n_sweden"]
    ]


def map_frame(data: Dataset, county: str, own: pd.DataFrame) -> pd.DataFrame:
    """Return the municipalities of a county with their documented memberships, as `figures.county_map` takes them.

    Parameters
    ----------
    own
        `documented` the county's actors.

    Returns
    -------
    pd.DataFrame
        `code, name, population, n_documented` (dated or not, former and loose ones left out), `n_undated`
        (of these, without a year), `lat, lon`.
    """
    places = data.municipalities[data.municipalities["county_code"] == county]
    population = data.population[data.population["year"] == data.population["year"].max()].set_index("code")[
        "population"
    ]
    firm = own[own["mark"].isin(DOCUMENTED)].groupby("actor_id").size()
    undated = own[own["mark"] == "undated"].groupby("actor_id").size()
    return pd.DataFrame(
        {
            "code": places["code"],
            "name": places["name"],
            "population": places["code"].map(population),
            "n_documented": places["actor_id"].map(firm).fillna(0).astype(int),
            "n_undated": places["actor_id"].map(undated).fillna(0).astype(int),
            "lat": places["lat"].astype(float),
            "lon": places["lon"].astype(float),
        }
    ).reset_index(drop=True)


def stage_frame(data: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Return rows by `county_code` with the short name and the tile of the county, in the order of the counties.

    What `figures.stage_tiles`, `figures.stage_years` and `figures.strategy_timeline` take.
    """
    places = data.counties[["county_code", "name_short", "tile_row", "tile_col"]]
    return table.merge(places, on="county_code", how="left", validate="many_to_one")
