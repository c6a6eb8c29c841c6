"""The data as a reader uses them: `load()` returns a `Dataset` whose tables are pandas frames.

`load()` builds the processed tables by itself when they are missing or stale. Filters (`as_of`,
`without_noncommercial`) leave out evidence rows by their sources; what was left out is counted.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Literal, TypedDict, cast

import pandas as pd
from pyarrow.parquet import ParquetFile

from natverk.data.build import MANIFEST, build, is_stale
from natverk.data.partial import earliest, latest
from natverk.data.schema import SCHEMA
from natverk.errors import DataError, InvalidArgument, MissingFile, UnknownName

__all__ = ["Dataset", "data_folders", "load"]

REBUILD = "natverk build --force; where natverk is installed without raw facts, install it again"


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


def data_folders() -> tuple[Path | None, Path]:
    """Return the raw folder (None in an installed wheel) and the processed folder that `load` uses.

    The environment variable `NATVERK_DATA` names another `data` folder with `raw/` and `processed/`.
    """
    chosen = os.environ.get("NATVERK_DATA")
    if chosen:
        # Absolute: tables are read when they are first used, and a notebook may change its folder before that.
        folder = Path(chosen).expanduser().absolute()
        return folder / "raw", folder / "processed"
    package = Path(__file__).resolve().parents[1]
    root = package.parent
    if (root / "data" / "raw").is_dir() and (root / "pyproject.toml").is_file():
        return root / "data" / "raw", root / "data" / "processed"
    return None, package / "_data" / "processed"


def load(
    *,
    as_of: str | int | None = None,
    undated_sources: Literal["drop", "keep"] = "drop",
    without_noncommercial: bool = False,
) -> Dataset:
    """Load the data.

    Parameters
    ----------
    as_of
        A year or partial date (`"2015"`, `"2015-06"`): evidence whose source was published later is left
        out, so that an analysis can be run on what could be known then. A source dated to a year or month
        counts from its first day. `None` keeps everything.
    undated_sources
        Only with `as_of`: what to do with sources without a publication date. `"drop"` (default), since
        they were read in 2026 and may tell of later years; `"keep"` for an upper bound.
    without_noncommercial
        Leave out evidence whose source may be used for non-commercial purposes only.

    Returns
    -------
    Dataset
        Tables as attributes: `data.memberships`, `data.sources`, … (see docs/codebook.md).

    Raises
    ------
    DataError, MissingFile
        If the raw data are wrong or the processed tables cannot be read.
    InvalidArgument
        If `as_of` is no partial date.

    Examples
    --------
    >>> data = load()
    >>> len(data.municipalities), len(data.counties)
    (290, 21)
    >>> early = load(as_of="2015")
    >>> len(early.memberships) < len(data.memberships)
    True
    """
    if undated_sources not in ("drop", "keep"):
        raise InvalidArgument(
            f"unknown value {undated_sources!r}",
            where="undated_sources",
            allowed=("drop", "keep"),
            value=undated_sources,
        )
    if as_of is not None and not SCHEMA["sources"].column("published").fits(str(as_of)):
        raise InvalidArgument(f"{as_of!r} is no date", where="as_of", remedy="write 2015, 2015-06 or 2015-06-30")
    raw, processed = data_folders()
    if raw is not None and is_stale(raw, processed):
        build(raw, processed)
    return Dataset(
        processed,
        as_of=str(as_of) if as_of is not None else None,
        undated_sources=undated_sources,
        without_noncommercial=without_noncommercial,
    )


class Dataset:
    """The processed tables, read on first use, and the filters they were loaded with.

    Tables are attributes named as in the schema (`data.networks`); a table is read once and handed out as
    a copy-on-write view, so that changing one changes no other. `corrections` is the log of corrections.
    """

    def __init__(
        self,
        processed: Path,
        *,
        as_of: str | None = None,
        undated_sources: str = "drop",
        without_noncommercial: bool = False,
    ) -> None:
        self.folder = processed
        self.as_of = as_of
        self.undated_sources = undated_sources
        self.without_noncommercial = without_noncommercial
        self._tables: dict[str, pd.DataFrame] = {}
        self._manifest = self._read_manifest()

    def __repr__(self) -> str:
        filters = [f"as_of={self.as_of!r}"] * (self.as_of is not None)
        filters += ["without_noncommercial=True"] * self.without_noncommercial
        return f"<natverk.Dataset {len(SCHEMA)} tables{': ' if filters else ''}{', '.join(filters)}>"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *SCHEMA, "corrections"]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except UnknownName as error:
            raise AttributeError(str(error)) from error

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name, filtered as the dataset was loaded.

        Raises
        ------
        UnknownName
            If there is no such table.
        DataError
            If its file is damaged.
        """
        if name not in self._tables:
            frame = self._read(name)
            if name in SCHEMA and SCHEMA[name].evidence:
                frame = frame[self._kept(frame)].reset_index(drop=True)
            self._tables[name] = frame
        return self._tables[name].copy(deep=False)

    @property
    def fingerprint(self) -> str:
        """A hash of the tables and filters: two datasets with the same one give the same results."""
        content = json.dumps(
            [self._manifest["outputs"], self.as_of, self.undated_sources, self.without_noncommercial], sort_keys=True
        )
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def vintage(self) -> str:
        """The latest day on which a source was read: what the data can know at most."""
        return str(self.sources["accessed"].max())

    @property
    def known_until(self) -> str:
        """The last day the evidence can speak of: the vintage, or the end of `as_of` where that is earlier."""
        return self.vintage if self.as_of is None else min(self.vintage, latest(self.as_of))

    def left_out(self, name: str) -> int:
        """Return how many rows of a table the filters left out."""
        kept = len(self.table(name))
        return self._manifest["outputs"][f"{name}.parquet"]["rows"] - kept

    def _kept(self, frame: pd.DataFrame) -> pd.Series:
        """Keep a row when at least one of its sources is kept."""
        keep = pd.Series(True, index=frame.index)
        if self.as_of is None and not self.without_noncommercial:
            return keep
        sources = self._read("sources")
        if self.without_noncommercial:
            sources = sources[sources["licence_class"] != "non_commercial"]
        if self.as_of is not None:
            limit = latest(self.as_of)
            undated = sources["published"].isna()
            in_time = sources["published"].fillna("9999").map(earliest) <= limit
            sources = sources[in_time | (undated & (self.undated_sources == "keep"))]
        kept = set(sources["source_id"])
        return frame["source_id"].map(lambda ids: any(item in kept for item in str(ids).split(";"))).astype(bool)

    def _read_manifest(self) -> Manifest:
        path = self.folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise MissingFile("there are no processed data", where=str(self.folder), remedy="natverk build") from error
        except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"the manifest is damaged: {error}", where=str(path), remedy=REBUILD) from error
        if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
            raise DataError("the manifest is damaged: it names no outputs", where=str(path), remedy=REBUILD)
        return cast("Manifest", manifest)

    def verify(self) -> None:
        """Check that every table is what the build wrote, before long work begins on it.

        Raises
        ------
        DataError, MissingFile
            For the first table that is damaged or missing, with the place and the remedy.
        """
        for file in self._manifest["outputs"]:
            self._content(file.removesuffix(".parquet"))

    def _read(self, name: str) -> pd.DataFrame:
        if f"{name}.parquet" not in self._manifest["outputs"]:
            raise UnknownName(
                f"there is no table {name!r}", where="natverk.load()", allowed=[*SCHEMA, "corrections"], value=name
            )
        # Read without threads: those of Arrow can abort the interpreter when it ends.
        file = ParquetFile(io.BytesIO(self._content(name)), pre_buffer=False)
        return pd.DataFrame(file.read(use_threads=False).to_pandas())

    def _content(self, name: str) -> bytes:
        path = self.folder / f"{name}.parquet"
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise MissingFile(f"the table {name} is missing", where=str(path), remedy=REBUILD) from error
        except OSError as error:
            what = f"the table {name} cannot be read: {error.strerror}"
            raise DataError(what, where=str(path), remedy=REBUILD) from error
        expected = self._manifest["outputs"][path.name]["sha256"]
        if hashlib.sha256(content).hexdigest() != expected:
            raise DataError(
                f"the table {name} is damaged: it is not what the build wrote ({len(content)} bytes)",
                where=str(path),
                remedy=REBUILD,
            )
        return content
