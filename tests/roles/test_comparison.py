"""Formal against practised: worked examples, the rule on hand-made cases, and what must hold of every result."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.comparison import compare_roles, national_summary, summary_by_county
from natverk.roles.holders import responsibility_at

Make = Callable[..., Dataset]
YEAR = 2010
THEMES = [{"policy_area": "culture", "theme": "culture"}, {"policy_area": "health", "theme": "health"}]
NETS = [
    {"network_id": "net", "themes": "culture"},
    {"network_id": "two", "themes": "health"},
]
SOURCES = [{"source_id": "src", "accessed": "2024-06-30"}]


def task(level: str, area: str = "culture", obligation: str = "mandatory", **more: Any) -> dict[str, Any]:
    row = {"policy_area": area, "level": level, "obligation_class": obligation, "since": "2000-01-01", "task": "Task"}
    return {"actor": "somebody", **row, **more}


def world(make: Make, *memberships: dict[str, Any], tasks: list[dict[str, Any]], **tables: Any) -> Dataset:
    return make(*memberships, tasks=tasks, policy_themes=THEMES, networks=NETS, sources=SOURCES, **tables)


def culture(data: Dataset, county: str = "02", **arguments: Any) -> pd.Series:
    table = compare_roles(data, YEAR, county=county, **arguments)
    return table.set_index("policy_area").loc["culture"]


def complete(levels: str = "municipality;region", network: str = "net") -> dict[str, Any]:
    return {"network_id": network, "year": YEAR, "levels": levels}


# --- Worked examples on the real data ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(real: Dataset) -> pd.DataFrame:
    return compare_roles(real, 2019)


def test_vastra_gotaland_2019(table: pd.DataFrame) -> None:
    own = table[table["county_code"] == "14"].set_index("policy_area")
    growth = own.loc["regional_growth"]
    assert (growth["responsible"], growth["state"], growth["outcome"]) == ("regional", "valid", "unknown")
    assert "rua-00039" in growth["formal_rows"].split(";")
    assert own.loc["climate_energy", ["responsible", "outcome"]].tolist() == ["municipal", "agreement"]
    # Only others are attested, and the region cannot be excluded: no substitution is claimed.
    transport = own.loc["transport_infrastructure"]
    assert (transport["documented"], transport["outcome"], transport["possible"]) == (
        "others_only",
        "unknown",
        "agreement|substitution",
    )
    assert transport["reason"] == "responsible_not_attested"
    # The municipal federations hold a task of intermunicipal cooperation, and there only.
    assert own.loc["intermunicipal_cooperation", "responsible"] == "municipal+joint"


def test_vastra_gotaland_before_and_as_a_pilot_region(real: Dataset) -> None:
    before = compare_roles(real, 1998, county="14").set_index("policy_area").loc["regional_growth"]
    assert (before["responsible"], before["state"], before["reason"]) == ("", "valid", "state_only")
    pilot = compare_roles(real, 2005, county="14").set_index("policy_area").loc["regional_growth"]
    assert (pilot["responsible"], "rua-00038" in pilot["formal_rows"]) == ("regional", True)


def test_gotland_is_one_body_with_both_roles(table: pd.DataFrame, real: Dataset) -> None:
    own = table[table["county_code"] == "09"].set_index("policy_area")
    named = set(
        "+".join(own[["responsible", "possibly_responsible", "active", "closed"]].to_numpy().ravel()).split("+")
    )
    assert {"unitary"} <= named - {""} <= {"unitary", "joint"}
    transport = own.loc["public_transport"]
    assert transport[["responsible", "possibly_responsible"]].tolist() == ["unitary", ""], "there is nobody to join"
    assert own.loc["regional_growth", ["responsible", "outcome"]].tolist() == ["unitary", "unknown"]
    # A municipal and a regional duty are one body's duty: activity of that body is agreement, whoever had the task.
    both = own[(own["responsible"] == "unitary") & (own["active"] == "unitary")]
    assert len(both) > 1
    assert set(both["outcome"]) == {"agreement"}
    assert own.loc["culture", "left_out"] == "ubc", "the union of cities makes nobody active in culture"
    early = compare_roles(real, 2005, county="09").set_index("policy_area")
    assert early.loc["regional_growth", "responsible"] == "unitary"


def test_a_county_without_evidence(make: Make) -> None:
    data = world(make, tasks=[task("municipal"), task("regional", "health")])
    table = compare_roles(data, YEAR, county="02").set_index("policy_area")
    for area in ("culture", "health"):
        row = table.loc[area]
        assert (row["active"], row["documented"], row["outcome"], row["reason"]) == (
            "",
            "none",
            "unknown",
            "none_attested",
        )
        assert row["possible"] == "agreement|substitution|gap"
    both = summary_by_county(table.loc[["culture", "health"]].reset_index()).set_index("outcome")
    assert both.loc["gap", ["low", "best", "high", "n_unknown"]].tolist() == [0, 0, 2, 2]


def test_the_holder_is_responsible_for_regional_growth_everywhere(table: pd.DataFrame, real: Dataset) -> None:
    growth = table[table["policy_area"] == "regional_growth"].set_index("county_code")
    assert len(growth) == 21
    for row in responsibility_at(real, "2019").itertuples():
        assert growth.loc[row.county_code, "responsible"] == ("unitary" if row.county_code == "09" else "regional")


def test_an_interval_start_leaves_the_holder_open(real: Dataset) -> None:
    # Jämtland's cooperation body took over between 2007 and 2013.
    row = compare_roles(real, 2010, county="23").set_index("policy_area").loc["regional_growth"]
    assert (row["responsible"], row["possibly_responsible"], row["state"]) == ("", "joint", "valid")
    sure = compare_roles(real, 2014, county="23").set_index("policy_area").loc["regional_growth"]
    assert sure["responsible"] == "joint"


def test_national_summary_of_the_real_data(table: pd.DataFrame) -> None:
    summary = national_summary(table)
    assert len(summary) == 22 * 3
    assert (summary["n_counties"] == 21).all()
    # Nobody below the state has a task in these: nothing can be said, and nothing is.
    state = summary[summary["policy_area"].isin(["integration", "equality", "rural", "public_health"])]
    assert (state[["low", "best", "high"]] == 0).all().all()
    # With about one cell in a hundred known, no gap and no substitution can be sure.
    assert summary.loc[summary["outcome"] != "agreement", "low"].sum() == 0
    assert (
        summary.loc[summary["outcome"] == "agreement", "low"].sum() == int((table["outcome"] == "agreement").sum()) > 0
    )


# --- The rule on hand-made cases --------------------------------------------------------------------------------------


def test_agreement_needs_one_responsible_level_that_is_active(make: Make) -> None:
    data = world(make, {"a": "region:02", "seen": YEAR}, tasks=[task("municipal"), task("regional")])
    row = culture(data)
    assert (row["responsible"], row["active"], row["outcome"], row["reason"]) == (
        "municipal+regional",
        "regional",
        "agreement",
        "",
    )
    assert row["activity_rows"] == "mem-00001"
    assert row["formal_rows"] == "tsk-00001;tsk-00002"


def test_substitution_needs_the_responsible_closed_out(make: Make) -> None:
    member = {"a": "municipality:0201", "seen": YEAR}
    unknown = culture(world(make, member, tasks=[task("regional")]))
    assert (unknown["outcome"], unknown["possible"], unknown["documented"]) == (
        "unknown",
        "agreement|substitution",
        "others_only",
    )
    listed = [complete("region")]
    closed = culture(world(make, member, tasks=[task("regional")], member_lists=listed))
    assert (closed["closed"], closed["outcome"]) == ("regional", "substitution")


def test_a_gap_needs_every_level_closed_out(make: Make) -> None:
    data = world(make, tasks=[task("municipal")], member_lists=[complete()])
    open_ = culture(data)
    assert (open_["closed"], open_["outcome"], open_["reason"]) == ("municipal+regional", "unknown", "none_attested")
    assert open_["possible"] == "substitution|gap"
    shut = culture(data, joint="known_bodies")
    assert (shut["closed"], shut["outcome"]) == ("municipal+regional+joint", "gap")


def test_a_known_body_that_no_list_covers_keeps_the_gap_open(make: Make) -> None:
    data = world(make, tasks=[task("municipal")], member_lists=[complete()])
    row = culture(data, county="01", joint="known_bodies")
    assert (row["closed"], row["outcome"]) == ("municipal+regional", "unknown")


def test_one_open_network_of_the_theme_keeps_the_level_open(make: Make) -> None:
    networks = [*NETS, {"network_id": "third", "themes": "culture"}]
    data = make(
        tasks=[task("municipal")], policy_themes=THEMES, networks=networks, sources=SOURCES, member_lists=[complete()]
    )
    assert culture(data, joint="known_bodies")["closed"] == "joint"


def test_what_is_presumed_shows_beside_the_outcome(make: Make) -> None:
    row = culture(world(make, {"a": "municipality:0201", "seen": YEAR - 2}, tasks=[task("municipal")]))
    assert (row["active"], row["presumed"], row["outcome"], row["outcome_best"]) == (
        "",
        "municipal",
        "unknown",
        "agreement",
    )


def test_an_undated_task_may_or_may_not_have_been_valid(make: Make) -> None:
    data = world(make, {"a": "region:02", "seen": YEAR}, tasks=[task("regional", since=None)])
    row = culture(data)
    assert (row["responsible"], row["possibly_responsible"]) == ("", "regional")
    assert (row["outcome"], row["reason"], row["possible"]) == (
        "unknown",
        "responsibility_unknown",
        "agreement|no_responsible",
    )
    assert culture(data, undated_tasks="valid")["outcome"] == "agreement"


@pytest.mark.parametrize(
    ("tasks", "responsible"),
    [
        ([task("municipal", obligation="voluntary")], "municipal"),
        ([task("municipal", obligation="voluntary"), task("regional")], "regional"),
        ([task("municipal", obligation="consultation")], ""),
        ([task("regional_multi")], "regional"),
        ([task("intermunicipal", obligation="conditional")], "joint"),
        ([task("regional", until="2009-12-31")], ""),
        ([task("regional", since="2011-01-01")], ""),
        ([task("regional", actor="Region Ett")], "regional"),
    ],
)
def test_who_is_responsible(make: Make, tasks: list[dict[str, Any]], responsible: str) -> None:
    assert culture(world(make, tasks=tasks))["responsible"] == responsible


def test_the_state_stands_apart(make: Make) -> None:
    data = world(make, {"a": "municipality:0201", "seen": YEAR}, tasks=[task("state")])
    row = culture(data)
    assert (row["responsible"], row["state"], row["outcome"], row["reason"], row["documented"]) == (
        "",
        "valid",
        "unknown",
        "state_only",
        "no_responsible",
    )
    nobody = culture(world(make, tasks=[]))
    assert (nobody["state"], nobody["reason"]) == ("", "no_task")


def test_an_area_without_a_theme_says_so(make: Make) -> None:
    data = world(make, tasks=[task("municipal", "rural")])
    row = compare_roles(data, YEAR, county="02").set_index("policy_area").loc["rural"]
    assert (row["themes"], row["outcome"], row["reason"]) == ("", "unknown", "no_theme")


def test_joint_bodies_are_a_third_kind(make: Make) -> None:
    member = {"a": "body:forbundet", "seen": YEAR}
    data = world(make, member, tasks=[task("municipal")], member_lists=[complete("municipality")])
    row = culture(data, county="01")
    assert (row["active"], row["closed"], row["outcome"]) == ("joint", "municipal", "substitution")


def test_wrong_arguments_say_what_is_allowed(make: Make, real: Dataset) -> None:
    data = world(make, tasks=[task("municipal")])
    with pytest.raises(UnknownName, match="Län 02"):
        compare_roles(data, YEAR, county="99")
    with pytest.raises(InvalidArgument, match="1997"):
        compare_roles(real, 1996)
    for year in (1900, 2027, 2019.5, True, "next year"):
        with pytest.raises(InvalidArgument, match=str(year)):
            compare_roles(data, year)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="empty"):
        compare_roles(data, YEAR, counts_as=())
    with pytest.raises(InvalidArgument, match="'known_bodies'"):
        compare_roles(data, YEAR, joint="all")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'valid'"):
        compare_roles(data, YEAR, undated_tasks="no")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="compare_roles"):
        summary_by_county(pd.DataFrame({"year": [2019]}))
    for summary in (summary_by_county, national_summary):
        with pytest.raises(InvalidArgument, match="empty"):
            summary(compare_roles(data, YEAR).iloc[:0])


# --- Properties -------------------------------------------------------------------------------------------------------

QUICK = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip
ACTOR = {"municipal": "municipality:0201", "regional": "region:02"}
LEVELS = ("municipal", "regional", "joint")
cases = st.fixed_dictionaries(
    {
        "tasks": st.lists(
            st.tuples(
                st.sampled_from(["municipal", "regional", "intermunicipal", "state"]),
                st.sampled_from(["mandatory", "voluntary", "consultation"]),
                st.sampled_from(["2000-01-01", None]),
            ),
            max_size=4,
        ),
        "active": st.sets(st.sampled_from(["municipal", "regional"])),
        "closed": st.sets(st.sampled_from(["municipal", "regional"])),
    }
)


def build(make: Make, case: dict[str, Any], extra: tuple[str, ...] = ()) -> Dataset:
    """Return a county of one municipality and one region with these levels attested, or closed out by a list."""
    active = case["active"] | set(extra)
    closed = [{"municipal": "municipality", "regional": "region"}[level] for level in sorted(case["closed"] - active)]
    members = [{"a": ACTOR[level], "seen": YEAR} for level in sorted(active)]
    tasks = [task(level, obligation=kind, since=since) for level, kind, since in case["tasks"]]
    lists = [complete(";".join(closed))] if closed else []
    return world(make, *members, tasks=tasks, member_lists=lists)


def naive(case: dict[str, Any]) -> set[str]:
    """Go through every reading one by one, each undated task valid or not and each open level active or not."""
    found = set()
    duties = [(level, kind) for level, kind, since in case["tasks"] if since and level != "state"]
    doubtful = [(level, kind) for level, kind, since in case["tasks"] if not since and level != "state"]
    for valid in product([True, False], repeat=len(doubtful)):
        tasks = duties + [item for item, holds in zip(doubtful, valid, strict=True) if holds]
        named = {"intermunicipal": "joint"}
        responsible = {named.get(level, level) for level, kind in tasks if kind == "mandatory"}
        responsible = responsible or {named.get(level, level) for level, kind in tasks if kind == "voluntary"}
        for acting in product([True, False], repeat=3):
            active = {level for level, acts in zip(LEVELS, acting, strict=True) if acts}
            if not case["active"] <= active or active & (case["closed"] - case["active"]):
                continue
            if not responsible:
                found.add("no_responsible")
            elif responsible & active:
                found.add("agreement")
            else:
                found.add("substitution" if active else "gap")
    return found


@QUICK
@given(case=cases)
def test_the_possible_outcomes_are_those_of_all_readings(make: Make, case: dict[str, Any]) -> None:
    row = culture(build(make, case))
    possible = naive(case)
    assert set(row["possible"].split("|")) == possible
    single = len(possible) == 1 and "no_responsible" not in possible
    assert row["outcome"] == (next(iter(possible)) if single else "unknown")
    assert (row["reason"] == "") == single


@QUICK
@given(case=cases, extra=st.sampled_from(["municipal", "regional"]))
def test_a_further_membership_never_opens_a_gap_nor_ends_an_agreement(
    make: Make, case: dict[str, Any], extra: str
) -> None:
    case = {**case, "closed": case["closed"] - {extra}}
    before, after = culture(build(make, case)), culture(build(make, case, (extra,)))
    assert set(after["possible"].split("|")) - {"no_responsible"} <= set(before["possible"].split("|"))
    assert "gap" not in after["possible"].split("|")
    if before["outcome"] == "agreement":
        assert after["outcome"] == "agreement"


@QUICK
@given(case=cases, seen=st.sampled_from([YEAR, YEAR - 1, YEAR - 5]))
def test_low_best_and_high_are_in_order(make: Make, case: dict[str, Any], seen: int) -> None:
    tasks = [task(level, obligation=kind, since=since) for level, kind, since in case["tasks"]]
    members = [{"a": ACTOR[level], "seen": seen} for level in sorted(case["active"])]
    compared = compare_roles(world(make, *members, tasks=tasks), YEAR)
    for summary in (summary_by_county(compared), national_summary(compared)):
        assert (summary["low"] <= summary["best"]).all()
        assert (summary["best"] <= summary["high"]).all()
        by, size = summary.columns[0], summary.columns[-2]
        groups = summary.groupby(by)
        assert (groups["low"].sum() + groups["n_unknown"].first() == groups[size].first()).all()
