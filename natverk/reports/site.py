"""The index of all pages: a tile map of Sweden and a table, in each language.

It is built from the manifest and from what stands on disk, so that a run of some pages keeps the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from natverk.locale import LANGUAGES, Texts, texts
from natverk.reports.export import INDEX_FILES, asset, environment
from natverk.reports.files import write_whole
from natverk.reports.manifest import MANIFEST_FILE, Entry, read_manifest

__all__ = ["Row", "Tile", "index_html", "soft_hyphens", "status_of", "write_site"]

# Where long names of counties may break on a narrow screen.
_JOINTS = re.compile(r"(?<=[a-zåäö]{3})(?=(?:norrland|götland|manland|botten|kvist|land|köping|berg|borg|holm)\b)")


@dataclass(frozen=True)
class Row:
    """One page in the table."""

    entry: Entry
    status: str
    language: str
    when: str
    good_when: str
    municipalities: str
    sources: str

    @property
    def href(self) -> str:
        """The page to read: the good one if there is one, otherwise the one that says what failed."""
        return f"{self.entry.id}.failed.html" if self.status == "failed" else f"{self.entry.id}.html"


@dataclass(frozen=True)
class Tile:
    """One county on the map; `row` is None if it has no page in this language."""

    code: str
    name: str
    grid_row: int
    grid_column: int
    row: Row | None


def soft_hyphens(name: str) -> str:
    """Return a county's name with soft hyphens at its joints.

    >>> soft_hyphens("Västernorrland").replace("\u00ad", "|"), soft_hyphens("Halland")
    ('Väster|norr|land', 'Halland')
    """
    return _JOINTS.sub("\u00ad", name)


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


def _rows(entries: Iterable[Entry], counties: pd.DataFrame, out: Path, t: Texts) -> list[Row]:
    numbers = dict(zip(counties["county_code"].astype(str), counties["n_municipalities"], strict=True))
    rows = []
    for entry in entries:
        status = status_of(entry, out)
        if status is None:
            continue
        sources = entry.facts.get("sources")
        rows.append(
            Row(
                entry=entry,
                status=status,
                language=t(f"site.language.{entry.lang}"),
                when=_when(entry.started, t),
                good_when=_when(entry.good_started, t),
                municipalities=t.number(int(numbers[entry.unit])) if entry.unit in numbers else "–",
                sources=t.number(int(sources)) if isinstance(sources, int) else "–",
            )
        )
    # Pages in the reader's own language first, then by region.
    return sorted(rows, key=lambda row: (row.entry.lang != t.lang, row.entry.report, row.entry.unit))


def _tiles(rows: Iterable[Row], counties: pd.DataFrame, lang: str) -> list[Tile]:
    own = {row.entry.unit: row for row in reversed(list(rows)) if row.entry.lang == lang}
    first_row, first_column = int(counties["tile_row"].min()), int(counties["tile_col"].min())
    tiles = [
        Tile(
            code=str(county["county_code"]),
            name=str(county["name_short"]),
            grid_row=int(county["tile_row"]) - first_row + 1,
            grid_column=int(county["tile_col"]) - first_column + 1,
            row=own.get(str(county["county_code"])),
        )
        for county in counties.to_dict("records")
    ]
    # The keyboard goes through the map as the eye does.
    return sorted(tiles, key=lambda tile: (tile.grid_row, tile.grid_column))


def index_html(entries: Iterable[Entry], counties: pd.DataFrame, out: Path, lang: str) -> str:
    """Return the index in one language.

    Parameters
    ----------
    entries
        The records of the manifest.
    counties
        The table `counties`, with `county_code`, `name_short`, `n_municipalities`, `tile_row` and `tile_col`.
    out
        The output folder; only pages that are there are shown.
    lang
        `"sv"` or `"en"`.
    """
    from markupsafe import Markup

    t = texts(lang)
    rows = _rows(entries, counties, out, t)
    script = asset("index.js").strip()
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            t=t,
            title=t("site.index.title"),
            rows=rows,
            tiles=_tiles(rows, counties, lang),
            statuses=[status for status in ("ok", "stale", "failed") if any(row.status == status for row in rows)],
            several_reports=len({row.entry.report for row in rows}) > 1,
            others=[
                (other, INDEX_FILES[other], texts(other)("site.language.switch"))
                for other in LANGUAGES
                if other != lang
            ],
            soft=soft_hyphens,
            manifest=MANIFEST_FILE,
            style=Markup(asset("style.css") + asset("index.css")),
            script=Markup(script),
        )
    )


def write_site(out: Path, counties: pd.DataFrame) -> list[Path]:
    """Write the index of `out` in every language, from its manifest; return the files."""
    entries = read_manifest(out).values()
    written = []
    for lang, name in INDEX_FILES.items():
        write_whole(out / name, index_html(entries, counties, out, lang))
        written.append(out / name)
    return written
