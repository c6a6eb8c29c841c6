"""Coding from the command line: sheets out and back, whatever a spreadsheet has done to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from natverk.cli import app
from natverk.coders import allowed_codes, compared_sheets
from natverk.errors import DataError, InvalidArgument, NatverkError

ITEMS = "item;title\n0180;Stockholm\n0184;Solna\n1480;Göteborg\ndoc-1;Öppet brev\n"


def coding(*arguments: str | Path) -> str:
    """Run a command and return what it wrote."""
    result = CliRunner().invoke(app, ["coding", *map(str, arguments)])
    if isinstance(result.exception, NatverkError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text(ITEMS, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sheets_go_out_and_come_back(items: Path, tmp_path: Path, form: str) -> None:
    options = ("--variable", "tone=-1,0,1", "--variable", "theme", "--coder", "Anna", "--coder", "Åsa Öst")
    said = coding("sheet", items, tmp_path / "sheets", *options, "--format", form)
    assert [Path(line).name for line in said.splitlines()] == [f"01-anna.{form}", f"02-asa-ost.{form}"]
    with pytest.raises(InvalidArgument, match="is there already"):
        coding("sheet", items, tmp_path / "sheets", *options, "--format", form)
    lines = coding("compare", tmp_path / "sheets", "--variable", "tone=-1,0,1").splitlines()
    assert lines[0] == "4 items, coders Anna, Åsa Öst"
    assert "  tone (nominal): alpha – (no pairs), – of pairs agree, 0 items paired" in lines


def test_sheets_that_excel_has_written_are_compared_and_what_one_lacks_is_listed(tmp_path: Path) -> None:
    # Anna's is a CSV of a Swedish Excel: Windows letters, no zeros, an empty column; Bo's a workbook of numbers.
    anna = "coder;item;title;tone;\r\nAnna;180;Stockholm;1;\r\nAnna;184;Solna;0;\r\nAnna;1480;Göteborg;-1;\r\n;;;;\r\n"
    (tmp_path / "anna.csv").write_bytes(anna.encode("cp1252"))
    book = Workbook()
    for row in [["coder", "item", "title", "tone"], ["Bo", 180, "Stockholm", 1.0], ["Bo", "0184", "Solna", 2],
                ["Bo", "doc-1", "Öppet brev", None]]:  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "bo.xlsx")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    lines = coding("compare", tmp_path, "--variable", "tone=-1,0,1", "--ordinal", "tone").splitlines()
    assert lines == [
        "4 items, coders Anna, Bo",
        "items that not every sheet has: 2",
        "  1480: Anna; not Bo",
        "  doc-1: Bo; not Anna",
        "codes that are not allowed: 1",
        "  Bo, 0184, tone: 2",
        "agreement:",
        "  tone: codes that are not allowed are to be mended first",
        "coded differently: 1",
        "  0184: Anna: 0 | Bo: 2",
    ]
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}
    # Mended, agreement is counted: of two items, one alike.
    book = load_workbook(tmp_path / "bo.xlsx")
    book.active.cell(3, 4).value = 1
    book.save(tmp_path / "bo.xlsx")
    lines = coding("compare", tmp_path, "--variable", "tone=-1,0,1").splitlines()
    assert "  tone (nominal): alpha 0.000, 50% of pairs agree, 2 items paired" in lines


def test_columns_that_only_one_has_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("coder;item;tone\nAnna;a;1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("coder;item;tone;comment\nBo;a;1;x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"differ in the columns comment"):
        coding("compare", tmp_path, "--variable", "tone")


def test_what_is_typed_is_checked(items: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="a code twice"):
        allowed_codes(["tone=1,1"])
    with pytest.raises(InvalidArgument, match="named already"):
        allowed_codes(["tone", "tone=1"])
    (tmp_path / "a.csv").write_text("coder;item;tone\nAnna;a;1\nBo;a;1\n", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="there is no variable 'ton'") as caught:
        coding("compare", tmp_path / "a.csv", "--variable", "ton")
    assert "nearest: 'tone'" in str(caught.value)
    with pytest.raises(InvalidArgument, match="unknown value 'ton'"):
        list(compared_sheets([tmp_path / "a.csv"], {"tone": []}, ordinal=["ton"]))
    items.write_text("item;title\n;x\n", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="an item has no id"):
        coding("sheet", items, tmp_path / "sheets", "--variable", "tone", "--coder", "Anna")
    assert not (tmp_path / "sheets").exists()
