"""The sentences of the municipality profile: which networks, since when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.frames import known_municipality
from natverk.locale import alphabetic
from natverk.membership.documented import DOCUMENTED
from natverk.peers import population_at
from natverk.text.documented import DocumentedPage
from natverk.text.page import Prose, plain
from natverk.text.table import records
from natverk.text.tables.outcome import n_offices
from natverk.text.tables.rows import rows_of

__all__ = ["MunicipalityPage"]


class MunicipalityPage(DocumentedPage):
    """The page of one municipality: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    municipality
        Code, actor id or name.
    years, lang
        See `Page`.

    Raises
    ------
    UnknownName
        For an unknown municipality, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> page = MunicipalityPage(load(), "1487", years=(1997, 2026), lang="sv")
    >>> page.place, page.county, page.unitary
    ('Vänersborgs kommun', '14', False)
    """

    def __init__(self, data: Dataset, municipality: str, *, years: tuple[int, int], lang: str = "sv") -> None:
        super().__init__(data, years=years, lang=lang, part="municipality_profile")
        self.code = known_municipality(data, municipality)
        self.row = data.municipalities.set_index("code").loc[self.code]
        self.actor_id = f"municipality:{self.code}"
        self.name = str(self.row["name"])
        # Swedish says "Vänersborgs kommun", English the name alone.
        self.place = str(self.row["name_official"]) if lang == "sv" else self.name
        self.county = str(self.row["county_code"])
        self.county_row = data.counties.set_index("county_code").loc[self.county]
        self.region_actor = str(self.county_row["region_actor_id"])
        self.unitary = self.region_actor == self.actor_id
        self._rows: dict[str, list[dict[str, object]]] = {}

    @property
    def actors(self) -> pd.DataFrame:
        """The page's one actor, as the tables take it."""
        return pd.DataFrame({"actor_id": [self.actor_id], "name": [self.name]})

    def rows(self, name: str) -> list[dict[str, object]]:
        """Return the municipality's rows of a table, read once."""
        if name not in self._rows:
            self._rows[name] = rows_of(self, name, self.actors)
        return self._rows[name]

    @cached_property
    def bodies(self) -> pd.DataFrame:
        """The joint bodies that the municipality is documented in: rows of `body_members`."""
        return rows_where(self.data, "body_members", member_actor_id=self.actor_id)

    @property
    def compared(self) -> list[str]:
        """The actors whose networks the page names: the municipalities of the county, region and joint bodies."""
        places = self.data.municipalities
        own = places.loc[places["county_code"] == self.county, "actor_id"]
        return list(dict.fromkeys([*own, self.region_actor, *self.bodies["body_id"]]))

    def own(self, documented: pd.DataFrame) -> pd.DataFrame:
        """Return the municipality's own rows of `documented`."""
        return documented[documented["actor_id"] == self.actor_id].reset_index(drop=True)

    def others(self, sizes: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `by_size` of the other municipalities of the county."""
        county = self.data.municipalities.set_index("code")["county_code"]
        return sizes[(sizes["code"].map(county) == self.county) & (sizes["code"] != self.code)]

    def opening(self, own: pd.DataFrame, sizes: pd.DataFrame) -> Prose:
        """Return title, question, the answer in one sentence, parameters, vintage, certainty and citation.

        Parameters
        ----------
        own
            The municipality's rows of `documented`.
        sizes
            `position.by_size`: what is documented for the other municipalities of the county.
        """
        facts = {"period": self.period, "place": self._situation()}
        changed = self._changes()
        facts |= {"changed": changed} if changed else {}
        facts |= {"unitary": self.say("opening.unitary_text", place=plain(self.place))} if self.unitary else {}
        facts["certainty"] = self._certainty(own)
        question = self.say("opening.question", place=plain(self.place))
        return self.first_screen(self.place, question, self._answer(own, sizes), facts)

    def _situation(self) -> str:
        population, year = population_at(self.data, self.years[1])
        return self.say(
            "opening.place_text",
            county=plain(self.county_row["name"]),
            population=self.t.number(int(population[self.code])),
            year=year,
            group=self.term("skr_group", self.row["skr_group"]),
            code=self.code,
        )

    def _changes(self) -> str:
        """Tell what changed in the municipal or county division, where it concerns the municipality."""
        frame = self.data.municipality_changes
        counties = self.data.counties.set_index("county_code")["name"].to_dict()
        said = []
        for row in records(frame[(frame["new_code"] == self.code) | (frame["old_code"] == self.code)]):
            values = {
                "date": self.on_date(row["date"]),
                "place": plain(self.place),
                "year": str(row["date"])[:4],
                "before": str(int(str(row["date"])[:4]) - 1),
                "old": plain(row["from_name"]),
                "new": plain(row["to_name"]),
                "code": row["old_code"],
                "county": plain(counties.get(row["new_county"], "")),
                "old_county": plain(counties.get(row["old_county"], "")),
            }
            kind = str(row["kind"])
            if kind == "county_transfer" and not values["old_county"]:
                kind = "county_transfer_open"
            if kind == "new_municipality" and row["old_code"] == self.code:
                kind = "parted"
            said.append(self.say(f"changes.{kind}", **values) + self.references.mark(str(row["source_id"])))
        return " ".join(said)

    def _certainty(self, own: pd.DataFrame) -> str:
        firm = own[own["mark"].isin(DOCUMENTED)]
        total = len(self.counted)
        if own.empty:
            return self.say("opening.certainty_none", total=self.t.number(total))
        values = {
            "known": self.t.number(len(own)),
            "total": self.t.number(total),
            "share": self.t.percent(len(own) / total, 1),
        }
        if firm.empty:
            return self.say("opening.certainty_text", **values)
        sources = {item for ids in firm["source_ids"] for item in ids.split(";")}
        urls = self.data.sources.set_index("source_id")["url"].reindex(sorted(sources))
        undated = int((firm["mark"] == "undated").sum())
        return self.markdown(
            self.say("opening.certainty_text", **values),
            self.say("opening.rests_on", sources=self.t.count("common.source", urls.nunique())),
            self.count("opening.undated", undated) if undated else "",
        ).text

    def _answer(self, own: pd.DataFrame, sizes: pd.DataFrame) -> str:
        firm = own[own["mark"].isin(DOCUMENTED)]
        if firm.empty:
            others = self.others(sizes)
            return self.say(
                "opening.answer_none",
                place=plain(self.place),
                total=self.t.number(len(others)),
                n=self.t.number(int((others["n_documented"] > 0).sum())),
            )
        recent = int((firm["mark"] == "recent").sum())
        span = f"{max(self.years[0], self.years[1] - 4)}–{self.years[1]}"
        return self.say(
            "opening.answer",
            place=plain(self.place),
            ties=self.ties(firm),
            longest=self._longest(firm),
            recent=self.count("opening.recent", recent, span=span)
            if recent
            else self.say("opening.recent_none", span=span),
            came=self._came(),
            share=self.t.percent(len(own) / len(self.counted)),
        )

    def _longest(self, firm: pd.DataFrame) -> str:
        """Say which dated tie is the oldest; two that are equally old are both named, more are not."""
        oldest = firm[firm["since"] == firm["since"].min()]
        if not 0 < len(oldest) <= 2:
            return ""
        key = "longest" if (oldest["since_basis"] == "stated").all() else "earliest"
        return self.say(f"opening.{key}", networks=self.names_of(oldest), year=self.year(oldest["since"].iloc[0]))

    def _came(self) -> str:
        """Say what the material has of offices, projects, mission reports and judgements."""
        items = self.outcome_counts()
        return self.say("opening.came", list=self.t.join(items)) if items else self.say("opening.came_none")

    def outcome_counts(self) -> list[str]:
        """Return counted offices, projects, mission reports and own judgements, those that there are."""
        items = []
        for name in ("functions", "projects", "missions", "evaluations"):
            n = n_offices(self.data, [self.actor_id]) if name == "functions" else len(self.rows(name))
            if n:
                items.append(self.count(f"outcomes.n_{name}", n))
        return items

    def networks(self, own: pd.DataFrame) -> Prose:
        """Tell what is documented: kinds, since when, what is undated, left, contradicted, loose or inferred."""
        firm = own[own["mark"].isin(DOCUMENTED)]
        parts = [self._nothing(own) if firm.empty else self.count("networks.kinds", len(firm), kinds=self.kinds(firm))]
        began = firm[firm["since_basis"] == "stated"].sort_values(["since", "network_id"])
        if len(began):
            items = [
                self.say("networks.item", network=plain(self.network(row["network_id"])), year=self.year(row["since"]))
                for row in records(began)
            ]
            parts.append(self.say("networks.began", list=self.listing(items, 8)))
        seen = int((firm["since_basis"] == "seen").sum())
        parts.append(self.count("networks.seen", seen) if seen else "")
        groups = {
            "undated": firm[firm["mark"] == "undated"],
            "left": own[own["mark"] == "left"],
            "conflict": own[own["mark"] == "conflict"],
            "below": firm[firm["below_minimum"]],
        }
        for key, rows in groups.items():
            if len(rows):
                parts.append(self.count(f"networks.{key}", len(rows), names=self.names_of(rows)))
        inferred = own[own["network_id"].isin(self.inferred(own))]
        loose = own[(own["mark"] == "loose") & ~own["network_id"].isin(inferred["network_id"])]
        parts.append(self.count("networks.loose", len(loose), names=self.names_of(loose)) if len(loose) else "")
        parts.append(self.say("networks.inferred", names=self.names_of(inferred)) if len(inferred) else "")
        return self.markdown(*parts)

    def _nothing(self, own: pd.DataFrame) -> str:
        return self.say("networks.none" if own.empty else "networks.none_firm", place=plain(self.place))

    def names_of(self, rows: pd.DataFrame) -> str:
        """Return the names of the networks of some rows as a sentence lists them."""
        # In the order of the ids, so that a list that is cut names the same networks in both languages.
        return self.networks_named(rows["network_id"])

    def networks_named(self, ids: Iterable[str], most: int = 8) -> str:
        """Return the names of networks as a sentence lists them: those shown are chosen by id and sorted by name."""
        names = [plain(self.network(item)) for item in sorted(set(ids))]
        shown = len(names) if len(names) <= most + 1 else most
        return self.listing([*sorted(names[:shown], key=alphabetic), *names[shown:]], most)

    def inferred(self, own: pd.DataFrame) -> list[str]:
        """Return the networks that the municipality is in by inference only: a city of refuge read as ICORN member."""
        rows = rows_where(self.data, "memberships", actor_id=self.actor_id).set_index("row_id")["inference"]
        return [
            str(row["network_id"])
            for row in records(own[own["mark"] == "loose"])
            if rows.reindex(str(row["row_ids"]).split(";")).notna().all()
        ]
