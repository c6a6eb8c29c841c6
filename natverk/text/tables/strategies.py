"""Tables of the strategies: stage by region, all strategies, references, pairs."""

from __future__ import annotations

import math

import pandas as pd

from natverk.text.strategies import StrategiesPage
from natverk.text.table import Table, records
from natverk.text.tables.rows import Row, table_of

__all__ = ["pairs", "partners", "stages", "strategies"]

_PARTNERS = 3


def stages(page: StrategiesPage, table: pd.DataFrame) -> Table:
    """Return, region by region, the strategy that holds, its age and horizon, its stage and the possible ones."""
    titles = page.data.strategies.set_index("strategy_id")
    rows = []
    for row in records(table):
        known = isinstance(row["strategy_id"], str)
        possible = str(row["possible_stages"]).split("|")
        own = [name for name in str(row["possible_strategies"]).split("|") if name in titles.index]
        every = len(possible) > 1
        rows.append(
            {
                "region": page.short_names[str(row["county_code"])],
                "strategy": titles.loc[str(row["strategy_id"]), "title"]
                if known
                else page.say("stages.several" if own else "stages.none_known"),
                "age": _age(page, row),
                "horizon": _horizon(page, row),
                "stage": page.stage(row["stage"]),
                "possible": ", ".join(page.stage(name) for name in possible) if every else "–",
                "basis": page.t(f"strategies.basis.{row['basis']}"),
                "sources": page.references.cite(";".join(titles.loc[own, "source_id"])) or "–",
            }
        )
    columns = ("region", "strategy", "age", "horizon", "stage", "possible", "basis", "sources")
    return table_of(page, rows, page.say("stages.table", when=page.when), *columns, fold=30)


def strategies(page: StrategiesPage, history: pd.DataFrame) -> Table:
    """Return all strategies with adoption, horizon and references; a blank is unknown, not no."""
    stated = page.data.strategies.set_index("strategy_id")
    rows = []
    for row in records(history):
        own = stated.loc[str(row["strategy_id"])]
        adopted = own["adopted_date"] if pd.notna(own["adopted_date"]) else own["adopted_year"]
        drafted = row["state"] == "in_process"
        rows.append(
            {
                "region": page.short_names[str(row["county_code"])],
                "title": row["title"],
                "adopted": "–" if drafted else page.date(adopted) if isinstance(adopted, str) else page.year(adopted),
                "horizon": page.year(row["horizon_year"]),
                "state": page.say(f"state.{row['state']}"),
                "eu2020": page.say(f"answer.{row['eu2020']}"),
                "agenda2030": page.say(f"answer.{row['agenda2030']}"),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    columns = ("region", "title", "adopted", "horizon", "state", "eu2020", "agenda2030", "sources")
    return table_of(page, rows, page.say("timeline.table"), *columns, fold=12)


def pairs(page: StrategiesPage, found: pd.DataFrame, *, of_one: bool = False) -> Table:
    """Return the pairs of regions at the same stage, and what they have in common; `of_one` leaves out the first."""
    ranked = found.sort_values(["n_reasons", "age_gap"], ascending=[False, True], kind="stable")
    rows = [
        {
            "one": page.short_names[str(row["county_a"])],
            "other": page.short_names[str(row["county_b"])],
            "stage": page.stage(row["stage"]),
            "reasons": _common(page, row),
            "n_gap": _gap(page, row),
        }
        for row in records(ranked)
    ]
    columns = ("one", "other", "stage", "reasons", "n_gap=gap")[of_one:]
    return table_of(page, rows, page.say("pairs.table"), *columns, fold=12)


def partners(page: StrategiesPage, table: pd.DataFrame, found: pd.DataFrame) -> Table:
    """Return, region by region, the few at the same stage with which it has most in common."""
    rows = []
    for row in records(table):
        code = str(row["county_code"])
        own = found[(found["county_a"] == code) | (found["county_b"] == code)]
        best = own.sort_values(["n_reasons", "age_gap"], ascending=[False, True], kind="stable").head(_PARTNERS)
        others = [str(pair["county_b"] if pair["county_a"] == code else pair["county_a"]) for pair in records(best)]
        rows.append(
            {
                "region": page.short_names[code],
                "stage": page.stage(row["stage"]),
                "partners": ", ".join(page.short_names[other] for other in others) or page.say("pairs.nobody"),
                "reasons": _common(page, records(best)[0]) if others else "–",
            }
        )
    return table_of(page, rows, page.say("pairs.partners"), "region", "stage", "partners", "reasons", fold=30)


def _age(page: StrategiesPage, row: Row) -> str:
    low, high = row["age_low"], row["age_high"]
    if pd.isna(low):  # type: ignore[call-overload]
        return page.say("word.unknown")
    small = _years(page, low)
    if pd.isna(high):  # type: ignore[call-overload]
        return page.say("stages.age_open", low=small)
    if low == high:
        return page.say("stages.age", low=small)
    return page.say("stages.age_range", low=small, high=_years(page, high))


def _horizon(page: StrategiesPage, row: Row) -> str:
    if pd.isna(row["horizon_year"]):  # type: ignore[call-overload]
        return page.say("word.unknown")
    left = float(str(row["horizon_left"]))
    if left < 0:
        return page.say("stages.horizon_passed", year=page.year(row["horizon_year"]))
    return page.say("stages.horizon_left", year=page.year(row["horizon_year"]), left=_years(page, left))


def _gap(page: StrategiesPage, row: Row) -> str:
    gap = float(str(row["age_gap"]))
    return page.say("word.unknown") if math.isnan(gap) else _years(page, gap)


def _years(page: StrategiesPage, value: object) -> str:
    """Return a number of years, with a decimal only where it is not whole."""
    years = float(str(value))
    return page.t.number(years, 0 if years.is_integer() else 1)


def _common(page: StrategiesPage, row: Row) -> str:
    return ", ".join(_reasons(page, row)) or page.say("pairs.stage_only")


def _reasons(page: StrategiesPage, row: Row) -> list[str]:
    """Return what a pair has in common besides the stage, which has a column of its own."""
    found = dict(item.split("=") for item in str(row["reasons"]).split(";"))
    return [page.say(f"reason.{name}", value=value) for name, value in found.items() if name != "stage"]
