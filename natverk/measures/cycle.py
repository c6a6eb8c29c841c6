"""The cycle of a strategy: bounds of its adoption, what may hold on a day, and the stages that leaves.

`strategies` is the public face; here stands the arithmetic with dates that are known in part.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as day
from typing import Any, NamedTuple

from natverk.data.dataset import Dataset
from natverk.data.partial import earliest, latest
from natverk.errors import InvalidArgument, UnknownName
from natverk.measures.frames import each_row, year_or_none

__all__ = [
    "STAGES",
    "Process",
    "Version",
    "candidates",
    "drafting",
    "due_until",
    "last_election",
    "last_seen",
    "possible_stages",
    "reviews",
    "shifted",
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
