"""Maps of Sweden: who is in a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection

from natverk.figures.axes import PAD, finished, place_axes, swatch, write
from natverk.figures.checks import check_columns, check_values
from natverk.figures.geometry import Points, border, contains, outlines, project, sweden
from natverk.figures.grids import MARKS, draw_marks, mark_entries
from natverk.figures.names import Name, place_names
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import (
    CSS_DPI,
    INK,
    LEVEL_COLOURS,
    LEVEL_TINTS,
    MUTED,
    REGIONAL_EDGE,
    TEXT,
    housed,
)
from natverk.locale import texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

__all__ = ["FEWEST", "members"]

#: A map is drawn from so many members on.
FEWEST = 5
_LAND, _SHORE, _BORDER = "#eceeef", "#c9cfd3", "#d6dadd"
_HEIGHT, _WHOLE, _ZOOM = 660.0, 290.0, 522.0  # CSS pixels
_SPREAD, _SOUTH = 760.0, 6760.0  # km: farther apart than this only those south of Gävle are looked at closely
_NEAREST = 120.0  # km: no closer look than this
_SIZE = 6.5  # points


@dataclass(frozen=True)
class _Member:
    """A member with its place in km; `code` of a municipality, `county` of a region."""

    name: str
    level: str
    mark: str
    code: str
    county: str
    east: float
    north: float


@housed
def members(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw the members of a network on a map of Sweden and, closer, where they lie densely.

    Parameters
    ----------
    frame
        As `natverk.networks.members_of` gives it, one row a member, the most important first: `name, level` (municipal,
        regional, joint, other), `mark` (see `natverk.figures.grids.MARKS`), `code` (of a municipality), `county_codes`
        (of a region); with `lat, lon` in degrees a mark stands there, else in the middle of the municipality.
    names
        Actor id → name, in the place of `name`; then `actor_id` is read too.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw one map on; default two of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        Municipalities are marks, regions outlined and tinted counties with a mark. Names give way to each other, those
        of later rows first. Joint bodies and others have no place and are named in the caption. A notice for fewer than
        five members with a place.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown mark.
    MissingFile
        If the map package is not installed.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["Malmö", "Umeå", "Gotland", "Kalmar"], "level": "municipal", "mark": "recent",
    ...                       "code": ["1280", "2480", "0980", "0880"], "county_codes": ["12", "24", "09", "08"]})
    >>> members(frame, lang="en")
    Fewer than five members have a place on a map.
    """
    t = texts(lang)
    check_columns(frame, ("name", "level", "mark", "code", "county_codes"), "maps.members")
    check_values(frame, "mark", MARKS, "maps.members")
    placed, away = _placed(frame, names)
    if len(placed) < FEWEST:
        return Notice(t("figures.maps.members.empty"))
    key = mark_entries({item.mark for item in placed}, t)
    there = {item.level for item in placed}
    if len(there) > 1:
        key += [swatch(t("figures.level.municipal"), LEVEL_COLOURS["municipal"])]
        key += [swatch(t("figures.level.regional"), LEVEL_TINTS["regional"], edge=REGIONAL_EDGE)]
    alone = ax is not None
    left = PAD if alone else PAD + _WHOLE + 12
    ax = place_axes(ax, height=_HEIGHT, left=left, above=6, below=10, key=key, source=source)
    points = np.array([[item.east, item.north] for item in placed])
    spread = not alone and np.ptp(points[:, 1]) > _SPREAD and (points[:, 1] < _SOUTH).sum() >= 2
    box = _box(points[points[:, 1] < _SOUTH] if spread else points, ax)
    _land(ax, placed, box, near=True)
    seen = [box[0] < item.east < box[1] and box[2] < item.north < box[3] for item in placed]
    close = [item for item, flag in zip(placed, seen, strict=True) if flag]
    nameless = len(close) - _marked(ax, close, _SIZE, close)
    _scale_bar(ax, box)
    if not alone:
        whole = _beside(ax)
        country = np.asarray(sweden().vertices)
        _land(whole, placed, _fitted(country, whole), near=False)
        far = [item for item, flag in zip(placed, seen, strict=True) if not flag]
        nameless += len(far) - _marked(whole, placed, _SIZE - 2, far)
        (west, east), (south, north) = whole.get_xlim(), whole.get_ylim()
        left, right = np.clip(box[:2], west + 2, east - 2)
        low, high = np.clip(box[2:], south + 2, north - 2)
        whole.plot([left, right, right, left, left], [low, low, high, high, low], color=MUTED, linewidth=0.8)
    counts = Counter(item.level for item in placed)
    kinds = [("municipal", "common.municipality"), ("regional", "common.region")]
    title = t(
        "figures.maps.members.title",
        counts=t.join([t.count(noun, counts[kind], words=True) for kind, noun in kinds if counts[kind]]),
    )
    said = []
    for kind in MARKS:
        own = [item.name for item in placed if item.mark == kind]
        if own:
            told = t(f"figures.mark.{kind}")
            said.append(f"{told[0].upper()}{told[1:]} ({t.number(len(own))}): {', '.join(own)}.")
    # Where only regions are in it, nobody asks for its municipalities.
    notes = [t("figures.maps.members.quiet")] if "municipal" in there else []
    if not {"loose", "left"}.isdisjoint(item.mark for item in placed):
        notes.insert(0, t("figures.maps.members.looser"))
    if nameless:
        notes.append(t.count("figures.maps.members.nameless", nameless, words=True))
    if away:
        notes.append(t("figures.maps.members.away", names=t.join(away)))
        said.append(notes[-1])
    return finished(ax, title=title, said=said, notes=notes)


def _placed(frame: pd.DataFrame, names: Mapping[str, str] | None) -> tuple[list[_Member], list[str]]:
    """Return the members with a place on the map, and the names of the others."""
    shapes = outlines()
    found, away = [], []
    taken = set(frame["code"].astype(str))
    for row in frame.to_dict("records"):
        code, county, level = str(row["code"]), str(row["county_codes"])[:2], str(row["level"])
        name = str((names or {}).get(str(row.get("actor_id")), row["name"]))
        own = [key for key in shapes if key[:2] == county]
        if level == "municipal" and code in shapes:
            east, north = shapes[code].centre
            lat, lon = row.get("lat"), row.get("lon")
            if lat is not None and lon is not None and not pd.isna(lat) and not pd.isna(lon):
                ((east, north),) = project(np.array([[float(lon), float(lat)]])).tolist()
        elif level == "regional" and own:
            east, north = _free_place(own, taken)
        else:
            away.append(name)
            continue
        found.append(_Member(name, level, str(row["mark"]), code, county, east, north))
    return found, away


def _free_place(own: Sequence[str], taken: set[str]) -> tuple[float, float]:
    """Return a place of a county near its middle, and some way from the middles of municipalities that have a mark."""
    shapes = outlines()
    centres = np.array([shapes[code].centre for code in own])
    west, south = np.array([shapes[code].bounds[:2] for code in own]).min(axis=0)
    east, north = np.array([shapes[code].bounds[2:] for code in own]).max(axis=0)
    grid = np.stack(np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25)), axis=-1).reshape(-1, 2)
    grid = grid[np.any([contains(shapes[code], grid) for code in own], axis=0)]
    marked = np.array([shapes[code].centre for code in own if code in taken]).reshape(-1, 2)
    if not len(marked):
        marked = np.full((1, 2), np.inf)
    away = np.hypot(*(grid[:, None] - marked).transpose(2, 0, 1)).min(axis=1)
    free = grid[away >= min(0.8 * away.max(), 20.0)]
    place = free[((free - centres.mean(axis=0)) ** 2).sum(axis=1).argmin()]
    return float(place[0]), float(place[1])


def _pixels(ax: Axes) -> tuple[float, float]:
    extent, figure = ax.get_window_extent(), ax.figure
    return float(extent.width) * CSS_DPI / float(figure.dpi), float(extent.height) * CSS_DPI / float(figure.dpi)


def _fitted(points: Points, ax: Axes, air: float = 1.02) -> tuple[float, float, float, float]:
    """Return the box (west, east, south, north) in km of the axes' own shape that holds all points."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    wide, high = _pixels(ax)
    scale = max((east - west) * air / wide, (north - south) * air / high)
    middle = ((west + east) / 2, (south + north) / 2)
    half = (scale * wide / 2, scale * high / 2)
    return middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1]


def _box(points: Points, ax: Axes) -> tuple[float, float, float, float]:
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = np.maximum(np.ptp(points, axis=0), _NEAREST) / 2 * np.array([1.3, 1.12])
    return _fitted(np.array([middle - half, middle + half]), ax, 1.0)


def _beside(ax: Axes) -> Axes:
    """Return an axes of the whole country at the left of the closer map."""
    place = ax.get_position()
    pixel = place.width / _pixels(ax)[0]
    return ax.figure.add_axes((PAD * pixel, place.y0, _WHOLE * pixel, place.height))


def _shapes(ax: Axes, paths: Sequence[Path], order: float, **look: Any) -> None:
    ax.add_collection(PathCollection(list(paths), zorder=order, **look), autolim=False)


def _land(ax: Axes, placed: Sequence[_Member], box: tuple[float, float, float, float], *, near: bool) -> None:
    """Draw the land within a box: municipalities or the coarse country, and the counties of regions."""
    west, east, south, north = box
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect="equal")
    for spine in ax.spines.values():
        spine.set(visible=near, color=_SHORE, linewidth=0.8)
    if near:
        bounds = ((shape, shape.bounds) for shape in outlines().values())
        paths = [
            shape.path() for shape, (left, low, right, high) in bounds
            if left < east and right > west and low < north and high > south
        ]  # fmt: skip
    else:
        paths = [sweden()]
    _shapes(ax, paths, 1.0, facecolors=_LAND, edgecolors=_BORDER if near else _SHORE, linewidths=0.4)
    for item in placed:
        if item.level == "regional" and item.mark not in ("loose", "left"):
            fill = _LAND if item.mark == "undated" else LEVEL_TINTS["regional"]
            own = [border([code for code in outlines() if code[:2] == item.county])]
            _shapes(ax, own, 1.2, facecolors=fill, edgecolors=REGIONAL_EDGE, linewidths=0.9)


def _spots(ax: Axes, placed: Sequence[_Member]) -> list[tuple[float, float]]:
    """Return the places in CSS pixels from the lower left corner of the picture."""
    points = ax.transData.transform([(item.east, item.north) for item in placed]) if placed else np.empty((0, 2))
    return [(float(x), float(y)) for x, y in points * CSS_DPI / ax.figure.dpi]


def _marked(ax: Axes, placed: Sequence[_Member], size: float, named_ones: Sequence[_Member]) -> int:
    """Draw the marks and those names that find room, and return how many do."""
    groups: dict[tuple[str, str], list[_Member]] = {}
    for item in placed:
        groups.setdefault((item.mark, item.level), []).append(item)
    for (kind, level), own in sorted(groups.items()):
        draw_marks(ax, kind, level, [item.east for item in own], [item.north for item in own], size)
    ax.apply_aspect()
    extent = ax.get_window_extent()
    left, low, right, high = (float(side) * CSS_DPI / float(ax.figure.dpi) for side in extent.extents)
    # Names are placed with heights counted downwards.
    # Regions first: there are few of them, and their names are long.
    named_ones = sorted(named_ones, key=lambda item: item.level != "regional")
    wanted = [Name(item.name, x, -y) for item, (x, y) in zip(named_ones, _spots(ax, named_ones), strict=True)]
    points = [(x, -y) for x, y in _spots(ax, placed)]
    found = place_names(wanted, points, (left + 2, -high + 2, right - 2, -low - 26), TEXT, size * 4 / 3)
    homes = {(name.text, name.x, name.y): item for name, item in zip(wanted, named_ones, strict=True)}
    for name in found:
        item = homes[name.text, name.x, name.y]
        at = (item.east, item.north)
        if name.moved:
            ax.annotate(
                "", at, xytext=((name.edge - name.x) * 0.75, (name.y - name.middle) * 0.75), textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 2},
            )  # fmt: skip
        write(ax, name.text, at, (name.left - name.x, name.y - name.middle - 0.5), data=True, halo=True)
    return len(found)


def _scale_bar(ax: Axes, box: tuple[float, float, float, float]) -> None:
    wide = box[1] - box[0]
    length = max(size for size in (5, 10, 20, 50, 100, 200) if size == 5 or size <= wide / 4)
    end, low = box[1] - wide * 0.025, box[2] + wide * 0.02
    ax.plot([end - length, end], [low, low], color=INK, linewidth=1.4, solid_capstyle="butt", zorder=5)
    write(ax, f"{length} km", (end, low), (0, 9), ha="right", colour=MUTED, data=True, halo=True)
