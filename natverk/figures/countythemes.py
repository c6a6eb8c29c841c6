"""Which levels are documented in which theme, county by county: the practised roles of the whole country."""

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
    TINY,
    WIDTH,
    centred,
    housed,
    line_height,
    text_width,
)
from natverk.locale import Texts, texts

__all__ = ["county_themes"]

COLUMNS = ("county_code", "name_short", "theme", "n_municipalities", "municipal", "regional", "joint", "unitary")
MARGIN = 8.0
ROW = 21.0
COUNTS = 44.0


@dataclass
class County:
    """One county: its name, its municipalities, and by theme the documented actors of each level."""

    name: str
    size: int
    unitary: bool
    themes: dict[str, tuple[int, int, int]] = field(default_factory=dict)


@housed
def county_themes(frame: pd.DataFrame, *, lang: str = "sv", source: str = "") -> Picture | Notice:
    """Draw by theme and county which levels have a documented activity.

    Parameters
    ----------
    frame
        One row a county and theme: `county_code`; `name_short`; `theme` (a key of the common themes);
        `n_municipalities` (of the county); `municipal`, `regional`, `joint` (numbers of documented actors);
        `unitary` (municipality and region are one body).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        In each cell up to three fields: the municipalities with their number, the region, joint bodies. Where
        nothing is documented the cell is hatched: who is active there is not known. A notice if that is so everywhere.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown theme.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "county_code": ["14", "19"], "name_short": ["Västra Götaland", "Västmanland"], "theme": ["culture"] * 2,
    ...     "n_municipalities": [49, 10], "municipal": [6, 0], "regional": [1, 0], "joint": [1, 0],
    ...     "unitary": [False, False],
    ... })
    >>> print(county_themes(frame, lang="en").alt)
    Documented activity by theme (1) and county (2). Culture: two or more levels in 1, one in 0, nothing in 1.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "county_themes")
    keys = t.keys()
    known = sorted(key.removeprefix("common.theme.") for key in keys if key.startswith("common.theme."))
    check_values(frame, "theme", known, "county_themes")
    counties = _counties(frame)
    themes = _ranked(counties, t)
    if not any(sum(cell) for county in counties for cell in county.themes.values()):
        return Notice(t("figures_roles.themes.empty"))
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, counties, themes, t)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    caption = t("figures_roles.themes.caption", n=len(themes), counties=t.count("figures.tiles.county", len(counties)))
    return sheet.picture(height=bottom + 8, caption=caption, alt=_alt(counties, themes, t))


def _counties(frame: pd.DataFrame) -> list[County]:
    found: dict[str, County] = {}
    for row in frame[list(COLUMNS)].to_dict("records"):
        name, size = str(row["name_short"]), whole(row["n_municipalities"])
        county = found.setdefault(str(row["county_code"]), County(name, size, bool(row["unitary"])))
        county.themes[str(row["theme"])] = (whole(row["municipal"]), whole(row["regional"]), whole(row["joint"]))
    return [found[code] for code in sorted(found)]


def _levels(county: County, theme: str) -> int:
    """Count the levels documented; on Gotland municipality and region are one."""
    municipal, regional, joint = county.themes.get(theme, (0, 0, 0))
    local = int(bool(municipal or regional)) if county.unitary else int(municipal > 0) + int(regional > 0)
    return local + int(joint > 0)


def _ranked(counties: list[County], t: Texts) -> list[str]:
    """Return the themes, those documented in most counties first."""
    themes = {theme for county in counties for theme in county.themes}

    def rank(theme: str) -> tuple[int, int, str]:
        levels = [_levels(county, theme) for county in counties]
        return -sum(level > 0 for level in levels), -sum(levels), t(f"common.theme.{theme}")

    return sorted(themes, key=rank)


def _draw(sheet: Sheet, counties: list[County], themes: list[str], t: Texts) -> float:
    names = MARGIN + max(text_width(t(f"common.theme.{theme}"), SMALL) for theme in themes) + 10
    step = (WIDTH - MARGIN - COUNTS - names) / len(counties)
    top = 6 + sheet.key(_keys(counties, t), MARGIN, 6, WIDTH - 2 * MARGIN) + 8
    labels = [t("figures_roles.themes.head", name=county.name, n=t.number(county.size)) for county in counties]
    tall = max(text_width(label, TINY) for label in labels)
    for number, label in enumerate(labels):
        x = names + (number + 0.5) * step
        sheet.text(x, top + tall, label, size=TINY, colour=INK, standing=True)
    head = t("figures_roles.themes.documented")
    sheet.text(WIDTH - MARGIN, top + tall - line_height(TINY), head, size=TINY, colour=MUTED, align="right")
    top += tall + 5
    for row, theme in enumerate(themes):
        y = top + row * ROW
        sheet.text(names - 8, centred(y + ROW / 2, SMALL), t(f"common.theme.{theme}"), size=SMALL, align="right")
        for number, county in enumerate(counties):
            _cell(sheet, names + number * step, y, step, county, theme, t)
        n = sum(_levels(county, theme) > 0 for county in counties)
        sheet.text(WIDTH - MARGIN, centred(y + ROW / 2, SMALL), t.number(n), size=SMALL, align="right")
    return top + len(themes) * ROW + 4


def _cell(sheet: Sheet, x: float, y: float, step: float, county: County, theme: str, t: Texts) -> None:
    municipal, regional, joint = county.themes.get(theme, (0, 0, 0))
    left, top, width, height = x + 1, y + 1, step - 2, ROW - 2
    if not (municipal or regional or joint):
        sheet.rect(
            left, top, width, height, fill=PAPER, edge="#b9c0c5", line=0.4, hatch="////////", hatch_colour="#c9ced3"
        )
        return
    sheet.rect(left, top, width, height, fill=PAPER, edge="#b9c0c5", line=0.4)
    main = width * 0.5
    if municipal:
        sheet.rect(left, top, main, height, fill=LEVEL_COLOURS["municipal"], order=2.2)
        if county.unitary:
            sheet.rect(left, top + height - 5, main, 5, fill=LEVEL_COLOURS["regional"], order=2.3)
        else:
            place = centred(top + height / 2, TINY)
            sheet.text(left + main / 2, place, t.number(municipal), size=TINY, colour=PAPER, align="center")
    other = (width - main) / 2
    for number, (count, level) in enumerate(((regional, "regional"), (joint, "joint"))):
        if count and not (county.unitary and level == "regional"):
            sheet.rect(left + main + number * other, top, other, height, fill=LEVEL_COLOURS[level], order=2.2)


def _keys(counties: list[County], t: Texts) -> list[Key]:
    keys = [
        Key(t("figures_roles.themes.key.municipal"), LEVEL_COLOURS["municipal"], INK),
        Key(t("figures_roles.themes.key.regional"), LEVEL_COLOURS["regional"], INK),
        Key(t("figures_roles.themes.key.joint"), LEVEL_COLOURS["joint"], INK),
        Key(t("figures_roles.themes.key.unknown"), PAPER, "#b9c0c5", hatch="//////"),
    ]
    if any(county.unitary for county in counties):
        key = Key(t("figures.timeline.level.unitary"), LEVEL_COLOURS["municipal"], INK, band=LEVEL_COLOURS["regional"])
        keys.insert(3, key)
    return keys


def _alt(counties: list[County], themes: list[str], t: Texts) -> str:
    parts = [t("figures_roles.themes.alt", n=len(themes), counties=len(counties))]
    rows = []
    for theme in themes:
        levels = [_levels(county, theme) for county in counties]
        counts = {
            "several": sum(level > 1 for level in levels), "one": levels.count(1), "none": levels.count(0)
        }  # fmt: skip
        rows.append(t("figures_roles.themes.alt_theme", theme=t(f"common.theme.{theme}"), **counts))
    return " ".join([*parts, "; ".join(rows) + "."])
