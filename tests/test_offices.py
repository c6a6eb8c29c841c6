"""Offices: each once, what is none is not counted, and nothing is said of an end that no source states."""

from __future__ import annotations

import pandas as pd
import pytest

from natverk.data.load import Dataset, load
from natverk.errors import UnknownName
from natverk.offices import NO_OFFICE, offices, says_only_when

STOCKHOLM, NACKA = "municipality:0180", "municipality:0182"


def test_an_office_of_which_two_rows_tell_is_one(real: Dataset) -> None:
    board = offices(real, STOCKHOLM, networks="uclg").query("function_class == 'board'")
    assert board[["start_year", "end_year", "row_ids", "source_ids"]].values.tolist() == [
        [2007, 2011, "fun-00006;fun-00110;fun-00111", "seed-stockholm-2011;seed-stockholm-2011;seed-stockholm-2011"]
    ]
    # Two terms of one board are two offices; the presidency that two sources give with and without a year is one.
    assert len(offices(real, STOCKHOLM, networks="metropolis").query("function_class == 'board'")) == 2
    presidency = offices(real, "Kalmar", networks="ubc").query("function_class == 'chair'")
    assert presidency["row_ids"].tolist() == ["fun-00053;fun-00069;fun-00139"]


def test_no_row_is_lost_and_none_stands_twice(real: Dataset) -> None:
    rows = ";".join(offices(real)["row_ids"]).split(";")
    assert sorted(rows) == sorted(real.functions["row_id"])


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("fun-00100", "attendance"),
        ("fun-00043", "attendance"),
        ("fun-00109", "none"),
        ("fun-00170", "award"),
        ("fun-00059", "candidate"),
        ("fun-00224", "none"),
        ("fun-00097", "attendance"),
        ("fun-00102", "attendance"),
        ("fun-00079", "attendance"),
        ("fun-00114", "speaker"),
        ("fun-00209", "speaker"),
        ("fun-00283", "none"),
        ("fun-00196", "none"),
        ("fun-00041", "none"),
        ("fun-00024", "host"),
        ("fun-00072", "host"),
        # Seats in CEMR are those of SKR, on which politicians of municipalities and regions sit.
        ("fun-00275", "for_another"),
        ("fun-00277", "for_another"),
        ("fun-00282", "for_another"),
    ],
)
def test_trial_attendance_awards_candidacies_and_idleness_are_no_office(real: Dataset, row: str, what: str) -> None:
    found = offices(real).set_index("row_ids").filter(like=row, axis=0)
    assert found["function_class"].tolist() == [what]
    assert found["held"].tolist() == [False]
    assert what in NO_OFFICE


def test_nacka_has_hosted_and_holds_nothing(real: Dataset) -> None:
    found = offices(real, NACKA)
    assert found.loc[found["function_class"] == "host", "row_ids"].tolist() == ["fun-00094;fun-00177"]
    assert not found["held"].any()
    assert len(found) == 3


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("fun-00007", "vice_chair"),
        ("fun-00112", "vice_chair"),
        ("fun-00020", "vice_chair"),
        ("fun-00211", "vice_chair"),
        ("fun-00271", "vice_chair"),
    ],
)
def test_deputies_and_vice_chairs_are_what_they_are(real: Dataset, row: str, what: str) -> None:
    assert real.functions.set_index("row_id").loc[row, "function_class"] == what


def test_no_vice_chair_is_coded_as_chair(real: Dataset) -> None:
    rows = real.functions
    words = rows["function"].str.cat(rows["detail"].fillna(""), sep=" ").str.casefold()
    # A vice chair of the municipal board may chair a network; "vice" then stands before "of" or "chairs".
    vice = words.str.contains(r"\bvice[- ](?:presiden|chair\b(?! of (?:the )?municipal)(?!.* elected chair))")
    found = rows[vice & (rows["function_class"] == "chair") & ~words.str.contains(r"board|executive")]
    assert found["row_id"].tolist() == []


@pytest.mark.parametrize("row", ["fun-00092", "fun-00014", "fun-00284", "fun-00279", "fun-00048"])
def test_a_seat_seen_in_one_year_has_no_open_end(real: Dataset, row: str) -> None:
    found = real.functions.set_index("row_id").loc[row]
    assert pd.isna(found["start_year"])
    assert pd.isna(found["end_year"])
    assert pd.notna(found["observed_year"])


def test_the_function_stands_where_the_detail_says_only_when(real: Dataset) -> None:
    told = offices(real).set_index("office_id")
    assert told.loc["fun-00228", "told"] == "board member: elected at annual meeting 11 May 2019"
    assert told.loc["fun-00152", "told"] == "board member", "there is no detail"
    assert told.loc["fun-00015", "told"].startswith("Deputy mayor elected to board of ECAD Sweden")
    assert (
        told.loc["fun-00228", "told_sv"].partition(": ")[0]
        == real.functions.set_index("row_id").at["fun-00228", "function_sv"]
    )
    assert says_only_when("November 2016 to November 2018")
    assert not says_only_when("board 2023–2027")


def test_what_the_filters_leave_of_an_office_is_still_one(real: Dataset) -> None:
    before = load(as_of="2018-01-01")
    found = offices(before)
    assert sorted(";".join(found["row_ids"]).split(";")) == sorted(before.functions["row_id"])
    assert found["office_id"].is_unique


def test_names_are_taken_and_unknown_ones_refused(real: Dataset) -> None:
    assert offices(real, "Nacka").equals(offices(real, NACKA))
    with pytest.raises(UnknownName, match="Nakca"):
        offices(real, "Nakca")


def test_two_readers_of_one_office_do_not_say_it_twice(real: Dataset) -> None:
    found = offices(real).set_index("office_id")
    audit = found.loc["fun-00027"]
    assert (audit["told"], audit["row_ids"]) == ("member of Board of Audit", "fun-00027;fun-00182")
    assert audit["told_sv"] == "ledamot i revisionsorganet (Board of Audit)"
    assert found.loc["fun-00071", "told_sv"] == "Sekretariatet placerat i Luleå"
    # What only one of them tells stands.
    assert "secretariat" in found.loc["fun-00185", "told"]
    assert found["told"].str.len().min() > 0


@pytest.mark.parametrize("row", ["fun-00081", "fun-00073", "fun-00076", "fun-00130", "fun-00191"])
def test_the_own_organisation_s_coordinators_contacts_and_offices_are_no_position(real: Dataset, row: str) -> None:
    found = offices(real).set_index("row_ids").filter(like=row, axis=0)
    assert found["function_class"].tolist() == ["none"]
    assert found["held"].tolist() == [False]


@pytest.mark.parametrize(
    ("office", "words"),
    [
        ("fun-00194", "co-organiser: "),
        ("fun-00122", "auditor: "),
        ("fun-00203", "chair of executive board: "),
        ("fun-00219", "working committee member: "),
        ("fun-00156", "steering group: "),
        ("fun-00191", "Brussels office: "),
        ("fun-00257", "initiator: "),
        ("fun-00270", "employer/principal: "),
    ],
)
def test_the_word_of_the_source_for_a_position_is_told(real: Dataset, office: str, words: str) -> None:
    assert offices(real).set_index("office_id").loc[office, "told"].startswith(words)


def test_of_two_texts_about_one_position_the_fuller_is_told(real: Dataset) -> None:
    found = offices(real).set_index("office_id")["told"]
    assert found["fun-00028"] == "61st Executive Board meeting June 2011"
    assert found["fun-00011"] == "Part of the C40 steering committee", "the term says the years"
    assert found["fun-00005"] == "renewed at the Sydney congress in October 2008; seat held by the finance commissioner"
