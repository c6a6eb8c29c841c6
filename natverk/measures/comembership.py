"""Co-membership: how many networks two actors share, without ever building actors × actors.

This is a projection of the two-mode network, and a projection inflates density: one network with n members
alone becomes n (n − 1) / 2 pairs. Report the two-mode result first (`degree`, `density`), then this.

The pairs are counted in blocks of rows of the sparse matrix; an argument bounds the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice
from natverk.measures.twomode import Side, TwoMode, checked_ties

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["MAX_BYTES", "co_membership", "co_membership_blocks", "density", "shared_pairs"]

#: Memory that counting pairs may take unless told otherwise: 256 MiB.
MAX_BYTES = 256 * 2**20
# Peaks, rounded up from measured ones: a pair while its block is counted, and while the result is put together.
_BYTES_COUNTED = 80
_BYTES_KEPT = 48

By = Literal["shared", "jaccard"]


class Pairs(NamedTuple):
    """Pairs of rows of a matrix: the places of both, and how many columns they share."""

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray


def co_membership(
    ties: TwoMode,
    side: Side = "actors",
    *,
    keep: Literal["half", "top"] = "half",
    top: int = 10,
    by: By = "shared",
    at_least: int = 1,
    max_bytes: int = MAX_BYTES,
) -> pd.DataFrame:
    """Return the pairs of actors that share networks (or of networks that share actors), as sparse triples.

    Parameters
    ----------
    ties
        The two-mode matrix.
    side
        Pairs of `"actors"` (default) or of `"networks"`.
    keep
        `"half"` (default): every pair once, the first label before the second in the order of the matrix.
        `"top"`: for each actor the `top` others most like it, so that a pair may stand twice, or once.
    top, by
        How many others, and ranked by what: `"shared"` (default) or `"jaccard"`. Ties go to the label that
        comes first in the matrix, and never to chance.
    at_least
        Leave out pairs that share fewer; pairs that share nothing are never listed.
    max_bytes
        Bound on the memory taken while counting and by the result, beside the matrix, its labels and
        copies of it (some 50 bytes a tie).

    Returns
    -------
    pd.DataFrame
        `actor_id, other_id` (or `network_id, other_id`; categories: the labels of the matrix), `shared`
        (number of networks, or actors), `jaccard` (shared by the networks of either, 0–1). In the order of
        the matrix, which `two_mode` sorts by label; under `"top"` then by rank.

    Raises
    ------
    InvalidArgument
        If a value is not allowed, or the result would not fit into `max_bytes`; `co_membership_blocks`
        hands out results of any size piece by piece.

    Notes
    -----
    A pair shares *documented* memberships: the number is a lower bound, and grows with the attention that
    sources pay to both. Sparse products after Gustavson (1978), ACM Transactions on Mathematical Software
    4(3): 250–269; projection and its inflation: Borgatti and Halgin (2011), Analyzing affiliation networks,
    in The SAGE Handbook of Social Network Analysis; Latapy, Magnien and Del Vecchio (2008), Social Networks
    30(1): 31–48.

    Examples
    --------
    >>> ties = TwoMode(np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1]]), ["a", "b", "c"], ["x", "y", "z"])
    >>> co_membership(ties)[["actor_id", "other_id", "shared"]].values.tolist()
    [['a', 'b', 2], ['a', 'c', 1]]
    >>> co_membership(ties, keep="top", top=1)[["actor_id", "other_id"]].values.tolist()
    [['a', 'b'], ['b', 'a'], ['c', 'a']]
    """
    choice("keep", keep, ("half", "top"))
    choice("by", by, ("shared", "jaccard"))
    _positive("top", top)
    _positive("at_least", at_least)
    _positive("max_bytes", max_bytes)
    matrix = checked_ties(ties).side(side)
    if keep == "top":
        _fits(min(top, matrix.shape[0] - 1) * matrix.shape[0], max_bytes, side)
    found: list[Pairs] = []
    n_found = 0
    # What is kept takes a quarter of its final peak while the last block is counted.
    for block in _blocks(matrix, max_bytes * 3 // 4, half=keep == "half"):
        pairs = _strong(block, at_least)
        del block  # or it would live on while the next one is counted
        if keep == "top":
            pairs = _top(pairs, _jaccard(pairs, matrix) if by == "jaccard" else pairs.shared, top)
        found.append(pairs)
        n_found += len(pairs.first)
        _fits(n_found, max_bytes, side)
    joined = []
    for place in range(3):
        joined.append(np.concatenate([pairs[place] for pairs in found]))
        found = [pairs._replace(**{Pairs._fields[place]: np.empty(0, dtype=np.int32)}) for pairs in found]
    return _frame(Pairs(*joined), matrix, side, _labels(ties, side))


def co_membership_blocks(
    ties: TwoMode, side: Side = "actors", *, at_least: int = 1, max_bytes: int = MAX_BYTES
) -> Iterator[pd.DataFrame]:
    """Hand out the symmetric half of the co-memberships piece by piece, for results larger than memory.

    Parameters
    ----------
    ties, side, at_least
        See `co_membership`.
    max_bytes
        Bound on the memory taken for one piece, beside the matrix, its labels and copies of it.

    Yields
    ------
    pd.DataFrame
        As `co_membership`; all pieces together are its symmetric half, in the same order.

    Raises
    ------
    InvalidArgument
        If a value is not allowed, or a single row does not fit into `max_bytes`.

    References
    ----------
    As `co_membership`.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.twomode import two_mode
    >>> ties = two_mode(load())
    >>> sum(len(piece) for piece in co_membership_blocks(ties, max_bytes=2**18)) == len(co_membership(ties))
    True
    """
    _positive("at_least", at_least)
    _positive("max_bytes", max_bytes)
    matrix, labels = checked_ties(ties).side(side), _labels(ties, side)
    for block in _blocks(matrix, max_bytes, half=True):
        piece = _frame(_strong(block, at_least), matrix, side, labels)
        del block  # or it would live on while the next one is counted
        yield piece
        del piece


def density(ties: TwoMode, *, max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Return the density of the two-mode network, and beside it that of both projections.

    Parameters
    ----------
    ties
        A two-mode matrix, of `two_mode`.
    max_bytes
        Bound on the memory taken for a piece of a projection.

    Returns
    -------
    pd.DataFrame
        Three rows, `network`: `two_mode`, `actors`, `networks`; `n_possible, n_present` (pairs), `density`
        (0–1), `inflation` (density by that of the two-mode network). Missing where no pair is possible.

    Raises
    ------
    InvalidArgument
        For ties that are no `TwoMode`, or too little memory allowed.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243–269.
    Inflation by projection: Latapy, Magnien and Del Vecchio (2008), Social Networks 30(1): 31–48.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.twomode import two_mode
    >>> table = density(two_mode(load())).set_index("network")
    >>> bool(table.loc["actors", "inflation"] > 3)
    True
    """
    n_actors, n_networks = checked_ties(ties).shape
    rows = [("two_mode", n_actors * n_networks, ties.n_ties)]
    for side, size in (("actors", n_actors), ("networks", n_networks)):
        chosen: Side = "actors" if side == "actors" else "networks"
        present = sum(len(block.first) for block in shared_pairs(ties, chosen, max_bytes=max_bytes))
        rows.append((side, size * (size - 1) // 2, present))
    frame = pd.DataFrame(rows, columns=["network", "n_possible", "n_present"]).astype({"network": "str"})
    frame["density"] = (frame["n_present"] / frame["n_possible"]).where(frame["n_possible"] > 0)
    frame["inflation"] = frame["density"] / ties.density
    return frame


def shared_pairs(ties: TwoMode, side: Side = "actors", *, max_bytes: int = MAX_BYTES) -> Iterator[Pairs]:
    """Yield the symmetric half of pairs that share something as arrays of places: what other measures sum over."""
    _positive("max_bytes", max_bytes)
    yield from _blocks(checked_ties(ties).side(side), max_bytes, half=True)


def _blocks(matrix: csr_array[Any, tuple[int, int]], max_bytes: int, *, half: bool) -> Iterator[Pairs]:
    """Multiply the matrix with blocks of its own rows, as many rows at a time as fit.

    The narrow product (all rows × the rows of a block) keeps the accumulator of the multiplication in the
    processor's cache, and its column order is sorted without sorting.
    """
    for start, stop in _cuts(matrix, max_bytes, half=half):
        # The function's own names die before the next block is counted.
        yield _block(matrix, start, stop, half=half)


def _block(matrix: csr_array[Any, tuple[int, int]], start: int, stop: int, *, half: bool) -> Pairs:
    offset = start if half else 0
    others = matrix[start:] if half else matrix
    product = (others @ matrix[start:stop].T).tocsc()
    first = np.repeat(np.arange(start, stop, dtype=np.int32), np.diff(product.indptr))
    second = product.indices + np.int32(offset)
    wanted = second > first if half else second != first
    return Pairs(first[wanted], second[wanted], product.data[wanted])


def _cuts(matrix: csr_array[Any, tuple[int, int]], max_bytes: int, *, half: bool) -> list[tuple[int, int]]:
    """Cut the rows into blocks by an upper bound on the pairs that each row can give."""
    size = matrix.shape[0]
    columns = matrix.tocsc()
    members = np.diff(columns.indptr)
    if half:
        # Of each column a row meets only the members from itself on.
        rest = np.repeat(columns.indptr[1:], members) - np.arange(columns.nnz)
    else:
        rest = np.repeat(members, members)
    bound = np.bincount(columns.indices, weights=rest, minlength=size)
    pairs = np.minimum(bound, size - np.arange(size) if half else size)
    allowed = max_bytes / _BYTES_COUNTED
    if pairs.max() > allowed:
        need = int(pairs.max()) * _BYTES_COUNTED
        raise InvalidArgument(
            f"one row alone may have {int(pairs.max())} pairs, for which there is no room",
            where="max_bytes",
            remedy=f"give max_bytes of at least {2 * need}",
        )
    total = np.cumsum(pairs)
    cuts = [0]
    while cuts[-1] < size:
        done = total[cuts[-1] - 1] if cuts[-1] else 0
        cuts.append(int(np.searchsorted(total, done + allowed, side="right")))
    return list(pairwise(cuts))


def _strong(pairs: Pairs, at_least: int) -> Pairs:
    if at_least == 1:
        return pairs
    strong = pairs.shared >= at_least
    return Pairs(*(part[strong] for part in pairs))


def _top(pairs: Pairs, score: np.ndarray, top: int) -> Pairs:
    """Keep for each first member the best others: the highest score, and among equals the earliest."""
    edges = np.flatnonzero(np.diff(pairs.first, prepend=-1, append=-1))
    kept = []
    for low, high in pairwise(edges):
        own = score[low:high]
        if len(own) > top:
            limit = np.partition(own, len(own) - top)[len(own) - top]
            above = np.flatnonzero(own > limit)
            places = np.concatenate([above, np.flatnonzero(own == limit)[: top - len(above)]])
        else:
            places = np.arange(len(own))
        # Stable: among equal scores the order of the matrix stays.
        places.sort()
        kept.append(low + places[np.argsort(-own[places], kind="stable")])
    chosen = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
    return Pairs(*(part[chosen] for part in pairs))


def _jaccard(pairs: Pairs, matrix: csr_array[Any, tuple[int, int]]) -> np.ndarray:
    degrees = np.diff(matrix.indptr)
    return np.asarray(pairs.shared / (degrees[pairs.first] + degrees[pairs.second] - pairs.shared))


def _labels(ties: TwoMode, side: Side) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Series(ties.actors if side == "actors" else ties.networks, dtype="str"))


def _frame(
    pairs: Pairs, matrix: csr_array[Any, tuple[int, int]], side: Side, labels: pd.CategoricalDtype
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            f"{side[:-1]}_id": pd.Categorical.from_codes(pairs.first, dtype=labels),
            "other_id": pd.Categorical.from_codes(pairs.second, dtype=labels),
            "shared": pairs.shared,
            "jaccard": _jaccard(pairs, matrix),
        }
    )


def _fits(n_pairs: int, max_bytes: int, side: Side) -> None:
    if n_pairs * _BYTES_KEPT > max_bytes:
        raise InvalidArgument(
            f"{n_pairs} pairs of {side} or more do not fit into {max_bytes} bytes",
            where="max_bytes",
            remedy='raise max_bytes or at_least, take keep="top" with a small top, or go through co_membership_blocks',
        )


def _positive(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidArgument(f"{name} is {value!r}", where=name, allowed=["1", "2", "…"], remedy="give a whole number")
