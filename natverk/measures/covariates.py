"""Covariates of the municipalities: population, place, transfers of responsibility, and how much is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.schema import SCHEMA
from natverk.errors import InvalidArgument
from natverk.measures.actors import population_by_year
from natverk.measures.arguments import choice, known_actors, year_range
from natverk.measures.transfers import TREATMENTS, Interval, Pilots, transfers

__all__ = ["Skr", "covariates", "documents", "terms_of"]

Skr = Literal["main", "nine"]
_MAIN = {"big_city": ("A1", "A2"), "larger_town": ("B3", "B4", "B5")}


def covariates(
    data: Dataset,
    year: int,
    *,
    skr: Skr = "main",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
) -> pd.DataFrame:
    """Return the covariates of the 290 municipalities in a year.

    Parameters
    ----------
    year
        The year to which population and years since a transfer refer.
    skr
        How the municipality groups of SKR enter. `"main"` (default): the dummies `big_city` (A1 and A2,
        which are the main group A) and `larger_town` (B3–B5) against rural municipalities and smaller towns
        (C6–C9). `"nine"`: a dummy for each group but the most numerous; `big_city` is then the sum of two of
        them and left out.
    pilots, interval
        See `natverk.measures.transfers.transfers`.

    Returns
    -------
    pd.DataFrame
        One row a municipality: `code, actor_id, county_code, log_population` (natural logarithm of
        inhabitants on 31 December), `population_year` (the latest published year up to `year`), `coast`,
        the dummies for SKR groups (0 or 1), `years_since_to_joint, years_since_to_region` (whole calendar
        years up to `year`; 0 before the transfer and where there was none; missing where the transfer is
        known as an interval only and left out, or unknown), `reason` (`enters`, `interval_start`,
        `unknown_transfer`, `unknown_place`, `unknown_population`).

    Raises
    ------
    InvalidArgument
        For an unknown value, or a year before the first published population.

    Examples
    --------
    >>> from natverk import load
    >>> vaxjo = covariates(load(), 2021).set_index("code").loc["0780"]
    >>> int(vaxjo["years_since_to_joint"]), int(vaxjo["years_since_to_region"]), int(vaxjo["larger_town"])
    (14, 6, 1)
    """
    choice("skr", skr, ("main", "nine"))
    year_range(year, "year", data=data)
    population = population_by_year(data)
    published = [int(str(column)) for column in population.columns if int(str(column)) <= year]
    if not published:
        raise InvalidArgument(
            f"no population is published up to {year}",
            where="year",
            allowed=[str(column) for column in population.columns],
            value=str(year),
        )
    places = data.municipalities
    size = places["code"].map(population[max(published)]).astype("Float64")
    frame = places[["code", "actor_id", "county_code"]].assign(
        log_population=np.log(size.to_numpy(dtype=float, na_value=np.nan)),
        population_year=max(published),
        coast=places["coastal"].astype("Int64"),
    )
    if skr == "main":
        for name, groups in _MAIN.items():
            frame[name] = places["skr_group"].isin(groups).astype("Int64").where(places["skr_group"].notna())
    else:
        counts = places["skr_group"].value_counts()
        for group in sorted(set(counts.index) - {counts.index[0]}):
            frame[f"skr_{group}"] = (places["skr_group"] == group).astype("Int64").where(places["skr_group"].notna())
    when = transfers(data, pilots=pilots, interval=interval).set_index(["treatment", "county_code"])
    reason = pd.Series("enters", index=frame.index, dtype="str")
    for treatment in TREATMENTS:
        own = when.loc[treatment].reindex(frame["county_code"])
        since = (year - own["year"]).clip(lower=0).mask((own["state"] == "none").astype(bool), 0)
        # An interval that begins after the year: not yet transferred, whatever the day.
        since = since.mask((own["earliest"] > year).fillna(value=False), 0)
        frame[f"years_since_{treatment}"] = since.to_numpy()
        missing = frame[f"years_since_{treatment}"].isna()
        interval_start = missing & (own["state"] == "interval").to_numpy()
        reason = reason.mask(missing & ~interval_start, "unknown_transfer").mask(interval_start, "interval_start")
    dummies = [name for name in terms_of(frame) if not name.startswith(("years_since", "log_"))]
    reason = reason.mask(frame[dummies].isna().any(axis=1), "unknown_place")
    frame["reason"] = reason.mask(frame["log_population"].isna(), "unknown_population")
    return frame


def terms_of(frame: pd.DataFrame) -> list[str]:
    """Return the names of the covariates in a frame made by `covariates`, in order."""
    fixed = {"code", "actor_id", "county_code", "population_year", "reason"}
    return [str(column) for column in frame.columns if column not in fixed]


def documents(data: Dataset, actors: Iterable[str]) -> pd.Series:
    """Count the documents that attest anything about actors: different urls, over all evidence tables.

    Stored versions of one page count once. What is not read is not counted: the number says how much has been
    read about an actor, not how much exists.

    Returns
    -------
    pd.Series
        Index actor id, in the order given; number of documents, 0 where none was read.

    Examples
    --------
    >>> from natverk import load
    >>> count = documents(load(), ["municipality:0180", "municipality:0138"])
    >>> bool(count.iloc[0] > count.iloc[1] > 0)
    True
    """
    wanted = known_actors(data, actors)
    parts = []
    for name, table in SCHEMA.items():
        columns = [column for column in ("actor_id", "member_actor_id") if column in table.names]
        if table.evidence and columns:
            part = data.table(name)[[columns[0], "source_id"]].dropna()
            parts.append(part.set_axis(["actor_id", "source_id"], axis=1))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["actor_id"].isin(wanted)]
    rows = rows.assign(source_id=rows["source_id"].str.split(";")).explode("source_id")
    url = data.sources.set_index("source_id")["url"]
    # A source without an address is a document of its own.
    rows["document"] = rows["source_id"].map(url).fillna(rows["source_id"])
    return rows.groupby("actor_id")["document"].nunique().reindex(wanted, fill_value=0).rename("n_documents")
