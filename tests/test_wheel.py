"""An installed wheel carries data, notebooks and reports.toml, and works from any folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from natverk.version import __version__

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
    """Build an sdist from a copy of the checkout, a wheel from that alone, and unpack it into a folder of its own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    unpacked = tmp_path_factory.mktemp("unpacked")
    ignore = shutil.ignore_patterns("__pycache__", "*.parquet", "manifest.json", ".build-*", ".ipynb_checkpoints")
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", cwd=source)
    (sdist,) = (source / "dist").glob("*.tar.gz")
    shutil.unpack_archive(sdist, unpacked, filter="data")
    (inside,) = unpacked.iterdir()
    assert inside.name == f"natverk-{__version__}"
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", cwd=inside)
    (wheel,) = (inside / "dist").glob("*.whl")
    shutil.unpack_archive(wheel, target, "zip")
    return target


def test_load_works_from_the_wheel_and_any_folder(installed: Path, tmp_path: Path) -> None:
    code = "import natverk; d = natverk.load(); print(natverk.__file__, len(d.municipalities), len(d.memberships))"
    where, municipalities, memberships = run(sys.executable, "-c", code, cwd=tmp_path, path=installed).split()
    assert where.startswith(str(installed))
    assert municipalities == "290"
    assert int(memberships) > 2000
    assert not list(tmp_path.iterdir())


def natverk(*words: str, cwd: Path, path: Path) -> str:
    return run(sys.executable, "-m", "natverk.cli", *words, cwd=cwd, path=path)


def test_notebooks_are_copied_from_the_wheel_and_make_pages(installed: Path, tmp_path: Path) -> None:
    told = natverk("notebooks", "kurs", cwd=tmp_path, path=installed)
    assert told.splitlines()[-1].endswith("next: natverk lab kurs")
    shipped = [
        path
        for path in (ROOT / "notebooks").rglob("*")
        if path.is_file() and not {"seminar", ".ipynb_checkpoints"}.intersection(path.parts)
    ]
    assert shipped
    for path in shipped:
        assert (tmp_path / "kurs" / path.relative_to(ROOT / "notebooks")).read_bytes() == path.read_bytes()
    assert {"README.md", "README.en.md", "reports.toml"} <= {path.name for path in (tmp_path / "kurs").iterdir()}
    assert len(list((tmp_path / "kurs" / "seminar").glob("??/*.ipynb"))) == 8
    # A copy that was changed is what its page is made from, in that folder.
    notebook = tmp_path / "kurs" / "strategies.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace('page.say(\\"sources\\")', "print('mine')"))
    natverk("report", "strategies", cwd=tmp_path / "kurs", path=installed)
    assert "mine" in (tmp_path / "kurs" / "reports" / "sv" / "strategies" / "sverige.html").read_text(encoding="utf-8")


def test_an_own_notebook_is_made_and_run_for_three_municipalities(installed: Path, tmp_path: Path) -> None:
    natverk("new", "my_report", "Malmö", "Lund", "Ystad", cwd=tmp_path, path=installed)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_report.ipynb", "reports.toml"]
    assert natverk("report", "--all", "--zip", "site.zip", cwd=tmp_path, path=installed).split() == [
        "reports/index.html",
        "site.zip",
    ]
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "reports" / "sv").rglob("*.html")}
    assert set(pages) == {"1280", "1281", "1286"}
    assert "data:image/png;base64," in pages["1280"]
    assert "belagda eller antagna" in pages["1280"]
    assert "Så citerar du uppgifterna" in pages["1286"]
    with zipfile.ZipFile(tmp_path / "site.zip") as site:
        assert "site/sv/my_report/1281.html" in site.namelist()


def test_the_wheel_says_what_it_is(installed: Path, tmp_path: Path) -> None:
    assert natverk("--version", cwd=tmp_path, path=installed) == f"natverk {__version__}\n"
    (about,) = installed.glob("natverk-*.dist-info")
    metadata = (about / "METADATA").read_text(encoding="utf-8")
    # Built where there is no git.
    assert f"\nVersion: {__version__}\n" in metadata


def test_reports_are_listed_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    listed = run(sys.executable, "-m", "natverk.cli", "list", cwd=tmp_path, path=installed)
    assert "sv/region_report/14" in listed


def test_the_seminar_goes_along(installed: Path) -> None:
    for inside, folder in (("_notebooks/seminar", "notebooks/seminar"), ("seminar", "natverk/seminar")):
        carried = {path.name for path in (installed / "natverk" / inside).rglob("*") if path.is_file()}
        there = {path.name for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"}
        assert {name for name in there if not name.startswith(".") and "checkpoint" not in name} <= carried
