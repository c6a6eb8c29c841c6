"""Complete lists: what they say of a county, exits between them, and what they are enough for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, NatverkError, UnknownName
from natverk.membership.lists import (
    absences,
    latest_lists,
    list_exits,
    list_retention,
    listed_memberships,
    lists,
    on_lists,
)
from natverk.membership.panel import panel

Make = Callable[..., Dataset]
ALBY, BODA, DALA, GOTLAND, ETT = (
    "municipality:0101", "municipality:0102", "municipality:0201", "municipality:0980", "region:01"
)  # fmt: skip


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


# --- Listed network-years ---------------------------------------------------------------------------------------------


def test_listed_by_hand(make: Make) -> None:
    on = {"list": "net-2008", "seen": 2008}
    data = make(
        on,
        on | {"a": ETT},
        on | {"a": GOTLAND},
        {"a": BODA, "seen": 2008},
        {"list": "net-2005", "status": "full", "seen": 2005},
        member_lists=[
            {"year": 2008, "n_sweden": 3},
            {"year": 2005, "scope": "full", "certainty": "medium", "levels": "municipality", "n_sweden": 1},
            {"year": 2001, "certainty": "low"},
        ],
    )
    frame = lists(data)
    columns = ["year", "n_members", "n_at_risk", "n_sweden", "full_only", "certainty", "list_id", "source_id"]
    assert frame[columns].values.tolist() == [
        [2005, 1, 5, 1, True, "medium", "net-2005", "src"],
        [2008, 3, 8, 3, False, "high", "net-2008", "src"],
    ]
    assert lists(data, certainty="high")["year"].tolist() == [2008]
    assert lists(data, "01")[["n_members", "n_at_risk"]].values.tolist() == [[1, 2], [2, 3]]
    assert lists(data, "02")[["n_members", "n_at_risk"]].values.tolist() == [[0, 1], [0, 2]]


def test_listed_without_lists_has_its_columns(make: Make) -> None:
    frame = lists(make())
    assert frame.empty
    assert "n_members" in frame.columns
    with pytest.raises(InvalidArgument, match="where: certainty"):
        lists(make(), certainty="low")
    with pytest.raises(UnknownName, match="'Skåne'"):
        lists(make(), "Skåne")
    assert lists(make(), "Län 01").empty


def test_every_real_list_has_the_members_it_states(real: Dataset) -> None:
    frame = lists(real).set_index("list_id")
    on = real.memberships.dropna(subset=["list_id"]).drop_duplicates(["list_id", "actor_id"])
    joint = on.loc[on["actor_id"].str.startswith("body:"), "list_id"].value_counts()
    assert (frame["n_members"] + joint.reindex(frame.index, fill_value=0) == frame["n_sweden"]).all()
    assert (frame["n_members"] <= frame["n_at_risk"]).all()
    assert {"ubc", "kimo", "eurocities", "eurotowns"} <= set(frame.loc[frame["n_at_risk"] == 310, "network_id"])


def test_who_is_not_on_a_list_of_low_certainty_is_unknown(real: Dataset) -> None:
    # The list of the Covenant of Mayors lacks Södertälje and Kramfors, which are known to have signed.
    low = real.member_lists[real.member_lists["certainty"] == "low"]
    assert len(low) >= 1
    for item in low.itertuples():
        for certainty in ("high", "medium"):
            closed = absences(real, certainty)
            assert item.list_id not in set(closed["list_id"])
    item = low[low["source_id"] == "etmun-members"].iloc[0]
    cells = panel(real, networks=[item["network_id"]], years=int(item["year"]), list_certainty="medium")
    same = (real.member_lists["network_id"] == item["network_id"]) & (real.member_lists["year"] == item["year"])
    assert set(real.member_lists.loc[same, "certainty"]) == {"low"}
    assert not cells["state"].eq("not_member").any()
    assert cells["state"].eq("member").sum() >= 1, "whom it names is a member"
    with pytest.raises(InvalidArgument, match="a list of low certainty closes nothing"):
        panel(real, networks=["ubc"], years=2019, list_certainty="low")  # type: ignore[arg-type]


# Exits between lists --------------------------------------------------------------------------------------------


def test_exits_of_the_baltic_cities_are_intervals(real: Dataset) -> None:
    exits = list_exits(real, "ubc")
    assert (exits["exit_after"] < exits["exit_before"]).all()
    assert exits.groupby("exit_before").size().to_dict() == {2019: 7, 2020: 1, 2022: 1}
    assert exits["stated_end"].isna().all()
    # Västervik's own page of 2024 against the list of 2022; Botkyrka's is of January 2019, the list of the autumn.
    assert set(exits.loc[exits["conflict"], "actor_id"]) == {"municipality:0883"}
    assert len(list_exits(real, "ubc", certainty="medium")) > len(exits)
    retained = list_retention(real, "ubc").set_index("year")
    assert retained["n_still"].to_dict() == {2014: 21, 2019: 14, 2020: 13, 2022: 12}


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


groups_on = st.lists(st.sets(st.sampled_from([ALBY, BODA, ETT])), min_size=1, max_size=3)


@some(15)
@given(on=groups_on, extra=st.sampled_from([ALBY, BODA, ETT]))
def test_listed_members_are_at_risk_and_one_more_raises_the_count(make: Make, on: list[set[str]], extra: str) -> None:
    def data(groups: list[set[str]]) -> Dataset:
        years = range(2010, 2010 + len(groups))
        rows = [
            {"a": actor, "seen": year, "list": f"net-{year}"}
            for year, group in zip(years, groups, strict=True)
            for actor in sorted(group)
        ]
        return make(*rows, member_lists=[{"year": year} for year in years])

    before, after = (data(groups) for groups in (on, [on[0] | {extra}, *on[1:]]))
    table = lists(before)
    assert table["n_members"].tolist() == [len(group) for group in on]
    assert (table["n_members"] <= table["n_at_risk"]).all()
    assert (lists(after)["n_members"] >= table["n_members"]).all()
    own = lists(before, "01")
    assert (own["n_members"] <= table["n_members"]).all()
    assert (own["n_at_risk"] <= table["n_at_risk"]).all()
    kept = list_retention(before, "net")
    assert kept["n_still"].tolist() == [len(on[0] & group) for group in on]
    assert ((kept["n_still"] <= kept["n_first"]) & (kept["n_still"] <= kept["n_listed"])).all()


def test_one_that_comes_back_counts_as_new_and_as_still_there(make: Make) -> None:
    data = _lists(make, y2010={"on": [ALBY, BODA]}, y2014={"on": [BODA, DALA]}, y2018={"on": [ALBY, BODA, DALA]})
    kept = list_retention(data).fillna(-1)
    assert kept[["year", "n_listed", "n_first", "n_still", "share", "n_new"]].values.tolist() == [
        [2010, 2, 2, 2, 1.0, -1], [2014, 2, 2, 1, 0.5, 1], [2018, 3, 2, 2, 1.0, 2],
    ]  # fmt: skip


def test_who_is_on_and_who_is_absent(make: Make) -> None:
    data = _lists(make, y2010={"on": [ALBY, DALA], "counties": "01"}, y2014={"on": [], "scope": "full"})
    seen = on_lists(data, "net")
    assert seen.loc[seen["on"], "actor_id"].tolist() == [ALBY, DALA], "who is named is on, covered or not"
    assert seen.loc[~seen["on"], "actor_id"].tolist() == [BODA, ETT]
    assert absences(data, "high")[["actor_id", "year"]].values.tolist() == [[BODA, 2010], [ETT, 2010]]
    assert on_lists(data).empty, "a list alone is compared with none"


def test_which_lists_tell_who_belongs(make: Make) -> None:
    data = _lists(
        make, y2010={"on": [ALBY]}, y2014={"on": [BODA, DALA]}, y2016={"on": [], "levels": "municipality"},
        y2018={"on": [ALBY], "certainty": "medium"}, y2020={"on": [ALBY], "scope": "full"}, y2022={"on": [ALBY]},
    )  # fmt: skip
    table = latest_lists(data, year=2014).set_index("year")
    assert table["reason"].to_dict() == {
        2010: "superseded", 2014: "used", **dict.fromkeys((2016, 2018, 2020, 2022), "after_year"),
    }  # fmt: skip
    later = latest_lists(data, year=2021, certainty="medium").set_index("year")
    assert later["reason"].to_dict() == {
        2010: "superseded", 2014: "superseded", 2016: "superseded", 2018: "used", 2020: "full_only", 2022: "after_year",
    }  # fmt: skip
    with pytest.raises(InvalidArgument, match="no complete list of high certainty up to 2016"):
        latest_lists(data, year=2016)
    counts = listed_memberships(data, latest_lists(data, year=2014)).set_index("actor_id")
    assert counts.loc[[ALBY, BODA, DALA], "listed_memberships"].tolist() == [0, 1, 1]
    assert counts["exposure"].unique().tolist() == [1]
    assert counts.loc[BODA, "list_ids"] == "net-2014"


def test_who_may_not_join_is_at_risk_by_the_list_alone(make: Make) -> None:
    lists: dict[str, Any] = {"member_lists": [{"year": 2010, "levels": "municipality"}]}
    data = make(
        {"a": ALBY, "list": "net-2010", "seen": 2010}, networks=[{"min_population": 5000}],
        population=[{"code": "0101", "year": 2000, "population": 9}, {"code": "0102", "year": 2000, "population": 9000},
                    {"code": "0201", "year": 2000, "population": 10}], **lists,
    )  # fmt: skip
    counts = {
        at_risk: listed_memberships(data, latest_lists(data, year=2010, at_risk=at_risk), at_risk=at_risk)  # type: ignore[arg-type]
        for at_risk in ("eligible", "list")
    }
    by_name = {at_risk: frame.set_index("actor_id")["listed_memberships"] for at_risk, frame in counts.items()}
    assert by_name["eligible"][[ALBY, BODA]].tolist() == [1, 0], "who is named is covered, however small"
    assert pd.isna(by_name["eligible"][DALA])
    assert by_name["list"][DALA] == 0


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda data: list_exits(data, "nett"), "nett"),
        (lambda data: list_exits(data, certainty="low"), "certainty"),
        (lambda data: list_retention(data, "nett"), "nett"),
        (lambda data: lists(data, networks=[]), "networks"),
        (lambda data: lists(data, "1x"), "county"),
        (lambda data: latest_lists(data, year=2010, at_risk="all"), "at_risk"),
        (lambda data: latest_lists(data, year=1900), "1900"),
    ],
)
def test_wrong_arguments_are_named(make: Make, call: Callable[[Dataset], Any], where: str) -> None:
    with pytest.raises(NatverkError, match=where):
        call(_lists(make, y2010={"on": [ALBY]}))
