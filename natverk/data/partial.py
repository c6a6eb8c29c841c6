"""Partial dates (`2014`, `2014-02`, `2014-02-26`): their first and last possible day.

A date keeps the precision of its source; where days must be compared, both ends are used.
"""

from __future__ import annotations

import calendar
import re
from datetime import date as day

from natverk.errors import InvalidArgument

__all__ = ["earliest", "is_date", "latest"]

_FORM = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def is_date(text: str) -> bool:
    """Say whether a text is a partial date that is in the calendar.

    >>> is_date("2014"), is_date("2014-13"), is_date("2016-02-29"), is_date("2015-02-29")
    (True, False, True, False)
    """
    if not _FORM.fullmatch(text):
        return False
    try:
        day.fromisoformat(earliest(text))
    except ValueError:
        return False
    return True


def earliest(date: str) -> str:
    """Return the first day a partial date can mean, as ISO text (which sorts as time does).

    >>> earliest("2014"), earliest("2014-02"), earliest("2014-02-26")
    ('2014-01-01', '2014-02-01', '2014-02-26')
    """
    return date + "-01-01"[3 * date.count("-") :]


def latest(date: str) -> str:
    """Return the last day a partial date can mean.

    Raises
    ------
    InvalidArgument
        If the text is no partial date.

    >>> latest("2014"), latest("2016-02"), latest("2014-02-26")
    ('2014-12-31', '2016-02-29', '2014-02-26')
    """
    if not is_date(date):
        raise InvalidArgument(f"{date!r} is no date", remedy="write 2015, 2015-06 or 2015-06-30")
    if len(date) == 4:
        return f"{date}-12-31"
    if len(date) == 7:
        return f"{date}-{calendar.monthrange(int(date[:4]), int(date[5:]))[1]:02d}"
    return date
