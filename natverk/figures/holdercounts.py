"""How many counties had which type of holder, year by year, with the bounds that uncertain dates leave."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.holders import HOLDER_TYPES
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    HATCH,
    INK,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDTH,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

__all__ = ["holder_counts"]

COLUMNS = ("year", "holder_type", "low", "best", "high")
MARGIN = 8.0
NAMES = 176.0
BAR = 66.0
HEAD = 24.0
#: Trials were held by bodies of different levels: no level's colour.
COLOURS = {
    "state": LEVEL_COLOURS["state"],
    "pilot_region": MUTED,
    "samverkansorgan": LEVEL_COLOURS["joint"],
    "municipality": LEVEL_COLOURS["municipal"],
    "region": LEVEL_COLOURS["regional"],
}


@dataclass
class Type:
    """One type of holder: low, best and high by year."""

    kind: str
    years: dict[int, tuple[int, int, int]] = field(default_factory=dict)


@housed
def holder_counts(frame: pd.DataFrame, *, lang: str = "sv", source: str = "") -> Picture | Notice:
    """Draw how many counties had each type of holder of the responsibility, year by year.

    Parameters
    ----------
    frame
        One row a year and type: `year`; `holder_type` (state, pilot_region, samverkansorgan, municipality,
        region); `low` (counties where nothing else is possible), `best`, `high` (counties where it is possible).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        A row of bars for each type that occurs: filled up to the low count, hatched from there to the high one. The
        number over a bar is the best count, where it changes.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown type.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2018, 2019], "holder_type": ["region"] * 2, "low": [14, 21], "best": [14, 21],
    ...                       "high": [14, 21]})
    >>> print(holder_counts(frame, lang="en").alt)
    Counties by type of holder of the regional development responsibility, 2018–2019. Region: 14 in 2018, 21 in 2019.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "holder_counts")
    check_values(frame, "holder_type", HOLDER_TYPES, "holder_counts")
    types = _types(frame)
    if not types:
        return Notice(t("figures_roles.counts.empty"))
    years = sorted({year for kind in types for year in kind.years})
    top_value = max(high for kind in types for _, _, high in kind.years.values())
    open_ = any(low < high for kind in types for low, _, high in kind.years.values())
    sheet = Sheet(WIDTH)
    y = 8.0
    if open_:
        y += sheet.key([Key(t("figures_roles.counts.key_interval"), PAPER, MUTED, hatch=HATCH)], MARGIN, y, WIDTH) + 6
    sheet.text(MARGIN, y, t("figures_roles.counts.axis"), size=SMALL, colour=MUTED)
    step = (WIDTH - MARGIN - NAMES) / len(years)
    for kind in types:
        y += _row(sheet, kind, years, step, y, top_value, t)
    every = 5 if len(years) > 12 else 1
    for number, year in enumerate(years):
        if year % every == 0 or (number == 0 and year % every < every - 1):
            sheet.text(
                max(NAMES + (number + 0.5) * step, NAMES + 10),
                y + 2,
                str(year),
                size=SMALL,
                colour=MUTED,
                align="center",
            )
    bottom = y + 4 + line_height(SMALL)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    caption = [t("figures_roles.counts.caption", first=years[0], last=years[-1])]
    if open_:
        caption.append(t("figures_roles.counts.caption_interval"))
    return sheet.picture(height=bottom + 8, caption=" ".join(caption), alt=_alt(types, years, t))


def _types(frame: pd.DataFrame) -> list[Type]:
    found = {kind: Type(kind) for kind in HOLDER_TYPES}
    for row in frame[list(COLUMNS)].to_dict("records"):
        counts = (whole(row["low"]), whole(row["best"]), whole(row["high"]))
        found[str(row["holder_type"])].years[whole(row["year"])] = counts
    return [kind for kind in found.values() if any(high for _, _, high in kind.years.values())]


def _row(sheet: Sheet, kind: Type, years: list[int], step: float, y: float, most: int, t: Texts) -> float:
    name = wrap(t(f"figures_roles.counts.type.{kind.kind}"), NAMES - MARGIN - 12, TEXT)
    unit, fill = BAR / max(most, 1), COLOURS[kind.kind]
    tallest = max(high for _, _, high in kind.years.values()) * unit
    height = HEAD + max(tallest, len(name) * line_height(TEXT) - 10)
    base = y + height - 4
    sheet.text(MARGIN, base - len(name) * line_height(TEXT), name, size=TEXT)
    sheet.line([NAMES, WIDTH - MARGIN], [base, base], colour=MUTED, width=0.7, order=3)
    before = 0
    for number, year in enumerate(years):
        low, best, high = kind.years.get(year, (0, 0, 0))
        x = NAMES + number * step + 1
        if low:
            sheet.rect(x, base - low * unit, step - 2, low * unit, fill=fill, edge=INK, line=0.4)
        if high > low:
            sheet.rect(
                x, base - high * unit, step - 2, (high - low) * unit, fill=PAPER, edge=INK, line=0.4, hatch=HATCH * 2
            )
            sheet.line([x - 0.5, x + step - 1.5], [base - best * unit] * 2, colour=INK, width=1.4, order=3)
        if best != before and (best or high):
            text = t.number(best)
            if text_width(text, SMALL) < step:
                place = base - max(high, best) * unit - line_height(SMALL) - 1
                sheet.text(x + step / 2 - 1, place, text, size=SMALL, align="center")
        before = best
    return height


def _alt(types: list[Type], years: list[int], t: Texts) -> str:
    parts = [t("figures_roles.counts.alt", first=years[0], last=years[-1])]
    for kind in types:
        words, before = [], None
        for year in years:
            low, best, high = kind.years.get(year, (0, 0, 0))
            if (low, best, high) != before:
                n = t.number(best)
                if low != high:
                    n = t("figures_roles.counts.alt_bounds", n=n, low=t.number(low), high=t.number(high))
                words.append(t("figures_roles.counts.alt_year", n=n, year=year))
            before = (low, best, high)
        name = t(f"figures_roles.counts.type.{kind.kind}")
        parts.append(t("figures_roles.counts.alt_type", name=name[0].upper() + name[1:], years=", ".join(words)))
    return " ".join(parts)
