"""People appear by their office: no names of persons, and never a party, which is sensitive personal data."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import natverk
from natverk.data.schema import SCHEMA

RAW = Path(natverk.__file__).parents[1] / "data" / "raw"
TABLES = [
    "functions",
    "missions",
    "events",
    "evaluations",
    "network_notes",
    "memberships",
    "indicators",
    "bodies",
    "purposes",
    "audit",
    "next_steps",
    "projects",
    "evaluation_findings",
    "published_totals",
    "county_events",
    "strategies",
    "responsibility",
    "published_figures",
]
COLUMNS = [
    (name, column.name) for name in TABLES for column in SCHEMA[name].columns if column.kind in ("text", "text_list")
]

WORD = r"[A-ZÅÄÖÉ][a-zåäöéü]+(?:-[A-ZÅÄÖÉ][a-zåäöéü]+)?"
NAME = rf"{WORD}(?: [A-ZÅÄÖ](?= )| von| af| de)?(?: {WORD}){{1,2}}"
OFFICE = (
    r"(?:[Mm]ayor|[Cc]ommissioner|[Pp]olitician|[Dd]irector|[Mm]anager|[Gg]overnor|[Dd]elegate|[Cc]hair(?:man|woman)?"
    r"|[Pp]resident|[Oo]fficer|[Mm]inister|[Pp]erson|[Oo]rdförande|[Kk]ommunalråd|[Rr]egionråd|[Bb]orgmästare)"
)
ROLE = r"(?:first |vice[- ]?|deputy |former |elected |board |council )*(?:mayor|chair|president|member|commissioner)"
PATTERNS = {
    "a party": re.compile(r"(\((?:S|M|C|L|KD|MP|V|SD|FP)\))"),
    "an office and a name": re.compile(rf"\b{OFFICE},? ({NAME})"),
    "a name and an office": re.compile(rf"(?<![\w-])({NAME}),? (?:the )?{ROLE}\b"),
    "an office and a name in brackets": re.compile(
        rf"(?i:chair|presiden|conference|mayor)[^()]*\((?:{OFFICE} )?({NAME})[,)]"
    ),
    "a name before a comma and no more": re.compile(rf"^({NAME}), [^;,]+$"),
}
# What looks like a name and is an organisation, a body of one, or a place.
NO_PERSON = re.compile(
    r"\b(?:Region|Regionen|Committee|Board|Forum|Council|Cities|City|Municipality|Commission|Office|Network|Assembly"
    r"|Conference|Union|University|Kommuner|Kommunförbundet|Landstinget|Regionförbundet|Areas?|Konferens|Ask London)\b"
)


def finds(text: str) -> list[str]:
    """Return what in a text looks like the name of a person or a party."""
    return [
        f"{kind}: {match.group()}"
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(text)
        if not NO_PERSON.search(match.group(1))
    ]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_no_person_is_named(table: str, column: str) -> None:
    with (RAW / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        found = [f"{next(iter(row.values()))}: {hit}" for row in csv.DictReader(handle) for hit in finds(row[column])]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "Åsa Ek (S)",
        "seat held by a member (KD)",
        "Deputy mayor Åsa Ek on the board",
        "chair, Åsa Ek",
        "county governor Eva Ek elected chair",
        "delegate Eva-Lena Ek elected to check minutes",
        "Åsa Ek vice-chair of the forum",
        "Åsa von Ek chair of the company",
        "Åsa Ek, former municipal commissioner",
        "Åsa P Ek president of the network",
        "Chair of the network (Åsa Ek, chair of the committee)",
        "First vice-presidency (Eva-Lena Ek) in office",
        "Candidate for the presidency at the General Conference (Eva-Lena Ek)",
        "Presidency of the network (Mayor Åsa Maria Ek)",
        "Åsa Ek, Île-de-France",
    ],
)
def test_a_name_would_be_found(text: str) -> None:
    assert finds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Deputy mayor on ECAD Advisory Board",
        "seat held for SKL",
        "Swedish member of Executive Board",
        "Region Dalarna chairs the network",
    ],
)
def test_an_office_is_no_name(text: str) -> None:
    assert not finds(text)


#: How a title of a page in Swedish names who holds an office: the name, at times the party, and the office.
SWEDISH_OFFICE = re.compile(
    rf"(?<![\w-])({NAME}),?(?: \([A-Z]+\))?,? (?:(?:ny|vald|är|blir|kommunstyrelsens|vice) )*"
    r"(?:ordförande|kommunalråd|regionråd|borgmästare|landshövding)\b"
)


def test_no_title_of_a_source_names_who_holds_an_office() -> None:
    with (RAW / "sources.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    named = [(row["source_id"], hit.group()) for row in rows for hit in SWEDISH_OFFICE.finditer(row["title"])]
    assert [(source, hit) for source, hit in named if not NO_PERSON.search(hit)] == []
    blogs = [row["publisher"] for row in rows if re.search(rf"^{NAME} \(.*blogg?\)$", row["publisher"])]
    assert blogs == []


@pytest.mark.parametrize(
    "title",
    ["Åsa Ek ordförande i nätverket", "Åsa Ek (KD) ny ordförande", "Åsa Ek, kommunstyrelsens ordförande, skriver"],
)
def test_a_name_in_a_title_would_be_found(title: str) -> None:
    assert SWEDISH_OFFICE.search(title)
