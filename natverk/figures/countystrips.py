"""Small multiples on the tile grid: each county a strip of years, coloured by who held the responsibility."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.holders import CERTAINTIES, HOLDER_TYPES
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.spans import COLUMNS as SPELL_COLUMNS
from natverk.figures.spans import MARGIN as BAND_MARGIN
from natverk.figures.spans import Segment, read_segments
from natverk.figures.style import (
    GRID,
    HATCH,
    INK,
    LAST_YEAR,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    TEXT,
    TINY,
    WIDTH,
    housed,
    line_height,
    shorten,
    text_width,
)
from natverk.frames import FIRST_YEAR
from natverk.locale import Texts, texts

__all__ = ["county_strips"]

COLUMNS = ("county_code", "name_short", "tile_row", "tile_col", *SPELL_COLUMNS)
MARGIN = 8.0
GAP = 14.0
ROW = 56.0
STRIP = 17.0
LEVELS = ("state", "joint", "regional", "unitary")


@dataclass
class County:
    """One county: its place in the grid, its holders, and the moments at which the level changed."""

    name: str
    row: int
    col: int
    segments: list[Segment] = field(default_factory=list)

    def changes(self) -> list[Segment]:
        """Return the first segment of each run of one level, but for the run that opens the strip."""
        pairs = zip(self.segments, self.segments[1:], strict=False)
        return [after for before, after in pairs if after.level != before.level]


@housed
def county_strips(
    frame: pd.DataFrame, *, lang: str = "sv", source: str = "", year_from: int = FIRST_YEAR, year_to: int = LAST_YEAR
) -> Picture | Notice:
    """Draw for each county, at its place in the grid, which level held the responsibility in which years.

    Parameters
    ----------
    frame
        One row a holder: `county_code`; `name_short`; `tile_row`, `tile_col` (place in the grid, whole numbers);
        and the columns of `timeline`: `holder_name, holder_type, start_earliest, start_latest, start_precision,
        end_date, certainty`.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    year_from, year_to
        First and last year of the strips; both whole years are shown.

    Returns
    -------
    Picture or Notice
        Colour tells the level; where a start is known as an interval only, it is hatched. The years under a strip
        are those in which the level changed, as far as there is room.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown type or certainty, or a year range that is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "county_code": ["19", "19"], "name_short": ["Västmanland"] * 2, "tile_row": [5, 5], "tile_col": [2, 2],
    ...     "holder_name": ["Länsstyrelsen i Västmanlands län", "Region Västmanland"],
    ...     "holder_type": ["state", "region"], "start_earliest": ["1997-01-01", "2017-01-01"],
    ...     "start_latest": ["1997-01-01", "2017-01-01"], "start_precision": ["day", "day"],
    ...     "end_date": ["2016-12-31", None], "certainty": ["high", "high"],
    ... })
    >>> print(county_strips(frame, lang="en").alt)
    Tile grid of 1 county: who held the regional development responsibility, 1997–2026. Västmanland: state until 2017, \
then region.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "county_strips")
    check_values(frame, "holder_type", HOLDER_TYPES, "county_strips")
    check_values(frame, "certainty", CERTAINTIES, "county_strips")
    if year_to < year_from:
        raise InvalidArgument(
            f"year_to {year_to} is before year_from {year_from}", where="natverk.figures.county_strips"
        )
    counties = _counties(frame, year_from, year_to)
    if not counties:
        return Notice(t("figures_roles.strips.empty"))
    sheet = Sheet(WIDTH)
    columns = max(county.col for county in counties)
    across = (WIDTH - 2 * MARGIN + GAP) / max(columns, 5)
    top = 6 + sheet.key(_keys(counties, t), MARGIN, 6, WIDTH - 2 * MARGIN) + 10
    first = min(county.row for county in counties)
    for county in counties:
        x, y = MARGIN + (county.col - 1) * across, top + (county.row - first) * ROW
        _strip(sheet, county, x, y, across - GAP, (year_from, year_to), t)
    bottom = top + (max(county.row for county in counties) - first + 1) * ROW
    bottom += sheet.source(source, bottom, x=MARGIN)
    caption = [t("figures_roles.strips.caption", first=year_from, last=year_to)]
    if any(segment.uncertain for county in counties for segment in county.segments):
        caption.append(t("figures_roles.strips.caption_interval"))
    return sheet.picture(height=bottom + 8, caption=" ".join(caption), alt=_alt(counties, t, year_from, year_to))


def _counties(frame: pd.DataFrame, year_from: int, year_to: int) -> list[County]:
    found = []
    for _, rows in frame.groupby("county_code", sort=True):
        segments = read_segments(rows, year_from, year_to)
        if segments:
            head = rows.iloc[0]
            found.append(County(str(head["name_short"]), whole(head["tile_row"]), whole(head["tile_col"]), segments))
    return found


def _strip(sheet: Sheet, county: County, x: float, y: float, width: float, years: tuple[int, int], t: Texts) -> None:
    scale = width / (WIDTH - 2 * BAND_MARGIN)

    def at(place: float) -> float:
        return x + (place - BAND_MARGIN) * scale

    sheet.text(x, y, shorten(county.name, width, TEXT), size=TEXT)
    top = y + line_height(TEXT) + 2
    sheet.hatched(x, top, width, STRIP)
    for number, segment in enumerate(county.segments):
        left, solid, right = at(segment.left), at(segment.solid), at(segment.right)
        fill = LEVEL_COLOURS[segment.main_level]
        if segment.uncertain:
            before = LEVEL_COLOURS[county.segments[number - 1].main_level] if number else PAPER
            lines = PAPER if before == fill else fill
            sheet.rect(left, top, solid - left, STRIP, fill=before, hatch=HATCH * 2, hatch_colour=lines, order=2.2)
        if right > solid:
            sheet.rect(solid, top, right - solid, STRIP, fill=fill, order=2.2)
            if segment.level == "unitary":
                sheet.rect(solid, top + STRIP - 5, right - solid, 5, fill=LEVEL_COLOURS["regional"], order=2.3)
    step = width / (years[1] + 1 - years[0])
    for year in range(-(-years[0] // 10) * 10, years[1] + 1, 10):
        place = x + (year - years[0]) * step
        sheet.line([place, place], [top + STRIP, top + STRIP + 3.5], colour=MUTED, width=0.7)
    sheet.line([x, x + width], [top + STRIP] * 2, colour=MUTED, width=0.7, order=3)
    _years(sheet, county, (x, x + width), at, top + STRIP + 3)


def _years(sheet: Sheet, county: County, span: tuple[float, float], at, y: float) -> None:  # type: ignore[no-untyped-def]
    """Write the years of change under the strip, from the right; one without room is left out."""
    limit = span[1] + 6
    for segment in reversed(county.changes()):
        text = _when(segment)
        width = text_width(text, TINY)
        middle = (at(segment.left) + at(segment.solid)) / 2
        left = min(max(middle - width / 2, span[0]), span[1] - width, limit - 6 - width)
        if left < span[0]:
            continue
        sheet.text(left, y, text, size=TINY, colour=INK, halo=True)
        limit = left


def _when(segment: Segment) -> str:
    first, last = segment.first.year, segment.sure_from.year
    return str(first) if first == last else f"{first}–{last}"


def _keys(counties: list[County], t: Texts) -> list[Key]:
    levels = {segment.level for county in counties for segment in county.segments}
    keys = []
    for level in LEVELS:
        if level in levels:
            main = "municipal" if level == "unitary" else level
            band = LEVEL_COLOURS["regional"] if level == "unitary" else ""
            keys.append(Key(t(f"figures.timeline.level.{level}"), LEVEL_COLOURS[main], MUTED, band=band))
    if any(segment.uncertain for county in counties for segment in county.segments):
        keys.append(Key(t("figures.timeline.key_interval"), PAPER, MUTED, hatch=HATCH))
    keys.append(Key(t("figures_roles.strips.key_decade"), GRID, MUTED, marker="|", size=8))
    return keys


def _alt(counties: list[County], t: Texts, first: int, last: int) -> str:
    parts = [
        t("figures_roles.strips.alt", counties=t.count("figures.tiles.county", len(counties)), first=first, last=last)
    ]
    for county in counties:
        words = t(f"figures_roles.strips.level.{county.segments[0].level}")
        for change in county.changes():
            level = t(f"figures_roles.strips.level.{change.level}")
            words += t("figures_roles.strips.alt_change", when=_when(change), level=level)
        parts.append(t("figures_roles.strips.alt_county", name=county.name, levels=words))
    return " ".join(parts)
