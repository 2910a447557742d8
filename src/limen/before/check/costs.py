"""What rules cost: processor time a row, as `benchmarks/rule_costs.py` measured it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from limen.before.check.rule import Rule

KINDS = ("instruction", "preference", "rated")
"""Kinds of rows on which costs were measured."""

UNKNOWN = 20.0
"""What a rule is taken to cost that was not measured, such as one of another package."""

_TOKENS = "it hangs on the model's tokenizer and chat template"
UNMEASURED = {
    **dict.fromkeys(("LIM202", "LIM204", "LIM207", "LIM208", "LIM209", "LIM210", "LIM211"), _TOKENS),
    **dict.fromkeys(("LIM412", "LIM413"), "it is off unless it is asked for"),
}
"""Why rules that ship have no cost, by code."""


@cache
def _stored() -> dict[str, dict[str, dict[str, float]]]:
    text = files("limen.before.check").joinpath("costs.json").read_text(encoding="utf-8")
    stored: dict[str, dict[str, dict[str, float]]] = json.loads(text)
    return stored


def measured_costs() -> dict[str, dict[str, float]]:
    """Microseconds a row of about a kilobyte takes each rule, by code and kind of row, beside what all rules share."""
    return _stored()["rules"]


def costs_of(rule: type[Rule]) -> NDArray[np.float64]:
    """Microseconds a row of each kind takes a rule, shape (kinds,).

    Args:
        rule: The rule.
    """
    return np.array(list(measured_costs().get(rule.code, dict.fromkeys(KINDS, UNKNOWN)).values()))


def cost_together(rules: Sequence[type[Rule]]) -> NDArray[np.float64]:
    """Microseconds a row of each kind takes rules of one process, shape (kinds,).

    Args:
        rules: Rules that read the same; what they read is made once, where all of them were measured together.
    """
    one_by_one = np.sum([costs_of(rule) for rule in rules], axis=0)
    together = _stored()["together"].get(rules[0].reads)
    return one_by_one if together is None else np.minimum(one_by_one, list(together.values()))


def cost_of(rule: type[Rule]) -> float | None:
    """Microseconds a row takes a rule, of the kind that takes it longest; None where that was not measured.

    Args:
        rule: The rule.
    """
    return max(measured_costs()[rule.code].values()) if rule.code in measured_costs() else None
