"""Krippendorff's alpha: how far judges agree beyond chance.

α = 1 − D_o/D_e (Krippendorff 1970, 2011), with the squared difference of two values as their disagreement; for two
values that is the nominal alpha, and so it is for labels written as vectors of 0 and 1, one place a label, as two of
them that differ do so by the same whatever they are. Over n judgements of units with m_u ≥ 2 judgements each,

    D_o = 1/n · Σ_u 1/(m_u − 1) · Σ_{i≠j in u} (v_i − v_j)²,   D_e = 1/(n(n − 1)) · Σ_{i≠j} (v_i − v_j)²,

and Σ_{i≠j} (v_i − v_j)² = 2(m Σv² − (Σv)²). The interval is a percentile bootstrap over units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 1000


def krippendorff_alpha(
    values: Floats, units: NDArray[np.int64], *, level: float = 0.95, seed: int = 0
) -> tuple[float, float, float, int] | None:
    """Alpha, its interval and how many units have two judgements or more.

    Args:
        values: Judgements, shape (n,), or for labels of 0 and 1, shape (n, labels).
        units: What each judges, shape (n,).
        level: Confidence level.
        seed: Of the bootstrap.

    Returns:
        Alpha, lower and upper bound, units; None where fewer than two units are judged twice, or all alike.
    """
    if not len(values):
        return None
    values = values.reshape(len(values), -1)
    values = values - values.mean(axis=0)
    _, group, sizes = np.unique(units, return_inverse=True, return_counts=True)
    twice = sizes >= 2
    m = sizes[twice].astype(np.float64)
    sums = np.stack([np.bincount(group, column)[twice] for column in values.T])
    squares = np.bincount(group, (values**2).sum(axis=1))[twice]
    count = len(m)
    if count < 2:
        return None
    table = np.stack([m, squares, 2 * (m * squares - (sums**2).sum(axis=0)) / (m - 1), *sums])
    alpha = _alpha(table.sum(axis=1))
    if not np.isfinite(alpha):
        return None
    random = np.random.default_rng(seed)
    draws = np.array([_alpha(table[:, random.integers(0, count, count)].sum(axis=1)) for _ in range(DRAWS)])
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return alpha, float(low), float(high), count


def _alpha(totals: Floats) -> float:
    n, squares, observed, *sums = totals.tolist()
    expected = 2 * (n * squares - sum(total**2 for total in sums)) / (n - 1)
    return 1 - observed / expected if expected > 1e-12 else float("nan")
