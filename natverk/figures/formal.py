"""Which level has which tasks by law or agreement: policy areas by level, at two dates side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Sheet
from natverk.figures.style import (
    HATCH,
    INK,
    LEVEL_COLOURS,
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

__all__ = ["LEVELS", "STRENGTHS", "formal_matrix"]

#: The strongest obligation of the tasks in a cell, strongest first.
STRENGTHS = ("mandatory", "conditional", "voluntary", "consultation")
LEVELS = {"municipal": "municipal", "intermunicipal": "joint", "regional": "regional", "state": "state"}
COLUMNS = ("policy_area", "level", "date", "strength", "n_dated", "n_undated")
MARGIN = 8.0
ROW = 22.0
SIDE = 14.0


@dataclass
class Area:
    """One policy area: (date, level) → strongest obligation (blank if no dated task), dated and undated tasks."""

    label: str
    cells: dict[tuple[str, str], tuple[str, int, int]] = field(default_factory=dict)


@housed
def formal_matrix(frame: pd.DataFrame, *, lang: str = "sv", source: str = "") -> Picture | Notice:
    """Draw the formal roles: which level has tasks in which policy area, and how binding, at one or two dates.

    Parameters
    ----------
    frame
        One row a policy area, level and date: `policy_area` (the label as written); `level` (municipal,
        intermunicipal, regional, state); `date` (the label of the panel); `strength` (the strongest obligation of
        the dated tasks: mandatory, conditional, voluntary, consultation; missing if none is dated); `n_dated`,
        `n_undated` (tasks whose validity at the date is known, and those whose entry into force is not).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        A square for each cell with tasks: filled for a duty, half filled for an assigned or conditional one, hollow
        for a voluntary one, dashed for a right to be heard, hatched where only undated tasks are known. Beside it the
        number of dated tasks, and in brackets that of undated ones.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown level or strength.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_area": ["Culture"] * 2, "level": ["regional", "state"], "date": ["2026"] * 2,
    ...                       "strength": ["mandatory", None], "n_dated": [2, 0], "n_undated": [0, 1]})
    >>> print(formal_matrix(frame, lang="en").alt)
    Tasks of regional development by policy area (1) and level. 2026: Culture: regional 2 (duty), state 1 undated.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "formal_matrix")
    check_values(frame, "level", list(LEVELS), "formal_matrix")
    known = frame[frame["strength"].notna()]
    check_values(known, "strength", STRENGTHS, "formal_matrix")
    areas, dates = _areas(frame)
    if not areas:
        return Notice(t("figures_roles.formal.empty"))
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, areas, dates, t)
    bottom += sheet.source(source, bottom + 6, x=MARGIN)
    caption = t("figures_roles.formal.caption", dates=t.join(dates))
    return sheet.picture(height=bottom + 8, caption=caption, alt=_alt(areas, dates, t))


def _areas(frame: pd.DataFrame) -> tuple[list[Area], list[str]]:
    found: dict[str, Area] = {}
    dates: list[str] = []
    for row in frame[list(COLUMNS)].to_dict("records"):
        date = str(row["date"])
        if date not in dates:
            dates.append(date)
        area = found.setdefault(str(row["policy_area"]), Area(str(row["policy_area"])))
        strength = "" if pd.isna(row["strength"]) else str(row["strength"])
        area.cells[date, str(row["level"])] = (strength, whole(row["n_dated"]), whole(row["n_undated"]))
    return list(found.values()), dates


def _draw(sheet: Sheet, areas: list[Area], dates: list[str], t: Texts) -> float:
    top = _key(sheet, t) + 8
    names = MARGIN + max(text_width(area.label, TEXT) for area in areas) + 16
    panel = (WIDTH - MARGIN - names) / len(dates)
    step = (panel - 14) / len(LEVELS)
    heads = {level: wrap(t(f"figures_roles.formal.level.{level}"), step - 4, TINY) for level in LEVELS}
    deep = max(len(lines) for lines in heads.values())
    for number, date in enumerate(dates):
        left = names + number * panel
        sheet.text(left, top, date, size=TEXT, weight="bold")
        for place, level in enumerate(LEVELS):
            y = top + line_height(TEXT) + 3 + (deep - len(heads[level])) * line_height(TINY)
            sheet.text(left + place * step, y, heads[level], size=TINY, colour=MUTED)
    top += line_height(TEXT) + 3 + deep * line_height(TINY) + 4
    for row, area in enumerate(areas):
        y = top + row * ROW
        sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
        sheet.text(names - 12, centred(y + ROW / 2, TEXT), area.label, align="right")
        for number, date in enumerate(dates):
            for place, level in enumerate(LEVELS):
                x = names + number * panel + place * step
                _cell(sheet, x, y, LEVELS[level], area.cells.get((date, level)), t)
    bottom = top + len(areas) * ROW
    sheet.line([MARGIN, WIDTH - MARGIN], [bottom, bottom], width=0.5)
    return bottom


def _cell(sheet: Sheet, x: float, y: float, level: str, cell: tuple[str, int, int] | None, t: Texts) -> None:
    middle = y + ROW / 2
    if cell is None or not (cell[1] or cell[2]):
        sheet.text(x + SIDE / 2, centred(middle, SMALL), "–", size=SMALL, colour=MUTED, align="center")
        return
    strength, dated, undated = cell
    square(sheet, x, middle, level, strength)
    text = t.number(dated) if dated else ""
    if undated:
        text += (" " if text else "") + f"({t.number(undated)})"
    sheet.text(x + SIDE + 5, centred(middle, SMALL), text, size=SMALL)


def square(sheet: Sheet, x: float, middle: float, level: str, strength: str) -> None:
    """Draw the square of a cell: the level's colour, as much of it as the obligation is strong."""
    y, fill = middle - SIDE / 2, LEVEL_COLOURS[level]
    if not strength:
        sheet.rect(x, y, SIDE, SIDE, fill=PAPER, edge=MUTED, hatch=HATCH * 2)
    elif strength == "mandatory":
        sheet.rect(x, y, SIDE, SIDE, fill=fill, edge=INK)
    elif strength == "conditional":
        sheet.rect(x, y, SIDE, SIDE, fill=PAPER, edge=INK)
        sheet.rect(x, y + SIDE / 2, SIDE, SIDE / 2, fill=fill, edge=INK, order=2.1)
    elif strength == "voluntary":
        sheet.rect(x, y, SIDE, SIDE, fill=fill, edge=INK)
        sheet.rect(x + 4, y + 4, SIDE - 8, SIDE - 8, fill=PAPER, edge=INK, order=2.1)
    else:
        sheet.rect(x, y, SIDE, SIDE, fill=PAPER, edge=INK, dashes="dashed")


def _key(sheet: Sheet, t: Texts) -> float:
    """Draw the key with the squares themselves, and return its height."""
    labels = {strength: t(f"figures_roles.formal.strength.{strength}") for strength in STRENGTHS}
    labels[""] = t("figures_roles.formal.key_undated")
    left, top = MARGIN, 6.0
    for strength, label in labels.items():
        room = SIDE + 6 + text_width(label, SMALL)
        if left > MARGIN and left + room > WIDTH - MARGIN:
            left, top = MARGIN, top + 20
        square(sheet, left, top + 9, "municipal", strength)
        sheet.text(left + SIDE + 6, centred(top + 9, SMALL), label, size=SMALL)
        left += room + 18
    return top + 20


def _alt(areas: list[Area], dates: list[str], t: Texts) -> str:
    parts = [t("figures_roles.formal.alt", n=len(areas))]
    for date in dates:
        rows = []
        for area in areas:
            words = []
            for level in LEVELS:
                strength, dated, undated = area.cells.get((date, level), ("", 0, 0))
                name = t(f"figures_roles.formal.level.{level}")
                if dated:
                    how = t(f"figures_roles.formal.strength.{strength}")
                    words.append(t("figures_roles.formal.alt_dated", level=name, n=t.number(dated), how=how))
                elif undated:
                    words.append(t("figures_roles.formal.alt_undated", level=name, n=t.number(undated)))
            if words:
                rows.append(t("figures_roles.formal.alt_area", area=area.label, levels=", ".join(words)))
        parts.append(t("figures_roles.formal.alt_date", date=date, areas="; ".join(rows)))
    return " ".join(parts)
