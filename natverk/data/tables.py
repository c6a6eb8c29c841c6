"""The folder of processed tables: where it is, what its manifest says, and the bytes of its files, checked.

Nothing here needs pandas, so that a report machine can see in a moment that nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack, cast

from natverk.data.letters import typed_path
from natverk.data.reads import Filters
from natverk.data.schema import SCHEMA
from natverk.errors import DataError, MissingFile, UnknownName

__all__ = [
    "MANIFEST",
    "Manifest",
    "Output",
    "Processed",
    "REBUILD",
    "REMAKE",
    "data_folders",
]


MANIFEST = "manifest.json"
REBUILD = "natverk build --force; where natverk is installed without raw facts, install it again"
#: Tables with own rows are kept in a cache, which is checked at every load.
REMAKE = "natverk.load() again: tables with own rows are made anew where they are damaged"


class Output(TypedDict):
    """What the manifest says of one table: its rows and the hash of its file."""

    rows: int
    sha256: str


class Manifest(TypedDict):
    """What `natverk.data.build` wrote: the tables and what they were built from."""

    inputs: dict[str, str]
    outputs: dict[str, Output]
    schema: str
    versions: dict[str, str]
    own: NotRequired[dict[str, dict[str, str]]]
    """Own rows by table (`natverk.data.overlay`): their keys, each with that of the row it replaces, or blank."""


def data_folders() -> tuple[Path | None, Path]:
    """Return the raw folder (None in an installed wheel) and the processed folder that `load` uses.

    The environment variable `NATVERK_DATA` names another `data` folder with `raw/` and `processed/`; without `raw/`,
    tables that are there are used as they are.
    """
    chosen = os.environ.get("NATVERK_DATA")
    if chosen:
        # Absolute: tables are read when they are first used, and a notebook may change its folder before that.
        folder = typed_path(chosen, where="NATVERK_DATA").absolute()
        raw, processed = folder / "raw", folder / "processed"
        return (raw if raw.is_dir() or not (processed / MANIFEST).is_file() else None), processed
    package = Path(__file__).resolve().parents[1]
    root = package.parent
    if (root / "data" / "raw").is_dir() and (root / "pyproject.toml").is_file():
        return root / "data" / "raw", root / "data" / "processed"
    return None, package / "_data" / "processed"


class Processed:
    """A folder of processed tables and what its manifest says of them.

    Parameters
    ----------
    folder
        Where the tables are.
    manifest
        What the build wrote; read from the folder if not given.

    Raises
    ------
    MissingFile, DataError
        If there is no manifest, or one that cannot be read.

    Examples
    --------
    >>> processed = Processed(data_folders()[1])
    >>> processed.manifest["outputs"]["counties.parquet"]["rows"]
    21
    """

    def __init__(self, folder: Path, manifest: Manifest | None = None) -> None:
        self.folder = folder
        self.manifest = manifest if manifest is not None else self._read_manifest()

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of every table by its name."""
        return {file.removesuffix(".parquet"): output["sha256"] for file, output in self.manifest["outputs"].items()}

    @property
    def own(self) -> dict[str, int]:
        """How many own rows there are by table; none where the tables are natverk's alone."""
        return {table: len(rows) for table, rows in self.manifest.get("own", {}).items()}

    def fingerprint(self, **filters: Unpack[Filters]) -> str:
        """Return a hash of the tables and the filters of a dataset."""
        all_filters: Filters = {"as_of": None, "undated_sources": "drop", "without_noncommercial": False, **filters}
        content = json.dumps([self.manifest["outputs"], *all_filters.values()], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def content(self, name: str) -> bytes:
        """Return the bytes of a table's file.

        Raises
        ------
        UnknownName
            If there is no such table.
        DataError, MissingFile
            If the file is not what the build wrote.
        """
        if f"{name}.parquet" not in self.manifest["outputs"]:
            raise UnknownName(
                f"there is no table {name!r}", where="natverk.load()", allowed=[*SCHEMA, "corrections"], value=name
            )
        path = self.folder / f"{name}.parquet"
        remedy = REMAKE if "own" in self.manifest else REBUILD
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise MissingFile(f"the table {name} is missing", where=str(path), remedy=remedy) from error
        except OSError as error:
            what = f"the table {name} cannot be read: {error.strerror}"
            raise DataError(what, where=str(path), remedy=remedy) from error
        if hashlib.sha256(content).hexdigest() != self.manifest["outputs"][path.name]["sha256"]:
            raise DataError(
                f"the table {name} is damaged: it is not what the build wrote ({len(content)} bytes)",
                where=str(path),
                remedy=remedy,
            )
        return content

    def verify(self) -> None:
        """Check that every table is what the build wrote, before long work begins on it.

        Raises
        ------
        DataError, MissingFile
            For the first table that is damaged or missing, with the place and the remedy.
        """
        for name in self.hashes:
            self.content(name)

    def _read_manifest(self) -> Manifest:
        """Return what the build wrote, or raise where there is none or it is damaged."""
        path = self.folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            remedy = f"natverk build --raw FOLDER --out {shlex.quote(str(self.folder))}"
            raise MissingFile("there are no processed data", where=str(self.folder), remedy=remedy) from error
        except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"the manifest is damaged: {error}", where=str(path), remedy=REBUILD) from error
        if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
            raise DataError("the manifest is damaged: it names no outputs", where=str(path), remedy=REBUILD)
        return cast("Manifest", manifest)
