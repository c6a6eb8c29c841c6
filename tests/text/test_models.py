"""Participation models in words, in both languages."""

from __future__ import annotations

from natverk.data.load import Dataset
from natverk.locale import texts
from natverk.models import documented_participation, listed_participation
from natverk.text.models import participation_text

EN, SV = texts("en"), texts("sv")


def test_who_enters_and_who_does_not_is_said(real: Dataset) -> None:
    result = listed_participation(real)
    assert "220 of 290 municipalities enter the model." in participation_text(EN, result)
    out = "left out where the transfer of responsibility is known only as an interval (70)."
    assert out in participation_text(EN, result)
    everybody = participation_text(EN, listed_participation(real, interval="conventional"))
    assert "290 of 290" in everybody
    assert "left out" not in everybody


def test_standard_errors_are_explained(real: Dataset) -> None:
    result = listed_participation(real)
    assert "a population, not a sample" in participation_text(EN, result)
    assert "population och inget urval" in participation_text(SV, result)
    named = "municipalities as they might have been"
    stated = participation_text(SV, listed_participation(real, superpopulation=named))
    assert named in stated
    assert "inget urval" not in stated


def test_documented_is_called_documented(real: Dataset) -> None:
    result = documented_participation(real)
    assert "documented memberships" in participation_text(EN, result)
    assert "belagda medlemskap" in participation_text(SV, result)


def test_a_refusal_has_its_counts_and_names(real: Dataset) -> None:
    few = listed_participation(real, skr="nine")
    assert "33 memberships for 12 covariates in 220 municipalities" in participation_text(EN, few)
    assert "12" in participation_text(SV, few)
    separated = listed_participation(real, skr="nine", min_per_term=0, interval="conventional")
    assert separated.refused is not None
    assert all(name in participation_text(SV, separated) for name in separated.refused.names)
    assert "a population" not in participation_text(EN, separated)
