"""The process of one page: made for it, shielded from all others, and gone with it.

It sends what happens through a pipe: a `Begun` when it is there, a `Step` before each cell, and `Done` at the end.
The process that waits at the other end (`natverk.reports.pool`) bounds its time; this one bounds its memory.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]

from natverk.reports.execute import Job, run_page
from natverk.reports.kernel import set_surroundings
from natverk.reports.processes import end_children, release_signals

if TYPE_CHECKING:
    from multiprocessing.connection import PipeConnection  # type: ignore[attr-defined]

__all__ = ["DUMP_SIGNAL", "Begun", "Done", "Step", "limit_memory", "log_path", "result_path", "work"]

# How much of a cell goes through the pipe at once: no more than it takes without waiting for a reader.
_SHOWN = 8000

# Makes a page's process write to its log where it is; only there is it of use.
DUMP_SIGNAL: int | None = getattr(signal, "SIGUSR1", None)


@dataclass(frozen=True)
class Begun:
    """The process is there; `server` is the one it was forked from, or the one that started it."""

    server: int


@dataclass(frozen=True)
class Step:
    """A cell begins: its number and what it says; number 0 when all cells are done and the page is rendered."""

    number: int
    source: str


@dataclass(frozen=True)
class Done:
    """The result is there, in the file that `result_path` names.

    It does not go through the pipe: a process that is stopped in the middle of a large message would hold up whoever
    reads it.
    """


def log_path(scratch: Path, number: int) -> Path:
    """Return the file to which the process of job `number` writes what is not of the notebook."""
    return scratch / f"page-{number}.log"


def result_path(scratch: Path, number: int) -> Path:
    """Return the file in which the process of job `number` leaves its `Result`."""
    return scratch / f"page-{number}.result"


def work(
    pipe: Connection | PipeConnection,
    job: Job,
    number: int,
    scratch: str,
    environ: Mapping[str, str],
    memory: int | None,
) -> None:
    """Run a page and send its result; the target of the process, which ends with this function.

    Parameters
    ----------
    pipe
        Takes `Begun`, `Step` and `Done`.
    job, number
        The page, and a number of its own in this run.
    scratch
        A folder that goes away with the run.
    environ
        The environment of the process that asked for the page.
    memory
        The most memory it may take for the page, in bytes; None for no limit.
    """
    pipe.send(Begun(os.getppid()))
    _settle(log_path(Path(scratch), number), Path(scratch), environ)
    if memory is not None:
        limit_memory(memory)
    # What is not foreseen ends this process with its traceback in the log, and fails this page only.
    result = run_page(job, lambda count, source: pipe.send(Step(count, source[:_SHOWN])))
    result_path(Path(scratch), number).write_bytes(ForkingPickler.dumps(result))
    pipe.send(Done())
    end_children()
    # What the notebook has left running in threads, or wants to do at the end, is not waited for.
    os._exit(0)


def _settle(log: Path, scratch: Path, environ: Mapping[str, str]) -> None:
    """Make this process what a fresh interpreter would be, with its own log."""
    if hasattr(os, "setsid"):
        # A session of its own: what it starts can be ended with it, even when it is gone itself.
        with contextlib.suppress(PermissionError):
            os.setsid()
    _write_to(log)
    os.environ.clear()
    os.environ.update(environ)
    set_surroundings(os.environ, scratch)
    # What a page leaves in a temporary folder goes away with the run.
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    sys.argv = ["natverk"]
    random.seed()
    if "numpy" in sys.modules:
        # Forked from a server, all pages would draw the same numbers.
        sys.modules["numpy"].random.seed()
    # Where an endless loop is, and what a library in C was doing when it crashed.
    file = log.open("ab")
    faulthandler.enable(file)
    if DUMP_SIGNAL is not None:
        faulthandler.register(DUMP_SIGNAL, file, all_threads=False)
    logging.raiseExceptions = False
    release_signals()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _write_to(log: Path) -> None:
    """Send what is written past Python, or before a notebook runs, to the log instead of the terminal."""
    with log.open("ab") as file:
        for stream in (1, 2):
            with contextlib.suppress(OSError):
                os.dup2(file.fileno(), stream)


def _end_with_parent() -> None:
    """Wait until the process that asked for the page is gone, then end this one and what it has started."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        end_children()
        os._exit(128 + signal.SIGTERM)


def limit_memory(size: int) -> None:
    """Let this process take `size` bytes more than it has; then it gets a `MemoryError`.

    Where the system has no such limit (Windows, macOS), nothing happens.
    """
    try:
        import resource
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    # Libraries reserve address space that they never use: what is there already does not count.
    wanted = psutil.Process().memory_info().vms + size
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
