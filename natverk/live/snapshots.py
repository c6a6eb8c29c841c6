"""Snapshots: what a service answered on a day, kept beside own rows and used with them.

A snapshot is a folder `live/NAME/DATE` in the folder of own rows. It holds tables of own rows (`population.csv`,
`sources.csv`), the answers as they came, and `snapshot.json`: what was asked, when, the hash of each answer, and the
licence.
The newest one of each name is in use (`natverk.data.overlay`). One is written whole or not at all, and never over
another: whoever removes the newest has the one before it again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from natverk.data.build import current_tables
from natverk.data.overlay import check_overlay, overlay_files, snapshots_in_use
from natverk.data.spreadsheets import bare, csv_text
from natverk.data.types import TEXT
from natverk.errors import DataError, InvalidArgument, NatverkError
from natverk.frames import each_row
from natverk.live.web import Service
from natverk.version import __version__

__all__ = [
    "ABOUT",
    "Snapshot",
    "asked_now",
    "former",
    "new_ids",
    "own_folder",
    "read_tables",
    "source_row",
    "to_compare",
]

#: What is said of a snapshot beside its tables.
ABOUT = "snapshot.json"
#: How many lines of a difference are shown of each kind.
_SHOWN = 8
_CHANGES = ("changed", "gone", "added")


@dataclass
class Snapshot:
    """What a service has answered, as tables of own rows; nothing is written until it is taken.

    Attributes
    ----------
    name
        `population`, `kolada`, `wikidata-members` or `wikidata-twins`.
    folder
        The folder of own rows.
    service
        Whom it was asked of; `service.answers` has what came.
    tables
        By file: rows of text.
    about
        What `snapshot.json` says beside requests and hashes: licence, tables asked, titles.
    difference
        One row an item: `item`, `natverk` (what natverk has by itself), `before` (the snapshot in use), `after`, and
        `change`: `added, changed, gone, same`.
    notes
        What a reader of it must know.

    Examples
    --------
    >>> from natverk.live import refresh_population
    >>> snapshot = refresh_population("my_data/")  # doctest: +SKIP
    >>> print(snapshot)  # doctest: +SKIP
    >>> snapshot.take()  # doctest: +SKIP
    """

    name: str
    folder: Path
    service: Service
    tables: dict[str, pd.DataFrame]
    about: dict[str, Any]
    difference: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        frame = self.difference
        counts = frame["change"].value_counts()
        said = ", ".join(f"{int(counts.get(change, 0)):,} {change}" for change in ("added", "changed", "gone", "same"))
        in_use = snapshots_in_use(self.folder).get(self.name)
        against = f"natverk and the snapshot of {in_use.name}" if in_use is not None else "natverk"
        lines = [f"{self.name}: {self.service.name}, {self.about['asked'][:10]}", f"against {against}: {said}"]
        for change in _CHANGES:
            rows = frame[frame["change"] == change]
            for row in each_row(rows.head(_SHOWN)):
                before = row.before or row.natverk
                step = f"{before} → {row.after}" if change == "changed" else (row.after or before)
                lines.append(f"  {change:8} {row.item}: {step}")
            if len(rows) > _SHOWN:
                lines.append(f"  … and {len(rows) - _SHOWN:,} more {change}")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    @property
    def changes(self) -> int:
        """How many items are not the same as what is in use."""
        return int((self.difference["change"] != "same").sum())

    def take(self) -> Path:
        """Write the snapshot beside those that are there, and return its folder; from now on it is the one in use.

        Raises
        ------
        LiveError
            If its rows do not fit natverk's tables; nothing is written.
        NatverkError
            If it cannot be written; nothing is left behind.
        """
        place = self.folder / "live" / self.name
        new = [folder for folder in (place, place.parent, self.folder) if not folder.exists()]
        aside: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".taking-", dir=self.folder))
            made = aside / "live" / self.name / self.about["asked"][:10]
            made.mkdir(parents=True)
            self._write(made)
            self._check(aside)
            place.mkdir(parents=True, exist_ok=True)
            number = 1
            while True:
                target = place / (made.name if number == 1 else f"{made.name}-{number}")
                if not target.exists():
                    break
                number += 1
            made.rename(target)
        except OSError as error:
            raise NatverkError(
                f"the snapshot cannot be written: {error.strerror}",
                where=str(self.folder),
                remedy="name another folder",
            ) from error
        finally:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
            for folder in new:
                # Where nothing was taken, it is empty, if it was made at all.
                with suppress(OSError):
                    folder.rmdir()
        return target

    def _write(self, place: Path) -> None:
        hashes = {}
        for name, frame in self.tables.items():
            text = csv_text([list(frame.columns), *frame.astype(str).to_numpy().tolist()])
            (place / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
            hashes[f"{name}.csv"] = {"rows": len(frame), "sha256": hashlib.sha256(text.encode()).hexdigest()}
        (place / "answers").mkdir()
        requests = []
        for number, answer in enumerate(self.service.answers, 1):
            file = f"answers/{number:03d}.json"
            (place / file).write_bytes(answer.content)
            requests.append(
                {"method": answer.method, "url": answer.url, "body": answer.body, "asked": answer.asked,
                 "bytes": len(answer.content), "sha256": answer.sha256, "answer": file}
            )  # fmt: skip
        about = {"snapshot": self.name, "natverk": __version__, **self.about, "notes": self.notes}
        about |= {"tables": hashes, "requests": requests}
        (place / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _check(self, folder: Path) -> None:
        """See that the rows are right by themselves, so that no snapshot is taken that could not be loaded."""
        problems = check_overlay(folder, current_tables()).problems
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self.service.refuse("changed", f"a row does not fit natverk's tables: {problems[0].error.what}{more}")
        ids = {cell for frame in self.tables.values() for cell in frame.get("row_id", ())}
        if taken := sorted(ids & _ids_in_use(self.folder, besides=self.name)):
            more = f" and {len(taken) - 1} more were" if len(taken) > 1 else " was"
            raise NatverkError(
                f"{taken[0]}{more} given to other own rows meanwhile; nothing was changed",
                where=str(self.folder),
                remedy="refresh again",
            )


def own_folder(folder: str | Path) -> Path:
    """Return the folder of own rows that snapshots are kept in; it need not be there yet.

    Raises
    ------
    InvalidArgument
        If it is a file: a workbook has no place for them.
    """
    path = Path(folder).expanduser().absolute()
    if path.is_file():
        remedy = "name a folder; a workbook of own rows can lie in it"
        raise InvalidArgument(f"{path.name} is a file, and snapshots need a folder", where=str(path), remedy=remedy)
    return path


def former(folder: Path, name: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables of the snapshot in use as text, and what is said of it; both are empty where there is none."""
    place = snapshots_in_use(folder).get(name)
    if place is None:
        return {}, {}
    try:
        about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _damaged(place, error)
    if not isinstance(about, dict):
        _damaged(place, f"{ABOUT} is no object")
    return read_tables(place), about


def read_tables(place: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a snapshot by name, as text."""
    try:
        return {
            file.stem: pd.read_csv(file, dtype=TEXT, keep_default_na=False, encoding="utf-8-sig").map(bare)
            for file in sorted(place.glob("*.csv"))
        }
    except (OSError, ValueError) as error:
        _damaged(place, error)


def _damaged(place: Path, why: object) -> NoReturn:
    raise DataError(
        f"the snapshot cannot be read: {why}",
        where=str(place),
        remedy="remove its folder: the one before it is in use again",
    )


def to_compare(
    after: Mapping[str, str], before: Mapping[str, str], natverk: Mapping[str, str], *, replaces: bool
) -> pd.DataFrame:
    """Return what a snapshot changes, item by item.

    Parameters
    ----------
    after, before, natverk
        What the new snapshot, the one in use and natverk by itself say of each item.
    replaces
        Whether a snapshot's value takes the place of natverk's (a figure), or stands beside it (evidence).

    Returns
    -------
    pd.DataFrame
        See `Snapshot.difference`; items in the order of their names.

    Examples
    --------
    >>> to_compare({"a": "2", "b": "1"}, {"c": "7"}, {"a": "1", "b": "1"}, replaces=True)["change"].tolist()
    ['changed', 'same', 'gone']
    """
    rows = []
    for item in sorted({*after, *before}):
        own, old, new = natverk.get(item, ""), before.get(item, ""), after.get(item, "")
        known = (old or own) if replaces else old
        change = "gone" if not new else "same" if new == known else "changed" if known else "added"
        rows.append((item, own, old, new, change))
    return pd.DataFrame(rows, columns=["item", "natverk", "before", "after", "change"], dtype=TEXT)


def new_ids(folder: Path, known: Mapping[str, str], wanted: Collection[str]) -> dict[str, str]:
    """Return the ids of own rows: those that they had, and free ones that no own row has had in this folder.

    Parameters
    ----------
    folder
        The folder of own rows.
    known
        The ids of rows in snapshots, by what names the row in its source.
    wanted
        What names the rows that need ids.
    """
    used = set(known.values()) | _ids_in_use(folder)
    # What stood in a snapshot that is in use no more stays what it was.
    for file in folder.glob("live/*/*/*.csv"):
        used |= set(re.findall(r"\bown-\d{5}\b", file.read_text(encoding="utf-8-sig", errors="replace")))
    last = max((int(item[4:]) for item in used if re.fullmatch(r"own-\d{5}", item)), default=0)
    free = [item for item in wanted if item not in known]
    if last + len(free) > 99_999:
        raise NatverkError(
            f"there are no ids for {len(free)} more own rows after own-{last:05d}",
            where=str(folder),
            remedy="name another folder",
        )
    return {**known, **{item: f"own-{last + number:05d}" for number, item in enumerate(free, 1)}}


def _ids_in_use(folder: Path, besides: str = "") -> set[str]:
    """Return the ids of own rows in a folder, those of one kind of snapshot apart."""
    if not folder.is_dir() or not overlay_files(folder):
        return set()
    overlay = check_overlay(folder, current_tables())
    apart = folder / "live" / besides if besides else None
    return {
        str(cell)
        for frame in overlay.tables.values()
        for line, cell in frame.get("row_id", pd.Series(dtype=TEXT)).items()
        if apart is None or apart not in Path(overlay.places[int(str(line))].file).parents
    }


def source_row(
    source_id: str, title: str, publisher: str, url: str, asked: str, language: str, licence: str, note: str = ""
) -> pd.DataFrame:
    """Return the table `sources` of a snapshot: one row."""
    row = {
        "source_id": source_id, "title": title, "publisher": publisher, "url": url, "accessed": asked[:10],
        "language": language, "kind": "dataset", "kind_as_coded": "answer of a service", "licence": licence,
        "licence_class": "stated", "note": note,
    }  # fmt: skip
    return pd.DataFrame([row], dtype=TEXT)


def asked_now() -> str:
    """Return the moment of a refresh."""
    return datetime.now(UTC).isoformat(timespec="seconds")
