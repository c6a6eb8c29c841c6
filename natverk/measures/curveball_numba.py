"""Curveball trades compiled by Numba: the same steps and random numbers as `curveball_numpy`, some ten times faster.

Needs the extra `natverk[fast]`; imported only by whoever asks for this engine. Thirty-two chains stand side by
side, so that a processor's vector unit takes several at each instruction. The machine code is kept beside this
file, or in Numba's own cache where that folder cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from natverk.measures.curveball_numpy import GAMMA, STEPS, Words

__all__ = ["LANES", "trade"]

#: Chains side by side. The inner loops have this fixed length: the compiler makes vector instructions of them.
LANES = 32

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
def trade(bits: Words, keys: Words, pairs: NDArray[np.int64], first: int) -> None:
    """Carry out trades in place; see `natverk.measures.curveball_numpy.trade`. Takes exactly `LANES` chains."""
    n_words = bits.shape[1]
    places = np.empty((n_words, LANES), np.uint64)
    low = np.empty((n_words, LANES), np.uint64)
    ours = np.empty((n_words, LANES), np.uint64)
    key = np.empty(LANES, np.uint64)
    size = np.empty(LANES, np.uint64)
    left = np.empty(LANES, np.uint64)
    n_low = np.empty(LANES, np.uint64)
    kept = np.empty(LANES, np.uint64)
    for lane in range(LANES):
        key[lane] = keys[lane]
    for number in range(pairs.shape[0]):
        one, other = pairs[number, 0], pairs[number, 1]
        for lane in range(LANES):
            size[lane] = _ZERO
            left[lane] = _ZERO
        for word in range(n_words):
            for lane in range(LANES):
                mine, theirs = bits[one, word, lane], bits[other, word, lane]
                differ = mine ^ theirs
                places[word, lane] = differ
                size[lane] += _count(differ)
                left[lane] += _count(mine & differ)
                ours[word, lane] = mine & theirs
        offset = np.uint64(first + number) * _STEPS * np.uint64(n_words) * _GAMMA
        undecided = 0
        for lane in range(LANES):
            undecided += (left[lane] != _ZERO) & (left[lane] != size[lane])
        # Settled lanes run along: nothing that is drawn can change them any more.
        while undecided:
            for lane in range(LANES):
                n_low[lane] = _ZERO
            for word in range(n_words):
                for lane in range(LANES):
                    drawn = places[word, lane] & _mixed(key[lane] + offset)
                    low[word, lane] = drawn
                    n_low[lane] += _count(drawn)
                offset += _GAMMA
            undecided = 0
            for lane in range(LANES):
                taken = n_low[lane] <= left[lane]
                kept[lane] = _ONES if taken else _ZERO
                left[lane] = left[lane] - n_low[lane] if taken else left[lane]
                size[lane] = size[lane] - n_low[lane] if taken else n_low[lane]
                undecided += (left[lane] != _ZERO) & (left[lane] != size[lane])
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
                differ = bits[one, word, lane] ^ bits[other, word, lane]
                bits[one, word, lane] = mine
                bits[other, word, lane] = mine ^ differ
