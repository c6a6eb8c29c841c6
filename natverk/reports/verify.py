"""Whether pages say the same: run again, in another folder, or on another vintage of the data; or what differs.

Of a page that is run again the executed notebooks are compared, both normalised (`natverk.reports.engine`): what each
cell says and shows. Of two pages their texts are: headings, paragraphs, lines of tables and the texts of pictures; not
their code, their links and the line at their foot. Nothing in the output folder is changed.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from natverk.data.in_use import overlay_in_environment
from natverk.data.tables import Processed
from natverk.data.units import Directory
from natverk.errors import InvalidArgument, RunError, UnknownName, command_line
from natverk.reports.plan import Page, find_project, plan, read_notebook
from natverk.reports.record import Entry, State, file_hash, read_manifest, written_files
from natverk.reports.run import check_bounds, run, state_of

__all__ = [
    "Difference", "Interrupted", "TextChange", "Verdict", "changed_texts", "concerned_pages", "differences",
    "page_lines", "told_changes", "told_pages", "verify",
]  # fmt: skip

_CONTEXT, _LINES, _WIDTH = 1, 16, 160


class Interrupted(RunError):
    """Pages were not run again because a person or the system stopped it."""

    exit_code = 130


@dataclass(frozen=True)
class Difference:
    """What differs: `number` counts the cells from 1 (0 for the page as a whole), `heading` is the last before it."""

    number: int
    heading: str
    what: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"cell {self.number}" + (f" ({self.heading})" if self.heading else "") + ": " if self.number else ""
        return "\n".join([f"{place}{self.what}", *(f"    {line}" for line in self.lines)])


@dataclass(frozen=True)
class Verdict:
    """What came of running a page again.

    Attributes
    ----------
    page
        The page, with the parameters of the run that is verified.
    outputs
        How many outputs were compared.
    differences
        What differs; empty if the page comes out the same.
    failure
        Why it could not be run again, if so.
    changed
        What has changed since the page was made (`State.reasons`): where something differs, the likely cause.
    """

    page: Page
    outputs: int
    differences: tuple[Difference, ...]
    failure: str | None
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the page came out as it stands."""
        return not self.differences and self.failure is None

    def __str__(self) -> str:
        if self.same:
            return f"{self.page.id}: the same, {self.outputs} outputs compared"
        if self.failure:
            head = f"{self.page.id}: could not be run again: {self.failure}"
        else:
            head = f"{self.page.id}: {len(self.differences)} differences"
        lines = [head, *(line for difference in self.differences for line in str(difference).splitlines())]
        if self.changed:
            lines.append(f"changed since it was made: {'; '.join(self.changed)}")
        return "\n  ".join(lines)


def verify(pages: Sequence[Page], state: State, **options: Any) -> Iterator[Verdict]:
    """Run pages again, beside the output folder, and compare.

    Raises
    ------
    InvalidArgument
        If a page has not been made, or its notebook is gone; nothing is run.
    Interrupted
        If it is stopped, after the verdicts on the pages that were reached.
    """
    check_bounds(**options)
    entries = read_manifest(pages[0].out) if pages else {}
    made = [_as_made(page, entries.get(page.id)) for page in pages]
    before = {page.id: read_notebook(page.ipynb) for page in made}
    return _verdicts(made, before, entries, state, options)


def _as_made(page: Page, entry: Entry | None) -> Page:
    if entry is None or entry.html_sha256 is None or not page.ipynb.is_file():
        raise InvalidArgument(
            f"{page.id} has not been made, or its executed notebook is gone",
            where=str(page.out),
            remedy=command_line("natverk", "report", page.id, "--out", page.out),
        )
    return replace(page, parameters=entry.parameters)


def _verdicts(
    pages: Sequence[Page],
    before: Mapping[str, Mapping[str, Any]],
    entries: Mapping[str, Entry],
    state: State,
    options: Mapping[str, Any],
) -> Iterator[Verdict]:
    with tempfile.TemporaryDirectory(prefix="nv-verify-", ignore_cleanup_errors=True) as folder:
        aside = [replace(page, out=Path(folder) / "out") for page in pages]
        outcome = run(aside, None, state=state, **options)
        again = read_manifest(Path(folder) / "out")
        for page, copy in zip(pages, aside, strict=True):
            entry = again.get(page.id)
            if entry is None and outcome.interrupted:
                continue
            failure = "it was not reached" if entry is None else entry.error
            found = () if failure else tuple(differences(before[page.id], read_notebook(copy.ipynb)))
            yield Verdict(
                page=page,
                outputs=sum(len(cell.get("outputs", ())) for cell in before[page.id]["cells"]),
                differences=(*_not_as_written(page, entries[page.id]), *found),
                failure=failure,
                changed=tuple(state.reasons(page, replace(entries[page.id], outcome="ok"))),
            )
    if outcome.interrupted:
        left = [page.id for page in outcome.remaining]
        raise Interrupted(
            f"interrupted: {len(left)} of {len(pages)} pages were not run again; nothing was changed",
            remedy=command_line("natverk", "verify", *left, "--out", pages[0].out),
        )


def _not_as_written(page: Page, entry: Entry) -> Iterator[Difference]:
    """Yield the files of a page that are not what its run has written."""
    for path, sha in written_files(page, entry).items():
        if not path.is_file() or file_hash(path) != sha:
            yield Difference(0, "", f"the file {path.name} is not what the run wrote: it was changed afterwards")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield what differs between two executed and normalised notebooks, in the order of the cells.

    Examples
    --------
    >>> def notebook(text):
    ...     output = {"output_type": "stream", "name": "stdout", "text": text}
    ...     return {"cells": [{"cell_type": "code", "source": "print(n)", "outputs": [output]}]}
    >>> [found] = differences(notebook("12\\n"), notebook("13\\n"))
    >>> print(found)
    cell 1: output 1 (stdout) differs
        - 12
        + 13
    """
    old, new = list(before["cells"]), list(after["cells"])
    if len(old) != len(new):
        yield Difference(0, "", f"the notebook has {len(new)} cells now, it had {len(old)}")
    heading = ""
    for number, (first, second) in enumerate(zip(old, new, strict=False), start=1):
        heading = _heading(first) or heading
        if _text(first.get("source")) != _text(second.get("source")) or first["cell_type"] != second["cell_type"]:
            lines = _diff(_text(first.get("source")), _text(second.get("source")))
            yield Difference(number, heading, "another source", lines)
        yield from _outputs_differ(number, heading, first.get("outputs", []), second.get("outputs", []))


def _outputs_differ(
    number: int, heading: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    if len(old) != len(new):
        yield Difference(number, heading, f"{len(new)} outputs, there were {len(old)}")
    for place, (first, second) in enumerate(zip(old, new, strict=False), start=1):
        contents = _contents(first), _contents(second)
        for kind in dict.fromkeys([*contents[0], *contents[1]]):
            texts = [content.get(kind) for content in contents]
            if texts[0] == texts[1]:
                continue
            what = f"output {place} ({kind}) differs"
            if texts[0] is None or texts[1] is None:
                yield Difference(number, heading, f"output {place} ({kind}) is {'new' if texts[0] is None else 'gone'}")
            elif kind.startswith("image/") and kind != "image/svg+xml":
                sizes = [f"{len(text or '') * 3 // 4:,} bytes" for text in texts]
                yield Difference(number, heading, f"{what}: {sizes[0]} → {sizes[1]}")
            else:
                yield Difference(number, heading, what, _diff(*(_readable(kind, text or "") for text in texts)))


def _contents(output: Mapping[str, Any]) -> dict[str, str]:
    """Return the contents of an output by kind: a name of a stream, a MIME type, or the error."""
    if output["output_type"] == "stream":
        return {str(output["name"]): _text(output["text"])}
    if output["output_type"] == "error":
        return {"error": "\n".join([f"{output['ename']}: {output['evalue']}", *output["traceback"]])}
    return {str(kind): _text(content) for kind, content in output.get("data", {}).items()}


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else "" if value is None else repr(value)


def _readable(kind: str, text: str) -> str:
    """Return what a reader sees of HTML, a cell of a table a line; all of it where only the markup may differ."""
    if kind != "text/html":
        return text
    return text.replace("><", ">\n<").replace("</td>", "</td>\n")


def _diff(before: str, after: str) -> tuple[str, ...]:
    """Return the lines that went and came, cut to what can be read."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=_CONTEXT)
    lines = [f"{line[:1]} {line[1:]}"[:_WIDTH] for line in list(found)[2:] if not line.startswith("@@")]
    if not lines:
        return ("only spaces or line breaks at the end differ",)
    more = len(lines) - _LINES
    return (*lines[:_LINES], *([f"… and {more} more lines"] if more > 0 else []))


def _heading(cell: Mapping[str, Any]) -> str:
    """Return the first heading that a cell says or shows."""
    shown = [_text(output.get("data", {}).get("text/markdown")) for output in cell.get("outputs", [])]
    texts = [_text(cell.get("source"))] if cell["cell_type"] == "markdown" else shown
    for text in texts:
        for line in text.splitlines():
            if line.startswith("#"):
                return line.lstrip("#").strip()
    return ""


# --- In two folders, or on two vintages of the data -------------------------------------------------------------------

_BLOCKS = (
    "caption", "dd", "details", "div", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "li", "p", "section",
    "summary", "table", "tr",
)  # fmt: skip
_SHOWN = 8


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
    """Pages as `concerned_pages` divides them.

    `pages` would be answered otherwise by measures, `reasons` says why; `unsure` were not made on the old data, and
    why; `new` and `gone` are ids of pages, since units are; `n_made` is how many have been made.
    """

    pages: list[Page]
    reasons: dict[str, str]
    unsure: dict[str, str]
    new: list[str]
    gone: list[str]
    n_made: int


def concerned_pages(old: Processed, new: Processed, out: Path, scratch: Path) -> _Concerned:
    """Divide the pages of a folder of reports: which would be run again on other data, for no reason but these."""
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
    """Run the concerned pages aside and return those that say something else; of pages that stand, what stands."""
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
    """Yield as text which pages would be run again, or with `text` which of them say something else, and what."""
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
