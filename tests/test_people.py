"""People appear by their office: no names of persons, and never a party, which is sensitive personal data."""

from __future__ import annotations

import re

import pytest

import natverk

COLUMNS = [
    ("functions", "detail"),
    ("memberships", "note"),
    ("network_notes", "text"),
    ("missions", "contacts"),
    ("evaluations", "rationale"),
    ("events", "participants"),
    ("bodies", "note"),
    ("audit", "row_as_read"),
]
PARTY = re.compile(r"\((S|M|C|L|KD|MP|V|SD)\)")
TITLED = re.compile(
    r"\b([Mm]ayor|[Pp]olitician|[Dd]irector|[Mm]anager|[Gg]overnor|[Dd]elegate|person)"
    r" [A-ZÅÄÖ][a-zåäöé]+ ([A-ZÅÄÖ][a-zåäöé]* )?[A-ZÅÄÖ][a-zåäöé]+"
)
LEADING = re.compile(r"^[A-ZÅÄÖ][a-zåäöé]+(-[A-ZÅÄÖ][a-zåäöé]+)? [A-ZÅÄÖ][a-zåäöé]+(, [a-z]| (vice|president|chair|member))")


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_no_person_is_named(table: str, column: str) -> None:
    cells = natverk.load().table(table)[column].dropna()
    assert not [cell for cell in cells if PARTY.search(cell) or TITLED.search(cell) or LEADING.search(cell)]


@pytest.mark.parametrize("text", ["Åsa Ek (S)", "Deputy mayor Åsa Ek on the board", "Åsa Ek vice-chair of the forum"])
def test_a_name_would_be_found(text: str) -> None:
    assert PARTY.search(text) or TITLED.search(text) or LEADING.search(text)
