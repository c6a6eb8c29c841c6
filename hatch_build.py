"""Build hook: a wheel carries the facts, the built tables and the notebooks, those of the seminar with their handouts.

A wheel is self-contained, so that `natverk.load()` and `natverk report` work after `pip install` with no checkout
beside it. An editable install reads the checkout and needs nothing of this: the tables may be built later, by
`natverk build`. An sdist carries the raw facts only; a wheel built from it builds the tables anew.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

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
        carried |= _tree(root / "notebooks", "_notebooks", pattern="*.ipynb")
        carried |= _tree(root / "notebooks" / "seminar", "_notebooks/seminar")
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


def _tree(folder: Path, target: str, pattern: str = "*") -> dict[Path, str]:
    """Return the files below `folder` and where in the wheel they go, hidden files and checkpoints left out."""
    files = {}
    for path in sorted(folder.rglob(pattern)):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            files[path] = f"{target}/{inside.as_posix()}"
    return files
