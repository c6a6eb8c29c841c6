"""The two languages have the same texts with the same fields, and numbers follow the language."""

import re
import string

import pytest

from natverk.errors import InvalidArgument, UnknownName
from natverk.locale import LANGUAGES, texts


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
