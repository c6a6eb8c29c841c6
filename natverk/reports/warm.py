"""What the server process holds ready before pages are forked from it: libraries, templates, texts.

The server (`multiprocessing`'s forkserver) imports this module when it starts, then forks a process for every page.
It runs no page, reads no data and draws nothing, so a page finds what a fresh interpreter would find, only sooner.
"""

from __future__ import annotations

import gc
import importlib
import os
import warnings

__all__ = ["PRELOAD_VARIABLE", "warm_up"]

# In the server's environment: what the notebooks import (`natverk.reports.imports`), separated by commas.
PRELOAD_VARIABLE = "NATVERK_PRELOAD"
_MACHINERY = (
    "matplotlib.backends.backend_agg",
    "natverk.reports.engine",
    "natverk.reports.worker",
    "pandas",
    "pyarrow.parquet",
)


def warm_up(preload: str) -> None:
    """Import what pages need, and compile the templates that all of them use.

    Parameters
    ----------
    preload
        Modules, and names used of them (`module:name`), separated by commas. What cannot be imported is left to the
        page that needs it: there the error has a place.
    """
    from natverk.locale import LANGUAGES, texts
    from natverk.reports.export import render_cells

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in (*_MACHINERY, *filter(None, preload.split(","))):
            name, _colon, attribute = text.partition(":")
            try:
                module = importlib.import_module(name)
                if attribute and not hasattr(module, attribute):
                    importlib.import_module(f"{name}.{attribute}")
            except ImportError:
                continue
        for lang in LANGUAGES:
            render_cells({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, texts(lang))
    # The collector would write to all that is shared with the pages, and so copy it.
    gc.collect()
    gc.freeze()


# The server only imports; there is nobody to call a function.
if os.environ.get(PRELOAD_VARIABLE) is not None:
    warm_up(os.environ[PRELOAD_VARIABLE])
