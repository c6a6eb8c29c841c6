"""What the pages of all units share, worked out once before they are made; `reports.toml` names it.

Measures keep with the dataset what depends on it alone, and `natverk.load` gives one dataset a process: whatever is
asked here is there for every page that is forked from this process. It changes no page and only saves time.
"""

from __future__ import annotations

import pandas as pd
from babel.dates import format_date

from natverk.data.load import load
from natverk.frames import FIRST_YEAR
from natverk.locale import LANGUAGES, texts
from natverk.pages.prose import templates_of
from natverk.precomputed import precompute

__all__ = ["country"]


def country() -> None:
    """Ask every measure of the pages of regions, municipalities and networks once, and read the map.

    >>> country()
    """
    from natverk.figures.geometry import outlines, sweden
    from natverk.figures.style import SMALL, TEXT
    from natverk.figures.typeface import face

    data = load()
    precompute(data)
    outlines()
    sweden()
    for lang in LANGUAGES:
        env = templates_of(lang)
        for name in env.list_templates():
            if name.endswith(f".{lang}.md.j2"):
                env.get_template(name)
    # The letters of what figures say are drawn, and what draws is imported.
    said = [
        *data.networks["name"],
        *data.networks["name_sv"],
        *data.actors["name"],
        *map(str, range(FIRST_YEAR, data.last_year)),
    ]
    for size in (SMALL, TEXT):
        face(size, "normal").learn(said)
    # What Unicode says of a language is read with the first number, date and country.
    for lang in LANGUAGES:
        t = texts(lang)
        t.number(1000)
        t.percent(0.5, 1)
        t.join(["a", "b"])
        format_date(pd.Timestamp(data.vintage), format="d MMMM y", locale=t.babel)
