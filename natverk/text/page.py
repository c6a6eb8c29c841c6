"""What every page has in common: language, period, sources, formats of years and names, and display."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape

import pandas as pd
from babel.dates import format_date
from IPython.display import display

from natverk.data.load import Dataset
from natverk.data.partial import earliest
from natverk.data.sources import cite_data, own_beside
from natverk.errors import InvalidArgument
from natverk.locale import texts
from natverk.membership.quality import audit_summary
from natverk.text.references import References, SourceList
from natverk.text.table import Foreign
from natverk.version import __version__

__all__ = ["Page", "Prose", "inside", "leaders", "plain", "show"]


class Prose:
    """Running text in Markdown; shows itself in a notebook.

    Parameters
    ----------
    text
        The Markdown.
    section
        The key of the section that the text heads, the same in every language: the page's address of the section
        is made of it, so that a reader who changes language stays in place.

    >>> Prose("## Sources")
    ## Sources
    """

    def __init__(self, text: str, section: str = "") -> None:
        self.text = text
        self.section = section

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str | tuple[str, dict[str, str]]:
        # IPython takes a pair of data and metadata.
        return (self.text, {"section": self.section}) if self.section else self.text


def plain(text: object) -> str:
    r"""Return text from the data so that Markdown and HTML show it as it is.

    >>> plain("<b>*RUS*</b>")
    '&lt;b&gt;\\*RUS\\*&lt;/b&gt;'
    """
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", escape(str(text), quote=False))


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: "EU-frågor" keeps its capitals, others begin small.

    >>> inside("Kultur"), inside("EU-frågor")
    ('kultur', 'EU-frågor')
    """
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def leaders(names: Sequence[str], counts: Sequence[int], most: int = 3) -> list[tuple[str, int]]:
    """Return the names with the highest counts, falling; a tie at the end is left out rather than cut.

    Where more than `most` share the highest count, all of them are named: one of them has no more than the others.

    >>> leaders(["Östersund", "Berg", "Åre"], [8, 1, 1], most=2)
    [('Östersund', 8)]
    >>> leaders(["Östersund", "Berg", "Åre", "Krokom"], [1, 1, 0, 1], most=2)
    [('Östersund', 1), ('Berg', 1), ('Krokom', 1)]
    """
    ranked = sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
    ranked = [pair for pair in ranked if pair[1] > 0]
    limit = ranked[most][1] if len(ranked) > most else 0
    kept = [pair for pair in ranked[:most] if pair[1] > limit]
    return kept or [pair for pair in ranked if pair[1] == limit]


def show(*items: object) -> None:
    """Show items one under the other as the output of a notebook cell; empty texts are left out."""
    for item in items:
        if not (isinstance(item, Prose) and not item.text.strip()):
            display(item)  # type: ignore[no-untyped-call]


class Page:
    """The common ground of a page about one unit.

    Parameters
    ----------
    data
        The dataset.
    years
        First and last year of the page.
    lang
        `"sv"` or `"en"`; set once, inherited by every text, number, table and figure.
    part
        The file of texts of this kind of page, e.g. `region_report`. What it lacks is taken from the file `page`,
        which holds what all pages say.
    """

    def __init__(self, data: Dataset, *, years: tuple[int, int], lang: str, part: str) -> None:
        if years[0] > years[1]:
            raise InvalidArgument(
                f"year_from {years[0]} comes after year_to {years[1]}", where="years", remedy="exchange the two"
            )
        self.data = data
        self.years = years
        self.t = texts(lang)
        self.lang = lang
        self.part = part
        self.references = References(data)

    def say(self, key: str, /, **values: object) -> str:
        """Return a text of this kind of page, or of all pages."""
        return self.t(self._key(key), **values)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return a counted noun of this kind of page, or of all pages."""
        return self.t.count(self._key(key), n, **values)

    def _key(self, key: str) -> str:
        own = f"{self.part}.{key}"
        return own if self.t.has(own) else f"page.{key}"

    def label(self, *names: str) -> dict[str, str]:
        """Return column labels for a table: `name` or `name=label_key`."""
        pairs = (name.split("=") if "=" in name else (name, name) for name in names)
        return {column: self.say(f"column.{key}") for column, key in pairs}

    def heading(self, key: str) -> Prose:
        """Return a heading of the second level."""
        return Prose(f"## {self.say(f'heading.{key}')}", section=key)

    def markdown(self, *parts: str) -> Prose:
        """Return sentences as one paragraph; empty ones are left out."""
        return Prose(" ".join(part for part in parts if part))

    @property
    def period(self) -> str:
        """The page's period in words: `1997–2024`."""
        return f"{self.years[0]}–{self.years[1]}" if self.years[0] != self.years[1] else str(self.years[0])

    def date(self, value: object) -> str:
        """Format a partial date in words with the precision it has; missing is unknown."""
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return self.say("word.unknown")
        text = str(value)
        if text.count("-") == 2:
            return str(format_date(pd.Timestamp(text), format="d MMMM y", locale=self.t.babel))
        if text.count("-") == 1:
            return str(format_date(pd.Timestamp(earliest(text)), format="MMMM y", locale=self.t.babel))
        return text

    def on_date(self, value: object) -> str:
        """Format a partial date as a sentence takes it: `den 16 februari 2021` in Swedish."""
        text = self.date(value)
        return self.t("page.on_day", date=text) if str(value).count("-") == 2 else text

    def dates(self, first: object, last: object) -> str:
        """Format a first and a last day in words: `26–28 februari 2014`; without a last day, as `date`."""
        days = [str(value) for value in (first, last) if pd.notna(value) and str(value).count("-") == 2]  # type: ignore[call-overload]
        if len(days) < 2 or days[0] == days[1]:
            return self.date(first)
        start, end = (pd.Timestamp(day) for day in days)
        if (start.year, start.month) == (end.year, end.month):
            return f"{start.day}–{self.date(days[1])}"
        pattern = "d MMMM" if start.year == end.year else "d MMMM y"
        return f"{format_date(start, format=pattern, locale=self.t.babel)} – {self.date(days[1])}"

    def year(self, value: object) -> str:
        """Format a year; missing is unknown."""
        return self.say("word.unknown") if pd.isna(value) else str(int(str(value)))  # type: ignore[call-overload]

    def term(self, group: str, value: object) -> str:
        """Translate a value of a vocabulary; a combination such as `associate/member` part by part."""
        if pd.isna(value):  # type: ignore[call-overload]
            return self.say("word.unknown")
        return "/".join(self.t(f"terms.{group}.{part}") for part in str(value).split("/"))

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        networks, actors = self.data.networks, self.data.actors
        column = "name_sv" if self.lang == "sv" else "name"
        return {
            "network": dict(zip(networks["network_id"], networks[column], strict=True)),
            "actor": dict(zip(actors["actor_id"], actors["name"], strict=True)) | self._described(),
        }

    def _described(self) -> dict[str, str]:
        """Return the actors that have no name of their own, described in the page's language."""
        keys = {actor: f"actors.{actor.partition(':')[2]}" for actor in self.data.actors["actor_id"]}
        return {actor: self.t(key) for actor, key in keys.items() if actor.startswith("body:") and self.t.has(key)}

    def network(self, network_id: object) -> str:
        """Return a network's name in the page's language; nothing for a missing id."""
        return "" if pd.isna(network_id) else str(self._names["network"][str(network_id)])  # type: ignore[call-overload]

    def actor(self, actor_id: object) -> str:
        """Return an actor's name; nothing for a missing id."""
        return "" if pd.isna(actor_id) else str(self._names["actor"][str(actor_id)])  # type: ignore[call-overload]

    def told(self, row: Mapping[str, object], column: str) -> str:
        """Return a text of the data in the page's language; where only English is there, marked as such."""
        swedish = row.get(f"{column}_sv")
        if self.lang == "sv" and isinstance(swedish, str):
            return swedish
        value = row.get(column)
        return Foreign(value) if isinstance(value, str) else ""

    def listing(self, items: Iterable[str], most: int = 12) -> str:
        """Join names as a sentence does; a long list is cut and says how many more there are."""
        names = list(items)
        if len(names) <= most + 1:
            return self.t.join(names)
        return self.t.join([*names[:most], self.t("page.more", n=len(names) - most)])

    def first_screen(self, title: str, question: str, answer: str, facts: Mapping[str, str]) -> Prose:
        """Return what a reader sees first: title, question, answer in one sentence, and what goes with it.

        Parameters
        ----------
        title, question, answer
            Text; what comes from the data has gone through `plain`.
        facts
            Key of a label in `opening` → text, in order: the page's parameters, and how sure the answer is. Vintage,
            how to cite and how to read the page follow by themselves.
        """
        common = {
            "vintage": self.vintage_text,
            "cite": cite_data(self.data, self.lang),
            "read": self.say("opening.read_text"),
        }
        lines = [f"- **{self.say(f'opening.{key}')}:** {text}" for key, text in {**facts, **common}.items()]
        return Prose(f"# {title}\n\n*{question}*\n\n**{answer}**\n\n" + "\n".join(lines))

    @property
    def vintage_text(self) -> str:
        """Until when sources were read, and the filters that the data were loaded with."""
        text = self.say("opening.vintage_text", date=self.date(self.data.vintage), version=__version__)
        text = own_beside(text, self.data, self.lang)
        filters = [f"as_of={self.data.as_of}"] * (self.data.as_of is not None)
        filters += ["without_noncommercial"] * self.data.without_noncommercial
        return text + ("; " + self.say("opening.filters", filters=", ".join(filters)) if filters else "")

    def audit(self) -> Prose:
        """Tell what the re-reading of random rows found."""
        table = audit_summary(self.data).set_index("verdict")
        n, material = table["n"].to_dict(), table["n_material"].to_dict()
        values = {
            "n": sum(n.values()),
            "supported": n.get("supported", 0),
            "partly": n.get("partly", 0),
            "material": material.get("partly", 0),
            "lost": n.get("not_refound", 0),
        }
        return Prose(self.say("unknown.audit", **values))

    def sources(self) -> Prose:
        """Tell how many sources the page rests on."""
        return Prose(self.say("sources.summary", n=self.t.count("common.source", len(self.references))))

    def source_list(self) -> SourceList:
        """Return the numbered sources of exactly this page."""
        return self.references.sources(self.t)

    def mistake_text(self, unit: str, row_ids: Iterable[str]) -> Prose:
        """Return a ready text for reporting a mistake, with the rows that the page rests on.

        Parameters
        ----------
        unit
            What the page is about, with its code: `14 (Västra Götaland)`.
        row_ids
            Permanent numbers of rows.
        """
        values = {"part": self.part, "unit": unit, "period": self.period, "vintage": self.data.vintage}
        ready = self.say("sources.mistake_ready", **values)
        rows = sorted(set(row_ids))
        label = f"{self.say('sources.mistake_rows')} ({len(rows)})"
        folded = f"<details><summary>{label}</summary>\n\n{', '.join(rows)}\n\n</details>"
        return Prose(
            f"### {self.say('sources.mistake')}\n\n{self.say('sources.mistake_text')}\n\n```text\n{ready}\n```\n\n"
            + (folded if rows else "")
        )

    @property
    def source_line(self) -> str:
        """The line under every figure: package, number of sources and vintage."""
        n = self.t.number(self.data.sources["url"].nunique())
        line = self.say("word.figure_source", version=__version__, n_sources=n, date=self.date(self.data.vintage))
        return own_beside(line, self.data, self.lang)
