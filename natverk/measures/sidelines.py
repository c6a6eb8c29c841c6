"""Side lines: the measures that `compare` reads off alike for regions, municipalities and networks.

Each function yields the lines of one measure for a selection of actors or one network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from natverk.data.vocabulary import VOCABULARIES
from natverk.measures.benchmarks import OUTCOMES, benchmarks
from natverk.measures.disagreements import KINDS
from natverk.measures.frames import each_row
from natverk.measures.panel import count
from natverk.measures.relations import relations
from natverk.measures.scores import score
from natverk.measures.sides import Frame, Line, joined, listed_line, number, text_of
from natverk.measures.verdicts import CRITERIA

__all__ = [
    "benchmark_lines",
    "bounds",
    "coverage_line",
    "disagreement_lines",
    "documented_in",
    "position",
    "profile",
    "relation_line",
    "responsibility_lines",
    "review_lines",
    "spell_lines",
    "strategy_lines",
]


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
    table = benchmarks(frame.data, actors=None if network else list(actors), networks=[network] if network else None)
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
