"""Pair lines: what `compare` says of two units together: sets, profiles, likeness, and a null model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from natverk.measures.frames import each_row
from natverk.measures.nullmodels import null_test
from natverk.measures.peers import by_portfolio, by_structure
from natverk.measures.profiles import schoener_d
from natverk.measures.sides import Frame, Line, Side, listed_line, number
from natverk.measures.strategies import same_stage

__all__ = ["null_lines", "pair_lines", "profile_lines", "set_lines"]

_UNITS = {"themes": "themes", "members": "members"}
_PEERS = 3
#: A part, and a line of the one side and of the other; one line twice where both say the same.
Both = tuple[str, Line, Line]


def pair_lines(frame: Frame, kind: str, a: str, b: str, left: Side, right: Side) -> Iterator[Both]:
    """Yield the lines of the parts that are wanted; see `set_lines`."""
    found = {"networks": set_lines(left, right), "overlap": profile_lines(left, right)}
    if kind == "municipality":
        found["peers"] = _municipalities(frame, a, b)
    if kind == "region":
        found["strategy"] = _regions(frame, a, b)
    for part in frame.parts:
        for one, two in found.get(part, ()):
            yield part, one, two


def set_lines(left: Side, right: Side) -> Iterator[tuple[Line, Line]]:
    """Yield what both have, what only one has, and how alike the sets are."""
    for item in left.sets:
        a, b = left.sets[item], right.sets[item]
        unit = _UNITS.get(item, "networks")
        yield _same(listed_line("shared", item, unit, a & b))
        yield listed_line("only_here", item, unit, a - b), listed_line("only_here", item, unit, b - a)
        # Nothing documented of one of them is no empty set: no value rather than 0.
        yield _same(Line("jaccard", item, "share", len(a & b) / len(a | b) if a and b else None))
        yield _same(Line("overlap", item, "share", len(a & b) / min(len(a), len(b)) if a and b else None))


def profile_lines(left: Side, right: Side) -> Iterator[tuple[Line, Line]]:
    """Yield both profiles of themes, and how alike these are."""
    if left.profile:
        for theme, value in left.profile.items():
            lines = [Line("theme_profile", theme, "networks", own) for own in (value, right.profile[theme])]
            yield lines[0], lines[1]
        both = any(left.profile.values()) and any(right.profile.values())
        yield _same(Line("schoener_d", "", "share", schoener_d(left.profile, right.profile) if both else None))


def _same(line: Line) -> tuple[Line, Line]:
    return line, line


def _municipalities(frame: Frame, a: str, b: str) -> Iterator[tuple[Line, Line]]:
    """Compare two municipalities by what is known of both and by structure, and say how near they come."""
    by_place = [by_structure(frame.data, code, year=frame.year, n=None).set_index("code") for code in (a, b)]
    by_network = [by_portfolio(frame.data, code, n=None, table=frame.portfolios).set_index("code") for code in (a, b)]
    near, alike = by_place[0].loc[b], by_network[0].loc[b]
    known = [alike[name] for name in ("jaccard", "jaccard_low", "jaccard_high")]
    yield _same(Line.bounded("jaccard_known", "", "share", known, text=str(alike["status"])))
    yield _same(Line("known_networks", "", "networks", number(alike["n_known"])))
    yield _same(Line("structural_distance", "", "mean difference = 1", number(near["distance"])))
    yield _same(Line("km", "", "km", number(near["km"])))
    for item, frames in (("portfolio", by_network), ("structure", by_place)):
        ranks = [Line("peer_rank", item, "rank", number(own.loc[other, "rank"]))
                 for own, other in zip(frames, (b, a), strict=True)]  # fmt: skip
        yield ranks[0], ranks[1]
        nearest = [Line("peers", item, "", text=";".join(own.index[own["rank"].notna()][:_PEERS])) for own in frames]
        yield nearest[0], nearest[1]


def _regions(frame: Frame, a: str, b: str) -> Iterator[tuple[Line, Line]]:
    """Say whether two regions' strategies are at the same stage, and what else these share."""
    pairs = same_stage(frame.data, str(frame.year), table=frame.stages.loc[[a, b]])
    reasons = pairs["reasons"].iloc[0] if len(pairs) else ""
    yield _same(Line("same_stage", "", "", text=reasons))


def null_lines(frame: Frame, kind: str, a: str, b: str, draws: int, seed: int) -> Iterator[Both]:
    """Yield how many networks (or members) two units share in random matrices with the margins of the documented one.

    For regions besides: how many each shares with its municipalities. Nothing is said of who has nothing documented.
    """
    ties = frame.ties
    if ties is None:
        return
    labels, matrix = (ties.networks, ties.matrix.T) if kind == "network" else (ties.actors, ties.matrix)
    place = {label: number for number, label in enumerate(labels)}
    pairs = {name: [[place[label] for label in own if label in place] for own in groups]
             for name, groups in _groups(frame, kind, a, b).items()}  # fmt: skip
    pairs = {name: groups for name, groups in pairs.items() if all(groups)}
    if not pairs:
        return

    def shared(drawn: np.ndarray) -> np.ndarray:
        return np.array([(drawn[one].any(axis=0) & drawn[two].any(axis=0)).sum() for one, two in pairs.values()])

    test = null_test(matrix.toarray(), shared, draws, seed, names=list(pairs))
    found = {row.item: row for row in each_row(test.frame)}
    for item in dict.fromkeys(name.partition(":")[0] for name in pairs):
        both = [found.get(name) if name in found else found.get(item) for name in (f"{item}:a", f"{item}:b")]
        unit = "members" if kind == "network" else "networks"
        for one, two in zip(*(_null(item, unit, row) for row in both), strict=True):
            yield "overlap", one, two


def _groups(frame: Frame, kind: str, a: str, b: str) -> dict[str, list[list[str]]]:
    """Return what is compared with what, by name; `:a` and `:b` concern one of the two units."""
    if kind == "network":
        return {"between": [[a], [b]]}
    if kind == "municipality":
        return {"between": [[f"municipality:{a}"], [f"municipality:{b}"]]}
    head = frame.data.counties.set_index("county_code")["region_actor_id"]
    places = frame.data.municipalities
    found = {"between": [[str(head[a])], [str(head[b])]]}
    for name, county in (("levels:a", a), ("levels:b", b)):
        own = places.loc[places["county_code"] == county, "actor_id"].tolist()
        # Where one body is both, there are no two levels.
        if head[county] not in own:
            found[name] = [[str(head[county])], own]
    return found


def _null(item: str, unit: str, row: Any) -> list[Line]:
    if row is None:
        return [Line("null_shared", item, unit), Line("null_z", item, "sd"), Line("null_p", item, "probability")]
    return [
        Line("null_shared", item, unit, float(row.mean), float(row.null_low), float(row.null_high)),
        Line("null_z", item, "sd", number(row.z)),
        Line("null_p", item, "probability", float(row.p)),
    ]
