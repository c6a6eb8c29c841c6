"""The years that `reports.toml` lets a page be asked for are those that its notebook takes, from the first on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from natverk import roles
from natverk.data.load import Dataset
from natverk.data.tables import Processed, data_folders
from natverk.data.units import Directory
from natverk.errors import InvalidArgument
from natverk.reports.plan import find_project, plan
from tests.pages.notebook import page_of, tables_of, text_of

FIRST = {report.name: report.first_year for report in find_project().reports if report.name != "portfolio_review"}
UNITS = {
    "region_report": [{"region": code} for code in ("09", "12", "13", "14")],
    "municipality_profile": [{"municipality": code} for code in ("0331", "0980", "1487")],
    "network_profile": [{"network": name} for name in ("eurocities", "viable-cities-kn2030")],
    "compare": [{"a": "14", "b": "12"}, {"a": "1480", "b": "0330"}, {"a": "ubc", "b": "eurocities"}],
    "roles_sweden": [{}],
    "strategies": [{}],
}
CASES = [(name, unit) for name in FIRST for unit in UNITS[name]]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(("report", "unit"), CASES, ids=str)
def test_a_page_can_be_made_of_its_first_year_alone(report: str, unit: dict[str, str], lang: str) -> None:
    first = FIRST[report]
    said = text_of(page_of(report, **unit, year_from=first, year_to=first, lang=lang))
    assert not re.search(r"\b(nan|None|NaT|<NA>)\b", said)


@pytest.mark.parametrize("report", FIRST)
def test_a_year_before_it_is_refused_with_the_years_that_can_be_had(report: str) -> None:
    directory = Directory.read(Processed(data_folders()[1]))
    last, first = int(directory.vintage[:4]), FIRST[report]
    with pytest.raises(InvalidArgument) as refused:
        plan(find_project(), directory, only=[report], typed={"year_from": str(first - 1)}, out=Path("reports"))
    assert f"year_from = {first - 1} is not a year between {first} and {last}" in str(refused.value)
    assert f"next: --year-from {first} --year-to {last}" in str(refused.value)


def test_years_that_end_before_a_municipality_are_refused() -> None:
    directory = Directory.read(Processed(data_folders()[1]))
    with pytest.raises(InvalidArgument) as refused:
        plan(find_project(), directory, ["Knivsta"], typed={"year_to": "2002"}, out=Path("reports"))
    assert "year_to = 2002 comes before Knivsta, a municipality since 2003" in str(refused.value)
    assert "or any year from 2003 on" in str(refused.value)
    assert plan(find_project(), directory, ["Knivsta"], typed={"year_to": "2003"}, out=Path("reports"))
    page_of("municipality_profile", municipality="0330", year_to=2003)


def test_a_network_without_members_in_its_years_says_so() -> None:
    text = text_of(page_of("network_profile", network="eurocities", year_from=1990, year_to=1990))
    assert "Ingen svensk aktör i Eurocities är belagd med årtal till och med 1990." in text


def test_who_was_responsible_before_1997_is_said_to_be_unknown(real: Dataset) -> None:
    page = page_of("region_report", region="13", year_from=1990, year_to=1996)
    text = text_of(page)
    assert "vid utgången av 1996 står inte i underlaget, som börjar 1997" in text
    assert "Vem som hade uppgifterna före 1997 står inte i underlaget." in text
    themes = next(table for name, table in tables_of(page).items() if name.startswith("Hur många som är belagda"))
    assert set(themes.frame["Belagd"]) == {"oklart"}
    side = roles.county_networks(roles.county_memberships(real, "13", years=(1990, 1996)))
    assert set(roles.county_themes(real, "13", side, year=1996)["reason"]) == {"not_told"}
    assert "not_told" not in set(roles.county_themes(real, "13", side, year=1997)["reason"])
