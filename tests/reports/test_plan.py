"""Which pages are asked for, and whether their parameters are right: all of it known before anything runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import natverk
from natverk.data.load import Dataset
from natverk.data.units import Directory
from natverk.errors import DataError, InvalidArgument, MissingFile, UnknownName
from natverk.reports.plan import (
    Page,
    Parameter,
    Project,
    Report,
    assignments,
    find_project,
    plan,
    read_parameters,
    read_project,
)

PARAMETERS = 'region = "14"\nyear_from = 1997\nyear_to = 2024\nlang = "sv"\ncode = "0114"\nshare = 0.5\nstrict = False'


def code(source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def write_project(folder: Path, cells: Sequence[dict[str, Any]] = (), parameters: str | None = PARAMETERS) -> Project:
    """Write a project of one notebook to `folder` and read it."""
    cells = [*([code(parameters, "parameters")] if parameters is not None else []), *cells]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "region_report.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    declared = '[reports.region_report]\nnotebook = "region_report.ipynb"\nunits = "region"\n'
    (folder / "reports.toml").write_text(declared, encoding="utf-8")
    return read_project(folder / "reports.toml", folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


def test_page_has_stable_name_paths_and_all_parameters(project: Project, directory: Directory, tmp_path: Path) -> None:
    [page] = plan(project, directory, ["VGR"], typed={"year_from": "2005"}, out=tmp_path / "out")
    assert page.id == "sv/region_report/14"
    assert page.html == tmp_path / "out" / "sv" / "region_report" / "14.html"
    assert page.ipynb == page.html.with_suffix(".ipynb")
    assert page.failed == page.html.with_name("14.failed.html")
    assert page.notebook.is_absolute()
    assert page.title.startswith("Västra Götaland")
    assert page.parameters == {
        "region": "14", "year_from": 2005, "year_to": 2024, "lang": "sv", "code": "0114", "share": 0.5, "strict": False,
    }  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_everything_is_every_region_in_the_default_language(
    project: Project, directory: Directory, tmp_path: Path
) -> None:
    pages = plan(project, directory, everything=True, out=tmp_path)
    assert len(pages) == 21
    assert {page.lang for page in pages} == {"sv"}
    both = plan(project, directory, everything=True, lang="all", out=tmp_path)
    assert len({page.id for page in both}) == 42


def test_listed_names_can_be_typed_and_pages_come_once(project: Project, directory: Directory, tmp_path: Path) -> None:
    wanted = ["en/region_report/14", "14", "Västra Götaland", "sv/region_report/vgr"]
    assert [page.id for page in plan(project, directory, wanted, out=tmp_path)] == [
        "en/region_report/14",
        "sv/region_report/14",
    ]


def test_each_report_has_its_own_first_year(tmp_path: Path, directory: Directory) -> None:
    write_project(tmp_path)
    declared = (tmp_path / "reports.toml").read_text(encoding="utf-8")
    (tmp_path / "reports.toml").write_text(f"[defaults]\nfirst_year = 1997\n{declared}first_year = 2000\n", "utf-8")
    project = read_project(tmp_path / "reports.toml", tmp_path)
    with pytest.raises(InvalidArgument, match="year_from = 1999 is not a year between 2000 and"):
        plan(project, directory, ["14"], typed={"year_from": "1999"}, out=tmp_path / "out")
    [page] = plan(project, directory, ["14"], typed={"year_from": "2000"}, out=tmp_path / "out")
    assert page.parameters["year_from"] == 2000


@pytest.mark.parametrize(
    ("line", "told"),
    [('first_year = "1997"', "'first_year' is not a whole number"), ("prepare = 1", "not the name of a function"),
     ('prepare = "module"', "module:function")],
)  # fmt: skip
def test_what_is_no_year_and_no_function_is_said(tmp_path: Path, line: str, told: str) -> None:
    write_project(tmp_path)
    with (tmp_path / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(DataError, match=told):
        read_project(tmp_path / "reports.toml", tmp_path)


@pytest.mark.parametrize(
    ("wanted", "options", "error", "help_"),
    [
        (["Vastra Gotlnd"], {}, UnknownName, "nearest: 'Västra Götaland'"),
        (["14"], {"lang": "se"}, UnknownName, "allowed: 'sv', 'en', 'all'"),
        (["sv/region_raport/14"], {}, UnknownName, "nearest: 'region_report'"),
        (["de/region_report/14"], {}, UnknownName, "unknown language 'de'"),
        (["sv/14"], {}, UnknownName, "<lang>/<report>/<unit>"),
        (["14"], {"typed": {"yaer_from": "2000"}}, UnknownName, "nearest: 'year_from'"),
        (["14"], {"typed": {"year_from": "two"}}, InvalidArgument, "of type int, not 'two'"),
        (["14"], {"typed": {"year_from": "abc"}}, InvalidArgument, "next: -p year_from=1997"),
        (["14"], {"typed": {"year_from": "1066"}}, InvalidArgument, "next: --year-from 1990 --year-to {last}"),
        (["14"], {"typed": {"year_to": "2099"}}, InvalidArgument, "between 1990 and {last}"),
        (["14"], {"typed": {"year_from": "2099"}}, InvalidArgument, "--year-to {last}"),
        (["14"], {"typed": {"year_from": "2020", "year_to": "2010"}}, InvalidArgument, "--year-from 2010"),
        (["14"], {"typed": {"year_from": "2000.0"}}, InvalidArgument, "of type int"),
        (["14"], {"typed": {"year_from": "1066"}}, InvalidArgument, "not a year between 1990 and {last}"),
        (["14"], {"typed": {"year_from": "2020", "year_to": "2010"}}, InvalidArgument, "comes after year_to = 2010"),
        (["14"], {"typed": {"share": "half"}}, InvalidArgument, "of type float"),
        (["14"], {"typed": {"strict": "perhaps"}}, InvalidArgument, "'true', 'false'"),
        (["14"], {"typed": {"lang": "en"}}, InvalidArgument, "use --lang"),
        (["14"], {"typed": {"region": "18"}}, InvalidArgument, "natverk report 14"),
        (["14"], {"parameters": {"code": 180}}, InvalidArgument, 'such as "0180"'),
        (["14"], {"parameters": {"year_from": True}}, InvalidArgument, "of type int"),
        (["14"], {"parameters": {"year_from": "2000"}}, InvalidArgument, "of type int"),
        (["14"], {"parameters": {"share": float("nan")}}, InvalidArgument, "of type float"),
        ([], {}, InvalidArgument, "natverk report --all"),
        (["14"], {"everything": True}, InvalidArgument, "either names or --all"),
    ],
)
def test_refused_before_anything_runs(
    project: Project, directory: Directory, tmp_path: Path,
    wanted: list[str], options: dict[str, Any], error: type[Exception], help_: str,
) -> None:  # fmt: skip
    with pytest.raises(error) as caught:
        plan(project, directory, wanted, out=tmp_path / "out", **options)
    assert help_.format(last=directory.vintage[:4]) in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_the_last_year_of_the_data_can_be_asked_for(project: Project, directory: Directory, tmp_path: Path) -> None:
    [page] = plan(project, directory, ["14"], typed={"year_to": directory.vintage[:4]}, out=tmp_path)
    assert page.parameters["year_to"] == int(directory.vintage[:4])


@pytest.mark.parametrize("text", ["0180", "0o17", "1e3", "null", "yes", "2014-02"])
def test_codes_stay_text(project: Project, directory: Directory, tmp_path: Path, text: str) -> None:
    [page] = plan(project, directory, ["14"], typed={"code": text}, out=tmp_path)
    assert page.parameters["code"] == text


def test_other_types_are_read_from_text(project: Project, directory: Directory, tmp_path: Path) -> None:
    [page] = plan(project, directory, ["14"], typed={"share": "0.25", "strict": "true"}, out=tmp_path)
    assert (page.parameters["share"], page.parameters["strict"]) == (0.25, True)
    assert Parameter("codes", ["0114"], 1).from_text("0180, 0181") == ["0180", "0181"]


@pytest.mark.parametrize(
    ("source", "help_"),
    [
        (None, "no cell tagged 'parameters'"),
        ("import os\nregion = '14'", "line 1"),
        ("region = '14'\nyear = date.today().year", "the default of 'year' is not a plain value"),
        ("region = {'a': 1}", "is a dict"),
        ("region = = 1", "is not Python"),
        ("a = b = 1", "something else than names"),
    ],
)
def test_bad_parameter_cells(tmp_path: Path, source: str | None, help_: str) -> None:
    path = write_project(tmp_path, [], parameters=source).reports[0].notebook
    with pytest.raises(DataError) as caught:
        read_parameters(path)
    assert help_ in str(caught.value)


def test_a_run_notebook_without_the_tag_is_called_so(tmp_path: Path) -> None:
    ran = {**code("1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}
    path = write_project(tmp_path, [ran], parameters=None).reports[0].notebook
    with pytest.raises(DataError, match="stored outputs"):
        read_parameters(path)


def test_two_parameter_cells_are_refused(tmp_path: Path) -> None:
    path = write_project(tmp_path, [code("x = 1", "parameters")]).reports[0].notebook
    with pytest.raises(DataError, match="2 cells tagged"):
        read_parameters(path)


@pytest.mark.parametrize("content", ["not json", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_what_is_not_a_notebook(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="not a notebook"):
        read_parameters(path)
    with pytest.raises(MissingFile):
        read_parameters(tmp_path / "missing.ipynb")


def test_parameters_with_comments_types_and_a_docstring(tmp_path: Path) -> None:
    source = (
        '"""What it is run for."""\nregion: str = "14"  # the county\n'
        'year_from: int = 1997\nshift = -1\nwords = ("a", "b")'
    )
    found = read_parameters(write_project(tmp_path, [], parameters=source).reports[0].notebook)
    assert {name: parameter.default for name, parameter in found.items()} == {
        "region": "14", "year_from": 1997, "shift": -1, "words": ["a", "b"],
    }  # fmt: skip


def test_notebook_must_take_the_unit_and_the_language(tmp_path: Path, directory: Directory) -> None:
    project = write_project(tmp_path, [], parameters='regoin = "14"\nlang = "sv"')
    with pytest.raises(UnknownName, match="no parameter 'region'") as caught:
        plan(project, directory, ["14"], out=tmp_path)
    assert "nearest: 'regoin'" in str(caught.value)


@pytest.mark.parametrize("text", ["year_from", "=3", "1a=2", "a b=3"])
def test_assignments_of_the_wrong_form(text: str) -> None:
    with pytest.raises(InvalidArgument, match="name=value"):
        assignments([text])


def test_assignments_given_twice() -> None:
    with pytest.raises(InvalidArgument, match="twice"):
        assignments(["a=1", "a=2"])


@pytest.mark.parametrize(
    ("content", "help_"),
    [
        ("default_lang = ", "not valid TOML"),
        ('default_lang = "se"', "allowed: 'sv', 'en'"),
        ("[raports.x]", "nearest: 'reports'"),
        ('[reports.x]\nnotebook = "x.ipynb"\nunits = "regions"', "nearest: 'region'"),
        ('[reports.x]\nunits = "region"', "'notebook' is missing"),
        ('[reports.x]\nnotebook = "x.ipynb"\nunits = "region"\nlangs = ["sv"]', "unknown key 'langs'"),
        ('[reports."../x"]\nnotebook = "x.ipynb"\nunits = "region"', "is not made of"),
        ("", "declares no report"),
    ],
)
def test_bad_declarations(tmp_path: Path, content: str, help_: str) -> None:
    config = tmp_path / "reports.toml"
    config.write_text(content, encoding="utf-8")
    with pytest.raises((DataError, UnknownName)) as caught:
        read_project(config, tmp_path)
    assert help_ in str(caught.value)
    assert str(config) in str(caught.value)


def test_declared_parameters_stand_between_default_and_typed(tmp_path: Path, directory: Directory) -> None:
    project = write_project(tmp_path)
    with project.config.open("a", encoding="utf-8") as file:
        file.write('[reports.region_report.parameters]\ncode = "0999"\nyear_from = 2001\n')
    project = read_project(project.config, tmp_path)
    [page] = plan(project, directory, ["14"], typed={"year_from": "2002"}, out=tmp_path)
    assert (page.parameters["code"], page.parameters["year_from"]) == ("0999", 2002)


def test_the_projects_own_declaration(directory: Directory) -> None:
    project = find_project()
    assert project.default_lang == "sv"
    assert project.report("region_report").languages == ("sv", "en")
    notebook = project.report("region_report").notebook
    assert json.loads(notebook.read_text(encoding="utf-8"))["nbformat"] == 4
    pages = plan(project, directory, everything=True, lang="all", out=Path("reports"))
    assert sum(page.report == "region_report" for page in pages) == 42
    assert {page.report for page in pages} == {report.name for report in project.reports}
    assert [page.id for page in pages if page.kind == "country"] == [
        "sv/roles_sweden/sverige",
        "en/roles_sweden/sverige",
        "sv/strategies/sverige",
        "en/strategies/sverige",
    ]


def test_every_network_of_the_data_has_a_page_also_those_without_a_swedish_row(directory: Directory) -> None:
    project = find_project()
    pages = plan(project, directory, everything=True, lang="all", out=Path("reports"))
    made = {page.id for page in pages if page.kind == "network"}
    networks = [unit.id for unit in directory.units("network")]
    assert made == {f"{lang}/network_profile/{network}" for lang in ("sv", "en") for network in networks}
    assert min(directory.members[network] for network in networks) == 0
    # Those that the starting documents name.
    named = ("eurocities", "metropolis", "uclg", "c40", "sern", "icc", "ensa", "reglab", "arena-for-tillvaxt")
    assert set(networks) >= {*named, "reglab-rus-natverk"}


def test_names_of_units_lead_to_the_first_report_of_their_kind(tmp_path: Path, directory: Directory) -> None:
    found = {"region": "region_report", "municipality": "municipality_profile", "network": "network_profile"}
    project = find_project()
    assert project.unit_reports == {**found, "actor": "portfolio_review"}
    (page,) = plan(project, directory, ["region_report/14"], lang="sv", out=tmp_path)
    assert page.unit_reports == project.unit_reports
    second = Report("second", project.reports[0].notebook, "region", ("sv",))
    assert replace(project, reports=(*project.reports, second)).unit_reports["region"] == "region_report"


def test_an_installed_wheel_carries_its_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = tmp_path / "natverk" / "_notebooks"
    carried.mkdir(parents=True)
    monkeypatch.setattr(natverk, "__file__", str(tmp_path / "natverk" / "__init__.py"))
    # Where the working folder declares no pages of its own.
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingFile, match=r"no reports\.toml"):
        find_project()
    write_project(carried)
    assert find_project().report("region_report").notebook == carried / "region_report.ipynb"


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
def reports(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return write(tmp_path_factory.mktemp("project"))


@pytest.fixture
def ask(reports: Project, directory: Directory) -> Any:
    def asked(*wanted: str, **options: Any) -> list[Page]:
        return plan(reports, directory, wanted, out=Path("reports"), **options)

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
    assert 5 < large < len(directory.members) / 4
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
