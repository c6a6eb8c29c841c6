"""What stands behind the lines of a page: the rows of each, their sources, and the rule that makes a line of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from natverk.data.load import Dataset
from natverk.data.units import Unit
from natverk.errors import InvalidArgument
from natverk.frames import choice, directory, each_row
from natverk.membership.documented import documented
from natverk.membership.evidence import graded
from natverk.membership.quality import explain
from natverk.networks import members_of
from natverk.offices import offices
from natverk.outcomes import projects
from natverk.roles import actors_of, responsibility

__all__ = ["SECTIONS", "explained"]

SECTIONS = ("networks", "responsibility", "positions", "projects")
#: Kinds of unit in the order in which a name is understood.
_KINDS = ("region", "municipality", "network", "actor")
_RULES = {
    "networks": "all rows of the actor and the network read together; what each counts as says the table status_rules",
    "responsibility": "one row a holder: in every county one follows the other without gap",
    "positions": "rows that tell of the same office (column same_as) are one line",
    "projects": "rows of the same actor and project are one line",
}
_MARKS = {
    "recent": "attested within the last five years of the period",
    "earlier": "attested before the last five years of the period, not within them",
    "left": "a source states the end, or calls it a former member",
    "conflict": "sources contradict each other within the period",
    "undated": "no row has a year within the period that is stated",
    "loose": "takes part, pays or supports; not counted as a membership",
}


def explained(
    data: Dataset, unit: str, section: str, *, year_from: int | None = None, year_to: int | None = None
) -> Iterator[str]:
    """Yield as text every line of a section, then the rows that it rests on with their sources, and its rule.

    Parameters
    ----------
    data
        The dataset.
    unit
        A region, municipality, network or actor, by id, code or name; of a region all actors of the county.
    section
        One of `SECTIONS`.
    year_from, year_to
        The period of `networks`; default 1997 to the last year of the data.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown unit or section, or one that says nothing about such a unit.

    Examples
    --------
    >>> from natverk import load
    >>> lines = list(explained(load(), "12", "responsibility"))
    >>> lines[0], lines[1].split(": ")[0]
    ('Skåne (region 12), responsibility: 4 lines', '  rule')
    """
    choice("section", section, SECTIONS)
    found = directory(data).meanings(unit, _KINDS)
    if not found:
        raise directory(data).unknown(unit, _KINDS)
    about = found[0]
    frame, told = _line_maker(data, about, section, year_from, year_to)
    n = len(frame)
    yield f"{about.name} ({about.kind} {about.id}), {section}: {n} line{'' if n == 1 else 's'}"
    yield f"  rule: {_RULES[section]}"
    grades = graded(data).set_index("row_id") if section == "networks" else None
    for row in each_row(frame):
        yield ""
        yield told(row)
        ids = str(getattr(row, "row_ids", None) or row.row_id).split(";")
        yield from _evidence(data, ids, grades)


def _line_maker(
    data: Dataset, about: Unit, section: str, year_from: int | None, year_to: int | None
) -> tuple[pd.DataFrame, Callable[[Any], str]]:
    """Return the lines of a section as a frame, and how one is said."""
    actors = dict(zip(data.actors["actor_id"], data.actors["name"], strict=True))
    networks = dict(zip(data.networks["network_id"], data.networks["name"], strict=True))

    def name_of(row: Any) -> str:
        parts = [actors.get(row.actor_id, row.actor_id)]
        network = getattr(row, "network_id", None)
        return " – ".join([*parts, networks.get(network, network)] if isinstance(network, str) else parts)

    if section == "responsibility":
        if about.kind != "region":
            raise InvalidArgument(
                f"responsibility is held for a county, and {about.name} is a {about.kind}",
                where="SECTION",
                remedy="name a region: natverk explain 14 responsibility",
            )
        return (
            responsibility(data, about.id),
            lambda row: (
                f"{row.holder_name}: {row.holder_type}, {row.start} – {_said(row.end) or 'now'} "
                f"({row.certainty} certainty); {row.legal_basis}"
            ),
        )
    who: list[str] = [about.id]
    if about.kind == "region":
        who = actors_of(data, about.id)["actor_id"].tolist()
    elif about.kind == "municipality":
        who = [f"municipality:{about.id}"]
    if section == "networks":
        years = (year_from or 1997, year_to or data.last_year)
        frame = (
            members_of(data, about.id, years=years) if about.kind == "network" else documented(data, who, years=years)
        )
        if about.kind == "network" and "network_id" not in frame:
            frame = frame.assign(network_id=about.id)
        return (
            frame,
            lambda row: (
                f"{name_of(row)}: {row.status}, {row.mark} ({_MARKS.get(row.mark, row.mark)})"
                + _period(**{"since" if row.since_basis == "stated" else "mentioned_in": row.since})
                + _period(last_seen=row.last_seen)
            ),
        )
    if section == "positions":
        held = offices(data, networks=about.id) if about.kind == "network" else offices(data, who)
        return (
            held,
            lambda row: (
                f"{name_of(row)}: {row.function_class}"
                + _period(start=row.start_year, end=row.end_year, seen=row.observed_year)
                + (f"; {row.told}" if _said(row.told) else "")
            ),
        )
    made = projects(data, network=about.id) if about.kind == "network" else projects(data, actors=who)
    return (
        made,
        lambda row: (
            f"{name_of(row)}: {row.project} ({row.role})"
            + _period(start=row.start_year, end=row.end_year, seen=row.observed_year)
        ),
    )


def _said(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _period(**years: Any) -> str:
    return "".join(f", {name.replace('_', ' ')} {value}" for name, value in years.items() if _said(value))


def _evidence(data: Dataset, ids: list[str], grades: pd.DataFrame | None) -> Iterator[str]:
    """Yield the rows of a line: id and table, what they say, what they count as, and their sources."""
    evidence = explain(data, ids)
    for item, rows in evidence.groupby("id", sort=False):
        row = rows.iloc[0]
        own = " (own row)" if any(item in keys for keys in data.own_keys.values()) else ""
        text = f"  {item}{own}, {row['table']}: {row['what']}"
        text += _period(start=row["start"], end=row["end"], seen=row["seen"])
        if grades is not None and item in grades.index:
            grade = grades.loc[item]
            text += f"; counts as {grade['grade']} (status_rules: {grade['counted']})"
        yield text
        for source in each_row(rows):
            title = _said(source.title) or "no title"
            parts = [title, _said(source.publisher), _said(source.url), _said(source.locator)]
            yield f"    {_said(source.source_id) or 'no source'}: {'. '.join(part for part in parts if part)}"
