"""The domain of parameters, known by their names: what a type alone cannot check.

`region`, `municipality`, `network` and `actor` name a unit of that kind, `a` and `b` two of one kind, `theme` a theme
of the policy areas, `year…` a year. They are resolved to ids before anything runs.
"""

from __future__ import annotations

from natverk.data.units import UNIT_KINDS, Directory
from natverk.errors import InvalidArgument, NatverkError, UnknownName
from natverk.reports.parameters import Value
from natverk.reports.targets import PAIR_MARK, resolve_pair

__all__ = ["FIRST_YEAR", "check_domain"]

# Years before it are taken for misprints: the data begin in 1997, population figures in 1990.
FIRST_YEAR = 1990


def check_domain(values: dict[str, Value], directory: Directory, last_year: int, where: str) -> dict[str, Value]:
    """Return the values with names resolved to ids.

    Parameters
    ----------
    values
        All parameters of a page.
    directory
        The units that there are.
    last_year
        The last year that the data can know of.
    where
        The place, for errors.

    Raises
    ------
    UnknownName, InvalidArgument
        If a name is not known, a year lies outside of the data, or a span runs backwards.
    """
    checked = dict(values)
    for name, value in values.items():
        if name.startswith("year") and type(value) is int and not FIRST_YEAR <= value <= last_year:
            what = f"{name} = {value} is not a year between {FIRST_YEAR} and {last_year}"
            raise InvalidArgument(what, where=where, remedy=f"--year-from 1997 --year-to {last_year}")
        # An empty text is "none" where a notebook allows it.
        if not isinstance(value, str) or not value:
            continue
        try:
            if name in UNIT_KINDS:
                checked[name] = directory.resolve(name, value).id
            elif name == "theme" and value not in directory.themes:
                raise UnknownName(f"unknown theme {value!r}", allowed=directory.themes, value=value)
            elif name == "a" and isinstance(values.get("b"), str) and values["b"]:
                first, second = resolve_pair(f"{value}{PAIR_MARK}{values['b']}", directory)
                checked["a"], checked["b"] = first.id, second.id
        except NatverkError as error:
            error.where = error.where or where
            raise
    start, end = values.get("year_from"), values.get("year_to")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        what = f"year_from = {start} comes after year_to = {end}"
        raise InvalidArgument(what, where=where, remedy=f"--year-from {end} --year-to {start}")
    return checked
