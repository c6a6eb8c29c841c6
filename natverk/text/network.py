"""The sentences of the network profile: who is in it, who holds it, and whom its rule lets in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import known_networks, year_or_none
from natverk.membership.actors import population_by_year
from natverk.membership.documented import DOCUMENTED
from natverk.membership.panel import SETS
from natverk.offices import offices
from natverk.text.page import Page, Prose, leaders, plain
from natverk.text.table import records

__all__ = ["NetworkPage"]

#: Marks of all who are or were in it; a looser tie is none.
TIED = (*DOCUMENTED, "left")
LEVELS = ("municipal", "regional", "joint", "other")


class NetworkPage(Page):
    """The page of one network: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    network
        Id or name.
    years, lang
        See `Page`.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> page = NetworkPage(load(), "UBC", years=(1997, 2024), lang="sv")
    >>> page.network_id, page.name, page.who
    ('ubc', 'Östersjöstädernas förbund', 'medlemmar')
    """

    def __init__(self, data: Dataset, network: str, *, years: tuple[int, int], lang: str = "sv") -> None:
        super().__init__(data, years=years, lang=lang, part="network_profile")
        (self.network_id,) = known_networks(data, [network])
        self.row = data.networks.set_index("network_id").loc[self.network_id]
        self.name = plain(self.network(self.network_id))
        self.kind = str(self.row["counts_as"])
        self.who, self.the, self.tie = (self.say(f"kind.{self.kind}.{form}") for form in ("who", "the", "tie"))
        self.eligible_levels = str(self.row["eligible_levels"]).split(";")

    @property
    def look(self) -> dict[str, str]:
        """What figures of the network have in common."""
        words = {"place": self.network(self.network_id), "who": self.who, "the": self.the}
        return {"lang": self.lang, "source": self.source_line, **words}

    def documented(self, n: int) -> str:
        """Return a number of documented members, called what they are in this kind of network."""
        return self.count(f"kind.{self.kind}.documented", n)

    def counted(self, members: pd.DataFrame) -> str:
        """Return the numbers of those who are documented and of those who have left: `5 … and 1 that left`."""
        n, left = int(members["mark"].isin(DOCUMENTED).sum()), int((members["mark"] == "left").sum())
        if not left:
            return self.documented(n)
        values = {"documented": self.documented(n), "n": self.t.number(left), "who": self.who}
        return self.say("members.and_left" if n else "members.only_left", **values)

    def also(self, members: pd.DataFrame) -> str:
        """Return who else has a row beside those that are documented, as the map says it too; nothing for nobody."""
        beside = [mark for mark in ("left", "loose") if (members["mark"] == mark).any()]
        return self.t(f"network_figures.members.also_{'both' if len(beside) > 1 else beside[0]}") if beside else ""

    def names(self, actors: Iterable[object], most: int = 12) -> str:
        """Join the names of actors as a sentence does."""
        return self.listing((plain(self.actor(actor)) for actor in actors), most)

    def levels(self, members: pd.DataFrame) -> str:
        """Say how many municipalities, regions, joint bodies and others there are."""
        counts = members["level"].value_counts()
        return self.t.join(
            [self.count(f"members.level.{name}", int(counts[name])) for name in LEVELS if name in counts]
        )

    def lists(self, listed: pd.DataFrame) -> pd.DataFrame:
        """Return the lists of all members in the whole country: those whose numbers can be held side by side."""
        whole = self.data.member_lists.loc[self.data.member_lists["counties_at_risk"].isna(), "list_id"]
        return listed[listed["list_id"].isin(whole) & ~listed["full_only"]]

    def values(self, listed: pd.DataFrame) -> str:
        """Say the numbers of some lists with their years: `21 (2014), 14 (2019) och 13 (2020)`."""
        years = zip(listed["n_sweden"], listed["year"], strict=True)
        return self.t.join([self.say("growth.value", n=self.t.number(int(n)), year=int(year)) for n, year in years])

    def opening(self, members: pd.DataFrame, series: pd.DataFrame, listed: pd.DataFrame) -> Prose:
        """Return title, question, the answer in one sentence, period, kind, coverage, vintage and citation."""
        facts = {"period": self.period, "kind": self._kind(), "coverage": self._coverage(members)}
        question = self.say("opening.question", name=self.name)
        return self.first_screen(self.name, question, self._answer(members, series, listed), facts)

    def _answer(self, members: pd.DataFrame, series: pd.DataFrame, listed: pd.DataFrame) -> str:
        known = members[members["mark"].isin(TIED)]
        if known.empty:
            return self.say("opening.answer_none", name=self.name, who=self.who, period=self.period)
        holders = len(self._holders())
        return self.say(
            "opening.answer",
            name=self.name,
            documented=self.counted(members),
            period=self.period,
            levels=self.levels(known),
            bound=self._bound(listed),
            years=self._years(series, listed),
            offices=self.count("opening.offices", holders) if holders else self.say("opening.offices_none"),
        )

    def _bound(self, listed: pd.DataFrame) -> str:
        """Say what the number of all documented members is: a lower bound, or all that ever were on a list."""
        key = {0: "bound", 1: "bound_list"}.get(len(self.lists(listed)), "bound_left")
        return self.say(f"opening.{key}", who=self.who)

    def _years(self, series: pd.DataFrame, listed: pd.DataFrame) -> str:
        whole = self.lists(listed)
        if len(whole):
            key = "opening.years_lists" if len(whole) > 1 else "opening.years_list"
            return self.say(key, values=self.values(whole), who=self.who)
        if listed["full_only"].any():
            return self.say("opening.years_full", values=self.values(listed[listed["full_only"]]), who=self.who)
        if not series["low"].any():
            return self.say("opening.years_none")
        most = series.sort_values("low", ascending=False, kind="stable").iloc[0]
        return self.count("opening.years_most", int(most["low"]), year=int(most["year"]))

    def _kind(self) -> str:
        years = {
            name: self.say(f"opening.{name}", year=self.year(self.row[f"{name}_year"]))
            if pd.notna(self.row[f"{name}_year"])
            else ""
            for name in ("founded", "dissolved")
        }
        kind, scope = self.say(f"kind.{self.kind}.name"), self.say(f"scope.{self.row['scope']}")
        return self.say("opening.kind_text", kind=kind, scope=scope, **years) + self.references.mark(
            str(self.row["source_id"])
        )

    def _coverage(self, members: pd.DataFrame) -> str:
        total = {
            "municipality": len(self.data.municipalities),
            "region": self.data.counties["region_actor_id"].nunique(),
        }
        level = {"municipality": "municipal", "region": "regional"}
        inside = members["level"].isin([level[name] for name in self.eligible_levels]) & members["mark"].isin(TIED)
        n, whole = int(inside.sum()), sum(total[name] for name in self.eligible_levels)
        key = self.eligible_levels[0] if len(self.eligible_levels) == 1 else "both"
        return self.say(
            "opening.coverage_text",
            n=self.t.number(n),
            total=self.t.number(whole),
            levels=self.say(f"opening.levels_{key}"),
            share=self.t.percent(n / whole, 1 if n else 0),
        )

    def members(self, members: pd.DataFrame, apart: pd.DataFrame) -> Prose:
        """Tell how many are in it and how well that is dated, who goes furthest back, and who is named beside."""
        known = members[members["mark"].isin(TIED)]
        parts = []
        if known.empty:
            parts.append(self.say("members.none", who=self.who))
        else:
            counts = known["mark"].value_counts()
            marks = [self.count(f"members.mark.{mark}", int(counts[mark])) for mark in DOCUMENTED if mark in counts]
            levels = f": {self.levels(known)}" if known["level"].nunique() > 1 else ""
            values = {"documented": self.counted(members), "period": self.period, "levels": levels}
            key = "all_left" if not marks else "summary_left" if "left" in counts else "summary"
            parts.append(self.say(f"members.{key}", marks=self.t.join(marks), **values))
            dated = known[known["since"].notna()]
            if len(dated):
                first = dated["since"].min()
                oldest = self.names(dated.loc[dated["since"] == first, "actor_id"], 6)
                parts.append(self.say("members.oldest", names=oldest, year=self.year(first)))
        for mark in ("loose", "left"):
            own = members[members["mark"] == mark]
            if len(own):
                parts.append(self.count(f"members.{mark}", len(own), names=self.names(own["actor_id"])))
        for status, group in apart.groupby("status"):
            parts.append(self.count(f"members.{status}", len(group), names=self.names(group["actor_id"])))
        if self.kind not in SETS:
            parts.append(self.say("members.act"))
        return self.markdown(*parts)

    @cached_property
    def held(self) -> pd.DataFrame:
        """The offices of Swedish actors in it, the latest first; see `natverk.offices`."""
        held = offices(self.data, networks=self.network_id)
        latest = held[["start_year", "end_year", "observed_year"]].max(axis=1)
        held = held.assign(latest=latest).sort_values(
            ["latest", "actor_id"], ascending=[False, True], na_position="last"
        )
        return held.drop(columns="latest").reset_index(drop=True)

    def _holders(self) -> pd.Series:
        """Return for each actor with an office how many there are, the most first."""
        holders: pd.Series = self.held.loc[self.held["held"], "actor_id"].value_counts()
        return holders

    def offices(self) -> Prose:
        """Tell how many offices Swedish actors hold or held in it, of which kinds, and who has most."""
        candidate = self.held["function_class"] == "candidate"
        holders = self._holders()
        parts = []
        if holders.empty:
            parts.append(self.say("offices.none"))
        else:
            kinds = self.held.loc[self.held["held"], "function_class"].value_counts()
            classes = [f"{self.term('function_class', name)} ({self.t.number(int(n))})" for name, n in kinds.items()]
            values = {
                "offices": self.count("outcomes.n_functions", int(holders.sum())),
                "actors": self.count("offices.actors", len(holders)),
            }
            parts.append(self.say("offices.summary", classes=", ".join(classes), **values))
            if len(holders) > 1 and holders.max() > 1:
                names = [plain(self.actor(actor)) for actor in holders.index]
                top = leaders(names, [int(n) for n in holders])
                items = [self.say("offices.item", name=name, n=self.t.number(n)) for name, n in top]
                parts.append(self.say("offices.most", list=self.t.join(items)))
            parts.append(self.say("offices.note"))
        if candidate.any():
            parts.append(self.count("offices.candidacies", int(candidate.sum())))
        return self.markdown(*parts)

    def eligibility(self, table: pd.DataFrame) -> Prose:
        """Tell whom the rule lets in, who met it, and who did not."""
        key = self.eligible_levels[0] if len(self.eligible_levels) == 1 else "both"
        parts = [self.say("eligibility.levels", levels=self.say(f"opening.levels_{key}"))]
        limit = self._limit()
        if limit:
            full = isinstance(self.row["eligibility_note"], str)
            parts.append(
                self.say("eligibility.size", full=self.say(f"eligibility.{'full' if full else 'any'}"), limit=limit)
            )
            parts += [self._able(), *self._outside(table, full)]
        else:
            parts.append(self.say("eligibility.no_size"))
        other = table[~table["fits_level"]]
        if len(other):
            parts.append(self.count("eligibility.other_levels", len(other), names=self.names(other["actor_id"])))
        return self.markdown(*parts)

    def rule(self) -> Prose:
        """Return the network's rule of membership as it is coded, in English."""
        text: object = self.row["membership_rule"]
        if not isinstance(text, str):
            return Prose("")
        quoted = f'<span lang="en">{plain(text)}</span>'
        return Prose(self.say("eligibility.rule", rule=quoted) + self.references.mark(str(self.row["source_id"])))

    def _limit_kind(self) -> str:
        least, most = year_or_none(self.row["min_population"]), year_or_none(self.row["max_population"])
        if least is not None and most is not None:
            return "between"
        return "at_least" if least is not None else "at_most" if most is not None else ""

    def _limit(self) -> str:
        kind, row = self._limit_kind(), self.row
        least, most = (self.t.number(year_or_none(row[f"{end}_population"]) or 0) for end in ("min", "max"))
        return self.say(f"eligibility.{kind}", least=least, most=most) if kind else ""

    def _able(self) -> str:
        """Say which municipalities meet the demand on size in the latest year of the period with population."""
        population = population_by_year(self.data)
        year = max(int(str(known)) for known in population.columns if int(str(known)) <= self.years[1])
        least, most = year_or_none(self.row["min_population"]), year_or_none(self.row["max_population"])
        sizes = population[year].dropna()
        fit = sizes[(sizes >= (least or 0)) & ((sizes <= most) if most is not None else True)]
        values = {"year": year, "n": self.t.number(len(fit)), "total": self.t.number(len(sizes))}
        if len(fit) > 8:
            return self.say("eligibility.who_many", **values)
        names = self.names("municipality:" + code for code in fit.sort_values(ascending=False).index)
        return self.say("eligibility.who", names=names, **values)

    def _outside(self, table: pd.DataFrame, full: bool) -> list[str]:
        unfit = table[table["mark"].isin(DOCUMENTED) & table["fits_size"].eq(False).fillna(False)]
        if unfit.empty:
            return [self.say("eligibility.outside_none", who=self.who)]
        items = [
            self.say(
                "eligibility.outside_item",
                name=plain(row["name"]),
                population=self.t.number(int(str(row["population"]))),
                year=row["population_year"],
                status=self.term("status", row["status"]),
            )
            for row in records(unfit)
        ]
        how = self.say(f"eligibility.outside_{self._limit_kind()}")
        names = self.listing(items, 8)
        said = self.count("eligibility.outside", len(unfit), names=names, the=self.the, tie=self.tie, how=how)
        return [said, self.say("eligibility.associates")] if full else [said]
