"""Citing: the data as a whole, and the sources of the rows that an analysis uses, numbered.

Several source ids can share one url: stored versions of one page, read at different times. They are one
document and share one number; a source without url is a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import LIST_SEPARATOR
from natverk.errors import UnknownName
from natverk.locale import Texts, texts
from natverk.version import __version__

__all__ = [
    "cite_data",
    "dated",
    "numbered_sources",
    "own_beside",
]


_SHOWN = ("title", "publisher", "published", "accessed", "url", "licence")


def numbered_sources(data: Dataset, source_ids: Iterable[object] | str) -> pd.DataFrame:
    """Number the sources of some rows, in the order in which they are first named.

    Parameters
    ----------
    data
        The dataset.
    source_ids
        Source ids; a cell `source_id` may hold several, separated by `;`. Missing values are passed over,
        so that the column of any table can be given as it is.

    Returns
    -------
    pd.DataFrame
        One row a source id: `number` (from 1; the same for all ids of one url), `source_id, title,
        publisher, published, accessed, url, licence`. The number of documents is `frame["number"].nunique()`;
        a bibliography with one line a document is `frame.drop_duplicates("number")`.

    Raises
    ------
    UnknownName
        If there is no such source.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> cited = numbered_sources(data, ["cemr-slides", "seed-nacka-2014", "cemr-slide;cemr-slides"])
    >>> cited[["number", "source_id"]].values.tolist()
    [[1, 'cemr-slides'], [1, 'cemr-slide'], [2, 'seed-nacka-2014']]
    """
    cells = [source_ids] if isinstance(source_ids, str) else [cell for cell in source_ids if isinstance(cell, str)]
    wanted = list(dict.fromkeys(item for cell in cells for item in cell.split(LIST_SEPARATOR) if item))
    sources = data.sources.set_index("source_id")
    for item in wanted:
        if item not in sources.index:
            raise UnknownName(
                f"there is no source {item!r}",
                where="source_ids",
                allowed=list(sources.index),
                value=item,
                remedy="use the ids of the table sources",
            )
    chosen = sources.loc[wanted, list(_SHOWN)].rename_axis("source_id").reset_index()
    document = chosen["url"].fillna("id " + chosen["source_id"])
    chosen.insert(0, "number", pd.factorize(document)[0] + 1)
    return chosen.sort_values("number", kind="stable", ignore_index=True)


def dated(t: Texts, versions: Iterable[Mapping[str, object]]) -> str:
    """Say when a source was published, and how surely that is known; of several versions of one page all dates.

    Parameters
    ----------
    t
        The texts of the language.
    versions
        The rows of `sources` that share an address.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.locale import texts
    >>> rows = load().sources.set_index("source_id")
    >>> def said(*ids): return dated(texts("en"), rows.loc[list(ids)].to_dict("records"))
    >>> said("gbg-polis"), said("ubc-bull-culture"), said("nspa-about-2023")
    ('published about 2017', 'published some time in 2014–2017', 'undated, about 2023 by our reading')
    >>> said("fn-glokala-ansokan-2019", "fn-glokala-ansokan")
    'versions: 2019, undated'
    """
    found = {}
    for row in versions:
        date, precision, stated = (
            cell if isinstance(cell := row.get(name), str) else ""
            for name in ("published", "published_precision", "published_as_stated")
        )
        kind = "published"
        if date and stated.startswith("undated"):
            kind = "published_read"
        elif precision == "interval":
            kind, date = "published_interval", stated.replace("/", "–")
        elif precision == "circa":
            kind = "published_about"
        found[date] = kind
    # A day tells the month and the year that another reader noted.
    kept = sorted(date for date in found if not any(other.startswith(f"{date}-") for other in found))
    if len(kept) > 1:
        known = [t("nouns.about", n=date) if found[date] == "published_about" else date for date in kept if date]
        parts = known if all(kept) else [*known, t("citation.undated_version")]
        return t("citation.versions", dates=", ".join(parts))
    date, kind = kept[0], found[kept[0]]
    return t(f"citation.{kind}", date=date) if date else t("nouns.unpublished")


def cite_data(data: Dataset, lang: str) -> str:
    """Say how to cite natverk's data: title, version, vintage, licence, own rows beside them, and the filters.

    Parameters
    ----------
    data
        The dataset that was used.
    lang
        `"sv"` or `"en"`; the title stays as it is, so that both can be found.

    Returns
    -------
    str
        A few sentences of plain text; own rows are said to be none of natverk's. The sources
        of the rows are cited beside it (`numbered_sources`).

    Raises
    ------
    InvalidArgument
        If the language is neither.

    Examples
    --------
    >>> from natverk import load
    >>> text = cite_data(load(as_of="2015"), "en")
    >>> text.startswith("natverk contributors (2026). natverk: Swedish municipalities")
    True
    >>> text.endswith("Only sources published by 2015, undated ones left out.")
    True
    """
    t = texts(lang)
    parts = [t("citation.data", year=data.vintage[:4], version=__version__, vintage=data.vintage)]
    if data.own:
        tables = ", ".join(f"{name} ({n})" for name, n in data.own.items())
        n_own = sum(data.own.values())
        parts.append(t(f"citation.own_{'one' if n_own == 1 else 'other'}", n=n_own, tables=tables))
        if n_replaced := sum(bool(item) for ids in data.own_keys.values() for item in ids.values()):
            parts.append(t("citation.own_replaced", n=n_replaced))
    if data.as_of is not None:
        parts.append(t(f"citation.as_of_{data.undated_sources}", as_of=data.as_of))
    if data.without_noncommercial:
        parts.append(t("citation.without_noncommercial"))
    return " ".join(parts)


def own_beside(line: str, data: Dataset, lang: str) -> str:
    """Return a line about the data that says how many own rows lie over them, if any do.

    >>> from natverk import load
    >>> own_beside("Source: natverk", load(), "en")
    'Source: natverk'
    """
    n = sum(data.own.values())
    return texts(lang)(f"nouns.own_beside_{'one' if n == 1 else 'other'}", text=line, n=n) if n else line
