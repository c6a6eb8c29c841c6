"""A wheel or sdist is called as the git tag says, without git as the files say; fingerprints know no distance."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.version import Version

from natverk.reports.record import package_hash
from natverk.version import __version__

ROOT = Path(__file__).parents[1]
Git = Callable[..., str]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The code of natverk in a folder of its own, without git."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copytree(ROOT / "natverk", folder / "natverk", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "DATA-LICENSE.md", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def git(checkout: Path) -> Git:
    """git in that folder, which becomes a repository with one commit."""
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def inner(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=checkout, env=environ, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    inner("init", "--quiet")
    inner("add", "--all")
    inner("commit", "--quiet", "--message", "first")
    return inner


def test_without_git_or_tag_the_files_say_it(checkout: Path, hook: ModuleType) -> None:
    assert hook.version(checkout) == __version__


def test_the_tag_says_it_and_the_commits_after_it(checkout: Path, git: Git, hook: ModuleType) -> None:
    assert hook.version(checkout) == __version__
    git("tag", "unrelated")
    git("tag", f"v{__version__}")
    assert hook.version(checkout) == __version__
    (checkout / "README.md").write_text("changed", encoding="utf-8")
    dirty = hook.version(checkout)
    git("commit", "--all", "--quiet", "--message", "second")
    after = hook.version(checkout)
    commit = git("rev-parse", "--short", "HEAD")
    assert after.endswith(f".dev1+g{commit}")
    assert dirty.endswith(".dirty")
    assert Version(__version__) < Version(dirty) < Version(after)
    # What a hook of git sets must not lead to another repository.
    assert hook.version(checkout) == after


def test_a_repository_around_an_unpacked_sdist_does_not_count(checkout: Path, git: Git, hook: ModuleType) -> None:
    git("tag", "v9.9.9")
    inside = checkout / "vendored"
    shutil.copytree(checkout / "natverk", inside / "natverk")
    assert hook.version(inside) == __version__


def test_a_tag_that_the_files_do_not_bear_out_is_refused(checkout: Path, git: Git, hook: ModuleType) -> None:
    git("tag", "v9.9.9")
    with pytest.raises(ValueError, match=rf"the tag is v9\.9\.9, but natverk/version\.py says {__version__}"):
        hook.version(checkout)


def built(checkout: Path) -> Path:
    """Build an sdist and unpack it."""
    shutil.rmtree(checkout / "dist", ignore_errors=True)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist"]
    subprocess.run(command, cwd=checkout, capture_output=True, check=True)
    (archive,) = (checkout / "dist").glob("*.tar.gz")
    target = checkout.parent / f"unpacked-{archive.name}"
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    (folder,) = target.iterdir()
    return folder


def test_the_distance_to_a_tag_enters_no_fingerprint(checkout: Path, git: Git, hook: ModuleType) -> None:
    git("tag", f"v{__version__}")
    release = built(checkout)
    assert release.name == f"natverk-{__version__}"
    (checkout / "README.md").write_text("A commit after the release.", encoding="utf-8")
    git("commit", "--all", "--quiet", "--message", "second")
    later = built(checkout)
    assert ".dev1+g" in later.name
    # What pages are made from: the source of the package, and what it calls itself.
    assert package_hash(later / "natverk") == package_hash(release / "natverk") == package_hash(checkout / "natverk")
    code = "from natverk.reports.record import versions; print(versions()['natverk'])"
    told = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for folder in (release, later)
    ]  # fmt: skip
    assert told == [__version__, __version__]
    # An sdist keeps its name where it is built again, without git.
    assert f"\nVersion: {later.name.removeprefix('natverk-')}\n" in (later / "PKG-INFO").read_text(encoding="utf-8")
    assert hook.version(later) == __version__
