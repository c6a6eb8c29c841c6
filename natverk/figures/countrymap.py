"""Who is in a network, on a map of Sweden: municipalities as marks, regions as outlined counties."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from natverk.figures.checks import check_columns, check_values
from natverk.figures.countymap import LAND, Frame
from natverk.figures.geometry import Outline, border, outlines, project, sweden
from natverk.figures.matrix import MARKS, draw_mark, level_keys, mark_keys
from natverk.figures.names import Name, place_names
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Sheet
from natverk.figures.style import INK, LEVEL_TINTS, MUTED, REGIONAL_EDGE, TINY, housed, line_height
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from natverk.figures.marks import Clip

__all__ = ["LEVELS", "member_map"]

COLUMNS = ("name", "level", "mark", "code", "county_code", "population", "lat", "lon")
#: Only these can be drawn: joint bodies and others have no place of their own.
LEVELS = ("municipal", "regional", "joint", "other")

MARGIN = 8.0
HEIGHT = 640.0
SMALL_WIDTH = 286.0
ZOOM_WIDTH = 520.0
LABEL = 7.0
SIZE = 7.0
NEAREST = 120.0  # km: no zoom closer than this
SOUTH = 6760.0  # km north of the equator, just above Gävle: most of Sweden lives below
SPREAD = 760.0  # km: members that lie further apart are not zoomed in on together


@dataclass(frozen=True)
class Member:
    """One member with its place in km."""

    name: str
    level: str
    mark: str
    county: str
    east: float
    north: float


@housed
def member_map(
    frame: pd.DataFrame, *, lang: str = "sv", source: str = "", place: str = "", who: str = "", the: str = ""
) -> Picture | Notice:
    """Draw the members of a network on two maps: the whole country, and the part where they lie densely.

    Parameters
    ----------
    frame
        One row a member, the most important first: `name`; `level` (municipal, regional, joint, other); `mark`
        (recent, earlier, undated, conflict, loose, left); `code` (of a municipality), `county_code` (of a region);
        `population` (inhabitants, may be missing), `lat` and `lon` (degrees, may be missing).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The name of the network.
    who
        What those in it are called in the plural: members, signatories, participants.

    Returns
    -------
    Picture or Notice
        The same marks as in `membership_matrix`. A region is a mark in its county, which is outlined and tinted.
        Names give way to each other, those of small places first; a name moved away is tied to its mark by a
        line. Municipalities without a mark are quiet: nothing is documented, which is no absence. A notice if
        nobody has a place on a map.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown level or mark.
    MissingFile
        If the map package is not installed.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["Gotland"], "level": ["municipal"], "mark": ["recent"], "code": ["0980"],
    ...                       "county_code": ["09"], "population": [61000], "lat": [57.64], "lon": [18.29]})
    >>> print(member_map(frame, lang="en", place="UBC", who="members").alt)
    Map of Sweden with the documented members of UBC: 1 municipality. Marks: attested late in the period 1. \
Gotland (attested late in the period).
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "member_map")
    check_values(frame, "level", LEVELS, "member_map")
    check_values(frame, "mark", MARKS, "member_map")
    members = _members(frame)
    words = _words(members, place, who, the, t)
    away = [str(name) for name, level in zip(frame["name"], frame["level"], strict=True) if level in ("joint", "other")]
    if not members:
        return Notice(t("network_figures.members.empty", **words))
    sheet = Sheet(MARGIN * 2 + SMALL_WIDTH + 12 + ZOOM_WIDTH)
    top = 6 + sheet.key(mark_keys({item.mark for item in members}, t), MARGIN, 6, sheet.width - 2 * MARGIN)
    levels = list(dict.fromkeys(item.level for item in members))
    if "regional" in levels:
        top += sheet.key(level_keys(levels, t), MARGIN, top, sheet.width - 2 * MARGIN)
    nameless = _draw(sheet, members, top + 6, t)
    bottom = top + 6 + HEIGHT
    bottom += sheet.source(source, bottom + 8, x=MARGIN)
    return sheet.picture(
        height=bottom + 10,
        caption=_caption(members, away, nameless, words, t),
        alt=_alt(members, away, words, t),
    )


def _members(frame: pd.DataFrame) -> list[Member]:
    shapes = outlines()
    found = []
    for row in frame[list(COLUMNS)].to_dict("records"):
        code, county, level = str(row["code"]), str(row["county_code"]), str(row["level"])
        if level == "municipal" and code in shapes:
            if pd.isna(row["lat"]) or pd.isna(row["lon"]):
                east, north = shapes[code].centre
            else:
                ((east, north),) = project(np.array([[float(row["lon"]), float(row["lat"])]])).tolist()
        elif level == "regional" and (own := [shape for key, shape in shapes.items() if key.startswith(county)]):
            east, north = _middle(own)
        else:
            continue
        found.append(Member(str(row["name"]), level, str(row["mark"]), county, east, north))
    return found


def _middle(shapes: list[Outline]) -> tuple[float, float]:
    """Return the inner point of the municipality nearest to the middle of a county."""
    centres = np.array([shape.centre for shape in shapes])
    middle = centres.mean(axis=0)
    nearest = int(np.argmin(((centres - middle) ** 2).sum(axis=1)))
    return float(centres[nearest][0]), float(centres[nearest][1])


def _draw(sheet: Sheet, members: list[Member], top: float, t: Texts) -> int:
    """Draw both maps and return how many members go without a name."""
    country = np.asarray(sweden().vertices)
    west, north = float(country[:, 0].min()), float(country[:, 1].max())
    scale = HEIGHT / (north - float(country[:, 1].min()))
    whole = Frame(west - 6 / scale, north, scale, MARGIN, top, SMALL_WIDTH, HEIGHT)
    zoom = _zoom(members, MARGIN + SMALL_WIDTH + 12, top)
    sheet.paths([whole.path(sweden())], fill=LAND, edge="#c9cfd3", line=0.4, order=1.0)
    clip = (zoom.left, zoom.top, zoom.width, zoom.height)
    (east_low, north_low), (east_high, north_high) = _corners(zoom)
    near = [
        zoom.path(shape.path())
        for shape in outlines().values()
        if shape.bounds[0] < east_high
        and shape.bounds[2] > east_low
        and shape.bounds[1] < north_high
        and shape.bounds[3] > north_low
    ]
    sheet.paths(near, fill=LAND, edge="#d6dadd", line=0.4, order=1.0, clip=clip)
    for window, cut in ((whole, None), (zoom, clip)):
        _counties(sheet, window, members, cut)
    sheet.rect(zoom.left, zoom.top, zoom.width, zoom.height, edge="#c9cfd3", line=0.8, order=1.5)
    (left, upper), (right, lower) = whole.to_page(np.array([[east_low, north_high], [east_high, north_low]])).tolist()
    left, upper = max(left, 2.0), max(upper, top - 3)
    right, lower = min(right, zoom.left - 4), min(lower, top + HEIGHT + 3)
    sheet.rect(left, upper, right - left, lower - upper, edge=MUTED, line=0.8, order=3.0)
    spots = {window: _spots(window, members) for window in (whole, zoom)}
    inside = [_within(spot, zoom) for spot in spots[zoom]]
    for window, shown, size in ((whole, [True] * len(members), SIZE - 2), (zoom, inside, SIZE)):
        _marks(sheet, members, spots[window], shown, size)
    named = _names(sheet, whole, members, spots[whole], [not flag for flag in inside], t)
    named += _names(sheet, zoom, members, spots[zoom], inside, t)
    _scale_bar(sheet, zoom)
    return len(members) - named


def _zoom(members: list[Member], left: float, top: float) -> Frame:
    """Choose the part of the country to look at closely: all members, or those in the south."""
    points = np.array([[item.east, item.north] for item in members])
    if np.ptp(points[:, 1]) > SPREAD and (points[:, 1] < SOUTH).sum() >= 2:
        points = points[points[:, 1] < SOUTH]
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    wide, high = max(float(east - west), NEAREST) * 1.3, max(float(north - south), NEAREST) * 1.12
    scale = min(ZOOM_WIDTH / wide, HEIGHT / high)
    middle = (float(west + east) / 2, float(south + north) / 2)
    return Frame(
        middle[0] - ZOOM_WIDTH / scale / 2, middle[1] + HEIGHT / scale / 2, scale, left, top, ZOOM_WIDTH, HEIGHT
    )


def _corners(window: Frame) -> tuple[tuple[float, float], tuple[float, float]]:
    page = np.array([[window.left, window.top + window.height], [window.left + window.width, window.top]])
    (west, south), (east, north) = window.to_map(page).tolist()
    return (west, south), (east, north)


def _counties(sheet: Sheet, window: Frame, members: list[Member], clip: Clip | None) -> None:
    for item in members:
        if item.level == "regional" and item.mark not in ("loose", "left"):
            codes = [code for code in outlines() if code.startswith(item.county)]
            path = [window.path(border(codes))]
            fill = LAND if item.mark == "undated" else LEVEL_TINTS["regional"]
            sheet.paths(path, fill=fill, edge=REGIONAL_EDGE, line=0.9, order=1.2, clip=clip)


def _spots(window: Frame, members: list[Member]) -> list[tuple[float, float]]:
    page = window.to_page(np.array([[item.east, item.north] for item in members]))
    return [(float(x), float(y)) for x, y in page]


def _within(spot: tuple[float, float], window: Frame) -> bool:
    x, y = spot
    return window.left < x < window.left + window.width and window.top < y < window.top + window.height


def _marks(
    sheet: Sheet, members: list[Member], spots: list[tuple[float, float]], shown: list[bool], size: float
) -> None:
    groups: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for item, (x, y), flag in zip(members, spots, shown, strict=True):
        if flag:
            xs, ys = groups.setdefault((item.mark, item.level), ([], []))
            xs.append(x)
            ys.append(y)
    for (mark, level), (xs, ys) in groups.items():
        draw_mark(sheet, mark, level, xs, ys, size)


def _names(
    sheet: Sheet,
    window: Frame,
    members: list[Member],
    spots: list[tuple[float, float]],
    shown: list[bool],
    t: Texts,
) -> int:
    """Write the names that find room, and return how many they are."""
    wanted = [Name(item.name, *spot) for item, spot, flag in zip(members, spots, shown, strict=True) if flag]
    box = (window.left + 2, window.top + 2, window.left + window.width - 2, window.top + window.height - 26)
    taken = [spot for spot in spots if _within(spot, window)]
    placed = place_names(wanted, taken, box, LABEL, SIZE)
    for name in placed:
        if name.moved:
            sheet.line([name.x, name.edge], [name.y, name.middle], colour=MUTED, width=0.5, order=3.5)
        sheet.text(name.left, name.middle - line_height(LABEL) / 2 + 0.5, name.text, size=LABEL, halo=True)
    return len(placed)


def _scale_bar(sheet: Sheet, window: Frame) -> None:
    length = max(size for size in (10, 20, 50, 100, 200) if size == 10 or size * window.scale <= 130)
    end = window.left + window.width - 12
    start, y = end - length * window.scale, window.top + window.height - 8
    sheet.line([start, start, end, end], [y - 4, y, y, y - 4], colour=INK, width=0.8, order=4)
    sheet.text(end, y - 17, f"{length} km", size=TINY, align="right", colour=MUTED, halo=True)


def _words(members: list[Member], place: str, who: str, the: str, t: Texts) -> dict[str, str]:
    """Return the words of the network: its members, and who else is on the map beside those that are documented."""
    marks = {item.mark for item in members}
    beside = [mark for mark in ("left", "loose") if mark in marks]
    also = t(f"network_figures.members.also_{'both' if len(beside) > 1 else beside[0]}") if beside else ""
    return {
        "place": place,
        "who": who or t("network_figures.members.who"),
        "the": the or t("network_figures.members.the"),
        "also": also,
    }


def _caption(members: list[Member], away: list[str], nameless: int, words: dict[str, str], t: Texts) -> str:
    parts = [t("network_figures.members.caption", **words)]
    if any(item.level == "regional" for item in members):
        parts.append(t("network_figures.members.caption_regions"))
    parts.append(t("network_figures.members.caption_quiet"))
    if nameless:
        parts.append(t.count("network_figures.members.caption_nameless", nameless))
    if away:
        parts.append(t("network_figures.members.caption_away", names=t.join(away)))
    return " ".join(parts)


def _alt(members: list[Member], away: list[str], words: dict[str, str], t: Texts) -> str:
    levels = Counter(item.level for item in members)
    kinds = [("municipal", "common.municipality"), ("regional", "common.region")]
    counts = t.join([t.count(key, levels[level]) for level, key in kinds if levels[level]])
    marks = Counter(item.mark for item in members)
    said = ", ".join(f"{t(f'figures.matrix.mark.{mark}')} {t.number(marks[mark])}" for mark in MARKS if marks[mark])
    parts = [
        t("network_figures.members.alt", counts=counts, **words),
        t("figures.matrix.alt_marks", marks=said),
        ", ".join(f"{item.name} ({t(f'figures.matrix.mark.{item.mark}')})" for item in members[:40]) + ".",
    ]
    if len(members) > 40:
        parts.append(t("network_figures.members.alt_more", n=t.number(len(members) - 40)))
    if away:
        parts.append(t("network_figures.members.caption_away", names=t.join(away)))
    return " ".join(parts)
