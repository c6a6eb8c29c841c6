"""Municipality side: what can be said of a municipality, its networks and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from natverk.measures.candidates import candidates
from natverk.measures.covariates import documents
from natverk.measures.sidelines import (
    benchmark_lines,
    bounds,
    coverage_line,
    disagreement_lines,
    documented_in,
    position,
    profile,
    relation_line,
    responsibility_lines,
    review_lines,
    spell_lines,
    strategy_lines,
)
from natverk.measures.sides import Frame, Line, Side, joined, listed_line, number, text_of

__all__ = ["municipality_side"]


def municipality_side(frame: Frame, code: str) -> Side:
    """Say what is known of a municipality: the place, its networks, and what came of them."""
    row = frame.data.municipalities.set_index("code").loc[code]
    actor, county = str(row["actor_id"]), str(row["county_code"])
    own = frame.documented[frame.documented["actor_id"] == actor]
    side = Side(actor, str(row["name"]), {"networks": frozenset(own["network_id"])}, profile(frame, own))
    return side.read(
        frame,
        {
            "place": _place(frame, code, row),
            "responsibility": responsibility_lines(frame, county),
            "strategy": strategy_lines(frame, county),
            "networks": _networks(frame, actor, own),
            "overlap": _with_region(frame, county, actor, side.sets["networks"]),
            "position": position(frame, "actors", actor),
            "spells": spell_lines(frame, "", actors=[actor]),
            "listed": _listed(frame, actor),
            "peers": _candidates(frame, code),
            "reviews": review_lines(frame, actors=[actor]),
            "disagreements": disagreement_lines(frame, actors=[actor]),
            "benchmarks": benchmark_lines(frame, actors=[actor]),
        },
    )


def _place(frame: Frame, code: str, row: Any) -> Iterator[Line]:
    population, published = frame.population
    yield Line("population", "", "inhabitants", number(population.get(code)), text=str(published))
    yield Line("area", "", "km2", number(row["area_km2"]))
    yield Line("skr_group", "", "", text=text_of(row["skr_group"]))
    yield Line("coastal", "", "", text=_yes_or_no(row["coastal"]))
    yield Line("county", "", "", text=text_of(row["county_code"]))


def _networks(frame: Frame, actor: str, own: pd.DataFrame) -> Iterator[Line]:
    """Yield the networks of a municipality, and what it has done in them."""
    yield listed_line("documented_networks", "", "networks", own["network_id"], own["row_id"])
    yield relation_line(frame, "", [actor])
    yield listed_line("cross_border_networks", "", "networks", frame.across & set(own["network_id"]))
    cells = frame.cells([actor])
    yield from bounds("memberships", "", "memberships", cells)
    yield from coverage_line(cells)
    data = frame.data
    for measure, unit, table, column in (
        ("networks_with_office", "networks", data.functions, "network_id"),
        ("projects", "projects", data.projects, "project"),
        ("twin_towns", "towns", data.twins, "partner_city"),
        ("sources", "sources", data.memberships, "source_id"),
    ):
        held = table[table["actor_id"] == actor]
        yield Line(measure, "", unit, float(held[column].nunique()), rows=joined(held["row_id"]))


def _with_region(frame: Frame, county: str, actor: str, networks: frozenset[str]) -> Iterator[Line]:
    """Yield what a municipality shares with its region; on Gotland, one body, there is nothing to share."""
    region = frame.data.counties.set_index("county_code")["region_actor_id"][county]
    if region == actor:
        return
    theirs = documented_in(frame.documented, [region])
    yield listed_line("shared_with_region", "", "networks", networks & theirs)
    # Nothing documented of one of them is no empty set: no value rather than 0.
    index = len(networks & theirs) / len(networks | theirs) if networks and theirs else None
    yield Line("jaccard_with_region", "", "share", index)


def _listed(frame: Frame, actor: str) -> Iterator[Line]:
    """Yield the listed memberships, which are missing where no list covers the municipality."""
    if frame.listed is not None:
        row = frame.listed.loc[actor]
        lists = text_of(row["list_ids"])
        yield Line("listed_memberships", "", "memberships", number(row["listed_memberships"]), text=lists, rows=lists)
        yield Line("covered_by_lists", "", "memberships", number(row["exposure"]))
    yield Line("documents", "", "documents", float(documents(frame.data, [actor]).iloc[0]))


def _candidates(frame: Frame, code: str) -> Iterator[Line]:
    """Yield the networks that peers by structure are in and the municipality is not known to be."""
    evidence: dict[str, Any] = frame.evidence
    table = candidates(frame.data, code, year=frame.year, table=frame.portfolios, **evidence)
    yield listed_line("candidates", "", "networks", table["network_id"])
    yield listed_line("eligible_candidates", "", "networks", table.loc[table["eligible"], "network_id"])


def _yes_or_no(value: Any) -> str:
    return "" if pd.isna(value) else "yes" if value else "no"
