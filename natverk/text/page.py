"""What every page has in common: language, period, sources, formats of years and names, and display."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd
from babel.dates import format_date
from IPython.display import display

from natverk.data.dataset import Dataset
from natverk.data.partial import earliest
from natverk.errors import InvalidArgument
from natverk.locale import texts
from natverk.text.references import References
from natverk.version import __version__

__all__ = ["Page", "Prose", "leaders", "plain", "show"]


class Prose:
    """Running text in Markdown; shows itself in a notebook.

    >>> Prose("## Sources")
    ## Sources
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def plain(text: object) -> str:
    r"""Return text from the data so that Markdown and HTML show it as it is.

    >>> plain("<b>*RUS*</b>")
    '&lt;b&gt;\\*RUS\\*&lt;/b&gt;'
    """
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", escape(str(text), quote=False))


def leaders(names: Sequence[str], counts: Sequence[int], most: int = 3) -> list[tuple[str, int]]:
    """Return the names with the highest counts, falling; a tie at the end is left out rather than cut.

    >>> leaders(["Östersund", "Berg", "Åre"], [8, 1, 1], most=2)
    [('Östersund', 8)]
    """
    ranked = sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
    ranked = [pair for pair in ranked if pair[1] > 0]
    limit = ranked[most][1] if len(ranked) > most else 0
    kept = [pair for pair in ranked[:most] if pair[1] > limit]
    return kept or ranked[:1]


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
        The file of texts of this kind of page, e.g. `region_report`.
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
        """Return a text of this kind of page."""
        return self.t(f"{self.part}.{key}", **values)

    def label(self, *names: str) -> dict[str, str]:
        """Return column labels for a table: `name` or `name=label_key`."""
        pairs = (name.split("=") if "=" in name else (name, name) for name in names)
        return {column: self.say(f"column.{key}") for column, key in pairs}

    def heading(self, key: str) -> Prose:
        """Return a heading of the second level."""
        return Prose(f"## {self.say(f'heading.{key}')}")

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

    def year(self, value: object) -> str:
        """Format a year; missing is unknown."""
        return self.say("word.unknown") if pd.isna(value) else str(int(str(value)))  # type: ignore[call-overload]

    def term(self, group: str, value: object) -> str:
        """Translate a value of a vocabulary; a combination such as `associate/member` part by part."""
        if pd.isna(value):  # type: ignore[call-overload]
            return self.say("word.unknown")
        return "/".join(self.t(f"terms.{group}.{part}") for part in str(value).split("/"))

    def network(self, network_id: object) -> str:
        """Return a network's name in the page's language; nothing for a missing id."""
        names = self.data.networks.set_index("network_id")["name_sv" if self.lang == "sv" else "name"]
        return "" if pd.isna(network_id) else str(names[str(network_id)])  # type: ignore[call-overload]

    def actor(self, actor_id: object) -> str:
        """Return an actor's name; nothing for a missing id."""
        names = self.data.actors.set_index("actor_id")["name"]
        return "" if pd.isna(actor_id) else str(names[str(actor_id)])  # type: ignore[call-overload]

    def listing(self, items: Iterable[str], most: int = 12) -> str:
        """Join names as a sentence does; a long list is cut and says how many more there are."""
        names = list(items)
        if len(names) <= most + 1:
            return self.t.join(names)
        return self.t.join([*names[:most], self.t("page.more", n=len(names) - most)])

    @property
    def source_line(self) -> str:
        """The line under every figure: package, number of sources and vintage."""
        n = self.t.number(self.data.sources["url"].nunique())
        return self.say("word.figure_source", version=__version__, n_sources=n, date=self.date(self.data.vintage))
