"""Spells: the evidence of one actor in one network joined into from–to spells, with their precision.

The joining rules are written here and nowhere else; durations must treat a spell whose start is only
*first seen* as left-truncated and one without a stated end as right-censored at its last sighting.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.evidence import Counting, YearBasis, graded, status_of
from natverk.measures.frames import each_row, year_or_none

__all__ = ["spells"]


def spells(data: Dataset, *, year_basis: YearBasis = "stated", counting: Counting = "strict") -> pd.DataFrame:
    """Join evidence into spells of membership.

    Rules: (1) evidence up to a stated end belongs to one spell, later evidence opens the next; (2) the start
    is the earliest stated first year (`start_basis="stated"`), else the first sighting (`"seen"`: left
    truncated); (3) an end exists only where a source states it; (4) evidence without any usable year makes a
    spell of its own, undated, when the pair has no dated one; (5) a gap between sightings does not end a
    spell, and is given as the longest number of years without evidence.

    Parameters
    ----------
    year_basis, counting
        See `natverk.measures.evidence.graded`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell` (1, 2, …), `start, start_basis` (`stated`, `seen`, missing),
        `last_seen, end` (missing: no end stated), `longest_gap` (years), `dated`, `status, n_rows, n_sources,
        row_ids`. Sorted by actor, network, spell.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    References
    ----------
    Guo, G. (1993). Event-history analysis for left-truncated data. Sociological Methodology 23, 217–243.

    Examples
    --------
    >>> from natverk import load
    >>> one = spells(load()).query("actor_id == 'municipality:0180' and network_id == 'metropolis'").iloc[0]
    >>> int(one["start"]), one["start_basis"], int(one["last_seen"]), bool(pd.isna(one["end"]))
    (2003, 'stated', 2011, True)
    """
    rows = graded(data, year_basis=year_basis, counting=counting)
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in each_row(rows[rows["grade"].isin(["positive", "exit"])]):
        years = [year_or_none(value) for value in (row.first, row.last, row.start, row.end)]
        own = Row(row.row_id, row.source_id, row.status, row.grade, *years)
        pairs.setdefault((row.actor_id, row.network_id), []).append(own)
    found = [
        {"actor_id": actor, "network_id": network, "spell": number, **spell}
        for (actor, network), evidence in sorted(pairs.items())
        for number, spell in enumerate(_of_pair(evidence), start=1)
    ]
    columns = [
        "actor_id",
        "network_id",
        "spell",
        "start",
        "start_basis",
        "last_seen",
        "end",
        "longest_gap",
        "dated",
        "status",
        "n_rows",
        "n_sources",
        "row_ids",
    ]
    frame = pd.DataFrame(found, columns=columns)
    whole = dict.fromkeys(["start", "last_seen", "end", "longest_gap"], "Int64")
    return frame.astype({**whole, "start_basis": "str", "dated": "bool"})


class Row(NamedTuple):
    """One graded evidence row: `first` and `last` as member, `start` and `end` only where stated."""

    row_id: str
    source_id: str
    status: str
    grade: str
    first: int | None
    last: int | None
    start: int | None
    end: int | None

    def years(self) -> range:
        """The years the row attests; none when it is undated."""
        return range(0) if self.first is None or self.last is None else range(self.first, self.last + 1)


def _of_pair(rows: list[Row]) -> list[dict[str, object]]:
    left = [row for row in rows if row.first is not None]
    bare_exits = [row for row in rows if row.first is None and row.end is not None]
    result: list[dict[str, object]] = []
    for end in sorted({row.end for row in rows if row.end is not None}):
        own = [row for row in left if row.first is not None and row.first <= end]
        left = [row for row in left if row not in own]
        exits = [row for row in bare_exits if row.end == end]
        if own or exits:
            result.append(_spell(own, exits, end))
    # After the last stated end there may be a further, open spell.
    if left:
        result.append(_spell(left, [], None))
    undated = [row for row in rows if row.first is None and row.end is None and row.grade == "positive"]
    if not result and undated:
        nothing = dict.fromkeys(("start", "start_basis", "last_seen", "end", "longest_gap"))
        result.append({**nothing, "dated": False, **_facts(undated)})
    return result


def _spell(own: list[Row], exits: list[Row], end: int | None) -> dict[str, object]:
    stated = [row.start for row in own if row.start is not None]
    covered = sorted({year for row in own for year in row.years()})
    last = covered[-1] if covered else None
    return {
        "start": min(stated) if stated else covered[0] if covered else None,
        "start_basis": "stated" if stated else "seen" if own else None,
        "last_seen": last if last is None or end is None else min(last, end),
        "end": end,
        # The longest run of years within the spell that no row attests.
        "longest_gap": max((later - earlier - 1 for earlier, later in pairwise(covered)), default=0),
        "dated": True,
        **_facts([*own, *exits]),
    }


def _facts(rows: list[Row]) -> dict[str, object]:
    return {
        "status": status_of({row.status for row in rows}),
        "n_rows": len(rows),
        "n_sources": len({row.source_id for row in rows}),
        "row_ids": ";".join(sorted(row.row_id for row in rows)),
    }
