"""Dots: how networks were judged by criterion, and where each region's strategy was last seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from natverk.data.units import alphabetic
from natverk.errors import InvalidArgument
from natverk.figures.axes import (
    PAD,
    finished,
    mark,
    named,
    place_axes,
    quiet,
    width_of,
    write,
    year_axis,
    year_of,
)
from natverk.figures.checks import check_columns
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import (
    GRID,
    INK,
    JUDGEMENT_COLOURS,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDTH,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["CRITERIA", "STATES", "judgements", "strategies"]

#: Criteria in the order of the columns.
CRITERIA = (
    "positioning", "service_development", "monitoring", "influence", "strategic_fit", "cost_travel",
    "democratic_governance",
)  # fmt: skip
#: What a region's strategy may last be known as, from decision to decision.
STATES = ("adopted", "revised", "in_force", "under_review", "new_begun", "referral", "replaced", "not_known")
_WORK = ("under_review", "new_begun", "referral")
_MINUS = "\N{MINUS SIGN}"


@housed
def judgements(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    criteria: Sequence[str] = (),
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw how networks were judged, criterion by criterion.

    Parameters
    ----------
    frame
        As `natverk.portfolio.judgements` gives it: `network_id, criterion, judgement` (-2 to 2). Repeated judgements
        of a criterion are averaged first, as the rule does.
    names
        Network id → name.
    criteria
        The columns; default those of the vocabulary that occur, and then others.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        A dot a judgement with its number, the larger the further from 0, brick below and blue above; a dash where
        nothing is judged. The mean stands at the right, and rows stand by it. A notice for fewer than two criteria or
        networks.

    Raises
    ------
    InvalidArgument
        For a missing column, or a judgement beyond -2 and 2.

    Examples
    --------
    >>> frame = pd.DataFrame({"network_id": ["c40", "c40", "icc"], "judgement": [2, -1, 1],
    ...                       "criterion": ["positioning", "influence", "influence"]})
    >>> print(judgements(frame, names={"c40": "C40", "icc": "ICC"}, lang="en").alt)
    Judgements of 2 networks by 2 criteria, from −2 to 2. ICC: influence 1; mean 1; not judged: positioning. \
C40: positioning 2, influence −1; mean 0.5.
    """
    t = texts(lang)
    check_columns(frame, ("network_id", "criterion", "judgement"), "dots.judgements")
    frame = frame.dropna(subset=["judgement"])
    beyond = frame.loc[~frame["judgement"].between(-2, 2), "judgement"]
    if len(beyond):
        raise InvalidArgument(
            f"the judgement {beyond.iloc[0]} lies beyond -2 and 2",
            where="natverk.figures.dots.judgements, column 'judgement'",
            allowed=["-2", "-1", "0", "1", "2"],
        )
    there = list(dict.fromkeys(str(criterion) for criterion in frame["criterion"]))
    columns = list(criteria) or [name for name in CRITERIA if name in there]
    columns += [] if criteria else [name for name in there if name not in CRITERIA]
    cells = frame[frame["criterion"].isin(columns)].groupby(["network_id", "criterion"])["judgement"].mean()
    table = cells.unstack("criterion").reindex(columns=columns).astype("float64")
    if len(table) < 2 or len(columns) < 2:
        return Notice(t("figures.dots.judgements.empty"))
    means = table.mean(axis=1)
    table = table.loc[sorted(table.index, key=lambda key: (-round(means[key], 9), alphabetic(named(names, key))))]
    called = [named(names, key) for key in table.index]
    heads = [t(f"terms.criterion.{name}") if t.has(f"terms.criterion.{name}") else name for name in columns]
    ax = _draw_judgements(ax, table, called, heads, source, t)
    said = []
    for key, name in zip(table.index, called, strict=True):
        judged = [
            f"{head} {_number(value, t)}" for head, value in zip(heads, table.loc[key], strict=True) if value == value
        ]
        left_out = [head for head, value in zip(heads, table.loc[key], strict=True) if value != value]
        words = [", ".join(judged), t("figures.dots.judgements.said_mean", n=_number(means[key], t))]
        words += [t("figures.dots.judgements.said_missing", names=", ".join(left_out))] if left_out else []
        said.append(f"{name}: {'; '.join(words)}.")
    title = t("figures.dots.judgements.title", networks=t.count("common.network", len(table)), n=t.number(len(columns)))
    return finished(ax, title=title, said=said)


def _number(value: float, t: Texts) -> str:
    decimals = 0 if float(value).is_integer() else 1
    return t.number(value, decimals).replace("-", _MINUS)


def _draw_judgements(
    ax: Axes | None, table: pd.DataFrame, names: list[str], heads: list[str], source: str, t: Texts
) -> Axes:
    labels = [wrap(name, 200, TEXT) for name in names]
    left = PAD + max(text_width(line) for lines in labels for line in lines) + 10
    right = PAD + max(text_width(t("figures.dots.judgements.mean")), 40) + 8
    # A column is as wide as the longest word of its heading, and what is left is shared out.
    wide = [max(max(text_width(word) for word in head.split()) + 12, 56.0) for head in heads]
    share = (WIDTH - left - right - sum(wide)) / len(heads)
    upright = share < 0
    wide = [46.0] * len(heads) if upright else [one + min(share, 30.0) for one in wide]
    wrapped = [[head] if upright else wrap(head, one - 8, TEXT) for head, one in zip(heads, wide, strict=True)]
    tall = max(text_width(head) for head in heads) if upright else max(map(len, wrapped)) * line_height(TEXT)
    row = 34.0
    width = max(560, round(left + sum(wide) + right))
    ax = place_axes(
        ax, height=row * len(names), left=left, right=width - left - sum(wide), above=tall + 10, below=4, source=source,
        width=width,
    )  # fmt: skip
    middles = np.cumsum(wide) - np.array(wide) / 2
    ax.set(xlim=(0, sum(wide)), ylim=(len(names), 0), xticks=middles, yticks=np.arange(len(names)) + 0.5)
    ax.set_xticklabels(["\n".join(lines) for lines in wrapped], rotation=90 if upright else 0)
    ax.set_yticklabels(["\n".join(lines) for lines in labels])
    quiet(ax)
    ax.tick_params(axis="x", labeltop=True, labelbottom=False)
    ax.hlines(range(len(names) + 1), 0, sum(wide), color=GRID, linewidth=0.7, zorder=0, clip_on=False)
    values = table.to_numpy()
    rows, columns = np.nonzero(~np.isnan(values))
    steps = values[rows, columns]
    ax.scatter(
        middles[columns], rows + 0.5,
        s=[(18 + 2 * abs(step)) ** 2 for step in steps],
        c=[JUDGEMENT_COLOURS[_step(step)] for step in steps], edgecolors=MUTED, linewidths=0.5, zorder=3,
    )  # fmt: skip
    for place, number, step in zip(columns.tolist(), rows.tolist(), steps.tolist(), strict=True):
        colour = PAPER if abs(_step(step)) == 2 else INK
        size = TEXT if float(step).is_integer() else SMALL
        spot = (middles[place], number + 0.5)
        write(ax, _number(step, t), spot, (0, -0.5), ha="center", colour=colour, size=size, data=True)
    for empty, column in np.argwhere(np.isnan(values)).tolist():
        write(ax, "–", (middles[column], empty + 0.5), ha="center", colour=MUTED, data=True)
    write(ax, t("figures.dots.judgements.mean"), (1, 1), (8, 6), va="bottom", colour=MUTED)
    for line, mean in enumerate(table.mean(axis=1)):
        write(ax, _number(mean, t), (1, line + 0.5), (8, -0.5), across=True)
    return ax


def _step(value: float) -> int:
    """Return the nearest step, away from 0 at a half."""
    return int(np.sign(value) * np.floor(abs(value) + 0.5))


@housed
def strategies(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    years: tuple[int, int] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw the latest known state of each region's strategy at the time when it was seen.

    Parameters
    ----------
    frame
        As `natverk.strategies.state` gives it, one row a county: `county_code, state` (see `STATES`), `last_seen` (a
        full or partial date, missing where nothing is dated), `date_basis` (stated, inferred), and `region_name` where
        `names` is not given; with `horizon_year` the year for which the strategy is made stands at the right, with
        `last_state` what was last seen of one that is not known, and with `last_seen_bound` that the date is one by
        which something had happened (`by`) or the end of a consultation (`ended`).
    names
        County code → name. Rows stand in its order; without it, in that of the frame.
    years
        First and last year of the axis; default those of the dates, and the next.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        A filled dot at the date last seen with the state in words, green where work on a new one was seen; an open
        ring where the state is not known since then. A notice for fewer than two regions with a date.

    Raises
    ------
    InvalidArgument
        For a missing column, or a date that is none.

    Examples
    --------
    >>> frame = pd.DataFrame({"county_code": ["05", "21"], "region_name": ["Region Östergötland", "Region Gävleborg"],
    ...     "state": ["referral", "not_known"], "last_state": ["referral", "adopted"],
    ...     "last_seen": ["2025-03-31", "2020-03-31"], "date_basis": ["stated", "stated"],
    ...     "last_seen_bound": ["ended", None]})
    >>> print(strategies(frame, lang="en").alt)
    The latest known state of the regional development strategies. Region Östergötland: consultation, ended \
2025-03-31. Region Gävleborg: not known after 2020; adopted, last seen 2020-03-31.
    """
    t = texts(lang)
    check_columns(frame, ("county_code", "state", "last_seen", "date_basis"), "dots.strategies")
    if names is None:
        check_columns(frame, ("region_name",), "dots.strategies")
    rows = frame.to_dict("records")
    called = {str(row["county_code"]): _region(row, names) for row in rows}
    order = [code for code in (names or called) if code in called]
    order += [code for code in called if code not in order]
    by_code = {str(row["county_code"]): row for row in rows}
    rows = [by_code[code] for code in order]
    dated = [year_of(row["last_seen"]) for row in rows if not pd.isna(row["last_seen"])]
    if len(dated) < 2:
        return Notice(t("figures.dots.strategies.empty"))
    first, last = years or (int(min(dated)), int(max(dated)) + 1)
    ax = _draw_strategies(ax, rows, [called[code] for code in order], (first, last), source, t)
    said = [f"{called[code]}: {_strategy_said(row, t)}." for code, row in zip(order, rows, strict=True)]
    return finished(ax, title=t("figures.dots.strategies.title"), said=said)


def _region(row: Mapping[Any, Any], names: Mapping[str, str] | None) -> str:
    code = str(row["county_code"])
    return str((names or {}).get(code, row.get("region_name", code)))


def _horizon(row: Mapping[Any, Any]) -> int | None:
    value = row.get("horizon_year")
    return None if value is None or pd.isna(value) else int(value)


def _state(state: object, t: Texts) -> str:
    key = f"terms.strategy_state.{state}"
    return t(key) if t.has(key) else str(state)


def _bounded(date: str, bound: object, t: Texts) -> str:
    """Return a date, that it is one by which something had happened, or that it is the end of a consultation."""
    return t(f"figures.dots.strategies.{bound}", date=date) if bound in ("by", "ended") else date


def _strategy_said(row: Mapping[Any, Any], t: Texts) -> str:
    key, seen = "figures.dots.strategies", row["last_seen"]
    if pd.isna(seen):
        return t(f"{key}.never")
    bound = row.get("last_seen_bound")
    when = _bounded(str(seen), bound, t)
    when = t(f"{key}.inferred", date=when) if row["date_basis"] == "inferred" else when
    # A bound is no day on which anything was seen.
    when = when if bound in ("by", "ended") else t(f"{key}.seen", date=when)
    if row["state"] == "not_known":
        words = t(f"{key}.not_known", year=str(seen)[:4])
        before = row.get("last_state")
        words += "" if before is None or pd.isna(before) else f"; {_state(before, t)}, {when}"
    else:
        words = f"{_state(row['state'], t)}, {when}"
    horizon = _horizon(row)
    return words + (f"; {t(f'{key}.horizon', year=horizon)}" if horizon else "")


def _draw_strategies(
    ax: Axes | None,
    rows: list[dict[Any, Any]],
    names: list[str],
    years: tuple[int, int],
    source: str,
    t: Texts,
) -> Axes:
    key = "figures.dots.strategies"
    left = PAD + max(text_width(name) for name in names) + 10
    size = 8.5
    entries: list[Artist] = []
    states = [str(row["state"]) for row in rows if not pd.isna(row["last_seen"])]
    if any(state not in (*_WORK, "not_known") for state in states):
        entries.append(mark(t(f"{key}.key.known"), "o", color=LEVEL_COLOURS["municipal"], markersize=size))
    if any(state in _WORK for state in states):
        entries.append(mark(t(f"{key}.key.work"), "D", color=LEVEL_COLOURS["joint"], markersize=size - 1.5))
    if "not_known" in states:
        entries.append(mark(t(f"{key}.key.not_known"), "o", color=MUTED, markersize=size, markerfacecolor=PAPER))
    row_height = 22.0
    aim = t(f"{key}.aim")
    aims = any(_horizon(row) for row in rows)
    right = PAD + 20 + (text_width(aim) + 24 if aims else 0)
    ax = place_axes(
        ax, height=row_height * len(rows), left=left, right=right, above=22, below=22, key=entries, source=source
    )
    year_axis(ax, *years)
    ax.set(ylim=(len(rows), 0), yticks=np.arange(len(rows)) + 0.5, yticklabels=names)
    quiet(ax, grid="x")
    ax.tick_params(axis="x", labeltop=True)
    room = width_of(ax) / (years[1] + 1 - years[0])
    if aims:
        write(ax, aim, (1, 1), (30, 6), va="bottom", colour=MUTED)
    for number, row in enumerate(rows):
        y, state, horizon = number + 0.5, str(row["state"]), _horizon(row)
        if horizon is not None:
            write(ax, str(horizon), (1, y), (30, -0.5), across=True)
        if pd.isna(row["last_seen"]):
            write(ax, t(f"{key}.never"), (years[0], y), (8, -0.5), colour=MUTED, data=True)
            continue
        # A year stands for its middle, a month or day for itself.
        x = year_of(row["last_seen"]) + (0.5 if len(str(row["last_seen"])) == 4 else 0.0)
        if not years[0] <= x <= years[1] + 1:
            continue
        if state == "not_known":
            ax.plot([x], [y], "o", color=MUTED, markersize=size, markerfacecolor=PAPER, markeredgewidth=1.4, zorder=4)
        else:
            work = state in _WORK
            ax.plot(
                [x], [y], "D" if work else "o", color=LEVEL_COLOURS["joint" if work else "municipal"],
                markersize=size - (1.5 if work else 0), zorder=4,
            )  # fmt: skip
        last = row.get("last_state")
        text = _state(state if state != "not_known" or last is None or pd.isna(last) else last, t)
        text += f" {_bounded(str(row['last_seen'])[:4], row.get('last_seen_bound'), t)}"
        wide = text_width(text)
        place = (x - years[0]) * room
        flip = place + 12 + wide > width_of(ax) + 20 and place - 12 - wide > 0
        write(
            ax, text, (x, y), (-12 if flip else 12, -0.5), ha="right" if flip else "left",
            colour=MUTED if state == "not_known" else INK, data=True, halo=True,
        )  # fmt: skip
    return ax
