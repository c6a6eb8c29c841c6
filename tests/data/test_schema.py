"""The schema says all there is to say of a table, and what is generated from it is up to date."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from frictionless import Package

import natverk
from natverk.data.codebook import COMMAND, codebook_markdown, datapackage, readme_with_rows, write_codebook
from natverk.data.partial import earliest, is_date, latest
from natverk.data.schema import KINDS, SCHEMA, VOCABULARIES, Column
from natverk.errors import InvalidArgument, MissingFile, UnknownName

ROOT = Path(natverk.__file__).parents[1]
RAW = ROOT / "data" / "raw"

COLUMNS = [(table.name, column) for table in SCHEMA.values() for column in table.columns]


# The schema itself ---------------------------------------------------------------------------------------------------


def test_every_table_has_a_file_and_every_file_a_table() -> None:
    assert {path.stem for path in RAW.glob("*.csv")} == set(SCHEMA)


def test_every_table_and_column_is_described() -> None:
    assert all(table.title and table.key for table in SCHEMA.values())
    assert [(table, column.name) for table, column in COLUMNS if len(column.description) < 3] == []


def test_names_of_columns_are_plain_and_stand_once() -> None:
    for table in SCHEMA.values():
        assert len(set(table.names)) == len(table.names)
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in table.names)
        assert set(table.key) <= {column.name for column in table.columns if column.required}


def test_numbers_have_a_unit() -> None:
    # A cell of the tile grid is a place, not a quantity.
    bare = {column.name for _, column in COLUMNS if column.kind in ("integer", "number") and not column.unit}
    assert bare == {"tile_row", "tile_col"}


def test_references_point_to_a_column_that_identifies_its_row() -> None:
    for _, column in COLUMNS:
        if column.ref is not None:
            table, name = column.ref.split(".")
            assert SCHEMA[table].column(name).required
            with (RAW / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
                ids = [row[name] for row in csv.DictReader(handle)]
            assert len(ids) == len(set(ids))


def test_vocabularies_are_used_and_have_no_value_twice() -> None:
    used = {column.values for _, column in COLUMNS if column.values}
    for name, values in VOCABULARIES.items():
        assert len(set(values)) == len(values), name
        assert any(set(values) <= set(found) for found in used), name


def test_every_evidence_table_names_its_source() -> None:
    for table in SCHEMA.values():
        if table.evidence:
            assert table.column("source_id").required
            assert table.column("source_id").ref == "sources.source_id"


def test_the_example_of_a_kind_is_of_that_kind() -> None:
    for name, kind in KINDS.items():
        if name not in ("enum", "date"):
            assert Column("x", name, "an example", required=True).matches(kind.example), name


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("date", ["2014", "2014-02", "2014-02-26", "2016-02-29"], ["2014-13", "2015-02-29", "14", "2014-2", "2014-"]),
        ("year", ["1600", "2029"], ["1599", "2100", "2014.0", " 2014"]),
        ("municipality_code", ["0180"], ["180", "01800", "0180\n", "٠١٨٠"]),
        ("actor_id", ["region:01", "body:a-b"], ["region:1", "municipality:180", "person:x", "body:Å"]),
        ("integer", ["-5", "0"], ["5.0", "1 000", "1e3", "9" * 20]),
        ("number", ["-0.5", "38"], [".5", "1,5", "nan", "inf"]),
        ("url", ["https://a.se/å?b=1"], ["a.se", "ftp://a.se", "https://a b"]),
        ("text", ["", "å\u00a0\u2028"], ["a\nb", "a\tb", "a\0b"]),
        ("slug", ["a", "viable-cities.2"], ["Å", "-a", "A b"]),
    ],
)
def test_what_a_kind_takes(kind: str, right: list[str], wrong: list[str]) -> None:
    column = Column("x", kind, "a test")
    assert [value for value in right if not column.matches(value)] == []
    assert [value for value in wrong if column.matches(value)] == []


def test_a_blank_cell_is_wrong_only_where_it_is_required() -> None:
    assert Column("x", "year", "a test").matches("")
    assert not Column("x", "year", "a test", required=True).matches("")
    assert not Column("x", "slug", "a test", many=True).matches("a;")


def test_an_unknown_table_or_column_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="membership") as caught:
        SCHEMA["membership"]
    assert "nearest: 'memberships'" in str(caught.value)
    with pytest.raises(UnknownName, match="has no column") as caught:
        SCHEMA["memberships"].column("staus")
    assert "nearest: 'status'" in str(caught.value)


def test_the_ends_of_partial_dates() -> None:
    assert [earliest(date) for date in ("2016", "2016-02", "2016-02-03")] == ["2016-01-01", "2016-02-01", "2016-02-03"]
    assert [latest(date) for date in ("2016", "2016-02", "2016-02-03")] == ["2016-12-31", "2016-02-29", "2016-02-03"]
    for wrong in ("2015-13", "2015-02-29", "", "x", "2015-2"):
        assert not is_date(wrong)
        with pytest.raises(InvalidArgument, match="is no date"):
            latest(wrong)


# What is generated ---------------------------------------------------------------------------------------------------


def test_the_codebook_is_up_to_date() -> None:
    found = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    assert found == codebook_markdown(), f"docs/codebook.md is not what the schema says. Next: {COMMAND}"


def test_the_data_package_is_up_to_date() -> None:
    found = json.loads((RAW / "datapackage.json").read_text(encoding="utf-8"))
    assert found == datapackage(), f"data/raw/datapackage.json is not what schema and sources say. Next: {COMMAND}"


def test_the_readme_counts_right() -> None:
    readme = (RAW / "README.md").read_text(encoding="utf-8")
    stated = {name: int(rows) for name, rows in re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, flags=re.MULTILINE)}
    counted = {}
    for name in SCHEMA:
        with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            counted[name] = sum(1 for _ in csv.DictReader(handle))
    assert stated == counted, f"the rows in data/raw/README.md are not those of the tables. Next: {COMMAND}"


def test_the_codebook_shows_every_column_with_its_values() -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", codebook_markdown(), flags=re.MULTILINE | re.DOTALL))
    assert set(sections) == set(SCHEMA)
    for name, table in SCHEMA.items():
        rows = [line for line in sections[name].splitlines() if line.startswith("| `")]
        assert len(rows) == len(table.columns)
        for row, column in zip(rows, table.columns, strict=True):
            cells = re.split(r"(?<!\\) *\| *", row.strip("| "))
            assert cells[0] == f"`{column.name}`"
            assert len(cells) == 7
            assert all(f"`{value}`" in cells[4] for value in column.values)


def test_links_of_the_codebook_lead_somewhere() -> None:
    text = codebook_markdown()
    anchors = set(re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    for link in re.findall(r"\]\((\.\./[^)]+)\)", text):
        assert (ROOT / "docs" / link).resolve().is_file()


def test_writing_gives_the_same_files_again(tmp_path: Path) -> None:
    shutil.copytree(RAW, tmp_path / "data" / "raw")
    files = write_codebook(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "docs/codebook.md",
        "data/raw/datapackage.json",
        "data/raw/README.md",
    ]
    for path in files:
        assert path.read_bytes() == (ROOT / path.relative_to(tmp_path)).read_bytes()


def test_writing_counts_new_rows(tmp_path: Path) -> None:
    shutil.copytree(RAW, tmp_path / "data" / "raw")
    path = tmp_path / "data" / "raw" / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, "new-source," + lines[1].partition(",")[2]]), encoding="utf-8")
    write_codebook(tmp_path)
    package = json.loads((tmp_path / "data" / "raw" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["sources"][0]["title"].startswith(f"{len(lines)} sources")
    assert f"| `sources` | {len(lines)} |" in (tmp_path / "data" / "raw" / "README.md").read_text(encoding="utf-8")


def test_writing_outside_a_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no checkout"):
        write_codebook(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_the_number_of_rows_is_refreshed() -> None:
    text = "| table | rows |\n|---|---|\n| `actors` | 1 | from `actors` |\nprose on `actors` | 1 |\n"
    assert readme_with_rows(text, {"actors": 7}) == text.replace("| `actors` | 1 |", "| `actors` | 7 |", 1)


# Other programs can check the tables ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the raw folder that a test may spoil."""
    return Path(shutil.copytree(RAW, tmp_path_factory.mktemp("package") / "raw"))


def test_frictionless_finds_nothing_wrong() -> None:
    report = Package(str(RAW / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert report.valid
    assert [task.name for task in report.tasks] == list(SCHEMA)


def test_frictionless_finds_what_is_wrong(package_folder: Path) -> None:
    changes = [
        ("memberships", "\nmem-00001,municipality:0127,", "\nmem-00001,municipality:127,"),
        ("memberships", ",aalborg-commitments,signatory,", ",nowhere,sign,"),
        ("networks", "\naebr,Association of European Border Regions (AEBR),", "\naebr,,"),
        ("networks", ",membership,regional_policy,", ",membership,regional_polcy,"),
        ("actors", ",no,federation of municipalities", ",maybe,federation of municipalities"),
        ("population", "\n0114,1991,", "\n0114,1990,"),
    ]
    for name, old, new in changes:
        path = package_folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    found = Package(str(package_folder / "datapackage.json")).validate().flatten(["fieldName", "type"])
    assert sorted((str(field), str(kind)) for field, kind in found) == [
        ("None", "foreign-key"),
        ("None", "foreign-key"),
        ("None", "primary-key"),
        ("actor_id", "constraint-error"),
        ("also_regional", "type-error"),
        ("name", "constraint-error"),
        ("status", "constraint-error"),
        ("themes", "constraint-error"),
    ]


def test_the_data_package_says_what_the_schema_says() -> None:
    package = datapackage()
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource, table in zip(package["resources"], SCHEMA.values(), strict=True):
        assert resource["path"] == f"{table.name}.csv"
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == table.names
        assert resource["schema"]["primaryKey"] == list(table.key)
        for field, column in zip(fields, table.columns, strict=True):
            assert field["description"] == column.description
            assert field.get("constraints", {}).get("required", False) is column.required
            if column.kind == "year":
                assert field["type"] == "integer"
            if column.kind == "date":
                assert field["type"] == "string"
                assert re.fullmatch(field["constraints"]["pattern"], "2014-02")
