"""Showing that something is *not* there: two one-sided tests.

A large p-value shows nothing: little data gives one too. An absence is shown when the interval lies within ± a bound
that was stated before. With estimate d, standard error s and ν degrees of freedom:

- equivalent: both H: δ ≤ −bound and H: δ ≥ +bound are rejected at level α, that is, the (1 − 2α) interval lies
  within ± bound. p = max(P(t_ν > (d + bound)/s), P(t_ν > (bound − d)/s)).
- clear: only the harmful side matters; the one-sided (1 − α) upper bound of the effect lies below the effect that
  matters.

Source: D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15 (1987).
"""

from __future__ import annotations

from dataclasses import dataclass

from limen.stats._student import t_above, t_quantile_above


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests.

    Attributes:
        p: The larger of both one-sided p-values.
        low: Lower bound of the (1 − 2 · level) interval.
        high: Upper bound of it.
        bound: The stated bound.
        level: Level of each one-sided test, and of the claim.
        equivalent: Whether the interval lies within ± bound.
    """

    p: float
    low: float
    high: float
    bound: float
    level: float
    equivalent: bool


@dataclass(frozen=True)
class Clearance:
    """Whether an effect of the size that matters is ruled out, on one side.

    Attributes:
        p: One-sided p of "the effect is at least `effect`".
        upper: One-sided (1 − level) upper bound.
        effect: The effect that matters.
        level: Level of the claim.
        clear: Whether the upper bound lies below the effect.
    """

    p: float
    upper: float
    effect: float
    level: float
    clear: bool


def equivalence(estimate: float, se: float, df: float, *, bound: float, level: float = 0.05) -> Equivalence:
    """Test whether an effect lies within ± bound.

    Args:
        estimate: The effect.
        se: Its standard error; nan where it is not known, and then nothing is shown.
        df: Its degrees of freedom.
        bound: Above zero, in the unit of the effect, stated beforehand.
        level: Level of the claim.

    Returns:
        The test.

    Raises:
        ValueError: If the bound is not above zero.
    """
    if not bound > 0:
        raise ValueError(f"the bound of an equivalence test must be above zero, not {bound}.")
    p = max(_p_above(estimate, se, df, -bound), _p_above(-estimate, se, df, -bound))
    half = _half(se, df, level)
    return Equivalence(p, estimate - half, estimate + half, bound, level, p <= level)


def clear_of(estimate: float, se: float, df: float, *, effect: float, level: float = 0.05) -> Clearance:
    """Test whether the effect that matters is ruled out.

    Args:
        estimate: The effect, positive towards harm.
        se: Its standard error; nan where it is not known, and then nothing is shown.
        df: Its degrees of freedom.
        effect: The effect that matters, above zero.
        level: Level of the claim.

    Returns:
        The test.

    Raises:
        ValueError: If the effect that matters is not above zero.
    """
    if not effect > 0:
        raise ValueError(f"the effect that matters must be above zero, not {effect}.")
    p = _p_above(-estimate, se, df, -effect)
    return Clearance(p, estimate + _half(se, df, level), effect, level, p <= level)


def _p_above(estimate: float, se: float, df: float, null: float) -> float:
    """P of an estimate this far above `null` if the truth were `null`."""
    if not (se >= 0 and df > 0):
        return 1.0
    if se == 0:
        return 0.0 if estimate > null else 1.0
    return float(t_above((estimate - null) / se, df))


def _half(se: float, df: float, level: float) -> float:
    if not (se >= 0 and df > 0):
        return float("inf")
    return float(t_quantile_above(level, df)) * se
