"""Whether index, metadata and data of a site are those of its manifest and of the data; seen without any library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from natverk.reports.fingerprint import State
from natverk.reports.manifest import CRATE_FILE, INDEX_FILES, MANIFEST_FILE, text_hash

__all__ = [
    "CODEBOOK_FILE",
    "CODEBOOK_HASH",
    "DATA_FOLDER",
    "MADE_OF",
    "PACKAGE_FILE",
    "data_files",
    "data_paths",
    "data_stand",
    "file_hash",
    "read_package",
    "site_hash",
    "site_stands",
]

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
