"""The two languages have the same texts with the same fields, and numbers follow the language."""

import re
import string

import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import LANGUAGES, genitive, texts


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert texts("sv").keys() == texts("en").keys()


@pytest.mark.parametrize("key", sorted(texts("sv").keys()))
def test_a_text_has_the_same_fields_in_both_languages(key: str) -> None:
    assert fields(texts("sv")(key)) == fields(texts("en")(key)), key


#: Words that are the same in both languages.
SHARED = {
    "",
    "natverk",
    "notebook",
    "regional",
    "region",
    "form",
    "relation",
    "period",
    "data",
    "status",
    "forum",
    "agenda",
    "km",
    "nodf",
    "index",
}


def test_no_text_is_left_in_the_other_language() -> None:
    same = [key for key in sorted(texts("sv").keys()) if texts("sv")(key) == texts("en")(key)]
    words = {key: re.sub(r"\{\w+\}|[^a-zåäö]", "", texts("sv")(key).lower()) for key in same}
    assert not {key: word for key, word in words.items() if word not in SHARED}


def test_numbers_follow_the_language() -> None:
    assert texts("sv").number(1234.5, 1) == "1\xa0234,5"
    assert texts("en").number(1234.5, 1) == "1,234.5"
    assert texts("sv").percent(0.0004, 1) == "<0,1\xa0%"
    assert texts("sv").percent(0) == "0\xa0%"
    assert texts("en").count("common.municipality", 1) == "1 municipality"


def test_unknown_language_and_key_name_what_there_is() -> None:
    with pytest.raises(InvalidArgument, match="'sv', 'en'"):
        texts("se")
    with pytest.raises(UnknownName, match="nearest: 'municipality'"):
        texts("sv")("common.municpality")
    assert LANGUAGES == ("sv", "en")


def test_a_genitive_knows_names_that_end_in_s_x_and_z() -> None:
    names = [
        "Borås",
        "Kalix",
        "Nancy-Metz",
        "Västra Götalandsregionen",
        "Region Kalmar län",
        "UBC",
        "EUROCITIES",
        "C40",
    ]
    assert [genitive(name) for name in names] == [
        "Borås",
        "Kalix",
        "Nancy-Metz",
        "Västra Götalandsregionens",
        "Region Kalmar läns",
        "UBC:s",
        "EUROCITIES:s",
        "C40:s",
    ]
    assert genitive("Stockholm", "en") == "Stockholm's"


def test_no_text_makes_a_genitive_by_itself() -> None:
    made = re.compile(r"\{\w+\}s\b|\{\w+\}['’]s\b|\{\w+\}:s\b")
    for lang in LANGUAGES:
        for key in sorted(texts(lang).keys()):
            assert not made.search(texts(lang)(key)), (lang, key)


def test_official_names_are_what_municipalities_call_themselves(real: Dataset) -> None:
    official = real.municipalities.set_index("name")["name_official"]
    called = {
        "Kalmar": "Kalmar kommun",
        "Falun": "Falu kommun",
        "Orust": "Orust kommun",
        "Kalix": "Kalix kommun",
        "Överkalix": "Överkalix kommun",
        "Lidköping": "Lidköpings kommun",
        "Lund": "Lunds kommun",
        "Göteborg": "Göteborgs Stad",
        "Borås": "Borås Stad",
        "Solna": "Solna stad",
    }
    assert official[list(called)].to_dict() == called
    # None has the s of the rule where s, x or z stands before it, and no name is anything else than a name and a noun.
    assert not official.str.contains(r"[sxz]s (?:kommun|[Ss]tad)$").any()
    assert official.str.fullmatch(r".+ (?:kommun|[Ss]tad)").all()


def test_who_calls_itself_a_town_is_borne_out_by_a_source(real: Dataset) -> None:
    official = real.municipalities["name_official"]
    towns = official[official.str.casefold().str.endswith(" stad")]
    told = " ".join([*real.sources["publisher"].dropna(), *real.sources["title"]])
    assert len(towns) == 14
    assert [name for name in towns if name not in told] == []
