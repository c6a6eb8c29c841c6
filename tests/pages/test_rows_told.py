"""What pages say of rows, no more and no less: each test holds one kind of sentence to a row it rests on."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd
import pytest

import natverk
from natverk import networks, roles
from natverk.pages.page import NotebookPage
from tests.pages.notebook import page_of, tables_of, text_of

pytestmark = pytest.mark.usefixtures("real")


@cache
def region(code: str, lang: str = "sv") -> NotebookPage:
    return page_of("region_report", region=code, lang=lang)


@cache
def network(name: str, lang: str = "sv") -> NotebookPage:
    return page_of("network_profile", network=name, lang=lang)


@cache
def beside(a: str, b: str) -> NotebookPage:
    return page_of("compare", a=a, b=b)


def lines(page: Any, caption: str) -> list[str]:
    """Return the lines of a table of a page as texts."""
    (shown,) = [table for name, table in tables_of(page).items() if name.startswith(caption)]
    return [" | ".join(re.sub(r"<[^>]+>", "", str(cell)) for cell in row.values()) for row in shown.rows]


def line(page: Any, caption: str, start: str) -> str:
    (found,) = [text for text in lines(page, caption) if text.startswith(start)]
    return found


def test_the_purposes_of_an_office_are_not_those_of_all_work_abroad() -> None:
    text = text_of(region("04"))
    assert "Syften med det gemensamma Brysselkontoret, enligt källorna: påverkan, 2020" in text
    assert "Syften med det internationella arbetet" not in text


def test_associates_are_told_apart_among_the_members_of_a_body() -> None:
    told = line(region("04"), "Gemensamma organ", "Mälardalsrådet")
    for name in ("Gotland", "Region Dalarna", "Region Gävleborg", "Region Östergötland", "Region Värmland"):
        assert f"{name} (associerad medlem)" in told
    assert told.count("(associerad") == 5


def test_what_was_announced_is_not_told_as_done() -> None:
    assert any("skulle avvecklas den 31 december 2018" in told for told in lines(region("04"), "Händelser i länet"))


def test_lists_of_what_is_undated_say_that_and_no_more() -> None:
    text = text_of(region("04"))
    assert re.search(
        r"regionens medverkan i dessa nätverk saknar säkert årtal: [^.]*Assembly of European Regions", text
    )
    assert "- Sedan när" not in text
    assert re.search(r"has no sure year: [^.]*Reglab", text_of(region("22", "en")))


def test_a_revised_strategy_is_not_told_as_replaced() -> None:
    text = text_of(region("04"))
    assert "Södermanlands regionala utvecklingsstrategi** (ersatt)" not in text
    assert "Sörmlandsstrategin / Sörmlands regionala utvecklingsstrategi** (senare reviderad)" in text
    assert "Sörmlandsstrategin (2012)** (ersatt)" in text


def test_a_year_of_leaving_that_no_source_states_is_none() -> None:
    told = line(region("22", "en"), "Networks, coop", "Mid Nordic Committee | cross-border")
    assert "mentioned in 2022 (inferred by us)" in told
    assert "until 2022" not in told


def test_an_office_that_was_merged_is_not_told_as_wound_up() -> None:
    told = [text for text in lines(region("22", "en"), "Networks, coop") if "Mid Sweden European Office" in text]
    assert len(told) == 2
    assert all("until 2019, when it ended or merged" in text for text in told)


def test_names_of_holders_are_in_the_language_of_the_page() -> None:
    everything = text_of(region("22", "en")) + " ".join(lines(region("22", "en"), "Who has held"))
    assert "senare" not in everything
    assert "Landstinget Västernorrland (Region Västernorrland)" in everything
    dalarna = region("20", "en")
    shown = " ".join(text for name in tables_of(dalarna) for text in lines(dalarna, name))
    assert "(kommunalförbund)" not in text_of(dalarna) + shown
    assert "Region Dalarna (federation)" in shown


def themes(code: str) -> pd.DataFrame:
    data = natverk.load()
    own = roles.county_networks(roles.county_memberships(data, code))
    return roles.county_themes(data, code, own).set_index("theme")


def test_a_project_of_two_years_is_no_task_of_today() -> None:
    own = themes("22").loc["social"]
    assert (own["responsible"], own["verdict"], own["reason"]) == ("", "open", "uncertain")
    assert "only others are documented" not in text_of(region("22", "en"))


def test_a_theme_with_a_narrow_network_is_not_open_for_broad_ones_alone() -> None:
    own = themes("22").loc["health"]
    assert own["n_municipal_specific"] == 2
    assert (own["verdict"], own["reason"]) == ("open", "uncertain")


def test_what_every_row_on_members_notes_is_told_of_the_body() -> None:
    told = line(region("22", "en"), "Joint bodies", "Akademi Norr")
    assert "membership of each not stated in so many words" in told
    # What the row of the body says too is said once.
    assert line(region("22", "en"), "Joint bodies", "Sundsvallsregionen").count("page undated") == 1


def test_what_one_member_says_of_a_network_is_told_with_its_name() -> None:
    assert "- Stockholm: **Angiven nytta (2011):** kunskap" in text_of(network("c40"))


def test_a_refuge_before_the_network_was_founded_is_no_membership() -> None:
    assert "1996" not in line(network("icorn"), "Svenska aktörer", "Göteborg")
    for name, before in (("Övertorneå", "1983"), ("Trosa", "1994")):
        assert before not in line(network("sveriges-ekokommuner"), "Svenska aktörer", name)


def test_who_stands_in_two_rows_is_named_once_with_both() -> None:
    apart = networks.ties_apart(natverk.load(), "klimatkommunerna")
    assert apart["actor_id"].tolist() == ["municipality:2062"] * 2
    assert set(";".join(apart["row_ids"]).split(";")) <= network("klimatkommunerna").shown


def test_a_list_that_leaves_out_a_member_is_told() -> None:
    assert "Piteå: **Medlemslista:** medlemslistan från augusti 2021 nämner inte Piteå" in text_of(
        network("bothnian-arc")
    )


@pytest.mark.parametrize(
    ("lang", "basis", "blank"),
    [
        ("sv", "med en rättslig eller annan grund angiven", "säger inte att organet saknade sådana medlemmar"),
        ("en", "with a legal or other basis stated", "does not say that the body had no such members"),
    ],
)
def test_the_country_says_of_bases_and_members_what_its_rows_say(lang: str, basis: str, blank: str) -> None:
    page = page_of("roles_sweden", lang=lang)
    assert basis in text_of(page)
    assert blank in text_of(page)
    if lang == "en":
        assert not any("erbjudande" in text for text in lines(page, "Tasks by policy area"))


def test_the_responsibility_of_two_regions_is_told_with_its_bounds() -> None:
    assert (
        "Länsstyrelsen i Hallands län (åtminstone från 1997; säkerhet: medel), Region Halland (kommunalförbund) "
        "(från 2003; säkerhet: medel), Region Halland (från den 1 januari 2011)"
    ) in text_of(beside("13", "14"))


def test_a_copy_is_no_younger_than_the_list_it_cites() -> None:
    told = line(beside("13", "14"), "Nätverk för", "Östersjökommissionen")
    assert "nämns 2018" in told
    assert "engagemanget beskrivs som vilande" in told
    rows = natverk.load().memberships.query("source_id == 'sewiki-bsc'")
    assert rows["observed_year"].tolist() == [2015] * 10
