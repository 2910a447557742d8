"""Spearman's correlation with an interval that heeds clusters.

With z_x, z_y the standardised ranks, r = mean(z_x z_y) has the influence values ψ_i = z_x z_y − r (z_x² + z_y²)/2, so
that its variance over clusters g is Σ_g (Σ_{i in g} ψ_i)² / n². The interval is made for atanh r (Fisher 1915), whose
standard error is that of r over 1 − r², with Student's t of G − 2 degrees of freedom, and turned back.

With other variables held, z_x and z_y are the standardised residuals of both ranks in one linear regression on the
ranks of the others, and each variable held takes a degree of freedom (partial correlation: Frisch and Waugh 1933). As
residuals are orthogonal to what they were regressed on, that the regression is estimated changes ψ in second order
only. The sign is that of the variable's coefficient in the regression of y's ranks on all of them, and r is zero where
that is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

_TOLD = 1e-6
"""Share of a variable's variance below which nothing of it is left when the others are held."""


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
    return _correlation(_ranks(x[:, None])[:, 0], _ranks(y[:, None])[:, 0], groups, 0, level)


def partial_rank_correlations(
    x: Floats, y: Floats, groups: NDArray[np.int64], *, level: float = 0.95
) -> list[tuple[float, float, float, float] | None]:
    """Spearman's correlation of each variable with y, the other variables held.

    Args:
        x: Values, shape (n, k).
        y: Values, shape (n,).
        groups: The cluster of each, shape (n,).
        level: Confidence level.

    Returns:
        As `rank_correlation`, one a variable; None also where the others tell a variable, or y, exactly.
    """
    ranks, of_y = _ranks(x), _ranks(y[:, None])
    found = []
    for i in range(x.shape[1]):
        others = np.delete(ranks, i, axis=1)
        both = np.column_stack([ranks[:, i], of_y[:, 0]])
        slopes = np.linalg.lstsq(others.T @ others, others.T @ both, rcond=1e-9)[0]
        left = both - others @ slopes
        told = bool(((left**2).sum(axis=0) < _TOLD * len(x)).any())
        found.append(None if told else _correlation(left[:, 0], left[:, 1], groups, others.shape[1], level))
    return found


def _ranks(values: Floats) -> Floats:
    """Ranks of each column, standardised; zeros for one that does not vary."""
    ranks = stats.rankdata(values, axis=0) - (len(values) + 1) / 2
    return np.asarray(ranks / np.maximum(ranks.std(axis=0), 1e-12), dtype=np.float64)


def _correlation(
    x: Floats, y: Floats, groups: NDArray[np.int64], held: int, level: float
) -> tuple[float, float, float, float] | None:
    _, group = np.unique(groups, return_inverse=True)
    clusters = int(group.max()) + 1 if len(group) else 0
    df = clusters - 2 - held
    if df < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    zx, zy = x / x.std(), y / y.std()
    r = float((zx * zy).mean())
    if abs(r) > 1 - 1e-9:
        return r, r, r, 0.0
    influence = zx * zy - r * (zx**2 + zy**2) / 2
    # As many clusters fewer as variables are held, as for any regression (CR1)
    scale = clusters / (clusters - 1 - held)
    sandwich = float(np.sqrt((np.bincount(group, influence) ** 2).sum() * scale)) / len(x) / (1 - r * r)
    # A few values that happen to go with one rating alone would have no spread of their own
    error = max(sandwich, 1 / np.sqrt(max(len(x) - 3 - held, 1)))
    if error == 0:
        return r, r, r, 0.0
    width = stats.t.ppf((1 + level) / 2, df) * error
    z = float(np.arctanh(r))
    p = 2 * stats.t.sf(abs(z) / error, df)
    return r, float(np.tanh(z - width)), float(np.tanh(z + width)), float(p)
