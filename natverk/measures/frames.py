"""Frames row by row: the one place where the types of a frame's cells are left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

__all__ = ["each_row", "year_or_none"]


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows as named tuples, without the index; what a cell holds is said by the schema.

    >>> [row.year for row in each_row(pd.DataFrame({"year": [2014, 2019]}))]
    [2014, 2019]
    """
    # As plain objects first: columns backed by Arrow hand out their cells one by one, three times as slowly.
    yield from frame.astype(object).itertuples(index=False)


def year_or_none(value: Any) -> int | None:
    """Return a cell of a year column as a plain number, or None where it is blank.

    >>> year_or_none(pd.NA) is None, year_or_none(2014)
    (True, 2014)
    """
    return None if pd.isna(value) else int(value)
