"""Networks that a region shares with its municipalities, as a statistic for the null models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.frames import choice, counted_from_one, known_county, known_networks, several
from natverk.membership.actors import actors_of
from natverk.membership.evidence import Counting, YearBasis
from natverk.membership.panel import networks_counting_as
from natverk.twomode.matrix import (
    MAX_BYTES,
    Side,
    TwoMode,
    Year,
    checked_ties,
    co_membership,
    co_membership_blocks,
    degree,
    density,
    shared_pairs,
    tie_cells,
    two_mode,
)

__all__ = [
    "County",
    "OpenTo",
    "Order",
    "SharedNetworks",
    "TwoMode",
    "VALUES",
    "brokers",
    "co_membership",
    "co_membership_blocks",
    "comparable",
    "county_cells",
    "degree",
    "density",
    "nestedness",
    "nodf",
    "open_to_both",
    "region_overlap",
    "schoener_d",
    "shared_networks",
    "theme_overlap",
    "theme_profiles",
    "two_mode",
]


Order = Literal["degree", "given"]


def nodf(ties: TwoMode, *, order: Order = "degree", max_bytes: int = MAX_BYTES) -> float:
    """Return NODF of a two-mode matrix, 0–100: `nestedness` as one number, e.g. for a null model.

    Parameters
    ----------
    ties, order, max_bytes
        See `nestedness`.

    Returns
    -------
    float
        0 (nothing nested) to 100 (each row within the one before it); NaN where there is no pair to compare.

    Raises
    ------
    InvalidArgument
        See `nestedness`.

    References
    ----------
    Almeida-Neto et al. (2008), see `nestedness`.

    Examples
    --------
    >>> round(nodf(TwoMode(np.triu(np.ones((3, 3))), ["a", "b", "c"], ["x", "y", "z"])), 1)
    100.0
    """
    return float(nestedness(ties, order=order, max_bytes=max_bytes)["nodf"].iloc[0])


def nestedness(ties: TwoMode, *, order: Order = "degree", max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Return the nestedness of a two-mode matrix by overlap and decreasing fill (NODF).

    For each pair of rows of which the first has more ties, the percentage of the second's ties that the
    first has too; a pair with equally many ties, or in the wrong order, counts 0. `nodf_actors` is the mean
    over all pairs of rows, `nodf_networks` that over all pairs of columns, `nodf` that over both together.

    Parameters
    ----------
    ties
        The two-mode matrix. Rows and columns without a tie are left out: none documented is no empty set.
    order
        `"degree"` (default): rows and columns in the order of their numbers of ties, as the paper packs
        the matrix; labels play no part. `"given"`: in the order in which they stand, to ask whether an
        order of its own (size, age) nests them; a pair against that order counts 0.
    max_bytes
        Bound on working memory; see `natverk.twomode.matrix.co_membership`.

    Returns
    -------
    pd.DataFrame
        One row: `nodf, nodf_actors, nodf_networks` (0–100; missing where there is no pair), `n_actors,
        n_networks, n_ties`, `density` (0–1) and `coverage` (share of cells known, 0–1).

    Raises
    ------
    InvalidArgument
        For an unknown order, or ties that are no `TwoMode`.

    Notes
    -----
    Almeida-Neto, Guimarães, Guimarães, Loyola and Ulrich (2008), A consistent metric for nestedness
    analysis in ecological systems: reconciling concept and measurement, Oikos 117: 1227–1239. On a matrix
    of attested ties it describes what is documented: sources that list the networks of large places and
    miss those of small ones make a matrix look nested. Compare it with a null model of the same margins.

    Examples
    --------
    The worked example of the paper (its figure 1): 63 for columns, 53 for rows, 58 together.

    >>> example = np.array([[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]])
    >>> ties = TwoMode(example, list("abcde"), list("vwxyz"))
    >>> nestedness(ties)[["nodf_networks", "nodf_actors", "nodf"]].round(1).values.tolist()
    [[63.3, 53.3, 58.3]]
    """
    choice("order", order, ("degree", "given"))
    checked_ties(ties)
    filled = {"actors": np.diff(ties.side("actors").indptr), "networks": np.diff(ties.side("networks").indptr)}
    sums, pairs = {}, {}
    sides: tuple[Side, Side] = ("actors", "networks")
    for side in sides:
        sums[side] = _paired(ties, side, filled[side], order, max_bytes)
        size = int((filled[side] > 0).sum())
        pairs[side] = size * (size - 1) // 2
    n_actors, n_networks = (int((filled[side] > 0).sum()) for side in sides)
    return pd.DataFrame(
        {
            "nodf": [_mean(sum(sums.values()), sum(pairs.values()))],
            "nodf_actors": [_mean(sums["actors"], pairs["actors"])],
            "nodf_networks": [_mean(sums["networks"], pairs["networks"])],
            "n_actors": [n_actors],
            "n_networks": [n_networks],
            "n_ties": [ties.n_ties],
            "density": [ties.n_ties / (n_actors * n_networks)],
            "coverage": [np.nan if ties.coverage is None else ties.coverage],
        }
    )


def _paired(ties: TwoMode, side: Side, filled: np.ndarray, order: Order, max_bytes: int) -> float:
    """Sum the paired nestedness of one side; pairs that share nothing add nothing and are never visited."""
    total = 0.0
    for block in shared_pairs(ties, side, max_bytes=max_bytes):
        upper, lower = filled[block.first], filled[block.second]
        counted = upper > lower if order == "given" else upper != lower
        fewer = np.minimum(upper, lower)[counted]
        total += float((block.shared[counted] / fewer).sum())
    return 100 * total


def _mean(total: float, pairs: int) -> float:
    return total / pairs if pairs else np.nan


def brokers(ties: TwoMode, *, max_nodes: int = 2000) -> pd.DataFrame:
    """Return the betweenness of actors and networks in the two-mode network, exactly.

    Betweenness is taken where the evidence is, on the two-mode network: in a projection every member of a
    network is next to every other, and who connects two networks can no longer be seen.

    Parameters
    ----------
    ties
        The two-mode matrix.
    max_nodes
        Refuse more actors and networks than this: the time grows with nodes × ties (2,000 nodes with 8,000
        ties take some ten seconds, 100,000 with 500,000 some ten hours).

    Returns
    -------
    pd.DataFrame
        `node_id, side` (`actors` or `networks`), `degree` (ties), `betweenness` (0–1, of the most that a
        node of its side could have; missing where it could have none, as beside a single network),
        `component` (number of the connected part, the largest 1; nobody brokers between parts), sorted by
        betweenness, then side and label.

    Raises
    ------
    InvalidArgument
        If there are more nodes than `max_nodes`, or the ties are no `TwoMode`.

    Notes
    -----
    Shortest paths after Brandes (2001), Journal of Mathematical Sociology 25(2): 163–177; two-mode norm
    after Borgatti and Halgin (2011), Analyzing affiliation networks, in The SAGE Handbook of Social Network
    Analysis. A tie that no source tells of is not there: betweenness reacts to single missing ties more
    than any other measure here, so that ranks on thin evidence say little.

    Examples
    --------
    >>> bridge = TwoMode(np.array([[1, 0], [1, 1], [0, 1]]), ["a", "b", "c"], ["x", "y"])
    >>> table = brokers(bridge)
    >>> table.loc[table["side"] == "actors", ["node_id", "betweenness"]].round(2).values.tolist()
    [['b', 1.0], ['a', 0.0], ['c', 0.0]]
    """
    import networkx as nx

    n_actors, n_networks = checked_ties(ties).shape
    counted_from_one("max_nodes", max_nodes)
    if n_actors + n_networks > max_nodes:
        raise InvalidArgument(
            f"{n_actors + n_networks} nodes are more than {max_nodes}",
            where="max_nodes",
            remedy="select actors or years, or raise max_nodes and wait",
        )
    # Places, not labels: an actor and a network may have the same name.
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n_actors + n_networks))
    rows, columns = ties.matrix.nonzero()
    graph.add_edges_from(zip(rows.tolist(), (columns + n_actors).tolist(), strict=True))
    # Normed here: the two-mode norm of networkx divides by zero where a side has nothing to broker between.
    most = [_most(n_actors, n_networks)] * n_actors + [_most(n_networks, n_actors)] * n_networks
    between = nx.betweenness_centrality(graph, normalized=False)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    component = {node: number for number, part in enumerate(parts, 1) for node in part}
    frame = pd.DataFrame(
        {
            "node_id": pd.Series([*ties.actors, *ties.networks], dtype="str"),
            "side": pd.Series(["actors"] * n_actors + ["networks"] * n_networks, dtype="str"),
            "degree": [graph.degree(node) for node in range(n_actors + n_networks)],
            "betweenness": [between[node] / high if high else np.nan for node, high in enumerate(most)],
            "component": [component[node] for node in range(n_actors + n_networks)],
        }
    )
    return frame.sort_values(["betweenness", "side", "node_id"], ascending=[False, True, True], ignore_index=True)


def _most(own: int, other: int) -> float:
    """Return the greatest betweenness that a node can have, by the numbers of nodes on its own and the other side."""
    s, t = divmod(own - 1, other)
    return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


OpenTo = Literal["any", "both"]
VALUES = ("low", "best", "high")


class County(NamedTuple):
    """A county's cells: by `low`, `best`, `high` and `known` one row an actor, one column a network."""

    code: str
    region: str
    unitary: bool
    networks: list[str]
    regional: dict[str, np.ndarray]
    municipal: dict[str, np.ndarray]


def county_cells(
    data: Dataset,
    county: str | None = None,
    *,
    year: Year = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    open_to: OpenTo = "any",
) -> Iterator[County]:
    """Yield the cells of each county: the region's row, the municipalities' rows, one column a network.

    Parameters
    ----------
    data, year, counts_as, counting, year_basis
        What is selected; see `natverk.twomode.matrix.tie_cells`.
    county
        A county code, or None for all. Municipalities count to the county of today.
    open_to
        All selected networks (`"any"`), or only those that `"both"` levels may join.
    """
    choice("open_to", open_to, ("any", "both"))
    codes = list(data.counties["county_code"]) if county is None else [known_county(data, county)]
    networks = networks_counting_as(data, counts_as)
    if open_to == "both":
        both = set(open_to_both(data, counts_as=counts_as))
        networks = [network for network in networks if network in both]
    networks = known_networks(data, networks)
    groups = {code: actors_of(data, code) for code in codes}
    actors = [actor for code in codes for actor in groups[code]["actor_id"]]
    cells = tie_cells(
        data, year=year, actors=actors, networks=networks, counting=counting, year_basis=year_basis
    ).set_index(["actor_id", "network_id"])
    tables = {name: cells[name].unstack()[networks] for name in (*VALUES, "known")}
    head = data.counties.set_index("county_code")["region_actor_id"]
    for code in codes:
        own = groups[code].set_index("level")["actor_id"]
        unitary = "unitary" in own.index
        municipal = list(own[own.index.isin(["municipal", "unitary"])])
        yield County(
            code,
            str(head[code]),
            unitary,
            networks,
            _taken(tables, [str(head[code])]),
            _taken(tables, municipal),
        )


def open_to_both(data: Dataset, *, counts_as: tuple[str, ...] = ("membership",)) -> list[str]:
    """Return the networks that municipalities and regions may both join, by their rules of eligibility.

    A network for cities alone, or for regions alone, keeps the two levels apart by its statutes.

    Parameters
    ----------
    counts_as
        Sets of networks, see `natverk.panel`.

    Returns
    -------
    list[str]
        Network ids, in the order of the table.

    Raises
    ------
    InvalidArgument
        For an unknown set.

    Examples
    --------
    >>> from natverk import load
    >>> both = open_to_both(load())
    >>> "sern" in both, "ubc" in both
    (True, False)
    """
    networks = data.networks.set_index("network_id")["eligible_levels"].str.split(";")
    counted = networks_counting_as(data, counts_as)
    return [str(network) for network in counted if {"municipality", "region"} <= set(networks[network])]


def _taken(tables: dict[str, pd.DataFrame], actors: list[str]) -> dict[str, np.ndarray]:
    return {
        name: table.loc[actors].to_numpy(dtype=float if name == "known" else bool) for name, table in tables.items()
    }


def comparable(unitary: bool, regional: bool, municipal: bool) -> str:
    """Say whether two levels can be compared: whether they are two, and something is documented of both.

    >>> comparable(False, True, False)
    'no_municipal_set'
    """
    if unitary:
        return "unitary"
    return "yes" if regional and municipal else "no_region_set" if not regional else "no_municipal_set"


def theme_profiles(
    data: Dataset,
    *,
    county: str | None = None,
    year: Year = None,
    themes: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    split: Literal["equal", "whole"] = "equal",
    weigh: Literal["memberships", "networks"] = "memberships",
) -> pd.DataFrame:
    """Return in which themes the documented memberships of a region and of its municipalities lie.

    Parameters
    ----------
    data, county, year, counts_as, counting, year_basis
        See `region_overlap`.
    themes
        Compare only these themes; default all.
    split
        A network with several themes counts `"equal"` parts in each (default: every membership weighs one)
        or `"whole"` in each (broad networks weigh more).
    weigh
        A municipal profile of `"memberships"` (default: a network with ten of the municipalities weighs
        ten) or of `"networks"` (each counts once).

    Returns
    -------
    pd.DataFrame
        One row a county, level and theme: `county_code, level` (`regional`, `municipal`; Gotland:
        `unitary`), `theme, low, best` (weighted memberships, attested, and presumed besides),
        `share_attested, share_best` (of the level's sum, 0–1; missing where nothing is documented),
        `coverage` (share of the level's cells known, 0–1, the same for every theme).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, theme or value.

    References
    ----------
    Schoener (1968), see `schoener_d`, for what compares two profiles.

    Examples
    --------
    >>> from natverk import load
    >>> table = theme_profiles(load(), county="14")
    >>> table.groupby("level")["share_best"].sum().round(6).tolist()
    [1.0, 1.0]
    """
    choice("split", split, ("equal", "whole"))
    choice("weigh", weigh, ("memberships", "networks"))
    wanted = list(VOCABULARIES["theme"]) if themes is None else several(themes)
    for theme in wanted:
        choice("themes", theme, list(VOCABULARIES["theme"]))
    if not wanted:
        raise InvalidArgument("the selection is empty", where="themes", allowed=list(VOCABULARIES["theme"]))
    stated = data.networks.set_index("network_id")["themes"].str.split(";")
    found = []
    for place in county_cells(data, county, year=year, counts_as=counts_as, counting=counting, year_basis=year_basis):
        own = [stated[network] for network in place.networks]
        parts = np.array([[theme in names for theme in wanted] for names in own], dtype=float)
        if split == "equal":
            parts /= np.array([[len(names)] for names in own])
        levels = {"unitary": place.municipal} if place.unitary else {}
        for level, cells in (levels or {"regional": place.regional, "municipal": place.municipal}).items():
            sums = {}
            for value in ("low", "best"):
                counts = cells[value].any(axis=0) if weigh == "networks" else cells[value].sum(axis=0)
                sums[value] = counts.astype(float) @ parts
            frame = pd.DataFrame({"county_code": place.code, "level": level, "theme": wanted, **sums})
            frame["share_attested"] = _shares(sums["low"])
            frame["share_best"] = _shares(sums["best"])
            frame["coverage"] = float(cells["known"].mean())
            found.append(frame)
    return pd.concat(found, ignore_index=True).astype({"county_code": "str", "level": "str", "theme": "str"})


def theme_overlap(
    data: Dataset,
    *,
    county: str | None = None,
    year: Year = None,
    themes: Iterable[str] | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    split: Literal["equal", "whole"] = "equal",
    weigh: Literal["memberships", "networks"] = "memberships",
) -> pd.DataFrame:
    """Return how alike the theme profiles of a region and its municipalities are: Schoener's D by county.

    Parameters
    ----------
    data, county, year, themes, counts_as, counting, year_basis, split, weigh
        See `theme_profiles`.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, regional_low, regional_best, municipal_low, municipal_best` (weighted
        memberships behind the profiles), `coverage_regional, coverage_municipal` (share of cells known,
        0–1), `schoener_attested, schoener_best` (0 no common theme, 1 the same profile; missing where one
        has nothing documented), `comparable` (see `region_overlap`).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, theme or value, an empty selection, or a year out of range.

    Notes
    -----
    On documented memberships only; a profile from two or three memberships says little, so read the numbers
    behind it. There is no `high`: which themes the unknown memberships have is unknown too.

    References
    ----------
    Schoener (1968), see `schoener_d`.

    Examples
    --------
    >>> from natverk import load
    >>> table = theme_overlap(load()).set_index("county_code")
    >>> bool(0 < table.loc["14", "schoener_best"] < 1), table.loc["09", "comparable"]
    (True, 'unitary')
    """
    profiles = theme_profiles(
        data,
        county=county,
        year=year,
        themes=themes,
        counts_as=counts_as,
        counting=counting,
        year_basis=year_basis,
        split=split,
        weigh=weigh,
    )
    wanted = [str(theme) for theme in profiles["theme"].unique()]
    found = []
    for code, group in profiles.groupby("county_code", sort=True):
        by_level = {str(level): part.set_index("theme") for level, part in group.groupby("level")}
        unitary = "unitary" in by_level
        row: dict[str, object] = {"county_code": code}
        for level in ("regional", "municipal"):
            part = by_level["unitary" if unitary else level]
            row |= {f"{level}_{value}": float(part[value].sum()) for value in ("low", "best")}
            row[f"coverage_{level}"] = float(part["coverage"].iloc[0])
        for value, name in (("low", "attested"), ("best", "best")):
            documented = bool(row[f"regional_{value}"]) and bool(row[f"municipal_{value}"])
            row[f"schoener_{name}"] = np.nan
            if documented and not unitary:
                weights = [
                    dict(zip(wanted, by_level[level][value], strict=True)) for level in ("regional", "municipal")
                ]
                row[f"schoener_{name}"] = schoener_d(*weights)
        row["comparable"] = comparable(unitary, bool(row["regional_best"]), bool(row["municipal_best"]))
        found.append(row)
    return pd.DataFrame(found).astype({"county_code": "str", "comparable": "str"})


def schoener_d(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Return Schoener's D of two profiles: one less half the sum of the differences of their shares.

    Parameters
    ----------
    first, second
        Weights by category, none negative; each is divided by its own sum. A category that one does not
        name has weight 0 there.

    Returns
    -------
    float
        0 (no common category) to 1 (the same shares).

    Raises
    ------
    InvalidArgument
        If a weight is negative or unknown, or a profile has no weight at all.

    Notes
    -----
    Schoener (1968), The Anolis lizards of Bimini: resource partitioning in a complex fauna, Ecology 49(4):
    704–726.

    Examples
    --------
    Shares 0.5, 0.3, 0.2 and 0.2, 0.3, 0.5 differ by 0.3 + 0 + 0.3, and half of that is 0.3.

    >>> round(schoener_d({"a": 5, "b": 3, "c": 2}, {"a": 2, "b": 3, "c": 5}), 3)
    0.7
    """
    shares = []
    for name, profile in (("first", first), ("second", second)):
        weights = {category: float(weight) for category, weight in profile.items()}
        total = sum(weights.values())
        if any(not 0 <= weight < np.inf for weight in weights.values()) or total <= 0:
            raise InvalidArgument(
                "a profile needs weights from 0, none of them unknown, and not all 0",
                where=name,
                value=str(dict(profile)),
                remedy="leave out actors without documented memberships",
            )
        shares.append({category: weight / total for category, weight in weights.items()})
    categories = sorted({*shares[0], *shares[1]})
    return 1 - sum(abs(shares[0].get(name, 0.0) - shares[1].get(name, 0.0)) for name in categories) / 2


def _shares(sums: np.ndarray) -> np.ndarray:
    total = float(sums.sum())
    return sums / total if total else np.full(len(sums), np.nan)


def region_overlap(
    data: Dataset,
    *,
    county: str | None = None,
    year: Year = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    year_basis: YearBasis = "stated",
    open_to: OpenTo = "any",
) -> pd.DataFrame:
    """Return how far a region and its municipalities together are in the same networks, county by county.

    Parameters
    ----------
    data, year, counts_as, counting, year_basis
        What is selected; see `natverk.twomode.matrix.tie_cells`.
    county
        A county code, or None (default) for all 21. Municipalities count to the county of today.
    open_to
        `"any"` (default) compares all selected networks. `"both"` only those that both levels may join: a
        network for cities alone keeps the sets apart by its statutes, and not by anybody's choice.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, region_actor_id, n_municipalities, n_networks`; numbers of networks
        `regional_low, regional_best, regional_high, municipal_low, municipal_best, municipal_high` (of the
        municipalities' union), `shared_low, shared_best, shared_high`; `jaccard_attested, jaccard_best` and
        `overlap_attested, overlap_best` on the documented sets; `jaccard_low, jaccard_high, overlap_low,
        overlap_high`, the least and greatest values that the unknown cells leave open (all 0–1);
        `coverage_regional, coverage_municipal` (share of cells known, 0–1); `comparable`: `yes`, `unitary`
        (Gotland: one body is both), `no_region_set` or `no_municipal_set` (nothing documented).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value, or no network left to compare.

    Notes
    -----
    Jaccard (1912), The distribution of the flora in the alpine zone, New Phytologist 11(2): 37–50: shared
    networks by those of either. Overlap coefficient (Szymkiewicz–Simpson; Simpson 1943, American Journal of
    Science 241(1): 1–31): shared by those of the smaller set; it does not punish a region for having many
    municipalities. An empty documented set gives no value rather than 0.

    Examples
    --------
    >>> from natverk import load
    >>> row = region_overlap(load(), county="14").iloc[0]
    >>> bool(row["jaccard_low"] <= row["jaccard_best"] <= row["jaccard_high"]), row["comparable"]
    (True, 'yes')
    """
    found = []
    for place in county_cells(
        data, county, year=year, counts_as=counts_as, counting=counting, year_basis=year_basis, open_to=open_to
    ):
        region = {name: place.regional[name].max(axis=0) for name in VALUES}
        union = {name: place.municipal[name].max(axis=0) for name in VALUES}
        row: dict[str, object] = {
            "county_code": place.code,
            "region_actor_id": place.region,
            "n_municipalities": len(place.municipal["low"]),
            "n_networks": len(place.networks),
        }
        for name, sets in (("regional", region), ("municipal", union)):
            row |= {f"{name}_{value}": int(sets[value].sum()) for value in VALUES}
        row |= {f"shared_{value}": int((region[value] & union[value]).sum()) for value in VALUES}
        values = {**_documented(region, union), **coefficient_bounds(region, union)}
        row |= dict.fromkeys(values, np.nan) if place.unitary else values
        row["coverage_regional"] = float(place.regional["known"].mean())
        row["coverage_municipal"] = float(place.municipal["known"].mean())
        row["comparable"] = comparable(place.unitary, bool(region["best"].any()), bool(union["best"].any()))
        found.append(row)
    return pd.DataFrame(found).astype({"county_code": "str", "region_actor_id": "str", "comparable": "str"})


def _documented(region: dict[str, np.ndarray], union: dict[str, np.ndarray]) -> dict[str, float]:
    values = {}
    for value, name in (("low", "attested"), ("best", "best")):
        mine, theirs = region[value], union[value]
        shared, smaller = int((mine & theirs).sum()), int(min(mine.sum(), theirs.sum()))
        # Nothing documented of one side is no empty set: no value rather than 0.
        values[f"jaccard_{name}"] = shared / int((mine | theirs).sum()) if smaller else np.nan
        values[f"overlap_{name}"] = shared / smaller if smaller else np.nan
    return values


def coefficient_bounds(region: dict[str, np.ndarray], union: dict[str, np.ndarray]) -> dict[str, float]:
    """Bound both coefficients over all ways to decide the cells between low and high.

    An unknown cell lowers a coefficient most when it enlarges a set without being shared, and raises it
    most when it is shared; each can be decided on its own, but that cells unknown on both sides go to the
    set that leaves the smaller one largest. Decisions that leave no coefficient, with an empty set, are none.

    Parameters
    ----------
    region, union
        Booleans by network under `low` and `high`.

    Returns
    -------
    dict[str, float]
        `jaccard_low, jaccard_high, overlap_low, overlap_high` (0–1), missing where no decision gives one.

    Examples
    --------
    Both are in the first network; whether the second set has the second network is open.

    >>> sure, open_ = np.array([True, False]), np.array([True, True])
    >>> bounds = coefficient_bounds({"low": open_, "high": open_}, {"low": sure, "high": open_})
    >>> bounds["jaccard_low"], bounds["jaccard_high"]
    (0.5, 1.0)
    """
    mine, theirs = region["low"], union["low"]
    may, might = region["high"], union["high"]
    sure, both = int((mine & theirs).sum()), int((may & might).sum())
    either = int((may | might).sum())
    free = int((may & ~mine & might & ~theirs).sum())
    alone = int(mine.sum()) + int((may & ~mine & ~might).sum())
    others = int(theirs.sum()) + int((might & ~theirs & ~may).sum())
    largest = min(alone + free, others + free, (alone + others + free) // 2)
    smallest = min(int((mine | (may & might)).sum()), int((theirs | (may & might)).sum()))
    return {
        "jaccard_low": sure / either if either else np.nan,
        "jaccard_high": both / int((mine | theirs | (may & might)).sum()) if both else 0.0 if either else np.nan,
        # Where one set can only be filled by sharing, whatever fills it is shared.
        "overlap_low": sure / largest if largest else 1.0 if both else np.nan,
        "overlap_high": both / smallest if both else 0.0 if largest else np.nan,
    }


@dataclass(frozen=True, eq=False)
class SharedNetworks:
    """A statistic of a two-mode matrix, for `natverk.twomode.null_test`; made by `shared_networks`.

    Attributes
    ----------
    names
        What it gives: `sweden`, `nodf` if nestedness is asked for, and the codes of the counties.
    regions
        By county, the row of its region.
    municipalities
        By county, the rows of its municipalities.
    """

    names: tuple[str, ...]
    regions: tuple[int, ...]
    municipalities: tuple[NDArray[np.int64], ...]

    def __call__(self, ties: TwoMode) -> NDArray[np.float64]:
        """Return the values that `names` tells: shared networks over all counties and in each, and NODF."""
        matrix = ties.matrix.toarray() > 0
        own = [
            int((matrix[region] & matrix[rows].any(axis=0)).sum())
            for region, rows in zip(self.regions, self.municipalities, strict=True)
        ]
        nested = [nodf(ties)] if "nodf" in self.names else []
        return np.array([sum(own), *nested, *own], dtype=np.float64)


def shared_networks(data: Dataset, ties: TwoMode, *, nested: bool = True) -> SharedNetworks:
    """Make the statistic "networks that a region and at least one of its municipalities are both documented in".

    Parameters
    ----------
    data
        The dataset, for who belongs to which county.
    ties
        The matrix that is to be tested: its rows are the actors. A county enters when the region and at least
        one of its municipalities have a row; Gotland, where they are one body, does not.
    nested
        Whether to give NODF as well (default), the nestedness of the whole matrix: most of the time goes there.

    Returns
    -------
    SharedNetworks
        Callable on any matrix with the same rows. The sum over counties counts a network once a county. For NODF
        see `natverk.twomode.nestedness`.

    Raises
    ------
    InvalidArgument
        If no county enters.

    Notes
    -----
    Counts of co-occurrence tested against matrices with the same margins: Gotelli, N. J. (2000), Null model
    analysis of species co-occurrence patterns, Ecology 81: 2606–2621.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.twomode import two_mode
    >>> data = load()
    >>> ties = two_mode(data)
    >>> statistic = shared_networks(data, ties)
    >>> dict(zip(statistic.names, statistic(ties).round(1).tolist()))["14"]
    4.0
    """
    row = {actor: place for place, actor in enumerate(ties.actors)}
    homes = data.municipalities.groupby("county_code")["actor_id"].agg(list).to_dict()
    names, regions, municipalities = [], [], []
    for county, region in data.counties.set_index("county_code")["region_actor_id"].items():
        own = [row[actor] for actor in homes.get(county, []) if actor in row and actor != region]
        if region in row and own:
            names.append(str(county))
            regions.append(row[region])
            municipalities.append(np.array(own, dtype=np.int64))
    if not names:
        raise InvalidArgument(
            "no county has both its region and one of its municipalities in the matrix",
            where="shared_networks",
            remedy="select both levels, more networks or more years",
        )
    first = ("sweden", "nodf") if nested else ("sweden",)
    return SharedNetworks((*first, *names), tuple(regions), tuple(municipalities))
