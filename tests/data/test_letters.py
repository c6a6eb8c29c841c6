"""Bytes that people's editors and shells give are read where they can mean one text only, and refused otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

import natverk
from natverk import coding
from natverk.data.build import build
from natverk.data.corrections import read_corrections
from natverk.data.export import export
from natverk.data.letters import meant, text_of
from natverk.data.spreadsheets import read_table, write_table
from natverk.data.template import write_templates
from natverk.errors import DataError, InvalidArgument
from natverk.reports.plan import read_parameters, read_project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_the_encoding_of_each_file_that_people_edit(tmp_path: Path, encoding: str) -> None:
    def saved(path: Path) -> Path:
        copy = tmp_path / path.name
        copy.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
        return copy

    notebooks = ROOT / "notebooks"
    raw = ROOT / "data" / "raw"
    assert (
        read_project(saved(ROOT / "reports.toml"), notebooks).reports
        == read_project(ROOT / "reports.toml", notebooks).reports
    )
    assert read_parameters(saved(notebooks / "compare.ipynb")) == read_parameters(notebooks / "compare.ipynb")
    assert read_corrections(saved(raw / "corrections.toml").parent) == read_corrections(raw)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('# Västra\na = "ö"\n'.encode("latin-1"), "the byte 0xe4 of reports.toml is not UTF-8"),
        ('a = 1\nb = "ö"\n'.encode("mac_roman"), "line 2"),
        ("a = 1\n".encode("utf-16-le"), "it is UTF-16, or no text"),
        (b"\xff\xfea\x00\x00", "is not UTF-16"),
    ],
)
def test_other_bytes_are_refused_with_the_place_and_the_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "reports.toml"
    path.write_bytes(content)
    for read in (text_of, lambda path: read_project(path, ROOT / "notebooks")):
        with pytest.raises(DataError) as refused:
            read(path)
        assert told in str(refused.value)
        assert str(path) in str(refused.value)
        assert "next: save the file as UTF-8" in str(refused.value)


def test_what_a_locale_did_not_understand_is_read_as_it_was_meant() -> None:
    assert meant("Västra Götaland") == "Västra Götaland"
    assert meant(os.fsdecode("Västra Götaland".encode("latin-1"))) == "Västra Götaland"
    assert meant("Va\u0308stra") == "Va\u0308stra"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_a_name_with_several_readings_is_refused_with_all_of_them(encoding: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        meant(os.fsdecode("Västerås".encode(encoding)))
    assert f"'Västerås' ({encoding})" in str(refused.value)
    assert "next: write it without accents" in str(refused.value)


def test_the_home_folder_may_be_written_as_a_tilde_wherever_a_path_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    sheet = pd.DataFrame({"coder": ["Anna"], "item": ["0180"], "tone": ["1"]})
    assert write_table(sheet, "~/sheets.csv") == tmp_path / "sheets.csv"
    assert read_table("~/sheets.csv").equals(coding.read("~/sheets.csv"))
    assert export(natverk.load(), "~/tables", tables="counties").folder == tmp_path / "tables"
    write_templates(["memberships"], Path("~/mine"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "sheets.csv", "tables"]
    monkeypatch.setenv("NATVERK_DATA", "~no-such-person/data")
    for given in (natverk.load, lambda: read_table("~no-such-person/sheets.csv")):
        with pytest.raises(InvalidArgument, match="means no home folder"):
            given()


@pytest.mark.skipif(os.name == "nt", reason="names of files are bytes on POSIX only")
def test_tables_are_built_in_a_folder_whose_name_the_locale_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("Västra".encode("latin-1"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    assert build(ROOT / "data" / "raw", folder / "tables").written
    assert (folder / "tables" / "counties.parquet").is_file()
