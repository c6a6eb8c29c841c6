"""Memberships and twin towns of the municipalities as Wikidata states them: a source to check, not one to lean on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import pandas as pd

from natverk.data.load import Dataset, load
from natverk.data.types import TEXT
from natverk.data.units import fold
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import choice, each_row, known_networks
from natverk.live.snapshots import Snapshot, asked_now, former, new_ids, own_folder, read_tables, source_row, to_compare
from natverk.live.web import USUAL, Patience, Service

__all__ = ["WIKIDATA", "Statements", "refresh_wikidata"]

WIKIDATA = "https://query.wikidata.org/sparql"
#: Members of networks (P463), or twin towns (P190).
Statements = Literal["members", "twins"]

#: Municipalities of Sweden (Q127448) that still are, by their code (P525), which keeps codes of before too.
_PLACES = """SELECT ?item ?code WHERE {
  ?item wdt:P31 wd:Q127448 ; wdt:P525 ?code .
  FILTER NOT EXISTS { ?item wdt:P576 ?dissolved }
}"""
#: Their statements with a property: years that are known to the year, and whether a source is named (P248, P854).
_STATEMENTS = """SELECT ?code ?statement ?value ?sv ?en ?country ?start ?end ?cited WHERE {
  ?item wdt:P31 wd:Q127448 ; wdt:P525 ?code ; p:%(property)s ?statement .
  FILTER NOT EXISTS { ?item wdt:P576 ?dissolved }
  ?statement ps:%(property)s ?value ; wikibase:rank ?rank .
  FILTER(?rank != wikibase:DeprecatedRank)
  OPTIONAL { ?value rdfs:label ?sv . FILTER(LANG(?sv) = "sv") }
  OPTIONAL { ?value rdfs:label ?en . FILTER(LANG(?en) = "en") }
  OPTIONAL { ?value wdt:P17 ?state . ?state rdfs:label ?country . FILTER(LANG(?country) = "en") }
  OPTIONAL { ?statement pqv:P580 ?from . ?from wikibase:timeValue ?start ; wikibase:timePrecision ?near .
             FILTER(?near >= 9) }
  OPTIONAL { ?statement pqv:P582 ?until . ?until wikibase:timeValue ?end ; wikibase:timePrecision ?close .
             FILTER(?close >= 9) }
  BIND(EXISTS { ?statement prov:wasDerivedFrom ?reference . ?reference pr:P248|pr:P854 ?source } AS ?cited)
}"""
_PROPERTIES = {"members": "P463", "twins": "P190"}
_TABLES = {"members": "memberships", "twins": "twins"}
#: Where a row says which statement it is of: in this column.
_NAMED_IN = {"members": "locator", "twins": "note"}
#: How a membership without a source is told: the first of these that counts on request only in a network of the kind.
_LOOSE = ("unspecified", "participant", "associate", "promoter")


def refresh_wikidata(
    what: Statements,
    folder: str | Path,
    networks: Iterable[str] = (),
    *,
    base: str = WIKIDATA,
    patience: Patience = USUAL,
) -> Snapshot:
    """Ask Wikidata what networks the municipalities are members of, or what their twin towns are.

    Parameters
    ----------
    what
        `"members"` (P463, member of) or `"twins"` (P190, twinned administrative body).
    folder
        The folder of own rows; nothing is written before `take()`.
    networks
        Only for members: natverk's networks, each by name or id, or with the item that it is in Wikidata
        (`"eurocities=Q…"`). Without an item, the organisation is taken that is called as the network, in Swedish or
        English. Those of the snapshot in use are asked for again with them; with none of either, all that are found.
    base
        Another address of the service.
    patience
        Time limits and tries.

    Returns
    -------
    Snapshot
        Own rows of `memberships` or `twins`. A statement that names a source (medium certainty) is a `member`, with its
        years stated. One without (low certainty) has the status that `status_rules` counts on request only, and its
        years inferred. What has no end is seen in this year, inferred: no time series has it unless asked to.

    Raises
    ------
    LiveError
        If the service does not answer, or with something that is not taken.
    UnknownName
        If there is no such network, or no organisation that is called like it.
    InvalidArgument
        For an unknown value, or networks of twin towns.

    Notes
    -----
    Anyone can write in Wikidata, and nobody need say why: a row is a hint where to look. Statements about the town
    itself, and of regions, are not asked for. Tested against a local server made after the published form of SPARQL
    answers, **not** against the live service.

    Examples
    --------
    >>> snapshot = refresh_wikidata("members", "my_data/", ["eurocities"])  # doctest: +SKIP
    >>> refresh_wikidata("twins", "my_data/", ["eurocities"])
    Traceback (most recent call last):
    natverk.errors.InvalidArgument: twin towns belong to no network
    ...
    """
    choice("what", what, ("members", "twins"))
    place, data, wanted = own_folder(folder), load(overlay=""), list(networks)
    if what == "twins" and wanted:
        raise InvalidArgument("twin towns belong to no network", where="networks", remedy="leave the networks out")
    name, column = f"wikidata-{what}", _NAMED_IN[what]
    tables, before_about = former(place, name)
    before = tables.get(_TABLES[what])
    again = before_about.get("networks")
    items: dict[str, str] = {**(again if isinstance(again, dict) else {}), **_asked(data, wanted)}
    everything = not items or bool(before_about.get("everything"))
    service, asked = Service("Wikidata", base, patience), asked_now()
    codes = dict(zip(data.municipalities["code"], data.municipalities["actor_id"], strict=True))
    there = {row["code"] for row in _rows(service, _PLACES, ("item", "code"))} & codes.keys()
    found = _rows(service, _STATEMENTS % {"property": _PROPERTIES[what]}, ("code", "statement", "value", "cited"))
    statements = _by_statement(service, [row for row in found if row["code"] in codes])
    notes = []
    if absent := sorted(codes.keys() - there):
        notes.append(f"Wikidata has no item with the code of {len(absent)} municipalities ({', '.join(absent[:5])} …)")
    source_id = f"own-wikidata-{_PROPERTIES[what].lower()}-{asked[:10]}"
    if what == "members":
        chosen = _networks_of(statements, data, items, notes, everything=everything)
        items = {network: item for item, network in chosen.items()}
        rows = _members(statements, data, codes, chosen, asked, source_id)
    else:
        rows = _twins(statements, codes, asked, source_id, notes)
    if not rows:
        service.refuse("empty", "none of its statements is about what was asked for")
    known = _ids_before(place, name, _TABLES[what], column)
    ids = new_ids(place, known, [row[column] for row in rows])
    frame = pd.DataFrame([{"row_id": ids[row[column]], **row} for row in rows], dtype=TEXT).fillna("")
    source = source_row(
        source_id, f"Wikidata: {_PROPERTIES[what]} of the Swedish municipalities", "Wikidata",
        f"https://www.wikidata.org/wiki/Property:{_PROPERTIES[what]}", asked, "en", "CC0",
        "statements that anyone can write; medium certainty where one names a source, low otherwise",
    )  # fmt: skip
    about = {"asked": asked, "service": service.base, "licence": "CC0", "networks": items, "everything": everything}
    natverk = _said(data.memberships if what == "members" else data.twins, what)
    difference = to_compare(_said(frame, what), {} if before is None else _said(before, what), natverk, replaces=False)
    both = int(((difference["natverk"] != "") & (difference["change"] == "added")).sum())
    if both:
        notes.append(f"{both} of those added are attested in natverk by other sources too")
    return Snapshot(name, place, service, {_TABLES[what]: frame, "sources": source}, about, difference, notes)


def _asked(data: Dataset, networks: Iterable[str]) -> dict[str, str]:
    """Return the networks that were named, each with its item where one was given."""
    found = {}
    for text in networks:
        name, _, item = (part.strip() for part in str(text).partition("="))
        if item and not re.fullmatch(r"Q[1-9]\d*", item):
            raise InvalidArgument(f"{item!r} is no item of Wikidata", where=str(text), remedy=f"write {name}=Q…")
        found[known_networks(data, [name])[0]] = item
    return found


def _rows(service: Service, query: str, needed: Iterable[str]) -> list[dict[str, str]]:
    """Return what a query found: text by variable, blank where there is none."""
    answer = service.ask(params={"query": query, "format": "json"})
    try:
        names = [str(name) for name in answer["head"]["vars"]]
        found = [
            {name: str(row[name]["value"]) if name in row else "" for name in names}
            for row in answer["results"]["bindings"]
        ]
    except (KeyError, TypeError) as error:
        service.refuse("changed", f"the answer is no table of SPARQL ({error!r})")
    for name in needed:
        if name not in names or any(not row[name] for row in found):
            service.refuse("changed", f"the answer lacks {name}")
    if not found:
        service.refuse("empty", "the query found nothing")
    return found


def _by_statement(service: Service, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row a statement, whose value may have several countries or dates; of those, the first in order."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: (row["code"], row["statement"], *row.values())):
        one = dict(row)
        one["statement"] = row["statement"].rpartition("/")[2]
        one["value"] = row["value"].rpartition("/")[2]
        for name in ("start", "end"):
            one[name] = row.get(name, "").lstrip("+")[:4]
            if one[name] and not re.fullmatch(r"(1[6-9]|20)\d\d", one[name]):
                one[name] = ""
        if row["cited"] not in ("true", "false"):
            service.refuse("changed", f"whether a statement names a source is {row['cited']!r}")
        found.setdefault((one["code"], one["statement"]), one)
    return list(found.values())


def _networks_of(
    statements: list[dict[str, str]], data: Dataset, items: dict[str, str], notes: list[str], *, everything: bool
) -> dict[str, str]:
    """Return natverk's network of each item: as it was given, else by the name."""
    called: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, str] = {}
    for row in statements:
        for label in {row.get("sv", ""), row.get("en", "")} - {""}:
            called[fold(label)].add(row["value"])
            labels[row["value"]] = label
    chosen = {item: network for network, item in items.items() if item}
    table = data.networks if everything else data.networks[data.networks["network_id"].isin(items)]
    for known in each_row(table):
        network = str(known.network_id)
        if items.get(network):
            continue
        names = {fold(known.name), fold(known.name_sv)}
        same = set().union(*(called.get(name, set()) for name in names)) - {""}
        if len(same) > 1:
            what = f"{len(same)} organisations of Wikidata are called as {network}: {', '.join(sorted(same))}"
            raise InvalidArgument(what, where="networks", remedy=f"write which it is: {network}={min(same)}")
        if not same and network in items:
            raise UnknownName(
                f"no organisation that a municipality is a member of in Wikidata is called as {network}",
                where="networks", allowed=sorted(set(labels.values())), value=known.name,
                remedy=f"write its item: {network}=Q…; nothing was changed",
            )  # fmt: skip
        chosen |= dict.fromkeys(same, network)
    left = {row["value"] for row in statements} - chosen.keys()
    if left and everything:
        names_left = sorted(labels.get(item, item) for item in left)
        notes.append(
            f"left out, since no network of natverk is called like them: {', '.join(names_left[:5])}"
            + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        )
    return chosen


def _members(
    statements: list[dict[str, str]],
    data: Dataset,
    codes: Mapping[str, str],
    chosen: Mapping[str, str],
    asked: str,
    source_id: str,
) -> list[dict[str, str]]:
    """Return rows of `memberships`."""
    rules = {(row["counts_as"], row["status"]): row["counted"] for row in data.status_rules.to_dict("records")}
    kinds = dict(zip(data.networks["network_id"], data.networks["counts_as"], strict=True))
    rows = []
    for one in statements:
        network = chosen.get(one["value"])
        if network is None:
            continue
        cited = one["cited"] == "true"
        loose = [status for status in _LOOSE if rules.get((kinds[network], status)) == "loose"]
        basis, certainty = ("stated", "medium") if cited else ("inferred", "low")
        seen = "" if one["end"] else asked[:4]
        rows.append({
            "actor_id": codes[one["code"]], "network_id": network,
            "status": "member" if cited or not loose else loose[0],
            "status_as_stated": "member of (P463)", "start_year": one["start"],
            "start_basis": basis if one["start"] else "", "end_year": one["end"], "observed_year": seen,
            "observed_basis": "inferred" if seen else "", "derived": "no", "source_id": source_id,
            "locator": f"statement {one['statement']}",
            "note": f"{certainty} certainty: the statement names {'a' if cited else 'no'} source",
        })  # fmt: skip
    return rows


def _twins(
    statements: list[dict[str, str]], codes: Mapping[str, str], asked: str, source_id: str, notes: list[str]
) -> list[dict[str, str]]:
    """Return rows of `twins`; a town without a name or a country is none, and counted."""
    rows, nameless = [], 0
    for one in statements:
        city, country = one.get("sv") or one.get("en", ""), one.get("country", "")
        if not city or not country:
            nameless += 1
            continue
        rows.append({
            "actor_id": codes[one["code"]], "partner_city": city, "country": country, "start_year": one["start"],
            "observed_year": "" if one["end"] else asked[:4], "ended": "yes" if one["end"] else "no",
            "end_year": one["end"], "end_basis": "stated" if one["end"] else "", "source_id": source_id,
            "note": f"statement {one['statement']}",
        })  # fmt: skip
    if nameless:
        notes.append(f"{nameless} statements are left out: the town has no name or no country in Wikidata")
    return rows


def _ids_before(folder: Path, name: str, table: str, column: str) -> dict[str, str]:
    """Return the row ids that statements have had in any snapshot."""
    found: dict[str, str] = {}
    for place in sorted(folder.glob(f"live/{name}/*")):
        frame = read_tables(place).get(table)
        if frame is not None and {column, "row_id"} <= set(frame.columns):
            found |= dict(zip(frame[column], frame["row_id"], strict=True))
    return found


def _said(frame: pd.DataFrame, what: Statements) -> dict[str, str]:
    """Return what a table says of each municipality and network, or twin town: status and years, several in order."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in frame.astype(object).where(frame.notna(), "").to_dict("records"):
        other = row["network_id"] if what == "members" else row["partner_city"]
        state = row["status"] if what == "members" else ("ended" if row["ended"] in (True, "yes") else "twin town")
        years = f" {row['start_year']}–{row['end_year']}" if row["start_year"] or row["end_year"] else ""
        found[f"{row['actor_id']}, {other}"].add(f"{state}{years}")
    return {item: "; ".join(sorted(states)) for item, states in found.items()}
