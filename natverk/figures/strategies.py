"""Regional development strategies in time: when each was adopted, what it replaced, and how far it looks ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from typing import Any

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    GRID,
    HATCH,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TINY,
    WIDTH,
    housed,
    line_height,
    text_width,
)
from natverk.locale import Texts, texts

__all__ = ["strategy_timeline"]

COLUMNS = ("name_short", "adopted_first", "adopted_last", "until", "horizon_year", "state")
STATES = ("holds", "replaced", "in_process")
MARGIN = 8.0
ROW, BAR = 25.0, 15.0
HOLDS, REPLACED = "#6c9dca", "#dfe3e6"
EDGE = "#7c868f"
Row = dict[Hashable, Any]


@housed
def strategy_timeline(
    frame: pd.DataFrame,
    *,
    today: str,
    when: str = "",
    first_year: int = 2008,
    lang: str = "sv",
    source: str = "",
) -> Picture | Notice:
    """Draw each region's strategies from their adoption on, with a line for the day of the page.

    Parameters
    ----------
    frame
        One row a strategy, regions in the order of the rows: `name_short`; `adopted_first`, `adopted_last` (bounds of
        the adoption, ISO days; the first is missing where nothing is known of it; for `in_process` when it is seen);
        `until` (ISO day on which a newer one is known to hold; missing: none is); `horizon_year` (may be missing);
        `state` (`holds`, `replaced`, `in_process`).
    today
        The day of the line, ISO.
    when
        The same in words; without it, as it is.
    first_year
        Where the axis begins.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        A bar from adoption to horizon (a diamond), hatched where the adoption is not known better; open where the
        horizon is not known. A notice without strategies.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown state, or a day that is none.

    Examples
    --------
    >>> frame = pd.DataFrame({"name_short": ["Gotland"], "adopted_first": ["2021-02-22"],
    ...     "adopted_last": ["2021-02-22"], "until": [None], "horizon_year": [2040], "state": ["holds"]})
    >>> print(strategy_timeline(frame, today="2022-12-31", lang="en").alt)
    Regional development strategies in time; line at 2022-12-31. Gotland: adopted 2021, until 2040.
    """
    t = texts(lang)
    when = when or today
    check_columns(frame, COLUMNS, "strategy_timeline")
    check_values(frame, "state", STATES, "strategy_timeline")
    if frame.empty:
        return Notice(t("figures_strategies.timeline.empty"))
    rows: list[Row] = frame[list(COLUMNS)].to_dict("records")
    names = list(dict.fromkeys(str(row["name_short"]) for row in rows))
    horizons = frame["horizon_year"].dropna()
    last_year = int(horizons.max()) if len(horizons) else first_year + 20
    sheet = Sheet(WIDTH)
    left = MARGIN + max(text_width(name, SMALL) for name in names) + 10
    right = WIDTH - 42.0
    begin, end = dt.date(first_year, 1, 1).toordinal(), dt.date(last_year + 1, 1, 1).toordinal()

    def at(day: str) -> float:
        place = (_ordinal(day) - begin) / (end - begin)
        return left + (right - left) * min(max(place, 0.0), 1.0)

    y = 4 + sheet.key(_keys(rows, t), MARGIN, 4, WIDTH - 2 * MARGIN) + 6
    top = y + 2 * line_height(TINY) + 4
    bottom = top + ROW * len(names)
    _axis(sheet, at, (first_year, last_year), y + line_height(TINY), top, bottom)
    sheet.line([at(today)] * 2, [top - 2, bottom], colour=INK, width=1.2, order=1.5)
    sheet.text(at(today), y - 1, when, size=TINY, align="center", weight="bold")
    for number, name in enumerate(names):
        middle = top + (number + 0.5) * ROW
        sheet.text(left - 8, middle - line_height(SMALL) / 2 + 1, name, size=SMALL, align="right")
        sheet.line([left, right], [middle + ROW / 2] * 2, width=0.4)
        for row in rows:
            if row["name_short"] == name:
                _strategy(sheet, row, middle, at, today)
    bottom += 4
    bottom += sheet.source(source, bottom, x=MARGIN)
    said = [f"{name}: {'; '.join(_words(row, t) for row in rows if row['name_short'] == name)}." for name in names]
    return sheet.picture(
        height=bottom + 8,
        caption=t("figures_strategies.timeline.caption", when=when),
        alt=" ".join([t("figures_strategies.timeline.alt", when=when), *said]),
    )


def _ordinal(day: str) -> int:
    try:
        return dt.date.fromisoformat(day).toordinal()
    except ValueError:
        raise InvalidArgument(
            f"{day!r} is not an ISO date such as 2022-12-31", where="natverk.figures.strategy_timeline"
        ) from None


def _axis(sheet: Sheet, at: Any, years: tuple[int, int], y: float, top: float, bottom: float) -> None:
    for year in range(years[0] + (-years[0]) % 5, years[1] + 1, 5):
        x = at(f"{year}-01-01")
        sheet.line([x, x], [top - 2, bottom], colour=GRID, order=0.5)
        sheet.text(x, y, str(year), size=TINY, colour=MUTED, align="center")


def _horizon_day(row: Row) -> str | None:
    """Return the last day of the year that a strategy looks ahead to."""
    year: object = row["horizon_year"]
    return None if pd.isna(year) else f"{int(str(year))}-12-31"  # type: ignore[call-overload]


def _strategy(sheet: Sheet, row: Row, middle: float, at: Any, today: str) -> None:
    """Draw one strategy on the line of its region."""
    y = middle - BAR / 2
    horizon = _horizon_day(row)
    begin = at(row["adopted_last"])
    if row["state"] == "in_process":
        if horizon is not None:
            sheet.line(
                [begin, at(horizon)], [middle + BAR / 2 + 2] * 2, colour=INK, width=1.0, dashes="dashed", order=3.5
            )
            _horizon(sheet, at(horizon), middle, horizon[:4], PAPER)
        return
    holds = row["state"] == "holds"
    fill = HOLDS if holds else REPLACED
    uncertain = at(row["adopted_first"]) if isinstance(row["adopted_first"], str) else at("0001-01-01")
    end = at(row["until"]) if isinstance(row["until"], str) else None
    stop = end if end is not None else at(horizon) if horizon is not None else max(at(today), begin)
    if begin - uncertain > 2:
        sheet.rect(uncertain, y, begin - uncertain, BAR, edge=EDGE, hatch=HATCH, line=0.5, order=2.6)
    if stop > begin:
        sheet.rect(begin, y, stop - begin, BAR, fill=fill, edge=EDGE, line=0.5, order=2.4 if holds else 2.0)
        year = str(row["adopted_last"])[:4]
        exact = isinstance(row["adopted_first"], str) and row["adopted_first"][:4] == year
        if exact and stop - begin > text_width(year, TINY) + 14:
            sheet.text(begin + 4, middle - line_height(TINY) / 2 + 1.5, year, size=TINY)
    if holds and horizon is not None:
        _horizon(sheet, at(horizon), middle, horizon[:4], fill)
    elif holds:
        # An open end: nothing is known of how far it looks ahead.
        sheet.line([stop + 3, stop + 30], [middle] * 2, colour=EDGE, width=1.6, dashes="dotted", order=3)


def _horizon(sheet: Sheet, x: float, middle: float, year: str, fill: str) -> None:
    sheet.marks([x], [middle], marker="D", size=9, fill=fill, edge=INK, line=0.9, order=4)
    sheet.text(x + 9, middle - line_height(TINY) / 2 + 1.5, year, size=TINY)


def _keys(rows: list[Row], t: Texts) -> list[Key]:
    states = {row["state"] for row in rows}
    keys = [Key(t("figures_strategies.timeline.holds"), HOLDS, EDGE)] if "holds" in states else []
    keys += [Key(t("figures_strategies.timeline.replaced"), REPLACED, EDGE)] if "replaced" in states else []
    if any(_unsure(row) for row in rows):
        keys.append(Key(t("figures_strategies.timeline.unsure"), PAPER, EDGE, hatch=HATCH))
    keys.append(Key(t("figures_strategies.timeline.horizon"), HOLDS, INK, "D", size=9))
    if "in_process" in states:
        keys.append(Key(t("figures_strategies.timeline.in_process"), PAPER, INK, "D", size=9))
    return keys


def _unsure(row: Row) -> bool:
    if row["state"] == "in_process":
        return False
    return not isinstance(row["adopted_first"], str) or row["adopted_first"][:4] != str(row["adopted_last"])[:4]


def _words(row: Row, t: Texts) -> str:
    """Return one strategy in words."""
    last = str(row["adopted_last"])[:4]
    key = "alt_between" if _unsure(row) else "alt_adopted"
    first = row["adopted_first"][:4] if isinstance(row["adopted_first"], str) else ""
    if _unsure(row) and not first:
        key = "alt_by"
    if row["state"] == "in_process":
        key = "alt_process"
    words = t(f"figures_strategies.timeline.{key}", first=first, last=last)
    horizon = _horizon_day(row)
    if horizon is not None:
        words += ", " + t("figures_strategies.timeline.alt_horizon", year=horizon[:4])
    if row["state"] == "replaced":
        words += ", " + t("figures_strategies.timeline.alt_replaced")
    return words
