"""What stands behind the numbers of a page: each has its rows, each row is in the data, and the sources are theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup, Tag

from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.locale import LANGUAGES, texts
from natverk.pages.page import NotebookPage
from natverk.pages.prose import Prose
from natverk.pages.provenance import Provenance, named_rows
from natverk.pages.tables import TableView
from tests.pages.notebook import page_of

PAGES = Path(__file__).parents[2] / "natverk/pages"
#: Numbers of the first screen that rest on no row, and why.
EXCEPTIONS = {
    r"(senaste|last) (fem|five) (åren|years)": "the argument `recent` of the page: how far back is recent",
    r"(till och med|up to) 29 (november|November) 2026": "the vintage of the data, which every page names",
}
#: What stands in a column though it is no statement of numbers: names, and the numbers of sources.
NAMES = ("sources", "network", "municipal_networks", "regional_networks", "joint_networks")


@cache
def page(lang: str) -> NotebookPage:
    with patch.object(NotebookPage, "figure"):
        return page_of("region_report", region="14", lang=lang)


@cache
def provenance(lang: str) -> Provenance:
    return next(part for part in page(lang).parts if isinstance(part, Provenance))


def items(lang: str) -> dict[str, list[object]]:
    """Return the rows of the panel by id."""
    return {item[0]: item for _table, found in provenance(lang).content["tables"] for item in found}  # type: ignore[attr-defined]


def lead(lang: str) -> BeautifulSoup:
    first = next(part.text for part in page(lang).parts if isinstance(part, Prose))
    return BeautifulSoup(first.replace("\\", ""), "html.parser")


def cells(lang: str) -> Iterator[tuple[str, str, Tag]]:
    """Yield caption, column and cell of every table."""
    for table in page(lang).parts:
        if isinstance(table, TableView):
            for line in BeautifulSoup(table._repr_html_(), "html.parser").select("tbody tr"):
                yield from (
                    (table.caption, key, cell)
                    for key, cell in zip(table.labels, line.find_all("td", recursive=False), strict=True)
                )


def resting(tag: Tag) -> list[str]:
    """Return the rows that a number rests on: its own, those in it, or those of its line."""
    own = tag.get("data-rows") or next((inner["data-rows"] for inner in tag.select("[data-rows]")), "")
    line = tag.find_parent("tr")
    return str(own or (line["data-rows"] if line else "")).split()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_first_screen_has_its_rows(lang: str) -> None:
    soup = lead(lang)
    for span in soup.select("span[data-rows]"):
        span.decompose()
    said = " ".join(soup.get_text().split())
    for pattern in EXCEPTIONS:
        assert re.search(pattern, said), f"no exception is needed for {pattern}"
        said = re.sub(pattern, "", said)
    words = texts(lang)("nouns.numbers").split()[2:]
    assert re.findall(rf"\b(?:\d+|{'|'.join(words)})\b", said) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_tables_has_its_rows(lang: str) -> None:
    n = 0
    for caption, key, cell in cells(lang):
        text = cell.get_text()
        # Nobody is counted where the count is none: there is no row to follow it to.
        if re.search(r"\d", text) and key not in NAMES and text != "0":
            n += 1
            assert resting(cell), (caption, key, text)
    assert n >= 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_that_is_named_is_in_the_data_and_in_the_panel(real: Dataset, lang: str) -> None:
    named = {item for _caption, _key, cell in cells(lang) for item in resting(cell)}
    named |= {item for span in lead(lang).select("[data-rows]") for item in resting(span)}
    assert named
    assert named <= set(items(lang)) == page(lang).shown | page(lang).counted_rows
    tables = named_rows(real, named)
    assert sum(map(len, tables.values())) == len(named)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sources_of_the_page_are_those_of_its_rows(real: Dataset, lang: str) -> None:
    addresses = real.sources.set_index("source_id")["url"].to_dict()
    behind = set()
    for name, rows in named_rows(real, items(lang)).items():
        # Its sources are of borders, seats and population as well.
        for column in SCHEMA[name].columns if name != "counties" else ():
            if column.ref == "sources.source_id":
                behind |= {item for cell in rows[column.name].dropna() for item in cell.split(";")}
    cited = page(lang).references.ids
    assert {addresses[item] or item for item in cited} == {addresses[item] or item for item in behind}
    # The panel finds them in the list at the end.
    numbers = {n for item in items(lang).values() for n in item[2]}  # type: ignore[attr-defined]
    assert numbers == set(range(1, len(page(lang).references) + 1))


def test_the_rows_of_a_count_are_those_that_were_counted(real: Dataset) -> None:
    rows = real.memberships.set_index("row_id")

    def distinct(ids: list[str], *columns: str) -> int:
        return len(rows.loc[[item for item in ids if item in rows.index], list(columns)].drop_duplicates())

    t = texts("en")
    said = {str(span["data-rule"]): (span.get_text(), resting(span)) for span in lead("en").select("[data-rule]")}
    counted = {
        "claim": ("actor_id", "network_id"), "recent_claim": ("actor_id", "network_id"),
        "undated_claim": ("actor_id", "network_id"), "documented_municipality": ("actor_id",),
        "cooperation": ("network_id",),
    }  # fmt: skip
    for rule, columns in counted.items():
        text, ids = said[rule]
        number = text.split()[0]
        words = t("nouns.numbers").split()
        assert distinct(ids, *columns) == (words.index(number) if number in words else int(number)), rule
    assert resting(lead("en").select("[data-rule=county_municipality]")[0]) == ["14"]
    n = 0
    for _caption, key, cell in cells("en"):
        if key in ("n_here", "n_municipalities", "n_regional", "n_joint") and cell.get_text() not in ("", "0"):
            n += 1
            number = re.findall(r"\d+", cell.get_text())[-1]
            assert distinct(resting(cell), "actor_id") == int(number), (key, cell.get_text())
    assert n > 90


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_row_reads_as_a_reader_does(lang: str) -> None:
    for _table, found in provenance(lang).content["tables"]:  # type: ignore[attr-defined]
        for item, text, *_rest in found:
            assert len(text) > 8, item
            fault = (
                r"\b(nan|None|NaT|True|False)\b|<NA>|\b[a-z]+_[a-z_]+\b|\b(municipality|region|body|state):| · ( |$)"
            )
            assert not re.search(fault, text), (item, text)
    assert not any("_" in table for table, _found in provenance(lang).content["tables"])  # type: ignore[attr-defined]


def test_a_row_says_what_it_says() -> None:
    sv, en = items("sv"), items("en")
    assert sv["rua-00039"][1] == (
        "Västra Götalandsregionen · regionen · från 1 januari 2011 · Lag (2010:630), i kraft 2011-01-01 "
        "(prop. 2009/10:156) · säkerhet: hög"
    )
    assert en["fun-00246"][1] == (
        "Västra Götalandsregionen · CPMR North Sea Commission · chair · chair; secretariat run by VGR · 2016–2018"
    )
    assert sv["mem-02882"][1] == "Skövde · Unescos globala geoparker · deltagare · nämns 2020 (vår slutsats)"
    assert sv["mem-02882"][3] == "text"
    assert sv["mem-00030"][1] == "Västra Götalandsregionen · Assembly of European Regions · medlem · odaterat"
    assert sv["pro-00090"][1].endswith("· programperiod 2007–2013 · ledande part")  # type: ignore[attr-defined]
    assert sv["bmb-00075"][1] == "Dals-Ed · Fyrbodals kommunalförbund · nämns 2022"


def test_what_stands_behind_a_page_is_the_same_twice() -> None:
    again = next(part for part in page.__wrapped__("sv").parts if isinstance(part, Provenance))
    assert json.dumps(again.content) == json.dumps(provenance("sv").content)
    assert repr(again).endswith(" rader")


def test_a_page_that_is_told_as_of_a_year_has_no_later_year_behind_it() -> None:
    with patch.object(NotebookPage, "figure"):
        then = page_of("region_report", region="14", year_to=2010)
    found = next(part for part in then.parts if isinstance(part, Provenance)).content["tables"]
    told = {item[0]: item[1] for table, own in found if table in ("medlemskap", "uppdrag") for item in own}  # type: ignore[attr-defined]
    assert told
    assert {item: text for item, text in told.items() if re.search(r"(till|–|nämns|sedan) ?20(1[1-9]|2\d)", text)} == {}


def test_own_rows_are_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "sources.csv").write_text(
        "source_id,title,accessed,language,kind\nown-samtal,Samtal,2026-11-20,sv,interview\n", encoding="utf-8"
    )
    (mine / "memberships.csv").write_text(
        "row_id,actor_id,network_id,status,observed_year,observed_basis,source_id\n"
        "own-00001,municipality:1380,eurocities,member,2024,stated,own-samtal\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(OVERLAY_VARIABLE, str(mine))
    made = page_of("municipality_profile", municipality="1380")
    content = next(part for part in made.parts if isinstance(part, Provenance)).content
    assert content["own"] == ["own-00001"]
    (own,) = [item for _table, found in content["tables"] for item in found if item[0] == "own-00001"]  # type: ignore[attr-defined]
    assert own[1] == "Halmstad · Eurocities · medlem · nämns 2024"
    assert made.references.frame().set_index("number").at[own[2][0], "title"] == "Samtal"


@pytest.mark.parametrize("rule", sorted(texts("en").group("provenance.rule")))
def test_every_rule_is_that_of_a_table_or_a_count(rule: str) -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in [*PAGES.glob("*.py"), *PAGES.glob("templates/*.j2")])
    assert f'"{rule}"' in said
