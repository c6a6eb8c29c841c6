"""Worker processes that run jobs, several at once, each job on its own.

This is all that knows how pages come to be run in parallel: jobs go in, results come out.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.process
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime

from natverk.reports.execute import Failure, Job, Result, run_page
from natverk.reports.normalise import clean_text
from natverk.reports.processes import Interrupt, end_with_children, hold_signals, start_worker

__all__ = ["Pool"]

_POLL = 0.2


class Pool:
    """Worker processes that run jobs; when one dies, the jobs it may have died of are tried again alone."""

    def __init__(self, size: int, scratch: str, interrupt: Interrupt) -> None:
        self.size, self.scratch, self.interrupt = size, scratch, interrupt
        self._executor: ProcessPoolExecutor | None = None
        self._workers: set[multiprocessing.process.BaseProcess] = set()
        self._running: dict[Future[Result], Job] = {}

    def run(self, queue: deque[Job]) -> Iterator[Result]:
        """Yield results as they come until the queue is empty or the run is interrupted."""
        while (queue or self._running) and not self.interrupt:
            while queue and len(self._running) < self.size and self._submit(queue[0]):
                queue.popleft()
            finished, _rest = wait(self._running, timeout=_POLL, return_when=FIRST_COMPLETED)
            suspects: list[Job] = []
            for future in finished:
                job = self._running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    suspects.append(job)
                else:
                    yield _result_of(future, job)
            if suspects:
                suspects += self._running.values()
                self.end()
                yield from self._alone(suspects)

    def _alone(self, suspects: list[Job]) -> Iterator[Result]:
        """Run one at a time the jobs that were running when a worker died, and see which of them kills its own."""
        for job in suspects:
            if self.interrupt:
                return
            while (future := self._submit(job)) is None:
                pass
            while not future.done():
                if self.interrupt:
                    return
                wait([future], timeout=_POLL)
            self._running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                self.end()
                yield _lost(job, "the worker process died, possibly for want of memory", "")
            else:
                yield _result_of(future, job)

    def _submit(self, job: Job) -> Future[Result] | None:
        """Give a job to the workers; None if one of them has died unseen, and it must be given again."""
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self.size,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_worker,
                initargs=(self.scratch,),
            )
        before = set(multiprocessing.active_children())
        # Workers are started when work is given.
        try:
            with hold_signals():
                future = self._executor.submit(run_page, job)
        except BrokenProcessPool:
            if not self._running:
                self.end()
            return None
        self._workers |= set(multiprocessing.active_children()) - before
        self._running[future] = job
        return future

    def end(self) -> None:
        """End all workers and their kernels, at once if they are still at work."""
        executor, self._executor = self._executor, None
        if executor is None:
            return
        if any(not future.done() for future in self._running):
            for worker in self._workers:
                end_with_children(worker.pid)
        self._running.clear()
        self._workers.clear()
        executor.shutdown(wait=True, cancel_futures=True)


def _result_of(future: Future[Result], job: Job) -> Result:
    error = future.exception()
    if error is None:
        return future.result()
    # Not foreseen by the worker: a defect of natverk or of a library. It still fails its page only.
    cause = getattr(error, "__cause__", None)
    return _lost(job, f"{type(error).__name__}: {error}", str(cause or ""))


def _lost(job: Job, summary: str, traceback: str) -> Result:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Result(job.page, now, 0.0, failure=Failure(clean_text(summary), clean_text(traceback)))
