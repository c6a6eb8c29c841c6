"""What the pages of all units share, worked out once before they are made; `reports.toml` names it.

Measures keep with the dataset what depends on it alone, and `natverk.load` gives one dataset a process: whatever is
asked here is there for every page that is forked from this process. It changes no page and only saves time.
"""

from __future__ import annotations

import pandas as pd
from babel.dates import format_date

from natverk.benchmarks import recomputed
from natverk.data.load import load
from natverk.data.schema import SCHEMA
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import SMALL, TEXT, TINY
from natverk.figures.typeface import face
from natverk.frames import FIRST_YEAR
from natverk.locale import LANGUAGES, texts
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
    # The letters of what figures say are drawn, and what draws is imported.
    said = [*data.networks["name"], *data.networks["name_sv"], *data.actors["name"], *map(str, range(FIRST_YEAR, last))]
    for size, weight in ((TINY, "normal"), (SMALL, "normal"), (TEXT, "normal"), (SMALL, "bold"), (TEXT, "bold")):
        face(size, weight).learn(said)
    # What Unicode says of a language is read with the first number, date and country.
    for lang in LANGUAGES:
        t = texts(lang)
        t.number(1000)
        t.percent(0.5, 1)
        t.join(["a", "b"])
        format_date(pd.Timestamp(data.vintage), format="d MMMM y", locale=t.babel)
        len(t.babel.territories)
    sheet = Sheet()
    sheet.key([Key(data.vintage, hatch="/"), Key("", marker="crossed"), Key("", marker="line")], 0, 0, 400)
    sheet.picture(height=20, caption="", alt="").png  # noqa: B018
