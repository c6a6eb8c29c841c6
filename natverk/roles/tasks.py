"""Formal roles: which level has which tasks of regional development, and which levels are responsible by them.

`formal` says which tasks are valid. `responsible_levels` applies each of them to a county; what is uncertain (an
undated task, a transfer known as an interval, a condition that no source tells of) is kept as several alternatives
instead of one guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from typing import Any, Literal, NamedTuple

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import earliest, latest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.data.units import SHORT_FORMS
from natverk.frames import choice, each_row, year_range
from natverk.roles.holders import responsibility_at

__all__ = [
    "LEVELS",
    "Responsible",
    "formal",
    "local_tasks",
    "named_tasks",
    "responsible_levels",
    "subsets",
    "tasked_levels",
    "unitary_counties",
    "valid_tasks",
]


#: The levels below the state; joint bodies are a third kind.
LEVELS = ("municipal", "regional", "joint")
#: Classes of obligation that make a level responsible, the stronger first; being heard does not.
_DUTY = ("mandatory", "assigned", "conditional")
_COMPETENCE = ("voluntary", "internal")
#: Conditions of which exactly one holds in a county: who holds the development responsibility (condition → type of
#: holder), and who answers for public transport.
_HOLDER = {"region_holds": "region", "samverkansorgan_holds": "samverkansorgan", "state_holds": "state"}
_TRANSPORT = ("transport_region", "transport_shared", "transport_municipal")
#: The event by which a region joins the culture cooperation model.
_CULTURE_ENTRY = "culture_cooperation_model_entry"
#: The policy area in which the holder of the development responsibility is the one responsible.
_HELD_AREA = "regional_growth"
#: Actors that stand for the whole country, whatever examples they name.
_EVERYWHERE = re.compile(r"^regions\b|\ball regions\b|\bNUTEK\b")
_LEVEL = {
    "municipal": "municipal",
    "regional": "regional",
    "regional_multi": "regional",
    "intermunicipal": "joint",
    "state": "state",
}


@asked
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
        where the source gives no `since`: never read as "always"), `n_tasks, n_mandatory, n_conditional` (of all:
        tasks that the level has under a condition only, see `tasks.condition`), `obligations, legal_bases`
        (separated by ` | `), `row_ids`. Sorted by area and level.

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
    tasks = valid_tasks(data, year, on=on)
    groups = tasks.groupby(["policy_area", "level", "validity"], sort=True)
    table = groups.agg(
        n_tasks=("row_id", "size"),
        n_mandatory=("obligation_class", lambda items: int((items == "mandatory").sum())),
        n_conditional=("condition_class", "count"),
        obligations=("obligation_class", lambda items: " | ".join(sorted(set(items)))),
        legal_bases=("legal_basis", lambda items: " | ".join(sorted(set(items.dropna())))),
        row_ids=("row_id", ";".join),
    ).reset_index()
    # Where no task is valid the columns keep their types.
    numbers = dict.fromkeys(["n_tasks", "n_mandatory", "n_conditional"], "int64")
    return table.astype({**dict.fromkeys(table.columns, TEXT), **numbers})


@asked
def valid_tasks(data: Dataset, year: int, *, on: Literal["end", "start"] = "end") -> pd.DataFrame:
    """Return the tasks that are valid in a year, or may be: what had ended, or not begun, is left out.

    Parameters
    ----------
    year, on
        See `formal`, which counts these rows.

    Returns
    -------
    pd.DataFrame
        The columns of the table `tasks`, `regional_multi` told as `regional`, and `validity` (`valid`, or `unknown`
        where the source gives no `since`). Sorted by area, level and validity.

    Raises
    ------
    InvalidArgument
        For a year out of range or an unknown value.

    Examples
    --------
    >>> from natverk import load
    >>> tasks = valid_tasks(load(), 2025)
    >>> tasks["until"].notna().sum(), "tsk-00113" in set(tasks["row_id"])
    (np.int64(1), False)
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
    return frame.sort_values(["policy_area", "level", "validity"], kind="stable")


class Responsible(NamedTuple):
    """Sets of levels of which one is responsible, the state's part (`valid`, `unknown`, blank), and the rows."""

    alternatives: frozenset[frozenset[str]]
    state: str
    rows: str

    def sure(self) -> frozenset[str]:
        """Return the levels responsible under every alternative."""
        return frozenset.intersection(*self.alternatives)

    def maybe(self) -> frozenset[str]:
        """Return the levels responsible under some, but not every, alternative."""
        return frozenset.union(*self.alternatives) - self.sure()


@asked
@kept
def responsible_levels(
    data: Dataset,
    year: int,
    *,
    on: Literal["end", "start"] = "end",
    undated_tasks: Literal["unknown", "valid"] = "unknown",
) -> dict[tuple[str, str], Responsible]:
    """Return by county and policy area the sets of levels that may be responsible.

    Parameters
    ----------
    year, on, undated_tasks
        See `natverk.roles.compare`.

    Returns
    -------
    dict
        County code and policy area → `Responsible`; levels `municipal`, `regional`, `joint`, on Gotland `unitary`.
        A task with a condition (`tasks.condition`) makes its level responsible only where the condition is known to
        hold; where it is not known, the level is in some of the alternatives.

    Raises
    ------
    InvalidArgument
        For a year before 1997 or out of range, or an unknown value.

    Examples
    --------
    >>> from natverk import load
    >>> [sorted(levels) for levels in responsible_levels(load(), 2019)["09", "regional_growth"].alternatives]
    [['unitary']]
    """
    choice("undated_tasks", undated_tasks, ("unknown", "valid"))
    by_area: dict[str, list[Any]] = {}
    for task in each_row(valid_tasks(data, year, on=on)):
        by_area.setdefault(task.policy_area, []).append(task)
    local, unitary = local_tasks(data), unitary_counties(data)
    level_held = {row.row_id: _LEVEL[row.level] for row in each_row(data.responsibility)}
    day = f"{year}-12-31" if on == "end" else f"{year}-01-01"
    told, joined = _conditions_on(data, day), _culture_model_on(data, day)
    found = {}
    for holder in each_row(responsibility_at(data, day)):
        county, holder_rows = holder.county_code, [row for row in holder.row_ids.split(";") if row]
        types, held = set(filter(None, holder.possible.split("|"))), {level_held[row] for row in holder_rows}
        holders = [{name for name, of in _HOLDER.items() if of == kind} for kind in types or set(_HOLDER.values())]
        transport = [{name} for name in told.get(county, _TRANSPORT)]
        # Every way in which the conditions may stand; exactly one of each question holds.
        worlds = [one | other | joined.get(county, set()) for one in holders for other in transport]
        open_ = {"other"} | (set() if county in joined else {"culture_model"})
        for area in VOCABULARIES["policy_area"]:
            tasks = [task for task in by_area.get(area, ()) if county in local.get(task.row_id, {county})]
            results = []
            for world in worlds:
                own = []
                for task in tasks:
                    needs = set(task.condition_class.split(";")) if isinstance(task.condition_class, str) else set()
                    if not needs or needs & (world | open_):
                        sure = not needs or bool(needs & world)
                        own.append((task, sure and (task.validity == "valid" or undated_tasks == "valid")))
                results.append(_held(held, holder_rows, own) if area == _HELD_AREA else _obliged(own))
            result = _any_of(results)
            if county in unitary:
                # Municipal and regional are the one body that holds both roles.
                one_body = {"municipal": "unitary", "regional": "unitary"}
                alternatives = frozenset(
                    frozenset(one_body.get(level, level) for level in levels) for levels in result.alternatives
                )
                result = result._replace(alternatives=alternatives)
            found[county, area] = result
    return found


def _any_of(results: list[Responsible]) -> Responsible:
    """Return what holds if one of several results does, and nobody knows which."""
    states = {result.state for result in results}
    rows = dict.fromkeys(row for result in results for row in result.rows.split(";") if row)
    return Responsible(
        frozenset.union(*(result.alternatives for result in results)),
        states.pop() if len(states) == 1 else "unknown",
        ";".join(rows),
    )


def _conditions_on(data: Dataset, day: str) -> dict[str, set[str]]:
    """Return by county the conditions of public transport of which one is known to hold on a day."""
    found: dict[str, set[str]] = {}
    for row in each_row(data.conditions):
        until = latest(row.until) if isinstance(row.until, str) else "9999"
        if earliest(row.since) <= day <= until:
            own = set(row.condition_class.split(";")) & set(_TRANSPORT)
            found[row.county_code] = found.get(row.county_code, own) & own
    return {county: own for county, own in found.items() if own}


def _culture_model_on(data: Dataset, day: str) -> dict[str, set[str]]:
    """Return the counties whose region is known to have joined the culture cooperation model, or not yet to have."""
    rows = data.county_events[data.county_events["event"] == _CULTURE_ENTRY].dropna(subset="year")
    years = rows.groupby("county_code")["year"].agg(["min", "max"])
    found: dict[str, set[str]] = {}
    for row in each_row(years.reset_index()):
        if int(day[:4]) >= row.max:
            found[row.county_code] = {"culture_model"}
        elif int(day[:4]) < row.min:
            found[row.county_code] = set()
    return found


def _levels_of(own: list[tuple[Any, bool]], classes: tuple[str, ...], sure: bool) -> set[str]:
    """Return the levels with a task of some classes that holds surely, or only may."""
    return {_LEVEL[task.level] for task, is_sure in own if is_sure == sure and task.obligation_class in classes}


def _state(own: list[tuple[Any, bool]]) -> str:
    """Return whether the state surely has a task (`valid`), may have one (`unknown`), or has none (blank)."""
    sure, may = (_levels_of(own, _DUTY + _COMPETENCE, is_sure) for is_sure in (True, False))
    return "valid" if "state" in sure else "unknown" if "state" in may else ""


def _held(held: set[str], holder_rows: list[str], own: list[tuple[Any, bool]]) -> Responsible:
    """Return who is responsible by holding the development responsibility; where nobody is told to, anybody may."""
    state = _state(own)
    if "state" in held and state != "valid":
        state = "valid" if len(held) == 1 else "unknown"
    alternatives = frozenset(frozenset({level} - {"state"}) for level in held or {*LEVELS, "state"})
    return Responsible(alternatives, state, ";".join([*holder_rows, *(task.row_id for task, _ in own)]))


def _obliged(own: list[tuple[Any, bool]]) -> Responsible:
    """Return who is responsible by duty; where no level has one, by competence."""
    duty, may_duty = _levels_of(own, _DUTY, True) - {"state"}, _levels_of(own, _DUTY, False) - {"state"}
    free, may_free = _levels_of(own, _COMPETENCE, True) - {"state"}, _levels_of(own, _COMPETENCE, False) - {"state"}
    alternatives = {extra | duty for extra in subsets(may_duty - duty)}
    if frozenset() in alternatives:
        alternatives = (alternatives - {frozenset()}) | {extra | free for extra in subsets(may_free - free)}
    rows = ";".join(task.row_id for task, _ in own)
    return Responsible(frozenset(alternatives), _state(own), rows)


@asked
@kept
def unitary_counties(data: Dataset) -> set[str]:
    """Return the counties where the municipality is also the region."""
    places = set(data.municipalities["actor_id"])
    return set(data.counties.loc[data.counties["region_actor_id"].isin(places), "county_code"])


@asked
@kept
def local_tasks(data: Dataset) -> dict[str, set[str]]:
    """Return the counties of the tasks that hold there alone: `named_tasks` without those of the whole country.

    "regions and Gotlands kommun" are all of them, not Gotland; a task that is not in the result holds
    everywhere.

    Examples
    --------
    >>> from natverk import load
    >>> sorted(local_tasks(load())["tsk-00067"])
    ['01', '12']
    """
    everywhere = set(data.tasks.loc[data.tasks["actor"].fillna("").str.contains(_EVERYWHERE), "row_id"])
    return {row: codes for row, codes in named_tasks(data).items() if row not in everywhere}


@asked
def named_tasks(data: Dataset) -> dict[str, set[str]]:
    """Return the counties of the tasks whose actor is named by county, region or joint body, alone or with others.

    Examples
    --------
    >>> from natverk import load
    >>> sorted(named_tasks(load())["tsk-00106"])
    ['23']
    """
    names = [
        (str(row.name_short), {row.county_code}) for row in each_row(data.counties) if isinstance(row.name_short, str)
    ]
    present = set(data.counties["county_code"])
    short_forms = [(form, meant.removeprefix("region:")) for form, meant, _ in SHORT_FORMS]
    names += [(form, {code}) for form, code in short_forms if code in present]
    names += [
        (name, set(row.county_codes.split(";")))
        for row in each_row(data.bodies)
        if isinstance(row.name_sv, str) and isinstance(row.county_codes, str)
        # "Storsthlm (Kommunförbundet Stockholms län, KSL)" is named in both ways.
        for name in (row.name_sv, row.name_sv.partition(" (")[0])
    ]
    patterns = [(re.compile(rf"\b{re.escape(name)}s?\b"), codes) for name, codes in names]
    found: dict[str, set[str]] = {}
    for task in each_row(data.tasks):
        actor = str(task.actor)
        codes = set().union(*(codes for pattern, codes in patterns if pattern.search(actor)))
        if codes:
            found[task.row_id] = codes
    return found


@asked
def tasked_levels(data: Dataset, row_ids: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the levels below the state that rows of `tasks` give a task, and those of which none of these is dated.

    To be heard is no task. A voluntary task counts here, also where another level has a duty.

    Examples
    --------
    >>> from natverk import load
    >>> [sorted(levels) for levels in tasked_levels(load(), ["tsk-00062", "tsk-00069"])]
    [['municipal', 'regional'], ['municipal', 'regional']]
    """
    levels = _levels_of_tasks(data)
    own = [levels[row] for row in set(row_ids) & levels.keys()]
    having = {level for level, _ in own} - {"state"}
    return having, having - {level for level, is_dated in own if is_dated}


@kept
def _levels_of_tasks(data: Dataset) -> dict[str, tuple[str, bool]]:
    """Return by row of `tasks` whose duty or competence it is, and whether a source tells since when."""
    tasks = data.tasks[data.tasks["obligation_class"].isin(_DUTY + _COMPETENCE)]
    return {
        row: (_LEVEL[level], is_dated)
        for row, level, is_dated in zip(tasks["row_id"], tasks["level"], tasks["since"].notna().tolist(), strict=True)
    }


def subsets(items: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield every subset of some levels.

    >>> [sorted(chosen) for chosen in subsets({"joint", "regional"})]
    [[], ['joint'], ['regional'], ['joint', 'regional']]
    """
    pool = sorted(items)
    yield from map(frozenset, chain.from_iterable(combinations(pool, size) for size in range(len(pool) + 1)))
