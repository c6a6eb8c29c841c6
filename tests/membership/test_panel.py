"""Each rule of a cell, each pair of rules that meet, and each argument on the case that separates its values.

A row of cells is written as one letter a year: m member, p presumed, u unknown, l left, n not_member,
o no_network, x no_actor; a capital letter is a cell in conflict. "uummp" from 2004 is unknown in 2004 and 2005.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.evidence import graded
from natverk.membership.panel import count, networks_counting_as, panel

ALBY, BODA, DALA, KNIVSTA, GOTLAND = (f"municipality:{code}" for code in ("0101", "0102", "0201", "0330", "0980"))
ETT, BODY = "region:01", "body:forbundet"
LETTERS = {
    "member": "m", "presumed": "p", "unknown": "u", "left": "l", "not_member": "n", "no_network": "o", "no_actor": "x",
}  # fmt: skip
Make = Callable[..., Dataset]


def cells(
    data: Dataset, first: int, last: int, actor: str = ALBY, network: str = "net", **arguments: Any
) -> pd.DataFrame:
    return panel(data, actors=[actor], networks=[network], years=(first, last), **arguments)


def line(data: Dataset, first: int, last: int, actor: str = ALBY, network: str = "net", **arguments: Any) -> str:
    frame = cells(data, first, last, actor, network, **arguments)
    letters = frame["state"].map(LETTERS)
    return "".join(letters.str.upper().where(frame["conflict"], letters))


def bounds(data: Dataset, year: int, actor: str = ALBY, **arguments: Any) -> tuple[int, int, int]:
    row = cells(data, year, year, actor, **arguments).iloc[0]
    return int(row["low"]), int(row["best"]), int(row["high"])


# --- What one row attests -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({}, "uuuuuuuuuuuu", id="no year at all"),
        pytest.param({"start": 2006, "seen": 2009}, "uummmmpppuuu", id="start and sighting attest all between"),
        pytest.param({"start": 2006, "end": 2009}, "uummmmllllll", id="start and end, a stated span"),
        pytest.param({"start": 2006, "end": 2008, "seen": 2012}, "uummmlllllll", id="a later page tells of the span"),
        pytest.param({"start": 2006}, "uumpppuuuuuu", id="a start alone attests its own year"),
        pytest.param({"seen": 2006}, "uumpppuuuuuu", id="a sighting attests its own year"),
        pytest.param({"end": 2006}, "uumlllllllll", id="an end alone attests the last year"),
        pytest.param({"seen": 2006, "end": 2008}, "uummmlllllll", id="seen, with an end to come"),
        pytest.param({"seen": 2010, "end": 2008}, "uuuumlllllll", id="seen after the end it tells of"),
        pytest.param({"start": 2009, "seen": 2007}, "uuuuumpppuuu", id="an announcement: only the start counts"),
        pytest.param({"status": "former", "seen": 2008}, "uuuullllllll", id="former: left from the year of the page"),
        pytest.param({"status": "former", "end": 2008}, "uuuumlllllll", id="former with an end"),
        pytest.param({"status": "former", "start": 2005, "end": 2008}, "ummmmlllllll", id="former with its span"),
        pytest.param({"status": "former", "start": 2005, "seen": 2008}, "uuuullllllll", id="former with a start"),
        pytest.param({"status": "former"}, "uuuuuuuuuuuu", id="former without any year is a note"),
    ],
)
def test_years_that_a_row_attests(make: Make, row: dict[str, Any], expected: str) -> None:
    assert line(make(row), 2004, 2015) == expected


def test_the_years_after_the_vintage_are_decisions_not_evidence(make: Make) -> None:
    assert line(make({"start": 2029, "seen": 2024}), 2024, 2026) == "uuu"
    assert line(make({"start": 2025, "end": 2029}), 2024, 2026) == "umm", "attested up to the vintage, 2026"
    with pytest.raises(InvalidArgument, match="2027 is outside 1980–2026"):
        panel(make({"start": 2025, "end": 2029}), years=(2024, 2027))


def test_an_end_after_the_vintage_has_not_come(make: Make) -> None:
    early = [{"source_id": "src", "accessed": "2020-05-01"}]
    rows = [{"start": 2018, "end": 2022}, {"start": 2018, "end": 2020}, {"start": 2018, "end": 2019}]
    ends = [graded(make(row, sources=early))["end"].iloc[0] for row in rows]
    assert [None if pd.isna(end) else int(end) for end in ends] == [None, 2020, 2019]
    assert [line(make(row, sources=early), 2017, 2020) for row in rows] == ["ummm", "ummm", "umml"]


@pytest.mark.parametrize("status", ["indirect", "reporting", "applicant"])
def test_relations_that_are_not_membership_never_make_a_member(make: Make, status: str) -> None:
    data = make({"status": status, "start": 2005, "seen": 2008})
    assert line(data, 2004, 2010, counting="loose", year_basis="any") == "uuuuuuu"
    assert panel(data, years=2006, pairs="evidence").empty


def test_a_reporting_platform_has_no_members(make: Make) -> None:
    data = make({"n": "platform", "seen": 2008}, networks=[{"network_id": "platform", "counts_as": "reporting"}])
    assert line(data, 2007, 2009, network="platform", counting="loose") == "uuu"


def test_a_commitment_counts_by_its_own_rules(make: Make) -> None:
    networks = [{"network_id": "charter", "counts_as": "commitment"}]
    data = make({"n": "charter", "status": "signatory", "seen": 2008}, networks=networks)
    assert line(data, 2007, 2009, network="charter") == "ump"


def test_the_status_is_kept_the_most_telling_first(make: Make) -> None:
    frame = cells(
        make({"status": "member", "seen": 2008}, {"status": "full", "seen": 2008}, {"seen": 2009}), 2008, 2010
    )
    assert frame["status"].tolist() == ["full/member", "member", "member"]
    assert frame["rows"].tolist() == ["mem-00001;mem-00002", "mem-00003", "mem-00003"]


# --- Complete lists -------------------------------------------------------------------------------------------------


def test_absence_from_a_complete_list(make: Make) -> None:
    data = make({"a": BODA, "seen": 2008, "list": "net-2008"}, member_lists=[{"year": 2008}])
    assert line(data, 2007, 2009) == "unu"
    assert line(data, 2007, 2009, BODA) == "ump"
    assert cells(data, 2008, 2008)["rows"].tolist() == ["net-2008"]
    assert (bounds(data, 2007), bounds(data, 2008), bounds(data, 2008, BODA)) == ((0, 0, 1), (0, 0, 0), (1, 1, 1))


def test_a_list_of_full_members_closes_nobody(make: Make) -> None:
    data = make(
        {"a": BODA, "status": "full", "seen": 2008, "list": "net-2008"}, member_lists=[{"year": 2008, "scope": "full"}]
    )
    assert line(data, 2008, 2008) == "u"
    assert line(data, 2008, 2008, BODA) == "m"


@pytest.mark.parametrize(
    ("at_risk", "closed"),
    [
        ({"levels": "municipality"}, {ALBY, BODA, DALA, GOTLAND, KNIVSTA}),
        ({"levels": "region"}, {"region:01", "region:02", "region:03", GOTLAND}),
        ({"levels": "municipality", "counties": "01"}, {ALBY, BODA}),
        ({"levels": "municipality;region", "counties": "02;09"}, {DALA, "region:02", GOTLAND}),
    ],
)
def test_a_list_closes_its_population_at_risk_only(make: Make, at_risk: dict[str, str], closed: set[str]) -> None:
    data = make(member_lists=[{"year": 2008, **at_risk}])
    frame = panel(data, actors=data.actors["actor_id"], years=2008)
    assert set(frame.loc[frame["state"] == "not_member", "actor_id"]) == closed
    assert set(frame.loc[frame["state"] != "not_member", "state"]) == {"unknown"}


def test_a_row_of_a_list_is_read_with_its_list_whatever_its_basis(make: Make) -> None:
    lists = [{"year": 2008, "year_basis": "inferred", "certainty": "medium"}]
    inferred = {"seen": 2008, "basis": "inferred"}
    assert line(make({**inferred, "list": "net-2008"}, member_lists=lists), 2007, 2009) == "ump"
    assert line(make(inferred, member_lists=lists), 2007, 2009) == "uuu"


@pytest.mark.parametrize(
    ("certainty", "expected"), [("high", {"high": "n", "medium": "n"}), ("medium", {"high": "u", "medium": "n"}),
                                ("low", {"high": "u", "medium": "u"})],
)  # fmt: skip
def test_list_certainty(make: Make, certainty: str, expected: dict[str, str]) -> None:
    data = make({"a": BODA, "seen": 2008, "list": "net-2008"}, member_lists=[{"year": 2008, "certainty": certainty}])
    assert {asked: line(data, 2008, 2008, list_certainty=asked) for asked in expected} == expected
    assert line(data, 2008, 2008, BODA) == "m", "who is on the list is a member whatever its certainty"


def test_a_list_without_the_actor_stops_presumption(make: Make) -> None:
    assert line(make({"seen": 2006}, member_lists=[{"year": 2007}]), 2005, 2010) == "umnuuu"
    assert line(make({"seen": 2006}, member_lists=[{"year": 2008}]), 2005, 2010) == "umpnuu"
    assert line(make({"seen": 2006}, member_lists=[{"year": 2005}]), 2004, 2010) == "unmpppu", (
        "an earlier list does not"
    )
    assert line(make({"seen": 2006}, member_lists=[{"year": 2007, "scope": "full"}]), 2005, 2010) == "umpppu"


# --- Presumption ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proposal", "expected"),
    [
        pytest.param({"due": "2008-06"}, "umpppuu", id="a proposal before the sighting has lapsed"),
        pytest.param({"due": "2009"}, "umuuuuu", id="in the year of the sighting"),
        pytest.param({"due": "2010-12-31"}, "umpuuuu", id="later: presumed up to its year"),
        pytest.param({"due": "2009", "category": "leave_board"}, "umpppuu", id="leaving the board is not leaving"),
        pytest.param({"due": "2009", "network_id": "other"}, "umpppuu", id="another network"),
        pytest.param({"due": "2009", "actor_id": BODA}, "umpppuu", id="another actor"),
        pytest.param({}, "umpppuu", id="a proposal without a year"),
    ],
)
def test_a_proposal_to_leave_stops_presumption(make: Make, proposal: dict[str, Any], expected: str) -> None:
    networks = [{}, {"network_id": "other"}]
    step = {"category": "leave", "status": "recommended", "step": "leave", **proposal}
    assert line(make({"seen": 2009}, networks=networks, next_steps=[step]), 2008, 2014) == expected


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        ({"criterion": "overall", "recommendation": "leave"}, "umuuuuu"),
        ({"criterion": "overall", "recommendation": "leave_board"}, "umpppuu"),
        ({"criterion": "influence", "recommendation": "leave"}, "umpppuu"),
    ],
)
def test_an_own_recommendation_to_leave_stops_presumption(make: Make, review: dict[str, Any], expected: str) -> None:
    assert line(make({"seen": 2009}, evaluations=[{"year": 2009, **review}]), 2008, 2014) == expected


def test_after_last_and_carry_forward(make: Make) -> None:
    data = make({"seen": 2006})
    assert line(data, 2005, 2012) == "umpppuuu"
    assert line(data, 2005, 2012, after_last="unknown") == "umuuuuuu"
    assert line(data, 2005, 2012, after_last="unknown", carry_forward=5) == "umuuuuuu"
    assert line(data, 2005, 2012, carry_forward=0) == "umuuuuuu"
    assert line(data, 2005, 2012, carry_forward=1) == "umpuuuuu"
    assert line(data, 2005, 2012, carry_forward=5) == "umpppppu"
    assert bounds(data, 2007) == (0, 1, 1)
    assert bounds(data, 2007, after_last="unknown") == (0, 0, 1)


def test_a_gap_between_sightings_is_presumed_then_unknown(make: Make) -> None:
    assert line(make({"seen": 2004}, {"seen": 2010}), 2003, 2011) == "umpppuump"


# --- Ends -----------------------------------------------------------------------------------------------------------


def test_a_sighting_after_an_end_opens_a_spell_in_conflict(make: Make) -> None:
    data = make({"start": 2004, "end": 2006}, {"seen": 2009})
    for prefer in ("list", "own_page"):
        assert line(data, 2003, 2013, prefer=prefer) == "ummmllMpppu"
        assert bounds(data, 2009, prefer=prefer) == (0, 1, 1)
    assert cells(data, 2009, 2009)["rows"].tolist() == ["mem-00001;mem-00002"], "both sides are named"


def test_a_stated_entry_after_an_end_is_a_new_spell_without_conflict(make: Make) -> None:
    assert line(make({"start": 2004, "end": 2006}, {"start": 2009, "seen": 2010}), 2003, 2014) == "ummmllmmpppu"


def test_a_sighting_after_a_stated_re_entry_contradicts_nothing(make: Make) -> None:
    data = make({"start": 2004, "end": 2006}, {"start": 2009}, {"seen": 2012})
    assert line(data, 2006, 2014) == "mllmppmpp"


def test_an_entry_in_the_year_of_the_end_does_not_answer_it(make: Make) -> None:
    assert line(make({"start": 2004, "end": 2006}, {"start": 2006}, {"seen": 2008}), 2005, 2009) == "mmlMp"


def test_out_and_in_again_in_one_year(make: Make) -> None:
    data = make({"start": 2006, "end": 2010}, {"start": 2010, "end": 2012})
    assert line(data, 2005, 2013) == "ummmmmmml"
    one_page = make({"start": 2006, "end": 2010}, {"start": 2010, "seen": 2012})
    assert line(one_page, 2005, 2013) == "ummmmmmmp"
    assert line(make({"start": 2006, "end": 2010}, {"start": 2009, "end": 2012}), 2008, 2013) == "mmmMMl", (
        "who is said to have been a member before the end has not joined anew"
    )


def test_an_end_after_the_re_entry_counts_again(make: Make) -> None:
    data = make({"end": 2004}, {"start": 2006, "end": 2008}, {"seen": 2011})
    assert line(data, 2003, 2012) == "umlmmmllMp"
    assert cells(data, 2011, 2011)["rows"].tolist() == ["mem-00002;mem-00003"], (
        "the first end was answered by the re-entry"
    )


def test_a_span_over_an_end_of_another_source_is_in_conflict_after_it(make: Make) -> None:
    assert line(make({"start": 2004, "seen": 2010}, {"end": 2007}), 2003, 2011) == "ummmmMMMp"


def test_former_meets_sightings(make: Make) -> None:
    former = {"status": "former", "seen": 2010}
    assert line(make(former, {"seen": 2007}), 2006, 2012) == "umpplll"
    assert line(make(former, {"seen": 2010}), 2009, 2011) == "uMp", "seen in the year in which another page says former"
    assert line(make(former, {"seen": 2009}), 2008, 2011) == "umll"


# --- Networks and actors that are not there ---------------------------------------------------------------------------


def test_network_before_its_founding_and_after_its_end(make: Make) -> None:
    networks = [{"founded_year": 2005, "dissolved_year": 2010}]
    assert line(make(networks=networks), 2003, 2012) == "oouuuuuuoo"
    assert line(make({"seen": 2009}, networks=networks), 2008, 2012) == "umpoo", (
        "a dissolved network presumes no members"
    )
    assert bounds(make(networks=networks), 2003) == (0, 0, 0)


def test_evidence_outside_the_networks_years(make: Make) -> None:
    data = make({"seen": 2004}, {"seen": 2011}, networks=[{"founded_year": 2005, "dissolved_year": 2010}])
    assert line(data, 2003, 2012) == "oOpppuuuOo"
    assert line(data, 2003, 2012, prefer="own_page") == "oMpppuuuMo"
    assert (bounds(data, 2004), bounds(data, 2004, prefer="own_page")) == ((0, 0, 1), (0, 1, 1))


def test_left_and_not_member_go_before_no_network(make: Make) -> None:
    networks = [{"founded_year": 2005, "dissolved_year": 2010}]
    assert line(make({"end": 2008}, networks=networks), 2007, 2012) == "umllll"
    assert line(make(networks=networks, member_lists=[{"year": 2011}]), 2010, 2012) == "uno"


def test_not_member_goes_before_left(make: Make) -> None:
    assert line(make({"end": 2008}, member_lists=[{"year": 2010}]), 2008, 2011) == "mlnl"


def test_a_municipality_that_did_not_exist(make: Make) -> None:
    data = make(member_lists=[{"year": 2002}, {"year": 2004}])
    assert line(data, 2001, 2005, KNIVSTA) == "xxunu", "nobody is absent before being there"
    assert bounds(data, 2002, KNIVSTA) == (0, 0, 0)


def test_a_body_exists_from_its_founding_to_its_last_year(make: Make) -> None:
    assert line(make({"a": BODY, "seen": 2014}), 2003, 2017, BODY) == "xx" + "u" * 9 + "mp" + "xx"


def test_evidence_of_an_actor_that_did_not_exist(make: Make) -> None:
    data = make({"a": KNIVSTA, "seen": 2002})
    assert line(data, 2001, 2006, KNIVSTA) == "xXpppu"
    assert line(data, 2001, 2006, KNIVSTA, prefer="own_page") == "xMpppu"
    assert (bounds(data, 2002, KNIVSTA), bounds(data, 2002, KNIVSTA, prefer="own_page")) == ((0, 0, 1), (0, 1, 1))


def test_gotland_is_one_actor_at_both_levels(make: Make) -> None:
    frame = panel(make(), years=2010)
    assert frame["actor_id"].tolist() == sorted([ALBY, BODA, DALA, KNIVSTA, GOTLAND, ETT, "region:02", "region:03"])
    for levels in ("municipality", "region"):
        networks = [{"eligible_levels": levels}]
        assert bounds(make(networks=networks), 2010, GOTLAND) == (0, 0, 1)


# --- Conflicts ------------------------------------------------------------------------------------------------------


def test_a_page_against_a_complete_list_of_the_same_year(make: Make) -> None:
    data = make({"seen": 2008}, member_lists=[{"year": 2008}])
    assert line(data, 2007, 2012) == "uNuuuu", "the page that lost presumes nothing either"
    assert line(data, 2007, 2012, prefer="own_page") == "uMpppu"
    assert (bounds(data, 2008), bounds(data, 2008, prefer="own_page")) == ((0, 0, 1), (0, 1, 1))
    frame = cells(data, 2008, 2008)
    assert frame[["status", "rows"]].values.tolist() == [["member", "mem-00001;net-2008"]]


def test_a_span_against_a_list_in_its_middle(make: Make) -> None:
    data = make({"start": 2006, "seen": 2010}, member_lists=[{"year": 2008}])
    assert line(data, 2005, 2014) == "ummNmmpppu"
    assert line(data, 2005, 2014, prefer="own_page") == "ummMmmpppu"


# --- Parts of a year ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [{"start": 2006, "end": 2009}],
            {"any": "ummmmll", "whole": "uummlll", "start": "uummmll", "end": "ummmlll"}, id="a stated span",
        ),
        pytest.param(
            [{"start": 2006, "seen": 2009}],
            {"any": "ummmmpp", "whole": "uummmpp", "start": "uummmpp", "end": "ummmmpp"}, id="no exit is stated",
        ),
        pytest.param(
            [{"start": 2006}],
            {"any": "umpppuu", "whole": "uupppuu", "start": "uupppuu", "end": "umpppuu"}, id="a start alone",
        ),
        pytest.param(
            [{"start": 2007, "end": 2007}],
            {"any": "uumllll", "whole": "uulllll", "start": "uuullll", "end": "uulllll"}, id="in and out in a year",
        ),
        pytest.param(
            [{"start": 2006, "end": 2009}, {"seen": 2006}, {"seen": 2009}],
            {"any": "ummmmll", "whole": "ummmmll", "start": "ummmmll", "end": "ummmmll"},
            id="sightings stand for their years",
        ),
        pytest.param(
            [{"end": 2006}, {"start": 2008, "seen": 2009}],
            {"any": "umlmmpp", "whole": "ulllmpp", "start": "umllmpp", "end": "ullmmpp"}, id="re-entry",
        ),
        pytest.param(
            [{"status": "former", "seen": 2008}, {"seen": 2006}],
            dict.fromkeys(("any", "whole", "start", "end"), "umpllll"), id="former: no year of exit is stated",
        ),
    ],
)  # fmt: skip
def test_part_year(make: Make, rows: list[dict[str, Any]], expected: dict[str, str]) -> None:
    data = make(*rows)
    assert {part: line(data, 2005, 2011, part_year=part) for part in expected} == expected


# --- Further arguments ----------------------------------------------------------------------------------------------


def test_year_basis(make: Make) -> None:
    seen = make({"seen": 2008, "basis": "inferred"})
    assert (line(seen, 2007, 2009), line(seen, 2007, 2009, year_basis="any")) == ("uuu", "ump")
    start = make({"start": 2006, "start_basis": "inferred", "seen": 2008})
    assert (line(start, 2005, 2009), line(start, 2005, 2009, year_basis="any")) == ("uuump", "ummmp")
    announced = make({"start": 2009, "seen": 2007, "basis": "inferred"})
    assert line(announced, 2007, 2010) == line(announced, 2007, 2010, year_basis="any") == "uump"


def test_counting(make: Make) -> None:
    for row in ({"status": "participant"}, {"inference": "city_of_refuge"}):
        data = make({"seen": 2008, **row})
        assert (line(data, 2007, 2009), line(data, 2007, 2009, counting="loose")) == ("uuu", "ump")


def test_pairs_with_evidence_are_a_part_of_all(make: Make) -> None:
    data = make(
        {"seen": 2008}, {"a": BODA, "status": "former", "seen": 2009},
        {"a": DALA}, {"a": GOTLAND, "status": "indirect", "seen": 2008},
        member_lists=[{"year": 2010}],
    )  # fmt: skip
    everything, part = panel(data, years=(2007, 2011)), panel(data, years=(2007, 2011), pairs="evidence")
    assert sorted(set(part["actor_id"])) == [ALBY, BODA], "an undated row and a list decide no year of the pair"
    expected = everything[everything["actor_id"].isin([ALBY, BODA])].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, expected)


def test_what_is_left_out_is_told(make: Make) -> None:
    data = make({"seen": 2008}, {"a": BODA}, networks=[{}, {"network_id": "zed"}])
    part = panel(data, actors=[ALBY, BODA, DALA], years=2008, pairs="evidence")
    assert len(part) == 1
    assert part.attrs["left_out"] == {"actors": 2, "pairs": 5}
    assert panel(data, actors=[ALBY, BODA], years=2008).attrs["left_out"] == {"actors": 0, "pairs": 0}


def test_counts_are_safe_to_compute_with(make: Make, real: Dataset) -> None:
    frame = panel(make({"seen": 2008}, {"a": BODA, "seen": 2008}), years=2008)
    assert (100 * count(frame, ["year"])["low"] / 310).tolist() == [200 / 310]
    cells = panel(real, years=2023)
    share = 100 * count(cells, ["year"])["low"] / 310
    assert share.item() == 100 * int((cells["state"].eq("member") & ~cells["conflict"]).sum()) / 310 > 0
    assert (100 * cells["high"]).max() == 100


def test_kinds_of_network_and_names(make: Make, real: Dataset) -> None:
    networks = [{}, {"network_id": "scheme", "counts_as": "programme"}]
    data = make(networks=networks)
    assert set(panel(data, years=2008)["network_id"]) == {"net"}
    assert set(panel(data, years=2008, counts_as=("programme", "membership"))["network_id"]) == {"net", "scheme"}
    assert set(panel(data, years=2008, networks=["scheme"])["network_id"]) == {"scheme"}, "names go before kinds"
    with pytest.raises(InvalidArgument, match="where: counts_as"):
        panel(data, counts_as=())
    named = panel(real, actors=["Malmö", "Region Skåne", 180], networks="Eurocities", years=2011)
    assert named["actor_id"].tolist() == ["municipality:0180", "municipality:1280", "region:12"]


def test_the_years_are_those_of_the_data_by_default(make: Make, real: Dataset) -> None:
    assert panel(real, actors=["Malmö"], networks=["ubc"])["year"].tolist() == list(range(1997, real.last_year + 1))
    early = make({"seen": 2008}, sources=[{"source_id": "src", "accessed": "1999-05-01"}])
    assert panel(early, actors=[ALBY])["year"].tolist() == [1997, 1998, 1999]


# --- Who may belong -------------------------------------------------------------------------------------------------


def test_high_counts_eligible_levels_only(make: Make) -> None:
    data = make({"a": "region:02", "seen": 2005}, networks=[{"eligible_levels": "municipality"}])
    frame = panel(data, actors=data.actors["actor_id"], years=2010).set_index("actor_id")
    assert set(frame["state"]) == {"unknown"}
    assert set(frame.index[frame["high"] == 1]) == {ALBY, BODA, DALA, KNIVSTA, GOTLAND, "region:02"}, (
        "a member once may be again"
    )


def test_high_counts_by_the_population_of_the_year(make: Make) -> None:
    people = [
        ("0101", 2000, 90),
        ("0101", 2004, 110),
        ("0101", 2008, 80),
        ("0102", 2004, 500),
        ("0102", 2000, 500),
        ("0102", 2008, 500),
    ]
    population = [dict(zip(("code", "year", "population"), row, strict=True)) for row in people]

    def high(actor: str, **network: int) -> str:
        frame = cells(make(population=population, networks=[network]), 1998, 2009, actor)
        return "".join(str(value) for value in frame["high"])

    assert high(ALBY, min_population=100) == "11" + "0000" + "1111" + "00", (
        "the latest year before decides; none before 2000"
    )
    assert high(ALBY, max_population=100) == "11" + "1111" + "0000" + "11"
    assert high(ALBY, min_population=95, max_population=105) == "11" + "0" * 10
    assert high(ALBY, min_population=80, max_population=110) == "1" * 12, "the limits themselves are allowed"
    assert high(BODA, min_population=100) == "1" * 12
    assert high(DALA, min_population=100) == "1" * 12, "nobody of unknown size is ruled out"
    assert high(ETT, min_population=100) == "1" * 12, "regions have no population rule"


def test_a_smaller_member_counts_though_not_eligible(make: Make) -> None:
    population = [{"code": "0101", "year": 2000, "population": 90}]
    data = make({"status": "associate", "seen": 2008}, networks=[{"min_population": 100}], population=population)
    assert [bounds(data, year) for year in (2007, 2008, 2009, 2013)] == [(0, 0, 1), (1, 1, 1), (0, 1, 1), (0, 0, 1)]


# --- The frame, the sums, the errors ----------------------------------------------------------------------------------


def test_the_frame_is_sorted_and_typed(make: Make) -> None:
    networks = [
        {"network_id": name, "counts_as": kind}
        for name, kind in (("b", "membership"), ("a", "membership"), ("c", "programme"))
    ]
    frame = panel(make(networks=networks), actors=[ETT, ALBY, ETT], years=(2001, 2002))
    assert list(frame.columns) == [
        "actor_id", "network_id", "year", "state", "conflict", "status", "low", "best", "high", "rows",
    ]  # fmt: skip
    keys = list(frame[["actor_id", "network_id", "year"]].itertuples(index=False, name=None))
    assert keys == [(actor, network, year) for actor in (ALBY, ETT) for network in ("a", "b") for year in (2001, 2002)]
    assert frame.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(("actor_id", "network_id", "state", "status", "rows"), "str"),
        "year": "int64", "conflict": "bool", **dict.fromkeys(("low", "best", "high"), "int64"),
    }  # fmt: skip


def test_networks_counting_as(make: Make) -> None:
    data = make(
        networks=[{"network_id": kind, "counts_as": kind} for kind in ("membership", "commitment", "universal")]
    )
    assert networks_counting_as(data) == ["membership"]
    assert networks_counting_as(data, ("universal", "membership")) == ["membership", "universal"]
    with pytest.raises(InvalidArgument, match="'members'"):
        networks_counting_as(data, ("members",))


def test_count_sums_states_to_bounds_and_coverage(make: Make) -> None:
    data = make(
        {"seen": 2008}, {"a": BODA, "seen": 2007}, {"a": DALA, "seen": 2008}, {"a": GOTLAND, "end": 2006},
        member_lists=[{"year": 2008, "levels": "municipality", "counties": "02"}],
    )  # fmt: skip
    sums = count(panel(data, actors=[ALBY, BODA, DALA, GOTLAND, ETT], years=(2007, 2008)), ["year"]).set_index("year")
    # 2008: Alby member, Boda presumed, Dala in conflict with the list, Gotland left, the region unknown.
    assert sums.loc[2008].to_dict() == {
        "low": 1, "best": 2, "high": 4, "n_cells": 5, "n_known": 3, "coverage": 0.6, "n_conflict": 1,
    }  # fmt: skip
    assert sums.loc[2007, ["low", "best", "high", "n_known"]].tolist() == [1, 1, 4, 2]
    by_network = count(panel(data, actors=[ALBY], years=(2007, 2008)), ["network_id"])
    assert by_network[["low", "best", "high", "coverage"]].values.tolist() == [[1, 1, 2, 0.5]]
    with pytest.raises(InvalidArgument, match="no column 'county'"):
        count(panel(data, years=2008), ["county"])


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"actors": ["municipality:0111"]}, UnknownName, "nearest: 'municipality:0101'"),
        ({"networks": ["nett"]}, UnknownName, "nearest: 'Net'"),
        ({"actors": []}, InvalidArgument, "where: actors"),
        ({"networks": []}, InvalidArgument, "where: networks"),
        ({"years": (2010, 2005)}, InvalidArgument, "write years=(2005, 2010)"),
        ({"years": 1066}, InvalidArgument, "year 1066 is outside 1980–2026"),
        ({"years": (2000, 2031)}, InvalidArgument, "2031"),
        ({"years": (2000, 2005.5)}, InvalidArgument, "2005.5"),
        ({"years": True}, InvalidArgument, "True"),
        ({"part_year": "most"}, InvalidArgument, "allowed: 'any', 'whole', 'start', 'end'"),
        ({"after_last": "member"}, InvalidArgument, "allowed: 'presumed', 'unknown'"),
        ({"carry_forward": -1}, InvalidArgument, "carry_forward is -1"),
        ({"carry_forward": 1.5}, InvalidArgument, "carry_forward is 1.5"),
        ({"carry_forward": "3"}, InvalidArgument, "carry_forward is '3'"),
        ({"year_basis": "all"}, InvalidArgument, "where: year_basis"),
        ({"counting": "strictly"}, InvalidArgument, "nearest: 'strict'"),
        ({"list_certainty": "sure"}, InvalidArgument, "where: list_certainty"),
        ({"prefer": "page"}, InvalidArgument, "nearest: 'own_page'"),
        ({"pairs": "some"}, InvalidArgument, "where: pairs"),
    ],
)
def test_wrong_arguments_are_refused(make: Make, arguments: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        panel(make(), **{"years": 2010} | arguments)
    assert says in str(caught.value)


def test_a_year_of_a_frame_is_a_year_and_one_name_is_no_list_of_letters(make: Make) -> None:
    data = make({"seen": 2010})
    year = panel(data, years=2010)["year"].unique()[0]
    assert isinstance(year, np.integer)
    pd.testing.assert_frame_equal(panel(data, years=year), panel(data, years=2010))
    pd.testing.assert_frame_equal(panel(data, years=2010, networks="net"), panel(data, years=2010, networks=["net"]))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda cells: count(cells, []), "where: by"),
        (lambda cells: count(cells, ["theme"]), "no column 'theme'"),
        (lambda cells: count(cells.drop(columns="state"), ["year"]), "where: cells"),
    ],
)
def test_wrong_frames_are_not_counted(make: Make, call: Callable[[pd.DataFrame], Any], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        call(panel(make(), years=2010))
