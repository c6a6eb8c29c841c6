"""Published numbers against ours, in words: for the tables of several pages."""

from __future__ import annotations

import pandas as pd

from natverk.frames import each_row
from natverk.locale import Texts

__all__ = [
    "number_text",
    "outcome_texts",
]


def outcome_texts(t: Texts, table: pd.DataFrame) -> pd.Series:
    """Say of each benchmark whether it is equal, differs, or cannot be compared and why.

    Parameters
    ----------
    t
        The texts of a language.
    table
        What `natverk.benchmarks.recomputed` gives, or a selection of its rows.

    Returns
    -------
    pd.Series
        One text a row, with the index of the table.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.benchmarks import recomputed
    >>> from natverk.locale import texts
    >>> table = recomputed(load(), networks=["klimatkommunerna"]).query("row_id == 'fig-00008'")
    >>> outcome_texts(texts("en"), table).iloc[0]
    'not comparable, because no complete list of that year is known (attested: at least 9)'
    """
    found = []
    for row in each_row(table):
        ours = "" if pd.isna(row.ours) else number_text(t, row.ours, row.unit)
        if row.outcome == "not comparable":
            words = t("benchmarks.not_comparable", reason=t(f"benchmarks.reason.{row.reason}"))
            beside = "at_least" if row.basis == "documented" else "beside"
            found.append(words + (t(f"benchmarks.{beside}", ours=ours) if ours else ""))
        else:
            published = t(f"benchmarks.qualifier.{row.qualifier}", n=number_text(t, row.published, row.unit))
            found.append(t(f"benchmarks.{row.outcome}", published=published, ours=ours))
    return pd.Series(found, index=table.index, dtype="str")


def number_text(t: Texts, value: float, unit: str) -> str:
    """Write a number as a page does: at most one decimal, and a year without a separator.

    >>> from natverk.locale import texts
    >>> t = texts("en")
    >>> number_text(t, 1995, "year"), number_text(t, 1995, "members"), number_text(t, 38.44, "per cent")
    ('1995', '1,995', '38.4')
    """
    if unit.startswith("year"):
        return str(int(value))
    return t.number(value) if float(value).is_integer() else t.number(value, 1)
