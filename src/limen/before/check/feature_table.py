"""The table of a rule that weighs features of answers: a row a feature, whether or not it is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

NONE = "–"
"""What stands where there is no figure."""


def feature_table(features: Sequence[dict[str, Any]], columns: dict[str, Callable[[dict[str, Any]], str]]) -> Any:
    """The table, as the reports read it from the evidence of a finding.

    Args:
        features: What was found of each feature.
        columns: By name, what writes the cell of a feature; the first names the feature.
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
