"""The standing forms in which municipalities take part in the regional development of their county.

A forum of the region with its municipalities, an association that they own, an agreement, a drafting committee:
several stand beside each other in most counties. What is not in the table was not read, which is not that it is not.
"""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.frames import known_county, year_range

__all__ = [
    "FORMS",
    "interplay",
    "interplay_forms",
]

#: The forms, in the order of the vocabulary.
FORMS = VOCABULARIES["interplay_form"]


@asked
def interplay_forms(
    data: Dataset,
    county: str | int | None = None,
    *,
    on: tuple[int, int] | int | None = None,
    as_then: bool = False,
) -> pd.DataFrame:
    """Return the standing forms of interplay, one row a county and form, as far as we have read.

    Parameters
    ----------
    county
        A county by code or name, or None for all.
    on
        A year, or the first and last of several: forms that are known to have begun after them, or to have ended
        before them, are left out; one without a stated beginning stays. None (default): the year in which the data
        end.
    as_then
        Told as of the last of the years: a form without a stated beginning is left out, for it may be younger, and an
        end that came later is not told.

    Returns
    -------
    pd.DataFrame
        `county_code, form` (see `FORMS`), `name, name_sv, members, members_sv` (missing: not stated), `both_levels`
        (whether municipalities and the region both take part, or did with the body that had its task; False: the
        municipalities among themselves; missing: not told), `since, until`
        (partial dates, missing where not stated; the beginning of a form that reaches into several counties stands in
        the one that its row names first, for it may have reached the others later), `since_known` (whether the
        beginning is stated: only then is it sure that the form stood in a year long past), `basis` (`stated`,
        `inferred`, `carried`: from the table `bodies`, `proposed`: told of beforehand), `what, what_sv, n_counties` (a
        form that reaches into several has a row in each), `row_id, source_id`. By county and form.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or a year out of range.

    Notes
    -----
    Weaker than the lists of members: of eight rows that were read again, four had no fault.

    Examples
    --------
    >>> from natverk import load
    >>> ended = interplay_forms(load(), "Södermanland", on=2017)
    >>> ended.loc[ended["form"] == "association", ["name", "until"]].values.tolist()
    [['Sörmland Regional Council', '2018-12-31']]
    >>> "association" in set(interplay_forms(load(), "Södermanland")["form"])
    False
    """
    years = year_range(int(data.known_until[:4]) if on is None else on, "on", data=data)
    frame = data.interplay
    begun = frame["since"].isna() | (frame["since"].fillna("9999").map(earliest) <= data.last_day(years[-1]))
    lasting = frame["until"].isna() | (frame["until"].fillna("0001").map(latest) >= f"{years[0]}-01-01")
    frame = frame[(begun & lasting).astype(bool)]
    if as_then:
        frame = frame.assign(
            until=frame["until"].mask(frame["until"].fillna("0001").map(latest) > f"{years[-1]}-12-31")
        )
    codes = frame["county_codes"].str.split(";")
    frame = frame.assign(county_code=codes, n_counties=codes.map(len)).explode("county_code")
    frame["since"] = frame["since"].where(frame["county_code"] == frame["county_codes"].str.split(";").str[0])
    frame = frame.assign(since_known=frame["since"].notna())
    if as_then:
        frame = frame[frame["since_known"]]
    if county is not None:
        frame = frame[frame["county_code"] == known_county(data, county)]
    frame = frame.assign(place=frame["form"].map({form: place for place, form in enumerate(FORMS)}))
    frame = frame.sort_values(["county_code", "place", "row_id"], ignore_index=True)
    columns = [
        "county_code", "form", "name", "name_sv", "members", "members_sv", "both_levels", "since", "until",
        "since_known", "basis", "what", "what_sv", "n_counties", "row_id", "source_id",
    ]  # fmt: skip
    kinds = {"county_code": TEXT, "n_counties": "int64", "since_known": "bool"}
    return frame[columns].astype(kinds)


@asked
def interplay(data: Dataset, county: str | int | None = None, *, on: int | None = None) -> pd.DataFrame:
    """Return which counties have which standing forms of interplay: every county and form, with their number.

    Forms that are only proposed, or told of beforehand, are left out.

    Parameters
    ----------
    county, on
        See `interplay_forms`.

    Returns
    -------
    pd.DataFrame
        One row a county and form, also where none was read: `county_code, form, n` (forms; 0: none that we have read,
        not none), `has` (whether there is one), `meets` (whether municipalities and region both take part in one),
        `names, names_sv` (joined by ` | `), `since` (the earliest stated
        beginning; missing where none is stated), `n_since` (of them with a stated beginning), `basis` (what they rest
        on, joined by `|`), `row_ids` (joined by `;`). In the order of counties and of `FORMS`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or a year out of range.

    Examples
    --------
    >>> from natverk import load
    >>> table = interplay(load(), "Uppsala").set_index("form")
    >>> table.loc[["forum"], ["n", "since"]].values.tolist()
    [[1, '2016-10']]
    """
    found = interplay_forms(data, county, on=on).query("basis != 'proposed'")
    codes = list(data.counties["county_code"]) if county is None else [known_county(data, county)]
    groups = found.groupby(["county_code", "form"])
    table = groups.agg(
        n=("row_id", "size"),
        meets=("both_levels", lambda values: bool(values.fillna(False).any())),
        names=("name", " | ".join),
        names_sv=("name_sv", " | ".join),
        n_since=("since_known", "sum"),
        basis=("basis", lambda values: "|".join(sorted(set(values)))),
        row_ids=("row_id", ";".join),
    )
    first = found.dropna(subset=["since"]).sort_values("since", key=lambda dates: dates.map(earliest))
    table.insert(4, "since", first.groupby(["county_code", "form"])["since"].first().reindex(table.index))
    order = pd.MultiIndex.from_product([codes, FORMS], names=["county_code", "form"])
    table = table.reindex(order).reset_index()
    text = ["names", "names_sv", "basis", "row_ids"]
    table.insert(3, "has", table["n"].notna())
    table = table.fillna({"n": 0, "n_since": 0, "meets": False, **dict.fromkeys(text, "")})
    kinds = {**dict.fromkeys(["n", "n_since"], "int64"), "meets": "bool"}
    return table.astype({**dict.fromkeys(["county_code", "form", "since", *text], TEXT), **kinds})
