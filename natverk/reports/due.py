"""Which pages have to be run: those that would not come out as they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from natverk.reports.bounds import check_bounds
from natverk.reports.fingerprint import State
from natverk.reports.manifest import Entry, read_manifest
from natverk.reports.plan import Page

__all__ = ["Due", "due"]


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
        to_run.sort(key=lambda page: _would_fail_again(page, entries.get(page.id), state))
    end = len(to_run) if limit is None else limit
    return Due(
        pages=tuple(to_run[:end]),
        fresh=tuple(page for page in pages if not reasons[page.id]),
        later=tuple(to_run[end:]),
        reasons={page.id: reasons[page.id] for page in to_run},
    )


def _would_fail_again(page: Page, entry: Entry | None, state: State) -> bool:
    """Say whether the last run failed on what the page would be run on now."""
    if entry is None or entry.outcome == "ok" or entry.failed_fingerprint is None:
        return False
    return entry.failed_fingerprint == state.fingerprint(page, state.tables)
