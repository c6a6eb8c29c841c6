"""Municipalities year by year: what is documented of each beside what else is known of it, to join and to model on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import choice, year_range
from natverk.live.kolada import kpis as key_figures
from natverk.membership.actors import Kinds, checked_kinds, existence, networks_of_kinds
from natverk.membership.documented import undated_pairs
from natverk.membership.panel import count, networks_counting_as, panel
from natverk.peers import great_circle_km
from natverk.roles.holders import TREATMENTS, Interval, Pilots, transfers

__all__ = ["covariates", "municipality_years"]

#: What stands in a year without a published population: nothing, or the latest published one before it.
PopulationOf = Literal["year", "latest"]
_KEY = ["actor_id", "year"]


def covariates(
    data: Dataset,
    years: tuple[int, int] | int | None = None,
    *,
    population: PopulationOf = "year",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
    kpis: str | Path | None = None,
) -> pd.DataFrame:
    """Return what is known of the 290 municipalities year by year, to join to whatever you count.

    Parameters
    ----------
    data
        The dataset.
    years
        First and last year, or one year; default 1997 to the last year of the data.
    population
        What stands in a year without a published population (2022 and 2023 are not in the data): nothing (`"year"`,
        default: what is not known is not filled in), or the `"latest"` published one before it; `population_year`
        says which it is. A model drops rows with missing cells without a word: look at `population_state` first.
    pilots, interval
        What counts as a transfer of the responsibility for regional development, and which year it gets where the
        day is known as an interval only; see `natverk.roles.transfers`.
    kpis
        A folder of own rows with key figures of Kolada (`natverk refresh kolada`), with which the data were loaded too
        (`natverk.load(overlay=…)`): each becomes a column (`natverk.live.kpis`), missing where Kolada has no value.

    Returns
    -------
    pd.DataFrame
        One row a municipality and year, all 290 in every year, sorted by code and year: `code, actor_id, name,
        county_code, year`; `exists` (false before a municipality was formed: Nykvarn before 1999, Knivsta before 2003);
        `population` (inhabitants on 31 December; in years before 2021 on the borders of 2020), `log_population`
        (natural logarithm), `population_year`, `population_state` (`published`; `earlier`: the latest one before;
        `not_published`: there is no figure of any municipality for the year; `unknown`: of others there is);
        `skr_group` (municipality group of SKR, nine), `skr_main` (its main group, A, B or C), `coast` (1: coastal by
        Eurostat's classification of 2019); `km_to_seat` (great circle in km from a point in the municipality to the
        seat of its county); `years_since_to_joint, years_since_to_region` (whole calendar years since the county's
        responsibility passed to a joint body and to a region; 0 before and where it never did), `to_joint_state,
        to_region_state` (`known`; `interval`: the day is known as an interval across years, and the years are
        missing; `unknown`); key figures by id, where `kpis` are given; `source_ids` of all this, separated by `;`.
        Numbers that may be missing are float64.

    Raises
    ------
    InvalidArgument
        For years that the data cannot speak of, an unknown value, or data loaded without the own rows of `kpis`.
    MissingFile
        If there are no key figures in `kpis`.

    Notes
    -----
    Groups of SKR, coast, points and seats are those of today: a change over the years is not in the data. The point of
    a municipality is a named place in it, no official seat, and the distance is no travelling distance.

    Examples
    --------
    >>> from natverk import load
    >>> frame = covariates(load(), (2021, 2022)).set_index(["code", "year"])
    >>> frame.loc["0780", ["population", "population_state"]].values.tolist()
    [[95995.0, 'published'], [nan, 'not_published']]
    >>> vaxjo = frame.loc[("0780", 2021)]
    >>> str(vaxjo["skr_group"]), int(vaxjo["coast"]), round(vaxjo["km_to_seat"]), int(vaxjo["years_since_to_region"])
    ('B3', 0, 0, 6)
    """
    choice("population", population, ("year", "latest"))
    span = year_range(years, data=data)
    places = data.municipalities.sort_values("code", ignore_index=True)
    seats = places[["county_code"]].merge(
        data.counties[["county_code", "seat_lat", "seat_lon", "source_id"]], on="county_code", how="left"
    )
    point, seat = places[["lat", "lon"]].astype("float64"), seats[["seat_lat", "seat_lon"]].astype("float64")
    to_seat = great_circle_km(*(point[name].to_numpy() for name in point), *(seat[name].to_numpy() for name in seat))
    fixed = places[["code", "actor_id", "name", "county_code", "skr_group"]].assign(
        skr_main=places["skr_group"].str[:1],
        coast=places["coastal"].astype("Int64" if places["coastal"].isna().any() else "int64"),
        km_to_seat=to_seat,
        place_sources=places["source_id"],
        seat_sources=seats["source_id"],
    )
    frame = fixed.merge(pd.DataFrame({"year": list(span)}), how="cross")
    formed = frame["actor_id"].map(existence(data)["exists_from"])
    frame["exists"] = ~(formed > frame["year"]).fillna(value=False).astype(bool)
    frame = _with_population(data, frame, population)
    when = transfers(data, pilots=pilots, interval=interval).set_index(["treatment", "county_code"])
    rows = data.responsibility.set_index("row_id")["source_id"]
    for treatment in TREATMENTS:
        own = when.loc[treatment].reindex(frame["county_code"]).reset_index()
        since = (frame["year"] - own["year"]).clip(lower=0)
        # No transfer to this day, or none yet: an interval that begins after the year, whatever its day.
        none_yet = (own["state"] == "none") | (own["earliest"] > frame["year"]).fillna(value=False)
        frame[f"years_since_{treatment}"] = (
            since.mask(none_yet, 0).astype("Float64").to_numpy("float64", na_value=np.nan)
        )
        known = frame[f"years_since_{treatment}"].notna()
        state = own["state"].where(own["state"] == "interval", "unknown").mask(known.to_numpy(), "known")
        frame[f"{treatment}_state"] = state.astype(TEXT).to_numpy()
        frame[f"{treatment}_sources"] = own["row_id"].map(rows).to_numpy()
    figures: list[str] = []
    if kpis is not None:
        wide = key_figures(kpis).rename(columns={"source_id": "kpi_sources"})
        figures = [name for name in wide.columns if name not in ("code", "year", "kpi_sources")]
        if not set(wide["kpi_sources"]) <= set(data.sources["source_id"]):
            raise InvalidArgument(
                "the data were loaded without the own rows that the key figures stand among, and lack their source",
                where="kpis",
                remedy=f"natverk.load(overlay={str(kpis)!r})",
            )
        frame = frame.merge(wide, on=["code", "year"], how="left")
    sources = [name for name in frame.columns if str(name).endswith("_sources")]
    frame["source_ids"] = _joined(frame[sources])
    columns = ["code", "actor_id", "name", "county_code", "year", "exists", "population", "log_population"]
    columns += ["population_year", "population_state", "skr_group", "skr_main", "coast", "km_to_seat"]
    columns += [f"years_since_{treatment}" for treatment in TREATMENTS] + [f"{name}_state" for name in TREATMENTS]
    return frame[[*columns, *figures, "source_ids"]]


def _with_population(data: Dataset, frame: pd.DataFrame, population: PopulationOf) -> pd.DataFrame:
    """Return the frame with population of the year, or the latest before it, and what is missing."""
    table = data.population[["code", "year", "population", "source_id"]].astype({"year": "int64"})
    table = table.dropna(subset="population").rename(columns={"source_id": "population_sources"})
    table = table.assign(population_year=table["year"]).sort_values("year")
    left = frame.assign(order=np.arange(len(frame))).sort_values("year", kind="stable")
    found = pd.merge_asof(left, table, on="year", by="code", allow_exact_matches=True)
    if population == "year":
        found.loc[
            found["population_year"] != found["year"], ["population", "population_year", "population_sources"]
        ] = pd.NA
    found = found.sort_values("order", ignore_index=True).drop(columns="order")
    size = found["population"].astype("Float64").to_numpy("float64", na_value=np.nan)
    found["population"] = size
    found["log_population"] = np.log(np.where(size > 0, size, np.nan))
    found["population_year"] = found["population_year"].astype("Float64").to_numpy("float64", na_value=np.nan)
    state = np.where(found["population_year"] == found["year"], "published", "earlier").astype(object)
    anywhere = found["year"].isin(set(table["year"]))
    state[found["population_year"].isna() & anywhere] = "unknown"
    state[found["population_year"].isna() & ~anywhere] = "not_published"
    found["population_state"] = pd.Series(state, dtype=TEXT)
    return found


def municipality_years(
    data: Dataset,
    years: tuple[int, int] | int | None = None,
    kinds: Kinds = VOCABULARIES["reach"],
    *,
    carry_forward: int = 3,
    population: PopulationOf = "year",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
    kpis: str | Path | None = None,
) -> pd.DataFrame:
    """Return the documented memberships of all 290 municipalities year by year, by kind and with bounds, to model on.

    Parameters
    ----------
    data
        The dataset.
    years
        First and last year, or one year; default 1997 to the last year of the data.
    kinds
        Kinds of network that get columns of their own (see `natverk.panel`); default how far they reach:
        `international, national, cross_border, across_counties, within_county`. `low` and `best` count all kinds.
    carry_forward
        For how many years after the last evidence a membership is presumed (default 3).
    population, pilots, interval, kpis
        See `natverk.covariates`.

    Returns
    -------
    pd.DataFrame
        The columns of `natverk.covariates`, and after them `low` (memberships that are attested in the year and
        contradicted by nothing) and `best` (presumed ones too), `KIND_low` and `KIND_best` for each of `kinds`,
        `n_undated` (networks in which the municipality is attested in no known year: the same in every year, in none
        of the counts), `row_ids` of the rows that the counts rest on, separated by `;`. Counts are int64 and of
        networks that one is a member of, not of commitments, programmes and offices.

    Raises
    ------
    UnknownName, InvalidArgument, MissingFile
        For years that the data cannot speak of, an unknown kind or value, or key figures that are not there.

    Notes
    -----
    What may not be read into it. **A 0 is no absence**: nothing was read that attests a membership, and of most
    municipalities little was read; there is no upper bound here, for nearly every network might be one (`high` of
    `natverk.panel` and `natverk.count` has it). More memberships of larger municipalities are also more pages about
    them: a coefficient of population is one of documentation too, and `natverk.models.listed_participation`, which
    counts complete lists only, is the model of membership. Years of one municipality are not independent, and
    what is presumed is carried from one to the next. The 290 are a population and no sample: a standard error means
    something only with a superpopulation that you name. Years since the transfer are those of the county.

    Examples
    --------
    A Poisson model of what is documented, all municipalities in 2021:

    >>> import statsmodels.formula.api as smf
    >>> from natverk import load
    >>> frame = municipality_years(load(), 2021)
    >>> fit = smf.poisson("best ~ log_population + C(skr_main)", frame).fit(disp=0)
    >>> int(fit.nobs), bool(fit.params["log_population"] > 0)
    (290, True)
    """
    frame = covariates(data, years, population=population, pilots=pilots, interval=interval, kpis=kpis)
    named = () if kinds is None else checked_kinds(kinds)
    actor_ids = data.municipalities["actor_id"].tolist()
    cells = panel(data, actors=actor_ids, years=years, carry_forward=carry_forward, pairs="evidence")
    index = pd.MultiIndex.from_frame(frame[_KEY])
    for kind in (None, *named):
        counted = cells if kind is None else cells[cells["network_id"].isin(networks_of_kinds(data, kind))]
        sums = count(counted, _KEY).set_index(_KEY)[["low", "best"]].reindex(index, fill_value=0)
        for bound in ("low", "best"):
            frame[bound if kind is None else f"{kind}_{bound}"] = sums[bound].to_numpy()
    pairs = undated_pairs(data, actor_ids, counts_as=("membership",))
    pairs = pairs[pairs["network_id"].isin(networks_counting_as(data, ("membership",)))]
    n_undated = pairs.groupby("actor_id")["network_id"].nunique()
    frame["n_undated"] = n_undated.reindex(frame["actor_id"], fill_value=0).to_numpy(dtype="int64")
    rows = (
        cells[cells["best"] == 1]
        .groupby(_KEY)["rows"]
        .agg(lambda ids: ";".join(dict.fromkeys(";".join(ids).split(";"))))
    )
    frame["row_ids"] = rows.reindex(index, fill_value="").astype(TEXT).to_numpy()
    frame["row_ids"] = frame["row_ids"].astype(TEXT)
    frame.attrs["kinds"] = named
    return frame


def _joined(columns: pd.DataFrame) -> pd.Series:
    """Return the ids of several columns as one text without repetition; many rows have the same."""
    made: dict[tuple[object, ...], str] = {}
    found = []
    for row in columns.astype(object).where(columns.notna(), "").itertuples(index=False, name=None):
        if row not in made:
            made[row] = ";".join(dict.fromkeys(item for cell in row for item in str(cell).split(";") if item))
        found.append(made[row])
    return pd.Series(found, index=columns.index, dtype=TEXT)
