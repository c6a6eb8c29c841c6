"""How much is known, how sure the rows are, and the way back from a cell to its sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import natverk
from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.errors import InvalidArgument, NatverkError, UnknownName
from natverk.membership.panel import KNOWN, RULES, panel
from natverk.membership.quality import BESIDE, COLUMNS, DISAGREEMENTS, audit_summary, coverage, disagreements, explain

Make = Callable[..., Dataset]
ALBY, BODA, DALA, KNIVSTA, ETT, BODY = (
    "municipality:0101", "municipality:0102", "municipality:0201", "municipality:0330", "region:01", "body:forbundet"
)  # fmt: skip


def test_coverage_by_hand(make: Make) -> None:
    networks = [{}, {"network_id": "old", "dissolved_year": 2007}]
    data = make(
        {"seen": 2007},
        {"a": "region:01", "seen": 2008},
        networks=networks,
        member_lists=[{"year": 2008, "counties": "02"}],
    )
    actors = ["municipality:0101", "municipality:0201", "region:01"]
    cells = panel(data, actors=actors, years=(2007, 2008))
    by_network = coverage(data, cells).set_index("network_id")
    assert by_network["n_cells"].tolist() == [6, 6]
    assert by_network["n_known"].to_dict() == {"net": 3, "old": 3}
    assert by_network.loc["net", ["low", "best", "high"]].tolist() == [2, 3, 5]
    by_year = coverage(data, cells, "year").set_index("year")
    assert by_year["n_known"].to_dict() == {2007: 1, 2008: 5}
    assert by_year["coverage"].round(3).tolist() == [0.167, 0.833]
    by_county = coverage(data, cells, "county").set_index("county_code")
    assert by_county["n_cells"].to_dict() == {"01": 8, "02": 4}
    assert by_county["n_known"].to_dict() == {"01": 4, "02": 2}


def test_coverage_refuses_another_grouping(make: Make) -> None:
    with pytest.raises(InvalidArgument, match="allowed: 'network', 'year', 'county'"):
        coverage(make(), panel(make(), years=2008), by="theme")


def test_coverage_of_the_real_data(real: Dataset) -> None:
    cells = panel(real, years=2019)
    for by in ("network", "county", "year"):
        table = coverage(real, cells, by)
        assert table["n_cells"].sum() == len(cells)
        assert table["n_known"].sum() == cells["state"].isin(KNOWN).sum()
        assert table["coverage"].between(0, 1).all()
    assert coverage(real, cells, "network").set_index("network_id").loc["ubc", "coverage"] == 1.0
    assert len(coverage(real, cells, "county")) == 21


def test_audit_summary(make: Make, real: Dataset) -> None:
    rows = [("supported", None), ("partly", "material"), ("partly", "minor"), ("supported", None), ("supported", None)]
    audit = [{"verdict": verdict, "severity": severity} for verdict, severity in rows]
    assert audit_summary(make(audit=audit)).values.tolist() == [["partly", 2, 1, 0.4], ["supported", 3, 0, 0.6]]
    table = audit_summary(real).set_index("verdict")
    assert table["n"].to_dict() == real.audit["verdict"].value_counts().to_dict()
    assert (table["n"] >= pd.Series({"not_refound": 11, "partly": 24, "supported": 43})).all()
    assert 17 <= table.loc["partly", "n_material"] <= table.loc["partly", "n"]
    assert table["share"].sum() == pytest.approx(1)


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


verdict = st.tuples(
    st.sampled_from(["supported", "partly", "not_refound"]), st.sampled_from([None, "minor", "material"])
)


@some(20)
@given(rows=st.lists(verdict, min_size=1, max_size=8), random=st.randoms(use_true_random=False))
def test_shares_of_the_audit_sum_to_one(make: Make, rows: list[tuple[str, str | None]], random: Any) -> None:
    first, again = (
        audit_summary(make(audit=[{"verdict": kind, "severity": severity} for kind, severity in order]))
        for order in (rows, random.sample(rows, len(rows)))
    )
    assert first["share"].sum() == pytest.approx(1)
    assert first["n"].sum() == len(rows)
    assert (first["n_material"] <= first["n"]).all()
    pd.testing.assert_frame_equal(first, again)


# --- Disagreements ---------------------------------------------------------------------------------------------------


def found(data: Dataset, kind: str, **arguments: Any) -> list[list[Any]]:
    """Return actor, network, year, values, rows and note of a kind, blanks as None."""
    frame = disagreements(data, **arguments)
    frame = frame.loc[frame["kind"] == kind, ["actor_id", "network_id", "year", "values", "row_ids", "note"]]
    return [[None if pd.isna(value) else value for value in row] for row in frame.values.tolist()]


def total(value: int, **more: Any) -> dict[str, Any]:
    return {"network_id": "net", "fact": "members", "value": value, "qualifier": "exact", "year": 2015} | more


def test_no_disagreement(make: Make) -> None:
    frame = disagreements(make({"start": 2004, "seen": 2008}, {"seen": 2009}, published_totals=[total(35)]))
    assert frame.empty
    assert list(frame.columns) == COLUMNS
    assert disagreements(make()).empty


@pytest.mark.parametrize(
    ("other", "rival"),
    [
        ({}, True),
        ({"value": 38}, False),
        ({"year": 2016}, False),
        ({"fact": "members_sweden"}, False),
        ({"qualifier": "about"}, False),
        ({"network_id": "other"}, False),
        ({"network_id": None, "actor_id": ALBY}, False),
    ],
)
def test_two_totals(make: Make, other: dict[str, Any], rival: bool) -> None:
    networks = [{}, {"network_id": "other"}]
    data = make(networks=networks, published_totals=[total(38), total(35) | other])
    assert found(data, "totals") == (
        [[None, "net", 2015, "35 | 38", "tot-00001;tot-00002", "members"]] if rival else []
    )


def test_two_totals_of_an_actor_and_without_a_year(make: Make) -> None:
    own = [total(value, network_id=None, actor_id=ALBY, fact="networks_of_actor") for value in (2, 3)]
    # Pages without a date may be of different years: numbers of members on them are no dispute.
    undated = [total(value, year=None) for value in (104, 92)]
    assert found(make(published_totals=own + undated), "totals") == [
        [ALBY, None, 2015, "2 | 3", "tot-00001;tot-00002", "networks_of_actor"],
    ]


def test_conflicts(make: Make) -> None:
    lists = [{"year": 2008, "certainty": "medium", "source": "other"}]
    networks = [{}, {"network_id": "old", "founded_year": 2005}]
    rows = [
        {"seen": 2008},
        {"a": BODA, "end": 2004},
        {"a": BODA, "start": 2003, "seen": 2007},
        {"n": "old", "seen": 2003},
    ]
    data = make(*rows, networks=networks, member_lists=lists)
    assert found(data, "conflict") == [
        [ALBY, "net", 2008, "member | not_member", "mem-00001;net-2008", "2008"],
        [BODA, "net", 2005, "member | left", "mem-00002;mem-00003", "2005–2007"],
        [ALBY, "old", 2003, "member | no_network", "mem-00004", "2003"],
    ]
    frame = disagreements(data)
    assert frame.loc[frame["kind"] == "conflict", "source_ids"].tolist() == ["other;src", "src", "src"]


def test_year_basis_decides_which_sightings_meet_a_list(make: Make) -> None:
    data = make({"seen": 2008, "basis": "inferred"}, member_lists=[{"year": 2008}])
    assert found(data, "conflict") == []
    assert len(found(data, "conflict", year_basis="any")) == 1


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([{"start": 2011}, {"start": 2012}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2012}, {"start": 2011}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2011}, {"seen": 2013}], None),
        ([{"start": 2004, "end": 2006}, {"start": 2011}], None),
        ([{"start": 2004, "end": 2006}, {"start": 2006}], "2004 | 2006"),
        ([{"start": 2004, "end": 2006}, {"start": 2006, "end": 2008}], None),
        ([{"start": 2004, "end": 2008}, {"start": 2006, "end": 2010}], "2004 | 2006"),
        ([{"start": 2011}, {"status": "former", "start": 2009, "seen": 2013}], "2009 | 2011"),
        ([{"start": 2004, "end": 2006}, {"start": 2005, "end": 2006}, {"start": 2011}], "2004 | 2005"),
        ([{"start": 2011}, {"start": 2010, "status": "applicant"}], None),
        ([{"start": 2011}, {"start": 2010, "status": "participant"}], "2010 | 2011"),
        ([{"start": 2011}, {"start": 2012, "start_basis": "inferred"}], "2011 | 2012"),
        ([{"start": 2011}, {"start": 2012, "a": BODA}], None),
    ],
)
def test_two_first_years(make: Make, rows: list[dict[str, Any]], values: str | None) -> None:
    assert [row[3] for row in found(make(*rows), "start_year")] == ([values] if values else [])


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([{"status": "full"}, {"status": "associate", "seen": 2008}], "associate | full"),
        ([{"status": "participant"}, {"status": "member"}, {"status": "indirect"}], "indirect | member"),
        # The more general term does not contradict the more special one.
        ([{"status": "full"}, {"status": "member", "seen": 2008}], None),
        ([{"status": "participant"}, {"status": "member"}], None),
        ([{"status": "unspecified"}, {"status": "associate"}], None),
        ([{"status": "full"}, {"status": "member"}, {"status": "associate"}], "associate | full"),
        ([{"status": "associate"}, {"status": "member"}], "associate | member"),
        # A register of reports says nothing about membership.
        ([{"status": "member"}, {"status": "reporting", "seen": 2019}], None),
        ([{"status": "full"}, {"status": "full", "seen": 2008}], None),
        ([{"status": "member"}, {"status": "applicant"}], None),
        ([{"status": "member"}, {"status": "former", "seen": 2008}], None),
        ([{"status": "member"}, {"status": "full", "a": BODA}], None),
    ],
)
def test_two_statuses(make: Make, rows: list[dict[str, Any]], values: str | None) -> None:
    assert [row[3] for row in found(make(*rows), "status")] == ([values] if values else [])


def test_two_readings_of_an_office(make: Make) -> None:
    def office(end: int | None, **more: Any) -> dict[str, Any]:
        return {
            "actor_id": ALBY,
            "network_id": "net",
            "function_class": "board",
            "start_year": 2007,
            "end_year": end,
        } | more

    own = [office(2010, source_id="other"), office(2011), office(2011, start_year=2009)]
    assert found(make(functions=own), "office_years") == [
        [ALBY, "net", 2007, "2007–2010 | 2007–2011", "fun-00001;fun-00002", "board"]
    ]
    # Who does not say when it ended contradicts nobody.
    assert found(make(functions=[office(None, source_id="other"), office(2011)]), "office_years") == []
    assert found(make(functions=[office(2011), office(2011)]), "office_years") == []
    # One source told of twice does not contradict itself.
    assert found(make(functions=[office(2010), office(2011)]), "office_years") == []
    assert found(make(functions=[row | {"function_class": "forum"} for row in own[:2]]), "office_years") == []


def test_flags(make: Make) -> None:
    data = make({"seen": 2008})
    entry = {
        "correction_id": "a-flag",
        "table": "memberships",
        "row": "mem-00001",
        "action": "flag",
        "reason": "why",
        "reason_sv": "varför",
        "status": "open",
    }
    log = [entry, entry | {"status": "settled"}, entry | {"action": "override"}, entry | {"row": "mem-00009"}]
    log = [item | {"other_sources": "other"} for item in log]
    data._tables["corrections"] = pd.DataFrame(log).assign(column="", before="", after="").astype("str")
    assert found(data, "flagged") == [[ALBY, "net", None, "a-flag", "mem-00001", "why"]]
    assert disagreements(data)["source_ids"].tolist() == ["src;other"]


def test_kinds_come_in_their_order(make: Make) -> None:
    rows = [{"start": 2011, "status": "full"}, {"start": 2012, "status": "associate"}]
    frame = disagreements(make(*rows, member_lists=[{"year": 2012}], published_totals=[total(1), total(2)]))
    assert frame["kind"].astype(str).tolist() == ["totals", "conflict", "start_year", "status"]
    assert frame["kind"].map(DISAGREEMENTS.index).is_monotonic_increasing


relation = st.fixed_dictionaries(
    {
        "a": st.sampled_from([ALBY, BODA, ETT]), "n": st.sampled_from(["net", "net", "old"]),
        "status": st.sampled_from(["member", "member", "full", "indirect"]),
        "start": st.none() | st.integers(2007, 2009), "seen": st.none() | st.integers(2009, 2012),
    }
)  # fmt: skip
ended = st.fixed_dictionaries({"a": st.sampled_from([ALBY, BODA, ETT]), "end": st.integers(2008, 2011)})
evidence = st.lists(relation | relation | ended, min_size=1, max_size=5)
complete = st.sampled_from([[], [{"year": 2010}], [{"year": 2010, "levels": "region"}]])


@some(8)
@given(rows=evidence, complete=complete, random=st.randoms(use_true_random=False))
def test_a_disagreement_needs_two_voices_and_no_name(
    make: Make, rows: list[Any], complete: list[Any], random: Any
) -> None:
    swapped = {ALBY: BODA, BODA: ALBY, ETT: ETT}
    found = disagreements(make(*rows, networks=NETWORKS, member_lists=complete))
    assert found["values"].str.contains(" | ", regex=False).all()
    other = [row | {"a": swapped[row["a"]]} for row in random.sample(rows, len(rows))]
    again = disagreements(make(*other, networks=NETWORKS, member_lists=complete))
    columns = ["kind", "actor_id", "network_id", "values"]
    expected = found.assign(actor_id=found["actor_id"].map(swapped))[columns]
    assert sorted(expected.values.tolist()) == sorted(again[columns].values.tolist())


# --- The real data ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frame(real: Dataset) -> pd.DataFrame:
    return disagreements(real)


def test_every_kind_occurs_in_the_real_data(frame: pd.DataFrame) -> None:
    assert set(frame["kind"].astype(str)) == set(DISAGREEMENTS) - {"conflict", "office_years"}
    assert frame["row_ids"].ne("").all()
    assert frame["source_ids"].ne("").all()


@pytest.mark.parametrize(
    ("kind", "actor", "network", "values"),
    [
        ("totals", None, "klimatkommunerna", "35 | 38"),
        ("totals", "municipality:1487", None, "2 | 3"),
        ("start_year", "municipality:0127", "intercultural-cities", "2011 | 2012"),
        ("status", "municipality:0180", "c40", "associate | member"),
        ("existence", "body:regionforbundet-ostsam", "region-ostergotland-eu-office", "1996–1998 | 1999–"),
        ("existence", "body:regionforbundet-jamtlands-lan", "mid-sweden-european-office", "2015 | –2014"),
        ("flagged", "municipality:1487", "ensa", "vanersborg-two-or-three"),
        ("flagged", "municipality:0883", "ubc", "vastervik-ubc-2024"),
    ],
)
def test_known_disagreements(
    frame: pd.DataFrame, kind: str, actor: str | None, network: str | None, values: str
) -> None:
    own = frame[frame["kind"].eq(kind) & frame["values"].eq(values)]
    pairs = own[["actor_id", "network_id"]].astype(object).where(own[["actor_id", "network_id"]].notna(), None)
    assert [actor, network] in pairs.values.tolist()


def test_a_later_signature_is_no_other_first_year(frame: pd.DataFrame) -> None:
    lund = frame[frame["actor_id"].eq("municipality:1281") & frame["network_id"].eq("covenant-of-mayors")]
    assert not lund["kind"].eq("start_year").any()


def test_years_of_a_body_are_told_with_the_sources_of_our_register(real: Dataset, frame: pd.DataFrame) -> None:
    (row,) = frame[frame["actor_id"].eq("body:regionforbundet-ostsam") & frame["kind"].eq("existence")].to_dict(
        "records"
    )
    assert set(row["source_ids"].split(";")) == {"eutr-ro2015", "wp-ostsam", "ostnaringsliv-2014"}


def test_terms_that_agree_are_no_disagreement(frame: pd.DataFrame) -> None:
    status = frame[frame["kind"] == "status"]
    # Cities that reported to CDP through the union (mem-01661 and others), and full members called members.
    assert not status["network_id"].isin(["ubc", "gcom", "race-to-zero"]).any()
    assert not status["values"].isin(["full | member", "member | participant", "participant | signatory"]).any()


def test_rows_and_sources_of_a_disagreement_can_be_found_again(real: Dataset, frame: pd.DataFrame) -> None:
    tables = ("memberships", "published_totals", "functions", "strategies", "next_steps", "evaluations", "twins")
    known = {row for name in tables for row in real.table(name)["row_id"]} | set(real.member_lists["list_id"])
    assert {row for ids in frame["row_ids"] for row in ids.split(";")} <= known
    assert {item for ids in frame["source_ids"] for item in ids.split(";")} <= set(real.sources["source_id"])


@pytest.mark.parametrize("actor", ["municipality:1487", "municipality:0127", "municipality:0128"])
def test_those_of_some_actors_are_the_whole_list_narrowed(real: Dataset, frame: pd.DataFrame, actor: str) -> None:
    own = disagreements(real, actors=[actor])
    expected = frame[frame["actor_id"].eq(actor) | frame["actor_id"].isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, expected)
    assert own["actor_id"].notna().any() == (actor != "municipality:0128")


# --- Reasons ----------------------------------------------------------------------------------------------------------

NETWORKS = [{}, {"network_id": "old", "founded_year": 2005, "dissolved_year": 2010}]


def reasons(data: Dataset, year: int, actor: str = ALBY, network: str = "net", **rules: Any) -> list[tuple[str, str]]:
    """Return the rules and values for a cell, the deciding one first; its state is the panel's."""
    cells = panel(data, actors=[actor], networks=[network], years=year, **rules)
    frame = explain(data, cells.iloc[0])
    assert set(frame["state"]) == set(cells["state"])
    (rule,) = frame.loc[frame["decides"], "rule"].unique()
    assert RULES[rule] == cells["state"].item()
    if cells["state"].item() != "unknown":
        assert ";".join(sorted(set(frame["id"].dropna()))) == cells["rows"].item()
    return list(frame[["rule", "values"]].drop_duplicates().itertuples(index=False, name=None))


LISTS = [{"year": 2008}]
CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any], list[tuple[str, str]]]] = [
    ("attested", [{"start": 2006, "seen": 2010}], {}, [("attested", "first=2006, last=2010")]),
    ("presumed", [{"seen": 2006}], {}, [("presumed", "last_attested=2006, carry_forward=3")]),
    ("carry 5", [{"seen": 2004}], {"carry_forward": 5}, [("presumed", "last_attested=2004, carry_forward=5")]),
    ("left", [{"start": 2003, "end": 2006}], {}, [("left", "ended=2006")]),
    ("former", [{"status": "former", "seen": 2007}], {}, [("left", "ended=2006")]),
    ("list", [], {"member_lists": LISTS}, [("not_member", "list=net-2008")]),
    ("not founded", [], {"networks": [{"founded_year": 2009}]}, [("network_not_founded", "founded=2009")]),
    ("dissolved", [], {"networks": [{"dissolved_year": 2007}]}, [("network_dissolved", "dissolved=2007")]),
    (
        "list against page", [{"seen": 2008}], {"member_lists": LISTS},
        [("not_member", "list=net-2008"), ("attested", "first=2008, last=2008")],
    ),
    (
        "page against list", [{"seen": 2008}], {"member_lists": LISTS, "prefer": "own_page"},
        [("attested", "first=2008, last=2008"), ("not_member", "list=net-2008")],
    ),
    (
        "seen after an end", [{"end": 2006}, {"seen": 2008}], {},
        [("attested", "first=2008, last=2008"), ("left", "ended=2006")],
    ),
    ("too long ago", [{"seen": 2004}], {}, [("after_carry_forward", "last_attested=2004, carry_forward=3")]),
    (
        "not presumed at all", [{"seen": 2007}], {"after_last": "unknown"},
        [("after_carry_forward", "last_attested=2007, carry_forward=0")],
    ),
    (
        "a list in between", [{"seen": 2006}], {"member_lists": [{"year": 2007}]},
        [("after_list", "last_attested=2006, list=net-2007")],
    ),
    (
        "a proposal", [{"seen": 2006}], {"next_steps": [{"category": "leave", "due": "2007"}]},
        [("after_proposal", "last_attested=2006, proposal=2007")],
    ),
    ("later", [{"start": 2009}], {}, [("before_first", "first_attested=2009")]),
    ("before an end", [{"status": "former", "seen": 2011}], {}, [("before_end", "ended=2010"), ("eligible", "")]),
    ("year of entry", [{"start": 2008, "seen": 2010}], {"part_year": "whole"},
     [("part_of_year", "start=2008, part_year=whole")]),
    ("year of exit", [{"start": 2004, "end": 2008}], {"part_year": "end"}, [("left", "ended=2008")]),
    ("undated", [{}], {}, [("undated", ""), ("eligible", "")]),
    (
        "rule", [], {"networks": [{"eligibility_basis": "coast"}]},
        [("never_attested", ""), ("not_eligible_rule", "")],
    ),
    ("nothing", [], {}, [("never_attested", ""), ("eligible", "")]),
    (
        "relation", [{"status": "indirect", "seen": 2008}, {"status": "applicant", "seen": 2007}], {},
        [("never_attested", ""), ("not_counted", "status=applicant/indirect"), ("eligible", "")],
    ),
    ("inferred year", [{"seen": 2008, "basis": "inferred"}], {}, [("undated", ""), ("eligible", "")]),
    (
        "level", [], {"networks": [{"eligible_levels": "region"}]},
        [("never_attested", ""), ("not_eligible_level", "eligible_levels=region")],
    ),
    (
        "size", [], {"networks": [{"min_population": 5000}]},
        [("never_attested", ""), ("not_eligible_size", "population=1000, min_population=5000")],
    ),
    (
        "list of others", [], {"member_lists": [{"year": 2008, "counties": "02"}]},
        [("never_attested", ""), ("list_not_covering", "list=net-2008"), ("eligible", "")],
    ),
    (
        "list of full members", [], {"member_lists": [{"year": 2008, "scope": "full"}]},
        [("never_attested", ""), ("list_full_only", "list=net-2008"), ("eligible", "")],
    ),
    (
        "list of medium certainty", [], {"member_lists": [{"year": 2008, "certainty": "medium"}]},
        [("never_attested", ""), ("list_uncertain", "list=net-2008, certainty=medium"), ("eligible", "")],
    ),
]  # fmt: skip
RULE_NAMES = {"carry_forward", "after_last", "part_year", "prefer"}


@pytest.mark.parametrize(("rows", "more", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_reasons_for_a_cell(
    make: Make, rows: list[dict[str, Any]], more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    rules = {name: value for name, value in more.items() if name in RULE_NAMES}
    data = make(*rows, **{name: value for name, value in more.items() if name not in RULE_NAMES})
    assert reasons(data, 2008, **rules) == expected


def test_actors_that_are_not_there(make: Make) -> None:
    assert reasons(make(), 2002, KNIVSTA) == [("actor_not_formed", "exists_from=2003")]
    assert reasons(make(), 2016, BODY) == [("actor_dissolved", "exists_to=2015")]


def test_every_rule_has_a_case() -> None:
    told = {rule for *_, expected in CASES for rule, _ in expected} | {"actor_not_formed", "actor_dissolved"}
    assert told == {*RULES, *BESIDE}
    assert set(RULES.values()) == set(natverk.membership.panel.STATES)


def test_the_evidence_for_each_reason_stands_with_its_source(make: Make) -> None:
    sources = [
        {"source_id": "src", "title": "Egen sida", "publisher": "Alby", "url": "https://alby.se"},
        {"source_id": "other", "title": "Listan"},
    ]
    data = make(
        {"start": 2006, "end": 2009, "seen": 2010, "locator": "s. 3"},
        sources=sources,
        member_lists=[{"year": 2008, "source": "other"}],
    )
    frame = explain(data, panel(data, actors=[ALBY], years=2008))
    assert frame[["rule", "decides", "id", "table", "what", "start", "end", "seen"]].fillna("").values.tolist() == [
        ["not_member", True, "net-2008", "member_lists", "net", "", "", "2008"],
        ["attested", False, "mem-00001", "memberships", f"{ALBY} member net", "2006", "2009", "2010"],
    ]
    assert frame["title"].tolist() == ["Listan", "Egen sida"]
    row = frame.iloc[1]
    assert row[["publisher", "url", "locator"]].tolist() == ["Alby", "https://alby.se", "s. 3"]


def test_what_explain_takes(make: Make, real: Dataset) -> None:
    data = make({"seen": 2006}, {"a": BODA, "seen": 2008}, sources=[{"source_id": "src"}])
    cells = panel(data, actors=[ALBY, BODA], years=(2006, 2009))
    whole = explain(data, cells)
    assert whole.groupby("cell")["decides"].sum().tolist() == [1] * len(cells)
    for place, row in enumerate(cells.itertuples()):
        expected = whole[whole["cell"] == place].assign(cell=0).reset_index(drop=True)
        for given_ in (cells.iloc[place], cells.iloc[place].to_dict(), row, cells.iloc[[place]]):
            pd.testing.assert_frame_equal(explain(data, given_), expected)
    bare = {"actor_id": "Alby", "network_id": "Net", "year": 2007}
    assert explain(data, bare)["rule"].tolist() == ["presumed"]
    assert explain(data, bare, carry_forward=0)["rule"].tolist() == ["after_carry_forward"]
    assert (
        explain(data, "mem-00001;mem-00002")["id"].tolist() == explain(data, ["mem-00001", "mem-00002"])["id"].tolist()
    )
    assert explain(data, "").empty
    assert explain(data, cells.iloc[:0]).empty
    # Rows of other frames lead to their evidence.
    spells = natverk.spells(data)
    assert explain(data, spells)[["cell", "id"]].values.tolist() == [[0, "mem-00001"], [1, "mem-00002"]]
    own = natverk.documented(real, ["Vänersborg"])
    assert set(explain(real, own)["id"]) == {row for ids in own["row_ids"] for row in ids.split(";")}
    found = natverk.disagreements(real)
    assert set(explain(real, found)["id"]) == {row for ids in found["row_ids"] for row in ids.split(";")}
    exits = natverk.networks.list_exits(real, "ubc")
    assert {"ubc-2014", "ubc-2019"} <= set(explain(real, exits)["id"])


def test_a_panel_brings_its_arguments_along(make: Make) -> None:
    data = make({"seen": 2004})
    cells = panel(data, actors=[ALBY], years=2008, carry_forward=5)
    assert explain(data, cells.iloc[0])["values"].tolist() == ["last_attested=2004, carry_forward=5"]
    assert explain(data, cells[cells["state"] == "presumed"])["rule"].tolist() == ["presumed"]
    with pytest.raises(
        InvalidArgument, match="the row has state 'presumed', but these arguments and data give 'unknown'"
    ):
        explain(data, cells.iloc[0].to_dict())
    assert explain(data, cells.iloc[0].to_dict(), carry_forward=5)["rule"].tolist() == ["presumed"]


@pytest.mark.parametrize(
    ("what", "rules", "error", "says"),
    [
        ("mem-09999", {}, InvalidArgument, "there is no row 'mem-09999'"),
        ("net-2009", {}, InvalidArgument, "nearest: 'net-2008'"),
        ("zzz-00001", {}, InvalidArgument, "there is no row 'zzz-00001'"),
        (7, {}, InvalidArgument, "7 is no row and no id"),
        ({"year": 2008}, {}, InvalidArgument, "the row names no cell and no evidence"),
        ({"actor_id": "Albyy", "network_id": "net", "year": 2008}, {}, UnknownName, "nearest: 'Alby'"),
        ({"actor_id": ALBY, "network_id": "net", "year": 1900}, {}, InvalidArgument, "1900"),
        ({"actor_id": ALBY, "network_id": "net", "year": 2008}, {"carry": 5}, InvalidArgument, "carry_forward"),
        ({"actor_id": ALBY, "network_id": "net", "year": 2008}, {"prefer": "x"}, InvalidArgument, "where: prefer"),
    ],
)
def test_what_explain_does_not_take(
    make: Make, what: Any, rules: dict[str, Any], error: type[NatverkError], says: str
) -> None:
    with pytest.raises(error) as caught:
        explain(make({"seen": 2008}, member_lists=[{"year": 2008}]), what, **rules)
    assert says in str(caught.value)


def test_any_row_of_any_table_can_be_explained(real: Dataset) -> None:
    tables = [name for name, table in SCHEMA.items() if table.columns[0].name == "row_id" and len(real.table(name))]
    assert len(tables) >= 20
    for name in tables:
        rows = real.table(name)["row_id"].iloc[[0, len(real.table(name)) // 2, -1]].unique()
        frame = explain(real, list(rows))
        assert set(frame["id"]) == set(rows)
        assert (frame["table"] == name).all()
        assert frame[["what", "title"]].notna().all(axis=None), name
        assert frame["source_id"].isin(real.sources["source_id"]).all() or name == "published_figures"
    assert (explain(real, list(real.member_lists["list_id"]))["table"] == "member_lists").all()


def test_every_cell_of_the_real_data_can_be_explained(real: Dataset) -> None:
    decided = panel(real, years=(2010, 2024), pairs="evidence", list_certainty="medium")
    cells = pd.concat([decided[decided["state"] == state].iloc[::40] for state in decided["state"].unique()])
    cells.attrs = decided.attrs
    frame = explain(real, cells)
    told = frame[frame["decides"]].groupby("cell")[["state", "rule"]].first()
    assert told["state"].tolist() == cells["state"].tolist()
    assert told["rule"].map(RULES).tolist() == cells["state"].tolist()
    assert frame.loc[frame["id"].notna(), ["what", "title", "source_id"]].notna().all(axis=None)
    everything = panel(real, years=2019).sample(150, random_state=1)
    rules = explain(real, everything).groupby("cell")["rule"].first()
    assert rules.map(RULES).tolist() == everything["state"].tolist()


@some(15)
@given(rows=evidence, extra=relation)
def test_a_pair_is_undated_or_dated_and_every_row_can_be_explained(make: Make, rows: list[Any], extra: Any) -> None:
    data = make(*rows, extra, networks=NETWORKS)
    undated = natverk.membership.documented.undated_pairs(data, [ALBY, BODA, ETT])
    pairs = set(undated[["actor_id", "network_id"]].itertuples(index=False, name=None))
    usable = {
        (row["a"], row.get("n", "net"))
        for row in [*rows, extra]
        if row.get("status", "member") != "indirect" and (row.get("start") or row.get("seen"))
    }
    assert not pairs & usable
    for ids in natverk.spells(data)["row_ids"]:
        assert explain(data, ids)["id"].tolist() == ids.split(";")


cell_rows = st.fixed_dictionaries(
    {"a": st.sampled_from([ALBY, KNIVSTA, ETT]), "n": st.sampled_from(["net", "old"])},
    optional={
        "start": st.integers(2001, 2006), "seen": st.integers(2006, 2010), "end": st.integers(2006, 2010),
        "status": st.sampled_from(["member", "former", "indirect", "participant"]),
    },
)  # fmt: skip


@some(12)
@given(
    rows=st.lists(cell_rows, max_size=6),
    lists=st.sampled_from([[], [{"year": 2008}], [{"year": 2004, "network_id": "old", "levels": "region"}]]),
    rules=st.fixed_dictionaries(
        {
            "part_year": st.sampled_from(["any", "whole", "start", "end"]),
            "prefer": st.sampled_from(["list", "own_page"]),
            "carry_forward": st.sampled_from([0, 3]),
        }
    ),
)
def test_reasons_and_panel_never_part(make: Make, rows: list[Any], lists: list[Any], rules: dict[str, Any]) -> None:
    data = make(*rows, networks=NETWORKS, member_lists=lists)
    cells = panel(data, actors=[ALBY, KNIVSTA, ETT], years=(2001, 2012), **rules)
    # A cell without evidence of its own is filled in by other code than the rules: explain asks the rules.
    frame = explain(data, cells)
    first = frame.groupby("cell").first()
    assert first["rule"].map(RULES).tolist() == cells["state"].tolist()
    decided = frame[frame["state"] != "unknown"].dropna(subset=["id"]).groupby("cell")["id"]
    ids = decided.agg(lambda own: ";".join(sorted(set(own)))).reindex(range(len(cells))).fillna("")
    assert ids.tolist() == cells["rows"].tolist()


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda data: coverage(data, panel(data, years=2008), "theme"), "by"),
        (lambda data: coverage(data, pd.DataFrame({"year": [2019]}), "year"), "cells"),
        (lambda data: disagreements(data, year_basis="x"), "year_basis"),
        (lambda data: disagreements(data, actors=[]), "actors"),
        (lambda data: disagreements(data, networks=["nett"]), "networks"),
    ],
)
def test_wrong_arguments_are_named(make: Make, call: Callable[[Dataset], Any], where: str) -> None:
    with pytest.raises(NatverkError, match=where):
        call(make({"seen": 2010}))
