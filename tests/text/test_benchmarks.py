"""Published numbers against ours in words: every reason in both languages."""

from __future__ import annotations

from natverk.benchmarks import NOT_COMPARABLE, recomputed
from natverk.data.load import Dataset
from natverk.locale import texts
from natverk.text.benchmarks import outcome_texts


def test_every_outcome_and_reason_has_words_in_both_languages(real: Dataset) -> None:
    table = recomputed(real).set_index("row_id")
    for lang in ("sv", "en"):
        assert all(texts(lang).has(f"benchmarks.reason.{reason}") for reason in NOT_COMPARABLE)
        assert outcome_texts(texts(lang), table).str.len().min() > 10
    words = outcome_texts(texts("sv"), table)
    assert words["fig-00002"] == "avviker: publicerat omkring 40, vårt 38,4"
    assert words["fig-00006"].startswith("inte jämförbart, eftersom uppgiften räknar medlemmar i alla länder")
