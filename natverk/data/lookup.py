"""Rows that are looked up by their keys: a page that names ten networks depends on their ten rows, not on the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from natverk.data.load import Dataset, kept
from natverk.data.reads import note_row, within
from natverk.data.schema import SCHEMA

__all__ = ["Lookup", "row_digests"]


class Lookup(Mapping[str, Any]):
    """A column of a table by the key of its rows; every row that is looked up is noted, and so is one that is missing.

    Whoever goes through all rows has read the table, and that is noted then.

    Parameters
    ----------
    data
        The dataset.
    table
        A table with one column as its key.
    column
        The column.
    worded
        Makes what is given of a row's key and its value; default is the value.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.data.reads import recorded
    >>> with recorded() as found:
    ...     Lookup(load(), "counties", "name_short")["13"]
    'Halland'
    >>> found.whole, list(found.rows["counties"])
    ((), ['13'])
    """

    def __init__(
        self,
        data: Dataset,
        table: str,
        column: str,
        worded: Callable[[str, Any], Any] | None = None,
    ) -> None:
        self._data, self._table, self._worded = data, table, worded
        # Of other data than those that `load` gives, and of rows that filters leave out, nobody could ask again.
        self._by_row = data.is_loaded and not SCHEMA[table].evidence
        with within(answer=self._by_row):
            self._values = _by_key(data, table, column)
            self._digests = row_digests(data, table) if self._by_row else {}

    def __getitem__(self, key: str) -> Any:
        if self._by_row:
            note_row(self._table, key, self._digests.get(key, ""))
        value = self._values[key]
        return value if self._worded is None else self._worded(key, value)

    def __iter__(self) -> Iterator[str]:
        self._data.table(self._table)
        return iter(self._values)

    def __bool__(self) -> bool:
        # `names or {}` goes through no rows.
        return bool(self._values)

    def __len__(self) -> int:
        self._data.table(self._table)
        return len(self._values)


@kept
def _by_key(data: Dataset, table: str, column: str) -> Mapping[str, Any]:
    """Return a column by the key of its table."""
    frame = data.table(table)
    return dict(zip(frame[SCHEMA[table].key[0]].tolist(), frame[column].tolist(), strict=True))


@kept
def row_digests(data: Dataset, table: str) -> Mapping[str, str]:
    """Return a digest of each row of a table by its key.

    >>> from natverk import load
    >>> len(row_digests(load(), "counties"))
    21
    """
    frame = data.table(table)
    (key,) = SCHEMA[table].key
    hashes = pd.util.hash_pandas_object(frame, index=False).tolist()
    return {str(name): f"{value:016x}" for name, value in zip(frame[key], hashes, strict=True)}
