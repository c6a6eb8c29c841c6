"""Complete lists: who is on them, who is not, and what comparing them tells. Only here does absence mean anything."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.partial import latest
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import Names, choice, each_row, known_county, known_networks, year_range
from natverk.membership.actors import at_risk_in, eligible, existence, levels
from natverk.membership.evidence import graded

__all__ = [
    "AtRisk",
    "CERTAINTY",
    "ListCertainty",
    "absences",
    "checked_certainty",
    "latest_lists",
    "missing_since",
    "with_absences",
    "list_exits",
    "list_members",
    "list_retention",
    "listed_memberships",
    "lists",
    "on_lists",
]

ListCertainty = Literal["high", "medium"]
AtRisk = Literal["eligible", "list"]

#: Which lists are certain enough, by the least certainty that is asked for. A list of low certainty is known to lack
#: somebody, or may: who is not on it is unknown, whatever is asked for.
CERTAINTY = {"high": ("high",), "medium": ("high", "medium")}


def checked_certainty(certainty: str, name: str = "list_certainty") -> str:
    """Return the certainty of lists that is asked for, or raise where absence from them says nothing.

    >>> checked_certainty("medium")
    'medium'
    """
    if certainty == "low":
        raise InvalidArgument(
            "a list of low certainty closes nothing: who is not on it may be a member",
            where=name,
            allowed=CERTAINTY,
            remedy="give 'medium' for lists that are probably complete",
        )
    choice(name, certainty, tuple(CERTAINTY))
    return certainty


@asked
@kept
def list_members(data: Dataset) -> pd.DataFrame:
    """Return the actors that each complete list covers or names: `covered`, `on`, `row_id` of the row that names it."""
    table, complete = levels(data).set_index("actor_id"), data.member_lists
    rows = data.memberships.dropna(subset=["list_id"]).drop_duplicates(["list_id", "actor_id"])
    place = pd.Index(complete["list_id"]).get_indexer(pd.Index(rows["list_id"]))
    who = table.index.get_indexer(pd.Index(rows["actor_id"]))
    named = np.full((len(complete), len(table)), None, dtype=object)
    named[place, who] = rows["row_id"]
    covered = np.zeros(named.shape, dtype=bool)
    for (whom, where), group in complete.groupby(["levels_at_risk", "counties_at_risk"], dropna=False):
        covered[complete.index.isin(group.index)] = at_risk_in(table, str(whom), where)
    on = named != None  # noqa: E711 - element by element
    place, who = np.nonzero(covered | on)
    columns = ["list_id", "network_id", "year", "certainty", "status_scope"]
    seen = complete[columns].iloc[place].reset_index(drop=True).assign(actor_id=table.index[who])
    seen = seen.assign(covered=covered[place, who], on=on[place, who], row_id=named[place, who])
    return seen.astype({"year": "int64", "actor_id": TEXT, "row_id": TEXT})


@asked
@kept
def absences(data: Dataset, certainty: str) -> pd.DataFrame:
    """Return who is absent from which complete list that covers it: `actor_id, network_id, year, list_id`.

    A list of full members says of the others only that they are not *full* members, and is left out.
    """
    seen = list_members(data)
    lacking = seen["covered"] & ~seen["on"] & (seen["status_scope"] == "all")
    return seen.loc[
        lacking & seen["certainty"].isin(CERTAINTY[certainty]), ["actor_id", "network_id", "year", "list_id"]
    ]


@asked
def list_exits(data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high") -> pd.DataFrame:
    """Return exits found by comparing complete lists: intervals, never dates.

    Parameters
    ----------
    network
        One network, or None for all with at least two lists.
    certainty
        The least certainty that a list is complete: `"high"` (default: absence is the whole argument) or
        `"medium"`.

    Returns
    -------
    pd.DataFrame
        `network_id, actor_id, exit_after` (the last year before the later list in which a list or another dated row
        attests the membership), `exit_before` (year of the list without the actor), `list_after, list_before, returned`
        (year of a later list that has the actor again), `conflict` (another source sees the actor as a member in or
        after the year of the list without it, and is not known to be older), `stated_end` (last year as member that a
        source states within the interval), `row_ids` (of the earlier list and of what contradicts). Whose fixed term
        ran out within the interval, or who ceased to exist, has no row. Lists of full members only are not compared:
        who is missing may be an associate. A list whose population at risk does not cover the actor says nothing of it
        and is passed over.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated
    data. Journal of the Royal Statistical Society B 38, 290–295.

    Examples
    --------
    >>> from natverk import load
    >>> ubc = list_exits(load(), "ubc")
    >>> len(ubc), ubc.loc[ubc["actor_id"] == "municipality:1780", ["exit_after", "exit_before"]].values.tolist()
    (9, [[2019, 2020]])
    """
    seen = on_lists(data, network, certainty=certainty)
    pair = ["network_id", "actor_id"]
    before = seen.groupby(pair, sort=True)[["on", "year", "list_id", "row_id"]].shift(1)
    out = ~seen["on"] & before["on"].fillna(value=False).astype(bool)
    former = before.loc[out, ["year", "list_id", "row_id"]].set_axis(["first", "list_after", "row_before"], axis=1)
    steps = seen.loc[out, [*pair, "year", "list_id"]].join(former).rename(columns={"list_id": "list_before"})
    steps = steps.astype({"first": "int64"}).reset_index(drop=True)

    # What other rows say of each step, and later lists.
    rows = graded(data)
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    # Whose term ran out between the lists has not disappeared from the later one.
    over = steps.merge(rows[rows["end_kind"].ne("left") & rows["end"].notna()], on=pair, suffixes=("_listed", ""))
    over = over[((over["end"] >= over["first_listed"]) & (over["end"] < over["year"])).fillna(False)]
    ran_out = pd.MultiIndex.from_frame(over[[*pair, "year"]])
    steps = steps[~pd.MultiIndex.from_frame(steps[[*pair, "year"]]).isin(ran_out)].reset_index(drop=True)
    rows = rows[rows["list_id"].isna()]
    rows = rows[[*pair, "row_id", "first", "last", "end", "source_id"]].rename(columns={"first": "from"})
    met = steps.reset_index(names="step").merge(rows, on=pair).set_index("step")
    between = met[((met["from"] < met["year"]) & (met["last"] > met["first"])).fillna(False)]
    last_seen = between["last"].clip(upper=between["year"] - 1).groupby("step").max()
    # A page of a known day of the year of a list that can be later is no word against it.
    published = data.sources.set_index("source_id")["published"]
    days, listed = (
        met["source_id"].map(published),
        met["list_before"].map(data.member_lists.set_index("list_id")["source_id"]).map(published),
    )
    earlier = pd.Series(
        [
            isinstance(day, str) and isinstance(own, str) and "-" in day and latest(day) < latest(own)
            for day, own in zip(days, listed, strict=True)
        ],
        index=met.index,
        dtype="bool",
    )
    against = (met["last"] >= met["year"]).fillna(False) & ~(earlier & (met["last"] == met["year"]).fillna(False))
    contrary = met.loc[against, "row_id"].groupby("step").agg(";".join)
    told = met.loc[((met["end"] >= met["first"]) & (met["end"] < met["year"])).fillna(False), "end"]
    again = steps.reset_index(names="step").merge(seen[seen["on"]], on=pair, suffixes=("", "_on")).set_index("step")
    back = again.loc[again["year_on"] > again["year"], "year_on"]
    named = steps["row_before"].str.cat(contrary.reindex(steps.index).fillna(""), sep=";").str.strip(";")
    frame = steps.assign(
        exit_after=last_seen.reindex(steps.index).fillna(steps["first"]),
        exit_before=steps["year"],
        returned=back.groupby("step").min(),
        conflict=steps.index.isin(contrary.index),
        stated_end=told.groupby("step").max(),
        row_ids=[";".join(sorted(set(ids.split(";")))) for ids in named],
    )
    columns = ["network_id", "actor_id", "exit_after", "exit_before", "list_after", "list_before", "returned"]
    whole = dict.fromkeys(["exit_after", "exit_before", "returned", "stated_end"], "Int64")
    frame = frame[[*columns, "conflict", "stated_end", "row_ids"]].astype({**whole, "row_ids": TEXT})
    return frame.sort_values(["network_id", "exit_before", "actor_id"], ignore_index=True)


@asked
def list_retention(data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high") -> pd.DataFrame:
    """Return how many of the members on a network's first complete list stand on each later one.

    Parameters
    ----------
    network
        One network, or None for all that have complete lists of at least two years.
    certainty
        See `list_exits`.

    Returns
    -------
    pd.DataFrame
        `network_id, year, n_listed, n_first` (members on the first list that this list covers), `n_still` (of
        these), `share` (0–1), `n_new` (listed, and absent from an earlier list that covers them; missing for
        the first). Networks with one complete list are left out unless asked for by name.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    Notes
    -----
    Shares of lists, no estimate: who came back counts as still there.

    Examples
    --------
    >>> from natverk import load
    >>> list_retention(load(), "ubc")[["year", "n_first", "n_still"]].values.tolist()
    [[2014, 21, 21], [2019, 21, 14], [2020, 21, 13], [2022, 21, 12]]
    """
    seen = on_lists(data, network, certainty=certainty)
    pair = [seen["network_id"], seen["actor_id"]]
    opening = seen["year"] == seen.groupby("network_id")["year"].transform("min")
    first = (seen["on"] & opening).groupby(pair).transform("any")
    absent = (~seen["on"]).astype("int64")
    absent_before = absent.groupby(pair).cumsum() > absent
    columns = {
        "n_listed": seen["on"],
        "n_first": first,
        "n_still": first & seen["on"],
        "n_new": seen["on"] & absent_before,
    }
    table = seen.assign(**columns).groupby(["network_id", "year"])[list(columns)].sum()
    table["share"] = (table["n_still"] / table["n_first"]).where(table["n_first"] > 0)
    table = table.reset_index()
    followed = table["year"] > table.groupby("network_id")["year"].transform("min")
    table["n_new"] = table["n_new"].astype("Int64").where(followed)
    return table[["network_id", "year", "n_listed", "n_first", "n_still", "share", "n_new"]]


@asked
def on_lists(
    data: Dataset, network: str | None = None, *, certainty: ListCertainty = "high", at_least: int = 2
) -> pd.DataFrame:
    """Return who is and who is not on each complete list, for the actors that it covers or names.

    Parameters
    ----------
    network
        One network, or None for all that have complete lists of at least `at_least` years.
    certainty
        See `list_exits`.
    at_least
        The fewest years with a list.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, year, list_id, on, row_id` (of the evidence that names it), sorted by network,
        actor, year. Of two lists of one year, being on either counts.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    Examples
    --------
    >>> from natverk import load
    >>> seen = on_lists(load(), "ubc")
    >>> seen.groupby("year")["on"].sum().to_dict()
    {2014: 21, 2019: 14, 2020: 13, 2022: 12}
    """
    checked_certainty(certainty, "certainty")
    if network is None:
        return _on_lists(data, None, certainty, at_least)
    return _on_lists(data, known_networks(data, [network])[0], certainty, at_least)


@kept
def _on_lists(data: Dataset, network: str | None, certainty: ListCertainty, at_least: int) -> pd.DataFrame:
    """Read the lists, once for each dataset and choice."""
    seen = list_members(data)
    seen = seen[seen["certainty"].isin(CERTAINTY[certainty]) & (seen["status_scope"] == "all")]
    if network is not None:
        seen = seen[seen["network_id"] == network]
    else:
        seen = seen[seen.groupby("network_id")["year"].transform("nunique") >= at_least]
    seen = seen.sort_values(["network_id", "actor_id", "year", "on"], kind="stable")
    seen = seen.drop_duplicates(["network_id", "actor_id", "year"], keep="last", ignore_index=True)
    return seen[["actor_id", "network_id", "year", "list_id", "on", "row_id"]]


@asked
@kept
def missing_since(data: Dataset, last_year: int, certainty: ListCertainty) -> pd.DataFrame:
    """Return whom the latest list of a network up to a year does not name, though it covers them.

    Index `actor_id, network_id`; `year` (of that list), `year_basis` (`inferred`: no source states it). Nobody where
    the network is a commitment: its lists name those who signed first.
    """
    seen = on_lists(data, certainty=certainty, at_least=1)
    seen = seen[seen["year"] <= int(data.last_day(last_year)[:4])]
    counts_as = seen["network_id"].map(data.networks.set_index("network_id")["counts_as"])
    latest_of = seen.groupby("network_id")["year"].transform("max")
    lacking = seen[(seen["year"] == latest_of) & ~seen["on"] & (counts_as != "commitment")]
    basis = lacking["list_id"].map(data.member_lists.set_index("list_id")["year_basis"])
    found: pd.DataFrame = lacking.assign(year_basis=basis).set_index(["actor_id", "network_id"])[["year", "year_basis"]]
    return found


@asked
def with_absences(data: Dataset, own: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Add to ties (rows of `documented`) from which list of the network their actor is missing, if from the latest.

    Parameters
    ----------
    own
        Rows with `actor_id, network_id, mark, since, last_seen, inferred_seen, end, end_kind`.
    last_year
        Later lists are left out.

    Returns
    -------
    pd.DataFrame
        `own` with `absent` (a year, where the latest list, surely or probably complete, covers the actor and does not
        name it: that of the first list without it after it was last seen, a surely complete one before others) and
        `absent_inferred` (no source states that year). Missing for who is seen after the list, and may have joined
        since, and for who has left, had a tie or a term that ended, or a looser tie.

    Examples
    --------
    >>> from natverk import documented, load
    >>> data = load()
    >>> own = documented(data, "Stockholm", networks=["ubc"])
    >>> with_absences(data, own, 2025)["absent"].tolist()
    [2014]
    """
    pair = ["actor_id", "network_id"]
    missing = missing_since(data, last_year, "medium")
    seen = on_lists(data, certainty="medium", at_least=1)
    seen = seen[seen["network_id"].isin(own["network_id"]) & (seen["year"] <= int(data.last_day(last_year)[:4]))]
    known = own.set_index(pair)[["since", "last_seen", "inferred_seen"]].max(axis=1).rename("known")
    last_on = seen[seen["on"]].groupby(pair)["year"].max().rename("last_on")
    lists = data.member_lists.set_index("list_id")
    without = seen[~seen["on"]].merge(known.reset_index(), on=pair).merge(last_on.reset_index(), on=pair, how="left")
    without = without[without["year"] > without["last_on"].fillna(0)]
    without = without.assign(
        early=(without["year"] <= without["known"]).fillna(False).astype(bool),
        unsure=without["list_id"].map(lists["certainty"]) != "high",
        year_basis=without["list_id"].map(lists["year_basis"]),
    )
    # A list of the year of the last sighting, or of an earlier one, only where there is no later one.
    without["place"] = without["year"].mask(without["early"], -without["year"])
    first = without.sort_values(["early", "unsure", "place"]).drop_duplicates(pair).set_index(pair)
    first = first[first.index.isin(missing.index)][["year", "year_basis"]]
    first = first.reindex(pd.MultiIndex.from_frame(own[pair])).set_axis(own.index)
    absent = first["year"].astype("Int64")
    later = (own["last_seen"] > own["end"]).fillna(False)
    apart = own["mark"].isin(["left", "loose"]) | (own["end_kind"].fillna("left").ne("left") & ~later)
    over = (own["end"] < absent).fillna(False) & (own["mark"] != "conflict")
    return own.assign(
        absent=absent.mask(apart | (own["last_seen"] > absent).fillna(False) | over),
        absent_inferred=first["year_basis"].eq("inferred").fillna(False).astype(bool),
    )


@asked
def latest_lists(
    data: Dataset,
    *,
    year: int,
    networks: Names | None = None,
    certainty: ListCertainty = "high",
    at_risk: AtRisk = "eligible",
) -> pd.DataFrame:
    """Return the complete lists up to a year, and which of them tell who belongs: the latest of each network.

    Parameters
    ----------
    year
        The latest year of a list.
    networks
        Network ids; default all with a list.
    certainty
        The least certainty that a list is complete.
    at_risk
        Whom a list covers, see `natverk.models.listed_participation`.

    Returns
    -------
    pd.DataFrame
        `list_id, network_id, year, certainty, used, reason` (`used`; `after_year`; `uncertain`; `full_only`: a
        list of full members does not say who is no associate; `superseded`: there is a later one;
        `no_variation`: it names all that it covers, or none), `n_covered, n_named` (municipalities), and
        `levels_at_risk, counties_at_risk, source_id`. Sorted by network and year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or when no list is left.

    Examples
    --------
    >>> from natverk import load
    >>> lists = latest_lists(load(), year=2022)
    >>> {"eu-mission-100-2022", "ubc-2022", "viable-cities-kn2030-2021"} <= set(lists.loc[lists["used"], "list_id"])
    True
    """
    checked_certainty(certainty, "certainty")
    year_range(year, "year", data=data)
    lists = data.member_lists
    if networks is not None:
        lists = lists[lists["network_id"].isin(known_networks(data, networks))]
    lists = lists.sort_values(["network_id", "year"], ignore_index=True)
    reason = pd.Series("used", index=lists.index, dtype=TEXT)
    enough = lists["certainty"].isin(CERTAINTY[certainty])
    good = (lists["year"] <= year) & enough & (lists["status_scope"] == "all")
    last = lists[good].groupby("network_id")["year"].transform("max").reindex(lists.index)
    reason = reason.mask(good & (lists["year"] < last).fillna(value=False), "superseded")
    reason = reason.mask(lists["status_scope"] != "all", "full_only").mask(~enough, "uncertain")
    lists = lists.assign(reason=reason.mask(lists["year"] > year, "after_year"))
    covered, named = _coverage(data, at_risk)
    lists["n_covered"] = lists["list_id"].map(covered.sum()).astype("int64")
    lists["n_named"] = lists["list_id"].map(named.sum()).astype("int64")
    flat = (lists["n_named"] == 0) | (lists["n_named"] == lists["n_covered"])
    lists["reason"] = lists["reason"].mask(flat & (lists["reason"] == "used"), "no_variation")
    lists["used"] = lists["reason"] == "used"
    if not lists["used"].any():
        raise InvalidArgument(
            f"no complete list of {certainty} certainty up to {year} tells who belongs and who does not",
            where="networks, year, certainty",
            allowed=sorted(set(data.member_lists["network_id"])),
            remedy="take a later year, other networks, or certainty='medium'",
        )
    columns = ["list_id", "network_id", "year", "certainty", "used", "reason", "n_covered", "n_named"]
    return lists[[*columns, "levels_at_risk", "counties_at_risk", "source_id"]]


@asked
def listed_memberships(data: Dataset, lists: pd.DataFrame, *, at_risk: AtRisk = "eligible") -> pd.DataFrame:
    """Count for each municipality the used lists that cover it and those that name it.

    Parameters
    ----------
    lists
        As `latest_lists` gives them.
    at_risk
        See `natverk.models.listed_participation`.

    Returns
    -------
    pd.DataFrame
        `actor_id, exposure` (lists that cover it), `listed_memberships` (lists that name it; missing where no
        list covers it: unknown, not 0), `list_ids` (that name it). One row a municipality.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> counts = listed_memberships(data, latest_lists(data, year=2022, networks=["ubc", "eu-mission-100"]))
    >>> int(counts["listed_memberships"].sum()), counts["exposure"].unique().tolist()
    (19, [2])
    """
    used = lists.loc[lists["used"], "list_id"].tolist()
    covered, named = (table[used] for table in _coverage(data, at_risk))
    exposure, ids = covered.sum(axis=1), named.columns.to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "actor_id": pd.Series(covered.index, dtype=TEXT),
            "exposure": exposure.to_numpy(dtype="int64"),
            "listed_memberships": named.sum(axis=1).astype("Int64").where(exposure > 0).to_numpy(),
            "list_ids": [";".join(ids[row]) for row in named.to_numpy(dtype=bool)],
        }
    )


@kept
def _coverage(data: Dataset, at_risk: AtRisk) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two tables of yes and no, municipality by list: does the list cover it, does the list name it."""
    choice("at_risk", at_risk, ("eligible", "list"))
    municipalities, lists = list(data.municipalities["actor_id"]), data.member_lists
    seen = list_members(data).set_index(["actor_id", "list_id"])
    covered, named = (
        seen[name].unstack(fill_value=False).reindex(index=municipalities, columns=lists["list_id"], fill_value=False)
        for name in ("covered", "on")
    )
    born = existence(data)["exists_from"].reindex(municipalities).fillna(0)
    for item in each_row(lists):
        covered[item.list_id] &= (born <= item.year).to_numpy(dtype=bool)
        if at_risk == "eligible":
            covered[item.list_id] &= eligible(data, municipalities, [item.network_id], range(item.year, item.year + 1))[
                :, 0, 0
            ]
    return covered | named, named


@asked
def lists(
    data: Dataset,
    county: str | None = None,
    *,
    networks: Names | None = None,
    certainty: ListCertainty = "medium",
) -> pd.DataFrame:
    """Return membership where it is known: the network-years of complete lists.

    Parameters
    ----------
    county
        Count the actors of one county, or None for the country.
    networks
        Only the lists of these networks; default all.
    certainty
        The least certainty that a list is complete: `"high"`, or `"medium"` (default; shown in a column).

    Returns
    -------
    pd.DataFrame
        `network_id, year, n_members, n_at_risk` (municipalities and regions that the list covers), `n_sweden,
        certainty, list_id, source_id, year_basis` (stated or inferred). Lists of full members only have `full_only`
        set: their absence says no more than "not a full member". Sorted by network and year.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value.

    Examples
    --------
    >>> from natverk import load
    >>> table = lists(load())
    >>> table.loc[table["network_id"] == "ubc", ["year", "n_members"]].values.tolist()
    [[2014, 21], [2016, 18], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    checked_certainty(certainty, "certainty")
    complete = data.member_lists
    complete = complete[complete["certainty"].isin(CERTAINTY[certainty])]
    if networks is not None:
        complete = complete[complete["network_id"].isin(known_networks(data, networks))]
    table = levels(data)
    table = table[table["municipality"] | table["region"]]
    if county is not None:
        code = known_county(data, county)
        table = table[table["county_codes"].str.split(";").map(lambda codes: code in codes)]
    seen = list_members(data)
    counts = seen[seen["actor_id"].isin(table["actor_id"])].groupby("list_id")[["on", "covered"]].sum()
    counts = counts.reindex(complete["list_id"], fill_value=0)
    complete = complete.assign(
        n_members=counts["on"].to_numpy(), n_at_risk=counts["covered"].to_numpy(),
        full_only=complete["status_scope"] == "full",
    )  # fmt: skip
    columns = [
        "network_id", "year", "n_members", "n_at_risk", "n_sweden", "full_only", "certainty", "list_id",
        "source_id", "year_basis",
    ]  # fmt: skip
    frame = complete[columns].sort_values(["network_id", "year"], ignore_index=True)
    return frame.astype({**dict.fromkeys(columns[1:5], "int64"), "full_only": "bool"})
