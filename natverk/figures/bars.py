"""Bars: how many are documented at each level, theme by theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from natverk.figures.axes import PAD, finished, level_colour, level_edge, named, place_axes, quiet, write
from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import GRID, MUTED, TEXT, WIDTH, housed, line_height, text_width, wrap
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["levels"]

_LEVELS = ("municipal", "joint", "regional")
_ROW = 22.0


@housed
def levels(
    frame: pd.DataFrame,
    *,
    by: str = "theme",
    names: Mapping[str, str] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw how many are documented at the municipal, the joint and the regional level, theme by theme.

    Parameters
    ----------
    frame
        One of four forms. `natverk.roles.country_themes`: `theme, n_municipal, n_joint, n_regional` (memberships).
        `natverk.roles.practised`: `theme, municipal_low, joint_low, regional_low` (active actors),
        and `n_municipalities`. `natverk.roles.activity.activity_by_level`: `theme, level, low` (active actors), and
        `n_actors`. Or counts of memberships: `theme` (or what `by` names), `level` (municipal, joint, regional) and
        `n`. Counties are summed.
    by
        The column whose values have a row: `"theme"` or `"policy_area"`, named in the vocabulary, or another.
    names
        Value of `by` → name, in the place of the vocabulary.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        Three columns of bars on one scale, the count at each. Rows with the most come first; what has no count at any
        level is told in the caption. A notice for fewer than two rows.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown level.

    Examples
    --------
    >>> frame = pd.DataFrame({"theme": ["culture", "culture", "health", "rural"], "n": [12, 1, 3, 0],
    ...                       "level": ["municipal", "regional", "municipal", "joint"]})
    >>> print(levels(frame, lang="en").alt)
    Documented memberships by level, theme by theme. Culture: municipal 12, joint 0, regional level 1. Health: \
municipal 3, joint 0, regional level 0. Nothing documented: Rural areas.
    """
    t = texts(lang)
    counts, sizes, unit = _counts(frame, by)
    called = {value: _named(value, by, names, t) for value in counts.index}
    shown = [value for value in counts.index if counts.loc[value].sum()]
    without = [called[value] for value in counts.index if value not in shown]
    if len(shown) < 2:
        return Notice(t("figures.bars.levels.empty"))
    counts = counts.loc[sorted(shown, key=lambda value: [-n for n in (counts.loc[value].sum(), *counts.loc[value])])]
    ax = _draw(ax, counts, sizes, [called[value] for value in counts.index], source, t)
    said = []
    for value in counts.index:
        told = [f"{t(f'figures.bars.levels.{level}')} {t.number(whole(counts.at[value, level]))}" for level in _LEVELS]
        said.append(f"{called[value]}: {', '.join(told)}.")
    notes = []
    if without:
        notes.append(t("figures.grids.incidence.without", names=t.join(without)))
    row = t(f"figures.bars.levels.by_{by}") if by in ("theme", "policy_area") else t("figures.bars.levels.by_other")
    return finished(ax, title=t(f"figures.bars.levels.title_{unit}", by=row), said=said + notes, notes=notes)


def _counts(frame: pd.DataFrame, by: str) -> tuple[pd.DataFrame, dict[str, int], str]:
    """Return the counts by value and level, how many there are of each level where that is told, and of what."""
    where = "bars.levels"
    sizes: dict[str, int] = {}
    if "municipal_low" in frame:
        columns = [f"{level}_low" for level in _LEVELS]
        check_columns(frame, (by, *columns), where)
        counts = frame.groupby(by, sort=False)[columns].sum().set_axis(list(_LEVELS), axis=1)
        if "n_municipalities" in frame and len(frame) == len(counts):
            sizes["municipal"] = int(frame["n_municipalities"].max())
        return counts.astype("int64"), sizes, "actors"
    if "n_municipal" in frame:
        columns = [f"n_{level}" for level in _LEVELS]
        check_columns(frame, (by, *columns), where)
        return frame.set_index(by)[columns].set_axis(list(_LEVELS), axis=1).astype("int64"), sizes, "memberships"
    value = "n" if "n" in frame else "low"
    check_columns(frame, (by, "level", value), where)
    check_values(frame, "level", _LEVELS, where)
    counts = frame.groupby([by, "level"], sort=False)[value].sum().unstack("level").reindex(columns=list(_LEVELS))
    counts = counts.loc[list(dict.fromkeys(frame[by]))].fillna(0).astype("int64")
    if "n_actors" in frame:
        one = frame.groupby([by, "level"])["n_actors"].sum().groupby("level").max()
        sizes = {str(level): int(one[level]) for level in one.index}
    return counts, sizes, "memberships" if value == "n" else "actors"


def _named(value: object, by: str, names: Mapping[str, str] | None, t: Texts) -> str:
    key = {"theme": "common.theme", "policy_area": "terms.policy_area"}.get(by, "")
    if str(value) in (names or {}) or not t.has(f"{key}.{value}"):
        return named(names, value)
    return t(f"{key}.{value}")


def _draw(
    ax: Axes | None, counts: pd.DataFrame, sizes: Mapping[str, int], labels: list[str], source: str, t: Texts
) -> Axes:
    left = PAD + max(text_width(label) for label in labels) + 10
    room, number_room, gap = WIDTH - left - PAD, 34.0, 18.0
    heads = {}
    for level in _LEVELS:
        of = f" ({t('figures.bars.levels.of', n=t.number(sizes[level]))})" if sizes.get(level, 0) > 1 else ""
        heads[level] = wrap(t(f"figures.bars.levels.{level}") + of, 150, TEXT)
    most = {level: max(int(counts[level].max()), 1) for level in _LEVELS}
    least = {level: max(text_width(line) for line in heads[level]) for level in _LEVELS}
    free = room - 2 * gap - 3 * number_room
    # On one scale; a column is no narrower than its heading.
    scale = free / sum(most.values())
    for _ in range(3):
        wide = {level: max(most[level] * scale, least[level] - number_room) for level in _LEVELS}
        narrow = [level for level in _LEVELS if most[level] * scale < wide[level]]
        rest = sum(most[level] for level in _LEVELS if level not in narrow)
        scale = max((free - sum(wide[level] for level in narrow)) / rest, 1.0) if rest else scale
    above = max(len(lines) for lines in heads.values()) * line_height(TEXT) + 8
    ax = place_axes(ax, height=_ROW * len(labels), left=left, above=above, below=4, source=source)
    ax.set(xlim=(0, room), ylim=(len(labels), 0), yticks=np.arange(len(labels)) + 0.5, xticks=[], yticklabels=labels)
    quiet(ax)
    ax.hlines(range(len(labels) + 1), 0, room, color=GRID, linewidth=0.6, zorder=0, clip_on=False)
    start = 0.0
    for level in _LEVELS:
        ys = np.arange(len(labels)) + 0.5
        lengths = counts[level].to_numpy() * scale
        ax.barh(ys, lengths, 0.62, left=start, color=level_colour(level), edgecolor=level_edge(level), linewidth=0.6)
        ax.vlines(start, 0, len(labels), color=MUTED, linewidth=0.8)
        for y, length, n in zip(ys, lengths, counts[level], strict=True):
            spot = (start + length, y)
            if n:
                write(ax, t.number(int(n)), spot, (4, -0.5), data=True)
            else:
                write(ax, "0", spot, (4, -0.5), colour=MUTED, data=True)
        write(ax, "\n".join(heads[level]), (start, 0), (0, 6), va="bottom", data=True)
        start += max(most[level] * scale, least[level] - number_room) + number_room + gap
    return ax
