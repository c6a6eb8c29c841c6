"""Two vintages of the data side by side: which rows are new, gone or others, and what the evidence says then.

A vintage is a folder of raw tables (or the folder above it), a revision of git, or a folder of reports with its
manifest, beside which lie the tables that it was made from.
"""

from __future__ import annotations

import csv
import io
import subprocess
import tarfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.build import build, is_stale
from natverk.data.changes import Change, changes
from natverk.data.letters import text_of
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.tables import MANIFEST, Processed, data_folders
from natverk.data.types import TEXT
from natverk.errors import DataError, InvalidArgument, MissingFile
from natverk.frames import each_row
from natverk.membership.actors import member_actors
from natverk.membership.panel import panel
from natverk.membership.spells import spells

__all__ = ["Vintage", "built", "changed_cells", "changed_rows", "changed_spells", "told_vintages", "vintage"]

_CORRECTIONS = "corrections.toml"
_SITE = "manifest.jsonl"
_MARK = "memberships.csv"
#: Tables that decide cells of any network; other tables that do name theirs (`network_id`).
_OF_ALL = ("actors", "bodies", "counties", "municipalities", "municipality_changes", "population", "status_rules")
_CELL = ["actor_id", "network_id", "year"]
_STATES = ["state", "conflict", "low", "best", "high"]
#: Cells that say nothing where the other vintage has none.
_NOTHING = ("unknown", "no_network", "no_actor")
_SPELL = ["actor_id", "network_id", "spell"]
_SPELLS = ["start", "start_basis", "last_seen", "end", "status", "conflict"]


class Vintage(NamedTuple):
    """A vintage: as it was named, its raw tables, and its pages; None where it has none."""

    name: str
    raw: Path | None
    site: Path | None


def vintage(name: str, scratch: Path) -> Vintage:
    """Find a vintage of the data.

    Parameters
    ----------
    name
        A folder of raw tables or the one above it, a folder of reports or its manifest, or a revision of git.
    scratch
        A folder for the tables that do not lie in a folder of raw tables; it is made.

    Raises
    ------
    InvalidArgument
        If it is none of these.

    Examples
    --------
    >>> vintage(str(data_folders()[0]), Path("unused")).site is None
    True
    """
    path = Path(name)
    folder = path.parent if path.is_file() and path.name == _SITE else path
    for raw in (folder, folder / "raw"):
        if (raw / _MARK).is_file():
            return Vintage(name, raw, None)
    if (folder / _SITE).is_file():
        return Vintage(name, _of_site(folder / "data", scratch), folder)
    if path.exists():
        what = f"{name} holds neither raw tables nor reports"
        remedy = f"name a folder with {_MARK}, or one with {_SITE}"
        raise InvalidArgument(what, where=str(path.absolute()), remedy=remedy)
    return Vintage(name, _of_git(name, scratch), None)


def _of_git(revision: str, scratch: Path) -> Path:
    """Write the raw tables as they were in a revision to a folder, and return it."""
    raw, _processed = data_folders()
    if raw is None:
        remedy = "name two folders of raw tables, or two folders of reports"
        raise InvalidArgument(f"there is no folder {revision!r}, and no raw tables under git here", remedy=remedy)

    def git(*arguments: str) -> bytes:
        try:
            return subprocess.run(["git", "-C", str(raw), *arguments], capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError, ValueError) as error:
            raise InvalidArgument(
                f"{revision!r} is neither a folder nor a revision of git",
                where=str(raw),
                remedy="name a folder of raw tables, a folder of reports, or a revision: HEAD, HEAD~1, v0.1.0",
            ) from error

    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    scratch.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", commit, "."))) as archive:
        archive.extractall(scratch, filter="data")
    return scratch


def _of_site(folder: Path, scratch: Path) -> Path | None:
    """Write the tables that lie beside pages as raw ones to a folder, and return it; None where there are none."""
    if not (folder / _MARK).is_file():
        return None
    scratch.mkdir(parents=True)
    for name, table in SCHEMA.items():
        if (folder / f"{name}.csv").is_file():
            frame = _read(folder / f"{name}.csv")
            frame[[column for column in table.names if column in frame]].to_csv(scratch / f"{name}.csv", index=False)
    # They have been corrected.
    (scratch / _CORRECTIONS).write_text("", encoding="utf-8")
    return scratch


def built(found: Vintage, scratch: Path) -> Processed:
    """Return the built tables of a vintage: those in use where they were built from its raw tables, else built anew.

    Raises
    ------
    DataError, MissingFile
        If its raw tables are not right, or of another schema than this version of natverk has.
    """
    if found.raw is None:
        raise MissingFile(
            f"there are no tables beside the reports of {found.name}", remedy="name folders of raw tables"
        )
    _raw, processed = data_folders()
    if not is_stale(found.raw, processed):
        return Processed(processed)
    if not (scratch / MANIFEST).is_file():
        try:
            build(found.raw, scratch)
        except DataError as error:
            raise DataError(
                f"the tables of {found.name} cannot be built by this version of natverk, so only rows are compared: "
                f"{error.what}",
                where=error.where,
                remedy="mend them; or compare folders of reports, which hold their pages",
            ) from error
    return Processed(scratch)


# --- Rows -------------------------------------------------------------------------------------------------------------


def changed_rows(old: Path, new: Path) -> list[Change]:
    """Return the rows that are new, gone or others, table by table, and the corrections likewise.

    Parameters
    ----------
    old, new
        Folders of raw tables. They may have been written by other versions of natverk: a column that only one has
        counts as a change of its cells, a table that only one has as new or gone rows.

    Raises
    ------
    DataError
        If a table cannot be read, or lacks the columns that tell its rows apart.

    Examples
    --------
    >>> changed_rows(data_folders()[0], data_folders()[0])
    []
    """
    names = sorted({path.stem for folder in (old, new) for path in folder.glob("*.csv")})
    found = [change for name in names for change in _changed(name, old, new)]
    before, after = (_corrections(folder) for folder in (old, new))
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            what = "is new" if key not in before else "is gone" if key not in after else "is another one"
            cells = frozenset({str(value) for entry in (before, after) for value in entry.get(key, {}).values()})
            found.append(Change("corrections", key, what, cells))
    return found


def _changed(name: str, old: Path, new: Path) -> list[Change]:
    before, after = old / f"{name}.csv", new / f"{name}.csv"
    if before.is_file() and after.is_file() and before.read_bytes() == after.read_bytes():
        return []
    now = _read(after) if after.is_file() else _read(before).iloc[:0]
    try:
        if before.is_file():
            return changes(before, name, now)
        whole = changes(after, name, now.iloc[:0])
        return [Change(change.table, change.row, "is new", change.cells) for change in whole]
    except KeyError as error:
        raise DataError(
            f"the rows of {name} cannot be told apart: it has no column {error}",
            where=f"{before} or {after}",
            remedy="compare vintages in which the table has it",
        ) from error


def _read(path: Path) -> pd.DataFrame:
    """Return a table as text; blanks are blank."""
    try:
        header, *rows = [*csv.reader(io.StringIO(text_of(path), newline=""), strict=True)]
        return pd.DataFrame(rows, columns=header, dtype=TEXT)
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read: {error}", where=str(path), remedy="natverk build") from error


def _corrections(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / _CORRECTIONS
    try:
        entries = tomllib.loads(text_of(path)).get("correction", []) if path.is_file() else []
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path.name} cannot be read: {error}", where=str(path), remedy="natverk build") from error
    return {str(entry.get("id")): entry for entry in entries}


# --- Spells and cells -------------------------------------------------------------------------------------------------


def changed_spells(old: Dataset, new: Dataset) -> pd.DataFrame:
    """Return the spells that are new, gone or others; that a further row tells of a spell does not change it.

    Parameters
    ----------
    old, new
        Two datasets; also one with own rows and one without.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell, change` (`new`, `gone`, `changed`), and `start, start_basis, last_seen, end,
        status, conflict` as text, each followed by what it was (`start_before`, …); blank where not known.

    Examples
    --------
    >>> from natverk import load
    >>> len(changed_spells(load(), load())), len(changed_spells(load(as_of="2015"), load())) > 100
    (0, True)
    """
    before, after = (spells(data)[[*_SPELL, *_SPELLS]] for data in (old, new))
    return _compared(before, after, _SPELL, _SPELLS)


def changed_cells(old: Dataset, new: Dataset, networks: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the cells of the panel that are others: state, conflict or bounds of an actor, network and year.

    Parameters
    ----------
    old, new
        Two datasets; also one with own rows and one without.
    networks
        Ids of networks; default all that either has.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, change` (`new`, `gone`: an actor or network that one of them lacks, in states that
        say something; `changed`), and `state, conflict, low, best, high` as text, each followed by what it was
        (`state_before`, …). Years that only one of them reaches are left out.

    Examples
    --------
    >>> from natverk import load
    >>> cells = changed_cells(load(as_of="2015"), load(), ["ubc"])
    >>> cells.loc[cells["actor_id"] == "municipality:2580", ["state_before", "state"]].iloc[-1].tolist()
    ['presumed', 'member']
    """
    wanted = None if networks is None else set(networks)
    years = (1997, min(old.last_year, new.last_year))
    frames = []
    for data in (old, new):
        there = [item for item in data.networks["network_id"] if wanted is None or item in wanted]
        actors = sorted({*member_actors(data), *data.memberships["actor_id"]})
        made = (
            panel(data, actors=actors, networks=there, years=years) if there else pd.DataFrame(columns=_CELL + _STATES)
        )
        frames.append(made[[*_CELL, *_STATES]])
    found = _compared(frames[0], frames[1], _CELL, _STATES)
    said = found["state"].where(found["change"] != "gone", found["state_before"])
    return found[(found["change"] == "changed") | ~said.isin(_NOTHING)].reset_index(drop=True)


def _compared(old: pd.DataFrame, new: pd.DataFrame, key: list[str], values: list[str]) -> pd.DataFrame:
    """Return the rows of two frames that differ in values, or that only one has."""
    both = new.merge(old, on=key, how="outer", suffixes=("", "_before"), indicator="change")
    both["change"] = both["change"].astype(TEXT).map({"left_only": "new", "right_only": "gone", "both": "changed"})
    differs = both["change"] != "changed"
    for name in values:
        one, two = both[name], both[f"{name}_before"]
        differs |= ~((one == two).fillna(value=False).astype(bool) | (one.isna() & two.isna()))
    both = both[differs]
    columns = [column for name in values for column in (name, f"{name}_before")]
    texts = {name: both[name].astype(object).where(both[name].notna(), "").map(_text).astype(TEXT) for name in columns}
    return both.assign(**texts)[[*key, "change", *columns]].sort_values(key, ignore_index=True)


def _text(value: object) -> str:
    """Return a value as text; whole numbers that a merge made decimal are whole again."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- As text ----------------------------------------------------------------------------------------------------------


def told_vintages(old: Vintage, new: Vintage, scratch: Path, *, shown: int | None = 20) -> Iterator[str]:
    """Yield as text which rows have changed between two vintages, and which spells and cells for it.

    Nothing is yielded where no row has.

    Parameters
    ----------
    old, new
        See `vintage`.
    scratch
        A folder for tables that are built.
    shown
        How many lines of a kind are told at most; None for all.

    Raises
    ------
    InvalidArgument
        If one of them is a folder of reports, whose tables have been corrected, and the other is not.
    """
    if (old.site is None) != (new.site is None):
        one, other = (old, new) if old.site is not None else (new, old)
        what = f"the tables of the reports {one.name} have been corrected, those of {other.name} have not"
        raise InvalidArgument(what, remedy="compare two folders of reports, or raw tables and revisions of git")
    if old.raw is None or new.raw is None:
        yield f"rows: not compared, there are no tables beside the reports of {(old if old.raw is None else new).name}"
        return
    rows = changed_rows(old.raw, new.raw)
    if not rows:
        return
    yield f"rows: {_counted(rows)}"
    for table, of_table in groupby(rows, key=lambda change: change.table):
        listed = list(of_table)
        yield f"  {table}: {_counted(listed)}"
        yield from _first([f"    {change}" for change in listed], shown, "    ")
    before, after = (
        Dataset(built(one, scratch / name).folder) for name, one in (("old-built", old), ("new-built", new))
    )
    name = _names(before, after)
    found = changed_spells(before, after)
    yield f"spells: {len(found)} changed"
    yield from _first([f"  {_spell(row, name)}" for row in each_row(found)], shown, "  ")
    cells = changed_cells(before, after, _networks(rows))
    yield f"cells of the panel: {len(cells)} changed"
    yield from _first([f"  {line}" for line in _runs(cells, name)], shown, "  ")
    if before.last_year != after.last_year:
        yield f"  the panel ends with {after.last_year}, it ended with {before.last_year}"


def _counted(rows: Sequence[Change]) -> str:
    """Return how many rows are new, gone and others."""
    n_new, n_gone = (sum(change.what == what for change in rows) for what in ("is new", "is gone"))
    parts = {"added": n_new, "changed": len(rows) - n_new - n_gone, "gone": n_gone}
    return ", ".join(f"{n} {what}" for what, n in parts.items() if n)


def _first(lines: Sequence[str], shown: int | None, indent: str) -> Iterator[str]:
    yield from lines[:shown]
    if shown is not None and len(lines) > shown:
        yield f"{indent}… and {len(lines) - shown} more (--all)"


def _networks(rows: Iterable[Change]) -> set[str] | None:
    """Return what may be ids of the networks whose cells can have changed; None for all networks."""
    rows = list(rows)
    if any(change.table in (*_OF_ALL, "corrections") for change in rows):
        return None
    named = [change for change in rows if change.table in SCHEMA and "network_id" in SCHEMA[change.table].names]
    return {cell for change in named for cell in change.cells}


def _names(*data: Dataset) -> Callable[[str], str]:
    """Return how actors and networks are called, by their ids."""
    known: dict[str, str] = {}
    for one in data:
        known |= dict(zip(one.actors["actor_id"], one.actors["name"], strict=True))
        known |= dict(zip(one.networks["network_id"], one.networks["name"], strict=True))
    return lambda item: f"{known.get(item, item)} ({item})"


def _spell(row: Any, name: Callable[[str], str]) -> str:
    """Return a changed spell as a line."""
    head = f"{name(row.actor_id)} – {name(row.network_id)}, spell {row.spell}"
    if row.change == "changed":
        parts = [
            f"{value} {getattr(row, value) or 'blank'}, it was {getattr(row, f'{value}_before') or 'blank'}"
            for value in _SPELLS
            if getattr(row, value) != getattr(row, f"{value}_before")
        ]
        return f"{head}: {'; '.join(parts)}"
    end = "_before" if row.change == "gone" else ""
    said = {value: getattr(row, f"{value}{end}") for value in _SPELLS}
    shown = ", ".join(f"{value} {text}" for value, text in said.items() if text and text != "False")
    return f"{head} is {row.change}: {shown}"


def _runs(cells: pd.DataFrame, name: Callable[[str], str]) -> Iterator[str]:
    """Yield a line for each run of years in which the cells of a pair have changed alike."""
    run: list[Any] = []
    for row in [*each_row(cells), None]:
        # Of a pair, in the next year, and all but the year alike.
        if run and (row is None or row.year != run[-1].year + 1 or _apart(row) != _apart(run[-1])):
            first, last = run[0], run[-1]
            years = f"{first.year}–{last.year}" if len(run) > 1 else f"{first.year}"
            now, was = _state(first, ""), _state(first, "_before")
            yield f"{name(first.actor_id)} – {name(first.network_id)}, {years}: {now}, it was {was}"
            run = []
        run.append(row)


def _apart(row: Any) -> tuple[object, ...]:
    texts = [getattr(row, f"{name}{end}") for name in _STATES for end in ("", "_before")]
    return (row.actor_id, row.network_id, *texts)


def _state(row: Any, end: str) -> str:
    """Return a cell as text: its state and bounds."""
    state, conflict, low, best, high = (getattr(row, f"{name}{end}") for name in _STATES)
    if not state:
        return "not in the data"
    return f"{state}{' in conflict' if conflict == 'True' else ''} (low {low}, best {best}, high {high})"
