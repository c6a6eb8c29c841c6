"""Theme profiles: in which fields a region and its municipalities are documented, and how alike that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.vocabulary import VOCABULARIES
from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice, several
from natverk.measures.countycells import comparable, county_cells
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.ties import Year

__all__ = ["schoener_d", "theme_overlap", "theme_profiles"]


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
