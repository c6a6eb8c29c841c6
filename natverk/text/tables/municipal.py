"""Tables of the municipality profile: ties, relations, joint bodies, facts about networks, purposes, twins, peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
from babel import Locale

from natverk.data.units import fold
from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.text.page import Page
from natverk.text.table import Foreign, Table
from natverk.text.tables.membership import since_text, status_text
from natverk.text.tables.rows import records, rows_of, table_of, term_of, text_of

if TYPE_CHECKING:
    # The page itself reads rows with the help of these tables' modules.
    from natverk.text.municipality import MunicipalityPage

__all__ = [
    "bodies",
    "candidates",
    "county_networks",
    "network_facts",
    "purposes",
    "relations",
    "ties",
    "topic_text",
    "twins",
]

#: Ways in which the data write a country that differ from Unicode's English names.
_COUNTRIES = {"Bosnia and Herzegovina": "BA", "Turkey": "TR", "Czechia": "CZ", "North Macedonia": "MK"}


def ties(page: MunicipalityPage, own: pd.DataFrame) -> Table:
    """Return the municipality's networks: kind, theme, status, since when and how we know."""
    networks = page.data.networks.set_index("network_id")
    order = ("membership", "commitment", "programme", "representation")
    kinds = networks["counts_as"].to_dict()
    inferred = page.inferred(own)
    rows = []
    for row in sorted(records(own), key=lambda row: _rank(page, row, order.index(kinds[str(row["network_id"])]))):
        network = str(row["network_id"])
        status = status_text(page, row)
        rows.append(
            {
                "network": page.network(network),
                "kind": page.term("counts_as", kinds[network]),
                "theme": ", ".join(
                    page.t(f"common.theme.{item}") for item in str(networks["themes"][network]).split(";")
                ),
                "status": page.say("word.inferred", status=status) if network in inferred else status,
                "since": since_text(page, row),
                "evidence": _evidence(page, row),
                "sources": page.references.cite(str(row["source_ids"])),
            }
        )
    caption = page.say("networks.table", place=page.place, period=page.period)
    columns = ("network", "kind=tie", "theme", "status", "since", "evidence", "sources")
    return table_of(page, rows, caption, *columns, fold=40)


def _evidence(page: Page, row: Mapping[str, object]) -> str:
    """Say how a tie is known: how recent the evidence is, its last year, and how many sources there are."""
    parts = [page.term("mark", row["mark"])]
    if pd.notna(row["last_seen"]):  # type: ignore[call-overload]
        parts.append(page.say("word.last", year=page.year(row["last_seen"])))
    return "; ".join([*parts, page.t.count("common.source", int(str(row["n_sources"])))])


def _rank(page: Page, row: Mapping[str, object], kind: int) -> tuple[bool, int, bool, str]:
    """Order ties: what counts first, then by kind, the dated before the undated, by name."""
    return row["mark"] not in DOCUMENTED, kind, pd.isna(row["since"]), page.network(row["network_id"])  # type: ignore[call-overload]


def relations(page: MunicipalityPage, related: pd.DataFrame) -> Table:
    """Return relations that are not counted: through others, reporting, applications, decisions for later years."""
    rows = [
        {
            "network": page.network(row["network_id"]),
            "relation": page.term("relation", row["relation"]),
            "when": _span(page, row),
            "sources": page.references.cite(str(row["source_ids"])),
        }
        for row in records(related)
    ]
    return table_of(page, rows, page.say("relations.table"), "network", "relation", "when=attested", "sources")


def _span(page: Page, row: Mapping[str, object]) -> str:
    if pd.isna(row["first"]):  # type: ignore[call-overload]
        return page.say("word.undated")
    first, last = page.year(row["first"]), page.year(row["last"])
    return first if first == last else page.say("word.years", first=first, last=last)


def bodies(page: MunicipalityPage, documented: pd.DataFrame) -> Table:
    """Return the joint bodies of the municipality, and the networks that these are documented in themselves."""
    about = page.data.bodies.set_index("body_id")
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    rows = []
    for body, group in page.bodies.groupby("body_id", sort=True):
        own = firm[firm["actor_id"] == body]
        last = records(group.sort_values(["start_year", "observed_year"], na_position="first"))[-1]
        rows.append(
            {
                "body": about["name_sv" if page.lang == "sv" else "name"][body],
                "form": page.term("form_class", about["form_class"][body]),
                "term": term_of(page, last),
                "networks": ", ".join(sorted((page.network(item) for item in own["network_id"]), key=alphabetic))
                or page.say("word.nothing"),
                "sources": page.references.cite([*group["source_id"], *";".join(own["source_ids"]).split(";")]),
            }
        )
    columns = ("body", "form=kind", "term", "networks=body_networks", "sources")
    return table_of(page, rows, page.say("bodies.table"), *columns)


def network_facts(page: MunicipalityPage, own: pd.DataFrame) -> Table:
    """Return how large the municipality's networks say they are, and what else is known of them."""
    wanted = list(own.loc[own["mark"].isin((*DOCUMENTED, "loose", "left")), "network_id"])
    rows = []
    for network in wanted:
        totals = page.data.published_totals
        totals = totals[(totals["network_id"] == network) & totals["actor_id"].isna()]
        for row in records(totals.sort_values(["fact", "year"], na_position="last")):
            number = page.t.number(int(str(row["value"])))
            number = number if row["qualifier"] == "exact" else page.say(f"word.{row['qualifier']}", n=number)
            stated, where = text_of(row["value_as_stated"]), text_of(row["locator"])
            # A source that gives the bare number may say what it means beside it.
            words = stated if stated != str(row["value"]) else where if " " in where else ""
            rows.append(
                {
                    "network": page.network(network),
                    "about": page.term("total_fact", row["fact"]),
                    "said": number,
                    "year": _year(page, row),
                    "words": Foreign(words),
                    "sources": page.references.cite(str(row["source_id"])),
                }
            )
    notes = page.data.network_notes
    about = notes[notes["network_id"].isin(wanted) & notes["actor_id"].isna() | (notes["actor_id"] == page.actor_id)]
    # A note from which a number was read stands with that number.
    about = about[~about["text"].isin({str(row["words"]) for row in rows} - {""})]
    rows += [
        {
            "network": page.network(row["network_id"]) or page.say("word.no_network"),
            "about": topic_text(page, text_of(row["topic"])),
            "said": "",
            "year": _year(page, row),
            "words": page.told(row, "text"),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in records(about.sort_values(["network_id", "row_id"]))
    ]
    # What is about the municipality itself, and no network, comes last.
    rows.sort(key=lambda row: (row["network"] == page.say("word.no_network"), alphabetic(row["network"])))
    columns = ("network", "about=about", "said=said", "year", "words=words", "sources")
    return table_of(page, rows, page.say("networks.facts"), *columns, fold=4)


def topic_text(page: Page, topic: str) -> str:
    """Name the topic of a note in the page's language; one that has no text yet stays in English, as coded."""
    key = f"notes.topic.{fold(topic).replace(' ', '_')}"
    return page.t(key) if page.t.has(key) else Foreign(topic)


def _year(page: Page, row: Mapping[str, object]) -> str:
    return page.year(row["year"]) if pd.notna(row["year"]) else page.say("word.undated")  # type: ignore[call-overload]


def purposes(page: Page, actors: pd.DataFrame) -> Table:
    """Return the stated purposes of international work, one row a purpose, with the years they are stated for."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows_of(page, "purposes", actors):
        found.setdefault(str(row["purpose"]), []).append(row)
    rows = []
    for purpose, group in found.items():
        years = sorted({page.year(row["year"]) for row in group if pd.notna(row["year"])})  # type: ignore[call-overload]
        undated = any(pd.isna(row["year"]) for row in group)  # type: ignore[call-overload]
        where = list(dict.fromkeys(text_of(row["locator"]) for row in group if text_of(row["locator"])))
        rows.append(
            {
                "purpose": page.term("purpose", purpose),
                "years": ", ".join([*years, *[page.say("word.undated")] * undated]),
                "where": Foreign("; ".join(where)),
                "sources": page.references.cite([str(row["source_id"]) for row in group]),
            }
        )
    return table_of(page, rows, page.say("purposes.table"), "purpose", "years", "where", "sources")


def twins(page: Page, actors: pd.DataFrame) -> Table:
    """Return the twin towns and partner towns, with their country in the page's language."""
    rows = [
        {
            "partner": Foreign(text_of(row["partner_city"])),
            "country": _country(page, text_of(row["country"])),
            "since": page.year(row["start_year"]),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in sorted(
            rows_of(page, "twins", actors), key=lambda row: (str(row["country"]), alphabetic(row["partner_city"]))
        )
    ]
    return table_of(page, rows, page.say("twins.table"), "partner", "country", "since", "sources")


def _country(page: Page, name: str) -> str:
    """Return a country's name in the page's language by Unicode's list; one that is not on it stays as coded."""
    english = {text: code for code, text in Locale("en").territories.items() if len(code) == 2}
    code = _COUNTRIES.get(name) or english.get(name)
    return str(page.t.babel.territories[code]) if code else Foreign(name)


def candidates(page: MunicipalityPage, wanted: pd.DataFrame) -> Table:
    """Return networks that alike municipalities are in and this one is not, and whether it could be."""
    rules = page.data.networks.set_index("network_id")["membership_rule"].fillna("").to_dict()
    names = page.data.municipalities.set_index("code")["name"]
    rows = [
        {
            "network": page.network(row["network_id"]),
            "in": page.say("word.of", n=row["n_in"], total=row["n_peers"]),
            "who": ", ".join(sorted((names[code] for code in str(row["peers"]).split(";")), key=alphabetic)),
            "own": _own_state(page, row),
            "eligible": _eligibility(page, row),
            "rule": Foreign(
                "; ".join(text for text in (rules.get(row["network_id"], ""), text_of(row["eligibility_note"])) if text)
            ),
        }
        for row in records(wanted)
    ]
    columns = ("network", "in=n_alike", "who", "own=own_state", "eligible", "rule")
    return table_of(page, rows, page.say("peers.table"), *columns, fold=12)


def _own_state(page: Page, row: Mapping[str, object]) -> str:
    """Say what is known of the municipality itself, with the year of the list or exit that says so."""
    key, year = f"terms.own_state.{row['own_state']}", row["own_year"]
    if row["own_state"] == "unknown":
        return page.t(key)
    return page.t(key, year=page.year(year)) if pd.notna(year) else page.t("terms.own_state.left_open")  # type: ignore[call-overload]


def _eligibility(page: Page, row: Mapping[str, object]) -> str:
    """Say whether the municipality could be a member, with the limit that decides."""
    reason = str(row["eligibility"])
    text = page.t(f"peers.eligibility.{reason}")
    limit = {"too_small": row["min_population"], "too_large": row["max_population"]}.get(reason)
    if limit is None:
        return text
    values = {"limit": page.t.number(int(str(limit))), "own": page.t.number(int(str(row["population"])))}
    return page.say("word.limit", reason=text, year=page.year(row["population_year"]), **values)


def county_networks(page: MunicipalityPage, near: pd.DataFrame) -> Table:
    """Return the networks of the other municipalities of the county, beside the region and this municipality."""
    names = page.data.municipalities.set_index("code")["name"]
    rows = [
        {
            "network": page.network(row["network_id"]),
            "in": page.say("word.of", n=row["n_in"], total=row["n_neighbours"]),
            "who": ", ".join(sorted((names[code] for code in str(row["neighbours"]).split(";")), key=alphabetic)),
            "region": page.say("word.documented" if row["region"] else "word.not_documented"),
            "own": page.say("word.not_documented") if pd.isna(row["own_mark"]) else page.term("mark", row["own_mark"]),  # type: ignore[call-overload]
        }
        for row in records(near)
    ]
    caption = page.say("county.table", county=str(page.county_row["name"]))
    columns = ("network", "in=n_county", "who", "region", "own=own_county")
    return table_of(page, rows, caption, *columns, fold=12)
