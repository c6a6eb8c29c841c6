"""The country as a whole: who is in which kind of network, theme by theme, and which networks and bodies there are."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.frames import year_range
from natverk.membership.actors import levels
from natverk.membership.documented import DOCUMENTED, documented
from natverk.membership.panel import SETS

__all__ = ["country_networks", "country_themes"]


def _ties(data: Dataset, years: tuple[int, int] | int | None) -> pd.DataFrame:
    """Return the documented memberships of all actors with level, and reach, kind and themes of the network."""
    span = year_range(years, data=data)
    own = documented(data, data.actors["actor_id"], years=(span[0], span[-1]), counts_as=SETS)
    own = own[own["mark"].isin(DOCUMENTED)]
    about = data.networks[["network_id", "reach", "kind", "counts_as", "themes"]]
    return own.merge(levels(data)[["actor_id", "level"]], on="actor_id").merge(about, on="network_id")


@asked
def country_themes(data: Dataset, *, years: tuple[int, int] | int | None = None) -> pd.DataFrame:
    """Count documented memberships by theme and level: municipalities, joint bodies and regions.

    Parameters
    ----------
    years
        As in `natverk.documented`.

    Returns
    -------
    pd.DataFrame
        One row a theme: `theme, n_networks` (with a documented Swedish member), `n_municipal, n_joint, n_regional`
        (memberships, that is pairs of actor and network), `municipalities, regions` (different ones), `municipal_rows,
        joint_rows, regional_rows` (the rows behind each number, joined by `;`). A network of several themes counts in
        each. The theme with most memberships first.

    Raises
    ------
    InvalidArgument
        For years out of range.

    Notes
    -----
    Lower bounds: what is not documented is not counted, and it is not known how much that is. Compare levels within a
    theme with care: 290 municipalities stand against 21 regions.

    Examples
    --------
    >>> from natverk import load
    >>> table = country_themes(load()).set_index("theme")
    >>> int(table.at["climate_energy", "n_municipal"]) > int(table.at["climate_energy", "n_regional"])
    True
    """
    ties = _ties(data, years)
    ties = ties.assign(theme=ties["themes"].str.split(";")).explode("theme", ignore_index=True)
    of_level = pd.crosstab(ties["theme"], ties["level"]).reindex(
        columns=["municipal", "joint", "regional"], fill_value=0
    )
    groups = ties.groupby("theme")
    table = of_level.add_prefix("n_").assign(n_networks=groups["network_id"].nunique())
    for name, level in (("municipalities", "municipal"), ("regions", "regional")):
        own = ties[ties["level"] == level].groupby("theme")["actor_id"].nunique()
        table[name] = own.reindex(table.index, fill_value=0)
    columns = ["n_networks", "n_municipal", "n_joint", "n_regional", "municipalities", "regions"]
    table = table[columns].astype("int64")
    for level in ("municipal", "joint", "regional"):
        own = ties[ties["level"] == level].groupby("theme")["row_ids"].agg(";".join)
        table[f"{level}_rows"] = own.reindex(table.index, fill_value="").astype(TEXT)
    table = table.reset_index().astype({"theme": TEXT})
    table = table.assign(total=table[["n_municipal", "n_joint", "n_regional"]].sum(axis=1))
    return table.sort_values(["total", "theme"], ascending=[False, True], ignore_index=True).drop(columns="total")


@asked
def country_networks(data: Dataset, *, years: tuple[int, int] | int | None = None) -> pd.DataFrame:
    """Return every network and cooperation body with how many in Sweden are documented in it, by level.

    Parameters
    ----------
    years
        As in `natverk.documented`.

    Returns
    -------
    pd.DataFrame
        `network_id, reach, kind, counts_as, n_municipal, n_joint, n_regional, n_other`: documented members by level, 0
        where no row tells of one; `total` (without the others). By reach (in the order of the vocabulary), then the
        largest first.

    Raises
    ------
    InvalidArgument
        For years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> table = country_networks(load())
    >>> len(table) == len(load().networks), table["reach"].iloc[0]
    (True, 'international')
    """
    ties = _ties(data, years)
    found = pd.crosstab(ties["network_id"], ties["level"]).reindex(columns=["municipal", "joint", "regional", "other"])
    about = data.networks[["network_id", "reach", "kind", "counts_as"]]
    table = about.join(found.add_prefix("n_"), on="network_id")
    counts = ["n_municipal", "n_joint", "n_regional", "n_other"]
    table[counts] = table[counts].fillna(0).astype("int64")
    order = {reach: place for place, reach in enumerate(VOCABULARIES["reach"])}
    table = table.assign(place=table["reach"].map(order), total=table[counts[:3]].sum(axis=1))
    table = table.sort_values(["place", "total", "network_id"], ascending=[True, False, True], ignore_index=True)
    return table.drop(columns="place")
