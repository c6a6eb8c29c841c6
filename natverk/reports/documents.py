"""Pages as documents to print, send or archive: PDF and Word, from the same executed notebook as the web page.

pandoc and Typst do the work. Both come as wheels with the extra `natverk[documents]` and are imported only here and
in the modules below: `manuscript` makes the page's HTML into that of a document, `typeset` sets the PDF, `word` the
Word document. Code is left out: a document says where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from natverk.errors import InvalidArgument, NatverkError
from natverk.locale import Texts, texts
from natverk.reports.plan import Page
from natverk.version import __version__

if TYPE_CHECKING:
    from natverk.reports.manifest import Entry
    from natverk.reports.polish import Body

__all__ = ["FORMATS", "NEEDED", "PAPER_FORMATS", "check_formats", "check_kept", "document", "formats_of"]

PAPER_FORMATS: tuple[str, ...] = ("pdf", "docx")
FORMATS: tuple[str, ...] = ("html", *PAPER_FORMATS)
# The packages of the extra `natverk[documents]`.
NEEDED: tuple[str, ...] = ("pypandoc", "typst")
_AUTHOR = "natverk contributors"


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
        The content of the page: `natverk.reports.export.page_body` of the executed notebook.
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
    from natverk.reports.manuscript import manuscript

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
    files: dict[str, bytes] = {}
    for kind in wanted:
        if kind == "pdf":
            from natverk.reports.typeset import pdf

            files[kind] = pdf(made, meta, dated)
        else:
            from natverk.reports.word import docx

            files[kind] = docx(made, meta, dated)
    return files


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
