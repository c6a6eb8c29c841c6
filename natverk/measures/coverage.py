"""Coverage: how much of the panel is known, and how sure the rows are."""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.arguments import has_columns
from natverk.measures.panel import count

__all__ = ["audit_summary", "coverage", "years_without_evidence"]


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
    >>> from natverk.measures.panel import panel
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
