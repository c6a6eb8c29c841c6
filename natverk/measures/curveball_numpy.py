"""Curveball trades in NumPy, many chains at once: the core that runs everywhere.

A matrix is held as *lines* (its rows or its columns) of bits, 64 to a word. A trade between two lines
(Strona et al. 2014) leaves what both hold, and deals the places that only one of them holds anew, each line
getting as many as before. To deal, every such place gets a random key of binary digits, and the places with
the smallest keys go to the first line. The keys are drawn digit by digit, one random word for 64 places, and
only until the two hands are told apart: all hands are equally likely, and no list of places is ever made.

`natverk.measures.curveball_numba` does the same with the same random numbers: both give the same matrices.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["GAMMA", "STEPS", "Words", "deal", "random_words", "trade"]

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
