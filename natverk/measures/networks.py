"""Networks: everything that can be measured of one network, from its members to those it shares them with."""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.arguments import known_networks, year_range
from natverk.measures.documented import listed
from natverk.measures.members import FIRM, member_years, members_of, ties_apart
from natverk.measures.reach import eligibility, saturation, shared_members, shared_themes

__all__ = [
    "FIRM",
    "eligibility",
    "lists_of",
    "member_years",
    "members_of",
    "saturation",
    "shared_members",
    "shared_themes",
    "ties_apart",
]


def lists_of(data: Dataset, network: str, *, years: tuple[int, int] = (1997, 2024)) -> pd.DataFrame:
    """Return the complete lists of Swedish members of a network: the only years in which absence is known.

    Parameters
    ----------
    network
        A network id.
    years
        First and last year of the lists that are kept.

    Returns
    -------
    pd.DataFrame
        As `natverk.listed`, for one network and the years given, by year.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> lists_of(load(), "ubc", years=(1997, 2026))[["year", "n_members"]].values.tolist()
    [[2014, 21], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    (network_id,) = known_networks(data, [network])
    span = year_range(years, data=data)
    frame = listed(data, networks=[network_id])
    frame = frame[frame["year"].between(span[0], span[-1])]
    return frame.sort_values("year", ignore_index=True)
