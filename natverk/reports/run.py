"""Running pages: in parallel, each on its own, files put into place only when whole.

Workers (`natverk.reports.execute`) hand back the text of a page; only this process writes to the output folder. A
page that fails, or that takes its worker down, fails alone. An interrupt leaves no process and no unfinished file,
and what was finished before it stays.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from natverk.reports.bounds import check_bounds
from natverk.reports.cluster import Cluster, connected
from natverk.reports.commit import commit
from natverk.reports.crate import write_crate
from natverk.reports.documents import formats_of
from natverk.reports.execute import DEFAULT_ENGINE, Job
from natverk.reports.files import check_folder, remove_parts
from natverk.reports.fingerprint import State
from natverk.reports.imports import used_modules
from natverk.reports.lock import hold
from natverk.reports.manifest import Records
from natverk.reports.parameters import read_notebook
from natverk.reports.plan import Page
from natverk.reports.pool import CELL_TIMEOUT, PAGE_TIMEOUT, Limits, Pool
from natverk.reports.processes import watch_signals
from natverk.reports.site import write_site
from natverk.reports.standing import site_hash
from natverk.reports.station import identity_of

__all__ = ["Outcome", "default_jobs", "run"]


@dataclass(frozen=True)
class Outcome:
    """What became of a run: the pages that are done, that failed, and that were not reached."""

    done: tuple[Page, ...]
    failed: tuple[Page, ...]
    remaining: tuple[Page, ...]
    interrupted: bool
    duration: float

    @property
    def exit_code(self) -> int:
        """0 if all is well, 1 if a page failed, 130 if the run was interrupted."""
        if self.interrupted:
            return 130
        return 1 if self.failed else 0


def default_jobs() -> int:
    """Return how many pages run at once if nothing is said: one for each core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    pages: Sequence[Page],
    counties: pd.DataFrame | None,
    *,
    jobs: int | None = None,
    cell_timeout: float = CELL_TIMEOUT,
    timeout: float = PAGE_TIMEOUT,
    memory: int | None = None,
    engine: str | None = None,
    cluster: str | None = None,
    data_hash: str | None = None,
    state: State | None = None,
    fail_fast: bool = False,
    formats: Sequence[str] = (),
    report_progress: Callable[[str, float, str | None], None] | None = None,
) -> Outcome:
    """Run `pages` and write them, their manifest and the index.

    Parameters
    ----------
    pages
        What `plan` returned; all in one output folder.
    counties
        The table `counties`, for the index; without it there is no index.
    jobs
        How many run at once; default is one a core, or one a thread of the cluster.
    cell_timeout
        Seconds after which a cell that is still running fails its page.
    timeout
        Seconds after which a page that is still running fails.
    memory
        Megabytes that a page may take; default is a fair share of what the machine has free.
    engine
        `"natverk"` runs the cells in the page's own process, `"default"` in a kernel that papermill starts. Both
        give the same outputs; the second is slower by the start of a kernel, and the default where there is no fork.
    cluster
        Address of a Dask scheduler (`tcp://HOST:8786`) whose workers run the pages instead of this machine.
    data_hash
        `Dataset.fingerprint` of the data, recorded in the manifest if `state` is not given.
    state
        What pages are made from (`State.now`); default is what it is now, without tables.
    fail_fast
        Stop at the first page that fails; the others are not reached.
    formats
        What is made besides HTML, as `natverk.reports.documents.check_formats` returns it; a page that has such a
        document already gets it anew.
    report_progress
        Called after every page with its identifier, its duration in seconds and its error, if any.

    Returns
    -------
    Outcome
        Which pages are done, failed and not reached; `exit_code` for the command line.

    Raises
    ------
    InvalidArgument
        If a number is less than 1, or there is no such engine; nothing is run.
    NatverkError
        If another run is writing to the folder, or it cannot be written to; if the cluster cannot be reached, or a
        worker would not make the pages that this machine would; nothing is run.
    RunError
        If the cluster is lost while it runs; what is done is kept.
    """
    engine = engine or DEFAULT_ENGINE
    check_bounds(engine=engine, jobs=jobs, cell_timeout=cell_timeout, timeout=timeout, memory=memory)
    clock = time.monotonic()
    if not pages:
        return Outcome((), (), (), False, 0.0)
    out = pages[0].out
    state = state or State.now(pages, {}, data_hash)
    notebooks = {path: read_notebook(path) for path in {page.notebook for page in pages}}
    # Of a page that is written nothing is kept but whether it failed: 290 pages must take no more room than two.
    failed: dict[str, bool] = {}
    with (
        connected(cluster) if cluster is not None else contextlib.nullcontext() as client,
        hold(out),
        watch_signals() as interrupt,
        tempfile.TemporaryDirectory(prefix="nv-", ignore_cleanup_errors=True) as scratch,
    ):
        # What would stop the first page from being written is said now, not after it has been run.
        records = Records(out)
        check_folder(out)
        entries = records.entries
        queue = deque(
            Job(
                page,
                notebooks[page.notebook],
                state.data,
                engine,
                formats_of(page, entries.get(page.id), formats),
            )
            for page in pages
        )
        bounds = Limits(cell_timeout, timeout, memory << 20 if memory else None)
        preload = ",".join(used_modules(notebooks.values()))
        pool: Pool | Cluster
        if client is not None:
            pool = Cluster(client, jobs, interrupt, bounds, preload, identity_of(state))
        else:
            pool = Pool(min(jobs or default_jobs(), len(pages)), scratch, interrupt, bounds, preload)
        try:
            for result in pool.run(queue):
                commit(result, state, records)
                failed[result.page.id] = result.failure is not None
                if report_progress:
                    error = result.failure.summary if result.failure else None
                    report_progress(result.page.id, result.duration, error)
                if fail_fast and result.failure:
                    break
        finally:
            pool.end()
            for folder in {page.html.parent for page in pages} | {out}:
                remove_parts(folder)
            if failed:
                records.close()
                if counties is not None:
                    write_site(out, counties)
                    write_crate(out, records.entries.values(), site_hash(out, state))
    return Outcome(
        done=tuple(page for page in pages if failed.get(page.id) is False),
        failed=tuple(page for page in pages if failed.get(page.id)),
        remaining=tuple(page for page in pages if page.id not in failed),
        interrupted=bool(interrupt),
        duration=round(time.monotonic() - clock, 1),
    )
