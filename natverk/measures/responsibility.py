"""Responsibility: who held the regional development responsibility in each county since 1997.

Some transfers are known as intervals only; counts then have a lower and an upper bound.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.partial import earliest, latest
from natverk.data.vocabulary import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.measures.arguments import known_county, known_day, year_range
from natverk.measures.frames import each_row

__all__ = ["responsibility", "responsibility_at", "responsibility_counts"]

_HOLDERS = VOCABULARIES["holder_type"]
_FOREVER = "9999-12-31"


def responsibility(data: Dataset, county: str | None = None) -> pd.DataFrame:
    """Return who held the regional development responsibility, spell by spell.

    Parameters
    ----------
    county
        A county code, or None for all.

    Returns
    -------
    pd.DataFrame
        `county_code, holder_actor_id, holder_name, holder_type, level, start` (the conventional day),
        `start_earliest, start_latest` (where the start is known as an interval only), `start_precision,
        end` (missing: still the holder), `certainty, legal_basis, row_id, source_id`. Observation begins on
        1 January 1997: spells that start then are left-truncated.

    Raises
    ------
    UnknownName
        For an unknown county.

    References
    ----------
    Hooghe, L., Marks, G., Schakel, A. H. et al. (2016), Measuring Regional Authority, Oxford University Press. The
    holders are those of the acts named in `legal_basis`; bounds of interval starts after Manski (2003), Partial
    Identification of Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> responsibility(load(), "07")[["holder_type", "start_earliest", "start_latest"]].values.tolist()[1]
    ['samverkansorgan', '2007-01-01', '2007-12-31']
    """
    frame = data.responsibility
    if county is not None:
        frame = frame[frame["county_code"] == known_county(data, county)]
    columns = [
        "county_code",
        "holder_actor_id",
        "holder_name",
        "holder_type",
        "level",
        "start",
        "start_earliest",
        "start_latest",
        "start_precision",
        "end",
        "certainty",
        "legal_basis",
        "row_id",
        "source_id",
    ]
    return frame.sort_values(["county_code", "start"])[columns].reset_index(drop=True)


def responsibility_at(data: Dataset, date: str) -> pd.DataFrame:
    """Return who held the responsibility on a day, county by county, and who else may have.

    Parameters
    ----------
    date
        A partial date; a year or month stands for its last day.

    Returns
    -------
    pd.DataFrame
        `county_code, holder_type, holder_actor_id, holder_name` (by the conventional day), `possible`
        (holder types that the interval starts do not exclude, separated by `|`), `certain`, `row_ids`.
        A county of which the dataset tells nothing has a missing holder.

    Raises
    ------
    InvalidArgument
        For a date before 1997, when observation begins.

    References
    ----------
    Hooghe, L., Marks, G., Schakel, A. H. et al. (2016), Measuring Regional Authority, Oxford University Press. The
    holders are those of the acts named in `legal_basis`; bounds of interval starts after Manski (2003), Partial
    Identification of Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> responsibility_at(load(), "2018-04-01")["holder_type"].value_counts().to_dict()
    {'region': 14, 'samverkansorgan': 6, 'state': 1}
    """
    day = known_day(data, date)
    if day < "1997":
        raise InvalidArgument(f"{date} is before 1997", where="date", remedy="the table begins on 1 January 1997")
    spells = _spells(data)
    found = []
    for county in data.counties["county_code"]:
        own = spells.get(county, [])
        possible = [spell for spell in own if spell.may_begin <= day and day <= spell.may_last]
        first = next((spell.row for spell in own if spell.row.start <= day and day <= spell.last), None)
        types = list(dict.fromkeys(spell.row.holder_type for spell in possible))
        found.append(
            {
                "county_code": county,
                "holder_type": None if first is None else first.holder_type,
                "holder_actor_id": None if first is None else first.holder_actor_id,
                "holder_name": None if first is None else first.holder_name,
                "possible": "|".join(types),
                "certain": len(types) == 1,
                "row_ids": ";".join(spell.row.row_id for spell in possible),
            }
        )
    text = ["county_code", "holder_type", "holder_actor_id", "holder_name", "possible", "row_ids"]
    return pd.DataFrame(found).astype(dict.fromkeys(text, "str"))


class _Spell(NamedTuple):
    """A holder's row; the first and the last day on which it may have held, and its last conventional day."""

    row: Any
    may_begin: str
    may_last: str
    last: str


def _spells(data: Dataset) -> dict[str, list[_Spell]]:
    found: dict[str, list[_Spell]] = {}
    frame = data.responsibility.sort_values(["county_code", "start"])
    for county, group in frame.groupby("county_code"):
        rows = list(each_row(group))
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            last = _FOREVER if pd.isna(row.end) else str(row.end)
            # A predecessor may have stayed until the day before the latest possible start of its successor.
            stay = "" if after is None or pd.isna(after.start_latest) else _eve(str(after.start_latest))
            found.setdefault(str(county), []).append(_Spell(row, earliest(row.start_earliest), max(last, stay), last))
    return found


def _eve(day: str) -> str:
    return (dt.date.fromisoformat(latest(day)) - dt.timedelta(days=1)).isoformat()


def responsibility_counts(data: Dataset, years: tuple[int, int] | int = (1997, 2024)) -> pd.DataFrame:
    """Count counties by type of holder on 31 December of each year, with bounds from interval starts.

    Parameters
    ----------
    years
        First and last year, or one year.

    Returns
    -------
    pd.DataFrame
        `year, holder_type, low` (counties where no other type is possible), `best` (by the conventional
        day), `high` (counties where the type is possible); counts of the 21 counties.

    Raises
    ------
    InvalidArgument
        For years before 1997 or out of range.

    References
    ----------
    Hooghe, L., Marks, G., Schakel, A. H. et al. (2016), Measuring Regional Authority, Oxford University Press. The
    holders are those of the acts named in `legal_basis`; bounds of interval starts after Manski (2003), Partial
    Identification of Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> responsibility_counts(load(), 2019).query("best > 0")[["holder_type", "best"]].values.tolist()
    [['region', 21]]
    """
    found = []
    for year in year_range(years, data=data):
        at = responsibility_at(data, f"{year}-12-31")
        possible = at["possible"].fillna("").str.split("|")
        for kind in _HOLDERS:
            may = possible.map(lambda kinds, kind=kind: kind in kinds)
            found.append(
                {
                    "year": year,
                    "holder_type": kind,
                    "low": int((may & at["certain"]).sum()),
                    "best": int((at["holder_type"] == kind).sum()),
                    "high": int(may.sum()),
                }
            )
    return pd.DataFrame(found)
