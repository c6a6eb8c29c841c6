"""The directory of units: what names mean, which are refused, and how many members a network has."""

from __future__ import annotations

from typing import Any

import pytest

from natverk.data.load import Dataset
from natverk.data.units import UNIT_KINDS, Directory
from natverk.errors import UnknownName


@pytest.fixture(scope="module")
def directory(real: Dataset) -> Directory:
    return Directory.of(real)


@pytest.mark.parametrize(
    ("kind", "text", "unit"),
    [
        ("region", "Västra Götaland", "14"),
        ("region", "VGR", "14"),
        ("municipality", "Vänersborg", "1487"),
        ("municipality", "vanersborgs kommun", "1487"),
        ("municipality", "0180", "0180"),
        ("municipality", "Stockholms stad", "0180"),
        ("municipality", "municipality:0180", "0180"),
        ("municipality", "Håbo", "0305"),
        ("municipality", "Habo", "0643"),
        ("municipality", "Ha\u030abo", "0305"),
        ("network", "eurocities", "eurocities"),
        ("network", "UBC", "ubc"),
        ("network", "Östersjöstädernas förbund", "ubc"),
        ("network", "Union of the Baltic Cities", "ubc"),
        ("network", "CEMR", "cemr"),
        ("network", "covenant of mayors", "covenant-of-mayors"),
        ("actor", "municipality:0180", "municipality:0180"),
        ("actor", "municipality-0180", "municipality:0180"),
        ("actor", "Stockholm", "municipality:0180"),
        ("actor", "VGR", "region:14"),
        ("actor", "Region Gotland", "municipality:0980"),
    ],
)
def test_names_mean_units(directory: Directory, kind: str, text: str, unit: str) -> None:
    assert directory.resolve(kind, text).id == unit


@pytest.mark.parametrize(
    ("kind", "text", "help_"),
    [
        ("municipality", "Vänersbrg", "nearest: 'Vänersborg'"),
        ("municipality", "14", "four-digit code"),
        ("network", "eurocites", "nearest: 'Eurocities'"),
        ("actor", "municipality:9999", "municipality:0180"),
        ("region", "1487", 'its county is "14"'),
        ("region", "SE23", "means several regions"),
    ],
)
def test_what_is_refused_says_what_would_do(directory: Directory, kind: str, text: str, help_: str) -> None:
    with pytest.raises(UnknownName) as caught:
        directory.resolve(kind, text)
    assert help_ in str(caught.value)


def test_every_id_and_every_name_in_the_data_leads_back(directory: Directory) -> None:
    for kind in UNIT_KINDS:
        for unit in directory.units(kind):
            assert directory.resolve(kind, unit.id) == unit
            assert directory.resolve(kind, unit.slug) == unit
            if kind != "actor":
                assert directory.resolve(kind, unit.name_sv) == unit


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Kalmar", ["region", "municipality", "actor"]),
        ("Kalmar län", ["region", "actor"]),
        ("Kalmar kommun", ["municipality", "actor"]),
        ("municipality:0980", ["municipality", "region", "actor"]),
        ("ubc", ["network"]),
        ("Vastra Gotlnd", []),
    ],
)
def test_meanings_come_in_order(directory: Directory, text: str, kinds: list[str]) -> None:
    assert [unit.kind for unit in directory.meanings(text)] == kinds


def test_members_are_counted_by_the_rules(make: Any) -> None:
    networks = [
        {}, {"network_id": "charter", "counts_as": "commitment"}, {"network_id": "empty"},
        {"network_id": "platform", "counts_as": "reporting"},
    ]  # fmt: skip
    data = make(
        {"a": "municipality:0101"},
        {"a": "municipality:0101", "seen": 2010},  # the same pair once more
        {"a": "region:01", "status": "applicant"},
        {"a": "region:02", "status": "participant"},  # loose in a network of members
        {"a": "region:03", "inference": "from a photograph"},
        {"a": "state:verket"},  # no municipality, region or joint body
        {"a": "body:forbundet", "status": "full"},
        {"a": "region:01", "n": "charter", "status": "signatory"},
        {"a": "region:02", "n": "charter", "status": "reporting"},
        {"a": "region:01", "n": "platform", "status": "reporting"},
        {"a": "region:02", "n": "platform", "status": "applicant"},
        networks=networks,
    )
    found = {unit.id: unit.members for unit in Directory.of(data).units("network")}
    assert found == {"net": 2, "charter": 1, "empty": 0, "platform": 1}


def test_the_count_is_that_of_the_measures(real: Dataset, directory: Directory) -> None:
    from natverk.membership.evidence import graded

    rows = graded(real)
    kinds = real.actors.set_index("actor_id")["kind"]
    # Nobody is a member of a platform that collects reports: those that report are counted there.
    platform = rows["network_id"].map(real.networks.set_index("network_id")["counts_as"]) == "reporting"
    counted = (rows["counted"] == "yes") | (platform & (rows["status"] == "reporting"))
    firm = rows[counted & real.memberships["inference"].isna()]
    firm = firm[firm["actor_id"].map(kinds).isin(["municipality", "region", "joint_body"])]
    expected = firm.groupby("network_id")["actor_id"].nunique().to_dict()
    assert {unit.id: unit.members for unit in directory.units("network") if unit.members} == expected
