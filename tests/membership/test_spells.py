"""The evidence of a pair joined into spells, what becomes of them, and that the panel tells the same."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.membership.actors import member_actors
from natverk.membership.panel import panel
from natverk.membership.spells import durations, spells

Make = Callable[..., Dataset]
ALBY, BODA = "municipality:0101", "municipality:0102"


def short(data: Dataset, **arguments: Any) -> list[list[Any]]:
    """Return spell, start, basis, last_seen, end and gap of each spell, blanks as None."""
    frame = spells(data, **arguments)[["spell", "start", "start_basis", "last_seen", "end", "longest_gap"]]
    return [[None if pd.isna(value) else value for value in row] for row in frame.values.tolist()]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([{"start": 2006, "seen": 2010}], [[1, 2006, "stated", 2010, None, 0]], id="stated start"),
        pytest.param(
            [{"seen": 2006}, {"seen": 2010}], [[1, 2006, "seen", 2010, None, 3]], id="first seen, left-truncated"
        ),
        pytest.param(
            [{"seen": 2004}, {"start": 2006}], [[1, 2006, "stated", 2006, None, 1]], id="a stated start goes first"
        ),
        pytest.param(
            [{"start": 2006}, {"start": 2004, "seen": 2005}],
            [[1, 2004, "stated", 2006, None, 0]],
            id="the earliest stated start",
        ),
        pytest.param([{"start": 2006, "end": 2009}], [[1, 2006, "stated", 2009, 2009, 0]], id="stated end"),
        pytest.param([{"seen": 2006}, {"end": 2009}], [[1, 2006, "seen", 2009, 2009, 2]], id="end of another source"),
        pytest.param(
            [{"start": 2003, "end": 2005}, {"seen": 2009}, {"start": 2008}],
            [[1, 2003, "stated", 2005, 2005, 0], [2, 2008, "stated", 2009, None, 0]],
            id="evidence after an end opens the next",
        ),
        pytest.param(
            [{"seen": 2006}, {"status": "former", "seen": 2010}],
            [[1, 2006, "seen", 2006, 2009, 0]],
            id="called former",
        ),
        pytest.param(
            [{"status": "former", "seen": 2010}], [[1, None, None, None, 2009, 0]], id="known by its end only"
        ),
        pytest.param(
            [{"start": 2006, "end": 2010}, {"start": 2010, "end": 2012}],
            [[1, 2006, "stated", 2010, 2010, 0], [2, 2010, "stated", 2012, 2012, 0]],
            id="out in a year and in again in the same",
        ),
        pytest.param(
            [{"end": 2010}, {"start": 2010, "seen": 2012}],
            [[1, 2010, "seen", 2010, 2010, 0], [2, 2010, "stated", 2012, None, 0]],
            id="in again in the year of a bare end",
        ),
        pytest.param(
            [{"start": 2004, "end": 2012}, {"start": 2006, "end": 2008}],
            [[1, 2004, "stated", 2012, 2012, 0]],
            id="nested: the shorter is contradicted",
        ),
        pytest.param(
            [{"start": 2004, "end": 2008}, {"start": 2006, "end": 2010}],
            [[1, 2004, "stated", 2010, 2010, 0]],
            id="overlapping: the membership goes on",
        ),
        pytest.param(
            [{"start": 2004, "end": 2006}, {"start": 2004, "end": 2008, "source": "other"}],
            [[1, 2004, "stated", 2008, 2008, 0]],
            id="sources differ in the end",
        ),
        pytest.param(
            [{"start": 2004, "seen": 2010}, {"end": 2007, "source": "other"}],
            [[1, 2004, "stated", 2010, None, 0]],
            id="a span over the end of another source: no end is sure",
        ),
        pytest.param(
            [{"start": 2004, "end": 2006}, {"start": 2007, "end": 2010}, {"start": 2005, "seen": 2009}],
            [[1, 2004, "stated", 2006, 2006, 0], [2, 2007, "stated", 2010, 2010, 0]],
            id="a coarse span over a stated re-entry",
        ),
        pytest.param(
            [{"start": 2004, "end": 2006}, {"status": "former", "seen": 2010}],
            [[1, 2004, "stated", 2006, 2006, 0]],
            id="called former later on: the same spell",
        ),
        pytest.param([{}], [[1, None, None, None, None, None]], id="undated"),
        pytest.param([{}, {"seen": 2006}], [[1, 2006, "seen", 2006, None, 0]], id="undated beside dated"),
        pytest.param([{"status": "former"}], [], id="former without any year"),
        pytest.param(
            [{"status": "applicant", "seen": 2006}, {"status": "indirect", "seen": 2006}], [], id="no membership"
        ),
        pytest.param([{"start": 2029, "seen": 2024}], [], id="a decision for a year to come"),
    ],
)
def test_joining(make: Make, rows: list[dict[str, Any]], expected: list[list[Any]]) -> None:
    assert short(make(*rows)) == expected


def test_what_a_spell_rests_on(make: Make) -> None:
    frame = spells(make({"seen": 2006}, {"seen": 2008, "status": "full", "source": "other"}, {"seen": 2008}, {}))
    row = frame.iloc[0]
    assert row[["status", "n_rows", "n_sources", "row_ids"]].tolist() == [
        "full/member",
        3,
        2,
        "mem-00001;mem-00002;mem-00003",
    ]
    assert bool(row["dated"])
    assert not spells(make({}))["dated"].any()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"start": 2004, "seen": 2010}, {"end": 2007}], [True]),
        ([{"end": 2006}, {"seen": 2009}], [False, True]),
        ([{"end": 2006}, {"start": 2009}], [False, False]),
        ([{"start": 2006, "end": 2010}, {"start": 2010, "end": 2012}], [False, False]),
    ],
)
def test_years_attested_after_a_stated_end_are_a_conflict(
    make: Make, rows: list[dict[str, Any]], expected: list[bool]
) -> None:
    data = make(*rows)
    assert spells(data)["conflict"].tolist() == expected
    assert panel(data, actors=[ALBY], networks=["net"], years=(2000, 2015))["conflict"].any() == any(expected)


def test_spells_are_sorted_and_numbered_by_pair(make: Make) -> None:
    rows = [
        {"a": "region:01", "seen": 2006},
        {"n": "zed", "seen": 2004},
        {"end": 2002},
        {"start": 2004},
        {"a": "region:01", "n": "zed", "seen": 2004},
    ]
    frame = spells(make(*rows, networks=[{}, {"network_id": "zed"}]))
    assert frame[["actor_id", "network_id", "spell"]].values.tolist() == [
        ["municipality:0101", "net", 1],
        ["municipality:0101", "net", 2],
        ["municipality:0101", "zed", 1],
        ["region:01", "net", 1],
        ["region:01", "zed", 1],
    ]


def test_arguments_are_those_of_graded(make: Make) -> None:
    data = make({"status": "participant", "seen": 2006}, {"seen": 2008, "basis": "inferred"})
    assert short(data) == [[1, None, None, None, None, None]]
    assert short(data, year_basis="any") == [[1, 2008, "seen", 2008, None, 0]]
    assert short(data, counting="loose") == [[1, 2006, "seen", 2006, None, 0]]
    assert short(data, counting="loose", year_basis="any") == [[1, 2006, "seen", 2008, None, 1]]


def test_no_evidence_no_spells(make: Make) -> None:
    frame = spells(make())
    assert frame.empty
    assert {"actor_id", "start_basis", "dated", "row_ids"} <= set(frame.columns)


def test_spells_of_the_real_data(real: Dataset) -> None:
    frame = spells(real)
    assert not frame.duplicated(["actor_id", "network_id", "spell"]).any()
    assert (frame["start"] <= frame["last_seen"]).fillna(True).all()
    assert (frame["last_seen"] <= frame["end"]).fillna(True).all()
    assert frame.loc[frame["start"].notna(), "start_basis"].isin(["stated", "seen"]).all()
    rows = [row for ids in frame["row_ids"] for row in ids.split(";")]
    # A row that spans a stated re-entry belongs to both spells of its pair, which follow each other.
    twice = {row for row in rows if rows.count(row) > 1}
    for row in twice:
        both = frame[frame["row_ids"].str.split(";").map(lambda ids, row=row: row in ids)]
        assert both[["actor_id", "network_id"]].drop_duplicates().shape[0] == 1
        assert both["spell"].diff().dropna().eq(1).all()
        assert both["start_basis"].iloc[1:].eq("stated").all()
    assert len(twice) <= 2
    assert set(rows) <= set(real.memberships["row_id"])


# --- Durations ---

CASES: list[tuple[str, list[dict[str, Any]], list[int | None]]] = [
    ("exit", [{"start": 2000, "seen": 2003, "end": 2010}], [3, 11, 1]),
    # Told only after the end: nobody had to last until 2015 to be known.
    ("exit", [{"start": 2000, "end": 2010, "seen": 2015}], [0, 11, 1]),
    ("exit", [{"start": 2010, "end": 2010}], [0, 1, 1]),
    ("seen_last", [{"start": 2000, "seen": 2004}, {"seen": 2010}], [4, 10, 0]),
    ("no_time", [{"start": 2000, "seen": 2004}], [None, None, None]),
    ("never_sighted", [{"start": 2000}], [None, None, None]),
    ("start_unknown", [{"seen": 2004}, {"seen": 2010}], [None, None, None]),
    ("start_unknown", [{"seen": 2004, "end": 2010}], [None, None, None]),
    ("undated", [{}], [None, None, None]),
    (
        "former_without_year",
        [{"start": 2000, "seen": 2004}, {"seen": 2008}, {"status": "former", "seen": 2012}],
        [4, 8, 0],
    ),
]


@pytest.mark.parametrize(("reason", "rows", "expected"), CASES)
def test_what_becomes_of_a_spell(
    make: Make, reason: str, rows: list[dict[str, Any]], expected: list[int | None]
) -> None:
    own = durations(make(*rows)).iloc[0]
    assert own["reason"] == reason
    assert [None if pd.isna(own[name]) else int(own[name]) for name in ("entry", "time", "event")] == expected
    assert bool(own["enters"]) == (expected[0] is not None)


def test_followed_to_the_vintage_or_the_last_sighting(make: Make) -> None:
    data = make({"start": 2000, "seen": 2004})
    own = durations(data, censor="vintage").iloc[0]
    assert [own["reason"], own["entry"], own["time"], own["event"]] == ["until_vintage", 4, 26, 0]
    assert durations(data, entry="start").iloc[0]["entry"] == 0


def test_the_end_of_a_network_is_no_exit_unless_asked_for(make: Make) -> None:
    rows = [{"start": 2000, "seen": 2005, "end": 2010}, {"a": BODA, "start": 2000, "seen": 2005}]
    data = make(*rows, networks=[{"dissolved_year": 2010}])
    assert durations(data)["reason"].tolist() == ["until_dissolution", "no_time"]
    assert durations(data)["event"].tolist()[0] == 0
    assert durations(data, dissolution="exit")["event"].tolist()[0] == 1
    followed = durations(data, censor="vintage").set_index("actor_id").loc[BODA]
    assert [followed["reason"], followed["time"]] == ["until_dissolution", 10]


@pytest.mark.parametrize(
    ("kind", "reason", "event"),
    [
        ("left", "exit", 1),
        ("network_ended", "until_dissolution", 0),
        ("term", "term_over", 0),
        ("member_ended", "term_over", 0),
    ],
)
def test_only_who_leaves_has_left(make: Make, kind: str, reason: str, event: int) -> None:
    row = {"start": 2000, "seen": 2005, "end": 2010, "end_kind": kind}
    for status in ("member", "former"):
        own = durations(make(row | {"status": status})).iloc[0]
        assert [own["reason"], own["event"], bool(own["enters"])] == [reason, event, True], status
    # A member that had left before the network ended in the same year.
    ended = make(row, networks=[{"dissolved_year": 2010}])
    assert durations(ended).iloc[0]["reason"] == reason


def test_the_owners_of_arena_did_not_leave_it(real: Dataset) -> None:
    owners = ["body:ica", "body:skr", "body:swedbank"]
    own = durations(real, actors=owners, networks=["arena-for-tillvaxt"], entry="start")
    assert own["end"].tolist() == [2019] * 3
    assert set(own["reason"]) == {"until_dissolution"}
    assert own["event"].sum() == 0
    # Nor did those whose office in Brussels was merged into another.
    merged = durations(real, networks=["mid-sweden-european-office"], counts_as=("representation",))
    assert not (merged["reason"] == "exit").any()
    # Göteborg had left West Sweden before it was wound up; the others had only meant to.
    west = durations(real, networks=["west-sweden"], counts_as=("representation",))
    assert not (west.loc[west["actor_id"] != "municipality:1480", "reason"] == "exit").any()


def test_every_end_says_what_ended(real: Dataset) -> None:
    rows = real.memberships
    told = rows["end_year"].notna() | (rows["status"] == "former")
    assert (rows["end_kind"].notna() == told).all()


def test_a_membership_of_a_federation_stays_with_it(real: Dataset) -> None:
    # "Member since February 1998, earlier as Kommunförbundet Kronoberg, …" (mem-00739): the region did not exist.
    starts = spells(real, networks=["euroregion-baltic"], year_basis="any").groupby("actor_id")["start"].min()
    assert starts["body:kommunforbundet-kronoberg"] == 1998
    assert starts["region:07"] == 2019
    assert "body:regionforbundet-sodra-smaland" in starts.index
    # A region that was formed on a day is a federation's successor, not the holder of its first year.
    vanguard = real.memberships[real.memberships["network_id"] == "vanguard"].set_index("row_id")
    assert vanguard.loc["mem-01937", "actor_id"] == "body:region-varmland-kommunalforbund"


def test_a_spell_that_a_later_list_lacks_is_not_followed_to_the_vintage(make: Make) -> None:
    data = make({"start": 2000, "seen": 2004}, {"seen": 2010}, member_lists=[{"year": 2012}])
    for censor in ("last_seen", "vintage"):
        own = durations(data, censor=censor).iloc[0]  # type: ignore[arg-type]
        assert [own["reason"], own["time"], own["event"]] == ["absent_from_list", 10, 0]
    seen_since = make({"start": 2000, "seen": 2004}, {"seen": 2014}, member_lists=[{"year": 2012}])
    assert durations(seen_since, censor="vintage").iloc[0]["reason"] == "until_vintage"


def test_unknown_values_are_named(make: Make) -> None:
    data = make({"start": 2000})
    for wrong in ({"entry": "birth"}, {"censor": "never"}, {"dissolution": "no"}):
        with pytest.raises(InvalidArgument, match="allowed"):
            durations(data, **wrong)


def test_a_rejoin_keeps_both_ends(make: Make) -> None:
    data = make({"start": 2006, "end": 2010}, {"start": 2010, "end": 2012})
    table = durations(data)
    assert table[["start", "end", "time", "event", "reason"]].values.tolist() == [
        [2006, 2010, 5, 1, "exit"], [2010, 2012, 3, 1, "exit"],
    ]  # fmt: skip


def test_every_spell_of_the_real_data_is_accounted_for(real: Dataset) -> None:
    table = durations(real)
    assert len(table) == len(natverk.spells(real, actors=member_actors(real), counts_as="membership"))
    entering = table[table["enters"]]
    assert (entering["entry"] < entering["time"]).all()
    assert entering["start"].notna().all()
    # An exit is dated only where a source states its year.
    ends = real.memberships.set_index("row_id")["end_year"]
    for end, ids in entering.loc[entering["event"] == 1, ["end", "row_ids"]].values.tolist():
        assert (ends.loc[ids.split(";")] == end).any()
    assert table.loc[~table["enters"], ["entry", "time", "event"]].isna().all(axis=None)


WRONG: dict[str, dict[str, Any]] = {
    "entry": {"entry": "birth"}, "censor": {"censor": "never"}, "dissolution": {"dissolution": "no"},
    "actors": {"actors": []}, "counts_as": {"counts_as": ("members",)}, "networks": {"networks": ["nett"]},
    "year_basis": {"year_basis": "all"}, "counting": {"counting": "strictly"},
}  # fmt: skip


@pytest.mark.parametrize("where", WRONG)
def test_wrong_arguments_of_durations_are_named(make: Make, where: str) -> None:
    with pytest.raises(natverk.errors.NatverkError, match=f"where: {where}"):
        durations(make({"start": 2000}), **WRONG[where])


# --- Spells, panel and durations agree --------------------------------------------------------------------------------

FIRST, LAST = 2000, 2012
years = st.integers(FIRST, LAST)


@st.composite
def one_row(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a row of one of two sources: a span, a sighting, a bare start or end, or a page about a former member."""
    first, last = sorted((draw(years), draw(years)))
    kind = draw(st.sampled_from(["span", "span", "span", "since", "since", "until", "seen", "start", "end", "former"]))
    row: dict[str, Any] = {
        "span": {"start": first, "end": last}, "since": {"start": first, "seen": last},
        "until": {"seen": first, "end": last}, "seen": {"seen": first}, "start": {"start": first},
        "end": {"end": last}, "former": {"status": "former", "seen": last},
    }[kind]  # fmt: skip
    return row | {"source": draw(st.sampled_from(["src", "other"]))}


def attested_by(row: dict[str, Any]) -> set[int]:
    if row.get("status") == "former":
        return set()
    known = [row[name] for name in ("start", "seen", "end") if name in row]
    return set(range(min(known), max(known) + 1))


def walked(rows: list[dict[str, Any]]) -> list[tuple[set[int], int | None]]:
    """Return the spells by going from one attested year to the next: the years of each, and its end."""
    stated = {row["end"] for row in rows if "end" in row}
    ends = stated | {row["seen"] - 1 for row in rows if "status" in row}
    years = sorted(set().union(*map(attested_by, rows)))
    found: list[tuple[set[int], int | None]] = []
    current: set[int] = set()
    for last, year in pairwise([FIRST - 99, *years, LAST + 99]):
        end = min((end for end in ends if last <= end < year), default=None)
        through = [row for row in rows if {last, year} <= attested_by(row)]
        joining = [row for row in through if row.get("start") == last and last in stated]
        if end is not None and (len(joining) > 0 or not through or any(row.get("start") == year for row in rows)):
            # The year of the end is one of the spell that ends only where somebody else attests it.
            seen = any(last in attested_by(row) for row in rows if row not in joining)
            found.append((current if seen or last not in current else current - {last}, end))
            current = {year} | ({last} if joining else set())
        else:
            current = current | {year}
    current -= {LAST + 99}
    return [*found, (current, None)] if current else found


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip
@given(pairs=st.lists(st.lists(one_row(), min_size=1, max_size=4), min_size=10, max_size=10))
def test_spells_panel_and_durations_agree_on_every_pair(make: Make, pairs: list[list[dict[str, Any]]]) -> None:
    # One dataset for ten pairs, each in a network of its own.
    named = dict(zip("abcdefghij", pairs, strict=True))
    rows = [{**row, "n": network} for network, own in named.items() for row in own]
    data = make(*rows, networks=[{"network_id": network} for network in named])
    cells = panel(data, actors=[ALBY], years=(FIRST - 2, LAST + 2), after_last="unknown").set_index("year")
    every, lasting = spells(data), durations(data)
    pd.testing.assert_frame_equal(every[SHARED], lasting[SHARED])
    for network, own in named.items():
        expected, stated = walked(own), {row.get("end") for row in own}
        found = every[every["network_id"] == network]
        ends = [(max(covered, default=None), end) for covered, end in expected]
        assert [plain(row) for row in found[["last_seen", "end"]].values.tolist()] == ends, own

        states = cells[cells["network_id"] == network]
        assert set(states.index[states["state"] == "member"]) == set().union(*(covered for covered, _ in expected)), own
        begins = [min(covered) for covered, _ in expected[1:]] + [LAST + 3]
        gone = [range(end + 1, begin) for (_, end), begin in zip(expected, begins, strict=True) if end is not None]
        assert set(states.index[states["state"] == "left"]) == set().union(*gone), own
        flagged = set(states.index[states["conflict"]])
        assert found["conflict"].tolist() == [bool(covered & flagged) for covered, _ in expected], own

        for spell, (covered, end) in zip(found.itertuples(), expected, strict=True):
            # Who joins in the year of an end and goes on joins the next spell.
            joins = [
                row["start"] for row in own
                if row.get("start") in covered and not (end in stated and row["start"] == end < max(attested_by(row)))
            ]  # fmt: skip
            basis = "stated" if joins else "seen" if covered else None
            assert plain([spell.start, spell.start_basis]) == (min(joins or covered, default=None), basis), own
        for spell in lasting[(lasting["network_id"] == network) & lasting["enters"]].itertuples():
            told = pd.notna(spell.end) and any(row.get("end") == spell.end for row in own)
            assert spell.event == told
            assert spell.time == (spell.end + 1 if told else spell.last_seen) - spell.start


SHARED = ["actor_id", "network_id", "spell", "start", "last_seen", "end", "row_ids"]


def plain(values: list[Any]) -> tuple[Any, ...]:
    return tuple(None if pd.isna(value) else value for value in values)
