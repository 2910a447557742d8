"""Intervals for a proportion of k out of n.

- Wilson (1927): the p at which (k/n − p)² n / (p (1 − p)) reaches the normal quantile squared. Covers about as often as
  it says, and is the one to show.
- Clopper–Pearson (1934): from the binomial's own tails. Never covers less often than it says, and is the one for
  guarantees.

Both are scipy's (`scipy.stats.binomtest(k, n).proportion_ci`).
"""

from __future__ import annotations

from typing import Literal

from scipy import stats


def proportion_interval(
    successes: int, trials: int, *, level: float = 0.95, method: Literal["wilson", "exact"] = "wilson"
) -> tuple[float, float]:
    """A two-sided interval for a proportion.

    Args:
        successes: k.
        trials: n, above zero.
        level: Confidence level.
        method: `wilson`, or `exact` for Clopper–Pearson.

    Returns:
        Lower and upper bound.

    Raises:
        ValueError: If k is not between 0 and n, or n is 0.
    """
    _check(successes, trials)
    interval = stats.binomtest(successes, trials).proportion_ci(level, method)
    return float(interval.low), float(interval.high)


def proportion_lower(successes: int, trials: int, *, level: float = 0.99) -> float:
    """The one-sided Clopper–Pearson lower bound: the proportion is above it with at least `level` confidence.

    Args:
        successes: k.
        trials: n, above zero.
        level: Confidence level.

    Returns:
        The bound.

    Raises:
        ValueError: If k is not between 0 and n, or n is 0.
    """
    _check(successes, trials)
    return float(stats.beta.ppf(1 - level, successes, trials - successes + 1)) if successes else 0.0


def proportion_upper(successes: int, trials: int, *, level: float = 0.99) -> float:
    """The one-sided Clopper–Pearson upper bound: the proportion is below it with at least `level` confidence.

    Args:
        successes: k.
        trials: n, above zero.
        level: Confidence level.

    Returns:
        The bound.

    Raises:
        ValueError: If k is not between 0 and n, or n is 0.
    """
    _check(successes, trials)
    return 1 - proportion_lower(trials - successes, trials, level=level)


def _check(successes: int, trials: int) -> None:
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no proportion.")
