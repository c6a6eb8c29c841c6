"""Who held the regional development responsibility: by county, on a day, year by year, and when it passed on.

In most counties it passed to a joint body and later to a region: two transfers. Some are known as an interval only;
counts then have bounds, and what needs a year leaves them out unless the caller says which year to take.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import choice, known_county, known_day, year_range

__all__ = [
    "Interval",
    "Pilots",
    "TREATMENTS",
    "holders_of",
    "responsibility",
    "responsibility_at",
    "responsibility_counts",
    "transfers",
]


Pilots = Literal["count", "skip"]
Interval = Literal["leave_out", "earliest", "latest", "conventional"]

#: The day on which the table of responsibility begins.
_OBSERVED_FROM = "1997-01-01"
#: Counties that were formed on that day: who had the responsibility then had it from that day.
_FORMED_THEN = ("12",)
_HOLDERS = (
    "county_code", "holder_actor_id", "holder_name", "holder_type", "level", "trial", "start", "start_earliest",
    "start_latest", "start_known", "end", "certainty", "legal_basis", "legal_basis_sv", "note", "note_sv", "row_ids",
    "source_ids",
)  # fmt: skip
#: Treatment and the level of the holder that begins it.
TREATMENTS = {"to_joint": "intermunicipal", "to_region": "regional"}


@asked
def responsibility(data: Dataset, county: str | int | None = None) -> pd.DataFrame:
    """Return who held the regional development responsibility, spell by spell.

    Parameters
    ----------
    county
        A county by code or name, or None for all.

    Returns
    -------
    pd.DataFrame
        `county_code, holder_actor_id, holder_name, holder_type, level, start` (the conventional day),
        `start_earliest, start_latest` (where the start is known as an interval only), `start_precision,
        start_known, end` (missing: still the holder), `end_known` (both as `holders_of` has them), `certainty,
        legal_basis, note, note_sv, row_id, source_id`. Observation begins on
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
        "county_code", "holder_actor_id", "holder_name", "holder_type", "level", "start", "start_earliest",
        "start_latest", "start_precision", "start_known", "end", "end_known", "certainty", "legal_basis", "note",
        "note_sv", "row_id", "source_id",
    ]  # fmt: skip
    frame = frame.sort_values(["county_code", "start"]).reset_index(drop=True)
    columns_known = ("county_code", "start_earliest", "start_latest")
    bounds = zip(*(frame[name].astype(str) for name in columns_known), strict=True)
    frame = frame.assign(start_known=pd.Series([_start_known(*pair) for pair in bounds], index=frame.index, dtype=TEXT))
    return frame.assign(end_known=_end_known(frame))[columns]


@asked
def holders_of(data: Dataset, county: str | int, *, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return who has held the responsibility in a county, one row a holder, told as of the last year.

    What holds the responsibility under two acts in a row stands once; where counties were merged, their county
    administrative boards stand apart from the one that followed. What came after the last year is left out, and
    whoever held at its end has no end.

    Parameters
    ----------
    county
        A county by code or name.
    years
        First and last year; default 1997 to the year of the data's vintage.

    Returns
    -------
    pd.DataFrame
        `county_code, holder_actor_id, holder_name` (the last of its names), `holder_type, level` (the last of
        its types), `trial` (whether it began under the trial legislation of 1996), `start` (the conventional day),
        `start_earliest, start_latest, start_known` (`day`; `year`, the day unknown; `between`, an interval across
        years; `before`: observation begins), `end` (missing: still the holder at the end of the last year),
        `end_known` (`day`, or as uncertain as the start of the successor; blank without an end), `certainty` (the
        lowest of its rows), `legal_basis, legal_basis_sv, note, note_sv` (those of its rows, separated by
        `; `), `row_ids, source_ids`. The earliest first.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> held = holders_of(load(), "05", years=(1997, 2010))
    >>> held[["holder_type", "start_known", "end_known"]].values.tolist()
    [['state', 'before', 'year'], ['samverkansorgan', 'year', '']]
    """
    window = year_range((1997, int(data.known_until[:4])) if years is None else years, data=data)
    code = known_county(data, county)
    frame = data.responsibility
    frame = frame[(frame["county_code"] == code) & (frame["start"] <= f"{window[-1]}-12-31")].sort_values("start")
    frame = frame[frame["end"].isna() | (frame["end"].fillna("") >= f"{window[0]}-01-01")]
    # The county administrative boards of counties that were merged have the id of the one that followed them.
    renamed = (frame["level"] == "state") & (frame["holder_name"] != frame["holder_name"].shift())
    same = ((frame["holder_actor_id"] != frame["holder_actor_id"].shift()) | renamed).cumsum()

    def once(values: pd.Series) -> str:
        return "; ".join(dict.fromkeys(str(value) for value in values.dropna()))

    found = []
    for _, rows in frame.groupby(same, sort=True):
        first, last = rows.iloc[0], rows.iloc[-1]
        cited = ";".join([*rows["source_id"], *rows["other_sources"].dropna()]).split(";")
        found.append(
            {
                "county_code": code,
                "holder_actor_id": last["holder_actor_id"],
                "holder_name": last["holder_name"],
                "holder_type": last["holder_type"],
                "level": last["level"],
                "trial": first["holder_type"] == "pilot_region",
                "start": first["start"],
                "start_earliest": first["start_earliest"],
                "start_latest": first["start_latest"],
                "start_known": _start_known(code, str(first["start_earliest"]), str(first["start_latest"])),
                "end": None if pd.isna(last["end"]) or last["end"] > f"{window[-1]}-12-31" else last["end"],
                "certainty": max(rows["certainty"], key=VOCABULARIES["certainty"].index),
                **{name: once(rows[name]) for name in ("legal_basis", "legal_basis_sv", "note", "note_sv")},
                "row_ids": ";".join(rows["row_id"]),
                "source_ids": ";".join(dict.fromkeys(cited)),
            }
        )
    table = pd.DataFrame(found, columns=[*_HOLDERS])
    table.insert(11, "end_known", _end_known(table))
    kinds = {name: "bool" if name == "trial" else TEXT for name in table}
    return table.astype(kinds)


def _start_known(county: str, earliest_day: str, latest_day: str) -> str:
    """Return how well a beginning is known, by its bounds.

    >>> _start_known("07", "2007-01-01", "2007-12-31"), _start_known("20", "2003-01-01", "2005-01-01")
    ('year', 'between')
    """
    if earliest_day == latest_day:
        return "before" if earliest_day == _OBSERVED_FROM and county not in _FORMED_THEN else "day"
    return "year" if earliest_day[:4] == latest_day[:4] else "between"


def _end_known(frame: pd.DataFrame) -> pd.Series:
    """Return how well each end is known: as the start of the successor in the county; blank without an end."""
    follows = frame.groupby("county_code")["start_known"].shift(-1).fillna("day").replace("before", "day")
    return follows.where(frame["end"].notna(), "").astype(TEXT)


@asked
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
    spans = _spans(data)
    holder = spans[(spans["start"] <= day) & (day <= spans["last"])].drop_duplicates("county_code")
    columns = ["county_code", "holder_type", "holder_actor_id", "holder_name"]
    frame = data.counties[["county_code"]].merge(holder[columns], on="county_code", how="left")
    counties = frame["county_code"]
    may = spans[(spans["may_begin"] <= day) & (day <= spans["may_last"])]
    types = may.drop_duplicates(["county_code", "holder_type"]).groupby("county_code")["holder_type"]
    frame["possible"] = types.agg("|".join).reindex(counties, fill_value="").to_numpy()
    frame["certain"] = types.size().reindex(counties, fill_value=0).to_numpy() == 1
    frame["row_ids"] = may.groupby("county_code")["row_id"].agg(";".join).reindex(counties, fill_value="").to_numpy()
    return frame.astype({name: "bool" if name == "certain" else TEXT for name in frame})


@kept
def _spans(data: Dataset) -> pd.DataFrame:
    """Return the holders with the first and last day on which each may have held, and its last conventional day."""
    frame = responsibility(data)
    last = frame["end"].fillna("9999-12-31")
    # A predecessor may have stayed until the day before the latest possible start of its successor.
    after = frame.groupby("county_code")["start_latest"].shift(-1)
    eves = [
        "" if pd.isna(day) else (dt.date.fromisoformat(latest(day)) - dt.timedelta(days=1)).isoformat() for day in after
    ]
    may_last = pd.Series([max(days) for days in zip(last, eves, strict=True)], index=frame.index, dtype=TEXT)
    return frame.assign(may_begin=frame["start_earliest"].map(earliest), last=last, may_last=may_last)


@asked
def responsibility_counts(data: Dataset, years: tuple[int, int] | int | None = None) -> pd.DataFrame:
    """Count counties by type of holder on 31 December of each year, with bounds from interval starts.

    Parameters
    ----------
    years
        First and last year, or one year; default 1997 to the last year of the data.

    Returns
    -------
    pd.DataFrame
        `year, holder_type, low` (counties where no other type is possible), `best` (by the conventional
        day), `high` (counties where the type is possible); counts of the 21 counties; `row_ids` (of all that may have
        held then, joined by `;`).

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
    span = year_range(years, data=data)
    if span[0] < 1997:
        raise InvalidArgument(f"{span[0]} is before 1997", where="years", remedy="the table begins on 1 January 1997")
    days = pd.DataFrame({"year": span, "day": [f"{year}-12-31" for year in span]})
    grid = _spans(data).merge(days, how="cross")
    held = grid[(grid["start"] <= grid["day"]) & (grid["day"] <= grid["last"])]
    held = held.drop_duplicates(["county_code", "year"])
    may = grid[(grid["may_begin"] <= grid["day"]) & (grid["day"] <= grid["may_last"])]
    may = may.drop_duplicates(["county_code", "year", "holder_type"])
    sure = may[~may.duplicated(["county_code", "year"], keep=False)]
    keys = pd.MultiIndex.from_product([span, VOCABULARIES["holder_type"]], names=["year", "holder_type"])
    frame = pd.DataFrame(index=keys)
    for bound, rows in (("low", sure), ("best", held), ("high", may)):
        frame[bound] = rows.groupby(keys.names).size().reindex(keys, fill_value=0)
    frame["row_ids"] = may.groupby(keys.names)["row_id"].agg(";".join).reindex(keys, fill_value="")
    return frame.reset_index().astype({"year": "int64", "holder_type": TEXT, "row_ids": TEXT})


@asked
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
    rows = responsibility(data)
    county = rows["county_code"]
    # Filters such as `load(as_of=...)` leave gaps; behind one, the first transfer cannot be told.
    start, end = pd.to_datetime(rows["start"]), pd.to_datetime(rows["end"])
    follows = start == end.groupby(county).shift(1) + pd.Timedelta(days=1)
    follows = follows.mask(~county.duplicated(), start <= pd.Timestamp(_OBSERVED_FROM))
    rows = rows[follows.groupby(county).cummin()]
    whole = set(rows.loc[rows["end"].isna(), "county_code"])
    if pilots == "skip":
        rows = rows[rows["holder_type"] != "pilot_region"]
    firsts = rows.assign(treatment=rows["level"].map({level: name for name, level in TREATMENTS.items()}))
    firsts = firsts.dropna(subset="treatment").drop_duplicates(["county_code", "treatment"])
    for name, column in (("earliest", "start_earliest"), ("latest", "start_latest"), ("conventional", "start")):
        firsts[name] = firsts[column].str[:4].astype("Int64")
    dated = firsts["earliest"] == firsts["latest"]
    firsts["state"] = dated.map({True: "dated", False: "interval"}).astype(TEXT)
    firsts["year"] = firsts["earliest"].where(dated, pd.NA if interval == "leave_out" else firsts[interval])
    keys = pd.MultiIndex.from_product([data.counties["county_code"], TREATMENTS], names=["county_code", "treatment"])
    frame = firsts.set_index(keys.names).reindex(keys).reset_index()
    told = frame["county_code"].isin(whole).map({True: "none", False: "unknown"})
    frame["state"] = frame["state"].fillna(told)
    columns = ["county_code", "treatment", "state", "earliest", "latest", "year", "holder_actor_id", "row_id"]
    return frame[columns].astype(
        {name: "Int64" if name in ("earliest", "latest", "year") else TEXT for name in columns}
    )
