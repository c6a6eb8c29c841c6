"""What the first lines and the table of members of a network's page say: no more than the rows."""

from __future__ import annotations

import re

import pytest

import natverk
from natverk import networks, pages
from natverk.membership.documented import documented, relations
from natverk.membership.evidence import worded
from natverk.membership.lists import list_exits
from tests.pages.notebook import page_of, tables_of

DATA = natverk.load()


def first(network: str, lang: str = "en") -> str:
    """Return the first lines of the page of a network."""
    page = pages.network_page(DATA, network, years=(1997, 2025), lang=lang)
    members = networks.members_of(DATA, network, years=page.years)
    said = page.words("first", members=members, lists=networks.lists_of(DATA, network, years=page.years))
    return re.sub(r"<[^>]+>", "", said)


def lines(network: str, lang: str = "en") -> str:
    """Return all lines of the tables of a network's page."""
    shown = tables_of(page_of("network_profile", network=network, lang=lang)).values()
    cells = (" | ".join(map(str, row.values())) for table in shown for row in table.rows)
    return "\n".join(re.sub(r"<[^>]+>", "", line) for line in cells)


@pytest.mark.parametrize(
    ("network", "lang", "said"),
    [
        # mem-01218: a former member has no looser tie.
        ("mittnordenkommitten", "en", "name one actor in Sweden that has left."),
        ("mittnordenkommitten", "sv", "nämner en aktör i Sverige som har lämnat."),
        # mem-03184–03187 say "member city".
        ("european-cities-marketing", "en", "name four actors in Sweden with looser ties."),
        ("eu-handslaget", "sv", "nämner en aktör i Sverige med ett lösare band."),
        # mem-01005.
        ("ican-cities-appeal", "en", "One signatory in Sweden is documented; a court annulled the decision."),
        # mem-01559–01561: only in the predecessor.
        (
            "svinesundskommitten",
            "en",
            "Two members in Sweden are documented, none of them with a sure year; two more in",
        ),
        # mem-02389: not among the six of the list.
        ("innovationsplattformar", "sv", "Sex deltagare i Sverige är belagda"),
        ("region-ostergotland-eu-office", "en", "Two owners in Sweden are documented, one of them since replaced"),
        ("nspa", "sv", "Fem medlemmar i Sverige är belagda, varav en senare ersatts av en annan av dem"),
        ("skr", "en", "All municipalities and regions belong to it"),
        # mem-02130, mem-02131, mem-02146: adjunct partners.
        ("dalabanan", "sv", "17 medlemmar i Sverige är belagda (varav tre associerade), ingen av dem med säkert årtal"),
        ("bergslagsbanan", "en", "the material has one list, but it is not surely complete"),
        ("bergslagsbanan", "sv", "en förteckning finns i underlaget, men den är inte säkert fullständig"),
        ("malardalsradet", "en", "one list of 2023, regions only, is taken to be complete; for others"),
    ],
)
def test_the_lead_says_what_the_rows_say(network: str, lang: str, said: str) -> None:
    assert said in first(network, lang)


def test_no_least_number_without_a_number() -> None:
    assert "least number" not in first("mittnordenkommitten")
    assert "least number" in first("mcr")


def test_what_a_network_is_called() -> None:
    reach = {
        name: pages.network_page(DATA, name, years=(1997, 2025), lang="en").values["reach"]
        for name in ("skane-european-office", "region-ostergotland-eu-office", "committee-of-the-regions", "ubc")
    }
    assert list(reach.values()) == [
        "own office of Region Skåne", "own office of Region Östergötland", "international advisory body",
        "international network",
    ]  # fmt: skip


def test_what_ran_out_is_no_disappearance() -> None:
    # mem-02630 and others: pilots of 2012–2015.
    assert list_exits(DATA, "romsk-inkludering").empty
    assert networks.members_of(DATA, "romsk-inkludering")["absent"].isna().all()
    assert len(list_exits(DATA, "ubc")) == 9


def test_the_first_list_without_somebody_is_named() -> None:
    own = networks.members_of(DATA, "ubc").set_index("name")
    assert own.loc[["Stockholm", "Karlstad", "Linköping"], "absent"].tolist() == [2014, 2020, 2025]
    assert own.loc[["Stockholm", "Karlstad", "Linköping"], "absent_inferred"].tolist() == [False, False, True]
    assert own.loc[["Malmö"], "absent"].isna().all()


def test_who_was_in_it_until_the_end_is_called_what_it_was() -> None:
    # mem-01293 and others, mem-01054.
    assert set(networks.members_of(DATA, "oresundskomiteen")["status"]) == {"member"}
    assert documented(DATA, "Tyresö", networks="icld-partnerskap")["status"].tolist() == ["participant"]


def test_the_words_of_those_who_are_no_members() -> None:
    said = lines("skl-mr-natverk")
    assert "had announced interest in the pilot network" in said
    assert "applicant" not in said
    assert "signing planned for 7 December 2011" in lines("covenant-of-mayors")
    assert "via Region Blekinge" not in lines("euroregion-baltic")
    # mem-00731: a stated start, and no sighting.
    assert "Karlskrona | through another member | since 1998" in lines("euroregion-baltic")
    words = relations(DATA, "Norrtälje").set_index("network_id")["as_stated_sv"].to_dict()
    assert words["fairtrade-city"] == "har beslutat att ansöka om diplomet"


def test_a_decision_for_a_year_to_come_is_told() -> None:
    # mem-00643.
    assert "Kiruna | decided for a later year (selected city) | 2029" in lines("ecoc")


@pytest.mark.parametrize(("network", "name", "year"), [("bergslagsbanan", "Gävle", 2013), ("dalabanan", "Falun", 2014)])
def test_the_first_year_that_we_infer_is_told_as_the_first(network: str, name: str, year: int) -> None:
    (line,) = [line for line in lines(network).splitlines() if line.startswith(f"{name} |")]
    assert f"mentioned in {year} (inferred by us)" in line


def test_a_label_rests_on_the_year_beside_it() -> None:
    for line in lines("iclei").splitlines():
        if line.startswith("Malmö") and "member" in line:
            assert "2024 (inferred by us)" in line
            assert "attested late in the period (inferred by us)" in line
            break
    else:
        pytest.fail("no line")


def test_having_taken_part_dates_nobody() -> None:
    # mem-02202 and others: a page of 2023, after the end of the programme; mem-02200, mem-02278: an offer.
    own = networks.members_of(DATA, "glokala-sverige").set_index("name")
    assert own.at["Region Skåne", "mark"] == "undated"
    assert networks.lists_of(DATA, "glokala-sverige")["year"].tolist() == [2018]
    assert own.at["Region Västernorrland", "since_basis"] == "seen"


def test_who_signed_is_a_signatory() -> None:
    # mem-01205, mem-01207.
    own = networks.members_of(DATA, "mcr").set_index("name")["status"]
    assert own[["Göteborg", "Jönköping", "Karlstad"]].tolist() == ["signatory", "participant", "signatory"]


def test_what_all_rows_say_less_than_the_status_is_told() -> None:
    own = worded(DATA, networks.members_of(DATA, "svinesundskommitten")).set_index("name")["less"]
    assert own[["Strömstad", "Tanum"]].tolist() == ["predecessor"] * 2
    assert own[["Västra Götalandsregionen"]].isna().all()
