"""Pages of networks of which the data know little: one Swedish row, only other ties than membership, or nothing."""

from __future__ import annotations

import pytest

import natverk
from natverk.locale import texts
from natverk.networks import ties_apart
from tests.pages.notebook import page_of, tables_of, text_of


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("network", ["uclg", "icc", "reglab-rus-natverk"])
def test_a_network_with_few_swedish_rows_has_a_page(network: str, lang: str) -> None:
    page = page_of("network_profile", network=network, lang=lang)
    assert page.references
    assert len(text_of(page)) > 300


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_other_ties_than_membership_are_shown_with_what_they_are(lang: str) -> None:
    data, network = natverk.load(), "ostersjoinitiativet"
    apart = ties_apart(data, network)
    page = page_of("network_profile", network=network, lang=lang)
    relation = texts(lang)("terms.relation.indirect")
    shown = [table for table in tables_of(page).values() if any(row.get("relation") == relation for row in table.rows)]
    assert [len(table.rows) for table in shown] == [len(apart)]
    assert {row_id for ids in apart["row_ids"] for row_id in ids.split(";")} <= page.shown


@pytest.mark.parametrize(
    ("lang", "said"), [("sv", "Uppdrag och annat deltagande"), ("en", "Positions and other participation")]
)
def test_candidacies_and_attendance_are_not_headed_as_positions(lang: str, said: str) -> None:
    tables = [
        table
        for table in tables_of(page_of("network_profile", network="ubc", lang=lang)).values()
        if "function" in table.labels
    ]
    assert [table.caption.partition(" (")[0] for table in tables] == [said]


def test_how_our_numbers_are_made_is_told_where_there_are_any() -> None:
    # tot-00059, tot-00060: members in all countries.
    alone, both = (
        text_of(page_of("network_profile", network=name)) for name in ("euroregion-baltic", "sveriges-ekokommuner")
    )
    assert "## Publicerade antal\n" in alone
    assert "Våra tal" not in alone
    assert "## Publicerade antal bredvid våra\n" in both
    assert "Våra tal räknar dem" in both
