"""Checks of arguments that many measures share, with errors a caller can act on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument, UnknownName

__all__ = ["YEARS", "choice", "known_actors", "known_county", "known_networks", "not_negative", "year_range"]

#: The years a panel may span: before 1990 nothing is coded, after 2030 nothing can be.
YEARS = (1980, 2030)


def choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `InvalidArgument` unless the value is one of the allowed.

    >>> choice("prefer", "list", ("list", "own_page"))
    """
    if value not in allowed:
        raise InvalidArgument(f"unknown value {value!r}", where=name, allowed=allowed, value=value)


def year_range(years: tuple[int, int] | int, name: str = "years") -> range:
    """Return the years from–to (both included) as a range.

    >>> list(year_range((2014, 2016)))
    [2014, 2015, 2016]
    """
    first, last = (years, years) if isinstance(years, int) else years
    for year in (first, last):
        if not _is_year(year):
            raise InvalidArgument(
                f"year {year!r} is outside {YEARS[0]}–{YEARS[1]}", where=name, remedy=f"write {name}=(1997, 2024)"
            )
    if first > last:
        raise InvalidArgument(
            f"the first year {first} comes after the last {last}", where=name, remedy=f"write {name}=({last}, {first})"
        )
    return range(first, last + 1)


def not_negative(name: str, value: object) -> None:
    """Raise `InvalidArgument` unless the value is a whole number from 0.

    >>> not_negative("carry_forward", 3)
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidArgument(
            f"{name} is {value!r}", where=name, allowed=["0", "1", "2", "…"], remedy="give whole years, 0 or more"
        )


def known_actors(data: Dataset, actors: Iterable[str]) -> list[str]:
    """Return the actor ids as a list without repetition, or raise with the nearest known id."""
    wanted = list(dict.fromkeys(actors))
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
    wanted = list(dict.fromkeys(networks))
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


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and YEARS[0] <= value <= YEARS[1]


def _not_empty(items: list[str], name: str) -> list[str]:
    if not items:
        raise InvalidArgument("the selection is empty", where=name, remedy=f"name at least one of the {name}")
    return items
