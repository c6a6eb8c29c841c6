"""natverk: Swedish municipalities, regions and their networks, from sourced facts to reports.

    >>> import natverk
    >>> data = natverk.load()
    >>> len(data.municipalities)
    290
    >>> cells = natverk.panel(data, networks=["ubc"], years=2019)
    >>> int(cells["low"].sum())
    14

`load` gives the data (columns: `natverk.data.export.codebook_frame`); the measures take it and return
tidy frames. Figures stand in `natverk.figures`, what pages say in `natverk.pages`.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from natverk.version import __version__

if TYPE_CHECKING:
    from natverk import benchmarks, coding, missions, models, networks, peers, portfolio, roles, strategies, twomode
    from natverk.comparison import compare
    from natverk.data.citation import cite
    from natverk.data.export import export
    from natverk.data.load import Dataset, load
    from natverk.membership.documented import documented, series
    from natverk.membership.lists import lists
    from natverk.membership.panel import count, panel
    from natverk.membership.quality import coverage, disagreements, explain
    from natverk.membership.spells import spells
    from natverk.municipalities import covariates, municipality_years

#: Where each public name lives; imported when it is first used, so that the command line starts at once.
_HOME = {
    "Dataset": "data.load",
    "cite": "data.citation",
    "compare": "comparison",
    "count": "membership.panel",
    "covariates": "municipalities",
    "coverage": "membership.quality",
    "disagreements": "membership.quality",
    "documented": "membership.documented",
    "explain": "membership.quality",
    "export": "data.export",
    "lists": "membership.lists",
    "load": "data.load",
    "municipality_years": "municipalities",
    "panel": "membership.panel",
    "series": "membership.documented",
    "spells": "membership.spells",
}
#: Measures with several functions are modules: `natverk.roles.practised(data)`.
_MODULES = (
    "benchmarks", "coding", "missions", "models", "networks", "offices", "outcomes", "peers", "portfolio", "roles",
    "strategies", "twomode",
)  # fmt: skip
#: Names of version 0.1 and what to use instead; CHANGELOG has the table with the reasons.
_MOVED = {
    "TwoMode": "natverk.twomode.IncidenceMatrix",
    "actors_of": "natverk.roles.actors_of",
    "audit_summary": "natverk.membership.quality.audit_summary",
    "candidates": "natverk.peers.candidates",
    "cohorts": "natverk.spells: start and start_basis give the cohort",
    "containment": "natverk.benchmarks.containment",
    "contrasts": "natverk.compare: its column verdict",
    "county_peers": "natverk.peers.county_peers",
    "cross_border": "natverk.roles.cross_border",
    "documented_participation": "natverk.models.documented_participation",
    "durations": "natverk.membership.spells.durations",
    "event_study": "natverk.membership.spells.durations, and a model of your own: 1 exit is dated, and too few joins",
    "growth": "natverk.series",
    "joint_bodies": "natverk.roles.joint_bodies",
    "leave_one_county_out": "natverk.models.leave_one_county_out",
    "list_exits": "natverk.networks.list_exits",
    "list_retention": "natverk.networks.list_retention",
    "list_survival": "natverk.networks.list_retention",
    "listed": "natverk.lists",
    "listed_participation": "natverk.models.listed_participation",
    "networks_of": "natverk.documented; natverk.networks.networks_of for one actor, with what came of it",
    "measures": "natverk.membership, natverk.roles, natverk.twomode and the modules beside them",
    "nullmodels": "natverk.twomode: null_test, randomise, tails",
    "overlap": "natverk.twomode",
    "position": "natverk.peers: by_size, neighbours",
    "relations": "natverk.membership.documented.relations",
    "text": "natverk.pages",
    "survival": "natverk.membership.spells.durations, and a model of your own: 1 exit is dated",
    "transfers": "natverk.roles.transfers",
    "two_mode": "natverk.twomode.incidence_matrix",
    "undated_pairs": "natverk.membership.documented.undated_pairs",
}

__all__ = [
    "Dataset",
    "__version__",
    "benchmarks",
    "cite",
    "coding",
    "compare",
    "count",
    "covariates",
    "coverage",
    "disagreements",
    "documented",
    "explain",
    "export",
    "lists",
    "load",
    "missions",
    "models",
    "municipality_years",
    "networks",
    "offices",
    "outcomes",
    "panel",
    "peers",
    "portfolio",
    "roles",
    "series",
    "spells",
    "strategies",
    "twomode",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used; a name of before says what it is called now."""
    if name in _MODULES:
        return importlib.import_module(f"natverk.{name}")
    if name in _MOVED:
        raise AttributeError(_moved(name))
    if name not in _HOME:
        raise AttributeError(f"module 'natverk' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"natverk.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _moved(name: str) -> str:
    """Say what a name of before is called now."""
    return f"natverk.{name} is gone. Use {_MOVED[name]}"


class _OldNames:
    """The last that Python asks for a module: `from natverk import networks_of` and `import natverk.measures` end here.

    Python would say no more than that there is no such name.
    """

    @staticmethod
    def find_spec(fullname: str, _path: object = None, _target: object = None) -> None:
        """Raise for a name of before; anything else is not found here either."""
        package, _, name = fullname.partition(".")
        name = name.partition(".")[0]
        if package == "natverk" and name in _MOVED:
            raise ImportError(_moved(name), name=fullname)


sys.meta_path.append(_OldNames)
