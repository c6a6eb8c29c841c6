"""Transfers: when the regional development responsibility passed to a joint body, and when to a region.

In most counties it did both, one after the other: two treatments. Some transfers are known as an interval
only; they are coded as such, and left out of what needs a year unless the caller says which one to take.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.arguments import choice
from natverk.measures.responsibility import responsibility

__all__ = ["TREATMENTS", "Interval", "Pilots", "transfers"]

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
