"""Names of regions as people write them, resolved to county codes.

A region can be given by its county code, by the name of the county or of the region, by a common
short form, by its county letter or by its NUTS 3 code. Case, accents and punctuation do not matter.
What is not recognised is refused with the nearest name: a report under the wrong name is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from natverk.errors import InvalidArgument, UnknownName

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHORT_FORMS", "county_forms", "fold", "resolve_region", "unknown_region"]

# Short forms that cannot be derived from the columns of `counties`: (form, county code, reason).
SHORT_FORMS: tuple[tuple[str, str, str], ...] = (
    ("VGR", "14", "abbreviation of Västra Götalandsregionen"),
    ("VG", "14", "abbreviation of Västra Götaland"),
    ("RJL", "06", "abbreviation of Region Jönköpings län"),
    ("RJH", "23", "abbreviation of Region Jämtland Härjedalen"),
    ("Västergötland", "14", "province, most of which lies in Västra Götalands län"),
    ("Sörmland", "04", "everyday name of Södermanland, and the name in Region Sörmland"),
    ("Sthlm", "01", "abbreviation of Stockholm in everyday writing"),
)


def fold(text: str) -> str:
    """Return `text` without case, accents and punctuation, the form in which names are compared.

    >>> fold("  Västra-Götalands LÄN ")
    'vastra gotalands lan'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def county_forms(county: Mapping[str, str]) -> Iterable[str]:
    """Yield the ways of writing one county, a row of `counties` as texts."""
    short, region = county["name_short"], county["region_name"]
    yield from (county["county_code"], county["name"], short, county["letter"], county["nuts3"])
    yield from (region, region.removeprefix("Region "), county["region_actor_id"])
    # The region of a county is addressed by its own code too, also on Gotland where the actor is the municipality.
    yield f"region:{county['county_code']}"
    yield from (f"{short} län", f"region {short}", f"region {short} län", f"region {county['name']}")
    yield from (f"{short} county", f"{short} region")
    if "nuts2" in county:
        yield county["nuts2"]
    yield from (form for form, code, _reason in SHORT_FORMS if code == county["county_code"])


def _index(counties: pd.DataFrame) -> dict[str, set[str]]:
    """Return the folded forms and the codes that each may mean."""
    index: dict[str, set[str]] = {}
    for row in counties.astype(str).to_dict("records"):
        county = {str(column): str(value) for column, value in row.items()}
        for form in county_forms(county):
            index.setdefault(fold(form), set()).add(county["county_code"])
    return index


def _refuse_numbers(value: object, codes: dict[str, str]) -> None:
    if isinstance(value, str):
        return
    padded = str(value).zfill(2)
    hint = f'write "{padded}" ({codes[padded]})' if padded in codes else 'write them in quotes, such as "14"'
    raise InvalidArgument(f"county codes are strings, not {type(value).__name__}: {value!r}", remedy=hint)


def resolve_region(counties: pd.DataFrame, text: str) -> str:
    """Return the county code that `text` names.

    Parameters
    ----------
    counties
        The table `counties`, one row a county, with the columns `county_code`, `name`, `name_short`, `letter`,
        `region_name`, `region_actor_id`, `nuts3` and, if wanted, `nuts2`.
    text
        A county code (`"14"`), the name of the county or region (`"Västra Götaland"`, `"Västra Götalands län"`,
        `"Västra Götalandsregionen"`), an actor id (`"region:14"`), a county letter (`"O"`), a NUTS 3 code (`"SE232"`)
        or one of `SHORT_FORMS` (`"VGR"`).

    Returns
    -------
    str
        The two-digit county code, a string.

    Raises
    ------
    UnknownName
        If nothing or more than one county is meant; the message names the nearest one, or those that are meant.
    InvalidArgument
        If `text` is not a string: codes are strings, `1` is not `"01"`.

    Examples
    --------
    >>> import pandas as pd
    >>> counties = pd.DataFrame({
    ...     "county_code": ["14", "18"], "name": ["Västra Götalands län", "Örebro län"],
    ...     "name_short": ["Västra Götaland", "Örebro"], "letter": ["O", "T"], "nuts3": ["SE232", "SE124"],
    ...     "region_name": ["Västra Götalandsregionen", "Region Örebro län"],
    ...     "region_actor_id": ["region:14", "region:18"],
    ... })
    >>> [resolve_region(counties, text) for text in ("14", "vastra gotaland", "VGR", "o", "Orebro", "SE124")]
    ['14', '14', '14', '14', '18', '18']
    """
    codes = {str(code): str(name) for code, name in zip(counties["county_code"], counties["name_short"], strict=True)}
    _refuse_numbers(text, codes)
    found = _index(counties).get(fold(text), set())
    if len(found) == 1:
        return min(found)
    raise unknown_region(text, codes, found)


def unknown_region(text: str, names: Mapping[str, str], found: Iterable[str] = ()) -> UnknownName:
    """Return the error for a text that names no region, or several.

    Parameters
    ----------
    text
        What was written.
    names
        Short names of the counties by code.
    found
        The codes that are meant, if there are several.
    """
    remedy = "natverk list"
    if several := sorted(found):
        return UnknownName(
            f"the name {text!r} means several regions",
            allowed=[f"{code} {names[code]}" for code in several],
            remedy=remedy,
        )
    folded = fold(text)
    if folded.isdecimal():
        padded = folded.zfill(2)
        if len(folded) == 1 and padded in names:
            remedy = f'codes have two digits: "{padded}" is {names[padded]}'
        elif len(folded) == 4 and folded[:2] in names:
            remedy = f'"{folded}" is written as a municipality code; its county is "{folded[:2]}", {names[folded[:2]]}'
    return UnknownName(f"unknown region {text!r}", allowed=names.values(), value=text, remedy=remedy)
