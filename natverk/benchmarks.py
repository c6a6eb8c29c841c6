"""Benchmarks: published numbers against ours, each one equal, different, or not comparable with the reason.

Nothing is passed over: every published row comes out exactly once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.errors import UnknownName
from natverk.frames import Names, counted_from_one, each_row, has_columns, known_actors, known_networks, year_or_none
from natverk.membership.actors import levels, population_by_year, rows_as_region
from natverk.membership.documented import DOCUMENTED, documented
from natverk.membership.evidence import graded
from natverk.membership.lists import CERTAINTY, list_members
from natverk.membership.panel import panel
from natverk.roles.holders import responsibility, responsibility_at

__all__ = [
    "OUTCOMES",
    "NOT_COMPARABLE",
    "RECIPES",
    "containment",
    "once",
    "recomputed",
]


#: What a comparison with a published number can come out as.
OUTCOMES = ("equal", "differs", "not comparable")

#: Why a published number cannot be compared.
NOT_COMPARABLE = (
    "incomplete_list", "undated", "world_total", "not_named", "not_coded", "ambiguous_actor", "survey", "other_study",
    "other_country", "left_out", "no_recipe", "a_day", "same_source",
)  # fmt: skip


def _by(recipe: str, numbers: str, **arguments: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Give published figures, by number, the recipe that recomputes them and its arguments."""
    return {f"fig-{int(number):05d}": (recipe, arguments) for number in numbers.split()}


_VIABLE_2020, _VIABLE_2021 = "viable-cities-kn2030-2020", "viable-cities-kn2030-2021"

#: Row id → the recipe (a method of `_Recipes`) by which its number is recomputed, and its arguments.
RECIPES: dict[str, tuple[str, dict[str, Any]]] = {
    **_by("listed", "1", list_id=_VIABLE_2021),
    **_by("population_share", "2", list_id=_VIABLE_2021, year=2021),
    **_by("growth", "3", first=_VIABLE_2020, last=_VIABLE_2021),
    **_by("listed", "4", list_id="eu-mission-100-2022", within=_VIABLE_2021),
    **_by("documented", "8 11 12 13", network="klimatkommunerna"),
    **_by("named", "10", network="klimatkommunerna", source="klimatk-2022vaxa", start=2022),
    **_by("undated", "15 16", network="sveriges-ekokommuner", level="municipality"),
    **_by("undated", "17 18", network="sveriges-ekokommuner"),
    **_by("both_roles", "21", network="glokala-sverige"),
    **_by("cannot", "27", reason="a_day"),
    **_by("documented", "19 23 24", network="glokala-sverige", level="municipality"),
    **_by("documented", "20 25", network="glokala-sverige", level="region"),
    **_by("undated", "29", network="covenant-of-mayors", level="municipality"),
    **_by("undated", "30", network="covenant-of-mayors", level="municipality", county="25"),
    **_by("undated", "31", network="covenant-of-mayors", level="municipality", county="07"),
    **_by("undated", "34", network="sern"),
    **_by("named", "35", network="sern", source="komforb-bd-sern"),
    **_by("first_year", "37", actor="municipality:1487", network="sern"),
    **_by("listed", "38", list_id="eurocities-2011"),
    **_by("first_year", "39", actor="municipality:0180", network="eurocities"),
    **_by("first_year", "40", actor="municipality:0182", network="eurocities"),
    **_by("first_year", "42", actor="municipality:1280", network="eccar"),
    **_by("first_year", "43", actor="municipality:1283", network="eccar"),
    **_by("first_year", "44", actor="municipality:1480", network="eccar"),
    **_by("first_year", "45", actor="municipality:0180", network="eccar"),
    **_by("documented", "46", network="fairtrade-city", level="municipality"),
    **_by("undated", "47 48 49", network="fairtrade-city", level="municipality"),
    **_by("holders", "51", date="2018-04", kind="region"),
    **_by("transfers", "52", date="2019-01-01"),
    **_by("holders", "53", date="2019-01-01", kind="region"),
    **_by("transfers", "54", date="2017-01-01"),
    **_by("units", "56"),
    **_by("cannot", "9", reason="incomplete_list"),
    **_by("cannot", "6 28 32 33 36 41 50 75", reason="world_total"),
    **_by("cannot", "5 14", reason="not_named"),
    **_by("cannot", "7 22 26 55 62 65 66", reason="not_coded"),
    **_by("cannot", "57 58 59 60 61 63 64 67 68", reason="survey"),
    **_by("cannot", "69 70 71 72 73 74 76 77", reason="other_study"),
    **_by("cannot", "78", reason="other_country"),
    # The page says two and describes three; both numbers are kept.
    "tot-00204": ("described", {}),
    "tot-00269": ("described", {}),
}


@asked
def recomputed(
    data: Dataset,
    *,
    significant: int = 2,
    actors: Names | None = None,
    networks: Names | None = None,
) -> pd.DataFrame:
    """Compare every published figure, published total and complete list with what our rows give.

    Parameters
    ----------
    actors, networks
        By id, code or name: only the published totals and lists that name one of these, and the figures whose recipe
        recomputes one of the networks; default everything.
    significant
        How many significant digits "about" claims (default 2).

    Returns
    -------
    pd.DataFrame
        One row a published number: `table` (`published_figures`, `published_totals`, `member_lists`), `row_id,
        network_id, actor_id, claim` (the claim, or the fact counted), `published, qualifier` (`exact`, `about`,
        `over`), `unit, year`, `outcome` (`equal`, `differs`, `not comparable`), `reason` (a code of `NOT_COMPARABLE`,
        only where not comparable), `ours` (also where it only bounds or stands beside), `difference` (ours
        minus published, where compared), `basis`, `also` (details), `recipe` (how it was recomputed, see
        `RECIPES`), `rows` (row and list ids), `source_id`; `same_as` (of a figure: the total that is the same number of
        the same page); `year_as_stated` (of a figure, where it is no plain year), `claim_sv` (of a figure), `said` (the
        words a total was read from), `note`, each with its Swedish; `year_inferred` (no source states the year). In
        the order of the tables.

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
    >>> table.loc[["fig-00056", "fig-00002"], ["outcome", "published", "ours"]].round(1).values.tolist()
    [['equal', 290.0, 290.0], ['differs', 40.0, 38.4]]
    >>> table.loc["fig-00004", ["outcome", "reason"]].tolist()  # our seven were read from the page that says seven
    ['not comparable', 'same_source']
    """
    counted_from_one("significant", significant)
    table = _recomputed(data, significant)
    if actors is not None or networks is not None:
        wanted = {
            *(known_actors(data, actors) if actors is not None else ()),
            *(known_networks(data, networks) if networks is not None else ()),
        }
        if networks is None:
            table = table[table["table"] != "member_lists"]
        named = [not wanted.isdisjoint(about.split(";")) for about in table["about"]]
        table = table[named].reset_index(drop=True)
    return table.drop(columns="about")


@kept
def _recomputed(data: Dataset, significant: int) -> pd.DataFrame:
    """Return all published numbers beside ours; `about` has the ids of the actor and the networks of each."""
    list_network = data.member_lists.set_index("list_id")["network_id"].to_dict()
    chosen = []
    for claim in _claims(data):
        fallback = ("total", {}) if claim.table == "published_totals" else ("cannot", {"reason": "no_recipe"})
        recipe, arguments = RECIPES.get(claim.row_id, fallback)
        # Besides the actor and network of a total, the network, or list of one, that a recipe names.
        keys = [claim.actor_id, claim.network_id, arguments.get("network"), *map(list_network.get, arguments.values())]
        chosen.append((claim, recipe, arguments, {str(key) for key in keys if pd.notna(key)}))
    recipes = _Recipes(data, set[str]().union(*(about for *_, about in chosen)))
    found = [
        (claim, recipe, about, getattr(recipes, recipe)(claim, **arguments))
        for claim, recipe, arguments, about in chosen
    ]
    seen = list_members(data)
    named = seen[seen["on"]].groupby("list_id").size()
    for row in each_row(data.member_lists.sort_values(["network_id", "year"], kind="stable")):
        # A list of low certainty is kept, and not held against what it says itself.
        reason = "" if row.certainty in CERTAINTY["medium"] else "incomplete_list"
        claim = Claim("member_lists", row.list_id, row.network_id, None, "members_sweden", float(row.n_sweden),
                      "exact", "members", row.year, row.source_id)  # fmt: skip
        ours = Found(float(named.get(row.list_id, 0)), "list", reason, row.list_id)
        found.append((claim, "listed", {row.network_id}, ours))
    rows = []
    for claim, recipe, about, result in found:
        outcome, reason = _outcome(claim, result, significant)
        known = result.ours is not None and outcome != "not comparable"
        rows.append(
            {
                **claim._asdict(),
                **result._asdict(),
                "outcome": outcome,
                "reason": reason,
                "difference": result.ours - claim.published if known else None,
                "recipe": recipe,
                "about": ";".join(sorted(about)),
            }
        )
    columns = [
        "table", "row_id", "network_id", "actor_id", "claim", "published", "qualifier", "unit", "year", "outcome",
        "reason", "ours", "difference", "basis", "also", "recipe", "rows", "source_id",
    ]  # fmt: skip
    numbers = {"published": "float64", "ours": "float64", "difference": "float64", "year": "Int64"}
    table = pd.DataFrame(rows, columns=[*columns, "about"])
    table = table.astype({**dict.fromkeys([*columns, "about"], TEXT), **numbers})
    said = {"value_as_stated": "said", "value_as_stated_sv": "said_sv"}
    told = pd.concat([data.published_totals.rename(columns=said), data.published_figures]).set_index("row_id")
    told["year_inferred"] = told["year_basis"] == "inferred"
    more = ["same_as", "year_as_stated", "year_as_stated_sv", "claim_sv", "said", "said_sv", "note", "note_sv"]
    table = table.join(told[more].astype(TEXT), on="row_id")
    return table.assign(year_inferred=table["row_id"].isin(told.index[told["year_inferred"]]))


def once(frame: pd.DataFrame) -> pd.DataFrame:
    """Put a figure and the total that is the same number of the same page into one row: a page tells it once.

    Parameters
    ----------
    frame
        Rows of `recomputed`.

    Returns
    -------
    pd.DataFrame
        The rows without figures whose total is among them; `row_ids` has the ids of both, `note` what both note.

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `recomputed`.

    Examples
    --------
    >>> from natverk import load
    >>> own = once(recomputed(load(), networks="klimatkommunerna")).set_index("row_id")
    >>> own.at["tot-00082", "row_ids"], "fig-00011" in own.index
    ('tot-00082;fig-00011', False)
    """
    has_columns(frame, ["row_id", "same_as", "note"], "frame", "give rows of natverk.benchmarks.recomputed")
    double = frame["same_as"].isin(frame["row_id"])
    figures = frame[double].set_index("same_as")
    kept = frame[~double].reset_index(drop=True)
    ids = kept["row_id"].map(figures["row_id"]).astype(TEXT)
    kept.insert(2, "row_ids", (kept["row_id"] + ";" + ids).fillna(kept["row_id"]).astype(TEXT))
    for name in ("note", "note_sv"):
        more = kept["row_id"].map(figures[name]).astype(TEXT)
        kept[name] = (kept[name] + "; " + more).fillna(kept[name]).fillna(more).astype(TEXT)
    return kept


@asked
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
    return frame.astype({"actor_id": TEXT, "name": TEXT, "in_outer": "bool", "inner_rows": TEXT, "outer_rows": TEXT})


class Claim(NamedTuple):
    """A published number, as either table states it; `claim` is its text, or the fact counted."""

    table: str
    row_id: str
    network_id: str | None
    actor_id: str | None
    claim: str
    published: float
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


def _claims(data: Dataset) -> list[Claim]:
    """Return every published figure and published total."""
    figures = data.published_figures.assign(table="published_figures", network_id=None, actor_id=None)
    totals = data.published_totals.assign(table="published_totals")
    totals = totals.assign(claim=totals["fact"], unit=totals["fact"])
    both = pd.concat([frame.rename(columns={"value": "published"})[list(Claim._fields)] for frame in (figures, totals)])
    both = both.astype(object).where(both.notna(), None)
    return [Claim(*row)._replace(published=float(row.published), year=year_or_none(row.year)) for row in each_row(both)]


def _outcome(claim: Claim, found: Found, significant: int) -> tuple[str, str]:
    """Return the outcome of a comparison, and the reason where there is none."""
    if found.ours is None:
        return "not comparable", found.reason or "left_out"
    same = _agrees(found.ours, claim.published, claim.qualifier, significant)
    if not found.reason:
        return ("equal" if same else "differs"), ""
    # More attested members than the number allows contradict it; fewer do not.
    beyond = found.basis == "documented" and claim.qualifier != "over" and found.ours > claim.published and not same
    return ("differs", "") if beyond else ("not comparable", found.reason)


def _agrees(ours: float, published: float, qualifier: str, significant: int = 2) -> bool:
    """Say whether a number of ours fulfils a published one; see `recomputed`.

    >>> _agrees(38.4, 40, "about"), _agrees(38.4, 40, "about", significant=1), _agrees(134, 130, "over")
    (False, True, True)
    >>> _agrees(4.52, 4.5, "exact"), _agrees(35, 38, "exact")
    (True, False)
    """
    if qualifier == "exact":
        decimals = len(f"{published:.6f}".rstrip("0").partition(".")[2])
        return math.isclose(round(ours, decimals), published, abs_tol=1e-9)
    # The power of ten of the last significant digit.
    last, last_of_ours = (
        (math.floor(math.log10(abs(value))) if value else 0) - significant + 1 for value in (published, ours)
    )
    if qualifier == "about":
        return math.isclose(round(ours, -last_of_ours), round(published, -last), rel_tol=1e-9)
    return published <= ours < published + 10.0**last


def _ids(items: Iterable[object]) -> str:
    """Return ids, single or joined by `;`, in order and each once."""
    return ";".join(sorted({part for item in items for part in str(item).split(";") if part}))


_LEFT_OUT = Found(None, reason="left_out")
#: Facts that count members of every country, unless the network is a Swedish one.
_EVERY_COUNTRY = ("members", "municipalities", "regions", "full_members", "founding_members")
_LEVEL = {"municipalities": "municipality", "regions": "region"}


class _Recipes:
    """How published numbers are recomputed: one method a recipe, its name as in the column `recipe`.

    `about` are the networks and actors that the claims to be recomputed name: no cell of others is read.
    """

    def __init__(self, data: Dataset, about: set[str]) -> None:
        self.data = data
        self.about = about
        self.actors, self.lists = list(each_row(levels(data))), list(each_row(data.member_lists))
        self.regions = rows_as_region(data)
        known = data.sources.dropna(subset=["url"])
        self.addresses = dict(zip(known["source_id"], known["url"], strict=True))
        self.scope = data.networks.set_index("network_id")["scope"].to_dict()

    @cached_property
    def attested(self) -> pd.DataFrame:
        """The attested cells of the panel: actor, network, year, rows."""
        rows = self.data.memberships
        own = rows[rows["network_id"].isin(self.about) | rows["actor_id"].isin(self.about)]
        if own.empty:
            return pd.DataFrame(columns=["actor_id", "network_id", "year", "rows"])
        cells = panel(
            self.data, actors=own["actor_id"].unique(), networks=own["network_id"].unique(),
            years=(1990, int(self.data.known_until[:4])), pairs="evidence",
        )  # fmt: skip
        return cells[cells["low"] == 1]

    @cached_property
    def ever(self) -> pd.DataFrame:
        """The documented memberships, as the pages of networks and of the country count them: who left is in none."""
        own = sorted(self.about & self.scope.keys())
        found = documented(self.data, self.data.actors["actor_id"], networks=own)
        return found[found["mark"].isin(DOCUMENTED)]

    def of_level(self, frame: pd.DataFrame, level: str | None, county: str = "") -> pd.DataFrame:
        """Keep the rows of actors of a level (`municipality`, `region`), in a county if one is given."""
        wanted = {
            actor.actor_id
            for actor in self.actors
            if (level is None or getattr(actor, level)) and county in str(actor.county_codes)
        }
        kept = np.array([actor in wanted for actor in frame["actor_id"]], dtype=bool)
        if level == "municipality" and len(frame):
            # Where Gotland is a member as a region only, it is no municipality of the network.
            ids = frame[next(name for name in ("rows", "row_ids", "row_id") if name in frame)]
            kept &= np.array([not self.regions.issuperset(str(cell).split(";")) for cell in ids], dtype=bool)
        return frame[kept]

    def members(self, list_id: str, level: str | None = None) -> pd.DataFrame:
        """Return the rows of a complete list, one a member."""
        rows = self.data.memberships
        return self.of_level(rows[rows["list_id"] == list_id].drop_duplicates("actor_id"), level)

    def of_the_page(self, claim: Claim, rows: pd.DataFrame) -> bool:
        """Say whether all rows were read from the page of the claim, in whatever version: they cannot confirm it."""
        address = self.addresses.get(claim.source_id, claim.source_id)
        ids = {item for cell in rows["source_id"] for item in str(cell).split(";")}
        return {self.addresses.get(item, item) for item in ids} == {address}

    def everywhere(self, item: Any) -> bool:
        """Say whether a list covers every county from which its network is known to have had members."""
        if pd.isna(item.counties_at_risk):
            return True
        evidence = graded(self.data, year_basis="any")
        ever = evidence["grade"].isin(["positive", "exit"]) & (evidence["network_id"] == item.network_id)
        named = set(evidence.loc[ever, "actor_id"])
        counties = {code for one in self.actors if one.actor_id in named for code in str(one.county_codes).split(";")}
        return counties <= set(item.counties_at_risk.split(";"))

    # --- From complete lists

    def listed(self, claim: Claim, list_id: str, level: str | None = None, within: str = "") -> Found:
        """Count the members that a complete list names; `within` names a list that should contain them all."""
        known, members = {item.list_id for item in self.lists}, self.members(list_id, level)
        if list_id not in known or members.empty:
            return _LEFT_OUT
        inside = int(members["actor_id"].isin(self.members(within)["actor_id"]).sum())
        also = f"{inside} of {len(members)} in {within}" if within in known else ""
        rows = _ids([list_id, *members["row_id"]])
        if self.of_the_page(claim, members):
            return Found(None, reason="same_source", rows=rows, also=also)
        return Found(float(len(members)), "list", rows=rows, also=also)

    def growth(self, claim: Claim, first: str, last: str) -> Found:
        """Subtract the number of members on one complete list from that on a later one."""
        before, after = len(self.members(first)), len(self.members(last))
        if not before or not after:
            return _LEFT_OUT
        return Found(float(after - before), "list", rows=f"{first};{last}", also=f"{before} → {after}")

    def population_share(self, claim: Claim, list_id: str, year: int) -> Found:
        """Return the share of the country's population that lives in the municipalities of a list, in per cent."""
        members, population = self.members(list_id, "municipality"), population_by_year(self.data)
        if members.empty or year not in population.columns:
            return _LEFT_OUT
        codes = members["actor_id"].str.removeprefix("municipality:")
        inside, total = int(population[year].reindex(codes).sum()), int(population[year].sum())
        return Found(100 * inside / total, "list", rows=list_id, also=f"{inside} of {total} on 31 December {year}")

    # --- From what sources state

    def first_year(self, claim: Claim, actor: str, network: str) -> Found:
        """Return the first year of a membership that sources state; rival years are shown beside it."""
        rows = graded(self.data)
        rows = rows[(rows["actor_id"] == actor) & (rows["network_id"] == network) & rows["start"].notna()]
        if rows.empty:
            return _LEFT_OUT
        if self.of_the_page(claim, rows):
            return Found(None, reason="same_source", rows=_ids(rows["row_id"]))
        years = sorted({int(year) for year in rows["start"]})
        also = "" if len(years) == 1 else "stated: " + " | ".join(map(str, years))
        return Found(float(years[0]), "stated", rows=_ids(rows["row_id"]), also=also)

    def named(
        self, claim: Claim, network: str, source: str, level: str = "municipality", start: int | None = None
    ) -> Found:
        """Find the members that the page names, with `start` those it says joined in a year: no proof of its number."""
        rows = self.data.memberships
        rows = rows[(rows["network_id"] == network) & rows["actor_id"].str.startswith(level)]
        rows = rows[rows["source_id"].str.split(";").map(lambda ids: source in ids).astype(bool)]
        if start is not None:
            rows = rows[rows["start_year"] == start]
        return Found(None, reason="same_source", rows=_ids(rows["row_id"])) if len(rows) else _LEFT_OUT

    def described(self, claim: Claim) -> Found:
        """Count the networks that the page describes as the actor's, whatever number it gives itself."""
        rows = self.data.memberships
        rows = rows[(rows["actor_id"] == claim.actor_id) & (rows["source_id"] == claim.source_id)]
        number = float(rows["network_id"].nunique())
        return Found(number, "stated", rows=_ids(rows["row_id"])) if len(rows) else _LEFT_OUT

    # --- From the responsibility and the tables of units

    def holders(self, claim: Claim, date: str, kind: str) -> Found:
        """Count the counties whose development responsibility a type of holder has on a day."""
        at = responsibility_at(self.data, date)
        if at["holder_type"].isna().any():
            return _LEFT_OUT
        counts = at["holder_type"].value_counts()
        also = "; ".join(f"{n} {name}" for name, n in sorted(counts.drop(kind, errors="ignore").items()))
        rows = _ids(at.loc[at["holder_type"] == kind, "row_ids"])
        return Found(float(counts.get(kind, 0)), "responsibility", rows=rows, also=also)

    def transfers(self, claim: Claim, date: str) -> Found:
        """Count the counties where a region took over the responsibility on a day."""
        frame = responsibility(self.data)
        if frame["county_code"].nunique() < len(self.data.counties):
            return _LEFT_OUT
        own = frame[(frame["holder_type"] == "region") & (frame["start"] == date)]
        return Found(float(len(own)), "responsibility", rows=_ids(own["row_id"]), also=";".join(own["county_code"]))

    def units(self, claim: Claim) -> Found:
        """Count the municipalities of the table of units."""
        n, regions = len(self.data.municipalities), self.data.counties["region_actor_id"].nunique()
        return Found(float(n), "units", also=f"{n} municipalities and {regions} regions; Gotland is both")

    def both_roles(self, claim: Claim, network: str) -> Found:
        """Count members of both levels, and say how 311 units come about: Gotland counts as municipality and region."""
        n, regions = len(self.data.municipalities), self.data.counties["region_actor_id"].nunique()
        also = f"{n} municipalities + {regions} regions = {n + regions}, Gotland counted as both"
        return self.documented(claim, network)._replace(also=also)

    # --- Lower bounds, what stands beside, and what cannot be recomputed

    def documented(self, claim: Claim, network: str | None = None, level: str | None = None) -> Found:
        """Count the members attested in the year: a lower bound, since no complete list of that year is known."""
        cells = self.attested
        cells = cells[(cells["network_id"] == (network or claim.network_id)) & (cells["year"] == claim.year)]
        cells = self.of_level(cells, level)
        return Found(float(len(cells)), "documented", "incomplete_list", _ids(cells["rows"]))

    def networks_in_year(self, claim: Claim) -> Found:
        """Count the networks in which an actor is attested in the year: a lower bound."""
        if claim.actor_id is None or claim.year is None:
            return Found(None, reason="ambiguous_actor" if claim.actor_id is None else "undated")
        cells = self.attested
        cells = cells[(cells["actor_id"] == claim.actor_id) & (cells["year"] == claim.year)]
        return Found(float(len(cells)), "documented", "incomplete_list", _ids(cells["rows"]))

    def undated(self, claim: Claim, network: str | None = None, level: str | None = None, county: str = "") -> Found:
        """Show how many are documented, whenever, who has left not among them, beside a number that no page dates."""
        rows = self.ever[self.ever["network_id"] == (network or claim.network_id)]
        rows = self.of_level(rows, level, county)
        places = int((self.data.municipalities["county_code"] == county).sum())
        also = f"{places} municipalities in the county" if county else ""
        return Found(float(rows["actor_id"].nunique()), "documented_ever", "undated", _ids(rows["row_ids"]), also)

    def cannot(self, claim: Claim, reason: str) -> Found:
        """Say why a number cannot be recomputed from these data."""
        return Found(None, reason=reason)

    def total(self, claim: Claim) -> Found:
        """Recompute a published total by rule.

        (1) A number of an actor's networks is compared with those attested in the year, a lower bound. (2) Partners
        and peaks are not coded. (3) Members of all countries cannot be compared with Swedish rows. (4) Founding
        members are not named. (5) An undated number has nothing to be compared with; ours at any time stands
        beside it. (6) A complete list of the year gives the number. (7) Without one, the attested members are a
        lower bound.
        """
        fact = claim.claim
        if fact == "networks_of_actor":
            return self.networks_in_year(claim)
        if fact in ("partners", "members_peak"):
            return self.cannot(claim, "not_coded")
        if fact in _EVERY_COUNTRY and self.scope.get(str(claim.network_id)) not in ("national", "subnational"):
            return self.cannot(claim, "world_total")
        if fact.startswith("founding_"):
            return self.cannot(claim, "not_named")
        level = _LEVEL.get(fact.removesuffix("_sweden"))
        if claim.year is None:
            return self.undated(claim, level=level)
        wanted = (claim.network_id, claim.year, "full" if fact.startswith("full_") else "all")
        for item in self.lists:
            covers = level is None or level in item.levels_at_risk.split(";")
            if (item.network_id, item.year, item.status_scope) == wanted and covers and self.everywhere(item):
                return self.listed(claim, item.list_id, level)
        return self.documented(claim, level=level)
