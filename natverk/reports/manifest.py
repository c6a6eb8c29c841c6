"""What was run, on what, and how it went: `reports/manifest.jsonl`, one line a page.

The index is built from it, so that a run of some pages keeps the others. A failed page keeps the record of its last
good run, because the older page is still there. During a run each record is added as a line at the end, and of two
lines about one page the later one holds; at its end there is one line a page, in order.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from natverk.errors import DataError
from natverk.reports.files import append_lines, write_whole
from natverk.version import __version__

__all__ = [
    "CRATE_FILE",
    "DOCUMENT_LIBRARIES",
    "INDEX_FILES",
    "MANIFEST_FILE",
    "Entry",
    "Records",
    "document_versions",
    "notebook_hash",
    "read_manifest",
    "text_hash",
    "update_manifest",
    "versions",
]

MANIFEST_FILE = "manifest.jsonl"
CRATE_FILE = "ro-crate-metadata.json"
# The index in each language, at the top of the output folder.
INDEX_FILES = {"sv": "index.html", "en": "index.en.html"}
_TUPLES = ("warnings", "files", "sources")
# Libraries whose versions can change a number, a figure or the HTML of a page.
_LIBRARIES = (
    "babel", "beautifulsoup4", "ipykernel", "ipython", "jinja2", "markupsafe", "matplotlib", "matplotlib-inline",
    "mistune", "nbconvert", "nbformat", "networkx", "numpy", "pandas", "papermill", "pillow", "pyarrow", "pygments",
    "scipy", "shapely", "statsmodels",
)  # fmt: skip
#: Libraries that make the documents beside a page: they count for pages that have some.
DOCUMENT_LIBRARIES = ("pypandoc-binary", "typst")


@dataclass(frozen=True)
class Entry:
    """The record of one page.

    While a good page stands whose last run failed, all fields speak of the run that made it, but for `outcome`,
    `started`, `duration`, `warnings`, `error`, `failed_parameters` and `failed_fingerprint`.

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
    notebook_sha256, html_sha256, ipynb_sha256
        Of the notebook's cells, and of the page and the executed notebook as they stand on disk (the last good ones).
    fingerprint, package_sha256, texts_sha256, reads
        What the page was made from (`natverk.reports.fingerprint`): one hash of all, those of natverk's source and of
        the texts of its language, and those of the tables that it read.
    data_hash
        `Dataset.fingerprint` of the data, if known.
    versions
        natverk, Python and the libraries.
    engine
        How the cells were run.
    facts
        What is known of the page: `sources`, the number of sources it lists.
    sources
        What the page cites, in the order of its list: the ids of the sources, or their addresses.
    warnings
        What the notebook wrote to stderr.
    error
        One line that says what failed; the failed page has the traceback.
    files
        What belongs to the page that stands on disk, such as its tables: paths from the output folder.
    files_sha256
        The SHA-256 of each of `files`.
    good_started
        When the page that stands on disk was run; equal to `started` unless the last run failed.
    failed_parameters
        The parameters of the last run, if it failed; `parameters` are those of the page that stands.
    failed_fingerprint
        Of what the last run was made on, all tables included, if it failed: on the same it would fail again.
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
    fingerprint: str | None = None
    package_sha256: str | None = None
    texts_sha256: str | None = None
    ipynb_sha256: str | None = None
    reads: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    engine: str | None = None
    files_sha256: Mapping[str, str] = field(default_factory=dict)
    failed_parameters: Mapping[str, Any] | None = None
    failed_fingerprint: str | None = None


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text.

    >>> text_hash("natverk")[:8]
    '2790de4b'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def notebook_hash(notebook: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a notebook's cells: sources, tags and attachments; outputs and other metadata do not count.

    Tags say which cell holds the parameters and which are left out of pages; attachments are pictures in the text.
    """
    cells = [
        [
            cell["cell_type"],
            source if isinstance(source := cell.get("source", ""), str) else "".join(source),
            sorted(cell.get("metadata", {}).get("tags", ())),
            cell.get("attachments") or {},
        ]
        for cell in notebook["cells"]
    ]
    return text_hash(json.dumps(cells, ensure_ascii=False, sort_keys=True))


def versions() -> dict[str, str]:
    """Return the versions on which a result may depend; a library that is not installed is left out."""
    return {"natverk": __version__, "python": sys.version.split()[0], **_installed(_LIBRARIES)}


def document_versions() -> dict[str, str]:
    """Return the versions of the libraries that make documents; none where they are not installed."""
    return _installed(DOCUMENT_LIBRARIES)


def _installed(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


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
        *lines, rest = path.read_bytes().split(b"\n")
    except OSError as error:
        raise DataError(f"{MANIFEST_FILE} cannot be read: {error}", where=str(path), remedy="move it away") from error
    entries: dict[str, Entry] = {}
    # A run that was killed may have left half a line at the end: its page is run again.
    for number, line in enumerate(lines or [rest], start=1):
        if not line and not lines:
            break
        try:
            fields = json.loads(line.decode("utf-8"))
            entry = Entry(**{**fields, **{key: tuple(fields.get(key, ())) for key in _TUPLES}})
        except (json.JSONDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
            raise DataError(
                f"line {number} of {MANIFEST_FILE} cannot be read: {error}",
                where=str(path),
                remedy="remove the line and run its page again",
            ) from error
        entries[entry.id] = entry
    return entries


def update_manifest(out: Path, changed: Iterable[Entry]) -> dict[str, Entry]:
    """Put `changed` into the manifest of `out` and return all records; other pages keep theirs."""
    records = Records(out)
    records.entries.update({entry.id: entry for entry in changed})
    records.close()
    return records.entries


class Records:
    """The records of a folder while pages are put into it; the run must hold the folder (`natverk.reports.lock`).

    Parameters
    ----------
    out
        The output folder.

    Attributes
    ----------
    entries
        All records by page, as they stand.
    """

    def __init__(self, out: Path) -> None:
        self.path = out / MANIFEST_FILE
        self.entries = read_manifest(out)

    def put(self, changed: Iterable[Entry]) -> None:
        """Write records at once: with hundreds of pages, writing all of them anew each time would take longest."""
        new = {entry.id: entry for entry in changed}
        self.entries.update(new)
        if not self.path.is_file():
            self.close()
            return
        append_lines(self.path, map(_line, new.values()))

    def close(self) -> None:
        """Write one line a page, in order."""
        write_whole(self.path, "".join(_line(self.entries[key]) + "\n" for key in sorted(self.entries)))


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False)
