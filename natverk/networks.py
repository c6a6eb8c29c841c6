"""Networks: everything that can be measured of one network, from its members to those it shares them with."""

from __future__ import annotations

from typing import Any

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import each_row, has_columns, known_networks, year_or_none, year_range
from natverk.membership.actors import levels, population_by_year
from natverk.membership.documented import DOCUMENTED, documented
from natverk.membership.evidence import YearBasis, counted, graded, status_of
from natverk.membership.lists import list_exits, list_retention, lists
from natverk.membership.panel import SETS, panel

__all__ = [
    "list_exits",
    "list_retention",
    "eligibility",
    "lists_of",
    "member_years",
    "members_of",
    "saturation",
    "shared_members",
    "shared_themes",
    "ties_apart",
]


_LEVELS = ("municipal", "regional", "joint", "other")
_OWN = (
    "status", "mark", "since", "since_basis", "last_seen", "end", "conflict", "below_minimum", "n_rows", "n_sources",
    "row_ids", "source_ids",
)  # fmt: skip


def members_of(
    data: Dataset,
    network: str,
    *,
    years: tuple[int, int] = (1997, 2024),
    recent: int = 5,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return who is documented in a network: one row an actor, all its evidence read together.

    Parameters
    ----------
    network
        A network id.
    years, recent, year_basis
        As in `documented`.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`municipal`, `regional`, `joint`, `other`), `code` (of a municipality),
        `county_codes, population` (of a municipality, 31 December of the latest year known), and the columns of
        `documented` from `status` on. Municipalities come first, the largest first. In a network that collects
        reports every actor that reports has a row (`status` `reporting`): an act, and no membership.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> members = members_of(load(), "eurocities", years=(1997, 2024)).set_index("name")
    >>> int(members.loc["Stockholm", "since"]), members.loc["Nacka", "status"]
    (1995, 'associate')
    >>> len(members_of(load(), "carbonn"))
    30
    """
    (network_id,) = known_networks(data, [network])
    actors = sorted(set(data.memberships.loc[data.memberships["network_id"] == network_id, "actor_id"]))
    if not actors:
        own = pd.DataFrame(columns=["actor_id", *_OWN])
    elif _kind(data, network_id) in SETS:
        own = documented(data, actors, years=years, recent=recent, networks=[network_id], year_basis=year_basis)
    else:
        own = _reporting(data, network_id, years, recent, year_basis)
    table = levels(data).set_index("actor_id")
    population = population_by_year(data)
    latest = population[population.columns.max()]
    codes = data.municipalities.set_index("actor_id")["code"]
    frame = own.assign(
        name=own["actor_id"].map(table["name"]),
        level=own["actor_id"].map(table["level"]),
        code=own["actor_id"].map(codes),
        county_codes=own["actor_id"].map(table["county_codes"]),
        population=own["actor_id"].map(codes).map(latest).astype("Int64"),
    )
    frame["order"] = frame["level"].map({level: place for place, level in enumerate(_LEVELS)})
    frame = frame.sort_values(["order", "population", "name"], ascending=[True, False, True], ignore_index=True)
    frame = frame.astype({"name": "str", "level": "str", "code": "str", "county_codes": "str"})
    return frame[["actor_id", "name", "level", "code", "county_codes", "population", *_OWN]]


def _kind(data: Dataset, network: str) -> str:
    return str(data.networks.set_index("network_id")["counts_as"].to_dict()[network])


def _reporting(data: Dataset, network: str, years: tuple[int, int], recent: int, year_basis: YearBasis) -> pd.DataFrame:
    """Return the relations to a network that makes no members, from what rows say of it, as `documented` does."""
    rows = data.memberships[data.memberships["network_id"] == network]
    rows = rows[~rows["status"].isin(["applicant", "former"])]
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    start = rows["start_year"].where((rows["start_basis"] == "stated") | (year_basis == "any"))
    rows = rows.assign(start=start, first=start.fillna(rows["observed_year"].where(usable)))
    rows = rows.assign(last=rows["observed_year"].where(usable).fillna(start))
    first, final = year_range(years, data=data)[0], year_range(years, data=data)[-1]
    found: list[dict[str, Any]] = []
    for actor, group in rows.groupby("actor_id", sort=True):
        dated = group[group["first"].notna()]
        within = dated[(dated["first"] <= final) & (dated["last"] >= first)]
        if len(dated) and dated["first"].min() > final and len(dated) == len(group):
            continue
        last = within["last"].clip(upper=final).max() if len(within) else dated["last"].max()
        mark = "undated" if dated.empty else "recent" if last > final - recent else "earlier"
        started = group["start"].dropna()
        found.append(
            {
                "actor_id": actor,
                "network_id": network,
                "status": status_of(set(group["status"])),
                "mark": mark,
                "since": started.min() if len(started) else group["first"].min(),
                "since_basis": "stated" if len(started) else "seen" if len(dated) else None,
                "last_seen": last,
                "end": pd.NA,
                "conflict": False,
                "below_minimum": False,
                "n_rows": len(group),
                "n_sources": group["source_id"].nunique(),
                "row_ids": ";".join(sorted(group["row_id"])),
                "source_ids": ";".join(sorted(set(group["source_id"]))),
            }
        )
    frame = pd.DataFrame(found, columns=["actor_id", "network_id", *_OWN])
    return frame.astype({**dict.fromkeys(["since", "last_seen", "end"], "Int64"), "conflict": "bool"})


def ties_apart(data: Dataset, network: str) -> pd.DataFrame:
    """Return who is named beside a network without being in it: through a third party, or as an applicant.

    Parameters
    ----------
    network
        A network id.

    Returns
    -------
    pd.DataFrame
        `actor_id, status` (`indirect`, `applicant`, `reporting`), `row_ids, source_ids`; actors that have a firmer
        tie are left out.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> ties_apart(load(), "ostersjoinitiativet")["status"].value_counts().to_dict()
    {'indirect': 7}
    """
    (network_id,) = known_networks(data, [network])
    rows = data.memberships.assign(counted=counted(data))
    rows = rows[rows["network_id"] == network_id]
    if _kind(data, network_id) not in SETS:
        apart = rows["status"] == "applicant"
    else:
        apart = rows["counted"].isin(["separate", "never"])
    firm = set(rows.loc[~apart, "actor_id"])
    rows = rows[apart & ~rows["actor_id"].isin(firm)]
    groups = rows.groupby(["status", "actor_id"], as_index=False)
    frame = groups.agg(row_ids=("row_id", ";".join), source_ids=("source_id", lambda ids: ";".join(sorted(set(ids)))))
    return frame[["actor_id", "status", "row_ids", "source_ids"]].astype("str")


def member_years(
    data: Dataset,
    network: str,
    members: pd.DataFrame,
    *,
    years: tuple[int, int] = (1997, 2024),
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Count the documented members of a network year by year, attested and presumed, undated ones apart.

    Parameters
    ----------
    network
        A network id.
    members
        As `members_of` gives them.
    years, carry_forward, year_basis
        As in `series`. Where actors report instead of being members, those are counted that report in the year, and
        nothing is presumed.

    Returns
    -------
    pd.DataFrame
        `year, low` (attested), `best` (attested and presumed), `n_undated` (members attested without any usable
        year: the same number in every row). Unit: actors. It counts what sources document, which is the number of
        members only in years of a complete list.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> table = member_years(data, "ubc", members_of(data, "ubc"), years=(2018, 2020))
    >>> table[["year", "low"]].values.tolist()
    [[2018, 1], [2019, 14], [2020, 13]]
    """
    (network_id,) = known_networks(data, [network])
    span = year_range(years, data=data)
    actors = list(members["actor_id"])
    sums = pd.DataFrame(0, index=span, columns=["low", "best"])
    if actors and _kind(data, network_id) in SETS:
        cells = panel(
            data,
            actors=actors,
            networks=[network_id],
            years=years,
            pairs="evidence",
            carry_forward=carry_forward,
            year_basis=year_basis,
        )
        sums = cells.groupby("year")[["low", "best"]].sum().reindex(span, fill_value=0)
    elif actors:
        rows = data.memberships[data.memberships["network_id"] == network_id]
        usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
        rows = rows[usable & rows["actor_id"].isin(actors) & ~rows["status"].isin(["applicant", "former"])]
        reports = rows.groupby("observed_year")["actor_id"].nunique().reindex(span, fill_value=0)
        sums = pd.DataFrame({"low": reports, "best": reports})
    counts = sums.astype("int64").rename_axis("year").reset_index()
    return counts.assign(n_undated=int((members["mark"] == "undated").sum()))


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
    >>> from natverk.networks import members_of
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
    >>> from natverk.networks import members_of
    >>> data = load()
    >>> table = saturation(data, members_of(data, "greater-copenhagen")).set_index("county_code")
    >>> table.loc["12", ["n_documented", "n_municipalities"]].tolist(), bool(table.loc["13", "region"])
    ([33, 33], True)
    """
    has_columns(members, ["actor_id", "mark"], "saturation", "give a frame of natverk.networks.members_of")
    firm = set(members.loc[members["mark"].isin(DOCUMENTED), "actor_id"])
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


def lists_of(data: Dataset, network: str, *, years: tuple[int, int] = (1997, 2024)) -> pd.DataFrame:
    """Return the complete lists of Swedish members of a network: the only years in which absence is known.

    Parameters
    ----------
    network
        A network id.
    years
        First and last year of the lists that are kept.

    Returns
    -------
    pd.DataFrame
        As `natverk.lists`, for one network and the years given, by year.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> lists_of(load(), "ubc", years=(1997, 2026))[["year", "n_members"]].values.tolist()
    [[2014, 21], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    (network_id,) = known_networks(data, [network])
    span = year_range(years, data=data)
    frame = lists(data, networks=[network_id])
    frame = frame[frame["year"].between(span[0], span[-1])]
    return frame.sort_values("year", ignore_index=True)
