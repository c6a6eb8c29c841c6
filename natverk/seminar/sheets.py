"""Twelve short texts, coded by the manual: blank sheets, the teacher's key, and what two coders made of them.

Each text tells one row of the data in words of ours (`notebooks/seminar/texts.en.md`). The key names the row and reads
the codes from it, so a row that is corrected corrects the key.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from natverk import coding
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.data.units import Directory
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import year_or_none
from natverk.locale import texts
from natverk.seminar.wording import hints

__all__ = ["COLUMNS", "KEY", "NOT_STATED", "blank", "codes", "collected", "example", "key"]

#: The row that each text tells.
KEY = {
    "T01": "mem-01802",
    "T02": "mem-00703",
    "T03": "mem-00731",
    "T04": "mem-01098",
    "T05": "fun-00077",
    "T06": "fun-00058",
    "T07": "fun-00100",
    "T08": "nxt-00006",
    "T09": "nxt-00023",
    "T10": "eva-00044",
    "T11": "eva-00066",
    "T12": "eva-00067",
}
#: What is coded of each text, in the order of the sheet.
COLUMNS = ("kind", "actor", "network", "code", "start_year", "end_year", "seen_year")
#: The code for what a text does not say; a blank cell is not coded yet.
NOT_STATED = "-"
_YEARS = ("start_year", "end_year", "seen_year")
#: By the letters of a row id: kind of row, table, the column that holds the code, and its vocabulary.
_KINDS = {
    "mem": ("membership", "memberships", "status", "status"),
    "fun": ("position", "functions", "function_class", "function_class"),
    "nxt": ("step", "next_steps", "status", "step_status"),
    "eva": ("evaluation", "evaluations", "judgement", "judgement"),
}


def codes(lang: str = "sv") -> dict[str, list[str]]:
    """Return the codes that a sheet allows: the kinds of row, and the codes of all kinds, as `coding.check` takes them.

    Parameters
    ----------
    lang
        `"sv"` or `"en"`: the codes are words of that language.

    Returns
    -------
    dict[str, list[str]]
        `kind` and `code`.

    Raises
    ------
    InvalidArgument
        For an unknown language.

    Examples
    --------
    >>> codes("sv")["kind"]
    ['medlemskap', 'uppdrag', 'steg', 'omdöme']
    """
    named = hints(lang)["kinds"]
    return {
        "kind": [named[kind] for kind, *_ in _KINDS.values()],
        "code": [_label(code, words, lang) for *_, words in _KINDS.values() for code in VOCABULARIES[words]],
    }


def blank(coders: Iterable[str] = ("A", "B")) -> pd.DataFrame:
    """Return an empty sheet of the twelve texts for each coder; `coding.write` makes files of it, one a coder.

    Parameters
    ----------
    coders
        Names or letters of the coders.

    Returns
    -------
    pd.DataFrame
        `coder, item` (T01 to T12) and the columns to fill in.

    Examples
    --------
    >>> blank(["Anna", "Bo"]).shape
    (24, 9)
    """
    return coding.sheet(list(KEY), COLUMNS, coders)


def key(data: Dataset, lang: str = "sv") -> pd.DataFrame:
    """Return the twelve texts as the data code them: the teacher's key.

    Parameters
    ----------
    data
        From `natverk.load`.
    lang
        `"sv"` or `"en"`.

    Returns
    -------
    pd.DataFrame
        `item`, the columns of the sheet, `row_id` and `source_id` of the row behind it; all text.

    Raises
    ------
    InvalidArgument
        For an unknown language.

    Examples
    --------
    >>> from natverk import load
    >>> key(load(), "en").loc[0, ["actor", "network", "code", "start_year", "seen_year"]].tolist()
    ['Tierp', 'Union of the Baltic Cities (UBC)', 'member', '-', '2014']
    """
    directory, found = Directory.of(data), []
    for item, row_id in KEY.items():
        kind, table, column, words = _KINDS[row_id[:3]]
        frame: pd.DataFrame = getattr(data, table)
        row = frame.set_index("row_id").loc[row_id].to_dict()
        seen = row.get("observed_year", row.get("year"))
        network = row["network_id"]
        found.append(
            {
                "item": item,
                "kind": hints(lang)["kinds"][kind],
                "actor": directory.resolve("actor", row["actor_id"]).name_in(lang),
                "network": NOT_STATED if pd.isna(network) else directory.resolve("network", network).name_in(lang),
                "code": _label(row[column], words, lang),
                "start_year": _year(row.get("start_year")),
                "end_year": _year(row.get("end_year")),
                "seen_year": _year(seen),
                "row_id": row_id,
                "source_id": row["source_id"],
            }
        )
    return pd.DataFrame(found, dtype=TEXT)


def example(data: Dataset, lang: str = "sv") -> pd.DataFrame:
    """Return two made-up coders for practice: A follows the manual, B breaks one of its rules throughout.

    Parameters
    ----------
    data
        From `natverk.load`.
    lang
        `"sv"` or `"en"`.

    Returns
    -------
    pd.DataFrame
        As `collected` gives it; `attrs["example"]` is True. B is built from the key: where a text says only when
        something was seen, B writes that year as the first one too, and where it states no first year B writes the
        last one.

    Examples
    --------
    >>> from natverk import load
    >>> two = example(load(), "en")
    >>> two["coder"].value_counts().to_dict()
    {'A': 12, 'B': 12}
    """
    first = key(data, lang)[["item", *COLUMNS]]
    second = first.copy()
    for later in ("seen_year", "end_year"):
        second["start_year"] = second["start_year"].mask(second["start_year"] == NOT_STATED, second[later])
    both = pd.concat([first.assign(coder="A"), second.assign(coder="B")], ignore_index=True)
    both = both[["coder", "item", *COLUMNS]]
    both.attrs["example"] = True
    return both


def collected(data: Dataset, folder: Path | str, lang: str = "sv") -> pd.DataFrame:
    """Return the sheets of a folder, read and made comparable; the example while fewer than two coders have begun.

    Names of actors and networks become those of the data, whatever form of them was written; years lose a decimal
    point that a spreadsheet gave them.

    Parameters
    ----------
    data
        From `natverk.load`.
    folder
        Where the sheets are, one file a coder (.csv or .xlsx). It may be missing.
    lang
        `"sv"` or `"en"`.

    Returns
    -------
    pd.DataFrame
        `coder, item` and the columns of the sheet; `attrs["example"]` says whether it is the example.

    Raises
    ------
    DataError
        If a sheet lacks a column, or a coder coded a text twice.
    InvalidArgument
        For an unknown language.

    Examples
    --------
    >>> from natverk import load
    >>> collected(load(), "no-such-folder", "en").attrs["example"]
    True
    """
    place = Path(folder)
    there = place.is_dir() and any(path.suffix.lower() in (".csv", ".xlsx") for path in place.iterdir())
    frame = coding.read(place) if there else pd.DataFrame(columns=["coder", "item", *COLUMNS], dtype=TEXT)
    lacking = [name for name in COLUMNS if name not in frame.columns]
    if lacking:
        raise InvalidArgument(
            f"the sheets have no column {', '.join(lacking)}", where=str(place), remedy="begin from a blank sheet again"
        )
    begun = frame[frame[list(COLUMNS)].notna().any(axis=1)]
    if begun["coder"].nunique() < 2:
        return example(data, lang)
    frame = frame[frame["coder"].isin(begun["coder"])].reset_index(drop=True)
    for column in ("kind", "code"):
        allowed = {code.casefold(): code for code in codes(lang)[column]}
        frame[column] = [_or_as_is(allowed.get(str(cell).casefold()), cell) for cell in frame[column]]
    directory = Directory.of(data)
    for column in ("actor", "network"):
        frame[column] = [_known(directory, column, cell, lang) for cell in frame[column]]
    for column in _YEARS:
        frame[column] = (
            frame[column].str.replace(r"[.,]0+$", "", regex=True).replace({"–": NOT_STATED, "—": NOT_STATED})
        )
    frame.attrs["example"] = False
    return frame


def _label(code: object, words: str, lang: str) -> str:
    """Return a code in the words of a language; a judgement is its number."""
    return str(code) if words == "judgement" else texts(lang)(f"terms.{words}.{str(code).replace(' ', '_')}")


def _year(value: Any) -> str:
    """Return a year as a sheet holds it."""
    year = None if value is None else year_or_none(value)
    return NOT_STATED if year is None else str(year)


def _or_as_is(found: str | None, cell: Any) -> Any:
    """Return what was found, or the cell as it was written."""
    return cell if found is None else found


def _known(directory: Directory, kind: str, cell: Any, lang: str) -> Any:
    """Return the name in the data of what a cell names; a cell that names nothing stays as it is."""
    if pd.isna(cell) or str(cell) in (NOT_STATED, "–"):
        return cell if pd.isna(cell) else NOT_STATED
    try:
        return directory.resolve(kind, str(cell)).name_in(lang)
    except UnknownName:
        return cell
