"""Null models: is a pattern more than what the margins of the matrix bring with them?

`randomise` draws matrices in which every row and every column has as many ties as in the given one, each
such matrix equally likely; `null_test` compares any statistic with its values in such draws; how well the
draws are mixed is shown by `natverk.twomode.mixing`.

All of it is conditional on documentation: the margins are numbers of *attested* ties, so that the tests ask
whether the documented ties are arranged otherwise than their numbers suggest. What no source attests stays
outside; where sources attend to some places or networks more than to others, that shows in the margins and
is kept, but sources that follow *pairs* of places are not controlled for.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.errors import InvalidArgument
from natverk.frames import choice
from natverk.twomode.matrix import TwoMode

__all__ = [
    "Chains",
    "Draws",
    "ENGINES",
    "Engine",
    "GAMMA",
    "NullTest",
    "STARTS",
    "STEPS",
    "Start",
    "TRADES",
    "Words",
    "deal",
    "null_test",
    "positive",
    "random_words",
    "randomise",
    "schedule",
    "tails",
    "trade",
]


Words: TypeAlias = NDArray[np.uint64]

#: What splitmix64 adds to its state for each number.
GAMMA = 0x9E3779B97F4A7C15
#: Digits set apart for one trade; a trade that needs more goes on into the numbers of the next.
STEPS = 64
_MASK = 2**64 - 1
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


def random_words(keys: Words, index: int, words: Words | None = None) -> Words:
    """Return the numbers of splitmix64 at an index: number `index` of the generator seeded with each key.

    The generator is counter-based: any number can be had without those before it, in any order and in any
    thread. Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.

    Parameters
    ----------
    keys
        The seeds, shape (chains,).
    index
        Which number; the generator's first is 1.
    words
        Offsets of further numbers, times `GAMMA`, shape (words, 1); the result is then (words, chains).

    Examples
    --------
    >>> int(random_words(np.array([1234567], dtype=np.uint64), 1)[0])
    6457827717110365317
    """
    mixed: Words = keys + np.uint64(index * GAMMA & _MASK)
    if words is not None:
        mixed = mixed + words
    mixed ^= mixed >> _30
    mixed *= _FIRST
    mixed ^= mixed >> _27
    mixed *= _SECOND
    mixed ^= mixed >> _31
    return mixed


def deal(places: Words, wanted: NDArray[np.int64], keys: Words, index: int) -> Words:
    """Choose `wanted` of the places of each chain, every choice equally likely.

    Parameters
    ----------
    places
        Bits to choose from, shape (words, chains).
    wanted
        How many, by chain; at most as many as there are.
    keys, index
        Where the random numbers come from; see `random_words`.

    Returns
    -------
    The chosen bits, in the shape of `places`.

    Examples
    --------
    >>> places = np.array([[0b1011], [0b1]], dtype=np.uint64)
    >>> hand = deal(places, np.array([2]), np.array([7], dtype=np.uint64), 1)
    >>> int(np.bitwise_count(hand).sum()), bool(((hand & ~places) == 0).all())
    (2, True)
    """
    n_words = len(places)
    words = (np.arange(n_words, dtype=np.uint64) * np.uint64(GAMMA))[:, None]
    result = np.zeros_like(places)
    chosen = np.zeros_like(places)
    here = np.arange(places.shape[1])
    size, left = _count(places), wanted
    while True:
        undecided = (left != 0) & (left != size)
        if 2 * np.count_nonzero(undecided) <= len(here):
            # Most chains are settled: put them away, and go on with the others only.
            ended = ~undecided
            rest = places[:, ended] & _all_bits((left == size)[ended])
            result[:, here[ended]] = chosen[:, ended] | rest
            here, keys, size, left = here[undecided], keys[undecided], size[undecided], left[undecided]
            if not len(here):
                return result
            places, chosen = places[:, undecided], chosen[:, undecided]
        low = places & random_words(keys, index, words)
        n_low = _count(low)
        taken = n_low <= left
        # Places with digit 0 come first: all of them, if there is room for them; else the choice is among them.
        kept = _all_bits(taken)
        chosen = chosen | (low & kept)
        places = (places & kept) ^ low
        left = np.where(taken, left - n_low, left)
        size = np.where(taken, size - n_low, n_low)
        index += n_words


def trade(bits: Words, keys: Words, pairs: NDArray[np.int64], first: int) -> None:
    """Carry out trades in place, the same pairs of lines in every chain.

    Parameters
    ----------
    bits
        The matrices, shape (blocks, lines, words, chains); changed.
    keys
        The random key of each chain, shape (blocks, chains).
    pairs
        The two lines of each trade, shape (trades, 2), in order.
    first
        The number of the first trade in the life of the chains: random numbers follow from it.
    """
    n_words = bits.shape[2]
    for block, block_keys in zip(bits, keys, strict=True):
        for number, (one, other) in enumerate(pairs.tolist(), first):
            ours, theirs = block[one], block[other]
            differ = ours ^ theirs
            hand = deal(differ, _count(ours & differ), block_keys, number * STEPS * n_words)
            ours &= theirs
            ours |= hand
            np.bitwise_xor(ours, differ, out=theirs)


def _count(bits: Words) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.bitwise_count(bits).sum(axis=0, dtype=np.int64)
    return counts


def _all_bits(true: NDArray[np.bool_]) -> Words:
    """Return 64 ones where true, else 64 zeros."""
    return np.where(true, np.uint64(_MASK), np.uint64(0))


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
        See `natverk.twomode.nullmodel.randomise`.
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
        lanes = min(self.lanes, len(keys))
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
        trade(bits, keys, pairs, first)
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
    numbers = (np.arange(3 * size + 2, dtype=np.uint64) * np.uint64(GAMMA))[:, None]
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
    return "numpy"


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


Result = TypeVar("Result")


class Draws(Sequence[Any]):
    """Randomised matrices, made when they are asked for and not kept: `draws[i]` is always the same matrix.

    Attributes
    ----------
    first
        The number of the first draw.
    chains
        The chains behind the draws: `side` (whether rows or columns trade), `engine`, `rigid`.
    """

    def __init__(self, chains: Chains, n: int, first: int, start: Start, workers: int) -> None:
        self.chains, self.first, self._start, self._workers = chains, first, start, workers
        self._keys = chains.keys(range(first, first + n))

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return [self[number] for number in range(*item.indices(len(self)))]
        number = range(len(self))[item]
        return next(self._made(slice(number, number + 1)))

    def __iter__(self) -> Iterator[Any]:
        # The threads deal the bits; matrices are unpacked one portion after the other, and memory is used again.
        return itertools.chain.from_iterable(self.map(_as_they_are))

    def map(self, function: Callable[[Iterator[Any]], Result]) -> Iterator[Result]:
        """Return what a function makes of successive draws, in order; several threads do it side by side."""
        if self._start == "hub":
            _ = self.chains.hub  # once, before threads would each work it out
        n, lanes = len(self), self.chains.lanes
        n_tasks = self._workers * -(-n // (self._workers * self.chains.batch))
        size = lanes * -(-n // (n_tasks * lanes))
        tasks = (slice(low, min(low + size, n)) for low in range(0, n, size))
        return _in_order(lambda task: function(self._made(task)), tasks, self._workers)

    def _made(self, task: slice) -> Iterator[Any]:
        bits = self.chains.run(self._keys[task], self._start)
        return self.chains.matrices(bits, task.stop - task.start)


def _as_they_are(matrices: Iterator[Any]) -> Iterator[Any]:
    return matrices


def _in_order(function: Callable[[slice], Result], tasks: Iterable[slice], workers: int) -> Iterator[Result]:
    """Apply a function in threads and yield in order, never far ahead of what has been taken."""
    if workers == 1:
        yield from map(function, tasks)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Result]] = deque()
        for task in tasks:
            waiting.append(pool.submit(function, task))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


#: Trades per row (or column, if these are fewer) before a draw counts; argued in `randomise`.
TRADES = 10
# Two values of a statistic that differ by less, relatively, are ties: sums of the same numbers in another order.
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class NullTest:
    """Statistics beside their values under the null model.

    Attributes
    ----------
    frame
        One row a statistic, see `null_test`.
    null
        The values in the draws, shape (draws, statistics).
    n, seed, trades, side
        How the draws were made: their number, the seed, trades per line, and whether lines are `"rows"` or
        `"columns"`.
    rigid
        Whether the margins leave only the one matrix.
    coverage
        Share of the cells that are known (0–1), None where nothing is known about that.
    """

    frame: pd.DataFrame
    null: NDArray[np.float64]
    n: int
    seed: int
    trades: int
    side: str
    rigid: bool
    coverage: float | None

    def text(self, lang: str = "en") -> str:
        """Say what the test is conditional on, how it was made, and what it cannot tell."""
        from natverk.locale import texts

        t = texts(lang)
        words = [t("nullmodels.conditional")]
        if self.coverage is not None:
            words.append(t("nullmodels.coverage", share=t.percent(self.coverage)))
        side = t(f"nullmodels.{self.side}")
        least = t.number(2 / (self.n + 1), 4)
        words.append(
            t("nullmodels.draws", n=t.number(self.n), seed=self.seed, trades=self.trades, side=side, least=least)
        )
        constant = int((self.frame["sd"] == 0).sum())
        if self.rigid:
            words.append(t("nullmodels.rigid"))
        elif constant:
            words.append(t("nullmodels.constant", n=t.number(constant), total=t.number(len(self.frame))))
        return " ".join(words)


def randomise(
    matrix: Any,
    n: int,
    seed: int,
    *,
    trades: int = TRADES,
    start: Start = "hub",
    first: int = 0,
    engine: Engine = "auto",
    workers: int = 1,
) -> Draws:
    """Draw matrices with the same row and column sums, each equally likely.

    Parameters
    ----------
    matrix
        Binary, actors × networks: a NumPy array, a SciPy sparse matrix or a `TwoMode`. Attested ties are 1;
        the draws are conditional on which ties are documented (see the module).
    n
        Number of draws.
    seed
        A whole number from 0. The same seed gives the same draws with any engine, number of workers and
        machine; draw number i does not depend on `n`.
    trades
        Trades per row (per column, if there are fewer columns): the burn-in of each draw. In ten, the share
        of ties that still stand where they stood *because* they stood there falls to about e⁻¹⁰, 1 in
        20,000: each trade per row moves the average tie once or more (see `curveball.schedule`). Measured
        at 290 × 60 and 10,000 × 300 with heavy tails, the mean overlap with the original is within 1 % of
        its final value after 6 (`bench/nullmodels.py`). The R packages backbone and incidentally take 5
        evenly drawn pairs per row by default; these matrices need 11 of such. Look at `mixing` for a
        matrix of an unusual form.
    start
        `"hub"` (default): all draws start from a matrix that a chain run *backwards* from the given one
        leads to. Draws and given matrix are then exchangeable under the null model, and p-values hold
        however short the burn-in is (Besag and Clifford 1989). `"observed"`: from the given matrix.
    first
        The number of the first draw: `randomise(m, 500, 1, first=500)` are the last 500 of
        `randomise(m, 1000, 1)`, so that processes or machines can share the work.
    engine
        `"numpy"`, `"numba"` (compiled, needs `natverk[fast]`), or `"auto"` (default): Numba where it is
        installed and the work is worth its start. Both give the same draws.
    workers
        Threads. Each takes up to 4 bytes a cell with Numba; with NumPy up to 128, and 13 at 10,000 × 300.

    Returns
    -------
    Draws
        A sequence of matrices of the type, shape and data type given (SciPy: CSR arrays). They are made
        anew each time they are asked for; `list(draws)` keeps them.

    Raises
    ------
    InvalidArgument
        If the matrix is not binary, has no row, column or tie, or a number is out of range.

    Notes
    -----
    Strona, Nappo, Boccacci, Fattorini and San-Miguel-Ayanz (2014), A fast and unbiased procedure to randomize
    ecological binary matrices with fixed row and column totals, Nature Communications 5: 4114. Every trade
    keeps the uniform distribution, whichever lines trade, and trades between all pairs reach every matrix:
    Carstens (2015), Proof of uniform sampling of binary matrices with fixed row sums and column sums for the
    fast Curveball algorithm, Physical Review E 91: 042812. Godard and Neal (2022), fastball: a fast algorithm
    to randomly sample bipartite graphs with fixed degree sequences, Journal of Complex Networks 10: cnac049.
    All draws share one random sequence of pairs, and deal independently.

    Examples
    --------
    >>> draws = randomise(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]]), 100, seed=1)
    >>> len(draws), draws[0].sum(axis=0).tolist(), draws[0].sum(axis=1).tolist()
    (100, [1, 2, 2], [2, 2, 1])
    """
    choice("start", start, STARTS)
    n, first = positive("n", n), positive("first", first, least=0)
    chains = Chains(matrix, seed, trades, engine, n)
    return Draws(chains, n, first, start, positive("workers", workers))


def null_test(
    matrix: Any,
    statistic: Callable[[Any], Any],
    n: int,
    seed: int,
    workers: int = 1,
    *,
    names: Sequence[str] | None = None,
    trades: int = TRADES,
    start: Start = "hub",
    engine: Engine = "auto",
) -> NullTest:
    """Compare statistics of a matrix with those of random matrices that have the same margins.

    Parameters
    ----------
    matrix, n, seed, trades, start, engine
        See `randomise`. Booleans and integers of less than 32 bits are widened to 64, so that products of
        the matrix do not overflow; give floats where matrix products are to be fast.
    statistic
        A function of a matrix (of the type given) that returns a number or a 1-D array of numbers; it must
        depend on nothing else.
    workers
        Threads for draws and statistics. A statistic in pure Python gains nothing from more than one.
    names
        What the statistics are called; default: the function's name, or numbers for an array.

    Returns
    -------
    NullTest
        `frame`: `item, observed`, `mean` and `sd` of the draws, `null_low` and `null_high` (their 2.5 and
        97.5 % points), `z` ((observed − mean) / sd; missing where the draws do not vary), `p_low` and
        `p_high` (shares at most and at least as great as observed), `p` (two-sided: twice the smaller, at
        most 1), `n` (draws), `coverage` (share of cells known; missing where nothing is known about that).
        The p-values count the observed matrix among the draws: (b + 1) / (n + 1), never 0 (Phipson and Smyth
        2010, Statistical Applications in Genetics and Molecular Biology 9: 39). `text` says that all is
        conditional on documentation.

    Raises
    ------
    InvalidArgument
        See `randomise`; and if a statistic is missing, infinite, or not always of the same length.

    Notes
    -----
    Besag and Clifford (1989), Generalized Monte Carlo significance tests, Biometrika 76: 633–642. Several
    statistics are several tests: p-values are not adjusted for their number.

    Examples
    --------
    Are the documented networks of actors more nested than their numbers imply?

    >>> from natverk import load
    >>> from natverk.twomode.structure import nodf
    >>> from natverk.twomode.matrix import two_mode
    >>> test = null_test(two_mode(load(), year=2019), nodf, n=19, seed=1)
    >>> test.frame[["item", "n"]].values.tolist(), bool(0 < test.frame["p"][0] <= 1)
    ([['nodf', 19]], True)
    """
    draws = randomise(_wide(matrix), n, seed, trades=trades, start=start, engine=engine, workers=workers)
    chains = draws.chains
    given = next(chains.matrices(chains.observed[None, :, :, None], 1))
    observed = _values(statistic, given, "the given matrix", None)
    blocks = draws.map(partial(_block_values, statistic, size=observed.shape))
    null = np.concatenate(list(blocks)).reshape(len(draws), -1)
    scalar = observed.ndim == 0
    size = null.shape[1]
    default = [getattr(statistic, "__name__", "statistic")] if scalar else [str(item) for item in range(size)]
    labels = list(names) if names is not None else default
    if len(labels) != size:
        raise InvalidArgument(
            f"{len(labels)} names for {size} statistics", where="names", remedy="give each statistic one name"
        )
    frame = tails(observed.reshape(-1), null)
    coverage = matrix.coverage if isinstance(matrix, TwoMode) else None
    frame.insert(0, "item", pd.Series(labels, dtype="str"))
    frame["coverage"] = np.nan if coverage is None else coverage
    return NullTest(frame, null, len(draws), chains.seed, trades, chains.side, chains.rigid, coverage)


def tails(observed: NDArray[np.float64], null: NDArray[np.float64]) -> pd.DataFrame:
    """Return z-scores and permutation p-values of observed values beside draws, shape (draws, values).

    Parameters
    ----------
    observed
        The observed values.
    null
        The same values of every draw, shape (draws, values).

    Returns
    -------
    pd.DataFrame
        The columns of `null_test` from `observed` to `n`.

    Raises
    ------
    InvalidArgument
        If there is no draw, or a draw has another number of values than are observed.

    References
    ----------
    Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in
    Genetics and Molecular Biology 9, 39.

    Examples
    --------
    Two of nine draws reach the observed 8: (2 + 1) / (9 + 1), and twice that for both sides.

    >>> frame = tails(np.array([8.0]), np.arange(1.0, 10.0)[:, None])
    >>> frame[["p_low", "p_high", "p"]].values.tolist()
    [[0.9, 0.3, 0.6]]
    """
    n = len(null)
    if not n or null.shape[1:] != observed.shape:
        raise InvalidArgument(
            f"the draws have the shape {null.shape}, the observed values {observed.shape}", where="null",
            remedy="give at least one draw a row, with a value for each that is observed",
        )  # fmt: skip
    tied = np.abs(null - observed) <= _TIE * np.maximum(np.abs(null), np.abs(observed))
    p_low = (1 + ((null < observed) | tied).sum(axis=0)) / (n + 1)
    p_high = (1 + ((null > observed) | tied).sum(axis=0)) / (n + 1)
    mean = null.mean(axis=0)
    # Draws that are ties of one another do not vary; what the rounding of sums makes of them is no deviation.
    spread = null.max(axis=0) - null.min(axis=0)
    varies = spread > _TIE * np.abs(null).max(axis=0)
    sd = np.where(varies, null.std(axis=0, ddof=1) if n > 1 else 0.0, 0.0)
    low, high = np.quantile(null, [0.025, 0.975], axis=0)
    z = np.divide(observed - mean, sd, out=np.full_like(mean, np.nan), where=sd > 0)
    p = np.minimum(1.0, 2 * np.minimum(p_low, p_high))
    columns = {"observed": observed, "mean": mean, "sd": sd, "null_low": low, "null_high": high}
    return pd.DataFrame(columns | {"z": z, "p_low": p_low, "p_high": p_high, "p": p, "n": n})


def _block_values(statistic: Callable[[Any], Any], block: Iterator[Any], size: tuple[int, ...]) -> NDArray[np.float64]:
    return np.stack([_values(statistic, matrix, "a draw", size) for matrix in block])


def _values(statistic: Callable[[Any], Any], matrix: Any, what: str, size: tuple[int, ...] | None) -> NDArray[Any]:
    values = np.asarray(statistic(matrix), dtype=np.float64)
    if values.ndim > 1 or values.size == 0 or (size is not None and values.shape != size):
        expected = "a number or a 1-D array" if size is None else f"the shape {size}, as for the given matrix"
        raise InvalidArgument(
            f"the statistic of {what} has the shape {values.shape}", where="statistic", remedy=f"return {expected}"
        )
    if not np.isfinite(values).all():
        raise InvalidArgument(
            f"the statistic of {what} is {values.reshape(-1)[~np.isfinite(values.reshape(-1))][0]}",
            where="statistic",
            remedy="let it return a finite number for every matrix with these margins",
        )
    return values


def _wide(matrix: Any) -> Any:
    """Return the matrix with a data type in which its products do not overflow."""
    if isinstance(matrix, TwoMode):
        return matrix
    held = matrix if hasattr(matrix, "tocsr") else np.asarray(matrix)
    narrow = held.dtype.kind in "bu" or (held.dtype.kind == "i" and held.dtype.itemsize < 4)
    return held.astype(np.int64) if narrow else held
