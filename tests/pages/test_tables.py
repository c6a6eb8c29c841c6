"""What tables and lists of sources say as plain text: in a terminal, and in a stored notebook."""

from __future__ import annotations

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.locale import texts
from natverk.pages.prose import plain
from natverk.pages.sources import References
from natverk.pages.tables import Download, TableView, records


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


def test_rows_of_a_frame_are_plain_and_what_is_missing_is_none_or_not_a_number() -> None:
    frame = pd.DataFrame({"year": pd.array([2014, None], "Int64"), "sure": pd.array([True, None], "boolean")})
    frame = frame.assign(name=pd.array(["a", None], "str"))
    first, second = records(frame)
    assert first == {"year": 2014, "sure": True, "name": "a"}
    assert type(first["year"]) is int
    assert (second["year"], second["sure"]) == (None, None)
    assert pd.isna(second["name"])  # type: ignore[call-overload]


def test_a_source_without_address_says_nothing_in_its_place(real: Dataset) -> None:
    references = References(real)
    sources = real.sources
    without = sources[sources["url"].isna()].iloc[0]
    references.cite([without["source_id"]])
    assert repr(references.sources(texts("sv"))) == f"[1] {without['title']}."


@pytest.mark.parametrize(
    ("ids", "sv", "en"),
    [
        (["gbg-polis"], "publicerad omkring 2017; läst", "published about 2017; read"),
        (["ubc-bull-culture"], "publicerad någon gång 2014–2017; läst", "published some time in 2014–2017; read"),
        (["nspa-about-2023"], "odaterad, omkring 2023 enligt vår läsning", "undated, about 2023 by our reading"),
        (["fn-glokala-ansokan-2019", "fn-glokala-ansokan"], "Ansökan Glokala Sverige</", "versions: 2019, undated"),
        (["fn-glokala-ansokan"], "publiceringsdatum okänt; läst", "date of publication unknown; read"),
    ],
)  # fmt: skip
def test_a_date_of_publication_is_as_sure_as_the_data_say(real: Dataset, ids: list[str], sv: str, en: str) -> None:
    references = References(real)
    references.cite(ids)
    assert sv in references.sources(texts("sv"))._repr_html_()
    assert en in references.sources(texts("en"))._repr_html_()


def test_a_cell_has_no_backslash_that_the_text_lacks() -> None:
    view = TableView(
        [{"detail": plain("AER award #ShineBright [2017] <b> a\\b")}], {"detail": "Detail"}, "Positions", [[]]
    )
    assert "<td>AER award #ShineBright [2017] &lt;b&gt; a\\b</td>" in view._repr_html_()
    assert view.frame.iloc[0, 0] == "AER award #ShineBright [2017] <b> a\\b"
