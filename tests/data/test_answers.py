"""What a page asked of measures: which questions are noted, when an answer is another one, and that it can be asked."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import natverk
from natverk.data.answers import ask, asked, digest_of, rows_where
from natverk.data.changes import Change, cells_of, changes
from natverk.data.load import Dataset, kept
from natverk.data.reads import recorded
from natverk.data.spreadsheets import csv_text
from natverk.errors import NatverkError

ROOT = Path(__file__).resolve().parents[2]


@asked
def n_rows(data: Dataset, name: str = "memberships") -> int:
    return len(data.table(name))


@asked
def n_both(data: Dataset) -> int:
    return n_rows(data) + n_rows(data, "networks")


@kept
def half(data: Dataset) -> float:
    return n_rows(data, "twins") / 2


@asked
def n_of(data: Dataset, frame: pd.DataFrame) -> int:
    return len(frame) + n_rows(data) + len(data.twins)


@asked
def something(data: Dataset) -> object:
    return object() if len(data.twins) else None


@asked
def refused(data: Dataset) -> int:
    raise NatverkError(f"{len(data.twins)} are too few")


def name_of(question: str) -> str:
    return question.partition(" ")[0].partition(":")[2]


def test_an_answer_is_noted_instead_of_the_tables_behind_it() -> None:
    data = natverk.load()
    with recorded() as found:
        assert n_both(data) > 0
        assert len(data.twins) > 0
    assert [name_of(question) for question in found.answers] == ["n_both"]
    assert set(found.tables) == {"memberships", "networks", "twins"}
    assert found.whole == ("twins",)


@pytest.mark.parametrize("ask_first", [False, True])
def test_what_is_kept_asks_nothing_for_the_page(ask_first: bool) -> None:
    data = natverk.load()
    if ask_first:
        half(data)
    with recorded() as found:
        half(data)
    assert found.answers == {}
    assert found.whole == ("twins",)


def test_with_a_frame_it_is_as_if_the_measure_were_not_asked() -> None:
    data = natverk.load()
    with recorded() as found:
        n_of(data, data.networks)
    assert [name_of(question) for question in found.answers] == ["n_rows"]
    assert set(found.whole) == {"networks", "twins"}


@pytest.mark.parametrize("measure", [something, refused])
def test_what_cannot_be_compared_counts_as_whole_tables(measure: Any) -> None:
    with recorded() as found, contextlib.suppress(NatverkError):
        measure(natverk.load())
    assert found.answers == {}
    assert found.whole == ("twins",)


def test_other_data_than_those_that_load_gives_have_no_questions(tmp_path: Path) -> None:
    folder = natverk.load().folder
    elsewhere = tmp_path / "processed"
    elsewhere.symlink_to(folder)
    with recorded() as found:
        n_rows(Dataset(elsewhere))
    assert found.answers == {}
    assert found.whole == ("memberships",)


def test_a_question_is_asked_again_as_it_was_asked() -> None:
    data, early = natverk.load(), natverk.load(as_of="2015", without_noncommercial=True)
    actors = data.municipalities["actor_id"].head(3)
    with recorded() as found:
        natverk.documented(data, actors, years=(np.int64(2000), 2020))
        natverk.documented(early, list(actors), years=(2000, 2014))
        natverk.peers.by_structure(data, "1487", year=2020, n=3, weights={"population": 0.5, "location": 0.5})
        rows_where(data, "twins", actor_id="municipality:1487")
    assert len(found.answers) == 4
    assert {question: ask(question, natverk.load) for question in found.answers} == found.answers


FRAME = pd.DataFrame({"a": ["x", None], "n": pd.array([1, None], dtype="Int64"), "x": [0.5, np.nan]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FRAME, FRAME.iloc[::-1].reset_index(drop=True)),
        (FRAME, FRAME.rename(columns={"a": "b"})),
        (FRAME, FRAME.set_index("a")),
        (FRAME, FRAME.astype({"n": "Float64"})),
        (FRAME, FRAME.assign(x=[0.5, 0.0])),
        (FRAME, FRAME.assign(a=["x", ""])),
        (FRAME["x"], FRAME["x"].rename("y")),
        ([1, 2], [2, 1]),
        ([1, 2], (1, 2)),
        (["ab"], ["a", "b"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (1, True),
        (1, 1.0),
        (np.array([1, 2]), np.array([[1], [2]])),
    ],
)
def test_what_shows_differently_has_another_digest(one: object, other: object) -> None:
    assert digest_of(one) is not None
    assert digest_of(one) != digest_of(other)


def test_what_is_the_same_has_the_same_digest() -> None:
    again = pd.DataFrame(
        {"a": ["x", None, "z"], "n": pd.array([1, None, 3], dtype="Int64"), "x": [0.5, np.nan, 1]}
    ).iloc[:2]
    assert digest_of(FRAME) == digest_of(again)
    assert digest_of({"b", "a"}) == digest_of({"a", "b"})
    assert digest_of([object()]) is None


def test_sets_within_sets_have_the_same_digest_in_every_process() -> None:
    code = (
        "from itertools import combinations\nfrom natverk.data.answers import digest_of\n"
        "print(digest_of(frozenset(map(frozenset, combinations(['municipal', 'joint', 'regional', 'state'], 2)))))"
    )
    told = set()
    for seed in "123":
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        told.add(done.stdout)
    assert len(told) == 1


#: Measures that give a function, which cannot be compared.
GIVES_A_FUNCTION = ("shared_networks",)


def test_every_measure_of_the_data_is_asked() -> None:
    parts = (
        "strategies", "coding", "membership", "peers", "portfolio", "networks", "twomode", "roles", "benchmarks",
        "models", "comparison",
    )  # fmt: skip
    paths = [*(ROOT / "natverk").glob("*.py"), *(ROOT / "natverk").glob("*/*.py")]
    missing = [
        f"{path.stem}.{node.name}"
        for path in paths
        if (path.stem in parts and path.parent.name != "pages") or path.parent.name in parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in GIVES_A_FUNCTION
        if (node.args.posonlyargs + node.args.args)[:1] and (node.args.posonlyargs + node.args.args)[0].arg == "data"
        if not any(isinstance(item, ast.Name) and item.id == "asked" for item in node.decorator_list)
    ]
    assert missing == []


def test_rows_that_are_new_gone_and_others(tmp_path: Path) -> None:
    now = natverk.load().twins
    before = now.iloc[1:].reset_index(drop=True).copy()
    before.loc[0, "source_id"] = "another"
    before = pd.concat([before, now.head(1).assign(row_id="twi-99999")], ignore_index=True)
    path = tmp_path / "twins.csv"
    path.write_text(csv_text(cells_of(before)), encoding="utf-8")
    first, second = now["row_id"].head(2)
    found = changes(path, "twins", now)
    assert [(change.row, change.what) for change in found] == [
        (first, "is new"),
        (second, f"has another source_id: {now.loc[1, 'source_id']!r}, it was 'another'"),
        ("twi-99999", "is gone"),
    ]
    assert str(found[0]) == f"twins {first} ({now.loc[0, 'actor_id']}) is new"
    assert changes(path, "twins", before.sort_values("row_id")) == []
    assert isinstance(found[0], Change)
