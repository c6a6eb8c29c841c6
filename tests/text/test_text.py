"""What the pages say stays true and well-formed in every region, in both languages."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

import natverk
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import texts
from natverk.offices import offices
from natverk.text import MunicipalityProfile, NetworkProfile, RegionReport, Table, frames, tables
from natverk.text.references import References
from natverk.text.table import Cites, Foreign

COUNTIES = sorted(natverk.load().counties["county_code"])
WRONG = re.compile(
    r"\b1 (kommuner|medlemskap belagda|källor|municipalities|memberships|networks|sources)\b"
    r"|\bnan\b|\bNone\b|<NA>|\b0[.,]0 ?%|\{\w+\}|NaT|  "
)
GROWTH = re.compile(r"(tillväxt|ökning|ökat|growth|grown|increase)", re.IGNORECASE)


@cache
def measured(county: str) -> dict[str, pd.DataFrame]:
    data = natverk.load()
    actors = natverk.roles.actors_of(data, county)
    return {
        "actors": actors,
        "held": natverk.roles.responsibility(data, county),
        "own": natverk.documented(data, actors["actor_id"]),
        "roles": natverk.roles.practised(data, county=county),
        "series": natverk.series(data, actors["actor_id"]),
        "listed": natverk.lists(data, county),
        "cells": natverk.panel(data, actors=actors["actor_id"], years=(2015, 2019)),
        "found": found(),
    }


@cache
def found() -> pd.DataFrame:
    return natverk.disagreements(natverk.load())


@cache
def said(county: str, lang: str) -> tuple[list[str], list[Table]]:
    """Return all sentences and tables of a region's page."""
    page = RegionReport(natverk.load(), county, years=(1997, 2024), lang=lang)
    m = measured(county)
    places = frames.map_frame(page.data, page.county, m["own"])
    near = page.concerning(m["found"], m["actors"], m["own"])
    prose = [
        page.opening(m["actors"], m["held"], m["own"]),
        page.responsibility(m["held"]),
        page.strategy(),
        page.networks(m["actors"], m["own"]),
        page.roles(m["roles"]),
        page.series(m["series"]),
        page.listed(m["listed"]),
        page.map(places),
        page.outcomes(m["actors"]),
        page.reading(m["actors"]),
        page.unknown(m["cells"], m["actors"], m["own"]),
        page.disagreements(near),
        page.audit(),
        page.mistake(m["own"]),
    ]
    shown = [
        tables.responsibility(page, m["held"]),
        tables.strategies(page),
        tables.memberships(page, m["actors"], m["own"]),
        tables.roles(page, m["roles"]),
        tables.listed(page, m["listed"]),
        tables.functions(page, m["actors"]),
        tables.projects(page, m["actors"]),
        tables.missions(page, m["actors"]),
        tables.evaluations(page, m["actors"]),
        tables.next_steps(page, m["actors"]),
        tables.states(page, m["cells"]),
        tables.disagreements(page, near),
    ]
    return [*(item.text for item in prose), page.sources().text], shown


@pytest.mark.parametrize("county", COUNTIES)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_region_reads_well(county: str, lang: str) -> None:
    sentences, shown = said(county, lang)
    for sentence in sentences:
        flat = re.sub(r"\n+ *-? *", "\n", sentence)
        assert not WRONG.search(flat), flat
        assert not GROWTH.search(flat), flat
    for table in shown:
        cells = [str(cell) for row in table.frame.to_numpy() for cell in row]
        assert not [cell for cell in cells if cell in ("nan", "None", "<NA>", "NaT")], table.caption


@pytest.mark.parametrize("county", COUNTIES)
def test_both_languages_tell_the_same_numbers(county: str) -> None:
    (swedish, tables_sv), (english, tables_en) = said(county, "sv"), said(county, "en")

    def numbers(text: str) -> list[str]:
        found = re.findall(r"\d+(?:[.,]\d+)*", text.replace("\xa0", ""))
        return sorted(re.sub(r"[.,]", "", number) for number in found)

    for one, other in zip(swedish, english, strict=True):
        assert numbers(one) == numbers(other), (one, other)
    assert [table.frame.shape for table in tables_sv] == [table.frame.shape for table in tables_en]


def test_the_answer_names_holder_counts_and_limits() -> None:
    opening = said("14", "sv")[0][0]
    assert "sedan 1999 hos Västra Götalandsregionen" in opening
    own = measured("14")["own"]
    firm = own[own["mark"].isin(["recent", "earlier", "undated", "conflict"])]
    municipal = firm["actor_id"].str.startswith("municipality:")
    assert f"{firm.loc[municipal, 'actor_id'].nunique()} av länets 49 kommuner" in opening
    kinds = natverk.load().networks.set_index("network_id")["counts_as"].reindex(firm["network_id"].unique())
    memberships = int((kinds == "membership").sum())
    assert f"{memberships} medlemsnätverk och {len(kinds) - memberships} åtaganden" in opening
    assert "nedre gräns" in opening


def test_gotland_is_one_body() -> None:
    opening, held, *_ = said("09", "en")[0]
    assert "municipality and region in one" in opening
    assert "since 1997" in held


def test_a_county_without_evidence_says_so_plainly() -> None:
    page = RegionReport(natverk.load(), "19", years=(1997, 2024), lang="sv")
    m = measured("19")
    nothing = m["own"].iloc[:0]
    answer = page.opening(m["actors"], m["held"], nothing).text
    assert "inget medlemskap i något nätverk är dokumenterat" in answer
    assert "Det betyder att underlag saknas" in page.networks(m["actors"], nothing).text
    assert page.map(frames.map_frame(page.data, "19", nothing)).text.startswith("Ingen kommun")
    assert tables.memberships(page, m["actors"], nothing)._repr_html_() == ""


def test_a_filtered_dataset_gives_a_page_that_says_so() -> None:
    data = natverk.load(as_of="2005")
    page = RegionReport(data, "17", years=(1997, 2005), lang="en")
    actors = natverk.roles.actors_of(data, "17")
    held = natverk.roles.responsibility(data, "17")
    own = natverk.documented(data, actors["actor_id"], years=(1997, 2005))
    text = page.opening(actors, held, own).text
    assert "selection: as_of=2005" in text
    assert not WRONG.search(text)
    assert page.responsibility(held).text
    assert page.audit().text


def test_every_number_leads_to_a_source_of_the_page() -> None:
    page = RegionReport(natverk.load(), "14", years=(1997, 2024), lang="sv")
    m = measured("14")
    html = tables.memberships(page, m["actors"], m["own"])._repr_html_()
    cited = {int(number) for number in re.findall(r'href="#source-(\d+)"', html)}
    listed = {int(number) for number in re.findall(r'id="source-(\d+)"', page.source_list()._repr_html_())}
    assert cited == listed == set(range(1, len(page.references) + 1))


def test_stored_versions_of_a_page_are_one_source() -> None:
    data = natverk.load()
    urls = data.sources.dropna(subset=["url"]).groupby("url")["source_id"].agg(list)
    twice = next(ids for ids in urls if len(ids) > 1)
    references = References(data)
    assert references.cite(twice) == "1"
    with pytest.raises(UnknownName, match="no source"):
        references.cite("vanersborg")


def test_hostile_text_is_shown_as_text() -> None:
    evil = '<script>alert("x")</script>'
    frame = pd.DataFrame({"a": [evil], "b": [Foreign(evil)], "c": [Cites("1, 2")]}, dtype=object)
    html = Table(frame, evil, {"a": evil, "b": "B", "c": "C"}, lang="sv")._repr_html_()
    assert "<script>" not in html
    assert '<a href="#source-2">2</a>' in html
    assert '<span lang="en">&lt;script&gt;' in html


def test_long_tables_fold_and_unknown_columns_are_refused() -> None:
    frame = pd.DataFrame({"a": range(30)}, dtype=object)
    assert "Visa alla 30 rader" in Table(frame, "x", {"a": "A"}, lang="sv")._repr_html_()
    with pytest.raises(InvalidArgument, match=r"allowed: 'a'"):
        Table(frame, "x", {"b": "B"}, lang="sv")


def test_wrong_pages_are_refused() -> None:
    with pytest.raises(UnknownName, match="nearest"):
        RegionReport(natverk.load(), "Vastra Gotalnd", years=(1997, 2024))
    with pytest.raises(InvalidArgument, match="year_from"):
        RegionReport(natverk.load(), "14", years=(2024, 1997))


def test_theme_frame_counts_the_country_once() -> None:
    data = natverk.load()
    frame = frames.theme_frame(measured("14")["roles"], natverk.roles.practised(data))
    country = frame[(frame["place"] == "country") & (frame["level"] == "municipal")]
    assert set(country["n_units"]) == {290}
    assert len(frame) == 2 * 3 * 18
    assert frame["share"].between(0, 1).all()
    assert texts("sv").has("common.theme.culture")


def page_of(county: str, years: tuple[int, int] = (1997, 2026)) -> RegionReport:
    return RegionReport(natverk.load(), county, years=years, lang="sv")


@pytest.mark.parametrize(
    ("county", "title"), [("03", "Ny regional utvecklingsstrategi"), ("13", "2035"), ("24", "2030")]
)
def test_a_replaced_strategy_is_not_the_latest(county: str, title: str) -> None:
    text = page_of(county).strategy().text
    assert title in text
    rows = natverk.load().strategies
    replaced = rows[(rows["county_code"] == county) & (rows["status"] == "superseded")]["title"]
    assert not any(old in text for old in replaced)


def test_an_uncertain_start_is_the_predecessors_uncertain_end() -> None:
    page, held = page_of("23"), measured("23")["held"]
    text = page.responsibility(held).text
    assert "Länsstyrelsen i Jämtlands län (från 1997 till någon gång 2007–2013)" in text
    assert "31 december 2012" not in repr(tables.responsibility(page, held))


def test_one_holder_under_two_laws_is_one_holder() -> None:
    text = page_of("08").responsibility(measured("08")["held"]).text
    assert text.count("Regionförbundet i Kalmar län") == 1
    assert "kan inte dateras" not in page_of("09").responsibility(measured("09")["held"]).text


def test_an_office_without_a_stated_end_gets_none() -> None:
    page = page_of("01")
    shown = tables.functions(page, measured("01")["actors"]).frame
    assert not shown["Tid"].astype(str).str.endswith("–").any()
    assert shown["Tid"].astype(str).str.contains("slut okänt").any()


@pytest.mark.parametrize("actor", ["0182", "0180", "1280", "2580"])
def test_an_office_that_two_sources_tell_of_is_one_office_on_every_page(actor: str) -> None:
    data, years = natverk.load(), (1997, 2026)
    page = MunicipalityProfile(data, actor, years=years, lang="en")
    told = data.functions[data.functions["actor_id"] == page.actor_id]
    networks = [NetworkProfile(data, item, years=years, lang="en") for item in told["network_id"].dropna().unique()]
    # The pages of the networks are counted one by one: what they say together is what the actor's pages say.
    held = pd.concat([network.held[network.held["actor_id"] == page.actor_id] for network in networks])
    apart = offices(data, page.actor_id)
    apart = apart[apart["network_id"].isna()]
    n = int(held["held"].sum()) + int(apart["held"].sum())
    said = texts("en").count("page.outcomes.n_functions", n)
    assert len(held) + len(apart) == len(tables.functions(page, page.actors)) < len(told)
    assert said in page.offices().text
    assert said in page.outcome_counts()
    # Every source is cited, also the second one of an office; two stored versions of a page are one source.
    cited = {number for cell in tables.functions(page, page.actors).frame["Sources"] for number in cell.split(", ")}
    assert cited == set(page.references.cite(list(told["source_id"])).split(", "))
    # What is reported as a mistake names every row, also the second one of an office.
    assert set(told["row_id"]) <= set(
        page.mistake(pd.DataFrame(columns=["row_ids"]), pd.DataFrame(columns=["row_ids"])).text.replace(",", "").split()
    )


def test_the_region_page_counts_each_office_once() -> None:
    page, actors = page_of("14"), measured("14")["actors"]
    rows = page.data.functions
    rows = rows[rows["actor_id"].isin(actors["actor_id"])]
    assert len(tables.functions(page, actors)) < len(rows)
    n = int(offices(page.data, actors["actor_id"])["held"].sum())
    assert n < len(tables.functions(page, actors))
    assert f"{n} uppdrag" in page.outcomes(actors).text


def test_a_membership_from_before_the_period_is_kept() -> None:
    own = natverk.documented(natverk.load(), ["municipality:0180"], years=(2015, 2018))
    before = natverk.documented(natverk.load(), ["municipality:0180"], years=(1990, 2014))
    assert set(before["network_id"]) <= set(own["network_id"])


def test_hostile_text_in_a_sentence_is_shown_as_text() -> None:
    held = measured("14")["held"].assign(holder_name="<style>h2{display:none}</style> *x* [y](javascript:z)")
    text = page_of("14").responsibility(held).text
    assert "<style>" not in text
    assert "\\*x\\*" in text
    assert "[y](javascript" not in text


def test_days_of_a_journey_are_written_as_one_span() -> None:
    page = RegionReport(natverk.load(), "14", years=(1997, 2024), lang="sv")
    spans = [
        ("2014-02-26", "2014-02-28"),
        ("2014-02-26", "2014-03-02"),
        ("2014-12-30", "2015-01-02"),
        ("2014-02", None),
    ]
    assert [page.dates(*span) for span in spans] == [
        "26–28 februari 2014",
        "26 februari – 2 mars 2014",
        "30 december 2014 – 2 januari 2015",
        "februari 2014",
    ]
    assert page.dates("2014-02-26", "2014-02-26") == page.date("2014-02-26")
