"""Which pages a command line asks for: names, identifiers, names of reports, and patterns.

`Vänersborg`, `1487` and `eurocities` are names; `sv/region_report/14`, `region_report/Halland` and `region_report`
say the report too; `--only` takes all of these and patterns such as `municipality_profile/14*`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from natverk.data.units import Directory
from natverk.errors import InvalidArgument, UnknownName, nearest
from natverk.locale import LANGUAGES
from natverk.reports.project import Project, Report
from natverk.reports.targets import Target, declared, meanings, resolve

__all__ = ["ALL_LANGUAGES", "Choice", "select"]

ALL_LANGUAGES = "all"
#: The most words that a name without quotes is looked for in.
_WORDS = 4
_WILD = ("*", "?", "[")


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
    if everything and wanted:
        raise InvalidArgument(
            "give either names or --all",
            remedy='natverk report "Västra Götaland"   or   natverk report --all   (natverk list shows the pages)',
        )
    if not (everything or wanted or only):
        raise InvalidArgument(
            "no page is asked for",
            remedy='natverk report "Västra Götaland"   or   natverk report --all   (natverk list shows the pages)',
        )
    finder = _Finder(project, directory, lang, say)
    if not only:
        found = list(finder.each(wanted)) if wanted else list(finder.declared(lang))
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
            for target in declared(report, self.directory):
                yield from (Choice(report, target, one) for one in languages)

    def matching(self, text: str) -> list[Choice]:
        """Return the pages that one text after `--only` means."""
        if not any(mark in text for mark in _WILD):
            return list(self.named(text))
        # A pattern that speaks of the language is not held to the default one.
        whole = text.count("/") == 2
        every = self.declared(ALL_LANGUAGES if whole and self.lang is None else self.lang)
        found = [choice for choice in every if _fits(choice, text, whole)]
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
        """Return the name of several words of which the unknown one is a part, if it looks like that."""
        for first in range(place, -1, -1):
            for last in range(place + 1, min(len(wanted), first + _WORDS) + 1):
                name = " ".join(wanted[first:last])
                near = nearest(name, error.allowed) if last > first + 1 else None
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
        elif len(parts) == 3 and not self.directory.meanings(text):
            yield from self._one(self.project.report(parts[1]), parts[2], parts[0])
        elif len(parts) == 2 and parts[0] not in LANGUAGES and not self.directory.meanings(text):
            yield from self._one(self.project.report(parts[0]), parts[1], self.lang)
        elif len(parts) > 1 and not self.directory.meanings(text):
            raise UnknownName(
                f"unknown page {text!r}",
                where="pages are called <lang>/<report>/<unit>",
                allowed=[f"{parts[0]}/{name}" for name in names] if parts[0] in LANGUAGES else names,
                value=text,
                remedy="natverk list",
            )
        else:
            yield from self._anything(text)

    def _one(self, report: Report, text: str, lang: str | None) -> Iterator[Choice]:
        target = resolve(report.kind, text, self.directory)
        yield from (Choice(report, target, one) for one in self.languages(report, lang))

    def _anything(self, text: str) -> Iterator[Choice]:
        """Yield the pages of a name of whatever kind; of several kinds the first is meant, and the others are said."""
        first, *others = meanings(
            text, self.project.kinds, self.directory, [report.name for report in self.project.reports]
        )
        others = [target for target in others if target.kind != "actor" or self._is_declared(target)]
        for report in self._reports(first):
            yield from (Choice(report, first, one) for one in self.languages(report, self.lang))
        if others:
            ways = [f"{self._reports(target)[0].name}/{target.slug} ({target.kind})" for target in others]
            self.say(f"{text}: taken as the {first.kind} {first.slug}. Other pages: natverk report {' or '.join(ways)}")

    def _reports(self, target: Target) -> list[Report]:
        return [report for report in self.project.reports if report.kind == target.kind]

    def _is_declared(self, target: Target) -> bool:
        return any(target in declared(report, self.directory) for report in self._reports(target))

    def languages(self, report: Report, lang: str | None) -> tuple[str, ...]:
        """Return the languages in which a report is asked for.

        Raises
        ------
        UnknownName
            If there is no such language, or the report is not made in it.
        """
        default = self.project.default_lang
        if lang is None:
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


def _fits(choice: Choice, pattern: str, whole: bool) -> bool:
    if whole:
        return fnmatchcase(choice.id, pattern)
    rest = choice.id.partition("/")[2]
    return fnmatchcase(rest, pattern) or fnmatchcase(choice.report.name, pattern)
