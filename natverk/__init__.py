"""natverk: Swedish municipalities, regions and their networks, from sourced facts to reports.

    >>> import natverk
    >>> data = natverk.load()
    >>> len(data.municipalities)
    290
    >>> cells = natverk.panel(data, networks=["ubc"], years=2019)
    >>> int(cells["low"].sum())
    14

`load` gives the data (tables: docs/codebook.md); the measures take it and return tidy frames. Figures
stand in `natverk.figures`, the sentences and tables of the pages in `natverk.text`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from natverk.version import __version__

if TYPE_CHECKING:
    from natverk.data.dataset import Dataset, load
    from natverk.measures import roles
    from natverk.measures.actors import actors_of
    from natverk.measures.coverage import audit_summary, coverage
    from natverk.measures.disagreements import disagreements
    from natverk.measures.documented import listed, networks_of, series, undated_pairs
    from natverk.measures.explain import explain
    from natverk.measures.panel import count, panel
    from natverk.measures.spells import spells

#: Where each public name lives; imported when it is first used, so that the command line starts at once.
_HOME = {
    "Dataset": "data.dataset",
    "actors_of": "measures.actors",
    "audit_summary": "measures.coverage",
    "count": "measures.panel",
    "coverage": "measures.coverage",
    "disagreements": "measures.disagreements",
    "explain": "measures.explain",
    "listed": "measures.documented",
    "load": "data.dataset",
    "networks_of": "measures.documented",
    "panel": "measures.panel",
    "roles": "measures",
    "series": "measures.documented",
    "spells": "measures.spells",
    "undated_pairs": "measures.documented",
}

__all__ = [
    "Dataset",
    "__version__",
    "actors_of",
    "audit_summary",
    "count",
    "coverage",
    "disagreements",
    "explain",
    "listed",
    "load",
    "networks_of",
    "panel",
    "roles",
    "series",
    "spells",
    "undated_pairs",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'natverk' has no attribute {name!r}")
    if name == "roles":
        return importlib.import_module("natverk.measures.roles")
    # A module and its function may share a name (spells, coverage): the function is the public one.
    value = getattr(importlib.import_module(f"natverk.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
