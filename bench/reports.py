"""The report machine beside what people write today: ratios within one run, medians over rounds.

Usage: python bench/reports.py [SECTION ...] [--rounds N] [--pages N]

loop            `papermill` then `jupyter nbconvert`, a process each, against `natverk report`; the same unchanged;
                with papermill's Python API with joblib, nbclient and ploomber-engine, where they are installed
floor           the real region report against its cells run as plain functions in two processes
memory          peak memory of all processes, two pages at once, against papermill on two processes
municipalities  time per page of 21 and of 290 municipality pages, and memory as they go on (about ten minutes)

Two pages at once throughout. All variants of a section run in turn, so that the machine's drift meets them alike.
"""

from __future__ import annotations

import argparse
import importlib.util
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
NATVERK = [sys.executable, "-m", "natverk.cli"]
BENCH = [sys.executable, str(HERE / "_driver.py")]
NOTEBOOK = HERE / "page.ipynb"
COUNTIES = [f"{number:02}" for number in range(1, 26) if number not in (2, 11, 15, 16)]
OTHERS = {"joblib": "joblib", "nbclient": "nbclient", "ploomber": "ploomber_engine"}
SECTIONS = ("loop", "floor", "memory", "municipalities")


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{done.stderr[-2000:]}")


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rounds_of(variants: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Return the median time of each variant, run in turn."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        for name, work in variants.items():
            times[name].append(seconds(work))
            print(f"  round {number + 1}: {name} {times[name][-1]:.2f} s", file=sys.stderr)
    return {name: statistics.median(values) for name, values in times.items()}


def table(times: dict[str, float], base: str, pages: int) -> None:
    """Print each variant with its ratio to the time of natverk."""
    print(f"{'variant':58} {'median s':>9} {'s/page':>7} {'ratio':>8}")
    for name, value in times.items():
        print(f"{name:58} {value:9.2f} {value / pages:7.3f} {value / times[base]:8.2f}")


def people(folder: Path, units: Sequence[str]) -> None:
    """Do what is written today: one page after the other, two programs for each."""
    for unit in units:
        target = str(folder / f"{unit}.ipynb")
        papermill = [sys.executable, "-m", "papermill", str(NOTEBOOK), target, "-r", "region", unit]
        run(*papermill, "--no-progress-bar", "--cwd", str(HERE))
        run(sys.executable, "-m", "nbconvert", "--to", "html", target)


def loop(folder: Path, units: Sequence[str], rounds: int) -> None:
    out, aside = str(folder / "out"), str(folder)
    pages = [f"sv/page/{unit}" for unit in units]
    ours = [*BENCH, "report", *pages, "--out", out, "--jobs", "2"]
    variants: dict[str, Callable[[], None]] = {
        "papermill + jupyter nbconvert in a loop": lambda: people(folder, units),
        "natverk report, nothing cached": lambda: run(*ours, "--force"),
        "natverk report, all unchanged": lambda: run(*ours),
        "natverk report --engine default": lambda: run(*ours, "--force", "--engine", "default"),
    }
    for name, module in OTHERS.items():
        label = {"joblib": "papermill's API with joblib, 2 processes"}.get(name, f"{name}, 2 processes")
        if importlib.util.find_spec(module):
            command = [sys.executable, str(HERE / "_others.py"), name, str(NOTEBOOK), aside, *units]
            variants[label] = lambda command=command: run(*command)
        else:
            print(f"{label}: {module} is not installed, left out")
    times = rounds_of(variants, rounds)
    table(times, "natverk report, nothing cached", len(units))
    people_time, unchanged = (times[name] for name in list(variants)[:3:2])
    print(f"loop against nothing cached: {people_time / times['natverk report, nothing cached']:.1f} times (bar: 8)")
    print(f"loop against all unchanged: {people_time / unchanged:.0f} times (bar: 100)")


def floor(folder: Path, units: Sequence[str], rounds: int) -> None:
    ours = [*NATVERK, "report", *(f"sv/region_report/{unit}" for unit in units), "--force", "--jobs", "2"]

    def plain() -> None:
        halves = [[sys.executable, str(HERE / "_floor.py"), str(folder), *units[start::2]] for start in (0, 1)]
        workers = [subprocess.Popen(command) for command in halves]
        ends = [worker.wait() for worker in workers]
        if any(ends):
            raise SystemExit("the floor failed")

    name = "natverk report, nothing cached"
    variants = {
        "plain functions in two processes, figures saved": plain,
        name: lambda: run(*ours, "--out", str(folder / "o")),
    }
    times = rounds_of(variants, rounds)
    table(times, name, len(units))
    print(f"natverk against the floor: {times[name] / next(iter(times.values())):.2f} times (bar: 1.4)")


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


def memory(folder: Path, units: Sequence[str], rounds: int) -> None:
    ours = [*BENCH, "report", *(f"sv/page/{unit}" for unit in units), "--out", str(folder / "out"), "--jobs", "2"]
    theirs = [sys.executable, str(HERE / "_others.py"), "papermill", str(NOTEBOOK), str(folder), *units]
    peaks: dict[str, list[float]] = {"natverk report --jobs 2": [], "papermill, 2 processes": []}
    for _round in range(rounds):
        for name, command in zip(peaks, ([*ours, "--force"], theirs), strict=True):
            peaks[name].append(Memory().of(lambda command=command: run(*command)))
    for name, values in peaks.items():
        print(f"{name:58} peak {statistics.median(values):7.0f} MB (PSS of all processes)")
    first, second = (statistics.median(values) for values in peaks.values())
    print(f"natverk against papermill: {first / second:.2f} times (bar: 1)")


def municipalities(folder: Path, _units: Sequence[str], _rounds: int) -> None:
    import natverk

    codes = list(natverk.load().municipalities["code"])
    times, halves = {}, []
    for chosen in (codes[:: len(codes) // 21][:21], codes):
        pages = [f"sv/municipality_profile/{code}" for code in chosen]
        watch = Memory()
        command = [*NATVERK, "report", *pages, "--force", "--jobs", "2", "--out", str(folder / "municipal")]
        start = time.perf_counter()
        watch.of(lambda command=command: run(*command))
        times[len(chosen)] = (time.perf_counter() - start) / len(chosen)
        middle = len(watch.samples) // 2
        halves = [statistics.median(part) / 1e6 for part in (watch.samples[:middle], watch.samples[middle:])]
        print(f"{len(chosen):4} municipality pages: {times[len(chosen)]:.3f} s a page, peak {watch.peak / 1e6:.0f} MB")
    print(f"290 against 21, time per page: {times[290] / times[21]:.2f} times (bar: 1)")
    print(f"memory of the second half of 290 against the first: {halves[1] / halves[0]:.2f} times (flat: 1)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=len(COUNTIES))
    options = parser.parse_args()
    for name in options.sections or SECTIONS:
        if name not in SECTIONS:
            parser.error(f"unknown section {name!r}: {', '.join(SECTIONS)}")
    for name in options.sections or SECTIONS:
        print(f"\n{name}, {options.pages} pages, {options.rounds} rounds")
        folder = Path(tempfile.mkdtemp(prefix="natverk-bench-"))
        try:
            globals()[name](folder, COUNTIES[: options.pages], options.rounds)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
