"""The reasons of likeness in words."""

from __future__ import annotations

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.locale import texts
from natverk.peers import by_structure, candidates
from natverk.text import peer_reasons


def test_reasons_by_portfolio() -> None:
    near = pd.DataFrame(
        {
            "shared": ["a"],
            "jaccard": [1.0],
            "jaccard_low": [0.5],
            "jaccard_high": [1.0],
            "n_known": [1],
            "n_one_sided": [1],
        }
    )
    assert peer_reasons(near, names={"a": "Alfa"}).iloc[0].split("; ") == [
        "both are in Alfa",
        "likeness 1.00 (1 network known of both), between 0.50 and 1.00",
        "unknown for one of them in 1 network",
    ]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_reason_has_its_words(real: Dataset, lang: str) -> None:
    assert peer_reasons(by_structure(real, "Nacka", n=3), lang).str.len().min() > 0
    reasons = set(candidates(real, "Nacka")["eligibility"])
    assert all(texts(lang).has(f"peers.eligibility.{reason}") for reason in reasons)
