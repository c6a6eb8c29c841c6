"""The rules for one pair of actor and network: from its evidence to a state for every year.

`Pair` holds what the sources say of the pair; `Pair.cell(year)` applies the rules of the design in order.
`natverk.measures.panel` puts the pairs together with what needs no evidence of the pair itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from natverk.measures.evidence import status_of

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

    def attested(self, year: int, part_year: PartYear) -> list[Span]:
        """Return the rows that attest membership in a year.

        Under `part_year="any"` every part of a year counts; `"whole"` leaves out stated years of entry and
        exit, `"start"` (1 January) the year of entry, `"end"` (31 December) the year of exit. A sighting
        within a year stands for that year under every rule.
        """
        entry, leaving = part_year in ("whole", "start"), part_year in ("whole", "end")
        return [
            span
            for span in self.spans
            if span.first <= year <= span.last
            and not (entry and year == span.start)
            and not (leaving and year == span.end)
        ]

    def cell(
        self, year: int, *, part_year: PartYear, presume: int, founded: int | None, dissolved: int | None,
        exists: bool, list_wins: bool,
    ) -> Cell:
        """Apply the rules of one cell in their order; see `natverk.measures.panel.panel`."""
        rows = self.attested(year, part_year)
        ended = [end for end in self.ends if end[0] < year]
        no_network = (founded is not None and year < founded) or (dissolved is not None and year > dissolved)
        status = status_of({span.status for span in rows})
        if rows:
            attested = [span.row_id for span in rows]
            if not exists:
                return Cell("no_actor", True, status, _ids(attested))
            if year in self.absent:
                state = "not_member" if list_wins else "member"
                return Cell(state, True, status, _ids([*attested, self.absent[year]]))
            if no_network:
                return Cell("no_network" if list_wins else "member", True, status, _ids(attested))
            # A membership stated to begin after the end is a new spell; a bare sighting after it is a contradiction.
            last_end = max((end[0] for end in ended), default=None)
            again = last_end is None or any(span.start is not None and span.start > last_end for span in rows)
            contrary = [] if again else [end[1] for end in ended]
            return Cell("member", not again, status, _ids([*attested, *contrary]))
        if not exists:
            return Cell("no_actor", False, "", "")
        if year in self.absent:
            return Cell("not_member", False, "", self.absent[year])
        before = [span for span in self.spans if span.first <= year]
        seen = max((min(span.last, year) for span in before), default=None)
        closing = max((end[0] for end in self.ends if end[0] < year or (part_year != "any" and end[0] == year)), default=None)
        if closing is not None and (seen is None or seen <= closing):
            return Cell("left", False, "", _ids([end[1] for end in self.ends if end[0] == closing]))
        if no_network:
            return Cell("no_network", False, "", "")
        if seen is not None and self._presumed(year, seen, presume, list_wins):
            latest = [span for span in before if min(span.last, year) == seen]
            return Cell("presumed", False, status_of({span.status for span in latest}), _ids([span.row_id for span in latest]))
        return Cell("unknown", False, "", "")

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
    for row in rows[rows["grade"].isin(["positive", "exit"])].itertuples():
        pair = pairs.setdefault((str(row.actor_id), str(row.network_id)), Pair())
        if pd.notna(row.first):
            span = Span(int(row.first), int(row.last), _year(row.start), _year(row.end), str(row.status), str(row.row_id))
            pair.spans.append(span)
        if pd.notna(row.end):
            pair.ends.append((int(row.end), str(row.row_id)))
    return pairs


def _year(value: object) -> int | None:
    return None if pd.isna(value) else int(str(value))


def _ids(items: list[str]) -> str:
    return ";".join(sorted(set(items)))
