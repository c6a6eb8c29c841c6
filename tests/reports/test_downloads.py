"""What a reader can take away: the tables of a page, safe to open, written and removed with their page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Package

import natverk
from natverk.data.schema import SCHEMA
from natverk.data.spreadsheets import plain
from natverk.data.tables import data_folders
from natverk.errors import DataError
from natverk.locale import texts
from natverk.reports.execute import Failure, Result
from natverk.reports.page import INDEX_FILES, polish, take_tables
from natverk.reports.plan import Page
from natverk.reports.record import Records, State, read_manifest
from natverk.reports.run import commit
from natverk.reports.site import clean, data_files, write_data

HOMES = [f"../{name}" for name in INDEX_FILES.values()]


def rows_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


TABLE = """<table><caption>Medlemmar, {year}</caption>
<thead><tr><th rowspan="2">Namn</th><th colspan="2">Antal</th></tr><tr><th>2006</th><th>2009</th></tr></thead>
<tbody><tr><td>Åre<br>kommun</td><td class="nv-number">1\u00a0234,5</td>
<td class="nv-number">2\u00a0000\u00a0000</td></tr><tr>
<td>=HYPERLINK("x")</td><td class="nv-number">12–15</td><td class="nv-number">0180</td></tr></tbody></table>"""


def test_a_table_becomes_a_file_with_what_it_shows() -> None:
    soup = BeautifulSoup(TABLE, "html.parser")
    [(path, text)] = take_tables(soup, "14", texts("sv")).items()
    assert path == "data/14/01-medlemmar-year.csv"
    assert rows_of(text) == [
        ["Namn", "Antal", "Antal"],
        ["Namn", "2006", "2009"],
        ["Åre kommun", "1234.5", "2000000"],
        ['\'=HYPERLINK("x")', "12–15", "0180"],
    ]
    link = soup.a
    assert (link["href"], link.get_text()) == (path, "Hämta tabellen (CSV)")
    # What is seen begins what is read out.
    assert link["aria-label"] == "Hämta tabellen (CSV): Medlemmar, {year}"


@pytest.mark.parametrize("box", ['<div class="nv-table" role="region">{}</div>', "{}"])
def test_the_link_stands_under_the_box_that_scrolls(box: str) -> None:
    body = polish(box.format(TABLE), texts("sv"), unit="14")
    place = BeautifulSoup(body.html, "html.parser").select_one(".get")
    assert place.find_parent("div") is None
    assert "table-box" in place.find_previous_sibling("div")["class"]


def test_numbers_follow_the_language() -> None:
    html = '<table><tr><td class="nv-number">1,234.5</td><td>1,234.5</td></tr></table>'
    for lang, number in (("en", "1234.5"), ("sv", "1,234.5")):
        [text] = take_tables(BeautifulSoup(html, "html.parser"), "14", texts(lang)).values()
        assert rows_of(text) == [[number, "1,234.5"]]


def test_sources_are_a_file_of_their_own_and_empty_tables_are_none() -> None:
    html = (
        '<table><tr><td> </td></tr></table><ol class="nv-sources"><li id="source-1">Titel. Utgivare. '
        '<a class="nv-url" href="https://example.org/ö">https://example.org/ö</a></li></ol>'
    )
    files = polish(html, texts("sv"), unit="14").files
    assert list(files) == ["data/14/01-kallor.csv"]
    rows = rows_of(files["data/14/01-kallor.csv"])
    assert rows == [
        ["Nummer", "Källa", "Adress"],
        ["1", "Titel. Utgivare. https://example.org/ö", "https://example.org/ö"],
    ]
    assert polish(html, texts("sv")).files == {}


def result(out: Path, files: dict[str, str], failure: Failure | None = None) -> Result:
    page = Page("sv/r/14", "r", out / "x.ipynb", "14", "VG", "sv", "Titel", {}, out)
    return Result(page, "2026-01-02T03:04:05+00:00", 1.0, "<html></html>", "{}", failure=failure, files=files)


def put(made: Result) -> None:
    commit(made, State("p", {}, {}), Records(made.page.out))


def test_files_come_and_go_with_their_page(tmp_path: Path) -> None:
    folder = tmp_path / "sv" / "r" / "data" / "14"
    put(result(tmp_path, {"data/14/01-a.csv": "a", "data/14/02-b.csv": "b"}))
    assert sorted(path.name for path in folder.iterdir()) == ["01-a.csv", "02-b.csv"]
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    put(result(tmp_path, {"data/14/01-c.csv": "c"}))
    assert sorted(path.name for path in folder.iterdir()) == ["01-c.csv", "notes.txt"]
    put(result(tmp_path, {}, Failure("KeyError")))
    assert read_manifest(tmp_path)["sv/r/14"].files == ("sv/r/data/14/01-c.csv",)
    assert (folder / "01-c.csv").is_file()
    clean(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "notes.txt"]


def test_clean_leaves_no_folder_of_tables(tmp_path: Path) -> None:
    put(result(tmp_path / "out", {"data/14/01-a.csv": "a"}))
    clean(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["../x.csv", "/x.csv", "data/../../x.csv"])
def test_a_page_writes_only_below_its_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError, match="outside the folder"):
        put(result(tmp_path, {path: "x"}))
    assert not list(tmp_path.rglob("*.csv"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write_data(out, natverk.load())
    return out


def test_all_tables_are_offered_as_they_are(site: Path) -> None:
    data = natverk.load()
    for file in write_data(site, data):
        frame = pd.read_csv(site / file.path, dtype="str", keep_default_na=False).map(plain)
        assert list(frame.columns) == list(data.table(file.name).columns), file
        assert len(frame) == file.rows == len(data.table(file.name))
        assert file.size == (site / file.path).stat().st_size
    raw = pd.read_csv(data_folders()[0] / "networks.csv", dtype="str", keep_default_na=False)
    written = pd.read_csv(site / "data" / "networks.csv", dtype="str", keep_default_na=False).map(plain)
    corrected = set(data.corrections.query("table == 'networks'")["row"])
    untouched = raw[~raw["network_id"].isin(corrected)].set_index("network_id").sort_index()
    assert written.set_index("network_id").sort_index().loc[untouched.index, untouched.columns].equals(untouched)


def test_the_data_package_describes_them(site: Path) -> None:
    report = Package(str(site / "data" / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert [task.name for task in report.tasks] == [*SCHEMA, "corrections"]


def test_the_codebook_is_a_page_that_needs_nothing(site: Path) -> None:
    soup = BeautifulSoup((site / "data" / "codebook.html").read_text(encoding="utf-8"), "html.parser")
    assert soup.h1.get_text() == "Codebook"
    assert "Generated from" not in soup.get_text()
    for link in soup.find_all("a", href=True):
        inside = link["href"].startswith("#")
        assert soup.find(id=link["href"][1:]) if inside else link["href"] in (*HOMES, "datapackage.json"), link
    names = [box["aria-label"] for box in soup.select(".table-box")]
    assert names == ["Kinds of column", "The tables", *SCHEMA]


def test_data_are_written_once_and_again_when_they_change(tmp_path: Path) -> None:
    data = natverk.load()
    write_data(tmp_path, data)
    folder = tmp_path / "data"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    write_data(tmp_path, data)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    (folder / "lai.csv").unlink()
    write_data(tmp_path, data)
    assert (folder / "lai.csv").is_file()
    for name in ("lai.csv", "codebook.html"):
        written = (folder / name).read_bytes()
        (folder / name).write_text("edited", encoding="utf-8")
        write_data(tmp_path, data)
        assert (folder / name).read_bytes() == written
    early = natverk.load(as_of="2015")
    rows = {file.name: file.rows for file in write_data(tmp_path, early)}
    assert rows["memberships"] == len(early.memberships) < len(data.memberships)


def test_clean_takes_the_data_and_leaves_others_folder_of_that_name(tmp_path: Path) -> None:
    put(result(tmp_path, {}))
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"resources": [{"name": "own"}]}', encoding="utf-8")
    (folder / "own.csv").write_text("mine", encoding="utf-8")
    clean(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["datapackage.json", "own.csv"]
    other = tmp_path / "other"
    put(result(other, {}))
    write_data(other, natverk.load())
    (other / "data" / "own.csv").write_text("mine", encoding="utf-8")
    clean(other)
    assert [path.name for path in other.rglob("*") if path.is_file()] == ["own.csv"]


def test_a_foreign_data_package_names_no_file_outside(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    names = [{"name": "../../x"}, {"name": "a/b"}, {"name": "good"}, "odd"]
    package = {"natverk:made_of": "x", "resources": names}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert [path.name for path in data_files(tmp_path)] == ["good.csv", "codebook.html", "datapackage.json"]
