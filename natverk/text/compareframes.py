"""Frames that the figures of a comparison take, made from the frames that the measures give."""

from __future__ import annotations

import pandas as pd

from natverk.membership.documented import series
from natverk.membership.panel import SETS
from natverk.networks import member_years, members_of
from natverk.text.comparison import ComparePage

__all__ = ["series_of", "set_frame", "theme_frame", "year_frame"]


def set_frame(page: ComparePage, table: pd.DataFrame) -> pd.DataFrame:
    """Return what both have and what only one has, as `figures.shared_sets` takes it."""
    sets = page.sets(table)
    return pd.DataFrame(
        {
            "label": [page.say(f"sets.{item}") for item in sets["item"]],
            **{name: sets[name].map(len) for name in ("only_a", "shared", "only_b")},
        }
    )


def theme_frame(page: ComparePage, table: pd.DataFrame) -> pd.DataFrame:
    """Return documented networks by theme, as `figures.paired_bars` takes them, the most first.

    Of two networks, which have no such profile, the documented members by level.
    """
    measure = "documented_members" if page.kind == "network" else "theme_profile"
    own = table[table["measure"] == measure]
    own = own.assign(most=own[["a", "b"]].max(axis=1)).sort_values("most", ascending=False, kind="stable")
    labels = [
        page.t(f"compare_page.item.{item}" if page.kind == "network" else f"common.theme.{item}")
        for item in own["item"]
    ]
    return pd.DataFrame({"label": labels, "a": own["a"].to_numpy(), "b": own["b"].to_numpy()})


def series_of(page: ComparePage, unit: str) -> pd.DataFrame:
    """Return what is documented of one of the two by year: memberships of its actors, or members of the network."""
    if page.kind == "network":
        return member_years(page.data, unit, members_of(page.data, unit, years=page.years), years=page.years)
    return series(page.data, page.actors(unit), counts_as=SETS, years=page.years)


def year_frame(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return two series of documented counts, as `figures.paired_years` takes them."""
    both = first[["year", "low"]].merge(second[["year", "low"]], on="year", suffixes=("_a", "_b"))
    return both.rename(columns={"low_a": "a", "low_b": "b"})
