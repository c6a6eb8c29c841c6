"""The building blocks of the schema: a column, a table and the kinds of value a column may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from natverk.data.partial import is_date
from natverk.errors import UnknownName

__all__ = ["KINDS", "LIST_SEPARATOR", "Column", "Kind", "Schema", "Table"]

LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Kind:
    """What a cell of a column looks like in the CSV, and what it becomes in Parquet.

    `pattern` is a full-match regular expression over the cell's text; `dtype` a pandas dtype;
    `frictionless` the Table Schema type; `example` is shown in errors.
    """

    name: str
    pattern: str
    dtype: str
    frictionless: str
    example: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("text", r"[^\x00-\x1f]*", "str", "string", "free text on one line"),
        Kind("slug", r"[a-z0-9][a-z0-9_.-]*", "str", "string", "viable-cities-kn2030"),
        Kind("county_code", r"\d{2}", "str", "string", "01"),
        Kind("municipality_code", r"\d{4}", "str", "string", "0180"),
        Kind(
            "actor_id",
            r"(municipality:\d{4}|region:\d{2}|(body|state):[a-z0-9-]+)",
            "str",
            "string",
            "municipality:0180",
        ),
        Kind("row_id", r"[a-z]{3}-\d{5}", "str", "string", "mem-00001"),
        Kind("enum", r"[A-Za-z0-9_+*.-]+", "str", "string", "one of the listed values"),
        Kind("yes_no", r"yes|no", "boolean", "boolean", "yes"),
        Kind("year", r"(1[6-9]|20)\d{2}", "Int64", "integer", "2014"),
        Kind("integer", r"-?\d{1,15}", "Int64", "integer", "96217"),
        Kind("number", r"-?\d{1,15}(\.\d+)?", "Float64", "number", "38.4"),
        Kind(
            "date",
            r"(1[6-9]|20)\d{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
            "str",
            "string",
            "2014, 2014-02 or 2014-02-26",
        ),
        Kind("url", r"https?://\S+", "str", "string", "https://www.vanersborg.se"),
    )
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name, kind, description
        `kind` is a key of `KINDS`.
    required
        Whether a blank cell is an error.
    values
        The allowed values of an `enum`.
    ref
        `"table.column"` that each value must be found in (a foreign key).
    many
        Whether the cell holds a list separated by `;`.
    unit
        The unit of a number, as the reader should see it.
    pattern
        A regular expression narrower than that of the kind.

    Examples
    --------
    >>> Column("code", "municipality_code", "Code of the municipality", required=True).matches("0180")
    True
    >>> Column("code", "municipality_code", "Code of the municipality").matches("180")
    False
    """

    name: str
    kind: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    ref: str | None = None
    many: bool = False
    unit: str | None = None
    pattern: str | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The full-match pattern of one value."""
        if self.values:
            return re.compile("|".join(re.escape(value) for value in self.values))
        # ASCII: a digit is 0 to 9, not what another script counts with.
        return re.compile(self.pattern or KINDS[self.kind].pattern, re.ASCII)

    def split(self, cell: str) -> list[str]:
        """Return the values of a cell: none when blank, several when the column is a list."""
        if cell == "":
            return []
        return cell.split(LIST_SEPARATOR) if self.many else [cell]

    def fits(self, value: str) -> bool:
        """Say whether one value is allowed (foreign keys apart); a date must be in the calendar."""
        return bool(self.regex.fullmatch(value)) and (self.kind != "date" or is_date(value))

    def matches(self, cell: str) -> bool:
        """Say whether the cell's text is allowed: blank, one value, or several where the column is a list."""
        if cell == "":
            return not self.required
        return all(self.fits(value) for value in self.split(cell))

    @property
    def dtype(self) -> str:
        """The pandas dtype of the loaded column; a list stays text."""
        return "str" if self.many else KINDS[self.kind].dtype


@dataclass(frozen=True)
class Table:
    """A table of `data/raw`: name, what one row says, key columns and columns in order."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    evidence: bool = False
    """Whether a row is attested by a source and therefore leaves with its source in `load(as_of=…)`."""
    notes: tuple[str, ...] = field(default=())

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        UnknownName
            If the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"table {self.name} has no column {name!r}", allowed=self.names, value=name)


class Schema(dict[str, Table]):
    """The tables by name, in the order in which the codebook shows them."""

    def __missing__(self, name: str) -> Table:
        raise UnknownName(f"there is no table {name!r}", where="natverk/data/schema.py", allowed=list(self), value=name)
