"""Two-mode networks of actors and networks: the incidence matrix, its structure, and a null model of it.

The sets compared are *documented* sets. A network that nobody wrote about is in neither, so that every measure comes
on attested and on best sets, with coverage, and with the least and greatest value that the unknown cells leave open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natverk.errors import gone
from natverk.twomode.matrix import IncidenceMatrix, co_membership, degree, density, incidence_matrix, tie_cells
from natverk.twomode.nullmodel import null_test, randomise, tails
from natverk.twomode.structure import (
    brokers,
    nestedness,
    nodf,
    open_to_both,
    overlap_test,
    region_overlap,
    schoener_d,
    shared_networks,
    theme_overlap,
    theme_profiles,
)

__all__ = [
    "IncidenceMatrix",
    "brokers",
    "co_membership",
    "degree",
    "density",
    "incidence_matrix",
    "nestedness",
    "nodf",
    "null_test",
    "open_to_both",
    "overlap_test",
    "randomise",
    "region_overlap",
    "schoener_d",
    "shared_networks",
    "tails",
    "theme_overlap",
    "theme_profiles",
    "tie_cells",
]

if not TYPE_CHECKING:
    # Names of version 0.1; CHANGELOG has the reasons.
    __getattr__ = gone(
        __name__,
        {
            "TwoMode": "natverk.twomode.IncidenceMatrix",
            "two_mode": "natverk.twomode.incidence_matrix",
            "co_membership_blocks": "natverk.twomode.co_membership",
            "shared_pairs": "natverk.twomode.co_membership",
            "Draws": "natverk.twomode.randomise: it yields matrices one by one",
        },
    )
