"""The sentences of the region report, built from its numbers."""

from __future__ import annotations

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import known_county
from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.membership.panel import SETS, networks_counting_as
from natverk.text.documented import DocumentedPage
from natverk.text.page import Prose, leaders, plain
from natverk.text.table import records

__all__ = ["RegionPage"]


class RegionPage(DocumentedPage):
    """The page of one region: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    region
        Code, name or common short form.
    years, lang
        See `Page`.

    Raises
    ------
    UnknownName
        For an unknown region, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> page = RegionPage(load(), "Västra Götaland", years=(1997, 2024), lang="en")
    >>> page.county, page.name, page.unitary
    ('14', 'Västra Götalandsregionen', False)
    """

    def __init__(self, data: Dataset, region: str, *, years: tuple[int, int], lang: str = "sv") -> None:
        super().__init__(data, years=years, lang=lang, part="region_report")
        self.county = known_county(data, region, "region")
        row = data.counties.set_index("county_code").loc[self.county]
        self.name = str(row["region_name"])
        self.place = str(row["name"])
        self.region_actor = str(row["region_actor_id"])
        self.unitary = self.region_actor.startswith("municipality:")

    def opening(self, actors: pd.DataFrame, held: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Return title, question, the answer in one sentence, period, vintage, coverage and citation."""
        facts = {"period": self.period, "coverage": self._coverage(actors, own)}
        question, answer = self.say("opening.question", county=self.place), self._answer(actors, held, own)
        return self.first_screen(self.name, question, answer, facts)

    def _pairs(self, actors: pd.DataFrame) -> int:
        return len(actors) * len(networks_counting_as(self.data, SETS))

    def _coverage(self, actors: pd.DataFrame, own: pd.DataFrame) -> str:
        total = self._pairs(actors)
        number = self.t.number
        return self.say(
            "opening.coverage_text",
            known=number(len(own)),
            total=number(total),
            share=self.t.percent(len(own) / total, 1),
        )

    def _answer(self, actors: pd.DataFrame, held: pd.DataFrame, own: pd.DataFrame) -> str:
        firm = own[own["mark"].isin(DOCUMENTED)]
        values = {
            "county": self.place,
            "networks": self.ties(firm),
            "share": self.t.percent(len(own) / self._pairs(actors), 1),
            "who": self._who(actors, firm),
        }
        run = self.current(held)
        if run.empty:
            return self.say("opening.answer_no_holder", **values)
        values |= {"holder": plain(run["holder_name"].iloc[-1]), "since": str(run["start"].iloc[0])[:4]}
        if firm.empty:
            return self.say("opening.answer_none", **values)
        return self.say("opening.answer_unitary" if self.unitary else "opening.answer", **values)

    def _who(self, actors: pd.DataFrame, firm: pd.DataFrame) -> str:
        """Say who is documented: municipalities, the region, joint bodies."""
        with_any = actors[actors["actor_id"].isin(firm["actor_id"])]
        municipal = actors[actors["level"].isin(["municipal", "unitary"])]
        n = int(with_any["level"].isin(["municipal", "unitary"]).sum())
        key = "municipalities" if n else "municipality_none"
        key = "municipality_all" if n == len(municipal) > 1 else key
        parts = [self.say(f"opening.{key}", n=self.t.number(n), total=self.t.number(len(municipal)))]
        if (with_any["level"] == "regional").any():
            parts.append(self.say("opening.region_yes"))
        bodies = int((with_any["level"] == "joint").sum())
        if bodies:
            parts.append(self.t.count("terms.joint_body", bodies))
        return self.t.join(parts)

    def current(self, held: pd.DataFrame) -> pd.DataFrame:
        """Return the spells without a break by the actor that holds the responsibility now."""
        if held.empty or pd.notna(held["end"].iloc[-1]):
            return held.iloc[:0]
        same = held["holder_actor_id"] == held["holder_actor_id"].iloc[-1]
        breaks = (~same).to_numpy().nonzero()[0]
        return held.iloc[breaks[-1] + 1 :] if len(breaks) else held

    def responsibility(self, held: pd.DataFrame) -> Prose:
        """Tell who holds the responsibility, who held it before, and what cannot be dated."""
        if held.empty:
            return Prose(self.say("responsibility.none", county=self.place))
        run = self.current(held)
        parts = []
        if len(run):
            since = str(run["start"].iloc[0])[:4]
            values = {"holder": plain(run["holder_name"].iloc[-1]), "since": since, "county": self.place}
            parts.append(self.say("responsibility.now", **values) + self.references.mark(";".join(run["source_id"])))
        before = held.iloc[: len(held) - len(run)]
        if len(before):
            runs = self._runs(held)[: len(self._runs(before))]
            items = [self.say("responsibility.before_item", holder=plain(name), years=years) for name, years in runs]
            cites = self.references.mark(";".join(before["source_id"]))
            parts.append(self.say("responsibility.before", list=self.t.join(items)) + cites)
        changed = held["holder_actor_id"] != held["holder_actor_id"].shift()
        open_ = held[changed & (held["start_earliest"].str[:4] != held["start_latest"].str[:4])]
        spans = [
            f"{first[:4]}–{last[:4]}"
            for first, last in zip(open_["start_earliest"], open_["start_latest"], strict=True)
        ]
        if spans:
            parts.append(self.say("responsibility.uncertain", spans=self.t.join(spans)))
        return self.markdown(*parts)

    def _runs(self, held: pd.DataFrame) -> list[tuple[str, str]]:
        """Return holders with their years, one run a holder; an uncertain start is the predecessor's uncertain end."""
        rows = records(held)
        # One actor may have had two names, of which one in brackets is no other; a county that was made of three is.
        names = [(row["holder_actor_id"], str(row["holder_name"]).partition(" (")[0]) for row in rows]
        heads = [n for n, name in enumerate(names) if n == 0 or name != names[n - 1]]
        found = []
        for head, after in zip(heads, [*heads[1:], None], strict=True):
            last = rows[after - 1] if after is not None else rows[-1]
            end = str(last["end"])[:4] if after is None else self.change(rows[after], str(last["end"])[:4])
            start = self.change(rows[head], str(rows[head]["start"])[:4])
            plain_years = start.isdigit() and end.isdigit()
            years = start if start == end else f"{start}–{end}" if plain_years else ""
            found.append(
                (str(last["holder_name"]), years or self.say("responsibility.between_to", start=start, end=end))
            )
        return found

    def day(self, row: dict[str, object]) -> str:
        """Return the day a holder came, or as much of it as is known: the year, or a span of years."""
        first, last = str(row["start_earliest"]), str(row["start_latest"])
        return self.date(row["start"]) if first == last else self.change(row, first[:4])

    def change(self, row: dict[str, object], year: str) -> str:
        """Return when a holder came: the year, or the span of years in which it must have been."""
        first, last = str(row["start_earliest"])[:4], str(row["start_latest"])[:4]
        return year if first == last else self.say("responsibility.between", first=first, last=last)

    def strategy(self) -> Prose:
        """Tell which regional development strategy is the latest known."""
        frame = self.data.strategies
        frame = frame[(frame["county_code"] == self.county) & (frame["status"] != "in_process")]
        if frame.empty:
            return Prose(self.say("responsibility.strategy_none"))
        # One that another has replaced is not the latest, however well it is dated.
        valid = frame[frame["status"] != "superseded"]
        frame = valid if len(valid) else frame
        dated = frame[frame["adopted_year"].notna()].sort_values(["adopted_year", "adopted_date"])
        row = (dated if len(dated) else frame).iloc[-1]
        known = pd.notna(row["horizon_year"])
        horizon = self.say("responsibility.strategy_horizon", year=self.year(row["horizon_year"])) if known else ""
        key = "strategy" if pd.notna(row["adopted_year"]) else "strategy_undated"
        date = row["adopted_date"] if pd.notna(row["adopted_date"]) else row["adopted_year"]
        text = self.say(
            f"responsibility.{key}",
            title=plain(row["title"]),
            adopted=self.on_date(date),
            by=plain(row["adopted_by"]),
            horizon=horizon,
            cites=self.references.mark(row["source_id"]),
        )
        refers = pd.notna(row["agenda2030_ref"]) and bool(row["agenda2030_ref"])
        passed = bool(known) and int(str(row["horizon_year"])) < int(self.data.known_until[:4])
        return self.markdown(
            text,
            self.say("responsibility.strategy_passed") if passed else "",
            self.say("responsibility.strategy_agenda") if refers else "",
        )

    def networks(self, actors: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell how many networks, who has most, what region and municipalities share, who has none."""
        firm = own[own["mark"].isin(DOCUMENTED)]
        if firm.empty:
            return Prose(self.say("networks.none"))
        counts = firm.groupby("actor_id").size()
        ranked = actors.assign(n=actors["actor_id"].map(counts).fillna(0).astype(int))
        ranked = ranked.sort_values("n", ascending=False, kind="stable")
        who = (
            self.say("networks.actors_unitary", name=plain(actors["name"].iloc[0]))
            if len(actors) == 1
            else self.say("networks.actors", with_any=self.t.number(len(counts)), total=self.t.number(len(actors)))
        )
        parts = [
            self.say(
                "networks.summary",
                pairs=self.t.count("terms.pair", len(firm)),
                networks=self.ties(firm),
                actors=who,
                kinds=self.kinds(firm),
            )
        ]
        if len(actors) > 1:
            first = leaders(list(ranked["name"]), [int(n) for n in ranked["n"]])
            top = [self.say("networks.item", name=plain(name), n=self.t.number(n)) for name, n in first]
            parts.append(self.say("networks.most", list=self.t.join(top)))
        if not self.unitary:
            level = firm["actor_id"].map(actors.set_index("actor_id")["level"])
            both = set(firm.loc[level == "regional", "network_id"]) & set(firm.loc[level == "municipal", "network_id"])
            names = sorted((plain(self.network(item)) for item in both), key=alphabetic)
            values = {"n_shared": self.t.number(len(names)), "names": self.listing(names)}
            parts.append(self.say("networks.shared", **values) if names else self.say("networks.shared_none"))
        without = ranked.loc[~ranked["actor_id"].isin(own["actor_id"]), "name"].sort_values(
            key=lambda names: names.map(alphabetic)
        )
        if len(without):
            parts.append(self.say("networks.without", names=self.listing(plain(name) for name in without)))
        return self.markdown(*parts)
