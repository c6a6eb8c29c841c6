"""The page of a review: which of an actor's memberships are worth it, by which criteria, and how sure that is."""

from __future__ import annotations

import re
from functools import cached_property

import pandas as pd

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.figures.verdicts import VERDICTS, share_text
from natverk.frames import known_actor
from natverk.locale import Texts, genitive
from natverk.membership.documented import DOCUMENTED
from natverk.portfolio import Review, Rule
from natverk.text.documented import DocumentedPage
from natverk.text.page import Prose, plain
from natverk.text.table import records

__all__ = ["PortfolioPage", "signed"]

#: Where the core purposes come from.
_ORIGIN = "seed-stockholm-2011"
_FIRST_YEAR = 1997


def signed(value: float, t: Texts, decimals: int = 1) -> str:
    """Return a number of the scale with a true minus sign.

    >>> from natverk.locale import texts
    >>> signed(-1.214, texts("sv"))
    '−1,2'
    """
    return t.number(value, decimals).replace("-", "−")


def _shortened(name: str) -> str:
    """Return an acronym that stands in brackets, or the name before them.

    >>> _shortened("Assembly of European Regions (AER)"), _shortened("Metropolis (World Association)")
    ('AER', 'Metropolis')
    """
    head, _, tail = name.partition(" (")
    acronym = re.match(r"([A-ZÅÄÖ][A-Za-zÅÄÖåäö0-9]{1,9})\)$", tail)
    return acronym[1] if acronym and sum(map(str.isupper, tail)) > 1 else head


class PortfolioPage(DocumentedPage):
    """The page of one actor's networks: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    actor
        Id or name of a municipality, region or joint body.
    rule
        The rule, with the criteria that it weighs.
    lang
        See `Page`.

    Raises
    ------
    UnknownName
        For an unknown actor, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.portfolio import Rule
    >>> page = PortfolioPage(load(), "municipality:0180", Rule(), lang="en")
    >>> page.name, page.short("uclg"), page.short("metropolis")
    ('Stockholm', 'UCLG', 'Metropolis')
    """

    def __init__(self, data: Dataset, actor: str, rule: Rule, *, lang: str = "sv") -> None:
        last = max(_FIRST_YEAR, int(data.known_until[:4]))
        super().__init__(data, years=(_FIRST_YEAR, last), lang=lang, part="portfolio_review")
        self.actor_id = known_actor(data, actor)
        self.review_rule = rule
        self.name = plain(self.actor(self.actor_id))

    def say(self, key: str, /, **values: object) -> str:
        """Return a text of this page, or of all pages; how to read it names the actor."""
        if key == "opening.read_text":
            values = {"whose": genitive(self.name, self.lang)} | values
        return super().say(key, **values)

    def short(self, network_id: object) -> str:
        """Return a network's name as a sentence takes it: the acronym in brackets, or what stands before them."""
        return self._short[str(network_id)]

    @cached_property
    def _short(self) -> dict[str, str]:
        names = self.data.networks.set_index("network_id")["name_sv" if self.lang == "sv" else "name"]
        return {str(network): _shortened(str(name)) for network, name in names.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """The networks' short names by id, safe to stand in running text."""
        return {network: plain(name) for network, name in self._short.items()}

    def criterion(self, name: object) -> str:
        """Return a criterion in words."""
        return self.term("criterion", name)

    def verdict(self, name: object) -> str:
        """Return a recommendation of the rule in words."""
        return self.t(f"portfolio.verdict.{name}")

    def when(self, review: Review) -> str:
        """Say when a review was made."""
        return self._year(review.year)

    def _year(self, year: object) -> str:
        known = not pd.isna(year)  # type: ignore[call-overload]
        return self.say("opening.in_year", year=year) if known else self.say("opening.undated")

    def firm(self, own: pd.DataFrame) -> pd.DataFrame:
        """Return the documented ties; former members and looser ties are shown, but not counted."""
        return own[own["mark"].isin(DOCUMENTED)]

    def documented(self, own: pd.DataFrame) -> str:
        """Say how many ties are documented."""
        return self.t.count("terms.pair", len(self.firm(own)))

    def scored(self, review: Review) -> pd.DataFrame:
        """Return the scores of the networks on which the rule gives something."""
        return review.scores[review.scores["recommendation"].notna()]

    def opening(self, own: pd.DataFrame, review: Review) -> Prose:
        """Return title, question, the answer in one sentence, review, criteria, coverage, vintage and citation."""
        facts = {
            "review": self._review(review),
            "criteria": self._criteria(),
            "coverage": self._coverage(own, review),
        }
        title = self.say("opening.title", name=self.name)
        return self.first_screen(title, self.say("opening.question", name=self.name), self._answer(own, review), facts)

    def _answer(self, own: pd.DataFrame, review: Review) -> str:
        scored, values = self.scored(review), {"name": self.name, "ties": self.documented(own)}
        networks = self.t.count("common.network", len(scored))
        if review.scores.empty:
            return self.say("opening.answer_none" if len(self.firm(own)) else "opening.answer_nothing", **values)
        if scored.empty:
            return self.say("opening.answer_unjudged", networks=self._listed(review.scores["network_id"]), **values)
        verdicts = [
            self.say("opening.verdict", verdict=self.verdict(name), networks=self._listed(rows["network_id"]))
            for name, rows in ((name, scored[scored["recommendation"] == name]) for name in VERDICTS)
            if len(rows)
        ]
        values |= {"networks": networks, "when": self.when(review), "verdicts": self.t.join(verdicts)}
        return self.say("opening.answer", agreement=self._agreement(review), **values)

    def _listed(self, networks: pd.Series) -> str:
        return self.t.join([self.names[network] for network in networks])

    def _agreement(self, review: Review) -> str:
        stated = review.comparison[review.comparison["agreement"].isin(["agrees", "differs"])]
        k, n = int((stated["agreement"] == "agrees").sum()), len(stated)
        if not n:
            return self.say("opening.agree_none")
        if not k:
            return self.say("opening.agree_differs")
        every = k == n == len(self.scored(review))
        return self.say("opening.agree_all") if every else self.say("opening.agree_some", k=k, n=n)

    def _review(self, review: Review) -> str:
        if review.judgements.empty:
            return self.say("opening.review_none")
        values = {
            "judged": self.count("opening.judged", len(review.judgements)),
            "networks": self.t.count("common.network", review.judgements["network_id"].nunique()),
            "when": self.when(review),
            "cites": self.references.mark(review.judgements["source_id"].unique()),
        }
        return self.say("opening.review_text", **values)

    def _criteria(self) -> str:
        weights = self.review_rule.weights
        if max(weights.values()) - min(weights.values()) < 1e-9:
            names = self.t.join([self.criterion(name) for name in weights])
            return f"{self.say('opening.criteria_equal', n=len(weights))}: {names}"
        items = [
            self.say("opening.criteria_item", criterion=self.criterion(name), weight=self.t.percent(weight))
            for name, weight in weights.items()
        ]
        return self.t.join(items)

    def _coverage(self, own: pd.DataFrame, review: Review) -> str:
        firm, scored = self.firm(own), self.scored(review)
        if scored.empty:
            return (
                self.say("opening.coverage_none", ties=self.documented(own))
                if len(firm)
                else self.say("opening.coverage_nothing")
            )
        values = {
            "judged": self.t.number(int(firm["network_id"].isin(scored["network_id"]).sum())),
            "ties": self.documented(own),
            "cells": self.t.number(int(scored["n_judged"].sum())),
            "all_cells": self.t.number(int((scored["n_judged"] + scored["n_missing"]).sum())),
        }
        return self.say("opening.coverage_text", **values)

    def portfolio(self, own: pd.DataFrame, review: Review) -> Prose:
        """Tell which ties are documented, which of them are judged, and what complete lists say of them."""
        firm, scored = self.firm(own), self.scored(review)
        if firm.empty and scored.empty:
            return Prose(self.say("portfolio.none", name=self.name))
        parts = [self.say("portfolio.none", name=self.name)]
        if len(firm):
            parts = [self.say("portfolio.summary", name=self.name, ties=self.documented(own), kinds=self.kinds(firm))]
        if scored.empty:
            return self.markdown(*parts, self.say("portfolio.judged_none"))
        key = "portfolio.judged" if len(scored) > 1 else "portfolio.judged_one"
        parts.append(self.say(key, names=self._listed(scored["network_id"]), when=self.when(review)))
        outside = scored.loc[~scored["network_id"].isin(firm["network_id"]), "network_id"]
        if len(outside):
            items = [self.say("portfolio.outside_item", network=self.names[n], status=self._tie(n)) for n in outside]
            parts.append(self.say("portfolio.outside", list=self.t.join(items)))
        return self.markdown(*parts, *self._lists(scored["network_id"], review.year))

    def _tie(self, network: str) -> str:
        """Say in which relation the actor stands to a network that it is no documented member of."""
        rows = rows_where(self.data, "memberships", actor_id=self.actor_id, network_id=network)
        return self.t.join([self.term("status", status) for status in sorted(rows["status"].unique())]) or self.say(
            "portfolio.outside_unknown"
        )

    def _lists(self, networks: pd.Series, year: int | None) -> list[str]:
        """Say how many Swedish members the judged networks had in the year, where a complete list tells it."""
        lists = self.data.member_lists
        found = lists[lists["network_id"].isin(networks) & (lists["year"] == year).fillna(False)] if year else lists[:0]
        return [
            self.say(
                "portfolio.listed",
                network=self.names[str(row["network_id"])],
                members=self.count(
                    "portfolio.full" if row["status_scope"] == "full" else "portfolio.all", int(str(row["n_sweden"]))
                ),
                year=row["year"],
                cites=self.references.mark(str(row["source_id"])),
            )
            for row in records(found)
        ]

    def rule(self) -> Prose:
        """Tell the written rule with its thresholds, where its purposes come from, and that one voice is read."""
        rule = self.review_rule
        limits = {"leave": rule.leave_below, "keep": rule.keep_above, "expand": rule.expand_from}
        values = {name: f"{value:g}".replace(".", "," if self.lang == "sv" else ".") for name, value in limits.items()}
        core = self.t.join([self.criterion(name) for name in rule.core])
        return self.markdown(
            self.say("rule.text", breadth=rule.breadth, core=len(rule.core), **values),
            self.say("rule.core", names=core, cites=self.references.mark(_ORIGIN)),
            self.say("rule.one_voice"),
        )

    def share(self, value: float) -> str:
        """Return a share of draws as text."""
        return share_text(value, self.t)
