"""What the page of the country says, against the raw rows: who held the responsibility, tasks, forms, numbers."""

from __future__ import annotations

import re
from functools import cache

import pytest

from natverk.data.load import Dataset
from natverk.data.partial import latest
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
    # Skåne was formed on that day.
    formed = rows["row_id"] == "rua-00029"
    firsts = rows[(rows["start"] == "1997-01-01") & (rows["start_latest"] == "1997-01-01") & ~formed]
    assert len(firsts) > 10
    assert {of_row(shown, row_id)["from"] for row_id in firsts["row_id"]} == {before}
    assert "1998" in of_row(shown, "rua-00037")["from"]
    assert of_row(shown, "rua-00029")["from"] in ("1 januari 1997", "1 January 1997")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_kind_of_task_is_counted(real: Dataset, lang: str) -> None:
    line = next(line for line in text_of(page(lang)).split("\n") if line.startswith(f"{len(real.tasks)} "))
    words = texts(lang)("nouns.numbers").split(" ")
    counts = line.partition(". ")[2].partition(". ")[0]
    said = [words.index(word) if word in words else int(word) for word in re.findall(r"\w+", counts)
            if word.isdigit() or (word in words and word not in ("en", "ett"))]  # fmt: skip
    day = f"{page(lang).years[1]}-12-31"
    ended = real.tasks["until"].fillna("9999").map(latest) < day
    valid = real.tasks[~ended]
    kinds = valid["obligation_class"].value_counts()
    assert sorted(said) == sorted([len(valid), *kinds, valid["since"].isna().sum()])
    assert int(ended.sum()) >= 15
    assert {"tsk-00003", "tsk-00049", "tsk-00113"} <= set(real.tasks.loc[ended, "row_id"])


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_lists_of_forms_name_counties_and_not_regions(real: Dataset, lang: str) -> None:
    line = next(
        line for line in text_of(page(lang)).split("\n") if "Höglandsförbundet" not in line and ", Skåne län, " in line
    )
    assert not any(name in line for name in real.counties["region_name"])


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_day_whose_year_no_source_states_is_said_to_be_inferred(real: Dataset, lang: str) -> None:
    shown, mark = table(lang, "organiser"), " (vår slutsats)" if lang == "sv" else " (inferred by us)"
    inferred = (
        real.events["note"].str.contains("year inferred|year not stated, inferred|year from", regex=True).fillna(False)
    )
    assert set(real.events.loc[inferred, "row_id"]) == set(
        real.events.loc[real.events["date_basis"] == "inferred", "row_id"]
    )
    for row_id, basis in zip(real.events["row_id"], real.events["date_basis"], strict=True):
        assert of_row(shown, row_id)["when"].endswith(mark) == (basis == "inferred"), row_id


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_what_makes_a_holder_unsure_is_told(real: Dataset, lang: str) -> None:
    shown = table(lang, "holder")
    rows = real.responsibility.set_index("row_id")
    gotland = of_row(shown, "rua-00024")["note"]
    assert ("kontinuitet" if lang == "sv" else "continuity") in gotland
    assert {bool(of_row(shown, row_id)["note"]) for row_id in rows.index[rows["certainty"] == "high"]} == {False}


@pytest.mark.parametrize(
    ("lang", "words"), [("sv", "frågorna i inbjudan till"), ("en", "the questions in the invitation")]
)
@pytest.mark.parametrize("name", ["roles_sweden", "strategies"])
def test_an_invitation_asks_and_a_meeting_that_was_announced_has_nobody_present(
    name: str, lang: str, words: str
) -> None:
    text = text_of(page_of(name, lang=lang))
    assert words in text
    assert re.search("Aviserade: |Inbjudna: " if lang == "sv" else "Announced: |Invited: ", text)


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
