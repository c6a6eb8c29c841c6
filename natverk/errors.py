"""Errors that tell a person what is wrong, where, and what to do next.

Every error that natverk raises on purpose derives from `NatverkError`. The command line prints its
message without a traceback and ends with exit status 2.
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NoReturn

__all__ = [
    "DataError",
    "InvalidArgument",
    "MissingFile",
    "NatverkError",
    "RunError",
    "UnknownName",
    "command_line",
    "gone",
    "install_line",
    "missing_extra",
    "nearest",
]

SHOWN_VALUES = 12
# What a word must be quoted for in PowerShell, and for what double quotes do not do.
_NEEDS_QUOTES, _MEANS_MORE = re.compile(r"[^\w:/\\.=+~-]"), re.compile(r'[$`"]')


class NatverkError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    what
        One sentence that says what is wrong and names the thing.
    where
        The place: file, line and column, a parameter, a page.
    allowed
        The values that would have been right (shown up to a dozen).
    value
        The value that was given; used to find the nearest allowed one.
    remedy
        The next thing to do, if possible a command.

    Examples
    --------
    >>> print(NatverkError("unknown region 'Skane'", allowed=["Skåne", "Halland"], value="Skane"))
    unknown region 'Skane'
      nearest: 'Skåne'
      allowed: 'Skåne', 'Halland'
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        allowed: Iterable[object] | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = [str(item) for item in allowed] if allowed is not None else []
        self.value = value
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        near = nearest(self.value, self.allowed)
        if near is not None:
            lines.append(f"  nearest: {near!r}")
        if self.allowed:
            shown = ", ".join(repr(item) for item in self.allowed[:SHOWN_VALUES])
            more = len(self.allowed) - SHOWN_VALUES
            lines.append(f"  allowed: {shown}" + (f" and {more} more" if more > 0 else ""))
        if self.remedy:
            lines.append(f"  next: {self.remedy}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders when pages run in parallel.
        return (_rebuild, (type(self), self.what, self.__dict__.copy()))


def _rebuild(cls: type[NatverkError], what: str, state: dict[str, object]) -> NatverkError:
    error = cls(what)
    error.__dict__.update(state)
    return error


class UnknownName(NatverkError):
    """A region, network, table, page … that does not exist."""


class InvalidArgument(NatverkError):
    """An argument or parameter with a value that is not allowed."""


class DataError(NatverkError):
    """Data on disk that does not fulfil the schema or cannot be read."""


class MissingFile(NatverkError):
    """A file that must be there and is not."""


class RunError(NatverkError):
    """A report could not be run; other pages are not affected."""

    exit_code = 1


def nearest(value: object, allowed: Iterable[str]) -> str | None:
    """Return the allowed value most like `value`, or None if none is close.

    >>> nearest("Vastra Gotaland", ["Västra Götaland", "Västmanland"])
    'Västra Götaland'
    >>> nearest("x", ["Västra Götaland"]) is None
    True
    """
    if not isinstance(value, str) or not value:
        return None
    options = list(allowed)
    folded = {option.casefold(): option for option in reversed(options)}
    hits = difflib.get_close_matches(value.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[hits[0]] if hits else None


def command_line(*words: object, system: str | None = None) -> str:
    """Return words as a line to be typed, in the quotes of the system's shell: PowerShell on Windows.

    Parameters
    ----------
    words
        The program and what it is given, each a text or a path.
    system
        What `sys.platform` says; default is the system that runs.

    Examples
    --------
    >>> print(command_line("natverk", "check", "mina rader", system="linux"))
    natverk check 'mina rader'
    >>> print(command_line("C:/My Python/python.exe", "-m", "pip", "install", "natverk[lab]", system="win32"))
    & "C:/My Python/python.exe" -m pip install "natverk[lab]"
    """
    texts = [str(word) for word in words]
    if (system or sys.platform) != "win32":
        return shlex.join(texts)
    # Between double quotes PowerShell reads $ and `, between single ones nothing; cmd knows double quotes alone.
    quoted = [
        text
        if text and not _NEEDS_QUOTES.search(text)
        else "'" + text.replace("'", "''") + "'"
        if _MEANS_MORE.search(text)
        else f'"{text}"'
        for text in texts
    ]
    # A quoted program would be a text that PowerShell prints.
    return " ".join(["&", *quoted] if quoted[0] != texts[0] else quoted)


def install_line(extra: str | None = None) -> str:
    """Return the line to type that installs natverk with all that it needs, and the packages of an extra.

    Until there is a release, natverk is installed again from where it came from: its checkout, or its wheel.

    Parameters
    ----------
    extra
        `"reports"`, `"lab"`, `"documents"`, `"cluster"`, `"excel"` …; None for natverk alone.

    Examples
    --------
    >>> "-m pip install" in install_line("excel"), "[excel]" in install_line("excel")
    (True, True)
    """
    checkout, wanted = Path(__file__).resolve().parents[1], f"[{extra}]" if extra else ""
    try:
        origin = json.loads(distribution("natverk").read_text("direct_url.json") or "{}").get("url")
    except PackageNotFoundError:
        origin = None
    if (checkout / "pyproject.toml").is_file():
        source = ["-e", f"{checkout}{wanted}"]
    else:
        source = [f"natverk{wanted} @ {origin}" if origin else f"natverk{wanted}"]
    return command_line(sys.executable, "-m", "pip", "install", *source)


def missing_extra(what: str, extra: str, missing: str | None, where: str | None = None) -> NatverkError:
    """Return the error that something needs packages of an extra, with the line to type that installs it.

    Parameters
    ----------
    what
        What cannot be done.
    extra
        The extra, as for `install_line`.
    missing
        The package that is not there, or several, separated by commas.
    where
        The place: an option of the command line.

    Examples
    --------
    >>> print(missing_extra("pages cannot be run on a cluster", "cluster", "distributed"))
    pages cannot be run on a cluster without distributed, which is not installed
      next: ... -m pip install ...[cluster]...
    """
    verb = "are" if missing and "," in missing else "is"
    said = f"{what} without {missing}, which {verb} not installed"
    return NatverkError(said, where=where, remedy=install_line(extra))


def gone(module: str, names: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """Return a module's `__getattr__` that says of each name of before what to use now.

    Parameters
    ----------
    module
        The module's name.
    names
        Name of before → what to use instead.

    Examples
    --------
    >>> gone("natverk.portfolio", {"sheet": "natverk.portfolio.blank_sheet"})("sheet")
    Traceback (most recent call last):
    AttributeError: natverk.portfolio.sheet is gone. Use natverk.portfolio.blank_sheet
    """

    def refuse(name: str) -> NoReturn:
        if name in names:
            raise AttributeError(f"{module}.{name} is gone. Use {names[name]}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return refuse
