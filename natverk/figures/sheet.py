"""The drawing surface: one axes that covers the page, in CSS pixels from the upper left corner.

Figures place everything themselves, by measured text: nothing is squeezed afterwards by an automatic
layout, which is fast, gives the same bytes every time and lets labels be kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.path import Path

from natverk.figures.marks import CSS_DPI, Box, Clip, Dashes, Dots, Drawing, Outlines, Stroke, Words
from natverk.figures.picture import Picture
from natverk.figures.style import (
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
from natverk.figures.typeface import face

__all__ = ["Key", "Sheet"]

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
        self.drawing = Drawing()
        self.figure.add_artist(self.drawing)

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
        standing: bool = False,
        halo: bool = False,
    ) -> None:
        """Write lines of text; `y` is the top of the first line.

        Standing text is a single line that starts at (x, y), runs upwards, and is centred on x.
        """
        typeface = face(size, weight, slant)
        for number, line in enumerate([text] if isinstance(text, str) else text):
            baseline = y if standing else y + ASCENT * size * 4 / 3 + number * line_height(size)
            self.drawing.marks.append(Words(x, baseline, line, typeface, colour, align, standing, halo))

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
        self.drawing.marks.append(Box(x, y, width, height, fill, edge, line, dashes, hatch, hatch_colour, order))

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
        self.drawing.marks.append(Stroke(xs, ys, colour, width, dashes, order))

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
        self.drawing.marks.append(Dots(xs, ys, marker, size, fill, edge, line, order))

    def paths(
        self,
        paths: Sequence[Path],
        *,
        fill: str,
        edge: str,
        line: float = 0.5,
        hatch: str = "",
        order: float = 2.0,
        clip: Clip | None = None,
    ) -> None:
        """Draw closed outlines given in page coordinates, cut at the rectangle `clip`."""
        self.drawing.marks.append(Outlines(paths, fill, edge, line, hatch, HATCH_COLOUR, order, clip))

    def key(self, entries: Sequence[Key], x: float, y: float, width: float, *, columns: int = 0) -> float:
        """Draw a key that flows over lines of `width`, or in one column with long labels broken; return its height."""
        left, top, step = x, y, 17.0
        for number, entry in enumerate(entries):
            lines = wrap(entry.label, width - 24, SMALL) if columns == 1 else [entry.label]
            room = 24 + text_width(entry.label, SMALL) + 16
            if number and columns != 1 and left + room - 16 > x + width:
                left, top = x, top + step
            self.key_mark(entry, left, top + 6)
            self.text(left + 24, top + 2, lines, size=SMALL, colour=INK)
            if columns == 1:
                top += step + (len(lines) - 1) * line_height(SMALL)
            else:
                left += room
        height = top - y if columns == 1 else top - y + step
        return height if entries else 0.0

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
        self.drawing.height = pixels
        return Picture(self.figure, caption=caption, alt=alt)

    def hatched(self, x: float, y: float, width: float, height: float, *, edge: str = "none") -> None:
        """Draw the sign of what is not known: white with grey hatching."""
        self.rect(x, y, width, height, fill=PAPER, edge=edge, hatch=HATCH)
