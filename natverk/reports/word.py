"""A manuscript made into a Word document by pandoc, then given what pandoc has no words for.

Rows are not divided between pages, small tables are kept whole, header rows come again, type is smaller in wide
tables, the footer counts the pages. The same content and day give the same bytes.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from natverk.reports.columns import Layout
from natverk.reports.manuscript import Manuscript
from natverk.reports.pandoc import TEMPLATES, convert, run_pandoc

__all__ = ["docx"]

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = {
    "w": _MAIN,
    "r": _OFFICE,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
_STYLES = {9.0: "TableText", 8.0: "TableTextSmall", 7.5: "TableTextSmaller", 6.5: "TableTextSmallest"}
_FOOTER_ID = "rIdFooter"
_PAGE = (
    f'<w:sectPr><w:footerReference w:type="default" r:id="{_FOOTER_ID}"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1361" w:right="1247" w:bottom="1474" w:left="1247" w:header="709" w:footer="709" w:gutter="0"/>'
    "</w:sectPr>"
)
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:subject>{description}'
    "</dc:subject><dc:creator>{author}</dc:creator><cp:keywords>{keywords}</cp:keywords><dc:language>{lang}"
    '</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:modified></cp:coreProperties>'
)


def docx(made: Manuscript, meta: Mapping[str, Any], day: date) -> bytes:
    """Return a manuscript as a Word document.

    Parameters
    ----------
    made
        The manuscript.
    meta
        Title, heading, language and so on, as for `natverk.reports.typeset.pdf`.
    day
        The date of the document.
    """
    head = "".join(
        f'<div data-custom-style="{style}"><p>{escape(text)}</p></div>'
        for style, text in (("Series", meta["series"]), ("Title", meta["heading"]))
    )
    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        reference, target = Path(scratch, "reference.docx"), Path(scratch, "page.docx")
        reference.write_bytes(_reference(meta))
        options = [f"--reference-doc={reference}", f"--output={target}", f"--metadata=lang:{meta['lang']}"]
        convert(head + made.html, "docx+native_numbering", [*options, f"--metadata=contents:{meta['contents']}"])
        parts = _parts(target.read_bytes())
    parts["word/document.xml"] = _finish(parts["word/document.xml"], made)
    keywords = ", ".join(meta["keywords"])
    said = {**meta, "keywords": keywords, "day": day.isoformat()}
    parts["docProps/core.xml"] = _CORE.format(**{name: escape(str(text)) for name, text in said.items()}).encode()
    return _zipped(parts, day)


@cache
def _pandoc_reference() -> bytes:
    return run_pandoc(["--print-default-data-file=reference.docx"])


def _reference(meta: Mapping[str, Any]) -> bytes:
    """Return the document whose styles, page and footer are taken over."""
    parts = _parts(_pandoc_reference())
    parts["word/styles.xml"] = (TEMPLATES / "styles.xml").read_bytes()
    before, between, after = (f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' for text in meta["page"])
    number, total = (
        f'<w:fldSimple w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>' for field in ("PAGE", "NUMPAGES")
    )
    parts["word/footer1.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:ftr xmlns:w={quoteattr(_MAIN)}><w:p><w:pPr>'
        f'<w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">{escape(meta["heading"])}</w:t></w:r>'
        f"<w:r><w:tab/></w:r>{before}{number}{between}{total}{after}</w:p></w:ftr>"
    ).encode()
    _insert(
        parts,
        "word/_rels/document.xml.rels",
        "</Relationships>",
        f'<Relationship Id="{_FOOTER_ID}" Type="{_OFFICE}/footer" Target="footer1.xml"/>',
    )
    _insert(
        parts,
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.footer+xml"/>',
    )
    document = parts["word/document.xml"].decode("utf-8")
    start = document.rindex("<w:sectPr>")
    end = document.rindex("</w:sectPr>") + len("</w:sectPr>")
    parts["word/document.xml"] = (document[:start] + _PAGE + document[end:]).encode()
    settings = '<w:autoHyphenation/><w:consecutiveHyphenLimit w:val="2"/><w:hyphenationZone w:val="200"/>'
    _insert(parts, "word/settings.xml", "<w:drawingGridHorizontalSpacing", settings)
    return _zipped(parts, date(1980, 1, 1))


def _insert(parts: dict[str, bytes], name: str, before: str, text: str) -> None:
    parts[name] = parts[name].decode("utf-8").replace(before, text + before, 1).encode()


def _finish(document: bytes, made: Manuscript) -> bytes:
    """Return the text of the document with its tables, pictures and sections finished."""
    for prefix, name in _NAMES.items():
        ET.register_namespace(prefix, name)
    root = ET.fromstring(document)
    for table, own in zip(root.iter(_w("tbl")), made.tables, strict=True):
        _finish_table(table, own)
    for before, after in pairwise(next(root.iter(_w("body")))):
        style = after.find(f"{_w('pPr')}/{_w('pStyle')}")
        if before.tag == _w("tbl") and style is not None and style.get(_w("val")) in {"BodyText", "FirstParagraph"}:
            style.set(_w("val"), "AfterTable")
    pictures = iter(made.pictures)
    for drawing in root.iter(f"{{{_NAMES['wp']}}}inline"):
        picture = next(pictures)
        for side in "TBLR":
            drawing.set(f"dist{side}", "0")
        for tag in (f"{{{_NAMES['wp']}}}docPr", f"{{{_NAMES['pic']}}}cNvPr"):
            for properties in drawing.iter(tag):
                properties.set("descr", picture.alt)
                properties.set("name", picture.name)
    # The first section has no one before it to take its footer from.
    for section in root.iter(_w("sectPr")):
        if section.find(_w("footerReference")) is None:
            reference = ET.Element(_w("footerReference"), {_w("type"): "default", f"{{{_OFFICE}}}id": _FOOTER_ID})
            section.insert(0, reference)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _finish_table(table: ET.Element, own: Layout) -> None:
    rows = table.findall(_w("tr"))
    for place, row in enumerate(rows):
        properties = row.find(_w("trPr"))
        if properties is None:
            properties = ET.Element(_w("trPr"))
            row.insert(0, properties)
        properties.insert(0, ET.Element(_w("cantSplit")))
        for paragraph in row.iter(_w("p")):
            about = paragraph.find(_w("pPr"))
            if about is None:
                about = ET.Element(_w("pPr"))
                paragraph.insert(0, about)
            style = about.find(_w("pStyle"))
            if style is None:
                style = ET.Element(_w("pStyle"))
                about.insert(0, style)
            style.set(_w("val"), _STYLES[own.size])
            # The first rows stay with the header, and all rows of a small table together.
            if (own.whole or place < 2) and place + 1 < len(rows):
                about.insert(1, ET.Element(_w("keepNext")))


def _w(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _zipped(parts: Mapping[str, bytes], day: date) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        # The list of types comes first, as readers expect.
        for name in sorted(parts, key=lambda part: (part != "[Content_Types].xml", part)):
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return buffer.getvalue()
