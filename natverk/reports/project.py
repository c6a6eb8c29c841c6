"""What is declared: `reports.toml`, and where it and the notebooks are.

In a checkout they stand at its root (`reports.toml`, `notebooks/`); an installed wheel carries both in
`natverk/_notebooks/`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import natverk
from natverk.errors import DataError, MissingFile, UnknownName
from natverk.locale import LANGUAGES

__all__ = ["CONFIG_FILE", "KINDS", "Project", "Report", "find_project", "read_project"]

CONFIG_FILE = "reports.toml"
# What a notebook can be run for, and the parameters that receive it.
KINDS: Mapping[str, tuple[str, ...]] = {
    "region": ("region",),
    "municipality": ("municipality",),
    "network": ("network",),
    "actor": ("actor",),
    "pair": ("a", "b"),
    "country": (),
}
# Kinds without a list of their own: which actors and which pairs are worth a page must be said.
_LISTED = ("actor", "pair")
_MIN_MEMBERS = 3
_REPORT_KEYS = ("notebook", "units", "only", "min_members", "languages", "parameters")


@dataclass(frozen=True)
class Report:
    """One notebook and what it is run for.

    Attributes
    ----------
    name
        The folder of its pages, `region_report`.
    notebook
        Absolute path of the notebook.
    kind
        What it is run for, a key of `KINDS`.
    languages
        The languages in which pages are made.
    parameters
        Values that replace the notebook's defaults for every page.
    shared
        The same from `[defaults.parameters]`: they hold where the notebook has such a parameter.
    only
        The units that pages are made for when all are asked for; None: every unit of the kind.
    min_members
        Of the kind `network` without `only`: how many Swedish members a network must be attested to have.
    """

    name: str
    notebook: Path
    kind: str
    languages: tuple[str, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    shared: Mapping[str, object] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    min_members: int = _MIN_MEMBERS

    @property
    def unit_parameters(self) -> tuple[str, ...]:
        """The notebook's parameters that receive the unit."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Project:
    """All that `reports.toml` declares."""

    config: Path
    default_lang: str
    reports: tuple[Report, ...]

    def report(self, name: str) -> Report:
        """Return the report called `name`."""
        for report in self.reports:
            if report.name == name:
                return report
        raise UnknownName(f"unknown report {name!r}", allowed=[r.name for r in self.reports], value=name)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit for which there is a report, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if any(report.kind == kind for report in self.reports))


def find_project() -> Project:
    """Return the project of the running natverk: the checkout's, otherwise the one in the wheel."""
    package = Path(natverk.__file__).resolve().parent
    checkout = package.parent
    if (checkout / CONFIG_FILE).is_file() and (checkout / "pyproject.toml").is_file():
        return read_project(checkout / CONFIG_FILE, checkout / "notebooks")
    return read_project(package / "_notebooks" / CONFIG_FILE, package / "_notebooks")


def read_project(config: Path, notebooks: Path) -> Project:
    """Read `config` (a `reports.toml`), whose notebooks stand in the folder `notebooks`.

    Raises
    ------
    MissingFile, DataError, UnknownName
        If the file is missing, is not TOML, or holds an unknown key, language or kind of unit.
    """
    if not config.is_file():
        raise MissingFile(
            f"no {CONFIG_FILE}", where=str(config.parent), remedy="run natverk in its checkout, or install it again"
        )
    try:
        text = tomllib.loads(config.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{CONFIG_FILE} is not valid TOML: {error}", where=str(config)) from error
    _known(text, ("default_lang", "defaults", "reports"), config, "")
    default_lang = _one_of(text.get("default_lang", LANGUAGES[0]), LANGUAGES, config, "default_lang")
    defaults = text.get("defaults", {})
    if not isinstance(defaults, dict):
        raise DataError("[defaults] is not a table", where=str(config))
    _known(defaults, ("languages", "parameters"), config, "defaults")
    tables = text.get("reports", {})
    if not isinstance(tables, dict) or not tables:
        raise DataError(f"{CONFIG_FILE} declares no report", where=str(config), remedy="add a table [reports.NAME]")
    reports = tuple(_report(name, table, defaults, config, notebooks) for name, table in tables.items())
    return Project(config.resolve(), default_lang, reports)


def _report(name: str, table: Any, defaults: Mapping[str, Any], config: Path, notebooks: Path) -> Report:
    place = f"reports.{name}"
    if not isinstance(table, dict):
        raise DataError(f"[{place}] is not a table", where=str(config))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DataError(f"the report name {name!r} is not made of a-z, 0-9 and _", where=str(config))
    _known(table, _REPORT_KEYS, config, place)
    for key in ("notebook", "units"):
        if not isinstance(table.get(key), str):
            raise DataError(f"{key!r} is missing or not a text", where=f"{config}, [{place}]")
    kind = _one_of(table["units"], tuple(KINDS), config, f"{place}.units")
    return Report(
        name=name,
        notebook=(notebooks / table["notebook"]).resolve(),
        kind=kind,
        languages=_languages(table.get("languages", defaults.get("languages", list(LANGUAGES))), config, place),
        parameters=_table(table, "parameters", config, place),
        shared=_table(defaults, "parameters", config, "defaults"),
        only=_only(table, kind, config, place),
        min_members=_min_members(table, kind, config, place),
    )


def _languages(value: object, config: Path, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise DataError("'languages' is not a list of languages", where=f"{config}, [{place}]", allowed=LANGUAGES)
    return tuple(_one_of(lang, LANGUAGES, config, f"{place}.languages") for lang in value)


def _table(table: Mapping[str, Any], key: str, config: Path, place: str) -> dict[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise DataError(f"{key!r} is not a table", where=f"{config}, [{place}]")
    return dict(value)


def _only(table: Mapping[str, Any], kind: str, config: Path, place: str) -> tuple[str, ...] | None:
    """Return the explicit list of units; codes in it must be texts, since `0180` as a number is another one."""
    only = table.get("only")
    where = f"{config}, [{place}]"
    if only is None:
        if kind in _LISTED:
            example = 'only = ["14--12"]' if kind == "pair" else 'only = ["municipality:0180"]'
            raise DataError(f"units = {kind!r} needs a list of them", where=where, remedy=f"add {example}")
        return None
    if kind == "country":
        raise DataError("there is one country: 'only' has no place here", where=where)
    if not isinstance(only, list) or not only or not all(isinstance(item, str) for item in only):
        raise DataError("'only' is not a list of texts", where=where, remedy='write codes in quotes: only = ["0180"]')
    return tuple(only)


def _min_members(table: Mapping[str, Any], kind: str, config: Path, place: str) -> int:
    value = table.get("min_members", _MIN_MEMBERS)
    if type(value) is not int or value < 0:
        raise DataError("'min_members' is not a whole number from 0", where=f"{config}, [{place}]")
    if "min_members" in table and (kind != "network" or "only" in table):
        raise DataError(
            "'min_members' has no place here",
            where=f"{config}, [{place}]",
            remedy='it picks networks where units = "network" and no list is given with only',
        )
    return value


def _known(table: Mapping[str, object], allowed: tuple[str, ...], config: Path, place: str) -> None:
    for key in table:
        if key not in allowed:
            where = f"{config}, [{place}]" if place else str(config)
            raise UnknownName(f"unknown key {key!r}", where=where, allowed=allowed, value=key)


def _one_of(value: object, allowed: tuple[str, ...], config: Path, place: str) -> str:
    if value not in allowed:
        raise UnknownName(f"unknown value {value!r}", where=f"{config}, {place}", allowed=allowed, value=value)
    return str(value)
