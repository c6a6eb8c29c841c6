"""A county's municipalities by number of documented memberships, on a real map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.checks import check_columns, whole
from natverk.figures.geometry import Outline, Points, border, outlines, project, sweden
from natverk.figures.labels import Label, place_labels
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    HATCH,
    INK,
    MUTED,
    PAPER,
    RAMP,
    SMALL,
    TINY,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from matplotlib.path import Path

__all__ = ["CLASSES", "county_map"]

COLUMNS = ("code", "name", "population", "n_documented", "n_undated", "lat", "lon")
CLASSES: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 3), (4, 7), (8, 15), (16, None))

MARGIN = 8.0
WIDEST, TALLEST = 580.0, 640.0
PANEL = 232.0
LAND = "#eceeef"
LABEL = 7.25
NONE, UNDATED = -1, -2


@dataclass(frozen=True)
class Frame:
    """The map's place on the page: kilometres to CSS pixels."""

    west: float
    north: float
    scale: float
    left: float
    top: float
    width: float
    height: float

    def to_page(self, points: Points) -> Points:
        """Turn (east, north) in km into (x, y) on the page."""
        x = self.left + (points[:, 0] - self.west) * self.scale
        y = self.top + (self.north - points[:, 1]) * self.scale
        return np.column_stack([x, y])

    def to_map(self, points: Points) -> Points:
        """Turn (x, y) on the page into (east, north) in km."""
        east = self.west + (points[:, 0] - self.left) / self.scale
        north = self.north - (points[:, 1] - self.top) / self.scale
        return np.column_stack([east, north])

    def path(self, path: Path) -> Path:
        """Turn a path in km into one on the page."""
        from matplotlib.path import Path as MplPath

        return MplPath(self.to_page(np.asarray(path.vertices)), path.codes)


@housed
def county_map(
    frame: pd.DataFrame, *, county_code: str, lang: str = "sv", source: str = "", place: str = ""
) -> Picture | Notice:
    """Draw a map of a county's municipalities by number of documented memberships.

    Parameters
    ----------
    frame
        One row a municipality, all of the county: `code` ("1480"), `name`, `population` (inhabitants,
        may be missing), `n_documented` (documented memberships), `n_undated` (those of unknown year;
        shown only where nothing else is documented), `lat` and `lon` (degrees, may be missing).
    county_code
        The county, `"14"`.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The county's name in the caption; "the county" without it.

    Returns
    -------
    Picture or Notice
        Classes are the same in all counties (1, 2–3, 4–7, 8–15, 16 and more). Nothing documented is
        hatched. Names without room are numbered from north to south, with a key; small municipalities
        give way to large ones.

    Raises
    ------
    InvalidArgument
        For a missing column, a municipality of another county, one twice, or one left out.
    MissingFile
        If the map package is not installed.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["0980"], "name": ["Gotland"], "population": [61000],
    ...                       "n_documented": [12], "n_undated": [4], "lat": [57.64], "lon": [18.29]})
    >>> print(county_map(frame, county_code="09", lang="en", place="Gotland").alt)
    Map of 1 municipality in Gotland by number of documented memberships. 1 of them has any documented, most: \
Gotland 12.
    """
    t = texts(lang)
    county = place or t("figures.place")
    check_columns(frame, COLUMNS, "county_map")
    if frame.empty:
        return Notice(t("figures.map.empty", place=county))
    shapes = _shapes(frame, county_code)
    ranked = frame.sort_values(["population", "code"], ascending=[False, True], na_position="last", kind="stable")
    kinds = {
        str(code): _kind(whole(n), whole(undated))
        for code, n, undated in zip(ranked["code"], ranked["n_documented"], ranked["n_undated"], strict=True)
    }
    window, sheet = _window(shapes)
    _land(sheet, window, shapes, kinds)
    towns = _towns(ranked, window)
    names = [(str(code), str(name)) for code, name in zip(ranked["code"], ranked["name"], strict=True)]
    edge = (window.left, window.top, window.left + window.width, window.top + window.height)
    labels = place_labels(names, shapes, towns, window.to_page, window.to_map, edge, LABEL)
    for label in labels:
        dark = label.within and not label.numbered and kinds[label.code] >= 3
        sheet.text(
            label.x,
            label.y - line_height(LABEL) / 2 + 0.5,
            label.text,
            size=LABEL,
            align="center",
            colour=PAPER if dark else INK,
            halo=not dark,
            weight="bold" if label.numbered else "normal",
        )
    bottom = _panel(sheet, window, kinds, dict(names), labels, shapes, t)
    bottom += sheet.source(source, bottom + 6, x=MARGIN)
    numbered = any(label.numbered for label in labels)
    return sheet.picture(
        height=bottom + 10, caption=_caption(kinds, numbered, county, t), alt=_alt(ranked, kinds, county, t)
    )


def _kind(documented: int, undated: int) -> int:
    """Return the number of the class, or that nothing (or nothing dated) is documented.

    >>> _kind(1, 0), _kind(20, 3), _kind(0, 0) == NONE, _kind(0, 2) == UNDATED
    (0, 4, True, True)
    """
    if documented <= 0:
        return UNDATED if undated > 0 else NONE
    return max(number for number, (low, _) in enumerate(CLASSES) if documented >= low)


def _shapes(frame: pd.DataFrame, county_code: str) -> dict[str, Outline]:
    where = "natverk.figures.county_map"
    every = outlines()
    wanted = [code for code in every if code.startswith(county_code)]
    if not wanted or len(county_code) != 2:
        raise InvalidArgument(
            f"unknown county {county_code!r}",
            where=where,
            allowed=sorted({code[:2] for code in every}),
            value=county_code,
        )
    given = [str(code) for code in frame["code"]]
    for number, code in enumerate(given):
        if code not in wanted:
            raise InvalidArgument(
                f"no municipality {code!r} in county {county_code}", where=where, allowed=wanted, value=code
            )
        if code in given[:number]:
            raise InvalidArgument(f"two rows for municipality {code!r}", where=where)
    left_out = [code for code in wanted if code not in given]
    if left_out:
        raise InvalidArgument(
            f"the frame leaves out {', '.join(left_out)} of county {county_code}",
            where=where,
            remedy="give a row with n_documented 0 for a municipality without documented memberships",
        )
    return {code: every[code] for code in wanted}


def _window(shapes: dict[str, Outline]) -> tuple[Frame, Sheet]:
    west, south = (min(outline.bounds[side] for outline in shapes.values()) for side in (0, 1))
    east, north = (max(outline.bounds[side] for outline in shapes.values()) for side in (2, 3))
    air = 0.03 * max(east - west, north - south)
    west, south, east, north = west - air, south - air, east + air, north + air
    scale = min(WIDEST / (east - west), TALLEST / (north - south))
    width = max((east - west) * scale, 340.0)
    west -= (width / scale - (east - west)) / 2
    window = Frame(west, north, scale, MARGIN, MARGIN, width, (north - south) * scale)
    return window, Sheet(math.ceil(MARGIN + width + 18 + PANEL))


def _towns(frame: pd.DataFrame, window: Frame) -> dict[str, tuple[float, float]]:
    known = frame.dropna(subset=["lat", "lon"])
    if known.empty:
        return {}
    page = window.to_page(project(known[["lon", "lat"]].to_numpy(dtype=np.float64)))
    return {str(code): (float(x), float(y)) for code, (x, y) in zip(known["code"], page, strict=True)}


def _land(sheet: Sheet, window: Frame, shapes: dict[str, Outline], kinds: dict[str, int]) -> None:
    clip = (window.left, window.top, window.width, window.height)
    corners = window.to_map(
        np.array([[window.left, window.top + window.height], [window.left + window.width, window.top]])
    )
    (west, south), (east, north) = corners
    around = [
        outline
        for code, outline in outlines().items()
        if code not in shapes
        and outline.bounds[0] < east
        and outline.bounds[2] > west
        and outline.bounds[1] < north
        and outline.bounds[3] > south
    ]
    paths = [window.path(outline.path()) for outline in around]
    sheet.paths(paths, fill=LAND, edge="#dfe2e4", line=0.4, order=1.0, clip=clip)
    groups: dict[int, list[Path]] = {}
    for code, outline in shapes.items():
        groups.setdefault(kinds[code], []).append(window.path(outline.path()))
    for kind, members in sorted(groups.items()):
        fill = RAMP[kind] if kind >= 0 else PAPER
        hatch = {NONE: HATCH, UNDATED: "..."}.get(kind, "")
        sheet.paths(members, fill=fill, edge="#5d6b78", line=0.5, order=2.0, hatch=hatch, clip=clip)
    sheet.paths([window.path(border(list(shapes)))], fill="none", edge=INK, line=0.9, order=2.5, clip=clip)


def _panel(
    sheet: Sheet,
    window: Frame,
    kinds: dict[str, int],
    names: dict[str, str],
    labels: list[Label],
    shapes: dict[str, Outline],
    t: Texts,
) -> float:
    """Draw the key, the numbered names, the scale and the small map of Sweden; return the lowest point."""
    x, y = window.left + window.width + 18, window.top + 2
    lines = wrap(t("figures.map.key"), PANEL - 10, SMALL)
    sheet.text(x, y, lines, size=SMALL)
    y += len(lines) * line_height(SMALL) + 6
    y += sheet.key(_keys(set(kinds.values()), t), x, y, PANEL, columns=1) + 8
    numbered = sorted((label for label in labels if label.numbered), key=lambda label: int(label.text))
    columns = 1 if len(numbered) <= 12 else 2
    rows = math.ceil(len(numbered) / columns)
    for place, label in enumerate(numbered):
        column, row = divmod(place, rows)
        left, top = x + column * PANEL / 2, y + row * line_height(SMALL)
        sheet.text(left + 14, top, label.text, size=SMALL, weight="bold", align="right")
        sheet.text(left + 19, top, names[label.code], size=SMALL)
    y += rows * line_height(SMALL) + 8
    bottom = max(window.top + window.height, y + 150 + line_height(SMALL))
    _locator(sheet, shapes, x, bottom - 142, 140.0)
    length = max(size for size in (1, 2, 5, 10, 20, 50, 100) if size * window.scale <= 120)
    end = x + 84 + length * window.scale
    sheet.line([x + 84, x + 84, end, end], [bottom - 9, bottom - 5, bottom - 5, bottom - 9], colour=INK, width=0.8)
    text = f"{length} km"
    sheet.text(
        min(max(x + 84 + length * window.scale / 2, x + 84 + text_width(text, TINY) / 2), sheet.width - 20),
        bottom - 21,
        text,
        size=TINY,
        align="center",
        colour=MUTED,
    )
    return bottom


def _locator(sheet: Sheet, shapes: dict[str, Outline], x: float, y: float, height: float) -> None:
    country = sweden()
    points = np.asarray(country.vertices)
    west, north = float(points[:, 0].min()), float(points[:, 1].max())
    scale = height / (north - float(points[:, 1].min()))
    small = Frame(west, north, scale, x, y, 0, 0)
    sheet.paths([small.path(country)], fill="#e2e5e7", edge="#b9c0c5", line=0.4, order=1.0)
    sheet.paths([small.path(border(list(shapes)))], fill=INK, edge=INK, line=0.5, order=1.1)


def _keys(kinds: set[int], t: Texts) -> list[Key]:
    keys = []
    for number, (low, high) in enumerate(CLASSES):
        if high is None:
            label = t("figures.map.or_more", n=low)
        else:
            label = str(low) if low == high else f"{low}–{high}"
        keys.append(Key(label, RAMP[number], "#5d6b78"))
    keys = keys[: max(max(kinds) + 1, 1)] if max(kinds) >= 0 else []
    if UNDATED in kinds:
        keys.append(Key(t("figures.map.undated"), PAPER, "#5d6b78", hatch="..."))
    if NONE in kinds:
        keys.append(Key(t("figures.map.none"), PAPER, "#5d6b78", hatch=HATCH))
    return keys


def _caption(kinds: dict[str, int], numbered: bool, county: str, t: Texts) -> str:
    parts = [t("figures.map.caption", place=county)]
    if NONE in kinds.values():
        parts.append(t("figures.map.caption_none"))
    if numbered:
        parts.append(t("figures.map.caption_numbers"))
    return " ".join(parts)


def _alt(ranked: pd.DataFrame, kinds: dict[str, int], county: str, t: Texts) -> str:
    some = [code for code, kind in kinds.items() if kind != NONE]
    parts = [t("figures.map.alt", municipalities=t.count("common.municipality", len(kinds)), place=county)]
    counts = {str(code): whole(n) for code, n in zip(ranked["code"], ranked["n_documented"], strict=True)}
    names = {str(code): str(name) for code, name in zip(ranked["code"], ranked["name"], strict=True)}
    top = [code for code in sorted(counts, key=lambda code: -counts[code]) if counts[code]][:6]
    listed = ", ".join(f"{names[code]} {t.number(counts[code])}" for code in top)
    if top:
        parts.append(t.count("figures.map.alt_some", len(some), names=listed))
    undated = [names[code] for code, kind in kinds.items() if kind == UNDATED]
    if undated:
        parts.append(t("figures.map.alt_undated", names=t.join(undated)))
    missing = [names[code] for code, kind in kinds.items() if kind == NONE]
    if missing:
        parts.append(t.count("figures.map.alt_none", len(missing), names=t.join(missing)))
    return " ".join(parts)
