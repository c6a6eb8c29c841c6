"""The codebook and the data package, both generated from the schema and never edited by hand.

`docs/codebook.md` is for people; `data/raw/datapackage.json` (Frictionless Data Package, Table Schema v1)
lets other programs check and read the tables. `python -m natverk.data.codebook` writes both, and brings
the numbers of rows in `data/raw/README.md` up to date; no other command does. A test fails while they lag behind.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from natverk.data.raw import read_all, read_raw
from natverk.data.schema import KINDS, LIST_SEPARATOR, SCHEMA, Column, Table
from natverk.data.tables import data_folders
from natverk.errors import MissingFile, NatverkError
from natverk.version import __version__

__all__ = [
    "COMMAND",
    "codebook_markdown",
    "datapackage",
    "datapackage_of",
    "readme_with_rows",
    "resource_of",
    "write_codebook",
]

COMMAND = "python -m natverk.data.codebook"

_KIND_TEXTS = {
    "text": "free text on one line",
    "slug": "an id made of small letters, digits, hyphens, dots and underscores",
    "county_code": "county code of Statistics Sweden, two digits, text",
    "municipality_code": "municipality code of Statistics Sweden, four digits, text",
    "actor_id": "id of an actor: `municipality:CODE`, `region:COUNTY`, `body:SLUG` or `state:SLUG`",
    "row_id": "permanent id of a row: three letters and five digits",
    "enum": "one of the allowed values",
    "yes_no": "yes or no; `True` or `False` when loaded",
    "year": "a calendar year, 1600–2099",
    "integer": "a whole number",
    "number": "a number with a decimal point",
    "date": "a year, month or day, as precise as the source",
    "url": "an address on the web",
}
_HEAD = f"""<!-- Generated from the schema (natverk/data/schema*.py) by `{COMMAND}`. Do not edit. -->

# Codebook

What stands in the tables of natverk: every table and column, what a blank means, what is allowed. The same names are
used in `data/raw/` (CSV, edited by hand), in the tables built from it, and in Python:

```python
import natverk

data = natverk.load()
data.memberships  # a pandas frame with the columns listed below
```

## How to read it

- **A blank cell is unknown**, or does not apply; it never means *no* or *none*. When loaded it is a missing
  value. Where it means more, the description says so.
- **Evidence tables**: a row says that *this source attests this*. Two sources that say the same are two rows, and so
  are two that disagree; count actors or pairs, never rows. An evidence row leaves the data together with its sources
  when they are filtered: `load(as_of="2015")`, `load(without_noncommercial=True)`.
- **Texts in our own words** are written in English; the table `translations` has the Swedish of each, and the loaded
  tables have it beside the English (`task`, `task_sv`). Names, titles, quoted wording and places in a source stay as
  they are.
- **Lists** stand in one cell, separated by `{LIST_SEPARATOR}`, and stay text when loaded.
- **Codes and ids are text**: `0180`, never 180.
- **Dates keep the precision of their source**: `2014`, `2014-02` or `2014-02-26`; they stay text when loaded.
- **A year rests on something**: where a column `…_basis` stands beside it, `stated` means that the source states the
  year and `inferred` that it was read from the content. In an audit of 78 rows years were the weakest field.
- **`row_id` is permanent**: never reused, so that corrections, citations and the audit can point to it.
- Known errors in the sources are corrected in the open, in `data/raw/corrections.toml`; the log is the table
  `data.corrections` (`correction_id, table, row, action, column, before, after, reason, reason_sv,
  status, other_sources`).

Where the tables come from: [data/raw/README.md](../data/raw/README.md). Terms: [DATA-LICENSE.md](../DATA-LICENSE.md).
"""

_DESCRIPTION = (
    "Sourced facts about the networks that Swedish municipalities and regions belong to and about who is responsible "
    "for regional development. A blank cell is unknown. Lists stand in one cell, separated by a semicolon. Dates may "
    "be partial (2014, 2014-02) and are therefore strings. Known errors in the sources: corrections.toml."
)
_LICENCE = (
    "Creative Commons Attribution 4.0 International, for the selection, coding, notes and structure; each source keeps "
    "its own terms (column licence of sources.csv)"
)


def codebook_markdown() -> str:
    """Return the text of `docs/codebook.md`.

    >>> codebook_markdown().count("| column |") == len(SCHEMA)
    True
    """
    kinds = []
    for name, kind in KINDS.items():
        example = "" if name in ("text", "enum") else _code(kind.example)
        kinds.append(f"| {name} | {example} | `{kind.dtype}` | {_KIND_TEXTS[name]} |")
    index = [
        f"| [{table.name}](#{table.name}) | {_cell(table.title)} | {'yes' if table.evidence else ''} |"
        for table in SCHEMA.values()
    ]
    parts = [
        _HEAD,
        "## Kinds of column\n\n| kind | for example | in pandas | what it is |\n|---|---|---|---|\n"
        + "\n".join(kinds)
        + "\n",
        "## The tables\n\n| table | a row says | evidence |\n|---|---|---|\n" + "\n".join(index) + "\n",
        *(_section(table) for table in SCHEMA.values()),
    ]
    return "\n".join(parts)


def _section(table: Table) -> str:
    """Return what the codebook says of one table."""
    what = (
        "Evidence: each row is attested by its source and leaves with it."
        if table.evidence
        else "No evidence table: its rows stay whatever sources are filtered."
    )
    key = ", ".join(_code(name) for name in table.key)
    rows = []
    for column in table.columns:
        allowed = ", ".join(_code(value) for value in column.values)
        if column.pattern and not allowed:
            allowed = f"pattern {_code(column.pattern)}"
        target, _, name = (column.ref or "").partition(".")
        beside = f"; loaded, its Swedish stands beside it in `{column.name}_sv`" if column.swedish else ""
        rows.append(
            f"| `{column.name}` | {'list of ' if column.many else ''}{column.kind} "
            f"| {'yes' if column.required else ''} | {_cell(column.unit or '')} | {allowed} "
            f"| {f'[{target}](#{target}).{name}' if target else ''} | {_cell(column.description + beside)} |"
        )
    head = "| column | kind | required | unit | allowed values | refers to | description |\n" + "|---" * 7 + "|\n"
    title = f"### {table.name}\n\nA row says: {_cell(table.title)}.\n\n"
    notes = "".join(f"{note}\n\n" for note in table.notes)
    return title + f"File `data/raw/{table.name}.csv`; key {key}. {what}\n\n" + notes + head + "\n".join(rows) + "\n"


def _code(text: str) -> str:
    """Return text as code in a cell."""
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    """Return text for a cell of a Markdown table, where a bar would end the cell."""
    return text.replace("|", "\\|")


def datapackage(raw: Path | None = None) -> dict[str, Any]:
    """Return the content of `data/raw/datapackage.json`.

    Parameters
    ----------
    raw
        The folder of the raw facts, for the number of sources; default that of this checkout.

    Raises
    ------
    MissingFile, DataError
        If there is no such folder, or its `sources.csv` cannot be read.

    Examples
    --------
    >>> package = datapackage()
    >>> population = next(item for item in package["resources"] if item["name"] == "population")
    >>> [field["type"] for field in population["schema"]["fields"]]
    ['string', 'integer', 'integer', 'string', 'string']
    """
    folder = raw or data_folders()[0]
    if folder is None:
        raise MissingFile("this installation has no raw facts", remedy="run from a checkout of natverk")
    return datapackage_of(len(read_raw(folder, SCHEMA["sources"])))


def datapackage_of(n_sources: int) -> dict[str, Any]:
    """Return the description of all tables as a data package, for data with this many sources."""
    return {
        "profile": "tabular-data-package",
        "name": "natverk",
        "title": "natverk: Swedish municipalities, regions and their networks",
        "description": _DESCRIPTION,
        "version": __version__,
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": _LICENCE,
            }
        ],
        "sources": [{"title": f"{n_sources} sources, one a row of sources.csv", "path": "sources.csv"}],
        "resources": [resource_of(table) for table in SCHEMA.values()],
    }


def resource_of(table: Table) -> dict[str, Any]:
    """Return the description of one table as a tabular data resource (Table Schema v1).

    >>> resource_of(SCHEMA["counties"])["schema"]["primaryKey"]
    ['county_code']
    """
    # A table's reference to itself is called by the empty string there; it has none for lists.
    references = [
        (column.name, "" if target == table.name else target, name)
        for column in table.columns
        if column.ref is not None and not column.many
        for target, name in [column.ref.split(".")]
    ]
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if references:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": target, "fields": [name]}}
            for column, target, name in references
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    """Return the description of one column, with what its cells may be."""
    kind = KINDS[column.kind]
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string" if column.many else kind.frictionless,
        "format": "default",
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if field["type"] == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.values and not column.many:
        constraints["enum"] = list(column.values)
    elif column.kind == "year":
        constraints |= {"minimum": 1600, "maximum": 2099}
    elif field["type"] == "string" and (column.pattern or column.kind != "text"):
        value = "|".join(re.escape(item) for item in column.values) or column.pattern or kind.pattern
        constraints["pattern"] = f"({value})({LIST_SEPARATOR}({value}))*" if column.many else f"({value})"
    return field | ({"constraints": constraints} if constraints else {})


def readme_with_rows(readme: str, rows: dict[str, int]) -> str:
    """Return the README of the raw facts with the present numbers of rows in its table.

    >>> readme_with_rows("| `actors` | 3 | who there is |", {"actors": 441})
    '| `actors` | 441 | who there is |'
    """
    for name, n in rows.items():
        readme = re.sub(rf"^(\| `{name}` \|)[^|]*\|", rf"\1 {n} |", readme, flags=re.MULTILINE)
    return readme


def write_codebook(root: Path) -> list[Path]:
    """Write codebook and data package below the root of a checkout, and refresh the rows in the README.

    Returns
    -------
    list of Path
        The three files.

    Raises
    ------
    MissingFile, DataError
        If `root` is no checkout, or its raw facts cannot be read.
    """
    raw, docs = root / "data" / "raw", root / "docs"
    readme = raw / "README.md"
    if not readme.is_file():
        raise MissingFile("this is no checkout of natverk", where=str(root), remedy=f"run {COMMAND} in a checkout")
    rows = {name: len(frame) for name, frame in read_all(raw).items()}
    contents = {
        docs / "codebook.md": codebook_markdown(),
        raw / "datapackage.json": json.dumps(datapackage(raw), indent=1, ensure_ascii=False) + "\n",
        readme: readme_with_rows(readme.read_text(encoding="utf-8"), rows),
    }
    docs.mkdir(exist_ok=True)
    for path, content in contents.items():
        path.write_text(content, encoding="utf-8", newline="\n")
    return list(contents)


if __name__ == "__main__":
    try:
        written = write_codebook(Path(__file__).resolve().parents[2])
    except NatverkError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from None
    sys.stdout.writelines(f"{path}\n" for path in written)
