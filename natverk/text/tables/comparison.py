"""The tables of a comparison: every measure with both values, their bounds, whether they differ, and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from natverk.data.load import Dataset
from natverk.text.table import Cites, Foreign, Table
from natverk.text.tables.rows import records, text_of

if TYPE_CHECKING:
    from natverk.text.comparison import ComparePage

__all__ = ["label", "measures", "unlabelled"]

Row = Mapping[str, object]
#: Numbers from 0 to 1 that are an index, not a share of something.
_INDEX = (
    "jaccard", "overlap", "schoener", "betweenness", "jaccard_known", "jaccard_with_region", "structural_distance",
)  # fmt: skip
_TABLES = (
    "memberships", "functions", "projects", "twins", "strategies", "responsibility", "evaluations", "published_totals",
    "member_lists", "missions", "next_steps", "tasks", "published_figures",
)  # fmt: skip
_MOST_SOURCES = 8


def measures(page: ComparePage, table: pd.DataFrame, part: str) -> Table:
    """Return the lines of one part of a comparison, as `natverk.comparison.contrasts` gives them."""
    rows = [
        {
            "measure": label(page, row),
            "unit": _unit(page, row),
            "a": _value(page, row, "a"),
            "b": _value(page, row, "b"),
            "verdict": page.say(f"verdict.{row['verdict']}"),
            "sources": _sources(page, row),
        }
        for row in records(table[table["part"] == part])
    ]
    labels = page.label("measure", "unit") | {"a": page.first, "b": page.second} | page.label("verdict", "sources")
    caption = page.say("table.caption", part=page.say(f"part.{part}"), a=page.first, b=page.second)
    return Table(pd.DataFrame(rows, columns=list(labels), dtype=object), caption, labels, lang=page.lang, fold=12)


def unlabelled(page: ComparePage, table: pd.DataFrame) -> list[str]:
    """Return the measures, items and units of a comparison that the locale has no words for."""
    missing = set()
    for row in records(table):
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
    measure, item = str(row["measure"]), str(row["item"])
    if measure == "portfolio":
        unit, _, year = item.partition(" ")
        name = page.actor(unit) if ":" in unit else page.network(unit)
        return f"{name} {year}".strip()
    for key in (
        f"compare_page.item_of.{measure}.{_key(item)}",
        f"compare_page.item.{_key(item)}",
        f"terms.disagreement.{item}",
        f"common.theme.{item}",
        f"terms.policy_area.{item}",
    ):
        if page.t.has(key):
            return page.t(key)
    return None


def _unit(page: ComparePage, row: Row) -> str:
    if not row["unit"]:
        return ""
    index = row["unit"] == "share" and str(row["measure"]).startswith(_INDEX)
    key = f"compare_page.unit.{'index' if index else _key(row['unit'])}"
    return page.t(key) if page.t.has(key) else Foreign(text_of(row["unit"]))


def _key(value: object) -> str:
    """Return a code as a key of the locale: letters and underscores.

    >>> _key("score −2 … 2"), _key("not comparable")
    ('score', 'not_comparable')
    """
    words = "".join(letter if letter.isalnum() and letter.isascii() else " " for letter in str(value)).split()
    letters = [word for word in words if not word.isdigit()]
    return "_".join(letters) or "number"


def _value(page: ComparePage, row: Row, side: str) -> str:
    """Return the value of one side with its bounds, or the words behind its code; nothing known is a dash."""
    number = row[side]
    if pd.isna(number):  # type: ignore[call-overload]
        return _words(page, row, text_of(row[f"{side}_text"]))
    said = _number(page, row, float(str(number)))
    low, high = row[f"{side}_low"], row[f"{side}_high"]
    if pd.notna(low) and pd.notna(high) and (low != number or high != number):  # type: ignore[call-overload]
        bounds = f"{_number(page, row, float(str(low)))}–{_number(page, row, float(str(high)))}"
        return page.say("value.bounded", n=said, bounds=bounds)
    years = _years(page, row, text_of(row[f"{side}_text"]))
    return page.say("value.bounded", n=said, bounds=years) if years else said


def _years(page: ComparePage, row: Row, text: str) -> str:
    """Return the years of the lists that a number rests on; nothing for what rests on none."""
    if row["measure"] == "list_retention":
        return text
    if row["measure"] not in ("complete_lists", "latest_list") or not text:
        return ""
    lists = page.data.member_lists.set_index("list_id")["year"]
    years = sorted({int(lists[item]) for item in text.split(";")})
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _number(page: ComparePage, row: Row, value: float) -> str:
    unit, measure = str(row["unit"]), str(row["measure"])
    if unit == "year":
        return str(int(value))
    if unit == "share" and not measure.startswith(_INDEX):
        return page.t.percent(value, 1 if value else 0)
    if unit in ("share", "mean difference = 1") or unit.startswith("score"):
        return page.t.number(value, 2).replace("-", "−")
    return page.t.number(value) if value.is_integer() or abs(value) >= 100 else page.t.number(value, 1)


def _words(page: ComparePage, row: Row, text: str) -> str:
    """Put a code, or several of them separated by `;`, `|` or `+`, into the page's language."""
    if not text:
        return "–"
    measure = str(row["measure"])
    parts = [part for part in text.replace("|", ";").replace("+", ";").split(";") if part]
    if measure == "strategy" and row["item"] == "title":
        return text
    said = [_word(page, measure, part) for part in parts]
    if any(word is None for word in said):
        return Foreign(text)
    return ", ".join(str(word) for word in said)


def _word(page: ComparePage, measure: str, code: str) -> str | None:
    for key in (
        f"compare_page.word_of.{measure}.{code}",
        f"rolecompare.outcome.{code}" if measure == "outcome" else "",
        f"terms.holder_type.{code}" if measure == "responsibility" else "",
        f"strategies.stage.{code}" if measure in ("strategy", "same_stage") else "",
        f"strategies.basis.{code}" if measure == "strategy" else "",
        f"compare_page.code.{code}",
        f"terms.role.{code}",
        f"common.theme.{code}",
        f"network_profile.kind.{code}.name",
        f"network_profile.scope.{code}",
        f"terms.recommendation.{code}",
    ):
        if key and page.t.has(key):
            return page.t(key)
    names = _names(page.data)
    if code in names:
        return names[code]
    return page.network(code) if code in set(page.data.networks["network_id"]) else None


@lru_cache(maxsize=2)
def _names(data: Dataset) -> dict[str, str]:
    """Return the names behind codes of municipalities and counties, and ids of strategies."""
    strategies = dict(zip(data.strategies["strategy_id"], data.strategies["title"], strict=True))
    places = dict(zip(data.municipalities["code"], data.municipalities["name"], strict=True))
    counties = dict(zip(data.counties["county_code"], data.counties["name"], strict=True))
    return {str(code): str(name) for group in (strategies, places, counties) for code, name in group.items()}


@lru_cache(maxsize=2)
def _source_of(data: Dataset) -> dict[str, str]:
    """Return the source ids (separated by `;`) of each row that a comparison may rest on."""
    found: dict[str, str] = {}
    for name in _TABLES:
        frame = data.table(name)
        if "source_id" in frame.columns:
            found |= {str(row): text_of(ids) for row, ids in zip(frame.iloc[:, 0], frame["source_id"], strict=True)}
    return found


def _sources(page: ComparePage, row: Row) -> str:
    """Return the numbers of the sources; of very many only how many they are: the units' own pages name them."""
    known = _source_of(page.data)
    rows = f"{row['a_rows']};{row['b_rows']}".split(";")
    ids = list(dict.fromkeys(item for own in rows if own in known for item in known[own].split(";") if item))
    if not ids:
        return ""
    if len(ids) > _MOST_SOURCES:
        return page.t.count("common.source", len(ids))
    return Cites(page.references.cite(ids))
