"""What rules cost: processor time a row, as `benchmarks/rule_costs.py` measured it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from limen.before.check.rule import Rule

KINDS = ("instruction", "preference", "rated")
"""Kinds of rows on which costs were measured."""

UNKNOWN = 20.0
"""What a rule is taken to cost that was not measured, such as one of another package."""

UNMEASURED = {
    "LIM412": "it is off unless it is asked for",
    "LIM704": "it is newer than the measurement of the others",
}
"""Why rules that ship have no cost, by code."""


@cache
def measured_costs() -> dict[str, dict[str, float]]:
    """Microseconds a row of about a kilobyte takes each rule, by code and kind of row, beside what all rules share."""
    text = files("limen.before.check").joinpath("costs.json").read_text(encoding="utf-8")
    costs: dict[str, dict[str, float]] = json.loads(text)
    return costs


def costs_of(rule: type[Rule]) -> NDArray[np.float64]:
    """Microseconds a row of each kind takes a rule, shape (kinds,).

    Args:
        rule: The rule.
    """
    return np.array(list(measured_costs().get(rule.code, dict.fromkeys(KINDS, UNKNOWN)).values()))


def cost_of(rule: type[Rule]) -> float | None:
    """Microseconds a row takes a rule, of the kind that takes it longest; None where that was not measured.

    Args:
        rule: The rule.
    """
    return max(measured_costs()[rule.code].values()) if rule.code in measured_costs() else None
