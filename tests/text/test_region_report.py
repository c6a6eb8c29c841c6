"""The region report end to end: the command line, the real notebook, two regions with very different evidence."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import natverk

RICH, POOR = "14", "19"


def natverk_command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "natverk.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=500, check=False)


@pytest.fixture(scope="module")
def site(region_site: Path) -> Path:
    return region_site


def soup(site: Path, region: str) -> BeautifulSoup:
    return BeautifulSoup((site / "sv" / "region_report" / f"{region}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("region", [RICH, POOR])
def test_a_page_has_all_sections_figures_with_words_and_sources(site: Path, region: str) -> None:
    page = soup(site, region)
    counties = natverk.load().counties.set_index("county_code")
    assert page.h1 is not None
    assert page.h1.get_text(strip=True) == counties.at[region, "region_name"]
    assert len(page.find_all("h2")) >= 8
    figures = page.find_all("figure")
    assert len(figures) == 6
    for figure in figures:
        image, caption = figure.find("img"), figure.find("figcaption")
        assert image is not None
        assert caption is not None
        assert re.search(r"\d", str(image["alt"])), "the alternative has no number"
        assert caption.get_text(strip=True)
    cited = {link["href"] for link in page.select('a[href^="#source-"]')}
    listed = {f"#{item['id']}" for item in page.select('li[id^="source-"]')}
    assert cited == listed
    assert len(listed) >= 20
    assert not re.search(r"Traceback|\bnan\b|<NA>|\bNone\b", page.get_text(" "))


def test_the_page_with_little_says_what_is_missing(site: Path) -> None:
    text = soup(site, POOR).get_text(" ")
    assert "eller tidigare är inget belagt för" in text
    assert "nedre gräns" in text


def test_the_executed_notebook_stands_beside_the_page(site: Path) -> None:
    notebook = nbformat.read(site / "sv" / "region_report" / f"{RICH}.ipynb", as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    lines = [json.loads(line) for line in (site / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["id"] for line in lines} == {
        f"{lang}/region_report/{region}" for lang in ("sv", "en") for region in (RICH, POOR)
    }
    index = (site / "index.html").read_text(encoding="utf-8")
    assert f"sv/region_report/{RICH}.html" in index


def test_a_second_run_gives_the_same_outputs(site: Path) -> None:
    path = site / "sv" / "region_report" / f"{POOR}.ipynb"
    before = path.read_bytes()
    assert natverk_command("report", POOR, "--out", "reports", cwd=site.parent).returncode == 0
    assert path.read_bytes() == before


def test_a_misspelt_region_changes_nothing(site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    done = natverk_command("report", "Vastra Gotalnd", "--out", "reports", cwd=site.parent)
    assert done.returncode == 2
    assert "Västra Götaland" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
