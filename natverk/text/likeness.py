"""What makes two municipalities alike, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from natverk.frames import each_row
from natverk.locale import texts

__all__ = ["peer_reasons"]


def peer_reasons(peers: pd.DataFrame, lang: str = "en", *, names: Mapping[str, str] | None = None) -> pd.Series:
    """Put the reasons of each peer into words, for a frame of `peers.by_portfolio` or `peers.by_structure`.

    Parameters
    ----------
    peers
        What `by_portfolio` or `by_structure` returns.
    lang
        `"sv"` or `"en"`.
    names
        Names of networks by id; without them the ids stand.

    Returns
    -------
    pd.Series
        Text, one a row, with the index of `peers`.

    Raises
    ------
    UnknownName
        For an unknown language.

    Examples
    --------
    >>> from natverk import load, peers
    >>> peer_reasons(peers.by_structure(load(), "Malmö", n=1)).iloc[0]
    'same group of municipalities and same situation towards the coast'
    """
    t = texts(lang)
    found = []
    for row in each_row(peers):
        if "alike" in peers.columns:
            found.append(t.join([t(f"peers.{name}", km=t.number(row.km)) for name in row.alike.split(";") if name]))
            continue
        shared = t.join([(names or {}).get(item, item) for item in row.shared.split(";") if item])
        parts = [t("peers.shared", names=shared)] if shared else []
        if pd.notna(row.jaccard):
            value, low, high = (t.number(item, 2) for item in (row.jaccard, row.jaccard_low, row.jaccard_high))
            parts.append(t("peers.bounds", value=value, low=low, high=high, n=t.count("common.network", row.n_known)))
        if row.n_one_sided:
            parts.append(t("peers.one_sided", n=t.count("common.network", row.n_one_sided)))
        found.append("; ".join(parts))
    return pd.Series(found, index=peers.index, dtype="str", name="reasons")
