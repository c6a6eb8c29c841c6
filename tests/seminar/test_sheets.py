"""The twelve texts: each is codable by the manual, the key is the data's, and two coders' sheets can be compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import natverk
from natverk import coding
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.seminar import COLUMNS, blank, codes, collected, example, key
from natverk.seminar.sheets import KEY, NOT_STATED

FOLDER = Path(__file__).parents[2] / "notebooks" / "seminar"
LANGUAGES = ("sv", "en")


@pytest.fixture(scope="module")
def data() -> Dataset:
    return natverk.load()


def told(lang: str) -> dict[str, str]:
    """Return the twelve texts by their headings."""
    parts = re.split(r"^## (T\d\d)$", (FOLDER / f"texts.{lang}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_text_names_what_its_row_says(data: Dataset, lang: str) -> None:
    texts, rows = told(lang), key(data, lang).set_index("item")
    assert list(texts) == list(KEY) == rows.index.tolist()
    for item, text in texts.items():
        row = rows.loc[item]
        assert row["actor"] in text
        years = {row[column] for column in ("start_year", "end_year", "seen_year")} - {NOT_STATED}
        # A term of two years from 2014 is told as that, and its last year worked out.
        lacking = {year for year in years if year not in text}
        assert lacking <= ({"2016"} if item == "T05" else set())


def test_the_texts_hold_all_four_kinds_of_row(data: Dataset) -> None:
    assert key(data, "en")["kind"].value_counts().to_dict() == {
        "membership": 4,
        "position": 3,
        "evaluation": 3,
        "step": 2,
    }
    assert key(data)["source_id"].isin(data.sources["source_id"]).all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manual_explains_every_code_of_the_key_and_no_other(data: Dataset, lang: str) -> None:
    manual = (FOLDER / f"manual.{lang}.md").read_text(encoding="utf-8")
    allowed, named = codes(lang), set(re.findall(r"`([^`]+)`", manual))
    used = key(data, lang)
    assert set(used["kind"]) | set(used["code"]) <= named
    assert {*allowed["kind"], "-2", "-1", "0", "1", "2"} <= named
    others = {NOT_STATED, *COLUMNS, "sheets", "Tierp", "UBC"}
    assert named - others <= {*allowed["kind"], *allowed["code"]}
    for column in COLUMNS:
        assert f"`{column}`" in manual


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_key_is_allowed_by_its_own_rules(data: Dataset, lang: str) -> None:
    coded = key(data, lang).assign(coder="key")
    assert coding.check(coded, codes(lang)).empty


def test_the_example_breaks_one_rule_and_no_other(data: Dataset) -> None:
    measured = coding.reliability(example(data, "en"), COLUMNS).set_index("variable")["agreement"]
    assert measured.idxmin() == "start_year"
    assert (measured.drop("start_year") == 1).all()
    assert example(data).attrs["example"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_two_sheets_on_disk_are_compared(data: Dataset, tmp_path: Path, lang: str, form: str) -> None:
    both = example(data, lang)
    coding.write(both, tmp_path, form=form)  # type: ignore[arg-type]
    back = collected(data, tmp_path, lang)
    assert not back.attrs["example"]
    assert back[list(both.columns)].values.tolist() == both.values.tolist()


def test_what_coders_write_is_made_comparable(data: Dataset, tmp_path: Path) -> None:
    sheet = blank(["Anna", "Bo"]).set_index(["coder", "item"])
    sheet.loc[("Anna", "T02")] = ["medlemskap", "Kungsbacka", "Eurocities", "associerad medlem", "2016", "-", "2016"]
    sheet.loc[("Bo", "T02")] = [
        "Medlemskap",
        "Kungsbacka kommun",
        "EUROCITIES",
        "Associerad Medlem",
        "2016.0",
        "–",
        "2016",
    ]
    coding.write(sheet.reset_index(), tmp_path)
    coded = collected(data, tmp_path)
    assert coding.check(coded, codes()).empty
    assert coding.discordant(coded, COLUMNS).empty
    assert (coding.reliability(coded, COLUMNS)["n_paired"] == 1).all()


def test_blank_sheets_give_the_example_until_two_have_begun(data: Dataset, tmp_path: Path) -> None:
    sheet = blank()
    coding.write(sheet, tmp_path)
    assert collected(data, tmp_path).attrs["example"]
    sheet.loc[0, "kind"] = "steg"
    coding.write(sheet, tmp_path, overwrite=True)
    assert collected(data, tmp_path).attrs["example"]
    sheet.loc[12, "kind"] = "steg"
    coding.write(sheet, tmp_path, overwrite=True)
    assert not collected(data, tmp_path).attrs["example"]


def test_a_sheet_without_a_column_is_refused(data: Dataset, tmp_path: Path) -> None:
    coding.write(blank().drop(columns="code"), tmp_path)
    with pytest.raises(InvalidArgument, match="no column code"):
        collected(data, tmp_path)
