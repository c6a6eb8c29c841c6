"""Sides: what `compare` sees both units under, and the lines in which one of them is described.

`Frame` holds the choices and what both sides share, worked out once; `Side` holds the lines of one unit.
The lines of each kind of unit stand in `regionside`, `municipalityside` and `networkside`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.actors import levels
from natverk.measures.arguments import YEARS
from natverk.measures.brokers import brokers
from natverk.measures.cohorts import chosen_spells
from natverk.measures.disagreements import disagreements
from natverk.measures.evidence import Counting, YearBasis, graded
from natverk.measures.exits import list_exits, list_retention
from natverk.measures.likeness import population_at, portfolios
from natverk.measures.listedness import latest_lists, listed_memberships
from natverk.measures.panel import SETS, networks_counting_as, panel
from natverk.measures.responsibility import responsibility_at
from natverk.measures.strategies import stages
from natverk.measures.survival import durations
from natverk.measures.transfers import transfers
from natverk.measures.twomode import TwoMode

__all__ = ["PARTS", "Frame", "Line", "Side", "joined", "listed_line", "number", "text_of"]

#: The parts of a comparison, in the order in which a reader meets them; not every part concerns every kind of unit.
PARTS = ("place", "responsibility", "strategy", "networks", "roles", "overlap", "position", "spells", "listed", "peers",
         "reviews", "disagreements", "benchmarks")  # fmt: skip
#: Years of a portfolio, as `candidates` and `peers` read it: a single year leaves too few known cells.
_WINDOW = 10


@dataclass(frozen=True)
class Frame:
    """What both sides are seen under (year, window, what counts), and the frames that both read."""

    data: Dataset
    year: int = 2019
    years: tuple[int, int] = (1997, 2024)
    counts_as: tuple[str, ...] = SETS
    year_basis: YearBasis = "stated"
    counting: Counting = "strict"
    parts: tuple[str, ...] = PARTS

    @property
    def evidence(self) -> dict[str, Any]:
        """The choices of what counts, as the measures take them."""
        return {"counts_as": self.counts_as, "year_basis": self.year_basis, "counting": self.counting}

    @cached_property
    def networks(self) -> list[str]:
        """The networks that count."""
        return networks_counting_as(self.data, self.counts_as)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """The levels of all actors, by id."""
        return levels(self.data).set_index("actor_id")

    @cached_property
    def documented(self) -> pd.DataFrame:
        """The positive evidence that falls into the window or has no usable year."""
        rows = graded(self.data, year_basis=self.year_basis, counting=self.counting)
        rows = rows[(rows["grade"] == "positive") & rows["network_id"].isin(self.networks)]
        inside = (rows["first"] <= self.years[1]) & (rows["last"] >= self.years[0])
        return rows[(rows["first"].isna() | inside.fillna(False)).astype(bool)]

    def ties_of(self, actors: Iterable[str] | None = None) -> TwoMode | None:
        """Return the two-mode matrix of what is documented of some actors; None where nothing is.

        Default: all municipalities and regions.
        """
        table = self.levels
        chosen = table.index[table["municipality"] | table["region"]] if actors is None else actors
        rows = self.documented[self.documented["actor_id"].isin(chosen)]
        return TwoMode.from_frame(rows, repeated="once") if len(rows) else None

    @cached_property
    def ties(self) -> TwoMode | None:
        """The two-mode matrix of what is documented of all municipalities and regions."""
        return self.ties_of()

    @cached_property
    def positions(self) -> pd.DataFrame:
        """Degree and betweenness of actors and networks; empty where nothing is documented."""
        columns = ["side", "node_id", "degree", "betweenness"]
        return pd.DataFrame(columns=columns) if self.ties is None else brokers(self.ties)[columns]

    @cached_property
    def across(self) -> frozenset[str]:
        """The networks across a border."""
        networks = self.data.networks
        return frozenset(networks.loc[networks["type"] == "cross_border", "network_id"])

    def cells(self, actors: list[str], networks: list[str] | None = None) -> pd.DataFrame:
        """Return the panel of some actors in the year."""
        return panel(
            self.data,
            actors=actors,
            networks=self.networks if networks is None else networks,
            years=self.year,
            year_basis=self.year_basis,
            counting=self.counting,
        )

    @cached_property
    def population(self) -> tuple[pd.Series, int]:
        """Population by municipality code, and the year it is of."""
        return population_at(self.data, self.year)

    @cached_property
    def holders(self) -> pd.DataFrame:
        """Who holds the development responsibility at the end of the year, by county."""
        return responsibility_at(self.data, str(self.year)).set_index("county_code")

    @cached_property
    def transfers(self) -> pd.DataFrame:
        """When the responsibility passed on, by county and treatment."""
        return transfers(self.data)

    @cached_property
    def stages(self) -> pd.DataFrame:
        """The strategy of each region at the end of the year, by county."""
        return stages(self.data, str(self.year)).set_index("county_code", drop=False)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """The spells of municipalities and regions, over all years."""
        return chosen_spells(self.data, **self.evidence)

    @cached_property
    def durations(self) -> pd.DataFrame:
        """The same spells as survival data."""
        return durations(self.data, **self.evidence)

    @cached_property
    def exits(self) -> pd.DataFrame:
        """Exits read from complete lists."""
        return list_exits(self.data)

    @cached_property
    def retention(self) -> pd.DataFrame:
        """Who stayed on the complete lists."""
        return list_retention(self.data)

    @cached_property
    def lists(self) -> pd.DataFrame | None:
        """The complete lists up to the year; None where none tells who belongs."""
        try:
            return latest_lists(self.data, year=self.year)
        except InvalidArgument:
            return None

    @cached_property
    def last_lists(self) -> pd.DataFrame | None:
        """The complete lists up to the end of the window; None where none tells who belongs."""
        try:
            return latest_lists(self.data, year=self.years[1])
        except InvalidArgument:
            return None

    @cached_property
    def listed(self) -> pd.DataFrame | None:
        """Listed memberships by municipality; None where no list tells of any."""
        return None if self.lists is None else listed_memberships(self.data, self.lists).set_index("actor_id")

    @cached_property
    def disagreements(self) -> pd.DataFrame:
        """Where sources disagree."""
        return disagreements(self.data, year_basis=self.year_basis)

    @cached_property
    def portfolios(self) -> pd.DataFrame:
        """What is known of each municipality in each network in the ten years up to the year."""
        return portfolios(self.data, years=(max(YEARS[0], self.year - _WINDOW + 1), self.year), **self.evidence)


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

    @classmethod
    def bounded(
        cls, measure: str, item: str, unit: str, values: Iterable[Any], *, text: str = "", rows: str = ""
    ) -> Line:
        """Return a line with its best number, low and high, of which each may be blank."""
        best, low, high = map(number, values)
        return cls(measure, item, unit, best, low, high, text, rows)


@dataclass
class Side:
    """One unit with its lines by part, the sets that are compared as sets, and its profile of themes."""

    unit: str
    name: str
    sets: dict[str, frozenset[str]] = field(default_factory=dict)
    profile: dict[str, float] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)

    def read(self, frame: Frame, parts: Mapping[str, Iterable[Line]]) -> Side:
        """Read the lines of the parts that are wanted; iterators of the others are never begun."""
        self.lines = {part: list(parts[part]) for part in frame.parts if part in parts}
        return self


def listed_line(measure: str, item: str, unit: str, names: Iterable[str], ids: Iterable[str] = ()) -> Line:
    """Return a line that counts names and names them, with the rows behind it.

    >>> listed_line("documented_networks", "", "networks", {"ubc", "sern"}, ["mem-00002"]).text
    'sern;ubc'
    """
    named = sorted(set(names))
    return Line(measure, item, unit, float(len(named)), text=";".join(named), rows=joined(ids))


def joined(ids: Iterable[str]) -> str:
    """Return row ids, each possibly several joined by `;`, sorted and once each."""
    return ";".join(sorted({part for item in ids for part in item.split(";") if part}))


def number(value: Any) -> float | None:
    """Return a cell as a plain number, or None where it is blank.

    >>> number(pd.NA) is None, number(2014)
    (True, 2014.0)
    """
    return None if value is None or pd.isna(value) else float(value)


def text_of(value: object) -> str:
    """Return a cell as text; nothing where it is blank.

    >>> text_of(float("nan")), text_of("B3")
    ('', 'B3')
    """
    return value if isinstance(value, str) else ""
