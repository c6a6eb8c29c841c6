"""Tables about what came of it, the same on every page: projects, positions, steps, judgements, events, numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from natverk.benchmarks import once
from natverk.pages.page import Cell, NotebookPage

__all__ = ["events", "judgements", "numbers", "positions", "projects", "remarks", "steps"]


def _with_actor(page: NotebookPage, columns: dict[str, Cell | str]) -> dict[str, Cell | str]:
    """Return the columns, with the actor first on pages that are about more than one."""
    if page.kind == "municipality":
        return columns

    def actor(row: dict[str, object]) -> Markup:
        name = page.actor(row["actor_id"])
        if not isinstance(row.get("as_stated"), str):
            return name
        return Markup(page.t("nouns.as_stated", text=name))

    return {"actor": actor, **columns}


def projects(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show `natverk.outcomes.projects`: what, out of which network or programme, when, and in which role."""

    def origin(row: dict[str, object]) -> object:
        network = "" if page.kind == "network" else page.network(row["network_id"])
        return Markup(", ").join(part for part in (network, page.programme(row)) if part)

    def when(row: dict[str, object]) -> str:
        own = page.period(row["start_year"], row["end_year"], row["observed_year"])
        if own or pd.isna(row["programme_from"]):  # type: ignore[call-overload]
            return own
        period = page.period(row["programme_from"], row["programme_to"])
        return page.t("nouns.programme_period", period=period)

    def theme(row: dict[str, object]) -> str:
        # A theme that nobody has coded is not the general one.
        return "" if pd.isna(row["theme"]) else page.t(f"common.theme.{row['theme']}")  # type: ignore[call-overload]

    columns: dict[str, Cell | str] = {
        "project": lambda row: page.told(row, "project"),
        "origin": origin,
        "period": when,
        "role": lambda row: page.term("project_role", row["role"]),
        "theme": theme,
        "sources": page.cites,
    }
    if page.kind == "network":
        columns = {"origin=programme" if name == "origin" else name: cell for name, cell in columns.items()}
    if frame["theme"].isna().all():
        del columns["theme"]
    page.table("projects", frame, _with_actor(page, columns), fold=fold, **values)


def positions(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show positions in networks (`natverk.offices.offices`): which, what, when; what is no office is said to be."""

    def kind(row: dict[str, object]) -> str:
        return page.term("function_class", row["function_class"])

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]) or page.t("nouns.no_network"),
        "function": kind,
        "detail": lambda row: page.told(row, "told"),
        "term": lambda row: page.period(row["start_year"], row["end_year"], row["observed_year"]),
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["network"]
    page.table("positions", frame, _with_actor(page, columns), fold=fold, **values)


def steps(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show steps that were planned, agreed or recommended, and how far each has come."""

    def state(row: dict[str, object]) -> str:
        said = page.term("step_status", str(row["status"]).replace(" ", "_"))
        if row["status"] != "under way":
            return said
        # What is under way is so when the source was written.
        written = page.t("nouns.undated") if pd.isna(row["written"]) else page.year(row["written"])  # type: ignore[call-overload]
        return page.t("nouns.two_readings", text=said, basis=written)

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "step": lambda row: page.told(row, "step"),
        "step_status": state,
        "due": lambda row: page.date(row["due"]) if isinstance(row["due"], str) else "",
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["network"]
    page.table("steps", frame, _with_actor(page, columns), fold=fold, **values)


def judgements(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show judgements by a criterion with their reasons, as coded by one reader; of a review with their place."""

    def object_of(row: dict[str, object]) -> object:
        return page.network(row["network_id"]) or page.t("nouns.no_network")

    def evaluator(row: dict[str, object]) -> object:
        # A person or an inquiry that speaks for a municipality is named as the source does.
        name = page.actor_names[str(row["actor_id"])]
        spoken = str(row["actor_id"]).startswith(("municipality:", "region:")) and row["evaluator"] != name
        return page.told(row, "evaluator") if spoken else page.actor(row["actor_id"])

    columns: dict[str, Cell | str] = {
        "evaluator": evaluator,
        "year": page.year_told,
        "object": object_of,
        "criterion": lambda row: page.term("criterion", row["criterion"]),
        "n_judgement=judgement": lambda row: str(row["judgement"]).replace("-", "−"),
        "rationale": lambda row: page.told(row, "rationale"),
        "recommendation": lambda row: page.term("recommendation", row["recommendation"]),
        "in_source": lambda row: page.told(row, "locator"),
        "sources": page.cites,
    }
    if page.kind == "network":
        del columns["object"]
    if page.kind != "actor":
        del columns["in_source"]
    page.table("judgements", frame, columns, fold=fold, **values)


def events(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show meetings, seminars and conferences."""

    def when(row: dict[str, object]) -> str:
        if not isinstance(row["date"], str):
            return page.t("nouns.undated")
        said = page.date(row["date"])
        return page.t("nouns.inferred_date", date=said) if row["date_basis"] == "inferred" else said

    columns: dict[str, Cell | str] = {
        "when": when,
        "meeting": lambda row: page.told(row, "event"),
        "place": lambda row: page.told(row, "place"),
        "organiser": lambda row: page.told(row, "organiser"),
        "participants": lambda row: page.told(row, "participants"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("events", frame, columns, fold=fold, **values)


def numbers(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, **values: Any) -> None:
    """Show numbers that sources state, each once and beside ours (`natverk.benchmarks.recomputed`)."""
    if frame.empty:
        return

    def fact(row: dict[str, object]) -> object:
        return page.told(row, "claim") if row["table"] == "published_figures" else page.term("total_fact", row["claim"])

    def year(row: dict[str, object]) -> str:
        if pd.isna(row["year"]):  # type: ignore[call-overload]
            return page.told(row, "year_as_stated") or page.t("nouns.undated")
        said = page.year(row["year"])
        return page.t("nouns.inferred_date", date=said) if row.get("year_inferred") else said

    columns: dict[str, Cell | str] = {
        "fact": fact,
        "year": year,
        "n_published=published_number": lambda row: _number(page, row, "published"),
        "n_ours=our_number": lambda row: _ours(page, row),
        "outcome": lambda row: _outcome(page, row),
        "said": lambda row: page.told(row, "said"),
        "note": lambda row: page.told(row, "note"),
        "sources": lambda row: page.cites(row["row_id"] if pd.isna(row["source_id"]) else row["source_id"]),  # type: ignore[call-overload]
    }
    if page.kind != "network":
        columns = {"network": lambda row: page.network(row["network_id"]) or page.actor(row["actor_id"]), **columns}
    page.table("numbers", once(frame), columns, fold=fold, **values)


#: Beginnings of units without which a number says nothing; others stand in the fact itself.
_UNITS = {"per cent": "per_cent", "million inhabitants": "million_inhabitants"}


def _number(page: NotebookPage, row: dict[str, object], name: str) -> str:
    """Return a number with its qualifier, and its unit where that is a share or millions.

    Where a published and our number differ, it has as many decimals as show it.
    """
    if pd.isna(row[name]):  # type: ignore[call-overload]
        return ""
    unit = str(row["unit"])
    values = [float(str(row[key])) for key in ("published", "ours") if pd.notna(row[key])]  # type: ignore[call-overload]
    value, decimals = float(str(row[name])), 0 if all(value.is_integer() for value in values) else 1
    while row["outcome"] == "differs" and decimals < 6 and len({round(value, decimals) for value in values}) < 2:
        decimals += 1
    text = str(int(value)) if unit.startswith("year") else page.t.number(value, 0 if value.is_integer() else decimals)
    for start, key in _UNITS.items():
        if unit.startswith(start):
            text = page.t(f"nouns.{key}", n=text)
    if name == "published" and row["qualifier"] != "exact":
        return page.t(f"nouns.{row['qualifier']}", n=text)
    return text


def _ours(page: NotebookPage, row: dict[str, object]) -> str:
    """Return our number; where it only counts what is documented, as a least number."""
    text = _number(page, row, "ours")
    if row["basis"] == "documented" and row["ours"] == 0:
        # A least number of none says nothing.
        return ""
    return page.t("nouns.at_least", n=text) if text and row["basis"] == "documented" else text


def _outcome(page: NotebookPage, row: dict[str, object]) -> str:
    """Say whether the two are equal, or why they cannot be compared."""
    if row["outcome"] == "not comparable":
        return page.t("nouns.not_comparable", reason=page.t(f"benchmarks.reason.{row['reason']}"))
    return page.t(f"nouns.{row['outcome']}")


def remarks(page: NotebookPage, frame: pd.DataFrame, *, who: bool = True) -> None:
    """Show what rows about memberships say beside status and years (`natverk.networks.membership_notes`), folded."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "actor=who": lambda row: page.actor(row["actor_id"]),
        "period": page.told_years,
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    if not who:
        del columns["actor=who"]
    page.table("remarks", frame, columns, fold=True)
