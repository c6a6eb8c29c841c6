"""Figures by kind of mark: what they say, that no text meets another or is cut, plain notices for nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.figures import Notice, Picture, bars, dots, grids, lines, maps, timelines
from natverk.figures.style import SMALL
from natverk.locale import LANGUAGES, texts
from natverk.networks import list_matrix, members_of

COUNTIES = {"12": "Skåne", "14": "Västra Götaland", "19": "Västmanland", "23": "Jämtland"}
SOURCE = "Källa: natverk, uppgifter lästa till och med den 29 november 2026."


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


HELD = frame(
    "county_code holder_actor_id holder_name holder_type level start_earliest start_latest end certainty",
    ("14", "state:l", "Länsstyrelsen", "state", "state", "1997-01-01", "1997-01-01", "1998-12-31", "medium"),
    (
        "14",
        "region:14",
        "VGR (landsting)",
        "pilot_region",
        "regional",
        "1999-01-01",
        "1999-01-01",
        "2010-12-31",
        "high",
    ),
    ("14", "region:14", "Västra Götalandsregionen", "region", "regional", "2011-01-01", "2011-01-01", None, "high"),
    (
        "23",
        "state:j",
        "Länsstyrelsen i Jämtlands län",
        "state",
        "state",
        "1997-01-01",
        "1997-01-01",
        "2012-12-31",
        "low",
    ),
    (
        "23",
        "body:j",
        "Regionförbundet",
        "samverkansorgan",
        "intermunicipal",
        "2007-01-01",
        "2013-01-01",
        "2014-12-31",
        "low",
    ),
    ("23", "region:23", "Region Jämtland Härjedalen", "region", "regional", "2015-01-01", "2015-01-01", None, "high"),
    (
        "09",
        "municipality:0980",
        "Gotlands kommun",
        "pilot_region",
        "municipal",
        "1997-07-01",
        "1997-07-01",
        None,
        "high",
    ),
)
SPELLS = frame(
    "actor_id network_id start start_basis last_seen end kind",
    ("m", "sern", 2006, "stated", 2024, None, "international"),
    ("m", "urbact", 2010, "stated", 2015, 2016, "international"),
    ("m", "icc", 2020, "seen", 2024, None, "international"),
    ("m", "geopark", None, None, None, None, "national"),
)
ON_LISTS = frame("network_id year state", ("sern", 2014, "on"), ("sern", 2018, "absent"), ("icc", 2022, "on"))
NAMES = {"sern": "SERN", "urbact": "URBACT", "icc": "ICC", "geopark": "Geoparken", "ubc": "UBC"}
CELLS = frame(
    "actor_id network_id mark",
    ("r", "sern", "recent"),
    ("a", "sern", "earlier"),
    ("b", "sern", "undated"),
    ("b", "ubc", "recent"),
    ("j", "ubc", "conflict"),
    ("a", "ubc", "left"),
    ("r", "icc", "loose"),
)
ACTORS = frame(
    "actor_id name level",
    ("a", "Alby", "municipal"),
    ("b", "Boda", "municipal"),
    ("c", "Celle", "municipal"),
    ("j", "Förbundet", "joint"),
    ("r", "Region Ett", "regional"),
)
LISTS = frame(
    "actor_id name list_id year certainty state start end",
    ("a", "Alby", "one", 2014, "high", "on", 1991, None),
    ("a", "Alby", "two", 2016, "medium", "on", 1991, None),
    ("a", "Alby", "three", 2019, "high", "on", 1991, None),
    ("b", "Boda", "one", 2014, "high", "on", None, 2015),
    ("b", "Boda", "two", 2016, "medium", "absent", None, 2015),
    ("b", "Boda", "three", 2019, "high", "absent", None, 2015),
    ("c", "Celle", "one", 2014, "high", "not_at_risk", None, None),
    ("c", "Celle", "two", 2016, "medium", "on", None, None),
    ("c", "Celle", "three", 2019, "high", "absent", None, None),
)
FORMS = frame(
    "county_code form n since",
    ("14", "beredning", 1, "2011-04"),
    ("14", "subregional", 4, None),
    ("12", "subregional", 1, "1968"),
    ("19", "forum", 0, None),
)
THEMES = frame(
    "theme level n",
    ("culture", "municipal", 12),
    ("culture", "regional", 1),
    ("health", "municipal", 3),
    ("health", "joint", 2),
    ("rural", "joint", 0),
)
HOLDERS = frame(
    "year holder_type low best high",
    *((year, "region", n, n, n) for year, n in ((2013, 4), (2014, 4), (2015, 10))),
    *((year, "state", low, best, 5) for year, low, best in ((2013, 4, 4), (2014, 4, 5), (2015, 5, 5))),
)
JUDGED = frame(
    "network_id criterion judgement",
    ("c40", "positioning", 2),
    ("c40", "influence", 1),
    ("c40", "influence", 0),
    ("icc", "influence", -1),
)
STATES = frame(
    "county_code region_name state last_state last_seen date_basis horizon_year",
    ("12", "Region Skåne", "under_review", "under_review", "2023-11-09", "inferred", 2030),
    ("14", "Västra Götalandsregionen", "adopted", "adopted", "2021", "stated", None),
    ("19", "Region Västmanland", "not_known", "adopted", "2019-03", "stated", 2030),
    ("23", "Region Jämtland", "not_known", None, None, None, None),
)
MEMBERS = frame(
    "actor_id name level mark code county_codes",
    *(
        (code, f"Ort {code}", "municipal", "recent", code, code[:2])
        for code in ("1280", "1281", "1480", "0180", "0980")
    ),
    ("2480", "Umeå", "municipal", "earlier", "2480", "24"),
    ("region:12", "Region Skåne", "regional", "recent", None, "12"),
    ("body:x", "Förbundet", "joint", "undated", None, "12"),
)

Draw = Callable[..., Picture | Notice]
#: Each figure with a call that draws, numbers that its text alternative must tell, and a call that has nothing to show.
FIGURES: dict[str, tuple[Draw, list[str], Draw]] = {
    "responsibility of one": (
        lambda **k: timelines.responsibility(
            HELD[HELD["county_code"] == "23"], years=(1997, 2026), names=COUNTIES, **k
        ),
        ["2007–2013", "2014", "2015"],
        lambda **k: timelines.responsibility(HELD[:0], **k),
    ),
    "responsibility of several": (
        lambda **k: timelines.responsibility(HELD, years=(1997, 2026), names=COUNTIES, **k),
        ["1998", "1999–2010", "2011", "2007–2013"],
        lambda **k: timelines.responsibility(HELD, years=(1990, 1995), **k),
    ),
    "spells": (
        lambda **k: timelines.spells(SPELLS, names=NAMES, lists=ON_LISTS, group="kind", **k),
        ["2006", "2024", "2010", "2016", "2020", "2014", "2018", "2022"],
        lambda **k: timelines.spells(SPELLS[3:], **k),
    ),
    "incidence": (
        lambda **k: grids.incidence(
            CELLS, names=NAMES, actors=ACTORS, group={"ubc": "national", "sern": "international"}, **k
        ),
        ["SERN (3)", "UBC (2)", "ICC (0)"],
        lambda **k: grids.incidence(CELLS[:1], actors=ACTORS, **k),
    ),
    "lists": (
        lambda **k: grids.lists(LISTS, **k),
        ["2014: 2", "2016: 2", "2019: 1", "1991", "2015"],
        lambda **k: grids.lists(LISTS[LISTS["year"] == 2014], **k),
    ),
    "forms": (
        lambda **k: grids.forms(FORMS, names=COUNTIES, **k),
        ["1968", "2011", " 4"],
        lambda **k: grids.forms(FORMS[FORMS["form"] == "subregional"], names=COUNTIES, **k),
    ),
    "levels": (
        lambda **k: bars.levels(THEMES, **k),
        [" 12", " 3", " 2", " 1"],
        lambda **k: bars.levels(THEMES[:2], **k),
    ),
    "holders": (
        lambda **k: lines.holders(HOLDERS, **k),
        ["4", "10", "2015"],
        lambda **k: lines.holders(HOLDERS[:1], **k),
    ),
    "judgements": (
        lambda **k: dots.judgements(JUDGED, names={"c40": "C40", "icc": "ICC"}, **k),
        ["C40: ", " 2", "−1"],
        lambda **k: dots.judgements(JUDGED[:3], **k),
    ),
    "strategies": (
        lambda **k: dots.strategies(STATES, **k),
        ["2023-11-09", "2021", "2019", "2030"],
        lambda **k: dots.strategies(STATES[:1], **k),
    ),
    "members on a map": (
        lambda **k: maps.members(MEMBERS, **k),
        ["(6)", "(1): Umeå"],
        lambda **k: maps.members(MEMBERS[:4], **k),
    ),
}


def drawn(result: Picture | Notice) -> Picture:
    assert isinstance(result, Picture), result
    return result


def written(picture: Picture) -> list[tuple[Text, tuple[float, float, float, float]]]:
    """Return the texts of a picture that can be seen, with their boxes in CSS pixels from the lower left corner."""
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    scale = 96 / picture.figure.dpi
    found = []
    for text in picture.figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            found.append((text, (box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)))
    return found


def cut(picture: Picture) -> list[str]:
    """Return the texts that reach out of the picture."""
    return [
        text.get_text()
        for text, box in written(picture)
        if box[0] < -0.5 or box[1] < -0.5 or box[2] > picture.width + 0.5 or box[3] > picture.height + 0.5
    ]


def meeting(picture: Picture, air: float = 2.0) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover each other by more than the air around letters."""
    found = []
    for (one, a), (other, b) in combinations(written(picture), 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        down = min(a[3], b[3]) - max(a[1], b[1])
        # Upright headings of neighbouring columns share the air above and below their letters.
        spare = 4.0 if one.get_rotation() or other.get_rotation() else air
        if across > spare and down > spare:
            found.append((one.get_text(), other.get_text()))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_tells_its_numbers_in_either_language(name: str, lang: str) -> None:
    draw, numbers, _ = FIGURES[name]
    picture = drawn(draw(lang=lang, source=SOURCE))
    assert [number for number in numbers if number not in picture.alt] == []
    assert picture.alt.endswith(".")
    assert picture.caption.endswith(".")
    assert picture.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_frame_gives_the_same_bytes(name: str) -> None:
    draw, _, _ = FIGURES[name]
    assert drawn(draw(source=SOURCE)).png == drawn(draw(source=SOURCE)).png


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_to_show_is_said_and_not_drawn(name: str, lang: str) -> None:
    notice = FIGURES[name][2](lang=lang)
    assert isinstance(notice, Notice)
    assert notice.message.endswith(".")


@pytest.mark.parametrize("name", FIGURES)
def test_a_given_axes_is_drawn_on(name: str) -> None:
    figure = Figure(figsize=(12, 9))
    ax, other = figure.subplots(1, 2)
    picture = drawn(FIGURES[name][0](ax=ax))
    assert picture.figure is figure
    assert ax.has_data()
    assert not other.has_data()
    assert len(figure.axes) == 2


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_text_is_large_enough_whole_and_apart(name: str, lang: str) -> None:
    picture = drawn(FIGURES[name][0](lang=lang, source=SOURCE))
    assert min(float(text.get_fontsize()) for text, _ in written(picture)) >= SMALL
    assert cut(picture) == []
    assert meeting(picture) == []


def test_what_is_cut_or_meets_is_found() -> None:
    figure = Figure(figsize=(2, 1), dpi=96)
    figure.text(0.9, 0.5, "too long for the room")
    figure.text(0.85, 0.5, "above")
    picture = Picture(figure, caption="", alt="")
    assert cut(picture) == ["too long for the room", "above"]
    assert meeting(picture) == [("too long for the room", "above")]


def test_a_frame_of_something_else_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="the frame has no column 'holder_name'"):
        timelines.responsibility(SPELLS.assign(county_code="14"))
    with pytest.raises(InvalidArgument, match="nearest: 'recent'"):
        grids.incidence(CELLS.assign(mark="recnt"))
    with pytest.raises(InvalidArgument, match="has a mark but is not among `actors`"):
        grids.incidence(CELLS, actors=ACTORS[:2])
    with pytest.raises(InvalidArgument, match="lies beyond -2 and 2"):
        dots.judgements(JUDGED.assign(judgement=3))
    with pytest.raises(InvalidArgument, match="'last week' is not a date"):
        dots.strategies(STATES.assign(last_seen="last week"))


# --- What is drawn ----------------------------------------------------------------------------------------------------


def test_an_uncertain_year_is_hatched_from_end_to_end() -> None:
    ax = Figure().subplots()
    lone = frame(
        "year holder_type low best high",
        *((year, "state", 2 - (year in (2003, 2004, 2007)), 2, 2) for year in range(2002, 2009)),
    )
    lines.holders(lone, ax=ax)
    (area,) = ax.collections
    extents = sorted((float(path.vertices[:, 0].min()), float(path.vertices[:, 0].max())) for path in area.get_paths())
    assert extents == [(2003, 2005), (2007, 2008)]


def test_a_sighting_is_no_line_and_a_list_without_the_member_is_marked_on_it() -> None:
    figure = Figure()
    ax = figure.subplots()
    picture = drawn(timelines.spells(SPELLS, names=NAMES, lists=ON_LISTS, lang="en", ax=ax))
    drawn_lines = [
        line for line in ax.lines if line.get_linestyle() == "-" and len(np.atleast_1d(line.get_xdata())) == 2
    ]
    assert sorted(float(np.min(line.get_xdata())) for line in drawn_lines) == [2006.5, 2010.5]
    assert max(float(np.max(line.get_xdata())) for line in drawn_lines) == 2024.5
    assert (
        "SERN: since 2006, last attested 2024; on a complete list 2014; not on the complete list of 2018."
        in picture.alt
    )
    assert "ICC: seen 2020 and 2024; on a complete list 2022." in picture.alt
    assert "URBACT: since 2010, until 2016." in picture.alt
    assert "Geoparken: year not known." in picture.alt


def test_actors_without_a_mark_have_no_column() -> None:
    picture = drawn(grids.incidence(CELLS, names=NAMES, actors=ACTORS, lang="en"))
    heads = [label.get_text() for label in picture.figure.axes[0].get_xticklabels()]
    assert heads == ["Region Ett", "Förbundet", "Alby", "Boda"]
    assert "Nothing in these networks: Celle." in picture.alt
    assert ", 4 actors." in picture.caption
    assert "1 actor with nothing in these networks has no column." in picture.caption


def test_marks_are_told_apart_without_colour() -> None:
    figure = Figure()
    ax = figure.subplots()
    for place, kind in enumerate(grids.MARKS):
        grids.draw_marks(ax, kind, "municipal", [place], [0], 8)
    looks = [(str(line.get_marker())[:12], line.get_fillstyle(), line.get_markerfacecolor()) for line in ax.lines]
    assert len(set(looks)) == len(grids.MARKS)


def test_who_stays_longest_on_the_lists_comes_first() -> None:
    picture = drawn(grids.lists(LISTS, lang="en"))
    axes = picture.figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Alby", "Celle", "Boda"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2014\n\n2", "2016\nmedium\n2", "2019\n\n1"]
    assert "Boda: on the list of 2014, not of 2016 and 2019; until 2015." in picture.alt


def test_repeated_judgements_are_averaged_first() -> None:
    picture = drawn(dots.judgements(JUDGED, names={"c40": "C40", "icc": "ICC"}, lang="en"))
    assert "C40: positioning 2, influence 0.5; mean 1.2." in picture.alt
    assert "ICC: influence −1; mean −1; not judged: positioning." in picture.alt


def test_a_region_stands_where_no_member_does() -> None:
    own, _ = maps._placed(MEMBERS, None)
    region = next(item for item in own if item.level == "regional")
    assert not [
        item for item in own if item.level == "municipal" and (item.east, item.north) == (region.east, region.north)
    ]


# --- Real units -------------------------------------------------------------------------------------------------------


def test_the_matrix_of_the_largest_county_is_legible(real: Dataset) -> None:
    actors = natverk.roles.actors_of(real, "14")
    table = natverk.documented(real, list(actors["actor_id"]))
    names = dict(zip(real.networks["network_id"], real.networks["name_sv"], strict=True))
    kinds = dict(zip(real.networks["network_id"], real.networks["reach"], strict=True))
    picture = drawn(grids.incidence(table, names=names, actors=actors, group=kinds, source=SOURCE))
    assert 840 <= picture.width < 1000
    assert cut(picture) == []
    assert meeting(picture) == []
    assert min(float(text.get_fontsize()) for text, _ in written(picture)) >= SMALL


@pytest.mark.parametrize("network", ["ubc", "viable-cities-kn2030", "eurocities"])
def test_lists_of_a_real_network(real: Dataset, network: str) -> None:
    table = list_matrix(real, network)
    picture = drawn(grids.lists(table))
    on = table[table["state"] == "on"].groupby(["year", "list_id"], as_index=False).size()
    told = [f"{year}: {n} på listan" for year, n in zip(on["year"], on["size"], strict=True)]
    assert [part for part in told if part not in picture.alt] == []
    assert cut(picture) == []
    assert meeting(picture) == []


@pytest.mark.parametrize("county", ["09", "12", "14", "23"])
def test_responsibility_of_a_real_county(real: Dataset, county: str) -> None:
    table = natverk.roles.responsibility(real, county)
    picture = drawn(timelines.responsibility(table, years=(1997, 2026)))
    assert all(name in picture.alt for name in table["holder_name"])
    assert cut(picture) == []
    assert meeting(picture) == []


def test_real_measures_are_taken_as_they_are(real: Dataset) -> None:
    names = dict(zip(real.networks["network_id"], real.networks["name_sv"], strict=True))
    pictures = [
        timelines.responsibility(natverk.roles.responsibility(real)),
        timelines.spells(natverk.spells(real, actors="Vänersborg"), names=names),
        timelines.spells(natverk.documented(real, "Malmö"), names=names, source=SOURCE),
        timelines.spells(members_of(real, "ubc"), lists=list_matrix(real, "ubc")),
        bars.levels(natverk.roles.practised(real, county="14")),
        lines.holders(natverk.roles.responsibility_counts(real)),
        dots.judgements(natverk.portfolio.judgements(real, "Stockholm", 2011), names=names),
        maps.members(members_of(real, "ubc")),
    ]
    for picture in map(drawn, pictures):
        assert cut(picture) == []
        assert meeting(picture) == []


def test_every_key_of_the_vocabulary_is_used_for_forms_and_states() -> None:
    t = texts("sv")
    assert all(t.has(f"terms.interplay_form.{form}") for form in grids.FORMS)
    assert all(t.has(f"terms.strategy_state.{state}") for state in dots.STATES)
