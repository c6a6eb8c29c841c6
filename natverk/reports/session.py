"""What the command line does with the pages that are asked for: run what is due, say how it went and what is next.

What has not changed is seen without importing any of the libraries that pages are made with.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from natverk.data.tables import Processed
from natverk.errors import InvalidArgument
from natverk.reports.bounds import BOUNDS, check_bounds
from natverk.reports.documents import check_kept
from natverk.reports.due import due
from natverk.reports.fingerprint import State
from natverk.reports.lock import hold
from natverk.reports.manifest import INDEX_FILES, Records, read_manifest
from natverk.reports.plan import Page
from natverk.reports.progress import Progress, duration_text
from natverk.reports.standing import site_hash, site_stands

if TYPE_CHECKING:
    import pandas as pd

    from natverk.reports.run import Outcome

__all__ = ["make", "note", "remake", "state_of", "verify"]

# With so few pages, the lines of the progress say which took longest.
_FEW = 3


def note(text: str) -> None:
    """Say something that is not the result of a command."""
    typer.echo(text, err=True)


def state_of(pages: Sequence[Page], tables: Processed) -> State:
    """Return what pages would be made from now."""
    return State.now(pages, tables.hashes, tables.fingerprint())


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
    check_bounds(limit=limit, **{name: options.get(name) for name in BOUNDS})
    state = state_of(pages, tables)
    found = due(pages, state, force=force, limit=limit)
    if found.fresh:
        note(f"{len(found.fresh)} of {len(pages)} pages are up to date (--force runs them all the same)")
    if formats is None:
        check_kept(found.pages, read_manifest(out))
    if formats and _documents(found.fresh, formats):
        return 130
    if not found.pages:
        _index(out, state)
        return 0
    outcome = _run(found.pages, state, formats=formats or (), **options)
    again = [text for name, value in typed.items() for text in ("-p", f"{name}={value}")]
    again += ["--format", ",".join(formats)] if formats else []
    again += ["--force"] if force else []
    again += ["--cluster", options["cluster"]] if options.get("cluster") else []
    _say(outcome, out, again)
    if found.later:
        note(f"{len(found.later)} more pages are left for next time (--limit)")
    return outcome.exit_code


def _run(pages: Sequence[Page], state: State, **options: Any) -> Outcome:
    from rich.console import Console

    from natverk.reports.run import run

    with Progress(len(pages), Console(stderr=True)) as progress:
        outcome = run(pages, _counties(), state=state, report_progress=progress.page_done, **options)
    if progress.done > _FEW:
        note(f"slowest: {progress.slowest()}")
    return outcome


def _documents(pages: Sequence[Page], formats: Sequence[str]) -> bool:
    """Make documents of pages that are up to date, which need no run for it; say whether that was interrupted."""
    from natverk.reports.rerender import rerender, without_documents

    lacking = without_documents(pages, formats)
    if not lacking:
        return False
    made = rerender(lacking, formats)
    note(f"{' and '.join(formats)} made for {len(made.done)} of them")
    if made.left:
        note("interrupted: what is done is kept; the same command goes on with the rest")
    return bool(made.left)


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
    from natverk.reports.rerender import rerender

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
    for page in made.without:
        note(f"not run yet: {page.id}, natverk report {page.id}")
    if made.done:
        _index(out, state_of(pages, tables))
    if made.left:
        again = shlex.join(["natverk", "report", *(page.id for page in made.left), "--no-execute", "--out", str(out)])
        note(f"interrupted: what is done is kept; this goes on with the rest:\n  {again}")
        return 130
    return 1 if made.without else 0


def verify(pages: Sequence[Page], tables: Processed, **options: Any) -> int:
    """Run pages again, and say whether they come out the same or what differs; return the exit status."""
    from natverk.reports.verify import verify as run_again

    check_bounds(**{name: options.get(name) for name in BOUNDS})
    same = True
    for verdict in run_again(pages, state_of(pages, tables), **options):
        typer.echo(str(verdict))
        same = same and verdict.same
    return 0 if same else 1


def _index(out: Path, state: State) -> None:
    """Write the index and what belongs to it unless they stand as they would be written, and say where it is."""
    if not site_stands(out, state):
        from natverk.reports.crate import write_crate
        from natverk.reports.site import write_site

        with hold(out.absolute()):
            # What a run that was killed has left of its manifest is put in order first.
            records = Records(out)
            records.close()
            write_site(out.absolute(), _counties())
            write_crate(out.absolute(), records.entries.values(), site_hash(out, state))
    typer.echo(str(out / INDEX_FILES["sv"]))


def _counties() -> pd.DataFrame:
    from natverk.data.load import load

    return load().counties


def _say(outcome: Outcome, out: Path, options: Sequence[str]) -> None:
    """Say what became of the run, and the command that goes on with the rest, with these options."""
    done, failed, left = len(outcome.done), len(outcome.failed), len(outcome.remaining)
    note(f"{done} of {done + failed + left} pages done in {duration_text(outcome.duration)}")
    for page in outcome.failed:
        note(f"failed: {page.id}, see {out / page.failed.relative_to(page.out)}")
    if outcome.remaining:
        again = shlex.join(["natverk", "report", *(page.id for page in outcome.remaining), *options, "--out", str(out)])
        what = "interrupted" if outcome.interrupted else "stopped at the first failure"
        kept = "what is done is kept" if done or failed else "nothing was changed"
        note(f"{what}: {kept}; this goes on with the rest:\n  {again}")
    if done or failed:
        typer.echo(str(out / INDEX_FILES["sv"]))
