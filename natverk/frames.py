"""Checks of arguments that many measures share, with errors a caller can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from numbers import Integral
from typing import Any

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.partial import latest
from natverk.errors import InvalidArgument, UnknownName

__all__ = [
    "YEARS",
    "choice",
    "counted_from_one",
    "each_row",
    "has_columns",
    "known_actors",
    "known_county",
    "known_day",
    "known_networks",
    "not_negative",
    "several",
    "year_or_none",
    "year_range",
]


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows as named tuples, without the index; what a cell holds is said by the schema.

    >>> [row.year for row in each_row(pd.DataFrame({"year": [2014, 2019]}))]
    [2014, 2019]
    """
    # As plain objects first: columns backed by Arrow hand out their cells one by one, three times as slowly.
    yield from frame.astype(object).itertuples(index=False)


def year_or_none(value: Any) -> int | None:
    """Return a cell of a year column as a plain number, or None where it is blank.

    >>> year_or_none(pd.NA) is None, year_or_none(2014)
    (True, 2014)
    """
    return None if pd.isna(value) else int(value)


#: The years that an argument may name: before 1980 nothing is coded, and no data reach beyond 2030. What ends
#: earlier is the vintage of the data at hand: a year after it lies outside what any source can attest.
YEARS = (1980, 2030)


def choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `InvalidArgument` unless the value is one of the allowed.

    >>> choice("prefer", "list", ("list", "own_page"))
    """
    if value not in allowed:
        raise InvalidArgument(f"unknown value {value!r}", where=name, allowed=allowed, value=value)


def year_range(years: tuple[int, int] | int, name: str = "years", *, data: Dataset | None = None) -> range:
    """Return the years from–to (both included) as a range.

    Parameters
    ----------
    years
        One year, or the first and last of several.
    name
        The argument, for the error.
    data
        With a dataset, no year may lie after the one in which its sources were read.

    Raises
    ------
    InvalidArgument
        For what is no year, or outside the years that the data can speak of.

    Examples
    --------
    >>> list(year_range((2014, 2016)))
    [2014, 2015, 2016]
    """
    # Whatever a caller gives comes here; what is a year in a frame (NumPy's integers) is one here too.
    given: Any = years
    pair = (given, given) if isinstance(given, Integral) else given
    until = YEARS[1] if data is None else _vintage(data)
    remedy = f"write {name}=2019" if name == "year" else f"write {name}=(1997, {min(2024, until)})"
    if not isinstance(pair, (tuple, list, range)) or len(pair) != 2:
        raise InvalidArgument(f"{years!r} is no year, nor the first and last of several", where=name, remedy=remedy)
    for year in pair:
        if not _is_year(year, until):
            raise InvalidArgument(f"year {year!r} is outside {YEARS[0]}–{until}", where=name, remedy=remedy)
    first, last = (int(year) for year in pair)
    if first > last:
        raise InvalidArgument(
            f"the first year {first} comes after the last {last}", where=name, remedy=f"write {name}=({last}, {first})"
        )
    return range(first, last + 1)


def known_day(data: Dataset, date: object, name: str = "date") -> str:
    """Return the last day that a partial date can mean, or raise where the data cannot speak of it.

    >>> from natverk import load
    >>> known_day(load(), "2018-04")
    '2018-04-30'
    """
    until = _vintage(data)
    if not isinstance(date, str):
        raise InvalidArgument(f"{date!r} is no date", where=name, remedy=f'write text: {name}="2018-04"')
    day = latest(date)
    if not YEARS[0] <= int(day[:4]) <= until:
        raise InvalidArgument(
            f"{date} is outside {YEARS[0]}–{until}", where=name, remedy="name a day up to the year of the data"
        )
    return day


def not_negative(name: str, value: object) -> None:
    """Raise `InvalidArgument` unless the value is a whole number from 0.

    >>> not_negative("carry_forward", 3)
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidArgument(
            f"{name} is {value!r}", where=name, allowed=["0", "1", "2", "…"], remedy="give whole years, 0 or more"
        )


def counted_from_one(name: str, value: object) -> None:
    """Raise `InvalidArgument` unless the value is a whole number from 1.

    >>> counted_from_one("n", 10)
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidArgument(f"{name} is {value!r}", where=name, allowed=["1", "2", "…"], remedy="give 1 or more")


def several(values: Iterable[str]) -> list[str]:
    """Return the values as a list without repetition; a text alone is one value, not its letters.

    >>> several("ubc"), several(["ubc", "sern", "ubc"])
    (['ubc'], ['ubc', 'sern'])
    """
    return [values] if isinstance(values, str) else list(dict.fromkeys(values))


def has_columns(frame: pd.DataFrame, columns: Iterable[str], name: str, remedy: str) -> None:
    """Raise `InvalidArgument` unless a frame has the columns that a measure reads.

    >>> has_columns(pd.DataFrame({"year": [2019]}), ["year"], "cells", "give a panel")
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        allowed = [str(column) for column in frame.columns]
        raise InvalidArgument(
            f"the frame has no column {missing[0]!r}", where=name, allowed=allowed, value=missing[0], remedy=remedy
        )


def known_actors(data: Dataset, actors: Iterable[str]) -> list[str]:
    """Return the actor ids as a list without repetition, or raise with the nearest known id."""
    wanted = several(actors)
    known = set(data.actors["actor_id"])
    for actor in wanted:
        if actor not in known:
            raise UnknownName(
                f"there is no actor {actor!r}",
                where="actors",
                allowed=sorted(known),
                value=actor,
                remedy="look it up in data.actors",
            )
    return _not_empty(wanted, "actors")


def known_networks(data: Dataset, networks: Iterable[str]) -> list[str]:
    """Return the network ids as a list without repetition, or raise with the nearest known id."""
    wanted = several(networks)
    known = set(data.networks["network_id"])
    for network in wanted:
        if network not in known:
            raise UnknownName(
                f"there is no network {network!r}",
                where="networks",
                allowed=sorted(known),
                value=network,
                remedy="look it up in data.networks",
            )
    return _not_empty(wanted, "networks")


def known_county(data: Dataset, county: str) -> str:
    """Return the county code, or raise with the known codes.

    >>> from natverk import load
    >>> known_county(load(), "14")
    '14'
    """
    codes = list(data.counties["county_code"])
    if county not in codes:
        raise UnknownName(
            f"there is no county {county!r}",
            where="county",
            allowed=codes,
            value=county,
            remedy="give the code of Statistics Sweden as text, such as '14'",
        )
    return county


def _is_year(value: Any, until: int) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and YEARS[0] <= int(value) <= until


def _vintage(data: Dataset) -> int:
    """Return the year in which the sources were read; without any source, the last year there can be."""
    year = data.vintage[:4]
    return int(year) if year.isdigit() else YEARS[1]


def _not_empty(items: list[str], name: str) -> list[str]:
    if not items:
        raise InvalidArgument("the selection is empty", where=name, remedy=f"name at least one of the {name}")
    return items
