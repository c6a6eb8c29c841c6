"""The incidence matrix: which actors are tied to which networks, and what two of them share.

What actors share is a projection of the two-mode network, and a projection inflates density: one network with n
members alone becomes n (n − 1) / 2 pairs. Report the two-mode result first (`degree`, `density`), then `co_membership`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import Names, choice, counted_from_one, known_actors, several, year_range
from natverk.membership.actors import Kinds, checked_kinds, eligible, member_actors
from natverk.membership.evidence import STATUS_RANK, Counting, YearBasis, graded
from natverk.membership.panel import KNOWN, chosen_networks, panel

__all__ = [
    "Empty",
    "IncidenceMatrix",
    "Side",
    "Value",
    "Year",
    "binary",
    "checked_ties",
    "co_membership",
    "degree",
    "density",
    "incidence_matrix",
    "lines_of",
    "shared_counts",
    "tie_cells",
]

#: One year, the first and last of several, or None for any time.
Year = int | tuple[int, int] | None
Value = Literal["low", "best", "high"]
Side = Literal["actors", "networks"]
Empty = Literal["drop", "keep"]


@asked
def tie_cells(
    data: Dataset,
    *,
    year: Year = None,
    actors: Names | None = None,
    networks: Names | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    statuses: tuple[str, ...] | None = None,
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return for every selected pair of actor and network whether it is tied: low, best, high.

    Parameters
    ----------
    data
        The dataset.
    year
        A year; the first and last of several (tied in at least one of them); or None (default): ever
        documented, undated evidence and former memberships included. About 1 % of all cells have evidence
        for a given year, so that None shows most and dates least.
    actors
        Ids, codes or names (a county for its municipalities); default all municipalities and regions.
    networks
        Ids or names; default those of `counts_as`.
    counts_as
        Kinds of network by what belonging means: `membership` (default), `commitment`, `programme`,
        `representation`, in any combination; or `reporting` alone, since a report is an act in a year and
        no membership: nothing of it is carried forward.
    statuses
        Count only these of the statuses that the rules count (`"full"`, `"associate"`, …); default all.
    counting, year_basis
        See `natverk.membership.evidence.graded`.
    kinds
        Only networks of these kinds, see `natverk.panel`; `attrs["kinds"]` says what was counted.

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
    wanted = STATUS_RANK if statuses is None else several(statuses)
    for status in wanted:
        choice("statuses", status, STATUS_RANK)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="statuses", allowed=STATUS_RANK)
    actor_ids = sorted(known_actors(data, member_actors(data) if actors is None else actors))
    network_ids = sorted(chosen_networks(data, networks, counts_as, kinds))
    sets = set(data.networks.set_index("network_id")["counts_as"].reindex(network_ids))
    if "reporting" in sets and len(sets) > 1:
        raise InvalidArgument(
            "a report is an act in a year and cannot be counted together with memberships",
            where="counts_as",
            remedy='give counts_as=("reporting",) alone, or leave it out',
        )
    if "reporting" in sets and statuses is not None:
        raise InvalidArgument(
            "reports have no status to choose from", where="statuses", remedy="leave statuses out for reporting"
        )
    if year is not None and sets != {"reporting"}:
        among = None if statuses is None else wanted
        frame = _within(data, year, actor_ids, network_ids, among, counting, year_basis)
        frame.attrs = {"kinds": checked_kinds(kinds)}
        return frame
    span = year_range(year, "years" if year is None else "year", data=data)
    if sets == {"reporting"}:
        rows = data.memberships[data.memberships["status"] == "reporting"]
        if year is not None:
            usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
            rows = rows[usable & rows["observed_year"].isin(list(span))]
    else:
        rows = graded(data, year_basis=year_basis, counting=counting)
        # A membership that ended was one.
        rows = rows[rows["grade"].isin(["positive", "exit"])]
        rows = rows if statuses is None else rows[rows["status"].isin(wanted)]
    cells = pd.MultiIndex.from_product([actor_ids, network_ids], names=["actor_id", "network_id"])
    tied = cells.isin(pd.MultiIndex.from_frame(rows[["actor_id", "network_id"]]))
    possible = tied | eligible(data, actor_ids, network_ids, span).any(axis=2).ravel()
    frame = cells.to_frame(index=False).assign(low=tied, best=tied, high=possible, known=tied)
    whole = dict.fromkeys(["low", "best", "high"], "int64")
    frame = frame.astype({"actor_id": TEXT, "network_id": TEXT, **whole, "known": "float64"})
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


def _within(
    data: Dataset,
    year: int | tuple[int, int],
    actors: list[str],
    networks: list[str],
    statuses: Sequence[str] | None,
    counting: Counting,
    year_basis: YearBasis,
) -> pd.DataFrame:
    """Read the panel of a year or of several: tied in at least one of them."""
    cells = panel(data, actors=actors, networks=networks, years=year, counting=counting, year_basis=year_basis)
    if statuses is not None:
        other = (cells["status"] != "") & ~cells["status"].map(lambda text: bool({*statuses} & {*text.split("/")}))
        cells.loc[other, ["low", "best"]] = 0
        # Presumed with another status: which one holds in this year is not known.
        cells.loc[other & (cells["state"] != "presumed"), "high"] = 0
    cells["known"] = cells["state"].isin(KNOWN).astype(float)
    groups = cells.groupby(["actor_id", "network_id"], as_index=False)
    frame = groups.agg(low=("low", "max"), best=("best", "max"), high=("high", "max"), known=("known", "mean"))
    return frame.astype(dict.fromkeys(["low", "best", "high"], "int64"))


def binary(matrix: Any, where: str = "matrix") -> NDArray[np.int64]:
    """Return a matrix of zeros and ones (NumPy or SciPy sparse) as an array of integers, or say which cell is neither.

    >>> binary(np.array([[True, False]])).tolist()
    [[1, 0]]
    """
    held = np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
    if held.ndim != 2 or 0 in held.shape:
        raise InvalidArgument(
            f"the matrix has the shape {held.shape}",
            where=where,
            remedy="give a matrix with two dimensions, at least one row and one column",
        )
    if held.dtype.kind not in "biuf":
        raise InvalidArgument(
            f"the cells are {held.dtype}, not numbers",
            where=where,
            remedy="decide what unknown cells count as, then matrix.astype(int)",
        )
    wrong = np.argwhere((held != 0) & (held != 1))
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InvalidArgument(
            f"the matrix is not binary: the cell ({row}, {column}) is {held[row, column]}",
            where=where,
            allowed=["0", "1"],
            remedy="decide what unknown cells count as, and count each tie once, e.g. (matrix > 0)",
        )
    if not held.any():
        raise InvalidArgument("the matrix holds no tie", where=where, remedy="give a matrix with at least one 1")
    return held.astype(np.int64)


@dataclass(frozen=True, eq=False)
class IncidenceMatrix:
    """Actors × networks, 1 where a tie is counted: the matrix of a two-mode network.

    Parameters
    ----------
    matrix
        Zeros and ones, shape (actors, networks): a NumPy array or a SciPy sparse matrix. Kept as a NumPy array of
        integers.
    actors, networks
        The labels of rows and columns, each once.
    coverage
        Share of the selected cells that are known (0–1), None where nothing is known about that.
    kinds
        The kinds of network that were counted, None where nothing is known about that.

    Raises
    ------
    InvalidArgument
        If the matrix is empty or not binary, or its labels do not fit it.

    Examples
    --------
    >>> ties = IncidenceMatrix(np.array([[1, 1], [0, 1]]), ["a", "b"], ["x", "y"])
    >>> ties.shape, ties.n_ties, ties.density
    ((2, 2), 3, 0.75)
    """

    matrix: NDArray[np.int64]
    actors: Sequence[str]
    networks: Sequence[str]
    coverage: float | None = None
    kinds: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", binary(self.matrix))
        for name, size in zip(("actors", "networks"), self.matrix.shape, strict=True):
            labels = tuple(str(label) for label in getattr(self, name))
            if len(labels) != size or len(set(labels)) != size:
                raise InvalidArgument(
                    f"{len(labels)} labels, {len(set(labels))} of them different, for {size} {name}",
                    where=name,
                    remedy=f"give each of the {name} one label",
                )
            object.__setattr__(self, name, labels)

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
        coverage: float | None = None,
    ) -> IncidenceMatrix:
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
        coverage
            See `IncidenceMatrix`.

        Returns
        -------
        IncidenceMatrix
            Sorted by label.

        Raises
        ------
        InvalidArgument
            For a column that is not there, a missing label, a value that is neither 0 nor 1, or repeated pairs.

        Examples
        --------
        >>> from natverk import load, panel
        >>> ubc = IncidenceMatrix.from_frame(panel(load(), networks=["ubc"], years=2019), value="low")
        >>> ubc.shape
        (14, 1)
        """
        choice("repeated", repeated, ("refuse", "once"))
        choice("empty", empty, ("drop", "keep"))
        for column in (actor, network, *([value] if value else [])):
            choice("frame", column, [str(name) for name in frame.columns])
        if frame[[actor, network]].isna().to_numpy().any():
            raise InvalidArgument("a label is missing", where=f"columns {actor}, {network}", remedy="frame.dropna()")
        if repeated == "refuse" and frame.duplicated([actor, network]).any():
            twice = frame.loc[frame.duplicated([actor, network]), [actor, network]].iloc[0].tolist()
            raise InvalidArgument(
                f"the pair {twice} stands in more than one row: the matrix would not be binary",
                where="frame",
                remedy='select one year, or give repeated="once"',
            )
        weights = pd.Series(1, index=frame.index) if value is None else frame[value]
        tied = binary(weights.to_numpy(dtype=float, na_value=np.nan)[:, None], f"column {value}")[:, 0] == 1
        shown = frame if empty == "keep" else frame[tied]
        actors, networks = (pd.Index(sorted(set(shown[column].astype(str)))) for column in (actor, network))
        cells = np.zeros((len(actors), len(networks)), dtype=np.int64)
        pairs = frame[tied].astype({actor: TEXT, network: TEXT})
        cells[actors.get_indexer(pairs[actor]), networks.get_indexer(pairs[network])] = 1
        return cls(cells, list(actors), list(networks), coverage, frame.attrs.get("kinds"))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of actors and networks."""
        return len(self.actors), len(self.networks)

    @property
    def n_ties(self) -> int:
        """Number of ties (actor–network pairs)."""
        return int(self.matrix.sum())

    @property
    def density(self) -> float:
        """Ties by possible ties, 0–1: the density of the two-mode network itself."""
        return float(self.matrix.mean())

    def frame(self) -> pd.DataFrame:
        """Return the ties as a frame: `actor_id, network_id`, sorted as rows and columns are.

        >>> IncidenceMatrix(np.array([[0, 1]]), ["a"], ["x", "y"]).frame().values.tolist()
        [['a', 'y']]
        """
        rows, columns = self.matrix.nonzero()
        actors, networks = np.array(self.actors)[rows], np.array(self.networks)[columns]
        return pd.DataFrame({"actor_id": actors, "network_id": networks}).astype(TEXT)


@asked
def incidence_matrix(
    data: Dataset,
    *,
    year: Year = None,
    value: Value = "low",
    actors: Names | None = None,
    networks: Names | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    statuses: tuple[str, ...] | None = None,
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    empty: Empty = "drop",
    kinds: Kinds = None,
) -> IncidenceMatrix:
    """Return the incidence matrix of a selection of the data.

    Parameters
    ----------
    data, year, actors, networks, counts_as, statuses, counting, year_basis
        What is selected; see `tie_cells`. For the further choices of a panel (`carry_forward`, `prefer`, …)
        give a panel of your own to `IncidenceMatrix.from_frame`.
    value
        `"low"` counts attested ties (default: what the sources say), `"best"` also presumed ones, `"high"`
        also every unknown tie of an eligible actor, which is nearly the full matrix.
    empty
        Whether actors and networks without a tie are left out (`"drop"`, default) or kept (`"keep"`): a
        blank row says that nothing is documented, not that there is nothing.
    kinds
        Only networks of these kinds, see `natverk.panel`; the attribute `kinds` says what was counted.

    Returns
    -------
    IncidenceMatrix
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
    >>> low, best = (incidence_matrix(data, year=2019, value=value) for value in ("low", "best"))
    >>> low.n_ties <= best.n_ties, low.coverage < 0.1
    (True, True)
    """
    choice("value", value, ("low", "best", "high"))
    cells = tie_cells(
        data,
        year=year,
        actors=actors,
        networks=networks,
        counts_as=counts_as,
        statuses=statuses,
        counting=counting,
        year_basis=year_basis,
        kinds=kinds,
    )
    if not cells[value].any():
        words = {"low": "attested", "best": "attested or presumed", "high": "attested, presumed or possible"}
        when = "" if year is None else f" within {year[0]}–{year[1]}" if isinstance(year, tuple) else f" in {year}"
        raise InvalidArgument(
            f"the selection is empty: no tie is {words[value]}{when}",
            where="incidence_matrix",
            remedy='give another year or year=None, counting="loose", or further kinds in counts_as',
        )
    return IncidenceMatrix.from_frame(cells, value=value, empty=empty, coverage=float(cells["known"].mean()))


def checked_ties(ties: object) -> IncidenceMatrix:
    """Return the incidence matrix, or say how to make one of what was given.

    >>> checked_ties(IncidenceMatrix(np.array([[1]]), ["a"], ["x"])).shape
    (1, 1)
    """
    if not isinstance(ties, IncidenceMatrix):
        raise InvalidArgument(
            f"the ties are a {type(ties).__name__}, not an IncidenceMatrix",
            where="ties",
            allowed=["IncidenceMatrix"],
            remedy="IncidenceMatrix(matrix, actors, networks), IncidenceMatrix.from_frame(frame) or "
            "incidence_matrix(data)",
        )
    return ties


def lines_of(ties: IncidenceMatrix, side: Side) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Return the labels of one side and the matrix with that side in rows.

    >>> lines_of(IncidenceMatrix(np.array([[1, 0]]), ["a"], ["x", "y"]), "networks")[1].tolist()
    [[1], [0]]
    """
    choice("side", side, ("actors", "networks"))
    checked_ties(ties)
    return (np.array(ties.actors), ties.matrix) if side == "actors" else (np.array(ties.networks), ties.matrix.T)


def shared_counts(lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many columns each two rows share, shape (rows, rows); the number of its own in the diagonal.

    >>> shared_counts(np.array([[1, 1, 0], [0, 1, 1]])).tolist()
    [[2, 1], [1, 2]]
    """
    # Products of floating-point numbers are far faster, and exact for counts.
    held = lines.astype(np.float64)
    return (held @ held.T).astype(np.int64)


def degree(ties: IncidenceMatrix, side: Side = "actors") -> pd.DataFrame:
    """Return the degrees of the two-mode network: networks by actor, or actors by network.

    Parameters
    ----------
    ties
        The incidence matrix.
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
        For an unknown side, or ties that are no `IncidenceMatrix`.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243–269.

    Examples
    --------
    >>> from natverk import load
    >>> across = incidence_matrix(load(), kinds="cross_border")
    >>> degree(across, "networks")[["network_id", "degree"]].values.tolist()[0]
    ['greater-copenhagen', 41]
    """
    labels, lines = lines_of(ties, side)
    name = f"{side[:-1]}_id"
    frame = pd.DataFrame({name: labels, "degree": lines.sum(axis=1), "share": lines.mean(axis=1)})
    frame = frame.astype({name: TEXT})
    return frame.sort_values(["degree", name], ascending=[False, True], ignore_index=True)


def density(ties: IncidenceMatrix) -> pd.DataFrame:
    """Return the density of the two-mode network, and beside it that of both projections.

    Parameters
    ----------
    ties
        The incidence matrix.

    Returns
    -------
    pd.DataFrame
        Three rows, `network`: `two_mode`, `actors`, `networks`; `n_possible, n_present` (pairs), `density`
        (0–1), `inflation` (density by that of the two-mode network). Missing where no pair is possible.

    Raises
    ------
    InvalidArgument
        For ties that are no `IncidenceMatrix`.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243–269.
    Inflation by projection: Latapy, Magnien and Del Vecchio (2008), Social Networks 30(1): 31–48.

    Examples
    --------
    >>> from natverk import load
    >>> table = density(incidence_matrix(load())).set_index("network")
    >>> bool(table.loc["actors", "inflation"] > 3)
    True
    """
    rows = [("two_mode", checked_ties(ties).matrix.size, ties.n_ties)]
    for side, lines in (("actors", ties.matrix), ("networks", ties.matrix.T)):
        present = int(np.count_nonzero(np.triu(shared_counts(lines), k=1)))
        rows.append((side, len(lines) * (len(lines) - 1) // 2, present))
    frame = pd.DataFrame(rows, columns=["network", "n_possible", "n_present"]).astype({"network": TEXT})
    frame["density"] = (frame["n_present"] / frame["n_possible"]).where(frame["n_possible"] > 0)
    frame["inflation"] = frame["density"] / ties.density
    return frame


def co_membership(
    ties: IncidenceMatrix,
    side: Side = "actors",
    *,
    at_least: int = 1,
    top: int | None = None,
    by: Literal["shared", "jaccard"] = "shared",
) -> pd.DataFrame:
    """Return the pairs of actors that share networks (or of networks that share actors).

    Parameters
    ----------
    ties
        The incidence matrix.
    side
        Pairs of `"actors"` (default) or of `"networks"`.
    at_least
        Leave out pairs that share fewer; pairs that share nothing are never listed.
    top, by
        None (default): every pair once, in the order of the matrix. A number: for each actor so many others, the
        most alike by what is `"shared"` (default) or by `"jaccard"`, so that a pair may stand twice. Ties go to the
        label that comes first in the matrix.

    Returns
    -------
    pd.DataFrame
        `actor_id, other_id` (or `network_id, other_id`), `shared` (number of networks, or actors), `jaccard`
        (shared by the networks of either, 0–1).

    Raises
    ------
    InvalidArgument
        For a value that is not allowed, or ties that are no `IncidenceMatrix`.

    Notes
    -----
    A pair shares *documented* memberships: the number is a lower bound, and grows with the attention that
    sources pay to both. Projection and its inflation: Borgatti and Halgin (2011), Analyzing affiliation networks,
    in The SAGE Handbook of Social Network Analysis; Latapy, Magnien and Del Vecchio (2008), Social Networks
    30(1): 31–48.

    Examples
    --------
    >>> ties = IncidenceMatrix(np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1]]), ["a", "b", "c"], ["x", "y", "z"])
    >>> co_membership(ties)[["actor_id", "other_id", "shared"]].values.tolist()
    [['a', 'b', 2], ['a', 'c', 1]]
    >>> co_membership(ties, top=1)[["actor_id", "other_id"]].values.tolist()
    [['a', 'b'], ['b', 'a'], ['c', 'a']]
    """
    choice("by", by, ("shared", "jaccard"))
    counted_from_one("at_least", at_least)
    labels, lines = lines_of(ties, side)
    counts = shared_counts(lines)
    degrees = counts.diagonal().copy()
    np.fill_diagonal(counts, 0)
    first, second = np.nonzero((np.triu(counts) if top is None else counts) >= at_least)
    shared = counts[first, second]
    jaccard = shared / (degrees[first] + degrees[second] - shared)
    name = f"{side[:-1]}_id"
    frame = pd.DataFrame({name: labels[first], "other_id": labels[second], "shared": shared, "jaccard": jaccard})
    frame = frame.astype({name: TEXT, "other_id": TEXT})
    if top is None:
        return frame
    counted_from_one("top", top)
    order = np.lexsort((second, -frame[by], first))
    return frame.iloc[order].groupby(first[order]).head(top).reset_index(drop=True)
