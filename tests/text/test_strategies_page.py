"""The page of the strategies: its numbers are those of the measures, whatever the year, in both languages."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

import natverk
from natverk import figures
from natverk.errors import InvalidArgument
from natverk.figures import Notice, Picture
from natverk.figures.marks import Box, Words
from natverk.strategies import STAGES, history, references, same_stage, stages, stages_by_year
from natverk.text import StrategiesPage, Table, frames, tables

LANGUAGES = ("sv", "en")
YEARS = (2017, 2022, 2026)
WRONG = re.compile(r"\bnan\b|\bNone\b|<NA>|\{\w+\}|NaT|  |\b1 (regioner|regions|pairs|strategier|strategies)\b")
Measured = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


@cache
def by_year() -> pd.DataFrame:
    return stages_by_year(natverk.load(), (2014, 2026))


@cache
def measured(year: int) -> Measured:
    data, day = natverk.load(), page_of(year, "sv").day
    table = stages(data, day)
    return table, same_stage(data, day, table=table), history(data), references(data, day, table=table)


@cache
def page_of(year: int, lang: str) -> StrategiesPage:
    return StrategiesPage(natverk.load(), year, lang=lang)


@cache
def said(year: int, lang: str) -> tuple[list[str], list[Table]]:
    """Return all sentences and tables of the page."""
    page, (table, pairs, every, counts) = page_of(year, lang), measured(year)
    prose = [
        page.opening(table, pairs, every, by_year()), page.origin(), page.stages(table), page.timeline(every),
        page.shifts(by_year()), page.refers(table, counts, every), page.pairs(table, pairs), page.unknown(table),
        page.mistake(every),
    ]  # fmt: skip
    shown = [
        tables.strategies_page.stages(page, table), tables.strategies_page.strategies(page, every),
        tables.strategies_page.pairs(page, pairs), tables.strategies_page.partners(page, table, pairs),
    ]  # fmt: skip
    return [item.text for item in prose], shown


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_reads_well_in_every_year(year: int, lang: str) -> None:
    sentences, shown = said(year, lang)
    for sentence in sentences:
        assert not WRONG.search(re.sub(r"\n+ *-? *", "\n", sentence)), sentence
    for table in shown:
        cells = [str(cell) for row in table.frame.to_numpy() for cell in row]
        assert not [cell for cell in cells if cell in ("nan", "None", "<NA>", "NaT", "")], table.caption


@pytest.mark.parametrize("year", YEARS)
def test_both_languages_tell_the_same_numbers(year: int) -> None:
    (swedish, tables_sv), (english, tables_en) = said(year, "sv"), said(year, "en")

    def numbers(text: str) -> list[str]:
        return sorted(re.sub(r"[.,]", "", n) for n in re.findall(r"\d+(?:[.,]\d+)*", text.replace("\xa0", "")))

    for one, other in zip(swedish, english, strict=True):
        # Small numbers are words in places: "two years", "12 §" and "section 12" are the same.
        assert numbers(one) == numbers(other), (one, other)
    for sv, en in zip(tables_sv, tables_en, strict=True):
        assert sv.frame.shape == en.frame.shape
        assert numbers(" ".join(sv.frame.astype(str).to_numpy().ravel())) == numbers(
            " ".join(en.frame.astype(str).to_numpy().ravel())
        )


@pytest.mark.parametrize("year", YEARS)
def test_the_answer_counts_what_the_measure_counts(year: int) -> None:
    table, pairs, *_ = measured(year)
    opening = said(year, "sv")[0][0]
    counts = table["stage"].value_counts()
    for name in STAGES:
        words = {"new": "strategin är ny i", "due_for_review": "översyn väntar i", "in_force": "strategin gäller i"}
        if name in words:
            n = counts.get(name, 0)
            expected = f"{words[name]} {n} region{'er' if n != 1 else ''}"
            assert (expected in opening) == bool(n)
    assert f"{len(pairs)} par av regioner" in opening
    assert f"för {counts['unknown']} av 21 regioner räcker källorna inte" in opening
    assert f"skedet är känt för {21 - counts['unknown']} av 21 regioner" in opening
    listed = said(year, "sv")[1][0].frame
    assert (listed["Skede"] == "okänt").sum() == counts["unknown"]
    assert len(listed) == 21


def test_where_the_question_comes_from_stands_with_its_source() -> None:
    for lang, date in (("sv", "Den 24 januari 2017"), ("en", "On 24 January 2017")):
        text = said(2022, lang)[0][1]
        assert text.startswith(date)
        assert "Reglab" in text
        assert len(re.findall(r"^\d\. .*\?$", text, re.MULTILINE)) == 4
        assert "EU 2020" in text
        assert "Agenda 2030" in text
        assert "#source-" in text
        numbered = page_of(2022, lang).references.frame()
        assert "seed-reglab-2017" in set(numbered["source_id"])


def test_a_blank_reference_is_unknown_not_no() -> None:
    table, _, every, counts = measured(2022)
    low = counts.set_index("reference")["low"]
    text = said(2022, "sv")[0][5]
    assert f"till Agenda 2030 i minst {low['agenda2030']} av 21 regioner" in text
    assert "tomt är okänt, inte nej" in text
    for year in YEARS:
        eu = measured(year)[3].set_index("reference")["low"]["eu2020"]
        assert f"till Europa 2020 i {f'minst {eu}' if eu else 'ingen som är känd'}." in said(year, "sv")[0][5]
        assert "at least 0" not in said(year, "en")[0][5]
    answers = said(2022, "sv")[1][1].frame
    assert set(answers["Agenda 2030"]) == {"ja", "okänt"}
    assert (answers["Agenda 2030"] == "ja").sum() == (every["agenda2030"] == "yes").sum()
    assert (table["agenda2030"] == "yes").sum() == low["agenda2030"]
    assert "Skåne (antagen 2014)" in text


def test_unknown_regions_are_named_with_what_is_possible() -> None:
    table, *_ = measured(2026)
    text = said(2026, "sv")[0][7]
    for code in table.loc[table["stage"] == "unknown", "county_code"]:
        assert page_of(2026, "sv").region(code) in text
    assert "alla skeden är möjliga" in text


def test_no_partner_is_at_another_stage() -> None:
    table, pairs, *_ = measured(2022)
    stage = table.set_index("county_code")["stage"]
    page = page_of(2022, "sv")
    codes = {name: code for code, name in page.short_names.items()}
    shown = said(2022, "sv")[1][3].frame
    for region, partners in zip(shown["Region"], shown["Mest gemensamt med"], strict=True):
        if partners != "ingen i samma kända skede":
            assert {stage[codes[name]] for name in partners.split(", ")} == {stage[codes[region]]}
        else:
            assert stage[codes[region]] == "unknown"
    assert len(pairs) == sum(n * (n - 1) // 2 for name, n in stage.value_counts().items() if name != "unknown")


def test_a_year_that_the_data_cannot_know_of_stops_at_their_end() -> None:
    page = page_of(2026, "sv")
    assert page.day == page.data.known_until
    assert "i dag" not in said(2026, "sv")[0][0].lower()
    with pytest.raises(InvalidArgument, match="1970"):
        StrategiesPage(natverk.load(), 1970)


def test_history_keeps_bounds_and_order(real: natverk.Dataset) -> None:
    table = history(real)
    assert len(table) == len(real.strategies)
    assert set(table["state"]) == {"holds", "replaced", "in_process"}
    adopted = table[table["state"] != "in_process"]
    known = adopted.dropna(subset=["adopted_first"])
    assert (known["adopted_first"] <= known["adopted_last"]).all()
    replaced = table[table["state"] == "replaced"]
    assert (replaced["until"] >= replaced["adopted_first"].fillna("0")).all()
    # A county has one strategy that nothing newer is known to have replaced.
    assert adopted.loc[adopted["state"] == "holds", "county_code"].is_unique
    superseded = set(real.strategies.loc[real.strategies["status"].isin(["superseded", "revised"]), "strategy_id"])
    assert superseded <= set(replaced["strategy_id"])


def test_stages_by_year_are_those_of_each_day(real: natverk.Dataset) -> None:
    for year in (2019, 2026):
        own = by_year()[by_year()["year"] == year].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, stages(real, "2026-11-22" if year == 2026 else "2019"))


# ---- the figures ----


@cache
def drawn(name: str, lang: str) -> Picture:
    data, (table, _, every, _) = natverk.load(), measured(2022)
    page = page_of(2022, lang)
    look = {"lang": lang, "source": page.source_line}
    if name == "tiles":
        picture = figures.stage_tiles(frames.stage_frame(data, table), when=page.when, **look)
    elif name == "years":
        picture = figures.stage_years(frames.stage_frame(data, by_year()), **look)
    else:
        own = frames.stage_frame(data, every)
        picture = figures.strategy_timeline(own, today=page.day, when=page.when, **look)
    assert isinstance(picture, Picture)
    return picture


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["tiles", "years", "timeline"])
def test_no_text_covers_another(name: str, lang: str) -> None:
    picture = drawn(name, lang)
    words = [mark for mark in picture.marks if isinstance(mark, Words) and mark.text.strip()]
    for number, one in enumerate(words):
        left, top, right, bottom = one.box
        assert min(left, top, picture.width - right, picture.height - bottom) >= 0, one.text
        for other in words[number + 1 :]:
            across = min(right, other.box[2]) - max(left, other.box[0])
            along = min(bottom, other.box[3]) - max(top, other.box[1])
            assert across <= 1 or along <= 1, (one.text, other.text)
    assert min(mark.face.points for mark in words) >= 7
    for said in (picture.alt, picture.caption):
        assert said.endswith(".")
        assert "{" not in said


def test_alternatives_tell_what_the_frames_hold() -> None:
    table, _, every, _ = measured(2022)
    tiles, years, timeline = (drawn(name, "sv").alt for name in ("tiles", "years", "timeline"))
    counts = table["stage"].value_counts()
    assert f"Ny ({counts['new']}): " in tiles
    assert f"Okänt ({counts['unknown']}): " in tiles
    known = by_year()[(by_year()["year"] == 2022) & (by_year()["stage"] != "unknown")]
    assert f"{len(known)} år 2022" in years
    for row in every[every["state"] != "in_process"].dropna(subset=["horizon_year"]).itertuples():
        assert f"till {row.horizon_year}" in timeline
    assert "Gotland: antagen 2008, till 2025, ersatt; antagen 2021, till 2040." in timeline
    assert "ny under arbete" in timeline


def test_unknown_adoption_is_hatched_and_todays_line_is_drawn() -> None:
    picture = drawn("timeline", "sv")
    assert [mark for mark in picture.marks if isinstance(mark, Box) and mark.hatch]
    written = [mark.text for mark in picture.marks if isinstance(mark, Words)]
    assert "31 december 2022" in written
    tiles = [mark for mark in drawn("tiles", "sv").marks if isinstance(mark, Box) and mark.hatch]
    assert len(tiles) == (measured(2022)[0]["stage"] == "unknown").sum() + 1  # and the key


def test_nothing_known_is_a_notice_and_wrong_frames_are_refused() -> None:
    own = frames.stage_frame(natverk.load(), measured(2022)[0])
    assert isinstance(figures.stage_tiles(own.assign(stage="unknown"), when="2022"), Notice)
    assert isinstance(figures.stage_years(by_year().assign(stage="unknown", name_short="x").head(1)), Notice)
    every = frames.stage_frame(natverk.load(), measured(2022)[2])
    assert isinstance(figures.strategy_timeline(every.head(0), today="2022-12-31"), Notice)
    with pytest.raises(InvalidArgument, match="nearest: 'new'"):
        figures.stage_tiles(own.assign(stage="neww"))
    with pytest.raises(InvalidArgument, match="one tile"):
        figures.stage_tiles(own.assign(tile_row=1, tile_col=1))
    with pytest.raises(InvalidArgument, match="twice"):
        figures.stage_years(pd.concat([own.assign(year=2022)] * 2))
    with pytest.raises(InvalidArgument, match="ISO date"):
        figures.strategy_timeline(every, today="2022")
    with pytest.raises(InvalidArgument, match="in_process"):
        figures.strategy_timeline(every.assign(state="x"), today="2022-12-31")
