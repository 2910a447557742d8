"""The table of a rule that compares several things, such as features of answers: a row each, found or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

NONE = "–"
"""What stands where there is no figure."""


def feature_table(features: Sequence[T], columns: Mapping[str, Callable[[T], str]]) -> dict[str, Any]:
    """The table, as the reports read it from the evidence of a finding.

    Args:
        features: What was found of each feature, or of whatever else a row is on.
        columns: By name, what writes a cell; the first names the row.
    """
    return {"columns": list(columns), "rows": [[cell(one) for cell in columns.values()] for one in features]}


def p_text(p: float) -> str:
    """A p-value with two significant digits, never as zero.

    Args:
        p: The p-value.
    """
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def signed(estimate: float | None, low: float | None, high: float | None) -> str:
    """An estimate with its sign and interval; a dash where there is none.

    Args:
        estimate: The estimate.
        low: Lower bound.
        high: Upper bound.
    """
    if estimate is None or low is None or high is None:
        return NONE
    return f"{estimate:+.2f} [{low:+.2f}, {high:+.2f}]"
