"""Rows that are looked up by their keys: which are noted, and when the table is."""

from __future__ import annotations

from pathlib import Path

import pytest

import natverk
from natverk.data.load import Dataset, kept
from natverk.data.lookup import Lookup, row_digests
from natverk.data.reads import recorded, within


def test_the_rows_that_are_looked_up_are_noted_and_the_table_is_not() -> None:
    data = natverk.load()
    with recorded() as found:
        names = Lookup(data, "networks", "name")
        assert names["ubc"].startswith("Union of the Baltic Cities")
        assert names.get("eurocities")
        assert "sern" in names
        assert names
    digests = row_digests(data, "networks")
    assert found.rows == {"networks": {key: digests[key] for key in ("eurocities", "sern", "ubc")}}
    assert found.whole == ()
    assert set(found.tables) == {"networks"}


def test_a_row_that_is_missing_is_noted_as_missing() -> None:
    with recorded() as found:
        names = Lookup(natverk.load(), "networks", "name")
        assert "no-such" not in names
        with pytest.raises(KeyError):
            names["nor-this"]
    assert found.rows == {"networks": {"no-such": "", "nor-this": ""}}


@pytest.mark.parametrize("use", [list, len, dict])
def test_who_goes_through_all_rows_has_read_the_table(use: type) -> None:
    with recorded() as found:
        use(Lookup(natverk.load(), "networks", "name"))
    assert found.whole == ("networks",)


def test_other_data_than_those_that_load_gives_are_read_as_tables(tmp_path: Path) -> None:
    folder = tmp_path / "processed"
    folder.symlink_to(natverk.load().folder)
    with recorded() as found:
        assert Lookup(Dataset(folder), "counties", "name_short")["13"] == "Halland"
    assert (found.whole, found.rows) == (("counties",), {})


def test_evidence_that_filters_leave_out_is_read_as_a_table() -> None:
    with recorded() as found:
        Lookup(natverk.load(as_of="2015"), "functions", "source_id").get("fun-00001")
    assert found.rows == {}
    assert "functions (as_of=2015, undated_sources=drop)" in found.whole


def test_what_a_measure_looks_up_stands_behind_its_answer() -> None:
    with recorded() as found, within(answer=True):
        Lookup(natverk.load(), "networks", "name")["ubc"]
    assert (found.whole, found.rows) == ((), {})


@kept
def name_of_ubc(data: Dataset) -> str:
    return str(Lookup(data, "networks", "name")["ubc"])


@pytest.mark.parametrize("kept_before", [False, True])
def test_what_is_kept_has_read_the_table(kept_before: bool) -> None:
    data = natverk.load()
    if kept_before:
        name_of_ubc(data)
    with recorded() as found:
        name_of_ubc(data)
    assert (found.whole, found.rows) == (("networks",), {})


def test_values_in_the_place_of_others_hold_for_rows_that_there_are() -> None:
    names = Lookup(natverk.load(), "networks", "name", lambda key, name: "Baltic" if key == "ubc" else name)
    assert (names["ubc"], names.get("no-such")) == ("Baltic", None)


def test_a_digest_is_that_of_the_whole_row_and_of_no_other() -> None:
    frame = natverk.load().networks
    digests = row_digests(natverk.load(), "networks")
    assert list(digests) == frame["network_id"].tolist()
    assert len(set(digests.values())) == len(frame)
