"""An executed notebook as one HTML page that needs nothing from elsewhere, safe and readable.

nbconvert renders the cells with the project's own template (`templates/cells`), `polish` makes a readable and safe
page of them, and `templates/page.html.j2` puts header, contents and footer around it.

Safe: no script, no frame, no form, no style of its own and nothing loaded from elsewhere, whatever a cell displayed;
characters that would change what stands around them are shown. Readable: one title, headings with addresses, pictures
with alternative texts, tables that scroll in their own box on a phone and can be downloaded as CSV, with exactly what
the page shows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList, NavigableString, PageElement, PreformattedString

from natverk.data.spreadsheets import csv_text
from natverk.data.units import fold
from natverk.locale import LANGUAGES, Texts, texts
from natverk.reports.plan import INJECTED_TAG, PARAMETERS_TAG, Page
from natverk.reports.record import INDEX_FILES
from natverk.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "Body", "Heading", "LAB_ONLY_TAG", "Rendered", "TABLES_FOLDER", "asset", "code_html", "describe_pictures",
    "environment", "failed_html", "isolate", "link_units", "named_units", "page_html", "policy", "polish",
    "provenance_of", "relink", "render", "render_cells", "shown_cells", "take_tables", "visible",
]  # fmt: skip

LAB_ONLY_TAG = "lab-only"
_TEMPLATES = Path(__file__).parent / "templates"
#: What stands behind the numbers of a page, for its panel: an output that is not shown in its place.
PROVENANCE = "application/vnd.natverk.provenance+json"
_SHOWN_TYPES = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
# Links to the other languages are put in when the files are in place: a page may be made long before its sibling.
_LINKS = re.compile(r"<!--languages-->.*?<!--/languages-->", re.DOTALL)

# Where the code of a cell stands (`render_cells`).
_MARK = re.compile(r'<code data-code="(\d+)"></code>')


@dataclass(frozen=True)
class Rendered:
    """A page: its HTML document, and its content alone, from which documents are made too."""

    html: str
    body: Body


def _finalize(value: object) -> object:
    return visible(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """Return the templates of pages; everything put into them is made visible, and escaped unless marked as safe."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    env.globals["version"] = __version__
    env.globals["policy"] = policy
    return env


def asset(name: str) -> str:
    """Return a style sheet or script of the templates, to stand inside a page."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def policy(*, styles: str, scripts: str = "") -> str:
    """Return the content security policy of a page: its own style sheet and script, pictures inside it, nothing else.

    Both are named by their hash, so that no other style or script runs, wherever in the page it might stand.

    >>> policy(styles="p { color: red }").split("; ")[:2]
    ["default-src 'none'", 'img-src data:']
    """
    allowed = ["default-src 'none'", "img-src data:", f"style-src '{_hash(styles)}'"]
    allowed += [f"script-src '{_hash(scripts)}'"] if scripts else []
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def shown_cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cells that a page shows, with the outputs that it can show.

    Cells for the lab are left out, and the defaults of parameters where the page's own values follow.
    """
    tags = [set(cell["metadata"].get("tags", [])) for cell in notebook["cells"]]
    replaced = any(INJECTED_TAG in own for own in tags)
    return [
        {**cell, "outputs": [out for out in cell["outputs"] if _can_show(out)]} if "outputs" in cell else cell
        for cell, own in zip(notebook["cells"], tags, strict=True)
        if LAB_ONLY_TAG not in own and not (replaced and PARAMETERS_TAG in own)
    ]


def _can_show(output: Mapping[str, Any]) -> bool:
    data = output.get("data")
    return data is None or (PROVENANCE not in data and any(kind in data for kind in _SHOWN_TYPES))


def provenance_of(notebook: Mapping[str, Any]) -> str:
    """Return what stands behind the numbers of a page as JSON that can stand inside it; blank where it says nothing.

    >>> output = {"data": {PROVENANCE: {"own": ["</script>"]}}}
    >>> provenance_of({"cells": [{"outputs": [output]}]})
    '{"own":["\\\\u003c/script\\\\u003e"]}'
    """
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    found = next((own for output in outputs if (own := output.get("data", {}).get(PROVENANCE))), None)
    if found is None:
        return ""
    text = json.dumps(_visible_inside(found), ensure_ascii=False, separators=(",", ":"))
    # Within a script nothing is escaped for HTML: what could end it, or begin a comment, is written by its number.
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"})


def _visible_inside(value: Any) -> Any:
    """Return plain values with every text made visible."""
    if isinstance(value, Mapping):
        return {visible(str(key)): _visible_inside(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_visible_inside(item) for item in value]
    return visible(value) if isinstance(value, str) else value


def render_cells(notebook: Mapping[str, Any], t: Texts, codes: list[str] | None = None) -> str:
    """Return the cells as HTML, not yet safe to show; with `codes`, their code is added there and has a mark instead.

    A mark is `<code data-code="0"></code>`. Code is safe as `code_html` gives it, and a third of all tags of a page.
    """
    import nbformat
    from nbconvert.exporters import TemplateExporter

    exporter = _exporter()
    shown = nbformat.from_dict({**notebook, "cells": shown_cells(notebook)})  # type: ignore[no-untyped-call]
    language = shown.metadata.get("language_info", {})
    lexer = language.get("pygments_lexer", language.get("name"))

    def highlight(source: str, **_cell: object) -> str:
        html = code_html(source, lexer)
        if codes is None:
            return html
        codes.append(html)
        return f'<code data-code="{len(codes) - 1}"></code>'

    exporter.register_filter("highlight_code", highlight)
    labels = {key: t(f"site.page.{key}") for key in ("show_code", "show_parameters", "warning", "error", "figure")}
    resources = {"labels": labels, "injected_tag": INJECTED_TAG}
    # As HTMLExporter does it, but for reading the whole page once more to describe pictures, which `polish` does.
    body, _resources = TemplateExporter.from_notebook_node(exporter, shown, resources)
    return str(body)


@cache
def code_html(source: str, language: str | None = None) -> str:
    """Return code in colours, safe and readable as `polish` makes it; pages of one notebook have most of it in common.

    >>> code_html("1", "text")
    '<div class="highlight hl-text"><pre tabindex="0"><span></span>1\\n</pre></div>'
    """
    from nbconvert.filters.highlight import Highlight2HTML

    # Code has no words of a language.
    return polish(Highlight2HTML(pygments_lexer=language)(source), texts(LANGUAGES[0])).html  # type: ignore[no-untyped-call]


@cache
def _exporter() -> Any:
    """Return the exporter of cells; its templates are compiled once a process, or once before it is forked."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    return HTMLExporter(  # type: ignore[no-untyped-call]
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN_TYPES}}),
        template_name="cells",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_anchor_links=True,
        default_preprocessors=[],
    )


def page_html(notebook: Mapping[str, Any], page: Page, *, data_hash: str | None = None) -> str:
    """Return the page of an executed notebook without its files; see `render`."""
    return render(notebook, page, data_hash=data_hash).html


def render(
    notebook: Mapping[str, Any],
    page: Page,
    *,
    data_hash: str | None = None,
    formats: Sequence[str] = (),
) -> Rendered:
    """Return the page of an executed notebook, with links to its documents; `relink` puts in those to languages."""
    from markupsafe import Markup

    t = texts(page.lang)
    codes: list[str] = []
    body, provenance = polish(render_cells(notebook, t, codes), t, unit=page.unit), provenance_of(notebook)
    # What a cell displays may look like a mark, and stays.
    marked = dict(enumerate(codes))
    body = replace(body, html=_MARK.sub(lambda mark: marked.get(int(mark[1]), mark[0]), body.html))
    scripts = ["page.js", "panel.js"] if provenance else ["page.js"]
    html = (
        environment()
        .get_template("page.html.j2")
        .render(
            t=t,
            page=page,
            title=body.title or page.title,
            body=Markup(body.html),
            contents=body.contents,
            style=Markup(asset("style.css")),
            script=Markup("\n".join(asset(name).strip() for name in scripts)),
            provenance=Markup(provenance),
            home=_home(page),
            data_hash=data_hash,
            formats=formats,
        )
    )
    return Rendered(html, body)


def failed_html(page: Page, failure: Mapping[str, object], *, started: str, older: bool) -> str:
    """Return the page that says why another could not be made."""
    from markupsafe import Markup

    return (
        environment()
        .get_template("failed.html.j2")
        .render(
            t=texts(page.lang),
            page=page,
            failure=failure,
            started=f"{started[:16].replace('T', ' ')} UTC",
            older=older,
            style=Markup(asset("style.css")),
            home=_home(page),
        )
    )


def relink(html: str, page_id: str, languages: set[str]) -> str:
    """Return a page whose language switch leads to the same page in those of `languages` that are not its own."""
    lang, rest = page_id.split("/", 1)
    up = "../" * (rest.count("/") + 1)
    links = [
        f'<a href="{up}{other}/{rest}.html" hreflang="{other}" lang="{other}">'
        f"{texts(other)('site.language.switch')}</a>"
        for other in LANGUAGES
        if other in languages and other != lang
    ]
    return _LINKS.sub(lambda _match: "<!--languages-->" + "".join(links) + "<!--/languages-->", html, count=1)


# The name of a unit as pages write it, and as it stands with a link or without one; within it there is no markup.
_UNIT = re.compile(
    r'<(?P<tag>a|span) class="nv-unit" data-unit="(?P<unit>[^"]*)"(?: href="[^"]*")?>'
    r"(?P<name>(?:[^<]|</?bdi>)*)</(?P=tag)>"
)


def named_units(html: str) -> list[str]:
    """Return the units that a page names, each once, as `network:ubc`.

    >>> named_units('<a class="nv-unit" data-unit="network:ubc">UBC</a>')
    ['network:ubc']
    """
    return list(dict.fromkeys(match["unit"] for match in _UNIT.finditer(html)))


def link_units(html: str, addresses: Mapping[str, str]) -> str:
    """Return a page on which the names of these units lead to their pages, and all others lead nowhere.

    Examples
    --------
    >>> html = '<a class="nv-unit" data-unit="network:ubc">UBC</a>'
    >>> link_units(html, {"network:ubc": "../network_profile/ubc.html"})
    '<a class="nv-unit" data-unit="network:ubc" href="../network_profile/ubc.html">UBC</a>'
    >>> link_units(html, {})
    '<span class="nv-unit" data-unit="network:ubc">UBC</span>'
    """

    def linked(match: re.Match[str]) -> str:
        unit, name = match["unit"], match["name"]
        if unit not in addresses:
            return f'<span class="nv-unit" data-unit="{unit}">{name}</span>'
        return f'<a class="nv-unit" data-unit="{unit}" href="{quote(addresses[unit])}">{name}</a>'

    return _UNIT.sub(linked, html)


def _home(page: Page) -> str:
    return "../" * page.id.count("/") + INDEX_FILES[page.lang]


# Also styles, which would overrule those of the page (pandas sends one with each table), what changes attributes
# later on, and what browsers read by rules other than those of this parser.
_FORBIDDEN = [
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "link", "meta", "base", "form", "style",
    "animate", "animatemotion", "animatetransform", "set", "noscript", "noembed", "noframes", "plaintext", "template",
    "xmp",
]  # fmt: skip
# Attributes that make a browser fetch something.
_LOADING = ("src", "srcset", "data", "poster", "background", "xlink:href", "ping", "formaction")
_RIGHT = re.compile(r"text-align\s*:\s*(right|end)", re.IGNORECASE)
# Characters from which a table cell is wide, and very wide.
_MEDIUM, _LONG = 24, 80
# From how many characters a word, such as an address, may be broken anywhere.
_LONG_WORD = 30
# A link may lead to a page, to a mail program, or to a place in the site: then nothing before its path has a colon,
# and it does not begin with two slashes, which lead to another host.
_GOOD_LINK = re.compile(r"(https?|mailto):|(?![/\\]{2})[^:/?#]*([/?#]|$)", re.IGNORECASE)
# What browsers leave out of an address before they judge it, and what cannot be seen in one.
_LEFT_OUT = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


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
    """Return the content of a page, safe and readable; with `unit`, its tables become files in a folder of this name.

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
    for block in _tags(soup, "pre"):
        # Code is wider than a phone: the keyboard must be able to scroll it.
        block.attrs.setdefault("tabindex", "0")
    _box_tables(soup, t("site.page.table"))
    files = take_tables(soup, unit, t) if unit is not None else {}
    return Body(title, str(soup).strip(), contents, files)


def _tags(root: Tag, *names: str) -> list[Tag]:
    """Return the tags within, of these names or all, in their order; `find_all` takes several times as long."""
    return [tag for tag in root.descendants if isinstance(tag, Tag) and (not names or tag.name in names)]


def _make_safe(soup: BeautifulSoup) -> None:
    for tag in _tags(soup, *_FORBIDDEN):
        tag.decompose()
    within = list(soup.descendants)
    # Comments and declarations: browsers end some of them earlier than this parser does.
    for hidden in [text for text in within if isinstance(text, PreformattedString)]:
        hidden.extract()
    for tag in [tag for tag in within if isinstance(tag, Tag) and tag.attrs]:
        for name in list(tag.attrs):
            value = tag.attrs[name]
            text = " ".join(value) if isinstance(value, list) else str(value)
            lower = name.lower()
            if lower == "href":
                good = bool(_GOOD_LINK.match(_LEFT_OUT.sub("", text))) and (tag.name == "a" or text.startswith("#"))
            elif lower in _LOADING:
                good = bool(re.match(r"\s*(data:image/|#)", text, re.IGNORECASE))
            else:
                good = lower != "style" and not lower.startswith("on")
            if not good:
                del tag.attrs[name]
                if lower == "style" and tag.name in ("td", "th") and _RIGHT.search(text):
                    _add_class(tag, "number")


def _take_title(soup: BeautifulSoup) -> str:
    """Take out the first heading of the first level; others become headings of the second."""
    titles = _tags(soup, "h1")
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
    taken = {str(tag["id"]) for tag in _tags(soup) if tag.has_attr("id") and tag.name not in {"h2", "h3"}}
    contents: list[Heading] = []
    section = "section"
    for tag in _tags(soup, "h2", "h3"):
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
    for table in _tags(soup, "table"):
        if table.find_parent("table") is not None:
            continue
        del table["border"]
        for cell in _tags(table, "td", "th"):
            # Columns of sentences need room: without it a crowded table squeezes them to a word a line.
            text = cell.get_text()
            if len(text) > _MEDIUM:
                _add_class(cell, "long" if len(text) > _LONG else "medium")
                if max(map(len, text.split()), default=0) > _LONG_WORD:
                    _add_class(cell, "unbroken")
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
    own: str | list[str] = tag.get("class") or []
    tag["class"] = AttributeValueList([*(own.split() if isinstance(own, str) else own), name])


# C0 and C1 controls except tab and line break, overrides, embeddings and isolates, surrogates, and noncharacters.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RTL_WORDS = re.compile(f"([{_RTL}]+(?:\\s+[{_RTL}]+)*)")


def visible(text: str) -> str:
    r"""Return `text` with the replacement sign for characters that cannot be seen and change others.

    >>> visible("a\x00b\u202egnp.exe")
    'a\ufffdb\ufffdgnp.exe'
    """
    return _UNSEEN.sub("\ufffd", text)


def isolate(soup: BeautifulSoup) -> None:
    """Make the text and the attributes of a page visible, and let words from right to left stand by themselves.

    >>> soup = BeautifulSoup("<p title='&#x202e;a'>(שלום) 1</p>", "html.parser")
    >>> isolate(soup)
    >>> print(soup)
    <p title="\ufffda">(<bdi>שלום</bdi>) 1</p>
    """
    within = list(soup.descendants)
    for text in [text for text in within if isinstance(text, NavigableString)]:
        shown = visible(text)
        parts = _RTL_WORDS.split(shown)
        if len(parts) > 1 and text.parent is not None and text.parent.name not in ("bdi", "title", "desc"):
            text.replace_with(*filter(None, (_part(soup, part, number % 2 == 1) for number, part in enumerate(parts))))
        elif shown != text:
            text.replace_with(NavigableString(shown))
    for tag in [tag for tag in within if isinstance(tag, Tag)]:
        for name, value in tag.attrs.items():
            if isinstance(value, str) and not value.startswith("data:"):
                tag.attrs[name] = visible(value)


def _part(soup: BeautifulSoup, text: str, rtl: bool) -> PageElement | None:
    if not text:
        return None
    if not rtl:
        return NavigableString(text)
    tag = soup.new_tag("bdi")
    tag.string = text
    return tag


# What nbconvert writes, in English, where a picture has no alternative text.
_NO_ALTERNATIVE = "No description has been provided for this image"
_DATA = re.compile(r"\s*data:image/(?P<kind>[a-z+.-]+)(?:;[^,]*?)?(?P<base64>;base64)?,", re.IGNORECASE)
# A picture's own measures stand near its beginning.
_HEAD = 100_000
_SVG = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE | re.DOTALL)
_MEASURE = re.compile(rb"""\s(width|height)\s*=\s*["']\s*([\d.]+)(px|pt)?\s*["']""")
_VIEWBOX = re.compile(rb"""\sviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*["']""")
_PX = {b"pt": 4 / 3}


def describe_pictures(soup: BeautifulSoup, label: str) -> None:
    """Give every picture an alternative text and its size; one that would have to be fetched is replaced by its text.

    A browser that knows the size leaves the room free before it has read the picture, so that nothing moves.

    >>> soup = BeautifulSoup('<img src="data:image/svg+xml,%3Csvg width=\\'30\\' height=\\'20\\'/%3E">', "html.parser")
    >>> describe_pictures(soup, "Figure")
    >>> soup.img["alt"], soup.img["width"], soup.img["height"]
    ('Figure', '30', '20')
    """
    for image in _tags(soup, "img"):
        given = str(image.get("alt") or "").replace(_NO_ALTERNATIVE, "")
        if not image.has_attr("src"):
            image.replace_with(given)
            continue
        image["alt"] = given or label
        if not (image.has_attr("width") and image.has_attr("height")):
            size = _size(str(image["src"]))
            if size is not None:
                image["width"], image["height"] = (str(round(number)) for number in size)


def _size(address: str) -> tuple[float, float] | None:
    """Return width and height of a picture in a `data:` address, in pixels; None if they cannot be read."""
    from PIL import Image, UnidentifiedImageError

    begin = _DATA.match(address)
    if begin is None:
        return None
    text = address[begin.end() :]
    try:
        content = base64.b64decode(text) if begin["base64"] else unquote_to_bytes(text)
        if begin["kind"].lower().startswith("svg"):
            return _svg_size(content[:_HEAD])
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError):
        return None


def _svg_size(content: bytes) -> tuple[float, float] | None:
    tag = _SVG.search(content)
    if tag is None:
        return None
    said = {name: float(number) * _PX.get(unit, 1) for name, number, unit in _MEASURE.findall(tag[0])}
    if len(said) == 2:
        return said[b"width"], said[b"height"]
    box = _VIEWBOX.search(tag[0])
    return (float(box[1]), float(box[2])) if box else None


# Beside the pages: data/<unit>/01-<name>.csv.
TABLES_FOLDER = "data"
_NUMBER_CLASSES = {"nv-number", "number"}
_LONGEST_NAME = 48


def take_tables(soup: BeautifulSoup, unit: str, t: Texts) -> dict[str, str]:
    """Return the tables of a page as CSV, and put a link to its file under each.

    Examples
    --------
    >>> from natverk.locale import texts
    >>> html = "<table><caption>Years</caption><tr><th>year</th></tr><tr><td>2006</td></tr></table>"
    >>> soup = BeautifulSoup(html, "html.parser")
    >>> take_tables(soup, "14", texts("en"))
    {'data/14/01-years.csv': '\\ufeffyear\\r\\n2006\\r\\n'}
    >>> soup.a["href"]
    'data/14/01-years.csv'
    """
    files: dict[str, str] = {}
    for table in _tags(soup, "table"):
        if table.find_parent("table") is not None or table.find_parent("details", class_="code") is not None:
            continue
        rows = _rows(table, t)
        if not any(any(row) for row in rows):
            continue
        name = _name(table)
        path = _path(unit, len(files) + 1, name or t("site.page.table"))
        files[path] = csv_text(rows)
        box = table.find_parent(attrs={"role": "region"}) or table
        box.insert_after(_link(soup, path, t("site.page.csv"), name))
        if table.find_parent(attrs={"class": "nv-download"}) is not None:
            # Offered as a file only: the sentence about it and the link stay.
            box.decompose()
    sources = soup.find("ol", class_="nv-sources")
    if sources is not None:
        path = _path(unit, len(files) + 1, t("site.page.sources"))
        header = [t(f"site.page.source_{column}") for column in ("number", "text", "url")]
        files[path] = csv_text([header, *(_source(item) for item in sources.find_all("li", id=True))])
        sources.insert_after(_link(soup, path, t("site.page.csv"), t("site.page.sources")))
    return files


def _path(unit: str, number: int, name: str) -> str:
    words: list[str] = []
    for word in fold(name).split():
        if len("-".join([*words, word])) > _LONGEST_NAME:
            break
        words.append(word)
    return f"{TABLES_FOLDER}/{unit}/{number:02d}-{'-'.join(words) or 'table'}.csv"


def _name(table: Tag) -> str:
    caption = table.find("caption")
    return _text(caption) if caption else " ".join(str(table.get("aria-label") or "").split())


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" " if _tags(tag, "br") else "").split())


def _rows(table: Tag, t: Texts) -> list[list[str]]:
    """Return the cells of a table row by row; one that spans several places stands in each of them."""
    lines = [row for row in _tags(table, "tr") if row.find_parent("table") is table]
    grid: list[dict[int, str]] = [{} for _ in lines]
    for number, line in enumerate(lines):
        column = 0
        for cell in [cell for cell in line.children if isinstance(cell, Tag) and cell.name in ("th", "td")]:
            while column in grid[number]:
                column += 1
            text = _number(_text(cell), t) if _NUMBER_CLASSES & set(cell.get("class") or ()) else _text(cell)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for row in grid[number : number + height]:
                row.update(dict.fromkeys(range(column, column + width), text))
            column += width
    n_columns = max((max(row, default=-1) + 1 for row in grid), default=0)
    return [[row.get(column, "") for column in range(n_columns)] for row in grid]


def _span(cell: Tag, name: str) -> int:
    # A browser allows no more than 1000 columns either; text that is no number counts as one.
    text = str(cell.get(name) or "1")
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() else 1


def _number(text: str, t: Texts) -> str:
    """Return a number of the page's language as programs read it; other text stays, and so do codes (`0180`)."""
    from babel.numbers import NumberFormatError, get_group_symbol, parse_decimal

    if text[:1] == "0" and text[1:2].isdigit():
        return text
    group = get_group_symbol(t.babel)
    try:
        return format(
            parse_decimal(text.replace(" ", group) if group.isspace() else text, locale=t.babel, strict=True), "f"
        )
    except NumberFormatError:
        return text


def _source(item: Tag) -> list[str]:
    link = item.find("a", class_="nv-url")
    address = str(link.get("href") or "") if link else ""
    return [str(item["id"]).removeprefix("source-"), _text(item), address]


def _link(soup: BeautifulSoup, path: str, label: str, name: str) -> Tag:
    place = soup.new_tag("p", attrs={"class": "get"})
    attributes = {"href": quote(path), "download": ""}
    if name:
        attributes["aria-label"] = f"{label}: {name}"
    link = soup.new_tag("a", attrs=attributes)
    link.string = label
    place.append(link)
    return place
