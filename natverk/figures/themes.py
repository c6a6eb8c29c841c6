"""Which levels have documented memberships in which theme, the county beside the country."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    INK,
    LEVEL_COLOURS,
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
from natverk.locale import Texts, texts

__all__ = ["LEVELS", "PLACES", "theme_pattern"]

LEVELS = ("municipal", "regional", "joint")
PLACES = ("county", "country")
COLUMNS = ("theme", "level", "place", "n_attested", "n_units", "share")

MARGIN = 8.0
ROW = 23.0
MOST_NAMED = 6
HATCH_COLOUR = "#c3c9ce"


@dataclass
class Theme:
    """One theme: attested units and all units by (level, place), and the municipal shares."""

    label: str
    attested: dict[tuple[str, str], int] = field(default_factory=dict)
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    share: dict[str, float] = field(default_factory=dict)


@housed
def theme_pattern(
    frame: pd.DataFrame, *, lang: str = "sv", source: str = "", place: str = "", unitary: bool = False
) -> Picture | Notice:
    """Draw by theme who has at least one documented membership, in the county and in the country.

    Parameters
    ----------
    frame
        One row for each theme, level and place: `theme` (a key of the common themes); `level`
        (municipal, regional, joint); `place` (county, country); `n_attested` (units with at least one
        documented membership); `n_units` (all units); `share` (of the units, 0–1, may be missing).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.
    unitary
        The municipality and the region are one body (Gotland): marked and said so.

    Returns
    -------
    Picture or Notice
        For the municipalities a filled dot (county) and a hollow one (country) on a scale from 0 to
        100 per cent; what lies above the county's share is hatched, because it is not known. For the
        region and the joint bodies a square where something is documented. A notice if no unit of the
        county has anything documented in any theme.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown theme, level or place.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "theme": ["culture", "culture", "culture"], "level": ["municipal", "municipal", "regional"],
    ...     "place": ["county", "country", "county"], "n_attested": [3, 29, 1], "n_units": [10, 290, 1],
    ...     "share": [0.3, 0.1, 1.0],
    ... })
    >>> print(theme_pattern(frame, lang="en", place="Västmanland").alt)
    Documented memberships by theme (1) in Västmanland beside the country. Most municipalities: Culture 3 of 10 (30%), \
country 10%. The region in 1 of 1 themes: Culture. No joint body has any documented.
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "theme_pattern")
    keys = t.keys()
    known = sorted(key.removeprefix("common.theme.") for key in keys if key.startswith("common.theme."))
    check_values(frame, "theme", known, "theme_pattern")
    check_values(frame, "level", LEVELS, "theme_pattern")
    check_values(frame, "place", PLACES, "theme_pattern")
    themes = _themes(frame, t)
    if not any(theme.attested.get((level, "county")) for theme in themes for level in LEVELS):
        return Notice(t("figures.themes.empty", place=county))
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, themes, unitary, t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    size = max(theme.units.get(("municipal", "county"), 0) for theme in themes)
    words = [t("figures.themes.caption", place=county, municipalities=t.count("common.municipality", size))]
    if unitary:
        words.append(t("figures.themes.caption_unitary"))
    return sheet.picture(height=bottom + 8, caption=" ".join(words), alt=_alt(themes, county, t))


def _themes(frame: pd.DataFrame, t: Texts) -> list[Theme]:
    found: dict[str, Theme] = {}
    for row in frame[list(COLUMNS)].to_dict("records"):
        theme = found.setdefault(str(row["theme"]), Theme(t(f"common.theme.{row['theme']}")))
        spot = (str(row["level"]), str(row["place"]))
        theme.attested[spot], theme.units[spot] = whole(row["n_attested"]), whole(row["n_units"])
        if spot[0] == "municipal" and not pd.isna(row["share"]):
            theme.share[spot[1]] = float(row["share"])

    def rank(theme: Theme) -> tuple[float, int, float, str]:
        others = theme.attested.get(("regional", "county"), 0) + theme.attested.get(("joint", "county"), 0)
        return -theme.share.get("county", 0.0), -others, -theme.share.get("country", 0.0), theme.label

    return sorted(found.values(), key=rank)


def _draw(sheet: Sheet, themes: list[Theme], unitary: bool, t: Texts) -> float:
    names = MARGIN + max(text_width(theme.label, TEXT) for theme in themes) + 14
    columns = {"county": 470.0, "country": 550.0, "regional": 645.0, "joint": 740.0}
    left, right = names, columns["county"] - 24
    top = 4 + sheet.key(_keys(unitary, t), MARGIN, 4, WIDTH - 2 * MARGIN) + 10
    heads = {name: wrap(t(f"figures.themes.column.{name}"), 86 if name in LEVELS else 72, TINY) for name in columns}
    deep = max(len(lines) for lines in heads.values())
    for name, lines in heads.items():
        y = top + (deep - len(lines)) * line_height(TINY)
        sheet.text(columns[name], y, lines, size=TINY, colour=MUTED)
    top += deep * line_height(TINY) + 5
    bottom = top + ROW * len(themes)
    for quarter in range(5):
        x = left + (right - left) * quarter / 4
        sheet.line([x, x], [top, bottom + 4], order=0.9)
        sheet.text(x, bottom + 6, t.percent(quarter / 4), size=TINY, colour=MUTED, align="center")
    axis = wrap(t("figures.themes.axis"), right - left + 60, SMALL)
    sheet.text((left + right) / 2, bottom + 8 + line_height(TINY), axis, size=SMALL, colour=MUTED, align="center")
    for number, theme in enumerate(themes):
        _row(sheet, theme, top + number * ROW, (left, right), columns, t)
        for level in ("regional", "joint"):
            _others(sheet, theme, level, columns[level], top + number * ROW, unitary, t)
        sheet.line([MARGIN, WIDTH - MARGIN], [top + number * ROW] * 2, width=0.5)
    sheet.line([MARGIN, WIDTH - MARGIN], [bottom] * 2, width=0.5)
    return bottom + 14 + line_height(TINY) + len(axis) * line_height(SMALL)


def _row(
    sheet: Sheet, theme: Theme, top: float, span: tuple[float, float], columns: dict[str, float], t: Texts
) -> None:
    left, right = span
    middle, y = top + ROW / 2, top + (ROW - line_height(TEXT)) / 2 + 1
    blue = LEVEL_COLOURS["municipal"]
    sheet.text(left - 12, y, theme.label, align="right")
    share = theme.share.get("county")
    end = left if share is None else left + (right - left) * share
    if right - end > 1:
        sheet.rect(end, middle - 3.5, right - end, 7, fill=PAPER, hatch="//////", hatch_colour=HATCH_COLOUR)
    if share is not None:
        sheet.line([left, end], [middle, middle], colour=blue, width=2.2, order=3)
    if "country" in theme.share:
        x = left + (right - left) * theme.share["country"]
        sheet.marks([x], [middle], marker="o", size=12, fill=PAPER, edge=blue, line=1.1, order=4)
    if share:
        sheet.marks([end], [middle], marker="o", size=8, fill=blue, edge=blue, line=0.4, order=5)
    elif share is not None:
        sheet.marks([left], [middle], marker="|", size=11, edge=blue, line=2.0, order=5)
    for place, colour in (("county", INK), ("country", MUTED)):
        spot = ("municipal", place)
        if theme.units.get(spot):
            text = t("figures.themes.of", n=t.number(theme.attested[spot]), total=t.number(theme.units[spot]))
            sheet.text(columns[place], y, text, size=SMALL, colour=colour)


def _others(sheet: Sheet, theme: Theme, level: str, x: float, top: float, unitary: bool, t: Texts) -> None:
    middle, y = top + ROW / 2, top + (ROW - line_height(TEXT)) / 2 + 1
    here, there = (level, "county"), (level, "country")
    attested, colour = theme.attested.get(here, 0), LEVEL_COLOURS[level]
    if attested:
        one_body = unitary and level == "regional"
        fill = LEVEL_COLOURS["municipal"] if one_body else colour
        sheet.marks([x + 6], [middle], marker="s", size=10, fill=fill, edge=INK, line=0.6)
        if one_body:
            sheet.rect(x + 1.4, middle + 0.6, 9.2, 4, fill=colour, order=4.2)
        if attested > 1:
            sheet.text(x + 15, y, t.number(attested), size=SMALL)
    else:
        sheet.text(x + 6, y, "–", size=SMALL, colour=MUTED, align="center")
    if theme.units.get(there):
        text = t("figures.themes.of", n=t.number(theme.attested[there]), total=t.number(theme.units[there]))
        sheet.text(x + 30, y, text, size=SMALL, colour=MUTED)


def _keys(unitary: bool, t: Texts) -> list[Key]:
    blue = LEVEL_COLOURS["municipal"]
    region = Key(t("figures.themes.key.regional"), LEVEL_COLOURS["regional"], INK, "s", size=10)
    if unitary:
        region = Key(t("figures.themes.key.unitary"), blue, INK, band=LEVEL_COLOURS["regional"])
    return [
        Key(t("figures.themes.key.county"), blue, blue, "o", size=8),
        Key(t("figures.themes.key.country"), PAPER, blue, "o", size=12),
        Key(t("figures.themes.key.unknown"), PAPER, HATCH_COLOUR, hatch="//////"),
        region,
        Key(t("figures.themes.key.joint"), LEVEL_COLOURS["joint"], INK, "s", size=10),
    ]


def _alt(themes: list[Theme], county: str, t: Texts) -> str:
    here = ("municipal", "county")
    parts = [t("figures.themes.alt", place=county, n=len(themes))]
    leading = []
    for theme in [theme for theme in themes if theme.attested.get(here)][:MOST_NAMED]:
        words = t("figures.themes.of", n=t.number(theme.attested[here]), total=t.number(theme.units[here]))
        if "county" in theme.share:
            words += f" ({t.percent(theme.share['county'])})"
        if "country" in theme.share:
            words += t("figures.themes.alt_country", share=t.percent(theme.share["country"]))
        leading.append(f"{theme.label} {words}")
    if leading:
        parts.append(t("figures.themes.alt_municipal", themes="; ".join(leading)))
    for level in ("regional", "joint"):
        labels = [theme.label for theme in themes if theme.attested.get((level, "county"))]
        key = f"figures.themes.alt_{level}" if labels else f"figures.themes.alt_{level}_none"
        parts.append(t(key, n=len(labels), total=len(themes), themes=", ".join(labels)))
    empty = [theme.label for theme in themes if not any(theme.attested.get((level, "county")) for level in LEVELS)]
    if empty:
        parts.append(t("figures.themes.alt_empty", themes=", ".join(empty)))
    return " ".join(parts)
