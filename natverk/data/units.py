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
from natverk.errors import InvalidArgument, UnknownName

if TYPE_CHECKING:
    import pandas as pd

    from natverk.data.load import Dataset
    from natverk.data.tables import Processed

__all__ = [
    "Directory",
    "SHORT_FORMS",
    "TABLES",
    "UNIT_KINDS",
    "Unit",
    "county_forms",
    "fold",
    "resolve_region",
    "unknown_region",
]


# Short forms that cannot be derived from the columns of `counties`: (form, county code, reason).
SHORT_FORMS: tuple[tuple[str, str, str], ...] = (
    ("VGR", "14", "abbreviation of Västra Götalandsregionen"),
    ("VG", "14", "abbreviation of Västra Götaland"),
    ("RJL", "06", "abbreviation of Region Jönköpings län"),
    ("RJH", "23", "abbreviation of Region Jämtland Härjedalen"),
    ("Västergötland", "14", "province, most of which lies in Västra Götalands län"),
    ("Sörmland", "04", "everyday name of Södermanland, and the name in Region Sörmland"),
    ("Sthlm", "01", "abbreviation of Stockholm in everyday writing"),
)


def fold(text: str) -> str:
    """Return `text` without case, accents and punctuation, the form in which names are compared.

    >>> fold("  Västra-Götalands LÄN ")
    'vastra gotalands lan'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def county_forms(county: Mapping[str, str]) -> Iterable[str]:
    """Yield the ways of writing one county, a row of `counties` as texts."""
    short, region = county["name_short"], county["region_name"]
    yield from (county["county_code"], county["name"], short, county["letter"], county["nuts3"])
    yield from (region, region.removeprefix("Region "), county["region_actor_id"])
    # The region of a county is addressed by its own code too, also on Gotland where the actor is the municipality.
    yield f"region:{county['county_code']}"
    yield from (f"{short} län", f"region {short}", f"region {short} län", f"region {county['name']}")
    yield from (f"{short} county", f"{short} region")
    if "nuts2" in county:
        yield county["nuts2"]
    yield from (form for form, code, _reason in SHORT_FORMS if code == county["county_code"])


def _index(counties: pd.DataFrame) -> dict[str, set[str]]:
    """Return the folded forms and the codes that each may mean."""
    index: dict[str, set[str]] = {}
    for row in counties.astype(str).to_dict("records"):
        county = {str(column): str(value) for column, value in row.items()}
        for form in county_forms(county):
            index.setdefault(fold(form), set()).add(county["county_code"])
    return index


def _refuse_numbers(value: object, codes: dict[str, str]) -> None:
    if isinstance(value, str):
        return
    padded = str(value).zfill(2)
    hint = f'write "{padded}" ({codes[padded]})' if padded in codes else 'write them in quotes, such as "14"'
    raise InvalidArgument(f"county codes are strings, not {type(value).__name__}: {value!r}", remedy=hint)


def resolve_region(counties: pd.DataFrame, text: str) -> str:
    """Return the county code that `text` names.

    Parameters
    ----------
    counties
        The table `counties`, one row a county, with the columns `county_code`, `name`, `name_short`, `letter`,
        `region_name`, `region_actor_id`, `nuts3` and, if wanted, `nuts2`.
    text
        A county code (`"14"`), the name of the county or region (`"Västra Götaland"`, `"Västra Götalands län"`,
        `"Västra Götalandsregionen"`), an actor id (`"region:14"`), a county letter (`"O"`), a NUTS 3 code (`"SE232"`)
        or one of `SHORT_FORMS` (`"VGR"`).

    Returns
    -------
    str
        The two-digit county code, a string.

    Raises
    ------
    UnknownName
        If nothing or more than one county is meant; the message names the nearest one, or those that are meant.
    InvalidArgument
        If `text` is not a string: codes are strings, `1` is not `"01"`.

    Examples
    --------
    >>> import pandas as pd
    >>> counties = pd.DataFrame({
    ...     "county_code": ["14", "18"], "name": ["Västra Götalands län", "Örebro län"],
    ...     "name_short": ["Västra Götaland", "Örebro"], "letter": ["O", "T"], "nuts3": ["SE232", "SE124"],
    ...     "region_name": ["Västra Götalandsregionen", "Region Örebro län"],
    ...     "region_actor_id": ["region:14", "region:18"],
    ... })
    >>> [resolve_region(counties, text) for text in ("14", "vastra gotaland", "VGR", "o", "Orebro", "SE124")]
    ['14', '14', '14', '14', '18', '18']
    """
    codes = {str(code): str(name) for code, name in zip(counties["county_code"], counties["name_short"], strict=True)}
    _refuse_numbers(text, codes)
    found = _index(counties).get(fold(text), set())
    if len(found) == 1:
        return min(found)
    raise unknown_region(text, codes, found)


def unknown_region(text: str, names: Mapping[str, str], found: Iterable[str] = ()) -> UnknownName:
    """Return the error for a text that names no region, or several.

    Parameters
    ----------
    text
        What was written.
    names
        Short names of the counties by code.
    found
        The codes that are meant, if there are several.
    """
    remedy = "natverk list"
    if several := sorted(found):
        return UnknownName(
            f"the name {text!r} means several regions",
            allowed=[f"{code} {names[code]}" for code in several],
            remedy=remedy,
        )
    folded = fold(text)
    if folded.isdecimal():
        padded = folded.zfill(2)
        if len(folded) == 1 and padded in names:
            remedy = f'codes have two digits: "{padded}" is {names[padded]}'
        elif len(folded) == 4 and folded[:2] in names:
            remedy = f'"{folded}" is written as a municipality code; its county is "{folded[:2]}", {names[folded[:2]]}'
    return UnknownName(f"unknown region {text!r}", allowed=names.values(), value=text, remedy=remedy)


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
