"""Sources are numbered by document, and the data say how to cite them."""

from __future__ import annotations

import pandas as pd
import pytest

import natverk
from natverk.data.load import Dataset
from natverk.data.sources import cite_data, numbered_sources
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import LANGUAGES, texts


@pytest.fixture(scope="module")
def data() -> Dataset:
    """The data as they are."""
    return natverk.load()


def test_columns_and_values_are_those_of_the_sources(data: Dataset) -> None:
    cited = numbered_sources(data, ["seed-nacka-2014", "ref-s07"])
    assert list(cited.columns) == [
        "number",
        "source_id",
        "title",
        "publisher",
        "published",
        "accessed",
        "url",
        "licence",
    ]
    for row in cited.to_dict("records"):
        source = data.sources.set_index("source_id").loc[row["source_id"]]
        for name in ("title", "accessed", "licence"):
            assert row[name] == source[name]
        assert row["url"] == source["url"] or (pd.isna(row["url"]) and pd.isna(source["url"]))


def test_numbers_follow_the_order_of_first_mention(data: Dataset) -> None:
    wanted = ["ref-s08", "ref-s07", "ref-s08", "ref-s03"]
    cited = numbered_sources(data, wanted)
    assert cited[["number", "source_id"]].to_numpy().tolist() == [[1, "ref-s08"], [2, "ref-s07"], [3, "ref-s03"]]


def test_versions_of_one_page_share_a_number(data: Dataset) -> None:
    slides = data.sources.set_index("source_id").loc[["cemr-slides", "cemr-slide"], "url"]
    assert slides.nunique() == 1
    cited = numbered_sources(data, ["cemr-slides", "ref-s07", "cemr-slide"])
    assert cited["number"].tolist() == [1, 1, 2]
    assert cited["source_id"].tolist() == ["cemr-slides", "cemr-slide", "ref-s07"]


def test_sources_without_an_address_are_documents_of_their_own(data: Dataset) -> None:
    bare = data.sources.loc[data.sources["url"].isna(), "source_id"].tolist()
    assert len(bare) > 1
    assert numbered_sources(data, bare)["number"].tolist() == list(range(1, len(bare) + 1))


def test_documents_of_all_sources_are_counted_by_address(data: Dataset) -> None:
    cited = numbered_sources(data, data.sources["source_id"])
    urls = data.sources["url"]
    assert cited["number"].max() == urls.nunique() + urls.isna().sum()
    assert cited["number"].nunique() == cited["number"].max() < len(cited) == len(data.sources)
    assert cited["number"].is_monotonic_increasing


def test_columns_of_tables_can_be_given_as_they_are(data: Dataset) -> None:
    assert data.published_figures["source_id"].isna().any()
    cited = numbered_sources(data, data.published_figures["source_id"])
    assert set(cited["source_id"]) == set(data.published_figures["source_id"].dropna())
    county = data.counties["source_id"].iloc[0]
    assert numbered_sources(data, county)["source_id"].tolist() == county.split(";")
    assert numbered_sources(data, data.counties["source_id"])["source_id"].is_unique


def test_no_sources_give_an_empty_frame_of_the_same_form(data: Dataset) -> None:
    nothing = numbered_sources(data, [])
    assert nothing.empty
    assert list(nothing.columns) == list(numbered_sources(data, ["ref-s07"]).columns)


def test_an_unknown_source_names_the_nearest(data: Dataset) -> None:
    with pytest.raises(UnknownName, match="there is no source 'seed-naka-2014'") as caught:
        numbered_sources(data, ["ref-s07", "seed-naka-2014"])
    assert "nearest: 'seed-nacka-2014'" in str(caught.value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_citation_names_title_version_vintage_and_licence(data: Dataset, lang: str) -> None:
    text = cite_data(data, lang)
    for part in ("natverk: Swedish municipalities", natverk.__version__, data.vintage, data.vintage[:4], "CC BY 4.0"):
        assert part in text
    assert "doi" not in text.lower()
    assert "{" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_citation_tells_how_the_data_were_filtered(data: Dataset, lang: str) -> None:
    plain = cite_data(data, lang)
    kinds = [
        cite_data(natverk.load(as_of="2015-06"), lang),
        cite_data(natverk.load(as_of="2015-06", undated_sources="keep"), lang),
        cite_data(natverk.load(without_noncommercial=True), lang),
    ]
    assert len({plain, *kinds}) == 4
    assert all(text.startswith(plain) for text in kinds)
    assert "2015-06" in kinds[0]
    both = cite_data(natverk.load(as_of="2015-06", without_noncommercial=True), lang)
    assert both == kinds[0] + kinds[2].removeprefix(plain)


def test_the_languages_say_it_differently_with_the_same_keys(data: Dataset) -> None:
    assert cite_data(data, "sv") != cite_data(data, "en")
    keys = [{key for key in texts(lang).keys() if key.startswith("citation.")} for lang in LANGUAGES]  # noqa: SIM118
    assert keys[0] == keys[1] != set()
    with pytest.raises(InvalidArgument, match="unknown language 'de'"):
        cite_data(data, "de")
