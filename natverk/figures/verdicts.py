"""How far a recommendation hangs on weights and steps: the shares of draws in which each comes out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from natverk.figures.checks import check_columns, check_values
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import GRID, INK, MUTED, PAPER, SMALL, TINY, WIDTH, housed, line_height, text_width, wrap
from natverk.locale import Texts, texts

__all__ = ["VERDICTS", "share_text", "stability"]

#: Recommendations from most to least, and their colours: blue to keep, white between, brick to leave.
VERDICTS: Mapping[str, str] = {
    "expand": "#1f4e79",
    "continue": "#6c9dca",
    "use_selectively": "#d9e6f2",
    "undecided": "#ffffff",
    "leave": "#a8483a",
}
_ON_DARK = ("expand", "leave")
MARGIN = 8.0
SHARE_COLUMNS = ("network_name", "varied", "recommendation", "share", "draws")
VARIED = ("weights", "judgements")


def share_text(share: float, t: Texts) -> str:
    """Return a share of draws; 100 % stands only where every draw gives the same.

    >>> share_text(0.9996, texts("en")), share_text(1.0, texts("en")), share_text(0.0004, texts("en"))
    ('>99%', '100%', '<1%')
    """
    return ">" + t.percent(0.99) if 0.99 < share < 1 else t.percent(share)


@housed
def stability(shares: pd.DataFrame, *, lang: str = "sv", source: str = "") -> Picture | Notice:
    """Draw how often each recommendation comes out when weights, or judgements, are drawn anew.

    Parameters
    ----------
    shares
        `network_name`; `varied` (`weights`, `judgements`); `recommendation`; `share` (0-1; the shares of a network
        and of what is varied sum to 1); `draws` (their number, the same in every row).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.

    Returns
    -------
    Picture or Notice
        Two bars a network, split by recommendation. A notice without networks.

    Raises
    ------
    InvalidArgument
        For a missing column, or an unknown recommendation or kind of variation.

    Examples
    --------
    >>> shares = pd.DataFrame({"network_name": ["C40"] * 2, "varied": ["weights", "judgements"],
    ...                        "recommendation": ["leave"] * 2, "share": [1.0, 1.0], "draws": [10, 10]})
    >>> print(stability(shares, lang="en").alt)
    Shares of 10 draws in which each recommendation comes out. C40: other weights: leave 100%; judgements \
± one step: leave 100%.
    """
    t = texts(lang)
    check_columns(shares, SHARE_COLUMNS, "stability")
    check_values(shares, "varied", VARIED, "stability")
    check_values(shares, "recommendation", list(VERDICTS), "stability")
    known = shares.dropna(subset=["share"])
    if known.empty:
        return Notice(t("figures_reviews.stability.empty"))
    sheet = Sheet(WIDTH)
    left, right = 276.0, WIDTH - 40.0
    used = [name for name in VERDICTS if (known.loc[known["recommendation"] == name, "share"] > 0).any()]
    keys = [Key(t(f"portfolio.verdict.{name}"), VERDICTS[name], MUTED) for name in used]
    y = 6 + sheet.key(keys, left, 6, right - left) + 4
    top = y
    said = []
    for name, own in known.groupby("network_name", sort=False):
        lines = wrap(str(name), 118, SMALL, "bold")
        sheet.text(MARGIN, y + (2 * 24 - 2 - len(lines) * line_height(SMALL)) / 2, lines, size=SMALL, weight="bold")
        words = []
        for varied in VARIED:
            row = own[own["varied"] == varied].set_index("recommendation")["share"].reindex(used).fillna(0.0)
            label = wrap(t(f"figures_reviews.stability.{varied}"), 136, TINY)
            sheet.text(left - 10, y + 11.5 - len(label) * line_height(TINY) / 2, label, size=TINY, align="right")
            _bar(sheet, row, y, left, right, t)
            parts = [
                f"{t(f'portfolio.verdict.{verdict}')} {share_text(float(row[verdict]), t)}"
                for verdict in used
                if row[verdict]
            ]
            words.append(f"{t(f'figures_reviews.stability.{varied}')}: {', '.join(parts)}")
            y += 24
        said.append(f"{name}: {'; '.join(words)}.")
        y += 14
    y -= 8
    for tenth in range(0, 101, 25):
        x = left + (right - left) * tenth / 100
        sheet.line([x, x], [top - 2, y], colour=GRID, order=0.5)
        sheet.text(x, y + 3, str(tenth), size=TINY, colour=MUTED, align="center")
    y += line_height(TINY) + 4
    sheet.text((left + right) / 2, y, t("figures_reviews.stability.axis"), size=TINY, colour=MUTED, align="center")
    y += line_height(TINY)
    y += sheet.source(source, y + 6, x=MARGIN)
    number = t.number(int(known["draws"].iloc[0]))
    return sheet.picture(
        height=y + 10,
        caption=t("figures_reviews.stability.caption", draws=number),
        alt=" ".join([t("figures_reviews.stability.alt", draws=number), *said]),
    )


def _bar(sheet: Sheet, shares: pd.Series, y: float, left: float, right: float, t: Texts) -> None:
    """Draw one bar, with the share written in every part that has room for it."""
    x = left
    for verdict, share in shares.items():
        width = (right - left) * float(share)
        if width <= 0:
            continue
        sheet.rect(x, y, width, 20, fill=VERDICTS[str(verdict)], edge=PAPER, line=0.8)
        label = share_text(float(share), t)
        if text_width(label, TINY) + 8 < width:
            colour = PAPER if verdict in _ON_DARK else INK
            sheet.text(x + width / 2, y + 11.5 - line_height(TINY) / 2, label, size=TINY, colour=colour, align="center")
        x += width
    sheet.rect(left, y, right - left, 20, edge=MUTED, line=0.5, order=3)
