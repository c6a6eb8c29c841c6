"""Key figures (KPI) of the municipalities from Kolada, as columns for `natverk.covariates`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from natverk.data.load import load
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument, MissingFile, UnknownName
from natverk.live.snapshots import Snapshot, asked_now, former, own_folder, source_row, to_compare
from natverk.live.web import USUAL, Patience, Service

__all__ = ["KOLADA", "kpis", "refresh_kolada"]

KOLADA = "https://api.kolada.se/v3"
#: How many ids, and how many years, one part of a path may hold.
_AT_ONCE = 25
_NAME = "kolada"
#: The genders of a figure: all, women, men.
_GENDERS = ("T", "K", "M")
_COLUMNS = ["kpi", "code", "year", "gender", "value", "status"]


def refresh_kolada(
    kpi_ids: Iterable[str],
    folder: str | Path,
    years: tuple[int, int] | int | None = None,
    *,
    base: str = KOLADA,
    patience: Patience = USUAL,
) -> Snapshot:
    """Ask Kolada for key figures of all municipalities.

    Parameters
    ----------
    kpi_ids
        Ids such as `N00900`; those of the snapshot in use are asked for again with them. May be empty then.
    folder
        The folder of own rows; nothing is written before `take()`.
    years
        First and last year, or one year; default this year and the ten before it, and the years of the snapshot in use.
    base
        Another address of the service.
    patience
        Time limits and tries.

    Returns
    -------
    Snapshot
        Its table `kpis` holds one row a figure, municipality, year and gender, as `kpis()` and
        `natverk.covariates(data, kpis=folder)` read it. Rows of regions, groups and the country are left out.

    Raises
    ------
    LiveError
        If the service does not answer, or with something that is not taken.
    UnknownName
        If Kolada has no such key figure.
    InvalidArgument
        If an id has another form, none is asked for, the years are none, or the folder is a file.

    Notes
    -----
    Tested against a local server made after the published form of Kolada v3, **not** against the live service.

    Examples
    --------
    >>> snapshot = refresh_kolada(["N00900"], "my_data/")  # doctest: +SKIP
    >>> refresh_kolada(["900"], "my_data/")
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: '900' is no id of a key figure
    ...
    """
    place = own_folder(folder)
    tables, before_about = former(place, _NAME)
    before = tables.get("kpis", pd.DataFrame(columns=_COLUMNS, dtype=TEXT))
    asked_before = before_about.get("kpis")
    again = list(asked_before) if isinstance(asked_before, dict) else []
    ids = list(dict.fromkeys([*again, *(str(item).strip().upper() for item in kpi_ids)]))
    for item in ids:
        if not re.fullmatch(r"[A-Z]\d{5}", item):
            raise InvalidArgument(f"{item!r} is no id of a key figure", where="KPI", remedy="write it like N00900")
    if not ids:
        raise InvalidArgument("no key figure is asked for", where="KPI", remedy="natverk refresh kolada N00900 FOLDER")
    span = _years(years, before)
    service, asked = Service("Kolada", base, patience), asked_now()
    titles = _titles(service, ids)
    codes = set(load(overlay="").municipalities["code"])
    found: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    others = 0
    for some in _batches(ids):
        for period in _batches(span):
            path = f"/data/kpi/{','.join(some)}/year/{','.join(period)}"
            for key, value, status in _figures(service, path, some, period):
                if key[1] not in codes:
                    others += 1
                elif found.setdefault(key, (value, status)) != (value, status):
                    what = f"two pages say different things of {key[0]}, {key[1]}, {key[2]}"
                    service.refuse("changed", what, service.base + path)
    lacking = [item for item in ids if not any(key[0] == item and value for key, (value, _) in found.items())]
    if lacking:
        what = f"no municipality has a figure of {', '.join(lacking)} for {span[0]}–{span[-1]}"
        service.refuse("empty", what, remedy="ask for other years, or another key figure")
    frame = pd.DataFrame([(*key, *cells) for key, cells in sorted(found.items())], columns=_COLUMNS, dtype=TEXT)
    source_id = f"own-kolada-{asked[:10]}"
    title = f"Kolada: {'; '.join(f'{item} {titles[item]}' for item in ids)}"
    licence = 'CC BY 4.0, "Source: Kolada (RKA)"'
    source = source_row(source_id, title[:500], "Kolada (RKA)", service.base, asked, "sv", licence)
    about = {"asked": asked, "service": service.base, "licence": licence, "kpis": titles, "years": span}
    notes = [f"{others:,} figures of regions, groups and the country are left out"] if others else []
    if missing := int((frame["value"] == "").sum()):
        notes.append(f"{missing:,} figures are without a value, as Kolada says (status)")
    difference = to_compare(_said(frame), _said(before), {}, replaces=True)
    return Snapshot(_NAME, place, service, {"kpis": frame, "sources": source}, about, difference, notes)


def kpis(folder: str | Path) -> pd.DataFrame:
    """Return the key figures of the snapshot in use, one row a municipality and year.

    Parameters
    ----------
    folder
        The folder of own rows in which `natverk refresh kolada` has taken a snapshot.

    Returns
    -------
    pd.DataFrame
        `code, year`, a column a key figure with its id (`N00900`), and for those by gender also `N00900_K` (women) and
        `N00900_M` (men), float64, missing where Kolada has no value; `source_id`. `attrs["kpis"]` has their titles.

    Raises
    ------
    MissingFile
        If there is no such snapshot.
    DataError
        If it cannot be read.

    Examples
    --------
    >>> kpis("my_data/")
    Traceback (most recent call last):
    natverk.errors.MissingFile: there are no key figures of Kolada in 'my_data/'
      next: natverk refresh kolada N00900 my_data/
    """
    tables, about = former(own_folder(folder), _NAME)
    if not {"kpis", "sources"} <= tables.keys():
        raise MissingFile(
            f"there are no key figures of Kolada in {str(folder)!r}", remedy=f"natverk refresh kolada N00900 {folder}"
        )
    long = tables["kpis"]
    column = long["kpi"].where(long["gender"] == "T", long["kpi"] + "_" + long["gender"])
    long = long.assign(
        column=column, value=pd.to_numeric(long["value"]).astype("float64"), year=long["year"].astype(int)
    )
    wide = long.pivot(index=["code", "year"], columns="column", values="value").reset_index()
    wide.columns.name = None
    wide["source_id"] = pd.Series(tables["sources"].at[0, "source_id"], index=wide.index, dtype=TEXT)
    wide.attrs["kpis"] = about.get("kpis", {})
    return wide


def _years(years: tuple[int, int] | int | None, before: pd.DataFrame) -> list[str]:
    """Return the years that are asked for, as text."""
    now = date.today().year
    if years is None:
        earlier = before["year"].astype(int)
        first, last = min([now - 10, *earlier]), max([now, *earlier])
    else:
        first, last = (years, years) if isinstance(years, int) else years
    if not 1960 <= first <= last <= 2100:
        raise InvalidArgument(
            f"{first}–{last} are no years of Kolada", where="years", remedy="write them like 2015 2024"
        )
    return [str(year) for year in range(first, last + 1)]


def _batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _titles(service: Service, ids: Sequence[str]) -> dict[str, str]:
    """Return what the key figures are called; one that Kolada does not know is an error."""
    titles: dict[str, str] = {}
    for some in _batches(ids):
        path = f"/kpi/{','.join(some)}"
        answer = service.ask(path)
        for row in answer["values"] if isinstance(answer.get("values"), list) else []:
            if isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("title"), str):
                titles[row["id"]] = " ".join(row["title"].split())
            else:
                service.refuse("changed", "a key figure comes without id or title", service.base + path)
        if not isinstance(answer.get("values"), list):
            service.refuse("changed", "an answer has no list `values`", service.base + path)
    for item in ids:
        if item not in titles:
            raise UnknownName(
                f"Kolada has no key figure {item}", where="KPI", remedy="look it up at kolada.se; nothing was changed"
            )
    return {item: titles[item] for item in ids}


def _figures(
    service: Service, path: str, ids: Sequence[str], years: Sequence[str]
) -> Iterator[tuple[tuple[str, str, str, str], str, str]]:
    """Yield key figure, unit, year and gender, the value as text (blank: none), and its status."""
    for row in service.pages(path):
        try:
            key = (row["kpi"], row["municipality"], str(row["period"]))
            cells = [(cell["gender"], cell["value"], cell["status"], cell.get("isdeleted")) for cell in row["values"]]
        except (KeyError, TypeError, AttributeError) as error:
            service.refuse("changed", f"a figure comes without {error}", service.base + path)
        if key[0] not in ids or key[2] not in years or not isinstance(key[1], str):
            service.refuse("changed", f"a figure is of {key}, which was not asked for", service.base + path)
        for gender, value, status, deleted in cells:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if gender not in _GENDERS or not (value is None or number):
                service.refuse("changed", f"{key} has gender {gender!r} and value {value!r}", service.base + path)
            if not deleted:
                yield (*key, gender), "" if value is None else repr(value), str(status or "")


def _said(frame: pd.DataFrame) -> dict[str, str]:
    """Return what a table of key figures says, by key figure, municipality, year and gender."""
    rows = frame[frame["value"] != ""]
    words = rows["kpi"] + " " + rows["code"] + " " + rows["year"] + " " + rows["gender"]
    return dict(zip(words, rows["value"], strict=True))
