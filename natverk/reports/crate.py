"""What the site is, for machines: `ro-crate-metadata.json`, so that a repository such as Zenodo can take it as it is.

RO-Crate 1.1 (https://www.researchobject.org/ro-crate/1.1/): the folder is a data set whose parts are the pages, the
executed notebooks, the data and the manifest; every page is the result of an action, whose instrument is a notebook
and whose objects are the parameters and the tables that it read. Pages made with own rows (`natverk report --overlay`)
say so, and are under no name and no licence of natverk's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from natverk.data.reads import table_of
from natverk.data.schema import SCHEMA
from natverk.locale import texts
from natverk.reports.files import write_whole
from natverk.reports.record import CRATE_FILE, INDEX_FILES, MANIFEST_FILE, Entry, text_hash
from natverk.version import __version__

if TYPE_CHECKING:
    from rocrate.model.contextentity import ContextEntity  # type: ignore[import-untyped]
    from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

__all__ = ["crate_of", "is_crate", "write_crate"]

_AUTHORS = "#natverk-contributors"
_OWN, _OWN_AUTHORS, _OWN_TERMS = "#own-rows", "#authors-of-own-rows", "#terms-of-own-rows"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_FORMATS = {
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def write_crate(out: Path, entries: Iterable[Entry], version: str | None = None) -> Path:
    """Write the metadata of the site in `out`; return the file.

    Raises
    ------
    NatverkError
        If the file cannot be written.
    """
    content = json.dumps(crate_of(out, entries, version), indent=1, ensure_ascii=False, sort_keys=True)
    write_whole(out / CRATE_FILE, content + "\n")
    return out / CRATE_FILE


def is_crate(path: Path) -> bool:
    """Say whether a file is the metadata of a site of ours."""
    return path.is_file() and f'"{_AUTHORS}"'.encode() in path.read_bytes()


def crate_of(out: Path, entries: Iterable[Entry], version: str | None = None) -> dict[str, Any]:
    """Return the metadata as JSON-LD: `@context` and `@graph`; see `write_crate`."""
    from rocrate.rocrate import ROCrate

    made = [entry for entry in entries if (out / f"{entry.id}.html").is_file()]
    crate = ROCrate(version="1.1")
    t = texts("en")
    authors = _context(crate, _AUTHORS, "Organization", name="natverk contributors")
    said = "For natverk's own work; sources of the rows keep their own terms (data/sources.csv)."
    name = "Creative Commons Attribution 4.0 International"
    licence = _context(crate, _LICENCE, "CreativeWork", name=name, description=said)
    root = crate.root_dataset
    root["name"] = t("site.index.title")
    root["description"] = t("site.index.description")
    if version:
        root["version"] = version
    root["license"] = licence
    root["author"] = authors
    rest_on_own = [entry for entry in made if entry.own]
    if rest_on_own:
        said = f" {len(rest_on_own)} of {len(made)} pages were made with own rows, which are not natverk's."
        root["description"] += said
        root["license"] = [licence, _own_terms(crate)]
        root["author"] = [authors, _own_authors(crate)]
    root["datePublished"] = max((entry.good_started or entry.started for entry in made), default="")[:10]
    for name in INDEX_FILES.values():
        _file(crate, out, name, t("site.index.title"))
    _file(crate, out, MANIFEST_FILE, "Manifest")
    for path in sorted((out / "data").glob("*.*")):
        table = SCHEMA.get(path.stem) if path.suffix == ".csv" else None
        _file(crate, out, f"data/{path.name}", path.stem, description=table.title if table else None)
    root["mentions"] = [_page(crate, out, entry) for entry in made]
    if rest_on_own:
        # Two licences stand at the root, so each file says which is its own.
        theirs = {f"{entry.id}{end}" for entry in rest_on_own for end in (".html", ".ipynb")}
        theirs |= {name for entry in rest_on_own for name in entry.files}
        for item in crate.data_entities:
            own = unquote(item.id) in theirs
            item["license"] = _own_terms(crate) if own else licence
            item["author"] = _own_authors(crate) if own else authors
    content: dict[str, Any] = crate.metadata.generate()
    # The library stamps its own identifiers in the order of adding; the order of a graph says nothing.
    content["@graph"].sort(key=lambda entity: (entity["@id"] != CRATE_FILE, entity["@id"] != "./", entity["@id"]))
    return content


def _page(crate: ROCrate, out: Path, entry: Entry) -> ContextEntity:
    """Add the files of a page and the action that made them; return the action."""
    names = [f"{entry.id}{end}" for end in (".html", ".ipynb")] + list(entry.files)
    files = [
        _file(crate, out, name, entry.title, inLanguage=entry.lang, dateModified=entry.good_started)
        for name in names
        if (out / name).is_file()
    ]
    tables = sorted({table_of(label) for label in entry.reads})
    read = [crate.dereference(f"data/{table}.csv") for table in tables]
    parameters = [_parameter(crate, name, value) for name, value in entry.parameters.items()]
    action = _context(
        crate,
        f"#run/{entry.id}",
        "CreateAction",
        name=f"natverk report {entry.id}",
        startTime=entry.good_started,
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    action["instrument"] = _notebook(crate, entry)
    action["object"] = [*parameters, *(table for table in read if table is not None), *_own_rows(crate, entry)]
    action["result"] = files
    return action


def _own_rows(crate: ROCrate, entry: Entry) -> list[ContextEntity]:
    """Return what own rows lay over the data when a page was made, as an entity; none where none did."""
    if not entry.own:
        return []
    said = ", ".join(f"{n} in {table}" for table, n in entry.own.items())
    about = "Laid over natverk's tables by a researcher; no part of natverk's data, nor of data/ here."
    rows = _context(crate, f"{_OWN}-{_short(said)}", "Dataset", name=f"Own rows: {said}", description=about)
    rows["license"], rows["author"] = _own_terms(crate), _own_authors(crate)
    return [rows]


def _own_authors(crate: ROCrate) -> ContextEntity:
    said = "Whoever laid own rows over natverk's data; to be named by whoever publishes these pages."
    return _context(crate, _OWN_AUTHORS, "Organization", name="authors of the own rows", description=said)


def _own_terms(crate: ROCrate) -> ContextEntity:
    said = (
        "No licence is stated; whoever added the own rows, and their sources, decide. natverk's licence is not theirs."
    )
    return _context(crate, _OWN_TERMS, "CreativeWork", name="Terms of own rows", description=said)


def _notebook(crate: ROCrate, entry: Entry) -> ContextEntity:
    """Return the notebook that was run, in the version that was run, with what it was run on."""
    run_on = json.dumps([entry.notebook_sha256, entry.package_sha256, dict(entry.versions)], sort_keys=True)
    key = f"#notebook/{entry.report}-{_short(run_on)}"
    known = crate.dereference(key)
    if known is not None:
        return known
    libraries = [
        _context(crate, f"#software/{name}-{version}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in {"natverk": __version__, **entry.versions}.items()
    ]
    name, version = f"{entry.report}.ipynb", entry.notebook_sha256
    notebook = _context(crate, key, "SoftwareSourceCode", name=name, version=version, programmingLanguage="Python")
    notebook["softwareRequirements"] = libraries
    return notebook


def _short(text: str) -> str:
    return text_hash(text)[:12]


def _parameter(crate: ROCrate, name: str, value: object) -> ContextEntity:
    text = json.dumps(value, ensure_ascii=False)
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", text.strip('"')).strip("-") or "empty"
    key = f"#parameter/{name}-{slug if len(slug) < 40 else _short(text)}"
    shown = value if isinstance(value, str | int | float) else text
    return _context(crate, key, "PropertyValue", name=name, value=shown)


def _file(crate: ROCrate, out: Path, name: str, title: str, **properties: str | None) -> Any:
    path = out / name
    if not path.is_file():
        return None
    said: dict[str, Any] = {"name": title, "contentSize": str(path.stat().st_size)}
    if kind := _FORMATS.get(path.suffix):
        said["encodingFormat"] = kind
    said.update({key: value for key, value in properties.items() if value})
    return crate.add_file(dest_path=name, properties=said)


def _context(crate: ROCrate, key: str, kind: str, **properties: Any) -> ContextEntity:
    """Return an entity, added once; what is None is left out."""
    from rocrate.model.contextentity import ContextEntity

    known = crate.dereference(key)
    if known is not None:
        return known
    kept = {"@type": kind, **{name: value for name, value in properties.items() if value is not None}}
    return crate.add(ContextEntity(crate, key, properties=kept))
