"""Evidence rows graded: does a row count as membership, and which years does it attest?

This is the first step of the chain evidence → spells → panel. Nothing is joined here: one row of
`memberships` in, one row out, with what the written rules make of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

import pandas as pd

from natverk.data.answers import asked
from natverk.data.counting import rule_of
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.frames import choice, each_row, year_or_none

__all__ = [
    "Counting",
    "STATUS_RANK",
    "WORDED",
    "YearBasis",
    "counted",
    "gathered",
    "graded",
    "proposals_to_leave",
    "status_of",
    "worded",
]

YearBasis = Literal["stated", "any"]
Counting = Literal["strict", "loose"]

#: From the most to the least telling status, for naming a cell that several rows attest.
STATUS_RANK = (
    "full",
    "associate",
    "member",
    "signatory",
    "participant",
    "promoter",
    "financer",
    "partner",
    "unspecified",
    "former",
)

_RANK = {status: rank for rank, status in enumerate(STATUS_RANK)}

#: The columns that `worded` adds.
WORDED = (
    "as_stated",
    "as_stated_sv",
    "as_stated_years",
    "derived",
    "derived_seen",
    "end_kind",
    "end_announced",
    "end_inferred",
    "end_by",
    "terms",
    "inferred_start",
    "inferred_first",
    "inferred_seen",
    "less",
)
#: Wordings of a source that say no more than the status itself: those with its own word, or that only name or count.
_PLAIN = {
    "member": r"\bmember(?! of the (?:group|association))",
    "full": r"full",
    "associate": r"associate",
    "signatory": r"\bsign",
    "participant": r"\b(?:particip|takes? part|taken part|took part|joined|admitted|partner in an)",
    "promoter": r"^promoter",
    "financer": r"^(?:co-)?financer",
    "unspecified": r"^(?:unspecified|named|listed)",
}
_ONLY_NAMED = (
    r"^(?:one of(?!.*\boffered)|named|among|in the list|all|first two|joins|joined|admitted|heading|C40|unspecified|"
    r"calls(?! itself the)|race_to|cooperation listed)\b"
)
#: Wordings that take something back: told, although they name the status.
_RESTRICTED = (
    r"\b(?:in the place of|for most of|for somewhat more than|decided to leave|to be a member|annulled|start meeting)\b"
    r"|\(with "
)
#: Wordings that say more than the status, although they name it.
_MORE = r"\b(?:founding|by court|collective|lead partner|and host)\b"
#: Wordings that say less than the status, and are not told of a tie of which other rows say all of it: it was held in a
#: predecessor, or nobody but the actor says so.
_LESS = {"predecessor": r"^in the predecessor", "claim": r"^calls itself the"}
#: What somebody was whom a source calls a former member because the network or a term ended: nobody left.
_WAS = {"commitment": "signatory", "programme": "participant"}


@asked
@kept
def counted(data: Dataset) -> pd.Series:
    """Return for each row of `memberships` what its status counts as, by the table `status_rules`.

    A rule for network kind and status goes before one for any kind or any status.

    Returns
    -------
    pd.Series
        Index as `data.memberships`; values `yes`, `loose`, `separate`, `exit` or `never`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> rows = data.memberships.assign(counted=counted(data))
    >>> rows.loc[rows.actor_id.eq("municipality:0180") & rows.network_id.eq("uclg"), "counted"].unique().tolist()
    ['separate']
    """
    rules = {(row.counts_as, row.status): row.counted for row in each_row(data.status_rules)}
    frame = data.memberships
    kind = frame["network_id"].map(data.networks.set_index("network_id")["counts_as"])
    pairs = list(zip(kind.tolist(), frame["status"].tolist(), strict=True))
    found = {pair: rule_of(rules, *pair) for pair in set(pairs)}
    values = [found[pair] for pair in pairs]
    return pd.Series(values, index=frame.index, dtype=TEXT, name="counted")


@asked
def graded(data: Dataset, *, year_basis: YearBasis = "stated", counting: Counting = "strict") -> pd.DataFrame:
    """Grade the evidence: what each row says about membership, and for which years.

    Parameters
    ----------
    data
        The dataset.
    year_basis
        `"stated"` (default) uses observed years only where the page is dated to that year: in an audit of
        78 random rows, years were the weakest field (14 of 56 unsupported). `"any"` admits years inferred
        from content. Rows of a complete list are read with their list, whatever their basis.
    counting
        `"strict"` (default) counts the statuses that `status_rules` marks `yes` and leaves out
        inferences; `"loose"` also those marked `loose` (takes part, pays, promotes) and the inferences.

    Returns
    -------
    pd.DataFrame
        One row an evidence row: `row_id, actor_id, network_id, status, counted, grade` (`positive`,
        `loose`, `separate`, `exit`, `never`), `first`, `last` (years the row attests as member, missing
        where it attests none), `start` (stated first year), `end` (last year as member by a stated end, or
        the year before a page calls the actor a former member), `end_kind` (what ended: `left`, also where the
        row does not say; `network_ended, member_ended, term, annulled`), `announced` (the source is older than the
        start that it tells of: nobody saw it), `first_inferred, last_inferred` (the year is read from what a source
        says or from its context, and stated by none), `list_id, source_id`.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Notes
    -----
    A row with a stated start and an observed year attests all years between ("member since 2006", seen in
    2024). A start alone attests its own year. A start after the observed year is an announcement: only
    the start counts. A page that calls the actor a former member attests years as member only where it
    states the last one; it tells of no exit where the network, the member or a term ended. Years after the
    data's vintage are decisions, not evidence: a row that begins then is graded `never`.

    Examples
    --------
    >>> from natverk import load
    >>> rows = graded(load()).set_index("row_id")
    >>> int(rows.at["mem-01467", "first"]), int(rows.at["mem-01467", "last"]), rows.at["mem-01467", "grade"]
    (2006, 2024, 'positive')
    """
    choice("year_basis", year_basis, ("stated", "any"))
    choice("counting", counting, ("strict", "loose"))
    return _graded(data, year_basis, counting)


@kept
def _graded(data: Dataset, year_basis: YearBasis, counting: Counting) -> pd.DataFrame:
    frame = data.memberships
    rule = counted(data)
    inferred = frame["inference"].notna()
    grade = rule.where(rule != "yes", "positive").where(~(inferred & (rule == "yes")), "loose")
    if counting == "loose":
        grade = grade.where(grade != "loose", "positive")
    usable = (frame["observed_basis"] == "stated") | frame["list_id"].notna() | (year_basis == "any")
    known_start = (frame["start_basis"] == "stated") | (year_basis == "any")
    start = frame["start_year"].where(known_start)
    end = frame["end_year"]
    # Who was a member until the network ended, or a term ran out, has not left: the row tells of a membership.
    ran_out = frame["end_kind"].isin(["network_ended", "member_ended", "term", "annulled"])
    former = grade == "exit"
    grade = grade.mask(former & ran_out & end.notna(), "positive")
    kinds = frame["network_id"].map(data.networks.set_index("network_id")["counts_as"])
    was = kinds.map(_WAS).fillna("member")
    seen = frame["observed_year"].where(usable)
    announced = (start.notna() & seen.notna() & (seen < start)).fillna(False)
    seen = seen.mask(announced)

    within = seen.where(~(end.notna() & seen.notna() & (seen > end)).fillna(False))
    first = start.fillna(within).fillna(end)
    last = end.fillna(seen).fillna(start)
    by_context = (frame["observed_basis"] == "inferred").fillna(False)
    first_inferred = by_context.where(
        start.isna() & within.notna(), (frame["start_basis"] == "inferred") & start.notna()
    )
    end_inferred = _end_inferred(frame)
    last_inferred = (by_context & end.isna() & seen.notna()) | end_inferred
    former_seen = (grade == "exit") & end.isna()
    first, last = first.mask(former_seen), last.mask(former_seen)
    vintage = int(data.known_until[:4])
    grade = grade.mask((first > vintage).fillna(False), "never")
    attests = grade.isin(["positive", "exit"])
    stop = end.where(attests, other=pd.NA)
    stop = stop.mask(former_seen & seen.notna(), seen - 1)
    result = pd.DataFrame(
        {
            "row_id": frame["row_id"],
            "actor_id": frame["actor_id"],
            "network_id": frame["network_id"],
            "status": frame["status"].mask(former & (grade == "positive"), was),
            "counted": rule,
            "grade": grade,
            "first": first.where(attests),
            "last": last.where(attests).clip(upper=vintage),
            "start": start.where(attests),
            "end": stop.mask((stop > vintage).fillna(False)),
            "end_kind": frame["end_kind"].fillna("left").where(stop.notna()).astype(TEXT),
            "announced": announced.astype(bool),
            "first_inferred": first_inferred.fillna(False).astype(bool),
            "last_inferred": last_inferred.fillna(False).astype(bool),
            "list_id": frame["list_id"],
            "source_id": frame["source_id"],
        }
    )
    return result.astype(dict.fromkeys(["first", "last", "start", "end"], "Int64"))


def _end_inferred(frame: pd.DataFrame) -> pd.Series:
    """Say which rows end in the year in which they call somebody a former member, where no source states that year."""
    by_context = frame["observed_basis"].eq("inferred") & frame["end_kind"].eq("left")
    return (by_context & frame["end_year"].eq(frame["observed_year"])).fillna(False).astype(bool)


@asked
@kept
def proposals_to_leave(data: Dataset) -> pd.DataFrame:
    """Return recorded proposals to leave a network: a proposal is no exit, but nothing is presumed after it.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, row_ids`: from planned steps of the category `leave` and from an
        actor's own overall recommendation to leave.

    Examples
    --------
    >>> from natverk import load
    >>> proposals_to_leave(load()).query("network_id == 'metropolis'")[["actor_id", "year"]].values.tolist()
    [['municipality:0180', 2011]]
    """
    steps, reviews = data.next_steps, data.evaluations
    steps = steps[steps["category"] == "leave"].assign(year=steps["due"].str[:4].astype("Int64"))
    reviews = reviews[(reviews["criterion"] == "overall") & reviews["recommendation"].isin(["leave", "wind_up"])]
    columns = ["actor_id", "network_id", "year", "row_id"]
    found: dict[tuple[str, str, int], list[str]] = {}
    for row in each_row(pd.concat([steps[columns], reviews[columns]]).dropna(subset=["network_id", "year"])):
        found.setdefault((row.actor_id, row.network_id, row.year), []).append(row.row_id)
    proposals = [(*key, ";".join(rows)) for key, rows in sorted(found.items())]
    frame = pd.DataFrame(proposals, columns=["actor_id", "network_id", "year", "row_ids"])
    return frame.astype({"actor_id": TEXT, "network_id": TEXT, "year": "Int64", "row_ids": TEXT})


def status_of(statuses: Iterable[str]) -> str:
    """Name a cell by its statuses, the most telling first.

    >>> status_of({"member", "associate"})
    'associate/member'
    """
    return "/".join(sorted(set(statuses), key=lambda status: (_RANK.get(status, len(_RANK)), status)))


def gathered(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Put the evidence rows of each group together: their statuses, how many rows and sources, and which.

    Parameters
    ----------
    rows
        Rows with `row_id, source_id, status` and the columns to group by.
    by
        These columns.

    Returns
    -------
    pd.DataFrame
        Index `by`, sorted; `status, n_rows, n_sources, row_ids, source_ids` (ids separated by `;`).
    """
    # A dictionary is ten times as fast here as a function for each group of a frame.
    groups: dict[tuple[object, ...], list[tuple[str, str, str]]] = {}
    cells = zip(*(rows[name].tolist() for name in ("row_id", "source_id", "status")), strict=True)
    for key, row in zip(zip(*(rows[name].tolist() for name in by), strict=True), cells, strict=True):
        groups.setdefault(key, []).append(row)
    found = []
    for key in sorted(groups):
        ids, sources, statuses = (set(column) for column in zip(*groups[key], strict=True))
        found.append(
            (*key, status_of(statuses), len(ids), len(sources), ";".join(sorted(ids)), ";".join(sorted(sources)))
        )
    text = ["status", "row_ids", "source_ids"]
    frame = pd.DataFrame(found, columns=[*by, "status", "n_rows", "n_sources", "row_ids", "source_ids"])
    return frame.astype({**dict.fromkeys(text, TEXT), "n_rows": "int64", "n_sources": "int64"}).set_index(by)


@asked
def worded(data: Dataset, own: pd.DataFrame, last_year: int | None = None) -> pd.DataFrame:
    """Add to ties what their rows say beside status and years: the source's own word, and what the tie rests on.

    Parameters
    ----------
    data
        The dataset.
    own
        Ties with `row_ids`; where they have a `status`, the words of the rows that give it stand first; where they have
        `since` and `last_seen`, the words of other years have theirs.
    last_year
        Terms that begin after it are left out.

    Returns
    -------
    pd.DataFrame
        `own` with `as_stated, as_stated_sv` (wordings of the sources that say more than the status, each once, joined
        by `; `: an owner, a seat on the board), `as_stated_years` (for each of them, joined by `;`: blank, or the years
        of its rows, `inferred` before those that no source states, or `undated`, where that is not the year in which
        the tie was last seen, and always of rows with another status), `derived` (all rows follow from a sentence such
        as "all municipalities of the county"),
        `derived_seen` (the last year, where only rows that follow from such a sentence tell of it, and others of
        earlier years), `end_kind` (what ended, where a row with an end says so: the last one), `end_announced` (its
        source is older than that end, and tells of an exit to come: nobody saw it), `end_inferred` (its year is the
        one in which a page calls the actor a former member, and no source states when it ended), `end_by` (no row has
        an end, and this is the year in which a page already calls the actor a former member),
        `terms` (stated terms with gaps between them, as `2009–2012, 2015–2018`, or `2009–2012` of a tie that is seen
        after the last of them; those that overlap are one; missing where the rows tell of one span), `inferred_start,
        inferred_first, inferred_seen` (the first start, and the first and last sighting, that we infer from content and
        no source states, outside lists: they count nowhere by default; those of a membership that is itself inferred
        only where no row states it), `less` (what all rows say less than the status: `predecessor`, the actor was in a
        predecessor of the network; `claim`, nobody but the actor says it; missing for others).

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> own = pd.DataFrame({"row_ids": ["mem-00502", "mem-02211"]})
    >>> worded(data, own)[["as_stated", "derived"]].values.tolist()
    [['territorial coordinator', False], [nan, True]]
    """
    told = own.reindex(columns=["row_ids", "status", "since", "last_seen"])
    said, until = _said(data), int(data.known_until[:4]) if last_year is None else int(data.last_day(last_year)[:4])
    found = []
    for tie in each_row(told):
        rows = [said[item] for item in str(tie.row_ids).split(";") if item in said]
        shown = [row for row in rows if not isinstance(tie.status, str) or row.status in tie.status.split("/")]
        whole = any(not row.less for row in shown)
        less = {row.less for row in rows}
        words: dict[tuple[str, str], list[_Said]] = {}
        for row in [*shown, *(row for row in rows if row not in shown)]:
            if row.as_stated and not (row.less and whole):
                words.setdefault((row.as_stated, row.as_stated_sv), []).append(row)
        ended = max((row for row in rows if row.end is not None), key=lambda row: row.end or 0, default=None)
        # Where a row states the membership, one from which we infer it dates it no further.
        telling = [row for row in rows if not row.inference] or rows
        starts = [row.inferred_start for row in telling if row.inferred_start is not None]
        sightings = [row.inferred_seen for row in telling if row.inferred_seen is not None]
        former = [row.seen for row in rows if row.status == "former" and row.seen is not None and not row.by_context]
        since, years = year_or_none(tie.since), [year_or_none(tie.last_seen), *sightings]
        last = max((year for year in years if year is not None and year <= until), default=None)
        found.append(
            {
                "as_stated": "; ".join(word for word, _ in words) or None,
                "as_stated_sv": "; ".join(word for _, word in words) or None,
                "as_stated_years": ";".join(
                    _word_years(its, since, last, beside=not any(row in shown for row in its)) for its in words.values()
                ),
                "derived": bool(rows) and all(row.derived for row in rows),
                "derived_seen": _derived_seen(rows, until),
                "end_kind": ended.end_kind if ended else None,
                "end_announced": ended is not None and ended.announced,
                "end_inferred": ended is not None and ended.end_inferred,
                "end_by": min(former, default=None) if ended is None else None,
                "terms": _terms(rows, last_year),
                "inferred_start": min((year for year in starts if year <= until), default=None),
                "inferred_first": min((year for year in sightings if year <= until), default=None),
                "inferred_seen": max((year for year in sightings if year <= until), default=None),
                "less": less.pop() if len(less) == 1 else None,
            }
        )
    frame = pd.DataFrame(found, columns=list(WORDED), index=own.index)
    dates = ["end_by", "inferred_start", "inferred_first", "inferred_seen", "derived_seen"]
    whole_numbers = dict.fromkeys(dates, "Int64")
    yes = dict.fromkeys(["derived", "end_announced", "end_inferred"], "bool")
    frame = frame.astype({**dict.fromkeys(WORDED, TEXT), **whole_numbers, **yes})
    return own.drop(columns=[name for name in WORDED if name in own]).join(frame)


class _Said(NamedTuple):
    """What a row of evidence says beside its status and sightings."""

    status: str
    as_stated: str
    as_stated_sv: str
    less: str | None
    derived: bool
    inference: bool
    seen: int | None
    by_context: bool
    start: int | None
    end: int | None
    end_kind: str | None
    announced: bool
    end_inferred: bool
    inferred_start: int | None
    inferred_seen: int | None


@kept
def _said(data: Dataset) -> dict[str, _Said]:
    """Return by row what it says beside its status and sightings."""
    found = {}
    for row in each_row(data.memberships.assign(end_inferred=_end_inferred(data.memberships))):
        word = row.status_as_stated if isinstance(row.status_as_stated, str) else ""
        plain = bool(re.search(_PLAIN.get(row.status, "."), word) or re.search(_ONLY_NAMED, word))
        # Years that stand in no other cell are told with the word: "member in 2016–2018".
        years = {year_or_none(year) for year in (row.start_year, row.end_year, row.observed_year)}
        untold = {int(year) for year in re.findall(r"\b\d{4}\b", word)} - years
        plain = plain and not re.search(_RESTRICTED, word) and not re.search(_MORE, word)
        plain = plain and "offered" not in word and not (re.search(r"\b\d{4}–\d{4}\b", word) and untold)
        swedish = row.status_as_stated_sv if isinstance(row.status_as_stated_sv, str) else word
        if re.search(_RESTRICTED, word):
            # The status stands before it: "member (with Östersund)".
            word, swedish = (
                re.sub(r"^(?:member|medlem) (?:\((.*)\)|(.*))$", r"\1\2", text) for text in (word, swedish)
            )
        start = row.start_year if row.start_basis == "stated" else None
        # Seen after its own end it is told of as over.
        seen_after = bool(pd.notna(row.end_year) and pd.notna(row.observed_year) and row.observed_year > row.end_year)
        by_content = row.observed_basis == "inferred" and not isinstance(row.list_id, str) and not seen_after
        found[row.row_id] = _Said(
            row.status,
            *(("", "") if plain else (word.replace("; ", ", "), swedish.replace("; ", ", "))),
            less=next((what for what, words in _LESS.items() if re.search(words, word)), None),
            derived=bool(row.derived),
            inference=isinstance(row.inference, str),
            seen=year_or_none(row.observed_year),
            by_context=row.observed_basis == "inferred",
            start=year_or_none(start),
            end=year_or_none(row.end_year),
            end_kind=row.end_kind if isinstance(row.end_kind, str) else None,
            inferred_start=year_or_none(row.start_year if row.start_basis == "inferred" else None),
            inferred_seen=year_or_none(row.observed_year if by_content else None),
            end_inferred=bool(row.end_inferred),
            announced=row.end_kind == "left"
            and bool(pd.notna(row.observed_year) and pd.notna(row.end_year) and row.observed_year < row.end_year),
        )
    return found


def _word_years(rows: list[_Said], since: int | None, last: int | None, *, beside: bool) -> str:
    """Return the years of the rows with a word, where the tie is shown with another one; see `worded`.

    `beside`: the rows give the tie another status than the one shown, and so always have their years.
    """
    if (last is None and not beside) or re.search(r"\b\d{4}\b", rows[0].as_stated):
        return ""
    known = [next((year for year in (row.seen, row.end, row.start) if year is not None), None) for row in rows]
    began = any(row.seen is None and row.end is None and row.start is not None and row.start == since for row in rows)
    if not beside and (began or any(year is not None and year >= (last or 0) for year in known)):
        return ""
    stated = {year for year, row in zip(known, rows, strict=True) if year is not None and not row.by_context}
    years = ", ".join(str(year) for year in sorted(stated or {year for year in known if year is not None}))
    return years if stated else f"inferred {years}" if years else "undated"


def _derived_seen(rows: list[_Said], until: int) -> int | None:
    """Return the last year, where other rows tell of earlier ones only and that one follows from another statement."""
    own = [row.seen or row.start for row in rows if not row.derived]
    theirs = [year for row in rows if row.derived and (year := row.seen or row.start) is not None and year <= until]
    if not own or not theirs:
        return None
    return max(theirs) if max(theirs) > max((year for year in own if year is not None), default=0) else None


def _terms(rows: list[_Said], last_year: int | None) -> str | None:
    """Return stated terms, where there is a gap after one of them, or a sighting after the last."""
    upper = 9999 if last_year is None else last_year
    spans: list[tuple[int, int | None]] = []
    stated = {(row.start, row.end) for row in rows if row.start is not None and row.start <= upper}
    for start, end in sorted(stated, key=lambda span: (span[0], span[1] or 0)):
        before = spans[-1][1] if spans else None
        if end is not None and before is not None and start <= before:
            spans[-1] = (spans[-1][0], max(end, before))
        else:
            spans.append((start, end))
    # A year that we infer is no sighting, and a row with an end is often younger than what it tells of.
    seen = {row.seen for row in rows if row.seen is not None and row.end is None and row.inferred_seen is None}
    later = [*(start for start, _ in spans), *(year for year in seen if year <= upper)]
    ends = [end for _, end in spans if end is not None]
    if any(row.announced for row in rows) or not any(end < year for end in ends for year in later):
        return None
    return ", ".join(str(start) if start == end else f"{start}–{end or ''}" for start, end in spans)
