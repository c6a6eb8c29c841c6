"""Frames that the figures of the municipality profile take, made from the frames that the measures give."""

from __future__ import annotations

import pandas as pd

from natverk.text.page import Page
from natverk.text.profile import MunicipalityProfile
from natverk.text.table import records

__all__ = ["size_frame", "spell_frame"]


def spell_frame(page: Page, own: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return one actor's memberships as runs of years in one state, as `figures.membership_spells` takes them.

    Looser ties, and relations that are not counted, have no years and are left to the tables.

    Parameters
    ----------
    own
        `documented` the actor.
    cells
        `panel` of the actor with its own evidence (`pairs="evidence"`), over the years of the page.

    Returns
    -------
    pd.DataFrame
        See the figure. The oldest networks come first, those without a year last.
    """
    runs = cells.assign(state=cells["state"].mask(cells["conflict"], "conflict"))
    by_network: dict[str, list[tuple[int, str]]] = {}
    for row in records(runs.sort_values(["network_id", "year"])):
        by_network.setdefault(str(row["network_id"]), []).append((int(str(row["year"])), str(row["state"])))
    found: list[dict[str, object]] = []
    drawn = own[own["mark"] != "loose"].sort_values(["since", "network_id"], na_position="last")
    for row in records(drawn):
        label = _spell_label(page, row)
        years = by_network.get(str(row["network_id"]), []) if row["mark"] != "undated" else []
        name = {"network_name": page.network(row["network_id"]), "label": label}
        if not years:
            blank = {"state": "undated", "first": None, "last": None, "start_stated": False, "end_stated": False}
            found.append({**name, **blank})
        for n, (year, state) in enumerate(years):
            if n and years[n - 1][1] == state:
                found[-1]["last"] = year
                continue
            member = state in ("member", "conflict")
            starts = member and row["since_basis"] == "stated" and year == row["since"]
            found.append(
                {**name, "state": state, "first": year, "last": year, "start_stated": starts, "end_stated": False}
            )
            if state == "left" and n:
                found[-2]["end_stated"] = True
    columns = ["network_name", "label", "state", "first", "last", "start_stated", "end_stated"]
    return pd.DataFrame(found, columns=columns).astype({"first": "Int64", "last": "Int64"})


def _spell_label(page: Page, row: dict[str, object]) -> str:
    """Say with which status an actor has been in a network, and since when or from when to when."""
    statuses = str(row["status"]).split("/")
    # That it is called a former member too is told by its end.
    status = page.term("status", "/".join([item for item in statuses if item != "former"] or statuses))
    if pd.isna(row["since"]):  # type: ignore[call-overload]
        return status
    since, end = page.year(row["since"]), row["end"]
    if row["mark"] == "left" and pd.notna(end):  # type: ignore[call-overload]
        last = page.year(end)
        return f"{status}, {since if since == last else page.say('word.years', first=since, last=last)}"
    return f"{status}, {page.say('networks.label.' + str(row['since_basis']), year=since)}"


def size_frame(page: MunicipalityProfile, sizes: pd.DataFrame) -> pd.DataFrame:
    """Return all municipalities by size class, as `figures.size_strips` takes them; `sizes` is `position.by_size`."""
    groups = {row.size_from: page.size_group(row) for row in sizes.drop_duplicates("size_from").itertuples()}
    return pd.DataFrame(
        {
            "name": sizes["name"],
            "group": sizes["size_from"].map(groups),
            "n": sizes["n_documented"],
            "own": sizes["code"] == page.code,
        }
    )
