"""What the process that pages are forked from holds ready: libraries, templates, and what a report prepares.

The server (`multiprocessing`'s forkserver) imports this module when it starts, then forks a process for every page. It
runs no page, so a page finds what a fresh interpreter would find, only sooner. Whatever fails here costs time alone:
the server ends, and `natverk.reports.pool` starts one that holds less.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from natverk.errors import NatverkError

__all__ = ["VARIABLE", "prepare", "used_modules"]

# In the server's environment, as JSON: `modules` and `functions` to prepare, the file `ready` to write at the end, and
# the file `log` for what is printed meanwhile.
VARIABLE = "NATVERK_SERVER"
_MACHINERY = (
    "natverk.reports.documents",
    "natverk.reports.engine",
    "natverk.reports.pool",
    "natverk.reports.page",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.lib.lexers",
    "matplotlib.backends.backend_agg",
    "matplotlib.style.core",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pandas.core.reshape.reshape",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
)
# jsonschema imports it for checks that no notebook asks for, and it builds a grammar for a second.
_SLOW = "rfc3987_syntax"
_SAMPLE = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A\n\n- *b*"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "import a\nb = f'{a}' < 1  # c",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "d"}],
        },
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def used_modules(notebooks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the modules that notebooks import, and what they use of them, in order and each once; nothing is run.

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
    >>> source = "import natverk\\nfrom natverk.pages import region\\nroles = natverk.roles.practised(natverk.load())"
    >>> used_modules([{"cells": [{"cell_type": "code", "source": source}]}])
    ('natverk', 'natverk.pages:region', 'natverk:roles', 'natverk:load')
    """
    found: dict[str, None] = {}
    for notebook in notebooks:
        names: dict[str, str] = {}
        for cell in notebook["cells"]:
            source = cell.get("source", "")
            with contextlib.suppress(SyntaxError):
                text = source if isinstance(source, str) else "".join(source)
                tree = ast.parse(text if cell["cell_type"] == "code" else "")
                found.update(dict.fromkeys(name for node in ast.walk(tree) for name in _used(node, names)))
    return tuple(found)


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


def prepare(modules: Iterable[str], functions: Iterable[str]) -> None:
    """Import what pages need, compile the templates that all of them use, and call what reports prepare.

    Parameters
    ----------
    modules
        Modules, and names used of them (`module:name`). What cannot be imported is left to the page that needs it:
        there the error has a place.
    functions
        `module:function`, called without arguments. What it makes must be kept by its module, and be the same for
        every page.

    Raises
    ------
    NatverkError
        If a thread is left running: a process that is forked beside one may find a lock that nobody will open.
    """
    import psutil  # type: ignore[import-untyped]
    from PIL import Image

    from natverk.locale import LANGUAGES, texts
    from natverk.reports.page import polish, render_cells

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = _SLOW in sys.modules
        sys.modules.setdefault(_SLOW, None)  # type: ignore[arg-type]
        for text in (*_MACHINERY, *modules):
            _import(text)
        # A module can name what it imports only when it is used: `__preload__ = ("shapely",)`.
        for name in [part for module in list(sys.modules.values()) for part in getattr(module, "__preload__", ())]:
            _import(name)
        # What checks notebooks is made ready by the first one that is checked.
        importlib.import_module("nbformat").validate(_SAMPLE, version=4)
        if not there:
            del sys.modules[_SLOW]
        for lang in LANGUAGES:
            polish(render_cells(_SAMPLE, texts(lang)), texts(lang), unit="")
        Image.init()
        for text in functions:
            module, _colon, name = text.partition(":")
            getattr(importlib.import_module(module), name)()
    deadline = time.monotonic() + 1
    while (threads := psutil.Process().num_threads()) > 1:
        if time.monotonic() > deadline:
            raise NatverkError(f"{threads} threads run after what was prepared, where one is needed to fork pages")
        time.sleep(0.01)
    # The collector would write to all that is shared with the pages, and so copy it.
    gc.collect()
    gc.freeze()


def _import(text: str) -> None:
    """Import a module, or a module and what is used of it."""
    name, _colon, attribute = text.partition(":")
    with contextlib.suppress(ImportError):
        module = importlib.import_module(name)
        if attribute and not hasattr(module, attribute):
            importlib.import_module(f"{name}.{attribute}")


def _be_server(order: Mapping[str, Any]) -> None:
    with Path(order["log"]).open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    try:
        prepare(order["modules"], order["functions"])
    except ImportError as error:
        # The forkserver passes over modules that are not there, and would serve with half of what was asked for.
        raise NatverkError(str(error)) from error
    Path(order["ready"]).touch()


# The server only imports; there is nobody to call a function.
if os.environ.get(VARIABLE):
    _be_server(json.loads(os.environ.pop(VARIABLE)))
