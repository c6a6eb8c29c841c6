"""Draws: randomised matrices that are made when they are asked for, several blocks at a time."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from natverk.measures.curveball import Chains, Start

__all__ = ["Draws"]

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
