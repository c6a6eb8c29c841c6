"""Contrasts: what a comparison of two units amounts to, line by line, and how sure that is."""

from __future__ import annotations

import pandas as pd

from natverk.measures.arguments import has_columns
from natverk.measures.frames import each_row

__all__ = ["VERDICTS", "contrasts"]

#: `common`: one number of both; `same`; `differs`; `documented`: differs in what is documented, which is a lower
#: bound; `overlaps`: the bounds of both overlap, so that nobody can tell; `unknown`: missing on a side.
VERDICTS = ("differs", "documented", "overlaps", "same", "common", "unknown")

_COMMON = (
    "shared", "jaccard", "overlap", "same_stage", "schoener_d", "jaccard_known", "known_networks", "km",
    "structural_distance", "null_shared", "null_z", "null_p",
)  # fmt: skip
_DOCUMENTED = (
    "documented_networks", "documented_members", "only_here", "networks_with_office", "projects", "twin_towns",
    "sources", "cross_border_networks", "relations", "counties_reached", "population_share_documented", "practised",
    "shared_by_levels", "jaccard_of_levels",
    "overlap_of_levels", "schoener_of_levels", "schoener_of_levels_attested", "theme_profile", "nestedness", "degree",
    "betweenness", "spells", "dated_joins", "ended_spells", "followed_spells", "dated_exits", "first_dated_join",
    "documents", "shared_with_region", "jaccard_with_region", "candidates", "eligible_candidates", "judged",
    "disagreements", "benchmarks",
)  # fmt: skip


def contrasts(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each line of a comparison whether the two differ, and how sure that is.

    Parameters
    ----------
    table
        As `compare` gives it.

    Returns
    -------
    pd.DataFrame
        The table with a column `verdict`, one of `VERDICTS`.

    Raises
    ------
    InvalidArgument
        For a frame that lacks columns of `compare`.

    Notes
    -----
    Numbers with bounds differ only where the bounds leave no room for equality. Counts of what is documented have no
    upper bound, so that a difference of theirs is one of the documents first of all.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.compare import compare
    >>> table = contrasts(compare(load(), "14", "12", parts=("place", "networks"))).set_index(["measure", "item"])
    >>> lines = [("population", ""), ("memberships", "region"), ("documented_networks", "region")]
    >>> table.loc[lines, "verdict"].tolist()
    ['differs', 'overlaps', 'documented']
    """
    has_columns(table, ["measure", "a", "b", "a_text", "b_text"], "contrasts", "give a frame of natverk.compare")
    return table.assign(verdict=pd.Series([_verdict(row) for row in each_row(table)], index=table.index, dtype="str"))


def _verdict(row: object) -> str:
    measure = str(getattr(row, "measure", ""))
    numbers = [getattr(row, name, pd.NA) for name in ("a", "b", "a_low", "a_high", "b_low", "b_high")]
    a, b, *bounds = (None if pd.isna(value) else float(value) for value in numbers)
    if a is None and b is None:
        texts = [str(getattr(row, name, "")) for name in ("a_text", "b_text")]
        known = all(text and text != "unknown" for text in texts)
        if measure in _COMMON:
            return "common" if known else "unknown"
        return ("same" if texts[0] == texts[1] else "differs") if known else "unknown"
    if measure in _COMMON:
        return "common"
    if a is None or b is None:
        return "unknown"
    a_low, a_high, b_low, b_high = (
        own if bound is None else bound for bound, own in zip(bounds, (a, a, b, b), strict=True)
    )
    bounded = a_low != a_high or b_low != b_high
    if bounded and a_low <= b_high and b_low <= a_high:
        return "overlaps"
    if a == b:
        return "same"
    return "documented" if measure in _DOCUMENTED else "differs"
