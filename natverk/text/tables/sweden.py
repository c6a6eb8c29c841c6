"""Tables of the country's page."""

from __future__ import annotations

import pandas as pd

from natverk.frames import each_row
from natverk.models import Participation
from natverk.text.benchmarks import outcome_texts
from natverk.text.page import Page
from natverk.text.sweden import FIRST_YEAR
from natverk.text.table import Foreign, Table
from natverk.text.tables.rows import records, table_of, text_of

__all__ = [
    "benchmarks", "bodies", "counts", "cross_border", "findings", "formal", "levels", "lists", "outcomes",
    "overlap", "responsibility",
]  # fmt: skip


def _county(page: Page, code: object) -> str:
    return str(page.data.counties.set_index("county_code")["name_short"][str(code)])


def _years(page: Page, first: object, last: object) -> str:
    """Write the year of a day, or the span of years in which it lies."""
    one, other = text_of(first)[:4], text_of(last)[:4]
    return one if one == other else page.say("word.years", first=one, last=other)


def counts(page: Page, table: pd.DataFrame) -> Table:
    """Return the counties by type of holder, one row for each year in which a count changes."""
    kinds = ("state", "pilot_region", "samverkansorgan", "municipality", "region")
    years: dict[int, dict[str, str]] = {}
    for item in each_row(table):
        years.setdefault(item.year, {})[f"n_{item.holder_type}"] = _bounds(page, item.low, item.best, item.high)
    rows: list[dict[str, str]] = []
    before: dict[str, str] = {}
    for year, cells in years.items():
        if cells != before:
            rows.append({"year": str(year), **cells})
        before = cells
    columns = [f"n_{kind}={kind}" for kind in kinds]
    return table_of(page, rows, page.say("responsibility.counts"), "year=from_year", *columns, fold=6)


def _bounds(page: Page, low: int, best: int, high: int) -> str:
    number = page.t.number
    return number(best) if low == high else page.say("word.bounds", n=number(best), low=number(low), high=number(high))


def responsibility(page: Page, held: pd.DataFrame) -> Table:
    """Return all spells of responsibility, county by county."""
    rows = []
    every = records(held)
    for row, after in zip(every, [*every[1:], None], strict=True):
        start = _day(page, row)
        if str(row["start_latest"]) == f"{FIRST_YEAR}-01-01":
            start = page.say("word.or_earlier", year=FIRST_YEAR)
        end = page.say("word.still") if pd.isna(row["end"]) else page.date(row["end"])  # type: ignore[call-overload]
        if after is not None and after["county_code"] == row["county_code"] and _open(after):
            # Where the successor's start is an interval, so is this holder's end.
            end = _day(page, after)
        rows.append(
            {
                "county": _county(page, row["county_code"]),
                "holder": row["holder_name"],
                "kind": page.term("holder_type", row["holder_type"]),
                "from": start,
                "to": end,
                "certainty": page.term("certainty", row["certainty"]),
                "sources": page.references.cite(str(row["source_id"])),
            }
        )
    columns = ("county", "holder", "kind", "from", "to", "certainty", "sources")
    return table_of(page, rows, page.say("responsibility.table"), *columns)


def _open(row: dict[str, object]) -> bool:
    return row["start_earliest"] != row["start_latest"]


def _day(page: Page, row: dict[str, object]) -> str:
    """Write the day a holder came, or the years in which it must have been."""
    return _years(page, row["start_earliest"], row["start_latest"]) if _open(row) else page.date(row["start"])


def formal(page: Page, table: pd.DataFrame, date: str) -> Table:
    """Return the formal roles at a date: tasks by area and level, how binding, and where that stands."""
    sources = page.data.tasks.set_index("row_id")["source_id"]
    rows = []
    for row in records(table):
        ids = [str(item) for task in str(row["row_ids"]).split(";") for item in str(sources[task]).split(";")]
        known = row["validity"] == "valid"
        rows.append(
            {
                "area": page.term("policy_area", row["policy_area"]),
                "level": page.say(f"formal.level_name.{row['level']}"),
                "n_tasks": page.t.number(int(str(row["n_tasks"]))),
                "obligation": ", ".join(page.term("obligation", item) for item in str(row["obligations"]).split(" | ")),
                "validity": page.say("formal.dated" if known else "formal.not_dated"),
                "basis": Foreign(str(row["legal_bases"]).replace(" | ", "; ")),
                "sources": page.references.cite(ids),
            }
        )
    columns = ("area", "level", "n_tasks=tasks", "obligation", "validity", "basis", "sources")
    return table_of(page, rows, page.say("formal.table", date=date), *columns)


def findings(page: Page) -> Table:
    """Return what evaluations by agencies found about the division of roles."""
    rows = [
        {
            "evaluator": page.actor(row["actor_id"]),
            "year": page.year(row["year"]),
            "theme": _topic(page, text_of(row["topic"])),
            "finding": page.told(row, "finding"),
            "sources": page.references.cite(text_of(row["source_id"])),
        }
        for row in records(page.data.evaluation_findings)
    ]
    return table_of(page, rows, page.say("formal.findings"), "evaluator", "year", "theme", "finding", "sources", fold=6)


def _topic(page: Page, topic: str) -> str:
    """Return what a finding is about in the page's language; a topic without words in it as it is coded."""
    key = f"evaluation_topics.{topic.replace(' ', '_')}"
    return page.t(key) if page.t.has(key) else Foreign(topic)


def levels(page: Page, table: pd.DataFrame) -> Table:
    """Return by county the themes with evidence of several levels, of one and of none."""
    rows = [
        {
            "county": _county(page, row["county_code"]),
            **{f"n_{name}": page.t.number(int(str(row[name]))) for name in ("several", "one", "none")},
        }
        for row in records(table)
    ]
    columns = ("county", "n_several=several", "n_one=one_level", "n_none=no_level")
    return table_of(page, rows, page.say("practised.table"), *columns)


def outcomes(page: Page, summary: pd.DataFrame) -> Table:
    """Return formal against practised roles by county: `roles.summary_by_county`."""
    rows = []
    for code, own in summary.groupby("county_code", sort=True):
        cells = {f"n_{item.outcome}": _bounds(page, item.low, item.best, item.high) for item in each_row(own)}
        unknown = page.t.number(int(own["n_unknown"].iloc[0]))
        rows.append({"county": _county(page, code), **cells, "n_unknown": unknown})
    columns = ("n_agreement=agreement", "n_substitution=substitution", "n_gap=gap", "n_unknown=not_known")
    areas = page.t.number(int(summary["n_areas"].max()))
    return table_of(page, rows, page.say("compare.table", n=areas), "county", *columns)


def overlap(page: Page, table: pd.DataFrame) -> Table:
    """Return the documented networks of region and municipalities side by side: `overlap.region_overlap`."""
    rows = []
    for row in records(table):
        known = row["comparable"] == "yes"
        jaccard = (
            page.t.number(float(str(row["jaccard_attested"])), 2) if known else page.say(f"overlap.{row['comparable']}")
        )
        ends = [page.t.number(float(str(row[name])), 2) for name in ("jaccard_low", "jaccard_high")] if known else []
        numbers = {
            f"n_{name}": page.t.number(int(str(row[f"{name}_low"]))) for name in ("regional", "municipal", "shared")
        }
        rows.append(
            {
                "county": _county(page, row["county_code"]),
                **numbers,
                "n_jaccard": jaccard,
                "n_possible": page.say("word.years", first=ends[0], last=ends[1]) if ends else "",
            }
        )
    columns = ("n_regional=of_region", "n_municipal=of_municipalities", "n_shared=shared", "n_jaccard=jaccard")
    return table_of(page, rows, page.say("overlap.table"), "county", *columns, "n_possible=possible_jaccard")


def lists(page: Page, result: Participation) -> Table:
    """Return the complete lists and whether the model uses them."""
    frame = result.lists if result.lists is not None else pd.DataFrame()
    rows = [
        {
            "network": page.network(row["network_id"]),
            "year": page.year(row["year"]),
            "n_named": page.t.number(int(str(row["n_named"]))),
            "n_covered": page.t.number(int(str(row["n_covered"]))),
            "use": page.say(f"model.list.{row['reason']}"),
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in records(frame)
    ]
    columns = ("network", "year", "n_named=named", "n_covered=covered", "use", "sources")
    return table_of(page, rows, page.say("model.lists"), *columns, fold=5)


def bodies(page: Page, table: pd.DataFrame) -> Table:
    """Return the joint bodies: who, in which form, where, since when, how many members."""
    rows = []
    for row in records(table):
        counties = [_county(page, code) for code in text_of(row["county_codes"]).split(";") if code]
        stated = pd.notna(row["n_stated"])  # type: ignore[call-overload]
        members = [int(str(row["n_municipalities"])), int(str(row["n_regions"]))]
        attested = [page.t.count("common.municipality", members[0])] if members[0] else []
        attested += [page.t.count("common.region", members[1])] if members[1] else []
        rows.append(
            {
                "body": row["name_sv"],
                "form": page.term("form_class", row["form_class"]),
                "county": ", ".join(counties),
                "from": page.year(row["founded_year"]),
                "to": page.year(row["dissolved_year"]) if pd.notna(row["dissolved_year"]) else "",  # type: ignore[call-overload]
                "members": page.t.join(attested) or page.say("word.none_attested"),
                "n_stated": page.t.number(int(str(row["n_stated"]))) if stated else "",
                "held": page.say("word.yes") if row["held"] else "",
                "sources": page.references.cite(str(row["source_ids"])),
            }
        )
    columns = ("body", "form", "county=counties", "from=founded", "to=dissolved", "members=attested_members")
    return table_of(page, rows, page.say("bodies.table"), *columns, "n_stated=stated_members", "held", "sources")


def cross_border(page: Page, table: pd.DataFrame) -> Table:
    """Return the networks across a border with their documented Swedish members by level."""
    rows = []
    for row in records(table):
        dated = pd.notna(row["since"])  # type: ignore[call-overload]
        numbers = {
            f"n_{name}": page.t.number(int(str(row[f"n_{name}"]))) for name in ("municipal", "regional", "joint")
        }
        rows.append(
            {
                "network": page.network(row["network_id"]),
                "founded": page.year(row["founded_year"]),
                **numbers,
                "seen": _years(page, row["since"], row["last_seen"]) if dated else page.say("word.undated"),
                "sources": page.references.cite(text_of(row["source_ids"])),
            }
        )
    columns = ("network", "founded", "n_municipal=municipalities", "n_regional=regions", "n_joint=joint_bodies")
    return table_of(page, rows, page.say("bodies.border_table"), *columns, "seen", "sources")


def benchmarks(page: Page, table: pd.DataFrame) -> Table:
    """Return the published numbers that can be compared with ours, the differences first."""
    compared = table[table["outcome"] != "not comparable"]
    compared = compared.sort_values("outcome", key=lambda names: names != "differs", kind="stable")
    words = outcome_texts(page.t, compared)
    rows = []
    for row, text in zip(records(compared), words, strict=True):
        subject = page.network(row["network_id"]) or page.actor(row["actor_id"])
        fact = page.term("total_fact", row["claim"]) if row["table"] != "published_figures" else ""
        rows.append(
            {
                "claim": ", ".join(item for item in (subject, fact) if item)
                if fact
                else Foreign(text_of(row["claim"])),
                "year": page.year(row["year"]),
                "outcome": text,
                # A figure without a source of its own in the dataset is cited by the page that it was read on.
                "sources": page.references.cite(text_of(row["source_id"]) or text_of(row["row_id"])),
            }
        )
    return table_of(page, rows, page.say("benchmarks.table"), "claim", "year", "outcome", "sources", fold=10)
