"""The page of the regional development strategies: where in the process each region is, who can learn from whom."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from natverk.data.load import Dataset
from natverk.frames import year_range
from natverk.locale import alphabetic
from natverk.strategies import STAGES
from natverk.text.page import Page, Prose, plain
from natverk.text.table import records

__all__ = ["StrategiesPage"]

#: The meeting that asked the questions of this page, and the four questions of its invitation.
_MEETING, _QUESTIONS = "evt-00007", {
    "process": "tot-00021", "home": "tot-00022", "eu2020": "tot-00023", "agenda2030": "tot-00024",
}  # fmt: skip
_FIRST_YEAR = 2014
_TOP = 3


class StrategiesPage(Page):
    """The page of all regions' strategies on a day: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    year
        The year at whose end the page looks; the year in which the data end stands for the day on which they do.
    lang
        See `Page`.

    Raises
    ------
    InvalidArgument
        If the year lies outside those that the data can know of.

    Examples
    --------
    >>> from natverk import load
    >>> page = StrategiesPage(load(), 2022, lang="en")
    >>> page.day, page.when
    ('2022-12-31', '31 December 2022')
    """

    def __init__(self, data: Dataset, year: int, *, lang: str = "sv") -> None:
        year_range(year, "year")
        last = int(data.known_until[:4])
        super().__init__(data, years=(min(_FIRST_YEAR, year), last), lang=lang, part="strategies_page")
        self.day = min(f"{year}-12-31", data.known_until)
        self.when = self.date(self.day)

    @cached_property
    def short_names(self) -> dict[str, str]:
        """The counties' short names by code."""
        return dict(zip(self.data.counties["county_code"], self.data.counties["name_short"], strict=True))

    def region(self, code: object) -> str:
        """Return the short name of a region, safe to stand in running text."""
        return plain(self.short_names[str(code)])

    def stage(self, name: object) -> str:
        """Return a stage in words."""
        return self.t(f"strategies.stage.{name}")

    def _sentence_day(self) -> str:
        if self.day.endswith("-12-31"):
            return self.say("opening.when", year=self.day[:4])
        return self.say("opening.when_today", date=self.when)

    def _pairs(self, pairs: pd.DataFrame) -> str:
        return self.count("opening.pairs", len(pairs))

    def opening(self, table: pd.DataFrame, pairs: pd.DataFrame, history: pd.DataFrame, by_year: pd.DataFrame) -> Prose:
        """Return title, question, the answer in one sentence, day, coverage, where things stand today, vintage."""
        counts = table["stage"].value_counts()
        known = [name for name in STAGES if name in counts]
        unknown = int(counts.get("unknown", 0))
        values = {
            "when": self._sentence_day(),
            "stages": self.t.join([self._in_regions(name, int(counts[name])) for name in known]),
            "unknown": unknown,
            "total": len(table),
            "pairs": self._pairs(pairs),
        }
        key = "answer_none" if not known else "answer" if unknown else "answer_all_known"
        adopted = history[history["state"] != "in_process"]
        dated = int(self._stated(adopted).sum())
        facts = {
            "day": self.say("opening.day_text", date=self.when),
            "coverage": self.say(
                "opening.coverage_text",
                known=len(table) - unknown, total=len(table), dated=dated, adopted=len(adopted),
            ),
        }  # fmt: skip
        if self.day != self.data.known_until:
            last = by_year[by_year["year"] == by_year["year"].max()]
            facts["today"] = self.say(
                "opening.today_text",
                date=self.date(self.data.known_until),
                known=int((last["stage"] != "unknown").sum()),
                total=len(last),
            )
        title, question = self.say("opening.title"), self.say("opening.question")
        return self.first_screen(title, question, self.say(f"opening.{key}", **values), facts)

    def _in_regions(self, stage: str, n: int) -> str:
        return self.say(f"opening.item.{stage}", regions=self.t.count("common.region", n))

    def _stated(self, adopted: pd.DataFrame) -> pd.Series:
        """Say of each strategy whether a source states the day or year of its adoption."""
        rows = self.data.strategies.set_index("strategy_id").loc[adopted["strategy_id"]]
        return rows["adopted_year"].notna() | rows["adopted_date"].notna()

    def origin(self) -> Prose:
        """Tell which meeting asked the question, its four questions, and where the page answers them."""
        event = self.data.events.set_index("row_id").loc[_MEETING]
        notes = self.data.network_notes.set_index("row_id").loc[list(_QUESTIONS.values())]
        cites = self.references.mark([str(event["source_id"]), *notes["source_id"]])
        date = self.on_date(event["date"]) if self.lang == "sv" else f"On {self.date(event['date'])}"
        text = self.say("origin.text", date=date[0].upper() + date[1:], place=plain(event["place"]), cites=cites)
        questions = "\n".join(f"{number}. {self.say(f'origin.{key}')}" for number, key in enumerate(_QUESTIONS, 1))
        return Prose(f"{text}\n\n{questions}\n\n{self.say('origin.answers')}")

    def stages(self, table: pd.DataFrame) -> Prose:
        """Tell which regions are at which stage, and the rule."""
        bullets = []
        for name in (*STAGES, "unknown"):
            own = table.loc[table["stage"] == name, "county_code"]
            if len(own):
                stage = self.stage(name)
                values = {"stage": stage[0].upper() + stage[1:], "n": len(own)}
                names = self.t.join(sorted((self.region(code) for code in own), key=alphabetic))
                bullets.append(f"- {self.say('stages.group', names=names, **values)}")
        rule = f"{self.say('stages.rule')} {self.t('strategies.review_rule')}"
        return Prose("\n".join(bullets) + f"\n\n{rule}")

    def timeline(self, history: pd.DataFrame) -> Prose:
        """Tell how many strategies there are, and how many lack a date or a horizon."""
        adopted = history[history["state"] != "in_process"]
        return Prose(
            self.say(
                "timeline.text",
                n=len(history),
                regions=self.t.count("common.region", history["county_code"].nunique()),
                undated=int((~self._stated(adopted)).sum()),
                open=int(adopted["horizon_year"].isna().sum()),
            )
        )

    def shifts(self, by_year: pd.DataFrame) -> Prose:
        """Tell in which year most is known."""
        known = by_year[by_year["stage"] != "unknown"].groupby("year").size()
        values = {"most": int(known.max()), "total": by_year["county_code"].nunique(), "year": int(str(known.idxmax()))}
        return Prose(self.say("years.text", **values))

    def _least(self, n: int) -> str:
        """Return a lower bound in words: that none is known does not say that there is one."""
        return self.say("references.least", n=self.t.number(n)) if n else self.say("references.none_known")

    def refers(self, table: pd.DataFrame, counts: pd.DataFrame, history: pd.DataFrame) -> Prose:
        """Tell how many strategies refer to Europe 2020 and Agenda 2030, and that a blank is unknown."""
        low = counts.set_index("reference")["low"]
        unknown = (counts["n_regions"] - counts["n_known"]).set_axis(counts["reference"])
        text = self.say(
            "references.text",
            when=self._sentence_day(), total=len(table),
            agenda=self._least(int(low["agenda2030"])), agenda_unknown=int(unknown["agenda2030"]),
            eu=self._least(int(low["eu2020"])), eu_unknown=int(unknown["eu2020"]),
        )  # fmt: skip
        agenda = sorted(
            (self.region(code) for code in table.loc[table["agenda2030"] == "yes", "county_code"]), key=alphabetic
        )
        europe = history[history["eu2020"] == "yes"]
        years = europe["adopted_last"].str[:4]
        named = [
            self.say("references.item_year", region=self.region(code), year=year)
            for code, year in zip(europe["county_code"], years, strict=True)
        ]
        every = self.say(
            "references.all", n=len(history), eu=len(europe), agenda=int((history["agenda2030"] == "yes").sum())
        )
        cites = self.references.mark(list(europe["source_id"]))
        return self.markdown(
            text,
            self.say("references.agenda_names", names=self.t.join(agenda)) if agenda else "",
            every,
            self.say("references.eu_names", names=self.t.join(named)) + cites if named else "",
        )

    def pairs(self, table: pd.DataFrame, pairs: pd.DataFrame) -> Prose:
        """Tell which pairs have most in common, and who has fresh experience for whom."""
        if pairs.empty:
            return Prose(self.say("pairs.none"))
        best = pairs.sort_values(["n_reasons", "age_gap"], ascending=[False, True], kind="stable").head(_TOP)
        top = [
            self.say("pairs.top_item", one=self.region(row["county_a"]), other=self.region(row["county_b"]))
            for row in records(best)
        ]
        new = self._at(table, ("new",))
        following = self._at(table, ("due_for_review", "horizon_passed", "in_process"))
        ahead = self.say("pairs.ahead", new=self.t.join(new), next=self.t.join(following)) if new and following else ""
        text = self.say("pairs.text", pairs=self._pairs(pairs), top=self.t.join(top))
        return self.markdown(text, ahead, self.say("pairs.rule"))

    def _at(self, table: pd.DataFrame, stages: tuple[str, ...]) -> list[str]:
        return sorted(
            (self.region(code) for code in table.loc[table["stage"].isin(stages), "county_code"]), key=alphabetic
        )

    def unknown(self, table: pd.DataFrame) -> Prose:
        """Tell for which regions the sources do not suffice, and what would settle it."""
        open_ = table[table["stage"] == "unknown"]
        if open_.empty:
            return Prose(self.say("unknown.none"))
        items = []
        for row in records(open_):
            possible = str(row["possible_stages"]).split("|")
            said = self.say("unknown.any") if len(possible) == len(STAGES) else self._either(possible)
            items.append(self.say("unknown.item", region=self.region(row["county_code"]), stages=said))
        values = {"n": len(open_), "total": len(table), "names": self.t.join(items)}
        return self.markdown(self.say("unknown.text", **values), self.say("unknown.how"))

    def _either(self, stages: list[str]) -> str:
        return " / ".join(self.stage(name) for name in stages)

    def mistake(self, history: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with the rows of the strategies."""
        return self.mistake_text(self.say("opening.title"), history["row_id"])
