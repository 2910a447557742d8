"""What goes with being chosen: one logistic regression over pairs of answers.

With d_i = f(chosen) − f(rejected), the differences of k features, the model (Bradley and Terry 1952, with covariates)
is P(the chosen one is chosen) = σ(d_i · β), without an intercept: turning a pair round changes the sign of d_i and of
nothing else. β maximises Σ log σ(d_i · β), found by Newton's method. As pairs on one prompt depend on each other, the
covariance is the sandwich over prompts g (Liang and Zeger 1986),

    V = G/(G − k) · H⁻¹ (Σ_g s_g s_gᵀ) H⁻¹,  H = Σ p_i (1 − p_i) d_i d_iᵀ,  s_g = Σ_{i in g} (1 − p_i) d_i,

and a coefficient over its standard error is compared with Student's t of G − k degrees of freedom. Checked against
`statsmodels` in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

_STEPS = 50
_LARGEST = 15.0


@dataclass(frozen=True)
class PairedLogit:
    """Coefficients with intervals and p-values, each shaped (k,).

    Attributes:
        coefficient: Log-odds of being chosen for one more of the feature, the others equal.
        low: Lower bound.
        high: Upper bound.
        p: Two-sided p-value.
    """

    coefficient: Floats
    low: Floats
    high: Floats
    p: Floats


def paired_logit(differences: Floats, groups: NDArray[np.int64], *, level: float = 0.95) -> PairedLogit | None:
    """Fit the regression.

    Args:
        differences: Chosen minus rejected, shape (pairs, k), no column without a difference.
        groups: The prompt of each pair, shape (pairs,).
        level: Confidence level of the intervals.

    Returns:
        The fit; None where no finite coefficients fit best, as when a combination of features tells all pairs apart,
        or where there are no more prompts than features.
    """
    n, k = differences.shape
    _, group = np.unique(groups, return_inverse=True)
    clusters = int(group.max()) + 1 if n else 0
    if clusters <= k:
        return None
    scale = np.sqrt((differences**2).mean(axis=0))
    d = differences / scale
    beta = np.zeros(k)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-(d @ beta)))
        information = (d * (p * (1 - p))[:, None]).T @ d
        try:
            step = np.linalg.solve(information, d.T @ (1 - p))
        except np.linalg.LinAlgError:
            return None
        # A long step from far away overshoots; the likelihood is concave, so a shorter one still leads there
        beta = beta + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(beta).max() > _LARGEST:
            return None
        if np.abs(step).max() < 1e-9:
            break
    else:
        return None
    p = 1 / (1 + np.exp(-(d @ beta)))
    information = (d * (p * (1 - p))[:, None]).T @ d
    scores = np.zeros((clusters, k))
    np.add.at(scores, group, (1 - p)[:, None] * d)
    bread = np.linalg.inv(information)
    variance = np.diag(bread @ (scores.T @ scores) @ bread) * clusters / (clusters - k)
    error = np.sqrt(variance)
    df = clusters - k
    width = stats.t.ppf((1 + level) / 2, df) * error
    return PairedLogit(
        beta / scale, (beta - width) / scale, (beta + width) / scale, 2 * stats.t.sf(np.abs(beta) / error, df)
    )
