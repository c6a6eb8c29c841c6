"""The panel: actor × network × year, each cell with a named state. Absence needs evidence too.

The rules of a cell stand in `Pair.cell`, in their order; they give the state together with its reasons, and
`natverk.explain` asks them again for a single cell. `panel` is the frame, `count` sums it to low / best / high
with coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import latest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import (
    YEARS,
    Names,
    choice,
    each_row,
    has_columns,
    known_actors,
    known_networks,
    not_negative,
    several,
    year_or_none,
    year_range,
)
from natverk.membership.actors import Kinds, checked_kinds, eligible, existence, member_actors, networks_of_kinds
from natverk.membership.evidence import Counting, YearBasis, graded, proposals_to_leave, status_of
from natverk.membership.lists import ListCertainty, absences, checked_certainty

__all__ = [
    "Cell",
    "End",
    "KNOWN",
    "Pair",
    "PartYear",
    "RULES",
    "Reason",
    "Rules",
    "SETS",
    "STATES",
    "Span",
    "agree_by_date",
    "chosen_networks",
    "count",
    "decided_runs",
    "networks_counting_as",
    "pair_of",
    "pairs_of",
    "panel",
]

PartYear = Literal["any", "whole", "start", "end"]
#: First and last year; missing where not known.
Lifetime = tuple[int | None, int | None]

#: Kinds of network by what belonging means (column `counts_as`).
SETS = ("membership", "commitment", "programme", "representation")
#: The named states of a cell, from the most to the least positive.
STATES = ("member", "presumed", "unknown", "left", "not_member", "no_network", "no_actor")
#: States that evidence or fact decides; `presumed` and `unknown` are not known.
KNOWN = ("member", "not_member", "left", "no_network", "no_actor")

#: The rules that decide a cell, and the state that each gives; their values are in `Reason.values`.
RULES = {
    "attested": "member",  # first, last
    "actor_not_formed": "no_actor",  # exists_from
    "actor_dissolved": "no_actor",  # exists_to
    "not_member": "not_member",  # list
    "left": "left",  # ended
    "network_not_founded": "no_network",  # founded
    "network_dissolved": "no_network",  # dissolved
    "presumed": "presumed",  # last_attested, carry_forward
    "after_list": "unknown",  # last_attested, list
    "after_proposal": "unknown",  # last_attested, proposal
    "after_carry_forward": "unknown",  # last_attested, carry_forward
    "part_of_year": "unknown",  # start, part_year
    "before_first": "unknown",  # first_attested
    "before_end": "unknown",  # ended
    "undated": "unknown",
    "never_attested": "unknown",
}


class End(NamedTuple):
    """The last year as member: as a source states it, or the year before a page speaks of a former member."""

    last: int
    row_id: str
    stated: bool
    kind: str = "left"


class Span(NamedTuple):
    """Years that one row attests as member; `start` and `end` only where stated."""

    first: int
    last: int
    start: int | None
    end: int | None
    status: str
    row_id: str

    def joins_after(self, end: End) -> bool:
        """Say whether the row states that membership began anew after an end, which then contradicts nothing.

        In the year of a stated end that is so where the row goes on beyond it: out in 2010, and in again in 2010.
        """
        if self.start is None:
            return False
        return self.start > end.last or (end.stated and self.start == end.last < self.last)


class Reason(NamedTuple):
    """A rule that speaks about a cell, with its values and the rows and lists that it rests on."""

    rule: str
    values: Mapping[str, int | str]
    rows: list[str]


class Cell(NamedTuple):
    """One actor in one network in one year: the reasons for its state, of which the first decides."""

    reasons: list[Reason]
    conflict: bool = False
    status: str = ""

    @property
    def state(self) -> str:
        """The state, see `STATES`."""
        return RULES[self.reasons[0].rule]

    @property
    def rows(self) -> str:
        """The ids that decide the cell; none where it is unknown."""
        return "" if self.state == "unknown" else _ids(row for reason in self.reasons for row in reason.rows)


class Rules(NamedTuple):
    """The arguments of `panel` that decide a cell."""

    part_year: PartYear = "any"
    after_last: Literal["presumed", "unknown"] = "presumed"
    carry_forward: int = 3
    year_basis: YearBasis = "stated"
    counting: Counting = "strict"
    list_certainty: ListCertainty = "high"
    prefer: Literal["list", "own_page"] = "list"

    @property
    def presume(self) -> int:
        """For how many years membership is presumed after the last evidence."""
        return self.carry_forward if self.after_last == "presumed" else 0

    def checked(self) -> Rules:
        """Return the rules, or raise `InvalidArgument` for an unknown value."""
        choice("part_year", self.part_year, ("any", "whole", "start", "end"))
        choice("after_last", self.after_last, ("presumed", "unknown"))
        not_negative("carry_forward", self.carry_forward)
        choice("year_basis", self.year_basis, ("stated", "any"))
        choice("counting", self.counting, ("strict", "loose"))
        checked_certainty(self.list_certainty)
        choice("prefer", self.prefer, ("list", "own_page"))
        return self


@dataclass
class Pair:
    """The evidence of one actor in one network, as the rules of a cell need it.

    `undated` are rows without a usable year; `absent` maps years to complete lists that cover the actor and do not have
    it; `proposals` maps the years of recorded proposals to leave to their rows; `actor_years` and `network_years` are
    the first and last year of either, where known.
    """

    spans: list[Span] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    absent: dict[int, str] = field(default_factory=dict)
    proposals: dict[int, str] = field(default_factory=dict)
    actor_years: Lifetime = (None, None)
    network_years: Lifetime = (None, None)

    def runs(self, rules: Rules) -> list[tuple[int, int, Cell]]:
        """Return the cells that the pair's own evidence can decide, as first and last year of equal ones.

        From the first attested year, or the first end, on: to the last presumed one, or for good after an end.
        """
        first = min([span.first for span in self.spans] + [end.last for end in self.ends])
        last = YEARS[1] if self.ends else max(span.last for span in self.spans) + rules.presume
        # The years in which some comparison that the rules make changes its answer.
        turns = {first, *self.absent, *(year + 1 for year in (*self.absent, *self.proposals))}
        turns |= {end.last + 1 for end in self.ends}
        for span in self.spans:
            turns |= {span.first, span.last + 1, span.last + rules.presume + 1}
            turns |= {year + step for year in (span.start, span.end) if year is not None for step in (0, 1)}
        for begin, end in (self.actor_years, self.network_years):
            turns |= {begin or first, (end or last) + 1}
        years = sorted(year for year in turns if first <= year <= last)
        return [(year, until - 1, self.cell(year, rules)) for year, until in pairwise([*years, last + 1])]

    def begun(self, year: int, part_year: PartYear) -> list[Span]:
        """Return the rows whose membership has begun by a year, in part or, as `part_year` asks, for all of it."""
        entry = part_year in ("whole", "start")
        return [span for span in self.spans if span.first <= year and not (entry and year == span.start)]

    def attested(self, year: int, part_year: PartYear = "any") -> list[Span]:
        """Return the rows that attest membership in a year.

        Under `part_year="any"` every part of a year counts; `"whole"` leaves out stated years of entry and
        exit, `"start"` (1 January) the year of entry, `"end"` (31 December) the year of exit. A sighting
        within a year stands for that year under every rule.
        """
        leaving = part_year in ("whole", "end")
        return [
            span for span in self.begun(year, part_year) if year <= span.last and not (leaving and year == span.end)
        ]

    def contrary(self, year: int) -> list[End]:
        """Return the ends that a membership attested in a year contradicts.

        A membership stated to begin after the end is a new spell; a bare sighting after it is a contradiction, unless
        what ended was a term.
        """
        entered = [span for span in self.spans if span.start is not None and span.start <= year]
        # A term that ran out ends a project, not the tie: who is seen after it may be in the next one.
        ends = [end for end in self.ends if end.last < year and end.kind != "term"]
        return [end for end in ends if not any(span.joins_after(end) for span in entered)]

    def cell(self, year: int, rules: Rules) -> Cell:
        """Apply the rules of one cell in their order; see `natverk.panel`."""
        part_year, list_wins = rules.part_year, rules.prefer == "list"
        rows = self.attested(year, part_year)
        fact = self._fact(year)
        if rows:
            status = status_of(span.status for span in rows)
            first, last = min(span.first for span in rows), max(span.last for span in rows)
            attested = Reason("attested", {"first": first, "last": last}, [span.row_id for span in rows])
            if fact:
                return Cell([fact, attested] if list_wins else [attested, fact], True, status)
            contrary = self.contrary(year)
            if contrary:
                left = Reason("left", {"ended": max(contrary).last}, [end.row_id for end in contrary])
                return Cell([attested, left], True, status)
            return Cell([attested], False, status)
        if fact and RULES[fact.rule] != "no_network":
            return Cell([fact])
        before = self.begun(year, part_year)
        seen = max((min(span.last, year) for span in before), default=None)
        # Under `whole` and `end` whoever leaves within the year is no member in it any more.
        over = year + 1 if part_year in ("whole", "end") else year
        ends = [end for end in self.ends if end.last < year or (end.stated and end.last < over)]
        closing = max((end.last for end in ends), default=None)
        if closing is not None and (seen is None or seen <= closing):
            own = [end for end in ends if end.last == closing]
            if fact and all(end.kind == "network_ended" for end in own):
                # Nobody left: what they were in is gone.
                return Cell([Reason(fact.rule, fact.values, [end.row_id for end in own])])
            return Cell([Reason("left", {"ended": closing}, [end.row_id for end in ends if end.last == closing])])
        if fact:
            return Cell([fact])
        if seen is None:
            return Cell([self._not_yet(year, part_year)])
        last_rows = [span for span in before if min(span.last, year) == seen]
        reason = self._later(year, seen, [span.row_id for span in last_rows], rules)
        return Cell([reason], False, status_of(s.status for s in last_rows) if reason.rule == "presumed" else "")

    def _fact(self, year: int) -> Reason | None:
        """Return what speaks against membership in a year whatever pages say: no actor, a list, no network."""
        exists_from, exists_to = self.actor_years
        founded, dissolved = self.network_years
        if exists_from is not None and year < exists_from:
            return Reason("actor_not_formed", {"exists_from": exists_from}, [])
        if exists_to is not None and year > exists_to:
            return Reason("actor_dissolved", {"exists_to": exists_to}, [])
        if year in self.absent:
            return Reason("not_member", {"list": self.absent[year]}, [self.absent[year]])
        if founded is not None and year < founded:
            return Reason("network_not_founded", {"founded": founded}, [])
        if dissolved is not None and year > dissolved:
            return Reason("network_dissolved", {"dissolved": dissolved}, [])
        return None

    def _later(self, year: int, seen: int, rows: list[str], rules: Rules) -> Reason:
        """Say whether membership is presumed after the last evidence, and what stops the presumption."""
        # Where the list wins over a page of the same year, that page presumes nothing either.
        after = seen if rules.prefer == "list" else seen + 1
        lists = [other for other in self.absent if after <= other < year]
        if lists:
            name = self.absent[min(lists)]
            return Reason("after_list", {"last_attested": seen, "list": name}, [*rows, name])
        proposals = [proposal for proposal in self.proposals if seen <= proposal < year]
        if proposals:
            ids = self.proposals[min(proposals)].split(";")
            return Reason("after_proposal", {"last_attested": seen, "proposal": min(proposals)}, [*rows, *ids])
        rule = "presumed" if year - seen <= rules.presume else "after_carry_forward"
        return Reason(rule, {"last_attested": seen, "carry_forward": rules.presume}, rows)

    def _not_yet(self, year: int, part_year: PartYear) -> Reason:
        """Say why nothing is known of a year before which nothing is attested."""
        entering = [span for span in self.spans if span.start == year]
        if entering:
            return Reason("part_of_year", {"start": year, "part_year": part_year}, [span.row_id for span in entering])
        if self.spans:
            first = min(span.first for span in self.spans)
            ids = [span.row_id for span in self.spans if span.first == first]
            return Reason("before_first", {"first_attested": first}, ids)
        if self.ends:
            end = min(self.ends).last
            return Reason("before_end", {"ended": end}, [other.row_id for other in self.ends if other.last == end])
        return Reason("undated" if self.undated else "never_attested", {}, self.undated)


def _ids(rows: Iterable[str]) -> str:
    return ";".join(sorted(set(rows)))


@asked
def networks_counting_as(data: Dataset, counts_as: Iterable[str] = ("membership",)) -> list[str]:
    """Return the ids of the networks of some kinds, in the order of the table.

    >>> from natverk import load
    >>> len(networks_counting_as(load())) > len(networks_counting_as(load(), ["commitment"]))
    True
    """
    wanted = several(counts_as)
    allowed = (*SETS, "reporting", "universal")
    for kind in wanted:
        choice("counts_as", kind, allowed)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="counts_as", allowed=allowed)
    table = data.networks
    return list(table.loc[table["counts_as"].isin(wanted), "network_id"])


@asked
def chosen_networks(
    data: Dataset, networks: Names | None = None, counts_as: Iterable[str] = ("membership",), kinds: Kinds = None
) -> list[str]:
    """Return the ids of the networks that are meant: those named, or else those of `counts_as`; of these the `kinds`.

    >>> from natverk import load
    >>> chosen_networks(load(), ["ubc", "sern"], kinds="network")
    ['ubc', 'sern']
    """
    chosen = networks_counting_as(data, counts_as) if networks is None else known_networks(data, networks)
    if checked_kinds(kinds) == ("all",):
        return chosen
    own = set(networks_of_kinds(data, kinds))
    found = [network for network in chosen if network in own]
    if not found:
        remedy = "name other kinds: a kind and a reach must both fit, and among the networks that are counted"
        raise InvalidArgument(f"no network is {' and '.join(checked_kinds(kinds))}", where="kinds", remedy=remedy)
    return found


@kept
def _lifetimes(data: Dataset) -> dict[str, Lifetime]:
    """Return the first and last year of networks and of the actors that have not existed throughout."""
    networks = data.networks.set_index("network_id")[["founded_year", "dissolved_year"]]
    return {
        str(name): (year_or_none(first), year_or_none(last))
        for table in (networks, existence(data))
        for name, first, last in table.itertuples(name=None)
    }


@kept
def _evidence_of_pairs(data: Dataset, year_basis: YearBasis, counting: Counting) -> dict[tuple[str, str], Pair]:
    """Collect the graded evidence by actor and network, without the lists."""
    life = _lifetimes(data)
    rows = graded(data, year_basis=year_basis, counting=counting)
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    years = rows[["first", "last", "start", "end"]].astype(object)
    years = years.where(years.notna(), None)
    texts = rows[["actor_id", "network_id", "status", "grade", "row_id", "end_kind"]].astype(object)
    pairs: dict[tuple[str, str], Pair] = {}
    for actor, network, status, grade, row, end_kind, first, last, start, end in texts.join(years).itertuples(
        index=False, name=None
    ):
        if (actor, network) not in pairs:
            pairs[actor, network] = Pair(actor_years=life.get(actor, (None, None)), network_years=life[network])
        pair = pairs[actor, network]
        if first is not None:
            pair.spans.append(Span(first, last, start, end, status, row))
        elif end is None and grade == "positive":
            pair.undated.append(row)
        if end is not None:
            pair.ends.append(End(end, row, first is not None, end_kind))
    for row in each_row(proposals_to_leave(data)):
        if (row.actor_id, row.network_id) in pairs:
            pairs[row.actor_id, row.network_id].proposals[row.year] = row.row_ids
    return pairs


@kept
def _absent(data: Dataset, list_certainty: str) -> dict[tuple[str, str], dict[int, str]]:
    """Return by pair the years of the lists that cover the actor and do not have it."""
    found: dict[tuple[str, str], dict[int, str]] = {}
    for actor, network, year, name in absences(data, list_certainty).astype(object).itertuples(index=False, name=None):
        found.setdefault((actor, network), {})[year] = name
    return found


@asked
@kept
def pairs_of(
    data: Dataset, year_basis: YearBasis = "stated", counting: Counting = "strict", list_certainty: str = "high"
) -> dict[tuple[str, str], Pair]:
    """Collect the graded evidence by actor and network, with the lists without the actor and what else the rules read.

    What it returns is kept with the dataset and must not be changed.
    """
    pairs, absent = _evidence_of_pairs(data, year_basis, counting), _absent(data, list_certainty)
    return {key: replace(pair, absent=absent[key]) if key in absent else pair for key, pair in pairs.items()}


@asked
def pair_of(data: Dataset, actor: str, network: str, rules: Rules) -> Pair:
    """Return one pair, also one without any evidence of its own."""
    found = pairs_of(data, rules.year_basis, rules.counting, rules.list_certainty).get((actor, network))
    if found is None:
        life, absent = _lifetimes(data), _absent(data, rules.list_certainty).get((actor, network), {})
        found = Pair(absent=absent, actor_years=life.get(actor, (None, None)), network_years=life[network])
    return found


@asked
@kept
def decided_runs(data: Dataset, rules: Rules) -> pd.DataFrame:
    """Return the cells that the evidence of a pair itself decides, as runs of equal years.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, first, last` (years; 2030 where nothing ends the run), `state, conflict, status, rows`
        as in `panel`, `attested` (whether any year of the pair is attested). One row a pair and run, every pair with
        evidence of some year has one; before its first and after its last run a cell is as without that evidence.
    """
    pairs = pairs_of(data, rules.year_basis, rules.counting, rules.list_certainty)
    found = [
        (actor, network, first, last, cell.state, cell.conflict, cell.status, cell.rows, bool(pair.spans))
        for (actor, network), pair in pairs.items()
        if pair.spans or pair.ends
        for first, last, cell in pair.runs(rules)
    ]
    columns = ["actor_id", "network_id", "first", "last", "state", "conflict", "status", "rows", "attested"]
    text = dict.fromkeys(["actor_id", "network_id", "state", "status", "rows"], TEXT)
    whole, yes_no = dict.fromkeys(["first", "last"], "int64"), dict.fromkeys(["conflict", "attested"], "bool")
    return pd.DataFrame(found, columns=columns).astype({**text, **whole, **yes_no})


@asked
def agree_by_date(data: Dataset, runs: pd.DataFrame) -> pd.Series:
    """Say which conflicts of `decided_runs` are none when the sources are read by date, and not by year.

    A page of January that names a member, and a list of the autumn that does not, can both be right. That is so where
    every row that attests the year was published on a known day or in a known month of it, and the list can be later.

    >>> from natverk import load
    >>> data = load()
    >>> runs = decided_runs(data, Rules())
    >>> runs.loc[agree_by_date(data, runs), ["actor_id", "network_id", "first"]].values.tolist()
    [['municipality:0127', 'ubc', 2019]]
    """
    published = data.sources.set_index("source_id")["published"]
    seen = data.memberships.set_index("row_id")[["source_id", "start_year", "end_year", "observed_year"]]
    listed = data.member_lists.set_index("list_id")["source_id"].map(published)

    def agrees(year: int, ids: list[str]) -> bool:
        rows = seen.loc[[item for item in ids if item in seen.index]]
        days = rows["source_id"].map(published)
        lists = [listed[item] for item in ids if item in listed.index]
        alone = rows["observed_year"].eq(year) & rows["end_year"].isna()
        dated = days.str.match(rf"{year}-\d\d").fillna(value=False)
        if not len(rows) or not lists or not bool((alone & dated).all()):
            return False
        return all(isinstance(day, str) and latest(day) > max(latest(own) for own in days) for day in lists)

    asked_of = runs["conflict"] & (runs["state"] == "not_member") & (runs["first"] == runs["last"])
    found = [
        bool(asks) and agrees(int(year), str(rows).split(";"))
        for asks, year, rows in zip(asked_of, runs["first"], runs["rows"], strict=True)
    ]
    return pd.Series(found, index=runs.index, dtype="bool")


@asked
def panel(
    data: Dataset,
    *,
    actors: Names | None = None,
    networks: Names | None = None,
    counts_as: Iterable[str] = ("membership",),
    years: tuple[int, int] | int | None = None,
    part_year: PartYear = "any",
    after_last: Literal["presumed", "unknown"] = "presumed",
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: ListCertainty = "high",
    prefer: Literal["list", "own_page"] = "list",
    pairs: Literal["all", "evidence"] = "all",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return the state of each actor in each network in each year.

    The rules of a cell, in order: (1) the actor did not exist → `no_actor`; (2) dated positive evidence or
    a stated span → `member`; (3) absent from a complete list whose population at risk covers the actor →
    `not_member`; (4) after a stated end → `left`; (5) the network was not founded or is dissolved →
    `no_network`; (6) within `carry_forward` years after the last evidence, unless a proposal to leave or a
    list without the actor came in between → `presumed`; (7) otherwise `unknown`. Where (2) meets (1), (3),
    (4) or (5) the cell is flagged `conflict`.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities; default all municipalities and regions.
    networks
        Networks by id or name, whatever their kind; default those of `counts_as`.
    counts_as
        Kinds of network, where `networks` names none: by default those that one is a *member* of. Commitments
        (charters one signs), programmes and offices are memberships in a wider sense; `SETS` has all four kinds.
    years
        First and last year, or one year; default 1997 to the last year of the data.
    part_year
        Which part of a year a stated entry or exit must cover: `"any"` (default; sources give years, not
        days), `"whole"`, `"start"` (1 January), `"end"` (31 December).
    after_last, carry_forward
        What follows the last evidence: `"presumed"` for `carry_forward` years (default 3: pages are
        revised every few years, and exits are rare), then unknown; or `"unknown"` at once.
    year_basis, counting
        See `natverk.membership.evidence.graded`.
    list_certainty
        The least certainty of a list's completeness for absence to count: `"high"` (default), or `"medium"`. What a
        list of low certainty does not name is never absent: only its names count.
    prefer
        Which side a conflict takes as best: the contrary `"list"` or fact (default: a register of the
        network knows its members better than an old page), or the actor's `"own_page"`. A sighting after a
        stated end opens a new spell under both, and is a conflict unless a membership is stated to begin
        after that end, or in its year and to go on.
    pairs
        `"all"` (default), or only the pairs of actor and network with dated `"evidence"` of their own. That is
        enough for what is attested or presumed (low and best are the same) and a small part of the size, but **an
        actor without dated evidence has no row then**, and neither `high` nor shares of all actors can be computed.
        What was left out is in `frame.attrs["left_out"]`.
    kinds
        Only networks of these kinds: `"network"`, `"cooperation_body"` (rail corridors, water councils, reserves), and
        by reach `"international"`, `"national"`, `"cross_border"`, `"across_counties"`, `"within_county"`; default all.
        A kind and a reach must both fit. `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, state, conflict, status, low, best, high, rows`: `low` is 1 where membership
        is attested and nothing contradicts it, `best` also where it is presumed (and in a conflict as `prefer` says),
        `high` also in every conflict and where it is unknown and the actor may belong or once did (int64). `status`
        is that of the rows that attest or presume, the most telling first. `rows` are the ids that decide the cell,
        separated by `;`. Sorted by actor, network, year. Its `attrs` hold `left_out`
        (numbers of `actors` and `pairs` without a row), `panel` (the arguments that decide a cell, read by
        `natverk.explain`), `kinds` (what was counted) and `kinds_of` (a line with id, kind and reach of each network,
        read by `count`).

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, an empty selection, years out of range, or an unknown value.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer. The order of the rules is ours.

    Examples
    --------
    >>> from natverk import load
    >>> cells = panel(load(), actors=["municipality:0127"], networks=["ubc"], years=(2018, 2020))
    >>> cells[["year", "state", "conflict", "low", "best", "high"]].values.tolist()
    [[2018, 'unknown', False, 0, 0, 1], [2019, 'not_member', True, 0, 0, 1], [2020, 'not_member', False, 0, 0, 0]]

    The share of municipalities and regions attested as members of UBC in 2019, in per cent:

    >>> cells = panel(load(), networks=["ubc"], years=2019)
    >>> round(100 * float(cells["low"].mean()), 1)
    4.5
    """
    choice("pairs", pairs, ("all", "evidence"))
    rules = Rules(part_year, after_last, carry_forward, year_basis, counting, list_certainty, prefer).checked()
    actor_ids = sorted(known_actors(data, member_actors(data) if actors is None else actors))
    network_ids = sorted(chosen_networks(data, networks, counts_as, kinds))
    span = year_range(years, data=data)
    actor_index, network_index = pd.Index(actor_ids), pd.Index(network_ids)

    def places(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        return actor_index.get_indexer(pd.Index(frame["actor_id"])), network_index.get_indexer(
            pd.Index(frame["network_id"])
        )

    def chosen(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["actor_id"].isin(actor_index) & frame["network_id"].isin(network_index)]

    # One row a pair, one column a year; each cell holds the place of its decision in the table below.
    runs = chosen(decided_runs(data, rules))
    row_of = np.full((len(actor_ids), len(network_ids)), -1)
    shown = np.full(row_of.shape, pairs == "all")
    shown[places(runs)] = True
    a, n = np.nonzero(shown)
    row_of[a, n] = np.arange(len(a))
    lists = chosen(absences(data, rules.list_certainty))
    lists = lists[lists["year"].between(span[0], span[-1]) & (row_of[places(lists)] >= 0)]
    names, list_codes = np.unique(lists["list_id"].to_numpy(dtype=object), return_inverse=True)
    decisions = pd.concat(
        [
            pd.DataFrame({"state": ["unknown", "no_network", "no_actor"]}),
            pd.DataFrame({"state": "not_member", "rows": names}),
            runs[["state", "conflict", "status", "rows"]],
        ],
        ignore_index=True,
    ).fillna({"conflict": False, "status": "", "rows": ""})

    # What is known without evidence of the pair: no actor, absent from a list, no network; then the pairs' own runs.
    calendar = np.asarray(span)
    life = data.networks.set_index("network_id")[["founded_year", "dissolved_year"]].reindex(network_index)
    which = np.where(_within(life, calendar), 0, 1)[n]
    which[row_of[places(lists)], lists["year"].to_numpy() - span[0]] = 3 + list_codes
    which[~_within(existence(data).reindex(actor_index), calendar)[a]] = 2
    begin = runs["first"].clip(lower=span[0]).to_numpy() - span[0]
    length = np.maximum(runs["last"].clip(upper=span[-1]).to_numpy() - span[0] - begin + 1, 0)
    offset = np.arange(length.sum()) - np.repeat(length.cumsum() - length, length)
    code = np.repeat(len(decisions) - len(runs) + np.arange(len(runs)), length)
    which[np.repeat(row_of[places(runs)], length), np.repeat(begin, length) + offset] = code

    state = decisions["state"]
    unknown, conflict = (state == "unknown").to_numpy()[which], decisions["conflict"].to_numpy(dtype=bool)[which]
    best = state.isin(["member", "presumed"]).to_numpy()[which]
    low = (state == "member").to_numpy()[which] & ~conflict
    may = eligible(data, actor_ids, network_ids, span)[a, n]
    may[row_of[places(runs[runs["attested"]])]] = True
    cell = which.ravel()
    texts = {name: decisions[name].astype(TEXT).array.take(cell) for name in ("state", "status", "rows")}
    frame = pd.DataFrame(
        {
            "actor_id": actor_index.astype(TEXT).array.take(np.repeat(a, len(span))),
            "network_id": network_index.astype(TEXT).array.take(np.repeat(n, len(span))),
            "year": np.tile(calendar, len(a)).astype("int64"),
            "state": texts["state"],
            "conflict": conflict.ravel(),
            "status": texts["status"],
            "low": low.ravel().astype("int64"),
            "best": best.ravel().astype("int64"),
            "high": (best | conflict | (unknown & may)).ravel().astype("int64"),
            "rows": texts["rows"],
        }
    )
    frame.attrs["left_out"] = {"actors": len(actor_ids) - len(np.unique(a)), "pairs": row_of.size - len(a)}
    frame.attrs["panel"] = rules._asdict()
    frame.attrs["kinds"] = checked_kinds(kinds)
    own = data.networks[data.networks["network_id"].isin(network_ids)]
    # As text: pandas copies attributes, cell by cell, at every step that is taken with a frame.
    frame.attrs["kinds_of"] = "\n".join(f"{row.network_id} {row.kind} {row.reach}" for row in each_row(own))
    return frame


def _within(life: pd.DataFrame, years: np.ndarray) -> np.ndarray:
    """Say for each row of first and last years which years lie between them; what is missing bounds nothing."""
    first, last = (life.iloc[:, place].astype("float64").to_numpy()[:, None] for place in (0, 1))
    return np.asarray(~((years < first) | (years > last)))


def count(cells: pd.DataFrame, by: Iterable[str], *, kinds: Kinds = None) -> pd.DataFrame:
    """Sum a panel: how many memberships, between which bounds, and how much is known.

    Parameters
    ----------
    cells
        A panel, or a part of one, possibly with further columns to group by.
    by
        The columns to group by, e.g. `["year"]` or `["network_id", "year"]`.
    kinds
        Count only cells of networks of these kinds; see `panel`, which notes the kinds of its networks in its `attrs`.
        Default all that are in the panel. `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        The grouping columns and `low, best, high` (memberships), `n_cells`, `n_known`, `coverage` (share of
        cells known, 0–1), `n_conflict`; numbers are int64. Of a panel of `pairs="evidence"`, `high`, `n_cells` and
        `coverage` tell of the pairs with evidence alone.

    Raises
    ------
    InvalidArgument
        For a column that is not there, nothing to group by, an unknown kind, or kinds of a frame that does not say
        what its networks are.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> cells = panel(load(), networks=["ubc"], years=2019)
    >>> count(cells, ["network_id"])[["low", "best", "high"]].values.tolist()
    [[14, 14, 15]]
    """
    by = several(by)
    if not by:
        raise InvalidArgument("there is nothing to group by", where="by", allowed=list(cells.columns))
    has_columns(cells, by, "by", "name a column of the panel, or add one to it")
    has_columns(cells, ["state", "low", "best", "high", "conflict"], "cells", "give a panel, or rows of one")
    counted = cells.attrs.get("kinds", ("all",))
    if kinds is not None:
        counted, cells = checked_kinds(kinds), _of_kinds(cells, checked_kinds(kinds))
    known = cells.assign(known=cells["state"].isin(KNOWN))
    groups = known.groupby(by, sort=True, observed=True)
    result = groups.agg(
        low=("low", "sum"),
        best=("best", "sum"),
        high=("high", "sum"),
        n_cells=("state", "size"),
        n_known=("known", "sum"),
        n_conflict=("conflict", "sum"),
    ).reset_index()
    numbers = ["low", "best", "high", "n_cells", "n_known", "n_conflict"]
    result = result.astype(dict.fromkeys(numbers, "int64"))
    result["coverage"] = result["n_known"] / result["n_cells"]
    result = result[[*by, "low", "best", "high", "n_cells", "n_known", "coverage", "n_conflict"]]
    result.attrs = {"kinds": counted}
    return result


def _of_kinds(cells: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return the cells of the networks of some kinds, by what the panel notes of its networks."""
    kinds_of = cells.attrs.get("kinds_of")
    if kinds_of is None or "network_id" not in cells:
        raise InvalidArgument(
            "the frame does not say of which kinds its networks are", where="kinds", remedy="give kinds to panel"
        )
    wanted = [{*kinds} & {*values} for values in (VOCABULARIES["network_kind"], VOCABULARIES["reach"])]
    fit = [
        network
        for network, *own in map(str.split, kinds_of.splitlines())
        if all(not named or value in named for named, value in zip(wanted, own, strict=True))
    ]
    return cells[cells["network_id"].isin(fit)]
