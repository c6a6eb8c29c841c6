"""Axes whose margins are CSS pixels: made at the size that the rows need, or given; a key above, the source below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from natverk.errors import InvalidArgument
from natverk.figures.picture import Picture
from natverk.figures.style import (
    CSS_DPI,
    GRID,
    HATCH_COLOUR,
    INK,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    REGIONAL_EDGE,
    SMALL,
    TEXT,
    WIDTH,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = [
    "PAD",
    "count_axis",
    "finished",
    "key_height",
    "kind_name",
    "level_colour",
    "level_edge",
    "mark",
    "named",
    "place_axes",
    "quiet",
    "swatch",
    "width_of",
    "write",
    "year_axis",
    "year_of",
]

PAD = 8.0  # air between the edge of the picture and what is drawn, in CSS pixels
_EM = TEXT * 4 / 3
_HANDLE, _HANDLE_GAP, _COLUMN_GAP = 1.7, 0.6, 1.8  # of the key, in ems
_ROW = 19.0


def place_axes(
    ax: Axes | None,
    *,
    height: float,
    left: float,
    right: float = PAD,
    above: float = 0.0,
    below: float = 0.0,
    key: Sequence[Artist] = (),
    source: str = "",
    width: float = WIDTH,
) -> Axes:
    """Return an axes of `height` with room around it, or the one given, with key and source line in their places.

    Parameters
    ----------
    ax
        An axes to draw on: it keeps its size, and its surroundings are the caller's.
    height, left, right, above, below
        Of the plot and of what is written around it, in CSS pixels.
    key
        Artists with a label each; they stand over `above`.
    source
        The line at the foot.
    width
        Of the whole picture in CSS pixels.
    """
    if ax is not None:
        width = width_of(ax) + left + right
    lines = wrap(source, width - 2 * PAD, SMALL)
    foot = below + len(lines) * line_height(SMALL) + PAD
    if ax is None:
        tall = PAD + key_height(key, width - 2 * PAD) + above + height + foot
        figure = Figure(figsize=(width / CSS_DPI, round(tall) / CSS_DPI), dpi=CSS_DPI, facecolor=PAPER)
        ax = figure.add_axes((left / width, foot / tall, (width - left - right) / width, height / tall))
    if key:
        legend = ax.legend(
            handles=list(key),
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            bbox_transform=ax.transAxes + _shift(ax, PAD - left, above),
            ncols=_columns(key, width - 2 * PAD),
            fontsize=TEXT,
            frameon=False,
            labelcolor=INK,
            borderpad=0.0,
            borderaxespad=0.2,
            labelspacing=0.45,
            handlelength=_HANDLE,
            handleheight=0.9,
            handletextpad=_HANDLE_GAP,
            columnspacing=_COLUMN_GAP,
        )
        legend.set_in_layout(False)
    for number, line in enumerate(lines):
        write(ax, line, (0, 0), (PAD - left, -below - number * line_height(SMALL)), size=SMALL, colour=MUTED, va="top")
    return ax


def _shift(ax: Axes, right: float, up: float) -> ScaledTranslation:
    return ScaledTranslation(right / CSS_DPI, up / CSS_DPI, ax.figure.dpi_scale_trans)


def _columns(key: Sequence[Artist], width: float) -> int:
    """Return into how many columns a key goes so that it is no wider than `width`."""
    widths = [text_width(str(entry.get_label()), TEXT) + (_HANDLE + _HANDLE_GAP) * _EM for entry in key]
    for number in range(len(widths), 1, -1):
        # As matplotlib deals them out: column by column, the first ones one longer.
        long, extra = divmod(len(widths), number)
        starts = [column * long + min(column, extra) for column in range(number + 1)]
        needed = sum(max(widths[starts[column] : starts[column + 1]]) for column in range(number))
        if needed + (number - 1) * _COLUMN_GAP * _EM <= width:
            return number
    return 1


def key_height(key: Sequence[Artist], width: float) -> float:
    """Return the height of a key in CSS pixels."""
    return -(-len(key) // _columns(key, width)) * _ROW if key else 0.0


def swatch(label: str, colour: str, *, edge: str = "none", hatch: str = "", hatch_colour: str = HATCH_COLOUR) -> Patch:
    """Return the entry of a key for an area."""
    patch = Patch(facecolor=colour, edgecolor=edge, linewidth=0.8, label=label)
    if hatch:
        patch.set_hatch(hatch)
        patch.set_hatchcolor(hatch_colour)
    return patch


def mark(label: str, marker: Any, **properties: Any) -> Line2D:
    """Return the entry of a key for a mark or a line, with the properties of a `Line2D`."""
    return Line2D([], [], marker=marker, label=label, **{"linestyle": "none", **properties})


def write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float] = (0.0, 0.0),
    *,
    size: float = TEXT,
    colour: str = INK,
    ha: str = "left",
    va: str = "center",
    weight: str = "normal",
    data: bool = False,
    across: bool = False,
    halo: bool = False,
    **properties: Any,
) -> None:
    """Write one or more lines at a place of the axes (0–1), moved by CSS pixels right and up.

    With `data` the place is one of the data; with `across` its height is, and the other is a share of the axes.
    """
    where: Any = "data" if data else ("axes fraction", "data") if across else "axes fraction"
    note = ax.annotate(
        text,
        at,
        xytext=(offset[0] * 0.75, offset[1] * 0.75),
        xycoords=where,
        textcoords="offset points",
        fontsize=size,
        color=colour,
        ha=ha,
        va=va,
        weight=weight,
        annotation_clip=False,
        linespacing=1.25,
        zorder=6,
        **properties,
    )
    if halo:
        from matplotlib.patheffects import withStroke

        note.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])


def quiet(ax: Axes, *, grid: str = "") -> None:
    """Take the box and the tick marks off an axes; `grid` draws thin lines along "x" or "y" behind the marks."""
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, labelsize=TEXT, labelcolor=INK, pad=4)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(axis="x" if grid == "x" else "y", color=GRID, linewidth=0.7)


def width_of(ax: Axes) -> float:
    """Return the width of an axes in CSS pixels."""
    figure = ax.figure
    return float(ax.get_window_extent().width) * CSS_DPI / float(figure.dpi)


def year_axis(ax: Axes, first: int, last: int) -> None:
    """Set the horizontal axis to whole years from the beginning of `first` to the end of `last`."""
    ax.set_xlim(first, last + 1)
    most = max(int(width_of(ax) / 52), 1)
    ticks = MaxNLocator(nbins=most, steps=[1, 2, 5, 10], integer=True).tick_values(first, last + 1)
    ax.set_xticks([year for year in ticks if first <= year <= last])
    ax.xaxis.set_major_formatter("{x:.0f}")


def count_axis(ax: Axes, most: float) -> None:
    """Set the upright axis to counts from 0, with air above the highest for its number."""
    ax.set_ylim(0, most * 1.15)
    ticks = MaxNLocator(nbins=5, integer=True).tick_values(0, most)
    ax.set_yticks([tick for tick in ticks if 0 <= tick <= most * 1.05])
    ax.yaxis.set_major_formatter("{x:.0f}")


def year_of(date: object) -> float:
    """Return a full or partial ISO date as a year with its fraction; a year stands for its first day.

    >>> year_of("2017-07-02"), year_of("2014"), year_of(2003)
    (2017.4986, 2014.0, 2003.0)
    """
    try:
        day = pd.Timestamp(str(date))
    except ValueError:
        raise InvalidArgument(
            f"{date!r} is not a date", where="natverk.figures", allowed=["2014", "2014-02", "2014-02-26"]
        ) from None
    return round(day.year + (day.day_of_year - 1) / (366 if day.is_leap_year else 365), 4)


def level_colour(level: str) -> str:
    """Return the colour of a level; a municipality that is also a region counts as municipal."""
    return LEVEL_COLOURS.get("municipal" if level == "unitary" else level, MUTED)


def level_edge(level: str) -> str:
    """Return the colour in which the outline of a level can be seen."""
    return REGIONAL_EDGE if level == "regional" else MUTED if level == "state" else level_colour(level)


def named(names: Mapping[str, str] | None, key: object) -> str:
    """Return the name of an id, or the id itself where none is given."""
    return str((names or {}).get(str(key), key))


def kind_name(value: object, names: Mapping[str, str] | None, t: Texts) -> str:
    """Return the heading of a group: as named, or a word of the vocabulary for kinds of network, or as it stands."""
    key = f"figures.kind.{value}"
    return named(names, value) if str(value) in (names or {}) or not t.has(key) else t(key)


def finished(ax: Axes, *, title: str, said: Sequence[str], notes: Sequence[str] = ()) -> Picture:
    """Return the picture of an axes: the caption is the title with notes, the text alternative tells what is drawn."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InvalidArgument("the axes belongs to no figure", where="ax", remedy="take one of matplotlib's subplots")
    return Picture(figure, caption=" ".join([f"{title}.", *notes]), alt=" ".join([f"{title}.", *said]))
