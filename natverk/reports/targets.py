"""What pages are about: the units of each kind, and what a text on the command line means.

A kind of `reports.toml` is a kind of unit of the data (`natverk.data.units`), a pair of two of them, or the
country as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from natverk.data.units import Directory, Unit, fold
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import texts
from natverk.reports.project import Report

__all__ = ["PAIR_MARK", "Target", "declared", "meanings", "resolve", "resolve_pair"]

# Between the two units of a pair; no code and no id has two hyphens in a row.
PAIR_MARK = "--"
COUNTRY = "sverige"
_COUNTRY_FORMS = ("sverige", "sweden", "se", "country", "riket")
# Two of these can stand in a pair; where names fit several kinds, the first is meant.
_PAIRED = ("region", "municipality", "network")


@dataclass(frozen=True)
class Target:
    """What one page is about: a unit, two of them, or none (the country).

    Examples
    --------
    >>> skane, halland = (Unit("region", code, name, name) for code, name in (("12", "Skåne"), ("13", "Halland")))
    >>> Target("pair", (skane, halland)).slug, Target("pair", (skane, halland)).name("sv")
    ('12--13', 'Skåne och Halland')
    """

    kind: str
    units: tuple[Unit, ...]

    @property
    def slug(self) -> str:
        """How it stands in paths and in the identifiers of pages."""
        return PAIR_MARK.join(unit.slug for unit in self.units) or COUNTRY

    @property
    def ids(self) -> tuple[str, ...]:
        """The values of the notebook's parameters, in the order of `KINDS`."""
        return tuple(unit.id for unit in self.units)

    def names(self, lang: str) -> list[str]:
        """Return the names of its units in a language."""
        return [unit.name_in(lang) for unit in self.units]

    def name(self, lang: str) -> str:
        """Return its name in a language."""
        t = texts(lang)
        return t.join(self.names(lang)) or t("plan.country")


def declared(report: Report, directory: Directory) -> list[Target]:
    """Return what pages of a report are made for when all are asked for.

    Raises
    ------
    UnknownName
        If the list in `reports.toml` names something that does not exist.
    """
    if report.only is not None:
        try:
            found = [resolve(report.kind, text, directory) for text in report.only]
        except (UnknownName, InvalidArgument) as error:
            error.where = f"reports.toml, [reports.{report.name}], only"
            raise
        return list(dict.fromkeys(found))
    if report.kind == "country":
        return [Target("country", ())]
    units = directory.units(report.kind)
    if report.kind == "network":
        units = tuple(unit for unit in units if directory.members[unit.id] >= report.min_members)
    return [Target(report.kind, (unit,)) for unit in units]


def resolve(kind: str, text: str, directory: Directory) -> Target:
    """Return what a text means where the kind is known.

    Raises
    ------
    UnknownName
        If it means nothing of that kind, or several things; the message names the nearest one.
    InvalidArgument
        If a pair has not two sides, or twice the same.
    """
    if kind == "pair":
        return Target("pair", resolve_pair(text, directory))
    if kind == "country":
        if fold(text) not in _COUNTRY_FORMS:
            raise UnknownName(f"unknown country {text!r}", allowed=[COUNTRY], value=text)
        return Target("country", ())
    return Target(kind, (directory.resolve(kind, text),))


def resolve_pair(text: str, directory: Directory) -> tuple[Unit, Unit]:
    """Return the two units of a pair, `14--12` or `Skåne--Halland`: two regions, two municipalities or two networks."""
    sides = [side.strip() for side in text.split(PAIR_MARK)]
    if len(sides) != 2 or not all(sides):
        raise InvalidArgument(
            f"{text!r} is not a pair",
            where="a pair is written A--B",
            remedy="14--12, Vänersborg--Stockholm, ubc--eurocities",
        )
    first, second = ({unit.kind: unit for unit in directory.meanings(side, _PAIRED)} for side in sides)
    for kind in (*first, *second):
        if kind in first and kind in second:
            if first[kind] == second[kind]:
                raise InvalidArgument(f"{text!r} is twice the same: {first[kind].name}", where="a pair")
            return first[kind], second[kind]
    for side, found in zip(sides, (first, second), strict=True):
        if not found:
            raise directory.unknown(side, _PAIRED)
    kinds = ("/".join(found) for found in (first, second))
    raise InvalidArgument(
        f"{text!r} puts unlike things side by side",
        where="{} is a {}, {} a {}".format(*(item for pair in zip(sides, kinds, strict=True) for item in pair)),
        remedy="two regions, two municipalities or two networks",
    )


def meanings(text: str, kinds: Sequence[str], directory: Directory, reports: Sequence[str] = ()) -> list[Target]:
    """Return what a text may mean, of the kinds for which there are reports, the likeliest first.

    `reports` are the names of reports, one of which may be what was meant if the text means nothing.

    Raises
    ------
    UnknownName, InvalidArgument
        If it means none of them; the message names the nearest one, or the kind for which no report is declared.
    """
    if PAIR_MARK in text and "pair" in kinds:
        return [resolve("pair", text, directory)]
    if "country" in kinds and fold(text) in _COUNTRY_FORMS:
        return [resolve("country", text, directory)]
    known = [kind for kind in kinds if kind not in ("pair", "country")]
    found = directory.meanings(text, known)
    if found:
        return [Target(unit.kind, (unit,)) for unit in found]
    if others := directory.meanings(text):
        raise UnknownName(
            f"no report is declared for a {others[0].kind}, and {text!r} is one: {others[0].name}",
            allowed=kinds,
            remedy="natverk list shows the pages that can be made",
        )
    raise directory.unknown(text, known, also=reports)
