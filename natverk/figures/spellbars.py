"""One actor's networks along the years: attested, presumed, contradicted, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    GRID,
    HATCH,
    INK,
    LAST_YEAR,
    LEVEL_COLOURS,
    LEVEL_TINTS,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.frames import FIRST_YEAR
from natverk.locale import Texts, texts

__all__ = ["RUN_STATES", "membership_spells"]

#: What a run of years can be, in the order of the key; the last three leave the row blank.
RUN_STATES = ("member", "presumed", "conflict", "undated", "unknown", "not_member", "left", "no_network", "no_actor")
COLUMNS = ("network_name", "label", "state", "first", "last", "start_stated", "end_stated")
MARGIN = 8.0
NAMES_WIDEST = 236.0
LABELS_WIDEST = 178.0
BAR = 11.0
REPEAT_AXIS_FROM = 18
HELD = ("member", "presumed", "conflict")  # states that may have begun before the axis, or go on after it
DARK, TINT = LEVEL_COLOURS["municipal"], LEVEL_TINTS["municipal"]


@dataclass
class _Run:
    state: str
    first: int
    last: int
    start_stated: bool
    end_stated: bool


@dataclass
class _Row:
    """One network: its name and label as wrapped, and its runs of years."""

    name: str
    label: str
    runs: list[_Run] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    @property
    def height(self) -> float:
        return max(len(self.names), len(self.labels), 1) * line_height(SMALL) + 7


@housed
def membership_spells(
    frame: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    place: str = "",
    year_from: int = FIRST_YEAR,
    year_to: int = LAST_YEAR,
) -> Picture | Notice:
    """Draw in which years an actor is known to belong to which network.

    Parameters
    ----------
    frame
        One row for each network and run of years in one state, in the order in which the networks are drawn:
        `network_name`; `label` (what stands to the right: status and since when; the same in every row of a
        network); `state` (see `RUN_STATES`); `first`, `last` (years; missing if `undated`); `start_stated`,
        `end_stated` (whether a source states that the membership began or ended there).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The actor's name in the caption.
    year_from, year_to
        First and last year of the axis; both whole years are shown.

    Returns
    -------
    Picture or Notice
        Dark bars are attested, light ones presumed; hatched lines are years in which nothing is known, hollow bars
        memberships without any year. A stated first or last year has a tick, other ends are open.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown state, or a year range that is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "network_name": ["SERN", "SERN", "ICC"], "label": ["member since 2006"] * 2 + ["participant"],
    ...     "state": ["member", "presumed", "undated"], "first": [2006, 2025, None], "last": [2024, 2026, None],
    ...     "start_stated": [True, False, False], "end_stated": [False, False, False],
    ... })
    >>> membership_spells(frame, lang="en", place="Vänersborg").alt
    'Networks of Vänersborg along the years 1997–2026. SERN: attested 2006–2024, presumed 2025–2026. ICC: attested, \
year unknown.'
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "membership_spells")
    check_values(frame, "state", RUN_STATES, "membership_spells")
    if year_to < year_from:
        raise InvalidArgument(
            f"year_to {year_to} is before year_from {year_from}", where="natverk.figures.membership_spells"
        )
    rows = _rows(frame, year_from, year_to)
    if not rows:
        return Notice(t("membership_spells.empty", place=place))
    sheet = Sheet(WIDTH)
    bottom = _draw(sheet, rows, t, year_from, year_to)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    return sheet.picture(
        height=bottom + 8,
        caption=_caption(rows, t, place, year_from, year_to),
        alt=_alt(rows, t, place, year_from, year_to),
    )


def _rows(frame: pd.DataFrame, year_from: int, year_to: int) -> list[_Row]:
    rows: dict[str, _Row] = {}
    for item in frame[list(COLUMNS)].to_dict("records"):
        name = str(item["network_name"])
        row = rows.setdefault(name, _Row(name, str(item["label"])))
        if item["state"] == "undated":
            row.runs.append(_Run("undated", year_from, year_to, False, False))
            continue
        first, last = max(int(item["first"]), year_from), min(int(item["last"]), year_to)
        if first <= last:
            stated = bool(item["start_stated"]) and first == item["first"]
            ends = bool(item["end_stated"]) and last == item["last"]
            row.runs.append(_Run(str(item["state"]), first, last, stated, ends))
    return [row for row in rows.values() if row.runs]


def _draw(sheet: Sheet, rows: list[_Row], t: Texts, year_from: int, year_to: int) -> float:
    for row in rows:
        row.names = wrap(row.name, NAMES_WIDEST, SMALL)
        row.labels = wrap(row.label, LABELS_WIDEST, SMALL)
    left = MARGIN + max(text_width(line, SMALL) for row in rows for line in row.names) + 18
    right = WIDTH - MARGIN - max(text_width(line, SMALL) for row in rows for line in row.labels) - 22
    step = (right - left) / (year_to + 1 - year_from)
    top = 4 + sheet.key(_keys(rows, t), MARGIN, 4, WIDTH - 2 * MARGIN) + 6
    top = _axis(sheet, top, left, step, t, year_from, year_to, above=True)
    body, y = top, top
    for row in rows:
        sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
        middle = y + row.height / 2
        for lines, x in ((row.names, MARGIN), (row.labels, right + 20)):
            sheet.text(x, middle - len(lines) * line_height(SMALL) / 2 + 1.5, lines, size=SMALL)
        for run in row.runs:
            _bar(sheet, run, left + (run.first - year_from) * step, left + (run.last + 1 - year_from) * step, middle)
        first, last = row.runs[0], row.runs[-1]
        if first.first == year_from and first.state in HELD and not first.start_stated:
            sheet.marks([left - 6], [middle], marker="<", size=6, fill=MUTED, edge=MUTED)
        if last.last == year_to and last.state in HELD:
            sheet.marks([right + 7], [middle], marker=">", size=6, fill=MUTED, edge=MUTED)
        y += row.height
    sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
    for year in _ticks(step, year_from, year_to):
        x = left + (year - year_from) * step
        sheet.line([x, x], [body, y], colour=GRID, width=0.5, order=0.5)
    if len(rows) >= REPEAT_AXIS_FROM:
        y = _axis(sheet, y, left, step, t, year_from, year_to, above=False)
    return y + 2


def _bar(sheet: Sheet, run: _Run, left: float, right: float, middle: float) -> None:
    top, width = middle - BAR / 2, right - left
    if run.state == "member":
        sheet.rect(left, top, width, BAR, fill=DARK, order=3)
    elif run.state == "presumed":
        sheet.rect(left, top, width, BAR, fill=TINT, order=2.5)
    elif run.state == "conflict":
        sheet.rect(left, top, width, BAR, fill=PAPER, edge=DARK, line=1.0, order=3)
        sheet.marks([(left + right) / 2], [middle], marker="x", size=6, edge=INK, line=1.1, order=3.5)
    elif run.state == "undated":
        sheet.rect(left, top + 1, width, BAR - 2, fill=PAPER, edge=MUTED, line=0.7, dashes="dashed", order=2.5)
    elif run.state == "unknown":
        sheet.rect(left, middle - 3, width, 6, fill=PAPER, hatch=HATCH, order=2)
    elif run.state == "not_member":
        sheet.line([left, right], [middle, middle], colour=MUTED, width=0.9, order=2)
    for stated, x in ((run.start_stated, left), (run.end_stated, right)):
        if stated:
            sheet.line([x, x], [top - 3, top + BAR + 3], colour=INK, width=1.3, order=4)


def _ticks(step: float, year_from: int, year_to: int) -> list[int]:
    every = next(size for size in (1, 2, 5, 10, 20, 50) if size * step >= 36 or size == 50)
    return [year for year in range(year_from, year_to + 1) if year % every == 0]


def _axis(
    sheet: Sheet, top: float, left: float, step: float, t: Texts, year_from: int, year_to: int, *, above: bool
) -> float:
    """Write the years over the rows, or once more under a long figure, and return the lowest point."""
    text_top = top if above else top + 4
    for year in _ticks(step, year_from, year_to):
        x = left + (year - year_from) * step
        sheet.text(x, text_top, str(year), size=SMALL, colour=MUTED, align="center")
    sheet.text(MARGIN, text_top, t("membership_spells.axis"), size=SMALL, colour=MUTED)
    return text_top + line_height(SMALL) + 3


def _keys(rows: list[_Row], t: Texts) -> list[Key]:
    runs = [run for row in rows for run in row.runs]
    there = {run.state for run in runs}
    shapes = {
        "member": Key(t("membership_spells.key.member"), DARK, DARK),
        "presumed": Key(t("membership_spells.key.presumed"), TINT, TINT),
        "conflict": Key(t("membership_spells.key.conflict"), PAPER, DARK, "crossed", size=10),
        "undated": Key(t("membership_spells.key.undated"), PAPER, MUTED),
        "unknown": Key(t("membership_spells.key.unknown"), PAPER, PAPER, hatch=HATCH),
        "not_member": Key(t("membership_spells.key.not_member"), PAPER, MUTED, "line", size=0.9),
    }
    keys = [shapes[state] for state in RUN_STATES if state in there and state in shapes]
    if any(run.start_stated or run.end_stated for run in runs):
        keys.append(Key(t("membership_spells.key.stated"), INK, INK, "|", size=13))
    return keys


def _caption(rows: list[_Row], t: Texts, place: str, year_from: int, year_to: int) -> str:
    parts = [t("membership_spells.caption", place=place, first=year_from, last=year_to)]
    states = {run.state for row in rows for run in row.runs}
    if "presumed" in states:
        parts.append(t("membership_spells.caption_presumed"))
    if "undated" in states:
        parts.append(t("membership_spells.caption_undated"))
    return " ".join(parts)


def _alt(rows: list[_Row], t: Texts, place: str, year_from: int, year_to: int) -> str:
    parts = [t("membership_spells.alt", place=place, first=year_from, last=year_to)]
    for row in rows:
        words = []
        for run in row.runs:
            if run.state == "undated":
                words.append(t("membership_spells.alt_state.undated"))
            elif run.state in ("member", "presumed", "conflict", "left", "not_member"):
                span = str(run.first) if run.first == run.last else f"{run.first}–{run.last}"
                words.append(t(f"membership_spells.alt_state.{run.state}", years=span))
        parts.append(f"{row.name}: {', '.join(words) or t('membership_spells.alt_state.nothing')}.")
    return " ".join(parts)
