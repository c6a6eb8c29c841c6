"""Folders of this user in which natverk keeps what it has made, so that it need not be made again."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["caches", "oldest"]


def caches(what: str) -> list[Path]:
    """Return the folders in which something may be kept, the first that can be written to; none where nothing can.

    What is read from them is trusted, so each is this user's alone to write.

    Parameters
    ----------
    what
        The name of the folder: what is kept there.

    Examples
    --------
    >>> {folder.name for folder in caches("own")}
    {'own'}
    """
    found = []
    with suppress(RuntimeError):
        found.append(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "natverk" / what)
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    found.append(Path(tempfile.gettempdir()).absolute() / f"natverk-{user}" / what)
    return [folder for folder in found if _is_safe(folder)]


def _is_safe(folder: Path) -> bool:
    """Say whether a folder is this user's alone to write, or can be made so."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o022):
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def oldest(cache: Path, kept: Path, n: int) -> list[Path]:
    """Return what of a cache is to go so that `n` remain: the oldest, but not `kept`, nor what is being written (`.…`).

    >>> folder = caches("own")[0]
    >>> oldest(folder, folder / "new", n=100_000)
    []
    """
    others = [place for place in cache.iterdir() if place != kept and not place.name.startswith(".")]

    def age(place: Path) -> float:
        try:
            return place.stat().st_mtime
        except OSError:
            return 0.0

    return sorted(others, key=age, reverse=True)[max(n - 1, 0) :]
