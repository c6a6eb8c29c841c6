"""The structure of a two-mode network: overlap of region and municipalities, theme profiles, nestedness, brokers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import choice, counted_from_one, known_county, known_networks, several
from natverk.membership.evidence import Counting, YearBasis
from natverk.membership.panel import networks_counting_as
from natverk.twomode.matrix import IncidenceMatrix, Year, checked_ties, incidence_matrix, shared_counts, tie_cells
from natverk.twomode.nullmodel import NullTest, null_test

__all__ = [
    "OpenTo",
    "Order",
    "brokers",
    "coefficient_bounds",
    "nestedness",
    "nodf",
    "open_to_both",
    "overlap_test",
    "region_overlap",
    "schoener_d",
    "shared_networks",
    "theme_overlap",
    "theme_profiles",
]

Order = Literal["degree", "given"]
OpenTo = Literal["any", "both"]
_VALUES = ("low", "best", "high")


@asked
def open_to_both(data: Dataset, *, counts_as: tuple[str, ...] = ("membership",)) -> list[str]:
    """Return the networks that municipalities and regions may both join, by their rules of eligibility.

    A network for cities alone, or for regions alone, keeps the two levels apart by its statutes.

    Parameters
    ----------
    data
        The dataset.
    counts_as
        Kinds of network, see `natverk.twomode.tie_cells`.

    Returns
    -------
    list[str]
        Network ids, in the order of the table.

    Raises
    ------
    InvalidArgument
        For an unknown kind.

    Examples
    --------
    >>> from natverk import load
    >>> both = open_to_both(load())
    >>> "sern" in both, "ubc" in both
    (True, False)
    """
    levels = data.networks.set_index("network_id")["eligible_levels"].str.split(";")
    counted = networks_counting_as(data, counts_as)
    return [str(network) for network in counted if {"municipality", "region"} <= set(levels[network])]


def _county_levels(
    data: Dataset, county: str | None, networks: Iterable[str], **selection: Any
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.Series]:
    """Count by county and level how many actors are tied to each network.

    Returns
    -------
    By `low`, `best` and `high` a table of counts, county and level (`municipal`, `regional`) in rows and a network a
    column; number of actors and share of cells known (`n, coverage`) by county and level; and the actor id of the
    region by county. On Gotland the one municipality stands at both levels.
    """
    regions = data.counties.set_index("county_code")["region_actor_id"]
    if county is not None:
        regions = regions[[known_county(data, county)]]
    places = data.municipalities[["actor_id", "county_code"]].assign(level="municipal")
    heads = regions.rename("actor_id").reset_index().assign(level="regional")
    places = pd.concat([places[places["county_code"].isin(regions.index)], heads], ignore_index=True)
    cells = tie_cells(data, actors=places["actor_id"], networks=networks, **selection).merge(places, on="actor_id")
    keys = ["county_code", "level"]
    sums = cells.groupby([*keys, "network_id"])[list(_VALUES)].sum()
    about = cells.groupby(keys).agg(n=("actor_id", "nunique"), coverage=("known", "mean"))
    return {value: sums[value].unstack() for value in _VALUES}, about, regions.sort_index()


def _comparable(unitary: pd.Series, regional: pd.Series, municipal: pd.Series) -> pd.Series:
    """Say of each county whether two levels can be compared: they are two, and something is documented of both."""
    words = np.select([unitary, ~regional, ~municipal], ["unitary", "no_region_set", "no_municipal_set"], "yes")
    return pd.Series(words, index=unitary.index, dtype=TEXT)


@asked
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
        What is selected; see `natverk.twomode.tie_cells`.
    county
        A county, or None (default) for all 21. Municipalities count to the county of today.
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
    choice("open_to", open_to, ("any", "both"))
    if open_to == "both":
        networks = known_networks(data, open_to_both(data, counts_as=counts_as))
    else:
        networks = networks_counting_as(data, counts_as)
    tied, about, regions = _county_levels(data, county, networks, year=year, counting=counting, year_basis=year_basis)
    region, union = (
        {value: (tied[value].xs(level, level="level") > 0).to_numpy() for value in _VALUES}
        for level in ("regional", "municipal")
    )
    by_level = about.unstack("level")
    frame = pd.DataFrame({"county_code": regions.index, "region_actor_id": regions.to_numpy()})
    frame["n_municipalities"] = by_level["n", "municipal"].to_numpy()
    frame["n_networks"] = len(networks)
    for name, sets in (("regional", region), ("municipal", union)):
        for value in _VALUES:
            frame[f"{name}_{value}"] = sets[value].sum(axis=1)
    for value in _VALUES:
        frame[f"shared_{value}"] = (region[value] & union[value]).sum(axis=1)
    unitary = frame["region_actor_id"].isin(data.municipalities["actor_id"])
    for value, name in (("low", "attested"), ("best", "best")):
        shared, own, others = frame[f"shared_{value}"], frame[f"regional_{value}"], frame[f"municipal_{value}"]
        # Nothing documented of one of them is no empty set: no value rather than 0.
        both = (own > 0) & (others > 0)
        frame[f"jaccard_{name}"] = (shared / (own + others - shared)).where(both & ~unitary)
        frame[f"overlap_{name}"] = (shared / np.minimum(own, others)).where(both & ~unitary)
    for name, bounds in coefficient_bounds(region, union).items():
        frame[name] = np.where(unitary, np.nan, bounds)
    for level in ("regional", "municipal"):
        frame[f"coverage_{level}"] = by_level["coverage", level].to_numpy()
    frame["comparable"] = _comparable(unitary, *(frame[f"{level}_best"] > 0 for level in ("regional", "municipal")))
    return frame.astype({"county_code": TEXT, "region_actor_id": TEXT})


def coefficient_bounds(region: Mapping[str, np.ndarray], union: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Bound Jaccard index and overlap coefficient over all ways to decide the cells between low and high.

    An unknown cell lowers a coefficient most when it enlarges a set without being shared, and raises it
    most when it is shared; each can be decided on its own, but that cells unknown on both sides go to the
    set that leaves the smaller one largest. Decisions that leave no coefficient, with an empty set, are none.

    Parameters
    ----------
    region, union
        Booleans under `low` and `high`, networks along the last axis.

    Returns
    -------
    dict[str, np.ndarray]
        `jaccard_low, jaccard_high, overlap_low, overlap_high` (0–1), missing where no decision gives one.

    Examples
    --------
    Both are in the first network; whether the second set has the second network is open.

    >>> sure, open_ = np.array([True, False]), np.array([True, True])
    >>> bounds = coefficient_bounds({"low": open_, "high": open_}, {"low": sure, "high": open_})
    >>> float(bounds["jaccard_low"]), float(bounds["jaccard_high"])
    (0.5, 1.0)
    """
    mine, theirs, may, might = region["low"], union["low"], region["high"], union["high"]

    def n(cells: np.ndarray) -> np.ndarray:
        return np.asarray(cells.sum(axis=-1))

    sure, both, either = n(mine & theirs), n(may & might), n(may | might)
    free = n(may & ~mine & might & ~theirs)
    alone = n(mine) + n(may & ~mine & ~might)
    others = n(theirs) + n(might & ~theirs & ~may)
    largest = np.minimum(np.minimum(alone, others) + free, (alone + others + free) // 2)
    smallest = np.minimum(n(mine | (may & might)), n(theirs | (may & might)))
    none = np.where(either > 0, 0.0, np.nan)
    # Where one set is empty, every network that could fill it is one that the other has.
    filled = np.where(both > 0, 1.0, np.nan)
    return {
        "jaccard_low": _share(sure, either, np.nan),
        "jaccard_high": _share(both, np.where(both > 0, n(mine | theirs | (may & might)), 0), none),
        "overlap_low": _share(sure, largest, filled),
        "overlap_high": _share(both, np.where(both > 0, smallest, 0), np.where(largest > 0, 0.0, np.nan)),
    }


def _share(part: np.ndarray, whole: np.ndarray, otherwise: Any) -> np.ndarray:
    """Divide, and take another value where there is nothing to divide by."""
    return np.asarray(np.where(whole > 0, part / np.maximum(whole, 1), otherwise))


@asked
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
    allowed = list(VOCABULARIES["theme"])
    wanted = allowed if themes is None else several(themes)
    for theme in wanted:
        choice("themes", theme, allowed)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="themes", allowed=allowed)
    networks = networks_counting_as(data, counts_as)
    tied, about, regions = _county_levels(data, county, networks, year=year, counting=counting, year_basis=year_basis)
    stated = data.networks.set_index("network_id")["themes"].str.get_dummies(";")
    stated = stated.reindex(index=tied["low"].columns).astype("float64")
    if split == "equal":
        stated = stated.div(stated.sum(axis=1), axis=0)
    stated = stated.reindex(columns=wanted, fill_value=0.0).rename_axis("theme", axis="columns")
    found = {}
    for value, name in (("low", "share_attested"), ("best", "share_best")):
        counts = (tied[value] > 0).astype("int64") if weigh == "networks" else tied[value]
        sums = counts @ stated
        found[value] = sums.stack()
        found[name] = sums.div(sums.sum(axis=1).replace(0, np.nan), axis=0).stack()
    unitary = regions.index[regions.isin(data.municipalities["actor_id"])]
    frame = pd.DataFrame(found).join(about["coverage"]).reset_index()
    alone = frame["county_code"].isin(unitary)
    frame = frame[~(alone & (frame["level"] == "municipal"))]
    frame["level"] = frame["level"].mask(alone, "unitary")
    # The region first, as its row stands before those of its municipalities everywhere.
    frame = frame.sort_values(["county_code", "level"], ascending=[True, False], kind="stable", ignore_index=True)
    columns = ["county_code", "level", "theme", "low", "best", "share_attested", "share_best", "coverage"]
    return frame[columns].astype({"county_code": TEXT, "level": TEXT, "theme": TEXT})


@asked
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
    found = []
    for code, group in profiles.groupby("county_code", sort=True):
        weights = {str(level): part.set_index("theme") for level, part in group.groupby("level")}
        unitary = "unitary" in weights
        sides = {level: weights["unitary" if unitary else level] for level in ("regional", "municipal")}
        row: dict[str, object] = {"county_code": code}
        for level, part in sides.items():
            row |= {f"{level}_{value}": float(part[value].sum()) for value in ("low", "best")}
            row[f"coverage_{level}"] = float(part["coverage"].iloc[0])
        for value, name in (("low", "attested"), ("best", "best")):
            both = not unitary and all(part[value].any() for part in sides.values())
            row[f"schoener_{name}"] = schoener_d(*(part[value] for part in sides.values())) if both else np.nan
        found.append(row | {"unitary": unitary})
    frame = pd.DataFrame(found).astype({"county_code": TEXT})
    documented = (frame[f"{level}_best"] > 0 for level in ("regional", "municipal"))
    return frame.assign(comparable=_comparable(frame.pop("unitary"), *documented))


def schoener_d(first: Mapping[str, float] | pd.Series, second: Mapping[str, float] | pd.Series) -> float:
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
        weights = pd.Series(dict(profile), dtype="float64")
        if not (weights >= 0).all() or not 0 < weights.sum() < np.inf:
            raise InvalidArgument(
                "a profile needs weights from 0, none of them unknown, and not all 0",
                where=name,
                value=str(dict(profile)),
                remedy="leave out actors without documented memberships",
            )
        shares.append(weights / weights.sum())
    return float(1 - shares[0].sub(shares[1], fill_value=0).abs().sum() / 2)


def nodf(ties: IncidenceMatrix, *, order: Order = "degree") -> float:
    """Return NODF of an incidence matrix, 0–100: `nestedness` as one number, e.g. for a null model.

    Parameters
    ----------
    ties, order
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
    >>> round(nodf(IncidenceMatrix(np.triu(np.ones((3, 3))), ["a", "b", "c"], ["x", "y", "z"])), 1)
    100.0
    """
    choice("order", order, ("degree", "given"))
    sums, pairs = zip(*(_paired(lines, order) for lines in (checked_ties(ties).matrix, ties.matrix.T)), strict=True)
    return sum(sums) / sum(pairs) if sum(pairs) else np.nan


def nestedness(ties: IncidenceMatrix, *, order: Order = "degree") -> pd.DataFrame:
    """Return the nestedness of an incidence matrix by overlap and decreasing fill (NODF).

    For each pair of rows of which the first has more ties, the percentage of the second's ties that the
    first has too; a pair with equally many ties, or in the wrong order, counts 0. `nodf_actors` is the mean
    over all pairs of rows, `nodf_networks` that over all pairs of columns, `nodf` that over both together.

    Parameters
    ----------
    ties
        The incidence matrix. Rows and columns without a tie are left out: none documented is no empty set.
    order
        `"degree"` (default): rows and columns in the order of their numbers of ties, as the paper packs
        the matrix; labels play no part. `"given"`: in the order in which they stand, to ask whether an
        order of its own (size, age) nests them; a pair against that order counts 0.

    Returns
    -------
    pd.DataFrame
        One row: `nodf, nodf_actors, nodf_networks` (0–100; missing where there is no pair), `n_actors,
        n_networks, n_ties`, `density` (0–1) and `coverage` (share of cells known, 0–1).

    Raises
    ------
    InvalidArgument
        For an unknown order, or ties that are no `IncidenceMatrix`.

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
    >>> ties = IncidenceMatrix(example, list("abcde"), list("vwxyz"))
    >>> nestedness(ties)[["nodf_networks", "nodf_actors", "nodf"]].round(1).values.tolist()
    [[63.3, 53.3, 58.3]]
    """
    whole = nodf(ties, order=order)
    (actors, n_pairs), (networks, n_pairs_networks) = (_paired(lines, order) for lines in (ties.matrix, ties.matrix.T))
    n_actors, n_networks = (int(ties.matrix.any(axis=axis).sum()) for axis in (1, 0))
    return pd.DataFrame(
        {
            "nodf": [whole],
            "nodf_actors": [actors / n_pairs if n_pairs else np.nan],
            "nodf_networks": [networks / n_pairs_networks if n_pairs_networks else np.nan],
            "n_actors": [n_actors],
            "n_networks": [n_networks],
            "n_ties": [ties.n_ties],
            "density": [ties.n_ties / (n_actors * n_networks)],
            "coverage": [np.nan if ties.coverage is None else ties.coverage],
        }
    )


def _paired(lines: np.ndarray, order: Order) -> tuple[float, int]:
    """Return the sum of the paired nestedness of lines, in percent, and the number of their pairs."""
    lines = lines[lines.any(axis=1)]
    shared = shared_counts(lines)
    first, second = np.triu_indices(len(lines), k=1)
    upper, lower = shared.diagonal()[first], shared.diagonal()[second]
    counted = upper > lower if order == "given" else upper != lower
    return float(100 * (shared[first, second] / np.minimum(upper, lower))[counted].sum()), len(first)


def brokers(ties: IncidenceMatrix, *, max_nodes: int = 2000) -> pd.DataFrame:
    """Return the betweenness of actors and networks in the two-mode network, exactly.

    Betweenness is taken where the evidence is, on the two-mode network: in a projection every member of a
    network is next to every other, and who connects two networks can no longer be seen.

    Parameters
    ----------
    ties
        The incidence matrix.
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
        If there are more nodes than `max_nodes`, or the ties are no `IncidenceMatrix`.

    Notes
    -----
    Shortest paths after Brandes (2001), Journal of Mathematical Sociology 25(2): 163–177; two-mode norm
    after Borgatti and Halgin (2011), Analyzing affiliation networks, in The SAGE Handbook of Social Network
    Analysis. A tie that no source tells of is not there: betweenness reacts to single missing ties more
    than any other measure here, so that ranks on thin evidence say little.

    Examples
    --------
    >>> bridge = IncidenceMatrix(np.array([[1, 0], [1, 1], [0, 1]]), ["a", "b", "c"], ["x", "y"])
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
    between = nx.betweenness_centrality(graph, normalized=False)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    component = {node: number for number, part in enumerate(parts, 1) for node in part}
    frame = pd.DataFrame(
        {
            "node_id": [*ties.actors, *ties.networks],
            "side": ["actors"] * n_actors + ["networks"] * n_networks,
            "degree": [degree for _, degree in sorted(graph.degree())],
            "betweenness": [between[node] for node in range(n_actors + n_networks)],
            "component": [component[node] for node in range(n_actors + n_networks)],
        }
    ).astype({"node_id": TEXT, "side": TEXT})
    most = {"actors": _most(n_actors, n_networks), "networks": _most(n_networks, n_actors)}
    frame["betweenness"] /= frame["side"].map(most).replace(0, np.nan)
    return frame.sort_values(["betweenness", "side", "node_id"], ascending=[False, True, True], ignore_index=True)


def _most(own: int, other: int) -> float:
    """Return the greatest betweenness that a node can have, by the numbers of nodes on its own and the other side."""
    s, t = divmod(own - 1, other)
    return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


def shared_networks(
    data: Dataset, ties: IncidenceMatrix, *, nested: bool = True
) -> Callable[[IncidenceMatrix], dict[str, float]]:
    """Make the statistic "networks that a region and at least one of its municipalities are both documented in".

    Parameters
    ----------
    data
        The dataset, for who belongs to which county.
    ties
        The matrix that is to be tested: its rows are the actors. A county enters when the region and at least
        one of its municipalities have a row; Gotland, where they are one body, does not.
    nested
        Whether to give NODF as well (default), the nestedness of the whole matrix.

    Returns
    -------
    Callable[[IncidenceMatrix], dict[str, float]]
        A function of any matrix with the same rows, for `natverk.twomode.null_test`. It gives `sweden` (the sum over
        counties: a network counts once a county), `nodf` if asked for (see `nodf`), and the number of shared networks
        by county code.

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
    >>> from natverk.twomode import incidence_matrix
    >>> data = load()
    >>> ties = incidence_matrix(data)
    >>> bool(shared_networks(data, ties)(ties)["14"] >= 4)
    True
    """
    homes = data.municipalities.set_index("actor_id")["county_code"].reindex(list(checked_ties(ties).actors))
    counties, regions, groups = [], [], []
    for county, region in data.counties.set_index("county_code")["region_actor_id"].items():
        own = ((homes == county) & (homes.index != region)).to_numpy(dtype=bool)
        if region in homes.index and own.any():
            counties.append(str(county))
            regions.append(ties.actors.index(region))
            groups.append(own)
    if not counties:
        raise InvalidArgument(
            "no county has both its region and one of its municipalities in the matrix",
            where="shared_networks",
            remedy="select both levels, more networks or more years",
        )
    member_of = np.array(groups, dtype=np.float64)

    def statistic(drawn: IncidenceMatrix) -> dict[str, float]:
        by_county = ((member_of @ drawn.matrix > 0) & (drawn.matrix[regions] > 0)).sum(axis=1, dtype=np.float64)
        values = {"sweden": float(by_county.sum())} | ({"nodf": nodf(drawn)} if nested else {})
        return values | dict(zip(counties, by_county.tolist(), strict=True))

    return statistic


@asked
def overlap_test(data: Dataset, *, n: int = 199, seed: int = 1) -> NullTest:
    """Test `shared_networks` of every county in the networks that both levels may join, once for each dataset.

    Parameters
    ----------
    data
        The dataset; the ties are those of `incidence_matrix` in the networks of `open_to_both`.
    n, seed
        See `null_test`.

    Returns
    -------
    NullTest
        See `null_test`; the items are `sweden` and county codes.

    Raises
    ------
    InvalidArgument
        See `null_test`; and if no county enters.

    References
    ----------
    See `natverk.twomode.null_test` and `natverk.twomode.shared_networks`.

    Examples
    --------
    >>> from natverk import load
    >>> first = overlap_test(load(), n=9).frame.iloc[0]
    >>> first["item"], int(first["n"])
    ('sweden', 9)
    """
    test = _overlap_test(data, n, seed)
    return replace(test, frame=test.frame.copy(deep=False))


@kept
def _overlap_test(data: Dataset, n: int, seed: int) -> NullTest:
    ties = incidence_matrix(data, networks=open_to_both(data))
    return null_test(ties, shared_networks(data, ties, nested=False), n, seed)
