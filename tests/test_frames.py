"""Arguments that many measures share: years by default, and names where ids are wanted."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import (
    directory,
    known_actor,
    known_actors,
    known_county,
    known_day,
    known_municipality,
    known_networks,
    several,
    year_range,
)

Make = Callable[..., Dataset]


def test_names_are_understood_wherever_ids_are(real: Dataset) -> None:
    mixed: list[Any] = ["Malmö", "Region Skåne", 180, "1280", "Gotland", "09", "Kalmar"]
    ids = ["municipality:1280", "region:12", "municipality:0180", "municipality:0980", "municipality:0880"]
    for given in (mixed, tuple(mixed), pd.Series(mixed), iter(mixed)):
        assert known_actors(real, given) == ids
    assert known_actors(real, "Malmö") == known_actors(real, 1280) == known_actors(real, np.int64(1280)) == ids[:1]
    assert known_actor(real, "Skåne") == "region:12"
    assert known_networks(real, ["UBC", "ubc", "Eurocities"]) == ["ubc", "eurocities"]
    assert [known_county(real, text) for text in ("14", 1, "Skåne län")] == ["14", "01", "12"]
    assert [known_municipality(real, text) for text in ("2480", "umea", "Umeå kommun", 180)] == ["2480"] * 3 + ["0180"]


def test_a_county_stands_for_its_municipalities(real: Dataset) -> None:
    places = real.municipalities
    of_skane = places.loc[places["county_code"] == "12", "actor_id"].tolist()
    assert known_actors(real, "Skåne") == known_actors(real, ["12", "Malmö"]) == of_skane


@pytest.mark.parametrize(
    ("call", "where", "nearest"),
    [
        (lambda data: known_actors(data, ["Malmö", "Vanersborgg"]), "actors", "Vänersborg"),
        (lambda data: known_actor(data, "Regon Skåne"), "actor", "Region Skåne"),
        (lambda data: known_networks(data, "eurocites"), "networks", "Eurocities"),
        (lambda data: known_county(data, "Skne"), "county", "Skåne"),
        (lambda data: known_municipality(data, "Vanersborgg"), "municipality", "Vänersborg"),
    ],
)
def test_a_wrong_name_gets_the_nearest(
    real: Dataset, call: Callable[[Dataset], object], where: str, nearest: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        call(real)
    assert caught.value.where == where
    assert f"nearest: '{nearest}'" in str(caught.value)
    assert "body:" not in str(caught.value)


@pytest.mark.parametrize("call", [known_actors, known_networks])
def test_an_empty_selection_is_refused(real: Dataset, call: Callable[[Dataset, list[str]], object]) -> None:
    with pytest.raises(InvalidArgument, match="empty"):
        call(real, [])


def test_the_directory_is_made_once_a_dataset(real: Dataset) -> None:
    assert directory(real) is directory(real)
    assert natverk.load() is natverk.load()
    assert directory(natverk.load(as_of="2015")) is not directory(real)
    for again in (copy.copy(real), copy.deepcopy(real)):
        assert directory(again) is not directory(real)
        assert known_actor(again, "Malmö") == "municipality:1280"


def test_a_year_of_a_frame_is_a_year_and_one_name_is_no_list_of_letters() -> None:
    assert list(year_range(pd.DataFrame({"year": [2010]})["year"].unique()[0])) == [2010]
    assert several("ubc") == ["ubc"]


def test_years_by_default_end_with_the_data(make: Make, real: Dataset) -> None:
    assert year_range(data=real) == range(1997, real.last_year + 1)
    assert year_range(None, "year", data=real) == range(real.last_year, real.last_year + 1)
    early = natverk.load(as_of="2015-06")
    assert early.last_year == 2015
    assert year_range(data=early) == range(1997, 2016)
    assert make({}).last_year == 2000
    assert make({}, population=[{"code": "0101", "year": 1995, "population": 9}]).last_year == 1995
    with pytest.raises(InvalidArgument, match="None is no year"):
        year_range()


@pytest.mark.parametrize("year", [1900, 2027, 2019.5, True, "next year", (2019,), (2020, 2019)])
def test_what_is_no_year_is_refused(real: Dataset, year: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        year_range(year, data=real)
    assert str(year[0] if isinstance(year, tuple) else year) in str(caught.value)
    assert caught.value.remedy


def test_no_year_lies_after_the_vintage(make: Make) -> None:
    early = make({"seen": 2010}, sources=[{"source_id": "src", "accessed": "2020-05-01"}])
    assert year_range(2020, data=early) == range(2020, 2021)
    assert known_day(early, "2020") == "2020-12-31"
    for call in (lambda: year_range(2021, "year", data=early), lambda: known_day(early, "2021")):
        with pytest.raises(InvalidArgument, match="outside 1980–2020"):
            call()
