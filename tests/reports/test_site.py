"""The site: its index, its data, and that nothing of a page is trusted."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import runpy
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Package

import natverk
from natverk.data.schema import SCHEMA
from natverk.data.sources import cite_data
from natverk.data.spreadsheets import bare
from natverk.data.tables import data_folders
from natverk.data.units import fold
from natverk.errors import DataError, InvalidArgument, MissingFile, NatverkError
from natverk.locale import LANGUAGES, texts
from natverk.pages import provenance
from natverk.pages.tables import Download
from natverk.reports.files import hold
from natverk.reports.page import (
    PROVENANCE,
    Body,
    asset,
    page_html,
    polish,
    provenance_of,
    relink,
    shown_cells,
    take_tables,
)
from natverk.reports.plan import Page
from natverk.reports.record import (
    INDEX_FILES,
    Entry,
    Failure,
    Records,
    Result,
    State,
    data_files,
    read_manifest,
    update_manifest,
)
from natverk.reports.run import commit, link_pages
from natverk.reports.site import (
    clean,
    index_html,
    news_of,
    outlines,
    pack,
    soft_hyphens,
    standing_page,
    write_data,
    write_site,
)

WHEN = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    return natverk.load().counties


def entry(page_id: str, name: str, **changes: Any) -> Entry:
    lang, report, unit = page_id.split("/")
    made = Entry(
        page_id,
        report,
        unit,
        name,
        lang,
        f"{name}: <b>",
        {"region": unit},
        "ok",
        WHEN,
        2.0,
        "0" * 64,
        good_started=WHEN,
    )
    return replace(made, **changes)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder with a good, a stale, a failed and a lost page."""
    for name in ("sv/r/14.html", "en/r/14.html", "sv/r/18.html", "sv/r/18.failed.html", "sv/r/17.failed.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    entries = [
        entry("sv/r/14", "Västra Götaland", facts={"sources": 57}),
        entry("en/r/14", "Västra Götaland"),
        entry("sv/r/18", "Örebro", outcome="failed", error="<img src=x onerror=alert(1)>"),
        entry("sv/r/17", "Värmland", outcome="failed", error="KeyError: 'x'", good_started=None),
        entry("sv/r/12", "Skåne"),
    ]
    update_manifest(tmp_path, entries)
    return tmp_path


def soup_of(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_index_is_written_in_both_languages_and_they_link(out: Path, counties: pd.DataFrame) -> None:
    assert [path.name for path in write_site(out, counties)] == ["index.html", "index.en.html"]
    for lang, other in (("sv", "en"), ("en", "sv")):
        soup = soup_of(out / INDEX_FILES[lang])
        assert soup.html["lang"] == lang
        switch = soup.find("a", hreflang=other, lang=other)
        assert (switch["href"], switch.get_text()) == (INDEX_FILES[other], texts(other)("site.language.switch"))
        assert soup.h1.get_text() == texts(lang)("site.index.title")


def test_map_has_every_county_once_in_its_own_cell(out: Path, counties: pd.DataFrame) -> None:
    write_site(out, counties)
    tiles = soup_of(out / "index.html").select(".tiles li")
    assert {tile.select_one(".tile-name").get_text().replace("\u00ad", "") for tile in tiles} == set(
        counties["name_short"]
    )
    assert len({tuple(tile["class"]) for tile in tiles}) == 21
    styles = soup_of(out / "index.html").style.get_text()
    assert all(f".{name} {{ grid-" in styles for tile in tiles for name in tile["class"])
    links = {
        a.select_one(".tile-name").get_text().replace("\u00ad", ""): a
        for a in soup_of(out / "index.html").select(".tiles a")
    }
    assert {name: link["href"] for name, link in links.items()} == {
        "Västra Götaland": "sv/r/14.html",
        "Örebro": "sv/r/18.html",
        "Värmland": "sv/r/17.failed.html",
    }
    assert links["Örebro"].select_one(".tile-status").get_text() == "inaktuell"
    english = soup_of(out / "index.en.html").select(".tiles a")
    assert [link["href"] for link in english] == ["en/r/14.html"]
    assert "no page yet" in soup_of(out / "index.en.html").select_one(".tile.none").get_text()


def test_the_map_leads_to_the_same_pages_as_the_tiles(out: Path, counties: pd.DataFrame) -> None:
    write_site(out, counties)
    svg = soup_of(out / "index.html").svg
    assert len(svg.find_all("path")) == 21
    assert {(a["aria-label"], a["href"]) for a in svg.find_all("a")} == {
        ("Västra Götaland", "sv/r/14.html"),
        ("Örebro, inaktuell", "sv/r/18.html"),
        ("Värmland, misslyckad", "sv/r/17.failed.html"),
    }
    assert all(shape.title.get_text() for shape in svg.find_all(["a", "g"]))
    assert svg["width"].isdigit()
    assert svg["height"].isdigit()


def test_outlines_are_those_of_the_map_package() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "county_paths.py"))
    found = tool["county_paths"]()
    assert found == {"width": outlines().width, "height": outlines().height, "paths": outlines().paths}


def test_every_link_of_the_index_leads_somewhere(out: Path, counties: pd.DataFrame) -> None:
    write_site(out, counties)
    for name in INDEX_FILES.values():
        for link in soup_of(out / name).find_all("a", href=True):
            if link["href"].startswith("#"):
                assert soup_of(out / name).find(id=link["href"][1:])
            elif not link["href"].endswith(".ipynb"):
                assert (out / link["href"]).is_file(), link


def test_table_shows_what_stands_on_disk(out: Path, counties: pd.DataFrame) -> None:
    write_site(out, counties)
    rows = {row.a["href"]: row for row in soup_of(out / "index.html").select("#table tbody tr")}
    # In the order of the alphabet, in which ä and ö come last; pages in the other language after those.
    assert list(rows) == ["sv/r/17.failed.html", "sv/r/14.html", "sv/r/18.html", "en/r/14.html"]
    assert [cell.get_text() for cell in rows["sv/r/14.html"].select(".number")] == ["57"]
    assert [cell.get_text() for cell in rows["en/r/14.html"].select(".number")] == ["–"]
    stale = rows["sv/r/18.html"]
    assert "<img src=x onerror=alert(1)>" in stale.get_text()
    assert stale.find("img") is None
    assert stale.select_one("td a")["href"] == "sv/r/18.failed.html"
    assert "sidan är från" in stale.get_text()


def test_state_follows_manifest_and_files(out: Path) -> None:
    states = {
        "14": standing_page(entry("sv/r/14", ""), out),
        "18": standing_page(entry("sv/r/18", "", outcome="failed"), out),
        "17": standing_page(entry("sv/r/17", "", outcome="failed"), out),
        "12": standing_page(entry("sv/r/12", ""), out),
    }
    assert states == {"14": "ok", "18": "stale", "17": "failed", "12": None}


def test_reports_are_groups_with_their_counts(tmp_path: Path, counties: pd.DataFrame) -> None:
    ids = ["sv/region_report/14", "en/region_report/14", "sv/own_notes/0180", "sv/own_notes/1480", "sv/own_notes/0114"]
    for page_id in ids:
        (tmp_path / page_id).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{page_id}.html").write_text("x", encoding="utf-8")
        (tmp_path / f"{page_id}.pdf").write_text("x", encoding="utf-8")
    update_manifest(tmp_path, [entry(page_id, page_id[-2:]) for page_id in ids])
    write_site(tmp_path, counties)
    soup = soup_of(tmp_path / "index.html")
    # What the map shows comes first, however many pages the others have.
    assert [group.get_text() for group in soup.select(".group th")] == ["Regionrapporter 1 sida", "Own notes 3 sidor"]
    lists = {part.h3.get_text(): [link["href"] for link in part.select("a")] for part in soup.select(".kinds section")}
    assert lists == {
        "Regionrapporter 1 sida": ["sv/region_report/14.html"],
        "Own notes 3 sidor": ["sv/own_notes/0114.html", "sv/own_notes/0180.html", "sv/own_notes/1480.html"],
    }
    assert [link["href"] for link in soup.select("tr[data-find] td.when a")][:1] == ["sv/region_report/14.pdf"]
    # Where no page is in this language, those of the other are shown, and counted.
    english = soup_of(tmp_path / "index.en.html")
    assert english.select(".kinds h3")[1].get_text() == "Own notes 3 pages"


KINDS_OF_PAGES = (
    ("region", "region_report", ("14", "12", "05", "18")), ("municipality", "municipality_profile", ("1080", "0305")),
    ("network", "network_profile", ("ubc",)), ("pair", "compare", ("1480--1280",)),
    ("actor", "portfolio_review", ("municipality-0180",)), ("country", "strategies", ("sverige",)),
)  # fmt: skip


@pytest.fixture
def all_kinds(tmp_path: Path) -> Path:
    """A folder with pages of every kind; the more sources, the later in the list above."""
    made = []
    for kind, report, units in KINDS_OF_PAGES:
        for number, unit in enumerate(units):
            page_id = f"sv/{report}/{unit}"
            (tmp_path / page_id).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / f"{page_id}.html").write_text("x", encoding="utf-8")
            made.append(entry(page_id, f"Namn {unit}", kind=kind, facts={"sources": number}))
    update_manifest(tmp_path, made)
    return tmp_path


def test_the_home_page_has_three_lines_and_three_doors(all_kinds: Path, counties: pd.DataFrame) -> None:
    write_site(all_kinds, counties)
    soup = soup_of(all_kinds / "index.html")
    assert len(soup.select(".lead p")) == 3
    doors = soup.select(".door")
    assert [door.h2.get_text() for door in doors] == ["En region", "En kommun", "Ett nätverk"]
    assert [link["href"] for link in doors[0].select(".examples a")] == [
        f"sv/region_report/{unit}.html" for unit in ("18", "05", "12")
    ]
    for door in doors:
        assert soup.find(id=door.select("a")[-1]["href"][1:]).name == "h3"
    english = soup_of(all_kinds / "index.en.html")
    # Where none is in English, the Swedish ones are offered, and marked.
    assert english.select_one(".door h2").get_text() == "A region"
    assert {link.get("hreflang") for link in english.select(".links a")} == {"sv"}


def test_pages_are_found_by_every_name_and_code_of_their_units(all_kinds: Path, counties: pd.DataFrame) -> None:
    write_site(all_kinds, counties)
    found = {
        row.a["href"].split("/", 1)[1]: row["data-find"]
        for row in soup_of(all_kinds / "index.html").select("tr[data-find]")
    }
    names = {
        "region_report/14": ["14", "VGR", "Västra Götalandsregionen", "Västra Götalands län"],
        "municipality_profile/1080": ["1080", "Karlskrona kommun"],
        "municipality_profile/0305": ["0305", "Håbo kommun"],
        "network_profile/ubc": ["ubc", "Union of the Baltic Cities", "Östersjöstädernas förbund"],
        "compare/1480--1280": ["Göteborgs Stad", "Malmö"],
        "portfolio_review/municipality-0180": ["0180", "Stockholms stad"],
        "strategies/sverige": ["sverige"],
    }
    for page, forms in names.items():
        for form in forms:
            assert all(word in fold(found[f"{page}.html"]) for word in fold(form).split()), (page, form)


def test_what_is_new_counts_the_rows_whose_source_was_read_on_the_last_day(out: Path, counties: pd.DataFrame) -> None:
    data = natverk.load()
    news = news_of(data)
    new = set(data.sources.loc[data.sources["accessed"] == data.vintage, "source_id"])
    assert news.n_sources == len(new) > 0
    counts = dict(news.tables)
    assert counts["memberships"] == int(data.memberships["source_id"].isin(new).sum())
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert news.n_rows >= sum(counts.values())
    write_site(out, counties)
    for lang, name in INDEX_FILES.items():
        text = soup_of(out / name).select_one(".news").get_text()
        assert texts(lang).number(counts["memberships"]) in text
        assert texts(lang)("site.table.memberships") in text
        # No name of a table in the data stands there.
        assert "_" not in text


def test_how_to_cite_and_the_terms_stand_on_the_index(out: Path, counties: pd.DataFrame) -> None:
    write_site(out, counties)
    data = natverk.load()
    for lang, name in INDEX_FILES.items():
        soup = soup_of(out / name)
        assert soup.select_one(".cite").get_text() == cite_data(data, lang)
        n = int((data.sources["licence_class"] == "non_commercial").sum())
        assert texts(lang)("site.data.terms", n=n) in soup.get_text()


def test_an_empty_index_says_what_to_do(tmp_path: Path, counties: pd.DataFrame) -> None:
    soup = BeautifulSoup(index_html([], counties, tmp_path, "en", data=natverk.load()), "html.parser")
    assert "natverk report --all" in soup.get_text()
    assert soup.find("table") is None
    assert len(soup.select(".tile.none")) == 21


def test_the_only_script_is_the_one_that_is_allowed(out: Path, counties: pd.DataFrame) -> None:
    html = index_html([entry("sv/r/14", "VG")], counties, out, "sv", data=natverk.load())
    soup = BeautifulSoup(html, "html.parser")
    [script] = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.get_text().encode("utf-8")).digest()).decode("ascii")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert f"script-src 'sha256-{digest}';" in policy
    assert not script.attrs
    [style] = soup.find_all("style")
    digest = base64.b64encode(hashlib.sha256(style.get_text().encode("utf-8")).digest()).decode("ascii")
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert soup.find(style=True) is None


def test_texts_are_the_same_in_both_languages() -> None:
    keys = {lang: {key for key in texts(lang).keys() if key.startswith("site.")} for lang in LANGUAGES}  # noqa: SIM118
    assert keys["sv"] == keys["en"]
    assert len(keys["sv"]) > 40


def test_long_names_break_at_their_joints(counties: pd.DataFrame) -> None:
    broken = {name: soft_hyphens(name).split("\u00ad") for name in counties["name_short"]}
    assert all("".join(parts) == name for name, parts in broken.items())
    words = [part for parts in broken.values() for text in parts for part in text.split()]
    assert max(len(word) for word in words) <= 9


HOSTILE_ADDRESSES = [
    "java&#10;script:x()",
    "java&Tab;script&colon;x()",
    "&#1;&#32;JAVA\tSCRIPT\n:x()",
    "java&#8203;script:x()",
    "&#xfeff;javascript:x()",
    "vbscript:x()",
    "data:text/html;base64,x()",
    "blob:https://evil.example/1",
    "file:///evil.example",
    "ftp://evil.example",
    "//evil.example/x",
    "/\\evil.example/x",
    "\\\\evil.example\\x",
]
FRIENDLY_ADDRESSES = [
    "https://example.org/a:b?c=javascript:d",
    "HTTP://example.org",
    "mailto:a@example.org",
    "../../en/r/14.html#source-2",
    "/r/14.html",
    "14.html?a=b:c",
    "a/b:c",
    "?a:b",
    "#source-1",
    "",
]


@pytest.mark.parametrize("address", FRIENDLY_ADDRESSES)
def test_links_to_pages_mail_and_places_in_the_site_stay(address: str) -> None:
    assert polished(f'<a href="{address}">a</a>').html == f'<a href="{address}">a</a>'


def polished(html: str) -> Body:
    return polish(html, texts("sv"))


@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script>",
        "<img src='https://evil.example/x.png'>",
        "<img srcset='//evil.example/x.png 2x'>",
        "<img src='data:text/html,x' onerror='x()'>",
        "<a href='javascript:x()'>a</a>",
        "<a href=' JaVaScript:x()'>a</a>",
        "<a href='data:text/html,x'>a</a>",
        "<svg><script>x()</script><image xlink:href='https://evil.example/x.svg'/></svg>",
        "<svg><use href='https://evil.example/x.svg#a'/></svg>",
        "<iframe src='https://evil.example'></iframe>",
        "<link rel='stylesheet' href='https://evil.example/x.css'>",
        "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>p { background: url(https://evil.example/x.png) }</style>",
        "<p style='background: url(\"//evil.example/x.png\")'>a</p>",
        "<form action='https://evil.example'><input></form>",
        "<object data='https://evil.example/x.swf'></object>",
        "<video poster='https://evil.example/x.png'></video>",
        "<base href='https://evil.example/'>",
        "<style>x() { color: red }</style>",
        "<svg><style>x() { color: red }</style></svg>",
        "<svg><a><set attributename='href' to='javascript:x()'/></a></svg>",
        "<svg><a><animate attributename='href' values='javascript:x()'/></a></svg>",
        "<!--><img src=y onerror=x()>-->",
        "<![CDATA[><img src=y onerror=x()>]]>",
        "<template><img src=y onerror=x()></template>",
        *(f"<a href='{address}'>a</a>" for address in HOSTILE_ADDRESSES),
    ],
)
def test_nothing_hostile_survives(html: str) -> None:
    left = polished(html).html.lower()
    assert "evil.example" not in left
    assert "x()" not in left
    assert "data:text" not in left


def test_what_is_harmless_stays() -> None:
    html = (
        '<p>a <a href="https://example.org/ö?a=1&amp;b=2">länk</a></p>'
        '<img alt="punkt" src="data:image/png;base64,AAAA"/><svg viewbox="0 0 1 1"><use href="#a"></use></svg>'
    )
    assert polished(html).html == html


def test_headings_get_addresses_that_are_unique() -> None:
    body = polished(
        "<h1>A</h1><h2>Mål &amp; medel</h2><h2>Mål – medel</h2><p id='mal'>x</p><h2>Mål</h2><h1>B</h1><h2> </h2>"
    )
    assert body.title == "A"
    assert [(heading.text, heading.id) for heading in body.contents] == [
        ("Mål & medel", "mal-medel"),
        ("Mål – medel", "mal-medel-2"),
        ("Mål", "mal-2"),
        ("B", "b"),
    ]
    assert "<h1" not in body.html


def test_tables_get_a_box_with_the_name_of_their_caption() -> None:
    soup = BeautifulSoup(
        polished("<table border='1'><caption>Folk <b>x</b></caption></table><table></table>").html, "html.parser"
    )
    assert [box["aria-label"] for box in soup.select(".table-box")] == ["Folk x", "Tabell"]
    assert not soup.table.has_attr("border")
    own = BeautifulSoup(polished('<div class="nv-table" role="region"><table></table></div>').html, "html.parser")
    assert [box["class"] for box in own.find_all("div")] == [["nv-table", "table-box"]]


def test_cells_with_sentences_get_room() -> None:
    html = f"<table><tr><td class='a'>{'x' * 30}</td><td>{'y' * 90}</td><td>z</td></tr></table>"
    cells = BeautifulSoup(polished(html).html, "html.parser").find_all("td")
    assert [cell.get("class") for cell in cells] == [["a", "medium"], ["long", "unbroken"], None]


def test_pictures_without_description_get_one_and_absent_ones_their_text() -> None:
    assert (
        polished('<img src="data:image/png;base64,AA">').html == '<img alt="Diagram" src="data:image/png;base64,AA"/>'
    )
    assert polished('<p><img alt="karta" src="https://evil.example/x.png"></p>').html == "<p>karta</p>"


def test_lab_cells_and_replaced_defaults_are_not_shown() -> None:
    def cell(source: str, *tags: str) -> dict[str, Any]:
        return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}, "outputs": []}

    cells = [cell("a = 1", "parameters"), cell("a = 2", "injected-parameters"), cell("lab", "lab-only"), cell("b")]
    assert [shown["source"] for shown in shown_cells({"cells": cells})] == ["a = 2", "b"]
    assert [shown["source"] for shown in shown_cells({"cells": [cells[0], cells[3]]})] == ["a = 1", "b"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_without_a_heading_takes_its_title_from_the_plan(tmp_path: Path, lang: str) -> None:
    page = Page(f"{lang}/r/14", "r", tmp_path / "x.ipynb", "14", "VG", lang, "Titel <b>", {}, tmp_path)
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "<b>1 & 2</b>"},
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg onload='x()'/>"}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "x()"}},
        {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "<obj>"}, "execution_count": 1},
    ]
    cell = {
        "cell_type": "code",
        "id": "a",
        "source": "s = '<i>'",
        "metadata": {},
        "outputs": outputs,
        "execution_count": 1,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    html = page_html(notebook, page, data_hash="0123456789abcdef")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.h1.get_text() == "Titel <b>"
    assert [pre.get_text() for pre in soup.select("pre.output")] == ["<b>1 & 2</b>", "<obj>"]
    assert soup.img["src"].startswith("data:image/svg+xml;base64,")
    assert soup.find(["b", "i", "svg"]) is None
    assert [script.get_text() for script in soup.find_all("script")] == [asset("page.js").strip()]
    assert soup.select_one("nav.contents") is None
    assert "0123456789ab" in soup.footer.get_text()


def test_what_stands_behind_a_page_is_inside_it_once_and_harmless(tmp_path: Path) -> None:
    page = Page("sv/r/14", "r", tmp_path / "x.ipynb", "14", "VG", "sv", "Titel", {}, tmp_path)
    text = "</script><script>x()</script><!-- & abc\u202egnp.exe \x00"
    content = {"tables": [["medlemskap", [["mem-00001", text, [1]]]]], "rules": {"told": text}, "own": []}
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {PROVENANCE: content, "text/plain": "en rad"}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "Text."}},
    ]
    cell = {"cell_type": "code", "id": "a", "source": "", "metadata": {}, "outputs": outputs, "execution_count": 1}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    html = page_html(notebook, page)
    assert page_html(notebook, page) == html
    soup = BeautifulSoup(html, "html.parser")
    data, script = soup.find_all("script")
    assert (data["id"], data["type"]) == ("nv-provenance", "application/json")
    assert script.get_text() == f"{asset('page.js').strip()}\n{asset('panel.js').strip()}"
    shown = text.replace("\u202e", "\ufffd").replace("\x00", "\ufffd")
    assert json.loads(data.get_text())["tables"] == [["medlemskap", [["mem-00001", shown, [1]]]]]
    assert not set(provenance_of(notebook)) & set("<>&\u202e\x00")
    assert "en rad" not in soup.main.get_text()
    assert soup.main.select_one("#nv-panel, #nv-provenance") is None
    assert soup.select_one(".nv-toggle").get_text() == texts("sv")("site.panel.show")
    # The policy of the page allows exactly its script.
    digest = base64.b64encode(hashlib.sha256(script.get_text().encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in soup.select_one("meta[http-equiv]")["content"]
    # A page that says nothing of it has neither button nor panel.
    del outputs[0]["data"][PROVENANCE]
    bare_page = BeautifulSoup(page_html(notebook, page), "html.parser")
    assert bare_page.select_one(".nv-toggle, .nv-panel, #nv-provenance") is None


def test_pages_and_the_report_machine_mean_the_same_output() -> None:
    assert provenance.PROVENANCE == PROVENANCE


def test_hostile_markdown_becomes_harmless(tmp_path: Path) -> None:
    page = Page("sv/r/14", "r", tmp_path / "x.ipynb", "14", "VG", "sv", "Titel", {}, tmp_path)
    paragraphs = [
        "# Rubrik",
        "[a](javascript:x()) [b](java&#10;script:x()) [c](vbscript:x()) <javascript:x()> [d](//evil.example)",
        "[e](https://example.org) [f](#source-1) [g](mailto:a@example.org)",
        "<style>@import 'https://evil.example/x.css'; h1 { display: none }</style>",
        "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<form action=https://evil.example><input name=a></form>",
        "<!--><img src=y onerror=x()>-->",
    ]
    cell = {"cell_type": "markdown", "id": "a", "source": "\n\n".join(paragraphs), "metadata": {}}
    html = page_html({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, page)
    main = BeautifulSoup(html, "html.parser").main
    hosts = [link["href"] for link in main.find_all("a", href=True)]
    assert [address for address in hosts if not address.startswith(("14.", "index", "../"))] == [
        "https://example.org",
        "#source-1",
        "mailto:a@example.org",
    ]
    assert main.find(["style", "link", "base", "meta", "form", "img", "script"]) is None
    assert "onerror" not in str(main)


def test_language_links_can_be_set_again() -> None:
    html = "a<!--languages--><!--/languages-->b"
    both = relink(html, "sv/r/14", {"sv", "en"})
    assert 'href="../../en/r/14.html"' in both
    assert relink(both, "sv/r/14", {"sv"}) == html


UNIT_REPORTS = {"network": "networks", "municipality": "places", "region": "regions"}
NAMED = (
    '<p><a class="nv-unit" data-unit="network:ubc">UBC</a>, <a class="nv-unit" data-unit="municipality:1487">Väners'
    'borg</a> <a class="nv-unit" data-unit="region:14">VG</a> <a class="nv-unit" data-unit="network:../x">x</a></p>'
)


def make_page(out: Path, page_id: str, kind: str, html: str, records: Records | None = None) -> None:
    lang, report, unit = page_id.split("/")
    page = Page(page_id, report, out / "x.ipynb", unit, unit, lang, unit, {}, out, kind, unit_reports=UNIT_REPORTS)
    records = records or Records(out)
    commit(Result(page, WHEN, 1.0, html, "{}"), State("p", {}, {}), records)


def linked(path: Path) -> dict[str, str | None]:
    return {tag["data-unit"]: tag.get("href") for tag in soup_of(path).select(".nv-unit")}


def test_polish_keeps_names_of_units_and_rows_of_evidence() -> None:
    count = '<span class="nv-count" data-rows="mem-00001 mem-00002">två</span>'
    assert polish(f"{NAMED}<p>{count}</p>", texts("sv")).html == f"{NAMED}<p>{count}</p>"


def test_names_of_units_lead_to_the_pages_that_there_are(tmp_path: Path) -> None:
    """Also on pages made before those, in their own language only, and no longer when a page is gone."""
    make_page(tmp_path, "sv/regions/14", "region", NAMED)
    first = tmp_path / "sv/regions/14.html"
    assert linked(first) == dict.fromkeys(["network:ubc", "municipality:1487", "network:../x"]) | {"region:14": None}
    assert soup_of(first).find("a") is None
    assert soup_of(first).get_text() == "UBC, Vänersborg VG x"
    make_page(tmp_path, "en/networks/ubc", "network", NAMED)
    make_page(tmp_path, "sv/others/ubc", "network", "<p>Ett annat slag av sida.</p>")
    records = Records(tmp_path)
    link_pages(tmp_path, UNIT_REPORTS, records)
    assert [unit for unit, address in linked(first).items() if address] == []
    make_page(tmp_path, "sv/networks/ubc", "network", NAMED)
    second = tmp_path / "sv/networks/ubc.html"
    # What is made later leads to the older page at once.
    assert linked(second)["region:14"] == "../regions/14.html"
    records = Records(tmp_path)
    assert link_pages(tmp_path, UNIT_REPORTS, records) == ["sv/regions/14"]
    records.close()
    assert linked(first)["network:ubc"] == "../networks/ubc.html"
    assert (first.parent / "../networks/ubc.html").is_file()
    entry = read_manifest(tmp_path)["sv/regions/14"]
    assert entry.html_sha256 == hashlib.sha256(first.read_bytes()).hexdigest()
    assert [unit for unit, leads in entry.units.items() if leads] == ["network:ubc"]
    second.unlink()
    records = Records(tmp_path)
    assert link_pages(tmp_path, UNIT_REPORTS, records) == ["sv/regions/14"]
    assert linked(first)["network:ubc"] is None


def test_a_page_is_rewritten_only_where_its_links_change(tmp_path: Path) -> None:
    make_page(tmp_path, "sv/networks/ubc", "network", "<p>Ingen nämns.</p>")
    make_page(tmp_path, "sv/regions/14", "region", NAMED)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    records = Records(tmp_path)
    assert link_pages(tmp_path, UNIT_REPORTS, records) == []
    make_page(tmp_path, "sv/places/1380", "municipality", "<p>Den nämns inte.</p>")
    assert link_pages(tmp_path, UNIT_REPORTS, Records(tmp_path)) == []
    assert {path: path.stat().st_mtime_ns for path in times} == times
    # What somebody has changed by hand is left, and its record too, so that the next run makes it anew.
    (tmp_path / "sv/regions/14.html").write_text(NAMED, encoding="utf-8")
    make_page(tmp_path, "sv/places/1487", "municipality", "<p>Den nämns.</p>")
    assert link_pages(tmp_path, UNIT_REPORTS, Records(tmp_path)) == []


def test_hostile_names_of_units_lead_nowhere(tmp_path: Path) -> None:
    html = (
        '<a class="nv-unit" data-unit="network:ubc" href="https://evil.example">UBC</a>'
        '<a class="nv-unit" data-unit="network:../../../etc/passwd">x</a>'
        '<a class="nv-unit" data-unit="network:ubc"><b>UBC</b></a>'
    )
    make_page(tmp_path, "sv/networks/ubc", "network", "<p>Ingen nämns.</p>")
    make_page(tmp_path, "sv/regions/14", "region", html)
    assert [tag.get("href") for tag in soup_of(tmp_path / "sv/regions/14.html").select("[data-unit]")] == [
        "../networks/ubc.html",
        None,
        None,
    ]


HOMES = [f"../{name}" for name in INDEX_FILES.values()]


def rows_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


TABLE = """<table><caption>Medlemmar, {year}</caption>
<thead><tr><th rowspan="2">Namn</th><th colspan="2">Antal</th></tr><tr><th>2006</th><th>2009</th></tr></thead>
<tbody><tr><td>Åre<br>kommun</td><td class="nv-number">1\u00a0234,5</td>
<td class="nv-number">2\u00a0000\u00a0000</td></tr><tr>
<td>=HYPERLINK("x")</td><td class="nv-number">12–15</td><td class="nv-number">0180</td></tr></tbody></table>"""


def test_a_table_becomes_a_file_with_what_it_shows() -> None:
    soup = BeautifulSoup(TABLE, "html.parser")
    [(path, text)] = take_tables(soup, "14", texts("sv")).items()
    assert path == "data/14/01-medlemmar-year.csv"
    assert rows_of(text) == [
        ["Namn", "Antal", "Antal"],
        ["Namn", "2006", "2009"],
        ["Åre kommun", "1234.5", "2000000"],
        ['\'=HYPERLINK("x")', "12–15", "0180"],
    ]
    link = soup.a
    assert (link["href"], link.get_text()) == (path, "Hämta tabellen (CSV)")
    # What is seen begins what is read out.
    assert link["aria-label"] == "Hämta tabellen (CSV): Medlemmar, {year}"


@pytest.mark.parametrize("box", ['<div class="nv-table" role="region">{}</div>', "{}"])
def test_the_link_stands_under_the_box_that_scrolls(box: str) -> None:
    body = polish(box.format(TABLE), texts("sv"), unit="14")
    place = BeautifulSoup(body.html, "html.parser").select_one(".get")
    assert place.find_parent("div") is None
    assert "table-box" in place.find_previous_sibling("div")["class"]


def test_cells_say_how_wide_they_want_to_be_and_whether_a_word_must_be_broken() -> None:
    words = [
        "kort",
        "en cell med fler än tjugofyra tecken",
        "ord " * 40,
        "https://exempel.se/en/lang/adress/utan/mellanslag",
    ]
    html = f"<table><tr>{''.join(f'<td>{text}</td>' for text in words)}</tr></table>"
    cells = BeautifulSoup(polish(html, texts("sv")).html, "html.parser").find_all("td")
    assert [cell.get("class") for cell in cells] == [None, ["medium"], ["long"], ["medium", "unbroken"]]


def test_a_download_is_a_file_and_only_its_sentence_and_link_are_on_the_page() -> None:
    item = Download(pd.DataFrame({"measure": ["area <b>"], "n": [1234.5]}), "Alla mått & år")._repr_html_()
    body = polish(f"<p>Före.</p>{item}{TABLE}<p>Efter.</p>", texts("sv"), unit="14--12")
    assert list(body.files) == ["data/14--12/01-alla-matt-ar.csv", "data/14--12/02-medlemmar-year.csv"]
    assert rows_of(body.files["data/14--12/01-alla-matt-ar.csv"]) == [["measure", "n"], ["area <b>", "1234.5"]]
    soup = BeautifulSoup(body.html, "html.parser")
    [offered] = soup.select(".nv-download")
    assert offered.get_text() == "Alla mått & årHämta tabellen (CSV)"
    assert offered.a["href"] == "data/14--12/01-alla-matt-ar.csv"
    assert len(soup.find_all("table")) == 1


def test_numbers_follow_the_language() -> None:
    html = '<table><tr><td class="nv-number">1,234.5</td><td>1,234.5</td></tr></table>'
    for lang, number in (("en", "1234.5"), ("sv", "1,234.5")):
        [text] = take_tables(BeautifulSoup(html, "html.parser"), "14", texts(lang)).values()
        assert rows_of(text) == [[number, "1,234.5"]]


def test_sources_are_a_file_of_their_own_and_empty_tables_are_none() -> None:
    html = (
        '<table><tr><td> </td></tr></table><ol class="nv-sources"><li id="source-1">Titel. Utgivare. '
        '<a class="nv-url" href="https://example.org/ö">https://example.org/ö</a></li></ol>'
    )
    files = polish(html, texts("sv"), unit="14").files
    assert list(files) == ["data/14/01-kallor.csv"]
    rows = rows_of(files["data/14/01-kallor.csv"])
    assert rows == [
        ["Nummer", "Källa", "Adress"],
        ["1", "Titel. Utgivare. https://example.org/ö", "https://example.org/ö"],
    ]
    assert polish(html, texts("sv")).files == {}


def result(out: Path, files: dict[str, str], failure: Failure | None = None) -> Result:
    page = Page("sv/r/14", "r", out / "x.ipynb", "14", "VG", "sv", "Titel", {}, out)
    return Result(page, "2026-01-02T03:04:05+00:00", 1.0, "<html></html>", "{}", failure=failure, files=files)


def put(made: Result) -> None:
    commit(made, State("p", {}, {}), Records(made.page.out))


def test_files_come_and_go_with_their_page(tmp_path: Path) -> None:
    folder = tmp_path / "sv" / "r" / "data" / "14"
    put(result(tmp_path, {"data/14/01-a.csv": "a", "data/14/02-b.csv": "b"}))
    assert sorted(path.name for path in folder.iterdir()) == ["01-a.csv", "02-b.csv"]
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    put(result(tmp_path, {"data/14/01-c.csv": "c"}))
    assert sorted(path.name for path in folder.iterdir()) == ["01-c.csv", "notes.txt"]
    put(result(tmp_path, {}, Failure("KeyError")))
    assert read_manifest(tmp_path)["sv/r/14"].files == ("sv/r/data/14/01-c.csv",)
    assert (folder / "01-c.csv").is_file()
    clean(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "notes.txt"]


def test_clean_leaves_no_folder_of_tables(tmp_path: Path) -> None:
    put(result(tmp_path / "out", {"data/14/01-a.csv": "a"}))
    clean(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["../x.csv", "/x.csv", "data/../../x.csv"])
def test_a_page_writes_only_below_its_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError, match="outside the folder"):
        put(result(tmp_path, {path: "x"}))
    assert not list(tmp_path.rglob("*.csv"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write_data(out, natverk.load())
    return out


def test_all_tables_are_offered_as_they_are(site: Path) -> None:
    data = natverk.load()
    for file in write_data(site, data):
        frame = pd.read_csv(site / file.path, dtype="str", keep_default_na=False).map(bare)
        assert list(frame.columns) == list(data.table(file.name).columns), file
        assert len(frame) == file.rows == len(data.table(file.name))
        assert file.size == (site / file.path).stat().st_size
    raw = pd.read_csv(data_folders()[0] / "networks.csv", dtype="str", keep_default_na=False)
    written = pd.read_csv(site / "data" / "networks.csv", dtype="str", keep_default_na=False).map(bare)
    corrected = set(data.corrections.query("table == 'networks'")["row"])
    untouched = raw[~raw["network_id"].isin(corrected)].set_index("network_id").sort_index()
    assert written.set_index("network_id").sort_index().loc[untouched.index, untouched.columns].equals(untouched)


def test_the_data_package_describes_them(site: Path) -> None:
    report = Package(str(site / "data" / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert [task.name for task in report.tasks] == [*SCHEMA, "corrections"]


def test_the_codebook_is_a_page_that_needs_nothing(site: Path) -> None:
    soup = BeautifulSoup((site / "data" / "codebook.html").read_text(encoding="utf-8"), "html.parser")
    assert soup.h1.get_text() == "Codebook"
    assert "Generated from" not in soup.get_text()
    for link in soup.find_all("a", href=True):
        inside = link["href"].startswith("#")
        assert soup.find(id=link["href"][1:]) if inside else link["href"] in (*HOMES, "datapackage.json"), link
    names = [box["aria-label"] for box in soup.select(".table-box")]
    assert names == ["Kinds of column", "The tables", *SCHEMA]


def test_data_are_written_once_and_again_when_they_change(tmp_path: Path) -> None:
    data = natverk.load()
    write_data(tmp_path, data)
    folder = tmp_path / "data"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    write_data(tmp_path, data)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    (folder / "lai.csv").unlink()
    write_data(tmp_path, data)
    assert (folder / "lai.csv").is_file()
    for name in ("lai.csv", "codebook.html"):
        written = (folder / name).read_bytes()
        (folder / name).write_text("edited", encoding="utf-8")
        write_data(tmp_path, data)
        assert (folder / name).read_bytes() == written
    early = natverk.load(as_of="2015")
    rows = {file.name: file.rows for file in write_data(tmp_path, early)}
    assert rows["memberships"] == len(early.memberships) < len(data.memberships)


def test_clean_takes_the_data_and_leaves_others_folder_of_that_name(tmp_path: Path) -> None:
    put(result(tmp_path, {}))
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"resources": [{"name": "own"}]}', encoding="utf-8")
    (folder / "own.csv").write_text("mine", encoding="utf-8")
    clean(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["datapackage.json", "own.csv"]
    other = tmp_path / "other"
    put(result(other, {}))
    write_data(other, natverk.load())
    (other / "data" / "own.csv").write_text("mine", encoding="utf-8")
    clean(other)
    assert [path.name for path in other.rglob("*") if path.is_file()] == ["own.csv"]


def test_a_foreign_data_package_names_no_file_outside(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    names = [{"name": "../../x"}, {"name": "a/b"}, {"name": "good"}, "odd"]
    package = {"natverk:made_of": "x", "resources": names}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert [path.name for path in data_files(tmp_path)] == ["good.csv", "codebook.html", "datapackage.json"]


# --- The site as one file ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def region_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a real page."""
    out = tmp_path_factory.mktemp("real") / "reports"
    command = [sys.executable, "-m", "natverk.cli", "report", "sv/region_report/14", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_the_zip_holds_the_site_and_opens_from_anywhere(region_site: Path, tmp_path: Path) -> None:
    own = region_site / "own.txt"
    own.write_text("mine", encoding="utf-8")
    try:
        files = pack(region_site, tmp_path / "site.zip")
    finally:
        own.unlink()
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        archive.extractall(tmp_path)
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    unpacked = {path.relative_to(tmp_path / "site"): path for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert set(unpacked) == {path.relative_to(region_site) for path in files}
    assert all(path.read_bytes() == (region_site / name).read_bytes() for name, path in unpacked.items())
    assert {Path("index.html"), Path("index.en.html"), Path("sv/region_report/14.html"), Path("manifest.jsonl")} <= set(
        unpacked
    )
    # Every link within the site leads to a file that was packed.
    for page in (path for path in unpacked.values() if path.suffix == ".html"):
        links = re.findall(r'(?:href|src)="([^"#?]+)', page.read_text(encoding="utf-8"))
        local = [link for link in links if not re.match(r"[a-z]+:", link)]
        assert [link for link in local if not (page.parent / unquote(link)).is_file()] == []


def test_the_same_site_is_packed_into_the_same_bytes(region_site: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        pack(region_site, tmp_path / folder / "site.zip")
    first, second = ((tmp_path / folder / "site.zip").read_bytes() for folder in ("a", "b"))
    assert first == second
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["site.zip"]


def test_what_cannot_be_packed_leaves_the_older_file(region_site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.zip"
    file.write_bytes(b"older")
    with pytest.raises(MissingFile, match="no site to pack"):
        pack(tmp_path / "nowhere", file)
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(InvalidArgument, match=r"'site\.tar' is not the name of a zip file"):
        pack(region_site, tmp_path / "site.tar")
    with hold(region_site), pytest.raises(NatverkError, match="another run"):
        pack(region_site, file)
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]
