"""The directory: every region, municipality, network and actor that a page can be about, and how people write them.

It is what a report machine must know of the data before anything is run, and small enough to be read at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from natverk.data.counting import member_counts
from natverk.data.units import county_forms, fold, unknown_region
from natverk.errors import UnknownName

if TYPE_CHECKING:
    from natverk.data.dataset import Dataset
    from natverk.data.processed import Processed

__all__ = ["TABLES", "UNIT_KINDS", "Directory", "Unit"]

UNIT_KINDS = ("region", "municipality", "network", "actor")
#: The tables and columns that a directory is made of.
TABLES: Mapping[str, tuple[str, ...]] = {
    "counties": ("county_code", "name", "name_short", "letter", "region_name", "region_actor_id", "nuts3", "nuts2"),
    "municipalities": ("code", "actor_id", "name", "name_official"),
    "networks": ("network_id", "name", "name_sv", "counts_as"),
    "actors": ("actor_id", "name", "kind"),
    "memberships": ("actor_id", "network_id", "status", "inference"),
    "status_rules": ("counts_as", "status", "counted"),
    "policy_themes": ("theme",),
    "sources": ("accessed",),
}
Record = Mapping[str, object]
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Unit:
    """One region, municipality, network or actor.

    Attributes
    ----------
    kind
        One of `UNIT_KINDS`.
    id
        The value that a notebook's parameter gets: `"14"`, `"1487"`, `"ubc"`, `"municipality:0180"`.
    name, name_sv
        Its name in English and in Swedish; the same where there is one only.
    members
        Of a network: how many Swedish members it is attested to have or have had (`member_counts`).
    """

    kind: str
    id: str
    name: str
    name_sv: str
    members: int = 0

    @property
    def slug(self) -> str:
        """The id as it stands in paths and in identifiers of pages: `municipality-0180`.

        >>> Unit("actor", "municipality:0180", "Stockholm", "Stockholm").slug
        'municipality-0180'
        """
        return self.id.replace(":", "-")

    def name_in(self, lang: str) -> str:
        """Return the name in a language."""
        return self.name_sv if lang == "sv" else self.name


class Directory:
    """All units by kind and id, and what their names mean.

    Parameters
    ----------
    records
        The rows of the tables in `TABLES`, each with at least those columns, missing values as None.

    Examples
    --------
    >>> from natverk import load
    >>> directory = Directory.of(load())
    >>> directory.resolve("municipality", "Vänersborg").id, directory.resolve("network", "SERN").id
    ('1487', 'sern')
    >>> [unit.kind for unit in directory.meanings("Kalmar")]
    ['region', 'municipality', 'actor']
    """

    def __init__(self, records: Mapping[str, Sequence[Record]]) -> None:
        self.vintage = max((str(row["accessed"]) for row in records["sources"]), default="")
        self.themes = tuple(sorted({str(row["theme"]) for row in records["policy_themes"]}))
        self._units: dict[str, dict[str, Unit]] = {kind: {} for kind in UNIT_KINDS}
        # An id means itself, whatever else is called so; then names as they are spelled (Håbo is not Habo), then
        # without accents and punctuation.
        self._forms: dict[str, tuple[dict[str, set[str]], ...]] = {kind: ({}, {}, {}) for kind in UNIT_KINDS}
        self._region_actors = {
            str(row["county_code"]): str(row["region_actor_id"])
            for row in records["counties"]
            if row["region_actor_id"]
        }
        for row in records["counties"]:
            county = {name: "" if value is None else str(value) for name, value in row.items()}
            name = county["name_short"]
            self._add(Unit("region", county["county_code"], name, name), county_forms(county))
        for row in records["municipalities"]:
            name, official = str(row["name"]), str(row["name_official"])
            forms = (name, official, official.replace("kommun", "stad"), f"{name} kommun", str(row["actor_id"]))
            self._add(Unit("municipality", str(row["code"]), name, name), (*forms, f"{name} municipality"))
        members = member_counts(records["memberships"], records["networks"], records["status_rules"], records["actors"])
        for row in records["networks"]:
            network, name, swedish = str(row["network_id"]), str(row["name"]), str(row["name_sv"] or row["name"])
            unit = Unit("network", network, name, swedish, members[network])
            self._add(unit, (*_network_forms(name), *_network_forms(swedish)))
        for row in records["actors"]:
            actor = Unit("actor", str(row["actor_id"]), str(row["name"]), str(row["name"]))
            self._add(actor, (actor.name,))

    @classmethod
    def of(cls, data: Dataset) -> Directory:
        """Return the directory of a dataset."""
        records: dict[str, list[Record]] = {}
        for table, columns in TABLES.items():
            frame = data.table(table).reindex(columns=list(columns)).astype(object)
            rows = frame.where(frame.notna(), None).to_dict("records")
            records[table] = [{str(name): value for name, value in row.items()} for row in rows]
        return cls(records)

    @classmethod
    def read(cls, processed: Processed) -> Directory:
        """Return the directory of a folder of processed tables; pandas is not needed for it."""
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile

        records: dict[str, list[Record]] = {}
        for table, columns in TABLES.items():
            # Read without threads: those of Arrow can abort the interpreter when it ends.
            file = ParquetFile(pa.BufferReader(processed.content(table)), pre_buffer=False)
            records[table] = file.read(columns=list(columns), use_threads=False).to_pylist()
        return cls(records)

    def _add(self, unit: Unit, forms: Iterable[str]) -> None:
        self._units[unit.kind][unit.id] = unit
        ids, spelled, folded = self._forms[unit.kind]
        ids.setdefault(fold(unit.id), set()).add(unit.id)
        for form in forms:
            if bare := fold(form):
                spelled.setdefault(_spelling(form), set()).add(unit.id)
                folded.setdefault(bare, set()).add(unit.id)

    def units(self, kind: str) -> tuple[Unit, ...]:
        """Return all units of a kind, in the order of the data."""
        return tuple(self._units[kind].values())

    def get(self, kind: str, unit_id: str) -> Unit | None:
        """Return the unit of this very id, if there is one."""
        return self._units[kind].get(unit_id)

    def _found(self, kind: str, text: str) -> set[str]:
        ids, spelled, folded = self._forms[kind]
        bare = fold(text)
        found = ids.get(bare) or spelled.get(_spelling(text)) or folded.get(bare) or set()
        if found or kind != "actor":
            return found
        # A municipality or region is an actor too, under whatever name it is known.
        found = {f"municipality:{code}" for code in self._found("municipality", text)}
        found = found or {self._region_actors[code] for code in self._found("region", text)}
        return {actor for actor in found if actor in self._units["actor"]}

    def resolve(self, kind: str, text: str) -> Unit:
        """Return the unit of a kind that `text` names.

        Raises
        ------
        UnknownName
            If it names none, with the nearest name, or several, with all of them.
        """
        found = self._found(kind, text)
        if len(found) == 1:
            return self._units[kind][min(found)]
        units = self._units[kind]
        if kind == "region":
            raise unknown_region(text, {unit.id: unit.name for unit in units.values()}, found)
        if found:
            raise UnknownName(
                f"the name {text!r} means several of kind {kind}", allowed=sorted(found), remedy="give one of these"
            )
        raise UnknownName(
            f"unknown {kind} {text!r}", allowed=_names(units.values()), value=text, remedy=_looking_for(kind)
        )

    def meanings(self, text: str, kinds: Sequence[str] = UNIT_KINDS) -> list[Unit]:
        """Return what a name may mean, one unit a kind at most, the likeliest first.

        An actor id (`municipality:0980`) means that kind before any other. Of a municipality or region, the actor is
        the same body once more, and comes last.
        """
        prefix = text.partition(":")[0].strip().casefold()
        ordered = sorted(kinds, key=lambda kind: (kind != prefix, UNIT_KINDS.index(kind)))
        return [self._units[kind][min(found)] for kind in ordered if len(found := self._found(kind, text)) == 1]

    def unknown(self, text: str, kinds: Sequence[str], also: Sequence[str] = ()) -> UnknownName:
        """Return the error for a text that is the name of nothing of these kinds, or of several of one kind.

        `also` are names of other things that would have been right.
        """
        error = self._unknown(text, kinds)
        if error.value is not None:
            error.allowed = [*also, *error.allowed]
        return error

    def _unknown(self, text: str, kinds: Sequence[str]) -> UnknownName:
        for kind in kinds:
            if len(self._found(kind, text)) > 1 or len(kinds) == 1:
                try:
                    self.resolve(kind, text)
                except UnknownName as error:
                    return error
        names = [name for kind in kinds for name in _names(self._units[kind].values())]
        remedy = unknown_region(text, {unit.id: unit.name for unit in self.units("region")}).remedy
        return UnknownName(f"unknown name {text!r}", allowed=dict.fromkeys(names), value=text, remedy=remedy)


def _spelling(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _names(units: Iterable[Unit]) -> list[str]:
    """Return names before ids: the first of them are shown as examples."""
    listed = list(units)
    names = [unit.name_sv for unit in listed] + [unit.name for unit in listed] + [unit.id for unit in listed]
    return list(dict.fromkeys(names))


def _looking_for(kind: str) -> str:
    return {
        "municipality": "write the name or the four-digit code, such as Vänersborg or 1487",
        "network": "natverk list --only '*/network_profile/*' shows those with pages; docs/codebook.md the table",
        "actor": "write an actor id, such as municipality:0180 or region:14",
    }[kind]


def _network_forms(name: str) -> Iterable[str]:
    """Yield a name, the name without what stands in brackets, and the short forms in them."""
    yield name
    yield _IN_BRACKETS.sub("", name)
    for inside in _IN_BRACKETS.findall(name):
        yield from (part for part in inside.split("/") if " " not in part.strip())
