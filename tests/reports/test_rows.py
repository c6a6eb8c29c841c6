"""Staleness by row: no page that would differ counts as up to date, tried with the real notebooks and changed rows."""

from __future__ import annotations

import ast
import csv
import random
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter

import natverk
from natverk.data.answers import ask
from natverk.data.build import build, current_tables
from natverk.data.lookup import row_digests
from natverk.data.reads import Recorded, recorded, table_of
from natverk.errors import NatverkError
from natverk.reports.plan import PARAMETERS_TAG, read_notebook

ROOT = Path(__file__).resolve().parents[2]
#: Pages that show one thing each, and tables of which rows are changed.
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("municipality_profile", {"municipality": "1380"}),
    ("municipality_profile", {"municipality": "1283"}),
    ("municipality_profile", {"municipality": "2584"}),
    ("region_report", {"region": "13"}),
    ("region_report", {"region": "09"}),
    ("network_profile", {"network": "ubc"}),
    ("network_profile", {"network": "eurotowns"}),
    ("portfolio_review", {"actor": "municipality:1267"}),
    ("compare", {"a": "1380", "b": "1383"}),
)
TABLES = (*["memberships"] * 6, "functions", "projects", "evaluations", "twins", "purposes", "body_members")
SEEDS = [0, pytest.param(1, marks=pytest.mark.slow)]


@pytest.fixture(scope="module", autouse=True)
def _draw_nothing() -> Iterator[None]:
    before = mpl.get_backend()
    mpl.use("agg")
    yield
    mpl.use(before)


def page(name: str, parameters: dict[str, str]) -> tuple[list[str], Recorded]:
    """Run a notebook and return what it shows, and what it read."""
    shown: list[str] = []
    formatter = DisplayFormatter()  # type: ignore[no-untyped-call]

    def display(item: Any) -> None:
        data, _metadata = formatter.format(item)  # type: ignore[no-untyped-call]
        shown.append(repr(data))

    names: dict[str, Any] = {}
    patch = pytest.MonkeyPatch()
    patch.setattr("natverk.pages.page.display", display)
    with recorded() as found:
        for cell in read_notebook(ROOT / f"notebooks/{name}.ipynb")["cells"]:
            if cell["cell_type"] != "code":
                continue
            tree = ast.parse("".join(cell["source"]))
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), names)  # noqa: S102
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307
                if value is not None:
                    display(value)
            if PARAMETERS_TAG in cell["metadata"].get("tags", []):
                names |= parameters
    patch.undo()
    return shown, found


def is_fresh(found: Recorded, hashes: dict[str, str]) -> bool:
    """Say of a page what `State.reasons` says of its tables."""
    changed = [text for text, sha in found.tables.items() if hashes[table_of(text)] != sha]
    if any(text in found.whole for text in changed):
        return False
    # Whether its tables are those of the raw facts is looked at with each load.
    load = cache(natverk.load)
    for table, rows in found.rows.items():
        now = row_digests(load(), table)
        if any(now.get(key, "") != digest for key, digest in rows.items()):
            return False
    return not changed or all(ask(question, load) == digest for question, digest in found.answers.items())


@cache
def made_before() -> list[tuple[list[str], Recorded]]:
    return [page(*each) for each in PAGES]


def change_a_row(raw: Path, seed: int) -> str:
    """Change something in one row of a table: a cell that another row of the table has, or the whole row is gone."""
    draw = random.Random(seed)
    table = draw.choice(TABLES)
    with (raw / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    row = draw.randrange(len(rows))
    columns = [n for n, name in enumerate(header) if name not in ("row_id", "source_id", "derived")]
    column = draw.choice(columns)
    if draw.random() < 0.3:
        gone = rows.pop(row)
        what = f"{table} {gone[0]} is gone"
    else:
        other = draw.choice([cells[column] for cells in rows])
        what = f"{table} {rows[row][0]}: {header[column]} {rows[row][column]!r} → {other!r}"
        rows[row][column] = other
    with (raw / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return what


@pytest.mark.parametrize("seed", SEEDS)
def test_no_page_that_would_differ_counts_as_up_to_date(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NATVERK_DATA", raising=False)
    before = made_before()
    raw, attempt = tmp_path / "raw", 0
    while True:
        shutil.rmtree(raw, ignore_errors=True)
        shutil.copytree(ROOT / "data/raw", raw)
        what = change_a_row(raw, 1000 * seed + attempt)
        attempt += 1
        try:
            written = build(raw, tmp_path / "processed")
        except NatverkError:
            continue
        assert written.written
        break
    monkeypatch.setenv("NATVERK_DATA", str(tmp_path))
    hashes = current_tables().hashes
    fresh = [is_fresh(found, hashes) for _shown, found in before]
    after = [page(*each)[0] for each in PAGES]
    differ = [shown != now for (shown, _found), now in zip(before, after, strict=True)]
    wrong = [each for each, is_up, other in zip(PAGES, fresh, differ, strict=True) if is_up and other]
    assert wrong == [], what


def test_a_membership_makes_those_pages_due_that_can_show_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NATVERK_DATA", raising=False)
    before = made_before()
    shutil.copytree(ROOT / "data/raw", tmp_path / "raw")
    path = tmp_path / "raw/memberships.csv"
    row = "mem-99999,municipality:1380,,ubc,member,member,,,,,2019,stated,,no,,halmstad-ubc,a test,\n"
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    # With a source of its own, read on the last day on which any was.
    path, day = tmp_path / "raw/sources.csv", natverk.load().vintage
    row = f"halmstad-ubc,Nätverk,Halmstad,https://halmstad.se/n,,,,{day},sv,web_page,web,not stated,not_stated,\n"
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    build(tmp_path / "raw", tmp_path / "processed")
    monkeypatch.setenv("NATVERK_DATA", str(tmp_path))
    hashes = current_tables().hashes
    due = [
        f"{name}/{'--'.join(parameters.values())}"
        for (name, parameters), (_shown, found) in zip(PAGES, before, strict=True)
        if not is_fresh(found, hashes)
    ]
    assert due == [
        "municipality_profile/1380", "municipality_profile/1283", "region_report/13", "network_profile/ubc",
        "compare/1380--1383",
    ]  # fmt: skip
    assert natverk.load().folder == tmp_path / "processed"
