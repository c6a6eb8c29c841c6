"""Citing what was used: exactly the sources behind a frame, some ids or a page, and the data themselves.

Four styles: BibTeX and CSL-JSON for programs that keep references, APA and plain text for reading. An address that
several ids share is one source; the ids stand in its note.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from babel.dates import format_date

from natverk.data.load import Dataset, kept, load
from natverk.data.schema import SCHEMA
from natverk.data.sources import cite_data, dated
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import texts
from natverk.version import __version__

__all__ = ["STYLES", "cite", "mended_address"]

Style = Literal["bibtex", "csl-json", "apa", "text"]
STYLES: tuple[Style, ...] = ("bibtex", "csl-json", "apa", "text")
#: The columns of frames that name sources, and those that name rows.
SOURCE_COLUMNS = ("source_id", "source_ids", "other_sources")
ROW_COLUMNS = ("row_id", "row_ids", "rows")

_TITLE, _AUTHOR = "natverk: Swedish municipalities, regions and their networks", "natverk contributors"
_SHOWN_IDS = 20
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = {"sv": "swedish", "en": "english", "de": "german", "no": "norwegian", "it": "italian", "da": "danish",
              "uk": "ukrainian"}  # fmt: skip
#: Kinds of source in the words of CSL; all others are web pages, or documents where they have no address.
_CSL_TYPES = {
    "dataset": "dataset", "report": "report", "annual_report": "report", "audit_or_evaluation": "report",
    "strategy_or_policy": "report", "decision_document": "report", "government": "report",
    "law_or_statute": "legislation", "encyclopedia": "entry-encyclopedia",
}  # fmt: skip
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "&": r"\&", "%": r"\%",
    "$": r"\$", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class _Work:
    """A source, or the data, as it is cited."""

    key: str
    title: str
    author: str = ""
    published: str = ""
    circa: bool = False
    versions: tuple[Mapping[Any, object], ...] = ()
    accessed: str = ""
    url: str = ""
    language: str = ""
    kind: str = ""
    licence: str = ""
    licence_sv: str = ""
    ids: tuple[str, ...] = ()
    version: str = ""
    note: str = ""

    @property
    def remark(self) -> str:
        """What a reader of the entry must know: the ids by which rows name it, and its terms."""
        shown = ", ".join(self.ids[:_SHOWN_IDS]) + (" …" if len(self.ids) > _SHOWN_IDS else "")
        parts = [self.note, f"natverk: {shown}" if shown else "", self.licence]
        return "; ".join(part for part in parts if part)


def cite(what: object, style: Style = "bibtex", *, lang: str | None = None, data: Dataset | None = None) -> str:
    r"""Cite exactly the sources behind something, and the data with their version and vintage.

    Parameters
    ----------
    what
        A frame or a row of one (its columns `source_id, source_ids, other_sources` and `row_id, row_ids, rows` say
        what it rests on: of a row the sources are looked up), ids of sources, rows, complete lists or networks, a page
        (all that it refers to so far), or a dataset (which is cited alone).
    style
        `"bibtex"` (default), `"csl-json"` (Zotero, pandoc), `"apa"` (in alphabetical order) or `"text"` (numbered).
    lang
        `"sv"` or `"en"`: the words of the styles `apa` and `text`. Default: that of the page, otherwise English. Titles
        stay as they are.
    data
        The dataset in which the ids stand; default that of the page, otherwise `natverk.load()`. Give it where it was
        loaded with filters: the citation says so.

    Returns
    -------
    str
        The data first, then each source once: stored versions of one page, under one address, are one source. An
        address whose host ends in a dot has it taken off. What is not known (a date, a publisher) is left out.

    Raises
    ------
    UnknownName
        For an id that is not in the data.
    InvalidArgument
        For an unknown style or language, or a frame that does not say what it rests on.

    Examples
    --------
    >>> from natverk import documented, load
    >>> print(cite(documented(load(), "Vänersborg", networks="ensa"), "text"))
    natverk contributors (2026). natverk: Swedish municipalities, regions and their networks. Data, version ...
    [1] ...
    >>> print(cite("seed-nacka-2014").partition("\n\n")[2])
    @misc{seed-nacka-2014,
      ...
    }
    """
    if style not in STYLES:
        raise InvalidArgument(f"unknown style {style!r}", where="style", allowed=STYLES, value=style)
    page = what if hasattr(what, "references") and not isinstance(what, pd.DataFrame | pd.Series) else None
    if data is None:
        given = what if isinstance(what, Dataset) else getattr(page, "data", None)
        data = given if isinstance(given, Dataset) else load()
    chosen = lang or str(getattr(page, "lang", "en"))
    texts(chosen)
    works = _works(data, [] if isinstance(what, Dataset) else _ids_of(data, what, page))
    return _STYLES[style](data, works, chosen)


def mended_address(url: str) -> str:
    """Return an address without the dot at the end of its host, which some archives leave there.

    >>> mended_address("https://issuu.com./ubc/docs/v1.2."), mended_address("http://a.se.:80/b")
    ('https://issuu.com/ubc/docs/v1.2.', 'http://a.se:80/b')
    """
    return re.sub(r"^(https?://[^/?#:]*?)\.+(?=[/?#:]|$)", r"\1", url)


# --- Which sources


def _ids_of(data: Dataset, what: object, page: object) -> list[str]:
    """Return the ids of the sources behind something, in the order in which they are first named."""
    if page is not None:
        # What a page cites by a row is a published figure without a source of its own.
        frame = page.references.frame()  # type: ignore[attr-defined]
        return _unique(item for cell in frame["source_ids"] for item in str(cell).split())
    if isinstance(what, pd.Series) and set(map(str, what.index)) & {*SOURCE_COLUMNS, *ROW_COLUMNS}:
        what = what.to_frame().T
    if isinstance(what, pd.DataFrame):
        names = [name for name in (*SOURCE_COLUMNS, *ROW_COLUMNS) if name in what.columns]
        if not names:
            raise InvalidArgument(
                "the frame does not say what it rests on",
                where="what",
                allowed=[*SOURCE_COLUMNS, *ROW_COLUMNS],
                remedy="keep one of these columns, or give the ids of rows or sources",
            )
        found: list[str] = []
        for name in names:
            cells = _unique(item for cell in what[name].dropna() for item in _split(cell))
            found += cells if name in SOURCE_COLUMNS else [source for cell in cells for source in _of_row(data, cell)]
        return _unique(found)
    if isinstance(what, str):
        what = [what]
    if not isinstance(what, Iterable):
        remedy = "give a frame, ids, a page or the dataset"
        raise InvalidArgument(f"{type(what).__name__} says no sources", where="what", remedy=remedy)
    known = set(data.sources["source_id"])
    items = _unique(item for cell in what if isinstance(cell, str) for item in _split(cell))
    return _unique(source for item in items for source in ([item] if item in known else _of_row(data, item)))


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _split(cell: object) -> list[str]:
    return [item for item in re.split(r"[;\s]+", str(cell)) if item]


def _of_row(data: Dataset, row: str) -> list[str]:
    """Return the sources of a row by its id; a published figure without one stands for itself."""
    found = _sources_by_row(data)
    if row not in found:
        raise UnknownName(
            f"there is no row or source {row!r}",
            where="what",
            allowed=[*data.sources["source_id"], *found],
            value=row,
            remedy="use ids of the tables; those of a filtered dataset with data=…",
        )
    return list(found[row])


@kept
def _sources_by_row(data: Dataset) -> Mapping[str, tuple[str, ...]]:
    """Return the sources of every row that has an id: rows of evidence, complete lists, networks, bodies."""
    found: dict[str, tuple[str, ...]] = {}
    for name, table in SCHEMA.items():
        columns = [column.name for column in table.columns if column.ref == "sources.source_id"]
        if name == "sources" or len(table.key) != 1 or not columns:
            continue
        frame = data.table(name)
        for key, *cells in frame[[table.key[0], *columns]].itertuples(index=False, name=None):
            ids = _unique(item for cell in cells if isinstance(cell, str) for item in _split(cell))
            found.setdefault(str(key), tuple(ids or ([str(key)] if name == "published_figures" else [])))
    return found


def _works(data: Dataset, ids: Sequence[str]) -> list[_Work]:
    """Return the sources as works, those of one address as one."""
    sources = {str(row["source_id"]): row for row in data.sources.to_dict("records")}
    figures = data.published_figures.set_index("row_id")
    groups: dict[str, list[str]] = {}
    rows: dict[str, Mapping[Any, object]] = {}
    for item in ids:
        if item in sources:
            rows[item] = sources[item]
        elif item in figures.index:
            rows[item] = {"title": figures.at[item, "source_title"], "url": figures.at[item, "url"]}
        else:
            raise UnknownName(f"there is no source {item!r}", where="what", allowed=sources, value=item)
        url = rows[item].get("url")
        groups.setdefault(mended_address(url) if isinstance(url, str) else f"id {item}", []).append(item)
    return [_work([rows[item] for item in same], same) for same in groups.values()]


def _work(versions: Sequence[Mapping[Any, object]], ids: Sequence[str]) -> _Work:
    """Return a source as a work: as the first of its ids tells it."""
    row = versions[0]
    cells = {str(name): value for name, value in row.items() if isinstance(value, str)}
    stated = cells.get("licence_class", "not_stated") != "not_stated"
    return _Work(
        key=ids[0],
        title=cells["title"],
        author=cells.get("publisher", ""),
        published=cells.get("published", ""),
        circa=cells.get("published_precision") in ("circa", "interval"),
        versions=tuple(versions),
        accessed=cells.get("accessed", ""),
        url=mended_address(cells.get("url", "")),
        language=cells.get("language", ""),
        kind=cells.get("kind", ""),
        licence=cells.get("licence", "") if stated else "",
        licence_sv=cells.get("licence_sv", "") if stated else "",
        ids=tuple(ids),
    )


def _data_as_work(data: Dataset) -> _Work:
    """Return the data as a work: version, vintage and filters tell exactly which they are."""
    filters = f"; {data!r}" if data.as_of is not None or data.without_noncommercial else ""
    note = f"sources read up to {data.vintage}{filters}; fingerprint {data.fingerprint[:12]}; CC BY 4.0"
    year = data.vintage[:4]
    return _Work("natverk", _TITLE, _AUTHOR, year, kind="dataset", language="en", version=__version__, note=note)


# --- Styles


def _bibtex(data: Dataset, works: Sequence[_Work], _lang: str) -> str:
    return "\n\n".join(_bibtex_entry(work) for work in [_data_as_work(data), *works])


def _bibtex_entry(work: _Work) -> str:
    """Return an entry that BibTeX and biblatex read alike; double braces keep names whole and capitals as they are."""
    year, month, day = [*work.published.split("-"), "", ""][:3] if work.published else ("", "", "")
    remark = f"{work.remark}; year approximate" if work.circa else work.remark
    fields = {
        "author": f"{{{_escaped(work.author)}}}" if work.author else "",
        "title": f"{{{_escaped(work.title)}}}",
        "year": year,
        "month": _MONTHS[int(month) - 1] if month else "",
        "day": day.lstrip("0"),
        "version": _escaped(work.version),
        # Verbatim in every style that knows it; only what would end the field is encoded.
        "url": work.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "urldate": work.accessed if work.url else "",
        "langid": _LANGUAGES.get(work.language, ""),
        "note": _escaped(remark),
    }
    # The names of months are macros and stand without braces.
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{work.key},", *lines, "}"])


def _escaped(text: str) -> str:
    r"""Return a text in which BibTeX takes no sign for its own.

    BibTeX counts braces, also escaped ones: those that have no partner are written as words.

    >>> print(_escaped("R&D {EU}"), _escaped(":-{"))
    R\&D \{EU\} :-\textbraceleft{}
    """
    depth = least = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        least = min(least, depth)
    paired = {"{": r"\{", "}": r"\}"} if depth == least == 0 else {}
    return "".join(paired.get(sign) or _ESCAPES.get(sign, sign) for sign in text)


def _csl_json(data: Dataset, works: Sequence[_Work], _lang: str) -> str:
    items = [_csl_item(work) for work in [_data_as_work(data), *works]]
    return json.dumps(items, indent=1, ensure_ascii=False)


def _csl_item(work: _Work) -> dict[str, Any]:
    """Return an item of CSL-JSON; what is not known has no field."""
    item: dict[str, Any] = {
        "id": work.key,
        "type": _CSL_TYPES.get(work.kind, "webpage" if work.url else "document"),
        "title": work.title,
    }
    if work.author:
        item["author"] = [{"literal": work.author}]
    if work.published:
        item["issued"] = {"date-parts": [_numbers(work.published)]} | ({"circa": True} if work.circa else {})
    if work.accessed:
        item["accessed"] = {"date-parts": [_numbers(work.accessed)]}
    more = {"URL": work.url, "language": work.language, "version": work.version, "note": work.remark}
    return item | {name: value for name, value in more.items() if value}


def _numbers(date: str) -> list[int]:
    return [int(part) for part in date.split("-")]


def _apa(data: Dataset, works: Sequence[_Work], lang: str) -> str:
    """Return references after APA 7, sorted; works of one author and year are told apart by letters."""
    t = texts(lang)
    every = sorted([_data_as_work(data), *works], key=lambda work: ((work.author or work.title).casefold(),
                   work.published, work.title.casefold(), work.key))  # fmt: skip
    groups: dict[tuple[str, str], list[str]] = {}
    for work in every:
        groups.setdefault((work.author or work.title, work.published[:4]), []).append(work.key)
    lines = []
    for work in every:
        same = groups[work.author or work.title, work.published[:4]]
        letter = _letters(same.index(work.key)) if len(same) > 1 else ""
        if work.published:
            year = f"{work.published[:4]}{letter}"
            date = year + _day_and_month(work.published, lang)
            date = t("citation.circa", date=date) if work.circa else date
        else:
            date = t("citation.undated") + (f"-{letter}" if letter else "")
        title = t("citation.apa_data", title=work.title, version=work.version, vintage=data.vintage)
        title = title if work.version else work.title
        parts = (
            [_stopped(work.author), f"({date}).", _stopped(title)] if work.author else [_stopped(title), f"({date})."]
        )
        if work.url and work.accessed and not work.published:
            day = datetime.date.fromisoformat(work.accessed) if len(work.accessed) == 10 else None
            pattern = "MMMM d, y" if lang == "en" else "d MMMM y"
            said = str(format_date(day, pattern, locale=t.babel)) if day else work.accessed
            parts.append(t("citation.retrieved", date=said, url=work.url))
        elif work.url:
            parts.append(work.url)
        lines.append(" ".join(parts))
    return "\n".join(lines)


def _day_and_month(date: str, lang: str) -> str:
    """Return what stands after the year of a date: `, February 26`; nothing where only the year is known."""
    parts = _numbers(date)
    if len(parts) == 1:
        return ""
    day = datetime.date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    pattern = "MMMM" if len(parts) == 2 else "MMMM d" if lang == "en" else "d MMMM"
    return f", {format_date(day, pattern, locale=texts(lang).babel)}"


def _letters(number: int) -> str:
    """Return a, b, …, z, aa, ab, … for 0, 1, …

    >>> [_letters(number) for number in (0, 25, 26, 701)]
    ['a', 'z', 'aa', 'zz']
    """
    first, last = divmod(number, 26)
    return (_letters(first - 1) if first else "") + chr(ord("a") + last)


def _stopped(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _text(data: Dataset, works: Sequence[_Work], lang: str) -> str:
    """Return a numbered list as pages have it, after the sentence that cites the data."""
    t = texts(lang)
    lines = [cite_data(data, lang)]
    for number, work in enumerate(works, 1):
        date = dated(t, work.versions)
        read = t("citation.read", date=work.accessed) if work.accessed else ""
        facts = ", ".join(part for part in (work.author, "; ".join(part for part in (date, read) if part)) if part)
        licence = work.licence_sv if lang == "sv" else work.licence
        terms = f" ({t('nouns.terms')}: {licence})" if licence else ""
        lines.append(f"[{number}] {_stopped(work.title)} {_stopped(facts)}{f' {work.url}' if work.url else ''}{terms}")
    return "\n".join(lines)


_STYLES: Mapping[str, Callable[[Dataset, Sequence[_Work], str], str]] = {
    "bibtex": _bibtex,
    "csl-json": _csl_json,
    "apa": _apa,
    "text": _text,
}
