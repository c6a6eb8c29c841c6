"""What the page of the country says, against the raw rows: who held the responsibility, tasks, forms, numbers."""

from __future__ import annotations

import re
from functools import cache

import pytest

from natverk.data.load import Dataset
from natverk.data.units import alphabetic
from natverk.locale import texts
from natverk.pages.page import NotebookPage
from natverk.pages.prose import Prose
from natverk.pages.tables import TableView
from natverk.roles.forms import interplay
from tests.pages.notebook import page_of, tables_of, text_of


@cache
def page(lang: str) -> NotebookPage:
    return page_of("roles_sweden", lang=lang)


def table(lang: str, label: str) -> TableView:
    """Return the table that has a column of a label."""
    return next(table for table in tables_of(page(lang)).values() if label in table.labels)


def of_row(shown: TableView, row_id: str) -> dict[str, str]:
    (place,) = [place for place, ids in enumerate(shown.row_ids) if row_id in ids]
    cells = {name: re.sub(r"<[^>]+>", "", str(cell)) for name, cell in shown.rows[place].items()}
    return {name: cell.replace("\xa0", " ") for name, cell in cells.items()}


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_first_day_of_the_data_is_no_beginning(real: Dataset, lang: str) -> None:
    shown, before = table(lang, "holder"), texts(lang)("nouns.held_before")
    rows = real.responsibility
    firsts = rows[(rows["start"] == "1997-01-01") & (rows["start_latest"] == "1997-01-01")]
    assert len(firsts) > 10
    assert {of_row(shown, row_id)["from"] for row_id in firsts["row_id"]} == {before}
    assert "1998" in of_row(shown, "rua-00037")["from"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_kind_of_task_is_counted(real: Dataset, lang: str) -> None:
    line = next(line for line in text_of(page(lang)).split("\n") if line.startswith(f"{len(real.tasks)} "))
    words = texts(lang)("nouns.numbers").split(" ")
    counts = line.partition(":")[2].partition(".")[0]
    said = [words.index(word) if word in words else int(word) for word in re.findall(r"\w+", counts)
            if word.isdigit() or (word in words and word not in ("en", "ett"))]  # fmt: skip
    assert sorted(said) == sorted(real.tasks["obligation_class"].value_counts())


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_shares_and_millions_have_their_unit(lang: str) -> None:
    shown = table(lang, "n_published")
    sv = lang == "sv"
    assert of_row(shown, "fig-00009")["n_published"] == (
        "över 4,5 miljoner invånare" if sv else "over 4.5 million inhabitants"
    )
    assert of_row(shown, "fig-00026")["n_published"] == ("omkring 66,7 %" if sv else "about 66.7%")
    share = of_row(shown, "fig-00002")
    assert [share["n_published"], share["n_ours"]] == (["omkring 40 %", "38,4 %"] if sv else ["about 40%", "38.4%"])


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_counties_stand_by_their_own_names(real: Dataset, lang: str) -> None:
    shown = table(lang, "holder")
    names = set(real.counties["name"])
    assert {of_row(shown, row_id)["region"] for ids in shown.row_ids for row_id in ids} <= names


def test_a_form_in_several_counties_stands_once_under_the_first(real: Dataset) -> None:
    shown = table("sv", "form")
    assert of_row(shown, "int-00043")["region"] == "Västra Götalands län (även Hallands län)"
    assert len(shown.rows) == len({row_id for ids in shown.row_ids for row_id in ids})


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_bodies_stand_in_the_order_of_the_names_shown(lang: str) -> None:
    names = [re.sub(r"<[^>]+>", "", str(row["body"])) for row in table(lang, "body").rows]
    assert names == sorted(names, key=alphabetic)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_column_is_empty_in_every_row(lang: str) -> None:
    for caption, shown in tables_of(page(lang)).items():
        for key in shown.labels:
            assert any(str(row[key]) for row in shown.rows), (caption, key)


def test_who_left_is_said_to_be_left_out(real: Dataset) -> None:
    rows = real.memberships[
        (real.memberships["network_id"] == "ecad") & (real.memberships["actor_id"] == "municipality:0180")
    ]
    assert len(rows)
    (caption,) = [name for name in tables_of(page("sv")) if name.startswith("Belagda medlemskap efter tema")]
    assert caption.endswith("den som enligt en källa har lämnat räknas inte")


def test_the_numbers_of_the_sentences_carry_their_rows() -> None:
    """A number in a sentence leads to the rows that are counted, on pages of the country as on those of a region."""
    for name in ("roles_sweden", "strategies"):
        for lang in ("sv", "en"):
            said = "\n".join(part.text for part in page_of(name, lang=lang).parts if isinstance(part, Prose))
            answer = re.search(r"\*\*(.+?)\*\*", said)
            assert answer is not None
            assert len(re.findall(r'class="nv-count" data-rows="[a-z]', answer[1])) >= (
                3 if name == "strategies" else 1
            )
            if name == "roles_sweden":
                held = re.search(r"\*\*2018:\*\*.+", said)
                assert held is not None
                assert held[0].count("nv-count") == 3
                assert "rua-00044" not in held[0]
                assert "rua-00045" in held[0]


def test_a_body_of_which_no_row_names_a_member_has_no_zero() -> None:
    (shown,) = [
        table
        for table in tables_of(page("sv")).values()
        if "n_municipalities" in table.labels and "body" in table.labels
    ]
    cells = {str(row["body"]): (str(row["n_municipalities"]), str(row.get("n_regions", ""))) for row in shown.rows}
    assert cells["Energikontor Sydost (förening och AB)"] == ("", "")
    assert cells["Regionförbundet i Kalmar län"] == ("12", "")


def test_forms_of_municipalities_alone_do_not_meet_the_region(real: Dataset) -> None:
    rows = real.interplay.set_index("row_id")["both_levels"]
    assert rows[["int-00016", "int-00020", "int-00070"]].astype(object).where(rows.notna(), None).tolist() == [
        True,
        False,
        None,
    ]
    met = {code for row in interplay(real, on=2025).itertuples() if row.meets for code in [row.county_code]}
    assert {"04", "24"} & met == set()
    assert f"känd i {len(met)} av dem" in text_of(page("sv"))


def test_tasks_without_a_basis_in_law_are_told_apart(real: Dataset) -> None:
    n = int(real.tasks["legal_basis"].isna().sum())
    assert f"alla utom {n} med en rättslig eller annan grund" in text_of(page("sv"))


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_forms_that_no_source_states_are_marked(real: Dataset, lang: str) -> None:
    (shown,) = [table for table in tables_of(page(lang)).values() if "form" in table.labels and "what" in table.labels]
    assert of_row(shown, "int-00038")["form"].endswith("(vår slutsats)" if lang == "sv" else "(our inference)")
    carried = real.interplay.loc[real.interplay["basis"] == "carried", "row_id"]
    there = [row_id for row_id in carried if any(row_id in ids for ids in shown.row_ids)]
    assert there
    mark = "(enligt uppgifterna om organet)" if lang == "sv" else "(from what is known of the body)"
    assert all(of_row(shown, row_id)["form"].endswith(mark) for row_id in there)
