"""The manifest while pages are put into place: whole whatever happens, and small steps that do not grow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from natverk.errors import DataError, NatverkError
from natverk.reports import files
from natverk.reports.record import (
    MANIFEST_FILE,
    Entry,
    Records,
    notebook_hash,
    read_manifest,
    update_manifest,
    versions,
)


def entry(page_id: str, **fields: Any) -> Entry:
    lang, report, unit = page_id.split("/")
    base = {
        "id": page_id, "report": report, "unit": unit, "unit_name": "Å", "lang": lang, "title": "T", "parameters": {},
        "outcome": "ok", "started": "2026-01-01T00:00:00+00:00", "duration": 1.0, "notebook_sha256": "n",
    }  # fmt: skip
    return Entry(**{**base, **fields})


def test_records_are_added_as_lines_and_ordered_at_the_end(tmp_path: Path) -> None:
    records = Records(tmp_path)
    for unit, outcome in (("2", "ok"), ("1", "ok"), ("2", "failed")):
        records.put([entry(f"sv/r/{unit}", outcome=outcome)])
        # Another process that is killed here loses nothing.
        assert read_manifest(tmp_path) == records.entries
    lines = (tmp_path / MANIFEST_FILE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    records.close()
    assert list(read_manifest(tmp_path)) == ["sv/r/1", "sv/r/2"]
    assert read_manifest(tmp_path)["sv/r/2"].outcome == "failed"
    assert len((tmp_path / MANIFEST_FILE).read_text(encoding="utf-8").splitlines()) == 2


def test_all_fields_come_back_as_they_were(tmp_path: Path) -> None:
    full = entry(
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
    update_manifest(tmp_path, [entry("sv/r/1")])
    with (tmp_path / MANIFEST_FILE).open("ab") as file:
        file.write(rest)
    records = Records(tmp_path)
    assert set(records.entries) == {"sv/r/1"}
    records.put([entry("sv/r/3")])
    assert set(read_manifest(tmp_path)) == {"sv/r/1", "sv/r/3"}
    assert len((tmp_path / MANIFEST_FILE).read_bytes().splitlines()) == 2


def test_a_bad_line_within_is_an_error_that_names_it(tmp_path: Path) -> None:
    update_manifest(tmp_path, [entry("sv/r/1")])
    with (tmp_path / MANIFEST_FILE).open("ab") as file:
        file.write(b"{\n")
    with pytest.raises(DataError, match=f"line 2 of {MANIFEST_FILE}"):
        Records(tmp_path)


def test_a_full_disk_leaves_the_manifest_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(tmp_path)
    records.put([entry("sv/r/1")])
    before = (tmp_path / MANIFEST_FILE).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NatverkError, match=r"cannot write manifest\.jsonl: No space left on device"):
        records.put([entry("sv/r/2")])
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
