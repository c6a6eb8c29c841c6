"""Processes and how they end: none is left behind, whatever happens to the run.

Three things end a run early: an interrupt (Ctrl-C or SIGTERM), a page's process that dies, and the death of the
process that started them. In each case the processes of pages are ended together with all that they have started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import psutil  # type: ignore[import-untyped]

__all__ = ["Interrupt", "end_children", "end_with_children", "hold_signals", "release_signals", "watch_signals"]

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


def release_signals() -> None:
    """Take signals again in a process that was started while they were held.

    An interrupt from the terminal reaches all processes; a page's process leaves it to the one that started it.
    """
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end_self())
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end_self() -> None:
    end_children()
    os._exit(128 + signal.SIGTERM)


def end_children() -> None:
    """Kill all that this process has started."""
    _kill(_stop_children(psutil.Process()))


def end_with_children(pid: int | None) -> None:
    """Kill a process and all that it has started; nothing happens if it is gone.

    Processes are stopped before they are killed, parents first, so that none can start another one meanwhile.
    """
    if pid is None:
        return
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        _end_session(pid)
        return
    _signal(process, "suspend")
    _kill([process, *_stop_children(process)])
    _end_session(pid)


def _end_session(pid: int) -> None:
    """Kill what is left of the group that a process has led: its children are nobody's when it is gone."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


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
