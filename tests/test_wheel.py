"""An installed wheel carries data, notebooks and reports.toml, and works from any folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("natverk", "data", "notebooks")
FILES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "reports.toml", "DATA-LICENSE.md")


def run(*command: str, cwd: Path, path: Path | None = None) -> str:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd)} | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy of the checkout and unpack it into a folder of its own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    ignore = shutil.ignore_patterns("__pycache__", "*.parquet", "manifest.json", ".build-*", ".ipynb_checkpoints")
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", cwd=source)
    (wheel,) = (source / "dist").glob("*.whl")
    shutil.unpack_archive(wheel, target, "zip")
    return target


def test_load_works_from_the_wheel_and_any_folder(installed: Path, tmp_path: Path) -> None:
    code = "import natverk; d = natverk.load(); print(natverk.__file__, len(d.municipalities), len(d.memberships))"
    where, municipalities, memberships = run(sys.executable, "-c", code, cwd=tmp_path, path=installed).split()
    assert where.startswith(str(installed))
    assert municipalities == "290"
    assert int(memberships) > 2000
    assert not list(tmp_path.iterdir())


def test_reports_are_listed_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    listed = run(sys.executable, "-m", "natverk.cli", "list", cwd=tmp_path, path=installed)
    assert "sv/region_report/14" in listed


def test_the_seminar_goes_along(installed: Path) -> None:
    for inside, folder in (("_notebooks/seminar", "notebooks/seminar"), ("seminar", "natverk/seminar")):
        carried = {path.name for path in (installed / "natverk" / inside).rglob("*") if path.is_file()}
        there = {path.name for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"}
        assert {name for name in there if not name.startswith(".") and "checkpoint" not in name} <= carried
