"""The bounds of a run as they are typed, checked before anything is done, and also where nothing has to be run."""

from __future__ import annotations

import os

from natverk.errors import InvalidArgument
from natverk.reports.execute import ENGINES

__all__ = ["BOUNDS", "check_bounds"]

# The options of a run that are checked.
BOUNDS = ("engine", "jobs", "cell_timeout", "timeout", "memory")

# What could be typed instead.
_EXAMPLES = {"jobs": 2, "cell_timeout": 300, "timeout": 900, "memory": 2000, "limit": 10}


def check_bounds(*, engine: str | None = None, **bounds: float | None) -> None:
    """See that there is such an engine, and that no number is less than 1.

    Parameters
    ----------
    engine
        The name of an engine; None is the default one.
    bounds
        `jobs`, `cell_timeout`, `timeout`, `memory` and `limit`; what is None is not bounded.

    Raises
    ------
    InvalidArgument
        If a number is less than 1, or there is no such engine, or it cannot run here.

    Examples
    --------
    >>> check_bounds(jobs=0)
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: jobs must be 1 or more, not 0
      where: --jobs
      next: --jobs 2, or leave it out
    """
    if engine is not None and engine not in ENGINES:
        raise InvalidArgument(
            f"unknown engine {engine!r}", where="--engine", allowed=ENGINES, value=engine, remedy="leave --engine out"
        )
    if engine == ENGINES[0] and not hasattr(os, "fork"):
        raise InvalidArgument(f"the engine {engine!r} needs fork, which this system lacks", remedy="--engine default")
    for name, value in bounds.items():
        if value is not None and value < 1:
            option = f"--{name.replace('_', '-')}"
            raise InvalidArgument(
                f"{name} must be 1 or more, not {value}",
                where=option,
                remedy=f"{option} {_EXAMPLES[name]}, or leave it out",
            )
