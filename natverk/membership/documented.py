"""Relations that are no membership: through another body, reporting to a platform, an application, a decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import (
    each_row,
    known_actors,
    known_networks,
    not_negative,
    year_or_none,
    year_range,
)
from natverk.membership.actors import population_by_year
from natverk.membership.evidence import Counting, YearBasis, graded, status_of
from natverk.membership.panel import SETS, networks_counting_as, panel

__all__ = [
    "documented",
    "relations",
    "series",
    "undated_pairs",
]


def documented(
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
    >>> own = documented(load(), ["municipality:1487"]).set_index("network_id")
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


_COLUMNS = ["actor_id", "network_id", "relation", "first", "last", "n_rows", "row_ids", "source_ids"]


def relations(data: Dataset, actors: Iterable[str]) -> pd.DataFrame:
    """Return what ties actors to networks without being counted as membership.

    Parameters
    ----------
    actors
        Actor ids.

    Returns
    -------
    pd.DataFrame
        One row an actor, network and relation: `actor_id, network_id, relation` (`indirect`: through another
        member; `reporting`: reports to a platform; `applicant`; `future`: decided for a year after the data's
        vintage), `first, last` (years for which pages are dated to attest it, missing where none is), `n_rows, row_ids,
        source_ids`. The association that all municipalities belong to is left out. Sorted by network.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, or no actor.

    Examples
    --------
    >>> from natverk import load
    >>> relations(load(), ["municipality:0180"]).set_index("network_id").loc["uclg", "relation"]
    'indirect'
    """
    rows = graded(data)
    rows = rows[rows["actor_id"].isin(known_actors(data, actors)) & rows["grade"].isin(["separate", "never"])]
    kind = data.networks.set_index("network_id")["counts_as"].to_dict()
    evidence = data.memberships
    evidence = evidence[evidence["row_id"].isin(rows["row_id"])]
    years = evidence.set_index("row_id")[["start_year", "observed_year", "observed_basis"]]
    years["observed_year"] = years["observed_year"].where(years["observed_basis"] == "stated")
    found: dict[tuple[str, str, str], list[tuple[str, str, list[int]]]] = {}
    for row in each_row(rows.join(years, on="row_id")):
        if kind[row.network_id] == "universal":
            continue
        relation = str(row.status)
        if relation not in ("indirect", "reporting", "applicant"):
            relation = "reporting" if kind[row.network_id] == "reporting" else "future"
        dated = [row.start_year] if relation == "future" else [row.start_year, row.observed_year]
        known = [int(year) for year in dated if pd.notna(year)]
        found.setdefault((row.actor_id, row.network_id, relation), []).append((row.row_id, row.source_id, known))
    frame = pd.DataFrame(
        [
            {
                "actor_id": actor,
                "network_id": network,
                "relation": relation,
                "first": min((year for _, _, known in group for year in known), default=None),
                "last": max((year for _, _, known in group for year in known), default=None),
                "n_rows": len(group),
                "row_ids": ";".join(sorted(row for row, _, _ in group)),
                "source_ids": ";".join(sorted({source for _, source, _ in group})),
            }
            for (actor, network, relation), group in sorted(found.items())
        ],
        columns=_COLUMNS,
    )
    return frame.astype({"first": "Int64", "last": "Int64"})
