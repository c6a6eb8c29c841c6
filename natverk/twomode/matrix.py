"""Co-membership: how many networks two actors share, without ever building actors × actors.

This is a projection of the two-mode network, and a projection inflates density: one network with n members
alone becomes n (n − 1) / 2 pairs. Report the two-mode result first (`degree`, `density`), then this.

The pairs are counted in blocks of rows of the sparse matrix; an argument bounds the memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.frames import choice, known_actors, known_networks, year_range
from natverk.membership.actors import eligible, levels
from natverk.membership.evidence import STATUS_RANK, Counting, YearBasis, graded
from natverk.membership.panel import KNOWN, networks_counting_as, panel

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Empty",
    "MAX_BYTES",
    "Side",
    "TwoMode",
    "Value",
    "Year",
    "checked_ties",
    "co_membership",
    "co_membership_blocks",
    "degree",
    "density",
    "shared_pairs",
    "tie_cells",
    "two_mode",
]


#: One year, the first and last of several, or None for any time.
Year = int | tuple[int, int] | None
#: Years whose population decides who may ever have been tied, where no year is given.
_EVER = (1997, 2024)


def tie_cells(
    data: Dataset,
    *,
    year: Year = None,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    statuses: tuple[str, ...] | None = None,
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return for every selected pair of actor and network whether it is tied: low, best, high.

    Parameters
    ----------
    year
        A year; the first and last of several (tied in at least one of them); or None (default): ever
        documented, undated evidence and former memberships included. About 1 % of all cells have evidence
        for a given year, so that None shows most and dates least.
    actors
        Actor ids; default all municipalities and regions.
    networks
        Network ids; default those of `counts_as`.
    counts_as
        Kinds of network by what belonging means: `membership` (default), `commitment`, `programme`,
        `representation`, in any combination; or `reporting` alone, since a report is an act in a year and
        no membership: nothing of it is carried forward.
    statuses
        Count only these of the statuses that the rules count (`"full"`, `"associate"`, …); default all.
    counting, year_basis
        See `natverk.membership.evidence.graded`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, low` (attested), `best` (attested or presumed), `high` (also unknown and
        eligible), `known` (share of the pair's years that are known, 0–1; without a year 1 where there is
        evidence, else 0). Sorted by actor and network.

    Raises
    ------
    UnknownName, InvalidArgument
        For unknown names or values, years out of range, or reporting mixed with other kinds.

    Examples
    --------
    >>> from natverk import load
    >>> cells = tie_cells(load(), year=2019, networks=["ubc"])
    >>> cells[["low", "best", "high"]].sum().tolist(), cells["known"].mean().item()
    ([14, 14, 15], 1.0)
    """
    choice("counting", counting, ("strict", "loose"))
    choice("year_basis", year_basis, ("stated", "any"))
    for status in statuses or ():
        choice("statuses", status, STATUS_RANK)
    if statuses is not None and not statuses:
        raise InvalidArgument("the selection is empty", where="statuses", allowed=STATUS_RANK)
    table = levels(data)
    chosen = table.loc[table["municipality"] | table["region"], "actor_id"] if actors is None else actors
    actor_ids = known_actors(data, chosen)
    network_ids = known_networks(data, networks_counting_as(data, counts_as) if networks is None else networks)
    kinds = set(data.networks.set_index("network_id")["counts_as"].reindex(network_ids))
    if "reporting" in kinds and len(kinds) > 1:
        raise InvalidArgument(
            "a report is an act in a year and cannot be counted together with memberships",
            where="counts_as",
            remedy='give counts_as=("reporting",) alone, or leave it out',
        )
    if "reporting" in kinds and statuses:
        raise InvalidArgument(
            "reports have no status to choose from", where="statuses", remedy="leave statuses out for reporting"
        )
    if year is None or kinds == {"reporting"}:
        pairs = _reports(data, year, year_basis) if kinds == {"reporting"} else _documented(data, statuses, counting)
        cells = _ever(data, pairs, actor_ids, network_ids, year)
    else:
        cells = _within(data, year, actor_ids, network_ids, statuses, counting, year_basis)
    return cells.sort_values(["actor_id", "network_id"], kind="stable", ignore_index=True)


def _documented(data: Dataset, statuses: tuple[str, ...] | None, counting: Counting) -> pd.DataFrame:
    """Return the pairs that evidence ties at any time: a membership that ended was one."""
    rows = graded(data, counting=counting)
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    return rows[rows["status"].isin(statuses)] if statuses else rows


def _reports(data: Dataset, year: Year, year_basis: YearBasis) -> pd.DataFrame:
    rows = data.memberships[data.memberships["status"] == "reporting"]
    if year is None:
        return rows
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    return rows[usable & rows["observed_year"].isin(list(year_range(year, "year", data=data)))]


def _ever(data: Dataset, pairs: pd.DataFrame, actors: list[str], networks: list[str], year: Year) -> pd.DataFrame:
    """Spread documented pairs over the whole selection: documented, or possible for who is eligible."""
    order_a = {actor: place for place, actor in enumerate(actors)}
    order_n = {network: place for place, network in enumerate(networks)}
    tied = np.zeros((len(actors), len(networks)), dtype=bool)
    inside = pairs[pairs["actor_id"].isin(actors) & pairs["network_id"].isin(networks)]
    tied[inside["actor_id"].map(order_a).to_numpy(int), inside["network_id"].map(order_n).to_numpy(int)] = True
    span = year_range(_EVER) if year is None else year_range(year, "year", data=data)
    high = tied | eligible(data, actors, networks, span).any(axis=2)
    attested = tied.ravel().astype(np.int8)
    return pd.DataFrame(
        {
            "actor_id": pd.Series(np.repeat(actors, len(networks)), dtype="str"),
            "network_id": pd.Series(np.tile(networks, len(actors)), dtype="str"),
            "low": attested,
            "best": attested,
            "high": high.ravel().astype(np.int8),
            "known": attested.astype(float),
        }
    )


def _within(
    data: Dataset,
    year: int | tuple[int, int],
    actors: list[str],
    networks: list[str],
    statuses: tuple[str, ...] | None,
    counting: Counting,
    year_basis: YearBasis,
) -> pd.DataFrame:
    """Read the panel of a year or of several: tied in at least one of them."""
    cells = panel(data, actors=actors, networks=networks, years=year, counting=counting, year_basis=year_basis)
    if statuses:
        wanted = set(statuses)
        other = (cells["status"] != "") & ~cells["status"].map(lambda text: bool(wanted & set(text.split("/"))))
        cells.loc[other, ["low", "best"]] = 0
        # Presumed with another status: which one holds in this year is not known.
        cells.loc[other & (cells["state"] != "presumed"), "high"] = 0
    cells["known"] = cells["state"].isin(KNOWN).astype(float)
    columns = ["actor_id", "network_id", "low", "best", "high", "known"]
    if cells["year"].nunique() == 1:
        return cells[columns]
    groups = cells.groupby(["actor_id", "network_id"], as_index=False)
    return groups.agg(low=("low", "max"), best=("best", "max"), high=("high", "max"), known=("known", "mean"))


Value = Literal["low", "best", "high"]
Side = Literal["actors", "networks"]
Empty = Literal["drop", "keep"]

_WORDS = {"low": "attested", "best": "attested or presumed", "high": "attested, presumed or possible"}


@dataclass(frozen=True, eq=False)
class TwoMode:
    """Actors × networks, 1 where a tie is counted.

    Parameters
    ----------
    matrix
        Binary, shape (actors, networks): a SciPy sparse matrix or array, or a NumPy array. Kept as a CSR
        array of 32-bit integers with sorted indices and no stored zeros.
    actors, networks
        The labels of rows and columns, each once.
    selection
        One sentence: how the ties were selected.
    coverage
        Share of the selected cells that are known (0–1), None where nothing is known about that.

    Raises
    ------
    InvalidArgument
        If the matrix is empty or not binary, or its labels do not fit it.

    Examples
    --------
    >>> ties = TwoMode(np.array([[1, 1], [0, 1]]), ["a", "b"], ["x", "y"])
    >>> ties.shape, ties.n_ties, ties.density
    ((2, 2), 3, 0.75)
    """

    matrix: csr_array[Any, tuple[int, int]]
    actors: Sequence[str]
    networks: Sequence[str]
    selection: str = ""
    coverage: float | None = None

    def __post_init__(self) -> None:
        from scipy.sparse import csr_array

        given = csr_array(self.matrix, copy=True)
        given.sum_duplicates()
        given.eliminate_zeros()
        if given.ndim != 2 or given.nnz == 0:
            raise InvalidArgument(
                "the matrix holds no tie", where="two-mode matrix", remedy="select another year, status or network"
            )
        _binary(given.data, "two-mode matrix")
        for name, labels, size in zip(("actors", "networks"), (self.actors, self.networks), given.shape, strict=True):
            kept = tuple(str(label) for label in labels)
            if len(kept) != size or len(set(kept)) != size:
                raise InvalidArgument(
                    f"{len(kept)} labels, {len(set(kept))} of them different, for {size} {name}",
                    where=name,
                    remedy=f"give each of the {name} one label",
                )
            object.__setattr__(self, name, kept)
        # 32-bit throughout: half the memory of what SciPy chooses on some platforms.
        given.indices, given.indptr = given.indices.astype(np.int32), given.indptr.astype(np.int32)
        object.__setattr__(self, "matrix", given.astype(np.int32))

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        actor: str = "actor_id",
        network: str = "network_id",
        value: str | None = None,
        repeated: Literal["refuse", "once"] = "refuse",
        empty: Empty = "drop",
        selection: str = "",
        coverage: float | None = None,
    ) -> TwoMode:
        """Build the matrix from a frame with one row a pair of actor and network, such as a panel of one year.

        Parameters
        ----------
        frame
            One row a pair. Rows and columns of the matrix are sorted by label.
        actor, network
            The columns with the labels.
        value
            A column of 0 and 1 that says whether the pair is tied (a panel's `low`, `best` or `high`); None
            (default): every row is a tie.
        repeated
            What to do with a pair that stands in several rows: `"refuse"` (default; several years in one
            frame are most often a mistake), or count it `"once"` if any of its rows says 1.
        empty
            Whether actors and networks without a tie are left out (`"drop"`, default: not documented is not
            the same as none) or kept as rows and columns of zeros (`"keep"`).
        selection, coverage
            See `TwoMode`.

        Examples
        --------
        >>> from natverk import load, panel
        >>> ubc = TwoMode.from_frame(panel(load(), networks=["ubc"], years=2019), value="low")
        >>> ubc.shape
        (14, 1)
        """
        from scipy.sparse import csr_array

        choice("repeated", repeated, ("refuse", "once"))
        choice("empty", empty, ("drop", "keep"))
        for column in (actor, network, *([value] if value else [])):
            choice("frame", column, [str(name) for name in frame.columns])
        if frame[[actor, network]].isna().to_numpy().any():
            raise InvalidArgument("a label is missing", where=f"columns {actor}, {network}", remedy="frame.dropna()")
        weights = pd.Series(1, index=frame.index) if value is None else frame[value]
        numbers = weights.to_numpy(dtype=float, na_value=np.nan)
        _binary(numbers[numbers != 0], f"column {value}")
        if repeated == "refuse" and frame.duplicated([actor, network]).any():
            twice = frame.loc[frame.duplicated([actor, network]), [actor, network]].iloc[0].tolist()
            raise InvalidArgument(
                f"the pair {twice} stands in more than one row: the matrix would not be binary",
                where="frame",
                remedy='select one year, or give repeated="once"',
            )
        names: list[tuple[str, ...]] = []
        places = []
        counted = frame if empty == "keep" else frame[numbers == 1]
        for column in (actor, network):
            labels = sorted({str(label) for label in counted[column]})
            names.append(tuple(labels))
            order = {label: place for place, label in enumerate(labels)}
            places.append(np.array([order[str(label)] for label in frame.loc[numbers == 1, column]], dtype=np.int64))
        cells = np.unique(np.column_stack(places), axis=0)
        entries = (np.ones(len(cells), dtype=np.int32), (cells[:, 0], cells[:, 1]))
        matrix = csr_array(entries, shape=(len(names[0]), len(names[1])))
        return cls(matrix, names[0], names[1], selection, coverage)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of actors and networks."""
        return len(self.actors), len(self.networks)

    @property
    def n_ties(self) -> int:
        """Number of ties (actor–network pairs)."""
        return int(self.matrix.nnz)

    @property
    def density(self) -> float:
        """Ties by possible ties, 0–1: the density of the two-mode network itself."""
        return self.n_ties / (len(self.actors) * len(self.networks))

    def frame(self) -> pd.DataFrame:
        """Return the ties as a frame: `actor_id, network_id`, sorted as rows and columns are.

        >>> TwoMode(np.array([[0, 1]]), ["a"], ["x", "y"]).frame().values.tolist()
        [['a', 'y']]
        """
        rows, columns = self.matrix.nonzero()
        actors = pd.Series(self.actors, dtype="str").take(rows).reset_index(drop=True)
        networks = pd.Series(self.networks, dtype="str").take(columns).reset_index(drop=True)
        return pd.DataFrame({"actor_id": actors, "network_id": networks})

    def side(self, side: Side) -> csr_array[Any, tuple[int, int]]:
        """Return the matrix with actors in rows, or its transpose with networks in rows."""
        choice("side", side, ("actors", "networks"))
        return self.matrix if side == "actors" else self.matrix.T.tocsr()


def two_mode(
    data: Dataset,
    *,
    year: Year = None,
    value: Value = "low",
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    statuses: tuple[str, ...] | None = None,
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    empty: Empty = "drop",
) -> TwoMode:
    """Return the two-mode matrix of a selection of the data.

    Parameters
    ----------
    data, year, actors, networks, counts_as, statuses, counting, year_basis
        What is selected; see `natverk.twomode.matrix.tie_cells`. For the further choices of a panel
        (`carry_forward`, `prefer`, …) give a panel of your own to `TwoMode.from_frame`.
    value
        `"low"` counts attested ties (default: what the sources say), `"best"` also presumed ones, `"high"`
        also every unknown tie of an eligible actor, which is nearly the full matrix.
    empty
        Whether actors and networks without a tie are left out (`"drop"`, default) or kept (`"keep"`): a
        blank row says that nothing is documented, not that there is nothing.

    Returns
    -------
    TwoMode
        Sorted by actor and network; `coverage` is the share known of all selected cells, those of left-out
        actors and networks included.

    Raises
    ------
    InvalidArgument, UnknownName
        For unknown actors, networks or values, a year out of range, and a selection without any tie.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243–269.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> attested = two_mode(data, year=2019)
    >>> attested.n_ties, round(attested.coverage, 2), attested.n_ties <= two_mode(data, year=2019, value="best").n_ties
    (68, 0.04, True)
    """
    choice("value", value, ("low", "best", "high"))
    choice("empty", empty, ("drop", "keep"))
    cells = tie_cells(
        data,
        year=year,
        actors=actors,
        networks=networks,
        counts_as=counts_as,
        statuses=statuses,
        counting=counting,
        year_basis=year_basis,
    )
    when = "at any time" if year is None else f"within {year[0]}–{year[1]}" if isinstance(year, tuple) else f"in {year}"
    if not cells[value].any():
        raise InvalidArgument(
            f"the selection is empty: no tie is {_WORDS[value]} {when}",
            where="two_mode",
            remedy='give another year or year=None, counting="loose", or further kinds in counts_as',
        )
    tied = cells[cells[value] == 1]
    left = cells["actor_id"].nunique() - tied["actor_id"].nunique()
    fate = "left out" if empty == "drop" else "kept as blank rows"
    kinds = "named networks" if networks is not None else "networks of the kinds " + ", ".join(counts_as)
    only = f", only the statuses {', '.join(statuses)}" if statuses else ""
    selection = (
        f"Ties {_WORDS[value]} {when}; {kinds}; {counting} counting{only}; "
        f"{left} actors without such a tie {fate}. A blank is not documented rather than none."
    )
    return TwoMode.from_frame(
        cells, value=value, empty=empty, selection=selection, coverage=float(cells["known"].mean())
    )


def checked_ties(ties: object) -> TwoMode:
    """Return the two-mode matrix, or say how to make one of what was given.

    >>> checked_ties(TwoMode(np.array([[1]]), ["a"], ["x"])).shape
    (1, 1)
    """
    if not isinstance(ties, TwoMode):
        raise InvalidArgument(
            f"the ties are a {type(ties).__name__}, not a TwoMode",
            where="ties",
            allowed=["TwoMode"],
            remedy="TwoMode(matrix, actors, networks), TwoMode.from_frame(frame) or two_mode(data)",
        )
    return ties


def degree(ties: TwoMode, side: Side = "actors") -> pd.DataFrame:
    """Return the degrees of the two-mode network: networks by actor, or actors by network.

    Parameters
    ----------
    ties
        The two-mode matrix.
    side
        `"actors"` (default) or `"networks"`.

    Returns
    -------
    pd.DataFrame
        `actor_id` (or `network_id`), `degree` (number of ties), `share` (of all networks, or actors, of the
        matrix, 0–1); the greatest degree first, then by label. For bounds by actor or network with their
        coverage see `natverk.count` on a panel.

    Raises
    ------
    InvalidArgument
        For an unknown side, or ties that are no `TwoMode`.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243–269.

    Examples
    --------
    >>> from natverk import load
    >>> degree(two_mode(load()), "networks").loc[:1, ["network_id", "degree"]].values.tolist()
    [['greater-copenhagen', 41], ['ubc', 30]]
    """
    matrix = checked_ties(ties).side(side)
    labels = ties.actors if side == "actors" else ties.networks
    counts = np.diff(matrix.indptr).astype(np.int64)
    frame = pd.DataFrame({f"{side[:-1]}_id": pd.Series(labels, dtype="str"), "degree": counts})
    frame["share"] = frame["degree"] / matrix.shape[1]
    return frame.sort_values(["degree", f"{side[:-1]}_id"], ascending=[False, True], ignore_index=True)


def _binary(values: np.ndarray, where: str) -> None:
    """Raise unless every value that is not zero is one; an unknown cell is neither."""
    wrong = values[values != 1]
    if len(wrong):
        unknown = bool(np.isnan(wrong.astype(float)).any())
        raise InvalidArgument(
            "an unknown value is neither 0 nor 1" if unknown else f"the value {wrong[0]} is not binary",
            where=where,
            allowed=["0", "1"],
            remedy="decide what unknown cells count as: low, best or high"
            if unknown
            else "count each tie once, e.g. (matrix > 0)",
        )


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
    >>> from natverk.twomode.matrix import two_mode
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
    >>> from natverk.twomode.matrix import two_mode
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
