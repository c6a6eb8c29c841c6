"""Spells: the evidence of one actor in one network joined into from–to spells, with their precision.

The joining rules are written here and nowhere else; durations must treat a spell whose start is only
*first seen* as left-truncated and one without a stated end as right-censored at its last sighting.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.evidence import Counting, YearBasis, graded, status_of

__all__ = ["spells"]


def spells(data: Dataset, *, year_basis: YearBasis = "stated", counting: Counting = "strict") -> pd.DataFrame:
    """Join evidence into spells of membership.

    Rules: (1) evidence up to a stated end belongs to one spell, later evidence opens the next; (2) the start
    is the earliest stated first year (`start_basis="stated"`), else the first sighting (`"seen"`: left
    truncated); (3) an end exists only where a source states it; (4) evidence without any usable year makes a
    spell of its own, undated, when the pair has no dated one; (5) a gap between sightings does not end a
    spell, and is given as the longest number of years without evidence.

    Parameters
    ----------
    year_basis, counting
        See `natverk.measures.evidence.graded`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, spell` (1, 2, …), `start, start_basis` (`stated`, `seen`, missing),
        `last_seen, end` (missing: no end stated), `longest_gap` (years), `dated`, `status, n_rows, n_sources,
        row_ids`. Sorted by actor, network, spell.

    References
    ----------
    Guo, G. (1993). Event-history analysis for left-truncated data. Sociological Methodology 23, 217–243.

    Examples
    --------
    >>> from natverk import load
    >>> one = spells(load()).query("actor_id == 'municipality:0180' and network_id == 'metropolis'").iloc[0]
    >>> int(one["start"]), one["start_basis"], int(one["last_seen"]), bool(pd.isna(one["end"]))
    (2003, 'stated', 2011, True)
    """
    rows = graded(data, year_basis=year_basis, counting=counting)
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    found = [
        spell
        for (actor, network), group in rows.groupby(["actor_id", "network_id"], sort=True)
        for spell in _of_pair(str(actor), str(network), group)
    ]
    columns = [
        "actor_id",
        "network_id",
        "spell",
        "start",
        "start_basis",
        "last_seen",
        "end",
        "longest_gap",
        "dated",
        "status",
        "n_rows",
        "n_sources",
        "row_ids",
    ]
    frame = pd.DataFrame(found, columns=columns)
    whole = dict.fromkeys(["start", "last_seen", "end", "longest_gap"], "Int64")
    return frame.astype({**whole, "start_basis": "str", "dated": "bool"})


def _of_pair(actor: str, network: str, group: pd.DataFrame) -> list[dict[str, object]]:
    ends = sorted({int(end) for end in group["end"].dropna()})
    dated = group[group["first"].notna()]
    bare_exits = group[group["first"].isna() & group["end"].notna()]
    result: list[dict[str, object]] = []
    left = dated
    # After the last stated end there may be a further, open spell.
    for end in [*ends, None]:
        own = left if end is None else left[left["first"] <= end]
        exits = bare_exits if end is None else bare_exits[bare_exits["end"] == end]
        left = left.drop(own.index)
        if own.empty and (end is None or exits.empty):
            continue
        both = pd.concat([own, exits]) if end is not None else own
        stated = own["start"].dropna()
        start = stated.min() if len(stated) else own["first"].min()
        basis = "stated" if len(stated) else "seen" if len(own) else None
        last = own["last"].max() if end is None else own["last"].clip(upper=end).max()
        result.append(
            {
                "start": start,
                "start_basis": basis,
                "last_seen": last,
                "end": end,
                "longest_gap": _longest_gap(own),
                "dated": True,
                **_facts(both),
            }
        )
    undated = group[group["first"].isna() & group["end"].isna() & (group["grade"] == "positive")]
    if not result and len(undated):
        nothing = dict.fromkeys(("start", "start_basis", "last_seen", "end", "longest_gap"))
        result.append({**nothing, "dated": False, **_facts(undated)})
    return [
        {"actor_id": actor, "network_id": network, "spell": number, **spell} for number, spell in enumerate(result, 1)
    ]


def _facts(rows: pd.DataFrame) -> dict[str, object]:
    return {
        "status": status_of(set(rows["status"])),
        "n_rows": len(rows),
        "n_sources": rows["source_id"].nunique(),
        "row_ids": ";".join(sorted(rows["row_id"])),
    }


def _longest_gap(rows: pd.DataFrame) -> int:
    """Return the longest run of years within the spell that no row attests."""
    covered = sorted(
        {
            year
            for first, last in zip(rows["first"], rows["last"], strict=True)
            for year in range(int(first), int(last) + 1)
        }
    )
    return max((later - earlier - 1 for earlier, later in pairwise(covered)), default=0)
