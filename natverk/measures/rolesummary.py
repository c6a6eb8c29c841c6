"""Role summaries: formal against practised roles counted by county, and by policy area for the country."""

from __future__ import annotations

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.rolecompare import OUTCOMES

__all__ = ["national_summary", "summary_by_county"]


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
    >>> from natverk.measures.rolecompare import compare_roles
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
    >>> from natverk.measures.rolecompare import compare_roles
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
