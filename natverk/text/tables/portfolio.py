"""Tables of a review: the portfolio, criteria, scores, comparison, shares of draws, other voices, the empty sheet."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import rows_where
from natverk.locale import alphabetic
from natverk.portfolio import RECOMMENDATIONS, Review
from natverk.text.portfolio import PortfolioPage, signed
from natverk.text.table import Table, records
from natverk.text.tables.membership import since_text, status_text
from natverk.text.tables.rows import Row, table_of, text_of

__all__ = ["blank", "coded", "compared", "criteria", "networks", "other_years", "scores", "shares", "voices"]


def networks(page: PortfolioPage, own: pd.DataFrame, review: Review) -> Table:
    """Return the documented networks with since when, how we know, and how many criteria are judged."""
    judged = review.scores.set_index("network_id")["n_judged"].to_dict()
    total = page.t.number(len(page.review_rule.weights))
    rows = []
    for row in sorted(records(own), key=lambda row: alphabetic(page.network(row["network_id"]))):
        n = int(judged.get(row["network_id"], 0))
        rows.append(
            {
                "network": page.network(row["network_id"]),
                "status": status_text(page, row),
                "since": since_text(page, row),
                "last_seen": page.year(row["last_seen"]),
                "evidence": page.term("mark", row["mark"]),
                "judged": page.say("portfolio.judged_cell", n=page.t.number(n), total=total),
                "sources": page.references.cite(str(row["source_ids"])),
            }
        )
    columns = ("network", "status", "since", "last_seen", "evidence", "judged", "sources")
    return table_of(page, rows, page.say("portfolio.table", name=page.actor(page.actor_id)), *columns)


def criteria(page: PortfolioPage) -> Table:
    """Return the criteria with their weights, and which are core purposes."""
    rows = [
        {
            "criterion": page.criterion(name),
            "n_weight": page.t.percent(weight, 1),
            "core": page.say("rule.is_core" if name in page.review_rule.core else "rule.not_core"),
        }
        for name, weight in page.review_rule.weights.items()
    ]
    return table_of(page, rows, page.say("rule.table"), "criterion", "n_weight=weight", "core")


def scores(page: PortfolioPage, review: Review) -> Table:
    """Return mean, range, how much is judged, and what the rule gives."""
    rows = []
    for row in records(page.scored(review)):
        core, asked = int(str(row["n_core_positive"])), len(page.review_rule.core)
        low, best, high = (signed(float(str(row[name])), page.t) for name in ("low", "best", "high"))
        judged, missing = int(str(row["n_judged"])), int(str(row["n_missing"]))
        possible = [page.verdict(name) for name in str(row["possible_recommendations"]).split("|")]
        rows.append(
            {
                "network": page.network(row["network_id"]),
                "n_mean": best,
                "range": page.say("scores.range", low=low, high=high) if missing else "–",
                "judged": page.say("portfolio.judged_cell", n=judged, total=judged + missing),
                "core_positive": page.say("portfolio.judged_cell", n=core, total=asked),
                "rule_gives": page.verdict(row["recommendation"]),
                "possible": ", ".join(possible),
            }
        )
    columns = ("network", "n_mean=mean", "range", "judged", "core_positive", "rule_gives", "possible")
    return table_of(page, rows, page.say("scores.table"), *columns)


def coded(page: PortfolioPage, review: Review) -> Table:
    """Return the judgements of the review as coded, with their reasons."""
    rows = [
        {
            "network": page.short(row["network_id"]),
            "criterion": page.criterion(row["criterion"]),
            "n_judgement": signed(float(str(row["judgement"])), page.t, 0),
            "rationale": page.told(row, "rationale"),
            "row": row["row_id"],
            "sources": page.references.cite(str(row["source_id"])),
        }
        for row in records(review.judgements)
    ]
    columns = ("network", "criterion", "n_judgement=judgement", "rationale", "row", "sources")
    return table_of(page, rows, page.say("scores.coded"), *columns, fold=8)


def other_years(page: PortfolioPage, review: Review) -> Table:
    """Return what the same actor said of networks in other years."""
    frame = rows_where(page.data, "evaluations", actor_id=page.actor_id)
    frame = frame[frame["network_id"].notna()]
    same = frame["year"].isna() if review.year is None else (frame["year"] == review.year).fillna(False)
    rows = [_voice(page, row) for row in records(frame[~same].sort_values(["year", "row_id"]))]
    columns = ("year", "network", "criterion", "n_judgement=judgement", "recommendation", "rationale", "sources")
    return table_of(page, rows, page.say("scores.other_table"), *columns, fold=8)


def compared(page: PortfolioPage, review: Review) -> Table:
    """Return what the rule gives beside what was recommended."""
    rows = []
    for row in records(review.comparison):
        stated = [page.term("recommendation", item) for item in str(row["stated"]).split("|") if item]
        given = isinstance(row["recommendation"], str)
        rows.append(
            {
                "network": page.network(row["network_id"]),
                "rule_gives": page.verdict(row["recommendation"]) if given else "–",
                "stated": page.t.join(stated) or "–",
                "stated_in": page.say(f"stated_in.{row['stated_in']}") if stated else "–",
                "aside": page.term("recommendation", row["aside"]) if row["aside"] else "–",
                "agreement": page.say(f"agreement.{row['agreement']}"),
                "rows": text_of(row["row_ids"]).replace(";", ", "),
            }
        )
    columns = ("network", "rule_gives", "stated", "stated_in", "aside", "agreement", "rows")
    return table_of(page, rows, page.say("beside.table"), *columns)


def shares(page: PortfolioPage, review: Review) -> Table:
    """Return the shares of draws behind the figure."""
    rows = []
    for (network, varied), own in review.sensitivity.groupby(["network_id", "varied"], sort=False):
        share = own.set_index("recommendation")["share"]
        cells = {f"n_{name}": page.share(float(share[name])) for name in RECOMMENDATIONS}
        rows.append({"network": page.short(network), "varied": page.say(f"varied.{varied}")} | cells)
    draws = page.t.number(int(review.sensitivity["draws"].max())) if rows else ""
    columns = [f"n_{name}={name}" for name in RECOMMENDATIONS]
    return table_of(page, rows, page.say("sensitivity.table", draws=draws), "network", "varied", *columns)


def voices(page: PortfolioPage, found: pd.DataFrame) -> Table:
    """Return what others have said of the same networks, each by itself."""
    rows = [
        {
            "evaluator": page.say(
                "others.evaluator",
                name=page.actor(row["actor_id"]),
                kind=page.say(f"evaluator_kind.{row['evaluator_kind']}"),
            ),
            **_voice(page, row),
        }
        for row in records(found)
    ]
    columns = ("network", "evaluator", "year", "criterion", "n_judgement=judgement")
    return table_of(page, rows, page.say("others.table"), *columns, "recommendation", "rationale", "sources", fold=10)


def blank(page: PortfolioPage, sheet: pd.DataFrame) -> Table:
    """Return the empty sheet."""
    labels = {
        **page.label("network"),
        **{name: page.criterion(name).capitalize() for name in page.review_rule.weights},
        **page.label("rationale"),
    }
    caption = page.say("sheet.table", name=page.actor(page.actor_id))
    return Table(sheet.fillna(""), caption, labels, lang=page.lang)


def _voice(page: PortfolioPage, row: Row) -> dict[str, object]:
    """Return what one row of `evaluations` says."""
    return {
        "network": page.short(row["network_id"]),
        "year": page.year(row["year"]),
        "criterion": page.criterion(row["criterion"]),
        "n_judgement": signed(float(str(row["judgement"])), page.t, 0),
        "recommendation": page.term("recommendation", row["recommendation"]),
        "rationale": page.told(row, "rationale"),
        "sources": page.references.cite(str(row["source_id"])),
    }
