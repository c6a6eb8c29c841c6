"""How tables are made: rows of text with labels, terms of offices, rows about some actors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from natverk.data.answers import rows_where
from natverk.text.page import Page
from natverk.text.table import Table, records

__all__ = ["records", "rows_of", "table_of", "term_of", "text_of"]

Row = Mapping[str, object]


def table_of(page: Page, rows: Iterable[Row], caption: str, *columns: str, fold: int = 15) -> Table:
    """Return a table of rows; columns are named as in `Page.label`."""
    labels = page.label(*columns)
    frame = pd.DataFrame(list(rows), columns=list(labels), dtype=object)
    return Table(frame, caption, labels, lang=page.lang, fold=fold)


def text_of(value: object) -> str:
    """Return a value as text; nothing for a missing one."""
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def term_of(page: Page, row: Row) -> str:
    """Say when an office or project ran: a stated term, or the year in which it was seen."""
    start, end, seen = (row.get(name) for name in ("start_year", "end_year", "observed_year"))
    if pd.notna(start) and pd.notna(end):  # type: ignore[call-overload]
        first, last = page.year(start), page.year(end)
        return first if first == last else f"{first}–{last}"
    # No end is stated, and none is implied: the open side is said, not drawn as a dash.
    for key, value in (("from_year", start), ("to_year", end)):
        if pd.notna(value):  # type: ignore[call-overload]
            return page.say(f"word.{key}", year=page.year(value))
    if pd.notna(seen):  # type: ignore[call-overload]
        return page.say("outcomes.seen", year=page.year(seen))
    return page.say("word.unknown")


def rows_of(page: Page, name: str, actors: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table about the page's actors, in their order."""
    order = {actor: place for place, actor in enumerate(actors["actor_id"])}
    own = rows_where(page.data, name, actor_id=list(order))
    if own.empty:
        return []
    return sorted(records(own), key=lambda row: order[str(row["actor_id"])])
