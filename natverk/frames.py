"""Checks of arguments that many measures share, with errors a caller can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from numbers import Integral
from typing import Any, TypeVar

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import latest
from natverk.data.units import Directory, alphabetic
from natverk.errors import InvalidArgument

__all__ = [
    "FIRST_YEAR",
    "YEARS",
    "by_alphabet",
    "choice",
    "counted_from_one",
    "directory",
    "each_row",
    "has_columns",
    "known_actor",
    "known_actors",
    "known_county",
    "known_day",
    "known_municipality",
    "known_networks",
    "not_negative",
    "several",
    "year_or_none",
    "year_range",
]

S = TypeVar("S", str, "str | int")
#: One name or several; a code may be a number.
Names = Iterable[str | int] | str | int


def by_alphabet(column: pd.Series) -> pd.Series:
    """Return a column of names as the key that sorts them (`DataFrame.sort_values(key=)`), and others as they are.

    >>> frame = pd.DataFrame({"n": [1, 1, 0], "name": ["Ängelholm", "Åre", "Borås"]})
    >>> frame.sort_values(["n", "name"], key=by_alphabet)["name"].tolist()
    ['Borås', 'Åre', 'Ängelholm']
    """
    return column.map(alphabetic, na_action="ignore") if pd.api.types.is_string_dtype(column) else column


def county_council_names(rows: pd.DataFrame) -> pd.Series:
    """Return the name by which each row's source calls a region a county council; missing elsewhere.

    A county council (landsting) is the same actor as the region that it became; the name tells which it was.
    """
    stated = rows["name_as_stated"]
    council = stated.str.contains(r"landsting|county council", case=False).fillna(False).astype(bool)
    return stated.where(rows["actor_id"].str.startswith("region:") & council)


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows as named tuples, without the index; what a cell holds stands in the schema.

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
#: The first year that measures look at by default; the last is `Dataset.last_year`.
FIRST_YEAR = 1997


def choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `InvalidArgument` unless the value is one of the allowed.

    >>> choice("prefer", "list", ("list", "own_page"))
    """
    if value not in allowed:
        raise InvalidArgument(f"unknown value {value!r}", where=name, allowed=allowed, value=value)


def year_range(
    years: tuple[int, int] | int | None = None, name: str = "years", *, data: Dataset | None = None
) -> range:
    """Return the years from–to (both included) as a range.

    Parameters
    ----------
    years
        One year, or the first and last of several. None means `FIRST_YEAR` to the last year of the data, or that last
        year alone where the argument is a single year.
    name
        The argument, for the error; `"year"` or `"years"`.
    data
        With a dataset, no year may lie after the one in which its sources were read; needed where `years` is None.

    Raises
    ------
    InvalidArgument
        For what is no year, or outside the years that the data can speak of.

    Examples
    --------
    >>> list(year_range((2014, 2016)))
    [2014, 2015, 2016]
    >>> from natverk import load
    >>> data = load()
    >>> year_range(data=data) == range(1997, data.last_year + 1), len(year_range(None, "year", data=data))
    (True, 1)
    """
    # Whatever a caller gives comes here; what is a year in a frame (NumPy's integers) is one here too.
    given: Any = years
    if given is None and data is not None:
        given = data.last_year if name == "year" else (min(FIRST_YEAR, data.last_year), data.last_year)
    pair = (given, given) if isinstance(given, Integral) else given
    if not isinstance(pair, (tuple, list, range)) or len(pair) != 2:
        remedy = f"write {name}=2019" if name == "year" else f"write {name}=({FIRST_YEAR}, 2020)"
        raise InvalidArgument(f"{years!r} is no year, nor the first and last of several", where=name, remedy=remedy)
    for year in pair:
        if isinstance(year, bool) or not isinstance(year, Integral) or not _can_be_told_of(int(year), data):
            until = YEARS[1] if data is None else _vintage(data)
            remedy = f"write {name}=2019" if name == "year" else f"write {name}=({FIRST_YEAR}, {min(2020, until)})"
            raise InvalidArgument(f"year {year!r} is outside {YEARS[0]}–{until}", where=name, remedy=remedy)
    first, last = (int(year) for year in pair)
    if first > last:
        remedy = f"write {name}=({last}, {first})"
        raise InvalidArgument(f"the first year {first} comes after the last {last}", where=name, remedy=remedy)
    return range(first, last + 1)


def known_day(data: Dataset, date: object, name: str = "date") -> str:
    """Return the last day that a partial date can mean, or raise where the data cannot speak of it.

    >>> from natverk import load
    >>> known_day(load(), "2018-04")
    '2018-04-30'
    """
    if not isinstance(date, str):
        raise InvalidArgument(f"{date!r} is no date", where=name, remedy=f'write text: {name}="2018-04"')
    day = latest(date)
    if not _can_be_told_of(int(day[:4]), data):
        what, remedy = f"{date} is outside {YEARS[0]}–{_vintage(data)}", "name a day up to the year of the data"
        raise InvalidArgument(what, where=name, remedy=remedy)
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


def several(values: Iterable[S] | S) -> list[S]:
    """Return the values as a list without repetition; a text or number alone is one value.

    >>> several("ubc"), several(["ubc", "sern", "ubc"]), several(1280)
    (['ubc'], ['ubc', 'sern'], [1280])
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        return [values]
    return list(dict.fromkeys(values))


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


def directory(data: Dataset) -> Directory:
    """Return the directory of a dataset: which names mean which ids."""
    # It reads a table when it first needs it, and keeps it: whoever asks it has read all of them.
    for name in ("actors", "counties", "municipalities", "networks"):
        data.table(name)
    return _directory(data)


@kept
def _directory(data: Dataset) -> Directory:
    return Directory.of(data)


@asked
def known_actors(data: Dataset, actors: Names, name: str = "actors") -> list[str]:
    """Return the ids of the actors that are meant, without repetition, or raise with the nearest name.

    Ids, codes and names are understood; a county is short for its municipalities. What names both (Kalmar) is the
    municipality; "Kalmar län" is the county, "Region Kalmar" the region.

    >>> from natverk import load
    >>> known_actors(load(), ["Malmö", "Region Skåne", 180])
    ['municipality:1280', 'region:12', 'municipality:0180']
    >>> len(known_actors(load(), "Skåne"))
    33
    """
    known = directory(data)
    found = [actor for text in several(actors) for actor in known.actors(text, name)]
    return _not_empty(list(dict.fromkeys(found)), name)


@asked
def known_actor(data: Dataset, actor: str | int, name: str = "actor") -> str:
    """Return the id of the one actor that is meant; here a county's name means its region.

    >>> from natverk import load
    >>> known_actor(load(), "Skåne"), known_actor(load(), "1280")
    ('region:12', 'municipality:1280')
    """
    return directory(data).resolve("actor", actor, name).id


@asked
def known_networks(data: Dataset, networks: Names, name: str = "networks") -> list[str]:
    """Return the ids of the networks that are meant, without repetition, or raise with the nearest name.

    >>> from natverk import load
    >>> known_networks(load(), ["ubc", "Union of the Baltic Cities", "Eurocities"])
    ['ubc', 'eurocities']
    """
    known = directory(data)
    found = [known.resolve("network", text, name).id for text in several(networks)]
    return _not_empty(list(dict.fromkeys(found)), name)


@asked
def known_county(data: Dataset, county: str | int, name: str = "county") -> str:
    """Return the code of the county that is meant, or raise with the nearest name.

    >>> from natverk import load
    >>> [known_county(load(), text) for text in ("14", "Skåne", "VGR", 1)]
    ['14', '12', '14', '01']
    """
    return directory(data).resolve("region", county, name).id


@asked
def known_municipality(data: Dataset, municipality: str | int, name: str = "municipality") -> str:
    """Return the code of the municipality that is meant, or raise with the nearest name.

    >>> from natverk import load
    >>> [known_municipality(load(), text) for text in ("0180", "180", "municipality:1487", "vänersborg")]
    ['0180', '0180', '1487', '1487']
    """
    return directory(data).resolve("municipality", municipality, name).id


def _can_be_told_of(year: int, data: Dataset | None) -> bool:
    """Say whether a year is one of `YEARS`, with a dataset one in which its sources had been read."""
    return YEARS[0] <= year <= YEARS[1] and (data is None or _is_reached(data, year))


@asked
def _is_reached(data: Dataset, year: int) -> bool:
    # The answer stays when a source is read later: that makes no other page of a year that was known before.
    return year <= _vintage(data)


def _vintage(data: Dataset) -> int:
    """Return the year in which the sources were read; without any source, the last year there can be."""
    year = data.read_until[:4]
    return int(year) if year.isdigit() else YEARS[1]


def _not_empty(items: list[str], name: str) -> list[str]:
    """Return the items, or raise where there is none."""
    if not items:
        raise InvalidArgument("the selection is empty", where=name, remedy=f"name at least one of the {name}")
    return items
