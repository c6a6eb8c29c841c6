"""The HTML of notebook cells made safe and readable.

Safe: no script, no frame, no form, no style of its own and nothing loaded from elsewhere, whatever a cell displayed.
Readable: one title, headings with addresses, tables that scroll in their own box on a phone and can be downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from natverk.data.units import fold
from natverk.locale import Texts
from natverk.reports.characters import isolate
from natverk.reports.pictures import describe_pictures
from natverk.reports.tables import take_tables

__all__ = ["Body", "Heading", "polish"]

# Also styles, which would overrule those of the page (pandas sends one with each table), what changes attributes
# later on, and what browsers read by rules other than those of this parser.
_FORBIDDEN = [
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "link",
    "meta",
    "base",
    "form",
    "style",
    "animate",
    "animatemotion",
    "animatetransform",
    "set",
    "noscript",
    "noembed",
    "noframes",
    "plaintext",
    "template",
    "xmp",
]
# Attributes that make a browser fetch something.
_LOADING = ("src", "srcset", "data", "poster", "background", "xlink:href", "ping", "formaction")
_RIGHT = re.compile(r"text-align\s*:\s*(right|end)", re.IGNORECASE)
# Characters from which a table cell is wide, and very wide.
_MEDIUM, _LONG = 24, 80
# A link may lead to a page, to a mail program, or to a place in the site: then nothing before its path has a colon,
# and it does not begin with two slashes, which lead to another host.
_GOOD_LINK = re.compile(r"(https?|mailto):|(?![/\\]{2})[^:/?#]*([/?#]|$)", re.IGNORECASE)
# What browsers leave out of an address before they judge it, and what cannot be seen in one.
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Heading:
    """A heading of the second level: its text and the address of its section."""

    text: str
    id: str


@dataclass(frozen=True)
class Body:
    """A page's content: the first heading of the first level, taken out, the rest, the contents, and its tables.

    `files` are the tables as CSV, path from the page's folder → text.
    """

    title: str
    html: str
    contents: tuple[Heading, ...]
    files: Mapping[str, str] = field(default_factory=dict)


def polish(html: str, t: Texts, *, unit: str | None = None) -> Body:
    """Return the content of a page, safe and readable.

    Parameters
    ----------
    html
        The rendered cells.
    t
        The texts of the page's language: labels for tables and pictures that have none of their own.
    unit
        The unit of the page: its tables become files in a folder of this name. Without it they do not.

    Examples
    --------
    >>> html = "<h1>A</h1><h2>B &amp; C</h2><script>x()</script><p onclick='x()'>d</p>"
    >>> from natverk.locale import texts
    >>> body = polish(html, texts("en"))
    >>> body.title, body.contents[0].id, body.html
    ('A', 'b-c', '<h2 id="b-c">B &amp; C</h2><p>d</p>')
    """
    soup = BeautifulSoup(html, "html.parser")
    _make_safe(soup)
    isolate(soup)
    describe_pictures(soup, t("site.page.figure"))
    title = _take_title(soup)
    _move_leading_code(soup)
    contents = _address_headings(soup)
    for block in soup.find_all("pre", tabindex=False):
        # Code is wider than a phone: the keyboard must be able to scroll it.
        block["tabindex"] = "0"
    _box_tables(soup, t("site.page.table"))
    files = take_tables(soup, unit, t) if unit is not None else {}
    return Body(title, str(soup).strip(), contents, files)


def _make_safe(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(_FORBIDDEN):
        tag.decompose()
    # Comments and declarations: browsers end some of them earlier than this parser does.
    for hidden in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        hidden.extract()
    for tag in soup.find_all(True):
        for name in list(tag.attrs):
            value = tag.attrs[name]
            text = " ".join(value) if isinstance(value, list) else str(value)
            lower = name.lower()
            if (
                lower.startswith("on")
                or (lower in _LOADING and not re.match(r"\s*(data:image/|#)", text, re.IGNORECASE))
                or (lower == "href" and (not _good_link(text) or (tag.name != "a" and not text.startswith("#"))))
                or lower == "style"
            ):
                del tag.attrs[name]
                if lower == "style" and tag.name in ("td", "th") and _RIGHT.search(text):
                    _add_class(tag, "number")


def _good_link(address: str) -> bool:
    """Say whether a link may stay; browsers leave out white space and control characters before they judge."""
    return bool(_GOOD_LINK.match(_UNSEEN.sub("", address)))


def _take_title(soup: BeautifulSoup) -> str:
    """Take out the first heading of the first level; others become headings of the second."""
    titles = soup.find_all("h1")
    if not titles:
        return ""
    first = titles[0]
    for other in titles[1:]:
        other.name = "h2"
    title = " ".join(first.get_text().split())
    first.decompose()
    return title


def _move_leading_code(soup: BeautifulSoup) -> None:
    """Put the code that shows nothing, before all that does, behind the first that does: readers come first."""
    cells = [tag for tag in soup.find_all("div", class_="cell") if tag.find_parent("div", class_="cell") is None]
    leading: list[Tag] = []
    for cell in cells:
        kinds = {tag.name for tag in cell.find_all(True, recursive=False)}
        if kinds <= {"details"}:
            leading.append(cell)
            continue
        if leading:
            box = soup.new_tag("div", attrs={"class": "leading"})
            cell.insert_after(box)
            own = cell.find("details", recursive=False)
            box.extend([*(moved.extract() for moved in leading), *([own.extract()] if own else [])])
        return


def _address_headings(soup: BeautifulSoup) -> tuple[Heading, ...]:
    """Give headings of the second and third level an address, and return those of the second.

    What code displays is written in the language of the page: there the address comes from the section's key or, for
    a heading without one, from its place, so that it is the same on the page in another language.
    """
    taken = {str(tag["id"]) for tag in soup.find_all(id=True) if tag.name not in {"h2", "h3"}}
    contents: list[Heading] = []
    section = "section"
    for tag in soup.find_all(["h2", "h3"]):
        text = " ".join(tag.get_text().split())
        shown = tag.find_parent(attrs={"data-section": True})
        if shown is not None:
            base = str(shown["data-section"])
            del shown["data-section"]
        elif tag.find_parent("div", class_="shown") is not None:
            base = section
        else:
            base = text
        base = address = fold(base).replace(" ", "-") or "section"
        number = 2
        while address in taken:
            address, number = f"{base}-{number}", number + 1
        taken.add(address)
        tag["id"] = address
        if tag.name == "h2":
            section = address
            if text:
                contents.append(Heading(text, address))
    return tuple(contents)


def _box_tables(soup: BeautifulSoup, label: str) -> None:
    """Put each table into a box that scrolls sideways and that the keyboard reaches, unless it has one."""
    for table in soup.find_all("table"):
        if table.find_parent("table") is not None:
            continue
        del table["border"]
        for cell in table.find_all(["td", "th"]):
            # Columns of sentences need room: without it a crowded table squeezes them to a word a line.
            size = len(cell.get_text())
            if size > _MEDIUM:
                _add_class(cell, "long" if size > _LONG else "medium")
        parent = table.parent
        if parent is not None and parent.get("role") == "region":
            _add_class(parent, "table-box")
            continue
        caption = table.find("caption")
        name = " ".join(caption.get_text().split()) if caption else ""
        box = soup.new_tag(
            "div", attrs={"class": "table-box", "role": "region", "tabindex": "0", "aria-label": name or label}
        )
        table.wrap(box)


def _add_class(tag: Tag, name: str) -> None:
    tag["class"] = " ".join([*map(str, tag.get("class") or []), name])
