"""From `data/raw` to `data/processed`: read, validate, correct, type, write; the same bytes every time.

Nothing but the facts, the schema and the versions decides them: no option of pandas, no variable of the environment.

Everything is written aside and renamed into place, the manifest last: a build that stops half-way leaves
the old tables, and a manifest that does not fit its tables is seen as stale.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from natverk.data.schema import SCHEMA, Table, schema_hash
from natverk.data.tables import MANIFEST, Processed, data_folders
from natverk.errors import DataError, MissingFile
from natverk.version import __version__

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BuildResult", "build", "current_tables", "is_stale", "parquet_of", "typed"]


#: Where tables can be put if not in their place, and how they are found there.
_REMEDY = "free space, or: natverk build --out FOLDER/processed, and then let NATVERK_DATA name FOLDER"


@dataclass(frozen=True)
class BuildResult:
    """What a build did: the folder, rows by table, and whether anything had to be written."""

    folder: Path
    rows: dict[str, int]
    written: bool


def current_tables() -> Processed:
    """Return the tables that `natverk.load` reads, built anew where they are missing or stale.

    >>> current_tables().manifest["outputs"]["counties.parquet"]["rows"]
    21
    """
    raw, folder = data_folders()
    if raw is None or not is_stale(raw, folder):
        return Processed(folder)
    # An installation that others look after cannot be written to: then the tables are built for this user alone.
    for place in (folder, *_own_folders(raw)):
        if not is_stale(raw, place):
            return Processed(place)
        if _is_writable(place):
            build(raw, place)
            return Processed(place)
    raise DataError(
        "the processed data are missing or older than the raw data, and can be written nowhere",
        where=str(folder),
        remedy=_REMEDY,
    )


def _own_folders(raw: Path) -> Iterator[Path]:
    """Yield folders of this user for the tables of a raw folder: in the cache, and where temporary files are."""
    name = hashlib.sha256(str(raw).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    # Who has no home has no cache either.
    with contextlib.suppress(RuntimeError):
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "natverk" / name
    with contextlib.suppress(OSError):
        user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
        folder = Path(tempfile.gettempdir()).absolute() / f"natverk-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
        # Anybody can make a folder there: tables are read from one that nobody else could have written to.
        if not hasattr(os, "getuid") or (
            about.st_uid == os.getuid() and stat.S_ISDIR(about.st_mode) and not about.st_mode & 0o022
        ):
            yield folder / name


def _is_writable(folder: Path) -> bool:
    """Say whether a folder can be written to, or made."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def is_stale(raw: Path, out: Path) -> bool:
    """Say whether `out` was not built from the raw files as they stand, by this schema and these versions."""
    try:
        manifest = Processed(out).manifest
    except (DataError, MissingFile):
        return True
    now = {"inputs": _input_hashes(raw), "schema": schema_hash(), "versions": _versions()}
    there = all((out / name).is_file() for name in manifest["outputs"])
    return not there or any(manifest.get(name) != value for name, value in now.items())


def _input_hashes(raw: Path) -> dict[str, str]:
    """Return the SHA-256 of every raw file that a build reads (missing files have no entry)."""
    names = sorted([*(f"{name}.csv" for name in SCHEMA), "corrections.toml"])
    return {name: hashlib.sha256((raw / name).read_bytes()).hexdigest() for name in names if (raw / name).is_file()}


def _versions() -> dict[str, str]:
    """Return the versions that decide the bytes of the tables."""
    return {"natverk": __version__, "pandas": version("pandas"), "pyarrow": version("pyarrow")}


def build(raw: Path, out: Path, *, force: bool = False) -> BuildResult:
    """Build the processed tables.

    Parameters
    ----------
    raw
        The folder with one CSV a table and `corrections.toml`.
    out
        The folder for one Parquet a table, `corrections.parquet` (the log) and `manifest.json`.
    force
        Build even when nothing has changed.

    Returns
    -------
    BuildResult
        Folder, number of rows by table, and whether files were written.

    Raises
    ------
    MissingFile, DataError
        If a raw file is missing or wrong, or a correction no longer holds; nothing is changed on disk then.
    """
    # pandas is needed only here; who finds the tables up to date must not pay for it.
    from natverk.data.corrections import apply_corrections, read_corrections
    from natverk.data.raw import read_all
    from natverk.data.validate import ValidationError, validate

    # Before reading: a file that is edited meanwhile leaves tables that are seen as stale, not as up to date.
    inputs = _input_hashes(raw)
    tables = read_all(raw)
    validate(tables, raw)
    corrected, log = apply_corrections(tables, read_corrections(raw), raw)
    try:
        validate(corrected, raw)
    except ValidationError as error:
        raise DataError(
            f"the tables are right, but not after the corrections: {error}",
            where=str(raw / "corrections.toml"),
            remedy="mend the entry that drops or overrides these rows",
        ) from error
    phrases = corrected["translations"]
    swedish = dict(zip(phrases["text"], phrases["text_sv"], strict=True))
    frames = {name: typed(corrected[name], table, swedish) for name, table in SCHEMA.items()}
    frames["corrections"] = log
    written = force or is_stale(raw, out)
    if not written:
        try:
            # Loading checks only the tables it reads; a build checks all.
            Processed(out).verify()
        except (DataError, MissingFile):
            written = True
    if written:
        _write(frames, inputs, out)
    return BuildResult(out, {name: len(frame) for name, frame in frames.items()}, written=written)


def typed(frame: pd.DataFrame, table: Table, swedish: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """Return a raw text frame with the types of the schema, in key order, blanks as missing values.

    A column that is translated is followed by one of the same name with `_sv`: its texts as `swedish` has them.

    Examples
    --------
    >>> import pandas as pd
    >>> raw = pd.DataFrame([["0180", "2014", "911989", "constant_2020", "ref-s07"]], dtype="str",
    ...                    columns=["code", "year", "population", "borders", "source_id"])
    >>> typed(raw, SCHEMA["population"]).dtypes[["code", "year"]].astype(str).tolist()
    ['str', 'Int64']
    """
    import pandas as pd

    from natverk.data.types import TEXT

    result: dict[str, pd.Series] = {}
    for column in table.columns:
        cells = frame[column.name].astype(TEXT)
        cells = cells.where(cells != "")
        if column.dtype == "boolean":
            result[column.name] = cells.map({"yes": True, "no": False}).astype("boolean")
        elif column.dtype == "Int64":
            # Straight from text: a detour over floats would round large numbers.
            result[column.name] = cells.astype("Int64")
        elif column.dtype == "Float64":
            result[column.name] = cells.astype("Float64")
        else:
            result[column.name] = cells
        if column.swedish:
            own = cells.map(swedish)
            result[f"{column.name}_sv"] = own.astype(TEXT).fillna(cells) if column.partly else own.astype(TEXT)
    return pd.DataFrame(result).sort_values(list(table.key), kind="stable").reset_index(drop=True)


def parquet_of(frame: pd.DataFrame) -> bytes:
    """Return a built table as the content of its file: the same bytes for the same table."""
    from pyarrow import BufferOutputStream
    from pyarrow.parquet import write_table

    from natverk.data.types import to_arrow

    stream = BufferOutputStream()
    # No compression dictionary or page size is left to chance, so that bytes repeat.
    write_table(to_arrow(frame), stream, compression="zstd")
    return bytes(stream.getvalue().to_pybytes())


def _write(frames: dict[str, pd.DataFrame], inputs: dict[str, str], out: Path) -> None:
    """Write tables and manifest aside and rename them into place, the manifest last."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".build-", dir=out))
    except OSError as error:
        raise DataError(
            f"cannot write processed data: {error.strerror}",
            where=str(out),
            remedy=_REMEDY,
        ) from error
    try:
        for name, frame in frames.items():
            (aside / f"{name}.parquet").write_bytes(parquet_of(frame))
        outputs = {
            f"{name}.parquet": {
                "rows": len(frame),
                "sha256": hashlib.sha256((aside / f"{name}.parquet").read_bytes()).hexdigest(),
            }
            for name, frame in sorted(frames.items())
        }
        manifest = {"inputs": inputs, "outputs": outputs, "schema": schema_hash(), "versions": _versions()}
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (aside / MANIFEST).write_text(text, encoding="utf-8")
        for name in [*outputs, MANIFEST]:
            (aside / name).replace(out / name)
    except OSError as error:
        raise DataError(
            f"cannot write processed data: {error.strerror}",
            where=str(out),
            remedy=_REMEDY,
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
