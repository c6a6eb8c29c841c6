"""Folders of this user in which natverk keeps what it has made, so that it need not be made again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["caches", "oldest"]


def caches(what: str, *, make: bool = True) -> Iterator[Path]:
    """Yield the folders in which something may be kept, the first that can be written to; none where nothing can.

    What is read from them is trusted, so each is this user's alone to write.

    Parameters
    ----------
    what
        The name of the folder: what is kept there.
    make
        Whether a folder is made when it is reached; else only those that there are count.

    Examples
    --------
    >>> {folder.name for folder in caches("own")}
    {'own'}
    """
    places = []
    with suppress(RuntimeError):
        places.append(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "natverk")
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    places.append(Path(tempfile.gettempdir()).absolute() / f"natverk-{user}")
    yield from (place / what for place in places if _is_safe(place / what, make=make))


def _is_safe(folder: Path, *, make: bool) -> bool:
    """Say whether a folder is this user's alone to write, or can be made so."""
    try:
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o022):
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def oldest(cache: Path, kept: Path, n: int) -> list[Path]:
    """Return what of a cache is to go so that `n` remain: the oldest, but not `kept`, nor what is being written (`.…`).

    >>> folder = next(caches("own"))
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
