"""Comparison: two regions, two municipalities or two networks side by side on every measure available."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.data.units import fold, resolve_region
from natverk.errors import InvalidArgument, UnknownName
from natverk.measures.arguments import YEARS, choice, year_range
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.likeness import municipality_code
from natverk.measures.panel import SETS
from natverk.measures.peers import by_portfolio, by_structure
from natverk.measures.sides import Frame, Line, Side, municipality_side, network_side, number, region_side

__all__ = ["KINDS", "compare", "resolve_unit"]

KINDS = ("region", "municipality", "network")
_SIDES: dict[str, Callable[[Frame, str], Side]] = {
    "region": region_side,
    "municipality": municipality_side,
    "network": network_side,
}
_NUMBERS = ("a", "b", "a_low", "a_high", "b_low", "b_high")
_COLUMNS = ["measure", "item", "unit", *_NUMBERS, "a_text", "b_text", "a_rows", "b_rows"]


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
) -> pd.DataFrame:
    """Put two units of one kind side by side.

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

    Returns
    -------
    pd.DataFrame
        `measure, item` (a theme, a level, an outcome …), `unit`, `a, b` (best numbers), `a_low, a_high, b_low,
        b_high` (where evidence is incomplete), `a_text, b_text` (codes, or ids separated by `;`), `a_rows,
        b_rows` (row ids). Missing means not known or not applicable, never 0.

        All kinds: `documented_*`, `shared` and `only_here` with what is in them, `jaccard` (shared of all
        that is documented in either, 0–1), `coverage`. Regions: population, responsibility, memberships in the year,
        theme profile, formal against practised roles, strategy. Municipalities: also structure, offices,
        projects, twin towns, `jaccard_known` (on known cells only, with bounds), `structural_distance`, `km`, and
        `peer_rank` (the place of the other among its peers). Networks: kind, members in the year, counties.

    Raises
    ------
    UnknownName
        For a unit that does not exist, with the nearest name.
    InvalidArgument
        If the two are of different kinds, or both of several.

    Notes
    -----
    Documented is a lower bound: that a network is "only here" means that the other is not documented in it.
    Swapping `a` and `b` swaps the columns and changes nothing else.

    Examples
    --------
    >>> from natverk import load
    >>> table = compare(load(), "Lund", "Malmö", year=2020).set_index(["measure", "item"])
    >>> table.loc[("shared", "networks"), ["a", "b"]].tolist() == table.loc[("shared", "networks"), ["b", "a"]].tolist()
    True
    >>> table.loc[("skr_group", ""), ["a_text", "b_text"]].tolist()
    ['B3', 'A1']
    """
    year_range(year, "year")
    year_range(years)
    if kind is not None:
        choice("kind", kind, KINDS)
    both, (first, second) = _same_kind(data, a, b, kind)
    if first == second:
        raise InvalidArgument(f"{a!r} and {b!r} are the same {both}", where="a, b", remedy="name two different units")
    frame = Frame(data, year, years, counts_as, year_basis, counting)
    left, right = _SIDES[both](frame, first), _SIDES[both](frame, second)
    rows = _beside(left, right) + _as_sets(left, right)
    if both == "municipality":
        rows += _likeness(frame, first, second)
    table = pd.DataFrame(rows, columns=_COLUMNS)
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


def _beside(left: Side, right: Side) -> list[dict[str, object]]:
    """Put the lines of both sides together; what only one side has stays, with the other side missing."""
    lines = {
        name: {(line.measure, line.item, line.unit): line for line in side.lines}
        for name, side in (("a", left), ("b", right))
    }
    keys = sorted({*lines["a"], *lines["b"]})
    return [_row(key, lines["a"].get(key), lines["b"].get(key)) for key in keys]


def _row(key: tuple[str, str, str], a: Line | None, b: Line | None) -> dict[str, object]:
    row: dict[str, object] = dict(zip(("measure", "item", "unit"), key, strict=True))
    for name, line in (("a", a), ("b", b)):
        row |= {
            name: line.best if line else None,
            f"{name}_low": line.low if line else None,
            f"{name}_high": line.high if line else None,
            f"{name}_text": line.text if line else "",
            f"{name}_rows": line.rows if line else "",
        }
    return row


def _ids(names: frozenset[str]) -> str:
    return ";".join(sorted(names))


def _as_sets(left: Side, right: Side) -> list[dict[str, object]]:
    rows = []
    for item in left.sets:
        a, b = left.sets[item], right.sets[item]
        unit = {"themes": "themes", "members": "members"}.get(item, "networks")
        shared = Line("shared", item, unit, float(len(a & b)), text=_ids(a & b))
        rows.append(_row(("shared", item, unit), shared, shared))
        only = [Line("only_here", item, unit, float(len(own)), text=_ids(own)) for own in (a - b, b - a)]
        rows.append(_row(("only_here", item, unit), *only))
        index = Line("jaccard", item, "share", len(a & b) / len(a | b) if a | b else None)
        rows.append(_row(("jaccard", item, "share"), index, index))
    return rows


def _likeness(frame: Frame, a: str, b: str) -> list[dict[str, object]]:
    """Compare two municipalities by what is known of both and by structure, and say how near they come."""
    # Two portfolios are compared over ten years: a single one leaves too few known cells.
    window = (max(YEARS[0], frame.year - 9), frame.year)
    evidence: dict[str, Any] = {"counts_as": frame.counts_as, "year_basis": frame.year_basis}
    evidence |= {"counting": frame.counting, "years": window}
    data = frame.data
    by_place = [by_structure(data, code, year=frame.year, n=None).set_index("code") for code in (a, b)]
    by_network = [by_portfolio(data, code, n=None, **evidence).set_index("code") for code in (a, b)]
    near, alike = by_place[0].loc[b], by_network[0].loc[b]
    known = Line(
        "jaccard_known", "", "share", number(alike["jaccard"]), number(alike["jaccard_low"]),
        number(alike["jaccard_high"]), text=str(alike["status"]),
    )  # fmt: skip
    both = [
        known,
        Line("known_networks", "", "networks", number(alike["n_known"])),
        Line("structural_distance", "", "mean difference = 1", number(near["distance"])),
        Line("km", "", "km", number(near["km"])),
    ]
    rows = [_row((line.measure, line.item, line.unit), line, line) for line in both]
    for item, frames in (("portfolio", by_network), ("structure", by_place)):
        ranks = [
            Line("peer_rank", item, "rank", number(own.loc[other, "rank"]))
            for own, other in zip(frames, (b, a), strict=True)
        ]
        rows.append(_row(("peer_rank", item, "rank"), *ranks))
    return rows
