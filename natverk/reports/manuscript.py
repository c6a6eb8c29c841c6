"""A page made into a manuscript: plain, semantic HTML from which Word and PDF documents are set.

What only a screen needs is taken out: code, folds, boxes that scroll, links into the site. What paper needs is put
in: captions as part of their tables and figures, widths of columns, sizes of pictures in millimetres.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from natverk.reports.columns import Layout, layout
from natverk.reports.images import Picture, picture_of

__all__ = ["Manuscript", "manuscript"]

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
    for table in soup.find_all("div", attrs={"data-turned": True}):
        before = table.find_previous_sibling()
        while isinstance(before, Tag) and _HEADINGS.fullmatch(before.name):
            table.insert(0, before.extract())
            before = table.find_previous_sibling()


def _set_opening(soup: BeautifulSoup) -> None:
    """Mark what stands before the first heading: the question, the answer, and when the contents follow."""
    first = soup.find(_HEADINGS)
    contents = soup.new_tag("div", attrs={"class": "nv-contents"})
    if first is None:
        return
    while first.parent is not None and first.parent is not soup:
        first = first.parent
    for block in _before(first):
        only = [child for child in block.children if not (isinstance(child, str) and not child.strip())]
        if block.name == "p" and len(only) == 1 and isinstance(only[0], Tag) and only[0].name in {"em", "strong"}:
            style = "Question" if only[0].name == "em" else "Answer"
            only[0].unwrap()
            block.wrap(soup.new_tag("div", attrs={"data-custom-style": style}))
        elif block.name == "ul":
            block.wrap(soup.new_tag("div", attrs={"class": "nv-facts"}))
    first.insert_before(contents)


def _before(tag: Tag) -> Iterator[Tag]:
    yield from [sibling for sibling in reversed(list(tag.previous_siblings)) if isinstance(sibling, Tag)]


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
