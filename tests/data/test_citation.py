"""Citations: exactly the sources behind something, each once, in forms that other programs read."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import natverk
from natverk.data.citation import STYLES, cite, mended_address
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.documented import documented
from natverk.pages.page import NotebookPage

VANERSBORG = "municipality:1487"
AWKWARD = r"50 % of {EU} & \ $5 #1 a_b ~x^2 “Å” Source in 2014: A Test"


def items(said: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said)
    return found


def keys(said: str) -> list[str]:
    return [item["id"] for item in items(said)]


def with_sources(data: Dataset, **cells: dict[str, object]) -> Dataset:
    """Return the data with other cells in some sources."""
    other = copy.copy(data)
    other.is_loaded = False
    sources = data.sources.set_index("source_id")
    for source, changed in cells.items():
        for name, value in changed.items():
            sources.loc[source.replace("_", "-"), name] = value
    other._tables = {"sources": sources.reset_index()}
    return other


@pytest.fixture(scope="module")
def pandoc() -> Any:
    pypandoc = pytest.importorskip("pypandoc")
    try:
        pypandoc.get_pandoc_version()
    except OSError:
        pytest.skip("there is no pandoc")
    return pypandoc


def read_back(pandoc: Any, said: str, form: str) -> dict[str, dict[str, Any]]:
    """Return what pandoc reads, as CSL by id; marks that keep capitals are taken off."""
    csl = json.loads(pandoc.convert_text(said, "csljson", format=form))
    for item in csl:
        item["title"] = re.sub(r"</?span[^>]*>", "", item["title"])
    return {item["id"]: item for item in csl}


# --- Which sources ----------------------------------------------------------------------------------------------------


def test_a_frame_is_cited_by_its_sources_and_the_data_come_first(real: Dataset) -> None:
    frame = documented(real, VANERSBORG, networks=["ensa", "sern"])
    named = {item for cell in frame["source_ids"] for item in cell.split(";")}
    said = items(cite(frame, "csl-json"))
    assert said[0]["id"] == "natverk"
    assert said[0]["version"] == natverk.__version__
    assert real.vintage in said[0]["note"]
    ids = [name for item in said[1:] for name in item["note"].split("natverk: ")[1].split("; ")[0].split(", ")]
    assert sorted(ids) == sorted(named)
    rows = frame.drop(columns="source_ids")
    assert set(keys(cite(rows, "csl-json"))) == {item["id"] for item in said}


def test_rows_lists_and_sources_are_cited_by_their_ids(real: Dataset) -> None:
    memberships = real.memberships.set_index("row_id")["source_id"]
    assert keys(cite("mem-00001", "csl-json")) == ["natverk", memberships["mem-00001"]]
    assert keys(cite(["mem-00001", memberships["mem-00001"]], "csl-json")) == ["natverk", memberships["mem-00001"]]
    cells = natverk.panel(real, actors=["municipality:0127"], networks=["ubc"], years=2020)
    assert cells["rows"].tolist() == ["ubc-2020"]
    lists = real.member_lists.set_index("list_id")["source_id"]
    assert keys(cite(cells, "csl-json")) == ["natverk", lists["ubc-2020"]]
    assert keys(cite(real.memberships.iloc[0], "csl-json")) == keys(cite(real.memberships.iloc[:1], "csl-json"))
    two = real.responsibility[real.responsibility["other_sources"].notna()].iloc[:1]
    assert len(keys(cite(two.drop(columns="row_id"), "csl-json"))) > 2


def test_a_frame_of_municipalities_by_year_is_cited_with_its_context(real: Dataset) -> None:
    frame = natverk.municipality_years(real, 2021)
    said = set(keys(cite(frame[frame["code"] == "0182"], "csl-json")))
    assert real.population.query("code == '0182' and year == 2021")["source_id"].iloc[0] in said


def test_a_page_is_cited_by_its_references(real: Dataset) -> None:
    page = NotebookPage(real, "strategies", lang="sv", years=(1997, 2024))
    figure = real.published_figures.query("source_id.isna()")["row_id"].iloc[0]
    page.references.cite(["seed-nacka-2014", "cemr-slides", "cemr-slide", str(figure)])
    assert keys(cite(page, "csl-json")) == ["natverk", "seed-nacka-2014", "cemr-slides", figure]
    assert "Källor lästa" in cite(page, "text")
    assert "Sources read" in cite(page, "text", lang="en")


def test_an_address_of_several_ids_is_one_source(real: Dataset) -> None:
    said = items(cite(["cemr-slides", "ref-s07", "cemr-slide"], "csl-json"))
    assert [item["id"] for item in said] == ["natverk", "cemr-slides", "ref-s07"]
    assert "cemr-slides, cemr-slide" in said[1]["note"]
    urls = real.sources["url"].dropna().map(mended_address)
    assert len(keys(cite(real.sources, "csl-json"))) == 1 + urls.nunique() + real.sources["url"].isna().sum()


def test_hosts_that_end_in_a_dot_are_mended(real: Dataset) -> None:
    dotted = real.sources[real.sources["url"].str.contains("issuu.com./", regex=False, na=False)]
    assert len(dotted) > 1
    for style in STYLES:
        said = cite(dotted, style)
        assert said.count("https://issuu.com/unionofthebalticcities") == 1
        assert "issuu.com./" not in said
    # The same page with and without the dot is one.
    same = with_sources(real, cemr_slides={"url": "https://a.se./x"}, ref_s07={"url": "https://a.se/x"})
    assert keys(cite(["cemr-slides", "ref-s07"], "csl-json", data=same)) == ["natverk", "cemr-slides"]


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("http://a.se.", "http://a.se"), ("https://a.se.?q=b.", "https://a.se?q=b."), ("https://a.se/b./c", None),
        ("https://a.se./#x", "https://a.se/#x"), ("https://web.archive.org/web/2014/http://a.se./b", None), ("", None),
    ],
)  # fmt: skip
def test_only_the_dot_of_the_host_is_taken_off(url: str, mended: str | None) -> None:
    assert mended_address(url) == (url if mended is None else mended)


def test_the_dataset_alone_and_its_filters_are_cited(real: Dataset) -> None:
    assert keys(cite(real, "csl-json")) == ["natverk"]
    early = natverk.load(as_of="2015")
    assert "as_of='2015'" in items(cite(early, "csl-json"))[0]["note"]
    assert "Only sources published by 2015" in cite(documented(early, VANERSBORG), "text", data=early)
    assert items(cite(real, "csl-json"))[0]["note"] != items(cite(early, "csl-json"))[0]["note"]
    assert keys(cite(real.memberships.iloc[:0], "csl-json")) == ["natverk"]


# --- Forms that programs read -----------------------------------------------------------------------------------------


def test_csl_is_read_back_by_pandoc(pandoc: Any, real: Dataset, tmp_path: Path) -> None:
    said = cite(real.sources, "csl-json")
    back = read_back(pandoc, said, "csljson")
    own = {item["id"]: item for item in items(said)}
    assert back.keys() == own.keys()
    for key, item in own.items():
        assert _plain(back[key]["title"]) == _plain(item["title"])
        for name in ("type", "URL", "version"):
            assert back[key].get(name) == item.get(name)
        for name in ("issued", "accessed"):
            assert back[key].get(name, {}).get("date-parts") == item.get(name, {}).get("date-parts")
    # And what a reader makes of it: a bibliography.
    few = tmp_path / "few.json"
    few.write_text(cite(["seed-nacka-2014", "cemr-slides"], "csl-json"), encoding="utf-8")
    page = "---\nnocite: '@*'\n---\n"
    shown = pandoc.convert_text(page, "plain", format="markdown", extra_args=["--citeproc", f"--bibliography={few}"])
    assert "natverk contributors" in shown
    assert shown.strip().count("\n\n") == 2


def test_bibtex_is_read_by_pandoc_as_csl_says_it(pandoc: Any, real: Dataset) -> None:
    own = {item["id"]: item for item in items(cite(real.sources, "csl-json"))}
    for form in ("bibtex", "biblatex"):
        back = read_back(pandoc, cite(real.sources, "bibtex"), form)
        assert back.keys() == own.keys()
        for key, item in own.items():
            assert _plain(back[key]["title"]) == _plain(item["title"])
            if "author" in item:
                assert _plain(back[key]["author"][0]["literal"]) == _plain(item["author"][0]["literal"])
            if "issued" in item:
                assert back[key]["issued"]["date-parts"][0] == item["issued"]["date-parts"][0]
            if "URL" in item:
                assert back[key]["URL"] == item["URL"]


def _plain(text: str) -> str:
    """Return a text without what pandoc's reading makes of spaces, quotes and dashes."""
    text = text.replace("\u00a0", " ").replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", " ", text.replace("–", "-").replace("—", "-").replace("--", "-")).strip()


def test_signs_that_bibtex_would_take_for_its_own_are_escaped(pandoc: Any, real: Dataset) -> None:
    data = with_sources(
        real, cemr_slides={"title": AWKWARD, "publisher": "A and B, C & D", "url": "https://a.se/x_y%20z?a=1&b={c}#d~e"}
    )
    said = cite("cemr-slides", "bibtex", data=data)
    assert r"50 \% of \{EU\} \& \textbackslash{} \$5 \#1 a\_b" in said
    back = read_back(pandoc, said, "bibtex")["cemr-slides"]
    assert _plain(back["title"]) == _plain(AWKWARD)
    assert [author["literal"] for author in back["author"]] == ["A and B, C & D"]
    assert back["URL"] == "https://a.se/x_y%20z?a=1&b=%7Bc%7D#d~e"
    assert said.count("{") == said.count("}")
    # BibTeX counts braces, escaped or not.
    lone = cite("cemr-slides", "bibtex", data=with_sources(real, cemr_slides={"title": "one { only"}))
    assert lone.count("{") == lone.count("}")
    assert len(read_back(pandoc, lone, "bibtex")) == 2


# --- Forms to read ----------------------------------------------------------------------------------------------------


def test_apa_is_in_order_and_tells_works_of_a_year_apart(real: Dataset) -> None:
    facts = {"publisher": "Örebro kommun", "published": "2014-02-26", "published_precision": "day"}
    data = with_sources(
        real,
        cemr_slides={**facts, "title": "B"},
        ref_s07={**facts, "title": "A", "url": "https://a.se/a"},
        ref_s08={**facts, "title": "C?", "published": pd.NA, "accessed": "2026-11-22", "url": "https://a.se/c"},
        ref_s03={**facts, "title": "D", "published": "2012", "published_precision": "circa", "url": pd.NA},
    )
    said = cite(["cemr-slides", "ref-s07", "ref-s08", "ref-s03"], "apa", data=data).splitlines()
    assert said[0].startswith("natverk contributors. (2026). natverk: Swedish municipalities")
    assert said[1:] == [
        "Örebro kommun. (n.d.). C? Retrieved November 22, 2026, from https://a.se/c",
        "Örebro kommun. (c. 2012). D.",
        "Örebro kommun. (2014a, February 26). A. https://a.se/a",
        f"Örebro kommun. (2014b, February 26). B. {data.sources.set_index('source_id').loc['cemr-slides', 'url']}",
    ]
    swedish = cite(["ref-s08", "ref-s07"], "apa", data=data, lang="sv")
    assert "(u.å.). C? Hämtad 22 november 2026 från https://a.se/c" in swedish
    assert "(2014, 26 februari)" in swedish


def test_versions_of_one_page_are_cited_with_all_their_dates(real: Dataset) -> None:
    (_, line) = cite(["fn-glokala-ansokan-2019", "fn-glokala-ansokan"], "text").splitlines()
    assert "versions: 2019, undated; read" in line
    (_, line) = cite(["rd-au-170830", "regiondalarna-au-2017"], "text", lang="sv").splitlines()
    assert "publicerad 2017-08-30; läst" in line


def test_text_numbers_the_sources(real: Dataset) -> None:
    said = cite(["seed-nacka-2014", "cemr-slides"], "text").splitlines()
    assert [line[:3] for line in said[1:]] == ["[1]", "[2]"]
    assert said[0].endswith("each source keeps its own terms.")
    assert "read 2026-" in said[1]


# --- Errors -----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_cited_is_refused_with_what_could(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="nearest: 'bibtex'"):
        cite("ref-s07", "bibtx")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'sv', 'en'"):
        cite("ref-s07", "apa", lang="de")
    with pytest.raises(UnknownName, match=r"no row or source 'seed-nacka-2015'(.|\n)*nearest: 'seed-nacka-2014'"):
        cite("seed-nacka-2015")
    with pytest.raises(UnknownName, match="ref-s99"):
        cite(pd.DataFrame({"source_id": ["ref-s99"]}))
    with pytest.raises(InvalidArgument, match=r"does not say what it rests on(.|\n)*'row_ids'"):
        cite(real.municipalities[["code"]])
    with pytest.raises(InvalidArgument, match="int says no sources"):
        cite(3)
