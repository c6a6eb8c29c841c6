"""Peers: which municipalities are most alike by portfolio and by structure.

Likeness of portfolios is measured on known cells only. Outside complete lists a cell is known almost only when
it is positive, which draws the index towards 1: every row says how many known cells it rests on and between
which bounds the index lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.arguments import counted_from_one, not_negative
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.frames import each_row
from natverk.measures.likeness import (
    component_weights,
    differences,
    municipality_code,
    portfolios,
    structure,
)
from natverk.measures.panel import SETS

__all__ = ["by_portfolio", "by_structure", "in_words"]


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
    code = municipality_code(data, municipality)
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
    code = municipality_code(data, municipality)
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
