"""Which pages are to be made, checked in full before anything runs.

A page is one notebook for one unit in one language. Its identifier, `sv/region_report/14`, is also its path below
the output folder and what one may type on the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from natverk.data.units import Directory
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import texts
from natverk.reports.domain import check_domain
from natverk.reports.parameters import Parameter, Value, merge, read_parameters
from natverk.reports.project import Project
from natverk.reports.select import Choice, select

__all__ = ["Page", "plan"]


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
    _check_shared(project, known)
    folder = out.resolve()
    last_year = int(directory.vintage[:4])
    pages = []
    for choice in choices:
        where = f"parameters of {choice.report.notebook.name}"
        values = _values(choice, known[choice.report.name], parameters or {}, typed or {}, where)
        pages.append(_page(choice, check_domain(values, directory, last_year, where), folder))
    return pages


def _check_shared(project: Project, known: Mapping[str, Mapping[str, Parameter]]) -> None:
    """Refuse a default in `[defaults.parameters]` that no notebook has: a misprint would be passed over in silence."""
    everywhere = {name for parameters in known.values() for name in parameters}
    for name in {name for report in project.reports for name in report.shared}:
        if name not in everywhere:
            where = f"{project.config}, [defaults.parameters]"
            raise UnknownName(f"no notebook has a parameter {name!r}", where=where, allowed=everywhere, value=name)


def _values(
    choice: Choice,
    known: Mapping[str, Parameter],
    parameters: Mapping[str, object],
    typed: Mapping[str, str],
    where: str,
) -> dict[str, Value]:
    """Return all parameters of one page, with the right names and types."""
    report = choice.report
    own = {**dict(zip(report.unit_parameters, choice.target.ids, strict=True)), "lang": choice.lang}
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


def _page(choice: Choice, values: Mapping[str, Value], out: Path) -> Page:
    t = texts(choice.lang)
    report, target = choice.report, choice.target
    name, key = target.name(choice.lang), f"site.page_title.{report.name}"
    return Page(
        id=choice.id,
        report=report.name,
        notebook=report.notebook,
        unit=target.slug,
        unit_name=name,
        lang=choice.lang,
        title=t(key, name=name) if t.has(key) else f"{name} ({report.name})",
        parameters=values,
        out=out,
        kind=target.kind,
    )
