"""Running pages: those that are due, in parallel, each on its own, files put into place only when whole.

The processes of pages hand back their text; only this one writes to the output folder. A page that fails, or that
takes its process down, fails alone. An interrupt leaves no process and no unfinished file, and what was finished before
it stays. What has not changed is seen without importing any of the libraries that pages are made with.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from html import unescape
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import typer

from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.data.tables import Processed
from natverk.errors import DataError, InvalidArgument, command_line
from natverk.locale import LANGUAGES
from natverk.reports.documents import PAPER_FORMATS, check_kept, formats_of, with_documents
from natverk.reports.files import check_folder, hold, remove_parts, write_together, write_whole
from natverk.reports.plan import Page, read_notebook
from natverk.reports.record import (
    DEFAULT_ENGINE,
    DOCUMENT_LIBRARIES,
    ENGINES,
    INDEX_FILES,
    Entry,
    Job,
    Records,
    Result,
    State,
    document_versions,
    read_manifest,
    site_hash,
    site_stands,
    text_hash,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Due", "Outcome", "Rendering", "check_bounds", "cited", "commit", "confirm", "default_jobs", "due", "link_pages",
    "make", "note", "put_html", "remake", "rerender", "run", "state_of", "without_documents",
]  # fmt: skip

# The options of a run that are checked, and what could be typed instead.
_BOUNDS = ("engine", "jobs", "cell_timeout", "timeout", "memory")
_EXAMPLES = {"jobs": 2, "cell_timeout": 300, "timeout": 900, "memory": 2000, "limit": 10}
_SOURCE = re.compile(r'<li ([^>]*\bid="source-\d+"[^>]*)>(.*?)</li>', re.DOTALL)
_SOURCE_IDS = re.compile(r'\bdata-source="([^"]*)"')
_LINK = re.compile(r'<a [^>]*\bhref="([^"]*)"')
_UNIT_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


# --- What is due ------------------------------------------------------------------------------------------------------


def check_bounds(*, engine: str | None = None, **bounds: float | None) -> None:
    """See that there is such an engine, and that no number is less than 1; what is None is not bounded.

    Raises
    ------
    InvalidArgument
        If a number is less than 1, or there is no such engine, or it cannot run here.

    Examples
    --------
    >>> check_bounds(jobs=0)
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: jobs must be 1 or more, not 0
      where: --jobs
      next: --jobs 2, or leave it out
    """
    if engine is not None and engine not in ENGINES:
        raise InvalidArgument(
            f"unknown engine {engine!r}", where="--engine", allowed=ENGINES, value=engine, remedy="leave --engine out"
        )
    if engine == ENGINES[0] and not hasattr(os, "fork"):
        raise InvalidArgument(f"the engine {engine!r} needs fork, which this system lacks", remedy="--engine default")
    for name, example in _EXAMPLES.items():
        value, option = bounds.get(name), f"--{name.replace('_', '-')}"
        if value is not None and value < 1:
            remedy = f"{option} {example}, or leave it out"
            raise InvalidArgument(f"{name} must be 1 or more, not {value}", where=option, remedy=remedy)


@dataclass(frozen=True)
class Due:
    """Pages divided: what is to be run, what stands as it would come out, and what is left for another time.

    Attributes
    ----------
    reasons
        Why each page of `pages` and of `later` would be run, by its identifier.
    """

    pages: tuple[Page, ...]
    fresh: tuple[Page, ...]
    later: tuple[Page, ...]
    reasons: Mapping[str, str]


def due(pages: Sequence[Page], state: State, *, force: bool = False, limit: int | None = None) -> Due:
    """Divide pages into those that are run and those that need not be; nothing is changed.

    Parameters
    ----------
    pages
        What `plan` returned; all in one output folder.
    state
        What pages are made from (`State.now`).
    force
        Run also what would come out the same.
    limit
        Run so many pages at most: the first ones, but those that failed on what they would be run on now come last.

    Raises
    ------
    InvalidArgument
        If `limit` is less than 1.
    """
    check_bounds(limit=limit)
    entries = read_manifest(pages[0].out) if pages else {}
    reasons = {page.id: "; ".join(state.reasons(page, entries.get(page.id))) for page in pages}
    if force:
        reasons = {page_id: reason or "it is asked for with --force" for page_id, reason in reasons.items()}
    to_run = [page for page in pages if reasons[page.id]]
    if limit is not None:
        # Otherwise a few pages that fail each time would keep the rest from ever being run.
        to_run.sort(
            key=lambda page: (
                (entry := entries.get(page.id)) is not None
                and entry.outcome != "ok"
                and entry.failed_fingerprint == state.fingerprint(page, state.tables)
            )
        )
    end = len(to_run) if limit is None else limit
    return Due(
        pages=tuple(to_run[:end]),
        fresh=tuple(page for page in pages if not reasons[page.id]),
        later=tuple(to_run[end:]),
        reasons={page.id: reasons[page.id] for page in to_run},
    )


def confirm(pages: Sequence[Page], state: State) -> None:
    """Record of pages that would come out the same that they do on the tables as they are now.

    Otherwise what they ask of changed tables would be asked again each time.
    """
    entries = read_manifest(pages[0].out) if pages else {}
    older = [page for page in pages if state.tables_changed(entries[page.id])]
    if not older:
        return
    with hold(pages[0].out):
        records = Records(pages[0].out)
        records.put(state.confirmed(page, records.entries[page.id]) for page in older)
        records.close()


def state_of(pages: Sequence[Page], tables: Processed) -> State:
    """Return what pages would be made from now."""
    return State.now(pages, tables.hashes, tables.fingerprint(), tables.own)


# --- Running ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of a run: the pages that are done, that failed, and that were not reached.

    `unmade` says of documents, by their path from the output folder, why they could not be made; their pages are done.
    """

    done: tuple[Page, ...]
    failed: tuple[Page, ...]
    remaining: tuple[Page, ...]
    interrupted: bool
    duration: float
    unmade: Mapping[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 if all is well, 1 if a page or a document failed, 130 if the run was interrupted."""
        if self.interrupted:
            return 130
        return 1 if self.failed or self.unmade else 0


def default_jobs() -> int:
    """Return how many pages run at once if nothing is said: one for each core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    pages: Sequence[Page],
    counties: pd.DataFrame | Callable[[], pd.DataFrame] | None,
    *,
    jobs: int | None = None,
    cell_timeout: float | None = None,
    timeout: float | None = None,
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
        The table `counties`, or what gives it, for the index; without it there is no index.
    jobs
        How many run at once; default is one a core, or one a thread of the cluster.
    cell_timeout
        Seconds after which a cell that is still running fails its page; default is 300.
    timeout
        Seconds after which a page that is still running fails; default is 900.
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
    from natverk.reports.pool import CELL_TIMEOUT, PAGE_TIMEOUT, Limits, Pool, codes_of, used_modules, watch_signals

    engine = engine or DEFAULT_ENGINE
    check_bounds(engine=engine, jobs=jobs, cell_timeout=cell_timeout, timeout=timeout, memory=memory)
    clock = time.monotonic()
    if not pages:
        return Outcome((), (), (), False, 0.0)
    out = pages[0].out
    state = state or State.now(pages, {}, data_hash)
    # papermill empties the outputs anyway; in a stored notebook they are nearly all of it.
    notebooks = {path: read_notebook(path) for path in {page.notebook for page in pages}}
    for cell in (cell for notebook in notebooks.values() for cell in notebook["cells"] if "outputs" in cell):
        cell["outputs"] = []
    limits = Limits(cell_timeout or CELL_TIMEOUT, timeout or PAGE_TIMEOUT, memory << 20 if memory else None)
    modules = used_modules(notebooks.values())
    # A page alone shares nothing: it works out what it needs, which is less than what is prepared for all.
    functions = tuple(dict.fromkeys(page.prepare for page in pages if page.prepare)) if len(pages) > 1 else ()
    codes = [code for notebook in notebooks.values() for code in codes_of(notebook)] if len(pages) > 1 else []
    # Of a page that is written nothing is kept but whether it failed: 290 pages must take no more room than two.
    failed: dict[str, bool] = {}
    unmade: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        client = None
        if cluster is not None:
            from natverk.reports.cluster import Order, connected, identity, run_on_cluster

            client = stack.enter_context(connected(cluster))
        stack.enter_context(hold(out))
        interrupt = stack.enter_context(watch_signals())
        # What would stop the first page from being written is said now, not after it has been run.
        records = Records(out)
        check_folder(out)
        queue = deque(
            Job(
                page,
                notebooks[page.notebook],
                state.data,
                engine,
                formats_of(page, records.entries.get(page.id), formats),
            )
            for page in pages
        )
        results: Generator[Result]
        if client is not None:
            order = Order(uuid4().hex, limits, 1, modules, functions, identity(state))
            results = run_on_cluster(client, queue, order, interrupt, jobs)
        else:
            size = min(jobs or default_jobs(), len(pages))
            pool = stack.enter_context(Pool(limits, size, modules, functions, interrupt, codes))
            pool.begin()
            results = pool.run(queue)
        if callable(counties):
            # What the index is made with is imported while the pages are prepared, not when they are done.
            import rocrate.rocrate  # type: ignore[import-untyped]  # noqa: F401

            from natverk.reports.site import prepare_index

            counties = counties()
            prepare_index()
        try:
            with contextlib.closing(results):
                for result in results:
                    commit(result, state, records)
                    failed[result.page.id] = result.failure is not None
                    unmade |= {f"{result.page.id}.{kind}": why for kind, why in result.unmade.items()}
                    if report_progress:
                        error = result.failure.summary if result.failure else None
                        report_progress(result.page.id, result.duration, error)
                    if fail_fast and result.failure:
                        break
        finally:
            for folder in {page.html.parent for page in pages} | {out}:
                remove_parts(folder)
            if failed:
                link_pages(out, pages[0].unit_reports, records)
                records.close()
                if counties is not None:
                    _write_site(out, counties, records, state)
    return Outcome(
        done=tuple(page for page in pages if failed.get(page.id) is False),
        failed=tuple(page for page in pages if failed.get(page.id)),
        remaining=tuple(page for page in pages if page.id not in failed),
        interrupted=bool(interrupt),
        duration=round(time.monotonic() - clock, 1),
        unmade=unmade,
    )


def _write_site(out: Path, counties: pd.DataFrame, records: Records, state: State) -> None:
    from natverk.reports.crate import write_crate
    from natverk.reports.site import write_site

    write_site(out, counties)
    write_crate(out, records.entries.values(), site_hash(out, state))


# --- Putting pages into place -----------------------------------------------------------------------------------------


def commit(result: Result, state: State, records: Records) -> None:
    """Write the files of a page, or the page that says why it failed, and its record.

    A page that failed before and now went well loses its failed page; one that went well before and now failed
    keeps its files. The same page in another language gets a link to this one.
    """
    from natverk.reports.page import failed_html

    page, failure = result.page, result.failure
    before = records.entries.get(page.id)
    entry = Entry(
        id=page.id,
        report=page.report,
        kind=page.kind,
        unit=page.unit,
        unit_name=page.unit_name,
        lang=page.lang,
        title=page.title,
        parameters=dict(page.parameters),
        outcome="failed" if failure else "ok",
        started=result.started,
        duration=result.duration,
        notebook_sha256=state.notebooks.get(page.notebook, ""),
        data_hash=state.data,
        package_sha256=state.package,
        texts_sha256=state.texts.get(page.lang),
        reads=dict(result.reads.tables),
        whole=result.reads.whole,
        answers=dict(result.reads.answers),
        rows=dict(result.reads.rows),
        versions=state.versions,
        engine=result.engine,
        facts=result.facts,
        warnings=result.warnings,
        good_started=result.started,
        own=state.own,
    )
    if failure is not None:
        older = page.html.is_file()
        write_whole(page.failed, failed_html(page, asdict(failure), started=result.started, older=older))
        # One record never mixes two runs: what stands keeps all that it was made from.
        standing = before if older and before and before.html_sha256 else replace(entry, facts={}, good_started=None)
        failed = replace(
            standing,
            outcome="failed",
            error=failure.summary,
            started=result.started,
            duration=result.duration,
            warnings=result.warnings,
            failed_parameters=dict(page.parameters),
            failed_fingerprint=state.fingerprint(page, state.tables),
        )
        records.put([failed])
        return
    made = replace(entry, ipynb_sha256=text_hash(result.ipynb), fingerprint=state.fingerprint(page, entry.reads))
    put_html(page, made, result.html, result.files, records, result.ipynb)
    page.failed.unlink(missing_ok=True)


def put_html(
    page: Page,
    entry: Entry,
    html: str,
    files: Mapping[str, str | bytes],
    records: Records,
    ipynb: str | None = None,
) -> None:
    """Write the HTML of a page, its notebook if given, its files and its record; what it no longer has is removed."""
    from natverk.reports.page import link_units, named_units, relink

    before = records.entries.get(page.id)
    contents = {page.html.parent / _inside(path): content for path, content in files.items()}
    names = tuple(path.relative_to(page.out).as_posix() for path in contents)
    siblings = _siblings(page)
    html = relink(html, page.id, set(siblings))
    named = named_units(html)
    addresses = _addresses(named, page.id, page.unit_reports, page.out)
    html = link_units(html, addresses)
    for folder in {path.parent for path in contents}:
        remove_parts(folder)
    write_together({**contents, **({} if ipynb is None else {page.ipynb: ipynb}), page.html: html})
    hashes = {name: text_hash(content) for name, content in zip(names, contents.values(), strict=True)}
    paper = any(path.suffix[1:] in PAPER_FORMATS for path in contents)
    used = {name: version for name, version in entry.versions.items() if name not in DOCUMENT_LIBRARIES}
    made = replace(entry, versions={**used, **(document_versions() if paper else {})})
    made = replace(made, units={unit: unit in addresses for unit in named})
    changed = [replace(made, html_sha256=text_hash(html), sources=cited(html), files=names, files_sha256=hashes)]
    for lang, path in siblings.items():
        # The other language was made before this one: now it can link back.
        standing = path.read_text(encoding="utf-8")
        own_id = f"{lang}/{page.report}/{page.unit}"
        after = relink(standing, own_id, {*siblings, page.lang})
        if after != standing:
            write_whole(path, after)
            if own_id in records.entries:
                changed.append(replace(records.entries[own_id], html_sha256=text_hash(after)))
    records.put(changed)
    # Files that an earlier version of the page had and this one does not have.
    for name in set(before.files) - set(names) if before is not None else ():
        if (page.out / name).resolve().is_relative_to(page.out.resolve()):
            (page.out / name).unlink(missing_ok=True)


def _addresses(units: Iterable[str], page_id: str, unit_reports: Mapping[str, str], out: Path) -> dict[str, str]:
    """Return the addresses, from a page, of those units that have a page of their own in its language."""
    lang, found = page_id.partition("/")[0], {}
    for unit in units:
        kind, _colon, unit_id = unit.partition(":")
        # What a page names may be anything: only what could be the name of a file is looked for.
        if kind in unit_reports and _UNIT_ID.fullmatch(unit_id):
            other = f"{lang}/{unit_reports[kind]}/{unit_id}"
            if other != page_id and (out / f"{other}.html").is_file():
                found[unit] = f"../{unit_reports[kind]}/{unit_id}.html"
    return found


def link_pages(out: Path, unit_reports: Mapping[str, str], records: Records) -> list[str]:
    """Let the names of units lead to the pages that there are now; return the pages that were written for it.

    A page is read only where a unit that it names has got a page since, or has one no more: its record knows which
    units it names.
    """
    from natverk.reports.page import link_units

    named = {(entry.lang, unit) for entry in records.entries.values() for unit in entry.units}
    there = {
        (lang, unit): address
        for lang in {lang for lang, _unit in named}
        for unit, address in _addresses(
            [unit for own, unit in named if own == lang], f"{lang}/", unit_reports, out
        ).items()
    }
    changed = []
    for entry in list(records.entries.values()):
        own = f"{entry.kind}:{entry.unit}" if unit_reports.get(entry.kind) == entry.report else ""
        addresses = {
            unit: there[entry.lang, unit] for unit in entry.units if unit != own and (entry.lang, unit) in there
        }
        path = out / f"{entry.id}.html"
        if all(entry.units[unit] == (unit in addresses) for unit in entry.units) or not path.is_file():
            continue
        standing = path.read_text(encoding="utf-8")
        # A page that somebody has changed is made anew by the next run that asks for it.
        if text_hash(standing) != entry.html_sha256:
            continue
        after = link_units(standing, addresses)
        write_whole(path, after)
        units = {unit: unit in addresses for unit in entry.units}
        records.put([replace(entry, html_sha256=text_hash(after), units=units)])
        changed.append(entry.id)
    return changed


def cited(html: str) -> tuple[str, ...]:
    """Return what the list of sources of a page names: the ids of its sources, or their addresses.

    >>> cited('<li data-source="b a" id="source-1">A</li><li id="source-2">B <a href="https://x.se/">x</a></li>')
    ('b', 'a', 'https://x.se/')
    """
    found: list[str] = []
    for attributes, content in _SOURCE.findall(html):
        ids = _SOURCE_IDS.search(attributes)
        link = _LINK.search(content)
        found += ids[1].split() if ids else [unescape(link[1])] if link else []
    return tuple(dict.fromkeys(found))


def _inside(path: str) -> PurePosixPath:
    """Return a path of a page's file, which must lie below the page's folder."""
    inside = PurePosixPath(path)
    if inside.is_absolute() or ".." in inside.parts:
        raise DataError(f"the file {path!r} of a page lies outside the folder of the page")
    return inside


def _siblings(page: Page) -> dict[str, Path]:
    """Return the pages of the same report and unit in other languages that are there."""
    paths = {lang: page.out / lang / page.report / f"{page.unit}.html" for lang in LANGUAGES if lang != page.lang}
    return {lang: path for lang, path in paths.items() if path.is_file()}


@dataclass(frozen=True)
class Rendering:
    """The pages that were made anew, those without an executed notebook, and those left when it was interrupted.

    `unmade` says of documents, by their path from the output folder, why they could not be made.
    """

    done: tuple[Page, ...]
    without: tuple[Page, ...]
    left: tuple[Page, ...] = ()
    unmade: Mapping[str, str] = field(default_factory=dict)


def rerender(pages: Sequence[Page], formats: Sequence[str] = ()) -> Rendering:
    """Make the HTML, the tables and the documents of pages anew, those that they have and `formats`; not the index.

    A page with no record in the manifest, or no executed notebook, is passed over.

    Raises
    ------
    DataError
        If an executed notebook cannot be read.
    NatverkError
        If another run is writing to the folder.
    """
    from natverk.reports.pool import watch_signals

    if not pages:
        return Rendering((), ())
    done, without, left = [], [], list(pages)
    unmade: dict[str, str] = {}
    with hold(pages[0].out), watch_signals() as interrupt:
        records = Records(pages[0].out)
        for page in pages:
            # A page is put into place as a whole, or not at all.
            if interrupt:
                break
            left.remove(page)
            entry = records.entries.get(page.id)
            if entry is None or entry.html_sha256 is None or not page.ipynb.is_file():
                without.append(page)
                continue
            # The page is what its record says, also where other parameters are asked for now.
            kept = replace(page, parameters=entry.parameters)
            notebook = read_notebook(page.ipynb)
            if any("cell_type" not in cell for cell in notebook["cells"]):
                raise DataError(f"{page.ipynb.name} is not an executed notebook", where=str(page.ipynb))
            kinds = formats_of(kept, entry, formats)
            html, files, failed = with_documents(notebook, kept, kinds, data_hash=entry.data_hash)
            unmade |= {f"{page.id}.{kind}": why for kind, why in failed.items()}
            put_html(kept, replace(entry, title=page.title), html, files, records)
            done.append(page)
        if done:
            link_pages(pages[0].out, pages[0].unit_reports, records)
            records.close()
    return Rendering(tuple(done), tuple(without), tuple(left), unmade)


def without_documents(pages: Sequence[Page], formats: Sequence[str]) -> list[Page]:
    """Return the pages that lack a document of `formats`."""
    entries = read_manifest(pages[0].out) if pages and formats else {}
    return [
        page
        for page in pages
        if any(f"{page.id}.{kind}" not in entries[page.id].files for kind in formats if page.id in entries)
    ]


# --- What the command line asks for -----------------------------------------------------------------------------------


def note(text: str) -> None:
    """Say something that is not the result of a command; where nobody can hear it, the work goes on."""
    with contextlib.suppress(OSError):
        typer.echo(text, err=True)


def make(
    pages: Sequence[Page],
    tables: Processed,
    out: Path,
    *,
    typed: Mapping[str, str],
    force: bool = False,
    limit: int | None = None,
    formats: Sequence[str] | None = None,
    **options: Any,
) -> int:
    """Run the pages that are due, write the index, and say how it went; return the exit status.

    Parameters
    ----------
    pages
        What `plan` returned.
    tables
        The processed tables.
    out
        The output folder as it was given, for what is said.
    typed
        Parameters as they were typed, for the command that goes on after an interrupt.
    force, limit
        See `due`.
    formats
        Documents beside the pages; None are those that each page has, and without them here nothing is run.
    options
        Of `natverk.reports.run.run`.
    """
    check_bounds(limit=limit, **{name: value for name, value in options.items() if name in _BOUNDS})
    state = state_of(pages, tables)
    found = due(pages, state, force=force, limit=limit)
    if found.fresh:
        note(f"{len(found.fresh)} of {len(pages)} pages are up to date (--force runs them all the same)")
        confirm(found.fresh, state)
    if formats is None:
        check_kept(found.pages, read_manifest(out))
    unmade: Mapping[str, str] = {}
    if lacking := without_documents(found.fresh, formats or ()):
        # Documents of pages that are up to date need no run.
        papers = rerender(lacking, formats or ())
        unmade = papers.unmade
        note(f"{' and '.join(formats or ())} made for {len(papers.done)} of them")
        _say_unmade(unmade)
        if papers.left:
            note("interrupted: what is done is kept; the same command goes on with the rest")
            return 130
    if not found.pages:
        _index(out, state, pages)
        return 1 if unmade else 0
    entries = {} if tables.own else read_manifest(out)
    if had := [page.id for page in found.pages if page.id in entries and entries[page.id].own]:
        more = f" and {len(had) - 1} more" if had[1:] else ""
        note(f"{had[0]}{more}: last made with own rows, now without (--overlay FOLDER keeps them)")
    with Progress(len(found.pages)) as progress:
        shown = progress.page_done
        outcome = run(found.pages, _counties, state=state, formats=formats or (), report_progress=shown, **options)
    # With few pages, the lines of the progress say which took longest.
    if len(progress.durations) > 3:
        note(f"slowest: {progress.slowest()}")
    again = [text for name, value in typed.items() for text in ("-p", f"{name}={value}")]
    again += ["--format", ",".join(formats)] if formats else []
    again += ["--force"] if force else []
    again += ["--overlay", os.environ[OVERLAY_VARIABLE]] if os.environ.get(OVERLAY_VARIABLE) else []
    again += ["--cluster", options["cluster"]] if options.get("cluster") else []
    _say(outcome, out, again)
    if found.later:
        note(f"{len(found.later)} more pages are left for next time (--limit)")
    return outcome.exit_code or (1 if unmade else 0)


def remake(
    pages: Sequence[Page],
    tables: Processed,
    out: Path,
    formats: Sequence[str] | None = None,
    *,
    limit: int | None = None,
    **bounds: Any,
) -> int:
    """Make the HTML of pages anew from their executed notebooks, and the index; return the exit status.

    Raises
    ------
    InvalidArgument
        If a bound of a run is wrong, though none is run, or a limit is given.
    """
    check_bounds(limit=limit, **bounds)
    if limit is not None:
        raise InvalidArgument(
            "--limit has no place beside --no-execute: no page is run",
            where="--limit",
            remedy="name fewer pages, or leave --limit out",
        )
    if formats is None:
        check_kept(pages, read_manifest(out))
    made = rerender(pages, formats or ())
    note(f"{len(made.done)} of {len(pages)} pages made anew from their executed notebooks")
    _say_unmade(made.unmade)
    for page in made.without:
        note(f"not run yet: {page.id}, {command_line('natverk', 'report', page.id, '--out', out)}")
    if made.done:
        _index(out, state_of(pages, tables), pages)
    if made.left:
        again = command_line("natverk", "report", *(page.id for page in made.left), "--no-execute", "--out", out)
        note(f"interrupted: what is done is kept; this goes on with the rest:\n  {again}")
        return 130
    return 1 if made.without or made.unmade else 0


def _index(out: Path, state: State, pages: Sequence[Page]) -> None:
    """Write the index and what belongs to it unless they stand as they would be written, and say where it is."""
    if not site_stands(out, state):
        with hold(out.absolute()):
            # What a run that was killed has left of its manifest is put in order first.
            records = Records(out)
            records.close()
            _write_site(out.absolute(), _counties(), records, state)
    _result(out, pages)


def _result(out: Path, pages: Sequence[Page]) -> None:
    """Say where the index is: the English one if all pages are."""
    index = out / INDEX_FILES["en" if pages and all(page.lang == "en" for page in pages) else "sv"]
    try:
        typer.echo(str(index))
    except OSError as error:
        note(f"{index} is made, but standard output cannot be written to: {error.strerror}")


def _counties() -> pd.DataFrame:
    from natverk.data.load import load

    return load().counties


def _say(outcome: Outcome, out: Path, options: Sequence[str]) -> None:
    """Say what became of the run, and the command that goes on with the rest, with these options."""
    done, failed, left = len(outcome.done), len(outcome.failed), len(outcome.remaining)
    note(f"{done} of {done + failed + left} pages done in {duration_text(outcome.duration)}")
    for page in outcome.failed:
        note(f"failed: {page.id}, see {out / page.failed.relative_to(page.out)}")
    _say_unmade(outcome.unmade)
    if outcome.remaining:
        again = command_line("natverk", "report", *(page.id for page in outcome.remaining), *options, "--out", out)
        what = "interrupted" if outcome.interrupted else "stopped at the first failure"
        kept = "what is done is kept" if done or failed else "nothing was changed"
        note(f"{what}: {kept}; this goes on with the rest:\n  {again}")
    if done or failed:
        _result(out, (*outcome.done, *outcome.failed))


def _say_unmade(unmade: Mapping[str, str]) -> None:
    """Say which documents could not be made, and why; their pages stand."""
    for name, why in unmade.items():
        note(f"not made: {name}: {why}")


# --- How far it is ----------------------------------------------------------------------------------------------------


def duration_text(seconds: float) -> str:
    """Return a duration as a person reads it.

    >>> duration_text(6.24), duration_text(75), duration_text(3700)
    ('6.2 s', '1 min 15 s', '1 h 01 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class Progress:
    """Shows how far a run of `total` pages is: a bar on a terminal, one line a page elsewhere; used with `with`.

    Where nobody can see it any more, since the terminal was closed or the disk of a log is full, the run goes on.
    """

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self.total, self.console = total, Console(stderr=True)
        self.durations: dict[str, float] = {}
        self._clock = time.monotonic()
        columns = ("pages", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        slowest = TextColumn("{task.fields[slowest]}")
        self._bar = Bar(*columns, slowest, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._task = self._bar.add_task("pages", total=total, slowest="")

    def __enter__(self) -> Progress:
        with contextlib.suppress(OSError):
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._bar.stop()

    def page_done(self, page_id: str, duration: float, error: str | None) -> None:
        """Count a page that is done, or that failed with `error`; on a terminal only that is a line of its own."""
        self.durations[page_id] = duration
        done = len(self.durations)
        left = (time.monotonic() - self._clock) / done * (self.total - done)
        outcome = f"FAILED: {error}" if error else "ok"
        parts = [f"[{done}/{self.total}] {page_id}", outcome, duration_text(duration)]
        parts += [f"about {duration_text(left)} left"] if left else []
        with contextlib.suppress(OSError):
            if not self._bar.disable:
                self._bar.update(self._task, advance=1, slowest=f"slowest: {self.slowest(1)}")
            if self._bar.disable or error:
                text = "  ".join(parts if self._bar.disable else (page_id, outcome))
                self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def slowest(self, n: int = 3) -> str:
        """Return the pages that took longest so far, and how long, the slowest first."""
        longest = sorted(self.durations, key=lambda page_id: -self.durations[page_id])[:n]
        return ", ".join(f"{page_id} {duration_text(self.durations[page_id])}" for page_id in longest)
