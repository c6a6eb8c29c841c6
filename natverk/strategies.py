"""Strategies: how old the regions' development strategies are, how far they reach, and which are at one stage.

What is not known stays open: a stage is named only where the evidence leaves one, and the stages that it
does not exclude stand beside it. The arithmetic of bounds is in `natverk.strategies`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date as day
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.partial import earliest, latest
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import each_row, has_columns, known_day, not_negative, year_or_none, year_range

__all__ = [
    "Process",
    "REFERENCES",
    "STAGES",
    "Version",
    "candidates",
    "drafting",
    "due_until",
    "history",
    "last_election",
    "last_seen",
    "possible_stages",
    "references",
    "reviews",
    "same_stage",
    "shifted",
    "stages",
    "stages_by_year",
    "versions",
    "years_between",
]


#: Stages of the cycle, in the order in which the rule asks for them.
STAGES = ("in_process", "new", "horizon_passed", "due_for_review", "in_force")

#: The task "review the RUS at least once between ordinary elections" (ordinance 2017:583, 12 §).
REVIEW_TASK = "T002"
#: Before everything: the lower bound of an adoption of which nothing is known.
_ALWAYS = "0001-01-01"


class Version(NamedTuple):
    """An adopted strategy: bounds of its adoption (ISO days), horizon, and the strategies before it."""

    strategy_id: str
    county_code: str
    first: str
    last: str
    horizon: int | None
    before: frozenset[str]
    row_id: str


class Process(NamedTuple):
    """A county's drafting on a day: going on, past the years in which it is presumed to, or never dated."""

    current: list[str]
    overdue: list[str]
    undated: list[str]


def versions(data: Dataset) -> list[Version]:
    """Return the strategies that were adopted, with the bounds of the adoption.

    Where its day is unknown it lies after the predecessor's first and before the successor's last possible
    day, and no later than the newest of the row's own sources; the day on which it was read stands for a
    source without a sure date.

    Examples
    --------
    >>> from natverk import load
    >>> known = {version.strategy_id: version for version in versions(load())}
    >>> known["rus-14-2030"].first, known["rus-14-2020"].first, known["rus-14-2020"].last
    ('2021-02-16', '0001-01-01', '2019-01-14')
    """
    rows = [row for row in each_row(data.strategies) if row.status != "in_process"]
    stated = {row.strategy_id: bounds for row in rows if (bounds := _stated(row)) is not None}
    before: dict[str, set[str]] = {row.strategy_id: set() for row in rows}
    for row in each_row(data.strategies):
        for earlier, later in ((row.predecessor_id, row.strategy_id), (row.strategy_id, row.successor_id)):
            if earlier in before and later in before:
                before[later].add(earlier)
    printed = _printed(data)
    found = []
    for row in rows:
        first, last = stated.get(row.strategy_id, (_ALWAYS, max(printed[name] for name in _sources(row))))
        if row.strategy_id not in stated:
            earlier_ones = _all_before(row.strategy_id, before)
            later_ones = [name for name in before if row.strategy_id in _all_before(name, before)]
            first = max([first, *(stated[name][0] for name in earlier_ones if name in stated)])
            last = max(first, min([last, *(stated[name][1] for name in later_ones if name in stated)]))
        past = frozenset(_all_before(row.strategy_id, before))
        horizon = year_or_none(row.horizon_year)
        found.append(Version(row.strategy_id, row.county_code, first, last, horizon, past, row.row_id))
    return found


def last_seen(data: Dataset) -> dict[str, int]:
    """Return by county the year of the newest dated source, or adoption, of any of its strategies.

    Examples
    --------
    >>> from natverk import load
    >>> last_seen(load())["25"]
    2024
    """
    years = _source_years(data)
    seen: dict[str, int] = {}
    for row in each_row(data.strategies):
        stated = _stated(row)
        dated = [year for name in _sources(row) for year in years[name]] + ([int(stated[1][:4])] if stated else [])
        seen[row.county_code] = max([*dated, seen.get(row.county_code, 0)])
    return {county: year for county, year in seen.items() if year}


def drafting(data: Dataset, today: str, process_years: int) -> dict[str, Process]:
    """Return the drafting of each county on a day, by the dated sources of strategies in process."""
    years = _source_years(data)
    found: dict[str, Process] = {}
    for row in each_row(data.strategies[data.strategies["status"] == "in_process"]):
        process = found.setdefault(row.county_code, Process([], [], []))
        dated = [year for name in _sources(row) for year in years[name]]
        if not dated:
            process.undated.append(row.strategy_id)
        elif int(today[:4]) > max(dated) + process_years:
            process.overdue.append(row.strategy_id)
        elif int(today[:4]) >= min(dated):
            process.current.append(row.strategy_id)
    return found


def candidates(own: list[Version], today: str) -> list[Version]:
    """Return the strategies of one county that may hold on a day: adopted perhaps, and not surely replaced.

    Examples
    --------
    >>> old = Version("a", "01", "2014-01-01", "2014-12-31", 2020, frozenset(), "rus-1")
    >>> new = Version("b", "01", "2019-01-01", "2021-12-31", 2030, frozenset("a"), "rus-2")
    >>> [[item.strategy_id for item in candidates([old, new], f"{year}-06-30")] for year in (2018, 2020, 2022)]
    [['a'], ['a', 'b'], ['b']]
    """
    adopted = [version for version in own if version.last <= today]
    return [
        version
        for version in own
        if version.first <= today
        and not any(version.strategy_id in other.before or other.first > version.last for other in adopted)
    ]


def possible_stages(
    version: Version, today: str, new_years: int, due_until: str | None, reviewed: str | None
) -> set[str]:
    """Return the stages that a strategy may be at on a day, as far as its bounds tell.

    Parameters
    ----------
    due_until
        A strategy adopted or reviewed on this day or before is due for review; None: nothing is due.
    reviewed
        The day of a later review, or None.

    Examples
    --------
    >>> one = Version("a", "01", "2018-01-01", "2018-12-31", None, frozenset(), "rus-1")
    >>> sorted(possible_stages(one, "2021-06-30", 2, "2018-09-09", None))
    ['due_for_review', 'horizon_passed', 'in_force']
    """
    latest_day = min(version.last, today)
    new_from = shifted(today, -new_years)
    found = {"new"} if latest_day > new_from else set()
    if version.first > new_from:
        return found
    passed = version.horizon is not None and f"{version.horizon}-12-31" < today
    if passed or version.horizon is None:
        found.add("horizon_passed")
    if not passed:
        least, most = (max(bound, reviewed or _ALWAYS) for bound in (version.first, min(latest_day, new_from)))
        if due_until is not None and least <= due_until:
            found.add("due_for_review")
        if due_until is None or most > due_until:
            found.add("in_force")
    return found


def due_until(data: Dataset, today: str, review_after: int | None) -> str | None:
    """Return the day up to which an adoption or review is due for another one, or None where nothing is due."""
    if review_after is not None:
        return shifted(today, -review_after)
    duty = data.tasks[data.tasks["task_id"] == REVIEW_TASK]
    holds = [
        row.since == row.since
        and earliest(row.since) <= today
        and (row.until != row.until or today <= latest(row.until))
        for row in each_row(duty)
    ]
    return last_election(today) if any(holds) else None


def reviews(known: list[Version], reviewed: Mapping[str, str], today: str) -> dict[str, str]:
    """Return the reviews up to a day, checked; a partial date stands for its last day.

    Raises
    ------
    UnknownName, InvalidArgument
        If there is no such strategy, or the review comes before its adoption.
    """
    first = {version.strategy_id: version.first for version in known}
    found = {name: latest(date) for name, date in reviewed.items()}
    for name, date in found.items():
        if name not in first:
            raise UnknownName(f"there is no strategy {name!r}", where="reviewed", allowed=sorted(first), value=name)
        if date < first[name]:
            raise InvalidArgument(f"{name} was not adopted before {first[name]}", where="reviewed", value=date)
    return {name: date for name, date in found.items() if date <= today}


def last_election(today: str) -> str:
    """Return the day of the last ordinary election on or before a day, from 1994.

    Every fourth year in September: on the second Sunday (act 2005:837, 1 kap. 3 §), on the third until 2010.

    >>> last_election("2022-09-10"), last_election("2022-09-11"), last_election("2014")
    ('2018-09-09', '2022-09-11', '2010-09-19')
    """
    year = int(today[:4])
    held = []
    for election in (year - (year - 2) % 4, year - (year - 2) % 4 - 4):
        first_sunday = 7 - day(election, 9, 1).weekday()
        held.append(day(election, 9, first_sunday + (7 if election >= 2014 else 14)).isoformat())
    return next(date for date in held if date <= earliest(today))


def shifted(date: str, years: int) -> str:
    """Return the day so many years on; from 29 February, 28 February where the year has no other.

    >>> shifted("2024-02-29", -2)
    '2022-02-28'
    """
    year = int(date[:4]) + years
    return latest(f"{year:04d}-02") if date[5:] == "02-29" else f"{year:04d}{date[4:]}"


def years_between(start: str, end: str) -> float:
    """Return the years from one day to another, to a tenth; negative where the end comes first.

    >>> years_between("2021-02-16", "2022-01-31")
    1.0
    """
    return round((day.fromisoformat(end) - day.fromisoformat(start)).days / 365.25, 1)


def _stated(row: Any) -> tuple[str, str] | None:
    """Return the first and last day that a stated date or year of adoption can mean."""
    date, year = row.adopted_date, year_or_none(row.adopted_year)
    if isinstance(date, str):
        return earliest(date), latest(date)
    return None if year is None else (f"{year}-01-01", f"{year}-12-31")


def _sources(row: Any) -> list[str]:
    cells = (row.source_id, row.other_sources)
    return [name for cell in cells if isinstance(cell, str) for name in cell.split(";")]


def _printed(data: Dataset) -> dict[str, str]:
    """Return by source the last day on which it can have been published."""
    return {
        row.source_id: latest(row.published)
        if isinstance(row.published, str) and row.published_precision != "circa"
        else latest(row.accessed)
        for row in each_row(data.sources)
    }


def _source_years(data: Dataset) -> dict[str, list[int]]:
    """Return by source its year of publication, in a list that is empty where it is unknown."""
    return {
        row.source_id: [int(row.published[:4])] if isinstance(row.published, str) else []
        for row in each_row(data.sources)
    }


def _all_before(name: str, before: Mapping[str, set[str]]) -> set[str]:
    """Return the strategies before one, and before those."""
    found: set[str] = set()
    waiting = set(before[name])
    while waiting:
        found |= waiting
        waiting = {earlier for item in waiting for earlier in before[item]} - found
    return found - {name}


#: What a strategy may refer to, and the column of `data.strategies` that says it.
REFERENCES = {"eu2020": "eu2020_ref", "agenda2030": "agenda2030_ref"}
#: Before this nothing is known of an adoption: a lower bound that stands for none.
_NEVER = "1900"


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
    known = {version.strategy_id: version for version in versions(data)}
    places = {code: place for place, code in enumerate(data.counties["county_code"])}
    seen = _seen(data)
    found = []
    for row in each_row(data.strategies):
        version = known.get(row.strategy_id)
        until = None if version is None else _until(version, list(known.values()))
        first, last = (None, seen[row.strategy_id]) if version is None else (version.first, version.last)
        found.append(
            {
                "county_code": row.county_code,
                "strategy_id": row.strategy_id,
                "title": row.title,
                "kind": row.kind,
                "state": "in_process" if version is None else "replaced" if until else "holds",
                "adopted_first": first if first is not None and first > _NEVER else None,
                "adopted_last": last,
                "until": until,
                "horizon_year": year_or_none(row.horizon_year),
                **{name: _answer(getattr(row, column)) for name, column in REFERENCES.items()},
                "row_id": row.row_id,
                "source_id": row.source_id,
            }
        )
    text = dict.fromkeys(["adopted_first", "adopted_last", "until"], "str")
    frame = pd.DataFrame(found).astype({**text, "horizon_year": "Int64"})
    frame = frame.assign(place=frame["county_code"].map(places), drafted=frame["state"] == "in_process")
    frame = frame.sort_values(["place", "drafted", "adopted_last", "strategy_id"], ignore_index=True)
    return frame.drop(columns=["place", "drafted"])


def _until(version: Version, every: list[Version]) -> str | None:
    """Return the last possible day on which a newer strategy of the county came to hold, or None."""
    later = [
        other.last
        for other in every
        if other.county_code == version.county_code
        and (version.strategy_id in other.before or other.first > version.last)
    ]
    return min(later, default=None)


def _seen(data: Dataset) -> dict[str, str]:
    """Return by strategy the last day on which its earliest source can have been published."""
    printed = {
        row.source_id: latest(row.published if isinstance(row.published, str) else row.accessed)
        for row in each_row(data.sources)
    }
    cells = zip(data.strategies["source_id"], data.strategies["other_sources"].fillna(""), strict=True)
    own = [[printed[name] for cell in pair for name in str(cell).split(";") if name] for pair in cells]
    return {name: min(days) for name, days in zip(data.strategies["strategy_id"], own, strict=True)}


def _answer(cell: object) -> str:
    return "unknown" if pd.isna(cell) else "yes" if cell else "no"  # type: ignore[call-overload]


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
    adopted since stands in words in `process_note`. The stages are ours; the duty to review is that of
    ordinance 2017:583, 12 §.

    Examples
    --------
    >>> from natverk import load
    >>> table = stages(load(), "2022-01").set_index("county_code")
    >>> table.loc[["14", "12", "08"], ["strategy_id", "stage", "horizon_left"]].values.tolist()
    [['rus-14-2030', 'new', 8.9], ['rus-12-2020', 'new', 8.9], [nan, 'unknown', nan]]
    """
    today = known_day(data, date)
    years = {"new_years": new_years, "carry_forward": carry_forward, "process_years": process_years}
    for name, value in {**years, "review_after": review_after or 0}.items():
        not_negative(name, value)
    every, processes, seen = versions(data), drafting(data, today, process_years), last_seen(data)
    dated_reviews, due = reviews(every, reviewed or {}, today), due_until(data, today, review_after)
    said = data.strategies.set_index("strategy_id")
    found = []
    for county in each_row(data.counties):
        process = processes.get(county.county_code, Process([], [], []))
        holding = candidates([version for version in every if version.county_code == county.county_code], today)
        basis = "unknown" if process.overdue else _basis(holding, seen.get(county.county_code), today, carry_forward)
        other = basis == "unknown"
        one = holding[0] if len(holding) == 1 and not other else None
        left = set(STAGES) if other else set()
        for version in [] if other else holding:
            left |= possible_stages(version, today, new_years, due, dated_reviews.get(version.strategy_id))
        # A drafting that is attested outranks whatever strategy it is to replace, known or not.
        open_stages = ["in_process"] if process.current else [name for name in STAGES if name in left]
        found.append(
            {
                "county_code": county.county_code,
                "region_actor_id": county.region_actor_id,
                "region_name": county.region_name,
                "strategy_id": None if one is None else one.strategy_id,
                "possible_strategies": "|".join([item.strategy_id for item in holding] + ["other"] * other),
                "basis": basis,
                **_measured(one, today),
                "drafting": "|".join(process.current),
                "drafting_undated": "|".join(process.undated),
                "stage": open_stages[0] if len(open_stages) == 1 else "unknown",
                "possible_stages": "|".join(open_stages),
                **{name: "unknown" if other else _answer_strategies(said, holding, name) for name in REFERENCES},
                "row_ids": ";".join(item.row_id for item in holding),
            }
        )
    text = dict.fromkeys(["strategy_id", "adopted_first", "adopted_last"], "str")
    years_known = dict.fromkeys(["age_low", "age_high", "horizon_left"], "float64")
    return pd.DataFrame(found).astype({**text, **years_known, "horizon_year": "Int64"})


def stages_by_year(data: Dataset, years: tuple[int, int]) -> pd.DataFrame:
    """Return the stages at the end of every year, as far as the data reach.

    Parameters
    ----------
    years
        First and last year. The year in which the data end stands for the day on which they do.

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
    >>> references(load(), "2022-01")[["reference", "low", "high", "n_regions"]].values.tolist()
    [['eu2020', 0, 21, 21], ['agenda2030', 9, 21, 21]]
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
    named = frame[frame["stage"] != "unknown"]
    found = []
    for one, two in combinations(each_row(named), 2):
        if one.stage != two.stage:
            continue
        shared = _profile(one).items() & _profile(two).items()
        reasons = [f"{name}={value}" for name, value in _profile(one).items() if (name, value) in shared]
        found.append(
            {
                "county_a": one.county_code,
                "county_b": two.county_code,
                "region_a": one.region_name,
                "region_b": two.region_name,
                "stage": one.stage,
                "reasons": ";".join(reasons),
                "n_reasons": len(reasons),
                "age_gap": round(abs(_middle(one) - _middle(two)) / 365.25, 1),
            }
        )
    columns = ["county_a", "county_b", "region_a", "region_b", "stage", "reasons", "n_reasons", "age_gap"]
    pairs = pd.DataFrame(found, columns=columns).astype({"n_reasons": "int64", "age_gap": "float64"})
    pairs["stage"] = pd.Categorical(pairs["stage"], categories=STAGES, ordered=True)
    order = ["stage", "n_reasons", "age_gap", "county_a", "county_b"]
    pairs = pairs.sort_values(order, ascending=[True, False, True, True, True], ignore_index=True)
    return pairs.astype({"stage": "str"})


def _staged(data: Dataset, date: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the stages: those given, if they are a frame of `stages` with a row at least, or new ones."""
    if table is None:
        return stages(data, date)
    has_columns(table, ["county_code", "stage", "adopted_first", *REFERENCES], "table", "give a frame of stages()")
    if table.empty:
        raise InvalidArgument("the selection is empty", where="table", remedy="keep at least one region")
    return table


def _profile(row: Any) -> dict[str, str]:
    """Return what a region's strategy can share with another: only what is known of it."""
    known = {"stage": row.stage}
    if isinstance(row.adopted_first, str) and row.adopted_first[:4] == row.adopted_last[:4]:
        known["adopted"] = row.adopted_first[:4]
    if not pd.isna(row.horizon_year):
        known["horizon"] = str(row.horizon_year)
    return known | {name: "yes" for name in REFERENCES if getattr(row, name) == "yes"}


def _middle(row: Any) -> float:
    """Return the middle of the bounds of adoption as a count of days; NaN without a lower bound."""
    if not isinstance(row.adopted_first, str):
        return math.nan
    return (day.fromisoformat(row.adopted_first).toordinal() + day.fromisoformat(row.adopted_last).toordinal()) / 2


def _measured(version: Version | None, today: str) -> dict[str, object]:
    """Return bounds of adoption and age, and what is left to the horizon, of the strategy that holds."""
    names = ("adopted_first", "adopted_last", "age_low", "age_high", "horizon_year", "horizon_left")
    if version is None:
        return dict.fromkeys(names)
    # Without any lower bound the year 1 stands for it: no age is given then.
    known = version.first if version.first > "1900" else None
    last = min(version.last, today)
    left = None if version.horizon is None else years_between(today, f"{version.horizon}-12-31")
    age_high = None if known is None else years_between(known, today)
    values = (known, last, years_between(last, today), age_high, version.horizon, left)
    return dict(zip(names, values, strict=True))


def _basis(holding: list[Version], seen: int | None, today: str, carry_forward: int) -> str:
    """Say on what it rests that one of the strategies holds: a source of the year or later, or one before."""
    if seen is None or not any(version.last <= today for version in holding):
        return "unknown"
    late = int(today[:4]) - seen
    return "attested" if late <= 0 else "presumed" if late <= carry_forward else "unknown"


def _answer_strategies(said: pd.DataFrame, holding: list[Version], name: str) -> str:
    """Say whether every strategy that may hold refers to something; a blank is unknown, not no."""
    cells = {said[REFERENCES[name]].get(version.strategy_id, pd.NA) for version in holding}
    answers = {"unknown" if pd.isna(cell) else "yes" if cell else "no" for cell in cells}
    return answers.pop() if len(answers) == 1 else "unknown"
