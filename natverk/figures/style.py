"""The house style: colours with a fixed meaning, sizes, and the matplotlib settings behind them.

All measures are CSS pixels (96 an inch); text sizes are points (one point is 4/3 CSS pixel). The
four levels differ in hue and in lightness, so that they can be told apart by colour-blind readers
and in grey print: state is lightest, then regional, joint, and municipal darkest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib
from matplotlib import rcsetup

from natverk.figures.marks import CSS_DPI, PAPER
from natverk.figures.typeface import PNG_DPI, face

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = [
    "BAND",
    "CSS_DPI",
    "CYCLE",
    "GRID",
    "HATCH",
    "HATCH_COLOUR",
    "HOLDER_COLOURS",
    "HOUSE_COLOURS",
    "INK",
    "JUDGEMENT_COLOURS",
    "LAST_YEAR",
    "LEVEL_COLOURS",
    "LEVEL_INK",
    "LEVEL_TINTS",
    "MUTED",
    "PAPER",
    "PNG_DPI",
    "RAMP",
    "REGIONAL_EDGE",
    "SMALL",
    "STATE_EDGE",
    "TEXT",
    "TINY",
    "WIDTH",
    "centred",
    "housed",
    "house_style",
    "line_height",
    "shorten",
    "text_width",
    "wrap",
]

WIDTH = 840
#: Where an axis of years ends if a caller names no year: a figure knows no dataset. It is the last year of the data of
#: this version, and pages name their own.
LAST_YEAR = 2026

TEXT = 8.5
SMALL = 7.75
TINY = 7.0

INK = "#1d2329"
MUTED = "#59626b"
GRID = "#dde1e4"

LEVEL_COLOURS: dict[str, str] = {
    "state": "#d6d2c9",
    "regional": "#d8a03a",
    "joint": "#2b7f78",
    "municipal": "#1f4e79",
}
LEVEL_INK: dict[str, str] = {"state": INK, "regional": INK, "joint": PAPER, "municipal": PAPER}
LEVEL_TINTS: dict[str, str] = {
    "state": "#efede9",
    "regional": "#f8e9cd",
    "joint": "#b9dcd8",
    "municipal": "#b3cbe1",
}
RAMP: tuple[str, ...] = ("#d9e6f2", "#a9c7e3", "#6c9dca", "#3a74ab", "#1f4e79")
REGIONAL_EDGE = "#8a6118"  # the regional colour is too light for a thin outline
STATE_EDGE = "#8c8676"  # and so is that of the state
#: Types of holder of the development responsibility. Trials were held by bodies of different levels: no level's colour.
HOLDER_COLOURS: dict[str, str] = {
    "state": LEVEL_COLOURS["state"],
    "pilot_region": "#6b5b8c",
    "samverkansorgan": LEVEL_COLOURS["joint"],
    "municipality": LEVEL_COLOURS["municipal"],
    "region": LEVEL_COLOURS["regional"],
}
#: Judgements from -2 to 2: brick is against, blue is for.
JUDGEMENT_COLOURS: dict[int, str] = {-2: "#a8483a", -1: "#e0b0a8", 0: "#f1f2f3", 1: "#a9c7e3", 2: "#1f4e79"}
BAND = "#f5f6f7"  # the ground of every second row, and of an empty cell
HOUSE_COLOURS: tuple[str, ...] = (
    INK,
    MUTED,
    GRID,
    PAPER,
    REGIONAL_EDGE,
    STATE_EDGE,
    BAND,
    *HOLDER_COLOURS.values(),
    *JUDGEMENT_COLOURS.values(),
    *LEVEL_COLOURS.values(),
    *LEVEL_TINTS.values(),
    *RAMP,
)
#: The colours that lines and bars take in turn where a figure names none.
CYCLE: tuple[str, ...] = (
    LEVEL_COLOURS["municipal"],
    LEVEL_COLOURS["regional"],
    LEVEL_COLOURS["joint"],
    HOLDER_COLOURS["pilot_region"],
    JUDGEMENT_COLOURS[-2],
    STATE_EDGE,
)
HATCH = "////"
HATCH_COLOUR = "#9aa3ab"

_SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "axes.prop_cycle": rcsetup.cycler("color", CYCLE),
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "natverk",
    "svg.fonttype": "path",
    "savefig.bbox": None,
    "savefig.facecolor": PAPER,
    "savefig.transparent": False,
    "text.usetex": False,
    "text.parse_math": False,
    "path.simplify": False,
}

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the house style, whatever the session's own matplotlib settings, and restore them after."""
    with matplotlib.rc_context():
        for name, value in _settings().items():
            # Each value has been checked once; checking them for every figure takes longer than to draw a small one.
            matplotlib.rcParams._set(name, value)  # type: ignore[arg-type]
        yield


@cache
def _settings() -> dict[str, Any]:
    """Return matplotlib's defaults with the settings of the house, checked."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)  # type: ignore[arg-type]
        # The backend is the session's own.
        return {name: matplotlib.rcParams[name] for name in matplotlib.rcParams if name != "backend"}


def housed(function: Callable[P, R]) -> Callable[P, R]:
    """Make a figure function draw in the house style."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return function(*args, **kwargs)

    return inner


def line_height(size: float) -> float:
    """Return the distance in CSS pixels between two baselines of text of `size` points."""
    return size * 4 / 3 * 1.25


def centred(middle: float, size: float, lines: int = 1) -> float:
    """Return the top of lines of text whose capitals are centred on the height `middle`, in CSS pixels.

    >>> round(centred(20, 9), 1)
    15.3
    """
    return middle - 0.395 * size * 4 / 3 - (lines - 1) * line_height(size) / 2


@lru_cache(maxsize=16384)
def text_width(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """Return the width in CSS pixels of one line of text.

    >>> 20 < text_width("SERN", 8.5) < 40
    True
    """
    return face(size, weight).size(text)[0] * CSS_DPI / PNG_DPI


def wrap(text: str, width: float, size: float = TEXT, weight: str = "normal", *, even: bool = False) -> list[str]:
    """Break text at spaces into lines of at most `width` CSS pixels; a longer word keeps a line of its own.

    With `even` the lines are made about equally long, without more of them.

    >>> wrap("Regionförbundet i Kalmar län", 110, 8.5)
    ['Regionförbundet i', 'Kalmar län']
    >>> wrap("", 110)
    []
    """
    lines: list[str] = []
    for word in text.split(" "):
        trial = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(trial, size, weight) <= width:
            lines[-1] = trial
        elif word:
            lines.append(word)
    if even and len(lines) > 1:
        narrower = width * 0.92
        tighter = wrap(text, narrower, size, weight, even=True) if narrower > 40 else lines
        fits = all(text_width(line, size, weight) <= narrower for line in tighter)
        return tighter if fits and len(tighter) == len(lines) else lines
    return lines


def shorten(text: str, width: float, size: float = TEXT) -> str:
    """Cut text that is wider than `width` CSS pixels: a closing parenthesis goes first, then an ellipsis.

    >>> shorten("Storsthlm (Kommunförbundet Stockholms län)", 90)
    'Storsthlm'
    >>> shorten("EUROCITIES", 300), shorten("Association of European Border Regions", 60).endswith("…")
    ('EUROCITIES', True)
    """
    if text_width(text, size) <= width:
        return text
    if text.endswith(")") and " (" in text:
        text = text[: text.rindex(" (")]
    if text_width(text, size) <= width:
        return text
    for end in range(len(text) - 1, 0, -1):
        short = text[:end].rstrip(" ,(–-") + "…"
        if text_width(short, size) <= width:
            return short
    return "…"
