"""Roles: who is responsible for regional development (formal) and who is active (practised).

Three levels are kept apart: municipal, regional, and joint bodies as a third kind. Evidence of activity is
one thing (`attested_pattern`), what it does not exclude another (`possible_roles`); "none attested" is
never "vacant".
"""

from __future__ import annotations

from natverk.membership.actors import actors_of
from natverk.roles.activity import ROLES, practised
from natverk.roles.bodies import bodies_of, county_bodies, cross_border, joint_bodies
from natverk.roles.comparison import compare_roles as compare
from natverk.roles.comparison import national_summary, summary_by_county
from natverk.roles.country import country_networks, country_themes
from natverk.roles.county import (
    GROUPS,
    VERDICTS,
    county_actors,
    county_events,
    county_memberships,
    county_networks,
    county_places,
    county_tasks,
    county_themes,
)
from natverk.roles.forms import FORMS, interplay, interplay_forms
from natverk.roles.holders import holders_of, responsibility, responsibility_at, responsibility_counts, transfers
from natverk.roles.tasks import LEVELS, formal, valid_tasks

__all__ = [
    "FORMS",
    "GROUPS",
    "LEVELS",
    "ROLES",
    "VERDICTS",
    "actors_of",
    "bodies_of",
    "compare",
    "country_networks",
    "country_themes",
    "county_actors",
    "county_bodies",
    "county_events",
    "county_memberships",
    "county_networks",
    "county_places",
    "county_tasks",
    "county_themes",
    "cross_border",
    "formal",
    "holders_of",
    "interplay",
    "interplay_forms",
    "joint_bodies",
    "national_summary",
    "practised",
    "responsibility",
    "responsibility_at",
    "responsibility_counts",
    "summary_by_county",
    "transfers",
    "valid_tasks",
]
