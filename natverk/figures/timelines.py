"""Along the years: who has held the development responsibility, and what is stated of memberships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from babel.dates import format_date

from natverk.data.units import alphabetic
from natverk.errors import InvalidArgument
from natverk.figures.axes import (
    PAD,
    finished,
    kind_name,
    level_colour,
    level_edge,
    mark,
    named,
    place_axes,
    quiet,
    swatch,
    width_of,
    write,
    year_axis,
    year_of,
)
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import (
    HATCH,
    INK,
    LEVEL_COLOURS,
    LEVEL_INK,
    MUTED,
    PAPER,
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

__all__ = ["responsibility", "spells"]

_HELD = ("county_code", "holder_name", "holder_type", "level", "start_earliest", "start_latest", "end", "certainty")
_LEVELS = {"state": "state", "intermunicipal": "joint", "regional": "regional", "municipal": "unitary"}
_OPENING = "1997"  # the table of responsibility begins on 1 January 1997
_STRIP, _ROW = 76.0, 23.0


@dataclass(frozen=True)
class _Span:
    """A holder on the axis of years: surely so from `sure`, possibly from `first`, until `last`."""

    name: str
    kind: str
    level: str
    certainty: str
    first: float
    sure: float
    last: float
    since: str
    until: str

    @property
    def ink(self) -> str:
        """The colour of text on it."""
        return LEVEL_INK["municipal" if self.level == "unitary" else self.level]


@housed
def responsibility(
    frame: pd.DataFrame,
    *,
    years: tuple[int, int] | None = None,
    names: Mapping[str, str] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw who has held the regional development responsibility: one county as a strip, several as rows.

    Parameters
    ----------
    frame
        As `natverk.roles.responsibility` gives it: `county_code, holder_name, holder_type, level, start_earliest,
        start_latest, end, certainty`, and `holder_actor_id` if a region that is a municipality (Gotland) is to be
        told from the others.
    years
        First and last year of the axis, both whole; default from the first start to the last year that is named.
    names
        County code → name. Rows stand in its order.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        Colour tells the level. A start that is known as an interval is hatched in the colours of both holders. One
        county has the holders' names written in; of several counties each change of level has its year.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown level or certainty, or years that are none.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "county_code": ["19"] * 2, "holder_name": ["Länsstyrelsen i Västmanlands län", "Region Västmanland"],
    ...     "holder_type": ["state", "region"], "level": ["state", "regional"],
    ...     "start_earliest": ["1997-01-01", "2017-01-01"], "start_latest": ["1997-01-01", "2017-01-01"],
    ...     "end": ["2016-12-31", None], "certainty": ["high", "high"]})
    >>> print(responsibility(frame, years=(1997, 2026), names={"19": "Västmanland"}, lang="en").alt)
    The regional development responsibility in Västmanland, 1997–2026. Västmanland: Länsstyrelsen i Västmanlands \
län (state) until 2016; Region Västmanland (region) since 2017.
    """
    t = texts(lang)
    check_columns(frame, _HELD, "timelines.responsibility")
    check_values(frame, "level", tuple(_LEVELS), "timelines.responsibility")
    check_values(frame, "certainty", ("high", "medium", "low"), "timelines.responsibility")
    if frame.empty:
        return Notice(t("figures.timelines.responsibility.empty"))
    first, last = years or _window(frame)
    if last < first:
        raise InvalidArgument(f"the years end ({last}) before they begin ({first})", where="years")
    counties = {str(code): _spans(own, first, last, t) for code, own in frame.groupby("county_code", sort=True)}
    order = [code for code in (names or counties) if counties.get(code)]
    order += [code for code, spans in counties.items() if spans and code not in order]
    if not order:
        return Notice(t("figures.timelines.responsibility.empty"))
    spans = {code: counties[code] for code in order}
    if len(order) == 1:
        ax = _strip(ax, spans[order[0]], (first, last), source, t)
    else:
        ax = _rows(ax, spans, [named(names, code) for code in order], (first, last), source, t)
    place = named(names, order[0]) if len(order) == 1 and order[0] in (names or {}) else ""
    title = "of" if place else "one" if len(order) == 1 else "all"
    said = []
    for code in order:
        told = "; ".join(f"{item.name} ({_what(item, t)}) {_when(item, t)}" for item in spans[code])
        said.append(f"{named(names, code)}: {told}.")
    return finished(
        ax,
        title=t(f"figures.timelines.responsibility.title_{title}", place=place, first=first, last=last),
        said=said,
    )


def _window(frame: pd.DataFrame) -> tuple[int, int]:
    dates = pd.concat([frame["start_earliest"], frame["start_latest"], frame["end"]]).dropna().astype(str)
    years = dates.str[:4].astype(int)
    return int(years.min()), int(years.max()) + 1


def _spans(own: pd.DataFrame, first: int, last: int, t: Texts) -> list[_Span]:
    """Return the holders of one county that the axis shows, in order of time."""
    rows = own.sort_values(["start_earliest", "start_latest"], kind="stable").to_dict("records")
    found = []
    for number, row in enumerate(rows):
        start, sure = str(row["start_earliest"]), str(row["start_latest"])
        ends = last + 1.0 if pd.isna(row["end"]) else year_of(pd.Timestamp(str(row["end"])) + pd.Timedelta(days=1))
        until = "" if pd.isna(row["end"]) else _date(str(row["end"]), t, end=True)
        if number + 1 < len(rows) and rows[number + 1]["start_earliest"] != rows[number + 1]["start_latest"]:
            # A successor's start that is an interval makes the end as uncertain.
            ends = min(ends, year_of(rows[number + 1]["start_earliest"]))
            until = until and t("figures.timelines.next")
        begins, surely = max(year_of(start), first), max(year_of(sure), first)
        ends = min(ends, last + 1.0)
        if ends <= first or begins >= last + 1:
            continue
        unitary = str(row.get("holder_actor_id", "")).startswith("municipality:")
        level = "unitary" if unitary else _LEVELS[str(row["level"])]
        since = _date(start, t)
        if start != sure:
            since = t("figures.timelines.within", span="–".join(dict.fromkeys([start[:4], sure[:4]])))
        name, kind, certainty = (str(row[key]) for key in ("holder_name", "holder_type", "certainty"))
        found.append(
            _Span(name, kind, level, certainty, begins, min(surely, last + 1.0), max(ends, surely), since, until)
        )
    return found


def _date(day: str, t: Texts, *, end: bool = False) -> str:
    """Return a day as a reader writes it: the year alone where the year begins, or ends, with it."""
    if len(day) < 10 or day[5:] == ("12-31" if end else "01-01"):
        return day[:4]
    return format_date(pd.Timestamp(day).date(), "d MMM y", locale=t.babel)


def _when(span: _Span, t: Texts) -> str:
    if span.since == _OPENING:  # observation begins there: when the holder began is not told
        return t("figures.timelines.until", year=span.until)
    if not span.until:
        return t("figures.timelines.since", year=span.since)
    if span.since == span.until:
        return span.since
    both = span.since.isdigit() and span.until.isdigit()
    return f"{span.since}–{span.until}" if both else t("figures.timelines.span", first=span.since, last=span.until)


def _what(span: _Span, t: Texts) -> str:
    kind = t(f"figures.timelines.responsibility.kind.{span.kind}")
    sure = "" if span.certainty == "high" else f", {t('figures.certainty')} {t(f'terms.certainty.{span.certainty}')}"
    return kind + sure


def _bars(ax: Axes, spans: list[_Span], low: float, high: float) -> None:
    """Draw the holders as bars between two heights."""
    edge: dict[str, Any] = {"edgecolor": PAPER, "linewidth": 1.0}
    for number, span in enumerate(spans):
        colour = level_colour(span.level)
        if span.sure > span.first:
            before = level_colour(spans[number - 1].level) if number else PAPER
            (ax.broken_barh([(span.first, span.sure - span.first)], (low, high - low), facecolor=before, **edge)).set(
                hatch=HATCH, hatchcolor=colour if before != colour else PAPER
            )
        if span.last <= span.sure:
            continue
        ax.broken_barh([(span.sure, span.last - span.sure)], (low, high - low), facecolor=colour, **edge)
        if span.level == "unitary":
            part = (low, (high - low) * 0.16)
            ax.broken_barh([(span.first, span.last - span.first)], part, facecolor=LEVEL_COLOURS["regional"])
        if span.certainty != "high":
            height = high - (high - low) * (0.78 if span.level == "unitary" else 0.92)
            ends = (span.sure + 0.12, span.last - 0.12)
            ax.hlines(height, *ends, colors=span.ink, linestyles="dashed", linewidth=1.1, zorder=4)


def _key(spans: list[_Span], t: Texts) -> list[Artist]:
    levels = {span.level for span in spans}
    key: list[Artist] = [
        swatch(t(f"figures.timelines.responsibility.level.{level}"), level_colour(level), edge=MUTED)
        for level in ("state", "joint", "regional", "unitary")
        if level in levels
    ]
    if any(span.sure > span.first for span in spans):
        key.append(swatch(t("figures.timelines.responsibility.interval"), PAPER, edge=MUTED, hatch=HATCH))
    if any(span.certainty != "high" for span in spans):
        label = t("figures.timelines.responsibility.unsure")
        key.append(mark(label, "", linestyle="dashed", color=INK, linewidth=1.1))
    return key


def _strip(ax: Axes | None, spans: list[_Span], years: tuple[int, int], source: str, t: Texts) -> Axes:
    """Draw one county; names that have no room on their bar stand above it, tied to it by a line."""
    room = (width_of(ax) if ax else WIDTH - 2 * PAD - 4) / (years[1] + 1 - years[0])
    labels, above = [], []
    for span in spans:
        width = (span.last - span.sure) * room - 14
        notes = [_when(span, t)] if span.kind in ("state", "region") else [_when(span, t), _what(span, t)]
        free = _STRIP - 12 - (12 if span.level == "unitary" else 0)
        lines = wrap(span.name, width, TEXT, even=True) + [part for note in notes for part in wrap(note, width)]
        fits = max(text_width(line) for line in lines) <= width and len(lines) * line_height(TEXT) <= free
        lines = lines if fits else [*wrap(span.name, 250, TEXT, even=True), *notes]
        labels.append(lines)
        if not fits:
            above.append((span, lines))
    # From the right: a name that reaches over the next one's line stands above it.
    placed: list[tuple[float, float, float, float, list[str]]] = []
    end = (years[1] + 1 - years[0]) * room
    for span, lines in reversed(above):
        anchor = ((span.sure + span.last) / 2 if span.last > span.sure else (span.first + span.sure) / 2) - years[0]
        wide, tall = max(text_width(line) for line in lines), len(lines) * line_height(TEXT)
        left = max(min(anchor * room + 5, end - wide), 0.0)
        floor = 8.0
        for other_left, other_right, _, top, _ in placed:
            if other_left - 10 < left + wide and left < other_right + 10:
                floor = max(floor, top + 6)
        placed.append((left, left + wide, floor, floor + tall, lines))
        labels[spans.index(span)] = []
    roof = max((top for *_, top, _ in placed), default=0.0) + 6
    ax = place_axes(
        ax, height=_STRIP, left=PAD + 2, right=PAD + 2, above=roof, below=24, key=_key(spans, t), source=source
    )
    year_axis(ax, *years)
    ax.set(ylim=(0, 1), yticks=[])
    quiet(ax)
    _bars(ax, spans, 0.0, 1.0)
    for span, lines in zip(spans, labels, strict=True):
        if lines:
            middle = 0.5 + (0.08 if span.level == "unitary" else 0)
            at = ((span.sure + span.last) / 2, middle)
            write(ax, "\n".join(lines), at, colour=span.ink, ha="center", data=True)
    for (span, _), (left, _, floor, _, lines) in zip(reversed(above), placed, strict=True):
        anchor = (span.sure + span.last) / 2 if span.last > span.sure else (span.first + span.sure) / 2
        at = (anchor, 1.0)
        up = (floor + len(lines) * line_height(TEXT)) * 0.75
        ax.annotate(
            "", at, xytext=(0, up), textcoords="offset points", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        write(ax, "\n".join(lines), at, (left - (anchor - years[0]) * room, floor), va="bottom", data=True)
    return ax


def _rows(
    ax: Axes | None,
    counties: Mapping[str, list[_Span]],
    names: list[str],
    years: tuple[int, int],
    source: str,
    t: Texts,
) -> Axes:
    every = [span for spans in counties.values() for span in spans]
    left = PAD + max(text_width(name) for name in names) + 8
    ax = place_axes(
        ax, height=_ROW * len(names), left=left, right=18, above=22, below=22, key=_key(every, t), source=source
    )
    ax.set(ylim=(len(names), 0), yticks=[number + 0.5 for number in range(len(names))], yticklabels=names)
    year_axis(ax, *years)
    quiet(ax)
    ax.tick_params(axis="x", labeltop=True)
    room = width_of(ax) / (years[1] + 1 - years[0])
    for number, spans in enumerate(counties.values()):
        _bars(ax, spans, number + 0.94, number + 0.06)
        for before, span in pairwise(spans):
            text = "–".join(dict.fromkeys([str(int(span.first)), str(int(span.sure))]))
            if before.level != span.level and (span.last - span.sure) * room > text_width(text) + 8:
                write(ax, text, (span.sure, number + 0.5), (5, -0.5), colour=span.ink, data=True)
    return ax


_SPELL = ("start", "start_basis", "last_seen", "end")
_MARK = 8.0  # points
_HEADING, _LINE = 26.0, 21.0


@housed
def spells(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    by: str | None = None,
    years: tuple[int, int] | None = None,
    lists: pd.DataFrame | None = None,
    group: str | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw what is stated of memberships along the years: one row a network of an actor, or an actor of a network.

    Parameters
    ----------
    frame
        As `natverk.spells` or `natverk.documented` gives it: `actor_id, network_id`; `start` (or `since`) with
        `start_basis` (or `since_basis`: `stated`, `seen`, missing), `last_seen, end`; `level` (municipal, regional,
        joint) gives a row its colour. Ids are named by `names`, actors also by a column `name`.
    names
        Id → name, of networks, actors and groups.
    by
        What has a row: `"network_id"` or `"actor_id"`; default the one that varies, networks where both do.
    years
        First and last year of the axis; default those that are drawn.
    lists
        Complete lists that name the rows: `actor_id, network_id` (one of them is enough), `year`, and `state` (`on`;
        `absent` is drawn where a line passes it); as `natverk.networks.list_matrix` gives them.
    group
        A column of `frame` by which rows stand together under a heading.
    lang, ax, source
        As in `responsibility`.

    Returns
    -------
    Picture or Notice
        A stated start is a filled mark, with a line to the stated end, or to the last year that is attested. What is
        only seen is a small open dot without a line: nothing is said of the years between. Complete lists are
        squares. Rows without any year are told at the left. A notice where no year is known.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown value.

    Examples
    --------
    >>> frame = pd.DataFrame({"actor_id": ["municipality:1487"] * 2, "network_id": ["sern", "icc"],
    ...     "start": [2006, 2020], "start_basis": ["stated", "seen"], "last_seen": [2024, 2024], "end": [None, None]})
    >>> print(spells(frame, names={"sern": "SERN", "icc": "ICC"}, lang="en").alt)
    Memberships along the years, 2006–2024. SERN: since 2006, last attested 2024. ICC: seen 2020 and 2024.
    """
    t = texts(lang)
    frame = frame.rename(columns={"since": "start", "since_basis": "start_basis"})
    many = [name for name in ("network_id", "actor_id") if name in frame and frame[name].nunique() > 1]
    there = [name for name in ("network_id", "actor_id") if name in frame]
    by = by or next(iter([*many, *there]), "network_id")
    check_columns(frame, (by, *_SPELL, *([group] if group else [])), "timelines.spells")
    check_values(frame.dropna(subset=["start_basis"]), "start_basis", ("stated", "seen"), "timelines.spells")
    dated = [int(year) for name in ("start", "last_seen", "end") for year in frame[name].dropna()]
    if not dated:
        return Notice(t("figures.timelines.spells.empty"))
    on, off = (_listed(lists, by, set(frame[by].astype(str)), state) for state in ("on", "absent"))
    known = dated + [year for found in on.values() for year in found]
    first, last = years or (min(known), max(known))
    if last < first:
        raise InvalidArgument(f"the years end ({last}) before they begin ({first})", where="years")
    rows = _spell_rows(frame, by, names, on, off, group, t)
    ax = _draw_spells(ax, rows, (first, last), group is not None, source, t)
    said = [f"{row.name}: {_told(row, t)}." for row in rows]
    title = t("figures.timelines.spells.title", first=first, last=last)
    notes = [t("figures.timelines.spells.note")]
    return finished(ax, title=title, said=said, notes=notes)


@dataclass(frozen=True)
class _Row:
    """A row of spells: (start, start_basis, last_seen, end) each, years missing as None; and years of lists."""

    name: str
    group: str
    level: str
    left: bool
    spells: tuple[tuple[int | None, str, int | None, int | None], ...]
    lists: tuple[int, ...]
    off: tuple[int, ...]

    @property
    def passed(self) -> list[int]:
        """Years of complete lists without the row that lie on one of its lines."""
        lines = [(start, end or seen) for start, basis, seen, end in self.spells if basis == "stated"]
        return [year for year in self.off if any(low and high and low <= year <= high for low, high in lines)]


def _listed(lists: pd.DataFrame | None, by: str, wanted: set[str], state: str) -> dict[str, list[int]]:
    """Return the years of the lists that name each row, or that cover it and do not."""
    if lists is None or lists.empty:
        return {}
    check_columns(lists, (by, "year", "state"), "timelines.spells (lists)")
    own = lists[lists["state"] == state].groupby(by)["year"]
    return {str(key): sorted({int(year) for year in years}) for key, years in own if str(key) in wanted}


def _spell_rows(
    frame: pd.DataFrame,
    by: str,
    names: Mapping[str, str] | None,
    on: Mapping[str, list[int]],
    off: Mapping[str, list[int]],
    group: str | None,
    t: Texts,
) -> list[_Row]:
    """Return the rows: groups as they come, those with a stated start first, then by year and name."""
    places = {value: place for place, value in enumerate(dict.fromkeys(frame[group]))} if group else {}
    used = [by, "start", "start_basis", "last_seen", "end", *([group] if group else [])]
    used += [column for column in ("name", "level", "mark") if column in frame]
    of: dict[Any, list[dict[Any, Any]]] = {}
    for item in frame[list(dict.fromkeys(used))].to_dict("records"):
        of.setdefault(item[by], []).append(item)
    found = []
    for key, own in of.items():
        spells = []
        for item in own:
            start, seen, end = (
                None if pd.isna(item[name]) else int(item[name]) for name in ("start", "last_seen", "end")
            )
            spells.append((start, "" if pd.isna(item["start_basis"]) else str(item["start_basis"]), seen, end))
        head = own[0]
        name = (
            str(head["name"])
            if by == "actor_id" and "name" in head and str(key) not in (names or {})
            else named(names, key)
        )
        level = str(head["level"]) if "level" in head else "municipal"
        left = "mark" in head and str(head["mark"]) == "left"
        shown = kind_name(head[group], names, t) if group else ""
        row = _Row(name, shown, level, left, tuple(spells), *(tuple(there.get(str(key), ())) for there in (on, off)))
        firsts = [spell[0] for spell in spells if spell[0] is not None]
        stated = any(spell[1] == "stated" for spell in spells)
        order = (
            places.get(head[group], 0) if group else 0,
            not firsts,
            not stated,
            min(firsts, default=0),
            alphabetic(name),
        )
        found.append((order, row))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _told(row: _Row, t: Texts) -> str:
    """Say in words what a row shows."""
    key = "figures.timelines.spells"
    said = []
    for start, basis, seen, end in row.spells:
        if start is None and seen is None:
            # An end alone is the year before the one in which a page calls somebody a former member.
            said.append(t(f"{key}.left_by", year=end + 1) if end else t(f"{key}.undated"))
            continue
        if basis == "stated":
            words = [t(f"{key}.since", year=start)]
        else:
            both = [str(year) for year in dict.fromkeys([start, seen]) if year is not None]
            words = [t(f"{key}.seen", years=t.join(both))]
        if end is not None:
            words.append(t(f"{key}.ended", year=end))
        elif basis == "stated" and seen is not None and start is not None and seen > start:
            words.append(t(f"{key}.last", year=seen))
        said.append(", ".join(words))
    if row.left and not any(spell[3] for spell in row.spells):
        said.append(t(f"{key}.left"))
    if row.lists:
        said.append(t(f"{key}.lists", years=t.join([str(year) for year in row.lists])))
    if row.passed:
        said.append(t(f"{key}.passed", years=t.join([str(year) for year in row.passed])))
    return "; ".join(said)


def _draw_spells(
    ax: Axes | None, rows: list[_Row], years: tuple[int, int], grouped: bool, source: str, t: Texts
) -> Axes:
    widest = 250.0
    labels = [wrap(row.name, widest, TEXT) for row in rows]
    tops, y, headings = [], 0.0, []
    for number, (row, lines) in enumerate(zip(rows, labels, strict=True)):
        if grouped and (not number or rows[number - 1].group != row.group):
            headings.append((y, row.group))
            y += _HEADING
        tops.append(y)
        y += max(_LINE, len(lines) * line_height(TEXT) + 6)
    left = PAD + max(text_width(line) for lines in labels for line in lines) + 12
    ax = place_axes(
        ax, height=y, left=left, right=22, above=22, below=22, key=_spell_key(rows, years, t), source=source
    )
    middles = [
        top + max(_LINE, len(lines) * line_height(TEXT) + 6) / 2 for top, lines in zip(tops, labels, strict=True)
    ]
    ax.set(ylim=(y, 0), yticks=middles, yticklabels=["\n".join(lines) for lines in labels])
    year_axis(ax, *years)
    quiet(ax, grid="x")
    ax.tick_params(axis="x", labeltop=True)
    for height, name in headings:
        write(ax, name, (0, height + _HEADING * 0.6), (PAD - left, 0), weight="bold", across=True)
        edge = (PAD - left) / width_of(ax)
        ax.plot(
            [edge, 1], [height + 3] * 2, color=MUTED, linewidth=0.7, transform=ax.get_yaxis_transform(), clip_on=False
        )
    for row, middle in zip(rows, middles, strict=True):
        _draw_row(ax, row, middle, years, t)
    return ax


def _inside(year: int | None, years: tuple[int, int]) -> bool:
    return year is not None and years[0] <= year <= years[1]


def _draw_row(ax: Axes, row: _Row, y: float, years: tuple[int, int], t: Texts) -> None:
    """Draw one row; a year is a mark in its middle."""
    colour = level_edge(row.level)
    filled: dict[str, Any] = {"color": colour, "linestyle": "none", "clip_on": False, "zorder": 4}
    last_shown, notes = float(years[0]), []
    for start, basis, seen, end in row.spells:
        if start is None and seen is None:
            notes.append(
                t("figures.timelines.spells.left_by", year=end + 1) if end else t("figures.timelines.spells.undated")
            )
            continue
        until = end if end is not None else seen
        if basis == "stated" and start is not None:
            low, high = max(start, years[0]), min(until if until is not None else start, years[1])
            if high >= low:
                ax.plot([low + (0.5 if start == low else 0), high + 0.5], [y, y], color=colour, linewidth=2.6, zorder=3)
            marker = "o" if _inside(start, years) else "<"
            ax.plot(
                [max(start, years[0]) + (0.5 if marker == "o" else 0.0)], [y], marker=marker, markersize=_MARK, **filled
            )
        else:
            places = [year + 0.5 for year in dict.fromkeys([start, seen]) if _inside(year, years) and year is not None]
            ax.plot(places, [y] * len(places), marker="o", markersize=5, markerfacecolor=PAPER, **filled)
        if end is not None and _inside(end, years):
            ax.plot([end + 0.5], [y], marker="|", markersize=12, markeredgewidth=2.0, **filled)
        last_shown = max(
            [last_shown, *(year + 0.5 for year in (start, until) if _inside(year, years) and year is not None)]
        )
    shown = [year + 0.5 for year in row.lists if _inside(year, years)]
    ax.plot(shown, [y] * len(shown), marker="s", markersize=4.6, markerfacecolor=PAPER, markeredgewidth=1.2, **filled)
    passed = [year + 0.5 for year in row.passed if _inside(year, years)]
    ax.plot(passed, [y] * len(passed), "x", color=PAPER, markersize=8, markeredgewidth=4.0, zorder=4)
    ax.plot(passed, [y] * len(passed), "x", color=INK, markersize=7, markeredgewidth=1.6, zorder=5)
    last_shown = max([last_shown, *shown])
    if row.left and not any(spell[3] for spell in row.spells):
        notes.append(t("figures.timelines.spells.left"))
    if notes:
        text = ", ".join(dict.fromkeys(notes))
        span = years[1] + 1 - years[0]
        flip = (last_shown - years[0]) / span * width_of(ax) + 14 + text_width(text) > width_of(ax) + 20
        firsts = [spell[0] for spell in row.spells if spell[0] is not None]
        at = min(firsts) + 0.5 if flip and firsts else last_shown
        write(
            ax,
            text,
            (at, y),
            (-12, -0.5) if flip else (12, -0.5),
            colour=MUTED,
            ha="right" if flip else "left",
            data=True,
        )


def _spell_key(rows: list[_Row], years: tuple[int, int], t: Texts) -> list[Artist]:
    levels = [level for level in ("regional", "joint", "municipal") if any(row.level == level for row in rows)]
    every = [spell for row in rows for spell in row.spells]
    colour = level_edge(levels[0]) if len(levels) == 1 else INK
    line: dict[str, Any] = {"color": colour, "markersize": _MARK}
    key: list[Artist] = []
    if any(basis == "stated" for _, basis, *_ in every):
        key.append(
            mark(t("figures.timelines.spells.key.stated"), "o", linestyle="solid", linewidth=2.6, markevery=[0], **line)
        )
        key[-1].set_data([0, 1], [0, 0])  # type: ignore[attr-defined]
    if any(_inside(end, years) for *_, end in every):
        key.append(mark(t("figures.timelines.spells.key.end"), "|", color=colour, markersize=12, markeredgewidth=2.0))
    if any(basis == "seen" for _, basis, *_ in every):
        key.append(mark(t("figures.timelines.spells.key.seen"), "o", color=colour, markersize=5, markerfacecolor=PAPER))
    if any(row.lists for row in rows):
        key.append(
            mark(
                t("figures.timelines.spells.key.list"),
                "s",
                color=colour,
                markersize=4.6,
                markerfacecolor=PAPER,
                markeredgewidth=1.2,
            )
        )
    if any(row.passed for row in rows):
        key.append(mark(t("figures.timelines.spells.key.absent"), "x", color=INK, markersize=7, markeredgewidth=1.6))
    if len(levels) > 1:
        key += [swatch(t(f"figures.level.{level}"), level_edge(level)) for level in levels]
    return key
