"""Worker processes and how they end: none is left behind, whatever happens to the run.

Three things end a run early: an interrupt (Ctrl-C or SIGTERM), a worker that dies, and the death of the process that
started the workers. In each case workers are ended together with the kernels they have started.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType

import psutil  # type: ignore[import-untyped]

__all__ = ["Interrupt", "end_with_children", "hold_signals", "start_worker", "watch_signals"]

# SIGHUP, where there is one: the terminal was closed.
_SIGNALS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}


class Interrupt:
    """Whether the run was asked to stop; `number` is the signal, 0 if none came."""

    def __init__(self) -> None:
        self.number = 0

    def __bool__(self) -> bool:
        return self.number != 0

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Remember a signal."""
        self.number = number


@contextlib.contextmanager
def watch_signals() -> Iterator[Interrupt]:
    """Turn SIGINT, SIGTERM and SIGHUP into a flag, so that files are never left half-way; restore what was before.

    Only the main thread can do this; elsewhere the flag never rises.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = {number: signal.signal(number, interrupt.receive) for number in _SIGNALS}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def hold_signals() -> Iterator[None]:
    """Hold signals back while a process is started: it inherits this, and is not hit before it can handle them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_worker(scratch: str) -> None:
    """Prepare a new worker process: surroundings of kernels, signals, and the end of its parent.

    An interrupt from the terminal reaches all processes; workers leave it to the one that runs them.
    """
    from natverk.reports.kernel import set_surroundings

    set_surroundings(os.environ, Path(scratch))
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end_worker())
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait until the parent is gone, then end this worker and its kernels."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        _end_worker()


def _end_worker() -> None:
    _kill(_stop_children(psutil.Process()))
    os._exit(128 + signal.SIGTERM)


def end_with_children(pid: int | None) -> None:
    """Kill a process and all that it has started; nothing happens if it is gone.

    Processes are stopped before they are killed, parents first, so that none can start another one meanwhile.
    """
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return
    _signal(process, "suspend")
    _kill([process, *_stop_children(process)])


def _stop_children(process: psutil.Process) -> list[psutil.Process]:
    """Stop all that `process` has started, until no new one turns up, and return them."""
    found: dict[int, psutil.Process] = {}
    while True:
        try:
            new = [child for child in process.children(recursive=True) if child.pid not in found]
        except psutil.NoSuchProcess:
            break
        if not new:
            break
        for child in new:
            found[child.pid] = child
            _signal(child, "suspend")
    return list(found.values())


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        _signal(process, "kill")


def _signal(process: psutil.Process, what: str) -> None:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        getattr(process, what)()
