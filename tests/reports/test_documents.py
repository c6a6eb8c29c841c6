"""Pages as PDF and Word: one small page, with all that is hard to set, made once and read back."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from natverk.errors import InvalidArgument, NatverkError
from natverk.reports import documents, execute
from natverk.reports.documents import check_formats, check_kept, document, formats_of, layout, manuscript
from natverk.reports.page import page_body, page_html, render
from natverk.reports.plan import Page
from natverk.reports.record import Entry, read_manifest, update_manifest
from natverk.reports.run import rerender, without_documents

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
    for name in documents.NEEDED:
        pytest.importorskip(name, reason="the extra natverk[documents] is not installed")
    return document(page_body(notebook, page), page, ["pdf", "docx"], data_hash="ab" * 20, day=DAY)


@pytest.fixture(scope="module")
def reader(made: dict[str, bytes]) -> Any:
    pypdf = pytest.importorskip("pypdf")
    return pypdf.PdfReader(io.BytesIO(made["pdf"]))


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


# The PDF.


def test_pdf_says_what_it_is(reader: Any) -> None:
    assert reader.metadata.title == "Örebro län: kommuner, region och nätverk"
    assert reader.metadata.author == "natverk contributors"
    assert "nätverk" in reader.metadata["/Keywords"]
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_pdf_is_made_for_screen_readers_and_archives(reader: Any) -> None:
    said = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in said
    assert "pdfaid:part>2<" in said


def test_pdf_outline_follows_the_headings_without_gaps(reader: Any) -> None:
    titles = list(flat(reader.outline))
    assert titles == ["Första frågan", "Bred rubrik", "Andra frågan", "Djup rubrik", "Källor", "Om dokumentet"]


def test_pdf_opens_with_question_answer_vintage_citation_and_contents(pdf_pages: list[str]) -> None:
    order = ["Örebro län", "Vem gör vad?", "Kommunerna gör det mesta.", "lästa 2026-11-22", "Citera", "Innehåll"]
    places = [pdf_pages[0].index(text) for text in order]
    assert places == sorted(places)


def test_pdf_numbers_figures_tables_and_pages(pdf_pages: list[str]) -> None:
    text = " ".join("\n".join(pdf_pages).split())
    assert text.index(f"Figur 1: {FIGURE_CAPTION}") < text.index("Figur 2: Den andra")
    for number, caption in enumerate(("Få rader", "Många rader", "Många kolumner", "Fientlig text"), 1):
        assert f"Tabell {number}: {caption}" in text
    for number, sheet in enumerate(pdf_pages, 1):
        assert f"Sida {number} av {len(pdf_pages)}" in sheet


def test_pdf_figures_have_their_alternatives(reader: Any) -> None:
    alternatives = set()

    def walk(node: Any) -> None:
        node = node.get_object()
        if not hasattr(node, "get"):
            return
        if node.get("/S") == "/Figure":
            alternatives.add(str(node.get("/Alt")))
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if not isinstance(child, int):
                walk(child)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert {FIGURE_ALT, "Andra bilden"} <= alternatives


def test_pdf_repeats_the_header_of_a_long_table_and_cuts_no_row(pdf_pages: list[str]) -> None:
    with_rows = [sheet for sheet in pdf_pages if re.search(r"\bKommun\s+\d+", sheet)]
    assert len(with_rows) > 1
    assert all("Beskrivning" in sheet for sheet in with_rows)
    row = re.compile(r"\bKommun\s+(\d+)\b")
    for sheet in with_rows:
        for number in row.findall(sheet):
            words = " ".join(sheet.split())
            assert words.count(f"rad {number} av många") == 3


def test_pdf_turns_the_page_for_a_wide_table_only(reader: Any, pdf_pages: list[str]) -> None:
    turned = [sheet.mediabox.width > sheet.mediabox.height for sheet in reader.pages]
    assert turned == ["värde-" in text for text in pdf_pages]
    # Its heading is not left behind; the contents on the first page name it too.
    assert [number for number, text in enumerate(pdf_pages) if "Bred rubrik" in text] == [0, turned.index(True)]
    assert any(turned)


def test_pdf_citations_lead_to_the_sources(reader: Any, pdf_pages: list[str]) -> None:
    inside, outside = 0, set()
    for sheet in reader.pages:
        for note in sheet.get("/Annots", []):
            note = note.get_object()
            if "/A" in note and "/URI" in note["/A"]:
                outside.add(str(note["/A"]["/URI"]))
            else:
                inside += 1
    contents = 6
    assert inside == contents + 3
    assert {address for address in outside if "exempel" in address} == outside
    assert len(outside) == 2
    assert "[1]" in pdf_pages[-1]
    assert "Första källan" in pdf_pages[-1]


def test_pdf_shows_hostile_text_as_text(pdf_pages: list[str]) -> None:
    text = re.sub(r"\s+", "", "".join(pdf_pages))
    assert text.count(re.sub(r"\s+", "", HOSTILE)) >= 2
    assert LONG_WORD in text


def test_pdf_embeds_all_fonts(reader: Any) -> None:
    fonts = {}
    for sheet in reader.pages:
        for name, font in sheet["/Resources"].get("/Font", {}).items():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            fonts[name, str(font["/BaseFont"])] = inner["/FontDescriptor"].get_object()
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(about) for about in fonts.values())
    assert all(re.search("Libertinus|DejaVu", name) for _, name in fonts)


# The Word document.


def test_word_says_what_it_is(parts: dict[str, bytes]) -> None:
    core = parts["docProps/core.xml"].decode()
    assert "<dc:title>Örebro län: kommuner, region och nätverk</dc:title>" in core
    assert "<dc:creator>natverk contributors</dc:creator>" in core
    assert "<dc:language>sv</dc:language>" in core
    assert 'w:val="sv"' in parts["word/styles.xml"].decode()


def test_word_has_title_block_contents_and_headings(word: ET.Element) -> None:
    assert styled(word, "Title") == ["Örebro län"]
    assert styled(word, "Question") == ["Vem gör vad?"]
    assert styled(word, "Answer") == ["Kommunerna gör det mesta."]
    headings = ["Första frågan", "Andra frågan", "Källor", "Om dokumentet"]
    assert styled(word, "Heading1") == headings
    assert styled(word, "Heading2") == ["Bred rubrik", "Djup rubrik"]
    assert styled(word, "TOC1") == headings
    assert styled(word, "TOC2") == ["Bred rubrik", "Djup rubrik"]
    assert "TOC " in "".join(node.text or "" for node in word.iter(f"{W}instrText"))


def test_word_numbers_figures_and_tables(word: ET.Element) -> None:
    assert styled(word, "ImageCaption") == [f"Figur 1: {FIGURE_CAPTION}", "Figur 2: Den andra"]
    assert styled(word, "TableCaption") == [
        "Tabell 1: Få rader",
        "Tabell 2: Många rader",
        "Tabell 3: Många kolumner",
        "Tabell 4: Fientlig text",
    ]
    fields = [field.get(f"{W}instr", "").split()[0] for field in word.iter(f"{W}fldSimple")]
    assert fields == ["SEQ"] * 6


def test_word_figures_have_their_alternatives(word: ET.Element) -> None:
    names = [node.get("descr") for node in word.iter() if node.tag.endswith("}docPr")]
    assert names[:2] == [FIGURE_ALT, "Andra bilden"]


def test_word_tables_repeat_headers_keep_rows_and_small_tables_whole(word: ET.Element) -> None:
    tables = list(word.iter(f"{W}tbl"))
    assert len(tables) == 4
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
    kept = [[row.find(f".//{W}keepNext") is not None for row in table.findall(f"{W}tr")] for table in tables]
    assert kept[0] == [True, True, False]
    assert kept[1] == [True, True] + [False] * 89


def test_word_turns_the_page_for_a_wide_table_and_counts_pages_everywhere(
    word: ET.Element, parts: dict[str, bytes]
) -> None:
    sections = list(word.iter(f"{W}sectPr"))
    assert [section.find(f"{W}pgSz").get(f"{W}orient") for section in sections] == [None, "landscape", None]  # type: ignore[union-attr]
    related = parts["word/_rels/document.xml.rels"].decode()
    for section in sections:
        reference = section.find(f"{W}footerReference")
        assert reference is not None
        assert any(f'Id="{value}"' in related for value in reference.attrib.values())
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
    assert "[Trasig bild]" in text


# Both.


def test_same_page_and_day_give_the_same_bytes(made: dict[str, bytes], notebook: dict[str, Any], page: Page) -> None:
    again = document(page_body(notebook, page), page, ["pdf", "docx"], data_hash="ab" * 20, day=DAY)
    assert again == made


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
    assert set(entry.versions) == {"pypandoc-binary", "typst"}
    assert formats_of(page, entry, ["pdf"]) == ("pdf", "docx")
    assert formats_of(page, None, []) == ()


def test_a_document_that_cannot_be_made_fails_its_page_alone(
    monkeypatch: pytest.MonkeyPatch, notebook: dict[str, Any], page: Page
) -> None:
    def fails(*args: object, **options: object) -> None:
        raise NatverkError("pandoc could not make the document: <b>", remedy="report it")

    monkeypatch.setattr(documents, "document", fails)
    monkeypatch.setattr(execute, "_execute", lambda *args: {**notebook, "metadata": {}})
    result = execute.run_page(execute.Job(page, notebook, formats=("pdf",)))
    assert result.failure is not None
    assert result.failure.summary == "pandoc could not make the document: <b>"
    assert "report it" in result.failure.traceback
    assert result.html == ""


def test_formats_are_checked_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_formats(["docx,pdf", "html"]) == ("pdf", "docx")
    with pytest.raises(InvalidArgument, match="nearest: 'docx'"):
        check_formats(["pdf,dokx"])
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    assert check_formats(["html"]) == ()
    with pytest.raises(NatverkError, match=r'pip install "natverk\[documents\]"'):
        check_formats(["pdf"])


def test_no_document_is_lost_where_it_cannot_be_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Page
) -> None:
    here = replace(page, out=tmp_path)
    pdf = tmp_path / f"{page.id}.pdf"
    record = Entry(
        id=page.id, report=page.report, unit=page.unit, unit_name=page.unit_name, lang="sv", title=page.title,
        parameters={}, outcome="ok", started="2026-01-01T00:00:00+00:00", duration=1.0, notebook_sha256="n",
        files=(f"{page.id}.pdf",),
    )  # fmt: skip
    pdf.parent.mkdir(parents=True)
    pdf.write_bytes(b"%PDF")
    check_kept([here], {page.id: record})
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    with pytest.raises(NatverkError, match=r"18\.pdf cannot be made anew without pypandoc and typst"):
        check_kept([here], {page.id: record})
    check_kept([here], {page.id: replace(record, files=())})
    pdf.unlink()
    check_kept([here], {page.id: record})


def test_manuscript_without_headings_or_pictures_is_left_as_it_is() -> None:
    assert manuscript("<p>A <em>b</em></p>").html == "<p>A <em>b</em></p>"


def test_columns_get_room_by_their_text() -> None:
    rows = [["Nr", "Beskrivning"], *([str(n), "en längre text om ett nätverk " * 4] for n in range(5))]
    own = layout(rows)
    assert own.widths[1] > 5 * own.widths[0]
    assert sum(own.widths) <= 1.0001
    assert own.whole
    assert not layout(rows * 40).whole
