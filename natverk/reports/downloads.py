"""The data of the site, once for all pages: every table as CSV, the codebook, and a data package.

They stand in `data/` of the output folder, as the pages use them: corrected, and with the names of the codebook. They
are written again only when the data are others, or a file is not what was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from natverk.data.codebook import codebook_markdown, datapackage_of
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.spreadsheets import csv_text
from natverk.locale import texts
from natverk.reports.export import INDEX_FILES, asset, environment
from natverk.reports.files import remove_parts, write_whole
from natverk.reports.manifest import text_hash
from natverk.reports.standing import (
    CODEBOOK_FILE,
    CODEBOOK_HASH,
    DATA_FOLDER,
    MADE_OF,
    PACKAGE_FILE,
    data_files,
    data_paths,
    data_stand,
    file_hash,
    read_package,
)
from natverk.version import __version__

__all__ = ["CODEBOOK_FILE", "DATA_FOLDER", "PACKAGE_FILE", "DataFile", "data_files", "write_data"]

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

    Returns
    -------
    list of DataFile
        The tables, in the order of the codebook.

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
            write_whole(folder / f"{name}.csv", csv_text(_cells(frame)))
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


def _cells(frame: pd.DataFrame) -> Iterable[list[str]]:
    """Yield header and rows as they are written in the raw tables."""
    yield [str(name) for name in frame.columns]
    columns = [_texts(frame[name]) for name in frame.columns]
    yield from (list(row) for row in zip(*columns, strict=True))


def _texts(column: pd.Series[Any]) -> list[str]:
    if column.dtype == "boolean":
        return ["" if pd.isna(value) else "yes" if value else "no" for value in column]
    if column.dtype == "Float64":
        return ["" if pd.isna(value) else repr(float(value)).removesuffix(".0") for value in column]
    return ["" if pd.isna(value) else str(value) for value in column]


def _described(package: dict[str, Any], rows: Mapping[str, int], log: Iterable[str], folder: Path) -> dict[str, Any]:
    """Return the data package of the files as they are written here."""
    fields = [{"name": name, "type": "string", "format": "default"} for name in log]
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
