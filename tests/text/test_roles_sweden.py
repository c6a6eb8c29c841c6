"""The country's page: its numbers are the measures', it reads well in both languages, and its anchors stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import pandas as pd
import pytest

import natverk
from natverk import figures
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.figures import Notice, Picture
from natverk.figures.formal import LEVELS
from natverk.figures.marks import Words
from natverk.text import SwedenReport, Table, swedenframes
from natverk.text.table import Foreign
from natverk.text.tables import sweden
from natverk.twomode.structure import shared_networks

Make = Callable[..., Dataset]
LANGUAGES = ("sv", "en")
WRONG = re.compile(
    r"\b1 (kommuner|medlemskap belagda|källor|municipalities|memberships|networks|sources|counties)\b"
    r"|\bnan\b|\bNone\b|<NA>|\b0[.,]0 ?%|\{\w+\}|NaT|(?<!\n)  (?!\n)"
)


@cache
def data() -> Dataset:
    return natverk.load()


@cache
def measured() -> dict[str, Any]:
    """Measure once what the notebook measures; the null model with fewer draws."""
    one = data()
    page = SwedenReport(one, years=(1997, 2026))
    counts = natverk.roles.responsibility_counts(one, page.held_years)
    roles = natverk.roles.practised(one)
    every = natverk.twomode.incidence_matrix(one)
    ties = natverk.twomode.incidence_matrix(one, networks=natverk.twomode.open_to_both(one))
    shared, shared_all = shared_networks(one, ties), shared_networks(one, every, nested=False)
    return {
        "held": natverk.roles.responsibility(one),
        "counts": counts,
        "transfers": natverk.roles.transfers(one),
        "at": natverk.roles.responsibility_at(one, page.counted_on),
        "roles": roles,
        "levels": swedenframes.theme_levels(roles),
        "tasks": {str(year): natverk.roles.formal(one, year, on="start") for year in page.task_years(counts)},
        "compared": natverk.roles.compare(one, page.compare_year(counts)),
        "every": every,
        "test": natverk.twomode.null_test(ties, shared, n=19, seed=1),
        "test_all": natverk.twomode.null_test(every, shared_all, n=19, seed=1),
        "overlap": natverk.twomode.region_overlap(one, open_to="both"),
        "listed": natverk.models.listed_participation(one, year=page.list_year),
        "documented": natverk.models.documented_participation(one, year=page.population_year),
        "joins": natverk.spells(one, actors=one.municipalities["actor_id"], counts_as="membership"),
        "bodies": natverk.roles.joint_bodies(one),
        "across": natverk.roles.cross_border(one),
        "published": natverk.benchmarks.recomputed(one),
        "found": natverk.disagreements(one),
    }


@cache
def said(lang: str) -> tuple[dict[str, str], list[Table]]:
    """Return all sentences and tables of the page."""
    page = SwedenReport(data(), years=(1997, 2026), lang=lang)
    m = measured()
    before, after = m["tasks"].values()
    years = page.task_years(m["counts"])
    coverage = m["every"].coverage
    prose = {
        "opening": page.opening(m["counts"], m["transfers"], m["levels"], coverage, m["joins"]),
        "origin": page.origin(),
        "responsibility": page.responsibility(m["counts"], m["transfers"], m["at"]),
        "formal": page.formal(before, after, years),
        "practised": page.practised(m["roles"], m["levels"]),
        "compared": page.compared(m["compared"], m["counts"]),
        "overlap": page.overlap(m["test"], m["test_all"], 64, page.n_membership_networks),
        "conditions": page.conditions(m["test"]),
        "listed": page.model(m["listed"]),
        "documented": page.model(m["documented"]),
        "bodies": page.bodies(m["bodies"], m["across"]),
        "benchmarks": page.benchmarks(m["published"]),
        "unknown": page.unknown(coverage, m["transfers"], after, m["found"], m["joins"]),
        "audit": page.audit(),
        "mistake": page.mistake(m["held"], m["bodies"]),
    }
    tables = [
        sweden.counts(page, m["counts"]),
        sweden.responsibility(page, m["held"]),
        sweden.formal(page, after, years[1]),
        sweden.findings(page),
        sweden.levels(page, m["levels"]),
        sweden.outcomes(page, natverk.roles.summary_by_county(m["compared"])),
        sweden.overlap(page, m["overlap"]),
        sweden.lists(page, m["listed"]),
        sweden.bodies(page, m["bodies"]),
        sweden.cross_border(page, m["across"]),
        sweden.benchmarks(page, m["published"]),
    ]
    return {name: item.text for name, item in prose.items()}, tables


def numbers(text: str) -> list[str]:
    found = re.findall(r"\d+(?:[.,]\d+)*", text.replace("\xa0", ""))
    return sorted(re.sub(r"[.,]", "", number) for number in found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_reads_well(lang: str) -> None:
    sentences, tables = said(lang)
    for name, text in sentences.items():
        assert not WRONG.search(text), (name, WRONG.search(text))
        assert text.strip(), name
    for table in tables:
        assert len(table), table.caption
        cells = [str(cell) for row in table.frame.to_numpy() for cell in row]
        assert not [cell for cell in cells if cell in ("nan", "None", "<NA>", "NaT")], table.caption


def test_both_languages_tell_the_same_numbers() -> None:
    (swedish, tables_sv), (english, tables_en) = said("sv"), said("en")
    for name in swedish:
        one, other = swedish[name], english[name]
        assert numbers(one) == numbers(other), (name, one, other)
    for table_sv, table_en in zip(tables_sv, tables_en, strict=True):
        assert table_sv.frame.shape == table_en.frame.shape
        assert table_sv.caption != table_en.caption


def test_anchors_of_the_responsibility_stand_in_text_and_table() -> None:
    sentences, tables = said("sv")
    assert (
        "i april 2018, hade en region ansvaret i 14 län, ett kommunalt samverkansorgan i 6 och"
        in (sentences["responsibility"])
    )
    assert "länsstyrelsen i 1." in sentences["responsibility"]
    assert "Sedan den 1 januari 2019 har en region ansvaret i alla 21 län" in sentences["responsibility"]
    assert "alla 21 län sedan 2019" in sentences["opening"]
    rows = {row["Från år"]: row for row in tables[0].frame.to_dict("records")}
    assert rows["2019"]["Region"] == "21"
    assert [rows["2017"][name] for name in ("Region", "Samverkansorgan", "Staten")] == ["14", "6", "1"]
    assert rows["2003"]["Samverkansorgan"] == "5 (5–7)", "an interval start is no certain count"


def test_the_question_has_its_origin_and_source() -> None:
    origin = said("sv")[0]["origin"]
    assert "den 25 april 2017" in origin
    assert "Arena för Tillväxt" in origin
    assert "[1](#source-1)" in origin
    rai = data().rai.query("level == 'country'").sort_values("year")
    assert f"{rai['year'].iloc[-1]}" in origin
    constant = rai[rai["year"] >= 2000]["rai"]
    assert constant.nunique() == 1
    assert "12,0, för varje år 2000–2018" in origin


def test_numbers_in_sentences_are_those_of_the_measures() -> None:
    sentences, _ = said("en")
    m = measured()
    levels = m["levels"]
    assert f"{levels['several'].sum()} (44%) are attested at two or more levels" in sentences["practised"]
    assert round(levels["several"].sum() / levels["themes"].sum(), 2) == 0.44
    own = levels[levels["county_code"] != "09"]
    assert f"attested in {own['several'].min()} of 18 themes" in sentences["opening"]
    compared = m["compared"]
    assert f"{(compared['outcome'] == 'agreement').sum()} of {len(compared)}" in sentences["compared"]
    assert int(compared["year"].iloc[0]) == 2019, "the first year with regions in all counties"
    row = m["test"].frame.set_index("item").loc["sweden"]
    assert f"share {row['observed']:.0f} networks" in sentences["overlap"]
    assert f"it is {row['mean']:.1f} on average" in sentences["overlap"]
    own = m["listed"].coefficients.query("family == 'poisson'").set_index("term")["coefficient"]
    assert f"goes with {2 ** own['log_population']:.1f} times" in sentences["listed"]
    n_dated = (m["joins"]["start_basis"] == "stated").sum()
    assert f"only {n_dated} of {len(m['joins'])}" in sentences["opening"]
    outcome = m["published"]["outcome"].value_counts()
    assert f"{outcome['equal']} equal ours, {outcome['differs']} differ" in sentences["benchmarks"]
    assert f"{len(m['bodies'])} joint bodies" in sentences["bodies"]
    before, after = m["tasks"].values()
    for frame in (before, after):
        regional = frame.query("level == 'regional' and validity == 'valid'")
        assert str(regional["n_tasks"].sum()) in numbers(sentences["formal"])
    assert list(m["tasks"]) == ["2010", "2026"]


def test_the_model_states_no_p_value_and_the_null_model_what_it_rests_on() -> None:
    sentences, _ = said("en")
    for name in ("listed", "documented"):
        assert "no standard errors or p-values" in sentences[name]
        assert not re.search(r"\bp = ", sentences[name])
    assert "Conditional on documentation" in sentences["conditions"]
    assert "a model of documentation" in SwedenReport(data(), years=(1997, 2026), lang="en").say(
        "model.documented_title"
    )


def test_years_that_are_compared_have_no_thousands() -> None:
    table = said("sv")[1][-1]
    outcomes = " ".join(str(cell) for cell in table.frame["Utfall"])
    assert "publicerat 1995, vårt 1995" in outcomes
    assert "\xa0" not in outcomes
    assert table.frame["Utfall"].iloc[0].startswith("avviker"), "differences first"
    assert all(str(cell) for cell in table.frame["Källor"])


@pytest.mark.parametrize("years", [(1990, 2024), (2005, 2012), (2019, 2019), (1980, 1996)])
def test_other_periods_give_a_page_too(years: tuple[int, int]) -> None:
    page = SwedenReport(data(), years=years, lang="sv")
    counts = natverk.roles.responsibility_counts(data(), page.held_years)
    m = measured()
    texts = [
        page.opening(counts, m["transfers"], m["levels"], m["every"].coverage, m["joins"]).text,
        page.responsibility(counts, m["transfers"], m["at"]).text,
        page.compared(m["compared"], counts).text,
    ]
    for text in texts:
        assert not WRONG.search(text), WRONG.search(text)
    first, last = page.held_years
    if last < 2019:
        held = counts[(counts["year"] == last) & (counts["best"] > 0)]
        assert all(f" i {n} län" in texts[0] for n in held["best"])
        assert " 0 län" not in texts[0]
    assert 1997 <= first <= last <= 2026
    assert ("alla 21 län sedan" in texts[0]) == (last >= 2019)
    before, after = page.task_years(counts)
    assert 1997 <= before <= after


# --- Figures ----------------------------------------------------------------------------------------------------------


@cache
def drawn(name: str, lang: str) -> Picture:
    m, look = measured(), {"lang": lang, "source": "Källa: natverk."}
    page = SwedenReport(data(), years=(1997, 2026), lang=lang)
    models = {page.say("model.listed"): m["listed"], page.say("model.documented"): m["documented"]}
    make: dict[str, Callable[[], Picture | Notice]] = {
        "strips": lambda: figures.county_strips(swedenframes.strip_frame(data(), m["held"]), **look),
        "counts": lambda: figures.holder_counts(m["counts"], **look),
        "formal": lambda: figures.formal_matrix(swedenframes.formal_frame(page, page.dated(m["tasks"])), **look),
        "themes": lambda: figures.county_themes(swedenframes.theme_frame(data(), m["roles"]), **look),
        "tiles": lambda: figures.tile_map(swedenframes.level_tiles(page, m["levels"]), what="antal", **look),
        "outcomes": lambda: figures.role_outcomes(swedenframes.outcome_frame(page, m["compared"]), when="2019", **look),
        "null": lambda: figures.dot_ranges(swedenframes.null_frame(page, m["test"]), **page.words("overlap"), **look),
        "model": lambda: figures.dot_ranges(
            swedenframes.model_frame(page, models), log=True, reference=1.0, decimals=2, **page.words("model"), **look
        ),
        "bodies": lambda: figures.tile_map(swedenframes.body_tiles(page, m["bodies"]), what="antal", **look),
    }
    picture = make[name]()
    assert isinstance(picture, Picture)
    return picture


FIGURES = ("strips", "counts", "formal", "themes", "tiles", "outcomes", "null", "model", "bodies")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_covers_another_or_is_cut_off(name: str, lang: str) -> None:
    picture = drawn(name, lang)
    words = [mark for mark in picture.marks if isinstance(mark, Words) and mark.text.strip()]
    placed = [(mark.text, mark.box) for mark in words]
    assert min(mark.face.points for mark in words) >= 7
    for text, (left, top, right, bottom) in placed:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= picture.width, text
        assert bottom <= picture.height, text
    for (one, a), (two, b) in combinations(placed, 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        along = min(a[3], b[3]) - max(a[1], b[1])
        assert across <= 1 or along <= 1, f"{one!r} and {two!r} overlap by {across:.1f} x {along:.1f}"


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_the_same_numbers_in_both_languages(name: str) -> None:
    swedish, english = drawn(name, "sv"), drawn(name, "en")
    assert numbers(swedish.alt) == numbers(english.alt)
    for picture in (swedish, english):
        for words in (picture.caption, picture.alt):
            assert words.endswith(".")
            assert not re.search(r"\{|None|\bnan\b", words), words
            assert words[0].isupper()


def test_alternatives_carry_the_findings() -> None:
    strips = drawn("strips", "en").alt
    assert "Västmanland: state until 2017, then region." in strips
    assert "Jämtland: state until 2007–2013, then joint body until 2015, then region." in strips
    assert "Gotland: state until 1997, then municipality and region in one." in strips
    counts = drawn("counts", "en").alt
    assert "Region: 0 in 1997, 4 in 2011, 10 in 2015, 14 in 2017, 21 in 2019." in counts
    assert "5 (at least 5, at most 7) in 2003" in counts
    themes = drawn("themes", "sv").alt
    by_theme = measured()["roles"].query("theme == 'culture'")["attested_pattern"]
    several = int(by_theme.str.contains("+", regex=False).sum())
    none = int((by_theme == "none attested").sum())
    assert f"Kultur: två eller fler nivåer i {several}, en i {21 - several - none}, inget i {none}" in themes
    skane = measured()["test"].frame.set_index("item").loc["12"]
    assert (
        f"Skåne: {skane['observed']:.0f} ({skane['null_low']:.0f}–{skane['null_high']:.0f})" in drawn("null", "en").alt
    )


def test_formal_cells_hold_the_strongest_dated_obligation() -> None:
    page = SwedenReport(data(), years=(1997, 2026), lang="en")
    frame = swedenframes.formal_frame(page, measured()["tasks"])
    assert len(frame) == 2 * frame["policy_area"].nunique() * len(LEVELS)
    cell = frame.set_index(["date", "policy_area", "level"])
    assert cell.loc[("2026", "Spatial planning", "municipal"), "strength"] == "mandatory"
    assert pd.isna(cell.loc[("2010", "Spatial planning", "municipal"), "strength"])
    undated = cell.loc[("2026", "Health care", "regional")]
    assert (undated["n_dated"], undated["n_undated"], pd.isna(undated["strength"])) == (0, 1, True)


EMPTY: dict[str, Callable[[str], Picture | Notice]] = {
    "strips": lambda lang: figures.county_strips(
        swedenframes.strip_frame(data(), measured()["held"]).head(0), lang=lang
    ),
    "counts": lambda lang: figures.holder_counts(measured()["counts"].head(0), lang=lang),
    "formal": lambda lang: figures.formal_matrix(
        pd.DataFrame(columns=["policy_area", "level", "date", "strength", "n_dated", "n_undated"]), lang=lang
    ),
    "themes": lambda lang: figures.county_themes(
        swedenframes.theme_frame(data(), measured()["roles"].assign(municipal_low=0, regional_low=0, joint_low=0)),
        lang=lang,
    ),
    "outcomes": lambda lang: figures.role_outcomes(
        pd.DataFrame(columns=["policy_area", "outcome", "n", "reason"]), lang=lang
    ),
    "ranges": lambda lang: figures.dot_ranges(
        pd.DataFrame(columns=["label", "group", "value", "low", "high", "note"]), lang=lang, axis="nätverk"
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_nothing_known_is_said_plainly(name: str, lang: str) -> None:
    notice = EMPTY[name](lang)
    assert isinstance(notice, Notice)
    assert notice.message.endswith(".")


def test_ranges_refuse_what_they_cannot_draw() -> None:
    frame = pd.DataFrame({"label": ["a"], "group": [""], "value": [0.0], "low": [0.0], "high": [1.0], "note": [""]})
    with pytest.raises(InvalidArgument, match="logarithmic scale has no 0"):
        figures.dot_ranges(frame, log=True)
    three = pd.concat([frame.assign(group=name) for name in ("x", "y", "z")])
    with pytest.raises(InvalidArgument, match="3 groups"):
        figures.dot_ranges(three)


# --- Measures behind the page -----------------------------------------------------------------------------------------


def test_joint_bodies_count_each_member_once(make: Make) -> None:
    name = "municipality:0101"
    one = make(
        bodies=[{"body_id": "body:forbundet", "name": "F", "name_sv": "F", "form": "kf", "form_class": "federation"}],
        body_members=[
            {"body_id": "body:forbundet", "member_actor_id": name, "derived": "no"},
            {"body_id": "body:forbundet", "member_actor_id": name, "derived": "yes", "source_id": "other"},
            {"body_id": "body:forbundet", "member_actor_id": "municipality:0102", "derived": "yes"},
            {"body_id": "body:forbundet", "member_actor_id": "region:01", "derived": "no"},
            {"body_id": "body:forbundet", "derived": "no"},
        ],
        responsibility=[
            {
                "county_code": "01", "holder_actor_id": "body:forbundet", "holder_name": "F", "start": "2003-01-01",
                "holder_type": "samverkansorgan", "start_earliest": "2003-01-01", "start_latest": "2003-01-01",
            }
        ],
    )  # fmt: skip
    row = natverk.roles.joint_bodies(one).iloc[0]
    assert (row["n_municipalities"], row["n_regions"], row["n_derived"]) == (2, 1, 1)
    assert bool(row["held"])
    assert row["source_ids"] == "src;other"


def test_cross_border_networks_count_documented_actors_by_level(make: Make) -> None:
    one = make(
        {"a": "municipality:0101", "n": "gr", "seen": 2010},
        {"a": "municipality:0101", "n": "gr", "seen": 2014, "source": "other"},
        {"a": "municipality:0102", "n": "gr", "status": "reporting", "seen": 2014},
        {"a": "region:01", "n": "gr"},
        {"a": "municipality:0101", "n": "net", "seen": 2014},
        networks=[
            {"network_id": "gr", "type": "cross_border"},
            {"network_id": "net"},
            {"network_id": "tom", "type": "cross_border"},
        ],
    )
    frame = natverk.roles.cross_border(one).set_index("network_id")
    assert list(frame.index) == ["gr", "tom"]
    assert frame.loc["gr", ["n_municipal", "n_regional", "n_joint"]].tolist() == [1, 1, 0]
    assert frame.loc["gr", ["since", "last_seen"]].tolist() == [2010, 2014]
    assert frame.loc["gr", "source_ids"] == "src;other"
    assert pd.isna(frame.loc["tom", "since"])


def test_published_figures_lead_to_the_pages_they_were_read_on() -> None:
    page = SwedenReport(data(), years=(1997, 2026), lang="sv")
    shown = sweden.benchmarks(page, natverk.benchmarks.recomputed(data()))
    assert all(re.fullmatch(r"[\d, ]+", str(cell)) for cell in shown.frame["Källor"])
    cited = page.references.frame().set_index("source_id")
    assert cited.loc["fig-00002", "title"] == "Viable Cities: 23 Swedish cities work together"
    assert str(cited.loc["fig-00002", "url"]).startswith("https://viablecities.se/")
    assert not re.search(r'"nan"|\bnan\b', page.source_list()._repr_html_())


def test_every_topic_of_an_evaluation_has_words_in_both_languages() -> None:
    for lang, word in (("sv", "rollfördelning"), ("en", "division of roles")):
        page = SwedenReport(data(), years=(1997, 2026), lang=lang)
        cells = sweden.findings(page).frame.iloc[:, 2]
        assert word in set(cells)
        assert not [cell for cell in cells if isinstance(cell, Foreign)]


def test_none_is_said_in_words() -> None:
    assert "Varken ersättning eller lucka är belagd i något fall." in said("sv")[0]["compared"]
    assert "Neither substitution nor a gap is established in any case." in said("en")[0]["compared"]
