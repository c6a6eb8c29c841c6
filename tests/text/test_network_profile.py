"""What the network profiles say stays true and well-formed for every network with a page, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

import natverk
from natverk import networks
from natverk.data.load import Dataset
from natverk.data.units import Directory
from natverk.errors import UnknownName
from natverk.text import NetworkProfile, Table, networkframes, tables
from natverk.text.page import Prose, plain

Make = Callable[..., Dataset]
YEARS = (1997, 2026)
NETWORKS = sorted(network for network, n in Directory.of(natverk.load()).members.items() if n >= 3)
WRONG = re.compile(
    r"\b1 (kommuner|regioner|medlemmar|svenska medlemmar|dokumenterade|aktörer|svenska aktörer|källor|län"
    r"|municipalities|regions|members|signatories|participants|owners|Swedish actors|sources|numbers|are |of the "
    r"themes)"
    r"|\bnan\b|\bNone\b|<NA>|(?<!\d)0[.,]0\s?%|\{\w+\}|NaT|  | ,| \."
)
GROWTH = re.compile(r"\b(öka\w*|minska\w*|vuxit|växt\w*|rose|fell|grew|grown|increase\w*|decrease\w*)\b")


@cache
def everything() -> dict[str, pd.DataFrame]:
    data = natverk.load()
    return {
        "compared": natverk.benchmarks.recomputed(data),
        "found": natverk.disagreements(data),
        "cells": natverk.panel(data, networks=NETWORKS, years=YEARS),
    }


@cache
def measured(network: str) -> dict[str, pd.DataFrame]:
    data, whole = natverk.load(), everything()
    members = networks.members_of(data, network, years=YEARS)
    compared = whole["compared"]
    own = compared["network_id"] == network
    if network in ("viable-cities-kn2030", "eu-mission-100", "klimatkommunerna", "ubc"):
        chosen = natverk.benchmarks.recomputed(data, networks=[network])
        own = compared["row_id"].isin(chosen["row_id"])
    return {
        "members": members,
        "series": networks.member_years(data, network, members, years=YEARS),
        "listed": networks.lists_of(data, network, years=YEARS),
        "apart": networks.ties_apart(data, network),
        "rule": networks.eligibility(data, members, network),
        "compared": compared[own].reset_index(drop=True),
        "counties": networks.saturation(data, members),
        "themes": networks.shared_themes(data, network),
        "shared": networks.shared_members(data, network),
        "cells": whole["cells"][whole["cells"]["network_id"] == network],
        "found": whole["found"][whole["found"]["network_id"] == network].reset_index(drop=True),
    }


@cache
def said(network: str, lang: str) -> tuple[list[Prose], list[Table], NetworkProfile]:
    """Return all sentences and tables of a network's page."""
    page = NetworkProfile(natverk.load(), network, years=YEARS, lang=lang)
    m = measured(network)
    prose = [
        page.opening(m["members"], m["series"], m["listed"]),
        page.members(m["members"], m["apart"]),
        page.offices(),
        page.eligibility(m["rule"]),
        page.rule(),
        page.growth(m["series"]),
        page.listed(m["listed"]),
        page.published(m["compared"]),
        page.saturation(m["counties"]),
        page.themes(m["themes"]),
        page.shared(m["shared"]),
        page.unknown(m["cells"], m["members"], m["listed"]),
        page.disagreements(m["found"]),
        page.mistake(m["members"], m["compared"]),
    ]
    shown = [
        tables.network.members(page, m["members"], m["listed"]),
        tables.network.offices(page),
        tables.network.sizes(page, m["rule"]),
        tables.network.lists(page, m["listed"]),
        tables.network.published(page, m["compared"]),
        tables.network.counties(page, m["counties"]),
        tables.network.themes(page, m["themes"]),
        tables.network.shared(page, m["shared"]),
        tables.disagreements(page, m["found"]),
    ]
    return prose, shown, page


def text(network: str, lang: str) -> str:
    return "\n".join(item.text for item in said(network, lang)[0])


def cells(network: str, lang: str) -> str:
    return "\n".join(table.frame.to_csv(index=False) for table in said(network, lang)[1])


def test_all_kinds_of_network_have_pages() -> None:
    kinds = natverk.load().networks.set_index("network_id")["counts_as"]
    assert set(kinds[NETWORKS]) >= {"membership", "commitment", "programme", "reporting", "representation"}
    assert len(NETWORKS) >= 55
    assert {"ubc", "eurocities", "sern", "klimatkommunerna", "carbonn", "covenant-of-mayors"} <= set(NETWORKS)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_sentence_or_cell_is_ill_formed(lang: str) -> None:
    found = []
    for network in NETWORKS:
        shown = re.sub(r"<details>.*?</details>|<span.*?</span>|```.*?```", "…", text(network, lang), flags=re.DOTALL)
        found += [f"{network}: …{shown[max(0, m.start() - 60) : m.end() + 30]}…" for m in WRONG.finditer(shown)]
        found += [
            f"{network}: cell {m.group()!r}"
            for m in re.finditer(r"\bnan\b|<NA>|\bNone\b|\{\w+\}", cells(network, lang))
        ]
    assert found == []


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_membership_itself_grows_only_between_complete_lists(lang: str) -> None:
    word = {"sv": "listorna", "en": "the lists"}[lang]
    seen = 0
    for network in NETWORKS:
        told = re.sub(r"\n\*[^*].*\*\n", "", text(network, lang))  # without the question
        for sentence in re.split(r"(?<=[.?])\s", told):
            if GROWTH.search(sentence):
                assert word in sentence, f"{network}: {sentence}"
                seen += 1
    assert seen >= 2  # UBC and Viable Cities have several lists


def test_both_languages_say_the_same_numbers() -> None:
    table = natverk.load().networks
    names = sorted({*table["name"], *table["name_sv"]} - {""}, key=len, reverse=True)
    numbered = [plain(name) for name in names if re.search(r"\d", name)]
    for network in NETWORKS:
        both = []
        for lang in ("sv", "en"):
            words = re.sub(r"<span.*?</span>", "", text(network, lang), flags=re.DOTALL)
            for name in numbered:
                words = words.replace(name, "")
            words = words.replace("\xa0", "").replace(" %", "%")
            words = re.sub(r"(?<=\d),(?=\d{3}\b)", "", words).replace(",", ".")
            both.append(sorted(re.findall(r"\d+(?:\.\d+)?", words)))
        assert both[0] == both[1], network
        rows = [[len(table) for table in said(network, lang)[1]] for lang in ("sv", "en")]
        assert rows[0] == rows[1], network


def test_the_words_fit_the_kind() -> None:
    for network, word in (
        ("covenant-of-mayors", "undertecknare"),
        ("viable-cities-kn2030", "deltagare"),
        ("stockholmsregionens-europakommitte", "huvudmän"),
        ("carbonn", "aktörer med dokumenterad rapportering"),
        ("ubc", "medlemmar"),
    ):
        opening = said(network, "sv")[0][0].text
        answer = opening.split("\n\n")[2]
        assert word in answer, answer
        if network != "ubc":
            assert "medlem" not in answer, answer
    assert "medlemskap" not in said("carbonn", "sv")[0][5].text


def test_the_complete_lists_of_the_baltic_cities() -> None:
    for lang, words in (
        ("sv", "21 (2014), 14 (2019), 13 (2020), 12 (2022) och 11 (2025)"),
        ("en", "21 (2014), 14 (2019), 13 (2020), 12 (2022) and 11 (2025)"),
    ):
        opening, *_ = said("ubc", lang)[0]
        assert words in opening.text
        assert words in said("ubc", lang)[0][6].text
    assert "minskade antalet svenska medlemmar från 21 (2014) till 11 (2025)" in text("ubc", "sv")


def test_eurocities() -> None:
    assert "grundat 1986" in text("eurocities", "sv")
    assert "founded 1986" in text("eurocities", "en")
    assert "minst 250\xa0000 invånare" in text("eurocities", "sv")
    assert "fullvärdiga medlemmar har 3 (2011)" in text("eurocities", "sv")
    members = said("eurocities", "sv")[1][0].frame.set_index("Aktör")
    assert members.loc["Stockholm", ["Sedan", "På listan 2011"]].tolist() == ["1995", "ja"]
    assert members.loc["Nacka", ["Status", "På listan 2011"]].tolist() == ["associerad medlem", "säger listan inte"]
    outside = said("eurocities", "sv")[0][3].text
    assert "Nacka (96\xa0217 invånare 2014, associerad medlem)" in outside
    assert "Stockholm (" not in outside
    assert "Solna (" not in outside, "a looser tie is no member"


def test_numbers_that_others_published_stand_beside_ours() -> None:
    for network, numbers in (
        ("sern", ["55"]),
        ("klimatkommunerna", ["35", "38"]),
        ("viable-cities-kn2030", ["omkring 40", "23", "9"]),
        ("eu-mission-100", ["7"]),
    ):
        published = said(network, "sv")[1][4].frame
        assert set(numbers) <= set(published["Publicerat"]), network
    viable = said("viable-cities-kn2030", "sv")[1][4].frame.set_index("Rader")
    assert viable.loc["fig-00002", "Vårt tal"] == "38,4"
    assert viable.loc["fig-00002", "Utfall"].startswith("avviker")
    assert "9 (2020) och 23 (2021)" in text("viable-cities-kn2030", "sv")
    assert "7 (2022)" in text("eu-mission-100", "sv")
    assert "35 / 38" in cells("klimatkommunerna", "sv")


def test_what_concerns_one_network_is_what_all_would_give() -> None:
    data, whole = natverk.load(), everything()
    for network in ("ubc", "viable-cities-kn2030"):
        chosen = natverk.benchmarks.recomputed(data, networks=[network])
        same = whole["compared"][whole["compared"]["row_id"].isin(chosen["row_id"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(chosen, same)
        assert {"member_lists", "published_totals"} <= set(chosen["table"])
        pd.testing.assert_frame_equal(natverk.disagreements(data, networks=[network]), measured(network)["found"])
    assert "fig-00002" in set(measured("viable-cities-kn2030")["compared"]["row_id"])


def test_a_page_is_found_by_name_and_an_unknown_one_is_refused() -> None:
    page = NetworkProfile(natverk.load(), "Östersjöstädernas förbund", years=YEARS, lang="en")
    assert page.network_id == "ubc"
    assert page.name == "Union of the Baltic Cities (UBC)"
    with pytest.raises(UnknownName, match="klimatkomunerna"):
        NetworkProfile(natverk.load(), "klimatkomunerna", years=YEARS)


def test_a_network_without_evidence_says_so(make: Make) -> None:
    data = make(networks=[{"network_id": "net"}])
    page = NetworkProfile(data, "net", years=(2000, 2010), lang="sv")
    members = networks.members_of(data, "net", years=(2000, 2010))
    series = networks.member_years(data, "net", members, years=(2000, 2010))
    listed = networks.lists_of(data, "net", years=(2000, 2010))
    assert "underlag saknas" in page.opening(members, series, listed).text
    assert "underlag saknas" in page.members(members, networks.ties_apart(data, "net")).text
    assert len(tables.network.members(page, members, listed)) == 0


def test_a_published_number_that_a_list_gives_stands_once() -> None:
    m = measured("viable-cities-kn2030")
    points = networkframes.point_frame(m["listed"], m["compared"])
    assert points[["year", "n", "kind"]].values.tolist() == [
        [2020, 9, "list"],
        [2021, 23, "list"],
        [2022, 23, "published"],
    ]


def test_those_who_left_are_told_apart_and_counted_alike_everywhere() -> None:
    for network, firm, left in (("ecad", 5, 1), ("urbact", 3, 5), ("west-sweden", 4, 6)):
        members = measured(network)["members"]
        assert (members["mark"] == "left").sum() == left
        assert measured(network)["shared"]["n_own"].iloc[0] == firm + left, "what has ended was one"
        for lang, words in (
            ("sv", rf"{firm} [^.]*och {left} som har lämnat"),
            ("en", rf"{firm} [^.]*and {left} that left"),
        ):
            opening, summary = (re.sub(r"\s+", " ", item.text) for item in said(network, lang)[0][:2])
            assert re.search(words, opening), opening
            assert re.search(words, summary), summary
            names = {row["name"] for _, row in members[members["mark"] == "left"].iterrows()}
            assert all(name in summary for name in names), summary
    ecad = text("ecad", "sv")
    assert "för 6 av 290 kommuner finns minst ett belägg" in ecad
    assert "Längst tillbaka går beläggen för Stockholm (1994)." in ecad
    assert "och de som har lämnat" in said("ecad", "sv")[1][0].caption
    assert "inga dokumenterade svenska deltagare som är kvar, men 2 som har lämnat" in text("ecoc", "sv")
    assert "underlag saknas" not in said("ecoc", "sv")[0][0].text


def test_the_figures_say_whom_they_show() -> None:
    data = natverk.load()
    for network, lang, words in (
        ("ecad", "sv", "dokumenterade medlemmar och de som har lämnat"),
        ("icorn", "en", "(ICORN), those that left and actors with a looser tie"),
        ("arko", "sv", "dokumenterade medlemmar i ARKO: 4 kommuner"),
    ):
        page = said(network, lang)[2]
        shown = natverk.figures.member_map(networkframes.place_frame(data, measured(network)["members"]), **page.look)
        assert words in shown.alt
        bars = natverk.figures.shared_bars(networkframes.shared_frame(page, measured(network)["shared"]), **page.look)
        if lang == "sv":
            own = measured(network)["shared"]["n_own"].iloc[0]
            assert f"({own} någon gång, de som har lämnat inräknade)" in bars.alt
            assert "där medlemmarna i" in bars.alt
            assert f"({own} medlemmar någon gång" in bars.caption


def test_nothing_is_said_of_a_series_that_is_not_there() -> None:
    for network in NETWORKS:
        for lang, words in (("sv", "Serien visar"), ("en", "The series shows")):
            assert (words in said(network, lang)[0][5].text) == bool(measured(network)["series"]["low"].any()), network


def test_networks_that_tie_for_most_in_common_are_all_named() -> None:
    assert "The network shares 1 actor with each of 4 networks: Making Cities Resilient" in text("arko", "en")
    assert "Nätverket har 1 aktör gemensam med vart och ett av 3 nätverk: Kvarkenrådet" in text("sagavagen", "sv")
    for network in NETWORKS:
        shared, shown = measured(network)["shared"], said(network, "sv")[0][10].text
        first = shared[shared["shared"] == shared["shared"].max()]
        assert len(first) > 12 or all(
            plain(said(network, "sv")[2].network(item)) in shown for item in first["network_id"]
        )
