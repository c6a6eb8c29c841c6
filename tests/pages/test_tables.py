"""What tables and lists of sources say as plain text: in a terminal, and in a stored notebook."""

from __future__ import annotations

import pandas as pd

from natverk.data.load import Dataset
from natverk.locale import texts
from natverk.pages.sources import References
from natverk.pages.tables import Download, TableView


def test_a_long_table_is_shortened_as_plain_text() -> None:
    rows = [{"name": f"nät-{number}"} for number in range(1000)]
    shown = [
        repr(TableView(rows, {"name": "Nätverk"}, "Alla nätverk", [[]] * len(rows))),
        repr(Download(pd.DataFrame(rows), "Alla nätverk")),
    ]
    for text in shown:
        assert "nät-0" in text
        assert "nät-999" in text
        assert len(text.splitlines()) < 30


def test_a_source_without_address_says_nothing_in_its_place(real: Dataset) -> None:
    references = References(real)
    sources = real.sources
    without = sources[sources["url"].isna()].iloc[0]
    references.cite([without["source_id"]])
    assert repr(references.sources(texts("sv"))) == f"[1] {without['title']}."
