"""Spearman's correlation with an interval that heeds clusters.

With z_x, z_y the standardised ranks, r = mean(z_x z_y) has the influence values ψ_i = z_x z_y − r (z_x² + z_y²)/2, so
that its variance over clusters g is Σ_g (Σ_{i in g} ψ_i)² / n². The interval is made for atanh r (Fisher 1915), whose
standard error is that of r over 1 − r², with Student's t of G − 2 degrees of freedom, and turned back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def rank_correlation(
    x: Floats, y: Floats, groups: NDArray[np.int64], *, level: float = 0.95
) -> tuple[float, float, float, float] | None:
    """Spearman's correlation, its interval and its two-sided p-value.

    Args:
        x: Values, shape (n,).
        y: Values, shape (n,).
        groups: The cluster of each, shape (n,).
        level: Confidence level.

    Returns:
        Correlation, lower and upper bound, p; None where one of both does not vary or there are fewer than four
        clusters.
    """
    _, group = np.unique(groups, return_inverse=True)
    clusters = int(group.max()) + 1 if len(group) else 0
    if clusters < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    zx, zy = (stats.zscore(stats.rankdata(v)) for v in (x, y))
    r = float((zx * zy).mean())
    if abs(r) > 1 - 1e-9:
        return r, r, r, 0.0
    influence = zx * zy - r * (zx**2 + zy**2) / 2
    error = (
        float(np.sqrt((np.bincount(group, influence) ** 2).sum() * clusters / (clusters - 1))) / len(x) / (1 - r * r)
    )
    if error == 0:
        return r, r, r, 0.0
    width = stats.t.ppf((1 + level) / 2, clusters - 2) * error
    z = float(np.arctanh(r))
    p = 2 * stats.t.sf(abs(z) / error, clusters - 2)
    return r, float(np.tanh(z - width)), float(np.tanh(z + width)), float(p)
