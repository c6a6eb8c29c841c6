"""Role summaries: formal against practised roles counted by county, and by policy area for the country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row, known_county
from natverk.membership.actors import levels
from natverk.membership.evidence import Counting, YearBasis
from natverk.membership.panel import KNOWN, SETS, networks_counting_as, panel
from natverk.roles.tasks import LEVELS, Readings, readings, subsets, unitary_counties

__all__ = [
    "OUTCOMES",
    "compare_roles",
    "national_summary",
    "summary_by_county",
]


#: What a policy area in a county can come out as; `no_responsible` only as a possibility.
OUTCOMES = ("agreement", "substitution", "gap")
_POSSIBLE = (*OUTCOMES, "no_responsible")


def compare_roles(
    data: Dataset,
    year: int,
    *,
    county: str | None = None,
    on: Literal["end", "start"] = "end",
    undated_tasks: Literal["unknown", "valid"] = "unknown",
    joint: Literal["open", "known_bodies"] = "open",
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    joint_tasks: bool = True,
) -> pd.DataFrame:
    """Compare who is responsible with who is active, by county and policy area, in a year.

    Parameters
    ----------
    year
        The year, from 1997 on (before it, who held the development responsibility is not told).
    county
        A county code, or None for all 21.
    on
        The day on which a task must be valid and the responsibility held: 31 December (`"end"`, default) or
        1 January (`"start"`).
    undated_tasks
        A task without a date of entry into force may have been valid: `"unknown"` (default) leaves both
        possible; `"valid"` takes it as valid, for a reader who knows that it was.
    joint
        `"open"` (default): joint bodies are never excluded as active, since the bodies known to us are not
        all there are. `"known_bodies"`: they are excluded where complete lists close every known body out.
    counts_as, year_basis, counting, joint_tasks
        What is evidence of activity; see `roles.practised`.

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
        `activity_rows` (row ids, and the ids of joint bodies whose stated tasks count).
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
    development responsibility decides; tasks under Lag (2010:630) and Lag (2002:34) are those of a region
    and of a cooperation body (samverkansorgan) that hold it. A task whose actor is named by county, region
    or joint body holds there only.

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
    # `roles` hands this function out and imports it: it is asked for only when called.
    from natverk.roles.activity import practised

    choice("undated_tasks", undated_tasks, ("unknown", "valid"))
    choice("joint", joint, ("open", "known_bodies"))
    counties = list(data.counties["county_code"]) if county is None else [known_county(data, county)]
    formal = readings(data, year, counties, on=on, undated_tasks=undated_tasks)
    evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
    active = practised(data, county=county, year=year, joint_tasks=joint_tasks, **evidence)
    closed = _closed(data, active, year, joint == "known_bodies", evidence)
    seen = {(row.county_code, row.theme): row for row in each_row(active)}
    unitary = unitary_counties(data)
    themes: dict[str, list[str]] = {}
    for row in each_row(data.policy_themes):
        themes.setdefault(row.policy_area, []).append(row.theme)
    found = []
    for code in counties:
        for area in VOCABULARIES["policy_area"]:
            own = [seen[code, theme] for theme in themes.get(area, [])]
            shut = [closed.get((code, theme), frozenset()) for theme in themes.get(area, [])]
            found.append(
                {
                    "county_code": code,
                    "year": year,
                    "policy_area": area,
                    "themes": ";".join(themes.get(area, [])),
                    **_judge(formal[code, area], _activity(own, shut, code in unitary)),
                }
            )
    return pd.DataFrame(found, columns=_COLUMNS).astype({name: "str" for name in _COLUMNS if name != "year"})


_COLUMNS = [
    "county_code", "year", "policy_area", "themes", "responsible", "possibly_responsible", "state", "active",
    "presumed", "closed", "documented", "outcome", "outcome_best", "possible", "reason", "formal_rows",
    "activity_rows",
]  # fmt: skip


class Activity(NamedTuple):
    """Which levels there are, which are attested, presumed or excluded as active, and the rows."""

    levels: tuple[str, ...]
    attested: frozenset[str]
    presumed: frozenset[str]
    closed: frozenset[str]
    known_themes: bool
    rows: str


def _activity(own: list[Any], shut: list[frozenset[str]], unitary: bool) -> Activity:
    """Put the themes of an area together: active in any of them, excluded only if excluded in all."""
    names = {"unitary": "municipal", "joint": "joint"} if unitary else {name: name for name in LEVELS}
    attested = {level for level, name in names.items() for row in own if getattr(row, f"{name}_low") > 0}
    presumed = {level for level, name in names.items() for row in own if getattr(row, f"{name}_best") > 0}
    everywhere = frozenset.intersection(*shut) if shut else frozenset()
    rows = sorted({item for row in own for item in row.row_ids.split(";") if item})
    closed = {level for level, name in names.items() if name in everywhere} - attested - presumed
    return Activity(
        tuple(names), frozenset(attested), frozenset(presumed - attested), frozenset(closed), bool(own), ";".join(rows)
    )


def _judge(formal: Readings, seen: Activity) -> dict[str, object]:
    sure, maybe = formal.sure(), formal.maybe()
    possible = _outcomes(formal.sets, seen.attested, set(seen.levels) - seen.attested - seen.closed)
    best = _outcomes(
        formal.sets, seen.attested | seen.presumed, set(seen.levels) - seen.attested - seen.presumed - seen.closed
    )
    outcome = _named(possible)
    documented = (
        "none" if not seen.attested
        else "no_responsible" if not sure | maybe
        else "responsible" if seen.attested & sure
        else "possibly_responsible" if seen.attested & maybe
        else "others_only"
    )  # fmt: skip
    return {
        "responsible": _joined(sure),
        "possibly_responsible": _joined(maybe),
        "state": formal.state,
        "active": _joined(seen.attested),
        "presumed": _joined(seen.presumed),
        "closed": _joined(seen.closed),
        "documented": documented,
        "outcome": outcome,
        "outcome_best": _named(best),
        "possible": "|".join(name for name in _POSSIBLE if name in possible),
        "reason": _reason(formal, seen, possible) if outcome == "unknown" else "",
        "formal_rows": formal.rows,
        "activity_rows": seen.rows,
    }


def _outcomes(sets: Iterable[frozenset[str]], active: frozenset[str], free: set[str]) -> set[str]:
    """Return what can come out over all readings of who is responsible and who is active.

    >>> sorted(_outcomes([frozenset({"regional"})], frozenset({"municipal"}), {"regional"}))
    ['agreement', 'substitution']
    """
    found = set()
    for chosen in subsets(free):
        acting = active | chosen
        for responsible in sets:
            if not responsible:
                found.add("no_responsible")
            elif responsible & acting:
                found.add("agreement")
            else:
                found.add("substitution" if acting else "gap")
    return found


def _named(possible: set[str]) -> str:
    return next(iter(possible)) if len(possible) == 1 and possible <= set(OUTCOMES) else "unknown"


def _reason(formal: Readings, seen: Activity, possible: set[str]) -> str:
    if not seen.known_themes:
        return "no_theme"
    if possible == {"no_responsible"}:
        return "state_only" if formal.state else "no_task"
    if not seen.attested:
        return "none_attested"
    free = set(seen.levels) - seen.attested - seen.closed
    decided = any(len(_outcomes([one], seen.attested, free)) == 1 for one in formal.sets)
    return "responsibility_unknown" if len(formal.sets) > 1 and decided else "responsible_not_attested"


def _joined(names: frozenset[str]) -> str:
    return "+".join(name for name in ("municipal", "regional", "unitary", "joint") if name in names)


def _closed(
    data: Dataset, practised: pd.DataFrame, year: int, bodies: bool, evidence: dict[str, Any]
) -> dict[tuple[str, str], frozenset[str]]:
    """Return by county and theme the levels of which every cell is known to be empty."""
    empty = (practised["municipal_high"] == 0) | (practised["regional_high"] == 0)
    doubtful = practised[empty | bodies]
    themes = data.networks[["network_id"]].assign(theme=data.networks["themes"].str.split(";")).explode("theme")
    counted = networks_counting_as(data, evidence["counts_as"])
    themes = themes[themes["theme"].isin(doubtful["theme"]) & themes["network_id"].isin(counted)]
    own = levels(data)
    own = own.assign(county_code=own["county_codes"].fillna("").str.split(";")).explode("county_code")
    own = own[own["county_code"].isin(doubtful["county_code"]) & own["level"].isin(LEVELS)]
    if themes.empty or own.empty:
        return {}
    cells = panel(
        data, actors=own["actor_id"].unique(), networks=themes["network_id"].unique(), years=year,
        year_basis=evidence["year_basis"], counting=evidence["counting"],
    )  # fmt: skip
    cells = cells.assign(shut=cells["state"].isin(KNOWN) & (cells["high"] == 0))
    long = cells[["actor_id", "network_id", "shut"]].merge(themes, on="network_id")
    long = long.merge(own[["actor_id", "level", "county_code"]], on="actor_id")
    shut = long.groupby(["county_code", "theme", "level"], as_index=False).agg(shut=("shut", "all"))
    found: dict[tuple[str, str], set[str]] = {}
    for row in each_row(shut[shut["shut"]]):
        if bodies or row.level != "joint":
            found.setdefault((row.county_code, row.theme), set()).add(row.level)
    if bodies:
        with_bodies = set(shut.loc[shut["level"] == "joint", "county_code"])
        for county in set(doubtful["county_code"]) - with_bodies:
            for theme in themes["theme"].unique():
                found.setdefault((county, theme), set()).add("joint")
    return {key: frozenset(names) for key, names in found.items()}


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
    missing = {by, "year", "outcome", "outcome_best", "possible"} - set(compared.columns)
    if missing:
        raise InvalidArgument(
            f"the frame lacks {sorted(missing)}", where="compared", remedy="give what compare_roles(data, year) returns"
        )
    if compared.empty:
        raise InvalidArgument("the selection is empty", where="compared", remedy="keep at least one row")
    found = []
    for (name, year), group in compared.groupby([by, "year"], sort=True):
        possible = group["possible"].str.split("|")
        found += [
            {
                by: name,
                "year": year,
                "outcome": outcome,
                "low": int((group["outcome"] == outcome).sum()),
                "best": int((group["outcome_best"] == outcome).sum()),
                "high": int(possible.map(lambda names, outcome=outcome: outcome in names).sum()),
                size: len(group),
                "n_unknown": int((group["outcome"] == "unknown").sum()),
            }
            for outcome in OUTCOMES
        ]
    return pd.DataFrame(found)
