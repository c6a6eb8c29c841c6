"""Putting a page that was run into place, and recording it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from natverk.errors import DataError
from natverk.locale import LANGUAGES
from natverk.reports.execute import Result
from natverk.reports.export import failed_html, relink
from natverk.reports.files import remove_parts, write_whole
from natverk.reports.manifest import Entry, read_manifest, text_hash, update_manifest, versions
from natverk.reports.plan import Page

__all__ = ["commit"]


def commit(result: Result, source_hash: str, data_hash: str | None) -> None:
    """Write the files of a page, or the page that says why it failed, and its record.

    A page that failed before and now went well loses its failed page; one that went well before and now failed
    keeps its files. The same page in another language gets a link to this one.

    Parameters
    ----------
    result
        What a worker handed back.
    source_hash
        `notebook_hash` of the notebook that was run.
    data_hash
        `Dataset.fingerprint` of the data, if known.
    """
    page, failure = result.page, result.failure
    before = read_manifest(page.out).get(page.id)
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
        notebook_sha256=source_hash,
        data_hash=data_hash,
        versions=versions(),
        facts=result.facts,
        warnings=result.warnings,
        good_started=result.started,
    )
    if failure is not None:
        older = page.html.is_file()
        write_whole(page.failed, failed_html(page, failure, started=result.started, older=older))
        good = before if older else None
        entry = replace(
            entry,
            error=failure.summary,
            html_sha256=good.html_sha256 if good else None,
            facts=good.facts if good else {},
            good_started=good.good_started if good else None,
            files=good.files if good else (),
        )
        update_manifest(page.out, [entry])
        return
    files = {page.html.parent / _inside(path): text for path, text in result.files.items()}
    names = tuple(path.relative_to(page.out).as_posix() for path in files)
    siblings = _siblings(page)
    html = relink(result.html, page.id, set(siblings))
    for folder in {path.parent for path in files}:
        remove_parts(folder)
    for path, text in files.items():
        write_whole(path, text)
    write_whole(page.ipynb, result.ipynb)
    write_whole(page.html, html)
    page.failed.unlink(missing_ok=True)
    changed = [replace(entry, html_sha256=text_hash(html), files=names)]
    entries = read_manifest(page.out)
    for lang, path in siblings.items():
        # The other language was made before this one: now it can link back.
        standing = path.read_text(encoding="utf-8")
        own_id = f"{lang}/{page.report}/{page.unit}"
        after = relink(standing, own_id, {*siblings, page.lang})
        if after != standing:
            write_whole(path, after)
            if own_id in entries:
                changed.append(replace(entries[own_id], html_sha256=text_hash(after)))
    update_manifest(page.out, changed)
    if before is not None:
        _remove(page.out, set(before.files) - set(names))


def _inside(path: str) -> PurePosixPath:
    """Return a path of a page's file, which must lie below the page's folder."""
    inside = PurePosixPath(path)
    if inside.is_absolute() or ".." in inside.parts:
        raise DataError(f"the file {path!r} of a page lies outside the folder of the page")
    return inside


def _remove(out: Path, names: Iterable[str]) -> None:
    """Remove files that an earlier version of the page had and this one does not have."""
    for name in names:
        path = out / name
        if path.resolve().is_relative_to(out.resolve()):
            path.unlink(missing_ok=True)


def _siblings(page: Page) -> dict[str, Path]:
    """Return the pages of the same report and unit in other languages that are there."""
    paths = {lang: page.out / lang / page.report / f"{page.unit}.html" for lang in LANGUAGES if lang != page.lang}
    return {lang: path for lang, path in paths.items() if path.is_file()}
