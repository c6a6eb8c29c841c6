"""Lines along the years: counties by who holds the responsibility."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from natverk.figures.axes import PAD, count_axis, finished, mark, place_axes, quiet, swatch, write, year_axis
from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import (
    CSS_DPI,
    HATCH,
    HOLDER_COLOURS,
    MUTED,
    PAPER,
    REGIONAL_EDGE,
    STATE_EDGE,
    TEXT,
    housed,
    text_width,
)
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["holders"]

_HEIGHT = 250.0
_TYPES = ("state", "pilot_region", "samverkansorgan", "municipality", "region")
#: State and region are too light for a line.
_COLOURS = {**HOLDER_COLOURS, "state": STATE_EDGE, "region": REGIONAL_EDGE}
_DASHES: dict[str, Any] = {
    "state": "solid",
    "pilot_region": (0, (1, 1)),
    "samverkansorgan": (0, (3, 1)),
    "municipality": (0, (3, 1, 1, 1)),
    "region": "solid",
}


@housed
def holders(frame: pd.DataFrame, *, lang: str = "sv", ax: Axes | None = None, source: str = "") -> Picture | Notice:
    """Draw how many counties had which type of holder of the development responsibility, year by year.

    Parameters
    ----------
    frame
        As `natverk.roles.responsibility_counts` gives it: `year, holder_type` (state, pilot_region, samverkansorgan,
        municipality, region), `low, best, high` (counties on 31 December).
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        A step line a type, where it has any county; hatched between the bounds that uncertain dates leave. The number
        stands where it changes, as far as there is room. A notice for fewer than two years.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown type.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2018, 2019] * 2, "holder_type": ["region"] * 2 + ["state"] * 2,
    ...                       "low": [14, 21, 1, 0], "best": [14, 21, 1, 0], "high": [14, 21, 1, 0]})
    >>> print(holders(frame, lang="en").alt)
    Counties by holder of the regional development responsibility, 31 December 2018–2019. The state: 1 in 2018, 0 in \
2019. Region: 14 in 2018, 21 in 2019.
    """
    t = texts(lang)
    check_columns(frame, ("year", "holder_type", "low", "best", "high"), "lines.holders")
    check_values(frame, "holder_type", _TYPES, "lines.holders")
    table = frame.pivot_table(index="year", columns="holder_type", values=["low", "best", "high"], aggfunc="sum")
    kinds = [kind for kind in _TYPES if kind in table["high"] and table["high"][kind].max() > 0]
    if len(table) < 2 or not kinds:
        return Notice(t("figures.lines.holders.empty"))
    years = [int(year) for year in table.index]
    open_ = any((table["low"][kind] < table["high"][kind]).any() for kind in kinds)
    key: list[Artist] = [
        mark(t(f"figures.lines.holders.type.{kind}"), "", color=_COLOURS[kind], linewidth=2.4, linestyle=_DASHES[kind])
        for kind in kinds
    ]
    if open_:
        key.append(swatch(t("figures.lines.holders.open"), PAPER, edge=MUTED, hatch=HATCH))
    ax = place_axes(ax, height=_HEIGHT + 30, left=PAD + 28, right=26, above=26, below=24, key=key, source=source)
    year_axis(ax, years[0], years[-1])
    count_axis(ax, float(table["high"].max().max()))
    quiet(ax, grid="y")
    write(ax, t("figures.lines.holders.axis"), (0, 1), (-28, 10), colour=MUTED)
    edges = [*years, years[-1] + 1]
    for kind in kinds:
        low, best, high = (table[bound][kind].to_numpy(dtype=float) for bound in ("low", "best", "high"))
        # Both edges of an uncertain year: what lies between two edges is drawn.
        where = np.append(low < high, False) | np.insert(low < high, 0, False)
        ax.fill_between(
            edges, [*low, low[-1]], [*high, high[-1]], step="post", facecolor="none", edgecolor=_COLOURS[kind],
            hatch=HATCH, linewidth=0, alpha=0.7, where=where,
        )  # fmt: skip
        there = np.flatnonzero(high > 0)
        start, end = int(there[0]), int(there[-1]) + 1
        # From where there is any county to the step back to none.
        xs = [years[start], *edges[start : end + 1]]
        ys = [0.0 if start else best[start], *best[start:end], 0.0 if end < len(years) else best[-1]]
        ax.step(xs, ys, where="post", color=_COLOURS[kind], linewidth=2.4, linestyle=_DASHES[kind], zorder=3)
    _counts(ax, table, kinds, years, t)
    said = [f"{_upper(t(f'figures.lines.holders.type.{kind}'))}: {_steps(table, kind, t)}." for kind in kinds]
    title = t("figures.lines.holders.title", first=years[0], last=years[-1])
    return finished(ax, title=title, said=said)


def _counts(ax: Axes, table: pd.DataFrame, kinds: list[str], years: list[int], t: Texts) -> None:
    """Write the count where it changes, the highest ones first, where it covers no other."""
    changes = []
    for kind in kinds:
        counts = [whole(n) for n in table["best"][kind]]
        for year, before, n in zip(years, [0, *counts], counts, strict=False):
            if n not in (0, before):
                changes.append((n, kind, year))
    taken: list[tuple[float, float, float, float]] = []
    for n, kind, year in sorted(changes, key=lambda change: (-change[0], change[2])):
        x, y = ax.transData.transform((year, n)) * CSS_DPI / ax.figure.dpi
        box = (x, y + 2, x + text_width(t.number(n), TEXT, "bold") + 5, y + 17)
        if not any(
            box[0] < right and left < box[2] and box[1] < top and low < box[3] for left, low, right, top in taken
        ):
            write(ax, t.number(n), (year, n), (3, 9), colour=_COLOURS[kind], weight="bold", data=True, halo=True)
            taken.append(box)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _steps(table: pd.DataFrame, kind: str, t: Texts) -> str:
    """Tell the counts in the years in which they change."""
    words, before = [], None
    for year in table.index:
        low, best, high = (whole(table[bound].at[year, kind]) for bound in ("low", "best", "high"))
        if (low, best, high) != before:
            bounds = "" if low == high else f" ({t('figures.lines.holders.bounds', low=low, high=high)})"
            words.append(t("figures.lines.in_year", n=t.number(best), year=int(year)) + bounds)
        before = (low, best, high)
    return ", ".join(words)
