"""Live sources against a local server that answers in the published forms, and misbehaves in every way it can.

The server is made by hand after the published forms of PxWebApi 2, Kolada v3 and SPARQL answers; nothing here was ever
sent by the services themselves.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import natverk
from natverk.cli import app, main
from natverk.data.build import current_tables
from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.data.overlay import check_overlay, overlay_files, snapshots_in_use
from natverk.errors import DataError, InvalidArgument, MissingFile, NatverkError, UnknownName
from natverk.live import LiveError, Patience, Snapshot, kpis, refresh_kolada, refresh_population, refresh_wikidata
from natverk.live.web import Service
from natverk.version import __version__

ROOT = Path(__file__).parent.parent
QUICK = Patience(tries=3, pause=0.01, wait=5, gap=0)
#: For a server that says nothing, or never all of it.
SHORT = QUICK._replace(read=0.4, whole=0.8)
DATA = natverk.load(overlay="")
CODES: list[str] = DATA.municipalities["code"].tolist()
NAMES: dict[str, str] = dict(zip(CODES, DATA.municipalities["name"], strict=True))
OWN = {(code, int(year)): int(n) for code, year, n in DATA.population[["code", "year", "population"]].to_numpy()}
TODAY = datetime.now(UTC).date().isoformat()


# --- What the services say when all is well ---------------------------------------------------------------------------


def inhabitants(code: str, year: int) -> int:
    """Return what the server says: natverk's figure where it has one, with one municipality counted anew in 2024."""
    return OWN.get((code, year), 1000 + int(code) + year) + (7 if (code, year) == ("0180", 2024) else 0)


def dimension(label: str, labels: dict[str, str], *, elimination: bool) -> dict[str, Any]:
    index = {code: place for place, code in enumerate(labels)}
    return {"label": label, "category": {"index": index, "label": labels}, "extension": {"elimination": elimination}}


REGIONS = {"00": "Riket", "01": "Stockholms län", **NAMES}
SCB_TABLES: dict[str, dict[str, Any]] = {
    "TAB638": {
        "Region": dimension("region", REGIONS, elimination=True),
        "Kon": dimension("kön", {"1": "män", "2": "kvinnor"}, elimination=True),
        "ContentsCode": dimension("tabellinnehåll", {"N1": "Folkmängd", "N2": "Folkökning"}, elimination=False),
        "Tid": dimension("år", {str(year): str(year) for year in range(2015, 2025)}, elimination=False),
    },
    "TAB6471": {
        "Region": dimension("region", REGIONS, elimination=True),
        "Alder": dimension("ålder", {"0": "0 år", "TotSA": "totalt, samtliga åldrar"}, elimination=False),
        "ContentsCode": dimension("tabellinnehåll", {"M1": "Folkmängden per månad"}, elimination=False),
        "Tid": dimension("månad", {f"2025M{n:02d}": f"2025M{n:02d}" for n in range(1, 13)}, elimination=False),
    },
}


def scb(path: str, body: Any) -> Any:
    if path == "/config":
        return {"apiVersion": "2.2.0", "maxDataCells": 150_000, "maxCallsPerTimeWindow": 3, "timeWindow": 1,
                "license": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip
    table = path.split("/")[2]
    about = SCB_TABLES[table]
    whole = {"version": "2.0", "class": "dataset", "updated": "2026-02-20T07:00:00Z", "id": list(about)}
    if table == "TAB6471":
        whole["note"] = ["Från 2025 används Cell Key Method (CKM)."]
    if path.endswith("/metadata"):
        return {**whole, "size": [len(one["category"]["label"]) for one in about.values()], "dimension": about}
    chosen = {one["variableCode"]: one["valueCodes"] for one in body["selection"]}
    left = {
        name: dimension(
            one["label"], {code: one["category"]["label"][code] for code in chosen[name]}, elimination=False
        )
        for name, one in about.items()
        if name in chosen
    }
    values = [inhabitants(code, int(time[:4])) for code in chosen["Region"] for time in chosen["Tid"]]
    return {**whole, "id": list(left), "size": [len(chosen[name]) for name in left], "dimension": left, "value": values}


TITLES = {f"N{n:05d}": f"Nyckeltal {n}" for n in range(900, 930)}


def figure(kpi: str, code: str, year: str) -> float | None:
    return None if code == "2584" else int(kpi[1:]) + int(code) / 10_000 + int(year) / 100


def kolada(path: str, query: dict[str, list[str]], base: str) -> Any:
    parts = path.strip("/").split("/")
    ids = parts[2 if parts[0] == "data" else 1].split(",")
    assert len(ids) <= 25, "too many ids"
    if parts[0] == "kpi":
        found = [{"id": item, "title": TITLES[item], "municipality_type": "K"} for item in ids if item in TITLES]
        return {"values": found, "next_url": None, "previous_url": None, "count": len(found)}
    page, units = int(query.get("page", ["1"])[0]), [*CODES, "0000", "0001", "G12345"]
    years = [year for year in parts[4].split(",") if year <= "2024"]
    size, asked = 2000, [(kpi, year, code) for kpi in ids for year in years for code in units]
    rows = []
    for kpi, year, code in asked[(page - 1) * size : page * size]:
        value = figure(kpi, "0" if code == "G12345" else code, year)
        cell = {"gender": "T", "count": 1, "status": "Missing" if value is None else "", "value": value}
        cells = [{**cell, "gender": gender, "isdeleted": False} for gender in ("KMT" if kpi == "N00902" else "T")]
        rows.append({"kpi": kpi, "period": int(year), "municipality": code, "values": cells})
    more = f"{base}{path}?page={page + 1}" if len(asked) > page * size else None
    return {"values": rows, "next_url": more, "count": len(rows)}


#: Statements: municipality, network or town, item, first and last year, whether a source is named, country.
MEMBERS = [
    ("0180", "Eurocities", "Q900001", "1995", "", True),
    ("1480", "Eurocities", "Q900001", "", "", False),
    ("1280", "Eurocities", "Q900001", "1990", "2012", True),
    ("0180", "Nobody's Club", "Q900002", "", "", False),
]
TWINS = [
    ("1280", "Tallinn", "Q1770", "1989", "", True, "Estonia"),
    ("1280", "Lille", "Q9", "", "2001", False, "France"),
]


def sparql(query: str, members: list[tuple[Any, ...]] = MEMBERS) -> Any:
    def literal(value: str) -> dict[str, str]:
        return {"type": "literal", "value": value}

    if "P463" not in query and "P190" not in query:
        # The code of before of Skövde, which Wikidata keeps, is no municipality of today.
        rows = [{"item": literal(f"http://www.wikidata.org/entity/Q{code}"), "code": literal(code)} for code in CODES]
        rows.append({"item": literal("http://www.wikidata.org/entity/Q1496"), "code": literal("1683")})
        return {"head": {"vars": ["item", "code"]}, "results": {"bindings": rows}}
    rows = []
    for place, one in enumerate(members if "P463" in query else TWINS):
        code, label, item, start, end, cited, *country = one
        row = {
            "code": literal(code), "statement": literal(f"http://www.wikidata.org/entity/statement/{code}-{item}-{place}"),
            "value": literal(f"http://www.wikidata.org/entity/{item}"), "en": literal(label),
            "cited": literal("true" if cited else "false"),
        }  # fmt: skip
        row |= {"start": literal(f"{start}-01-01T00:00:00Z")} if start else {}
        row |= {"end": literal(f"{end}-01-01T00:00:00Z")} if end else {}
        row |= {"country": literal(country[0])} if country else {}
        rows.append(row)
    names = ["code", "statement", "value", "sv", "en", "country", "start", "end", "cited"]
    return {"head": {"vars": names}, "results": {"bindings": rows}}


# --- The server -------------------------------------------------------------------------------------------------------

Misbehaviour = Callable[[BaseHTTPRequestHandler, bytes, int], None]


class Local(ThreadingHTTPServer):
    """Serves all three, below /scb, /kolada and /sparql; `fault` answers some requests in another way."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.fault: Misbehaviour | None = None
        #: Which requests are answered by the fault: those whose path and query hold this.
        self.where = ""
        self.members = MEMBERS

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up is no error of the test."""


class Handler(BaseHTTPRequestHandler):
    server: Local

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append((unquote(self.path), dict(self.headers)))
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        service, _, path = parts.path.strip("/").partition("/")
        if service == "scb":
            said = scb(f"/{path}", body)
        elif service == "kolada":
            said = kolada(f"/{path}", query, f"{self.server.base}/kolada")
        else:
            said = sparql(query["query"][0], self.server.members)
        content = json.dumps(said, ensure_ascii=False).encode()
        nth = sum(self.server.where in path for path, _ in self.server.asked)
        if self.server.fault is not None and self.server.where in unquote(self.path):
            self.server.fault(self, content, nth)
        else:
            reply(self, content)

    do_POST = do_GET  # noqa: N815


def reply(
    handler: BaseHTTPRequestHandler, content: bytes, status: int = 200, kind: str = "application/json", **more: str
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(content)))
    for name, value in more.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


@contextlib.contextmanager
def running(local: Local) -> Iterator[Local]:
    thread = threading.Thread(target=local.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield local
    local.shutdown()
    local.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Local]:
    with running(Local()) as local:
        yield local


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(OVERLAY_VARIABLE, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "my_data"


def population(server: Local, mine: Path, **more: Any) -> Snapshot:
    return refresh_population(mine, **{"base": f"{server.base}/scb", "patience": QUICK, **more})


def key_figures(server: Local, mine: Path, ids: tuple[str, ...] = ("N00900", "N00902"), **more: Any) -> Snapshot:
    return refresh_kolada(
        ids, mine, **{"years": (2023, 2024), "base": f"{server.base}/kolada", "patience": QUICK, **more}
    )


def members(server: Local, mine: Path, *networks: str, patience: Patience = QUICK) -> Snapshot:
    return refresh_wikidata("members", mine, networks, base=f"{server.base}/sparql", patience=patience)


def twins(server: Local, mine: Path) -> Snapshot:
    return refresh_wikidata("twins", mine, base=f"{server.base}/sparql", patience=QUICK)


#: How each is refreshed, and which of its requests the server answers badly.
REFRESH: dict[str, tuple[Callable[..., Snapshot], str]] = {
    "scb": (population, "/TAB638/data"),
    "kolada": (key_figures, "/data/kpi"),
    "wikidata": (members, "P463"),
}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- What is taken ----------------------------------------------------------------------------------------------------


def test_population_is_shown_taken_and_used(server: Local, mine: Path) -> None:
    snapshot = population(server, mine)
    changes = snapshot.difference.groupby("change").size().to_dict()
    n_same = sum((code, year) in OWN for code in CODES for year in range(2021, 2026)) - 1
    assert changes == {"added": 5 * 290 - n_same - 1, "changed": 1, "same": n_same}
    text = str(snapshot)
    assert f"0180 Stockholm 2024: {OWN['0180', 2024]:,} → {OWN['0180', 2024] + 7:,}" in text
    assert "Cell Key Method" in text
    assert not mine.exists(), "nothing is written before it is taken"
    taken = snapshot.take()
    assert taken == mine / "live" / "population" / TODAY
    data = natverk.load(overlay=mine)
    frame = natverk.covariates(data, (2021, 2024)).set_index(["code", "year"])
    assert frame.at[("0180", 2024), "population"] == OWN["0180", 2024] + 7
    assert frame.at[("1487", 2022), "population"] == inhabitants("1487", 2022)
    assert set(frame["population_state"]) == {"published"}
    assert f"own-scb-population-{TODAY}" in frame.at[("1487", 2022), "source_ids"]
    assert "own-scb-population" not in frame.at[("1487", 2021), "source_ids"], "an equal figure stays natverk's"
    assert "Statistics Sweden" in natverk.cite([f"own-scb-population-{TODAY}"], "text", data=data)
    assert natverk.load(overlay="").population.equals(DATA.population)


def test_a_snapshot_says_what_was_asked_and_keeps_what_came(server: Local, mine: Path) -> None:
    taken = population(server, mine).take()
    about = json.loads((taken / "snapshot.json").read_text(encoding="utf-8"))
    assert about["licence"].startswith("https://creativecommons.org")
    assert about["natverk"] == __version__
    assert [request["method"] for request in about["requests"]] == ["GET", "GET", "POST", "GET", "POST"]
    for request in about["requests"]:
        content = (taken / request["answer"]).read_bytes()
        assert len(content) == request["bytes"]
        assert hashlib.sha256(content).hexdigest() == request["sha256"]
    assert [one["variableCode"] for one in about["requests"][2]["body"]["selection"]] == [
        "Region",
        "ContentsCode",
        "Tid",
    ]
    # The month table is asked for the total of ages, which it cannot leave out, and for Decembers only.
    asked = {one["variableCode"]: one["valueCodes"] for one in about["requests"][4]["body"]["selection"]}
    assert asked["Alder"] == ["TotSA"]
    assert asked["Tid"] == ["2025M12"]


def test_requests_name_natverk_and_are_fresh(server: Local, mine: Path) -> None:
    population(server, mine)
    first = [path for path, _ in server.asked]
    population(server, mine)
    assert [path for path, _ in server.asked] == first * 2, "no answer comes from a cache"
    agents = {headers["User-Agent"] for _, headers in server.asked}
    assert len(agents) == 1
    assert agents.pop().startswith(f"natverk/{__version__} ")
    assert not any("@" in headers["User-Agent"] for _, headers in server.asked)


def test_key_figures_are_joined_to_covariates(server: Local, mine: Path) -> None:
    snapshot = key_figures(server, mine)
    assert any("regions, groups and the country" in note for note in snapshot.notes)
    snapshot.take()
    data = natverk.load(overlay=mine)
    frame = natverk.covariates(data, 2024, kpis=mine).set_index("code")
    assert frame.at["0180", "N00900"] == figure("N00900", "0180", "2024")
    assert frame.at["0180", "N00902_K"] == figure("N00902", "0180", "2024")
    assert frame["N00900"].notna().sum() == 289, "a figure that Kolada says is missing is missing"
    assert f"own-kolada-{TODAY}" in frame.at["0180", "source_ids"]
    joined = natverk.municipality_years(data, 2024, kpis=mine)
    assert len(joined) == 290
    assert {"N00900", "best"} <= set(joined)
    assert kpis(mine).attrs["kpis"] == {"N00900": "Nyckeltal 900", "N00902": "Nyckeltal 902"}
    assert "N00900 Nyckeltal 900" in natverk.cite(frame.loc[["0180"]], "text", data=data)
    with pytest.raises(InvalidArgument, match="loaded without the own rows"):
        natverk.covariates(DATA, 2024, kpis=mine)


def test_kolada_is_asked_for_25_at_once_and_page_by_page(server: Local, mine: Path) -> None:
    key_figures(server, mine, tuple(TITLES), years=2024).take()
    counts = [len(path.split("/")[4].split(",")) for path, _ in server.asked if "/kolada/data" in path]
    assert set(counts) == {25, 5}
    assert any("page=2" in path for path, _ in server.asked)
    wide = kpis(mine)
    assert len(wide) == 290
    assert set(TITLES) <= set(wide)


def test_kolada_is_asked_for_25_years_at_once(server: Local, mine: Path) -> None:
    """Years of which there is nothing yet are no fault."""
    snapshot = key_figures(server, mine, ("N00900",), years=(2000, 2026))
    years = [path.split("/year/")[1].split("?")[0].split(",") for path, _ in server.asked if "/year/" in path]
    assert {len(some) for some in years} == {25, 2}
    assert set(snapshot.tables["kpis"]["year"]) == {str(year) for year in range(2000, 2025)}


def test_key_figures_in_use_are_asked_for_again(server: Local, mine: Path) -> None:
    key_figures(server, mine, ("N00900",)).take()
    again = refresh_kolada(["N00901"], mine, (2023, 2024), base=f"{server.base}/kolada", patience=QUICK)
    assert set(again.about["kpis"]) == {"N00900", "N00901"}
    assert again.difference["change"].value_counts().to_dict() == {"same": 289 * 2, "added": 289 * 2}
    assert again.take().name == f"{TODAY}-2"
    assert {"N00900", "N00901"} <= set(kpis(mine))


def test_memberships_have_the_certainty_of_their_statements(server: Local, mine: Path) -> None:
    snapshot = members(server, mine)
    assert any("no network of natverk is called like them: Nobody's Club" in note for note in snapshot.notes)
    snapshot.take()
    data = natverk.load(overlay=mine)
    rows = data.memberships[data.memberships["row_id"].str.startswith("own-")].set_index("actor_id")
    assert rows["status"].to_dict() == {
        "municipality:0180": "member", "municipality:1480": "unspecified", "municipality:1280": "member",
    }  # fmt: skip
    assert rows.at["municipality:0180", "start_year"] == 1995
    assert rows.at["municipality:0180", "observed_basis"] == "inferred", "no time series sees it unless asked to"
    assert rows.at["municipality:1280", "end_year"] == 2012
    assert pd.isna(rows.at["municipality:1280", "observed_year"])
    assert rows["note"].str.split(" ").str[0].to_dict() == {
        "municipality:0180": "medium", "municipality:1480": "low", "municipality:1280": "medium",
    }  # fmt: skip
    # What names no source counts on request only.
    strict = natverk.membership.evidence.graded(data).set_index("row_id")["grade"]
    assert strict[rows.at["municipality:1480", "row_id"]] == "loose"


def test_twin_towns_are_taken(server: Local, mine: Path) -> None:
    twins(server, mine).take()
    rows = natverk.load(overlay=mine).twins.set_index("partner_city")
    rows = rows[rows["row_id"].str.startswith("own-")]
    assert rows["country"].to_dict() == {"Tallinn": "Estonia", "Lille": "France"}
    assert rows["ended"].to_dict() == {"Tallinn": False, "Lille": True}
    assert rows.at["Lille", "end_year"] == 2001


def test_ids_stay_theirs_and_are_nobody_elses(server: Local, mine: Path) -> None:
    mine.mkdir()
    (mine / "sources.csv").write_text("source_id,title,accessed,language,kind\nown-a,A,2026-11-20,sv,interview\n")
    (mine / "memberships.csv").write_text(
        "row_id,actor_id,network_id,status,source_id\nown-00007,municipality:1380,eurocities,member,own-a\n"
    )
    before = tree(mine)
    first = members(server, mine).take()
    twins(server, mine).take()
    server.members = [("1380", "Eurocities", "Q900001", "", "", True), *MEMBERS[1:]]
    snapshot = members(server, mine)
    assert snapshot.difference.set_index("item")["change"].to_dict() == {
        "municipality:1380, eurocities": "added", "municipality:1480, eurocities": "same",
        "municipality:1280, eurocities": "same", "municipality:0180, eurocities": "gone",
    }  # fmt: skip
    second = snapshot.take()
    old, new = (pd.read_csv(path / "memberships.csv", dtype=str) for path in (first, second))
    ids = old.set_index("locator")["row_id"].to_dict()
    again = new.set_index("locator")["row_id"].to_dict()
    assert {place: again[place] for place in ids.keys() & again.keys()} == {
        place: ids[place] for place in ids.keys() & again.keys()
    }
    assert sorted(ids.values()) == ["own-00008", "own-00009", "own-00010"]
    assert len(again.keys() - ids.keys()) == 1
    assert "own-00013" in again.values(), "11 and 12 are twin towns"
    assert check_overlay(mine, current_tables()).problems == []
    assert {name: tree(mine)[name] for name in before} == before, "what one wrote oneself is as it was"


def test_a_network_can_be_named_by_its_item(server: Local, mine: Path) -> None:
    assert set(members(server, mine, "ubc=Q900002").tables["memberships"]["network_id"]) == {"ubc"}
    with pytest.raises(UnknownName, match="is called as ubc"):
        members(server, mine, "ubc")
    with pytest.raises(UnknownName):
        members(server, mine, "eurocitys-no-such")
    with pytest.raises(InvalidArgument, match="no item of Wikidata"):
        members(server, mine, "ubc=900002")
    server.members = [*MEMBERS, ("0180", "EUROCITIES", "Q900003", "", "", True)]
    with pytest.raises(InvalidArgument, match="Q900001, Q900003"):
        members(server, mine, "eurocities")


def test_the_newest_snapshot_is_in_use_and_the_one_before_comes_back(server: Local, mine: Path) -> None:
    first = population(server, mine).take()
    before = tree(first)
    assert population(server, mine).changes == 0
    second = population(server, mine).take()
    assert second.name == f"{TODAY}-2"
    for number in range(3, 12):
        (mine / "live" / "population" / f"{TODAY}-{number}").mkdir()
    assert snapshots_in_use(mine)["population"].name == f"{TODAY}-11"
    for number in range(3, 12):
        (mine / "live" / "population" / f"{TODAY}-{number}").rmdir()
    assert snapshots_in_use(mine) == {"population": second}
    assert {path.parent for path in overlay_files(mine)} == {second}
    assert tree(first) == before
    shutil.rmtree(second)
    assert snapshots_in_use(mine) == {"population": first}


def test_earlier_years_replace_figures_on_constant_borders_where_they_differ(server: Local, mine: Path) -> None:
    snapshot = population(server, mine, year_from=2020)
    assert any("borders of their time" in note for note in snapshot.notes)
    assert snapshot.difference["item"].str.endswith(" 2020").sum() == 290


# --- What is refused --------------------------------------------------------------------------------------------------


def fails(status: int, **more: str) -> Misbehaviour:
    page = b'{"title": "Something is wrong", "status": 500}'
    return lambda handler, _content, _nth: reply(handler, page, status, **more)


def cut(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])
    handler.wfile.flush()
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler, _content: bytes, _nth: int) -> None:
    handler.close_connection = True
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    for byte in content[:60]:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def silence(handler: BaseHTTPRequestHandler, _content: bytes, _nth: int) -> None:
    time.sleep(1)


def wrong_json(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    reply(handler, content[:-20])


def html(handler: BaseHTTPRequestHandler, _content: bytes, _nth: int) -> None:
    page = "<!doctype html><title>Underhåll pågår</title><p>Åter kl. 18</p>"
    reply(handler, page.encode(), kind="text/html; charset=utf-8")


def nothing(handler: BaseHTTPRequestHandler, _content: bytes, _nth: int) -> None:
    reply(handler, b"")


def no_rows(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    said = json.loads(content)
    if "results" in said:
        said["results"]["bindings"] = []
    elif "values" in said:
        said["values"] = []
    else:
        said["value"] = [None] * len(said["value"])
    reply(handler, json.dumps(said).encode())


def changed(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    names = {"municipality": "municipality_id", "statement": "claim", "category": "categories"}
    text = content.decode()
    for name, other in names.items():
        text = text.replace(f'"{name}":', f'"{other}":')
    reply(handler, text.encode())


def endless(handler: BaseHTTPRequestHandler, content: bytes, nth: int) -> None:
    """Answer with a page of the same rows for ever, or with bytes that do not end."""
    said = json.loads(content)
    if "values" in said:
        server = handler.server
        assert isinstance(server, Local)
        said["next_url"] = f"{server.base}{urlsplit(handler.path).path}?page={nth + 1}"
        said["values"] = [{"kpi": "N00900", "period": 2024, "municipality": "0180", "values": []}]
        reply(handler, json.dumps(said).encode())
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" " * 1000)
        handler.wfile.flush()
        time.sleep(0.02)


def latin(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    said = json.loads(content)
    said["note"] = ["Folkmängd"]
    reply(handler, json.dumps(said, ensure_ascii=False).encode("latin-1"))


def read_twice(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
    said = json.loads(content)
    said["note"] = ["Folkmängd"]
    reply(handler, json.dumps(said, ensure_ascii=False).encode().decode("latin-1").encode())


#: Each misbehaviour: what it is called, and what is said of it, where it is the same of all.
WRONG: dict[str, tuple[Misbehaviour, str, str]] = {
    "500": (
        fails(500),
        "server",
        r"an error of its own \(500 Internal Server Error\): 'Something is wrong'.*\(3 tries\)",
    ),
    "503": (fails(503), "server", "an error of its own"),
    "429": (fails(429), "busy", r"asked too often \(429 Too Many Requests\).*\(3 tries\)"),
    "404": (fails(404), "refused", r"does not accept the request \(404 Not Found\): 'Something is wrong'"),
    "cut": (cut, "cut", r"connection ended after \d+ bytes, before the answer did"),
    "hang_up": (hang_up, "cut", "connection ended before there was an answer"),
    "drip": (drip, "slow", r"\d+ bytes came in 0.8 seconds, and that was not all"),
    "silence": (silence, "timeout", r"nothing came for 0.4 seconds"),
    "wrong_json": (wrong_json, "not_json", "the answer is no JSON"),
    "html": (html, "html", "a page for people came instead of data: 'Underhåll pågår'"),
    "nothing": (nothing, "empty", "the answer is empty"),
    "no_rows": (
        no_rows,
        "empty",
        "no municipality has a figure of N00900, N00902|figures of TAB638 came|found nothing",
    ),
    "changed": (changed, "changed", "comes without 'municipality'|in another form|lacks statement"),
    "endless": (endless, "endless|slow", "the pages do not end: a page came a second time|that was not all"),
    "latin": (latin, "encoding", r"not UTF-8 \(byte 0x[0-9a-f]{2} at \d+\)"),
    "read_twice": (read_twice, "encoding", "letters were taken for others before they were sent"),
}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return own rows with a snapshot of each service."""
    folder, local = tmp_path_factory.mktemp("own") / "my_data", Local()
    with running(local):
        for refresh, _ in REFRESH.values():
            refresh(local, folder).take()
    return folder


@pytest.mark.parametrize("service", REFRESH)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_and_the_old_snapshot_stays(server: Local, taken: Path, service: str, wrong: str) -> None:
    before, (refresh, where) = tree(taken), REFRESH[service]
    fault, kind, told = WRONG[wrong]
    server.fault, server.where = fault, where
    began = time.monotonic()
    with pytest.raises(LiveError, match=told) as caught:
        refresh(server, taken, patience=SHORT if wrong in ("drip", "silence", "endless") else QUICK)
    assert re.fullmatch(kind, caught.value.kind)
    assert time.monotonic() - began < 30
    text = str(caught.value)
    assert "nothing was changed" in text
    assert f"  where: {server.base}" in text
    assert "  next: " in text
    assert caught.value.exit_code == 1
    assert tree(taken) == before


def test_after_all_that_the_old_snapshots_can_be_used(taken: Path) -> None:
    assert natverk.load(overlay=taken).own.keys() == {"memberships", "population", "sources"}


def test_each_misbehaviour_has_a_message_of_its_own() -> None:
    assert {kind for _, kinds, _ in WRONG.values() for kind in kinds.split("|")} == {
        "server", "busy", "refused", "cut", "slow", "timeout", "not_json", "html", "empty", "changed", "endless",
        "encoding",
    }  # fmt: skip


def test_what_passes_is_tried_again(server: Local, mine: Path) -> None:
    for fault in (fails(500), fails(429, Retry_After="0"), cut, hang_up):
        server.asked, server.where = [], "/data/kpi"
        server.fault = lambda handler, content, nth, fault=fault: (
            fault(handler, content, nth) if nth < 3 else reply(handler, content)
        )
        assert key_figures(server, mine).changes > 0
        assert sum("/data/kpi" in path for path, _ in server.asked) == 3


def test_what_does_not_pass_is_asked_once(server: Local, mine: Path) -> None:
    for fault in (fails(404), html, wrong_json, latin):
        server.asked, server.where, server.fault = [], "/data/kpi", fault
        with pytest.raises(LiveError):
            key_figures(server, mine)
        assert sum("/data/kpi" in path for path, _ in server.asked) == 1


@pytest.mark.parametrize("hours", [0, 1])
def test_the_service_says_how_long_to_wait(server: Local, mine: Path, hours: int) -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True) if hours else "1"
    server.where = "/kpi/N00900"
    server.fault = lambda handler, content, nth: (
        fails(429, Retry_After=said)(handler, content, nth) if nth == 1 else reply(handler, content)
    )
    began = time.monotonic()
    if not hours:
        key_figures(server, mine, ("N00900",))
        assert time.monotonic() - began >= 1
    else:
        # An hour is more than anybody waits for: it is told, and not asked again.
        with pytest.raises(LiveError, match=r"asks to be left alone for 3[56]\d\d(\.\d+)? seconds"):
            key_figures(server, mine, ("N00900",))
        assert time.monotonic() - began < 5


def test_no_service_at_all_is_told(mine: Path) -> None:
    with pytest.raises(LiveError, match="there is no connection") as caught:
        refresh_population(mine, base="http://127.0.0.1:9/api", patience=QUICK)
    assert caught.value.kind == "unreachable"
    with pytest.raises(NatverkError, match="no address of a service"):
        refresh_population(mine, base="statistikdatabasen.scb.se", patience=QUICK)


def test_a_page_of_nothing_among_others_is_told(server: Local, mine: Path) -> None:
    def no_rows_on_page_2(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
        reply(handler, json.dumps({**json.loads(content), "values": []}).encode())

    server.fault, server.where = no_rows_on_page_2, "page=2"
    with pytest.raises(LiveError, match="page 2 holds no rows") as caught:
        key_figures(server, mine, ("N00900",), years=(2010, 2024))
    assert caught.value.kind == "empty"


def test_a_next_page_elsewhere_is_not_followed(server: Local, mine: Path) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
        reply(handler, json.dumps({**json.loads(content), "next_url": "http://example.org/v3/data"}).encode())

    server.fault, server.where = elsewhere, "/data/kpi"
    with pytest.raises(LiveError, match=r"the next page leads elsewhere: http://example.org/v3/data"):
        key_figures(server, mine)


def test_pages_that_are_always_new_end_too(server: Local) -> None:
    def always_new(handler: BaseHTTPRequestHandler, content: bytes, nth: int) -> None:
        assert isinstance(handler.server, Local)
        rows = [{"kpi": "N00900", "period": nth, "municipality": "0180", "values": []}]
        reply(
            handler,
            json.dumps(
                {"values": rows, "next_url": f"{handler.server.base}/kolada/data/kpi/N00900/year/2024?page={nth}"}
            ).encode(),
        )

    server.fault, server.where = always_new, "/data/kpi"
    with pytest.raises(LiveError, match="there were more than 7") as caught:
        Service("Kolada", f"{server.base}/kolada", QUICK).pages("/data/kpi/N00900/year/2024", most=7)
    assert caught.value.kind == "endless"


@pytest.mark.parametrize(
    ("service", "before", "after", "told"),
    [
        ("scb", '"Folkmängd"', '"Invånare"', "0 contents called Folkmängd"),
        ("scb", '"1487"', '"1488"', "lacks 1 municipalities, 1487 among them"),
        ("scb", '"Tid"', '"Time"', "has no variable Tid"),
        ("scb", "totalt, samtliga", "alla", "table TAB6471 has no total of ålder"),
        ("scb", '"maxDataCells"', '"maxCells"', "maxDataCells"),
        ("kolada", '"gender": "T"', '"gender": "X"', "has gender 'X'"),
        ("kolada", '"title"', '"name"', "a key figure comes without id or title"),
        ("kolada", '"next_url"', '"next"', "does not say whether there is a next page"),
        ("wikidata", '"bindings"', '"rows"', "no table of SPARQL"),
        ("wikidata", '"false"', '"perhaps"', "whether a statement names a source is 'perhaps'"),
    ],
)
def test_a_changed_field_is_named(server: Local, mine: Path, service: str, before: str, after: str, told: str) -> None:
    def other(handler: BaseHTTPRequestHandler, content: bytes, _nth: int) -> None:
        reply(handler, content.decode().replace(before, after).encode())

    server.fault = other
    with pytest.raises(LiveError, match=re.escape(told)) as caught:
        REFRESH[service][0](server, mine)
    assert caught.value.kind == "changed"
    assert not mine.exists()


def test_what_is_asked_wrongly_is_told_before_anything_is_asked(server: Local, mine: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    book.write_bytes(b"")
    for ask in (
        lambda: population(server, book),
        lambda: population(server, mine, year_from=1066),
        lambda: population(server, mine, tables=[]),
        lambda: key_figures(server, mine, ("900",)),
        lambda: key_figures(server, mine, ()),
        lambda: key_figures(server, mine, years=(2024, 2020)),
        lambda: refresh_wikidata("friends", mine, base=server.base),  # type: ignore[arg-type]
        lambda: refresh_wikidata("twins", mine, ["ubc"], base=server.base),
    ):
        with pytest.raises(InvalidArgument):
            ask()
    assert server.asked == []
    assert not mine.exists()


def test_an_unknown_key_figure_is_named(server: Local, mine: Path) -> None:
    with pytest.raises(UnknownName, match="Kolada has no key figure N99999"):
        key_figures(server, mine, ("N00900", "N99999"))
    with pytest.raises(LiveError, match="no municipality has a figure of N00900 for 2026–2026"):
        key_figures(server, mine, ("N00900",), years=2026)
    with pytest.raises(MissingFile, match="no key figures of Kolada"):
        kpis(mine)


def test_a_snapshot_that_does_not_fit_is_not_taken(server: Local, mine: Path) -> None:
    population(server, mine).take()
    before = tree(mine)
    snapshot = population(server, mine)
    snapshot.tables["population"].loc[0, "code"] = "9999"
    with pytest.raises(LiveError, match="a row does not fit natverk's tables: '9999' is not in"):
        snapshot.take()
    assert tree(mine) == before
    assert not list(mine.glob(".taking-*"))
    snapshot.folder = mine.parent / "other"
    with pytest.raises(LiveError):
        snapshot.take()
    assert not snapshot.folder.exists()


def test_ids_that_were_given_meanwhile_are_not_given_twice(server: Local, mine: Path) -> None:
    first, second = members(server, mine), twins(server, mine)
    first.take()
    before = tree(mine)
    with pytest.raises(NatverkError, match="own-00001 and 1 more were given to other own rows meanwhile"):
        second.take()
    assert tree(mine) == before
    twins(server, mine).take()
    assert check_overlay(mine, current_tables()).problems == []


def test_a_snapshot_that_cannot_be_written_leaves_nothing(server: Local, mine: Path) -> None:
    snapshot = population(server, mine)
    mine.mkdir()
    (mine / "live").write_text("a file where the folder should be")
    with pytest.raises(NatverkError, match="cannot be written"):
        snapshot.take()
    assert tree(mine) == {"live": b"a file where the folder should be"}


def test_a_damaged_snapshot_is_told(server: Local, mine: Path) -> None:
    taken = key_figures(server, mine).take()
    (taken / "snapshot.json").write_text("{")
    with pytest.raises(DataError, match="the snapshot cannot be read") as caught:
        kpis(mine)
    assert str(taken) in str(caught.value)


# --- Whatever comes ---------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.floats(allow_nan=False) | st.text("aÅ0:/Q", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of a JSON value, of long lists and objects the first few."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, (key, item) in enumerate(inner):
        if place < 10:
            yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], other: Any, *, gone: bool) -> Any:
    value = copy.deepcopy(value)
    if not path:
        return other
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    if gone and isinstance(inside, dict):
        del inside[path[-1]]
    else:
        inside[path[-1]] = other
    return value


@pytest.mark.parametrize("service", REFRESH)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_no_answer_makes_a_traceback(
    service: str, draw: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of which something is another value, or gone, is taken or refused; it never ends in another error."""
    nth = draw.draw(st.integers(0, 4))
    asked = 0

    def ask(self: Service, path: str = "", *, params: dict[str, str] | None = None, body: Any = None) -> dict[str, Any]:
        nonlocal asked
        parts = urlsplit(path.removeprefix(self.base))
        if service == "scb":
            said = scb(parts.path, body)
        elif service == "kolada":
            said = kolada(parts.path, parse_qs(parts.query), self.base)
        else:
            said = sparql((params or {})["query"])
        if asked == nth:
            all_places = list(places(said))
            path_ = all_places[draw.draw(st.integers(0, len(all_places) - 1))]
            said = put(said, path_, draw.draw(JSON), gone=draw.draw(st.booleans()))
        asked += 1
        return self._parsed(json.dumps(said, ensure_ascii=False).encode(), "application/json", "here")

    monkeypatch.setattr(Service, "ask", ask)
    mine = tmp_path / "fuzz"
    refresh = {
        "scb": lambda: refresh_population(mine),
        "kolada": lambda: refresh_kolada(["N00900"], mine, 2024),
        "wikidata": lambda: refresh_wikidata("members", mine),
    }[service]
    with contextlib.suppress(NatverkError):
        str(refresh())
    assert not mine.exists()


# --- The command line and the page ------------------------------------------------------------------------------------


def command(*arguments: str | Path, status: int = 0) -> str:
    result = CliRunner().invoke(app, [str(item) for item in arguments])
    if isinstance(result.exception, NatverkError):
        raise result.exception
    assert result.exit_code == status, result.output
    return result.output


def test_the_command_shows_and_takes(server: Local, mine: Path) -> None:
    url = f"{server.base}/scb"
    said = command("refresh", "population", mine, "--url", url)
    assert "against natverk: " in said
    assert "not taken: nothing was written (--take takes it)" in said
    assert not mine.exists()
    said = command("refresh", "population", mine, "--take", "--url", url)
    assert f"taken: {mine / 'live' / 'population' / TODAY}" in said
    assert "right: 0 problems" in command("check", mine)
    said = command("refresh", "kolada", "N00900", "N00901", mine, "--take", "--url", f"{server.base}/kolada")
    assert "taken: " in said
    said = command("refresh", "kolada", mine, "--no-take", "--url", f"{server.base}/kolada")
    assert "against natverk and the snapshot of" in said
    said = command("refresh", "wikidata", "members", "eurocities", mine, "--url", f"{server.base}/sparql", "--take")
    assert "taken: " in said
    said = command("refresh", "wikidata", "twins", mine, "--url", f"{server.base}/sparql")
    assert "Tallinn" in said


def test_the_command_ends_with_1_and_a_message(server: Local, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.fault = fails(404)
    monkeypatch.setattr(sys, "argv", ["natverk", "refresh", "population", str(mine), "--url", f"{server.base}/scb"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1


def test_the_how_to_runs_as_it_stands(server: Local, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first shell and Python lines of docs/live.md, with the server's addresses in the place of the services'."""
    text = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    (shell,), (python,) = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[:1] for kind in ("sh", "python"))
    lines = [line.split("#")[0].split() for line in shell.splitlines() if line.strip()]
    own = [line for line in python.splitlines() if line.strip() and not line.startswith("import")]
    assert len(lines) + len(own) <= 3
    mine.parent.mkdir(exist_ok=True)
    monkeypatch.chdir(mine.parent)
    for line in lines:
        service = {"population": "scb", "kolada": "kolada"}[line[2]]
        command(*line[1:], "--url", f"{server.base}/{service}")
    names: dict[str, Any] = {}
    exec(python, names)  # noqa: S102
    frame = names["frame"]
    assert len(frame) == 290 * frame["year"].nunique()
    assert frame["population"].notna().all()
    assert frame["N00900"].notna().any()
