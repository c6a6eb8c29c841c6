"""What the pages of all units share, worked out once before they are made; `reports.toml` names it.

Measures keep with the dataset what depends on it alone, and `natverk.load` gives one dataset a process: whatever is
asked here is there for every page that is forked from this process. It changes no page and only saves time.
"""

from __future__ import annotations

from natverk.benchmarks import recomputed
from natverk.data.load import load
from natverk.frames import FIRST_YEAR
from natverk.membership.actors import member_actors
from natverk.membership.documented import documented, relations, series
from natverk.membership.lists import lists
from natverk.membership.panel import SETS, networks_counting_as, panel
from natverk.membership.quality import disagreements
from natverk.peers import candidates, county_peers
from natverk.roles import compare, practised, responsibility
from natverk.strategies import stages

__all__ = ["country"]


def country() -> None:
    """Ask every measure of the pages of regions, municipalities and networks once, and read the map.

    >>> country()
    """
    from natverk.figures.geometry import outlines, sweden

    data = load()
    last = int(data.vintage[:4])
    one, actor = (str(data.municipalities[column].iloc[0]) for column in ("code", "actor_id"))
    documented(data, member_actors(data), years=(FIRST_YEAR, last))
    panel(data, actors=[actor], networks=networks_counting_as(data, SETS), years=(FIRST_YEAR, last))
    series(data, [actor], networks=networks_counting_as(data, SETS), years=(FIRST_YEAR, last))
    relations(data, [actor])
    disagreements(data)
    lists(data)
    practised(data)
    compare(data, data.last_year)
    responsibility(data)
    stages(data, str(data.last_year))
    recomputed(data, actors=[actor])
    county_peers(data, data.counties["county_code"].iloc[0])
    candidates(data, one, year=last, window=None)
    outlines()
    sweden()
