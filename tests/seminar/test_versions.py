"""Versions: students get no answer, teachers no blank, slides ask nothing of the net, and own sheets stay."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import natverk
from natverk.errors import MissingFile, NatverkError
from natverk.seminar import versions
from natverk.seminar.versions import make_versions, student_version, teacher_version

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks" / "seminar"
MASTERS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.name)
def test_a_student_version_holds_no_answer(path: Path) -> None:
    master = nbformat.read(path, as_version=4)
    kept = student_version(master)
    hidden = [cell.source for cell in master.cells if {"answer", "teacher"} & set(cell.metadata.get("tags", []))]
    assert hidden
    assert not {cell.source for cell in kept.cells} & set(hidden)
    assert not any(cell.get("outputs") for cell in kept.cells)
    assert len(kept.cells) + len(hidden) == len(master.cells)
    assert "EXERCISES" not in "".join(cell.source for cell in kept.cells)


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.name)
def test_a_teacher_version_holds_answers_and_no_blank(path: Path) -> None:
    kept = teacher_version(nbformat.read(path, as_version=4), run=False)
    sources = [cell.source for cell in kept.cells if cell.cell_type == "code"]
    assert not [source for source in sources if re.search(r"= \.\.\.|\[\.\.\.|: \.\.\.", source)]
    assert any("**Fallgrop" in cell.source or "**Pitfall" in cell.source for cell in kept.cells)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the first session in English for real, and put it where nothing else is."""
    source, out = tmp_path_factory.mktemp("masters"), tmp_path_factory.mktemp("made")
    for name in ("1_reading.en.ipynb", "manual.en.md", "texts.en.md"):
        shutil.copy(FOLDER / name, source / name)
    make_versions(source, out, natverk.load(), lang="en")
    return out / "en"


def test_what_is_made(made: Path) -> None:
    found = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    assert found == [
        "slides/1_reading.html", "student/1_reading.ipynb", "student/manual.md", "student/sheets/01-a.csv",
        "student/sheets/02-b.csv", "student/texts.md", "teacher/1_reading.ipynb", "teacher/key.csv",
        "teacher/manual.md", "teacher/texts.md",
    ]  # fmt: skip


def test_a_teacher_version_is_run(made: Path) -> None:
    notebook = nbformat.read(made / "teacher" / "1_reading.ipynb", as_version=4)
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert last.outputs[0].data["text/plain"] == str(["right"] * 5)


def test_slides_stand_alone(made: Path) -> None:
    html = (made / "slides" / "1_reading.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in html
    assert "<title>Session 1: Reading a municipality's network page</title>" in html.replace("&#39;", "'")
    page = BeautifulSoup(html, "html.parser")
    asked = [tag.get(name) for tag in page.find_all(True) for name in ("src", "href", "srcset") if tag.get(name)]
    assert [address for address in asked if not address.startswith(("#", "data:"))] == []
    styles = "".join(tag.text for tag in page.find_all("style"))
    assert re.findall(r"url\((?!['\"]?data:)[^)]*\)|@import", styles) == []
    assert html.count("<section") >= 10
    (image,) = page.find_all("img")
    assert str(image["alt"]).startswith("Memberships along the years")
    assert "Pitfall" not in html
    assert "Run sheet" not in html
    assert "natverk.load()" not in html


def test_sheets_that_are_there_stay(made: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "masters", tmp_path / "out"
    source.mkdir()
    for name in ("1_reading.en.ipynb", "manual.en.md", "texts.en.md"):
        shutil.copy(FOLDER / name, source / name)
    shutil.copytree(made / "student" / "sheets", out / "en" / "student" / "sheets")
    sheet = out / "en" / "student" / "sheets" / "01-a.csv"
    sheet.write_text("coded", encoding="utf-8")
    make_versions(source, out, natverk.load(), lang="en", run=False)
    assert sheet.read_text(encoding="utf-8") == "coded"
    make_versions(source, out, natverk.load(), lang="en", run=False)


def test_the_command_makes_a_language(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "natverk.cli", "seminar", str(tmp_path), "--lang", "sv", "--no-run"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    # A second time nothing is written over, unless it is asked for.
    twice = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert twice.returncode == 2
    assert "may have been changed since" in twice.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sv"]
    for role, ending in (("student", "ipynb"), ("teacher", "ipynb"), ("slides", "html")):
        assert len(list((tmp_path / "sv" / role).glob(f"*.{ending}"))) == 4
    assert f"files in {tmp_path}" in done.stdout


def test_a_folder_without_masters_and_a_missing_package_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingFile, match="no master of the seminar in 'sv'"):
        make_versions(tmp_path, tmp_path / "out", natverk.load())
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(versions, "find_spec", lambda name: None)
    with pytest.raises(NatverkError, match="without nbconvert"):
        make_versions(FOLDER, tmp_path / "out", natverk.load())
