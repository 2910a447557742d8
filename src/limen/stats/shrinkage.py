"""Variances shrunk over traits: empirical Bayes after Smyth (2004), as in limma.

A handful of runs gives a poor variance for any one trait, but many traits are measured on the same runs. With sample
variances s_t² on d degrees of freedom, s_t² | σ_t² ~ σ_t² χ²_d / d, and the prior 1/σ_t² ~ χ²_{d0} / (d0 s0²):

    posterior variance   s̃_t² = (d0 s0² + d s_t²) / (d0 + d)

The prior is fitted by the moments of e_t = log s_t² − ψ(d/2) + log(d/2), whose mean is log s0² − ψ(d0/2) + log(d0/2)
and whose variance exceeds ψ′(d/2) by ψ′(d0/2). Where the s_t² spread no more than sampling explains, d0 = ∞.

Source: G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 3(1), article 3 (2004), section 6.2.

Smyth's t has d0 + d degrees of freedom if the traits' variances are independent. Traits read on the same writers are
not, so callers here do not claim those (see `limen.stats.writers`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

MIN_TRAITS = 3
"""Below this many traits the spread of variances says nothing, and they are left as they are."""

_MIN_SPREAD = 1e-6


@dataclass(frozen=True)
class Shrunk:
    """Variances shrunk over traits.

    Attributes:
        variance: Posterior variances [..., T].
        prior_df: Degrees of freedom of the prior [...]; 0 = not shrunk, infinity = one variance for all.
        prior_variance: The prior's variance [...].
    """

    variance: Floats
    prior_df: Floats
    prior_variance: Floats


def shrink_variances(variance: Floats, df: float) -> Shrunk:
    """Shrink sample variances towards their common prior.

    Args:
        variance: Sample variances [..., T], above zero; the last axis is the traits.
        df: Degrees of freedom of each, above zero.

    Returns:
        The shrunk variances, with the prior that was fitted.

    Raises:
        ValueError: If a variance or `df` is not above zero.
    """
    v = np.asarray(variance, dtype=np.float64)
    if df <= 0 or not np.all(v > 0):
        raise ValueError("variances and their degrees of freedom must be above zero.")
    if v.shape[-1] < MIN_TRAITS:
        return Shrunk(v, np.zeros(v.shape[:-1]), v.mean(axis=-1))
    e = np.log(v) - special.digamma(df / 2) + np.log(df / 2)
    mean = e.mean(axis=-1)
    spread = e.var(axis=-1, ddof=1) - special.polygamma(1, df / 2)
    finite = spread > _MIN_SPREAD
    d0 = 2 * trigamma_inverse(np.where(finite, spread, 1.0))
    with_prior = np.exp(mean + special.digamma(d0 / 2) - np.log(d0 / 2))
    # Without excess spread the pooled variance and exp(mean) both estimate s0²: the larger is the safer.
    s0 = np.where(finite, with_prior, np.maximum(np.exp(mean), v.mean(axis=-1)))
    weight = np.where(finite, d0 / (d0 + df), 1.0)[..., None]
    return Shrunk(weight * s0[..., None] + (1 - weight) * v, np.where(finite, d0, np.inf), s0)


def trigamma_inverse(y: Floats) -> Floats:
    """The x with ψ′(x) = y, by Newton's method on 1/ψ′ (Smyth 2004, appendix).

    Args:
        y: Values above zero, any shape.

    Returns:
        x of the same shape.
    """
    y = np.asarray(y, dtype=np.float64)
    x = 0.5 + 1 / y
    for _ in range(50):
        tri = special.polygamma(1, x)
        step = tri * (1 - tri / y) / special.polygamma(2, x)
        x = x + step
        if np.all(-step / x < 1e-10):
            break
    # The asymptotes, where the iteration is not needed and loses digits.
    return np.where(y > 1e7, 1 / np.sqrt(y), np.where(y < 1e-6, 1 / y, x))
