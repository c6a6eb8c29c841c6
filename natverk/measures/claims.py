"""Claims: how each published number is recomputed from our rows, or why it cannot be.

`RECIPES` names the function for every row of `published_figures` and for the totals that need their own; all
other rows of `published_totals` follow one written rule, `total`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import levels, population_by_year
from natverk.measures.evidence import graded
from natverk.measures.panel import panel
from natverk.measures.responsibility import responsibility, responsibility_at

__all__ = ["RECIPES", "Claim", "Evidence", "Found", "Recipe", "recipe_of", "total"]


class Claim(NamedTuple):
    """One published number as either table states it; `year` and `network_id` may be missing."""

    table: str
    row_id: str
    network_id: str | None
    actor_id: str | None
    fact: str
    value: float
    qualifier: str
    unit: str
    year: int | None
    source_id: str | None


class Found(NamedTuple):
    """What our rows give: the number, on what it rests, and why it cannot be compared (if so).

    `basis`: `list` (a complete list), `stated` (years or members that sources state), `units` (the tables of
    units), `responsibility`; `documented` (attested in the year: a lower bound), `documented_ever`.
    """

    ours: float | None
    basis: str = ""
    reason: str = ""
    rows: str = ""
    also: str = ""


class Evidence:
    """What the recipes read, computed once for all claims; with `networks` no cell of another network is read."""

    def __init__(self, data: Dataset, networks: list[str] | None = None) -> None:
        self.data = data
        self.networks = list(data.networks["network_id"]) if networks is None else networks

    @cached_property
    def levels(self) -> pd.DataFrame:
        """The levels of all actors."""
        return levels(self.data)

    @cached_property
    def dated(self) -> pd.DataFrame:
        """The evidence with stated years."""
        return graded(self.data)

    @cached_property
    def positive(self) -> pd.DataFrame:
        """All evidence of membership, whatever its years rest on."""
        rows = graded(self.data, year_basis="any")
        return rows[rows["grade"] == "positive"]

    @cached_property
    def attested(self) -> pd.DataFrame:
        """The attested cells of the panel: actor, network, year, rows."""
        rows = self.data.memberships
        actors = rows.loc[rows["network_id"].isin(self.networks), "actor_id"].unique()
        if not len(actors):
            return pd.DataFrame(columns=["actor_id", "network_id", "year", "rows"])
        years = (1990, int(self.data.known_until[:4]))
        cells = panel(self.data, actors=actors, networks=self.networks, years=years, pairs="evidence")
        return cells.loc[cells["low"] == 1, ["actor_id", "network_id", "year", "rows"]]

    def of_level(self, frame: pd.DataFrame, level: str | None, county: str = "") -> pd.DataFrame:
        """Keep the rows of actors of a level (`municipality`, `region`), in a county if one is given."""
        own = self.levels if level is None else self.levels[self.levels[level].astype(bool)]
        if county:
            own = own[own["county_codes"].fillna("").str.split(";").map(lambda codes: county in codes)]
        wanted = set(own["actor_id"])
        return frame[np.array([actor in wanted for actor in frame["actor_id"]], dtype=bool)]

    def members(self, list_id: str, level: str | None = None) -> pd.DataFrame:
        """Return the rows of a complete list, one a member."""
        rows = self.data.memberships
        return self.of_level(rows[rows["list_id"] == list_id].drop_duplicates("actor_id"), level)


Recipe = Callable[[Evidence, Claim], Found]


def listed(evidence: Evidence, claim: Claim, *, list_id: str, level: str | None = None, within: str = "") -> Found:
    """Count the members that a complete list names; `within` names a list that should contain them all."""
    lists = set(evidence.data.member_lists["list_id"])
    members = evidence.members(list_id, level)
    if list_id not in lists or members.empty:
        return Found(None, reason="left_out")
    also = ""
    if within in lists:
        inside = members["actor_id"].isin(evidence.members(within, None)["actor_id"])
        also = f"{int(inside.sum())} of {len(members)} in {within}"
    return Found(float(len(members)), "list", rows=_ids([list_id, *members["row_id"]]), also=also)


def growth(evidence: Evidence, claim: Claim, *, first: str, last: str) -> Found:
    """Subtract the number of members on one complete list from that on a later one."""
    before, after = listed(evidence, claim, list_id=first), listed(evidence, claim, list_id=last)
    if before.ours is None or after.ours is None:
        return Found(None, reason="left_out")
    return Found(after.ours - before.ours, "list", rows=f"{first};{last}", also=f"{before.ours:.0f} → {after.ours:.0f}")


def population_share(evidence: Evidence, claim: Claim, *, list_id: str, year: int) -> Found:
    """Return the share of the country's population that lives in the municipalities of a list, in per cent."""
    members = evidence.members(list_id, "municipality")
    population = population_by_year(evidence.data)
    if members.empty or year not in population.columns:
        return Found(None, reason="left_out")
    inside = population[year].reindex(members["actor_id"].str.removeprefix("municipality:")).sum()
    share = 100 * float(inside) / float(population[year].sum())
    return Found(
        share, "list", rows=list_id, also=f"{int(inside)} of {int(population[year].sum())} on 31 December {year}"
    )


def first_year(evidence: Evidence, claim: Claim, *, actor: str, network: str) -> Found:
    """Return the first year of a membership that sources state; rival years are shown beside it."""
    rows = evidence.dated
    rows = rows[(rows["actor_id"] == actor) & (rows["network_id"] == network) & rows["start"].notna()]
    if rows.empty:
        return Found(None, reason="left_out")
    years = sorted({int(year) for year in rows["start"]})
    also = "" if len(years) == 1 else "stated: " + " | ".join(map(str, years))
    return Found(float(years[0]), "stated", rows=_ids(rows["row_id"]), also=also)


def named(
    evidence: Evidence,
    claim: Claim,
    *,
    network: str,
    source: str,
    level: str = "municipality",
    start: int | None = None,
) -> Found:
    """Count the members that the page itself names, with `start` those it says joined in a year."""
    rows = evidence.data.memberships[(evidence.data.memberships["network_id"] == network)]
    rows = rows[
        rows["source_id"].str.split(";").map(lambda ids: source in ids) & rows["actor_id"].str.startswith(level)
    ]
    if start is not None:
        rows = rows[rows["start_year"] == start]
    if rows.empty:
        return Found(None, reason="left_out")
    return Found(float(rows["actor_id"].nunique()), "stated", rows=_ids(rows["row_id"]))


def described(evidence: Evidence, claim: Claim) -> Found:
    """Count the networks that the page describes as the actor's, whatever number it gives itself."""
    rows = evidence.data.memberships
    rows = rows[(rows["actor_id"] == claim.actor_id) & (rows["source_id"] == claim.source_id)]
    if rows.empty:
        return Found(None, reason="left_out")
    return Found(float(rows["network_id"].nunique()), "stated", rows=_ids(rows["row_id"]))


def holders(evidence: Evidence, claim: Claim, *, date: str, kind: str) -> Found:
    """Count the counties whose development responsibility a type of holder has on a day."""
    at = responsibility_at(evidence.data, date)
    own = at[at["holder_type"] == kind]
    if at["holder_type"].isna().any():
        return Found(None, reason="left_out")
    others = at["holder_type"].value_counts().drop(kind, errors="ignore")
    also = "; ".join(f"{number} {name}" for name, number in sorted(others.items()))
    return Found(float(len(own)), "responsibility", rows=_ids(own["row_ids"]), also=also)


def transfers(evidence: Evidence, claim: Claim, *, date: str) -> Found:
    """Count the counties where a region took over the responsibility on a day."""
    frame = responsibility(evidence.data)
    if frame["county_code"].nunique() < len(evidence.data.counties):
        return Found(None, reason="left_out")
    own = frame[(frame["holder_type"] == "region") & (frame["start"] == date)]
    return Found(float(len(own)), "responsibility", rows=_ids(own["row_id"]), also=";".join(own["county_code"]))


def units(evidence: Evidence, claim: Claim) -> Found:
    """Count the municipalities of the table of units."""
    count, regions = len(evidence.data.municipalities), evidence.data.counties["region_actor_id"].nunique()
    also = f"{count} municipalities and {regions} regions; Gotland is both"
    return Found(float(count), "units", also=also)


def documented(evidence: Evidence, claim: Claim, *, network: str | None = None, level: str | None = None) -> Found:
    """Count the members attested in the year: a lower bound, since no complete list of that year is known."""
    cells = evidence.attested
    cells = cells[(cells["network_id"] == (network or claim.network_id)) & (cells["year"] == claim.year)]
    cells = evidence.of_level(cells, level)
    return Found(float(len(cells)), "documented", "incomplete_list", _ids(cells["rows"]))


def networks_in_year(evidence: Evidence, claim: Claim) -> Found:
    """Count the networks in which an actor is attested in the year: a lower bound."""
    if claim.actor_id is None:
        return Found(None, reason="ambiguous_actor")
    if claim.year is None:
        return Found(None, reason="undated")
    cells = evidence.attested
    cells = cells[(cells["actor_id"] == claim.actor_id) & (cells["year"] == claim.year)]
    return Found(float(len(cells)), "documented", "incomplete_list", _ids(cells["rows"]))


def undated(
    evidence: Evidence, claim: Claim, *, network: str | None = None, level: str | None = None, county: str = ""
) -> Found:
    """Show how many members are documented at any time, beside a number that no page dates."""
    rows = evidence.positive
    rows = evidence.of_level(rows[rows["network_id"] == (network or claim.network_id)], level, county)
    places = int((evidence.data.municipalities["county_code"] == county).sum())
    also = f"{places} municipalities in the county" if county else ""
    return Found(float(rows["actor_id"].nunique()), "documented_ever", "undated", _ids(rows["row_id"]), also)


def cannot(evidence: Evidence, claim: Claim, *, reason: str) -> Found:
    """Say why a number cannot be recomputed from these data."""
    return Found(None, reason=reason)


def both_roles(evidence: Evidence, claim: Claim) -> Found:
    """Say how 311 units come about: Gotland is counted as a municipality and as a region."""
    count, regions = len(evidence.data.municipalities), evidence.data.counties["region_actor_id"].nunique()
    also = f"{count} municipalities + {regions} regions = {count + regions}, Gotland counted as both"
    return Found(None, reason="not_coded", also=also)


#: Facts that count members of every country, unless the network is a Swedish one.
_EVERY_COUNTRY = ("members", "municipalities", "regions", "full_members", "founding_members")
_LEVEL = {"municipalities": "municipality", "regions": "region"}


def total(evidence: Evidence, claim: Claim) -> Found:
    """Recompute a published total by rule.

    (1) A number of an actor's networks is compared with those attested in the year, a lower bound. (2) Partners
    and peaks are not coded. (3) Members of all countries cannot be compared with Swedish rows. (4) Founding
    members are not named. (5) An undated number has nothing to be compared with; ours at any time stands
    beside it. (6) A complete list of the year gives the number. (7) Without one, the attested members are a
    lower bound.
    """
    data = evidence.data
    if claim.fact == "networks_of_actor":
        return networks_in_year(evidence, claim)
    if claim.fact in ("partners", "members_peak"):
        return Found(None, reason="not_coded")
    scope = data.networks.set_index("network_id")["scope"].get(claim.network_id)
    if claim.fact in _EVERY_COUNTRY and scope not in ("national", "subnational"):
        return Found(None, reason="world_total")
    if claim.fact.startswith("founding_"):
        return Found(None, reason="not_named")
    level = _LEVEL.get(claim.fact.removesuffix("_sweden"))
    if claim.year is None:
        return undated(evidence, claim, level=level)
    lists = data.member_lists
    lists = lists[(lists["network_id"] == claim.network_id) & (lists["year"] == claim.year)]
    lists = lists[lists["counties_at_risk"].isna()]
    lists = lists[lists["status_scope"] == ("full" if claim.fact.startswith("full_") else "all")]
    lists = lists[lists["levels_at_risk"].map(lambda names: level is None or level in names.split(";")).astype(bool)]
    if len(lists):
        return listed(evidence, claim, list_id=str(lists["list_id"].iloc[0]), level=level)
    return documented(evidence, claim, level=level)


def _ids(items: Iterable[object]) -> str:
    return ";".join(sorted({part for item in items for part in str(item).split(";") if part}))


def _figures(numbers: str, recipe: Recipe) -> dict[str, Recipe]:
    return {f"fig-{int(number):05d}": recipe for number in numbers.split()}


_VIABLE, _MISSION, _CLIMATE = "viable-cities-kn2030", "eu-mission-100", "klimatkommunerna"
_VIABLE_2021 = f"{_VIABLE}-2021"

#: Row id → how its number is recomputed.
RECIPES: dict[str, Recipe] = {
    "fig-00001": partial(listed, list_id=_VIABLE_2021),
    "fig-00002": partial(population_share, list_id=_VIABLE_2021, year=2021),
    "fig-00003": partial(growth, first=f"{_VIABLE}-2020", last=_VIABLE_2021),
    "fig-00004": partial(listed, list_id=f"{_MISSION}-2022", within=_VIABLE_2021),
    "fig-00009": partial(cannot, reason="incomplete_list"),
    "fig-00010": partial(named, network=_CLIMATE, source="klimatk-2022vaxa", start=2022),
    "fig-00021": both_roles,
    "fig-00027": partial(documented, network="covenant-of-mayors", level="municipality"),
    "fig-00029": partial(undated, network="covenant-of-mayors", level="municipality"),
    "fig-00030": partial(undated, network="covenant-of-mayors", level="municipality", county="25"),
    "fig-00031": partial(undated, network="covenant-of-mayors", level="municipality", county="07"),
    "fig-00034": partial(undated, network="sern"),
    "fig-00035": partial(named, network="sern", source="komforb-bd-sern"),
    "fig-00037": partial(first_year, actor="municipality:1487", network="sern"),
    "fig-00038": partial(listed, list_id="eurocities-2011"),
    "fig-00039": partial(first_year, actor="municipality:0180", network="eurocities"),
    "fig-00040": partial(first_year, actor="municipality:0182", network="eurocities"),
    "fig-00042": partial(first_year, actor="municipality:1280", network="eccar"),
    "fig-00043": partial(first_year, actor="municipality:1283", network="eccar"),
    "fig-00044": partial(first_year, actor="municipality:1480", network="eccar"),
    "fig-00045": partial(first_year, actor="municipality:0180", network="eccar"),
    "fig-00046": partial(documented, network="fairtrade-city", level="municipality"),
    "fig-00051": partial(holders, date="2018-04", kind="region"),
    "fig-00052": partial(transfers, date="2019-01-01"),
    "fig-00053": partial(holders, date="2019-01-01", kind="region"),
    "fig-00054": partial(transfers, date="2017-01-01"),
    "fig-00056": units,
    **_figures("8 11 12 13", partial(documented, network=_CLIMATE)),
    **_figures("15 16", partial(undated, network="sveriges-ekokommuner", level="municipality")),
    **_figures("17 18", partial(undated, network="sveriges-ekokommuner")),
    **_figures("47 48 49", partial(undated, network="fairtrade-city", level="municipality")),
    **_figures("6 28 32 33 36 41 50", partial(cannot, reason="world_total")),
    **_figures("5 14", partial(cannot, reason="not_named")),
    **_figures("7 19 20 22 23 24 25 26 55 62 65 66", partial(cannot, reason="not_coded")),
    **_figures("57 58 59 60 61 63 64 67 68", partial(cannot, reason="survey")),
    **_figures("69 70 71 72 73 74 75 76 77 78", partial(cannot, reason="other_study")),
    # The page says two and describes three; both numbers are kept.
    "tot-00204": described,
    "tot-00269": described,
}


def recipe_of(claim: Claim) -> tuple[str, Recipe]:
    """Return the recipe of a claim and its name; a figure without one says so.

    >>> claim = Claim("published_totals", "tot-99999", "ubc", None, "members", 100.0, "about", "members", None, None)
    >>> recipe_of(claim)[0]
    'total'
    """
    fallback = total if claim.table == "published_totals" else partial(cannot, reason="no_recipe")
    recipe = RECIPES.get(claim.row_id, fallback)
    return getattr(recipe, "func", recipe).__name__, recipe
