"""The page of one network: what it is, who in Sweden is in it, what came of it, and what is not known."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.frames import known_networks
from natverk.locale import texts
from natverk.membership.documented import DOCUMENTED
from natverk.missions import outcomes
from natverk.pages.page import Cell, NotebookPage
from natverk.pages.prose import inside
from natverk.peers import population_at

__all__ = ["apart", "listed", "members", "network_page", "remarks"]

#: What those who are in a network of a kind are called.
_NOUNS = {
    "membership": "member",
    "universal": "member",
    "commitment": "signatory",
    "programme": "participant",
    "representation": "member",
    "reporting": "reporter",
}
#: Networks whose kind says less of what they are than their type.
_TYPES = {"advisory_body": "advisory"}


def network_page(data: Dataset, network: str, *, years: tuple[int, int], lang: str = "sv") -> NotebookPage:
    """Return the page of a network, by id or name.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest one.
    """
    (network_id,) = known_networks(data, network)
    row = rows_where(data, "networks", network_id=network_id).iloc[0].to_dict()
    name = str(row["name_sv" if lang == "sv" else "name"])
    t = texts(lang)
    what = _TYPES.get(str(row["type"]), str(row["counts_as"]) if row["kind"] == "network" else "body")
    page = NotebookPage(
        data,
        "network_profile",
        lang=lang,
        years=years,
        kind="network",
        unit=network_id,
        network=row,
        name=name,
        documented=DOCUMENTED,
        follow_up=next(iter(outcomes(data, network_id).to_dict("records")), None),
        noun=_NOUNS[str(row["counts_as"])],
        reach=t(f"nouns.kind.{what}.{row['reach']}"),
        # Of a network that was formed for a field which no source names, no theme is told.
        themes=[
            inside(t(f"common.theme.{theme}"))
            for theme in str(row["themes"]).split(";")
            if theme != "generic" or row["general_purpose"]
        ],
    )
    if row["counts_as"] == "representation" and row["eligibility_basis"] == "named_owner":
        owner = str(row["eligible_actors"]).split(";")[0]
        page.use(noun="owner", reach=t("nouns.own_office", name=page.actor_names[owner]))
    return page


def members(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show who is documented in the network (`natverk.networks.members_of`)."""

    def since(row: dict[str, object]) -> str:
        row = page.first_told(row)
        if pd.isna(row["since"]):  # type: ignore[call-overload]
            return page.undated(row)
        if isinstance(row["terms"], str):
            return row["terms"]
        if row["since_basis"] == "seen" and page.ended(row) and row["since"] == row["end"]:
            # Nothing but its end is known.
            return ""
        year = page.year_of(row, "since")
        return year if row["since_basis"] == "stated" else page.t("nouns.seen", year=year)

    def status(row: dict[str, object]) -> Markup:
        text = page.term("status", row["status"])
        if row["inferred"]:
            text = page.t("nouns.two_readings", text=text, basis=page.term("interplay_basis", "inferred"))
        return page.worded(row, text)

    def last_seen(row: dict[str, object]) -> str:
        return "; ".join(part for part in (page.ended(row) or page.last_attested(row), page.not_on_list(row)) if part)

    def evidence(row: dict[str, object]) -> str:
        if row["end_announced"]:
            return page.term("mark", "left_announced")
        # A list whose year we infer places its members in time, but not surely; a start before the window is a year.
        mark = "earlier" if row["sure"] and row["mark"] == "undated" else row["mark"]
        if mark not in ("recent", "earlier") or not row["sure"]:
            return page.term("mark", "undated" if mark in ("recent", "earlier") else mark)
        late = page.years[1] - 4
        sure, ours = (
            any(pd.notna(row[name]) and int(str(row[name])) >= late for name in names)  # type: ignore[call-overload]
            for names in (["last_sure"], ["last_seen", "inferred_seen"])
        )
        # Where only a year that we infer is late, so is what the year makes of the evidence.
        if ours and not sure and not page.ended(row):
            return page.t("nouns.inferred_date", date=page.term("mark", "recent"))
        return page.term("mark", mark)

    columns: dict[str, Cell | str] = {
        "actor": lambda row: page.actor(row["actor_id"]),
        "n_population=population": lambda row: page.whole(row["population"]),
        "status": status,
        "since": since,
        "last_seen=member_seen": last_seen,
        "evidence": evidence,
        "sources": page.cites,
    }
    if frame["since"].isna().all() and frame[["inferred_start", "inferred_seen"]].isna().all(axis=None):
        del columns["since"]
    year = population_at(page.data, page.data.last_year)[1]
    labels = {"n_population": page.t("nouns.inhabitants_of", year=year)} if frame["population"].notna().any() else {}
    if frame["status"].eq("reporting").all():
        # Who reports to a register is no member of it.
        labels |= {"status": page.t("columns.relation"), "last_seen": page.t("columns.last_seen")}
    page.table("members", frame, columns, fold=fold, labels=labels)


def remarks(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what rows about the members say beside status and years (`natverk.networks.membership_notes`)."""
    columns: dict[str, Cell | str] = {
        "actor": lambda row: page.actor(row["actor_id"]),
        "period": page.told_years,
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("remarks", frame, columns, fold=True)


def apart(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show who stands in another relation to the network than membership (`natverk.networks.ties_apart`)."""

    def when(row: dict[str, object]) -> str:
        if pd.isna(row["first"]):  # type: ignore[call-overload]
            return page.t("nouns.undated")
        if row["status"] == "future":
            return page.told_years(row)
        return page.tie_since(row, row["status"]) or page.t("nouns.seen", year=page.told_years(row))

    def relation(row: dict[str, object]) -> str:
        said = page.relation(row["status"], row)
        return page.t("nouns.inferred_date", date=said) if row["inferred"] else said

    columns: dict[str, Cell | str] = {
        "actor": lambda row: page.actor(row["actor_id"]),
        "relation": relation,
        "term": when,
        "sources": page.cites,
    }
    page.table("apart", frame, columns)


def listed(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show the complete lists of Swedish members (`natverk.networks.lists_of`): year, whom they cover, how sure."""
    columns: dict[str, Cell | str] = {
        "year": lambda row: page.year(row["year"]),
        "n_members": lambda row: page.t.number(int(str(row["n_members"]))),
        "certainty": lambda row: page.term("certainty", row["certainty"]),
        "sources": page.cites,
    }
    page.table("lists", frame, columns)
