"""Further sentences of the country's page: practised roles, overlap, models, joint bodies, what is unknown."""

from __future__ import annotations

import pandas as pd

from natverk.models import Participation, leave_one_county_out
from natverk.text.models import participation_text
from natverk.text.nullvalues import conditions, tested, verdict
from natverk.text.page import Prose, inside, leaders, plain
from natverk.text.sweden import SwedenPage
from natverk.text.table import records
from natverk.twomode.nullmodel import NullTest

__all__ = ["SwedenReport"]


class SwedenReport(SwedenPage):
    """The whole page of the country: `SwedenPage` with the sentences of all sections."""

    def theme(self, theme: object) -> str:
        """Return a theme as it stands inside a sentence."""
        return inside(self.t(f"common.theme.{theme}"))

    def practised(self, roles: pd.DataFrame, levels: pd.DataFrame) -> Prose:
        """Tell in how many county–theme cells how many levels are attested, where most and where least."""
        sums = levels[["several", "one", "none"]].sum()
        total = int(levels["themes"].sum())
        by_theme = roles[roles["attested_pattern"].str.contains("+", regex=False)].groupby("theme").size()
        top = leaders([self.theme(theme) for theme in by_theme.index], [int(n) for n in by_theme])
        bare = roles.groupby("theme")["attested_pattern"].agg(lambda found: int((found == "none attested").sum()))
        least = leaders([self.theme(theme) for theme in bare.index], [int(n) for n in bare])
        values = {
            "total": self.t.number(total),
            "several": self.t.number(int(sums["several"])),
            "several_share": self.t.percent(sums["several"] / total),
            "one": self.t.number(int(sums["one"])),
            "none": self.t.number(int(sums["none"])),
        }
        return self.paragraphs(
            (
                self.say("practised.summary", **values),
                self.say("practised.top", list=self._ranked(top)) if top else "",
                self.say("practised.bare", list=self._ranked(least)) if least else "",
            ),
            (self.say("practised.spread", **self.spread(levels)), self.say("practised.how")),
        )

    def _ranked(self, pairs: list[tuple[str, int]]) -> str:
        return self.t.join([self.say("practised.item", theme=name, n=self.t.number(n)) for name, n in pairs])

    def compared(self, compared: pd.DataFrame, counts: pd.DataFrame) -> Prose:
        """Tell how often formal and practised roles agree, and why the rest is unknown.

        Parameters
        ----------
        compared
            `roles.compare` of `compare_year`.
        counts
            `roles.responsibility_counts` of `held_years`.
        """
        first = self._all_regions(counts) is not None
        outcome = compared["outcome"].value_counts()
        reasons = compared.loc[compared["outcome"] == "unknown", "reason"].value_counts()
        items = [
            self.say("compare.item", reason=self.say(f"compare.reason.{reason}"), n=self.t.number(int(n)))
            for reason, n in sorted(reasons.items(), key=lambda item: (-int(item[1]), str(item[0])))
        ]
        n = int(outcome.get("agreement", 0))
        agreed = compared[compared["outcome"] == "agreement"].groupby("policy_area").size()
        top = leaders([self.area(area) for area in agreed.index], [int(count) for count in agreed])
        values = {
            "year": int(compared["year"].iloc[0]),
            "total": self.t.number(len(compared)),
            "agreement": self.t.number(n),
            "share": self.t.percent(n / len(compared)),
            "best": self.t.number(int((compared["outcome_best"] == "agreement").sum())),
            "unknown": self.t.number(int(outcome.get("unknown", 0))),
        }
        return self.paragraphs(
            (
                self.say("compare.summary_first" if first else "compare.summary", **values)
                + " "
                + self._established({name: int(outcome.get(name, 0)) for name in ("substitution", "gap")}),
                self.say("compare.top", list=self._ranked(top)) if top else "",
            ),
            (
                self.say("compare.why", list="; ".join(items), **values) if items else "",
                self.say("compare.rule"),
            ),
        )

    def _established(self, cases: dict[str, int]) -> str:
        """Say in how many cases others than who is responsible, or nobody, are established as active."""
        if not any(cases.values()):
            return self.say("compare.established_none")
        words = {
            name: self.count("compare.cases", n) if n else self.say("compare.no_case") for name, n in cases.items()
        }
        return self.say("compare.established", **words)

    def area(self, area: object) -> str:
        """Return a policy area as it stands inside a sentence."""
        return inside(self.term("policy_area", area))

    def overlap(self, both: NullTest, every: NullTest, n_both: int, n_every: int) -> Prose:
        """Tell whether regions and municipalities share more networks than the null model gives.

        Parameters
        ----------
        both, every
            `null_test` of `twomode.shared_networks` in the networks that both levels may join, and in all.
        n_both, n_every
            Numbers of these networks.
        """
        shared, nested = tested(self, both, "sweden"), tested(self, both, "nodf")
        counts = {"n_networks": self.t.number(n_both), "n_counties": self.t.number(len(both.frame) - 2)}
        wide = {"n_networks": self.t.number(n_every), "n_one": self.t.number(n_every - n_both)}
        return self.paragraphs(
            (self.say("overlap.shared", **counts, **shared), self.say(f"overlap.{verdict(both, 'sweden')}")),
            (self.say("overlap.every", **wide, **tested(self, every, "sweden")),),
            (
                self.say("overlap.nested", **nested),
                self.say(f"overlap.nested_{verdict(both, 'nodf')}"),
                self.say("overlap.counties", n=self.t.number(len(both.frame))),
            ),
        )

    def conditions(self, test: NullTest) -> Prose:
        """Tell what the null model is conditional on and how it was made."""
        return Prose(conditions(test, self.lang))

    def model(self, result: Participation) -> Prose:
        """Tell what a participation model says: who enters, what doubling the population goes with, dispersion."""
        kind = result.outcome
        if result.refused is not None:
            return self.markdown(participation_text(self.t, result))
        own = result.coefficients[result.coefficients["family"] == "poisson"].set_index("term")["coefficient"]
        once = leave_one_county_out(result)
        once = once[once["term"].isin(result.terms)]
        kept = once.groupby("term")["sign_kept"].agg(lambda signs: bool(signs.fillna(False).all()))
        steady = [self.term("covariate", term) for term in result.terms if kept[term]]
        fit = result.fits[result.fits["family"] == "poisson"].iloc[0]
        alpha = result.overdispersion.set_index("form")["alpha"]
        total = self.t.number(int(fit["total"]))
        dispersion = {
            "nb2": self._signed(float(alpha["nb2"])),
            "nb1": self._signed(float(alpha["nb1"])),
            "pearson": self.t.number(float(fit["pearson_dispersion"]), 2),
        }
        n = once["county_code"].nunique()
        return self.paragraphs(
            (participation_text(self.t, result),),
            (
                self.say("model.size", total=total, n=self.t.number(len(result.design)), terms=len(result.terms)),
                self.say(f"model.population_{kind}", ratio=self.t.number(2 ** float(own["log_population"]), 1)),
                self.say("model.steady", n=n, names=self.t.join(steady))
                if steady
                else self.say("model.steady_none", n=n),
                self.say(
                    "model.dispersion_none" if float(alpha["nb2"]) <= 0 else "model.dispersion_some", **dispersion
                ),
            ),
        )

    def _signed(self, value: float) -> str:
        return ("−" if round(value, 2) < 0 else "") + self.t.number(abs(value), 2)

    def bodies(self, bodies: pd.DataFrame, across: pd.DataFrame) -> Prose:
        """Tell how many joint bodies there are, in which forms, and how many cross a county or state border."""
        forms = bodies["form_class"].value_counts()
        listed = self.t.join([self.count(f"bodies.form.{form}", int(n)) for form, n in forms.items()])
        wide = int(bodies["county_codes"].fillna("").str.contains(";").sum())
        ended = int(bodies["dissolved_year"].notna().sum())
        known = across[across[["n_municipal", "n_regional", "n_joint"]].sum(axis=1) > 0]
        top = records(known.head(1))
        border = {
            "n": self.t.number(len(across)),
            "known": self.t.number(len(known)),
            "both": self.t.number(int(((across["n_municipal"] > 0) & (across["n_regional"] > 0)).sum())),
        }
        largest = ""
        if top:
            name, n = plain(self.network(top[0]["network_id"])), int(str(top[0]["n_municipal"]))
            largest = self.say("bodies.largest", name=name, n=self.t.count("common.municipality", n))
        numbers = {"n": self.t.number(len(bodies)), "list": listed, "held": self.t.number(int(bodies["held"].sum()))}
        return self.paragraphs(
            (
                self.say("bodies.summary", **numbers),
                self.say("bodies.wide", n=self.t.number(wide), ended=self.t.number(ended)),
                self.say("bodies.how"),
            ),
            (self.say("bodies.border", **border), largest),
        )

    def benchmarks(self, table: pd.DataFrame) -> Prose:
        """Tell how many published numbers equal ours, differ, or cannot be compared, and why not."""
        outcome = table["outcome"].value_counts()
        reasons = table.loc[table["outcome"] == "not comparable", "reason"].value_counts()
        items = [
            self.say("benchmarks.item", reason=self.t(f"benchmarks.reason.{reason}"), n=self.t.number(int(n)))
            for reason, n in sorted(reasons.items(), key=lambda item: (-int(item[1]), str(item[0])))
        ]
        names = {"equal": "equal", "differs": "differs", "not comparable": "not_comparable"}
        values = {key: self.t.number(int(outcome.get(name, 0))) for name, key in names.items()}
        return self.markdown(
            self.say("benchmarks.summary", total=self.t.number(len(table)), **values),
            self.say("benchmarks.why", list=self.t.join(items)) if items else "",
        )

    def unknown(
        self, coverage: float, when: pd.DataFrame, after: pd.DataFrame, found: pd.DataFrame, joins: pd.DataFrame
    ) -> Prose:
        """Tell what is not known: cells, dates of transfers, dates of tasks, years of joins, disagreements."""
        open_ = int(when.loc[when["state"] == "interval", "county_code"].nunique())
        undated = int(after.loc[after["validity"] == "unknown", "n_tasks"].sum())
        dated = int((joins["start_basis"] == "stated").fillna(value=False).sum())
        items = [
            self.say("unknown.cells", share=self.t.percent(coverage, 1)),
            self.say("unknown.joins", n=self.t.number(len(joins) - dated), total=self.t.number(len(joins))),
            self.say(
                "unknown.transfers",
                n=self.count("county", open_),
                municipalities=self.t.count("common.municipality", self._municipalities(when)),
            ),
            self.say("unknown.tasks", n=self.t.number(undated), total=self.t.number(int(after["n_tasks"].sum()))),
            self.say("unknown.activity"),
            self.count("unknown.disagree", len(found)) if len(found) else "",
        ]
        return Prose("\n".join(f"- {item}" for item in items if item))

    def _municipalities(self, when: pd.DataFrame) -> int:
        open_ = set(when.loc[when["state"] == "interval", "county_code"])
        return int(self.data.municipalities["county_code"].isin(open_).sum())

    def mistake(self, held: pd.DataFrame, bodies: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with the rows behind responsibility and bodies."""
        rows = [row for text in bodies["row_ids"] for row in text.split(";") if row]
        return self.mistake_text(self.say("opening.unit"), [*held["row_id"], *rows])
