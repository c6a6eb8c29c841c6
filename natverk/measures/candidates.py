"""Candidates: networks that peers are documented in and a municipality is not, with its eligibility."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.measures.actors import eligible, levels
from natverk.measures.arguments import YEARS, choice, counted_from_one, year_range
from natverk.measures.evidence import Counting, YearBasis, graded
from natverk.measures.frames import each_row, year_or_none
from natverk.measures.likeness import municipality_code, population_at, portfolios
from natverk.measures.panel import SETS, networks_counting_as, panel
from natverk.measures.peers import by_portfolio, by_structure

__all__ = ["candidates"]


def candidates(
    data: Dataset,
    municipality: str,
    *,
    peers: Iterable[str] | None = None,
    by: Literal["portfolio", "structure"] = "structure",
    year: int = 2024,
    window: int | None = 10,
    n_peers: int = 10,
    counts_as: tuple[str, ...] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: Literal["high", "medium", "low"] = "high",
    min_known: int = 3,
    weights: Mapping[str, float] | None = None,
    table: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the networks that peers are documented in and this municipality is not, the most shared first.

    Parameters
    ----------
    municipality
        A code, an actor id or a name.
    peers
        The municipalities that are asked, as codes, actor ids or names; by default the most alike are sought.
    by
        Peers by `"structure"` (default: it does not depend on what is documented) or `"portfolio"`.
    year, window
        Portfolios are those of the `window` years up to `year`; eligibility is that of `year`. With None all
        evidence up to `year` counts, also what has no year, but for peers that a later list or end shows outside.
    n_peers
        How many peers are asked.
    counts_as, year_basis, counting, list_certainty
        See `portfolios`.
    min_known, weights
        See `by_portfolio` and `by_structure`.
    table
        A frame of `portfolios`, as in `by_portfolio`.

    Returns
    -------
    pd.DataFrame
        `rank, network_id, network, n_in` (peers known as members), `n_in_high` (and eligible peers of which it
        is unknown), `n_known, n_peers`, `peers` (codes of those in it), `own_state` (`unknown`, `not_member`
        where a complete list says so, `left` where an end does), `own_year` (of that list, or the last year as member;
        missing where unknown), `own_documented` (a row of any year calls it a member, or a former one), `eligible`,
        `eligibility` (`eligible`, `level`, `too_small`, `too_large`, `not_founded`, `dissolved`), `min_population,
        max_population, population, population_year, eligibility_note`. Ties: by network id.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown municipality or value, a year out of range, or weights that do not sum to 1.

    Notes
    -----
    "Not documented" is not "not a member": `own_state` says which. Eligibility knows levels and population
    only (Gotland is at both levels); that a network is for one border region or one kind of place stands in its
    membership rule.

    Examples
    --------
    >>> from natverk import load
    >>> table = candidates(load(), "Solna", year=2019).set_index("network_id")
    >>> table.loc["eurocities", ["own_state", "eligibility"]].tolist()
    ['unknown', 'too_small']
    """
    code = municipality_code(data, municipality)
    choice("by", by, ("portfolio", "structure"))
    year_range(year, "year", data=data)
    counted_from_one("n_peers", n_peers)
    if window is not None:
        counted_from_one("window", window)
    first = YEARS[0] if window is None else year - window + 1
    evidence: dict[str, Any] = {"counts_as": counts_as, "year_basis": year_basis, "counting": counting}
    evidence |= {"list_certainty": list_certainty, "years": (first, year)}
    if peers is not None:
        asked = [municipality_code(data, peer) for peer in peers]
    elif by == "structure":
        asked = by_structure(data, code, year=year, n=n_peers, weights=weights)["code"].tolist()
    else:
        near = by_portfolio(data, code, n=None, min_known=min_known, table=table, **evidence)
        # Who shares nothing with it is no peer, however much is known of both.
        asked = near.loc[near["rank"].notna() & (near["n_shared"] > 0), "code"].head(n_peers).tolist()
    if table is None:
        # Only these can decide: a network that none of them is known in is no candidate.
        table = portfolios(data, municipalities=[code, *asked], **evidence)
    own = table.loc[code]
    known = own.notna()
    actor = f"municipality:{code}"
    rows = graded(data, year_basis="any", counting=counting)
    once = set(rows.loc[(rows["actor_id"] == actor) & rows["grade"].isin(["positive", "exit"]), "network_id"])
    rows = rows[rows["grade"] == "positive"]
    documented = set(rows.loc[rows["actor_id"] == actor, "network_id"])
    rules = {row.network_id: row for row in each_row(data.networks)}
    among = table.loc[asked]
    if window is None:
        among = _with_undated(data, among, rows, year, counts_as)
    counts = (among == 1).sum()
    wanted = [
        network for network in among.columns
        if counts[network] > 0 and (own[network] == 0 if known.get(network, False) else network not in documented)
    ]  # fmt: skip
    population, population_year = population_at(data, year)
    size = year_or_none(population.get(code))
    may = eligible(data, [f"municipality:{peer}" for peer in asked], wanted, range(year, year + 1))
    kind = levels(data).set_index("actor_id").loc[actor]
    absent = _absences(data, actor, [network for network in wanted if known.get(network, False)], evidence)
    own_levels = {name for name in ("municipality", "region") if bool(kind[name])}
    found = []
    for place, network in enumerate(wanted):
        rule = rules[network]
        cells = among[network]
        reason = _eligibility(rule, own_levels, size, year)
        found.append(
            {
                "network_id": network,
                "network": rule.name,
                "n_in": int(counts[network]),
                "n_in_high": int(counts[network]) + int((cells.isna().to_numpy() & may[:, place, 0]).sum()),
                "n_known": int(cells.notna().sum()),
                "n_peers": len(asked),
                "peers": ";".join(sorted(cells.index[(cells == 1).fillna(False).astype(bool)])),
                "own_state": absent.get(network, ("unknown", None))[0],
                "own_year": absent.get(network, ("unknown", None))[1],
                "own_documented": network in once,
                "eligible": reason == "eligible",
                "eligibility": reason,
                "min_population": rule.min_population,
                "max_population": rule.max_population,
                "population": size,
                "population_year": population_year,
                "eligibility_note": rule.eligibility_note,
            }
        )
    frame = pd.DataFrame(found, columns=_CANDIDATE_COLUMNS).astype(dict.fromkeys(_NUMBERS, "Int64"))
    frame = frame.sort_values(["n_in", "network_id"], ascending=[False, True], ignore_index=True)
    frame.insert(0, "rank", range(1, len(frame) + 1))
    return frame


_CANDIDATE_COLUMNS = [
    "network_id", "network", "n_in", "n_in_high", "n_known", "n_peers", "peers", "own_state", "own_year",
    "own_documented", "eligible", "eligibility", "min_population", "max_population", "population", "population_year",
    "eligibility_note",
]  # fmt: skip
_NUMBERS = ("own_year", "min_population", "max_population", "population")


def _with_undated(
    data: Dataset, among: pd.DataFrame, rows: pd.DataFrame, year: int, counts_as: tuple[str, ...]
) -> pd.DataFrame:
    """Return portfolios in which what has no year of its own makes a member too, where no year says otherwise."""
    codes = data.municipalities.set_index("actor_id")["code"]
    networks = networks_counting_as(data, counts_as)
    until = rows["first"].isna() | (rows["first"] <= year).fillna(False)
    rows = rows.assign(code=rows["actor_id"].map(codes))[until & rows["network_id"].isin(networks)]
    rows = rows[rows["code"].isin(among.index)]
    filled = among.reindex(columns=sorted({*among.columns, *rows["network_id"]})).astype("Float64")
    once = pd.crosstab(rows["code"], rows["network_id"]).reindex(index=filled.index, columns=filled.columns)
    return filled.mask(filled.isna() & (once > 0), 1.0)


def _absences(
    data: Dataset, actor: str, networks: list[str], evidence: dict[str, Any]
) -> dict[str, tuple[str, int | None]]:
    """Return the networks that an actor is known to be outside, by a list (and its year) or an end (the last year)."""
    if not networks:
        return {}
    asked = {name: value for name, value in evidence.items() if name != "counts_as"}
    cells = panel(data, actors=[actor], networks=networks, **asked)
    last = cells[cells["state"].isin(["not_member", "left"])].groupby("network_id").last()
    rows = graded(data, year_basis=evidence["year_basis"], counting=evidence["counting"])
    ends = rows[rows["actor_id"] == actor].groupby("network_id")["end"].max()
    return {
        str(name): (str(row["state"]), year_or_none(row["year"] if row["state"] == "not_member" else ends.get(name)))
        for name, row in last.iterrows()
    }


def _eligibility(rule: Any, own_levels: set[str], size: int | None, year: int) -> str:
    """Say why a municipality may or may not belong to a network in a year; see `natverk.measures.actors.eligible`."""
    founded, dissolved = year_or_none(rule.founded_year), year_or_none(rule.dissolved_year)
    least, most = year_or_none(rule.min_population), year_or_none(rule.max_population)
    if not own_levels & set(str(rule.eligible_levels).split(";")):
        return "level"
    if founded is not None and year < founded:
        return "not_founded"
    if dissolved is not None and year > dissolved:
        return "dissolved"
    if size is not None and least is not None and size < least:
        return "too_small"
    if size is not None and most is not None and size > most:
        return "too_large"
    return "eligible"
