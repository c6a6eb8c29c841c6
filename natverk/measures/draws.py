"""Draws: randomised matrices that are made when they are asked for, several blocks at a time."""

from __future__ import annotations

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
        self.chains, self.first, self._n, self._start, self._workers = chains, first, n, start, workers

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return [self[number] for number in range(*item.indices(self._n))]
        number = self.first + range(self._n)[item]
        return self._block(range(number, number + 1))[0]

    def __iter__(self) -> Iterator[Any]:
        for block in self.map(list):
            yield from block

    def map(self, function: Callable[[list[Any]], Result]) -> Iterator[Result]:
        """Return what a function makes of the draws block by block, in order, several blocks at a time."""
        if self._start == "hub":
            _ = self.chains.hub  # once, before threads would each work it out
        stop = self.first + self._n
        blocks = (range(low, min(low + self.chains.lanes, stop)) for low in range(self.first, stop, self.chains.lanes))
        return _in_order(lambda numbers: function(self._block(numbers)), blocks, self._workers)

    def _block(self, numbers: range) -> list[Any]:
        return self.chains.matrices(self.chains.run(numbers, self._start))


def _in_order(function: Callable[[range], Result], items: Iterable[range], workers: int) -> Iterator[Result]:
    """Apply a function in threads and yield in order, never far ahead of what has been taken."""
    if workers == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
