"""What the comparisons say is well-formed and true in both languages, for one pair of each kind of unit."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

import natverk
from natverk.comparison import PARTS
from natverk.errors import InvalidArgument, UnknownName
from natverk.text import ComparePage, compareframes, tables
from natverk.text.table import Foreign

YEARS = (1997, 2026)
PAIRS = {"region": ("14", "12"), "municipality": ("1487", "1280"), "network": ("ubc", "eurocities")}
WRONG = re.compile(
    r"\b1 (dokumenterade|documented networks)|\bnan\b|\bNone\b|<NA>|\{\w+\}|(?<!\d)0[.,]0\s?%|  |\b0 (dok|doc)"
)


@cache
def compared(kind: str) -> pd.DataFrame:
    a, b = PAIRS[kind]
    return natverk.compare(natverk.load(), a, b, kind=kind, year=2019, years=YEARS)


def page(kind: str, lang: str) -> ComparePage:
    a, b = PAIRS[kind]
    return ComparePage(natverk.load(), a, b, year=2019, years=YEARS, lang=lang)


def said(kind: str, lang: str) -> str:
    one, table = page(kind, lang), compared(kind)
    return "\n".join(
        item.text for item in (one.opening(table), one.shared(table), one.verdicts(table), one.mistake(table))
    )


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("kind", PAIRS)
def test_every_measure_has_words(kind: str, lang: str) -> None:
    one, table = page(kind, lang), compared(kind)
    assert tables.comparison.unlabelled(one, table) == []
    rows = 0
    for part in PARTS:
        shown = tables.comparison.measures(one, table, part)
        rows += len(shown)
        assert bool(len(shown)) == bool(one.section(part, table).text)
        cells = [cell for column in shown.frame.columns for cell in shown.frame[column]]
        assert not [cell for cell in cells if isinstance(cell, Foreign)]
        assert not [cell for cell in cells if WRONG.search(str(cell))]
    assert rows == len(one.shown(table))


@pytest.mark.parametrize("kind", PAIRS)
def test_sentences_are_well_formed_and_equal_in_both_languages(kind: str) -> None:
    numbers = []
    for lang in ("sv", "en"):
        text = said(kind, lang)
        assert WRONG.findall(text) == []
        # The lists of names are sorted and cut in each language by itself; some names hold numbers.
        one, table = page(kind, lang), compared(kind)
        text = f"{one.opening(table).text} {one.verdicts(table).text}"
        plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.replace("\xa0", "").replace(" %", "%")).replace(",", ".")
        numbers.append(sorted(re.findall(r"\d+(?:\.\d+)?", plain)))
    assert numbers[0] == numbers[1]


def test_the_answer_counts_what_the_sets_hold() -> None:
    one, table = page("network", "sv"), compared("network")
    sets = compareframes.set_frame(one, table).set_index("label").loc["Dokumenterade svenska aktörer"]
    assert sets.tolist() == [26, 4, 3]
    answer = one.opening(table).text
    assert "har 4 dokumenterade svenska aktörer gemensamt; 26 är belagda bara" in answer
    assert "3 av sammanlagt 7 teman är gemensamma" in answer
    assert "Vänersborg och Malmö har inget dokumenterat nätverk gemensamt" in said("municipality", "sv")


def test_swapping_the_two_swaps_the_answer() -> None:
    a, b = PAIRS["network"]
    table = natverk.compare(natverk.load(), b, a, year=2019, years=YEARS, parts=("place", "networks"))
    other = ComparePage(natverk.load(), b, a, year=2019, years=YEARS, lang="sv")
    mine = page("network", "sv").sets(compared("network")).set_index("item")
    swapped = other.sets(table).set_index("item")
    for item in ("members", "themes"):
        assert mine.loc[item, "only_a"] == swapped.loc[item, "only_b"]
        assert mine.loc[item, "shared"] == swapped.loc[item, "shared"]


def test_series_of_both_are_on_the_same_years() -> None:
    one = page("network", "en")
    frame = compareframes.year_frame(*(compareframes.series_of(one, unit) for unit in (one.a, one.b)))
    assert frame.set_index("year").loc[2019, "a"] == 14
    assert len(frame) == YEARS[1] - YEARS[0] + 1


def test_units_of_different_kinds_or_unknown_ones_are_refused() -> None:
    data = natverk.load()
    with pytest.raises(InvalidArgument, match="region"):
        ComparePage(data, "14", "ubc", year=2019, years=YEARS)
    with pytest.raises(UnknownName, match="Vänersbog"):
        ComparePage(data, "1487", "Vänersbog", year=2019, years=YEARS)
    assert ComparePage(data, "Uppsala", "Stockholm", year=2019, years=YEARS).kind == "region"


def test_shares_are_per_cent_and_lists_have_years() -> None:
    one, table = page("network", "sv"), compared("network")
    shown = tables.comparison.measures(one, table, "listed").frame.set_index("Mått")
    assert shown.loc["På en fullständig lista: 2022", one.first] == "12"
    units = {unit for part in PARTS for unit in tables.comparison.measures(one, table, part).frame["Enhet"]}
    assert {"procent", "index 0–1"} <= units
    for part in PARTS:
        for _, row in tables.comparison.measures(one, table, part).frame.iterrows():
            for value in (row[one.first], row[one.second]):
                assert ("%" in str(value)) <= (row["Enhet"] == "procent"), row["Mått"]
