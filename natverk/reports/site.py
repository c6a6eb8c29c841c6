"""The index of all pages: maps of Sweden, a table of every page, the data and how to cite them, in each language.

It is built from the manifest and from what stands on disk, so that a run of some pages keeps the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from natverk.data.load import Dataset, load
from natverk.data.sources import cite_data
from natverk.locale import LANGUAGES, Texts, alphabetic, texts
from natverk.reports.countymap import County, counties_of, grid_styles, outlines, soft_hyphens
from natverk.reports.downloads import CODEBOOK_FILE, DATA_FOLDER, PACKAGE_FILE, DataFile, write_data
from natverk.reports.export import INDEX_FILES, asset, environment
from natverk.reports.files import write_whole
from natverk.reports.manifest import MANIFEST_FILE, Entry, read_manifest

__all__ = ["Group", "Row", "index_html", "status_of", "write_site"]

# What may stand beside a page, and what it is called.
_FORMS = {".ipynb": "Notebook", ".pdf": "PDF", ".docx": "Word"}


@dataclass(frozen=True)
class Row:
    """One page in the table; `files` are what stands beside it, as (label, address)."""

    entry: Entry
    status: str
    language: str
    when: str
    good_when: str
    sources: str
    files: tuple[tuple[str, str], ...]

    @property
    def href(self) -> str:
        """The page to read: the good one if there is one, otherwise the one that says what failed."""
        return f"{self.entry.id}.failed.html" if self.status == "failed" else f"{self.entry.id}.html"


@dataclass(frozen=True)
class Group:
    """The pages of one report: its name, what a reader calls it, how many there are in this language, and the rows."""

    report: str
    title: str
    count: str
    rows: tuple[Row, ...]


def status_of(entry: Entry, out: Path) -> str | None:
    """Return `"ok"`, `"stale"` (the last run failed, an older page stands) or `"failed"`; None if no file is left."""
    good = (out / f"{entry.id}.html").is_file()
    if entry.outcome == "ok":
        return "ok" if good else None
    if good:
        return "stale"
    return "failed" if (out / f"{entry.id}.failed.html").is_file() else None


def _when(moment: str | None, t: Texts) -> str:
    """Return a moment as the reader's clock shows it, in the order that sorts."""
    if not moment:
        return t("site.index.unknown")
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _rows(entries: Iterable[Entry], out: Path, t: Texts) -> list[Row]:
    rows = []
    for entry in entries:
        status = status_of(entry, out)
        if status is None:
            continue
        sources = entry.facts.get("sources")
        names = {label: f"{entry.id}{end}" for end, label in _FORMS.items()} if status != "failed" else {}
        rows.append(
            Row(
                entry=entry,
                status=status,
                language=t(f"site.language.{entry.lang}"),
                when=_when(entry.started, t),
                good_when=_when(entry.good_started, t),
                sources=t.number(int(sources)) if isinstance(sources, int) else "–",
                files=tuple((label, name) for label, name in names.items() if (out / name).is_file()),
            )
        )
    # Pages in the reader's own language first, then by name.
    return sorted(rows, key=lambda row: (row.entry.lang != t.lang, alphabetic(row.entry.unit_name), row.entry.unit))


def _groups(rows: Sequence[Row], first: str | None, t: Texts) -> list[Group]:
    """Return the pages by report: the one that is on the map, then those with most pages."""
    reports = {row.entry.report: [other for other in rows if other.entry.report == row.entry.report] for row in rows}
    order = sorted(reports, key=lambda report: (report != first, -len(reports[report]), report))
    groups = []
    for report in order:
        own = sum(row.entry.lang == t.lang for row in reports[report])
        key = f"site.report.{report}"
        title = t(key) if t.has(key) else report.replace("_", " ").capitalize()
        groups.append(Group(report, title, t.count("site.index.count", own), tuple(reports[report])))
    return groups


def _mapped(rows: Iterable[Row], codes: Iterable[str]) -> str | None:
    """Return the report that has most pages of counties: that is what the maps lead to."""
    known = set(codes)
    reports = [row.entry.report for row in rows if row.entry.unit in known]
    return max(sorted(set(reports)), key=reports.count, default=None)


def _counties(rows: Iterable[Row], counties: pd.DataFrame, report: str | None, lang: str) -> list[County[Row]]:
    own = {row.entry.unit: row for row in rows if row.entry.lang == lang and row.entry.report == report}
    return counties_of(counties, own)


def index_html(
    entries: Iterable[Entry],
    counties: pd.DataFrame,
    out: Path,
    lang: str,
    *,
    data: Dataset,
    files: Sequence[DataFile] = (),
) -> str:
    """Return the index in one language.

    Parameters
    ----------
    entries
        The records of the manifest.
    counties
        The table `counties`, with `county_code`, `name_short`, `tile_row` and `tile_col`.
    out
        The output folder; only pages that are there are shown.
    lang
        `"sv"` or `"en"`.
    data
        The data, for the citation and the terms.
    files
        The tables that can be downloaded.
    """
    from markupsafe import Markup

    t = texts(lang)
    rows = _rows(entries, out, t)
    mapped = _mapped(rows, counties["county_code"].astype(str))
    places = _counties(rows, counties, mapped, lang)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            t=t,
            title=t("site.index.title"),
            groups=_groups(rows, mapped, t),
            languages=sorted({row.entry.lang for row in rows}),
            counties=places,
            outlines=outlines(),
            statuses=[status for status in ("ok", "stale", "failed") if any(row.status == status for row in rows)],
            others=[
                (other, INDEX_FILES[other], texts(other)("site.language.switch"))
                for other in LANGUAGES
                if other != lang
            ],
            soft=soft_hyphens,
            manifest=MANIFEST_FILE,
            files=files,
            codebook=f"{DATA_FOLDER}/{CODEBOOK_FILE}",
            package=f"{DATA_FOLDER}/{PACKAGE_FILE}",
            size=lambda number: t.number(max(number / 1000, 0.1), 1 if number < 10_000 else 0),
            n_restricted=t.number(int((data.sources["licence_class"] == "non_commercial").sum())),
            citation=cite_data(data, lang),
            style=Markup(asset("style.css") + asset("index.css") + grid_styles(places)),
            script=Markup(asset("index.js").strip()),
        )
    )


def write_site(out: Path, counties: pd.DataFrame, data: Dataset | None = None) -> list[Path]:
    """Write the index of `out` in every language, from its manifest, and the data; return the indexes.

    Parameters
    ----------
    out
        The output folder.
    counties
        The table `counties`.
    data
        The data that are offered for download and cited; default those that `natverk.load()` gives.
    """
    data = data if data is not None else load()
    files = write_data(out, data)
    entries = read_manifest(out).values()
    written = []
    for lang, name in INDEX_FILES.items():
        write_whole(out / name, index_html(entries, counties, out, lang, data=data, files=files))
        written.append(out / name)
    return written
