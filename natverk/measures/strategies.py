"""Strategies: how old the regions' development strategies are, how far they reach, and which are at one stage.

What is not known stays open: a stage is named only where the evidence leaves one, and the stages that it
does not exclude stand beside it. The arithmetic of bounds is in `natverk.measures.cycle`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date as day
from itertools import combinations
from typing import Any

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.arguments import has_columns, known_day, not_negative, year_range
from natverk.measures.cycle import (
    STAGES,
    Process,
    Version,
    candidates,
    drafting,
    due_until,
    last_seen,
    possible_stages,
    years_between,
)
from natverk.measures.cycle import reviews as known_reviews
from natverk.measures.cycle import versions as known_versions
from natverk.measures.frames import each_row
from natverk.measures.strategyhistory import REFERENCES, history

__all__ = ["REFERENCES", "STAGES", "history", "references", "same_stage", "stages", "stages_by_year"]


def stages(
    data: Dataset,
    date: str,
    *,
    new_years: int = 2,
    review_after: int | None = None,
    reviewed: Mapping[str, str] | None = None,
    carry_forward: int = 4,
    process_years: int = 1,
) -> pd.DataFrame:
    """Return, region by region, which strategy holds on a day, how old it is, and its stage of the cycle.

    The first of these that is so is the stage: `in_process` (a successor is attested as being drafted);
    `new` (adopted less than `new_years` ago); `horizon_passed` (the year that it looks ahead to is over);
    `due_for_review` (neither adopted nor reviewed, as far as is known, since the last ordinary election:
    the ordinance asks for a review between elections); `in_force` (the rest). `unknown` where the evidence
    leaves several.

    Parameters
    ----------
    date
        A partial date; a year or month stands for its last day.
    new_years
        Default 2: programmes that carry a strategy out follow about that late (Gotland: adopted February
        2021, first programmes June 2022).
    review_after
        None (default): the ordinance, from the day on which `data.tasks` says it holds; before that nothing
        is due. A number: due so many years after adoption or review, at any time.
    reviewed
        Days (`2019-06-19`) of reviews that made no new strategy, by `strategy_id`: the table holds none.
    carry_forward
        Years after the county's last dated source in which its strategy is presumed to hold. Default 4, one
        term of office: after a whole term a newer one may exist that no source here tells of.
    process_years
        Years after its last dated source in which a drafting is presumed to go on. Default 1: where the
        length is stated it is two years. After that a new strategy may hold, and the stage is open.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, region_actor_id, region_name, strategy_id` (missing where more than
        one may hold), `possible_strategies` (joined by `|`; `other`: one that is not in the table), `basis`
        (`attested`, `presumed`, `unknown`), `adopted_first, adopted_last` (bounds of the adoption, ISO
        days), `age_low, age_high` (years since then), `horizon_year, horizon_left` (years until its end,
        negative: passed), `drafting` (strategies in process, joined by `|`), `drafting_undated` (processes
        seen at an unknown time: a note, they decide nothing), `stage, possible_stages` (joined by `|`),
        `eu2020, agenda2030` (`yes`, `no`, `unknown`), `row_ids`.

    Raises
    ------
    InvalidArgument
        If the date is none, a number of years is negative, or a review comes before the adoption.
    UnknownName
        If a review is of no strategy in the table.

    Notes
    -----
    `data.strategies` codes a process only where it had not ended: the drafting of strategies that were
    adopted since stands in words in `process_note`. The stages are ours; the duty to review is that of
    ordinance 2017:583, 12 §.

    Examples
    --------
    >>> from natverk import load
    >>> table = stages(load(), "2022-01").set_index("county_code")
    >>> table.loc[["14", "12", "08"], ["strategy_id", "stage", "horizon_left"]].values.tolist()
    [['rus-14-2030', 'new', 8.9], ['rus-12-2020', 'new', 8.9], [nan, 'unknown', nan]]
    """
    today = known_day(data, date)
    years = {"new_years": new_years, "carry_forward": carry_forward, "process_years": process_years}
    for name, value in {**years, "review_after": review_after or 0}.items():
        not_negative(name, value)
    every, processes, seen = known_versions(data), drafting(data, today, process_years), last_seen(data)
    reviews, due = known_reviews(every, reviewed or {}, today), due_until(data, today, review_after)
    said = data.strategies.set_index("strategy_id")
    found = []
    for county in each_row(data.counties):
        process = processes.get(county.county_code, Process([], [], []))
        holding = candidates([version for version in every if version.county_code == county.county_code], today)
        basis = "unknown" if process.overdue else _basis(holding, seen.get(county.county_code), today, carry_forward)
        other = basis == "unknown"
        one = holding[0] if len(holding) == 1 and not other else None
        left = set(STAGES) if other else set()
        for version in [] if other else holding:
            left |= possible_stages(version, today, new_years, due, reviews.get(version.strategy_id))
        # A drafting that is attested outranks whatever strategy it is to replace, known or not.
        open_stages = ["in_process"] if process.current else [name for name in STAGES if name in left]
        found.append(
            {
                "county_code": county.county_code,
                "region_actor_id": county.region_actor_id,
                "region_name": county.region_name,
                "strategy_id": None if one is None else one.strategy_id,
                "possible_strategies": "|".join([item.strategy_id for item in holding] + ["other"] * other),
                "basis": basis,
                **_measured(one, today),
                "drafting": "|".join(process.current),
                "drafting_undated": "|".join(process.undated),
                "stage": open_stages[0] if len(open_stages) == 1 else "unknown",
                "possible_stages": "|".join(open_stages),
                **{name: "unknown" if other else _answer(said, holding, name) for name in REFERENCES},
                "row_ids": ";".join(item.row_id for item in holding),
            }
        )
    text = dict.fromkeys(["strategy_id", "adopted_first", "adopted_last"], "str")
    years_known = dict.fromkeys(["age_low", "age_high", "horizon_left"], "float64")
    return pd.DataFrame(found).astype({**text, **years_known, "horizon_year": "Int64"})


def stages_by_year(data: Dataset, years: tuple[int, int]) -> pd.DataFrame:
    """Return the stages at the end of every year, as far as the data reach.

    Parameters
    ----------
    years
        First and last year. The year in which the data end stands for the day on which they do.

    Returns
    -------
    pd.DataFrame
        The columns of `stages`, with `year` in front.

    Raises
    ------
    InvalidArgument
        For years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> table = stages_by_year(load(), (2021, 2022))
    >>> table[table["county_code"] == "14"][["year", "stage"]].values.tolist()
    [[2021, 'new'], [2022, 'new']]
    """
    parts = []
    for year in year_range(years, data=data):
        table = stages(data, min(f"{year}-12-31", data.known_until))
        table.insert(0, "year", year)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def references(data: Dataset, date: str, *, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count the regions whose strategy refers to Europe 2020, and to Agenda 2030, with bounds.

    Parameters
    ----------
    date
        As in `stages`.
    table
        A frame of `stages` made with other arguments; None makes one with the defaults.

    Returns
    -------
    pd.DataFrame
        `reference` (`eu2020`, `agenda2030`), `low` (regions with a reference on record), `high` (those
        without a record of none), `n_known, n_regions`, `coverage` (share known, 0–1). A blank in the table
        is unknown, not no; no best value is given, since nothing tells how the unknown ones lie.

    Raises
    ------
    UnknownName, InvalidArgument
        See `stages`; and for a `table` that is no frame of it, or empty.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> references(load(), "2022-01")[["reference", "low", "high", "n_regions"]].values.tolist()
    [['eu2020', 0, 21, 21], ['agenda2030', 9, 21, 21]]
    """
    frame = _staged(data, date, table)
    found = [
        {
            "reference": name,
            "low": int((frame[name] == "yes").sum()),
            "high": int((frame[name] != "no").sum()),
            "n_known": int((frame[name] != "unknown").sum()),
            "n_regions": len(frame),
            "coverage": float((frame[name] != "unknown").mean()),
        }
        for name in REFERENCES
    ]
    return pd.DataFrame(found)


def same_stage(data: Dataset, date: str, *, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pair the regions that are at the same stage on a day: who can learn from whom, and why.

    A region whose stage is unknown is in no pair.

    Parameters
    ----------
    date, table
        As in `references`.

    Returns
    -------
    pd.DataFrame
        `county_a, county_b, region_a, region_b, stage, reasons` (joined by `;`: `stage=…`, and where both
        have it and it is the same, `adopted=` year, `horizon=` year, and references that both make),
        `n_reasons, age_gap` (years between the adoptions, from the middle of their bounds; missing where one
        is unknown).
        Those with most in common first.

    Raises
    ------
    UnknownName, InvalidArgument
        See `stages`; and for a `table` that is no frame of it, or empty.

    Notes
    -----
    The stages are those of `stages`; which of the reasons matters is left to the reader.

    Examples
    --------
    >>> from natverk import load
    >>> same_stage(load(), "2022-01").query("county_a == '14' and county_b == '20'")["reasons"].item()
    'stage=new;adopted=2021;horizon=2030;agenda2030=yes'
    """
    frame = _staged(data, date, table)
    named = frame[frame["stage"] != "unknown"]
    found = []
    for one, two in combinations(each_row(named), 2):
        if one.stage != two.stage:
            continue
        shared = _profile(one).items() & _profile(two).items()
        reasons = [f"{name}={value}" for name, value in _profile(one).items() if (name, value) in shared]
        found.append(
            {
                "county_a": one.county_code,
                "county_b": two.county_code,
                "region_a": one.region_name,
                "region_b": two.region_name,
                "stage": one.stage,
                "reasons": ";".join(reasons),
                "n_reasons": len(reasons),
                "age_gap": round(abs(_middle(one) - _middle(two)) / 365.25, 1),
            }
        )
    columns = ["county_a", "county_b", "region_a", "region_b", "stage", "reasons", "n_reasons", "age_gap"]
    pairs = pd.DataFrame(found, columns=columns).astype({"n_reasons": "int64", "age_gap": "float64"})
    pairs["stage"] = pd.Categorical(pairs["stage"], categories=STAGES, ordered=True)
    order = ["stage", "n_reasons", "age_gap", "county_a", "county_b"]
    pairs = pairs.sort_values(order, ascending=[True, False, True, True, True], ignore_index=True)
    return pairs.astype({"stage": "str"})


def _staged(data: Dataset, date: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the stages: those given, if they are a frame of `stages` with a row at least, or new ones."""
    if table is None:
        return stages(data, date)
    has_columns(table, ["county_code", "stage", "adopted_first", *REFERENCES], "table", "give a frame of stages()")
    if table.empty:
        raise InvalidArgument("the selection is empty", where="table", remedy="keep at least one region")
    return table


def _profile(row: Any) -> dict[str, str]:
    """Return what a region's strategy can share with another: only what is known of it."""
    known = {"stage": row.stage}
    if isinstance(row.adopted_first, str) and row.adopted_first[:4] == row.adopted_last[:4]:
        known["adopted"] = row.adopted_first[:4]
    if not pd.isna(row.horizon_year):
        known["horizon"] = str(row.horizon_year)
    return known | {name: "yes" for name in REFERENCES if getattr(row, name) == "yes"}


def _middle(row: Any) -> float:
    """Return the middle of the bounds of adoption as a count of days; NaN without a lower bound."""
    if not isinstance(row.adopted_first, str):
        return math.nan
    return (day.fromisoformat(row.adopted_first).toordinal() + day.fromisoformat(row.adopted_last).toordinal()) / 2


def _measured(version: Version | None, today: str) -> dict[str, object]:
    """Return bounds of adoption and age, and what is left to the horizon, of the strategy that holds."""
    names = ("adopted_first", "adopted_last", "age_low", "age_high", "horizon_year", "horizon_left")
    if version is None:
        return dict.fromkeys(names)
    # Without any lower bound the year 1 stands for it: no age is given then.
    known = version.first if version.first > "1900" else None
    last = min(version.last, today)
    left = None if version.horizon is None else years_between(today, f"{version.horizon}-12-31")
    age_high = None if known is None else years_between(known, today)
    values = (known, last, years_between(last, today), age_high, version.horizon, left)
    return dict(zip(names, values, strict=True))


def _basis(holding: list[Version], seen: int | None, today: str, carry_forward: int) -> str:
    """Say on what it rests that one of the strategies holds: a source of the year or later, or one before."""
    if seen is None or not any(version.last <= today for version in holding):
        return "unknown"
    late = int(today[:4]) - seen
    return "attested" if late <= 0 else "presumed" if late <= carry_forward else "unknown"


def _answer(said: pd.DataFrame, holding: list[Version], name: str) -> str:
    """Say whether every strategy that may hold refers to something; a blank is unknown, not no."""
    cells = {said[REFERENCES[name]].get(version.strategy_id, pd.NA) for version in holding}
    answers = {"unknown" if pd.isna(cell) else "yes" if cell else "no" for cell in cells}
    return answers.pop() if len(answers) == 1 else "unknown"
