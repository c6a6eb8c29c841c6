"""Explanation: from a number on a page back to the source rows it came from."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.frames import each_row, has_columns, known_actors, known_networks
from natverk.membership.evidence import YearBasis, graded
from natverk.membership.panel import SETS, count, networks_counting_as, panel

__all__ = [
    "KINDS",
    "audit_summary",
    "coverage",
    "disagreements",
    "explain",
    "years_without_evidence",
]


def coverage(data: Dataset, cells: pd.DataFrame, by: str = "network") -> pd.DataFrame:
    """Return the share of known cells of a panel by network, county or year.

    Parameters
    ----------
    data, cells
        The dataset and a panel of it.
    by
        `"network"`, `"county"` or `"year"`.

    Returns
    -------
    pd.DataFrame
        The group and `low, best, high, n_cells, n_known, coverage` (share of cells known, 0–1),
        `n_conflict`. Known are the states member, not_member, left, no_network and no_actor.

    Raises
    ------
    InvalidArgument
        For another value of `by`.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.membership.panel import panel
    >>> data = load()
    >>> coverage(data, panel(data, networks=["ubc"], years=(2018, 2019)), "year")["coverage"].round(3).tolist()
    [0.003, 1.0]
    """
    has_columns(cells, ["actor_id", "network_id", "year"], "cells", "give a panel, or rows of one")
    if by == "county":
        codes = data.actors.set_index("actor_id")["county_codes"].str.split(";").str[0]
        return count(cells.assign(county_code=cells["actor_id"].map(codes)), ["county_code"])
    columns = {"network": "network_id", "year": "year"}
    if by not in columns:
        raise InvalidArgument(f"unknown value {by!r}", where="by", allowed=[*columns, "county"], value=by)
    return count(cells, [columns[by]])


def audit_summary(data: Dataset) -> pd.DataFrame:
    """Summarise the independent re-reading of a random sample of rows.

    Returns
    -------
    pd.DataFrame
        `verdict` (`supported`, `partly`, `not_refound`), `n`, `n_material` (an analysis would use the
        unsupported field), `share` (of all re-read rows, 0–1).

    Notes
    -----
    A random sample of the evidence, re-read by somebody else against the pages it cites.

    Examples
    --------
    >>> from natverk import load
    >>> audit_summary(load()).set_index("verdict")["n"].to_dict()
    {'not_refound': 11, 'partly': 24, 'supported': 43}
    """
    audit = data.audit.assign(material=data.audit["severity"] == "material")
    result = audit.groupby("verdict", as_index=False).agg(n=("audit_id", "size"), n_material=("material", "sum"))
    result["share"] = result["n"] / result["n"].sum()
    return result


def years_without_evidence(cells: pd.DataFrame) -> pd.DataFrame:
    """Return by year how many cells evidence decides: a series that stops is not a membership that ends.

    Returns
    -------
    pd.DataFrame
        `year, attested` (member cells), `closed` (not_member and left), `unknown` (unknown and presumed).
    """
    has_columns(cells, ["year", "state"], "cells", "give a panel, or rows of one")
    groups = cells.groupby("year")["state"]
    return pd.DataFrame(
        {
            "attested": groups.apply(lambda states: int((states == "member").sum())),
            "closed": groups.apply(lambda states: int(states.isin(["not_member", "left"]).sum())),
            "unknown": groups.apply(lambda states: int(states.isin(["unknown", "presumed"]).sum())),
        }
    ).reset_index()


#: Kinds of disagreement, in the order in which a page shows them.
KINDS = ("totals", "conflict", "start_year", "status", "office_years", "flagged")
COLUMNS = ["kind", "actor_id", "network_id", "year", "values", "row_ids", "source_ids", "note"]


def disagreements(
    data: Dataset,
    *,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """List where sources disagree, with one another or with themselves.

    Kinds: `totals` (two numbers for one network or actor, fact and year), `conflict` (a page says member
    where a complete list, a stated end or the network's own dates say not), `start_year` (two stated first
    years of one membership), `status` (two statuses of one membership), `office_years` (two readings of one
    office's term), `flagged` (an open entry of `corrections.toml`).

    Parameters
    ----------
    actors
        Keep those about these actors, and those about a network as such; default all. Conflicts are then sought
        for these actors only, which takes a fraction of the time.
    networks
        Keep those about these networks; default all.
    year_basis
        As in `panel`; decides which sightings can meet a list. All other kinds read all rows.

    Returns
    -------
    pd.DataFrame
        `kind, actor_id, network_id, year` (missing where it does not apply), `values` (the rival values,
        separated by ` | `), `row_ids, source_ids` (separated by `;`), `note`. Sorted by kind, network, actor.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Notes
    -----
    The kinds and their rules are ours: rival values are listed with their rows, and none is chosen.

    Examples
    --------
    >>> from natverk import load
    >>> found = disagreements(load())
    >>> found.query("kind == 'totals' and network_id == 'klimatkommunerna' and year == 2015")["values"].tolist()
    ['35 | 38']
    """
    chosen = None if actors is None else set(known_actors(data, actors))
    within = None if networks is None else set(known_networks(data, networks))
    parts = [
        _totals(data),
        _conflicts(data, year_basis, chosen, within),
        _starts(data),
        _statuses(data),
        _offices(data),
        _flagged(data),
    ]
    found = [part.reindex(columns=COLUMNS) for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)]
    frame = pd.concat(found, ignore_index=True)
    frame["kind"] = pd.Categorical(frame["kind"], categories=KINDS, ordered=True)
    frame = frame.sort_values(["kind", "network_id", "actor_id", "year", "values"], na_position="last", kind="stable")
    if chosen is not None:
        frame = frame[frame["actor_id"].isin(chosen) | frame["actor_id"].isna()]
    if within is not None:
        frame = frame[frame["network_id"].isin(within)]
    text = [name for name in COLUMNS if name != "year"]
    return frame.astype({"year": "Int64", **dict.fromkeys(text, "str")}).reset_index(drop=True)


def _rivals(frame: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    """Return the groups with more than one value: the values, rows and sources side by side."""
    # Most groups have one value: they are left out before their rows are put into words.
    n_values = frame.groupby(keys, dropna=False)[value].transform("nunique")
    groups = frame[n_values > 1].groupby(keys, dropna=False, sort=True)
    return groups.agg(
        values=(value, lambda items: " | ".join(str(item) for item in sorted(set(items.dropna())))),
        row_ids=("row_id", lambda items: ";".join(sorted(items))),
        source_ids=("source_id", lambda items: ";".join(sorted(set(items)))),
    ).reset_index()


def _totals(data: Dataset) -> pd.DataFrame:
    frame = data.published_totals
    # Undated counts of one fact rival each other too: no page tells which is the later.
    rivals = _rivals(frame[frame["qualifier"] == "exact"], ["network_id", "actor_id", "fact", "year"], "value")
    return rivals.rename(columns={"fact": "note"}).assign(kind="totals")


def _conflicts(data: Dataset, year_basis: YearBasis, chosen: set[str] | None, within: set[str] | None) -> pd.DataFrame:
    networks = [item for item in networks_counting_as(data, SETS) if within is None or item in within]
    rows = data.memberships
    documented = set(rows.loc[rows["network_id"].isin(networks), "actor_id"])
    actors = sorted(documented if chosen is None else documented & chosen)
    if not actors:
        return pd.DataFrame(columns=COLUMNS)
    years = (1990, int(data.known_until[:4]))
    cells = panel(
        data,
        actors=actors,
        networks=networks,
        years=years,
        year_basis=year_basis,
        list_certainty="medium",
        pairs="evidence",
    )
    cells = cells[cells["conflict"]]
    if cells.empty:
        return pd.DataFrame(columns=COLUMNS)
    evidence = data.memberships.set_index("row_id")["source_id"]
    lists = data.member_lists.set_index("list_id")["source_id"]
    sources = {**evidence.to_dict(), **lists.to_dict()}
    groups = (
        cells.groupby(["actor_id", "network_id", "state", "rows"], sort=True)["year"].agg(["min", "max"]).reset_index()
    )
    span = [
        str(low) if low == high else f"{low}–{high}" for low, high in zip(groups["min"], groups["max"], strict=True)
    ]
    return pd.DataFrame(
        {
            "kind": "conflict",
            "actor_id": groups["actor_id"],
            "network_id": groups["network_id"],
            "year": groups["min"],
            "values": ["member | " + (state if state != "member" else "left") for state in groups["state"]],
            "row_ids": groups["rows"],
            "source_ids": [";".join(sorted({sources[item] for item in rows.split(";")})) for rows in groups["rows"]],
            "note": span,
        }
    )


def _starts(data: Dataset) -> pd.DataFrame:
    rows = graded(data, year_basis="any", counting="loose")
    rows = rows[rows["grade"].isin(["positive", "exit"])].astype({"start": "Int64", "end": "Int64"})
    pair = ["actor_id", "network_id"]
    started = rows[rows["start"].notna()]
    # A membership that begins after a stated end is another one: its first year rivals nothing before it.
    met = started.merge(rows.loc[rows["end"].notna(), [*pair, "end"]], on=pair, how="left", suffixes=("_own", ""))
    ended = (met["end"] < met["start"]).fillna(False).groupby(met["row_id"]).sum()
    started = started.assign(ends_before=started["row_id"].map(ended), start_year=started["start"])
    return _rivals(started, [*pair, "ends_before"], "start_year").assign(kind="start_year")


def _statuses(data: Dataset) -> pd.DataFrame:
    rows = graded(data, year_basis="any", counting="loose")
    rows = rows[rows["grade"].isin(["positive", "separate"])]
    return _rivals(rows, ["actor_id", "network_id"], "status").assign(kind="status")


def _offices(data: Dataset) -> pd.DataFrame:
    frame = data.functions[data.functions["start_year"].notna()]
    frame = frame.assign(
        term=frame["start_year"].astype(str) + "–" + frame["end_year"].astype("str").fillna("").replace("<NA>", "")
    )
    keys = ["actor_id", "network_id", "function_class", "start_year"]
    frame = frame[frame["function_class"].isin(["board", "chair"])]
    return (
        _rivals(frame, keys, "term")
        .rename(columns={"start_year": "year", "function_class": "note"})
        .assign(kind="office_years")
    )


def _flagged(data: Dataset) -> pd.DataFrame:
    log = data.corrections
    log = log[(log["action"] == "flag") & (log["status"] == "open")]
    found = []
    for table, entries in log.groupby("table", sort=False):
        frame = data.table(str(table))
        # A row that the dataset's filters left out takes its flag with it.
        rows = frame[frame[frame.columns[0]].isin(set(entries["row"]))]
        by_id = {row[frame.columns[0]]: row for row in rows.to_dict("records")}
        found += [
            {
                "kind": "flagged",
                "actor_id": by_id[entry.row].get("actor_id"),
                "network_id": by_id[entry.row].get("network_id"),
                "values": entry.correction_id,
                "row_ids": entry.row,
                "source_ids": by_id[entry.row].get("source_id"),
                "note": entry.reason,
            }
            for entry in each_row(entries)
            if entry.row in by_id
        ]
    return pd.DataFrame(found, columns=COLUMNS)


def explain(data: Dataset, rows: str) -> pd.DataFrame:
    """Show the evidence rows and lists behind a cell, with their sources.

    Parameters
    ----------
    rows
        The `rows` of a cell: ids separated by `;`.

    Returns
    -------
    pd.DataFrame
        `id, what, years, source_id, title, publisher, url`.

    Raises
    ------
    InvalidArgument
        For an id that is neither a row nor a list.

    Examples
    --------
    >>> from natverk import load
    >>> explain(load(), "mem-01467")["source_id"].tolist()
    ['seed-vanersborg-2024']
    """
    ids = [item for item in rows.split(";") if item]
    evidence, lists = data.memberships.set_index("row_id"), data.member_lists.set_index("list_id")
    found = []
    for item in ids:
        if item in evidence.index:
            row = evidence.loc[item]
            years = ", ".join(
                f"{name} {row[column]}"
                for name, column in (("from", "start_year"), ("to", "end_year"), ("seen", "observed_year"))
                if pd.notna(row[column])
            )
            found.append(
                {
                    "id": item,
                    "what": f"{row['actor_id']} {row['status']} {row['network_id']}",
                    "years": years,
                    "source_id": row["source_id"],
                }
            )
        elif item in lists.index:
            row = lists.loc[item]
            found.append(
                {
                    "id": item,
                    "what": f"complete list of {row['network_id']}",
                    "years": str(row["year"]),
                    "source_id": row["source_id"],
                }
            )
        else:
            raise InvalidArgument(f"there is no row {item!r}", where="rows", allowed=[*lists.index], value=item)
    frame = pd.DataFrame(found, columns=["id", "what", "years", "source_id"])
    return frame.merge(data.sources[["source_id", "title", "publisher", "url"]], on="source_id", how="left")
