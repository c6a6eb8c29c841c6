"""Municipalities by year: all of them, in every year, what is missing said, and nothing counted twice."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, NatverkError
from natverk.municipalities import covariates, municipality_years


@pytest.fixture(scope="module")
def frame(real: Dataset) -> pd.DataFrame:
    """All municipalities and years, with the default arguments."""
    return municipality_years(real)


def replaced(data: Dataset, **tables: pd.DataFrame) -> Dataset:
    other = copy.copy(data)
    other.is_loaded = False
    other._tables = {**{name: data.table(name) for name in tables}, **tables}
    return other


def test_every_municipality_stands_in_every_year(real: Dataset, frame: pd.DataFrame) -> None:
    assert len(frame) == 290 * (real.last_year - 1997 + 1)
    assert not frame.duplicated(["code", "year"]).any()
    assert (frame.groupby("year")["code"].nunique() == 290).all()
    assert not frame.loc[~frame["exists"], "year"].gt(2002).any()
    assert set(frame.loc[~frame["exists"], "code"]) == {"0140", "0330"}


def test_what_is_missing_of_the_population_is_said(real: Dataset) -> None:
    exact = covariates(real, (2021, 2024)).set_index(["year", "code"])
    assert exact["population_state"].groupby("year").first().tolist() == [
        "published", "not_published", "not_published", "published",
    ]  # fmt: skip
    assert exact.loc[[2022, 2023], ["population", "log_population", "population_year"]].isna().all(axis=None)
    latest = covariates(real, (2021, 2024), population="latest").set_index(["year", "code"])
    assert latest["population"].notna().all()
    assert latest.loc[2023, "population_year"].unique().tolist() == [2021]
    assert latest.loc[2023, "population_state"].unique().tolist() == ["earlier"]
    pd.testing.assert_series_equal(latest.loc[2023, "population"], exact.loc[2021, "population"])
    # One municipality without a figure that others have.
    table = real.population
    gap = replaced(real, population=table[~((table["code"] == "0180") & (table["year"] == 2021))])
    row = covariates(gap, 2021).set_index("code").loc["0180"]
    assert row["population_state"] == "unknown"
    assert np.isnan(row["population"])


def test_population_is_that_of_the_table(real: Dataset, frame: pd.DataFrame) -> None:
    table = real.population.set_index(["code", "year"])["population"]
    known = frame[frame["population_state"] == "published"].set_index(["code", "year"])
    assert (known["population"] == table.reindex(known.index).astype("float64")).all()
    assert np.allclose(np.exp(known["log_population"]), known["population"])


def test_distances_are_great_circles(real: Dataset) -> None:
    own = covariates(real, 2021).set_index("name")["km_to_seat"]
    assert own[["Stockholm", "Växjö", "Luleå"]].max() < 5
    # About 270 km as the crow flies from Kiruna to Luleå.
    assert own["Kiruna"] == pytest.approx(268, abs=5)
    distances = natverk.peers.differences(real, 2021)["location"]
    assert own["Kiruna"] == pytest.approx(float(distances.loc["2584", "2580"]), abs=5)


def test_years_since_the_transfer_are_those_of_the_terms(real: Dataset) -> None:
    own = covariates(real, 2022).set_index("code")
    terms = natverk.models.model_terms(real, 2022).set_index("code")
    for name in ("years_since_to_joint", "years_since_to_region", "km_to_seat"):
        pd.testing.assert_series_equal(own[name], terms[name])
    missing = own["years_since_to_joint"].isna()
    assert missing.sum() == 70
    assert (own.loc[missing, "to_joint_state"] == "interval").all()
    assert (own.loc[~missing, "to_joint_state"] == "known").all()
    assert covariates(real, 2022, interval="latest")["years_since_to_joint"].notna().all()


def test_counts_are_those_of_the_panel(real: Dataset, frame: pd.DataFrame) -> None:
    series = natverk.series(real, real.municipalities["actor_id"])
    sums = frame.groupby("year")[["low", "best"]].sum().reset_index()
    pd.testing.assert_frame_equal(sums, series[["year", "low", "best"]], check_names=False)
    assert frame.groupby("code")["n_undated"].first().sum() == series["n_undated"].iloc[0]
    kinds = ["international", "national", "cross_border", "across_counties", "within_county"]
    for bound in ("low", "best"):
        assert (frame[[f"{kind}_{bound}" for kind in kinds]].sum(axis=1) == frame[bound]).all()
    assert (frame["low"] <= frame["best"]).all()
    skane = natverk.series(real, "Skåne", kinds="international")
    own = frame[frame["county_code"] == "12"].groupby("year")["international_best"].sum()
    assert own.tolist() == skane["best"].tolist()


def test_the_rows_behind_a_count_are_named(real: Dataset, frame: pd.DataFrame) -> None:
    assert ((frame["row_ids"] != "") == (frame["best"] > 0)).all()
    nacka = frame[(frame["code"] == "0182") & (frame["year"] == 2014)].iloc[0]
    rows = real.memberships.set_index("row_id").loc[nacka["row_ids"].split(";")]
    assert set(rows["actor_id"]) == {"municipality:0182"}
    every = set(real.sources["source_id"])
    assert {item for text in frame["source_ids"].unique() for item in text.split(";")} <= every


def test_kinds_are_chosen(real: Dataset) -> None:
    few = municipality_years(real, 2019, "cooperation_body")
    assert [name for name in few if name.endswith("_best")] == ["cooperation_body_best"]
    assert [name for name in municipality_years(real, 2019, None) if name.endswith("_best")] == []


def test_a_poisson_model_takes_all_municipalities(real: Dataset) -> None:
    formula = pytest.importorskip("statsmodels.formula.api")
    frame = municipality_years(real, 2021)
    fit = formula.poisson("best ~ log_population + C(skr_group) + coast + km_to_seat", frame).fit(disp=0, maxiter=200)
    assert fit.nobs == 290
    assert np.isfinite(fit.params).all()


def test_wrong_arguments_are_named(real: Dataset) -> None:
    wrong: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
        (covariates, {"population": "interpolated"}, "allowed: 'year', 'latest'"),
        (covariates, {"years": 1900}, "1900"),
        (covariates, {"interval": "middle"}, "interval"),
        (municipality_years, {"kinds": "internatonal"}, "nearest: 'international'"),
        (municipality_years, {"kinds": []}, "empty"),
        (municipality_years, {"carry_forward": -1}, "carry_forward"),
    ]
    for function, arguments, told in wrong:
        with pytest.raises(NatverkError, match=told):
            function(real, **arguments)
    with pytest.raises(InvalidArgument):
        covariates(real, "next year")  # type: ignore[arg-type]
