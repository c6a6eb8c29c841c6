"""The 21 counties as tiles: one small national overview of one value a county."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Sheet
from natverk.figures.style import (
    INK,
    MUTED,
    PAPER,
    RAMP,
    SMALL,
    TEXT,
    TINY,
    housed,
    line_height,
    shorten,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

__all__ = ["tile_map"]

COLUMNS = ("county_code", "name_short", "tile_row", "tile_col", "value", "label")
MARGIN = 8.0
WIDTH, HEIGHT = 92.0, 50.0
PANEL = 216.0


@housed
def tile_map(
    frame: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    what: str = "",
    highlight: str = "",
) -> Picture | Notice:
    """Draw one value for each county as a tile, dark for high and light for low.

    Parameters
    ----------
    frame
        One row a county: `county_code`; `name_short`; `tile_row`, `tile_col` (place in the grid, whole
        numbers); `value` (a number that sets the colour, missing if not known); `label` (the value as
        written on the tile; if missing, the value as a whole number).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    what
        What the value is, with its unit, in the language of the figure: it heads key and caption.
    highlight
        Code of a county that gets a strong frame.

    Returns
    -------
    Picture or Notice
        Five shades of equal steps from the lowest to the highest value; unknown values are hatched. A
        notice if no value is known.

    Raises
    ------
    InvalidArgument
        For a missing column, two counties on one tile, or a `highlight` that is not in the frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"county_code": ["09", "01", "25"], "name_short": ["Gotland", "Stockholm", "Norrbotten"],
    ...                       "tile_row": [8, 6, 1], "tile_col": [5, 4, 3], "value": [12, 80, None],
    ...                       "label": ["12", "80", None]})
    >>> print(tile_map(frame, lang="en", what="documented memberships").alt)
    Tile map of 3 counties: documented memberships. Highest: Stockholm 80; lowest: Gotland 12. All known values: \
Stockholm 80, Gotland 12. Not known: Norrbotten.
    """
    t = texts(lang)
    what = what or t("figures.tiles.value")
    check_columns(frame, COLUMNS, "tile_map")
    codes = [str(code) for code in frame["county_code"]]
    if highlight and highlight not in codes:
        raise InvalidArgument(
            f"no county {highlight!r} to highlight", where="natverk.figures.tile_map", allowed=codes, value=highlight
        )
    values = [float(value) for value in frame["value"].dropna()]
    if not values:
        return Notice(t("figures.tiles.empty", what=what))
    spots = [(int(row), int(column)) for row, column in zip(frame["tile_row"], frame["tile_col"], strict=True)]
    for number, spot in enumerate(spots):
        if spot in spots[:number]:
            raise InvalidArgument(
                f"two counties on the tile of row {spot[0]} and column {spot[1]}", where="natverk.figures.tile_map"
            )
    left, top = min(column for _, column in spots), min(row for row, _ in spots)
    across = (max(column for _, column in spots) - left + 1) * WIDTH
    sheet = Sheet(MARGIN + across + 20 + PANEL)
    order = sorted(range(len(codes)), key=lambda number: codes[number] == highlight)
    rows = frame[list(COLUMNS)].to_dict("records")
    for number in order:
        row, column = spots[number]
        x, y = MARGIN + (column - left) * WIDTH, MARGIN + (row - top) * HEIGHT
        _tile(sheet, x, y, rows[number], (min(values), max(values)), codes[number] == highlight, t)
    bottom = MARGIN + (max(row for row, _ in spots) - top + 1) * HEIGHT
    known = sorted(
        ((float(row["value"]), str(row["name_short"]), _label(row, t)) for row in rows if not pd.isna(row["value"])),
        key=lambda item: (-item[0], item[1]),
    )
    unknown = [str(row["name_short"]) for row in rows if pd.isna(row["value"])]
    ends = (known[-1][2], known[0][2]) if min(values) < max(values) else (known[0][2],)
    end = _key(sheet, MARGIN + across + 20, MARGIN, what, ends, bool(unknown), t)
    bottom = max(bottom, end)
    bottom += sheet.source(source, bottom + 6, x=MARGIN)
    caption, alt = _said([(name, label) for _, name, label in known], min(values) == max(values), what, len(codes), t)
    if unknown:
        caption.append(t("figures.tiles.caption_unknown", counties=t.count("figures.tiles.county", len(unknown))))
        alt.append(t("figures.tiles.alt_unknown", names=t.join(unknown)))
    return sheet.picture(height=bottom + 10, caption=" ".join(caption), alt=" ".join(alt))


def _said(known: list[tuple[str, str]], same: bool, what: str, counties: int, t: Texts) -> tuple[list[str], list[str]]:
    """Return the first sentences of caption and alternative text: the ends, or the one value that there is."""
    named = [f"{name} {label}" for name, label in known]
    key = "_one" if len(named) == 1 else "_same" if same else ""
    ends = {"highest": named[0], "lowest": named[-1], "value": named[0] if len(named) == 1 else known[0][1]}
    heading, known_in = what[0].upper() + what[1:], t.count("figures.tiles.county", len(named))
    caption = t(f"figures.tiles.caption{key}", what=heading, counties=known_in, **ends)
    alt = [t(f"figures.tiles.alt{key}", what=what, counties=t.count("figures.tiles.county", counties), **ends)]
    if len(named) > 1:
        alt.append(t("figures.tiles.alt_all", values=", ".join(named)))
    return [caption], alt


def _label(row: dict[Hashable, Any], t: Texts) -> str:
    if not pd.isna(row["label"]):
        return str(row["label"])
    return t.number(float(row["value"]))


def _tile(
    sheet: Sheet, x: float, y: float, row: dict[Hashable, Any], span: tuple[float, float], strong: bool, t: Texts
) -> None:
    known = not pd.isna(row["value"])
    ink = INK
    if known:
        share = (float(row["value"]) - span[0]) / (span[1] - span[0]) if span[1] > span[0] else 0.5
        shade = min(int(share * len(RAMP)), len(RAMP) - 1)
        ink = PAPER if shade >= 3 else INK
        sheet.rect(x + 1, y + 1, WIDTH - 2, HEIGHT - 2, fill=RAMP[shade])
    else:
        sheet.hatched(x + 1, y + 1, WIDTH - 2, HEIGHT - 2, edge="#b9c0c5")
    if strong:
        sheet.rect(x + 1.5, y + 1.5, WIDTH - 3, HEIGHT - 3, edge=INK, line=2.2, order=3)
    name = shorten(str(row["name_short"]), WIDTH - 8, TINY)
    sheet.text(x + WIDTH / 2, y + 8, name, size=TINY, colour=ink, align="center", halo=not known)
    text = _label(row, t) if known else t("figures.tiles.unknown")
    size = TEXT + 1.5 if known and text_width(text, TEXT + 1.5, "bold") < WIDTH - 10 else TINY
    sheet.text(
        x + WIDTH / 2,
        y + 23,
        text,
        size=size,
        colour=ink,
        align="center",
        weight="bold" if known else "normal",
        halo=not known,
    )


def _key(sheet: Sheet, x: float, y: float, what: str, ends: tuple[str, ...], unknown: bool, t: Texts) -> float:
    lines = wrap(what, PANEL - 12, SMALL)
    sheet.text(x, y, lines, size=SMALL)
    y += len(lines) * line_height(SMALL) + 6
    step = 34.0
    shades = RAMP if len(ends) > 1 else [RAMP[len(RAMP) // 2]]
    for number, shade in enumerate(shades):
        sheet.rect(x + number * step, y, step - 1, 12, fill=shade)
    y += 16
    low, high = wrap(ends[0], 80, TINY), wrap(ends[-1], 80, TINY)
    sheet.text(x, y, low, size=TINY, colour=MUTED)
    if len(ends) > 1:
        sheet.text(x + len(RAMP) * step - 1, y, high, size=TINY, colour=MUTED, align="right")
    y += max(len(low), len(high)) * line_height(TINY) + 8
    if unknown:
        sheet.hatched(x, y, 20, 12, edge="#b9c0c5")
        sheet.text(x + 27, y, t("figures.tiles.unknown"), size=SMALL)
        y += 20
    return y
