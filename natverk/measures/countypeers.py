"""The peers of all municipalities of a county: the nearest few of each, by structure and by portfolio."""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures import peers
from natverk.measures.arguments import counted_from_one, known_county
from natverk.measures.likeness import portfolios

__all__ = ["county_peers"]

_KEPT = {"structure": "distance", "portfolio": "jaccard"}
_COLUMNS = ["code", "by", "rank", "peer_code", "peer_name", "value", "value_low", "value_high", "n_known"]


def county_peers(data: Dataset, county: str, *, year: int = 2024, n: int = 3) -> pd.DataFrame:
    """Return for each municipality of a county the few that are most like it, by structure and by portfolio.

    Parameters
    ----------
    county
        A county code.
    year
        The year of the population, and the last of the ten years of the portfolios.
    n
        How many peers of each kind.

    Returns
    -------
    pd.DataFrame
        One row a municipality, kind and peer: `code, by` (`structure`, `portfolio`), `rank` (1 = most alike),
        `peer_code, peer_name, value` (the distance of `peers.by_structure`, 0 = alike; the Jaccard index of
        `peers.by_portfolio`, 1 = alike), `value_low, value_high` (bounds of the index over the unknown cells;
        missing for structure), `n_known` (networks in which both are known; missing for structure).
        A municipality whose portfolio can be compared with nobody's, or shares no network with anybody, has no
        row by portfolio. Largest municipalities first.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, a year before the first population or a number below 1.

    References
    ----------
    See `natverk.peers.by_structure` and `natverk.peers.by_portfolio`.

    Examples
    --------
    >>> from natverk import load
    >>> near = county_peers(load(), "09", n=2)
    >>> near.loc[near["by"] == "structure", ["code", "rank"]].values.tolist()
    [['0980', 1], ['0980', 2]]
    """
    counted_from_one("n", n)
    places = data.municipalities[data.municipalities["county_code"] == known_county(data, county)]
    table = portfolios(data, years=(year - 9, year))
    parts = []
    for code in places["code"]:
        alike = peers.by_structure(data, code, year=year, n=n)
        near = peers.by_portfolio(data, code, n=n, table=table)
        near = near[near["n_shared"] > 0]
        for by, frame in (("structure", alike), ("portfolio", near)):
            own = frame.rename(columns={_KEPT[by]: "value", "code": "peer_code", "name": "peer_name"})
            own = own.rename(columns={"jaccard_low": "value_low", "jaccard_high": "value_high"})
            parts.append(own.assign(code=code, by=by).reindex(columns=_COLUMNS))
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    numbers = {"value": "float64", "value_low": "float64", "value_high": "float64", "n_known": "Int64"}
    return found.astype({"code": "str", "by": "str", "peer_code": "str", "peer_name": "str", **numbers})
