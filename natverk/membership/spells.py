"""Survival of memberships: spells with a stated start, followed for as long as sources see them.

A spell that is first seen years after it began is known only because it had lasted: it is at risk from its
first sighting (left truncation). One without a stated end is right-censored. What cannot enter is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import choice, each_row, known_actors, known_networks, year_or_none
from natverk.membership.actors import levels
from natverk.membership.evidence import Counting, YearBasis, graded, status_of
from natverk.membership.lists import on_lists
from natverk.membership.panel import networks_counting_as

__all__ = [
    "chosen_spells",
    "durations",
    "spells",
]


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
        See `natverk.membership.evidence.graded`.

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


def chosen_spells(
    data: Dataset,
    *,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Return the spells of some actors in some networks: by default municipalities and regions, memberships.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network or kind of network, or an empty selection.
    """
    frame = spells(data, year_basis=year_basis, counting=counting)
    wanted = networks_counting_as(data, counts_as) if networks is None else known_networks(data, networks)
    table = levels(data)
    chosen = table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    kept = frame["network_id"].isin(wanted) & frame["actor_id"].isin(known_actors(data, chosen))
    return frame[kept].reset_index(drop=True)


Entry = Literal["first_seen", "start"]
Censor = Literal["last_seen", "vintage"]
Dissolution = Literal["censor", "exit"]

#: What becomes of a spell, and whether it enters.
REASONS = {
    "exit": True,
    "seen_last": True,
    "until_vintage": True,
    "until_dissolution": True,
    "former_without_year": True,
    "absent_from_list": True,
    "start_unknown": False,
    "undated": False,
    "never_sighted": False,
    "no_time": False,
}


def durations(
    data: Dataset,
    *,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    entry: Entry = "first_seen",
    censor: Censor = "last_seen",
    dissolution: Dissolution = "censor",
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Return the spells as survival data: from when at risk, until when, and what then.

    Parameters
    ----------
    actors, networks, counts_as, year_basis, counting
        See `natverk.panel`.
    entry
        From when a spell is at risk. `"first_seen"` (default): from the first year in which a source saw it;
        spells that had ended by then are not in the data, so the years before prove nothing. `"start"`: from
        the stated start, as if all had been followed since: overstates survival. A spell told only after its
        stated end is at risk from its start under both.
    censor
        Until when a spell without a stated end is followed. `"last_seen"` (default): the last sighting;
        `"vintage"`: the year in which the data were read, as if an exit would have been noticed: an upper
        bound.
    dissolution
        Whether the end of the network ends the membership as an `"exit"` or is a `"censor"` (default: the
        member did not leave).

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell, start, first_seen, last_seen, end, entry, time` (years since the start;
        a spell with the last year E was given up after E + 1 − start years), `event` (1 a dated exit),
        `reason, enters, row_ids`. Reasons: `exit`; `seen_last`, `until_vintage`, `until_dissolution`
        (censored); `former_without_year` (a page speaks of a former member but states no year: the exit is
        bounded, not dated, and the spell censored at its last sighting); `absent_from_list` (a later complete
        list lacks the member: likewise, see `natverk.networks.list_exits`); `start_unknown` (first seen, not
        dated as a join); `undated`; `never_sighted` (a start, but no dated sighting); `no_time` (seen in one
        year only, or last where it enters: no time under observation).

    Notes
    -----
    An exit that is only bounded is censored here although it happened, which makes memberships look longer

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network or value, or an empty selection.

    References
    ----------
    Guo, G. (1993). Event-history analysis for left-truncated data. Sociological Methodology 23, 217–243.

    Examples
    --------
    >>> from natverk import load
    >>> own = durations(load(), networks=["ubc"]).set_index("actor_id")
    >>> kalmar = own.loc["municipality:0880"]
    >>> int(kalmar["start"]), int(kalmar["first_seen"]), int(kalmar["entry"]), kalmar["reason"]
    (1991, 1993, 2, 'seen_last')
    """
    choice("entry", entry, ("first_seen", "start"))
    choice("censor", censor, ("last_seen", "vintage"))
    choice("dissolution", dissolution, ("censor", "exit"))
    frame = chosen_spells(
        data, actors=actors, networks=networks, counts_as=counts_as, year_basis=year_basis, counting=counting
    )
    frame = frame.join(_of_rows(data, frame, year_basis))
    start, end, seen, told = frame["start"], frame["end"], frame["first_seen"], frame["told_end"]
    gone = frame["network_id"].map(data.networks.set_index("network_id")["dissolved_year"])
    vintage = int(data.known_until[:4])

    ended = end.notna()
    bounded = ended & ~told
    dissolved = (ended & gone.notna() & (end >= gone)).fillna(False) & (dissolution == "censor")
    event = ended & told & ~dissolved
    missed = ~ended & _missed(data, frame)
    until = frame["last_seen"].mask(event, end + 1)
    if censor == "vintage":
        open_ = ~ended & ~missed
        over = gone.fillna(vintage).clip(upper=vintage)
        until = until.mask(open_, over)
        dissolved |= (open_ & (gone < vintage)).fillna(False)
    time = until - start
    # Told only after the end: nobody had to last until a sighting to be known.
    late = (ended & told & (seen.isna() | (seen > end))).fillna(False)
    begin = (seen - start).clip(lower=0).mask(late, 0)
    if entry == "start":
        begin = (start - start).astype("Int64")
    conditions = [
        ~frame["dated"],
        (frame["start_basis"] != "stated").fillna(True),
        begin.isna(),
        (begin >= time).fillna(True),
        event,
        dissolved,
        bounded,
        missed,
    ]
    codes = ["undated", "start_unknown", "never_sighted", "no_time", "exit", "until_dissolution"]
    codes += ["former_without_year", "absent_from_list"]
    rest = "until_vintage" if censor == "vintage" else "seen_last"
    reason = np.select([item.to_numpy(dtype=bool) for item in conditions], codes, default=rest)
    frame["reason"] = pd.Series(reason, index=frame.index, dtype="str")
    frame["enters"] = frame["reason"].map(REASONS).astype(bool)
    frame["entry"] = begin.where(frame["enters"])
    frame["time"] = time.where(frame["enters"])
    frame["event"] = event.astype("Int64").where(frame["enters"])
    columns = ["actor_id", "network_id", "spell", "start", "first_seen", "last_seen", "end"]
    return frame[[*columns, "entry", "time", "event", "reason", "enters", "row_ids"]]


def _missed(data: Dataset, frame: pd.DataFrame) -> pd.Series:
    """Say which spells a complete list from after the last sighting lacks."""
    seen = on_lists(data, at_least=1)
    absent = seen[~seen["on"]].groupby(["actor_id", "network_id"])["year"].max()
    limit = absent.reindex(pd.MultiIndex.from_frame(frame[absent.index.names])).to_numpy()
    return (frame["last_seen"] < pd.Series(limit, index=frame.index).astype("Int64")).fillna(value=False)


def _of_rows(data: Dataset, frame: pd.DataFrame, year_basis: YearBasis) -> pd.DataFrame:
    """Return for each spell its first dated sighting, and whether a source states the year of its end."""
    rows = data.memberships.set_index("row_id")
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    sighted = rows["observed_year"].where(usable)
    own = frame["row_ids"].str.split(";").explode()
    first = own.map(sighted).groupby(level=0).min().astype("Int64")
    stated = own.map(rows["end_year"].notna()).groupby(level=0).any()
    return pd.DataFrame({"first_seen": first, "told_end": stated.astype(bool)})
