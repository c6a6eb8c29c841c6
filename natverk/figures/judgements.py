"""What a review judged, criterion by criterion, and the mean that its rule reads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import GRID, HATCH, INK, MUTED, SMALL, TEXT, TINY, WIDTH, housed, line_height, wrap
from natverk.figures.verdicts import VERDICTS
from natverk.locale import Texts, texts

__all__ = ["judgement_grid"]

#: Judgements from -2 to 2.
_STEPS: Mapping[int, str] = {-2: "#c98074", -1: "#ecd0ca", 0: "#f1f2f3", 1: "#d3e2f0", 2: "#8fb6db"}
MARGIN = 8.0
NAMES = 132.0
CELL, ROW = 57.0, 38.0
SCALE = (568.0, 700.0)
LOWEST, HIGHEST = -2, 2
Row = Mapping[Hashable, Any]
GRID_COLUMNS = ("network_name", "criterion", "judgement")
SCORE_COLUMNS = ("network_name", "low", "best", "high", "recommendation")


@housed
def judgement_grid(
    judged: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    criteria: Sequence[str],
    core: Sequence[str] = (),
    thresholds: tuple[float, float] = (0.0, 1.0),
    lang: str = "sv",
    source: str = "",
) -> Picture | Notice:
    """Draw what was judged, criterion by criterion, and the mean that the rule reads.

    Parameters
    ----------
    judged
        One row a network and criterion that is judged: `network_name`; `criterion`; `judgement` (-2 to 2, the mean
        of repeated ones). What has no row is not judged.
    scores
        One row a network, in the order of the rows: `network_name`; `low`, `best`, `high` (weighted mean of what is
        judged, and with everything missing at -2 and at 2); `recommendation` (missing: nothing judged).
    criteria, core
        The columns, and which of them are core purposes.
    thresholds
        The means from which to keep, and to expand.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        A cell a judgement, hatched where there is none; a dot for the mean and a line from low to high. A notice
        without networks.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown criterion or recommendation.

    Examples
    --------
    >>> judged = pd.DataFrame({"network_name": ["C40"], "criterion": ["positioning"], "judgement": [2.0]})
    >>> scores = pd.DataFrame({"network_name": ["C40"], "low": [0.0], "best": [2.0], "high": [2.0],
    ...                        "recommendation": ["use_selectively"]})
    >>> print(judgement_grid(judged, scores, criteria=["positioning", "influence"], lang="en").alt)
    Judgements of 1 network on 2 criteria, from −2 to 2. C40: positioning 2; not judged: influence; mean 2.0 (0.0 to \
2.0), use selectively.
    """
    t = texts(lang)
    check_columns(judged, GRID_COLUMNS, "judgement_grid")
    check_columns(scores, SCORE_COLUMNS, "judgement_grid")
    check_values(judged, "criterion", criteria, "judgement_grid")
    check_values(scores.dropna(subset=["recommendation"]), "recommendation", list(VERDICTS), "judgement_grid")
    if scores.empty:
        return Notice(t("figures_reviews.judgements.empty"))
    cells = {
        (str(name), str(criterion)): float(value)
        for name, criterion, value in judged[list(GRID_COLUMNS)].itertuples(index=False, name=None)
    }
    sheet = Sheet(WIDTH)
    left = MARGIN + NAMES
    top = _heads(sheet, criteria, core, left, t)
    rows = scores[list(SCORE_COLUMNS)].to_dict("records")
    names = [wrap(str(row["network_name"]), NAMES - 10, SMALL, "bold") for row in rows]
    bottom = top
    for row, lines in zip(rows, names, strict=True):
        height = max(ROW, len(lines) * line_height(SMALL) + 8)
        sheet.text(MARGIN, bottom + (height - len(lines) * line_height(SMALL)) / 2, lines, size=SMALL, weight="bold")
        for number, criterion in enumerate(criteria):
            value = cells.get((str(row["network_name"]), criterion))
            _cell(sheet, left + number * CELL, bottom, height, value, t)
        _mean(sheet, row, bottom + height / 2, t)
        bottom += height
        sheet.line([MARGIN, WIDTH - MARGIN], [bottom, bottom], width=0.5)
    bottom += _axis(sheet, top, bottom, thresholds, t)
    keys = (
        [Key(t("figures_reviews.judgements.missing"), hatch=HATCH, edge="#b9c0c5")]
        if _some_missing(rows, cells, criteria)
        else []
    )
    bottom += sheet.key(keys, MARGIN, bottom, WIDTH - 2 * MARGIN)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    networks = t.count("common.network", len(rows))
    caption = t("figures_reviews.judgements.caption", networks=networks, n=t.number(len(criteria)))
    alt = [t("figures_reviews.judgements.alt", networks=networks, n=t.number(len(criteria)))]
    alt += [_words(row, cells, criteria, t) for row in rows]
    return sheet.picture(height=bottom + 8, caption=caption, alt=" ".join(alt))


def step(value: float, t: Texts) -> str:
    """Return a judgement or a mean of judgements as text, with a true minus sign.

    >>> step(-1.5, texts("sv")), step(2.0, texts("en"))
    ('−1,5', '2')
    """
    return t.number(value, 0 if float(value).is_integer() else 1).replace("-", "−")


def _mean_text(value: float, t: Texts) -> str:
    return t.number(value, 1).replace("-", "−")


def _heads(sheet: Sheet, criteria: Sequence[str], core: Sequence[str], left: float, t: Texts) -> float:
    """Write the heads of the columns and return where the rows begin."""
    heads = [wrap(t(f"figures_reviews.judgements.criterion.{name}"), CELL - 3, TINY) for name in criteria]
    top = 6 + line_height(TINY) + 6
    height = max(len(lines) for lines in heads) * line_height(TINY)
    inside = [number for number, name in enumerate(criteria) if name in core]
    if inside:
        ends = [left + inside[0] * CELL + 3, left + (inside[-1] + 1) * CELL - 3]
        sheet.text(sum(ends) / 2, 4, t("figures_reviews.judgements.core"), size=TINY, colour=MUTED, align="center")
        sheet.line(ends, [top - 4] * 2, colour=MUTED, width=0.8)
    for number, lines in enumerate(heads):
        y = top + height - len(lines) * line_height(TINY)
        sheet.text(left + (number + 0.5) * CELL, y, lines, size=TINY, align="center")
    title = wrap(t("figures_reviews.judgements.mean"), SCALE[1] - SCALE[0], TINY)
    sheet.text(sum(SCALE) / 2, top + height - len(title) * line_height(TINY), title, size=TINY, align="center")
    verdict = t("figures_reviews.judgements.rule")
    sheet.text(SCALE[1] + 14, top + height - line_height(TINY), verdict, size=TINY)
    bottom = top + height + 5
    sheet.line([MARGIN, WIDTH - MARGIN], [bottom, bottom], width=0.5)
    return bottom


def _cell(sheet: Sheet, x: float, y: float, height: float, value: float | None, t: Texts) -> None:
    if value is None:
        sheet.hatched(x + 1.5, y + 1.5, CELL - 3, height - 3, edge="#b9c0c5")
        return
    # Half steps take the colour of the weaker side.
    sheet.rect(x + 1.5, y + 1.5, CELL - 3, height - 3, fill=_STEPS[int(value)])
    middle = y + height / 2 - line_height(TEXT) / 2 + 1.5
    sheet.text(x + CELL / 2, middle, step(value, t), align="center", weight="bold")


def _named(row: Row) -> bool:
    """Say whether the rule gives anything for a network."""
    return isinstance(row["recommendation"], str)


def _at(value: float) -> float:
    return SCALE[0] + (SCALE[1] - SCALE[0]) * (value - LOWEST) / (HIGHEST - LOWEST)


def _mean(sheet: Sheet, row: Row, y: float, t: Texts) -> None:
    """Draw mean and range of a network, and write what the rule gives."""
    if not _named(row):
        sheet.text(
            SCALE[1] + 14, y - line_height(SMALL) / 2, t("figures_reviews.judgements.none"), size=SMALL, colour=MUTED
        )
        return
    low, best, high = (float(row[name]) for name in ("low", "best", "high"))
    verdict = str(row["recommendation"])
    if high > low:
        sheet.line([_at(low), _at(high)], [y, y], colour=MUTED, width=1.6, order=3)
        for end in (low, high):
            sheet.line([_at(end)] * 2, [y - 4, y + 4], colour=MUTED, width=1.2, order=3)
    fill = VERDICTS[verdict]
    sheet.marks([_at(best)], [y], size=12, fill=fill, edge=INK, line=0.8, order=4)
    lines = wrap(t(f"portfolio.verdict.{verdict}"), WIDTH - MARGIN - SCALE[1] - 14, SMALL, "bold")
    sheet.text(SCALE[1] + 14, y + 1.5 - len(lines) * line_height(SMALL) / 2, lines, size=SMALL, weight="bold")


def _axis(sheet: Sheet, top: float, bottom: float, thresholds: tuple[float, float], t: Texts) -> float:
    """Draw the scale under the means, with the thresholds of the rule; return its height."""
    for value in range(LOWEST, HIGHEST + 1):
        sheet.line([_at(value)] * 2, [top, bottom + 3], colour=GRID, order=0.5)
        sheet.text(_at(value), bottom + 5, step(value, t), size=TINY, colour=MUTED, align="center")
    for limit in thresholds:
        sheet.line([_at(limit)] * 2, [top, bottom], colour=MUTED, width=0.9, dashes="dashed", order=1)
    return line_height(TINY) + 10


def _some_missing(rows: Sequence[Row], cells: Mapping[tuple[str, str], float], criteria: Sequence[str]) -> bool:
    return any((str(row["network_name"]), name) not in cells for row in rows for name in criteria)


def _words(row: Row, cells: Mapping[tuple[str, str], float], criteria: Sequence[str], t: Texts) -> str:
    """Return the row of a network in words."""
    name = str(row["network_name"])
    given = [(item, cells[name, item]) for item in criteria if (name, item) in cells]
    parts = [", ".join(f"{t(f'terms.criterion.{item}')} {step(value, t)}" for item, value in given)]
    missing = [t(f"terms.criterion.{item}") for item in criteria if (name, item) not in cells]
    if missing:
        parts.append(t("figures_reviews.judgements.alt_missing", criteria=", ".join(missing)))
    if _named(row):
        numbers = {key: _mean_text(float(row[key]), t) for key in ("low", "best", "high")}
        verdict = t(f"portfolio.verdict.{row['recommendation']}")
        parts.append(t("figures_reviews.judgements.alt_mean", verdict=verdict, **numbers))
    return f"{name}: {'; '.join(part for part in parts if part)}."
