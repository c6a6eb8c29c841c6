"""What a region's page says, against the raw rows: counts, years, and what it must not say."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from natverk import roles
from natverk.data.load import Dataset
from natverk.figures.picture import Picture
from natverk.pages.page import NotebookPage
from natverk.pages.prose import templates_of
from natverk.roles.county import GROUPS
from tests.pages.notebook import page_of, tables_of, text_of

#: Much, middling and thin evidence; Gotland is one body.
SAMPLE = ("12", "25", "22", "07", "09")


@cache
def page(region: str, lang: str = "sv", year_to: int = 2025) -> NotebookPage:
    return page_of("region_report", region=region, lang=lang, year_to=year_to)


def test_both_languages_have_the_same_blocks() -> None:
    blocks = [set(templates_of(lang).get_template(f"region_report.{lang}.md.j2").blocks) for lang in ("sv", "en")]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("region", SAMPLE)
def test_the_answer_stands_first_and_is_short(region: str) -> None:
    for lang in ("sv", "en"):
        answer = re.search(r"\*\*(.+?)\*\*", text_of(page(region, lang)))
        assert answer is not None
        for sentence in re.split(r"(?<=\.)\s", answer[1]):
            assert len(sentence.split()) < 40


@pytest.mark.parametrize("region", SAMPLE)
def test_its_own_rows_are_all_shown(real: Dataset, region: str) -> None:
    shown = page(region).shown
    for name in ("responsibility", "strategies", "strategy_events", "county_events"):
        own = real.table(name)
        assert set(own.loc[own["county_code"] == region, "row_id"]) <= shown, name
    forms = real.interplay
    assert {row for row, codes in zip(forms["row_id"], forms["county_codes"], strict=True) if region in codes} <= shown
    actors = roles.actors_of(real, region)
    own_ids = set(actors.loc[actors["level"] != "municipal", "actor_id"])
    told = ("memberships", "functions", "projects", "missions", "next_steps", "evaluations", "purposes", "twins")
    for name in told:
        rows = real.table(name)
        assert set(rows.loc[rows["actor_id"].isin(own_ids), "row_id"]) <= shown, name
    bodies = roles.county_bodies(real, region)
    members = real.body_members
    assert set(members.loc[members["body_id"].isin(bodies["body_id"]), "row_id"]) <= shown


def test_rows_of_municipalities_are_left_to_their_pages(real: Dataset) -> None:
    rows = real.memberships
    vanersborg = set(rows.loc[rows["actor_id"] == "municipality:1487", "row_id"])
    assert not vanersborg & page("14").shown
    assert (
        "Vänersborg" in tables_of(page("14"))["Kommunerna i samma och andra nätverk, nu eller tidigare"].frame.to_csv()
    )


@pytest.mark.parametrize(
    ("region", "year", "holder", "later"),
    [
        ("05", 2010, "Regionförbundet Östsam", "Region Östergötland har"),
        ("22", 2010, "Länsstyrelsen i Västernorrlands län", "2017"),
        ("14", 1998, "Länsstyrelsen i Västra Götalands län", "1999"),
    ],
)
def test_responsibility_is_told_as_of_the_last_year(region: str, year: int, holder: str, later: str) -> None:
    text = text_of(page(region, year_to=year))
    assert f"Vid utgången av {year} hade {holder} det regionala utvecklingsansvaret" in text
    assert later not in text.partition("## Den regionala utvecklingsstrategin")[0]


#: The columns that date a row, the first known of which must not lie after the page's last year.
DATED = {
    "memberships": ("start_year", "end_year", "observed_year"),
    "responsibility": ("start",),
    "strategy_events": ("date_from", "date_to"),
    "interplay": ("since",),
    "body_members": ("start_year", "observed_year"),
    "county_events": ("year",),
    "functions": ("start_year", "observed_year"),
    "projects": ("start_year", "observed_year", "programme_from"),
    "missions": ("start_date",),
    "evaluations": ("year",),
    "network_notes": ("year",),
}


@pytest.mark.parametrize("region", ["05", "12", "25"])
def test_nothing_later_is_let_in(real: Dataset, region: str) -> None:
    shown = page(region, year_to=2010).shown
    for name, columns in DATED.items():
        rows = real.table(name)
        rows = rows[rows["row_id"].isin(shown)]
        for row in rows[["row_id", *columns]].astype(object).itertuples(index=False):
            dates = [int(str(cell)[:4]) for cell in row[1:] if pd.notna(cell)]
            assert dates, row
            assert dates[0] <= 2010, row
    said = text_of(page(region, year_to=2010)).partition("## Källor")[0]
    assert not re.search(r"\b20(1[1-9]|2[1-6])\b", said)


def test_how_the_work_was_set_up_is_said(real: Dataset) -> None:
    for region in SAMPLE:
        text = text_of(page(region))
        rows = real.strategies[real.strategies["county_code"] == region]
        asked = rows["consultation"] != "not_applicable"
        for notes in (rows["process_note_sv"], rows["consultation_note_sv"][asked.fillna(True)]):
            for note in notes.dropna():
                assert note.removeprefix("ja: ").replace("*", "") in text


def test_predecessors_are_named(real: Dataset) -> None:
    for region in SAMPLE:
        text = text_of(page(region))
        for name in roles.holders_of(real, region)["holder_name"].iloc[:-1]:
            assert name in text


def test_the_holder_of_today_has_its_name_of_today() -> None:
    assert "**Region Västernorrland har haft det regionala utvecklingsansvaret" in text_of(page("22"))


def test_what_is_in_process_is_not_said_to_be_adopted() -> None:
    line = next(line for line in text_of(page("07")).split("\n") if "(under arbete " in line)
    assert "antogs" not in line


def test_undated_gives_no_since(real: Dataset) -> None:
    for region in SAMPLE:
        own = roles.county_memberships(real, region)
        own = own[own["level"] != "municipal"].reset_index(drop=True)
        table = next(table for table in tables_of(page(region)).values() if len(table) == len(own))
        column = next(name for name in table.labels.values() if name.startswith("Hur och när"))
        stated = own["since_basis"].fillna("") == "stated"
        ours = own["since"].isna() & own["inferred_start"].notna()
        for one, other, said in zip(stated, ours, table.frame[column], strict=True):
            assert ("sedan" in said) == bool(one or other), said
            assert not other or "(vår slutsats)" in said


@pytest.mark.parametrize("region", SAMPLE)
def test_no_raw_keys_counts_of_none_or_bare_plurals(region: str) -> None:
    for lang in ("sv", "en"):
        shown = page(region, lang)
        text = text_of(shown) + "".join(table.frame.to_csv() for table in tables_of(shown).values())
        assert not re.search(r"\b(rus|sev|int|mem)-\d", text)
        assert not re.search(r"\b[a-z]+_[a-z]+\b", re.sub(r"https?://\S+", "", text))
        assert not re.search(r"\b(1 medlemmar|1 nätverk och|de 0 |noll )", text)


def test_gotland_is_not_set_against_itself() -> None:
    text = text_of(page("09"))
    assert "Kommunalt och regionalt" not in text
    assert "Var kommunerna och regionen möts" not in text
    assert "kommun och region i ett" in text


def test_no_verdict_rests_on_a_general_purpose_network(real: Dataset) -> None:
    def cells(region: str) -> dict[str, dict[str, object]]:
        tables = tables_of(page(region))
        table = next(frame for name, frame in tables.items() if name.startswith("Hur många som är belagda"))
        return table.frame.set_index("Tema").to_dict("index")

    assert cells("13")["Digitalisering"]["Belagd"] == "oklart"
    assert "(33)" in str(cells("12")["Klimat och energi"]["Kommuner"])


def test_what_is_unknown_takes_ten_lines_at_most() -> None:
    for region in SAMPLE:
        text = text_of(page(region)).partition("## Vad som är omstritt eller okänt")[2].partition("## Källor")[0]
        assert len(re.findall(r"^- ", text, flags=re.MULTILINE)) <= 10


def test_pages_of_regions_compute_nothing() -> None:
    code = Path("natverk/pages/region.py").read_text(encoding="utf-8")
    assert not re.search(r"\.(groupby|merge|value_counts|pivot|agg)\(", code)


def test_a_long_list_of_sources_is_folded_and_each_can_be_reached() -> None:
    sources = page("12").parts[-1]._repr_html_()  # type: ignore[attr-defined]
    assert sources.startswith('<details class="nv-fold"><summary>')
    numbers = {
        number
        for table in tables_of(page("12")).values()
        for number in re.findall(r'href="#(source-\d+)"', table._repr_html_())
    }
    assert all(f'id="{number}"' in sources for number in numbers)


def test_the_boards_of_three_counties_are_not_the_one_that_followed() -> None:
    said = text_of(page("14"))
    assert "Länsstyrelsen i Västra Götalands län (från den 1 januari 1998)" in said
    assert "Länsstyrelserna i Göteborgs och Bohus, Älvsborgs och Skaraborgs län (åtminstone från 1997)" in said


@pytest.mark.parametrize(
    ("lang", "said"),
    [("sv", "till 2013, då verksamheten upphörde eller ombildades"), ("en", "until 2013, when it ended or merged")],
)
def test_a_tie_that_ended_is_told_with_its_end(lang: str, said: str) -> None:
    ties = {
        row_id: str(row["tie"])
        for table in tables_of(page("14", lang)).values()
        for row, ids in zip(table.rows, table.row_ids, strict=True)
        if "tie" in row
        for row_id in ids
    }
    assert ties["mem-01996"].endswith(said)


@pytest.mark.parametrize("code", ["03", "04", "12", "14", "17", "20", "22", "24"])
def test_both_are_the_region_and_municipalities_not_a_joint_body(real: Dataset, code: str) -> None:
    own = roles.county_memberships(real, code)
    now = own[own["firm"] & own["end"].isna() & own["group"].isin(GROUPS[:5])].groupby("level")["network_id"].agg(set)
    n = len(now["regional"] & now["municipal"])
    said = re.search(r"; både regionen och kommuner är belagda i (\w+) (?:nätverk|samarbete)", text_of(page(code)))
    assert (said[1] if said else "noll") == page(code).number(n)


def test_a_federation_that_is_called_as_the_region_is_told_apart_from_it() -> None:
    (table,) = [table for caption, table in tables_of(page("20")).items() if caption.startswith("Nätverk, samarb")]
    assert "Region Dalarna (kommunalförbund)" in " ".join(table.frame.astype(str).to_numpy().ravel())


@pytest.mark.parametrize("code", ["06", "07", "08", "10", "12", "13"])
def test_a_looser_tie_that_ended_is_told_with_its_end(real: Dataset, code: str) -> None:
    rows = real.memberships[real.memberships["network_id"] == "south-sweden-brussels-office"]
    (row_id,) = rows.loc[rows["actor_id"] == f"region:{code}", "row_id"]
    ties = [
        str(row["tie"])
        for table in tables_of(page(code)).values()
        for row, ids in zip(table.rows, table.row_ids, strict=True)
        if "tie" in row and row_id in ids
    ]
    # The article of 2020 tells of an office that was closed in 2009.
    assert ties == ["deltagare, sedan 1994, till 2009, då verksamheten upphörde eller ombildades, lösare anknytning"]


def test_a_task_without_a_date_is_shown_as_one() -> None:
    (table,) = [table for name, table in tables_of(page("03")).items() if name.startswith("Hur många som är belagda")]
    duty = {str(row["theme"]): str(row["duty"]) for row in table.rows}
    assert duty["Hälsa"] == "stat; giltighet okänd: kommuner och region"
    assert duty["Digitalisering"] == "region; giltighet okänd: kommuner"
    assert "bara andra belagda" not in text_of(page("03"))


def told(region: str, title: str, lang: str = "sv") -> str:
    """Return the paragraph about a strategy."""
    return next(line for line in text_of(page(region, lang)).split("\n") if line.startswith(f"**{title}"))


def test_who_decided_is_said_to_be_inferred_where_no_page_names_the_body(real: Dataset) -> None:
    row = real.strategies.set_index("row_id").loc["rus-00012"]
    assert row["adopted_by_basis"] == "inferred"
    assert "källorna säger inte av vem, vi utgår från Regionförbundet i Kalmar län" in told("08", row["title"])
    assert "by Region Kalmar" not in told("08", row["title"], "en")
    # A note that says so and a row that does not would be two tales.
    noted = real.strategies["note"].fillna("").str.contains(r"adopter|deciding body is not named|neither who adopted")
    assert set(real.strategies.loc[noted, "adopted_by_basis"]) == {"inferred"}


def test_the_latest_day_of_an_adoption_is_no_date_of_it(real: Dataset) -> None:
    row = real.strategies.set_index("row_id").loc["rus-00028"]
    assert row[["adopted_date", "adopted_year"]].isna().all()
    assert "Antagen senast i mars 2018" in told("18", row["title"])
    assert "Adopted by March 2018" in told("18", row["title"], "en")


def test_what_undated_pages_tell_of_a_strategy_is_not_passed_over() -> None:
    for lang, said in (
        ("sv", "Sidor utan datum nämner dessutom: ny strategi påbörjad"),
        ("en", "Pages without a date tell besides of new strategy begun"),
    ):
        text = text_of(page("07", lang))
        assert said in text
        assert "We have read nothing of what happened" not in text
        assert "har vi inte läst något om" not in text
    assert "(under arbete enligt en källa utan datum)" in told("07", "Ny regional utvecklingsstrategi")
    assert "(under arbete 2024)" in told("01", "Ny regional utvecklingsplan")


def actor_cells(region: str, row_id: str) -> str:
    """Return the actor in the line of a table that shows a row."""
    lines = [
        row["actor"]
        for table in tables_of(page(region)).values()
        for row, ids in zip(table.rows, table.row_ids, strict=True)
        if row_id in ids
    ]
    return str(lines[0].striptags())


def test_a_project_has_its_holder_by_the_name_and_body_of_the_time() -> None:
    assert actor_cells("17", "pro-00249") == "Region Värmland (landstinget i källan)"
    assert actor_cells("25", "fun-00255") == "Region Norrbotten (landstinget i källan)"
    assert actor_cells("08", "pro-00033") == actor_cells("08", "pro-00034") == "Regionförbundet i Kalmar län"
    assert actor_cells("10", "pro-00035") == "Region Blekinge (kommunalförbund)"


def test_an_evaluation_and_a_single_meeting_are_no_forms(real: Dataset) -> None:
    assert not {"int-00049", "int-00030"} & set(real.interplay["row_id"])
    assert {"cev-00052"} <= page("17").shown
    assert {"cev-00053"} <= page("12").shown
    # A delegation of a federation ended with it.
    assert "int-00071" not in set(roles.interplay_forms(real, "24")["row_id"])


def test_a_doubt_about_an_end_is_not_told_of_the_beginning() -> None:
    text = text_of(page("17"))
    assert "Att Länsstyrelsen i Värmlands län" not in text
    assert (
        "När Region Värmland (kommunalförbund) tog över ansvaret är inte känt närmare än mellan 2006 och 2008" in text
    )
    (line,) = [line for line in text_of(page("14")).split("\n") if line.startswith("- Att Länsstyrelserna i Göteborgs")]
    assert "till och med den 31 december 1997" in line


def test_municipalities_among_themselves_do_not_meet_the_region() -> None:
    (line,) = [line for line in text_of(page("06")).split("\n") if "där kommuner och region möts" in line]
    meet, _, rest = line.partition(" är belagd: ")
    assert meet.startswith("En form ")
    unsaid = rest.partition("Om både kommuner och region deltar i")[2].partition(" framgår inte")[0]
    assert "PKS" in unsaid
    assert "RUS-ombud" in unsaid
    assert "GGVV" in rest.partition("Kommuner samverkar med varandra i")[2]


def test_a_task_of_one_day_is_told_with_its_day() -> None:
    (table,) = [table for name, table in tables_of(page("17")).items() if name.startswith("Uppgifter som källorna")]
    period = {ids[0]: str(row.get("period", "")) for row, ids in zip(table.rows, table.row_ids, strict=True)}
    assert period["tsk-00113"].replace("\xa0", " ") == "16 september 2008"


@pytest.mark.parametrize("code", ["12", "14"])
def test_sentence_table_and_figure_count_the_same_networks(real: Dataset, code: str) -> None:
    own = roles.county_memberships(real, code)
    shared = set(own.loc[own["shared"], "network_id"])
    (table,) = [table for name, table in tables_of(page(code)).items() if name.startswith("Nätverk, samarbeten")]
    ids = own.explode("row_ids").assign(row_id=own["row_ids"].str.split(";")).explode("row_id")
    network_of = ids.set_index("row_id")["network_id"].to_dict()
    counted = {network_of[rows[0]] for row, rows in zip(table.rows, table.row_ids, strict=True) if str(row["n_here"])}
    assert counted == shared
    assert f"Även kommuner i länet är belagda i {page(code).number(len(shared))} av dem" in text_of(page(code))


def test_a_doubt_about_a_later_row_of_a_holder_is_told_of_its_whole_time() -> None:
    # rua-00023 is sure, rua-00024 is not.
    assert "Att Region Gotland (Gotlands kommun) hade ansvaret hela tiden från den 1 juli 1997 är inte" in text_of(
        page("09")
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "8 enligt vår slutsats: länets alla kommuner är medlemmar enligt lag 2002:34"),
        ("en", "8 inferred by us: all municipalities of the county are members by law 2002:34"),
    ],
)
def test_members_that_we_infer_have_the_note_of_their_rows(lang: str, said: str) -> None:
    (table,) = [table for name, table in tables_of(page("03", lang)).items() if name.startswith(("Gemens", "Joint"))]
    assert any(said in str(row["note"]) for row in table.rows)


def test_forms_that_ended_are_named() -> None:
    text = text_of(page("24"))
    assert "Regionförbundet Västerbottens län och " in text.partition(" har upphört.")[0].rpartition(". ")[2]
    assert "av dessa har upphört" not in text


def test_an_evaluation_of_a_federation_is_not_the_regions() -> None:
    (table,) = [table for name, table in tables_of(page("20")).items() if name.startswith("Vad utvärderingar")]
    assert [str(row["evaluator"]) for row in table.rows] == ["Region Dalarna (kommunalförbund)"]


def test_figures_have_the_names_of_the_tables_and_no_year_that_nobody_knows() -> None:
    alts = " ".join(picture.alt for picture in page("20", "en").parts if isinstance(picture, Picture))
    assert "Region Dalarna (federation)" in alts
    assert "kommunalförbund" not in alts
    assert "until the next took over" in alts


def unknown(region: str, lang: str = "en") -> str:
    """Return what a page says is disputed or not known."""
    head = {"en": "## What is disputed or not known", "sv": "## Vad som är omstritt eller okänt"}[lang]
    return text_of(page(region, lang)).partition(head)[2].partition("\n## ")[0]


@pytest.mark.parametrize("region", ["07", "12", "09"])
def test_what_has_no_sure_year_is_counted_and_listed_by_one_rule(real: Dataset, region: str) -> None:
    own = roles.county_memberships(real, region)
    unsure = own[own["unsure"] & own["level"].ne("municipal")]
    counted = re.search(r"and (\w+) without a sure year", text_of(page(region, "en")))
    assert counted is not None
    assert counted[1] in (page(region, "en").number(len(unsure)), str(len(unsure)))
    names = unsure.loc[unsure["level"].isin(["regional", "unitary"]), "network_id"].map(
        page(region, "en").network_names
    )
    listed = unknown(region)
    assert sum(name in listed for name in names) >= min(3, len(names))


@pytest.mark.parametrize(("region", "network"), [("10", "euroregion-baltic"), ("14", "svinesundskommitten")])
def test_a_dated_office_is_a_year(real: Dataset, region: str, network: str) -> None:
    own = roles.county_memberships(real, region).query("level == 'regional'").set_index("network_id")
    assert not own.at[network, "sure"]
    assert not own.at[network, "unsure"]


def test_a_day_that_is_not_known_leaves_the_year_as_it_is() -> None:
    assert "On which day in 2003 Regionförbundet Östsam took over is not known" in unknown("05")
    assert "årsskiftet 2004/05" in text_of(page("20"))


def test_of_holders_under_two_acts_the_lowest_certainty_is_told(real: Dataset) -> None:
    assert roles.holders_of(real, "09")["certainty"].tolist() == ["high", "medium"]
    assert "held the responsibility all the time from 1 July 1997 is not wholly sure" in unknown("09")


def test_a_county_formed_in_1997_had_nobody_before() -> None:
    assert "Länsstyrelsen i Skåne län (from 1 January 1997)" in text_of(page("12", "en"))


def test_years_outside_those_of_our_register_are_no_denial() -> None:
    assert "named in 1996–1998; our register of bodies has it from 1999" in unknown("05")
    assert "named in 2024; our register of bodies has it until 2022" in unknown("07")
    assert "did not exist" not in unknown("05") + unknown("07")
    (line,) = [
        row
        for name, table in tables_of(page("05", "en")).items()
        if name.startswith("Networks, coop")
        for row in table.frame.astype(str).agg(" | ".join, axis=1)
        if "Östsam" in row
    ]
    assert "since 1996, until 2014, when the member ceased to exist" in line


def test_an_annulled_signature_is_not_counted(real: Dataset) -> None:
    own = roles.county_memberships(real, "14").set_index(["actor_id", "network_id"])
    assert not own.at[("municipality:1480", "ican-cities-appeal"), "firm"]


def test_a_remark_read_after_the_end_has_the_years_of_the_tie() -> None:
    remarks = tables_of(page("12", "en"))["Remarks on the table"].frame
    (row,) = remarks[remarks["Network"].str.startswith("South Sweden Brussels")].values.tolist()
    assert "1994–2009" in row


def test_cooperation_with_municipalities_of_other_counties_is_told_apart() -> None:
    # int-00010: of the four cities one lies in the county of Uppsala, one in Västmanland.
    assert "Över länsgräns samverkar kommuner i Fyra Mälarstäder (4M)" in text_of(page("03"))
    text = text_of(page("19", "en"))
    assert "Proposals apart, of none of these forms is it told" in text
    assert "Across county borders municipalities cooperate in Four Mälar Cities" in text
