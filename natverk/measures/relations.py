"""Relations that are no membership: through another body, reporting to a platform, an application, a decision."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.arguments import known_actors
from natverk.measures.evidence import graded
from natverk.measures.frames import each_row

__all__ = ["relations"]

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
