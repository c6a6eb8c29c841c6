"""The directory: every region, municipality, network and actor, and what people write when they mean one.

The one place where a text becomes an id: the command line, the measures (by way of `natverk.frames`) and the notebooks
ask it. It can be read without pandas, so that a report machine starts at once, and reads each table when it is needed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from numbers import Integral
from typing import TYPE_CHECKING

from natverk.data.counting import member_counts
from natverk.errors import InvalidArgument, UnknownName

if TYPE_CHECKING:
    from natverk.data.load import Dataset
    from natverk.data.tables import Processed

__all__ = ["SHORT_FORMS", "UNIT_KINDS", "Directory", "Unit", "alphabetic", "fold"]

UNIT_KINDS = ("region", "municipality", "network", "actor")
#: Short forms that cannot be derived from the tables: (form, what it means, reason). What it means is the code of a
#: county or a municipality, or the region as an actor (`region:14`), which is then a form of its county too.
SHORT_FORMS: tuple[tuple[str, str, str], ...] = (
    ("VGR", "region:14", "abbreviation of Västra Götalandsregionen"),
    ("VG", "14", "abbreviation of Västra Götaland"),
    ("RJL", "region:06", "abbreviation of Region Jönköpings län"),
    ("RJH", "region:23", "abbreviation of Region Jämtland Härjedalen"),
    ("Västergötland", "14", "province, most of which lies in Västra Götalands län"),
    ("Sörmland", "04", "everyday name of Södermanland, and the name in Region Sörmland"),
    ("Sthlm", "01", "abbreviation of Stockholm in everyday writing"),
    ("Sthlm", "0180", "abbreviation of Stockholm in everyday writing"),
)
#: The tables and columns that a directory is made of.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "counties": ("county_code", "name", "name_short", "letter", "region_name", "region_actor_id", "nuts3", "nuts2"),
    "municipalities": ("code", "actor_id", "name", "name_official", "county_code"),
    "networks": ("network_id", "name", "name_sv", "counts_as"),
    "actors": ("actor_id", "name", "kind"),
    "memberships": ("actor_id", "network_id", "status", "inference"),
    "status_rules": ("counts_as", "status", "counted"),
    "municipality_changes": ("kind", "new_code", "date"),
    "policy_themes": ("theme",),
    "sources": ("accessed",),
}
Record = Mapping[str, object]
# In Swedish å, ä and ö are letters of their own, after z and in this order.
_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}"})
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_LOOKING_FOR = {
    "region": "natverk list",
    "municipality": "write the name or the four-digit code, such as Vänersborg or 1487",
    "network": "natverk list --only '*/network_profile/*' shows those with pages; data.networks has all",
    "actor": 'write a name or an id, such as "Malmö", "Region Skåne" or municipality:1280; data.actors has all of them',
}


def fold(text: str) -> str:
    """Return `text` without case, accents and punctuation, the form in which names are compared.

    >>> fold("  Västra-Götalands LÄN ")
    'vastra gotalands lan'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def alphabetic(name: object) -> str:
    """Return the key that sorts Swedish names as a Swedish reader looks them up, in either language of a page.

    >>> sorted(["Örebro", "Ängelholm", "Åre", "Älmhult", "Zinkgruvan"], key=alphabetic)
    ['Zinkgruvan', 'Åre', 'Älmhult', 'Ängelholm', 'Örebro']
    """
    return str(name).casefold().translate(_ALPHABET)


def _spelling(text: str) -> str:
    """Return `text` without case and surplus spaces; accents stay, for Håbo is not Habo."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


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
    """

    kind: str
    id: str
    name: str
    name_sv: str

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


class _Kind:
    """The units of one kind by id, and the ids that a text may mean: as an id, as a name is spelled, and folded."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self._forms: list[tuple[Unit, tuple[str, ...]]] = []

    def add(self, unit: Unit, forms: Iterable[str]) -> None:
        """Add a unit and the forms in which it is written, its id apart."""
        self.units[unit.id] = unit
        self._forms.append((unit, tuple(forms)))

    def forms(self, unit_id: str) -> tuple[str, ...]:
        """Return the id of a unit and the forms in which it is written, each once."""
        return tuple(dict.fromkeys(form for form in (unit_id, *self._by_id.get(unit_id, ())) if form))

    @cached_property
    def _by_id(self) -> dict[str, tuple[str, ...]]:
        return {unit.id: forms for unit, forms in self._forms} if self._forms else {}

    @cached_property
    def _index(self) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, set[str]]]:
        """The units by id, by name as it is spelled, and by what is left without accents; only names need it."""
        ids: dict[str, set[str]] = {}
        spelled: dict[str, set[str]] = {}
        folded: dict[str, set[str]] = {}
        for unit, forms in self._forms:
            for form in (unit.id, unit.slug):
                ids.setdefault(_spelling(form), set()).add(unit.id)
            folded.setdefault(fold(unit.id), set()).add(unit.id)
            for form in forms:
                if bare := fold(form):
                    spelled.setdefault(_spelling(form), set()).add(unit.id)
                    folded.setdefault(bare, set()).add(unit.id)
        return ids, spelled, folded

    def find(self, text: str) -> set[str]:
        """Return the ids that a text means: an id means itself, whatever else is called so."""
        if text in self.units:
            return {text}
        ids, spelled, folded = self._index
        return ids.get(_spelling(text)) or spelled.get(_spelling(text)) or folded.get(fold(text)) or set()


class Directory:
    """All units by kind and id, and what their names mean.

    Parameters
    ----------
    rows
        Gives the rows of a table by its name, missing values as None; called once a table, when it is needed.

    Examples
    --------
    >>> from natverk import load
    >>> directory = Directory.of(load())
    >>> directory.resolve("municipality", "Vänersborg").id, directory.resolve("network", "SERN").id
    ('1487', 'sern')
    >>> [unit.kind for unit in directory.meanings("Kalmar")]
    ['region', 'municipality', 'actor']
    >>> directory.actors("180"), len(directory.actors("Kalmar län"))
    (['municipality:0180'], 12)
    """

    def __init__(self, rows: Callable[[str], Sequence[Record]]) -> None:
        self._rows = rows
        self._kinds: dict[str, _Kind] = {}

    @classmethod
    def of(cls, data: Dataset) -> Directory:
        """Return the directory of a dataset."""

        def rows(table: str) -> list[Record]:
            names = _COLUMNS[table]
            columns = [data.table(table)[name] for name in names]
            cells = [column.astype(object).where(column.notna(), None).tolist() for column in columns]
            return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]

        return cls(rows)

    @classmethod
    def read(cls, processed: Processed) -> Directory:
        """Return the directory of a folder of processed tables; pandas is not needed for it."""

        @cache
        def rows(table: str) -> list[Record]:
            import pyarrow as pa
            from pyarrow.parquet import ParquetFile

            # Read without threads: those of Arrow can abort the interpreter when it ends.
            file = ParquetFile(pa.BufferReader(processed.content(table)), pre_buffer=False)
            return list(file.read(columns=list(_COLUMNS[table]), use_threads=False).to_pylist())

        return cls(rows)

    @cached_property
    def vintage(self) -> str:
        """The latest day on which a source was read."""
        return max((str(row["accessed"]) for row in self._rows("sources")), default="")

    @cached_property
    def formed(self) -> dict[str, int]:
        """The year in which a municipality was formed out of another one, by code; of all others it is not told."""
        new = (row for row in self._rows("municipality_changes") if row["kind"] == "new_municipality")
        return {str(row["new_code"]): int(str(row["date"])[:4]) for row in new}

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """The themes of the policy areas."""
        return tuple(sorted({str(row["theme"]) for row in self._rows("policy_themes")}))

    @cached_property
    def members(self) -> dict[str, int]:
        """How many Swedish members each network is attested to have or have had (`member_counts`)."""
        return member_counts(*map(self._rows, ("memberships", "networks", "status_rules", "actors")))

    @cached_property
    def _counties(self) -> dict[str, dict[str, str]]:
        """The rows of `counties` by code, as texts."""
        rows = [
            {key: "" if value is None else str(value) for key, value in row.items()} for row in self._rows("counties")
        ]
        return {row["county_code"]: row for row in rows}

    @cached_property
    def _body_forms(self) -> set[str]:
        """The forms, folded, that mean a region as an actor, not its county: `region skane`, `vgr`."""
        return {fold(form) for county in self._counties.values() for form in _region_forms(county) if form}

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """The actor ids of the municipalities by county."""
        places: dict[str, list[str]] = {}
        for row in self._rows("municipalities"):
            places.setdefault(str(row["county_code"]), []).append(str(row["actor_id"]))
        return places

    def _of_kind(self, name: str) -> _Kind:
        """Return the units and forms of a kind, made when they are first asked for."""
        if name in self._kinds:
            return self._kinds[name]
        kind = self._kinds[name] = _Kind()
        if name == "region":
            for code, county in self._counties.items():
                short = county["name_short"] or county["name"]
                kind.add(Unit(name, code, short, short), (*_county_forms(county), *_region_forms(county)))
        elif name == "municipality":
            for row in self._rows("municipalities"):
                code, short, official = str(row["code"]), str(row["name"]), str(row["name_official"] or "")
                # "Falu kommun", "Göteborgs Stad": the official name, and either noun after what stands before it.
                stems = (short, f"{short}s", official.rpartition(" ")[0])
                nouns = (f"{stem} {noun}" for stem in stems if stem for noun in ("kommun", "stad"))
                forms = (short, f"{short} municipality", official, *nouns)
                kind.add(Unit(name, code, short, short), (*forms, str(row["actor_id"]), *_short_forms(code)))
        elif name == "network":
            for row in self._rows("networks"):
                english, swedish = str(row["name"]), str(row["name_sv"] or row["name"])
                unit = Unit(name, str(row["network_id"]), english, swedish)
                kind.add(unit, (*_network_forms(english), *_network_forms(swedish)))
        else:
            for row in self._rows("actors"):
                kind.add(Unit(name, str(row["actor_id"]), str(row["name"]), str(row["name"])), (str(row["name"]),))
        return kind

    def forms(self, kind: str, unit_id: str) -> tuple[str, ...]:
        """Return what people write when they mean a unit, its id first; nothing if there is no such unit.

        >>> from natverk import load
        >>> [form for form in Directory.of(load()).forms("municipality", "1080") if form.endswith("kommun")]
        ['Karlskrona kommun', 'Karlskronas kommun']
        """
        return self._of_kind(kind).forms(unit_id)

    def units(self, kind: str) -> tuple[Unit, ...]:
        """Return all units of a kind, in the order of the data."""
        return tuple(self._of_kind(kind).units.values())

    def get(self, kind: str, unit_id: str) -> Unit | None:
        """Return the unit of this very id, if there is one."""
        return self._of_kind(kind).units.get(unit_id)

    def _found(self, kind: str, text: str) -> set[str]:
        """Return the ids that a text may mean; a code of digits may have lost the zero before it."""
        if kind in ("region", "municipality") and (code := text.strip()).isdecimal():
            text = code.zfill(2) if kind == "region" else "0" + code if len(code) == 3 else code
        found = self._of_kind(kind).find(text)
        if found or kind != "actor":
            return found
        # A municipality or region is an actor too, under whatever name it is known.
        found = {f"municipality:{code}" for code in self._found("municipality", text)}
        found = found or {self._counties[code]["region_actor_id"] for code in self._found("region", text)}
        return {actor for actor in found if self.get("actor", actor)}

    def resolve(self, kind: str, text: str | int, where: str | None = None) -> Unit:
        """Return the unit of a kind that `text` names; of a county's names an actor is the region.

        Parameters
        ----------
        kind
            One of `UNIT_KINDS`.
        text
            An id, a code (also as a number, and without the zero before it) or a name.
        where
            The argument or place, for errors.

        Raises
        ------
        UnknownName
            If it names none, with the nearest name, or several, with all of them.
        InvalidArgument
            If it is neither text nor a whole number.
        """
        text = _as_text(text, where)
        found = self._found(kind, text)
        if len(found) != 1:
            raise self._refused(kind, text, found, where)
        return self._of_kind(kind).units[min(found)]

    def actors(self, text: str | int, where: str | None = None) -> list[str]:
        """Return the ids of the actors that `text` names: one, or for a county those of its municipalities.

        What names a municipality and a county (Kalmar) is the municipality, and "Region Kalmar" the region.

        Raises
        ------
        UnknownName
            If it names none, with the nearest name, or several, with all of them.
        InvalidArgument
            If it is neither text nor a whole number.
        """
        text = _as_text(text, where)
        if self.get("actor", text):
            return [text]
        counties = self._found("region", text)
        if len(counties) == 1 and not (
            fold(text) in self._body_forms or self._found("municipality", text) or self._of_kind("actor").find(text)
        ):
            return self._places.get(min(counties), [])
        return [self.resolve("actor", text, where).id]

    def meanings(self, text: str, kinds: Sequence[str] = UNIT_KINDS) -> list[Unit]:
        """Return what a name may mean, one unit a kind at most, the likeliest first.

        An actor id (`municipality:0980`) means that kind before any other. Of a municipality or region, the actor is
        the same body once more, and comes last.
        """
        prefix = text.partition(":")[0].strip().casefold()
        ordered = sorted(kinds, key=lambda kind: (kind != prefix, UNIT_KINDS.index(kind)))
        return [self._of_kind(kind).units[min(found)] for kind in ordered if len(found := self._found(kind, text)) == 1]

    def unknown(self, text: str, kinds: Sequence[str], also: Sequence[str] = ()) -> UnknownName:
        """Return the error for a text that is the name of nothing of these kinds, or of several of one kind.

        `also` are names of other things that would have been right.
        """
        for kind in kinds:
            if len(found := self._found(kind, text)) > 1 or len(kinds) == 1:
                error = self._refused(kind, text, found)
                break
        else:
            names = [name for kind in kinds for name in self._names(kind)]
            what = f"unknown name {text!r}"
            error = UnknownName(what, allowed=dict.fromkeys(names), value=text, remedy=self._remedy("region", text))
        if error.value is not None:
            error.allowed = [*also, *error.allowed]
        return error

    def _refused(self, kind: str, text: str, found: set[str], where: str | None = None) -> UnknownName:
        """Return the error for a text that means none of a kind, or the several `found`."""
        if found:
            units = self._of_kind(kind).units
            allowed = [f"{unit} {units[unit].name_sv}" for unit in sorted(found)]
            what = f"the name {text!r} means several {kind[:-1] + 'ies' if kind.endswith('y') else kind + 's'}"
            return UnknownName(what, where=where, allowed=allowed, remedy="give one of these by its id")
        what, names = f"unknown {kind} {text!r}", self._names(kind)
        return UnknownName(what, where=where, allowed=names, value=text, remedy=self._remedy(kind, text))

    def _names(self, kind: str) -> list[str]:
        """Return what could have been written: names before ids, places before other actors; numbers are not alike."""
        units = self.units(kind)
        if kind == "actor":
            places = sorted(units, key=lambda unit: not unit.id.startswith(("municipality:", "region:")))
            units = (*places, *self.units("region"))
        names = [unit.name_sv for unit in units] + [unit.name for unit in units]
        return list(dict.fromkeys(names + [unit.id for unit in units if not unit.id.isdecimal()]))

    def _remedy(self, kind: str, text: str) -> str:
        """Return what to do about a text that means nothing of a kind."""
        code = text.strip()
        if kind == "region" and code.isdecimal() and len(code) == 4 and (county := self.get("region", code[:2])):
            return f'"{code}" is written as a municipality code; its county is "{county.id}", {county.name}'
        if kind == "region" and len(found := self._found("municipality", text)) == 1:
            (place,) = found
            return f"{self._of_kind('municipality').units[place].name} is a municipality; its county is {place[:2]}"
        return _LOOKING_FOR[kind]


def _as_text(text: object, where: str | None) -> str:
    """Return a name as text; a code may also be given as a whole number."""
    if isinstance(text, str):
        return text
    if not isinstance(text, bool) and isinstance(text, Integral):
        return str(int(text))
    raise InvalidArgument(f"{text!r} is no name", where=where, remedy='write text, such as "Malmö" or "1280"')


def _short_forms(meant: str) -> Iterable[str]:
    """Yield the short forms that mean a code or a region."""
    return (form for form, meaning, _reason in SHORT_FORMS if meaning == meant)


def _county_forms(county: Mapping[str, str]) -> Iterable[str]:
    """Yield the ways of writing one county, a row of `counties`."""
    code, short, region = county["county_code"], county["name_short"], county["region_name"]
    yield from (code, county["name"], short, county["letter"], county["nuts2"], county["nuts3"])
    yield from (region.removeprefix("Region "), *_short_forms(code))
    if short:
        yield from (f"{short} län", f"{short} county")


def _region_forms(county: Mapping[str, str]) -> Iterable[str]:
    """Yield the ways of writing the region of a county as an actor."""
    code, short = county["county_code"], county["name_short"]
    # The region of a county is addressed by its own code too, also on Gotland where the actor is the municipality.
    region = f"region:{code}"
    yield from (region, county["region_actor_id"], county["region_name"], f"region {county['name']}")
    yield from _short_forms(region)
    if short:
        yield from (f"region {short}", f"region {short} län", f"{short} region")


def _network_forms(name: str) -> Iterable[str]:
    """Yield a name, the name without what stands in brackets, and the short forms in them."""
    yield name
    yield _IN_BRACKETS.sub("", name)
    for inside in _IN_BRACKETS.findall(name):
        yield from (part for part in inside.split("/") if " " not in part.strip())
