"""What a process has read of the data: tables, filters, and that a kernel's reads come back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import natverk
from natverk.data.build import current_tables
from natverk.data.load import Dataset, kept
from natverk.data.reads import READS_VARIABLE, Recorded, forget_reads, reads, recorded, table_of
from natverk.data.units import UNIT_KINDS, Directory

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget_reads()


def test_a_table_is_noted_when_it_is_handed_out() -> None:
    data = natverk.load()
    assert reads() == {}
    assert len(data.networks) == len(data.table("networks"))
    assert reads() == {"networks": current_tables().hashes["networks"]}


def test_what_is_kept_is_read_again_by_whoever_uses_it() -> None:
    @kept
    def n_members(data: Dataset) -> int:
        return len(data.memberships) + len(data.networks)

    data = natverk.load()
    assert n_members(data) > 0
    with recorded() as found:
        assert natverk.load() is data
        assert n_members(data) > 0
    assert set(found.tables) == {"memberships", "networks"}
    early = natverk.load(as_of="2015")
    assert len(early.twins) > 0
    with recorded() as again:
        assert len(early.twins) > 0
    assert set(again.tables) == {"twins (as_of=2015, undated_sources=drop)", "sources"}


def test_a_call_is_kept_once_however_it_is_written() -> None:
    made = []

    @kept
    def n_rows(data: Dataset, name: str, *, least: int = 0) -> int:
        made.append(name)
        return max(len(data.table(name)), least)

    data = natverk.load()
    assert n_rows(data, "counties") == n_rows(data, name="counties") == n_rows(data, "counties", least=0) == 21
    assert n_rows(data, least=0, name="counties") == 21
    assert made == ["counties"]
    assert n_rows(data, "counties", least=30) == 30
    with recorded() as found:
        assert n_rows(data, name="counties") == 21
    assert set(found.tables) == {"counties"}
    with pytest.raises(TypeError, match="unexpected keyword"):
        n_rows(data, "counties", table="counties")  # type: ignore[call-arg]


def test_filters_are_noted_with_the_sources_that_they_look_at() -> None:
    early = natverk.load(as_of="2015", without_noncommercial=True)
    assert len(early.counties) == 21
    assert len(early.twins) > 0
    found = reads()
    assert set(found) == {
        "counties",
        "sources",
        "twins (as_of=2015, undated_sources=drop, without_noncommercial)",
    }
    assert {table_of(text) for text in found} == {"counties", "sources", "twins"}


def test_the_fingerprint_knows_the_filters() -> None:
    loaded = [natverk.load(), natverk.load(as_of=2015), natverk.load(without_noncommercial=True)]
    assert len({data.fingerprint for data in loaded}) == 3
    assert loaded[0].fingerprint == current_tables().fingerprint()


def test_reads_of_other_processes_are_recorded() -> None:
    before = os.environ.get(READS_VARIABLE)
    with recorded() as found:
        # A notebook may change its folder before it loads.
        code = "import os, natverk; os.chdir('/'); natverk.load().rai"
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
        _ = natverk.load().lai
    assert set(found.tables) == {"rai", "lai"}
    assert os.environ.get(READS_VARIABLE) == before
    with recorded() as nothing:
        pass
    assert nothing == Recorded()


def test_half_a_line_of_a_killed_process_is_no_read() -> None:
    with recorded() as found, Path(os.environ[READS_VARIABLE]).open("a", encoding="utf-8") as file:
        file.write('["whole", "rai", "12"]\n["whole", "la')
    assert found == Recorded({"rai": "12"}, ("rai",))


def test_the_directory_is_the_same_without_pandas() -> None:
    read, made = Directory.read(current_tables()), Directory.of(natverk.load())
    for kind in UNIT_KINDS:
        assert read.units(kind) == made.units(kind)
    assert (read.vintage, read.themes, read.members) == (made.vintage, made.themes, made.members)
    code = (
        "import sys\nfrom natverk.data.build import current_tables\nfrom natverk.data.units import Directory\n"
        "read = Directory.read(current_tables())\nread.vintage, read.themes, read.members, read.meanings('180')\n"
        "print([name for name in ('pandas', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
