"""Newer population of the municipalities, from Statistics Sweden (SCB) by PxWebApi 2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from natverk.data.load import Dataset, load
from natverk.data.overlay import REPLACES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument, missing_extra
from natverk.frames import each_row
from natverk.live.snapshots import Snapshot, asked_now, former, own_folder, source_row, to_compare
from natverk.live.web import USUAL, Patience, Service

if TYPE_CHECKING:
    from pxweb import PxApi

__all__ = ["SCB", "TABLES", "refresh_population"]

SCB = "https://statistikdatabasen.scb.se/api/v2"
#: Population on 31 December by year, and by month from 2025: a year that the first lacks is the December of the second.
TABLES = ("TAB638", "TAB6471")
_NAME = "population"
_YEAR = re.compile(r"(\d{4})(M12)?")


class _Found(NamedTuple):
    """What a table says: inhabitants by code and year, figures that it leaves blank, its remarks, when it changed."""

    figures: dict[tuple[str, int], int]
    blank: int
    remarks: list[str]
    updated: str


def refresh_population(
    folder: str | Path,
    year_from: int | None = None,
    *,
    tables: Iterable[str] = TABLES,
    base: str = SCB,
    patience: Patience = USUAL,
) -> Snapshot:
    """Ask Statistics Sweden for the population of all 290 municipalities, to lay over natverk's.

    Parameters
    ----------
    folder
        The folder of own rows; nothing is written before `take()`.
    year_from
        First year; default the first one after natverk's figures on constant borders (2021). Earlier years of SCB are
        on the borders of their time: where they differ, they take the place of natverk's.
    tables
        Ids of SCB's tables; each gives the years that those before it lack. Default the population by year, and by
        month (its Decembers), which SCB publishes apart from 2025.
    base
        Another address of the service.
    patience
        Time limits and tries.

    Returns
    -------
    Snapshot
        Its table `population` holds what natverk lacks or has otherwise; equal figures stay natverk's.

    Raises
    ------
    LiveError
        If the service does not answer, or with something that is not taken.
    InvalidArgument
        If the folder is a file, or the year none.
    NatverkError
        If pxwebpy is not installed.

    Notes
    -----
    Tested against a local server made after the published form of PxWebApi 2, **not** against the live service. SCB's
    figures from 2025 on have a small random disturbance (Cell Key Method): totals need not be the sum of their parts.

    Examples
    --------
    >>> snapshot = refresh_population("my_data/")  # doctest: +SKIP
    >>> refresh_population(__file__)
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: population.py is a file, and snapshots need a folder
    ...
    """
    place, data, tables = own_folder(folder), load(overlay=""), list(tables)
    first = _first_year(data) if year_from is None else year_from
    if not 1968 <= first <= 2100:
        raise InvalidArgument(
            f"{first} is no year of SCB's population", where="year_from", remedy="write 1968 or later"
        )
    if not tables:
        raise InvalidArgument("no table is asked for", where="tables", allowed=TABLES)
    service, asked = Service("Statistics Sweden (SCB)", base, patience), asked_now()
    config, api = _api(service)
    found: list[_Found] = []
    figures: dict[tuple[str, int], int] = {}
    for table in tables:
        have = {year for _, year in figures}
        found.append(_figures(api, service, table, data.municipalities["code"].tolist(), first, have))
        figures |= found[-1].figures
    if not figures:
        remedy = "natverk refresh population FOLDER --year-from YEAR   asks for earlier years"
        service.refuse("empty", f"there is no figure from {first} on in {' and '.join(tables)}", remedy=remedy)
    updated = max(item.updated for item in found)
    source = source_row(
        f"own-scb-population-{asked[:10]}",
        f"Population on 31 December by municipality, {' and '.join(tables)} (PxWebApi 2)",
        "Statistics Sweden (SCB)", f"{service.base}/tables/{tables[0]}", asked, "sv",
        f"as SCB's service states: {config.get('license') or 'not stated'}",
        f"last changed by SCB {updated[:10]}" if updated else "",
    )  # fmt: skip
    if not config.get("license"):
        source = source.assign(licence="not stated", licence_class="not_stated")
    own = {(str(row.code), int(row.year)): int(row.population) for row in each_row(data.population)}
    rows = [
        {"code": code, REPLACES: f"{code}/{year}" if (code, year) in own else "", "year": str(year),
         "population": str(n), "borders": "as_published", "source_id": source.at[0, "source_id"]}
        for (code, year), n in sorted(figures.items()) if own.get((code, year)) != n
    ]  # fmt: skip
    columns = ["code", REPLACES, "year", "population", "borders", "source_id"]
    frame = pd.DataFrame(rows, columns=columns, dtype=TEXT)
    names = data.municipalities.set_index("code")["name"]
    before = former(place, _NAME)[0].get(_NAME)
    old = {} if before is None else {(row.code, int(row.year)): int(row.population) for row in each_row(before)}

    def said(values: dict[tuple[str, int], int]) -> dict[str, str]:
        return {f"{code} {names[code]} {year}": f"{n:,}" for (code, year), n in values.items()}

    notes = [
        f"{item.blank} figures of {table} are blank" for table, item in zip(tables, found, strict=True) if item.blank
    ]
    disturbed = any("Cell Key" in text for item in found for text in item.remarks)
    if disturbed:
        notes.append("SCB: from 2025 on, figures have a small random disturbance (Cell Key Method)")
    if first <= (_first_year(data) - 1):
        notes.append("years on constant borders in natverk are on the borders of their time in SCB's tables")
    about = {
        "asked": asked, "service": service.base, "licence": config.get("license"), "tables_asked": tables,
        "remarks": list(dict.fromkeys(text for item in found for text in item.remarks)), "updated": updated,
    }  # fmt: skip
    # Against what is in use, a figure that only the former snapshot had is gone, and natverk's own stands again.
    difference = to_compare(said(figures), said(old), said(own), replaces=True)
    result = {_NAME: frame, "sources": source}
    return Snapshot(_NAME, place, service, result, about, difference, notes)


def _first_year(data: Dataset) -> int:
    """Return the first year after those on constant borders."""
    constant = data.population[data.population["borders"] == "constant_2020"]
    return int(constant["year"].max()) + 1


@dataclass
class _Client:
    """What pxwebpy sends its requests with: the `Service`, in the place of its own client.

    pxwebpy 0.6 builds queries, splits those that are too large and unpacks JSON-stat; but the time limit that it is
    given never reaches the request, nor do headers of its session, and only 429 is tried again. Without its client
    there is no cache either.
    """

    service: Service
    configuration: dict[str, Any]

    def call(self, endpoint: str, query: Any = None, params: dict[str, str] | None = None) -> Any:
        """Answer as pxwebpy's own client does."""
        about = {"lang": "sv", **(params or {})}
        if endpoint.endswith("/data"):
            about["outputFormat"] = "json-stat2"
        return self.service.ask(endpoint, params=about, body=query)


def _api(service: Service) -> tuple[dict[str, Any], PxApi]:
    """Return what the service says of itself, and pxwebpy's API on top of it."""
    try:
        from pxweb import PxApi
    except ImportError as error:
        raise missing_extra("SCB cannot be asked", "live", "pxwebpy") from error
    config = service.ask("/config")
    if not isinstance(config.get("maxDataCells"), int):
        service.refuse("changed", "its configuration does not say how many cells a query may have (maxDataCells)")

    class Asked(PxApi):
        def __init__(self) -> None:
            self._client = _Client(service, config)  # type: ignore[assignment]
            # One thread: the service is not asked more often than it allows.
            self.number_of_tables, self._max_workers = None, 1

    return config, Asked()


def _figures(api: PxApi, service: Service, table: str, codes: list[str], first: int, have: set[int]) -> _Found:
    """Return the population of all municipalities from a year on, for the years that are not there already."""
    at = f"{service.base}/tables/{table}"
    try:
        about = api.get_table_metadata(table)
        dimensions = about["dimension"]
        labels = {
            name: {str(code): str(label) for code, label in item["category"]["label"].items()}
            for name, item in dimensions.items()
        }
        titles = {name: str(item["label"]) for name, item in dimensions.items()}
        needed = [name for name, item in dimensions.items() if not item["extension"].get("elimination", False)]
        remarks = [str(text) for text in about.get("note") or []]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        service.refuse("changed", f"table {table} is described in another form ({error!r})", at)
    lacks = [name for name in ("Region", "Tid", "ContentsCode") if name not in labels]
    if lacks:
        service.refuse("changed", f"table {table} has no variable {' or '.join(lacks)}", at)
    times = {int(found[1]): time for time in labels["Tid"] if (found := _YEAR.fullmatch(time))}
    times = {year: time for year, time in sorted(times.items()) if year >= first and year not in have}
    contents = [code for code, label in labels["ContentsCode"].items() if label.startswith("Folkmängd")]
    if len(contents) != 1:
        service.refuse("changed", f"table {table} has {len(contents)} contents called Folkmängd", at)
    absent = sorted(set(codes) - set(labels["Region"]))
    if absent:
        service.refuse("changed", f"table {table} lacks {len(absent)} municipalities, {absent[0]} among them", at)
    chosen: dict[str, list[str] | str] = {"Region": codes, "ContentsCode": contents, "Tid": list(times.values())}
    for name in needed:
        if name not in chosen:
            total = [code for code, label in labels[name].items() if label.casefold().startswith("totalt")]
            if len(total) != 1:
                service.refuse("changed", f"table {table} has no total of {titles[name]}", at)
            chosen[name] = total
    updated = str(about.get("updated") or "")
    if not times:
        return _Found({}, 0, [], updated)
    try:
        cells = api.get_table_data(table, value_codes=chosen, show="code")
        read = [(cell[titles["Region"]], cell[titles["Tid"]], cell["value"]) for cell in cells]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        service.refuse("changed", f"the figures of {table} came in another form ({error!r})", at)
    years = {time: year for year, time in times.items()}
    figures, blank = {}, 0
    for code, time, value in read:
        if code not in set(codes) or time not in years:
            service.refuse("changed", f"a figure of {table} is of {code}, {time}, which was not asked for", at)
        if value is None:
            blank += 1
        elif isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
            service.refuse("changed", f"the population of {code}, {time} is {value!r} in {table}", at)
        else:
            figures[code, years[time]] = int(value)
    if len(read) != len(codes) * len(times) or blank == len(read):
        what = f"{len(read) - blank} of {len(codes) * len(times)} figures of {table} came"
        service.refuse("empty", what, at)
    return _Found(figures, blank, remarks, updated)
