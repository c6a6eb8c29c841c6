"""The report machine beside what people write today: ratios within one run, medians over rounds.

Usage: python bench/reports.py [SECTION ...] [--rounds N] [--base COMMIT | FOLDER]

real       three region reports, three municipalities and two networks: `papermill` then `jupyter nbconvert`, two
           processes a page, on the notebooks and the library of an earlier commit and on today's, against
           `natverk report`
one        one region page alone, cold, against the earlier commit's own `natverk report`
unchanged  21 region pages that have not changed, against the loop for as many
sample     40 pages of all kinds, against the earlier commit's own `natverk report`
memory     290 municipality pages: memory of all processes as they go on (about ten minutes)
machine    a page that computes next to nothing: what the machine itself costs, against the loop and against papermill's
           Python API with joblib, nbclient and ploomber-engine, where they are installed

Two pages at once throughout. All variants of a section run in turn, so that the machine's drift meets them alike. The
earlier commit is checked out into a temporary worktree, and runs with the interpreter and the packages of today; or
`--base` names a folder where it is checked out with an environment of its own (`make data` there makes .venv).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BASE = "dd20d17"
COUNTIES = [f"{number:02}" for number in range(1, 26) if number not in (2, 11, 15, 16)]
# Report, parameter and unit of the real pages.
REAL = [
    *(("region_report", "region", code) for code in ("14", "07", "19")),
    *(("municipality_profile", "municipality", code) for code in ("1480", "1487", "0860")),
    *(("network_profile", "network", network) for network in ("eurocities", "klimatkommunerna")),
]
OTHERS = {"joblib": "joblib", "nbclient": "nbclient", "ploomber": "ploomber_engine"}
Variants = dict[str, Callable[[], object]]


def run(root: Path, *command: str) -> str:
    """Run Python on the library of a checkout, with its own environment where it has one; return what it says."""
    own = root / ".venv" / "bin" / "python"
    python = str(own) if root != ROOT and own.exists() else sys.executable
    environ = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([python, *command], cwd=root, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def natverk(root: Path, out: Path, pages: Sequence[str], *options: str) -> None:
    run(root, "-m", "natverk.cli", "report", *pages, "--jobs", "2", "--out", str(out), *options)


def people(root: Path, out: Path, pages: Sequence[tuple[str, str, str]]) -> None:
    """Do what is written today: one page after the other, two programs for each."""
    out.mkdir(exist_ok=True)
    for report, parameter, unit in pages:
        notebook, target = root / "notebooks" / f"{report}.ipynb", str(out / f"{report}-{unit}.ipynb")
        options = ["-r", parameter, unit, "--no-progress-bar", "--cwd", str(notebook.parent)]
        run(root, "-m", "papermill", str(notebook), target, *options)
        run(root, "-m", "nbconvert", "--to", "html", target)


def rounds_of(variants: Variants, rounds: int) -> dict[str, float]:
    """Run variants in turn; print and return the median time of each."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        for name, work in variants.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
            print(f"  round {number + 1}: {name} {times[name][-1]:.2f} s", file=sys.stderr)
    for name, values in times.items():
        print(f"{name:70} {statistics.median(values):9.2f} s ({min(values):.2f} to {max(values):.2f})")
    return {name: statistics.median(values) for name, values in times.items()}


def real(base: Path, folder: Path, rounds: int) -> None:
    pages = [f"sv/{report}/{unit}" for report, _parameter, unit in REAL]
    before, now, ours = rounds_of(
        {
            f"loop of papermill and nbconvert, commit {BASE}": lambda: people(base, folder / "before", REAL),
            "loop of papermill and nbconvert, today's notebooks": lambda: people(ROOT, folder / "now", REAL),
            "natverk report --force": lambda: natverk(ROOT, folder / "out", pages, "--force"),
        },
        rounds,
    ).values()
    print(f"natverk against the loop on commit {BASE}: {before / ours:.1f} times (bar: 6)")
    print(f"natverk against the loop on today's notebooks: {now / ours:.1f} times (no bar)")


def one(base: Path, folder: Path, rounds: int) -> None:
    page = ["sv/region_report/14"]
    before, now = rounds_of(
        {
            f"natverk report of one page, commit {BASE}": lambda: natverk(base, folder / "before", page, "--force"),
            "natverk report of one page": lambda: natverk(ROOT, folder / "now", page, "--force"),
        },
        rounds,
    ).values()
    print(f"one page alone, cold, against commit {BASE}: {now / before:.2f} of its time (bar: 0.5)")


def unchanged(base: Path, folder: Path, rounds: int) -> None:
    pages = [f"sv/region_report/{code}" for code in COUNTIES]
    natverk(ROOT, folder / "out", pages)
    loop, ours = rounds_of(
        {
            f"loop for three regions, commit {BASE}": lambda: people(base, folder / "before", REAL[:3]),
            "natverk report of 21 unchanged pages": lambda: natverk(ROOT, folder / "out", pages),
        },
        rounds,
    ).values()
    print(f"21 unchanged pages against the loop for as many: {7 * loop / ours:.0f} times (bar: 100)")


def sample(base: Path, folder: Path, rounds: int) -> None:
    listed = run(base, "-m", "natverk.cli", "list", "--lang", "sv").split()
    kinds: dict[str, list[str]] = {}
    for page in listed:
        kinds.setdefault(page.split("/")[1], []).append(page)
    share = -(-40 // len(kinds))
    spread = [
        pages[number * len(pages) // share] for pages in kinds.values() for number in range(min(share, len(pages)))
    ]
    chosen = list(dict.fromkeys([*spread, *listed[:: max(1, len(listed) // 40)]]))[:40]
    before, now = rounds_of(
        {
            f"natverk report of 40 pages, commit {BASE}": lambda: natverk(base, folder / "before", chosen, "--force"),
            "natverk report of the same": lambda: natverk(ROOT, folder / "now", chosen, "--force"),
        },
        rounds,
    ).values()
    print(f"40 pages of all kinds against commit {BASE}: {before / now:.1f} times as fast (bar: 3)")


class Memory:
    """The most memory that this process's children take together; pages that they share count once (PSS)."""

    def __init__(self) -> None:
        self.peak, self.samples = 0, list[int]()
        self._stop = threading.Event()

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            total = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    total += process.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied, AttributeError):
                    continue
            self.peak = max(self.peak, total)
            self.samples.append(total)

    def of(self, work: Callable[[], None]) -> float:
        """Return the peak while `work` runs, in MB."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            work()
        finally:
            self._stop.set()
            thread.join()
        return self.peak / 1e6


def memory(_base: Path, folder: Path, _rounds: int) -> None:
    watch = Memory()
    pages = ["--only", "sv/municipality_profile/*"]
    peak = watch.of(lambda: natverk(ROOT, folder / "out", pages, "--force"))
    # The first and the last moments are those of the machine that starts and of the index that is written.
    inner = watch.samples[len(watch.samples) // 20 : -len(watch.samples) // 20]
    halves = [statistics.median(part) / 1e6 for part in (inner[: len(inner) // 2], inner[len(inner) // 2 :])]
    print(f"290 municipality pages: peak {peak:.0f} MB (PSS of all processes)")
    print(f"memory of their second half against the first: {halves[1] / halves[0]:.2f} times (flat: 1)")


def machine(_base: Path, folder: Path, rounds: int) -> None:
    notebook, out = str(HERE / "page.ipynb"), str(folder / "out")
    ours = [str(HERE / "_driver.py"), "report", *(f"sv/page/{unit}" for unit in COUNTIES), "--out", out, "--jobs", "2"]

    def loop() -> None:
        for unit in COUNTIES:
            target = str(folder / f"{unit}.ipynb")
            run(
                ROOT, "-m", "papermill", notebook, target, "-r", "region", unit, "--no-progress-bar", "--cwd", str(HERE)
            )
            run(ROOT, "-m", "nbconvert", "--to", "html", target)

    variants: Variants = {
        "loop of papermill and nbconvert": loop,
        "natverk report --force": lambda: run(ROOT, *ours, "--force"),
        "natverk report, all unchanged": lambda: run(ROOT, *ours),
        "natverk report --force --engine default": lambda: run(ROOT, *ours, "--force", "--engine", "default"),
    }
    for name, module in OTHERS.items():
        label = {"joblib": "papermill's API with joblib, 2 processes"}.get(name, f"{name}, 2 processes")
        if importlib.util.find_spec(module):
            command = [str(HERE / "_others.py"), name, notebook, str(folder), *COUNTIES]
            variants[label] = lambda command=command: run(ROOT, *command)
        else:
            print(f"{label}: {module} is not installed, left out")
    times = list(rounds_of(variants, rounds).values())
    print(f"the machine alone, 21 light pages, against the loop: {times[0] / times[1]:.1f} times")


SECTIONS = {"real": real, "one": one, "unchanged": unchanged, "sample": sample, "memory": memory, "machine": machine}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--base", default=BASE, help="the commit to compare with, or a folder where it is checked out")
    options = parser.parse_args()
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f"unknown section {name!r}: {', '.join(SECTIONS)}")
    git = ["git", "-C", str(ROOT), "worktree"]
    there = Path(options.base).is_dir()
    base = Path(options.base).resolve() if there else Path(tempfile.mkdtemp(prefix="natverk-base-")) / "checkout"
    if not there:
        subprocess.run([*git, "add", "--quiet", "--detach", str(base), options.base], check=True)
    try:
        # The tables are built before anything is timed.
        for root in (base, ROOT):
            run(root, "-m", "natverk.cli", "build")
        for name in options.sections or SECTIONS:
            print(f"\n{name}, {options.rounds} rounds")
            folder = Path(tempfile.mkdtemp(prefix="natverk-bench-"))
            try:
                SECTIONS[name](base, folder, options.rounds)
            finally:
                shutil.rmtree(folder)
    finally:
        if not there:
            subprocess.run([*git, "remove", "--force", str(base)], check=True)


if __name__ == "__main__":
    main()
