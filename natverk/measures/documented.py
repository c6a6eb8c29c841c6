"""What is documented: an actor's networks, documented memberships over time, and listed network-years.

Sources thin out and thicken: growth here is growth in *documented* memberships. Membership itself can be
counted only in the network-years of complete lists (`listed`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import levels, population_by_year
from natverk.measures.arguments import choice, known_actors, known_county, known_networks, not_negative, year_range
from natverk.measures.evidence import Counting, YearBasis, graded, status_of
from natverk.measures.frames import each_row, year_or_none
from natverk.measures.panel import SETS, at_risk_in, networks_counting_as, panel

__all__ = ["listed", "networks_of", "series", "undated_pairs"]


def networks_of(
    data: Dataset,
    actors: Iterable[str],
    *,
    years: tuple[int, int] = (1997, 2024),
    recent: int = 5,
    counts_as: tuple[str, ...] = SETS,
    networks: Iterable[str] | None = None,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return which networks actors are documented in: one row a pair, all its evidence read together.

    Parameters
    ----------
    actors
        Actor ids.
    years
        The window. A membership attested before it, and not known to have ended, is kept and marked
        `earlier`; one attested only after it is left out.
    recent
        A membership last attested within so many years before the window's end is `recent`.
    counts_as, year_basis
        See `panel`. Relations that are not membership (indirect, reporting, applicant) are left out; loose
        ones are kept and marked.
    networks
        Only these networks, instead of those of `counts_as`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, status, mark, since, since_basis` (`stated`, `seen`), `last_seen, end,
        conflict, below_minimum` (the municipality had fewer inhabitants in the year of `since`, or the latest
        published one before it, than the network asks of a full member), `n_rows, n_sources, row_ids,
        source_ids`. `mark`: `recent`; `earlier` (attested, but not lately); `left` (stated end, or called a
        former member); `conflict` (contradicted in the window); `undated` (attested, year unknown); `loose`
        (only takes part, pays or promotes).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, an empty selection, or years out of range.

    Notes
    -----
    The marks are ours; a mark says what sources tell, never that a membership ended unseen.

    Examples
    --------
    >>> from natverk import load
    >>> own = networks_of(load(), ["municipality:1487"]).set_index("network_id")
    >>> own.loc[["ensa", "sern"], ["since", "last_seen", "mark"]].values.tolist()
    [[2009, 2024, 'recent'], [2006, 2024, 'recent']]
    """
    actor_ids = known_actors(data, actors)
    span = year_range(years, data=data)
    not_negative("recent", recent)
    chosen = networks_counting_as(data, counts_as) if networks is None else known_networks(data, networks)
    rows = graded(data, year_basis=year_basis, counting="strict")
    rows = rows[rows["actor_id"].isin(actor_ids) & rows["network_id"].isin(chosen)]
    rows = rows[rows["grade"].isin(["positive", "exit", "loose"])]
    cells = panel(
        data,
        actors=actor_ids,
        networks=chosen,
        years=years,
        year_basis=year_basis,
        pairs="evidence",
    )
    conflicts = set(cells.loc[cells["conflict"], ["actor_id", "network_id"]].itertuples(index=False, name=None))
    final = cells[cells["year"] == span[-1]].set_index(["actor_id", "network_id"])["state"].to_dict()
    minimum = data.networks.set_index("network_id")["min_population"].dropna().to_dict()
    population = population_by_year(data)
    pairs: dict[tuple[str, str], list[Any]] = {}
    for row in each_row(rows.astype(object).where(rows.notna(), None)):
        pairs.setdefault((row.actor_id, row.network_id), []).append(row)
    found = []
    for (actor, network), group in sorted(pairs.items()):
        firm = [row for row in group if row.grade != "loose"]
        conflict = (actor, network) in conflicts
        left = final.get((actor, network)) == "left"
        mark, last = _mark(firm, span, recent=recent, conflict=conflict, left=left)
        if mark is None:
            continue
        used = firm or group
        # What is first known after the window is no since-when of a page about it.
        started = [row.start for row in firm if row.start is not None and row.start <= span[-1]]
        dated = [row.first for row in firm if row.first is not None and row.first <= span[-1]]
        found.append(
            {
                "actor_id": actor,
                "network_id": network,
                "status": status_of({row.status for row in used}),
                "mark": mark,
                "since": min(started or dated, default=None),
                "since_basis": "stated" if started else "seen" if dated else None,
                "last_seen": last,
                "end": max((row.end for row in firm if row.end is not None), default=None),
                "conflict": conflict,
                "below_minimum": _below(actor, min(dated, default=None), minimum.get(network), population),
                "n_rows": len(used),
                "n_sources": len({row.source_id for row in used}),
                "row_ids": ";".join(sorted(row.row_id for row in used)),
                "source_ids": ";".join(sorted({row.source_id for row in used})),
            }
        )
    columns = [
        "actor_id", "network_id", "status", "mark", "since", "since_basis", "last_seen", "end", "conflict",
        "below_minimum", "n_rows", "n_sources", "row_ids", "source_ids",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    return frame.astype(
        {
            **dict.fromkeys(["since", "last_seen", "end"], "Int64"),
            "since_basis": "str",
            "conflict": "bool",
            "below_minimum": "bool",
        }
    )


def _mark(firm: list[Any], span: range, *, recent: int, conflict: bool, left: bool) -> tuple[str | None, int | None]:
    """Return the mark of a pair and the last year in which it is attested; no mark for what comes after the window."""
    within = [row for row in firm if row.first is not None and row.first <= span[-1] and row.last >= span[0]]
    # What a later source tells of later years says nothing about how recent the membership is in the window.
    last = max((min(row.last, span[-1]) for row in within), default=None)
    if not within:
        last = max((row.last for row in firm if row.last is not None), default=None)
    dated = [row.first for row in firm if row.first is not None]
    if not firm:
        return "loose", last
    if conflict:
        return "conflict", last
    if left or all(row.grade == "exit" for row in firm):
        return "left", last
    if not dated:
        return "undated", last
    if not within and min(dated) > span[-1]:
        # Joined after the window: what has no year is of later too. Only seen after it: that may belong to it.
        joined = any(row.start is not None for row in firm)
        return (None if joined or len(dated) == len(firm) else "undated"), None
    if not within and len(dated) < len(firm):
        return "undated", last
    return ("recent" if last is not None and last > span[-1] - recent else "earlier"), last


def _below(actor: str, since: Any, minimum: int | None, population: pd.DataFrame) -> bool:
    code, year = actor.rpartition(":")[2], year_or_none(since)
    if minimum is None or year is None or code not in population.index:
        return False
    sizes = {int(str(column)): int(size) for column, size in population.loc[code].to_dict().items()}
    published = [known for known in sizes if known <= year]
    return bool(published) and sizes[max(published)] < minimum


def series(
    data: Dataset,
    actors: Iterable[str],
    *,
    years: tuple[int, int] = (1997, 2024),
    counts_as: tuple[str, ...] = SETS,
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    networks: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return documented memberships of actors year by year, attested and presumed, undated ones apart.

    Parameters
    ----------
    actors
        Actor ids.
    years
        First and last year.
    counts_as, carry_forward, year_basis, counting
        See `natverk.panel`.
    networks
        Keeps only these, of those that `counts_as` names; None keeps all.

    Returns
    -------
    pd.DataFrame
        `year, low` (attested), `best` (attested and presumed), `n_undated` (pairs attested without any
        usable year: the same number in every row). Unit: memberships (actor–network pairs). There is no
        `high`: nearly every other pair is unknown.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, an empty selection, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> nacka = series(load(), ["municipality:0182"], years=(2013, 2015), counts_as=("membership",))
    >>> nacka[["year", "low", "best"]].values.tolist()
    [[2013, 0, 1], [2014, 1, 1], [2015, 0, 1]]
    """
    actor_ids = known_actors(data, actors)
    counted = networks_counting_as(data, counts_as)
    wanted = counted if networks is None else [name for name in counted if name in set(known_networks(data, networks))]
    cells = panel(
        data, actors=actor_ids, networks=wanted, years=years, pairs="evidence",
        carry_forward=carry_forward, year_basis=year_basis, counting=counting,
    )  # fmt: skip
    sums = cells.groupby("year")[["low", "best"]].sum().reindex(year_range(years, data=data), fill_value=0)
    undated = undated_pairs(data, actor_ids, counts_as=counts_as, year_basis=year_basis, counting=counting)
    return sums.astype(int).rename_axis("year").reset_index().assign(n_undated=undated["network_id"].isin(wanted).sum())


def undated_pairs(
    data: Dataset,
    actors: Iterable[str],
    *,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Return the pairs that are attested, but in no usable year.

    Parameters
    ----------
    actors
        Actor ids.
    counts_as, year_basis, counting
        See `natverk.panel`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, row_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, or an empty selection.

    Examples
    --------
    >>> from natverk import load
    >>> pairs = undated_pairs(load(), ["municipality:0180"])
    >>> pairs.columns.tolist(), pairs["network_id"].is_unique
    (['actor_id', 'network_id', 'row_ids'], True)
    """
    rows = graded(data, year_basis=year_basis, counting=counting)
    rows = rows[rows["actor_id"].isin(known_actors(data, actors)) & (rows["grade"] == "positive")]
    rows = rows[rows["network_id"].isin(networks_counting_as(data, counts_as))]
    groups = rows.groupby(["actor_id", "network_id"])
    undated = groups.filter(lambda group: bool(group["first"].isna().all()))
    if undated.empty:
        return pd.DataFrame(columns=["actor_id", "network_id", "row_ids"])
    return undated.groupby(["actor_id", "network_id"], as_index=False).agg(row_ids=("row_id", ";".join))


def listed(
    data: Dataset,
    county: str | None = None,
    *,
    networks: Iterable[str] | None = None,
    certainty: str = "medium",
) -> pd.DataFrame:
    """Return membership where it is known: the network-years of complete lists.

    Parameters
    ----------
    county
        Count the actors of one county, or None for the country.
    networks
        Only the lists of these networks; default all.
    certainty
        The least certainty that a list is complete: `"high"`, or `"medium"` (default; shown in a column).

    Returns
    -------
    pd.DataFrame
        `network_id, year, n_members, n_at_risk` (municipalities and regions that the list covers), `n_sweden,
        certainty, list_id, source_id`. Lists of full members only have `full_only` set: their absence says
        no more than "not a full member". Sorted by network and year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value.

    Examples
    --------
    >>> from natverk import load
    >>> table = listed(load())
    >>> table.loc[table["network_id"] == "ubc", ["year", "n_members"]].values.tolist()
    [[2014, 21], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    choice("certainty", certainty, ("high", "medium"))
    lists = data.member_lists
    lists = lists[lists["certainty"].isin(("high", "medium") if certainty == "medium" else ("high",))]
    if networks is not None:
        lists = lists[lists["network_id"].isin(known_networks(data, networks))]
    table = levels(data).set_index("actor_id")
    table = table[table["municipality"] | table["region"]]
    if county is not None:
        code = known_county(data, county)
        table = table[table["county_codes"].str.split(";").map(lambda codes: code in codes)]
    rows = data.memberships
    found = []
    for item in each_row(lists):
        at_risk = at_risk_in(table, item.levels_at_risk, item.counties_at_risk)
        members = rows.loc[(rows["list_id"] == item.list_id) & rows["actor_id"].isin(table.index), "actor_id"]
        found.append(
            {
                "network_id": item.network_id,
                "year": item.year,
                "n_members": members.nunique(),
                "n_at_risk": int(at_risk.sum()),
                "n_sweden": item.n_sweden,
                "full_only": item.status_scope == "full",
                "certainty": item.certainty,
                "list_id": item.list_id,
                "source_id": item.source_id,
            }
        )
    columns = [
        "network_id", "year", "n_members", "n_at_risk", "n_sweden", "full_only", "certainty", "list_id",
        "source_id",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns).sort_values(["network_id", "year"], ignore_index=True)
    return frame.astype({**dict.fromkeys(columns[1:5], "int64"), "full_only": "bool"})
