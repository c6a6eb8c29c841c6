"""What pages about actors share: which ties count, what is known of the cells, where sources disagree."""

from __future__ import annotations

import pandas as pd

from natverk.membership.panel import KNOWN, SETS, networks_counting_as
from natverk.text.page import Page, Prose

__all__ = ["DocumentedPage"]


class DocumentedPage(Page):
    """A page about actors and the networks they are documented in."""

    @property
    def counted(self) -> list[str]:
        """The networks that the page counts: membership networks, commitments, programmes and offices."""
        return networks_counting_as(self.data, SETS)

    def ties(self, firm: pd.DataFrame) -> str:
        """Say in how many membership networks, and in how many commitments, programmes and offices."""
        kinds = self.data.networks.set_index("network_id")["counts_as"]
        kind = kinds.reindex(firm["network_id"].unique())
        n = int((kind == "membership").sum())
        parts = [("member_network", n), ("other_tie", len(kind) - n)]
        return self.t.join([self.t.count(f"terms.{key}", count) for key, count in parts if count])

    def kinds(self, firm: pd.DataFrame) -> str:
        """Say what the documented ties are: memberships, commitments, programmes, offices."""
        kinds = firm["network_id"].map(self.data.networks.set_index("network_id")["counts_as"]).value_counts()
        return self.t.join([self.t.count(f"terms.tie.{kind}", int(kinds[kind])) for kind in SETS if kind in kinds])

    def known_cells(self, cells: pd.DataFrame) -> str:
        """Tell how many cells are known, and what they say."""
        possible = cells[~cells["state"].isin(["no_network", "no_actor"])]
        known = possible.loc[possible["state"].isin(KNOWN), "state"]
        counts = known.value_counts()
        items = [
            self.say(f"unknown.cells_in.{state}", n=self.t.number(int(counts[state])))
            for state in KNOWN
            if state in counts
        ]
        share = self.t.percent(len(known) / len(possible), 1) if len(possible) else ""
        values = {
            "period": self.period,
            "open": self.t.number(len(possible)),
            "known": f"{self.t.number(len(known))} ({share})",
            "list": self.t.join(items),
        }
        return self.say("unknown.cells" if len(known) else "unknown.cells_none", **values)

    def concerning(self, found: pd.DataFrame, actors: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
        """Return the disagreements about these actors, or about networks they are documented in."""
        about_actor = found["actor_id"].isin(actors["actor_id"])
        about_network = found["actor_id"].isna() & found["network_id"].isin(own["network_id"])
        return found[about_actor | about_network].reset_index(drop=True)

    def disagreements(self, found: pd.DataFrame) -> Prose:
        """Tell on how many points sources disagree."""
        if found.empty:
            return Prose(self.say("unknown.disagree_none"))
        return Prose(self.count("unknown.disagree", len(found)))
