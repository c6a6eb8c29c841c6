"""Further sentences of the network profile: growth, counties, themes, shared members, what is unknown."""

from __future__ import annotations

import pandas as pd

from natverk.membership.panel import KNOWN, SETS
from natverk.text.network import TIED, NetworkPage
from natverk.text.page import Prose, inside, leaders, plain
from natverk.text.table import records

__all__ = ["NetworkProfile"]


class NetworkProfile(NetworkPage):
    """The whole network profile: `NetworkPage` with the sentences of all sections."""

    def growth(self, series: pd.DataFrame) -> Prose:
        """Tell the highest count of documented members in a year, and what the series is not."""
        if not series["low"].any():
            return self.markdown(self.say("growth.none"))
        most = series.sort_values("low", ascending=False, kind="stable").iloc[0]
        parts = [self.count("growth.most", int(most["low"]), year=int(most["year"]))]
        undated = int(series["n_undated"].max())
        if undated:
            parts.append(self.count("growth.most_undated", undated))
        return self.markdown(*parts, self.say("growth.caution", who=self.who))

    def listed(self, listed: pd.DataFrame) -> Prose:
        """Tell in which years the number itself is known, and how it changed between complete lists."""
        whole = self.lists(listed)
        if listed.empty:
            return Prose(self.say("growth.no_lists", who=self.who) if self.kind in SETS else "")
        parts = []
        if len(whole):
            parts.append(self.say("growth.listed", values=self.values(whole)))
        if len(whole) > 1:
            first, last = whole.iloc[0], whole.iloc[-1]
            change = int(last["n_sweden"]) - int(first["n_sweden"])
            key = "down" if change < 0 else "up" if change else "same"
            values = {
                name: self.say("growth.value", n=self.t.number(int(row["n_sweden"])), year=int(row["year"]))
                for name, row in (("first", first), ("last", last))
            }
            parts.append(self.say(f"growth.change_{key}", who=self.who, **values))
        full = listed[listed["full_only"]]
        if len(full):
            parts.append(self.say("growth.full_only", values=self.values(full), who=self.who))
        parts += [
            self.say("growth.part_only", year=row["year"], counties=self.counties(row["counties_at_risk"]))
            for row in records(self.data.member_lists[self.data.member_lists["list_id"].isin(listed["list_id"])])
            if isinstance(row["counties_at_risk"], str)
        ]
        if (listed["certainty"] != "high").any():
            parts.append(self.say("growth.medium"))
        return self.markdown(*parts)

    def counties(self, codes: object) -> str:
        """Name counties by their codes (separated by `;`); the whole country without any."""
        if not isinstance(codes, str):
            return self.say("growth.scope_all")
        names = self.data.counties.set_index("county_code")["name"]
        return self.t.join([str(names[code]) for code in codes.split(";")])

    def published(self, compared: pd.DataFrame) -> Prose:
        """Tell how many published numbers stand beside ours."""
        stated = compared[compared["table"] != "member_lists"]
        if stated.empty:
            return Prose(self.say("growth.published_none"))
        return Prose(self.count("growth.published", len(stated)))

    def saturation(self, table: pd.DataFrame) -> Prose:
        """Tell how many municipalities are documented, and in which counties most."""
        regions = int(table["region"].sum())
        if "municipality" not in self.eligible_levels and not table["n_documented"].any():
            return Prose(self.say("saturation.no_municipalities", n=self.t.number(regions)))
        total = self.t.number(int(table["n_municipalities"].sum()))
        n = int(table["n_documented"].sum())
        parts = [self.say("saturation.summary" if n else "saturation.none_at_all", n=self.t.number(n), total=total)]
        left = int(table["n_left"].sum())
        if left:
            parts.append(self.count("saturation.left", left))
        having = table[table["n_documented"] > 0].sort_values(["share", "n_documented"], ascending=False, kind="stable")
        full = having[having["share"] == 1]
        if len(full):
            names = self.listing([plain(name) for name in full["name"]], 8)
            parts.append(self.say("saturation.full", counties=names))
        rest = having[having["share"] < 1]
        if len(rest) > 1:
            items = [
                self.say(
                    "saturation.item",
                    county=plain(row["name"]),
                    n=self.t.number(int(str(row["n_documented"]))),
                    total=self.t.number(int(str(row["n_municipalities"]))),
                )
                for row in records(rest.head(3))
            ]
            parts.append(self.say("saturation.most_rest" if len(full) else "saturation.most", list=self.t.join(items)))
        empty = len(table) - len(having)
        if empty and n:
            parts.append(self.say("saturation.none", n=self.t.number(empty)))
        if regions and "region" in self.eligible_levels:
            parts.append(self.say("saturation.regions", n=self.t.number(regions)))
        return self.markdown(*parts)

    def theme(self, theme: object) -> str:
        """Return a theme's name as it stands inside a sentence: "EU-frågor" keeps its capitals."""
        return inside(self.t(f"common.theme.{theme}"))

    def themes(self, table: pd.DataFrame) -> Prose:
        """Tell the network's themes."""
        names = [self.theme(name) for name in table["theme"]]
        return self.markdown(
            self.count("themes.summary", len(names), list=self.t.join(names)), self.say("themes.how", the=self.the)
        )

    def shared(self, table: pd.DataFrame) -> Prose:
        """Tell which other networks have most of the members, and which is most alike."""
        if table.empty:
            return Prose(self.say("shared.none", the=self.the))
        own = int(table["n_own"].iloc[0])
        whole = table[table["shared"] == own]
        parts = [self._most_shared(table)]
        if len(whole) and own > 1:
            names = self.listing((plain(self.network(item)) for item in whole["network_id"]), 4)
            parts.append(self.say("shared.inside", n=self.t.number(own), who=self.who, names=names))
        best = table[table["jaccard"] == table["jaccard"].max()]
        index = self.t.number(float(best["jaccard"].iloc[0]), 2)
        names = self.listing((plain(self.network(item)) for item in best["network_id"]), 4)
        parts.append(self.say("shared.most_like", name=names, jaccard=index))
        return self.markdown(*parts, self.say("shared.how"))

    def _most_shared(self, table: pd.DataFrame) -> str:
        """Say with which networks most is shared: up to three of them, or all that tie for most."""
        first = table[table["shared"] == table["shared"].max()]
        shared = int(first["shared"].iloc[0])
        names = self.listing(plain(self.network(item)) for item in first["network_id"])
        values = {"names": names, "networks": self.t.number(len(first))}
        if len(first) > 1 and len(first) == len(table):
            return self.count("shared.alike", shared, **values)
        if len(first) > 3:
            return self.say("shared.tied", n=self.t.number(shared), **values)
        totals = dict(zip(table["network_id"], table["n_other"], strict=True))
        items = [
            self.say(
                "shared.item",
                name=plain(self.network(network)),
                n=self.t.number(n),
                total=self.t.number(int(totals[network])),
            )
            for network, n in leaders(list(table["network_id"]), [int(n) for n in table["shared"]])
        ]
        return self.say("shared.summary", list=self.t.join(items))

    def unknown(self, cells: pd.DataFrame, members: pd.DataFrame, listed: pd.DataFrame) -> Prose:
        """Tell how many cells are known, in which years absence is known, and what has no year."""
        parts = [self._cells(cells) if self.kind in SETS else self.say("unknown.reporting")]
        if self.kind in SETS:
            closed = listed[~listed["full_only"] & (listed["certainty"] == "high")]
            years = self.t.join([str(year) for year in sorted(set(closed["year"]))])
            parts.append(self.say("unknown.lists", years=years) if years else self.say("unknown.no_list"))
        firm = members[members["mark"].isin(TIED)]
        undated = int((firm["mark"] == "undated").sum())
        if undated:
            parts.append(self.count("unknown.undated", undated, the=self.the))
        if self.kind in SETS:
            ends = int(firm["end"].notna().sum())
            parts.append(self.count("unknown.ends", ends) if ends else self.say("unknown.ends_none"))
        return self.markdown(*parts)

    def _cells(self, cells: pd.DataFrame) -> str:
        possible = cells[
            ~cells["state"].isin(["no_network", "no_actor"]) & ((cells["high"] == 1) | (cells["state"] != "unknown"))
        ]
        known = possible.loc[possible["state"].isin(KNOWN), "state"]
        counts = known.value_counts()
        items = [
            self.say(f"unknown.cells_in.{state}", n=self.t.number(int(counts[state])), tie=self.tie)
            for state in ("member", "not_member", "left")
            if state in counts
        ]
        share = self.t.percent(len(known) / len(possible), 1) if len(possible) else ""
        return self.say(
            "unknown.cells" if len(known) else "unknown.cells_none",
            period=self.period,
            open=self.t.number(len(possible)),
            known=f"{self.t.number(len(known))} ({share})",
            list=self.t.join(items),
        )

    def disagreements(self, found: pd.DataFrame) -> Prose:
        """Tell on how many points sources disagree."""
        if found.empty:
            return Prose(self.say("unknown.disagree_none"))
        return Prose(self.count("unknown.disagree", len(found)))

    def mistake(self, members: pd.DataFrame, compared: pd.DataFrame) -> Prose:
        """Return a ready text for reporting a mistake, with the rows that the page rests on."""
        rows = ";".join([*members["row_ids"], *compared["row_id"]]).split(";")
        return self.mistake_text(f"{self.network_id} ({self.name})", (row for row in rows if row))
