"""Practised roles: which levels are attested as active in a theme, county by county.

Evidence of activity is one thing (`attested_pattern`), what it does not exclude another (`possible_roles`); "none
attested" is never "vacant".
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.frames import choice, known_county, several, year_range
from natverk.membership.actors import Kinds, checked_kinds, levels
from natverk.membership.evidence import Counting, YearBasis, graded
from natverk.membership.panel import KNOWN, SETS, chosen_networks, panel
from natverk.roles.tasks import LEVELS, unitary_counties

__all__ = [
    "GeneralPurpose",
    "ROLES",
    "activity_by_level",
    "practised",
]


GeneralPurpose = Literal["leave_out", "count"]

#: The roles that the evidence can leave possible: one level alone, several, or nobody.
ROLES = ("municipal", "regional", "joint", "shared", "vacant")


@asked
def practised(
    data: Dataset,
    *,
    county: str | int | None = None,
    year: int | None = None,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    joint_tasks: bool = True,
    general_purpose: GeneralPurpose = "leave_out",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return the practised roles: which levels are attested as active in a theme, county by county.

    Parameters
    ----------
    county
        A county by code or name, or None for all 21.
    year
        A year: `low` counts actors attested in it, `best` also presumed ones, `high` also unknown ones of
        eligible actors, and a level of which every cell is known to be empty is excluded. None (default):
        ever documented, undated evidence included; nothing is excluded then.
    counts_as, year_basis, counting
        What is counted; see `panel`.
    joint_tasks
        Whether a joint body's own stated tasks are evidence of the joint level (default), beside its
        memberships; with a year, those of bodies that existed then.
    kinds
        Only networks of these kinds, see `natverk.panel`; `attrs["kinds"]` says what was counted. A joint body's own
        tasks are no network: `joint_tasks` decides about them.
    general_purpose
        Networks and bodies of general purpose (columns of that name in `networks` and `bodies`): `"leave_out"`
        (default) lets them decide no theme but `generic`, since nobody is active in public transport or tourism by
        belonging to a council of cities; `"count"` takes each of their themes as one its members work in.

    Returns
    -------
    pd.DataFrame
        One row a county and theme: `county_code, theme, n_municipalities, municipal_low, municipal_best,
        municipal_high, municipal_share` (best of all municipalities, 0–1), `regional_low, regional_best,
        regional_high, joint_low, joint_best` (numbers of actors), `attested_pattern` (levels joined by `+`,
        or `none attested`), `possible_roles` (joined by `|`), `role` (only where one role is possible;
        Gotland, one body with both roles: `unitary`), `row_ids` (what decides), `left_out` (networks and bodies of
        general purpose with the theme in which an actor of the county is attested and which decide nothing here; ids
        joined by `;`).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value, an empty selection, or a year out of range.

    Notes
    -----
    Each level is active or not; attested levels are active, excluded ones are not, the others may be
    either. A role is possible when some such choice gives it: exactly one active level names it, two or
    more are `shared`, none is `vacant`. The joint level is never excluded: the bodies known to us are not
    all there are.

    Examples
    --------
    >>> from natverk import load
    >>> table = practised(load(), county="14").set_index("theme")
    >>> table.loc["climate_energy", "attested_pattern"], table.loc["climate_energy", "role"]
    ('municipal+regional+joint', 'shared')
    """
    code = None if county is None else known_county(data, county)
    year = None if year is None else year_range(year, "year", data=data)[0]
    own = None if kinds is None else checked_kinds(kinds)
    choice("general_purpose", general_purpose, ("leave_out", "count"))
    sets = tuple(several(counts_as))
    table = _practised(data, year, sets, year_basis, counting, joint_tasks, general_purpose, own)
    table.attrs["kinds"] = checked_kinds(kinds)
    return table if code is None else table[table["county_code"] == code].reset_index(drop=True)


@kept
def _practised(
    data: Dataset,
    year: int | None,
    counts_as: tuple[str, ...],
    year_basis: YearBasis,
    counting: Counting,
    joint_tasks: bool,
    general_purpose: GeneralPurpose,
    kinds: tuple[str, ...] | None,
) -> pd.DataFrame:
    """Return the practised roles of the whole country."""
    active = activity_by_level(data, year, counts_as, year_basis, counting, joint_tasks, general_purpose, kinds)
    order = pd.MultiIndex.from_product(
        [data.counties["county_code"], VOCABULARIES["theme"]], names=["county_code", "theme"]
    )
    wide = active.pivot(index=order.names, columns="level").reindex(order)
    table = pd.DataFrame({"n_municipalities": wide["n_actors", "municipal"]})
    for level in LEVELS:
        for bound in ("low", "best") if level == "joint" else ("low", "best", "high"):
            table[f"{level}_{bound}"] = wide[bound, level]
    table.insert(4, "municipal_share", table["municipal_best"] / table["n_municipalities"])
    attested, closed = (wide[name][list(LEVELS)].to_numpy(dtype=bool) for name in ("low", "closed"))
    unitary = order.get_level_values("county_code").isin(unitary_counties(data)).tolist()
    found = [_pattern_and_roles(*state) for state in zip(attested, closed, unitary, strict=True)]
    table["attested_pattern"] = pd.Series([pattern for pattern, _ in found], index=order, dtype=TEXT)
    table["possible_roles"] = pd.Series(["|".join(roles) for _, roles in found], index=order, dtype=TEXT)
    table["role"] = pd.Series([roles[0] if len(roles) == 1 else None for _, roles in found], index=order, dtype=TEXT)
    # Rows of evidence first, then the bodies whose own tasks count.
    ids = active.groupby(order.names)["row_ids"].agg(";".join).reindex(order).str.split(";")
    table["row_ids"] = ids.map(lambda own: ";".join(sorted({*own} - {""}, key=lambda row: (row[:5] == "body:", row))))
    out = active.groupby(order.names)["left_out"].agg(";".join).reindex(order).str.split(";")
    table["left_out"] = out.map(lambda own: ";".join(sorted({*own} - {""})))
    return table.astype({"row_ids": TEXT, "left_out": TEXT}).reset_index()


def _pattern_and_roles(attested: np.ndarray, closed: np.ndarray, unitary: bool) -> tuple[str, list[str]]:
    """Return the attested ones of `LEVELS` joined by `+`, and the roles that are possible with them."""
    active = [level for level, is_so in zip(LEVELS, attested, strict=True) if is_so]
    shut = {level for level, is_so in zip(LEVELS, closed, strict=True) if is_so} - {"joint", *active}
    pattern = "+".join(active) or "none attested"
    if unitary:
        # One body holds both roles: municipal and regional cannot be told apart.
        holder = "joint" if "municipal" in shut else "unitary"
        return pattern.replace("municipal+regional", "unitary"), [holder] if active else [holder, "vacant"]
    return pattern, _possible(active, [level for level in LEVELS if level not in {*active, *shut}])


def _possible(active: list[str], free: list[str]) -> list[str]:
    """Return the roles that some choice of the free levels gives, in the order of `ROLES`.

    >>> _possible(["municipal"], ["regional"])
    ['municipal', 'shared']
    """
    alone = free if not active else active if len(active) == 1 else []
    shared = len(active) + len(free) > 1
    return [
        role for role in ROLES if role in alone or (role == "shared" and shared) or (role == "vacant" and not active)
    ]


@asked
@kept
def activity_by_level(
    data: Dataset,
    year: int | None = None,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    joint_tasks: bool = True,
    general_purpose: GeneralPurpose = "leave_out",
    kinds: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """Count the active actors of each level in each theme, county by county: what `practised` and `compare` read.

    Parameters
    ----------
    year, counts_as, year_basis, counting, joint_tasks, general_purpose, kinds
        See `practised`.

    Returns
    -------
    pd.DataFrame
        One row a county, theme and level: `county_code, theme, level` (`municipal`, `regional`, `joint`; Gotland
        counts in the first two), `n_actors` (at home in the county), `low, best, high` (of them active), `closed`
        (whether evidence excludes every one of them; also where no joint body is known), `row_ids` (what attests it,
        joined by `;`: rows, and joint bodies whose own tasks count), `left_out` (likewise the networks and bodies of
        general purpose that would attest it; ids).

    Raises
    ------
    InvalidArgument
        For an unknown value, an empty selection, or a year out of range.

    Examples
    --------
    >>> from natverk import load
    >>> table = activity_by_level(load()).set_index(["county_code", "theme", "level"])
    >>> table.loc[("14", "climate_energy", "municipal"), ["n_actors", "high"]].tolist()
    [49, 49]
    """
    homes = _homes(data)
    networks = chosen_networks(data, None, counts_as, kinds)
    if year is None:
        rows = graded(data, year_basis=year_basis, counting=counting)
        rows = rows[rows["network_id"].isin(networks) & rows["grade"].isin(["positive", "exit"])]
        cells = rows.groupby(["actor_id", "network_id"], as_index=False).agg(rows=("row_id", ";".join))
        cells = cells.assign(low=1, best=1, high=1, open=0)
    else:
        cells = panel(
            data, actors=homes["actor_id"].unique(), networks=networks, years=year,
            year_basis=year_basis, counting=counting,
        )  # fmt: skip
        # Open is what evidence does not exclude: a cell that is not known, or may be a membership all the same.
        cells["open"] = (~cells["state"].isin(KNOWN) | (cells["high"] > 0)).astype("int64")
    bounds = ["low", "best", "high", "open"]
    themes = data.networks.assign(theme=data.networks["themes"].str.split(";")).explode("theme")
    themes = themes.loc[themes["network_id"].isin(networks), ["network_id", "theme", "general_purpose"]]
    themes, apart = _told_apart(themes, general_purpose)
    active = cells[["actor_id", "network_id", *bounds]].merge(themes)
    attested = cells.loc[(cells["low"] > 0) & (cells["rows"] != ""), ["actor_id", "network_id", "rows"]]
    ids, left_out = attested.merge(themes), attested.merge(apart).assign(rows=lambda frame: frame["network_id"])
    if joint_tasks:
        own = data.bodies[data.bodies["themes"].notna()]
        if year is not None:
            own = own[~((own["founded_year"] > year) | (own["dissolved_year"] < year)).fillna(False)]
        own = own.assign(theme=own["themes"].str.split(";"), actor_id=own["body_id"], rows=own["body_id"])
        own, own_apart = _told_apart(
            own.explode("theme")[["actor_id", "theme", "rows", "general_purpose"]], general_purpose
        )
        active = pd.concat([active, own.assign(low=1, best=1, high=1, open=0)])
        ids, left_out = pd.concat([ids, own]), pd.concat([left_out, own_apart])
    keys = ["county_code", "theme", "level"]
    order = pd.MultiIndex.from_product([data.counties["county_code"], VOCABULARIES["theme"], LEVELS], names=keys)
    active = active.groupby(["actor_id", "theme"], sort=False, as_index=False)[bounds].max().merge(homes)
    table = active.groupby(keys)[bounds].sum().reindex(order, fill_value=0).astype("int64")
    n_actors = homes.groupby(["county_code", "level"]).size().reindex(order.droplevel("theme"), fill_value=0)
    table.insert(0, "n_actors", n_actors.to_numpy())
    table["row_ids"] = ids.merge(homes).groupby(keys)["rows"].agg(";".join).reindex(order, fill_value="").astype(TEXT)
    out = left_out.merge(homes).drop_duplicates([*keys, "rows"]).groupby(keys)["rows"].agg(";".join)
    table["left_out"] = out.reindex(order, fill_value="").astype(TEXT)
    table = table.reset_index()
    if year is None:
        # Nothing bounds the unknown from above but the number of actors itself.
        table["high"] = table["n_actors"]
    # Closed needs a year, a network of the theme, and (but for joint bodies) somebody whose cells are known.
    told = table["theme"].isin(themes["theme"]) & ((table["n_actors"] > 0) | (table["level"] == "joint"))
    table.insert(7, "closed", (table.pop("open") == 0) & told & (year is not None))
    return table


def _told_apart(themes: pd.DataFrame, general_purpose: GeneralPurpose) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that decide a theme, and those of networks or bodies of general purpose, which do not."""
    general = themes.pop("general_purpose").fillna(False).astype(bool)
    apart = general & (themes["theme"] != "generic") & (general_purpose == "leave_out")
    return themes[~apart], themes[apart]


@kept
def _homes(data: Dataset) -> pd.DataFrame:
    """Return who is at home in which county at which level; Gotland is municipal and regional."""
    table = levels(data).assign(county_code=levels(data)["county_codes"].str.split(";")).explode("county_code")
    kinds = {"municipal": table["municipality"], "regional": table["region"], "joint": table["level"] == "joint"}
    parts = [table.loc[own, ["county_code", "actor_id"]].assign(level=level) for level, own in kinds.items()]
    return pd.concat(parts, ignore_index=True).astype(TEXT)
