"""Putting a page that was run into place, and recording it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path, PurePosixPath

from natverk.errors import DataError
from natverk.locale import LANGUAGES
from natverk.reports.documents import PAPER_FORMATS
from natverk.reports.execute import Result
from natverk.reports.export import failed_html, relink
from natverk.reports.files import remove_parts, write_together, write_whole
from natverk.reports.fingerprint import State
from natverk.reports.manifest import DOCUMENT_LIBRARIES, Entry, Records, document_versions, text_hash
from natverk.reports.plan import Page

__all__ = ["cited", "commit", "put_html"]

_SOURCE = re.compile(r'<li ([^>]*\bid="source-\d+"[^>]*)>(.*?)</li>', re.DOTALL)
_SOURCE_IDS = re.compile(r'\bdata-source="([^"]*)"')
_LINK = re.compile(r'<a [^>]*\bhref="([^"]*)"')


def commit(result: Result, state: State, records: Records) -> None:
    """Write the files of a page, or the page that says why it failed, and its record.

    A page that failed before and now went well loses its failed page; one that went well before and now failed
    keeps its files. The same page in another language gets a link to this one.

    Parameters
    ----------
    result
        What a worker handed back.
    state
        What pages were made from when the run began.
    records
        The manifest of the output folder.
    """
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
        reads=dict(result.reads),
        versions=state.versions,
        engine=result.engine,
        facts=result.facts,
        warnings=result.warnings,
        good_started=result.started,
    )
    if failure is not None:
        older = page.html.is_file()
        write_whole(page.failed, failed_html(page, failure, started=result.started, older=older))
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
    made = replace(entry, ipynb_sha256=text_hash(result.ipynb), fingerprint=state.fingerprint(page, result.reads))
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
    """Write the HTML of a page and what belongs to it, and its record; what it no longer has is removed.

    Parameters
    ----------
    page, entry
        The page and its record, to which the names and hashes of the files are added.
    html, files
        The page, and its further files, text or bytes, by path from its folder.
    records
        The manifest of the output folder.
    ipynb
        The executed notebook; None leaves the one that is there.
    """
    before = records.entries.get(page.id)
    contents = {page.html.parent / _inside(path): content for path, content in files.items()}
    names = tuple(path.relative_to(page.out).as_posix() for path in contents)
    siblings = _siblings(page)
    html = relink(html, page.id, set(siblings))
    for folder in {path.parent for path in contents}:
        remove_parts(folder)
    write_together({**contents, **({} if ipynb is None else {page.ipynb: ipynb}), page.html: html})
    hashes = {name: _sha256(content) for name, content in zip(names, contents.values(), strict=True)}
    paper = any(path.suffix[1:] in PAPER_FORMATS for path in contents)
    used = {name: version for name, version in entry.versions.items() if name not in DOCUMENT_LIBRARIES}
    made = replace(entry, versions={**used, **(document_versions() if paper else {})})
    changed = [
        replace(made, html_sha256=text_hash(html), sources=cited(html), files=names, files_sha256=hashes),
    ]
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
    if before is not None:
        _remove(page.out, set(before.files) - set(names))


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


def _sha256(content: str | bytes) -> str:
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode("utf-8")).hexdigest()


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
