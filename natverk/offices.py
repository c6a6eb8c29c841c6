"""Offices that actors hold or held in networks: each once, however many rows tell of it, and what is none.

A row of `functions` says what one source tells. Rows that tell of the same office name the first of them in `same_as`;
what is no office (a candidacy, attendance on trial or at a conference, a department that takes part, a talk, an award,
a meeting that one hosts, a seat held for another, a place without active work) keeps its row and is not counted.
"""

from __future__ import annotations

import re

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import VOCABULARIES
from natverk.frames import Names, county_council_names, known_actors, known_networks

__all__ = ["NO_OFFICE", "offices"]

#: The classes of `functions` that are no office.
NO_OFFICE = ("candidate", "attendance", "speaker", "host", "award", "for_another", "none")
#: The classes that are one.
OFFICE = tuple(name for name in VOCABULARIES["function_class"] if name not in NO_OFFICE)

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: Words of a detail that says when, or that somebody was elected, and nothing of what.
_WHEN = frozenset(
    (
        *_MONTHS, "a", "announced", "annual", "at", "digital", "elected", "for", "from", "held", "in", "meeting", "on",
        "since", "the", "to", "until",
    )
)  # fmt: skip


#: Words that the class of an office says already.
_CLASS = frozenset(
    (
        "and", "board", "chair", "conference", "coordinator", "debate", "forum", "group", "groups", "host", "member",
        "of", "on", "or", "president", "representative", "secretariat", "speaker", "the", "to", "vice", "working",
    )
)  # fmt: skip


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def says_only_when(detail: str) -> bool:
    """Say whether a detail tells when, and nothing of what the office is.

    >>> says_only_when("elected at annual meeting 11 May 2019"), says_only_when("chair and secretariat 2016-2018")
    (True, False)
    """
    return all(word in _WHEN for word in _words(detail))


def says_less(function: str, detail: str) -> bool:
    """Say whether a detail leaves out what the function says beyond its class, so that both must be told.

    >>> says_less("spokesperson for urban issues (for SKL)", "municipal politician")
    True
    >>> says_less("vice president", "vice president responsible for finances"), says_less("board", "seat since 2011")
    (False, False)
    """
    told = {word[:4] for word in _words(detail)}
    return any(word[:4] not in told for word in _words(function.replace("_", " ")) if word not in _CLASS)


@kept
def _offices(data: Dataset) -> pd.DataFrame:
    """Return all offices, and what is none, in the order in which the rows first tell of them."""
    rows = data.functions
    rows = rows.assign(office_id=rows["same_as"].fillna(rows["row_id"]), as_stated=county_council_names(rows))
    # What another row of the office says too is not said again; asked of the English, in which the rows are written.
    said_too = pd.Series(False, index=rows.index)
    for end in ("", "_sv"):
        detail, function = rows[f"detail{end}"].astype(object), rows[f"function{end}"].astype(object)
        # Whether it says enough is asked of the English, in which the rows are written.
        bare = [
            isinstance(text, str) and (says_only_when(text) or says_less(what, text))
            for what, text in zip(rows["function"], rows["detail"], strict=True)
        ]
        rows[f"told{end}"] = [
            f"{what}: {text}" if only else text if isinstance(text, str) else what
            for what, text, only in zip(function, detail, bare, strict=True)
        ]
        if not end:
            said_too = _said_by_another(rows)
        rows[f"told{end}"] = rows[f"told{end}"].mask(said_too)
    # A dataset without some sources may lack the first row: the first of those that are left tells what it is.
    return rows.groupby("office_id", sort=False, as_index=False).agg(
        actor_id=("actor_id", "first"),
        network_id=("network_id", "first"),
        function_class=("function_class", "first"),
        start_year=("start_year", "first"),
        end_year=("end_year", "first"),
        observed_year=("observed_year", "max"),
        as_stated=("as_stated", "first"),
        told=("told", _each_once),
        told_sv=("told_sv", _each_once),
        row_ids=("row_id", ";".join),
        source_ids=("source_id", ";".join),
    )


def _said_by_another(rows: pd.DataFrame) -> pd.Series:
    """Say of each row whether another of its office tells all that it tells, beside the class and the term."""
    years = rows[["start_year", "end_year", "observed_year"]].astype("string").fillna("")
    beside = rows["function_class"].astype(str).str.replace("_", " ").str.cat(years, sep=" ")
    found: dict[object, bool] = {}
    for _, own in rows[rows["office_id"].duplicated(keep=False)].groupby("office_id"):
        found |= zip(own.index, _said_too(own["told"], " ".join(beside.loc[own.index])), strict=True)
    return pd.Series([found.get(place, False) for place in rows.index], index=rows.index, dtype=bool)


def _said_too(texts: pd.Series, beside: str = "") -> list[bool]:
    """Say of each text whether all that it tells stands in another that is kept: "member" in "member of the board".

    Words are compared by their first five letters, short ones left out; so are those that are told `beside` the texts.

    >>> _said_too(pd.Series(["active in all seven forums", "Active in seven forums during 2009", "chair"]))
    [True, False, False]
    >>> _said_too(pd.Series(["part of the steering committee", "steering committee: 2019-2022"]), "board 2019 2022")
    [False, True]
    """

    def of(text: object) -> set[str]:
        return {word[:5] for word in re.findall(r"\w{4,}|\d+", str(text).casefold())}

    words = [of(text) - of(beside) for text in texts]
    kept, dropped = list(range(len(words))), [False] * len(words)
    # The shortest first; of two that say the same the later goes.
    for place in sorted(kept, key=lambda place: (len(words[place]), -place)):
        if any(words[place] <= words[other] for other in kept if other != place):
            kept.remove(place)
            dropped[place] = True
    return dropped


def _each_once(texts: pd.Series) -> str:
    """Join what several rows say, each text once."""
    return "; ".join(dict.fromkeys(str(text) for text in texts.dropna()))


@asked
def offices(data: Dataset, actors: Names | None = None, *, networks: Names | None = None) -> pd.DataFrame:
    """Return the offices of actors in networks: one row an office, with all rows and sources that tell of it.

    Parameters
    ----------
    actors
        Names or ids. None: all.
    networks
        Names or ids. None: all, and what belongs to no network.

    Returns
    -------
    pd.DataFrame
        `office_id` (the first row that tells of it), `actor_id, network_id` (may be missing), `function_class`,
        `held` (False for what is no office: see `NO_OFFICE`), `start_year, end_year` (a stated term, missing where
        none is stated), `observed_year` (the latest in which it was seen: no end), `as_stated` (the name by which a
        source has a region that was a county council then; missing otherwise), `told, told_sv` (what the rows
        say, with the name of the function where they leave it out), `row_ids, source_ids` (joined by `;`). In the
        order of the table.

    Raises
    ------
    UnknownName
        For an unknown actor or network, with the nearest name.

    Examples
    --------
    Two readers told of Stockholm's seats on the board of Metropolis; the second row of each tells of the same term.

    >>> from natverk import load
    >>> held = offices(load(), "Stockholm", networks="metropolis").query("held and function_class == 'board'")
    >>> held[["start_year", "end_year", "row_ids"]].values.tolist()
    [[2005, 2008, 'fun-00004;fun-00106'], [2009, 2011, 'fun-00005;fun-00107']]
    """
    found = _offices(data)
    found.insert(5, "held", ~found["function_class"].isin(NO_OFFICE))
    if actors is not None:
        found = found[found["actor_id"].isin(known_actors(data, actors))]
    if networks is not None:
        found = found[found["network_id"].isin(known_networks(data, networks))]
    return found.reset_index(drop=True)
