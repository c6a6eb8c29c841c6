"""Strategies: how old the regions' development strategies are, how far they reach, and which are at one stage.

`history` lists them, `stages` says which holds on a day and where in its cycle it is, `references` and `same_stage`
compare the regions. What is not known stays open: a stage is named only where the evidence leaves one, and the stages
that it does not exclude stand beside it. `events` tells what happened to the strategies and how municipalities took
part, `state` what was last seen of each region's: by what we have read, with the day and what the date rests on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date as day
from itertools import combinations
from typing import Any

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import (
    Names,
    counted_from_one,
    each_row,
    has_columns,
    known_county,
    known_day,
    not_negative,
    several,
    year_range,
)

__all__ = [
    "REFERENCES",
    "STAGES",
    "STATES",
    "accounts",
    "county_state",
    "events",
    "history",
    "partner_lists",
    "partners",
    "references",
    "same_stage",
    "stages",
    "stages_by_year",
    "state",
]

#: Stages of the cycle, in the order in which the rule asks for them.
STAGES = ("in_process", "new", "horizon_passed", "due_for_review", "in_force")
#: What can be seen last of a region's strategy; see `state`.
STATES = ("adopted", "revised", "in_force", "under_review", "new_begun", "referral", "replaced", "not_known")
#: The state that an event leaves behind.
_LEAVES = {
    "adopted": "adopted", "revised": "revised", "in_force": "in_force", "followed_up": "in_force",
    "reviewed": "under_review", "begun": "new_begun", "new_begun": "new_begun", "referral": "referral",
    "replaced": "replaced",
}  # fmt: skip
_DECISIONS = ("adopted", "revised")
_WORK = ("begun", "new_begun", "reviewed", "referral")
_SIGHTINGS = ("in_force", "followed_up")
#: Events that take time: a last day that stands alone is their end; of others it is the latest that they can have been.
_LASTING = ("referral", "reviewed", "in_force", "followed_up")
#: The order of the work on one strategy, where a bare year does not tell it.
_PHASES = {"begun": 0, "new_begun": 0, "reviewed": 0, "referral": 1, "adopted": 2, "revised": 2}
#: What a strategy may refer to, and the column of `data.strategies` that says it.
REFERENCES = {"eu2020": "eu2020_ref", "agenda2030": "agenda2030_ref"}
#: The task "review the RUS at least once between ordinary elections" (ordinance 2017:583, 12 §).
_REVIEW_TASK = "T002"
#: Before and after everything: they stand for bounds that nothing tells.
_ALWAYS, _NEVER = "0001-01-01", "9999-12-31"


@asked
def history(data: Dataset) -> pd.DataFrame:
    """Return every strategy of every county, oldest first, with what is known of its adoption and its end.

    Returns
    -------
    pd.DataFrame
        `county_code, strategy_id, title, kind, state` (`holds`: nothing newer is known; `replaced`; `in_process`),
        `adopted_first, adopted_last` (bounds of the adoption, ISO days; the first missing where there is none; for
        one in process the day by which it is known to be), `until` (ISO day on which a newer one surely held;
        missing: none did), `horizon_year` (Int64), `eu2020, agenda2030` (`yes`, `no`, `unknown`: a blank is unknown),
        `row_id, source_id`.

    Examples
    --------
    >>> from natverk import load
    >>> table = history(load()).set_index("strategy_id")
    >>> table.loc[["rus-17-2020", "rus-17-2040", "rus-07-2035"], ["state", "until"]].values.tolist()
    [['replaced', '2021-06-02'], ['holds', nan], ['in_process', nan]]
    """
    order = {code: place for place, code in enumerate(data.counties["county_code"])}
    frame = _adoptions(data)
    drafted, replaced = frame["drafted"], frame["until"] < _NEVER
    frame = frame.assign(
        place=frame["county_code"].map(order),
        state=replaced.map({True: "replaced", False: "holds"}).mask(drafted, "in_process"),
        adopted_first=frame["first"].mask(drafted | (frame["first"] == _ALWAYS)),
        adopted_last=frame["last"].mask(drafted, frame["seen"]),
        until=frame["until"].where(replaced),
    ).sort_values(["place", "drafted", "adopted_last", "strategy_id"], ignore_index=True)
    columns = ["county_code", "strategy_id", "title", "kind", "state", "adopted_first", "adopted_last", "until"]
    return frame[[*columns, "horizon_year", *REFERENCES, "row_id", "source_id"]]


@asked
def events(data: Dataset, regions: Names | None = None, *, until: int | None = None) -> pd.DataFrame:
    """Return what happened to the strategies and when, and how municipalities took part, as far as we have read.

    Parameters
    ----------
    regions
        Regions or counties by code or name; None for all.
    until
        A year: what a source dates to a later one is left out, and so is what no source dates, for it may be later.
        None (default): everything.

    Returns
    -------
    pd.DataFrame
        One row an event: `county_code, strategy_id, title` (missing where the source names no strategy), `event`
        (`begun`, `referral`, `adopted`, `revised`, `in_force`, `reviewed`, `followed_up`, `new_begun`, `replaced`),
        `date` (partial; the last that the row tells, and of what is in force the first: until when a strategy is meant
        to hold is no sighting, nor is an end in a year after that of its newest source, which is a plan), `bound`
        (`by`: no more is known than that it had happened by the date; `until`: its end, the start is not known;
        `between`: some day from `date_from` to `date_to`; missing: the date or span itself), `date_from, date_to` (as
        coded; both missing: planned or undated), `date_basis` (`stated`, `inferred`), `by, by_sv` (who did it),
        `has_part` (whether the row tells how municipalities took part), `municipal_part, municipal_part_sv, note,
        note_sv, row_id, source_id`. By county and start: a bare year comes after what is dated
        within it, but the work on a strategy before the decision that it led to; what has no date comes last.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown region, or a year out of range.

    Notes
    -----
    Weaker than the lists of members: of ten rows that were read again, four had no fault. Show `date_basis`.

    Examples
    --------
    >>> from natverk import load
    >>> table = events(load(), "Skåne")
    >>> table.loc[table["event"] == "revised", ["strategy_id", "date", "date_basis"]].values.tolist()
    [['rus-12-2020', '2020-06-16', 'stated']]
    """
    frame = data.strategy_events
    if regions is not None:
        wanted = [known_county(data, region, "regions") for region in several(regions)]
        frame = frame[frame["county_code"].isin(wanted)]
    if until is not None and year_range(until, "until", data=data)[-1] < data.last_year:
        begun = frame["date_from"].fillna(frame["date_to"]).fillna(_NEVER)
        frame = frame[(begun.map(earliest) <= f"{until}-12-31").astype(bool)]
    # An end in a year after its newest source was published is a plan.
    printed = data.sources["published"].fillna(data.sources["accessed"]).str[:4]
    printed_in = dict(zip(data.sources["source_id"], printed, strict=True))
    newest = [max(printed_in[item] for item in ids.split(";")) for ids in frame["source_id"]]
    planned = (frame["date_to"].str[:4] > pd.Series(newest, index=frame.index, dtype=TEXT)).fillna(False)
    lasting = frame["date_to"].mask((frame["event"] == "in_force") | planned)
    takes_time, single = frame["event"].isin(_LASTING), frame["event"].isin([*_DECISIONS, "replaced"])
    open_start = frame["date_from"].isna() & frame["date_to"].notna()
    one_of_many = (frame["date_from"] != frame["date_to"]).fillna(False) & frame["date_to"].notna() & ~open_start
    frame = frame.assign(
        date=lasting.fillna(frame["date_from"]).fillna(frame["date_to"]),
        bound=pd.Series(None, index=frame.index, dtype=TEXT)
        .mask(open_start, takes_time.map({True: "until", False: "by"}))
        .mask(one_of_many & single, "between"),
        title=frame["strategy_id"].map(data.strategies.set_index("strategy_id")["title"]).astype(TEXT),
        has_part=frame["municipal_part"].notna(),
    )
    columns = [
        "county_code", "strategy_id", "title", "event", "date", "bound", "date_from", "date_to", "date_basis", "by",
        "by_sv", "has_part", "municipal_part", "municipal_part_sv", "note", "note_sv", "row_id", "source_id",
    ]  # fmt: skip
    frame = frame.assign(place=_places(frame), phase=frame["event"].map(_PHASES).fillna(len(_PHASES)))
    return frame.sort_values(["county_code", "place", "phase", "row_id"], ignore_index=True)[columns]


def _places(frame: pd.DataFrame) -> list[str]:
    """Return where events come in time, as ISO days: by the last day on which each can have begun; see `events`."""
    starts = frame["date_from"].fillna(frame["date_to"])
    ends = frame["date_to"].fillna(starts)
    last = [
        _NEVER if pd.isna(start) else min(latest(start), latest(end)) for start, end in zip(starts, ends, strict=True)
    ]
    dated = list(zip(frame["strategy_id"], starts.str[:4], frame["event"].map(_PHASES), last, strict=True))
    found = []
    for start, (strategy, year, phase, own) in zip(starts, dated, strict=True):
        bare = pd.notna(start) and len(start) == 4 and pd.notna(phase)
        later = [day for name, when, other, day in dated if bare and (name, when) == (strategy, year) and other > phase]
        found.append(min([own, *later]))
    return found


@asked
def state(data: Dataset, on: str | None = None, *, carry_forward: int = 4) -> pd.DataFrame:
    """Return the latest known state of each region's strategy, with the day on which it was last seen.

    The rule, county by county, of the dated `events` up to the day: (1) The **decision** is the last adoption or
    revision; of a strategy of which no decision is dated, the first sighting of it in force stands for it. (2) If
    work is seen after the decision, its last event is the state: `under_review` (reviewed), `new_begun` (work on a new
    text) or `referral` (a new or revised text is out, or was). (3) Otherwise, if the strategy is seen after the
    decision, in force or followed up, it is `in_force`. (4) Otherwise `replaced`, where that is told and nothing newer.
    (5) Otherwise the decision: `adopted`, `revised`, or `in_force`. *After* is sure: the first day that the later
    date can mean comes after the last day that the decision can mean ("2025" does not come after April 2025). (6) Where
    the newest event of the county is more than `carry_forward` years old, or there is none, the state is `not_known`,
    and what was last seen stands in `last_state`. Events without a date (planned, or on undated pages) never decide.

    Parameters
    ----------
    on
        A partial date; a year or month stands for its last day. None: the last day that the data can speak of.
    carry_forward
        For how many years what was seen is taken to tell of today. Default 4, as in `stages`: one term of office.

    Returns
    -------
    pd.DataFrame
        One row a county, all 21: `county_code, region_actor_id, region_name, state` (see `STATES`), `last_state` (the
        same whatever its age; missing where nothing is dated), `strategy_id, title` (the strategy of the decision),
        `event, event_strategy_id, event_title` (what was last seen, and of which strategy), `last_seen` (its partial
        date), `last_seen_bound` (`by`: it had happened by then, no more is known; `ended`: a referral that ended then;
        missing: neither), `date_basis` (what the date rests on: `stated`, `inferred`), `decided` (the date of the
        decision; missing where only sightings are dated), `decided_bound, decided_basis` (the same of it),
        `known_from` (the first year whose events still tell of the day),
        `not_known_since` (the last year of which anything is dated; missing where the state is known, or nothing is),
        `n_undated` (events without a date), `undated, undated_title, undated_row_ids` (what they tell, each kind once
        and joined by `;`, the strategies that they concern, joined by ` | `, and their rows), `row_id` (that decides),
        `row_ids` (it and the decision), `source_id`.

    Raises
    ------
    InvalidArgument
        If the date is none, or later than the data, or a number of years is negative.

    Notes
    -----
    As far as we have read: no source lists all events of a region. `stages` answers another question: which stage of
    the cycle a strategy can be at, by its bounds.

    Examples
    --------
    >>> from natverk import load
    >>> table = state(load()).set_index("county_code")
    >>> table.loc[["05", "12", "21"], ["state", "last_state", "last_seen"]].values.tolist()
    [['referral', 'referral', '2025-03-31'], ['under_review', 'under_review', '2023-11-09'], \
['not_known', 'adopted', '2020-03-31']]
    >>> int(table.loc["21", "not_known_since"])
    2020
    """
    not_negative("carry_forward", carry_forward)
    return _state(data, data.known_until if on is None else known_day(data, on, "on"), carry_forward)


@asked
def county_state(data: Dataset, county: str | int, *, year: int | None = None, carry_forward: int = 4) -> pd.DataFrame:
    """Return the latest known state of one region's strategy: the line of `state` for it, without `known_from`.

    A page of one region depends on this line, not on those of the other twenty.

    Parameters
    ----------
    county
        A region by name, code or short form.
    year
        The year at whose end, or at the last day that the data can speak of; default the last year of the data.
    carry_forward
        As in `state`.

    Returns
    -------
    pd.DataFrame
        One row: the columns of `state` but `known_from`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown region, or a year out of range.

    Examples
    --------
    >>> from natverk import load
    >>> county_state(load(), "Skåne")[["county_code", "state"]].values.tolist()
    [['12', 'under_review']]
    """
    not_negative("carry_forward", carry_forward)
    code = known_county(data, county)
    table = _state(data, data.last_day(year_range(year, "year", data=data)[-1]), carry_forward)
    return table[table["county_code"] == code].drop(columns="known_from").reset_index(drop=True)


@kept
def _state(data: Dataset, today: str, carry_forward: int) -> pd.DataFrame:
    """Return the states on a day, once for each dataset and choice."""
    frame = events(data)
    undated = frame[frame["date"].isna()]
    frame = frame[frame["date"].notna()]
    # What runs on a day has begun by then, and is seen on it; a date that may lie after it tells nothing of it.
    known = frame["date_from"].fillna(frame["date"]).map(latest) <= today
    frame = frame[known.astype(bool)]
    running = frame["date"].map(latest) > today
    frame = frame.assign(date=frame["date"].mask(running, today))
    frame = frame.assign(first=frame["date"].map(earliest), last=frame["date"].map(latest))
    order = {event: place for place, event in enumerate(VOCABULARIES["strategy_event"])}
    frame = frame.assign(place=frame["event"].map(order)).sort_values(["first", "place", "row_id"], kind="stable")
    titles = data.strategies.set_index("strategy_id")["title"]
    found = []
    for county in each_row(data.counties):
        own = list(each_row(frame[frame["county_code"] == county.county_code]))
        decision, seen = _last_seen(own)
        year = max((int(event.first[:4]) for event in own), default=None)
        known_now = year is not None and int(today[:4]) - year <= carry_forward
        last = None if seen is None else _LEAVES[seen.event]
        strategy = None if decision is None else decision.strategy_id
        ids = [event.row_id for event in (decision, seen) if event is not None]
        told = undated[undated["county_code"] == county.county_code]
        dated = decision if decision is not None and decision.event in _DECISIONS else None
        found.append(
            {
                "county_code": county.county_code,
                "region_actor_id": county.region_actor_id,
                "region_name": county.region_name,
                "state": last if known_now else "not_known",
                "last_state": last,
                "strategy_id": strategy,
                "title": titles.get(strategy),
                "event": None if seen is None else seen.event,
                "event_strategy_id": None if seen is None else seen.strategy_id,
                "event_title": None if seen is None else titles.get(seen.strategy_id),
                "last_seen": None if seen is None else seen.date,
                "last_seen_bound": None if seen is None else _bound(seen, today),
                "date_basis": None if seen is None else seen.date_basis,
                "decided": None if dated is None else dated.date,
                "decided_bound": None if dated is None else _bound(dated, today),
                "decided_basis": None if dated is None else dated.date_basis,
                "known_from": int(today[:4]) - carry_forward,
                "not_known_since": None if known_now else year,
                "n_undated": len(told),
                "undated": ";".join(dict.fromkeys(told["event"])),
                "undated_title": " | ".join(dict.fromkeys(told["title"].dropna())),
                "undated_row_ids": ";".join(told["row_id"]),
                "row_id": None if seen is None else seen.row_id,
                "row_ids": ";".join(dict.fromkeys(ids)),
                "source_id": None if seen is None else seen.source_id,
            }
        )
    numbers = {"known_from": "int64", "not_known_since": "Int64", "n_undated": "int64"}
    return pd.DataFrame(found).astype({**dict.fromkeys(found[0], TEXT), **numbers})


def _bound(event: Any, today: str) -> str | None:
    """Return what the date of an event is, as `state` tells it: a day by which, the end of a referral, or neither."""
    if event.bound in ("by", "between"):
        return "by"
    over = event.event == "referral" and event.date == event.date_to and latest(event.date_to) <= today
    return "ended" if over else None


def _last_seen(own: list[Any]) -> tuple[Any, Any]:
    """Return the decision and the event that decides, of a county's dated events in their order; see `state`."""
    decided = {event.strategy_id for event in own if event.event in _DECISIONS}
    decision = next(
        (
            event
            for event in reversed(own)
            if event.event in _DECISIONS or (event.event == "in_force" and event.strategy_id not in decided)
        ),
        None,
    )
    after = own if decision is None else [event for event in own if event.first > decision.last]
    work = [event for event in after if event.event in _WORK]
    of_it = [event for event in after if decision is not None and event.strategy_id == decision.strategy_id]
    sightings = [event for event in of_it if event.event in _SIGHTINGS]
    ended = [event for event in of_it if event.event == "replaced"]
    for events_of_kind in (work, sightings, ended, [decision] if decision is not None else own):
        if events_of_kind:
            return decision, events_of_kind[-1]
    return None, None


@asked
def stages(
    data: Dataset,
    date: str,
    *,
    new_years: int = 2,
    review_after: int | None = None,
    reviewed: Mapping[str, str] | None = None,
    carry_forward: int = 4,
    process_years: int = 1,
) -> pd.DataFrame:
    """Return, region by region, which strategy holds on a day, how old it is, and its stage of the cycle.

    The first of these that is so is the stage: `in_process` (a successor is attested as being drafted);
    `new` (adopted less than `new_years` ago); `horizon_passed` (the year that it looks ahead to is over);
    `due_for_review` (neither adopted nor reviewed, as far as is known, since the last ordinary election:
    the ordinance asks for a review between elections); `in_force` (the rest). `unknown` where the evidence
    leaves several.

    Parameters
    ----------
    date
        A partial date; a year or month stands for its last day.
    new_years
        Default 2: programmes that carry a strategy out follow about that late (Gotland: adopted February
        2021, first programmes June 2022).
    review_after
        None (default): the ordinance, from the day on which `data.tasks` says it holds; before that nothing
        is due. A number: due so many years after adoption or review, at any time.
    reviewed
        Days (`2019-06-19`) of reviews that made no new strategy, by `strategy_id`: the table holds none.
    carry_forward
        Years after the county's last dated source in which its strategy is presumed to hold. Default 4, one
        term of office: after a whole term a newer one may exist that no source here tells of.
    process_years
        Years after its last dated source in which a drafting is presumed to go on. Default 1: where the
        length is stated it is two years. After that a new strategy may hold, and the stage is open.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, region_actor_id, region_name, strategy_id` (missing where more than
        one may hold), `possible_strategies` (joined by `|`; `other`: one that is not in the table), `basis`
        (`attested`, `presumed`, `unknown`), `adopted_first, adopted_last` (bounds of the adoption, ISO
        days), `age_low, age_high` (years since then), `horizon_year, horizon_left` (years until its end,
        negative: passed), `drafting` (strategies in process, joined by `|`), `drafting_undated` (processes
        seen at an unknown time: a note, they decide nothing), `stage, possible_stages` (joined by `|`),
        `eu2020, agenda2030` (`yes`, `no`, `unknown`), `row_ids`.

    Raises
    ------
    InvalidArgument
        If the date is none, a number of years is negative, or a review comes before the adoption.
    UnknownName
        If a review is of no strategy in the table.

    Notes
    -----
    `data.strategies` codes a process only where it had not ended: the drafting of strategies that were
    adopted since stands in `events`, and `state` reads it. The stages are ours; the duty to review is that of
    ordinance 2017:583, 12 §.

    Examples
    --------
    >>> from natverk import load
    >>> table = stages(load(), "2022-01").set_index("county_code")
    >>> table.loc[["14", "12", "08"], ["strategy_id", "stage", "horizon_left"]].values.tolist()
    [['rus-14-2030', 'new', 8.9], ['rus-12-2020', 'new', 8.9], ['rus-08-2030', 'unknown', 8.9]]
    """
    today = known_day(data, date)
    years = {"new_years": new_years, "carry_forward": carry_forward, "process_years": process_years}
    for name, value in {**years, "review_after": review_after or 0}.items():
        not_negative(name, value)
    given = (new_years, review_after, tuple(sorted((reviewed or {}).items())), carry_forward, process_years)
    return _stages(data, today, *given)


@kept
def _stages(
    data: Dataset,
    today: str,
    new_years: int,
    review_after: int | None,
    reviewed: tuple[tuple[str, str], ...],
    carry_forward: int,
    process_years: int,
) -> pd.DataFrame:
    """Return the stages on a day, once for each dataset and choice."""
    frame, year = _adoptions(data), int(today[:4])
    last_told = frame.groupby("county_code")["last_told"].max().to_dict()
    rows = list(each_row(frame))
    due, reviews = _due_until(data, today, review_after), _reviews(frame, dict(reviewed), today)
    found = []
    for county in each_row(data.counties):
        own = [row for row in rows if row.county_code == county.county_code]
        drafts = [row for row in own if row.drafted]
        drafting = [row.strategy_id for row in drafts if row.first_year <= year <= row.last_year + process_years]
        # Those that may hold: adopted perhaps, and not surely replaced.
        holding = [row for row in own if not row.drafted and row.first <= today < row.until]
        # What is known ends with the county's last dated source, and where a drafting must be over by now.
        late = year - last_told.get(county.county_code, math.nan)
        adopted = any(row.last <= today for row in holding)
        known = adopted and late <= carry_forward and not any(year > row.last_year + process_years for row in drafts)
        one = holding[0] if known and len(holding) == 1 else None
        possible = set() if known else set(STAGES)
        for row in holding if known else []:
            possible |= _possible_stages(row, today, new_years, due, reviews.get(row.strategy_id))
        # A drafting that is attested outranks whatever strategy it is to replace, known or not.
        left = ["in_process"] if drafting else [name for name in STAGES if name in possible]
        answers = {name: {getattr(row, name) for row in holding} if known else set() for name in REFERENCES}
        found.append(
            {
                "county_code": county.county_code,
                "region_actor_id": county.region_actor_id,
                "region_name": county.region_name,
                "strategy_id": None if one is None else one.strategy_id,
                "possible_strategies": "|".join([row.strategy_id for row in holding] + ["other"] * (not known)),
                "basis": "unknown" if not known else "attested" if late <= 0 else "presumed",
                **_measured(one, today),
                "drafting": "|".join(drafting),
                "drafting_undated": "|".join(row.strategy_id for row in drafts if pd.isna(row.first_year)),
                "stage": left[0] if len(left) == 1 else "unknown",
                "possible_stages": "|".join(left),
                **{name: told.pop() if len(told) == 1 else "unknown" for name, told in answers.items()},
                "row_ids": ";".join(row.row_id for row in holding),
            }
        )
    numbers = dict.fromkeys(["age_low", "age_high", "horizon_left"], "float64") | {"horizon_year": "Int64"}
    return pd.DataFrame(found).astype({**dict.fromkeys(found[0], TEXT), **numbers})


@asked
def stages_by_year(data: Dataset, years: tuple[int, int] | int | None = None) -> pd.DataFrame:
    """Return the stages at the end of every year, as far as the data reach.

    Parameters
    ----------
    years
        First and last year, or one; None for 1997 to the last year of the data. The year in which the data end
        stands for the day on which they do.

    Returns
    -------
    pd.DataFrame
        The columns of `stages`, with `year` in front.

    Raises
    ------
    InvalidArgument
        For years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> table = stages_by_year(load(), (2021, 2022))
    >>> table[table["county_code"] == "14"][["year", "stage"]].values.tolist()
    [[2021, 'new'], [2022, 'new']]
    """
    parts = []
    for year in year_range(years, data=data):
        table = stages(data, min(f"{year}-12-31", data.known_until))
        table.insert(0, "year", year)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


@asked
def references(data: Dataset, date: str, *, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count the regions whose strategy refers to Europe 2020, and to Agenda 2030, with bounds.

    Parameters
    ----------
    date
        As in `stages`.
    table
        A frame of `stages` made with other arguments; None makes one with the defaults.

    Returns
    -------
    pd.DataFrame
        `reference` (`eu2020`, `agenda2030`), `low` (regions with a reference on record), `high` (those
        without a record of none), `n_known, n_regions`, `coverage` (share known, 0–1). A blank in the table
        is unknown, not no; no best value is given, since nothing tells how the unknown ones lie.

    Raises
    ------
    UnknownName, InvalidArgument
        See `stages`; and for a `table` that is no frame of it, or empty.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> table = references(load(), "2022-01").set_index("reference")
    >>> bool(table.loc["agenda2030", "low"] > table.loc["eu2020", "low"]), table["high"].tolist()
    (True, [21, 21])
    """
    frame = _staged(data, date, table)
    found = [
        {
            "reference": name,
            "low": int((frame[name] == "yes").sum()),
            "high": int((frame[name] != "no").sum()),
            "n_known": int((frame[name] != "unknown").sum()),
            "n_regions": len(frame),
            "coverage": float((frame[name] != "unknown").mean()),
        }
        for name in REFERENCES
    ]
    return pd.DataFrame(found)


@asked
def same_stage(data: Dataset, date: str, *, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pair the regions that are at the same stage on a day: who can learn from whom, and why.

    A region whose stage is unknown is in no pair.

    Parameters
    ----------
    date, table
        As in `references`.

    Returns
    -------
    pd.DataFrame
        `county_a, county_b, region_a, region_b, stage, reasons` (joined by `;`: `stage=…`, and where both
        have it and it is the same, `adopted=` year, `horizon=` year, and references that both make),
        `n_reasons, age_gap` (years between the adoptions, from the middle of their bounds; missing where one
        is unknown).
        Those with most in common first.

    Raises
    ------
    UnknownName, InvalidArgument
        See `stages`; and for a `table` that is no frame of it, or empty.

    Notes
    -----
    The stages are those of `stages`; which of the reasons matters is left to the reader.

    Examples
    --------
    >>> from natverk import load
    >>> same_stage(load(), "2022-01").query("county_a == '14' and county_b == '20'")["reasons"].item()
    'stage=new;adopted=2021;horizon=2030;agenda2030=yes'
    """
    frame = _staged(data, date, table)
    frame = frame[frame["stage"] != "unknown"]
    regions = []
    for row in each_row(frame):
        known, middle = {"stage": row.stage}, math.nan
        if isinstance(row.adopted_first, str):
            first, last = day.fromisoformat(row.adopted_first), day.fromisoformat(row.adopted_last)
            known |= {"adopted": str(first.year)} if first.year == last.year else {}
            middle = (first.toordinal() + last.toordinal()) / 2
        known |= {} if pd.isna(row.horizon_year) else {"horizon": str(row.horizon_year)}
        known |= {name: "yes" for name in REFERENCES if getattr(row, name) == "yes"}
        regions.append((row, known, middle))
    found = []
    for (one, known, middle), (two, others, other_middle) in combinations(regions, 2):
        if one.stage == two.stage:
            shared = [f"{name}={value}" for name, value in known.items() if others.get(name) == value]
            gap = round(abs(middle - other_middle) / 365.25, 1)
            counties = (one.county_code, two.county_code, one.region_name, two.region_name)
            found.append((*counties, one.stage, ";".join(shared), len(shared), gap, STAGES.index(one.stage)))
    columns = ["county_a", "county_b", "region_a", "region_b", "stage", "reasons", "n_reasons", "age_gap", "place"]
    kinds = dict.fromkeys(columns[:6], TEXT) | {"n_reasons": "int64", "age_gap": "float64"}
    pairs = pd.DataFrame(found, columns=columns)
    order = ["place", "n_reasons", "age_gap", "county_a", "county_b"]
    pairs = pairs.sort_values(order, ascending=[True, False, True, True, True], ignore_index=True)
    return pairs[columns[:-1]].astype(kinds)


@asked
def partners(data: Dataset, on: str | None = None, *, most: int = 3) -> pd.DataFrame:
    """Return for each region whom it could learn from: regions whose strategy shares most with its own.

    Two regions are paired where their strategies share at least the state, as `state` knows it (`not_known` is
    none), or two of: the year of the decision, the year it looks ahead to, a reference on record to Agenda 2030, one to
    Europe 2020.

    Parameters
    ----------
    on
        As in `state`.
    most
        How many partners a region gets at most; those that share most, then those decided closest in time.

    Returns
    -------
    pd.DataFrame
        `county_code, partner_code, shares` (joined by `;`: `state=under_review`, `decided=2021`, or
        `decided_inferred=2021` where one of the two dates is inferred, `horizon=2030`, `agenda2030`, `eu2020`; a date
        by which a decision had been made gives no year), `n_shared, row_ids` (of both strategies and of the events that
        decide their states),
        `source_ids`. By county and what is shared.

    Raises
    ------
    InvalidArgument
        For a date that is none or later than the data, or a number of partners below one.

    Examples
    --------
    >>> from natverk import load
    >>> table = partners(load(), "2025-12")
    >>> int(table.groupby("county_code").size().max())
    3
    """
    counted_from_one("most", most)
    by_id = data.strategies.set_index("strategy_id")
    regions: list[tuple[str, dict[str, str], bool, list[str], list[str]]] = []
    for row in each_row(state(data, on)):
        known = {} if row.state == "not_known" else {"state": str(row.state)}
        rows, sources = [row.row_ids], [row.source_id]
        if isinstance(row.decided, str) and not isinstance(row.decided_bound, str):
            known["decided"] = row.decided[:4]
        if row.strategy_id in by_id.index:
            own = by_id.loc[row.strategy_id]
            known |= {} if pd.isna(own["horizon_year"]) else {"horizon": str(own["horizon_year"])}
            known |= {name: "" for name in REFERENCES if own[f"{name}_ref"] is not pd.NA and own[f"{name}_ref"]}
            rows, sources = [*rows, own["row_id"]], [*sources, own["source_id"]]
        regions.append((row.county_code, known, row.decided_basis == "inferred", rows, sources))
    found: list[tuple[str, str, str, int, str, str]] = []
    for code, known, inferred, rows, sources in regions:
        others: list[tuple[int, float, str, str, str, str]] = []
        for other, theirs, their_inferred, their_rows, their_sources in regions:
            shares = [name for name, value in known.items() if theirs.get(name) == value]
            if other != code and ("state" in shares or len(shares) > 1):
                both = "decided" in known and "decided" in theirs
                gap = abs(int(known["decided"]) - int(theirs["decided"])) if both else math.inf
                unsure = {"decided": "decided_inferred"} if inferred or their_inferred else {}
                said = ";".join(f"{unsure.get(name, name)}={known[name]}".removesuffix("=") for name in shares)
                own_ids, own_sources = _joined([*rows, *their_rows]), _joined([*sources, *their_sources])
                others.append((-len(shares), gap, other, said, own_ids, own_sources))
        found += [(code, other, said, -n, ids, cited) for n, _, other, said, ids, cited in sorted(others)[:most]]
    columns = ["county_code", "partner_code", "shares", "n_shared", "row_ids", "source_ids"]
    return pd.DataFrame(found, columns=columns).astype({**dict.fromkeys(columns, TEXT), "n_shared": "int64"})


@asked
def partner_lists(data: Dataset, on: str | None = None, *, most: int = 3) -> pd.DataFrame:
    """Return whom each region could learn from, one row a region: `partners`, its rows of one region put together.

    Parameters
    ----------
    on, most
        As in `partners`.

    Returns
    -------
    pd.DataFrame
        `county_code, partner_codes` (joined by `;`), `shares` (one for each partner, joined by ` | `), `row_ids,
        source_ids`; blank for a region of which too little is known to pair it. All counties.

    Raises
    ------
    InvalidArgument
        As `partners`.

    Examples
    --------
    >>> from natverk import load
    >>> lists = partner_lists(load(), "2025-12").set_index("county_code")
    >>> lists.at["20", "partner_codes"].split(";")[0], lists.at["07", "partner_codes"]
    ('14', '')
    """
    found = partners(data, on, most=most).groupby("county_code")
    table = found.agg(
        partner_codes=("partner_code", ";".join), shares=("shares", " | ".join),
        row_ids=("row_ids", _joined), source_ids=("source_ids", _joined),
    )  # fmt: skip
    table = table.reindex(data.counties["county_code"].rename("county_code"), fill_value="").reset_index()
    return table.astype(TEXT)


def _joined(cells: list[Any]) -> str:
    """Return the ids of some cells, each once, separated by `;`."""
    return ";".join(dict.fromkeys(part for cell in cells if isinstance(cell, str) for part in cell.split(";") if part))


@asked
def accounts(data: Dataset, region: str | int | None = None, *, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return what sources tell of a region's strategies: how the work was set up, who took part, what it refers to.

    Parameters
    ----------
    region
        A region or county by code or name; None (default): all.
    years
        First and last year; default 1997 to the year of the data's vintage. Where the last is not the last of the data,
        a strategy is left out unless it was surely adopted, or one in process surely begun, by its end, or an event
        dates it to then. One that had been replaced before the first year is left out too.

    Returns
    -------
    pd.DataFrame
        One row a strategy, by county, the newest first: the columns of the table `strategies`, texts in both languages
        (`status_note, process_note, consultation_note, eu2020_ref_note, agenda2030_ref_note, note`, …), and `state,
        adopted_first, adopted_last` as in `history` (the state as at the end of the years), `decided` (the date of the
        adoption by the table, or by `events` where it has none or they tell no more than by when), `decided_bound`
        (`by`, or missing), `decided_basis` (`stated`, `inferred`), `last_year` (the year of the newest of its own dated
        sources; missing where none is dated), `row_id, row_ids` (with the event that dates it), `source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown region, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> accounts(load(), "14").loc[0, "process_note_sv"][:23]
    'start årsskiftet 2018/1'
    """
    window = year_range((1997, int(data.known_until[:4])) if years is None else years, data=data)
    frame = data.strategies
    if region is not None:
        frame = frame[frame["county_code"] == known_county(data, region, "region")]
    known = history(data)[["strategy_id", "state", "adopted_first", "adopted_last", "until"]]
    printed = _adoptions(data).set_index("strategy_id")["last_year"].astype("Int64")
    frame = frame.merge(known, on="strategy_id").assign(last_year=lambda rows: rows["strategy_id"].map(printed))
    told = events(data, until=min(window[-1], data.last_year)).dropna(subset=["date", "strategy_id"])
    if window[-1] < data.last_year:
        begun = frame["adopted_last"].fillna(_ALWAYS).map(latest) <= f"{window[-1]}-12-31"
        attests = told["event"].isin([*_DECISIONS, *_SIGHTINGS, "replaced"])
        seen = frame["strategy_id"].isin(told.loc[attests, "strategy_id"])
        in_work = (frame["state"] == "in_process") & frame["strategy_id"].isin(told["strategy_id"])
        replaced = frame["until"].fillna(_NEVER) <= f"{window[-1]}-12-31"
        replaced |= frame["strategy_id"].isin(told.loc[told["event"] == "replaced", "strategy_id"])
        then = frame["state"].mask((frame["state"] == "replaced") & ~replaced, "holds")
        frame = frame.assign(state=then)[(begun | seen | in_work).astype(bool)]
    frame = frame[(frame["until"].fillna(_NEVER) >= f"{window[0]}-01-01").astype(bool)]
    decisions = told[told["event"].isin(_DECISIONS)].drop_duplicates("strategy_id").set_index("strategy_id")
    stated = frame["adopted_date"].fillna(frame["adopted_year"].astype(TEXT))
    # Where none has a decision, pandas 3.0.0 makes numbers of the texts that are missing.
    date, bound, basis, row, source = (
        frame["strategy_id"].map(decisions[name]).astype(TEXT)
        for name in ("date", "bound", "date_basis", "row_id", "source_id")
    )
    by_events = (date.notna() & (stated.isna() | (bound == "by").fillna(False))).astype(bool)
    cited = frame["source_id"] + (";" + frame["other_sources"]).fillna("") + (";" + source.where(by_events)).fillna("")
    frame = frame.assign(
        decided=stated.mask(by_events, date),
        decided_bound=bound.map({"by": "by", "between": "by"}).where(by_events).astype(TEXT),
        decided_basis=basis.where(by_events | (date == stated).fillna(False))
        .fillna("stated")
        .where(stated.notna() | by_events),
        row_ids=(frame["row_id"] + (";" + row.where(by_events)).fillna("")).astype(TEXT),
        source_ids=cited.astype(TEXT),
        drafted=frame["state"] == "in_process",
    )
    order = ["county_code", "drafted", "adopted_last", "strategy_id"]
    frame = frame.sort_values(order, ascending=[True, False, False, True])
    return frame.drop(columns=["drafted", "until"]).reset_index(drop=True)


def _staged(data: Dataset, date: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the stages: those given, if they are a frame of `stages` with a row at least, or new ones."""
    if table is None:
        return stages(data, date)
    has_columns(table, ["county_code", "stage", "adopted_first", *REFERENCES], "table", "give a frame of stages()")
    if table.empty:
        raise InvalidArgument("the selection is empty", where="table", remedy="keep at least one region")
    return table


@kept
def _adoptions(data: Dataset) -> pd.DataFrame:
    """Return, strategy by strategy, what the sources tell of its adoption and its end.

    `first, last` are bounds of the adoption. Where its day is unknown it lies after the predecessor's first and before
    the successor's last possible day, after the stated begin of work or referral of it, no later than the newest of
    the row's own sources, where the day on which it was read stands for a source without a sure date, and no later than
    the day by which an event tells that it had been adopted (`date_to` alone). `until` is the last
    possible day on which a newer strategy of the county came to hold. `first_year, last_year` are the years of the
    dated sources, `last_told` the last year of these and of the stated adoption, `seen` the last day on which the first
    source can have been published.
    """
    rows, sources = data.strategies, data.sources.set_index("source_id")
    sure = sources["published"].where(~sources["published_precision"].isin(["circa", "interval"]))
    told = pd.DataFrame(
        {
            "printed": sure.fillna(sources["accessed"]).map(latest),
            "seen": sources["published"].fillna(sources["accessed"]).map(latest),
            "year": sources["published"].str[:4].astype("float64"),
        }
    )
    cited = (rows["source_id"].fillna("") + ";" + rows["other_sources"].fillna("")).str.split(";").explode()
    cited = cited[cited != ""]
    # As plain objects: Arrow would start a thread for the extremes, and where pages are forked from there must be one.
    told = told.astype({"printed": object, "seen": object})
    own = told.loc[cited.to_list()].set_axis(cited.index).groupby(level=0)
    stated = rows["adopted_date"].fillna(rows["adopted_year"].astype(TEXT))
    frame = pd.DataFrame(
        {
            **{name: rows[name] for name in ("county_code", "strategy_id", "title", "kind", "row_id", "source_id")},
            "drafted": rows["status"] == "in_process",
            "first": stated.map(earliest, na_action="ignore").astype(TEXT),
            "last": stated.map(latest, na_action="ignore").astype(TEXT),
            "horizon_year": rows["horizon_year"].astype("Int64"),
            **{
                name: rows[column].map({True: "yes", False: "no"}).astype(TEXT).fillna("unknown")
                for name, column in REFERENCES.items()
            },
            "printed": own["printed"].max().astype(TEXT),
            "seen": own["seen"].min().astype(TEXT),
            "first_year": own["year"].min(),
            "last_year": own["year"].max(),
        }
    )
    frame["last_told"] = frame["last_year"].combine(frame["last"].str[:4].astype("float64"), max)
    adopted = frame[~frame["drafted"]].set_index("strategy_id")
    before: dict[str, set[str]] = {name: set() for name in adopted.index}
    for row in each_row(rows):
        for old, new in ((row.predecessor_id, row.strategy_id), (row.strategy_id, row.successor_id)):
            if old in before and new in before:
                before[new].add(old)
    for _ in range(len(before)):  # those before the predecessors come before as well
        before = {name: own.union(*(before[item] for item in own)) - {name} for name, own in before.items()}
    first, last = dict(adopted["first"].dropna()), dict(adopted["last"].dropna())
    begun = data.strategy_events
    begun = begun[begun["event"].isin(["begun", "new_begun", "referral"]) & (begun["date_basis"] == "stated")]
    begun = begun.dropna(subset=["date_from"])
    work = dict(begun["date_from"].map(earliest).groupby(begun["strategy_id"]).max())
    by = data.strategy_events
    by = by[(by["event"] == "adopted") & by["date_from"].isna()].dropna(subset=["date_to", "strategy_id"])
    known_by = dict(by["date_to"].map(latest).groupby(by["strategy_id"]).min())
    bounds = {}
    for name, printed in zip(before, adopted["printed"], strict=True):
        earlier = [first[item] for item in before[name] if item in first]
        low = first.get(name) or max([_ALWAYS, *earlier, *([work[name]] if name in work else [])])
        ends = [last[item] for item in last if name in before[item]]
        ends += [known_by[name]] if name in known_by else []
        bounds[name] = (low, last.get(name) or max(low, min([printed, *ends])))
    until, county = {}, dict(zip(before, adopted["county_code"], strict=True))
    for name, (_, high) in bounds.items():
        newer = [item for item, (start, _) in bounds.items() if name in before[item] or start > high]
        newer = [item for item in newer if county[item] == county[name]]
        until[name] = min((bounds[item][1] for item in newer), default=_NEVER)
    ids = frame["strategy_id"]
    return frame.drop(columns="printed").assign(
        first=ids.map({name: low for name, (low, _) in bounds.items()}).astype(TEXT),
        last=ids.map({name: high for name, (_, high) in bounds.items()}).astype(TEXT),
        until=ids.map(until).astype(TEXT).fillna(_NEVER),
    )


def _possible_stages(
    adoption: Any, today: str, new_years: int, due_until: str | None, reviewed: str | None
) -> set[str]:
    """Return the stages that a strategy may be at on a day, by the bounds of its adoption and of a later review.

    Adopted or reviewed on the day `due_until` or before it is due for review; None: nothing is due.
    """
    newest = min(adoption.last, today)
    new_from = _shifted(today, -new_years)
    found = {"new"} if newest > new_from else set()
    if adoption.first > new_from:
        return found
    open_ended = pd.isna(adoption.horizon_year)
    passed = not open_ended and f"{adoption.horizon_year}-12-31" < today
    if passed or open_ended:
        found.add("horizon_passed")
    if not passed:
        least, most = (max(bound, reviewed or _ALWAYS) for bound in (adoption.first, min(newest, new_from)))
        if due_until is not None and least <= due_until:
            found.add("due_for_review")
        if due_until is None or most > due_until:
            found.add("in_force")
    return found


def _due_until(data: Dataset, today: str, review_after: int | None) -> str | None:
    """Return the day up to which an adoption or review is due for another one, or None where nothing is due."""
    if review_after is not None:
        return _shifted(today, -review_after)
    duty = data.tasks[(data.tasks["task_id"] == _REVIEW_TASK) & data.tasks["since"].notna()]
    begun = duty["since"].map(earliest) <= today
    going_on = duty["until"].fillna(_NEVER).map(latest) >= today
    return _last_election(today) if (begun & going_on).any() else None


def _reviews(frame: pd.DataFrame, reviewed: Mapping[str, str], today: str) -> dict[str, str]:
    """Return the reviews up to a day, checked; a partial date stands for its last day."""
    first = dict(frame.loc[~frame["drafted"], ["strategy_id", "first"]].itertuples(index=False, name=None))
    found = {name: latest(date) for name, date in reviewed.items()}
    for name, date in found.items():
        if name not in first:
            raise UnknownName(f"there is no strategy {name!r}", where="reviewed", allowed=sorted(first), value=name)
        if date < first[name]:
            raise InvalidArgument(
                f"{name} was not adopted before {first[name]}",
                where="reviewed",
                remedy="name the day of a review after the adoption",
            )
    return {name: date for name, date in found.items() if date <= today}


def _measured(adoption: Any, today: str) -> dict[str, object]:
    """Return bounds of adoption and age, and what is left to the horizon, of the strategy that holds, if one does."""
    if adoption is None:
        names = ("adopted_first", "adopted_last", "age_low", "age_high", "horizon_year", "horizon_left")
        return dict.fromkeys(names)
    bounded, last = adoption.first > _ALWAYS, min(adoption.last, today)
    open_ended = pd.isna(adoption.horizon_year)
    return {
        "adopted_first": adoption.first if bounded else None,
        "adopted_last": last,
        "age_low": _years_between(last, today),
        "age_high": _years_between(adoption.first, today) if bounded else None,
        "horizon_year": None if open_ended else adoption.horizon_year,
        "horizon_left": None if open_ended else _years_between(today, f"{adoption.horizon_year}-12-31"),
    }


def _last_election(today: str) -> str:
    """Return the day of the last ordinary election on or before a day, from 1994.

    Every fourth year in September: on the second Sunday (act 2005:837, 1 kap. 3 §), on the third until 2010.
    """
    year = int(today[:4])
    held = []
    for election in (year - (year - 2) % 4, year - (year - 2) % 4 - 4):
        first_sunday = 7 - day(election, 9, 1).weekday()
        held.append(day(election, 9, first_sunday + (7 if election >= 2014 else 14)).isoformat())
    return next(date for date in held if date <= today)


def _shifted(date: str, years: int) -> str:
    """Return the day so many years on; from 29 February, 28 February where the year has no other."""
    year = int(date[:4]) + years
    return latest(f"{year:04d}-02") if date[5:] == "02-29" else f"{year:04d}{date[4:]}"


def _years_between(start: str, end: str) -> float:
    """Return the years from one day to another, to a tenth; negative where the end comes first."""
    return round((day.fromisoformat(end) - day.fromisoformat(start)).days / 365.25, 1)
