"""Pages as PDF and Word: one small page, with all that is hard to print, and three real ones, read back."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import stat
import sys
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import psutil
import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from natverk.errors import InvalidArgument, NatverkError
from natverk.reports import documents, engine
from natverk.reports.documents import check_formats, check_kept, find_browser, for_paper, formats_of, pdf
from natverk.reports.page import page_html, render
from natverk.reports.plan import Page, find_project
from natverk.reports.record import Entry, Records, State, read_manifest, update_manifest
from natverk.reports.run import commit, rerender, without_documents
from tests.pages.notebook import page_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = date(2026, 11, 22)
HOSTILE = (
    '#panic("x") $x$ @ref <label> [#import "a"] \\ ```` *b* _u_ // /* ~ == </w:t></w:r> ${x} =cmd() %PDF ]]> '
    "<script>alert(1)</script>"
)
LONG_WORD = "x" * 300
FIGURE_ALT = "Stapeldiagram: Åre 1, Örebro 3 \"och\" <i> #alt('x')"
FIGURE_CAPTION = "Medlemskap i Åre, Älmhult & Örebro <b> #caption"


def png(width: int, height: int) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#1b4f72").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def table(caption: str, header: list[str], rows: list[list[str]], *, fold: bool = False) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    name = escape(caption)
    inner = f'<table aria-label="{name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    box = f'<div class="nv-table" role="region" aria-label="{name}" tabindex="0">{inner}</div>'
    if fold:
        return f'<details class="nv-fold"><summary>{name} – Visa alla {len(rows)} rader</summary>{box}</details>'
    return f'<div class="nv-tablebox"><p class="nv-caption">{name}</p>{box}</div>'


def shown(**data: str) -> dict[str, Any]:
    kinds = {"html": "text/html", "markdown": "text/markdown", "svg": "image/svg+xml"}
    data = {kinds[name]: text for name, text in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def code(number: int, *outputs: dict[str, Any]) -> dict[str, Any]:
    source = f"secret_code_{number} = 'not in the document'"
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": {},
        "execution_count": 1,
        "source": source,
        "outputs": list(outputs),
    }


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    figure = (
        f'<figure class="nv-figure"><div class="nv-scroll"><img src="data:image/png;base64,{png(840, 1200)}" '
        f'alt="{escape(FIGURE_ALT, quote=True)}" width="840" height="1200"></div>'
        f"<figcaption>{escape(FIGURE_CAPTION)}</figcaption></figure>"
    )
    second = (
        f'<figure><img src="data:image/png;base64,{png(40, 20)}" alt="Andra bilden">'
        "<figcaption>Den andra</figcaption></figure>"
    )
    broken = (
        '<figure><img src="data:image/png;base64,AAAA" alt="Trasig bild"><figcaption>Text kvar</figcaption></figure>'
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48"><rect width="96" height="48" fill="red"/></svg>'
    )
    small = table("Få rader", ["Kommun", "Sedan"], [["Åre", "2006"], ["Örebro", '<a href="#source-2">2</a>']])
    long = table(
        "Många rader",
        ["Kommun", "Nätverk", "Beskrivning"],
        [[f"Kommun {n}", "Nätverket för åldersvänliga städer", f"rad {n} av många, med text " * 3] for n in range(90)],
        fold=True,
    )
    wide = table(
        "Många kolumner",
        [f"Nyckeltal nummer {n}" for n in range(22)],
        [[f"värde-{row}-{n}" for n in range(22)] for row in range(12)],
    )
    hostile = table("Fientlig text", ["Text", "Mer"], [[escape(HOSTILE), "שלום"], [LONG_WORD, "\x00\u202eabc"]])
    sources = (
        '<ol class="nv-sources"><li id="source-1"><span lang="sv">Första källan</span>. '
        '<a class="nv-url" href="https://exempel.se/a?b=1&amp;c=å">https://exempel.se/a?b=1&amp;c=å</a></li>'
        f'<li id="source-2"><span lang="en">{escape(HOSTILE)}</span></li></ol>'
    )
    opening = (
        "# Örebro län\n\n*Vem gör vad?*\n\n**Kommunerna gör det mesta.**\n\n- **Data:** lästa 2026-11-22\n"
        "- **Citera:** natverk contributors (2026)."
    )
    text = (
        "Text om å, ä och ö. [[1](#source-1)] [[2](#source-2)] [bort](#ingenstans) [hem](../index.html) "
        "[ute](https://exempel.se/)"
    )
    folded = "<details><summary>Rader (2)</summary>\n\nmem-00001, mem-00002\n\n</details>\n\n##### Djup rubrik"
    cells = [
        code(1, shown(markdown=opening)),
        code(
            2,
            shown(markdown="## Första frågan"),
            shown(markdown=text),
            shown(html=f"<p>{escape(HOSTILE)}</p>"),
            shown(html=figure),
            shown(html=second),
        ),
        code(3, shown(html=small), shown(html=long)),
        code(7, shown(markdown="### Bred rubrik"), shown(html=wide), shown(html=hostile)),
        code(4, shown(markdown=f"## Andra frågan\n\n{folded}"), shown(svg=svg), shown(html=broken)),
        code(5, shown(html='<p class="nv-notice">Inget är dokumenterat.</p>'), shown(markdown="## Källor")),
        code(6, shown(html=sources)),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(
        id="sv/region_report/18",
        report="region_report",
        kind="region",
        notebook=Path("region_report.ipynb"),
        unit="18",
        unit_name="Örebro",
        lang="sv",
        title="Örebro län: kommuner, region och nätverk",
        parameters={},
        out=tmp_path_factory.mktemp("out"),
    )


@pytest.fixture(scope="module")
def made(notebook: dict[str, Any], page: Page) -> dict[str, bytes]:
    pytest.importorskip("pypandoc", reason="the extra natverk[documents] is not installed")
    if find_browser() is None:
        pytest.skip("no browser is installed (Debian: apt-get install chromium)")
    rendered = render(notebook, page, data_hash="ab" * 20, formats=("pdf", "docx"))
    papers, unmade = documents.documents(rendered, page, ["pdf", "docx"], data_hash="ab" * 20, day=DAY)
    assert unmade == {}
    return papers


def read(content: bytes) -> Any:
    return pytest.importorskip("pypdf").PdfReader(io.BytesIO(content))


@pytest.fixture(scope="module")
def reader(made: dict[str, bytes]) -> Any:
    return read(made["pdf"])


@pytest.fixture(scope="module")
def pdf_pages(reader: Any) -> list[str]:
    return [re.sub(r"[\u200b\xad]", "", sheet.extract_text()) for sheet in reader.pages]


@pytest.fixture(scope="module")
def parts(made: dict[str, bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def word(parts: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(parts["word/document.xml"])


def text_of(element: ET.Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t")).replace("\xa0", " ")


def styled(word: ET.Element, style: str) -> list[str]:
    return [text_of(p) for p in word.iter(f"{W}p") for s in p.iter(f"{W}pStyle") if s.get(f"{W}val") == style]


def flat(outline: list[Any]) -> Iterator[str]:
    for item in outline:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item.title


def bare(text: str) -> str:
    # A font may draw ff and fi as one sign.
    return re.sub(r"[\s\xad]+", "", unicodedata.normalize("NFKC", text))


# The PDF.


def test_pdf_says_what_it_is_and_is_made_for_screen_readers(reader: Any) -> None:
    root = reader.trailer["/Root"]
    assert reader.metadata.title.startswith("Örebro län – ")
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    kinds, alternatives = set(), set()

    def walk(node: Any) -> None:
        node = node.get_object()
        if not hasattr(node, "get"):
            return
        kinds.add(str(node.get("/S")))
        alternatives.add(str(node.get("/Alt")))
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if not isinstance(child, int):
                walk(child)

    walk(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure", "/L"} <= kinds
    assert {FIGURE_ALT, "Andra bilden"} <= alternatives


def test_pdf_outline_follows_the_headings(reader: Any) -> None:
    headings = ["Örebro län", "Första frågan", "Bred rubrik", "Andra frågan", "Djup rubrik", "Källor"]
    assert list(flat(reader.outline)) == headings


def test_pdf_opens_with_title_contents_question_and_answer_and_numbers_its_pages(pdf_pages: list[str]) -> None:
    order = ["Örebro län", "Innehåll", "Vem gör vad?", "Kommunerna gör det mesta.", "lästa 2026-11-22", "Citera"]
    places = [pdf_pages[0].index(text) for text in order]
    assert places == sorted(places)
    for number, sheet in enumerate(pdf_pages, 1):
        assert f"{number} / {len(pdf_pages)}" in sheet
    # What only a screen needs is not there; how it was made is.
    text = " ".join("\n".join(pdf_pages).split())
    for only_screen in ("not in the document", "Hämta tabellen", "Alla rapporter", "Visa koden"):
        assert only_screen not in text
    assert "natverk report sv/region_report/18" in text


def test_pdf_repeats_the_header_of_a_long_table_and_cuts_no_row(pdf_pages: list[str]) -> None:
    row = re.compile(r"\bKommun\s+(\d+)\b")
    with_rows = [sheet for sheet in pdf_pages if row.search(sheet)]
    assert len(with_rows) > 1
    assert all("Beskrivning" in sheet for sheet in with_rows)
    # It is folded on the screen.
    assert sorted({int(number) for sheet in with_rows for number in row.findall(sheet)}) == list(range(90))
    for sheet in with_rows:
        for number in row.findall(sheet):
            assert " ".join(sheet.split()).count(f"rad {number} av många") == 3


def test_pdf_turns_the_page_for_a_wide_table_only(reader: Any, pdf_pages: list[str]) -> None:
    turned = [sheet.mediabox.width > sheet.mediabox.height for sheet in reader.pages]
    assert turned == ["värde-" in bare(text) for text in pdf_pages]
    assert any(turned)
    assert not all(turned)


def test_pdf_leads_to_its_places_and_to_the_outside_and_shows_no_address_of_a_link(
    reader: Any, pdf_pages: list[str]
) -> None:
    inside, outside = 0, set()
    for sheet in reader.pages:
        for note in sheet.get("/Annots", []):
            note = note.get_object()
            if "/A" in note and "/URI" in note["/A"]:
                outside.add(str(note["/A"]["/URI"]))
            else:
                inside += 1
    contents = 3
    assert inside == contents + 3
    assert {address.split("/")[2] for address in outside} == {"exempel.se"}
    # The address of a source is its text; that of a word with a link is not printed.
    assert "ute" in pdf_pages[0]
    assert "ute (http" not in " ".join(pdf_pages)


def test_pdf_shows_hostile_text_as_text(pdf_pages: list[str]) -> None:
    text = bare("".join(pdf_pages))
    assert text.count(bare(HOSTILE)) >= 2
    assert LONG_WORD in text


def test_pdf_embeds_all_fonts(reader: Any) -> None:
    fonts = {}
    for sheet in reader.pages:
        for name, font in sheet["/Resources"].get("/Font", {}).items():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            if "/FontDescriptor" in inner:
                fonts[name, str(font.get("/BaseFont"))] = inner["/FontDescriptor"].get_object()
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(about) for about in fonts.values())


@pytest.mark.parametrize(
    ("report", "unit", "parameters"),
    [
        ("network_profile", "sern", {"network": "sern", "lang": "sv"}),
        ("region_report", "20", {"region": "20", "lang": "en"}),
        ("municipality_profile", "1487", {"municipality": "1487", "lang": "sv"}),
    ],
)
def test_kinds_of_pages_print_with_title_tables_outline_and_page_numbers(
    tmp_path: Path, report: str, unit: str, parameters: dict[str, str]
) -> None:
    if find_browser() is None:
        pytest.skip("no browser is installed")
    source = find_project().report(report).notebook
    lang = parameters["lang"]
    page = Page(f"{lang}/{report}/{unit}", report, source, unit, unit, lang, unit, parameters, tmp_path)
    shown_parts = [DisplayFormatter().format(part) for part in page_of(report, **parameters).parts]  # type: ignore[no-untyped-call]
    outputs = [{"output_type": "display_data", "data": data, "metadata": meta} for data, meta in shown_parts]
    rendered = render({"cells": [code(1, *outputs)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, page)
    made = read(pdf(rendered.html, DAY))
    sheets = [sheet.extract_text() for sheet in made.pages]
    text = bare("".join(sheets))
    soup = for_paper(rendered.body.html)
    tables = [table for table in soup.find_all("table") if table.find("tr")]
    assert tables
    for cell in (cell for table in tables for cell in table.select("tbody tr:first-child > *")):
        assert bare(cell.get_text()) in text
    captions = [bare(caption.get_text()) for caption in soup.select(".nv-caption")]
    assert captions
    assert [caption for caption in captions if caption not in text] == []
    headings = [" ".join(tag.get_text().split()) for tag in soup.find_all(["h2", "h3"])]
    assert list(flat(made.outline)) == [rendered.body.title, *headings]
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert all(f"{number} / {len(sheets)}" in sheet for number, sheet in enumerate(sheets, 1))
    # No link leads into the site, where there is none.
    notes = [note.get_object() for sheet in made.pages for note in sheet.get("/Annots", [])]
    addresses = [str(note["/A"]["/URI"]) for note in notes if "/A" in note and "/URI" in note["/A"]]
    assert [address for address in addresses if not address.startswith(("http", "mailto:"))] == []


def test_what_is_for_paper_has_no_code_files_or_links_into_the_site() -> None:
    html = (
        '<nav class="contents"><details><summary>Innehåll</summary><a href="#a">A</a></details></nav><nav>x</nav>'
        '<h2 id="a">A</h2><details class="code"><summary>Koden</summary>x = 1</details><p class="get">Hämta</p>'
        '<a class="nv-unit" data-unit="network:ubc" href="../n/ubc.html">UBC</a><a href="#nowhere">n</a>'
        '<details class="nv-fold"><summary>Rader (2)</summary><table></table></details><script>x()</script>'
    )
    assert str(for_paper(html)) == (
        '<nav class="contents"><div class="nv-open"><p class="nv-caption">Innehåll</p><a href="#a">A</a></div></nav>'
        '<h2 id="a">A</h2>UBCn<div class="nv-open"><p class="nv-caption">Rader (2)</p><table></table></div>'
    )


# The browser.


def browser_that(folder: Path, does: str) -> Path:
    """Write a program that stands for a browser."""
    program = folder / "browser"
    program.write_text(f"#!{sys.executable}\nimport sys, time, subprocess\n{does}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


PRINT = (
    "target = next(text.split('=', 1)[1] for text in sys.argv if text.startswith('--print-to-pdf='))\n"
    "open(target, 'wb').write(b'%PDF-1.4 ' + ' '.join(sys.argv).encode() + b' %%EOF')"
)


def test_the_browser_that_is_named_prints_with_a_profile_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NATVERK_BROWSER", str(browser_that(tmp_path, PRINT)))
    said = pdf("<h1>A</h1>", DAY).decode()
    assert "--headless=new" in said
    profile = re.search(r"--user-data-dir=(\S+)", said)
    assert profile is not None
    assert not Path(profile[1]).exists()
    assert ("--no-sandbox" in said) == (os.geteuid() == 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "--no-sandbox" not in pdf("<h1>A</h1>", DAY).decode()
    monkeypatch.setenv("NATVERK_BROWSER", str(tmp_path / "browzer"))
    with pytest.raises(InvalidArgument, match="NATVERK_BROWSER"):
        check_formats(["pdf"])


def running() -> set[tuple[int | str, ...]]:
    """Return what this process has started and what runs still, each by its number and command."""
    children = psutil.Process().children(recursive=True)
    return {(child.pid, *child.cmdline()) for child in children if child.status() != "zombie"}


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("print('Trace/breakpoint trap', file=sys.stderr); sys.exit(133)", "status 133: Trace/breakpoint trap"),
        ("pass", "printed nothing"),
        (PRINT.replace("b' %%EOF'", "b''"), "no whole PDF"),
        ("child = subprocess.Popen(['sleep', '300']); time.sleep(300)", "after 1 seconds"),
    ],
)
def test_a_browser_that_fails_says_so_and_leaves_nothing_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, said: str
) -> None:
    monkeypatch.setenv("NATVERK_BROWSER", str(browser_that(tmp_path, does)))
    monkeypatch.setattr(documents, "_TIMEOUT", 1)
    before, began = running(), time.monotonic()
    with pytest.raises(NatverkError, match=re.escape(said)):
        pdf("<h1>A</h1>", DAY)
    assert time.monotonic() - began < 60
    assert running() <= before


def test_a_heading_that_begins_twice_in_the_outline_is_mended_in_its_place() -> None:
    def coded(text: str) -> str:
        return f"/Title <FEFF{text.encode('utf-16-be').hex().upper()}>"

    twice = [coded("För årFör år"), "/Title (SourcesSources)", "/Title (What came What came of it)"]
    left = [coded("Före"), "/Title (AA)", "/Title (Bora Bora)", "/Title (Other Sources)"]
    content = "\n".join([*twice, *left]).encode()
    headings = ["För år", "Sources", "What came of it", "Before"]
    mended = documents._titled_once(content, headings)
    assert len(mended) == len(content)
    lines = [line.rstrip() for line in mended.decode().split("\n")]
    assert lines == [coded("För år"), "/Title (Sources)", "/Title (What came of it)", *left]


# The Word document.


def test_word_says_what_it_is(parts: dict[str, bytes]) -> None:
    core = parts["docProps/core.xml"].decode()
    assert "<dc:title>Örebro län: kommuner, region och nätverk</dc:title>" in core
    assert "<dc:creator>natverk contributors</dc:creator>" in core
    assert "<dc:language>sv</dc:language>" in core
    assert 'w:val="sv"' in parts["word/styles.xml"].decode()


def test_word_has_title_contents_with_links_and_headings(word: ET.Element) -> None:
    assert styled(word, "Title") == ["Örebro län"]
    headings = ["Första frågan", "Andra frågan", "Källor", "Om dokumentet"]
    assert styled(word, "Heading1") == headings
    assert {"Bred rubrik"} <= set(styled(word, "Heading2"))
    links = [link for link in word.iter(f"{W}hyperlink") if link.get(f"{W}anchor")]
    assert [text_of(link) for link in links][:4] == headings


def test_word_numbers_figures_and_tables(word: ET.Element) -> None:
    assert styled(word, "ImageCaption")[0] == f"Figur 1: {FIGURE_CAPTION}"
    assert styled(word, "TableCaption") == [
        "Tabell 1: Få rader",
        "Tabell 2: Många rader – Visa alla 90 rader",
        "Tabell 3: Många kolumner",
        "Tabell 4: Fientlig text",
    ]


def test_word_figures_have_their_alternatives(word: ET.Element) -> None:
    names = [node.get("descr") for node in word.iter() if node.tag.endswith("}docPr")]
    assert names[:2] == [FIGURE_ALT, "Andra bilden"]


def test_word_tables_repeat_headers_and_keep_rows_whole(word: ET.Element) -> None:
    tables = list(word.iter(f"{W}tbl"))
    assert len(tables) == 4
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)


def test_word_counts_pages(parts: dict[str, bytes]) -> None:
    footer = parts["word/footer1.xml"].decode()
    assert "Sida " in footer
    assert "NUMPAGES" in footer
    assert "footer1.xml" in parts["[Content_Types].xml"].decode()


def test_word_citations_lead_to_the_sources(word: ET.Element, parts: dict[str, bytes]) -> None:
    places = {mark.get(f"{W}name") for mark in word.iter(f"{W}bookmarkStart")}
    anchors = [link.get(f"{W}anchor") for link in word.iter(f"{W}hyperlink") if link.get(f"{W}anchor")]
    assert anchors.count("source-1") == 1
    assert anchors.count("source-2") == 2
    assert set(anchors) <= places
    entries = styled(word, "Bibliography")
    assert [entry[:3] for entry in entries] == ["[1]", "[2]"]
    assert "Första källan" in entries[0]
    assert "index.html" not in parts["word/_rels/document.xml.rels"].decode()


def test_word_shows_hostile_text_as_text(word: ET.Element) -> None:
    text = text_of(word)
    assert text.count(HOSTILE) == 3
    assert LONG_WORD in text
    assert "\ufffd\ufffdabc" in text
    assert "not in the document" not in text
    assert "mem-00001, mem-00002" in text


# Both.


def test_same_page_and_day_give_the_same_bytes(made: dict[str, bytes], notebook: dict[str, Any], page: Page) -> None:
    rendered = render(notebook, page, data_hash="ab" * 20, formats=("pdf", "docx"))
    assert documents.documents(rendered, page, ["pdf", "docx"], data_hash="ab" * 20, day=DAY) == (made, {})


def test_page_links_to_its_documents_only_where_there_are_some(notebook: dict[str, Any], page: Page) -> None:
    links = BeautifulSoup(render(notebook, page, formats=("pdf", "docx")).html, "html.parser").footer.select("a")
    assert {"18.pdf", "18.docx"} <= {link["href"] for link in links}
    assert ".pdf" not in page_html(notebook, page)


def test_documents_are_made_from_the_executed_notebook_and_stay_with_the_page(
    made: dict[str, bytes], notebook: dict[str, Any], page: Page
) -> None:
    page.ipynb.parent.mkdir(parents=True, exist_ok=True)
    page.ipynb.write_text(json.dumps(notebook), encoding="utf-8")
    record = Entry(
        id=page.id, report=page.report, unit=page.unit, unit_name=page.unit_name, lang="sv", title=page.title,
        parameters={}, outcome="ok", started="2026-01-01T00:00:00+00:00", duration=1.0, notebook_sha256="n",
        html_sha256="h", data_hash="ab" * 20,
    )  # fmt: skip
    update_manifest(page.out, [record])
    assert without_documents([page], ["docx"]) == [page]
    rerender([page], ["docx"])
    first = page.html.with_suffix(".docx").read_bytes()
    assert zipfile.is_zipfile(io.BytesIO(first))
    assert without_documents([page], ["docx"]) == []
    assert without_documents([page], ["docx", "pdf"]) == [page]
    assert "18.docx" in page.html.read_text(encoding="utf-8")
    # Made anew without a word about formats, the page keeps what it has.
    page.html.with_suffix(".docx").write_bytes(b"")
    rerender([page])
    assert page.html.with_suffix(".docx").read_bytes() == first
    entry = read_manifest(page.out)[page.id]
    assert [name for name in entry.files if "data/" not in name] == ["sv/region_report/18.docx"]
    assert set(entry.versions) == {"pypandoc-binary"}
    assert formats_of(page, entry, ["pdf"]) == ("pdf", "docx")
    assert formats_of(page, None, []) == ()


def test_a_document_that_cannot_be_made_fails_alone_and_its_page_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notebook: dict[str, Any], page: Page
) -> None:
    pytest.importorskip("pypandoc", reason="the extra natverk[documents] is not installed")
    crash = browser_that(tmp_path, "print('Trace/breakpoint trap', file=sys.stderr); sys.exit(133)")
    monkeypatch.setenv("NATVERK_BROWSER", str(crash))
    monkeypatch.setattr(engine, "_execute", lambda *args: {**notebook, "metadata": {}})
    here = replace(page, out=tmp_path / "out")
    result = engine.run_page(Job(here, notebook, formats=("pdf", "docx")))
    assert result.failure is None
    assert result.unmade == {"pdf": "the browser ended with status 133: Trace/breakpoint trap"}
    assert [name for name in result.files if "data/" not in name] == ["18.docx"]
    footer = BeautifulSoup(result.html, "html.parser").footer
    assert [link["href"] for link in footer.select("a[download]")] == ["18.ipynb", "18.docx"]
    commit(result, State("p", {}, {}), Records(here.out))
    again = rerender([here], ["pdf"])
    assert again.unmade == {"sv/region_report/18.pdf": "the browser ended with status 133: Trace/breakpoint trap"}
    assert again.done == (here,)
    assert ".pdf" not in here.html.read_text(encoding="utf-8")


def test_formats_are_checked_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(documents, "find_spec", lambda name: name)
    assert check_formats(["docx,pdf", "html"]) == ("pdf", "docx")
    with pytest.raises(InvalidArgument, match="nearest: 'docx'"):
        check_formats(["pdf,dokx"])
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    monkeypatch.setattr(documents, "find_browser", lambda: None)
    assert check_formats(["html"]) == ()
    with pytest.raises(NatverkError, match=r"-m pip install .*\[documents\]"):
        check_formats(["docx"])
    with pytest.raises(NatverkError, match=r"none is installed here\n.*\n.*apt-get install chromium.*NATVERK_BROWSER"):
        check_formats(["pdf"])


@pytest.mark.parametrize(("kind", "lacks"), [("pdf", "a browser that prints"), ("docx", "pypandoc")])
def test_no_document_is_lost_where_it_cannot_be_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Page, kind: str, lacks: str
) -> None:
    here = replace(page, out=tmp_path)
    paper = tmp_path / f"{page.id}.{kind}"
    record = Entry(
        id=page.id, report=page.report, unit=page.unit, unit_name=page.unit_name, lang="sv", title=page.title,
        parameters={}, outcome="ok", started="2026-01-01T00:00:00+00:00", duration=1.0, notebook_sha256="n",
        files=(f"{page.id}.{kind}",),
    )  # fmt: skip
    paper.parent.mkdir(parents=True)
    paper.write_bytes(b"%PDF")
    monkeypatch.setattr(documents, "find_spec", lambda name: name)
    monkeypatch.setattr(documents, "find_browser", lambda: "/usr/bin/chromium")
    check_kept([here], {page.id: record})
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    monkeypatch.setattr(documents, "find_browser", lambda: None)
    with pytest.raises(NatverkError, match=rf"18\.{kind} cannot be made anew without {lacks}"):
        check_kept([here], {page.id: record})
    check_kept([here], {page.id: replace(record, files=())})
    paper.unlink()
    check_kept([here], {page.id: record})
