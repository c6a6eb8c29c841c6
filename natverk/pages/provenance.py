"""What stands behind a page's numbers: every row that the page names, as it reads, with its sources.

The site's panel shows it: whoever follows a number of the page (`data-rows`) finds its rows here, and the rule that
made the number of them (`data-rule`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA, Column
from natverk.pages.tables import records

__all__ = ["PROVENANCE", "Provenance", "named_rows"]

#: The kind of output that `natverk.reports.page` puts into the page.
PROVENANCE = "application/vnd.natverk.provenance+json"
#: Tables that pages name by another key than a row's id.
_UNITS = {"member_lists": "list_id", "bodies": "body_id", "counties": "county_code"}
#: What of a row says what it attests, in reading order; of a table that is not named here, all that is told.
_SAID: dict[str, tuple[str, ...]] = {
    "memberships": ("actor_id", "network_id", "status", "start_year", "end_year", "observed_year", "inference",
                    "derived"),
    "member_lists": ("network_id", "year", "n_sweden"),
    "published_totals": ("network_id", "actor_id", "fact", "value", "year"),
    "network_notes": ("network_id", "actor_id", "topic", "text", "year"),
    "functions": ("actor_id", "network_id", "function_class", "detail", "start_year", "end_year", "observed_year"),
    "projects": ("actor_id", "project", "network_id", "programme", "programme_from", "role", "start_year", "end_year",
                 "observed_year"),
    "missions": ("actor_id", "event", "place", "country", "start_date", "end_date"),
    "mission_parts": ("actor_id", "part", "evaluation"),
    "next_steps": ("actor_id", "network_id", "step", "status", "due"),
    "events": ("event", "date", "place", "organiser"),
    "evaluations": ("actor_id", "year", "network_id", "criterion", "judgement", "rationale", "recommendation"),
    "evaluation_findings": ("evaluator", "year", "finding"),
    "purposes": ("actor_id", "purpose", "year"),
    "twins": ("actor_id", "partner_city", "country", "start_year", "end_year", "observed_year"),
    "responsibility": ("holder_name", "holder_type", "start", "end", "legal_basis"),
    "strategies": ("title", "status", "adopted_by", "adopted_date", "adopted_year", "horizon_year"),
    "strategy_events": ("county_code", "event", "date_from", "date_to", "by", "municipal_part"),
    "interplay": ("name", "form", "members", "since", "until"),
    "tasks": ("policy_area", "task", "actor", "obligation_class", "legal_basis", "since", "until"),
    "conditions": ("county_code", "condition_class", "since", "until"),
    "county_events": ("county_code", "event", "year", "note"),
    "published_figures": ("claim", "value", "unit", "geography", "year"),
    "bodies": ("body_id", "form", "founded_year", "dissolved_year", "n_members_stated"),
    "body_members": ("member_actor_id", "body_id", "start_year", "end_year", "observed_year", "derived"),
    "counties": ("name", "n_municipalities"),
}  # fmt: skip
#: The vocabulary of a coded column, where it is not called as the column; of a table alone, where it differs.
_TERMS = {
    "fact": "total_fact", "role": "project_role", "obligation_class": "obligation", "condition_class": "condition",
    "next_steps.status": "step_status", "strategies.status": "strategy_status", "interplay.form": "interplay_form",
    "strategy_events.event": "strategy_event", "county_events.event": "county_event",
}  # fmt: skip
#: What a year or day says, by its column: a text of `nouns`.
_WHEN = {
    **dict.fromkeys(("start_year", "founded_year"), "since"),
    **dict.fromkeys(("start", "since", "start_date", "date_from"), "from_date"),
    **dict.fromkeys(("end", "until", "end_date", "end_year", "dissolved_year", "date_to"), "to_date"),
    "observed_year": "seen",
}
#: The column with the end of what a column begins: where both are known they are told in one.
_ENDS = {
    "start_year": "end_year", "founded_year": "dissolved_year", "start": "end", "since": "until",
    "start_date": "end_date", "date_from": "date_to",
}  # fmt: skip
_STARTS = {end: start for start, end in _ENDS.items()}
#: How sure a row is of its year, by the beginning of the column's name.
_BASIS = {
    "start_year": "start_basis",
    "end_year": "end_basis",
    "observed_year": "observed_basis",
    "year": "year_basis",
    "date": "date_basis",
}


def named_rows(data: Dataset, ids: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the rows of the data that have these ids, by table, in the order of the tables.

    Parameters
    ----------
    data
        The dataset.
    ids
        Ids of rows, complete lists or bodies, or codes of counties. What is none of them is left out.

    Returns
    -------
    dict of str to pd.DataFrame
        Table → its rows among them, with all columns.

    Examples
    --------
    >>> from natverk import load
    >>> {name: len(rows) for name, rows in named_rows(load(), ["mem-00001", "rua-00001", "14"]).items()}
    {'counties': 1, 'memberships': 1, 'responsibility': 1}
    """
    wanted = sorted(set(ids))
    found = {}
    for name, table in SCHEMA.items():
        key = _UNITS.get(name, "row_id")
        if key not in table.names:
            continue
        own, column = data.own_keys.get(name, {}), table.column(key)
        fitting = [item for item in wanted if item in own or column.fits(item)]
        rows = rows_where(data, name, **{key: fitting}) if fitting else pd.DataFrame()
        if len(rows):
            found[name] = rows
    return found


class Provenance:
    """The rows behind a page; shows itself in a notebook as their number, and to the site as what its panel shows.

    Parameters
    ----------
    page
        The page (`natverk.pages.NotebookPage`), all of which has been said. Every source of the rows is cited.

    Attributes
    ----------
    content
        `tables`: a list of (name of the table, its rows), each row its id, what it says, the numbers of its sources
        and, where it is told, the place in them; `rules`: the rules that the page names, in words; `own`: the ids of
        own rows.
    """

    def __init__(self, page: Any) -> None:
        # Typed as prose types it: the page shows this, and so cannot be imported here.
        found = named_rows(page.data, page.shown | page.counted_rows)
        tables = []
        for name, rows in found.items():
            group = "site" if page.t.has(f"site.table.{name}") else "provenance"
            items = [_item(page, name, row) for row in records(rows)]
            tables.append([page.t(f"{group}.table.{name}"), sorted(items, key=lambda item: str(item[0]))])
        own = {key for keys in page.data.own_keys.values() for key in keys}
        named = [str(item[0]) for _table, items in tables for item in items]
        rules = {name: page.t(f"provenance.rule.{name}") for name in sorted({*page.rules, *_ALWAYS})}
        self.content = {"tables": tables, "rules": rules, "own": sorted(own.intersection(named))}
        self.text = str(page.counted(len(named), "row"))

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_choices: object) -> dict[str, object]:
        return {PROVENANCE: self.content, "text/plain": self.text}


#: The rules of what names none: a text that tells of rows, a line of a table, a count.
_ALWAYS = ("told", "line", "counted")


def _item(page: Any, name: str, row: Mapping[str, Any]) -> list[object]:
    """Return a row as the panel shows it: id, what it says, numbers of its sources, place in them."""
    table = SCHEMA[name]
    key = str(row[_UNITS.get(name, "row_id")])
    said_of = _SAID.get(name, tuple(table.told))
    said = [_word(page, name, column, row) for column in said_of]
    dated = [column for column in said_of if column in _WHEN or column == "programme_from"]
    if "observed_year" in dated and all(pd.isna(row[column]) for column in dated):
        said.append(page.t("nouns.undated"))
    if "certainty" in row and pd.notna(row["certainty"]):
        said.append(f"{page.t('columns.certainty').lower()}: {page.term('certainty', row['certainty'])}")
    ids = [
        item
        for column in table.columns
        if column.ref == "sources.source_id" and isinstance(row[column.name], str)
        for item in row[column.name].split(";")
    ]
    # A published figure without a source of its own is cited by its row; the sources of the table of counties are of
    # borders, seats and population as well, and of no page.
    ids = [] if name == "counties" else ids
    cited = page.references.cite(ids or ([key] if name == "published_figures" else []))
    item: list[object] = [key, " · ".join(part for part in said if part), [int(n) for n in cited.split(", ") if n]]
    place = row.get("locator")
    return [*item, place] if isinstance(place, str) else item


def _word(page: Any, name: str, column: str, row: Mapping[str, Any]) -> str:
    """Return a cell in the page's language; nothing where it is blank, or later than the page tells."""
    value, kind = row.get(column), SCHEMA[name].column(column)
    if value is None or pd.isna(value):
        return ""
    if kind.kind in ("year", "date"):
        return _when(page, column, row)
    if kind.kind == "actor_id":
        return str(page.actor_names[value])
    if kind.ref == "networks.network_id":
        return str(page.network_names[value])
    if column == "county_code":
        counties = page.data.counties
        return str(counties.loc[counties["county_code"] == value, "name"].item())
    if column in ("derived", "inference"):
        told = column == "derived" and not value
        return "" if told else str(page.t(f"provenance.{column}"))
    if kind.kind == "enum" or (name, column) == ("county_events", "event"):
        return _coded(page, name, kind, str(value))
    if kind.kind in ("integer", "number"):
        return _number(page, name, column, row)
    swedish = row.get(f"{column}_sv")
    return str(swedish if page.lang == "sv" and isinstance(swedish, str) else value)


def _coded(page: Any, name: str, column: Column, value: str) -> str:
    """Return a coded value in words; a judgement in its sign and number."""
    if column.name == "judgement":
        return value.replace("-", "−")
    group = _TERMS.get(f"{name}.{column.name}") or _TERMS.get(column.name, column.name)
    return ", ".join(page.term(group, part.replace(" ", "_")) for part in column.split(value))


def _when(page: Any, column: str, row: Mapping[str, Any]) -> str:
    """Return a year or day with what it says, and whether it is inferred; nothing that is later than the page.

    What has a beginning and an end is told where it begins.
    """
    if column == "programme_from":
        return str(page.t("nouns.programme_period", period=page.period(row[column], row["programme_to"])))
    if column == "horizon_year":
        return f"{page.t('columns.horizon').lower()} {page.year(row[column])}"
    # What has ended since it began is told with its beginning, the year of an adoption with its day.
    told_by = "adopted_date" if column == "adopted_year" else _STARTS.get(column, "")
    value = _told(page, row, column)
    if not value or _told(page, row, told_by):
        return ""
    end, date = _told(page, row, _ENDS.get(column, "")), page.date(value)
    if end:
        text = page.period(value, end) if column.endswith("_year") else page.span(value, end)
    else:
        text = page.t(f"nouns.{_WHEN[column]}", year=date, date=date) if column in _WHEN else date
    if column == "start" and row["start_earliest"] != row["start_latest"]:
        first, last = page.date(row["start_earliest"]), page.date(row["start_latest"])
        text = f"{text} ({page.t('provenance.between', first=first, last=last)})"
    return str(page.t("nouns.inferred_date", date=text) if row.get(_BASIS.get(column, "")) == "inferred" else text)


def _told(page: Any, row: Mapping[str, Any], column: str) -> str:
    """Return a year or date as the row has it; blank where it has none, or one that is later than a page of then."""
    value = row.get(column)
    if value is None or pd.isna(value) or (page.past and int(str(value)[:4]) > page.years[1]):
        return ""
    return str(value)


def _number(page: Any, name: str, column: str, row: Mapping[str, Any]) -> str:
    """Return a number with its qualifier or what it counts."""
    value = float(row[column])
    text = page.t.number(value, 0 if value.is_integer() else 1)
    if column in ("n_municipalities", "n_members_stated", "n_sweden"):
        return str(page.t(f"provenance.{column}", n=text))
    return str(text if row.get("qualifier", "exact") == "exact" else page.t(f"nouns.{row['qualifier']}", n=text))
