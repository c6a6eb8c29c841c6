"""An explorer for JupyterLab: choose region, theme and year; matrix, map and trend follow.

The figures are ordinary outputs that are replaced in their place: a notebook that is stored, or shown where no
widgets run, shows the choice that it was run with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import DisplayHandle, display

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.units import alphabetic
from natverk.errors import InvalidArgument
from natverk.figures import Notice, Picture, grids
from natverk.figures.countymap import county_map
from natverk.figures.curves import growth
from natverk.frames import FIRST_YEAR, choice, known_county, year_range
from natverk.membership.actors import actors_of
from natverk.membership.documented import DOCUMENTED, documented, series
from natverk.membership.panel import SETS, networks_counting_as
from natverk.pages.page import NotebookPage
from natverk.pages.prose import Prose, inside
from natverk.roles.county import county_places

if TYPE_CHECKING:
    from ipywidgets import VBox

__all__ = ["PARTS", "Explorer"]

#: What follows the choice, in the order in which `show` is called for it.
PARTS = ("summary", "matrix", "map", "trend")
_ALL = ""


class Explorer:
    """Three choices and what follows from them.

    Parameters
    ----------
    data
        The dataset.
    region
        Code, name or common short form of the region to begin with.
    theme
        A theme, or empty for all.
    year
        The last year of the period, which begins in 1997; default the last of the data.
    lang
        `"sv"` or `"en"`.

    Attributes
    ----------
    region, theme, year
        The widgets; setting their `value` does what a hand does.
    items
        What is shown now, by part: `summary` (a sentence), `matrix`, `map`, `trend` (pictures).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown region, theme or language, or a year outside the data's.

    Examples
    --------
    >>> from natverk import load
    >>> explorer = Explorer(load(), "Gotland", year=2019, lang="en")
    >>> explorer.items["summary"]
    Gotlands län, all themes, up to 2019: 15 documented memberships in 15 networks, for one of one actor.
    """

    def __init__(
        self, data: Dataset, region: str, theme: str = _ALL, year: int | None = None, *, lang: str = "sv"
    ) -> None:
        # Imported here: pages are made without widgets.
        import ipywidgets

        last = int(data.known_until[:4])
        year = last if year is None else year
        year_range((FIRST_YEAR, year))
        if year > last:
            raise InvalidArgument(f"the data end in {last}", where="year", value=str(year), remedy=f"year={last}")
        themes = VOCABULARIES["theme"]
        choice("theme", theme, [_ALL, *themes])
        self.data = data
        self._page = NotebookPage(data, "explore", lang=lang, years=(FIRST_YEAR, last))
        t = self._page.t

        def say(key: str) -> str:
            return t(f"explore.{key}")

        counties = list(zip(data.counties["name_short"], data.counties["county_code"], strict=True))
        named = sorted(((t(f"common.theme.{name}"), name) for name in themes), key=lambda pair: alphabetic(pair[0]))
        wide = {"description_width": "8em"}
        self.region = ipywidgets.Dropdown(
            options=counties, value=known_county(data, region, "region"), description=say("region"), style=wide
        )
        self.theme = ipywidgets.Dropdown(
            options=[(say("all_themes"), _ALL), *named], value=theme, description=say("theme"), style=wide
        )
        self.year = ipywidgets.IntSlider(
            value=year, min=FIRST_YEAR, max=last, description=say("year"), continuous_update=False, style=wide
        )
        self._handles: dict[str, DisplayHandle] = {}
        self.items: Mapping[str, Prose | Picture | Notice] = self._made()
        for widget in (self.region, self.theme, self.year):
            widget.observe(self._follow, names="value")

    @property
    def controls(self) -> VBox:
        """The three widgets, one under the other."""
        import ipywidgets

        return ipywidgets.VBox([self.region, self.theme, self.year])

    def show(self, part: str) -> None:
        """Show one of `PARTS` here; it is replaced in its place when the choice changes."""
        choice("part", part, PARTS)
        handle = display(self.items[part], display_id=True)  # type: ignore[no-untyped-call]
        if handle is not None:
            self._handles[part] = handle

    def memberships(self) -> pd.DataFrame:
        """Return what is shown, for an analysis of one's own: the frame of `documented` for the choice."""
        actors = actors_of(self.data, self.region.value)
        own = documented(self.data, actors["actor_id"], years=self._years)
        return own[own["network_id"].isin(self._networks)].reset_index(drop=True)

    @property
    def _years(self) -> tuple[int, int]:
        return FIRST_YEAR, int(self.year.value)

    @property
    def _networks(self) -> list[str]:
        """The networks of the theme, of those that pages count."""
        counted = networks_counting_as(self.data, SETS)
        if self.theme.value == _ALL:
            return counted
        themes = self.data.networks.set_index("network_id")["themes"].fillna("").str.split(";")
        return [network for network in counted if self.theme.value in themes[network]]

    def _follow(self, _change: object) -> None:
        self.items = self._made()
        for part, handle in self._handles.items():
            handle.update(self.items[part])  # type: ignore[no-untyped-call]

    def _made(self) -> dict[str, Prose | Picture | Notice]:
        """Return everything for the choice as it is."""
        page, own = self._page, self.memberships()
        actors = actors_of(self.data, self.region.value)
        place = str(self.data.counties.set_index("county_code").loc[self.region.value, "name"])
        trend = series(self.data, actors["actor_id"], years=self._years, networks=self._networks)
        places = county_places(self.data, self.region.value, own)
        firm = own[own["mark"].isin(DOCUMENTED)]
        theme = "" if self.theme.value == _ALL else inside(page.t(f"common.theme.{self.theme.value}"))
        text = page.words("summary", place=place, theme=theme, year=self.year.value, firm=firm, actors=actors)
        return {
            "summary": Prose(text),
            "matrix": grids.incidence(
                own, names=page.network_names, actors=actors, lang=page.lang, source=page.source_line
            ),
            "map": county_map(
                places, county_code=self.region.value, place=place, lang=page.lang, source=page.source_line
            ),
            "trend": growth(trend, place=place, lang=page.lang, source=page.source_line),
        }
