"""Frames that the figures of the network profile take, made from the frames that the measures give."""

from __future__ import annotations

import pandas as pd

from natverk.data.load import Dataset
from natverk.text.networksections import NetworkProfile

__all__ = ["place_frame", "point_frame", "shared_frame", "tile_frame"]

#: Facts that count Swedish members of a network, if they can be set beside ours at all.
_COUNTS = ("members", "members_sweden", "municipalities", "municipalities_sweden", "full_members_sweden")
_APART = ("world_total", "not_coded", "not_named", "left_out")


def place_frame(data: Dataset, members: pd.DataFrame) -> pd.DataFrame:
    """Return the members with their places, as `figures.member_map` takes them."""
    places = data.municipalities.set_index("actor_id")
    counties = data.counties.set_index("region_actor_id")["county_code"]
    return pd.DataFrame(
        {
            "name": members["name"],
            "level": members["level"],
            "mark": members["mark"],
            "code": members["code"],
            "county_code": members["actor_id"].map(counties).fillna(members["county_codes"]),
            "population": members["population"],
            "lat": members["actor_id"].map(places["lat"]).astype(float),
            "lon": members["actor_id"].map(places["lon"]).astype(float),
        }
    )


def point_frame(listed: pd.DataFrame, compared: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of Swedish members that lists and sources give, as `figures.member_years` takes them.

    Numbers without a year are left out, and so are those of all countries; a number that a complete list of the year
    gives stands once.
    """
    own = pd.DataFrame(
        {
            "year": listed["year"],
            "n": listed["n_sweden"],
            "kind": ["full_list" if full else "list" for full in listed["full_only"]],
        }
    )
    said = compared[(compared["table"] == "published_totals") & compared["claim"].isin(_COUNTS)]
    said = said[said["year"].notna() & ~said["reason"].isin(_APART)]
    stated = pd.DataFrame({"year": said["year"], "n": said["published"], "kind": "published"})
    both = pd.concat([own, stated], ignore_index=True).astype({"year": "int64", "n": "int64", "kind": "str"})
    return both.drop_duplicates(["year", "n"], ignore_index=True)


def tile_frame(page: NetworkProfile, table: pd.DataFrame) -> pd.DataFrame:
    """Return the share documented by county, as `figures.tile_map` takes it; nothing documented is not known."""
    known = table["n_documented"] > 0
    labels = [
        page.say("saturation.tile", n=int(n), total=int(total))
        for n, total in zip(table["n_documented"], table["n_municipalities"], strict=True)
    ]
    return pd.DataFrame(
        {
            **{name: table[name] for name in ("county_code", "name_short", "tile_row", "tile_col")},
            "value": table["share"].where(known),
            "label": pd.Series(labels, index=table.index).where(known),
        }
    )


def shared_frame(page: NetworkProfile, table: pd.DataFrame) -> pd.DataFrame:
    """Return the networks that share members, as `figures.shared_bars` takes them."""
    return table.assign(network_name=[page.network(item) for item in table["network_id"]])
