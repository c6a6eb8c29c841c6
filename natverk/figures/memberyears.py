"""How many are documented in a network year by year, beside complete lists and numbers that others published."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.curves import draw_counts
from natverk.figures.names import Name, place_names
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import INK, LEVEL_COLOURS, PAPER, SMALL, WIDTH, housed, line_height
from natverk.locale import Texts, texts

__all__ = ["POINTS", "member_years"]

COLUMNS = ("year", "low", "best", "n_undated")
POINTS = ("year", "n", "kind")
#: A complete list, a complete list of full members only, a number that somebody published without the names.
POINTS = ("list", "full_list", "published")
LINE = "#36414a"


@housed
def member_years(
    frame: pd.DataFrame,
    points: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    place: str = "",
    who: str = "",
    the: str = "",
) -> Picture | Notice:
    """Draw how many Swedish members of a network are documented for each year, and where their number is known.

    The line shows what sources document and also grows with the sources; only the dots of complete lists are
    numbers of members.

    Parameters
    ----------
    frame
        One row a year: `year`; `low` (attested); `best` (attested and presumed); `n_undated` (documented without any
        year, the same in every row). Counts.
    points
        One row a number of Swedish members: `year`, `n`, `kind` (`list`: a complete list; `full_list`: one of full
        members only; `published`: a number without names). Years outside the frame are left out.
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The name of the network.
    who
        What those in it are called in the plural: members, signatories, participants.

    Returns
    -------
    Picture or Notice
        A notice if nothing at all has a year.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown kind of point.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2018, 2019], "low": [3, 14], "best": [3, 14], "n_undated": [0, 0]})
    >>> points = pd.DataFrame({"year": [2019], "n": [14], "kind": ["list"]})
    >>> print(member_years(frame, points, lang="en", place="UBC", who="members").alt)
    Documented members of UBC by year, 2018–2019: attested 3 in 2018, 14 in 2019, at most 14 (2019). Complete lists: \
14 (2019).
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "member_years")
    check_columns(points, POINTS, "member_years (points)")
    check_values(points, "kind", POINTS, "member_years (points)")
    words = {
        "place": place,
        "who": who or t("network_figures.members.who"),
        "the": the or t("network_figures.members.the"),
    }
    rows = frame.sort_values("year", kind="stable")
    years = [int(year) for year in rows["year"]]
    low, best = [whole(n) for n in rows["low"]], [whole(n) for n in rows["best"]]
    undated = max((whole(n) for n in frame["n_undated"]), default=0)
    known = points[points["year"].isin(years)].drop_duplicates(list(POINTS))
    known = known.sort_values(["year", "n"], kind="stable")
    if not any(best) and known.empty:
        if undated:
            return Notice(t.count("network_figures.years.only_undated", undated, **words))
        return Notice(t("network_figures.years.empty", **words))
    sheet = Sheet(WIDTH)
    entries = _keys(known, t)
    offset = sheet.key(entries, 8, 6, WIDTH - 16) + 6 if entries else 0.0
    highest = max((whole(n) for n in known["n"]), default=0)
    axis = t("network_figures.years.axis", **words)
    bottom, down, across = draw_counts(sheet, years, low, best, undated, t, axis=axis, highest=highest, offset=offset)
    _points(sheet, known, down, across, offset, t)
    bottom += sheet.source(source, bottom + 6, x=8)
    caption = [t("network_figures.years.caption", **words)]
    if "list" in set(known["kind"]):
        caption.append(t("network_figures.years.caption_lists", **words))
    if "published" in set(known["kind"]):
        caption.append(t("network_figures.years.caption_published", **words))
    if undated:
        caption.append(t.count("network_figures.years.caption_undated", undated))
    alt = _alt(years, low, undated, known, words, t)
    return sheet.picture(height=bottom + 10, caption=" ".join(caption), alt=alt)


def _keys(known: pd.DataFrame, t: Texts) -> list[Key]:
    shapes = {
        "list": Key(t("network_figures.years.key.list"), LEVEL_COLOURS["municipal"], INK, "o", size=9),
        "full_list": Key(t("network_figures.years.key.full_list"), LEVEL_COLOURS["municipal"], INK, "^", size=9),
        "published": Key(t("network_figures.years.key.published"), PAPER, INK, "D", size=7),
    }
    return [shapes[kind] for kind in POINTS if kind in set(known["kind"])]


def _points(
    sheet: Sheet,
    known: pd.DataFrame,
    down: Callable[[float], float],
    across: Callable[[float], float],
    offset: float,
    t: Texts,
) -> None:
    shapes = {"list": ("o", 9.0), "full_list": ("^", 9.0), "published": ("D", 7.0)}
    spots = [(across(float(year)), down(float(n))) for year, n in zip(known["year"], known["n"], strict=True)]
    for (x, y), kind in zip(spots, known["kind"], strict=True):
        marker, size = shapes[str(kind)]
        fill = PAPER if kind == "published" else LEVEL_COLOURS["municipal"]
        sheet.marks([x], [y], marker=marker, size=size, fill=fill, edge=INK)
    # Numbers of complete lists find room first; a number is at home beside its mark, never in a neighbour's.
    order = sorted(range(len(spots)), key=lambda number: POINTS.index(str(known["kind"].iloc[number])))
    names = [Name(t.number(whole(known["n"].iloc[number])), *spots[number]) for number in order]
    frame = (70.0, offset + 4.0, 640.0, down(0))
    for name in place_names(names, spots, frame, SMALL, 9.0):
        if name.moved:
            sheet.line([name.x, name.edge], [name.y, name.middle], colour=LINE, width=0.5, order=3.5)
        sheet.text(name.left, name.middle - line_height(SMALL) / 2 + 0.5, name.text, size=SMALL, halo=True)


def _alt(years: list[int], low: list[int], undated: int, known: pd.DataFrame, words: dict[str, str], t: Texts) -> str:
    peak = low.index(max(low))
    parts = [
        t(
            "network_figures.years.alt",
            first=t.number(low[0]),
            first_year=years[0],
            last=t.number(low[-1]),
            last_year=years[-1],
            most=t.number(low[peak]),
            most_year=years[peak],
            **words,
        )
    ]
    for kind in POINTS:
        own = known[known["kind"] == kind]
        if len(own):
            values = [f"{t.number(whole(n))} ({whole(year)})" for n, year in zip(own["n"], own["year"], strict=True)]
            parts.append(t(f"network_figures.years.alt_{kind}", values=", ".join(values)))
    if undated:
        parts.append(t.count("network_figures.years.caption_undated", undated))
    return " ".join(parts)
