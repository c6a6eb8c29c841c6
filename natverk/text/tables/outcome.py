"""Tables about what came of it: offices, projects, missions, judgements, planned steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from natverk.data.load import Dataset
from natverk.offices import offices
from natverk.text.page import Page
from natverk.text.table import Table, records
from natverk.text.tables.rows import rows_of, table_of, term_of, text_of

__all__ = [
    "evaluations",
    "function_label",
    "function_term",
    "functions",
    "missions",
    "n_offices",
    "next_steps",
    "projects",
]

#: Functions that are over when the day is over.
_MOMENTS = ("speaker", "host")


def n_offices(data: Dataset, actors: Iterable[str]) -> int:
    """Return how many offices some actors hold or held: each once, and what is none not counted.

    >>> from natverk import load
    >>> n_offices(load(), ["municipality:0182"])
    1
    """
    found = offices(data)
    return int((found["held"] & found["actor_id"].isin(list(actors))).sum())


def function_label(page: Page, row: Mapping[str, object]) -> str:
    """Name the kind of an office, or what else it is."""
    return page.term("function_class", row["function_class"])


def function_term(page: Page, row: Mapping[str, object]) -> str:
    """Say when an office was held; a speaker's or host's day is over when it is over."""
    moment = row["function_class"] in _MOMENTS and pd.notna(row["start_year"]) and pd.isna(row["end_year"])  # type: ignore[call-overload]
    return page.year(row["start_year"]) if moment else term_of(page, row)


def _shown(actors: pd.DataFrame, *columns: str) -> list[str]:
    """Return the columns of a table; on a page about one actor it is not named in every row."""
    return [name for name in columns if len(actors) > 1 or name not in ("actor", "evaluator")]


def functions(page: Page, actors: pd.DataFrame) -> Table:
    """Return the offices that the page's actors hold or held in networks, and what else is told of their part."""
    order = {actor: place for place, actor in enumerate(actors["actor_id"])}
    held = offices(page.data)
    held = held[held["actor_id"].isin(order)]
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "network": page.network(row["network_id"]),
            "function": function_label(page, row),
            "term": function_term(page, row),
            "detail": page.told(row, "told"),
            "sources": page.references.cite(str(row["source_ids"])),
        }
        for row in sorted(records(held), key=lambda row: order[str(row["actor_id"])])
    ]
    columns = _shown(actors, "actor", "network", "function", "term", "detail", "sources")
    return table_of(page, rows, page.say("outcomes.functions"), *columns)


def projects(page: Page, actors: pd.DataFrame) -> Table:
    """Return the projects of the page's actors."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "project": row["project"],
            "origin": ", ".join(item for item in (page.network(row["network_id"]), text_of(row["programme"])) if item),
            "term": term_of(page, row),
            "role": page.term("project_role", row["role"]),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "projects", actors)
    ]
    columns = _shown(actors, "actor", "project", "origin", "term", "role", "sources")
    return table_of(page, rows, page.say("outcomes.projects"), *columns)


def missions(page: Page, actors: pd.DataFrame) -> Table:
    """Return mission reports: purposes, outcomes and follow-up."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "event": page.told(row, "event"),
            "when": page.dates(row["start_date"], row["end_date"]),
            "place": text_of(row["place"]),
            "purposes": page.told(row, "purposes"),
            "outcomes": page.told(row, "outcomes"),
            "follow_up": page.term("follow_up", row["next_step_category"]),
            "next": page.told(row, "next_step_detail"),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "missions", actors)
    ]
    columns = _shown(actors, "actor", "event", "when", "place", "purposes", "outcomes", "follow_up", "next", "sources")
    return table_of(page, rows, page.say("outcomes.missions"), *columns)


def evaluations(page: Page, actors: pd.DataFrame) -> Table:
    """Return the judgements that the page's own actors passed, as coded."""
    rows = [
        {
            "evaluator": page.actor(row["actor_id"]),
            "year": page.year(row["year"]),
            "object": page.network(row["network_id"]) or page.say("word.no_network"),
            "criterion": page.term("criterion", row["criterion"]),
            "judgement": str(row["judgement"]).replace("-", "−"),
            "recommendation": page.term("recommendation", row["recommendation"]),
            "rationale": page.told(row, "rationale"),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "evaluations", actors)
    ]
    columns = _shown(
        actors, "evaluator", "year", "object", "criterion", "judgement", "recommendation", "rationale", "sources"
    )
    return table_of(page, rows, page.say("outcomes.evaluations"), *columns)


def next_steps(page: Page, actors: pd.DataFrame) -> Table:
    """Return planned or proposed steps of the page's actors."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "network": page.network(row["network_id"]) or page.say("word.no_network"),
            "step": page.told(row, "step"),
            "due": page.date(row["due"]),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "next_steps", actors)
    ]
    columns = _shown(actors, "actor", "network", "step", "due", "sources")
    return table_of(page, rows, page.say("outcomes.next_steps"), *columns)
