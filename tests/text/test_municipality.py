"""What the municipality profile says: true and well-formed for all 290 municipalities, in both languages."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

import natverk
from natverk.errors import UnknownName
from natverk.figures import Notice, Picture, membership_spells, size_strips
from natverk.locale import LANGUAGES, alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.membership.panel import SETS, networks_counting_as
from natverk.text import MunicipalityProfile, Table, municipalframes, tables
from natverk.text.page import plain
from natverk.text.table import Foreign

DATA = natverk.load()
CODES = sorted(DATA.municipalities["code"])
YEARS = (1997, 2026)
VANERSBORG, NACKA, STOCKHOLM, GOTLAND, TABY, SALEM, HEBY = "1487", "0182", "0180", "0980", "0160", "0128", "0331"
#: Pages whose tables are read too, in both languages: the anchors, the odd ones, and one of every kind of size.
SAMPLE = (VANERSBORG, NACKA, STOCKHOLM, GOTLAND, TABY, SALEM, HEBY, "1480", "2480", "2584", "1496", "0140")
WRONG = re.compile(
    r"\b1 (kommuner|medlemskap belagda|anknytningar|källor|nätverk kommunen|vänorter|projekten|gånger)\b"
    r"|\b1 (municipalities|memberships|networks|sources|ties|records|projects|twin towns)\b"
    r"|\bnan\b|\bNone\b|<NA>|NaT|\b0[.,]0 ?%|\{\w+\}|  |\(\)|: \.|, \.| \."
)
GROWTH = re.compile(r"(tillväxt|ökning|ökat|\bväxer|growth|grown|\bgrows|increase)", re.IGNORECASE)

#: Networks and projects that have the word in their names: a name promises nothing.
GROWING_NAMES = re.compile(
    "|".join(
        re.escape(name)
        for name in [*DATA.networks["name"], *DATA.networks["name_sv"], *DATA.projects["project"]]
        if GROWTH.search(name)
    )
)


@cache
def documented() -> pd.DataFrame:
    return natverk.documented(DATA, DATA.actors["actor_id"], years=YEARS)


@cache
def sizes() -> pd.DataFrame:
    return natverk.peers.by_size(DATA, documented(), year=YEARS[1])


@cache
def by_actor(what: str) -> dict[str, pd.DataFrame]:
    """Return the cells of all municipalities, split once; the states of all pairs in five years only."""
    actors, networks = DATA.municipalities["actor_id"], networks_counting_as(DATA, SETS)
    if what == "evidence":
        cells = natverk.panel(DATA, actors=actors, networks=networks, years=YEARS, pairs="evidence")
    else:
        cells = natverk.panel(DATA, actors=actors, networks=networks, years=(2018, 2021))
    return {str(actor): group for actor, group in cells.groupby("actor_id")}


@cache
def disagreements() -> pd.DataFrame:
    return natverk.disagreements(DATA)


@cache
def measured(code: str) -> dict[str, pd.DataFrame]:
    page = page_of(code, "sv")
    return {
        "own": page.own(documented()),
        "related": natverk.membership.documented.relations(DATA, [page.actor_id]),
        "near": natverk.peers.neighbours(DATA, code, documented()),
        "states": by_actor("states")[page.actor_id],
        "cells": by_actor("evidence").get(page.actor_id, by_actor("states")[page.actor_id].iloc[:0]),
        "found": page.concerning(disagreements(), page.actors, page.own(documented())),
    }


@cache
def alike(code: str) -> pd.DataFrame:
    return natverk.peers.by_structure(DATA, code, year=YEARS[1])


@cache
def wanted(code: str) -> pd.DataFrame:
    """Return the candidates; of every eighth municipality only, since each takes longer than all else on its page."""
    return natverk.peers.candidates(DATA, code, peers=alike(code)["code"], year=YEARS[1], window=None)


@cache
def page_of(code: str, lang: str) -> MunicipalityProfile:
    return MunicipalityProfile(DATA, code, years=YEARS, lang=lang)


@cache
def sentences(code: str, lang: str) -> list[str]:
    page, m = page_of(code, lang), measured(code)
    peers = [page.peers(alike(code), wanted(code))] if code in (*CODES[::8], *SAMPLE) else []
    prose = [
        page.opening(m["own"], sizes()),
        page.networks(m["own"]),
        page.relations(m["related"]),
        page.joint(),
        page.offices(),
        page.outcomes(),
        page.reading(),
        page.purposes(),
        page.twins(),
        page.position(sizes()),
        *peers,
        page.county_networks(m["near"], sizes()),
        page.unknown(m["states"], m["own"]),
        page.disagreements(m["found"]),
        page.add(),
        page.mistake(m["own"], m["related"]),
    ]
    return [item.text for item in prose]


@cache
def shown(code: str, lang: str) -> dict[str, Table]:
    page, m = page_of(code, lang), measured(code)
    return {
        "ties": tables.municipal.ties(page, m["own"]),
        "relations": tables.municipal.relations(page, m["related"]),
        "bodies": tables.municipal.bodies(page, documented()),
        "facts": tables.municipal.network_facts(page, m["own"]),
        "functions": tables.functions(page, page.actors),
        "projects": tables.projects(page, page.actors),
        "missions": tables.missions(page, page.actors),
        "evaluations": tables.evaluations(page, page.actors),
        "next_steps": tables.next_steps(page, page.actors),
        "purposes": tables.municipal.purposes(page, page.actors),
        "twins": tables.municipal.twins(page, page.actors),
        "candidates": tables.municipal.candidates(page, wanted(code)),
        "county": tables.municipal.county_networks(page, m["near"]),
        "states": tables.states(page, m["states"]),
        "disagreements": tables.disagreements(page, m["found"]),
    }


def rows(code: str, table: str, lang: str = "en") -> list[str]:
    """Return the rows of a table of a page, each as one text."""
    return [" | ".join(str(cell) for cell in row) for row in shown(code, lang)[table].frame.to_numpy()]


@cache
def network_names() -> re.Pattern[str]:
    """Return what finds names of networks, which may hold numbers: in running text, the longest first."""
    names = {plain(name) for column in ("name", "name_sv") for name in DATA.networks[column]}
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


def numbers(text: str) -> list[str]:
    text = network_names().sub("", text)
    found = re.findall(r"\d+(?:[.,]\d+)*", text.replace("\xa0", ""))
    return sorted(re.sub(r"[.,]", "", number) for number in found)


@pytest.mark.parametrize("county", sorted({code[:2] for code in CODES}))
def test_every_municipality_reads_well_in_both_languages(county: str) -> None:
    for code in (code for code in CODES if code.startswith(county)):
        for lang in LANGUAGES:
            for sentence in sentences(code, lang):
                flat = re.sub(r"\n+ *-? *", "\n", sentence)
                assert not WRONG.search(flat), (code, WRONG.search(flat), flat)
                assert not GROWTH.search(GROWING_NAMES.sub("", flat)), (code, flat)
        for one, other in zip(sentences(code, "sv"), sentences(code, "en"), strict=True):
            assert numbers(one) == numbers(other), (code, one, other)


@pytest.mark.parametrize("code", SAMPLE)
def test_tables_have_the_same_shape_and_no_gap_that_is_not_said(code: str) -> None:
    swedish, english = shown(code, "sv"), shown(code, "en")
    for name, table in swedish.items():
        assert table.frame.shape == english[name].frame.shape, name
        cells = [str(cell) for row in table.frame.to_numpy() for cell in row]
        assert not [cell for cell in cells if cell in ("nan", "None", "<NA>", "NaT")], name
        assert numbers(" ".join(table.frame.get("Sedan", pd.Series(dtype=str)))) == numbers(
            " ".join(english[name].frame.get("Since", pd.Series(dtype=str)))
        )


def test_the_answer_counts_what_the_table_shows() -> None:
    for code in CODES:
        own = measured(code)["own"]
        firm = own[own["mark"].isin(DOCUMENTED)]
        answer = sentences(code, "en")[0].split("**")[1]
        if firm.empty:
            assert "means that sources are missing" in answer
            continue
        said = [int(number) for number in re.findall(r"(\d+) (?:membership network|commitment|other)", answer)]
        assert sum(said) == len(firm), answer
        assert int(sizes().set_index("code")["n_documented"][code]) == len(firm)


def test_vanersborg() -> None:
    ties = {row.split(" | ")[0]: row for row in rows(VANERSBORG, "ties", "sv")}
    assert "| 2006 | belagt sent i perioden; senast 2024; 5 källor" in ties["SERN"]
    assert "| 2009 |" in ties["ENSA"]
    assert any(name == "Intelligent Cities Challenge" for name in ties)
    projects = rows(VANERSBORG, "projects", "sv")
    for anchor in (
        "Demeter (cooperation between schools and farms) | SERN | 2018–2021 | deltagare",
        "Early Childhood Education (mobility project for preschool staff) | SERN | 2015–2016",
        "Health and Employability connects (employability of young people on income support) | SERN | 2015 |",
        "SOSEVO (volunteering in elderly care) | ENSA | 2012–2014 | ledande part",
    ):
        assert any(anchor in row for row in projects), anchor
    assert "längst i SERN (sedan 2006)" in sentences(VANERSBORG, "sv")[0]
    assert any("from 2009" in row and "social services department" in row for row in rows(VANERSBORG, "functions"))
    assert any("| 55 | 2024 | even split Sweden/Italy" in row for row in rows(VANERSBORG, "facts"))


def test_nacka() -> None:
    (tie,) = [row for row in rows(NACKA, "ties") if row.startswith("Eurocities")]
    assert "associate member (below the 250,000 inhabitants of full membership) | 2014" in tie
    (mission,) = rows(NACKA, "missions")
    assert "26–28 February 2014 | Utrecht" in mission
    assert "sat in on five working groups" in mission
    assert "application (called partnership) was approved" in mission
    assert "London, Vienna and Utrecht" in mission
    assert "secretariat to be contacted" in mission
    assert "Mission 26–28 February 2014, Utrecht (Eurocities); follow-up: continued" in sentences(NACKA, "en")[5]
    assert "Resa 26–28 februari 2014, Utrecht" in sentences(NACKA, "sv")[5]
    assert len(rows(NACKA, "next_steps")) == 2
    # The oldest tie is only first seen: it is not called the longest, and a younger stated one is neither.
    assert "tidigast belagd i Östersjöstädernas förbund (2005)" in sentences(NACKA, "sv")[0]


def test_stockholm() -> None:
    ties = {row.split(" | ")[0]: row for row in rows(STOCKHOLM, "ties", "sv")}
    assert "fullvärdig medlem" in ties["Eurocities"]
    assert "| 1995 |" in ties["Eurocities"]
    assert "| 2003 |" in ties["Metropolis"]
    assert "associerad medlem" in ties["C40"]
    offices = rows(STOCKHOLM, "functions", "sv")
    for parts in (
        ("Eurocities", "Executive Committee seat"),
        ("Metropolis", "2005–2008"),
        ("Metropolis", "2009–2011"),
        ("UCLG", "Vice-chair of the Committee on Culture"),
        ("Eurocities", "2009–2010", "Chair of the Social Affairs Forum"),
    ):
        assert any(all(part in row for part in parts) for row in offices), parts
    assert any("UCLG" in row and "genom annan medlem" in row for row in rows(STOCKHOLM, "relations", "sv"))
    assert "UCLG" not in ties


@pytest.mark.parametrize("code", [TABY, SALEM])
def test_a_municipality_without_evidence_has_a_useful_page(code: str) -> None:
    text = " ".join(sentences(code, "sv"))
    assert "inget medlemskap i något nätverk dokumenterat" in text
    assert "bland länets övriga 25 kommuner har" in text
    assert "Lägg till det du vet" in text
    assert f"actor_id: municipality:{code}" in text
    assert "0 anknytningar" not in text
    assert len(rows(code, "county")) > 20
    assert len(rows(code, "candidates")) >= 3
    assert rows(code, "bodies")
    page, m = page_of(code, "sv"), measured(code)
    spells = municipalframes.spell_frame(page, m["own"], m["cells"])
    assert isinstance(membership_spells(spells, place=page.place), Notice)


GOTEBORG = "1480"


def test_similar_municipalities_are_asked_for_all_evidence_of_the_period() -> None:
    found = wanted(TABY).set_index("network_id")
    # Both stand in the table of the county; the evidence is older than ten years, or its year is inferred.
    assert "0182" in found.at["eurocities", "peers"].split(";")
    assert {"0163", "0184"} <= set(found.at["cemr-equality-charter", "peers"].split(";"))
    firm = documented()[documented()["mark"].isin(DOCUMENTED)]
    pairs = set(zip(firm["actor_id"], firm["network_id"], strict=True))
    for code in SAMPLE:
        for row in wanted(code).itertuples():
            peers = [f"municipality:{peer}" for peer in row.peers.split(";")]
            assert all((peer, row.network_id) in pairs for peer in peers), (code, row.network_id)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_network_of_its_own_is_not_called_undocumented(lang: str) -> None:
    page, found = page_of(GOTEBORG, lang), wanted(GOTEBORG).set_index("network_id")
    assert found.loc["ubc", ["own_state", "own_year", "own_documented"]].tolist() == ["not_member", 2022, True]
    text = page.peers(alike(GOTEBORG), wanted(GOTEBORG)).text
    new, once = re.split(r"I \d+ av nätverken|In \d+ of the networks", text)[:2]
    name = plain(page.network("ubc"))
    assert name in once
    assert name not in new
    assert f" {int((~found['own_documented']).sum())} nätverk" in new or "networks that" in new
    cell = {"sv": "inte med enligt listan 2022", "en": "not in it by the list of 2022"}[lang]
    assert any(row.startswith(page.network("ubc")) and cell in row for row in rows(GOTEBORG, "candidates", lang))
    assert not any("enligt lista eller utträde" in row for row in rows(GOTEBORG, "candidates", lang))


def test_what_there_is_beside_memberships_is_not_called_nothing() -> None:
    text = page_of(TABY, "sv").unknown(measured(TABY)["states"], measured(TABY)["own"]).text
    assert "inget belägg alls" not in text
    assert "inget belägg för medlemskap; däremot finns 1 förbindelse" in text
    assert "2 kommunalförbund" in text


def test_swedish_agrees_in_number() -> None:
    for code in CODES:
        text = " ".join(sentences(code, "sv"))
        assert not re.search(r"\b1 anknytning(?: \w+)? dokumenterade\b|\b1 dokumenterade\b", text), code
        assert "Mest lik kommunen" not in text
        assert not re.search(r"(Materialet har|Dokumenterat är)", text), code


def test_notes_about_no_network_stand_apart_and_topics_are_in_the_pages_language() -> None:
    names = {
        lang: {str(name) for name in DATA.networks[column]} for lang, column in (("sv", "name_sv"), ("en", "name"))
    }
    apart = {"sv": "inget enskilt nätverk", "en": "no single network"}
    for code in (VANERSBORG, NACKA, STOCKHOLM):
        for lang in LANGUAGES:
            table = shown(code, lang)["facts"].frame
            first, topics = table.iloc[:, 0].astype(str), table.iloc[:, 1]
            assert set(first) <= names[lang] | {apart[lang]}
            own = DATA.network_notes
            own = own[(own["actor_id"] == f"municipality:{code}") & own["network_id"].isna()]
            assert list(first).count(apart[lang]) == len(own) > 0
            # They come last, so that the networks stand together.
            assert set(first.iloc[-len(own) :]) == {apart[lang]}
            assert not [topic for topic in topics if isinstance(topic, Foreign)]
    assert page_of(NACKA, "sv").coded(shown(NACKA, "sv")["facts"]).text.startswith("Beskrivningarna står på engelska")


def test_every_topic_of_a_note_has_words_in_both_languages() -> None:
    page = page_of(NACKA, "sv")
    for topic in DATA.network_notes["topic"].unique():
        assert not isinstance(tables.municipal.topic_text(page, topic), Foreign), topic
    assert isinstance(tables.municipal.topic_text(page, "a topic of tomorrow"), Foreign)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_in_a_sentence_are_sorted_and_the_same_in_both_languages(lang: str) -> None:
    page = page_of(GOTEBORG, lang)
    ids = sorted(measured(GOTEBORG)["own"]["network_id"])
    text = page.networks_named(ids)
    places = [
        text.index(plain(page.network(item))) for item in sorted(ids[:8], key=lambda i: alphabetic(page.network(i)))
    ]
    assert places == sorted(places)
    assert str(len(ids) - 8) in text


def test_gotland_is_municipality_and_region_in_one() -> None:
    assert "har också regionens uppgifter" in sentences(GOTLAND, "sv")[0]
    assert "har ingen annan kommun att jämföra med" in " ".join(sentences(GOTLAND, "sv"))
    assert rows(GOTLAND, "county") == []
    assert "regionens uppgifter" not in sentences(VANERSBORG, "sv")[0]


def test_changes_of_the_division_are_said() -> None:
    heby = sentences(HEBY, "sv")[0]
    assert "Till och med 2006 hörde kommunen till Västmanlands län (kod 1917), från den 1 januari 2007" in heby
    assert "Knivsta was split off from Uppsala on 1 January 2003" in sentences("0330", "en")[0]
    assert "Knivsta bröts ut ur kommunen den 1 januari 2003" in sentences("0380", "sv")[0]
    assert "The municipality has belonged to Jönköpings län since 1 January 1998" in sentences("0643", "en")[0]
    assert "Kommunkoden var 1683" in sentences("1496", "sv")[0]


def test_inferred_and_looser_ties_are_flagged_and_not_counted() -> None:
    code = "2580"  # a city of refuge, which the source does not call a member of ICORN
    own = measured(code)["own"].set_index("network_id")
    assert own.at["icorn", "mark"] == "loose"
    assert "slutsats av att kommunen är fristad" in sentences(code, "sv")[1]
    assert any("ICORN" in row and "inferred: city of refuge" in row for row in rows(code, "ties"))


def test_a_decision_for_a_later_year_is_a_relation_of_its_own() -> None:
    assert any("decided for a later year | 2029" in row for row in rows("2584", "relations"))


def test_size_classes_hold_every_municipality_once() -> None:
    table = sizes()
    assert sorted(table["code"]) == CODES
    assert (table["population"] >= table["size_from"]).all()
    assert (table["size_to"].isna() | (table["population"] < table["size_to"])).all()


def test_neighbours_are_those_of_the_county_and_not_the_municipality_itself() -> None:
    near = measured(VANERSBORG)["near"].set_index("network_id")
    assert VANERSBORG not in near.at["sern", "neighbours"].split(";")
    assert all(code.startswith("14") for code in near.at["sern", "neighbours"].split(";"))
    assert near["n_in"].max() <= near["n_neighbours"].iloc[0] == 48


def test_an_unknown_municipality_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="Vänersborg"):
        MunicipalityProfile(DATA, "Vanersborgg", years=YEARS)


@pytest.mark.parametrize("code", [VANERSBORG, STOCKHOLM, GOTLAND])
def test_figures_tell_the_numbers_of_their_frames(code: str) -> None:
    page, m = page_of(code, "en"), measured(code)
    runs = municipalframes.spell_frame(page, m["own"], m["cells"])
    spells = membership_spells(runs, lang="en", place=page.place)
    assert isinstance(spells, Picture)
    for name in runs["network_name"].unique():
        assert f"{name}:" in spells.alt
    member = runs[runs["state"] == "member"]
    for first, last in zip(member["first"], member["last"], strict=True):
        assert (str(first) if first == last else f"{first}–{last}") in spells.alt
    frame = municipalframes.size_frame(page, sizes())
    strips = size_strips(frame, lang="en", place=page.place)
    assert strips.alt.startswith("Documented memberships of 290 municipalities")
    assert f"{page.name} has {int(frame.loc[frame['own'], 'n'].iloc[0])}," in strips.alt


def test_runs_of_years_cover_the_cells_without_a_break() -> None:
    m = measured(STOCKHOLM)
    runs = municipalframes.spell_frame(page_of(STOCKHOLM, "sv"), m["own"], m["cells"]).dropna(subset=["first"])
    for name, group in runs.groupby("network_name"):
        assert group["first"].iloc[0] == YEARS[0], name
        assert group["last"].iloc[-1] == YEARS[1], name
        assert (group["first"].iloc[1:].to_numpy() == group["last"].iloc[:-1].to_numpy() + 1).all(), name
        assert (group["state"].iloc[1:].to_numpy() != group["state"].iloc[:-1].to_numpy()).all(), name


def test_a_federation_that_is_dissolved_is_not_said_to_be_there() -> None:
    page = page_of("0780", "sv")
    said = page.joint().text
    assert "Kommunen är också dokumenterad i 1 organ som har upplösts" in said
    assert "Inget kommunalförbund" in said
    (body,) = tables.municipal.bodies(page, natverk.documented(DATA, page.compared, years=page.years)).frame["Tid"]
    assert body == "sedd 2012; organet upplöstes 2014"


def test_a_follow_up_says_what_it_rests_on() -> None:
    (mission,) = tables.missions(page_of("0182", "en"), page_of("0182", "en").actors).frame["Follow-up"]
    assert mission.endswith("(read from the text)")
    (cut,) = tables.missions(page_of("0780", "sv"), page_of("0780", "sv").actors).frame["Uppföljning"]
    assert cut == "okänt, vår kopia är avbruten"
