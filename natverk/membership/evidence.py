"""Evidence rows graded: does a row count as membership, and which years does it attest?

This is the first step of the chain evidence → spells → panel. Nothing is joined here: one row of
`memberships` in, one row out, with what the written rules make of it.
"""

from __future__ import annotations

from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from natverk.data.counting import rule_of
from natverk.data.load import Dataset
from natverk.frames import choice, each_row

__all__ = [
    "Counting",
    "STATUS_RANK",
    "YearBasis",
    "counted",
    "graded",
    "proposals_to_leave",
]


YearBasis = Literal["stated", "any"]
Counting = Literal["strict", "loose"]

#: From the most to the least telling status, for naming a cell that several rows attest.
STATUS_RANK = (
    "full",
    "associate",
    "member",
    "signatory",
    "participant",
    "promoter",
    "financer",
    "unspecified",
    "former",
)


#: What has been graded of each dataset: a page asks ten times for the same rows.
_GRADED: WeakKeyDictionary[Dataset, dict[tuple[str, str], pd.DataFrame]] = WeakKeyDictionary()


def counted(data: Dataset) -> pd.Series:
    """Return for each row of `memberships` what its status counts as, by the table `status_rules`.

    A rule for network kind and status goes before one for any kind or any status.

    Returns
    -------
    pd.Series
        Index as `data.memberships`; values `yes`, `loose`, `separate`, `exit` or `never`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> rows = data.memberships.assign(counted=counted(data))
    >>> rows.loc[rows.actor_id.eq("municipality:0180") & rows.network_id.eq("uclg"), "counted"].unique().tolist()
    ['separate']
    """
    rules = {(row.counts_as, row.status): row.counted for row in each_row(data.status_rules)}
    kind = data.networks.set_index("network_id")["counts_as"]
    frame = data.memberships
    of_network = kind.to_dict()
    pairs = frame[["network_id", "status"]].astype(object).itertuples(index=False, name=None)
    values = [rule_of(rules, of_network[network], status) for network, status in pairs]
    return pd.Series(values, index=frame.index, dtype="str", name="counted")


def graded(data: Dataset, *, year_basis: YearBasis = "stated", counting: Counting = "strict") -> pd.DataFrame:
    """Grade the evidence: what each row says about membership, and for which years.

    Parameters
    ----------
    data
        The dataset.
    year_basis
        `"stated"` (default) uses observed years only where the page is dated to that year: in an audit of
        78 random rows, years were the weakest field (14 of 56 unsupported). `"any"` admits years inferred
        from content. Rows of a complete list are read with their list, whatever their basis.
    counting
        `"strict"` (default) counts the statuses that `status_rules` marks `yes` and leaves out
        inferences; `"loose"` also those marked `loose` (takes part, pays, promotes) and the inferences.

    Returns
    -------
    pd.DataFrame
        One row an evidence row: `row_id, actor_id, network_id, status, counted, grade` (`positive`,
        `loose`, `separate`, `exit`, `never`), `first`, `last` (years the row attests as member, missing
        where it attests none), `start` (stated first year), `end` (last year as member by a stated end, or
        the year before a page calls the actor a former member), `list_id, source_id`.

    Notes
    -----
    A row with a stated start and an observed year attests all years between ("member since 2006", seen in
    2024). A start alone attests its own year. A start after the observed year is an announcement: only
    the start counts. A page that calls the actor a former member attests years as member only where it
    states the last one. Years after the data's vintage are decisions, not evidence: a row that begins then is
    graded `never`.

    Examples
    --------
    >>> from natverk import load
    >>> rows = graded(load()).set_index("row_id")
    >>> int(rows.at["mem-01467", "first"]), int(rows.at["mem-01467", "last"]), rows.at["mem-01467", "grade"]
    (2006, 2024, 'positive')
    """
    choice("year_basis", year_basis, ("stated", "any"))
    choice("counting", counting, ("strict", "loose"))
    kept = _GRADED.setdefault(data, {})
    if (year_basis, counting) not in kept:
        kept[year_basis, counting] = _graded(data, year_basis, counting)
    return kept[year_basis, counting].copy(deep=False)


def _graded(data: Dataset, year_basis: YearBasis, counting: Counting) -> pd.DataFrame:
    frame = data.memberships
    rule = counted(data)
    inferred = frame["inference"].notna()
    grade = rule.where(rule != "yes", "positive").where(~(inferred & (rule == "yes")), "loose")
    if counting == "loose":
        grade = grade.where(grade != "loose", "positive")
    usable = (frame["observed_basis"] == "stated") | frame["list_id"].notna() | (year_basis == "any")
    known_start = (frame["start_basis"] == "stated") | (year_basis == "any")
    start = frame["start_year"].where(known_start)
    end = frame["end_year"]
    seen = frame["observed_year"].where(usable)
    announced = (start.notna() & seen.notna() & (seen < start)).fillna(False)
    seen = seen.mask(announced)

    within = seen.where(~(end.notna() & seen.notna() & (seen > end)).fillna(False))
    first = start.fillna(within).fillna(end)
    last = end.fillna(seen).fillna(start)
    former_seen = (grade == "exit") & end.isna()
    first, last = first.mask(former_seen), last.mask(former_seen)
    vintage = int(data.known_until[:4])
    grade = grade.mask((first > vintage).fillna(False), "never")
    attests = grade.isin(["positive", "exit"])
    stop = end.where(attests, other=pd.NA)
    stop = stop.mask(former_seen & seen.notna(), seen - 1)
    return pd.DataFrame(
        {
            "row_id": frame["row_id"],
            "actor_id": frame["actor_id"],
            "network_id": frame["network_id"],
            "status": frame["status"],
            "counted": rule,
            "grade": grade,
            "first": first.where(attests),
            "last": last.where(attests).clip(upper=vintage),
            "start": start.where(attests),
            "end": stop.mask((stop > vintage).fillna(False)),
            "list_id": frame["list_id"],
            "source_id": frame["source_id"],
        }
    )


def proposals_to_leave(data: Dataset) -> pd.DataFrame:
    """Return recorded proposals to leave a network: a proposal is no exit, but nothing is presumed after it.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, row_ids`: from planned steps of the category `leave` and from an
        actor's own overall recommendation to leave.

    Examples
    --------
    >>> from natverk import load
    >>> proposals_to_leave(load()).query("network_id == 'metropolis'")[["actor_id", "year"]].values.tolist()
    [['municipality:0180', 2011]]
    """
    steps = data.next_steps
    steps = steps[(steps["category"] == "leave") & steps["network_id"].notna() & steps["due"].notna()]
    steps = steps.assign(year=steps["due"].str[:4].astype("Int64"))
    reviews = data.evaluations
    reviews = reviews[(reviews["criterion"] == "overall") & (reviews["recommendation"] == "leave")]
    reviews = reviews[reviews["network_id"].notna() & reviews["year"].notna()]
    columns = ["actor_id", "network_id", "year", "row_id"]
    both = pd.concat([steps[columns], reviews[columns]], ignore_index=True)
    merged = both.groupby(["actor_id", "network_id", "year"], as_index=False).agg(row_ids=("row_id", ";".join))
    return merged.astype({"year": "Int64"})


def status_of(statuses: set[str]) -> str:
    """Name a cell by its statuses, the most telling first: `associate/member`."""
    order = {status: rank for rank, status in enumerate(STATUS_RANK)}
    return "/".join(sorted(statuses, key=lambda status: (order.get(status, np.inf), status)))
