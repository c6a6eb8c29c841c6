"""Which other networks the members of a network are documented in: bars of what is shared of each."""

from __future__ import annotations

import pandas as pd

from natverk.figures.checks import check_columns, whole
from natverk.figures.curves import steps
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    GRID,
    LEVEL_COLOURS,
    LEVEL_TINTS,
    MUTED,
    SMALL,
    TEXT,
    WIDTH,
    housed,
    line_height,
    shorten,
    text_width,
)
from natverk.locale import texts

__all__ = ["shared_bars"]

COLUMNS = ("network_name", "shared", "n_own", "n_other", "jaccard")
MARGIN = 8.0
NAMES_WIDEST = 270.0
ROW = 24.0
TAIL = 150.0


@housed
def shared_bars(
    frame: pd.DataFrame,
    *,
    lang: str = "sv",
    source: str = "",
    place: str = "",
    who: str = "",
    the: str = "",
    most: int = 12,
) -> Picture | Notice:
    """Draw the networks that share most documented members with one.

    Parameters
    ----------
    frame
        One row another network, those that share most first: `network_name`; `shared` (actors documented in both);
        `n_own` (documented in this network, the same in every row); `n_other` (documented in the other); `jaccard`
        (shared by those in either, 0–1).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    place
        The name of the network.
    who
        What those in it are called in the plural: members, signatories, participants.
    most
        How many networks are drawn.

    Returns
    -------
    Picture or Notice
        The whole bar is the other network, its dark part what both share. A notice if nothing is shared.

    Raises
    ------
    InvalidArgument
        For a missing column.

    Examples
    --------
    >>> frame = pd.DataFrame({"network_name": ["Viable Cities"], "shared": [7], "n_own": [7], "n_other": [24],
    ...                       "jaccard": [7 / 24]})
    >>> print(shared_bars(frame, lang="en", place="EU Mission", the="the participants").alt)
    Networks in which the participants of EU Mission (7 at any time, those that left included) are documented too: \
Viable Cities 7 of 24 (Jaccard 0.29).
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "shared_bars")
    words = {
        "place": place,
        "who": who or t("network_figures.members.who"),
        "the": the or t("network_figures.members.the"),
    }
    rows = [row for row in frame[list(COLUMNS)].to_dict("records") if whole(row["shared"])][:most]
    if not rows:
        return Notice(t("network_figures.shared.empty", **words))
    own = whole(rows[0]["n_own"])
    sheet = Sheet(WIDTH)
    names = [shorten(str(row["network_name"]), NAMES_WIDEST, TEXT) for row in rows]
    left = MARGIN + max(text_width(name, TEXT) for name in names) + 12
    right = WIDTH - TAIL
    scale = steps(max(whole(row["n_other"]) for row in rows))
    keys = [
        Key(t("network_figures.shared.key_shared"), LEVEL_COLOURS["municipal"], LEVEL_COLOURS["municipal"]),
        Key(t("network_figures.shared.key_other"), LEVEL_TINTS["municipal"], LEVEL_COLOURS["municipal"]),
    ]
    top = 6 + sheet.key(keys, MARGIN, 6, WIDTH - 2 * MARGIN) + 8
    sheet.text(right + 12, top - 2, t("network_figures.shared.column"), size=SMALL, colour=MUTED)
    top += line_height(SMALL) + 2
    bottom = top + ROW * len(rows)
    for count in scale:
        x = left + (right - left) * count / scale[-1]
        sheet.line([x, x], [top, bottom], colour=MUTED if count == 0 else GRID, width=0.7)
        sheet.text(x, bottom + 4, t.number(count), size=SMALL, colour=MUTED, align="center")
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        y = top + number * ROW
        sheet.text(left - 8, y + (ROW - line_height(TEXT)) / 2, name, align="right")
        for n, fill in ((row["n_other"], LEVEL_TINTS["municipal"]), (row["shared"], LEVEL_COLOURS["municipal"])):
            width = (right - left) * whole(n) / scale[-1]
            sheet.rect(left, y + 4, width, ROW - 8, fill=fill, edge=LEVEL_COLOURS["municipal"], line=0.6)
        said = t("network_figures.shared.value", n=whole(row["shared"]), total=whole(row["n_other"]))
        sheet.text(right + 12, y + (ROW - line_height(SMALL)) / 2, said, size=SMALL)
        index = t.number(float(row["jaccard"]), 2)
        sheet.text(WIDTH - MARGIN, y + (ROW - line_height(SMALL)) / 2, index, size=SMALL, align="right")
    sheet.text(WIDTH - MARGIN, top - line_height(SMALL) - 4, "Jaccard", size=SMALL, colour=MUTED, align="right")
    axis = t("network_figures.shared.axis")
    sheet.text(left, bottom + 4 + line_height(SMALL), axis, size=SMALL, colour=MUTED)
    bottom += 8 + 2 * line_height(SMALL)
    bottom += sheet.source(source, bottom + 4, x=MARGIN)
    said = "; ".join(
        t(
            "network_figures.shared.alt_item",
            name=row["network_name"],
            n=whole(row["shared"]),
            total=whole(row["n_other"]),
            jaccard=t.number(float(row["jaccard"]), 2),
        )
        for row in rows
    )
    return sheet.picture(
        height=bottom + 8,
        caption=t("network_figures.shared.caption", n=t.number(own), shown=t.number(len(rows)), **words),
        alt=t("network_figures.shared.alt", n=t.number(own), list=said, **words),
    )
