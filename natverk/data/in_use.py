"""The tables in use: natverk's own, or with the rows that a researcher has laid over them (`natverk.data.overlay`).

Own rows come by `natverk.load(overlay=…)`, or for every process by the environment variable `NATVERK_OVERLAY`. The
tables with them are kept in this user's cache, in a folder named after what they were made from: neither natverk's
tables nor the folder of own rows is written to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from natverk.data import build
from natverk.data.cache import caches, oldest
from natverk.data.letters import typed_path
from natverk.data.schema import SCHEMA
from natverk.data.tables import MANIFEST, Manifest, Processed
from natverk.errors import DataError, MissingFile

__all__ = ["OVERLAY_VARIABLE", "chosen_overlay", "overlay_in_environment", "tables_in_use"]

OVERLAY_VARIABLE = "NATVERK_OVERLAY"
#: How many folders of tables with own rows are kept in the cache.
_KEPT = 12
#: How often own rows that change while they are read are read anew.
_TRIES = 3


def chosen_overlay(overlay: str | Path | None = None) -> Path | None:
    """Return the absolute path of own rows: what is given (blank: none), else what the environment names, else None.

    >>> chosen_overlay("/data/mine").name
    'mine'
    """
    chosen = overlay if overlay is not None else os.environ.get(OVERLAY_VARIABLE)
    if chosen is None or not str(chosen).strip():
        return None
    return typed_path(chosen, where="overlay").absolute()


@contextmanager
def overlay_in_environment(overlay: str | Path | None) -> Iterator[None]:
    """Let this process and those that it starts use own rows meanwhile, or none (blank); None changes nothing."""
    before = os.environ.get(OVERLAY_VARIABLE)
    path = chosen_overlay(overlay)
    if path is None:
        os.environ.pop(OVERLAY_VARIABLE, None)
    elif overlay is not None:
        os.environ[OVERLAY_VARIABLE] = str(path)
    try:
        yield
    finally:
        os.environ.pop(OVERLAY_VARIABLE, None)
        if before is not None:
            os.environ[OVERLAY_VARIABLE] = before


def tables_in_use(overlay: str | Path | None = None) -> Processed:
    """Return natverk's tables, built anew where they are stale, with own rows where there are some.

    Parameters
    ----------
    overlay
        Folder or workbook of own rows; default is what `NATVERK_OVERLAY` names.

    Raises
    ------
    OverlayError
        If anything is wrong with the own rows; all of it is told.
    MissingFile
        If there is no such folder or workbook.

    Examples
    --------
    >>> tables_in_use().own
    {}
    """
    tables = build.current_tables()
    path = chosen_overlay(overlay)
    return tables if path is None else _with_own_rows(tables, path)


def _with_own_rows(base: Processed, path: Path) -> Processed:
    """Return the tables with own rows, from the cache where they have been made before."""
    from natverk.data.overlay import own_tables

    for _ in range(_TRIES):
        name = _made_from(base, path)
        for cache in caches("own"):
            kept = _whole(cache / name)
            if kept is not None:
                return kept
        files, keys, rows = own_tables(path, base)
        # Tables are named after the rows that they were made of: what was saved meanwhile is read anew.
        if _made_from(base, path) == name:
            break
    else:
        raise DataError(
            "the own rows changed while they were read", where=str(path), remedy="let them be saved, then try again"
        )
    manifest: Manifest = {**base.manifest, "outputs": {**base.manifest["outputs"]}, "own": keys}
    for table, content in files.items():
        sha256 = hashlib.sha256(content).hexdigest()
        manifest["outputs"][f"{table}.parquet"] = {"rows": rows[table], "sha256": sha256}
    contents = {f"{table}.parquet": files.get(table) or base.content(table) for table in (*SCHEMA, "corrections")}
    contents[MANIFEST] = (json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    return Processed(_kept_at(name, contents))


def _made_from(base: Processed, path: Path) -> str:
    """Return the name of the tables made of natverk's and of own rows as they are now."""
    from natverk.data.overlay import overlay_files

    said = [base.manifest["outputs"], base.manifest["schema"], base.manifest["versions"], _code()]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for file in overlay_files(path):
        digest.update(f"\0{file.name}\0".encode())
        try:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        except OSError as error:
            raise DataError(
                f"the file cannot be read: {error.strerror}", where=str(file), remedy="see that it may be read"
            ) from error
    return digest.hexdigest()[:24]


def _whole(place: Path) -> Processed | None:
    """Return the tables of a folder of the cache if every file is what was written there, else None."""
    try:
        kept = Processed(place)
        kept.verify()
    except (DataError, MissingFile):
        return None
    return kept if {*SCHEMA, "corrections"} <= set(kept.hashes) else None


def _code() -> str:
    """Return a hash of what reads own rows: what another version made of them is not taken."""
    folder = Path(__file__).parent
    content = b"".join(
        (folder / f"{name}.py").read_bytes() for name in ("overlay", "mending", "spreadsheets", "validate")
    )
    return hashlib.sha256(content).hexdigest()


def _kept_at(name: str, contents: dict[str, bytes]) -> Path:
    """Write files to a folder of the cache, whole or not at all, and let go of the oldest ones."""
    for cache in caches("own"):
        place, aside = cache / name, None
        try:
            aside = Path(tempfile.mkdtemp(prefix=".own-", dir=cache))
            for file, content in contents.items():
                (aside / file).write_bytes(content)
            try:
                aside.rename(place)
            except OSError:
                # Another process has made the same meanwhile, or what was kept here is damaged.
                if _whole(place) is None:
                    shutil.rmtree(place, ignore_errors=True)
                    aside.rename(place)
        except OSError:
            continue
        finally:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
        for old in oldest(cache, place, _KEPT):
            shutil.rmtree(old, ignore_errors=True)
        return place
    raise DataError(
        "tables with own rows can be kept nowhere",
        where=str(Path(tempfile.gettempdir())),
        remedy="free space, or let XDG_CACHE_HOME name a folder that can be written to",
    )
