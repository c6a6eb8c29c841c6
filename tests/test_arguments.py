"""Wrong arguments: every measure names what is wrong, where, and what is allowed or what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import natverk
from natverk import peers, twomode
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, NatverkError
from natverk.twomode.matrix import TwoMode

Make = Callable[..., Dataset]
Call = Callable[[Dataset], Any]
ALBY = "municipality:0101"
MATRIX = np.array([[2, 1], [0, 1]])


@pytest.fixture(scope="module")
def data(make: Make) -> Dataset:
    return make({"seen": 2010}, {"a": "region:01", "seen": 2010}, member_lists=[{"year": 2012}])


def refused(call: Call, data: Dataset, kind: type[NatverkError] = NatverkError) -> str:
    with pytest.raises(kind) as caught:
        call(data)
    error = caught.value
    assert error.allowed or error.remedy, "an error says what is allowed, or what to do"
    return str(error)


YEAR: dict[str, Callable[[Dataset, Any], Any]] = {
    "two_mode": lambda data, year: natverk.twomode.two_mode(data, year=year),
    "region_overlap": lambda data, year: twomode.region_overlap(data, year=year),
    "theme_overlap": lambda data, year: twomode.theme_overlap(data, year=year),
    "theme_profiles": lambda data, year: twomode.theme_profiles(data, year=year),
    "by_portfolio": lambda data, year: peers.by_portfolio(data, "Alby", years=(year, year)),
    "by_structure": lambda data, year: peers.by_structure(data, "Alby", year=year),
    "candidates": lambda data, year: natverk.peers.candidates(data, "Alby", year=year),
}


@pytest.mark.parametrize("year", [1900, 2027, 2019.5, True, "next year"])
@pytest.mark.parametrize("name", YEAR)
def test_a_year_outside_what_the_data_can_speak_of_is_refused(data: Dataset, name: str, year: Any) -> None:
    said = refused(lambda given: YEAR[name](given, year), data, InvalidArgument)
    assert str(year) in said


EMPTY: dict[str, Call] = {
    "two_mode of no actors": lambda data: natverk.twomode.two_mode(data, actors=[]),
    "two_mode of no status": lambda data: natverk.twomode.two_mode(data, statuses=()),
    "two_mode without a tie": lambda data: natverk.twomode.two_mode(data, year=1990),
    "theme_profiles": lambda data: twomode.theme_profiles(data, themes=[]),
    "theme_overlap": lambda data: twomode.theme_overlap(data, themes=[]),
    "region_overlap": lambda data: twomode.region_overlap(data, counts_as=()),
    "by_portfolio": lambda data: peers.by_portfolio(data, "Alby", counts_as=()),
    "candidates": lambda data: natverk.peers.candidates(data, "Alby", counts_as=()),
    "null_test": lambda data: twomode.null_test(np.zeros((2, 2)), np.sum, 9, 1),
    "schoener_d": lambda data: twomode.schoener_d({}, {"a": 1}),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_selection_is_refused(data: Dataset, name: str) -> None:
    refused(EMPTY[name], data, InvalidArgument)


UNKNOWN: dict[str, Call] = {
    "theme of profiles": lambda data: twomode.theme_profiles(data, themes=["kultur"]),
    "theme of overlap": lambda data: twomode.theme_overlap(data, themes=["kultur"]),
    "counts_as of two_mode": lambda data: natverk.twomode.two_mode(data, counts_as=("members",)),
    "county of overlap": lambda data: twomode.region_overlap(data, county="99"),
    "municipality": lambda data: peers.by_portfolio(data, "Albyy"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_or_value_is_refused(data: Dataset, name: str) -> None:
    refused(UNKNOWN[name], data)


def test_an_unknown_theme_is_told_the_themes(data: Dataset) -> None:
    said = refused(UNKNOWN["theme of profiles"], data, InvalidArgument)
    assert "nearest: 'culture'" in said
    assert "'climate_energy'" in said


NOT_BINARY: dict[str, Call] = {
    "TwoMode": lambda data: TwoMode(MATRIX, ["a", "b"], ["x", "y"]),  # type: ignore[arg-type]
    "randomise": lambda data: twomode.randomise(MATRIX, 9, 1),
    "null_test": lambda data: twomode.null_test(MATRIX, np.sum, 9, 1),
}
NO_TIES: dict[str, Callable[[Any], Any]] = {
    "degree": twomode.degree,
    "density": twomode.density,
    "nestedness": twomode.nestedness,
    "nodf": twomode.nodf,
    "brokers": twomode.brokers,
    "co_membership": twomode.co_membership,
    "co_membership_blocks": lambda ties: list(twomode.co_membership_blocks(ties)),
}


@pytest.mark.parametrize("name", NOT_BINARY)
def test_a_matrix_that_is_not_binary_is_refused(data: Dataset, name: str) -> None:
    said = refused(NOT_BINARY[name], data, InvalidArgument)
    assert "not binary" in said
    assert "allowed: '0', '1'" in said


@pytest.mark.parametrize("name", NO_TIES)
def test_a_bare_matrix_is_told_how_to_become_ties(data: Dataset, name: str) -> None:
    said = refused(lambda _: NO_TIES[name](MATRIX), data, InvalidArgument)
    assert "TwoMode(matrix, actors, networks)" in said


WEIGHTS: dict[str, Call] = {
    "by_structure": lambda data: peers.by_structure(data, "Alby", weights={"population": 0.5}),
    "candidates": lambda data: natverk.peers.candidates(data, "Alby", weights={"population": 0.5}),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_do_not_sum_are_refused(data: Dataset, name: str) -> None:
    said = refused(WEIGHTS[name], data, InvalidArgument)
    assert "not 1" in said
    assert "divide" in said


WRONG_FRAMES: dict[str, Call] = {
    "saturation": lambda data: natverk.networks.saturation(data, pd.DataFrame({"actor_id": [ALBY]})),
    "tails without draws": lambda _data: twomode.tails(np.array([1.0]), np.zeros((0, 1))),
    "tails of others": lambda _data: twomode.tails(np.array([1.0, 2.0]), np.zeros((3, 1))),
}


@pytest.mark.parametrize("name", WRONG_FRAMES)
def test_a_frame_of_something_else_is_refused(data: Dataset, name: str) -> None:
    refused(WRONG_FRAMES[name], data, InvalidArgument)
