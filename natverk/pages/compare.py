"""The page of two units side by side: what both are in and what only one is, and all measures to take away."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from natverk.comparison import kinds_of_both
from natverk.data.load import Dataset
from natverk.pages.page import Cell, NotebookPage
from natverk.pages.prose import plain

__all__ = ["beside", "compare_page", "everything"]


def compare_page(
    data: Dataset, a: str, b: str, *, years: tuple[int, int], lang: str = "sv", kind: str | None = None
) -> NotebookPage:
    """Return the page of two regions, two municipalities or two networks.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown unit, or two of different kinds.
    """
    ((both, units), *_) = kinds_of_both(data, a, b, kind).items()
    page = NotebookPage(data, "compare", lang=lang, years=years, both=both)
    names = [page.link(both, unit) for unit in units]
    actors = data.counties.set_index("county_code")["region_actor_id"]
    ids = [actors[unit] if both == "region" else f"municipality:{unit}" for unit in units] if both != "network" else []
    page.use(a=units[0], b=units[1], names=names, actors=ids)
    return page


def beside(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the memberships of both (`natverk.comparison.side_by_side`), each with since when and when last seen."""

    def side(row: dict[str, object], name: str) -> object:
        if not isinstance(row[f"{name}_mark"], str):
            return ""
        own = {key.removeprefix(f"{name}_"): cell for key, cell in row.items() if key.startswith(f"{name}_")}
        ended, own = page.ended(own), page.last_told(own)
        since, last = own["since"], own["last_seen"]
        stated = row[f"{name}_since_basis"] == "stated"
        status = page.term("status", own["status"])
        if own["inferred"]:
            status = page.t("nouns.two_readings", text=status, basis=page.term("interplay_basis", "inferred"))
        parts: list[object] = [page.worded(own, status)]
        if isinstance(own["terms"], str):
            parts.append(own["terms"])
        elif stated:
            parts.append(page.t("nouns.since", year=page.year(since)))
        elif pd.isna(since):  # type: ignore[call-overload]
            parts.append(page.undated(own, headed=False))
        seen = ""
        if not ended and pd.notna(last) and not (stated and last == since):  # type: ignore[call-overload]
            seen = page.t("nouns.seen", year=page.year_of(own, "last_seen"))
        parts += [seen if ended else page.inferred_later(own, seen), ended]
        network = row["network_id"] if item == "network_id" else page.values[name]
        parts += [page.not_on_list(own), page.wound_up(own | {"network_id": network})]
        if (own["mark"] == "loose" and not own["inferred"]) or (own["mark"] == "left" and not ended):
            parts.append(page.term("mark", own["mark"]))
        return Markup(", ").join(plain(part) for part in parts if part)

    item = "actor_id" if "actor_id" in frame else "network_id"
    first, second = page.values["names"]
    columns: dict[str, Cell | str] = {
        "actor" if item == "actor_id" else "network": lambda row: page.name(item, row[item]),
        "a": lambda row: side(row, "a"),
        "b": lambda row: side(row, "b"),
        "sources": page.cites,
    }
    page.table("beside", frame, columns, fold=fold, labels={"a": first.striptags(), "b": second.striptags()})


def everything(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Offer all measures of both (`natverk.compare`) as a file, with the names that the measures use."""
    page.download("everything", frame)
