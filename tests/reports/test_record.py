"""What was run on what: the manifest, and each thing that a page is made from, which makes it due when it changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import natverk
from natverk.errors import DataError, InvalidArgument, NatverkError
from natverk.reports import files
from natverk.reports.plan import Page
from natverk.reports.record import (
    MANIFEST_FILE,
    Entry,
    Records,
    State,
    notebook_hash,
    package_hash,
    read_manifest,
    text_hash,
    texts_hash,
    update_manifest,
    versions,
)
from natverk.reports.run import due


def recorded(page_id: str, **fields: Any) -> Entry:
    lang, report, unit = page_id.split("/")
    base = {
        "id": page_id, "report": report, "unit": unit, "unit_name": "Å", "lang": lang, "title": "T", "parameters": {},
        "outcome": "ok", "started": "2026-01-01T00:00:00+00:00", "duration": 1.0, "notebook_sha256": "n",
    }  # fmt: skip
    return Entry(**{**base, **fields})


def test_records_are_added_as_lines_and_ordered_at_the_end(tmp_path: Path) -> None:
    records = Records(tmp_path)
    for unit, outcome in (("2", "ok"), ("1", "ok"), ("2", "failed")):
        records.put([recorded(f"sv/r/{unit}", outcome=outcome)])
        # Another process that is killed here loses nothing.
        assert read_manifest(tmp_path) == records.entries
    lines = (tmp_path / MANIFEST_FILE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    records.close()
    assert list(read_manifest(tmp_path)) == ["sv/r/1", "sv/r/2"]
    assert read_manifest(tmp_path)["sv/r/2"].outcome == "failed"
    assert len((tmp_path / MANIFEST_FILE).read_text(encoding="utf-8").splitlines()) == 2


def test_all_fields_come_back_as_they_were(tmp_path: Path) -> None:
    full = recorded(
        "sv/r/1", warnings=("w",), files=("sv/r/x.csv",), sources=("a", "b"), reads={"twins": "t"}, kind="pair",
        fingerprint="f", package_sha256="p", texts_sha256="t", ipynb_sha256="i", engine="natverk",
        files_sha256={"sv/r/x.csv": "c"}, failed_parameters={"a": 1}, failed_fingerprint="g",
    )  # fmt: skip
    update_manifest(tmp_path, [full])
    assert read_manifest(tmp_path) == {"sv/r/1": full}


@pytest.mark.parametrize(
    "change",
    [
        {"source": ["x = ", "2"]},
        {"cell_type": "raw"},
        {"metadata": {"tags": ["lab-only"]}},
        {"attachments": {"a.png": {"image/png": "aaaa"}}},
    ],
)
def test_all_of_a_cell_that_shows_in_a_page_counts(change: dict[str, Any]) -> None:
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {"tags": ["parameters"]}}
    before = notebook_hash({"cells": [cell]})
    assert notebook_hash({"cells": [{**cell, "outputs": [1], "metadata": {"tags": ["parameters"], "x": 1}}]}) == before
    assert notebook_hash({"cells": [{**cell, **change}]}) != before


@pytest.mark.parametrize("rest", [b'{"id": "sv/r/2", "rep', b'{"title": "\xc3', b"{"])
def test_half_a_line_at_the_end_is_passed_over_and_goes(tmp_path: Path, rest: bytes) -> None:
    update_manifest(tmp_path, [recorded("sv/r/1")])
    with (tmp_path / MANIFEST_FILE).open("ab") as file:
        file.write(rest)
    records = Records(tmp_path)
    assert set(records.entries) == {"sv/r/1"}
    records.put([recorded("sv/r/3")])
    assert set(read_manifest(tmp_path)) == {"sv/r/1", "sv/r/3"}
    assert len((tmp_path / MANIFEST_FILE).read_bytes().splitlines()) == 2


def test_a_bad_line_within_is_an_error_that_names_it(tmp_path: Path) -> None:
    update_manifest(tmp_path, [recorded("sv/r/1")])
    with (tmp_path / MANIFEST_FILE).open("ab") as file:
        file.write(b"{\n")
    with pytest.raises(DataError, match=f"line 2 of {MANIFEST_FILE}"):
        Records(tmp_path)


def test_a_full_disk_leaves_the_manifest_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(tmp_path)
    records.put([recorded("sv/r/1")])
    before = (tmp_path / MANIFEST_FILE).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NatverkError, match=r"cannot write manifest\.jsonl: No space left on device"):
        records.put([recorded("sv/r/2")])
    assert (tmp_path / MANIFEST_FILE).read_bytes() == before


def test_whole_lines_are_found_in_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a" * 100_000 + b"\n" + b"b" * 150_000)
    files.append_lines(path, ["c"])
    assert path.read_bytes() == b"a" * 100_000 + b"\nc\n"
    path.write_bytes(b"b" * 150_000)
    files.append_lines(path, ["c"])
    assert path.read_bytes() == b"c\n"
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_all_that_renders_a_page_counts_with_its_version() -> None:
    # Markdown, highlighted code, templates, clean-up of the HTML, pictures, maps: each can change a page.
    makers = {"mistune", "pygments", "jinja2", "markupsafe", "nbconvert", "beautifulsoup4", "pillow", "shapely"}
    assert makers | {"ipykernel", "matplotlib-inline", "nbformat"} <= set(versions())


PACKAGE = Path(natverk.__file__).resolve().parent
READS = {"memberships (as_of=2015, undated_sources=drop)": "m1", "sources": "s1"}
TABLES = {"memberships": "m1", "sources": "s1", "twins": "t1"}


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page whose files are there as they were written."""
    parameters = {"region": "14", "year_from": 1997, "lang": "sv"}
    made = Page(
        id="sv/r/14", report="r", notebook=tmp_path / "r.ipynb", unit="14", unit_name="VG", lang="sv", title="T",
        parameters=parameters, out=tmp_path,
    )  # fmt: skip
    made.html.parent.mkdir(parents=True)
    made.html.write_text("<p>å</p>", encoding="utf-8")
    made.ipynb.write_text("{}", encoding="utf-8")
    (tmp_path / "sv/r/data").mkdir()
    (tmp_path / "sv/r/data/1.csv").write_text("a\n", encoding="utf-8")
    return made


@pytest.fixture
def state(page: Page) -> State:
    return State("p1", {"sv": "l1", "en": "l2"}, {"python": "3.11", "pandas": "3.0"}, TABLES, {page.notebook: "n1"})


@pytest.fixture
def entry(page: Page, state: State) -> Entry:
    """The record of that page, as a run on that state leaves it."""
    return Entry(
        id=page.id, report="r", unit="14", unit_name="VG", lang="sv", title="T", parameters=dict(page.parameters),
        outcome="ok", started="2026-01-01T00:00:00+00:00", duration=1.0, notebook_sha256="n1",
        html_sha256=text_hash("<p>å</p>"), ipynb_sha256=text_hash("{}"), versions=dict(state.versions),
        files=("sv/r/data/1.csv",), files_sha256={"sv/r/data/1.csv": text_hash("a\n")},
        fingerprint=state.fingerprint(page, READS), package_sha256="p1",
        texts_sha256="l1", reads=READS,
    )  # fmt: skip


def test_nothing_changed_is_nothing_to_do(page: Page, state: State, entry: Entry) -> None:
    assert state.reasons(page, entry) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"package": "p2"}, "the source of natverk has changed"),
        ({"texts": {"sv": "l9", "en": "l2"}}, "the texts in sv have changed"),
        ({"versions": {"python": "3.12", "pandas": "3.0"}}, "python is 3.12, it was 3.11"),
        ({"versions": {"python": "3.11"}}, "pandas is not installed, it was 3.0"),
        (
            {"tables": {**TABLES, "memberships": "m2"}},
            "it reads the whole table memberships, which has changed",
        ),
        ({"tables": {"twins": "t1"}}, "it reads the whole tables memberships, sources, which have changed"),
        ({"notebooks": {}}, "the notebook r.ipynb has changed"),
    ],
)
def test_what_a_page_is_made_from_makes_it_due(
    page: Page, state: State, entry: Entry, change: dict[str, Any], reason: str
) -> None:
    assert state.fingerprint(page, READS) == entry.fingerprint
    assert replace(state, **change).reasons(page, entry) == [reason]


# What it asked of measures, and what it read as a whole table.
BY_ROW = {"whole": ("sources",), "answers": {"natverk.m:documented ({}, ('municipality:1380',), {})": "d1"}}
OTHER_ROW = {"tables": {**TABLES, "memberships": "m2"}}


def test_a_page_whose_answers_are_the_same_is_not_due(
    page: Page, state: State, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("natverk.data.answers.ask", lambda question, _loaded: asked.append(question) or "d1")
    by_row = replace(entry, **BY_ROW)
    assert state.reasons(page, by_row) == []
    assert asked == []
    now = replace(state, **OTHER_ROW)
    assert now.reasons(page, by_row) == now.reasons(page, by_row) == []
    assert len(asked) == 1
    # It is on record then, and not asked again.
    confirmed = now.confirmed(page, by_row)
    assert replace(state, **OTHER_ROW).reasons(page, confirmed) == []
    assert len(asked) == 1
    assert confirmed.reads == {**READS, "memberships (as_of=2015, undated_sources=drop)": "m2"}


def test_a_page_that_gets_another_answer_is_due(
    page: Page, state: State, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in ("d2", None):
        monkeypatch.setattr("natverk.data.answers.ask", lambda _question, _loaded, answer=answer: answer)
        now = replace(state, **OTHER_ROW)
        assert now.reasons(page, replace(entry, **BY_ROW)) == ["documented would give another result"]


def test_a_page_that_shows_a_changed_row_is_due_and_says_of_which_table(
    page: Page, state: State, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(State, "_digests_of", lambda _state, _table: {"ubc": "d1", "sern": "d2"})
    now = replace(state, **OTHER_ROW)
    for rows, is_due in (({"ubc": "d1"}, False), ({"ubc": "d9"}, True), ({"gone": "d1"}, True), ({"never": ""}, False)):
        shows = replace(entry, rows={"memberships": rows, "twins": {"x": "y"}})
        assert state.reasons(page, shows) == []
        assert now.reasons(page, shows) == (["it shows rows of memberships that have changed"] if is_due else []), rows


def test_what_a_page_read_as_a_whole_table_counts_as_one(page: Page, state: State, entry: Entry) -> None:
    now = replace(state, tables={**TABLES, "sources": "s2"})
    assert now.reasons(page, replace(entry, **BY_ROW)) == ["it reads the whole table sources, which has changed"]


def test_what_makes_documents_counts_for_pages_that_have_some(page: Page, state: State, entry: Entry) -> None:
    newer = replace(state, makers={"pypandoc-binary": "1.16"})
    assert newer.reasons(page, entry) == []
    printed = replace(entry, versions={**entry.versions, "pypandoc-binary": "1.15"})
    assert newer.reasons(page, printed) == ["pypandoc-binary is 1.16, it was 1.15"]
    assert replace(state, makers={"pypandoc-binary": "1.15"}).reasons(page, printed) == []
    # Not installed here: nothing could be made anew.
    assert state.reasons(page, printed) == []


@pytest.mark.parametrize(
    "change",
    [
        {"texts": {"sv": "l1", "en": "l9"}},
        {"tables": {**TABLES, "twins": "t2"}},
        {"tables": {**TABLES, "new": "x"}},
        {"data": "all tables together"},
    ],
)
def test_what_it_is_not_made_from_does_not(page: Page, state: State, entry: Entry, change: dict[str, Any]) -> None:
    assert replace(state, **change).reasons(page, entry) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"year_from": 2005}, "the parameter year_from is 2005, it was 1997"),
        ({"year_from": 1997.0}, "the parameter year_from is 1997.0, it was 1997"),
        ({"code": "0180"}, "the parameter code is '0180', it was None"),
    ],
)
def test_parameters_make_it_due(page: Page, state: State, entry: Entry, change: dict[str, Any], reason: str) -> None:
    other = replace(page, parameters={**page.parameters, **change})
    assert state.reasons(other, entry) == [reason]


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda page: page.html.unlink(), "14.html is missing"),
        (lambda page: page.ipynb.unlink(), "14.ipynb is missing"),
        (lambda page: (page.out / "sv/r/data/1.csv").unlink(), "sv/r/data/1.csv is missing"),
        (lambda page: page.html.write_text("<p>"), "14.html is not what was written"),
        (lambda page: page.ipynb.write_text(""), "14.ipynb is not what was written"),
        (lambda page: (page.out / "sv/r/data/1.csv").write_text("b\n"), "1.csv is not what was written"),
    ],
)
def test_files_that_are_gone_or_damaged_make_it_due(
    page: Page, state: State, entry: Entry, harm: Callable[[Page], object], reason: str
) -> None:
    harm(page)
    assert state.reasons(page, entry) == [reason]


def test_pages_without_a_good_record_are_due(page: Page, state: State, entry: Entry) -> None:
    assert state.reasons(page, None) == ["it has not been made yet"]
    assert state.reasons(page, replace(entry, outcome="failed")) == ["the last run failed"]
    assert "kept no fingerprints" in state.reasons(page, replace(entry, fingerprint=None))[0]
    assert "does not fit" in state.reasons(page, replace(entry, fingerprint="0"))[0]


def test_due_divides_and_limits(page: Page, state: State, entry: Entry) -> None:
    update_manifest(page.out, [entry])
    others = [replace(page, id=f"sv/r/{unit}", unit=unit) for unit in ("15", "16", "17")]
    found = due([page, *others], state, limit=2)
    assert ([p.unit for p in found.pages], list(found.fresh), [p.unit for p in found.later]) == (
        ["15", "16"], [page], ["17"],
    )  # fmt: skip
    assert set(found.reasons) == {"sv/r/15", "sv/r/16", "sv/r/17"}
    forced = due([page], state, force=True)
    assert list(forced.pages) == [page]
    assert "--force" in forced.reasons[page.id]
    with pytest.raises(InvalidArgument, match="1 or more"):
        due([page], state, limit=0)
    assert due([], state).pages == ()


def test_a_limit_does_not_starve_behind_pages_that_fail_each_time(page: Page, state: State, entry: Entry) -> None:
    pages = [replace(page, id=f"sv/r/{unit}", unit=unit) for unit in ("15", "16", "17")]
    failed = [
        replace(entry, id=one.id, outcome="failed", failed_fingerprint=state.fingerprint(one, state.tables))
        for one in pages[:2]
    ]
    update_manifest(page.out, failed)
    assert [one.unit for one in due(pages, state, limit=1).pages] == ["17"]
    assert [one.unit for one in due(pages, state).pages] == ["15", "16", "17"]
    # What has changed may have mended them.
    now = replace(state, package="p2")
    assert [one.unit for one in due(pages, now, limit=1).pages] == ["15"]


# --- The hash of the package ------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package without what a run of it leaves behind."""
    copy = tmp_path / "natverk"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "_data", "_notebooks"))
    return copy


def test_the_package_is_the_same_wherever_it_is(package: Path) -> None:
    assert package_hash(package) == package_hash(PACKAGE)


@pytest.mark.parametrize("name", ["membership/panel.py", "reports/templates/style.css", "new.py", "locale/__init__.py"])
def test_every_source_counts(package: Path, name: str) -> None:
    before = package_hash(package)
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert package_hash(package) != before


@pytest.mark.parametrize(
    "name",
    [
        "__pycache__/x.py",
        "membership/x.pyc",
        "_data/raw/x.csv",
        "membership/.x.py.swp",
        "locale/sv/site.toml",
        "seminar/sheets.py",
    ],
)
def test_what_is_no_source_does_not_count(package: Path, name: str) -> None:
    before = package_hash(package)
    (package / name).parent.mkdir(parents=True, exist_ok=True)
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n# x\n")
    assert package_hash(package) == before


def test_texts_count_by_language_but_for_what_pages_share(package: Path) -> None:
    before = {lang: texts_hash(package / "locale", lang) for lang in ("sv", "en")}
    with (package / "locale/en/page.toml").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert texts_hash(package / "locale", "sv") == before["sv"]
    assert texts_hash(package / "locale", "en") != before["en"]
    with (package / "locale/en/site.toml").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert texts_hash(package / "locale", "sv") != before["sv"]
