"""The build gives the same bytes from the same facts, writes whole or not at all, and loses no character."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import natverk
from natverk.data.build import build, is_stale, typed
from natverk.data.corrections import read_corrections
from natverk.data.load import Dataset
from natverk.data.raw import read_all, read_raw
from natverk.data.schema import SCHEMA
from natverk.data.tables import MANIFEST
from natverk.errors import DataError

RAW = Path(natverk.__file__).parents[1] / "data" / "raw"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a copy of the facts and the tables built from it. Not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(RAW, folder / "raw")
    build(folder / "raw", folder / "processed")
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """A copy of the built folder that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "data"))


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def times(folder: Path) -> dict[str, int]:
    """Return the time of change of every file of a folder."""
    return {path.name: path.stat().st_mtime_ns for path in sorted(folder.iterdir())}


def add_twin(data: Path) -> None:
    """Add a row to the raw facts: Vänersborg and a town that was not there."""
    path = data / "raw" / "twins.csv"
    row = "twi-09999,municipality:1487,,Testby,Sweden,2001,,no,,,seed-vanersborg-2024,\n"
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")


# Same facts, same bytes ----------------------------------------------------------------------------------------------


def test_a_build_in_another_folder_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    shutil.copytree(RAW, tmp_path / "elsewhere")
    result = build(tmp_path / "elsewhere", tmp_path / "out")
    assert result.written
    assert contents(tmp_path / "out") == contents(built / "processed")
    assert set(contents(tmp_path / "out")) == {MANIFEST, "corrections.parquet", *(f"{name}.parquet" for name in SCHEMA)}


#: Options of pandas and variables of the environment that a user may have set.
SETTINGS: dict[str, tuple[dict[str, object], dict[str, str]]] = {
    "no inferred strings": ({"future.infer_string": False}, {}),
    "strings of Python": ({"mode.string_storage": "python"}, {}),
    "strings of Arrow": ({"mode.string_storage": "pyarrow", "future.infer_string": False}, {}),
    "nan is not missing": ({"future.distinguish_nan_and_na": True}, {}),
    "plain scalars": ({"future.python_scalars": True, "compute.use_numexpr": False}, {}),
    "variables": ({}, {"PANDAS_FUTURE_INFER_STRING": "0", "LC_ALL": "C", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}),
}
#: What a session with these options does: build, load, and ask something that the poisoned tables answered with 0.
SESSION = """
import json, sys
from pathlib import Path
import pandas as pd
for name, value in json.loads(sys.argv[1]).items():
    pd.set_option(name, value)
import natverk
from natverk.data.build import build
folder = Path(sys.argv[2])
build(folder / "raw", folder / "processed", force=True)
data = natverk.load()
assert data.folder == folder / "processed"
members = natverk.count(natverk.panel(data, networks=["ubc"], years=2019), ["year"])["low"].sum()
blanks = {name: int(data.table(name).isna().sum().sum()) for name in ("memberships", "networks", "corrections")}
print(json.dumps([int(members), blanks]))
"""


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_option_and_no_variable_changes_the_tables(built: Path, tmp_path: Path, setting: str) -> None:
    options, variables = SETTINGS[setting]
    (tmp_path / "raw").symlink_to(built / "raw")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SESSION, json.dumps(options), str(tmp_path)],
        capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, **variables, "NATVERK_DATA": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "processed") == contents(built / "processed")
    members, blanks = json.loads(done.stdout)
    assert members == 14
    tables = Dataset(built / "processed")
    assert blanks == {name: int(tables.table(name).isna().sum().sum()) for name in blanks}


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_tables_are_read_in_their_own_types_under_any_option(built: Path) -> None:
    plain = {name: Dataset(built / "processed").table(name) for name in ("memberships", "population", "corrections")}
    for options in filter(None, (options for options, _ in SETTINGS.values())):
        with pd.option_context(*chain.from_iterable(options.items())):
            for name, frame in plain.items():
                read = Dataset(built / "processed").table(name)
                assert read.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()
                assert read.equals(frame)


def test_a_forced_build_gives_the_same_bytes(data: Path) -> None:
    before = contents(data / "processed")
    assert build(data / "raw", data / "processed", force=True).written
    assert contents(data / "processed") == before


def test_the_order_of_rows_does_not_matter(data: Path) -> None:
    before = contents(data / "processed")
    for path in sorted((data / "raw").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            header, *rows = list(csv.reader(handle))
        random.Random(path.name).shuffle(rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
    assert build(data / "raw", data / "processed").written
    after = contents(data / "processed")
    old, new = json.loads(before.pop(MANIFEST)), json.loads(after.pop(MANIFEST))
    assert after == before
    assert old["inputs"].keys() == new["inputs"].keys()
    # Nothing but the hashes of the shuffled files differs.
    assert {**old, "inputs": {}} == {**new, "inputs": {}}


def test_a_second_build_writes_nothing(data: Path) -> None:
    before = contents(data / "processed"), times(data / "processed")
    result = build(data / "raw", data / "processed")
    assert result.written is False
    assert (contents(data / "processed"), times(data / "processed")) == before
    assert result.rows == build(data / "raw", data / "processed", force=True).rows


def test_the_manifest_says_what_was_built_from_what(built: Path) -> None:
    manifest = json.loads((built / "processed" / MANIFEST).read_text(encoding="utf-8"))
    assert set(manifest["inputs"]) == {"corrections.toml", *(f"{name}.csv" for name in SCHEMA)}
    for name, output in manifest["outputs"].items():
        assert output["rows"] == len(pd.read_parquet(built / "processed" / name))
    assert manifest["versions"]["natverk"] == natverk.__version__
    assert str(built) not in json.dumps(manifest)


# What changed is built again -----------------------------------------------------------------------------------------


def test_changed_facts_are_stale_and_built_again(data: Path) -> None:
    assert not is_stale(data / "raw", data / "processed")
    add_twin(data)
    assert is_stale(data / "raw", data / "processed")
    assert build(data / "raw", data / "processed").rows["twins"] == len(pd.read_csv(RAW / "twins.csv")) + 1
    assert not is_stale(data / "raw", data / "processed")
    assert "Testby" in set(pd.read_parquet(data / "processed" / "twins.parquet")["partner_city"])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="none"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"inputs"', id="cut-off"),
        pytest.param(b"[]", id="no-object"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b'{"outputs": 5}', id="no-outputs"),
        pytest.param(b'{"inputs": {}, "outputs": {}}', id="of-nothing"),
    ],
)
def test_a_damaged_manifest_is_stale(data: Path, content: bytes | None) -> None:
    path = data / "processed" / MANIFEST
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert is_stale(data / "raw", data / "processed")


def test_a_damaged_manifest_is_made_good(data: Path) -> None:
    path = data / "processed" / MANIFEST
    good = path.read_bytes()
    path.write_bytes(b"[]")
    assert build(data / "raw", data / "processed").written
    assert path.read_bytes() == good


@pytest.mark.parametrize("how", ["missing", "truncated"])
def test_a_damaged_table_is_built_again(data: Path, how: str) -> None:
    path = data / "processed" / "networks.parquet"
    good = path.read_bytes()
    path.unlink()
    if how == "truncated":
        path.write_bytes(good[:100])
    assert build(data / "raw", data / "processed").written
    assert path.read_bytes() == good


def test_facts_that_change_during_the_build_leave_stale_tables(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_then_edit(raw: Path) -> dict[str, pd.DataFrame]:
        tables = read_all(raw)
        add_twin(data)
        return tables

    monkeypatch.setattr("natverk.data.raw.read_all", read_then_edit)
    build(data / "raw", data / "processed", force=True)
    assert is_stale(data / "raw", data / "processed")


# Whole or not at all -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 17, 34])
def test_an_interrupted_build_is_made_good(data: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    add_twin(data)
    replace, calls = os.replace, []

    def fail_half_way(source: object, target: object) -> None:
        if len(calls) == after:
            raise OSError(28, "No space left on device")
        calls.append(target)
        replace(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail_half_way)
        with pytest.raises(DataError, match="No space left on device") as caught:
            build(data / "raw", data / "processed")
    assert len(calls) == after
    assert str(data / "processed") in str(caught.value)
    assert "free space" in str(caught.value)
    assert not list((data / "processed").glob(".build-*"))

    monkeypatch.setenv("NATVERK_DATA", str(data))
    assert is_stale(data / "raw", data / "processed")
    assert "Testby" in set(natverk.load().twins["partner_city"])
    assert not is_stale(data / "raw", data / "processed")


def test_an_interrupted_build_whose_facts_are_taken_back_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = (data / "raw" / "twins.csv").read_bytes()
    add_twin(data)
    build(data / "raw", data / "other")
    # Half-way: the new table is there, the old manifest still stands; then the new row is taken back.
    shutil.copy(data / "other" / "twins.parquet", data / "processed" / "twins.parquet")
    (data / "raw" / "twins.csv").write_bytes(facts)
    monkeypatch.setenv("NATVERK_DATA", str(data))
    with pytest.raises(DataError, match="the table twins is damaged") as caught:
        _ = natverk.load().twins
    assert "natverk build --force" in str(caught.value)
    build(data / "raw", data / "processed", force=True)
    assert "Testby" not in set(natverk.load().twins["partner_city"])


def test_a_stopped_build_leaves_nothing_aside(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(data / "processed")
    add_twin(data)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pyarrow.parquet, "write_table", stop)
        with pytest.raises(KeyboardInterrupt):
            build(data / "raw", data / "processed")
    assert contents(data / "processed") == before


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError, match="cannot write processed data") as caught:
        build(RAW, tmp_path / "out")
    assert str(tmp_path / "out") in str(caught.value)
    assert "--out FOLDER" in str(caught.value)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "in the way"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(DataError, match="cannot write processed data"):
        build(RAW, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


# Types and texts -----------------------------------------------------------------------------------------------------


def test_codes_stay_text_with_their_zeros(built: Path) -> None:
    municipalities = pd.read_parquet(built / "processed" / "municipalities.parquet")
    assert str(municipalities["code"].dtype) == "str"
    assert set(municipalities["code"].str.len()) == {4}
    assert {"0114", "0180", "0980"} <= set(municipalities["code"])
    assert "01" in set(municipalities["county_code"])
    population = pd.read_parquet(built / "processed" / "population.parquet")
    assert set(population["code"]) == set(municipalities["code"])


def test_every_column_has_the_type_of_its_kind(built: Path) -> None:
    for name, table in SCHEMA.items():
        frame = pd.read_parquet(built / "processed" / f"{name}.parquet")
        expected = {column.name: column.dtype for column in table.columns}
        expected |= {f"{column.name}_sv": "str" for column in table.columns if column.swedish}
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == expected


def test_every_cell_says_what_the_file_says(built: Path) -> None:
    corrected = {(item.table, item.row) for item in read_corrections(RAW) if item.action != "flag"}
    for name, table in SCHEMA.items():
        mended = {row for table_name, row in corrected if table_name == name}
        with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            rows = [row for row in csv.DictReader(handle) if row[table.key[0]] not in mended]
        rows.sort(key=lambda row: [row[column] for column in table.key])
        frame = pd.read_parquet(built / "processed" / f"{name}.parquet")
        frame = frame[~frame[table.key[0]].isin(mended)]
        frame = frame.sort_values(list(table.key), key=lambda cells: cells.astype("str"), ignore_index=True)
        for column in table.columns:
            cells = [None if pd.isna(cell) else cell for cell in frame[column.name].tolist()]
            raw = [row[column.name] for row in rows]
            expected: list[object] = [text or None for text in raw]
            if column.dtype == "boolean":
                expected = [{"yes": True, "no": False}.get(text) for text in raw]
            elif column.dtype == "Int64":
                expected = [int(text) if text else None for text in raw]
            elif column.dtype == "Float64":
                expected = [float(text) if text else None for text in raw]
            assert cells == expected, (name, column.name)


# Control characters (Cc) are refused, surrogates (Cs) cannot be written as UTF-8.
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])), min_size=1, max_size=20)


@given(notes=TEXTS)
@settings(deadline=None, max_examples=150)
def test_any_text_of_a_note_survives(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> None:
    folder = tmp_path_factory.mktemp("note", numbered=True)
    table = SCHEMA["policy_themes"]
    with (folder / "policy_themes.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(table.names)
        writer.writerows([f"area-{n:03d}", "culture", note] for n, note in enumerate(notes))
    raw = read_raw(folder, table)
    assert all(table.column("note").matches(cell) for cell in raw["note"])
    typed(raw, table).to_parquet(folder / "notes.parquet", engine="pyarrow", compression="zstd", index=False)
    read = pd.read_parquet(folder / "notes.parquet")["note"]
    assert [None if pd.isna(cell) else cell for cell in read] == [note or None for note in notes]
    shutil.rmtree(folder)


def test_unusual_texts_survive_the_whole_build(data: Path) -> None:
    stated = [
        'a "quoted", cell',
        " spaces  around ",
        "NA",
        "nan",
        "None",
        "0180",
        "=1+1",
        "a;b",
        "\u2028\u0085\ufeff å ä ö \U0001d49c",
        "'",
    ]
    path = data / "raw" / "memberships.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row, text in zip(rows, stated, strict=False):
        row["locator"] = text
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    with (data / "raw" / "translations.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows((text, f"{text} sv") for text in stated)
    build(data / "raw", data / "processed")
    read = Dataset(data / "processed").memberships.set_index("row_id")["locator"]
    assert [read[row["row_id"]] for row in rows[: len(stated)]] == stated
