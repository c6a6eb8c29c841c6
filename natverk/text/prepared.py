"""What the pages of all units share, worked out once before they are made; `reports.toml` names it.

Measures keep with the dataset what depends on it alone, and `natverk.load` gives one dataset a process: whatever is
asked here is there for every page that is forked from this process. It changes no page and only saves time.
"""

from __future__ import annotations

from natverk.benchmarks import recomputed
from natverk.data.load import load
from natverk.data.schema import SCHEMA
from natverk.figures.sheet import Sheet
from natverk.figures.style import SMALL, text_width
from natverk.frames import FIRST_YEAR
from natverk.membership.actors import member_actors
from natverk.membership.documented import documented, relations, series
from natverk.membership.lists import lists
from natverk.membership.panel import SETS, networks_counting_as, panel
from natverk.membership.quality import disagreements
from natverk.peers import candidates, county_peers
from natverk.roles import compare, practised, responsibility
from natverk.strategies import stages_by_year
from natverk.text.regionmeasures import RegionMeasures
from natverk.twomode.structure import overlap_test

__all__ = ["country"]


def country() -> None:
    """Ask every measure of the pages of regions, municipalities and networks once, and read the map.

    >>> country()
    """
    from natverk.figures.geometry import outlines, sweden

    data = load()
    for name in SCHEMA:
        data.table(name)
    last = int(data.vintage[:4])
    one, actor = (str(data.municipalities[column].iloc[0]) for column in ("code", "actor_id"))
    documented(data, member_actors(data), years=(FIRST_YEAR, last))
    panel(data, actors=[actor], networks=networks_counting_as(data, SETS), years=(FIRST_YEAR, last))
    series(data, [actor], networks=networks_counting_as(data, SETS), years=(FIRST_YEAR, last))
    relations(data, [actor])
    disagreements(data)
    lists(data)
    practised(data)
    responsibility(data)
    page = RegionMeasures(data, str(data.counties["county_code"].iloc[0]), years=(FIRST_YEAR, last))
    compare(data, page.compare_year)
    stages_by_year(data, page.stage_years)
    overlap_test(data)
    recomputed(data, actors=[actor])
    county_peers(data, data.counties["county_code"].iloc[0])
    candidates(data, one, year=last, window=None)
    outlines()
    sweden()
    # The fonts and the names that figures show are measured, and what draws is imported.
    for column in ("name", "name_sv"):
        for network in data.networks[column]:
            text_width(network, SMALL)
    sheet = Sheet()
    sheet.text(0, 0, data.vintage, weight="bold")
    sheet.picture(height=20, caption="", alt="").png  # noqa: B018
