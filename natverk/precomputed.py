"""What every page asks of the data as a whole, worked out once and remembered between processes.

`natverk build` does it when it has built the tables, and the report machine before it makes several pages. It changes
no answer and only saves time.
"""

from __future__ import annotations

from natverk import roles, strategies
from natverk.benchmarks import recomputed
from natverk.comparison import compare
from natverk.data.load import Dataset
from natverk.data.lookup import row_digests
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

#: The year in which notebooks compare two units unless told otherwise.
_COMPARED = 2019


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
    if data.answers is not None and data.answers.is_written:
        return
    years = (FIRST_YEAR, data.last_year)
    county, other_county = data.counties["county_code"].iloc[:2]
    one, another = data.municipalities["actor_id"].iloc[:2]
    network, other_network = data.member_lists["network_id"].unique()[:2]
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
    recomputed(data)
    for kind, both in (
        ("region", (county, other_county)), ("municipality", (one, another)), ("network", (network, other_network))
    ):  # fmt: skip
        compare(data, *both, kind=kind, year=_COMPARED, years=years)
    for name in ("sources", "networks", "actors"):
        row_digests(data, name)
    if data.answers is not None:
        data.answers.write()
