"""Which actors there are, at which level and since when: selections that the measures share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import YEARS, by_alphabet, choice, known_county, several

__all__ = [
    "KINDS",
    "Kinds",
    "admitted_by_rule",
    "actors_of",
    "at_risk_in",
    "checked_kinds",
    "eligible",
    "existence",
    "levels",
    "may_belong",
    "member_actors",
    "networks_of_kinds",
    "population_by_year",
    "population_known",
    "rows_as_region",
]

#: Kinds of network by what it is (a network, or a body of cooperation: a rail corridor, a water council, a reserve)
#: and by how far it reaches; None stands for all.
Kinds = Iterable[str] | str | None
KINDS = (*VOCABULARIES["network_kind"], *VOCABULARIES["reach"])


def checked_kinds(kinds: Kinds) -> tuple[str, ...]:
    """Return the kinds of network that are meant, or raise with the nearest one; all of them as `("all",)`.

    >>> checked_kinds("network"), checked_kinds(None)
    (('network',), ('all',))
    """
    if kinds is None:
        return ("all",)
    wanted = tuple(several(kinds))
    for kind in wanted:
        choice("kinds", kind, KINDS)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="kinds", allowed=KINDS)
    return wanted


@asked
def networks_of_kinds(data: Dataset, kinds: Kinds) -> list[str]:
    """Return the ids of the networks of some kinds, in the order of the table.

    A network is in when its `kind` is among the kinds named, if any is (`network`, `cooperation_body`), and its
    `reach` among the reaches named, if any is (`international`, `national`, `cross_border`, `across_counties`,
    `within_county`). A column that is blank fits no value.

    >>> from natverk import load
    >>> data = load()
    >>> len(networks_of_kinds(data, ["network", "cooperation_body"])) == len(networks_of_kinds(data, None))
    True
    >>> "ubc" in networks_of_kinds(data, ["network", "international"]), "ubc" in networks_of_kinds(data, "national")
    (True, False)
    """
    wanted, table = set(checked_kinds(kinds)), data.networks
    fits = pd.Series(True, index=table.index)
    for column, vocabulary in (("kind", "network_kind"), ("reach", "reach")):
        named = wanted & {*VOCABULARIES[vocabulary]}
        if named:
            fits &= table[column].isin(named)
    return list(table.loc[fits, "network_id"])


@asked
@kept
def levels(data: Dataset) -> pd.DataFrame:
    """Return the level of every actor that can hold a membership.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`municipal`, `regional`, `joint`, `other`), `municipality`, `region`
        (whether it counts at that level; Gotland at both), `county_codes`.

    Examples
    --------
    >>> from natverk import load
    >>> levels(load()).set_index("actor_id").loc["municipality:0980", ["municipality", "region"]].tolist()
    [True, True]
    """
    actors = data.actors
    level = (
        actors["kind"].map({"municipality": "municipal", "region": "regional", "joint_body": "joint"}).fillna("other")
    )
    return pd.DataFrame(
        {
            "actor_id": actors["actor_id"],
            "name": actors["name"],
            "level": level.astype(TEXT),
            "municipality": actors["kind"] == "municipality",
            "region": (actors["kind"] == "region") | actors["also_regional"].astype(bool),
            "county_codes": actors["county_codes"],
        }
    )


@asked
@kept
def rows_as_region(data: Dataset) -> frozenset[str]:
    """Return the rows of memberships by which Gotland, municipality and region in one, is a member as a region.

    It is one where the network is open to regions only, the row stands on a list of regions alone, or the source names
    it a region.

    Examples
    --------
    >>> from natverk import load
    >>> rows = rows_as_region(load())
    >>> "mem-02472" in rows, "mem-01606" in rows  # Mälardalsrådet, Union of the Baltic Cities
    (True, False)
    """
    both = data.actors.loc[data.actors["also_regional"].fillna(False).astype(bool), "actor_id"]
    rows = data.memberships[data.memberships["actor_id"].isin(both)]
    network = rows["network_id"].map(data.networks.set_index("network_id")["eligible_levels"])
    listed = rows["list_id"].map(data.member_lists.set_index("list_id")["levels_at_risk"])
    named = rows["name_as_stated"].fillna("").str.startswith("Region ")
    named |= rows["status_as_stated"].fillna("").str.contains(r"\ball \d+ regions\b")
    return frozenset(rows.loc[(network == "region") | (listed == "region") | named, "row_id"])


@asked
def actors_of(data: Dataset, county: str) -> pd.DataFrame:
    """Return the actors of a county: the region, its joint bodies, its municipalities by population.

    Joint bodies are those at home in the county, also when they reach into others; on Gotland the one
    municipality is also the region and stands once, as `unitary`.

    Parameters
    ----------
    data, county
        The dataset and a county code.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`regional`, `joint`, `municipal`, `unitary`), `code`, `population`
        (31 December of the latest year known, inhabitants), in the order in which a page lists them.

    Raises
    ------
    UnknownName
        For an unknown county.

    Notes
    -----
    Levels as the design has them: joint bodies are a third kind, no level.

    Examples
    --------
    >>> from natverk import load
    >>> vgr = actors_of(load(), "14")
    >>> vgr["level"].value_counts()["municipal"], vgr["name"].iloc[0]
    (np.int64(49), 'Västra Götalandsregionen')
    """
    county = known_county(data, county)
    row = data.counties.set_index("county_code").loc[county]
    region = str(row["region_actor_id"])
    population = population_by_year(data)
    places = data.municipalities[data.municipalities["county_code"] == county]
    municipal = places[["actor_id", "name", "code"]].assign(
        level="unitary" if region in set(places["actor_id"]) else "municipal",
        population=places["code"].map(population[population.columns.max()]),
    )
    head = {"actor_id": region, "name": row["region_name"], "level": "regional"}
    regional = pd.DataFrame([head | {"population": municipal["population"].sum(min_count=1)}])
    table = levels(data)
    at_home = table["county_codes"].fillna("").str.split(";").map(lambda codes: county in codes)
    joint = table.loc[(table["level"] == "joint") & at_home, ["actor_id", "name", "level"]]
    parts = [
        regional[~regional["actor_id"].isin(places["actor_id"])],
        joint.sort_values("name", key=by_alphabet),
        municipal.sort_values(["population", "name"], ascending=[False, True], key=by_alphabet),
    ]
    if region in set(places["actor_id"]):
        parts.reverse()
    result = pd.concat([part for part in parts if len(part)], ignore_index=True)
    result = result.reindex(columns=["actor_id", "name", "level", "code", "population"])
    return result.astype({"population": "Int64", "code": TEXT, "level": TEXT})


@asked
@kept
def existence(data: Dataset) -> pd.DataFrame:
    """Return since when and until when actors exist, where that is known: new municipalities, joint bodies.

    Returns
    -------
    pd.DataFrame
        Index `actor_id`; `exists_from`, `exists_to` (years, missing where not known). Actors without a row
        are taken to exist throughout: a county council is the same actor as today's region.

    Examples
    --------
    >>> from natverk import load
    >>> int(existence(load()).loc["municipality:0330", "exists_from"])
    2003
    """
    changes = data.municipality_changes
    new = changes[changes["kind"] == "new_municipality"]
    municipal = pd.DataFrame(
        {
            "actor_id": "municipality:" + new["new_code"],
            "exists_from": new["date"].str[:4].astype("Int64"),
            "exists_to": pd.NA,
        }
    )
    bodies = data.bodies[["body_id", "founded_year", "dissolved_year"]]
    bodies = bodies.set_axis(["actor_id", "exists_from", "exists_to"], axis=1).dropna(
        how="all", subset=["exists_from", "exists_to"]
    )
    both = pd.concat([municipal, bodies], ignore_index=True)
    return both.astype({"exists_from": "Int64", "exists_to": "Int64"}).set_index("actor_id")


@asked
@kept
def population_by_year(data: Dataset) -> pd.DataFrame:
    """Return population on 31 December: index municipality code, one column a year, inhabitants.

    Years that were not published (2022, 2023) have no column; nothing is interpolated.
    """
    return data.population.pivot(index="code", columns="year", values="population")


@asked
@kept
def population_known(data: Dataset) -> pd.DataFrame:
    """Return the latest published population up to each year an argument may name; missing before the first one."""
    published = population_by_year(data).astype("float64")
    return published.reindex(columns=range(YEARS[0], YEARS[1] + 1)).ffill(axis=1)


@asked
@kept
def member_actors(data: Dataset) -> tuple[str, ...]:
    """Return the actors that measures look at by default: all municipalities and regions."""
    table = levels(data)
    return tuple(table.loc[table["municipality"] | table["region"], "actor_id"])


def at_risk_in(table: pd.DataFrame, list_levels: str, list_counties: object) -> pd.Series:
    """Say which actors (a frame as `levels` gives it) a complete list covers by its levels and counties."""
    at_risk = table[list_levels.split(";")].any(axis=1)
    if isinstance(list_counties, str) and list_counties:
        covered = set(list_counties.split(";"))
        at_risk &= table["county_codes"].fillna("").map(lambda codes: not covered.isdisjoint(codes.split(";")))
    return at_risk


class _Eligible(NamedTuple):
    """Who may belong to what and when, for all actors, networks and years; and where each stands.

    `may`: nothing that is known rules the actor out; `sure`: nor is there a rule of which nobody knows what it says of
    the actor; `of_rule`: whether the rule beside level and size (actors by networks) admits it, blank where not known.
    """

    actors: pd.Index
    networks: pd.Index
    may: np.ndarray
    sure: np.ndarray
    of_rule: np.ndarray


@kept
def _eligible(data: Dataset) -> _Eligible:
    table, networks = levels(data), data.networks
    size = population_known(data)
    # Only municipality codes are found there: regions and bodies stay without a size.
    sizes = size.reindex(table["actor_id"].str.split(":").str[-1]).to_numpy()[:, None, :]
    own = table[["municipality", "region"]].to_numpy()
    open_to = networks["eligible_levels"].str.get_dummies(";").reindex(columns=["municipality", "region"], fill_value=0)
    by_level = (own.astype(int) @ open_to.to_numpy().T > 0)[:, :, None]
    bounds = networks[["min_population", "max_population"]].astype("float64").to_numpy()
    least, most = bounds[:, 0][:, None], bounds[:, 1][:, None]
    # A bound or a size that is not known rules nobody out: comparisons with it are false.
    of_size = ~((sizes < least) | (sizes > most))
    basis = networks["eligibility_basis"].fillna("").str.split(";")
    by_number, unknown, told = (
        basis.map(lambda names, wanted=wanted: not wanted.isdisjoint(names)).to_numpy(dtype=bool)
        for wanted in ({"population", ""}, {"other"}, _COMPUTED)
    )
    by_rule = _by_rule(data, table, basis)
    # Of several ways in one is enough; numbers bind where they are a way in, or the only rule there is.
    way = (by_number[:, None] & of_size) | by_rule[:, :, None]
    # A rule in words beside the numbers leaves open only whom the numbers admit.
    open_ = (unknown & ~told)[:, None] & of_size
    sure = by_level & way
    may = sure | (by_level & (open_ | (unknown & told)[:, None]))
    of_rule = np.where(by_rule, 1, np.where(told & ~by_number & ~unknown, 0, -1))
    return _Eligible(pd.Index(table["actor_id"]), pd.Index(networks["network_id"]), may, sure, of_rule)


#: Ways into a network that columns of ours decide, numbers of inhabitants apart.
_COMPUTED = {"coast", "area", "capital", "named_owner", "open"}


def _by_rule(data: Dataset, table: pd.DataFrame, basis: pd.Series) -> np.ndarray:
    """Say which actors (of `levels`) a network's rule admits by coast, area or name, or because it is open to all."""
    homes = table["county_codes"].fillna("").str.split(";").map(set)
    places = data.municipalities
    coastal = places["coastal"].fillna(False).astype(bool)
    shore = set(places.loc[coastal, "actor_id"])
    counties = set(places.loc[coastal, "county_code"])
    on_coast = table["actor_id"].isin(shore) | (table["region"] & homes.map(lambda own: bool(own & counties)))
    admits = np.zeros((len(table), len(basis)), dtype=bool)
    areas, actors = (data.networks[name].fillna("") for name in ("eligible_counties", "eligible_actors"))
    for place, (ways, area, names) in enumerate(zip(basis, areas, actors, strict=True)):
        if "open" in ways:
            admits[:, place] = True
        if "coast" in ways:
            admits[:, place] |= on_coast.to_numpy(dtype=bool)
        if "area" in ways:
            own = set(area.split(";"))
            admits[:, place] |= homes.map(lambda codes, own=own: bool(codes & own)).to_numpy(dtype=bool)
        if not {"capital", "named_owner"}.isdisjoint(ways):
            admits[:, place] |= table["actor_id"].isin(names.split(";")).to_numpy(dtype=bool)
    return admits


@asked
def eligible(data: Dataset, actors: list[str], networks: list[str], years: range) -> np.ndarray:
    """Return whom nothing that is known rules out: by level, by the population of the year and by the rule.

    For a year without published population the latest one before it decides; before the first, nobody is
    ruled out. Regions and bodies have no population rule. A rule of which no column tells (`eligibility_basis` of
    `networks`: other) rules nobody out here: whether they may join is unknown, see `may_belong`.

    Returns
    -------
    np.ndarray
        Booleans of shape (actors, networks, years).

    Examples
    --------
    >>> from natverk import load
    >>> may = eligible(load(), ["municipality:0180", "municipality:0182"], ["eurocities"], range(2014, 2015))
    >>> may[:, 0, 0].tolist()
    [True, False]
    """
    own = _eligible(data)
    a, n = own.actors.get_indexer(pd.Index(actors)), own.networks.get_indexer(pd.Index(networks))
    return np.asarray(own.may[np.ix_(a, n, np.asarray(years) - YEARS[0])])


@asked
def admitted_by_rule(data: Dataset, pairs: pd.DataFrame) -> pd.Series:
    """Say which pairs (`actor_id, network_id`) the rule of the network admits whatever the number of inhabitants."""
    own = _eligible(data)
    a, n = own.actors.get_indexer(pd.Index(pairs["actor_id"])), own.networks.get_indexer(pd.Index(pairs["network_id"]))
    return pd.Series(own.of_rule[a, n] == 1, index=pairs.index, dtype="bool")


@asked
def may_belong(data: Dataset, actors: list[str], networks: list[str], year: int) -> pd.DataFrame:
    """Return whether actors may belong to networks in a year: yes, no, or unknown where no column tells of the rule.

    Parameters
    ----------
    data
        The dataset.
    actors, networks
        Ids.
    year
        The year of the population.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, may` (missing: not known), `by_rule` (whether the rule beside level and numbers admits
        it: a coast, an area, a name, or because it is open; missing where there is no such rule, or none that is
        known). One row a pair, actors before networks.

    Examples
    --------
    >>> from natverk import load
    >>> table = may_belong(load(), ["municipality:0180", "municipality:1487"], ["metropolis", "owhc", "kimo"], 2020)
    >>> table["may"].tolist()
    [True, <NA>, True, False, <NA>, False]
    """
    own = _eligible(data)
    a, n = own.actors.get_indexer(pd.Index(actors)), own.networks.get_indexer(pd.Index(networks))
    pairs, place = np.ix_(a, n), year - YEARS[0]
    may, sure = (known[:, :, place][pairs].ravel() for known in (own.may, own.sure))
    rule = own.of_rule[pairs].ravel()
    frame = pd.MultiIndex.from_product([actors, networks], names=["actor_id", "network_id"]).to_frame(index=False)
    frame["may"] = pd.Series(may, dtype="boolean").mask(pd.Series(may & ~sure))
    frame["by_rule"] = pd.Series(rule == 1, dtype="boolean").mask(pd.Series(rule < 0))
    return frame.astype({"actor_id": TEXT, "network_id": TEXT})
