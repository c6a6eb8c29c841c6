"""The drawing surface: one axes that covers the page, in CSS pixels from the upper left corner.

Figures place everything themselves, by measured text: nothing is squeezed afterwards by an automatic
layout, which is fast, gives the same bytes every time and lets labels be kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from natverk.figures.picture import Picture
from natverk.figures.style import (
    CSS_DPI,
    GRID,
    HATCH,
    HATCH_COLOUR,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    TINY,
    WIDTH,
    line_height,
    text_width,
    wrap,
)

__all__ = ["Dashes", "Key", "Sheet"]

Dashes = Literal["solid", "dashed", "dotted"]
ASCENT = 0.76  # height of a capital plus a little air, in ems of DejaVu Sans


@dataclass(frozen=True)
class Key:
    """One entry of a key: what a mark looks like and what it means.

    `marker` is a matplotlib marker, "box" for a filled rectangle, "line", or "crossed" for a square with
    a cross; `hatch` draws a box hatched, `band` gives it a second colour below.
    """

    label: str
    fill: str = PAPER
    edge: str = INK
    marker: str = "box"
    hatch: str = ""
    size: float = 7.0
    band: str = ""


class Sheet:
    """A page of `width` CSS pixels; its height is set when the picture is made.

    Examples
    --------
    >>> sheet = Sheet(300)
    >>> sheet.rect(0, 0, 100, 20, fill="#1f4e79")
    >>> sheet.picture(height=30, caption="En yta.", alt="En blå yta.").height
    30
    """

    def __init__(self, width: float = WIDTH) -> None:
        self.width = width
        self.figure = Figure(figsize=(width / CSS_DPI, 1.0), dpi=CSS_DPI, facecolor=PAPER)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.axis("off")
        self.axes.set_autoscale_on(False)
        self.axes.set_xlim(0, width)

    def text(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        *,
        size: float = TEXT,
        colour: str = INK,
        align: str = "left",
        weight: str = "normal",
        slant: str = "normal",
        rotation: float = 0.0,
        halo: bool = False,
    ) -> None:
        """Write lines of text; `y` is the top of the first line.

        Rotated text is a single line that starts at (x, y) and is centred on x.
        """
        lines = [text] if isinstance(text, str) else list(text)
        for number, line in enumerate(lines):
            baseline = y + ASCENT * size * 4 / 3 + number * line_height(size)
            artist = Text(
                x,
                y if rotation else baseline,
                line,
                fontsize=size,
                color=colour,
                ha="center" if rotation else align,
                va="bottom" if rotation else "baseline",
                weight=weight,
                style=slant,
                rotation=rotation,
                parse_math=False,
            )
            if halo:
                from matplotlib.patheffects import withStroke

                artist.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])
            artist.set_zorder(6)
            self.axes.add_artist(artist)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.6,
        dashes: Dashes = "solid",
        hatch: str = "",
        hatch_colour: str = HATCH_COLOUR,
        order: float = 2.0,
    ) -> None:
        """Draw a rectangle; `line` is the edge's width in points."""
        patch = Rectangle((x, y), width, height, facecolor=fill, linewidth=line if edge != "none" else 0.0)
        patch.set_edgecolor(edge)
        patch.set_linestyle(dashes)
        if hatch:
            patch.set_hatch(hatch)
            patch.set_hatchcolor(hatch_colour)
        patch.set_zorder(order)
        self.axes.add_artist(patch)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str = GRID,
        width: float = 0.6,
        dashes: Dashes = "solid",
        order: float = 1.0,
    ) -> None:
        """Draw a line through points; `width` in points."""
        artist = Line2D(xs, ys, color=colour, linewidth=width, linestyle=dashes, solid_capstyle="butt")
        artist.set_zorder(order)
        self.axes.add_artist(artist)

    def marks(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        marker: str = "o",
        size: float = 8.0,
        fill: str = INK,
        edge: str = INK,
        line: float = 0.9,
        order: float = 4.0,
    ) -> None:
        """Draw equal marks; `size` is their width in CSS pixels."""
        artist = Line2D(xs, ys, linestyle="none", marker=marker, markersize=size * 0.75)
        artist.set_markerfacecolor(fill)
        artist.set_markeredgecolor(edge)
        artist.set_markeredgewidth(line)
        artist.set_zorder(order)
        self.axes.add_artist(artist)

    def paths(
        self,
        paths: Sequence[Path],
        *,
        fill: str,
        edge: str,
        line: float = 0.5,
        hatch: str = "",
        order: float = 2.0,
        clip: Patch | None = None,
    ) -> None:
        """Draw closed outlines given in page coordinates, cut at the patch `clip`."""
        collection = PathCollection(paths, facecolors=fill, edgecolors=edge, linewidths=line)
        collection.set_zorder(order)
        if hatch:
            collection.set_hatch(hatch)
            collection.set_hatchcolor(HATCH_COLOUR)
        self.axes.add_collection(collection, autolim=False)
        if clip is not None:
            collection.set_clip_path(clip)

    def key(self, entries: Sequence[Key], x: float, y: float, width: float, *, columns: int = 0) -> float:
        """Draw a key that flows over lines of `width`, or in one column, and return its height."""
        left, top, step = x, y, 17.0
        for number, entry in enumerate(entries):
            room = 24 + text_width(entry.label, SMALL) + 16
            if number and (columns == 1 or left + room - 16 > x + width):
                left, top = x, top + step
            self.key_mark(entry, left, top + 6)
            self.text(left + 24, top + 2, entry.label, size=SMALL, colour=INK)
            left += room
        return top - y + step if entries else 0.0

    def key_mark(self, entry: Key, x: float, middle: float) -> None:
        """Draw the mark of a key entry, 18 wide, centred on the height `middle`."""
        if entry.marker == "box":
            self.rect(x, middle - 5.5, 18, 11, fill=entry.fill, edge=entry.edge, hatch=entry.hatch)
            if entry.band:
                self.rect(x, middle + 1, 18, 4.5, fill=entry.band, edge="none", order=2.1)
        elif entry.marker == "line":
            self.line([x, x + 18], [middle, middle], colour=entry.edge, width=entry.size, order=3)
        elif entry.marker == "crossed":
            self.marks([x + 9], [middle], marker="s", size=entry.size, fill=entry.fill, edge=entry.edge)
            self.marks([x + 9], [middle], marker="x", size=entry.size * 0.6, edge=INK, line=1.1, order=4.1)
        else:
            self.marks([x + 9], [middle], marker=entry.marker, size=entry.size, fill=entry.fill, edge=entry.edge)

    def source(self, source: str, y: float, *, x: float = 0.0) -> float:
        """Write the source line under the figure and return the height it takes."""
        lines = wrap(source, self.width - x - 4, TINY)
        self.text(x, y, lines, size=TINY, colour=MUTED)
        return len(lines) * line_height(TINY) + (4 if lines else 0)

    def picture(self, *, height: float, caption: str, alt: str) -> Picture:
        """Cut the page at `height` and give it its words."""
        pixels = max(1, round(height))
        self.figure.set_size_inches(self.width / CSS_DPI, pixels / CSS_DPI)
        self.axes.set_ylim(pixels, 0)
        return Picture(self.figure, caption=caption, alt=alt)

    def hatched(self, x: float, y: float, width: float, height: float, *, edge: str = "none") -> None:
        """Draw the sign of what is not known: white with grey hatching."""
        self.rect(x, y, width, height, fill=PAPER, edge=edge, hatch=HATCH)
