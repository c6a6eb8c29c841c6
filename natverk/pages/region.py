"""The page of one region: who does what in its county, since when, and what came of it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from markupsafe import Markup

from natverk.data.load import Dataset
from natverk.frames import known_county
from natverk.membership.documented import DOCUMENTED
from natverk.pages import evidence
from natverk.pages.page import Cell, NotebookPage
from natverk.pages.prose import plain
from natverk.pages.tables import records
from natverk.roles import GROUPS
from natverk.roles.tasks import unitary_counties

__all__ = [
    "apart",
    "bodies",
    "county_events",
    "findings",
    "forms",
    "holders",
    "matrix",
    "memberships",
    "municipal",
    "named_holders",
    "region_page",
    "remarks",
    "strategy_events",
    "tasks",
    "theme_names",
    "themes",
    "twin_towns",
]


def region_page(data: Dataset, region: str | int, *, years: tuple[int, int], lang: str = "sv") -> NotebookPage:
    """Return the page of a region, by code or name of the region or county.

    Raises
    ------
    UnknownName
        For an unknown region, with the nearest one.
    """
    code = known_county(data, region, "region")
    county = data.counties.set_index("county_code").loc[code]
    name = str(county["region_name"])
    return NotebookPage(
        data,
        "region_report",
        lang=lang,
        years=years,
        kind="region",
        unit=code,
        name=name,
        region_id=str(county["region_actor_id"]),
        unitary=code in unitary_counties(data),
        documented=DOCUMENTED,
        cooperations=GROUPS[:5],
    )


def _unitary(page: NotebookPage) -> bool:
    """Whether the municipality is the region: there is nobody to set it against."""
    return page.unit in unitary_counties(page.data)


def _names(page: NotebookPage, cell: object, kind: str) -> Markup:
    """Return the names of ids that a cell holds, separated by `;`, with their links."""
    ids = [item for item in str(cell).split(";") if item] if isinstance(cell, str) else []
    return Markup(", ").join(page.network(item) if kind == "network" else page.actor(item) for item in ids)


def _seen(page: NotebookPage, row: dict[str, object]) -> str:
    """Say since when a tie is known and when it was last seen: `since 2009, last seen 2019`, `seen 2017–2019`.

    Its end, which `page.ended` gives, is said beside it: the last year before it is none in which it was seen.
    """
    row = page.first_told(row)
    if pd.isna(row["since"]):  # type: ignore[call-overload]
        return page.undated(row, headed=False)
    if isinstance(row["terms"], str):
        return row["terms"]
    first, last = page.year(row["since"]), page.year(row["last_seen"])
    if page.ended(row) and row["last_seen"] == row["end"]:
        if row["since_basis"] == "seen" and first == last:
            return ""
        last = first
    if row["since_basis"] == "stated":
        key = "since" if pd.isna(row["last_seen"]) or first == last else "since_and_seen"  # type: ignore[call-overload]
        return page.t(f"nouns.{key}", year=first, last=page.year_of(row, "last_seen"))
    began = row["inferred_start"]
    if pd.notna(began) and int(str(began)) < int(str(row["since"])):  # type: ignore[call-overload]
        # A start that we infer is told beside the first year in which a source names the tie.
        start = page.t("nouns.since", year=page.t("nouns.inferred_date", date=page.year(began)))
        return f"{start}, {_mentioned(page, row, first, last)}"
    return _mentioned(page, row, first, last)


def _mentioned(page: NotebookPage, row: dict[str, object], first: str, last: str) -> str:
    """Say in which years a tie without a stated start is mentioned."""
    if first == last:
        return page.t("nouns.seen", year=page.year_of(row, "since"))
    # Of a year that a source states and one that we infer no span is made.
    between = "–" if row["since_inferred"] == row["last_seen_inferred"] else "; "
    return page.t("nouns.seen", year=f"{page.year_of(row, 'since')}{between}{page.year_of(row, 'last_seen')}")


def _years(page: NotebookPage, first: object, last: object) -> str:
    """Say from when to when by partial dates, a single day once; blank where neither is known."""
    if pd.notna(first) and first == last:  # type: ignore[call-overload]
        return page.date(first)
    if pd.notna(first) and pd.notna(last):  # type: ignore[call-overload]
        return f"{page.date(first)} – {page.date(last)}"
    if pd.notna(first):  # type: ignore[call-overload]
        return page.t("nouns.from_date", date=page.date(first))
    return page.t("nouns.to_date", date=page.date(last)) if pd.notna(last) else ""  # type: ignore[call-overload]


def held_from(page: NotebookPage, row: dict[str, object]) -> str:
    """Say from when a holder had the responsibility; the first day of the data is no beginning."""
    first, last = str(row["start_earliest"])[:4], page.by_year(row["start_latest"])
    if row["start_known"] == "day":
        return page.date(row["start"])
    return page.t(f"nouns.held_{row['start_known']}", year=first, first=first, last=last)


def held_to(page: NotebookPage, row: dict[str, object]) -> str:
    """Say until when a holder had the responsibility; blank without an end."""
    if row["end_known"] in ("", "day"):
        return page.date(row["end"]) if row["end_known"] else ""
    return page.t("nouns.until_next")


def holders(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show who has held the responsibility (`natverk.roles.holders_of`): from when, to when, by which act."""
    columns: dict[str, Cell | str] = {
        "holder": lambda row: page.link("actor", str(row["holder_actor_id"]), page.holder(row)),
        "from": lambda row: held_from(page, row),
        "to": lambda row: held_to(page, row),
        "legal_basis": lambda row: page.told(row, "legal_basis"),
        "certainty": lambda row: page.term("certainty", row["certainty"]),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    if page.past:
        # The notes tell of how it went on.
        del columns["note"]
    page.table("responsibility", frame, columns, fold=True)


def named_holders(page: NotebookPage, frame: pd.DataFrame) -> pd.DataFrame:
    """Return holders (`natverk.roles.holders_of`) with their names in the page's language, for the figure."""
    return frame.assign(holder_name=[page.holder(row) for row in records(frame)])


def strategy_events(page: NotebookPage, frame: pd.DataFrame, *, current: str = "", fold: bool = False) -> None:
    """Show what happened to the strategies and how municipalities took part (`natverk.strategies.events`).

    `current` is the strategy that the caption names; only others are named in the rows.
    """

    def what(row: dict[str, object]) -> object:
        event = page.term("strategy_event", row["event"])
        if row["title"] == current or not isinstance(row["title"], str):
            return event
        return page.t("nouns.two_readings", text=event, basis=row["title"])

    columns: dict[str, Cell | str] = {
        "when": lambda row: page.event_date(row, "inferred_date"),
        "event=what_happened": what,
        "done_by": lambda row: page.told(row, "by"),
        "municipal_part": lambda row: page.told(row, "municipal_part"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("strategy_events", frame, columns, fold=fold, current=current)


def forms(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the forms in which municipalities and region meet (`natverk.roles.interplay_forms`)."""
    columns: dict[str, Cell | str] = {
        "name=interplay_form": lambda row: page.told(row, "name") or str(row["name_sv"]),
        "kind": page.form,
        "who": lambda row: page.told(row, "members"),
        "what": lambda row: page.told(row, "what"),
        "period": lambda row: _years(page, row["since"], row["until"]),
        "sources": page.cites,
    }
    page.table("forms", frame, columns, fold=fold)


def memberships(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the ties of region and joint bodies (rows of `natverk.roles.county_memberships`), the shared ones marked."""

    def how(row: dict[str, object]) -> Markup:
        seen = page.inferred_later(page.last_told(row), _seen(page, page.last_told(row)))
        said: list[object] = [page.worded(row, page.term("status", row["status"])), seen]
        said += [page.ended(row), page.wound_up(row)]
        if (
            row["mark"] == "conflict"
            or (row["mark"] == "loose" and not row["inferred"])
            or (row["mark"] == "left" and not page.ended(row))
        ):
            # Of other marks the years say it all.
            said.append(page.term("mark", row["mark"]))
        if row["inferred"]:
            said.insert(1, page.term("interplay_basis", "inferred"))
        return Markup(", ").join(plain(part) for part in said if part)

    def who(row: dict[str, object]) -> object:
        if row["level"] == "regional":
            return page.term("level_who", "regional")
        return page.actor(row["actor_id"])

    def here(row: dict[str, object]) -> Markup:
        # Beside a tie that does not count they are not told: the networks counted are those that the figure shows.
        if not row["n_municipal"] or not row["firm"]:
            return Markup("")
        return page.resting(page.whole(row["n_municipal"]), str(row["municipal_rows"]).split(";"), "municipal")

    # Some names hold what they stand for, after a bracket or a dash; the network's page has it.
    def short(row: dict[str, object]) -> str:
        return re.split(r" \(| – ", page.network_names[str(row["network_id"])])[0]

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.link("network", str(row["network_id"]), short(row)),
        "kind": lambda row: page.term("network_group", row["group"]),
        "actor=who": who,
        "tie": how,
        "n_here=n_here": here,
        "sources": page.cites,
    }
    if _unitary(page):
        del columns["n_here=n_here"], columns["actor=who"]
    page.table("memberships", frame, columns, fold=fold)


def remarks(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what rows about memberships say beside status and years (`natverk.networks.membership_notes`)."""
    evidence.remarks(page, frame, who=not _unitary(page))


def apart(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show other relations to networks than membership (`natverk.membership.documented.relations`)."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "actor=who": lambda row: page.actor(row["actor_id"]),
        "relation": lambda row: page.relation(row["relation"], row),
        "period": lambda row: page.tie_since(row, row["relation"]) or page.told_years(row),
        "sources": page.cites,
    }
    page.table("apart", frame, columns)


def matrix(page: NotebookPage, actors: pd.DataFrame, networks: pd.DataFrame) -> dict[str, Any]:
    """Return what the incidence matrix (`figures.grids.incidence`) needs beside its frame: names, kinds, language."""
    kinds = {
        network: page.term("network_group", group)
        for network, group in zip(networks["network_id"], networks["group"], strict=True)
    }
    look = {"lang": page.lang, "source": page.source_line}
    named = actors.assign(name=[page.actor_names[actor] for actor in actors["actor_id"]])
    return {"actors": named, "names": page.network_names, "group": kinds, **look}


def municipal(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = True) -> None:
    """Show which municipalities are in which network (`natverk.roles.county_networks`); their pages show the rows."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "kind": lambda row: page.term("network_group", row["group"]),
        "n_municipalities=n_municipalities": lambda row: page.whole(row["n_municipal"]),
        "names=municipalities_named": lambda row: _names(page, row["municipal_ids"], "actor"),
        "sources": lambda row: page.references.cite(str(row["municipal_sources"])),
    }
    page.table("municipal", frame.assign(row_ids=frame["municipal_rows"]), columns, fold=fold, counted=True)


def themes(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show municipal against regional, theme by theme (`natverk.roles.county_themes`), formal duty beside it."""

    def count(level: str) -> Cell:
        def cell(row: dict[str, object]) -> Markup:
            narrow, all_of_them = page.whole(row[f"n_{level}_specific"]), page.whole(row[f"n_{level}"])
            text = narrow if narrow == all_of_them else f"{narrow} ({all_of_them})"
            ids = [item for item in str(row[f"{level}_rows"]).split(";") if item]
            return page.resting(text, ids, "theme_actors")

        return cell

    def duty(row: dict[str, object]) -> str:
        sure, undated, perhaps = (
            [level for level in str(row[name]).split("+") if level]
            for name in ("responsible", "undated", "possibly_responsible")
        )
        if row["state"]:
            (sure if row["state"] == "valid" else perhaps).append("state")
        perhaps = [level for level in perhaps if level not in undated]
        said = []
        for key, levels in (("", sure), ("validity_unknown", undated), ("perhaps", perhaps)):
            text = page.t.join([page.term("level_duty", level) for level in levels])
            said.append(page.t(f"nouns.{key}", text=text) if key and text else text)
        return "; ".join(part for part in said if part)

    columns: dict[str, Cell | str] = {
        "theme": lambda row: page.t(f"common.theme.{row['theme']}"),
        "n_municipalities=n_municipalities": count("municipal"),
        "n_regional=regional_n": count("regional"),
        "n_joint=joint_n": count("joint"),
        "duty": duty,
        "verdict": lambda row: page.term("theme_verdict", row["verdict"]),
    }
    if _unitary(page):
        columns = {name: maker for name, maker in columns.items() if not name.startswith("n_")}
    page.table("themes", frame.drop(columns="row_ids"), columns, fold=fold)


def theme_names(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show the names and networks behind the counts of `themes`, and the policy areas of the tasks."""

    def areas(row: dict[str, object]) -> str:
        named = [page.term("policy_area", area) for area in str(row["areas"]).split(";") if area]
        return ", ".join(named)

    def why(row: dict[str, object]) -> str:
        return page.term("theme_reason", row["reason"]) if row["reason"] else ""

    columns: dict[str, Cell | str] = {
        "theme": lambda row: page.t(f"common.theme.{row['theme']}"),
        "names=municipalities_named": lambda row: _names(page, row["municipal_ids"], "actor"),
        "municipal_networks": lambda row: _names(page, row["municipal_networks"], "network"),
        "regional_networks": lambda row: _names(page, row["regional_networks"], "network"),
        "joint_ids=joint_n": lambda row: _names(page, row["joint_ids"], "actor"),
        "joint_networks": lambda row: _names(page, row["joint_networks"], "network"),
        "areas": lambda row: page.resting(
            areas(row), [item for item in str(row["formal_rows"]).split(";") if item], "theme_tasks"
        ),
        "why": why,
        "sources": page.cites,
    }
    if _unitary(page):
        gone = ("names=municipalities_named", "municipal_networks", "joint_ids=joint_n", "joint_networks")
        columns = {name: maker for name, maker in columns.items() if name not in gone}
    page.table("theme_names", frame.drop(columns="row_ids"), columns, fold=True)


def tasks(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show the tasks that are given to this county by name (`natverk.roles.county_tasks`)."""
    columns: dict[str, Cell | str] = {
        "area": lambda row: page.term("policy_area", row["policy_area"]),
        "task": lambda row: page.told(row, "task"),
        "actor=who": lambda row: page.told(row, "actor"),
        "obligation": lambda row: page.term("obligation", row["obligation_class"]),
        "legal_basis": lambda row: page.told(row, "legal_basis"),
        "period": lambda row: _years(page, row["since"], row["until"]),
        "sources": page.cites,
    }
    page.table("tasks", frame, columns, fold=True)


def bodies(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show the joint bodies of the county with their members (`natverk.roles.county_bodies`)."""

    def members(row: dict[str, object]) -> Markup:
        associate = str(row["associate_ids"]).split(";")
        named = Markup(", ").join(
            Markup("{} ({})").format(page.actor(item), page.term("status", "associate"))
            if item in associate
            else page.actor(item)
            for item in str(row["member_ids"]).split(";")
            if item
        )
        others = Markup(", ").join(str(row["other_members"]).split(";")) if row["other_members"] else Markup("")
        return Markup(", ").join(part for part in (named, others) if part)

    def count(row: dict[str, object]) -> str:
        known = int(str(row["n_members"]))
        if pd.isna(row["n_stated"]) or int(str(row["n_stated"])) == known:  # type: ignore[call-overload]
            return page.whole(known) if known else ""
        return f"{page.whole(known)} ({page.t('nouns.stated_members', n=page.whole(row['n_stated']))})"

    def founded(row: dict[str, object]) -> str:
        if pd.isna(row["dissolved_year"]):  # type: ignore[call-overload]
            return "" if pd.isna(row["founded_year"]) else page.year(row["founded_year"])  # type: ignore[call-overload]
        return page.period(row["founded_year"], row["dissolved_year"])

    def note(row: dict[str, object]) -> Markup:
        derived = plain(page.t("nouns.derived_members", n=page.whole(row["n_derived"])) if row["n_derived"] else "")
        derived = Markup(": ").join(part for part in (derived, page.told(row, "derived_note")) if part)
        said = (page.told(row, "note"), page.told(row, "member_note"), derived)
        return Markup("; ").join(part for part in said if part)

    columns: dict[str, Cell | str] = {
        "body": lambda row: page.actor(row["body_id"]),
        "form": lambda row: page.told(row, "form") or page.term("form_class", row["form_class"]),
        "founded": founded,
        "tasks": lambda row: page.told(row, "tasks"),
        "n_members=n_members": count,
        "members_named": members,
        "note": note,
        "sources": page.cites,
    }
    if page.past:
        # The notes tell of how it went on.
        del columns["note"]
    page.table("bodies", frame, columns, fold=fold, unit="body_id")


def county_events(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show what else happened in the county (`natverk.roles.county_events`)."""

    def what(row: dict[str, object]) -> object:
        return page.told(row, "note") or page.t("nouns.culture_entry")

    def when(row: dict[str, object]) -> str:
        if pd.notna(row["year"]):  # type: ignore[call-overload]
            return page.year(row["year"])
        # Where the words hold the year, no cell says that there is none.
        return "" if re.search(r"\b\d{4}\b", str(row["note"])) else page.t("nouns.undated")

    columns: dict[str, Cell | str] = {
        "when": when,
        "kind_of": lambda row: page.term("county_event", row["event"]),
        "event=what_happened": what,
        "sources": page.cites,
    }
    page.table("county_events", frame, columns, fold=fold)


def twin_towns(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = False) -> None:
    """Show twin towns and twin regions (`natverk.outcomes.twin_towns`): since when, and when last seen."""
    columns: dict[str, Cell | str] = {
        "actor": lambda row: page.actor(row["actor_id"]),
        "partner": lambda row: page.told(row, "partner_city"),
        "country": lambda row: page.told(row, "country"),
        "since": lambda row: "" if pd.isna(row["start_year"]) else page.year(row["start_year"]),  # type: ignore[call-overload]
        "last_seen": lambda row: "" if pd.isna(row["last_seen"]) else page.year(row["last_seen"]),  # type: ignore[call-overload]
        "ended": lambda row: page.inferred_year(row, "end_year", "end_inferred") if row["ended"] else "",
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("twin_towns", page.by_name(frame, "country", "partner_city"), columns, fold=fold)


def findings(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what evaluations found that is no judgement by a criterion (`natverk.outcomes.findings`)."""
    columns: dict[str, Cell | str] = {
        "evaluator": lambda row: page.actor(row["actor_id"]),
        "year": lambda row: page.year(row["year"]),
        "finding": lambda row: page.told(row, "finding"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("findings", frame, columns)
