"""The page of a network: what is known of the follow-up of missions, and silence where nothing is."""

from __future__ import annotations

import pytest

import natverk
from natverk import missions
from tests.pages.notebook import page_of, text_of

SAID = {"sv": "Av rapporterna har vi läst", "en": "From the reports we read"}


@pytest.mark.parametrize(
    ("lang", "steps"),
    [
        ("sv", "Två steg önskades: ett pågick när rapporten skrevs och om ett säger källorna inget mer."),
        (
            "en",
            "Two steps were wanted: one was under way when the report was written and of one the sources say no more.",
        ),
    ],
)
def test_the_follow_up_of_missions_is_said_with_the_rows_it_rests_on(lang: str, steps: str) -> None:
    page = page_of("network_profile", network="eurocities", lang=lang)
    text = text_of(page)
    assert SAID[lang] in text
    assert steps in text
    (row,) = missions.outcomes(natverk.load(), "eurocities").to_dict("records")
    assert set(row["row_ids"].split(";")) <= page.shown


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_where_nothing_is_known_after_the_report_nothing_is_said(lang: str) -> None:
    (row,) = missions.outcomes(natverk.load(), "icld-partnerskap").to_dict("records")
    assert row["n_missions"] == 4
    assert row["n_seen_later"] == row["n_done"] == row["n_under_way"] == 0
    assert SAID[lang] not in text_of(page_of("network_profile", network="icld-partnerskap", lang=lang))
