"""The page of one actor's review of its networks: what it recommends and why, what a written rule gives, a sheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.data.spreadsheets import read_table
from natverk.data.units import alphabetic
from natverk.frames import known_actor
from natverk.locale import LANGUAGES, texts
from natverk.pages.page import Cell, NotebookPage
from natverk.pages.tables import records
from natverk.portfolio import CRITERIA, RECOMMENDATIONS, Review, Rule, blank_sheet

__all__ = ["portfolio_page", "read_sheet", "recommended", "rule", "shares", "sheet"]

#: Rows of a sheet for an actor of which no network is known.
_BLANK_ROWS = 3


def portfolio_page(data: Dataset, actor: str, rule: Rule, *, lang: str = "sv") -> NotebookPage:
    """Return the page of an actor's review, by id or name of the actor.

    Raises
    ------
    UnknownName
        For an unknown actor, with the nearest one.
    """
    actor_id = known_actor(data, actor)
    name = str(rows_where(data, "actors", actor_id=actor_id)["name"].item())
    years = (1997, data.last_year)
    return NotebookPage(
        data,
        "portfolio_review",
        lang=lang,
        years=years,
        kind="actor",
        unit=actor_id,
        name=name,
        actor=actor_id,
        rule=rule,
    )


def recommended(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what the reviewer recommends and why: the summary judgements of its review."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]) or page.t("nouns.no_network"),
        "recommendation": lambda row: page.term("recommendation", row["recommendation"]),
        "rationale": lambda row: page.told(row, "rationale"),
        "sources": page.cites,
    }
    page.table("recommended", frame, columns)


def rule(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what the written rule gives beside what the review recommends (`Review.beside`)."""

    def words(value: object) -> str:
        if not isinstance(value, str) or not value:
            return page.t("nouns.not_judged")
        items = value.split("|")
        # That nothing is excluded is said in as many words, not by naming all there is.
        if set(items) == set(RECOMMENDATIONS):
            return page.t("nouns.all_possible")
        return ", ".join(page.term("recommendation", item) for item in items)

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "recommended": lambda row: words(row["stated"]),
        "by_rule": lambda row: words(row["recommendation"]),
        "n_best=mean": lambda row: page.decimal(row["best"]),
        "n_judged": lambda row: page.t(
            "nouns.of", n=row["n_judged"], total=int(str(row["n_judged"])) + int(str(row["n_missing"]))
        ),
        "possible_rules": lambda row: words(row["possible_recommendations"]),
    }
    page.table("rule", frame, columns)


def shares(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show how often each recommendation comes out when weights or judgements are drawn anew, folded."""
    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "varied": lambda row: page.term("varied", row["varied"]),
        "recommendation": lambda row: page.term("recommendation", row["recommendation"]),
        "n_share=share": lambda row: page.t.percent(float(str(row["share"]))),
    }
    page.table("shares", frame, columns, fold=True)


def sheet(page: NotebookPage, review: Review, documented: pd.DataFrame, chosen: Rule) -> None:
    """Show the empty sheet for a review of one's own, folded: a row a network judged, or documented and not ended."""
    going_on = [
        row for row in records(documented)
        if row["mark"] != "left" and not page.ended(row) and not page.wound_up(row)
    ]  # fmt: skip
    ids = {*(str(row["network_id"]) for row in going_on), *review.scores["network_id"]}
    names = sorted((page.network(item).striptags() for item in ids), key=alphabetic)
    names = names or [page.t("nouns.write_network")] * _BLANK_ROWS
    frame = blank_sheet({str(number): name for number, name in enumerate(names)}, criteria=chosen.weights)
    columns: dict[str, Cell | str] = {"network": "network"}
    for name in chosen.weights:
        columns[f"{name}=criterion.{name}"] = lambda _row: ""
    columns["rationale"] = lambda _row: ""
    page.table("sheet", frame, columns, fold=True, blank=True)


def read_sheet(path: Path | str, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a sheet that a page of a review offers, whatever its language, as `portfolio.filled_sheet` takes it.

    Parameters
    ----------
    path, encoding
        As in `coding.read_table`.

    Returns
    -------
    pd.DataFrame
        The sheet with `network`, the criteria by their ids and `rationale` as columns; all text.

    Raises
    ------
    MissingFile, DataError, InvalidArgument
        As in `coding.read_table`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from natverk.portfolio import filled_sheet
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ark.csv")
    ...     _ = path.write_text("Nätverk,Påverkan\\nSERN,+1\\n", encoding="utf-8")
    ...     filled_sheet(read_sheet(path))[["network_id", "criterion", "judgement"]].values.tolist()
    [['SERN', 'influence', 1]]
    """
    columns: dict[str, str] = {}
    for t in map(texts, LANGUAGES):
        columns |= {t(f"columns.{name}").casefold(): name for name in ("network", "rationale")}
        columns |= {t(f"terms.criterion.{name}").casefold(): name for name in CRITERIA}
    filled = read_table(path, encoding=encoding)
    return filled.rename(columns=lambda name: columns.get(name.strip().casefold(), name))
