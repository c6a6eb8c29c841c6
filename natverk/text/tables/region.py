"""Tables of the region report: joins by holder, formal against practised, shared networks, peers."""

from __future__ import annotations

import pandas as pd

from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.text.regionmeasures import RegionMeasures
from natverk.text.table import Table
from natverk.text.tables.membership import since_text
from natverk.text.tables.rows import Row, records, table_of, text_of

__all__ = ["compared", "joins", "peers", "shared"]


def joins(page: RegionMeasures, held: pd.DataFrame, own: pd.DataFrame, actors: pd.DataFrame) -> Table:
    """Return, network by network, who joined under which holder of the responsibility, and who when is not known."""
    names = actors.set_index("actor_id")["name"].to_dict()
    firm = own[own["mark"].isin(DOCUMENTED)]
    dated = firm[firm["since_basis"] == "stated"]
    heads = {str(row["holder_name"]): "" for row in records(held)}
    for row in reversed(records(held)):
        start = page.change(row, str(row["start"])[:4])
        start = page.say("responsibility.from_start") if str(row["start_latest"]) == "1997-01-01" else start
        heads[str(row["holder_name"])] = page.say("joins.head", holder=row["holder_name"], start=start)
    rows = []
    for network, group in firm[firm["network_id"].isin(dated["network_id"])].groupby("network_id"):
        cells: dict[str, list[str]] = {key: [] for key in (*heads, "early", "open")}
        for row in sorted(
            records(group), key=lambda row: (text_of(row["since"]), alphabetic(names[str(row["actor_id"])]))
        ):
            name = names[str(row["actor_id"])]
            said = _joined(page, name, row)
            if row["since_basis"] != "stated":
                cells["open"].append(said)
                continue
            year = int(str(row["since"]))
            first = int(str(held["start_earliest"].iloc[0])[:4]) if len(held) else year
            cells["early" if year < first else page.holder_of(held, year) or "open"].append(said)
        sources = [item for text in group["source_ids"] for item in str(text).split(";")]
        rows.append(
            {
                "network": page.network(network),
                **{key: ", ".join(items) for key, items in cells.items()},
                "sources": page.references.cite(sources),
            }
        )
    rows.sort(key=lambda row: alphabetic(row["network"]))
    labels = page.label("network") | ({"early": page.say("joins.before")} if any(row["early"] for row in rows) else {})
    labels |= heads | {"open": page.say("joins.not_known")} | page.label("sources")
    frame = pd.DataFrame(rows, columns=list(labels), dtype=object)
    return Table(frame, page.say("joins.table"), labels, lang=page.lang, fold=15)


def _joined(page: RegionMeasures, name: str, row: Row) -> str:
    """Name a member with its year; one without any year is named alone."""
    known = text_of(row["since"])
    return page.say("joins.item", name=name, year=since_text(page, row)) if known else name


def compared(page: RegionMeasures, table: pd.DataFrame) -> Table:
    """Return by policy area who is responsible, who is documented as active, and what comes of it."""
    rows = []
    for row in records(table):
        if row["outcome"] == "unknown":
            outcome = page.say("compare.unknown", reason=page.say(f"compare.reason.{row['reason']}"))
        else:
            outcome = page.say(f"compare.outcome.{row['outcome']}")
        rows.append(
            {
                "area": page.term("policy_area", row["policy_area"]),
                "responsible": _levels(page, row["responsible"], row["possibly_responsible"], row["state"]),
                "active": _levels(page, row["active"], row["presumed"], ""),
                "outcome": outcome,
            }
        )
    caption = page.say("compare.table", county=page.place, year=page.compare_year)
    return table_of(page, rows, caption, "area", "responsible", "active", "outcome", fold=30)


def _levels(page: RegionMeasures, sure: object, maybe: object, state: object) -> str:
    """Name levels; those that are possible or presumed only stand in brackets."""
    named = [page.term("level", name) for name in text_of(sure).split("+") if name]
    named += [f"({page.term('level', name)})" for name in text_of(maybe).split("+") if name]
    if text_of(state):
        named.append(page.say("compare.state") if state == "valid" else f"({page.say('compare.state')})")
    return ", ".join(named) or page.say("word.none_attested")


def shared(page: RegionMeasures, actors: pd.DataFrame, own: pd.DataFrame, open_to_both: list[str]) -> Table:
    """Return the networks that the region shares with its municipalities: since when, and which municipalities."""
    firm = own[own["mark"].isin(DOCUMENTED)]
    municipal = actors[actors["level"] == "municipal"].set_index("actor_id")["name"].to_dict()
    kinds = page.data.networks.set_index("network_id")["counts_as"].to_dict()
    rows = []
    for network in page.shared(actors, own):
        here = firm[firm["network_id"] == network]
        region = records(here[here["actor_id"] == page.region_actor])[0]
        members = [row for row in records(here) if str(row["actor_id"]) in municipal]
        rows.append(
            {
                "network": page.network(network),
                "tie": page.term("counts_as", kinds[network]),
                "region": since_text(page, region),
                "n_in": page.t.number(len(members)),
                "who": _by_year(page, {municipal[str(row["actor_id"])]: row for row in members}),
                "tested": page.say("word.yes" if network in open_to_both else "word.no"),
                "sources": page.references.cite([item for text in here["source_ids"] for item in text.split(";")]),
            }
        )
    columns = ("network", "tie", "region", "n_in=n_municipalities", "who", "tested", "sources")
    return table_of(page, rows, page.say("overlap.table", county=page.place), *columns, fold=15)


def _by_year(page: RegionMeasures, members: dict[str, Row]) -> str:
    """Name members by the year since when they are in, the oldest first and those without a year last."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for name in sorted(members, key=alphabetic):
        since = since_text(page, members[name])
        groups.setdefault((since == page.say("word.unknown"), since), []).append(name)
    return "; ".join(f"{since}: {', '.join(names)}" for (_, since), names in sorted(groups.items()))


def peers(page: RegionMeasures, near: pd.DataFrame, own: pd.DataFrame) -> Table:
    """Return municipality by municipality those most alike by structure, and by known networks with bounds."""
    places = page.data.municipalities[page.data.municipalities["county_code"] == page.county]
    counts = own[own["mark"].isin(DOCUMENTED)].groupby("actor_id").size().to_dict()
    rows = []
    for place in records(places.sort_values("name", key=lambda names: names.map(alphabetic))):
        mine = near[near["code"] == place["code"]]
        by_network = [
            page.say(
                "peers.item",
                name=row["peer_name"],
                value=page.t.number(float(str(row["value"])), 2),
                low=page.t.number(float(str(row["value_low"])), 2),
                high=page.t.number(float(str(row["value_high"])), 2),
            )
            for row in records(mine[mine["by"] == "portfolio"])
        ]
        rows.append(
            {
                "municipality": place["name"],
                "n_own": page.t.number(int(counts.get(place["actor_id"], 0))),
                "structure": ", ".join(mine.loc[mine["by"] == "structure", "peer_name"]),
                "portfolio": "; ".join(by_network) or page.say("peers.too_few"),
            }
        )
    caption = page.say("peers.table", county=page.place)
    return table_of(page, rows, caption, "municipality", "n_own=documented", "structure", "portfolio", fold=12)
