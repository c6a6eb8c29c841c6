"""What was run, on what, and how it went; and whether it would come out the same now.

`reports/manifest.jsonl` holds one line a page. The index is built from it, so that a run of some pages keeps the
others. A failed page keeps the record of its last good run, because the older page is still there. During a run each
record is added as a line at the end, and of two lines about one page the later one holds; at its end there is one line
a page, in order.

A page is made from the code of its notebook, the resolved values of its parameters, the tables that it read (with the
filters under which it read them), or the rows that it looked up in them, or what measures answered from them, natverk's
own source, the texts of its language, and the libraries whose versions can change a number or a figure; for a page with
documents beside it also those that make them. Nothing else: neither a README nor the command line that asked for it.
Nothing here needs a library while the tables are the same, so that it is seen in a moment that nothing has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import natverk
from natverk.data.reads import Filters, Recorded, label, table_of
from natverk.errors import DataError
from natverk.locale import LANGUAGES
from natverk.reports.files import append_lines, write_whole
from natverk.reports.plan import Page, read_notebook
from natverk.version import __version__

if TYPE_CHECKING:
    from natverk.data.changes import Change
    from natverk.data.load import Dataset

__all__ = [
    "CODEBOOK_FILE", "CODEBOOK_HASH", "CRATE_FILE", "DATA_FOLDER", "DEFAULT_ENGINE", "DOCUMENT_LIBRARIES", "ENGINES",
    "Entry", "Failure", "INDEX_FILES", "Job", "MADE_OF", "MANIFEST_FILE", "PACKAGE_FILE", "Records", "Result", "State",
    "clean_text", "data_files", "data_paths", "data_stand", "document_versions", "file_hash", "notebook_hash",
    "package_hash", "read_manifest", "read_package", "site_hash", "site_stands", "text_hash", "texts_hash",
    "update_manifest", "utc_now", "versions", "written_files",
]  # fmt: skip

MANIFEST_FILE = "manifest.jsonl"
CRATE_FILE = "ro-crate-metadata.json"
# The index in each language, at the top of the output folder.
INDEX_FILES = {"sv": "index.html", "en": "index.en.html"}
_TUPLES = ("warnings", "files", "sources", "whole")
# Libraries whose versions can change a number, a figure or the HTML of a page.
_LIBRARIES = (
    "babel", "beautifulsoup4", "ipykernel", "ipython", "jinja2", "markupsafe", "matplotlib", "matplotlib-inline",
    "mistune", "nbconvert", "nbformat", "networkx", "numpy", "pandas", "papermill", "pillow", "pyarrow", "pygments",
    "scipy", "shapely", "statsmodels",
)  # fmt: skip
#: Libraries that make the documents beside a page: they count for pages that have some.
DOCUMENT_LIBRARIES = ("pypandoc-binary",)


# --- A page that is run -----------------------------------------------------------------------------------------------

# How cells are run: in the page's own process, or by a kernel that it starts. The outputs are the same.
ENGINES = ("natverk", "default")
# Without fork there is no process to be had cheaply, and a kernel that is started isolates as well.
DEFAULT_ENGINE = ENGINES[0] if hasattr(os, "fork") else ENGINES[1]


@dataclass(frozen=True)
class Job:
    """A page to run, and how.

    Attributes
    ----------
    notebook
        The notebook as parsed JSON, so that all pages of a run are made from the same one.
    engine
        One of `ENGINES`.
    formats
        What is made besides HTML: `"pdf"`, `"docx"`.
    """

    page: Page
    notebook: Mapping[str, Any]
    data_hash: str | None = None
    engine: str = DEFAULT_ENGINE
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Why a page could not be made: a line for the index, and what the failed page shows."""

    summary: str
    traceback: str = ""
    source: str = ""
    cell: int | None = None

    @classmethod
    def of(cls, summary: str, traceback: str = "", source: str = "", cell: int | None = None) -> Failure:
        """Return a failure whose texts are fit to be shown: one line, without colours and paths."""
        lines = clean_text(summary).strip().splitlines()
        return cls(lines[0] if lines else "", clean_text(traceback).strip(), source, cell)


@dataclass(frozen=True)
class Result:
    """A page that was run; `failure` is None if it went well, and then `html` and `ipynb` are whole files.

    Attributes
    ----------
    files
        What belongs to the page, such as its tables and documents: text or bytes by path from the page's folder.
    reads
        What the notebook read: tables, and what it asked of measures.
    engine
        How its cells were run.
    unmade
        Why a document beside the page could not be made, by its kind; the page stands without it.
    """

    page: Page
    started: str
    duration: float
    html: str = ""
    ipynb: str = ""
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    reads: Recorded = field(default_factory=Recorded)
    engine: str = DEFAULT_ENGINE
    unmade: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def lost(cls, page: Page, failure: Failure, started: str | None = None, duration: float = 0.0) -> Result:
        """Return the result of a page of which nothing came back."""
        return cls(page, started or utc_now(), round(duration, 1), failure=failure)


def utc_now() -> str:
    """Return the moment as records say it (UTC, ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
# A path is looked for where a word begins: tried at every letter, a long line would take the square of its length.
_TOKEN = r"(?<![^\s\"'(])[^\s\"'(]"
# ipykernel gives each cell the name of a file in a folder with the kernel's process number.
_CELL_FILE = re.compile(_TOKEN + r"*ipykernel_[0-9]+[/\\][0-9]+\.py")
# Where Python, its libraries and natverk itself are installed.
_INSTALLED = re.compile(
    _TOKEN + r"*[/\\](?:site-packages[/\\]|python3\.[0-9]+[/\\](?!site-packages)|(?=natverk[/\\][a-z]+[/\\]))"
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(text: str) -> str:
    r"""Return `text` without terminal colours, addresses, temporary names and machine paths.

    >>> clean_text("\x1b[31m/var/ipykernel_77/12.py:1: UserWarning: odd\x1b[0m <object at 0x7f00aa>")
    '<cell>:1: UserWarning: odd <object at 0x…>'
    """
    text = _CONTROL.sub("", _ANSI.sub("", text))
    text = _INSTALLED.sub("", _CELL_FILE.sub("<cell>", text))
    return _ADDRESS.sub("at 0x…", text)


# --- What is kept of it -----------------------------------------------------------------------------------------------


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
        What the page was made from (`natverk.reports.record`): one hash of all, those of natverk's source and of
        the texts of its language, and those of the tables that it read.
    whole, answers, rows
        Of these tables, those that it read as such; the others count by what measures answered from them (a digest by
        question, `natverk.data.answers`) and by the rows that it looked up (a digest by key, `natverk.data.lookup`).
    data_hash
        `Dataset.fingerprint` of the data, if known.
    confirmed
        The same of other data on which the page was last found to come out as it stands; `reads` are theirs then.
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
    units
        The units that the page names, as `network:ubc`, and whether each name leads to a page.
    good_started
        When the page that stands on disk was run; equal to `started` unless the last run failed.
    failed_parameters
        The parameters of the last run, if it failed; `parameters` are those of the page that stands.
    failed_fingerprint
        Of what the last run was made on, all tables included, if it failed: on the same it would fail again.
    own
        How many own rows lay over the data by table (`natverk report --overlay`); none of them is natverk's.
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
    whole: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    confirmed: str | None = None
    units: Mapping[str, bool] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)


def text_hash(content: str | bytes) -> str:
    """Return the SHA-256 of a text, or of bytes.

    >>> text_hash("natverk")[:8]
    '2790de4b'
    """
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode("utf-8")).hexdigest()


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
    """The records of a folder while pages are put into it; the run must hold the folder (`natverk.reports.files`).

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


# What lies in the folder of the package and is no source of a page: the data have hashes of their own, and no page is
# made from the seminar.
_NO_SOURCE = ("__pycache__", "_data", "_notebooks", ".ipynb_checkpoints", "seminar")
_SHARED_TEXTS = "site.toml"


def package_hash(folder: Path) -> str:
    """Return a hash of all files of the package but its texts and what is compiled; each counts with its path."""
    files = [path for path in folder.rglob("*") if path.suffix not in (".pyc", ".pyo") and path.is_file()]
    kept = {
        path.relative_to(folder).as_posix(): path
        for path in files
        if not any(part in _NO_SOURCE or part.startswith(".") for part in path.relative_to(folder).parts)
        and not (path.suffix == ".toml" and path.parent.parent == folder / "locale")
    }
    return _hash_files(kept)


def texts_hash(folder: Path, lang: str) -> str:
    """Return a hash of the texts of a language, and of those that a page takes from the other one (its own name)."""
    files = {f"{lang}/{path.name}": path for path in (folder / lang).glob("*.toml")}
    files |= {f"{other}/{_SHARED_TEXTS}": folder / other / _SHARED_TEXTS for other in LANGUAGES}
    return _hash_files(files)


def _hash_files(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0{file_hash(path)}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class State:
    """What pages are made from, as it stands at the beginning of a run.

    Attributes
    ----------
    package
        `package_hash` of natverk.
    texts
        `texts_hash` by language.
    versions
        Versions of natverk, Python and the libraries.
    makers
        Versions of the libraries that make documents, which count for pages that have some.
    tables
        The SHA-256 of every table by its name (`Processed.hashes`).
    notebooks
        `notebook_hash` by the path of the notebook.
    data
        `Processed.fingerprint`: all tables together, shown at the foot of pages.
    own
        How many own rows there are by table (`Processed.own`).
    """

    package: str
    texts: Mapping[str, str]
    versions: Mapping[str, str]
    tables: Mapping[str, str] = field(default_factory=dict)
    notebooks: Mapping[Path, str] = field(default_factory=dict)
    data: str | None = None
    makers: Mapping[str, str] = field(default_factory=dict)
    # What measures answer now, and which rows have changed: both are asked for all pages once.
    _loaded: dict[str, Dataset] = field(default_factory=dict, repr=False, compare=False)
    _answers: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)
    _rows: dict[tuple[Path, str], list[Change]] = field(default_factory=dict, repr=False, compare=False)
    own: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def now(
        cls,
        pages: Iterable[Page],
        tables: Mapping[str, str],
        data: str | None = None,
        own: Mapping[str, int] | None = None,
    ) -> State:
        """Return the state on which `pages` would be run now."""
        folder = Path(natverk.__file__).resolve().parent
        notebooks = {page.notebook for page in pages}
        return cls(
            package=package_hash(folder),
            texts={lang: texts_hash(folder / "locale", lang) for lang in LANGUAGES},
            versions=versions(),
            tables=dict(tables),
            notebooks={path: notebook_hash(read_notebook(path)) for path in notebooks},
            data=data,
            makers=document_versions(),
            own=dict(own or {}),
        )

    def fingerprint(self, page: Page, reads: Mapping[str, str]) -> str:
        """Return one hash of all that a page was made from."""
        parts = [
            self.notebooks.get(page.notebook),
            dict(page.parameters),
            dict(reads),
            self.package,
            self.texts.get(page.lang),
            dict(self.versions),
        ]
        return text_hash(json.dumps(parts, ensure_ascii=False, sort_keys=True))

    def reasons(self, page: Page, entry: Entry | None) -> list[str]:
        """Return why a page would be run, an item a reason; none if it would come out as it stands."""
        if entry is None:
            return ["it has not been made yet"]
        if entry.outcome != "ok":
            return ["the last run failed"]
        if entry.fingerprint is None:
            return ["it was made by a version of natverk that kept no fingerprints"]
        return [*_files_changed(page, entry), *self._made_from_changed(page, entry)]

    def _made_from_changed(self, page: Page, entry: Entry) -> list[str]:
        found = []
        if entry.notebook_sha256 != self.notebooks.get(page.notebook):
            found.append(f"the notebook {page.notebook.name} has changed")
        for name in {**entry.parameters, **page.parameters}:
            before, now = entry.parameters.get(name), page.parameters.get(name)
            if before != now or type(before) is not type(now):
                found.append(f"the parameter {name} is {now!r}, it was {before!r}")
        found += self._read_changed(page, entry)
        if entry.package_sha256 != self.package:
            found.append("the source of natverk has changed")
        if entry.texts_sha256 != self.texts.get(page.lang):
            found.append(f"the texts in {page.lang} have changed")
        for name in {**entry.versions, **self.versions}:
            before, now = entry.versions.get(name), self.versions.get(name)
            if name in DOCUMENT_LIBRARIES:
                # Without them the documents cannot be made anew, and stay as they are.
                now = self.makers.get(name, before)
            if before != now:
                found.append(f"{name} is {now or 'not installed'}, it was {before or 'not recorded'}")
        if not found and entry.fingerprint != self.fingerprint(page, entry.reads):
            found.append("its record in the manifest does not fit its fingerprint")
        return found

    def tables_changed(self, entry: Entry) -> list[str]:
        """Return the labels of what a page read that is another table now."""
        return [text for text, sha in entry.reads.items() if self.tables.get(table_of(text)) != sha]

    def _read_changed(self, page: Page, entry: Entry) -> list[str]:
        """Return what has changed of what a page read: whole tables, and what measures answer otherwise now."""
        changed = self.tables_changed(entry)
        # What a version of natverk recorded that knew no answers, and what a page read as such, are whole tables.
        by_part = entry.answers or entry.rows
        tables = sorted({table_of(text) for text in changed if not by_part or text in entry.whole})
        if tables:
            known = "table" if len(tables) == 1 else "tables"
            verb = "has" if len(tables) == 1 else "have"
            what = f"it reads the whole {known} {', '.join(tables)}, which {verb} changed"
            return [what + self._rows_of(page, entry, tables, ())]
        if not changed:
            return []
        found = []
        for table in sorted({table_of(text) for text in changed}.intersection(entry.rows)):
            now = self._digests_of(table)
            keys = [key for key, digest in entry.rows[table].items() if now.get(key, "") != digest]
            if keys:
                what = f"it shows rows of {table} that have changed"
                found.append(what + self._rows_of(page, entry, [table], [repr(key) for key in keys]))
        others = [question for question, digest in entry.answers.items() if self._answer(question) != digest]
        if others:
            measures = dict.fromkeys(question.partition(" ")[0].rpartition(":")[2].lstrip("_") for question in others)
            tables = sorted({table_of(text) for text in changed})
            found.append(f"{', '.join(measures)} would give another result{self._rows_of(page, entry, tables, others)}")
        return found

    def _answer(self, question: str) -> str | None:
        """Return what a measure answers now, asked once."""
        if question not in self._answers:
            from natverk.data.answers import ask

            self._answers[question] = ask(question, self._load)
        return self._answers[question]

    def _load(self, **filters: Unpack[Filters]) -> Dataset:
        """Return the data as they are now, loaded once with each filter."""
        from natverk.data.load import load

        key = label("", **filters)
        if key not in self._loaded:
            self._loaded[key] = load(**filters)
        return self._loaded[key]

    def _digests_of(self, table: str) -> Mapping[str, str]:
        from natverk.data.lookup import row_digests

        return row_digests(self._load(), table)

    def _rows_of(self, page: Page, entry: Entry, tables: Iterable[str], questions: Sequence[str]) -> str:
        """Say which rows of tables have changed since a page was made, those first that it asked about, or nothing."""
        from natverk.data.changes import changes, named_rows
        from natverk.data.load import load

        # The tables beside the pages are those of the last run: not of every page.
        before = entry.confirmed or entry.data_hash
        if before is None or before not in str(read_package(page.out).get(MADE_OF, "")) or not data_stand(page.out):
            return ""
        found: list[Change] = []
        for table in tables:
            if (page.out, table) not in self._rows:
                path = page.out / DATA_FOLDER / f"{table}.csv"
                self._rows[page.out, table] = changes(path, table, load().table(table))
            found += self._rows[page.out, table]
        return named_rows(found, questions)

    def confirmed(self, page: Page, entry: Entry) -> Entry:
        """Return the record of a page that would come out the same on the tables as they are now."""
        reads = {text: self.tables[table_of(text)] for text in entry.reads}
        return replace(entry, reads=reads, confirmed=self.data, fingerprint=self.fingerprint(page, reads))


def _files_changed(page: Page, entry: Entry) -> list[str]:
    """Return which files of a page are missing or not what was written."""
    missing = [path.name for path in (page.html, page.ipynb) if not path.is_file()]
    missing += [name for name in entry.files if not (page.out / name).is_file()]
    if missing:
        return [f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"]
    written = written_files(page, entry)
    return [f"{path.name} is not what was written" for path, sha in written.items() if file_hash(path) != sha]


def written_files(page: Page, entry: Entry) -> dict[Path, str | None]:
    """Return the files of a page and the SHA-256 of each as it was written."""
    written = {page.html: entry.html_sha256, page.ipynb: entry.ipynb_sha256}
    return written | {page.out / name: sha for name, sha in entry.files_sha256.items()}


DATA_FOLDER = "data"
PACKAGE_FILE = "datapackage.json"
CODEBOOK_FILE = "codebook.html"
# In the data package: what tells that the folder is ours, and of which data; and the hash of the codebook.
MADE_OF = "natverk:made_of"
CODEBOOK_HASH = "natverk:codebook"


def site_hash(out: Path, state: State) -> str:
    """Return one hash of what index and metadata of `out` are written from: its manifest, the data, and natverk."""
    path = out / MANIFEST_FILE
    manifest = file_hash(path) if path.is_file() else None
    return text_hash(json.dumps([manifest, state.data, state.package, dict(state.texts)], sort_keys=True))


def site_stands(out: Path, state: State) -> bool:
    """Say whether the site is as `write_site` and `write_crate` would write it now.

    The metadata are written last and hold `site_hash`: a run that died before that leaves those of an earlier one.
    """
    if not all((out / name).is_file() for name in (*INDEX_FILES.values(), CRATE_FILE)):
        return False
    return f'"{site_hash(out, state)}"'.encode() in (out / CRATE_FILE).read_bytes() and data_stand(out)


def data_stand(out: Path) -> bool:
    """Say whether the data below `out` are what was written, by the hashes in their data package."""
    package, folder = read_package(out), out / DATA_FOLDER
    if MADE_OF not in package:
        return False
    written = {folder / CODEBOOK_FILE: package.get(CODEBOOK_HASH)}
    for item in package.get("resources", []):
        if isinstance(item, dict):
            written[folder / f"{item.get('name')}.csv"] = str(item.get("hash", "")).removeprefix("sha256:")
    return all(path.is_file() and file_hash(path) == sha for path, sha in written.items())


def data_files(out: Path) -> list[Path]:
    """Return the files that `write_data` made below `out`, by what their data package names; none without it."""
    package = read_package(out)
    if MADE_OF not in package:
        return []
    names = [str(item.get("name", "")) for item in package.get("resources", []) if isinstance(item, dict)]
    return data_paths(out / DATA_FOLDER, [name for name in names if name.isidentifier()])


def data_paths(folder: Path, names: Iterable[str]) -> list[Path]:
    """Return the files of a folder of data with tables of these names."""
    return [*(folder / f"{name}.csv" for name in names), folder / CODEBOOK_FILE, folder / PACKAGE_FILE]


def read_package(out: Path) -> dict[str, Any]:
    """Return the data package below `out`; empty if there is none that can be read."""
    try:
        content = json.loads((out / DATA_FOLDER / PACKAGE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
