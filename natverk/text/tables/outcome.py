"""Tables about what came of it: offices, projects, missions, judgements, planned steps."""

from __future__ import annotations

import pandas as pd

from natverk.text.region import RegionPage
from natverk.text.table import Foreign, Table
from natverk.text.tables.rows import rows_of, table_of, term_of, text_of

__all__ = ["evaluations", "functions", "missions", "next_steps", "projects"]


def functions(page: RegionPage, actors: pd.DataFrame) -> Table:
    """Return the offices that the county's actors hold or held in networks."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "network": page.network(row["network_id"]),
            "function": page.term("function_class", row["function_class"]),
            "term": term_of(page, row),
            "detail": Foreign(text_of(row["detail"])),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "functions", actors)
    ]
    return table_of(
        page, rows, page.say("outcomes.functions"), "actor", "network", "function", "term", "detail", "sources"
    )


def projects(page: RegionPage, actors: pd.DataFrame) -> Table:
    """Return the projects of the county's actors."""
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
    return table_of(page, rows, page.say("outcomes.projects"), "actor", "project", "origin", "term", "role", "sources")


def missions(page: RegionPage, actors: pd.DataFrame) -> Table:
    """Return mission reports: purposes, outcomes and follow-up."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "event": Foreign(text_of(row["event"])),
            "when": page.date(row["start_date"]),
            "place": text_of(row["place"]),
            "purposes": Foreign(text_of(row["purposes"])),
            "outcomes": Foreign(text_of(row["outcomes"])),
            "follow_up": page.term("follow_up", row["next_step_category"]),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "missions", actors)
    ]
    columns = ("actor", "event", "when", "place", "purposes", "outcomes", "follow_up", "sources")
    return table_of(page, rows, page.say("outcomes.missions"), *columns)


def evaluations(page: RegionPage, actors: pd.DataFrame) -> Table:
    """Return the judgements that the county's own actors passed, as coded."""
    rows = [
        {
            "evaluator": page.actor(row["actor_id"]),
            "year": page.year(row["year"]),
            "object": page.network(row["network_id"]),
            "criterion": page.term("criterion", row["criterion"]),
            "judgement": str(row["judgement"]).replace("-", "−"),
            "recommendation": page.term("recommendation", row["recommendation"]),
            "rationale": Foreign(text_of(row["rationale"])),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "evaluations", actors)
    ]
    columns = ("evaluator", "year", "object", "criterion", "judgement", "recommendation", "rationale", "sources")
    return table_of(page, rows, page.say("outcomes.evaluations"), *columns)


def next_steps(page: RegionPage, actors: pd.DataFrame) -> Table:
    """Return planned or proposed steps of the county's actors."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "network": page.network(row["network_id"]),
            "step": Foreign(text_of(row["step"])),
            "due": page.date(row["due"]),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in rows_of(page, "next_steps", actors)
    ]
    return table_of(page, rows, page.say("outcomes.next_steps"), "actor", "network", "step", "due", "sources")
