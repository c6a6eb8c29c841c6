"""What a page asks of measures, and what they answered: the same answers make the same page.

A page that shows one municipality asks for its networks, not for all rows of `memberships`. So with a measure that is
`asked`, a report machine need not run every page again when a table has changed: it asks the questions of each page
again (`ask`), which are mostly those of other pages too, and runs the pages that get another answer. What a page reads
without asking a measure counts as a whole table (`natverk.data.reads`).
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import hashlib
import importlib
from collections.abc import Callable, Collection, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np
import pandas as pd

from natverk.data.reads import Filters, behind_an_answer, is_answered, is_asking, note_all, note_answer, within
from natverk.errors import NatverkError

__all__ = ["Loaded", "ask", "asked", "digest_of", "rows_where", "rows_without"]


class Loaded(Protocol):
    """What is asked of a dataset here (`natverk.data.load.Dataset`)."""

    is_loaded: bool

    @property
    def filters(self) -> Filters:
        """The filters as `natverk.load` takes them."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name."""


D = TypeVar("D", bound=Loaded)
P = ParamSpec("P")
R = TypeVar("R")


def asked(function: Callable[Concatenate[D, P], R]) -> Callable[Concatenate[D, P], R]:
    """Note what a measure answers a page, instead of the tables that it reads for it.

    The measure must depend on nothing but the dataset and its other arguments. Only questions count that can be asked
    again in another process, with plain arguments (a frame is none), and answers that can be compared; otherwise, and
    where one measure asks another, nothing is different from a measure that is not asked.

    >>> from natverk import Dataset, load
    >>> @asked
    ... def n_rows(data: Dataset, name: str) -> int:
    ...     return len(data.table(name))
    >>> from natverk.data.reads import recorded
    >>> with recorded() as found:
    ...     n = n_rows(load(), "counties")
    >>> list(found.tables), found.whole, [question.partition(":")[2] for question in found.answers]
    (['counties'], (), ["n_rows ({}, ('counties',), {})"])
    """
    name = f"{function.__module__}:{function.__qualname__}"

    @functools.wraps(function)
    def noted(data: D, /, *args: P.args, **kwargs: P.kwargs) -> R:
        question = _question(name, data, args, kwargs) if is_asking() else None
        if question is None:
            return function(data, *args, **kwargs)
        if is_answered(question):
            with within(answer=True):
                return function(data, *args, **kwargs)
        digest = None
        try:
            with behind_an_answer() as used:
                value = function(data, *args, **kwargs)
                digest = digest_of(value)
        finally:
            # What is raised is an answer too, which nobody can compare.
            if digest is None:
                note_all(used)
            else:
                note_answer(question, digest)
        return value

    return noted


@asked
def rows_where(data: Loaded, /, table: str, **equal: str | Collection[str]) -> pd.DataFrame:
    """Return the rows of a table that have these values, in their order.

    A page that shows rows about its actors depends on these rows, not on the whole table.

    >>> from natverk import load
    >>> rows_where(load(), "counties", county_code="13")["name_short"].tolist()
    ['Halland']
    """
    frame = data.table(table)
    for column, values in equal.items():
        frame = frame[frame[column].isin([values] if isinstance(values, str) else list(values))]
    return frame.reset_index(drop=True)


@asked
def rows_without(data: Loaded, /, table: str, column: str) -> pd.DataFrame:
    """Return the rows of a table in which a cell is blank, in their order.

    >>> from natverk import load
    >>> set(rows_without(load(), "published_figures", "source_id")["source_id"].isna())
    {True}
    """
    frame = data.table(table)
    return frame[frame[column].isna()].reset_index(drop=True)


def ask(question: str, load: Callable[..., Loaded]) -> str | None:
    """Ask again what was noted; None where there is no such measure any more, or no answer.

    Parameters
    ----------
    question
        What was noted.
    load
        Gives the dataset that it was asked of by its filters: `natverk.load`, or what keeps what that gives.

    >>> from natverk import load
    >>> with_filters = "natverk.data.answers:rows_where ({'as_of': '2015'}, ('counties',), {'county_code': '13'})"
    >>> ask(with_filters, load) == digest_of(rows_where(load(as_of="2015"), "counties", county_code="13"))
    True
    >>> ask("natverk.data.answers:no_such ({}, (), {})", load) is None
    True
    """
    name, _space, text = question.partition(" ")
    module, _colon, function = name.partition(":")
    filters, args, kwargs = ast.literal_eval(text)
    try:
        measure = getattr(importlib.import_module(module), function)
        return digest_of(measure(load(**filters), *args, **kwargs))
    except (ImportError, AttributeError, TypeError, NatverkError):
        return None


def _question(name: str, data: Loaded, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """Return how to ask again, as `ask` reads it; None where an argument cannot be written down."""
    if not data.is_loaded:
        return None
    filters = {key: value for key, value in data.filters.items() if value not in (None, False, "drop")}
    try:
        return f"{name} {_plain((filters, args, dict(sorted(kwargs.items()))))!r}"
    except TypeError:
        return None


def _plain(value: Any) -> Any:
    """Return a value as it can be written down; raise TypeError for what cannot be."""
    if value is None or type(value) in (str, int, bool):
        return value
    if type(value) is float and np.isfinite(value):
        return value
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, (pd.Series, pd.Index, np.ndarray)):
        return _plain(value.tolist())
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    if type(value) is range:
        return tuple(value)
    if type(value) is dict:
        return {_plain(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} is no plain value")


def digest_of(value: object) -> str | None:
    """Return a hash of what a measure gave; None where it holds something that cannot be compared.

    >>> digest_of([1, "a"]) == digest_of([1, "a"]), digest_of([1, "a"]) == digest_of([1, "b"]), digest_of(object())
    (True, False, None)
    """
    try:
        return _digest(value).hex()[:32]
    except TypeError:
        return None


def _digest(value: object) -> bytes:
    sha = hashlib.sha256()
    _feed(sha.update, value)
    return sha.digest()


def _feed(update: Callable[[bytes], None], value: Any) -> None:
    """Give the content of a value to a hash, each part with its type and length."""
    update(f"{type(value).__name__}(".encode())
    if value is None or isinstance(value, (str, int, float, bool, np.generic)) or value is pd.NA:
        update(repr(value).encode())
    elif isinstance(value, (list, tuple)):
        update(str(len(value)).encode())
        for item in value:
            _feed(update, item)
    elif isinstance(value, (set, frozenset)):
        # How a set within a set is printed is another order in every process.
        for item in sorted(map(_digest, value)):
            update(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _feed(update, key)
            _feed(update, item)
    elif isinstance(value, np.ndarray):
        update(f"{value.dtype} {value.shape}".encode())
        update(pd.util.hash_array(value.ravel()).tobytes())
    elif isinstance(value, pd.DataFrame):
        _feed(update, value.index)
        _feed(update, value.columns)
        for place in range(value.shape[1]):
            _feed_cells(update, value.iloc[:, place])
    elif isinstance(value, pd.Series):
        _feed(update, value.index)
        _feed(update, value.name)
        _feed_cells(update, value)
    elif isinstance(value, pd.Index):
        _feed(update, list(value.names))
        _feed_cells(update, value)
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            _feed(update, getattr(value, item.name))
    else:
        raise TypeError(f"{type(value).__name__} cannot be compared")
    update(b")")


#: Up to so many cells are written faster than they are hashed.
_FEW = 300


def _feed_cells(update: Callable[[bytes], None], column: Any) -> None:
    """Give a column or an index to a hash: its type, and its cells, or where they are many a number a cell."""
    update(f"{getattr(column, 'dtype', '')} {len(column)} ".encode())
    if len(column) <= _FEW and not pd.api.types.is_object_dtype(column):
        update(repr(column.tolist()).encode())
    else:
        update(pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
