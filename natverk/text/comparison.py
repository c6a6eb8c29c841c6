"""The sentences of a comparison: what two units share, what only one has, who differs and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from natverk.comparison import COMPARED, VERDICTS, kinds_of_both
from natverk.data.load import Dataset
from natverk.locale import alphabetic
from natverk.text.page import Page, Prose, plain
from natverk.text.table import records

__all__ = ["ComparePage"]

#: What is compared as a set in each kind of unit, in the order of a page; the first ones make the answer.
SETS = {
    "region": ("region", "municipalities", "joint_bodies"),
    "municipality": ("networks",),
    "network": ("members", "themes"),
}


class ComparePage(Page):
    """The page of two regions, two municipalities or two networks: what it says, in one language.

    Parameters
    ----------
    data
        The dataset.
    a, b
        Codes, ids or names; where both fit several kinds, regions go before municipalities.
    year
        The year of memberships, roles and population.
    years, lang
        See `Page`.

    Raises
    ------
    UnknownName
        For a unit that does not exist, with the nearest name.
    InvalidArgument
        If the two are of different kinds, or the same.

    Examples
    --------
    >>> from natverk import load
    >>> page = ComparePage(load(), "14", "12", year=2019, years=(1997, 2024), lang="sv")
    >>> page.kind, page.first, page.second
    ('region', 'Västra Götaland', 'Skåne')
    """

    def __init__(self, data: Dataset, a: str, b: str, *, year: int, years: tuple[int, int], lang: str = "sv") -> None:
        super().__init__(data, years=years, lang=lang, part="compare_page")
        found = kinds_of_both(data, a, b)
        self.kind = min(found, key=COMPARED.index)
        self.a, self.b = found[self.kind]
        self.year_of = year
        self.first, self.second = self.unit(self.a), self.unit(self.b)

    def unit(self, code: str) -> str:
        """Return the name of one of the two."""
        if self.kind == "network":
            return self.network(code)
        if self.kind == "region":
            return str(self.data.counties.set_index("county_code").loc[code, "name_short"])
        return str(self.data.municipalities.set_index("code").loc[code, "name"])

    @property
    def look(self) -> dict[str, str]:
        """What figures of both units have in common."""
        return {"a": self.first, "b": self.second, "lang": self.lang, "source": self.source_line}

    def actors(self, code: str) -> list[str]:
        """Return the actors of a municipality, or of a region and its municipalities; of a network, none."""
        if self.kind == "municipality":
            return [f"municipality:{code}"]
        if self.kind == "network":
            return []
        region = self.data.counties.set_index("county_code")["region_actor_id"].to_dict()[code]
        places = self.data.municipalities
        return list(dict.fromkeys([str(region), *places.loc[places["county_code"] == code, "actor_id"]]))

    @property
    def bars(self) -> str:
        """What the paired bars show: documented networks by theme, or the members of two networks by level."""
        return "levels" if self.kind == "network" else "themes"

    def what(self, name: str) -> str:
        """Return what a figure counts, with its unit."""
        own = f"what.{name}_{self.kind}"
        return self.say(own if self.t.has(f"{self.part}.{own}") else f"what.{name}")

    def sets(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return what is shared and what only one has, set by set: `item, only_a, shared, only_b` as lists of ids."""
        lines = {(row["measure"], row["item"]): row for row in records(table)}
        found = []
        for item in SETS[self.kind]:
            shared, only = lines.get(("shared", item)), lines.get(("only_here", item))
            if shared is not None and only is not None:
                names = {"only_a": only["a_text"], "shared": shared["a_text"], "only_b": only["b_text"]}
                found.append({"item": item, **{name: _ids(text) for name, text in names.items()}})
        return pd.DataFrame(found, columns=["item", "only_a", "shared", "only_b"])

    def _whole(self, table: pd.DataFrame) -> tuple[set[str], set[str]]:
        """Return everything documented of each: of a region, whoever of its actors is in it."""
        sets = self.sets(table)
        sets = sets[sets["item"] != "themes"]
        one = {item for row in records(sets) for item in [*_list(row["only_a"]), *_list(row["shared"])]}
        two = {item for row in records(sets) for item in [*_list(row["only_b"]), *_list(row["shared"])]}
        return one, two

    def opening(self, table: pd.DataFrame) -> Prose:
        """Return title, question, what sets the two apart in one sentence, parameters, vintage and citation."""
        names = {"a": plain(self.first), "b": plain(self.second)}
        facts = {"period": self.period, "year": str(self.year_of), "coverage": self._coverage(table)}
        title = self.say("opening.title", **names)
        return self.first_screen(title, self.say("opening.question", **names), self._answer(table, names), facts)

    def _answer(self, table: pd.DataFrame, names: dict[str, str]) -> str:
        one, two = self._whole(table)
        if not one or not two:
            return self.say(
                "opening.answer_none",
                **names,
                missing=self.t.join([name for name, own in zip(names.values(), (one, two), strict=True) if not own]),
            )
        what = "actors" if self.kind == "network" else "networks"
        values = {
            "shared": self.count(f"opening.{what}", len(one & two)) if one & two else self.say(f"opening.{what}_none"),
            "only_a": self.t.number(len(one - two)),
            "only_b": self.t.number(len(two - one)),
        }
        return self.say(f"opening.answer_{self.kind}", **names, **values, apart=self._apart(table))

    def _apart(self, table: pd.DataFrame) -> str:
        """Say what sets them apart most: the theme with the greatest difference, or the themes of two networks."""
        if self.kind == "network":
            themes = self.sets(table).set_index("item").loc["themes"]
            n, total = len(themes["shared"]), sum(len(themes[name]) for name in ("only_a", "shared", "only_b"))
            return self.say("opening.apart_themes", n=n, total=total)
        profile = table[table["measure"] == "theme_profile"]
        if profile.empty:
            return ""
        gap = (profile["a"] - profile["b"]).abs()
        best = profile.loc[gap.sort_values(ascending=False, kind="stable").index[0]]
        if best["a"] == best["b"]:
            return self.say("opening.apart_same")
        return self.say(
            "opening.apart_theme",
            theme=self.theme(best["item"]),
            a=self.t.number(int(best["a"])),
            b=self.t.number(int(best["b"])),
        )

    def _coverage(self, table: pd.DataFrame) -> str:
        rows = table[table["measure"] == "coverage"]
        if rows.empty or rows[["a", "b"]].isna().any(axis=None):
            return self.say("opening.coverage_none")
        row = rows.iloc[0]
        shares = {name: self.t.percent(float(row[name]), 1 if row[name] else 0) for name in ("a", "b")}
        return self.say(
            "opening.coverage_text", year=self.year_of, first=plain(self.first), second=plain(self.second), **shares
        )

    def theme(self, theme: object) -> str:
        """Return a theme's name as it stands inside a sentence: "EU-frågor" keeps its capitals."""
        text = self.t(f"common.theme.{theme}")
        return text if text[:2].isupper() else text[0].lower() + text[1:]

    def named(self, ids: Iterable[str]) -> list[str]:
        """Return the names of networks, themes or actors by their ids."""
        networks, actors = set(self.data.networks["network_id"]), set(self.data.actors["actor_id"])
        found = (
            plain(self.network(item) if item in networks else self.actor(item) if item in actors else self.theme(item))
            for item in ids
        )
        return sorted(found, key=alphabetic)

    def shared(self, table: pd.DataFrame) -> Prose:
        """Tell, set by set, what both have and what only one has, by name."""
        parts = []
        for row in records(self.sets(table)):
            item = self.say(f"sets.{row['item']}")
            both, one, two = (self.named(_list(row[name])) for name in ("shared", "only_a", "only_b"))
            if not both and not one and not two:
                parts.append(self.say("shared.nothing", what=item))
                continue
            said = [self.say("shared.both", names=self.listing(both, 14)) if both else self.say("shared.none")]
            for name, own in ((self.first, one), (self.second, two)):
                if own:
                    said.append(self.say("shared.only", name=plain(name), names=self.listing(own, 10)))
            parts.append(f"**{item}.** {' '.join(said)}")
        return Prose("\n\n".join([*parts, self.say("shared.how")]))

    def shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the lines that the page shows: since when each membership is known stands in the data alone."""
        return table[~table["measure"].isin(["since", "last_seen"])]

    def verdicts(self, table: pd.DataFrame) -> Prose:
        """Tell on how many measures they differ, and how sure that is."""
        counts = self.shown(table)["verdict"].value_counts()
        items = [
            self.count(f"verdicts.{name}", int(counts[name]))
            for name in VERDICTS
            if name in counts and name != "common"
        ]
        total = int(counts.drop("common", errors="ignore").sum())
        return self.markdown(
            self.say("verdicts.summary", total=self.t.number(total), list=self.t.join(items)), self.say("verdicts.how")
        )

    def section(self, part: str, table: pd.DataFrame) -> Prose:
        """Return the heading of a part, if the part concerns this kind of unit."""
        return Prose(f"### {self.say(f'part.{part}')}" if (table["part"] == part).any() else "")

    def mistake(self, table: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with the rows behind what is documented of both."""
        rows = table[table["measure"].isin(["documented_networks", "documented_members"])]
        ids = ";".join([*rows["a_rows"], *rows["b_rows"]]).split(";")
        return self.mistake_text(f"{self.a}--{self.b} ({self.first}, {self.second})", (row for row in ids if row))


def _ids(text: object) -> list[str]:
    return [item for item in str(text).split(";") if item]


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
