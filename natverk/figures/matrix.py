"""Who is in which network: actors as columns, networks as rows, one mark for each documented relation."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    INK,
    LEVEL_COLOURS,
    LEVEL_TINTS,
    MUTED,
    PAPER,
    REGIONAL_EDGE,
    SMALL,
    TINY,
    housed,
    line_height,
    shorten,
    text_width,
)
from natverk.locale import Texts, alphabetic, texts

__all__ = ["LEVELS", "MARKS", "draw_mark", "level_keys", "mark_keys", "membership_matrix"]

LEVELS = ("regional", "unitary", "joint", "municipal")
MARKS = ("recent", "earlier", "undated", "conflict", "loose", "left")
COLUMNS = ("actor_name", "level", "population", "network_name", "mark")
ACTOR_COLUMNS = ("actor_name", "level", "population")

WIDEST = 900.0
NARROWEST = 560.0
NAMES_WIDEST = 250.0
HEADS_TALLEST = 160.0
MARGIN = 8.0
GAP = 5.0
COUNTS = 30.0
REPEAT_NAMES_FROM = 30


@housed
def membership_matrix(
    frame: pd.DataFrame,
    *,
    actors: pd.DataFrame | None = None,
    lang: str = "sv",
    source: str = "",
    place: str = "",
) -> Picture | Notice:
    """Draw the two-mode matrix of a county: networks as rows, actors as columns.

    Parameters
    ----------
    frame
        One row for each actor and network with any evidence: `actor_name`; `level` (regional, joint,
        municipal, or unitary for Gotland); `population` (inhabitants, may be missing); `network_name`;
        `mark` (recent, earlier, undated, conflict, loose, left).
    actors
        All actors, also those without evidence: `actor_name`, `level`, `population`. Columns stand in
        this order, within the levels regional, joint, municipal. Without it, the actors of `frame`
        are taken, by falling population.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.

    Returns
    -------
    Picture or Notice
        Networks stand by falling number of actors; the number to the right counts the memberships
        (all marks but loose ties and left). The figure grows with the rows. Networks of the same name share a
        row; where they meet at one actor, the mark that stands first in `MARKS` is shown.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown level or mark, or an actor of `frame` that `actors` lacks.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "actor_name": ["Region Gotland", "Region Gotland"], "level": ["unitary", "unitary"],
    ...     "population": [61000, 61000], "network_name": ["UBC", "ICORN"], "mark": ["recent", "left"],
    ... })
    >>> print(membership_matrix(frame, lang="en", place="Gotland").alt)
    Matrix of 2 networks (rows) and 1 actor (columns) in Gotland with 1 documented membership. Marks: \
attested late in the period 1, left 1. Most actors: UBC (1). Most memberships: Region Gotland (1). \
No actor is without a documented membership.
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "membership_matrix")
    check_values(frame, "level", LEVELS, "membership_matrix")
    check_values(frame, "mark", MARKS, "membership_matrix")
    if frame.empty:
        return Notice(t("figures.matrix.empty", place=county))
    columns = _columns(frame, actors)
    cells = _cells(frame, [name for name, _ in columns])
    rows = _rows(cells)
    sheet, bottom = _draw(cells, rows, columns, t)
    bottom += sheet.source(source, bottom + 6, x=MARGIN)
    per_network, per_actor = _totals(cells)
    caption = t(
        "figures.matrix.caption",
        place=county,
        networks=t.count("common.network", len(rows)),
        memberships=t.count("figures.documented", sum(per_network.values())),
    )
    return sheet.picture(
        height=bottom + 10,
        caption=caption if len(cells) == len(frame) else caption + " " + t("figures.matrix.caption_merged"),
        alt=_alt(cells, rows, columns, per_network, per_actor, county, t),
    )


Cells = dict[tuple[str, str], str]


def _columns(frame: pd.DataFrame, actors: pd.DataFrame | None) -> list[tuple[str, str]]:
    """Return (name, level) of each column; the levels stand together, the given order within them."""
    if actors is None:
        ranked = frame.drop_duplicates("actor_name").sort_values(
            "actor_name", kind="stable", key=lambda names: names.map(alphabetic)
        )
        ranked = ranked.sort_values("population", ascending=False, kind="stable", na_position="last")
    else:
        check_columns(actors, ACTOR_COLUMNS, "membership_matrix (actors)")
        check_values(actors, "level", LEVELS, "membership_matrix (actors)")
        ranked = actors.drop_duplicates("actor_name")
    pairs = [(str(name), str(level)) for name, level in zip(ranked["actor_name"], ranked["level"], strict=True)]
    return sorted(pairs, key=lambda pair: LEVELS.index(pair[1]))


def _cells(frame: pd.DataFrame, names: list[str]) -> Cells:
    """Return the mark of each network and actor; of several, from networks of one name, the first in `MARKS`."""
    cells: Cells = {}
    known = set(names)
    for actor, network, mark in zip(frame["actor_name"], frame["network_name"], frame["mark"], strict=True):
        if actor not in known:
            raise InvalidArgument(
                f"the actor {actor!r} has evidence but is not among `actors`",
                where="natverk.figures.membership_matrix",
                allowed=names,
                value=actor,
            )
        pair = str(network), str(actor)
        cells[pair] = min(cells.get(pair, str(mark)), str(mark), key=MARKS.index)
    return cells


def _counts(mark: str) -> bool:
    return mark not in ("loose", "left")


def _totals(cells: Cells) -> tuple[Counter[str], Counter[str]]:
    counted = [pair for pair, mark in cells.items() if _counts(mark)]
    return Counter(network for network, _ in counted), Counter(actor for _, actor in counted)


def _rows(cells: Cells) -> list[str]:
    per_network, _ = _totals(cells)
    touched = Counter(network for network, _ in cells)
    return sorted(touched, key=lambda name: (-per_network[name], -touched[name], alphabetic(name)))


def _draw(cells: Cells, rows: list[str], columns: list[tuple[str, str]], t: Texts) -> tuple[Sheet, float]:
    per_network, _ = _totals(cells)
    names = {name: shorten(name, NAMES_WIDEST, SMALL) for name in rows}
    left = MARGIN + max(text_width(name, SMALL) for name in names.values()) + 8
    levels = [level for _, level in columns]
    breaks = sum(1 for one, two in pairwise(levels) if one != two)
    cell = min(20.0, (WIDEST - left - COUNTS - MARGIN - breaks * GAP) / len(columns))
    centres: list[float] = []
    for number, level in enumerate(levels):
        gap = GAP if number and levels[number - 1] != level else 0.0
        centres.append((centres[-1] + cell if centres else left + cell / 2) + gap)
    right = centres[-1] + cell / 2
    sheet = Sheet(math.ceil(max(NARROWEST, right + COUNTS + MARGIN)))
    height = min(max(cell, 14.0), 17.0)
    top = 4 + sheet.key(mark_keys({*cells.values()}, t), MARGIN, 4, sheet.width - 2 * MARGIN)
    top += sheet.key(level_keys(levels, t), MARGIN, top, sheet.width - 2 * MARGIN) + 8
    heads = [shorten(name, HEADS_TALLEST, TINY) for name, _ in columns]
    tall = max(text_width(head, TINY) for head in heads) + 8
    top += tall
    bottom = top + height * len(rows)
    _grid(sheet, (left, right, top, bottom), height, centres, levels, cell)
    size = min(cell, height) - 4
    for head, x in zip(heads, centres, strict=True):
        sheet.text(x, top - 5, head, size=TINY, standing=True)
        if len(rows) >= REPEAT_NAMES_FROM:
            sheet.text(x, bottom + 5 + text_width(head, TINY), head, size=TINY, standing=True)
    for number, network in enumerate(rows):
        y = top + number * height + (height - line_height(SMALL)) / 2 + 1
        sheet.text(left - 6, y, names[network], size=SMALL, align="right")
        sheet.text(right + 8, y, t.number(per_network[network]), size=SMALL, colour=MUTED)
    places: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    where = {name: (x, level) for (name, level), x in zip(columns, centres, strict=True)}
    order = {network: number for number, network in enumerate(rows)}
    for (network, actor), mark in cells.items():
        x, level = where[actor]
        xs, ys = places.setdefault((mark, level), ([], []))
        xs.append(x)
        ys.append(top + (order[network] + 0.5) * height)
    for (mark, level), (xs, ys) in places.items():
        draw_mark(sheet, mark, level, xs, ys, size)
    sheet.text(right + 8, top - line_height(TINY) - 3, t("figures.matrix.total"), size=TINY, colour=MUTED)
    return sheet, bottom + (tall if len(rows) >= REPEAT_NAMES_FROM else 0)


def _grid(
    sheet: Sheet,
    box: tuple[float, float, float, float],
    height: float,
    centres: list[float],
    levels: list[str],
    cell: float,
) -> None:
    left, right, top, bottom = box
    count = round((bottom - top) / height)
    for number in range(0, count, 2):
        sheet.rect(left, top + number * height, right - left, height, fill="#f5f6f7", order=0.5)
    for number in range(5, count, 5):
        sheet.line([MARGIN, right], [top + number * height] * 2, width=0.5)
    for x in centres:
        sheet.line([x, x], [top, bottom], width=0.5)
    for number, level in enumerate(levels):
        if number and levels[number - 1] != level:
            x = (centres[number] + centres[number - 1]) / 2
            sheet.line([x, x], [top - 6, bottom + 4], colour=MUTED, width=0.8, order=1.5)
    # A strip in the colour of the level under the names.
    start = 0
    for number in range(1, len(levels) + 1):
        if number == len(levels) or levels[number] != levels[start]:
            edge = cell / 2 - 1
            main = "municipal" if levels[start] == "unitary" else levels[start]
            sheet.rect(
                centres[start] - edge,
                top - 3,
                centres[number - 1] - centres[start] + 2 * edge,
                2.5,
                fill=LEVEL_COLOURS[main],
            )
            start = number


def draw_mark(sheet: Sheet, mark: str, level: str, xs: list[float], ys: list[float], size: float) -> None:
    """Draw the mark of a kind of evidence in the colour of a level, at several places."""
    main = "municipal" if level == "unitary" else level
    colour, tint = LEVEL_COLOURS[main], LEVEL_TINTS[main]
    edge = REGIONAL_EDGE if main == "regional" else colour
    if mark == "recent":
        sheet.marks(xs, ys, marker="s", size=size, fill=colour, edge=edge, line=0.7)
    elif mark == "earlier":
        sheet.marks(xs, ys, marker="s", size=size, fill=tint, edge=edge, line=0.7)
    elif mark == "undated":
        sheet.marks(xs, ys, marker="s", size=size, fill=PAPER, edge=edge, line=1.0)
    elif mark == "conflict":
        sheet.marks(xs, ys, marker="s", size=size, fill=PAPER, edge=edge, line=1.0)
        sheet.marks(xs, ys, marker="x", size=size * 0.6, fill=INK, edge=INK, line=1.1, order=4.1)
    elif mark == "loose":
        sheet.marks(xs, ys, marker="o", size=3.6, fill=edge, edge=edge, line=0.0)
    else:
        sheet.marks(xs, ys, marker="_", size=size * 0.8, fill=edge, edge=edge, line=1.3)
    if level == "unitary" and mark == "recent":
        sheet.marks(
            xs,
            [y + size * 0.3 for y in ys],
            marker="_",
            size=size * 0.8,
            edge=LEVEL_COLOURS["regional"],
            line=1.8,
            order=4.1,
        )


def mark_keys(marks: set[str], t: Texts) -> list[Key]:
    """Return the entries of a key for the marks that occur."""
    colour, tint = LEVEL_COLOURS["municipal"], LEVEL_TINTS["municipal"]
    shapes = {
        "recent": Key(t("figures.matrix.mark.recent"), colour, colour, "s", size=10),
        "earlier": Key(t("figures.matrix.mark.earlier"), tint, colour, "s", size=10),
        "undated": Key(t("figures.matrix.mark.undated"), PAPER, colour, "s", size=10),
        "conflict": Key(t("figures.matrix.mark.conflict"), PAPER, colour, "crossed", size=10),
        "loose": Key(t("figures.matrix.mark.loose"), colour, colour, "o", size=3.6),
        "left": Key(t("figures.matrix.mark.left"), colour, colour, "_", size=8),
    }
    return [shapes[mark] for mark in MARKS if mark in marks]


def level_keys(levels: list[str], t: Texts) -> list[Key]:
    """Return the entries of a key for the levels that occur."""
    keys = []
    for level in LEVELS:
        if level in levels:
            main = "municipal" if level == "unitary" else level
            band = LEVEL_COLOURS["regional"] if level == "unitary" else ""
            keys.append(Key(t(f"figures.matrix.level.{level}"), LEVEL_COLOURS[main], LEVEL_COLOURS[main], band=band))
    return keys


def _alt(
    cells: Cells,
    rows: list[str],
    columns: list[tuple[str, str]],
    per_network: Counter[str],
    per_actor: Counter[str],
    county: str,
    t: Texts,
) -> str:
    marks = Counter(cells.values())
    without = [name for name, _ in columns if not per_actor[name]]
    top_rows = [f"{name} ({t.number(per_network[name])})" for name in rows[:5] if per_network[name]]
    ranked = sorted((name for name, _ in columns if per_actor[name]), key=lambda name: -per_actor[name])
    parts = [
        t(
            "figures.matrix.alt",
            networks=t.count("common.network", len(rows)),
            actors=t.count("figures.matrix.actor", len(columns)),
            place=county,
            memberships=t.count("figures.documented", sum(per_network.values())),
        ),
        t(
            "figures.matrix.alt_marks",
            marks=", ".join(
                f"{t(f'figures.matrix.mark.{mark}')} {t.number(marks[mark])}" for mark in MARKS if marks[mark]
            ),
        ),
    ]
    if top_rows:
        parts.append(t("figures.matrix.alt_networks", names=t.join(top_rows)))
        top_actors = [f"{name} ({t.number(per_actor[name])})" for name in ranked[:5]]
        parts.append(t("figures.matrix.alt_actors", names=t.join(top_actors)))
    if without:
        parts.append(
            t("figures.matrix.alt_without", actors=t.count("figures.matrix.actor", len(without)), names=t.join(without))
        )
    else:
        parts.append(t("figures.matrix.alt_all"))
    return " ".join(parts)
