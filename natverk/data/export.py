"""All tables for other programs: CSV with a data package, Parquet, Stata, SPSS, Excel and SQLite.

The schema gives every variable its label and every coded value its own, and the codebook travels along as a table.
What a format cannot hold as it is (a name that SPSS keeps for itself, a label longer than Stata takes) is changed by
a rule and told, a line each: nothing is cut in silence.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.codebook import datapackage_of, resource_of
from natverk.data.letters import typed_path
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA, Column, Table, text
from natverk.data.sources import cite_data
from natverk.data.types import TEXT, to_arrow
from natverk.errors import InvalidArgument, NatverkError, UnknownName, missing_extra

__all__ = ["FORMATS", "ExportResult", "codebook_frame", "codes_of", "export", "exported_table"]

#: The formats; Excel needs openpyxl, Stata (`dta`) and SPSS (`sav`) need pyreadstat.
FORMATS = ("csv", "parquet", "dta", "sav", "xlsx", "sqlite")
_NEEDS = {"dta": "pyreadstat", "sav": "pyreadstat", "xlsx": "openpyxl"}
_PROGRAMS = {"dta": "Stata", "sav": "SPSS", "xlsx": "Excel"}
#: Formats with all tables in one file.
_ONE_FILE = ("xlsx", "sqlite")

_CORRECTIONS = Table(
    "corrections", "A known error in a source, corrected in the open", ("correction_id",),
    (
        text("correction_id", "Stable id of the correction", required=True),
        text("table", "The table that it concerns", required=True),
        text("row", "The key of the row that it concerns", required=True),
        Column("action", "enum", "What was done: the row dropped, a cell overridden, or the row flagged",
            required=True, values=("drop", "override", "flag")),
        text("column", "The column that was overridden"),
        text("before", "The cell as the source has it"),
        text("after", "The cell as it stands in the tables"),
        text("reason", "Why", required=True),
        text("reason_sv", "The same in Swedish", required=True),
        Column("status", "enum", "Whether the matter is settled", required=True, values=("open", "settled")),
        text("other_sources", "Sources that the reason tells of beside that of the row, separated by ;"),
    ),
)  # fmt: skip
_CODEBOOK = Table(
    "codebook", "A column of a table", ("table", "column"),
    (
        text("table", "The table", required=True),
        text("table_says", "What a row of the table says", required=True),
        text("column", "The column", required=True),
        text("kind", "What its cells look like", required=True),
        text("description", "What it says", required=True),
        text("unit", "Unit of a number"),
        text("allowed", "Allowed values, separated by semicolons; the table values has their codes"),
        text("refers_to", "The table and column in which each of its values stands"),
        text("missing", "What a blank cell means", required=True),
        Column("n_rows", "integer", "Rows of the table", required=True, unit="rows"),
        Column("n_missing", "integer", "Rows in which the cell is blank", required=True, unit="rows"),
    ),
)  # fmt: skip
_VALUES = Table(
    "values", "A value that a coded column can have", ("table", "column", "value"),
    (
        text("table", "The table", required=True),
        text("column", "The column", required=True),
        text("value", "The value, as CSV, Parquet, Excel and SQLite have it", required=True),
        Column("code", "integer", "The number that stands for it in Stata and SPSS", required=True, unit="code"),
        text("label", "The label of the number there", required=True),
    ),
)  # fmt: skip
_ABOUT = Table(
    "about", "What must be known of the exported data", ("item",),
    (text("item", "What it is about", required=True), text("text", "What is to be known", required=True)),
)  # fmt: skip
_BESIDE = (_CODEBOOK, _VALUES, _ABOUT)

_MISSING = (
    "A blank cell is unknown, or does not apply; it never means no, none or 0. There are no other codes for missing "
    "values. CSV: an empty cell. Parquet, SQLite: null. Excel: an empty cell. Stata: . in numbers and codes, an empty "
    "text in texts. SPSS: system-missing in numbers and codes, an empty text in texts."
)
_CODED = (
    "In Stata and SPSS a column with a closed list of values is a number with value labels; the table values has codes "
    "and labels. Codes count from 1 in the order of the schema, or are the value itself where all values are whole "
    "numbers; yes is 1 and no is 0. Lists of values in one cell (separated by ;), ids, codes of places and dates, "
    "which may be a year or a month only, are texts in all formats. CSV, Excel: yes and no. SQLite: 1 and 0."
)

# Names that the programs keep for themselves.
_RESERVED = {
    "dta": {"byte", "double", "float", "if", "in", "int", "long", "strl", "using", "with"},
    "sav": {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"},
}
_NAME_LIMIT = {"dta": 32, "sav": 64}
#: The longest label of a variable, of a value and of the file: in characters in Stata, in bytes in SPSS.
_LABEL_LIMIT = {"dta": (80, 32000, 80), "sav": (256, 120, 64)}
_STR_LIMIT, _SAV_LIMIT, _CELL_LIMIT, _SHEET_LIMIT = 2045, 32767, 32767, 31
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SQL_TYPES = {"Int64": "INTEGER", "Float64": "REAL", "boolean": "INTEGER"}
_README, _TOLD = "natverk.txt", "natverk_changes.csv"
_CHANGES = ("format", "table", "column", "change", "before", "after")


class _Part(NamedTuple):
    """A table as it is exported: its columns as the schema describes them, and its frame."""

    table: Table
    frame: pd.DataFrame


class _Change(NamedTuple):
    """What stands otherwise in a file than in the tables."""

    format: str
    table: str
    column: str
    change: str
    before: str
    after: str


@dataclass(frozen=True)
class ExportResult:
    """What an export wrote.

    Attributes
    ----------
    folder
        Where it is.
    files
        The files, below the folder.
    rows
        Rows by table.
    changes
        What stands otherwise in a file than in the tables, one row a change: `format, table, column, change`
        (`name`, `label`, `value label`, `file label`, `long text`, `text cut`, `trailing blanks`, `sheet name`,
        `control character`), `before, after`. Also written to `natverk_changes.csv`,
        beside what earlier exports of other formats to the same folder have changed.
    """

    folder: Path
    files: tuple[Path, ...]
    rows: dict[str, int]
    changes: pd.DataFrame

    def __repr__(self) -> str:
        return f"<natverk.ExportResult {len(self.rows)} tables, {len(self.files)} files in {self.folder}>"


def export(
    data: Dataset,
    out: Path | str,
    *,
    formats: Iterable[str] | str = "csv",
    tables: Iterable[str] | str | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportResult:
    """Write the tables for other programs.

    Parameters
    ----------
    data
        The dataset, as it was loaded: what its filters leave out is not exported, and `about` says so.
    out
        The folder; it is made where it is not there.
    formats
        One or several of `csv`, `parquet`, `dta` (Stata 14 or newer), `sav` (SPSS), `xlsx`, `sqlite`. The first four
        are folders with a file a table (`dta/memberships.dta`), the last two one file (`natverk.xlsx`).
    tables
        Tables of the schema, or `corrections`; default all of them. Beside them stand `codebook` (every column, what
        it says, what a blank means and how many there are), `values` (codes and labels) and `about` (version,
        vintage, citation, missing values); beside CSV also `datapackage.json`.
    overwrite
        Whether files of the same names are replaced; default no.
    progress
        Called after each table with how much is done, of how much, and what was written.

    Returns
    -------
    ExportResult
        Files, rows, and all that stands otherwise in them than in the tables.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown table or format, or a file that is there.
    NatverkError
        If a package is missing, or the folder cannot be written to. Nothing is changed then: files are written
        aside and renamed into place when all of them are whole.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from natverk import load
    >>> with TemporaryDirectory() as folder:
    ...     done = export(load(), folder, formats="csv", tables=["counties"])
    ...     print(done.rows, *[file.as_posix() for file in done.files])
    {'counties': 21} csv/about.csv csv/codebook.csv csv/counties.csv csv/datapackage.json csv/values.csv natverk.txt
    """
    forms, names = _wanted(formats, FORMATS, "formats"), _tables(tables)
    _check_packages(forms)
    out = typed_path(out)
    exported = [exported_table(name) for name in names]
    beside = [table.name for table in _BESIDE]
    planned: list[str] = []
    for form in forms:
        one = form in _ONE_FILE
        planned += [f"natverk.{form}"] if one else [f"{form}/{name}.{form}" for name in [*names, *beside]]
        planned += ["csv/datapackage.json"] if form == "csv" else []
    _check_folder(out, planned, overwrite)
    parts = [_Part(table, _frame_of(data, table)) for table in exported]
    parts += [
        _Part(_CODEBOOK, codebook_frame(data, names)),
        _Part(_VALUES, _values_frame(exported)),
        _Part(_ABOUT, _about_frame(data)),
    ]
    n_steps, done = len(forms) * len(parts), 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, n_steps, what)

    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".export-", dir=out))
    except OSError as error:
        raise _cannot_write(out, error) from error
    changes: list[_Change] = []
    folders: list[Path] = []
    try:
        for form in forms:
            changes += _WRITERS[form](parts, aside, step)
        if "csv" in forms:
            content = json.dumps(_datapackage(data, parts), indent=1, ensure_ascii=False) + "\n"
            (aside / "csv" / "datapackage.json").write_text(content, encoding="utf-8", newline="\n")
        told = pd.DataFrame(changes, columns=list(_CHANGES), dtype=TEXT)
        every = pd.concat([_told_before(out, forms), told], ignore_index=True)
        if len(every):
            every.to_csv(aside / _TOLD, index=False, lineterminator="\n")
        (aside / _README).write_text(_readme(data, parts, every), encoding="utf-8", newline="\n")
        written = sorted(path.relative_to(aside) for path in aside.rglob("*") if path.is_file())
        for folder in sorted({(out / path).parent for path in written}):
            if not folder.is_dir():
                folder.mkdir()
                folders.append(folder)
        for path in written:
            (aside / path).replace(out / path)
        if not len(every) and _is_ours(out / _TOLD):
            (out / _TOLD).unlink()
    except (OSError, sqlite3.Error) as error:
        raise _cannot_write(out, error, aside) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        for folder in folders:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        if made and out.is_dir() and not any(out.iterdir()):
            out.rmdir()
    rows = {part.table.name: len(part.frame) for part in parts if part.table.name in names}
    return ExportResult(out, tuple(written), rows, told)


def exported_table(name: str) -> Table:
    """Return a table with all columns that it has when loaded: the Swedish of a text is a column of its own.

    Raises
    ------
    UnknownName
        If there is no such table.

    Examples
    --------
    >>> [column.name for column in exported_table("conditions").columns][-3:]
    ['source_id', 'note', 'note_sv']
    """
    if name == _CORRECTIONS.name:
        return _CORRECTIONS
    table, columns = SCHEMA[name], []
    for column in table.columns:
        columns.append(column)
        if column.swedish:
            columns.append(Column(f"{column.name}_sv", "text", f"{column.description}; in Swedish"))
    return replace(table, columns=tuple(columns))


def codes_of(column: Column) -> dict[str, int]:
    """Return the numbers that stand for the values of a column in Stata and SPSS; none for what stays text or number.

    >>> codes_of(SCHEMA["memberships"].column("start_basis"))
    {'stated': 1, 'inferred': 2}
    >>> codes_of(SCHEMA["evaluations"].column("judgement"))
    {'-2': -2, '-1': -1, '0': 0, '1': 1, '2': 2}
    """
    if column.kind == "yes_no" and not column.many:
        return {"no": 0, "yes": 1}
    if not column.values or column.many:
        return {}
    if all(re.fullmatch(r"-?\d+", value) for value in column.values):
        return {value: int(value) for value in column.values}
    return {value: number for number, value in enumerate(column.values, 1)}


def _labels_of(column: Column) -> dict[int, str]:
    """Return the labels of the numbers: the values, and of bare numbers what the description says they mean."""
    labels = {}
    for value, code in codes_of(column).items():
        said = re.search(rf"(?<![\d-]){re.escape(value)} ([^\W\d][\w ]*)", column.description)
        labels[code] = f"{value} {said[1].strip()}" if str(code) == value and said else value
    return labels


def codebook_frame(data: Dataset, tables: Iterable[str] | str | None = None) -> pd.DataFrame:
    """Return the codebook as a frame: one row a column of the loaded tables.

    Parameters
    ----------
    data
        The dataset, for the numbers of rows and blanks.
    tables
        Default all tables, and the log of corrections.

    Returns
    -------
    pd.DataFrame
        `table, table_says, column, kind, description, unit, allowed, refers_to, missing` (what a blank means),
        `n_rows, n_missing`.

    Raises
    ------
    UnknownName
        If there is no such table.

    Examples
    --------
    >>> from natverk import load
    >>> book = codebook_frame(load(), "population").set_index("column")
    >>> str(book.loc["population", "unit"]), int(book.loc["population", "n_missing"])
    ('inhabitants', 0)
    """
    rows = []
    for name in _tables(tables):
        table = exported_table(name)
        frame = _frame_of(data, table)
        rows += [
            {
                "table": name,
                "table_says": table.title,
                "column": column.name,
                "kind": f"list of {column.kind}" if column.many else column.kind,
                "description": column.description,
                "unit": column.unit,
                "allowed": ";".join(column.values) or ("no;yes" if column.kind == "yes_no" else None),
                "refers_to": column.ref,
                "missing": "never blank" if column.required else "unknown, or does not apply; never no or 0",
                "n_rows": len(frame),
                "n_missing": int(frame[column.name].isna().sum()),
            }
            for column in table.columns
        ]
    return _typed(rows, _CODEBOOK)


def _values_frame(tables: Sequence[Table]) -> pd.DataFrame:
    rows = []
    for table in tables:
        for column in table.columns:
            labels = _labels_of(column)
            for value, code in codes_of(column).items():
                cells = {"table": table.name, "column": column.name, "value": value}
                rows.append({**cells, "code": code, "label": labels[code]})
    return _typed(rows, _VALUES)


def _about_frame(data: Dataset) -> pd.DataFrame:
    package = datapackage_of(len(data.sources))
    items = {
        "data": package["title"],
        "version": package["version"],
        "sources read until": data.vintage,
        "filters": repr(data),
        "how to cite": cite_data(data, "en"),
        "licence": package["licenses"][0]["title"],
        "missing values": _MISSING,
        "codes": _CODED,
        "texts": "Texts in our own words stand in English, and in Swedish in the column of the same name with _sv.",
        "fingerprint": data.fingerprint,
    }
    return _typed([{"item": item, "text": said} for item, said in items.items()], _ABOUT)


def _typed(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    types = {column.name: TEXT if column.dtype == "str" else column.dtype for column in table.columns}
    return pd.DataFrame(rows, columns=table.names).astype(types)


def _frame_of(data: Dataset, table: Table) -> pd.DataFrame:
    """Return a table as it is loaded; in the log of corrections a blank is missing here as everywhere."""
    frame = data.table(table.name)
    return frame.replace("", None).astype(TEXT) if table is _CORRECTIONS else frame


# --- Checks


def _wanted(given: Iterable[str] | str, allowed: Sequence[str], where: str) -> list[str]:
    """Return what is named, in the order given; a text may hold several, separated by commas."""
    items = [given] if isinstance(given, str) else list(given)
    names = list(dict.fromkeys(name.strip() for item in items for name in item.split(",") if name.strip()))
    kind = where.removesuffix("s")
    for name in names:
        if name not in allowed:
            raise UnknownName(f"unknown {kind} {name!r}", where=where, allowed=allowed, value=name)
    if not names:
        raise InvalidArgument(f"no {kind} is named", where=where, allowed=allowed)
    return names


def _tables(given: Iterable[str] | str | None) -> list[str]:
    every = [*SCHEMA, _CORRECTIONS.name]
    return every if given is None else _wanted(given, every, "tables")


def _check_packages(forms: Iterable[str]) -> None:
    for form in forms:
        if form in _NEEDS and find_spec(_NEEDS[form]) is None:
            what = f"tables cannot be written for {_PROGRAMS[form]}"
            raise missing_extra(what, "export", _NEEDS[form], where=f"format {form}")


def _check_folder(out: Path, planned: Iterable[str], overwrite: bool) -> None:
    if out.exists() and not out.is_dir():
        raise InvalidArgument("it is a file, no folder", where=str(out), remedy="name a folder: --out FOLDER")
    planned = list(planned)
    for name in sorted({Path(name).parent.as_posix() for name in planned}):
        if (out / name).exists() and not (out / name).is_dir():
            what = "it is a file, no folder: nothing is changed"
            raise InvalidArgument(what, where=str(out / name), remedy="move it, or name another folder: --out FOLDER")
    for name in (*planned, _README, _TOLD):
        if (out / name).is_dir():
            what = "it is a folder, no file: nothing is changed"
            raise InvalidArgument(what, where=str(out / name), remedy="move it, or name another folder: --out FOLDER")
    there = [name for name in planned if (out / name).exists()]
    # Every export writes these two, beside what others have written; a text of somebody else's is no such thing.
    there += [name for name in (_README, _TOLD) if (out / name).exists() and not _is_ours(out / name)]
    if there and not overwrite:
        raise InvalidArgument(
            f"{there[0]} would be replaced" + (f", and {len(there) - 1} more" if len(there) > 1 else ""),
            where=str(out),
            remedy="name another folder, or replace them: --force (in Python overwrite=True)",
        )


def _is_ours(path: Path) -> bool:
    """Say whether a text beside the formats is one that an export wrote."""
    try:
        said = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if path.name == _TOLD:
        return said.split("\n", 1)[0].rstrip("\r") == ",".join(_CHANGES)
    return said.startswith("data\n  ") and "\nfingerprint\n  " in said and "\ntables\n  " in said


def _told_before(out: Path, forms: Sequence[str]) -> pd.DataFrame:
    """Return what earlier exports to the folder told of other formats; what cannot be read was not ours."""
    blank = pd.DataFrame(columns=list(_CHANGES), dtype=TEXT)
    try:
        before = pd.read_csv(out / _TOLD, dtype=TEXT, keep_default_na=False)
    except (OSError, ValueError):
        return blank
    return before[~before["format"].isin(forms)] if list(before.columns) == list(_CHANGES) else blank


def _cannot_write(out: Path, error: Exception, aside: Path | None = None) -> NatverkError:
    """Return the error for what could not be written, at the place that it would have had in the folder."""
    where = out
    if isinstance(error, OSError) and isinstance(error.filename2 or error.filename, str | Path):
        where = Path(error.filename2 or error.filename)
        if aside is not None and where.is_relative_to(aside):
            where = out / where.relative_to(aside)
    said = error.strerror if isinstance(error, OSError) and error.strerror else error
    remedy = "make room there, or name another folder: --out FOLDER"
    return NatverkError(f"the tables cannot be written: {said}", where=str(where), remedy=remedy)


# --- Formats


def _write_csv(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    folder = _folder(aside, "csv")
    for table, frame in parts:
        _as_text(frame).to_csv(folder / f"{table.name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        step(f"csv {table.name}")
    return []


def _write_parquet(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    """Write Parquet with what the schema says of each column in the metadata of its field."""
    from pyarrow import schema
    from pyarrow.parquet import write_table

    folder = _folder(aside, "parquet")
    for table, frame in parts:
        arrow = to_arrow(frame)
        fields = []
        for column in table.columns:
            said = {"description": column.description, "unit": column.unit or "", "allowed": ";".join(column.values)}
            field = arrow.schema.field(column.name)
            fields.append(field.with_metadata({name: value for name, value in said.items() if value}))
        described = arrow.cast(schema(fields, metadata={"title": table.title}))
        write_table(described, folder / f"{table.name}.parquet", compression="zstd")
        step(f"parquet {table.name}")
    return []


def _write_dta(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    return _write_labelled("dta", parts, aside, step)


def _write_sav(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    return _write_labelled("sav", parts, aside, step)


def _write_labelled(form: str, parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    """Write a file a table with variable and value labels, and say what had to be changed for it."""
    import pyreadstat

    folder, changes = _folder(aside, form), []
    for table, frame in parts:

        def note(column: str, change: str, before: str, after: str, table: Table = table) -> None:
            changes.append(_Change(form, table.name, column, change, before, after))

        names = _legal_names(table.names, form)
        whole: dict[str, pd.Series] = {}
        labels: dict[str, str] = {}
        value_labels: dict[str, dict[int, str]] = {}
        for column in table.columns:
            name = names[column.name]
            if name != column.name:
                note(column.name, "name", column.name, name)
            whole[name] = _numbers_or_texts(frame[column.name], column)
            for_variable, for_value, _ = _LABEL_LIMIT[form]
            labels[name] = _cut_label(column.description, for_variable, form)
            if labels[name] != column.description:
                note(column.name, "label", column.description, labels[name])
            if said := _labels_of(column):
                value_labels[name] = {code: _cut_label(label, for_value, form) for code, label in said.items()}
                for code, label in value_labels[name].items():
                    if label != said[code]:
                        note(column.name, "value label", said[code], label)
            if whole[name].dtype == object:
                whole[name] = _fitting_texts(whole[name], form, column.name, note)
        title = _cut_label(table.title, _LABEL_LIMIT[form][2], form)
        if title != table.title:
            note("", "file label", table.title, title)
        integers = [names[column.name] for column in table.columns if column.dtype == "Int64" or codes_of(column)]
        options: dict[str, Any] = {
            "file_label": title,
            "column_labels": labels,
            "variable_value_labels": value_labels,
            "variable_format": dict.fromkeys(integers, "%12.0g" if form == "dta" else "F12.0"),
        }
        path = folder / f"{table.name}.{form}"
        if form == "dta":
            # The format of Stata 14: what every later version, R and pandas read.
            pyreadstat.write_dta(pd.DataFrame(whole), path, version=14, **options)
        else:
            measures = {names[column.name]: "nominal" for column in table.columns if codes_of(column)}
            pyreadstat.write_sav(pd.DataFrame(whole), path, row_compress=True, variable_measure=measures, **options)
        step(f"{form} {table.name}")
    return changes


def _numbers_or_texts(cells: pd.Series, column: Column) -> pd.Series:
    """Return a column as floats (codes, numbers) or plain texts, in which a blank is the empty text."""
    if codes := codes_of(column):
        cells = cells.map({True: "yes", False: "no"}) if column.kind == "yes_no" else cells
        return cells.map(codes).astype("float64")
    if column.dtype == "str":
        return pd.Series(["" if pd.isna(cell) else str(cell) for cell in cells], index=cells.index, dtype=object)
    return cells.astype("Float64").astype("float64")


def _fitting_texts(cells: pd.Series, form: str, name: str, note: Callable[[str, str, str, str], None]) -> pd.Series:
    """Return texts as a format holds them, and note what that changes."""
    longest = max((len(cell.encode()) for cell in cells), default=0)
    if form == "dta":
        if longest > _STR_LIMIT:
            note(name, "long text", f"up to {longest} bytes", "strL")
        return cells
    fitting = [_cut_bytes(cell, _SAV_LIMIT) for cell in cells] if longest > _SAV_LIMIT else list(cells)
    for before, after in zip(cells, fitting, strict=True):
        if before != after:
            note(name, "text cut", f"{len(before.encode())} bytes: {before[:60]}…", f"{len(after.encode())} bytes")
    if any(cell != cell.rstrip(" ") for cell in fitting):
        note(name, "trailing blanks", "kept", "taken off by SPSS")
    return pd.Series(fitting, index=cells.index, dtype=object)


def _legal_names(names: Iterable[str], form: str) -> dict[str, str]:
    """Return each column's name as Stata or SPSS takes it; two that differ by case only are told apart.

    >>> _legal_names(["year", "by", "2020_total", "längd", "Year"], "sav")
    {'year': 'year', 'by': 'v_by', '2020_total': 'v_2020_total', 'längd': 'langd', 'Year': 'Year_2'}
    """
    limit, used, legal = _NAME_LIMIT[form], set(), {}
    for name in names:
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
        bare = re.sub(r"[^A-Za-z0-9_]", "_", bare)
        numbered = form == "dta" and re.fullmatch(r"str\d+", bare, re.IGNORECASE)
        if not re.match(r"[A-Za-z]", bare) or bare.lower() in _RESERVED[form] or numbered:
            bare = f"v_{bare}"
        short, number = bare[:limit], 2
        while short.lower() in used:
            short = f"{bare[: limit - len(str(number)) - 1]}_{number}"
            number += 1
        used.add(short.lower())
        legal[name] = short
    return legal


def _cut_label(label: str, limit: int, form: str) -> str:
    """Return a label that is short enough, cut between words and with a sign that it was."""

    def length(said: str) -> int:
        return len(said) if form == "dta" else len(said.encode())

    if length(label) <= limit:
        return label
    words = label.split(" ")
    while words and length(" ".join(words) + " …") > limit:
        words.pop()
    return " ".join(words).rstrip(" ,;:(") + " …" if words else _cut_bytes(label, limit - 3) + "…"


def _cut_bytes(cell: str, limit: int) -> str:
    return cell.encode()[:limit].decode(errors="ignore")


def _write_xlsx(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    """Write a workbook: what is to be known and the codebook first, then a sheet a table; nothing runs as a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book, bold, changes = Workbook(write_only=True), Font(bold=True), []
    first = {"about": 0, "codebook": 1, "values": 2}
    for table, frame in sorted(parts, key=lambda part: first.get(part.table.name, len(first))):
        title = table.name[:_SHEET_LIMIT]
        if title != table.name:
            changes.append(_Change("xlsx", table.name, "", "sheet name", table.name, title))
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(frame) + 1}"
        for place, column in enumerate(table.columns, 1):
            longest = max((len(str(cell)) for cell in frame[column.name].dropna().head(200)), default=0)
            sheet.column_dimensions[get_column_letter(place)].width = min(60, max(len(column.name), longest) + 2)
        heads = [WriteOnlyCell(sheet, name) for name in table.names]
        for head in heads:
            head.font = bold
        sheet.append(heads)
        for row in _as_text(frame).astype(object).itertuples(index=False):
            cells: list[object] = []
            for name, value in zip(table.names, row, strict=True):
                if pd.isna(value):
                    cells.append(None)
                elif isinstance(value, str):
                    cell = WriteOnlyCell(sheet, None)
                    said = _NO_XML.sub("\ufffd", value)
                    if said != value:
                        changes.append(_Change("xlsx", table.name, name, "control character", repr(value), said))
                    if len(said) > _CELL_LIMIT:
                        short = said[:_CELL_LIMIT]
                        start = f"{len(said)} characters: {said[:60]}…"
                        changes.append(_Change("xlsx", table.name, name, "text cut", start, f"{len(short)} characters"))
                        said = short
                    cell.value = said
                    # A text that begins with = is a text, no formula.
                    cell.data_type = "s"
                    cells.append(cell)
                else:
                    cells.append(value)
            sheet.append(cells)
        step(f"xlsx {table.name}")
    book.save(aside / "natverk.xlsx")
    return changes


def _write_sqlite(parts: Sequence[_Part], aside: Path, step: Callable[[str], None]) -> list[_Change]:
    """Write a database with types, keys and references; a column with a closed list of values takes no other."""
    names = {part.table.name for part in parts}
    with closing(sqlite3.connect(aside / "natverk.sqlite")) as base:
        for table, frame in parts:
            lines = []
            for column in table.columns:
                line = f"{_quoted(column.name)} {_SQL_TYPES.get(column.dtype, 'TEXT')}"
                line += " NOT NULL" if column.required else ""
                if column.dtype == "boolean":
                    line += f" CHECK ({_quoted(column.name)} IN (0, 1))"
                elif column.values and not column.many:
                    allowed = ", ".join("'" + value.replace("'", "''") + "'" for value in column.values)
                    line += f" CHECK ({_quoted(column.name)} IN ({allowed}))"
                lines.append(line)
            lines.append(f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})")
            for column in table.columns:
                target, _, key = (column.ref or "").partition(".")
                if target in names and not column.many and SCHEMA[target].key == (key,) and not SCHEMA[target].evidence:
                    lines.append(f"FOREIGN KEY ({_quoted(column.name)}) REFERENCES {_quoted(target)} ({_quoted(key)})")
            base.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(lines)})")
            rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
            marks = ", ".join("?" * len(table.columns))
            base.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({marks})", rows)
            step(f"sqlite {table.name}")
        base.commit()
    return []


def _quoted(name: str) -> str:
    """Return the name of a table or column for SQL: `table` and `column` are words of its own."""
    return '"' + name.replace('"', '""') + '"'


_WRITERS: Mapping[str, Callable[[Sequence[_Part], Path, Callable[[str], None]], list[_Change]]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "dta": _write_dta,
    "sav": _write_sav,
    "xlsx": _write_xlsx,
    "sqlite": _write_sqlite,
}


def _folder(aside: Path, form: str) -> Path:
    folder = aside / form
    folder.mkdir()
    return folder


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which yes and no are words, as in the codebook."""
    flags = [name for name, dtype in frame.dtypes.items() if str(dtype) == "boolean"]
    words = {str(name): frame[name].map({True: "yes", False: "no"}).astype(TEXT) for name in flags}
    return frame.assign(**words)


def _datapackage(data: Dataset, parts: Sequence[_Part]) -> dict[str, Any]:
    """Return the description of the exported CSV files; a reference is declared where its table is whole and there."""
    names = {part.table.name for part in parts}
    filtered = data.as_of is not None or data.without_noncommercial
    resources = []
    for part in parts:
        resource = resource_of(part.table)
        keys = [
            key
            for key in resource["schema"].pop("foreignKeys", [])
            for target in [key["reference"]["resource"] or part.table.name]
            if target in names and not (filtered and target in SCHEMA and SCHEMA[target].evidence)
        ]
        if keys:
            resource["schema"]["foreignKeys"] = keys
        resources.append(resource)
    package = datapackage_of(len(data.sources))
    return {**package, "vintage": data.vintage, "resources": resources}


def _readme(data: Dataset, parts: Sequence[_Part], changes: pd.DataFrame) -> str:
    """Return the text that a reader opens first."""
    about = next(part.frame for part in parts if part.table is _ABOUT)
    lines = [f"{row['item']}\n  {row['text']}\n" for row in about.to_dict("records")]
    counts = [f"  {part.table.name}: {len(part.frame)} rows. {part.table.title}" for part in parts]
    lines.append("\n".join(["tables", *counts]) + "\n")
    if len(changes):
        n = changes.groupby(["format", "change"]).size().rename("n").reset_index()
        told = [f"  {row['format']}: {row['n']} × {row['change']}" for row in n.to_dict("records")]
        lines.append("\n".join([f"what stands otherwise in a file than in the tables ({_TOLD})", *told]) + "\n")
    return "\n".join(lines)
