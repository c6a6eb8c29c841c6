"""The tables of the pages: frames of the measures, labelled in the page's language, with their sources."""

from natverk.text.tables import comparison, municipal, network, portfolio, region
from natverk.text.tables import strategies as strategies_page
from natverk.text.tables.membership import listed, memberships, responsibility, roles, strategies
from natverk.text.tables.outcome import evaluations, functions, missions, next_steps, projects
from natverk.text.tables.uncertainty import disagreements, states

__all__ = [
    "comparison",
    "disagreements",
    "evaluations",
    "functions",
    "listed",
    "memberships",
    "missions",
    "municipal",
    "network",
    "next_steps",
    "projects",
    "portfolio",
    "region",
    "responsibility",
    "roles",
    "states",
    "strategies",
    "strategies_page",
]
