"""Pages without a kernel: the code cells of a notebook run in this process, with parameters, and give their page."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

from natverk.pages.page import NotebookPage
from natverk.pages.prose import Prose
from natverk.pages.tables import TableView

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@cache
def _cells(name: str) -> tuple[tuple[CodeType, bool], ...]:
    """Return the compiled code cells of a notebook, and whether each holds its parameters."""
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    found = []
    for number, cell in enumerate(cells):
        tags = cell["metadata"].get("tags", [])
        # What is for the lab alone is run too, as the machine runs it: where it fails there is no page.
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            found.append((compile(tree, f"{name}.ipynb, cell {number}", "exec"), "parameters" in tags))
    return tuple(found)


def page_of(name: str, **parameters: Any) -> NotebookPage:
    """Run a notebook with parameters and return its page, with all that it said and showed in `parts`."""
    space: dict[str, Any] = {}
    with patch("natverk.pages.page.display"):
        for code, holds_parameters in _cells(name):
            exec(code, space)  # noqa: S102
            if holds_parameters:
                unknown = set(parameters) - set(space)
                if unknown:
                    raise ValueError(f"{name} has no parameter {sorted(unknown)}")
                space |= parameters
    page: NotebookPage = space["page"]
    return page


def text_of(page: NotebookPage) -> str:
    """Return the running text of a page, its markup of rows and links left out."""
    import re

    said = "\n\n".join(part.text for part in page.parts if isinstance(part, Prose))
    return re.sub(r"</?(span|a|details|summary)\b[^>]*>", "", said).replace("\\", "").replace("\xa0", " ")


def tables_of(page: NotebookPage) -> dict[str, TableView]:
    """Return the tables of a page by caption."""
    return {part.caption: part for part in page.parts if isinstance(part, TableView)}
