"""Pages on the machines of a Dask cluster: the same function that runs a page here is submitted to its workers.

Dask does the distributing. A worker needs natverk with the same source, data and libraries, so that a page comes out
as it would here; it needs no shared disk, since the notebook travels with its job. Needs the extra `natverk[cluster]`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from natverk.data.in_use import tables_in_use
from natverk.data.tables import REBUILD
from natverk.errors import InvalidArgument, NatverkError, RunError, missing_extra
from natverk.reports.pool import Interrupt, Limits, Pool
from natverk.reports.record import Failure, Job, Result, State

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Order", "compare", "connected", "identity", "run_on_cluster"]

_CONNECT_TIMEOUT = 8
_POLL = 0.2
# How long all workers may be gone before the run is given up: a nanny starts a new one within seconds.
_PATIENCE = 60
_END_TIMEOUT = 5


@dataclass(frozen=True)
class Order:
    """What the pages of a run have in common.

    Attributes
    ----------
    run
        A name of the run that no other has.
    limits
        What a page may take.
    size
        How many pages run at once on one machine: they share its memory.
    modules, functions
        What is prepared (`natverk.reports.pool.prepare`).
    expected
        What a worker must have in common with the process that asks for the pages (`identity`).
    """

    run: str
    limits: Limits
    size: int
    modules: tuple[str, ...]
    functions: tuple[str, ...]
    expected: Mapping[str, str]


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
        raise missing_extra("pages cannot be run on a cluster", "cluster", error.name) from error
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


def run_on_cluster(
    client: Client, queue: deque[Job], order: Order, interrupt: Interrupt, jobs: int | None = None
) -> Generator[Result]:
    """Yield the results of pages as they come, until the queue is empty or the run is interrupted.

    Parameters
    ----------
    client
        See `connected`.
    queue
        The pages.
    order
        What they have in common; its `size` is replaced by the most threads that the cluster has on one machine.
    interrupt
        Ends the run when it rises.
    jobs
        How many pages are out at once; default is one a thread of the cluster.

    Raises
    ------
    NatverkError
        If there is no worker, or one that would not make the pages that this process would; nothing is run.
    RunError
        If the scheduler or all workers are lost meanwhile, or a worker that came later does not fit.
    """
    from distributed import CancelledError, wait

    address = client.scheduler_info()["address"]
    workers = client.scheduler_info()["workers"]
    if not workers:
        raise NatverkError(
            f"the cluster at {address} has no workers",
            where="--cluster",
            remedy=f"on each machine that is to run pages: dask worker {address}",
        )
    for worker, answer in client.run(identity, on_error="return").items():
        compare(worker, answer, order.expected)
    threads = Counter[str]()
    for worker in workers.values():
        threads[worker["host"]] += worker["nthreads"]
    order = replace(order, size=max(threads.values()))
    jobs = jobs or sum(threads.values())
    out: dict[Future[Result], Job] = {}
    seen = time.monotonic()
    try:
        while not interrupt:
            while queue and len(out) < jobs:
                job = queue.popleft()
                name = f"natverk-page-{uuid.uuid4().hex}"
                out[client.submit(run_on_worker, job, order, key=name, pure=False)] = job
            if not out:
                return
            try:
                done = wait(list(out), timeout=_POLL, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                done = set()
            if done or client.status != "running" or client.scheduler_info()["workers"]:
                seen = time.monotonic()
            elif time.monotonic() - seen > _PATIENCE:
                raise RunError(
                    f"all workers of the cluster at {address} are gone; what is done is kept",
                    remedy=f"dask worker {address}, then the same command: it does only what is missing",
                )
            for future in done:
                result = _received(future, out[future])
                if result is not None:
                    del out[future]
                    yield result
    except CancelledError as error:
        # Nobody else knows the names of these tasks.
        raise RunError(
            f"the scheduler at {address} is gone; what is done is kept",
            remedy="start it and its workers again, then the same command: it does only what is missing",
        ) from error
    finally:
        if client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                client.cancel(list(out), force=True)
                # `callback_timeout` is of `Client.sync`: a worker that no longer answers does not hold up the end.
                client.run(end_run, order.run, on_error="ignore", callback_timeout=_END_TIMEOUT)


def _received(future: Future[Result], job: Job) -> Result | None:
    """Return what became of a page; None where its worker was lost before it was fetched, and another one runs it."""
    from distributed.scheduler import KilledWorker

    if future.status != "error":
        try:
            result = future.result(timeout=_END_TIMEOUT)
        except TimeoutError:
            return None
        # Named as here: a page may have travelled as a path of another system.
        return replace(result, page=job.page)
    error = future.exception()
    if isinstance(error, KilledWorker):
        times = error.allowed_failures + 1
        summary = f"its worker was gone before the page was done{f', {times} times' if times > 1 else ''}"
    elif isinstance(error, NatverkError):
        raise RunError(f"{error.what}; what is done is kept", where=error.where, remedy=error.remedy) from error
    else:
        summary = f"the worker could not run the page: {type(error).__name__}: {error}"
    return Result.lost(job.page, Failure.of(summary))


# --- On a worker ------------------------------------------------------------------------------------------------------

_pools: dict[str, Pool] = {}
_ended: set[str] = set()
_lock = threading.Lock()


def run_on_worker(job: Job, order: Order) -> Result:
    """Run a page in a process of its own beside this worker, as it is run locally; the task that Dask runs.

    Raises
    ------
    NatverkError
        If this worker does not fit to the run, or the run has ended.
    """
    from distributed import get_worker

    with _lock:
        pool = _pools.get(order.run)
        if pool is None:
            compare(get_worker().address, identity(), order.expected)
            pool = _pools[order.run] = Pool(order.limits, order.size, order.modules, order.functions)
    future = None if order.run in _ended else pool.start(job)
    if future is None:
        raise NatverkError("the run has ended")
    wait_for([future])
    return pool.result(future)


def end_run(run: str) -> None:
    """End the processes of a run on this worker; called in the worker's event loop, which must not wait for a lock."""
    _ended.add(run)
    pool = _pools.pop(run, None)
    if pool is not None:
        pool.interrupt.receive(-1, None)
        pool.end()


# --- Whether a worker fits --------------------------------------------------------------------------------------------


def identity(state: State | None = None) -> dict[str, str]:
    """Return what decides how a page comes out, apart from its notebook and parameters: a text by name."""
    state = state or State.now((), {})
    texts = " ".join(f"{lang}:{value[:12]}" for lang, value in sorted(state.texts.items()))
    data = state.data or tables_in_use().fingerprint()
    return {**state.versions, "source": state.package, "texts": texts, "data": data}


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
    if not isinstance(found, Mapping):
        version = expected["natverk"]
        raise NatverkError(
            f"the worker {worker} cannot run pages: {type(found).__name__}: {str(found).splitlines()[0]}",
            where="--cluster",
            remedy=f"install natverk {version} there with its extras reports and cluster, then start the worker again",
        )
    names = {"data": "other data", "source": "another source of natverk", "texts": "other texts of pages"}
    same = "install natverk from the same source on both"
    remedies = {"data": f"on each machine the same raw facts, then {REBUILD}", "source": same, "texts": same}
    # The version explains all the rest, and the data are what people most often change.
    order = ["natverk", "data", "source", "texts"]
    for name in [*order, *sorted({*expected, *found} - set(order))]:
        there, wanted = found.get(name, "none"), expected.get(name, "none")
        if there != wanted:
            exact = "the same Python" if name == "python" else f"pip install {name}=={wanted}"
            raise NatverkError(
                f"the worker {worker} has {names.get(name, f'another {name}')} ({there[:40]}) than this machine "
                f"({wanted[:40]})",
                where="--cluster",
                remedy=remedies.get(name, f"on the worker's machine: {exact}; then start the worker again"),
            )
