"""Own rows made by a seed: sound ones, what spreadsheets do to them that has one reading, and faults with places."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

from natverk.data.schema import SCHEMA

Tables = dict[str, list[dict[str, Any]]]
#: The municipalities of Halland and Blekinge.
CODES = ("1315", "1380", "1381", "1382", "1383", "1384", "1060", "1080", "1081", "1082", "1083")
KINDS = ("interview", "archive", "e-mail", "survey", "observation")


def sound(chance: random.Random, **n: int) -> Tables:
    """Return rows in which nothing is wrong, so many a table; ids of rows are one series over all tables.

    Without sources or networks of their own, they rest on natverk's.
    """
    ids = iter(chance.sample(range(1, 90_000), sum(n.values())))
    sources = [f"own-kalla-{number}" for number in range(n.get("sources", 0))]
    networks = [f"own-nat-{number}" for number in range(n.get("networks", 0))]

    def row(**cells: Any) -> dict[str, Any]:
        return {"row_id": f"own-{next(ids):05d}", **cells, "source_id": chance.choice(sources or ["eurotowns-halland"])}

    def actor() -> str:
        return f"municipality:{chance.choice(CODES)}"

    def network() -> str:
        return chance.choice(networks or ["eurotowns", "iclei"])

    made: Tables = {
        "sources": [
            {"source_id": key, "title": f"Samtal på ön {key}", "accessed": f"2026-11-{chance.randint(13, 28)}",
             "language": "sv", "kind": chance.choice(KINDS), "url": None}
            for key in sources
        ],
        "networks": [
            {"network_id": key, "name": f"Network {key}", "name_sv": f"Nätverk {key}", "type": "city_network",
             "scope": "national", "reach": "national", "kind": "network", "counts_as": "membership",
             "themes": chance.choice(["culture", "culture;mobility"]), "general_purpose": "no",
             "eligible_levels": "municipality", "source_id": chance.choice(sources)}
            for key in networks
        ],
        "memberships": [
            row(actor_id=actor(), network_id=network(), status="member", replaces=None, derived="no", end_year=None,
                observed_year=chance.randint(2015, 2025), observed_basis="stated", note=None)
            for _ in range(n.get("memberships", 0))
        ],
        "projects": [
            row(actor_id=actor(), project=f"Hamnen {number}", network_id=network(), start_year=2020, end_year=2022,
                role="lead", theme="maritime")
            for number in range(n.get("projects", 0))
        ],
        "missions": [
            row(actor_id=actor(), event="Resa", country="Polen", start_date="2023-05-22", next_step_category="none",
                next_step_basis="text")
            for _ in range(n.get("missions", 0))
        ],
        "published_totals": [
            row(network_id=network(), actor_id=None, fact="members", value=str(chance.randint(10, 90)),
                qualifier="exact", value_as_stated="så många")
            for _ in range(n.get("published_totals", 0))
        ],
    }  # fmt: skip
    return {name: rows for name, rows in made.items() if rows}


class Fault(NamedTuple):
    """A kind of fault: the table and column, the cell that is wrong, where it is told, and what is said of it."""

    kind: str
    table: str
    column: str
    cell: Any
    words: str
    told: str = ""


FAULTS: tuple[Fault, ...] = (
    Fault("a misspelt word", "memberships", "status", "membr", "nearest: 'member'"),
    Fault("no such actor", "memberships", "actor_id", "municipality:9999", "is not in actors.actor_id"),
    Fault("a name for an id", "memberships", "actor_id", "Göteborg", "write municipality:1480"),
    Fault("a needed cell is blank", "memberships", "source_id", None, "a required cell is blank"),
    Fault("a day for a year", "memberships", "observed_year", "2014-02-26", "is a day, not a year"),
    Fault("Excel's number of a day", "memberships", "observed_year", 41696, "number of the day 2014-02-26"),
    Fault("an id twice", "memberships", "row_id", "=", "stands in"),
    Fault("an id of natverk's", "memberships", "row_id", "mem-00001", "is no id of an own row"),
    Fault("replaces nothing", "memberships", "replaces", "mem-99999", "is no row of natverk's table memberships"),
    Fault("a misspelt network", "memberships", "network_id", "eurocites", "nearest: 'eurocities'"),
    Fault("a year without basis", "memberships", "observed_basis", None, "basis is blank", "observed_year"),
    Fault("no such source", "memberships", "source_id", "own-klla-1", "nearest: 'own-kalla-"),
    Fault("a day of two readings", "sources", "accessed", "03/04/2019", "can be 2019-03-04 or 2019-04-03"),
    Fault("no address", "sources", "url", "www.halmstad.se", "is no url"),
    Fault("no such theme", "networks", "themes", "culture;culinary", "'culinary' is not in the vocabulary"),
    Fault("none or missing", "missions", "next_step_category", "None", "can be the value 'none' or a missing one"),
    Fault("no such day", "missions", "start_date", "2023-02-30", "is no date"),
    Fault("an end before its start", "projects", "end_year", "2019", "comes before start_year 2020", "start_year"),
    Fault("a formula gone wrong", "projects", "role", "#REF!", "#REF!"),
    Fault("a number of two readings", "published_totals", "value", "1,234", "can be 1234 or 1.234"),
)  # fmt: skip


class Planted(NamedTuple):
    """A fault in its place: table, number of the row (2 is the first), the column it is told at, and its words."""

    table: str
    row: int
    column: str
    words: str
    before: Any
    changed: str


def plant(tables: Tables, fault: Fault, chance: random.Random, taken: set[tuple[str, int]]) -> Planted | None:
    """Make a row wrong in which nothing is yet, and return where; None where no such row is left."""
    rows = tables.get(fault.table, [])
    free = [number for number in range(len(rows)) if (fault.table, number) not in taken]
    # What stands twice is told at the second place.
    free = free[1:] if fault.cell == "=" else free
    if not free:
        return None
    place = chance.choice(free)
    cell = fault.cell
    if cell == "=":
        first = next(number for number in range(len(rows)) if (fault.table, number) not in taken)
        taken.add((fault.table, first))
        cell = rows[first][fault.column]
    taken.add((fault.table, place))
    before = rows[place].get(fault.column)
    rows[place] = {**rows[place], fault.column: cell}
    return Planted(fault.table, place + 2, fault.told or fault.column, fault.words, before, fault.column)


# --- What spreadsheets do ---------------------------------------------------------------------------------------------

#: Cells that have one reading: by kind of column, how they come to be written.
_WRITTEN: dict[str, tuple[Callable[[str], Any], ...]] = {
    "actor_id": (lambda cell: cell.removeprefix("municipality:"), str.upper, lambda cell: f" {cell}\u00a0"),
    "year": (lambda cell: f"{cell}.0", lambda cell: f'="{cell}"', lambda cell: f"{cell} "),
    "date": (lambda cell: "/".join(reversed(cell.split("-"))), lambda cell: f"{cell} 00:00:00",
             lambda cell: cell.replace("-", "")),
    # `None` could be a missing value.
    "vocabulary": (str.upper, lambda cell: cell if cell == "none" else cell.capitalize(), lambda cell: f"\u200b{cell}"),
    "yes_no": (lambda _cell: "FALSE", lambda _cell: "Nej", lambda _cell: "0"),
    "row_id": (str.upper, lambda cell: cell.replace("-", " "), lambda cell: f"{cell}\u2009"),
}  # fmt: skip


def as_written(tables: Tables, chance: random.Random, share: float = 0.1) -> Tables:
    """Return the same rows as programs and people write them, in ways that have one reading."""
    found: Tables = {}
    for name, rows in tables.items():
        found[name] = []
        for row in rows:
            cells = dict(row)
            for column, cell in row.items():
                about = SCHEMA[name].column(column) if column in SCHEMA[name].names else None
                if about is None or chance.random() > share:
                    continue
                kind = "vocabulary" if about.values and not about.many else about.kind
                if cell is None:
                    cells[column] = chance.choice(["NA", "  ", "#N/A"]) if column in ("end_year", "note") else None
                elif kind in _WRITTEN and not about.many:
                    cells[column] = chance.choice(_WRITTEN[kind])(str(cell))
                elif about.many and ";" in str(cell):
                    cells[column] = str(cell).replace(";", ", ")
            found[name].append(cells)
    return found


def write_csv_files(folder: Path, tables: Tables, chance: random.Random) -> Path:
    """Write own rows as CSV files, as one of many programs does."""
    folder.mkdir(parents=True)
    separator = chance.choice([",", ";", "\t"])
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    for name, rows in tables.items():
        header, *lines = sheet_of(rows, chance)
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=separator, lineterminator=chance.choice(["\n", "\r\n"]))
        writer.writerows([header, *lines])
        text = stream.getvalue()
        try:
            content = text.encode(encoding)
        except UnicodeEncodeError:
            content = text.encode("utf-8-sig")
        # Bytes are known to be of Windows by å, ä or ö; without them a blank that does not break could be a letter.
        if encoding == "cp1252" and not text.isascii() and not set(text) & set("åäö"):
            content = text.encode("utf-8-sig")
        (folder / f"{name}.csv").write_bytes(content)
    return folder


def write_workbook(path: Path, tables: Tables, chance: random.Random | None = None) -> Path:
    """Write own rows as a workbook, numbers as numbers; with chance also what lies about in one."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for line in sheet_of(rows, chance):
            sheet.append([_in_a_workbook(cell) for cell in line])
    if chance is not None and chance.random() < 0.3:
        book.create_sheet("Blad2")
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _in_a_workbook(cell: Any) -> Any:
    """Return a cell as a workbook holds it: what exports write for texts and missing values would be formulas there."""
    if isinstance(cell, str) and cell.startswith('="'):
        return cell[2:-1]
    return "NA" if cell == "#N/A" else cell


def sheet_of(rows: list[dict[str, Any]], chance: random.Random | None) -> list[list[Any]]:
    """Return header and rows; with chance in another order of columns, with blank ones behind and a blank row."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    header: list[Any] = list(columns)
    lines = [[row.get(column) for column in columns] for row in rows]
    if chance is None:
        return [header, *lines]
    order = list(range(len(columns)))
    chance.shuffle(order)
    header, lines = [header[n] for n in order], [[line[n] for n in order] for line in lines]
    if chance.random() < 0.3:
        header = [chance.choice([str(name), str(name).upper(), str(name).replace("_", " ")]) for name in header]
    if chance.random() < 0.3:
        header, lines = [*header, None, None], [[*line, None, " "] for line in lines]
    if chance.random() < 0.2:
        lines.append([None] * len(header))
    return [header, *lines]
