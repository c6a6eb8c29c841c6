"""How a table stands on paper: widths of its columns, size of its type, upright or sideways, whole or over pages.

A page of paper does not scroll. The text of the cells decides: columns get the widths that give the table the fewest
lines, and type is made smaller, then the page turned, only when that is needed to read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["LANDSCAPE_HEIGHT", "LANDSCAPE_WIDTH", "TEXT_HEIGHT", "TEXT_WIDTH", "Layout", "layout"]

# The text area of an A4 page in points, as `templates/document` sets it, upright and sideways.
TEXT_WIDTH, TEXT_HEIGHT, LANDSCAPE_WIDTH, LANDSCAPE_HEIGHT = 470.0, 700.0, 717.0, 453.0
# The mean width of a letter in ems, and what a cell and a row need beside their text, in points.
_LETTER, _PADDING, _ROW = 0.47, 9.0, 6.5
# Words longer than this many letters may be divided; where the page is too narrow, shorter ones too.
_WORD, _NARROW = 20, 13
# Not before a digit: `mem-00001` stays together.
_BREAKS = re.compile(r"(?<=[-/\u00ad\u200b])(?!\d)")
# How many letters ahead is looked for the next line that a wider column saves.
_AHEAD = 14
_ALL = 0.4
# Size of type, sideways or not, and the mean number of lines a row that is still easy to read.
_CHOICES = ((9.0, False, 1.6), (8.0, False, 3.4))
_SMALL, _SIDEWAYS = 7.5, (8.0, 7.5, 6.5)
# A page turned for one table leaves those around it half empty: it has to save more than that, in pages.
_WORTH_TURNING = 0.8
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
    letters
        Words with more letters than this have to be divided anywhere, as columns have no room for them.
    """

    widths: tuple[float, ...]
    size: float
    landscape: bool
    whole: bool
    letters: int = _WORD


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
    words = _words(cells, _WORD)
    for size, sideways, most in _CHOICES:
        widths, lines = _fit(cells, words, _letters(size, sideways, count))
        if lines.mean() <= most and words.sum() <= _letters(size, sideways, count):
            break
    else:
        size, sideways = _SMALL, False
        words = np.minimum(words, _words(cells, _NARROW))
        widths, lines = _fit(cells, words, _letters(size, sideways, count))
        fitting = (size for size in _SIDEWAYS if words.sum() <= _letters(size, True, count))
        turned = next(fitting, _SIDEWAYS[-1])
        other = _fit(cells, words, _letters(turned, True, count))
        saved = _height(lines, size) / TEXT_HEIGHT - _height(other[1], turned) / LANDSCAPE_HEIGHT
        if words.sum() > _letters(size, False, count) or saved > _WORTH_TURNING:
            size, sideways, (widths, lines) = turned, True, other
    total = (LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) / (size * _LETTER)
    shares = (widths + _PADDING / (size * _LETTER)) / total
    return Layout(
        tuple(float(share) for share in np.round(shares / max(1.0, float(shares.sum())), 4)),
        size,
        sideways,
        not sideways and _height(lines, size) <= _WHOLE * TEXT_HEIGHT,
        int(min([_WORD, *(widths / _BOLD)[widths + 1 < _words(cells, _WORD)]])),
    )


def _height(lines: npt.NDArray[np.float64], size: float) -> float:
    return float((lines * size * 1.25 + _ROW).sum())


def _words(cells: Sequence[Sequence[str]], most: int) -> npt.NDArray[np.float64]:
    """Return the room in letters that the longest word of each column takes."""
    longest = [
        [min(most, max((letters for _, letters in _pieces(cell)), default=0)) + 1 for cell in row] for row in cells
    ]
    words = np.array(longest, dtype=np.float64) * _WIDE
    words[0] *= _BOLD / _WIDE
    return np.asarray(words.max(axis=0), dtype=np.float64)


def _letters(size: float, sideways: bool, count: int) -> float:
    """Return how many letters stand beside each other in a row of `count` cells."""
    return ((LANDSCAPE_WIDTH if sideways else TEXT_WIDTH) - count * _PADDING) / (size * _LETTER)


def _fit(
    texts: Sequence[Sequence[str]], words: npt.NDArray[np.float64], room: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return widths in letters and the lines of each row; room that is left goes where it saves most lines."""
    columns = [[_pieces(text) for text in column] for column in zip(*texts, strict=True)]
    natural = np.array([max(sum(map(sum, pieces)) for pieces in column) for column in columns], dtype=np.float64)
    natural = np.maximum(natural * 1.06 + 1, words)
    if natural.sum() <= room:
        return natural, np.ones(len(texts))

    @cache
    def lines(column: int, width: int) -> npt.NDArray[np.float64]:
        counts = {pieces: _wrapped(pieces, width) for pieces in set(columns[column])}
        return np.array([counts[pieces] for pieces in columns[column]], dtype=np.float64)

    widths = np.floor(words * min(1.0, room / words.sum())).astype(int).clip(1)
    left = int(room - widths.sum())
    now = np.column_stack([lines(column, width) for column, width in enumerate(widths.tolist())])
    while left > 0:
        best = (0.0, 0.0, 0, 1)
        for column, width in enumerate(widths.tolist()):
            for letters in range(1, min(left, _AHEAD) + 1):
                after = now.copy()
                after[:, column] = lines(column, width + letters)
                saved = (_cost(now) - _cost(after)) / letters
                # Where no column saves a line, the one that is fullest comes first.
                best = max(best, (saved, float(natural[column] / width) if letters == 1 else 0.0, column, letters))
        column, letters = best[2:]
        widths[column] += letters
        now[:, column] = lines(column, int(widths[column]))
        left -= letters
    return widths.astype(np.float64), now.max(axis=1)


def _pieces(text: str) -> tuple[tuple[int, int], ...]:
    """Return the parts between which a text may be broken: the space before each, and its letters."""
    pieces: list[tuple[int, int]] = []
    for word in text.split():
        parts = [part for part in _BREAKS.split(word) if part]
        pieces.extend((int(place == 0 and bool(pieces)), len(part)) for place, part in enumerate(parts))
    return tuple(pieces)


def _wrapped(pieces: tuple[tuple[int, int], ...], width: int) -> int:
    """Return how many lines a text takes; a part that is longer than a line is divided."""
    lines, used = 1, 0
    for space, letters in pieces:
        if used and used + space + letters > width:
            lines, used = lines + 1, 0
        used += letters + (space if used else 0)
        if used > width:
            lines, used = lines + (used - 1) // width, (used - 1) % width + 1
    return lines


def _cost(lines: npt.NDArray[np.float64]) -> float:
    """Return how badly a table reads: squared, as one row of six lines is worse than some rows of two.

    All lines count a little, and not only those of the longest cell of a row: two cells of two lines become one of one
    only after each other.
    """
    return float((lines.max(axis=1) ** 2).sum() + _ALL * lines.sum())
