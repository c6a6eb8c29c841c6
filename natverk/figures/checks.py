"""Checks of the frames that figures get: the columns are there and coded values are known ones."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from natverk.errors import InvalidArgument

__all__ = ["check_columns", "check_values", "whole"]


def check_columns(frame: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    """Raise `InvalidArgument` if a column is missing.

    >>> check_columns(pd.DataFrame({"year": [2014]}), ["year", "best"], "growth")
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: the frame has no column 'best'
      where: natverk.figures.growth
      allowed: 'year', 'best'
    """
    for column in columns:
        if column not in frame.columns:
            raise InvalidArgument(
                f"the frame has no column {column!r}", where=f"natverk.figures.{where}", allowed=columns
            )


def check_values(frame: pd.DataFrame, column: str, allowed: Sequence[str], where: str) -> None:
    """Raise `InvalidArgument` at the first value of `column` that is not an allowed one."""
    for value in frame[column]:
        if value not in allowed:
            raise InvalidArgument(
                f"unknown {column} {value!r}",
                where=f"natverk.figures.{where}, column {column!r}",
                allowed=allowed,
                value=value,
            )


def whole(value: object) -> int:
    """Return a count as an int; a missing one as 0.

    >>> whole(3.0), whole(pd.NA)
    (3, 0)
    """
    return 0 if pd.isna(value) else int(value)  # type: ignore[call-overload]
