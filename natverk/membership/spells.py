"""Spells of membership, and the same as durations: from when at risk, until when, and what then.

Spells are read from the same pairs of evidence as the panel (`natverk.membership.panel.Pair`): both have the same
years, ends and entries. A spell that is first seen years after it began is known only because it had lasted: it is at
risk from its first sighting (left truncation). One without a stated end is right-censored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.frames import Names, choice, known_actors, known_networks
from natverk.membership.actors import member_actors
from natverk.membership.evidence import Counting, YearBasis, gathered, graded
from natverk.membership.lists import on_lists
from natverk.membership.panel import Pair, Span, networks_counting_as, pairs_of

__all__ = [
    "Censor",
    "Dissolution",
    "Entry",
    "ENDINGS",
    "durations",
    "spells",
]


@asked
def spells(
    data: Dataset,
    *,
    actors: Names | None = None,
    networks: Names | None = None,
    counts_as: Iterable[str] | None = None,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Join evidence into spells of membership.

    Rules: (1) evidence up to a stated end belongs to one spell, later evidence opens the next; (2) the start
    is the earliest stated first year (`start_basis="stated"`), else the first sighting (`"seen"`: left
    truncated); a sighting before a stated start stays outside, although `natverk.panel` counts its year; (3) an end
    exists only where a source states it; (4) evidence without any usable year makes a
    spell of its own, undated, when the pair has no dated one; (5) a gap between sightings does not end a
    spell, and is given as the longest number of years without evidence; (6) an end that another row spans (member
    from before it until after it) ends no spell, unless a source states that membership began again: the spell goes
    on, in `conflict`; (7) a membership stated to begin in the year of an end, and to go on, is the next spell; (8) a
    further end with no year attested since the last one tells of the same spell.

    Parameters
    ----------
    data
        The dataset.
    actors, networks
        By id or name, or a county for its municipalities; default all that have evidence.
    counts_as
        Kinds of network, see `natverk.panel`; default all of them.
    year_basis, counting
        See `natverk.membership.evidence.graded`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell` (1, 2, …), `start, start_basis` (`stated`, `seen`, missing),
        `last_seen, end` (missing: no end stated), `longest_gap` (years), `dated`, `conflict` (some of its years are
        attested although a source states an end before them; `natverk.panel` flags these years), `status, n_rows,
        n_sources, row_ids`. Sorted by actor, network, spell.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network, kind of network or value, or an empty selection.

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
    choice("year_basis", year_basis, ("stated", "any"))
    choice("counting", counting, ("strict", "loose"))
    frame = _spells(data, year_basis, counting)
    if networks is not None or counts_as is not None:
        wanted = known_networks(data, networks) if networks is not None else networks_counting_as(data, counts_as or ())
        frame = frame[frame["network_id"].isin(wanted)]
    if actors is not None:
        frame = frame[frame["actor_id"].isin(known_actors(data, actors))]
    return frame.reset_index(drop=True)


@kept
def _spells(data: Dataset, year_basis: YearBasis, counting: Counting) -> pd.DataFrame:
    found = [
        {"actor_id": actor, "network_id": network, "spell": number, **spell}
        for (actor, network), pair in sorted(pairs_of(data, year_basis, counting).items())
        for number, spell in enumerate(_of_pair(pair), start=1)
    ]
    key = ["actor_id", "network_id", "spell"]
    columns = [*key, "start", "start_basis", "last_seen", "end", "longest_gap", "dated", "conflict", "row_id"]
    frame = pd.DataFrame(found, columns=columns)
    rows = graded(data, year_basis=year_basis, counting=counting)[["row_id", "source_id", "status"]]
    facts = gathered(frame[[*key, "row_id"]].explode("row_id").merge(rows, on="row_id"), key)
    frame = frame.drop(columns="row_id").merge(facts.drop(columns="source_ids").reset_index(), on=key)
    whole = dict.fromkeys(["start", "last_seen", "end", "longest_gap"], "Int64")
    text = dict.fromkeys(["actor_id", "network_id", "start_basis"], TEXT)
    return frame.astype({**whole, **text, "spell": "int64", "dated": "bool", "conflict": "bool"})


def _of_pair(pair: Pair) -> list[dict[str, Any]]:
    """Cut the evidence of a pair at the ends that close a spell; see the rules of `spells`."""
    attested = {year for span in pair.spans for year in range(span.first, span.last + 1)}
    closing = _closing_ends(pair, attested)
    told = {end: _place(end.last, list(closing), attested) for end in pair.ends}
    # The first spell begins after no end, and the last one is closed by none.
    anew = {end: [] if end is None else closing[end] for end in (None, *closing)}
    result = []
    for place, (after, end) in enumerate(pairwise([None, *closing, None])):
        # What joins in the year of the end belongs to the next spell alone.
        here = [span for span in pair.spans if span not in anew[end]]
        years = {span: _years_within(span, after, end, span in anew[after]) for span in here}
        years = {span: covered for span, covered in years.items() if covered}
        rows = {span.row_id for span in years} | {other.row_id for other in pair.ends if told[other] == place}
        if rows:
            result.append(_spell(pair, years, end, sorted(rows)))
    if not result and pair.undated:
        nothing = dict.fromkeys(("start", "start_basis", "last_seen", "end", "longest_gap"))
        result.append({**nothing, "dated": False, "conflict": False, "row_id": pair.undated})
    return result


def _closing_ends(pair: Pair, attested: set[int]) -> dict[int, list[Span]]:
    """Return the years of the ends that close a spell, rising, each with the rows that join anew in that very year.

    An end closes a spell if a year was attested since the last such end, and no row goes on over it; or if a source
    states that membership began again after it, whatever goes on.
    """
    closing: dict[int, list[Span]] = {}
    before: int | None = None
    for last in sorted({end.last for end in pair.ends}):
        again = min((year for year in attested if year > last), default=last)
        ends = [end for end in pair.ends if end.last == last]
        joining = [span for span in pair.spans if span.first <= again and any(span.joins_after(end) for end in ends)]
        goes_on = any(span.first <= last < span.last for span in pair.spans if span not in joining)
        if (before is None or _any_between(attested, before, last)) and (joining or not goes_on):
            closing[last] = [span for span in joining if span.start == last]
            before = last
    return closing


def _place(last: int, closing: Sequence[int], attested: set[int]) -> int:
    """Return the place of the spell that an end tells of: a later end with no year attested since tells of the same."""
    for place, end in enumerate(closing):
        if last <= end or not _any_between(attested, end, last):
            return place
    return len(closing)


def _any_between(attested: set[int], after: int, last: int) -> bool:
    """Say whether any year after one and up to another is attested."""
    return any(after < year <= last for year in attested)


def _years_within(span: Span, after: int | None, end: int | None, begins_anew: bool) -> range:
    """Return the years of a row between two ends; a row that joins in the year of the first keeps that year too."""
    first = span.first if after is None or begins_anew else max(span.first, after + 1)
    return range(first, (span.last if end is None else min(span.last, end)) + 1)


def _spell(pair: Pair, years: Mapping[Span, range], end: int | None, rows: list[str]) -> dict[str, Any]:
    """Return a spell from the years that its rows cover in it."""
    covered = sorted({year for part in years.values() for year in part})
    stated = [span.start for span, part in years.items() if span.start is not None and span.start in part]
    return {
        "start": min(stated or covered, default=None),
        "start_basis": "stated" if stated else "seen" if covered else None,
        "last_seen": max(covered, default=None),
        "end": end,
        # The longest run of years within the spell that no row attests.
        "longest_gap": max((later - earlier - 1 for earlier, later in pairwise(covered)), default=0),
        "dated": True,
        "conflict": any(pair.contrary(year) for year in covered),
        "row_id": rows,
    }


Entry = Literal["first_seen", "start"]
Censor = Literal["last_seen", "vintage"]
Dissolution = Literal["censor", "exit"]

#: What becomes of a spell, and whether it enters.
ENDINGS = {
    "exit": True,
    "seen_last": True,
    "until_vintage": True,
    "until_dissolution": True,
    "term_over": True,
    "former_without_year": True,
    "absent_from_list": True,
    "start_unknown": False,
    "undated": False,
    "never_sighted": False,
    "no_time": False,
}


@asked
def durations(
    data: Dataset,
    *,
    actors: Names | None = None,
    networks: Names | None = None,
    counts_as: Iterable[str] = ("membership",),
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
        member did not leave). The network ended where a row says so (`memberships.end_kind`); where no row says
        what ended, an end in the network's last year or later is the network's.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell, start, first_seen, last_seen, end, entry, time` (years since the start;
        a spell with the last year E was given up after E + 1 − start years), `event` (1 a dated exit),
        `reason, enters, row_ids`. Reasons: `exit`; `seen_last`, `until_vintage`, `until_dissolution`
        (censored); `term_over` (a project, title or agreement ran out, the member itself was wound up, or a court
        annulled the decision to join: censored, for nobody gave anything up); `former_without_year` (a page speaks of a
        former member but states no year: the exit is bounded, not dated, and the spell censored at its last sighting);
        `absent_from_list` (a later complete list lacks the member: likewise, see `natverk.networks.list_exits`);
        `start_unknown` (first seen, not dated as a join); `undated`; `never_sighted` (a start, but no dated sighting);
        `no_time` (seen in one year only, or last where it enters: no time under observation).

    Notes
    -----
    An exit that is only bounded is censored here although it happened, which makes memberships look longer than they
    were. Few exits are dated: before you fit a model, count `event` among the spells that enter.

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
    frame = spells(
        data,
        actors=member_actors(data) if actors is None else actors,
        networks=networks,
        counts_as=counts_as,
        year_basis=year_basis,
        counting=counting,
    )
    frame = frame.join(_of_rows(data, frame, year_basis))
    start, end, seen, told = frame["start"], frame["end"], frame["first_seen"], frame["told_end"]
    gone = frame["network_id"].map(data.networks.set_index("network_id")["dissolved_year"])
    vintage = int(data.known_until[:4])

    ended = end.notna()
    bounded = ended & ~told
    over_with = frame["network_ended"] | (frame["end_unsaid"] & gone.notna() & (end >= gone)).fillna(False)
    dissolved = ended & over_with & (dissolution == "censor")
    term = ended & frame["term_over"]
    event = ended & told & ~dissolved & ~term
    missed = ~ended & _missed(data, frame)
    until = frame["last_seen"].mask(event, end + 1)
    if censor == "vintage":
        open_ = ~ended & ~missed
        over = gone.fillna(vintage).clip(upper=vintage)
        until = until.mask(open_, over)
        dissolved |= (open_ & (gone < vintage)).fillna(False)
    time = until - start
    # A spell that sources tell of only after its end is at risk from its start: it would be known however short it was.
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
        term,
        bounded,
        missed,
    ]
    codes = ["undated", "start_unknown", "never_sighted", "no_time", "exit", "until_dissolution"]
    codes += ["term_over", "former_without_year", "absent_from_list"]
    rest = "until_vintage" if censor == "vintage" else "seen_last"
    reason = np.select([item.to_numpy(dtype=bool) for item in conditions], codes, default=rest)
    frame["reason"] = pd.Series(reason, index=frame.index, dtype=TEXT)
    frame["enters"] = frame["reason"].map(ENDINGS).astype(bool)
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
    """Return for each spell its first dated sighting, whether a source states the year of its end, and what ended."""
    rows = data.memberships.set_index("row_id")
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    own = frame[["end"]].join(frame["row_ids"].str.split(";").explode().rename("row_id"))
    first = own["row_id"].map(rows["observed_year"].where(usable)).groupby(level=0).min().astype("Int64")
    stated = (own["row_id"].map(rows["end_year"]) == own["end"]).fillna(False).groupby(level=0).any()
    # What ended, as the rows say that state the end; one that speaks of leaving goes before the others.
    ending = own.assign(kind=own["row_id"].map(rows["end_kind"]), last=own["row_id"].map(rows["end_year"]))
    ending = ending[(ending["last"] == ending["end"]).fillna(False)]

    def says(kinds: list[str]) -> pd.Series:
        found = ending["kind"].isin(kinds).groupby(level=0).any()
        return found.reindex(frame.index, fill_value=False).astype(bool)

    left, network, term = says(["left"]), says(["network_ended"]), says(["term", "member_ended", "annulled"])
    return pd.DataFrame(
        {
            "first_seen": first,
            "told_end": stated.astype(bool),
            "network_ended": network & ~left,
            "term_over": term & ~network & ~left,
            "end_unsaid": ~(left | network | term),
        }
    )
