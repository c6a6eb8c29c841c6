"""A process is ended with all that it has started."""

from __future__ import annotations

import contextlib
import os
import signal

import psutil  # type: ignore[import-untyped]

__all__ = ["end_with_children", "signal_to", "stopped_children"]


def end_with_children(pid: int | None) -> None:
    """Kill a process and all that it has started; nothing happens if it is gone.

    Processes are stopped before they are killed, parents first, so that none can start another one meanwhile.
    """
    if pid is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        signal_to(process, "suspend")
        for one in [process, *stopped_children(process)]:
            signal_to(one, "kill")
    # Its children are nobody's when it is gone, but of the session that it has led.
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def stopped_children(process: psutil.Process) -> list[psutil.Process]:
    """Stop all that a process has started, until no new one turns up, and return them."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        while new := [child for child in process.children(recursive=True) if child.pid not in found]:
            for child in new:
                found[child.pid] = child
                signal_to(child, "suspend")
    return list(found.values())


def signal_to(process: psutil.Process, what: str) -> None:
    """Call a method of the process, `suspend` or `kill`; one that is gone, or another user's, is left."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        getattr(process, what)()
