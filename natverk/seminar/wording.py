"""What the seminar says to students, in Swedish and English: one file of hints a language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from natverk.errors import InvalidArgument
from natverk.locale import LANGUAGES


@cache
def hints(lang: str) -> dict[str, Any]:
    """Return the hints of a language, by exercise; `general` holds what belongs to none.

    >>> hints("sv")["general"]["right"]
    'Rätt.'
    """
    if lang not in LANGUAGES:
        raise InvalidArgument(f"unknown language {lang!r}", where="lang", allowed=LANGUAGES, value=lang)
    return tomllib.loads((Path(__file__).parent / "hints" / f"{lang}.toml").read_text(encoding="utf-8"))
