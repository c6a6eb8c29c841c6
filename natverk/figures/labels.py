"""Names on a map: placed so that none covers another; those without room become numbers with a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from natverk.figures.geometry import Outline, Points, contains
from natverk.figures.style import line_height, text_width

__all__ = ["Box", "Label", "place_labels"]

Box = tuple[float, float, float, float]  # left, top, right, bottom in CSS pixels
PAD = 1.5
ENOUGH = 0.5  # share of a name's box that must not lie on another municipality


@dataclass
class Label:
    """What is written for one municipality: its name, or a number if `numbered`; (x, y) is the middle."""

    code: str
    text: str
    x: float = 0.0
    y: float = 0.0
    numbered: bool = False
    within: bool = False
    anchors: list[tuple[float, float]] = field(default_factory=list)

    def box(self, x: float, y: float, size: float) -> Box:
        """Return the label's box around a middle point."""
        width, height = text_width(self.text, size), line_height(size)
        return (x - width / 2 - PAD, y - height / 2, x + width / 2 + PAD, y + height / 2)


def place_labels(
    names: Sequence[tuple[str, str]],
    shapes: dict[str, Outline],
    towns: dict[str, tuple[float, float]],
    to_page: Callable[[Points], Points],
    to_map: Callable[[Points], Points],
    frame: Box,
    size: float,
) -> list[Label]:
    """Place a label for each municipality.

    Parameters
    ----------
    names
        (code, name), the most important first: the last ones give way.
    shapes
        Outlines of the county's municipalities by code.
    towns
        A second anchor by code, on the page, in CSS pixels; may lack codes.
    to_page, to_map
        Turn kilometres on the map into CSS pixels on the page, and back.
    frame
        The box on the page that labels must stay in.
    size
        Text size in points.

    Returns
    -------
    list of Label
        In the order of `names`. A name stands mostly on its own municipality; otherwise the label is
        a number, counted from north to south, that stands in the municipality.
    """
    labels = {code: Label(code, name) for code, name in names}
    for code, label in labels.items():
        middle = to_page(np.array([shapes[code].centre]))[0]
        label.anchors = [(float(middle[0]), float(middle[1]))]
        if code in towns:
            label.anchors.append(towns[code])
    numbered: set[str] = set()
    for _ in range(len(names) + 1):
        failed = _try(labels, numbered, shapes, to_map, frame, size)
        if not failed:
            break
        numbered |= failed
    return list(labels.values())


def _try(
    labels: dict[str, Label],
    numbered: set[str],
    shapes: dict[str, Outline],
    to_map: Callable[[Points], Points],
    frame: Box,
    size: float,
) -> set[str]:
    """Place all labels once; return the codes whose names found no room."""
    taken: list[Box] = []
    order = sorted(numbered, key=lambda code: (-shapes[code].centre[1], code))
    for number, code in enumerate(order, start=1):
        label = labels[code]
        label.text, label.numbered = str(number), True
        x, y = label.anchors[0]
        steps = [
            (0, 0),
            (0, -6),
            (0, 6),
            (-6, 0),
            (6, 0),
            (-7, -7),
            (7, 7),
            (7, -7),
            (-7, 7),
            (-11, 0),
            (11, 0),
            (0, -11),
            (0, 11),
        ]
        spots = [(x + dx, y + dy) for dx, dy in steps]
        free = [spot for spot in spots if not _hits(label.box(*spot, size), taken)]
        label.x, label.y = free[0] if free else (x, y)
        taken.append(label.box(label.x, label.y, size))
    failed = set()
    for code, label in labels.items():
        if code in numbered:
            continue
        best = _best(label, shapes, to_map, frame, taken, size)
        if best is None:
            failed.add(code)
        else:
            label.x, label.y, label.within = best
            taken.append(label.box(label.x, label.y, size))
    return failed


def _best(
    label: Label,
    shapes: dict[str, Outline],
    to_map: Callable[[Points], Points],
    frame: Box,
    taken: list[Box],
    size: float,
) -> tuple[float, float, bool] | None:
    """Return the free place whose box lies most on the own municipality, or None."""
    spots = [(x + dx, y + dy) for x, y in label.anchors for dy in (0, -8, 8, -16, 16) for dx in (0, -12, 12, -24, 24)]
    boxes = [label.box(*spot, size) for spot in spots]
    free = [number for number, box in enumerate(boxes) if _within(box, frame) and not _hits(box, taken)]
    if not free:
        return None
    grid = _samples([boxes[number] for number in free])
    points = to_map(grid)
    own = contains(shapes[label.code], points).reshape(len(free), -1)
    others = np.zeros(len(points), dtype=bool)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    for code, outline in shapes.items():
        left, bottom, right, top = outline.bounds
        if code != label.code and left <= east and west <= right and bottom <= north and south <= top:
            others |= contains(outline, points)
    bare = ~(others.reshape(len(free), -1) | own)
    # Open water or a neighbouring county is better under a name than another municipality.
    score = own.mean(axis=1) + 0.6 * bare.mean(axis=1)
    centred = own[:, own.shape[1] // 2]
    score = np.where(centred, score, 0.0)
    best = int(np.argmax(score))
    if score[best] < ENOUGH:
        return None
    x, y = spots[free[best]]
    return x, y, bool(own[best].all())


def _samples(boxes: list[Box]) -> Points:
    """Return 7 × 3 points spread over each box, row by row."""
    left, top, right, bottom = np.array(boxes).T
    xs, ys = np.linspace(left, right, 7, axis=1), np.linspace(top + 2, bottom - 2, 3, axis=1)
    shape = (len(boxes), 3, 7)
    x, y = np.broadcast_to(xs[:, None, :], shape), np.broadcast_to(ys[:, :, None], shape)
    return np.column_stack([x.ravel(), y.ravel()])


def _within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _hits(box: Box, taken: list[Box]) -> bool:
    return any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken)
