"""Every text that readers see stands in English and in Swedish."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.validate import texts_have_swedish

TOLD = [(name, column) for name, table in SCHEMA.items() for column in table.told]
# Words that stand in Swedish sentences and in no English one.
SWEDISH = re.compile(r"\b(och|för|att|från|är|kommunen|länet|enligt)\b")


@pytest.mark.parametrize(("table", "column"), TOLD, ids=[f"{table}.{column}" for table, column in TOLD])
def test_every_text_has_its_swedish_beside_it(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table)
    assert frame.columns.get_loc(f"{column}_sv") == frame.columns.get_loc(column) + 1
    lacking = frame[frame[column].notna() & frame[f"{column}_sv"].isna()]
    assert lacking.empty, lacking[column].head().tolist()


@pytest.mark.parametrize(("table", "column"), TOLD, ids=[f"{table}.{column}" for table, column in TOLD])
def test_lists_keep_their_parts_and_numbers_their_value(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table).dropna(subset=[column])
    for english, swedish in zip(frame[column], frame[f"{column}_sv"], strict=True):
        if column in {"purposes", "outcomes", "contacts"}:
            assert english.count(";") == swedish.count(";"), (english, swedish)
        # 12,428 and 12 428 are one number, 2.5 and 2,5 another.
        numbers = [re.findall(r"\d+", re.sub(r"(?<=\d)[,.\s\u00a0](?=\d)", "", text)) for text in (english, swedish)]
        assert sorted(numbers[0]) == sorted(numbers[1]), (english, swedish)


def test_texts_are_written_in_english(real: Dataset) -> None:
    english = [
        cell for table, column in TOLD for cell in real.table(table)[column].dropna() if not re.search("[”“\"']", cell)
    ]
    swedish = sorted({cell for cell in english if SWEDISH.search(cell) and len(SWEDISH.findall(cell)) > 1})
    assert swedish == []


def test_a_text_without_swedish_and_a_translation_of_nothing_are_refused(real: Dataset) -> None:
    tables = {name: pd.DataFrame(columns=table.names, dtype="str") for name, table in SCHEMA.items()}
    tables["tasks"] = pd.DataFrame(
        [{**dict.fromkeys(SCHEMA["tasks"].names, ""), "task": "Draw up the plan"}], index=[2]
    )
    tables["translations"] = pd.DataFrame([{"text": "Draw up a plan", "text_sv": "Ta fram en plan"}], index=[2])
    found = list(texts_have_swedish(tables))
    assert [(item.table, item.line) for item in found] == [("tasks", 2), ("translations", 2)]
    assert "'Draw up a plan'" in found[0].remedy


# What somebody wrote to themselves while reading: it is no sentence to a reader.
WORKING = re.compile(
    r"\b(CONFLICT|BEST|AND|NOT|THE|END|START|UPPER|BOUND|KONFLIKT|BÄSTA|OCH|INTE|DEN|SLUTDATUM|STARTEN|ÖVRE|OBS)\b"
    r"|\b[Ss]eed \d|\b(next|previous) row\b|\b(nästa|föregående) rad\b|asked period|efterfrågad period|hard-coded"
    r"|\bunit table\b|enhetstabell|networks table|tabellen networks|\(table \w+\)|\\"
    r"|\bstored\b|\b(sparad|lagrad|sparat|lagrat)|open spell|öppen period|\b(end date|slutdatum) =|(true|verklig) start"
)
NOTES = [(name, note) for name, table in SCHEMA.items() for note in ("note", "source_title") if note in table.names]


@pytest.mark.parametrize(("table", "column"), NOTES, ids=[f"{table}.{column}" for table, column in NOTES])
def test_a_note_is_written_to_a_reader(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table)
    texts = [text for name in (column, f"{column}_sv") if name in frame for text in frame[name].dropna()]
    assert [text for text in texts if WORKING.search(text)] == []


def test_a_place_in_a_source_is_no_file_of_ours(real: Dataset) -> None:
    for name, table in SCHEMA.items():
        if "locator" in table.names:
            places = real.table(name)["locator"].dropna()
            assert not places[places.str.contains(r"\.csv|\bstored\b")].tolist(), name


def test_terms_of_sources_are_told_in_swedish(real: Dataset) -> None:
    told = real.sources[real.sources["licence_class"] != "not_stated"].set_index("source_id")
    kolada = told[told["licence"].str.contains("the terms of Kolada are not stated there")]
    assert set(kolada["licence_sv"]) == {"AGPL-3 (paketet; Koladas villkor anges inte där)"}
    english = re.compile(r"\b(?:the|package|terms|stated|licence|cite|as|repository|data is)\b")
    assert not told.loc[told["licence_sv"].str.contains(english), "licence_sv"].tolist()


@pytest.mark.parametrize(
    ("place", "swedish"),
    [
        ("Åland countryside", "Ålands landsbygd"),
        ("Province of Chieti", "provinsen Chieti"),
        ("Easter Island", "Påskön"),
        ("Tallinn (city district)", "Tallinn (stadsdel)"),
        ("Malbork", "Malbork"),
    ],
)
def test_a_twin_that_is_described_is_described_in_swedish(real: Dataset, place: str, swedish: str) -> None:
    twins = real.twins
    assert set(twins.loc[twins["partner_city"] == place, "partner_city_sv"]) == {swedish}


def test_no_twin_has_an_english_word_in_swedish(real: Dataset) -> None:
    english = re.compile(
        r"\b(county|province|district|countryside|island|islands|formerly|parish|rural|town)\b", re.IGNORECASE
    )
    assert [name for name in real.twins["partner_city_sv"].dropna() if english.search(name)] == []
