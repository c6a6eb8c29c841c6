"""Benchmarks: published numbers against ours, each one equal, different, or not comparable with the reason.

Nothing is passed silently: every published row comes out exactly once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.errors import UnknownName
from natverk.frames import counted_from_one, each_row, known_actors, known_networks, year_or_none
from natverk.membership.actors import levels, population_by_year
from natverk.membership.evidence import graded
from natverk.membership.lists import lists
from natverk.membership.panel import panel
from natverk.roles.holders import responsibility, responsibility_at

if TYPE_CHECKING:
    from natverk.locale import Texts

__all__ = [
    "Claim",
    "Evidence",
    "Found",
    "OUTCOMES",
    "REASONS",
    "RECIPES",
    "Recipe",
    "agrees",
    "recomputed",
    "containment",
    "in_words",
    "recipe_of",
    "spoken",
    "total",
]


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


def list_members(
    evidence: Evidence, claim: Claim, *, list_id: str, level: str | None = None, within: str = ""
) -> Found:
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
    before, after = list_members(evidence, claim, list_id=first), list_members(evidence, claim, list_id=last)
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
        return list_members(evidence, claim, list_id=str(lists["list_id"].iloc[0]), level=level)
    return documented(evidence, claim, level=level)


def _ids(items: Iterable[object]) -> str:
    return ";".join(sorted({part for item in items for part in str(item).split(";") if part}))


def _figures(numbers: str, recipe: Recipe) -> dict[str, Recipe]:
    return {f"fig-{int(number):05d}": recipe for number in numbers.split()}


_VIABLE, _MISSION, _CLIMATE = "viable-cities-kn2030", "eu-mission-100", "klimatkommunerna"
_VIABLE_2021 = f"{_VIABLE}-2021"

#: Row id → how its number is recomputed.
RECIPES: dict[str, Recipe] = {
    "fig-00001": partial(list_members, list_id=_VIABLE_2021),
    "fig-00002": partial(population_share, list_id=_VIABLE_2021, year=2021),
    "fig-00003": partial(growth, first=f"{_VIABLE}-2020", last=_VIABLE_2021),
    "fig-00004": partial(list_members, list_id=f"{_MISSION}-2022", within=_VIABLE_2021),
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
    "fig-00038": partial(list_members, list_id="eurocities-2011"),
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


OUTCOMES = ("equal", "differs", "not comparable")

#: Why a published number cannot be compared; the sentences stand in the locale.
REASONS = (
    "incomplete_list", "undated", "world_total", "not_named", "not_coded", "ambiguous_actor", "survey", "other_study",
    "left_out", "no_recipe",
)  # fmt: skip

_COLUMNS = [
    "table", "row_id", "network_id", "actor_id", "claim", "published", "qualifier", "unit", "year", "outcome", "reason",
    "ours", "difference", "basis", "also", "recipe", "rows", "source_id",
]  # fmt: skip


def recomputed(
    data: Dataset,
    *,
    significant: int = 2,
    actors: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Compare every published figure, published total and complete list with what our rows give.

    Parameters
    ----------
    actors, networks
        Only the published totals and lists that name one of these, and the figures whose recipe recomputes one of the
        networks; default everything.
    significant
        How many significant digits "about" claims (default 2).

    Returns
    -------
    pd.DataFrame
        One row a published number: `table` (`published_figures`, `published_totals`, `member_lists`), `row_id,
        network_id, actor_id, claim` (the claim, or the fact counted), `published, qualifier` (`exact`, `about`,
        `over`), `unit, year`, `outcome` (`equal`, `differs`, `not comparable`), `reason` (a code of `REASONS`,
        only where not comparable), `ours` (also where it only bounds or stands beside), `difference` (ours
        minus published, where compared), `basis`, `also` (details), `recipe` (how it was recomputed, see
        `natverk.benchmarks`), `rows` (row and list ids), `source_id`. In the order of the tables.

    Raises
    ------
    InvalidArgument, UnknownName
        For a number of digits below 1, an unknown actor or network, or an empty selection.

    Notes
    -----
    **Exact** numbers are equal if ours, rounded to the decimals given, is the same. **About** is read as
    rounded to two significant digits: "about 40" stands for 39.5 to 40.5. That is the strictest reading which
    grants a rounding at all; to the nearest ten it would accept anything from 35 to 45 and could hardly fail.
    So 38.4 per cent differs from "about 40", and both are shown; with `significant=1` it passes. **Over** is a
    number rounded down to two significant digits. Where no complete list is known ours is a lower bound: more
    attested members than an exact or approximate number allows is a difference, fewer is no finding.

    Examples
    --------
    >>> from natverk import load
    >>> table = recomputed(load()).set_index("row_id")
    >>> in_words(table.loc[["fig-00001", "fig-00002"]]).tolist()
    ['equal: published 23, ours 23', 'differs: published about 40, ours 38.4']
    """
    counted_from_one("significant", significant)
    wanted = None if actors is None and networks is None else {
        *(known_actors(data, actors) if actors is not None else ()),
        *(known_networks(data, networks) if networks is not None else ()),
    }  # fmt: skip
    only = None if actors is not None or networks is None else known_networks(data, networks)
    evidence = Evidence(data, only)
    found = []
    for claim in [*_figures_benchmarks(data), *_totals(data)]:
        name, recipe = recipe_of(claim)
        if wanted is None or {claim.actor_id, claim.network_id, *_networks_of(data, recipe)} & wanted:
            found.append(_row(claim, name, recipe(evidence, claim), significant))
    for item in each_row(lists(data)):
        if wanted is None or item.network_id in wanted:
            claim = Claim("member_lists", item.list_id, item.network_id, None, "members_sweden", float(item.n_sweden),
                          "exact", "members", item.year, item.source_id)  # fmt: skip
            found.append(_row(claim, "listed", Found(float(item.n_members), "list", rows=item.list_id), significant))
    frame = pd.DataFrame(found, columns=_COLUMNS)
    numbers = {"published": "float64", "ours": "Float64", "difference": "Float64", "year": "Int64"}
    return frame.astype({**{name: "str" for name in _COLUMNS if name not in numbers}, **numbers})


def agrees(ours: float, published: float, qualifier: str, significant: int = 2) -> bool:
    """Say whether a number of ours fulfils a published one; see `benchmarks`.

    >>> agrees(38.4, 40, "about"), agrees(38.4, 40, "about", significant=1), agrees(134, 130, "over")
    (False, True, True)
    >>> agrees(4.52, 4.5, "exact"), agrees(35, 38, "exact")
    (True, False)
    """
    if qualifier == "exact":
        decimals = len(f"{published:.6f}".rstrip("0").partition(".")[2])
        return math.isclose(round(ours, decimals), published, abs_tol=1e-9)
    if qualifier == "about":
        return math.isclose(_rounded(ours, significant), _rounded(published, significant), rel_tol=1e-9)
    step = 10.0 ** (_magnitude(published) - significant + 1)
    return published <= ours < published + step


def in_words(table: pd.DataFrame, lang: str = "en") -> pd.Series:
    """Put each benchmark into words: equal, differs, or not comparable and why.

    Examples
    --------
    >>> from natverk import load
    >>> table = recomputed(load()).query("row_id == 'fig-00008'")
    >>> in_words(table).iloc[0]
    'not comparable, because no complete list of that year is known (attested: at least 9)'
    """
    # The locale brings Babel along: only whoever wants words pays for it.
    from natverk.locale import texts

    t = texts(lang)
    said = []
    for row in each_row(table):
        ours = "" if pd.isna(row.ours) else spoken(t, row.ours, row.unit)
        if row.outcome == "not comparable":
            words = t("benchmarks.not_comparable", reason=t(f"benchmarks.reason.{row.reason}"))
            beside = "at_least" if row.basis == "documented" else "beside"
            said.append(words + (t(f"benchmarks.{beside}", ours=ours) if ours else ""))
        else:
            published = t(f"benchmarks.qualifier.{row.qualifier}", n=spoken(t, row.published, row.unit))
            said.append(t(f"benchmarks.{row.outcome}", published=published, ours=ours))
    return pd.Series(said, index=table.index, dtype="str", name="in_words")


def spoken(t: Texts, value: float, unit: str) -> str:
    """Write a number as a page does: at most one decimal, and a year without a separator.

    >>> from natverk.locale import texts
    >>> spoken(texts("en"), 1995, "year"), spoken(texts("en"), 1995, "members"), spoken(texts("en"), 38.44, "per cent")
    ('1995', '1,995', '38.4')
    """
    if unit.startswith("year"):
        return str(int(value))
    return t.number(value) if float(value).is_integer() else t.number(value, 1)


def containment(data: Dataset, inner: str, outer: str) -> pd.DataFrame:
    """Say of each member on one complete list whether another list has it too.

    Parameters
    ----------
    inner, outer
        Ids of complete lists (`data.member_lists`).

    Returns
    -------
    pd.DataFrame
        `actor_id, name, in_outer, inner_rows, outer_rows`. Sorted by actor.

    Raises
    ------
    UnknownName
        For an unknown list.

    Notes
    -----
    Both lists are read as they stand, whatever their years.

    Examples
    --------
    >>> from natverk import load
    >>> seven = containment(load(), "eu-mission-100-2022", "viable-cities-kn2030-2021")
    >>> len(seven), bool(seven["in_outer"].all())
    (7, True)
    """
    lists = data.member_lists["list_id"].tolist()
    for name, value in (("inner", inner), ("outer", outer)):
        if value not in lists:
            raise UnknownName(f"there is no list {value!r}", where=name, allowed=lists, value=value)
    rows = data.memberships
    by_list = {
        name: rows[rows["list_id"] == name].groupby("actor_id")["row_id"].agg(";".join) for name in {inner, outer}
    }
    actors = sorted(by_list[inner].index)
    names = data.actors.set_index("actor_id")["name"]
    frame = pd.DataFrame(
        {
            "actor_id": actors,
            "name": [names.get(actor) for actor in actors],
            "in_outer": [actor in by_list[outer].index for actor in actors],
            "inner_rows": [by_list[inner][actor] for actor in actors],
            "outer_rows": [by_list[outer].get(actor, "") for actor in actors],
        }
    )
    return frame.astype(
        {"actor_id": "str", "name": "str", "in_outer": "bool", "inner_rows": "str", "outer_rows": "str"}
    )


def _figures_benchmarks(data: Dataset) -> Iterator[Claim]:
    for row in each_row(data.published_figures):
        yield Claim(
            "published_figures", row.row_id, None, None, row.claim, float(row.value), row.qualifier, str(row.unit),
            year_or_none(row.year), _text(row.source_id),
        )  # fmt: skip


def _totals(data: Dataset) -> Iterator[Claim]:
    for row in each_row(data.published_totals):
        yield Claim(
            "published_totals", row.row_id, _text(row.network_id), _text(row.actor_id), row.fact, float(row.value),
            row.qualifier, row.fact, year_or_none(row.year), _text(row.source_id),
        )  # fmt: skip


def _row(claim: Claim, recipe: str, found: Found, significant: int) -> dict[str, object]:
    outcome, reason = _judged(claim, found, significant)
    compared = found.ours is not None and outcome != "not comparable"
    return {
        "table": claim.table,
        "row_id": claim.row_id,
        "network_id": claim.network_id,
        "actor_id": claim.actor_id,
        "claim": claim.fact,
        "published": claim.value,
        "qualifier": claim.qualifier,
        "unit": claim.unit,
        "year": claim.year,
        "outcome": outcome,
        "reason": reason,
        "ours": found.ours,
        "difference": found.ours - claim.value if compared and found.ours is not None else None,
        "basis": found.basis,
        "also": found.also,
        "recipe": recipe,
        "rows": found.rows,
        "source_id": claim.source_id,
    }


def _judged(claim: Claim, found: Found, significant: int) -> tuple[str, str]:
    if found.ours is None:
        return "not comparable", found.reason or "left_out"
    same = agrees(found.ours, claim.value, claim.qualifier, significant)
    if not found.reason:
        return ("equal" if same else "differs"), ""
    beyond = found.basis == "documented" and claim.qualifier != "over" and found.ours > claim.value and not same
    return ("differs", "") if beyond else ("not comparable", found.reason)


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _rounded(value: float, significant: int) -> float:
    return round(value, significant - 1 - _magnitude(value))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _networks_of(data: Dataset, recipe: Recipe) -> set[str]:
    """Return the networks that a recipe names, itself or by their complete lists."""
    named = {str(value) for value in getattr(recipe, "keywords", {}).values()}
    lists = data.member_lists
    return (named & set(data.networks["network_id"])) | set(lists.loc[lists["list_id"].isin(named), "network_id"])
