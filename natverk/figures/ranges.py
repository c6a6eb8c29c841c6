"""Values with their ranges: observed against a null model, or coefficients with what moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    INK,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    TINY,
    WIDTH,
    centred,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

__all__ = ["dot_ranges"]

COLUMNS = ("label", "group", "value", "low", "high", "note")
MARGIN = 8.0
ROW = 21.0
BAND = "#c3cbd1"
#: Groups belong to no level; they differ by form, filled or hollow.
LOOKS = (("o", INK), ("D", PAPER))


@dataclass
class Dot:
    """One value with its range; either end may be missing."""

    label: str
    group: str
    value: float
    low: float
    high: float
    note: str


@housed
def dot_ranges(
    frame: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    axis: str = "",
    caption: str = "",
    band: str = "",
    notes: str = "",
    reference: float | None = None,
    log: bool = False,
    decimals: int = 0,
) -> Picture | Notice:
    """Draw values as dots with their ranges as bands, one row a label, one form a group.

    Parameters
    ----------
    frame
        One row a dot: `label` (of the row, as written); `group` (as written, at most two; blank if there is one
        only); `value`; `low`, `high` (the range, may be missing); `note` (written at the right; may be blank).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    axis, caption, band, notes
        In the language of the figure: what the values are, with their unit; the caption; what the band is; what
        the notes are.
    reference
        A value with a line of its own: 1 for ratios, 0 for differences.
    log
        Draw on a logarithmic scale; all values are then above 0.
    decimals
        Decimals of the values in the text alternative and of the axis.

    Returns
    -------
    Picture or Notice
        Rows in the order of the frame. Values beyond the axis are not cut: the axis covers all of them.

    Raises
    ------
    InvalidArgument
        For a missing column, more than two groups, or a value that a logarithmic scale does not have.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["Skåne"], "group": [""], "value": [4.0], "low": [3.0], "high": [8.0],
    ...                       "note": ["z −1.6"]})
    >>> print(dot_ranges(frame, lang="en", axis="shared networks", band="95% of the draws").alt)
    Shared networks, with 95% of the draws. Skåne: 4 (3–8), z −1.6.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "dot_ranges")
    dots = _dots(frame)
    if not dots:
        return Notice(t("figures_roles.ranges.empty", what=axis))
    groups = list(dict.fromkeys(dot.group for dot in dots))
    if len(groups) > len(LOOKS):
        raise InvalidArgument(
            f"{len(groups)} groups, and there are {len(LOOKS)} forms",
            where="natverk.figures.dot_ranges",
            allowed=["1", "2"],
        )
    if log and min(value for dot in dots for value in (dot.value, dot.low) if not math.isnan(value)) <= 0:
        raise InvalidArgument(
            "a logarithmic scale has no 0", where="natverk.figures.dot_ranges", remedy="leave log out"
        )
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, dots, groups, (axis, band, notes), reference, log, t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    return sheet.picture(height=bottom + 8, caption=caption or axis, alt=_alt(dots, (axis, band), decimals, t))


def _dots(frame: pd.DataFrame) -> list[Dot]:
    found = []
    for row in frame[list(COLUMNS)].to_dict("records"):
        if not pd.isna(row["value"]):
            low, high = (math.nan if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
            note = "" if pd.isna(row["note"]) else str(row["note"])
            found.append(Dot(str(row["label"]), str(row["group"]), float(row["value"]), low, high, note))
    return found


def _ticks(low: float, high: float, log: bool) -> list[float]:
    """Return round values that cover the range."""
    if log:
        steps = [step * 10.0**power for power in range(-6, 7) for step in (1, 2, 5)]
        inside = [step for step in steps if low <= step <= high]
        below, above = [step for step in steps if step < low], [step for step in steps if step > high]
        return [below[-1], *inside, above[0]]
    span = max(high - low, 1e-9)
    size = 10.0 ** math.floor(math.log10(span / 4))
    step = next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 6)
    first = math.floor(low / step)
    return [number * step for number in range(first, math.ceil(high / step) + 1)]


def _draw(
    sheet: Sheet,
    dots: list[Dot],
    groups: list[str],
    words: tuple[str, str, str],
    reference: float | None,
    log: bool,
    t: Texts,
) -> float:
    axis, band, notes = words
    numbers = [value for dot in dots for value in (dot.value, dot.low, dot.high) if not math.isnan(value)]
    ticks = _ticks(min(numbers), max(numbers), log)
    labels = list(dict.fromkeys(dot.label for dot in dots))
    left = MARGIN + max(text_width(label, TEXT) for label in labels) + 20
    room = max(text_width(dot.note, SMALL) for dot in dots)
    right = WIDTH - MARGIN - (max(room, min(text_width(notes, TINY), 120)) + 16 if room or notes else 10)
    scale = [math.log(tick) if log else tick for tick in (ticks[0], ticks[-1])]

    def at(value: float) -> float:
        return left + (right - left) * ((math.log(value) if log else value) - scale[0]) / (scale[1] - scale[0])

    keys = [Key(group, LOOKS[n][1], INK, LOOKS[n][0], size=8) for n, group in enumerate(groups) if group]
    if band:
        keys.append(Key(band, BAND, BAND))
    top = 6 + sheet.key(keys, MARGIN, 6, WIDTH - 2 * MARGIN) + 6
    if notes:
        lines = wrap(notes, max(room, 120), TINY)
        sheet.text(right + 14, top, lines, size=TINY, colour=MUTED)
        top += len(lines) * line_height(TINY) + 2
    bottom = top + sum(ROW if len(groups) == 1 else ROW * 1.5 for _ in labels)
    last = -math.inf
    for tick in ticks:
        sheet.line([at(tick)] * 2, [top, bottom + 4], order=0.9)
        text = f"{tick:.6g}".replace("-", "−").replace(".", "," if t.lang == "sv" else ".")
        if at(tick) - text_width(text, TINY) / 2 > last + 6:
            sheet.text(at(tick), bottom + 6, text, size=TINY, colour=MUTED, align="center")
            last = at(tick) + text_width(text, TINY) / 2
    if reference is not None:
        sheet.line([at(reference)] * 2, [top, bottom + 4], colour=MUTED, width=1.1, order=1.1)
    y = top
    for label in labels:
        own = [dot for dot in dots if dot.label == label]
        height = ROW if len(groups) == 1 else ROW * 1.5
        sheet.text(left - 14, centred(y + height / 2, TEXT), label, align="right")
        sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
        for number, dot in enumerate(own):
            middle = y + height * (number + 1) / (len(own) + 1)
            marker, fill = LOOKS[groups.index(dot.group)]
            if not (math.isnan(dot.low) or math.isnan(dot.high)):
                wide = max(at(dot.high) - at(dot.low), 1.5)
                sheet.rect(at(dot.low), middle - 4, wide, 8, fill=BAND, order=2)
            sheet.marks([at(dot.value)], [middle], marker=marker, size=8, fill=fill, edge=INK)
            if dot.note:
                sheet.text(right + 14, centred(middle, SMALL), dot.note, size=SMALL)
        y += height
    sheet.line([MARGIN, WIDTH - MARGIN], [bottom, bottom], width=0.5)
    lines = wrap(axis, right - left + 120, SMALL)
    sheet.text((left + right) / 2, bottom + 8 + line_height(TINY), lines, size=SMALL, colour=MUTED, align="center")
    return bottom + 12 + line_height(TINY) + len(lines) * line_height(SMALL)


def _alt(dots: list[Dot], words: tuple[str, str], decimals: int, t: Texts) -> str:
    def number(value: float) -> str:
        return t.number(value, decimals)

    axis, band = words
    rows = []
    for dot in dots:
        known = not (math.isnan(dot.low) or math.isnan(dot.high))
        text = f"{dot.label}{f' [{dot.group}]' if dot.group else ''}: {number(dot.value)}"
        text += f" ({number(dot.low)}–{number(dot.high)})" if known else ""
        rows.append(text + (f", {dot.note}" if dot.note else ""))
    head = t("figures_roles.ranges.alt", axis=axis, band=band) if band else f"{axis}."
    return f"{head[0].upper()}{head[1:]} {'; '.join(rows)}."
