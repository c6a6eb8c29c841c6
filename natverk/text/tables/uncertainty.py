"""Tables about what is not known: cells by state, and where sources disagree."""

from __future__ import annotations

import pandas as pd

from natverk.membership.panel import STATES
from natverk.text.page import Page
from natverk.text.table import Foreign, Table
from natverk.text.tables.rows import records, table_of, text_of

__all__ = ["disagreements", "states"]


def states(page: Page, cells: pd.DataFrame) -> Table:
    """Return the number of cells by state, and their share."""
    counts = cells["state"].value_counts()
    rows = [
        {
            "state": page.term("state", state),
            "n_cells": page.t.number(int(counts[state])),
            "n_share": page.t.percent(counts[state] / len(cells), 1),
        }
        for state in STATES
        if state in counts
    ]
    return table_of(
        page, rows, page.say("unknown.table", period=page.period), "state", "n_cells=cells", "n_share=share"
    )


def disagreements(page: Page, found: pd.DataFrame) -> Table:
    """Return the points on which sources disagree, with the rows that stand against each other."""
    rows = [
        {
            "kind_of": page.term("disagreement", row["kind"]),
            "actor": page.actor(row["actor_id"]),
            "network": page.network(row["network_id"]),
            "year": _when(page, row),
            "values": _values(page, row),
            "rows": _rows(page, text_of(row["row_ids"]).split(";")),
            "sources": page.references.cite(text_of(row["source_ids"])),
        }
        for row in records(found)
    ]
    columns = ("kind_of", "actor", "network", "year", "values", "rows", "sources")
    return table_of(page, rows, page.say("unknown.disagree_table"), *columns)


def _rows(page: Page, row_ids: list[str], most: int = 4) -> str:
    """Return the ids of rows; of many the first ones, and how many more there are."""
    if len(row_ids) <= most + 1:
        return ", ".join(row_ids)
    return ", ".join([*row_ids[:most], page.t("page.more", n=len(row_ids) - most)])


def _when(page: Page, row: dict[str, object]) -> str:
    """Return the year; counts without one are rivals too, but no page tells which is the later."""
    if pd.notna(row["year"]):  # type: ignore[call-overload]
        return page.year(row["year"])
    return page.say("word.undated") if row["kind"] == "totals" else ""


def _values(page: Page, row: dict[str, object]) -> str:
    """Put the rival values into the page's language; the reason of a flag stays as coded."""
    kind, values = row["kind"], [value for value in text_of(row["values"]).split(" | ") if value]
    if kind == "flagged":
        return Foreign(text_of(row["note"]))
    if kind == "totals":
        return f"{' / '.join(values)} {page.term('total_fact', row['note'])}"
    groups = {"conflict": "state", "status": "status"}
    if kind in groups:
        values = [page.term(groups[str(kind)], value) for value in values]
    return " / ".join(values)
