"""Participation models: against statsmodels directly, on made-up data, and on the real data."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import NegativeBinomial, Poisson

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, NatverkError, UnknownName
from natverk.membership.lists import latest_lists, listed_memberships
from natverk.models import (
    Participation,
    documented_participation,
    documents,
    fit_counts,
    leave_one_county_out,
    listed_participation,
    model_terms,
    overdispersion,
)

Make = Callable[..., Dataset]
INTERVAL_COUNTIES = {"03", "06", "17", "20", "21", "23"}
ERRORS = {"std_error", "statistic", "p_value", "low", "high"}


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


def replaced(data: Dataset, **tables: pd.DataFrame) -> Dataset:
    """Return the dataset with some tables exchanged."""
    other = copy.copy(data)
    other.is_loaded = False
    other._tables = {**data._tables, **tables}
    return other


#: Lists with few members: too few for the nine groups of municipalities.
FEW_LISTS = ["ubc", "viable-cities-kn2030", "eu-mission-100"]


@pytest.fixture(scope="module")
def listed(real: Dataset) -> Participation:
    return listed_participation(real, interval="conventional")


# Covariates ---------------------------------------------------------------------------------------------------


def test_terms_of_a_year(real: Dataset) -> None:
    frame = model_terms(real, 2022).set_index("code")
    assert frame["population_year"].unique().tolist() == [2021]
    assert set(frame.loc[frame["reason"] == "interval_start", "county_code"]) == INTERVAL_COUNTIES
    assert frame.loc["0180", ["big_city", "larger_town", "years_since_to_region"]].tolist() == [1, 0, 3]
    # Before an interval begins nothing is uncertain: not yet transferred.
    early = model_terms(real, 2002)
    assert (early["reason"] == "enters").all()
    assert early.loc[early["county_code"] == "21", "years_since_to_joint"].eq(0).all()
    nine = model_terms(real, 2022, skr="nine")
    assert [name for name in nine if name.startswith("skr_")] == [
        f"skr_{group}" for group in ("A1", "A2", "B3", "B5", "C6", "C7", "C8", "C9")
    ]
    assert model_terms(real)["population_year"].unique().tolist() == [real.last_year]
    with pytest.raises(InvalidArgument, match="no population"):
        model_terms(real, 1985)


def test_a_county_of_which_nothing_is_told_has_no_years_since_a_transfer(real: Dataset) -> None:
    table = real.responsibility
    data = replaced(real, responsibility=table[table["county_code"] != "01"])
    frame = model_terms(data, 2022).set_index("code")
    assert frame.loc["0180", "reason"] == "unknown_transfer"
    assert pd.isna(frame.loc["0180", "years_since_to_region"])


def test_documents_are_counted_by_address(make: Make) -> None:
    data = make(
        {"source": "a"}, {"source": "b"}, {"source": "c"}, {"a": "municipality:0102", "source": "a"},
        sources=[{"source_id": "a", "url": "x"}, {"source_id": "b", "url": "x"}, {"source_id": "c"}],
        functions=[{"actor_id": "municipality:0101", "source_id": "a"}],
    )  # fmt: skip
    actors = ["municipality:0101", "municipality:0102", "municipality:0201"]
    assert documents(data, actors).tolist() == [2, 1, 0]
    assert documents(data, ["Boda", 101]).to_dict() == {"municipality:0102": 1, "municipality:0101": 2}
    with pytest.raises(UnknownName):
        documents(data, ["municipality:9999"])


# Listed memberships ---------------------------------------------------------------------------------------------


def _listed(make: Make, **lists: dict[str, Any]) -> Dataset:
    networks = sorted({item.get("network_id", "net") for item in lists.values()})
    rows = [
        {"a": f"municipality:{code}", "n": item.get("network_id", "net"), "list": name, "seen": item["year"]}
        for name, item in lists.items()
        for code in item["on"]
    ]
    heads = [
        {"list_id": name, **{key: value for key, value in item.items() if key != "on"}} for name, item in lists.items()
    ]
    return make(*rows, member_lists=heads, networks=[{"network_id": name} for name in networks])


def test_outside_the_population_at_risk_nothing_is_known(make: Make) -> None:
    data = _listed(
        make,
        one={"network_id": "net", "year": 2010, "on": ["0101"], "counties": "01"},
        two={"network_id": "old", "year": 2010, "on": ["0330"], "levels": "municipality"},
    )
    counts = listed_memberships(data, latest_lists(data, year=2012)).set_index("actor_id")
    assert counts["exposure"].to_dict() == {
        "municipality:0101": 2, "municipality:0102": 2, "municipality:0201": 1, "municipality:0330": 1,
        "municipality:0980": 1,
    }  # fmt: skip
    only = listed_memberships(data, latest_lists(data, year=2012, networks=["net"])).set_index("actor_id")
    assert only["listed_memberships"].loc[["municipality:0101", "municipality:0102"]].tolist() == [1, 0]
    assert only["listed_memberships"].loc[["municipality:0201", "municipality:0330"]].isna().all()


def test_which_list_of_a_network_counts(make: Make) -> None:
    data = _listed(
        make,
        a={"year": 2010, "on": ["0101"]},
        b={"year": 2014, "on": ["0101", "0102"]},
        c={"year": 2016, "on": ["0101"], "scope": "full"},
        d={"year": 2017, "on": ["0101"], "certainty": "medium"},
        e={"year": 2030, "on": ["0101"]},
    )
    lists = latest_lists(data, year=2020).set_index("list_id")
    assert lists["reason"].to_dict() == {
        "a": "superseded", "b": "used", "c": "full_only", "d": "uncertain", "e": "after_year",
    }  # fmt: skip
    assert latest_lists(data, year=2020, certainty="medium").query("used")["list_id"].tolist() == ["d"]
    everybody = _listed(make, a={"year": 2010, "on": ["0101", "0102"], "counties": "01", "levels": "municipality"})
    with pytest.raises(InvalidArgument, match="tells who belongs"):
        latest_lists(everybody, year=2020)
    with pytest.raises(InvalidArgument, match="tells who belongs"):
        latest_lists(data, year=2005)


def test_the_lists_of_the_real_data(real: Dataset) -> None:
    lists = latest_lists(real, year=2022, certainty="medium").set_index("list_id")
    # All 33 municipalities that the list covers are on it.
    assert lists.loc["greater-copenhagen-2018", ["n_covered", "n_named", "reason"]].tolist() == [33, 33, "no_variation"]
    assert lists.loc["eurocities-2011", "reason"] == "full_only"
    # Eurotowns takes towns of 50,000 to 250,000 inhabitants: others are no non-members by choice.
    assert lists.loc["eurotowns-2017", "n_covered"] < 60
    wide = latest_lists(real, year=2022, certainty="medium", at_risk="list").set_index("list_id")
    assert wide.loc["eurotowns-2017", "n_covered"] == 290


# Count models ---------------------------------------------------------------------------------------------------


def test_the_models_are_those_of_statsmodels(listed: Participation) -> None:
    design, terms = listed.design, list(listed.terms)
    matrix = sm.add_constant(design[terms].to_numpy())
    direct = Poisson(design["listed_memberships"], matrix, exposure=design["exposure"]).fit(disp=0, maxiter=200)
    own = listed.coefficients.query("family == 'poisson'")
    np.testing.assert_allclose(own["coefficient"], direct.params, rtol=1e-6)
    row = listed.fits.set_index("family").loc["poisson"]
    assert row["log_likelihood"] == pytest.approx(direct.llf)
    assert row["aic"] == pytest.approx(direct.aic)
    assert row["total"] == design["listed_memberships"].sum() >= 42


def made(n: int, alpha: float, seed: int) -> pd.DataFrame:
    """Return counts with mean exp(0.3 + 0.5 x − 0.4 d) × exposure and variance μ + alpha μ²."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": random.normal(size=n), "d": random.integers(0, 2, n), "e": random.integers(1, 4, n)})
    mean = frame["e"] * np.exp(0.3 + 0.5 * frame["x"] - 0.4 * frame["d"])
    mixed = mean * random.gamma(1 / alpha, alpha, n) if alpha else mean
    return frame.assign(y=random.poisson(mixed), county=random.integers(0, 15, n))


def test_negative_binomial_against_statsmodels_and_the_truth() -> None:
    design = made(3000, 0.6, 1)
    fit = fit_counts(design, "y", ["x", "d"], family="negative_binomial", exposure="e")
    matrix = sm.add_constant(design[["x", "d"]].to_numpy(dtype=float))
    direct = NegativeBinomial(design["y"], matrix, exposure=design["e"]).fit(disp=0, maxiter=200)
    np.testing.assert_allclose(fit.coefficients["coefficient"], direct.params.iloc[:3], atol=1e-4)
    assert fit.summary["alpha"].iloc[0] == pytest.approx(direct.params.iloc[-1], abs=1e-4)
    assert fit.summary["aic"].iloc[0] == pytest.approx(direct.aic)
    np.testing.assert_allclose(fit.coefficients["coefficient"], [0.3, 0.5, -0.4], atol=0.1)
    assert fit.summary["alpha"].iloc[0] == pytest.approx(0.6, abs=0.1)
    assert fit.summary["pearson_dispersion"].iloc[0] == pytest.approx(1, abs=0.15)


def test_marginal_effects_against_statsmodels_and_by_difference() -> None:
    design = made(400, 0, 2).assign(e=1)
    fit = fit_counts(design, "y", ["x", "d"])
    matrix = sm.add_constant(design[["x", "d"]].to_numpy(dtype=float))
    direct = Poisson(design["y"], matrix).fit(disp=0).get_margeff(dummy=True)
    np.testing.assert_allclose(fit.coefficients["marginal_effect"].iloc[1:], direct.margeff, rtol=1e-6)
    weighted = made(400, 0, 3)
    fit = fit_counts(weighted, "y", ["x", "d"], exposure="e")
    a, b, c = fit.coefficients["coefficient"]
    step = 1e-6
    up = weighted["e"] * np.exp(a + b * (weighted["x"] + step) + c * weighted["d"])
    assert fit.coefficients["marginal_effect"].iloc[1] == pytest.approx(((up - fit.fitted) / step).mean(), rel=1e-4)
    swap = weighted["e"] * (np.exp(a + b * weighted["x"] + c) - np.exp(a + b * weighted["x"]))
    assert fit.coefficients["marginal_effect"].iloc[2] == pytest.approx(swap.mean())


def test_standard_errors_only_for_a_stated_superpopulation(real: Dataset, listed: Participation) -> None:
    assert not ERRORS & set(listed.coefficients)
    assert not {"t", "p_value"} & set(listed.overdispersion)
    named = "municipalities as they might have been"
    result = listed_participation(real, interval="conventional", superpopulation=named)
    assert set(result.coefficients) >= ERRORS
    assert set(result.overdispersion) >= {"t", "p_value"}
    matrix = sm.add_constant(result.design[list(result.terms)].to_numpy())
    model = sm.GLM(
        result.design["listed_memberships"].to_numpy(), matrix, family=sm.families.Poisson(),
        exposure=result.design["exposure"].to_numpy(),
    )  # fmt: skip
    groups = pd.factorize(result.design["county_code"])[0]
    direct = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    own = result.coefficients.query("family == 'poisson'")
    np.testing.assert_allclose(own["std_error"], direct.bse, rtol=1e-4)
    np.testing.assert_allclose(own["p_value"], direct.pvalues, rtol=1e-3, atol=1e-8)
    plain = listed_participation(real, interval="conventional", superpopulation=named, errors="model")
    np.testing.assert_allclose(plain.coefficients.query("family == 'poisson'")["std_error"], model.fit().bse, rtol=1e-4)
    with pytest.raises(InvalidArgument, match="superpopulation"):
        listed_participation(real, superpopulation=" ")


def test_wrong_designs_are_named() -> None:
    design = made(50, 0, 4)
    for wrong, place in (
        (design.assign(y=-1), "count"),
        (design.assign(y=0.5), "count"),
        (design.assign(x=np.nan), "missing"),
        (design.assign(e=0), "exposure"),
        (design.assign(d=design["x"] * 2), "linear combinations"),
        (design.drop(columns="x"), "no column 'x'"),
    ):
        with pytest.raises(InvalidArgument, match=place):
            fit_counts(wrong, "y", ["x", "d"], exposure="e")
    with pytest.raises(InvalidArgument, match="family"):
        fit_counts(design, "y", ["x"], family="binomial")  # type: ignore[arg-type]


# Over-dispersion ------------------------------------------------------------------------------------------------


def test_overdispersion_on_made_up_counts() -> None:
    rejected = 0
    for seed in range(60):
        design = made(300, 0, 100 + seed)
        fit = fit_counts(design, "y", ["x", "d"], exposure="e")
        test = overdispersion(design["y"], fit.fitted, superpopulation="the process that made them")
        rejected += bool(test["p_value"].iloc[0] < 0.05)
    assert rejected <= 9
    design = made(4000, 0.5, 5)
    fit = fit_counts(design, "y", ["x", "d"], exposure="e")
    test = overdispersion(design["y"], fit.fitted, superpopulation="the process that made them").set_index("form")
    assert test.loc["nb2", "alpha"] == pytest.approx(0.5, abs=0.12)
    assert (test["p_value"] < 1e-6).all()


def test_overdispersion_by_the_formula() -> None:
    random = np.random.default_rng(6)
    mean = random.uniform(0.2, 4, 80)
    y = random.poisson(mean)
    z = ((y - mean) ** 2 - y) / mean
    result = overdispersion(y, mean)["alpha"].tolist()
    assert result == pytest.approx([(z * mean).sum() / (mean**2).sum(), z.mean()])
    with pytest.raises(InvalidArgument, match="not positive"):
        overdispersion(y, mean * 0)
    with pytest.raises(InvalidArgument, match="length"):
        overdispersion(y[1:], mean)


def test_there_is_no_negative_binomial_without_overdispersion() -> None:
    design = made(200, 0, 7).assign(y=1)
    fit = fit_counts(design, "y", ["x"], family="negative_binomial")
    assert fit.summary["status"].tolist() == ["no_overdispersion"]
    assert fit.coefficients["coefficient"].isna().all()


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_counts_that_a_dummy_separates_have_no_fit(family: Any) -> None:
    separated = pd.DataFrame({"y": [0, 0, 0, 4, 5, 6], "d": [0, 0, 0, 1, 1, 1], "x": [1.0, 2, 3, 1, 2, 3]})
    fit = fit_counts(separated, "y", ["d", "x"], family=family)
    assert fit.summary["status"].tolist() == ["not_converged"]
    assert fit.coefficients["coefficient"].isna().all()


# Participation --------------------------------------------------------------------------------------------------


def test_interval_starts_are_kept_out_or_coded(real: Dataset, listed: Participation) -> None:
    result = listed_participation(real)
    assert not INTERVAL_COUNTIES & set(result.design["county_code"])
    assert result.reasons.set_index("reason")["n_municipalities"].to_dict() == {
        "enters": 220, "interval_start": 70, "unknown_transfer": 0, "unknown_place": 0, "unknown_population": 0,
        "not_at_risk": 0,
    }  # fmt: skip
    assert len(listed.design) == 290
    assert listed.terms == (
        "log_population", "coast", "big_city", "larger_town", "years_since_to_joint", "years_since_to_region",
    )  # fmt: skip


def test_a_municipality_that_no_list_covers_does_not_enter(real: Dataset) -> None:
    lists = real.member_lists
    covered = lists["counties_at_risk"].mask(lists["list_id"] == "ubc-2022", "01;12;14;24")
    data = replaced(real, member_lists=lists.assign(counties_at_risk=covered))
    result = listed_participation(data, networks=["ubc"], interval="conventional", min_per_term=0)
    on_list = set(real.memberships.query("list_id == 'ubc-2022'")["actor_id"])
    outside = result.design[~result.design["county_code"].isin(["01", "12", "14", "24"])]
    assert set(outside["actor_id"]) <= on_list
    assert result.reasons.set_index("reason").loc["not_at_risk", "n_municipalities"] == 290 - len(result.design) > 100


def test_documented_is_called_documented(real: Dataset) -> None:
    result = documented_participation(real, interval="conventional")
    assert result.outcome == "documented_memberships"
    assert result.outcome in result.design
    assert "listed_memberships" not in result.design
    assert result.terms[-1] == "log_documents"
    known = documents(real, result.design["actor_id"]).to_numpy()
    np.testing.assert_allclose(np.expm1(result.design["log_documents"]), known)
    # Whoever has a documented membership has at least one document.
    assert (known[result.design["documented_memberships"] > 0] > 0).all()
    narrow = documented_participation(real, interval="conventional", year=2010)
    assert narrow.design["documented_memberships"].sum() < result.design["documented_memberships"].sum()


def test_without_a_county_it_is_the_model_without_it(listed: Participation) -> None:
    table = leave_one_county_out(listed)
    assert set(table["county_code"]) == set(listed.design["county_code"])
    rest = listed.design[listed.design["county_code"] != "14"]
    direct = fit_counts(rest, "listed_memberships", list(listed.terms), exposure="exposure")
    own = table[table["county_code"] == "14"]
    assert own["n"].unique().tolist() == [290 - 49]
    np.testing.assert_allclose(own["coefficient"], direct.coefficients["coefficient"])
    np.testing.assert_allclose(table["change"], table["coefficient"] - table["full"])
    with pytest.raises(InvalidArgument, match="no_overdispersion"):
        leave_one_county_out(listed, family="negative_binomial")


def test_too_few_memberships_and_separation_are_refused(real: Dataset) -> None:
    few = listed_participation(real, skr="nine", networks=FEW_LISTS)
    assert few.refused is not None
    assert few.refused.reason == "too_few_memberships"
    assert few.refused.counts["n_terms"] == 12
    assert few.coefficients.empty
    empty = listed_participation(
        real,
        skr="nine",
        min_per_term=0,
        interval="conventional",
        networks=FEW_LISTS,
    )
    assert empty.refused is not None
    assert empty.refused.reason == "separated"
    assert empty.refused.names
    counted = (
        f"too_few_memberships (n {len(few.design)}, n_memberships {few.refused.counts['n_memberships']}, n_terms 12"
    )
    with pytest.raises(InvalidArgument, match=re.escape(counted)):
        leave_one_county_out(few)
    # In the counties of Stockholm and Gotland alone a transfer to a joint body does not vary.
    places = real.municipalities
    two = replaced(real, municipalities=places[places["county_code"].isin(["01", "09"])].reset_index(drop=True))
    collinear = listed_participation(two, min_per_term=0).refused
    assert collinear is not None
    assert collinear.reason == "collinear"
    assert "years_since_to_joint" in collinear.names


def test_the_years_by_default_are_those_of_the_data(real: Dataset, listed: Participation) -> None:
    assert listed.lists is not None
    high = real.member_lists[(real.member_lists["certainty"] == "high") & (real.member_lists["status_scope"] == "all")]
    latest = high.loc[high["year"] <= real.last_year, "year"].max()
    assert listed.lists.loc[listed.lists["used"], "year"].max() <= latest
    assert listed.lists.loc[listed.lists["used"], "year"].max() >= 2022
    assert model_terms(real).equals(model_terms(real, real.last_year))
    pd.testing.assert_frame_equal(
        documented_participation(real).design, documented_participation(real, year=real.last_year).design
    )


def test_a_result_shows_itself_in_a_notebook(real: Dataset, listed: Participation) -> None:
    shown = listed._repr_html_()
    total = int(listed.design["listed_memberships"].sum())
    assert f"listed_memberships: {len(listed.design)} municipalities, {total} memberships, 6 terms" in shown
    assert all(f"<td>{term}</td>" in shown for term in ("intercept", *listed.terms))
    assert "no_overdispersion" in shown
    refused = listed_participation(real, skr="nine", min_per_term=1000)
    assert "refused: too_few_memberships" in refused._repr_html_()
    assert f"<td>{refused.refused.counts['n_memberships']}</td>" in refused._repr_html_()  # type: ignore[union-attr]
    assert repr(refused) in repr([refused])


def test_a_fit_shows_itself_in_a_notebook() -> None:
    fit = fit_counts(pd.DataFrame({"y": [1, 3, 2, 6], "x": [0, 0, 1, 1]}), "y", ["x"])
    assert repr(fit) == "<natverk.models.Fit poisson: fitted, 4 cases, 12 counted, 1 term>"
    shown = fit._repr_html_()
    assert repr(fit).strip("<>") in shown
    assert "<td>intercept</td>" in shown
    assert "<td>fitted</td>" in shown


def test_who_is_left_out_is_told_with_the_reason(real: Dataset) -> None:
    result = listed_participation(real)
    assert result.dropped[["reason", "n_municipalities"]].to_numpy().tolist() == [["interval_start", 70]]
    assert "70 left out: interval_start 70" in repr(result)
    assert "interval only" in result._repr_html_()
    whole = listed_participation(real, interval="conventional")
    assert whole.dropped.empty
    assert "left out" not in whole._repr_html_().lower()


def test_only_what_is_missing_of_the_chosen_terms_leaves_out(real: Dataset) -> None:
    result = listed_participation(real, terms=["log_population", "km_to_seat"])
    assert result.terms == ("log_population", "km_to_seat")
    assert (len(result.design), len(result.dropped)) == (290, 0)
    assert set(result.coefficients["term"]) == {"intercept", "log_population", "km_to_seat"}
    half = listed_participation(real, terms=["log_population", "years_since_to_region"])
    assert half.dropped["reason"].tolist() in ([], ["interval_start"])
    documented = documented_participation(real, terms=("log_population", "log_documents"))
    assert len(documented.design) == 290
    with pytest.raises(UnknownName, match="nearest: 'log_population'"):
        listed_participation(real, terms="population")
    with pytest.raises(UnknownName, match="log_documents"):
        listed_participation(real, terms=["log_documents"])
    with pytest.raises(InvalidArgument, match="empty"):
        listed_participation(real, terms=[])


@given(st.randoms())
@some(4)
def test_relabelling_counties_changes_nothing(real: Dataset, listed: Participation, random: Any) -> None:
    codes = sorted(real.counties["county_code"])
    other = dict(zip(codes, random.sample(codes, len(codes)), strict=True))
    tables = {
        name: real.table(name).assign(county_code=lambda frame: frame["county_code"].map(other).astype("str"))
        for name in ("municipalities", "responsibility", "counties")
    }
    actors = real.actors
    swapped = actors["county_codes"].map(
        lambda ids: ";".join(other.get(c, c) for c in ids.split(";")), na_action="ignore"
    )
    lists = real.member_lists
    at_risk = lists["counties_at_risk"].map(
        lambda ids: ";".join(other.get(c, c) for c in ids.split(";")), na_action="ignore"
    )
    tables |= {
        "actors": actors.assign(county_codes=swapped),
        "member_lists": lists.assign(counties_at_risk=at_risk.astype("str")),
    }
    result = listed_participation(replaced(real, **tables), interval="conventional")
    pd.testing.assert_frame_equal(result.coefficients, listed.coefficients)
    first, second = leave_one_county_out(listed), leave_one_county_out(result)
    first["county_code"] = first["county_code"].map(other)
    order = ["county_code", "term"]
    pd.testing.assert_frame_equal(
        first.sort_values(order, ignore_index=True), second.sort_values(order, ignore_index=True), check_dtype=False
    )


def test_wrong_arguments_are_named(real: Dataset) -> None:
    for function in (listed_participation, documented_participation, model_terms):
        for year in (1900, 2027, 2019.5, True, "next year"):
            with pytest.raises(InvalidArgument, match=str(year)):
                function(real, year=year)  # type: ignore[operator]
    wrong: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
        (listed_participation, {"networks": []}, "empty"),
        (listed_participation, {"networks": ["ubcc"]}, "nearest: 'ubc"),
        (listed_participation, {"certainty": "low"}, "certainty"),
        (listed_participation, {"errors": "robust"}, "errors"),
        (documented_participation, {"counts_as": ()}, "empty"),
        (documented_participation, {"min_per_term": -1}, "min_per_term"),
        (model_terms, {"skr": "ten"}, "skr"),
    ]
    for function, arguments, told in wrong:
        with pytest.raises(NatverkError, match=told):
            function(real, **arguments)
