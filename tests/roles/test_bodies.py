"""Joint bodies and networks across a border: who is in them, each counted once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.data.units import alphabetic
from natverk.roles.bodies import bodies_of, county_bodies, cross_border, joint_bodies
from natverk.roles.county import county_memberships

Make = Callable[..., Dataset]
Row = dict[str, Any]
ALBY, BODA, ETT, BODY = "municipality:0101", "municipality:0102", "region:01", "body:forbundet"
OWN = [ALBY, BODA, ETT]


def test_a_body_shows_its_members_their_rows_and_whether_it_held_the_responsibility(make: Make) -> None:
    members = [
        {"body_id": BODY, "member_actor_id": ALBY, "derived": "yes", "source_id": "src"},
        {"body_id": BODY, "member_actor_id": ALBY, "derived": "no", "source_id": "other"},
        {"body_id": BODY, "member_actor_id": BODA, "derived": "yes", "source_id": "src"},
        {"body_id": BODY, "member_actor_id": ETT, "derived": "no", "source_id": "src"},
        {"body_id": BODY, "member_actor_id": None, "derived": "no", "source_id": "src"},
    ]
    bodies = [{"body_id": BODY, "county_codes": "01", "source_id": "other"}, {"body_id": "body:annat"}]
    held = [{"county_code": "01", "holder_actor_id": BODY, "holder_type": "samverkansorgan", "start": "1997-01-01"}]
    table = joint_bodies(make(body_members=members, bodies=bodies, responsibility=held)).set_index("body_id")
    counts = ["n_municipalities", "n_regions", "n_derived", "held", "source_ids"]
    assert table.loc[BODY, counts].tolist() == [2, 1, 1, True, "other;src"]
    assert len(table.loc[BODY, "row_ids"].split(";")) == len(members)
    assert table.loc["body:annat", [*counts, "row_ids"]].tolist() == [0, 0, 0, False, "src", ""]


belongs = st.fixed_dictionaries(
    {
        "member_actor_id": st.sampled_from(OWN),
        "derived": st.sampled_from(["yes", "no"]),
        "body_id": st.just("body:forbundet"),
    }
)


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)  # fmt: skip
@given(rows=st.lists(belongs, max_size=5), extra=belongs, random=st.randoms(use_true_random=False))
def test_members_of_joint_bodies_are_counted_once(make: Make, rows: list[Row], extra: Row, random: Any) -> None:
    columns = ["n_derived", "n_municipalities", "n_regions"]

    def counted(members: list[Row]) -> dict[str, int]:
        return {str(key): int(n) for key, n in joint_bodies(make(body_members=members)).loc[0, columns].items()}

    before, after = counted(rows), counted([*rows, extra])
    named = {row["member_actor_id"] for row in rows}
    assert before["n_municipalities"] == len(named & {ALBY, BODA})
    assert before["n_regions"] == len(named & {ETT})
    # A member that one source names is no longer one that only follows from another.
    sure = {row["member_actor_id"] for row in rows if row["derived"] == "no"}
    assert before["n_derived"] == len(named - sure)
    assert all(after[name] >= before[name] for name in columns[1:])
    swapped = {ALBY: BODA, BODA: ALBY}
    other = [row | {"member_actor_id": swapped.get(row["member_actor_id"], ETT)} for row in rows]
    assert counted(random.sample(other, len(other))) == before


def test_networks_across_a_border_count_documented_members_by_level(make: Make) -> None:
    networks = [
        {"network_id": "net", "type": "cross_border", "founded_year": 1990},
        {"network_id": "old", "type": "cross_border"},
        {"network_id": "other", "type": "mixed"},
    ]
    data = make(
        {"a": ALBY, "seen": 2010, "source": "src"}, {"a": ALBY, "seen": 2014, "source": "other"}, {"a": BODA},
        {"a": ETT, "start": 2001, "end": 2005}, {"a": BODY, "status": "indirect", "seen": 2010},
        {"a": BODY, "n": "old", "seen": 2012}, {"a": "state:verket", "n": "old", "seen": 1999},
        {"a": BODA, "n": "other", "seen": 2012}, networks=networks,
    )  # fmt: skip
    table = cross_border(data).set_index("network_id")
    assert table.index.tolist() == ["net", "old"]
    assert table.loc["net", ["n_municipal", "n_regional", "n_joint", "since", "last_seen"]].tolist() == [
        2,
        1,
        0,
        2001,
        2014,
    ]
    assert table.loc["net", ["row_ids", "source_ids"]].tolist() == [
        "mem-00001;mem-00002;mem-00003;mem-00004", "src;other",
    ]  # fmt: skip
    assert table.loc["old", ["n_municipal", "n_regional", "n_joint", "since"]].tolist() == [0, 0, 1, 2012]
    shown = cross_border(make(networks=networks)).set_index("network_id")
    assert shown.loc["net", ["n_municipal", "row_ids"]].tolist() == [0, ""]
    assert shown["since"].isna().all()


def test_an_actor_has_its_bodies_once_and_a_named_member_is_not_derived(make: Make) -> None:
    members = [
        {"body_id": BODY, "member_actor_id": ALBY, "derived": "yes", "source_id": "src", "observed_year": 2010},
        {"body_id": BODY, "member_actor_id": ALBY, "derived": "no", "source_id": "other", "start_year": 2004},
        {"body_id": BODY, "member_actor_id": BODA, "derived": "yes", "source_id": "src"},
    ]
    sources = [{"source_id": name, "accessed": "2024-06-30"} for name in ("src", "other", "of-the-body")]
    bodies = [{"body_id": BODY, "source_id": "other;of-the-body"}]
    data = make(bodies=bodies, body_members=members, sources=sources)
    own = bodies_of(data, ALBY)
    assert own[["body_id", "start_year", "observed_year", "derived"]].values.tolist() == [[BODY, 2004, 2010, False]]
    assert own.loc[0, "source_ids"] == "src;other;of-the-body"
    assert bodies_of(data, BODA)["derived"].tolist() == [True]


def test_a_body_that_is_a_network_has_the_members_of_both(real: Dataset) -> None:
    own = county_bodies(real, "03").set_index("body_id").loc["body:malardalsradet"]
    rows = real.memberships[real.memberships["network_id"] == "malardalsradet"]
    # Who was at a meeting without being called a member is none.
    rows = rows[rows["status"].isin(["member", "associate"])]
    assert set(rows["actor_id"]) | {"region:20"} == set(own["member_ids"].split(";"))
    assert {"region:03", "municipality:0380"} <= set(own["member_ids"].split(";"))
    table = joint_bodies(real).set_index("body_id")
    assert table.at["body:malardalsradet", "n_regions"] > 1
    # What no source dates to the years of an earlier page is no member on it.
    then = county_bodies(real, "03", years=(1997, 2010)).set_index("body_id")
    assert then.at["body:malardalsradet", "n_members"] == 0


def test_a_federation_is_at_home_where_its_members_are(real: Dataset) -> None:
    assert "body:sjuharads-kommunalforbund" not in set(county_bodies(real, "13")["body_id"])
    assert "body:sjuharads-kommunalforbund" in set(county_bodies(real, "14")["body_id"])
    assert "body:sjuharads-kommunalforbund" not in set(county_memberships(real, "13")["actor_id"])


def test_nobody_is_the_same_member_twice_in_one_source(real: Dataset) -> None:
    rows = real.body_members.dropna(subset=["member_actor_id"])
    assert not rows.duplicated(["body_id", "member_actor_id", "source_id", "observed_year"]).any()
    own = county_bodies(real, "06").set_index("body_id").loc["body:regionsamverkan-sydsverige"]
    assert own["n_members"] == own["n_stated"] == 9


def test_bodies_and_their_members_stand_in_the_order_of_the_swedish_alphabet(real: Dataset) -> None:
    names = real.actors.set_index("actor_id")["name"]
    own = county_bodies(real, "14").set_index("body_id")["member_ids"]["body:fyrbodals-kommunalforbund"]
    members = [str(names[actor]) for actor in own.split(";") if actor.startswith("municipality:")]
    # Åmål stands last, not beside Alingsås.
    assert members == sorted(members, key=alphabetic)
    assert members[-1] == "Åmål"
