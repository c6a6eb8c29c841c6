"""Where one municipality stands: documented memberships of all municipalities, a strip for each size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, whole
from natverk.figures.curves import steps
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    GRID,
    INK,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    RAMP,
    SMALL,
    TINY,
    WIDTH,
    housed,
    line_height,
    shorten,
    text_width,
)
from natverk.locale import Texts, texts

__all__ = ["size_strips"]

COLUMNS = ("name", "group", "n", "own")
MARGIN = 8.0
NOTES = 150.0
ROW = 34.0
NAMED = 16.0  # further height of the strip in which the one municipality is named
CELL = 19.0
NARROWEST = 13.0  # a cell that is narrower than this has no room for its number
OTHERS = ("#eef0f2", "#dde1e4", "#c9ced3", "#b4bac0", "#9aa3ab")


@housed
def size_strips(frame: pd.DataFrame, *, lang: str = "sv", source: str = "", place: str = "") -> Picture | Notice:
    """Draw one municipality among all others by documented memberships and size.

    Parameters
    ----------
    frame
        One row a municipality, the groups in the order in which they are drawn: `name`; `group` (label of its
        size group); `n` (documented memberships); `own` (True for one row).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The municipality's name in the caption.

    Returns
    -------
    Picture or Notice
        A strip for each group: a cell for each number of memberships, the darker the more municipalities have it,
        with how many they are. Ticks mark the median, an arrow the municipality itself.

    Raises
    ------
    InvalidArgument
        For a missing column, or unless one row alone is `own`.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["Ale", "Berg", "Lund"], "group": ["small", "small", "large"],
    ...                       "n": [0, 2, 9], "own": [True, False, False]})
    >>> size_strips(frame, lang="en").alt
    'Documented memberships of 3 municipalities by size. small: 2 municipalities, median 1, most 2 (Berg). large: \
1 municipality, median 9, most 9 (Lund). Ale has 0, in the group small.'
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "size_strips")
    if frame.empty:
        return Notice(t("size_strips.empty"))
    own = frame[frame["own"].astype(bool)]
    if len(own) != 1:
        raise InvalidArgument(f"{len(own)} rows are own, not one", where="natverk.figures.size_strips, column 'own'")
    groups: dict[str, pd.DataFrame] = {str(name): part for name, part in frame.groupby("group", sort=False)}
    name, group, n = str(own["name"].iloc[0]), str(own["group"].iloc[0]), whole(own["n"].iloc[0])
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, groups, (name, group, n), t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    parts = [t("size_strips.alt", municipalities=t.count("common.municipality", len(frame)))]
    parts += [_alt(label, part, t) for label, part in groups.items()]
    parts.append(t("size_strips.alt_own", place=name, n=t.number(n), group=group))
    return sheet.picture(
        height=bottom + 8, caption=t("size_strips.caption", place=place or name, group=group), alt=" ".join(parts)
    )


def _draw(sheet: Sheet, groups: Mapping[str, pd.DataFrame], own: tuple[str, str, int], t: Texts) -> float:
    heads = {name: t.count("common.municipality", len(part)) for name, part in groups.items()}
    widest = max(max(text_width(name, SMALL, "bold"), text_width(heads[name], TINY)) for name in groups)
    scale = steps(max(whole(n) for part in groups.values() for n in part["n"]), most=8)
    left, right = MARGIN + widest + 26, WIDTH - MARGIN - NOTES - 20
    unit = (right - left) / (scale[-1] + 0.5)
    largest = max(count for part in groups.values() for count in Counter(part["n"]).values())
    top = 4 + sheet.key(_keys(t), MARGIN, 4, WIDTH - 2 * MARGIN) + 8
    sheet.text(WIDTH - MARGIN - NOTES, top, t("size_strips.most_head"), size=SMALL, colour=MUTED)
    y = top + line_height(SMALL) + 4
    first = y
    for name, part in groups.items():
        sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
        is_own = name == own[1]
        middle = y + (NAMED if is_own else 0) + ROW / 2
        weight = "bold" if is_own else "normal"
        sheet.text(MARGIN, middle - line_height(SMALL), name, size=SMALL, weight=weight)
        sheet.text(MARGIN, middle, heads[name], size=TINY, colour=MUTED)
        _strip(sheet, part, middle, left, unit, largest, ramp=RAMP if is_own else OTHERS)
        sheet.text(
            WIDTH - MARGIN - NOTES, middle - line_height(SMALL) / 2, shorten(_most(part, t), NOTES, SMALL), size=SMALL
        )
        if is_own:
            _name(sheet, own, left + own[2] * unit, y, middle, unit, left, right)
        y += ROW + (NAMED if is_own else 0)
    sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
    for value in scale:
        x = left + value * unit
        sheet.line([x, x], [first, y + 4], colour=GRID, width=0.5, order=0.5)
        sheet.text(x, y + 5, t.number(value), size=SMALL, colour=MUTED, align="center")
    y += 5 + line_height(SMALL)
    sheet.text(right, y, t("size_strips.axis"), size=SMALL, colour=MUTED, align="right")
    return y + 2 + line_height(SMALL)


def _strip(
    sheet: Sheet, part: pd.DataFrame, middle: float, left: float, unit: float, largest: int, *, ramp: Sequence[str]
) -> None:
    for n, many in Counter(whole(n) for n in part["n"]).items():
        shade = min(len(ramp) - 1, round((len(ramp) - 1) * (many / largest) ** 0.5))
        x = left + n * unit
        sheet.rect(x - unit / 2, middle - CELL / 2, unit, CELL, fill=ramp[shade], edge=PAPER, line=0.8)
        if unit >= NARROWEST:
            dark = ramp is RAMP and shade >= 3
            sheet.text(
                x,
                middle - line_height(TINY) / 2 + 1,
                str(many),
                size=TINY,
                colour=PAPER if dark else INK,
                align="center",
            )
    x = left + float(part["n"].median()) * unit
    for top in (middle - CELL / 2 - 5, middle + CELL / 2 + 0.5):
        sheet.line([x, x], [top, top + 4.5], colour=INK, width=1.8, order=3)


def _name(
    sheet: Sheet,
    own: tuple[str, str, int],
    x: float,
    top: float,
    middle: float,
    unit: float,
    left: float,
    right: float,
) -> None:
    """Name the municipality over its place: an arrow, and the name with its number."""
    text = f"{own[0]}: {own[2]}"
    width = text_width(text, SMALL, "bold")
    start = min(max(x - width / 2, left - unit / 2), right - width)
    colour = LEVEL_COLOURS["municipal"]
    sheet.text(start, top + 2, text, size=SMALL, weight="bold", colour=colour)
    sheet.rect(x - unit / 2, middle - CELL / 2, unit, CELL, edge=colour, line=1.8, order=5)
    sheet.marks([x], [middle - CELL / 2 - 5], marker="v", size=7, fill=colour, edge=PAPER, line=0.4, order=6)


def _most(part: pd.DataFrame, t: Texts) -> str:
    """Say who has most, or how many share the highest number."""
    most = max(whole(n) for n in part["n"])
    names: Sequence[str] = [str(name) for name, n in zip(part["name"], part["n"], strict=True) if whole(n) == most]
    if most and len(names) == 1:
        return t("size_strips.most_one", name=names[0], n=t.number(most))
    return t("size_strips.most_many", n=t.number(most), municipalities=t.count("common.municipality", len(names)))


def _keys(t: Texts) -> list[Key]:
    return [
        Key(t("size_strips.key.own"), RAMP[2], RAMP[2]),
        Key(t("size_strips.key.others"), OTHERS[2], OTHERS[2]),
        Key(t("size_strips.key.median"), INK, INK, "|", size=10),
    ]


def _alt(label: str, part: pd.DataFrame, t: Texts) -> str:
    median = float(part["n"].median())
    return t(
        "size_strips.alt_group",
        group=label,
        municipalities=t.count("common.municipality", len(part)),
        median=t.number(median, 0 if median.is_integer() else 1),
        most=_most(part, t),
    )
