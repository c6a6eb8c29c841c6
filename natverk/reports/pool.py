"""Processes that run pages: one for each page, several at once, each bounded in time and memory.

Where the system can fork, the processes are forked from a server that has the libraries imported
(`natverk.reports.warm`), so that a page costs its own cells; elsewhere each starts as a fresh interpreter. Jobs go in,
results come out: nothing else knows how pages come to be run.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import sys
import time
import types
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from natverk.errors import NatverkError
from natverk.reports.execute import Failure, Job, Result
from natverk.reports.kernel import set_surroundings
from natverk.reports.normalise import clean_text
from natverk.reports.processes import Interrupt, end_with_children, hold_signals
from natverk.reports.warm import PRELOAD_VARIABLE
from natverk.reports.worker import DUMP_SIGNAL, Begun, Done, Step, log_path, result_path, work

__all__ = ["CELL_TIMEOUT", "MIN_MEMORY", "PAGE_TIMEOUT", "Limits", "Pool"]

CELL_TIMEOUT = 300
PAGE_TIMEOUT = 900
MIN_MEMORY = 1 << 30
_POLL = 0.2
_LOG_SHOWN = 4000
# How often the server may fail to fork a page before that is the machine's fault.
_TRIES = 5
_START_TIMEOUT = 120
_BELOW_CELL = re.compile(
    r'(?m)(?<=\n)  File "IPython/core/interactiveshell\.py", line \d+ in run_code\n(?:  File .*\n?)*'
)


@dataclass(frozen=True)
class Limits:
    """What a page may take: seconds for a cell and for the whole page, bytes of memory (None: a fair share)."""

    cell: float = CELL_TIMEOUT
    page: float = PAGE_TIMEOUT
    memory: int | None = None

    def share(self, size: int) -> int:
        """Return the bytes that each of `size` pages at once may take."""
        return self.memory or max(MIN_MEMORY, int(psutil.virtual_memory().available) // size)


@dataclass
class _Running:
    """A page that is being run."""

    job: Job
    number: int
    process: BaseProcess
    pipe: Connection
    asked: float = field(default_factory=time.monotonic)
    begun: float | None = None  # its time runs from here: before, the server may have had to start
    step: Step | None = None
    step_begun: float = 0.0
    silent: bool = False  # the process is alive, but its server is gone and will not tell of its end


class Pool:
    """Runs jobs, `size` at once, each in a process of its own; used once."""

    def __init__(self, size: int, scratch: str, interrupt: Interrupt, limits: Limits, preload: str = "") -> None:
        self.size, self.scratch, self.interrupt, self.limits = size, Path(scratch), interrupt, limits
        self._preload = preload
        self._memory = limits.share(size)
        self._running: list[_Running] = []
        self._servers: set[int] = set()
        self._count = 0
        if "forkserver" in multiprocessing.get_all_start_methods():
            # It lets signals through when it starts, so it starts before they are held.
            resource_tracker.ensure_running()
            self._context: multiprocessing.context.BaseContext = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(["natverk.reports.warm"])
        else:
            self._context = multiprocessing.get_context("spawn")

    @property
    def busy(self) -> bool:
        """Whether a page is being run."""
        return bool(self._running)

    def run(self, queue: deque[Job]) -> Iterator[Result]:
        """Yield results as they come until the queue is empty or the run is interrupted."""
        while (queue or self._running) and not self.interrupt:
            yield from self.step(queue)

    def step(self, queue: deque[Job], *also: Connection) -> Iterator[Result]:
        """Start what there is room for, wait a moment for news, also on other connections, and yield what is done."""
        while queue and len(self._running) < self.size and not self.interrupt:
            self._start(queue.popleft())
        waited: list[object] = [item.pipe for item in self._running]
        waited += [item.process.sentinel for item in self._running if not item.silent]
        wait([*waited, *also], timeout=self._patience())  # type: ignore[list-item]
        for item in list(self._running):
            result = self._hear(item) or self._overdue(item)
            if result is not None:
                self._running.remove(item)
                item.pipe.close()
                yield result

    def end(self) -> None:
        """End all processes, at once if they are still at work, and the server they came from."""
        for item in self._running:
            end_with_children(item.process.pid)
            item.pipe.close()
        self._running.clear()
        for server in self._servers - {os.getpid()}:
            end_with_children(server)

    def _start(self, job: Job) -> None:
        """Start the process of a page."""
        self._count += 1
        for attempt in range(1, _TRIES + 1):
            ours, theirs = self._context.Pipe(duplex=False)
            arguments = (theirs, job, self._count, str(self.scratch), dict(os.environ), self._memory)
            process = self._context.Process(target=work, args=arguments)  # type: ignore[attr-defined]
            try:
                with hold_signals(), _no_main(), self._server_environment():
                    process.start()
            except (OSError, EOFError) as error:
                # The server was killed while it was asked; the next attempt starts another one.
                ours.close()
                if self.interrupt:
                    return
                if attempt == _TRIES:
                    raise NatverkError(
                        f"no process could be started for {job.page.id}: {error!r}",
                        remedy="close other programs, or run fewer pages at once: --jobs 1",
                    ) from error
            else:
                self._running.append(_Running(job, self._count, process, ours))
                return
            finally:
                theirs.close()

    @contextlib.contextmanager
    def _server_environment(self) -> Iterator[None]:
        """Start the server, if it is now that it starts, in the surroundings of pages."""
        before = dict(os.environ)
        try:
            set_surroundings(os.environ, self.scratch)
            os.environ[PRELOAD_VARIABLE] = self._preload
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _patience(self) -> float:
        """Return how long to wait for news: until the next deadline, at most a moment."""
        now = time.monotonic()
        return max(0.0, min([_POLL, *(self._deadline(item)[0] - now for item in self._running)]))

    def _deadline(self, item: _Running) -> tuple[float, str]:
        """Return when the time of a process is up, and what is then said of it."""
        if item.begun is None:
            return item.asked + _START_TIMEOUT, f"the page's process did not start within {_START_TIMEOUT} seconds"
        page = (item.begun + self.limits.page, f"the page took longer than {self.limits.page:g} seconds")
        if item.step is None or not item.step.number:
            # A kernel starts, or the page is rendered: not a cell's time.
            return page
        cell = (item.step_begun + self.limits.cell, f"a cell took longer than {self.limits.cell:g} seconds")
        return min(cell, page)

    def _hear(self, item: _Running) -> Result | None:
        """Take what a process has sent; return its result, or why there will be none."""
        try:
            while item.pipe.poll():
                message = item.pipe.recv()
                if isinstance(message, Done):
                    # It has nothing left to do but to end; something that a notebook has started may hinder it.
                    item.process.join(1.0)
                    end_with_children(item.process.pid)
                    return self._explained(self._result(item))
                if isinstance(message, Begun):
                    self._servers.add(message.server)
                    item.begun = time.monotonic()
                elif isinstance(message, Step):
                    item.step, item.step_begun = message, time.monotonic()
        except (EOFError, OSError):
            item.process.join(1.0)
            return self._lost(item)
        if item.silent or item.process.exitcode is None:
            return None if not item.silent or psutil.pid_exists(item.process.pid) else self._lost(item)
        # Either the process is gone, or the server that would tell: then only the pipe can.
        item.silent = _alive(item.process.pid)
        return None if item.silent or item.pipe.poll() else self._lost(item)

    def _result(self, item: _Running) -> Result:
        path = result_path(self.scratch, item.number)
        result: Result = ForkingPickler.loads(path.read_bytes())
        path.unlink()
        return result

    def _lost(self, item: _Running) -> Result:
        """Return the result of a page whose process has ended without one."""
        # The server tells how a process ended; if it was killed itself, nobody knows.
        code = item.process.exitcode if all(_alive(server) for server in self._servers) else None
        log = self._log(item)
        end_with_children(item.process.pid)
        if code is not None and code < 0:
            summary = f"the page's process was ended by {signal.Signals(-code).name}"
            summary += ", possibly for want of memory: --jobs 1 leaves it more" if -code == _KILL else ""
        elif code and "Traceback (most recent call last)" in log:
            summary = log.splitlines()[-1]
        else:
            how = f" with status {code}" if code is not None else ""
            summary = f"the page's process ended{how} before the page was done"
        return self._failed(item, summary, log)

    def _overdue(self, item: _Running) -> Result | None:
        """End a process whose time is up and return the result of its page."""
        deadline, summary = self._deadline(item)
        if time.monotonic() < deadline:
            return None
        if DUMP_SIGNAL is not None and item.process.pid is not None and _alive(item.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(item.process.pid, DUMP_SIGNAL)
            time.sleep(0.1)
        end_with_children(item.process.pid)
        return self._failed(item, summary, self._log(item))

    def _failed(self, item: _Running, summary: str, traceback: str) -> Result:
        step = item.step if item.step and item.step.number else None
        failure = Failure.of(summary, traceback, step.source if step else "", step.number if step else None)
        return Result.lost(item.job.page, failure, duration=time.monotonic() - item.asked)

    def _explained(self, result: Result) -> Result:
        """Say of a page that ran out of memory how much it had."""
        failure = result.failure
        if failure is None or not failure.summary.startswith(("MemoryError", "ArrayMemoryError", "_ArrayMemoryError")):
            return result
        more = f"the page may take {self._memory >> 20} MB (--memory, or fewer --jobs)"
        summary = f"{failure.summary.rstrip(': ')}: {more}"
        return replace(result, failure=replace(failure, summary=summary))

    def _log(self, item: _Running) -> str:
        path = log_path(self.scratch, item.number)
        said = path.read_bytes()[-_LOG_SHOWN:].decode("utf-8", "replace") if path.is_file() else ""
        # What is below the cell, in IPython and natverk, is the same for every page.
        return _BELOW_CELL.sub("", clean_text(said)).strip()


_KILL = getattr(signal, "SIGKILL", 9)


def _alive(pid: int | None) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    """Hide the running script: a page's process would run it again, guarded or not."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
