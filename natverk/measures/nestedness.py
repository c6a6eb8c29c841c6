"""Nestedness: are the networks of actors with few ties a subset of those of actors with many?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from natverk.measures.arguments import choice
from natverk.measures.comembership import MAX_BYTES, shared_pairs
from natverk.measures.twomode import Side, TwoMode, checked_ties

__all__ = ["Order", "nestedness", "nodf"]

Order = Literal["degree", "given"]


def nodf(ties: TwoMode, *, order: Order = "degree", max_bytes: int = MAX_BYTES) -> float:
    """Return NODF of a two-mode matrix, 0–100: `nestedness` as one number, e.g. for a null model.

    Parameters
    ----------
    ties, order, max_bytes
        See `nestedness`.

    Returns
    -------
    float
        0 (nothing nested) to 100 (each row within the one before it); NaN where there is no pair to compare.

    Raises
    ------
    InvalidArgument
        See `nestedness`.

    References
    ----------
    Almeida-Neto et al. (2008), see `nestedness`.

    Examples
    --------
    >>> round(nodf(TwoMode(np.triu(np.ones((3, 3))), ["a", "b", "c"], ["x", "y", "z"])), 1)
    100.0
    """
    return float(nestedness(ties, order=order, max_bytes=max_bytes)["nodf"].iloc[0])


def nestedness(ties: TwoMode, *, order: Order = "degree", max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Return the nestedness of a two-mode matrix by overlap and decreasing fill (NODF).

    For each pair of rows of which the first has more ties, the percentage of the second's ties that the
    first has too; a pair with equally many ties, or in the wrong order, counts 0. `nodf_actors` is the mean
    over all pairs of rows, `nodf_networks` that over all pairs of columns, `nodf` that over both together.

    Parameters
    ----------
    ties
        The two-mode matrix. Rows and columns without a tie are left out: none documented is no empty set.
    order
        `"degree"` (default): rows and columns in the order of their numbers of ties, as the paper packs
        the matrix; labels play no part. `"given"`: in the order in which they stand, to ask whether an
        order of its own (size, age) nests them; a pair against that order counts 0.
    max_bytes
        Bound on working memory; see `natverk.measures.comembership.co_membership`.

    Returns
    -------
    pd.DataFrame
        One row: `nodf, nodf_actors, nodf_networks` (0–100; missing where there is no pair), `n_actors,
        n_networks, n_ties`, `density` (0–1) and `coverage` (share of cells known, 0–1).

    Raises
    ------
    InvalidArgument
        For an unknown order, or ties that are no `TwoMode`.

    Notes
    -----
    Almeida-Neto, Guimarães, Guimarães, Loyola and Ulrich (2008), A consistent metric for nestedness
    analysis in ecological systems: reconciling concept and measurement, Oikos 117: 1227–1239. On a matrix
    of attested ties it describes what is documented: sources that list the networks of large places and
    miss those of small ones make a matrix look nested. Compare it with a null model of the same margins.

    Examples
    --------
    The worked example of the paper (its figure 1): 63 for columns, 53 for rows, 58 together.

    >>> example = np.array([[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]])
    >>> ties = TwoMode(example, list("abcde"), list("vwxyz"))
    >>> nestedness(ties)[["nodf_networks", "nodf_actors", "nodf"]].round(1).values.tolist()
    [[63.3, 53.3, 58.3]]
    """
    choice("order", order, ("degree", "given"))
    checked_ties(ties)
    filled = {"actors": np.diff(ties.side("actors").indptr), "networks": np.diff(ties.side("networks").indptr)}
    sums, pairs = {}, {}
    sides: tuple[Side, Side] = ("actors", "networks")
    for side in sides:
        sums[side] = _paired(ties, side, filled[side], order, max_bytes)
        size = int((filled[side] > 0).sum())
        pairs[side] = size * (size - 1) // 2
    n_actors, n_networks = (int((filled[side] > 0).sum()) for side in sides)
    return pd.DataFrame(
        {
            "nodf": [_mean(sum(sums.values()), sum(pairs.values()))],
            "nodf_actors": [_mean(sums["actors"], pairs["actors"])],
            "nodf_networks": [_mean(sums["networks"], pairs["networks"])],
            "n_actors": [n_actors],
            "n_networks": [n_networks],
            "n_ties": [ties.n_ties],
            "density": [ties.n_ties / (n_actors * n_networks)],
            "coverage": [np.nan if ties.coverage is None else ties.coverage],
        }
    )


def _paired(ties: TwoMode, side: Side, filled: np.ndarray, order: Order, max_bytes: int) -> float:
    """Sum the paired nestedness of one side; pairs that share nothing add nothing and are never visited."""
    total = 0.0
    for block in shared_pairs(ties, side, max_bytes=max_bytes):
        upper, lower = filled[block.first], filled[block.second]
        counted = upper > lower if order == "given" else upper != lower
        fewer = np.minimum(upper, lower)[counted]
        total += float((block.shared[counted] / fewer).sum())
    return 100 * total


def _mean(total: float, pairs: int) -> float:
    return total / pairs if pairs else np.nan
