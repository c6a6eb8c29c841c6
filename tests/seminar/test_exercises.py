"""Every exercise takes the answer of the data, knows its typical errors, and is at a loss for no answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.seminar import EXERCISES, check, checker, review_texts
from natverk.seminar.wording import hints

LANGUAGES = ("sv", "en")
FIXED = {"empty", "right", "other", "options", "fields"}


@pytest.fixture(scope="module")
def data() -> Dataset:
    return natverk.load()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answer_of_the_data_is_right(data: Dataset, exercise: str, lang: str) -> None:
    said = check(data, exercise, EXERCISES[exercise].answer(data), lang=lang)
    assert said.verdict == "right"
    assert hints(lang)[exercise]["right"] in said.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_each_typical_error_gets_its_own_hint(data: Dataset, exercise: str, lang: str) -> None:
    task = EXERCISES[exercise]
    said = {name: check(data, exercise, wrong(data), lang=lang) for name, wrong in task.wrong.items()}
    assert {name: feedback.verdict for name, feedback in said.items()} == {name: name for name in task.wrong}
    assert len({feedback.text for feedback in said.values()}) == len(task.wrong) >= 2


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("nothing", [..., None, "", [], {}, [...]], ids=repr)
def test_no_answer_yet_gets_a_hint(data: Dataset, exercise: str, lang: str, nothing: Any) -> None:
    said = check(data, exercise, nothing, lang=lang)
    assert said.verdict == "empty"
    assert said.text.endswith(hints(lang)[exercise]["empty"])


OTHERS: dict[str, Any] = {
    "number": -99, "year": 1850, "networks": ["ensa"], "actors": ["Malmö"], "row": {"low": 99}, "judgements": [0],
}  # fmt: skip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_third_wrong_answer_gets_a_hint_too(data: Dataset, exercise: str) -> None:
    kind = EXERCISES[exercise].kind
    said = {lang: check(data, exercise, OTHERS.get(kind, "magenta"), lang=lang) for lang in LANGUAGES}
    assert {feedback.verdict for feedback in said.values()} == {"unreadable" if kind == "choice" else "other"}
    assert len({feedback.text for feedback in said.values()}) == 2


@pytest.mark.parametrize("exercise", [name for name, task in EXERCISES.items() if task.kind == "choice"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_option_can_be_written_in_both_forms(data: Dataset, exercise: str, lang: str) -> None:
    for option, label in hints(lang)[exercise]["options"].items():
        verdicts = {check(data, exercise, form, lang=lang).verdict for form in (option, label, label.upper())}
        assert len(verdicts) == 1
        assert verdicts <= {"right", "other", *EXERCISES[exercise].wrong}


@settings(max_examples=60, deadline=None)
@given(
    answer=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=4), parts, max_size=2),
        max_leaves=4,
    ),
    exercise=st.sampled_from(sorted(EXERCISES)),
)
def test_no_answer_is_an_error(answer: Any, exercise: str) -> None:
    assert check(natverk.load(), exercise, answer, lang="en").text


@pytest.mark.parametrize("form", [14, 14.0, np.int64(14), "14", " 14 ", "14,0"])
def test_a_number_is_read_in_the_forms_it_comes_in(data: Dataset, form: Any) -> None:
    assert check(data, "regions_2018", form).verdict == "right"


@pytest.mark.parametrize("form", ["Botkyrka", "botkyrka kommun", "municipality:0127", "0127"])
def test_a_name_is_read_in_the_forms_it_comes_in(data: Dataset, form: str) -> None:
    gone = EXERCISES["ubc_gone"].answer(data) - {"municipality:0127"}
    assert check(data, "ubc_gone", [*gone, form]).verdict == "right"
    assert check(data, "ubc_gone", pd.Series([*gone, form])).verdict == "right"
    assert check(data, "ubc_gone", ", ".join([*gone, form])).verdict == "right"


def test_what_is_wrong_with_names_and_rows_is_named(data: Dataset) -> None:
    check_sv = checker(data, "sv")
    assert "Malmö" in check_sv("ubc_gone", ["Botkyrka", "Malmö"]).text
    assert "Menade du Botkyrka?" in check_sv("ubc_gone", ["Botkyrkaa"]).text
    row = EXERCISES["sern_row"].answer(data)
    assert "start_year" in check_sv("sern_row", row | {"start_year": 1999}).text
    assert check_sv("sern_row", row | {"status": "Medlem", "network": "SERN", "actor": "Vänersborg"}).verdict == "right"
    assert "colour" in check_sv("sern_row", row | {"colour": "red"}).text


@pytest.mark.parametrize("form", ["okänt", "Vet ej", "ej känt", "går inte att säga", "not stated", "cannot tell"])
def test_that_a_year_is_not_known_is_read_in_the_words_it_comes_in(data: Dataset, form: str) -> None:
    assert check(data, "halmstad_left", form).verdict == "right"


@pytest.mark.parametrize(("form", "said"), [("2017–2019", "ett intervall"), ("efter 2016", "som ett årtal")])
def test_words_for_a_year_are_not_called_wrong_numbers(data: Dataset, form: str, said: str) -> None:
    feedback = check(data, "halmstad_left", form)
    assert feedback.verdict == "unreadable"
    assert said in feedback.text
    assert 'med "okänt"' in feedback.text


def test_a_count_in_place_of_names_is_no_code(data: Dataset) -> None:
    assert check(data, "ubc_gone", 7).text == "”7” är ett tal. Skriv namnen."


def test_judgements_may_differ_by_a_step(data: Dataset) -> None:
    coded = EXERCISES["judgements"].answer(data)
    assert check(data, "judgements", [max(-2, value - 1) for value in coded]).verdict == "right"
    assert check(data, "judgements", [*coded[:-1], coded[-1] - 3]).verdict == "other"
    assert str(len(coded)) in check(data, "judgements", coded[:-1]).text


def test_a_corrected_row_corrects_the_exercise(data: Dataset) -> None:
    rows = data.memberships.copy()
    there = (rows["source_id"] == "seed-vanersborg-2024") & (rows["network_id"] == "icc")
    rows.loc[there & (rows["actor_id"] == "municipality:1487"), "start_year"] = 2020
    changed = Dataset(data.folder)
    changed._tables = {**data._tables, "memberships": rows}
    assert check(changed, "icc_since", 2020).verdict == "right"
    assert check(changed, "icc_since", "unknown").verdict != "right"


def test_a_wrong_exercise_or_language_is_refused(data: Dataset) -> None:
    with pytest.raises(UnknownName, match="no exercise 'pair'") as refused:
        check(data, "pair", 9)
    assert "nearest: 'pairs'" in str(refused.value)
    with pytest.raises(InvalidArgument, match="unknown language 'fi'"):
        check(data, "pairs", 9, lang="fi")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hints_and_exercises_name_each_other(lang: str) -> None:
    texts = hints(lang)
    assert set(texts) == {"general", "kinds", *EXERCISES}
    for name, task in EXERCISES.items():
        assert set(texts[name]) - FIXED == set(task.wrong)
        assert ("options" in texts[name]) == (task.kind == "choice")
        assert ("fields" in texts[name]) == (task.kind == "row")
    assert set(texts["general"]) == set(hints("sv")["general"])


def test_the_texts_to_judge_show_no_judgement(data: Dataset) -> None:
    shown = review_texts(data, "sv")
    assert len(shown) == len(EXERCISES["judgements"].answer(data))
    assert set(shown.columns) == {"item", "network", "criterion", "text"}
    assert shown["text"].tolist() != review_texts(data, "en")["text"].tolist()
