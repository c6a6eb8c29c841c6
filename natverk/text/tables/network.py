"""Tables of the network profile: members, offices, lists, published numbers, counties, themes, shared members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from natverk.data.answers import rows_where
from natverk.frames import year_or_none
from natverk.text.benchmarks import number_text, outcome_texts
from natverk.text.table import Foreign, Table
from natverk.text.tables.outcome import function_label, function_term
from natverk.text.tables.rows import records, table_of, text_of

if TYPE_CHECKING:
    from natverk.text.networksections import NetworkProfile

__all__ = ["counties", "lists", "members", "offices", "published", "shared", "sizes", "themes"]

Row = Mapping[str, object]


def members(page: NetworkProfile, frame: pd.DataFrame, listed: pd.DataFrame) -> Table:
    """Return who is in it: level, size, status, since when, how we know, and whether the latest list has them."""
    last = listed.sort_values("year").iloc[-1] if len(listed) else None
    named = _named(page, last) if last is not None else {}
    rows = []
    for row in records(frame):
        since = page.year(row["since"])
        if row["since_basis"] == "seen":
            since = page.say("word.first_seen", year=since)
        rows.append(
            {
                "actor": row["name"],
                "level": page.term("level", row["level"]) if row["level"] != "other" else page.say("word.other_actor"),
                "n_population": page.t.number(int(str(row["population"]))) if pd.notna(row["population"]) else "",  # type: ignore[call-overload]
                "status": page.term("status", row["status"]),
                "since": since,
                "last_seen": page.year(row["last_seen"]),
                "evidence": page.term("mark", row["mark"]),
                "on_list": named.get(str(row["actor_id"]), page.say("word.not_covered")),
                "sources": page.references.cite(str(row["source_ids"])),
            }
        )
    caption = page.say("members.table", name=page.name, who=page.who, also=page.also(frame), period=page.period)
    columns = ["actor", "level", "n_population=population", "status", "since", "last_seen", "evidence"]
    labels = page.label(*columns)
    if last is not None:
        labels["on_list"] = page.say("column.on_list", year=int(last["year"]))
    labels |= page.label("sources")
    return Table(pd.DataFrame(rows, columns=list(labels), dtype=object), caption, labels, lang=page.lang, fold=15)


def _named(page: NetworkProfile, last: pd.Series) -> dict[str, str]:
    """Say of each actor whether a list has it: yes, no, or not said where the list covers full members alone."""
    data = page.data
    row = data.member_lists.set_index("list_id").loc[last["list_id"]]
    on = set(rows_where(data, "memberships", list_id=str(last["list_id"]))["actor_id"])
    absent = page.say("word.not_said" if last["full_only"] else "word.no")
    levels = str(row["levels_at_risk"]).split(";")
    covered = list(data.municipalities["actor_id"]) if "municipality" in levels else []
    places = data.municipalities.set_index("actor_id")["county_code"]
    if isinstance(row["counties_at_risk"], str):
        covered = [actor for actor in covered if places[actor] in row["counties_at_risk"].split(";")]
    elif "region" in levels:
        covered += list(data.counties["region_actor_id"])
    return dict.fromkeys(covered, absent) | dict.fromkeys(on, page.say("word.yes"))


def offices(page: NetworkProfile) -> Table:
    """Return the offices that Swedish actors hold or held in the network, the latest first."""
    rows = [
        {
            "actor": page.actor(row["actor_id"]),
            "function": function_label(page, row),
            "term": function_term(page, row),
            "detail": page.told(row, "told"),
            "sources": page.references.cite(str(row["source_ids"])),
        }
        for row in records(page.held)
    ]
    caption = page.say("offices.table", name=page.name)
    return table_of(page, rows, caption, "actor", "function", "term", "detail", "sources", fold=12)


def sizes(page: NetworkProfile, table: pd.DataFrame) -> Table:
    """Return members with their population when first attested, and whether that fits the rule."""
    least = year_or_none(page.row["min_population"]) or 0
    rows = []
    for row in records(table[table["fits_size"].notna()]):
        below = int(str(row["population"])) < least
        key = "fits" if row["fits_size"] else "below" if below else "above"
        rows.append(
            {
                "actor": row["name"],
                "status": page.term("status", row["status"]),
                "since": page.year(row["year"]),
                "n_population": page.t.number(int(str(row["population"]))),
                "n_year": str(row["population_year"]),
                "fits": page.say(f"eligibility.{key}"),
                "sources": page.references.cite(str(row["source_ids"])),
            }
        )
    columns = ("actor", "status", "since", "n_population=population", "n_year=population_year", "fits", "sources")
    return table_of(page, rows, page.say("eligibility.table", tie=page.tie), *columns)


def lists(page: NetworkProfile, listed: pd.DataFrame) -> Table:
    """Return the complete lists: year, whom they cover, how many Swedish members, how sure."""
    own = page.data.member_lists[page.data.member_lists["list_id"].isin(listed["list_id"])]
    rows = []
    for row in records(own.sort_values("year")):
        levels = str(row["levels_at_risk"]).split(";")
        key = levels[0] if len(levels) == 1 else "both"
        covers = page.say(
            "word.list_full" if row["status_scope"] == "full" else "word.list_of",
            levels=page.say(f"opening.levels_{key}"),
            place=page.counties(row["counties_at_risk"]),
        )
        rows.append(
            {
                "year": page.year(row["year"]),
                "covers": covers,
                "n_members": page.t.number(int(str(row["n_sweden"]))),
                "certainty": page.term("certainty", row["certainty"]),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    caption = page.say("growth.lists_table", who=page.who, name=page.name)
    return table_of(page, rows, caption, "year", "covers", "n_members", "certainty", "sources")


def published(page: NetworkProfile, compared: pd.DataFrame) -> Table:
    """Return published numbers beside ours, each equal, different, or not comparable with the reason."""
    compared = compared[compared["table"] != "member_lists"]
    words = outcome_texts(page.t, compared)
    ordered = compared.assign(words=words).sort_values("year", na_position="last", kind="stable")
    rows = [
        {
            "claim": page.term("total_fact", row["claim"])
            if row["table"] != "published_figures"
            else Foreign(text_of(row["claim"])),
            "year": page.year(row["year"]) if pd.notna(row["year"]) else page.say("word.undated"),  # type: ignore[call-overload]
            "n_published": page.t(f"benchmarks.qualifier.{row['qualifier']}", n=_number(page, row, "published")),
            "n_ours": _number(page, row, "ours"),
            "outcome": row["words"],
            "rows": text_of(row["row_id"]),
            "sources": page.references.cite(text_of(row["source_id"]) or text_of(row["row_id"])),
        }
        for row in records(ordered)
    ]
    columns = ("claim", "year", "n_published=published", "n_ours=ours", "outcome", "rows", "sources")
    return table_of(page, rows, page.say("growth.published_table", name=page.name), *columns, fold=12)


def _number(page: NetworkProfile, row: Row, name: str) -> str:
    if pd.isna(row[name]):  # type: ignore[call-overload]
        return ""
    return number_text(page.t, float(str(row[name])), text_of(row["unit"]))


def counties(page: NetworkProfile, table: pd.DataFrame) -> Table:
    """Return county by county how many municipalities are documented; nothing for a network of regions alone."""
    mixed = len(page.eligible_levels) > 1
    rows = [
        {
            "county": row["name"],
            "n_documented": page.t.number(int(str(row["n_documented"]))),
            "n_all": page.t.number(int(str(row["n_municipalities"]))),
            "n_share": page.t.percent(float(str(row["share"]))),
            "region_in": page.say("word.documented") if row["region"] else "",
        }
        for row in records(table[(table["n_documented"] > 0) | (table["region"] & mixed)])
    ]
    columns = ["county", "n_documented", "n_all", "n_share=share_of"]
    if mixed:
        columns.append("region_in")
    return table_of(page, rows, page.say("saturation.table"), *columns, fold=8)


def themes(page: NetworkProfile, table: pd.DataFrame) -> Table:
    """Return each theme with the other networks that have it, and the members found there."""
    rows = [
        {
            "theme": page.t(f"common.theme.{row['theme']}"),
            "n_networks": page.t.number(int(str(row["n_networks"]))),
            "n_elsewhere": page.say("word.of", n=row["n_members"], total=row["n_own"]),
        }
        for row in records(table)
    ]
    return table_of(page, rows, page.say("themes.table"), "theme", "n_networks", "n_elsewhere")


def shared(page: NetworkProfile, table: pd.DataFrame, most: int = 20) -> Table:
    """Return the networks that share most documented members, with Jaccard."""
    rows = [
        {
            "network": page.network(row["network_id"]),
            "kind": page.say(f"kind.{row['counts_as']}.name"),
            "n_shared": page.t.number(int(str(row["shared"]))),
            "n_other": page.t.number(int(str(row["n_other"]))),
            "n_jaccard": page.t.number(float(str(row["jaccard"])), 2),
        }
        for row in records(table.head(most))
    ]
    return table_of(
        page, rows, page.say("shared.table"), "network", "kind", "n_shared", "n_other", "n_jaccard=jaccard", fold=8
    )
