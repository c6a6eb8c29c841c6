"""What pages say of ties beside status and years: the source's word, what follows from what, ends, terms, remarks."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import natverk
from natverk.comparison import side_by_side
from natverk.membership.documented import documented, relations
from natverk.membership.evidence import worded
from tests.pages.notebook import page_of, tables_of, text_of


def lines(page: natverk.pages.NotebookPage, caption: str) -> list[str]:
    """Return the lines of a table of a page as texts."""
    (shown,) = [table for name, table in tables_of(page).items() if name.startswith(caption)]
    return [" | ".join(re.sub(r"<[^>]+>", "", str(cell)) for cell in row.values()) for row in shown.rows]


def words(row_id: str) -> dict[str, object]:
    """Return what one row of evidence says beside its status."""
    (row,) = worded(natverk.load(), pd.DataFrame({"row_ids": [row_id]})).to_dict("records")
    return row


@pytest.mark.parametrize(
    ("row_id", "said"),
    [
        ("mem-00502", "territorial coordinator"),
        ("mem-01378", "founder/host"),
        ("mem-01451", "founding promoter"),
        ("mem-01560", "in the predecessor Gränskommittén"),
        # A word that takes something back is told, although it names the status.
        ("mem-03325", "earlier member in the place of Region Kronoberg"),
        ("mem-03323", "for most of the thirty years"),
        ("mem-01896", "with Östersund"),
        ("mem-01005", "signed, the decision was annulled"),
    ],
)
def test_the_word_of_the_source_is_kept_where_it_says_more(row_id: str, said: str) -> None:
    assert words(row_id)["as_stated"] == said


def test_a_word_of_one_row_that_says_less_is_not_put_on_the_whole_tie() -> None:
    own = pd.DataFrame({"row_ids": ["mem-01562;mem-01563;mem-01564;mem-01565"]})
    assert worded(natverk.load(), own)["as_stated"].isna().all()


@pytest.mark.parametrize(
    ("region", "lang", "said"),
    [
        ("01", "sv", "medlem (2021, vår slutsats: representerad i styrelsen), nämns 2021 (vår slutsats); 2023"),
        (
            "03",
            "en",
            "member (2021, inferred by us: represented on the board), mentioned in 2021 (inferred by us); 2023",
        ),
        ("01", "en", "member (founding member; undated: main owner), since 2011"),
        ("18", "en", "member (2018: owner), mentioned in 2018–2022"),
        ("01", "sv", "medlem (grundande medlem), sedan 2011"),
    ],
)
def test_a_word_of_another_year_than_the_one_shown_has_its_own(region: str, lang: str, said: str) -> None:
    page = page_of("region_report", region=region, lang=lang)
    assert said in "\n".join(lines(page, "Nätverk, samarbeten" if lang == "sv" else "Networks, cooperations"))


def test_a_word_of_the_year_shown_does_not_stand_after_another_year() -> None:
    own = lines(page_of("network_profile", network="malardalsradet", lang="en"), "Swedish actors in")
    said = "member (represented in the presidium; 2021, inferred by us: represented on the board)"
    assert any(said in line for line in own)


def test_a_plain_word_is_not_repeated() -> None:
    assert pd.isna(words("mem-01421")["as_stated"])  # type: ignore[call-overload]


def test_what_follows_from_a_sentence_about_all_is_told_so() -> None:
    assert words("mem-02211")["derived"]
    assert not words("mem-00723")["derived"]


def test_separate_terms_are_no_span() -> None:
    own = documented(natverk.load(), ["municipality:2480", "municipality:2180"], networks="urbact")
    assert own.set_index("actor_id")["terms"].to_dict() == {
        "municipality:2180": "2009–2012, 2013–2018",
        "municipality:2480": "2008–2011, 2015–2018, 2019–, 2023–2025",
    }


def test_an_exit_that_was_only_announced_is_none() -> None:
    page = page_of("network_profile", network="ecad", lang="en")
    text = text_of(page)
    assert "Stockholm has left" not in text
    assert "Stockholm had decided to leave; whether it did is not in the material." in text
    (stockholm,) = [line for line in lines(page, "Swedish actors in") if line.startswith("Stockholm")]
    assert "was to leave in 2017, by decision" in stockholm
    assert "former member" not in stockholm


def test_region_pages_tell_what_ended_what_is_inferred_and_what_sources_remark() -> None:
    page = page_of("region_report", region="06")
    ties = "\n".join(lines(page, "Nätverk, samarbeten"))
    assert "till 2009, då verksamheten upphörde" in ties
    assert "Svenska Cykelstäder | nationellt | regionen | medlem, sedan 2023 (vår slutsats)" in ties
    assert "ICORN | internationellt | regionen | medlem, vår slutsats, sedan 2013, nämns 2014" in ties
    assert "deltagare (följer av en annan uppgift i källan)" in ties
    assert any("har sökt medlemskap" in line for line in lines(page, "Anmärkningar"))
    # A year that we infer is no sure one: counted so in the lead, listed so at the end.
    unsure = "saknar säkert årtal: Reglab, Svenska Cykelstäder och Glokala Sverige."
    assert unsure in text_of(page).split("## Vad som är omstritt")[1]


def test_remarks_leave_out_tags_of_data_sets() -> None:
    notes = natverk.networks.membership_notes(natverk.load(), "Umeå")["note"]
    assert len(notes) > 0
    assert not notes.str.contains("dataset tag GCoM2022").any()


def test_a_report_that_names_a_network_is_no_report_to_it() -> None:
    own = relations(natverk.load(), ["municipality:1080"]).set_index("network_id")["relation"]
    assert own[["ubc", "cdp-iclei"]].tolist() == ["named_in_report", "reporting"]


def test_comparison_keeps_looser_ties_and_does_not_count_them() -> None:
    own = side_by_side(natverk.load(), "24", "25", kind="region").set_index("network_id")
    assert own.loc["europaforum-norra-sverige", ["a_mark", "b_mark"]].tolist() == ["loose", "loose"]
    assert not own.loc["europaforum-norra-sverige", ["shared", "counted"]].any()
    assert own.loc["north-sweden-stockholm-office", "b_mark"] == "loose"
    assert "kvarkenradet" not in own.index


def test_who_is_missing_from_the_latest_list_is_told_and_the_scope_of_lists() -> None:
    page = page_of("network_profile", network="eurocities")
    (nacka,) = [line for line in lines(page, "Svenska aktörer i") if line.startswith("Nacka")]
    assert "inte på förteckningen 2025" in nacka
    assert "2011: 3 (bara fullvärdiga medlemmar)" in text_of(page)


def test_a_founding_promoter_and_a_list_of_all_kinds_contradict_no_membership() -> None:
    found = natverk.disagreements(natverk.load(), networks=["sern", "eurocities"]).query("kind == 'status'")
    assert not len(found[found["values"].str.contains("promoter")])
    assert "municipality:1384" not in set(found["actor_id"])


def test_numbers_say_when_the_year_is_inferred_and_never_at_least_none() -> None:
    shown = lines(page_of("network_profile", network="reglab"), "Antal som källor anger")
    (members,) = [line for line in shown if line.startswith("medlemmar | 2017")]
    assert members.startswith("medlemmar | 2017 (vår slutsats) | 24 |  | ")
    assert not any("minst 0" in line for line in shown)


def test_a_row_confirms_no_page_that_it_was_read_from() -> None:
    table = natverk.benchmarks.recomputed(natverk.load(), networks=["eurocities"]).set_index("row_id")
    assert table.loc["fig-00040", ["outcome", "reason"]].tolist() == ["not comparable", "same_source"]


def test_an_inferred_year_is_no_sure_one() -> None:
    # mem-03126, mem-02593, mem-02081: of lists whose year is inferred.
    own = natverk.networks.networks_of(natverk.load(), "Gävle").set_index("network_id")
    lists = ["ecad", "partnerskapet-barnets-rattigheter", "bergslagsbanan"]
    assert not own.loc[lists, "sure"].any()
    assert own.loc[lists, "last_sure"].isna().all()
    text = text_of(page_of("municipality_profile", municipality="2180"))
    assert "varav sex någon gång 2021–2025" in text
    assert "Sju av dem som räknas saknar säkert årtal." in text
    assert "carbonn: rapporterar till, 2019 (vår slutsats)" in re.sub(r"<[^>]+>", "", text)
    older = lines(
        page_of("municipality_profile", municipality="2180"), "Övriga nätverk, samarbetsorgan, åtaganden och program"
    )
    assert any(line.startswith("Partnerskapet för barnets") and "medlem 2016–2018" in line for line in older)


def test_ends_and_what_follows_from_a_sentence_are_told_after_merging() -> None:
    ties = "\n".join(lines(page_of("region_report", region="22", lang="en"), "Networks, cooperations"))
    # mem-01218; mem-02278; vanersamarbetet-2020.
    (left,) = [line for line in ties.split("\n") if "Mid Nordic Committee" in line]
    assert "former member" in left
    assert "until" not in left
    water = lines(page_of("network_profile", network="vanersamarbetet", lang="en"), "Swedish actors in")
    assert any("2020 follows from another statement of the source" in line for line in water)
    assert "one of 90 offered to take part during 2019" in ties
    # twi-00912, eva-00057.
    towns = natverk.outcomes.twin_towns(natverk.load(), actors="state:lansstyrelsen-03").set_index("partner_city")
    assert towns.loc["Małopolska", "end_inferred"]
    assert any("2022 (vår slutsats) | profilering" in line for line in lines(page_of("network_profile", network="c40"),
               "Omdömen"))  # fmt: skip


def test_the_word_of_a_row_of_another_status_has_its_year_and_stands_last() -> None:
    own = natverk.networks.networks_of(natverk.load(), "Trelleborg").set_index("network_id")
    told = own.loc["gcom", ["status", "as_stated", "as_stated_years"]].tolist()
    assert told == ["signatory", "the city's target contributes to the initiative", "2021"]
    rows = pd.DataFrame({"row_ids": ["mem-03270;mem-00502"], "status": ["signatory"], "since": [2014]})
    both = worded(natverk.load(), rows).loc[0]
    assert both["as_stated"] == "territorial coordinator; the city's target contributes to the initiative"
    assert both["as_stated_years"].split(";")[1] == "2021"


def test_a_city_of_refuge_dates_no_membership_that_another_row_states() -> None:
    # mem-01091, an inference, beside mem-01090; mem-01089 stands alone.
    own = natverk.networks.networks_of(natverk.load(), "Malmö").set_index("network_id")
    assert pd.isna(own["inferred_seen"]["icorn"])
    assert words("mem-01089")["inferred_seen"] == 2021


def test_what_a_sentence_on_all_but_one_says_is_derived() -> None:
    # mem-01548: "all Halland municipalities except Falkenberg".
    rows = natverk.load().memberships
    assert rows.loc[rows["locator"].str.startswith("article: all Halland").fillna(False), "derived"].astype(bool).all()


def test_an_end_claims_no_more_than_its_row() -> None:
    own = natverk.networks.networks_of(natverk.load(), "Göteborg").set_index("network_id")
    # mem-01005: a court annulled the decision; mem-01989: a page of 2013 says "already left".
    assert own.loc["ican-cities-appeal", ["status", "end_kind"]].tolist() == ["signatory", "annulled"]
    assert own.loc["ican-cities-appeal", "mark"] != "left"
    assert own.loc["west-sweden", ["mark", "end_by", "end_inferred"]].tolist() == ["left", 2013, False]
    (line,) = [line for line in lines(page_of("network_profile", network="west-sweden"), "Svenska aktörer")
               if line.startswith("Göteborg |")]  # fmt: skip
    assert "hade lämnat senast 2013" in line
    assert "2012" not in line
    text = text_of(page_of("municipality_profile", municipality="1480", lang="en"))
    assert "has left ICAN" not in text
    assert any("had left by 2013" in line for line in lines(
        page_of("compare", a="1480", b="1280", lang="en"), "Networks"))  # fmt: skip
    # mem-03009, mem-03012: the terms of two demonstration cities, in a list of 2016.
    ties = lines(page_of("compare", a="1480", b="1280", lang="en"), "Networks")
    (civitas,) = [line for line in ties if line.startswith("CIVITAS")]
    assert "until 2006, when the term ran out" in civitas
    assert "2016" not in civitas
    # twi-00897, twi-00913, twi-00910: announced, or not named on the page.
    for name, town in (("Eskilstuna", "Gatchina"), ("Tyresö", "Wejherowo"), ("Örebro", "Terrassa")):
        towns = natverk.outcomes.twin_towns(natverk.load(), actors=name).set_index("partner_city")
        assert not towns.loc[town, "ended"], town


def test_inferred_membership_apart_is_told_so() -> None:
    page = page_of("network_profile", network="icorn", lang="en")
    assert "Linköping | member (inferred by us) | mentioned in 2023 (inferred by us) | 1" in lines(page, "Other ties")
    (lund,) = [line for line in lines(page, "Swedish actors") if line.startswith("Lund |")]
    assert "2019 (inferred by us) | 2021 (inferred by us)" in lund


def test_an_inferred_membership_adds_no_year_to_a_stated_one() -> None:
    # mem-01091 tells of a city of refuge in 2021, and of no network.
    own = natverk.networks.networks_of(natverk.load(), "Malmö").set_index("network_id")
    assert own.loc["icorn", "last_seen"] == 2016
    assert pd.isna(own.loc["icorn", "inferred_seen"])


def test_the_compare_page_tells_that_a_network_is_no_more() -> None:
    # No row ends either membership; networks has 2023.
    (ties,) = [row for row in lines(page_of("compare", a="1277", b="0191"), "Nätverk för") if "Glokala" in row]
    assert "deltagare, sedan 2020, verksamheten upphörde eller ombildades 2023" in ties
    data = natverk.load()
    for last_year, over in ((2022, False), (2023, True)):
        beside = natverk.comparison.side_by_side(data, "1277", "0191", years=(1997, last_year)).set_index("network_id")
        assert beside.loc["glokala-sverige", "over"] == over


def test_the_compare_page_of_two_networks_tells_which_of_them_is_no_more() -> None:
    page = page_of("compare", a="partnerskapet-barnets-rattigheter", b="glokala-sverige", lang="en")
    (haninge,) = [row for row in lines(page, "Swedish actors of") if row.startswith("Haninge")]
    assert "it ended or merged in 2021" in haninge
    assert "it ended or merged in 2023" in haninge
    assert "or the network is no more" in text_of(page)


def test_a_year_that_we_infer_stands_beside_the_stated_ones_where_it_is_later() -> None:
    # mem-01275 states 2019; mem-01276 is of an undated page of about 2024.
    own = relations(natverk.load(), "Helsingborg").query("network_id == 'one-planet-city-challenge'")
    assert own[["spans", "later_inferred"]].values.tolist() == [["2019", 2024]]
    text = text_of(page_of("municipality_profile", municipality="1283", lang="en"))
    assert "reports to it, 2019; 2024 (inferred by us)" in re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize(
    ("network", "actor", "said"),
    [("sern", "Luleå", "odaterat"), ("kvarkenradet", "Örnsköldsvik", "nämns 2013 (vår slutsats)")],
)
def test_a_membership_without_a_year_is_told_so(network: str, actor: str, said: str) -> None:
    (told,) = [row for row in lines(page_of("network_profile", network=network), "Svenska aktörer") if actor in row]
    assert said in told


def test_who_reports_to_a_register_is_no_member_of_it() -> None:
    (members,) = [
        view for name, view in tables_of(page_of("network_profile", network="carbonn")).items() if "aktörer i" in name
    ]
    assert members.labels["status"] == "Relation"
    assert members.labels["last_seen"] == "Senast belagt"


def test_similar_municipalities_are_in_no_network_that_is_no_more() -> None:
    # mem-02303: Tomelilla in 2020; networks has 2023.
    (told,) = [
        row for row in lines(page_of("municipality_profile", municipality="1273"), "Belagt för") if "Glokala" in row
    ]
    assert "verksamheten upphörde eller ombildades 2023" in told


def test_the_compare_page_has_the_remarks_of_its_rows() -> None:
    # mem-00022: of the federation before the region, it may be.
    told = lines(page_of("compare", a="24", b="25", lang="en"), "Remarks")
    assert any("the federation of the same name may be meant" in row and "Assembly of European" in row for row in told)


def test_the_compare_page_tells_ends_and_inference() -> None:
    page = page_of("compare", a="13", b="14")
    ties = "\n".join(lines(page, "Nätverk för"))
    assert "West Sweden | medlem, till 2013, då verksamheten upphörde" in ties
    assert "Sydsveriges Brysselkontor | deltagare, sedan 1994, till 2009, då verksamheten upphörde" in ties
    # A row of the committee before it dates nothing of this one.
    assert "i föregångaren Gränskommittén" not in ties
    assert "medlem (vår slutsats) (fristadsregion), nämns 2017" in ties
    assert "medlem, nämns 2019 (vår slutsats)" in ties
    over = re.sub(r"<[^>]+>", "", text_of(page)).partition("eller så finns nätverket inte längre: ")[2]
    assert "West Sweden" in over.split("\n")[0]


def test_network_pages_tell_what_rows_remark() -> None:
    shown = lines(page_of("network_profile", network="klimatkommunerna"), "Anmärkningar")
    assert any(line.startswith("Sollentuna | 2020 | ett partis sida: andrahandsuppgift") for line in shown)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        # mem-02741: start and sighting are both ours.
        (("14", "12"), "nämns 2020; 2021 (vår slutsats) | medlem, sedan 2018 (vår slutsats)"),
        (("1480", "1280"), "medlem, sedan 1996, nämns 2024 (vår slutsats)"),
    ],
)
def test_every_year_of_a_comparison_says_whether_it_is_a_start_or_a_sighting(units: tuple[str, str], said: str) -> None:
    told = lines(page_of("compare", a=units[0], b=units[1]), "Nätverk för")
    assert said in "\n".join(told)
    assert not any(re.search(r", \d{4} \(vår slutsats\)", line) for line in told)


def test_positions_beside_what_is_none_are_called_so() -> None:
    (caption,) = [name for name in tables_of(page_of("compare", a="1480", b="1280")) if name.startswith("Uppdrag")]
    assert caption == "Uppdrag i nätverk, och kandidaturer, närvaro och annat som inte är uppdrag"
