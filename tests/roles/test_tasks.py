"""Formal roles: which tasks are valid when, in which counties, and which levels are responsible by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.roles.tasks import formal, local_tasks, responsible_levels

Make = Callable[..., Dataset]
Row = dict[str, Any]


def a_task(**more: Any) -> Row:
    return {"policy_area": "culture", "level": "regional", "obligation_class": "mandatory", "legal_basis": "lag"} | more


@pytest.mark.parametrize(
    ("task", "on", "expected"),
    [
        ({"since": "2010"}, "end", {2009: None, 2010: "valid", 2020: "valid"}),
        ({"since": "2010", "until": "2012"}, "end", {2009: None, 2010: "valid", 2012: "valid", 2013: None}),
        ({}, "end", {1997: "unknown", 2020: "unknown"}),
        ({"until": "2012"}, "end", {1997: "unknown", 2012: "unknown", 2013: None}),
        ({"since": "2010-07-01"}, "end", {2009: None, 2010: "valid"}),
        ({"since": "2010-07-01"}, "start", {2010: None, 2011: "valid"}),
        ({"since": "2010-01-01"}, "start", {2010: "valid"}),
        ({"since": "2005", "until": "2012-06-30"}, "end", {2011: "valid", 2012: None}),
        ({"since": "2005", "until": "2012-06-30"}, "start", {2012: "valid", 2013: None}),
        ({"since": "2005", "until": "2012-06"}, "start", {2012: "valid", 2013: None}),
    ],
)
def test_when_a_task_is_valid(make: Make, task: dict[str, Any], on: Any, expected: dict[int, str | None]) -> None:
    data = make(tasks=[a_task(**task)])
    found = {year: formal(data, year, on=on)["validity"].tolist() for year in expected}
    assert found == {year: [] if validity is None else [validity] for year, validity in expected.items()}


def test_tasks_are_summed_by_area_level_and_validity(make: Make) -> None:
    tasks = [
        a_task(since="2010", condition="unless it is transferred", condition_class="other"),
        a_task(since="2011", level="regional_multi", obligation_class="voluntary", legal_basis="annan lag"),
        a_task(),
        a_task(since="2010", level="municipal", obligation_class="voluntary", legal_basis=None),
        a_task(since="2010", policy_area="broadband"),
    ]
    frame = formal(make(tasks=tasks), 2015)
    assert frame.values.tolist() == [
        ["broadband", "regional", "valid", 1, 1, 0, "mandatory", "lag", "tsk-00005"],
        ["culture", "municipal", "valid", 1, 0, 0, "voluntary", "", "tsk-00004"],
        ["culture", "regional", "unknown", 1, 1, 0, "mandatory", "lag", "tsk-00003"],
        ["culture", "regional", "valid", 2, 1, 1, "mandatory | voluntary", "annan lag | lag", "tsk-00001;tsk-00002"],
    ]
    assert list(frame.columns) == [
        "policy_area",
        "level",
        "validity",
        "n_tasks",
        "n_mandatory",
        "n_conditional",
        "obligations",
        "legal_bases",
        "row_ids",
    ]


def test_no_task_no_role(make: Make) -> None:
    assert formal(make(), 2015).empty


def test_formal_refuses_wrong_arguments(make: Make) -> None:
    for year in (1066, 2027, 2019.5, True, "next year"):
        with pytest.raises(InvalidArgument, match=f"{year}(?s:.)*where: year"):
            formal(make(), year)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="where: on"):
        formal(make(), 2015, on="middle")  # type: ignore[arg-type]


def test_formal_roles_of_the_real_data(real: Dataset) -> None:
    frame = formal(real, 2019)
    assert not frame.duplicated(["policy_area", "level", "validity"]).any()
    assert set(frame["level"]) <= {"municipal", "intermunicipal", "regional", "state"}
    undated = set(real.tasks.loc[real.tasks["since"].isna(), "row_id"])
    named = {row for ids in frame.loc[frame["validity"] == "unknown", "row_ids"] for row in ids.split(";")}
    assert named
    assert named <= undated
    growth = frame[(frame["policy_area"] == "regional_growth") & (frame["level"] == "regional")]
    assert growth["n_mandatory"].sum() > 0
    before = formal(real, 2001)
    assert before.loc[before["policy_area"] == "regional_growth", "n_tasks"].sum() != growth["n_tasks"].sum()


def test_acts_on_the_development_responsibility_bind_their_holders_only(real: Dataset) -> None:
    # In 2017 the county plan was the region's in Skåne, the cooperation body's in Dalarna, the state's in Stockholm.
    found = responsible_levels(real, 2017)
    sets = {county: found[county, "transport_infrastructure"].alternatives for county in ("12", "20", "01")}
    assert sets["12"] == {frozenset({"regional"})}
    assert sets["20"] == {frozenset({"joint"})}
    assert frozenset({"regional"}) not in sets["01"]


def test_tasks_of_named_actors_hold_in_their_counties(real: Dataset) -> None:
    local = local_tasks(real)
    assert local["tsk-00037"] == {"01", "12"}
    assert local["tsk-00057"] == {"01", "22", "25"}
    assert (local["tsk-00078"], local["tsk-00114"]) == ({"14"}, {"18"})
    for everywhere in ("tsk-00001", "tsk-00005", "tsk-00030", "tsk-00107", "tsk-00116"):
        assert everywhere not in local


ALL_THREE = {"regional", "municipal", "joint"}


def sets_of(data: Dataset, year: int, county: str, area: str = "public_transport") -> set[frozenset[str]]:
    return set(responsible_levels(data, year)[county, area].alternatives)


def test_a_joint_body_for_public_transport_only_where_the_responsibility_is_shared(real: Dataset) -> None:
    # "Organise as kommunalförbund when responsibility is shared or municipal" (tsk-00032) bound every county.
    assert sets_of(real, 2020, "09") == {frozenset({"unitary"})}, "one body needs no joint body"
    stockholm = responsible_levels(real, 2020)["01", "public_transport"]
    assert "regional" in stockholm.sure()
    assert "joint" not in stockholm.sure() | stockholm.maybe(), "the act makes the region alone responsible"
    # The federation was seen to be the authority in Värmland in 2012; no later year is known.
    assert {"joint", "regional", "municipal"} == responsible_levels(real, 2012)["17", "public_transport"].sure()
    for county, year in (("17", 2013), ("14", 2020)):
        found = responsible_levels(real, year)[county, "public_transport"]
        assert found.sure() == frozenset()
        assert found.maybe() == ALL_THREE
        assert frozenset() not in found.alternatives, "somebody is responsible, whoever it is"
    # A body that is wound up on a day is the authority until then.
    assert "joint" in responsible_levels(real, 2018)["04", "public_transport"].sure()
    assert "joint" in responsible_levels(real, 2019)["04", "public_transport"].maybe()


def test_tasks_of_the_state_where_no_regional_body_exists(real: Dataset) -> None:
    # The county boards drew up the programme where there was no cooperation body (tsk-00003), and the county plan
    # where no regional body held it (tsk-00025).
    in_2005 = responsible_levels(real, 2005)
    for county, row in (("22", True), ("12", False), ("10", False), ("09", False)):
        assert ("tsk-00003" in in_2005[county, "regional_growth"].rows) == row, county
        assert ("tsk-00025" in in_2005[county, "transport_infrastructure"].rows) == row, county
    assert "tsk-00112" in in_2005["17", "regional_growth"].rows
    assert "tsk-00112" not in in_2005["22", "regional_growth"].rows
    assert in_2005["22", "transport_infrastructure"].state == "valid"
    assert in_2005["12", "transport_infrastructure"].state == "unknown", "an undated task is left"


def test_the_other_conditions_that_the_rows_state(real: Dataset) -> None:
    # Only the region that alone is the authority adopts the programme (tsk-00033); elsewhere the joint body does.
    assert "tsk-00033" not in responsible_levels(real, 2012)["17", "public_transport"].rows
    # Special transport services may have been handed over (tsk-00034): a municipality may be responsible, or not.
    assert responsible_levels(real, 2020)["01", "public_transport"].maybe() == {"municipal"}
    # The offer of a broadband coordinator went to the holder, which was a county board in Stockholm in 2016.
    in_2016 = {county: responsible_levels(real, 2016)[county, "broadband"] for county in ("01", "12")}
    assert in_2016["12"].sure() == {"regional"}
    assert "regional" not in in_2016["01"].sure() | in_2016["01"].maybe()
    # Halland got its regional plan by an act of its own.
    for year, sure in ((2022, False), (2023, True)):
        assert ("regional" in responsible_levels(real, year)["13", "spatial_planning"].sure()) == sure
        assert ("regional" in responsible_levels(real, year)["13", "climate_energy"].sure()) == sure
    # A tourism company of one county is no task of every region; a federation that is gone has none.
    assert "tsk-00093" not in responsible_levels(real, 2020)["25", "tourism"].rows
    assert "tsk-00114" not in responsible_levels(real, 2020)["18", "regional_growth"].rows
    # Stockholm stood outside the culture cooperation model; Skåne joined in 2011.
    culture = {county: responsible_levels(real, 2011)[county, "culture"] for county in ("01", "12")}
    assert "regional" in culture["12"].sure()
    assert "regional" not in culture["01"].sure()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], {frozenset({"regional"}), frozenset({"joint"})}),
        ([{"condition_class": "transport_region"}], {frozenset({"regional"})}),
        ([{"condition_class": "transport_shared;transport_municipal"}], {frozenset({"joint"})}),
        ([{"condition_class": "transport_shared", "until": "2009"}], {frozenset({"regional"}), frozenset({"joint"})}),
    ],
)
def test_a_conditional_duty_holds_where_its_condition_is_known_to_hold(
    make: Make, told: list[Row], expected: set[frozenset[str]]
) -> None:
    area = {"policy_area": "public_transport", "since": "2000"}
    tasks = [
        a_task(**area, condition="alone", condition_class="transport_region"),
        a_task(**area, level="intermunicipal", condition="not", condition_class="transport_shared;transport_municipal"),
    ]
    known = [{"county_code": "01", "since": "2005"} | row for row in told]
    assert sets_of(make(tasks=tasks, conditions=known), 2010, "01") == expected


def test_a_condition_of_which_no_table_tells_leaves_both(make: Make) -> None:
    task = a_task(since="2000", condition="unless it is transferred", condition_class="other")
    found = responsible_levels(make(tasks=[task]), 2010)["01", "culture"]
    assert found.alternatives == {frozenset(), frozenset({"regional"})}
    assert found.rows == "tsk-00001"


def test_every_condition_has_a_class_and_words(real: Dataset) -> None:
    assert (real.tasks["condition"].isna() == real.tasks["condition_class"].isna()).all()
    # Acts that speak of the holder of the responsibility bind the holder.
    bases = real.tasks["legal_basis"].fillna("")
    assert set(real.tasks.loc[bases.str.contains("2010:630"), "condition_class"]) == {"region_holds"}
    assert set(real.tasks.loc[bases.str.contains("2002:34"), "condition_class"]) == {"samverkansorgan_holds"}


task = st.fixed_dictionaries(
    {
        "policy_area": st.sampled_from(["culture", "transport"]),
        "level": st.sampled_from(["regional", "municipal", "state"]),
        "obligation_class": st.sampled_from(["mandatory", "voluntary"]),
        "since": st.none() | st.sampled_from(["2005", "2012"]),
    }
)


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)  # fmt: skip
@given(tasks=st.lists(task, min_size=1, max_size=5), extra=task, random=st.randoms(use_true_random=False))
def test_a_further_task_never_takes_a_formal_role_away(make: Make, tasks: list[Row], extra: Row, random: Any) -> None:
    keys = ["policy_area", "level", "validity"]
    before, after, again = (
        formal(make(tasks=rows), 2010).set_index(keys)[["n_mandatory", "n_tasks"]]
        for rows in (tasks, [*tasks, extra], random.sample(tasks, len(tasks)))
    )
    assert (before["n_mandatory"] <= before["n_tasks"]).all()
    assert before["n_tasks"].sum() == sum(row["since"] != "2012" for row in tasks)
    assert (after.reindex(before.index) >= before).all(axis=None)
    pd.testing.assert_frame_equal(before, again)
