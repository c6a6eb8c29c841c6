"""Exports are read back as other programs read them, and equal the tables; what a format changes is told."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import natverk.data.export as module
from natverk.data.export import ExportResult, codebook_frame, codes_of, export, exported_table
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.types import TEXT, to_frame
from natverk.errors import InvalidArgument, NatverkError, UnknownName

ALL = [*SCHEMA, "corrections"]
WITH_LABELS = ("dta", "sav")
Exported = Callable[[str], ExportResult]


@pytest.fixture(scope="module")
def exported(real: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """All tables in a format, written once."""
    made: dict[str, ExportResult] = {}

    def written(form: str) -> ExportResult:
        if form in WITH_LABELS:
            pytest.importorskip("pyreadstat")
        if form == "xlsx":
            pytest.importorskip("openpyxl")
        if form not in made:
            made[form] = export(real, tmp_path_factory.mktemp(form), formats=form)
        return made[form]

    return written


def loaded(data: Dataset, name: str) -> pd.DataFrame:
    frame = data.table(name)
    return frame.replace("", None).astype(TEXT) if name == "corrections" else frame


def typed_back(texts: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Return what was read as text in the types of the table."""
    words = {"yes": True, "no": False}
    columns = {
        name: texts[name].map(words).astype("boolean") if str(dtype) == "boolean" else texts[name].astype(dtype)
        for name, dtype in like.dtypes.items()
    }
    return pd.DataFrame(columns, columns=list(texts.columns))


def test_csv_is_read_back_equal(real: Dataset, exported: Exported) -> None:
    folder = exported("csv").folder / "csv"
    for name in ALL:
        frame = loaded(real, name)
        back = pd.read_csv(folder / f"{name}.csv", dtype=TEXT, keep_default_na=False, na_values=[""])
        assert_frame_equal(typed_back(back, frame), frame)


def test_parquet_is_read_back_equal_and_tells_its_columns(real: Dataset, exported: Exported) -> None:
    from pyarrow.parquet import read_table

    folder = exported("parquet").folder / "parquet"
    for name in ALL:
        table = read_table(folder / f"{name}.parquet", use_threads=False)
        assert_frame_equal(to_frame(table), loaded(real, name))
    told = read_table(folder / "population.parquet").schema.field("population").metadata
    assert told == {b"description": b"Population on 31 December", b"unit": b"inhabitants"}


def test_excel_is_read_back_equal(real: Dataset, exported: Exported) -> None:
    path = exported("xlsx").folder / "natverk.xlsx"
    sheets = pd.read_excel(path, sheet_name=None, dtype=object, keep_default_na=False, na_values=[""])
    assert list(sheets)[:3] == ["about", "codebook", "values"]
    assert set(sheets) == {*ALL, "about", "codebook", "values"}
    for name in ALL:
        frame = loaded(real, name)
        assert_frame_equal(typed_back(sheets[name], frame), frame)


def test_sqlite_is_read_back_equal_and_its_references_hold(real: Dataset, exported: Exported) -> None:
    with closing(sqlite3.connect(exported("sqlite").folder / "natverk.sqlite")) as base:
        for name in ALL:
            frame = loaded(real, name)
            back = pd.read_sql_query(f'SELECT * FROM "{name}"', base, dtype=dict(frame.dtypes))
            assert_frame_equal(back, frame)
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert ("memberships", "networks") in {
            (name, row[2]) for name in ALL for row in base.execute(f'PRAGMA foreign_key_list("{name}")')
        }
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            base.execute("UPDATE memberships SET status = 'friend'")


def read_labelled(path: Path) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    return (pyreadstat.read_dta if path.suffix == ".dta" else pyreadstat.read_sav)(path)


@pytest.mark.parametrize("form", WITH_LABELS)
def test_stata_and_spss_are_read_back_equal_with_their_labels(real: Dataset, exported: Exported, form: str) -> None:
    result = exported(form)
    changed = result.changes.set_index(["table", "column", "change"])["after"]
    labelled = 0
    for name in ALL:
        back, meta = read_labelled(result.folder / form / f"{name}.{form}")
        frame, table = loaded(real, name), exported_table(name)
        names = [changed.get((name, column, "name"), column) for column in table.names]
        assert list(back.columns) == names
        assert len(back) == len(frame)
        assert meta.file_label == changed.get((name, "", "file label"), table.title)
        for column, as_written in zip(table.columns, names, strict=True):
            label = changed.get((name, column.name, "label"), column.description)
            assert meta.column_names_to_labels[as_written] == label
            cells, codes = back[as_written], codes_of(column)
            if codes:
                labels = meta.variable_value_labels[as_written]
                assert sorted(map(int, labels)) == sorted(codes.values())
                values = {code: value for value, code in codes.items()}
                read = cells.map(values).astype(TEXT)
                expected = frame[column.name]
                if column.kind == "yes_no":
                    expected = expected.map({True: "yes", False: "no"}).astype(TEXT)
                labelled += 1
            elif column.dtype == "str":
                read, expected = cells.replace("", None).astype(TEXT), frame[column.name]
            else:
                read, expected = cells.astype(column.dtype), frame[column.name]
            pd.testing.assert_series_equal(read, expected, check_names=False)
    assert labelled >= 80


@pytest.mark.parametrize("form", WITH_LABELS)
def test_value_labels_are_the_words_of_the_schema(exported: Exported, form: str) -> None:
    folder = exported(form).folder / form
    _, meta = read_labelled(folder / f"memberships.{form}")
    assert meta.variable_value_labels["start_basis"] == {1: "stated", 2: "inferred"}
    assert meta.variable_value_labels["derived"] == {0: "no", 1: "yes"}
    _, meta = read_labelled(folder / f"municipalities.{form}")
    assert meta.variable_value_labels["degurba_2019"] == {1: "1 city", 2: "2 town", 3: "3 rural"}
    values, _ = read_labelled(folder / f"values.{form}")
    assert values[(values["column"] == "degurba_2019") & (values["value"] == "3")]["label"].tolist() == ["3 rural"]


def test_pandas_reads_what_is_written_for_stata(real: Dataset, exported: Exported) -> None:
    for path in sorted((exported("dta").folder / "dta").glob("*.dta")):
        with pd.read_stata(path, iterator=True) as file:
            assert all(len(label) <= 80 for label in file.variable_labels().values())
    frame = pd.read_stata(exported("dta").folder / "dta" / "memberships.dta")
    assert frame["status"].astype(TEXT).tolist() == real.memberships["status"].tolist()


def test_what_spss_keeps_for_itself_is_renamed_and_told(exported: Exported) -> None:
    result = exported("sav")
    renamed = result.changes[result.changes["change"] == "name"]
    assert renamed[["table", "column", "after"]].to_numpy().tolist() == [["strategy_events", "by", "v_by"]]
    assert_frame_equal(pd.read_csv(result.folder / "natverk_changes.csv", dtype=TEXT, keep_default_na=False),
                       result.changes.fillna(""))  # fmt: skip


def test_every_shortened_label_stands_whole_in_the_codebook(exported: Exported) -> None:
    result = exported("dta")
    book, _ = read_labelled(result.folder / "dta" / "codebook.dta")
    whole = set(zip(book["table"], book["column"], book["description"], strict=True))
    cut = result.changes[result.changes["change"] == "label"]
    cut = cut[cut["table"].isin(ALL)]
    assert len(cut) > 20
    assert set(cut[["table", "column", "before"]].itertuples(index=False, name=None)) <= whole
    assert (cut["after"].str.len() <= 80).all()
    assert cut["after"].str.endswith(" …").all()


def test_the_codebook_counts_what_is_missing(real: Dataset) -> None:
    book = codebook_frame(real).set_index(["table", "column"])
    assert set(book.index.get_level_values("table")) == set(ALL)
    assert book.loc[("memberships", "end_year"), "n_missing"] == real.memberships["end_year"].isna().sum() > 0
    required = book["missing"] == "never blank"
    assert (book.loc[required, "n_missing"] == 0).all()
    for name in ALL:
        assert exported_table(name).names == list(real.table(name).columns)


def test_the_data_package_describes_the_files(real: Dataset, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    names = ["conditions", "counties", "actors", "sources", "corrections", "rai", "county_events"]
    export(real, tmp_path, formats="csv", tables=names)
    package = json.loads((tmp_path / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    assert [item["name"] for item in package["resources"]] == [*names, "codebook", "values", "about"]
    keys = {item["name"]: item["schema"].get("foreignKeys", []) for item in package["resources"]}
    assert [key["reference"]["resource"] for key in keys["conditions"]] == ["counties", "sources"]
    report = frictionless.validate(str(tmp_path / "csv" / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])[:3]


# --- What a format cannot hold ----------------------------------------------------------------------------------------


def test_long_texts_are_kept_by_stata_and_cut_in_the_open_elsewhere(make: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat")
    pytest.importorskip("openpyxl")
    note = "å" * 20_000
    data = make({"note": note, "locator": "sida 1 "}, {"note": "x" * 40_000})
    result = export(data, tmp_path, formats="dta,sav,xlsx", tables="memberships")
    told = result.changes[result.changes["change"].isin(["long text", "text cut", "trailing blanks"])]
    assert sorted(told[["format", "column", "change"]].itertuples(index=False, name=None)) == [
        ("dta", "note", "long text"),
        ("sav", "locator", "trailing blanks"),
        ("sav", "note", "text cut"),
        ("sav", "note", "text cut"),
        ("xlsx", "note", "text cut"),
    ]
    stata = pd.read_stata(tmp_path / "dta" / "memberships.dta")
    assert stata["note"].tolist() == [note, "x" * 40_000]
    assert "strL" in told.set_index("format").loc["dta", "after"]
    assert len(pd.read_excel(tmp_path / "natverk.xlsx", sheet_name="memberships")["note"][1]) == 32_767


def test_texts_that_begin_like_formulas_stay_texts(make: Any, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    export(make({"note": "=1+1"}), tmp_path, formats="xlsx", tables="memberships")
    rows = openpyxl.load_workbook(tmp_path / "natverk.xlsx")["memberships"].iter_rows()
    cells = [cell for row in rows for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] in (["s"], ["inlineStr"])


@pytest.mark.parametrize(
    ("form", "names", "legal"),
    [
        ("dta", ["year", "if", "str8", "9_a", "_n", "å b"], ["year", "v_if", "v_str8", "v_9_a", "v__n", "a_b"]),
        ("dta", ["n" * 40, "n" * 41], ["n" * 32, "n" * 30 + "_2"]),
        ("sav", ["to", "str8", "Year", "year"], ["v_to", "str8", "Year", "year_2"]),
    ],
)
def test_names_are_made_legal_and_stay_different(form: str, names: list[str], legal: list[str]) -> None:
    assert list(module._legal_names(names, form).values()) == legal


def test_what_filters_leave_out_is_not_exported_and_told(tmp_path: Path) -> None:
    import natverk

    early = natverk.load(as_of="2015")
    result = export(early, tmp_path, tables="memberships,member_lists")
    assert result.rows["memberships"] == len(early.memberships)
    assert "as_of='2015'" in (tmp_path / "natverk.txt").read_text(encoding="utf-8")
    package = json.loads((tmp_path / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    # A list may be gone with its source while a row that names it stays.
    assert "foreignKeys" not in package["resources"][0]["schema"]


# --- Errors that act --------------------------------------------------------------------------------------------------


def test_unknown_names_are_refused_with_the_nearest(real: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"unknown format 'stata'(.|\n)*allowed: 'csv'"):
        export(real, tmp_path / "out", formats="stata")
    with pytest.raises(UnknownName, match=r"nearest: 'memberships'"):
        export(real, tmp_path / "out", tables=["membership"])
    with pytest.raises(InvalidArgument, match="no table is named"):
        export(real, tmp_path / "out", tables=[])
    assert not (tmp_path / "out").exists()


def test_files_that_are_there_are_replaced_on_request_only(real: Dataset, tmp_path: Path) -> None:
    own = tmp_path / "csv" / "counties.csv"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidArgument, match=r"csv/counties\.csv(.|\n)*--force"):
        export(real, tmp_path, tables="counties")
    assert own.read_text(encoding="utf-8") == "mine"
    export(real, tmp_path, tables="counties", overwrite=True)
    assert len(pd.read_csv(own)) == 21
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="is a file"):
        export(real, tmp_path / "file", tables="counties")


@pytest.mark.parametrize("name", ["natverk.txt", "natverk_changes.csv"])
def test_texts_of_ones_own_are_replaced_on_request_only(real: Dataset, tmp_path: Path, name: str) -> None:
    own = tmp_path / name
    own.write_bytes("data\nmina anteckningar om nätverk\n".encode("latin-1"))
    before = own.read_bytes()
    with pytest.raises(InvalidArgument, match=rf"{name}(.|\n)*--force"):
        export(real, tmp_path, tables="counties")
    assert own.read_bytes() == before
    assert list(tmp_path.iterdir()) == [own]
    export(real, tmp_path, tables="counties", overwrite=True)
    # No change is told of CSV: there was nothing to write in its place.
    assert (own.read_bytes() == before) == (name == "natverk_changes.csv")


def test_another_format_is_added_without_being_forced(real: Dataset, tmp_path: Path) -> None:
    export(real, tmp_path, tables="counties")
    export(real, tmp_path, formats="sqlite", tables="counties")
    assert (tmp_path / "natverk.sqlite").is_file()


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_stands_in_the_way_is_named_and_nothing_is_changed(real: Dataset, tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "parquet").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidArgument, match=r"is a file, no folder(.|\n)*parquet"):
        export(real, tmp_path, formats="csv,parquet", tables="counties", overwrite=overwrite)
    assert [path.name for path in tmp_path.iterdir()] == ["parquet"]
    (tmp_path / "csv" / "values.csv").mkdir(parents=True)
    with pytest.raises(InvalidArgument, match=r"is a folder, no file(.|\n)*values\.csv"):
        export(real, tmp_path, tables="counties", overwrite=overwrite)
    assert [path.name for path in (tmp_path / "csv").iterdir()] == ["values.csv"]


def test_a_folder_that_cannot_be_made_is_named_before_anything_is_in_place(
    real: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(parts: Any, aside: Path, step: Any) -> list[Any]:
        (tmp_path / "parquet").write_text("mine", encoding="utf-8")
        return write(parts, aside, step)

    write = module._WRITERS["parquet"]
    monkeypatch.setitem(module._WRITERS, "parquet", late)  # type: ignore[arg-type]
    with pytest.raises(NatverkError, match=re.escape(str(tmp_path / "parquet"))):
        export(real, tmp_path, formats="csv,parquet", tables="counties")
    assert [path.name for path in tmp_path.iterdir()] == ["parquet"]


def test_what_sqlite_refuses_is_told(real: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> list[Any]:
        raise sqlite3.IntegrityError("UNIQUE constraint failed: counties.county_code")

    monkeypatch.setitem(module._WRITERS, "sqlite", refused)  # type: ignore[arg-type]
    with pytest.raises(NatverkError, match="UNIQUE constraint failed"):
        export(real, tmp_path / "new", formats="sqlite", tables="counties")
    assert not (tmp_path / "new").exists()


def test_a_failure_half_way_changes_nothing(real: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(real, tmp_path, tables="counties")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*_: object) -> list[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(module._WRITERS, "sqlite", full)  # type: ignore[arg-type]
    with pytest.raises(NatverkError, match=r"No space left on device(.|\n)*make room"):
        export(real, tmp_path, formats="csv,sqlite", tables="municipalities,counties", overwrite=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with pytest.raises(NatverkError):
        export(real, tmp_path / "new", formats="sqlite", tables="counties")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("form", "package"), [("dta", "pyreadstat"), ("sav", "pyreadstat"), ("xlsx", "openpyxl")])
def test_a_missing_package_is_answered_by_the_line_to_type(
    real: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, package: str
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == package else object())
    with pytest.raises(NatverkError, match=rf"without {package}(.|\n)*pip install .*\[export\]"):
        export(real, tmp_path / "out", formats=["csv", form], tables="counties")
    assert not (tmp_path / "out").exists()


def test_what_other_formats_changed_stays_told(real: Dataset, tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat")
    export(real, tmp_path, formats="sav", tables="strategy_events")
    export(real, tmp_path, formats="csv", tables="strategy_events")
    told = pd.read_csv(tmp_path / "natverk_changes.csv")
    assert set(told["format"]) == {"sav"}
    assert "sav: 1 × name" in (tmp_path / "natverk.txt").read_text(encoding="utf-8")


def test_progress_counts_every_table(real: Dataset, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    export(
        real,
        tmp_path,
        formats="csv,sqlite",
        tables="counties",
        progress=lambda done, n, what: seen.append((done, n, what)),
    )
    assert [done for done, *_ in seen] == list(range(1, 9))
    assert {n for _, n, _ in seen} == {8}
    assert seen[0][2] == "csv counties"


def test_the_command_writes_and_tells(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "natverk.cli", "export", "--format", "csv,sqlite", "--tables", "counties,lai"]
    done = subprocess.run([*command, "--out", "data"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "2 tables, 27 rows: 8 files in data\n"
    again = subprocess.run([*command, "--out", "data"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    assert "--force" in again.stderr
