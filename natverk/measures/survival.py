"""Survival of memberships: spells with a stated start, followed for as long as sources see them.

A spell that is first seen years after it began is known only because it had lasted: it is at risk from its
first sighting (left truncation). One without a stated end is right-censored. What cannot enter is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.arguments import choice, not_negative
from natverk.measures.cohorts import chosen_spells
from natverk.measures.estimators import kaplan_meier
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.exits import on_lists
from natverk.measures.said import Refusal, checked_superpopulation, sentences, tally

__all__ = ["Survival", "durations", "survival"]

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


@dataclass(frozen=True)
class Survival:
    """A survival curve, the spells behind it and what could not enter; or the reason why there is no curve.

    Attributes
    ----------
    curve
        `time` (years of membership), `n_risk, n_events, survival` (share, 0–1), and `std_error` where a
        superpopulation is stated. Empty when refused.
    spells
        As `durations` gives them.
    said
        `reason, enters, n_spells`.
    refused
        Why there is no curve, with the counts, or None.
    superpopulation
        As stated by the caller, or None.
    """

    curve: pd.DataFrame
    spells: pd.DataFrame
    said: pd.DataFrame
    refused: Refusal | None
    superpopulation: str | None

    def text(self, lang: str = "en") -> str:
        """Say how many spells enter and how many cannot, why, and whether there is a curve."""
        words = sentences("survival", self.said, lang)
        return words if self.refused is None else f"{words} {self.refused.text(lang)}"


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
        See `natverk.cohorts`.
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
        list lacks the member: likewise, see `natverk.list_exits`); `start_unknown` (first seen, not
        dated as a join); `undated`; `never_sighted` (a start, but no dated sighting); `no_time` (seen in one
        year only, or last where it enters: no time under observation).

    Notes
    -----
    An exit that is only bounded is censored here although it happened, which makes memberships look longer
    lasting than they are. `natverk.list_survival` uses such exits as the intervals they are.

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


def survival(
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
    min_events: int = 10,
    superpopulation: str | None = None,
) -> Survival:
    """Return how long memberships last, or the refusal with its counts when too few exits are dated.

    Parameters
    ----------
    actors, networks, counts_as, entry, censor, dissolution, year_basis, counting
        See `durations`.
    min_events
        The fewest dated exits for a curve. Default 10: with fewer, every single exit moves the curve by a
        tenth or more of what is left.
    superpopulation
        See `natverk.measures.estimators.kaplan_meier`.

    Returns
    -------
    Survival
        Curve, spells, what entered and what did not, and the refusal if any.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, network or value, or an empty selection.

    References
    ----------
    Kaplan & Meier (1958) and Tsai, Jewell & Wang (1987), see `kaplan_meier`.

    Examples
    --------
    >>> from natverk import load
    >>> result = survival(load())
    >>> result.refused.reason, len(result.curve)
    ('too_few_events', 0)
    """
    not_negative("min_events", min_events)
    checked_superpopulation(superpopulation)
    own = durations(
        data,
        actors=actors,
        networks=networks,
        counts_as=counts_as,
        entry=entry,
        censor=censor,
        dissolution=dissolution,
        year_basis=year_basis,
        counting=counting,
    )
    said = tally(own["reason"], REASONS, "spells")
    entering = own[own["enters"]]
    n_events = int(entering["event"].sum())
    refused = None
    if n_events < max(min_events, 1):
        counts = {"n_events": n_events, "n_enter": len(entering), "min_events": max(min_events, 1)}
        refused = Refusal("survival", "too_few_events", counts)
    curve = kaplan_meier(entering.iloc[:0] if refused else entering, superpopulation=superpopulation)
    return Survival(curve, own, said, refused, superpopulation)


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
