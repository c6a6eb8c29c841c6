"""From `data/raw` to `data/processed`: read, validate, correct, type, write; the same bytes every time.

Everything is written aside and renamed into place, the manifest last: a build that stops half-way leaves
the old tables, and a manifest that does not fit its tables is seen as stale.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from natverk.data.column import Table
from natverk.data.schema import SCHEMA, schema_hash
from natverk.errors import DataError
from natverk.version import __version__

__all__ = ["MANIFEST", "BuildResult", "build", "input_hashes", "is_stale", "typed"]

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class BuildResult:
    """What a build did: the folder, rows by table, and whether anything had to be written."""

    folder: Path
    rows: dict[str, int]
    written: bool


def input_hashes(raw: Path) -> dict[str, str]:
    """Return the SHA-256 of every raw file that a build reads (missing files have no entry)."""
    names = [*(f"{name}.csv" for name in SCHEMA), "corrections.toml"]
    return {name: _sha256(raw / name) for name in sorted(names) if (raw / name).is_file()}


def is_stale(raw: Path, out: Path) -> bool:
    """Say whether `out` was not built from the raw files as they stand, by this schema and version."""
    manifest = _manifest(out)
    same = manifest.get("inputs") == input_hashes(raw) and manifest.get("schema") == schema_hash()
    there = all((out / name).is_file() for name in manifest.get("outputs", {}))
    return not (same and there and manifest.get("versions") == _versions())


def _manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of a processed folder; empty when there is none that can be read."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("outputs"), dict) else {}


def _intact(out: Path) -> bool:
    """Say whether every table is what the manifest says; loading checks only the tables it reads."""
    outputs = _manifest(out).get("outputs", {})
    return all(_sha256(out / name) == output["sha256"] for name, output in outputs.items())


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
    # pandera is needed only here; loading must not pay for it.
    from natverk.data.corrections import apply_corrections, read_corrections
    from natverk.data.raw import read_all
    from natverk.data.validate import ValidationError, validate

    # Before reading: a file that is edited meanwhile leaves tables that are seen as stale, not as up to date.
    inputs = input_hashes(raw)
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
    frames = {name: typed(corrected[name], table) for name, table in SCHEMA.items()}
    frames["corrections"] = log
    written = force or is_stale(raw, out) or not _intact(out)
    if written:
        _write(frames, inputs, out)
    return BuildResult(out, {name: len(frame) for name, frame in frames.items()}, written=written)


def typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a raw text frame with the types of the schema, in key order, blanks as missing values.

    Examples
    --------
    >>> from natverk.data.schema import SCHEMA
    >>> raw = pd.DataFrame([["0180", "2014", "911989", "constant_2020", "ref-s07"]], dtype="str",
    ...                    columns=["code", "year", "population", "borders", "source_id"])
    >>> typed(raw, SCHEMA["population"]).dtypes[["code", "year"]].astype(str).tolist()
    ['str', 'Int64']
    """
    result: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        cells = frame[column.name].where(frame[column.name] != "")
        if column.dtype == "boolean":
            result[column.name] = cells.map({"yes": True, "no": False}).astype("boolean")
        elif column.dtype == "Int64":
            # Straight from text: a detour over floats would round large numbers.
            result[column.name] = cells.astype("Int64")
        elif column.dtype == "Float64":
            result[column.name] = cells.astype("Float64")
        else:
            result[column.name] = cells.astype("str")
    return pd.DataFrame(result).sort_values(list(table.key), kind="stable").reset_index(drop=True)


def _write(frames: dict[str, pd.DataFrame], inputs: dict[str, str], out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".build-", dir=out))
    except OSError as error:
        raise DataError(
            f"cannot write processed data: {error.strerror}",
            where=str(out),
            remedy="free space or choose another folder: natverk build --out FOLDER",
        ) from error
    try:
        for name, frame in frames.items():
            # No compression dictionary or page size is left to chance, so that bytes repeat.
            frame.to_parquet(aside / f"{name}.parquet", engine="pyarrow", compression="zstd", index=False)
        outputs = {
            f"{name}.parquet": {"rows": len(frame), "sha256": _sha256(aside / f"{name}.parquet")}
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
            remedy="free space or choose another folder: natverk build --out FOLDER",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _versions() -> dict[str, str]:
    # Only what decides the bytes; pyarrow is imported by pandas when Parquet is read anyway.
    from importlib.metadata import version

    return {"natverk": __version__, "pandas": version("pandas"), "pyarrow": version("pyarrow")}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
