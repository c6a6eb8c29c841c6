"""Further sentences of the region report: roles, series, map, outcomes, what is unknown, sources."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import rows_where
from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.text.page import Prose, inside, leaders, plain
from natverk.text.regionmeasures import RegionMeasures
from natverk.text.table import records
from natverk.text.tables.outcome import n_offices

__all__ = ["RegionReport"]


class RegionReport(RegionMeasures):
    """The whole region report: `RegionMeasures` with the sentences of all sections."""

    def roles(self, table: pd.DataFrame) -> Prose:
        """Tell in how many themes levels are attested, and where one role alone is possible."""
        pattern = table["attested_pattern"]
        nothing = int((pattern == "none attested").sum())
        total = self.t.number(len(table))
        if self.unitary:
            both = int(pattern.str.contains("unitary").sum())
            parts = [self.say("roles.summary_unitary", total=total, both=self.t.number(both))]
        else:
            both = int(pattern.str.contains("municipal+regional", regex=False).sum())
            values = {"total": total, "both": self.t.number(both), "nothing": self.t.number(nothing)}
            parts = [self.say("roles.summary", **values)]
            top = leaders(list(table["theme"]), [int(n) for n in table["municipal_low"]])
            total_here = int(table["n_municipalities"].iloc[0])
            items = [self.say("roles.item", theme=self._theme(theme), n=n, total=total_here) for theme, n in top]
            if items:
                parts.append(self.say("roles.top", list=self.t.join(items)))
            certain = table[table["role"].notna() & (table["role"] != "shared")]
            named = [
                self.say("roles.certain_item", theme=self._theme(row["theme"]), role=self.term("role", row["role"]))
                for row in records(certain)
            ]
            if named:
                parts.append(self.say("roles.certain", list=self.t.join(named)))
        return self.markdown(*parts, self.say("roles.how"))

    def _theme(self, theme: object) -> str:
        return inside(self.t(f"common.theme.{theme}"))

    def series(self, frame: pd.DataFrame) -> Prose:
        """Tell the highest count of documented memberships in a year, and what the series is not."""
        if int(frame["low"].max()) == 0:
            undated = int(frame["n_undated"].iloc[0])
            more = self.t.count("figures.documented", undated).capitalize() if undated else ""
            return self.markdown(self.say("series.none"), f"{more} {self.say('series.undated_only')}" if more else "")
        best = frame.sort_values("low", ascending=False, kind="stable").iloc[0]
        undated = int(frame["n_undated"].iloc[0])
        values = {
            "most": self.count("series.most", int(best["low"])),
            "year": str(int(best["year"])),
            "undated": self.t.count("common.membership", undated),
        }
        key = "series.summary" if undated else "series.summary_no_undated"
        return self.markdown(self.say(key, **values), self.say("series.caution"))

    def listed(self, frame: pd.DataFrame) -> Prose:
        """Tell in which network-years membership itself is known."""
        frame = frame[frame["n_at_risk"] > 0]
        if frame.empty:
            return Prose("")
        values = {
            "years": self.count("series.years", len(frame)),
            "networks": self.t.count("common.network", frame["network_id"].nunique()),
        }
        medium = self.say("series.medium") if (frame["certainty"] != "high").any() else ""
        full = frame[frame["full_only"]]
        names = self.t.join([f"{plain(self.network(row['network_id']))} {row['year']}" for row in records(full)])
        apart = self.count("series.listed_full", len(full), names=names) if len(full) else ""
        return self.markdown(self.say("series.listed", **values), apart, medium)

    def map(self, frame: pd.DataFrame) -> Prose:
        """Tell how many municipalities have a documented membership, and which have most."""
        counts = frame.assign(n=frame["n_documented"]).sort_values("n", ascending=False, kind="stable")
        having = counts[counts["n"] > 0]
        if having.empty:
            return Prose(self.say("map.none"))
        if len(counts) == 1:
            documented = self.t.count("figures.documented", int(counts["n"].iloc[0]))
            return Prose(self.say("map.summary_one", name=plain(counts["name"].iloc[0]), n=documented))
        first = leaders(list(having["name"]), [int(n) for n in having["n"]])
        top = [self.say("networks.item", name=plain(name), n=self.t.number(n)) for name, n in first]
        values = {"with_any": self.t.number(len(having)), "total": self.t.number(len(counts)), "list": self.t.join(top)}
        return Prose(self.say("map.summary", **values))

    def outcomes(self, actors: pd.DataFrame) -> Prose:
        """Tell how many offices, projects, mission reports and judgements the material has."""
        items = []
        for name in ("functions", "projects", "missions", "evaluations"):
            n = len(rows_where(self.data, name, actor_id=list(actors["actor_id"])))
            n = n_offices(self.data, actors["actor_id"]) if name == "functions" else n
            if n:
                items.append(self.count(f"outcomes.n_{name}", n))
        if not items:
            return Prose(self.say("outcomes.none"))
        return self.markdown(self.say("outcomes.summary", list=self.t.join(items)), self.say("outcomes.english"))

    def reading(self, actors: pd.DataFrame) -> Prose:
        """Tell how judgements and proposals are to be read, where there are any."""
        there = {
            name: len(rows_where(self.data, name, actor_id=list(actors["actor_id"]))) > 0
            for name in ("evaluations", "next_steps")
        }
        return self.markdown(
            self.say("outcomes.one_reading") if there["evaluations"] else "",
            self.say("outcomes.proposal") if there["next_steps"] else "",
        )

    def unknown(self, cells: pd.DataFrame, actors: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell how many cells are known, and for which municipalities nothing is attested."""
        municipal = actors[actors["level"].isin(["municipal", "unitary"])]
        without = municipal.loc[~municipal["actor_id"].isin(own["actor_id"]), "name"].sort_values(
            key=lambda names: names.map(alphabetic)
        )
        names = {
            "n_without": self.t.number(len(without)),
            "total": self.t.number(len(municipal)),
            "names": self.listing((plain(name) for name in without), 30),
            "period": self.period,
        }
        second = self.say("unknown.without", **names) if len(without) else self.say("unknown.without_none")
        return self.markdown(self.known_cells(cells), second, self.say("unknown.gaps"))

    def mistake(self, own: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with the rows behind the page's memberships."""
        shown = own.loc[own["mark"].isin((*DOCUMENTED, "loose")), "row_ids"]
        return self.mistake_text(f"{self.county} ({self.name})", ";".join(shown).split(";") if len(shown) else [])
