"""Pages as documents to print, send or archive: PDF and Word, from the same executed notebook as the web page.

The PDF is the page itself as a browser prints it, by the print rules of its style sheet: Chromium, Chrome or Edge,
whichever is installed. Word is made by pandoc, which comes as a wheel with the extra `natverk[documents]`. What only a
screen needs is taken out of both: code, links into the site, files to download; what is folded away stands open. A
document that cannot be made fails alone: its page stands.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from natverk.data.letters import typed_path
from natverk.errors import InvalidArgument, NatverkError, missing_extra
from natverk.locale import Texts, texts
from natverk.reports.plan import Page
from natverk.version import __version__

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

    from natverk.reports.page import Rendered
    from natverk.reports.record import Entry

__all__ = [
    "BROWSER_VARIABLE",
    "FORMATS",
    "PAPER_FORMATS",
    "check_formats",
    "check_kept",
    "documents",
    "docx",
    "find_browser",
    "formats_of",
    "for_paper",
    "pdf",
]

PAPER_FORMATS: tuple[str, ...] = ("pdf", "docx")
FORMATS: tuple[str, ...] = ("html", *PAPER_FORMATS)
#: Names the browser that prints, by its path or its name, where it is not found by itself or another one is wanted.
BROWSER_VARIABLE = "NATVERK_BROWSER"
_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge",
)  # fmt: skip
# Where they stand on systems that do not put them on the path.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": tuple(
        rf"C:\{folder}\{name}"
        for folder in ("Program Files", "Program Files (x86)")
        for name in (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    ),
}
# It prints and does nothing else: no profile, no updates, nothing asked of the network.
_FLAGS = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf",
)  # fmt: skip
_TIMEOUT = 120
_AUTHOR = "natverk contributors"
_TEMPLATES = Path(__file__).parent / "templates" / "document"
_LACKS = {"pdf": "a browser that prints (Chromium, Chrome or Edge)", "docx": "pypandoc"}


def _remedy(kind: str) -> str:
    """Return what to do where documents of a kind cannot be made."""
    if kind == "docx":
        return str(missing_extra("Word cannot be made", "documents", "pypandoc").remedy)
    get = "install Chromium, Chrome or Edge"
    if sys.platform == "win32":
        return f'{get}, or $env:{BROWSER_VARIABLE} = "C:\\path\\to\\one.exe"'
    debian = " (Debian: apt-get install chromium)" if sys.platform == "linux" else ""
    return f"{get}{debian}, or {BROWSER_VARIABLE}=/path/to/one"


def find_browser() -> str | None:
    """Return the path of the browser that prints: the one that `NATVERK_BROWSER` names, or the first that is installed.

    Raises
    ------
    InvalidArgument
        If there is none where `NATVERK_BROWSER` says.
    """
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        found = shutil.which(typed_path(named, where=BROWSER_VARIABLE))
        if found is None:
            raise InvalidArgument(
                f"no program {named!r} that could print",
                where=BROWSER_VARIABLE,
                allowed=[path for path in _installed() if path],
                value=named,
                remedy=f"unset {BROWSER_VARIABLE}, or {_remedy('pdf')}",
            )
        return found
    return next(_installed(), None)


def _installed() -> Iterator[str]:
    """Yield the paths of the browsers that are installed."""
    yield from filter(None, map(shutil.which, (*_BROWSERS, *_PLACES.get(sys.platform, ()))))


def _can(kind: str) -> bool:
    """Say whether documents of a kind can be made here."""
    return find_browser() is not None if kind == "pdf" else find_spec("pypandoc") is not None


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
        If what makes such documents is not installed.

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
    for kind in wanted:
        if not _can(kind):
            what = f"{kind} cannot be made without {_LACKS[kind]}, and none is installed here"
            raise NatverkError(what, where="--format", remedy=_remedy(kind))
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
        If one would, because what makes documents is not installed.
    """
    had = [page for page in pages if page.id in entries]
    for kind in PAPER_FORMATS:
        lost = [name for page in had if (name := f"{page.id}.{kind}") in entries[page.id].files]
        lost = [name for name in lost if (had[0].out / name).is_file()]
        if lost and not _can(kind):
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            raise NatverkError(
                f"{lost[0]}{more} cannot be made anew without {_LACKS[kind]}, not installed here",
                where="documents beside pages",
                remedy=f"{_remedy(kind)}   or   --format html, which removes them",
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
    return tuple(kind for kind in PAPER_FORMATS if kind in asked or (kind in had and _can(kind)))


def documents(
    rendered: Rendered,
    page: Page,
    kinds: Sequence[str],
    *,
    data_hash: str | None = None,
    day: date | None = None,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return a page as documents: kind → the bytes of the file, and kind → why another could not be made.

    Parameters
    ----------
    rendered
        The page: `natverk.reports.page.render` of the executed notebook.
    page
        Which page it is; gives language, title and paths.
    kinds
        Of `PAPER_FORMATS`.
    data_hash
        `Dataset.fingerprint` of the data, for what a Word document says about itself.
    day
        The date that the files carry; default is the vintage of the data. The same page and day give the same bytes
        where the same programs make them.
    """
    from natverk.data.load import load

    if not kinds:
        return {}, {}
    dated = day or date.fromisoformat(load().vintage)
    made: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    for kind in kinds:
        try:
            made[kind] = pdf(rendered.html, dated) if kind == "pdf" else docx(rendered, page, dated, data_hash)
        except NatverkError as error:
            failed[kind] = error.what
    return made, failed


# --- What both need ---------------------------------------------------------------------------------------------------

_SCREEN_ONLY = (
    "details.code, div.leading, p.get, div.nv-download, script, nav:not(.contents), .skip, .nv-screen, "
    ".nv-panel, .nv-said, .nv-toggle"
)
_OUTSIDE = re.compile(r"(https?|mailto):", re.IGNORECASE)


def for_paper(html: str) -> BeautifulSoup:
    """Return a page, or its body, without what only a screen needs, and with all that is folded away open.

    Links to places in it and to the outside stay; one into the site would lead nowhere.

    >>> str(for_paper("<p><a href='../x.html'>x</a> <a href='https://a.se'>a</a></p><details class='code'>1</details>"))
    '<p>x <a href="https://a.se">a</a></p>'
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(_SCREEN_ONLY):
        if not tag.decomposed:
            tag.decompose()
    for fold in soup.find_all("details"):
        summary = fold.find("summary", recursive=False)
        if summary is not None:
            summary.name = "p"
            summary.attrs = {**summary.attrs, "class": "nv-caption"}
        fold.name = "div"
        fold.attrs = {"class": "nv-open"}
    places = {str(tag["id"]) for tag in soup.find_all(id=True)}
    for link in soup.find_all("a"):
        address = str(link.get("href") or "").strip()
        if not (address[1:] in places if address.startswith("#") else _OUTSIDE.match(address)):
            link.unwrap()
    return soup


# --- PDF --------------------------------------------------------------------------------------------------------------

_HEADINGS = re.compile(r"h[1-6]")
# Of the outline: in ASCII, without the characters that would be escaped, or in UTF-16.
_TITLES = re.compile(rb"/Title (?:<FEFF(?P<coded>(?:[0-9A-F]{4})+)>|\((?P<plain>[ -'*-\[\]-~]+)\))")
# Of the heads of tables: the browser counts from where it happens to be.
_NODES = re.compile(rb"\(node(\d{8})\)")
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:(\d{14})([^)]*)\)")


def pdf(html: str, day: date) -> bytes:
    """Return a page as a tagged PDF with an outline, as the browser prints it.

    Parameters
    ----------
    html
        The whole page.
    day
        The date that the file carries.

    Raises
    ------
    NatverkError
        If there is no browser, or it fails, with its own last words.
    """
    browser = find_browser()
    if browser is None:
        raise NatverkError(f"no PDF without {_LACKS['pdf']}, and none is installed here", remedy=_remedy("pdf"))
    with tempfile.TemporaryDirectory(prefix="nv-", ignore_cleanup_errors=True) as scratch:
        source, target = Path(scratch, "page.html"), Path(scratch, "page.pdf")
        soup = for_paper(html)
        source.write_text(str(soup), encoding="utf-8")
        said = _print(browser, source, target, Path(scratch, "profile"))
        if not target.is_file():
            raise NatverkError(f"the browser printed nothing: {said}", where=browser, remedy=f"{BROWSER_VARIABLE}=…")
        content = target.read_bytes()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise NatverkError("the browser printed no whole PDF", where=browser)
    # The browser dates a file by the clock; as many digits say the day of the data.
    noon = f"{day:%Y%m%d}120000".encode()
    content = _DATES.sub(rb"/\1 (D:" + noon + rb"\3)", content)
    numbers = {old: b"(node%08d)" % place for place, old in enumerate(sorted(set(_NODES.findall(content))), 1)}
    content = _NODES.sub(lambda found: numbers[found[1]], content)
    return _titled_once(content, {" ".join(tag.get_text().split()) for tag in soup.find_all(_HEADINGS)})


def _titled_once(content: bytes, headings: Iterable[str]) -> bytes:
    """Return a PDF in whose outline no heading begins twice, as Chromium writes one that it moved to a new page.

    No place in the file changes: white space takes the room of what goes.
    """
    known = sorted(filter(None, headings), key=len, reverse=True)

    def once(match: re.Match[bytes]) -> bytes:
        coded = match["coded"]
        text = bytes.fromhex(coded.decode()).decode("utf-16-be") if coded else match["plain"].decode("ascii")
        # What is too much is the beginning of the heading: the lines that fitted on the page before.
        twice = [head for head in known if head != text and text.endswith(head) and head.startswith(text[: -len(head)])]
        if not twice:
            return match[0]
        mended = (
            b"<FEFF%s>" % twice[0].encode("utf-16-be").hex().upper().encode() if coded else b"(%s)" % twice[0].encode()
        )
        return (b"/Title " + mended).ljust(len(match[0]))

    return _TITLES.sub(once, content)


def _print(browser: str, source: Path, target: Path, profile: Path) -> str:
    """Print a page to a file and return what the browser said last; nothing of it is left running."""
    from natverk.reports.files import end_with_children

    command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", source.as_uri()]
    # A browser that root starts refuses to run within its sandbox.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")
    log = profile.with_suffix(".log")
    with log.open("wb") as said, _all_memory():
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=_surroundings(profile)
            )
        except OSError as error:
            raise NatverkError(f"the browser could not be started: {error.strerror}", where=browser) from error
    try:
        status = process.wait(_TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise NatverkError(f"the browser had not printed the page after {_TIMEOUT} seconds", where=browser) from error
    finally:
        end_with_children(process.pid if process.poll() is None else None)
        process.wait()
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = lines[-1][-300:] if lines else "it said nothing"
    if status:
        raise NatverkError(f"the browser ended with status {status}: {last}", where=browser)
    return last


def _surroundings(profile: Path) -> dict[str, str]:
    """Return the environment of the browser: what it would keep in the home of the user stays in its own folder."""
    return {**os.environ, "XDG_CONFIG_HOME": str(profile), "XDG_CACHE_HOME": str(profile)}


@contextlib.contextmanager
def _all_memory() -> Iterator[None]:
    """Let a process that is started have all address space: a browser reserves much that it never uses."""
    try:
        import resource
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    # macOS may refuse to change it; a browser has all there anyway.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


# --- Word -------------------------------------------------------------------------------------------------------------


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
# The style of the text of a table, by how many columns it may have at most.
_TABLE_STYLES = ((5, "TableText"), (8, "TableTextSmall"), (12, "TableTextSmaller"), (1000, "TableTextSmallest"))
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


def docx(rendered: Rendered, page: Page, day: date, data_hash: str | None = None) -> bytes:
    """Return a page as a Word document.

    Parameters
    ----------
    rendered, page
        The page, and which it is.
    day
        The date that the file carries.
    data_hash
        `Dataset.fingerprint` of the data, for the last section.

    Raises
    ------
    NatverkError
        If pandoc fails, with its own words.
    """
    t, body = texts(page.lang), rendered.body
    heading = body.title or page.title
    head = "".join(
        f'<div data-custom-style="{style}"><p>{escape(text)}</p></div>'
        for style, text in (("Series", t("site.name")), ("Title", heading))
    )
    soup = for_paper(body.html + _about(page, t, data_hash))
    _set_for_word(soup, t)
    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        reference, target = Path(scratch, "reference.docx"), Path(scratch, "page.docx")
        reference.write_bytes(_reference(heading, t))
        options = [f"--reference-doc={reference}", f"--output={target}", f"--metadata=lang:{page.lang}"]
        _run_pandoc(["--from=html", "--to=docx+native_numbering", "--wrap=none", *options], head + str(soup))
        parts = _parts(target.read_bytes())
    parts["word/document.xml"] = _finish(parts["word/document.xml"])
    about = {
        "title": page.title if heading in page.title else f"{heading} – {page.title}",
        "description": t("documents.subject", report=page.title),
        "author": _AUTHOR,
        "keywords": t("documents.keywords"),
        "lang": page.lang,
        "day": day.isoformat(),
    }
    parts["docProps/core.xml"] = _CORE.format(**{name: escape(text) for name, text in about.items()}).encode()
    return _zipped(parts, day)


def _about(page: Page, t: Texts, data_hash: str | None) -> str:
    """Return the section that says how the document was made and where its code is."""
    made = t("documents.made_by", version=__version__)
    if data_hash:
        made += f" · {t('documents.data', hash=data_hash[:12])}"
    code = t("documents.code", notebook=page.ipynb.name, html=page.html.name)
    again = f"<code>{escape(f'natverk report {page.id} --format docx')}</code>"
    paragraphs = "".join(
        f"<p>{line}</p>" for line in (f"{escape(made)}.", escape(code), t("documents.again") + f" {again}")
    )
    return f'<h2 id="document">{escape(t("documents.about"))}</h2>{paragraphs}'


def _set_for_word(soup: BeautifulSoup, t: Texts) -> None:
    """Give a page the form that pandoc reads: captions inside their tables, contents and numbered sources as text."""
    for tag in soup.find_all(["audio", "button", "canvas", "input", "select", "svg", "textarea", "video"]):
        tag.decompose()
    for image in soup.find_all("img"):
        # What cannot be shown is said: a picture in a cell, and one that Word does not know.
        if image.find_parent("table") is not None or not re.match(r"data:image/(png|jpeg)", str(image.get("src"))):
            image.replace_with(f"[{image.get('alt')}]")
    for figure in soup.find_all("figure"):
        if figure.find("img") is None:
            for caption in figure.find_all("figcaption"):
                caption.name = "p"
            figure.name = "div"
    for table in soup.find_all("table"):
        outer = table.find_parent("div", class_=["nv-tablebox", "nv-open"])
        above = outer.find(class_="nv-caption") if outer is not None else None
        if above is not None and table.find("caption") is None:
            above.name, above.attrs = "caption", {}
            table.insert(0, above.extract())
        for cell in table.find_all(["td", "th"]):
            number = {"nv-number", "number"} & set(cell.get("class") or ())
            cell["style"] = f"text-align: {'right' if number else 'left'}"
    for sources in soup.find_all("ol", class_="nv-sources"):
        # Word numbers lists by styles that cannot be linked to: the entries carry their number as text.
        for item in sources.find_all("li", id=True):
            mark = soup.new_tag("span", attrs={"id": str(item["id"])})
            mark.string = f"[{str(item['id']).removeprefix('source-')}]"
            item.insert(0, mark, " ")
            item.name, item.attrs = "p", {}
            item.wrap(soup.new_tag("div", attrs={"data-custom-style": "Bibliography"}))
        sources.unwrap()
    contents = soup.new_tag("ul")
    headings = [tag for tag in soup.find_all("h2") if tag.get("id") and tag.get_text(strip=True)]
    for heading in headings:
        link = soup.new_tag("a", attrs={"href": f"#{heading['id']}"})
        link.string = heading.get_text()
        item = soup.new_tag("li")
        item.append(link)
        contents.append(item)
    if headings:
        title = soup.new_tag("div", attrs={"data-custom-style": "TOC Heading"})
        title.string = t("documents.contents")
        first = headings[0]
        while first.parent is not None and first.parent is not soup:
            first = first.parent
        first.insert_before(title, contents)
    for heading in soup.find_all(_HEADINGS):
        # The title is a style of its own: the headings begin at the first level.
        heading.name = f"h{max(1, int(heading.name[1]) - 1)}"
    for tag in soup.find_all(["div", "section", "article"]):
        if "data-custom-style" not in tag.attrs:
            tag.unwrap()


@cache
def _pandoc_reference() -> bytes:
    return _run_pandoc(["--print-default-data-file=reference.docx"])


def _reference(heading: str, t: Texts) -> bytes:
    """Return the document whose styles, page and footer are taken over."""
    parts = _parts(_pandoc_reference())
    parts["word/styles.xml"] = (_TEMPLATES / "styles.xml").read_bytes()
    words = re.split(r"\{page\}|\{pages\}", t("documents.page"))
    before, between, after = (f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' for text in words)
    number, total = (
        f'<w:fldSimple w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>' for field in ("PAGE", "NUMPAGES")
    )
    parts["word/footer1.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:ftr xmlns:w={quoteattr(_MAIN)}><w:p><w:pPr>'
        f'<w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">{escape(heading)}</w:t></w:r>'
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


def _finish(document: bytes) -> bytes:
    """Return the text of the document with rows that are not divided, and tables in type that fits their columns."""
    for prefix, name in _NAMES.items():
        ET.register_namespace(prefix, name)
    root = ET.fromstring(document)
    for table in root.iter(_w("tbl")):
        rows = table.findall(_w("tr"))
        columns = max((len(row.findall(_w("tc"))) for row in rows), default=0)
        style = next(name for most, name in _TABLE_STYLES if columns <= most)
        for row in rows:
            properties = row.find(_w("trPr"))
            if properties is None:
                properties = ET.Element(_w("trPr"))
                row.insert(0, properties)
            properties.insert(0, ET.Element(_w("cantSplit")))
            for own in row.iter(_w("pStyle")):
                own.set(_w("val"), style)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


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


def _run_pandoc(options: Sequence[str], text: str = "") -> bytes:
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
    try:
        done = subprocess.run(
            command, input=text.encode("utf-8"), capture_output=True, env=surroundings, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NatverkError(f"pandoc had not made the document after {_TIMEOUT} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip()
        raise NatverkError(f"pandoc could not make the document: {said[-500:]}", where="natverk/reports/templates")
    return done.stdout
