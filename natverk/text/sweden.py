"""The country's page: the question and its origin, who held the responsibility, and which tasks the levels have."""

from __future__ import annotations

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import FIRST_YEAR, each_row
from natverk.membership.panel import networks_counting_as
from natverk.roles.tasks import unitary_counties
from natverk.text.page import Page, Prose, plain
from natverk.text.table import records

__all__ = ["SwedenPage"]

#: When the responsibility was counted before the last counties changed: the day behind a published figure.
COUNTED_ON = "2018-04"
COUNTED_IN = "fig-00051"
#: The seminar that asked the page's question.
ORIGIN = "evt-00001"


def best_counts(counts: pd.DataFrame) -> dict[int, dict[str, int]]:
    """Return the best counts of `roles.responsibility_counts` by year and type of holder."""
    found: dict[int, dict[str, int]] = {}
    for row in each_row(counts):
        found.setdefault(int(row.year), {})[row.holder_type] = int(row.best)
    return found


class SwedenPage(Page):
    """The page of the whole country: what it says, in one language.

    Parameters
    ----------
    data, years, lang
        See `Page`.

    Examples
    --------
    >>> from natverk import load
    >>> page = SwedenPage(load(), years=(1990, 2024), lang="sv")
    >>> page.held_years, page.list_year
    ((1997, 2024), 2022)
    """

    def __init__(self, data: Dataset, *, years: tuple[int, int], lang: str = "sv") -> None:
        super().__init__(data, years=years, lang=lang, part="roles_sweden")
        self.n_counties = len(data.counties)
        self.short = data.counties.set_index("county_code")["name_short"].astype(str).to_dict()

    @property
    def held_years(self) -> tuple[int, int]:
        """The years on whose last day the holders are counted: from 1997 to the last one that is over."""
        over = int(self.data.known_until[:4]) - (self.data.known_until[5:] < "12-31")
        last = max(min(self.years[1], over), FIRST_YEAR)
        return min(max(self.years[0], FIRST_YEAR), last), last

    @property
    def list_year(self) -> int:
        """The year of the latest complete list of high certainty in the period, or of the first one after it."""
        lists = self.data.member_lists
        years = sorted(
            int(year) for year in lists.loc[(lists["certainty"] == "high") & (lists["status_scope"] == "all"), "year"]
        )
        return max([year for year in years if year <= self.years[1]], default=years[0])

    @property
    def population_year(self) -> int:
        """The latest year of the period with published population."""
        years = [int(year) for year in self.data.population["year"].unique()]
        return max([year for year in years if year <= self.years[1]], default=min(years))

    @property
    def strip_end(self) -> int:
        """The last year of the strips: the page's last, but none before 1997."""
        return max(self.years[1], FIRST_YEAR)

    @property
    def counted_on(self) -> str:
        """When the responsibility was counted before its last change."""
        return COUNTED_ON

    @property
    def n_membership_networks(self) -> int:
        """The number of membership networks."""
        return len(networks_counting_as(self.data, ("membership",)))

    def dated(self, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """Return tables by year with the first day of the year as their label."""
        return {self.date(f"{year}-01-01"): table for year, table in tables.items()}

    def paragraphs(self, *groups: tuple[str, ...]) -> Prose:
        """Return groups of sentences as paragraphs; empty sentences and groups are left out."""
        texts = [self.markdown(*group).text for group in groups]
        return Prose("\n\n".join(text for text in texts if text))

    def words(self, part: str) -> dict[str, str]:
        """Return axis, caption, band and notes of `figures.dot_ranges` for a part of the page."""
        names = [name for name in ("axis", "caption", "band", "notes") if self.t.has(f"{self.part}.{part}.{name}")]
        return {name: self.say(f"{part}.{name}") for name in names}

    def subheading(self, key: str) -> Prose:
        """Return a heading of the third level."""
        return Prose(f"### {self.say(key)}")

    def task_years(self, counts: pd.DataFrame) -> tuple[int, int]:
        """Return the two years whose tasks are compared: the last before a region held by law, and the page's last."""
        by_law = counts.loc[(counts["holder_type"] == "region") & (counts["high"] > 0), "year"]
        before = int(by_law.min()) - 1 if len(by_law) else self.held_years[0]
        return max(before, self.held_years[0]), max(self.years[1], FIRST_YEAR)

    def compare_year(self, counts: pd.DataFrame) -> int:
        """Return the year for formal against practised: the first in which a region held in all counties."""
        return self._all_regions(counts) or self.held_years[1]

    def _all_regions(self, counts: pd.DataFrame) -> int | None:
        regions = counts[(counts["holder_type"] == "region") & (counts["low"] == self.n_counties)]
        return int(regions["year"].min()) if len(regions) else None

    def counties(self, codes: list[str]) -> str:
        """Name counties as a sentence does, by their short names."""
        return self.listing([self.short[code] for code in codes], 8)

    def opening(
        self,
        counts: pd.DataFrame,
        when: pd.DataFrame,
        levels: pd.DataFrame,
        coverage: float,
        joins: pd.DataFrame,
    ) -> Prose:
        """Return title, question, answer in one sentence, period, coverage, vintage and citation.

        Parameters
        ----------
        counts
            `roles.responsibility_counts` of `held_years`.
        when
            `natverk.roles.transfers`.
        levels
            `theme_levels` of the practised roles.
        coverage
            Share of the cells (actor × membership network) that are known, as `incidence_matrix` gives it.
        joins
            Spells of municipalities in membership networks, as `natverk.spells` gives them.
        """
        first, last = self.held_years
        best = best_counts(counts)
        since = self._all_regions(counts)
        values = {
            "state": self.t.number(best[first]["state"]),
            "first": first,
            "last": last,
            "holders": self.t.join(
                [self.say(f"opening.at.{kind}", n=self.count("county", n)) for kind, n in best[last].items() if n]
            ),
            "total": self.t.number(self.n_counties),
            "joint": self.t.number(int(((when["treatment"] == "to_joint") & when["earliest"].notna()).sum())),
            "themes": self.t.number(int(levels["themes"].max())),
            "share": self.t.percent(coverage, 1),
            "change": self._change(joins),
            **self.spread(levels),
        }
        answer = self.say("opening.answer" if since else "opening.answer_partly", since=since, **values)
        facts = {"period": self.period, "coverage": self.say("opening.coverage_text", share=values["share"])}
        return self.first_screen(self.say("opening.title"), self.say("opening.question"), answer, facts)

    def _change(self, joins: pd.DataFrame) -> str:
        """Say that memberships before and after the transfers cannot be compared, with the counts that decide."""
        dated = int((joins["start_basis"] == "stated").fillna(value=False).sum())
        return self.say("opening.change_unknown", n_dated=self.t.number(dated), n_joins=self.t.number(len(joins)))

    def spread(self, levels: pd.DataFrame) -> dict[str, str]:
        """Return in how many themes several levels are attested, in the counties with fewest and with most.

        Gotland is left out: with municipality and region in one it cannot have as many levels as the others.
        """
        own = levels[~levels["county_code"].isin(unitary_counties(self.data))]
        found = {}
        for name, value in (("least", int(own["several"].min())), ("most", int(own["several"].max()))):
            found[name] = self.t.number(value)
            found[f"{name}_in"] = self.counties(list(own.loc[own["several"] == value, "county_code"]))
        return found

    def origin(self) -> Prose:
        """Tell where the question comes from, and what published indices see of the change."""
        parts = []
        for row in records(self.data.events[self.data.events["row_id"] == ORIGIN]):
            values = {name: plain(row[name]) for name in ("organiser", "event", "place")}
            date, cites = self.on_date(row["date"]), self.references.mark(str(row["source_id"]))
            parts.append(self.say("origin.event", date=date, cites=cites, **values))
        rai = self.data.rai[self.data.rai["level"] == "country"].sort_values("year")
        if len(rai):
            last = rai.iloc[-1]
            other = rai.loc[rai["rai"] != last["rai"], "year"]
            same = rai[rai["year"] > (int(other.max()) if len(other) else 0)]
            values = {
                "value": self.t.number(float(last["rai"]), 1),
                "first": str(int(same["year"].min())),
                "last": str(int(last["year"])),
                "cites": self.references.mark(str(last["source_id"])),
            }
            parts.append(self.say("origin.rai", **values))
        lai = self.data.lai[self.data.lai["measure"].str.startswith("LAI overall")].sort_values("year")
        if len(lai) > 1:
            ends = lai.iloc[[0, -1]]
            values = {
                "value": self.t.number(float(ends["value"].iloc[0]), 1),
                "later": self.t.number(float(ends["value"].iloc[1]), 1),
                "first": str(int(ends["year"].iloc[0])),
                "last": str(int(ends["year"].iloc[1])),
                "cites": self.references.mark(str(ends["source_id"].iloc[1])),
            }
            parts.append(self.say("origin.lai", **values))
        return self.markdown(*parts, self.say("origin.index") if len(parts) > 1 else "")

    def responsibility(self, counts: pd.DataFrame, when: pd.DataFrame, at: pd.DataFrame) -> Prose:
        """Tell how the responsibility moved: the peak of the joint bodies, the eve of the last change, the intervals.

        Parameters
        ----------
        counts, when
            As `opening` takes them.
        at
            `roles.responsibility_at` of `COUNTED_ON`.
        """
        first, last = self.held_years
        best = best_counts(counts)
        values = {
            "first": first,
            "state": self.count("county", best[first]["state"]),
            "pilot": self.count("county", best[first]["pilot_region"]),
        }
        parts = [self.say("responsibility.begin", **values)]
        most = max(own["samverkansorgan"] for own in best.values())
        if most:
            years = [year for year, own in best.items() if own["samverkansorgan"] == most]
            span = self._span(years)
            parts.append(self.say("responsibility.peak", most=self.count("county", most), years=span))
            possible = int(counts.loc[counts["holder_type"] == "samverkansorgan", "high"].max())
            if possible > most:
                parts.append(self.say("responsibility.peak_possible", n=self.t.number(possible)))
        if first <= int(COUNTED_ON[:4]) <= last:
            n = at["holder_type"].value_counts()
            here = {kind: self.t.number(int(n.get(kind, 0))) for kind in ("region", "samverkansorgan", "state")}
            published = self.data.published_figures
            cites = self.references.mark(
                ";".join(published.loc[published["row_id"] == COUNTED_IN, "source_id"].dropna())
            )
            parts.append(self.say("responsibility.before_last", date=self.date(COUNTED_ON), cites=cites, **here))
        since = self._all_regions(counts)
        if since:
            parts.append(self.say("responsibility.all", since=since, total=self.t.number(self.n_counties)))
        open_ = list(when.loc[when["state"] == "interval", "county_code"].drop_duplicates())
        if open_:
            many = self.count("county", len(open_))
            parts.append(self.say("responsibility.intervals", n=many, names=self.counties(open_)))
        return self.markdown(*parts)

    def _span(self, years: list[int]) -> str:
        """Write years as spans where they follow on each other: 2008–2010 and 2013."""
        runs: list[list[int]] = []
        for year in years:
            if runs and year == runs[-1][-1] + 1:
                runs[-1].append(year)
            else:
                runs.append([year])
        said = [self.say("word.years", first=run[0], last=run[-1]) if len(run) > 1 else str(run[0]) for run in runs]
        return self.t.join(said)

    def formal(self, before: pd.DataFrame, after: pd.DataFrame, years: tuple[int, int]) -> Prose:
        """Tell how many dated tasks each level had at two dates, and how many have no date.

        Parameters
        ----------
        before, after
            `roles.formal` on 1 January of the two years.
        years
            The two years.
        """
        parts = []
        for level in ("regional", "municipal", "intermunicipal", "state"):
            values: dict[str, str] = {}
            for when, frame in (("before", before), ("after", after)):
                dated = frame[(frame["level"] == level) & (frame["validity"] == "valid")]
                values[f"n_{when}"] = self.t.number(int(dated["n_tasks"].sum()))
                values[f"duty_{when}"] = self.t.number(int(dated["n_mandatory"].sum()))
            parts.append(self.say(f"formal.level.{level}", **values))
        undated = int(after.loc[after["validity"] == "unknown", "n_tasks"].sum())
        return self.paragraphs(
            (self.say("formal.summary", before=years[0], after=years[1], list="; ".join(parts)),),
            (self.count("formal.undated", undated) if undated else "", self.say("formal.caution")),
        )
