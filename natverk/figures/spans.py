"""The holders of the responsibility as segments of a band: read, measured and labelled."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.figures.style import SMALL, TINY, WIDTH, line_height, text_width, wrap
from natverk.locale import Texts

__all__ = ["BAND", "COLUMNS", "MARGIN", "Segment", "fit_label", "level_of", "read_segments"]

COLUMNS = (
    "holder_name",
    "holder_type",
    "start_earliest",
    "start_latest",
    "start_precision",
    "end_date",
    "certainty",
)
MARGIN = 14.0
BAND = 66.0


@dataclass
class Segment:
    """One holder on the band: certainly so from `sure_from`, possibly from `first`.

    `left`, `solid` and `right` are the same moments and the end in CSS pixels; `lines` are the name as
    wrapped, written on the band if `inside`, otherwise above it; `notes` follow the name.
    """

    name: str
    type: str
    level: str
    certainty: str
    first: dt.date
    sure_from: dt.date
    end: dt.date | None
    left: float = 0.0
    solid: float = 0.0
    right: float = 0.0
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inside: bool = True

    @property
    def uncertain(self) -> bool:
        """Whether the start is an interval that can be seen."""
        return self.solid - self.left > 0.5

    @property
    def uncertain_dates(self) -> bool:
        """Whether the start is known only as an interval."""
        return self.first < self.sure_from

    @property
    def height(self) -> float:
        """The height of name and notes in CSS pixels."""
        return len(self.lines) * line_height(SMALL) + len(self.notes) * line_height(TINY)

    @property
    def label_width(self) -> float:
        """The width of name and notes in CSS pixels."""
        widths = [text_width(line, SMALL, "bold") for line in self.lines]
        return max(widths + [text_width(note, TINY) for note in self.notes], default=0.0)

    @property
    def main_level(self) -> str:
        """The level whose colour fills the segment."""
        return "municipal" if self.level == "unitary" else self.level


def level_of(name: str, holder_type: str) -> str:
    """Return the level that holds: a pilot region is read from the holder's own form.

    A municipality that holds the county's responsibility is one body with both roles (Gotland).

    >>> level_of("Regionförbundet i Kalmar län", "pilot_region")
    'joint'
    >>> level_of("Region Gotland (Gotlands kommun)", "region")
    'unitary'
    """
    if holder_type == "state":
        return "state"
    if holder_type == "samverkansorgan":
        return "joint"
    if holder_type == "municipality" or re.search(r"kommun\b", name):
        return "unitary"
    if holder_type == "pilot_region" and re.search(r"förbund", name):
        return "joint"
    return "regional"


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise InvalidArgument(
            f"{value!r} is not an ISO date such as 2017-01-01", where="natverk.figures.timeline"
        ) from None


def read_segments(frame: pd.DataFrame, year_from: int, year_to: int) -> list[Segment]:
    """Read the rows of the frame as segments in order of time, with their places on the band."""
    opening, closing = dt.date(year_from, 1, 1), dt.date(year_to + 1, 1, 1)
    days = (closing - opening).days

    def at(day: dt.date) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * min(max((day - opening).days, 0), days) / days

    found = []
    for row in frame[list(COLUMNS)].to_dict("records"):
        first, sure = _day(row["start_earliest"]), _day(row["start_latest"])
        end = None if pd.isna(row["end_date"]) else _day(row["end_date"])
        if first < closing and (end is None or end >= opening):
            name, kind = str(row["holder_name"]), str(row["holder_type"])
            found.append(Segment(name, kind, level_of(name, kind), str(row["certainty"]), first, sure, end))
    found.sort(key=lambda segment: (segment.first, segment.sure_from, segment.name))
    for number, segment in enumerate(found):
        segment.left, segment.solid = at(segment.first), at(segment.sure_from)
        ends = [closing if segment.end is None else segment.end + dt.timedelta(days=1)]
        # An uncertain start of the successor makes the predecessor's end as uncertain.
        if number + 1 < len(found) and found[number + 1].uncertain_dates:
            ends.append(found[number + 1].first)
        segment.right = max(at(min(ends)), segment.solid)
    return found


def fit_label(segment: Segment, t: Texts) -> None:
    """Wrap the segment's name into the segment, or decide that it stands above the band."""
    if segment.type not in ("state", "region"):
        segment.notes.append(t(f"figures.timeline.type.{segment.type}"))
    if segment.certainty != "high":
        segment.notes.append(t(f"figures.timeline.certainty.{segment.certainty}"))
    room = segment.right - segment.solid - 14
    segment.lines = wrap(segment.name, room, SMALL, "bold", even=True)
    free = BAND - (22 if segment.level == "unitary" else 12)
    if segment.label_width > room or segment.height > free:
        segment.inside = False
        segment.lines = wrap(segment.name, 230, SMALL, "bold", even=True)
