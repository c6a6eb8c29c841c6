"""Contrasts: what a comparison of two units amounts to, line by line, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from natverk.benchmarks import OUTCOMES, recomputed
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.frames import YEARS, choice, directory, each_row, has_columns, not_negative, year_range
from natverk.membership.actors import actors_of, levels
from natverk.membership.documented import relations
from natverk.membership.evidence import Counting, YearBasis, graded
from natverk.membership.lists import latest_lists, list_exits, list_retention, listed_memberships
from natverk.membership.panel import SETS, count, networks_counting_as, panel
from natverk.membership.quality import KINDS, disagreements
from natverk.membership.spells import chosen_spells, durations
from natverk.models import documents
from natverk.peers import by_portfolio, by_structure, candidates, population_at, portfolios
from natverk.portfolio import CRITERIA, score
from natverk.roles.activity import practised
from natverk.roles.comparison import compare_roles, summary_by_county
from natverk.roles.holders import responsibility_at, transfers
from natverk.strategies import same_stage, stages
from natverk.twomode.matrix import TwoMode
from natverk.twomode.nullmodel import null_test
from natverk.twomode.structure import brokers, nestedness, region_overlap, schoener_d, theme_overlap

__all__ = [
    "Frame",
    "UNIT_KINDS",
    "Line",
    "PARTS",
    "Side",
    "VERDICTS",
    "benchmark_lines",
    "bounds",
    "compare",
    "contrasts",
    "coverage_line",
    "disagreement_lines",
    "documented_in",
    "joined",
    "listed_line",
    "municipality_side",
    "network_side",
    "null_lines",
    "number",
    "pair_lines",
    "position",
    "profile",
    "profile_lines",
    "region_side",
    "relation_line",
    "resolve_unit",
    "responsibility_lines",
    "review_lines",
    "set_lines",
    "spell_lines",
    "strategy_lines",
    "text_of",
]


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


def documented_in(documented: pd.DataFrame, actors: Iterable[str]) -> frozenset[str]:
    """Return the networks in which some actors are documented."""
    return frozenset(documented.loc[documented["actor_id"].isin(actors), "network_id"])


def bounds(measure: str, item: str, unit: str, cells: pd.DataFrame) -> Iterator[Line]:
    """Yield the sum of a panel of one year, low / best / high."""
    if len(cells):
        total = count(cells, ["year"]).iloc[0]
        values = (total[name] for name in ("best", "low", "high"))
        yield Line.bounded(measure, item, unit, values, rows=joined(cells["rows"]))


def coverage_line(cells: pd.DataFrame) -> Iterator[Line]:
    """Yield the share of cells that are known."""
    if len(cells):
        yield Line("coverage", "", "share", float(count(cells, ["year"])["coverage"].iloc[0]))


def relation_line(frame: Frame, item: str, actors: Iterable[str]) -> Line:
    """Return the networks that actors are tied to without counting as members."""
    table = relations(frame.data, actors)
    return listed_line("relations", item, "networks", table["network_id"], table["row_ids"])


def profile(frame: Frame, rows: pd.DataFrame) -> dict[str, float]:
    """Return documented networks by theme: a network of several themes counts in each."""
    themes = frame.data.networks.set_index("network_id")["themes"].str.split(";")
    counts = rows["network_id"].drop_duplicates().map(themes).explode().value_counts()
    return {theme: float(counts.get(theme, 0)) for theme in VOCABULARIES["theme"]}


def position(frame: Frame, side: str, node: str) -> Iterator[Line]:
    """Yield degree and betweenness in the two-mode matrix of what is documented; nothing for who is not in it."""
    own = frame.positions
    for row in each_row(own[(own["side"] == side) & (own["node_id"] == node)]):
        yield Line("degree", "", "networks" if side == "actors" else "members", float(row.degree))
        yield Line("betweenness", "", "share", number(row.betweenness))


def spell_lines(frame: Frame, item: str, *, actors: Iterable[str] = (), network: str | None = None) -> Iterator[Line]:
    """Yield spells, dated joins, ends, what can be followed, and exits read from lists, over all years."""
    frames = [frame.spells, frame.durations, frame.exits]
    chosen = [part["actor_id"].isin(actors) if network is None else part["network_id"] == network for part in frames]
    own, followed, exits = (part[mask] for part, mask in zip(frames, chosen, strict=True))
    dated = own[(own["start_basis"] == "stated").fillna(value=False)]
    ended, event = own[own["end"].notna()], followed[(followed["event"] == 1).fillna(value=False)]
    for measure, part in (
        ("spells", own),
        ("dated_joins", dated),
        ("ended_spells", ended),
        ("followed_spells", followed[followed["enters"]]),
        ("dated_exits", event),
        ("list_exits", exits),
    ):
        yield Line(measure, item, "spells", float(len(part)), rows=joined(part["row_ids"]))
    yield Line("first_dated_join", item, "year", number(dated["start"].min()) if len(dated) else None)


def responsibility_lines(frame: Frame, county: str) -> Iterator[Line]:
    """Yield who holds the development responsibility of a county, since when, and when it passed on."""
    if frame.year >= 1997:
        at = frame.holders.loc[county]
        yield Line("responsibility", "holder", "", text=text_of(at["holder_type"]), rows=text_of(at["row_ids"]))
        yield Line("responsibility", "possible", "", text=text_of(at["possible"]), rows=text_of(at["row_ids"]))
    region = frame.data.counties.set_index("county_code")["region_actor_id"][county]
    held = frame.data.responsibility
    held = held[(held["county_code"] == county) & (held["holder_actor_id"] == region)].sort_values("start")
    if len(held):
        first = held.iloc[0]
        low, best, high = (float(str(first[name])[:4]) for name in ("start_earliest", "start", "start_latest"))
        yield Line("responsibility", "region_since", "year", best, low, high, rows=str(first["row_id"]))
    for row in each_row(frame.transfers[frame.transfers["county_code"] == county]):
        years = (row.year, row.earliest, row.latest)
        yield Line.bounded("transfer", row.treatment, "year", years, text=row.state, rows=text_of(row.row_id))


def strategy_lines(frame: Frame, county: str) -> Iterator[Line]:
    """Yield the region's development strategy at the end of the year; what may hold otherwise stands beside it."""
    row = frame.stages.loc[county]
    rows = text_of(row["row_ids"])
    for name in ("strategy_id", "possible_strategies", "basis", "stage", "possible_stages", "drafting", "eu2020",
                 "agenda2030"):  # fmt: skip
        yield Line("strategy", name, "", text=text_of(row[name]), rows=rows)
    said = frame.data.strategies.set_index("strategy_id")["title"]
    yield Line("strategy", "title", "", text=text_of(said.get(text_of(row["strategy_id"]))), rows=rows)
    adopted = (number(str(row[name])[:4] if text_of(row[name]) else None) for name in ("adopted_first", "adopted_last"))
    yield Line.bounded("strategy", "adopted", "year", (None, *adopted), rows=rows)
    yield Line("strategy", "age", "years", None, number(row["age_low"]), number(row["age_high"]), rows=rows)
    yield Line("strategy", "horizon", "year", number(row["horizon_year"]), rows=rows)
    yield Line("strategy", "horizon_left", "years", number(row["horizon_left"]), rows=rows)


def disagreement_lines(frame: Frame, *, actors: Iterable[str] = (), network: str | None = None) -> Iterator[Line]:
    """Yield how often sources disagree about some actors or a network, by kind of disagreement."""
    table = frame.disagreements
    own = table[table["actor_id"].isin(actors) if network is None else table["network_id"] == network]
    for kind in KINDS:
        part = own[own["kind"] == kind]
        yield Line("disagreements", kind, "disagreements", float(len(part)), rows=joined(part["row_ids"].dropna()))


def benchmark_lines(frame: Frame, *, actors: Iterable[str] = (), network: str | None = None) -> Iterator[Line]:
    """Yield how many published numbers about some actors or a network ours equals, contradicts or cannot meet."""
    table = recomputed(frame.data, actors=None if network else list(actors), networks=[network] if network else None)
    for outcome in OUTCOMES:
        own = table[table["outcome"] == outcome]
        yield Line("benchmarks", outcome, "published numbers", float(len(own)), rows=joined(own["row_id"]))


def review_lines(frame: Frame, *, actors: Iterable[str] = (), network: str | None = None) -> Iterator[Line]:
    """Yield the scores that judgements by criteria give: of the networks an actor judged, or by who judged a network.

    One line a review, named by id and year: evaluators and years are never averaged.
    """
    rows = frame.data.evaluations
    rows = rows[rows["criterion"].isin(CRITERIA) & rows["network_id"].notna()]
    rows = rows[rows["actor_id"].isin(actors) if network is None else rows["network_id"] == network]
    item = "network_id" if network is None else "actor_id"
    yield listed_judged(rows, item)
    for _, group in rows.groupby(["actor_id", "network_id", "year"], dropna=False):
        result = score(group).iloc[0]
        year = number(group["year"].iloc[0])
        name = str(group[item].iloc[0]) + ("" if year is None else f" {year:.0f}")
        values = (result[value] for value in ("best", "low", "high"))
        text, ids = text_of(result["recommendation"]), str(result["row_ids"])
        yield Line.bounded("portfolio", name, "score −2 … 2", values, text=text, rows=ids)


def listed_judged(rows: pd.DataFrame, item: str) -> Line:
    """Return how many networks an actor judged by criteria, or how many judged a network."""
    names = sorted(set(rows[item]))
    unit = "networks" if item == "network_id" else "evaluators"
    return Line("judged", "", unit, float(len(names)), text=";".join(names), rows=joined(rows["row_id"]))


def outcome_lines(summary: pd.DataFrame, compared: pd.DataFrame) -> Iterator[Line]:
    """Yield formal against practised roles: policy areas by outcome, and the outcome of each."""
    for row in each_row(summary):
        values = (row.best, row.low, row.high)
        yield Line.bounded("formal_against_practised", row.outcome, "policy areas", values)
    for row in each_row(compared):
        yield Line("outcome", row.policy_area, "", text=row.outcome, rows=row.formal_rows)


_UNITS = {"themes": "themes", "members": "members"}
_PEERS = 3
#: A part, and a line of the one side and of the other; one line twice where both say the same.
Both = tuple[str, Line, Line]


def pair_lines(frame: Frame, kind: str, a: str, b: str, left: Side, right: Side) -> Iterator[Both]:
    """Yield the lines of the parts that are wanted; see `set_lines`."""
    found = {"networks": set_lines(left, right), "overlap": profile_lines(left, right)}
    if kind == "municipality":
        found["peers"] = _municipalities(frame, a, b)
    if kind == "region":
        found["strategy"] = _regions(frame, a, b)
    for part in frame.parts:
        for one, two in found.get(part, ()):
            yield part, one, two


def set_lines(left: Side, right: Side) -> Iterator[tuple[Line, Line]]:
    """Yield what both have, what only one has, and how alike the sets are."""
    for item in left.sets:
        a, b = left.sets[item], right.sets[item]
        unit = _UNITS.get(item, "networks")
        yield _same(listed_line("shared", item, unit, a & b))
        yield listed_line("only_here", item, unit, a - b), listed_line("only_here", item, unit, b - a)
        # Nothing documented of one of them is no empty set: no value rather than 0.
        yield _same(Line("jaccard", item, "share", len(a & b) / len(a | b) if a and b else None))
        yield _same(Line("overlap", item, "share", len(a & b) / min(len(a), len(b)) if a and b else None))


def profile_lines(left: Side, right: Side) -> Iterator[tuple[Line, Line]]:
    """Yield both profiles of themes, and how alike these are."""
    if left.profile:
        for theme, value in left.profile.items():
            lines = [Line("theme_profile", theme, "networks", own) for own in (value, right.profile[theme])]
            yield lines[0], lines[1]
        both = any(left.profile.values()) and any(right.profile.values())
        yield _same(Line("schoener_d", "", "share", schoener_d(left.profile, right.profile) if both else None))


def _same(line: Line) -> tuple[Line, Line]:
    return line, line


def _municipalities(frame: Frame, a: str, b: str) -> Iterator[tuple[Line, Line]]:
    """Compare two municipalities by what is known of both and by structure, and say how near they come."""
    by_place = [by_structure(frame.data, code, year=frame.year, n=None).set_index("code") for code in (a, b)]
    by_network = [by_portfolio(frame.data, code, n=None, table=frame.portfolios).set_index("code") for code in (a, b)]
    near, alike = by_place[0].loc[b], by_network[0].loc[b]
    known = [alike[name] for name in ("jaccard", "jaccard_low", "jaccard_high")]
    yield _same(Line.bounded("jaccard_known", "", "share", known, text=str(alike["status"])))
    yield _same(Line("known_networks", "", "networks", number(alike["n_known"])))
    yield _same(Line("structural_distance", "", "mean difference = 1", number(near["distance"])))
    yield _same(Line("km", "", "km", number(near["km"])))
    for item, frames in (("portfolio", by_network), ("structure", by_place)):
        ranks = [Line("peer_rank", item, "rank", number(own.loc[other, "rank"]))
                 for own, other in zip(frames, (b, a), strict=True)]  # fmt: skip
        yield ranks[0], ranks[1]
        nearest = [Line("peers", item, "", text=";".join(own.index[own["rank"].notna()][:_PEERS])) for own in frames]
        yield nearest[0], nearest[1]


def _regions(frame: Frame, a: str, b: str) -> Iterator[tuple[Line, Line]]:
    """Say whether two regions' strategies are at the same stage, and what else these share."""
    pairs = same_stage(frame.data, str(frame.year), table=frame.stages.loc[[a, b]])
    reasons = pairs["reasons"].iloc[0] if len(pairs) else ""
    yield _same(Line("same_stage", "", "", text=reasons))


def null_lines(frame: Frame, kind: str, a: str, b: str, draws: int, seed: int) -> Iterator[Both]:
    """Yield how many networks (or members) two units share in random matrices with the margins of the documented one.

    For regions besides: how many each shares with its municipalities. Nothing is said of who has nothing documented.
    """
    ties = frame.ties
    if ties is None:
        return
    labels, matrix = (ties.networks, ties.matrix.T) if kind == "network" else (ties.actors, ties.matrix)
    place = {label: number for number, label in enumerate(labels)}
    pairs = {name: [[place[label] for label in own if label in place] for own in groups]
             for name, groups in _groups(frame, kind, a, b).items()}  # fmt: skip
    pairs = {name: groups for name, groups in pairs.items() if all(groups)}
    if not pairs:
        return

    def shared(drawn: np.ndarray) -> np.ndarray:
        return np.array([(drawn[one].any(axis=0) & drawn[two].any(axis=0)).sum() for one, two in pairs.values()])

    test = null_test(matrix.toarray(), shared, draws, seed, names=list(pairs))
    found = {row.item: row for row in each_row(test.frame)}
    for item in dict.fromkeys(name.partition(":")[0] for name in pairs):
        both = [found.get(name) if name in found else found.get(item) for name in (f"{item}:a", f"{item}:b")]
        unit = "members" if kind == "network" else "networks"
        for one, two in zip(*(_null(item, unit, row) for row in both), strict=True):
            yield "overlap", one, two


def _groups(frame: Frame, kind: str, a: str, b: str) -> dict[str, list[list[str]]]:
    """Return what is compared with what, by name; `:a` and `:b` concern one of the two units."""
    if kind == "network":
        return {"between": [[a], [b]]}
    if kind == "municipality":
        return {"between": [[f"municipality:{a}"], [f"municipality:{b}"]]}
    head = frame.data.counties.set_index("county_code")["region_actor_id"]
    places = frame.data.municipalities
    found = {"between": [[str(head[a])], [str(head[b])]]}
    for name, county in (("levels:a", a), ("levels:b", b)):
        own = places.loc[places["county_code"] == county, "actor_id"].tolist()
        # Where one body is both, there are no two levels.
        if head[county] not in own:
            found[name] = [[str(head[county])], own]
    return found


def _null(item: str, unit: str, row: Any) -> list[Line]:
    if row is None:
        return [Line("null_shared", item, unit), Line("null_z", item, "sd"), Line("null_p", item, "probability")]
    return [
        Line("null_shared", item, unit, float(row.mean), float(row.null_low), float(row.null_high)),
        Line("null_z", item, "sd", number(row.z)),
        Line("null_p", item, "probability", float(row.p)),
    ]


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


def municipality_side(frame: Frame, code: str) -> Side:
    """Say what is known of a municipality: the place, its networks, and what came of them."""
    row = frame.data.municipalities.set_index("code").loc[code]
    actor, county = str(row["actor_id"]), str(row["county_code"])
    own = frame.documented[frame.documented["actor_id"] == actor]
    side = Side(actor, str(row["name"]), {"networks": frozenset(own["network_id"])}, profile(frame, own))
    return side.read(
        frame,
        {
            "place": _place_municipalityside(frame, code, row),
            "responsibility": responsibility_lines(frame, county),
            "strategy": strategy_lines(frame, county),
            "networks": _networks_municipalityside(frame, actor, own),
            "overlap": _with_region(frame, county, actor, side.sets["networks"]),
            "position": position(frame, "actors", actor),
            "spells": spell_lines(frame, "", actors=[actor]),
            "listed": _listed_municipalityside(frame, actor),
            "peers": _candidates(frame, code),
            "reviews": review_lines(frame, actors=[actor]),
            "disagreements": disagreement_lines(frame, actors=[actor]),
            "benchmarks": benchmark_lines(frame, actors=[actor]),
        },
    )


def _place_municipalityside(frame: Frame, code: str, row: Any) -> Iterator[Line]:
    population, published = frame.population
    yield Line("population", "", "inhabitants", number(population.get(code)), text=str(published))
    yield Line("area", "", "km2", number(row["area_km2"]))
    yield Line("skr_group", "", "", text=text_of(row["skr_group"]))
    yield Line("coastal", "", "", text=_yes_or_no(row["coastal"]))
    yield Line("county", "", "", text=text_of(row["county_code"]))


def _networks_municipalityside(frame: Frame, actor: str, own: pd.DataFrame) -> Iterator[Line]:
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


def _listed_municipalityside(frame: Frame, actor: str) -> Iterator[Line]:
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


UNIT_KINDS = ("region", "municipality", "network")
_SIDES: dict[str, Callable[[Frame, str], Side]] = {
    "region": region_side,
    "municipality": municipality_side,
    "network": network_side,
}
_NUMBERS = ("a", "b", "a_low", "a_high", "b_low", "b_high")
_COLUMNS = ["part", "measure", "item", "unit", *_NUMBERS, "a_text", "b_text", "a_rows", "b_rows"]


def compare(
    data: Dataset,
    a: str,
    b: str,
    *,
    kind: str | None = None,
    year: int = 2019,
    years: tuple[int, int] = (1997, 2024),
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    parts: Iterable[str] = PARTS,
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Put two units of one kind side by side, on every measure that speaks of a single unit.

    Parameters
    ----------
    a, b
        Two regions, two municipalities or two networks: ids, codes or names (`"region:14"`, `"0180"`,
        `"Västra Götaland"`, `"ubc"`).
    kind
        `"region"`, `"municipality"` or `"network"`; needed only where both names may be of several kinds
        ("Stockholm" and "Uppsala" are municipalities and regions).
    year
        The year of memberships, roles, population and strategies. Default 2019, the first year in which every
        region holds the development responsibility.
    years
        The window of documented networks; evidence without a usable year counts too.
    counts_as, year_basis, counting
        What is counted; see `panel`.
    parts
        Only these parts of the comparison (see the column `part` below), which saves the time of the others;
        default all. A part that does not concern the kind of unit has no rows.
    draws, seed
        Draws of the null model for what is shared; see `natverk.twomode.null_test`. Default none: a test is
        made when somebody asks for one. 999 take some seconds.

    Returns
    -------
    pd.DataFrame
        `part, measure, item` (a theme, a level, an outcome …), `unit`, `a, b` (best numbers), `a_low, a_high,
        b_low, b_high` (where evidence is incomplete), `a_text, b_text` (codes, or ids separated by `;`), `a_rows,
        b_rows` (row ids). Missing means not known or not applicable, never 0. By part:

        - `place`: population, area and, of municipalities, group and coast; of networks founding, kind, themes.
        - `responsibility`: holder, `region_since`, `transfer` to a joint body and to the region.
        - `strategy`: the region's strategy, its stage, age and references; of two regions `same_stage`.
        - `networks`: `documented_*`, `relations` that do not count, `cross_border_networks`, of regions
          `joint_bodies`; `memberships` or `members` in the year, `coverage`; `shared` and `only_here` with what is
          in them, `jaccard` (0–1, shared by those of either) and `overlap` (by the smaller set), both missing where
          one has nothing documented; of municipalities also offices, projects, twin towns.
        - `roles` (regions): `practised` and `possible_roles` by theme; `formal_against_practised`, `outcome`.
        - `overlap`: `theme_profile, schoener_d`; a region against its own municipalities, in the year and ever
          (`shared_by_levels, jaccard_of_levels, overlap_of_levels, schoener_of_levels`), and the `nestedness` of
          its county; a municipality against its region (`shared_with_region, jaccard_with_region`). With `draws`:
          `null_shared` (mean of the draws, their 2.5 and 97.5 % points), `null_z, null_p`, for what is shared
          `between` the two and, of regions, between the `levels` of each.
        - `position`: `degree, betweenness` in the two-mode matrix of what is documented in the window.
        - `spells`, over all years: `spells, dated_joins, first_dated_join, ended_spells, followed_spells` (enter a
          survival curve), `dated_exits, list_exits` (intervals).
        - `listed`: `listed_memberships, covered_by_lists, documents`; of networks `complete_lists, latest_list,
          list_retention, list_survival` (up to the window's end; share of the first list that stands on the last, and
          Turnbull's estimate).
        - `peers` (municipalities): `jaccard_known` (on known cells, with bounds), `structural_distance, km,
          peer_rank` (the place of the other among its peers), `peers, candidates, eligible_candidates`.
        - `reviews`: `judged, portfolio` (score by criteria, a line a review and year; the recommendation as text).
        - `disagreements` by kind, `benchmarks` by outcome.

    Raises
    ------
    UnknownName
        For a unit that does not exist, with the nearest name.
    InvalidArgument
        If the two are of different kinds, or both of several; for a year out of range or a value that is not
        allowed.

    Notes
    -----
    Documented is a lower bound: that a network is "only here" means that the other is not documented in it.
    The null model is conditional on documentation (see `natverk.nullmodels`): what no source attests is outside it.
    Swapping `a` and `b` swaps the columns and changes nothing else. Models of all municipalities (participation,
    event study, survival curves) and the agreement of coders (`coding`) say nothing of a single unit; what enters
    them of each unit stands here. References: each measure names its own.

    Examples
    --------
    >>> from natverk import load
    >>> table = compare(load(), "Lund", "Malmö", year=2020, parts=("place", "networks")).set_index(["measure", "item"])
    >>> table.loc[("shared", "networks"), ["a", "b"]].tolist() == table.loc[("shared", "networks"), ["b", "a"]].tolist()
    True
    >>> table.loc[("skr_group", ""), ["a_text", "b_text"]].tolist()
    ['B3', 'A1']
    """
    year_range(year, "year", data=data)
    year_range(years, data=data)
    wanted = tuple(dict.fromkeys([parts] if isinstance(parts, str) else parts))
    for part in wanted:
        choice("parts", part, PARTS)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="parts", allowed=PARTS)
    not_negative("draws", draws)
    not_negative("seed", seed)
    if kind is not None:
        choice("kind", kind, UNIT_KINDS)
    both, (first, second) = _same_kind(data, a, b, kind)
    if first == second:
        raise InvalidArgument(f"{a!r} and {b!r} are the same {both}", where="a, b", remedy="name two different units")
    frame = Frame(data, year, years, counts_as, year_basis, counting, wanted)
    left, right = _SIDES[both](frame, first), _SIDES[both](frame, second)
    lines = [*_beside(left, right), *pair_lines(frame, both, first, second, left, right)]
    if draws:
        lines += null_lines(frame, both, first, second, draws, seed)
    order = {part: number for number, part in enumerate(PARTS)}
    lines.sort(key=lambda line: order[line[0]])
    table = pd.DataFrame([_row(*line) for line in lines], columns=_COLUMNS)
    text = [name for name in _COLUMNS if name not in _NUMBERS]
    return table.astype({**dict.fromkeys(_NUMBERS, "Float64"), **dict.fromkeys(text, "str")})


def resolve_unit(data: Dataset, text: str, kind: str | None = None) -> dict[str, str]:
    """Return what a text may mean: kind → county code, municipality code or network id.

    Raises
    ------
    UnknownName
        If it means nothing, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> resolve_unit(load(), "Uppsala")
    {'region': '03', 'municipality': '0380'}
    >>> resolve_unit(load(), "ubc")
    {'network': 'ubc'}
    """
    known = directory(data)
    kinds: tuple[str, ...] = UNIT_KINDS if kind is None else (kind,)
    # An id says its kind: Gotland's municipality is also the actor of its region.
    prefix = str(text).partition(":")[0]
    units = known.meanings(str(text), (prefix,) if prefix in kinds else kinds)
    if not units:
        error = known.unknown(str(text), kinds)
        error.where = "a, b"
        raise error
    return {unit.kind: unit.id for unit in sorted(units, key=lambda unit: UNIT_KINDS.index(unit.kind))}


def _same_kind(data: Dataset, a: str, b: str, kind: str | None) -> tuple[str, tuple[str, str]]:
    first, second = resolve_unit(data, a, kind), resolve_unit(data, b, kind)
    common = [name for name in UNIT_KINDS if name in first and name in second]
    if not common:
        raise InvalidArgument(
            f"{a!r} is a {' or '.join(first)}, {b!r} a {' or '.join(second)}",
            where="a, b",
            remedy="compare two units of one kind",
        )
    if len(common) > 1:
        raise InvalidArgument(
            f"{a!r} and {b!r} may both be a {' or a '.join(common)}",
            where="kind",
            allowed=common,
            remedy=f'write kind="{common[0]}"',
        )
    return common[0], (first[common[0]], second[common[0]])


def _beside(left: Side, right: Side) -> Iterator[tuple[str, Line | None, Line | None]]:
    """Put the lines of both sides together; what only one side has stays, with the other side missing."""
    for part in left.lines:
        sides = [{(line.measure, line.item, line.unit): line for line in side.lines[part]} for side in (left, right)]
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            yield part, sides[0].get(key), sides[1].get(key)


def _row(part: str, a: Line | None, b: Line | None) -> dict[str, object]:
    named = a or b
    row: dict[str, object] = {"part": part}
    if named is not None:
        row |= {"measure": named.measure, "item": named.item, "unit": named.unit}
    for name, line in (("a", a), ("b", b)):
        row |= {
            name: line.best if line else None,
            f"{name}_low": line.low if line else None,
            f"{name}_high": line.high if line else None,
            f"{name}_text": line.text if line else "",
            f"{name}_rows": line.rows if line else "",
        }
    return row


#: `common`: one number of both; `same`; `differs`; `documented`: differs in what is documented, which is a lower
#: bound; `overlaps`: the bounds of both overlap, so that nobody can tell; `unknown`: missing on a side.
VERDICTS = ("differs", "documented", "overlaps", "same", "common", "unknown")

_COMMON = (
    "shared", "jaccard", "overlap", "same_stage", "schoener_d", "jaccard_known", "known_networks", "km",
    "structural_distance", "null_shared", "null_z", "null_p",
)  # fmt: skip
_DOCUMENTED = (
    "documented_networks", "documented_members", "only_here", "networks_with_office", "projects", "twin_towns",
    "sources", "cross_border_networks", "relations", "counties_reached", "population_share_documented", "practised",
    "shared_by_levels", "jaccard_of_levels",
    "overlap_of_levels", "schoener_of_levels", "schoener_of_levels_attested", "theme_profile", "nestedness", "degree",
    "betweenness", "spells", "dated_joins", "ended_spells", "followed_spells", "dated_exits", "first_dated_join",
    "documents", "shared_with_region", "jaccard_with_region", "candidates", "eligible_candidates", "judged",
    "disagreements", "benchmarks",
)  # fmt: skip


def contrasts(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each line of a comparison whether the two differ, and how sure that is.

    Parameters
    ----------
    table
        As `compare` gives it.

    Returns
    -------
    pd.DataFrame
        The table with a column `verdict`, one of `VERDICTS`.

    Raises
    ------
    InvalidArgument
        For a frame that lacks columns of `compare`.

    Notes
    -----
    Numbers with bounds differ only where the bounds leave no room for equality. Counts of what is documented have no
    upper bound, so that a difference of theirs is one of the documents first of all.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.comparison import compare
    >>> table = contrasts(compare(load(), "14", "12", parts=("place", "networks"))).set_index(["measure", "item"])
    >>> lines = [("population", ""), ("memberships", "region"), ("documented_networks", "region")]
    >>> table.loc[lines, "verdict"].tolist()
    ['differs', 'overlaps', 'documented']
    """
    has_columns(table, ["measure", "a", "b", "a_text", "b_text"], "contrasts", "give a frame of natverk.compare")
    return table.assign(verdict=pd.Series([_verdict(row) for row in each_row(table)], index=table.index, dtype="str"))


def _verdict(row: object) -> str:
    measure = str(getattr(row, "measure", ""))
    numbers = [getattr(row, name, pd.NA) for name in ("a", "b", "a_low", "a_high", "b_low", "b_high")]
    a, b, *bounds = (None if pd.isna(value) else float(value) for value in numbers)
    if a is None and b is None:
        texts = [str(getattr(row, name, "")) for name in ("a_text", "b_text")]
        known = all(text and text != "unknown" for text in texts)
        if measure in _COMMON:
            return "common" if known else "unknown"
        return ("same" if texts[0] == texts[1] else "differs") if known else "unknown"
    if measure in _COMMON:
        return "common"
    if a is None or b is None:
        return "unknown"
    a_low, a_high, b_low, b_high = (
        own if bound is None else bound for bound, own in zip(bounds, (a, a, b, b), strict=True)
    )
    bounded = a_low != a_high or b_low != b_high
    if bounded and a_low <= b_high and b_low <= a_high:
        return "overlaps"
    if a == b:
        return "same"
    return "documented" if measure in _DOCUMENTED else "differs"
