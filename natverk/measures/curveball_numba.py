"""Curveball trades compiled by Numba: the same steps and random numbers as `curveball_numpy`, some ten times faster.

Needs the extra `natverk[fast]`; imported only by whoever asks for this engine. A processor's vector unit takes
several words at each instruction: of short lines the same word of thirty-two chains that stand side by side, of
long lines several words of one chain. The machine code is kept beside this file, or in Numba's own cache where
that folder cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from natverk.measures.curveball_numpy import GAMMA, STEPS, Words

__all__ = ["LANES", "LONG", "trade"]

#: Chains side by side. The inner loops have this fixed length: the compiler makes vector instructions of them.
LANES = 32
#: Lines of so many words are long: one chain at a time is faster, and takes less memory.
LONG = 64

_GAMMA, _STEPS = np.uint64(GAMMA), np.uint64(STEPS)
_ZERO, _ONE, _TWO, _FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(4)
_ONES = np.uint64(2**64 - 1)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_27, _30, _31, _56 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(56)
_PAIRS, _NIBBLES = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_BYTES, _SUM = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)

F = TypeVar("F", bound=Callable[..., Any])


def _compiled(function: F) -> F:
    """Compile a function on its first call, or leave it as it is where Numba is not installed."""
    try:
        njit: Any = import_module("numba").njit
    except ImportError:
        return function
    try:
        result: F = njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # No folder can be written: compile anew in each process.
        result = njit(nogil=True)(function)
    return result


@_compiled
def _mixed(state: Any) -> Any:
    """Return the number of splitmix64 for a state."""
    state = (state ^ (state >> _30)) * _FIRST
    state = (state ^ (state >> _27)) * _SECOND
    return state ^ (state >> _31)


@_compiled
def _count(word: Any) -> Any:
    """Count the ones of a word; the compiler knows the pattern and makes one instruction of it."""
    word = word - ((word >> _ONE) & _PAIRS)
    word = (word & _NIBBLES) + ((word >> _TWO) & _NIBBLES)
    return (((word + (word >> _FOUR)) & _BYTES) * _SUM) >> _56


@_compiled
def _aligned(size: int) -> Any:
    """Return room for words that starts at a multiple of 64 bytes; vector instructions lose a third without."""
    room = np.empty(size + 8, np.uint64)
    start = (-room.ctypes.data % 64) // 8
    return room[start : start + size]


@_compiled
def _short(bits: Words, keys: Words, pairs: NDArray[np.int64], first: int) -> None:
    """Trade short lines: `LANES` chains at once, and all blocks in one call, so that threads seldom meet."""
    n_words = bits.shape[2]
    places = _aligned(n_words * LANES).reshape((n_words, LANES))
    low = _aligned(n_words * LANES).reshape((n_words, LANES))
    ours = _aligned(n_words * LANES).reshape((n_words, LANES))
    key, size, left = _aligned(LANES), _aligned(LANES), _aligned(LANES)
    n_low, kept = _aligned(LANES), _aligned(LANES)
    for block in range(bits.shape[0]):
        lines = bits[block]
        for lane in range(LANES):
            key[lane] = keys[block, lane]
        for number in range(pairs.shape[0]):
            one, other = pairs[number, 0], pairs[number, 1]
            for lane in range(LANES):
                size[lane] = _ZERO
                left[lane] = _ZERO
            for word in range(n_words):
                for lane in range(LANES):
                    mine, theirs = lines[one, word, lane], lines[other, word, lane]
                    differ = mine ^ theirs
                    places[word, lane] = differ
                    size[lane] += _count(differ)
                    left[lane] += _count(mine & differ)
                    ours[word, lane] = mine & theirs
            offset = np.uint64(first + number) * _STEPS * np.uint64(n_words) * _GAMMA
            undecided = _ZERO
            for lane in range(LANES):
                undecided |= min(left[lane], size[lane] - left[lane])
            # Settled chains run along: nothing that is drawn can change them any more.
            while undecided != _ZERO:
                for lane in range(LANES):
                    n_low[lane] = _ZERO
                for word in range(n_words):
                    for lane in range(LANES):
                        drawn = places[word, lane] & _mixed(key[lane] + offset)
                        low[word, lane] = drawn
                        n_low[lane] += _count(drawn)
                    offset += _GAMMA
                undecided = _ZERO
                # Without branches, or no vector instructions come of it.
                for lane in range(LANES):
                    count, wanted = n_low[lane], left[lane]
                    taken = _ONES if count <= wanted else _ZERO
                    wanted -= count & taken
                    of = count ^ ((count ^ (size[lane] - count)) & taken)
                    kept[lane], left[lane], size[lane] = taken, wanted, of
                    undecided |= min(wanted, of - wanted)
                for word in range(n_words):
                    for lane in range(LANES):
                        drawn = low[word, lane]
                        ours[word, lane] |= drawn & kept[lane]
                        places[word, lane] = (places[word, lane] & kept[lane]) ^ drawn
            for lane in range(LANES):
                kept[lane] = _ONES if left[lane] == size[lane] else _ZERO
            for word in range(n_words):
                for lane in range(LANES):
                    mine = ours[word, lane] | (places[word, lane] & kept[lane])
                    differ = lines[one, word, lane] ^ lines[other, word, lane]
                    lines[one, word, lane] = mine
                    lines[other, word, lane] = mine ^ differ


@_compiled
def _long(bits: Words, keys: Words, pairs: NDArray[np.int64], first: int) -> None:
    """Trade long lines: one chain after the other, shape (chains, lines, words)."""
    n_words = bits.shape[2]
    places, low, ours = _aligned(n_words), _aligned(n_words), _aligned(n_words)
    for chain in range(bits.shape[0]):
        for number in range(pairs.shape[0]):
            mine, theirs = bits[chain, pairs[number, 0]], bits[chain, pairs[number, 1]]
            size, left = _ZERO, _ZERO
            for word in range(n_words):
                differ = mine[word] ^ theirs[word]
                places[word] = differ
                size += _count(differ)
                left += _count(mine[word] & differ)
                ours[word] = mine[word] & theirs[word]
            state = keys[chain] + np.uint64(first + number) * _STEPS * np.uint64(n_words) * _GAMMA
            while left != _ZERO and left != size:
                n_low = _ZERO
                for word in range(n_words):
                    drawn = places[word] & _mixed(state + np.uint64(word) * _GAMMA)
                    low[word] = drawn
                    n_low += _count(drawn)
                state += np.uint64(n_words) * _GAMMA
                if n_low <= left:
                    left -= n_low
                    size -= n_low
                    for word in range(n_words):
                        ours[word] |= low[word]
                        places[word] ^= low[word]
                else:
                    size = n_low
                    places, low = low, places
            if left == size:
                for word in range(n_words):
                    ours[word] |= places[word]
            for word in range(n_words):
                theirs[word] ^= mine[word] ^ ours[word]
                mine[word] = ours[word]


def trade(bits: Words, keys: Words, pairs: NDArray[np.int64], first: int) -> None:
    """Carry out trades in place; see `natverk.measures.curveball_numpy.trade`.

    Blocks have `LANES` chains, or one each where lines have `LONG` words or more.
    """
    if bits.shape[-1] == 1:
        _long(bits.reshape(bits.shape[:-1]), keys.reshape(-1), pairs, first)
    else:
        _short(bits, keys, pairs, first)
