"""How a table stands on paper: widths of its columns, size of its type, upright or sideways, whole or over pages.

A page of paper does not scroll. The text of the cells decides: columns get the widths that give the table the fewest
lines, and type is made smaller, then the page turned, only when that is needed to read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LANDSCAPE_WIDTH", "TEXT_HEIGHT", "TEXT_WIDTH", "Layout", "layout"]

# The text area of an A4 page in points, as `templates/document` sets it, upright and sideways.
TEXT_WIDTH, TEXT_HEIGHT, LANDSCAPE_WIDTH = 470.0, 700.0, 717.0
# The mean width of a letter in ems, and what a cell and a row need beside their text, in points.
_LETTER, _PADDING, _ROW = 0.47, 9.0, 6.5
# Words longer than this many letters may be divided; where the page is too narrow, shorter ones too.
_WORD, _NARROW = 20, 13
_BREAKS = re.compile(r"[\s/\u00ad\u200b]+|(?<=-)")
_STEPS = 40
# Size of type, sideways or not, and the mean number of lines a row that is still easy to read.
_CHOICES = ((9.0, False, 1.6), (8.0, False, 3.4))
_SMALLEST, _SIDEWAYS = 7.5, 8.0
# A page turned for one table leaves those around it half empty: only for one that is longer than this, in pages.
_WORTH_TURNING = 1.2
# A table up to this share of a page is not divided.
_WHOLE = 0.55
# Words are wider than the mean of their letters, and those of the header are bold.
_WIDE, _BOLD = 1.1, 1.25


@dataclass(frozen=True)
class Layout:
    """How one table is set.

    Attributes
    ----------
    widths
        Share of the width of the text for each column; the sum is at most 1.
    size
        Size of type in points.
    landscape
        Whether it stands on a page of its own, turned sideways.
    whole
        Whether it is short enough to be kept on one page.
    """

    widths: tuple[float, ...]
    size: float
    landscape: bool
    whole: bool


def layout(rows: Sequence[Sequence[str]]) -> Layout:
    """Return how a table of these cells, the header row first, is set on A4.

    Examples
    --------
    >>> small = layout([["Nätverk", "Sedan"], ["SERN", "2006"]])
    >>> small.size, small.landscape, small.whole, sum(small.widths) < 0.5
    (9.0, False, True, True)
    >>> layout([["Nyckeltal"] * 20] + [["omfattande"] * 20] * 30).landscape
    True
    """
    count = max((len(row) for row in rows), default=0)
    if count == 0:
        return Layout((), _CHOICES[0][0], False, True)
    cells = [[*row, *[""] * (count - len(row))] for row in rows]
    lengths = np.array([[len(cell) for cell in row] for row in cells], dtype=np.float64)
    words = _words(cells, _WORD)
    for size, sideways, most in _CHOICES:
        widths, lines = _fit(lengths, words, _letters(size, sideways, count))
        if lines.mean() <= most and words.sum() <= _letters(size, sideways, count):
            break
    else:
        size, sideways = _SMALLEST, False
        words = np.minimum(words, _words(cells, _NARROW))
        widths, lines = _fit(lengths, words, _letters(size, sideways, count))
        if words.sum() > _letters(size, sideways, count) or _height(lines, size) > _WORTH_TURNING * TEXT_HEIGHT:
            sideways = True
            size = _SIDEWAYS if words.sum() <= _letters(_SIDEWAYS, sideways, count) else _SMALLEST
            widths, lines = _fit(lengths, words, _letters(size, sideways, count))
    total = (LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) / (size * _LETTER)
    shares = (widths + _PADDING / (size * _LETTER)) / total
    return Layout(
        tuple(float(share) for share in np.round(shares / max(1.0, float(shares.sum())), 4)),
        size,
        sideways,
        not sideways and _height(lines, size) <= _WHOLE * TEXT_HEIGHT,
    )


def _height(lines: npt.NDArray[np.float64], size: float) -> float:
    return float((lines * size * 1.25 + _ROW).sum())


def _words(cells: Sequence[Sequence[str]], most: int) -> npt.NDArray[np.float64]:
    """Return the room in letters that the longest word of each column takes."""
    longest = [
        [min(most, max((len(word) for word in _BREAKS.split(cell)), default=0)) + 1 for cell in row] for row in cells
    ]
    words = np.array(longest, dtype=np.float64) * _WIDE
    words[0] *= _BOLD / _WIDE
    return np.asarray(words.max(axis=0), dtype=np.float64)


def _letters(size: float, sideways: bool, count: int) -> float:
    """Return how many letters stand beside each other in a row of `count` cells."""
    return ((LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) - count * _PADDING) / (size * _LETTER)


def _fit(
    lengths: npt.NDArray[np.float64], words: npt.NDArray[np.float64], room: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return widths in letters and the lines of each row; what is left goes where it saves most lines."""
    natural = np.maximum(lengths.max(axis=0) * 1.06 + 1, words)
    if natural.sum() <= room:
        return natural, np.ones(len(lengths))
    widths = words * min(1.0, room / words.sum())
    step = (room - widths.sum()) / _STEPS
    for _ in range(_STEPS if step > 0 else 0):
        before = np.ceil(lengths / widths)
        gains = []
        for column in range(len(widths)):
            after = before.copy()
            after[:, column] = np.ceil(lengths[:, column] / (widths[column] + step))
            # Squared: a row of six lines beside rows of one is worse than some rows of two.
            saved = (before.max(axis=1) ** 2).sum() - (after.max(axis=1) ** 2).sum()
            # Where no single column saves a line, the one whose cells are fullest comes first.
            gains.append(
                (saved, float((lengths[:, column] / widths[column]).mean()) * (widths[column] < natural[column]))
            )
        widths[max(range(len(gains)), key=gains.__getitem__)] += step
    return widths, np.maximum(1.0, np.ceil(lengths * 1.06 / widths).max(axis=1))
