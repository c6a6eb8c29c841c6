"""Further sentences of the municipality profile: what came of it, position, peers, neighbours, what is unknown."""

from __future__ import annotations

import pandas as pd

from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED, relations
from natverk.offices import offices
from natverk.text.municipality import MunicipalityPage
from natverk.text.page import Prose, leaders, plain
from natverk.text.table import Table, records

__all__ = ["MunicipalityProfile"]


class MunicipalityProfile(MunicipalityPage):
    """The whole municipality profile: `MunicipalityPage` with the sentences of all sections."""

    def relations(self, related: pd.DataFrame) -> Prose:
        """Tell in how many networks the municipality stands without being counted a member."""
        return Prose(self.count("relations.summary", len(related)) if len(related) else "")

    def joint(self) -> Prose:
        """Tell how many joint bodies the municipality is documented in."""
        n = self.bodies["body_id"].nunique()
        return Prose(self.count("bodies.summary", n) if n else self.say("bodies.none"))

    def offices(self) -> Prose:
        """Tell in which networks the municipality has had a chair or a seat on the board, and what else."""
        held = [row for row in records(offices(self.data, self.actor_id)) if row["held"]]
        if not held:
            return Prose(self.say("offices.none"))
        parts = [self.say("offices.summary", n=self.count("outcomes.n_functions", len(held)))]
        for name in ("chair", "board"):
            names = self._of_rows([row for row in held if row["function_class"] == name])
            parts.append(self.say(f"offices.{name}", names=names) if names else "")
        return self.markdown(*parts, self.say("outcomes.english"))

    def _of_rows(self, rows: list[dict[str, object]]) -> str:
        """Name the networks of some rows, each once."""
        return self.networks_named(str(row["network_id"]) for row in rows if pd.notna(row["network_id"]))  # type: ignore[call-overload]

    def coded(self, table: Table) -> Prose:
        """Tell in which language the descriptions of a table stand, where it has any."""
        return Prose(self.say("outcomes.english") if len(table) else "")

    def outcomes(self) -> Prose:
        """Tell which projects came out of networks, who led, and what followed from missions."""
        projects = self.rows("projects")
        missions = self.rows("missions")
        judged = self.rows("evaluations")
        if not (projects or missions or judged):
            return Prose(self.say("outcomes.none"))
        parts = []
        if projects:
            out_of = self._of_rows(projects)
            parts.append(self.say("outcomes.projects_known", n=self.count("outcomes.n_projects", len(projects))))
            parts.append(self.say("outcomes.out_of", names=out_of) if out_of else "")
            led = sorted((plain(row["project"]) for row in projects if row["role"] == "lead"), key=alphabetic)
            parts.append(self.say("outcomes.led", names=self.listing(led, 5)) if led else "")
        for row in missions[:3]:
            where = self.network(row["network_id"])
            parts.append(
                self.say(
                    "outcomes.mission",
                    when=self.dates(row["start_date"], row["end_date"]),
                    place=plain(row["place"] if isinstance(row["place"], str) else row["country"]),
                    network=f" ({plain(where)})" if where else "",
                    follow_up=self.term("follow_up", row["next_step_category"]),
                )
            )
        return self.markdown(*parts, self.say("outcomes.not_cause") if projects else "")

    def reading(self) -> Prose:
        """Tell how judgements and proposals are to be read, where there are any."""
        there = {name: bool(self.rows(name)) for name in ("evaluations", "next_steps")}
        return self.markdown(
            self.say("outcomes.one_reading") if there["evaluations"] else "",
            self.say("outcomes.proposal") if there["next_steps"] else "",
        )

    def purposes(self) -> Prose:
        """Tell which purposes of international work the municipality states."""
        stated = pd.Series([str(row["purpose"]) for row in self.rows("purposes")], dtype="str")
        if stated.empty:
            return Prose(self.say("purposes.none"))
        names = [self.term("purpose", name) for name in stated.drop_duplicates() if name != "other"]
        if not names:
            return Prose(self.say("purposes.other", place=plain(self.place)))
        return Prose(self.say("purposes.summary", place=plain(self.place), list=self.t.join(names)))

    def twins(self) -> Prose:
        """Tell how many twin towns and partner towns the municipality has."""
        n = len(self.rows("twins"))
        return Prose(self.count("twins.summary", n) if n else self.say("twins.none"))

    def size_group(self, row: object) -> str:
        """Name the size class of a row of `by_size`: `20 000–49 999 inhabitants`."""
        low, high = (getattr(row, name) for name in ("size_from", "size_to"))
        if pd.isna(high):
            return self.say("size.above", least=self.t.number(int(low)))
        if not low:
            return self.say("size.below", most=self.t.number(int(high)))
        return self.say("size.between", least=self.t.number(int(low)), most=self.t.number(int(high) - 1))

    def position(self, sizes: pd.DataFrame) -> Prose:
        """Tell how many municipalities of the same size have more, as many and fewer documented memberships."""
        own = sizes[sizes["code"] == self.code].iloc[0]
        group = sizes[sizes["size_from"] == own["size_from"]]
        others = group.loc[group["code"] != self.code, "n_documented"]
        n, median = int(own["n_documented"]), float(group["n_documented"].median())
        return self.markdown(
            self.say(
                "position.summary" if n else "position.summary_none",
                place=plain(self.place),
                pairs=self.count("position.documented", n),
                group=self.size_group(own),
                others=self.t.number(len(others)),
                more=self.t.number(int((others > n).sum())),
                equal=self.t.number(int((others == n).sum())),
                fewer=self.t.number(int((others < n).sum())),
                median=self.t.number(median, 0 if median.is_integer() else 1),
            ),
            self.say("position.caution"),
        )

    def peers(self, alike: pd.DataFrame, wanted: pd.DataFrame) -> Prose:
        """Tell who is most alike, which networks most of them are in, and how many would admit the municipality."""
        names = self.t.join([plain(name) for name in alike["name"]])
        values = {"names": names, "year": self.year(alike["population_year"].iloc[0])}
        parts = [self.say("peers.alike", **values)]
        if wanted.empty:
            return self.markdown(*parts, self.say("peers.nothing", place=plain(self.place)))
        once = wanted["own_documented"].astype(bool)
        parts += self._new(wanted[~once], len(alike))
        parts.append(self.say("peers.period", year=self.years[1]))
        parts.append(self.count("peers.once", int(once.sum()), names=self.names_of(wanted[once])) if once.any() else "")
        return self.markdown(*parts, self.say("peers.caution"))

    def _new(self, wanted: pd.DataFrame, total: int) -> list[str]:
        """Tell in how many networks only the others are documented, in which most, and which would not admit it."""
        if wanted.empty:
            return [self.say("peers.nothing", place=plain(self.place))]
        top = leaders([self.network(item) for item in wanted["network_id"]], [int(n) for n in wanted["n_in"]])
        items = [self.say("peers.item", network=plain(name), n=n, total=total) for name, n in top]
        unfit = wanted[~wanted["eligible"].astype(bool)]
        return [
            self.count("peers.wanted", len(wanted), list=self.t.join(items)),
            self.count("peers.unfit", len(unfit), names=self.names_of(unfit)) if len(unfit) else "",
        ]

    def county_networks(self, near: pd.DataFrame, sizes: pd.DataFrame) -> Prose:
        """Tell how many municipalities of the county are documented, and what they share with this one."""
        others = self.others(sizes)
        if others.empty:
            return Prose(self.say("county.alone", county=plain(self.county_row["name"])))
        values = {
            "county": plain(self.county_row["name"]),
            "n": self.t.number(int((others["n_documented"] > 0).sum())),
            "total": self.t.number(len(others)),
        }
        parts = [self.say("county.summary", **values)]
        top = leaders([self.network(item) for item in near["network_id"]], [int(n) for n in near["n_in"]])
        items = [self.say("county.item", network=plain(name), n=self.t.number(n)) for name, n in top]
        parts.append(self.say("county.most", list=self.t.join(items)) if items else "")
        shared = near[near["own_mark"].isin(DOCUMENTED)]
        parts.append(self.count("county.shared", len(shared), names=self.names_of(shared)) if len(shared) else "")
        return self.markdown(*parts)

    def unknown(self, cells: pd.DataFrame, own: pd.DataFrame) -> Prose:
        """Tell how many cells are known, and which lists are missing."""
        nothing = self._nothing_but(cells) if own.empty else ""
        return self.markdown(self.known_cells(cells), nothing, self.say("unknown.gaps"))

    def _nothing_but(self, cells: pd.DataFrame) -> str:
        """Tell what there is about a municipality without any documented membership."""
        counts = {
            "related": len(relations(self.data, [self.actor_id])),
            "bodies": self.bodies["body_id"].nunique(),
            "absent": cells.loc[cells["state"] == "not_member", "network_id"].nunique(),
        }
        items = [self.count(f"unknown.{key}", n) for key, n in counts.items() if n]
        if not items:
            return self.say("unknown.nothing", place=plain(self.place))
        return self.say("unknown.nothing_but", place=plain(self.place), list=self.t.join(items))

    def add(self) -> Prose:
        """Return how to add what one knows, with a form that is filled in but for the facts."""
        form = self.say("add.form", actor=self.actor_id, year=self.data.vintage[:4])
        return Prose(
            f"### {self.say('add.title')}\n\n{self.say('add.text', place=plain(self.place))}\n\n```text\n{form}\n```"
        )

    def mistake(self, own: pd.DataFrame, related: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with all rows about the municipality."""
        rows = [item for frame in (own, related) for ids in frame["row_ids"] for item in str(ids).split(";")]
        rows += [str(item) for item in self.bodies["row_id"]]
        for name in ("functions", "projects", "missions", "evaluations", "next_steps", "purposes", "twins"):
            rows += [str(row["row_id"]) for row in self.rows(name)]
        return self.mistake_text(f"{self.code} ({self.name})", rows)
