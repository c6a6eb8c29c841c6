"""Roles: who is responsible for regional development (formal) and who is active (practised).

Three levels are kept apart: municipal, regional, and joint bodies as a third kind. Evidence of activity is
one thing (`attested_pattern`), what it does not exclude another (`possible_roles`); "none attested" is
never "vacant".
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import Literal, NamedTuple

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.frames import choice, each_row, known_county, year_range
from natverk.membership.actors import actors_of
from natverk.membership.evidence import Counting, YearBasis, graded
from natverk.membership.panel import KNOWN, SETS, networks_counting_as, panel
from natverk.roles.comparison import compare_roles as compare
from natverk.roles.comparison import national_summary, summary_by_county
from natverk.roles.holders import responsibility, responsibility_at, responsibility_counts

__all__ = [
    "LEVELS",
    "ROLES",
    "compare",
    "formal",
    "national_summary",
    "practised",
    "responsibility",
    "responsibility_at",
    "responsibility_counts",
    "summary_by_county",
]


LEVELS = ("municipal", "regional", "joint")
ROLES = ("municipal", "regional", "joint", "shared", "vacant")


def formal(data: Dataset, year: int, *, on: Literal["end", "start"] = "end") -> pd.DataFrame:
    """Return the formal roles: which level has which tasks of regional development in a year.

    Parameters
    ----------
    year
        The year; a task is valid by its stated `since` and `until`.
    on
        The day that decides: 31 December (`"end"`, default) or 1 January (`"start"`).

    Returns
    -------
    pd.DataFrame
        `policy_area, level` (municipal, intermunicipal, regional, state), `validity` (`valid`, or `unknown`
        where the source gives no `since`: never read as "always"), `n_tasks, n_mandatory, obligations,
        legal_bases` (separated by ` | `), `row_ids`. Sorted by area and level.

    Raises
    ------
    InvalidArgument
        For a year out of range or an unknown value.

    References
    ----------
    Formal authority by level: Hooghe, L., Marks, G., Schakel, A. H. et al. (2016), Measuring Regional Authority,
    Oxford University Press. The tasks are those of the acts named in `legal_bases`.

    Examples
    --------
    >>> from natverk import load
    >>> now = formal(load(), 2019)
    >>> now.query("policy_area == 'regional_growth' and level == 'regional'")["n_mandatory"].sum() > 0
    np.True_
    """
    year_range(year, "year", data=data)
    choice("on", on, ("end", "start"))
    day = f"{year}-12-31" if on == "end" else f"{year}-01-01"
    frame = data.tasks
    begun = frame["since"].isna() | (frame["since"].fillna("9999").map(earliest) <= day)
    lasting = frame["until"].isna() | (frame["until"].fillna("9999").map(latest) >= day)
    frame = frame[begun & lasting]
    level = frame["level"].replace({"regional_multi": "regional"})
    frame = frame.assign(level=level, validity=frame["since"].isna().map({True: "unknown", False: "valid"}))
    groups = frame.groupby(["policy_area", "level", "validity"], sort=True)
    table = groups.agg(
        n_tasks=("row_id", "size"),
        n_mandatory=("obligation_class", lambda items: int((items == "mandatory").sum())),
        obligations=("obligation_class", lambda items: " | ".join(sorted(set(items)))),
        legal_bases=("legal_basis", lambda items: " | ".join(sorted(set(items.dropna())))),
        row_ids=("row_id", ";".join),
    ).reset_index()
    # Where no task is valid the counts are numbers still.
    return table.astype({"n_tasks": "int64", "n_mandatory": "int64"})


def practised(
    data: Dataset,
    *,
    county: str | None = None,
    year: int | None = None,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    joint_tasks: bool = True,
) -> pd.DataFrame:
    """Return the practised roles: which levels are attested as active in a theme, county by county.

    Parameters
    ----------
    county
        A county code, or None for all 21.
    year
        A year: `low` counts actors attested in it, `best` also presumed ones, `high` also unknown ones of
        eligible actors, and a level of which every cell is known to be empty is excluded. None (default):
        ever documented, undated evidence included; nothing is excluded then.
    counts_as, year_basis, counting
        What is counted; see `panel`.
    joint_tasks
        Whether a joint body's own stated tasks are evidence of the joint level (default), beside its
        memberships; with a year, those of bodies that existed then.

    Returns
    -------
    pd.DataFrame
        One row a county and theme: `county_code, theme, n_municipalities, municipal_low, municipal_best,
        municipal_high, municipal_share` (best of all municipalities, 0–1), `regional_low, regional_best,
        regional_high, joint_low, joint_best` (numbers of actors), `attested_pattern` (levels joined by `+`,
        or `none attested`), `possible_roles` (joined by `|`), `role` (only where one role is possible;
        Gotland, one body with both roles: `unitary`), `row_ids` (what decides).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value, an empty selection, or a year out of range.

    Notes
    -----
    Each level is active or not; attested levels are active, excluded ones are not, the others may be
    either. A role is possible when some such choice gives it: exactly one active level names it, two or
    more are `shared`, none is `vacant`. The joint level is never excluded: the bodies known to us are not
    all there are.

    Examples
    --------
    >>> from natverk import load
    >>> table = practised(load(), county="14").set_index("theme")
    >>> table.loc["climate_energy", "attested_pattern"], table.loc["climate_energy", "role"]
    ('municipal+regional+joint', 'shared')
    """
    counties = list(data.counties["county_code"]) if county is None else [known_county(data, county)]
    homes = {code: actors_of(data, code) for code in counties}
    local = list(dict.fromkeys(chain.from_iterable(own["actor_id"] for own in homes.values())))
    evidence = _activity(data, local, year, counts_as, year_basis, counting)
    active = evidence.merge(_network_themes(data), on="network_id")
    tasks = _joint_tasks(data, year) if joint_tasks else pd.DataFrame(columns=["actor_id", "theme"])
    # Sorted out once, in plain Python: cutting a frame for each county and theme takes several times as long.
    by_actor: dict[str, list[tuple[str, Activity]]] = {}
    for theme, *fields in each_row(active[["theme", *Activity._fields]]):
        by_actor.setdefault(fields[0], []).append((theme, Activity(*fields)))
    bodies: dict[str, set[str]] = {}
    for actor, theme in each_row(tasks):
        bodies.setdefault(theme, set()).add(actor)
    found = []
    for code, own in homes.items():
        groups: dict[str, set[str]] = {name: set() for name in ("municipal", "regional", "joint", "unitary")}
        for actor, level in zip(own["actor_id"], own["level"], strict=True):
            groups[level].add(actor)
        by_theme: dict[str, list[Activity]] = {}
        for theme, row in chain.from_iterable(by_actor.get(actor, []) for actor in own["actor_id"]):
            by_theme.setdefault(theme, []).append(row)
        for theme in VOCABULARIES["theme"]:
            task_bodies = bodies.get(theme, set()) & groups["joint"]
            role = _role(groups, by_theme.get(theme, []), task_bodies, year)
            found.append({"county_code": code, "theme": theme, **role})
    return pd.DataFrame(found).astype({"role": "str"})


class Activity(NamedTuple):
    """One actor in one network of a theme: counted low, best, high, known (0 or 1), and the rows."""

    actor_id: str
    low: int
    best: int
    high: int
    known: int
    row_ids: str


def _activity(
    data: Dataset,
    actors: list[str],
    year: int | None,
    counts_as: tuple[str, ...],
    year_basis: YearBasis,
    counting: Counting,
) -> pd.DataFrame:
    """Return by actor and network: low, best, high, known (0 or 1), row_ids."""
    networks = networks_counting_as(data, counts_as)
    if year is None:
        rows = graded(data, year_basis=year_basis, counting=counting)
        rows = rows[rows["network_id"].isin(networks) & rows["grade"].isin(["positive", "exit"])]
        pairs = rows.groupby(["actor_id", "network_id"], as_index=False).agg(row_ids=("row_id", ";".join))
        return pairs.assign(low=1, best=1, high=1, known=1)
    cells = panel(
        data,
        actors=actors,
        networks=networks,
        years=year,
        year_basis=year_basis,
        counting=counting,
    )
    cells["known"] = cells["state"].isin(KNOWN).astype(int)
    return cells.rename(columns={"rows": "row_ids"})[
        ["actor_id", "network_id", "low", "best", "high", "known", "row_ids"]
    ]


def _network_themes(data: Dataset) -> pd.DataFrame:
    frame = data.networks[["network_id", "themes"]].assign(theme=data.networks["themes"].str.split(";"))
    return frame.explode("theme")[["network_id", "theme"]]


def _joint_tasks(data: Dataset, year: int | None) -> pd.DataFrame:
    frame = data.bodies[data.bodies["themes"].notna()]
    if year is not None:
        gone = (frame["founded_year"] > year).fillna(False) | (frame["dissolved_year"] < year).fillna(False)
        frame = frame[~gone]
    frame = frame.assign(theme=frame["themes"].str.split(";"), actor_id=frame["body_id"])
    return frame.explode("theme")[["actor_id", "theme"]]


def _role(
    groups: dict[str, set[str]], rows: list[Activity], task_bodies: set[str], year: int | None
) -> dict[str, object]:
    unitary = groups["unitary"]
    municipal, regional = groups["municipal"] | unitary, groups["regional"] | unitary
    low = {row.actor_id for row in rows if row.low}
    best = {row.actor_id for row in rows if row.best}
    # Without a year nothing bounds the unknown from above but the number of actors itself.
    high = municipal | regional if year is None else {row.actor_id for row in rows if row.high}
    joint_low, joint_best = (low & groups["joint"]) | task_bodies, (best & groups["joint"]) | task_bodies
    attested = {"municipal": bool(low & municipal), "regional": bool(low & regional), "joint": bool(joint_low)}
    excluded = {
        name
        for name, group in (("municipal", municipal), ("regional", regional))
        if year is not None and not attested[name] and _closed(rows, group)
    }
    possible = _possible(
        [name for name in LEVELS if attested[name]],
        [name for name in LEVELS if not attested[name] and name not in excluded],
    )
    pattern = "+".join(name for name in LEVELS if attested[name]) or "none attested"
    if unitary:
        # One body holds both roles: municipal and regional cannot be told apart.
        active = attested["municipal"] or attested["joint"]
        holder = "joint" if "municipal" in excluded else "unitary"
        possible = [holder] if active else [holder, "vacant"]
        pattern = pattern.replace("municipal+regional", "unitary")
    decisive = chain.from_iterable(row.row_ids.split(";") for row in rows if row.low and row.row_ids)
    return {
        "n_municipalities": len(municipal),
        "municipal_low": len(low & municipal),
        "municipal_best": len(best & municipal),
        "municipal_high": len(high & municipal),
        "municipal_share": len(best & municipal) / len(municipal),
        "regional_low": len(low & regional),
        "regional_best": len(best & regional),
        "regional_high": len(high & regional),
        "joint_low": len(joint_low),
        "joint_best": len(joint_best),
        "attested_pattern": pattern,
        "possible_roles": "|".join(possible),
        "role": possible[0] if len(possible) == 1 else None,
        "row_ids": ";".join([*sorted(set(decisive)), *sorted(task_bodies)]),
    }


def _closed(rows: list[Activity], group: set[str]) -> bool:
    """Say whether every cell of a level is known to be empty; where sources contradict each other it is not."""
    own = [row for row in rows if row.actor_id in group]
    return bool(own) and all(row.known and not row.high for row in own)


def _possible(active: list[str], free: list[str]) -> list[str]:
    """Return the roles that some choice of the free levels gives, in the order of `ROLES`.

    >>> _possible(["municipal"], ["regional"])
    ['municipal', 'shared']
    """
    choices = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
    roles = set()
    for extra in choices:
        levels = [*active, *extra]
        roles.add("vacant" if not levels else levels[0] if len(levels) == 1 else "shared")
    return [role for role in ROLES if role in roles]
