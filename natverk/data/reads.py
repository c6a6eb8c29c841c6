"""What was read: every table that a `Dataset` of this process hands out is noted, with the hash of its content.

A report machine asks for it, to know which pages a changed table concerns. Where the environment variable
`NATVERK_READS` names a file, a line is added to it for every table: that works the same whether a notebook runs in
this process or in a kernel of its own. Nearly every measure takes whole tables (a rank, a national mean, a null model).
What a measure that is `natverk.data.answers.asked` reads stands behind its answer: whoever has the answer noted, and
asks again, knows whether a change of these tables matters. Of a table in which a page only looks rows up by their keys
(`natverk.data.lookup`), these rows are noted.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict, Unpack

__all__ = [
    "Filters",
    "READS_VARIABLE",
    "Recorded",
    "behind_an_answer",
    "collected",
    "forget_reads",
    "is_asking",
    "label",
    "note_all",
    "note_answer",
    "note_read",
    "note_row",
    "reads",
    "recorded",
    "table_of",
    "within",
]

READS_VARIABLE = "NATVERK_READS"
_seen: dict[str, str] = {}
# What is collected by whoever keeps a result, to note it again with the result; and what this process has written.
_collecting: list[dict[str, str]] = []
_written: set[tuple[str, str, str, str]] = set()
_answered: set[tuple[str | None, str]] = set()
# The file that is written to, by its path: a page notes some hundred lines, and to open it for each took longer.
_open: dict[str, int] = {}
# The measures at work that are kept or asked, and for each whether an answer stands before it.
_at_work: list[bool] = []


class Filters(TypedDict, total=False):
    """The filters of a dataset, as `natverk.load` takes them."""

    as_of: str | None
    undated_sources: Literal["drop", "keep"]
    without_noncommercial: bool


def label(table: str, **filters: Unpack[Filters]) -> str:
    """Return the name of a table with the filters under which it was read.

    >>> label("memberships"), label("memberships", as_of=None, undated_sources="drop", without_noncommercial=False)
    ('memberships', 'memberships')
    >>> label("memberships", as_of="2015", undated_sources="keep", without_noncommercial=True)
    'memberships (as_of=2015, undated_sources=keep, without_noncommercial)'
    """
    as_of = filters.get("as_of")
    filtered = [] if as_of is None else [f"as_of={as_of}", f"undated_sources={filters.get('undated_sources', 'drop')}"]
    filtered += ["without_noncommercial"] if filters.get("without_noncommercial") else []
    return f"{table} ({', '.join(filtered)})" if filtered else table


def table_of(text: str) -> str:
    """Return the table of a label."""
    return text.partition(" (")[0]


def note_read(text: str, sha256: str) -> None:
    """Note that a table was handed out.

    Parameters
    ----------
    text
        A `label`.
    sha256
        The hash of the table's file.
    """
    _seen[text] = sha256
    for found in _collecting:
        found[text] = sha256
    _write("behind" if any(_at_work) else "whole", text, sha256)


def note_answer(question: str, digest: str) -> None:
    """Note what a measure answered, instead of the tables behind the answer (`behind_an_answer`)."""
    _answered.add((os.environ.get(READS_VARIABLE), question))
    _write("answer", question, digest)


def is_answered(question: str) -> bool:
    """Say whether the answer to a question is noted already: the same data give the same one."""
    return (os.environ.get(READS_VARIABLE), question) in _answered


def note_row(table: str, key: str, digest: str) -> None:
    """Note that a page looked up a row of a table; without a digest there is no such row."""
    if not _at_work:
        _write("row", f"{table} {key}", digest)
    elif not any(_at_work):
        # What is kept is used again without looking anything up.
        note_read(table, _seen[table])


def _write(kind: str, text: str, sha256: str) -> None:
    path = os.environ.get(READS_VARIABLE)
    if path and (path, kind, text, sha256) not in _written:
        _written.add((path, kind, text, sha256))
        if path not in _open:
            _close()
            _open[path] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(_open[path], (json.dumps([kind, text, sha256]) + "\n").encode())


def _close() -> None:
    """Close the file that was written to: what is open cannot be removed everywhere."""
    while _open:
        os.close(_open.popitem()[1])


@contextlib.contextmanager
def within(*, answer: bool = False) -> Iterator[None]:
    """Say that a measure is at work: what it asks of others is no question of the page's."""
    _at_work.append(answer)
    try:
        yield
    finally:
        _at_work.pop()


@contextlib.contextmanager
def behind_an_answer() -> Iterator[dict[str, str]]:
    """Collect what is read within as standing behind an answer; who cannot note the answer does `note_all` with it."""
    with within(answer=True), collected() as found:
        yield found


def is_asking() -> bool:
    """Say whether a page asks: a measure is asked, not by another one, and somebody hears what it answers."""
    return not _at_work and bool(os.environ.get(READS_VARIABLE))


def note_all(found: Mapping[str, str]) -> None:
    """Note once more what was `collected`, as a result that was made of it is used again."""
    for text, sha256 in found.items():
        note_read(text, sha256)


@contextlib.contextmanager
def collected() -> Iterator[dict[str, str]]:
    """Collect what this process reads within: whoever keeps a result of it does `note_all` when it is used again.

    >>> with collected() as found:
    ...     note_read("networks", "ab12")
    >>> found
    {'networks': 'ab12'}
    """
    found: dict[str, str] = {}
    _collecting.append(found)
    try:
        yield found
    finally:
        # By identity: two that are equal are not the same.
        del _collecting[next(place for place, one in enumerate(_collecting) if one is found)]


def reads() -> dict[str, str]:
    """Return what this process has read so far: the hash of the table's file by label."""
    return dict(sorted(_seen.items()))


def forget_reads() -> None:
    """Begin anew: `reads()` is empty afterwards."""
    _seen.clear()


@dataclass
class Recorded:
    """What was read within `recorded`.

    Attributes
    ----------
    tables
        The hash of the table's file by label, of all tables.
    whole
        Labels of those that were looked at as such; the others stand behind answers.
    answers
        A digest of what was answered by question (`natverk.data.answers`).
    rows
        By table the digest of each row that was looked up by its key (`natverk.data.lookup`).
    """

    tables: dict[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)


@contextlib.contextmanager
def recorded(scratch: str | Path | None = None) -> Iterator[Recorded]:
    """Collect what is read within, in this process and in those that it starts.

    What is given is filled at the end.

    Parameters
    ----------
    scratch
        A folder for the file meanwhile, which goes away when this process is killed; default is the system's.

    >>> with recorded() as found:
    ...     note_read("networks", "ab12")
    >>> found.tables, found.whole
    ({'networks': 'ab12'}, ('networks',))
    """
    found = Recorded()
    before = os.environ.get(READS_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="nv-reads-", dir=scratch, ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "reads.jsonl"
        os.environ[READS_VARIABLE] = str(path)
        try:
            yield found
        finally:
            _close()
            if before is None:
                os.environ.pop(READS_VARIABLE, None)
            else:
                os.environ[READS_VARIABLE] = before
            lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
            # A process that was killed may have left half a line: then it has also failed its page.
            noted = sorted(json.loads(line) for line in lines if line.endswith("]"))
            found.tables.update((text, sha) for kind, text, sha in noted if kind in ("whole", "behind"))
            found.whole = tuple(dict.fromkeys(text for kind, text, _sha in noted if kind == "whole"))
            found.answers.update((text, sha) for kind, text, sha in noted if kind == "answer")
            for table, _space, key, sha in ((*text.partition(" "), sha) for kind, text, sha in noted if kind == "row"):
                found.rows.setdefault(table, {})[key] = sha
