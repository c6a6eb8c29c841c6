"""Names beside points on a map: none covers another name or another point; a name moved away gets a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from natverk.figures.style import line_height, text_width

__all__ = ["Name", "Placed", "place_names"]

Box = tuple[float, float, float, float]  # left, top, right, bottom in CSS pixels
Point = tuple[float, float]
#: Directions that a name may take from its point, the easiest to read first: (across, down).
_AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
#: How far a name may move before it is left out, in CSS pixels.
_REACH = (0.0, 9.0, 17.0, 26.0, 36.0)
_PAD = 1.5


@dataclass(frozen=True)
class Name:
    """A name and the point (x, y) that it belongs to, in CSS pixels."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Placed:
    """A name that found room: its left edge and middle; `moved` if a line from (x, y) to (edge, middle) is due."""

    text: str
    x: float
    y: float
    left: float
    middle: float
    edge: float
    moved: bool


def place_names(names: Sequence[Name], points: Sequence[Point], frame: Box, size: float, mark: float) -> list[Placed]:
    """Place names beside their points, the first ones first; those without room are left out.

    Parameters
    ----------
    names
        The most important first.
    points
        All points that are drawn: no name may cover one.
    frame
        The box that names must stay in.
    size
        Text size in points.
    mark
        Width of a mark in CSS pixels.

    Returns
    -------
    list of Placed
        In the order of `names`.

    Examples
    --------
    >>> names = [Name("Malmö", 50, 50), Name("Lund", 52, 47)]
    >>> [name.text for name in place_names(names, [(50, 50), (52, 47)], (0, 0, 200, 100), 7.0, 7.0)]
    ['Malmö', 'Lund']
    >>> place_names([Name("Malmö", 50, 50)], [(50, 50)], (40, 40, 60, 60), 7.0, 7.0)
    []
    """
    half = mark / 2 + 0.5
    marks = [(x - half, y - half, x + half, y + half) for x, y in points]
    taken: list[Box] = []
    lines: list[tuple[Point, Point]] = []
    found = []
    for name in names:
        placed = _place(name, marks, taken, lines, frame, size, half)
        if placed is not None:
            found.append(placed)
            taken.append(_box(placed, size))
            if placed.moved:
                lines.append(((placed.x, placed.y), (placed.edge, placed.middle)))
    return found


def _place(
    name: Name,
    marks: list[Box],
    taken: list[Box],
    lines: list[tuple[Point, Point]],
    frame: Box,
    size: float,
    half: float,
) -> Placed | None:
    width, height = text_width(name.text, size), line_height(size)
    for reach in _REACH:
        for across, down in _AROUND:
            away = half + 2 + reach
            middle = name.y + down * (away + (height / 2 - 3 if across == 0 else 0))
            x = name.x + across * away
            left = x if across > 0 else x - width if across < 0 else x - width / 2
            edge = left if across > 0 else left + width if across < 0 else x
            spot = Placed(name.text, name.x, name.y, left, middle, edge, reach > 0)
            box = _box(spot, size)
            if not _inside(box, frame) or any(_meet(box, other) for other in (*taken, *marks)):
                continue
            if any(_crosses(line, box) for line in lines):
                continue
            if spot.moved and _blocked(((spot.x, spot.y), (spot.edge, spot.middle)), marks, taken):
                continue
            return spot
    return None


def _blocked(line: tuple[Point, Point], marks: list[Box], taken: list[Box]) -> bool:
    """Say whether a line runs through a name or another mark; marks that lie on its own point do not count."""
    (x, y), _ = line
    others = [box for box in marks if not (box[0] <= x <= box[2] and box[1] <= y <= box[3])]
    return any(_crosses(line, box) for box in (*taken, *others))


def _box(spot: Placed, size: float) -> Box:
    half = line_height(size) / 2
    return (spot.left - _PAD, spot.middle - half, spot.left + text_width(spot.text, size) + _PAD, spot.middle + half)


def _inside(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _crosses(line: tuple[Point, Point], box: Box) -> bool:
    """Say whether a line runs through a box, looked at in ten places.

    >>> _crosses(((0, 5), (20, 5)), (8, 0, 12, 10)), _crosses(((0, 15), (20, 15)), (8, 0, 12, 10))
    (True, False)
    """
    (x, y), (end_x, end_y) = line
    steps = [number / 10 for number in range(11)]
    return any(box[0] < x + (end_x - x) * step < box[2] and box[1] < y + (end_y - y) * step < box[3] for step in steps)
