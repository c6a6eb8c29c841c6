"""What a notebook imports, read without running it: the server that pages are forked from imports it beforehand."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["used_modules"]


def used_modules(notebooks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the modules that notebooks import, and what they use of them, in order and each once.

    Parameters
    ----------
    notebooks
        Notebooks as parsed JSON. Cells that are not plain Python (magics) are passed over.

    Returns
    -------
    tuple of str
        `"module"` for an import, `"module:name"` for a name that is used of a module: a package may import a part of
        itself only when it is used.

    Examples
    --------
    >>> source = "import natverk\\nfrom natverk.text import show\\nroles = natverk.roles.practised(natverk.load())"
    >>> used_modules([{"cells": [{"cell_type": "code", "source": source}]}])
    ('natverk', 'natverk.text:show', 'natverk:roles', 'natverk:load')
    """
    found: dict[str, None] = {}
    for notebook in notebooks:
        names: dict[str, str] = {}
        for tree in _trees(notebook):
            for node in ast.walk(tree):
                found.update(dict.fromkeys(_used(node, names)))
    return tuple(found)


def _trees(notebook: Mapping[str, Any]) -> Iterator[ast.Module]:
    for cell in notebook["cells"]:
        source = cell.get("source", "")
        if cell["cell_type"] == "code":
            try:
                yield ast.parse(source if isinstance(source, str) else "".join(source))
            except SyntaxError:
                continue


def _used(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """Yield what a node imports or uses; `names` are the modules known by name so far."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
            first = alias.name.partition(".")[0]
            names[alias.asname or first] = alias.name if alias.asname else first
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}:{alias.name}" for alias in node.names if alias.name != "*")
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
        yield f"{names[node.value.id]}:{node.attr}"
