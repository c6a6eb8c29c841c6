"""Region side: what can be said of a region, its municipalities and the joint bodies of its county."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pandas as pd

from natverk.measures.actors import actors_of
from natverk.measures.covariates import documents
from natverk.measures.frames import each_row
from natverk.measures.nestedness import nestedness
from natverk.measures.overlap import region_overlap
from natverk.measures.profiles import theme_overlap
from natverk.measures.rolecompare import compare_roles
from natverk.measures.roles import practised
from natverk.measures.rolesummary import summary_by_county
from natverk.measures.sidelines import (
    benchmark_lines,
    bounds,
    coverage_line,
    disagreement_lines,
    documented_in,
    outcome_lines,
    position,
    profile,
    relation_line,
    responsibility_lines,
    review_lines,
    spell_lines,
    strategy_lines,
)
from natverk.measures.sides import Frame, Line, Side, listed_line, number

__all__ = ["region_side"]


def region_side(frame: Frame, county: str) -> Side:
    """Say what is known of a region: its county, its role, its networks and those of its municipalities."""
    data = frame.data
    row = data.counties.set_index("county_code").loc[county]
    own = actors_of(data, county)
    groups = {
        "region": own.loc[own["level"].isin(["regional", "unitary"]), "actor_id"].tolist(),
        "municipalities": own.loc[own["level"].isin(["municipal", "unitary"]), "actor_id"].tolist(),
        "joint_bodies": own.loc[own["level"] == "joint", "actor_id"].tolist(),
    }
    everybody = own["actor_id"].tolist()
    side = Side(f"region:{county}", str(row["region_name"]))
    side.sets = {item: documented_in(frame.documented, actors) for item, actors in groups.items()}
    side.profile = profile(frame, frame.documented[frame.documented["actor_id"].isin(everybody)])
    return side.read(
        frame,
        {
            "place": _place(frame, row["land_area_km2"], own["code"].dropna().tolist()),
            "responsibility": responsibility_lines(frame, county),
            "strategy": strategy_lines(frame, county),
            "networks": _networks(frame, side, groups),
            "roles": _roles(frame, county),
            "overlap": _overlap(frame, county, [*groups["region"], *groups["municipalities"]]),
            "position": position(frame, "actors", groups["region"][0]),
            "spells": chain(*(spell_lines(frame, item, actors=groups[item]) for item in ("region", "municipalities"))),
            "listed": _listed(frame, groups),
            "reviews": review_lines(frame, actors=groups["region"]),
            "disagreements": disagreement_lines(frame, actors=everybody),
            "benchmarks": benchmark_lines(frame, actors=everybody),
        },
    )


def _place(frame: Frame, area: Any, codes: list[str]) -> Iterator[Line]:
    population, published = frame.population
    inhabitants = number(population.reindex(codes).sum(min_count=1))
    yield Line("population", "", "inhabitants", inhabitants, text=str(published))
    yield Line("municipalities", "", "municipalities", float(len(codes)))
    yield Line("land_area", "", "km2", number(area))


def _networks(frame: Frame, side: Side, groups: dict[str, list[str]]) -> Iterator[Line]:
    for item, actors in groups.items():
        rows = frame.documented[frame.documented["actor_id"].isin(actors)]
        yield listed_line("documented_networks", item, "networks", side.sets[item], rows["row_id"])
    yield relation_line(frame, "region", groups["region"])
    yield listed_line("joint_bodies", "", "bodies", groups["joint_bodies"])
    for item in ("region", "municipalities"):
        yield listed_line("cross_border_networks", item, "networks", side.sets[item] & frame.across)
    cells = frame.cells([*dict.fromkeys([*groups["region"], *groups["municipalities"]])])
    for item in ("region", "municipalities"):
        yield from bounds("memberships", item, "memberships", cells[cells["actor_id"].isin(groups[item])])
    yield from coverage_line(cells)


def _roles(frame: Frame, county: str) -> Iterator[Line]:
    """Yield the practised roles theme by theme, and formal against practised ones."""
    for row in each_row(practised(frame.data, county=county, year=frame.year, **frame.evidence)):
        values = (row.municipal_best, row.municipal_low, row.municipal_high)
        yield Line.bounded(
            "practised", row.theme, "municipalities", values, text=row.attested_pattern, rows=row.row_ids
        )
        yield Line("possible_roles", row.theme, "", text=row.possible_roles, rows=row.row_ids)
    compared = compare_roles(frame.data, frame.year, county=county, **frame.evidence)
    yield from outcome_lines(summary_by_county(compared), compared)


def _overlap(frame: Frame, county: str, actors: list[str]) -> Iterator[Line]:
    """Yield the overlap of the region with its municipalities, in the year and ever, and the county's nestedness."""
    for item, year in (("in_year", frame.year), ("ever", None)):
        sets = region_overlap(frame.data, county=county, year=year, **frame.evidence).iloc[0]
        themes = theme_overlap(frame.data, county=county, year=year, **frame.evidence).iloc[0]
        for measure, name, unit in (
            ("shared_by_levels", "shared", "networks"),
            ("jaccard_of_levels", "jaccard", "share"),
            ("overlap_of_levels", "overlap", "share"),
        ):
            values = (sets[f"{name}_{value}"] for value in ("best", "low", "high"))
            yield Line.bounded(measure, item, unit, values, text=str(sets["comparable"]))
        best, low = number(themes["schoener_best"]), number(themes["schoener_attested"])
        yield Line("schoener_of_levels", item, "share", best, text=str(themes["comparable"]))
        yield Line("schoener_of_levels_attested", item, "share", low, text=str(themes["comparable"]))
    ties = frame.ties_of(actors)
    if ties is not None:
        row = nestedness(ties).iloc[0]
        yield Line("nestedness", "nodf", "0–100", number(row["nodf"]))
        yield Line("nestedness", "density", "share", number(row["density"]))


def _listed(frame: Frame, groups: dict[str, list[str]]) -> Iterator[Line]:
    """Yield the listed memberships of the municipalities, how many lists cover them, and what is read of the region."""
    if frame.listed is not None:
        own = frame.listed.loc[groups["municipalities"]]
        total = pd.to_numeric(own["listed_memberships"]).sum(min_count=1)
        yield Line("listed_memberships", "municipalities", "memberships", number(total))
        yield Line("covered_by_lists", "municipalities", "memberships", float(own["exposure"].sum()))
    yield Line("documents", "region", "documents", float(documents(frame.data, groups["region"]).sum()))
