"""Who has held the regional development responsibility in a county, drawn along the years."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from babel.dates import format_date

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values
from natverk.figures.marks import Dashes
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.spans import BAND, COLUMNS, MARGIN, Segment, fit_label, read_segments
from natverk.figures.style import (
    HATCH,
    INK,
    LAST_YEAR,
    LEVEL_COLOURS,
    LEVEL_INK,
    MUTED,
    PAPER,
    SMALL,
    TINY,
    WIDTH,
    housed,
    line_height,
    text_width,
)
from natverk.frames import FIRST_YEAR
from natverk.locale import Texts, texts

__all__ = ["CERTAINTIES", "HOLDER_TYPES", "timeline"]

HOLDER_TYPES = ("state", "pilot_region", "samverkansorgan", "municipality", "region")
CERTAINTIES = ("high", "medium", "low")


@housed
def timeline(
    frame: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    place: str = "",
    year_from: int = FIRST_YEAR,
    year_to: int = LAST_YEAR,
) -> Picture | Notice:
    """Draw who has held the regional development responsibility in one county.

    Parameters
    ----------
    frame
        One row a holder: `holder_name`; `holder_type` (state, pilot_region, samverkansorgan,
        municipality, region); `start_earliest` and `start_latest` (ISO dates as text; equal when the
        day is known); `start_precision`; `end_date` (ISO date, or missing if it still holds);
        `certainty` (high, medium, low).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.
    year_from, year_to
        First and last year of the axis; both whole years are shown.

    Returns
    -------
    Picture or Notice
        Colour tells the level. Where a start is an interval, so is the predecessor's end, and the
        interval is hatched; times without any known holder are hatched in grey.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown type or certainty, or a year range that is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "holder_name": ["Länsstyrelsen i Västmanlands län", "Region Västmanland"],
    ...     "holder_type": ["state", "region"],
    ...     "start_earliest": ["1997-01-01", "2017-01-01"],
    ...     "start_latest": ["1997-01-01", "2017-01-01"],
    ...     "start_precision": ["day", "day"],
    ...     "end_date": ["2016-12-31", None],
    ...     "certainty": ["high", "high"],
    ... })
    >>> timeline(frame, lang="en", place="Västmanland").alt
    'Time line of Västmanland, 1997–2026. Länsstyrelsen i Västmanlands län (state) from 1997; Region Västmanland \
(regional) from 2017 and still.'
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "timeline")
    check_values(frame, "holder_type", HOLDER_TYPES, "timeline")
    check_values(frame, "certainty", CERTAINTIES, "timeline")
    if year_to < year_from:
        raise InvalidArgument(f"year_to {year_to} is before year_from {year_from}", where="natverk.figures.timeline")
    segments = read_segments(frame, year_from, year_to)
    if not segments:
        return Notice(t("figures.timeline.empty", place=county))
    for segment in segments:
        fit_label(segment, t)
    sheet = Sheet(WIDTH)
    top = 4 + sheet.key(_keys(segments, t), MARGIN, 4, WIDTH - 2 * MARGIN) + 8
    top = _callouts(sheet, segments, top)
    _band(sheet, segments, top)
    bottom = _changes(sheet, segments, top + BAND, t, year_from)
    bottom = _axis(sheet, bottom, year_from, year_to, t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    return sheet.picture(
        height=bottom + 8,
        caption=_caption(segments, county, t, year_from),
        alt=_alt(segments, county, t, year_from, year_to),
    )


def _write(sheet: Sheet, segment: Segment, x: float, y: float, colour: str, align: str) -> None:
    sheet.text(x, y, segment.lines, size=SMALL, colour=colour, align=align, weight="bold")
    y += len(segment.lines) * line_height(SMALL)
    sheet.text(x, y, segment.notes, size=TINY, colour=colour, align=align)


def _callouts(sheet: Sheet, segments: list[Segment], top: float) -> float:
    """Write the names of short segments above the band and return the band's top.

    From the right: a label that reaches over the next one's line stands above it, so that no line
    runs through a name.
    """
    placed: list[tuple[float, float, float, Segment, float]] = []  # left, right, floor, segment, anchor
    for segment in reversed([segment for segment in segments if not segment.inside]):
        anchor = (segment.solid + segment.right) / 2
        if segment.right - segment.solid < 1:
            anchor = (segment.left + segment.solid) / 2
        width = segment.label_width
        left = min(anchor + 4, WIDTH - 4 - width)
        floor = 8.0
        for other_left, other_right, other_floor, other, _ in placed:
            if other_left - 12 < left + width and left < other_right + 8:
                floor = max(floor, other_floor + other.height + 5)
        placed.append((left, left + width, floor, segment, anchor))
    band = top + max((floor + segment.height for _, _, floor, segment, _ in placed), default=0.0)
    for left, _, floor, segment, anchor in placed:
        y = band - floor - segment.height
        sheet.line([anchor, anchor], [y + 1, band + 6], colour=MUTED, width=0.7, order=3)
        sheet.marks([anchor], [band + 6], size=3.5, fill=INK, edge=PAPER, line=0.5)
        _write(sheet, segment, left, y, INK, "left")
    return band


def _band(sheet: Sheet, segments: list[Segment], top: float) -> None:
    sheet.hatched(MARGIN, top, WIDTH - 2 * MARGIN, BAND)
    for number, segment in enumerate(segments):
        fill, width = LEVEL_COLOURS[segment.main_level], segment.right - segment.solid
        if segment.uncertain:
            before = LEVEL_COLOURS[segments[number - 1].main_level] if number else PAPER
            lines = PAPER if before == fill else fill
            sheet.rect(
                segment.left,
                top,
                segment.solid - segment.left,
                BAND,
                fill=before,
                edge=PAPER,
                line=1.2,
                hatch=HATCH,
                hatch_colour=lines,
                order=2.2,
            )
        if width <= 0:
            continue
        sheet.rect(segment.solid, top, width, BAND, fill=fill, edge=PAPER, line=1.2, order=2.2)
        foot = 9 if segment.level == "unitary" else 0
        if foot:
            sheet.rect(
                segment.solid + 1, top + BAND - foot, width - 2, foot - 1, fill=LEVEL_COLOURS["regional"], order=2.3
            )
        ink = LEVEL_INK[segment.main_level]
        if segment.certainty != "high" and width > 8:
            dashes: Dashes = "dashed" if segment.certainty == "medium" else "dotted"
            sheet.rect(segment.solid + 3, top + 3, width - 6, BAND - 6 - foot, edge=ink, dashes=dashes, order=2.4)
        if segment.inside:
            middle = (segment.solid + segment.right) / 2
            _write(sheet, segment, middle, top + (BAND - foot - segment.height) / 2, ink, "center")
    if segments[-1].end is None:
        sheet.marks([WIDTH - MARGIN + 5], [top + BAND / 2], marker=">", size=8, fill=MUTED, edge=MUTED)


def _changes(sheet: Sheet, segments: list[Segment], top: float, t: Texts, year_from: int) -> float:
    """Write when each holder began under the band and return the lowest point."""
    rows: list[float] = []
    for segment in segments:
        if segment.sure_from <= dt.date(year_from, 1, 1):
            continue
        text = _when(segment, t)
        width = text_width(text, SMALL)
        middle = (segment.left + segment.solid) / 2
        left = min(max(middle - width / 2, 2.0), WIDTH - 2 - width)
        row = next((number for number, end in enumerate(rows) if end + 8 < left), len(rows))
        rows[row : row + 1] = [left + width]
        y = top + 6 + row * line_height(SMALL)
        sheet.line([middle, middle], [top, y], colour=MUTED, order=1)
        sheet.text(left, y + 1, text, size=SMALL, halo=True)
    return top + 8 + len(rows) * line_height(SMALL)


def _axis(sheet: Sheet, top: float, year_from: int, year_to: int, t: Texts) -> float:
    y, step = top + 6, (WIDTH - 2 * MARGIN) / (year_to + 1 - year_from)
    sheet.line([MARGIN, WIDTH - MARGIN], [y, y], colour=MUTED, width=0.8)
    every = 5 if year_to - year_from > 12 else 1
    for year in range(year_from, year_to + 1):
        x = MARGIN + (year - year_from) * step
        long = year % every == 0 or (year == year_from and year % every < every - 1)
        sheet.line([x, x], [y, y + (6 if long else 3)], colour=MUTED)
        if long:
            sheet.text(max(x, 16), y + 8, str(year), size=SMALL, colour=MUTED, align="center")
    sheet.text(WIDTH - 2, y + 8, t("figures.timeline.axis"), size=SMALL, colour=MUTED, align="right")
    return y + 12 + line_height(SMALL)


def _date(day: dt.date, t: Texts) -> str:
    return str(day.year) if (day.month, day.day) == (1, 1) else format_date(day, "d MMM y", locale=t.babel)


def _when(segment: Segment, t: Texts) -> str:
    if not segment.uncertain_dates:
        return _date(segment.sure_from, t)
    if segment.first.year == segment.sure_from.year:
        return t("figures.timeline.within", year=segment.first.year)
    return t("figures.timeline.between", first=segment.first.year, last=segment.sure_from.year)


def _since(segment: Segment, t: Texts) -> str:
    if not segment.uncertain_dates:
        return _date(segment.sure_from, t)
    first, last = segment.first, segment.sure_from
    return t("figures.timeline.since", first=first.isoformat(), last=last.isoformat())


def _keys(segments: list[Segment], t: Texts) -> list[Key]:
    keys = []
    for level in ("state", "joint", "regional", "unitary"):
        if any(segment.level == level for segment in segments):
            main = "municipal" if level == "unitary" else level
            band = LEVEL_COLOURS["regional"] if level == "unitary" else ""
            keys.append(Key(t(f"figures.timeline.level.{level}"), LEVEL_COLOURS[main], MUTED, band=band))
    if any(segment.uncertain for segment in segments):
        keys.append(Key(t("figures.timeline.key_interval"), PAPER, MUTED, hatch=HATCH))
    return keys


def _caption(segments: list[Segment], county: str, t: Texts, year_from: int) -> str:
    parts = [t("figures.timeline.caption", place=county, year=year_from)]
    if any(segment.uncertain for segment in segments):
        parts.append(t("figures.timeline.caption_interval"))
    if any(segment.certainty != "high" for segment in segments):
        parts.append(t("figures.timeline.caption_certainty"))
    return " ".join(parts)


def _alt(segments: list[Segment], county: str, t: Texts, year_from: int, year_to: int) -> str:
    parts = []
    for segment in segments:
        notes = [t(f"figures.timeline.level_short.{segment.level}"), *segment.notes]
        start = str(year_from) if segment.sure_from <= dt.date(year_from, 1, 1) else _since(segment, t)
        parts.append(t("figures.timeline.alt_holder", name=segment.name, notes=", ".join(notes), start=start))
    end = segments[-1].end
    last = t("figures.timeline.alt_still") if end is None else t("figures.timeline.alt_end", end=end.isoformat())
    return t("figures.timeline.alt", place=county, first=year_from, last=year_to, holders="; ".join(parts) + last)
