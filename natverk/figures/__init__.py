"""The figures of the reports: each takes a frame and a language and gives a `Picture` or a `Notice`.

A figure knows nothing of how its frame was computed. Every function has the arguments `lang` and
`source` (the line under the figure); its docstring names the frame's columns and units.
"""

from __future__ import annotations

from natverk.figures.curves import growth
from natverk.figures.holders import timeline
from natverk.figures.judgements import judgement_grid
from natverk.figures.lists import listed_years
from natverk.figures.maps import county_map
from natverk.figures.matrix import membership_matrix
from natverk.figures.picture import Notice, Picture
from natverk.figures.spellbars import membership_spells
from natverk.figures.strips import size_strips
from natverk.figures.themes import theme_pattern
from natverk.figures.tiles import tile_map
from natverk.figures.verdicts import stability

__all__ = [
    "Notice",
    "Picture",
    "county_map",
    "growth",
    "judgement_grid",
    "listed_years",
    "membership_matrix",
    "membership_spells",
    "size_strips",
    "stability",
    "theme_pattern",
    "tile_map",
    "timeline",
]
