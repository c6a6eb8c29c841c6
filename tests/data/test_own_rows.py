"""Own rows by the hundreds: forty planted faults found and none invented, a thousand overlays used whole or refused."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

import natverk
from natverk.data.build import current_tables
from natverk.data.in_use import OVERLAY_VARIABLE, tables_in_use
from natverk.data.overlay import OverlayError, check_overlay, overlay_table, own_tables
from natverk.data.sources import cite_data
from natverk.data.units import Directory
from natverk.reports.plan import Page, find_project, plan
from natverk.reports.run import due, make, state_of
from tests.data.own_rows import FAULTS, Planted, Tables, as_written, plant, sound, write_csv_files, write_workbook
from tests.data.test_overlay import state_of as files_of
from tests.pages.notebook import page_of, tables_of, text_of

#: How many overlays are made, and how many of them every time; the others, some ten minutes, by `make test-all`.
N_OVERLAYS, EVERY_TIME = 1000, 60
ROWS = {"sources": 20, "networks": 10, "memberships": 180, "projects": 40, "missions": 20, "published_totals": 30}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tables with own rows apart from those of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv(OVERLAY_VARIABLE, raising=False)
        yield


# --- A workbook of 300 rows -------------------------------------------------------------------------------------------


def workbook(seed: int) -> tuple[Tables, list[Planted]]:
    """Return 300 rows with forty faults, two of each kind."""
    chance = random.Random(seed)
    tables, taken = sound(chance, **ROWS), set[tuple[str, int]]()
    planted = [plant(tables, fault, chance, taken) for fault in FAULTS * 2]
    return tables, [one for one in planted if one is not None]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_forty_faults_of_twenty_kinds_are_found_and_none_is_invented(tmp_path: Path, seed: int) -> None:
    tables, planted = workbook(seed)
    assert sum(map(len, tables.values())) == 300
    assert (len(planted), len({fault.kind for fault in FAULTS})) == (40, 20)
    path = write_workbook(tmp_path / "mine.xlsx", tables)
    before = files_of(tmp_path)
    found = check_overlay(path, current_tables())
    got = Counter((one.place.sheet, one.place.row, one.column) for one in found.problems)
    assert got == Counter((one.table, one.row, one.column) for one in planted)
    for problem in found.problems:
        (fault,) = [one for one in planted if (one.table, one.row) == (problem.place.sheet, problem.place.row)]
        assert fault.words in str(problem)
        assert f"{path}, sheet {fault.table}, row {fault.row}" in str(problem)
        assert "next:" in str(problem)
    with pytest.raises(OverlayError) as caught:
        natverk.load(overlay=path)
    assert len(caught.value.problems) == 40
    # The file is as it was, and nothing lies beside it.
    assert files_of(tmp_path) == before
    # Mended cell by cell in the same workbook, it is used whole.
    book = load_workbook(path)
    for one in planted:
        column = next(cell.column for cell in book[one.table][1] if cell.value == one.changed)
        book[one.table].cell(one.row, column).value = one.before
    book.save(path)
    assert check_overlay(path, current_tables()).problems == []
    assert natverk.load(overlay=path).own == {name: ROWS[name] for name in natverk.load(overlay=path).own}
    assert sum(natverk.load(overlay=path).own.values()) == 300


PAGES = {
    "municipality_profile/1380": {"municipality": "1380"}, "municipality_profile/1487": {"municipality": "1487"},
    "region_report/10": {"region": "10"}, "network_profile/eurotowns": {"network": "eurotowns"},
    "network_profile/ecad": {"network": "ecad"},
}  # fmt: skip


#: Halmstad in a network of one's own, told in a talk after natverk last read a source, in the same year.
SALMON = {
    "sources": [{"source_id": "own-samtal-1", "title": "Samtal med kommunen", "accessed": "2026-12-15",
                 "language": "sv", "kind": "interview"}],
    "networks": [{"network_id": "own-nat-1", "name": "Network of Salmon Rivers", "name_sv": "Nätverket för laxåar",
                  "type": "city_network", "scope": "national", "reach": "national", "kind": "network",
                  "counts_as": "membership", "themes": "environment", "general_purpose": "no",
                  "eligible_levels": "municipality", "source_id": "own-samtal-1"}],
    "memberships": [{"row_id": "own-00001", "actor_id": "municipality:1380", "network_id": "own-nat-1",
                     "status": "member", "observed_year": 2024, "observed_basis": "stated",
                     "source_id": "own-samtal-1"}],
}  # fmt: skip


def test_exactly_the_pages_that_own_rows_concern_are_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, project, plain = tmp_path / "reports", find_project(), tables_in_use()
    pages = plan(project, Directory.read(plain), list(PAGES), lang="sv", out=out)
    assert len(pages) == len(PAGES)
    assert make(pages, plain, out, typed={}) == 0
    assert due(pages, state_of(pages, plain)).pages == ()
    before = {page.id: said_by(page) for page in pages}
    # Rows about what municipalities do in natverk's networks, from natverk's sources; with networks, sources and
    # totals of one's own; one row about a network and from a source of one's own; and such a source alone.
    few = {name: ROWS[name] for name in ("memberships", "projects", "missions")}
    overlays = {
        "few": (sound(random.Random(1), **few), 3), "all": (sound(random.Random(1), **ROWS), 2), "salmon": (SALMON, 1),
        "talk": ({"sources": SALMON["sources"]}, 0),
    }  # fmt: skip
    for name, (tables, n_named) in overlays.items():
        monkeypatch.setenv(OVERLAY_VARIABLE, str(write_workbook(tmp_path / f"{name}.xlsx", tables)))
        now = {page.id: said_by(page) for page in pages}
        named = {key for key, (own, _said) in now.items() if own}
        assert len(named) == n_named, name
        # The places of the rows and their networks; no page that none of them concerns, and none that says otherwise.
        stale = {page.id for page in due(pages, state_of(pages, tables_in_use())).pages}
        assert stale == named, name
        assert {key for key in now if now[key][1] != before[key][1]} == named, name


def said_by(page: Page) -> tuple[bool, list[str]]:
    """Return whether a page names own rows that are in use, and what it says but for which data it is made of."""
    made = page_of(page.report, **PAGES[f"{page.report}/{page.unit}"])
    lines = [line for line in text_of(made).splitlines() if line and not re.match("Så citerar|Egna rader", line)]
    return bool(made.own_ids), [*lines, *(table.frame.to_csv() for table in tables_of(made).values())]


# --- A thousand overlays ----------------------------------------------------------------------------------------------


def small(chance: random.Random) -> Tables:
    """Return a few rows in which nothing is wrong."""
    return sound(
        chance, sources=chance.randint(1, 3), networks=chance.randint(0, 2), memberships=chance.randint(1, 6),
        projects=chance.randint(0, 2), missions=chance.randint(0, 2), published_totals=chance.randint(0, 2),
    )  # fmt: skip


def written(folder: Path, tables: Tables, chance: random.Random) -> Path:
    if chance.random() < 0.5:
        return write_csv_files(folder / "mine", tables, chance)
    return write_workbook(folder / "mine.xlsx", tables, chance)


def damage(path: Path, chance: random.Random) -> bool:
    """Damage a file as a whole, or leave another one beside it; return whether it must be refused for it."""
    file = chance.choice(sorted(path.iterdir())) if path.is_dir() else path
    content = file.read_bytes()
    what = chance.randrange(4)
    if what == 0 and path.is_dir():
        file.rename(file.with_name(f"{file.stem[:-1]}x.csv"))
        return True
    if what == 1 and path.is_dir():
        (path / "memberships.xls").write_bytes(b"\xd0\xcf\x11\xe0")
        return True
    if what == 2:
        file.write_bytes(content[: len(content) // 2])
    else:
        changed = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        file.write_bytes(bytes(changed))
    return False


def wild(tables: Tables, chance: random.Random) -> None:
    """Write anything into a few cells."""
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(sorted(tables))
        row = chance.choice(tables[name])
        row[chance.choice([*overlay_table(name).names, "wrong"])] = chance.choice(ANYTHING)


ANYTHING = (
    "", "NA", "None", "none", "0180", "180", 1380, "municipality:1380", "Halmstad", "region:13", "own-nat-0", "ubc",
    "member", "former", "2014", 2014.0, 41696, "2014-02-26", "03/04/2019", "38,4", -1, "stated", True, "own-00001",
    "own-kalla-0", "mem-00001", "culture;mobility", "#REF!", "=1+1", "å", "\u00a0", "ubc-2019", "https://x.se", 9999,
    "\u200b", 0, "\U0001f600", "sv", '"', "a\nb", "a;b", "a\tb", 10**40, float("1e300"), "x" * 40_000, "' or 1=1",
)  # fmt: skip


@pytest.mark.parametrize(
    "seed",
    [seed if seed < EVERY_TIME else pytest.param(seed, marks=pytest.mark.slow) for seed in range(N_OVERLAYS)],
)
def test_an_overlay_is_used_whole_or_refused_with_its_place(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kind = chance.choice(["sound", "sound", "faulty", "faulty", "wild", "damaged"])
    tables, taken = small(chance), set[tuple[str, int]]()
    planted = []
    if kind == "faulty":
        planted = [one for fault in chance.sample(FAULTS, 4) if (one := plant(tables, fault, chance, taken))]
    elif kind == "wild":
        wild(tables, chance)
    if kind != "wild" and chance.random() < 0.7:
        noisy = as_written(tables, chance)
        # What is planted stays what it is.
        for one in planted:
            noisy[one.table][one.row - 2] = tables[one.table][one.row - 2]
        tables = noisy
    path = written(tmp_path, tables, chance)
    refused = kind == "damaged" and damage(path, chance)
    before = files_of(tmp_path)
    base = current_tables()
    found = check_overlay(path, base)
    assert files_of(tmp_path) == before
    for problem in found.problems:
        assert str(path) in str(problem)
        assert str(problem).count("\n") >= 1
    told = {(one.place.sheet or Path(one.place.file).stem, one.place.row) for one in found.problems}
    assert told >= {(one.table, one.row) for one in planted}
    assert found.problems or not refused
    if kind == "sound" or (kind == "faulty" and not planted):
        assert not found.problems, "\n".join(map(str, found.problems))
    if found.problems:
        if seed % 5 == 0:
            with pytest.raises(OverlayError, match="nothing was changed"):
                natverk.load(overlay=path)
    else:
        _files, keys, _rows = own_tables(path, base)
        n_rows = {name: len(rows) for name, rows in tables.items()}
        assert kind == "damaged" or {name: len(ids) for name, ids in keys.items()} == n_rows
        if seed % 5 == 0:
            data = natverk.load(overlay=path)
            assert sum(data.own.values()) == sum(map(len, keys.values()))
            assert "own row" in cite_data(data, "en")
            assert "own row" in repr(data)
    assert files_of(tmp_path) == before
