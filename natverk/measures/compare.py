"""Comparison: two regions, two municipalities or two networks side by side on every measure that speaks of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.units import fold, resolve_region
from natverk.errors import InvalidArgument, UnknownName
from natverk.measures.arguments import choice, not_negative, year_range
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.likeness import municipality_code
from natverk.measures.municipalityside import municipality_side
from natverk.measures.networkside import network_side
from natverk.measures.pairlines import null_lines, pair_lines
from natverk.measures.panel import SETS
from natverk.measures.regionside import region_side
from natverk.measures.sides import PARTS, Frame, Line, Side

__all__ = ["KINDS", "compare", "resolve_unit"]

KINDS = ("region", "municipality", "network")
_SIDES: dict[str, Callable[[Frame, str], Side]] = {
    "region": region_side,
    "municipality": municipality_side,
    "network": network_side,
}
_NUMBERS = ("a", "b", "a_low", "a_high", "b_low", "b_high")
_COLUMNS = ["part", "measure", "item", "unit", *_NUMBERS, "a_text", "b_text", "a_rows", "b_rows"]


def compare(
    data: Dataset,
    a: str,
    b: str,
    *,
    kind: str | None = None,
    year: int = 2019,
    years: tuple[int, int] = (1997, 2024),
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    parts: Iterable[str] = PARTS,
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Put two units of one kind side by side, on every measure that speaks of a single unit.

    Parameters
    ----------
    a, b
        Two regions, two municipalities or two networks: ids, codes or names (`"region:14"`, `"0180"`,
        `"Västra Götaland"`, `"ubc"`).
    kind
        `"region"`, `"municipality"` or `"network"`; needed only where both names may be of several kinds
        ("Stockholm" and "Uppsala" are municipalities and regions).
    year
        The year of memberships, roles, population and strategies. Default 2019, the first year in which every
        region holds the development responsibility.
    years
        The window of documented networks; evidence without a usable year counts too.
    counts_as, year_basis, counting
        What is counted; see `panel`.
    parts
        Only these parts of the comparison (see the column `part` below), which saves the time of the others;
        default all. A part that does not concern the kind of unit has no rows.
    draws, seed
        Draws of the null model for what is shared; see `natverk.nullmodels.null_test`. Default none: a test is
        made when somebody asks for one. 999 take some seconds.

    Returns
    -------
    pd.DataFrame
        `part, measure, item` (a theme, a level, an outcome …), `unit`, `a, b` (best numbers), `a_low, a_high,
        b_low, b_high` (where evidence is incomplete), `a_text, b_text` (codes, or ids separated by `;`), `a_rows,
        b_rows` (row ids). Missing means not known or not applicable, never 0. By part:

        - `place`: population, area and, of municipalities, group and coast; of networks founding, kind, themes.
        - `responsibility`: holder, `region_since`, `transfer` to a joint body and to the region.
        - `strategy`: the region's strategy, its stage, age and references; of two regions `same_stage`.
        - `networks`: `documented_*`, `relations` that do not count, `cross_border_networks`, of regions
          `joint_bodies`; `memberships` or `members` in the year, `coverage`; `shared` and `only_here` with what is
          in them, `jaccard` (0–1, shared by those of either) and `overlap` (by the smaller set), both missing where
          one has nothing documented; of municipalities also offices, projects, twin towns.
        - `roles` (regions): `practised` and `possible_roles` by theme; `formal_against_practised`, `outcome`.
        - `overlap`: `theme_profile, schoener_d`; a region against its own municipalities, in the year and ever
          (`shared_by_levels, jaccard_of_levels, overlap_of_levels, schoener_of_levels`), and the `nestedness` of
          its county; a municipality against its region (`shared_with_region, jaccard_with_region`). With `draws`:
          `null_shared` (mean of the draws, their 2.5 and 97.5 % points), `null_z, null_p`, for what is shared
          `between` the two and, of regions, between the `levels` of each.
        - `position`: `degree, betweenness` in the two-mode matrix of what is documented in the window.
        - `spells`, over all years: `spells, dated_joins, first_dated_join, ended_spells, followed_spells` (enter a
          survival curve), `dated_exits, list_exits` (intervals).
        - `listed`: `listed_memberships, covered_by_lists, documents`; of networks `complete_lists, latest_list,
          list_retention, list_survival` (up to the window's end; share of the first list that stands on the last, and
          Turnbull's estimate).
        - `peers` (municipalities): `jaccard_known` (on known cells, with bounds), `structural_distance, km,
          peer_rank` (the place of the other among its peers), `peers, candidates, eligible_candidates`.
        - `reviews`: `judged, portfolio` (score by criteria, a line a review and year; the recommendation as text).
        - `disagreements` by kind, `benchmarks` by outcome.

    Raises
    ------
    UnknownName
        For a unit that does not exist, with the nearest name.
    InvalidArgument
        If the two are of different kinds, or both of several; for a year out of range or a value that is not
        allowed.

    Notes
    -----
    Documented is a lower bound: that a network is "only here" means that the other is not documented in it.
    The null model is conditional on documentation (see `natverk.nullmodels`): what no source attests is outside it.
    Swapping `a` and `b` swaps the columns and changes nothing else. Models of all municipalities (participation,
    event study, survival curves) and the agreement of coders (`coding`) say nothing of a single unit; what enters
    them of each unit stands here. References: each measure names its own.

    Examples
    --------
    >>> from natverk import load
    >>> table = compare(load(), "Lund", "Malmö", year=2020, parts=("place", "networks")).set_index(["measure", "item"])
    >>> table.loc[("shared", "networks"), ["a", "b"]].tolist() == table.loc[("shared", "networks"), ["b", "a"]].tolist()
    True
    >>> table.loc[("skr_group", ""), ["a_text", "b_text"]].tolist()
    ['B3', 'A1']
    """
    year_range(year, "year", data=data)
    year_range(years, data=data)
    wanted = tuple(dict.fromkeys([parts] if isinstance(parts, str) else parts))
    for part in wanted:
        choice("parts", part, PARTS)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="parts", allowed=PARTS)
    not_negative("draws", draws)
    not_negative("seed", seed)
    if kind is not None:
        choice("kind", kind, KINDS)
    both, (first, second) = _same_kind(data, a, b, kind)
    if first == second:
        raise InvalidArgument(f"{a!r} and {b!r} are the same {both}", where="a, b", remedy="name two different units")
    frame = Frame(data, year, years, counts_as, year_basis, counting, wanted)
    left, right = _SIDES[both](frame, first), _SIDES[both](frame, second)
    lines = [*_beside(left, right), *pair_lines(frame, both, first, second, left, right)]
    if draws:
        lines += null_lines(frame, both, first, second, draws, seed)
    order = {part: number for number, part in enumerate(PARTS)}
    lines.sort(key=lambda line: order[line[0]])
    table = pd.DataFrame([_row(*line) for line in lines], columns=_COLUMNS)
    text = [name for name in _COLUMNS if name not in _NUMBERS]
    return table.astype({**dict.fromkeys(_NUMBERS, "Float64"), **dict.fromkeys(text, "str")})


def resolve_unit(data: Dataset, text: str, kind: str | None = None) -> dict[str, str]:
    """Return what a text may mean: kind → county code, municipality code or network id.

    Raises
    ------
    UnknownName
        If it means nothing, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> resolve_unit(load(), "Uppsala")
    {'region': '03', 'municipality': '0380'}
    >>> resolve_unit(load(), "ubc")
    {'network': 'ubc'}
    """
    found = {}
    for name in KINDS if kind is None else (kind,):
        unit = _resolved(data, text, name)
        if unit is not None:
            found[name] = unit
    if found:
        return found
    allowed: list[str] = []
    for name, table, column in (
        ("region", data.counties, "region_name"),
        ("municipality", data.municipalities, "name"),
        ("network", data.networks, "name"),
        ("network", data.networks, "network_id"),
    ):
        if kind in (None, name):
            allowed += table[column].dropna().tolist()
    what = "region, municipality or network" if kind is None else kind
    raise UnknownName(f"there is no {what} {text!r}", where="a, b", allowed=allowed, value=text, remedy="natverk list")


def _resolved(data: Dataset, text: str, kind: str) -> str | None:
    if kind == "network":
        for column in ("network_id", "name", "name_sv"):
            hit = data.networks.loc[data.networks[column].fillna("").map(fold) == fold(str(text)), "network_id"]
            if len(hit) == 1:
                return str(hit.iloc[0])
        return None
    # An id says its kind: Gotland's municipality is also the actor of its region.
    prefix, colon, _ = str(text).partition(":")
    if colon and prefix != kind:
        return None
    try:
        return municipality_code(data, text) if kind == "municipality" else resolve_region(data.counties, text)
    except UnknownName:
        return None


def _same_kind(data: Dataset, a: str, b: str, kind: str | None) -> tuple[str, tuple[str, str]]:
    first, second = resolve_unit(data, a, kind), resolve_unit(data, b, kind)
    common = [name for name in KINDS if name in first and name in second]
    if not common:
        raise InvalidArgument(
            f"{a!r} is a {' or '.join(first)}, {b!r} a {' or '.join(second)}",
            where="a, b",
            remedy="compare two units of one kind",
        )
    if len(common) > 1:
        raise InvalidArgument(
            f"{a!r} and {b!r} may both be a {' or a '.join(common)}",
            where="kind",
            allowed=common,
            remedy=f'write kind="{common[0]}"',
        )
    return common[0], (first[common[0]], second[common[0]])


def _beside(left: Side, right: Side) -> Iterator[tuple[str, Line | None, Line | None]]:
    """Put the lines of both sides together; what only one side has stays, with the other side missing."""
    for part in left.lines:
        sides = [{(line.measure, line.item, line.unit): line for line in side.lines[part]} for side in (left, right)]
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            yield part, sides[0].get(key), sides[1].get(key)


def _row(part: str, a: Line | None, b: Line | None) -> dict[str, object]:
    named = a or b
    row: dict[str, object] = {"part": part}
    if named is not None:
        row |= {"measure": named.measure, "item": named.item, "unit": named.unit}
    for name, line in (("a", a), ("b", b)):
        row |= {
            name: line.best if line else None,
            f"{name}_low": line.low if line else None,
            f"{name}_high": line.high if line else None,
            f"{name}_text": line.text if line else "",
            f"{name}_rows": line.rows if line else "",
        }
    return row
