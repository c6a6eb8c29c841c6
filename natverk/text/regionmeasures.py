"""What the region report says of the measures: joins and transfers, stage, formal roles, overlap, peers, benchmarks."""

from __future__ import annotations

import pandas as pd

from natverk.frames import FIRST_YEAR
from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.text.nullvalues import conditions, tested, verdict
from natverk.text.page import Prose, inside, plain
from natverk.text.region import RegionPage
from natverk.text.strategies import StrategiesPage
from natverk.text.table import records
from natverk.twomode.nullmodel import NullTest

__all__ = ["RegionMeasures"]

#: The first year with a region in every county: the country's page compares in it too, so that numbers agree.
_COMPARED_IN = 2019
#: For so many years back a stage is looked for: after that the sources tell of another strategy.
_STAGE_YEARS = 6


class RegionMeasures(RegionPage):
    """The sentences of the region report that tell what the measures give."""

    @property
    def compare_year(self) -> int:
        """The year of formal against practised: the country page's, or the last of a period that ends before it."""
        return min(max(_COMPARED_IN, self.years[0]), self.years[1])

    @property
    def stage_years(self) -> tuple[int, int]:
        """The years at whose ends the stage of the strategy is looked for."""
        last = min(self.years[1], int(self.data.known_until[:4]))
        return max(last - _STAGE_YEARS, FIRST_YEAR), last

    def holder_of(self, held: pd.DataFrame, year: int) -> str | None:
        """Return the one holder that a year of joining falls to; None before 1997 and in a year of transfer."""
        rows = records(held)
        found = []
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            last = "9999-12-31" if after is None and pd.isna(row["end"]) else str(row["end"])  # type: ignore[call-overload]
            last = last if after is None else str(after["start_latest"])
            # Who holds it from 1 January holds it all of that year.
            ends = int(last[:4]) - (after is not None and last.endswith("-01-01"))
            if int(str(row["start_earliest"])[:4]) <= year <= ends:
                found.append(str(row["holder_name"]))
        return found[0] if len(set(found)) == 1 else None

    def joins(self, held: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell how many documented ties began under which holder, and for how many that is not known."""
        firm = own[own["mark"].isin(DOCUMENTED)]
        dated = firm[firm["since_basis"] == "stated"]
        if dated.empty or held.empty:
            return Prose(self.say("joins.none"))
        years = [int(year) for year in dated["since"]]
        holders = pd.Series([self.holder_of(held, year) or "" for year in years], dtype="str")
        counts = holders.value_counts()
        items = [
            self.say("joins.under", n=self.t.number(int(counts[name])), holder=plain(name))
            for name in dict.fromkeys(str(name) for name in held["holder_name"])
            if name in counts
        ]
        early = sum(year < int(str(held["start_earliest"].iloc[0])[:4]) for year in years)
        open_ = int((holders == "").sum()) - early
        items += [self.say("joins.early", n=self.t.number(early))] if early else []
        items += [self.say("joins.open", n=self.t.number(open_))] if open_ else []
        values = {"n": self.t.number(len(dated)), "total": self.t.count("terms.pair", len(firm))}
        return self.markdown(self.say("joins.summary", list=self.t.join(items), **values), self.say("joins.caution"))

    def process_in(self, table: pd.DataFrame) -> StrategiesPage:
        """Return the strategies' page of the year of a table of `staged`: its words for stages and reasons."""
        return StrategiesPage(self.data, int(table["year"].iloc[0]), lang=self.lang)

    def staged(self, by_year: pd.DataFrame) -> pd.DataFrame:
        """Return the stages of the last year in which this county's is known, or of the last year of all."""
        own = by_year[by_year["county_code"] == self.county]
        known = own.loc[own["stage"] != "unknown", "year"]
        year = int(known.max()) if len(known) else int(own["year"].max())
        return by_year[by_year["year"] == year].reset_index(drop=True)

    def partners(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Return this region's rows of `strategies.same_stage`, itself as the first of the pair."""
        first = pairs[pairs["county_a"] == self.county]
        second = pairs[pairs["county_b"] == self.county]
        turned = {"county_a": "county_b", "county_b": "county_a", "region_a": "region_b", "region_b": "region_a"}
        return pd.concat([first, second.rename(columns=turned)[first.columns]], ignore_index=True)

    def stage(self, table: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell the stage of the strategy, and which regions are at the same stage.

        Parameters
        ----------
        table
            `staged`.
        own
            `partners`.
        """
        row = records(table[table["county_code"] == self.county])[0]
        page = self.process_in(table)
        when = self.on_date(page.day)
        if row["stage"] == "unknown":
            possible = [self.say(f"stage.is.{name}") for name in str(row["possible_stages"]).split("|")]
            return Prose(self.say("stage.unknown", when=when, list="; ".join(possible)))
        parts = [self.say("stage.known", when=when, stage=self.say(f"stage.is.{row['stage']}"))]
        if page.day[:4] != str(self.stage_years[1]):
            parts.append(self.say("stage.later", year=self.stage_years[1]))
        names = [page.region(code) for code in own.sort_values("n_reasons", ascending=False, kind="stable")["county_b"]]
        parts.append(self.say("stage.learn", names=self.listing(names, 20)) if names else self.say("stage.nobody"))
        return self.markdown(*parts)

    def compared(self, compared: pd.DataFrame) -> Prose:
        """Tell in which policy areas whoever is responsible is documented as active, and why the rest is open."""
        agreed = compared[compared["outcome"] == "agreement"]
        reasons = compared.loc[compared["outcome"] == "unknown", "reason"].value_counts()
        items = [
            self.say("compare.item", reason=self.say(f"compare.reason.{reason}"), n=self.t.number(int(n)))
            for reason, n in sorted(reasons.items(), key=lambda item: (-int(item[1]), str(item[0])))
        ]
        names = [inside(self.term("policy_area", area)) for area in agreed["policy_area"]]
        others = int(compared["outcome"].isin(["substitution", "gap"]).sum())
        values = {
            "year": self.compare_year,
            "total": self.t.number(len(compared)),
            "n": self.t.number(len(agreed)),
            "names": self.listing(names, 20),
            "unknown": self.t.number(int((compared["outcome"] == "unknown").sum())),
        }
        return self.markdown(
            self.say("compare.summary" if names else "compare.summary_none", **values),
            self.say("compare.others", n=self.t.number(others)) if others else self.say("compare.others_none"),
            self.say("compare.why", list="; ".join(items), **values) if items else "",
            self.say("compare.rule"),
        )

    def shared(self, actors: pd.DataFrame, own: pd.DataFrame) -> list[str]:
        """Return the networks in which both the region and a municipality are documented, in the order of names."""
        firm = own[own["mark"].isin(DOCUMENTED)]
        level = firm["actor_id"].map(actors.set_index("actor_id")["level"])
        both = set(firm.loc[level == "regional", "network_id"]) & set(firm.loc[level == "municipal", "network_id"])
        return sorted((str(item) for item in both), key=lambda item: alphabetic(self.network(item)))

    def overlap(self, test: NullTest, n_open: int, actors: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell whether the region shares more networks with its municipalities than the null model gives.

        Parameters
        ----------
        test
            `null_test` of `twomode.shared_networks` in the membership networks that both levels may join.
        n_open
            Number of these networks.
        """
        if self.unitary:
            return Prose(self.say("overlap.unitary"))
        n = len(self.shared(actors, own))
        first = self.count("overlap.shared", n) if n else self.say("overlap.shared_none")
        networks = self.t.number(n_open)
        if self.county not in set(test.frame["item"]):
            return self.markdown(first, self.say("overlap.not_tested", networks=networks))
        values = tested(self, test, self.county)
        both = int(test.frame.set_index("item")["observed"].to_dict()[self.county])
        common = self.count("overlap.network", both) if both else self.say("overlap.no_network")
        return self.markdown(
            first,
            self.say(
                "overlap.open",
                networks=networks,
                shared=common,
                **values,
            ),
            self.say(f"overlap.{verdict(test, self.county)}"),
            self.say("overlap.restricted"),
        )

    def conditions(self, test: NullTest) -> Prose:
        """Tell what the null model is conditional on and how it was made."""
        return Prose("" if self.unitary else f"*{self.say('overlap.how')}* {conditions(test, self.lang)}")

    def peers(self, near: pd.DataFrame) -> Prose:
        """Tell for how many municipalities peers by known networks can be named, and how to read the table."""
        total = int((self.data.municipalities["county_code"] == self.county).sum())
        n = near.loc[near["by"] == "portfolio", "code"].nunique()
        values = {"n": self.t.number(n), "total": self.t.number(total)}
        return self.markdown(
            self.say("peers.how"),
            self.say("peers.one" if n else "peers.one_none")
            if total == 1
            else self.say("peers.known" if n else "peers.known_none", **values),
        )

    def benchmarks(self, table: pd.DataFrame) -> Prose:
        """Tell how many published numbers about the county's actors equal ours, differ, or cannot be compared."""
        if table.empty:
            return Prose(self.say("benchmarks.none"))
        outcome = table["outcome"].value_counts()
        names = {"equal": "equal", "differs": "differs", "not comparable": "not_comparable"}
        values = {key: self.t.number(int(outcome.get(name, 0))) for name, key in names.items()}
        return Prose(self.count("benchmarks.summary", len(table), **values))
