"""Chains of curveball trades: from a matrix to bits, through a schedule of trades, and back to matrices.

Used by `natverk.measures.nullmodels`; this module holds what both engines share: which lines (rows or
columns) trade with which and when, the random keys, and the form in which a draw is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from natverk.errors import InvalidArgument
from natverk.measures import curveball_numpy
from natverk.measures.arguments import choice
from natverk.measures.curveball_numpy import Words, random_words
from natverk.measures.twomode import TwoMode

__all__ = ["ENGINES", "STARTS", "Chains", "Engine", "Start", "positive", "schedule"]

Engine = Literal["auto", "numba", "numpy"]
Start = Literal["hub", "observed"]
ENGINES = ("auto", "numba", "numpy")
STARTS = ("hub", "observed")

# NumPy works on about so many words at once, which the processor's cache holds.
_BLOCK_WORDS = 2**14
# Below so many traded words, starting Numba takes longer than it saves.
_WORTH_COMPILING = 10**7
# A thread is given so many words to trade at a time: enough that handing over does not count.
_TASK_WORDS = 5 * 10**5
# Matrices are unpacked, a byte a cell, in portions of about so many bytes.
_UNPACKED = 2**22
# What the random numbers are for: each purpose has a seed of its own.
_SCHEDULE, _DRAWS, _HUB = 0, 1, 2


class Chains:
    """Chains that start from one binary matrix; chain number i is the same whatever is run beside it.

    Parameters
    ----------
    given
        The matrix: NumPy array, SciPy sparse, or `TwoMode`. Draws have the same type, shape and data type
        (SciPy: a CSR array).
    seed
        Decides all draws, on any engine, machine and number of workers.
    trades
        Trades per line in the life of a chain.
    engine
        See `natverk.measures.nullmodels.randomise`.
    n
        About how many chains will be run, to choose the engine.
    """

    def __init__(self, given: Any, seed: int, trades: int, engine: str, n: int = 1) -> None:
        choice("engine", engine, ENGINES)
        positive("trades", trades)
        self.seed = positive("seed", seed, least=0)
        self.trades = trades
        self.given = given
        self._inner = given.matrix if isinstance(given, TwoMode) else given
        self._sparse = hasattr(self._inner, "tocsr")
        rows, columns, self.shape, self.dtype = _cells(self._inner)
        # The fewer lines there are, the fewer trades it takes; the words to be traded are as many either way.
        self.side: Literal["rows", "columns"] = "rows" if self.shape[0] <= self.shape[1] else "columns"
        lines, places = (rows, columns) if self.side == "rows" else (columns, rows)
        n_lines, self.length = self.shape if self.side == "rows" else self.shape[::-1]
        n_words = -(-self.length // 64)
        self.observed: Words = np.zeros((n_lines, n_words), dtype=np.uint64)
        np.bitwise_or.at(self.observed, (lines, places // 64), np.uint64(1) << (places % 64).astype(np.uint64))
        self.degrees = np.bincount(lines, minlength=n_lines)
        self.schedule = schedule(self.degrees, self.length, trades, _keys(self.seed, _SCHEDULE, 1))
        work = (n + 1) * len(self.schedule) * n_words
        self.engine = _engine(engine, work)
        if self.engine == "numba":
            from natverk.measures import curveball_numba

            self.lanes = 1 if n_words >= curveball_numba.LONG else curveball_numba.LANES
        else:
            self.lanes = max(1, min(1024, _BLOCK_WORDS // n_words))

    @cached_property
    def rigid(self) -> bool:
        """Whether the margins leave this one matrix only: no trade can change it, for its lines are nested."""
        order = np.argsort(-self.degrees, kind="stable")
        return not bool((self.observed[order[1:]] & ~self.observed[order[:-1]]).any())

    @cached_property
    def hub(self) -> Words:
        """The matrix one chain backwards from the observed one, from which exchangeable draws start."""
        bits, keys = self.begin(self.observed, _keys(self.seed, _HUB, 1))
        return self.advance(bits, keys, self.schedule[::-1])[0, :, :, 0].copy()

    @cached_property
    def batch(self) -> int:
        """How many chains are worth a task of their own: some milliseconds of work, in whole blocks."""
        n_words: int = self.observed.shape[1]
        return self.lanes * max(1, _TASK_WORDS // (1 + len(self.schedule) * n_words * self.lanes))

    def keys(self, numbers: range) -> Words:
        """Return the random keys of the chains of these numbers."""
        return _keys(self.seed, _DRAWS, numbers.stop)[numbers.start :]

    def begin(self, lines: Words, keys: Words) -> tuple[Words, Words]:
        """Return chains that all stand at this matrix, with their keys, in blocks of equally many chains.

        Idle chains fill up the last block. Shapes: (blocks, lines, words, chains) and (blocks, chains).
        """
        lanes = self.lanes if self.engine == "numba" else min(self.lanes, len(keys))
        filled = np.concatenate([keys, np.zeros(-len(keys) % lanes, dtype=np.uint64)]).reshape(-1, lanes)
        size = len(filled) * lines.size * lanes
        room = np.empty(size + 8, dtype=np.uint64)
        start = (-room.ctypes.data % 64) // 8  # where a vector instruction reads without crossing a cache line
        bits = room[start : start + size].reshape(len(filled), *lines.shape, lanes)
        bits[:] = lines[None, :, :, None]
        return bits, filled

    def advance(self, bits: Words, keys: Words, pairs: NDArray[np.int64], first: int = 0) -> Words:
        """Carry out trades in place and return the bits; `first` is the number of the first of these trades."""
        pairs = np.ascontiguousarray(pairs)
        if self.engine == "numba":
            from natverk.measures import curveball_numba

            curveball_numba.trade(bits, keys, pairs, first)
        else:
            curveball_numpy.trade(bits, keys, pairs, first)
        return bits

    def run(self, keys: Words, start: Start) -> Words:
        """Run the chains of these keys to their end, in blocks as from `begin`."""
        bits, filled = self.begin(self.hub if start == "hub" else self.observed, keys)
        return self.advance(bits, filled, self.schedule)

    def matrices(self, bits: Words, n: int) -> Iterator[Any]:
        """Yield the matrices of the first n chains, in the form of the matrix that was given."""
        at_once = max(1, _UNPACKED // (64 * self.observed.size))
        lanes = bits.shape[-1]
        for start in range(0, n, lanes):
            block = bits[start // lanes, :, :, : n - start]
            for low in range(0, block.shape[-1], at_once):
                some = block[:, :, low : low + at_once].transpose(2, 0, 1).astype("<u8", order="C")
                cells = np.unpackbits(some.view(np.uint8), axis=-1, count=self.length, bitorder="little")
                if self._sparse:
                    yield from map(self._like_given, cells)
                else:
                    typed = cells.view(self.dtype) if self.dtype.itemsize == 1 else cells.astype(self.dtype)
                    yield from typed if self.side == "rows" else typed.transpose(0, 2, 1)

    def _like_given(self, lines: NDArray[np.uint8]) -> Any:
        from scipy import sparse

        places = (np.flatnonzero(lines.view(np.bool_)) % self.length).astype(np.int32)
        ends = np.concatenate([[0], np.cumsum(self.degrees)]).astype(np.int32)
        entries = (np.ones(len(places), dtype=self.dtype), places, ends)
        matrix = (
            sparse.csr_array(entries, shape=self.shape)
            if self.side == "rows"
            else sparse.csc_array(entries, shape=self.shape).tocsr()
        )
        return replace(self.given, matrix=matrix) if isinstance(self.given, TwoMode) else matrix


def schedule(degrees: NDArray[np.int64], length: int, rounds: int, key: Words) -> NDArray[np.int64]:
    """Return which lines trade with which, in order: in each round as many trades as there are lines.

    The first line of a trade is drawn in proportion to its entries (or gaps, if these are fewer): then every
    entry leaves its line at about the same rate, while evenly drawn pairs leave the entries of long lines
    where they are. The second is drawn nearly evenly, in proportion to the fourth root of the entries, which
    mixed fastest of the powers tried. Both are drawn systematically (Madow 1949, Annals of Mathematical
    Statistics 20: 333–354): in each round every line comes as often as expected, up to rounding. Lines that
    are empty or full have nothing to trade and are left out.

    Parameters
    ----------
    degrees, length
        The entries of each line, and how many it can hold.
    rounds
        Trades per line.
    key
        The random key, one word.

    Returns
    -------
    Pairs of line numbers, shape (rounds × lines that trade, 2).

    Examples
    --------
    >>> pairs = schedule(np.array([2, 0, 1, 1]), 3, 5, np.array([7], dtype=np.uint64))
    >>> pairs.shape, 1 in pairs, bool((pairs[:, 0] == pairs[:, 1]).any())
    ((15, 2), False, False)
    """
    active = np.flatnonzero((degrees > 0) & (degrees < length))
    size = len(active)
    if size < 2:
        return np.empty((0, 2), dtype=np.int64)
    weights = np.minimum(degrees, length - degrees)[active]
    numbers = (np.arange(3 * size + 2, dtype=np.uint64) * np.uint64(curveball_numpy.GAMMA))[:, None]
    found = []
    for number in range(rounds):
        words = random_words(key, 1 + number * len(numbers), numbers)[:, 0]
        first = _systematic(weights, words[-1])[np.argsort(words[:size], kind="stable")]
        second = _systematic(weights**0.25, words[-2])[np.argsort(words[size : 2 * size], kind="stable")]
        another = (first + 1 + (words[2 * size : 3 * size] % np.uint64(size - 1)).astype(np.int64)) % size
        found.append(np.column_stack([first, np.where(first == second, another, second)]))
    pairs: NDArray[np.int64] = active[np.concatenate(found)]
    return pairs


def _systematic(weights: NDArray[Any], word: Any) -> NDArray[np.int64]:
    """Draw as many numbers of weights as there are, each as often as expected up to rounding, in ascending order."""
    size = len(weights)
    shift = float(word >> np.uint64(11)) * 2.0**-53
    ends = np.cumsum(weights) / weights.sum() * size
    return np.minimum(np.searchsorted(ends, np.arange(size) + shift, side="right"), size - 1)


def positive(name: str, value: object, least: int = 1) -> int:
    """Return a whole number that is large enough, or raise `InvalidArgument`.

    >>> positive("n", 999)
    999
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InvalidArgument(
            f"{name} is {value!r}",
            where=name,
            allowed=[str(least), str(least + 1), "…"],
            remedy=f"give a whole number from {least}, such as {name}=2026",
        )
    return int(value)


def _engine(engine: str, work: int) -> Literal["numba", "numpy"]:
    installed = find_spec("numba") is not None
    if engine == "numba" and not installed:
        raise InvalidArgument(
            "the engine 'numba' is not installed",
            where="engine",
            allowed=["auto", "numpy"],
            remedy="pip install 'natverk[fast]'",
        )
    if engine == "auto":
        return "numba" if installed and work >= _WORTH_COMPILING else "numpy"
    return "numba" if engine == "numba" else "numpy"


def _keys(seed: int, purpose: int, n: int) -> Words:
    return np.random.SeedSequence(seed, spawn_key=(purpose,)).generate_state(n, np.uint64).astype(np.uint64)


def _cells(matrix: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[int, int], np.dtype[Any]]:
    """Return rows and columns of the ones, shape and data type, or raise unless the matrix is binary."""
    sparse = hasattr(matrix, "tocsr")
    held: Any = matrix if sparse else np.asarray(matrix)
    shape = held.shape
    if len(shape) != 2 or 0 in shape:
        raise InvalidArgument(
            f"the matrix has the shape {tuple(shape)}",
            where="matrix",
            remedy="give a matrix with two dimensions, at least one row and one column",
        )
    if held.dtype.kind not in "biuf":
        raise InvalidArgument(
            f"the cells are {held.dtype}, not numbers",
            where="matrix",
            remedy="decide what unknown cells count as, then matrix.astype(int)",
        )
    if sparse:
        held = held.tocsr(copy=True)
        held.sum_duplicates()
        held.eliminate_zeros()
        rows, columns = held.nonzero()
        values = held.data
    else:
        rows, columns = np.nonzero(held)
        values = held[rows, columns]
    wrong = np.flatnonzero(values != 1)
    if len(wrong):
        at = int(rows[wrong[0]]), int(columns[wrong[0]])
        raise InvalidArgument(
            f"the matrix is not binary: the cell {at} is {values[wrong[0]]}",
            where="matrix",
            allowed=["0", "1"],
            remedy="decide what unknown cells count as, and count each tie once, e.g. (matrix > 0).astype(int)",
        )
    if not len(rows):
        raise InvalidArgument("the matrix holds no tie", where="matrix", remedy="give a matrix with at least one 1")
    return rows.astype(np.int64), columns.astype(np.int64), (int(shape[0]), int(shape[1])), values.dtype
