"""Cohorts, growth, survival and exits: by hand, against statsmodels, and on the real data."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.lists import list_exits, list_retention, list_survival
from natverk.membership.spells import cohorts, durations, growth, kaplan_meier, survival, turnbull

Make = Callable[..., Dataset]
ALBY, BODA, DALA = "municipality:0101", "municipality:0102", "municipality:0201"
INF = float("inf")


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


# Cohorts and growth ---------------------------------------------------------------------------------------------


def test_only_a_stated_start_dates_a_join(make: Make) -> None:
    data = make(
        {"a": ALBY, "start": 2006, "seen": 2010},
        {"a": BODA, "seen": 2008},
        {"a": DALA},
        {"a": "region:01", "start": 2006, "end": 2012},
        {"a": "region:02", "end": 2012, "status": "former", "seen": 2013},
    )
    result = cohorts(data)
    assert result.frame[["cohort", "n_joined", "n_actors", "n_ended"]].values.tolist() == [[2006, 2, 2, 1]]
    assert result.said.set_index("reason")["n_spells"].to_dict() == {
        "stated": 2, "seen": 2, "undated": 1, "exit_only": 0,
    }  # fmt: skip
    assert result.text("en").startswith("2 of 5 spells")
    assert "2 av 5" in result.text("sv")


def test_cohorts_by_network_and_level(make: Make) -> None:
    data = make({"a": ALBY, "start": 2006}, {"a": "region:01", "start": 2006}, {"a": BODA, "start": 2007})
    assert cohorts(data, by="level").frame[["cohort", "level", "n_joined"]].values.tolist() == [
        [2006, "municipal", 1], [2006, "regional", 1], [2007, "municipal", 1],
    ]  # fmt: skip
    assert cohorts(data, by="network").frame["network_id"].unique().tolist() == ["net"]
    with pytest.raises(InvalidArgument, match="network"):
        cohorts(data, by="county")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="ubc"):
        cohorts(data, networks=["ubc"])


def test_growth_counts_what_is_documented_and_lists_apart(make: Make) -> None:
    data = make(
        {"a": ALBY, "start": 2006, "seen": 2010},
        {"a": BODA},
        {"a": ALBY, "list": "net-2008", "seen": 2008},
        member_lists=[{"year": 2008, "counties": "01"}],
    )
    curve = growth(data, years=(2007, 2012)).set_index("year")
    assert curve["low"].tolist() == [1, 1, 1, 1, 0, 0]
    assert curve["best"].tolist() == [1, 1, 1, 1, 1, 1]
    assert curve["n_undated"].unique().tolist() == [1]
    assert curve["n_listed"].dropna().to_dict() == {2008: 1}
    # The list covers county 01 only: of Dala it says nothing, and nothing is no zero.
    other = make(
        {"a": DALA, "seen": 2008}, {"a": ALBY, "list": "net-2008", "seen": 2008},
        member_lists=[{"year": 2008, "counties": "01"}],
    )  # fmt: skip
    assert growth(other, actors=[DALA], years=2008)["n_listed"].isna().all()  # type: ignore[arg-type]


def test_growth_of_the_real_data(real: Dataset) -> None:
    curve = growth(real, networks=["ubc"], years=(2014, 2022))
    listed = curve.dropna(subset=["n_listed"])
    assert listed[["year", "n_listed"]].values.tolist() == [[2014, 21], [2019, 14], [2020, 13], [2022, 12]]
    assert (listed["low"] == listed["n_listed"]).all()
    assert (curve["low"] <= curve["best"]).all()


# Spells as survival data ----------------------------------------------------------------------------------------

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
    with pytest.raises(InvalidArgument, match="min_events"):
        survival(data, min_events=-1)


# The product-limit estimate -------------------------------------------------------------------------------------


def test_a_left_truncated_example_worked_by_hand() -> None:
    # At 5: spells 1, 2 and 3 are at risk, spell 4 enters only then (1 of 3 leaves); at 6: 2, 3 and 4 (1 of 3);
    # at 9: 4 alone (1 of 1). Without truncation, 4 would be at risk at 5 as well (1 of 4).
    spells = pd.DataFrame({"entry": [0, 2, 3, 5, 0], "time": [5, 6, 8, 9, 3], "event": [1, 1, 0, 1, 0]})
    curve = kaplan_meier(spells)
    assert curve["time"].tolist() == [5, 6, 9]
    assert curve["n_risk"].tolist() == [3, 3, 1]
    assert curve["survival"].tolist() == pytest.approx([2 / 3, 4 / 9, 0])
    assert kaplan_meier(spells.assign(entry=0))["survival"].iloc[0] == pytest.approx(3 / 4)


SPELLS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8), st.integers(0, 1)), min_size=1, max_size=25).map(
    lambda rows: pd.DataFrame([(a, a + b, e) for a, b, e in rows], columns=["entry", "time", "event"])
)


@given(SPELLS)
@some(40)
def test_against_statsmodels_and_the_definition(spells: pd.DataFrame) -> None:
    curve = kaplan_meier(spells, superpopulation="spells as they might have been")
    share, expected = 1.0, []
    for time in sorted(set(spells.loc[spells["event"] == 1, "time"])):
        at_risk = ((spells["entry"] < time) & (spells["time"] >= time)).sum()
        exits = ((spells["time"] == time) & (spells["event"] == 1)).sum()
        share *= 1 - exits / at_risk
        expected.append((time, at_risk, exits, share))
    np.testing.assert_allclose(
        curve[["time", "n_risk", "n_events", "survival"]].to_numpy(dtype=float).reshape(-1, 4),
        np.array(expected, dtype=float).reshape(-1, 4),
        atol=1e-12,
    )
    if expected:
        direct = SurvfuncRight(
            spells["time"].to_numpy(float), spells["event"].to_numpy(int), entry=spells["entry"].to_numpy(float)
        )
        np.testing.assert_allclose(curve["survival"], direct.surv_prob)
        np.testing.assert_allclose(curve["std_error"], direct.surv_prob_se)
    shuffled = spells.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(kaplan_meier(spells), kaplan_meier(shuffled))


def test_no_standard_error_without_a_superpopulation() -> None:
    spells = pd.DataFrame({"entry": [0, 0], "time": [1, 2], "event": [1, 0]})
    assert "std_error" not in kaplan_meier(spells)
    for blank in ("", "  ", True):
        with pytest.raises(InvalidArgument, match="superpopulation"):
            kaplan_meier(spells, superpopulation=blank)  # type: ignore[arg-type]


def test_spells_that_cannot_enter_are_refused() -> None:
    good = {"entry": [0], "time": [2], "event": [1]}
    for wrong in ({"entry": [None]}, {"event": [2]}, {"entry": [2]}):
        with pytest.raises(InvalidArgument, match="frame"):
            kaplan_meier(pd.DataFrame({**good, **wrong}))
    with pytest.raises(InvalidArgument, match="no column 'entry'"):
        kaplan_meier(pd.DataFrame({"time": [2], "event": [1]}))


# Survival as a whole --------------------------------------------------------------------------------------------


def test_survival_refuses_with_counts_and_gives_a_curve_when_it_can(make: Make) -> None:
    actors = [ALBY, BODA, DALA, "region:01"]
    rows = [{"a": a, "start": 2000, "seen": 2001, "end": 2004 + n} for n, a in enumerate(actors)]
    data = make(*rows, {"a": "region:02", "seen": 2003})
    result = survival(data)
    assert result.refused is not None
    assert result.refused.counts == {"n_events": 4, "n_enter": 4, "min_events": 10}
    assert result.curve.empty
    assert "exits: 4, spells that enter: 4" in result.text("en")
    assert "minst 10 utträden krävs" in result.text("sv")
    allowed = survival(data, min_events=4)
    assert allowed.refused is None
    assert allowed.curve["survival"].tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert allowed.curve["time"].tolist() == [5, 6, 7, 8]
    assert survival(make({"seen": 2003}), min_events=0).refused is not None


def test_every_spell_of_the_real_data_is_accounted_for(real: Dataset) -> None:
    result = survival(real)
    assert result.said["n_spells"].sum() == len(result.spells)
    assert result.said.loc[result.said["enters"], "n_spells"].sum() == result.spells["enters"].sum()
    entering = result.spells[result.spells["enters"]]
    assert (entering["entry"] < entering["time"]).all()
    assert entering["start"].notna().all()
    # An exit is dated only where a source states its year.
    ends = real.memberships.set_index("row_id")["end_year"]
    for ids in entering.loc[entering["event"] == 1, "row_ids"]:
        assert ends.loc[ids.split(";")].notna().any()
    assert result.refused is not None
    assert result.refused.counts["n_events"] < 10


# Exits between lists --------------------------------------------------------------------------------------------


def test_exits_of_the_baltic_cities_are_intervals(real: Dataset) -> None:
    exits = list_exits(real, "ubc")
    assert (exits["exit_after"] < exits["exit_before"]).all()
    assert exits.groupby("exit_before").size().to_dict() == {2019: 7, 2020: 1, 2022: 1}
    assert exits["stated_end"].isna().all()
    # Västervik's own page of 2024 against the list of 2022; Botkyrka's of 2019 against that year's list.
    assert set(exits.loc[exits["conflict"], "actor_id"]) == {"municipality:0883", "municipality:0127"}
    assert len(list_exits(real, "ubc", certainty="medium")) == len(exits) + 1
    retained = list_retention(real, "ubc").set_index("year")
    assert retained["n_still"].to_dict() == {2014: 21, 2019: 14, 2020: 13, 2022: 12}
    # With the same visits for all, the estimate is the share that is still there.
    curve = list_survival(real, "ubc")
    assert curve["survival"].dropna().tolist() == pytest.approx([14 / 21, 13 / 21, 12 / 21])
    kept = list_survival(real, "ubc", prefer="own_page")
    assert kept["n_exits"].unique().tolist() == [7]


def _lists(make: Make, *rows: dict[str, Any], **lists: dict[str, Any]) -> Dataset:
    members = [
        {"a": actor, "list": f"net-{name[1:]}", "seen": int(name[1:])}
        for name, item in lists.items()
        for actor in item["on"]
    ]
    heads = [{"year": int(name[1:]), **{k: v for k, v in item.items() if k != "on"}} for name, item in lists.items()]
    return make(*members, *rows, member_lists=heads)


def test_a_list_says_nothing_of_whom_it_does_not_cover(make: Make) -> None:
    data = _lists(make, y2010={"on": [ALBY, DALA]}, y2014={"on": [], "counties": "01"}, y2018={"on": [BODA]})
    exits = list_exits(data).set_index("actor_id")
    assert exits.loc[ALBY, ["exit_after", "exit_before"]].tolist() == [2010, 2014]
    # Dala is outside the list of 2014: it left somewhere between 2010 and 2018.
    assert exits.loc[DALA, ["exit_after", "exit_before"]].tolist() == [2010, 2018]
    assert list_retention(data)["n_first"].tolist() == [2, 1, 2]


def test_full_members_only_and_single_lists_give_no_exits(make: Make) -> None:
    data = _lists(make, y2010={"on": [ALBY], "scope": "full"}, y2014={"on": [], "scope": "full"})
    assert list_exits(data).empty
    one = _lists(make, y2010={"on": [ALBY]})
    assert list_exits(one, "net").empty
    with pytest.raises(InvalidArgument, match=r"1 complete list"):
        list_survival(one, "net")
    with pytest.raises(UnknownName):
        list_exits(one, "nett")


def test_other_evidence_narrows_the_interval_or_contradicts_it(make: Make) -> None:
    lists: dict[str, Any] = {"y2010": {"on": [ALBY, BODA]}, "y2014": {"on": [BODA]}, "y2018": {"on": [ALBY]}}
    exits = list_exits(_lists(make, {"a": ALBY, "seen": 2012}, **lists)).set_index("actor_id")
    assert exits.loc[ALBY, ["exit_after", "exit_before", "returned"]].tolist() == [2012, 2014, 2018]
    assert not exits["conflict"].any()
    assert pd.isna(exits.loc[BODA, "returned"])
    own = list_exits(_lists(make, {"a": BODA, "seen": 2019}, **lists)).set_index("actor_id")
    assert own["conflict"].to_dict() == {ALBY: False, BODA: True}
    told = list_exits(_lists(make, {"a": ALBY, "end": 2012}, **lists)).set_index("actor_id")
    assert told.loc[ALBY, "stated_end"] == 2012


@given(st.lists(st.sets(st.sampled_from([ALBY, BODA, DALA, "region:01"])), min_size=2, max_size=4), st.randoms())
@some(15)
def test_relabelling_actors_relabels_exits(make: Make, on: list[set[str]], random: Any) -> None:
    names = [ALBY, BODA, DALA, "region:01"]
    other = dict(zip(names, random.sample(names, len(names)), strict=True))
    years = [2010 + 3 * n for n in range(len(on))]
    first = _lists(make, **{f"y{y}": {"on": sorted(group)} for y, group in zip(years, on, strict=True)})
    second = _lists(
        make, **{f"y{y}": {"on": sorted(map(other.get, group))} for y, group in zip(years, on, strict=True)}
    )  # type: ignore[type-var]
    columns = ["actor_id", "exit_after", "exit_before", "returned"]
    expected = list_exits(first).assign(actor_id=lambda frame: frame["actor_id"].map(other))[columns]
    result = list_exits(second)[columns]
    order = ["actor_id", "exit_before"]
    pd.testing.assert_frame_equal(
        expected.sort_values(order, ignore_index=True), result.sort_values(order, ignore_index=True), check_dtype=False
    )
    # Counted from the definition: on a list, and not on the next.
    assert len(result) == sum(len(before - after) for before, after in itertools.pairwise(on))


# Turnbull -------------------------------------------------------------------------------------------------------

#: Radiotherapy alone, months to cosmetic deterioration (Finkelstein & Wolfe 1985, Biometrics 41, 933–945).
COSMESIS = """45,inf 25,37 37,inf 6,10 46,inf 0,5 0,7 26,40 18,inf 46,inf 46,inf 24,inf 46,inf 27,34 36,inf 7,16 36,44
5,11 17,inf 46,inf 19,35 7,14 36,48 17,25 37,44 37,inf 24,inf 0,8 40,inf 32,inf 4,11 17,25 33,inf 15,inf 46,inf 19,26
11,15 11,18 37,inf 22,inf 38,inf 34,inf 46,inf 5,12 36,inf 46,inf"""


def cosmesis() -> tuple[list[float], list[float]]:
    pairs = [pair.split(",") for pair in COSMESIS.split()]
    return [float(low) for low, _ in pairs], [float(high) for _, high in pairs]


def test_the_breast_cosmesis_data_against_another_program() -> None:
    low, high = cosmesis()
    assert len(low) == 46
    result = turnbull(low, high)
    assert result[["after", "before"]].values.tolist() == [
        [4, 5], [6, 7], [7, 8], [11, 12], [24, 25], [33, 34], [38, 40], [46, 48],
    ]  # fmt: skip
    # As lifelines 0.30 finds them with the left bounds moved into the interval, which it takes as closed.
    assert result["survival"].tolist() == pytest.approx(
        [0.953653, 0.920290, 0.831622, 0.760870, 0.668224, 0.586438, 0.465558, 0], abs=2e-6
    )


INTERVALS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.booleans()), min_size=1, max_size=12)


@given(INTERVALS)
@some(40)
def test_no_other_distribution_is_likelier(rows: list[tuple[int, int, bool]]) -> None:
    low = np.array([a for a, _, _ in rows], dtype=float)
    high = np.array([INF if censored else a + b for a, b, censored in rows])
    result = turnbull(list(low), list(high))
    assert result["mass"].sum() == pytest.approx(1)
    after, before, mass = (result[name].to_numpy() for name in ("after", "before", "mass"))
    inside = (low[:, None] <= after) & (before <= high[:, None])
    point = after == before
    exact = low == high
    inside &= ~(point & (low[:, None] == after) & ~exact[:, None])
    chance = (inside * mass).sum(axis=1)
    assert (chance > 0).all()
    # A certificate: no point anywhere has a derivative of the log-likelihood above the number of cases.
    for x in [*np.arange(0, 13, 0.5), 1e6]:
        covers = ((low < x) & (x <= high)) | (exact & (low == x))
        assert (covers / chance).sum() <= len(rows) * (1 + 1e-3)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=20))
@some(25)
def test_exact_times_give_kaplan_and_meier(rows: list[tuple[int, bool]]) -> None:
    times = [float(time) for time, _ in rows]
    ends = [time if event else INF for (_, event), time in zip(rows, times, strict=True)]
    result = turnbull(times, ends)
    frame = pd.DataFrame({"entry": 0, "time": times, "event": [int(event) for _, event in rows]})
    expected = kaplan_meier(frame)
    exits = result[np.isfinite(result["before"])]
    np.testing.assert_allclose(exits["before"], expected["time"])
    np.testing.assert_allclose(exits["survival"], expected["survival"], atol=1e-4)


def test_wrong_bounds_are_named() -> None:
    for low, high in (([1.0], [0.0]), ([-1.0], [2.0]), ([float("nan")], [1.0]), ([], []), ([1.0], [2.0, 3.0])):
        with pytest.raises(InvalidArgument, match="bound"):
            turnbull(low, high)
    with pytest.raises(InvalidArgument, match="max_steps"):
        turnbull(*cosmesis(), max_steps=5)
