"""What was run, on what, and how it went: `reports/manifest.jsonl`, one line a page.

The index is built from it, so that a run of some pages keeps the others. A failed page keeps the record of its last
good run, because the older page is still there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from natverk.errors import DataError
from natverk.reports.files import make_folder, write_whole
from natverk.version import __version__

__all__ = ["MANIFEST_FILE", "Entry", "notebook_hash", "read_manifest", "text_hash", "update_manifest", "versions"]

MANIFEST_FILE = "manifest.jsonl"
_TUPLES = ("warnings", "files")


@dataclass(frozen=True)
class Entry:
    """The record of one page.

    Attributes
    ----------
    id, report, kind, unit, unit_name, lang, title
        Which page, as in `Page`.
    parameters
        The value of every parameter, defaults included.
    outcome
        `"ok"` or `"failed"`, of the last run.
    started, duration
        When the last run began (UTC, ISO 8601) and how many seconds it took.
    notebook_sha256, html_sha256
        Of the sources of the notebook's cells, and of the page as it stands on disk (the last good one).
    data_hash
        `Dataset.fingerprint` of the data, if known.
    versions
        natverk, Python and the libraries.
    facts
        What is known of the page: `sources`, the number of sources it lists.
    warnings
        What the notebook wrote to stderr.
    error
        One line that says what failed; the failed page has the traceback.
    files
        What belongs to the page that stands on disk, such as its tables: paths from the output folder.
    good_started
        When the page that stands on disk was run; equal to `started` unless the last run failed.
    """

    id: str
    report: str
    unit: str
    unit_name: str
    lang: str
    title: str
    parameters: Mapping[str, Any]
    outcome: str
    started: str
    duration: float
    notebook_sha256: str
    html_sha256: str | None = None
    data_hash: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str | None = None
    good_started: str | None = None
    files: tuple[str, ...] = ()
    kind: str = "region"


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text.

    >>> text_hash("natverk")[:8]
    '2790de4b'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def notebook_hash(notebook: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the sources of a notebook's cells; outputs and metadata do not count."""
    cells = [
        [cell["cell_type"], source if isinstance(source := cell.get("source", ""), str) else "".join(source)]
        for cell in notebook["cells"]
    ]
    return text_hash(json.dumps(cells, ensure_ascii=False))


def versions() -> dict[str, str]:
    """Return the versions on which a result may depend."""
    libraries = {name: metadata.version(name) for name in ("pandas", "matplotlib", "papermill")}
    return {"natverk": __version__, "python": sys.version.split()[0], **libraries}


def read_manifest(out: Path) -> dict[str, Entry]:
    """Return the records of `out` by page; none if there is no manifest yet.

    Raises
    ------
    DataError
        If a line cannot be read; the message names it.
    """
    path = out / MANIFEST_FILE
    if not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{MANIFEST_FILE} cannot be read: {error}", where=str(path), remedy="move it away") from error
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            entry = Entry(**{**fields, **{key: tuple(fields.get(key, ())) for key in _TUPLES}})
        except (json.JSONDecodeError, TypeError, AttributeError) as error:
            raise DataError(
                f"line {number} of {MANIFEST_FILE} cannot be read: {error}",
                where=str(path),
                remedy="remove the line and run its page again",
            ) from error
        entries[entry.id] = entry
    return entries


def update_manifest(out: Path, changed: Iterable[Entry]) -> dict[str, Entry]:
    """Put `changed` into the manifest of `out` and return all records; other pages keep theirs."""
    make_folder(out)
    with _locked(out):
        entries = read_manifest(out)
        entries.update({entry.id: entry for entry in changed})
        lines = [json.dumps(asdict(entries[key]), ensure_ascii=False) for key in sorted(entries)]
        write_whole(out / MANIFEST_FILE, "".join(line + "\n" for line in lines))
    return entries


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep two runs that share a folder from writing over each other's records; the lock leaves no file."""
    try:
        import fcntl
    except ImportError:  # Windows: a folder cannot be locked there
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
