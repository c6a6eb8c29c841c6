"""What spreadsheets do to the cells of a table, mended where a cell can mean one thing only, refused otherwise.

A cell that is right stays as it is. Every mended cell is told with what it was and why; what could mean two things
(`03/04/2019`, `1.234`, the text "None" where `none` is a value) is for the one who wrote it to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import NamedTuple

from natverk.data.partial import is_date
from natverk.data.schema import LIST_SEPARATOR, Column

__all__ = ["Reading", "mended"]


class Reading(NamedTuple):
    """How a cell is taken: its text, how it was mended (blank: not at all), and why it is refused (blank: it is not).

    `remedy` says what to write instead of a refused one.
    """

    text: str
    how: str = ""
    refused: str = ""
    remedy: str = ""


#: Spaces that cannot be seen, and marks without width.
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u2009]+")
_WIDTHLESS = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
#: What programs write for a missing value; the dashes only where no text is asked for.
_MISSING = frozenset({"NA", "N/A", "#N/A", "NaN", "nan", "None", "NULL", "null", "<NA>"})
_DASHES = frozenset({"-", "–", "—", "."})
_YES = frozenset({"yes", "y", "true", "ja", "sant", "1"})
_NO = frozenset({"no", "n", "false", "nej", "falskt", "0"})
#: Day 0 of Excel's calendar, and the numbers of days that can be meant in a table: 1954 to 2064.
_DAY_ZERO = date(1899, 12, 30)
_DAYS = range(20_000, 60_001)
_WHOLE = re.compile(r"(-?\d+)\.0+")


def mended(cell: str, column: Column, known: Collection[str] = ()) -> Reading:
    """Return a cell as the column allows it, or why it does not.

    Parameters
    ----------
    cell
        The text of the cell.
    column
        Its column.
    known
        What a reference can mean (ids, codes); without it a form alone decides.

    Examples
    --------
    >>> from natverk.data.schema import SCHEMA
    >>> code, year = SCHEMA["municipalities"].column("code"), SCHEMA["memberships"].column("start_year")
    >>> mended("180", code)[:2]
    ('0180', 'a code without its zero')
    >>> mended(" 2014.0 ", year)[:2]
    ('2014', 'surplus blanks; a whole number with decimals')
    >>> mended("41696", year).remedy
    "41696 is Excel's number of the day 2014-02-26: write 2014"
    """
    text = _WIDTHLESS.sub("", cell)
    text = _SPACES.sub(" ", text).strip() if column.kind != "text" or not _allowed(text, column) else text.strip()
    hows = ["surplus blanks"] if text != cell else []
    quoted = re.fullmatch(r'="([^"]*)"', text)
    if quoted:
        text, hows = quoted[1], [*hows, "a text that was kept by a formula"]
    missing = _missing(text, column)
    if missing:
        return missing._replace(how="; ".join([*hows, missing.how])) if not missing.refused else missing
    if text == "" or (_allowed(text, column) and (not known or all(part in known for part in column.split(text)))):
        return Reading(text, "; ".join(hows))
    if column.many and LIST_SEPARATOR not in text and "," in text:
        parts = [part.strip() for part in text.split(",")]
        if all(column.fits(part) for part in parts):
            return Reading(LIST_SEPARATOR.join(parts), "; ".join([*hows, "a list with commas"]))
    parts, how = [], ""
    for value in column.split(text):
        one = _one(value.strip(), column, known)
        if one.refused:
            return one
        if one.text not in parts and one.text:
            parts.append(one.text)
        how = how or one.how or ("surplus blanks in a list" if one.text != value else "")
    return Reading(LIST_SEPARATOR.join(parts), "; ".join([*hows, how] if how else hows))


def _allowed(text: str, column: Column) -> bool:
    return all(column.fits(value) for value in column.split(text))


def _missing(text: str, column: Column) -> Reading | None:
    """Return a blank cell for what stands for a missing value; refused where it is a value, or a value is needed."""
    marks = _MISSING if column.kind == "text" else _MISSING | _DASHES
    if text not in marks or text in column.values:
        return None
    if text.casefold() in column.values:
        remedy = f"write {text.casefold()!r}, or leave the cell blank"
        return Reading(text, refused=f"{text!r} can be the value {text.casefold()!r} or a missing one", remedy=remedy)
    return Reading("", f"{text!r} for a missing value")


def _one(value: str, column: Column, known: Collection[str]) -> Reading:
    """Mend one value that is not right as it stands; what cannot be mended comes back as it is."""
    if column.fits(value) and (not known or value in known):
        return Reading(value)
    whole = _WHOLE.fullmatch(value)
    if whole and column.kind not in ("text", "number"):
        inner = _one(whole[1], column, known)
        return inner if inner.refused else inner._replace(how=inner.how or "a whole number with decimals")
    if column.values:
        return _vocabulary(value, column)
    found = _KINDS[column.kind](value) if column.kind in _KINDS else _id(value, column, known)
    if found.refused or not found.how or column.fits(found.text):
        return found
    return Reading(value)


def _vocabulary(value: str, column: Column) -> Reading:
    """Mend a word of a vocabulary in its case, and with blanks or hyphens for what stands between its parts."""

    def bare(text: str) -> str:
        return re.sub(r"[ _-]+", "_", text.casefold())

    alike = [item for item in column.values if bare(item) == bare(value)]
    return Reading(alike[0], "another way of writing the word") if len(alike) == 1 else Reading(value)


def _yes_no(value: str) -> Reading:
    folded = value.casefold()
    if folded in _YES | _NO:
        return Reading("yes" if folded in _YES else "no", "another way of writing yes or no")
    return Reading(value)


def _year(value: str) -> Reading:
    """Mend a year that Excel shows as the day of that number; a day is for the one who wrote it to shorten."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}( .*)?", value) and is_date(value[:10]):
        days = (date.fromisoformat(value[:10]) - _DAY_ZERO).days
        if 1600 <= days <= 2099:
            return Reading(str(days), f"the year {days} that was shown as a day")
        return Reading(value, refused=f"{value!r} is a day, not a year", remedy=f"write {value[:4]}")
    if value.isdecimal() and int(value) in _DAYS:
        day = _DAY_ZERO + timedelta(days=int(value))
        remedy = f"{value} is Excel's number of the day {day}: write {day.year}"
        return Reading(value, refused=f"{value!r} is no year", remedy=remedy)
    return Reading(value)


def _date(value: str) -> Reading:
    """Mend Excel's number of a day, and a day whose parts can stand in one order only."""
    if value.isdecimal() and len(value) == 5 and int(value) in _DAYS:
        return Reading((_DAY_ZERO + timedelta(days=int(value))).isoformat(), "Excel's number of a day")
    if re.fullmatch(r"\d{8}", value) and is_date(f"{value[:4]}-{value[4:6]}-{value[6:]}"):
        return Reading(f"{value[:4]}-{value[4:6]}-{value[6:]}", "a day without hyphens")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]00:00(:00)?(\.0+)?", value):
        return Reading(value[:10], "a day with the hour 0")
    parts = re.fullmatch(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", value)
    if not parts:
        return Reading(value)
    first, middle, last = parts[1], parts[3], parts[4]
    if len(first) == 4:
        orders = {(first, middle, last)}
    elif len(last) == 4:
        orders = {(last, middle, first), (last, first, middle)}
    else:
        return Reading(value)
    days = sorted({day for order in orders if is_date(day := f"{order[0]}-{order[1]:0>2}-{order[2]:0>2}")})
    if len(days) == 1:
        return Reading(days[0], "a day in another order")
    if days:
        return Reading(value, refused=f"{value!r} can be {' or '.join(days)}", remedy=f"write {' or '.join(days)}")
    return Reading(value)


def _number(value: str) -> Reading:
    """Mend a decimal comma, and blanks between thousands; three digits after one sign can be either."""
    bare = value.replace(" ", "").replace("−", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    if re.fullmatch(r"-?\d{1,3}[,.]\d{3}", bare) and "," in bare:
        decimal, whole = bare.replace(",", "."), bare.replace(",", "")
        remedy = f"write {decimal} or {whole}"
        return Reading(value, refused=f"{value!r} can be {decimal} or {whole}", remedy=remedy)
    if re.fullmatch(r"-?\d{1,15},\d+", bare):
        return Reading(bare.replace(",", "."), "a decimal comma")
    return Reading(bare, "blanks between thousands") if re.fullmatch(r"-?\d{1,15}(\.\d+)?", bare) else Reading(value)


def _integer(value: str) -> Reading:
    bare = value.replace(" ", "").replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", bare):
        whole = re.sub("[.,]", "", bare)
        if len(re.findall("[.,]", bare)) > 1:
            return Reading(whole, "signs between thousands")
        remedy = f"write {whole}, or round it"
        return Reading(value, refused=f"{value!r} can be {whole} or {bare.replace(',', '.')}", remedy=remedy)
    return Reading(bare, "blanks between thousands") if re.fullmatch(r"-?\d{1,15}", bare) else Reading(value)


def _padded(width: int) -> Callable[[str], Reading]:
    def pad(value: str) -> Reading:
        if value.isdecimal() and len(value) == width - 1:
            return Reading("0" + value, "a code without its zero")
        return Reading(value)

    return pad


def _id(value: str, column: Column, known: Collection[str]) -> Reading:
    """Mend an id in its case and zeros: `Municipality:180`, `180` for an actor, `OWN-1`."""
    folded = value.casefold()
    own = re.fullmatch(r"own[-_ ]?(\d{1,5})", folded)
    if column.kind == "row_id" and own:
        return Reading(f"own-{int(own[1]):05d}", "another way of writing the id")
    if column.kind == "actor_id":
        kind, _, code = folded.rpartition(":")
        width = {"municipality": 4, "region": 2, "": 4}.get(kind)
        if width and code.isdecimal() and width - 1 <= len(code) <= width:
            whole = f"{kind or 'municipality'}:{code:0>{width}}"
            if not known or whole in known:
                return Reading(
                    whole, "a code without its zero" if len(code) < width else "another way of writing the id"
                )
    if folded != value and column.fits(folded) and (not known or folded in known):
        return Reading(folded, "another way of writing the id")
    return Reading(value)


_KINDS: dict[str, Callable[[str], Reading]] = {
    "yes_no": _yes_no,
    "year": _year,
    "date": _date,
    "number": _number,
    "integer": _integer,
    "county_code": _padded(2),
    "municipality_code": _padded(4),
}
