"""What the page of the strategies says, against the raw rows, and what pages of regions say of theirs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from matplotlib.figure import Figure

from natverk import figures, strategies
from natverk.data.load import Dataset
from natverk.pages.page import NotebookPage
from tests.pages.notebook import page_of, tables_of, text_of


@cache
def page(lang: str, **parameters: Any) -> NotebookPage:
    return page_of("strategies", lang=lang, **parameters)


@cache
def region(code: str, lang: str = "sv") -> NotebookPage:
    return page_of("region_report", region=code, lang=lang)


def rows_of(made: NotebookPage, caption: str) -> list[dict[str, str]]:
    """Return the rows of the table whose caption begins so, as text."""
    table = next(table for name, table in tables_of(made).items() if name.startswith(caption))
    return [{key: re.sub(r"<[^>]+>", "", str(cell)) for key, cell in row.items()} for row in table.rows]


def row_of(made: NotebookPage, caption: str, **equal: str) -> dict[str, str]:
    return next(row for row in rows_of(made, caption) if equal.items() <= row.items())


STATES = {"sv": "Senast kända läge", "en": "Latest known state"}
EVENTS = {"sv": "Vad som hänt med strategierna", "en": "What happened to the strategies"}
OWN_EVENTS = "Vad som hänt med strategierna"


def test_where_sources_disagree_on_a_day_the_list_says_so() -> None:
    # sev-00074 and sev-00072: the programme entry and the process page.
    for lang, said in (("sv", "processidan anger 18 februari"), ("en", "the process page says 18 February")):
        (line,) = [text for text in text_of(page(lang)).split("\n") if "BHU" not in text and said in text]
        assert "2018/19" in line


def test_what_is_not_known_is_from_the_years_before_those_that_tell(real: Dataset) -> None:
    table = strategies.state(real)
    last = table["not_known_since"].max()
    known = table.loc[table["state"] != "not_known", "last_seen"].str[:4].astype(int).min()
    assert last < known
    assert f"där är den senaste daterade uppgiften från {last} eller tidigare" in text_of(page("sv"))
    assert f"what was last told with a date is from {last} or earlier" in text_of(page("en"))


def test_the_state_of_a_new_strategy_names_it(real: Dataset) -> None:
    titles = real.strategies.set_index("strategy_id")["title"]
    row = row_of(page("en"), STATES["en"], region="Region Stockholm")
    assert row["state"] == f"consultation ({titles['rus-01-2060']})"
    assert (row["title"], row["decided"]) == (titles["rus-01-2050"], "12 June 2018")
    assert f"Det gäller {titles['rus-01-2060']}. Den senast beslutade är {titles['rus-01-2050']}." in text_of(
        region("01")
    ).replace("*", "")


def test_what_was_known_last_is_told_as_that() -> None:
    assert row_of(page("sv"), STATES["sv"], region="Region Västerbotten")["state"] == (
        "inte känt efter 2020 (senast känt: gäller)"
    )


def test_no_year_of_decision_where_none_is_told() -> None:
    assert row_of(page("sv"), STATES["sv"], region="Region Västerbotten")["decided"] == ""


@pytest.mark.parametrize(
    ("name", "sv", "en"),
    [
        ("Region Halland", "senast den 13 augusti 2021 (härlett)", "by 13 August 2021 (inferred)"),
        ("Region Kalmar län", "senast den 5 oktober 2022 (härlett)", "by 5 October 2022 (inferred)"),
        ("Region Uppsala", "2025 (härlett)", "2025 (inferred)"),
        ("Region Norrbotten", "2025 (härlett)", "2025 (inferred)"),
        ("Region Blekinge", "mars 2022 (härlett)", "March 2022 (inferred)"),
    ],
)
def test_a_decision_that_is_bounded_or_inferred_says_so(name: str, sv: str, en: str) -> None:
    assert row_of(page("sv"), STATES["sv"], region=name)["decided"] == sv
    assert row_of(page("en"), STATES["en"], region=name)["decided"] == en


def test_a_bound_is_told_as_one_on_every_page() -> None:
    said = {"sv": text_of(page("sv")), "en": text_of(page("en"))}
    assert "Region Halland (antagen senast den 13 augusti 2021, härlett)" in said["sv"]
    assert "Region Halland (adopted by 13 August 2021, inferred)" in said["en"]
    own = {lang: text_of(region("13", lang)) for lang in ("sv", "en")}
    assert "**antagen** (senast den 13 augusti 2021, datumet är vår slutsats)" in own["sv"]
    assert "**adopted** (by 13 August 2021, a date inferred by us)" in own["en"]
    assert "Antagen senast den 13 augusti 2021 (datumet är vår slutsats) av Region Halland" in own["sv"]
    rows = rows_of(region("13"), OWN_EVENTS)
    assert [row["when"] for row in rows if "antagen" in row["event"]] == ["senast den 13 augusti 2021 (vår slutsats)"]
    for text in (*said.values(), *own.values()):
        for hit in re.finditer(r"13 (augusti|August) 2021", text):
            before = text[: hit.start()]
            assert re.search(r"(senast den|till den|till|by|until) $", before), before[-60:]


def test_figures_tell_a_bound_as_one(real: Dataset) -> None:
    ax = Figure().subplots()
    figures.dots.strategies(strategies.state(real), lang="en", ax=ax)
    drawn = {text.get_text() for text in ax.texts}
    assert "adopted by 2021" in drawn
    assert "adopted 2021" in drawn, "Värmland, where the day is stated"
    assert {"consultation ended 2024", "consultation ended 2025"} <= drawn
    told = figures.dots.strategies(strategies.state(real), lang="en").alt
    assert "Region Östergötland: consultation, ended 2025-03-31." in told
    assert "Region Halland: not known after 2021; adopted, by 2021-08-13 (inferred)." in told


def test_a_consultation_whose_start_is_not_told_has_an_end_alone() -> None:
    for lang, ends in (
        ("sv", ("till den 20 februari 2019", "till den 31 mars 2025", "till den 30 september 2024")),
        ("en", ("until 20 February 2019", "until 31 March 2025", "until 30 September 2024")),
    ):
        when = [row["when"] for row in rows_of(page(lang), EVENTS[lang])]
        assert set(ends) <= set(when)
        for text in when:
            first, dash, last = re.sub(r" \(.*\)", "", text).partition("–")
            assert not dash or first.strip() != last.strip(), text
    assert "till den 20 februari 2019" in [row["when"] for row in rows_of(region("06"), OWN_EVENTS)]
    # In the running text too, a referral of half a year is no day.
    assert "remiss eller samråd 8 april – 30 september 2016 –" in text_of(page("sv"))
    assert "consultation until 20 February 2019 –" in text_of(page("en"))


def test_a_consultation_that_is_over_says_so() -> None:
    assert "Region Östergötland (consultation ended 31 March 2025)" in text_of(page("en"))
    assert "Region Östergötland (avslutades den 31 mars 2025)" in text_of(page("sv"))


def test_what_nobody_has_adopted_has_no_day_and_no_adopter(real: Dataset) -> None:
    titles = real.strategies.set_index("row_id")["title"]
    for row_id, code in (("rus-00043", "01"), ("rus-00011", "07")):
        row = row_of(page("en"), "The strategies: process", title=titles[row_id])
        assert (row["adopted"], row["by"]) == ("not adopted as far as we have read", "")
        own = text_of(region(code)).replace("*", "").partition(f"{titles[row_id]} (under arbete")[2]
        assert "Inte antagen, så långt vi läst" in own[:120]


def test_for_which_years_a_strategy_is_made_is_no_sighting() -> None:
    rows = rows_of(page("en"), EVENTS["en"])
    assert "for 2020–2030" in [row["when"] for row in rows if row["region"] == "Region Västerbotten"]


def test_the_part_of_municipalities_is_counted_where_one_is_told(real: Dataset) -> None:
    n = int(real.strategy_events["municipal_part"].notna().sum())
    assert n < 69
    assert f"i {n} av 131 händelser" in text_of(page("sv"))
    assert "ej tillämpligt" not in text_of(page("sv"))


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("03", "Ny regional utvecklingsstrategi för Uppsala län"),
        ("13", "Halland – bästa livsplatsen 2035"),
        ("24", "Västerbotten – en attraktiv region"),
        ("25", "Norrbottensstrategin 2040"),
    ],
)
def test_the_strategy_of_today_has_its_paragraph(code: str, title: str) -> None:
    told = (
        text_of(region(code)).partition("## Den regionala utvecklingsstrategin")[2].partition("Tidigare strategier")[0]
    )
    own = next((part for part in told.split("\n") if part.startswith(f"**{title}")), "")
    assert "Om arbetet: " in own
    assert "Så deltog kommuner och andra: " in own


def test_one_name_for_europe_2020() -> None:
    for lang, head, said in (
        ("sv", "## Europa 2020 och Agenda 2030", "Tre hänvisar till Europa 2020: "),
        ("en", "## Europe 2020 and Agenda 2030", "Three refer to Europe 2020: "),
    ):
        block = text_of(page(lang)).partition(head)[2].partition("\n## ")[0]
        assert said in block
        assert "EU 2020" not in block
        # Rows of events may tell of a reference that is not coded.
        assert block.strip().endswith(("det betyder inte att den saknas.", "does not mean that there is none."))


def test_each_region_stands_once_with_whom_it_can_learn_from(real: Dataset) -> None:
    (shown,) = [table for name, table in tables_of(page("sv")).items() if name.startswith("Regioner med mest")]
    regions = [re.sub(r"<[^>]+>", "", str(row["region"])) for row in shown.rows]
    assert len(regions) == len(set(regions))
    assert "Region Kronoberg" not in regions
    told = text_of(page("sv"))
    assert "samma läge, eller minst två av beslutsår, målår och hänvisningar." in told
    assert "Ingen annan region delar så mycket med: Region Kronoberg." in told
