"""What every page asks of the data as a whole, worked out once and remembered between processes.

`natverk build` does it when it has built the tables, and the report machine before it makes several pages. It changes
no answer and only saves time.
"""

from __future__ import annotations

from natverk import roles, strategies
from natverk.benchmarks import recomputed
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.frames import FIRST_YEAR
from natverk.membership.actors import member_actors
from natverk.membership.documented import documented, relations
from natverk.membership.lists import list_exits, lists
from natverk.membership.quality import disagreements
from natverk.membership.spells import spells
from natverk.networks import list_matrix, members_of, networks_of
from natverk.offices import offices
from natverk.outcomes import meetings, projects
from natverk.peers import peer_networks

__all__ = ["precompute"]


def precompute(data: Dataset) -> None:
    """Ask every measure of the pages of regions, municipalities and networks once, or read what it gave before.

    To be called where nothing but natverk has run: what is remembered is then what natverk gives.

    >>> from natverk import load
    >>> precompute(load())
    """
    if data.answers is not None:
        data.answers.read()
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
    if data.answers is not None and not data.answers.is_written:
        data.answers.write()
