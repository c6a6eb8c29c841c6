"""Does a page come out the same when it is run again? The proof, or what differs, cell by cell.

Compared are the executed notebooks, both normalised (`natverk.reports.execute`): what each cell says and shows, and
not times, identifiers or addresses. Nothing in the output folder is changed.
"""

from __future__ import annotations

import difflib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from natverk.errors import InvalidArgument, RunError, command_line
from natverk.reports.plan import Page, read_notebook
from natverk.reports.record import Entry, State, read_manifest
from natverk.reports.run import check_bounds, run

__all__ = ["Difference", "Interrupted", "Verdict", "differences", "verify"]

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

    Parameters
    ----------
    pages
        Pages that have been made; each is run with the parameters that it was made with.
    state
        What pages are made from now.
    options
        Of `natverk.reports.run.run`: `jobs`, `cell_timeout` and others.

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
    written = {page.html: entry.html_sha256, page.ipynb: entry.ipynb_sha256}
    written |= {page.out / name: sha for name, sha in entry.files_sha256.items()}
    for path, sha in written.items():
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha:
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
