"""Overlap: are a region and its municipalities in the same networks, and in the same fields?

The sets compared are *documented* sets. A network that nobody wrote about is in neither, so that every
measure comes on attested and on best sets, with coverage; and with the least and greatest value that the
unknown cells leave open, which lie far apart almost everywhere.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.brokers import brokers
from natverk.measures.comembership import co_membership, co_membership_blocks, density
from natverk.measures.countycells import VALUES, OpenTo, comparable, county_cells, open_to_both
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.nestedness import nestedness, nodf
from natverk.measures.profiles import schoener_d, theme_overlap, theme_profiles
from natverk.measures.sharednetworks import shared_networks
from natverk.measures.ties import Year
from natverk.measures.twomode import TwoMode, degree, two_mode

__all__ = [
    "TwoMode",
    "brokers",
    "co_membership",
    "co_membership_blocks",
    "degree",
    "density",
    "nestedness",
    "nodf",
    "open_to_both",
    "region_overlap",
    "schoener_d",
    "shared_networks",
    "theme_overlap",
    "theme_profiles",
    "two_mode",
]


def region_overlap(
    data: Dataset,
    *,
    county: str | None = None,
    year: Year = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    open_to: OpenTo = "any",
) -> pd.DataFrame:
    """Return how far a region and its municipalities together are in the same networks, county by county.

    Parameters
    ----------
    data, year, counts_as, counting, year_basis
        What is selected; see `natverk.measures.ties.tie_cells`.
    county
        A county code, or None (default) for all 21. Municipalities count to the county of today.
    open_to
        `"any"` (default) compares all selected networks. `"both"` only those that both levels may join: a
        network for cities alone keeps the sets apart by its statutes, and not by anybody's choice.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, region_actor_id, n_municipalities, n_networks`; numbers of networks
        `regional_low, regional_best, regional_high, municipal_low, municipal_best, municipal_high` (of the
        municipalities' union), `shared_low, shared_best, shared_high`; `jaccard_attested, jaccard_best` and
        `overlap_attested, overlap_best` on the documented sets; `jaccard_low, jaccard_high, overlap_low,
        overlap_high`, the least and greatest values that the unknown cells leave open (all 0–1);
        `coverage_regional, coverage_municipal` (share of cells known, 0–1); `comparable`: `yes`, `unitary`
        (Gotland: one body is both), `no_region_set` or `no_municipal_set` (nothing documented).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value, or no network left to compare.

    Notes
    -----
    Jaccard (1912), The distribution of the flora in the alpine zone, New Phytologist 11(2): 37–50: shared
    networks by those of either. Overlap coefficient (Szymkiewicz–Simpson; Simpson 1943, American Journal of
    Science 241(1): 1–31): shared by those of the smaller set; it does not punish a region for having many
    municipalities. An empty documented set gives no value rather than 0.

    Examples
    --------
    >>> from natverk import load
    >>> row = region_overlap(load(), county="14").iloc[0]
    >>> bool(row["jaccard_low"] <= row["jaccard_best"] <= row["jaccard_high"]), row["comparable"]
    (True, 'yes')
    """
    found = []
    for place in county_cells(
        data, county, year=year, counts_as=counts_as, counting=counting, year_basis=year_basis, open_to=open_to
    ):
        region = {name: place.regional[name].max(axis=0) for name in VALUES}
        union = {name: place.municipal[name].max(axis=0) for name in VALUES}
        row: dict[str, object] = {
            "county_code": place.code,
            "region_actor_id": place.region,
            "n_municipalities": len(place.municipal["low"]),
            "n_networks": len(place.networks),
        }
        for name, sets in (("regional", region), ("municipal", union)):
            row |= {f"{name}_{value}": int(sets[value].sum()) for value in VALUES}
        row |= {f"shared_{value}": int((region[value] & union[value]).sum()) for value in VALUES}
        values = {**_documented(region, union), **coefficient_bounds(region, union)}
        row |= dict.fromkeys(values, np.nan) if place.unitary else values
        row["coverage_regional"] = float(place.regional["known"].mean())
        row["coverage_municipal"] = float(place.municipal["known"].mean())
        row["comparable"] = comparable(place.unitary, bool(region["best"].any()), bool(union["best"].any()))
        found.append(row)
    return pd.DataFrame(found).astype({"county_code": "str", "region_actor_id": "str", "comparable": "str"})


def _documented(region: dict[str, np.ndarray], union: dict[str, np.ndarray]) -> dict[str, float]:
    values = {}
    for value, name in (("low", "attested"), ("best", "best")):
        mine, theirs = region[value], union[value]
        shared, smaller = int((mine & theirs).sum()), int(min(mine.sum(), theirs.sum()))
        # Nothing documented of one side is no empty set: no value rather than 0.
        values[f"jaccard_{name}"] = shared / int((mine | theirs).sum()) if smaller else np.nan
        values[f"overlap_{name}"] = shared / smaller if smaller else np.nan
    return values


def coefficient_bounds(region: dict[str, np.ndarray], union: dict[str, np.ndarray]) -> dict[str, float]:
    """Bound both coefficients over all ways to decide the cells between low and high.

    An unknown cell lowers a coefficient most when it enlarges a set without being shared, and raises it
    most when it is shared; each can be decided on its own, but that cells unknown on both sides go to the
    set that leaves the smaller one largest. Decisions that leave no coefficient, with an empty set, are none.

    Parameters
    ----------
    region, union
        Booleans by network under `low` and `high`.

    Returns
    -------
    dict[str, float]
        `jaccard_low, jaccard_high, overlap_low, overlap_high` (0–1), missing where no decision gives one.

    Examples
    --------
    Both are in the first network; whether the second set has the second network is open.

    >>> sure, open_ = np.array([True, False]), np.array([True, True])
    >>> bounds = coefficient_bounds({"low": open_, "high": open_}, {"low": sure, "high": open_})
    >>> bounds["jaccard_low"], bounds["jaccard_high"]
    (0.5, 1.0)
    """
    mine, theirs = region["low"], union["low"]
    may, might = region["high"], union["high"]
    sure, both = int((mine & theirs).sum()), int((may & might).sum())
    either = int((may | might).sum())
    free = int((may & ~mine & might & ~theirs).sum())
    alone = int(mine.sum()) + int((may & ~mine & ~might).sum())
    others = int(theirs.sum()) + int((might & ~theirs & ~may).sum())
    largest = min(alone + free, others + free, (alone + others + free) // 2)
    smallest = min(int((mine | (may & might)).sum()), int((theirs | (may & might)).sum()))
    return {
        "jaccard_low": sure / either if either else np.nan,
        "jaccard_high": both / int((mine | theirs | (may & might)).sum()) if both else 0.0 if either else np.nan,
        # Where one set can only be filled by sharing, whatever fills it is shared.
        "overlap_low": sure / largest if largest else 1.0 if both else np.nan,
        "overlap_high": both / smallest if both else 0.0 if largest else np.nan,
    }
