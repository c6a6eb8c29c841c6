"""Which pages say something else: of two folders of reports, or on two vintages of the data, and what they say then.

A page says its text: headings, paragraphs, lines of tables and the texts of its pictures; not its code, its links and
the line at its foot. Which pages can say something else on other data is what `natverk list --stale` tells; pages that
are run for it are run aside, and the folder of reports stays as it is.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from natverk.data.in_use import overlay_in_environment
from natverk.data.tables import Processed
from natverk.data.units import Directory
from natverk.errors import UnknownName
from natverk.reports.plan import Page, find_project, plan
from natverk.reports.record import Entry, State, read_manifest
from natverk.reports.run import run, state_of

__all__ = ["TextChange", "changed_texts", "concerned_pages", "page_lines", "told_pages"]

_BLOCKS = (
    "caption", "dd", "details", "div", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "li", "p", "section",
    "summary", "table", "tr",
)  # fmt: skip
_SHOWN, _WIDTH = 8, 160


class TextChange(NamedTuple):
    """A page whose text is another one: what has become of it, and the lines that went (`- `) and came (`+ `)."""

    page: str
    what: str
    lines: tuple[str, ...] = ()


def page_lines(html: str) -> list[str]:
    """Return what a page says, a heading, paragraph or line of a table a line.

    >>> page_lines("<body><main><h1>Ubc</h1><table><tr><td>Malmö</td><td>2021</td></tr></table></main> foot </body>")
    ['Ubc', 'Malmö | 2021']
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    main = soup.find("main") or soup
    for tag in main.select("details.code, script, style, nav"):
        tag.decompose()
    for part in main.find_all(string=True):
        part.replace_with(re.sub(r"\s+", " ", part))
    for picture in main.find_all("img"):
        picture.replace_with(f"\n{picture.get('alt', '')}\n")
    for cell in main.find_all(["td", "th"]):
        if cell.find_next_sibling(["td", "th"]) is not None:
            cell.append(" | ")
    for block in main.find_all(_BLOCKS):
        block.insert_before("\n")
        block.append("\n")
    lines = (" ".join(line.split()) for line in main.get_text().split("\n"))
    return [line for line in lines if line]


def _difference(page_id: str, before: str, after: str) -> TextChange | None:
    """Return how the text of a page differs, or None where it does not."""
    old, new = page_lines(before), page_lines(after)
    if old == new:
        return None
    found = [line for line in difflib.unified_diff(old, new, lineterm="", n=0) if line[:3] not in ("---", "+++")]
    lines = [f"{line[0]} {line[1:]}" for line in found if not line.startswith("@@")]
    return TextChange(page_id, "says something else", tuple(lines))


def changed_texts(old: Path, new: Path) -> list[TextChange]:
    """Return the pages of two folders of reports that only one has, or that say something else.

    Raises
    ------
    DataError
        If a manifest cannot be read.
    """
    before, after = read_manifest(old), read_manifest(new)
    found = []
    for page_id in sorted({*before, *after}):
        if page_id not in before or page_id not in after:
            found.append(TextChange(page_id, "is new" if page_id not in before else "is gone"))
        elif before[page_id].html_sha256 != after[page_id].html_sha256:
            pages = [folder / f"{page_id}.html" for folder in (old, new)]
            if not all(page.is_file() for page in pages):
                found.append(TextChange(page_id, "is another file, which does not lie beside both manifests"))
                continue
            change = _difference(page_id, *(page.read_text(encoding="utf-8") for page in pages))
            found += [change] if change else []
    return found


# --- On two vintages of the data --------------------------------------------------------------------------------------


@contextmanager
def _in_use(tables: Processed, scratch: Path) -> Iterator[Processed]:
    """Let everything read these tables meanwhile, without own rows."""
    folder = scratch / tables.fingerprint()[:16]
    if not folder.is_dir():
        shutil.copytree(tables.folder, folder / "processed")
    before = os.environ.get("NATVERK_DATA")
    with overlay_in_environment(""):
        os.environ["NATVERK_DATA"] = str(folder)
        try:
            yield Processed(folder / "processed")
        finally:
            os.environ.pop("NATVERK_DATA", None)
            if before is not None:
                os.environ["NATVERK_DATA"] = before


class _Concerned(NamedTuple):
    """Pages as `concerned_pages` divides them; `reasons` by page."""

    pages: list[Page]
    reasons: dict[str, str]
    unsure: dict[str, str]
    new: list[str]
    gone: list[str]
    n_made: int


def concerned_pages(old: Processed, new: Processed, out: Path, scratch: Path) -> _Concerned:
    """Divide the pages of a folder of reports: which would be run again on other data, for no other reason than these.

    Parameters
    ----------
    old, new
        The tables that the pages were made on, and others.
    out
        The folder of reports.
    scratch
        A folder for what is needed meanwhile.

    Returns
    -------
    tuple
        `pages` that measures would answer otherwise, and why (`reasons`); `unsure`: pages that were not made on `old`,
        and why; ids of pages that are `new` and `gone`, since units are; how many have been made.
    """
    entries = {key: entry for key, entry in read_manifest(out).items() if entry.html_sha256 and not entry.own}
    project = find_project()
    with _in_use(old, scratch) as tables:
        directory = Directory.read(tables)
        before = {page.id: page for page in plan(project, directory, everything=True, lang="all", out=out)}
        named = [page_id for page_id in entries if page_id not in before]
        for page_id in named:
            try:
                before |= {page.id: page for page in plan(project, directory, [page_id], lang="all", out=out)}
            except UnknownName:
                continue
        made = [replace(before[key], parameters=entry.parameters) for key, entry in entries.items() if key in before]
        state = state_of(made, tables)
        reasons = {page.id: "; ".join(state.reasons(page, _now(entries[page.id], page, state))) for page in made}
        unsure = {key: reason for key, reason in reasons.items() if reason}
    with _in_use(new, scratch) as tables:
        everything = plan(project, Directory.read(tables), everything=True, lang="all", out=out)
        after = {page.id for page in everything}
        declared = {page_id for page_id in before if page_id not in named}
        state = state_of(made, tables)
        known = [page for page in made if page.id not in unsure]
        reasons = {page.id: "; ".join(state.reasons(page, _now(entries[page.id], page, state))) for page in known}
    return _Concerned(
        pages=[page for page in known if reasons[page.id] and (page.id in after or page.id in named)],
        reasons={key: reason for key, reason in reasons.items() if reason},
        unsure=unsure,
        new=sorted(after - declared),
        gone=sorted(declared - after),
        n_made=len(entries),
    )


def _now(entry: Entry, page: Page, state: State) -> Entry:
    """Return the record of a page as if all but the data were as it is now."""
    same = replace(
        entry,
        outcome="ok",
        notebook_sha256=state.notebooks[page.notebook],
        package_sha256=state.package,
        texts_sha256=state.texts.get(page.lang),
        versions=dict(state.versions),
    )
    return replace(same, fingerprint=state.fingerprint(page, entry.reads))


def _texts_on(pages: Sequence[Page], tables: Processed, scratch: Path, name: str) -> dict[str, str | None]:
    """Run pages aside on some tables and return their HTML; None for those that fail."""
    if not pages:
        return {}
    aside = [replace(page, out=scratch / name) for page in pages]
    with _in_use(tables, scratch) as used:
        run(aside, None, state=state_of(aside, used))
    return {page.id: page.html.read_text(encoding="utf-8") if page.html.is_file() else None for page in aside}


def texts_on_both(found: _Concerned, old: Processed, new: Processed, scratch: Path) -> list[TextChange]:
    """Run the concerned pages aside and return those that say something else; what stands as it is made now is taken.

    Parameters
    ----------
    found
        From `concerned_pages`.
    old, new, scratch
        As there.
    """
    entries = read_manifest(found.pages[0].out) if found.pages else {}
    with _in_use(old, scratch) as tables:
        state = state_of(found.pages, tables)
        again = [page for page in found.pages if state.reasons(page, entries[page.id])]
    before: Mapping[str, str | None] = {
        **{page.id: page.html.read_text(encoding="utf-8") for page in found.pages if page not in again},
        **_texts_on(again, old, scratch, "before"),
    }
    after = _texts_on(found.pages, new, scratch, "after")
    changes = []
    for page in found.pages:
        one, two = before[page.id], after[page.id]
        if one is None or two is None:
            changes.append(TextChange(page.id, "cannot be run"))
        elif change := _difference(page.id, one, two):
            changes.append(change)
    return changes


# --- As text ----------------------------------------------------------------------------------------------------------


def told_pages(
    old: Processed, new: Processed, out: Path, scratch: Path, *, text: bool = False, shown: int | None = 20
) -> Iterator[str]:
    """Yield as text which pages would be run again, or with `text` which of them say something else, and what.

    Parameters
    ----------
    old, new, out, scratch
        See `concerned_pages`.
    text
        Run them aside.
    shown
        How many pages are told at most; None for all.
    """
    out = out.resolve()
    found = concerned_pages(old, new, out, scratch)
    if not found.n_made:
        yield f"pages: there are none in {out.name} to tell from (natverk report)"
        return
    if text:
        changes = texts_on_both(found, old, new, scratch)
        yield f"pages that say something else, of {found.n_made} in {out.name}: {len(changes)}"
        yield from told_changes(changes, shown)
    else:
        n = len(found.pages)
        yield f"pages that would be run again, of {found.n_made} in {out.name}: {n} (--text runs them aside)"
        yield from _first([f"  {page.id}: {found.reasons[page.id]}" for page in found.pages], shown)
    if found.new or found.gone:
        named = [f"  {page_id} would be new" for page_id in found.new] + [
            f"  {item} would be gone" for item in found.gone
        ]
        yield from _first(named, shown)
    if found.unsure:
        page_id, reason = next(iter(found.unsure.items()))
        yield f"  {len(found.unsure)} pages were not made on the old data, and are not judged; {page_id}: {reason}"


def told_changes(changes: Sequence[TextChange], shown: int | None = 20) -> Iterator[str]:
    """Yield as text what pages say otherwise."""
    lines = []
    for change in changes:
        listed = change.lines if shown is None else change.lines[:_SHOWN]
        more = len(change.lines) - len(listed)
        said = [f"    {line[:_WIDTH] + '…' if len(line) > _WIDTH and shown is not None else line}" for line in listed]
        said += [f"    … and {more} more lines (--all)"] if more else []
        lines.append("\n".join([f"  {change.page} {change.what}", *said]))
    yield from _first(lines, shown)


def _first(lines: Sequence[str], shown: int | None) -> Iterator[str]:
    yield from lines[:shown]
    if shown is not None and len(lines) > shown:
        yield f"  … and {len(lines) - shown} more (--all)"
