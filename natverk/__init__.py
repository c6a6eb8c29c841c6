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

from natverk.data.dataset import Dataset, load
from natverk.measures import roles
from natverk.measures.actors import actors_of
from natverk.measures.coverage import audit_summary, coverage
from natverk.measures.disagreements import disagreements
from natverk.measures.documented import listed, networks_of, series, undated_pairs
from natverk.measures.explain import explain
from natverk.measures.panel import count, panel
from natverk.measures.spells import spells
from natverk.version import __version__

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
