"""Reach: whom a network's rule lets in, where in the country it is documented, and with whom it shares members."""

from __future__ import annotations

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import levels, population_by_year
from natverk.measures.arguments import has_columns, known_networks
from natverk.measures.evidence import graded
from natverk.measures.frames import each_row, year_or_none
from natverk.measures.members import FIRM

__all__ = ["eligibility", "saturation", "shared_members", "shared_themes"]


def eligibility(data: Dataset, members: pd.DataFrame, network: str) -> pd.DataFrame:
    """Hold the documented members against the network's rule: their level, and the population of their year.

    Parameters
    ----------
    members
        As `members_of` gives them.
    network
        A network id.

    Returns
    -------
    pd.DataFrame
        One row a member: `actor_id, name, level, mark, status, year` (since when, as far as known), `population` and
        `population_year` (of the municipality in that year, or the latest published before it; the latest of all
        where no year is known), `fits_level` (its level may belong), `fits_size` (missing where the network asks
        for no size, or it is no municipality), `row_ids, source_ids`. A full membership may ask for more than
        others do: that a member falls below the size is a fact to explain, and no error.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.members import members_of
    >>> data = load()
    >>> table = eligibility(data, members_of(data, "eurocities"), "eurocities").set_index("name")
    >>> table.loc[["Stockholm", "Nacka"], "fits_size"].tolist()
    [True, False]
    """
    rule = data.networks.set_index("network_id").loc[known_networks(data, [network])[0]]
    least, most = year_or_none(rule["min_population"]), year_or_none(rule["max_population"])
    allowed = str(rule["eligible_levels"]).split(";")
    population = population_by_year(data)
    table = levels(data).set_index("actor_id")
    found = []
    for row in each_row(members):
        size, when = _population(population, str(row.code), year_or_none(row.since))
        fits = None if size is None or (least is None and most is None) else (least or 0) <= size <= (most or size)
        found.append(
            {
                "actor_id": row.actor_id,
                "name": row.name,
                "level": row.level,
                "mark": row.mark,
                "status": row.status,
                "year": row.since,
                "population": size,
                "population_year": when,
                "fits_level": any(bool(table.loc[row.actor_id, level]) for level in allowed),
                "fits_size": fits,
                "row_ids": row.row_ids,
                "source_ids": row.source_ids,
            }
        )
    columns = [
        "actor_id",
        "name",
        "level",
        "mark",
        "status",
        "year",
        "population",
        "population_year",
        "fits_level",
        "fits_size",
    ]
    frame = pd.DataFrame(found, columns=[*columns, "row_ids", "source_ids"])
    numbers = dict.fromkeys(["year", "population", "population_year"], "Int64")
    return frame.astype({**numbers, "fits_level": "bool", "fits_size": "boolean"})


def _population(population: pd.DataFrame, code: str, year: int | None) -> tuple[int | None, int | None]:
    if code not in population.index:
        return None, None
    published = [int(str(column)) for column in population.columns]
    before = [known for known in published if year is None or known <= year]
    when = max(before) if before else min(published)
    sizes = population[when].to_dict()
    return int(sizes[code]), when


def saturation(data: Dataset, members: pd.DataFrame) -> pd.DataFrame:
    """Count county by county how many of its municipalities are documented.

    Parameters
    ----------
    members
        As `members_of` gives them.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, name, name_short, tile_row, tile_col, n_documented` (municipalities with a
        firm mark), `n_left` (municipalities that have left), `n_municipalities` (all of the county, whatever the
        network's rule of size: `eligibility` holds members against that), `share` (0–1; those who left are not in it),
        `region` (whether the region is documented; on Gotland the municipality).

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `members_of`.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.members import members_of
    >>> data = load()
    >>> table = saturation(data, members_of(data, "greater-copenhagen")).set_index("county_code")
    >>> table.loc["12", ["n_documented", "n_municipalities"]].tolist(), bool(table.loc["13", "region"])
    ([33, 33], True)
    """
    has_columns(members, ["actor_id", "mark"], "saturation", "give a frame of natverk.networks.members_of")
    firm = set(members.loc[members["mark"].isin(FIRM), "actor_id"])
    places = data.municipalities[["actor_id", "county_code"]]
    gone = places["actor_id"].isin(members.loc[members["mark"] == "left", "actor_id"])
    counts = places.assign(documented=places["actor_id"].isin(firm), gone=gone, every=True).groupby("county_code")
    sums = counts[["documented", "gone", "every"]].sum().astype("int64")
    sums = sums.set_axis(["n_documented", "n_left", "n_municipalities"], axis=1).reset_index()
    table = data.counties[["county_code", "name", "name_short", "tile_row", "tile_col", "region_actor_id"]]
    table = table.merge(sums, on="county_code").sort_values("county_code", ignore_index=True)
    table["share"] = table["n_documented"] / table["n_municipalities"]
    table["region"] = table.pop("region_actor_id").isin(firm)
    return table


def shared_members(data: Dataset, network: str) -> pd.DataFrame:
    """Return the networks that share documented Swedish members with one, those with most in common first.

    Every kind of network is compared, at any time: a tie that has ended was one, and so is one without a year.

    Parameters
    ----------
    network
        A network id.

    Returns
    -------
    pd.DataFrame
        `network_id, counts_as, shared` (actors documented in both), `n_own, n_other` (actors documented in this one
        and in the other), `jaccard` (shared by those in either, 0–1), `share_of_own` (0–1), `actor_ids` (the shared
        ones, separated by `;`). Networks that share nobody have no row. Ties go by Jaccard and then by id.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Notes
    -----
    On *documented* ties: a lower bound that grows with the attention sources pay to both networks. Jaccard (1912),
    The distribution of the flora in the alpine zone, New Phytologist 11(2): 37–50.

    Examples
    --------
    >>> from natverk import load
    >>> table = shared_members(load(), "eu-mission-100").set_index("network_id")
    >>> table.loc["viable-cities-kn2030", ["shared", "n_own"]].tolist()
    [7, 7]
    """
    (network_id,) = known_networks(data, [network])
    kinds = data.networks.set_index("network_id")["counts_as"]
    sets = _documented(data)
    own = sets.pop(network_id, frozenset())
    found = [
        {
            "network_id": name,
            "counts_as": kinds[name],
            "shared": len(own & other),
            "n_own": len(own),
            "n_other": len(other),
            "jaccard": len(own & other) / len(own | other),
            "share_of_own": len(own & other) / len(own),
            "actor_ids": ";".join(sorted(own & other)),
        }
        for name, other in sets.items()
        if own & other
    ]
    columns = ["network_id", "counts_as", "shared", "n_own", "n_other", "jaccard", "share_of_own", "actor_ids"]
    frame = pd.DataFrame(found, columns=columns)
    return frame.sort_values(
        ["shared", "jaccard", "network_id"], ascending=[False, False, True], ignore_index=True
    ).astype({"network_id": "str", "counts_as": "str", "actor_ids": "str"})


def _documented(data: Dataset) -> dict[str, frozenset[str]]:
    """Return who is documented in each network at any time, those who left and those who only report among them."""
    rows = graded(data)
    kinds = data.networks.set_index("network_id")["counts_as"]
    acts = rows["network_id"].map(kinds).isin(["reporting", "universal"])
    report = acts & ~rows["status"].isin(["applicant", "former"])
    tied = rows[rows["grade"].isin(["positive", "exit"]) | report]
    return {str(name): frozenset(group) for name, group in tied.groupby("network_id")["actor_id"]}


def shared_themes(data: Dataset, network: str) -> pd.DataFrame:
    """Say of each theme of a network which other networks have it, and how many of its members are in one of those.

    Parameters
    ----------
    network
        A network id.

    Returns
    -------
    pd.DataFrame
        One row a theme of the network, in its order: `theme, n_networks` (other networks with the theme that have any
        documented Swedish actor), `n_members` (documented in this network and in at least one of those), `n_own`
        (documented in this network). At any time.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> shared_themes(load(), "eu-mission-100")[["theme", "n_members", "n_own"]].values.tolist()
    [['climate_energy', 7, 7], ['digital', 4, 7]]
    """
    (network_id,) = known_networks(data, [network])
    themes = data.networks.set_index("network_id")["themes"].str.split(";").to_dict()
    sets = _documented(data)
    own = sets.pop(network_id, frozenset())
    found = []
    for theme in themes[network_id]:
        others = [name for name in sets if theme in themes[name]]
        elsewhere = frozenset().union(*(sets[name] for name in others))
        found.append({"theme": theme, "n_networks": len(others), "n_members": len(own & elsewhere), "n_own": len(own)})
    return pd.DataFrame(found).astype({"theme": "str"})
