"""The language of a page: labels, sentences, numbers and lists in Swedish and English.

The texts stand in `natverk/locale/<lang>/<part>.toml`, one file a part of the software; `Texts` reads
those of one language once and is handed down to figures, tables and sentences, so that the language
is set in a single place. Numbers, percentages, lists and plurals follow the Unicode CLDR (Babel).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from natverk.errors import InvalidArgument, UnknownName

__all__ = ["LANGUAGES", "Texts", "genitive", "texts"]

LANGUAGES: tuple[str, ...] = ("sv", "en")
_BABEL = {"sv": "sv_SE", "en": "en_GB"}


def genitive(name: str, lang: str = "sv") -> str:
    """Return the genitive of a name; a Swedish one that ends in s, x or z stays as it is.

    What a municipality is officially called is not derived from it but stands in `municipalities.name_official`: Kalmar
    kommun, Falu kommun, Orust kommun.

    >>> genitive("Vänersborg"), genitive("Borås"), genitive("Överkalix"), genitive("SKR"), genitive("C40")
    ('Vänersborgs', 'Borås', 'Överkalix', 'SKR:s', 'C40:s')
    >>> genitive("Borås", "en")
    "Borås's"
    """
    if lang != "sv":
        return f"{name}'s"
    # Numbers and what is read letter by letter take a colon, whatever letter is the last.
    if len(name) > 1 and (name.isupper() or name[-1].isdecimal()):
        return f"{name}:s"
    return name if name.casefold().endswith(("s", "x", "z")) else f"{name}s"


class Texts:
    """All texts of one language, looked up by a dotted key whose first part is the file.

    Parameters
    ----------
    lang
        `"sv"` or `"en"`.

    Examples
    --------
    >>> sv = texts("sv")
    >>> sv.number(1234567), sv.percent(0.384), sv.join(["SERN", "ENSA", "ICC"])
    ('1\\xa0234\\xa0567', '38\\xa0%', 'SERN, ENSA och ICC')
    >>> sv.count("common.municipality", 1), sv.count("common.municipality", 49)
    ('1 kommun', '49 kommuner')
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise InvalidArgument(f"unknown language {lang!r}", where="lang", allowed=LANGUAGES, value=lang)
        self.lang = lang
        self.babel = Locale.parse(_BABEL[lang])
        folder = Path(__file__).parent / lang
        self._texts: dict[str, Any] = {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))
        }

    def __repr__(self) -> str:
        return f"Texts({self.lang!r})"

    def _find(self, key: str) -> Any:
        node: Any = self._texts
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise UnknownName(
                    f"no text {key!r} in language {self.lang!r}",
                    where=f"natverk/locale/{self.lang}",
                    allowed=sorted(node) if isinstance(node, dict) else [],
                    value=part,
                )
            node = node[part]
        return node

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key` with `{name}` fields filled from `values`."""
        text = self._find(key)
        if not isinstance(text, str):
            raise UnknownName(f"{key!r} is a group of texts, not a text", allowed=sorted(text))
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Say whether there is a text of this key."""
        try:
            self._find(key)
        except UnknownName:
            return False
        return True

    def group(self, key: str) -> dict[str, str]:
        """Return the texts below a key, such as the forms of a noun.

        >>> texts("sv").group("nouns.municipality")["one"]
        'en kommun'
        """
        node = self._find(key)
        if not isinstance(node, dict):
            raise UnknownName(f"{key!r} is a text, not a group of texts", where=f"natverk/locale/{self.lang}")
        return {str(name): str(text) for name, text in node.items()}

    def count(self, key: str, n: int, *, words: bool = False, **values: object) -> str:
        """Return a counted noun: the text group of `key` has the plural forms `one` and `other`.

        `words` gives numbers below ten in words, as running text has them.
        """
        form = self._find(key).get(self.babel.plural_form(n)) or self._find(key)["other"]
        return str(form.format(n=self.small(n) if words else self.number(n), **values))

    def small(self, n: int) -> str:
        """Return a whole number as running text has it: in words below ten, in digits from there on."""
        words = str(self("nouns.numbers")).split(" ")
        return words[n] if n < len(words) else self.number(n)

    def number(self, value: float, decimals: int = 0) -> str:
        """Format a number with the language's decimal mark and thousands separator."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, format=pattern, locale=self.babel))

    def percent(self, share: float, decimals: int = 0) -> str:
        """Format a share between 0 and 1 as a percentage; a share too small to show reads `<1 %`."""
        smallest = 10.0 ** -(decimals + 2)
        if 0 < share < smallest:
            return "<" + self.percent(smallest, decimals)
        space = "\xa0" if self.lang == "sv" else ""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + space + "%"
        return str(format_percent(share, format=pattern, locale=self.babel))

    def join(self, items: list[str]) -> str:
        """Join items as a sentence does: `a, b och c`."""
        return str(format_list(items, locale=self.babel)) if items else ""

    def keys(self) -> set[str]:
        """Return all dotted keys; the two languages must have the same ones."""

        def walk(node: Any, prefix: str) -> set[str]:
            if not isinstance(node, dict):
                return {prefix}
            return {key for part, child in node.items() for key in walk(child, f"{prefix}.{part}" if prefix else part)}

        return walk(self._texts, "")


@cache
def texts(lang: str) -> Texts:
    """Return the texts of a language; read once a process."""
    return Texts(lang)
