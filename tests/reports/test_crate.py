"""The metadata of the site: valid RO-Crate 1.1 as far as its rules can be checked, and true to what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from natverk.reports.crate import crate_of, is_crate, write_crate
from natverk.reports.record import CRATE_FILE, Entry


def entry(page_id: str, **fields: Any) -> Entry:
    lang, report, unit = page_id.split("/")
    base = {
        "id": page_id, "report": report, "unit": unit, "unit_name": "VG", "lang": lang, "title": f"Sida {unit}",
        "parameters": {"region": unit, "share": 0.5, "words": ["å", "b"]}, "outcome": "ok",
        "started": "2026-03-02T10:00:00+00:00", "good_started": "2026-03-02T10:00:00+00:00", "duration": 1.0,
        "notebook_sha256": "n1", "versions": {"pandas": "3.0.1"}, "files": (f"{lang}/{report}/data/{unit}/01 å.csv",),
        "reads": {"twins (as_of=2015, undated_sources=drop)": "t1", "sources": "s1"},
    }  # fmt: skip
    return Entry(**{**base, **fields})


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, list[Entry]]:
    """A site of two pages, and one that failed and has no page."""
    entries = [
        entry("sv/r/14"),
        entry("sv/r/18", good_started="2026-03-04T10:00:00+00:00"),
        entry("sv/r/17", outcome="failed"),
    ]
    names = ["index.html", "manifest.jsonl", "data/twins.csv", "data/sources.csv", "data/codebook.html"]
    for made in entries[:2]:
        names += [f"{made.id}.html", f"{made.id}.ipynb", *made.files]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    return tmp_path, entries


@pytest.fixture
def graph(site: tuple[Path, list[Entry]]) -> dict[str, dict[str, Any]]:
    content = crate_of(*site)
    assert content["@context"] == "https://w3id.org/ro/crate/1.1/context"
    found = {entity["@id"]: entity for entity in content["@graph"]}
    assert len(found) == len(content["@graph"])
    return found


def references(entity: dict[str, Any], *names: str) -> list[str]:
    values = [value for name in names for value in (entity[name] if isinstance(entity[name], list) else [entity[name]])]
    return [value["@id"] for value in values]


def test_descriptor_and_root_are_those_of_the_specification(graph: dict[str, dict[str, Any]]) -> None:
    descriptor, root = graph[CRATE_FILE], graph["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert root["name"]
    assert root["description"]
    assert root["datePublished"] == "2026-03-04"
    assert graph[root["license"]["@id"]]["name"].startswith("Creative Commons")
    assert graph[root["author"]["@id"]]["@type"] == "Organization"


def test_every_file_is_a_part_and_every_part_is_a_file(
    site: tuple[Path, list[Entry]], graph: dict[str, dict[str, Any]]
) -> None:
    from urllib.parse import unquote

    out, _entries = site
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    parts = {unquote(part) for part in references(graph["./"], "hasPart")}
    assert parts == there
    assert all(graph[part]["@type"] == "File" for part in references(graph["./"], "hasPart"))
    assert not any(" " in part or part.startswith("/") for part in references(graph["./"], "hasPart"))


def test_every_reference_leads_to_something(graph: dict[str, dict[str, Any]]) -> None:
    def links(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [value["@id"]] if set(value) == {"@id"} else [x for item in value.values() for x in links(item)]
        return [x for item in value for x in links(item)] if isinstance(value, list) else []

    for entity in graph.values():
        assert entity["@type"]
        for link in links([value for name, value in entity.items() if name != "conformsTo"]):
            assert link in graph, (entity["@id"], link)


def test_a_page_is_the_result_of_running_a_notebook(graph: dict[str, dict[str, Any]]) -> None:
    action = graph["#run/sv/r/14"]
    assert action["@type"] == "CreateAction"
    assert action["startTime"] == "2026-03-02T10:00:00+00:00"
    assert references(graph["./"], "mentions") == ["#run/sv/r/14", "#run/sv/r/18"]
    results = references(action, "result")
    assert results[:2] == ["sv/r/14.html", "sv/r/14.ipynb"]
    assert len(results) == 3
    notebook = graph[action["instrument"]["@id"]]
    assert (notebook["@type"], notebook["name"]) == ("SoftwareSourceCode", "r.ipynb")
    needed = {graph[key]["name"]: graph[key]["softwareVersion"] for key in references(notebook, "softwareRequirements")}
    assert needed["pandas"] == "3.0.1"
    given = [graph[key] for key in references(action, "object")]
    values = {item["name"]: item["value"] for item in given if item["@type"] == "PropertyValue"}
    assert values == {"region": "14", "share": 0.5, "words": '["å", "b"]'}
    assert {item["@id"] for item in given if item["@type"] == "File"} == {"data/twins.csv", "data/sources.csv"}


def test_the_same_site_gives_the_same_bytes(site: tuple[Path, list[Entry]]) -> None:
    out, entries = site
    first = write_crate(out, entries).read_bytes()
    assert write_crate(out, entries).read_bytes() == first
    assert json.loads(first)["@graph"][0]["@id"] == CRATE_FILE
    assert not re.search(rb"[0-9a-f]{8}-[0-9a-f]{4}-", first)
    assert is_crate(out / CRATE_FILE)
    (out / CRATE_FILE).write_text('{"@graph": []}', encoding="utf-8")
    assert not is_crate(out / CRATE_FILE)


def test_pages_with_own_rows_are_not_published_as_natverks(site: tuple[Path, list[Entry]]) -> None:
    out, entries = site
    entries[1] = entry("sv/r/18", own={"memberships": 2, "sources": 1})
    found = {item["@id"]: item for item in crate_of(out, entries)["@graph"]}
    root, natverks = found["./"], "#natverk-contributors"
    assert "1 of 2 pages were made with own rows, which are not natverk's" in root["description"]
    assert set(references(root, "author")) == {natverks, "#authors-of-own-rows"}
    (rows,) = [found[key] for key in references(found["#run/sv/r/18"], "object") if key.startswith("#own-rows")]
    assert rows["name"] == "Own rows: 2 in memberships, 1 in sources"
    assert not any(key.startswith("#own-rows") for key in references(found["#run/sv/r/14"], "object"))
    # All files of the page with own rows, and no other, are of other authors and under no licence of natverk's.
    theirs = {part for part in references(root, "hasPart") if references(found[part], "author") != [natverks]}
    assert theirs == set(references(found["#run/sv/r/18"], "result"))
    assert len(theirs) == 3
    for part in references(root, "hasPart"):
        licence = found[found[part]["license"]["@id"]]
        assert licence["name"].startswith("Terms of own rows" if part in theirs else "Creative Commons")
    assert "No licence is stated" in found["#terms-of-own-rows"]["description"]


def test_without_own_rows_nothing_is_said_of_them(graph: dict[str, dict[str, Any]]) -> None:
    assert not any("own-rows" in key for key in graph)
    assert all("license" not in graph[part] for part in references(graph["./"], "hasPart"))
