"""The tables of a comparison: every measure with both values, their bounds, whether they differ, and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.text.table import Cites, Foreign, Table
from natverk.text.tables.rows import records, text_of

if TYPE_CHECKING:
    from natverk.text.comparison import ComparePage

__all__ = ["label", "measures", "unlabelled"]

Row = Mapping[str, object]
#: Numbers from 0 to 1 that are an index, not a share of something.
_INDEX = ("jaccard", "jaccard_known", "schoener_d")
_TABLES = (
    "memberships", "functions", "projects", "twins", "strategies", "responsibility", "evaluations", "published_totals",
    "member_lists", "missions", "next_steps", "tasks", "published_figures",
)  # fmt: skip
#: Where the words of a measure's codes stand; those of the others stand in one of the vocabularies below.
_WORDS_OF = {
    "counts_as": "network_profile.kind.{}.name",
    "outcome": "rolecompare.outcome.{}",
    "responsibility": "terms.holder_type.{}",
    "strategy": "strategies.stage.{}",
    "same_stage": "strategies.stage.{}",
}
_WORDS = (
    "compare_page.code.{}", "terms.role.{}", "terms.skr_group.{}", "terms.counts_as.{}", "common.theme.{}",
    "network_profile.scope.{}",
)  # fmt: skip
_ITEMS = ("compare_page.item.{}", "terms.disagreement.{}", "common.theme.{}", "terms.policy_area.{}")
_MOST_SOURCES = 8


def measures(page: ComparePage, table: pd.DataFrame, part: str) -> Table:
    """Return the lines of one part of a comparison, as `natverk.compare` gives them."""
    rows = [
        {
            "measure": label(page, row),
            "unit": _unit(page, row),
            "a": _value(page, row, "a"),
            "b": _value(page, row, "b"),
            "verdict": page.say(f"verdict.{row['verdict']}"),
            "sources": _sources(page, row),
        }
        for row in records(page.shown(table).query("part == @part"))
    ]
    labels = page.label("measure", "unit") | {"a": page.first, "b": page.second} | page.label("verdict", "sources")
    caption = page.say("table.caption", part=page.say(f"part.{part}"), a=page.first, b=page.second)
    return Table(pd.DataFrame(rows, columns=list(labels), dtype=object), caption, labels, lang=page.lang, fold=12)


def unlabelled(page: ComparePage, table: pd.DataFrame) -> list[str]:
    """Return the measures, items and units of a comparison that the locale has no words for."""
    missing = set()
    for row in records(page.shown(table)):
        if not page.t.has(f"compare_page.measure.{row['measure']}"):
            missing.add(f"measure {row['measure']}")
        if row["unit"] and not page.t.has(f"compare_page.unit.{_key(row['unit'])}"):
            missing.add(f"unit {row['unit']}")
        if row["item"] and _item(page, row) is None:
            missing.add(f"item {row['item']} of {row['measure']}")
    return sorted(missing)


def label(page: ComparePage, row: Row) -> str:
    """Return what a line is about: the measure and its item."""
    key = f"compare_page.measure.{row['measure']}"
    measure = page.t(key) if page.t.has(key) else str(row["measure"]).replace("_", " ")
    if not row["item"]:
        return measure
    return f"{measure}: {_item(page, row) or str(row['item']).replace('_', ' ')}"


def _item(page: ComparePage, row: Row) -> str | None:
    """Return what an item is called: the network or actor and year of a review, the year of a list, or a word."""
    measure, item = str(row["measure"]), str(row["item"])
    if measure == "portfolio":
        unit, _, year = item.partition(" ")
        name = page.actor(unit) if ":" in unit else page.network(unit)
        return f"{name} {year}".strip()
    return item if measure == "listed_members" else _first(page, _ITEMS, _key(item))


def _first(page: ComparePage, keys: tuple[str, ...], code: str) -> str | None:
    """Return the text of the first key that the locale has, with the code put in."""
    return next((page.t(key.format(code)) for key in keys if page.t.has(key.format(code))), None)


def _key(value: object) -> str:
    """Return a code as a key of the locale.

    >>> _key("not comparable")
    'not_comparable'
    """
    return str(value).replace(" ", "_")


def _unit(page: ComparePage, row: Row) -> str:
    """Return the unit in the page's language: a share is in per cent, an index has none."""
    if not row["unit"]:
        return ""
    key = f"compare_page.unit.{'index' if row['measure'] in _INDEX else _key(row['unit'])}"
    return page.t(key) if page.t.has(key) else Foreign(text_of(row["unit"]))


def _value(page: ComparePage, row: Row, side: str) -> str:
    """Return the value of one side with its bounds, or the words behind its code; nothing known is a dash."""
    number, low, high = (row[name] for name in (side, f"{side}_low", f"{side}_high"))
    if pd.isna(number):  # type: ignore[call-overload]
        return _words(page, row, text_of(row[f"{side}_text"]))
    said = _number(page, row, float(str(number)))
    if pd.notna(low) and pd.notna(high) and (low != number or high != number):  # type: ignore[call-overload]
        bounds = f"{_number(page, row, float(str(low)))}–{_number(page, row, float(str(high)))}"
        return page.say("value.bounded", n=said, bounds=bounds)
    return said


def _number(page: ComparePage, row: Row, value: float) -> str:
    """Return a number as its unit asks: years bare, shares in per cent, indices and scores with two decimals."""
    unit = str(row["unit"])
    if unit == "year":
        return str(int(value))
    if unit == "share" and row["measure"] not in _INDEX:
        return page.t.percent(value, 1 if value else 0)
    if unit in ("share", "mean difference", "score"):
        return page.t.number(value, 2).replace("-", "−")
    return page.t.number(value) if value.is_integer() or abs(value) >= 100 else page.t.number(value, 1)


def _words(page: ComparePage, row: Row, text: str) -> str:
    """Put a code, or several of them separated by `;`, `|` or `+`, into the page's language."""
    if not text:
        return "–"
    measure = str(row["measure"])
    if row["item"] == "title":
        return text
    if measure == "county":
        return str(page.data.counties.set_index("county_code").loc[text, "name"])
    keys = (*([_WORDS_OF[measure]] if measure in _WORDS_OF else ()), *_WORDS)
    said = [_first(page, keys, code) for code in text.replace("|", ";").replace("+", ";").split(";") if code]
    return ", ".join(word for word in said if word) if all(said) else Foreign(text)


@kept
def _source_of(data: Dataset) -> dict[str, str]:
    """Return the source ids (separated by `;`) of each row that a comparison may rest on."""
    found: dict[str, str] = {}
    for name in _TABLES:
        frame = data.table(name)
        if "source_id" in frame.columns:
            found |= {str(row): text_of(ids) for row, ids in zip(frame.iloc[:, 0], frame["source_id"], strict=True)}
    return found


@asked
def sources_of(data: Dataset, rows: str) -> list[str]:
    """Return the ids of the sources of some rows (separated by `;`), each once, in the order of the rows."""
    known = _source_of(data)
    return list(
        dict.fromkeys(item for own in rows.split(";") if own in known for item in known[own].split(";") if item)
    )


def _sources(page: ComparePage, row: Row) -> str:
    """Return the numbers of the sources; of very many only how many they are: the units' own pages name them."""
    ids = sources_of(page.data, f"{row['a_rows']};{row['b_rows']}")
    if not ids:
        return ""
    if len(ids) > _MOST_SOURCES:
        return page.t.count("common.source", len(ids))
    return Cites(page.references.cite(ids))
