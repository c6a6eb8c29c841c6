"""What the pages of all units share, worked out once before they are made; `reports.toml` names it.

Measures keep with the dataset what depends on it alone, and `natverk.load` gives one dataset a process: whatever is
asked here is there for every page that is forked from this process. It changes no page and only saves time.
"""

from __future__ import annotations

import pandas as pd
from babel.dates import format_date

from natverk import roles, strategies
from natverk.benchmarks import recomputed
from natverk.data.load import load
from natverk.data.schema import SCHEMA
from natverk.frames import FIRST_YEAR
from natverk.locale import LANGUAGES, texts
from natverk.membership.actors import member_actors
from natverk.membership.documented import documented, relations
from natverk.membership.lists import list_exits, lists
from natverk.membership.quality import disagreements
from natverk.membership.spells import spells
from natverk.networks import list_matrix, members_of, networks_of
from natverk.offices import offices
from natverk.outcomes import meetings, projects
from natverk.pages.prose import templates_of
from natverk.peers import peer_networks

__all__ = ["country"]


def country() -> None:
    """Ask every measure of the pages of regions, municipalities and networks once, and read the map.

    >>> country()
    """
    from natverk.figures.geometry import outlines, sweden
    from natverk.figures.style import SMALL, TEXT
    from natverk.figures.typeface import face

    data = load()
    for name in SCHEMA:
        data.table(name)
    years = (FIRST_YEAR, data.last_year)
    county, one = str(data.counties["county_code"].iloc[0]), str(data.municipalities["actor_id"].iloc[0])
    network = str(data.member_lists["network_id"].iloc[0])
    documented(data, member_actors(data), years=years)
    relations(data, [one])
    disagreements(data)
    lists(data)
    spells(data)
    roles.practised(data)
    roles.responsibility(data)
    roles.interplay_forms(data)
    memberships = roles.county_memberships(data, county, years=years)
    roles.county_themes(data, county, roles.county_networks(memberships))
    strategies.state(data)
    offices(data)
    meetings(data)
    projects(data, actors=one)
    networks_of(data, one)
    peer_networks(data, one)
    members_of(data, network, years=years)
    list_matrix(data, network)
    list_exits(data, network)
    recomputed(data, networks=[network])
    outlines()
    sweden()
    for lang in LANGUAGES:
        env = templates_of(lang)
        for name in env.list_templates():
            if name.endswith(f".{lang}.md.j2"):
                env.get_template(name)
    # The letters of what figures say are drawn, and what draws is imported.
    said = [*data.networks["name"], *data.networks["name_sv"], *data.actors["name"], *map(str, range(*years))]
    for size in (SMALL, TEXT):
        face(size, "normal").learn(said)
    # What Unicode says of a language is read with the first number, date and country.
    for lang in LANGUAGES:
        t = texts(lang)
        t.number(1000)
        t.percent(0.5, 1)
        t.join(["a", "b"])
        format_date(pd.Timestamp(data.vintage), format="d MMMM y", locale=t.babel)
