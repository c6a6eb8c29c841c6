"""What pages say of memberships claims no more than the rows: who left, when somebody was last seen, what disagrees."""

from __future__ import annotations

import re

import pytest

import natverk
from natverk import networks, offices, outcomes
from natverk.membership.documented import documented
from natverk.membership.quality import disagreements, told_once
from tests.pages.notebook import page_of, tables_of, text_of

DATA = natverk.load()


def network(name: str, lang: str = "en") -> str:
    return text_of(page_of("network_profile", network=name, lang=lang))


def line(report: str, caption: str, first: str, **parameters: str) -> dict[str, str]:
    """Return the line of a page's table that begins with a name, as texts."""
    (shown,) = [table for name, table in tables_of(page_of(report, **parameters)).items() if caption in name]
    for row in shown.rows:
        cells = {key: re.sub(r"<[^>]+>", "", str(cell)) for key, cell in row.items()}
        if next(iter(cells.values())) == first:
            return cells
    raise LookupError(first)


def test_two_readings_of_one_page_are_no_exit() -> None:
    # mem-01624, mem-01753, mem-01773: the other reading of the same page calls the three members.
    rows = DATA.memberships[DATA.memberships["network_id"] == "ubc"]
    urls = rows["source_id"].map(DATA.sources.set_index("source_id")["url"])
    both = rows.assign(url=urls).groupby(["actor_id", "url"])["status"].agg(set)
    assert not any({"member", "former"} <= found for found in both)
    own = networks.members_of(DATA, "ubc").set_index("name")
    assert own.loc[["Stockholm", "Göteborg", "Nyköping"], "status"].tolist() == ["member"] * 3
    # mem-01994: an answer to a consultation is no decision to leave.
    assert networks.members_of(DATA, "west-sweden").set_index("name").loc["Tjörn", "mark"] != "left"
    # mem-03320: Öland had left B7; no row has a year.
    assert networks.members_of(DATA, "b7").set_index("level").loc["joint", "mark"] == "left"


def test_a_page_that_is_older_than_the_list_of_its_year_contradicts_nothing() -> None:
    # mem-01585 of 8 January 2019, and the list of autumn 2019.
    found = disagreements(DATA, actors="Botkyrka", networks="ubc")
    assert set(found["kind"]) == {"flagged"}
    assert documented(DATA, "Botkyrka", networks="ubc")["mark"].tolist() == ["earlier"]
    text = network("ubc")
    assert "Member or not" not in text
    assert "Botkyrka, between 2014 and 2019\n" in text


def test_a_network_is_as_old_as_its_first_year() -> None:
    # tot-00151: the network began on 1 January 2003; the association is of 2008.
    found = disagreements(DATA, networks="klimatkommunerna")
    assert set(found["kind"]) == {"totals"}
    assert "founded in 2003" in network("klimatkommunerna")


def test_the_last_sighting_is_not_cut_off_at_the_last_full_year() -> None:
    # mem-00966: a page of 16 February 2026.
    own = documented(DATA, "region:12", networks="greater-copenhagen")
    assert own["last_seen"].tolist() == [2026]
    assert documented(DATA, "region:12", networks="greater-copenhagen", years=(1997, 2020))["last_seen"].tolist() == [
        2020
    ]


@pytest.mark.parametrize(
    ("lang", "undated"),
    [
        ("en", "Åmål were members, no source states surely."),
        ("sv", "Åmål har varit medlemmar anger ingen källa säkert."),
    ],
)
def test_what_is_told_beside_an_undated_membership_is_told_with_its_year(lang: str, undated: str) -> None:
    page = page_of("network_profile", network="klimatkommunerna", lang=lang)
    assert undated in text_of(page)
    # mem-01171 (applicant in 2020), mem-03287 (named in 2021).
    assert {"mem-01171", "mem-03287"} <= page.shown
    ties = networks.ties_apart(DATA, "klimatkommunerna").set_index("status")["first"].to_dict()
    assert ties == {"applicant": 2020, "unspecified": 2021}


def test_last_attested_is_said_of_the_membership() -> None:
    # fun-00088: Malmö was vice-president of ICLEI until 2024; as a member it is seen in 2019 at the latest (mem-03175).
    cells = [str(key) for table in tables_of(page_of("municipality_profile", municipality="1280", lang="en")).values()
             for key in table.labels.values()]  # fmt: skip
    assert "Membership last attested" in cells


def test_one_project_of_a_page_and_a_database_is_told_once() -> None:
    own = outcomes.projects(DATA, actors=["Stockholm", "Motala"])
    own = own[own["project"].str.contains("NonHazCity|INSURE")]
    assert own[["project", "role", "programme_from"]].values.tolist() == [
        ["INSURE", "participant", 2014],
        ["NonHazCity", "lead", 2014],
    ]
    assert {frozenset(ids.split(";")) for ids in own["row_ids"]} == {
        frozenset({"pro-00016", "pro-00402"}),
        frozenset({"pro-00042", "pro-00404"}),
    }
    # A preparatory project is another one: both rows are the database's own.
    assert (outcomes.projects(DATA, actors="Trelleborg")["project"].str.startswith("MITRA")).sum() == 2


def test_a_year_that_no_source_states_is_said_to_be_inferred() -> None:
    # pur-00063; ubc-2025; mem-03175 and others of lists whose year is inferred.
    assert "1997 (inferred by us)" in text_of(page_of("municipality_profile", municipality="2480", lang="en"))
    assert "1997 (vår slutsats)" in text_of(page_of("municipality_profile", municipality="2480", lang="sv"))
    assert "2025: 11 (probably complete; year inferred by us)" in network("ubc")
    own = line("network_profile", "Swedish actors", "Malmö", network="iclei", lang="en")
    assert own["last_seen"] == "2024 (inferred by us)"
    # mem-01130 states the year, the list of mem-03162 does not.
    own = line("network_profile", "Swedish actors", "Malmö", network="kimo", lang="en")
    assert own["last_seen"] == "2018; 2019 (inferred by us)"


def test_networks_of_one_programme_are_no_dispute_about_its_start() -> None:
    found = disagreements(DATA, networks=["urbact", "icld-mr-partnerskap"])
    assert found.empty


def test_what_is_cemr_s_stands_with_cemr() -> None:
    own = offices.offices(DATA, networks="cemr").set_index("office_id")
    assert {"fun-00063", "fun-00064"} <= set(own.index)
    assert own.loc["fun-00201", "told"] == "spokesperson for urban issues (for SKL): municipal politician"
    # A seat that is held for SKL is not the municipality's.
    assert not own.loc[["fun-00199", "fun-00200", "fun-00201", "fun-00202"], "held"].any()
    assert offices.offices(DATA, networks="sern").set_index("office_id").loc["fun-00203", "function_class"] == "chair"


@pytest.mark.parametrize(("lang", "reason"), [("en", "note"), ("sv", "note_sv")])
def test_one_reason_is_told_once_with_all_names(lang: str, reason: str) -> None:
    found = disagreements(DATA, networks="gcom")
    assert len(found) == 8
    assert len(told_once(found)) == 1
    text = network("gcom", lang)
    (why,) = told_once(found)[reason]
    assert text.count(why) == 1
    assert "Falkenberg" in text.split(why)[0].splitlines()[-1]


def test_the_words_of_the_pages() -> None:
    assert "full membership; smaller cities as associates" not in network("eurocities").split("Who is in it")[0]
    twins = [table for name, table in tables_of(page_of("municipality_profile", municipality="1280")).items()
             if "Vänorter" in name]  # fmt: skip
    countries = [re.sub(r"<[^>]+>", "", str(row["country"])) for row in twins[0].rows]
    assert countries == sorted(countries)
    assert DATA.twins.set_index("row_id").at["twi-00004", "partner_city"] == "Florence"


@pytest.mark.parametrize(
    ("municipality", "name", "year"),
    [("1080", "Baltic Sail", "1996"), ("1080", "Europe Direct", "2018"), ("2580", "Fairtrade City", "2011")],
)
def test_a_stated_start_is_no_last_sighting(municipality: str, name: str, year: str) -> None:
    # mem-00060 and others: undated pages that say since when.
    page = page_of("municipality_profile", municipality=municipality, lang="en")
    cells = [
        {key: re.sub(r"<[^>]+>", "", str(cell)) for key, cell in row.items()}
        for table in tables_of(page).values()
        if "last_seen" in table.labels and "network" in table.labels
        for row in table.rows
    ]
    (own,) = [cell for cell in cells if cell["network"].startswith(name)]
    assert (own["since"], own["last_seen"]) == (year, "")


def test_a_position_does_not_contradict_what_is_said_of_the_membership() -> None:
    # fun-00143, fun-00283 (2018, 2013) beside mem-01556 and others: the sentence is about members.
    assert "were members, no source states surely" in network("svinesundskommitten")
    assert "har varit medlemmar anger ingen källa säkert" in network("svinesundskommitten", "sv")


def test_who_held_a_seat_long_ago_does_not_handle_the_network() -> None:
    # fun-00053: a presidency of 1991–1998; fun-00005: a seat until 2011.
    own = {name: networks.networks_of(DATA, name).set_index("network_id") for name in ("Kalmar", "Stockholm", "Luleå")}
    assert own["Kalmar"]["held_by"].isna()["ubc"]
    assert own["Stockholm"]["held_by"].isna()["metropolis"]
    # fun-00081: who coordinates at home stands there, and is not counted as a position.
    assert own["Luleå"].loc["icorn", "held_by"].startswith("Culture department coordinates")
    assert own["Luleå"].loc["icorn", "n_positions"] == 0


def test_a_seat_that_only_a_membership_tells_of_reaches_the_page() -> None:
    # mem-02825.
    name = "Trästad Sverige (wood building association)"
    own = line("municipality_profile", "that Umeå is attested in, 2021", name, municipality="2480", lang="en")
    assert own["status"] == "member (holds the vice chair)"
