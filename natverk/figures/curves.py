"""Documented memberships over the years, attested and presumed, and those without a certain year."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Sheet
from natverk.figures.style import GRID, HATCH, MUTED, PAPER, SMALL, TINY, WIDTH, housed, line_height, wrap
from natverk.locale import Texts, texts

__all__ = ["draw_counts", "growth", "steps"]

COLUMNS = ("year", "low", "best", "n_undated")
LINE = "#36414a"
BAND_FILL = "#d9dde0"
LEFT, RIGHT, BAR = 64.0, 640.0, 776.0
HEIGHT = 210.0


@housed
def growth(frame: pd.DataFrame, *, lang: str = "sv", source: str = "", place: str = "") -> Picture | Notice:
    """Draw how many memberships are documented for each year.

    The figure shows what the sources document, which also grows with the sources: it is never the
    growth of membership itself.

    Parameters
    ----------
    frame
        One row a year: `year`; `low` (attested memberships); `best` (attested and presumed);
        `n_undated` (documented memberships without any year, the same in every row). Counts.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.

    Returns
    -------
    Picture or Notice
        A line for the attested, a band up to the presumed, and a hollow bar for the undated ones. A
        year without a row is a gap.

    Raises
    ------
    InvalidArgument
        For a missing column, two rows for a year, or a best count below the low one.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2018, 2019], "low": [3, 4], "best": [3, 6], "n_undated": [2, 2]})
    >>> print(growth(frame, lang="en", place="Gotland").alt)
    Documented memberships in Gotland by year, 2018–2019. Attested: 3 in 2018, 4 in 2019, at most 4 (2019). \
Attested or presumed: 3 in 2018, 6 in 2019, at most 6 (2019). In addition 2 memberships without a certain year.
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "growth")
    rows = frame.dropna(subset=["year"]).sort_values("year", kind="stable")
    years = [int(year) for year in rows["year"]]
    low, best = [whole(n) for n in rows["low"]], [whole(n) for n in rows["best"]]
    undated = max((whole(n) for n in frame["n_undated"]), default=0)
    for number, year in enumerate(years):
        if year in years[:number]:
            raise InvalidArgument(f"two rows for the year {year}", where="natverk.figures.growth")
        if best[number] < low[number]:
            raise InvalidArgument(
                f"best {best[number]} is below low {low[number]} in {year}", where="natverk.figures.growth"
            )
    if not any(best) and not undated:
        return Notice(t("figures.growth.empty", place=county))
    if not any(best):
        return Notice(t("figures.growth.only_undated", place=county, memberships=t.count("common.membership", undated)))
    sheet = Sheet(WIDTH)
    bottom, _, _ = draw_counts(sheet, years, low, best, undated, t, axis=t("figures.growth.axis"))
    bottom += sheet.source(source, bottom + 6, x=8)
    caption = [t("figures.growth.caption", place=county)]
    if undated:
        caption.append(t("figures.growth.caption_undated", memberships=t.count("common.membership", undated)))
    return sheet.picture(height=bottom + 10, caption=" ".join(caption), alt=_alt(years, low, best, undated, county, t))


def steps(highest: int, most: int = 6) -> list[int]:
    """Return round whole numbers from 0 up to or past `highest`, at most `most` intervals.

    >>> steps(4), steps(89), steps(0)
    ([0, 1, 2, 3, 4], [0, 20, 40, 60, 80, 100], [0, 1])
    """
    size = 1
    while -(-max(highest, 1) // size) > most:
        lead = int(str(size)[0])
        size = size // lead * {1: 2, 2: 5, 5: 10}[lead]
    return list(range(0, -(-max(highest, 1) // size) * size + 1, size))


def draw_counts(
    sheet: Sheet,
    years: list[int],
    low: list[int],
    best: list[int],
    undated: int,
    t: Texts,
    *,
    axis: str,
    highest: int = 0,
    offset: float = 0.0,
) -> tuple[float, Callable[[float], float], Callable[[float], float]]:
    """Draw counts by year: a line for the attested, a band up to the presumed, a bar for the undated.

    `axis` names what is counted; the scale reaches `highest` at least; `offset` leaves room above. Returns the lowest
    point, and the functions that turn a count and a year into places on the page.
    """
    top = offset + 12 + line_height(SMALL)
    bottom = top + HEIGHT
    scale = steps(max(*best, undated, highest))
    first, last = years[0], years[-1]
    width = (RIGHT - LEFT) / (last + 1 - first)

    def down(count: float) -> float:
        return bottom - HEIGHT * count / scale[-1]

    def across(year: float) -> float:
        return LEFT + (year - first + 0.5) * width

    sheet.text(8, offset + 4, axis, size=SMALL, colour=MUTED)
    for count in scale:
        sheet.line([LEFT, RIGHT], [down(count)] * 2, colour=MUTED if count == 0 else GRID, width=0.7)
        sheet.text(
            LEFT - 8, down(count) - line_height(SMALL) / 2, t.number(count), size=SMALL, colour=MUTED, align="right"
        )
    every = next(step for step in (1, 2, 5, 10, 20, 50) if step * width >= 46 or step == 50)
    for year in range(first, last + 1):
        x = across(year)
        if year % every == 0:
            sheet.line([x, x], [bottom, bottom + 4], colour=MUTED)
            sheet.text(x, bottom + 6, str(year), size=SMALL, colour=MUTED, align="center")
    sheet.text(RIGHT + 16, bottom + 6, t("figures.growth.years"), size=SMALL, colour=MUTED)
    for start, end in _runs(years):
        edges = [LEFT + (years[start] - first) * width]
        upper: list[float] = []
        lower: list[float] = []
        for number in range(start, end):
            edges.append(LEFT + (years[number] + 1 - first) * width)
            upper.append(down(best[number]))
            lower.append(down(low[number]))
            if best[number] > low[number]:
                sheet.rect(edges[-2], upper[-1], width, lower[-1] - upper[-1], fill=BAND_FILL)
        xs = [x for pair in pairwise(edges) for x in pair]
        sheet.line(xs, [y for y in upper for _ in range(2)], colour=LINE, width=1.0, dashes="dashed", order=3)
        sheet.line(xs, [y for y in lower for _ in range(2)], colour=LINE, width=1.9, order=3.1)
    _ends(sheet, down, low[-1], best[-1], t)
    if undated:
        _bar(sheet, down, undated, t)
    return bottom + 8 + 2 * line_height(SMALL), down, across


def _runs(years: list[int]) -> list[tuple[int, int]]:
    """Return the index ranges of unbroken years."""
    starts = [number for number, year in enumerate(years) if number == 0 or years[number - 1] != year - 1]
    return list(zip(starts, [*starts[1:], len(years)], strict=True))


def _ends(sheet: Sheet, down: Callable[[float], float], low: int, best: int, t: Texts) -> None:
    """Label the two lines at their ends, apart from each other."""
    room, gap = BAR - RIGHT - 40, 3.0
    if low == best:
        labels = [(wrap(t("figures.growth.label_both", n=t.number(low)), room, SMALL), down(low))]
    else:
        labels = [
            (wrap(t("figures.growth.label_best", n=t.number(best)), room, SMALL), down(best)),
            (wrap(t("figures.growth.label_low", n=t.number(low)), room, SMALL), down(low)),
        ]
    tops = [y - len(lines) * line_height(SMALL) / 2 for lines, y in labels]
    # No label of several lines reaches down to the years, and two labels are kept apart.
    excess = tops[-1] + len(labels[-1][0]) * line_height(SMALL) - down(0) - line_height(SMALL) / 2 - 1
    tops[-1] -= max(excess, 0.0)
    if len(labels) == 2:
        overlap = tops[0] + len(labels[0][0]) * line_height(SMALL) + gap - tops[1]
        tops[0] -= max(overlap, 0.0)
    for (lines, y), top in zip(labels, tops, strict=True):
        sheet.line([RIGHT + 1, RIGHT + 9], [y, top + len(lines) * line_height(SMALL) / 2], colour=MUTED)
        sheet.text(RIGHT + 12, top, lines, size=SMALL)


def _bar(sheet: Sheet, down: Callable[[float], float], undated: int, t: Texts) -> None:
    sheet.line([BAR - 14, BAR + 46], [down(0)] * 2, colour=MUTED, width=0.7)
    sheet.rect(BAR, down(undated), 32, down(0) - down(undated), fill=PAPER, edge=LINE, line=1.0, hatch=HATCH)
    sheet.text(BAR + 16, down(undated) - line_height(SMALL) - 2, t.number(undated), size=SMALL, align="center")
    lines = wrap(t("figures.growth.undated"), 70, TINY)
    sheet.text(BAR + 16, down(0) + 5, lines, size=TINY, colour=MUTED, align="center")


def _alt(years: list[int], low: list[int], best: list[int], undated: int, county: str, t: Texts) -> str:
    parts = [t("figures.growth.alt", place=county, first=years[0], last=years[-1])]
    for name, counts in (("low", low), ("best", best)):
        peak = counts.index(max(counts))
        parts.append(
            t(
                f"figures.growth.alt_{name}",
                first=t.number(counts[0]),
                first_year=years[0],
                last=t.number(counts[-1]),
                last_year=years[-1],
                most=t.number(counts[peak]),
                most_year=years[peak],
            )
        )
    if undated:
        parts.append(t("figures.growth.alt_undated", memberships=t.count("common.membership", undated)))
    return " ".join(parts)
