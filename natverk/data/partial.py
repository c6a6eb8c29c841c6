"""Partial dates (`2014`, `2014-02`, `2014-02-26`): their first and last possible day.

A date keeps the precision of its source; where days must be compared, both ends are used.
"""

from __future__ import annotations

import calendar

from natverk.errors import InvalidArgument

__all__ = ["earliest", "latest"]


def earliest(date: str) -> str:
    """Return the first day a partial date can mean, as ISO text (which sorts as time does).

    >>> earliest("2014"), earliest("2014-02"), earliest("2014-02-26")
    ('2014-01-01', '2014-02-01', '2014-02-26')
    """
    return f"{date}{'-01-01'[3 * date.count('-'):]}"


def latest(date: str) -> str:
    """Return the last day a partial date can mean.

    Raises
    ------
    InvalidArgument
        If the text is no partial date.

    >>> latest("2014"), latest("2016-02"), latest("2014-02-26")
    ('2014-12-31', '2016-02-29', '2014-02-26')
    """
    parts = date.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        raise InvalidArgument(f"{date!r} is no date", remedy="write 2015, 2015-06 or 2015-06-30")
    if len(parts) == 1:
        return f"{date}-12-31"
    if len(parts) == 2:
        return f"{date}-{calendar.monthrange(int(parts[0]), int(parts[1]))[1]:02d}"
    return date
