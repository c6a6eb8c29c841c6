"""Tables about what came of it, the same on every page: projects, positions, steps, judgements, events, numbers."""

from __future__ import annotations

import pandas as pd

from natverk.pages.page import Cell, NotebookPage
from natverk.pages.tables import Foreign

__all__ = ["events", "judgements", "numbers", "positions", "projects", "steps"]


def _with_actor(page: NotebookPage, columns: dict[str, Cell | str]) -> dict[str, Cell | str]:
    """Return the columns, with the actor first on pages that are about more than one."""
    if page.kind == "municipality":
        return columns
    return {"actor": lambda row: page.actor(row["actor_id"]), **columns}


def projects(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show `natverk.outcomes.projects`: what, out of which network or programme, when, and in which role."""

    def origin(row: dict[str, object]) -> object:
        network, programme = page.network(row["network_id"]), row["programme"]
        return network or (Foreign(programme) if isinstance(programme, str) else "")

    def when(row: dict[str, object]) -> str:
        own = page.period(row["start_year"], row["end_year"], row["observed_year"])
        if own or pd.isna(row["programme_from"]):  # type: ignore[call-overload]
            return own
        period = page.period(row["programme_from"], row["programme_to"])
        return page.t("nouns.programme_period", period=period)

    columns: dict[str, Cell | str] = {
        "project": lambda row: Foreign(str(row["project"])),
        "origin": origin,
        "period": when,
        "role": lambda row: page.term("project_role", row["role"]),
        "theme": lambda row: page.t(f"common.theme.{row['theme']}"),
        "sources": page.cites,
    }
    page.table("projects", frame, _with_actor(page, columns), fold=fold, **values)


def positions(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show positions in networks (`natverk.offices.offices`): which, what, when."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]) or page.t("nouns.no_network"),
        "function": lambda row: page.term("function_class", row["function_class"]),
        "detail": lambda row: page.told(row, "told"),
        "term": lambda row: page.period(row["start_year"], row["end_year"], row["observed_year"]),
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["network"]
    page.table("positions", frame, _with_actor(page, columns), fold=fold, **values)


def steps(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show steps that were planned, agreed or recommended, and how far each has come."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "step": lambda row: page.told(row, "step"),
        "step_status": lambda row: page.term("step_status", str(row["status"]).replace(" ", "_")),
        "due": lambda row: page.date(row["due"]) if isinstance(row["due"], str) else "",
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["network"]
    page.table("steps", frame, _with_actor(page, columns), fold=fold, **values)


def judgements(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show judgements by a criterion with their reasons, as coded by one reader."""

    def object_of(row: dict[str, object]) -> object:
        return page.network(row["network_id"]) or page.t("nouns.no_network")

    columns: dict[str, Cell | str] = {
        "evaluator": lambda row: page.actor(row["actor_id"]),
        "year": lambda row: page.year(row["year"]),
        "object": object_of,
        "criterion": lambda row: page.term("criterion", row["criterion"]),
        "n_judgement=judgement": lambda row: str(row["judgement"]).replace("-", "−"),
        "rationale": lambda row: page.told(row, "rationale"),
        "recommendation": lambda row: page.term("recommendation", row["recommendation"]),
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["object"]
    page.table("judgements", frame, columns, fold=fold, **values)


def events(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show meetings, seminars and conferences."""
    columns: dict[str, Cell | str] = {
        "when": lambda row: page.date(row["date"]) if isinstance(row["date"], str) else page.t("nouns.undated"),
        "meeting": lambda row: page.told(row, "event"),
        "place": lambda row: page.told(row, "place"),
        "organiser": "organiser",
        "participants": lambda row: page.told(row, "participants"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("events", frame, columns, fold=fold, **values)


def numbers(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: object) -> None:
    """Show the numbers that sources state about a network or an actor (`natverk.outcomes.totals`)."""

    def value(row: dict[str, object]) -> str:
        number = page.t.number(int(str(row["value"])))
        return number if row["qualifier"] == "exact" else page.t(f"nouns.{row['qualifier']}", n=number)

    columns: dict[str, Cell | str] = {
        "fact": lambda row: page.term("total_fact", row["fact"]),
        "n_value=value": value,
        "year": lambda row: page.year(row["year"]) if pd.notna(row["year"]) else page.t("nouns.undated"),  # type: ignore[call-overload]
        "said": lambda row: page.told(row, "value_as_stated"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    if page.kind != "network":
        columns = {"network": lambda row: page.network(row["network_id"]), **columns}
    page.table("numbers", frame, columns, fold=fold, **values)
