"""Membership within listed network-years: the only years in which absence from a network is known."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from natverk.figures.checks import check_columns, whole
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
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, alphabetic, texts

__all__ = ["listed_years"]

COLUMNS = ("network_name", "year", "n_members", "n_at_risk", "n_sweden")
MARGIN = 8.0
NAMES_WIDEST = 230.0
ROW = 52.0
DOT = "#36414a"

Rows = dict[str, dict[int, tuple[int, int, int | None]]]


@housed
def listed_years(frame: pd.DataFrame, *, lang: str = "sv", source: str = "", place: str = "") -> Picture | Notice:
    """Draw how many of the county's actors are members in the years with a complete list of members.

    Parameters
    ----------
    frame
        One row for each listed network and year: `network_name`; `year`; `n_members` (members in the
        county); `n_at_risk` (municipalities and region of the county that could stand in the list);
        `n_sweden` (members in all of Sweden; may be missing).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.

    Returns
    -------
    Picture or Notice
        A dot for each list, larger for more members and hollow for none, with the numbers below it. Of several
        lists for one network and year the one with most members is shown, and the caption says so. A list
        may name an actor that nobody expected there: never fewer are at risk than are members.

    Raises
    ------
    InvalidArgument
        For a missing column.

    Examples
    --------
    >>> frame = pd.DataFrame({"network_name": ["UBC"], "year": [2019], "n_members": [1], "n_at_risk": [2],
    ...                       "n_sweden": [14]})
    >>> print(listed_years(frame, lang="en", place="Gotland").alt)
    Members in Gotland according to complete lists. UBC: 2019 1 of 2 (Sweden 14).
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "listed_years")
    rows = _rows(frame)
    if not rows:
        return Notice(t("figures.listed.empty", place=county))
    sheet = Sheet(WIDTH)
    bottom, to_scale = _draw(sheet, rows, t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    lists = sum(len(years) for years in rows.values())
    caption = t(
        "figures.listed.caption",
        place=county,
        lists=t.count("figures.listed.list", lists),
        networks=t.count("common.network", len(rows)),
    )
    if lists < len(frame):
        caption += " " + t("figures.listed.caption_larger")
    return sheet.picture(
        height=bottom + 8,
        caption=caption if to_scale else caption + " " + t("figures.listed.caption_scale"),
        alt=" ".join([t("figures.listed.alt", place=county), *(_alt(name, rows[name], t) for name in rows)]),
    )


def _rows(frame: pd.DataFrame) -> Rows:
    """Return the lists by network, the networks with most lists first; of several in a year the largest."""
    found: Rows = {}
    for row in frame[list(COLUMNS)].to_dict("records"):
        name, year = str(row["network_name"]), whole(row["year"])
        members, risk = whole(row["n_members"]), whole(row["n_at_risk"])
        cell = (members, max(risk, members), None if pd.isna(row["n_sweden"]) else whole(row["n_sweden"]))
        years = found.setdefault(name, {})
        years[year] = max(years.get(year, cell), cell, key=_size)
    ranked = sorted(found, key=lambda name: (-len(found[name]), alphabetic(name)))
    return {name: dict(sorted(found[name].items())) for name in ranked}


def _size(cell: tuple[int, int, int | None]) -> tuple[int, int, int]:
    members, risk, sweden = cell
    return members, sweden or 0, risk


def _draw(sheet: Sheet, rows: Rows, t: Texts) -> tuple[float, bool]:
    names = {name: wrap(name, NAMES_WIDEST, TEXT) for name in rows}
    wide = max(text_width(line, TEXT) for lines in names.values() for line in lines)
    room = max(text_width(line, TINY) for years in rows.values() for cell in years.values() for line in _below(cell, t))
    centres, to_scale = _centres(sorted({year for years in rows.values() for year in years}), wide + 50, room + 8)
    top = 4 + sheet.key(_keys(rows, t), MARGIN, 4, WIDTH - 2 * MARGIN) + 10
    for year, x in centres.items():
        sheet.text(x, top, str(year), size=SMALL, colour=MUTED, align="center")
    last = max(centres.values())
    sheet.text(min(last + 30, WIDTH - 34), top, t("figures.listed.years"), size=SMALL, colour=MUTED)
    top += line_height(SMALL) + 4
    for number, (name, years) in enumerate(rows.items()):
        y = top + number * ROW
        sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
        height = len(names[name]) * line_height(TEXT)
        sheet.text(MARGIN, y + (ROW - height) / 2, names[name])
        if len(years) > 1:
            ends = [centres[min(years)], centres[max(years)]]
            sheet.line(ends, [y + 14] * 2, colour="#c3c9ce", dashes="dotted", width=0.9)
        for year, cell in years.items():
            _dot(sheet, centres[year], y + 14, cell, t)
    bottom = top + ROW * len(rows)
    sheet.line([MARGIN, WIDTH - MARGIN], [bottom, bottom], width=0.5)
    return bottom + 2, to_scale


def _centres(years: list[int], left: float, room: float) -> tuple[dict[int, float], bool]:
    """Place the years to scale, or evenly where that would bring two labels together; say which."""
    right = WIDTH - 70.0
    if len(years) == 1:
        return {years[0]: left + room}, True
    span = years[-1] - years[0]
    gap = min(two - one for one, two in pairwise(years))
    wide = right - left
    if wide * gap / span >= room:
        return {year: left + wide * (year - years[0]) / span for year in years}, True
    return {year: left + wide * number / (len(years) - 1) for number, year in enumerate(years)}, False


def _dot(sheet: Sheet, x: float, y: float, cell: tuple[int, int, int | None], t: Texts) -> None:
    members = cell[0]
    size = 17 + min(members, 40) * 0.25
    sheet.marks([x], [y], marker="o", size=size, fill=DOT if members else PAPER, edge=DOT, line=1.0)
    sheet.text(
        x,
        y - line_height(SMALL) / 2 + 0.5,
        t.number(members),
        size=SMALL,
        align="center",
        colour=PAPER if members else INK,
        weight="bold",
    )
    for number, line in enumerate(_below(cell, t)):
        sheet.text(x, y + 12 + number * (line_height(TINY) - 1), line, size=TINY, colour=MUTED, align="center")


def _below(cell: tuple[int, int, int | None], t: Texts) -> list[str]:
    lines = [t("figures.listed.of", n=t.number(cell[1]))]
    return lines if cell[2] is None else [*lines, t("figures.listed.sweden", n=t.number(cell[2]))]


def _keys(rows: Rows, t: Texts) -> list[Key]:
    cells = [cell for years in rows.values() for cell in years.values()]
    keys = []
    if any(cell[0] for cell in cells):
        keys.append(Key(t("figures.listed.key_some"), DOT, DOT, "o", size=12))
    if not all(cell[0] for cell in cells):
        keys.append(Key(t("figures.listed.key_none"), PAPER, DOT, "o", size=12))
    return keys


def _alt(name: str, years: dict[int, tuple[int, int, int | None]], t: Texts) -> str:
    words = []
    for year, (members, risk, sweden) in years.items():
        text = t("figures.listed.alt_year", year=year, n=t.number(members), total=t.number(risk))
        words.append(text if sweden is None else text + t("figures.listed.alt_sweden", n=t.number(sweden)))
    return f"{name}: {', '.join(words)}."
