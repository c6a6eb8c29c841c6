"""Co-membership beside networkx and igraph, and alone at 100,000 actors × 1,000 networks with bounded memory.

Every run is a fresh process that reads the same matrix; the order of the variants turns from round to round.
Seconds are those of the computation alone (building a library's own graph is not counted). The peak is what
the process's largest size gained over its size before the computation, and what tracemalloc saw of it.

Usage: python bench/overlap.py [--quick | --full]
networkx comes with natverk; igraph is optional: pip install igraph
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array, load_npz, save_npz

from natverk.twomode.matrix import TwoMode, co_membership, co_membership_blocks

MIB = 2**20
#: What may be taken beside the bound: copies of the matrix, in bytes a tie; labels, and what the allocator keeps.
COPIES, LABELS = 50, 8 * MIB
#: One unit of ru_maxrss in bytes.
UNIT = 1 if sys.platform == "darwin" else 1024


def random_ties(actors: int, networks: int, density: float) -> csr_array:
    """Return a binary matrix of this density, always the same."""
    drawn = np.random.default_rng(2008).integers(0, actors * networks, round(actors * networks * density))
    cells = np.unique(drawn)
    return csr_array((np.ones(len(cells), np.int32), (cells // networks, cells % networks)), shape=(actors, networks))


def labelled(matrix: csr_array) -> TwoMode:
    rows, columns = matrix.shape
    return TwoMode(matrix, [f"a{place:06d}" for place in range(rows)], [f"n{place:04d}" for place in range(columns)])


def prepare(variant: str, matrix: csr_array, mib: int) -> Callable[[], tuple[int, int]]:
    """Return a call that counts pairs and shared networks, with what it needs already built."""
    if variant == "networkx":
        import networkx as nx

        rows, columns = matrix.nonzero()
        graph: Any = nx.Graph()
        graph.add_nodes_from(range(matrix.shape[0]))
        graph.add_edges_from(zip(rows.tolist(), (columns + matrix.shape[0]).tolist(), strict=True))

        def by_networkx() -> tuple[int, int]:
            projected = nx.bipartite.weighted_projected_graph(graph, range(matrix.shape[0]))
            return projected.number_of_edges(), int(projected.size(weight="weight"))

        return by_networkx
    if variant == "igraph":
        import igraph

        rows, columns = matrix.nonzero()
        kinds = [0] * matrix.shape[0] + [1] * matrix.shape[1]
        bipartite = igraph.Graph.Bipartite(
            kinds, list(zip(rows.tolist(), (columns + matrix.shape[0]).tolist(), strict=True))
        )

        def by_igraph() -> tuple[int, int]:
            projected = bipartite.bipartite_projection(which=0)
            return projected.ecount(), int(sum(projected.es["weight"]))

        return by_igraph

    ties = labelled(matrix)

    def streamed() -> tuple[int, int]:
        counts = np.zeros(2, dtype=np.int64)
        for piece in co_membership_blocks(ties, max_bytes=mib * MIB):
            counts += (len(piece), int(piece["shared"].sum()))
        return int(counts[0]), int(counts[1])

    def whole() -> tuple[int, int]:
        frame = co_membership(ties, max_bytes=mib * MIB)
        return len(frame), int(frame["shared"].sum())

    def top() -> tuple[int, int]:
        frame = co_membership(ties, keep="top", top=10, max_bytes=mib * MIB)
        return len(frame), int(frame["shared"].sum())

    return {"natverk": whole, "natverk blocks": streamed, "natverk top 10": top}[variant]


def child(variant: str, path: str, mib: str, traced: str) -> None:
    """Run one variant and print what it took as JSON."""
    matrix = csr_array(load_npz(path))
    # What is loaded on first use is no part of the measurement.
    prepare(variant, csr_array(np.array([[1, 1], [0, 1]], dtype=np.int32)), 1)()
    call = prepare(variant, matrix, int(mib))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if traced == "traced":
        tracemalloc.start()
    start = time.perf_counter()
    pairs, shared = call()
    seconds = time.perf_counter() - start
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * UNIT
    allocated = tracemalloc.get_traced_memory()[1] if traced == "traced" else 0
    print(json.dumps({"s": seconds, "peak": peak, "allocated": allocated, "pairs": pairs, "shared": shared}))


def measured(variant: str, path: Path, mib: int = 256, *, traced: bool = False) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", variant, str(path), str(mib), "traced" if traced else "plain"]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def middle(runs: list[dict[str, Any]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def beside(path: Path, rounds: int) -> bool:
    """Compare natverk with networkx and igraph on one matrix; say whether all count the same."""
    variants = ["natverk", "natverk blocks", "natverk top 10", "igraph", "networkx"]
    if find_spec("igraph") is None:
        print("igraph is not installed and left out. Next: pip install igraph")
        variants.remove("igraph")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in variants}
    for number in range(rounds):
        for name in variants[number % len(variants) :] + variants[: number % len(variants)]:
            runs[name].append(measured(name, path))
    base = middle(runs["natverk"], "s")
    print(f"{'variant':16} {'median s':>9} {'min':>7} {'max':>7} {'ratio':>7} {'peak MiB':>9} {'pairs':>12}")
    for name, own in runs.items():
        times = [run["s"] for run in own]
        print(
            f"{name:16} {statistics.median(times):9.2f} {min(times):7.2f} {max(times):7.2f} "
            f"{statistics.median(times) / base:7.1f} {middle(own, 'peak') / MIB:9.0f} {own[0]['pairs']:12,}"
        )
    others = [name for name in variants if not name.startswith("natverk")]
    same = {(runs[name][0]["pairs"], runs[name][0]["shared"]) for name in ["natverk", "natverk blocks", *others]}
    print(f"all count the same pairs and shared networks: {'yes' if len(same) == 1 else f'NO: {same}'}")
    return len(same) == 1


def bounded(path: Path, ties: int, rounds: int, bounds: list[int], actors: int) -> bool:
    """Measure time and peak memory of the large matrix under several bounds; say whether all were kept."""
    kept = []
    print(f"actors squared at 4 bytes a cell: {actors**2 * 4 / MIB:,.0f} MiB")
    print(
        f"{'variant':16} {'max_bytes':>10} {'median s':>9} {'min':>7} {'max':>7} "
        f"{'peak MiB':>9} {'of them':>8} {'allowed':>8} {'pairs':>12}"
    )
    for name, mib in [("natverk blocks", mib) for mib in bounds] + [("natverk top 10", mib) for mib in bounds[1:]]:
        runs = [measured(name, path, mib) for _ in range(rounds)]
        # tracemalloc slows a run down: with the largest bound, whose blocks are fewest.
        traced = measured(name, path, mib, traced=True) if mib == bounds[-1] else None
        allowed = mib * MIB + COPIES * ties + LABELS
        peak = max([run["peak"] for run in runs] + ([traced["allocated"]] if traced else []))
        kept.append(peak <= allowed)
        seen = f"{traced['allocated'] / MIB:8.0f}" if traced else f"{'':8}"
        times = [run["s"] for run in runs]
        print(
            f"{name:16} {mib:6} MiB {statistics.median(times):9.2f} {min(times):7.2f} {max(times):7.2f} "
            f"{max(run['peak'] for run in runs) / MIB:9.0f} {seen} {allowed / MIB:8.0f} {runs[0]['pairs']:12,}"
        )
    print(
        f"allowed: max_bytes, {COPIES} bytes a tie for copies of the matrix, {LABELS // MIB} MiB for labels and "
        "allocator; of them: what tracemalloc saw at most"
    )
    return all(kept)


def main(arguments: list[str]) -> int:
    """Print both tables and whether the bars are met; the exit status says the latter again."""
    quick, full = "--quick" in arguments, "--full" in arguments
    small = (10_000, 300, 0.01 if full else 0.005) if not quick else (2_000, 300, 0.005)
    large = (100_000, 1_000, 0.005) if not quick else (10_000, 1_000, 0.005)
    rounds = 5 if full else 3
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (actors, networks, density) in enumerate((small, large)):
            paths.append(Path(folder) / f"{number}.npz")
            matrix = random_ties(actors, networks, density)
            save_npz(paths[-1], matrix)
            print(f"{actors:,} actors × {networks:,} networks, {matrix.nnz:,} ties, density {density:.1%}")
            if number == 0:
                same = beside(paths[0], rounds)
            else:
                bounds = [4, 16] if quick else [16, 64, 256] if full else [64, 256]
                within = bounded(paths[1], matrix.nnz, rounds, bounds, actors)
            print()
    met = same and within
    print(
        f"{'met' if met else 'NOT MET'}: {'the same' if same else 'OTHER'} pairs as networkx and igraph; "
        f"peak memory {'within' if within else 'ABOVE'} what max_bytes allows"
    )
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1:]))
