"""The sources of one page: numbered in the order in which the page first uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import pandas as pd

from natverk.data.answers import rows_without
from natverk.data.load import Dataset
from natverk.data.lookup import Lookup
from natverk.data.reads import within
from natverk.data.sources import dated
from natverk.errors import UnknownName
from natverk.locale import Texts
from natverk.pages.tables import Cites, records

__all__ = ["References", "SourceList"]

#: How many sources stand open at the end of a page; a longer list is folded.
MOST_OPEN = 8


class References:
    """Numbers for sources; stored versions of one page (the same url) share a number.

    A published figure that has no source of its own in the dataset is cited by its row: title and address of the page
    that it was read on.

    Examples
    --------
    >>> from natverk import load
    >>> references = References(load())
    >>> references.cite(["seed-vanersborg-2024", "seed-nacka-2014"]), references.cite(["seed-nacka-2014"])
    ('1, 2', '2')
    """

    def __init__(self, data: Dataset) -> None:
        pages = _pages(data)
        # A page depends on the sources that it cites: each is looked up when it gets its number.
        self._urls: list[Mapping[str, object]] = [
            Lookup(data, "sources", "url"), dict(zip(pages["source_id"], pages["url"], strict=True))
        ]  # fmt: skip
        with within(answer=data.is_loaded):
            sources = data.sources
        self._sources = pd.concat([sources, pages], ignore_index=True).set_index("source_id")
        self._numbers: dict[str, int] = {}
        self._cited: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._cited)

    @property
    def ids(self) -> set[str]:
        """The ids of all sources that have been cited."""
        return {item for same in self._cited for item in same}

    def cite(self, source_ids: Iterable[str] | str) -> Cites:
        """Return the numbers of some sources (ids, or one text of ids separated by `;`)."""
        ids = source_ids.split(";") if isinstance(source_ids, str) else list(source_ids)
        return Cites(", ".join(str(number) for number in sorted({self._number(item) for item in ids if item})))

    def _number(self, source_id: str) -> int:
        urls = next((urls for urls in self._urls if source_id in urls), None)
        if urls is None:
            known = [str(item) for item in self._sources.index]
            raise UnknownName(f"there is no source {source_id!r}", allowed=known, value=source_id)
        url = urls[source_id]
        key = url if isinstance(url, str) else source_id
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._cited.append([])
        same = self._cited[self._numbers[key] - 1]
        if source_id not in same:
            same.append(source_id)
        return self._numbers[key]

    def frame(self) -> pd.DataFrame:
        """Return the numbered sources: `number, source_ids`, and the columns of `sources` for the first of the ids.

        `title` leaves out what only the first of several versions is called.
        """
        frame = self._sources.loc[[ids[0] for ids in self._cited]].reset_index()
        # What tells one version of a page from the others stands in no title of them all.
        versions = self._versions()
        for name in ("title", "title_sv"):
            titles = [[str(row[name]) for row in same if isinstance(row[name], str)] for same in versions]
            shared = [[title for title in same if same[0].startswith(title)] for same in titles]
            frame[name] = [min(same, key=len, default=pd.NA) for same in shared]
        frame.insert(0, "number", range(1, len(frame) + 1))
        frame.insert(1, "source_ids", [" ".join(ids) for ids in self._cited])
        return frame

    def sources(self, t: Texts) -> SourceList:
        """Return the list of sources for the end of the page."""
        return SourceList(self.frame().assign(dated=[dated(t, same) for same in self._versions()]), t)

    def _versions(self) -> list[list[dict[str, object]]]:
        """Return the rows of the numbered sources, all versions of each."""
        rows = self._sources.loc[[item for same in self._cited for item in same]]
        found = dict(zip(rows.index, records(rows), strict=True))
        return [[found[item] for item in same] for same in self._cited]


def _pages(data: Dataset) -> pd.DataFrame:
    """Return the pages of published figures without a source of their own, as sources whose id is the figure's row."""
    figures = rows_without(data, "published_figures", "source_id")
    pages = figures[["row_id", "source_title", "url"]].set_axis(["source_id", "title", "url"], axis=1)
    return pages.assign(licence_class="not_stated")


class SourceList:
    """The numbered sources as a list with links; shows itself in a notebook."""

    def __init__(self, frame: pd.DataFrame, t: Texts) -> None:
        self.frame = frame
        self.t = t

    def __repr__(self) -> str:
        addresses = self.frame["url"].fillna("")
        lines = zip(self.frame["number"], self.frame["title"], addresses, strict=True)
        return "\n".join(f"[{number}] {title}. {address}".rstrip() for number, title, address in lines)

    def _repr_html_(self) -> str:
        items = f'<ol class="nv-sources">{"".join(self._item(row) for row in records(self.frame))}</ol>'
        if len(self.frame) <= MOST_OPEN:
            return items
        # A link to a source opens the list that holds it: so the standard of HTML says, and browsers do.
        line = escape(self.t("nouns.source.other", n=self.t.number(len(self.frame))))
        return f'<details class="nv-fold"><summary>{line}</summary>{items}</details>'

    def _item(self, row: dict[str, object]) -> str:
        def told(name: str) -> str:
            swedish = row.get(f"{name}_sv")
            return str(swedish if self.t.lang == "sv" and isinstance(swedish, str) else row[name])

        known_language = pd.notna(row["language"])  # type: ignore[call-overload]
        spoken = f' lang="{escape(str(row["language"]))}"' if known_language else ""
        title = f"<span{spoken}>{escape(told('title'))}</span>"
        parts = [escape(told("publisher"))] if pd.notna(row["publisher"]) else []  # type: ignore[call-overload]
        accessed, date = self.t("columns.accessed").lower(), escape(str(row["dated"]))
        read = pd.notna(row["accessed"])  # type: ignore[call-overload]
        parts.append(f"{date}; {accessed} {escape(str(row['accessed']))}" if read else date)
        # A title that ends as a sentence does needs no further stop.
        text = f"{title}{'' if told('title').endswith(('.', '!', '?')) else '.'} {', '.join(parts)}"
        if pd.notna(row["url"]):  # type: ignore[call-overload]
            address = escape(str(row["url"]))
            text += f'. <a class="nv-url" href="{address}">{address}</a>'
        if row["licence_class"] != "not_stated":
            text += f" ({self.t('nouns.terms')}: {escape(told('licence'))})"
        return f'<li id="source-{row["number"]}" data-source="{escape(str(row["source_ids"]))}">{text}</li>'
