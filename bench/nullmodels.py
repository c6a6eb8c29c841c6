"""Randomised matrices with the same margins: natverk beside what installs from PyPI, and beside Python sets.

All methods do as many trades or swaps as bring the mean overlap with the original matrix to about 1 % above its
final value (found beforehand on these matrices; the column `above` shows what this run reached). Seconds are for
1,000 randomisations, each from the original matrix. Where a method is too slow for that, fewer are timed and the
time is scaled up, and more where it is too fast to be timed well; the column `timed` says how many. The rounds go
through the methods in turn, so that the machine's drift meets all alike. natverk and pybirewirex hand out
matrices within their time; the graphs of networkit and igraph are not turned back, and making igraph's is not
counted.

Usage: python bench/nullmodels.py [--quick | --full]
--quick: the small matrix only. --full: more randomisations of each.
Optional: pip install 'natverk[fast]' networkit igraph pybirewirex
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

import numpy as np

from natverk.twomode.nullmodel import randomise

N = 1000
#: At least so many times as fast as the fastest package that keeps both margins, and as Python sets.
BAR_PACKAGES, BAR_SETS = 10, 50
WORKERS = os.cpu_count() or 1

#: Effort for the small and the large matrix: trades per column (natverk), per row (sets), rounds of all pairs
#: (networkit), swaps tried per tie (igraph, pybirewirex).
EFFORT: dict[str, tuple[float, float]] = {
    "natverk": (5, 6),
    "sets": (11, 10),
    "networkit": (17, 19),
    "igraph": (3.75, 4),
    "pybirewirex": (3.6, 4),
}
#: Trades per column after which the overlap has its final value.
FINAL = 20
#: Randomisations timed in one round, for the small and the large matrix.
TIMED = {
    "natverk, numba": (10_000, 1000),
    "natverk, numba, one thread": (10_000, 200),
    "natverk, numpy": (1000, 40),
    "networkit GlobalCurveball": (100, 3),
    "igraph rewire": (100, 3),
    "pybirewirex": (1000, 40),
    "Python sets": (20, 1),
}
#: Randomisations of each method from which its overlap is taken.
SEEN = (1000, 40)
NEEDS = {"natverk, numba": "numba", "natverk, numba, one thread": "numba", "networkit GlobalCurveball": "networkit"}
NEEDS |= {"igraph rewire": "igraph", "pybirewirex": "pybirewirex"}

Method = Callable[[int], Iterable[Any]]


def heavy_tailed(rows: int, columns: int, density: float) -> np.ndarray:
    """Return a binary matrix in which few rows and few columns have many of the ones, always the same."""
    rng = np.random.default_rng(1)
    row_weights = (np.arange(1, rows + 1) / (0.03 * rows) + 1) ** -0.6
    column_weights = 1 / (np.arange(1, columns + 1) / 2 + 1)
    rng.shuffle(row_weights)
    rng.shuffle(column_weights)
    weights = np.outer(row_weights, column_weights)
    low, high = 0.0, 1e9
    for _ in range(200):
        scale = (low + high) / 2
        low, high = (low, scale) if np.minimum(scale * weights, 0.9).mean() > density else (scale, high)
    return (rng.random((rows, columns)) < np.minimum(high * weights, 0.9)).astype(np.uint8)


def ours(matrix: np.ndarray, trades: float, engine: Any, workers: int) -> Method:
    def run(n: int) -> Iterable[Any]:
        # From the observed matrix, as all others do: the default starts from a hub, one more randomisation in all.
        return randomise(matrix, n, 2014, trades=int(trades), start="observed", engine=engine, workers=workers)

    return run


def networkit(matrix: np.ndarray, rounds: float) -> Method:
    import networkit as nk

    rows, columns = matrix.nonzero()
    # Directed with self-loops: rows point to columns, so that both sets of margins are kept.
    graph = nk.GraphFromCoo((np.ones(len(rows)), (rows, columns)), n=max(matrix.shape), directed=True, weighted=False)
    nk.setNumberOfThreads(WORKERS)

    def run(n: int) -> Iterable[Any]:
        for number in range(n):
            nk.setSeed(number, True)
            algorithm = nk.randomization.GlobalCurveball(graph, int(rounds), True, False)
            algorithm.run()
            yield algorithm.getGraph()

    return run


def igraph(matrix: np.ndarray, tries: float) -> Method:
    import igraph as ig

    rows, columns = matrix.nonzero()
    edges = np.column_stack([rows, columns + len(matrix)])
    swaps = int(tries * len(rows))

    def run(n: int) -> Iterable[Any]:
        for number in range(n):
            graph = ig.Graph(n=sum(matrix.shape), edges=edges, directed=True)
            random.seed(number)
            start = time.perf_counter()
            graph.rewire(n=swaps)
            yield Timed(graph, time.perf_counter() - start)

    return run


def pybirewirex(matrix: np.ndarray, tries: float) -> Method:
    from pybirewirex.bipartite import rewire_bipartite

    cells = matrix.astype(np.int16)
    swaps = int(tries * matrix.sum())

    def run(n: int) -> Iterable[Any]:
        for number in range(n):
            yield rewire_bipartite(cells, max_iter=swaps, seed=number)

    return run


def python_sets(matrix: np.ndarray, trades: float) -> Method:
    """Strona et al. (2014) as published, with sets: two random rows trade what only one of them has."""
    original = [set(np.flatnonzero(row).tolist()) for row in matrix]

    def run(n: int) -> Iterable[Any]:
        for number in range(n):
            rng = random.Random(number)
            rows = list(original)
            for _ in range(int(trades * len(rows))):
                one, other = rng.sample(range(len(rows)), 2)
                both = rows[one] & rows[other]
                if len(both) in (len(rows[one]), len(rows[other])):
                    continue
                single = list(rows[one] ^ rows[other])
                rng.shuffle(single)
                size = len(rows[one]) - len(both)
                rows[one], rows[other] = both.union(single[:size]), both.union(single[size:])
            yield rows

    return run


class Timed:
    """A result that brings its own time."""

    def __init__(self, result: Any, seconds: float) -> None:
        self.result, self.seconds = result, seconds


def seconds(method: Method, n: int) -> float:
    """Return the time of n randomisations, each thrown away when the next one comes."""
    start = time.perf_counter()
    own = 0.0
    for made in method(n):
        own += made.seconds if isinstance(made, Timed) else 0.0
    return own or time.perf_counter() - start


def overlap(matrix: np.ndarray, made: Any) -> float:
    """Return the share of the original ones that still stand; fail where the margins are not kept."""
    made = made.result if isinstance(made, Timed) else made
    if isinstance(made, np.ndarray):
        cells = made
    else:
        cells = np.zeros_like(matrix)
        if isinstance(made, list):
            pairs = [(row, column) for row, members in enumerate(made) for column in members]
        elif hasattr(made, "iterEdges"):
            pairs = list(made.iterEdges())
        else:
            pairs = [(one, other - len(matrix)) for one, other in made.get_edgelist()]
        rows, columns = np.array(pairs).T
        cells[rows, columns] = 1
    for axis in (0, 1):
        if (cells.sum(axis=axis, dtype=np.int64) != matrix.sum(axis=axis, dtype=np.int64)).any():
            raise SystemExit("a method did not keep the margins")
    return float(cells[matrix > 0].mean())


def methods(matrix: np.ndarray, size: int) -> tuple[dict[str, Method], list[str]]:
    """Return the methods that are installed, and the packages that are not."""
    effort = {name: values[size] for name, values in EFFORT.items()}
    makers: dict[str, Callable[[], Method]] = {
        "natverk, numba": lambda: ours(matrix, effort["natverk"], "numba", WORKERS),
        "natverk, numba, one thread": lambda: ours(matrix, effort["natverk"], "numba", 1),
        "natverk, numpy": lambda: ours(matrix, effort["natverk"], "numpy", WORKERS),
        "networkit GlobalCurveball": lambda: networkit(matrix, effort["networkit"]),
        "igraph rewire": lambda: igraph(matrix, effort["igraph"]),
        "pybirewirex": lambda: pybirewirex(matrix, effort["pybirewirex"]),
        "Python sets": lambda: python_sets(matrix, effort["sets"]),
    }
    missing = [name for name, package in NEEDS.items() if find_spec(package) is None]
    made = {name: make() for name, make in makers.items() if name not in missing}
    return made, sorted({NEEDS[name] for name in missing})


def compare(matrix: np.ndarray, size: int, rounds: int, factor: int) -> bool | None:
    """Print one table and return whether the bars are met; None where there is nothing to compare with."""
    found, missing = methods(matrix, size)
    counts = {name: TIMED[name][size] * factor for name in found}
    times: dict[str, list[float]] = {name: [] for name in found}
    kept = {}
    for name, method in found.items():
        # The first run warms up (and compiles), and gives the overlap.
        kept[name] = statistics.fmean(overlap(matrix, made) for made in method(min(counts[name], SEEN[size])))
    final = statistics.fmean(overlap(matrix, made) for made in ours(matrix, FINAL, "auto", WORKERS)(SEEN[size]))
    for number in range(rounds):
        names = list(found)[number % len(found) :] + list(found)[: number % len(found)]
        for name in names:
            times[name].append(seconds(found[name], counts[name]) * N / counts[name])
    medians = {name: statistics.median(values) for name, values in times.items()}
    rows, columns = matrix.shape
    print(f"{rows} × {columns}, {int(matrix.sum())} ties, {N} randomisations, {rounds} rounds, {WORKERS} threads")
    print(
        f"{'method':28} {'timed':>6} {'overlap':>8} {'above':>6} {'median s':>9} {'min':>9} {'max':>9} {'× numba':>8}"
    )
    base = medians.get("natverk, numba")
    for name, values in times.items():
        ratio = f"{medians[name] / base:8.1f}" if base else ""
        spread = f"{medians[name]:9.4f} {min(values):9.4f} {max(values):9.4f}"
        print(f"{name:28} {counts[name]:6} {kept[name]:8.4f} {kept[name] / final - 1:6.1%} {spread} {ratio}")
    if missing:
        print(f"not installed, so not measured: {', '.join(missing)}. Next: pip install {' '.join(missing)}")
    packages = {name: medians[name] for name in NEEDS if name in medians and not name.startswith("natverk")}
    if base is None or not packages:
        print("the bars cannot be judged: numba and at least one of the packages are needed\n")
        return None
    fastest = min(packages, key=lambda name: packages[name])
    ratios = packages[fastest] / base, medians["Python sets"] / base
    met = ratios[0] >= BAR_PACKAGES and ratios[1] >= BAR_SETS
    print(
        f"{ratios[0]:.1f} times as fast as the fastest package ({fastest}; bar: {BAR_PACKAGES}), "
        f"{ratios[1]:.0f} times as fast as Python sets (bar: {BAR_SETS})\n"
    )
    return met


def main(arguments: list[str]) -> None:
    quick, full = "--quick" in arguments, "--full" in arguments
    factor = 5 if full else 1
    results = [compare(heavy_tailed(290, 60, 0.045), 0, 7, factor)]
    if not quick:
        results.append(compare(heavy_tailed(10_000, 300, 0.03), 1, 3, factor))
    if None in results:
        print("bar not measured")
    else:
        print("bar met" if all(results) else "bar NOT met")


if __name__ == "__main__":
    main(sys.argv[1:])
