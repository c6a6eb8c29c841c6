"""The page of a network: what is known of the follow-up of missions, and silence where nothing is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import natverk
from natverk import missions, networks
from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.figures.picture import Picture
from tests.pages.notebook import page_of, tables_of, text_of

SAID = {"sv": "Av rapporterna har vi läst", "en": "From the reports we read"}


@pytest.mark.parametrize(
    ("lang", "steps"),
    [
        ("sv", "Två steg önskades: ett pågick när rapporten skrevs och om ett säger källorna inget mer."),
        (
            "en",
            "Two steps were wanted: one was under way when the report was written and of one the sources say no more.",
        ),
    ],
)
def test_the_follow_up_of_missions_is_said_with_the_rows_it_rests_on(lang: str, steps: str) -> None:
    page = page_of("network_profile", network="eurocities", lang=lang)
    text = text_of(page)
    assert SAID[lang] in text
    assert steps in text
    (row,) = missions.outcomes(natverk.load(), "eurocities").to_dict("records")
    assert set(row["row_ids"].split(";")) <= page.shown


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_where_nothing_is_known_after_the_report_nothing_is_said(lang: str) -> None:
    (row,) = missions.outcomes(natverk.load(), "icld-partnerskap").to_dict("records")
    assert row["n_missions"] == 4
    assert row["n_seen_later"] == row["n_done"] == row["n_under_way"] == 0
    assert SAID[lang] not in text_of(page_of("network_profile", network="icld-partnerskap", lang=lang))


@pytest.mark.parametrize(
    ("lang", "sentence", "card"),
    [
        (
            "sv",
            "På frågan om syftena nåddes svarar rapporterna delvis för en resa; för två resor framgår det inte.",
            "**Nåddes syftena:** delvis",
        ),
        (
            "en",
            "On whether the purposes were met the reports say partly of one mission; of two missions it is not stated.",
            "**Were the purposes met:** partly",
        ),
    ],
)
def test_whether_purposes_were_met_is_said_where_a_report_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, sentence: str, card: str
) -> None:
    silent = text_of(page_of("network_profile", network="eurocities", lang=lang))
    assert sentence[:25] not in silent
    assert card[:-7] not in silent
    (tmp_path / "sources.csv").write_text(
        "source_id;title;accessed;language;kind\nown-resa;Resa;2026-11-20;sv;report\n", encoding="utf-8"
    )
    (tmp_path / "missions.csv").write_text(
        "row_id;actor_id;network_id;event;start_date;country;purposes;purposes_met;next_step_category;next_step_basis;"
        "source_id;coding_note\n"
        "own-00001;municipality:1487;eurocities;Möte;2023;Italien;partner;partly;none;text;own-resa;egen\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(OVERLAY_VARIABLE, str(tmp_path))
    text = text_of(page_of("network_profile", network="eurocities", lang=lang))
    assert sentence in text
    assert card in text


def cells(network: str, caption: str, lang: str = "sv") -> dict[str, dict[str, str]]:
    """Return the lines of a table of a network's page as texts, by their first cell."""
    (shown,) = [table for name, table in tables_of(page_of("network_profile", network=network, lang=lang)).items()
                if name.startswith(caption)]  # fmt: skip
    lines = [{key: re.sub(r"<[^>]+>", "", str(cell)) for key, cell in row.items()} for row in shown.rows]
    return {next(iter(line.values())): line for line in lines}


def test_what_only_follows_from_another_fact_is_told_apart_with_its_years() -> None:
    own = cells("icorn", "Svenska aktörer i")
    assert own["Östersund"]["status"] == own["Region Skåne"]["status"] == "medlem (vår slutsats)"
    assert [own[name]["since"] for name in ("Östersund", "Region Skåne", "Uddevalla", "Lund")] == [
        "2017", "2010", "nämns 2017", "2019 (vår slutsats)",
    ]  # fmt: skip
    assert [own["Region Jönköpings län"][key] for key in ("since", "last_seen")] == ["2013", "2014"]
    text = text_of(page_of("network_profile", network="icorn"))
    assert "har ett lösare band" not in text
    assert "Att Lund, Luleå, Skellefteå, Östersund, Uddevalla, Region Jönköpings län, Region Skåne och" in text
    # Who takes part by its source, and is no member, is still told so.
    text = text_of(page_of("network_profile", network="south-sweden-brussels-office"))
    assert "har ett lösare band och räknas inte." in text


@pytest.mark.parametrize(("lang", "said"), [("sv", "till 2021"), ("en", "until 2021")])
def test_a_year_that_is_only_an_end_is_no_sighting(lang: str, said: str) -> None:
    own = cells("icorn", "Svenska aktörer i" if lang == "sv" else "Swedish actors in", lang)
    assert [own["Sigtuna"][key] for key in ("since", "last_seen")] == ["", said]


def test_what_stands_beside_published_numbers_is_said_as_it_is_counted() -> None:
    text = text_of(page_of("network_profile", network="icorn"))
    # Göteborg (1996-2016) is in the number of 2014, Norrköping (2014-2017) in that of 2016, by sources of other years.
    assert "en källa från året" not in text
    assert "från ett tidigare till ett senare år" in text


@pytest.mark.parametrize("network", ["energy-cities", "norrbotniabanan-ab", "nykoping-ostgotalanken"])
def test_a_list_that_names_others_than_municipalities_and_regions_says_so(network: str) -> None:
    (row,) = networks.lists_of(natverk.load(), network).to_dict("records")
    assert row["n_members"] < row["n_sweden"]
    said = f"{row['year']}: {row['n_sweden']}, varav {row['n_members']} kommuner och regioner"
    assert said in text_of(page_of("network_profile", network=network))


def test_the_map_is_of_all_whom_it_shows() -> None:
    (figure,) = [part for part in page_of("network_profile", network="icorn").parts if isinstance(part, Picture)]
    # 12 members, eight looser ties and one that left.
    assert figure.caption.startswith("Svenska aktörer på karta: 17 kommuner och fyra regioner")


def test_names_on_the_map_are_those_of_the_table() -> None:
    page = page_of("network_profile", network="viable-cities-kn2030")
    captions = [part.caption for part in page.parts if isinstance(part, Picture)]
    assert any("Utan plats på kartan: Klimatkommunerna (föreningen)." in caption for caption in captions)
    assert "Klimatkommunerna (föreningen)" in cells("viable-cities-kn2030", "Svenska aktörer i")


def test_an_inferred_year_of_a_list_is_told_so_of_who_is_not_on_it() -> None:
    own = cells("ubc", "Svenska aktörer i")
    assert own["Linköping"]["last_seen"].endswith("inte på förteckningen 2025 (vår slutsats)")
    assert own["Stockholm"]["last_seen"].endswith("inte på förteckningen 2014")
    # What a correction makes a member is told in no other word.
    assert own["Stockholm"]["status"] == "medlem"
    # A partner of a programme, which its list of cities was not to hold.
    assert cells("viable-cities-kn2030", "Svenska aktörer i")["Alvesta"]["last_seen"] == ""


def test_remarks_are_told_with_their_year() -> None:
    assert cells("mayors-for-peace", "Anmärkningar")["Norrköping"]["period"] == "2011"


def test_what_only_describes_a_network_is_no_rule_of_membership() -> None:
    text = text_of(page_of("network_profile", network="carbonn"))
    assert "Om medlemskapet" not in text
    assert "**Vad det är:** Tagg i ClimActor-data" in text


def test_a_founding_year_dates_no_count() -> None:
    text = text_of(page_of("network_profile", network="energy-cities", lang="en"))
    assert "1990)" not in text
