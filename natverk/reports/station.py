"""What happens on a worker of a Dask cluster: pages run in a process beside it, its station, as they run locally.

A worker is a multiprocessing process that its nanny started as a daemon, and such a process may not start others. Its
flag could be lifted (`multiprocessing.current_process().daemon = False`), but a `Pool` in it would still be in the
wrong place: it changes the environment and the main module for a moment, and belongs to one thread, while a worker
runs pages in several threads beside other people's tasks. So each worker that is given pages starts one fresh
interpreter, this module, and talks to it over a connection. The station is the owner of the pool and of the server
that pages are forked from, which thus stays warm from page to page. It ends with its run, with its worker however
that ends (the connection breaks), and when no page has come for some minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from urllib.parse import urlsplit

from natverk.data.build import current_tables
from natverk.data.tables import REBUILD
from natverk.errors import NatverkError
from natverk.reports.execute import Job, Result
from natverk.reports.fingerprint import State
from natverk.reports.kernel import set_surroundings
from natverk.reports.pool import MIN_MEMORY, Limits, Pool
from natverk.reports.processes import end_with_children, watch_signals

__all__ = ["Order", "StationLost", "compare", "end_station", "identity", "identity_of", "run_on_worker"]

_IDLE = 300.0
# A page's time runs from when it begins; the server may have to start before, and others may stand in line.
_GRACE = 300.0


class StationLost(NatverkError):
    """The process that runs the pages of a worker is gone; another one may do it."""


@dataclass(frozen=True)
class Order:
    """What the pages of a run have in common.

    Attributes
    ----------
    run
        A name of the run that no other has.
    preload
        What the notebooks import (`natverk.reports.imports`).
    expected
        What a worker must have in common with the process that asks for the pages.
    threads
        How many pages the cluster runs at once on a machine, by host: they share its memory.
    """

    run: str
    limits: Limits
    preload: str
    expected: Mapping[str, str]
    threads: Mapping[str, int]


def identity_of(state: State) -> dict[str, str]:
    """Return what decides how a page comes out, apart from its notebook and parameters: a text by name."""
    texts = " ".join(f"{lang}:{value[:12]}" for lang, value in sorted(state.texts.items()))
    data = state.data or current_tables().fingerprint()
    return {**state.versions, "source": state.package, "texts": texts, "data": data}


def identity() -> dict[str, str]:
    """Return `identity_of` what this process would make pages from."""
    return identity_of(State.now((), {}))


def compare(worker: str, found: object, expected: Mapping[str, str]) -> None:
    """Refuse a worker that would not make the pages that are expected.

    Parameters
    ----------
    worker
        Its address.
    found
        Its `identity`, or the error that it gave instead.
    expected
        The `identity` of the process that asks for the pages.

    Raises
    ------
    NatverkError
        The first thing that differs, with both values and what to do.

    Examples
    --------
    >>> compare("tcp://10.0.0.2:4000", {"natverk": "1", "data": "ab"}, {"natverk": "1", "data": "cd"})
    Traceback (most recent call last):
        ...
    natverk.errors.NatverkError: the worker tcp://10.0.0.2:4000 has other data (ab) than this machine (cd)
      where: --cluster
      next: on each machine the same raw facts, then natverk build --force; ...
    """
    where = "--cluster"
    here = f"natverk {expected['natverk']}"
    if not isinstance(found, Mapping):
        raise NatverkError(
            f"the worker {worker} cannot run pages: {type(found).__name__}: {str(found).splitlines()[0]}",
            where=where,
            remedy=f"install {here} there: pip install natverk=={expected['natverk']}, then start the worker again",
        )
    names = {"data": "other data", "source": "another source of natverk", "texts": "other texts of pages"}
    same = "install natverk from the same source on both"
    remedies = {"data": f"on each machine the same raw facts, then {REBUILD}", "source": same, "texts": same}
    # The version explains all the rest, and the data are what people most often change.
    order = ["natverk", "data", "source", "texts"]
    for name in [*order, *sorted({*expected, *found} - set(order))]:
        there, wanted = found.get(name, "none"), expected.get(name, "none")
        if there != wanted:
            what = names.get(name, f"another {name}")
            exact = "the same Python" if name == "python" else f"pip install {name}=={wanted}"
            raise NatverkError(
                f"the worker {worker} has {what} ({there[:40]}) than this machine ({wanted[:40]})",
                where=where,
                remedy=remedies.get(name, f"on the worker's machine: {exact}; then start the worker again"),
            )


# --- In the worker ----------------------------------------------------------------------------------------------------

_lock = threading.Lock()
_stations: dict[str, _Station] = {}
_ended: set[str] = set()


def run_on_worker(job: Job, order: Order) -> Result:
    """Run a page in the station of this worker, which is started if need be; the task that Dask runs.

    Raises
    ------
    StationLost
        If the station is gone before the page is done.
    NatverkError
        If this worker does not fit to the run.
    """
    with _lock:
        if order.run in _ended:
            raise StationLost("the run has ended")
        station = _stations.get(order.run)
        if station is None or station.closed:
            station = _stations[order.run] = _start(order)
    if order.run in _ended:  # meanwhile
        end_station(order.run)
    return station.run(job)


def end_station(run: str) -> None:
    """End the station of a run on this worker, with the pages that it runs; one that is starting ends when it is there.

    It is called in the worker's event loop, which must not wait for a lock.
    """
    _ended.add(run)
    station = _stations.pop(run, None)
    if station is not None:
        station.end()


def _start(order: Order) -> _Station:
    from distributed import get_worker

    worker = get_worker()
    compare(worker.address, identity(), order.expected)
    threads = int(worker.state.nthreads)
    # Of what is free on the machine, and of what the worker was granted there, each page gets its share.
    memory = order.limits.share(max(threads, order.threads.get(urlsplit(worker.address).hostname or "", 0)))
    granted = worker.memory_manager.memory_limit
    if granted and order.limits.memory is None:
        memory = max(MIN_MEMORY, min(memory, granted // threads))
    return _Station(threads, Limits(order.limits.cell, order.limits.page, memory), order.preload)


class _Station:
    """The worker's end of its station; any thread may ask it for a page."""

    def __init__(self, size: int, limits: Limits, preload: str) -> None:
        self.closed = False
        self._patience = limits.page + _GRACE
        self._waiting: dict[str, Future[Result]] = {}
        self._lock = threading.Lock()
        environ = dict(os.environ)
        # Not the folder of the worker, where anything may lie that Python would import.
        place = tempfile.gettempdir()
        set_surroundings(environ, Path(place))
        command = [sys.executable, "-P", "-m", "natverk.reports.station"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ, cwd=place)
        stdin, stdout = self._process.stdin, self._process.stdout
        key = os.urandom(32)
        if stdin is None or stdout is None:
            raise StationLost("the process beside the worker has no pipes")
        try:
            with stdin, stdout:
                stdin.write(f"{key.hex()}\n")
                stdin.flush()
                address = stdout.readline().strip()
                self._connection = Client(address, authkey=key)
            self._connection.send((size, limits, preload))
        except (OSError, EOFError, ValueError) as error:
            end_with_children(self._process.pid)
            raise StationLost("the process that runs pages beside the worker did not start; see its log") from error
        threading.Thread(target=self._listen, daemon=True).start()

    def run(self, job: Job) -> Result:
        """Return the result of a page."""
        future: Future[Result] = Future()
        try:
            with self._lock:
                if self.closed:
                    raise StationLost("the process that runs pages beside the worker is gone")
                self._waiting[job.page.id] = future
                self._connection.send(job)
            return future.result(timeout=self._patience)
        except FutureTimeout as error:
            end_with_children(self._process.pid)
            raise StationLost("the process that runs pages beside the worker does not answer") from error
        except OSError as error:
            raise StationLost("the process that runs pages beside the worker was lost") from error

    def end(self) -> None:
        """Tell the station to end all; this is not waited for."""
        try:
            with self._lock:
                self._connection.send(None)
        except OSError:
            return  # it has ended already

    def _listen(self) -> None:
        """Hand results to the threads that wait for them, until the station is gone."""
        try:
            while True:
                result = self._connection.recv()
                self._waiting.pop(result.page.id).set_result(result)
        except (EOFError, OSError):
            with self._lock:
                self.closed = True
            for future in self._waiting.values():
                future.set_exception(StationLost("the process that runs pages beside the worker was lost"))
            self._process.wait()
            self._connection.close()


# --- In the station ---------------------------------------------------------------------------------------------------


def main() -> None:
    """Be a station: say on which address, then run what comes."""
    key = bytes.fromhex(sys.stdin.readline())
    with Listener(authkey=key) as listener:
        sys.stdout.write(f"{listener.address}\n")
        sys.stdout.flush()
        connection = listener.accept()
    # The pipe was for the address alone: what is written from now on goes where the worker writes.
    os.dup2(2, 1)
    size, limits, preload = connection.recv()
    with watch_signals() as interrupt, tempfile.TemporaryDirectory(prefix="nv-", ignore_cleanup_errors=True) as scratch:
        os.chdir(scratch)
        pool = Pool(size, scratch, interrupt, limits, preload)
        try:
            _serve(pool, connection)
        finally:
            pool.end()
            os.chdir(Path(scratch).parent)


def _serve(pool: Pool, connection: Connection) -> None:
    """Run the jobs that come, until there is nobody who wants them."""
    queue: deque[Job] = deque()
    last = time.monotonic()
    try:
        while not pool.interrupt and time.monotonic() - last < _IDLE:
            if queue or pool.busy:
                last = time.monotonic()
                for result in pool.step(queue, connection):
                    connection.send(result)
            while connection.poll(0.0 if queue or pool.busy else 1.0):
                job = connection.recv()
                if job is None:
                    return
                queue.append(job)
    except (EOFError, OSError):
        return  # the worker is gone


if __name__ == "__main__":
    main()
