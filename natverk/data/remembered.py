"""What measures made of the data as a whole, remembered between processes: a notebook that is started need not wait.

`natverk.precomputed` asks the measures and has their answers written to this user's cache (`Answers.write`);
`natverk.data.load.kept` looks there before it works anything out. A file is named after all that its content depends
on: the tables, natverk's code, Python and the libraries. Where any of these differs, or where nothing can be kept,
measures work as they do without it.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import platform
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from natverk.data.cache import caches, oldest
from natverk.data.types import TEXT

__all__ = ["Answer", "Answers", "call_text"]

#: What a measure gave, and the tables that it read: their hashes by label.
Answer = tuple[Any, dict[str, str]]

#: How many files are kept: those of a few checkouts, and of each before its last change.
_FILES = 4
#: What measures are not made with: a change of these leaves their answers as they are.
_ABOVE = ("cli.py", "figures", "live", "pages", "reports", "seminar", "workspace.py")
_DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, pickle.UnpicklingError, EOFError, KeyError, ValueError)


class Answers:
    """The answers to questions about the tables as a whole: those of this process, and those that were written.

    Parameters
    ----------
    tables
        The fingerprint of the tables.

    Examples
    --------
    >>> answers = Answers("no such tables")
    >>> answers.is_written, answers.get("natverk.peers:_similar ()")
    (False, None)
    """

    def __init__(self, tables: str) -> None:
        self._name = f"{_fingerprint(tables)}.zip"
        self._given: dict[str, Answer] = {}
        self._path: Path | None = None
        self._entries: list[str] = []
        for cache in caches("answers", make=False):
            with suppress(*_DAMAGED), zipfile.ZipFile(cache / self._name) as file:
                self._path, self._entries = cache / self._name, file.namelist()
                break

    @property
    def is_written(self) -> bool:
        """Whether a process has written answers for these tables."""
        return self._path is not None

    def get(self, call: str) -> Answer | None:
        """Return the answer to a call, or None."""
        if call not in self._given and self._path is not None and _entry(call) in self._entries:
            # Opened each time: the place in an open file is shared with all processes that are forked from this one.
            with suppress(*_DAMAGED), zipfile.ZipFile(self._path) as file:
                self._read(file, _entry(call))
        return self._given.get(call)

    def add(self, call: str, answer: Answer) -> None:
        """Have the answer to a call."""
        self._given[call] = answer

    def read(self) -> None:
        """Have all answers that were written in this process, and in those that are forked from it."""
        if self._path is not None:
            with suppress(*_DAMAGED), zipfile.ZipFile(self._path) as file:
                for entry in self._entries:
                    self._read(file, entry)

    def _read(self, file: zipfile.ZipFile, entry: str) -> None:
        # From a folder that is this user's alone to write, as natverk's code is.
        call, answer = pickle.loads(file.read(entry))  # noqa: S301
        self._given.setdefault(call, answer)

    def write(self) -> None:
        """Let other processes have the answers of this one, whole or not at all; where nothing can be kept, nothing."""
        for cache in caches("answers"):
            aside = None
            try:
                handle, name = tempfile.mkstemp(prefix=".answers-", dir=cache)
                aside = Path(name)
                with (
                    os.fdopen(handle, "wb") as raw,
                    zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
                ):
                    for call, answer in self._given.items():
                        # What cannot be written is worked out anew.
                        with suppress(pickle.PicklingError, AttributeError, TypeError):
                            file.writestr(_entry(call), _pickled((call, answer)))
                aside.replace(cache / self._name)
                for old in oldest(cache, cache / self._name, _FILES):
                    old.unlink(missing_ok=True)
            except OSError:
                continue
            finally:
                if aside is not None:
                    aside.unlink(missing_ok=True)
            return


def call_text(function: Callable[..., Any], arguments: tuple[object, ...]) -> str | None:
    """Return a call of one of natverk's functions as text; None where the text may differ in another process.

    >>> call_text(oldest, (("n", 2),))
    "natverk.data.cache:oldest (('n', 2),)"
    >>> call_text(oldest, (("names", {"a", "b"}),)) is None
    True
    """

    def is_plain(value: Any) -> bool:
        if isinstance(value, tuple):
            return all(map(is_plain, value))
        return value is None or type(value) in (str, int, float, bool) or hasattr(value, "__dataclass_fields__")

    if not function.__module__.startswith("natverk.") or not is_plain(arguments):
        return None
    return f"{function.__module__}:{function.__qualname__} {arguments!r}"


def _fingerprint(tables: str) -> str:
    """Return a hash of all that answers depend on."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(tables.encode())
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root)
        if name.parts[0] not in _ABOVE:
            digest.update(f"\0{name.as_posix()}\0".encode() + file.read_bytes())
    libraries = [version(name) for name in ("numpy", "pandas", "pyarrow", "scipy", "networkx")]
    digest.update(repr((platform.python_version(), platform.machine(), libraries)).encode())
    return digest.hexdigest()[:24]


class _Pickler(pickle.Pickler):
    """Text is written as such: who reads it has it in the memory, Arrow's or Python's, in which all its text stands."""

    def reducer_override(self, value: Any) -> Any:
        """Return how an array of text and its type are made anew; other things are written as they are."""
        if isinstance(value, pd.StringDtype) and value.na_value is not pd.NA:
            return _text_type, ()
        if isinstance(value, (pd.arrays.ArrowStringArray, pd.arrays.StringArray)) and value.dtype.na_value is not pd.NA:
            return _text, (value.to_numpy(object),)
        return NotImplemented


def _text_type() -> Any:
    return pd.array([], dtype=TEXT).dtype


def _text(cells: Any) -> Any:
    return pd.array(cells, dtype=TEXT)


def _pickled(value: object) -> bytes:
    file = io.BytesIO()
    _Pickler(file, protocol=5).dump(value)
    return file.getvalue()


def _entry(call: str) -> str:
    return hashlib.sha256(call.encode()).hexdigest()[:32]
