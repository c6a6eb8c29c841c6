"""Duties: which levels may be responsible for a policy area in one county, as far as the tasks tell.

`roles.formal` says which tasks are valid; here each is applied to a county, and what is uncertain (an undated
task, a transfer known as an interval) is kept as several possible readings instead of one guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from typing import Any, Literal, NamedTuple

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.units import SHORT_FORMS
from natverk.frames import each_row
from natverk.roles.holders import responsibility_at

__all__ = [
    "LEVELS",
    "Readings",
    "local_tasks",
    "readings",
    "subsets",
    "unitary_counties",
]


#: The levels below the state; joint bodies are a third kind.
LEVELS = ("municipal", "regional", "joint")
#: Classes of obligation that make a level responsible, the stronger first; being heard does not.
DUTY = ("mandatory", "assigned", "conditional")
COMPETENCE = ("voluntary", "internal")
#: Acts that give their tasks to the holder of the development responsibility: act, type of holder.
HOLDER_ACTS = (("2010:630", "region"), ("2002:34", "samverkansorgan"))
#: The policy area in which the holder of the development responsibility is the one responsible.
HELD_AREA = "regional_growth"
#: Actors that stand for the whole country, whatever examples they name.
_EVERYWHERE = re.compile(r"^regions\b|\ball regions\b|\bNUTEK\b")
_LEVEL = {"municipal": "municipal", "regional": "regional", "intermunicipal": "joint", "state": "state"}


class Readings(NamedTuple):
    """Sets of levels that may be the responsible ones, the state's part, and the rows that say so."""

    sets: frozenset[frozenset[str]]
    state: str
    rows: str

    def sure(self) -> frozenset[str]:
        """Return the levels responsible under every reading."""
        return frozenset.intersection(*self.sets)

    def maybe(self) -> frozenset[str]:
        """Return the levels responsible under some, but not every, reading."""
        return frozenset.union(*self.sets) - self.sure()


class _Holder(NamedTuple):
    types: frozenset[str]
    levels: frozenset[str]
    rows: str


def readings(
    data: Dataset,
    year: int,
    counties: Iterable[str],
    *,
    on: Literal["end", "start"] = "end",
    undated_tasks: Literal["unknown", "valid"] = "unknown",
) -> dict[tuple[str, str], Readings]:
    """Return by county and policy area the sets of levels that may be responsible.

    Parameters
    ----------
    year, on, undated_tasks
        See `natverk.roles.comparison.compare_roles`.
    counties
        County codes.

    Returns
    -------
    dict
        County code and policy area → `Readings`; levels `municipal`, `regional`, `joint`, on Gotland `unitary`.

    Examples
    --------
    >>> from natverk import load
    >>> [sorted(level) for level in readings(load(), 2019, ["09"])["09", "regional_growth"].sets]
    [['unitary']]
    """
    tasks = _valid(data, year, on)
    local = local_tasks(data)
    unitary = unitary_counties(data)
    holders = _holders(data, f"{year}-12-31" if on == "end" else f"{year}-01-01")
    by_area = {str(area): list(each_row(group)) for area, group in tasks.groupby("policy_area")}
    found = {}
    for county in counties:
        holder = holders[county]
        for area in VOCABULARIES["policy_area"]:
            rows = [
                (task, _sureness(task, holder, undated_tasks))
                for task in by_area.get(area, [])
                if county in local.get(task.row_id, {county})
            ]
            own = _of_area(area, [(task, sure) for task, sure in rows if sure], holder)
            found[county, area] = _as_one(own) if county in unitary else own
    return found


def unitary_counties(data: Dataset) -> set[str]:
    """Return the counties where the municipality is also the region."""
    places = set(data.municipalities["actor_id"])
    return set(data.counties.loc[data.counties["region_actor_id"].isin(places), "county_code"])


def local_tasks(data: Dataset) -> dict[str, set[str]]:
    """Return the counties of the tasks whose actor is named by county, region or joint body.

    "regions and Gotlands kommun" are all of them, not Gotland; a task that is not in the result holds
    everywhere.

    Examples
    --------
    >>> from natverk import load
    >>> sorted(local_tasks(load())["tsk-00067"])
    ['01', '12', '13']
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
        if codes and not _EVERYWHERE.search(actor):
            found[task.row_id] = codes
    return found


def subsets(items: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield every subset of some levels.

    >>> [sorted(chosen) for chosen in subsets({"joint", "regional"})]
    [[], ['joint'], ['regional'], ['joint', 'regional']]
    """
    pool = sorted(items)
    yield from map(frozenset, chain.from_iterable(combinations(pool, size) for size in range(len(pool) + 1)))


def _valid(data: Dataset, year: int, on: Literal["end", "start"]) -> pd.DataFrame:
    # `roles` hands the comparison out and imports it: it is asked for only when called.
    from natverk.roles.activity import formal

    table = formal(data, year, on=on)
    long = table.assign(row_id=table["row_ids"].str.split(";")).explode("row_id")
    tasks = data.tasks[["row_id", "obligation_class", "legal_basis"]]
    return long[["row_id", "policy_area", "level", "validity"]].merge(tasks, on="row_id")


def _holders(data: Dataset, day: str) -> dict[str, _Holder]:
    level = {row.row_id: _LEVEL[row.level] for row in each_row(data.responsibility)}
    return {
        row.county_code: _Holder(
            frozenset(str(row.possible).split("|")) if row.row_ids else frozenset(),
            frozenset(level[item] for item in row.row_ids.split(";") if item),
            row.row_ids,
        )
        for row in each_row(responsibility_at(data, day))
    }


def _sureness(task: Any, holder: _Holder, undated_tasks: str) -> str:
    """Say whether a task surely holds in a county, may, or does not (an empty text)."""
    sure = task.validity == "valid" or undated_tasks == "valid"
    for act, kind in HOLDER_ACTS:
        if isinstance(task.legal_basis, str) and act in task.legal_basis:
            if holder.types and kind not in holder.types:
                return ""
            sure = sure and holder.types == {kind}
    return "valid" if sure else "unknown"


def _of_area(area: str, rows: list[tuple[Any, str]], holder: _Holder) -> Readings:
    duty, competence = (
        {
            sure: {_LEVEL[task.level] for task, valid in rows if valid == sure and task.obligation_class in classes}
            for sure in ("valid", "unknown")
        }
        for classes in (DUTY, COMPETENCE)
    )
    state = next((sure for sure in ("valid", "unknown") if "state" in duty[sure] | competence[sure]), "")
    ids = [task.row_id for task, _ in rows]
    if area == HELD_AREA:
        # Where nobody is told to hold the responsibility, anybody may.
        held = holder.levels or {*LEVELS, "state"}
        sets = frozenset(frozenset({level} - {"state"}) for level in held)
        if "state" in holder.levels:
            state = "valid" if len(holder.levels) == 1 or state == "valid" else "unknown"
        return Readings(sets, state, ";".join([*filter(None, holder.rows.split(";")), *ids]))
    found = set()
    for extra in subsets(duty["unknown"] - duty["valid"] - {"state"}):
        obliged = (duty["valid"] - {"state"}) | extra
        if obliged:
            found.add(frozenset(obliged))
            continue
        free = competence["valid"] - {"state"}
        found |= {more | free for more in subsets(competence["unknown"] - free - {"state"})}
    return Readings(frozenset(found), state, ";".join(ids))


def _as_one(own: Readings) -> Readings:
    """Read municipal and regional as the one body that holds both roles."""
    one = {"municipal": "unitary", "regional": "unitary"}
    sets = frozenset(frozenset(one.get(level, level) for level in levels) for levels in own.sets)
    return own._replace(sets=sets)
