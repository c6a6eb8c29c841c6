"""CPU seconds of the code cells of real pages, here and in another checkout, in turn within one run.

    python bench/cells.py OTHER_CHECKOUT [--repeat 3]

Each page is run in a fresh process that has imported natverk and loaded the data, so that only the cells count:
`here` and `other` as a reader runs a notebook in a checkout whose tables are built (`natverk build` remembers what
measures make of them as a whole), `first` with nothing remembered, `prepared` as the report machine does, from a
process that has that and the letters of the figures already, and keeps it out of the garbage collector's way (see
`natverk.reports.pool`). What compares is the ratio; the seconds hang on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ("region_report", {"region": "14"}),
    ("region_report", {"region": "07"}),
    ("region_report", {"region": "19"}),
    ("municipality_profile", {"municipality": "1487"}),
    ("municipality_profile", {"municipality": "0180"}),
    ("municipality_profile", {"municipality": "2303"}),
]

CHILD = """
import contextlib, io, json, sys, time
notebook, parameters, prepared = json.loads(sys.argv[1])
if prepared:
    import pandas
    pandas.set_option("mode.string_storage", "python")
import natverk
natverk.load().verify()
import matplotlib
matplotlib.use("agg")
import natverk.figures
try:
    import natverk.pages
except ImportError:
    import natverk.text
if prepared:
    import gc
    from natverk.pages.prepared import country
    country()
    gc.collect()
    gc.freeze()
cells = [cell for cell in json.load(open(f"notebooks/{notebook}.ipynb", encoding="utf-8"))["cells"]
         if cell["cell_type"] == "code" and "lab-only" not in cell["metadata"].get("tags", [])]
space, spent = {"display": lambda *shown, **how: None}, []
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in cells:
    source = "".join(cell["source"])
    begun = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        result = shell.run_cell(source)
    result.raise_error()
    spent.append(time.process_time() - begun)
    if "parameters" in cell["metadata"].get("tags", []):
        shell.user_ns.update(parameters)
print(json.dumps(spent), file=sys.__stdout__)
"""


def seconds(checkout: Path, page: tuple[str, dict[str, str]], side: str, empty: str) -> list[float]:
    """Return the CPU seconds of each code cell of a page, run in a checkout; `first` has an empty folder as cache."""
    environment = os.environ | {"PYTHONPATH": str(checkout)} | ({"XDG_CACHE_HOME": empty} if side == "first" else {})
    done = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps([*page, side == "prepared"])],
        cwd=checkout, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Run all pages in turn in both checkouts and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, nargs="?", help="another checkout of natverk, such as a worktree")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--cells", action="store_true", help="show the seconds of each cell of this checkout")
    chosen = parser.parse_args()
    sides = dict.fromkeys(("first", "here", "prepared"), ROOT)
    if chosen.other:
        sides["other"] = chosen.other.resolve()
    command = [sys.executable, "-m", "natverk.cli", "build"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    ratios: dict[str, list[float]] = {side: [] for side in sides if side != "other"}
    for page in PAGES:
        runs: dict[str, list[list[float]]] = {side: [] for side in sides}
        for _ in range(chosen.repeat):
            for side, checkout in sides.items():
                with tempfile.TemporaryDirectory() as empty:
                    runs[side].append(seconds(checkout, page, side, empty))
        median = {side: statistics.median(sum(run) for run in spent) for side, spent in runs.items()}
        line = f"{page[0]} {next(iter(page[1].values()))}:"
        for side, value in median.items():
            line += f" {side} {value:.2f} s"
            if "other" in median and side != "other":
                ratios[side].append(value / median["other"])
                line += f" ({ratios[side][-1]:.2f} of other)"
        print(line, flush=True)
        if chosen.cells:
            for side, spent in runs.items():
                print("   ", side, *(f"{statistics.median(cell):.2f}" for cell in zip(*spent, strict=True)))
    for side, found in ratios.items():
        if found:
            print(f"{side}: median {statistics.median(found):.2f} of other, {min(found):.2f}–{max(found):.2f}")


if __name__ == "__main__":
    main()
