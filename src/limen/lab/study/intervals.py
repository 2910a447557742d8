"""Means over independent units, with Student's interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class MeanInterval:
    """A mean over independent units.

    Attributes:
        mean: The mean; NaN without a unit.
        low: Lower bound; minus infinity with fewer than two units.
        high: Upper bound; infinity likewise.
        units: How many.
        level: Confidence level.
    """

    mean: float
    low: float
    high: float
    units: int
    level: float


def mean_interval(values: Sequence[float], level: float = 0.95) -> MeanInterval:
    """The mean of independent values and its interval by Student's t.

    Args:
        values: One a unit.
        level: Confidence level.
    """
    count = len(values)
    if count < 2:
        mean = float(values[0]) if count else float("nan")
        return MeanInterval(mean, float("-inf"), float("inf"), count, level)
    mean = float(np.mean(values))
    half = float(stats.t.ppf((1 + level) / 2, count - 1) * np.std(values, ddof=1) / np.sqrt(count))
    return MeanInterval(mean, mean - half, mean + half, count, level)
