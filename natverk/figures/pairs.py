"""Two units in one figure: bars side by side, what is shared and what is not, and counts along the years."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from natverk.figures.checks import check_columns, whole
from natverk.figures.curves import steps
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import GRID, INK, MUTED, PAPER, SMALL, TEXT, WIDTH, centred, housed, line_height, text_width
from natverk.locale import texts

__all__ = ["paired_bars", "paired_years", "shared_sets"]

MARGIN = 8.0
#: The two units have no level of their own: ink against paper, which grey print keeps apart.
FIRST, SECOND, BOTH = "#36414a", PAPER, "#aab2b9"


@housed
def paired_bars(
    frame: pd.DataFrame, *, a: str, b: str, what: str, lang: str = "sv", source: str = ""
) -> Picture | Notice:
    """Draw two counts for each of several things side by side, on one scale.

    Parameters
    ----------
    frame
        One row a thing: `label`; `a`, `b` (counts).
    a, b
        The names of the two units.
    what
        What is counted, with its unit.
    lang, source
        The language, and the line under the figure.

    Returns
    -------
    Picture or Notice
        Rows without a count on either side are left out. A notice if no row is left.

    Raises
    ------
    InvalidArgument
        For a missing column.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["Culture", "Health"], "a": [3, 0], "b": [1, 0]})
    >>> print(paired_bars(frame, a="Skåne", b="Halland", what="documented networks", lang="en").alt)
    Documented networks of Skåne and Halland: Culture 3 and 1.
    """
    t = texts(lang)
    check_columns(frame, ("label", "a", "b"), "paired_bars")
    rows = [(str(row.label), whole(row.a), whole(row.b)) for row in frame.itertuples() if whole(row.a) or whole(row.b)]
    if not rows:
        return Notice(t("pair_figures.bars.empty", a=a, b=b, what=what))
    sheet = Sheet(WIDTH)
    left = MARGIN + max(text_width(label, TEXT) for label, _, _ in rows) + 12
    right = WIDTH - 46.0
    scale = steps(max(max(one, two) for _, one, two in rows))
    top = 6 + sheet.key(_keys(a, b), MARGIN, 6, WIDTH - 2 * MARGIN) + 8
    height = 30.0
    bottom = top + height * len(rows)
    _scale(sheet, left, right, top, bottom, scale)
    for number, (label, one, two) in enumerate(rows):
        y = top + number * height
        sheet.text(left - 8, y + (height - line_height(TEXT)) / 2, label, align="right")
        for count, fill, down in ((one, FIRST, 3.0), (two, SECOND, 15.0)):
            width = (right - left) * count / scale[-1]
            if count:
                sheet.rect(left, y + down, width, 10.0, fill=fill, edge=INK, line=0.8)
            sheet.text(left + width + 5, centred(y + down + 5, SMALL), t.number(count), size=SMALL)
    sheet.text(left, bottom + 4 + line_height(SMALL), what, size=SMALL, colour=MUTED)
    bottom += 8 + 2 * line_height(SMALL)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    items = "; ".join(t("pair_figures.bars.alt_item", label=label, a=one, b=two) for label, one, two in rows)
    words = {"a": a, "b": b, "what": what[0].upper() + what[1:]}
    return sheet.picture(
        height=bottom + 8,
        caption=t("pair_figures.bars.caption", **words),
        alt=t("pair_figures.bars.alt", **words, list=items),
    )


@housed
def shared_sets(
    frame: pd.DataFrame, *, a: str, b: str, what: str, lang: str = "sv", source: str = ""
) -> Picture | Notice:
    """Draw how much of several sets only one unit has, both have, and only the other has.

    Parameters
    ----------
    frame
        One row a set: `label`; `only_a`, `shared`, `only_b` (counts).
    a, b
        The names of the two units.
    what
        What is counted, with its unit.
    lang, source
        The language, and the line under the figure.

    Returns
    -------
    Picture or Notice
        The shared part stands in the middle line, so that both sides are seen from there. A notice if all sets are
        empty.

    Raises
    ------
    InvalidArgument
        For a missing column.

    Examples
    --------
    >>> frame = pd.DataFrame({"label": ["Networks"], "only_a": [5], "shared": [2], "only_b": [26]})
    >>> print(shared_sets(frame, a="Vänersborg", b="Malmö", what="documented networks", lang="en").alt)
    Documented networks of Vänersborg and Malmö. Networks: only Vänersborg 5, both 2, only Malmö 26.
    """
    t = texts(lang)
    check_columns(frame, ("label", "only_a", "shared", "only_b"), "shared_sets")
    rows = [
        (str(row.label), whole(row.only_a), whole(row.shared), whole(row.only_b))
        for row in frame.itertuples()
        if whole(row.only_a) + whole(row.shared) + whole(row.only_b)
    ]
    if not rows:
        return Notice(t("pair_figures.sets.empty", a=a, b=b, what=what))
    sheet = Sheet(WIDTH)
    left = MARGIN + max(text_width(label, TEXT) for label, *_ in rows) + 40
    wide = WIDTH - 40 - left
    # Half of what is shared lies on each side of the middle.
    reach_a = max(one + both / 2 for _, one, both, _ in rows)
    reach_b = max(two + both / 2 for _, _, both, two in rows)
    unit = wide / (reach_a + reach_b)
    middle = left + reach_a * unit
    keys = [
        Key(t("pair_figures.only", name=a), FIRST, INK),
        Key(t("pair_figures.both"), BOTH, INK),
        Key(t("pair_figures.only", name=b), SECOND, INK),
    ]
    top = 6 + sheet.key(keys, MARGIN, 6, WIDTH - 2 * MARGIN) + 8
    height = 34.0
    for number, (label, one, both, two) in enumerate(rows):
        y = top + number * height
        sheet.text(MARGIN, y + (height - line_height(TEXT)) / 2, label)
        start = middle - (both / 2 + one) * unit
        for count, fill, ink in ((one, FIRST, PAPER), (both, BOTH, INK), (two, SECOND, INK)):
            if not count:
                continue
            sheet.rect(start, y + 6, count * unit, height - 12, fill=fill, edge=INK, line=0.8)
            said = t.number(count)
            if text_width(said, SMALL) + 4 < count * unit:
                place, colour, align = start + count * unit / 2, ink, "center"
            elif fill == FIRST:
                place, colour, align = start - 4, INK, "right"
            elif fill == SECOND:
                place, colour, align = start + count * unit + 4, INK, "left"
            else:
                place, colour, align = start + count * unit / 2, INK, ""
            if align:
                sheet.text(place, y + (height - line_height(SMALL)) / 2, said, size=SMALL, colour=colour, align=align)
            start += count * unit
    bottom = top + height * len(rows)
    sheet.text(MARGIN, bottom + 4, what, size=SMALL, colour=MUTED)
    bottom += 8 + line_height(SMALL)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    words = {"a": a, "b": b, "what": what[0].upper() + what[1:]}
    items = " ".join(
        t("pair_figures.sets.alt_item", label=label, only_a=one, both=both, only_b=two, a=a, b=b)
        for label, one, both, two in rows
    )
    return sheet.picture(
        height=bottom + 8,
        caption=t("pair_figures.sets.caption", **words),
        alt=f"{t('pair_figures.sets.alt', **words)} {items}",
    )


@housed
def paired_years(
    frame: pd.DataFrame, *, a: str, b: str, what: str, lang: str = "sv", source: str = ""
) -> Picture | Notice:
    """Draw two counts along the years on one scale: what is documented, not how anything grew.

    Parameters
    ----------
    frame
        One row a year, without gaps: `year`; `a`, `b` (counts).
    a, b
        The names of the two units.
    what
        What is counted, with its unit.
    lang, source
        The language, and the line under the figure.

    Returns
    -------
    Picture or Notice
        A full line for the first, a dashed one for the second. A notice if all counts are 0.

    Raises
    ------
    InvalidArgument
        For a missing column.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2018, 2019], "a": [1, 3], "b": [2, 2]})
    >>> print(paired_years(frame, a="Lund", b="Malmö", what="documented memberships", lang="en").alt)
    Documented memberships by year, 2018–2019. Lund: at most 3 (2019). Malmö: at most 2 (2018).
    """
    t = texts(lang)
    check_columns(frame, ("year", "a", "b"), "paired_years")
    rows = frame.sort_values("year")
    years = [int(year) for year in rows["year"]]
    lines = [[whole(n) for n in rows[name]] for name in ("a", "b")]
    if not any(map(any, lines)):
        return Notice(t("pair_figures.years.empty", a=a, b=b, what=what))
    sheet = Sheet(WIDTH)
    scale = steps(max(map(max, lines)))
    keys = [Key(a, edge=FIRST, marker="line", size=2.0), Key(b, edge="#8a949c", marker="line", size=2.0)]
    top = 6 + sheet.key(keys, MARGIN, 6, WIDTH - 2 * MARGIN)
    sheet.text(MARGIN, top + 2, what, size=SMALL, colour=MUTED)
    top += line_height(SMALL) + 12
    left, right, height = 56.0, WIDTH - 60.0, 190.0
    bottom = top + height
    for count in scale:
        y = bottom - height * count / scale[-1]
        sheet.line([left, right], [y, y], colour=MUTED if count == 0 else GRID, width=0.7)
        sheet.text(left - 8, y - line_height(SMALL) / 2, t.number(count), size=SMALL, colour=MUTED, align="right")
    width = (right - left) / len(years)
    every = next(step for step in (1, 2, 5, 10, 20) if step * width >= 46 or step == 20)
    for number, year in enumerate(years):
        if year % every == 0 or len(years) == 1:
            x = left + (number + 0.5) * width
            sheet.line([x, x], [bottom, bottom + 4], colour=MUTED)
            sheet.text(x, bottom + 6, str(year), size=SMALL, colour=MUTED, align="center")
    sheet.text(right + 8, bottom + 6, t("pair_figures.years.axis"), size=SMALL, colour=MUTED)
    edges = [left + number * width for number in range(len(years) + 1)]
    for counts, colour, dashes in zip(lines, (FIRST, "#8a949c"), ("solid", "dashed"), strict=True):
        xs = [x for pair in pairwise(edges) for x in pair]
        ys = [bottom - height * count / scale[-1] for count in counts for _ in range(2)]
        sheet.line(xs, ys, colour=colour, width=1.9, dashes="dashed" if dashes == "dashed" else "solid", order=3)
    bottom += 8 + 2 * line_height(SMALL)
    bottom += sheet.source(source, bottom + 2, x=MARGIN)
    words = {"what": what[0].upper() + what[1:], "first": years[0], "last": years[-1]}
    most = [(max(counts), years[counts.index(max(counts))]) for counts in lines]
    items = [
        t("pair_figures.years.alt_item", name=name, n=t.number(n), year=year)
        for name, (n, year) in zip((a, b), most, strict=True)
    ]
    return sheet.picture(
        height=bottom + 8,
        caption=t("pair_figures.years.caption", a=a, b=b, **words),
        alt=" ".join([t("pair_figures.years.alt", **words), *items]),
    )


def _keys(a: str, b: str) -> list[Key]:
    return [Key(a, FIRST, INK), Key(b, SECOND, INK)]


def _scale(sheet: Sheet, left: float, right: float, top: float, bottom: float, scale: Sequence[int]) -> None:
    for count in scale:
        x = left + (right - left) * count / scale[-1]
        sheet.line([x, x], [top, bottom], colour=MUTED if count == 0 else GRID, width=0.7)
        sheet.text(x, bottom + 4, str(count), size=SMALL, colour=MUTED, align="center")
