"""Stages of regional strategies: the rule by hand on made-up regions, its bounds, and what the real data give."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset, load
from natverk.errors import InvalidArgument, UnknownName
from natverk.strategies import (
    REFERENCES,
    STAGES,
    _last_election,
    _possible_stages,
    _shifted,
    accounts,
    events,
    history,
    partners,
    references,
    same_stage,
    stages,
    stages_by_year,
    state,
)

Make = Callable[..., Dataset]
Row = dict[str, Any]
DUTY = {
    "task_id": "T002", "policy_area": "regional_growth", "task": "Review", "level": "regional", "actor": "regions",
    "obligation": "mandatory", "obligation_class": "mandatory", "since": "2017-08-01",
}  # fmt: skip
SOURCES = [
    {"source_id": "src"},
    {"source_id": "y2015", "published": "2015", "published_precision": "year"},
    {"source_id": "y2019", "published": "2019-03", "published_precision": "month"},
    {"source_id": "y2023", "published": "2023-05-05", "published_precision": "day"},
    {"source_id": "c2025", "published": "2025", "published_precision": "circa"},
]
quick = settings(max_examples=80, deadline=None, derandomize=True, database=None)
some = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip


class Bounds(NamedTuple):
    """What the stages of a strategy hang on: the bounds of its adoption and its horizon."""

    first: str
    last: str
    horizon_year: int | None


def plan(name: str = "rus", county: str = "01", **cells: Any) -> Row:
    """Return a short row of `strategies`."""
    fixed = {"title": name, "kind": "RUS", "adopted_by": "Regionen", "adopter_level": "regional"}
    given_cells = {"status": "adopted", "certainty": "high", "source_id": "y2023"} | cells
    return {"strategy_id": name, "county_code": county, **fixed, **given_cells}


def at(make: Make, date: str, *plans: Row, **options: Any) -> Any:
    """Return the row of county 01."""
    data = make(strategies=plans, tasks=[DUTY], sources=SOURCES)
    return next(stages(data, date, **options).query("county_code == '01'").itertuples(index=False))


@pytest.mark.parametrize(
    ("date", "stage", "age"),
    [
        ("2019-09-30", "unknown", None),  # not adopted yet, and nothing is known of what was before
        ("2020-03-01", "new", 0.0),
        ("2022-02-28", "new", 2.0),
        ("2022-03-01", "in_force", 2.0),
        ("2022-09-10", "in_force", 2.5),  # the review asked for between 2018 and 2022 is the adoption itself
        ("2022-09-11", "due_for_review", 2.5),  # election day: a new term begins
        ("2024", "due_for_review", 4.8),
        ("2025-12-31", "due_for_review", 5.8),
        ("2026-01-01", "horizon_passed", 5.8),
    ],
)
def test_the_rule_day_by_day(make: Make, date: str, stage: str, age: float | None) -> None:
    row = at(make, date, plan(adopted_date="2020-03-01", horizon_year=2025))
    assert row.stage == stage
    assert (row.age_low == age and row.age_high == age) if age is not None else pd.isna(row.age_low)


def test_horizon_left_counts_to_the_end_of_the_year(make: Make) -> None:
    assert at(make, "2020-12-31", plan(adopted_year=2020, horizon_year=2025)).horizon_left == 5.0
    assert at(make, "2026-06-30", plan(adopted_year=2020, horizon_year=2025)).horizon_left == -0.5
    assert pd.isna(at(make, "2021", plan(adopted_year=2020)).horizon_left)


def test_an_unknown_horizon_stays_open(make: Make) -> None:
    row = at(make, "2022-06", plan(adopted_date="2019-01-15"))
    assert (row.stage, row.possible_stages) == ("unknown", "horizon_passed|in_force")
    # A strategy that is new is new whatever it looks ahead to.
    assert at(make, "2020-06", plan(adopted_date="2019-01-15")).stage == "new"


def test_an_unknown_day_of_adoption_keeps_its_bounds(make: Make) -> None:
    old = plan("old", adopted_year=2014, horizon_year=2030, status="superseded", source_id="y2015")
    new = plan("fresh", predecessor_id="old", horizon_year=2030, source_id="y2019")
    # Between the old one's year and the newest page that tells of it, March 2019.
    during, after = at(make, "2018", old, new), at(make, "2019-04", old, new)
    assert (during.possible_strategies, during.stage) == ("old|fresh", "unknown")
    assert pd.isna(during.strategy_id)
    assert (after.strategy_id, after.adopted_first, after.adopted_last) == ("fresh", "2014-01-01", "2019-03-31")
    assert (after.age_low, after.age_high) == (0.1, 5.3)
    # A page without a sure date proves only that it was adopted before it was read.
    vague = at(make, "2025", old, new | {"source_id": "c2025"}, carry_forward=9)
    assert vague.possible_strategies == "old|fresh"


def test_a_successor_ends_a_strategy_with_or_without_a_link(make: Make) -> None:
    old = plan("old", adopted_year=2014, horizon_year=2030)
    for new in (plan("fresh", adopted_date="2021-05-01", horizon_year=2040),
                plan("fresh", adopted_date="2021-05-01", horizon_year=2040, predecessor_id="old")):  # fmt: skip
        assert at(make, "2021-04-30", old, new).strategy_id == "old"
        assert at(make, "2021-05-01", old, new).strategy_id == "fresh"


def test_drafting_outranks_and_runs_out(make: Make) -> None:
    holds = plan("holds", adopted_year=2016, horizon_year=2030)
    draft = plan("draft", status="in_process", predecessor_id="holds", horizon_year=2040)
    found = {date: at(make, date, holds, draft) for date in ("2022", "2023", "2024", "2025")}
    assert [row.stage for row in found.values()] == ["due_for_review", "in_process", "in_process", "unknown"]
    assert found["2023"].drafting == "draft"
    assert found["2025"].possible_strategies == "holds|other"
    assert at(make, "2025", holds, draft, process_years=2).stage == "in_process"
    # A process that no dated page tells of is a note and decides nothing.
    undated = at(make, "2023", holds, draft | {"source_id": "src"})
    assert (undated.stage, undated.drafting, undated.drafting_undated) == ("due_for_review", "", "draft")


def test_after_the_last_source_nothing_is_extended_silently(make: Make) -> None:
    one = plan(adopted_date="2014-05-01", horizon_year=2030, source_id="y2015")
    rows = [at(make, date, one) for date in ("2015", "2019", "2020")]
    assert [row.basis for row in rows] == ["attested", "presumed", "unknown"]
    assert [row.stage for row in rows] == ["new", "due_for_review", "unknown"]
    assert rows[2].possible_stages == "|".join(STAGES)
    assert pd.isna(rows[2].strategy_id)
    assert at(make, "2016", one, carry_forward=0).basis == "unknown"


def test_the_duty_to_review_is_the_table_s(make: Make) -> None:
    one = plan(adopted_date="2014-05-01", horizon_year=2030)
    assert at(make, "2017-07-31", one).stage == "in_force"
    assert at(make, "2017-08-01", one).stage == "due_for_review"
    without = make(strategies=[one], sources=SOURCES)
    assert stages(without, "2018").set_index("county_code").loc["01", "stage"] == "in_force"


def test_reviews_and_years_can_be_given(make: Make) -> None:
    one = plan(adopted_date="2015-06-11", horizon_year=2030)
    assert at(make, "2020", one).stage == "due_for_review"
    assert at(make, "2020", one, reviewed={"rus": "2019-06-19"}).stage == "in_force"
    assert at(make, "2019-05", one, reviewed={"rus": "2019-06-19"}).stage == "due_for_review"
    assert at(make, "2023", one, reviewed={"rus": "2019-06-19"}).stage == "due_for_review"
    assert at(make, "2020", one, review_after=6).stage == "in_force"
    assert at(make, "2020", one, review_after=5).stage == "due_for_review"
    # On the very day five years are over; and election day itself belongs to the term before.
    assert (
        at(make, "2020", plan(adopted_date="2015-12-31", horizon_year=2030), review_after=5).stage == "due_for_review"
    )
    assert at(make, "2021", plan(adopted_date="2018-09-09", horizon_year=2030)).stage == "due_for_review"
    assert at(make, "2021", plan(adopted_date="2018-09-10", horizon_year=2030)).stage == "in_force"
    with pytest.raises(UnknownName, match="nearest: 'rus'"):
        at(make, "2020", one, reviewed={"ruz": "2019"})
    with pytest.raises(InvalidArgument, match="not adopted before"):
        at(make, "2020", one, reviewed={"rus": "2014"})


def test_a_blank_reference_is_unknown_not_no(make: Make) -> None:
    data = make(
        strategies=[
            plan("a", "01", adopted_year=2021, eu2020_ref="yes", agenda2030_ref="no"),
            plan("b", "02", adopted_year=2021, eu2020_ref="no"),
            plan("c", "03", adopted_year=2021),
        ],
        sources=SOURCES,
    )
    table = stages(data, "2022").set_index("county_code")
    assert table["eu2020"].to_dict() == {"01": "yes", "02": "no", "03": "unknown", "09": "unknown"}
    counts = references(data, "2022").set_index("reference")
    assert counts.loc["eu2020", ["low", "high", "n_known", "n_regions"]].tolist() == [1, 3, 2, 4]
    assert counts.loc["agenda2030", ["low", "high", "coverage"]].tolist() == [0, 3, 0.25]


def test_pairs_have_reasons_and_leave_out_the_unknown(make: Make) -> None:
    data = make(
        strategies=[
            plan("a", "01", adopted_date="2021-01-15", horizon_year=2030, agenda2030_ref="yes"),
            plan("b", "02", adopted_date="2021-12-15", horizon_year=2030, agenda2030_ref="yes"),
            plan("c", "09", adopted_date="2022-03-01", horizon_year=2040),
        ],
        sources=SOURCES,
    )
    pairs = same_stage(data, "2022-06")
    assert pairs[["county_a", "county_b"]].values.tolist() == [["01", "02"], ["02", "09"], ["01", "09"]]
    assert pairs["reasons"].tolist() == ["stage=new;adopted=2021;horizon=2030;agenda2030=yes", "stage=new", "stage=new"]
    assert pairs["age_gap"].tolist() == [0.9, 0.2, 1.1]
    assert len(same_stage(make(), "2022")) == 0


@quick
@given(
    st.integers(2000, 2024), st.integers(0, 6), st.none() | st.integers(2005, 2045), st.integers(2000, 2030),
    st.integers(0, 4), st.sampled_from([None, "2018-09-09", "2022-09-11"]),
)  # fmt: skip
def test_bounds_hold_every_stage_that_a_day_between_gives(
    year: int, width: int, horizon: int | None, now: int, new_years: int, due: str | None
) -> None:
    today = f"{now}-06-30"
    vague = Bounds(f"{year}-01-01", f"{year + width}-12-31", horizon)
    if vague.first > today:
        return
    found = _possible_stages(vague, today, new_years, due, None)
    days = [f"{y}-{m:02d}-15" for y in range(year, year + width + 1) for m in range(1, 13)]
    exact = [Bounds(day, day, horizon) for day in days if day <= today]
    stages_of = [_possible_stages(bounds, today, new_years, due, None) for bounds in exact]
    assert set().union(*stages_of) <= found
    assert found
    if horizon is not None:
        assert all(len(possible) == 1 for possible in stages_of)


def test_no_strategy_holds_before_it_may_have_been_adopted(make: Make) -> None:
    one = plan(adopted_year=2014, horizon_year=2020, source_id="y2015")
    assert at(make, "2013", one).possible_strategies == "other"
    assert at(make, "2014-06", one).possible_strategies == "rus|other"
    assert _shifted("2024-02-29", 4) == "2028-02-29"
    assert _shifted("2024-02-29", -2) == "2022-02-28"


@pytest.mark.parametrize(
    ("date", "election"),
    [
        ("2026-11-01", "2026-09-13"), ("2022-09-11", "2022-09-11"), ("2018-12-31", "2018-09-09"),
        ("2014-09-14", "2014-09-14"), ("2014-09-13", "2010-09-19"), ("2009-01-01", "2006-09-17"),
    ],
)  # fmt: skip
def test_days_of_ordinary_elections(date: str, election: str) -> None:
    assert _last_election(date) == election


@some
@given(adopted=st.lists(st.none() | st.integers(2012, 2021), min_size=3, max_size=3), horizon=st.integers(2020, 2030))
def test_regions_are_paired_where_their_stage_is_the_same(make: Make, adopted: list[int | None], horizon: int) -> None:
    plans = [
        {
            "strategy_id": f"rus-{place}", "county_code": f"0{place}", "title": "RUS", "kind": "RUS",
            "adopted_by": "Regionen", "adopter_level": "regional", "status": "adopted", "certainty": "high",
            "adopted_date": str(year), "horizon_year": horizon,
        }
        for place, year in enumerate(adopted, 1) if year is not None
    ]  # fmt: skip
    data = make(strategies=plans)
    stage = stages(data, "2021-06-30").set_index("county_code")["stage"]
    known = stage[stage != "unknown"]
    expected = {(one, two) for one, two in combinations(sorted(known.index), 2) if known[one] == known[two]}
    pairs = same_stage(data, "2021-06-30")
    assert set(pairs[["county_a", "county_b"]].itertuples(index=False, name=None)) == expected
    assert (pairs["age_gap"].dropna() >= 0).all()


answer = st.sampled_from([None, "yes", "no"])
some_plan = st.fixed_dictionaries(
    {
        "county_code": st.sampled_from(["01", "02", "03"]),
        "adopted_date": st.none() | st.integers(2008, 2021).map(str) | st.integers(2008, 2021).map("{}-05".format),
        "eu2020_ref": answer,
        "agenda2030_ref": answer,
    }
)


def adopted(plans: list[Row]) -> list[Row]:
    """Return rows of strategies: in process where no day is given."""
    said = {
        "title": "RUS", "kind": "RUS", "adopted_by": "Regionen", "adopter_level": "regional", "horizon_year": 2030,
        "certainty": "high",
    }  # fmt: skip
    return [
        said | row | {"strategy_id": f"rus-{place}", "status": "adopted" if row["adopted_date"] else "in_process"}
        for place, row in enumerate(plans)
    ]


@some
@given(plans=st.lists(some_plan, min_size=1, max_size=4), random=st.randoms(use_true_random=False))
def test_every_strategy_has_one_row_of_history_with_its_days_in_order(
    make: Make, plans: list[Row], random: Any
) -> None:
    rows = adopted(plans)
    table = history(make(strategies=rows))
    assert sorted(table["strategy_id"]) == sorted(row["strategy_id"] for row in rows)
    known = table.dropna(subset=["adopted_first"])
    assert (known["adopted_first"] <= known["adopted_last"]).all()
    ended = table.dropna(subset=["until"])
    assert (ended["until"] > ended["adopted_last"]).all()
    assert (table["state"] == "replaced").equals(table["until"].notna())
    # The latest of a county is never replaced, and an answer that is not there is neither yes nor no.
    assert not table.groupby("county_code")["until"].apply(lambda days: days.notna().all()).any()
    for name, column in REFERENCES.items():
        blank = {row["strategy_id"] for row in rows if row[column] is None}
        assert set(table.loc[table[name] == "unknown", "strategy_id"]) == blank
    again = history(make(strategies=random.sample(rows, len(rows))))
    columns = [name for name in table if name not in ("row_id", "source_id")]
    pd.testing.assert_frame_equal(table[columns], again[columns])


@some
@given(plans=st.lists(some_plan, min_size=1, max_size=4), random=st.randoms(use_true_random=False))
def test_references_are_bounds_that_an_answer_narrows(make: Make, plans: list[Row], random: Any) -> None:
    def counted(rows: list[Row]) -> pd.DataFrame:
        data = make(strategies=random.sample(rows, len(rows)))
        return references(data, "2021-06-30").set_index("reference")

    rows = adopted(plans)
    before = counted(rows)
    assert ((before["low"] <= before["high"]) & (before["n_known"] <= before["n_regions"])).all()
    assert (before["high"] - before["low"] == before["n_regions"] - before["n_known"]).all()
    assert (before["coverage"] == before["n_known"] / before["n_regions"]).all()
    after = counted([row | {"agenda2030_ref": row["agenda2030_ref"] or "yes"} for row in rows])
    assert after.loc["agenda2030", "low"] >= before.loc["agenda2030", "low"]
    assert after.loc["agenda2030", "high"] <= before.loc["agenda2030", "high"]
    assert after.loc["eu2020"].equals(before.loc["eu2020"])
    pd.testing.assert_frame_equal(before, counted(rows))


@some
@given(plans=st.lists(some_plan, min_size=1, max_size=4))
def test_a_year_of_stages_is_the_stage_at_its_end(make: Make, plans: list[Row]) -> None:
    data = make(strategies=adopted(plans))
    table = stages_by_year(data, (2012, 2014))
    assert table.groupby("year").size().tolist() == [len(data.counties)] * 3
    for year, part in table.groupby("year"):
        own = stages(data, f"{year}-12-31")
        pd.testing.assert_frame_equal(part.drop(columns="year").reset_index(drop=True), own)
        open_stages = part["possible_stages"].str.split("|")
        assert all(row["stage"] in (*open_stages[place], "unknown") for place, row in part.iterrows())


def test_real_regions_in_january_2022(real: Dataset) -> None:
    table = stages(real, "2022-01").set_index("county_code")
    assert len(table) == 21
    assert (table["stage"] == "new").sum() >= 11
    assert (table["stage"] == "unknown").sum() <= 6
    assert table.loc["14", ["strategy_id", "age_low", "agenda2030"]].tolist() == ["rus-14-2030", 1.0, "yes"]
    # Gotland, municipality and region in one, has a row as any region.
    assert table.loc["09", ["region_actor_id", "stage"]].tolist() == ["municipality:0980", "new"]
    # Kronoberg's blog about a new strategy has no date: a note.
    assert table.loc["07", ["drafting", "drafting_undated", "stage"]].tolist() == ["", "rus-07-2035", "due_for_review"]
    reviewed = stages(real, "2022-01", reviewed={"rus-07-2025": "2019-06-19"}).set_index("county_code")
    assert reviewed.loc["07", "stage"] == "in_force"
    # Of Kalmar's adoption the year is known, and the election of that year lies within it: the stage stays open.
    assert table.loc["08", ["adopted_first", "adopted_last"]].tolist() == ["2018-01-01", "2018-12-31"]
    assert table.loc["08", ["stage", "possible_stages"]].tolist() == ["unknown", "due_for_review|in_force"]


def test_a_strategy_was_not_adopted_before_work_on_it_is_stated_to_have_begun(make: Make, real: Dataset) -> None:
    plans = [plan("old", adopted_year=2018), plan("new", adopted_year=None, predecessor_id="old")]
    begun = event("begun", "2021-05", name="new")

    def possible(*rows: Row) -> str:
        data = make(strategies=plans, strategy_events=rows, sources=SOURCES)
        return str(stages(data, "2020-01").set_index("county_code").loc["01", "possible_strategies"])

    assert possible() == "old|new"
    assert possible(begun) == "old"
    assert possible(begun | {"date_basis": "inferred"}) == "old|new"
    # Uppsala's draft was out for referral from January 2025: it did not hold before.
    late = stages(real, "2024-06").set_index("county_code")
    assert late.loc["03", "possible_strategies"] == "rus-03-2021"


def test_real_references_and_drafting(real: Dataset) -> None:
    counted, known = references(real, "2019").set_index("reference"), stages(real, "2019")
    for name, column in REFERENCES.items():
        says = set(real.strategies.loc[real.strategies[column].fillna(False).astype(bool), "strategy_id"])
        assert counted.loc[name, "low"] == known["strategy_id"].isin(says).sum() >= 1
    late = stages(real, "2025").set_index("county_code")
    assert late.loc["01", ["stage", "drafting"]].tolist() == ["in_process", "rus-01-2060"]
    assert stages(real, "2026-11").set_index("county_code").loc["25", "stage"] == "unknown"


def event(kind: str, start: str | None, end: str | None = None, name: str = "rus", **cells: Any) -> Row:
    """Return a row of `strategy_events` of county 01."""
    basis = "stated" if start or end else None
    dates = {"date_from": start, "date_to": end, "date_basis": basis}
    return {"strategy_id": name, "county_code": "01", "event": kind, **dates} | cells


def seen(make: Make, on: str, *rows: Row, **options: Any) -> Any:
    """Return the state of county 01 on a day."""
    data = make(strategies=[plan(), plan("next")], strategy_events=rows, sources=SOURCES)
    return next(state(data, on, **options).query("county_code == '01'").itertuples(index=False))


ADOPTED = event("adopted", "2019-03-01")


@pytest.mark.parametrize(
    ("rows", "on", "expected", "date"),
    [
        ([ADOPTED], "2019-02", "not_known", None),
        ([ADOPTED], "2020", "adopted", "2019-03-01"),
        ([ADOPTED, event("revised", "2020-06")], "2021", "revised", "2020-06"),
        ([ADOPTED, event("followed_up", "2020")], "2021", "in_force", "2020"),
        # The year of the decision may lie before it: it does not surely come after.
        ([ADOPTED, event("in_force", "2019", "2030")], "2021", "adopted", "2019-03-01"),
        ([event("in_force", "2019", "2030")], "2021", "in_force", "2019"),
        ([ADOPTED, event("reviewed", "2020", "2021-05")], "2021", "under_review", "2021-05"),
        # On a day within a referral it is out, and seen on that day.
        ([ADOPTED, event("referral", "2020-02", "2020-06", "next")], "2020-03", "referral", "2020-03-31"),
        ([ADOPTED, event("new_begun", None, "2020", "next")], "2021", "new_begun", "2020"),
        # An upper bound of a year does not outrank what is dated within it.
        (
            [ADOPTED, event("new_begun", None, "2020", "next"), event("referral", "2020-03", None, "next")],
            "2021", "referral", "2020-03",
        ),
        # Work goes before a sighting of the old strategy, and a decision ends the work.
        ([ADOPTED, event("begun", "2020", None, "next"), event("followed_up", "2021")], "2022", "new_begun", "2020"),
        (
            [ADOPTED, event("referral", "2020-01", "2020-04", "next"), event("adopted", "2020", None, "next")],
            "2021", "adopted", "2020",
        ),
        ([ADOPTED, event("replaced", "2020")], "2021", "replaced", "2020"),
        ([ADOPTED, event("replaced", "2020"), event("adopted", "2020", None, "next")], "2021", "adopted", "2020"),
        # Planned, without a date: it never decides.
        ([ADOPTED, event("new_begun", None, None, "next")], "2021", "adopted", "2019-03-01"),
        ([event("new_begun", None, None, "next")], "2021", "not_known", None),
    ],
)  # fmt: skip
def test_the_latest_known_state(make: Make, rows: list[Row], on: str, expected: str, date: str | None) -> None:
    found = seen(make, on, *rows)
    assert (found.state, found.last_seen if date else None) == (expected, date)
    assert pd.isna(found.last_seen) == (date is None)


def test_what_was_last_seen_too_long_ago_is_not_known_since_that_year(make: Make) -> None:
    found = seen(make, "2023-01", ADOPTED)
    assert (found.state, pd.isna(found.not_known_since)) == ("adopted", True)
    found = seen(make, "2024-01", ADOPTED)
    assert (found.state, found.last_state, found.last_seen) == ("not_known", "adopted", "2019-03-01")
    assert (found.not_known_since, found.date_basis, found.row_id) == (2019, "stated", "sev-00001")
    assert seen(make, "2024-01", ADOPTED, carry_forward=5).state == "adopted"
    none = seen(make, "2024-01")
    assert (none.state, none.n_undated, pd.isna(none.not_known_since)) == ("not_known", 0, True)


def test_real_states_of_all_regions(real: Dataset) -> None:
    table = state(real)
    assert len(table) == 21
    rows = events(real)
    last = rows.dropna(subset=["date"]).groupby("county_code")["date"].max().str[:4].astype(int)
    old = set(last.index[last < int(real.known_until[:4]) - 4])
    unknown = table[table["state"] == "not_known"]
    assert set(unknown["county_code"]) == old
    assert len(old) == 7, "seven regions have nothing of 2022 or later"
    assert unknown["not_known_since"].tolist() == last[unknown["county_code"]].tolist()
    # What is shown of a state is what its row says.
    shown = table.merge(rows, on="row_id", suffixes=("", "_row"))
    assert len(shown) == 21
    assert (shown["date_basis"] == shown["date_basis_row"]).all()
    assert shown["date"].notna().all()


def test_a_planned_end_is_no_sighting(real: Dataset) -> None:
    # sev-00076: a page of 2024 tells of a review that was to be ready in 2025.
    table = state(real).set_index("county_code")
    assert table.loc["14", ["state", "last_seen", "row_id"]].tolist() == ["under_review", "2024", "sev-00076"]
    rows = events(real).merge(real.sources[["source_id", "published"]], on="source_id")
    begun = rows[(rows["date_from"].str[:4] <= rows["published"].str[:4]).fillna(False)]
    assert (begun["date"].str[:4] <= begun["published"].str[:4]).all()


def test_a_state_knows_no_more_than_was_published() -> None:
    early = load(as_of="2020")
    table = state(early)
    assert table["last_seen"].dropna().map(lambda date: date[:4]).max() <= "2020"
    assert table["row_id"].dropna().isin(early.strategy_events["row_id"]).all()


# --- What a date is: a bound gives no day of decision, and what is inferred says so


def test_a_state_names_the_strategy_that_it_is_of(real: Dataset) -> None:
    table = state(real).set_index("county_code")
    stockholm = table.loc["01"]
    assert (stockholm["state"], stockholm["event_strategy_id"], stockholm["strategy_id"]) == (
        "referral", "rus-01-2060", "rus-01-2050",
    )  # fmt: skip
    titles = real.strategies.set_index("strategy_id")["title"]
    assert stockholm["event_title"] == titles["rus-01-2060"] != stockholm["title"]
    known = table.dropna(subset=["event_strategy_id"])
    assert known["event_title"].tolist() == titles[known["event_strategy_id"]].tolist()


def test_a_strategy_seen_in_force_has_no_date_of_decision(real: Dataset) -> None:
    table, rows = state(real).set_index("county_code"), real.strategy_events.set_index("row_id")
    assert pd.isna(table.loc["24", "decided"]), "of Västerbotten a source tells that it is in force, no day"
    assert table.loc["24", "last_seen"] == "2020"
    for county in table.itertuples():
        said = [rows.loc[row] for row in county.row_ids.split(";")]
        decisions = [row for row in said if row["event"] in ("adopted", "revised")]
        assert pd.notna(county.decided) == bool(decisions), county.Index
        if decisions:
            assert county.decided_basis == decisions[0]["date_basis"]


def test_a_day_by_which_it_was_decided_is_told_as_a_bound(real: Dataset) -> None:
    table = state(real).set_index("county_code")
    halland, kalmar = table.loc["13"], table.loc["08"]
    assert (halland["last_seen"], halland["last_seen_bound"]) == ("2021-08-13", "by")
    assert (halland["decided"], halland["decided_bound"], halland["decided_basis"]) == ("2021-08-13", "by", "inferred")
    assert (kalmar["decided"], kalmar["decided_bound"], kalmar["decided_basis"]) == ("2022-10-05", "by", "inferred")
    assert pd.isna(kalmar["last_seen_bound"])
    pairs = partners(real)
    own = pairs[pairs["county_code"].isin(["08", "13"]) | pairs["partner_code"].isin(["08", "13"])]
    assert len(own)
    assert not own["shares"].str.contains("decided").any(), "an upper bound gives no year that could be shared"


def test_partners_say_where_a_year_of_decision_is_inferred(real: Dataset) -> None:
    pairs, basis = partners(real), state(real).set_index("county_code")["decided_basis"]
    dated = pairs[pairs["shares"].str.contains("decided")]
    inferred = (dated["county_code"].map(basis) == "inferred") | (dated["partner_code"].map(basis) == "inferred")
    assert inferred.any()
    assert (~inferred).any()
    assert dated["shares"].str.contains("decided_inferred=").equals(inferred)
    uppsala = pairs[(pairs["county_code"] == "03") & (pairs["partner_code"] == "25")]
    assert uppsala["shares"].item() == "state=adopted;decided_inferred=2025"


def test_a_last_day_alone_is_an_end_or_a_bound(real: Dataset) -> None:
    table = events(real).set_index("row_id")
    ends = {"sev-00033", "sev-00030", "sev-00008", "sev-00107"}
    bounds = {"sev-00007", "sev-00045", "sev-00047", "sev-00070", "sev-00071", "sev-00085", "sev-00086", "sev-00098",
        "sev-00106", "sev-00130"}  # fmt: skip
    assert set(table.index[table["bound"] == "until"]) == ends
    assert set(table.index[table["bound"] == "by"]) == bounds
    assert set(table.index[table["bound"] == "between"]) == {"sev-00122"}
    alone = table[table["date_from"].isna() & table["date_to"].notna()]
    assert set(alone.index) == ends | bounds
    assert state(real).set_index("county_code")["last_seen_bound"].dropna().to_dict() == {
        "01": "ended", "05": "ended", "13": "by",
    }  # fmt: skip


def test_a_referral_that_is_out_has_not_ended(make: Make) -> None:
    rows = [ADOPTED, event("referral", None, "2020-06-30", "next")]
    assert pd.isna(seen(make, "2020-01", *rows).last_seen_bound)
    assert seen(make, "2020-06-30", *rows).last_seen_bound == "ended"


def test_what_is_told_of_nobody_is_no_part_of_municipalities(real: Dataset) -> None:
    table = events(real).set_index("row_id")
    assert not table.loc[["sev-00054", "sev-00047", "sev-00015", "sev-00127"], "has_part"].any()
    said = table.loc[table["has_part"], "municipal_part"]
    assert said.str.contains(r"(?i)municipal|local bodies|federation|regional cooperation council|Bräcke").all()
    assert not said.str.contains("not applicable").any()


def test_the_strategy_of_today_is_told_of_though_its_year_is_not_stated(real: Dataset) -> None:
    for county, name in (("03", "rus-03-2025"), ("13", "rus-13-2035"), ("24", "rus-24-2030"), ("25", "rus-25-2040")):
        own = accounts(real, county, years=(1997, real.last_year))
        assert own.loc[own["state"] == "holds", "strategy_id"].tolist() == [name]
    # What the table has no year of an event may date: as a bound, and inferred.
    table = accounts(real).set_index("strategy_id")
    assert len(table) == len(real.strategies)
    dated = ["decided", "decided_bound", "decided_basis", "row_ids"]
    assert table.loc["rus-13-2035", dated].tolist() == ["2021-08-13", "by", "inferred", "rus-00020;sev-00070"]
    assert table.loc["rus-18-2030", dated].tolist() == ["2018-03", "by", "inferred", "rus-00028;sev-00085"]
    assert table.loc["rus-03-2025", "decided_basis"] == "inferred"
    assert pd.isna(table.loc["rus-24-2030", "decided"])
    assert table.loc["rus-05-2040", dated].tolist()[::2] == ["2021-10-06", "stated"]
    # Of an earlier year what is dated by then, and nothing that is dated later.
    assert "rus-13-2035" in set(accounts(real, "13", years=(1997, 2021))["strategy_id"])
    assert "rus-13-2035" not in set(accounts(real, "13", years=(1997, 2020))["strategy_id"])
    assert "rus-03-2025" not in set(accounts(real, "03", years=(1997, 2024))["strategy_id"])


def test_an_earlier_year_has_the_strategy_of_its_time(real: Dataset) -> None:
    for county, year, name in (("24", 2014, "rus-24-2020"), ("17", 2015, "rus-17-2020"), ("18", 2019, "rus-18-2030")):
        then = accounts(real, county, years=(1997, year)).set_index("strategy_id")
        assert then.loc[name, "state"] == "holds"
        assert accounts(real, county).set_index("strategy_id").loc[name, "state"] == "replaced"


def test_a_bare_year_comes_after_what_is_dated_within_it(make: Make, real: Dataset) -> None:
    def order(county: str) -> list[str]:
        return events(real, county)["row_id"].tolist()

    uppsala = order("03")
    assert uppsala.index("sev-00017") < uppsala.index("sev-00018"), "January to April 2025 comes before 2025"
    assert uppsala.index("sev-00011") < uppsala.index("sev-00012"), "15 February 2017 comes before 2017 to 2020"
    # But a consultation or review of a bare year comes before the decision that it led to.
    assert [row for row in order("08") if row in ("sev-00043", "sev-00044", "sev-00045")] == [
        "sev-00043", "sev-00044", "sev-00045",
    ]  # fmt: skip
    assert order("18").index("sev-00087") < order("18").index("sev-00088")
    rows = [event("in_force", "2019", "2030"), event("adopted", "2019-03-01"), event("referral", "2019")]
    table = events(make(strategies=[plan()], strategy_events=rows, sources=SOURCES), "01")
    assert table["event"].tolist() == ["referral", "adopted", "in_force"]


def test_no_note_speaks_of_how_rows_were_coded(real: Dataset) -> None:
    own = re.compile(r"stored|present row|\blagra[dt]|sparad|nuvarande rad|\b[a-z]+_[a-z0-9]+_|_20\d\d")
    for name in ("strategy_events", "interplay", "strategies", "tasks"):
        frame = real.table(name)
        for column in frame.columns[frame.columns.str.contains("note|what|part|members|task$|status")]:
            for text in frame[column].dropna().astype(str):
                assert not own.search(text), text


def test_events_show_both_languages_and_their_region_alone(real: Dataset) -> None:
    table = events(real, ["Skåne", "14"])
    assert set(table["county_code"]) == {"12", "14"}
    assert (table["municipal_part"].isna() == table["municipal_part_sv"].isna()).all()
    with pytest.raises(UnknownName, match="nearest"):
        events(real, "Skane laen")


def test_filters_of_the_dataset_are_kept() -> None:
    early = stages(load(as_of="2016"), "2022-01")
    assert early["stage"].eq("unknown").sum() > 15


def test_frames_are_safe_to_compute_with_and_years_end_with_the_data(real: Dataset) -> None:
    table = stages_by_year(real)
    assert (table["year"].min(), table["year"].max()) == (1997, real.last_year)
    assert stages_by_year(real, 2020)["year"].unique().tolist() == [2020]
    empty = same_stage(real, "2022", table=table.assign(stage="unknown"))
    for frame in (table, history(real), references(real, "2022"), same_stage(real, "2022"), empty, state(real)):
        assert {str(kind) for kind in frame.dtypes} <= {"int64", "Int64", "float64", "bool", "str"}


@pytest.mark.parametrize("measure", [stages, references, same_stage, state])
@pytest.mark.parametrize("date", ["1900", "2027-01", "2019-13", "spring 2022", 2027, True])
def test_a_day_outside_what_the_data_can_speak_of_is_refused(make: Make, measure: Any, date: Any) -> None:
    with pytest.raises(InvalidArgument, match=str(date)):
        measure(make(), date)


@pytest.mark.parametrize("measure", [references, same_stage])
def test_a_table_of_something_else_or_of_nothing_is_refused(make: Make, measure: Any) -> None:
    data = make()
    with pytest.raises(InvalidArgument, match="empty"):
        measure(data, "2019", table=stages(data, "2019").iloc[:0])
    with pytest.raises(InvalidArgument, match=r"give a frame of stages\(\)"):
        measure(data, "2019", table=pd.DataFrame({"stage": []}))


def test_wrong_numbers_of_years_are_refused(real: Dataset) -> None:
    for name in ("new_years", "carry_forward", "process_years", "review_after"):
        with pytest.raises(InvalidArgument, match=name):
            stages(real, "2022", **{name: -1})
