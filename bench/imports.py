"""How much importing natverk and loading the data adds to importing pandas: a ratio within one run.

Each variant runs in a fresh interpreter, in turn, so that the machine's drift meets them alike; the first
round warms the caches and is not counted. Usage: python bench/imports.py [ROUNDS]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

VARIANTS = {
    "import pandas": "import pandas",
    "import pandas, pyarrow.parquet": "import pandas, pyarrow.parquet",
    "import natverk": "import natverk",
    "natverk.load() and one table": "import natverk; natverk.load().memberships",
    "natverk.load() and all tables": (
        "import natverk; from natverk.data.schema import SCHEMA; d = natverk.load(); [d.table(n) for n in SCHEMA]"
    ),
}


#: Importing natverk and loading its data may add so much, at most, to importing pandas.
BAR = 1 / 3


def seconds(code: str) -> float:
    """Return the wall time of a fresh interpreter that runs the code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main(rounds: int = 5) -> None:
    """Print medians and their ratio to the first variant, and to the second, which reads the same kind of file."""
    times: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for number in range(rounds + 1):
        for name, code in VARIANTS.items():
            taken = seconds(code)
            if number:
                times[name].append(taken)
    bases = [statistics.median(times[name]) for name in list(VARIANTS)[:2]]
    print(f"{'variant':34} {'median s':>9} {'min':>6} {'max':>6} {'× pandas':>9} {'× parquet':>9}")
    for name, values in times.items():
        median = statistics.median(values)
        ratios = "".join(f" {median / base:9.2f}" for base in bases)
        print(f"{name:34} {median:9.2f} {min(values):6.2f} {max(values):6.2f}{ratios}")
    added = statistics.median(times[list(VARIANTS)[-1]]) / bases[0] - 1
    met = "met" if added < BAR else "NOT MET"
    print(f"natverk with all its data adds {added:.0%} to importing pandas: {met} ({BAR:.0%})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    main(parser.parse_args().rounds)
