"""Cells that no spreadsheet takes for a formula.

A cell that begins like a formula (`=`, `+`, `-`, `@`, a tab, a line break) gets an apostrophe in front; plain
numbers such as `-1` are left alone. Reading takes the apostrophe away again.
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
# Control characters end a file early in some programs, surrogates are no characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("-1"), neutral("0180")
    ("'=HYPERLINK(1)", '-1', '0180')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def plain(cell: str) -> str:
    """Return a cell as it was before `neutral`.

    >>> plain("'=HYPERLINK(1)"), plain("'s-Hertogenbosch")
    ('=HYPERLINK(1)', "'s-Hertogenbosch")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


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
