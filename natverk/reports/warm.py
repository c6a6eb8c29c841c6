"""What the server process holds ready before pages are forked from it: libraries, templates, texts.

The server (`multiprocessing`'s forkserver) imports this module when it starts, then forks a process for every page.
It runs no page, reads no data and draws nothing, so a page finds what a fresh interpreter would find, only sooner.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import warnings
from collections.abc import Iterator

__all__ = ["PRELOAD_VARIABLE", "warm_up"]

# In the server's environment: what the notebooks import (`natverk.reports.imports`), separated by commas.
PRELOAD_VARIABLE = "NATVERK_PRELOAD"
_MACHINERY = (
    "natverk.reports.engine",
    "natverk.reports.worker",
    "natverk.reports.polish",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.lib.lexers",
    "matplotlib.backends.backend_agg",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pandas.core.reshape.reshape",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
)
# A module can name here what it imports only when it is used: `__preload__ = ("shapely",)`.
_PRELOAD = "__preload__"


# jsonschema imports it for checks that no notebook asks for, and it builds a grammar for a second.
_SLOW = "rfc3987_syntax"
_SAMPLE = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A\n\n- *b*"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "import a\nb = f'{a}'  # c",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "d"}],
        },
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def warm_up(preload: str) -> None:
    """Import what pages need, and compile the templates that all of them use.

    Parameters
    ----------
    preload
        Modules, and names used of them (`module:name`), separated by commas. What cannot be imported is left to the
        page that needs it: there the error has a place.
    """
    from PIL import Image

    from natverk.locale import LANGUAGES, texts
    from natverk.reports.export import render_cells
    from natverk.reports.polish import polish

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _without(_SLOW):
            for text in (*_MACHINERY, *filter(None, preload.split(","))):
                _import(text)
        for name in [part for module in list(sys.modules.values()) for part in getattr(module, _PRELOAD, ())]:
            _import(name)
        for lang in LANGUAGES:
            polish(render_cells(_SAMPLE, texts(lang)), texts(lang), unit="")
        Image.init()
    # The collector would write to all that is shared with the pages, and so copy it.
    gc.collect()
    gc.freeze()


def _import(text: str) -> None:
    """Import a module, or a module and what is used of it."""
    name, _colon, attribute = text.partition(":")
    try:
        module = importlib.import_module(name)
        if attribute and not hasattr(module, attribute):
            importlib.import_module(f"{name}.{attribute}")
    except ImportError:
        return


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Keep a module from being imported; whoever wants it later gets it."""
    there = name in sys.modules
    if not there:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not there:
            del sys.modules[name]


# The server only imports; there is nobody to call a function.
if os.environ.get(PRELOAD_VARIABLE) is not None:
    warm_up(os.environ[PRELOAD_VARIABLE])
