"""Names of regions: what is understood, and what is refused with which help."""

from __future__ import annotations

import pandas as pd
import pytest

import natverk
from natverk.data.units import SHORT_FORMS, fold, resolve_region
from natverk.errors import InvalidArgument, UnknownName


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    return natverk.load().counties


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("14", "14"),
        ("01", "01"),
        ("Västra Götaland", "14"),
        ("Västra Götalands län", "14"),
        ("Västra Götalandsregionen", "14"),
        ("vastra gotaland", "14"),
        ("VÄSTRA  GÖTALAND", "14"),
        ("Västra-Götaland", "14"),
        ("region:14", "14"),
        ("VGR", "14"),
        ("vg", "14"),
        ("O", "14"),
        ("o", "14"),
        ("SE232", "14"),
        ("Orebro", "18"),
        ("Region Örebro län", "18"),
        ("region orebro", "18"),
        ("Sörmland", "04"),
        ("Södermanlands län", "04"),
        ("Region Sörmland", "04"),
        ("Jämtland Härjedalen", "23"),
        ("Gotland", "09"),
        ("Region Gotland", "09"),
        ("municipality:0980", "09"),
        ("region:09", "09"),
        ("Skane", "12"),
        ("Kalmar", "08"),
        ("BD", "25"),
    ],
)
def test_ways_of_writing(counties: pd.DataFrame, text: str, code: str) -> None:
    assert resolve_region(counties, text) == code


def test_decomposed_accents_are_the_same(counties: pd.DataFrame) -> None:
    assert resolve_region(counties, "Va\u0308stra Go\u0308taland") == "14"


def test_every_column_leads_back_to_its_county(counties: pd.DataFrame) -> None:
    columns = ["county_code", "name", "name_short", "region_name", "region_actor_id", "letter", "nuts3"]
    for county in counties.to_dict("records"):
        assert {resolve_region(counties, county[column]) for column in columns} == {county["county_code"]}


def test_short_forms_have_reasons_and_are_unambiguous(counties: pd.DataFrame) -> None:
    for form, code, reason in SHORT_FORMS:
        assert resolve_region(counties, form) == code
        assert reason


def test_unknown_name_is_refused_with_the_nearest(counties: pd.DataFrame) -> None:
    with pytest.raises(UnknownName) as caught:
        resolve_region(counties, "Vastra Gotlnd")
    message = str(caught.value)
    assert "unknown region 'Vastra Gotlnd'" in message
    assert "nearest: 'Västra Götaland'" in message
    assert "'Stockholm'" in message
    assert "natverk list" in message


@pytest.mark.parametrize(
    ("text", "help_"),
    [("1", '"01" is Stockholm'), ("1480", 'its county is "14", Västra Götaland'), ("99", "natverk list")],
)
def test_codes_that_are_almost_right(counties: pd.DataFrame, text: str, help_: str) -> None:
    with pytest.raises(UnknownName) as caught:
        resolve_region(counties, text)
    assert help_ in str(caught.value)


def test_a_number_is_not_a_code(counties: pd.DataFrame) -> None:
    with pytest.raises(InvalidArgument, match="codes are strings, not int: 1") as caught:
        resolve_region(counties, 1)  # type: ignore[arg-type]
    assert 'write "01" (Stockholm)' in str(caught.value)


def test_a_name_of_several_is_refused_with_all_of_them(counties: pd.DataFrame) -> None:
    with pytest.raises(UnknownName, match="means several") as caught:
        resolve_region(counties, "SE23")
    assert "'13 Halland', '14 Västra Götaland'" in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "-", "län", "region"])
def test_nothing_is_no_region(counties: pd.DataFrame, text: str) -> None:
    with pytest.raises(UnknownName):
        resolve_region(counties, text)


def test_fold_keeps_digits_and_drops_punctuation() -> None:
    assert fold("Region: 14 (Västra_Götaland)") == "region 14 vastra gotaland"
