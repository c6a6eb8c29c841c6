"""Which pages are to be made, checked in full before anything runs.

A page is one notebook for one unit in one language. Its identifier, `sv/region_report/14`, is also its path below
the output folder and what one may type on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from natverk.data.units import resolve_region
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import LANGUAGES, texts
from natverk.reports.parameters import Parameter, Value, merge, read_parameters
from natverk.reports.project import Project, Report

__all__ = ["ALL_LANGUAGES", "YEARS", "Page", "plan"]

ALL_LANGUAGES = "all"
# Years outside this span are taken for misprints: the data begin in 1997, population figures in 1990.
YEARS = (1990, 2030)


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
    counties: pd.DataFrame,
    wanted: Sequence[str] = (),
    *,
    everything: bool = False,
    lang: str | None = None,
    parameters: Mapping[str, object] | None = None,
    typed: Mapping[str, str] | None = None,
    out: Path,
    last_year: int = YEARS[1],
) -> list[Page]:
    """Return the pages that are asked for, each with its checked parameters; nothing is run or written.

    Parameters
    ----------
    project
        What `reports.toml` declares (`find_project()`).
    counties
        The table `counties`.
    wanted
        Regions in any form that `resolve_region` knows, or identifiers of pages.
    everything
        Every unit instead of those in `wanted`.
    lang
        `"sv"`, `"en"` or `"all"`; default is the project's language.
    parameters
        Values for parameters of the notebooks, with their types.
    typed
        The same as typed on a command line: text that gets the type of the parameter's default.
    out
        The output folder.
    last_year
        The last year that the data can know of; parameters that are years may not lie after it.

    Raises
    ------
    UnknownName
        If there is no such region, page, language or parameter; the message names the nearest one.
    InvalidArgument
        If a value has the wrong type or lies outside its domain.
    """
    if everything == bool(wanted):
        raise InvalidArgument(
            "give either regions or --all" if everything else "no region given",
            remedy='natverk report "Västra Götaland"   or   natverk report --all   (natverk list shows the pages)',
        )
    pages: dict[str, Page] = {}
    names = dict(zip(counties["county_code"].astype(str), counties["name_short"].astype(str), strict=True))
    known = {report.name: read_parameters(report.notebook) for report in project.reports}
    for text in wanted or names:
        page_lang, reports, unit_text = _split(text, project) if "/" in text else (lang, project.reports, text)
        unit = resolve_region(counties, unit_text)
        for report in reports:
            for one in _languages(report, page_lang, project.default_lang):
                values = _values(report, known[report.name], unit, one, parameters or {}, typed or {})
                values = _check_domain(values, counties, last_year, f"parameters of {report.notebook.name}")
                page = _page(report, unit, names[unit], one, values, out.resolve())
                pages[page.id] = page
    return list(pages.values())


def _split(text: str, project: Project) -> tuple[str, tuple[Report, ...], str]:
    """Take the identifier of a page apart."""
    parts = text.split("/")
    if len(parts) != 3:
        raise UnknownName(
            f"unknown page {text!r}", where="pages are called <lang>/<report>/<unit>", remedy="natverk list"
        )
    return parts[0], (project.report(parts[1]),), parts[2]


def _languages(report: Report, lang: str | None, default: str) -> tuple[str, ...]:
    if lang is None:
        return (default,) if default in report.languages else report.languages[:1]
    if lang == ALL_LANGUAGES:
        return report.languages
    if lang not in LANGUAGES:
        raise UnknownName(f"unknown language {lang!r}", where="--lang", allowed=(*LANGUAGES, ALL_LANGUAGES), value=lang)
    if lang not in report.languages:
        raise UnknownName(
            f"{report.name} is not made in {lang!r}", where="--lang", allowed=report.languages, value=lang
        )
    return (lang,)


def _values(
    report: Report,
    known: Mapping[str, Parameter],
    unit: str,
    lang: str,
    parameters: Mapping[str, object],
    typed: Mapping[str, str],
) -> dict[str, Value]:
    """Return all parameters of one page, with the right names and types."""
    where = f"parameters of {report.notebook.name}"
    own = {report.unit_parameter: unit, "lang": lang}
    missing = [name for name in own if name not in known]
    if missing:
        raise UnknownName(f"the notebook has no parameter {missing[0]!r}", where=where, allowed=known, value=missing[0])
    for name in (*parameters, *typed):
        if name in own:
            instead = "--lang" if name == "lang" else f"the {name} itself: natverk report 14"
            raise InvalidArgument(
                f"{name!r} is set for each page and cannot be given as a parameter", remedy=f"use {instead}"
            )
    read = {name: known[name].from_text(text) if name in known else text for name, text in typed.items()}
    return merge(known, report.parameters, parameters, read, own, where=where)


def _check_domain(values: dict[str, Value], counties: pd.DataFrame, last: int, where: str) -> dict[str, Value]:
    """Check what a type cannot say: regions exist, years are years, and spans run forwards."""
    first = YEARS[0]
    for name, value in values.items():
        if name.startswith("year") and isinstance(value, int) and not first <= value <= last:
            what = f"{name} = {value} is not a year between {first} and {last}"
            raise InvalidArgument(what, where=where, remedy=f"--year-from 1997 --year-to {last}")
        if name == "region" and isinstance(value, str):
            values[name] = resolve_region(counties, value)
    start, end = values.get("year_from"), values.get("year_to")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        what = f"year_from = {start} comes after year_to = {end}"
        raise InvalidArgument(what, where=where, remedy=f"--year-from {end} --year-to {start}")
    return values


def _page(report: Report, unit: str, name: str, lang: str, values: Mapping[str, Value], out: Path) -> Page:
    t = texts(lang)
    key = f"site.page_title.{report.name}"
    return Page(
        id=f"{lang}/{report.name}/{unit}",
        report=report.name,
        notebook=report.notebook,
        unit=unit,
        unit_name=name,
        lang=lang,
        title=t(key, name=name) if t.has(key) else f"{name} ({report.name})",
        parameters=values,
        out=out,
    )
