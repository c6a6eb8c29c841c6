"""How far a run is: a bar on a terminal, one line a page elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Progress", "duration_text", "seconds_left"]


def duration_text(seconds: float) -> str:
    """Return a duration as a person reads it.

    >>> duration_text(6.24), duration_text(75), duration_text(3700)
    ('6.2 s', '1 min 15 s', '1 h 01 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def seconds_left(done: int, total: int, elapsed: float) -> float | None:
    """Return how long the rest should take at the pace so far; None before the first page is done.

    >>> seconds_left(7, 21, 70.0), seconds_left(0, 21, 3.0)
    (140.0, None)
    """
    return elapsed / done * (total - done) if done else None


class Progress:
    """Shows how far a run of `total` pages is; used with `with`.

    On a terminal there is a bar with pages done and left, time elapsed and time left, and the slowest page, and only
    failed pages get a line. Elsewhere every page gets a plain line.

    >>> from rich.console import Console
    >>> with Progress(3, Console(quiet=True)) as progress:
    ...     progress.page_done("sv/r/14", 2.0, None)
    ...     progress.page_done("sv/r/18", 3.5, "KeyError")
    >>> progress.slowest()
    'sv/r/18 3.5 s, sv/r/14 2.0 s'
    """

    def __init__(self, total: int, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        self.total, self.done, self.console = total, 0, console
        self._durations: dict[str, float] = {}
        self._clock = time.monotonic()
        self._bar: Bar | None = None
        if console.is_terminal:
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("pages", total=total, left="")

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def page_done(self, page_id: str, duration: float, error: str | None) -> None:
        """Count a page that is done, or that failed with `error`."""
        self.done += 1
        self._durations[page_id] = duration
        left = seconds_left(self.done, self.total, time.monotonic() - self._clock)
        about = f"about {duration_text(left)} left" if left else ""
        outcome = f"FAILED: {error}" if error else "ok"
        if self._bar:
            self._bar.update(self._task, advance=1, left=f"{about}  slowest: {self.slowest(1)}".strip())
            if error:
                self._line(f"{page_id}  {outcome}")
            return
        parts = [f"[{self.done}/{self.total}] {page_id}", outcome, duration_text(duration), about]
        self._line("  ".join(part for part in parts if part))

    def slowest(self, n: int = 3) -> str:
        """Return the pages that took longest so far, and how long, the slowest first."""
        longest = sorted(self._durations, key=lambda page_id: -self._durations[page_id])[:n]
        return ", ".join(f"{page_id} {duration_text(self._durations[page_id])}" for page_id in longest)

    def _line(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)
