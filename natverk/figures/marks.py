"""What a sheet is made of: words, boxes, strokes, dots and outlines, each drawn with one call of the renderer.

Matplotlib's own artists ask for their settings, limits and clip paths anew, and cost several times what they draw.
Places are CSS pixels from the upper left corner, widths of lines are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from natverk.figures.typeface import PNG_DPI, Bitmap, Face

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase, RendererBase

__all__ = ["CSS_DPI", "Box", "Clip", "Dashes", "Dots", "Drawing", "Mark", "Outlines", "Stroke", "Words"]

Dashes = Literal["solid", "dashed", "dotted"]
#: Left, top, width and height of a part of the page that outlines are cut at.
Clip = tuple[float, float, float, float]

CSS_DPI = 96
PAPER = "#ffffff"
HALO = 2.2  # width in points of the pale edge round a name on a map
_PATTERNS: dict[Dashes, tuple[float, float] | None] = {"solid": None, "dashed": (3.7, 1.6), "dotted": (1.0, 1.65)}


@dataclass(frozen=True)
class Ground:
    """What marks are drawn on: a renderer, pixels to a CSS pixel, and the height of the page in pixels."""

    renderer: RendererBase
    scale: float
    height: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in pixels from the lower left corner."""
        return x * self.scale, self.height - y * self.scale

    @property
    def whole(self) -> Affine2D:
        """The transform from places on the page to pixels."""
        return Affine2D.from_values(self.scale, 0, 0, -self.scale, 0, self.height)

    def pen(self, colour: str, line: float, dashes: Dashes = "solid") -> GraphicsContextBase:
        """Return a pen for lines of a colour and a width in points; `none` draws no line."""
        pen = self.renderer.new_gc()
        width = line if colour != "none" else 0.0
        pen.set_linewidth(width)
        pen.set_foreground(to_rgba(colour), isRGBA=True)
        pattern = _PATTERNS[dashes]
        pen.set_dashes(0, [part * width for part in pattern] if pattern and width else None)
        pen.set_antialiased(True)
        return pen


@dataclass(frozen=True)
class Words:
    """One line of text; `y` is its baseline. Standing text starts at (x, y), runs upwards, and is centred on x."""

    x: float
    y: float
    text: str
    face: Face
    colour: str
    align: str = "left"
    standing: bool = False
    halo: bool = False
    order: float = 6.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the room that the text takes, in CSS pixels."""
        width, rise, fall = self._room()
        if self.standing:
            return self.x - (rise + fall) / 2, self.y - width, self.x + (rise + fall) / 2, self.y
        left = self._left(width)
        return left, self.y - rise, left + width, self.y + fall

    def _room(self) -> tuple[float, float, float]:
        """Return the width, and how far a line of this typeface reaches above and below the baseline."""
        width, height, fall = self.face.size(self.text)
        rise, depth = self.face.reach
        pixel = CSS_DPI / PNG_DPI
        return width * pixel, max(height - fall, rise) * pixel, max(fall, depth) * pixel

    def _left(self, width: float) -> float:
        return self.x - {"left": 0.0, "center": width / 2, "right": width}[self.align]

    def draw(self, ground: Ground) -> None:
        """Draw the text."""
        if not self.text.strip():
            return
        if self.standing:
            _, rise, fall = self._room()
            x, y = ground.at(self.x + (rise - fall) / 2, self.y)
        else:
            x, y = ground.at(self.x if self.align == "left" else self._left(self._room()[0]), self.y)
        if ground.scale == PNG_DPI / CSS_DPI and hasattr(ground.renderer, "buffer_rgba"):
            self._place(ground, x, y)
        else:
            self._write(ground, x, y)

    def _place(self, ground: Ground, x: float, y: float) -> None:
        """Place the pixels of the text in a raster image."""
        pen = ground.renderer.new_gc()
        bitmap = self.face.bitmap(self.text, y % 1 if self.standing else x % 1)
        layers = [(bitmap, self.colour)]
        if self.halo:
            layers.insert(0, (_spread(bitmap, HALO / 2 * PNG_DPI / 72), PAPER))
        for layer, colour in layers:
            high, wide = layer.pixels.shape
            image = np.empty((high, wide, 4), dtype=np.uint8)
            image[..., :3] = [round(part * 255) for part in to_rgb(colour)]
            image[..., 3] = layer.pixels
            if self.standing:
                left, low = round(x) - (high - layer.low), int(y // 1) + layer.left
                image = np.rot90(image)
            else:
                left, low = int(x // 1) + layer.left, round(y) - layer.low
            # A renderer takes images from the lowest row upwards.
            ground.renderer.draw_image(pen, left, low, np.ascontiguousarray(image[::-1]))
        pen.restore()

    def _write(self, ground: Ground, x: float, y: float) -> None:
        """Write the text with the renderer's own means."""
        renderer = ground.renderer
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        pen = renderer.new_gc()
        pen.set_foreground(to_rgba(self.colour), isRGBA=True)
        angle = 90.0 if self.standing else 0.0
        if self.halo:
            from matplotlib.patheffects import PathEffectRenderer, withStroke

            renderer = PathEffectRenderer([withStroke(linewidth=HALO, foreground=PAPER)], renderer)
        renderer.draw_text(pen, x, y, self.text, self.face.font, angle, ismath=False)
        pen.restore()


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str
    line: float
    dashes: Dashes
    hatch: str
    hatch_colour: str
    order: float

    def draw(self, ground: Ground) -> None:
        """Draw the rectangle."""
        pen = ground.pen(self.edge, self.line, self.dashes)
        pen.set_joinstyle("miter")
        _hatch(pen, self.hatch, self.hatch_colour)
        scale = ground.scale
        left, top = ground.at(self.x, self.y)
        place = Affine2D.from_values(self.width * scale, 0, 0, -self.height * scale, left, top)
        ground.renderer.draw_path(pen, Path.unit_rectangle(), place, _filled(self.fill))
        pen.restore()


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    width: float
    dashes: Dashes
    order: float

    def draw(self, ground: Ground) -> None:
        """Draw the line."""
        pen = ground.pen(self.colour, self.width, self.dashes)
        pen.set_joinstyle("round")
        ground.renderer.draw_path(pen, Path(np.column_stack([self.xs, self.ys])), ground.whole)
        pen.restore()


@dataclass(frozen=True)
class Dots:
    """Equal marks at points; `size` is their width."""

    xs: Sequence[float]
    ys: Sequence[float]
    marker: str
    size: float
    fill: str
    edge: str
    line: float
    order: float

    def draw(self, ground: Ground) -> None:
        """Draw the marks."""
        style = _marker(self.marker)
        width = self.size * ground.scale
        pen = ground.pen(self.edge, self.line)
        threshold = style.get_snap_threshold()
        pen.set_snap(None if threshold is None else width >= threshold)
        pen.set_joinstyle(style.get_joinstyle())
        pen.set_capstyle(style.get_capstyle())
        shape = Affine2D(style.get_transform().get_matrix()).scale(width)
        points = Path(np.column_stack([self.xs, self.ys]))
        ground.renderer.draw_markers(pen, style.get_path(), shape, points, ground.whole, to_rgba(self.fill))
        pen.restore()


@dataclass(frozen=True)
class Outlines:
    """Closed outlines, cut at a part of the page."""

    paths: Sequence[Path]
    fill: str
    edge: str
    line: float
    hatch: str
    hatch_colour: str
    order: float
    clip: Clip | None

    def draw(self, ground: Ground) -> None:
        """Draw the outlines."""
        pen = ground.pen(self.edge, self.line)
        _hatch(pen, self.hatch, self.hatch_colour)
        if self.clip is not None:
            left, top, width, height = self.clip
            pen.set_clip_rectangle(Bbox([ground.at(left, top + height), ground.at(left + width, top)]))
        place = ground.whole
        for path in self.paths:
            ground.renderer.draw_path(pen, path, place, _filled(self.fill))
        pen.restore()


Mark = Words | Box | Stroke | Dots | Outlines


class Drawing(Artist):
    """All marks of a page `height` CSS pixels high, drawn by their order, the later ones above."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[Mark] = []
        self.height = 0.0

    def draw(self, renderer: RendererBase) -> None:
        """Draw the marks."""
        figure = self.get_figure(root=True)
        scale = (figure.dpi if figure is not None else PNG_DPI) / CSS_DPI
        ground = Ground(renderer, scale, self.height * scale)
        for mark in sorted(self.marks, key=lambda mark: mark.order):
            mark.draw(ground)


@lru_cache(maxsize=32)
def _marker(marker: str) -> MarkerStyle:
    return MarkerStyle(marker)


def _filled(colour: str) -> tuple[float, float, float, float] | None:
    return None if colour == "none" else to_rgba(colour)


def _hatch(pen: GraphicsContextBase, hatch: str, colour: str) -> None:
    if hatch:
        pen.set_hatch(hatch)
        pen.set_hatch_color(to_rgba(colour))


def _spread(bitmap: Bitmap, radius: float) -> Bitmap:
    """Return a bitmap that reaches `radius` pixels beyond another on all sides."""
    reach = int(np.ceil(radius))
    high, wide = bitmap.pixels.shape
    pixels = np.zeros((high + 2 * reach, wide + 2 * reach), dtype=np.uint8)
    for down, across in _disc(radius):
        window = pixels[reach + down : reach + down + high, reach + across : reach + across + wide]
        np.maximum(window, bitmap.pixels, out=window)
    return Bitmap(pixels, bitmap.left - reach, bitmap.low + reach)


@lru_cache(maxsize=4)
def _disc(radius: float) -> tuple[tuple[int, int], ...]:
    reach = int(np.ceil(radius))
    steps = range(-reach, reach + 1)
    return tuple((down, across) for down in steps for across in steps if down**2 + across**2 <= radius**2)
