"""Sheets and agreement: the published example, a naive computation, and sheets that come back as they went."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from natverk import coding
from natverk.coding import alpha, coincidences, interval, percent_agreement
from natverk.errors import DataError, InvalidArgument, MissingFile

quick = settings(max_examples=80, deadline=None, derandomize=True, database=None)

# Krippendorff (2011), section C: four observers (rows here), twelve units, values missing.
OBSERVERS = ("123321412***", "1233224125*3", "*3332342251*", "12332441251*")
EXAMPLE = pd.DataFrame([list(row) for row in OBSERVERS], index=list("ABCD")).T.replace("*", None)

codes = st.sampled_from(["0", "1", "2", "3", None])
tables = st.lists(st.lists(codes, min_size=3, max_size=3), min_size=2, max_size=9).map(
    lambda rows: pd.DataFrame(rows, columns=["Anna", "Bo", "Cia"], dtype=object)
)


def naive(ratings: pd.DataFrame, level: str) -> float:
    """Return alpha pair by pair, from the definition: observed over expected disagreement."""
    units = [[value for value in row if value is not None] for row in ratings.to_numpy(dtype=object).tolist()]
    units = [unit for unit in units if len(unit) > 1]
    every = [value for unit in units for value in unit]

    def distance(one: str, two: str) -> float:
        if one == two:
            return 0.0
        if level == "nominal":
            return 1.0
        low, high = sorted((int(one), int(two)))
        between = sum(every.count(str(value)) for value in range(low, high + 1))
        return (between - (every.count(one) + every.count(two)) / 2) ** 2

    n = len(every)
    observed = sum(distance(a, b) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2))
    expected = sum(distance(a, b) for a, b in itertools.permutations(every, 2))
    return 1 - (n - 1) * observed / expected if expected else math.nan


def filled(**coders: dict[str, str | None]) -> pd.DataFrame:
    """Return a filled sheet of one variable, `tone`."""
    rows = [(coder, item, code) for coder, given_codes in coders.items() for item, code in given_codes.items()]
    return pd.DataFrame(rows, columns=["coder", "item", "tone"], dtype="str")


def test_the_published_example() -> None:
    # 0.743 nominal, 0.815 ordinal (Krippendorff 2011, sections C and D; "four observers, twelve units").
    assert alpha(EXAMPLE) == pytest.approx(0.743, abs=0.0005)
    assert alpha(EXAMPLE, level="ordinal") == pytest.approx(0.815, abs=0.0005)


def test_the_published_coincidences() -> None:
    matrix = coincidences(EXAMPLE)
    assert np.allclose(
        matrix.to_numpy(),
        [[7, 4 / 3, 1 / 3, 1 / 3, 0], [4 / 3, 10, 4 / 3, 1 / 3, 0], [1 / 3, 4 / 3, 8, 1 / 3, 0],
         [1 / 3, 1 / 3, 1 / 3, 4, 0], [0, 0, 0, 0, 3]],
    )  # fmt: skip
    assert matrix.to_numpy().sum() == pytest.approx(40)


def test_two_coders_by_hand() -> None:
    # Ten units, two disagreements: D_o = 4 / 20; values 0 twelve times, 1 eight times: D_e = 2 · 12 · 8 / (20 · 19).
    ratings = pd.DataFrame({"a": list("0000000111"), "b": list("0000011111")})
    zeros = 7 + 5
    expected = 2 * zeros * (20 - zeros) / (20 * 19)
    assert alpha(ratings) == pytest.approx(1 - (4 / 20) / expected)
    assert percent_agreement(ratings) == 0.8


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_the_library_for_it_gives_the_same(level: Any) -> None:
    library = pytest.importorskip("krippendorff", reason="compares with the library krippendorff, if it is there")
    rng = np.random.default_rng(5)
    for _ in range(20):
        table = pd.DataFrame(rng.integers(0, 5, size=(12, 4))).astype(object).mask(rng.random((12, 4)) < 0.3, None)
        theirs = library.alpha(reliability_data=table.to_numpy(dtype=float).T, level_of_measurement=level)
        assert alpha(table, level=level) == pytest.approx(theirs)


@quick
@given(tables, st.sampled_from(["nominal", "ordinal"]))
def test_alpha_agrees_with_its_definition_and_is_at_most_one(table: pd.DataFrame, level: Any) -> None:
    ours = alpha(table, level=level)
    assert ours == pytest.approx(naive(table, level), nan_ok=True)
    assert math.isnan(ours) or ours <= 1 + 1e-12


@quick
@given(tables, st.permutations(["Anna", "Bo", "Cia"]), st.permutations(["0", "1", "2", "3"]), st.randoms())
def test_relabelling_changes_nothing(table: pd.DataFrame, coders: list[str], names: list[str], rng: Any) -> None:
    shuffled = table[coders].sample(frac=1, random_state=rng.randrange(1000))
    renamed = table.replace(dict(zip(["0", "1", "2", "3"], [f"code {name}" for name in names], strict=True)))
    for level in ("nominal", "ordinal"):
        assert alpha(shuffled, level=level) == pytest.approx(alpha(table, level=level), nan_ok=True)
    assert alpha(renamed) == pytest.approx(alpha(table), nan_ok=True)
    # An order turned round, or with codes that nobody used, is the same order.
    wide = alpha(table, level="ordinal", order=["9", "3", "2", "1", "0"])
    assert wide == pytest.approx(alpha(table, level="ordinal"), nan_ok=True)


@quick
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=9))
def test_perfect_agreement_is_one(values: list[str]) -> None:
    assume(len(set(values)) > 1)
    ratings = pd.DataFrame({"a": values, "b": values, "c": [*values[:-1], None]}, dtype=object)
    assert alpha(ratings) == 1
    assert alpha(ratings, level="ordinal", order=list("cab")) == 1
    assert percent_agreement(ratings) == 1


def test_where_alpha_is_not_defined_it_is_missing() -> None:
    assert math.isnan(alpha(pd.DataFrame({"a": ["1", "1"], "b": ["1", "1"]})))
    assert math.isnan(alpha(pd.DataFrame({"a": ["1", None], "b": [None, "2"]})))
    assert math.isnan(alpha(pd.DataFrame({"a": [None], "b": ["  "]}, dtype=object)))
    table = coding.reliability(filled(Anna={"x": "1", "y": "1"}, Bo={"x": "1", "y": "1"}), ["tone"])
    assert table.loc[0, ["note", "agreement"]].tolist() == ["no_variation", 1.0]
    alone = coding.reliability(filled(Anna={"x": "1"}, Bo={"x": None}), ["tone"], draws=10)
    assert alone.loc[0, ["note", "n_missing", "n_paired"]].tolist() == ["no_pairs", 1, 0]
    assert np.isnan(alone.loc[0, "low"])


def test_ordinal_codes_that_are_words_need_an_order() -> None:
    ratings = pd.DataFrame({"a": ["weak", "strong", "weak"], "b": ["fair", "strong", "weak"]})
    with pytest.raises(InvalidArgument, match="order"):
        alpha(ratings, level="ordinal")
    with pytest.raises(InvalidArgument, match="lacks fair"):
        alpha(ratings, level="ordinal", order=["weak", "strong"])
    near = alpha(ratings, level="ordinal", order=["weak", "fair", "strong"])
    far = alpha(ratings, level="ordinal", order=["weak", "strong", "fair"])
    assert near > far
    with pytest.raises(InvalidArgument, match="'nominal', 'ordinal'"):
        alpha(ratings, level="interval")  # type: ignore[arg-type]


def test_the_interval_is_seeded_and_covers_alpha() -> None:
    first, again, other = (interval(EXAMPLE, draws=500, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first[0] < alpha(EXAMPLE) < first[1] <= 1
    narrow = interval(EXAMPLE, draws=500, seed=1, confidence=0.5)
    assert first[0] < narrow[0] < narrow[1] < first[1]
    # Drawn naively, unit by unit, with the same stream.
    units = EXAMPLE[EXAMPLE.notna().sum(axis=1) >= 2].reset_index(drop=True)
    times = np.random.default_rng(4).multinomial(len(units), np.full(len(units), 1 / len(units)), size=30)
    drawn = [alpha(units.loc[units.index.repeat(row)]) for row in times]
    low, high, defined = interval(EXAMPLE, draws=30, seed=4)
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    assert defined == 30
    for options in ({"draws": 0}, {"confidence": 1.0}, {"seed": -1}):
        with pytest.raises(InvalidArgument, match="out of range"):
            interval(EXAMPLE, **options)  # type: ignore[arg-type]


def test_reliability_confusion_and_differences() -> None:
    frame = filled(
        Anna={"a": "1", "b": "2", "c": "2", "d": "1"}, Bo={"a": "1", "b": "1", "c": "2", "d": None},
        Cia={"a": "1", "b": "1", "c": "1", "d": "1"},
    )  # fmt: skip
    row = coding.reliability(frame, {"tone": "ordinal"}, draws=50).iloc[0]
    assert row["alpha"] == pytest.approx(
        naive(coding.ratings(frame, "tone").astype(object).replace({np.nan: None}), "ordinal")
    )
    assert (row["n_items"], row["n_paired"], row["n_coders"], row["n_missing"]) == (4, 4, 3, 1)
    assert row["agreement"] == pytest.approx((3 + 1 + 1 + 1) / 10)
    assert row["low"] <= row["alpha"] <= row["high"]
    met = coding.confusion(frame, "tone")
    anna_bo = met[(met["coder_a"] == "Anna") & (met["coder_b"] == "Bo")]
    assert anna_bo[["code_a", "code_b", "n", "agree"]].values.tolist() == [
        ["1", "1", 1, True], ["2", "1", 1, False], ["2", "2", 1, True],
    ]  # fmt: skip
    assert met.groupby(["coder_a", "coder_b"])["share"].sum().tolist() == pytest.approx([1.0] * 3)
    apart = coding.discordant(frame, ["tone"])
    assert apart["item"].tolist() == ["b", "c"]
    assert apart.loc[0, ["codes", "n_coders", "n_codes"]].tolist() == ["Anna: 2 | Bo: 1 | Cia: 1", 3, 2]
    assert apart["agreement"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_a_sheet_has_every_item_for_every_coder() -> None:
    shown = pd.DataFrame({"id": ["0180", "1487"], "title": ["Stockholm", None]})
    empty = coding.sheet(shown, {"tone": ["-1", "1"]}, ["Anna", "Bo"])
    assert empty.columns.tolist() == ["coder", "item", "title", "tone"]
    assert empty["item"].tolist() == ["0180", "1487"] * 2
    assert empty["tone"].isna().all()
    assert coding.sheet(["a"], ["tone", "theme"], ["Anna"]).shape == (1, 4)


@pytest.mark.parametrize(
    ("items", "variables", "coders", "complaint"),
    [
        ([180], ["tone"], ["Anna"], "'0180', not 180"),
        (["a", "a"], ["tone"], ["Anna"], "items"),
        ([], ["tone"], ["Anna"], "items"),
        (["a"], [], ["Anna"], "variables"),
        (["a"], ["tone"], ["Anna", "Anna"], "coders"),
        (["a"], ["tone"], [" "], "coders"),
        (["a"], ["item"], ["Anna"], "column name stands twice"),
    ],
)
def test_wrong_sheets_are_refused(items: Any, variables: list[str], coders: list[str], complaint: str) -> None:
    with pytest.raises(InvalidArgument, match=complaint):
        coding.sheet(items, variables, coders)


def test_check_lists_the_slips() -> None:
    frame = filled(Anna={"a": "positive", "b": "neg"}, Bo={"a": "x", "b": None})
    slips = coding.check(frame, {"tone": ["positive", "negative"]})
    assert slips[["coder", "item", "code", "nearest"]].fillna("").values.tolist() == [
        ["Anna", "b", "neg", "negative"], ["Bo", "a", "x", ""],
    ]  # fmt: skip
    with pytest.raises(InvalidArgument, match="nearest: 'tone'"):
        coding.check(frame, {"tones": []})


DANGER = [
    "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "\uff1d1", "'=quoted", "-1", "0180", "1,5", "NA",
    'å; "x"',
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sheets_go_out_and_come_back_with_their_codes(form: Any, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl") if form == "xlsx" else None
    empty = coding.sheet([f"{n:04d}" for n in range(len(DANGER))], ["tone"], ["Åsa Öberg", "Bo"])
    full = empty.assign(tone=DANGER * 2)
    full.loc[1, "tone"] = None
    paths = coding.write(full, tmp_path / "sheets", form=form)
    assert [path.name for path in paths] == [f"01-asa-oberg.{form}", f"02-bo.{form}"]
    expected = full.assign(tone=full["tone"].str.strip())
    assert coding.read(tmp_path / "sheets").equals(expected)
    assert coding.read(reversed(paths))["coder"].iloc[0] == "Bo"
    with pytest.raises(InvalidArgument, match="overwrite=True"):
        coding.write(full, tmp_path / "sheets", form=form)
    coding.write(empty, tmp_path / "sheets", form=form, overwrite=True)
    assert coding.read(paths[0])["tone"].isna().all()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("coder;tone\nAnna;1\n", "no column 'item'"),
        ("coder;item;tone\nAnna;;1\n", "no item in row 2"),
        ("coder;item;tone\nAnna; ;1\n", "no item in row 2"),
        ("coder;item;tone\nAnna;a;1\nAnna;a;2\n", "Anna coded a twice"),
        ("coder;item;tone\nAnna;a;1\nAnna; a;2\n", "Anna coded a twice"),
    ],
)
def test_damaged_sheets_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "anna.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=complaint):
        coding.read(path)


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    coding.write(coding.sheet(["a"], ["tone"], ["Anna"]), tmp_path)
    coding.write_table(coding.sheet(["a"], ["tune"], ["Bo"]), tmp_path / "bo.csv")
    with pytest.raises(DataError, match="columns tone, tune"):
        coding.read(tmp_path)
    with pytest.raises(MissingFile, match=r"no file cia\.csv"):
        coding.read(tmp_path / "cia.csv")
    with pytest.raises(InvalidArgument, match="no sheet to read"):
        coding.read([])
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "~$bo.xlsx").write_bytes(b"lock")
    with pytest.raises(InvalidArgument, match="no sheet to read"):
        coding.read(tmp_path / "empty")


def files(folder: Path, *contents: str) -> Path:
    """Write sheets to a folder, the coders Anna, Bo, … in this order."""
    for coder, content in zip(("Anna", "Bo", "Cia"), contents, strict=False):
        rows = [f"{coder};{row}" for row in content.split()]
        text = "\n".join(["coder;item;tone", *rows])
        (folder / f"{coder}.csv").write_text(text, encoding="utf-8")
    return folder


def test_sheets_with_the_marks_of_spreadsheets_are_one_frame(tmp_path: Path) -> None:
    (tmp_path / "01.csv").write_bytes(b"coder;item;ton;;\r\nA;0180;1;;\r\n;;;;\r\n")
    (tmp_path / "02.csv").write_bytes("sep=;\r\ncoder;item;ton\r\nÅsa;0180;1\r\n".encode("utf-16"))
    (tmp_path / "03.csv").write_bytes("coder;item;ton\r\nBö;0180;1\r\n".encode("mac_roman"))
    with pytest.raises(DataError, match="several ways"):
        coding.read(tmp_path)
    (tmp_path / "03.csv").unlink()
    assert coding.read(tmp_path).values.tolist() == [["A", "0180", "1"], ["Åsa", "0180", "1"]]


def test_codes_get_their_lost_zeros_back_where_another_sheet_has_them(tmp_path: Path) -> None:
    frame = coding.read(files(tmp_path, "0180;1 1280;1 a-1;0", "180;1 1280;2 01;1", "00180;2 1;2"))
    assert frame["item"].tolist() == ["00180", "1280", "a-1", "00180", "1280", "01", "00180", "01"]
    assert coding.reliability(frame, ["tone"]).loc[0, ["n_items", "n_paired"]].tolist() == [4, 3]


def test_an_item_twice_is_seen_whatever_its_zeros(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Anna coded 0180 twice"):
        coding.read(files(tmp_path, "180;1 180;2", "0180;1"))


def test_a_sheet_without_rows_is_an_empty_frame(tmp_path: Path) -> None:
    frame = coding.read(files(tmp_path, ""))
    assert frame.columns.tolist() == ["coder", "item", "tone"]
    assert len(frame) == 0


def test_numbers_that_one_coder_tells_apart_stay_apart(tmp_path: Path) -> None:
    frame = coding.read(files(tmp_path, "1;1 01;2 07;1", "1;1 7;1"))
    assert frame["item"].tolist() == ["1", "01", "07", "1", "07"]
    assert coding.unmatched(frame).values.tolist() == [["01", "Anna", "Bo"]]


def test_what_only_some_sheets_have_is_listed(tmp_path: Path) -> None:
    frame = coding.read(files(tmp_path, "a;1 b;1", "a;1 c;1", "a;1 b;1"))
    assert coding.unmatched(frame).values.tolist() == [["b", "Anna|Cia", "Bo"], ["c", "Bo", "Anna|Cia"]]
    assert coding.unmatched(frame[frame["item"] == "a"]).empty
    with pytest.raises(DataError, match="no column 'coder'"):
        coding.unmatched(frame.drop(columns="coder"))


ONE = filled(Anna={"a": "1"})
REFUSED: dict[str, Callable[[], object]] = {
    "no item": lambda: coding.sheet([], ["tone"], ["Anna"]),
    "no variable of reliability": lambda: coding.reliability(ONE, []),
    "no variable of discordant": lambda: coding.discordant(ONE, []),
    "no variable of check": lambda: coding.check(ONE, {}),
    "another variable": lambda: coding.confusion(ONE, "tones"),
    "another level": lambda: coding.reliability(ONE, {"tone": "interval"}),  # type: ignore[dict-item]
    "another form": lambda: coding.write(ONE, ".", form="ods"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_argument_is_told_what_is_allowed(name: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        REFUSED[name]()
    assert caught.value.allowed or caught.value.remedy


def test_frames_are_safe_to_compute_with() -> None:
    frame = filled(Anna={"a": "1", "b": "2"}, Bo={"a": "1", "b": "1"})
    alone = frame[frame["coder"] == "Anna"]
    for own in (frame, alone):
        tables = [
            coding.sheet(["a"], ["tone"], ["Anna"]), coding.check(own, {"tone": ["1"]}), coding.unmatched(own),
            coding.ratings(own, "tone"), coding.coincidences(coding.ratings(own, "tone")),
            coding.reliability(own, ["tone"]), coding.confusion(own, "tone"), coding.discordant(own, ["tone"]),
        ]  # fmt: skip
        for table in tables:
            assert {str(kind) for kind in table.dtypes} <= {"int64", "float64", "bool", "str"}
