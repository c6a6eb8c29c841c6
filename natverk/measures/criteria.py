"""Criteria: which of them a review is read by, what each weighs, and the rule that follows from the choice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from natverk.errors import InvalidArgument
from natverk.measures.verdicts import CRITERIA, Rule

__all__ = ["Choice", "chosen"]


@dataclass(frozen=True)
class Choice:
    """What a review is read by.

    Attributes
    ----------
    criteria
        The criteria, in the order of `CRITERIA`.
    weights
        Weight by criterion; they sum to 1.
    rule
        The written rule with the core purposes among the criteria.
    """

    criteria: tuple[str, ...]
    weights: Mapping[str, float]
    rule: Rule

    @property
    def equal(self) -> bool:
        """Whether all criteria weigh the same."""
        return max(self.weights.values()) - min(self.weights.values()) < 1e-9


def chosen(criteria: Iterable[str] = (), weights: Sequence[float] = (), *, rule: Rule | None = None) -> Choice:
    """Return criteria and weights, checked, with the rule that counts breadth among the chosen core purposes.

    Parameters
    ----------
    criteria
        Names of criteria; empty (default): all seven.
    weights
        A number for each of `criteria`, in their order, of any sum; none or a single one: all alike.
    rule
        The rule for all criteria; None for the thresholds of `Rule()`. Core purposes that are not chosen are taken
        out of it, and breadth never asks for more purposes than are left.

    Returns
    -------
    Choice
        `weights` by criterion (sum 1), `rule` and `criteria`.

    Raises
    ------
    InvalidArgument
        If a criterion is unknown or named twice, no core purpose is left, a weight is negative or no number, all
        are 0, or there is another number of them.

    Examples
    --------
    >>> choice = chosen(["influence", "cost_travel"], [3, 1])
    >>> dict(choice.weights), choice.rule.core, choice.rule.breadth
    ({'influence': 0.75, 'cost_travel': 0.25}, ('influence',), 1)
    """
    names, rule = list(criteria) or list(CRITERIA), rule or Rule()
    for name in names:
        if name not in CRITERIA:
            raise InvalidArgument(f"unknown criterion {name!r}", where="criteria", allowed=CRITERIA, value=name)
    if len(set(names)) < len(names):
        raise InvalidArgument("a criterion is named twice", where="criteria", remedy="name each criterion once")
    core = tuple(name for name in rule.core if name in names)
    if not core:
        raise InvalidArgument(
            "none of the core purposes is among the criteria", where="criteria", allowed=rule.core,
            remedy="name at least one of them: the rule counts how many a network serves",
        )  # fmt: skip
    values = [float(value) for value in weights] if len(weights) > 1 else [1.0] * len(names)
    if len(values) != len(names):
        raise InvalidArgument(
            f"there are {len(values)} weights for {len(names)} criteria",
            where="weights",
            remedy="give one weight a criterion, in their order, or a single one for all alike",
        )
    for name, value in zip(names, values, strict=True):
        if not (math.isfinite(value) and value >= 0):
            raise InvalidArgument(f"the weight of {name} is {value}", where="weights", remedy="give weights from 0")
    total = math.fsum(values)
    if total == 0:
        raise InvalidArgument("all weights are 0", where="weights", remedy="give at least one weight above 0")
    shares = {name: value / total for name, value in zip(names, values, strict=True)}
    ordered = tuple(name for name in CRITERIA if name in shares)
    return Choice(
        criteria=ordered,
        weights={name: shares[name] for name in ordered},
        rule=Rule(rule.leave_below, rule.keep_above, rule.expand_from, min(rule.breadth, len(core)), core),
    )
