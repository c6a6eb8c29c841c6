"""Network side: what can be said of a network and of its Swedish members, documented or listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from natverk.measures.exits import list_survival
from natverk.measures.frames import each_row
from natverk.measures.sidelines import (
    benchmark_lines,
    bounds,
    coverage_line,
    disagreement_lines,
    position,
    review_lines,
    spell_lines,
)
from natverk.measures.sides import Frame, Line, Side, listed_line, number, text_of

__all__ = ["network_side"]


def network_side(frame: Frame, network: str) -> Side:
    """Say what is known of a network: what it is, and which Swedish members are documented or listed."""
    row = frame.data.networks.set_index("network_id").loc[network]
    own = frame.documented[frame.documented["network_id"] == network]
    themes = frozenset(str(row["themes"]).split(";"))
    side = Side(network, str(row["name"]), {"themes": themes, "members": frozenset(own["actor_id"])})
    return side.read(
        frame,
        {
            "place": _kind(row, themes),
            "networks": _members(frame, network, own),
            "position": position(frame, "networks", network),
            "spells": spell_lines(frame, "", network=network),
            "listed": _lists(frame, network),
            "reviews": review_lines(frame, network=network),
            "disagreements": disagreement_lines(frame, network=network),
            "benchmarks": benchmark_lines(frame, network=network),
        },
    )


def _kind(row: Any, themes: frozenset[str]) -> Iterator[Line]:
    yield Line("founded", "", "year", number(row["founded_year"]))
    yield Line("dissolved", "", "year", number(row["dissolved_year"]))
    for name in ("type", "scope", "counts_as", "eligible_levels"):
        yield Line(name, "", "", text=text_of(row[name]))
    yield Line("min_population", "", "inhabitants", number(row["min_population"]))
    yield listed_line("themes", "", "themes", themes)


def _members(frame: Frame, network: str, rows: pd.DataFrame) -> Iterator[Line]:
    """Yield the members that are documented, by level, and in the year as far as known."""
    table = frame.levels
    level = rows["actor_id"].map(table["level"])
    for item in ("municipal", "regional", "joint", "other"):
        own = rows[level == item]
        yield listed_line("documented_members", item, "members", own["actor_id"], own["row_id"])
    homes = table.loc[rows["actor_id"].unique(), "county_codes"].dropna().str.split(";")
    yield listed_line("counties_reached", "", "counties", homes.explode())
    population, published = frame.population
    inside = rows.loc[level == "municipal", "actor_id"].drop_duplicates().str.removeprefix("municipality:")
    share = float(population.reindex(inside).sum() / population.sum())
    yield Line("population_share_documented", "", "share", share, text=str(published))
    cells = frame.cells(table.index[table["municipality"] | table["region"]].tolist(), [network])
    # Gotland is municipality and region in one: it counts once, as a municipality.
    for item, of_level in (("municipality", "municipal"), ("region", "regional")):
        own_level = set(table.index[table["level"] == of_level])
        yield from bounds("members", item, "members", cells[cells["actor_id"].isin(own_level)])
    yield from coverage_line(cells)


def _lists(frame: Frame, network: str) -> Iterator[Line]:
    """Yield the complete lists up to the window's end: how many, the latest, and who stayed from the first to it."""
    final = frame.years[1]
    lists = frame.data.member_lists[frame.data.member_lists["network_id"] == network]
    lists = lists[lists["year"] <= final]
    yield listed_line("complete_lists", "", "lists", lists["list_id"], lists["list_id"])
    if frame.last_lists is not None:
        used = frame.last_lists[frame.last_lists["used"] & (frame.last_lists["network_id"] == network)]
        for row in each_row(used):
            yield Line("latest_list", "named", "municipalities", float(row.n_named), text=row.list_id, rows=row.list_id)
            yield Line("latest_list", "covered", "municipalities", float(row.n_covered), text=row.list_id)
    kept = frame.retention[(frame.retention["network_id"] == network) & (frame.retention["year"] <= final)]
    if len(kept):
        first, last = int(kept["year"].iloc[0]), kept.iloc[-1]
        span = f"{first}–{last['year']}"
        yield Line("list_retention", "", "share", number(last["share"]), text=span)
        curve = list_survival(frame.data, network)
        known = curve.loc[curve["before"] <= final - first, "survival"].dropna()
        yield Line("list_survival", "", "share", float(known.iloc[-1]) if len(known) else 1.0, text=span)
