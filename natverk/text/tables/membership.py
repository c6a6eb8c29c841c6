"""Tables about who is responsible and who is documented in which network."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from natverk.locale import alphabetic
from natverk.text.page import Page
from natverk.text.region import RegionPage
from natverk.text.table import Table
from natverk.text.tables.rows import records, table_of

__all__ = ["listed", "memberships", "responsibility", "roles", "since_text", "status_text", "strategies"]


def responsibility(page: RegionPage, held: pd.DataFrame) -> Table:
    """Return the holders of the responsibility, with how surely each is dated."""
    rows = []
    following: list[dict[str, object] | None] = [*records(held)[1:], None]
    for row, after in zip(records(held), following, strict=True):
        start = page.day(row)
        if str(row["start_latest"]) == "1997-01-01":
            start = page.say("responsibility.from_start")
        end = page.say("word.still") if pd.isna(row["end"]) else page.date(row["end"])  # type: ignore[call-overload]
        if after is not None and after["start_earliest"] != after["start_latest"]:
            # Where the successor's start is an interval, so is this holder's end.
            end = page.day(after)
        rows.append(
            {
                "holder": row["holder_name"],
                "kind": page.term("holder_type", row["holder_type"]),
                "from": start,
                "to": end,
                "certainty": page.term("certainty", row["certainty"]),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    caption = page.say("responsibility.table", county=page.place)
    return table_of(page, rows, caption, "holder", "kind", "from", "to", "certainty", "sources")


def strategies(page: RegionPage) -> Table:
    """Return the county's regional development strategies; a blank is unknown, not no."""
    frame = page.data.strategies
    frame = frame[frame["county_code"] == page.county].sort_values(["adopted_year", "title"], na_position="last")
    rows = []
    for row in records(frame):
        refers = [
            page.say(f"word.{name}")
            for name in ("eu2020", "agenda2030")
            if pd.notna(row[f"{name}_ref"]) and bool(row[f"{name}_ref"])  # type: ignore[call-overload]
        ]
        adopted = row["adopted_date"] if pd.notna(row["adopted_date"]) else row["adopted_year"]  # type: ignore[call-overload]
        rows.append(
            {
                "title": row["title"],
                "adopted": page.date(adopted) if isinstance(adopted, str) else page.year(adopted),
                "horizon": page.year(row["horizon_year"]),
                "by": row["adopted_by"],
                "status": page.term("strategy_status", row["status"]),
                "agenda": page.t.join(refers) or page.say("word.unknown"),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    caption = page.say("responsibility.strategies", county=page.place)
    return table_of(page, rows, caption, "title", "adopted", "horizon", "by", "status", "agenda", "sources")


def status_text(page: Page, row: dict[str, object]) -> str:
    """Return the status; a municipality smaller than the rule of full membership asks is flagged."""
    status = page.term("status", row["status"])
    if not row["below_minimum"]:
        return status
    least = _minimum(page, str(row["network_id"]))
    return page.say("word.below_minimum", status=status, least=page.t.number(least))


def _minimum(page: Page, network_id: str) -> int:
    """Return the inhabitants that a network asks of a full member."""
    networks = page.data.networks.set_index("network_id")["min_population"]
    return int(networks.to_dict()[network_id])


def since_text(page: Page, row: Mapping[str, object]) -> str:
    """Return the year a membership began; one that is only first seen is called so."""
    since = page.year(row["since"])
    return page.say("word.first_seen", year=since) if row["since_basis"] == "seen" else since


def memberships(page: RegionPage, actors: pd.DataFrame, own: pd.DataFrame) -> Table:
    """Return the documented memberships, actor by actor, with since when and how we know."""
    order = {actor: place for place, actor in enumerate(actors["actor_id"])}
    names = actors.set_index("actor_id")["name"]
    rows = [
        {
            "actor": names[str(row["actor_id"])],
            "network": page.network(row["network_id"]),
            "status": status_text(page, row),
            "since": since_text(page, row),
            "last_seen": page.year(row["last_seen"]),
            "evidence": page.term("mark", row["mark"]),
            "sources": page.references.cite(str(row["source_ids"])),
        }
        for row in sorted(
            records(own), key=lambda row: (order[str(row["actor_id"])], alphabetic(page.network(row["network_id"])))
        )
    ]
    caption = page.say("networks.table", county=page.place, period=page.period)
    return table_of(
        page, rows, caption, "actor", "network", "status", "since", "last_seen", "evidence", "sources", fold=12
    )


def roles(page: RegionPage, table: pd.DataFrame) -> Table:
    """Return the attested pattern by theme and the roles that it does not exclude."""
    rows = []
    # As in the figure: what most municipalities are attested in comes first.
    for row in sorted(records(table), key=lambda row: -int(str(row["municipal_low"]))):
        levels = [
            page.term("level", name) for name in str(row["attested_pattern"]).split("+") if name != "none attested"
        ]
        rows.append(
            {
                "theme": page.t(f"common.theme.{row['theme']}"),
                "pattern": page.t.join(levels) or page.say("word.none_attested"),
                "n_municipalities": page.say("word.of", n=row["municipal_low"], total=row["n_municipalities"]),
                "possible": ", ".join(page.term("role", role) for role in str(row["possible_roles"]).split("|")),
            }
        )
    caption = page.say("roles.table", county=page.place)
    return table_of(page, rows, caption, "theme", "pattern", "n_municipalities", "possible", fold=18)


def listed(page: RegionPage, frame: pd.DataFrame) -> Table:
    """Return members in the county by complete lists; lists that cover nobody here are left out."""
    rows = []
    for row in records(frame[frame["n_at_risk"] > 0]):
        year = page.year(row["year"])
        members = page.t.number(int(str(row["n_members"])))
        rows.append(
            {
                "network": page.network(row["network_id"]),
                "year": year if row["certainty"] == "high" else page.say("word.medium_list", year=year),
                "n_members": page.say("word.not_full", n=members) if row["full_only"] else members,
                "n_at_risk": page.t.number(int(str(row["n_at_risk"]))),
                "n_sweden": page.t.number(int(str(row["n_sweden"]))),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    columns = ("network", "year", "n_members=members", "n_at_risk=at_risk", "n_sweden=sweden", "sources")
    return table_of(page, rows, page.say("series.listed_table"), *columns, fold=14)
