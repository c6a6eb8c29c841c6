"""The page of a review: all that the reviewer judged, and no table that says nothing."""

from __future__ import annotations

from functools import cache

from natverk.data.load import Dataset
from natverk.pages.page import NotebookPage
from tests.pages.notebook import page_of, tables_of, text_of

STOCKHOLM = "municipality:0180"


@cache
def page(lang: str) -> NotebookPage:
    return page_of("portfolio_review", actor=STOCKHOLM, lang=lang)


def test_what_the_reviewer_judged_in_other_years_stands_apart_from_its_review() -> None:
    ids = {row for view in tables_of(page("sv")).values() for line in view.row_ids for row in line}
    assert {"eva-00055", "eva-00056", "eva-00057", "eva-00058"} <= ids
    others = tables_of(page("sv"))["Stockholms omdömen andra år eller utan år"]
    assert "eva-00055" in {row for line in others.row_ids for row in line}
    assert "de hör till andra dokument" in text_of(page("sv"))


def test_a_finding_is_no_step() -> None:
    for lang, heading, word in (("sv", "### Steg", "Iakttagelse:"), ("en", "### Steps", "Finding:")):
        steps, after = text_of(page(lang)).split(heading)[1].split("###", 1)
        assert "Eurocities" in steps
        assert word not in steps
        assert "(finding)" not in steps
        assert word in after.replace("**", "")


def test_what_is_certain_in_every_draw_fills_no_table() -> None:
    table = next(view for caption, view in tables_of(page("en")).items() if caption.startswith("How often"))
    assert {"100%", "<1%"} & set(table.frame.iloc[:, -1]) == set()
    assert len(table.rows) == 3


def test_that_nothing_is_excluded_is_said_so() -> None:
    table = tables_of(page("en"))["Review and rule side by side"].frame
    assert table.iloc[0, -1] == "every recommendation"


def test_a_network_that_is_no_more_is_not_on_the_sheet() -> None:
    # Östergötland's rows of Glokala Sverige have no end; networks has 2023.
    sheets = tables_of(page_of("portfolio_review", actor="region:05"))
    assert not any("Glokala" in str(row["network"]) for row in sheets["Tomt ark"].rows)


def test_what_the_council_left_is_not_on_the_sheet_for_the_next_review() -> None:
    names = tables_of(page("sv"))["Tomt ark"].frame.iloc[:, 0].tolist()
    assert not [name for name in names if "ECAD" in name]


def test_rule_and_review_are_named_where_they_differ() -> None:
    assert "De skiljer sig för C40" in text_of(page("sv")).replace("**", "")
    assert "Är medelvärdet exakt 0 blir det ”oavgjort”." in text_of(page("sv"))


def test_a_statement_is_no_review() -> None:
    # eva-00036: a news text, beside eva-00034 on no network; eva-00131: an ecologist quoted.
    made = page_of("portfolio_review", actor="municipality:2081", lang="sv")
    told = text_of(made)
    assert "Ett uttalande om ett nätverk är kodat för Borlänge: Eurocities (2019, nyhetstext)" in told
    assert "Regeln" not in told
    assert "har bedömt" not in told
    assert "Två omdömen från −2" in told
    assert len(tables_of(made)["Omdömena med skäl"].rows) == 2
    assert not any(caption.startswith("Översynen och regeln") for caption in tables_of(made))
    told = text_of(page_of("portfolio_review", actor="municipality:1267", lang="en"))
    assert "One statement about one network is coded for Höör" in told
    assert "(2024, municipal ecologist quoted)" in told
    assert "has judged" not in told


def test_who_opposes_a_municipality_does_not_speak_for_it(real: Dataset) -> None:
    judges = real.evaluations.set_index("row_id")["actor_id"]
    assert judges["eva-00123"] == "body:opposition-borlange"
    assert judges[["eva-00053", "eva-00054"]].unique().tolist() == ["body:trosa-revisorer"]
    # Who was never in a network cannot leave it.
    assert real.evaluations.set_index("row_id").at["eva-00101", "recommendation"] == "none"
