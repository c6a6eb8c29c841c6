"""From values to prose: the templates of pages, and the filters that word numbers, names, dates and sources.

A template `templates/<page>.<lang>.md.j2` holds the prose of one kind of page in one language: one block a section, in
reading order. A block is given frames and rows as measures make them; filters word them. Text from the data is escaped
wherever it is put in; what a filter makes is markup already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup

from natverk.data.cache import caches
from natverk.pages.tables import records

if TYPE_CHECKING:
    from jinja2.runtime import Context

__all__ = ["Prose", "templates_of", "inside", "plain", "row_ids_of"]

_TEMPLATES = Path(__file__).parent / "templates"
#: How many names a sentence holds before it says how many more there are.
MOST_NAMES = 12


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


def plain(text: object) -> Markup:
    r"""Return text from the data so that Markdown and HTML show it as it is.

    >>> plain("<b>*RUS*</b>")
    Markup('&lt;b&gt;\\*RUS\\*&lt;/b&gt;')
    """
    if isinstance(text, Markup):
        return text
    return Markup(re.sub(r"([\\`*_\[\]#|~])", r"\\\1", escape(str(text), quote=False)))


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: "EU-frågor" keeps its capitals, others begin small.

    >>> inside("Kultur"), inside("EU-frågor")
    ('kultur', 'EU-frågor')
    """
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def row_ids_of(what: object) -> list[str]:
    """Return the ids of the rows that a frame or one of its rows rests on, each once; none where it names none.

    >>> row_ids_of(pd.DataFrame({"row_ids": ["mem-00001;mem-00002", "mem-00001"]}))
    ['mem-00001', 'mem-00002']
    """
    name = next(
        (name for name in ("row_ids", "row_id") if isinstance(what, (pd.DataFrame, Mapping)) and name in what), ""
    )
    if isinstance(what, pd.DataFrame):
        cells: Iterable[object] = what[name] if name else []
    elif isinstance(what, Mapping):
        cells = [what[name]] if name else []
    else:
        cells = [what]
    ids = (part for cell in cells if isinstance(cell, str) for part in re.split(r"[; ]+", cell))
    return [item for item in dict.fromkeys(ids) if item]


@cache
def templates_of(lang: str) -> Environment:
    """Return the templates of one language with the filters of pages."""
    # Compiled once and not in every process; Jinja tells by the text of a template whether it is still the same.
    folder = next(caches("templates"), None)
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        bytecode_cache=FileSystemBytecodeCache(str(folder), f"{lang}-%s.cache") if folder else None,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # What a macro gives is markup, and is not escaped again.
        autoescape=True,
        finalize=plain,
        extensions=["jinja2.ext.do"],
    )
    env.filters |= {
        "cite": _cite,
        "count": _count,
        "date": _date,
        "digits": _digits,
        "genitive": _genitive,
        "join_names": _join,
        "link": _link,
        "names": _names,
        "number": _number,
        "of": _of,
        "on_date": _on_date,
        "percent": _percent,
        "rests_on": _rests_on,
        "rows": _rows,
        "capitalize_first": _capitalize_first,
        "term": _term,
        "told": _told,
        "where": _where,
        "seen_from": _seen_from,
        "year": _year,
        "year_of": _year_of,
    }
    env.tests["known"] = _known
    return env


def _page(context: Context) -> Any:
    """Return the page that a block is said for: what words things knows its language, its names and its sources."""
    return context["page"]


def _known(value: object) -> bool:
    """Say whether a cell holds something: `{% if row.year is known %}`."""
    return not pd.isna(value) and value != ""  # type: ignore[call-overload]


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame: `{% for row in missions | rows %}`."""
    return records(frame)


def _seen_from(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows that a source attests in a year or later, whatever else is said of them.

    A year that we infer is none that a source states: `last_sure`, where a frame has it, leaves it out.

    >>> _seen_from(pd.DataFrame({"last_seen": pd.array([2019, 2022, None], dtype="Int64")}), 2021).index.tolist()
    [1]
    """
    seen = frame["last_sure" if "last_sure" in frame else "last_seen"]
    return frame[(seen >= year).fillna(False).astype(bool)]


def _where(frame: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Return the rows whose cells are as wanted, one value or any of several: `frame | where(mark="left")`.

    `None` asks for missing cells: `frame | where(since=None)`.
    """
    for name, value in wanted.items():
        if value is None:
            frame = frame[frame[name].isna()]
        else:
            frame = frame[frame[name].isin(list(value) if pd.api.types.is_list_like(value) else [value])]
    return frame


@pass_context
def _number(context: Context, value: float) -> str:
    """Return a whole number as running text has it: in words below ten, in digits from there on."""
    return str(_page(context).number(value))


@pass_context
def _digits(context: Context, value: float, decimals: int = 0) -> str:
    """Return a number in digits."""
    return str(_page(context).t.number(float(value), decimals))


@pass_context
def _percent(context: Context, share: float, decimals: int = 0) -> str:
    """Return a share between 0 and 1 in per cent."""
    return str(_page(context).t.percent(share, decimals))


@pass_context
def _count(context: Context, what: Any, noun: str, rows: str = "") -> Markup:
    """Return how many rows a frame has, or a number, with a noun of the vocabulary `nouns`: `två nätverk`.

    `rows` is the column with the rows that are counted, where these are some of each row's alone.
    """
    page = _page(context)
    n = len(what) if isinstance(what, pd.DataFrame) else int(what)
    text = page.counted(n, noun)
    if not isinstance(what, pd.DataFrame):
        return plain(text)
    ids = row_ids_of(what.assign(row_ids=what[rows]) if rows else what)
    return Markup(page.resting(text, ids, noun))


@pass_context
def _names(
    context: Context, what: Any, column: str = "name", kind: str = "", most: int = MOST_NAMES, rows: bool = True
) -> Markup:
    """Return names joined as a sentence joins them, each with the rows it rests on and the link to its page.

    `what` is a frame; `column` names its actors (`actor_id`), networks (`network_id`) or plain names.
    """
    page = _page(context)
    # Who stands in several rows is named once, with all of them.
    named: dict[Markup, list[str]] = {}
    for row in records(what):
        cell = row[column]
        name = page.name(column, cell) if not kind else page.link(kind, str(cell))
        named.setdefault(name, []).extend(row_ids_of(row))
    said = [page.shown_text(name, ids) if rows else name for name, ids in named.items()]
    if len(said) > most + 1:
        rest = _number(context, len(said) - most)
        said = [*said[:most], plain(page.t("nouns.more", n=rest))]
    return Markup(page.t.join([str(item) for item in said]))


@pass_context
def _join(context: Context, items: Iterable[object]) -> Markup:
    """Join names or texts as a sentence does."""
    return Markup(_page(context).t.join([str(plain(item)) for item in items]))


@pass_context
def _cite(context: Context, what: Any) -> Markup:
    """Return the numbers of the sources of a frame, a row or ids, as links to the list of sources."""
    return Markup(_page(context).mark(what))


@pass_context
def _date(context: Context, value: object) -> str:
    """Return a partial date in words, with the precision it has."""
    return str(_page(context).date(value))


@pass_context
def _on_date(context: Context, value: object) -> str:
    """Return a partial date as a sentence takes it: `den 16 februari 2021` in Swedish, `i februari 2021`, `2021`."""
    return str(_page(context).on_date(value))


@pass_context
def _year(context: Context, value: object) -> str:
    """Return a year; the word for unknown where it is missing."""
    return str(_page(context).year(value))


def _year_of(date: object) -> str:
    """Return the year of a partial date."""
    return str(date)[:4]


@pass_context
def _term(context: Context, value: object, group: str) -> str:
    """Return a value of a vocabulary in the page's language: `row.status | term("status")`."""
    return str(_page(context).term(group, value))


@pass_context
def _told(context: Context, row: Mapping[str, object], column: str) -> Markup:
    """Return a text of the data in the page's language: `row | told("rationale")`."""
    return Markup(_page(context).told(row, column))


@pass_context
def _of(context: Context, text: object, what: object) -> Markup:
    """Return text with the rows that it shows: `row | told("event") | of(row)`."""
    return Markup(_page(context).shown_text(plain(text), row_ids_of(what)))


@pass_context
def _rests_on(context: Context, text: object, what: object, rule: str = "", also: str = "") -> Markup:
    """Return text with the rows that it rests on without showing them: `places | length | number | rests_on(places)`.

    `what` is a frame, a row of one, or ids; `rule` says how the text comes of them (`provenance.rule`); `also` is one
    more id.
    """
    return Markup(_page(context).resting(text, [*row_ids_of(what), *row_ids_of(also)], rule))


@pass_context
def _link(context: Context, unit_id: object, kind: str = "network") -> Markup:
    """Return the name of a unit with the link to its page: `row.network_id | link`, `"14" | link("region")`."""
    return Markup(_page(context).link(kind, str(unit_id)))


@pass_context
def _genitive(context: Context, name: object) -> Markup:
    """Return the genitive of a name."""
    page = _page(context)
    return plain(page.genitive(str(name)))


def _capitalize_first(text: Markup) -> Markup:
    """Return text as a sentence begins: the first letter outside its markup is a capital."""
    return Markup(re.sub(r"^((?:<[^>]*>)*)(.)", lambda found: found[1] + found[2].upper(), str(text), count=1))
