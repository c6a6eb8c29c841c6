"""The page of one municipality: its networks, since when, who handles them, and what came of it."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from natverk.data.load import Dataset
from natverk.frames import known_municipality
from natverk.membership.documented import DOCUMENTED
from natverk.pages import evidence
from natverk.pages.page import Cell, NotebookPage
from natverk.peers import population_at

__all__ = [
    "municipality_page",
    "networks",
    "peers",
    "remarks",
    "twins",
]


def municipality_page(data: Dataset, municipality: str, *, years: tuple[int, int], lang: str = "sv") -> NotebookPage:
    """Return the page of a municipality, by code, actor id or name.

    Raises
    ------
    UnknownName
        For an unknown municipality, with the nearest one.

    Examples
    --------
    >>> from natverk import load
    >>> page = municipality_page(load(), "Vänersborg", years=(1997, 2025))
    >>> page.kind, page.unit, page.words("sources")
    ('municipality', '1487', '## Källor')
    """
    code = known_municipality(data, municipality)
    row = data.municipalities.set_index("code", drop=False).loc[code].to_dict()
    county = data.counties.set_index("county_code", drop=False).loc[row["county_code"]].to_dict()
    population, population_year = population_at(data, years[1])
    changes = data.municipality_changes
    return NotebookPage(
        data, "municipality_profile", lang=lang, years=years, kind="municipality", unit=code,
        municipality=row, county=county, name=str(row["name"]), documented=DOCUMENTED,
        # Swedish says "Vänersborgs kommun", English the name alone.
        place=str(row["name_official" if lang == "sv" else "name"]),
        population=int(population[code]), population_year=population_year,
        # Gotland has the tasks of a region too.
        unitary=county["region_actor_id"] == row["actor_id"],
        county_names=dict(zip(data.counties["county_code"], data.counties["name"], strict=True)),
        changes=changes[(changes["new_code"] == code) | (changes["old_code"] == code)],
    )  # fmt: skip


def _known(value: object) -> bool:
    return bool(pd.notna(value))  # type: ignore[call-overload]


def _since(page: NotebookPage, row: dict[str, object]) -> str:
    """Say since when: a stated year, the first year that is named, or that no year is known."""
    row = page.first_told(row)
    if not _known(row["since"]):
        return page.undated(row)
    if isinstance(row["terms"], str):
        return row["terms"]
    year = page.year_of(row, "since")
    if row["since_basis"] == "seen" and page.ended(row) and row["since"] == row["end"]:
        # Nothing but its end is known.
        return ""
    return year if row["since_basis"] == "stated" else page.t("nouns.seen", year=year)


def _last(page: NotebookPage, row: dict[str, object]) -> str:
    """Say when it was last attested, or that it has ended or is disputed."""
    if row["mark"] == "left" and not row["end_announced"] and not _known(row["end_by"]):
        end = row["end"] if _known(row["end"]) else row["last_seen"]
        if not _known(end):
            return page.term("mark", "left")
        return page.t("nouns.left_after", year=page.year_of({**row, "end": end}, "end"))
    last = page.ended(row) or page.last_attested(row)
    return f"{last} ({page.term('mark', 'conflict')})" if row["mark"] == "conflict" else last


def _status(page: NotebookPage, row: dict[str, object]) -> Markup:
    """Say the standing; a full member is not called a member too, and what is inferred is said to be."""
    parts = str(row["status"]).split("/")
    status = page.term("status", "/".join(part for part in parts if part != "member" or "full" not in parts))
    return page.worded(row, page.t("nouns.inferred", text=status) if row["inferred"] else status)


def _kind(page: NotebookPage, row: dict[str, object]) -> str:
    """Say what a network is and how far it reaches: `internationellt nätverk`, `kontor över länsgränser`."""
    is_body = row["kind"] == "cooperation_body" and row["counts_as"] != "representation"
    own = "body" if is_body else row["counts_as"]
    return page.t(f"nouns.kind.{own}.{row['reach']}")


def _came(page: NotebookPage, row: dict[str, object]) -> str:
    """Say what came of it, in numbers: `två uppdrag, ett projekt`."""
    nouns = {"project": "projects", "position": "positions", "mission_text": "missions", "judgement": "judgements"}
    counts = {noun: int(str(row[f"n_{name}"])) for noun, name in nouns.items()}
    return ", ".join(page.counted(n, noun) for noun, n in counts.items() if n)


def networks(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, part: str = "") -> None:
    """Show the networks of the municipality (`natverk.networks.networks_of`).

    Where a municipality is in many, `part` says which the table shows: `recent`, or the `rest`.
    """
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "kind": lambda row: _kind(page, row),
        "status": lambda row: _status(page, row),
        "since": lambda row: _since(page, row),
        "last_seen=member_seen": lambda row: "; ".join(
            part for part in (_last(page, row), page.not_on_list(row), page.wound_up(row)) if part
        ),
        "who_within": lambda row: page.told(row, "held_by"),
        "came": lambda row: _came(page, row),
        "sources": page.cites,
    }
    if frame["held_by"].isna().all():
        del columns["who_within"]
    if not frame[["n_projects", "n_positions", "n_missions", "n_judgements"]].any(axis=None):
        del columns["came"]
    page.table("networks", frame, columns, fold=fold, part=part)


def remarks(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what rows about memberships say beside status and years (`natverk.networks.membership_notes`)."""
    evidence.remarks(page, frame, who=False)


def twins(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the twin towns (`natverk.outcomes.twin_towns`): since when, last seen, ended."""

    def ended(row: dict[str, object]) -> str:
        if not row["ended"]:
            return ""
        return (
            page.inferred_year(row, "end_year", "end_inferred")
            if _known(row["end_year"])
            else page.t("nouns.year_unknown")
        )

    columns: dict[str, Cell | str] = {
        "partner=town": lambda row: page.told(row, "partner_city"),
        "country": lambda row: page.told(row, "country"),
        "since": lambda row: page.year(row["start_year"]) if _known(row["start_year"]) else "",
        "last_seen": lambda row: page.year(row["last_seen"]) if _known(row["last_seen"]) else "",
        "ended": ended,
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    for column, shown in (("ended", frame["ended"].any()), ("note", frame["note"].notna().any())):
        if not shown:
            del columns[column]
    page.table("twins", page.by_name(frame, "country", "partner_city"), columns, fold=fold)


def peers(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False, alike: pd.DataFrame) -> None:
    """Show what similar municipalities are documented in (`natverk.peers.peer_networks`), and the municipality not."""

    def own(row: dict[str, object]) -> str:
        if _known(row["own_relation"]):
            return page.term("relation", row["own_relation"])
        if _known(row["absent"]):
            return page.not_on_list(row)
        if row["own_mark"] == "left" and row["own_end_announced"]:
            return page.term("mark", "left_announced")
        return page.term("mark", row["own_mark"]) if _known(row["own_mark"]) else ""

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "municipality": lambda row: page.actor(row["actor_id"]),
        "status": lambda row: _status(page, {**row, "inferred": False}),
        "since": lambda row: _since(page, row),
        "last_seen=member_seen": lambda row: "; ".join(part for part in (_last(page, row), page.wound_up(row)) if part),
        "own": own,
        "sources": page.cites,
    }
    tied = bool(frame[["own_mark", "own_relation"]].notna().any(axis=None))
    if frame["absent"].isna().all() and not tied:
        del columns["own"]
    named = alike[("municipality:" + alike["code"]).isin(frame["actor_id"])]
    page.table("peers", frame, columns, fold=fold, alike=named, tied=tied)
