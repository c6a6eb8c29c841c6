"""Joint bodies and cooperation across the border: who works together, in which form, and who is in it."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.membership.evidence import Counting, YearBasis, graded

__all__ = [
    "cross_border",
    "joint_bodies",
]


@asked
def joint_bodies(data: Dataset) -> pd.DataFrame:
    """Return the intermunicipal and joint bodies with the members that are attested.

    Returns
    -------
    pd.DataFrame
        One row a body: `body_id, name_sv, name, form` (as stated), `form_class` (`federation`, `association`,
        `agreement`, `other`), `county_codes` (joined by `;`), `founded_year, dissolved_year, observed_year`;
        `n_municipalities, n_regions` (different members attested at some time: a lower bound), `n_derived` (of
        them those that follow only from a sentence such as "all municipalities of the county"), `n_stated`
        (members as a source counts them, whatever it counts; may be missing), `held` (whether it ever held the
        regional development responsibility), `row_ids`, `source_ids` (joined by `;`). In the order of the table.

    Examples
    --------
    >>> from natverk import load
    >>> bodies = joint_bodies(load()).set_index("body_id")
    >>> int(bodies.at["body:fyrbodals-kommunalforbund", "n_municipalities"]), int(bodies["held"].sum())
    (14, 15)
    """
    named = data.body_members[data.body_members["member_actor_id"].notna()]
    # A member that one source names and another implies is named.
    pairs = named.groupby(["body_id", "member_actor_id"], as_index=False).agg(derived=("derived", "all"))
    kind = pairs["member_actor_id"].str.split(":").str[0]
    frame = data.bodies.rename(columns={"n_members_stated": "n_stated"})
    body = frame["body_id"]
    for name, rows in (
        ("n_municipalities", pairs[kind == "municipality"]),
        ("n_regions", pairs[kind == "region"]),
        ("n_derived", pairs[pairs["derived"]]),
    ):
        frame[name] = rows["body_id"].value_counts().reindex(body, fill_value=0).to_numpy()
    frame["held"] = body.isin(data.responsibility["holder_actor_id"].dropna())
    members = data.body_members.groupby("body_id")[["row_id", "source_id"]].agg(";".join).reindex(body, fill_value="")
    frame["row_ids"] = members["row_id"].astype("str").to_numpy()
    cited = zip(frame["source_id"].fillna(""), members["source_id"], strict=True)
    frame["source_ids"] = pd.Series([_once(";".join(ids)) for ids in cited], index=frame.index, dtype="str")
    columns = [
        "body_id", "name_sv", "name", "form", "form_class", "county_codes", "founded_year", "dissolved_year",
        "observed_year", "n_municipalities", "n_regions", "n_derived", "n_stated", "held", "row_ids", "source_ids",
    ]  # fmt: skip
    return frame[columns].reset_index(drop=True)


def _once(ids: str) -> str:
    """Return ids joined by `;`, each once, in their order."""
    return ";".join(dict.fromkeys(item for item in ids.split(";") if item))


@asked
def cross_border(data: Dataset, *, counting: Counting = "strict", year_basis: YearBasis = "stated") -> pd.DataFrame:
    """Return the networks across a border with their documented Swedish members by level.

    Parameters
    ----------
    counting, year_basis
        See `natverk.panel`.

    Returns
    -------
    pd.DataFrame
        One row a network of the type `cross_border`: `network_id, founded_year, n_municipal, n_regional,
        n_joint` (actors documented at some time, also without a year; Gotland counts as a municipality),
        `since, last_seen` (first and last year of their evidence, missing if none is dated), `row_ids,
        source_ids` (joined by `;`). The networks with most actors first.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Examples
    --------
    >>> from natverk import load
    >>> cross_border(load()).loc[0, "network_id"]
    'greater-copenhagen'
    """
    levels = {"municipality": "n_municipal", "region": "n_regional", "joint_body": "n_joint"}
    level = data.actors.set_index("actor_id")["kind"].map(levels)
    networks = data.networks.loc[data.networks["type"] == "cross_border", ["network_id", "founded_year"]]
    rows = graded(data, counting=counting, year_basis=year_basis)
    rows = rows[rows["grade"].isin(["positive", "exit"]) & rows["network_id"].isin(networks["network_id"])]
    rows = rows.assign(level=rows["actor_id"].map(level)).dropna(subset="level")
    frame = networks.set_index("network_id")
    for name in levels.values():
        counts = rows[rows["level"] == name].groupby("network_id")["actor_id"].nunique()
        frame[name] = counts.reindex(frame.index, fill_value=0).astype("int64")
    groups = rows.groupby("network_id")
    frame["since"] = groups["first"].min().reindex(frame.index).astype("Int64")
    frame["last_seen"] = groups["last"].max().reindex(frame.index).astype("Int64")
    for name in ("row_id", "source_id"):
        joined = groups[name].agg(lambda ids: _once(";".join(ids)))
        frame[f"{name}s"] = joined.reindex(frame.index).fillna("").astype("str")
    most = frame[list(levels.values())].sum(axis=1)
    frame = frame.assign(most=most).reset_index().sort_values(["most", "network_id"], ascending=[False, True])
    return frame.drop(columns="most").reset_index(drop=True)
