"""Loading: which folder, which rows, and what happens when the built tables are damaged."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import natverk
from natverk.data import build as building
from natverk.data.build import build
from natverk.data.load import Dataset
from natverk.data.reads import forget_reads, reads
from natverk.data.schema import SCHEMA
from natverk.data.tables import MANIFEST, data_folders
from natverk.errors import DataError, InvalidArgument, MissingFile, UnknownName

ROOT = Path(natverk.__file__).parents[1]
RAW = ROOT / "data" / "raw"

EVIDENCE = [name for name, table in SCHEMA.items() if table.evidence]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a copy of the facts and the tables built from it. Not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(RAW, folder / "raw")
    build(folder / "raw", folder / "processed")
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built folder that a test may damage, and that `load` uses."""
    folder = Path(shutil.copytree(built, tmp_path / "data"))
    monkeypatch.setenv("NATVERK_DATA", str(folder))
    return folder


def raw_rows(name: str) -> list[dict[str, str]]:
    """Read a raw table without natverk, and leave out the rows that a correction drops."""
    entries = tomllib.loads((RAW / "corrections.toml").read_text(encoding="utf-8"))["correction"]
    dropped = {entry["row"] for entry in entries if (entry["table"], entry["action"]) == (name, "drop")}
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row[SCHEMA[name].key[0]] not in dropped]


def sources_of(row: dict[str, str]) -> list[str]:
    """Return the ids of a row's sources."""
    return row["source_id"].split(";")


# Which rows ----------------------------------------------------------------------------------------------------------


def test_without_filters_every_row_is_there() -> None:
    data = natverk.load()
    for name in SCHEMA:
        assert len(data.table(name)) == len(raw_rows(name))
        assert data.left_out(name) == 0


@pytest.mark.parametrize(
    ("as_of", "undated", "noncommercial"),
    [
        ("2015", "drop", False),
        ("2015", "keep", False),
        ("2015-06", "drop", False),
        ("2015-06-30", "keep", True),
        (2011, "drop", True),
        (None, "drop", True),
    ],
)
def test_filters_leave_out_exactly_the_right_rows(as_of: str | int | None, undated: str, noncommercial: bool) -> None:
    data = natverk.load(as_of=as_of, undated_sources=undated, without_noncommercial=noncommercial)  # type: ignore[arg-type]
    # By hand: the digits of the date that both have decide, so 2015 is in time for 2015-06.
    kept = set()
    for source in raw_rows("sources"):
        published, limit = source["published"], str(as_of)
        in_time = published[: len(limit)] <= limit[: len(published)] if published else undated == "keep"
        free = not (noncommercial and source["licence"].startswith("non-commercial"))
        if (as_of is None or in_time) and free:
            kept.add(source["source_id"])
    gone = 0
    for name in SCHEMA:
        rows = raw_rows(name)
        if name in EVIDENCE:
            expected = [row for row in rows if kept & set(sources_of(row))]
        else:
            expected = rows
        key = list(SCHEMA[name].key)
        found = data.table(name)
        assert {tuple(str(cell) for cell in item) for item in found[key].itertuples(index=False)} == {
            tuple(row[column] for column in key) for row in expected
        }
        assert len(found) == len(expected)
        assert data.left_out(name) == len(rows) - len(expected)
        assert list(found.index) == list(range(len(found)))
        gone += data.left_out(name)
    assert gone > 300


def test_a_row_stays_while_one_of_its_sources_stays(data: Path) -> None:
    path = data / "raw" / "evaluation_findings.csv"
    rows = raw_rows("evaluation_findings")
    text = path.read_text(encoding="utf-8")
    dated = {row["source_id"]: row["published"] for row in raw_rows("sources")}
    early = next(item for item in dated if dated[item][:4] == "2011")
    late = next(item for item in dated if dated[item][:4] == "2023")
    alone = rows[0]["source_id"]
    path.write_text(text.replace(f",{alone},", f",{late};{early},", 1), encoding="utf-8", newline="")
    first = rows[0]["row_id"]
    assert first in set(natverk.load(as_of="2012").evaluation_findings["row_id"])
    assert first not in set(natverk.load(as_of="2010").evaluation_findings["row_id"])


def test_noncommercial_rows_are_those_that_the_licence_page_names() -> None:
    left = natverk.load(without_noncommercial=True)
    gone = natverk.load().memberships.merge(left.memberships[["row_id"]], how="left", indicator=True)
    gone = gone[gone["_merge"] == "left_only"]
    assert set(gone["source_id"]) == {"climactor-2020", "climactor-2021", "climactor-2022"}
    assert left.left_out("memberships") == len(gone)
    assert left.left_out("network_notes") == 1
    assert all(left.left_out(name) == 0 for name in EVIDENCE if name not in ("memberships", "network_notes"))


@pytest.mark.parametrize("wrong", ["", "2015-13", "2015-02-29", "15", "last year", True])
def test_as_of_must_be_a_date(wrong: str) -> None:
    with pytest.raises(InvalidArgument, match="is no date") as caught:
        natverk.load(as_of=wrong)
    assert "2015-06-30" in str(caught.value)


def test_undated_sources_has_named_values() -> None:
    with pytest.raises(InvalidArgument) as caught:
        natverk.load(as_of="2015", undated_sources="kepp")  # type: ignore[arg-type]
    assert "nearest: 'keep'" in str(caught.value)


# Which folder --------------------------------------------------------------------------------------------------------


def test_loading_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NATVERK_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert len(natverk.load().municipalities) == 290
    code = "import natverk; print(len(natverk.load().municipalities), natverk.load().folder)"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd="/", env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["290", str(ROOT / "data" / "processed")]


def test_another_folder_can_be_named(data: Path) -> None:
    assert data_folders() == (data / "raw", data / "processed")
    assert natverk.load().folder == data / "processed"


def test_a_relative_folder_holds_when_the_working_folder_changes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    monkeypatch.setenv("NATVERK_DATA", data.name)
    loaded = natverk.load()
    monkeypatch.chdir("/")
    assert len(loaded.networks) == len(raw_rows("networks"))


def test_a_named_folder_without_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATVERK_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(MissingFile, match="no folder of raw data") as caught:
        natverk.load()
    assert "NATVERK_DATA" in str(caught.value)
    assert not (tmp_path / "nowhere").exists()


def test_an_installation_without_facts_reads_the_tables_it_carries(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "data_folders", lambda: (None, built / "processed"))
    assert len(natverk.load().municipalities) == 290


def test_a_stale_build_is_built_again(data: Path) -> None:
    assert "Testby" not in set(natverk.load().twins["partner_city"])
    path = data / "raw" / "twins.csv"
    row = "twi-09999,municipality:1487,,Testby,Sweden,2001,,no,,,seed-vanersborg-2024,\n"
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert "Testby" in set(natverk.load().twins["partner_city"])


def test_facts_gone_wrong_are_told_and_the_old_tables_stay(data: Path) -> None:
    before = {path.name: path.read_bytes() for path in (data / "processed").iterdir()}
    path = data / "raw" / "municipalities.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\n0180,", "\n180,", 1), encoding="utf-8")
    with pytest.raises(DataError, match="is it '0180'"):
        natverk.load()
    assert {path.name: path.read_bytes() for path in (data / "processed").iterdir()} == before


# Damaged tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="truncated"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[:-9] + b"X" + content[-8:], id="one-byte"),
    ],
)
def test_a_damaged_table_is_named(data: Path, spoil: object) -> None:
    path = data / "processed" / "networks.parquet"
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    loaded = natverk.load()
    assert len(loaded.municipalities) == 290
    with pytest.raises(DataError, match="the table networks is damaged") as caught:
        _ = loaded.networks
    assert str(path) in str(caught.value)
    assert "natverk build --force" in str(caught.value)


@pytest.mark.parametrize("name", [*SCHEMA, "corrections"])
def test_verify_names_the_one_table_that_is_truncated(data: Path, name: str) -> None:
    loaded = natverk.load()
    loaded.verify()
    path = data / "processed" / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=f"the table {name} is damaged") as caught:
        loaded.verify()
    with pytest.raises(DataError) as read:
        loaded.table(name)
    assert str(caught.value) == str(read.value)
    assert str(path) in str(caught.value)
    path.unlink()
    with pytest.raises(MissingFile, match=f"the table {name} is missing"):
        loaded.verify()


@pytest.mark.parametrize("name", [*SCHEMA, "corrections"])
def test_tables_are_read_as_pandas_reads_them(name: str) -> None:
    loaded = natverk.load()
    pd.testing.assert_frame_equal(loaded.table(name), pd.read_parquet(loaded.folder / f"{name}.parquet"))


def test_a_table_that_vanished_is_named(data: Path) -> None:
    loaded = natverk.load()
    (data / "processed" / "networks.parquet").unlink()
    with pytest.raises(MissingFile, match="the table networks is missing"):
        _ = loaded.networks
    (data / "processed" / "networks.parquet").mkdir()
    with pytest.raises(DataError, match="the table networks cannot be read"):
        _ = loaded.networks


@pytest.mark.parametrize("content", [b"", b'{"outputs": {"actors', b"[]", b'{"outputs": []}', b"\xff\xfe"])
def test_a_damaged_manifest_is_named_where_it_cannot_be_built_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = data / "processed" / MANIFEST
    path.write_bytes(content)
    monkeypatch.setattr(building, "data_folders", lambda: (None, data / "processed"))
    with pytest.raises(DataError, match="the manifest is damaged") as caught:
        natverk.load()
    assert str(path) in str(caught.value)
    assert "natverk build --force" in str(caught.value)


def test_a_damaged_manifest_is_built_again_where_the_facts_are(data: Path) -> None:
    good = (data / "processed" / MANIFEST).read_bytes()
    (data / "processed" / MANIFEST).write_bytes(b"[]")
    assert len(natverk.load().networks) == len(raw_rows("networks"))
    assert (data / "processed" / MANIFEST).read_bytes() == good


def test_no_tables_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "data_folders", lambda: (None, tmp_path / "processed"))
    with pytest.raises(MissingFile, match="there are no processed data"):
        natverk.load()


# The tables as they are handed out -----------------------------------------------------------------------------------


def test_an_unknown_table_names_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        natverk.load().table("membership")
    assert "nearest: 'memberships'" in str(caught.value)
    with pytest.raises(AttributeError, match="nearest: 'memberships'"):
        _ = natverk.load().membership


def test_changing_a_table_changes_no_other() -> None:
    data = natverk.load()
    mine = data.networks
    mine["name"] = "mine"
    mine.loc[0, "founded_year"] = 1234
    assert "mine" not in set(data.networks["name"])
    assert data.networks.loc[0, "founded_year"] is pd.NA or data.networks.loc[0, "founded_year"] != 1234


def test_tables_are_offered_for_completion() -> None:
    assert {"memberships", "sources", "corrections"} <= set(dir(natverk.load()))


def test_the_fingerprint_tells_data_and_filters_apart(data: Path) -> None:
    loads = [
        natverk.load(),
        natverk.load(as_of="2015"),
        natverk.load(as_of="2016"),
        natverk.load(as_of="2015", undated_sources="keep"),
        natverk.load(without_noncommercial=True),
    ]
    prints = [loaded.fingerprint for loaded in loads]
    assert len(set(prints)) == len(prints)
    assert natverk.load().fingerprint == prints[0]
    path = data / "raw" / "lai.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("70.15", "70.16"), encoding="utf-8")
    assert natverk.load().fingerprint not in prints


def test_the_vintage_is_the_latest_day_of_reading() -> None:
    assert natverk.load().vintage == max(row["accessed"] for row in raw_rows("sources"))


def test_the_dataset_says_how_it_was_loaded() -> None:
    assert repr(natverk.load()) == f"<natverk.Dataset {len(SCHEMA)} tables>"
    assert "as_of='2015'" in repr(natverk.load(as_of=2015))
    assert repr(natverk.load(as_of=2015, undated_sources="keep", without_noncommercial=True)) == (
        f"<natverk.Dataset {len(SCHEMA)} tables: as_of='2015', undated_sources='keep', without_noncommercial=True>"
    )
    assert isinstance(natverk.load(), Dataset)


def shown(data: Dataset) -> list[list[str]]:
    """Return the cells of the table that a notebook shows of a dataset."""
    rows = BeautifulSoup(data._repr_html_(), "html.parser").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]


def test_a_notebook_shows_tables_and_what_is_left_out() -> None:
    data, early = natverk.load(), natverk.load(as_of=2015)
    head, *rows = shown(data)
    assert head == ["table", "one row", "rows"]
    assert rows == [[name, SCHEMA[name].title, f"{len(data.table(name)):,}"] for name in SCHEMA]
    assert [early._repr_html_().count(text) for text in ("&lt;natverk.Dataset", "as_of", early.vintage)] == [1, 1, 1]
    head, *rows = shown(early)
    assert head == ["table", "one row", "rows", "left out"]
    found = {name: (n_rows, left_out) for name, _, n_rows, left_out in rows}
    assert found["memberships"] == (f"{len(early.memberships):,}", f"{early.left_out('memberships'):,}")
    assert found["networks"] == (f"{len(data.networks):,}", "")


def test_showing_a_dataset_reads_no_more_than_the_sources() -> None:
    forget_reads()
    natverk.load()._repr_html_()
    assert set(reads()) == {"sources"}


def test_with_as_of_nothing_is_known_after_it() -> None:
    """A page of 2014 that announces 2016 is a decision in `load(as_of="2015")`, not evidence."""
    data = natverk.load(as_of="2015")
    assert data.known_until == "2015-12-31"
    assert natverk.load().known_until == natverk.load().vintage
    assert natverk.panel(data, years=(2016, 2018), pairs="evidence")["state"].ne("member").all()


# --- Where the tables cannot be written to ----------------------------------------------------------------------------


@pytest.fixture
def read_only(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without tables that cannot be written to, of a user whose home and temporary folder are empty."""
    shutil.rmtree(data / "processed")
    real = building._is_writable
    monkeypatch.setattr(building, "_is_writable", lambda place: data not in place.parents and real(place))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return data


def test_tables_of_a_read_only_installation_are_built_for_the_user(read_only: Path, tmp_path: Path) -> None:
    loaded = natverk.load()
    assert loaded.folder.is_relative_to(tmp_path / "cache/natverk")
    assert len(loaded.municipalities) == 290
    assert not (read_only / "processed").exists()
    written = (loaded.folder / MANIFEST).stat().st_mtime_ns
    assert natverk.load().folder == loaded.folder
    assert (loaded.folder / MANIFEST).stat().st_mtime_ns == written


def test_who_has_no_cache_gets_them_among_temporary_files(
    read_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    folder = natverk.load().folder
    assert folder.is_relative_to(tmp_path / "tmp")
    assert folder.parent.stat().st_mode & 0o077 == 0
    # A folder that others could have written to is not read.
    folder.parent.chmod(0o777)
    with pytest.raises(DataError, match="can be written nowhere") as caught:
        natverk.load()
    remedy = str(caught.value)
    assert "natverk build --out FOLDER/processed" in remedy
    # It is done as it says.
    building.build(read_only / "raw", tmp_path / "mine/processed")
    monkeypatch.setenv("NATVERK_DATA", str(tmp_path / "mine"))
    assert len(natverk.load().municipalities) == 290
