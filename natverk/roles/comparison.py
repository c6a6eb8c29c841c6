"""Formal against practised roles: by county and policy area, and counted by county and for the country."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row, has_columns, known_county, several, year_range
from natverk.membership.actors import Kinds, checked_kinds
from natverk.membership.evidence import Counting, YearBasis
from natverk.membership.panel import SETS
from natverk.roles.activity import GeneralPurpose, activity_by_level
from natverk.roles.tasks import LEVELS, Responsible, responsible_levels, subsets, unitary_counties

__all__ = [
    "compare_roles",
    "national_summary",
    "summary_by_county",
]


#: What a policy area in a county can come out as; `no_responsible` only as a possibility.
_OUTCOMES = ("agreement", "substitution", "gap")


@asked
def compare_roles(
    data: Dataset,
    year: int,
    *,
    county: str | int | None = None,
    on: Literal["end", "start"] = "end",
    undated_tasks: Literal["unknown", "valid"] = "unknown",
    joint: Literal["open", "known_bodies"] = "open",
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    joint_tasks: bool = True,
    general_purpose: GeneralPurpose = "leave_out",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Compare who is responsible with who is active, by county and policy area, in a year.

    Parameters
    ----------
    year
        The year, from 1997 on (before it, who held the development responsibility is not told).
    county
        A county by code or name, or None for all 21.
    on
        The day on which a task must be valid and the responsibility held: 31 December (`"end"`, default) or
        1 January (`"start"`).
    undated_tasks
        A task without a date of entry into force may have been valid: `"unknown"` (default) leaves both
        possible; `"valid"` takes it as valid, for a reader who knows that it was.
    joint
        `"open"` (default): joint bodies are never excluded as active, since the bodies known to us are not
        all there are. `"known_bodies"`: they are excluded where complete lists close every known body out.
    counts_as, year_basis, counting, joint_tasks, general_purpose, kinds
        What is evidence of activity; see `roles.practised`. `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        One row a county and policy area: `county_code, year, policy_area, themes`, `responsible` (levels
        surely responsible, joined by `+`), `possibly_responsible`, `state` (the state's part: `valid`,
        `unknown` or blank; kept apart), `active` (levels attested as active), `presumed` (levels only presumed
        to be), `closed` (levels that evidence excludes), `documented` (what is attested, without any
        conclusion: `responsible`, `possibly_responsible`, `others_only`, `no_responsible`, `none`), `outcome`
        (`agreement`, `substitution`, `gap`, `unknown`), `outcome_best` (the same if what is presumed is so),
        `possible` (outcomes not excluded, joined by `|`), `reason` (why unknown), `formal_rows`,
        `activity_rows` (row ids, and the ids of joint bodies whose stated tasks count), `left_out` (ids of networks
        and bodies of general purpose that would count, did they decide anything about a theme).
        Levels: `municipal`, `regional`, `joint`; on Gotland, one body with both roles, `unitary` and `joint`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, a year before 1997 or an unknown value.

    Notes
    -----
    **Responsible** are the levels with a duty in the area (mandatory, assigned or conditional tasks); where
    no level below the state has one, those with a voluntary or internal task, since a competence is all the
    law gives there. A right to be heard makes nobody responsible. In `regional_growth` the holder of the
    development responsibility decides. A task with a condition (column `condition` of `tasks`: "when the
    responsibility is shared", "where a region holds the development responsibility") counts where the condition
    is known to hold; where that is not known, each way in which it may stand is one of the readings. A task
    whose actor is named by county, region or joint body holds there only.

    **Active** is a level with a documented membership, or a joint body's stated task, in a theme of the
    area (table `policy_themes`). Networks are one kind of activity: a level may do its duty in none.

    **Outcome**: *agreement* if at least one responsible level is active (a duty shared by two levels does
    not oblige both to join networks), *substitution* if only others are, *gap* if no level is. Each level
    that is neither attested nor excluded may be active or not, each uncertain responsibility may hold or
    not; an outcome stands only if all these readings give it. "None attested" is therefore `unknown`, never
    a gap; gap and substitution need complete lists that close the responsible levels out. The state's
    activity is not observed, so an area where the state alone is responsible is `unknown` too.

    Reasons: `no_theme`, `state_only`, `no_task` (nobody below the state has a task), `none_attested`,
    `responsibility_unknown` (activity is attested; who is responsible is not certain),
    `responsible_not_attested` (only others are attested, and the responsible level is not excluded).

    References
    ----------
    Bounds over all completions of what is missing: Manski, C. F. (2003), Partial Identification of Probability
    Distributions, Springer. Formal authority by level and policy: Hooghe, L., Marks, G., Schakel, A. H. et al.
    (2016), Measuring Regional Authority, Oxford University Press. The outcomes and their rule are ours.

    Examples
    --------
    >>> from natverk import load
    >>> table = compare_roles(load(), 2019, county="14").set_index("policy_area")
    >>> table.loc["climate_energy", ["responsible", "outcome"]].tolist()
    ['municipal', 'agreement']
    >>> table.loc["integration", ["state", "outcome", "reason"]].tolist()
    ['valid', 'unknown', 'state_only']
    """
    choice("undated_tasks", undated_tasks, ("unknown", "valid"))
    choice("joint", joint, ("open", "known_bodies"))
    code = None if county is None else known_county(data, county)
    year, sets = year_range(year, "year", data=data)[0], tuple(several(counts_as))
    own = None if kinds is None else checked_kinds(kinds)
    choice("general_purpose", general_purpose, ("leave_out", "count"))
    rest = (year_basis, counting, joint_tasks, general_purpose, own)
    table = _compared(data, year, on, undated_tasks, joint, sets, *rest)
    table.attrs["kinds"] = checked_kinds(kinds)
    return table if code is None else table[table["county_code"] == code].reset_index(drop=True)


@kept
def _compared(
    data: Dataset,
    year: int,
    on: Literal["end", "start"],
    undated_tasks: Literal["unknown", "valid"],
    joint: Literal["open", "known_bodies"],
    counts_as: tuple[str, ...],
    year_basis: YearBasis,
    counting: Counting,
    joint_tasks: bool,
    general_purpose: GeneralPurpose,
    kinds: tuple[str, ...] | None,
) -> pd.DataFrame:
    """Return the comparison of the whole country."""
    formal = responsible_levels(data, year, on=on, undated_tasks=undated_tasks)
    active = activity_by_level(data, year, counts_as, year_basis, counting, joint_tasks, general_purpose, kinds)
    if joint == "open":
        active["closed"] &= active["level"] != "joint"
    # Gotland's one body stands once, as unitary.
    unitary = unitary_counties(data)
    one = active["county_code"].isin(unitary)
    active = active[~(one & (active["level"] == "regional"))]
    active["level"] = active["level"].mask(one & (active["level"] == "municipal"), "unitary")
    # The themes of an area together: active in any of them, excluded only if excluded in all.
    keys = ["county_code", "policy_area", "level"]
    groups = active.merge(data.policy_themes[["policy_area", "theme"]], on="theme").groupby(keys, as_index=False)
    table = groups.agg(
        low=("low", "max"), best=("best", "max"), closed=("closed", "all"), rows=("row_ids", ";".join),
        left_out=("left_out", ";".join),
    )  # fmt: skip
    by_area: dict[tuple[str, str], list[Any]] = {}
    for row in each_row(table):
        by_area.setdefault((row.county_code, row.policy_area), []).append(row)
    themes = data.policy_themes.groupby("policy_area")["theme"].agg(";".join).to_dict()
    found = []
    for code in data.counties["county_code"]:
        levels = frozenset({"unitary", "joint"} if code in unitary else LEVELS)
        for area in VOCABULARIES["policy_area"]:
            head = {"county_code": code, "year": year, "policy_area": area, "themes": themes.get(area, "")}
            found.append(head | _agreement(formal[code, area], levels, by_area.get((code, area), [])))
    frame = pd.DataFrame(found)
    return frame.astype({name: TEXT for name in frame if name != "year"})


def _agreement(formal: Responsible, levels: frozenset[str], own: list[Any]) -> dict[str, str]:
    """Set who is responsible for a policy area in a county against the levels active in it.

    `levels` are those of the county, `own` the rows of those that the themes of the area tell of.
    """
    attested = frozenset(row.level for row in own if row.low)
    presumed = frozenset(row.level for row in own if row.best) - attested
    closed = frozenset(row.level for row in own if row.closed) - attested - presumed
    free = levels - attested - closed
    sure, maybe = formal.sure(), formal.maybe()
    possible = _outcomes(formal.alternatives, attested, free)
    outcome = _the_one(possible)
    if not attested:
        documented = "none"
    elif not sure | maybe:
        documented = "no_responsible"
    elif attested & sure:
        documented = "responsible"
    else:
        documented = "possibly_responsible" if attested & maybe else "others_only"
    if outcome != "unknown":
        reason = ""
    elif not own:
        reason = "no_theme"
    elif possible == {"no_responsible"}:
        reason = "state_only" if formal.state else "no_task"
    elif not attested:
        reason = "none_attested"
    else:
        # One alternative alone would give one outcome: it is the responsibility that leaves it open.
        each = [_outcomes(frozenset({one}), attested, free) for one in formal.alternatives]
        decided = len(each) > 1 and any(len(outcomes) == 1 for outcomes in each)
        reason = "responsibility_unknown" if decided else "responsible_not_attested"
    return {
        "responsible": _joined(sure),
        "possibly_responsible": _joined(maybe),
        "state": formal.state,
        "active": _joined(attested),
        "presumed": _joined(presumed),
        "closed": _joined(closed),
        "documented": documented,
        "outcome": outcome,
        "outcome_best": _the_one(_outcomes(formal.alternatives, attested | presumed, free - presumed)),
        "possible": "|".join(name for name in (*_OUTCOMES, "no_responsible") if name in possible),
        "reason": reason,
        "formal_rows": formal.rows,
        "activity_rows": ";".join(sorted({item for row in own for item in row.rows.split(";") if item})),
        "left_out": ";".join(sorted({item for row in own for item in row.left_out.split(";") if item})),
    }


@cache
def _outcomes(alternatives: frozenset[frozenset[str]], active: frozenset[str], free: frozenset[str]) -> frozenset[str]:
    """Return what can come out over all alternatives of who is responsible and who is active.

    >>> sorted(_outcomes(frozenset({frozenset({"regional"})}), frozenset({"municipal"}), frozenset({"regional"})))
    ['agreement', 'substitution']
    """
    found = set()
    for chosen in subsets(free):
        acting = active | chosen
        for responsible in alternatives:
            if not responsible:
                found.add("no_responsible")
            elif responsible & acting:
                found.add("agreement")
            else:
                found.add("substitution" if acting else "gap")
    return frozenset(found)


def _the_one(possible: frozenset[str]) -> str:
    """Return the outcome if no other is possible, and `unknown` otherwise."""
    return next(iter(possible)) if len(possible) == 1 and possible <= set(_OUTCOMES) else "unknown"


def _joined(names: frozenset[str]) -> str:
    """Return levels joined by `+`, in their order."""
    return "+".join(name for name in ("municipal", "regional", "unitary", "joint") if name in names)


def summary_by_county(compared: pd.DataFrame) -> pd.DataFrame:
    """Count the policy areas of each county by outcome.

    Parameters
    ----------
    compared
        What `compare_roles` returns, or a selection of its rows.

    Returns
    -------
    pd.DataFrame
        `county_code, year, outcome` (agreement, substitution, gap), `low` (areas where nothing else is
        possible), `best` (also if what is presumed is so), `high` (areas where it is not excluded), `n_areas`,
        `n_unknown` (areas without a named outcome). Unit: policy areas.

    Raises
    ------
    InvalidArgument
        For a frame that lacks columns, or an empty one.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.roles.comparison import compare_roles
    >>> table = summary_by_county(compare_roles(load(), 2019, county="09"))
    >>> table[["outcome", "n_areas"]].values.tolist()
    [['agreement', 22], ['substitution', 22], ['gap', 22]]
    """
    return _counts(compared, "county_code", "n_areas")


def national_summary(compared: pd.DataFrame) -> pd.DataFrame:
    """Count the counties of each policy area by outcome.

    Parameters
    ----------
    compared
        A frame of `roles.compare`.

    Returns
    -------
    pd.DataFrame
        `policy_area, year, outcome, low, best, high, n_counties, n_unknown`; see `summary_by_county`.
        Unit: counties.

    Raises
    ------
    InvalidArgument
        For a frame that lacks columns, or an empty one.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.roles.comparison import compare_roles
    >>> table = national_summary(compare_roles(load(), 2019, county="09"))
    >>> bool((table["low"] <= table["best"]).all() and (table["best"] <= table["high"]).all()), set(table["n_counties"])
    (True, {1})
    """
    return _counts(compared, "policy_area", "n_counties")


def _counts(compared: pd.DataFrame, by: str, size: str) -> pd.DataFrame:
    """Count the rows of a comparison by outcome: nothing else possible, if what is presumed is so, not excluded."""
    columns = [by, "year", "outcome", "outcome_best", "possible"]
    has_columns(compared, columns, "compared", "give what compare_roles(data, year) returns")
    if compared.empty:
        raise InvalidArgument("the selection is empty", where="compared", remedy="keep at least one row")
    parts = [
        compared[[by, "year"]].assign(
            outcome=outcome,
            low=compared["outcome"] == outcome,
            best=compared["outcome_best"] == outcome,
            high=compared["possible"].str.split("|").map(lambda names, outcome=outcome: outcome in names),
            size=1,
            n_unknown=compared["outcome"] == "unknown",
        )
        for outcome in _OUTCOMES
    ]
    counts = pd.concat(parts).groupby([by, "year", "outcome"], sort=False).sum().astype("int64").reset_index()
    return counts.rename(columns={"size": size}).sort_values([by, "year"], kind="stable", ignore_index=True)
