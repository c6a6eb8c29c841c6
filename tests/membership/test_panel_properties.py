"""What must hold of every panel, on evidence that hypothesis makes up; and the rules once more, written naively.

The naive rules follow the docstrings of `panel` and `graded`, year by year and row by row; they share no code
with the package.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.membership.panel import panel

Make = Callable[..., Dataset]
World = dict[str, Any]
KNOWN = {"member", "not_member", "left", "no_network", "no_actor"}
VINTAGE = 2010
YEARS = (2000, VINTAGE)
ALBY, DALA, KNIVSTA, ETT = "municipality:0101", "municipality:0201", "municipality:0330", "region:01"
ACTORS = [ALBY, DALA, KNIVSTA, ETT]
NETWORKS = ["net", "old"]
DATED = ("start", "seen", "end")


def some(limit: int) -> settings:
    """Return the settings of a property: repeatable, and quick enough to run with every change."""
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


years = st.integers(2000, VINTAGE)
maybe = st.none() | years


@st.composite
def evidence(
    draw: st.DrawFn, statuses: tuple[str, ...] = ("member", "member", "participant", "former", "indirect", "applicant")
) -> World:
    """Draw one row of memberships, as a source might state it."""
    start, end = draw(maybe), draw(st.none() | st.none() | years)
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end)
    if start is None and end is None and draw(st.booleans()):
        start = draw(st.sampled_from([2011, 2012]))
    row = {
        # Most rows are about one pair, so that rules meet.
        "a": draw(st.sampled_from([ALBY, ALBY, ALBY, ALBY, KNIVSTA, ETT])),
        "n": draw(st.sampled_from(["net", "net", "old"])),
        "status": draw(st.sampled_from(statuses)), "start": start, "seen": draw(maybe), "end": end,
        "basis": draw(st.sampled_from(["stated", "stated", "inferred"])),
        "start_basis": draw(st.sampled_from(["stated", "stated", "inferred"])),
        "inference": draw(st.sampled_from([None, None, "city_of_refuge"])),
    }  # fmt: skip
    row["basis"] = row["basis"] if row["seen"] else None
    row["start_basis"] = row["start_basis"] if row["start"] else None
    return row


@st.composite
def complete_list(draw: st.DrawFn) -> World:
    return {
        "network_id": draw(st.sampled_from(NETWORKS)), "year": draw(years),
        "levels": draw(st.sampled_from(["municipality", "region", "municipality;region"])),
        "counties": draw(st.sampled_from([None, "01", "02;03"])),
        "scope": draw(st.sampled_from(["all", "all", "full"])),
        "certainty": draw(st.sampled_from(["high", "medium"])),
        "members": draw(st.sets(st.sampled_from(ACTORS), max_size=2)),
    }  # fmt: skip


def uniquely(lists: list[World]) -> list[World]:
    """Keep one list a network and year: two would have the same id."""
    return list({(item["network_id"], item["year"]): item for item in lists}.values())


worlds = st.fixed_dictionaries(
    {
        "memberships": st.lists(evidence(), max_size=8),
        "lists": st.lists(complete_list(), max_size=3).map(uniquely),
        "proposals": st.lists(st.tuples(st.sampled_from(ACTORS), st.sampled_from(NETWORKS), years), max_size=2),
    }
)
choices = st.fixed_dictionaries(
    {
        "part_year": st.sampled_from(["any", "any", "whole", "start", "end"]),
        "after_last": st.sampled_from(["presumed", "presumed", "unknown"]),
        "carry_forward": st.sampled_from([3, 1, 0]),
        "year_basis": st.sampled_from(["stated", "any"]),
        "counting": st.sampled_from(["strict", "loose"]),
        "list_certainty": st.sampled_from(["high", "medium"]),
        "prefer": st.sampled_from(["list", "own_page"]),
    }
)
SOURCES = [{"source_id": "src", "accessed": f"{VINTAGE}-06-30"}]
NETWORK_ROWS = [{}, {"network_id": "old", "founded_year": 2003, "dissolved_year": 2007}]


def rows_of(world: World) -> list[World]:
    """Return the rows of memberships, those of the complete lists among them."""
    listed = [
        {"a": actor, "n": item["network_id"], "status": "full" if item["scope"] == "full" else "member",
         "seen": item["year"], "basis": "inferred", "list": f"{item['network_id']}-{item['year']}"}
        for item in world["lists"]
        for actor in sorted(item["members"])
    ]  # fmt: skip
    rows = [*world["memberships"], *listed]
    return [{"row_id": f"mem-{number:05d}", **row} for number, row in enumerate(rows, 1)]


def dataset(make: Make, world: World) -> Dataset:
    lists = [{key: value for key, value in item.items() if key != "members"} for item in world["lists"]]
    steps = [
        {"actor_id": actor, "network_id": network, "category": "leave", "due": str(year)}
        for actor, network, year in world["proposals"]
    ]
    return make(
        *rows_of(world), member_lists=lists, next_steps=steps, networks=NETWORK_ROWS, sources=SOURCES,
    )  # fmt: skip


def cells(make: Make, world: World, arguments: World, **more: Any) -> pd.DataFrame:
    return panel(dataset(make, world), **{"actors": ACTORS, "years": YEARS, **arguments, **more})


def keyed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(["actor_id", "network_id", "year"])


# --- The rules once more, naively -------------------------------------------------------------------------------------


class Naive:
    """One pair of actor and network, judged from the inline rows by reading the docstrings literally."""

    def __init__(self, world: World, arguments: World, actor: str, network: str) -> None:
        self.world, self.arguments, self.actor, self.network = world, arguments, actor, network
        self.rows = [row for row in rows_of(world) if (row["a"], row["n"]) == (actor, network)]

    def kind(self, row: World) -> str:
        if row["status"] == "former":
            return "exit"
        if row["status"] in ("indirect", "applicant"):
            return "nothing"
        loose = row["status"] == "participant" or row.get("inference") is not None
        return "nothing" if loose and self.arguments["counting"] == "strict" else "positive"

    def usable(self, row: World) -> tuple[int | None, int | None, int | None]:
        """Return start, sighting and end as far as the arguments admit them."""
        any_basis = self.arguments["year_basis"] == "any"
        start = row.get("start") if any_basis or row.get("start_basis") == "stated" else None
        seen = row.get("seen") if any_basis or row.get("basis") == "stated" or row.get("list") else None
        if start is not None and seen is not None and seen < start:
            seen = None
        return start, seen, row.get("end")

    def attests(self, row: World, year: int) -> bool:
        """Say whether a row attests any part of a year."""
        start, seen, end = self.usable(row)
        if self.kind(row) == "nothing" or year > VINTAGE:
            return False
        if self.kind(row) == "exit" and end is None:
            return False
        if start is not None:
            return start <= year <= next(item for item in (end, seen, start) if item is not None)
        if end is not None:
            return (seen if seen is not None and seen <= end else end) <= year <= end
        return seen == year

    def entered(self, row: World, year: int) -> bool:
        """Say whether the entry leaves the wanted part of the year uncovered."""
        return self.arguments["part_year"] in ("whole", "start") and self.usable(row)[0] == year

    def covers(self, row: World, year: int) -> bool:
        leaves = self.arguments["part_year"] in ("whole", "end") and self.usable(row)[2] == year
        return self.attests(row, year) and not self.entered(row, year) and not leaves

    def ends(self, year: int) -> list[tuple[int, bool]]:
        """Return the last years as member that lie behind a year, and whether a source states them."""
        found = []
        for row in self.rows:
            start, seen, end = self.usable(row)
            if self.kind(row) == "nothing" or (start is not None and start > VINTAGE):
                continue
            if end is not None and (end < year or (end == year and self.arguments["part_year"] in ("whole", "end"))):
                found.append((end, True))
            if end is None and self.kind(row) == "exit" and seen is not None and seen <= year:
                found.append((seen - 1, False))
        return found

    def enters(self, row: World, end: int, stated: bool, year: int) -> bool:
        """Say whether a row states by a year an entry after an end; or in the year of a stated end, and went on."""
        start = self.usable(row)[0]
        if start is None or not self.attests(row, start) or start > year:
            return False
        return start > end or (stated and start == end and self.attests(row, end + 1))

    def absent(self, year: int) -> bool:
        for item in self.world["lists"]:
            certain = item["certainty"] == "high" or self.arguments["list_certainty"] == "medium"
            level = "region" if self.actor.startswith("region") else "municipality"
            county = self.actor.split(":")[1][:2]
            if (
                (item["network_id"], item["year"]) == (self.network, year)
                and certain
                and item["scope"] == "all"
                and level in item["levels"].split(";")
                and (item["counties"] is None or county in item["counties"].split(";"))
                and self.actor not in item["members"]
            ):
                return True
        return False

    def last_evidence(self, year: int) -> int | None:
        attested = [
            other
            for other in range(1990, year + 1)
            for row in self.rows
            if self.attests(row, other) and not self.entered(row, year)
        ]
        return max(attested, default=None)

    def presumed(self, year: int) -> bool:
        last = self.last_evidence(year)
        carry = self.arguments["carry_forward"] if self.arguments["after_last"] == "presumed" else 0
        if last is None or not last < year <= last + carry:
            return False
        proposed = any(
            last <= when < year
            for actor, network, when in self.world["proposals"]
            if (actor, network) == (self.actor, self.network)
        )
        first_list = last if self.arguments["prefer"] == "list" else last + 1
        return not proposed and not any(self.absent(other) for other in range(first_list, year))

    def cell(self, year: int) -> tuple[str, bool]:
        exists = self.actor != KNIVSTA or year >= 2003
        open_ = self.network != "old" or 2003 <= year <= 2007
        positive = any(self.covers(row, year) for row in self.rows)
        contrary = "no_actor" if not exists else "not_member" if self.absent(year) else "" if open_ else "no_network"
        if positive:
            if contrary:
                return (contrary if self.arguments["prefer"] == "list" else "member"), True
            before = [(end, stated) for end, stated in self.ends(year) if end < year]
            return "member", not all(any(self.enters(row, *end, year) for row in self.rows) for end in before)
        if contrary in ("no_actor", "not_member"):
            return contrary, False
        last = self.last_evidence(year)
        if self.ends(year) and (last is None or last <= max(self.ends(year))[0]):
            return "left", False
        if contrary:
            return contrary, False
        return ("presumed" if self.presumed(year) else "unknown"), False


@some(70)
@given(world=worlds, arguments=choices)
def test_panel_agrees_with_the_naive_rules(make: Make, world: World, arguments: World) -> None:
    frame = cells(make, world, arguments)
    naive = {(actor, network): Naive(world, arguments, actor, network) for actor in ACTORS for network in NETWORKS}
    for row in frame.itertuples():
        state, conflict = naive[row.actor_id, row.network_id].cell(row.year)
        assert (row.state, row.conflict) == (state, conflict), (row.actor_id, row.network_id, row.year)


# --- What must hold ---------------------------------------------------------------------------------------------------


@some(20)
@given(world=worlds, arguments=choices)
def test_no_cell_contradicts_evidence_without_a_flag(make: Make, world: World, arguments: World) -> None:
    arguments = arguments | {"part_year": "any"}
    for row in cells(make, world, arguments).itertuples():
        pair = Naive(world, arguments, row.actor_id, row.network_id)
        attested = any(pair.attests(item, row.year) for item in pair.rows)
        if not row.conflict:
            assert attested == (row.state == "member")
            assert not (attested and pair.absent(row.year))
            assert row.state != "not_member" or pair.absent(row.year), "absence needs a list that covers the actor"
            assert row.state != "left" or pair.ends(row.year), "an exit needs a source"
        else:
            assert attested, "a conflict has a page that says member"


@some(20)
@given(world=worlds, arguments=choices)
def test_low_best_high(make: Make, world: World, arguments: World) -> None:
    frame = cells(make, world, arguments)
    assert ((frame["low"] <= frame["best"]) & (frame["best"] <= frame["high"])).all()
    state, flagged = frame["state"], frame["conflict"]
    assert (frame["low"] == ((state == "member") & ~flagged)).all()
    assert (frame["best"] == state.isin(["member", "presumed"])).all()
    assert frame.loc[flagged, "high"].eq(1).all()
    assert frame.loc[state.isin(["not_member", "left", "no_network", "no_actor"]) & ~flagged, "high"].eq(0).all()
    assert ((frame["rows"] == "") == (state.isin(["unknown", "no_network", "no_actor"]) & ~flagged)).all()
    assert ((frame["status"] != "") == (state.isin(["member", "presumed"]) | flagged)).all()


def lost(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that were known before and are not any more, with their former state."""
    states, later = keyed(before)["state"], keyed(after)["state"]
    return states[states.isin(KNOWN) & ~later.isin(KNOWN).reindex(states.index)].reset_index()


@some(20)
@given(world=worlds, arguments=choices, row=evidence(("member",)))
def test_more_positive_evidence_never_makes_a_known_cell_unknown(
    make: Make, world: World, arguments: World, row: World
) -> None:
    more = world | {"memberships": [*world["memberships"], row]}
    gone = lost(cells(make, world, arguments), cells(make, more, arguments))
    # One exception, by rule: evidence after an end opens a new spell, and then the old end decides no later year.
    pair = Naive(more, arguments, row["a"], row["n"])
    attested = [year for year in range(1990, VINTAGE + 1) if pair.attests({"row_id": "", **row}, year)]
    unexplained = gone[(gone["state"] != "left") | (gone["year"] <= min(attested, default=9999))]
    assert unexplained.empty


@some(20)
@given(world=worlds, arguments=choices, actor=st.sampled_from(ACTORS), network=st.sampled_from(NETWORKS), end=years)
def test_an_end_never_makes_a_known_cell_unknown(
    make: Make, world: World, arguments: World, actor: str, network: str, end: int
) -> None:
    before = cells(make, world, arguments)
    for row in ({"status": "member", "end": end}, {"status": "former", "seen": end, "basis": "stated"}):
        more = world | {"memberships": [*world["memberships"], {"a": actor, "n": network, **row}]}
        gone = lost(before, cells(make, more, arguments))
        # A last year as member is positive evidence too: after an earlier end it opens a spell, until it ends.
        assert gone[gone["year"] > end].empty
        assert gone[gone["state"] != "left"].empty


@some(20)
@given(world=worlds, arguments=choices, item=complete_list())
def test_a_list_never_makes_a_known_cell_unknown(make: Make, world: World, arguments: World, item: World) -> None:
    item = item | {"members": set()}
    more = world | {"lists": uniquely([item, *world["lists"]])}
    assert lost(cells(make, world, arguments), cells(make, more, arguments)).empty


@some(20)
@given(world=worlds, arguments=choices)
def test_nobody_outside_the_population_at_risk_is_closed(make: Make, world: World, arguments: World) -> None:
    frame = cells(make, world, arguments)
    for row in frame[frame["state"] == "not_member"].itertuples():
        level, county = ("region" if row.actor_id == ETT else "municipality"), row.actor_id.split(":")[1][:2]
        covering = [
            item for item in world["lists"]
            if (item["network_id"], item["year"]) == (row.network_id, row.year) and level in item["levels"]
            and (item["counties"] is None or county in item["counties"]) and item["scope"] == "all"
        ]  # fmt: skip
        assert covering, (row.actor_id, row.year)


@some(20)
@given(world=worlds, arguments=choices, seed=st.integers(0, 99))
def test_the_order_of_rows_decides_nothing(make: Make, world: World, arguments: World, seed: int) -> None:
    data, shuffled = dataset(make, world), dataset(make, world)
    for name in ("memberships", "member_lists", "next_steps", "networks", "actors", "status_rules"):
        frame = shuffled.table(name)
        shuffled._tables[name] = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    mixed = random.Random(seed)
    actors, networks = mixed.sample(ACTORS, len(ACTORS)), mixed.sample(NETWORKS, len(NETWORKS))
    one = panel(data, actors=ACTORS, networks=NETWORKS, years=YEARS, **arguments)
    other = panel(shuffled, actors=actors, networks=networks, years=YEARS, **arguments)
    pd.testing.assert_frame_equal(one, other)


@some(20)
@given(world=worlds, arguments=choices)
def test_relabelling_alike_actors_permutes_the_result(make: Make, world: World, arguments: World) -> None:
    # Alby and Boda are alike: two municipalities of one county. The evidence of one given to the other moves its cells.
    boda = "municipality:0102"

    def moves(actor: str) -> str:
        return boda if actor == ALBY else actor

    moved = {
        "memberships": [row | {"a": moves(row["a"])} for row in world["memberships"]],
        "lists": [item | {"members": {moves(actor) for actor in item["members"]}} for item in world["lists"]],
        "proposals": [(moves(actor), network, year) for actor, network, year in world["proposals"]],
    }  # fmt: skip
    names = {ALBY: boda, boda: ALBY}
    # Row ids follow the order of actors within a list; what decides a cell is compared without them.
    one = cells(make, world, arguments, actors=[*ACTORS, boda]).drop(columns="rows")
    other = cells(make, moved, arguments, actors=[*ACTORS, boda]).drop(columns="rows")
    renamed = one.assign(actor_id=one["actor_id"].replace(names).astype("str"))
    pd.testing.assert_frame_equal(keyed(renamed).sort_index(), keyed(other).sort_index())


@some(20)
@given(world=worlds, arguments=choices)
def test_pairs_with_evidence_have_the_cells_they_have_among_all(make: Make, world: World, arguments: World) -> None:
    everything, part = cells(make, world, arguments), cells(make, world, arguments, pairs="evidence")
    same = keyed(everything).loc[keyed(part).index]
    pd.testing.assert_frame_equal(keyed(part), same)
    rest = keyed(everything).drop(keyed(part).index)
    assert not rest["state"].isin(["member", "presumed", "left"]).any()
    assert not rest["conflict"].any()


@pytest.mark.parametrize("first", [2000, 2004])
def test_a_window_shows_the_cells_of_the_whole(make: Make, first: int) -> None:
    data = make({"start": 1998, "end": 2002}, {"seen": 2005}, member_lists=[{"year": 2006}])
    whole = keyed(panel(data, years=(1995, 2012)))
    part = keyed(panel(data, years=(first, 2010)))
    pd.testing.assert_frame_equal(part, whole.loc[part.index])
