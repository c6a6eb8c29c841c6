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

__all__ = ["CONFIG_FILE", "UNIT_KINDS", "Project", "Report", "find_project", "read_project"]

CONFIG_FILE = "reports.toml"
# What a notebook can be run for, and the parameter that receives the unit.
UNIT_KINDS: Mapping[str, str] = {"region": "region"}


@dataclass(frozen=True)
class Report:
    """One notebook and what it is run for.

    Attributes
    ----------
    name
        The folder of its pages, `region_report`.
    notebook
        Absolute path of the notebook.
    units
        The kind of unit, a key of `UNIT_KINDS`.
    languages
        The languages in which pages are made.
    parameters
        Values that replace the notebook's defaults for every page.
    """

    name: str
    notebook: Path
    units: str
    languages: tuple[str, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def unit_parameter(self) -> str:
        """The notebook's parameter that receives the unit."""
        return UNIT_KINDS[self.units]


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
    _known(text, ("default_lang", "reports"), config, "")
    default_lang = _one_of(text.get("default_lang", LANGUAGES[0]), LANGUAGES, config, "default_lang")
    tables = text.get("reports", {})
    if not isinstance(tables, dict) or not tables:
        raise DataError(f"{CONFIG_FILE} declares no report", where=str(config), remedy="add a table [reports.NAME]")
    reports = tuple(_report(name, table, config, notebooks) for name, table in tables.items())
    return Project(config.resolve(), default_lang, reports)


def _report(name: str, table: Any, config: Path, notebooks: Path) -> Report:
    place = f"reports.{name}"
    if not isinstance(table, dict):
        raise DataError(f"[{place}] is not a table", where=str(config))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DataError(f"the report name {name!r} is not made of a-z, 0-9 and _", where=str(config))
    _known(table, ("notebook", "units", "languages", "parameters"), config, place)
    for key in ("notebook", "units"):
        if not isinstance(table.get(key), str):
            raise DataError(f"{key!r} is missing or not a text", where=f"{config}, [{place}]")
    languages = table.get("languages", list(LANGUAGES))
    if not isinstance(languages, list) or not languages:
        raise DataError("'languages' is not a list of languages", where=f"{config}, [{place}]", allowed=LANGUAGES)
    for lang in languages:
        _one_of(lang, LANGUAGES, config, f"{place}.languages")
    return Report(
        name=name,
        notebook=(notebooks / table["notebook"]).resolve(),
        units=_one_of(table["units"], tuple(UNIT_KINDS), config, f"{place}.units"),
        languages=tuple(languages),
        parameters=dict(table.get("parameters", {})),
    )


def _known(table: Mapping[str, object], allowed: tuple[str, ...], config: Path, place: str) -> None:
    for key in table:
        if key not in allowed:
            where = f"{config}, [{place}]" if place else str(config)
            raise UnknownName(f"unknown key {key!r}", where=where, allowed=allowed, value=key)


def _one_of(value: object, allowed: tuple[str, ...], config: Path, place: str) -> str:
    if value not in allowed:
        raise UnknownName(f"unknown value {value!r}", where=f"{config}, {place}", allowed=allowed, value=value)
    return str(value)
