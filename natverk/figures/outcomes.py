"""Formal against practised roles: by policy area, in how many counties they agree, and where that is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from natverk.figures.checks import check_columns, check_values, whole
from natverk.figures.picture import Notice, Picture
from natverk.figures.sheet import Key, Sheet
from natverk.figures.style import (
    HATCH,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    TINY,
    WIDTH,
    centred,
    housed,
    line_height,
    text_width,
    wrap,
)
from natverk.locale import Texts, texts

__all__ = ["OUTCOMES", "role_outcomes"]

#: What a policy area comes out as in a county, in the order of the bar.
OUTCOMES = ("agreement", "substitution", "gap", "unknown")
# Outcomes belong to no level: greys that differ in lightness, and the sign of what is not known.
FILLS = {"agreement": "#36414a", "substitution": "#9aa3ab", "gap": PAPER, "unknown": PAPER}
COLUMNS = ("policy_area", "outcome", "n", "reason")
MARGIN = 8.0
ROW = 24.0
BAR = 250.0


@dataclass
class Area:
    """One policy area: counties by outcome, and by reason where the outcome is unknown."""

    label: str
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number of counties."""
        return sum(self.counts.values())


@housed
def role_outcomes(frame: pd.DataFrame, *, lang: str = "sv", source: str = "", when: str = "") -> Picture | Notice:
    """Draw by policy area how formal and practised roles agree, in how many counties.

    Parameters
    ----------
    frame
        One row a policy area, outcome and reason: `policy_area` (the label as written); `outcome` (agreement,
        substitution, gap, unknown); `n` (counties); `reason` (why it is unknown, in words; blank otherwise).
    lang
        `"sv"` or `"en"`.
    source
        The line under the figure: source and vintage.
    when
        The year or day of the comparison, for the caption.

    Returns
    -------
    Picture or Notice
        A bar for each policy area, as long as there are counties: agreement dark, substitution grey, gap white,
        unknown hatched; beside it the most frequent reasons for what is unknown.

    Raises
    ------
    InvalidArgument
        For a missing column or an unknown outcome.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_area": ["Culture"] * 2, "outcome": ["agreement", "unknown"], "n": [3, 18],
    ...                       "reason": ["", "nothing attested"]})
    >>> print(role_outcomes(frame, lang="en", when="2019").alt)
    Formal against practised roles by policy area (1), 2019. Culture: agreement in 3, unknown in 18 of 21 counties.
    """
    t = texts(lang)
    check_columns(frame, COLUMNS, "role_outcomes")
    check_values(frame, "outcome", OUTCOMES, "role_outcomes")
    areas = _areas(frame)
    if not areas:
        return Notice(t("figures_roles.outcomes.empty"))
    sheet = Sheet(WIDTH)
    y = 6 + sheet.key(_keys(areas, t), MARGIN, 6, WIDTH - 2 * MARGIN) + 10
    names = MARGIN + max(text_width(area.label, TEXT) for area in areas) + 12
    most = max(area.total for area in areas)
    right = names + BAR + 16
    sheet.text(names, y, t("figures_roles.outcomes.axis"), size=TINY, colour=MUTED)
    sheet.text(right, y, t("figures_roles.outcomes.why"), size=TINY, colour=MUTED)
    y += line_height(TINY) + 4
    for area in areas:
        y += _row(sheet, area, y, (names, right), most, t)
    sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
    y += sheet.source(source, y + 6, x=MARGIN)
    caption = t("figures_roles.outcomes.caption", when=when, counties=t.count("figures.tiles.county", most))
    return sheet.picture(height=y + 12, caption=caption, alt=_alt(areas, when, t))


def _areas(frame: pd.DataFrame) -> list[Area]:
    found: dict[str, Area] = {}
    for row in frame[list(COLUMNS)].to_dict("records"):
        area = found.setdefault(str(row["policy_area"]), Area(str(row["policy_area"])))
        outcome, n = str(row["outcome"]), whole(row["n"])
        area.counts[outcome] = area.counts.get(outcome, 0) + n
        if outcome == "unknown" and n and not pd.isna(row["reason"]) and row["reason"]:
            area.reasons[str(row["reason"])] = area.reasons.get(str(row["reason"]), 0) + n
    return sorted(found.values(), key=lambda area: (-area.counts.get("agreement", 0), area.label))


def _row(sheet: Sheet, area: Area, y: float, places: tuple[float, float], most: int, t: Texts) -> float:
    names, right = places
    ranked = sorted(area.reasons.items(), key=lambda item: (-item[1], item[0]))
    words = "; ".join(t("figures_roles.outcomes.reason", reason=reason, n=t.number(n)) for reason, n in ranked)
    lines = wrap(words, WIDTH - MARGIN - right, TINY)
    height = max(ROW, len(lines) * line_height(TINY) + 8)
    sheet.line([MARGIN, WIDTH - MARGIN], [y, y], width=0.5)
    sheet.text(names - 10, centred(y + height / 2, TEXT), area.label, align="right")
    unit, x, top = BAR / most, names, y + height / 2 - 7
    for outcome in OUTCOMES:
        n = area.counts.get(outcome, 0)
        if not n:
            continue
        hatch = HATCH if outcome == "unknown" else ""
        sheet.rect(x, top, n * unit, 14, fill=FILLS[outcome], edge=MUTED, line=0.5, hatch=hatch)
        place, ink = centred(top + 7, SMALL), PAPER if outcome == "agreement" else INK
        if n * unit > text_width(t.number(n), SMALL) + 4:
            sheet.text(
                x + n * unit / 2, place, t.number(n), size=SMALL, colour=ink, align="center", halo=outcome == "unknown"
            )
        x += n * unit
    sheet.text(right, centred(y + height / 2, TINY, len(lines)), lines, size=TINY, colour=MUTED)
    return height


def _keys(areas: list[Area], t: Texts) -> list[Key]:
    there = [outcome for outcome in OUTCOMES if any(area.counts.get(outcome) for area in areas)]
    return [
        Key(t(f"rolecompare.outcome.{outcome}"), FILLS[outcome], MUTED, hatch=HATCH if outcome == "unknown" else "")
        for outcome in there
    ]


def _alt(areas: list[Area], when: str, t: Texts) -> str:
    parts = [t("figures_roles.outcomes.alt", n=len(areas), when=when)]
    for area in areas:
        words = [
            t(f"figures_roles.outcomes.alt_{outcome}", n=t.number(area.counts[outcome]))
            for outcome in OUTCOMES
            if area.counts.get(outcome)
        ]
        counties = t.count("figures.tiles.county", area.total)
        parts.append(
            t("figures_roles.outcomes.alt_area", area=area.label, outcomes=", ".join(words), counties=counties)
        )
    return " ".join(parts)
