"""Pages as documents to print, send or archive: PDF and Word, from the same executed notebook as the web page.

What only a screen needs is taken out of the page's HTML: code, folds, boxes that scroll, links into the site. What
paper needs is put in: captions as part of their tables and figures, widths of columns, sizes of pictures. Of this
manuscript pandoc makes Word, and Typst PDF. Both come as wheels with the extra `natverk[documents]` and need no
network, no TeX and no fonts of the system. Code is left out: a document says where it stands.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from html import escape
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from natverk.errors import InvalidArgument, NatverkError
from natverk.locale import Texts, texts
from natverk.reports.plan import Page
from natverk.version import __version__

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from bs4 import BeautifulSoup, Tag
    from typst import Fonts

    from natverk.reports.page import Body
    from natverk.reports.record import Entry

__all__ = [
    "FORMATS",
    "LANDSCAPE_HEIGHT",
    "LANDSCAPE_WIDTH",
    "Layout",
    "Manuscript",
    "NEEDED",
    "PAPER_FORMATS",
    "Picture",
    "STANDARDS",
    "TEMPLATES",
    "TEXT_HEIGHT",
    "TEXT_WIDTH",
    "check_formats",
    "check_kept",
    "convert",
    "document",
    "docx",
    "formats_of",
    "layout",
    "manuscript",
    "pdf",
    "picture_of",
    "rasterise",
    "run_pandoc",
]

PAPER_FORMATS: tuple[str, ...] = ("pdf", "docx")
FORMATS: tuple[str, ...] = ("html", *PAPER_FORMATS)
# The packages of the extra `natverk[documents]`.
NEEDED: tuple[str, ...] = ("pypandoc", "typst")
_AUTHOR = "natverk contributors"
_TIMEOUT = 300
TEMPLATES = Path(__file__).parent / "templates" / "document"


def check_formats(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the formats beside HTML that are asked for, each once, in the order of `PAPER_FORMATS`.

    Parameters
    ----------
    asked
        Names of formats; one text may hold several, separated by commas.

    Raises
    ------
    InvalidArgument
        If there is no such format.
    NatverkError
        If the packages that make documents are not installed.

    Examples
    --------
    >>> check_formats(["html"]), check_formats([])
    ((), ())
    >>> check_formats(["pfd"])
    Traceback (most recent call last):
        ...
    natverk.errors.InvalidArgument: unknown format 'pfd'
      where: --format
      nearest: 'pdf'
      allowed: 'html', 'pdf', 'docx'
    """
    names = [name.strip().lower() for text in asked for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise InvalidArgument(f"unknown format {name!r}", where="--format", allowed=FORMATS, value=name)
    wanted = tuple(name for name in PAPER_FORMATS if name in names)
    missing = [name for name in NEEDED if wanted and find_spec(name) is None]
    if missing:
        raise NatverkError(
            f"{' and '.join(wanted)} cannot be made without {' and '.join(missing)}, not installed here",
            where="--format",
            remedy='pip install "natverk[documents]"',
        )
    return wanted


def check_kept(pages: Iterable[Page], entries: Mapping[str, Entry]) -> None:
    """See that no page would lose a document that it has: one of an earlier run must not stay beside a newer page.

    Parameters
    ----------
    pages
        The pages that are about to be made anew.
    entries
        The records of the manifest.

    Raises
    ------
    NatverkError
        If one would, because the packages that make documents are not installed.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    had = [page for page in pages if missing and page.id in entries]
    names = [
        f"{page.id}.{kind}" for page in had for kind in PAPER_FORMATS if (page.out / f"{page.id}.{kind}").is_file()
    ]
    lost = [name for name in names if name in entries[name.rpartition(".")[0]].files]
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise NatverkError(
            f"{lost[0]}{more} cannot be made anew without {' and '.join(missing)}, not installed here",
            where="documents beside pages",
            remedy='pip install "natverk[documents]"   or   --format html, which removes them',
        )


def formats_of(page: Page, entry: Entry | None, asked: Sequence[str]) -> tuple[str, ...]:
    """Return which documents are made of a page: those that are asked for, and those that it has.

    Parameters
    ----------
    page
        The page.
    entry
        Its record in the manifest, if it has one.
    asked
        What `check_formats` returned.
    """
    had = {kind for kind in PAPER_FORMATS if entry and f"{page.id}.{kind}" in entry.files}
    can = all(find_spec(name) for name in NEEDED)
    return tuple(kind for kind in PAPER_FORMATS if kind in asked or (kind in had and can))


def document(
    body: Body,
    page: Page,
    kinds: Sequence[str],
    *,
    data_hash: str | None = None,
    day: date | None = None,
) -> dict[str, bytes]:
    """Return a page as documents: kind → the bytes of the file.

    Parameters
    ----------
    body
        The content of the page: `natverk.reports.page.page_body` of the executed notebook.
    page
        Which page it is; gives language, title and paths.
    kinds
        Of `PAPER_FORMATS`.
    data_hash
        `Dataset.fingerprint` of the data, for the last section.
    day
        The date that the files carry; default is the vintage of the data. The same page and day give the same bytes.

    Raises
    ------
    InvalidArgument
        If there is no such kind.
    NatverkError
        If the packages that make documents are not installed, or fail.
    """
    from natverk.data.load import load

    wanted = check_formats(kinds)
    t = texts(page.lang)
    heading = body.title or page.title
    meta: dict[str, Any] = {
        "title": page.title if heading in page.title else f"{heading} – {page.title}",
        "heading": heading,
        "series": t("site.name"),
        "lang": page.lang,
        "author": _AUTHOR,
        "description": t("documents.subject", report=page.title),
        "keywords": [word.strip() for word in t("documents.keywords").split(",")],
        "contents": t("documents.contents"),
        "page": re.split(r"\{page\}|\{pages\}", t("documents.page")),
    }
    made = manuscript(body.html, _about(page, t, data_hash, wanted))
    dated = day or date.fromisoformat(load().vintage)
    return {kind: pdf(made, meta, dated) if kind == "pdf" else docx(made, meta, dated) for kind in wanted}


def _about(page: Page, t: Texts, data_hash: str | None, kinds: Sequence[str]) -> str:
    """Return the section that says how the document was made and where its code is."""
    made = t("documents.made_by", version=__version__)
    if data_hash:
        made += f" · {t('documents.data', hash=data_hash[:12])}"
    code = t("documents.code", notebook=page.ipynb.name, html=page.html.name)
    again = f"natverk report {page.id} --format {','.join(kinds)}"
    lines = (f"{escape(made)}.", escape(code), f"{escape(t('documents.again'))} <code>{escape(again)}</code>")
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    return f'<h2>{escape(t("documents.about"))}</h2><div data-custom-style="About">{paragraphs}</div>'


_SCREEN_ONLY = ["audio", "button", "canvas", "input", "select", "svg", "textarea", "video"]
_HEADINGS = re.compile(r"h[1-6]")
_SAFE_ID = re.compile(r"[a-z][a-z0-9-]*")
_OUTSIDE = re.compile(r"(https?|mailto):", re.IGNORECASE)
_LANGUAGE = re.compile(r"([a-z]{2,3})(-[a-zA-Z0-9]+)*")
_KEPT = {
    "a": {"href"},
    "div": {"class", "data-n", "data-turned", "data-custom-style"},
    "img": {"alt", "src", "width", "height"},
    "li": {"id"},
    "ol": {"start"},
    "span": {"lang"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "style"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}


@dataclass(frozen=True)
class Manuscript:
    """The content of a document; `data-n` in its HTML are places in `pictures` and `tables`."""

    html: str
    pictures: tuple[Picture, ...]
    tables: tuple[Layout, ...]


def manuscript(html: str, closing: str = "") -> Manuscript:
    """Return the manuscript of a page.

    Parameters
    ----------
    html
        The body of a page as `polish` returns it: safe, its title taken out.
    closing
        HTML to stand last, for what is said about the document itself.

    Examples
    --------
    >>> made = manuscript("<p><em>Who?</em></p><h2 id='a'>A</h2><details class='code'>x = 1</details><p>b</p>")
    >>> made.html
    '<div data-custom-style="Question"><p>Who?</p></div><div class="nv-contents"></div><h1 id="a">A</h1><p>b</p>'
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html + closing, "html.parser")
    for tag in [*soup.select("details.code, div.leading, p.get"), *soup.find_all(_SCREEN_ONLY)]:
        if not tag.decomposed:
            tag.decompose()
    _unfold(soup)
    pictures = _set_pictures(soup)
    tables = _set_tables(soup)
    _set_sources(soup)
    _level_headings(soup)
    _flatten(soup)
    _take_headings_along(soup)
    _set_opening(soup)
    _keep_links(soup)
    return Manuscript(str(soup).strip(), pictures, tables)


def _unfold(soup: BeautifulSoup) -> None:
    """Open what is folded away; the line that opens it is a heading of its own unless a caption says the same."""
    for fold in soup.find_all("details"):
        summary = fold.find("summary", recursive=False)
        table = fold.find("table")
        label = str(table.get("aria-label") or "") if table else ""
        if summary is not None:
            if label and " ".join(summary.get_text().split()).startswith(" ".join(label.split())):
                summary.decompose()
            else:
                summary.name = "p"
                fold.insert_before(summary.wrap(soup.new_tag("div", attrs={"data-custom-style": "Lead-in"})))
        fold.name = "div"
        fold.attrs = {} if table else {"data-custom-style": "Fine"}


def _set_pictures(soup: BeautifulSoup) -> tuple[Picture, ...]:
    pictures: list[Picture] = []
    for image in soup.find_all("img"):
        alt = " ".join(str(image.get("alt") or "").split())
        figure = image.find_parent("figure")
        picture = None if image.find_parent("table") else picture_of(image, alt, len(pictures) + 1)
        if picture is None:
            # What cannot be shown is said: a broken picture, and one in a cell.
            image.replace_with(f"[{alt}]" if alt else "")
            continue
        image.attrs = {
            "alt": picture.alt,
            "src": f"data:image/{picture.name.rsplit('.')[-1]};base64,{base64.b64encode(picture.data).decode()}",
            "width": f"{picture.width:.1f}mm",
            "height": f"{picture.height:.1f}mm",
        }
        caption = figure.find("figcaption") if figure is not None else None
        box = soup.new_tag("div", attrs={"class": "nv-figure", "data-n": str(len(pictures))})
        place = figure if figure is not None and len(figure.find_all("img")) == 1 else image
        place.insert_before(box)
        own = soup.new_tag("figure")
        own.append(image.extract())
        if caption is not None:
            own.append(caption.extract())
        box.append(own)
        if place is figure:
            figure.unwrap()
        pictures.append(picture)
    for figure in soup.find_all("figure"):
        # One that shows no picture, or several, is its parts.
        if figure.parent is None or "nv-figure" not in (figure.parent.get("class") or ()):
            for caption in figure.find_all("figcaption"):
                caption.name = "p"
            figure.name = "div"
            figure.attrs = {}
    # A box of blocks cannot stand inside a paragraph.
    for paragraph in soup.find_all("p"):
        if paragraph.find("div") is not None:
            paragraph.unwrap()
    return tuple(pictures)


def _set_tables(soup: BeautifulSoup) -> tuple[Layout, ...]:
    tables: list[Layout] = []
    for table in soup.find_all("table"):
        if table.find_parent("table") is not None:
            continue
        for inner in table.find_all("table"):
            inner.replace_with(inner.get_text(" ", strip=True))
        rows = [_cells(row) for row in table.find_all("tr")]
        own = layout([[" ".join(cell.get_text(" ").split()) for cell in row] for row in rows])
        if not own.widths:
            table.decompose()
            continue
        _put_caption(soup, table)
        for cell in (cell for row in rows for cell in row):
            number = {"nv-number", "number"} & set(cell.get("class") or ())
            cell["style"] = f"text-align: {'right' if number else 'left'}"
        group = soup.new_tag("colgroup")
        for share in own.widths:
            group.append(soup.new_tag("col", attrs={"style": f"width: {share * 100:.2f}%"}))
        for old in table.find_all("colgroup"):
            old.decompose()
        table.insert(1 if table.find("caption") else 0, group)
        turned = {"data-turned": "1"} if own.landscape else {}
        table.wrap(soup.new_tag("div", attrs={"class": "nv-table", "data-n": str(len(tables)), **turned}))
        tables.append(own)
    return tuple(tables)


def _cells(row: Tag) -> list[Tag]:
    return list(row.find_all(["td", "th"], recursive=False))


def _put_caption(soup: BeautifulSoup, table: Tag) -> None:
    """Make the line over a table, or the name that a screen reader says, its caption."""
    outer = table.find_parent("div", class_="nv-tablebox")
    above = outer.find(class_="nv-caption") if outer is not None else None
    inside = table.find("caption")
    label = str(table.get("aria-label") or "")
    caption = soup.new_tag("caption")
    for given in (inside, above):
        if given is not None:
            caption.extend(list(given.contents))
            given.decompose()
            break
    else:
        caption.string = label
    if caption.get_text(strip=True):
        table.insert(0, caption)


def _set_sources(soup: BeautifulSoup) -> None:
    for sources in soup.find_all("ol", class_="nv-sources"):
        sources.wrap(soup.new_tag("div", attrs={"class": "nv-sources"}))


def _level_headings(soup: BeautifulSoup) -> None:
    """Let headings begin at the first level and go down one level at a time."""
    above = 0
    for heading in soup.find_all(_HEADINGS):
        if not heading.get_text(strip=True) or heading.find_parent("table") is not None:
            heading.unwrap()
            continue
        above = min(max(1, int(heading.name[1]) - 1), above + 1)
        heading.name = f"h{above}"


def _flatten(soup: BeautifulSoup) -> None:
    """Take away the boxes of the screen and every attribute that a document has no use for."""
    for tag in soup.find_all(True):
        if tag.name in {"div", "section", "article"} and not (
            {"data-n", "data-custom-style"} & set(tag.attrs) or "nv-sources" in (tag.get("class") or ())
        ):
            tag.unwrap()
            continue
        if tag.name == "p" and "nv-notice" in (tag.get("class") or ()):
            tag.wrap(soup.new_tag("div", attrs={"data-custom-style": "Notice"}))
        kept = _KEPT.get(tag.name, {"style"} if tag.name == "col" else set())
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in kept}
        if tag.name == "span":
            language = _LANGUAGE.fullmatch(str(tag.get("lang") or ""))
            if language is None:
                tag.unwrap()
            else:
                tag["lang"] = language[1]
    soup.smooth()


def _take_headings_along(soup: BeautifulSoup) -> None:
    """Let a heading stand on the turned page of its table, not alone on the one before."""
    from bs4 import Tag

    for table in soup.find_all("div", attrs={"data-turned": True}):
        before = table.find_previous_sibling()
        while isinstance(before, Tag) and _HEADINGS.fullmatch(before.name):
            table.insert(0, before.extract())
            before = table.find_previous_sibling()


def _set_opening(soup: BeautifulSoup) -> None:
    """Mark what stands before the first heading: the question, the answer, and when the contents follow."""
    from bs4 import Tag

    first = soup.find(_HEADINGS)
    contents = soup.new_tag("div", attrs={"class": "nv-contents"})
    if first is None:
        return
    while first.parent is not None and first.parent is not soup:
        first = first.parent
    for block in [sibling for sibling in reversed(list(first.previous_siblings)) if isinstance(sibling, Tag)]:
        only = [child for child in block.children if not (isinstance(child, str) and not child.strip())]
        if block.name == "p" and len(only) == 1 and isinstance(only[0], Tag) and only[0].name in {"em", "strong"}:
            style = "Question" if only[0].name == "em" else "Answer"
            only[0].unwrap()
            block.wrap(soup.new_tag("div", attrs={"data-custom-style": style}))
        elif block.name == "ul":
            block.wrap(soup.new_tag("div", attrs={"class": "nv-facts"}))
    first.insert_before(contents)


def _keep_links(soup: BeautifulSoup) -> None:
    """Keep links to places in the document and to the outside; one into the site would lead nowhere."""
    places: set[str] = set()
    for tag in soup.find_all(id=True):
        if _SAFE_ID.fullmatch(str(tag["id"])) and tag["id"] not in places:
            places.add(str(tag["id"]))
        else:
            del tag["id"]
    for link in soup.find_all("a"):
        address = str(link.get("href") or "").strip()
        if not (address[1:] in places if address.startswith("#") else _OUTSIDE.match(address)):
            link.unwrap()


# The text area of an A4 page in points, as `templates/document` sets it, upright and sideways.
TEXT_WIDTH, TEXT_HEIGHT, LANDSCAPE_WIDTH, LANDSCAPE_HEIGHT = 470.0, 700.0, 717.0, 453.0
# The mean width of a letter in ems, and what a cell and a row need beside their text, in points.
_LETTER, _PADDING, _ROW = 0.47, 9.0, 6.5
# Words longer than this many letters may be divided; where the page is too narrow, shorter ones too.
_WORD, _NARROW = 20, 13
# Not before a digit: `mem-00001` stays together.
_BREAKS = re.compile(r"(?<=[-/\u00ad\u200b])(?!\d)")
# How many letters ahead is looked for the next line that a wider column saves.
_AHEAD = 14
_ALL = 0.4
# Size of type, sideways or not, and the mean number of lines a row that is still easy to read.
_CHOICES = ((9.0, False, 1.6), (8.0, False, 3.4))
_SMALL, _SIDEWAYS = 7.5, (8.0, 7.5, 6.5)
# A page turned for one table leaves those around it half empty: it has to save more than that, in pages.
_WORTH_TURNING = 0.8
# A table up to this share of a page is not divided.
_WHOLE = 0.55
# Words are wider than the mean of their letters, and those of the header are bold.
_WIDE, _BOLD = 1.1, 1.25


@dataclass(frozen=True)
class Layout:
    """How one table is set.

    Attributes
    ----------
    widths
        Share of the width of the text for each column; the sum is at most 1.
    size
        Size of type in points.
    landscape
        Whether it stands on a page of its own, turned sideways.
    whole
        Whether it is short enough to be kept on one page.
    letters
        Words with more letters than this have to be divided anywhere, as columns have no room for them.
    """

    widths: tuple[float, ...]
    size: float
    landscape: bool
    whole: bool
    letters: int = _WORD


def layout(rows: Sequence[Sequence[str]]) -> Layout:
    """Return how a table of these cells, the header row first, is set on A4.

    Examples
    --------
    >>> small = layout([["Nätverk", "Sedan"], ["SERN", "2006"]])
    >>> small.size, small.landscape, small.whole, sum(small.widths) < 0.5
    (9.0, False, True, True)
    >>> layout([["Nyckeltal"] * 20] + [["omfattande"] * 20] * 30).landscape
    True
    """
    import numpy as np

    count = max((len(row) for row in rows), default=0)
    if count == 0:
        return Layout((), _CHOICES[0][0], False, True)
    cells = [[*row, *[""] * (count - len(row))] for row in rows]
    words = _words(cells, _WORD)
    for size, sideways, most in _CHOICES:
        widths, lines = _fit(cells, words, _letters(size, sideways, count))
        if lines.mean() <= most and words.sum() <= _letters(size, sideways, count):
            break
    else:
        size, sideways = _SMALL, False
        words = np.minimum(words, _words(cells, _NARROW))
        widths, lines = _fit(cells, words, _letters(size, sideways, count))
        fitting = (size for size in _SIDEWAYS if words.sum() <= _letters(size, True, count))
        turned = next(fitting, _SIDEWAYS[-1])
        other = _fit(cells, words, _letters(turned, True, count))
        saved = _height(lines, size) / TEXT_HEIGHT - _height(other[1], turned) / LANDSCAPE_HEIGHT
        if words.sum() > _letters(size, False, count) or saved > _WORTH_TURNING:
            size, sideways, (widths, lines) = turned, True, other
    total = (LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) / (size * _LETTER)
    shares = (widths + _PADDING / (size * _LETTER)) / total
    return Layout(
        tuple(float(share) for share in np.round(shares / max(1.0, float(shares.sum())), 4)),
        size,
        sideways,
        not sideways and _height(lines, size) <= _WHOLE * TEXT_HEIGHT,
        int(min([_WORD, *(widths / _BOLD)[widths + 1 < _words(cells, _WORD)]])),
    )


def _height(lines: npt.NDArray[np.float64], size: float) -> float:
    return float((lines * size * 1.25 + _ROW).sum())


def _words(cells: Sequence[Sequence[str]], most: int) -> npt.NDArray[np.float64]:
    """Return the room in letters that the longest word of each column takes."""
    import numpy as np

    longest = [
        [min(most, max((letters for _, letters in _pieces(cell)), default=0)) + 1 for cell in row] for row in cells
    ]
    words = np.array(longest, dtype=np.float64) * _WIDE
    words[0] *= _BOLD / _WIDE
    return np.asarray(words.max(axis=0), dtype=np.float64)


def _letters(size: float, sideways: bool, count: int) -> float:
    """Return how many letters stand beside each other in a row of `count` cells."""
    return ((LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) - count * _PADDING) / (size * _LETTER)


def _fit(
    texts: Sequence[Sequence[str]], words: npt.NDArray[np.float64], room: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return widths in letters and the lines of each row; room that is left goes where it saves most lines."""
    import numpy as np

    columns = [[_pieces(text) for text in column] for column in zip(*texts, strict=True)]
    natural = np.array([max(sum(map(sum, pieces)) for pieces in column) for column in columns], dtype=np.float64)
    natural = np.maximum(natural * 1.06 + 1, words)
    if natural.sum() <= room:
        return natural, np.ones(len(texts))

    @cache
    def lines(column: int, width: int) -> npt.NDArray[np.float64]:
        counts = {pieces: _wrapped(pieces, width) for pieces in set(columns[column])}
        return np.array([counts[pieces] for pieces in columns[column]], dtype=np.float64)

    widths = np.floor(words * min(1.0, room / words.sum())).astype(int).clip(1)
    left = int(room - widths.sum())
    now = np.column_stack([lines(column, width) for column, width in enumerate(widths.tolist())])
    while left > 0:
        best = (0.0, 0.0, 0, 1)
        for column, width in enumerate(widths.tolist()):
            for letters in range(1, min(left, _AHEAD) + 1):
                after = now.copy()
                after[:, column] = lines(column, width + letters)
                saved = (_cost(now) - _cost(after)) / letters
                # Where no column saves a line, the one that is fullest comes first.
                best = max(best, (saved, float(natural[column] / width) if letters == 1 else 0.0, column, letters))
        column, letters = best[2:]
        widths[column] += letters
        now[:, column] = lines(column, int(widths[column]))
        left -= letters
    return widths.astype(np.float64), now.max(axis=1)


def _pieces(text: str) -> tuple[tuple[int, int], ...]:
    """Return the parts between which a text may be broken: the space before each, and its letters."""
    pieces: list[tuple[int, int]] = []
    for word in text.split():
        parts = [part for part in _BREAKS.split(word) if part]
        pieces.extend((int(place == 0 and bool(pieces)), len(part)) for place, part in enumerate(parts))
    return tuple(pieces)


def _wrapped(pieces: tuple[tuple[int, int], ...], width: int) -> int:
    """Return how many lines a text takes; a part that is longer than a line is divided."""
    lines, used = 1, 0
    for space, letters in pieces:
        if used and used + space + letters > width:
            lines, used = lines + 1, 0
        used += letters + (space if used else 0)
        if used > width:
            lines, used = lines + (used - 1) // width, (used - 1) % width + 1
    return lines


def _cost(lines: npt.NDArray[np.float64]) -> float:
    """Return how badly a table reads: squared, as one row of six lines is worse than some rows of two.

    All lines count a little, and not only those of the longest cell of a row: two cells of two lines become one of one
    only after each other.
    """
    return float((lines.max(axis=1) ** 2).sum() + _ALL * lines.sum())


# The largest picture in millimetres: the width of the text, and the height that leaves room for a long caption.
_WIDTH, _HEIGHT = 166.0, 200.0
_MM_PER_PIXEL = 25.4 / 96
_SVG_PPI = 300
_DATA = re.compile(r"data:image/(png|jpeg|gif|svg\+xml)(;[^,;]+)*?(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A picture: its file, its size on paper in millimetres, and what it shows, in words."""

    name: str
    data: bytes
    width: float
    height: float
    alt: str


def picture_of(image: Tag, alt: str, number: int) -> Picture | None:
    """Return the picture of an `img` as a PNG or JPEG that can be opened, or None if it has none.

    Parameters
    ----------
    image
        The tag; its picture stands in a `data:` address.
    alt
        What it shows, in words.
    number
        Its place among the pictures, for the name of its file.
    """
    from PIL import Image

    match = _DATA.fullmatch(str(image.get("src") or "").strip())
    if match is None:
        return None
    kind, coded, text = match[1].lower(), match[3], match[4]
    try:
        data = base64.b64decode(text, validate=False) if coded else unquote_to_bytes(text)
        scale = 1.0
        if kind == "svg+xml":
            data, scale = rasterise(data, _SVG_PPI), 96 / _SVG_PPI
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            width, height = opened.size
            if opened.format not in {"PNG", "JPEG"}:
                buffer = io.BytesIO()
                opened.convert("RGBA").save(buffer, "PNG")
                data, kind = buffer.getvalue(), "png"
            else:
                kind = opened.format.lower()
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    # The size that the page gives it, or else its own, made to fit.
    asked = str(image.get("width") or "").removesuffix("px")
    across = (float(asked) if asked.isdecimal() and int(asked) else width * scale) * _MM_PER_PIXEL
    factor = min(1.0, _WIDTH / across, _HEIGHT / (across * height / width))
    size = across * factor
    return Picture(f"picture-{number}.{kind}", data, round(size, 1), round(size * height / width, 1), alt)


# Tagged for screen readers, and fit for an archive. Where a text has a character that no font at hand has, an
# archive file is not to be had, and the tagged one is made.
Standard = Literal["ua-1", "a-2a"]
STANDARDS: tuple[tuple[Standard, ...], ...] = (("ua-1", "a-2a"), ("ua-1",), ())

# pandoc centres tables; like the text they stand at the left.
_CENTRED = re.compile(r"^( *align\()center(\)\[#table\()", re.MULTILINE)


def pdf(made: Manuscript, meta: Mapping[str, Any], day: date) -> bytes:
    """Return a manuscript as a tagged PDF; the same content and day give the same bytes.

    Parameters
    ----------
    made
        The manuscript.
    meta
        What `templates/document/page.typ` reads as `meta`: title, heading, language and so on.
    day
        The date of the document.

    Raises
    ------
    NatverkError
        If pandoc or Typst fails, with its own words.
    """
    import typst

    body = _CENTRED.sub(r"\1left\2", convert(made.html, "typst"))
    about = {
        **meta,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "pictures": [
            {"name": own.name, "width": own.width, "height": own.height, "alt": own.alt} for own in made.pictures
        ],
        "tables": [
            {"size": own.size, "landscape": own.landscape, "whole": own.whole, "letters": own.letters}
            for own in made.tables
        ],
    }
    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        folder = Path(scratch)
        for own in made.pictures:
            (folder / own.name).write_bytes(own.data)
        (folder / "meta.json").write_text(json.dumps(about), encoding="utf-8")
        source = folder / "page.typ"
        source.write_text((TEMPLATES / "page.typ").read_text(encoding="utf-8") + body, encoding="utf-8")
        noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        for standards in STANDARDS[:-1]:
            try:
                return _compiled(source, standards, noon)
            except typst.TypstError:
                continue
        try:
            return _compiled(source, STANDARDS[-1], noon)
        except typst.TypstError as error:
            raise NatverkError(f"the PDF could not be set: {error}", where="natverk/reports/templates") from error


def _compiled(source: Path, standards: Sequence[Standard], when: int) -> bytes:
    import typst

    return typst.compile(
        source,
        root=source.parent,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=list(standards),
        timestamp=when,
    )


def _fonts() -> Fonts:
    import matplotlib
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(matplotlib.get_data_path(), "fonts", "ttf"))])


def rasterise(svg: bytes, ppi: int) -> bytes:
    """Return a drawing as a PNG.

    Raises
    ------
    ValueError
        If it cannot be drawn.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        folder = Path(scratch)
        (folder / "drawing.svg").write_bytes(svg)
        source = folder / "page.typ"
        source.write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")', encoding="utf-8")
        try:
            return typst.compile(source, root=folder, font_paths=_fonts(), format="png", ppi=ppi)
        except typst.TypstError as error:
            raise ValueError(str(error)) from error


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
        Title, heading, language and so on, as for `natverk.reports.documents.pdf`.
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


def convert(html: str, writer: str, options: Sequence[str] = ()) -> str:
    """Return a manuscript in another markup."""
    return run_pandoc(
        ["--from=html", f"--to={writer}", "--wrap=none", f"--lua-filter={TEMPLATES / 'filter.lua'}", *options], html
    ).decode("utf-8")


def run_pandoc(options: Sequence[str], text: str = "") -> bytes:
    """Run pandoc and return what it writes; it opens no file or address beside those of `options`.

    Raises
    ------
    NatverkError
        If it fails, with its own words.
    """
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--sandbox", *options]
    # A date in the environment would be another day's tomorrow: what is dated is dated by its content.
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run(
        command, input=text.encode("utf-8"), capture_output=True, env=surroundings, timeout=_TIMEOUT, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip()
        raise NatverkError(f"pandoc could not make the document: {said[-500:]}", where="natverk/reports/templates")
    return done.stdout
