"""Own rows: what a researcher knows, laid over natverk's tables without touching them, and never under its name.

An overlay is a folder of CSV files, one a table and called like it (`memberships.csv`), and of Excel workbooks with a
sheet a table, or one such workbook; a table may stand in several of them. Its rows have the columns of natverk's
tables, those that may be blank can be left out, and ids of their own that natverk never gives (`own-00001`; `own-…` for
networks and sources, `body:own-…` for actors). A row adds, or takes the place of the row that its column `replaces`
names.

Nothing is written to it. What spreadsheets do to cells is mended where there is one reading, and told; all that is
wrong is told at once (`check_overlay`), and nothing is built from an overlay in which something is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pyarrow.parquet import ParquetFile

from natverk.data.build import parquet_of, typed
from natverk.data.mending import mended
from natverk.data.schema import SCHEMA, Column, Table
from natverk.data.spreadsheets import Sheet, bare, csv_sheet, excel_sheets
from natverk.data.tables import Processed
from natverk.data.types import TEXT, to_frame
from natverk.data.validate import (
    Broken,
    Tables,
    cell_problem,
    counties_have_their_municipalities,
    lists_are_complete,
    offices_are_told_once,
    responsibility_without_gap,
    row_ids_are_unique,
    statuses_have_rules,
    years_have_basis,
    years_in_order,
)
from natverk.errors import DataError, MissingFile, command_line

__all__ = [
    "Mended",
    "OVERLAY_TABLES",
    "OWN_KEYS",
    "Overlay",
    "OverlayError",
    "Place",
    "Problem",
    "REPLACES",
    "check_overlay",
    "filled_in",
    "overlay_table",
    "overlay_files",
    "own_tables",
    "snapshots_in_use",
]

#: The tables that own rows may be of: all evidence, and whom, what and where it is about.
OVERLAY_TABLES: tuple[str, ...] = (
    "actors", "networks", "bodies", "body_members", "sources", "population",
    *(name for name, table in SCHEMA.items() if table.evidence),
)  # fmt: skip
REPLACES = "replaces"
_READ = (".csv", ".xlsx")
#: Tables of other programs: whoever puts one there wants it to be read.
_UNREADABLE = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv", ".parquet", ".dta", ".sav")
#: Sheets of a workbook that are not read: those of `natverk template`.
IGNORED_SHEETS = ("codebook", "vocabularies")
_OWN_ID = r"own-\d{5}"
OWN_KEYS: Mapping[str, tuple[str, str]] = {
    "actors": (r"(body|state):own-[a-z0-9-]+", "body:own-…"),
    "bodies": (r"body:own-[a-z0-9-]+", "body:own-…"),
    "networks": (r"own-[a-z0-9_.-]+", "own-…"),
    "sources": (r"own-[a-z0-9_.-]+", "own-…"),
    "member_lists": (r"own-[a-z0-9_.-]+", "own-…"),
    "strategies": (r"own-[a-z0-9_.-]+", "own-…"),
}
#: What own rows need not say: another column of the row says it, or a text does for all.
_FROM_COLUMN: Mapping[tuple[str, str], str] = {
    ("memberships", "status_as_stated"): "status",
    ("sources", "kind_as_coded"): "kind",
    ("functions", "function"): "function_class",
}
_FROM_TEXT: Mapping[tuple[str, str], str] = {
    ("memberships", "derived"): "no",
    ("body_members", "derived"): "no",
    ("actors", "also_regional"): "no",
    ("sources", "licence"): "not stated",
    ("sources", "licence_class"): "not_stated",
    ("missions", "coding_note"): "own row",
}
#: Rules that concern a row by itself, and the columns without which they cannot be asked.
_BY_ROW = {
    years_in_order: ("start_year", "end_year"),
    years_have_basis: ("start_year", "start_basis", "observed_year", "observed_basis"),
    statuses_have_rules: ("network_id", "status"),
    offices_are_told_once: ("same_as", "actor_id", "network_id", "function_class"),
    row_ids_are_unique: ("row_id", "audit_id"),
}
#: Rules that concern whole tables: where one of their rows cannot be read, they would find what is not there.
_BY_TABLE = {
    lists_are_complete: ("memberships", "member_lists"),
    responsibility_without_gap: ("responsibility",),
    counties_have_their_municipalities: ("municipalities", "counties"),
}
#: The lines of own rows begin here, so that they can be told from those of natverk's rows in one frame.
_FIRST_LINE = 10_000_000


class Place(NamedTuple):
    """Where a row stands: the file, the sheet of a workbook (blank for CSV), and the row as the program numbers it."""

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"{self.file}{sheet}, row {self.row}"


class Problem(NamedTuple):
    """Something that is wrong: the place (row 0: the file as a whole), the column (blank: the row), and the error."""

    place: Place
    column: str
    error: DataError

    def __str__(self) -> str:
        return str(self.error)


class Mended(NamedTuple):
    """A cell that was read as something else than it says."""

    place: Place
    column: str
    before: str
    after: str
    how: str

    def __str__(self) -> str:
        return f"{self.place}, column {self.column}: {self.before!r} read as {self.after!r} ({self.how})"


class OverlayError(DataError):
    """What is wrong with own rows; `problems` holds all of it."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        n = len(problems)
        super().__init__(f"{n} problem{'s' if n > 1 else ''} in the own rows of {folder}")
        self.problems = problems
        self.remedy = "mend them, then: " + command_line("natverk", "check", folder)

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:10]]
        more = [f"… and {len(self.problems) - 10} more"] if len(self.problems) > 10 else []
        return "\n".join([f"{self.what}; nothing was changed", *shown, *more, f"  next: {self.remedy}"])


def filled_in(name: str, column: str) -> bool:
    """Say whether an own row need not have a cell that natverk's rows must have: it is filled in from another."""
    return (name, column) in _FROM_COLUMN or (name, column) in _FROM_TEXT or _twin(SCHEMA[name], column) is not None


def _twin(table: Table, column: str) -> str | None:
    """Return the column that says the same in the other language, where both are columns of the table."""
    twin = column.removesuffix("_sv") if column.endswith("_sv") else f"{column}_sv"
    return twin if twin in table.names else None


@cache
def overlay_table(name: str) -> Table:
    """Return the table that own rows are of: natverk's, with ids of their own, and `replaces` as its second column.

    >>> overlay_table("memberships").names[:3], overlay_table("memberships").column("row_id").fits("own-00001")
    (['row_id', 'replaces', 'actor_id'], True)
    """
    table = SCHEMA[name]
    columns = []
    for column in table.columns:
        pattern = column.pattern
        if column.kind == "row_id":
            pattern = _OWN_ID if column.name in table.key else rf"({column.pattern}|{_OWN_ID})"
        required = column.required and not filled_in(name, column.name)
        columns.append(replace(column, pattern=pattern, required=required))
    said = "The row of natverk that this one takes the place of, by its id; blank: it adds one"
    return replace(table, columns=(columns[0], Column(REPLACES, "text", said), *columns[1:]))


def overlay_files(path: Path) -> list[Path]:
    """Return the files of an overlay, in the order of their names.

    Raises
    ------
    MissingFile
        If there is no such folder or workbook.
    """
    if path.is_file() and path.suffix.lower() == ".xlsx":
        return [path]
    if not path.is_dir():
        raise MissingFile(
            f"there is no folder of own rows {str(path)!r}",
            remedy=f"{command_line('natverk', 'template', 'memberships', path)}   writes an empty table to begin with",
        )
    try:
        files = sorted(item for item in path.iterdir() if item.suffix.lower() in _READ + _UNREADABLE and item.is_file())
    except OSError as error:
        raise MissingFile(
            f"the folder of own rows cannot be read: {error.strerror}",
            where=str(path),
            remedy="see that it may be read",
        ) from error
    # What Excel and editors keep beside a file that is open.
    files = [item for item in files if not item.name.startswith(("~$", ".", "._"))]
    taken = [place / f"{name}.csv" for place in snapshots_in_use(path).values() for name in OVERLAY_TABLES]
    return files + [item for item in taken if item.is_file()]


def snapshots_in_use(path: Path) -> dict[str, Path]:
    """Return the newest snapshot of each name in a folder of own rows (`natverk refresh`): `live/NAME/DATE`."""
    found: dict[str, tuple[tuple[str, int], Path]] = {}
    for place in sorted(path.glob("live/*/*")):
        dated = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:-(\d+))?", place.name)
        if dated and place.is_dir():
            order = (dated[1], int(dated[2] or 1))
            found[place.parent.name] = max(found.get(place.parent.name, (order, place)), (order, place))
    return {name: place for name, (_, place) in found.items()}


@dataclass
class Overlay:
    """Own rows as they were read and mended.

    Attributes
    ----------
    tables
        Text, by table, with the columns of `overlay_table`; the index numbers rows over all tables.
    places
        Where each of them stands.
    problems, mended
        What is wrong, and what was read as something else than it says.
    """

    path: Path
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows there are by table."""
        return {name: len(frame) for name, frame in self.tables.items()}


class _Base:
    """natverk's own tables: as they are built, and as text with the keys of their rows; each is made once."""

    def __init__(self, processed: Processed) -> None:
        self.processed = processed
        self._frames: dict[str, pd.DataFrame] = {}
        self._texts: dict[str, pd.DataFrame] = {}
        self._values: dict[str, frozenset[str]] = {}

    def frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            file = ParquetFile(io.BytesIO(self.processed.content(name)), pre_buffer=False)
            self._frames[name] = to_frame(file.read(use_threads=False))
        return self._frames[name]

    def text(self, name: str) -> pd.DataFrame:
        """Return a table as the raw facts have it: text, blank where nothing is known."""
        if name not in self._texts:
            frame, found = self.frame(name), {}
            for column in SCHEMA[name].columns:
                cells = frame[column.name].astype(object).where(frame[column.name].notna(), "")
                if column.dtype == "boolean":
                    cells = cells.map({True: "yes", False: "no", "": ""})
                found[column.name] = cells.astype(str)
            self._texts[name] = pd.DataFrame(found).astype(TEXT)
        return self._texts[name]

    def keys(self, name: str) -> frozenset[str]:
        if name not in self._values:
            self._values[name] = frozenset(_keys(self.text(name), SCHEMA[name]))
        return self._values[name]

    def values(self, ref: str) -> frozenset[str]:
        if ref not in self._values:
            name, column = ref.split(".")
            self._values[ref] = frozenset(self.text(name)[column].tolist())
        return self._values[ref]

    @cached_property
    def named(self) -> dict[str, dict[str, set[str]]]:
        """What actors and networks are called, by table: the ids of each name."""
        found: dict[str, dict[str, set[str]]] = {"actors": {}, "networks": {}}
        actors, networks = self.text("actors"), self.text("networks")
        places = self.text("municipalities")
        pairs = [
            ("actors", actors["name"], actors["actor_id"]),
            ("actors", places["name_official"], places["actor_id"]),
            ("networks", networks["name"], networks["network_id"]),
            ("networks", networks["name_sv"], networks["network_id"]),
        ]
        for table, names, ids in pairs:
            for name, unit in zip(names, ids, strict=True):
                found[table].setdefault(name.casefold(), set()).add(unit)
        return found


#: natverk's tables as they were last read: who mends own rows checks them again and again.
_last: dict[tuple[Path, str], _Base] = {}


def _base_of(processed: Processed) -> _Base:
    key = (processed.folder, processed.fingerprint())
    if key not in _last:
        _last.clear()
        _last[key] = _Base(processed)
    return _last[key]


def _keys(frame: pd.DataFrame, table: Table) -> list[str]:
    """Return the keys of rows of text; the parts of a key of several columns are joined by a slash."""
    return list(map("/".join, zip(*(frame[name].tolist() for name in table.key), strict=True)))


# --- Reading ----------------------------------------------------------------------------------------------------------


def check_overlay(path: Path, processed: Processed) -> Overlay:
    """Read own rows, mend what has one reading, and find all that is wrong; nothing is written.

    Parameters
    ----------
    path
        A folder of CSV files or workbooks, or a workbook.
    processed
        natverk's tables, which own rows refer to.

    Raises
    ------
    MissingFile
        If there is no such folder or workbook.
    """
    overlay, base = Overlay(path), _base_of(processed)
    sheets = [(file, sheet) for file in overlay_files(path) for sheet in _sheets(file, overlay)]
    unread: set[str] = set()
    rows: dict[str, list[tuple[Place, dict[str, str]]]] = {}
    for file, sheet in sheets:
        name, place = _table_of(file, sheet, overlay)
        if name and not _gather(sheet, place, overlay_table(name), rows.setdefault(name, []), overlay):
            unread.add(name)
    # A file that cannot be read at all may be the table that others refer to.
    unread |= {Path(problem.place.file).stem for problem in overlay.problems if problem.place.row == 0}
    faulty: dict[int, set[str]] = {}
    _mend(rows, overlay, base, faulty)
    _check_keys(overlay, base, faulty)
    _check_references(overlay, base, faulty, unread)
    _check_rules(overlay, base, faulty, unread)
    order = {str(file): number for number, file in enumerate(overlay_files(path))}
    overlay.problems.sort(key=lambda one: (order.get(one.place.file, -1), one.place.sheet, one.place.row))
    return overlay


def _sheets(file: Path, overlay: Overlay) -> list[Sheet]:
    try:
        if file.suffix.lower() in _UNREADABLE:
            remedy = "save it as .xlsx or “CSV UTF-8”, or move it elsewhere"
            raise DataError(f"{file.name} is a table that is not read", where=str(file), remedy=remedy)
        return [csv_sheet(file)] if file.suffix.lower() == ".csv" else excel_sheets(file)
    except DataError as error:
        overlay.problems.append(Problem(Place(str(file), "", 0), "", error))
        return []


def _table_of(file: Path, sheet: Sheet, overlay: Overlay) -> tuple[str, Place]:
    """Return the table that a sheet is, blank for none, and its place."""
    excel = file.suffix.lower() == ".xlsx"
    place = Place(str(file), sheet.name if excel else "", 0)
    name = sheet.name.strip().casefold().replace(" ", "_")
    empty = not any(cell.strip() for _, row in sheet.rows for cell in row)
    if excel and (empty or name in IGNORED_SHEETS):
        return "", place
    if name in OVERLAY_TABLES:
        return name, place
    what = f"{sheet.name!r} is no table that own rows can be of"
    where = str(file) + (f", sheet {sheet.name}" if excel else "")
    remedy = f"name the {'sheet' if excel else 'file'} after its table"
    error = DataError(what, where=where, allowed=OVERLAY_TABLES, value=name, remedy=remedy)
    overlay.problems.append(Problem(place, "", error))
    return "", place


def _problem(overlay: Overlay, place: Place, column: str, what: str, **more: object) -> None:
    where = f"{place}, column {column}" if column else str(place)
    overlay.problems.append(Problem(place, column, DataError(what, where=where, **more)))  # type: ignore[arg-type]


def _gather(
    sheet: Sheet, place: Place, table: Table, rows: list[tuple[Place, dict[str, str]]], overlay: Overlay
) -> bool:
    """Add the rows of a sheet by column; return whether all of it could be read."""
    filled = [(number, row) for number, row in sheet.rows if any(cell.strip() for cell in row)]
    if not filled:
        _problem(overlay, place._replace(row=1), "", "the first row names no columns", allowed=table.names)
        return False
    number, header = filled[0]
    head = place._replace(row=number)
    heads = _heads(header, filled[1:], head, table, overlay)
    whole = heads is not None
    notes = {(row, cell): how for row, cell, how in sheet.notes}
    faults = {(row, cell): (what, remedy) for row, cell, what, remedy in sheet.faults}
    for number, row in filled[1:] if heads is not None else []:
        at = place._replace(row=number)
        if len(row) < len(header) or any(cell.strip() for cell in row[len(header) :]):
            what = f"the row has {len(row)} cells, the first one {len(header)}"
            remedy = "put quotes around a cell that holds the separator, and leave blank cells empty"
            _problem(overlay, at, "", what, remedy=remedy)
            whole = False
            continue
        cells = {}
        for name, position in (heads or {}).items():
            cells[name] = bare(row[position])
            if fault := faults.get((number, position)):
                _problem(overlay, at, name, fault[0], remedy=fault[1])
                cells[name] = _UNREAD
            elif how := notes.get((number, position)):
                overlay.mended.append(Mended(at, name, "" if "merged" in how else "=…", cells[name], how))
        rows.append((at, cells))
    return whole


#: A cell that has been told to be wrong already.
_UNREAD = "\0"


def _heads(
    header: list[str], rows: list[tuple[int, list[str]]], place: Place, table: Table, overlay: Overlay
) -> dict[str, int] | None:
    """Return the place of each column, or None where the header cannot be read."""
    found: dict[str, int] = {}
    right = True
    for position, cell in enumerate(header):
        said = cell.replace("\ufeff", "").strip()
        name = re.sub(r"[ -]+", "_", said.casefold())
        if not name:
            held = [(number, row[position]) for number, row in rows if len(row) > position and row[position].strip()]
            for number, text in held[:1]:
                what = f"the column {position + 1} has no name, but holds {text!r}"
                _problem(overlay, place._replace(row=number), "", what, remedy="name it in the first row, or empty it")
            right = right and not held
        elif name not in table.names:
            free = [item for item in table.names if item not in {text.strip().casefold() for text in header}]
            remedy = "use the columns of the codebook: natverk template writes it"
            _problem(overlay, place, said, f"unknown column {said!r}", allowed=free, value=name, remedy=remedy)
            # What it holds may be what another column lacks.
            right = False
        elif name in found:
            _problem(overlay, place, said, f"column {said!r} stands twice", remedy="remove one of them")
            right = False
        else:
            found[name] = position
            if name != cell:
                overlay.mended.append(Mended(place, name, cell, name, "another way of writing the column"))
    missing = [column.name for column in table.columns if column.required and column.name not in found]
    for name in missing if right else []:
        what = f"column {name!r} is missing, and no row may leave it blank"
        _problem(overlay, place, name, what, remedy=f"add it: {table.column(name).description}")
    return found if right and not missing else None


# --- Cells ------------------------------------------------------------------------------------------------------------


def _mend(
    rows: Mapping[str, list[tuple[Place, dict[str, str]]]],
    overlay: Overlay,
    base: _Base,
    faulty: dict[int, set[str]],
) -> None:
    """Fill `overlay.tables`: every cell mended or told to be wrong, and what need not be written filled in."""
    own_values: dict[str, set[str]] = {}
    for name, found in rows.items():
        for column in SCHEMA[name].columns:
            own_values[f"{name}.{column.name}"] = {cells.get(column.name, "").strip() for _, cells in found}
    line = _FIRST_LINE
    for name, found in rows.items():
        table = overlay_table(name)
        frame: dict[int, dict[str, str]] = {}
        for place, cells in found:
            overlay.places[line] = place
            frame[line] = _mended_row(place, cells, table, overlay, base, own_values, faulty.setdefault(line, set()))
            line += 1
        columns = table.names
        overlay.tables[name] = pd.DataFrame.from_dict(frame, orient="index", columns=columns).astype(TEXT)
        if not frame:
            overlay.tables[name] = pd.DataFrame({column: pd.Series([], dtype=TEXT) for column in columns})


def _mended_row(
    place: Place,
    cells: Mapping[str, str],
    table: Table,
    overlay: Overlay,
    base: _Base,
    own_values: Mapping[str, Collection[str]],
    faulty: set[str],
) -> dict[str, str]:
    row = {}
    for column in table.columns:
        cell = cells.get(column.name, "")
        row[column.name] = ""
        if cell == _UNREAD:
            faulty.add(column.name)
            continue
        known: Collection[str] = ()
        if column.ref:
            known = base.values(column.ref) | set(own_values.get(column.ref, ()))
        elif column.name in table.key and column.kind == "actor_id":
            known = base.keys(table.name)
        # What is no id is for the check of references to tell, with what is nearest.
        got = mended(cell, column, known) if column.name != REPLACES else mended(cell, replace(column, kind="slug"))
        if got.refused:
            _problem(overlay, place, column.name, got.refused, remedy=got.remedy)
            faulty.add(column.name)
            continue
        if got.text != cell:
            overlay.mended.append(Mended(place, column.name, cell, got.text, got.how))
        row[column.name] = got.text
        if not column.matches(got.text) and not (column.name == REPLACES and got.text) and not _named(column, got.text):
            overlay.problems.append(_cell_problem(place, column, got.text, overlay))
            faulty.add(column.name)
    for column in SCHEMA[table.name].columns:
        if row[column.name] or column.name in faulty:
            continue
        twin = _twin(SCHEMA[table.name], column.name)
        other = _FROM_COLUMN.get((table.name, column.name)) or twin
        row[column.name] = row[other] if other else _FROM_TEXT.get((table.name, column.name), "")
        if column.required and not row[column.name] and filled_in(table.name, column.name) and other not in faulty:
            overlay.problems.append(_cell_problem(place, column, "", overlay))
            faulty.add(column.name)
    return row


def _named(column: Column, text: str) -> bool:
    """Say whether a cell that is no id may be the name of what is referred to; the check of references tells which."""
    return bool(text) and column.ref is not None and column.kind in ("actor_id", "slug")


def _cell_problem(place: Place, column: Column, text: str, overlay: Overlay) -> Problem:
    error = cell_problem(f"{place}, column {column.name}", column, text)
    if column.values:
        error.remedy = "write an allowed value"
    if column.pattern == _OWN_ID:
        used = [int(found[1]) for frame in overlay.tables.values() if "row_id" in frame
                for cell in frame["row_id"] if (found := re.fullmatch(r"own-(\d{5})", cell))]  # fmt: skip
        error.what = f"{text!r} is no id of an own row" if text else "the row has no id"
        error.remedy = f"own rows have ids of their own, which stay theirs: own-{max(used, default=0) + 1:05d}"
        if text:
            error.remedy += f"; to take the place of a row, name it in the column {REPLACES}"
    return Problem(place, column.name, error)


# --- Keys and references ----------------------------------------------------------------------------------------------


def _check_keys(overlay: Overlay, base: _Base, faulty: dict[int, set[str]]) -> None:
    """See that every row has a key of its own, and that what it replaces is there, once."""
    taken: dict[str, Place] = {}
    for name, frame in overlay.tables.items():
        table = SCHEMA[name]
        column = table.key[0]
        replaced: dict[str, Place] = {}
        for line, row in frame.to_dict("index").items():
            number, place = int(str(line)), overlay.places[int(str(line))]
            key, target, bad = "/".join(row[part] for part in table.key), row[REPLACES], faulty[number]
            if bad & {*table.key, REPLACES}:
                continue
            # Row ids are unique over all tables, other keys within theirs.
            mark = key if column == "row_id" else f"{name} {key}"
            if mark in taken:
                _problem(overlay, place, column, f"{key!r} stands in {taken[mark]} too", remedy=_unused(overlay, name))
                bad.add(column)
            taken.setdefault(mark, place)
            if target:
                _check_replaced(overlay, base, name, number, key, replaced)
            else:
                _check_own_key(overlay, base, name, number, key)


def _unused(overlay: Overlay, name: str) -> str:
    if SCHEMA[name].key != ("row_id",):
        return "give each row a key of its own, or remove one of them"
    ids = (cell for frame in overlay.tables.values() if "row_id" in frame for cell in frame["row_id"])
    used = [int(item[4:]) for item in ids if re.fullmatch(_OWN_ID, item)]
    return f"give the new row an id of its own: own-{max(used, default=0) + 1:05d}"


def _check_replaced(overlay: Overlay, base: _Base, name: str, line: int, key: str, replaced: dict[str, Place]) -> None:
    """See that a row takes the place of one of natverk's, which no other does; a key that is no row id stays."""
    table, place, target = SCHEMA[name], overlay.places[line], str(overlay.tables[name].at[line, REPLACES])
    keys = base.keys(name)
    if target not in keys:
        what = f"{target!r} is no row of natverk's table {name}"
        allowed = sorted(keys)
        _problem(overlay, place, REPLACES, what, allowed=allowed, value=target, remedy="mend it, or leave it blank")
    elif target in replaced:
        what = f"{target} is replaced in {replaced[target]} too"
        _problem(overlay, place, REPLACES, what, remedy="keep one of the two rows")
    elif table.key != ("row_id",) and key != target:
        what = f"the row has the key {key!r}, and replaces {target!r}"
        remedy = f"write {target} in both: other rows refer to it"
        _problem(overlay, place, table.key[0], what, remedy=remedy)
    replaced.setdefault(target, place)


def _check_own_key(overlay: Overlay, base: _Base, name: str, line: int, key: str) -> None:
    """See that a row that adds has no key of natverk's, and one that natverk never gives."""
    table, place = SCHEMA[name], overlay.places[line]
    column = table.key[0]
    if key in base.keys(name):
        what = f"{key!r} is a row of natverk's table {name} already"
        remedy = f"to take its place, write {key} in the column {REPLACES}; otherwise give it a key of its own"
        _problem(overlay, place, column, what, remedy=remedy)
    elif name in OWN_KEYS and not re.fullmatch(OWN_KEYS[name][0], key):
        what = f"{key!r} is no id of an own row: natverk may give it to another one day"
        near = key.partition(":")[2] or key
        example = OWN_KEYS[name][1].replace("…", near)
        _problem(overlay, place, column, what, value=key, remedy=f"let it begin with own-: {example}")


def _check_references(overlay: Overlay, base: _Base, faulty: dict[int, set[str]], unread: Collection[str]) -> None:
    """See that what rows refer to is there, among natverk's rows or one's own."""
    for name, frame in overlay.tables.items():
        for column in SCHEMA[name].columns:
            if column.ref is None:
                continue
            target, key = column.ref.split(".")
            own = set(overlay.tables[target][key]) if target in overlay.tables else set()
            known = base.values(column.ref) | own
            # What refers to a row in which something is wrong is asked by the rules when that is mended.
            doubtful = _wrong_rows(overlay, target, key, faulty)
            for line, cell in frame[column.name].items():
                number = int(str(line))
                if column.name in faulty[number]:
                    continue
                for value in column.split(cell):
                    if value in known:
                        if value in doubtful:
                            faulty[number].add(column.name)
                        continue
                    faulty[number].add(column.name)
                    # An own row may stand in what could not be read.
                    if target in unread and "own-" in value:
                        continue
                    place = overlay.places[number]
                    overlay.problems.append(Problem(place, column.name, _unknown(place, column, value, known, base)))


def _wrong_rows(overlay: Overlay, name: str, key: str, faulty: Mapping[int, Collection[str]]) -> set[str]:
    frame = overlay.tables.get(name)
    if frame is None:
        return set()
    return {str(cell) for line, cell in frame[key].items() if faulty[int(str(line))]}


def _unknown(place: Place, column: Column, value: str, known: Collection[str], base: _Base) -> DataError:
    """Return the error for a reference to nothing; where it is the name of something, that thing's id is nearest."""
    target = (column.ref or "").split(".")[0]
    names = base.named.get(target, {})
    ids = names.get(value.casefold(), set())
    remedy = f"mend it, or add it to your {target}"
    if len(ids) == 1:
        remedy = f"write {min(ids)}: that is {value}"
    elif ids:
        remedy = f"write one of {', '.join(sorted(ids))}: all are called {value}"
    where, what = f"{place}, column {column.name}", f"{value!r} is not in {column.ref}"
    return DataError(what, where=where, allowed=sorted(known), value=min(ids) if ids else value, remedy=remedy)


# --- Rules ------------------------------------------------------------------------------------------------------------


def _check_rules(overlay: Overlay, base: _Base, faulty: dict[int, set[str]], unread: Collection[str]) -> None:
    """Ask the rules of natverk's tables of both together; what natverk's rows break, own rows have made them break."""
    both = _union(overlay, base)
    for rule, columns in _BY_ROW.items():
        unsound = [line for line, bad in faulty.items() if bad & set(columns)]
        sound = {name: frame.drop(unsound, errors="ignore") if unsound else frame for name, frame in both.items()}
        if rule in (years_in_order, years_have_basis, statuses_have_rules):
            # natverk's rows have been asked when its tables were built.
            asked = ("memberships", "body_members", "functions", "projects")
            sound |= {name: sound[name][sound[name].index >= _FIRST_LINE] for name in asked}
        for broken in rule(sound):
            _add_broken(overlay, broken, both)
    _check_statuses(overlay, base, both, faulty)
    for rule, names in _BY_TABLE.items():
        if not set(names) & set(overlay.tables):
            continue
        lines = [int(str(line)) for name in names if name in overlay.tables for line in overlay.tables[name].index]
        bad = any(faulty[line] for line in lines)
        if not bad and not set(names) & set(unread):
            for broken in rule(both):
                _add_broken(overlay, broken, both)


def _check_statuses(overlay: Overlay, base: _Base, both: Tables, faulty: Mapping[int, set[str]]) -> None:
    """See that natverk's memberships of a network still have a rule when an own row lets it count as something else."""
    networks = overlay.tables.get("networks")
    if networks is None:
        return
    before = base.text("networks").set_index("network_id")["counts_as"]
    members = both["memberships"]
    members = members[members.index < _FIRST_LINE]
    for line, network in networks["network_id"].items():
        number = int(str(line))
        stands_in = networks.at[line, REPLACES] == network and network in before.index
        if not stands_in or faulty[number] & {"network_id", "counts_as", REPLACES}:
            continue
        rows = members[members["network_id"] == network]
        told: dict[str, list[str]] = {}
        for broken in statuses_have_rules({**both, "memberships": rows}):
            told.setdefault(broken.what, []).append(str(rows.at[broken.line, "row_id"]))
        for what, ids in told.items():
            n = f"{len(ids)} of natverk's memberships, {ids[0]} among them" if len(ids) > 1 else f"natverk's {ids[0]}"
            remedy = f"write {before[network]}, or replace those memberships too, with statuses of table status_rules"
            _problem(overlay, overlay.places[number], "counts_as", f"{what}: {n}", remedy=remedy)


def _union(overlay: Overlay, base: _Base) -> Tables:
    """Return all tables as text, own rows after natverk's, those that are replaced left out and referred to anew."""
    both: Tables = {}
    anew = _anew(overlay)
    for name, table in SCHEMA.items():
        frame = base.text(name)
        own = overlay.tables.get(name)
        if own is not None and len(own):
            gone = set(own[REPLACES]) - {""}
            stays = [key not in gone for key in _keys(frame, table)]
            frame = pd.concat([frame[stays], own[table.names]])
        both[name] = _referred(frame, name, anew)
    return both


def _anew(overlay: Overlay) -> dict[str, dict[str, str]]:
    """Return by table which own row stands in the place of which row id; a key of another kind stays."""
    found: dict[str, dict[str, str]] = {}
    for name, frame in overlay.tables.items():
        if SCHEMA[name].key == ("row_id",):
            rows = frame[frame[REPLACES] != ""]
            found[name] = dict(zip(rows[REPLACES], rows["row_id"], strict=True))
    return {name: ids for name, ids in found.items() if ids}


def _referred(frame: pd.DataFrame, name: str, anew: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Let what refers to a replaced row refer to the one in its place; an audit of it says nothing of that one."""
    changed = {}
    for column in SCHEMA[name].columns:
        target = (column.ref or "").partition(".")[0]
        if column.kind == "row_id" and target in anew:
            changed[column.name] = frame[column.name].replace(dict(anew[target]))
    if name == "audit" and anew:
        gone = {item for ids in anew.values() for item in ids}
        missing = "" if (frame["checked_row_id"] == "").any() else None
        changed["checked_row_id"] = frame["checked_row_id"].where(~frame["checked_row_id"].isin(gone), missing)
    return frame.assign(**changed) if changed else frame


def _add_broken(overlay: Overlay, broken: Broken, both: Tables) -> None:
    """Tell a broken rule at the own row that breaks it, or at those that concern natverk's row that it was found in."""
    remedy = broken.remedy.replace("data/raw/", "").replace(".csv", "")
    if "status_rules" in remedy:
        remedy = "write a status that such a network has, by the table status_rules"
    if broken.line in overlay.places:
        column = next((name for name in SCHEMA[broken.table].names if re.search(rf"\b{name}\b", broken.what)), "")
        _problem(overlay, overlay.places[broken.line], column, broken.what, remedy=remedy)
        return
    row = both[broken.table].loc[broken.line]
    if isinstance(row, pd.DataFrame):
        row = row.iloc[0]
    for line in _culprits(overlay, broken.table, row) or [_FIRST_LINE]:
        place = overlay.places.get(line, Place(str(overlay.path), "", 0))
        _problem(overlay, place, "", f"with this row, {broken.what}", remedy=remedy)
        return


def _culprits(overlay: Overlay, table: str, row: pd.Series) -> list[int]:
    """Return the own rows that refer to a row of natverk's, or stand in its table and county."""
    found: list[int] = []
    (key,) = SCHEMA[table].key[:1]
    for name, frame in overlay.tables.items():
        for column in SCHEMA[name].columns:
            if column.ref == f"{table}.{key}":
                found += [int(str(line)) for line in frame.index[frame[column.name] == row[key]]]
    same = overlay.tables.get(table)
    if not found and same is not None:
        county = same["county_code"] == row["county_code"] if "county_code" in same else same[REPLACES] == row[key]
        found = [int(str(line)) for line in same.index[county]] or [int(str(line)) for line in same.index]
    # A row that was replaced may have been what the table lacks now.
    if not found:
        found = [int(str(line)) for frame in overlay.tables.values() for line in frame.index[frame[REPLACES] != ""]]
    return found


# --- Building ---------------------------------------------------------------------------------------------------------


def own_tables(path: Path, processed: Processed) -> tuple[dict[str, bytes], dict[str, dict[str, str]], dict[str, int]]:
    """Return the tables that own rows change, as the content of their files, with own rows in them.

    Parameters
    ----------
    path, processed
        As for `check_overlay`.

    Returns
    -------
    tuple
        The files by table; the keys of own rows by table, each with that of the row it replaces, or blank; and the
        rows of each table.

    Raises
    ------
    OverlayError
        If anything is wrong; it holds all of it.
    MissingFile
        If there is no such folder or workbook.
    """
    overlay = check_overlay(path, processed)
    if overlay.problems:
        raise OverlayError(path, overlay.problems)
    base, anew = _base_of(processed), _anew(overlay)
    phrases = base.text("translations")
    known = dict(zip(phrases["text"], phrases["text_sv"], strict=True))
    files, rows = {}, {}
    keys: dict[str, dict[str, str]] = {}
    for name, table in SCHEMA.items():
        own = overlay.tables.get(name)
        before = base.frame(name)
        frame = _referred(before, name, anew)
        if own is not None and len(own):
            own = _referred(own, name, anew)
            keys[name] = dict(zip(_keys(own, table), own[REPLACES], strict=True))
            gone = set(own[REPLACES]) - {""}
            stays = [key not in gone for key in _keys(base.text(name), table)]
            swedish = {cell: cell for column in table.columns if column.swedish for cell in own[column.name] if cell}
            added = typed(own[table.names], table, {**swedish, **known})
            frame = pd.concat([frame[stays], added], ignore_index=True)
            frame = frame.sort_values(list(table.key), kind="stable").reset_index(drop=True)
        if frame is not before:
            files[name], rows[name] = parquet_of(frame), len(frame)
    return files, dict(sorted(keys.items())), rows
