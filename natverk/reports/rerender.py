"""Pages made anew from the executed notebooks beside them: no kernel, only HTML.

For a new look or a mended text of the machine; numbers, figures and sentences stay those of the last run, and a page
that would come out otherwise is still due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from natverk.errors import DataError
from natverk.reports.commit import put_html
from natverk.reports.documents import formats_of
from natverk.reports.export import render
from natverk.reports.lock import hold
from natverk.reports.manifest import Records, read_manifest
from natverk.reports.parameters import read_notebook
from natverk.reports.plan import Page
from natverk.reports.processes import watch_signals

__all__ = ["Rendering", "rerender", "without_documents"]


@dataclass(frozen=True)
class Rendering:
    """The pages that were made anew, those without an executed notebook, and those left when it was interrupted."""

    done: tuple[Page, ...]
    without: tuple[Page, ...]
    left: tuple[Page, ...] = ()


def rerender(pages: Sequence[Page], formats: Sequence[str] = ()) -> Rendering:
    """Make the HTML, the tables and the documents of pages anew; the index is left to the caller.

    A page with no record in the manifest, or no executed notebook, is passed over.

    Parameters
    ----------
    pages
        What `plan` returned; all in one output folder.
    formats
        What is made besides HTML; a page that has such a document already gets it anew.

    Raises
    ------
    DataError
        If an executed notebook cannot be read.
    NatverkError
        If another run is writing to the folder, or a document cannot be made.
    """
    if not pages:
        return Rendering((), ())
    done, without, left = [], [], list(pages)
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
            rendered = render(notebook, kept, data_hash=entry.data_hash, formats=formats_of(kept, entry, formats))
            put_html(kept, replace(entry, title=page.title), rendered.html, rendered.files, records)
            done.append(page)
        if done:
            records.close()
    return Rendering(tuple(done), tuple(without), tuple(left))


def without_documents(pages: Sequence[Page], formats: Sequence[str]) -> list[Page]:
    """Return the pages that lack a document of `formats`."""
    entries = read_manifest(pages[0].out) if pages and formats else {}
    return [
        page
        for page in pages
        if any(f"{page.id}.{kind}" not in entries[page.id].files for kind in formats if page.id in entries)
    ]
