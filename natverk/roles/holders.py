"""Transfers: when the regional development responsibility passed to a joint body, and when to a region.

In most counties it did both, one after the other: two treatments. Some transfers are known as an interval
only; they are coded as such, and left out of what needs a year unless the caller says which one to take.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row, known_county, known_day, year_range

__all__ = [
    "Interval",
    "Pilots",
    "TREATMENTS",
    "responsibility",
    "responsibility_at",
    "responsibility_counts",
    "transfers",
]


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


Pilots = Literal["count", "skip"]
Interval = Literal["leave_out", "earliest", "latest", "conventional"]

#: The day on which the table of responsibility begins.
OBSERVED_FROM = "1997-01-01"
#: Treatment and the level of the holder that begins it.
TREATMENTS = {"to_joint": "intermunicipal", "to_region": "regional"}


def transfers(data: Dataset, *, pilots: Pilots = "count", interval: Interval = "leave_out") -> pd.DataFrame:
    """Return for each county when the responsibility first passed to a joint body and to a region.

    Parameters
    ----------
    pilots
        Whether holders under the trial legislation of 1996 `"count"` (default: they held the responsibility,
        Skåne and Västra Götaland as elected regions from 1999) or are to `"skip"`.
    interval
        Which year a transfer gets whose first day is known as an interval across years: none (`"leave_out"`,
        default: a date that nobody knows is not made up), or its `"earliest"`, `"latest"` or `"conventional"`
        year. An interval within one year has that year.

    Returns
    -------
    pd.DataFrame
        `county_code, treatment` (`to_joint`, `to_region`), `state` (`dated`; `interval`; `none`: no such
        holder to this day; `unknown`: the table has a gap, or nothing, where it might be), `earliest, latest` (years),
        `year` (as coded; missing for `none`, `unknown` and intervals left out), `holder_actor_id, row_id`.
        Sorted by county and treatment. Gotland's municipality is no joint body: its first transfer
        is that to the region.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    References
    ----------
    Two treatments by their first year: Callaway, B. & Sant'Anna, P. H. C. (2021). Difference-in-differences with
    multiple time periods. Journal of Econometrics 225, 200–230.

    Examples
    --------
    >>> from natverk import load
    >>> when = transfers(load()).set_index(["county_code", "treatment"])
    >>> when.loc["07", ["state", "year"]].values.tolist(), when.loc[("20", "to_joint"), "state"]
    ([['dated', 2007], ['dated', 2015]], 'interval')
    """
    choice("pilots", pilots, ("count", "skip"))
    choice("interval", interval, ("leave_out", "earliest", "latest", "conventional"))
    table = responsibility(data)
    found = []
    for county in data.counties["county_code"]:
        rows, whole = _unbroken(table[table["county_code"] == county])
        if pilots == "skip":
            rows = rows[rows["holder_type"] != "pilot_region"]
        for treatment, level in TREATMENTS.items():
            own = rows[rows["level"] == level]
            row: dict[str, object] = {"county_code": county, "treatment": treatment}
            if own.empty:
                found.append({**row, "state": "none" if whole else "unknown"})
                continue
            first = own.iloc[0]
            years = {
                "earliest": int(str(first["start_earliest"])[:4]),
                "latest": int(str(first["start_latest"])[:4]),
                "conventional": int(str(first["start"])[:4]),
            }
            dated = years["earliest"] == years["latest"]
            year = years["earliest"] if dated else years.get(interval)
            row |= {"state": "dated" if dated else "interval", "year": year, "row_id": first["row_id"]}
            row |= {"earliest": years["earliest"], "latest": years["latest"]}
            found.append({**row, "holder_actor_id": first["holder_actor_id"]})
    columns = ["county_code", "treatment", "state", "earliest", "latest", "year", "holder_actor_id", "row_id"]
    frame = pd.DataFrame(found, columns=columns)
    return frame.astype(
        {
            **dict.fromkeys(["earliest", "latest", "year"], "Int64"),
            **dict.fromkeys(["county_code", "treatment", "state", "holder_actor_id", "row_id"], "str"),
        }
    )


def _unbroken(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return a county's holders from 1997 up to the first gap, and whether they reach the present.

    Filters such as `load(as_of=...)` leave gaps; behind one, the first transfer cannot be told.
    """
    rows = rows.sort_values("start")
    start, end = pd.to_datetime(rows["start"]), pd.to_datetime(rows["end"])
    follows = start.eq(end.shift(1) + pd.Timedelta(days=1))
    if len(rows):
        follows.iloc[0] = bool(start.iloc[0] <= pd.Timestamp(OBSERVED_FROM))
    kept = rows[follows.cummin()]
    return kept, bool(len(kept) and kept["end"].iloc[-1:].isna().all())
