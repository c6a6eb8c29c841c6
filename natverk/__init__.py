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
    from natverk.measures import coding, networks, nullmodels, overlap, peers, portfolio, position, roles, strategies
    from natverk.measures.actors import actors_of
    from natverk.measures.benchmarks import benchmarks, containment
    from natverk.measures.candidates import candidates
    from natverk.measures.cohorts import cohorts, growth
    from natverk.measures.compare import compare
    from natverk.measures.contrasts import contrasts
    from natverk.measures.countypeers import county_peers
    from natverk.measures.coverage import audit_summary, coverage
    from natverk.measures.disagreements import disagreements
    from natverk.measures.documented import listed, networks_of, series, undated_pairs
    from natverk.measures.eventstudy import event_study
    from natverk.measures.exits import list_exits, list_retention, list_survival
    from natverk.measures.explain import explain
    from natverk.measures.jointbodies import cross_border, joint_bodies
    from natverk.measures.panel import count, panel
    from natverk.measures.participation import documented_participation, listed_participation
    from natverk.measures.participationresult import leave_one_county_out
    from natverk.measures.relations import relations
    from natverk.measures.spells import spells
    from natverk.measures.survival import durations, survival
    from natverk.measures.transfers import transfers
    from natverk.measures.twomode import TwoMode, two_mode

#: Where each public name lives; imported when it is first used, so that the command line starts at once.
_HOME = {
    "Dataset": "data.dataset",
    "TwoMode": "measures.twomode",
    "actors_of": "measures.actors",
    "audit_summary": "measures.coverage",
    "benchmarks": "measures.benchmarks",
    "candidates": "measures.candidates",
    "cohorts": "measures.cohorts",
    "compare": "measures.compare",
    "contrasts": "measures.contrasts",
    "containment": "measures.benchmarks",
    "count": "measures.panel",
    "county_peers": "measures.countypeers",
    "coverage": "measures.coverage",
    "cross_border": "measures.jointbodies",
    "disagreements": "measures.disagreements",
    "documented_participation": "measures.participation",
    "durations": "measures.survival",
    "event_study": "measures.eventstudy",
    "explain": "measures.explain",
    "growth": "measures.cohorts",
    "joint_bodies": "measures.jointbodies",
    "leave_one_county_out": "measures.participationresult",
    "list_exits": "measures.exits",
    "list_retention": "measures.exits",
    "list_survival": "measures.exits",
    "listed": "measures.documented",
    "listed_participation": "measures.participation",
    "load": "data.dataset",
    "networks_of": "measures.documented",
    "panel": "measures.panel",
    "relations": "measures.relations",
    "series": "measures.documented",
    "spells": "measures.spells",
    "survival": "measures.survival",
    "transfers": "measures.transfers",
    "two_mode": "measures.twomode",
    "undated_pairs": "measures.documented",
}
#: Measures with several functions are modules: `natverk.roles.practised(data)`.
_MODULES = ("coding", "networks", "nullmodels", "overlap", "peers", "portfolio", "position", "roles", "strategies")

__all__ = [
    "Dataset",
    "TwoMode",
    "__version__",
    "actors_of",
    "audit_summary",
    "benchmarks",
    "candidates",
    "coding",
    "cohorts",
    "compare",
    "containment",
    "contrasts",
    "count",
    "county_peers",
    "coverage",
    "cross_border",
    "disagreements",
    "documented_participation",
    "durations",
    "event_study",
    "explain",
    "growth",
    "joint_bodies",
    "leave_one_county_out",
    "list_exits",
    "list_retention",
    "list_survival",
    "listed",
    "listed_participation",
    "load",
    "networks",
    "networks_of",
    "nullmodels",
    "overlap",
    "panel",
    "peers",
    "portfolio",
    "position",
    "relations",
    "roles",
    "series",
    "spells",
    "strategies",
    "survival",
    "transfers",
    "two_mode",
    "undated_pairs",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name in _MODULES:
        return importlib.import_module(f"natverk.measures.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'natverk' has no attribute {name!r}")
    # A module and its function may share a name (spells, coverage): the function is the public one.
    value = getattr(importlib.import_module(f"natverk.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME, *_MODULES])
