"""Processes that run pages: one for each page, bounded in time and memory, shielded from all others, gone with it.

Where the system can fork, they are forked from a server that has the libraries imported, so that a page costs its own
cells; elsewhere each starts as a fresh interpreter. pebble starts them and waits for them. The process of a page keeps
its own time: a thread ends it with all that it has started when a cell or the page takes too long, or when nobody waits
for it any more; where a library does not let Python's threads run, `faulthandler` does it, and if all that fails,
pebble does.
"""

from __future__ import annotations

import ast
import contextlib
import faulthandler
import gc
import importlib
import itertools
import json
import logging
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from multiprocessing import connection, forkserver, resource_tracker, util
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import psutil  # type: ignore[import-untyped]

import natverk
from natverk.errors import NatverkError
from natverk.reports.files import end_with_children, remedy_for, shorter_temporary, signal_to, stopped_children
from natverk.reports.record import Failure, Job, Result, clean_text

__all__ = [
    "CELL_TIMEOUT", "Interrupt", "Limits", "MIN_MEMORY", "PAGE_TIMEOUT", "Pool", "codes_of", "prepare",
    "set_surroundings", "used_modules", "watch_signals",
]  # fmt: skip

CELL_TIMEOUT = 300
PAGE_TIMEOUT = 900
MIN_MEMORY = 1 << 30
# Seconds: how often it is looked whether the run is interrupted; how long what is prepared may take; how much later
# than a page's own thread faulthandler ends it, and pebble later than that.
_POLL, _PREPARING, _GRACE = 0.2, 120.0, 2.0
# How often the server may fail to fork a page before that is the machine's fault.
_TRIES = 5
_LOG_SHOWN = 4000
# SIGHUP, where there is one: the terminal was closed.
_SIGNALS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
_KILL, _UNKNOWN = getattr(signal, "SIGKILL", 9), 255
# What faulthandler writes when it ends a process.
_OVERDUE = re.compile(r"^Timeout \(\d+:", re.MULTILINE)
# Addresses of sockets may have about a hundred characters, and what stands in the folder has names too.
_LONGEST_FOLDER = 60


@dataclass(frozen=True)
class Limits:
    """What a page may take: seconds for a cell and for the whole page, bytes of memory (None: a fair share)."""

    cell: float = CELL_TIMEOUT
    page: float = PAGE_TIMEOUT
    memory: int | None = None

    def share(self, size: int) -> int:
        """Return the bytes that each of `size` pages at once may take."""
        return self.memory or max(MIN_MEMORY, int(psutil.virtual_memory().available) // size)


# --- In the process that asks for pages -------------------------------------------------------------------------------


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

    A signal that is ignored stays so: `nohup` and the background of a script are asked for. Only the main thread can
    do this; elsewhere the flag never rises.
    """
    interrupt = Interrupt()
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        heard = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
        before = {number: signal.signal(number, interrupt.receive) for number in heard}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def set_surroundings(environ: MutableMapping[str, str], scratch: Path) -> None:
    """Set an environment so that a notebook gives the same result anywhere."""
    environ["JUPYTER_RUNTIME_DIR"] = str(scratch)
    environ["IPYTHONDIR"] = str(scratch / "ipython")  # no profile, start-up file or history of the user
    environ["PYTHONHASHSEED"] = "0"  # sets keep their order from run to run
    environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    environ.setdefault("SOURCE_DATE_EPOCH", "0")  # matplotlib dates its SVG files with it
    # Pages at once are what keeps the cores busy, and the server must have one thread when it forks.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environ[name] = "1"
    environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    # tqdm warns when it is imported in a kernel without widgets: of no interest on a page, where nothing moves.
    warnings = [text for text in (environ.get("PYTHONWARNINGS", ""), "ignore:IProgress not found") if text]
    environ["PYTHONWARNINGS"] = ",".join(warnings)
    environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a remark of the debugger on every start
    # The kernel runs in the folder of its notebook, where relative paths would lead elsewhere.
    for name in ("NATVERK_DATA", "NATVERK_OVERLAY"):
        if environ.get(name):
            environ[name] = str(Path(environ[name]).expanduser().absolute())
    paths = [str(Path(path).absolute()) for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    package = Path(natverk.__file__).resolve().parent
    if (package.parent / "pyproject.toml").is_file():
        paths.insert(0, str(package.parent))  # in a checkout the kernel must import the same natverk, installed or not
    if paths:
        environ["PYTHONPATH"] = os.pathsep.join(paths)


# What is the whole process's is changed for a moment while another one is started: environment and main module.
_starting = threading.Lock()
# Written by the server that runs, when it is ready.
_server_mark = Path()


@dataclass(frozen=True)
class _Page:
    """A page that is being run; its process leaves files of this name: `.log`, `.json` and `.result`."""

    job: Job
    files: Path
    asked: float

    def last_step(self) -> dict[str, Any]:
        """Return what the process wrote last: its `pid`, `cell`, `source`, and the `limit` that it was under."""
        try:
            said = json.loads(self.files.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}


class Pool:
    """Starts the processes of pages and hands back what became of them; used with `with`, once.

    Parameters
    ----------
    limits
        What a page may take.
    size
        How many run at once on this machine.
    modules, functions, codes
        What is prepared (`prepare`).
    interrupt
        Ends the run when it rises.
    """

    def __init__(
        self,
        limits: Limits,
        size: int = 1,
        modules: Sequence[str] = (),
        functions: Sequence[str] = (),
        interrupt: Interrupt | None = None,
        codes: Sequence[str] = (),
    ) -> None:
        self.limits, self.size = limits, size
        self.interrupt = Interrupt() if interrupt is None else interrupt
        self._memory = limits.share(size)
        self._numbers = itertools.count(1)
        self._running: dict[Future[None], _Page] = {}
        # Where preparing fails, less is prepared, and at last nothing.
        more = [{"modules": [*modules], "functions": [*functions]}] if functions else []
        self._orders: list[dict[str, list[str]] | None] = [*more, {"modules": [*modules], "functions": []}, None]
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._folders = contextlib.ExitStack()
        try:
            self.scratch = self._folder(None)
            short = self.scratch if len(str(self.scratch)) <= _LONGEST_FOLDER else self._folder(_short_folder())
        except OSError as error:
            raise NatverkError(
                f"no temporary folder can be made: {error}", remedy=remedy_for(error, shorter_temporary())
            ) from error
        self.sockets = short
        self._codes = codes
        try:
            Path.cwd()
        except FileNotFoundError:
            # A process cannot be started in a folder that is gone.
            os.chdir(self.scratch.parent)

    def _folder(self, where: str | None) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="nv-", dir=where, ignore_cleanup_errors=True)
        return Path(self._folders.enter_context(folder))

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def begin(self) -> None:
        """Start the server, and do not wait for it: it prepares while this process does something else."""
        if self._context.get_start_method() == "forkserver":
            # What hinders it now is said where a page cannot be started.
            with _starting, contextlib.suppress(OSError, EOFError):
                self._start_server()

    def run(self, queue: deque[Job]) -> Generator[Result]:
        """Yield results as they come until the queue is empty or the run is interrupted."""
        while not self.interrupt:
            while queue and len(self._running) < self.size and not self.interrupt:
                self.start(queue.popleft())
            if not self._running:
                return
            for future in wait(self._running, timeout=_POLL, return_when=FIRST_COMPLETED).done:
                result = self.result(future)
                if self.size > 1 and queue and not self.interrupt:
                    # Whoever takes the result writes it meanwhile.
                    self.start(queue.popleft())
                yield result

    def start(self, job: Job) -> Future[None] | None:
        """Start the process of a page; the future is done when it has ended. None where the run is interrupted.

        Raises
        ------
        NatverkError
            If no process can be started, with what may help.
        """
        from pebble import concurrent

        page = _Page(job, self.scratch / f"page-{next(self._numbers)}", time.monotonic())
        arguments = (job, page.files, self.sockets, dict(os.environ), self.limits, self._memory)
        timeout = self.limits.page + 2 * _GRACE
        # pebble's annotations call `context` by another name than it reads.
        started: Any = concurrent.process(daemon=False, timeout=timeout, context=self._context)  # type: ignore[call-overload]
        for attempt in range(1, _TRIES + 1):
            try:
                with _starting:
                    if not self._has_server():
                        return None
                    with _held_signals(), self._surroundings():
                        future: Future[None] = started(_run_in_process)(*arguments)
            except (OSError, EOFError) as error:
                # The server was killed while it was asked; the next attempt starts another one.
                if attempt == _TRIES:
                    otherwise = "close other programs, or run fewer pages at once: --jobs 1"
                    raise NatverkError(
                        f"no process could be started for {job.page.id}: {error!r}", remedy=remedy_for(error, otherwise)
                    ) from error
            else:
                self._running[future] = page
                return future
        return None

    def result(self, future: Future[None]) -> Result:
        """Return what became of a page, when its future is done; what it has left running is ended."""
        page = self._running[future]
        error = future.exception()
        step = page.last_step()
        end_with_children(step.get("pid"))
        del self._running[future]
        try:
            result: Result = ForkingPickler.loads(page.files.with_suffix(".result").read_bytes())
            page.files.with_suffix(".result").unlink()
        except FileNotFoundError:
            return _lost(page, step, error)
        return result

    def end(self) -> None:
        """End all processes, at once if they are still at work, and the server they came from."""
        for page in self._running.values():
            end_with_children(page.last_step().get("pid"))
        _end_servers()
        self._running.clear()
        self._folders.close()

    def _log(self) -> Path:
        """Return the file for what the server says; each order has its own."""
        return self.scratch / f"server-{len(self._orders)}.log"

    def _start_server(self) -> None:
        """Start the server, unless there is one."""
        global _server_mark  # noqa: PLW0603 - the server is the process's
        if _servers():
            return
        order = self._orders[0]
        _server_mark = self.scratch / "server"
        _server_mark.unlink(missing_ok=True)
        self._context.set_forkserver_preload(["natverk.reports.pool"] if order else [])
        told: dict[str, Any] | None = None
        if order is not None:
            # A file, for a variable of the environment takes no more than some 100 kB.
            codes = self.scratch / "codes.json"
            codes.write_text(json.dumps([*self._codes]), encoding="utf-8")
            told = {**order, "codes": str(codes), "ready": str(_server_mark), "log": str(self._log())}
        with self._surroundings(told):
            # It lets signals through when it starts, so it starts before they are held.
            resource_tracker.ensure_running()
            with _held_signals():
                forkserver.ensure_running()

    def _has_server(self) -> bool:
        """See that there is a server to fork from, ready; False where the run is interrupted before."""
        if multiprocessing.current_process().daemon:
            # A worker of Dask may not start processes, since whoever ends it would not end them: here they end by
            # themselves when it is gone.
            multiprocessing.current_process().daemon = False
        if self._context.get_start_method() != "forkserver":
            return True
        while True:
            self._start_server()
            order, log, servers = self._orders[0], self._log(), list[psutil.Process]()
            seen, deadline = time.monotonic(), time.monotonic() + _PREPARING
            while order is not None and not _server_mark.exists():
                if self.interrupt:
                    return False
                now = time.monotonic()
                # For a moment after its start it is not known by its name. To look for it costs more than a look at it.
                servers = [server for server in servers if _is_alive(server)] or _servers()
                seen = now if servers else seen
                if now > min(deadline, seen + 1.0):
                    break
                time.sleep(0.02)
            else:
                return True
            said = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
            why = next((line for line in reversed(said) if line.strip()), "it took too long" if _servers() else "")
            _end_servers()
            what = ", ".join(order["functions"]) or "the libraries of pages"
            logging.getLogger(__name__).warning("%s cannot be prepared, so pages take longer: %s", what, why)
            self._orders.pop(0)

    @contextlib.contextmanager
    def _surroundings(self, order: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Start a process as if nothing lay about: its environment is that of pages, and it reads no file of the user.

        The running script is hidden, since it would be run again, guarded or not. Addresses of sockets are short.
        """
        environ, main, temporary = dict(os.environ), sys.modules["__main__"], tempfile.tempdir
        try:
            set_surroundings(os.environ, self.sockets)
            # Without it Python would first look for its own modules in the working folder.
            os.environ["PYTHONSAFEPATH"] = "1"
            # Threads that wait for the next product of two matrices would take the processors of the other pages.
            for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
                os.environ.setdefault(name, str(max(1, (os.cpu_count() or 1) // self.size)))
            if order is not None:
                os.environ[_VARIABLE] = json.dumps(order)
            sys.modules["__main__"] = types.ModuleType("__main__")
            # It is made once a process, and outlives this pool.
            tempfile.tempdir = _short_folder()
            util.get_temp_dir()
            yield
        finally:
            os.environ.clear()
            os.environ.update(environ)
            sys.modules["__main__"], tempfile.tempdir = main, temporary


def _short_folder() -> str:
    """Return a temporary folder whose name leaves room for the address of a socket; the system's, if it does."""
    system = tempfile.gettempdir()
    others = [folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.access(folder, os.W_OK | os.X_OK)]
    return system if len(system) <= _LONGEST_FOLDER or not others else others[0]


def _lost(page: _Page, step: Mapping[str, Any], error: BaseException | None) -> Result:
    """Return the result of a page whose process has ended without one."""
    log = page.files.with_suffix(".log")
    said = log.read_bytes()[-_LOG_SHOWN:].decode("utf-8", "replace") if log.is_file() else ""
    code = getattr(error, "exitcode", None)
    if isinstance(error, TimeoutError) or _OVERDUE.search(said):
        summary = step.get("limit") or "the page's process did not start in time"
    elif code is None:
        summary, said = f"the page could not be run: {error!r}", getattr(error, "traceback", said)
    elif code < 0:
        summary = f"the page's process was ended by {signal.Signals(-code).name}"
        summary += ", possibly for want of memory: --jobs 1 leaves it more" if -code == _KILL else ""
    elif code and "Traceback (most recent call last)" in said:
        summary = said.strip().splitlines()[-1]
    else:
        # Where its server is gone, nobody knows how it ended.
        how = f" with status {code}" if code != _UNKNOWN else ""
        summary = f"the page's process ended{how} before the page was done"
    failure = Failure.of(summary, clean_text(said), step.get("source") or "", step.get("cell"))
    return Result.lost(page.job.page, failure, duration=time.monotonic() - page.asked)


def _servers() -> list[psutil.Process]:
    """Return the server of this process, if there is one."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if _is_alive(child) and any("multiprocessing.forkserver" in text for text in child.cmdline()):
                found.append(child)
    return found


def _is_alive(process: psutil.Process) -> bool:
    """Say whether a process runs; one that has ended and is not waited for yet does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _end_servers() -> None:
    """End the server; it is waited for, as a new one is started only when this one is gone."""
    for server in _servers():
        end_with_children(server.pid)
        # Whoever starts the next one asks how this one ended, and must find it.
        with contextlib.suppress(psutil.NoSuchProcess):
            while server.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.005)


@contextlib.contextmanager
def _held_signals() -> Iterator[None]:
    """Hold signals back while a process is started: it inherits this, and is not hit before it can handle them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- In the process of a page -----------------------------------------------------------------------------------------


def _run_in_process(
    job: Job, files: Path, sockets: Path, environ: Mapping[str, str], limits: Limits, memory: int
) -> None:
    """Run a page and leave its result in a file; the target of the process, which ends with this function.

    The result does not go through the pipe: a process that is stopped in the middle of a large message would hold up
    whoever reads it.
    """
    keeper = _Timekeeper(job, files, limits)
    # Make this process what a fresh interpreter would be, with its own log.
    if hasattr(os, "setsid"):
        # A session of its own: what it starts can be ended with it, even when it is gone itself.
        with contextlib.suppress(PermissionError):
            os.setsid()
    for stream in (1, 2):
        with contextlib.suppress(OSError):
            os.dup2(keeper.log.fileno(), stream)
    os.environ.clear()
    os.environ.update(environ)
    set_surroundings(os.environ, sockets)
    # What a page leaves in a temporary folder goes away with the run.
    os.environ["TMPDIR"] = tempfile.tempdir = str(files.parent)
    sys.argv = ["natverk"]
    random.seed()
    if "numpy" in sys.modules:
        # Forked from a server, all pages would draw the same numbers.
        sys.modules["numpy"].random.seed()
    logging.raiseExceptions = False
    # An interrupt from the terminal reaches all processes; this one leaves it to the one that started it.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end_self())
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    keeper.watch()
    _limit_memory(memory)
    # It brings papermill and ipykernel: the process that asks for pages has no need of them.
    from natverk.reports.engine import run_page

    result = run_page(job, keeper.step)
    failure = result.failure
    if failure and failure.summary.startswith(("MemoryError", "ArrayMemoryError", "_ArrayMemoryError")):
        more = f"the page may take {memory >> 20} MB (--memory, or fewer --jobs)"
        result = replace(result, failure=replace(failure, summary=f"{failure.summary.rstrip(': ')}: {more}"))
    keeper.leave(result)
    end_children()


class _Timekeeper:
    """Ends the process of a page when a cell or the page takes too long, or when nobody waits for it any more."""

    def __init__(self, job: Job, files: Path, limits: Limits) -> None:
        self.job, self.files, self.limits = job, files, limits
        self.begun = time.monotonic()
        # Where an endless loop is, and what a library in C was doing when it crashed.
        self.log = files.with_suffix(".log").open("ab")
        faulthandler.enable(self.log)
        self.step(0, "")

    def step(self, number: int, source: str) -> None:
        """Note that a cell begins; number 0 where a kernel starts or the page is rendered, which is no cell's time."""
        now = time.monotonic()
        page = (self.begun + self.limits.page, f"the page took longer than {self.limits.page:g} seconds")
        cell = (now + self.limits.cell, f"a cell took longer than {self.limits.cell:g} seconds")
        self.deadline, limit = min(page, cell) if number else page
        self.said: dict[str, Any] = {"pid": os.getpid(), "cell": number or None, "source": source, "limit": limit}
        self.files.with_suffix(".json").write_text(json.dumps(self.said), encoding="utf-8")
        # Where memory is short, no thread can be started; pebble's limit remains.
        with contextlib.suppress(RuntimeError):
            faulthandler.dump_traceback_later(max(_GRACE, self.deadline - now + _GRACE), exit=True, file=self.log)

    def watch(self) -> None:
        """Begin to look at the time."""
        threading.Thread(target=self._watch, daemon=True).start()

    def leave(self, result: Result) -> None:
        """Leave the result of the page; its time is no longer kept."""
        self.deadline = float("inf")
        part = self.files.with_suffix(".part")
        part.write_bytes(ForkingPickler.dumps(result))
        part.replace(self.files.with_suffix(".result"))

    def _watch(self) -> None:
        parent = multiprocessing.parent_process()
        waited = [parent.sentinel] if parent is not None else []
        while time.monotonic() < self.deadline:
            if connection.wait(waited, timeout=max(0.0, min(_POLL, self.deadline - time.monotonic()))):
                _end_self()
        stack = traceback.extract_stack(sys._current_frames().get(threading.main_thread().ident or 0))
        # What is above the cell, in IPython and natverk, is the same for every page.
        above = max((place for place, frame in enumerate(stack) if frame.name == "run_code"), default=len(stack))
        shown = "".join(traceback.format_list(stack[above + 1 :]))
        failure = Failure.of(self.said["limit"], shown, self.said["source"], self.said["cell"])
        self.leave(Result.lost(self.job.page, failure, duration=time.monotonic() - self.begun))
        end_children()
        os._exit(0)


def _limit_memory(size: int) -> None:
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


# --- How processes end ------------------------------------------------------------------------------------------------


def _end_self() -> None:
    end_children()
    os._exit(128 + signal.SIGTERM)


def end_children() -> None:
    """Kill all that this process has started."""
    for child in stopped_children(psutil.Process()):
        signal_to(child, "kill")


# --- In the server that pages are forked from -------------------------------------------------------------------------

# In the server's environment, as JSON: `modules` and `functions` to prepare, the file `codes` with the code to prepare,
# the file `ready` to write at the end, and the file `log` for what is printed meanwhile.
_VARIABLE = "NATVERK_SERVER"
_MACHINERY = (
    "natverk.reports.documents",
    "natverk.reports.engine",
    "natverk.reports.pool",
    "natverk.reports.page",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.lib.lexers",
    "matplotlib.backends.backend_agg",
    "matplotlib.style.core",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pandas.core.reshape.reshape",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
)
# How ipykernel calls the language of its cells for those who colour them.
_LANGUAGE = "ipython3"
# jsonschema imports it for checks that no notebook asks for, and it builds a grammar for a second.
_SLOW = "rfc3987_syntax"
_SAMPLE = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A\n\n- *b*"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "import a\nb = f'{a}' < 1  # c",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "d"}],
        },
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def used_modules(notebooks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the modules that notebooks import, and what they use of them, in order and each once; nothing is run.

    Parameters
    ----------
    notebooks
        Notebooks as parsed JSON. Cells that are not plain Python (magics) are passed over.

    Returns
    -------
    tuple of str
        `"module"` for an import, `"module:name"` for a name that is used of a module: a package may import a part of
        itself only when it is used.

    Examples
    --------
    >>> source = "import natverk\\nfrom natverk.pages import region\\nroles = natverk.roles.practised(natverk.load())"
    >>> used_modules([{"cells": [{"cell_type": "code", "source": source}]}])
    ('natverk', 'natverk.pages:region', 'natverk:roles', 'natverk:load')
    """
    found: dict[str, None] = {}
    for notebook in notebooks:
        names: dict[str, str] = {}
        for code in codes_of(notebook):
            with contextlib.suppress(SyntaxError):
                tree = ast.parse(code)
                found.update(dict.fromkeys(name for node in ast.walk(tree) for name in _used(node, names)))
    return tuple(found)


def codes_of(notebook: Mapping[str, Any]) -> list[str]:
    """Return the code of a notebook, cell by cell.

    >>> codes_of({"cells": [{"cell_type": "code", "source": ["a = 1\\n", "a"]}]})
    ['a = 1\\na']
    """
    cells = (cell.get("source", "") for cell in notebook["cells"] if cell["cell_type"] == "code")
    return [source if isinstance(source, str) else "".join(source) for source in cells]


def _used(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """Yield what a node imports or uses; `names` are the modules known by name so far."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
            first = alias.name.partition(".")[0]
            names[alias.asname or first] = alias.name if alias.asname else first
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}:{alias.name}" for alias in node.names if alias.name != "*")
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
        yield f"{names[node.value.id]}:{node.attr}"


def prepare(modules: Iterable[str], functions: Iterable[str], codes: Iterable[str] = ()) -> None:
    """Import what pages need, compile the templates that all of them use, and call what reports prepare.

    Parameters
    ----------
    modules
        Modules, and names used of them (`module:name`). What cannot be imported is left to the page that needs it:
        there the error has a place.
    functions
        `module:function`, called without arguments. What it makes must be kept by its module, and be the same for
        every page.
    codes
        Code of cells that several pages show: it is put into colours once.

    Raises
    ------
    NatverkError
        If a thread is left running: a process that is forked beside one may find a lock that nobody will open.
    """
    from PIL import Image

    from natverk.locale import LANGUAGES, texts
    from natverk.reports.page import code_html, environment, polish, render_cells

    # What is made here stays: the collector would look through it again and again.
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = _SLOW in sys.modules
        sys.modules.setdefault(_SLOW, None)  # type: ignore[arg-type]
        for text in (*_MACHINERY, *modules):
            _import(text)
        # A module can name what it imports only when it is used: `__preload__ = ("shapely",)`.
        for name in [part for module in list(sys.modules.values()) for part in getattr(module, "__preload__", ())]:
            _import(name)
        # What checks notebooks is made ready by the first one that is checked.
        importlib.import_module("nbformat").validate(_SAMPLE, version=4)
        if not there:
            del sys.modules[_SLOW]
        for lang in LANGUAGES:
            polish(render_cells(_SAMPLE, texts(lang)), texts(lang), unit="")
        for template in environment().list_templates(filter_func=_is_of_pages):
            environment().get_template(template)
        for code in codes:
            code_html(code, _LANGUAGE)
        Image.init()
        for text in functions:
            module, _colon, name = text.partition(":")
            getattr(importlib.import_module(module), name)()
    deadline = time.monotonic() + 1
    while (threads := psutil.Process().num_threads()) > 1:
        if time.monotonic() > deadline:
            raise NatverkError(f"{threads} threads run after what was prepared, where one is needed to fork pages")
        time.sleep(0.01)
    # The collector would write to all that is shared with the pages, and so copy it.
    gc.collect()
    gc.freeze()
    gc.enable()


def _is_of_pages(template: str) -> bool:
    """Say whether a template is ours to compile; those in folders are nbconvert's and pandoc's."""
    return "/" not in template and template.endswith(".j2")


def _import(text: str) -> None:
    """Import a module, or a module and what is used of it."""
    name, _colon, attribute = text.partition(":")
    with contextlib.suppress(ImportError):
        module = importlib.import_module(name)
        if attribute and not hasattr(module, attribute):
            importlib.import_module(f"{name}.{attribute}")


def _be_server(order: Mapping[str, Any]) -> None:
    with Path(order["log"]).open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    # Rows of small tables are taken from Python's memory in half the time; before natverk asks what text is made of.
    importlib.import_module("pandas").set_option("mode.string_storage", "python")
    try:
        prepare(order["modules"], order["functions"], json.loads(Path(order["codes"]).read_text(encoding="utf-8")))
    except ImportError as error:
        # The forkserver passes over modules that are not there, and would serve with half of what was asked for.
        raise NatverkError(str(error)) from error
    Path(order["ready"]).touch()


# The server only imports; there is nobody to call a function.
if os.environ.get(_VARIABLE):
    _be_server(json.loads(os.environ.pop(_VARIABLE)))
