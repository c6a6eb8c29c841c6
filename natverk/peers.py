"""Position: documented memberships of one municipality beside those of its size, and those of its county.

Both take what `documented` gives, so that a page reads the evidence once. The counts are of *documented*
memberships: a municipality that writes about its networks has more of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.frames import (
    YEARS,
    choice,
    counted_from_one,
    each_row,
    known_county,
    known_municipality,
    not_negative,
    year_or_none,
    year_range,
)
from natverk.membership.actors import eligible, existence, levels, population_by_year
from natverk.membership.documented import DOCUMENTED
from natverk.membership.evidence import Counting, YearBasis, graded
from natverk.membership.panel import SETS, networks_counting_as, panel

__all__ = [
    "COMPONENTS",
    "SIZE_CLASSES",
    "by_portfolio",
    "by_size",
    "by_structure",
    "candidates",
    "component_weights",
    "county_peers",
    "differences",
    "in_words",
    "neighbours",
    "population_at",
    "portfolios",
    "structure",
]


#: What likeness by structure is made of, with the default weights: equal, for want of a reason to prefer one.
COMPONENTS = {"population": 0.25, "skr_group": 0.25, "coast": 0.25, "location": 0.25}
_PAIRS: tuple[Literal["all", "evidence"], ...] = ("all", "evidence")
_EARTH_KM = 6371.0088


def portfolios(
    data: Dataset,
    *,
    municipalities: Iterable[str] | None = None,
    years: tuple[int, int] | int = (2015, 2024),
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
) -> pd.DataFrame:
    """Return what is known of each municipality in each network: the portfolios that are compared.

    Parameters
    ----------
    municipalities
        Codes; default all 290.
    years
        A year or a window. Each cell is what the latest year with knowledge of it says (default: the ten
        years to 2024, since a single year leaves too few known cells to compare anybody).
    counts_as, year_basis, counting, list_certainty
        See `panel`.

    Returns
    -------
    pd.DataFrame
        Index municipality code, one column a network id in which anything is known; 1 member, 0 known not
        to be a member (absent from a complete list, or left), missing otherwise. Presumed and contradicted
        cells are missing. That a network or municipality did not exist tells nothing about likeness and is
        missing too.

    Examples
    --------
    >>> from natverk import load
    >>> int(portfolios(load(), years=2019)["ubc"].sum())
    14
    """
    networks = networks_counting_as(data, counts_as)
    actors = data.municipalities.set_index("actor_id")["code"]
    if municipalities is not None:
        actors = actors[actors.isin(list(municipalities))]
    listed = [network for network in networks if network in set(data.member_lists["network_id"])]
    rest = [network for network in networks if network not in set(listed)]
    # Absence is known in listed networks only; elsewhere the pairs with evidence are all that can be known.
    parts = [
        panel(
            data,
            actors=actors.index,
            networks=chosen,
            years=years,
            pairs=pairs,
            year_basis=year_basis,
            counting=counting,
            list_certainty=list_certainty,
        )
        for chosen, pairs in zip((listed, rest), _PAIRS, strict=True)
        if chosen
    ]
    if not parts:
        raise InvalidArgument("the selection is empty", where="counts_as", allowed=SETS)
    cells = pd.concat(parts, ignore_index=True)
    cells = cells[cells["state"].isin(["member", "not_member", "left"])].sort_values("year", kind="stable")
    last = cells.groupby(["actor_id", "network_id"], as_index=False).last()
    value = (last["state"] == "member").astype("Float64").mask(last["conflict"].astype(bool))
    last = last.assign(code=last["actor_id"].map(actors), value=value)
    wide = last.pivot(index="code", columns="network_id", values="value")
    wide = wide.reindex(sorted(actors)).dropna(axis=1, how="all").astype("Float64")
    return wide.rename_axis(index="code", columns="network_id")


def component_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return the weights of the components, or raise unless they are known, not negative and sum to 1.

    >>> component_weights({"population": 0.5, "location": 0.5})
    {'population': 0.5, 'location': 0.5}
    """
    used = dict(COMPONENTS if weights is None else weights)
    for name, weight in used.items():
        if name not in COMPONENTS:
            raise InvalidArgument(f"unknown component {name!r}", where="weights", allowed=COMPONENTS, value=name)
        if not weight >= 0:
            raise InvalidArgument(f"the weight of {name} is {weight!r}", where="weights", remedy="give 0 or more")
    total = sum(used.values())
    if not abs(total - 1) < 1e-9:
        raise InvalidArgument(
            f"the weights sum to {total:g}, not 1", where="weights", remedy="divide each weight by their sum"
        )
    return used


def population_at(data: Dataset, year: int) -> tuple[pd.Series, int]:
    """Return population by municipality code on 31 December of the latest published year up to `year`, and that year.

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


def structure(data: Dataset, year: int) -> tuple[pd.DataFrame, int]:
    """Return size, type, coast and location of the municipalities of a year, and the year of the population.

    Returns
    -------
    pd.DataFrame
        Index municipality code, sorted; `name, population` (inhabitants), `skr_group, coastal, lat, lon`
        (degrees). Municipalities that did not exist yet are left out.
    """
    population, published = population_at(data, year)
    born = existence(data)["exists_from"]
    table = data.municipalities.sort_values("code")
    begins = table["actor_id"].map(born).astype("Int64")
    table = table[(begins.isna() | (begins <= year)).astype(bool)]
    table = table.assign(population=table["code"].map(population)).set_index("code")
    return table[["name", "population", "skr_group", "coastal", "lat", "lon"]], published


def differences(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return for each component the differences between all pairs of municipalities; unknown ones are missing.

    `population` in natural logarithms, `skr_group` 0, ½ or 1, `coast` 0 or 1, `location` in km.
    """
    size = np.log(table["population"].to_numpy(dtype=float, na_value=np.nan))
    coast = table["coastal"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    group = table["skr_group"].to_numpy(dtype=object)
    main = np.array([value[0] if isinstance(value, str) else None for value in group], dtype=object)
    unlike = 0.5 * (group[:, None] != group) + 0.5 * (main[:, None] != main)
    blank = np.array([not isinstance(value, str) for value in group])
    unlike[blank[:, None] | blank] = np.nan
    return {
        "population": np.abs(size[:, None] - size),
        "skr_group": unlike,
        "coast": np.abs(coast[:, None] - coast),
        "location": _kilometres(table),
    }


def _kilometres(table: pd.DataFrame) -> np.ndarray:
    """Return great-circle distances by the haversine formula."""
    lat, lon = (np.radians(table[name].to_numpy(dtype=float, na_value=np.nan)) for name in ("lat", "lon"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    result: np.ndarray = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result


def by_portfolio(
    data: Dataset,
    municipality: str,
    *,
    n: int | None = 10,
    min_known: int = 3,
    years: tuple[int, int] | int = (2015, 2024),
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
    table: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the municipalities with the portfolio most like one municipality's.

    Parameters
    ----------
    municipality
        A code, an actor id or a name.
    n
        How many peers; None returns every municipality, also those that cannot be compared.
    min_known
        The least number of networks in which both are known (default 3: with one or two, a single shared
        network makes the index 1).
    years, counts_as, year_basis, counting, list_certainty
        See `portfolios`.
    table
        A frame of `portfolios`, to look up several municipalities in; its choices then count. None makes one.

    Returns
    -------
    pd.DataFrame
        `rank` (1 = most alike), `code, name, jaccard` (networks both are in, of those at least one is in,
        among networks where both are known; 0–1), `jaccard_low, jaccard_high` (if no, or every, unknown cell
        beside a known membership were a membership), `n_known, n_shared, n_either` (networks),
        `n_one_sided` (one is in, the other unknown), `shared, only_here, only_there, one_sided` (network ids:
        the reasons), `status` (`comparable`, `too_few_known`, `none_known`: both known in enough networks, and
        members of none). Ties: more shared networks, then more known cells, then the code.

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
    code = known_municipality(data, municipality)
    not_negative("min_known", min_known)
    if n is not None:
        counted_from_one("n", n)
    if table is None:
        evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
        table = portfolios(data, years=years, list_certainty=list_certainty, **evidence)
    matrix = table.to_numpy(dtype=float, na_value=np.nan)
    here = matrix[table.index.get_loc(code)]
    both = ~np.isnan(matrix) & ~np.isnan(here)
    sets = {
        "shared": both & (matrix == 1) & (here == 1),
        "only_here": both & (matrix == 0) & (here == 1),
        "only_there": both & (matrix == 1) & (here == 0),
        "one_sided": ((matrix == 1) & np.isnan(here)) | (np.isnan(matrix) & (here == 1)),
    }
    n_of = {name: cells.sum(axis=1) for name, cells in sets.items()}
    names = data.municipalities.set_index("code")["name"].to_dict()
    n_either = n_of["shared"] + n_of["only_here"] + n_of["only_there"]
    frame = pd.DataFrame(
        {
            "code": table.index,
            "name": [names[other] for other in table.index],
            "jaccard": _share(n_of["shared"], n_either),
            "jaccard_low": _share(n_of["shared"], n_either + n_of["one_sided"]),
            "jaccard_high": _share(n_of["shared"] + n_of["one_sided"], n_either + n_of["one_sided"]),
            "n_known": both.sum(axis=1),
            "n_shared": n_of["shared"],
            "n_either": n_either,
            "n_one_sided": n_of["one_sided"],
        }
    )
    few, none = frame["n_known"] < min_known, frame["n_either"] == 0
    frame["status"] = np.where(few, "too_few_known", np.where(none, "none_known", "comparable"))
    frame["jaccard"] = frame["jaccard"].mask(frame["status"] != "comparable")
    order = ["jaccard", "n_shared", "n_known", "code"]
    ranked = _ranked(frame[frame["code"] != code], order, [False, False, False, True], "jaccard", n)
    kept = table.index.get_indexer(pd.Index(ranked["code"]))
    reasons = {name: [";".join(table.columns[row]) for row in cells[kept]] for name, cells in sets.items()}
    status = ranked.pop("status")
    return ranked.assign(**reasons, status=status)


def by_structure(
    data: Dataset,
    municipality: str,
    *,
    year: int = 2024,
    n: int | None = 10,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the municipalities most like one municipality by size, type, coast and location.

    Parameters
    ----------
    municipality
        A code, an actor id or a name.
    year
        The year of the population; where it was not published, the latest year before it (shown in
        `population_year`), never an interpolation. Municipalities that did not exist yet are left out.
    n
        How many peers; None returns all.
    weights
        Weights of `population` (difference of natural logarithms), `skr_group` (0 in the same group, ½ in
        another group of the same main group, 1 otherwise), `coast` (1 if only one of them lies at the sea) and
        `location` (great-circle distance between the named points). They must sum to 1; default: equal.

    Returns
    -------
    pd.DataFrame
        `rank` (1 = most alike), `code, name, distance` (weighted mean of the differences, each divided by its
        mean over all pairs of municipalities: 1 is as different as two municipalities are on average),
        `population, population_ratio, population_year, skr_group, same_skr_group, same_coast, km`;
        `from_population, from_skr_group, from_coast, from_location` (parts that add up to the distance), `alike`
        (components that differ less than a quarter of the average: the reasons). Ties: by code.

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
    code = known_municipality(data, municipality)
    if n is not None:
        counted_from_one("n", n)
    used = component_weights(weights)
    table, population_year = structure(data, year)
    if code not in table.index:
        raise InvalidArgument(f"{municipality!r} did not exist in {year}", where="year", remedy="give a later year")
    raw = differences(table)
    position = table.index.get_loc(code)
    scaled = {name: raw[name][position] / (_mean_off_diagonal(raw[name]) or 1.0) for name in used}
    parts = {name: used[name] * scaled[name] for name in used}
    size = table["population"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "code": table.index,
            "name": table["name"].to_numpy(),
            "distance": np.sum(list(parts.values()), axis=0),
            "population": table["population"].to_numpy(),
            "population_ratio": size / size[position],
            "population_year": population_year,
            "skr_group": table["skr_group"].to_numpy(),
            "same_skr_group": _same(raw["skr_group"][position]),
            "same_coast": _same(raw["coast"][position]),
            "km": raw["location"][position],
            **{f"from_{name}": values for name, values in parts.items()},
            "alike": [";".join(name for name in used if scaled[name][row] < 0.25) for row in range(len(table))],
        }
    )
    return _ranked(frame[frame["code"] != code], ["distance", "code"], [True, True], "distance", n)


def in_words(peers: pd.DataFrame, lang: str = "en", *, names: Mapping[str, str] | None = None) -> pd.Series:
    """Put the reasons of each peer into words, for a frame of `by_portfolio` or `by_structure`.

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
    >>> from natverk import load
    >>> in_words(by_structure(load(), "Malmö", n=1)).iloc[0]
    'same group of municipalities and same situation towards the coast'
    """
    # The locale brings Babel along: only whoever wants words pays for it.
    from natverk.locale import texts

    t = texts(lang)
    said = []
    for row in each_row(peers):
        if "alike" in peers.columns:
            said.append(t.join([t(f"peers.{name}", km=t.number(row.km)) for name in row.alike.split(";") if name]))
            continue
        shared = t.join([(names or {}).get(item, item) for item in row.shared.split(";") if item])
        parts = [t("peers.shared", names=shared)] if shared else []
        if pd.notna(row.jaccard):
            value, low, high = (t.number(item, 2) for item in (row.jaccard, row.jaccard_low, row.jaccard_high))
            parts.append(t("peers.bounds", value=value, low=low, high=high, n=t.count("common.network", row.n_known)))
        if row.n_one_sided:
            parts.append(t("peers.one_sided", n=t.count("common.network", row.n_one_sided)))
        said.append("; ".join(parts))
    return pd.Series(said, index=peers.index, dtype="str", name="in_words")


def _same(difference: np.ndarray) -> pd.Series:
    """Say whether there is no difference; missing where it is not known."""
    return pd.Series(difference == 0, dtype="boolean").mask(np.isnan(difference))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, and leave missing what has nothing to divide by."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _ranked(frame: pd.DataFrame, order: list[str], ascending: list[bool], key: str, n: int | None) -> pd.DataFrame:
    """Sort, number the comparable rows from 1 and keep the first `n` of them; all rows if `n` is None."""
    frame = frame.sort_values(order, ascending=ascending, na_position="last", kind="stable", ignore_index=True)
    ranks = pd.Series(range(1, len(frame) + 1), index=frame.index, dtype="Int64")
    frame.insert(0, "rank", ranks.mask(frame[key].isna()))
    return frame if n is None else frame[frame["rank"].notna()].head(n).reset_index(drop=True)


def _mean_off_diagonal(matrix: np.ndarray) -> float:
    """Return the mean over all pairs of two different municipalities that are known, or 0 where there is none."""
    pairs = matrix[~np.eye(len(matrix), dtype=bool)]
    known = pairs[~np.isnan(pairs)]
    return float(known.mean()) if known.size else 0.0


def candidates(
    data: Dataset,
    municipality: str,
    *,
    peers: Iterable[str] | None = None,
    by: Literal["portfolio", "structure"] = "structure",
    year: int = 2024,
    window: int | None = 10,
    n_peers: int = 10,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
    min_known: int = 3,
    weights: Mapping[str, float] | None = None,
    table: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the networks that peers are documented in and this municipality is not, the most shared first.

    Parameters
    ----------
    municipality
        A code, an actor id or a name.
    peers
        The municipalities that are asked, as codes, actor ids or names; by default the most alike are sought.
    by
        Peers by `"structure"` (default: it does not depend on what is documented) or `"portfolio"`.
    year, window
        Portfolios are those of the `window` years up to `year`; eligibility is that of `year`. With None all
        evidence up to `year` counts, also what has no year, but for peers that a later list or end shows outside.
    n_peers
        How many peers are asked.
    counts_as, year_basis, counting, list_certainty
        See `portfolios`.
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
        missing where unknown), `own_documented` (a row of any year calls it a member, or a former one), `eligible`,
        `eligibility` (`eligible`, `level`, `too_small`, `too_large`, `not_founded`, `dissolved`), `min_population,
        max_population, population, population_year, eligibility_note`. Ties: by network id.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value, a year out of range, or weights that do not sum to 1.

    Notes
    -----
    "Not documented" is not "not a member": `own_state` says which. Eligibility knows levels and population
    only (Gotland is at both levels); that a network is for one border region or one kind of place stands in its
    membership rule.

    Examples
    --------
    >>> from natverk import load
    >>> table = candidates(load(), "Solna", year=2019).set_index("network_id")
    >>> table.loc["eurocities", ["own_state", "eligibility"]].tolist()
    ['unknown', 'too_small']
    """
    code = known_municipality(data, municipality)
    choice("by", by, ("portfolio", "structure"))
    year_range(year, "year", data=data)
    counted_from_one("n_peers", n_peers)
    if window is not None:
        counted_from_one("window", window)
    first = YEARS[0] if window is None else year - window + 1
    evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
    evidence |= {"list_certainty": list_certainty, "years": (first, year)}
    if peers is not None:
        asked = [known_municipality(data, peer) for peer in peers]
    elif by == "structure":
        asked = by_structure(data, code, year=year, n=n_peers, weights=weights)["code"].tolist()
    else:
        near = by_portfolio(data, code, n=None, min_known=min_known, table=table, **evidence)
        # Who shares nothing with it is no peer, however much is known of both.
        asked = near.loc[near["rank"].notna() & (near["n_shared"] > 0), "code"].head(n_peers).tolist()
    if table is None:
        # Only these can decide: a network that none of them is known in is no candidate.
        table = portfolios(data, municipalities=[code, *asked], **evidence)
    own = table.loc[code]
    known = own.notna()
    actor = f"municipality:{code}"
    rows = graded(data, year_basis="any", counting=counting)
    once = set(rows.loc[(rows["actor_id"] == actor) & rows["grade"].isin(["positive", "exit"]), "network_id"])
    rows = rows[rows["grade"] == "positive"]
    documented = set(rows.loc[rows["actor_id"] == actor, "network_id"])
    rules = {row.network_id: row for row in each_row(data.networks)}
    among = table.loc[asked]
    if window is None:
        among = _with_undated(data, among, rows, year, counts_as)
    counts = (among == 1).sum()
    wanted = [
        network for network in among.columns
        if counts[network] > 0 and (own[network] == 0 if known.get(network, False) else network not in documented)
    ]  # fmt: skip
    population, population_year = population_at(data, year)
    size = year_or_none(population.get(code))
    may = eligible(data, [f"municipality:{peer}" for peer in asked], wanted, range(year, year + 1))
    kind = levels(data).set_index("actor_id").loc[actor]
    absent = _absences(data, actor, [network for network in wanted if known.get(network, False)], evidence)
    own_levels = {name for name in ("municipality", "region") if bool(kind[name])}
    found = []
    for place, network in enumerate(wanted):
        rule = rules[network]
        cells = among[network]
        reason = _eligibility(rule, own_levels, size, year)
        found.append(
            {
                "network_id": network,
                "network": rule.name,
                "n_in": int(counts[network]),
                "n_in_high": int(counts[network]) + int((cells.isna().to_numpy() & may[:, place, 0]).sum()),
                "n_known": int(cells.notna().sum()),
                "n_peers": len(asked),
                "peers": ";".join(sorted(cells.index[(cells == 1).fillna(False).astype(bool)])),
                "own_state": absent.get(network, ("unknown", None))[0],
                "own_year": absent.get(network, ("unknown", None))[1],
                "own_documented": network in once,
                "eligible": reason == "eligible",
                "eligibility": reason,
                "min_population": rule.min_population,
                "max_population": rule.max_population,
                "population": size,
                "population_year": population_year,
                "eligibility_note": rule.eligibility_note,
            }
        )
    frame = pd.DataFrame(found, columns=_CANDIDATE_COLUMNS).astype(dict.fromkeys(_NUMBERS, "Int64"))
    frame = frame.sort_values(["n_in", "network_id"], ascending=[False, True], ignore_index=True)
    frame.insert(0, "rank", range(1, len(frame) + 1))
    return frame


_CANDIDATE_COLUMNS = [
    "network_id", "network", "n_in", "n_in_high", "n_known", "n_peers", "peers", "own_state", "own_year",
    "own_documented", "eligible", "eligibility", "min_population", "max_population", "population", "population_year",
    "eligibility_note",
]  # fmt: skip
_NUMBERS = ("own_year", "min_population", "max_population", "population")


def _with_undated(
    data: Dataset, among: pd.DataFrame, rows: pd.DataFrame, year: int, counts_as: tuple[str, ...]
) -> pd.DataFrame:
    """Return portfolios in which what has no year of its own makes a member too, where no year says otherwise."""
    codes = data.municipalities.set_index("actor_id")["code"]
    networks = networks_counting_as(data, counts_as)
    until = rows["first"].isna() | (rows["first"] <= year).fillna(False)
    rows = rows.assign(code=rows["actor_id"].map(codes))[until & rows["network_id"].isin(networks)]
    rows = rows[rows["code"].isin(among.index)]
    filled = among.reindex(columns=sorted({*among.columns, *rows["network_id"]})).astype("Float64")
    once = pd.crosstab(rows["code"], rows["network_id"]).reindex(index=filled.index, columns=filled.columns)
    return filled.mask(filled.isna() & (once > 0), 1.0)


def _absences(
    data: Dataset, actor: str, networks: list[str], evidence: dict[str, Any]
) -> dict[str, tuple[str, int | None]]:
    """Return the networks that an actor is known to be outside, by a list (and its year) or an end (the last year)."""
    if not networks:
        return {}
    asked = {name: value for name, value in evidence.items() if name != "counts_as"}
    cells = panel(data, actors=[actor], networks=networks, **asked)
    last = cells[cells["state"].isin(["not_member", "left"])].groupby("network_id").last()
    rows = graded(data, year_basis=evidence["year_basis"], counting=evidence["counting"])
    ends = rows[rows["actor_id"] == actor].groupby("network_id")["end"].max()
    return {
        str(name): (str(row["state"]), year_or_none(row["year"] if row["state"] == "not_member" else ends.get(name)))
        for name, row in last.iterrows()
    }


def _eligibility(rule: Any, own_levels: set[str], size: int | None, year: int) -> str:
    """Say why a municipality may or may not belong to a network in a year; see `natverk.membership.actors.eligible`."""
    founded, dissolved = year_or_none(rule.founded_year), year_or_none(rule.dissolved_year)
    least, most = year_or_none(rule.min_population), year_or_none(rule.max_population)
    if not own_levels & set(str(rule.eligible_levels).split(";")):
        return "level"
    if founded is not None and year < founded:
        return "not_founded"
    if dissolved is not None and year > dissolved:
        return "dissolved"
    if size is not None and least is not None and size < least:
        return "too_small"
    if size is not None and most is not None and size > most:
        return "too_large"
    return "eligible"


_KEPT = {"structure": "distance", "portfolio": "jaccard"}
_COLUMNS = ["code", "by", "rank", "peer_code", "peer_name", "value", "value_low", "value_high", "n_known"]


def county_peers(data: Dataset, county: str, *, year: int = 2024, n: int = 3) -> pd.DataFrame:
    """Return for each municipality of a county the few that are most like it, by structure and by portfolio.

    Parameters
    ----------
    county
        A county code.
    year
        The year of the population, and the last of the ten years of the portfolios.
    n
        How many peers of each kind.

    Returns
    -------
    pd.DataFrame
        One row a municipality, kind and peer: `code, by` (`structure`, `portfolio`), `rank` (1 = most alike),
        `peer_code, peer_name, value` (the distance of `peers.by_structure`, 0 = alike; the Jaccard index of
        `peers.by_portfolio`, 1 = alike), `value_low, value_high` (bounds of the index over the unknown cells;
        missing for structure), `n_known` (networks in which both are known; missing for structure).
        A municipality whose portfolio can be compared with nobody's, or shares no network with anybody, has no
        row by portfolio. Largest municipalities first.

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
    places = data.municipalities[data.municipalities["county_code"] == known_county(data, county)]
    table = portfolios(data, years=(year - 9, year))
    parts = []
    for code in places["code"]:
        alike = by_structure(data, code, year=year, n=n)
        near = by_portfolio(data, code, n=n, table=table)
        near = near[near["n_shared"] > 0]
        for by, frame in (("structure", alike), ("portfolio", near)):
            own = frame.rename(columns={_KEPT[by]: "value", "code": "peer_code", "name": "peer_name"})
            own = own.rename(columns={"jaccard_low": "value_low", "jaccard_high": "value_high"})
            parts.append(own.assign(code=code, by=by).reindex(columns=_COLUMNS))
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    numbers = {"value": "float64", "value_low": "float64", "value_high": "float64", "n_known": "Int64"}
    return found.astype({"code": "str", "by": "str", "peer_code": "str", "peer_name": "str", **numbers})


#: Least populations of the size classes: more than half of the municipalities lie in the first two.
SIZE_CLASSES = (0, 10_000, 20_000, 50_000, 100_000, 200_000)


def by_size(
    data: Dataset,
    documented: pd.DataFrame,
    *,
    year: int = 2024,
    classes: tuple[int, ...] = SIZE_CLASSES,
) -> pd.DataFrame:
    """Return how many memberships are documented for each municipality, with its size class.

    Parameters
    ----------
    documented
        `documented` all municipalities (rows of other actors are left out).
    year
        The year of the population; where it was not published, the latest year before it.
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
        If the classes do not rise from 0, or for a year before the first population.

    Examples
    --------
    >>> from natverk import load, documented
    >>> data = load()
    >>> table = by_size(data, documented(data, data.municipalities["actor_id"])).set_index("name")
    >>> len(table), table.loc["Vänersborg", ["size_from", "size_to"]].tolist()
    (290, [20000, 50000])
    """
    bounds = list(classes)
    if not bounds or bounds[0] != 0 or bounds != sorted(set(bounds)):
        raise InvalidArgument(f"the classes {classes} do not rise from 0", where="classes", remedy="(0, 10000, …)")
    population, published = population_at(data, year)
    places = data.municipalities
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    frame = pd.DataFrame(
        {
            "code": places["code"],
            "name": places["name"],
            "population": places["code"].map(population).astype("Int64"),
            "population_year": published,
        }
    )
    lower = [max(bound for bound in bounds if bound <= size) for size in frame["population"].fillna(0)]
    above = dict(zip(bounds, [*bounds[1:], None], strict=True))
    frame["size_from"] = lower
    frame["size_to"] = pd.array([above[low] for low in lower], dtype="Int64")
    for column, rows in (("n_documented", firm), ("n_undated", firm[firm["mark"] == "undated"])):
        frame[column] = places["actor_id"].map(rows.groupby("actor_id").size()).fillna(0).astype(int)
    return frame.sort_values(["population", "code"], ignore_index=True)


def neighbours(data: Dataset, municipality: str, documented: pd.DataFrame) -> pd.DataFrame:
    """Return which networks the other municipalities of the county are documented in, the most shared first.

    Parameters
    ----------
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
    UnknownName
        For an unknown municipality.

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
    places = data.municipalities.set_index("code")
    county = places["county_code"][code]
    others = places[(places["county_code"] == county) & (places.index != code)]
    codes = dict(zip(others["actor_id"], others.index, strict=True))
    region = data.counties.set_index("county_code")["region_actor_id"][county]
    firm = documented[documented["mark"].isin(DOCUMENTED)]
    own = documented[documented["actor_id"] == places["actor_id"][code]].set_index("network_id")["mark"].to_dict()
    regional = set(firm.loc[firm["actor_id"] == region, "network_id"])
    found: dict[str, list[str]] = {}
    for row in each_row(firm[firm["actor_id"].isin(codes)]):
        found.setdefault(row.network_id, []).append(codes[row.actor_id])
    rows = [
        {
            "network_id": network,
            "n_in": len(members),
            "n_neighbours": len(others),
            "neighbours": ";".join(sorted(members)),
            "region": network in regional,
            "own_mark": own.get(network),
        }
        for network, members in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    columns = ["network_id", "n_in", "n_neighbours", "neighbours", "region", "own_mark"]
    return pd.DataFrame(rows, columns=columns).astype({"own_mark": "str", "region": "bool"})
