"""Cells that no spreadsheet takes for a formula.

A cell that begins like a formula (`=`, `+`, `-`, `@`, a tab, a line break) gets an apostrophe in front; plain
numbers such as `-1` are left alone. So does what follows a semicolon, a tab or a line break within a cell: where the
comma is the decimal sign, as in Sweden, spreadsheets split there and not at commas, whatever quotes say. Reading takes
the apostrophes away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

__all__ = ["csv_text", "neutral", "plain"]

# Full-width signs count: some spreadsheets read them as the ordinary ones.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_STARTS = rf"(?=[=+\-@\uff1d\uff0b\uff0d\uff20])(?!{_NUMBER.pattern}[\s'\"]*(?:[;\t\r\n]|$))"
_INSIDE = re.compile(rf"([;\t\r\n][\s'\"]*){_STARTS}")
_INSIDE_MARKED = re.compile(rf"([;\t\r\n][\s'\"]*)'{_STARTS}")
# Control characters end a file early in some programs, surrogates are no characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("-1"), neutral("0180")
    ("'=HYPERLINK(1)", '-1', '0180')
    >>> neutral("a;=HYPERLINK(1)"), neutral("a; -1; b")
    ("a;'=HYPERLINK(1)", 'a; -1; b')
    """
    inside = _INSIDE.sub(r"\1'", cell)
    return f"'{inside}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else inside


def plain(cell: str) -> str:
    """Return a cell as it was before `neutral`.

    >>> plain("'=HYPERLINK(1)"), plain("'s-Hertogenbosch")
    ('=HYPERLINK(1)', "'s-Hertogenbosch")
    """
    inside = _INSIDE_MARKED.sub(r"\1", cell)
    return inside[1:] if inside.startswith("'") and _FORMULA.match(inside) else inside


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows of text as a CSV file for downloads (RFC 4180): separated by commas, safe to open, with a mark.

    The byte order mark tells spreadsheets that å, ä and ö are UTF-8; without it Excel takes them for Windows
    letters. Programs that read UTF-8 pass over it (pandas, readr, frictionless); Python's `csv` needs
    `encoding="utf-8-sig"`.

    >>> csv_text([["name", "note"], ["Åre", "=1+1"]])
    "\ufeffname,note\r\nÅre,'=1+1\r\n"
    """
    file = io.StringIO(newline="")
    file.write("\ufeff")
    csv.writer(file).writerows([neutral(_CONTROL.sub("\ufffd", cell)) for cell in row] for row in rows)
    return file.getvalue()
