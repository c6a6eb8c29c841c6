"""Over the HTML of every page (`make test-all`): each row of evidence is shown on one, and each page is whole.

`tests/pages/test_rules.py` asks the same of what the notebooks say, without kernels; this is what a reader gets.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import natverk
from natverk.data.load import Dataset
from natverk.reports.record import read_manifest
from tests.pages.test_rules import EVIDENCE, EXCEPTIONS


def rows_in(html: str) -> set[str]:
    """Return the ids of the rows that a page shows: those that text or a line of a table rests on.

    What a count rests on is not shown by it, and what holds no text shows nothing.
    """
    soup = BeautifulSoup(html, "html.parser")
    marked = [tag for tag in soup.select("main [data-rows]:not(.nv-count)") if tag.get_text(strip=True)]
    return {row for tag in marked for row in str(tag["data-rows"]).split()}


def make(out: Path, *pages: str) -> None:
    command = [sys.executable, "-m", "natverk.cli", "report", *pages, "--lang", "sv", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr


def test_rows_are_read_from_the_page_as_the_page_tells_them(tmp_path: Path) -> None:
    from tests.pages.notebook import page_of

    make(tmp_path, "network_profile/ensa")
    shown = rows_in((tmp_path / "sv/network_profile/ensa.html").read_text(encoding="utf-8"))
    assert len(shown) > 10
    assert shown == set(page_of("network_profile", network="ensa", lang="sv").shown)
    assert (
        rows_in('<main><span class="nv-count" data-rows="mem-00001">två</span><p data-rows="mem-2"></p></main>')
        == set()
    )


@pytest.fixture(scope="module")
def every_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page that reports.toml declares, in Swedish."""
    out = tmp_path_factory.mktemp("every page") / "reports"
    make(out, "--all")
    return out


@pytest.mark.slow
def test_every_page_is_made_without_a_warning(every_page: Path) -> None:
    entries = read_manifest(every_page).values()
    assert len(entries) > 290 + 21
    assert [entry.id for entry in entries if entry.outcome != "ok" or entry.warnings] == []


@pytest.mark.slow
def test_every_row_of_evidence_stands_in_the_html_of_a_page(every_page: Path, real: Dataset) -> None:
    shown = set().union(*(rows_in(path.read_text(encoding="utf-8")) for path in every_page.glob("sv/*/*.html")))
    rows = {row for table in EVIDENCE for row in natverk.load().table(table)["row_id"]}
    assert sorted(rows - shown - set(EXCEPTIONS)) == []
