"""Further sentences of the page of a review: scores, comparison, sensitivity, gaps, other voices, the sheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from natverk.data.answers import rows_where
from natverk.data.spreadsheets import read_table
from natverk.frames import each_row
from natverk.locale import LANGUAGES, alphabetic, genitive, texts
from natverk.portfolio import CRITERIA, Review, blank_sheet, review_years
from natverk.text.page import Prose
from natverk.text.portfolio import PortfolioPage, signed
from natverk.text.tables.outcome import n_offices

__all__ = ["PortfolioReview", "read_sheet"]

#: Rows of a sheet for an actor of which no network is known.
_BLANK_ROWS = 3
_EVIDENCE = ("functions", "projects", "missions")


def read_sheet(path: Path | str, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a sheet that a page of a review offers, whatever its language, as `portfolio.filled_sheet` takes it.

    Parameters
    ----------
    path, encoding
        As in `coding.read_table`.

    Returns
    -------
    pd.DataFrame
        The sheet with `network`, the criteria by their ids and `rationale` as columns; all text.

    Raises
    ------
    MissingFile, DataError, InvalidArgument
        As in `coding.read_table`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from natverk.portfolio import filled_sheet
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ark.csv")
    ...     _ = path.write_text("Nätverk,Påverkan\\nSERN,+1\\n", encoding="utf-8")
    ...     filled_sheet(read_sheet(path))[["network_id", "criterion", "judgement"]].values.tolist()
    [['SERN', 'influence', 1]]
    """
    columns: dict[str, str] = {}
    for t in map(texts, LANGUAGES):
        columns |= {t(f"page.column.{name}").casefold(): name for name in ("network", "rationale")}
        columns |= {t(f"terms.criterion.{name}").casefold(): name for name in CRITERIA}
    filled = read_table(path, encoding=encoding)
    return filled.rename(columns=lambda name: columns.get(name.strip().casefold(), name))


class PortfolioReview(PortfolioPage):
    """The whole page of a review: `PortfolioPage` with the sentences of all sections."""

    @property
    def actors(self) -> pd.DataFrame:
        """The actor as a frame of one row, as the tables take it."""
        return pd.DataFrame({"actor_id": [self.actor_id], "name": [self.actor(self.actor_id)]})

    def scores(self, review: Review) -> Prose:
        """Tell the highest and the lowest mean."""
        scored = self.scored(review).sort_values("best", ascending=False, kind="stable")
        if scored.empty:
            return Prose("")
        first, last = scored.iloc[0], scored.iloc[-1]
        values = {
            "best": self.names[first["network_id"]],
            "best_mean": signed(first["best"], self.t),
            "worst": self.names[last["network_id"]],
            "worst_mean": signed(last["best"], self.t),
        }
        return Prose(self.say("scores.summary" if len(scored) > 1 else "scores.summary_one", **values))

    def other_years(self, review: Review) -> Prose:
        """Tell from which other years the same actor has judged networks."""
        years = review_years(self.data, self.actor_id)
        same = years["year"].isna() if review.year is None else (years["year"] == review.year).fillna(False)
        others = years[~same]
        if others.empty:
            return Prose("")
        named = [
            self.year(year) if pd.notna(year) else self.say("scores.undated") for year in others["year"].sort_values()
        ]
        return Prose(self.say("scores.other_years", years=self.t.join(named)))

    def beside(self, review: Review) -> Prose:
        """Tell, network by network, what the rule gives and what was recommended, and what became of it."""
        if review.comparison.empty:
            return Prose(self.say("beside.none"))
        bullets = []
        for row in each_row(review.comparison):
            stated = [self.t(f"terms.recommendation.{item}") for item in row.stated.split("|") if item]
            computed = self.verdict(row.recommendation) if row.agreement != "not_judged" else ""
            values = {"network": self.names[row.network_id], "computed": computed, "stated": self.t.join(stated)}
            bullets.append(f"- {self.t(f'portfolio.{row.agreement}', **values)}")
        last = [self._departures(review), self.t("portfolio.caveat")]
        return Prose("\n".join(bullets) + "\n\n" + " ".join(line for line in last if line))

    def _departures(self, review: Review) -> str:
        """Tell which proposals to leave no decision is known of, which were carried out, and of the boards."""
        table = review.comparison
        advised = table.loc[table["stated"].str.split("|").map(lambda items: "leave" in items), "network_id"]
        ends = rows_where(self.data, "memberships", actor_id=self.actor_id)
        ends = ends[ends["end_year"].notna()]
        if review.year is not None:
            ends = ends[ends["end_year"] >= review.year]
        left = ends.groupby("network_id")["end_year"].max()
        open_ = [self.names[network] for network in advised if network not in left.index]
        boards = [self.names[network] for network in table.loc[table["aside"] != "", "network_id"]]
        parts = [self.say("beside.proposal", networks=self.t.join(open_))] if open_ else []
        parts += [
            self.say("beside.left", network=self.names[network], year=int(left[network]))
            for network in advised
            if network in left.index
        ]
        parts += [self.say("beside.aside", networks=self.t.join(boards))] if boards else []
        return " ".join(parts)

    def sensitivity(self, review: Review, *, seed: int) -> Prose:
        """Tell how far the recommendations hang on weights and on single steps."""
        coded = review.sensitivity[review.sensitivity["as_coded"].astype(bool)]
        if coded.empty:
            return Prose("")
        weights, steps = (coded[coded["varied"] == varied] for varied in ("weights", "judgements"))
        weakest = steps.sort_values("share", kind="stable").iloc[0]
        draws = self.t.number(int(coded["draws"].iloc[0]))
        scored = self.scored(review)
        narrow = [self.names[network] for network in scored.loc[~scored["breadth_reachable"], "network_id"]]
        alike = [self.names[network] for network in scored.loc[scored["one_sign"], "network_id"]]
        return self.markdown(
            self._weights(draws, float(weights["share"].min())),
            self.say(
                "sensitivity.steps",
                draws=draws,
                share=self.share(float(weakest["share"])),
                network=self.names[weakest["network_id"]],
            ),
            self.say("sensitivity.one_sign", networks=self.t.join(alike)) if alike else "",
            self.say("sensitivity.unreachable", networks=self.t.join(narrow)) if narrow else "",
            self.say("sensitivity.seed", seed=seed),
        )

    def _weights(self, draws: str, least: float) -> str:
        if least == 1:
            return self.say("sensitivity.weights_all", draws=draws)
        return self.say("sensitivity.weights", draws=draws, share=self.share(least))

    def missing(self, own: pd.DataFrame, review: Review) -> Prose:
        """Tell which criteria are not judged, which networks are not, and what other evidence there is."""
        scored = self.scored(review)
        firm = self.firm(own)
        lines = []
        for row in each_row(scored):
            network = self.names[row.network_id]
            criteria = self.t.join([self.criterion(item) for item in row.missing.split(";") if item])
            possible = self.t.join([self.verdict(item) for item in row.possible_recommendations.split("|")])
            key = "missing" if criteria else "complete"
            lines.append(self.t(f"portfolio.{key}", network=network, criteria=criteria, possible=possible))
            if not row.breadth_reachable:
                lines.append(self.t("portfolio.narrow", network=network, n=self.t.number(row.n_core_judged)))
        bullets = "\n".join(f"- {line}" for line in lines)
        left = firm.loc[~firm["network_id"].isin(scored["network_id"]), "network_id"]
        names = sorted((self.names[network] for network in left), key=alphabetic)
        unjudged = self.say("missing.unjudged", n=self.t.number(len(names)), names=self.listing(names)) if names else ""
        parts = [bullets, unjudged, self._evidence()]
        return Prose("\n\n".join(part for part in parts if part))

    def _evidence(self) -> str:
        """Tell of what else is known: it helps who judges, and is never made into a judgement."""
        items = []
        for name in _EVIDENCE:
            n = len(rows_where(self.data, name, actor_id=self.actor_id))
            n = n_offices(self.data, [self.actor_id]) if name == "functions" else n
            if n:
                items.append(self.count(f"outcomes.n_{name}", n))
        steps = rows_where(self.data, "next_steps", actor_id=self.actor_id)
        stated = rows_where(self.data, "purposes", actor_id=self.actor_id)
        named = [self.say(f"purpose.{item}") for item in dict.fromkeys(stated["purpose"])]
        aims = self.say("missing.purposes", name=self.name, list=self.t.join(named)) if named else ""
        cites = self.references.mark(list(dict.fromkeys(stated["source_id"]))) if named else ""
        return " ".join(
            part
            for part in (
                self.say("missing.evidence", list=self.t.join(items)) if items else self.say("missing.evidence_none"),
                aims + cites,
                self.say("outcomes.english") if items else "",
                self.say("outcomes.proposal") if len(steps) else "",
            )
            if part
        )

    def other_voices(self, own: pd.DataFrame, review: Review) -> pd.DataFrame:
        """Return what others have said of the documented and the judged networks: rows of `evaluations`."""
        networks = {*self.firm(own)["network_id"], *review.scores["network_id"]}
        about = rows_where(self.data, "evaluations", network_id=sorted(networks))
        kinds = self.data.actors.set_index("actor_id")["kind"]
        others = about[about["actor_id"] != self.actor_id]
        others = others.assign(evaluator_kind=others["actor_id"].map(kinds))
        return others.sort_values(["network_id", "evaluator_kind", "year", "row_id"], ignore_index=True)

    def others(self, voices: pd.DataFrame) -> Prose:
        """Tell how many others have judged the same networks, and that they are kept apart."""
        if voices.empty:
            return Prose(self.say("others.none"))
        values = {
            "judged": self.count("opening.judged", len(voices)),
            "evaluators": self.count("others.evaluators", voices["actor_id"].nunique()),
            "whose": genitive(self.name, self.lang),
        }
        return Prose(self.say("others.summary", **values))

    def blank(self, own: pd.DataFrame, review: Review) -> pd.DataFrame:
        """Return the empty sheet for the documented and the judged networks, by name."""
        networks = {*self.firm(own)["network_id"], *review.scores["network_id"]}
        named = dict(sorted(((item, self.network(item)) for item in networks), key=lambda pair: alphabetic(pair[1])))
        placeholder = {str(number): self.say("sheet.placeholder") for number in range(1, _BLANK_ROWS + 1)}
        return blank_sheet(named or placeholder, coder=self.actor(self.actor_id), criteria=self.review_rule.weights)

    def sheet(self) -> Prose:
        """Tell how to fill in the empty sheet, with the lines that read it back."""
        code = (
            "```python\nimport natverk\nfrom natverk.text import read_sheet\n\n"
            f'judged = natverk.portfolio.filled_sheet(read_sheet("{self.say("sheet.file")}"))\n'
            "natverk.portfolio.score(judged)\n"
            "natverk.portfolio.sensitivity(judged)\n```"
        )
        return Prose("\n\n".join([self.say("sheet.text"), self.say("sheet.read"), code, self.say("sheet.several")]))

    def mistake(self, own: pd.DataFrame, review: Review) -> Prose:
        """Return a ready text for reporting a mistake, with the rows behind memberships and judgements."""
        rows = [*";".join(own["row_ids"]).split(";"), *review.judgements["row_id"]]
        return self.mistake_text(f"{self.actor_id} ({self.name})", [row for row in rows if row])

    def averaged(self, review: Review) -> pd.DataFrame:
        """Return the judgements as `figures.judgement_grid` takes them: repeated ones averaged, networks by name."""
        own = review.judgements[review.judgements["criterion"].isin(self.review_rule.weights)]
        means = own.groupby(["network_id", "criterion"])["judgement"].mean().astype("float64")
        return self.named(means.reset_index())

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with the networks' short names beside their ids."""
        return frame.assign(network_name=[self.short(network) for network in frame["network_id"]])

    @property
    def asked(self) -> tuple[str, ...]:
        """The criteria of the page, in the order of all."""
        return tuple(name for name in CRITERIA if name in self.review_rule.weights)
