"""Text in DejaVu Sans: every letter is measured and drawn once, a line is the sum of its letters.

Matplotlib lays out each line of text anew, to measure it and again to draw it; that is most of what a figure costs.
A line is put together here of letters whose width, kerning and pixels are kept. The widths are those of matplotlib.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

__all__ = ["PNG_DPI", "Bitmap", "Face", "face"]

PNG_DPI = 192
#: Letters, and those that the typeface may join into one sign, which are taken together.
_SIGNS = re.compile("f[fil]+|.", re.DOTALL)


@dataclass(frozen=True)
class Bitmap:
    """The pixels of text, from 0 (paper) to 255 (ink): `left` of the first from the start, `low` below the baseline."""

    pixels: npt.NDArray[np.uint8]
    left: int
    low: int


@dataclass(frozen=True)
class _Letter:
    """What one letter takes: how far it leads, how high it rises and how deep it falls, in pixels of the PNG."""

    advance: float
    rise: float
    fall: float


class Face:
    """DejaVu Sans in one size, weight and slant.

    Parameters
    ----------
    size
        In points.
    weight, slant
        As matplotlib names them: `"normal"`, `"bold"`; `"normal"`, `"italic"`.

    Examples
    --------
    >>> Face(8.5).size("SERN")[0] > Face(7.0).size("SERN")[0]
    True
    """

    def __init__(self, size: float, weight: str = "normal", slant: str = "normal") -> None:
        self.points = size
        self.weight = weight
        self.slant = slant
        self._letters: dict[str, _Letter] = {}
        self._kerning: dict[str, float] = {}
        self._bitmaps: dict[str, Bitmap] = {}

    @cached_property
    def font(self) -> FontProperties:
        """The typeface as matplotlib takes it."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=["DejaVu Sans"], size=self.points, weight=self.weight, style=self.slant)  # type: ignore[arg-type]

    @cached_property
    def _path(self) -> str:
        from matplotlib.font_manager import findfont

        return str(findfont(self.font))

    @property
    def _file(self) -> FT2Font:
        """The open file: matplotlib's, which keeps it until the process forks, for two must not read from one place."""
        from matplotlib.font_manager import get_font

        return get_font(self._path)

    @cached_property
    def reach(self) -> tuple[float, float]:
        """How far the typeface reaches above and below the baseline, in pixels of the PNG."""
        file = self._file
        table, head = file.get_sfnt_table("OS/2"), file.get_sfnt_table("head")
        if table is None or head is None:
            return self.size("lp")[1] - self.size("lp")[2], self.size("lp")[2]
        scale = self.points * PNG_DPI / 72 / head["unitsPerEm"]
        return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale

    def size(self, text: str) -> tuple[float, float, float]:
        """Return width, height and descent of a line of text in pixels of the PNG."""
        if not text:
            return 0.0, 0.0, 0.0
        signs = _SIGNS.findall(text)
        letters = [self._letter(sign) for sign in signs]
        width = sum(letter.advance for letter in letters) + sum(map(self._kern, signs, signs[1:]))
        fall = max(letter.fall for letter in letters)
        return width, max(letter.rise for letter in letters) + fall, fall

    def bitmap(self, text: str, start: float = 0.0) -> Bitmap:
        """Return the pixels of a line of text that starts at `start`, a part of a pixel."""
        pen, before, places = start, "", []
        for sign in _SIGNS.findall(text):
            pen += self._kern(before, sign) if before else 0.0
            bitmap = self._bitmaps.get(sign)
            if bitmap is None:
                bitmap = self._bitmaps[sign] = self._drawn(sign)
            places.append((round(pen) + bitmap.left, bitmap))
            pen += self._letter(sign).advance
            before = sign
        left = min(x for x, _ in places)
        right = max(x + bitmap.pixels.shape[1] for x, bitmap in places)
        low = max(bitmap.low for _, bitmap in places)
        high = max(bitmap.pixels.shape[0] - bitmap.low for _, bitmap in places)
        pixels = np.zeros((high + low, right - left), dtype=np.uint8)
        for x, bitmap in places:
            height, width = bitmap.pixels.shape
            bottom = high + bitmap.low
            window = pixels[bottom - height : bottom, x - left : x - left + width]
            np.maximum(window, bitmap.pixels, out=window)
        return Bitmap(pixels, left, low)

    def learn(self, texts: Iterable[str]) -> None:
        """Measure and draw all letters of some texts, and measure their pairs, so that others find them known."""
        for signs in {tuple(_SIGNS.findall(text)) for text in texts}:
            for one, two in pairwise(signs):
                self._kern(one, two)
            for sign in signs:
                self._letter(sign)
                if sign not in self._bitmaps:
                    self._bitmaps[sign] = self._drawn(sign)

    def _letter(self, sign: str) -> _Letter:
        letter = self._letters.get(sign)
        if letter is None:
            letter = self._letters[sign] = self._measured(sign)
        return letter

    def _kern(self, one: str, two: str) -> float:
        """Return by how much more or less two letters lead than each by itself."""
        kern = self._kerning.get(one + two)
        if kern is None:
            both = self._measured(one + two).advance
            kern = self._kerning[one + two] = both - self._letter(one).advance - self._letter(two).advance
        return kern

    def _set(self, text: str) -> FT2Font:
        from matplotlib.ft2font import LoadFlags

        # Others use the same file in other sizes.
        file = self._file
        file.clear()
        file.set_size(self.points, PNG_DPI)
        file.set_text(text, 0.0, flags=LoadFlags.DEFAULT)
        return file

    def _measured(self, text: str) -> _Letter:
        file = self._set(text)
        width, height = file.get_width_height()
        fall = file.get_descent()
        return _Letter(width / 64, (height - fall) / 64, fall / 64)

    def _drawn(self, text: str) -> Bitmap:
        file = self._set(text)
        fall = file.get_descent()
        file.draw_glyphs_to_bitmap(antialiased=True)
        left, _ = file.get_bitmap_offset()
        # The bitmap has one row of air below.
        return Bitmap(np.array(file.get_image(), dtype=np.uint8), round(left / 64), round(fall / 64) + 1)


@lru_cache(maxsize=16)
def _kept(size: float, weight: str, slant: str) -> Face:
    return Face(size, weight, slant)


def face(size: float, weight: str = "normal", slant: str = "normal") -> Face:
    """Return the typeface in a size, weight and slant: the same one each time, with the letters it knows.

    >>> face(8.5) is face(8.5, "normal")
    True
    """
    return _kept(size, weight, slant)
