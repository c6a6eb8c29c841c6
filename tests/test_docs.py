"""The documentation builds without a warning, asks nothing of other hosts, names every public name; its code runs."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup
from sphinx.util.inventory import InventoryFile

import natverk

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CELL = re.compile(r"^```\{code-cell\} ipython3\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXECUTED = sorted(path for path in DOCS.rglob("*.md") if CELL.search(path.read_text(encoding="utf-8")))
MODULES = [name for name in natverk.__all__ if hasattr(getattr(natverk, name), "__path__") or name in natverk._MODULES]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the documentation as HTML, its cells as they are written."""
    out = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-D", "nb_execution_mode=off"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*command, "-d", str(out / "doctrees"), str(DOCS), str(out / "html")],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


def public_names() -> Iterator[str]:
    """Yield what `natverk` exports, and what each of its modules does."""
    for name in natverk.__all__:
        if name in MODULES:
            module = importlib.import_module(f"natverk.{name}")
            yield f"natverk.{name}"
            yield from (f"natverk.{name}.{own}" for own in module.__all__)
        elif not name.startswith("__"):
            yield f"natverk.{name}"


def test_every_public_name_is_in_the_reference(built: Path) -> None:
    with (built / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, target: target)
    known = {name for kind, names in inventory.items() if kind.startswith("py:") for name in names}
    missing = sorted(set(public_names()) - known)
    assert not missing, ", ".join(missing)


def test_pages_ask_nothing_of_other_hosts(built: Path) -> None:
    asked = []
    for path in built.rglob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.find_all(["script", "link", "img", "iframe", "source"]):
            address = str(tag.get("src") or tag.get("href") or "")
            if address.startswith(("http:", "https:", "//")):
                asked.append((path.name, address))
    for path in built.rglob("*.css"):
        asked += [
            (path.name, found) for found in re.findall(r"url\(\s*[\"']?(https?:[^)\"']+)", path.read_text("utf-8"))
        ]
    assert asked == []


@pytest.mark.parametrize("path", EXECUTED, ids=lambda path: path.stem)
def test_cells_of_the_documentation_run(path: Path) -> None:
    space: dict[str, object] = {}
    try:
        for code in CELL.findall(path.read_text(encoding="utf-8")):
            exec(compile(code, str(path), "exec"), space)  # noqa: S102
    finally:
        plt.close("all")


def test_figures_are_all_in_the_gallery() -> None:
    told = (DOCS / "gallery.md").read_text(encoding="utf-8")
    for kind in ("timelines", "grids", "bars", "dots", "lines", "maps"):
        module = importlib.import_module(f"natverk.figures.{kind}")
        for name in module.__all__:
            if name.islower() and not name.startswith(("draw_", "mark_")):
                assert f"figures.{kind}.{name}(" in told, f"{kind}.{name}"


#: The start, guides, the gallery and pages of the reference.
LOOKED_AT = ("index", "fifteen", "install", "tasks", "seminar", "gallery", "codebook", "reference/index",
             "reference/seminar")  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: apt-get install chromium)")
def test_pages_are_accessible(built: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for name in LOOKED_AT:
            page.goto((built / f"{name}.html").as_uri())
            told = Axe().run(page, options=options).response["violations"]
            found += [(name, item["id"], [node["html"][:200] for node in item["nodes"]][:3]) for item in told]
        browser.close()
    assert found == []
