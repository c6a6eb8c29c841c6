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
