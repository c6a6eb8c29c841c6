"""Whether a page would come out the same: what it was made from, and what of that has changed.

A page is made from the code of its notebook, the resolved values of its parameters, the tables that it read (with the
filters under which it read them), natverk's own source, the texts of its language, and the libraries whose versions
can change a number or a figure; for a page with documents beside it also those that make them. Nothing else: neither
a README nor the command line that asked for it.

Tables count as a whole. A page that reads national frames, and nearly all do (a rank, a share of all municipalities,
a null model), must be run again when any row of them changes; that a row of another county would change nothing in
it, only running the page could prove. What is kept apart is which tables a page read: a new twin town concerns the
pages that read `twins`, and no other. The reason that is given says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import natverk
from natverk.data.reads import table_of
from natverk.locale import LANGUAGES
from natverk.reports.manifest import (
    DOCUMENT_LIBRARIES,
    Entry,
    document_versions,
    notebook_hash,
    text_hash,
    versions,
)
from natverk.reports.parameters import read_notebook
from natverk.reports.plan import Page

__all__ = ["State", "package_hash", "texts_hash"]

# What lies in the folder of the package and is no source of a page: the data have hashes of their own.
_NO_SOURCE = ("__pycache__", "_data", "_notebooks", ".ipynb_checkpoints")
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
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
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
    """

    package: str
    texts: Mapping[str, str]
    versions: Mapping[str, str]
    tables: Mapping[str, str] = field(default_factory=dict)
    notebooks: Mapping[Path, str] = field(default_factory=dict)
    data: str | None = None
    makers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def now(cls, pages: Iterable[Page], tables: Mapping[str, str], data: str | None = None) -> State:
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
        )

    def fingerprint(self, page: Page, reads: Mapping[str, str]) -> str:
        """Return one hash of all that a page was made from.

        Parameters
        ----------
        page
            The page, with its parameters.
        reads
            What it read: the hash of the table by label (`natverk.data.reads`).
        """
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
        """Return why a page would be run, an item a reason; none if it would come out as it stands.

        Parameters
        ----------
        page
            The page that is asked for.
        entry
            Its record in the manifest, if it has one.
        """
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
        tables = sorted({table_of(text) for text, sha in entry.reads.items() if self.tables.get(table_of(text)) != sha})
        if tables:
            known = "table" if len(tables) == 1 else "tables"
            verb = "has" if len(tables) == 1 else "have"
            found.append(f"it reads the whole {known} {', '.join(tables)}, which {verb} changed")
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


def _files_changed(page: Page, entry: Entry) -> list[str]:
    """Return which files of a page are missing or not what was written."""
    missing = [path.name for path in (page.html, page.ipynb) if not path.is_file()]
    missing += [name for name in entry.files if not (page.out / name).is_file()]
    if missing:
        return [f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"]
    written = {page.html: entry.html_sha256, page.ipynb: entry.ipynb_sha256}
    written |= {page.out / name: sha for name, sha in entry.files_sha256.items()}
    return [
        f"{path.name} is not what was written"
        for path, sha in written.items()
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha
    ]
