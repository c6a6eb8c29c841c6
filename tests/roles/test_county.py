"""One county: who is in which network and theme, told as of a year, against own computation from the raw rows."""

from __future__ import annotations

import pandas as pd
import pytest

from natverk import outcomes, roles, strategies
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.county import _verdict
from natverk.roles.tasks import local_tasks


def test_memberships_of_a_county_are_those_of_its_actors(real: Dataset) -> None:
    own = roles.county_memberships(real, "12")
    raw = real.memberships
    scania = set(real.municipalities.loc[real.municipalities["county_code"] == "12", "actor_id"])
    named = set(raw.loc[raw["actor_id"].isin(scania) & (raw["network_id"] == "greater-copenhagen"), "actor_id"])
    copenhagen = own[own["network_id"] == "greater-copenhagen"]
    assert set(copenhagen.loc[copenhagen["level"] == "municipal", "actor_id"]) == named
    assert (copenhagen["n_municipal"] == 33).all()
    (theirs,) = {frozenset(rows.split(";")) for rows in copenhagen["municipal_rows"]}
    assert set(raw.loc[raw["row_id"].isin(theirs), "actor_id"]) == named
    assert copenhagen["shared"].all()
    assert set(copenhagen["group"]) == {"cross_border"}


def test_every_row_about_a_membership_stands_with_it(real: Dataset) -> None:
    own = roles.county_memberships(real, "12")
    region = own[(own["actor_id"] == "region:12") & (own["network_id"] == "greater-copenhagen")]
    raw = real.memberships
    rows = raw[(raw["actor_id"] == "region:12") & (raw["network_id"] == "greater-copenhagen")]
    # Rows of a looser tie (`participant`) stand beside those of the firm one.
    assert "participant" in set(rows["status"])
    assert set(region["row_ids"].item().split(";")) == set(rows["row_id"])


def test_a_predecessor_keeps_its_memberships(real: Dataset) -> None:
    own = roles.county_memberships(real, "05")
    office = own[own["network_id"] == "region-ostergotland-eu-office"]
    assert "body:regionforbundet-ostsam" in set(office["actor_id"])


def test_nothing_later_is_let_in(real: Dataset) -> None:
    years = real.memberships.set_index("row_id")[["start_year", "end_year", "observed_year"]]
    for county in ("05", "12", "14", "25"):
        own = roles.county_memberships(real, county, years=(1997, 2010))
        assert not (own["mark"] == "undated").any()
        assert not (own["since"] > 2010).any()
        assert not (own["last_seen"] > 2010).any()
        assert not (own["end"] > 2010).any()
        for ids in own["row_ids"]:
            for row in ids.split(";"):
                assert years.loc[row].dropna().iloc[0] <= 2010, row


def test_a_loose_tie_has_the_year_of_its_source(real: Dataset) -> None:
    own = roles.county_memberships(real, "14")
    icorn = own[(own["actor_id"] == "region:14") & (own["network_id"] == "icorn")]
    assert icorn[["mark", "inferred", "last_seen"]].to_numpy().tolist() == [["loose", True, 2017]]


def test_gotland_is_one_body(real: Dataset) -> None:
    own = roles.county_memberships(real, "09")
    assert set(own["level"]) == {"unitary"}
    assert not own["shared"].any()
    side = roles.county_networks(own)
    assert side["regional"].all()
    assert (side["n_municipal"] == 0).all()


def test_networks_side_by_side_count_actors_once(real: Dataset) -> None:
    own = roles.county_memberships(real, "14")
    side = roles.county_networks(own).set_index("network_id")
    firm = own[own["firm"]]
    for network, rows in firm.groupby("network_id"):
        assert side.at[network, "n_municipal"] == (rows["level"] == "municipal").sum()
        assert side.at[network, "n_regional"] == (rows["level"] == "regional").sum()
    assert set(side.index) == set(firm["network_id"])


def test_actors_without_evidence_are_named(real: Dataset) -> None:
    own = roles.county_memberships(real, "14")
    actors = roles.county_actors(real, "14", own).set_index("name")
    assert not actors.at["Tibro", "documented"]
    assert actors.at["Göteborg", "documented"]
    assert (actors["level"] == "municipal").sum() == 49


def test_a_general_purpose_network_decides_no_theme(real: Dataset) -> None:
    side = roles.county_networks(roles.county_memberships(real, "12"))
    themes = roles.county_themes(real, "12", side).set_index("theme")
    # All 33 are in Greater Copenhagen, which is of general purpose.
    counts = themes["n_municipal"].to_dict(), themes["n_municipal_specific"].to_dict()
    assert counts[0]["climate_energy"] == 33
    assert counts[1]["climate_energy"] < 33
    # Where those with the task are in a network of general purpose only: no verdict.
    halland = roles.county_networks(roles.county_memberships(real, "13"))
    digital = roles.county_themes(real, "13", halland).set_index("theme").loc["digital"]
    assert digital[["verdict", "reason"]].tolist() == ["open", "general"]
    # An office of five themes is of none for that.
    assert themes.at["digital", "regional_networks"] == "skane-european-office"
    assert themes.at["digital", "n_regional_specific"] == 1
    wide = roles.county_themes(real, "12", side, general_purpose="count").set_index("theme")
    assert wide.at["climate_energy", "n_municipal_specific"] == 33
    assert "generic" not in themes.index


@pytest.mark.parametrize(
    ("county", "theme", "specific", "everybody"),
    [
        ("23", "rural", 0, 7),
        ("23", "regional_policy", 0, 7),
        ("23", "governance_democracy", 4, 7),
        ("06", "rural", 4, 7),
        ("06", "regional_policy", 4, 6),
        ("06", "governance_democracy", 5, 8),
        ("13", "rural", 0, 1),
        ("03", "maritime", 0, 1),
    ],
)
def test_what_is_of_general_purpose_is_told_by_its_column(
    real: Dataset, county: str, theme: str, specific: int, everybody: int
) -> None:
    side = roles.county_networks(roles.county_memberships(real, county))
    row = roles.county_themes(real, county, side).set_index("theme").loc[theme]
    assert [row["n_municipal_specific"], row["n_municipal"]] == [specific, everybody]


def test_a_task_of_unknown_validity_is_none_that_others_have(real: Dataset) -> None:
    side = roles.county_networks(roles.county_memberships(real, "03"))
    themes = roles.county_themes(real, "03", side).set_index("theme")
    # Municipal broadband (tsk-00062) and health care (tsk-00069, tsk-00070) are tasks without a date.
    assert themes.loc["digital", ["undated", "verdict", "reason"]].tolist() == ["municipal", "open", "uncertain"]
    assert themes.loc["health", ["responsible", "undated"]].tolist() == ["", "municipal+regional"]
    for county in real.counties["county_code"]:
        side = roles.county_networks(roles.county_memberships(real, county))
        themes = roles.county_themes(real, county, side)
        for row in themes[themes["verdict"] == "others_only"].itertuples():
            tasks = real.tasks[real.tasks["row_id"].isin(row.formal_rows.split(";"))]
            tasks = tasks[tasks["obligation_class"] != "consultation"]
            assert not set(row.specific.split("+")) & set(tasks["level"]), (county, row.theme)


@pytest.mark.parametrize(
    ("sure", "maybe", "specific", "documented", "expected"),
    [
        ({"regional"}, set(), {"regional"}, {"regional"}, ("responsible", "")),
        ({"regional"}, set(), {"municipal"}, {"municipal"}, ("others_only", "")),
        ({"regional"}, set(), set(), {"regional"}, ("open", "general")),
        (set(), {"regional"}, {"regional"}, {"regional"}, ("open", "uncertain")),
        (set(), set(), {"municipal"}, {"municipal"}, ("open", "no_task")),
    ],
)
def test_verdicts(
    sure: set[str], maybe: set[str], specific: set[str], documented: set[str], expected: tuple[str, str]
) -> None:
    assert _verdict(sure, maybe, specific, documented) == expected


def test_holders_are_told_as_of_the_last_year(real: Dataset) -> None:
    then = roles.holders_of(real, "05", years=(1997, 2010))
    assert then["holder_actor_id"].tolist() == ["state:lansstyrelsen-05", "body:regionforbundet-ostsam"]
    assert then["end"].isna().tolist() == [False, True]
    now = roles.holders_of(real, "05")
    assert now["holder_actor_id"].iloc[-1] == "region:05"
    assert now["end"].iloc[1] == "2014-12-31"


def test_a_holder_under_two_acts_stands_once(real: Dataset) -> None:
    found = roles.holders_of(real, "14")
    held = found.drop_duplicates("holder_actor_id", keep="last").set_index("holder_actor_id")
    assert len(found) == 3
    assert held.at["region:14", "start"] == "1999-01-01"
    assert held.at["region:14", "trial"]
    raw = real.responsibility
    assert set(";".join(found["row_ids"]).split(";")) == set(raw.loc[raw["county_code"] == "14", "row_id"])


def test_bodies_of_a_county_hold_all_their_members(real: Dataset) -> None:
    found = {row for county in real.counties["county_code"] for ids in roles.county_bodies(real, county)["row_ids"]
             for row in ids.split(";")}  # fmt: skip
    found -= {""}
    assert {row for row in found if row.startswith("bmb-")} == set(real.body_members["row_id"])
    networks = set(real.bodies["network_id"].dropna())
    rows = real.memberships[real.memberships["row_id"].isin(found)]
    assert set(rows["network_id"]) == networks == {"malardalsradet"}


def test_bodies_of_an_earlier_year(real: Dataset) -> None:
    then = roles.county_bodies(real, "14", years=(1997, 2010))
    assert not (then["founded_year"] > 2010).any()
    assert "body:dalslands-miljo-och-energiforbund" not in set(then["body_id"])


def test_forms_of_an_earlier_year(real: Dataset) -> None:
    then = roles.interplay_forms(real, "04", on=(1997, 2010), as_then=True)
    assert then["since"].notna().all()
    assert then["until"].isna().all()
    both = roles.interplay_forms(real, "04", on=(1997, 2026))
    assert (both["until"] == "2018-12-31").any()


def test_strategies_of_an_earlier_year(real: Dataset) -> None:
    assert set(strategies.accounts(real, "22", years=(1997, 2015))["strategy_id"]) == {"rus-22-2011"}
    assert len(strategies.accounts(real, "22")) == 2
    then = strategies.events(real, "22", until=2015)
    assert not then["date"].isna().any()
    assert (then["date"].str[:4].astype(int) <= 2015).all()
    every = {row for county in real.counties["county_code"] for row in strategies.accounts(real, county)["row_id"]}
    assert every == set(real.strategies["row_id"])


def test_outcomes_of_an_earlier_year(real: Dataset) -> None:
    projects = outcomes.projects(real, actors=["region:14"])
    then = outcomes.up_to(real, projects, 2006)
    assert 0 < len(then) < len(projects)
    assert not (then["programme_from"] > 2006).any()
    assert outcomes.up_to(real, projects, 2026) is projects
    with pytest.raises(InvalidArgument, match="nothing dates"):
        outcomes.up_to(real, pd.DataFrame({"actor_id": ["region:14"]}), 2010)


def test_an_unknown_county_is_told(real: Dataset) -> None:
    with pytest.raises(UnknownName):
        roles.county_memberships(real, "Skånne")
    with pytest.raises(InvalidArgument, match="memberships"):
        roles.county_networks(pd.DataFrame({"actor_id": []}))


@pytest.mark.parametrize(("code", "named"), [("06", {"tsk-00105"}), ("23", {"tsk-00105", "tsk-00106", "tsk-00107"})])
def test_a_task_that_names_a_county_among_others_is_given_to_it_by_name(
    real: Dataset, code: str, named: set[str]
) -> None:
    assert named <= set(roles.county_tasks(real, code)["row_ids"])
    assert not named & set(local_tasks(real))
