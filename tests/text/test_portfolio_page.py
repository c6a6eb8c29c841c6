"""The page of a review: its numbers are those of the measures, in both languages, with and without judgements."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import natverk
from natverk import figures
from natverk.errors import InvalidArgument, UnknownName
from natverk.figures import Notice, Picture
from natverk.portfolio import CORE, CRITERIA, RECOMMENDATIONS, Review, Rule, filled_sheet, fullest_review
from natverk.text import PortfolioReview, Table, read_sheet, tables

STOCKHOLM, NACKA, VANERSBORG, TABY = (f"municipality:{code}" for code in ("0180", "0182", "1487", "0160"))
# One review of four networks, single judgements, a summary only, nothing judged, nothing at all, one body of two roles.
ACTORS = (
    STOCKHOLM,
    "region:18",
    "municipality:0583",
    "municipality:1382",
    NACKA,
    VANERSBORG,
    TABY,
    "municipality:0980",
)
LANGUAGES = ("sv", "en")
WRONG = re.compile(r"\bnan\b|\bNone\b|<NA>|\{\w+\}|NaT|  |\b1 (omdömen|anknytningar|judgements|ties|networks)\b")


@cache
def measured(actor: str) -> tuple[pd.DataFrame, Review]:
    data = natverk.load()
    return natverk.documented(data, [actor], years=(1997, 2026)), fullest_review(data, actor)


@cache
def page_of(actor: str, lang: str = "sv") -> PortfolioReview:
    return PortfolioReview(natverk.load(), actor, Rule(), lang=lang)


@cache
def said(actor: str, lang: str) -> tuple[list[str], list[Table]]:
    """Return all sentences and tables of a page."""
    page, (own, review) = page_of(actor, lang), measured(actor)
    voices, blank = page.other_voices(own, review), page.blank(own, review)
    prose = [
        page.opening(own, review), page.portfolio(own, review), page.rule(), page.scores(review),
        page.other_years(review), page.beside(review), page.sensitivity(review, seed=0), page.missing(own, review),
        page.others(voices), page.sheet(), page.mistake(own, review),
    ]  # fmt: skip
    shown = [
        tables.portfolio.networks(page, own, review), tables.portfolio.criteria(page),
        tables.portfolio.scores(page, review), tables.portfolio.coded(page, review),
        tables.portfolio.other_years(page, review), tables.portfolio.compared(page, review),
        tables.portfolio.shares(page, review), tables.functions(page, page.actors),
        tables.missions(page, page.actors), tables.next_steps(page, page.actors),
        tables.portfolio.voices(page, voices), tables.portfolio.blank(page, blank),
    ]  # fmt: skip
    return [item.text for item in prose], shown


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_reads_well(actor: str, lang: str) -> None:
    sentences, shown = said(actor, lang)
    for sentence in sentences:
        assert not WRONG.search(re.sub(r"\n+ *-? *", "\n", sentence)), sentence
    for table in shown:
        cells = [str(cell) for row in table.frame.to_numpy() for cell in row]
        assert not [cell for cell in cells if cell in ("nan", "None", "<NA>", "NaT")], table.caption


@pytest.mark.parametrize("actor", ACTORS)
def test_both_languages_tell_the_same_numbers(actor: str) -> None:
    (swedish, tables_sv), (english, tables_en) = said(actor, "sv"), said(actor, "en")

    def numbers(text: str, lang: str) -> list[str]:
        # Names of networks have numbers of their own, and a long list of them is cut.
        for name in sorted(page_of(actor, lang).names.values(), key=len, reverse=True):
            text = text.replace(name, "")
        return sorted(re.sub(r"[.,]", "", n) for n in re.findall(r"[−]?\d+(?:[.,]\d+)*", text.replace("\xa0", "")))

    for one, other in zip(swedish, english, strict=True):
        assert numbers(one, "sv") == numbers(other, "en"), (one, other)
    assert [table.frame.shape for table in tables_sv] == [table.frame.shape for table in tables_en]


def test_stockholm_2011_stands_on_the_page() -> None:
    sentences, shown = said(STOCKHOLM, "sv")
    opening, portfolio, rule, scores, other, beside, sensitivity, missing = sentences[:8]
    _, review = measured(STOCKHOLM)
    for words in ("”utöka” för Eurocities", "”använd selektivt” för C40", "”lämna” för Metropolis och UCLG", "2011"):
        assert words in opening
    assert (
        f"{len(review.judgements)} omdömen om 4 nätverk" in opening
        or f"{len(review.judgements)} omdömen av 4" in opening
    )
    assert "regeln ger ”utöka”; översynen säger ”utöka och fortsätt”" in beside
    assert (
        "Att lämna Metropolis och UCLG är ett förslag i underlaget. Något beslut om utträde har inte hittats." in beside
    )
    assert "ingen validering" in beside
    assert "en enda kodares läsning" in beside
    assert "hade Eurocities 3 fullvärdiga svenska medlemmar år 2011" in portfolio
    assert "UCLG (genom annan)" in portfolio
    assert "2016, 2018, 2022" in other
    assert "minst 3 av 4 kärnsyften" in rule
    table = review.scores.set_index("network_id")
    assert f"C40 ({table.loc['c40', 'best']:.1f})".replace(".", ",") in scores
    steps = review.sensitivity[review.sensitivity["as_coded"] & (review.sensitivity["varied"] == "judgements")]
    assert f"det lägsta värdet {steps['share'].min():.0%}, för Eurocities".replace("%", "\xa0%") in sensitivity
    assert "För C40 är för få kärnsyften bedömda" in sensitivity
    assert missing.count("alla kriterier är bedömda") == 2
    columns = shown[2].frame
    assert columns["Regeln ger"].tolist() == ["använd selektivt", "utöka", "lämna", "lämna"]
    assert columns["Bedömda kriterier"].tolist() == ["3 av 7", "4 av 7", "7 av 7", "7 av 7"]


def test_a_departure_that_is_attested_is_no_mere_proposal() -> None:
    page = page_of(STOCKHOLM)
    text = page.beside(fullest_review(page.data, STOCKHOLM, 2016, draws=5)).text
    assert "Utträdet ur ECAD" in text
    assert "(2017)" in text
    assert "är ett förslag" not in text


def test_without_judgements_nothing_is_scored_and_evidence_feeds_nothing() -> None:
    sentences, shown = said(NACKA, "sv")
    own, review = measured(NACKA)
    assert review.judgements.empty
    assert len(review.scores) == len(review.sensitivity) == len(review.comparison) == 0
    assert "inte bedömt något nätverk" in sentences[0]
    assert "Det räknas aldrig om till omdömen" in sentences[7]
    missions = next(table for table in shown if table.caption == "Reserapporter och tjänsteresor")
    assert len(missions) > 0
    assert set(shown[0].frame["Bedömda kriterier"]) == {"0 av 7"}
    assert len(shown[-1]) == len(page_of(NACKA).firm(own))
    assert isinstance(figures.stability(page_of(NACKA).named(review.sensitivity)), Notice)


def test_an_actor_of_which_nothing_is_known_gets_a_sheet_all_the_same() -> None:
    sentences, shown = said(TABY, "sv")
    assert "inget medlemskap är dokumenterat" in sentences[0]
    assert shown[-1].frame["Nätverk"].tolist() == ["skriv nätverkets namn"] * 3


def test_a_summary_alone_is_no_answer() -> None:
    opening, *_ = said("municipality:1382", "sv")[0]
    assert "sammanfattande omdömen om Sveriges Ekokommuner" in opening
    assert "”lämna”" not in opening


def test_others_are_kept_apart() -> None:
    page, (own, review) = page_of(STOCKHOLM), measured(STOCKHOLM)
    voices = page.other_voices(own, review)
    assert STOCKHOLM not in set(voices["actor_id"])
    assert {"court", "municipality"} <= set(voices["evaluator_kind"])
    assert not set(voices["row_id"]) & set(review.judgements["row_id"])


def test_an_unknown_actor_has_no_page(real: natverk.Dataset) -> None:
    with pytest.raises(UnknownName, match="nearest"):
        PortfolioReview(real, "municipality:018", Rule())


def test_where_the_rule_differs_from_the_document_the_page_says_it(real: natverk.Dataset) -> None:
    later = fullest_review(real, STOCKHOLM, 2018, draws=10)
    swedish, english = (page_of(STOCKHOLM, lang) for lang in LANGUAGES)
    assert "ingen validering" in swedish.beside(later).text
    text = english.beside(later).text
    assert "no validation" in text
    assert "Eurocities: the rule gives “use selectively”, but the review says “expand”." in text
    gaps = english.missing(measured(STOCKHOLM)[0], later).text
    assert "no judgement of service development" in gaps
    assert "core purposes judged: 2" in gaps


def test_other_weights_stand_on_the_page() -> None:
    rule = Rule.of(["positioning", "influence", "cost_travel"], [2, 1, 1])
    page = PortfolioReview(natverk.load(), STOCKHOLM, rule, lang="sv")
    review = fullest_review(page.data, STOCKHOLM, rule=rule, draws=50)
    opening = page.opening(measured(STOCKHOLM)[0], review).text
    assert "profilering (50\xa0%), påverkan (25\xa0%) och kostnad och resor (25\xa0%)" in opening
    assert "minst 2 av 2 kärnsyften" in page.rule().text
    assert set(page.averaged(review)["criterion"]) == set(rule.weights)
    assert tables.portfolio.scores(page, review).frame["Bedömda kriterier"].tolist() == [
        "1 av 3", "2 av 3", "3 av 3", "3 av 3",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_of_the_page_is_read_as_it_is_shown(tmp_path: Path, lang: str) -> None:
    page, (own, review) = page_of(VANERSBORG, lang), measured(VANERSBORG)
    assert set(page.blank(own, review)["item"]) >= {"sern", "ensa", "icc"}
    shown = said(VANERSBORG, lang)[1][-1].frame.copy()
    shown.loc[0, [page.criterion("influence").capitalize()]] = ["-1"]
    path = natverk.coding.write_table(shown, tmp_path / "ark.csv", separator=",")
    assert filled_sheet(read_sheet(path))[["network_id", "criterion", "judgement"]].values.tolist() == [
        ["ENSA" if lang == "sv" else shown.iloc[0, 0], "influence", -1]
    ]
    # The lines that the page gives do the same.
    script = tmp_path / "lines.py"
    lines = page.sheet().text.split("```python\n")[1].split("```")[0]
    script.write_text(lines.replace(page.say("sheet.file"), path.as_posix()), encoding="utf-8")
    judged = runpy.run_path(str(script))["judged"]
    assert isinstance(judged, pd.DataFrame)
    assert judged["judgement"].tolist() == [-1]


# ---- the figures ----


@cache
def drawn(name: str, lang: str, actor: str = STOCKHOLM) -> Picture:
    page, (_, review) = page_of(actor, lang), measured(actor)
    if name == "grid":
        picture = figures.judgement_grid(
            page.averaged(review), page.named(review.scores), criteria=CRITERIA, core=CORE, lang=lang, source="Källa."
        )
    else:
        picture = figures.stability(page.named(review.sensitivity), lang=lang, source="Källa.")
    assert isinstance(picture, Picture)
    return picture


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["grid", "stability"])
@pytest.mark.parametrize("actor", [STOCKHOLM, "region:18"])
def test_no_text_covers_another(name: str, lang: str, actor: str) -> None:
    picture = drawn(name, lang, actor)
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    texts = [a for a in picture.figure.findobj(Text) if isinstance(a, Text) and a.get_text().strip()]
    boxes = [(a.get_text(), a.get_window_extent(renderer)) for a in texts]
    width, height = picture.figure.get_size_inches() * picture.figure.dpi
    for number, (text, box) in enumerate(boxes):
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, text
        for other, against in boxes[number + 1 :]:
            across = min(box.x1, against.x1) - max(box.x0, against.x0)
            along = min(box.y1, against.y1) - max(box.y0, against.y0)
            assert across <= 1 or along <= 1, (text, other)
    assert min(a.get_fontsize() for a in texts) >= 7


@pytest.mark.parametrize("lang", LANGUAGES)
def test_alternatives_tell_what_the_frames_hold(lang: str) -> None:
    _, review = measured(STOCKHOLM)
    page = page_of(STOCKHOLM, lang)
    grid, shares = drawn("grid", lang).alt, drawn("stability", lang).alt
    for row in page.scored(review).itertuples():
        best = page.t.number(row.best, 1).replace("-", "−")
        assert re.search(rf"{page.short(row.network_id)}: .*?{re.escape(best)} \(", grid)
        assert page.verdict(row.recommendation) in grid
    for network, own in review.sensitivity.groupby("network_id"):
        assert f"{page.short(network)}: " in shares
        assert own.groupby("varied")["share"].sum().round(9).tolist() == [1.0, 1.0]
    assert "−0,5" in drawn("grid", "sv").alt
    for picture in (drawn("grid", lang), drawn("stability", lang)):
        for words in (picture.alt, picture.caption):
            assert words.endswith(".")
            assert "{" not in words


def test_missing_cells_are_hatched_and_draws_coloured() -> None:
    _, review = measured(STOCKHOLM)
    hatched = [patch for patch in drawn("grid", "sv").figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == int(review.scores["n_missing"].sum()) + 1  # and the key
    assert set(figures.verdicts.VERDICTS) == set(RECOMMENDATIONS)


def test_wrong_frames_are_refused() -> None:
    shares = page_of(STOCKHOLM).named(measured(STOCKHOLM)[1].sensitivity)
    with pytest.raises(InvalidArgument, match="nearest: 'leave'"):
        figures.stability(shares.assign(recommendation="leav"))
    with pytest.raises(InvalidArgument, match="weights"):
        figures.stability(shares.assign(varied="weight"))
    with pytest.raises(InvalidArgument, match="no column 'draws'"):
        figures.stability(shares.drop(columns="draws"))
    scores = page_of(STOCKHOLM).named(measured(STOCKHOLM)[1].scores)
    with pytest.raises(InvalidArgument, match="unknown criterion"):
        figures.judgement_grid(
            page_of(STOCKHOLM).averaged(measured(STOCKHOLM)[1]), scores, criteria=["influence"], lang="sv"
        )


def test_an_office_that_two_sources_tell_of_counts_once() -> None:
    page, (own, review) = page_of("municipality:0182", "en"), measured("municipality:0182")
    # Nacka has been host once; it tried working groups and took part in a debate, which are no offices.
    assert "1 office" in page.missing(own, review).text
    assert len(tables.functions(page, page.actors)) == 3
