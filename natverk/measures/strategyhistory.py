"""History of strategies: one row a strategy, with the bounds of its adoption and what replaced it.

`strategies` is the public face.
"""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.partial import latest
from natverk.measures.cycle import Version, versions
from natverk.measures.frames import each_row, year_or_none

__all__ = ["REFERENCES", "history"]

#: What a strategy may refer to, and the column of `data.strategies` that says it.
REFERENCES = {"eu2020": "eu2020_ref", "agenda2030": "agenda2030_ref"}
#: Before this nothing is known of an adoption: a lower bound that stands for none.
_NEVER = "1900"


def history(data: Dataset) -> pd.DataFrame:
    """Return every strategy of every county, oldest first, with what is known of its adoption and its end.

    Returns
    -------
    pd.DataFrame
        `county_code, strategy_id, title, kind, state` (`holds`: nothing newer is known; `replaced`; `in_process`),
        `adopted_first, adopted_last` (bounds of the adoption, ISO days; the first missing where there is none; for
        one in process the day by which it is known to be), `until` (ISO day on which a newer one surely held;
        missing: none did), `horizon_year` (Int64), `eu2020, agenda2030` (`yes`, `no`, `unknown`: a blank is unknown),
        `row_id, source_id`.

    Examples
    --------
    >>> from natverk import load
    >>> table = history(load()).set_index("strategy_id")
    >>> table.loc[["rus-17-2020", "rus-17-2040", "rus-07-2035"], ["state", "until"]].values.tolist()
    [['replaced', '2021-06-02'], ['holds', nan], ['in_process', nan]]
    """
    known = {version.strategy_id: version for version in versions(data)}
    places = {code: place for place, code in enumerate(data.counties["county_code"])}
    seen = _seen(data)
    found = []
    for row in each_row(data.strategies):
        version = known.get(row.strategy_id)
        until = None if version is None else _until(version, list(known.values()))
        first, last = (None, seen[row.strategy_id]) if version is None else (version.first, version.last)
        found.append(
            {
                "county_code": row.county_code,
                "strategy_id": row.strategy_id,
                "title": row.title,
                "kind": row.kind,
                "state": "in_process" if version is None else "replaced" if until else "holds",
                "adopted_first": first if first is not None and first > _NEVER else None,
                "adopted_last": last,
                "until": until,
                "horizon_year": year_or_none(row.horizon_year),
                **{name: _answer(getattr(row, column)) for name, column in REFERENCES.items()},
                "row_id": row.row_id,
                "source_id": row.source_id,
            }
        )
    text = dict.fromkeys(["adopted_first", "adopted_last", "until"], "str")
    frame = pd.DataFrame(found).astype({**text, "horizon_year": "Int64"})
    frame = frame.assign(place=frame["county_code"].map(places), drafted=frame["state"] == "in_process")
    frame = frame.sort_values(["place", "drafted", "adopted_last", "strategy_id"], ignore_index=True)
    return frame.drop(columns=["place", "drafted"])


def _until(version: Version, every: list[Version]) -> str | None:
    """Return the last possible day on which a newer strategy of the county came to hold, or None."""
    later = [
        other.last
        for other in every
        if other.county_code == version.county_code
        and (version.strategy_id in other.before or other.first > version.last)
    ]
    return min(later, default=None)


def _seen(data: Dataset) -> dict[str, str]:
    """Return by strategy the last day on which its earliest source can have been published."""
    printed = {
        row.source_id: latest(row.published if isinstance(row.published, str) else row.accessed)
        for row in each_row(data.sources)
    }
    cells = zip(data.strategies["source_id"], data.strategies["other_sources"].fillna(""), strict=True)
    own = [[printed[name] for cell in pair for name in str(cell).split(";") if name] for pair in cells]
    return {name: min(days) for name, days in zip(data.strategies["strategy_id"], own, strict=True)}


def _answer(cell: object) -> str:
    return "unknown" if pd.isna(cell) else "yes" if cell else "no"  # type: ignore[call-overload]
