"""Frames that the figures of the country's page take, made from the frames that the measures give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.figures.formal import LEVELS, STRENGTHS
from natverk.models import Participation, leave_one_county_out
from natverk.roles.tasks import unitary_counties
from natverk.text.page import Page
from natverk.text.table import records
from natverk.twomode.nullmodel import NullTest

__all__ = [
    "body_tiles", "formal_frame", "level_tiles", "model_frame", "null_frame", "outcome_frame", "strip_frame",
    "theme_frame", "theme_levels",
]  # fmt: skip

#: Obligations by how binding they are: what is assigned or depends on a condition binds where it applies.
BINDING = {
    "mandatory": "mandatory", "assigned": "conditional", "conditional": "conditional",
    "voluntary": "voluntary", "internal": "voluntary", "consultation": "consultation",
}  # fmt: skip
_TILE = ["county_code", "name_short", "tile_row", "tile_col"]


def _tiles(data: Dataset) -> pd.DataFrame:
    return data.counties[_TILE].astype({"county_code": "str", "name_short": "str"})


def strip_frame(data: Dataset, held: pd.DataFrame) -> pd.DataFrame:
    """Return all spells of responsibility with their county's tile, as `figures.county_strips` takes them."""
    return held.rename(columns={"end": "end_date"}).merge(_tiles(data), on="county_code", validate="many_to_one")


def formal_frame(page: Page, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return formal roles at some dates, as `figures.formal_matrix` takes them.

    Parameters
    ----------
    tables
        The label of a date → `roles.formal` at it.
    """
    areas = [
        area for area in VOCABULARIES["policy_area"] if any(area in set(t["policy_area"]) for t in tables.values())
    ]
    rows = []
    for date, table in tables.items():
        for area in areas:
            for level in LEVELS:
                own = table[(table["policy_area"] == area) & (table["level"] == level)]
                dated = own[own["validity"] == "valid"]
                binding = {BINDING[item] for text in dated["obligations"] for item in text.split(" | ")}
                rows.append(
                    {
                        "policy_area": page.term("policy_area", area),
                        "level": level,
                        "date": date,
                        "strength": next((name for name in STRENGTHS if name in binding), None),
                        "n_dated": int(dated["n_tasks"].sum()),
                        "n_undated": int(own["n_tasks"].sum() - dated["n_tasks"].sum()),
                    }
                )
    return pd.DataFrame(rows)


def theme_levels(roles: pd.DataFrame) -> pd.DataFrame:
    """Count by county the themes with evidence of several levels, of one, and of none.

    Parameters
    ----------
    roles
        `roles.practised` of all counties.

    Returns
    -------
    pd.DataFrame
        `county_code, themes, several, one, none` (numbers of themes). On Gotland municipality and region are one
        level.

    Examples
    --------
    >>> patterns = ["municipal+joint", "joint", "none attested"]
    >>> theme_levels(pd.DataFrame({"county_code": ["14"] * 3, "attested_pattern": patterns})).values.tolist()
    [['14', 3, 1, 1, 1]]
    """
    nothing = roles["attested_pattern"] == "none attested"
    several = roles["attested_pattern"].str.contains("+", regex=False)
    marked = roles.assign(several=several, none=nothing, one=~several & ~nothing)
    sums = marked.groupby("county_code")[["several", "one", "none"]].sum()
    sums.insert(0, "themes", roles.groupby("county_code").size())
    return sums.astype("int64").reset_index()


def level_tiles(page: Page, levels: pd.DataFrame) -> pd.DataFrame:
    """Return the themes with two or more levels by county, as `figures.tile_map` takes them."""
    frame = _tiles(page.data).merge(levels, on="county_code")
    # One body with both roles cannot have as many levels as the others: it is no low value.
    frame = frame[~frame["county_code"].isin(unitary_counties(page.data))]
    labels = [page.say("word.of", n=row["several"], total=row["themes"]) for row in records(frame)]
    return frame.assign(value=frame["several"].astype(float), label=labels)


def theme_frame(data: Dataset, roles: pd.DataFrame) -> pd.DataFrame:
    """Return practised roles of all counties, as `figures.county_themes` takes them."""
    unitary = data.counties.set_index("county_code")["region_actor_id"].str.startswith("municipality:")
    frame = roles.merge(_tiles(data), on="county_code", validate="many_to_one")
    counts = {f"{level}_low": level for level in ("municipal", "regional", "joint")}
    return frame.rename(columns=counts).assign(unitary=frame["county_code"].map(unitary))


def outcome_frame(page: Page, compared: pd.DataFrame) -> pd.DataFrame:
    """Return formal against practised roles by policy area, as `figures.role_outcomes` takes them."""
    sizes = compared.groupby(["policy_area", "outcome", "reason"]).size().rename("n").reset_index()
    areas = [page.term("policy_area", area) for area in sizes["policy_area"]]
    reasons = [page.say(f"compare.reason.{reason}") if reason else "" for reason in sizes["reason"]]
    return sizes.assign(policy_area=areas, reason=reasons)


def null_frame(page: Page, test: NullTest) -> pd.DataFrame:
    """Return shared networks by county beside the null model, as `figures.dot_ranges` takes them."""
    names = page.data.counties.set_index("county_code")["name_short"].astype(str).to_dict()
    rows = test.frame[test.frame["item"].isin(names)]
    return pd.DataFrame(
        {
            "label": rows["item"].map(names),
            "group": "",
            "value": rows["observed"],
            "low": rows["null_low"],
            "high": rows["null_high"],
            "note": ["" if np.isnan(z) else f"z {'−' if z < 0 else ''}{page.t.number(abs(z), 1)}" for z in rows["z"]],
        }
    )


def model_frame(page: Page, results: dict[str, Participation]) -> pd.DataFrame:
    """Return rate ratios of the Poisson models with their range when one county is left out.

    Parameters
    ----------
    results
        The group's label → a result; one that was refused gives no row.

    Returns
    -------
    pd.DataFrame
        As `figures.dot_ranges` takes them: one row a model and covariate.
    """
    rows = []
    order: dict[str, None] = {}
    for group, result in results.items():
        if result.refused is not None:
            continue
        once = leave_one_county_out(result).groupby("term")["coefficient"]
        own = result.coefficients[result.coefficients["family"] == "poisson"].set_index("term")
        for term in result.terms:
            order[term] = None
            rows.append(
                {
                    "term": term,
                    "label": page.term("covariate", term),
                    "group": group,
                    "value": float(own["rate_ratio"].to_dict()[term]),
                    "low": float(np.exp(once.min()[term])),
                    "high": float(np.exp(once.max()[term])),
                    "note": "",
                }
            )
    frame = pd.DataFrame(rows, columns=["term", "label", "group", "value", "low", "high", "note"])
    place = {term: number for number, term in enumerate(order)}
    return frame.sort_values("term", key=lambda terms: terms.map(place), kind="stable", ignore_index=True)


def body_tiles(page: Page, bodies: pd.DataFrame) -> pd.DataFrame:
    """Return the number of joint bodies at work in each county, as `figures.tile_map` takes them."""
    codes = bodies["county_codes"].fillna("").str.split(";").explode()
    frame = _tiles(page.data)
    return frame.assign(value=frame["county_code"].map(codes.value_counts()).fillna(0).astype(float), label=None)
