"""What the region report says: true and well-formed for all 21 regions, in both languages, without a notebook."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd
import pytest

import natverk
from natverk.locale import LANGUAGES
from natverk.text import RegionReport, Table, frames, tables
from natverk.text.page import plain
from natverk.text.tables.sweden import benchmarks

DATA = natverk.load()
COUNTIES = sorted(DATA.counties["county_code"])
YEARS = (1997, 2026)
KRONOBERG, SKANE, GOTLAND = "07", "12", "09"
WRONG = re.compile(
    r"\b1 (kommuner|medlemskap belagda|källor|åtaganden|gemensamma organ|publicerade siffror|bedömningar)\b"
    r"|\b1 (municipalities|memberships|networks|sources|commitments|joint bodies|published figures|years)\b"
    r"|\bnan\b|\bNone\b|<NA>|NaT|(?<![\d.,])0[.,]0 ?%|\{\w+\}|(?<!\n)  (?!\n)|\(\)|: \.|, \.| \."
)
GROWTH = re.compile(r"(ökning|ökat|\bväxer|growth of|grown|\bgrows|increase)", re.IGNORECASE)


@cache
def country() -> dict[str, Any]:
    ties = natverk.twomode.incidence_matrix(DATA, networks=natverk.twomode.open_to_both(DATA))
    shared = natverk.twomode.shared_networks(DATA, ties, nested=False)
    page = RegionReport(DATA, SKANE, years=YEARS)
    by_year = natverk.strategies.stages_by_year(DATA, page.stage_years)
    return {
        "test": natverk.twomode.null_test(ties, shared, n=19, seed=1),
        "by_year": by_year,
        "compared": natverk.roles.compare(DATA, page.compare_year),
        "roles": natverk.roles.practised(DATA),
        "found": natverk.disagreements(DATA),
    }


@cache
def measured(county: str) -> dict[str, Any]:
    """Measure once what the notebook measures."""
    actors = natverk.roles.actors_of(DATA, county)
    ids = actors["actor_id"]
    page = page_of(county, "sv")
    own = natverk.documented(DATA, ids, years=YEARS)
    staged = page.staged(country()["by_year"])
    return {
        "actors": actors,
        "held": natverk.roles.responsibility(DATA, county),
        "own": own,
        "roles": country()["roles"].query("county_code == @county").reset_index(drop=True),
        "compared": country()["compared"].query("county_code == @county").reset_index(drop=True),
        "series": natverk.series(DATA, ids, years=YEARS),
        "listed": natverk.lists(DATA, county),
        "cells": natverk.panel(DATA, actors=ids, networks=page.counted, years=(2018, 2019)),
        "staged": staged,
        "pairs": page.partners(natverk.strategies.same_stage(DATA, str(staged["year"].iloc[0]), table=staged)),
        "near": natverk.peers.county_peers(DATA, county, n=1),
        "published": natverk.benchmarks.recomputed(DATA, actors=ids),
        "found": page.concerning(country()["found"], actors, own),
    }


@cache
def page_of(county: str, lang: str) -> RegionReport:
    return RegionReport(DATA, county, years=YEARS, lang=lang)


@cache
def sentences(county: str, lang: str) -> dict[str, str]:
    page, m = page_of(county, lang), measured(county)
    actors, held, own, test = m["actors"], m["held"], m["own"], country()["test"]
    prose = {
        "opening": page.opening(actors, held, own),
        "responsibility": page.responsibility(held),
        "strategy": page.strategy(),
        "stage": page.stage(m["staged"], m["pairs"]),
        "networks": page.networks(actors, own),
        "joins": page.joins(held, own),
        "roles": page.roles(m["roles"]),
        "compared": page.compared(m["compared"]),
        "overlap": page.overlap(test, 64, actors, own),
        "conditions": page.conditions(test),
        "peers": page.peers(m["near"]),
        "series": page.series(m["series"]),
        "listed": page.listed(m["listed"]),
        "outcomes": page.outcomes(actors),
        "reading": page.reading(actors),
        "benchmarks": page.benchmarks(m["published"]),
        "unknown": page.unknown(m["cells"], actors, own),
        "disagreements": page.disagreements(m["found"]),
    }
    return {name: item.text for name, item in prose.items()}


def shown(county: str, lang: str) -> dict[str, Table]:
    page, m = page_of(county, lang), measured(county)
    return {
        "joins": tables.region.joins(page, m["held"], m["own"], m["actors"]),
        "compared": tables.region.compared(page, m["compared"]),
        "shared": tables.region.shared(page, m["actors"], m["own"], natverk.twomode.open_to_both(DATA)),
        "peers": tables.region.peers(page, m["near"], m["own"]),
        "pairs": tables.strategies_page.pairs(page.process_in(m["staged"]), m["pairs"]),
        "benchmarks": benchmarks(page, m["published"]),
    }


@cache
def network_names() -> re.Pattern[str]:
    names = {plain(name) for column in ("name", "name_sv") for name in DATA.networks[column]}
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


def numbers(text: str) -> list[str]:
    text = re.sub(r"\[[^\]]*\]\(#source-\d+\)", "", network_names().sub("", text))
    found = re.findall(r"\d+(?:[.,]\d+)*", text.replace("\xa0", ""))
    return sorted(re.sub(r"[.,]", "", number) for number in found)


@pytest.mark.parametrize("county", COUNTIES)
def test_every_region_reads_well_with_the_same_numbers_in_both_languages(county: str) -> None:
    for lang in LANGUAGES:
        for name, sentence in sentences(county, lang).items():
            flat = re.sub(r"\n+ *-? *", "\n", sentence)
            assert not WRONG.search(flat), (name, WRONG.search(flat), flat)
            if name not in ("listed", "strategy", "responsibility"):
                assert not GROWTH.search(flat), (name, flat)
    for name, text in sentences(county, "sv").items():
        assert numbers(text) == numbers(sentences(county, "en")[name]), (name, text, sentences(county, "en")[name])
    swedish, english = shown(county, "sv"), shown(county, "en")
    for name, table in swedish.items():
        assert table.frame.shape == english[name].frame.shape, name
        assert not [cell for row in table.frame.to_numpy() for cell in row if str(cell) in ("nan", "None", "<NA>")]


def test_joins_stand_under_the_holder_of_their_year() -> None:
    frame = shown(KRONOBERG, "sv")["joins"].frame
    covenant = frame[frame["Nätverk"].str.contains("Borgmästaravtalet")].iloc[0]
    under = {label: str(cell) for label, cell in covenant.items()}
    joint = next(text for label, text in under.items() if label.startswith("Regionförbundet"))
    region = next(text for label, text in under.items() if label.startswith("Region Kronoberg"))
    assert re.findall(r"\d{4}", joint) == ["2008", "2011", "2011"]
    assert region == ""
    assert under["När är inte känt"].count("först belagt") == 3


def test_a_year_of_transfer_belongs_to_nobody() -> None:
    page = page_of(KRONOBERG, "sv")
    held = measured(KRONOBERG)["held"]
    assert page.holder_of(held, 2006) == "Länsstyrelsen i Kronobergs län"
    assert page.holder_of(held, 2014) == "Regionförbundet södra Småland"
    assert page.holder_of(held, 2015) == "Region Kronoberg"
    assert page.holder_of(held, 2007) is None
    assert page.holder_of(held, 1990) is None


def test_gotland_is_one_body() -> None:
    said = sentences(GOTLAND, "en")
    assert "one and the same body" in said["overlap"]
    assert said["conditions"] == ""
    assert shown(GOTLAND, "en")["shared"].frame.empty


def test_the_table_of_shared_networks_has_what_both_are_in() -> None:
    m = measured(SKANE)
    firm = m["own"][m["own"]["mark"].isin(("recent", "earlier", "undated", "conflict"))]
    table = shown(SKANE, "en")["shared"].frame
    names = DATA.networks.set_index("network_id")["name"]
    for network in firm.loc[firm["actor_id"] == "region:12", "network_id"]:
        others = firm[(firm["network_id"] == network) & firm["actor_id"].str.startswith("municipality:")]
        row = table[table["Network"] == names[network]]
        assert len(row) == (len(others) > 0)
        if len(others):
            assert row["Municipalities"].item() == str(len(others))


def test_peers_are_those_of_the_measure_and_of_no_other_county() -> None:
    near = measured(SKANE)["near"]
    assert set(near["code"].str[:2]) == {SKANE}
    first = near[(near["by"] == "structure") & (near["code"] == "1280")]
    assert first["peer_name"].tolist() == ["Göteborg"]
    assert isinstance(near, pd.DataFrame)


@pytest.mark.parametrize("county", ["14", "12"])
def test_lists_that_the_chart_leaves_out_are_told(county: str) -> None:
    listed = natverk.lists(DATA, county)
    covering = listed[listed["n_at_risk"] > 0]
    page = page_of(county, "sv")
    full = covering[covering["full_only"]]
    text = page.listed(listed).text
    assert len(covering) - len(full) == len(frames.listed_frame(page, listed))
    assert len(full) >= 1
    assert f"Därav gäller {len(full)} bara fullvärdiga medlemmar (" in text
    assert all(str(year) in text for year in full["year"])


def test_a_county_made_of_three_names_the_boards_of_all_three() -> None:
    said = sentences("14", "sv")["responsibility"]
    assert "Göteborgs och Bohus, Älvsborgs och Skaraborgs län (1997)" in said
    assert "Västra Götalands län (1998)" in said
    # Two names of one holder are one holder.
    assert (
        "Dessförinnan: Länsstyrelsen i Skåne län (1997) och Regionförbundet Skåne (1997–1998)"
        in sentences(SKANE, "sv")["responsibility"]
    )
