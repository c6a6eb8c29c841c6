"""The stages of regional strategies: the counties as tiles on a day, and region by region over the years."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    HATCH,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TINY,
    WIDTH,
    housed,
    line_height,
    shorten,
    text_width,
    wrap,
)
from natverk.locale import Texts, alphabetic, texts

__all__ = ["STAGE_COLOURS", "stage_tiles", "stage_years"]

#: Stages in the order of the cycle, and their colours; what is not known is hatched.
STAGE_COLOURS: Mapping[str, str] = {
    "new": "#3a74ab",
    "in_force": "#c3d9ed",
    "due_for_review": "#f3d3a8",
    "horizon_passed": "#b5622e",
    "in_process": "#54427a",
}
_ON_DARK = ("new", "horizon_passed", "in_process")
_EDGE = "#b9c0c5"
UNKNOWN = "unknown"
TILE_COLUMNS = ("county_code", "name_short", "tile_row", "tile_col", "stage")
YEAR_COLUMNS = ("name_short", "year", "stage")
MARGIN = 8.0
TILE, HEIGHT = 96.0, 58.0
PANEL = 210.0


@housed
def stage_tiles(frame: pd.DataFrame, *, lang: str = "sv", source: str = "", when: str = "") -> Picture | Notice:
    """Draw the stage of each county's strategy on a tile.

    Parameters
    ----------
    frame
        One row a county: `county_code`; `name_short`; `tile_row`, `tile_col` (place in the grid); `stage` (a key of
        `STAGE_COLOURS`, or `unknown`).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    when
        The day of the stages, in words.

    Returns
    -------
    Picture or Notice
        A colour and a word a stage; unknown ones are hatched. A notice if none is known.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown stage, or two counties on one tile.

    Examples
    --------
    >>> frame = pd.DataFrame({"county_code": ["09", "01"], "name_short": ["Gotland", "Stockholm"],
    ...                       "tile_row": [8, 6], "tile_col": [5, 4], "stage": ["new", "unknown"]})
    >>> print(stage_tiles(frame, lang="en", when="31 December 2022").alt)
    Tile map of the stage of the regional development strategy, 31 December 2022. New (1): Gotland. Unknown (1): \
Stockholm.
    """
    t = texts(lang)
    check_columns(frame, TILE_COLUMNS, "stage_tiles")
    check_values(frame, "stage", [*STAGE_COLOURS, UNKNOWN], "stage_tiles")
    if (frame["stage"] == UNKNOWN).all():
        return Notice(t("figures_strategies.stages.empty", when=when))
    spots = list(zip(frame["tile_row"].astype(int), frame["tile_col"].astype(int), strict=True))
    if len(set(spots)) < len(spots):
        raise InvalidArgument("two counties are on one tile", where="natverk.figures.stage_tiles")
    top, left = min(row for row, _ in spots), min(column for _, column in spots)
    across = (max(column for _, column in spots) - left + 1) * TILE
    sheet = Sheet(MARGIN + across + 20 + PANEL)
    for (row, column), name, stage in zip(spots, frame["name_short"], frame["stage"], strict=True):
        _tile(sheet, MARGIN + (column - left) * TILE, MARGIN + (row - top) * HEIGHT, str(name), str(stage), t)
    counts = frame["stage"].value_counts()
    keys = [
        _key(f"{t(f'strategies.stage.{name}')} ({counts[name]})", name)
        for name in (*STAGE_COLOURS, UNKNOWN)
        if name in counts
    ]
    x = MARGIN + across + 20
    heading = wrap(t("figures_strategies.stages.heading", when=when), PANEL - 12, SMALL)
    sheet.text(x, MARGIN, heading, size=SMALL)
    sheet.key(keys, x, MARGIN + len(heading) * line_height(SMALL) + 6, PANEL - 8, columns=1)
    bottom = MARGIN + (max(row for row, _ in spots) - top + 1) * HEIGHT
    bottom += sheet.source(source, bottom + 6, x=MARGIN)
    parts = []
    for name in (*STAGE_COLOURS, UNKNOWN):
        own = sorted(frame.loc[frame["stage"] == name, "name_short"], key=alphabetic)
        if own:
            label = t(f"strategies.stage.{name}")
            parts.append(f"{label[0].upper()}{label[1:]} ({len(own)}): {t.join(own)}.")
    return sheet.picture(
        height=bottom + 10,
        caption=t("figures_strategies.stages.caption", when=when),
        alt=" ".join([t("figures_strategies.stages.alt", when=when), *parts]),
    )


def _key(label: str, stage: str) -> Key:
    return Key(label, STAGE_COLOURS.get(stage, PAPER), _EDGE, hatch=HATCH if stage == UNKNOWN else "")


def _ink(stage: str) -> str:
    return PAPER if stage in _ON_DARK else INK


def _tile(sheet: Sheet, x: float, y: float, name: str, stage: str, t: Texts) -> None:
    if stage == UNKNOWN:
        sheet.hatched(x + 1, y + 1, TILE - 2, HEIGHT - 2, edge=_EDGE)
    else:
        sheet.rect(x + 1, y + 1, TILE - 2, HEIGHT - 2, fill=STAGE_COLOURS[stage])
    unknown = stage == UNKNOWN
    short = shorten(name, TILE - 8, TINY)
    sheet.text(x + TILE / 2, y + 6, short, size=TINY, colour=_ink(stage), align="center", weight="bold", halo=unknown)
    lines = wrap(t(f"strategies.stage.{stage}"), TILE - 8, TINY)
    sheet.text(x + TILE / 2, y + 22, lines, size=TINY, colour=_ink(stage), align="center", halo=unknown)


@housed
def stage_years(frame: pd.DataFrame, *, lang: str = "sv", source: str = "") -> Picture | Notice:
    """Draw the stage of each region's strategy at the end of every year.

    Parameters
    ----------
    frame
        One row a region and year: `name_short`; `year`; `stage`. Regions stand in the order in which they come.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        A line a region; years of one stage are joined and named where the word fits. A notice if none is known.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown stage, or a region twice in a year.

    Examples
    --------
    >>> frame = pd.DataFrame({"name_short": ["Skåne"] * 3, "year": [2020, 2021, 2022],
    ...                       "stage": ["new", "new", "unknown"]})
    >>> print(stage_years(frame, lang="en").alt)
    Stage of the regional development strategy at the end of each year, 2020–2022. Known for 1 region in 2020, 1 in \
2021, 0 in 2022. Skåne: 2020–2021 new.
    """
    t = texts(lang)
    check_columns(frame, YEAR_COLUMNS, "stage_years")
    check_values(frame, "stage", [*STAGE_COLOURS, UNKNOWN], "stage_years")
    if frame.duplicated(["name_short", "year"]).any():
        raise InvalidArgument("a region stands twice in a year", where="natverk.figures.stage_years")
    if (frame["stage"] == UNKNOWN).all():
        years = f"{frame['year'].min()}–{frame['year'].max()}" if len(frame) else ""
        return Notice(t("figures_strategies.stages.empty", when=years))
    first, last = int(frame["year"].min()), int(frame["year"].max())
    names = list(dict.fromkeys(frame["name_short"]))
    sheet = Sheet(WIDTH)
    left = MARGIN + max(text_width(name, SMALL) for name in names) + 10
    step = (WIDTH - MARGIN - left) / (last - first + 1)
    used = [name for name in (*STAGE_COLOURS, UNKNOWN) if (frame["stage"] == name).any()]
    keys = [_key(t(f"strategies.stage.{name}"), name) for name in used]
    y = 4 + sheet.key(keys, left, 4, WIDTH - MARGIN - left) + 4
    for year in range(first, last + 1):
        sheet.text(left + (year - first + 0.5) * step, y, str(year), size=TINY, colour=MUTED, align="center")
    y += line_height(TINY) + 3
    said = []
    for name in names:
        own = frame[frame["name_short"] == name].sort_values("year")
        sheet.text(left - 8, y + 3, name, size=SMALL, align="right")
        runs = _runs(own)
        for start, end, stage in runs:
            _run(sheet, left + (start - first) * step, y, (end - start + 1) * step, stage, t)
        words = [
            f"{_span(start, end)} {t(f'strategies.stage.{stage}')}" for start, end, stage in runs if stage != UNKNOWN
        ]
        if words:
            said.append(f"{name}: {', '.join(words)}.")
        y += 20
    y += sheet.source(source, y + 4, x=MARGIN)
    known = frame[frame["stage"] != UNKNOWN].groupby("year").size().reindex(range(first, last + 1), fill_value=0)
    counts = [
        t("figures_strategies.stages.in_year", n=t.count("common.region", int(n)) if not place else int(n), year=year)
        for place, (year, n) in enumerate(known.items())
    ]
    values = {"first": first, "last": last}
    return sheet.picture(
        height=y + 8,
        caption=t("figures_strategies.stages.caption_years", **values),
        alt=" ".join([t("figures_strategies.stages.alt_years", known=", ".join(counts), **values), *said]),
    )


def _span(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}–{end}"


def _runs(own: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Return the unbroken runs of years of one stage: first year, last year, stage."""
    rows = list(zip(own["year"].astype(int), own["stage"].astype(str), strict=True))
    found = []
    # In an unbroken run the year minus its place stays the same.
    for (_, stage), group in groupby(enumerate(rows), key=lambda item: (item[1][0] - item[0], item[1][1])):
        years = [year for _, (year, _) in group]
        found.append((years[0], years[-1], stage))
    return found


def _run(sheet: Sheet, x: float, y: float, width: float, stage: str, t: Texts) -> None:
    if stage == UNKNOWN:
        sheet.hatched(x + 0.5, y, width - 1, 17)
        return
    sheet.rect(x + 0.5, y, width - 1, 17, fill=STAGE_COLOURS[stage])
    label = t(f"strategies.stage.{stage}")
    if text_width(label, TINY) + 6 < width:
        sheet.text(x + width / 2, y + 3.5, label, size=TINY, colour=_ink(stage), align="center")
