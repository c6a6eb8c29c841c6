"""The cells of the region report as plain functions: no notebook, no kernel, no page; figures are saved as PNG.

Run by bench/reports.py, one process for each half of the regions. Usage: python bench/_floor.py FOLDER REGION...
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def cells_of(path: Path, save: str) -> list[CodeType]:
    """Return the code cells; a last expression, which a notebook would show, is handed to `save`."""
    compiled = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code" or "lab-only" in cell["metadata"].get("tags", []):
            continue
        tree = ast.parse("".join(cell["source"]))
        if tree.body and isinstance(last := tree.body[-1], ast.Expr):
            call = ast.Call(ast.Name(save, ast.Load()), [last.value], [])
            tree.body[-1] = ast.Expr(call)
        compiled.append(compile(ast.fix_missing_locations(tree), path.name, "exec"))
    return compiled


def main(folder: Path, units: list[str]) -> None:
    import natverk.text.page

    cells = cells_of(ROOT / "notebooks" / "region_report.ipynb", "save")
    for unit in units:
        count = 0

        def save(item: Any, unit: str = unit) -> None:
            nonlocal count
            if hasattr(item, "png"):
                count += 1
                (folder / f"{unit}-{count}.png").write_bytes(item.png)

        shown: Callable[[Any], None] = save
        natverk.text.page.display = shown  # what `show` calls for each item
        names: dict[str, Any] = {"save": save}
        for number, cell in enumerate(cells):
            exec(cell, names)  # noqa: S102 - the notebook's own cells
            if number == 0:
                names["region"] = unit
        if not count:
            raise SystemExit(f"{unit}: no figure was saved")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
