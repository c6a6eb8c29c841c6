"""The page of a municipality: what it says, against the rows; nothing lost, nothing said that rows do not carry."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

import natverk
from natverk.pages.page import NotebookPage
from natverk.pages.prose import templates_of
from tests.pages.notebook import page_of, tables_of, text_of

DATA = natverk.load()
NAME = "municipality_profile"
VANERSBORG, NACKA, STOCKHOLM, RAGUNDA, NYKVARN, GOTEBORG, GOTLAND, HEBY = (
    "1487", "0182", "0180", "2303", "0140", "1480", "0980", "0331"
)  # fmt: skip
SAMPLE = (VANERSBORG, NACKA, STOCKHOLM, RAGUNDA, NYKVARN, GOTEBORG, GOTLAND, HEBY)
#: Rows about a municipality that its own page is to show: the table, and the column that names it.
OWN = {
    **dict.fromkeys(
        (
            "memberships", "functions", "projects", "missions", "mission_parts", "next_steps", "evaluations",
            "purposes", "twins", "network_notes", "published_totals",
        ),
        "actor_id",
    ),
    "body_members": "member_actor_id",
}  # fmt: skip
WRONG = re.compile(r"\bnan\b|\bNone\b|<NA>|NaT|\{\w+\}|\S  +\S| \.(?!\w)|\(\)|, \.|;;|\b1 (kommuner|nätverk|uppdrag)\b")


@cache
def page(code: str, lang: str = "sv") -> NotebookPage:
    return page_of(NAME, municipality=code, lang=lang)


def table(code: str, begins: str, lang: str = "sv") -> pd.DataFrame:
    """Return the table whose caption begins so."""
    found = [view.frame for caption, view in tables_of(page(code, lang)).items() if caption.startswith(begins)]
    assert len(found) == 1, (begins, list(tables_of(page(code, lang))))
    return found[0]


def section(code: str, heading: str, lang: str = "sv") -> str:
    """Return the text below a heading, up to the next of its rank."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text_of(page(code, lang)), re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1]


# --- Nothing is lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SAMPLE)
def test_every_row_about_the_municipality_is_shown(code: str) -> None:
    lost = {
        name: ids
        for name, column in OWN.items()
        if (ids := set(DATA.table(name).query(f"{column} == 'municipality:{code}'")["row_id"]) - page(code).shown)
    }
    assert not lost


def test_both_languages_show_the_same_rows_and_say_the_same_blocks() -> None:
    for code in (VANERSBORG, NACKA, NYKVARN):
        assert page(code).shown == page(code, "en").shown
    swedish, english = (templates_of(lang).get_template(f"{NAME}.{lang}.md.j2").blocks for lang in ("sv", "en"))
    assert list(swedish) == list(english)
    parts: list[Any] = [templates_of(lang).get_template(f"parts.{lang}.md.j2").module for lang in ("sv", "en")]
    assert {name for name in dir(parts[0]) if name[0] != "_"} == {name for name in dir(parts[1]) if name[0] != "_"}


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("code", SAMPLE)
def test_no_page_holds_raw_values_empty_sentences_or_wrong_plurals(code: str, lang: str) -> None:
    text = text_of(page(code, lang))
    assert not WRONG.search(text), WRONG.search(text)
    for view in tables_of(page(code, lang)).values():
        assert not [cell for cell in view.frame.to_numpy().ravel() if re.search(r"\bnan\b|None|<NA>", str(cell))]
    # A heading has something below it.
    shown = [getattr(part, "text", "table") for part in page(code, lang).parts]
    bare = [one for one, after in pairwise(shown) if re.fullmatch(r"## .*", one) and after[:3] == "## "]
    assert not bare


# --- What the starting documents hold ---------------------------------------------------------------------------------


def test_vanersborg_has_its_networks_with_years_and_who_handles_them() -> None:
    own = table(VANERSBORG, "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")
    assert own.loc["SERN", ["Sedan", "Medlemskap senast belagt"]].tolist() == ["2006", "2024"]
    assert own.loc["ENSA", "Sedan"] == "2009"
    assert "Socialförvaltningen" in own.loc["ENSA", "Vem i kommunen"]
    # The page states no year for it: what is seen is not since.
    assert own.loc["Intelligent Cities Challenge", "Sedan"].startswith("nämns")
    # What five projects came out of is said by number, and each by name.
    assert own.loc["SERN", "Vad det har lett till"] == "fem projekt"
    projects = table(VANERSBORG, "Projekt").set_index("Projekt")
    assert len(projects) == 7
    when = {name.split(" ")[0]: row["När"] for name, row in projects.iterrows()}
    assert (when["Demeter"], when["Early"], when["SOSEVO"]) == ("2018–2021", "2015–2016", "2012–2014")
    # The programme's years are not the project's.
    assert when["BB"] == "programperiod 2000–2006"


def test_vanersborg_says_what_its_own_page_tells_of_the_networks() -> None:
    text = section(VANERSBORG, "Mer som källorna säger")
    for said in ("55", "kärnstäder", "funktionsnedsättning", "lokala gröna avtal", "förenar nord och syd"):
        assert said in text
    assert "två" in text
    assert "tre beskrivs" in text


def test_nackas_report_stands_in_the_parts_of_the_form() -> None:
    text = section(NACKA, "Resor och nästa steg")
    assert "26–28 februari 2014, Utrecht, Nederländerna" in text
    parts = DATA.mission_parts
    for part in parts.loc[parts["actor_id"] == f"municipality:{NACKA}", "part_sv"]:
        assert part.lower() in text.lower()
    assert "kollega eller enhet som också berörs är tom" in text
    assert text.index("Syfte") < text.index("Del av resan") < text.index("Önskade nästa steg")
    # No option is marked: it is said, and what was read from the text is told apart.
    assert "Ingen ruta är synligt markerad i vår kopia" in text
    assert "sporadisk" in text
    steps = table(NACKA, "Planerade")
    # What is under way is so when the source was written.
    assert steps["Läge"].tolist() == ["pågick när källan skrevs (2014)", "planerat"]
    english = section(NACKA, "Missions and next steps", "en")
    assert "No box is visible in our copy" in english


def test_stockholms_review_stands_with_reasons_and_as_a_proposal() -> None:
    text = section(STOCKHOLM, "Omdömen om nätverk, vänorter och resor")
    assert "förslag, inte beslut" in text
    assert "Metropolis" in text
    judged = table(STOCKHOLM, "Omdömen om nätverk")
    assert len(judged) == (DATA.evaluations["actor_id"] == f"municipality:{STOCKHOLM}").sum()
    more = section(STOCKHOLM, "Mer som källorna säger")
    assert "efter sakfråga, inte efter geografi" in more
    assert "starkt politiskt engagemang" in more
    # It has not left what it proposed to leave; that it decided to leave is said of ECAD alone (mem-00598).
    told = section(STOCKHOLM, "Nätverk, samarbetsorgan, åtaganden och program")
    assert "har lämnat" not in told
    assert "Metropolis" not in told.split("Att lämna ")[1].split(" var beslutat")[0]


# --- A sentence claims no more than its rows --------------------------------------------------------------------------


def test_what_is_known_of_ones_own_is_told_as_announced_and_as_inferred() -> None:
    # mem-00598: nobody saw the exit; the lists of KSO and of the founding signatories are dated by us.
    itself = table(STOCKHOLM, "Attested for", "en").set_index("Network")["The municipality itself"]
    assert set(itself.filter(like="ECAD")) == {"decided to leave; whether it did is not in the material"}
    assert not itself.filter(like="Circular Cities").str.contains("list").any()
    itself = table(GOTLAND, "Attested for", "en").set_index("Network")["The municipality itself"]
    assert "not on the list of 2021 (inferred by us)" in set(itself)


def test_a_cooperation_body_is_no_network_and_those_counted_are_named() -> None:
    assert "attested in one cooperation body" in text_of(page("2523", "en")).split("How sure")[0]
    assert "of those counted have no sure year" in text_of(page(GOTLAND, "en"))


def test_a_cancelled_trip_is_not_called_written_before_it() -> None:
    cancelled = text_of(page("0484", "en")).split("to Brussels, cancelled")[1].split("###")[0]
    assert "no follow-up described\n" in cancelled
    assert "written before or during" not in cancelled


def test_a_programme_that_is_the_network_is_told_once() -> None:
    origins = table(STOCKHOLM, "Projects that", "en")["Network or programme"]
    assert not origins.str.contains("Initiative.*, Clinton").any()


def test_a_judgement_of_one_tie_is_not_said_of_the_cooperation_as_a_whole_nor_said_twice() -> None:
    for code, reason in (("1080", "on a proposal to terminate"), ("2480", "evaluation of Karelia office")):
        text = section(code, "Judgements of networks, twin towns and trips", "en")
        assert "as a whole" not in text
        assert reason not in text
        assert table(code, "Judgements of networks", "en")["Reason"].str.contains(reason).any()
    # The motion of others in Sundsvall stands where parties and auditors do.
    assert "ett omdöme" in text_of(page("2281")).split("Hur säkert")[0]


def test_a_looser_tie_is_not_said_to_be_called_no_member() -> None:
    # mem-03184 says "member city"; mem-01953 is a partner of a member.
    text = text_of(page(GOTEBORG))
    assert "utan att kallas" not in text
    own = table(GOTEBORG, "Övriga nätverk").set_index("Nätverk")["Medlemskapets art"]
    assert own["European Cities Marketing"] == "ospecificerad (medlemsstad)"
    own = table("0305", "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")["Medlemskapets art"]
    assert own["Viable Cities / Klimatneutrala städer 2030"] == "partner, står vid sidan av"


def test_a_term_that_ended_is_told_beside_a_later_sighting() -> None:
    # mem-03250, mem-01907.
    own = table("0127", "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")
    assert own.loc["URBACT", ["Sedan", "Medlemskap senast belagt"]].tolist() == ["2009–2012", "2019"]


def test_whom_a_later_list_lacks_is_said_on_the_own_page() -> None:
    own = table(STOCKHOLM, "Övriga nätverk").set_index("Nätverk")["Medlemskap senast belagt"]
    assert "inte på förteckningen" in own["Östersjöstädernas förbund"]


def test_a_planned_signing_is_neither_a_first_year_nor_a_second_tie() -> None:
    # mem-00487, mem-01340, mem-01341.
    text = text_of(page("1281"))
    assert "Första år" not in text
    assert "Cities Race to Zero: sökande" not in text.replace("[", "")
    own = table("1281", "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")
    assert own.loc["Cities Race to Zero", "Sedan"] == "nämns 2022"
    # fun-00006 has no end, fun-00110 has one.
    assert "Uppdragets år" not in text_of(page(STOCKHOLM))


def test_an_end_of_a_twin_town_that_no_source_dates_gives_way_to_a_later_page() -> None:
    # twi-00907, twi-00017.
    towns = table("0580", "Vänorter").set_index("Ort")
    assert towns.loc["Guangzhou", "Senast belagt"] == "2021"
    assert "i november 2019" in towns.loc["Guangzhou", "Att veta"]
    assert "har upphört" not in section("0580", "Vänorter och partnerorter")


def test_an_unnamed_twin_town_is_not_counted_beside_a_named_one() -> None:
    # twi-00899, twi-00363.
    assert len(table("0188", "Vänorter")) == 8
    assert "Sju vänorter och partnerorter är belagda." in section("0188", "Vänorter och partnerorter")


def test_what_else_ties_the_municipality_is_told_beside_its_peers() -> None:
    # mem-01320.
    theirs = table("0834", "Belagt för").set_index("Nätverk")
    assert theirs.loc["ÖstersjöInitiativet", "Kommunen själv"] == "genom annan medlem"
    assert any(caption.endswith("men inte, eller inte på samma sätt, för Torsås kommun")
               for caption in tables_of(page("0834")))  # fmt: skip


def test_who_judges_or_states_a_purpose_is_named_where_it_is_not_the_municipality() -> None:
    # eva-00126, pur-00354.
    text = text_of(page("0562"))
    assert "## Omdömen om nätverk, vänorter och resor" in text
    assert "Finspång (politiker)" in set(table("0562", "Omdömen om nätverk")["Bedömare"])
    assert "(enligt Centerpartiet Kronoberg)" in section("0780", "Varför")
    assert "## Varför, enligt kommunen själv" in text


def test_a_year_that_the_words_say_is_no_inference() -> None:
    # tot-00032, tot-00050; no brackets within brackets.
    assert "grundat (enligt Motala): 2004 [" in text_of(page("0583")).replace("\\", "")
    assert "lanserat: 2008 [" in text_of(page("0780")).replace("\\", "")
    for code in (STOCKHOLM, "0583", "0780"):
        assert "(vår slutsats))" not in text_of(page(code))


def test_one_of_those_counted_is_a_network() -> None:
    assert "Ett av dem som räknas saknar säkert årtal." in text_of(page("0583"))


def test_a_purpose_takes_no_year_from_another_source() -> None:
    text = section("0880", "Varför, enligt kommunen själv")
    assert re.search(r"kompetensutveckling \[[\[\]()#\w, -]+\], 2020 \(vår slutsats\) \[", text)
    assert "kompetensutveckling (2020)" not in text


def test_the_programme_of_a_project_stands_beside_its_network() -> None:
    assert "URBACT, URBACT Action Planning Networks" in set(
        table("2480", "Projects that", "en")["Network or programme"]
    )


def test_a_peer_that_is_a_region_offers_no_seat_of_a_region() -> None:
    offered = table("1080", "Attested for", "en")
    assert not offered["Network"].str.contains("CPMR|Reglab").any()
    pilots = table("2281", "Belagt för")
    assert (
        not pilots[pilots["Nätverk"].str.contains("Pilot- och|Innovationsplattformar")]
        .astype(str)
        .apply(lambda cells: cells.str.contains("inte på förteckningen"))
        .any(axis=None)
    )


def test_what_a_body_is_and_a_note_about_its_member_are_told() -> None:
    text = section("2580", "Kommunalförbund och andra gemensamma organ")
    assert "kust- och skärgårdsutveckling, friluftsliv, turism; huvudman sedan 2019" in text


def test_what_is_no_position_is_not_among_the_positions() -> None:
    assert "Inget uppdrag är belagt." in section(NACKA, "Uppdrag i nätverken")
    apart = table(NACKA, "Kandidaturer")
    assert set(apart["Uppdrag"]) == {"deltagande, inget uppdrag", "värdskap, inget uppdrag"}


def test_an_announcement_and_a_cut_copy_do_not_say_that_nothing_followed() -> None:
    text = text_of(page("0662"))
    assert "skrivet före eller under resan" in text
    assert "okänt, vår kopia är avbruten" in text
    # Two texts about one trip are no two trips.
    assert "två resor" not in text


def test_a_municipality_with_nothing_is_not_said_to_be_outside() -> None:
    text = text_of(page(NYKVARN))
    assert "Ingen uppgift om Nykvarns kommuns nätverk finns i underlaget" in text
    assert "betyder inte att kommunen står utanför" in text
    assert "Lägg till det du vet" in text
    assert "bröts ut ur Södertälje den 1 januari 1999" in text
    assert "Lägg till" not in text_of(page(RAGUNDA))


def test_changes_of_county_are_told() -> None:
    assert "Till och med 2006 hörde kommunen till Västmanlands län" in text_of(page(HEBY))
    assert "Until 2006 the municipality was part of Västmanlands län" in text_of(page(HEBY, "en"))


def test_gotland_is_one_body_with_two_roles() -> None:
    assert "har också regionens uppgifter" in text_of(page(GOTLAND))


def test_size_alone_says_nothing_of_what_a_network_asks() -> None:
    # Metropolis takes capitals and cities above a million: Stockholm is a capital.
    assert "krävs av en fullvärdig medlem" not in text_of(page(STOCKHOLM))


def test_a_full_member_is_not_called_a_member_too() -> None:
    own = table(
        STOCKHOLM, "Nätverk, samarbetsorgan, åtaganden och program som Stockholms stad är belagd i 2021"
    ).set_index("Nätverk")
    assert own.loc["Eurocities", "Medlemskapets art"] == "fullvärdig medlem"
    assert "fullvärdig medlem / medlem" not in text_of(page(STOCKHOLM))


def test_the_answer_counts_what_the_rows_hold() -> None:
    own = natverk.documented(DATA, [f"municipality:{GOTEBORG}"], years=(1997, 2025))
    networks = DATA.networks.set_index("network_id")
    kinds = networks["counts_as"].where(networks["kind"] == "network", "body")
    sure = own[own["mark"].isin(["recent", "earlier", "undated", "conflict"])]
    n = sure["network_id"].map(kinds).value_counts()
    answer = text_of(page(GOTEBORG)).split("**")[1]
    assert f"{n['membership']} nätverk" in answer
    assert "samarbetsorgan" in answer
    recent = page(GOTEBORG).number(int((sure["mark"] == "recent").sum()))
    assert f"varav {recent} någon gång 2021–2025" in answer
    assert all(len(sentence.split()) < 40 for sentence in answer.split(". "))


def test_twin_towns_say_when_they_were_last_seen_and_that_they_ended() -> None:
    towns = natverk.load().twins
    # Tyresö has agreements of both kinds; a column that is empty in every row is not shown.
    own = towns[towns["actor_id"] == "municipality:0138"]
    assert own["ended"].any()
    assert own.loc[~own["ended"].astype(bool), "observed_year"].notna().any()
    shown = table("0138", "Vänorter")
    assert "Ort" in shown.columns
    assert "nämner orten som sådan" in section("0138", "Vänorter och partnerorter")
    assert (shown["Upphört"] != "").any()
    assert (shown["Senast belagt"] != "").any()


def test_what_similar_municipalities_are_in_is_not_what_one_is_in_oneself() -> None:
    own = natverk.documented(DATA, [f"municipality:{NACKA}"], years=(1997, 2025))
    names = DATA.networks.set_index("network_id")["name_sv"]
    theirs = table(NACKA, "Belagt för Haninge och Botkyrka")
    assert not set(theirs["Nätverk"]) & set(names[own.loc[own["mark"] != "loose", "network_id"]])
    assert set(theirs["Kommun"]) == {"Haninge", "Botkyrka"}
    assert (theirs["Källor"] != "").all()


@pytest.mark.parametrize("part", ["n_peers", "year_to"])
def test_an_argument_changes_the_page(part: str) -> None:
    changed = page_of(NAME, municipality=VANERSBORG, **{part: {"n_peers": 1, "year_to": 2010}[part]})
    assert text_of(changed) != text_of(page(VANERSBORG))


def test_the_theme_of_a_project_is_blank_where_nobody_coded_it() -> None:
    code = "2482"
    rows = DATA.projects[DATA.projects["actor_id"] == f"municipality:{code}"]
    assert rows["theme"].isna().any()
    shown = table(code, "Projekt")["Tema"].tolist()
    assert set(shown) & {""}
    assert not {"Allmänt samarbete"} & set(shown)
    assert not [cell for cell in shown if "nan" in cell or "common.theme" in cell]


def test_a_row_that_says_less_than_the_status_is_told_beside_it() -> None:
    own = table("0780", "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")
    told = own.loc["Global Covenant of Mayors"]
    assert told["Medlemskapets art"] == "undertecknare (2021: stadens mål bidrar till initiativet)"
    # The first year that names it is one that we infer.
    assert (told["Sedan"], told["Medlemskap senast belagt"]) == ("nämns 2019 (vår slutsats)", "2022")


def test_a_tie_to_a_network_that_is_no_more_does_not_read_as_of_today() -> None:
    # mem-01987 has no end; networks has 2013.
    own = table("1443", "Nätverk, samarbetsorgan, åtaganden och program").set_index("Nätverk")
    assert own.loc["West Sweden", ["Sedan", "Medlemskap senast belagt"]].tolist() == [
        "odaterat",
        "verksamheten upphörde eller ombildades 2013",
    ]
