"""Networks that a region shares with its municipalities, as a statistic for the null models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.nestedness import nodf
from natverk.measures.twomode import TwoMode

__all__ = ["SharedNetworks", "shared_networks"]


@dataclass(frozen=True, eq=False)
class SharedNetworks:
    """A statistic of a two-mode matrix, for `natverk.nullmodels.null_test`; made by `shared_networks`.

    Attributes
    ----------
    names
        What it gives: `sweden`, `nodf` if nestedness is asked for, and the codes of the counties.
    regions
        By county, the row of its region.
    municipalities
        By county, the rows of its municipalities.
    """

    names: tuple[str, ...]
    regions: tuple[int, ...]
    municipalities: tuple[NDArray[np.int64], ...]

    def __call__(self, ties: TwoMode) -> NDArray[np.float64]:
        """Return the values that `names` tells: shared networks over all counties and in each, and NODF."""
        matrix = ties.matrix.toarray() > 0
        own = [
            int((matrix[region] & matrix[rows].any(axis=0)).sum())
            for region, rows in zip(self.regions, self.municipalities, strict=True)
        ]
        nested = [nodf(ties)] if "nodf" in self.names else []
        return np.array([sum(own), *nested, *own], dtype=np.float64)


def shared_networks(data: Dataset, ties: TwoMode, *, nested: bool = True) -> SharedNetworks:
    """Make the statistic "networks that a region and at least one of its municipalities are both documented in".

    Parameters
    ----------
    data
        The dataset, for who belongs to which county.
    ties
        The matrix that is to be tested: its rows are the actors. A county enters when the region and at least
        one of its municipalities have a row; Gotland, where they are one body, does not.
    nested
        Whether to give NODF as well (default), the nestedness of the whole matrix: most of the time goes there.

    Returns
    -------
    SharedNetworks
        Callable on any matrix with the same rows. The sum over counties counts a network once a county. For NODF
        see `natverk.overlap.nestedness`.

    Raises
    ------
    InvalidArgument
        If no county enters.

    Notes
    -----
    Counts of co-occurrence tested against matrices with the same margins: Gotelli, N. J. (2000), Null model
    analysis of species co-occurrence patterns, Ecology 81: 2606–2621.

    Examples
    --------
    >>> from natverk import load, two_mode
    >>> data = load()
    >>> ties = two_mode(data)
    >>> statistic = shared_networks(data, ties)
    >>> dict(zip(statistic.names, statistic(ties).round(1).tolist()))["14"]
    4.0
    """
    row = {actor: place for place, actor in enumerate(ties.actors)}
    homes = data.municipalities.groupby("county_code")["actor_id"].agg(list).to_dict()
    names, regions, municipalities = [], [], []
    for county, region in data.counties.set_index("county_code")["region_actor_id"].items():
        own = [row[actor] for actor in homes.get(county, []) if actor in row and actor != region]
        if region in row and own:
            names.append(str(county))
            regions.append(row[region])
            municipalities.append(np.array(own, dtype=np.int64))
    if not names:
        raise InvalidArgument(
            "no county has both its region and one of its municipalities in the matrix",
            where="shared_networks",
            remedy="select both levels, more networks or more years",
        )
    first = ("sweden", "nodf") if nested else ("sweden",)
    return SharedNetworks((*first, *names), tuple(regions), tuple(municipalities))
