"""The directory of units: what names mean, which are refused with which help, and how many members a network has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from natverk.data.load import Dataset
from natverk.data.units import SHORT_FORMS, UNIT_KINDS, Directory, fold
from natverk.errors import InvalidArgument, UnknownName


@pytest.fixture(scope="module")
def directory(real: Dataset) -> Directory:
    return Directory.of(real)


@pytest.mark.parametrize(
    ("kind", "text", "unit"),
    [
        ("region", "14", "14"),
        ("region", 14, "14"),
        ("region", "01", "01"),
        ("region", "1", "01"),
        ("region", np.int64(1), "01"),
        ("region", "Västra Götaland", "14"),
        ("region", "Västra Götalands län", "14"),
        ("region", "Västra Götalandsregionen", "14"),
        ("region", "Region Kalmar län", "08"),
        ("actor", "Region Kalmar län", "region:08"),
        ("actor", "Falu kommun", "municipality:2080"),
        ("municipality", "Falu kommun", "2080"),
        ("municipality", "Faluns kommun", "2080"),
        ("municipality", "Kalix kommun", "2514"),
        ("municipality", "Göteborgs Stad", "1480"),
        ("municipality", "göteborgs kommun", "1480"),
        ("municipality", "Stockholms kommun", "0180"),
        ("municipality", "Malmö stad", "1280"),
        ("region", "vastra gotaland", "14"),
        ("region", "VÄSTRA  GÖTALAND", "14"),
        ("region", "Va\u0308stra Go\u0308taland", "14"),
        ("region", "Västra-Götaland", "14"),
        ("region", "region:14", "14"),
        ("region", "VGR", "14"),
        ("region", "vg", "14"),
        ("region", "O", "14"),
        ("region", "o", "14"),
        ("region", "SE232", "14"),
        ("region", "Orebro", "18"),
        ("region", "Region Örebro län", "18"),
        ("region", "region orebro", "18"),
        ("region", "Sörmland", "04"),
        ("region", "Södermanlands län", "04"),
        ("region", "Region Sörmland", "04"),
        ("region", "Jämtland Härjedalen", "23"),
        ("region", "Gotland", "09"),
        ("region", "Region Gotland", "09"),
        ("region", "municipality:0980", "09"),
        ("region", "region:09", "09"),
        ("region", "Skane", "12"),
        ("region", "Kalmar", "08"),
        ("region", "BD", "25"),
        ("municipality", "Vänersborg", "1487"),
        ("municipality", "vanersborgs kommun", "1487"),
        ("municipality", "0180", "0180"),
        ("municipality", " 180 ", "0180"),
        ("municipality", 180, "0180"),
        ("municipality", 1280, "1280"),
        ("municipality", "Stockholms stad", "0180"),
        ("municipality", "Sthlm", "0180"),
        ("municipality", "municipality:0180", "0180"),
        ("municipality", "Håbo", "0305"),
        ("municipality", "Habo", "0643"),
        ("municipality", "Ha\u030abo", "0305"),
        ("network", "eurocities", "eurocities"),
        ("network", "UBC", "ubc"),
        ("network", "Östersjöstädernas förbund", "ubc"),
        ("network", "Union of the Baltic Cities", "ubc"),
        ("network", "CEMR", "cemr"),
        ("network", "ICLEI", "iclei"),
        ("network", "covenant of mayors", "covenant-of-mayors"),
        ("actor", "municipality:0180", "municipality:0180"),
        ("actor", "municipality-0180", "municipality:0180"),
        ("actor", "Stockholm", "municipality:0180"),
        ("actor", "180", "municipality:0180"),
        ("actor", "VGR", "region:14"),
        ("actor", "Skåne", "region:12"),
        ("actor", "Region Gotland", "municipality:0980"),
        ("actor", "Region 10", "body:region-10"),
        ("actor", "region:10", "region:10"),
    ],
)
def test_names_mean_units(directory: Directory, kind: str, text: str | int, unit: str) -> None:
    assert directory.resolve(kind, text).id == unit


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("municipality:1280", ["municipality:1280"]),
        ("1280", ["municipality:1280"]),
        (980, ["municipality:0980"]),
        ("Malmö", ["municipality:1280"]),
        ("Region Skåne", ["region:12"]),
        ("VGR", ["region:14"]),
        ("body:region-10", ["body:region-10"]),
        # A name of a municipality and of a county.
        ("Kalmar", ["municipality:0880"]),
        ("Region Kalmar", ["region:08"]),
        ("Region Kalmar län", ["region:08"]),
        ("Sthlm", ["municipality:0180"]),
        ("Gotland", ["municipality:0980"]),
        ("09", ["municipality:0980"]),
        ("region:09", ["municipality:0980"]),
    ],
)
def test_names_of_actors(directory: Directory, text: str | int, actors: list[str]) -> None:
    assert directory.actors(text) == actors


@pytest.mark.parametrize("text", ["08", "8", 8, "Kalmar län", "kalmar lan", "Kalmar county", "H", "SE213"])
def test_a_county_is_short_for_its_municipalities(real: Dataset, directory: Directory, text: str | int) -> None:
    places = real.municipalities
    assert directory.actors(text) == places.loc[places["county_code"] == "08", "actor_id"].tolist()


@pytest.mark.parametrize(
    ("kind", "text", "help_"),
    [
        ("municipality", "Vänersbrg", "nearest: 'Vänersborg'"),
        ("region", "Skellefteå", "Skellefteå is a municipality; its county is 24"),
        ("municipality", "14", "four-digit code"),
        ("municipality", "80", "four-digit code"),
        ("municipality", "region:14", "four-digit code"),
        ("network", "eurocites", "nearest: 'Eurocities'"),
        ("actor", "Mamlö", "nearest: 'Malmö'"),
        ("actor", "Region Sknåe", "nearest: 'Region Skåne'"),
        ("actor", "municipality:9999", "municipality:1280"),
        ("actor", "SE23", "'region:13 Region Halland', 'region:14 Västra Götalandsregionen'"),
        (
            "region",
            "Vastra Gotlnd",
            "unknown region 'Vastra Gotlnd'\n  nearest: 'Västra Götaland'\n  allowed: 'Stockholm'",
        ),
        ("region", "1487", 'its county is "14", Västra Götaland'),
        ("region", "99", "natverk list"),
        ("region", "SE23", "means several regions\n  allowed: '13 Halland', '14 Västra Götaland'"),
        *(("region", text, "unknown region") for text in ("", "  ", "-", "län", "region")),
    ],
)
def test_what_is_refused_says_what_would_do(directory: Directory, kind: str, text: str, help_: str) -> None:
    with pytest.raises(UnknownName) as caught:
        directory.resolve(kind, text, "here")
    assert help_ in str(caught.value).replace("  where: here\n", "")
    assert caught.value.where == "here"
    if kind == "actor":
        assert "body:" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 1.0, True, ["Malmö"]])
def test_what_is_no_name_is_refused(directory: Directory, value: Any) -> None:
    for call in (directory.actors, lambda text: directory.resolve("region", text)):
        with pytest.raises(InvalidArgument, match="is no name"):
            call(value)


def test_every_id_and_every_name_in_the_data_leads_back(real: Dataset, directory: Directory) -> None:
    for kind in UNIT_KINDS:
        for unit in directory.units(kind):
            assert directory.resolve(kind, unit.id) == unit
            assert directory.resolve(kind, unit.slug) == unit
            if kind != "actor":
                assert directory.resolve(kind, unit.name_sv) == unit
    for actor in real.actors["actor_id"]:
        assert directory.actors(actor) == [actor]
    columns = ["county_code", "name", "name_short", "region_name", "region_actor_id", "letter", "nuts3"]
    for county in real.counties.to_dict("records"):
        assert {directory.resolve("region", county[column]).id for column in columns} == {county["county_code"]}


def test_short_forms_have_reasons_and_are_unambiguous(directory: Directory) -> None:
    for form, meant, reason in SHORT_FORMS:
        kind = "actor" if ":" in meant else "region" if len(meant) == 2 else "municipality"
        assert directory.resolve(kind, form).id == meant
        assert reason


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Kalmar", ["region", "municipality", "actor"]),
        ("Kalmar län", ["region", "actor"]),
        ("Kalmar kommun", ["municipality", "actor"]),
        ("180", ["municipality", "actor"]),
        ("municipality:0980", ["municipality", "region", "actor"]),
        ("ubc", ["network"]),
        ("Vastra Gotlnd", []),
    ],
)
def test_meanings_come_in_order(directory: Directory, text: str, kinds: list[str]) -> None:
    assert [unit.kind for unit in directory.meanings(text)] == kinds


def test_fold_keeps_digits_and_drops_punctuation() -> None:
    assert fold("Region: 14 (Västra_Götaland)") == "region 14 vastra gotaland"


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
    found = Directory.of(data).members
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
    assert {network: n for network, n in directory.members.items() if n} == expected
