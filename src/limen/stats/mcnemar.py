"""McNemar's exact test of paired yes-or-no outcomes.

Of n pairs, b went from no to yes and c from yes to no; pairs that did not change say nothing. If neither direction is
likelier, b | b + c ~ Binomial(b + c, 1/2), and the two-sided p is 2 · P(X ≤ min(b, c)), at most 1.

Source: Q. McNemar, Psychometrika 12 (1947); the exact form in A. Agresti, Categorical Data Analysis, section 11.1.

Its unit is the pair. Where pairs come in families (rewordings of one question), it counts each wording as news:
report the clustered test (`limen.stats.cluster_permutation`) beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True)
class McNemar:
    """McNemar's exact test.

    Attributes:
        gained: Pairs that went from no to yes (b).
        lost: Pairs that went from yes to no (c).
        pairs: All pairs.
        difference: (b − c) / pairs, the shift in probability.
        p: Exact, two-sided.
        p_reachable: The smallest p that b + c changed pairs could give.
    """

    gained: int
    lost: int
    pairs: int
    difference: float
    p: float
    p_reachable: float


def mcnemar_p(gained: int, lost: int) -> float:
    """The exact two-sided p for `gained` and `lost` pairs.

    Args:
        gained: Pairs that went from no to yes, b.
        lost: Pairs that went from yes to no, c.

    Returns:
        The p-value; 1 where no pair changed.

    Raises:
        ValueError: If a count is negative.
    """
    if gained < 0 or lost < 0:
        raise ValueError(f"counts of pairs cannot be negative: {gained}, {lost}.")
    return min(1.0, 2 * float(stats.binom.cdf(min(gained, lost), gained + lost, 0.5)))


def mcnemar(before: ArrayLike, after: ArrayLike) -> McNemar:
    """McNemar's exact test of paired yes-or-no outcomes.

    Args:
        before: Outcomes on the first arm [pairs], 0 or 1.
        after: Outcomes of the same pairs on the second arm [pairs], 0 or 1.

    Returns:
        The counts and the p-value.

    Raises:
        ValueError: If the shapes differ or an outcome is neither 0 nor 1.
    """
    a, b = np.asarray(before), np.asarray(after)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ValueError(f"the outcomes of both arms are paired: got shapes {a.shape} and {b.shape}.")
    if not (np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all()):
        raise ValueError("McNemar's test takes outcomes of 0 or 1; for probabilities use a paired difference.")
    gained, lost = int(((a == 0) & (b == 1)).sum()), int(((a == 1) & (b == 0)).sum())
    return McNemar(
        gained=gained,
        lost=lost,
        pairs=int(a.size),
        difference=(gained - lost) / a.size,
        p=mcnemar_p(gained, lost),
        p_reachable=mcnemar_p(gained + lost, 0),
    )
