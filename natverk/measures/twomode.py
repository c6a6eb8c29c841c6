"""The two-mode matrix: which actors are in which networks, for any selection, as a sparse binary matrix.

`two_mode` builds it from the data, `TwoMode.from_frame` from any frame of actors and networks. Overlap,
nestedness, brokers and the null models all take it. A blank cell says "not documented" unless a complete
list closes it; `coverage` says how much is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.ties import Year, tie_cells

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Empty", "Side", "TwoMode", "Value", "checked_ties", "degree", "two_mode"]

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
        What is selected; see `natverk.measures.ties.tie_cells`. For the further choices of a panel
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
