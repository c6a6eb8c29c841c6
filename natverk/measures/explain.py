"""Explanation: from a number on a page back to the source rows it came from."""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument

__all__ = ["explain"]


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
