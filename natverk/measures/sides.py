"""Sides: what can be said of one region, municipality or network, in the lines that `compare` puts side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.vocabulary import VOCABULARIES
from natverk.measures.actors import actors_of, levels
from natverk.measures.evidence import Counting, YearBasis, graded
from natverk.measures.frames import each_row
from natverk.measures.likeness import population_at
from natverk.measures.panel import SETS, count, networks_counting_as, panel
from natverk.measures.responsibility import responsibility_at
from natverk.measures.rolecompare import compare_roles, summary_by_county

__all__ = ["Frame", "Line", "Side", "municipality_side", "network_side", "number", "region_side"]


@dataclass(frozen=True)
class Frame:
    """What both sides are seen under: the year, the window and what counts as evidence."""

    data: Dataset
    year: int = 2019
    years: tuple[int, int] = (1997, 2024)
    counts_as: tuple[str, ...] = SETS
    year_basis: YearBasis = "stated"
    counting: Counting = "strict"

    def documented(self) -> pd.DataFrame:
        """Return the positive evidence that falls into the window or has no usable year."""
        rows = graded(self.data, year_basis=self.year_basis, counting=self.counting)
        rows = rows[(rows["grade"] == "positive") & rows["network_id"].isin(self.networks())]
        inside = (rows["first"] <= self.years[1]) & (rows["last"] >= self.years[0])
        return rows[(rows["first"].isna() | inside.fillna(False)).astype(bool)]

    def networks(self) -> list[str]:
        """Return the networks that count."""
        return networks_counting_as(self.data, self.counts_as)

    def cells(self, actors: list[str], networks: list[str] | None = None) -> pd.DataFrame:
        """Return the panel of some actors in the year."""
        return panel(
            self.data,
            actors=actors,
            networks=self.networks() if networks is None else networks,
            years=self.year,
            year_basis=self.year_basis,
            counting=self.counting,
        )


class Line(NamedTuple):
    """One value of one side: the best number, its bounds, or a text (a code, or ids separated by `;`)."""

    measure: str
    item: str
    unit: str
    best: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    rows: str = ""


@dataclass
class Side:
    """One unit with its lines and the sets that are compared as sets, by name."""

    unit: str
    name: str
    lines: list[Line] = field(default_factory=list)
    sets: dict[str, frozenset[str]] = field(default_factory=dict)


def region_side(frame: Frame, county: str) -> Side:
    """Say what is known of a region: its county, its role, its networks and those of its municipalities."""
    data = frame.data
    row = data.counties.set_index("county_code").loc[county]
    side = Side(f"region:{county}", str(row["region_name"]))
    own = actors_of(data, county)
    groups = {
        "region": own.loc[own["level"].isin(["regional", "unitary"]), "actor_id"].tolist(),
        "municipalities": own.loc[own["level"].isin(["municipal", "unitary"]), "actor_id"].tolist(),
        "joint_bodies": own.loc[own["level"] == "joint", "actor_id"].tolist(),
    }
    population, published = population_at(data, frame.year)
    codes = own["code"].dropna().tolist()
    side.lines += [
        Line("population", "", "inhabitants", number(population.reindex(codes).sum(min_count=1)), text=str(published)),
        Line("municipalities", "", "municipalities", float(len(codes))),
        Line("land_area", "", "km2", number(row["land_area_km2"])),
        *_holder(frame, county),
    ]
    documented = frame.documented()
    for item, actors in groups.items():
        networks = _networks(documented, actors)
        side.sets[item] = networks
        side.lines.append(_listed("documented_networks", item, "networks", networks, documented, actors))
    both = [*dict.fromkeys([*groups["region"], *groups["municipalities"]])]
    cells = frame.cells(both)
    for item in ("region", "municipalities"):
        side.lines += _bounds("memberships", item, "memberships", cells[cells["actor_id"].isin(groups[item])])
    side.lines += _coverage(cells)
    side.lines += _profile(frame, documented[documented["actor_id"].isin(own["actor_id"])])
    compared = compare_roles(
        data,
        frame.year,
        county=county,
        counts_as=frame.counts_as,
        year_basis=frame.year_basis,
        counting=frame.counting,
    )
    side.lines += [
        Line(
            "formal_against_practised",
            item.outcome,
            "policy areas",
            float(item.best),
            float(item.low),
            float(item.high),
        )
        for item in each_row(summary_by_county(compared))
    ]
    side.lines += [
        Line("outcome", item.policy_area, "", text=item.outcome, rows=item.formal_rows) for item in each_row(compared)
    ]
    side.lines += _strategy(frame, county)
    return side


def municipality_side(frame: Frame, code: str) -> Side:
    """Say what is known of a municipality: the place, its networks, and what came of them."""
    data = frame.data
    row = data.municipalities.set_index("code").loc[code]
    actor = str(row["actor_id"])
    side = Side(actor, str(row["name"]))
    population, published = population_at(data, frame.year)
    side.lines += [
        Line("population", "", "inhabitants", number(population.get(code)), text=str(published)),
        Line("area", "", "km2", number(row["area_km2"])),
        Line("skr_group", "", "", text=_text(row["skr_group"])),
        Line("coastal", "", "", text=_yes_or_no(row["coastal"])),
        Line("county", "", "", text=_text(row["county_code"])),
        *_holder(frame, str(row["county_code"])),
    ]
    documented = frame.documented()
    networks = _networks(documented, [actor])
    side.sets["networks"] = networks
    side.lines.append(_listed("documented_networks", "", "networks", networks, documented, [actor]))
    cells = frame.cells([actor])
    side.lines += _bounds("memberships", "", "memberships", cells)
    side.lines += _coverage(cells)
    side.lines += _profile(frame, documented[documented["actor_id"] == actor])
    for measure, unit, table, column in (
        ("networks_with_office", "networks", data.functions, "network_id"),
        ("projects", "projects", data.projects, "project"),
        ("twin_towns", "towns", data.twins, "partner_city"),
        ("sources", "sources", data.memberships, "source_id"),
    ):
        held = table[table["actor_id"] == actor]
        rows = ";".join(sorted(held["row_id"]))
        side.lines.append(Line(measure, "", unit, float(held[column].nunique()), rows=rows))
    return side


def network_side(frame: Frame, network: str) -> Side:
    """Say what is known of a network: what it is, and which Swedish members are documented or listed."""
    data = frame.data
    row = data.networks.set_index("network_id").loc[network]
    side = Side(network, str(row["name"]))
    themes = str(row["themes"]).split(";")
    side.lines += [
        Line("founded", "", "year", number(row["founded_year"])),
        Line("dissolved", "", "year", number(row["dissolved_year"])),
        *(Line(name, "", "", text=_text(row[name])) for name in ("type", "scope", "counts_as", "eligible_levels")),
        Line("min_population", "", "inhabitants", number(row["min_population"])),
        Line("themes", "", "themes", float(len(themes)), text=";".join(themes)),
    ]
    side.sets["themes"] = frozenset(themes)
    rows = frame.documented()
    rows = rows[rows["network_id"] == network]
    table = levels(data).set_index("actor_id")
    level = rows["actor_id"].map(table["level"])
    side.sets["members"] = frozenset(rows["actor_id"])
    for item in ("municipal", "regional", "joint", "other"):
        own = rows[level == item]
        members = frozenset(own["actor_id"])
        side.lines.append(_listed("documented_members", item, "members", members, own, None))
    reached = {
        code for codes in table.loc[sorted(set(rows["actor_id"])), "county_codes"].dropna() for code in codes.split(";")
    }
    side.lines.append(Line("counties_reached", "", "counties", float(len(reached)), text=";".join(sorted(reached))))
    population, published = population_at(data, frame.year)
    inside = rows.loc[level == "municipal", "actor_id"].drop_duplicates().str.removeprefix("municipality:")
    share = float(population.reindex(inside).sum() / population.sum())
    side.lines.append(Line("population_share_documented", "", "share", share, text=str(published)))
    at_risk = table.index[table["municipality"] | table["region"]].tolist()
    cells = frame.cells(at_risk, [network])
    for item in ("municipality", "region"):
        own_level = set(table.index[table[item].astype(bool)])
        side.lines += _bounds("members", item, "members", cells[cells["actor_id"].isin(own_level)])
    side.lines += _coverage(cells)
    lists = data.member_lists[data.member_lists["network_id"] == network]
    text = ";".join(sorted(lists["list_id"]))
    side.lines.append(Line("complete_lists", "", "lists", float(len(lists)), text=text, rows=text))
    return side


def _holder(frame: Frame, county: str) -> Iterator[Line]:
    if frame.year < 1997:
        return
    at = responsibility_at(frame.data, str(frame.year)).set_index("county_code").loc[county]
    yield Line("responsibility", "holder", "", text=_text(at["holder_type"]), rows=_text(at["row_ids"]))
    yield Line("responsibility", "possible", "", text=_text(at["possible"]), rows=_text(at["row_ids"]))
    region = frame.data.counties.set_index("county_code")["region_actor_id"][county]
    held = frame.data.responsibility
    held = held[(held["county_code"] == county) & (held["holder_actor_id"] == region)].sort_values("start")
    if len(held):
        first = held.iloc[0]
        low, best, high = (float(str(first[name])[:4]) for name in ("start_earliest", "start", "start_latest"))
        yield Line("responsibility", "region_since", "year", best, low, high, rows=str(first["row_id"]))


def _strategy(frame: Frame, county: str) -> Iterator[Line]:
    """Yield the latest strategy known to be adopted by the year; a blank reference is unknown, not no."""
    rows = frame.data.strategies
    rows = rows[(rows["county_code"] == county) & (rows["adopted_year"] <= frame.year).fillna(False)]
    if rows.empty:
        return
    last = rows.sort_values(["adopted_year", "strategy_id"]).iloc[-1]
    row_id, adopted = str(last["row_id"]), float(last["adopted_year"])
    yield Line("strategy", "title", "", text=_text(last["title"]), rows=row_id)
    yield Line("strategy", "adopted", "year", adopted, rows=row_id)
    yield Line("strategy", "age", "years", frame.year - adopted, rows=row_id)
    yield Line("strategy", "horizon", "year", number(last["horizon_year"]), rows=row_id)
    for name in ("eu2020_ref", "agenda2030_ref"):
        yield Line("strategy", name, "", text=_text(last[name]) or "unknown", rows=row_id)


def _profile(frame: Frame, rows: pd.DataFrame) -> Iterator[Line]:
    """Yield documented networks by theme: a network of several themes counts in each."""
    themes = frame.data.networks.set_index("network_id")["themes"].str.split(";")
    held = rows["network_id"].drop_duplicates()
    by_theme = held.map(themes).explode()
    counts = by_theme.value_counts()
    for theme in VOCABULARIES["theme"]:
        yield Line("theme_profile", theme, "networks", float(counts.get(theme, 0)))


def _bounds(measure: str, item: str, unit: str, cells: pd.DataFrame) -> Iterator[Line]:
    if len(cells):
        total = count(cells, ["year"]).iloc[0]
        rows = ";".join(sorted({part for ids in cells["rows"] for part in ids.split(";") if part}))
        yield Line(measure, item, unit, float(total["best"]), float(total["low"]), float(total["high"]), rows=rows)


def _coverage(cells: pd.DataFrame) -> Iterator[Line]:
    if len(cells):
        yield Line("coverage", "", "share", float(count(cells, ["year"])["coverage"].iloc[0]))


def _networks(documented: pd.DataFrame, actors: list[str]) -> frozenset[str]:
    return frozenset(documented.loc[documented["actor_id"].isin(actors), "network_id"])


def _listed(
    measure: str, item: str, unit: str, names: frozenset[str], rows: pd.DataFrame, actors: list[str] | None
) -> Line:
    own = rows if actors is None else rows[rows["actor_id"].isin(actors)]
    ids = ";".join(sorted(own["row_id"]))
    return Line(measure, item, unit, float(len(names)), text=";".join(sorted(names)), rows=ids)


def number(value: Any) -> float | None:
    """Return a cell as a plain number, or None where it is blank.

    >>> number(pd.NA) is None, number(2014)
    (True, 2014.0)
    """
    return None if value is None or pd.isna(value) else float(value)


def _yes_or_no(value: Any) -> str:
    return "" if pd.isna(value) else "yes" if value else "no"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
