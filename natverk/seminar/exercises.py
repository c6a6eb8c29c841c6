"""The exercises: what the data answer, which wrong answers are typical, and what is said to each.

Nothing is written down as a number: the right answer and the typical wrong ones are computed from the data, so a
corrected row corrects the exercise. What is said stands in `hints/sv.toml` and `hints/en.toml`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from numbers import Real
from typing import Any, Literal, NamedTuple

import pandas as pd

from natverk import coding, portfolio, roles
from natverk.data.load import Dataset
from natverk.data.units import Directory
from natverk.errors import UnknownName, nearest
from natverk.frames import year_or_none
from natverk.locale import LANGUAGES, texts
from natverk.membership.panel import count, networks_counting_as, panel
from natverk.networks import list_matrix
from natverk.seminar import sheets
from natverk.seminar.wording import hints

__all__ = ["EXERCISES", "Exercise", "Feedback", "check", "checker", "review_texts"]

#: What an answer is: a number; a year, or "unknown"; names; one of some options; a row with named fields; judgements.
Kind = Literal["number", "year", "networks", "actors", "choice", "row", "judgements"]
_UNKNOWN = (
    "okänt", "okänd", "vet inte", "vet ej", "ej känt", "inte känt", "framgår inte", "går inte att säga",
    "unknown", "not known", "not stated", "cannot tell", "?",
)  # fmt: skip


class Exercise(NamedTuple):
    """An exercise: its session, the kind of answer, the answer, and typical wrong answers by name.

    `decimals` says how exactly a number must be given.
    """

    session: int
    kind: Kind
    answer: Callable[[Dataset], Any]
    wrong: Mapping[str, Callable[[Dataset], Any]]
    decimals: int = 0


class Feedback(NamedTuple):
    """What is said to an answer: `verdict` is `right`, `empty`, `unreadable`, `other` or the name of a typical error.

    >>> Feedback("described", "right", "Right.")
    Right.
    """

    exercise: str
    verdict: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        head, _, rest = self.text.partition(" ")
        return f"**{head}** {rest}" if self.verdict == "right" else self.text


def check(data: Dataset, exercise: str, answer: object, *, lang: str = "sv") -> Feedback:
    """Say whether an answer is right and, if not, what is wrong with it and what to look at.

    Parameters
    ----------
    data
        From `natverk.load`: the answer is computed from it.
    exercise
        One of `EXERCISES`.
    answer
        The student's; `...` is no answer yet, and no error.
    lang
        `"sv"` or `"en"`.

    Returns
    -------
    Feedback
        It shows itself in a notebook. An answer of the wrong kind gets a hint too, and never an error.

    Raises
    ------
    UnknownName
        For an exercise that is not there.
    InvalidArgument
        For an unknown language.

    Examples
    --------
    >>> from natverk import load
    >>> check(load(), "described", 2, lang="en")
    Not yet. That is the number the page gives. Count the networks that have a section of their own.
    """
    if exercise not in EXERCISES:
        raise UnknownName(f"no exercise {exercise!r}", where="exercise", allowed=EXERCISES, value=exercise)
    own, general = hints(lang)[exercise], hints(lang)["general"]
    task = EXERCISES[exercise]
    if _is_empty(answer):
        return Feedback(exercise, "empty", f"{general['empty']} {own['empty']}")
    try:
        given = _read(data, task, answer, own, general)
    except _UnreadableError as error:
        return Feedback(exercise, "unreadable", str(error))
    right = _expected(data, exercise)
    if _same(task, given, right):
        return Feedback(exercise, "right", f"{general['right']} {own['right']}")
    for name in task.wrong:
        if _same(task, given, _expected(data, exercise, name)):
            return Feedback(exercise, name, f"{general['wrong']} {own[name]}")
    return Feedback(exercise, "other", f"{general['wrong']} {_differs(data, task, given, right, own, general, lang)}")


def checker(data: Dataset, lang: str = "sv") -> Callable[[str, object], Feedback]:
    """Return `check` for a notebook: its data and language are set once.

    Parameters
    ----------
    data, lang
        As in `check`.

    Returns
    -------
    Callable
        It takes the name of an exercise and the answer.

    Examples
    --------
    >>> from natverk import load
    >>> checker(load(), "en")("described", "many").verdict
    'unreadable'
    """
    return partial(check, data, lang=lang)


def review_texts(data: Dataset, lang: str = "sv") -> pd.DataFrame:
    """Return what Stockholm's review of 2011 says of Eurocities and C40, and twice of Metropolis, without judgements.

    Parameters
    ----------
    data
        From `natverk.load`.
    lang
        `"sv"` or `"en"`.

    Returns
    -------
    pd.DataFrame
        `item` (the row id), `network`, `criterion` and `text`, the summary judgements left out.

    Examples
    --------
    >>> from natverk import load
    >>> review_texts(load(), "en").columns.tolist()
    ['item', 'network', 'criterion', 'text']
    """
    rows, t = _review_rows(data), texts(lang)
    directory = Directory.of(data)
    return pd.DataFrame(
        {
            "item": rows["row_id"],
            "network": [directory.resolve("network", network).name_in(lang) for network in rows["network_id"]],
            "criterion": [t(f"terms.criterion.{criterion}") for criterion in rows["criterion"]],
            "text": rows["rationale_sv" if lang == "sv" else "rationale"],
        }
    ).reset_index(drop=True)


# --- Reading an answer ------------------------------------------------------------------------------------------------


class _UnreadableError(Exception):
    """An answer of another kind than the exercise asks for; its text is said to the student."""


def _is_empty(answer: object) -> bool:
    """Say whether nothing has been answered yet."""
    if isinstance(answer, (pd.Series, pd.Index, pd.DataFrame)):
        return len(answer) == 0
    if isinstance(answer, Mapping):
        return not answer or all(_is_empty(value) for value in answer.values())
    if isinstance(answer, (list, tuple, set, frozenset)):
        return not answer or any(value is ... for value in answer)
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def _read(data: Dataset, task: Exercise, answer: object, own: Mapping[str, Any], general: Mapping[str, str]) -> Any:
    """Return an answer in the form that answers are compared in."""
    if task.kind == "number":
        return _number(answer, general)
    if task.kind == "year":
        unknown = isinstance(answer, str) and answer.strip().casefold() in _UNKNOWN
        interval = len(re.findall(r"\b\d{4}\b", str(answer))) > 1
        return "unknown" if unknown else _number(answer, general, "interval" if interval else "no_year")
    if task.kind in ("networks", "actors"):
        return _ids(data, task.kind.removesuffix("s"), answer, general)
    if task.kind == "choice":
        return _option(answer, own["options"], general)
    if task.kind == "judgements":
        items = list(answer) if isinstance(answer, Iterable) and not isinstance(answer, (str, Mapping)) else [answer]
        return [_number(item, general) for item in items]
    if not isinstance(answer, Mapping):
        raise _UnreadableError(general["no_row"])
    return {str(field): _field(data, str(field), value) for field, value in answer.items()}


def _number(answer: object, general: Mapping[str, str], otherwise: str = "no_number") -> float:
    """Return a number; a text that is one counts, with a decimal comma too. `otherwise` says what is told if not."""
    try:
        value = float(str(answer).strip().removesuffix("%").strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise _UnreadableError(general[otherwise].format(given=answer))
    return value


def _ids(data: Dataset, kind: str, answer: object, general: Mapping[str, str]) -> frozenset[str]:
    """Return the ids of what is named: a list, a set, a column, or a text with commas."""
    if isinstance(answer, str):
        named: list[object] = [part.strip() for part in answer.split(",") if part.strip()]
    else:
        named = list(answer) if isinstance(answer, Iterable) else [answer]
    directory, found = Directory.of(data), set()
    for name in named:
        if re.fullmatch(r"\d{1,2}", str(name).strip()):
            raise _UnreadableError(general["count"].format(given=name))
        try:
            found.add(directory.resolve(kind, str(name)).id)
        except UnknownName as error:
            near = nearest(error.value, error.allowed)
            hint = general["nearest"].format(name=near) if near else ""
            raise _UnreadableError(f"{general['no_name'].format(given=name)} {hint}".strip()) from error
    return frozenset(found)


def _option(answer: object, options: Mapping[str, str], general: Mapping[str, str]) -> str:
    """Return the option that is meant, by its word in either form."""
    said = str(answer).strip().casefold().replace("_", " ")
    for name, label in options.items():
        if said in (label.casefold(), name.replace("_", " ")):
            return name
    raise _UnreadableError(general["no_option"].format(given=answer, options=", ".join(options.values())))


def _field(data: Dataset, field: str, value: object) -> str:
    """Return a field of a row as text: names as ids, years and counts without decimals, unknown as `-`."""
    if value is None or value is pd.NA or str(value).strip().casefold() in (*_UNKNOWN, "-", ""):
        return "-"
    text = str(value).strip()
    if field in ("actor", "network"):
        try:
            return Directory.of(data).resolve(field, text).id
        except UnknownName:
            return text
    if isinstance(value, Real):
        return f"{float(value):g}"
    words = {label.casefold(): code for lang in LANGUAGES for code, label in texts(lang).group("terms.status").items()}
    return words.get(text.casefold(), text.casefold()) if field == "status" else text.casefold()


# --- Comparing --------------------------------------------------------------------------------------------------------


#: What the data answer, kept: a student asks many times. By the data's identity; the data are kept with it.
_KEPT: dict[tuple[int, str, str], tuple[Dataset, Any]] = {}


def _expected(data: Dataset, exercise: str, wrong: str = "") -> Any:
    """Return the right answer of an exercise, or a typical wrong one, computed once for the same data."""
    task, asked = EXERCISES[exercise], (id(data), exercise, wrong)
    if asked not in _KEPT:
        value = (task.wrong[wrong] if wrong else task.answer)(data)
        if task.kind == "row":
            value = {field: _field(data, field, cell) for field, cell in value.items()}
        if task.kind in ("networks", "actors"):
            value = frozenset(value)
        _KEPT[asked] = (data, value)
    return _KEPT[asked][1]


def _same(task: Exercise, given: Any, expected: Any) -> bool:
    """Say whether an answer is the expected one: numbers within their rounding, judgements within a step."""
    if task.kind == "judgements":
        near = [abs(own - other) <= 1 for own, other in zip(given, expected, strict=False)]
        return len(given) == len(expected) and all(near)
    if task.kind == "number":
        # Half a unit of the last decimal, and a little: both ways of rounding a half are right.
        return (
            bool(abs(given - float(expected)) <= 0.5 * 10**-task.decimals + 1e-9)
            if task.decimals
            else bool(given == float(expected))
        )
    return bool(given == expected)


def _differs(
    data: Dataset,
    task: Exercise,
    given: Any,
    right: Any,
    own: Mapping[str, Any],
    general: Mapping[str, str],
    lang: str,
) -> str:
    """Say what is wrong with an answer that is none of the typical ones."""
    if task.kind == "row":
        wrong = [field for field in right if given.get(field, "-") != right[field]]
        told = [general["field"].format(field=field, hint=own["fields"][field]) for field in wrong]
        more = sorted(set(given) - set(right))
        return " ".join(told + ([general["no_field"].format(fields=", ".join(more))] if more else []))
    if task.kind in ("networks", "actors"):
        directory, kind = Directory.of(data), task.kind.removesuffix("s")
        more = [directory.resolve(kind, name).name_in(lang) for name in sorted(given - right)]
        said = [general["too_many"].format(names=", ".join(more))] if more else []
        said += [general["missing"].format(n=len(right - given))] if right - given else []
        return " ".join([*said, own["other"]])
    if task.kind == "judgements":
        if len(given) != len(right):
            return general["length"].format(n=len(right), given=len(given))
        far = [str(n) for n, (mine, other) in enumerate(zip(given, right, strict=True), 1) if abs(mine - other) > 1]
        return general["far"].format(places=", ".join(far)) + " " + str(own["other"])
    return str(own["other"])


# --- What the data answer ---------------------------------------------------------------------------------------------

_VANERSBORG, _STOCKHOLM = "municipality:1487", "municipality:0180"
_PAGE, _REVIEW = "seed-vanersborg-2024", "seed-stockholm-2011"


def _page(data: Dataset) -> pd.DataFrame:
    """Return the memberships that Vänersborg's page of 2024 attests."""
    rows = data.memberships
    return rows[(rows["actor_id"] == _VANERSBORG) & (rows["source_id"] == _PAGE)]


def _evidence(data: Dataset, actor: str = _VANERSBORG) -> pd.DataFrame:
    """Return all rows of evidence of an actor's memberships."""
    return data.memberships[data.memberships["actor_id"] == actor]


def _page_row(data: Dataset, network: str, **other: object) -> dict[str, object]:
    """Return what the page says of a network, as a student writes the row."""
    row = _page(data).set_index("network_id").loc[network]
    return {
        "actor": _VANERSBORG,
        "network": network,
        "status": row["status"],
        "start_year": year_or_none(row["start_year"]),
        "seen_year": year_or_none(row["observed_year"]),
    } | other


def _start(data: Dataset, network: str) -> int | str:
    """Return the first year that the page states, or that it states none."""
    return year_or_none(_page(data).set_index("network_id").loc[network, "start_year"]) or "unknown"


def _seen(data: Dataset, network: str, *, everywhere: bool = False) -> int:
    """Return the year in which the page, or the first of all sources, saw the membership."""
    rows = _evidence(data) if everywhere else _page(data)
    return int(rows.loc[rows["network_id"] == network, "observed_year"].min())


def _state(data: Dataset, actor: str, network: str, year: int) -> str:
    """Return the state of one cell of the panel."""
    return str(panel(data, actors=[actor], networks=[network], years=year)["state"].iloc[0])


def _review_rows(data: Dataset) -> pd.DataFrame:
    """Return the judgements that are coded together: all of Eurocities and C40, cost and monitoring of Metropolis."""
    rows = data.evaluations
    rows = rows[(rows["source_id"] == _REVIEW) & (rows["criterion"] != "overall")]
    whole = rows["network_id"].isin(["eurocities", "c40"])
    part = (rows["network_id"] == "metropolis") & rows["criterion"].isin(["cost_travel", "monitoring"])
    return rows[whole | part]


def _coded(data: Dataset) -> list[int]:
    """Return what the coder of the data judged."""
    return [int(value) for value in _review_rows(data)["judgement"]]


def _scored(data: Dataset, network: str, column: str) -> float:
    """Return one number of the scores of Stockholm's review."""
    return float(str(_scores(data).loc[network, column]))


def _scores(data: Dataset, *criteria: str) -> pd.DataFrame:
    """Return the scores of Stockholm's review of 2011, by all criteria or by some."""
    rule = portfolio.Rule.of(criteria, [1.0]) if criteria else portfolio.Rule()
    judged = portfolio.judgements(data, _STOCKHOLM, 2011)
    return portfolio.score(judged, rule=rule).set_index("network_id")


def _turned(data: Dataset, *criteria: str) -> set[str]:
    """Return the networks whose recommendation is another one when only some criteria count."""
    everything, some = _scores(data), _scores(data, *criteria)
    return {name for name in some.index if some.loc[name, "recommendation"] != everything.loc[name, "recommendation"]}


def _eurocities(data: Dataset) -> pd.Series:
    """Return every judgement of EUROCITIES in the review, the summary ones too."""
    rows = data.evaluations
    return rows.loc[(rows["source_id"] == _REVIEW) & (rows["network_id"] == "eurocities"), "judgement"].astype(int)


def _agreement(data: Dataset, measure: str = "agreement") -> pd.Series:
    """Return a measure of agreement of the example's coders, by column."""
    return coding.reliability(sheets.example(data), sheets.COLUMNS).set_index("variable")[measure]


def _holders(data: Dataset, *types: str, on: str = "2018-04-01") -> int:
    """Return the number of counties whose development responsibility lay with holders of some types on a day."""
    return int(roles.responsibility_at(data, on)["holder_type"].isin(types).sum())


def _to_joint(data: Dataset, *states: str, pilots: Literal["count", "skip"] = "count") -> int:
    """Return the number of counties where a joint body got the responsibility first, its start known in some ways."""
    table = roles.transfers(data, pilots=pilots)
    return int(((table["treatment"] == "to_joint") & table["state"].isin(states)).sum())


def _gone(data: Dataset, first: str, last: str) -> set[str]:
    """Return the actors on the first list and absent from the last one."""
    table = list_matrix(data, "ubc")
    on = {name: set(part.loc[part["state"] == "on", "actor_id"]) for name, part in table.groupby("list_id")}
    return on[first] - on[last]


def _listed(data: Dataset, state: str, pick: Callable[[pd.Series], Any]) -> int:
    """Return the first or the last year of a list of UBC on which Halmstad stands, or from which it is absent."""
    table = list_matrix(data, "ubc")
    return int(pick(table.loc[(table["actor_id"] == "municipality:1380") & (table["state"] == state), "year"]))


def _halmstad_left(data: Dataset) -> int | str:
    """Return the year in which Halmstad left UBC, or that no source states it."""
    rows = _evidence(data, "municipality:1380")
    ends = rows.loc[(rows["network_id"] == "ubc") & (rows["end_kind"] == "left"), "end_year"].dropna()
    return int(ends.min()) if len(ends) else "unknown"


def _kronoberg(data: Dataset) -> pd.DataFrame:
    """Return who belonged to Euroregion Baltic for Kronoberg, as the region's own page tells it."""
    rows = data.memberships
    return rows[(rows["network_id"] == "euroregion-baltic") & (rows["source_id"] == "rk-international")]


def _role(data: Dataset) -> str:
    """Return the one role that evidence leaves in culture in Stockholm's county in 2024, or that it leaves several."""
    role = roles.practised(data, county="01", year=2024).set_index("theme")["role"].dropna().to_dict().get("culture")
    return "cannot_tell" if role is None else str(role)


def _bounds(data: Dataset) -> dict[str, int]:
    """Return how many Swedish members UBC had in 2023, from low to high."""
    row = count(panel(data, networks=["ubc"], years=2023), ["year"]).iloc[0]
    return {"low": int(row["low"]), "best": int(row["best"]), "high": int(row["high"])}


def _last_list(data: Dataset) -> int:
    """Return how many the complete list before 2023 names."""
    table = list_matrix(data, "ubc")
    before = table[(table["year"] < 2023) & (table["state"] == "on")]
    return int((before["year"] == before["year"].max()).sum())


def _pairs(data: Dataset) -> tuple[int, int, int]:
    """Return pairs of municipality and membership network with evidence, rows behind them, and all possible pairs."""
    networks = networks_counting_as(data)
    rows = data.memberships
    rows = rows[rows["actor_id"].str.startswith("municipality:") & rows["network_id"].isin(networks)]
    pairs = rows.drop_duplicates(["actor_id", "network_id"])
    return len(pairs), len(rows), len(data.municipalities) * len(networks)


def _sources_and_networks(data: Dataset, method: Literal["spearman", "pearson"] = "spearman") -> float:
    """Return how the number of sources of a municipality goes with the number of networks with evidence."""
    rows = data.memberships
    each = rows.groupby("actor_id").agg(sources=("source_id", "nunique"), networks=("network_id", "nunique"))
    each = each.reindex(data.municipalities["actor_id"]).fillna(0)
    return float(each["sources"].corr(each["networks"], method=method))


def _population_and_networks(data: Dataset) -> float:
    """Return how the latest population of a municipality goes with the number of networks with evidence."""
    people = data.population.sort_values("year").drop_duplicates("code", keep="last").set_index("code")["population"]
    networks = data.memberships.groupby("actor_id")["network_id"].nunique()
    codes = data.municipalities["code"]
    named = networks.reindex("municipality:" + codes).fillna(0)
    return float(people.reindex(codes).reset_index(drop=True).corr(named.reset_index(drop=True), method="spearman"))


def _claim(data: Dataset) -> str:
    """Return the one sentence of four that a complete list carries."""
    lists = data.member_lists
    sure = (lists["network_id"] == "ubc") & (lists["year"] == 2022) & (lists["certainty"] == "high")
    return "a" if sure.any() else "none"


#: The exercises, by session and in the order in which they come.
EXERCISES: dict[str, Exercise] = {
    "described": Exercise(
        1,
        "number",
        lambda data: _page(data)["network_id"].nunique(),
        {
            "as_said": lambda data: data.published_totals.loc[
                data.published_totals["source_id"] == _PAGE, "value"
            ].min(),
            "all_sources": lambda data: _evidence(data)["network_id"].nunique(),
        },
    ),
    "sern_row": Exercise(
        1,
        "row",
        lambda data: _page_row(data, "sern"),
        {
            "founded": lambda data: _page_row(
                data, "sern", start_year=data.networks.set_index("network_id").loc["sern", "founded_year"]
            ),
            "seen_as_start": lambda data: _page_row(data, "sern", start_year=_seen(data, "sern")),
            "full": lambda data: _page_row(data, "sern", status="full"),
        },
    ),
    "icc_since": Exercise(
        1,
        "year",
        lambda data: _start(data, "icc"),
        {
            "page_year": lambda data: _seen(data, "icc"),
            "other_source": lambda data: _seen(data, "icc", everywhere=True),
        },
    ),
    "pairs": Exercise(
        1,
        "number",
        lambda data: _evidence(data)["network_id"].nunique(),
        {
            "rows": lambda data: len(_evidence(data)),
            "one_page": lambda data: _page(data)["network_id"].nunique(),
        },
    ),
    "ensa_before": Exercise(
        1,
        "choice",
        lambda data: _state(data, _VANERSBORG, "ensa", 2005),
        {"not_member": lambda _: "not_member", "member": lambda _: "member", "no_network": lambda _: "no_network"},
    ),
    "least_agreed": Exercise(
        2,
        "choice",
        lambda data: str(_agreement(data).idxmin()),
        {"kind": lambda _: "kind", "code": lambda _: "code"},
    ),
    "agreement": Exercise(
        2,
        "number",
        lambda data: _agreement(data).min(),
        {
            "alpha": lambda data: _agreement(data, "alpha")[str(_agreement(data).idxmin())],
            "disagreement": lambda data: 1 - _agreement(data).min(),
        },
        decimals=2,
    ),
    "judgements": Exercise(
        2,
        "judgements",
        _coded,
        {"all_positive": lambda data: [2 for _ in _coded(data)], "turned": lambda data: [-x for x in _coded(data)]},
    ),
    "eurocities_mean": Exercise(
        2,
        "number",
        lambda data: _scored(data, "eurocities", "best"),
        {
            "with_summary": lambda data: _eurocities(data).mean(),
            "sum": lambda data: _scored(data, "eurocities", "best") * _scored(data, "eurocities", "n_judged"),
        },
        decimals=1,
    ),
    "c40_core": Exercise(
        2,
        "number",
        lambda data: _scored(data, "c40", "n_core_judged"),
        {
            "all_criteria": lambda data: _scored(data, "c40", "n_judged"),
            "missing": lambda data: _scored(data, "c40", "n_missing"),
        },
    ),
    "monitoring_only": Exercise(
        2,
        "networks",
        lambda data: _turned(data, "monitoring"),
        {
            "without_c40": lambda data: _turned(data, "monitoring") - {"c40"},
            "everything": lambda data: set(_scores(data).index),
        },
    ),
    "regions_2018": Exercise(
        3,
        "number",
        lambda data: _holders(data, "region"),
        {
            "with_joint": lambda data: _holders(data, "region", "samverkansorgan"),
            "year_after": lambda data: _holders(data, "region", "municipality", on="2019-01-01"),
        },
    ),
    "two_steps": Exercise(
        3,
        "number",
        lambda data: _to_joint(data, "dated", "interval"),
        {
            "dated": lambda data: _to_joint(data, "dated"),
            "without_pilots": lambda data: _to_joint(data, "dated", "interval", pilots="skip"),
            "every_county": lambda data: len(data.counties),
        },
    ),
    "before_region": Exercise(
        3,
        "actors",
        lambda data: {name for name in _kronoberg(data)["actor_id"] if name.startswith("body:")},
        {
            "region": lambda data: {name for name in _kronoberg(data)["actor_id"] if name.startswith("region:")},
            "with_region": lambda data: set(_kronoberg(data)["actor_id"]),
        },
    ),
    "culture_role": Exercise(
        3,
        "choice",
        _role,
        {"municipal": lambda _: "municipal", "vacant": lambda _: "vacant", "shared": lambda _: "shared"},
    ),
    "ubc_gone": Exercise(
        3,
        "actors",
        lambda data: _gone(data, "ubc-2014", "ubc-2019"),
        {
            "until_2016": lambda data: _gone(data, "ubc-2014", "ubc-2016"),
            "until_2025": lambda data: _gone(data, "ubc-2014", "ubc-2025"),
        },
    ),
    "halmstad_left": Exercise(
        3,
        "year",
        _halmstad_left,
        {
            "last_list": lambda data: _listed(data, "on", max),
            "first_without": lambda data: _listed(data, "absent", min),
        },
    ),
    "no_rows": Exercise(
        4,
        "choice",
        lambda data: "cannot_tell" if _evidence(data, "municipality:0162").empty else "few",
        {"none": lambda _: "none", "few": lambda _: "few"},
    ),
    "ubc_bounds": Exercise(
        4,
        "row",
        _bounds,
        {
            "zero": lambda _: {"low": 0, "best": 0, "high": 0},
            "list_holds": lambda data: dict.fromkeys(("low", "best", "high"), _last_list(data)),
        },
    ),
    "botkyrka": Exercise(
        4,
        "choice",
        lambda data: _state(data, "municipality:0127", "ubc", 2019),
        {"member": lambda _: "member", "unknown": lambda _: "unknown"},
    ),
    "known_share": Exercise(
        4,
        "number",
        lambda data: 100 * _pairs(data)[0] / _pairs(data)[2],
        {
            "rows": lambda data: 100 * _pairs(data)[1] / _pairs(data)[2],
            "as_share": lambda data: _pairs(data)[0] / _pairs(data)[2],
        },
        decimals=1,
    ),
    "sources_rank": Exercise(
        4,
        "number",
        _sources_and_networks,
        {
            "pearson": lambda data: _sources_and_networks(data, "pearson"),
            "population": _population_and_networks,
        },
        decimals=2,
    ),
    "claim": Exercise(
        4,
        "choice",
        _claim,
        {"b": lambda _: "b", "c": lambda _: "c", "d": lambda _: "d"},
    ),
}
