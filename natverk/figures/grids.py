"""Rows and columns: who is in which network, who is on which list, and where which form of interplay is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.path import Path

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
    write,
)
from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.style import (
    BAND,
    GRID,
    HATCH,
    LEVEL_COLOURS,
    MUTED,
    PAPER,
    RAMP,
    TEXT,
    WIDTH,
    housed,
    line_height,
    shorten,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["FORMS", "LEVELS", "MARKS", "draw_marks", "forms", "incidence", "lists", "mark_entries"]

#: Levels in the order of the columns, and marks in that of the key.
LEVELS = ("regional", "unitary", "joint", "municipal")
MARKS = ("recent", "earlier", "undated", "conflict", "loose", "left")
#: Forms of interplay, as the table `interplay` names them.
FORMS = ("forum", "subregional", "association", "agreement", "officials", "delegation", "beredning")
_COUNTED = ("recent", "earlier", "undated", "conflict")
_LINE = 19.0
_HEADING = 24.0
_NARROW = 560  # CSS pixels: no picture of a few columns is narrower


# --- Marks of a documented membership ---------------------------------------------------------------------------------


def _crossed() -> Path:
    """Return a square with a cross in it as a marker."""
    square = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)]
    cross = [(-0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (0.5, -0.5)]
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY, Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO]
    return Path(square + cross, codes)


def _mark_style(kind: str, level: str, size: float) -> dict[str, Any]:
    """Return how a mark looks: filled, half filled and hollow are told apart without colour."""
    colour, edge = level_colour(level), level_edge(level)
    style: dict[str, Any] = {"marker": "s", "markersize": size, "markeredgecolor": edge, "markeredgewidth": 0.9}
    style |= {"markerfacecolor": colour, "linestyle": "none", "zorder": 4, "clip_on": False}
    if kind == "earlier":
        style |= {"fillstyle": "bottom", "markerfacecoloralt": PAPER}
    elif kind in ("undated", "conflict"):
        style |= {"markerfacecolor": PAPER, "markeredgewidth": 1.2, "marker": "s" if kind == "undated" else _crossed()}
    elif kind == "loose":
        style |= {"marker": ".", "markerfacecolor": edge, "markersize": size * 0.75}
    elif kind == "left":
        style |= {"marker": "_", "markeredgewidth": 1.8}
    return style


def draw_marks(ax: Axes, kind: str, level: str, xs: Sequence[float], ys: Sequence[float], size: float) -> None:
    """Draw the marks of one kind (see `MARKS`) and level; `size` in points."""
    ax.plot(xs, ys, **_mark_style(kind, level, size))
    if level == "unitary" and kind == "recent":
        ax.plot(xs, ys, marker=3, color=LEVEL_COLOURS["regional"], markersize=size * 0.5, linestyle="none", zorder=5)


def mark_entries(kinds: Sequence[str] | set[str], t: Texts, level: str = "municipal") -> list[Artist]:
    """Return the entries of a key for the kinds of mark that occur."""
    found: list[Artist] = []
    for kind in MARKS:
        if kind in kinds:
            style = _mark_style(kind, level, 8.0)
            found.append(mark(t(f"figures.mark.{kind}"), style.pop("marker"), **style))
    return found


# --- Who is in which network ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Actor:
    """A column: an actor with its level."""

    id: str
    name: str
    level: str


@housed
def incidence(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    actors: pd.DataFrame | None = None,
    group: Mapping[str, str] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw the incidence matrix: networks as rows, actors as columns, a mark where a membership is documented.

    Parameters
    ----------
    frame
        As `natverk.documented` gives it: `actor_id, network_id, mark` (see `MARKS`); one row a pair.
    names
        Id → name, of networks, groups and of actors that `actors` does not name.
    actors
        As `natverk.roles.actors_of` gives them: `actor_id, name, level` (regional, unitary, joint, municipal).
        Columns stand by level and in this order. Without it all are municipalities, by id.
    group
        Network id → kind. Rows stand together by kind, in the order in which this names the kinds.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        The number at the right counts the documented actors of a network (without loose ties and those who left), and
        rows stand by it. Actors without any mark have no column: the text alternative names them. The picture is wider
        than others where it must be. A notice for fewer than two columns or rows.

    Raises
    ------
    InvalidArgument
        For a missing column, an unknown mark or level, or an actor that `actors` lacks.

    Examples
    --------
    >>> frame = pd.DataFrame({"actor_id": ["a", "b", "b"], "network_id": ["ubc", "ubc", "sern"],
    ...                       "mark": ["recent", "left", "earlier"]})
    >>> actors = pd.DataFrame({"actor_id": ["b", "a", "c"], "name": ["Region Ett", "Alby", "Boda"],
    ...                        "level": ["regional", "municipal", "municipal"]})
    >>> print(incidence(frame, names={"ubc": "UBC", "sern": "SERN"}, actors=actors, lang="en").alt)
    Who is documented in which network: 2 networks, 2 actors. UBC (1): Alby; left: Region Ett. SERN (1): Region Ett \
(attested earlier). Nothing in these networks: Boda.
    """
    t = texts(lang)
    check_columns(frame, ("actor_id", "network_id", "mark"), "grids.incidence")
    check_values(frame, "mark", MARKS, "grids.incidence")
    cells = {(str(net), str(who)): str(kind) for who, net, kind in _triples(frame)}
    columns, without = _actor_columns(cells, actors, names)
    rows = _network_rows(cells, names, group, t)
    if len(columns) < 2 or len(rows) < 2:
        return Notice(t("figures.grids.incidence.empty"))
    ax = _draw_incidence(ax, cells, columns, rows, source, t)
    said = [_network_said(network, name, cells, columns, t) for network, name, _ in rows]
    if without:
        said.append(t("figures.grids.incidence.without_here", names=t.join(without)))
    actors_said = t.count("figures.grids.actor", len(columns))
    title = t("figures.grids.incidence.title", networks=t.count("common.network", len(rows)), actors=actors_said)
    notes = [t("figures.grids.incidence.note")]
    if without:
        notes.append(t.count("figures.grids.incidence.note_without", len(without)))
    return finished(ax, title=title, said=said, notes=notes)


def _triples(frame: pd.DataFrame) -> list[tuple[Any, Any, Any]]:
    return list(frame[["actor_id", "network_id", "mark"]].itertuples(index=False, name=None))


def _actor_columns(
    cells: Mapping[tuple[str, str], str], actors: pd.DataFrame | None, names: Mapping[str, str] | None
) -> tuple[list[_Actor], list[str]]:
    """Return the columns, and the names of the actors that have none."""
    marked = {who for _, who in cells}
    if actors is None:
        return [_Actor(who, named(names, who), "municipal") for who in sorted(marked)], []
    check_columns(actors, ("actor_id", "name", "level"), "grids.incidence (actors)")
    check_values(actors, "level", LEVELS, "grids.incidence (actors)")
    all_of_them = [
        _Actor(str(who), str(name), str(level))
        for who, name, level in actors[["actor_id", "name", "level"]].itertuples(index=False, name=None)
    ]
    strangers = marked - {actor.id for actor in all_of_them}
    if strangers:
        raise InvalidArgument(
            f"the actor {min(strangers)!r} has a mark but is not among `actors`",
            where="natverk.figures.grids.incidence",
            allowed=[actor.id for actor in all_of_them],
            value=min(strangers),
        )
    ordered = sorted(all_of_them, key=lambda actor: LEVELS.index(actor.level))
    shown = [actor for actor in ordered if actor.id in marked]
    return shown, [actor.name for actor in ordered if actor.id not in marked]


def _network_rows(
    cells: Mapping[tuple[str, str], str],
    names: Mapping[str, str] | None,
    group: Mapping[str, str] | None,
    t: Texts,
) -> list[tuple[str, str, str]]:
    """Return (id, name, heading) of the rows: by group, number of documented actors, and name."""
    counted = Counter(network for (network, _), kind in cells.items() if kind in _COUNTED)
    touched = Counter(network for network, _ in cells)
    kinds = list(dict.fromkeys(group.values())) if group else []

    def order(network: str) -> tuple[Any, ...]:
        kind = (group or {}).get(network)
        place = kinds.index(kind) if kind in kinds else len(kinds)
        return place, -counted[network], -touched[network], alphabetic(named(names, network))

    return [
        (
            network,
            named(names, network),
            kind_name(group[network], names, t) if network in (group or {}) and group else "",
        )
        for network in sorted(touched, key=order)
    ]


def _network_said(
    network: str, name: str, cells: Mapping[tuple[str, str], str], columns: Sequence[_Actor], t: Texts
) -> str:
    counted, apart = [], []
    for actor in columns:
        kind = cells.get((network, actor.id))
        if kind in _COUNTED:
            counted.append(actor.name if kind == "recent" else f"{actor.name} ({t(f'figures.mark.{kind}')})")
        elif kind:
            apart.append(f"{t(f'figures.mark.{kind}')}: {actor.name}")
    return f"{name} ({t.number(len(counted))}): " + "; ".join([", ".join(counted)] * bool(counted) + apart) + "."


def _draw_incidence(
    ax: Axes | None,
    cells: Mapping[tuple[str, str], str],
    columns: Sequence[_Actor],
    rows: Sequence[tuple[str, str, str]],
    source: str,
    t: Texts,
) -> Axes:
    levels = [actor.level for actor in columns]
    xs: list[float] = []
    for number, level in enumerate(levels):
        xs.append(xs[-1] + (1.5 if level != levels[number - 1] else 1.0) if xs else 0.5)
    across = xs[-1] + 0.5
    widest = 205.0 if len(columns) > 40 else 250.0
    names = [wrap(name, widest, TEXT) for _, name, _ in rows]
    names = [lines if len(lines) < 3 else [lines[0], shorten(" ".join(lines[1:]), widest, TEXT)] for lines in names]
    left = PAD + max(text_width(line) for lines in names for line in lines) + 8
    right = 34.0
    cell = min(max((WIDTH - left - right) / across, 12.5), 30.0)
    heads = [shorten(actor.name, 280, TEXT) for actor in columns]
    above = max(text_width(head) for head in heads) + 16
    middles, headings, y = [], [], 0.0
    for number, (lines, (_, _, heading)) in enumerate(zip(names, rows, strict=True)):
        if heading and (not number or rows[number - 1][2] != heading):
            headings.append((y, heading))
            y += _HEADING
        height = max(_LINE, len(lines) * line_height(TEXT) + 4)
        middles.append(y + height / 2)
        y += height
    key = mark_entries(set(cells.values()), t)
    seen = [level for level in LEVELS if level in levels]
    key += [swatch(t(f"figures.level.{level}"), level_colour(level)) for level in seen if len(seen) > 1]
    repeated = len(rows) > 30
    width = max(_NARROW, round(left + across * cell + right))
    right = width - left - across * cell
    ax = place_axes(
        ax, height=y, left=left, right=right, above=above, below=above if repeated else 4, key=key, source=source,
        width=width,
    )  # fmt: skip
    ax.set(xlim=(0, across), ylim=(y, 0), xticks=xs, yticks=middles)
    ax.set_yticklabels(["\n".join(lines) for lines in names])
    ax.set_xticklabels(heads, rotation=90)
    quiet(ax)
    ax.tick_params(axis="x", top=False, labeltop=True, labelbottom=repeated, pad=7)
    for number, middle in enumerate(middles):
        if number % 2 == 0:
            ax.axhspan(middle - _LINE / 2, middle + _LINE / 2, color=BAND, zorder=0, linewidth=0)
        total = sum(cells.get((rows[number][0], actor.id)) in _COUNTED for actor in columns)
        write(ax, t.number(total), (1, middle), (26, -0.5), colour=MUTED, ha="right", across=True)
    ax.vlines(xs, 0, y, color=GRID, linewidth=0.6, zorder=1)
    for height, heading in headings:
        ax.axhspan(height, height + _HEADING, color=PAPER, zorder=2, linewidth=0)
        write(ax, heading, (0, height + _HEADING * 0.58), (PAD - left, 0), weight="bold", across=True)
    for level in dict.fromkeys(levels):
        own = [x for x, other in zip(xs, levels, strict=True) if other == level]
        ax.plot(
            [own[0] - 0.4, own[-1] + 0.4], [-3.5, -3.5], color=level_colour(level), linewidth=3.5, clip_on=False,
            solid_capstyle="butt",
        )  # fmt: skip
    size = min(cell - 4.0, 11.0) * 0.75
    where = {actor.id: (x, actor.level) for actor, x in zip(columns, xs, strict=True)}
    heights = {network: middle for (network, _, _), middle in zip(rows, middles, strict=True)}
    places: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for (network, who), kind in cells.items():
        x, level = where[who]
        places.setdefault((kind, level), []).append((x, heights[network]))
    for (kind, level), spots in sorted(places.items()):
        draw_marks(ax, kind, level, [x for x, _ in spots], [height for _, height in spots], size)
    return ax


# --- Who is on which list ---------------------------------------------------------------------------------------------

_STATES = ("on", "absent", "not_at_risk")


@housed
def lists(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw the list × year matrix of a network: members as rows, complete lists as columns, who is on which.

    Parameters
    ----------
    frame
        As `natverk.networks.list_matrix` gives it: `actor_id, name, list_id, year, certainty, state` (on, absent,
        not_at_risk); with `start, end` the years that sources state stand at the right.
    names
        Actor id → name, in the place of `name`.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        A filled cell is on the list, an empty one absent from it, a hatched one is none that the list tells of. Over
        each column stand its year, how certain it is that the list is complete, and how many it names. Those who stay
        longest come first. A notice for fewer than two lists.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown state.

    Examples
    --------
    >>> frame = pd.DataFrame({"actor_id": ["a", "a", "b", "b"], "name": ["Alby", "Alby", "Boda", "Boda"],
    ...     "list_id": ["one", "two"] * 2, "year": [2014, 2019] * 2, "certainty": ["high", "medium"] * 2,
    ...     "state": ["on", "on", "on", "absent"]})
    >>> print(lists(frame, lang="en").alt)
    Who is on which list: 2 actors, 2 lists. 2014: 2 on the list; 2019: 1 on the list (certainty: medium). \
Alby: on the list of 2014 and 2019. Boda: on the list of 2014, not of 2019.
    """
    t = texts(lang)
    check_columns(frame, ("actor_id", "name", "list_id", "year", "certainty", "state"), "grids.lists")
    check_values(frame, "state", _STATES, "grids.lists")
    columns = frame[["list_id", "year", "certainty"]].drop_duplicates().sort_values(["year", "list_id"])
    if len(columns) < 2:
        return Notice(t("figures.grids.lists.empty"))
    order = [str(key) for key in columns["list_id"]]
    years = [str(int(year)) for year in columns["year"]]
    sure = [str(certainty) for certainty in columns["certainty"]]
    states = {
        (str(who), str(key)): str(state) for who, key, state in frame[["actor_id", "list_id", "state"]].to_numpy()
    }
    heads = frame.drop_duplicates("actor_id").set_index("actor_id")
    called = {str(who): str((names or {}).get(str(who), heads.at[who, "name"])) for who in heads.index}

    def staying(who: str) -> tuple[Any, ...]:
        on = [place for place, key in enumerate(order) if states.get((who, key)) == "on"]
        return -max(on, default=-1), min(on, default=99), -len(on), alphabetic(called[who])

    rows = sorted(called, key=staying)
    beside = {str(who): row for who, row in heads.to_dict("index").items()}
    totals = [sum(states.get((who, key)) == "on" for who in rows) for key in order]
    noted = {who: _stated(beside[who], t) for who in rows}
    unsure = any(one != "high" for one in sure)
    sides = [t("figures.grids.lists.year"), *([t("figures.grids.lists.certainty")] if unsure else [])]
    sides.append(t("figures.grids.lists.n"))
    left = PAD + max(text_width(text) for text in [*called.values(), *sides]) + 8
    right = PAD + max(text_width(note) for note in noted.values()) + 10 if any(noted.values()) else PAD
    cell = min(84.0, max((WIDTH - left - right) / len(order), 26.0))
    grid = np.array([[_STATES.index(states.get((who, key), "not_at_risk")) for key in order] for who in rows])
    entries = [
        swatch(t("figures.grids.lists.key.on"), LEVEL_COLOURS["municipal"]),
        swatch(t("figures.grids.lists.key.absent"), BAND, edge=MUTED),
        swatch(t("figures.grids.lists.key.not_at_risk"), PAPER, edge=MUTED, hatch=HATCH),
    ][: 3 if (grid == 2).any() else 2]
    head = 3 if unsure else 2
    width = max(_NARROW, round(left + cell * len(order) + right))
    ax = place_axes(
        ax, height=_LINE * len(rows), left=left, right=width - left - cell * len(order),
        above=head * line_height(TEXT) + 10, below=6, key=entries, source=source, width=width,
    )  # fmt: skip
    colours = ListedColormap([LEVEL_COLOURS["municipal"], BAND, PAPER])
    ax.pcolormesh(grid, cmap=colours, vmin=0, vmax=2, edgecolors=PAPER, linewidth=2.0)
    if (grid == 2).any():
        ax.pcolor(np.ma.masked_not_equal(grid, 2), cmap=ListedColormap([PAPER]), hatch=HATCH, edgecolor=PAPER).set(
            hatchcolor="#9aa3ab"
        )
    certainties = [t(f"terms.certainty.{one}") if one != "high" else "" for one in sure]
    labels = [
        "\n".join([year, *([told] if unsure else []), f"{t.number(total)}"])
        for year, told, total in zip(years, certainties, totals, strict=True)
    ]
    ax.set(ylim=(len(rows), 0), xticks=np.arange(len(order)) + 0.5, yticks=np.arange(len(rows)) + 0.5)
    ax.set_xticklabels(labels, linespacing=1.25)
    ax.set_yticklabels([called[who] for who in rows])
    quiet(ax)
    ax.tick_params(axis="x", labeltop=True, labelbottom=False)
    write(ax, "\n".join(sides), (0, 1), (-8, 5), va="bottom", ha="right", colour=MUTED)
    for number, who in enumerate(rows):
        write(ax, noted[who], (1, number + 0.5), (10, -0.5), colour=MUTED, across=True)
    told = "; ".join(
        t("figures.grids.lists.said_list", year=year, n=t.number(total))
        + (f" ({t('figures.certainty')} {certainty})" if certainty else "")
        for year, certainty, total in zip(years, certainties, totals, strict=True)
    )
    said = [f"{told}.", *(_listed(who, called[who], states, order, years, noted[who], t) for who in rows)]
    title = t(
        "figures.grids.lists.title",
        members=t.count("figures.grids.actor", len(rows)),
        lists=t.count("figures.grids.lists.list", len(order)),
    )
    return finished(ax, title=title, said=said)


def _stated(row: Mapping[Any, Any], t: Texts) -> str:
    """Return what sources state of a member beside the lists: since when, and until when."""
    start, end = (row.get(name) for name in ("start", "end"))
    told = [t("figures.timelines.since", year=int(start))] if start is not None and not pd.isna(start) else []
    if end is not None and not pd.isna(end):
        told.append(t("figures.timelines.until", year=int(end)))
    return " ".join(told)


def _listed(
    who: str,
    name: str,
    states: Mapping[tuple[str, str], str],
    order: Sequence[str],
    years: Sequence[str],
    note: str,
    t: Texts,
) -> str:
    by_state = {
        state: [year for key, year in zip(order, years, strict=True) if states.get((who, key)) == state]
        for state in _STATES
    }
    told = [t("figures.grids.lists.said_on", years=t.join(by_state["on"]))]
    if by_state["absent"]:
        told.append(t("figures.grids.lists.said_absent", years=t.join(by_state["absent"])))
    return f"{name}: {', '.join(told)}{f'; {note}' if note else ''}."


# --- Forms of interplay -----------------------------------------------------------------------------------------------


@housed
def forms(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
    lang: str = "sv",
    ax: Axes | None = None,
    source: str = "",
) -> Picture | Notice:
    """Draw in which counties which forms of cooperation of municipalities, with the region or not, are documented.

    Parameters
    ----------
    frame
        One row a county and form: `county_code, form` (forum, association, agreement, beredning, subregional,
        delegation, officials), `n` (how many), `since` (a date or year, missing where not stated).
    names
        County code → name; every county of it has a row, in its order.
    order
        Forms as columns, in this order; default those that occur, the most common first.
    lang
        `"sv"` or `"en"`.
    ax
        An axes to draw on; default one of its own.
    source
        The line under the figure.

    Returns
    -------
    Picture or Notice
        The number in a cell is how many there are, with the year of the first where one is stated; an empty cell is
        not documented, which is no absence. A notice for fewer than two columns or counties.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown form.

    Examples
    --------
    >>> frame = pd.DataFrame({"county_code": ["14", "14", "12"], "form": ["beredning", "subregional", "subregional"],
    ...                       "n": [1, 4, 1], "since": ["2011", None, None]})
    >>> print(forms(frame, names={"12": "Skåne", "14": "Västra Götaland", "19": "Västmanland"}, lang="en").alt)
    Forms in which municipalities cooperate, county by county. Skåne: subregional cooperation 1. \
Västra Götaland: subregional cooperation 4, drafting committee 1 (since 2011). Nothing documented: Västmanland.
    """
    t = texts(lang)
    check_columns(frame, ("county_code", "form", "n", "since"), "grids.forms")
    check_values(frame, "form", FORMS, "grids.forms")
    frame = frame[frame["n"] > 0]
    counts = frame.groupby("form")["county_code"].nunique()
    columns = list(order) or sorted(counts.index, key=lambda form: (-counts[form], FORMS.index(form)))
    rows = [*(names or {})]
    rows += [code for code in sorted(set(frame["county_code"].astype(str))) if code not in rows]
    if frame.empty or len(columns) < 2 or len(rows) < 2:
        return Notice(t("figures.grids.forms.empty"))
    cells: dict[tuple[str, str], tuple[int, str]] = {}
    for code, form, n, since in frame[["county_code", "form", "n", "since"]].itertuples(index=False, name=None):
        before = cells.get((str(code), str(form)), (0, ""))
        year = "" if pd.isna(since) else str(since)[:4]
        cells[str(code), str(form)] = before[0] + int(n), min(filter(None, (before[1], year)), default="")
    left = PAD + max(text_width(named(names, code)) for code in rows) + 10
    cell = (WIDTH - left - PAD) / len(columns)
    heads = [wrap(t(f"terms.interplay_form.{form}"), cell - 10, TEXT) for form in columns]
    above = max(len(lines) for lines in heads) * line_height(TEXT) + 10
    row = 22.0
    ax = place_axes(ax, height=row * len(rows), left=left, above=above, below=4, source=source)
    most = max(n for n, _ in cells.values())
    shades = [RAMP[min(step, 2)] for step in range(max(most, 1))]
    grid = np.ma.masked_equal([[cells.get((code, form), (0, ""))[0] for form in columns] for code in rows], 0)
    for number in range(len(rows)):
        ax.axhspan(number + 0.06, number + 0.94, color=BAND, zorder=0, linewidth=0)
    ax.pcolormesh(grid, cmap=ListedColormap(shades), vmin=1, vmax=max(most, 2), edgecolors=PAPER, linewidth=2.0)
    for (code, form), (n, since) in cells.items():
        if form in columns:
            said = t("figures.grids.forms.cell", n=t.number(n), year=since) if since else t.number(n)
            write(ax, said, (columns.index(form) + 0.5, rows.index(code) + 0.5), (0, -0.5), ha="center", data=True)
    ax.set(ylim=(len(rows), 0), xticks=np.arange(len(columns)) + 0.5, yticks=np.arange(len(rows)) + 0.5)
    ax.set_xticklabels(["\n".join(lines) for lines in heads])
    ax.set_yticklabels([named(names, code) for code in rows])
    quiet(ax)
    ax.tick_params(axis="x", labeltop=True, labelbottom=False)
    told = []
    for code in rows:
        own = [(form, *cells[code, form]) for form in columns if (code, form) in cells]
        words = [
            f"{t(f'terms.interplay_form.{form}')} {t.number(n)}"
            + (f" ({t('figures.timelines.since', year=since)})" if since else "")
            for form, n, since in own
        ]
        if words:
            told.append(f"{named(names, code)}: {', '.join(words)}.")
    without = [named(names, code) for code in rows if not any((code, form) in cells for form in columns)]
    if without:
        told.append(t("figures.grids.incidence.without", names=t.join(without)))
    return finished(ax, title=t("figures.grids.forms.title"), said=told, notes=[t("figures.grids.forms.note")])
