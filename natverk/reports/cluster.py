"""Pages on the machines of a Dask cluster: jobs go out, results come back, and this process writes them as ever.

The same face as `natverk.reports.pool.Pool`. A worker needs natverk with the same source, data and libraries, so that
a page comes out as it would here; it needs no shared disk, since the notebook travels with its job. What happens on a
worker is the matter of `natverk.reports.station`. Needs the extra `natverk[cluster]`.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from natverk.errors import InvalidArgument, NatverkError, RunError
from natverk.reports.execute import Failure, Job, Result
from natverk.reports.pool import Limits
from natverk.reports.processes import Interrupt
from natverk.reports.station import Order, StationLost, compare, end_station, identity, run_on_worker

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster", "connected"]

_CONNECT_TIMEOUT = 8
_POLL = 0.2
# How long all workers may be gone before the run is given up: a nanny starts a new one within seconds.
_PATIENCE = 60
_LOOK_AFTER = 5
_END_TIMEOUT = 5
# How often a page is tried again when the process that was to run it is lost, but not its worker.
_RETRIES = 3


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """Yield a connection to the scheduler at `address`; it is closed afterwards.

    Raises
    ------
    NatverkError
        If the extra `natverk[cluster]` is not installed, or nobody answers at the address.
    InvalidArgument
        If the address is none.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError as error:
        raise NatverkError(
            f"pages cannot be run on a cluster without {error.name}, not installed here",
            where="--cluster",
            remedy='pip install "natverk[cluster]"',
        ) from error
    # What is to be said of the cluster is said here, once.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        get_address_host_port(address)
        client = Client(address, timeout=_CONNECT_TIMEOUT, set_as_default=False, name="natverk")
    except ValueError as error:
        raise InvalidArgument(
            f"{address!r} is no address of a Dask scheduler: {error}", where="--cluster", remedy="tcp://HOST:8786"
        ) from error
    except OSError as error:
        raise NatverkError(
            f"no Dask scheduler answers at {address} within {_CONNECT_TIMEOUT} seconds",
            where="--cluster",
            remedy="on that machine: dask scheduler; then on each that is to run pages: dask worker " + address,
        ) from error
    try:
        with client.as_current():
            yield client
    finally:
        with contextlib.suppress(OSError, TimeoutError):
            client.close(timeout=_END_TIMEOUT)


class Cluster:
    """Runs jobs on the workers of a cluster, `size` at once; used once.

    Parameters
    ----------
    client
        See `connected`.
    jobs
        How many pages are out at once; default is one a thread of the cluster.
    interrupt
        Ends the run when it rises.
    limits
        What a page may take, on the machine that runs it.
    preload
        What the notebooks import (`natverk.reports.imports`).
    expected
        What every worker must have in common with this process (`natverk.reports.station.identity`).

    Raises
    ------
    NatverkError
        If there is no worker, or one that would not make the pages that this process would.
    """

    def __init__(
        self,
        client: Client,
        jobs: int | None,
        interrupt: Interrupt,
        limits: Limits,
        preload: str,
        expected: Mapping[str, str],
    ) -> None:
        self.client, self.interrupt = client, interrupt
        self._out: dict[Future[Result], Job] = {}
        self._suspects: deque[Job] = deque()
        self._alone = False
        self._heard = self._seen = time.monotonic()
        self._address = client.scheduler_info()["address"]
        workers = self._workers()
        if not workers:
            raise NatverkError(
                f"the cluster at {self._address} has no workers",
                where="--cluster",
                remedy=f"on each machine that is to run pages: dask worker {self._address}",
            )
        for worker, answer in client.run(identity, on_error="return").items():
            compare(worker, answer, expected)
        self.size = jobs or sum(int(worker["nthreads"]) for worker in workers.values())
        threads = Counter[str]()
        for worker in workers.values():
            threads[worker["host"]] += worker["nthreads"]
        self._order = Order(uuid.uuid4().hex, limits, preload, dict(expected), dict(threads))

    def _workers(self) -> Mapping[str, Any]:
        workers: Mapping[str, Any] = self.client.scheduler_info()["workers"]
        return workers

    def run(self, queue: deque[Job]) -> Iterator[Result]:
        """Yield results as they come until the queue is empty or the run is interrupted.

        Raises
        ------
        RunError
            If the scheduler or all workers are gone, or a worker that came later does not fit.
        """
        from distributed import CancelledError

        try:
            while not self.interrupt:
                self._fill(queue)
                if not self._out:
                    return
                for future in self._finished():
                    result = self._received(future)
                    if result is not None:
                        yield result
        except CancelledError as error:
            # Nobody else knows the names of these tasks.
            raise RunError(
                f"the scheduler at {self._address} is gone; what is done is kept",
                remedy="start it and its workers again, then the same command: it does only what is missing",
            ) from error

    def end(self) -> None:
        """Call back what is out and end the processes that run it; nothing is waited for long."""
        if self.client.status != "running":
            return
        with contextlib.suppress(OSError, TimeoutError):
            if self._out:
                self.client.cancel(list(self._out), force=True)
                self._out.clear()
            # `callback_timeout` is of `Client.sync`: a worker that no longer answers does not hold up the end.
            self.client.run(end_station, self._order.run, on_error="ignore", callback_timeout=_END_TIMEOUT)

    def _fill(self, queue: deque[Job]) -> None:
        """Send as many pages as may be out; those that may have killed workers come last, one by one."""
        while queue and len(self._out) < self.size:
            self._send(queue.popleft())
        if self._suspects and not self._out:
            self._alone = True
            self._send(self._suspects.popleft())

    def _send(self, job: Job) -> None:
        # papermill empties the outputs anyway; in a stored notebook they are nearly all of it.
        cells = [{**cell, "outputs": []} if "outputs" in cell else cell for cell in job.notebook["cells"]]
        light = replace(job, notebook={**job.notebook, "cells": cells})
        name = f"natverk-page-{uuid.uuid4().hex}"
        future = self.client.submit(run_on_worker, light, self._order, key=name, pure=False, retries=_RETRIES)
        self._out[future] = job

    def _finished(self) -> list[Future[Result]]:
        """Return pages that are done, after a moment at most."""
        from distributed import wait

        try:
            done = wait(list(self._out), timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            self._look()
            return []
        self._heard = self._seen = time.monotonic()
        return list(done)

    def _look(self) -> None:
        """See now and then, while nothing comes back, whether there is still a worker."""
        now = time.monotonic()
        if now - self._heard < _LOOK_AFTER:
            return
        self._heard = now
        if self.client.status != "running" or self._workers():
            self._seen = now
        elif now - self._seen > _PATIENCE:
            raise RunError(
                f"all workers of the cluster at {self._address} are gone; what is done is kept",
                remedy=f"dask worker {self._address}, then the same command: it does only what is missing",
            )

    def _received(self, future: Future[Result]) -> Result | None:
        """Return what became of a page, or None if that is still open."""
        from distributed.scheduler import KilledWorker

        job = self._out[future]
        if future.status != "error":
            try:
                result = future.result(timeout=_LOOK_AFTER)
            except TimeoutError:
                # Its worker was lost before the page was fetched: it is run again elsewhere, and stays out.
                return None
            del self._out[future]
            # Named as here: a page may have travelled as a path of another system.
            return replace(result, page=job.page)
        error = future.exception()
        del self._out[future]
        if isinstance(error, KilledWorker):
            if not self._alone:
                # It may only have stood beside the page that did it.
                self._suspects.append(job)
                return None
            times = 2 * (error.allowed_failures + 1)
            return _lost(job, f"its worker was gone before the page was done, {times} times, at last when it ran alone")
        if isinstance(error, StationLost):
            return _lost(job, f"{error.what} ({_RETRIES + 1} attempts)")
        if isinstance(error, NatverkError):
            raise RunError(f"{error.what}; what is done is kept", where=error.where, remedy=error.remedy) from error
        return _lost(job, f"the worker could not run the page: {type(error).__name__}: {error}")


def _lost(job: Job, summary: str) -> Result:
    return Result.lost(job.page, Failure.of(summary))
