"""Shorthand for the columns that many tables share, so that they are described in one place."""

from __future__ import annotations

from natverk.data.column import Column
from natverk.data.vocabulary import VOCABULARIES

__all__ = ["actor", "column", "enum", "network", "note", "row_id", "source", "stated_name", "text", "themes", "year"]


def column(name: str, kind: str, description: str, **more: object) -> Column:
    """Return a column of any kind."""
    return Column(name, kind, description, **more)  # type: ignore[arg-type]


def text(name: str, description: str, *, required: bool = False, many: bool = False) -> Column:
    """Return a free-text column."""
    return Column(name, "text", description, required=required, many=many)


def year(name: str, description: str, *, required: bool = False) -> Column:
    """Return a calendar-year column."""
    return Column(name, "year", description, required=required, unit="year")


def enum(
    name: str,
    vocabulary: str,
    description: str,
    *,
    required: bool = False,
    many: bool = False,
    also: tuple[str, ...] = (),
) -> Column:
    """Return a column whose values come from a vocabulary."""
    values = VOCABULARIES[vocabulary] + also
    return Column(name, "enum", description, required=required, values=values, many=many)


def row_id(prefix: str, *, name: str = "row_id") -> Column:
    """Return the permanent id of an evidence row; `prefix` may be an alternation such as `tot|ntn`."""
    return Column(
        name,
        "row_id",
        "Permanent id of the row; never reused, so that corrections and citations can point to it",
        required=True,
        pattern=rf"({prefix})-\d{{5}}",
    )


def actor(name: str = "actor_id", description: str = "The actor", *, required: bool = True) -> Column:
    """Return a reference to the one table of actors."""
    return Column(name, "actor_id", description, required=required, ref="actors.actor_id")


def network(*, required: bool = True, description: str = "The network") -> Column:
    """Return a reference to a network."""
    return Column("network_id", "slug", description, required=required, ref="networks.network_id")


def source(
    name: str = "source_id",
    *,
    required: bool = True,
    many: bool = False,
    description: str = "The source that attests the row",
) -> Column:
    """Return a reference to one or more sources."""
    return Column(name, "slug", description, required=required, ref="sources.source_id", many=many)


def themes(*, required: bool = False, description: str = "Themes the row belongs to") -> Column:
    """Return a list of themes."""
    return enum("themes", "theme", description, required=required, many=True)


def note() -> Column:
    """Return the column for what fits nowhere else."""
    return text("note", "What a reader of the row must know")


def stated_name() -> Column:
    """Return the column for a name that differs from the one in `actors`."""
    return text("name_as_stated", "The actor's name in the source, where it differs from the one in actors")
