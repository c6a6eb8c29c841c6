"""The page of the regional development strategies: where each region is, how the work was set up, who can learn."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from natverk.data.load import Dataset
from natverk.pages.page import Cell, NotebookPage

__all__ = ["events", "partners", "states", "strategies", "strategies_page"]


def strategies_page(data: Dataset, *, years: tuple[int, int], lang: str = "sv") -> NotebookPage:
    """Return the page of the strategies of all regions."""
    return NotebookPage(data, "strategies", lang=lang, years=years)


def states(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show where each region is (`natverk.strategies.state`): strategy, state, when it was last told."""

    def state(row: dict[str, object]) -> str:
        if row["state"] != "not_known":
            return page.term("strategy_state", row["state"])
        since = page.year(row["not_known_since"])
        if pd.isna(row["last_state"]):  # type: ignore[call-overload]
            return page.t("nouns.unknown")
        text = page.t("nouns.not_known_since", year=since, last=page.term("strategy_state", row["last_state"]))
        undated = [page.term("strategy_event", event) for event in str(row["undated"]).split(";") if event]
        return page.t("nouns.with_undated", text=text, events=", ".join(undated)) if undated else text

    def state_of(row: dict[str, object]) -> str:
        of_other = isinstance(row["event_title"], str) and row["event_strategy_id"] != row["strategy_id"]
        return page.t("nouns.two_readings", text=state(row), basis=row["event_title"]) if of_other else state(row)

    columns: dict[str, Cell | str] = {
        "region": lambda row: page.link("region", str(row["county_code"])),
        "title=strategy_decided": lambda row: row["title"],
        "decided": lambda row: _dated(page, row["decided"], row["decided_bound"], row["decided_basis"]),
        "state": state_of,
        "last_told": lambda row: _dated(page, row["last_seen"], row["last_seen_bound"], row["date_basis"]),
        "sources": page.cites,
    }
    page.table("states", frame, columns)


def _dated(page: NotebookPage, date: object, bound: object, basis: object) -> str:
    """Say a date, that it is a bound where it is one, and that it is inferred where it is; blank without a date."""
    if not isinstance(date, str):
        return ""
    text = page.bounded(date, bound)
    return page.t("nouns.inferred", text=text) if basis == "inferred" else text


def events(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show what happened to strategies (`natverk.strategies.events`) and how municipalities took part."""
    columns: dict[str, Cell | str] = {
        "region": lambda row: page.link("region", str(row["county_code"])),
        "when": page.event_date,
        "what_happened": lambda row: page.term("strategy_event", row["event"]),
        "title": lambda row: row["title"],
        "by=done_by": lambda row: page.told(row, "by"),
        "municipal_part": lambda row: page.told(row, "municipal_part"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    if page.kind == "region":
        del columns["region"]
    page.table("strategy_events", frame, columns, fold=fold)


def strategies(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the strategies themselves (`natverk.strategies.accounts`): adopted, horizon, process, references, …"""

    def refers(row: dict[str, object]) -> str:
        said = [page.told(row, f"{name}_ref_note") for name in ("eu2020", "agenda2030")]
        return "; ".join(
            f"{page.t(f'nouns.{name}')}: {text}"
            for name, text in zip(("eu2020", "agenda2030"), said, strict=True)
            if text
        )

    def adopted(row: dict[str, object]) -> str:
        if row["state"] == "in_process":
            return page.t("nouns.not_adopted")
        return _dated(page, row["decided"], row["decided_bound"], row["decided_basis"]) or page.t("nouns.unknown")

    def adopter(row: dict[str, object]) -> str:
        if row["state"] == "in_process":
            return ""
        inferred, who = row["adopted_by_basis"] == "inferred", page.told(row, "adopted_by")
        return page.t("nouns.inferred", text=who) if inferred else who

    columns: dict[str, Cell | str] = {
        "region": lambda row: page.link("region", str(row["county_code"])),
        "title": "title",
        "adopted": adopted,
        "by": adopter,
        "horizon": lambda row: page.year(row["horizon_year"]),
        "status=strategy_status": lambda row: (
            page.told(row, "status_note") or page.term("strategy_status", row["status"])
        ),
        "process": lambda row: page.told(row, "process_note"),
        "consultation": lambda row: page.told(row, "consultation_note"),
        "refers": refers,
        "note": lambda row: page.told(row, "note"),
        "certainty": lambda row: page.term("certainty", row["certainty"]),
        "sources": page.cites,
    }
    if page.kind == "region":
        del columns["region"]
    page.table("strategies", frame, columns, fold=fold)


def partners(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show whom each region could learn from, and what they share (`natverk.strategies.partner_lists`)."""

    def shared(cell: str) -> str:
        said = []
        for part in cell.split(";"):
            name, _, value = part.partition("=")
            word = page.term("strategy_state", value) if name == "state" else value
            said.append(page.t(f"nouns.shares.{name}", value=word))
        return ", ".join(said)

    def others(row: dict[str, object]) -> Markup:
        codes, cells = str(row["partner_codes"]).split(";"), str(row["shares"]).split(" | ")
        named = [
            Markup("{} ({})").format(page.link("region", code), shared(cell))
            for code, cell in zip(codes, cells, strict=True)
        ]
        return Markup("; ").join(named)

    columns: dict[str, Cell | str] = {
        "region": lambda row: page.link("region", str(row["county_code"])),
        "partner_region": others,
        "sources": page.cites,
    }
    page.table("partners", frame, columns, fold=True)
