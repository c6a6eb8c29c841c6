"""The page of a review: all that the reviewer judged, and no table that says nothing."""

from __future__ import annotations

from functools import cache

from natverk.pages.page import NotebookPage
from tests.pages.notebook import page_of, tables_of, text_of

STOCKHOLM = "municipality:0180"


@cache
def page(lang: str) -> NotebookPage:
    return page_of("portfolio_review", actor=STOCKHOLM, lang=lang)


def test_what_the_reviewer_judged_in_other_years_stands_apart_from_its_review() -> None:
    ids = {row for view in tables_of(page("sv")).values() for line in view.row_ids for row in line}
    assert {"eva-00055", "eva-00056", "eva-00057", "eva-00058"} <= ids
    others = tables_of(page("sv"))["Stockholms omdömen andra år"]
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


def test_what_the_council_left_is_not_on_the_sheet_for_the_next_review() -> None:
    names = tables_of(page("sv"))["Tomt ark"].frame.iloc[:, 0].tolist()
    assert not [name for name in names if "ECAD" in name]


def test_rule_and_review_are_named_where_they_differ() -> None:
    told = text_of(page_of("portfolio_review", actor="municipality:2081", lang="sv"))
    assert "Regeln och översynen skiljer sig för " in told
    assert "Ett omdöme om nätverk från −2" in told
