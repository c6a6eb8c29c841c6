"""Every rule of a cell has a sentence in both languages, with its values in it."""

from __future__ import annotations

import pandas as pd
import pytest

import natverk
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.locale import LANGUAGES, texts
from natverk.membership.panel import RULES
from natverk.membership.quality import BESIDE
from natverk.pages import explain_text

#: Values as `explain` gives them for each rule.
VALUES = {
    "attested": "first=2006, last=2010", "actor_not_formed": "exists_from=2003", "actor_dissolved": "exists_to=2015",
    "not_member": "list=ubc-2019", "left": "ended=2011", "network_not_founded": "founded=1991",
    "network_dissolved": "dissolved=2012", "presumed": "last_attested=2020, carry_forward=3",
    "after_list": "last_attested=2020, list=ubc-2022", "after_proposal": "last_attested=2010, proposal=2011",
    "after_carry_forward": "last_attested=2016, carry_forward=3", "part_of_year": "start=2007, part_year=whole",
    "before_first": "first_attested=2008", "before_end": "ended=2009", "undated": "", "never_attested": "",
    "not_counted": "status=applicant/indirect", "list_not_covering": "list=eu-mission-100-2022",
    "list_full_only": "list=eurocities-2011", "list_uncertain": "list=kimo-2015, certainty=medium", "eligible": "",
    "not_eligible_level": "eligible_levels=municipality;region",
    "not_eligible_size": "population=61234, min_population=250000, max_population=900000", "not_eligible_rule": "",
}  # fmt: skip


def said(rule: str, lang: str) -> str:
    return str(explain_text(pd.DataFrame({"rule": [rule], "values": [VALUES[rule]]}), lang).item())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", [*RULES, *BESIDE])
def test_every_rule_has_a_sentence_with_its_values(rule: str, lang: str) -> None:
    sentence = said(rule, lang)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "{" not in sentence
    for value in VALUES[rule].replace(" ", "").split(","):
        name, _, own = value.partition("=")
        if name in ("population", "min_population", "max_population"):
            assert texts(lang).number(int(own)) in sentence
        elif name == "carry_forward":
            assert str(int(VALUES[rule].partition("=")[2][:4]) + int(own)) in sentence
        elif name not in ("", "status", "eligible_levels", "part_year", "certainty"):
            assert own in sentence


def test_both_languages_have_sentences_for_these_rules_only() -> None:
    for lang in LANGUAGES:
        rules = {key.split(".")[2] for key in sorted(texts(lang).keys()) if key.startswith("explain.rule.")}
        assert rules == {*RULES, *BESIDE} == set(VALUES)


@pytest.mark.parametrize(
    ("rule", "sv", "en"),
    [
        ("presumed", "Senast belagt 2020; antas vara medlem till och med 2023.",
         "Last attested in 2020; presumed to be a member until 2023."),
        ("not_counted", "Det som källorna nämner räknas inte som medlemskap: sökande och genom annan.",
         "What the sources mention does not count as membership: applicant and through another."),
        ("not_eligible_level", "Nätverket tar bara emot kommuner och regioner.",
         "The network admits municipalities and regions only."),
    ],
)  # fmt: skip
def test_words_are_those_of_the_language(rule: str, sv: str, en: str) -> None:
    assert said(rule, "sv") == sv
    assert said(rule, "en") == en


def test_reasons_of_the_real_data(real: Dataset) -> None:
    cells = natverk.panel(real, actors=["Botkyrka", "Täby", "Region Skåne"], years=(2017, 2020))
    reasons = natverk.explain(real, cells)
    for lang in LANGUAGES:
        assert (explain_text(reasons, lang).str.len() > 10).all()
    assert explain_text(natverk.explain(real, "mem-00001")).tolist() == [""]
    with pytest.raises(InvalidArgument, match="'sv', 'en'"):
        explain_text(reasons, "se")
    with pytest.raises(InvalidArgument, match="no column 'rule'"):
        explain_text(cells)
