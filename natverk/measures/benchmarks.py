"""Benchmarks: published numbers against ours, each one equal, different, or not comparable with the reason.

Nothing is passed silently: every published row comes out exactly once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import UnknownName
from natverk.measures.arguments import counted_from_one, known_actors, known_networks
from natverk.measures.claims import Claim, Evidence, Found, Recipe, recipe_of
from natverk.measures.documented import listed
from natverk.measures.frames import each_row, year_or_none

if TYPE_CHECKING:
    from natverk.locale import Texts

__all__ = ["OUTCOMES", "REASONS", "agrees", "benchmarks", "containment", "in_words", "spoken"]

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


def benchmarks(
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
        `natverk.measures.claims`), `rows` (row and list ids), `source_id`. In the order of the tables.

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
    >>> table = benchmarks(load()).set_index("row_id")
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
    for claim in [*_figures(data), *_totals(data)]:
        name, recipe = recipe_of(claim)
        if wanted is None or {claim.actor_id, claim.network_id, *_networks_of(data, recipe)} & wanted:
            found.append(_row(claim, name, recipe(evidence, claim), significant))
    for item in each_row(listed(data)):
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
    >>> table = benchmarks(load()).query("row_id == 'fig-00008'")
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


def _figures(data: Dataset) -> Iterator[Claim]:
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
