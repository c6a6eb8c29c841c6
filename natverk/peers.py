"""Peers: the municipalities most like one, by portfolio (Jaccard) or by structure (Gower), and what follows from them.

What is compared are *documented* memberships: a municipality that writes about its networks has more of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument, gone
from natverk.frames import (
    YEARS,
    Names,
    choice,
    counted_from_one,
    has_columns,
    known_county,
    known_municipality,
    not_negative,
    several,
    year_or_none,
    year_range,
)
from natverk.membership.actors import (
    Kinds,
    checked_kinds,
    eligible,
    existence,
    levels,
    may_belong,
    population_by_year,
)
from natverk.membership.documented import DOCUMENTED, documented, relations
from natverk.membership.evidence import Counting, YearBasis, graded
from natverk.membership.lists import ListCertainty, missing_since
from natverk.membership.panel import SETS, chosen_networks, panel

__all__ = [
    "COMPONENTS",
    "SIZE_CLASSES",
    "by_portfolio",
    "by_size",
    "by_structure",
    "candidates",
    "county_peers",
    "differences",
    "neighbours",
    "peer_networks",
    "population_at",
    "portfolios",
    "structure",
]

if not TYPE_CHECKING:
    # Names of version 0.1; CHANGELOG has the reasons.
    __getattr__ = gone(
        __name__,
        {
            "in_words": "natverk.pages: measures know no language",
        },
    )

#: What likeness by structure is made of, with the default weights: equal, for want of a reason to prefer one.
COMPONENTS = {"population": 0.25, "skr_group": 0.25, "coast": 0.25, "location": 0.25}
#: Least populations of the size classes: more than half of the municipalities lie in the first two.
SIZE_CLASSES = (0, 10_000, 20_000, 50_000, 100_000, 200_000)
_EARTH_KM = 6371.0088


@asked
def portfolios(
    data: Dataset,
    *,
    municipalities: Names | None = None,
    years: tuple[int, int] | int | None = None,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: ListCertainty = "high",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return what is known of each municipality in each network: the portfolios that are compared.

    Parameters
    ----------
    data
        The dataset.
    municipalities
        Codes, actor ids or names; default all 290.
    years
        A year or a window. Each cell is what the latest year with knowledge of it says (default: the ten
        last years, since a single year leaves too few known cells to compare anybody).
    counts_as, year_basis, counting, list_certainty, kinds
        See `panel`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        Index municipality code, one column a network id in which anything is known; 1 member, 0 known not
        to be a member (absent from a complete list, or left), missing otherwise. Presumed and contradicted
        cells are missing. That a network or municipality did not exist tells nothing about likeness and is
        missing too.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value, an empty selection, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> int(portfolios(load(), years=2019)["ubc"].sum())
    14
    """
    span = year_range((data.last_year - 9, data.last_year) if years is None else years, data=data)
    codes = None
    if municipalities is not None:
        codes = tuple(known_municipality(data, name, "municipalities") for name in several(municipalities))
    own = None if kinds is None else checked_kinds(kinds)
    table = _portfolios(
        data, codes, (span[0], span[-1]), tuple(several(counts_as)), year_basis, counting, list_certainty, own
    )
    table.attrs = {"kinds": checked_kinds(kinds)}
    return table


@kept
def _portfolios(
    data: Dataset,
    codes: tuple[str, ...] | None,
    years: tuple[int, int],
    counts_as: tuple[str, ...],
    year_basis: YearBasis,
    counting: Counting,
    list_certainty: ListCertainty,
    kinds: tuple[str, ...] | None,
) -> pd.DataFrame:
    """Make the portfolios of these municipalities, once for each dataset."""
    networks = chosen_networks(data, None, counts_as, kinds)
    actors = data.municipalities.set_index("actor_id")["code"]
    if codes is not None:
        actors = actors[actors.isin(codes)]
    listed = [network for network in networks if network in set(data.member_lists["network_id"])]
    rest = [network for network in networks if network not in set(listed)]
    evidence: dict[str, Any] = {"year_basis": year_basis, "counting": counting, "list_certainty": list_certainty}
    scope: tuple[tuple[list[str], Literal["all", "evidence"]], ...] = ((listed, "all"), (rest, "evidence"))
    # Absence is known in listed networks only; elsewhere the pairs with evidence are all that can be known.
    parts = [
        panel(data, actors=actors.index, networks=chosen, years=years, pairs=pairs, **evidence)
        for chosen, pairs in scope
        if chosen
    ]
    cells = pd.concat(parts, ignore_index=True)
    cells = cells[cells["state"].isin(["member", "not_member", "left"])].sort_values("year", kind="stable")
    last = cells.groupby(["actor_id", "network_id"], as_index=False).last()
    value = (last["state"] == "member").astype("float64").mask(last["conflict"])
    wide = last.assign(code=last["actor_id"].map(actors), value=value).pivot(
        index="code", columns="network_id", values="value"
    )
    wide = wide.reindex(sorted(actors)).dropna(axis=1, how="all").astype("float64")
    return wide.rename_axis(index="code", columns="network_id")


@asked
def by_portfolio(
    data: Dataset,
    municipality: Names,
    *,
    n: int | None = 10,
    min_known: int = 3,
    years: tuple[int, int] | int | None = None,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: ListCertainty = "high",
    table: pd.DataFrame | None = None,
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return the municipalities with the portfolio most like one municipality's, by the Jaccard index.

    Parameters
    ----------
    data
        The dataset.
    municipality
        A code, an actor id or a name; or several.
    n
        How many peers of each; None returns every municipality, also those that cannot be compared.
    min_known
        The least number of networks in which both are known (default 3: with one or two, a single shared
        network makes the index 1).
    years, counts_as, year_basis, counting, list_certainty, kinds
        See `portfolios`; `attrs["kinds"]` says what was counted.
    table
        A frame of `portfolios` of your own; its choices then count. None makes one.

    Returns
    -------
    pd.DataFrame
        `municipality` (code of the one whose peers these are), `rank` (1 = most alike), `code, name, jaccard`
        (networks both are in, of those at least one is in, among networks where both are known; 0–1), `jaccard_low,
        jaccard_high` (if no, or every, unknown cell beside a known membership were a membership), `n_known,
        n_shared, n_either` (networks), `n_one_sided` (one is in, the other unknown), `shared, only_here, only_there,
        one_sided` (network ids: the reasons), `status` (`comparable`, `too_few_known`, `none_known`: both known in
        enough networks, and members of none). Ties: more shared networks, then more known cells, then the code.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value.

    Notes
    -----
    Networks in which neither is documented stay out of all three indices. With nothing known in common the
    index is missing, not 0.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37–50.
    Restricting a similarity to jointly known characters: Gower, J. C. (1971), Biometrics 27(4), 857–871.

    Examples
    --------
    >>> from natverk import load
    >>> near = by_portfolio(load(), "Lund", n=3)
    >>> near["jaccard"].is_monotonic_decreasing, bool((near["n_known"] >= 3).all())
    (True, True)
    """
    codes = [known_municipality(data, name) for name in several(municipality)]
    not_negative("min_known", min_known)
    if n is not None:
        counted_from_one("n", n)
    if table is None:
        evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
        table = portfolios(data, years=years, list_certainty=list_certainty, kinds=kinds, **evidence)
    counted = table.attrs.get("kinds", checked_kinds(kinds))
    values = table.to_numpy(dtype=float, na_value=np.nan)
    member, absent, unknown = values == 1, values == 0, np.isnan(values)
    here, there = _pairs(table.index.get_indexer(pd.Index(codes)), len(table))
    # Products of floating-point numbers are fast, and exact for counts.
    kinds = {
        "shared": [(member, member)],
        "only_here": [(member, absent)],
        "only_there": [(absent, member)],
        "one_sided": [(member, unknown), (unknown, member)],
        "known": [(~unknown, ~unknown)],
    }
    asked = np.unique(here)
    row = np.searchsorted(asked, here)
    n_of = {
        kind: sum(one[asked].astype(float) @ other.T.astype(float) for one, other in pairs)[row, there].astype("int64")
        for kind, pairs in kinds.items()
    }
    either = n_of["shared"] + n_of["only_here"] + n_of["only_there"]
    most = either + n_of["one_sided"]
    frame = pd.DataFrame(
        {
            "here": here,
            "there": there,
            "jaccard": _share(n_of["shared"], either),
            "jaccard_low": _share(n_of["shared"], most),
            "jaccard_high": _share(n_of["shared"] + n_of["one_sided"], most),
            "n_known": n_of["known"],
            "n_shared": n_of["shared"],
            "n_either": either,
            "n_one_sided": n_of["one_sided"],
        }
    )
    frame["status"] = np.select([n_of["known"] < min_known, either == 0], ["too_few_known", "none_known"], "comparable")
    frame["jaccard"] = frame["jaccard"].where(frame["status"] == "comparable")
    ranked = _ranked(frame, ["jaccard", "n_shared", "n_known"], "jaccard", n, ascending=False)
    here, there = ranked.pop("here").to_numpy(), ranked.pop("there").to_numpy()
    names = data.municipalities.set_index("code")["name"]
    ranked.insert(0, "municipality", table.index[here])
    ranked.insert(2, "code", table.index[there])
    ranked.insert(3, "name", names.reindex(ranked["code"]).to_numpy())
    networks = table.columns.to_numpy(dtype=object)
    for kind in ("shared", "only_here", "only_there", "one_sided"):
        cells = np.any([one[here] & other[there] for one, other in kinds[kind]], axis=0)
        ranked[kind] = [";".join(networks[row]) for row in cells]
    ranked["status"] = ranked.pop("status")
    text = ["municipality", "code", "name", "shared", "only_here", "only_there", "one_sided", "status"]
    ranked = ranked.astype(dict.fromkeys(text, TEXT))
    ranked.attrs = {"kinds": counted}
    return ranked


def _pairs(here: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of all pairs of one of these and one of the others."""
    one, other = np.repeat(here, size), np.tile(np.arange(size), len(here))
    return one[one != other], other[one != other]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, and leave missing what has nothing to divide by."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _ranked(frame: pd.DataFrame, order: list[str], key: str, n: int | None, *, ascending: bool) -> pd.DataFrame:
    """Sort the pairs of each municipality, number those that can be compared from 1, and keep the first n of them.

    Municipalities stay in the order in which they were asked for; what ties goes by place, which is that of the code.
    """
    asked = frame["here"].map({place: number for number, place in enumerate(frame["here"].unique())})
    frame = frame.assign(asked=asked).sort_values(
        ["asked", *order, "there"], ascending=[True, *[ascending] * len(order), True], ignore_index=True
    )
    ranks = (frame.groupby("asked").cumcount() + 1).astype("Int64").mask(frame[key].isna())
    frame.insert(0, "rank", ranks)
    frame = frame.drop(columns="asked")
    return frame if n is None else frame[(ranks <= n).fillna(False)].reset_index(drop=True)


@asked
def population_at(data: Dataset, year: int) -> tuple[pd.Series, int]:
    """Return population by municipality code on 31 December of the latest published year up to `year`, and that year.

    Parameters
    ----------
    data
        The dataset.
    year
        A year; nothing is interpolated.

    Returns
    -------
    pd.Series
        Inhabitants, index municipality code.
    int
        The year that was published.

    Raises
    ------
    InvalidArgument
        For a year before the first published one.

    Examples
    --------
    >>> from natverk import load
    >>> population_at(load(), 2023)[1]
    2021
    """
    year_range(year, "year", data=data)
    table = population_by_year(data)
    published = [int(str(column)) for column in table.columns if int(str(column)) <= year]
    if not published:
        raise InvalidArgument(
            f"no population is known up to {year}", where="year", allowed=table.columns, remedy="give a later year"
        )
    return table[max(published)], max(published)


@asked
def structure(data: Dataset, year: int | None = None) -> tuple[pd.DataFrame, int]:
    """Return size, type, coast and location of the municipalities of a year, and the year of the population.

    Parameters
    ----------
    data
        The dataset.
    year
        Default the last of the data.

    Returns
    -------
    pd.DataFrame
        Index municipality code, sorted; `name, population` (inhabitants), `skr_group, coastal, lat, lon`
        (degrees). Municipalities that did not exist yet are left out.
    int
        The year of the population: the latest published one.

    Raises
    ------
    InvalidArgument
        For a year before the first population.

    Examples
    --------
    >>> from natverk import load
    >>> table, published = structure(load(), 2002)
    >>> len(table), published
    (289, 2002)
    """
    table, published = _structure(data, year_range(year, "year", data=data)[0])
    return table.copy(deep=False), published


@kept
def _structure(data: Dataset, year: int) -> tuple[pd.DataFrame, int]:
    """Read the structure, once for each dataset and year."""
    population, published = population_at(data, year)
    table = data.municipalities.sort_values("code")
    born = table["actor_id"].map(existence(data)["exists_from"]).astype("Int64")
    table = table[(born.isna() | (born <= year)).astype(bool)]
    table = table.assign(population=table["code"].map(population)).set_index("code")
    table = table.astype({"lat": "float64", "lon": "float64"})
    return table[["name", "population", "skr_group", "coastal", "lat", "lon"]], published


@asked
def differences(data: Dataset, year: int | None = None) -> dict[str, pd.DataFrame]:
    """Return for each component the differences between all pairs of municipalities; unknown ones are missing.

    Parameters
    ----------
    data
        The dataset.
    year
        See `structure`.

    Returns
    -------
    dict[str, pd.DataFrame]
        By component a square table, code by code: `population` in natural logarithms, `skr_group` 0 (the same group),
        ½ (another group of the same main group) or 1, `coast` 0 or 1, `location` in km (great circle).

    Raises
    ------
    InvalidArgument
        For a year before the first population.

    Examples
    --------
    >>> from natverk import load
    >>> round(differences(load())["location"].loc["0180", "1480"])
    397
    """
    found = _differences(data, year_range(year, "year", data=data)[0])
    return {name: frame.copy(deep=False) for name, frame in found.items()}


def great_circle_km(lat: np.ndarray, lon: np.ndarray, to_lat: np.ndarray, to_lon: np.ndarray) -> np.ndarray:
    """Return distances on the sphere in km, of points given in degrees, by the haversine formula.

    >>> a_quarter = great_circle_km(np.array([0.0]), np.array([0.0]), np.array([90.0]), np.array([0.0]))
    >>> round(float(a_quarter[0]))
    10008
    """
    lat, lon, to_lat, to_lon = np.radians(lat), np.radians(lon), np.radians(to_lat), np.radians(to_lon)
    half = np.sin((lat - to_lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


@kept
def _averages(data: Dataset, year: int) -> dict[str, float]:
    """Return the mean of each difference over all pairs of municipalities; 1 where they are all alike."""
    means = {}
    for name, frame in _differences(data, year).items():
        values = frame.to_numpy()
        known = values[~np.eye(len(frame), dtype=bool) & ~np.isnan(values)]
        means[name] = float(known.mean() if known.size else 0) or 1.0
    return means


@kept
def _differences(data: Dataset, year: int) -> dict[str, pd.DataFrame]:
    """Compute the differences, once for each dataset and year."""
    table, _ = _structure(data, year)
    size = np.log(table["population"].to_numpy(dtype=float, na_value=np.nan))
    coast = table["coastal"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    group = table["skr_group"]
    main, whole = group.str[:1].to_numpy(dtype=object), group.to_numpy(dtype=object)
    unlike = 0.5 * (whole[:, None] != whole) + 0.5 * (main[:, None] != main)
    blank = group.isna().to_numpy()
    unlike[blank[:, None] | blank] = np.nan
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    found = {
        "population": np.abs(size[:, None] - size),
        "skr_group": unlike,
        "coast": np.abs(coast[:, None] - coast),
        "location": great_circle_km(lat[:, None], lon[:, None], lat, lon),
    }
    return {name: pd.DataFrame(values, index=table.index, columns=table.index) for name, values in found.items()}


@asked
def by_structure(
    data: Dataset,
    municipality: Names,
    *,
    year: int | None = None,
    n: int | None = 10,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the municipalities most like one municipality by size, type, coast and location: Gower's distance.

    Parameters
    ----------
    data
        The dataset.
    municipality
        A code, an actor id or a name; or several.
    year
        The year of the population (default the last of the data); where it was not published, the latest year before
        it (shown in `population_year`), never an interpolation. Municipalities that did not exist yet are left out.
    n
        How many peers of each; None returns all.
    weights
        Weights of `population` (difference of natural logarithms), `skr_group` (0 in the same group, ½ in
        another group of the same main group, 1 otherwise), `coast` (1 if only one of them lies at the sea) and
        `location` (great-circle distance between the named points). They must sum to 1; default: equal.

    Returns
    -------
    pd.DataFrame
        `municipality` (code of the one whose peers these are), `rank` (1 = most alike), `code, name, distance`
        (weighted mean of the differences, each divided by its mean over all pairs of municipalities: 1 is as
        different as two municipalities are on average), `population, population_ratio, population_year, skr_group,
        same_skr_group, same_coast, km`; `from_population, from_skr_group, from_coast, from_location` (parts that add
        up to the distance), `alike` (components that differ less than a quarter of the average: the reasons).
        Ties: by code.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality, weights that do not sum to 1 or a year before the first population.

    Notes
    -----
    Differences are divided by their mean over all pairs, not by their range, so that equal weights mean equal
    average influence: by range, one city of a million would shrink every other difference in size.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27(4),
    857–871 (mixed characters in one weighted coefficient; the standardisation here differs as said).

    Examples
    --------
    >>> from natverk import load
    >>> by_structure(load(), "Malmö", n=2)[["name", "km"]].round(0).values.tolist()
    [['Göteborg', 242.0], ['Stockholm', 513.0]]
    """
    codes = [known_municipality(data, name) for name in several(municipality)]
    year = year_range(year, "year", data=data)[0]
    if n is not None:
        counted_from_one("n", n)
    used = dict(COMPONENTS if weights is None else weights)
    for name, weight in used.items():
        if name not in COMPONENTS:
            raise InvalidArgument(f"unknown component {name!r}", where="weights", allowed=COMPONENTS, value=name)
        if not weight >= 0:
            raise InvalidArgument(f"the weight of {name} is {weight!r}", where="weights", remedy="give 0 or more")
    if not abs(sum(used.values()) - 1) < 1e-9:
        raise InvalidArgument(
            f"the weights sum to {sum(used.values()):g}, not 1", where="weights", remedy="divide each by their sum"
        )
    table, population_year = structure(data, year)
    for code in codes:
        if code not in table.index:
            raise InvalidArgument(f"{code!r} did not exist in {year}", where="year", remedy="give a later year")
    here, there = _pairs(table.index.get_indexer(pd.Index(codes)), len(table))
    raw = {name: frame.to_numpy() for name, frame in differences(data, year).items()}
    scaled = {name: raw[name][here, there] / _averages(data, year)[name] for name in used}
    parts = pd.DataFrame({name: used[name] * scaled[name] for name in used})
    alike = np.array([values < 0.25 for values in scaled.values()]).T
    pairs = pd.DataFrame(
        {
            "here": here,
            "there": there,
            "distance": parts.sum(axis=1, skipna=False),
            **{f"from_{name}": parts[name] for name in used},
            "alike": range(len(here)),
        }
    )
    ranked = _ranked(pairs, ["distance"], "distance", n, ascending=True)
    here, there = ranked["here"].to_numpy(), ranked["there"].to_numpy()
    size = table["population"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "municipality": table.index[here],
            "rank": ranked["rank"],
            "code": table.index[there],
            "name": table["name"].to_numpy()[there],
            "distance": ranked["distance"],
            "population": table["population"].to_numpy()[there],
            "population_ratio": size[there] / size[here],
            "population_year": population_year,
            "skr_group": table["skr_group"].to_numpy()[there],
            **{
                name: pd.Series(raw[part][here, there] == 0, dtype="boolean").mask(np.isnan(raw[part][here, there]))
                for name, part in (("same_skr_group", "skr_group"), ("same_coast", "coast"))
            },
            "km": raw["location"][here, there],
            **{f"from_{name}": ranked[f"from_{name}"] for name in used},
            "alike": [";".join(np.array([*used])[row]) for row in alike[ranked["alike"]]],
        }
    )
    text = ["municipality", "code", "name", "skr_group", "alike"]
    return frame.astype({**dict.fromkeys(text, TEXT), "population": "Int64"})


@asked
def peer_networks(
    data: Dataset,
    municipality: str | int,
    *,
    n: int = 2,
    years: tuple[int, int] | int | None = None,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return what the municipalities most like one by structure are documented in, with the evidence.

    Parameters
    ----------
    data
        The dataset.
    municipality
        A code, an actor id or a name.
    n
        How many of the most alike are asked.
    years, year_basis
        As in `natverk.documented`; the last of the years is that of the likeness.

    Returns
    -------
    pd.DataFrame
        One row a network and peer that is documented in it: `actor_id` (the peer), `rank` (1 = most alike), the columns
        of `documented` from `network_id` on, `own_mark` (what is documented of the municipality itself in that network;
        missing where nothing is), `own_relation` (what else ties it to that network, where nothing is documented: see
        `natverk.membership.documented.relations`), `own_end_announced` (what it left, it had only decided to leave),
        `shared` (`own_mark` is one of `DOCUMENTED`: both are in it), `absent` (year of the latest complete list that
        covers the municipality and does not name it; missing where no list says so, and for programmes and commitments,
        whose lists name those of one round or who signed first), `absent_inferred` (no source states that year). Of a
        peer that is a region too only networks stand that other municipalities are attested in. By network and rank.
        Peers without any
        documented membership have no row.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> found = peer_networks(load(), "Nacka")
    >>> found["rank"].isin([1, 2]).all(), found["network_id"].is_monotonic_increasing
    (np.True_, True)
    """
    code = known_municipality(data, municipality)
    span = year_range(years, data=data)
    near = by_structure(data, code, year=span[-1], n=n)
    ranks = {f"municipality:{peer}": rank for peer, rank in zip(near["code"], near["rank"], strict=True)}
    own_id = f"municipality:{code}"
    window = (span[0], span[-1])
    frame = documented(data, [own_id, *ranks], years=window, year_basis=year_basis)
    own = frame[frame["actor_id"] == own_id].set_index("network_id")
    theirs = frame[(frame["actor_id"] != own_id) & frame["mark"].isin(DOCUMENTED)]
    # The list of a programme names those of one round: to be missing there says nothing of one who never asked.
    programmes = data.networks.loc[data.networks["counts_as"] == "programme", "network_id"]
    missing = missing_since(data, window[1], "high")
    missing = missing[missing.index.get_level_values("actor_id") == own_id].droplevel("actor_id")
    missing = missing[~missing.index.isin(programmes)]
    # What a municipality that is a region too may hold as a region is no example for another municipality.
    both = set(data.actors.loc[data.actors["also_regional"], "actor_id"])
    held = data.memberships[data.memberships["actor_id"].str.startswith("municipality:")]
    municipal = held.loc[~held["actor_id"].isin(both), "network_id"]
    if own_id not in both:
        theirs = theirs[~theirs["actor_id"].isin(both) | theirs["network_id"].isin(municipal)]
    beside = relations(data, [own_id]).drop_duplicates("network_id").set_index("network_id")["relation"]
    theirs = theirs.assign(
        rank=theirs["actor_id"].map(ranks).astype("int64"),
        own_mark=theirs["network_id"].map(own["mark"]),
        own_relation=theirs["network_id"].map(beside).mask(theirs["network_id"].isin(own.index)),
        own_end_announced=theirs["network_id"].map(own["end_announced"]).eq(True),
        shared=theirs["network_id"].map(own["mark"]).isin(DOCUMENTED),
        absent=theirs["network_id"].map(missing["year"]).astype("Int64"),
        absent_inferred=theirs["network_id"].map(missing["year_basis"]).eq("inferred").fillna(False),
    )
    columns = ["actor_id", "rank", *[name for name in theirs.columns if name not in ("actor_id", "rank")]]
    theirs = theirs[columns].sort_values(["network_id", "rank"], ignore_index=True)
    return theirs.astype({"own_mark": TEXT, "own_relation": TEXT})


@asked
def county_peers(
    data: Dataset, county: str, *, year: int | None = None, n: int = 3, kinds: Kinds = None
) -> pd.DataFrame:
    """Return for each municipality of a county the few that are most like it, by structure and by portfolio.

    Parameters
    ----------
    data
        The dataset.
    county
        A county, by code or name.
    year
        The year of the population, and the last of the ten years of the portfolios; default the last of the data.
    n
        How many peers of each kind.
    kinds
        Portfolios of networks of these kinds only, see `portfolios`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        One row a municipality, kind and peer: `code, by` (`structure`, `portfolio`), `rank` (1 = most alike),
        `peer_code, peer_name, value` (the distance of `peers.by_structure`, 0 = alike; the Jaccard index of
        `peers.by_portfolio`, 1 = alike), `value_low, value_high` (bounds of the index over the unknown cells;
        missing for structure), `n_known` (networks in which both are known; missing for structure).
        A municipality whose portfolio can be compared with nobody's, or shares no network with anybody, has no
        row by portfolio. Sorted by municipality, structure first, and rank.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, a year before the first population or a number below 1.

    References
    ----------
    See `natverk.peers.by_structure` and `natverk.peers.by_portfolio`.

    Examples
    --------
    >>> from natverk import load
    >>> near = county_peers(load(), "09", n=2)
    >>> near.loc[near["by"] == "structure", ["code", "rank"]].values.tolist()
    [['0980', 1], ['0980', 2]]
    """
    counted_from_one("n", n)
    year = year_range(year, "year", data=data)[0]
    places = data.municipalities
    codes = places.loc[places["county_code"] == known_county(data, county), "code"].tolist()
    near = by_portfolio(data, codes, n=n, years=(year - 9, year), kinds=kinds)
    parts = [
        by_structure(data, codes, year=year, n=n).rename(columns={"distance": "value"}).assign(by="structure"),
        # Who shares nothing with it is no peer, however much is known of both.
        near[near["n_shared"] > 0]
        .rename(columns={"jaccard": "value", "jaccard_low": "value_low", "jaccard_high": "value_high"})
        .assign(by="portfolio"),
    ]
    names = {"municipality": "code", "code": "peer_code", "name": "peer_name"}
    columns = ["code", "by", "rank", "peer_code", "peer_name", "value", "value_low", "value_high", "n_known"]
    numbers = dict.fromkeys(["value", "value_low", "value_high"], "float64")
    frame = pd.concat([part.rename(columns=names).reindex(columns=columns).astype(numbers) for part in parts])
    # Stable: what comes from one frame stays in the order of its ranks.
    place = {code: number for number, code in enumerate(codes)}
    frame = frame.sort_values("code", key=lambda own: own.map(place), kind="stable", ignore_index=True)
    frame = frame.astype({"by": TEXT, "n_known": "Int64"})
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


@asked
def candidates(
    data: Dataset,
    municipality: str | int,
    *,
    peers: Names | None = None,
    by: Literal["portfolio", "structure"] = "structure",
    year: int | None = None,
    window: int | None = 10,
    n_peers: int = 10,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: ListCertainty = "high",
    min_known: int = 3,
    weights: Mapping[str, float] | None = None,
    table: pd.DataFrame | None = None,
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return the networks that peers are documented in and this municipality is not, the most shared first.

    Parameters
    ----------
    data
        The dataset.
    municipality
        A code, an actor id or a name.
    peers
        The municipalities that are asked, as codes, actor ids or names; by default the most alike are sought.
    by
        Peers by `"structure"` (default: it does not depend on what is documented) or `"portfolio"`.
    year, window
        Portfolios are those of the `window` years up to `year` (default the last of the data); eligibility is that of
        `year`. With None all evidence up to `year` counts, also what has no year, but for peers that a later list or
        end shows outside.
    n_peers
        How many peers are asked.
    counts_as, year_basis, counting, list_certainty, kinds
        See `portfolios`; `attrs["kinds"]` says what was counted.
    min_known, weights
        See `by_portfolio` and `by_structure`.
    table
        A frame of `portfolios`, as in `by_portfolio`.

    Returns
    -------
    pd.DataFrame
        `rank, network_id, network, n_in` (peers known as members), `n_in_high` (and eligible peers of which it
        is unknown), `n_known, n_peers`, `peers` (codes of those in it), `own_state` (`unknown`, `not_member`
        where a complete list says so, `left` where an end does), `own_year` (of that list, or the last year as member;
        missing where unknown), `own_documented` (a row of any year calls it a member, or a former one), `eligible`
        (nothing that is known rules it out), `eligibility` (`eligible`; `rule_unknown`: the rule asks for something
        that no column tells, so whether it may join is not known; `level`, `too_small`, `too_large`; `not_admitted`:
        the rule names a coast, counties or actors, and it is none of them; `not_founded`, `dissolved`),
        `min_population, max_population, population, population_year, eligibility_note`. Ties: by network id.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value, a year out of range, or weights that do not sum to 1.

    Notes
    -----
    "Not documented" is not "not a member": `own_state` says which. Eligibility knows levels (Gotland is at both),
    population, and what `networks.eligibility_basis` makes of the rule of membership.

    Examples
    --------
    >>> from natverk import load
    >>> table = candidates(load(), "Botkyrka", year=2019, peers=["Nacka", "Malmö"]).set_index("network_id")
    >>> table.loc["eurocities", ["own_state", "eligibility"]].tolist()
    ['unknown', 'too_small']
    """
    code = known_municipality(data, municipality)
    choice("by", by, ("portfolio", "structure"))
    year = year_range(year, "year", data=data)[0]
    counted_from_one("n_peers", n_peers)
    if window is not None:
        counted_from_one("window", window)
    evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
    evidence |= {"kinds": kinds if kinds is None else checked_kinds(kinds)}
    evidence |= {"list_certainty": list_certainty, "years": (YEARS[0] if window is None else year - window + 1, year)}
    if peers is not None:
        asked = [known_municipality(data, peer, "peers") for peer in several(peers)]
    elif by == "structure":
        asked = by_structure(data, code, year=year, n=n_peers, weights=weights)["code"].tolist()
    else:
        near = by_portfolio(data, code, n=None, min_known=min_known, table=table, **evidence)
        # Who shares nothing with it is no peer, however much is known of both.
        asked = near.loc[near["rank"].notna() & (near["n_shared"] > 0), "code"].head(n_peers).tolist()
    if table is None:
        # Only these can decide: a network that none of them is known in is no candidate.
        table = portfolios(data, **evidence).reindex(sorted({code, *asked})).dropna(axis=1, how="all")
    table = table.astype("float64")
    own, among, actor = table.loc[code], table.loc[asked], f"municipality:{code}"
    homes = {f"municipality:{peer}": peer for peer in asked}
    rows = graded(data, year_basis="any", counting=counting)
    rows = rows[rows["actor_id"].isin([actor, *homes])]
    positive, mine = rows["grade"] == "positive", rows["actor_id"] == actor
    if window is None:
        # What has no year of its own makes a member too, where no year says otherwise.
        until = rows["first"].isna() | (rows["first"] <= year).fillna(False)
        once = rows[positive & until & rows["network_id"].isin(chosen_networks(data, None, counts_as, kinds))]
        once = once[once["actor_id"].isin(homes)]
        among = among.reindex(columns=sorted({*among.columns, *once["network_id"]}))
        held = np.zeros(among.shape, dtype=bool)
        codes, networks = pd.Index(once["actor_id"].map(homes)), pd.Index(once["network_id"])
        held[among.index.get_indexer(codes), among.columns.get_indexer(networks)] = True
        among = among.mask(among.isna() & held, 1.0)
    n_in = (among == 1).sum()
    own = own.reindex(n_in.index)
    documented = set(rows.loc[positive & mine, "network_id"])
    outside = (own == 0) | (own.isna() & ~own.index.isin(documented))
    wanted = [str(network) for network in n_in.index[((n_in > 0) & outside).to_numpy(dtype=bool)]]
    among, rules = among[wanted], data.networks.set_index("network_id").loc[wanted]
    may = eligible(data, [f"municipality:{peer}" for peer in asked], wanted, range(year, year + 1))[:, :, 0]
    population, population_year = population_at(data, year)
    size = year_or_none(population.get(code))
    reason = _eligibility(data, actor, rules, size, year)
    absent = _absences(data, actor, own[wanted].dropna().index.tolist(), evidence).reindex(wanted)
    ever = set(rows.loc[mine & rows["grade"].isin(["positive", "exit"]), "network_id"])
    frame = pd.DataFrame(
        {
            "network_id": wanted,
            "network": rules["name"].to_numpy(),
            "n_in": n_in[wanted].to_numpy(),
            "n_in_high": n_in[wanted].to_numpy() + (among.isna().to_numpy(dtype=bool) & may).sum(axis=0),
            "n_known": among.notna().sum().to_numpy(),
            "n_peers": len(asked),
            "peers": [";".join(sorted(among.index[among[network] == 1])) for network in wanted],
            "own_state": absent["state"].fillna("unknown").to_numpy(),
            "own_year": absent["year"].to_numpy(),
            "own_documented": [network in ever for network in wanted],
            "eligible": np.isin(reason, ["eligible", "rule_unknown"]),
            "eligibility": reason,
            "min_population": rules["min_population"].to_numpy(),
            "max_population": rules["max_population"].to_numpy(),
            "population": size,
            "population_year": population_year,
            "eligibility_note": rules["eligibility_note"].to_numpy(),
        }
    )
    whole = dict.fromkeys(["own_year", "min_population", "max_population", "population"], "Int64")
    text = dict.fromkeys(["network_id", "network", "peers", "own_state", "eligibility", "eligibility_note"], TEXT)
    frame = frame.astype({**whole, **text, "own_documented": "bool", "eligible": "bool"})
    frame = frame.sort_values(["n_in", "network_id"], ascending=[False, True], ignore_index=True)
    frame.insert(0, "rank", range(1, len(frame) + 1))
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


def _absences(data: Dataset, actor: str, networks: list[str], evidence: dict[str, Any]) -> pd.DataFrame:
    """Return how an actor is known to be outside networks: `not_member` and the list's year, or `left` and the last."""
    if not networks:
        return pd.DataFrame({"state": pd.Series(dtype=TEXT), "year": pd.Series(dtype="Int64")})
    asked = {name: value for name, value in evidence.items() if name not in ("counts_as", "kinds")}
    cells = panel(data, actors=[actor], networks=networks, **asked)
    last = cells[cells["state"].isin(["not_member", "left"])].groupby("network_id")[["state", "year"]].last()
    rows = graded(data, year_basis=evidence["year_basis"], counting=evidence["counting"])
    ends = rows[rows["actor_id"] == actor].groupby("network_id")["end"].max().reindex(last.index)
    return last.assign(year=last["year"].astype("Int64").where(last["state"] == "not_member", ends))


def _eligibility(data: Dataset, actor: str, rules: pd.DataFrame, size: int | None, year: int) -> np.ndarray:
    """Say why a municipality may or may not belong to networks in a year; see `natverk.membership.actors.eligible`."""
    own = levels(data).set_index("actor_id").loc[actor]
    levels_open = rules["eligible_levels"].str.split(";")
    at_level = levels_open.map(lambda names: any(name in ("municipality", "region") and own[name] for name in names))
    bounds = rules[["founded_year", "dissolved_year", "min_population", "max_population"]].astype("float64")
    number = np.nan if size is None else size
    # What is not known rules nobody out: comparisons with it are false.
    conditions = {
        "level": ~at_level.astype(bool),
        "not_founded": bounds["founded_year"] > year,
        "dissolved": bounds["dissolved_year"] < year,
        "too_small": bounds["min_population"] > number,
        "too_large": bounds["max_population"] < number,
    }
    reason = pd.Series(np.select(list(conditions.values()), list(conditions), "eligible"), index=rules.index)
    told = may_belong(data, [actor], list(rules.index), year).set_index("network_id")
    # A capital is not too small for a network of capitals or cities of a million.
    otherwise = reason.isin(["too_small", "too_large"]) & told["by_rule"].fillna(False)
    reason = reason.mask(otherwise, "eligible")
    free = reason == "eligible"
    reason = reason.mask(free & told["may"].isna(), "rule_unknown")
    return reason.mask(free & ~told["may"].fillna(True), "not_admitted").to_numpy()


@asked
def by_size(
    data: Dataset,
    table: pd.DataFrame | None = None,
    *,
    years: tuple[int, int] | int | None = None,
    year: int | None = None,
    classes: tuple[int, ...] = SIZE_CLASSES,
) -> pd.DataFrame:
    """Return how many memberships are documented for each municipality, with its size class.

    Parameters
    ----------
    data
        The dataset.
    table
        `documented` all municipalities (rows of other actors are left out); default what is documented in `years`.
    years
        See `documented`.
    year
        The year of the population (default the last of the data); where it was not published, the latest year before
        it.
    classes
        Least populations of the classes, rising from 0.

    Returns
    -------
    pd.DataFrame
        `code, name, population` (inhabitants on 31 December), `population_year, size_from, size_to` (the class:
        from, and below; `size_to` is missing in the last), `n_documented`, `n_undated` (of these, without a year).
        One row a municipality, the smallest first.

    Raises
    ------
    InvalidArgument
        If the classes do not rise from 0, for a year before the first population, or for a frame of something else.

    Examples
    --------
    >>> from natverk import load
    >>> table = by_size(load()).set_index("name")
    >>> len(table), table.loc["Vänersborg", ["size_from", "size_to"]].tolist()
    (290, [20000, 50000])
    """
    bounds = list(classes)
    if not bounds or bounds[0] != 0 or bounds != sorted(set(bounds)):
        raise InvalidArgument(f"the classes {classes} do not rise from 0", where="classes", remedy="(0, 10000, …)")
    if table is None:
        table = documented(data, data.municipalities["actor_id"], years=years)
    has_columns(table, ["actor_id", "mark"], "table", "give a frame of natverk.documented")
    population, published = population_at(data, year_range(year, "year", data=data)[0])
    places = data.municipalities
    sizes = places["code"].map(population).astype("Int64")
    place = np.searchsorted(bounds, sizes.fillna(0).to_numpy(dtype="int64"), side="right")
    firm = table[table["mark"].isin(DOCUMENTED)]
    undated = firm[firm["mark"] == "undated"]
    frame = pd.DataFrame(
        {
            "code": places["code"],
            "name": places["name"],
            "population": sizes,
            "population_year": published,
            "size_from": np.array(bounds)[place - 1],
            "size_to": pd.array([*bounds[1:], None], dtype="Int64")[place - 1],
            "n_documented": places["actor_id"].map(firm["actor_id"].value_counts()).fillna(0).astype("int64"),
            "n_undated": places["actor_id"].map(undated["actor_id"].value_counts()).fillna(0).astype("int64"),
        }
    )
    return frame.sort_values(["population", "code"], ignore_index=True)


@asked
def neighbours(data: Dataset, municipality: str | int, documented: pd.DataFrame) -> pd.DataFrame:
    """Return which networks the other municipalities of the county are documented in, the most shared first.

    Parameters
    ----------
    data
        The dataset.
    municipality
        A code, an actor id or a name.
    documented
        `documented` the county's municipalities and its region at least.

    Returns
    -------
    pd.DataFrame
        `network_id, n_in` (other municipalities of the county), `n_neighbours` (how many there are),
        `neighbours` (codes of those in it), `region` (whether the county's region is documented in it), `own_mark`
        (what `documented` says of the municipality itself, missing where nothing is documented). Networks that
        only the municipality itself or the region is in are left out. Ties: by network id.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality, or a frame of something else.

    Examples
    --------
    >>> from natverk import load, documented
    >>> data = load()
    >>> actors = [*data.municipalities["actor_id"], "region:14"]
    >>> near = neighbours(data, "Vänersborg", documented(data, actors)).set_index("network_id")
    >>> int(near.loc["sern", "n_neighbours"]), near.loc["sern", "own_mark"]
    (48, 'recent')
    """
    code = known_municipality(data, municipality)
    has_columns(documented, ["actor_id", "network_id", "mark"], "documented", "give a frame of natverk.documented")
    places = data.municipalities.set_index("code")
    county = places["county_code"][code]
    others = places[(places["county_code"] == county) & (places.index != code)]
    region = data.counties.set_index("county_code")["region_actor_id"][county]
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    own = documented[documented["actor_id"] == places["actor_id"][code]].set_index("network_id")["mark"]
    codes = pd.Series(others.index, index=others["actor_id"])
    near = firm.assign(code=firm["actor_id"].map(codes)).dropna(subset=["code"]).sort_values("code")
    frame = near.groupby("network_id", as_index=False).agg(n_in=("code", "size"), neighbours=("code", ";".join))
    frame.insert(2, "n_neighbours", len(others))
    frame["region"] = frame["network_id"].isin(firm.loc[firm["actor_id"] == region, "network_id"])
    frame["own_mark"] = frame["network_id"].map(own)
    frame = frame.astype({"network_id": TEXT, "neighbours": TEXT, "own_mark": TEXT, "n_in": "int64"})
    return frame.sort_values(["n_in", "network_id"], ascending=[False, True], ignore_index=True)
