"""What started natverk stands on its pages: each fact of the five documents on the page of whom it concerns."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

PAGES = {
    "municipality_profile": ["1487", "0182", "0180"],
    "network_profile": ["eurocities", "ubc", "viable-cities-kn2030", "eu-mission-100"],
    "portfolio_review": ["municipality-0180"],
    "roles_sweden": ["sverige"],
    "strategies": ["sverige"],
}
VANERSBORG, NACKA, STOCKHOLM = (f"municipality_profile/{code}" for code in ("1487", "0182", "0180"))
VIABLE, REVIEW = "network_profile/viable-cities-kn2030", "portfolio_review/municipality-0180"

#: (page, what its text says, as a pattern). A row of a table reads as its cells with a bar between them.
ANCHORS = [
    (VANERSBORG, r"SERN \| nätverk \| [^|]+ \| medlem \| 2006 \| belagt sent i perioden"),
    (VANERSBORG, r"ENSA \| nätverk \| [^|]+ \| medlem \| 2009 \| belagt sent i perioden"),
    (VANERSBORG, r"ENSA \| annat uppdrag \| från 2009 \(slut okänt\) \| social services department takes part"),
    (VANERSBORG, r"Intelligent Cities Challenge \| program \| [^|]+ \| deltagare \| 2020"),
    (VANERSBORG, r"Demeter [^|]+\| SERN \| 2018–2021 \|"),
    (VANERSBORG, r"Early Childhood Education [^|]+\| SERN \| 2015–2016 \|"),
    (VANERSBORG, r"Health and Employability connects [^|]+\| SERN \| 2015 \|"),
    (VANERSBORG, r"SOSEVO [^|]+\| ENSA \| 2012–2014 \| ledande part"),
    (VANERSBORG, r"SERN \| medlemmar \| 55 \| 2024 \| even split Sweden/Italy"),
    (NACKA, r"Eurocities \| nätverk \| [^|]+ \| associerad medlem"),
    (NACKA, r"26–28 februari 2014 \| Utrecht"),
    (NACKA, r"Took part in groups on metropolitan areas, innovation, entrepreneurs"),
    (NACKA, r"fortsatt samarbete \| e-mails sent to London, Vienna and Utrecht[^|]+Eurocities secretariat"),
    (STOCKHOLM, r"Eurocities \| nätverk \| [^|]+ \| fullvärdig medlem(/medlem)? \| 1995"),
    (STOCKHOLM, r"Metropolis \| nätverk \| [^|]+ \| [^|]+ \| 2003"),
    (STOCKHOLM, r"Metropolis \| styrelse \| 2005–2008"),
    (STOCKHOLM, r"Metropolis \| styrelse \| 2009–2011"),
    (STOCKHOLM, r"Eurocities \| styrelse \| okänt \| Executive Committee seat"),
    (STOCKHOLM, r"UCLG \| vice ordförandeskap \| 2007–2011 \| Vice-chair of the Committee on Culture"),
    (STOCKHOLM, r"Eurocities \| ordförandeskap \| 2009–2010 \| Chair of the Social Affairs Forum"),
    (STOCKHOLM, r"C40 \| nätverk \| [^|]+ \| associerad medlem"),
    (REVIEW, r"”utöka” för Eurocities, ”använd selektivt” för C40 och ”lämna” för Metropolis och UCLG"),
    (REVIEW, r"det stämmer med det som rekommenderades då för 3 av 4 nätverk"),
    ("network_profile/eurocities", r"grundat 1986"),
    ("network_profile/eurocities", r"fullvärdigt medlemskap krävs minst 250 000 invånare"),
    ("network_profile/eurocities", r"enbart fullvärdiga medlemmar har 3 \(2011\)"),
    ("network_profile/ubc", r"21 \(2014\), 14 \(2019\), 13 \(2020\), 12 \(2022\) och 11 \(2025\) svenska medlemmar"),
    (VIABLE, r"9 \(2020\) och 23 \(2021\) svenska deltagare"),
    (VIABLE, r"2021 \| omkring 40 \| 38,4 \| avviker: publicerat omkring 40, vårt 38,4"),
    ("network_profile/eu-mission-100", r"7 \(2022\) svenska deltagare"),
    ("roles_sweden/sverige", r"den 25 april 2017"),
    ("roles_sweden/sverige", r"i april 2018, hade en region ansvaret i 14 län, ett [^.]*samverkansorgan i 6 och läns"),
    ("roles_sweden/sverige", r"Sedan den 1 januari 2019 har en region ansvaret i alla 21 län"),
    ("strategies/sverige", r"Den 24 januari 2017 samlade Reglab"),
    ("strategies/sverige", r"Var står varje region i sin strategiprocess"),
    ("strategies/sverige", r"stärka arbetet på hemmaplan"),
    ("strategies/sverige", r"Vad händer med EU 2020"),
    ("strategies/sverige", r"Vad betyder Agenda 2030"),
]


def text_of(path: Path) -> str:
    """Return what a page shows, without its code; a bar divides the cells of a table."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for hidden in soup(["script", "style", "pre"]):
        hidden.decompose()
    for cell in soup(["td", "th"]):
        cell.append(" | ")
    return re.sub(r"\s+", " ", soup.get_text(" ")).replace("  ", " ").replace(" | |", " |")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    names = [f"sv/{report}/{unit}" for report, units in PAGES.items() for unit in units]
    command = [sys.executable, "-m", "natverk.cli", "report", *names, "--out", "reports"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    return {name.removeprefix("sv/"): text_of(folder / f"reports/{name}.html") for name in names}


@pytest.mark.parametrize(("page", "pattern"), ANCHORS)
def test_what_started_it_stands_on_the_page(texts: dict[str, str], page: str, pattern: str) -> None:
    assert re.search(pattern, texts[page])


def test_every_city_of_the_mission_is_in_viable_cities(texts: dict[str, str]) -> None:
    shared = r"Viable Cities / Klimatneutrala städer 2030 \| program \| 7 \| 24 \|"
    assert re.search(shared, texts["network_profile/eu-mission-100"])
