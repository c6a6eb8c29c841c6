"""The panel: actor × network × year, each cell with a named state. Absence needs evidence too.

`panel` is the frame, `count` sums it to low / best / high with coverage. The rules of one pair stand in
`natverk.membership.panel`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.frames import (
    choice,
    each_row,
    has_columns,
    known_actors,
    known_networks,
    not_negative,
    several,
    year_or_none,
    year_range,
)
from natverk.membership.actors import eligible, existence, levels
from natverk.membership.evidence import Counting, YearBasis, graded, proposals_to_leave, status_of

__all__ = [
    "Cell",
    "KNOWN",
    "Pair",
    "PartYear",
    "SETS",
    "STATES",
    "Span",
    "at_risk_in",
    "count",
    "networks_counting_as",
    "pairs_of",
    "panel",
]


PartYear = Literal["any", "whole", "start", "end"]

#: The named states of a cell, from the most to the least positive.
STATES = ("member", "presumed", "unknown", "left", "not_member", "no_network", "no_actor")


class Span(NamedTuple):
    """Years that one row attests as member; `start` and `end` only where stated."""

    first: int
    last: int
    start: int | None
    end: int | None
    status: str
    row_id: str


class Cell(NamedTuple):
    """State of one actor in one network in one year, and what decides it."""

    state: str
    conflict: bool
    status: str
    rows: str


@dataclass
class Pair:
    """The evidence of one actor in one network, as the rules of a cell need it.

    `ends` are last years as member, by a stated end or by a page that speaks of a former member; `absent`
    maps years to complete lists that cover the actor and do not have it; `proposals` are years of a
    recorded proposal to leave.
    """

    spans: list[Span] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)
    absent: dict[int, str] = field(default_factory=dict)
    proposals: list[int] = field(default_factory=list)

    def decided(self, span: range, presume: int) -> list[int]:
        """Return the years in which the pair's own evidence can decide; in all others the cell is as without it.

        From the first attested year, or the first end, on: to the last presumed one, or for good after an end.
        """
        starts = [row.first for row in self.spans] + [end for end, _ in self.ends]
        first = min(starts, default=span.stop)
        last = span.stop if self.ends else max((row.last for row in self.spans), default=first) + presume
        return [year for year in span if first <= year <= last or year in self.absent]

    def begun(self, year: int, part_year: PartYear) -> list[Span]:
        """Return the rows whose membership has begun by a year; the year of entry only where a part of it will do."""
        entry = part_year in ("whole", "start")
        return [span for span in self.spans if span.first <= year and not (entry and year == span.start)]

    def attested(self, year: int, part_year: PartYear) -> list[Span]:
        """Return the rows that attest membership in a year.

        Under `part_year="any"` every part of a year counts; `"whole"` leaves out stated years of entry and
        exit, `"start"` (1 January) the year of entry, `"end"` (31 December) the year of exit. A sighting
        within a year stands for that year under every rule.
        """
        leaving = part_year in ("whole", "end")
        return [
            span for span in self.begun(year, part_year) if year <= span.last and not (leaving and year == span.end)
        ]

    def ended(self, year: int, part_year: PartYear) -> list[tuple[int, str]]:
        """Return the ends that lie behind a year; a stated year of exit itself where its last day must be covered."""
        leaving = part_year in ("whole", "end")
        exits = [(year, span.row_id) for span in self.spans if leaving and span.end == year]
        return [end for end in self.ends if end[0] < year] + exits

    def cell(
        self,
        year: int,
        *,
        part_year: PartYear,
        presume: int,
        founded: int | None,
        dissolved: int | None,
        exists: bool,
        list_wins: bool,
    ) -> Cell:
        """Apply the rules of one cell in their order; see `natverk.membership.panel.panel`."""
        rows = self.attested(year, part_year)
        no_network = (founded is not None and year < founded) or (dissolved is not None and year > dissolved)
        absent = self.absent.get(year, "")
        if not exists:
            against = "no_actor"
        elif absent:
            against = "not_member"
        else:
            against = "no_network" if no_network else ""
        if rows:
            status, ids = status_of({span.status for span in rows}), [span.row_id for span in rows]
            if against:
                lists = [absent] if against == "not_member" else []
                return Cell(against if list_wins else "member", True, status, _ids([*ids, *lists]))
            contrary = self._contrary(year)
            return Cell("member", bool(contrary), status, _ids([*ids, *contrary]))
        if against in ("no_actor", "not_member"):
            return Cell(against, False, "", absent if against == "not_member" else "")
        before = self.begun(year, part_year)
        seen = max((min(span.last, year) for span in before), default=None)
        ends = self.ended(year, part_year)
        closing = max((end for end, _ in ends), default=None)
        if closing is not None and (seen is None or seen <= closing):
            return Cell("left", False, "", _ids([row for end, row in ends if end == closing]))
        if no_network:
            return Cell("no_network", False, "", "")
        if seen is not None and self._presumed(year, seen, presume, list_wins):
            last = [span for span in before if min(span.last, year) == seen]
            return Cell(
                "presumed", False, status_of({span.status for span in last}), _ids([span.row_id for span in last])
            )
        return Cell("unknown", False, "", "")

    def _contrary(self, year: int) -> list[str]:
        """Return the rows of ends that a membership attested in a year contradicts.

        A membership stated to begin after the end is a new spell; a bare sighting after it is a contradiction.
        """
        entry = max((span.start for span in self.spans if span.start is not None and span.start <= year), default=None)
        return [row for end, row in self.ends if end < year and (entry is None or entry <= end)]

    def _presumed(self, year: int, seen: int, presume: int, list_wins: bool) -> bool:
        if not 0 < year - seen <= presume:
            return False
        proposed = any(seen <= proposal < year for proposal in self.proposals)
        # Where the list wins over a page of the same year, that page presumes nothing either.
        absent = any((seen <= other if list_wins else seen < other) and other < year for other in self.absent)
        return not proposed and not absent


def pairs_of(rows: pd.DataFrame) -> dict[tuple[str, str], Pair]:
    """Collect graded evidence (see `natverk.membership.evidence.graded`) by actor and network."""
    pairs: dict[tuple[str, str], Pair] = {}
    for row in each_row(rows[rows["grade"].isin(["positive", "exit"])]):
        pair = pairs.setdefault((row.actor_id, row.network_id), Pair())
        first, last, end = year_or_none(row.first), year_or_none(row.last), year_or_none(row.end)
        if first is not None and last is not None:
            pair.spans.append(Span(first, last, year_or_none(row.start), end, row.status, row.row_id))
        if end is not None:
            pair.ends.append((end, row.row_id))
    return pairs


def _ids(rows: list[str]) -> str:
    return ";".join(sorted(set(rows)))


#: States that evidence or fact decides; `presumed` and `unknown` are not known.
KNOWN = ("member", "not_member", "left", "no_network", "no_actor")
#: Kinds of network by what belonging means (column `counts_as`).
SETS = ("membership", "commitment", "programme", "representation")
_CERTAINTY = {"high": ("high",), "medium": ("high", "medium"), "low": ("high", "medium", "low")}


def networks_counting_as(data: Dataset, counts_as: Iterable[str] = ("membership",)) -> list[str]:
    """Return the ids of the networks of some kinds, in the order of the table.

    >>> from natverk import load
    >>> len(networks_counting_as(load()))
    107
    """
    wanted = several(counts_as)
    allowed = (*SETS, "reporting", "universal")
    for kind in wanted:
        choice("counts_as", kind, allowed)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="counts_as", allowed=allowed)
    table = data.networks
    return list(table.loc[table["counts_as"].isin(wanted), "network_id"])


def panel(
    data: Dataset,
    *,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    years: tuple[int, int] | int = (1997, 2024),
    part_year: PartYear = "any",
    after_last: Literal["presumed", "unknown"] = "presumed",
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
    prefer: Literal["list", "own_page"] = "list",
    pairs: Literal["all", "evidence"] = "all",
) -> pd.DataFrame:
    """Return the state of each actor in each network in each year.

    The rules of a cell, in order: (1) the actor did not exist → `no_actor`; (2) dated positive evidence or
    a stated span → `member`; (3) absent from a complete list whose population at risk covers the actor →
    `not_member`; (4) after a stated end → `left`; (5) the network was not founded or is dissolved →
    `no_network`; (6) within `carry_forward` years after the last evidence, unless a proposal to leave or a
    list without the actor came in between → `presumed`; (7) otherwise `unknown`. Where (2) meets (1), (3),
    (4) or (5) the cell is flagged `conflict`.

    Parameters
    ----------
    actors
        Actor ids; default all municipalities and regions.
    networks
        Network ids; default those that count as `membership`.
    years
        First and last year, or one year.
    part_year
        Which part of a year a stated entry or exit must cover: `"any"` (default; sources give years, not
        days), `"whole"`, `"start"` (1 January), `"end"` (31 December).
    after_last, carry_forward
        What follows the last evidence: `"presumed"` for `carry_forward` years (default 3: pages are
        revised every few years, and exits are rare), then unknown; or `"unknown"` at once.
    year_basis, counting
        See `natverk.membership.evidence.graded`.
    list_certainty
        The least certainty of a list's completeness for absence to count (default `"high"`).
    prefer
        Which side a conflict takes as best: the contrary `"list"` or fact (default: a register of the
        network knows its members better than an old page), or the actor's `"own_page"`. A sighting after a
        stated end opens a new spell under both, and is a conflict unless a membership is stated to begin
        after that end.
    pairs
        `"all"` (default), or only the pairs of actor and network with `"evidence"` of their own, which is
        enough for what is documented and a hundredth of the size.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, state, conflict, status, low, best, high, rows`: `low` counts attested
        cells, `best` also presumed ones, `high` also unknown ones of eligible actors; `rows` are the ids
        that decide the cell. Sorted by actor, network, year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, an empty selection, years out of range, or an unknown value.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer. The order of the rules is ours.

    Examples
    --------
    >>> from natverk import load
    >>> cells = panel(load(), actors=["municipality:0127"], networks=["ubc"], years=(2018, 2020))
    >>> cells[["year", "state", "conflict", "low", "best", "high"]].values.tolist()
    [[2018, 'unknown', False, 0, 0, 1], [2019, 'not_member', True, 0, 0, 1], [2020, 'not_member', False, 0, 0, 0]]
    """
    choice("part_year", part_year, ("any", "whole", "start", "end"))
    choice("after_last", after_last, ("presumed", "unknown"))
    choice("list_certainty", list_certainty, tuple(_CERTAINTY))
    choice("prefer", prefer, ("list", "own_page"))
    choice("pairs", pairs, ("all", "evidence"))
    not_negative("carry_forward", carry_forward)
    table = levels(data)
    chosen = table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    actor_ids = known_actors(data, chosen)
    network_ids = known_networks(data, networks_counting_as(data) if networks is None else networks)
    span = year_range(years, data=data)

    rows = graded(data, year_basis=year_basis, counting=counting)
    known = pairs_of(rows[rows["actor_id"].isin(actor_ids) & rows["network_id"].isin(network_ids)])
    _add_absences(data, known, actor_ids, network_ids, _CERTAINTY[list_certainty])
    for row in each_row(proposals_to_leave(data)):
        if (row.actor_id, row.network_id) in known:
            known[row.actor_id, row.network_id].proposals.append(row.year)

    grid = _empty_grid(data, actor_ids, network_ids, span)
    order_a = {actor: place for place, actor in enumerate(actor_ids)}
    order_n = {network: place for place, network in enumerate(network_ids)}
    life = {
        row.network_id: (year_or_none(row.founded_year), year_or_none(row.dissolved_year))
        for row in each_row(data.networks)
    }
    presume = carry_forward if after_last == "presumed" else 0
    attested_once = np.zeros((len(actor_ids), len(network_ids)), dtype=bool)
    with_evidence = attested_once.copy()
    for (actor, network), pair in known.items():
        if actor not in order_a or network not in order_n:
            continue
        a, n = order_a[actor], order_n[network]
        attested_once[a, n] = bool(pair.spans)
        with_evidence[a, n] = bool(pair.spans or pair.ends)
        if pairs == "evidence" and not with_evidence[a, n]:
            continue
        founded, dissolved = life[network]
        for year in pair.decided(span, presume):
            t = year - span.start
            cell = pair.cell(
                year,
                part_year=part_year,
                presume=presume,
                founded=founded,
                dissolved=dissolved,
                exists=bool(grid["exists"][a, t]),
                list_wins=prefer == "list",
            )
            grid["state"][a, n, t] = STATES.index(cell.state)
            grid["conflict"][a, n, t] = cell.conflict
            grid["status"][a, n, t], grid["rows"][a, n, t] = cell.status, cell.rows
    shown = with_evidence if pairs == "evidence" else np.ones_like(with_evidence)
    return _long(data, grid, actor_ids, network_ids, span, attested_once, shown)


def _empty_grid(data: Dataset, actors: list[str], networks: list[str], span: range) -> dict[str, np.ndarray]:
    """Fill in what is known without evidence of the pair: no actor, no network, else unknown."""
    shape = (len(actors), len(networks), len(span))
    life = existence(data).reindex(actors)
    years = np.asarray(span)
    born = life["exists_from"].fillna(-9999).to_numpy(dtype=int)[:, None]
    gone = life["exists_to"].fillna(9999).to_numpy(dtype=int)[:, None]
    exists = (years >= born) & (years <= gone)
    table = data.networks.set_index("network_id").reindex(networks)
    founded = table["founded_year"].fillna(-9999).to_numpy(dtype=int)[:, None]
    dissolved = table["dissolved_year"].fillna(9999).to_numpy(dtype=int)[:, None]
    open_ = (years >= founded) & (years <= dissolved)
    state = np.full(shape, STATES.index("unknown"), dtype=np.int8)
    state[:, ~open_] = STATES.index("no_network")
    state[np.broadcast_to(~exists[:, None, :], shape)] = STATES.index("no_actor")
    empty = np.full(shape, "", dtype=object)
    return {
        "state": state,
        "conflict": np.zeros(shape, dtype=bool),
        "status": empty,
        "rows": empty.copy(),
        "exists": exists,
    }


def _add_absences(
    data: Dataset,
    pairs: dict[tuple[str, str], Pair],
    actors: list[str],
    networks: list[str],
    certainty: tuple[str, ...],
) -> None:
    """Note for every actor at risk the complete lists it is absent from.

    A list of full members says of the others only that they are not *full* members; their cell stays unknown.
    """
    lists = data.member_lists
    lists = lists[
        lists["certainty"].isin(certainty) & (lists["status_scope"] == "all") & lists["network_id"].isin(networks)
    ]
    table = levels(data).set_index("actor_id").reindex(actors)
    rows = data.memberships
    for item in each_row(lists):
        at_risk = at_risk_in(table, item.levels_at_risk, item.counties_at_risk)
        listed = set(rows.loc[rows["list_id"] == item.list_id, "actor_id"])
        for actor in table.index[at_risk]:
            if actor not in listed:
                pairs.setdefault((actor, item.network_id), Pair()).absent[item.year] = item.list_id


def at_risk_in(table: pd.DataFrame, list_levels: str, list_counties: object) -> pd.Series:
    """Say which actors (a frame as `levels` gives it) a list covers by its levels and counties."""
    at_risk = pd.Series(False, index=table.index)
    for level in list_levels.split(";"):
        at_risk |= table[level].astype(bool)
    if isinstance(list_counties, str) and list_counties:
        covered = set(list_counties.split(";"))
        at_risk &= table["county_codes"].fillna("").map(lambda codes: bool(covered & set(codes.split(";"))))
    return at_risk


def _long(
    data: Dataset,
    grid: dict[str, np.ndarray],
    actors: list[str],
    networks: list[str],
    span: range,
    attested_once: np.ndarray,
    shown: np.ndarray,
) -> pd.DataFrame:
    state = grid["state"]
    member, presumed, unknown = (STATES.index(name) for name in ("member", "presumed", "unknown"))
    conflict = grid["conflict"]
    low = (state == member) & ~conflict
    best = (state == member) | (state == presumed)
    may_belong = eligible(data, actors, networks, span) | attested_once[:, :, None]
    high = best | conflict | ((state == unknown) & may_belong)
    where = np.nonzero(np.broadcast_to(shown[:, :, None], state.shape))
    frame = pd.DataFrame(
        {
            "actor_id": np.asarray(actors, dtype=object)[where[0]],
            "network_id": np.asarray(networks, dtype=object)[where[1]],
            "year": np.asarray(span)[where[2]],
            "state": np.asarray(STATES, dtype=object)[state[where]],
            "conflict": conflict[where],
            "status": grid["status"][where],
            "low": low[where].astype(np.int8),
            "best": best[where].astype(np.int8),
            "high": high[where].astype(np.int8),
            "rows": grid["rows"][where],
        }
    )
    text = ["actor_id", "network_id", "state", "status", "rows"]
    frame = frame.astype(dict.fromkeys(text, "str"))
    return frame.sort_values(["actor_id", "network_id", "year"], kind="stable", ignore_index=True)


def count(cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sum a panel: how many memberships, between which bounds, and how much is known.

    Parameters
    ----------
    cells
        A panel, or a part of one, possibly with further columns to group by.
    by
        The columns to group by, e.g. `["year"]` or `["network_id", "year"]`.

    Returns
    -------
    pd.DataFrame
        The grouping columns and `low, best, high` (memberships), `n_cells`, `n_known`, `coverage` (share of
        cells known, 0–1), `n_conflict`.

    Raises
    ------
    InvalidArgument
        For a column that is not there, or nothing to group by.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> cells = panel(load(), networks=["ubc"], years=2019)
    >>> count(cells, ["network_id"])[["low", "best", "high"]].values.tolist()
    [[14, 14, 15]]
    """
    by = several(by)
    if not by:
        raise InvalidArgument("there is nothing to group by", where="by", allowed=list(cells.columns))
    has_columns(cells, by, "by", "name a column of the panel, or add one to it")
    has_columns(cells, ["state", "low", "best", "high", "conflict"], "cells", "give a panel, or rows of one")
    known = cells.assign(known=cells["state"].isin(KNOWN))
    groups = known.groupby(by, sort=True, observed=True)
    result = groups.agg(
        low=("low", "sum"),
        best=("best", "sum"),
        high=("high", "sum"),
        n_cells=("state", "size"),
        n_known=("known", "sum"),
        n_conflict=("conflict", "sum"),
    ).reset_index()
    result["coverage"] = result["n_known"] / result["n_cells"]
    return result[[*by, "low", "best", "high", "n_cells", "n_known", "coverage", "n_conflict"]]
