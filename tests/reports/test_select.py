"""What a command line asks for, in a project with a report of every kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from natverk.data.load import Dataset
from natverk.data.units import Directory
from natverk.errors import DataError, InvalidArgument, UnknownName
from natverk.reports.plan import Page, Project, plan, read_project

CELLS = {
    "regions": 'region = "14"\nyear_to = 2024\nlang = "sv"',
    "municipalities": 'municipality = "1487"\ntheme = ""\nlang = "sv"',
    "networks": 'network = "ubc"\nregion = ""\nlang = "sv"',
    "actors": 'actor = "municipality:0180"\nlang = "sv"',
    "pairs": 'a = "14"\nb = "12"\nlang = "sv"',
    "country": 'lang = "sv"\nyear_to = 2024',
}
DECLARED = """
[defaults]
languages = ["sv", "en"]
[defaults.parameters]
year_to = 2020
[reports.regions]
notebook = "regions.ipynb"
units = "region"
[reports.municipalities]
notebook = "municipalities.ipynb"
units = "municipality"
[reports.networks]
notebook = "networks.ipynb"
units = "network"
min_members = 20
[reports.actors]
notebook = "actors.ipynb"
units = "actor"
only = ["municipality:0180"]
[reports.pairs]
notebook = "pairs.ipynb"
units = "pair"
only = ["Skåne--Västra Götaland", "1487--0180"]
languages = ["sv"]
[reports.country]
notebook = "country.ipynb"
units = "country"
parameters = { year_to = 2019 }
"""


@pytest.fixture(scope="module")
def directory(real: Dataset) -> Directory:
    return Directory.of(real)


def write(folder: Path, declared: str = DECLARED) -> Project:
    for name, parameters in CELLS.items():
        cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": parameters, "outputs": []}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "reports.toml").write_text(declared, encoding="utf-8")
    return read_project(folder / "reports.toml", folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return write(tmp_path_factory.mktemp("project"))


@pytest.fixture
def ask(project: Project, directory: Directory) -> Any:
    def asked(*wanted: str, **options: Any) -> list[Page]:
        return plan(project, directory, wanted, out=Path("reports"), **options)

    return asked


def ids(pages: list[Page]) -> list[str]:
    return [page.id for page in pages]


def test_everything_is_what_is_declared(ask: Any, directory: Directory) -> None:
    pages = ask(everything=True)
    numbers = {name: sum(page.report == name for page in pages) for name in CELLS}
    large = sum(n >= 20 for n in directory.members.values())
    assert numbers == {
        "regions": 21, "municipalities": 290, "networks": large, "actors": 1, "pairs": 2, "country": 1,
    }  # fmt: skip
    assert 5 < large < 20
    assert len({page.html for page in pages}) == len(pages)
    assert len(ask(everything=True, lang="all")) == 2 * len(pages) - 2


@pytest.mark.parametrize(
    ("text", "page", "parameters"),
    [
        ("Västra Götaland", "sv/regions/14", {"region": "14", "year_to": 2020}),
        ("Vänersborg", "sv/municipalities/1487", {"municipality": "1487", "theme": ""}),
        ("eurocities", "sv/networks/eurocities", {"network": "eurocities"}),
        ("180", "sv/municipalities/0180", {"municipality": "0180"}),
        ("1", "sv/regions/01", {"region": "01"}),
        ("b7", "sv/networks/b7", {"network": "b7"}),
        ("municipalities/vänersborg", "sv/municipalities/1487", {"municipality": "1487"}),
        ("en/municipalities/1487", "en/municipalities/1487", {"lang": "en"}),
        ("actors/municipality-0180", "sv/actors/municipality-0180", {"actor": "municipality:0180"}),
        ("actors/region:14", "sv/actors/region-14", {"actor": "region:14"}),
        ("Tillväxtverket", "sv/actors/body-tillvaxtverket", {"actor": "body:tillvaxtverket"}),
        ("14--12", "sv/pairs/14--12", {"a": "14", "b": "12"}),
        ("Vänersborg--Stockholm", "sv/pairs/1487--0180", {"a": "1487", "b": "0180"}),
        ("pairs/UBC--eurocities", "sv/pairs/ubc--eurocities", {"a": "ubc", "b": "eurocities"}),
        ("Sweden", "sv/country/sverige", {"year_to": 2019}),
        ("country", "sv/country/sverige", {"lang": "sv"}),
        ("Aalborg Charter / Commitments", "sv/networks/aalborg-commitments", {"network": "aalborg-commitments"}),
    ],
)
def test_a_name_of_any_kind_is_a_page(ask: Any, text: str, page: str, parameters: dict[str, Any]) -> None:
    [found] = ask(text)
    assert found.id == page
    assert parameters.items() <= found.parameters.items()
    assert found.id.split("/")[2] == found.unit


def test_pages_know_their_kind_and_their_name_in_their_language(ask: Any) -> None:
    pages = ask("14--12", "ubc", "sverige", "en/networks/ubc", "en/country/sverige")
    assert [(page.kind, page.unit_name) for page in pages] == [
        ("pair", "Västra Götaland och Skåne"),
        ("network", "Östersjöstädernas förbund"),
        ("country", "Sverige"),
        ("network", "Union of the Baltic Cities (UBC)"),
        ("country", "Sweden"),
    ]


@pytest.mark.parametrize(
    ("text", "chosen", "other"),
    [
        ("Kalmar", "sv/regions/08", "municipalities/0880 (municipality)"),
        ("Stockholm", "sv/regions/01", "municipalities/0180 (municipality) or actors/municipality-0180 (actor)"),
        ("Gotland", "sv/regions/09", "municipalities/0980 (municipality)"),
        ("municipality:0980", "sv/municipalities/0980", "regions/09 (region)"),
    ],
)
def test_a_name_of_several_kinds_is_said(ask: Any, text: str, chosen: str, other: str) -> None:
    said: list[str] = []
    assert ids(ask(text, say=said.append)) == [chosen]
    assert len(said) == 1
    assert said[0].endswith(f"Other pages: natverk report {other}")
    # What it says can be typed.
    assert len(ask(other.split(maxsplit=1)[0], say=said.append)) == 1
    assert len(said) == 1


@pytest.mark.parametrize("text", ["Kalmar län", "Kalmar kommun", "0880", "08", "Vänersborg", "ubc"])
def test_a_clear_name_is_not_talked_about(ask: Any, text: str) -> None:
    said: list[str] = []
    ask(text, say=said.append)
    assert said == []


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["regions/0*"], ["01", "03", "04", "05", "06", "07", "08", "09"]),
        (["sv/pairs/*"], ["12--14", "1487--0180"]),
        (["Halland", "municipalities/0180"], ["13", "0180"]),
        (["en/regions/1?", "country"], ["10", "12", "13", "14", "17", "18", "19", "sverige"]),
        (["count*"], ["sverige"]),
    ],
)
def test_only_takes_names_and_patterns(ask: Any, only: list[str], expected: list[str]) -> None:
    assert [page.unit for page in ask(only=only)] == expected


def test_only_keeps_of_what_is_named(ask: Any) -> None:
    assert ids(ask("regions", "municipalities", only=["*/14*"], lang="en"))[0] == "en/regions/14"
    assert ids(ask("Halland", "Skåne", only=["regions/13"])) == ["sv/regions/13"]
    with pytest.raises(UnknownName, match="kept by --only"):
        ask("Halland", only=["municipalities"])


def test_patterns_that_name_a_language_are_not_held_to_the_default(ask: Any) -> None:
    assert ids(ask(only=["*/regions/14"])) == ["sv/regions/14", "en/regions/14"]
    assert ids(ask(only=["regions/14*"])) == ["sv/regions/14"]
    assert ids(ask(only=["regions/14*"], lang="all")) == ["sv/regions/14", "en/regions/14"]


@pytest.mark.parametrize(
    ("wanted", "options", "help_"),
    [
        (["Västra", "Götaland"], {}, 'natverk report "Västra Götaland"'),
        (["Halland", "Upplands", "Vasby"], {}, 'natverk report "Upplands Väsby"'),
        (["Halland", "Skåen"], {}, "nearest: 'Skåne'"),
        (["Vänersbrg"], {}, "nearest: 'Vänersborg'"),
        (["eurocites"], {}, "nearest: 'Eurocities'"),
        (["municipalties/1487"], {}, "nearest: 'municipalities'"),
        (["municipalties"], {}, "nearest: 'municipalities'"),
        (["sv/municipalties"], {}, "nearest: 'sv/municipalities'"),
        (["municipalities/Vänersbrg"], {}, "nearest: 'Vänersborg'"),
        (["municipalities/14"], {}, "four-digit code"),
        (["14--1487"], {}, "unlike things"),
        (["14--14"], {}, "twice the same"),
        (["14--"], {}, "not a pair"),
        (["Skane--Hallnd"], {}, "nearest: 'Halland'"),
        (["country/norge"], {}, "unknown country 'norge'"),
        (["en/pairs/14--12"], {}, "pairs is not made in 'en'"),
        (["sv/regions/14/x"], {}, "<lang>/<report>/<unit>"),
        ([], {"only": ["regoins/*"]}, "nearest: 'regions'"),
        ([], {"only": ["Hallnd"]}, "nearest: 'Halland'"),
        (["Vänersborg"], {"typed": {"theme": "cultur"}}, "nearest: 'culture'"),
        (["ubc"], {"typed": {"region": "Skne"}}, "nearest: 'Skåne'"),
        (["Vänersborg"], {"typed": {"municipality": "0180"}}, "natverk report 1487"),
    ],
)
def test_mistakes_name_the_nearest(ask: Any, wanted: list[str], options: dict[str, Any], help_: str) -> None:
    with pytest.raises((UnknownName, InvalidArgument)) as caught:
        ask(*wanted, **options)
    assert help_ in str(caught.value)


def test_parameters_that_name_units_are_resolved(ask: Any) -> None:
    [page] = ask("ubc", typed={"region": "Skåne"})
    assert page.parameters["region"] == "12"
    [page] = ask("Vänersborg", typed={"theme": "culture"})
    assert page.parameters["theme"] == "culture"


def test_a_unit_of_a_kind_without_report_is_said(tmp_path: Path, directory: Directory) -> None:
    project = write(tmp_path, '[reports.regions]\nnotebook = "regions.ipynb"\nunits = "region"\n')
    with pytest.raises(UnknownName, match="no report is declared for a municipality, and 'Vänersborg' is one"):
        plan(project, directory, ["Vänersborg"], out=tmp_path)


def _plan_all(folder: Path, declared: str, directory: Directory) -> list[Page]:
    return plan(write(folder, declared), directory, everything=True, out=folder)


@pytest.mark.parametrize(
    ("declared", "help_"),
    [
        ('units = "pair"', 'add only = ["14--12"]'),
        ('units = "actor"', 'add only = ["municipality:0180"]'),
        ('units = "country"\nonly = ["sverige"]', "one country"),
        ('units = "region"\nonly = [14]', "write codes in quotes"),
        ('units = "region"\nmin_members = 3', "no place here"),
        ('units = "network"\nmin_members = "3"', "not a whole number"),
        ('units = "netwrk"', "nearest: 'network'"),
        ('units = "municipality"\nonly = ["Vänersbrg"]', "reports.toml, [reports.x], only"),
        ('units = "region"\n[defaults]\nlangs = ["sv"]', "nearest: 'languages'"),
        ('units = "region"\n[defaults.parameters]\nyaer_to = 2020', "nearest: 'year_to'"),
    ],
)
def test_declarations_that_are_wrong(tmp_path: Path, directory: Directory, declared: str, help_: str) -> None:
    notebook = "regions" if '"region"' in declared else "municipalities"
    text = f'[reports.x]\nnotebook = "{notebook}.ipynb"\n{declared}\n'
    with pytest.raises((DataError, UnknownName)) as caught:
        _plan_all(tmp_path, text, directory)
    assert help_ in str(caught.value)
