"""Build hook: the version comes from the git tag, and a wheel carries the facts, the built tables and the notebooks.

A wheel is self-contained, so that `natverk.load()` and `natverk report` work after `pip install` with no checkout
beside it. An editable install reads the checkout and needs nothing of this: the tables may be built later, by
`natverk build`. An sdist carries the raw facts only; a wheel built from it builds the tables anew.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# A release is tagged v0.2.0; `git describe --long` says v0.2.0-5-gabc1234, and -dirty where files have been changed.
DESCRIBED = re.compile(r"v(\d+)\.(\d+)\.(\d+)-(\d+)-g([0-9a-f]+)(-dirty)?")


def version(root: Path | None = None) -> str:
    """Return what a wheel or sdist is called: the tag; after it the next number as `0.2.1.dev5+gabc1234`.

    Without git, a tag, or a checkout of its own it is the version that natverk/version.py states. At a tag both must
    be the same: a release of 0.2.0 that calls itself 0.1.0 in citations is not built.
    """
    root = root or Path(__file__).resolve().parent
    text = (root / "natverk" / "version.py").read_text(encoding="utf-8")
    (stated,) = re.findall(r'^__version__ = "([^"]+)"$', text, flags=re.MULTILINE)
    described = DESCRIBED.fullmatch(_describe(root))
    if described is None:
        return stated
    major, minor, patch, distance, commit, dirty = described.groups()
    tag = f"{major}.{minor}.{patch}"
    if distance == "0" and not dirty:
        if tag != stated:
            raise ValueError(f"the tag is v{tag}, but natverk/version.py says {stated}: make them the same")
        return tag
    return f"{major}.{minor}.{int(patch) + 1}.dev{distance}+g{commit}{'.dirty' if dirty else ''}"


def _describe(root: Path) -> str:
    """Return what git says of the checkout; blank where there is none, or only one around an unpacked sdist."""
    # Where a hook of git builds, these would name another checkout.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def git(*words: str) -> str:
        command = ["git", "-C", str(root), *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != root:
            return ""
        return git("describe", "--tags", "--long", "--dirty", "--match", "v[0-9]*.[0-9]*.[0-9]*")
    except (OSError, subprocess.CalledProcessError):
        return ""


# What building the tables imports; the bounds are those of the project's own dependencies.
NEEDED_TO_BUILD = {"pandas", "pyarrow"}


class DataBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts data and notebooks into a standard wheel; does nothing for an editable one."""

    def dependencies(self) -> list[str]:
        """Return what must be installed before a wheel is built, besides hatchling."""
        return [
            requirement
            for requirement in self.metadata.core.dependencies
            if re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower() in NEEDED_TO_BUILD
        ]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the tables and name the files that go into the wheel beside the package."""
        if version != "standard":
            return
        root = Path(self.root)
        processed = root / "data" / "processed"
        self._build_tables(root, processed)

        # The manifest names the tables of this build: one left behind by an older build stays out.
        manifest = processed / "manifest.json"
        tables = json.loads(manifest.read_text(encoding="utf-8"))["outputs"]
        carried = {processed / name: f"_data/processed/{name}" for name in [*tables, manifest.name]}
        carried |= _tree(root / "data" / "raw", "_data/raw")
        carried |= _tree(root / "notebooks", "_notebooks")
        carried[root / "reports.toml"] = "_notebooks/reports.toml"

        missing = [str(path.relative_to(root)) for path in carried if not path.is_file()]
        if missing:
            raise FileNotFoundError(f"a wheel must carry {', '.join(missing)}: not found in {root}")
        build_data["force_include"].update({str(path): f"natverk/{target}" for path, target in carried.items()})

    def _build_tables(self, root: Path, processed: Path) -> None:
        # The checkout's natverk, not one that happens to be installed, must build its own tables.
        sys.path.insert(0, str(root))
        try:
            build = importlib.import_module("natverk.data.build")
            build.build(raw=root / "data" / "raw", out=processed)
        finally:
            sys.path.remove(str(root))


def _tree(folder: Path, target: str) -> dict[Path, str]:
    """Return the files below `folder` and where in the wheel they go, hidden files, checkpoints and caches left out."""
    files = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "__")) for part in inside.parts):
            files[path] = f"{target}/{inside.as_posix()}"
    return files
