"""Which pages are to be made, checked in full before anything runs.

`reports.toml` declares notebook × units × languages. A page is one notebook for one unit in one language; its
identifier, `sv/region_report/14`, is also its path below the output folder and what one may type on the command line.
The parameters of a notebook are read from its cell tagged `parameters`, without running it, and checked by name, type
and domain: papermill only warns of a misspelt one, and runs the default under the wrong name.
"""

from __future__ import annotations

import ast
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import natverk
from natverk.data.letters import text_of
from natverk.data.units import UNIT_KINDS, Directory, Unit, fold
from natverk.errors import DataError, InvalidArgument, MissingFile, NatverkError, UnknownName, nearest
from natverk.locale import LANGUAGES, texts

__all__ = [
    "INJECTED_TAG", "PARAMETERS_TAG", "Page", "Parameter", "Project", "Report", "Target", "assignments",
    "find_project", "notebook_folder", "plan", "read_notebook", "read_parameters", "read_project", "select", "shipped",
]  # fmt: skip

CONFIG_FILE = "reports.toml"
ALL_LANGUAGES = "all"
# What a notebook can be run for, and the parameters that receive it.
PAGES_FOR: Mapping[str, tuple[str, ...]] = {
    "region": ("region",),
    "municipality": ("municipality",),
    "network": ("network",),
    "actor": ("actor",),
    "pair": ("a", "b"),
    "country": (),
}
# Between the two units of a pair; no code and no id has two hyphens in a row.
PAIR_MARK = "--"
# Two of these can stand in a pair; where names fit several kinds, the first is meant.
_PAIRED = tuple(kind for kind in UNIT_KINDS if kind != "actor")
COUNTRY = "sverige"
_COUNTRY_FORMS = ("sverige", "sweden", "se", "country", "riket")
_MIN_MEMBERS = 3
# Years before it are taken for misprints where reports.toml names no other first year.
FIRST_YEAR = 1990
_REPORT_KEYS = ("notebook", "units", "only", "min_members", "languages", "parameters", "first_year", "prepare")


# --- What is declared -------------------------------------------------------------------------------------------------


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
        What it is run for, a key of `PAGES_FOR`.
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
    first_year
        The first year that the notebook can be asked for.
    prepare
        `module:function`, called once before pages are made: what it makes is there for all of them.
    """

    name: str
    notebook: Path
    kind: str
    languages: tuple[str, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    shared: Mapping[str, object] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    min_members: int = _MIN_MEMBERS
    first_year: int = FIRST_YEAR
    prepare: str | None = None


@dataclass(frozen=True)
class Project:
    """All that `reports.toml` declares."""

    config: Path
    default_lang: str
    reports: tuple[Report, ...]

    @property
    def unit_reports(self) -> dict[str, str]:
        """The report whose page is the page of a unit, by kind of unit: the first that is made for such units."""
        return {report.kind: report.name for report in reversed(self.reports) if report.kind in UNIT_KINDS}

    def report(self, name: str) -> Report:
        """Return the report called `name`."""
        for report in self.reports:
            if report.name == name:
                return report
        raise UnknownName(f"unknown report {name!r}", allowed=[r.name for r in self.reports], value=name)


def find_project() -> Project:
    """Return the project of the working folder, if it has a `reports.toml`; otherwise natverk's own."""
    own = Path(CONFIG_FILE)
    if own.is_file():
        return read_project(own.absolute(), notebook_folder(own.absolute().parent))
    return read_project(*shipped())


def shipped() -> tuple[Path, Path]:
    """Return natverk's own `reports.toml` and the folder of its notebooks: the checkout's, otherwise the wheel's."""
    package = Path(natverk.__file__).resolve().parent
    checkout = package.parent
    if (checkout / CONFIG_FILE).is_file() and (checkout / "pyproject.toml").is_file():
        return checkout / CONFIG_FILE, checkout / "notebooks"
    return package / "_notebooks" / CONFIG_FILE, package / "_notebooks"


def notebook_folder(folder: Path) -> Path:
    """Return where the notebooks of a `reports.toml` in `folder` stand: in `notebooks`, or else beside it."""
    return folder / "notebooks" if (folder / "notebooks").is_dir() else folder


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
        text = tomllib.loads(text_of(config))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{CONFIG_FILE} is not valid TOML: {error}", where=str(config)) from error
    _check_keys(text, ("default_lang", "defaults", "reports"), str(config))
    default_lang = _one_of(text.get("default_lang", LANGUAGES[0]), LANGUAGES, f"{config}, default_lang")
    defaults = _table(text, "defaults", str(config))
    _check_keys(defaults, ("languages", "parameters", "first_year"), f"{config}, [defaults]")
    tables = text.get("reports", {})
    if not isinstance(tables, dict) or not tables:
        raise DataError(f"{CONFIG_FILE} declares no report", where=str(config), remedy="add a table [reports.NAME]")
    reports = tuple(_report(name, table, defaults, config, notebooks) for name, table in tables.items())
    return Project(config.resolve(), default_lang, reports)


def _report(name: str, table: Any, defaults: Mapping[str, Any], config: Path, notebooks: Path) -> Report:
    where = f"{config}, [reports.{name}]"
    if not isinstance(table, dict):
        raise DataError(f"[reports.{name}] is not a table", where=str(config))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DataError(f"the report name {name!r} is not made of a-z, 0-9 and _", where=str(config))
    _check_keys(table, _REPORT_KEYS, where)
    for key in ("notebook", "units"):
        if not isinstance(table.get(key), str):
            raise DataError(f"{key!r} is missing or not a text", where=where)
    kind = _one_of(table["units"], tuple(PAGES_FOR), f"{where}, units")
    languages = table.get("languages", defaults.get("languages", list(LANGUAGES)))
    if not isinstance(languages, list) or not languages:
        raise DataError("'languages' is not a list of languages", where=where, allowed=LANGUAGES)
    prepare = table.get("prepare")
    if prepare is not None and not (isinstance(prepare, str) and re.fullmatch(r"[\w.]+:\w+", prepare)):
        raise DataError("'prepare' is not the name of a function", where=where, remedy='prepare = "module:function"')
    min_members = _whole_number(table, "min_members", _MIN_MEMBERS, where)
    if "min_members" in table and (kind != "network" or "only" in table):
        remedy = 'it picks networks where units = "network" and no list is given with only'
        raise DataError("'min_members' has no place here", where=where, remedy=remedy)
    return Report(
        name=name,
        notebook=(notebooks / table["notebook"]).resolve(),
        kind=kind,
        languages=tuple(_one_of(lang, LANGUAGES, f"{where}, languages") for lang in languages),
        parameters=_table(table, "parameters", where),
        shared=_table(defaults, "parameters", f"{config}, [defaults]"),
        only=_only(table, kind, where),
        min_members=min_members,
        first_year=_whole_number({**defaults, **table}, "first_year", FIRST_YEAR, where),
        prepare=prepare,
    )


def _only(table: Mapping[str, Any], kind: str, where: str) -> tuple[str, ...] | None:
    """Return the explicit list of units; codes in it must be texts, since `0180` as a number is another one."""
    only = table.get("only")
    if only is None:
        # Which actors and which pairs are worth a page must be said.
        if kind in ("actor", "pair"):
            example = 'only = ["14--12"]' if kind == "pair" else 'only = ["municipality:0180"]'
            raise DataError(f"units = {kind!r} needs a list of them", where=where, remedy=f"add {example}")
        return None
    if kind == "country":
        raise DataError("there is one country: 'only' has no place here", where=where)
    if not isinstance(only, list) or not only or not all(isinstance(item, str) for item in only):
        raise DataError("'only' is not a list of texts", where=where, remedy='write codes in quotes: only = ["0180"]')
    return tuple(only)


def _table(table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise DataError(f"{key!r} is not a table", where=where)
    return dict(value)


def _whole_number(table: Mapping[str, Any], key: str, default: int, where: str) -> int:
    value = table.get(key, default)
    if type(value) is not int or value < 0:
        raise DataError(f"{key!r} is not a whole number from 0", where=where)
    return value


def _check_keys(table: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise UnknownName(f"unknown key {key!r}", where=where, allowed=allowed, value=key)


def _one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise UnknownName(f"unknown value {value!r}", where=where, allowed=allowed, value=value)
    return str(value)


# --- The parameters of a notebook -------------------------------------------------------------------------------------

PARAMETERS_TAG = "parameters"
INJECTED_TAG = "injected-parameters"
Value = str | int | float | bool | None | list[str] | list[int] | list[float]
_TYPES: tuple[type, ...] = (bool, int, float, str, list, type(None))
_WORDS = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nej": False}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Examples
    --------
    >>> Parameter("code", "0114", 1).from_text("0180"), Parameter("year_from", 1997, 2).from_text("2004")
    ('0180', 2004)
    """

    name: str
    default: Value
    line: int

    @property
    def type_name(self) -> str:
        """The name of the type that values must have."""
        return "text" if self.default is None else type(self.default).__name__

    def from_text(self, text: str) -> Value:
        """Return the value that `text` means for this parameter; text never passes through YAML."""
        default = self.default
        if default is None or isinstance(default, str):
            return text
        if isinstance(default, list):
            item = Parameter(self.name, default[0] if default else "", self.line)
            return [item.from_text(part.strip()) for part in text.split(",") if part.strip()]  # type: ignore[return-value]
        if isinstance(default, bool):
            if text.casefold() not in _WORDS:
                raise self._refuse(text, allowed=("true", "false"))
            return _WORDS[text.casefold()]
        if isinstance(default, int):
            if not re.fullmatch(r"[+-]?[0-9]+", text):
                raise self._refuse(text)
            return int(text)
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            raise self._refuse(text)
        return float(text)

    def check(self, value: object) -> Value:
        """Return `value` if it has the type of the default.

        Raises
        ------
        InvalidArgument
            If the type is another one: the number `180` is not the code `"0180"`.
        """
        default = self.default
        if default is None:
            right = value is None or isinstance(value, str | int | float | bool)
        elif isinstance(default, list):
            kind = type(default[0]) if default else str
            right = isinstance(value, list) and all(type(item) is kind for item in value)
        elif isinstance(default, float):
            right = type(value) in {int, float} and math.isfinite(float(str(value)))
        else:
            right = type(value) is type(default)
        if not right:
            raise self._refuse(value)
        return value  # type: ignore[return-value]

    def _refuse(self, value: object, allowed: Iterable[str] | None = None) -> InvalidArgument:
        if isinstance(self.default, str):
            remedy = 'codes are strings: write them in quotes, such as "0180"'
        else:
            shown = ",".join(map(str, self.default)) if isinstance(self.default, list) else self.default
            remedy = f"-p {self.name}={shown}"
        return InvalidArgument(
            f"parameter {self.name!r} is of type {self.type_name}, not {value!r}",
            where=f"the default is {self.default!r}",
            allowed=allowed,
            value=value,
            remedy=remedy,
        )


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return the names and texts of `name=value` as typed on a command line.

    >>> assignments(["code=0180", "note=a=b"])
    {'code': '0180', 'note': 'a=b'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise InvalidArgument(f"{text!r} is not of the form name=value", where="-p", remedy="-p year_from=2010")
        if name.strip() in found:
            raise InvalidArgument(f"parameter {name.strip()!r} is given twice", where="-p")
        found[name.strip()] = value
    return found


def read_notebook(path: Path) -> dict[str, Any]:
    """Return the notebook at `path` as parsed JSON, checked to be one."""
    if not path.is_file():
        raise MissingFile(f"no notebook {path.name}", where=str(path.parent), remedy="correct reports.toml")
    try:
        notebook = json.loads(text_of(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path.name} is not a notebook: {error}", where=str(path)) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise DataError(f"{path.name} is not a notebook of format 4: it has no cells", where=str(path))
    return notebook


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Return the parameters of the notebook at `path`, by name, in their order.

    Raises
    ------
    MissingFile, DataError
        If there is no such notebook, if it has no cell tagged `parameters` or more than one, or if that cell holds
        anything but names with plain values.
    """
    notebook = read_notebook(path)
    cells = [cell for cell in notebook["cells"] if PARAMETERS_TAG in cell.get("metadata", {}).get("tags", [])]
    remedy = "tag one code cell that only holds names with plain values, such as region = \"14\", with 'parameters'"
    if len(cells) != 1:
        what = f"{len(cells)} cells" if cells else "no cell"
        ran = any(cell.get("outputs") for cell in notebook["cells"]) and not cells
        raise DataError(
            f"{path.name} has {what} tagged {PARAMETERS_TAG!r}"
            + (" but stored outputs: it was run and saved, yet cannot be run for other units" if ran else ""),
            where=str(path),
            remedy=remedy,
        )
    source = cells[0].get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise DataError(
            f"the parameters cell of {path.name} is not Python: {error.msg}", where=f"line {error.lineno} of the cell"
        ) from error
    return {found.name: found for statement in statements if (found := _parameter(statement, path, remedy))}


def _parameter(statement: ast.stmt, path: Path, remedy: str) -> Parameter | None:
    where = f"{path.name}, parameters cell, line {statement.lineno}"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return None  # a string that explains
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name) or not isinstance(statement, ast.Assign | ast.AnnAssign):
        raise DataError("the parameters cell holds something else than names with values", where=where, remedy=remedy)
    try:
        default = ast.literal_eval(statement.value) if statement.value is not None else None
    except ValueError as error:
        raise DataError(f"the default of {target.id!r} is not a plain value", where=where, remedy=remedy) from error
    if isinstance(default, tuple):
        default = list(default)
    if type(default) not in _TYPES:
        raise DataError(f"the default of {target.id!r} is a {type(default).__name__}", where=where, remedy=remedy)
    return Parameter(target.id, default, statement.lineno)


def merge(parameters: Mapping[str, Parameter], *layers: Mapping[str, object], where: str) -> dict[str, Value]:
    """Return the value of every parameter: the defaults, replaced by each layer of values in turn.

    Examples
    --------
    >>> known = {"region": Parameter("region", "14", 1), "year_from": Parameter("year_from", 1997, 2)}
    >>> merge(known, {"year_from": 2001}, where="example")
    {'region': '14', 'year_from': 2001}
    >>> merge(known, {"yaer_from": 2001}, where="example")
    Traceback (most recent call last):
    natverk.errors.UnknownName: unknown parameter 'yaer_from'
      where: example
      nearest: 'year_from'
      allowed: 'region', 'year_from'
    """
    resolved: dict[str, Value] = {name: parameter.default for name, parameter in parameters.items()}
    for layer in layers:
        for name, value in layer.items():
            if name not in parameters:
                raise UnknownName(f"unknown parameter {name!r}", where=where, allowed=parameters, value=name)
            resolved[name] = parameters[name].check(value)
    return resolved


# --- What a page is about ---------------------------------------------------------------------------------------------


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

    def name(self, lang: str) -> str:
        """Return its name in a language."""
        t = texts(lang)
        return t.join([unit.name_in(lang) for unit in self.units]) or t("plan.country")


def _declared(report: Report, directory: Directory) -> list[Target]:
    """Return what pages of a report are made for when all are asked for."""
    if report.only is not None:
        try:
            found = [_target(report.kind, text, directory) for text in report.only]
        except (UnknownName, InvalidArgument) as error:
            error.where = f"{CONFIG_FILE}, [reports.{report.name}], only"
            raise
        return list(dict.fromkeys(found))
    if report.kind == "country":
        return [Target("country", ())]
    units = directory.units(report.kind)
    if report.kind == "network":
        units = tuple(unit for unit in units if directory.members[unit.id] >= report.min_members)
    return [Target(report.kind, (unit,)) for unit in units]


def _target(kind: str, text: str, directory: Directory) -> Target:
    """Return what a text means where the kind is known."""
    if kind == "pair":
        return Target("pair", _pair(text, directory))
    if kind == "country":
        if fold(text) not in _COUNTRY_FORMS:
            raise UnknownName(f"unknown country {text!r}", allowed=[COUNTRY], value=text)
        return Target("country", ())
    return Target(kind, (directory.resolve(kind, text),))


def _pair(text: str, directory: Directory) -> tuple[Unit, Unit]:
    """Return the two units of a pair, `14--12` or `Skåne--Halland`: two regions, two municipalities or two networks."""
    names = [name.strip() for name in text.split(PAIR_MARK)]
    if len(names) != 2 or not all(names):
        raise InvalidArgument(
            f"{text!r} is not a pair",
            where="a pair is written A--B",
            remedy="14--12, Vänersborg--Stockholm, ubc--eurocities",
        )
    first, second = ({unit.kind: unit for unit in directory.meanings(name, _PAIRED)} for name in names)
    for kind in first:
        if kind in second:
            if first[kind] == second[kind]:
                raise InvalidArgument(f"{text!r} is twice the same: {first[kind].name}", where="a pair")
            return first[kind], second[kind]
    for name, found in zip(names, (first, second), strict=True):
        if not found:
            raise directory.unknown(name, _PAIRED)
    kinds = ["/".join(found) for found in (first, second)]
    raise InvalidArgument(
        f"{text!r} puts unlike things side by side",
        where=f"{names[0]} is a {kinds[0]}, {names[1]} a {kinds[1]}",
        remedy="two regions, two municipalities or two networks",
    )


# --- Which pages are asked for ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One report for one target in one language: a page to be."""

    report: Report
    target: Target
    lang: str

    @property
    def id(self) -> str:
        """The identifier of the page: `sv/region_report/14`."""
        return f"{self.lang}/{self.report.name}/{self.target.slug}"


def select(
    project: Project,
    directory: Directory,
    wanted: Sequence[str],
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    lang: str | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> list[Choice]:
    """Return what is asked for, each page once, in the order in which it was asked for.

    `Vänersborg`, `1487` and `eurocities` are names; `sv/region_report/14`, `region_report/Halland` and `region_report`
    say the report too; `only` takes all of these and patterns such as `municipality_profile/14*`.

    Parameters
    ----------
    wanted
        Names, identifiers and names of reports; `only` keeps those of them that it matches.
    only
        The same, or patterns over what is declared. Without `wanted` these are the pages.
    everything
        All that is declared.
    lang
        `"sv"`, `"en"` or `"all"`; default is the project's language.
    say
        Gets a line where a name fits several kinds of unit: which was chosen, and how to get the others.

    Raises
    ------
    UnknownName, InvalidArgument
        If nothing is asked for, or what is asked for does not exist.
    """
    if everything == bool(wanted) and (everything or not only):
        raise InvalidArgument(
            "give either names or --all" if everything else "no page is asked for",
            remedy='natverk report "Västra Götaland"   or   natverk report --all   (natverk list shows the pages)',
        )
    finder = _Finder(project, directory, lang, say)
    if not only:
        found = finder.each(wanted) if wanted else finder.declared(lang)
        return list({choice.id: choice for choice in found}.values())
    matched = {choice.id: choice for text in only for choice in finder.matching(text)}
    if not wanted:
        return list(matched.values())
    named = {choice.id: choice for choice in finder.each(wanted)}
    kept = [choice for choice in named.values() if choice.id in matched]
    if not kept:
        raise UnknownName(
            "no page that is asked for is kept by --only", where="--only " + " --only ".join(only), allowed=named
        )
    return kept


@dataclass(frozen=True)
class _Finder:
    """Finds the pages that a text means."""

    project: Project
    directory: Directory
    lang: str | None
    say: Callable[[str], None]

    def declared(self, lang: str | None, reports: Sequence[Report] | None = None) -> Iterator[Choice]:
        """Yield what is declared, of some reports or of all that are made in the language."""
        for report in self.project.reports if reports is None else reports:
            if reports is None and lang in LANGUAGES and lang not in report.languages:
                continue
            languages = self.languages(report, lang)
            for target in _declared(report, self.directory):
                yield from (Choice(report, target, one) for one in languages)

    def matching(self, text: str) -> list[Choice]:
        """Return the pages that one text after `--only` means."""
        if not any(mark in text for mark in "*?["):
            return list(self.named(text))
        # A pattern that speaks of the language is not held to the default one.
        whole = text.count("/") == 2
        found = [
            choice
            for choice in self.declared(ALL_LANGUAGES if whole and self.lang is None else self.lang)
            if fnmatchcase(choice.id if whole else choice.id.partition("/")[2], text)
            or (not whole and fnmatchcase(choice.report.name, text))
        ]
        if not found:
            raise UnknownName(
                f"no page fits the pattern {text!r}",
                where="--only",
                allowed=[report.name for report in self.project.reports],
                value=text.replace("*", "").split("/")[0],
                remedy="natverk list shows the identifiers",
            )
        return found

    def each(self, wanted: Sequence[str]) -> Iterator[Choice]:
        """Yield the pages that several names mean; of a name that lost its quotes the error says so."""
        for place, text in enumerate(wanted):
            try:
                yield from list(self.named(text))
            except UnknownName as error:
                near = self._several_words(wanted, place, error)
                if near:
                    error.value = near
                    error.remedy = f'a name of several words stands in quotes: natverk report "{near}"'
                raise

    def _several_words(self, wanted: Sequence[str], place: int, error: UnknownName) -> str | None:
        """Return the name of two to four words of which the unknown one is a part, if it looks like that."""
        for first in range(place, -1, -1):
            for last in range(max(place + 1, first + 2), min(len(wanted), first + 4) + 1):
                name = " ".join(wanted[first:last])
                near = nearest(name, error.allowed)
                # What stands before it is a name by itself, and joined to it only if that gives one exactly.
                if near and " " in near and (first == place or self.directory.meanings(name)):
                    return near
        return None

    def named(self, text: str) -> Iterator[Choice]:
        """Yield the pages that a name or an identifier means."""
        parts = text.split("/")
        names = [report.name for report in self.project.reports]
        if len(parts) == 1 and text in names:
            yield from self.declared(self.lang, [self.project.report(text)])
        elif len(parts) == 2 and parts[0] in LANGUAGES and parts[1] in names:
            yield from self.declared(parts[0], [self.project.report(parts[1])])
        elif not _is_id(parts, names) and (len(parts) == 1 or self.directory.meanings(text)):
            yield from self._anything(text)
        elif len(parts) == 3 or (len(parts) == 2 and parts[0] not in LANGUAGES):
            report = self.project.report(parts[-2])
            target = _target(report.kind, parts[-1], self.directory)
            lang = parts[0] if len(parts) == 3 else self.lang
            yield from (Choice(report, target, one) for one in self.languages(report, lang))
        else:
            raise UnknownName(
                f"unknown page {text!r}",
                where="pages are called <lang>/<report>/<unit>",
                allowed=[f"{parts[0]}/{name}" for name in names] if parts[0] in LANGUAGES else names,
                value=text,
                remedy="natverk list",
            )

    def _anything(self, text: str) -> Iterator[Choice]:
        """Yield the pages of a name of whatever kind; of several kinds the first is meant, and the others are said."""
        first, *others = self._meanings(text)
        others = [
            target
            for target in others
            if target.kind != "actor"
            or any(target in _declared(report, self.directory) for report in self._reports("actor"))
        ]
        for report in self._reports(first.kind):
            yield from (Choice(report, first, one) for one in self.languages(report, self.lang))
        if others:
            ways = [f"{self._reports(target.kind)[0].name}/{target.slug} ({target.kind})" for target in others]
            self.say(f"{text}: taken as the {first.kind} {first.slug}. Other pages: natverk report {' or '.join(ways)}")

    def _meanings(self, text: str) -> list[Target]:
        """Return what a text may mean, of the kinds for which there are reports, the likeliest first."""
        kinds = [kind for kind in PAGES_FOR if self._reports(kind)]
        if PAIR_MARK in text and "pair" in kinds:
            return [_target("pair", text, self.directory)]
        if "country" in kinds and fold(text) in _COUNTRY_FORMS:
            return [Target("country", ())]
        known = [kind for kind in kinds if kind not in ("pair", "country")]
        if found := self.directory.meanings(text, known):
            return [Target(unit.kind, (unit,)) for unit in found]
        if others := self.directory.meanings(text):
            raise UnknownName(
                f"no report is declared for a {others[0].kind}, and {text!r} is one: {others[0].name}",
                allowed=kinds,
                remedy="natverk list shows the pages that can be made",
            )
        raise self.directory.unknown(text, known, also=[report.name for report in self.project.reports])

    def _reports(self, kind: str) -> list[Report]:
        return [report for report in self.project.reports if report.kind == kind]

    def languages(self, report: Report, lang: str | None) -> tuple[str, ...]:
        """Return the languages in which a report is asked for."""
        if lang is None:
            default = self.project.default_lang
            return (default,) if default in report.languages else report.languages[:1]
        if lang == ALL_LANGUAGES:
            return report.languages
        if lang not in LANGUAGES:
            allowed = (*LANGUAGES, ALL_LANGUAGES)
            raise UnknownName(f"unknown language {lang!r}", where="--lang", allowed=allowed, value=lang)
        if lang not in report.languages:
            what = f"{report.name} is not made in {lang!r}"
            raise UnknownName(what, where="--lang", allowed=report.languages, value=lang)
        return (lang,)


def _is_id(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a text with these parts is the identifier of a page: no unit is called so, and none need be read."""
    return len(parts) == 3 and parts[0] in LANGUAGES and parts[1] in names


# --- The pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """One page to make.

    Attributes
    ----------
    id
        `<lang>/<report>/<unit>`, `sv/region_report/14`.
    notebook
        Absolute path of the notebook to run.
    parameters
        The value of every parameter of the notebook, defaults included.
    out
        Absolute path of the output folder; `html`, `ipynb` and `failed` are files below it.
    kind
        What the page is about: `region`, `municipality`, `network`, `actor`, `pair` or `country`.
    unit, unit_name
        The unit as it stands in the identifier (`14`, `1487`, `ubc`, `municipality-0180`, `14--12`, `sverige`), and
        its name in the language of the page.
    prepare
        `module:function` that is called once before the pages of a run are made.
    unit_reports
        The report whose page is the page of a unit, by kind of unit: where names of units lead.
    """

    id: str
    report: str
    notebook: Path
    unit: str
    unit_name: str
    lang: str
    title: str
    parameters: Mapping[str, Value]
    out: Path
    kind: str = "region"
    prepare: str | None = None
    unit_reports: Mapping[str, str] = field(default_factory=dict)

    @property
    def html(self) -> Path:
        """The page."""
        return self.out / f"{self.id}.html"

    @property
    def ipynb(self) -> Path:
        """The executed notebook beside the page."""
        return self.out / f"{self.id}.ipynb"

    @property
    def failed(self) -> Path:
        """The page that is written instead when the run fails; a good older page stays where it is."""
        return self.out / f"{self.id}.failed.html"


def plan(
    project: Project,
    directory: Directory,
    wanted: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    lang: str | None = None,
    parameters: Mapping[str, object] | None = None,
    typed: Mapping[str, str] | None = None,
    out: Path,
    say: Callable[[str], None] = lambda _text: None,
) -> list[Page]:
    """Return the pages that are asked for, each with its checked parameters; nothing is run or written.

    Parameters
    ----------
    project
        What `reports.toml` declares (`find_project()`).
    directory
        The units that there are (`Directory.of(data)`).
    wanted, only, everything, lang, say
        See `select`.
    parameters
        Values for parameters of the notebooks, with their types.
    typed
        The same as typed on a command line: text that gets the type of the parameter's default.
    out
        The output folder.

    Raises
    ------
    UnknownName
        If there is no such unit, page, language or parameter; the message names the nearest one.
    InvalidArgument
        If a value has the wrong type or lies outside its domain.
    """
    choices = select(project, directory, wanted, only=only, everything=everything, lang=lang, say=say)
    known = {report.name: read_parameters(report.notebook) for report in project.reports}
    # A default for all that no notebook has would be passed over in silence.
    everywhere = {name for parameters in known.values() for name in parameters}
    for name in {name for report in project.reports for name in report.shared} - everywhere:
        where = f"{project.config}, [defaults.parameters]"
        raise UnknownName(f"no notebook has a parameter {name!r}", where=where, allowed=everywhere, value=name)
    folder = out.resolve()
    pages = []
    for choice in choices:
        report, target, t = choice.report, choice.target, texts(choice.lang)
        where = f"parameters of {report.notebook.name}"
        values = _values(choice, known[report.name], parameters or {}, typed or {}, where)
        name, key = target.name(choice.lang), f"site.page_title.{report.name}"
        page = Page(
            id=choice.id,
            report=report.name,
            notebook=report.notebook,
            unit=target.slug,
            unit_name=name,
            lang=choice.lang,
            title=t(key, name=name) if t.has(key) else f"{name} ({report.name})",
            parameters=_in_domain(values, report, directory, where),
            out=folder,
            kind=target.kind,
            prepare=report.prepare,
            unit_reports=project.unit_reports,
        )
        pages.append(page)
    return pages


def _values(
    choice: Choice,
    known: Mapping[str, Parameter],
    parameters: Mapping[str, object],
    typed: Mapping[str, str],
    where: str,
) -> dict[str, Value]:
    """Return all parameters of one page, with the right names and types."""
    report = choice.report
    ids = [unit.id for unit in choice.target.units]
    own = {**dict(zip(PAGES_FOR[report.kind], ids, strict=True)), "lang": choice.lang}
    missing = [name for name in own if name not in known]
    if missing:
        raise UnknownName(f"the notebook has no parameter {missing[0]!r}", where=where, allowed=known, value=missing[0])
    for name in (*parameters, *typed):
        if name in own:
            instead = "--lang" if name == "lang" else f"the unit itself: natverk report {choice.target.slug}"
            raise InvalidArgument(
                f"{name!r} is set for each page and cannot be given as a parameter", remedy=f"use {instead}"
            )
    shared = {name: value for name, value in report.shared.items() if name in known}
    read = {name: known[name].from_text(text) if name in known else text for name, text in typed.items()}
    return merge(known, shared, report.parameters, parameters, read, own, where=where)


def _in_domain(values: dict[str, Value], report: Report, directory: Directory, where: str) -> dict[str, Value]:
    """Return the values of a page with names resolved to ids; what a type alone cannot check is known by their names.

    `region`, `municipality`, `network` and `actor` name a unit of that kind, `a` and `b` two of one kind, `theme` a
    theme of the policy areas, `year…` a year of the data that the notebook can be asked for; no page ends before its
    municipality was formed.
    """
    checked = dict(values)
    first_year, last_year = report.first_year, int(directory.vintage[:4])
    for name, value in values.items():
        if name.startswith("year") and type(value) is int and not first_year <= value <= last_year:
            what = f"{name} = {value} is not a year between {first_year} and {last_year}"
            raise InvalidArgument(what, where=where, remedy=f"--year-from {first_year} --year-to {last_year}")
        # An empty text is "none" where a notebook allows it.
        if not isinstance(value, str) or not value:
            continue
        try:
            if name in UNIT_KINDS:
                checked[name] = directory.resolve(name, value).id
            elif name == "theme" and value not in directory.themes:
                raise UnknownName(f"unknown theme {value!r}", allowed=directory.themes, value=value)
            elif name == "a" and isinstance(values.get("b"), str) and values["b"]:
                first, second = _pair(f"{value}{PAIR_MARK}{values['b']}", directory)
                checked["a"], checked["b"] = first.id, second.id
        except NatverkError as error:
            error.where = error.where or where
            raise
    start, end = values.get("year_from"), values.get("year_to")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        what = f"year_from = {start} comes after year_to = {end}"
        raise InvalidArgument(what, where=where, remedy=f"--year-from {end} --year-to {start}")
    formed = directory.formed.get(str(checked.get("municipality")))
    if formed and isinstance(end, int) and end < formed:
        unit = directory.resolve("municipality", str(checked["municipality"])).name
        what = f"year_to = {end} comes before {unit}, a municipality since {formed}"
        raise InvalidArgument(what, where=where, remedy=f"--year-to {last_year}, or any year from {formed} on")
    return checked
