"""The rules for one pair of actor and network: from its evidence to a state for every year.

`Pair` holds what the sources say of the pair; `Pair.cell(year)` applies the rules of the design in order.
`natverk.measures.panel` puts the pairs together with what needs no evidence of the pair itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from natverk.measures.evidence import status_of
from natverk.measures.frames import each_row, year_or_none

__all__ = ["STATES", "Cell", "Pair", "PartYear", "Span", "pairs_of"]

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
        """Apply the rules of one cell in their order; see `natverk.measures.panel.panel`."""
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
    """Collect graded evidence (see `natverk.measures.evidence.graded`) by actor and network."""
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
