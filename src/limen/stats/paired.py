"""The paired difference between two arms, with an interval that respects clusters.

Each probe is read on both arms: d_i = after_i − before_i. Probes of one family are not independent, so the family is
the unit. With n_g probes in family g, n in all, G families and R_g the sum of a family's residuals d_i − d̄:

    V = Σ_g R_g² / (1 − n_g/n) / n²          (CR2, unbiased where probes are independent)

V is scaled up where it falls short under the other extreme, families that move as one, and its degrees of freedom are
Satterthwaite's under that extreme: with A_gh = (n_g δ_gh − n_g n_h / n) / (n √(1 − n_g/n)),
df = (tr AAᵀ)² / tr (AAᵀ)². With families of one size this is G − 1 and the t-test on family means.

Yes-or-no outcomes seldom change on a tuned model, and then V is near zero by luck: of 60 families that change with
probability 0.1, the plain 95% upper bound falls short in 5% of samples, of 20 families in 12%. As Agresti and Coull
(1998) do for one proportion, ⌈z²/2⌉ families that gained and as many that lost, of the mean size, are added before the
interval is drawn, and what is reported is the hull of both intervals. Monte Carlo (20,000 draws; 10 to 200 families,
change of 1 to 30%): the interval misses no more often than it says, but nearly always on the far side of zero, so that
*each bound taken alone* errs at up to 1 − level, not half of it (95%: 4.1%; 98%: 1.8%; 90%: 8.0%).

Sources: Bell and McCaffrey, Survey Methodology 28 (2002); Pustejovsky and Tipton, J. Business & Economic Statistics 36
(2018); Agresti and Coull, The American Statistician 52 (1998).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from limen.stats._clusters import cluster_sums
from limen.stats._student import t_above, t_quantile_above

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """A paired difference whose unit is the cluster.

    Attributes:
        estimate: Mean of after − before over probes.
        se: Its cluster-robust standard error.
        low: Lower bound; −∞ where there is one cluster.
        high: Upper bound.
        level: Confidence level of the interval, two-sided.
        p: Two-sided, from t with `df`; where families agree to the last digit, from their signs: 2 / 2^G.
        df: Degrees of freedom.
        clusters: How many families.
        probes: How many probes.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: float
    p: float
    df: float
    clusters: int
    probes: int

    def clear_of(self, effect: float) -> bool:
        """Whether an effect of this size is ruled out: the upper bound lies below it. Errs at most at 1 − level."""
        return self.high < effect

    def equivalent(self, bound: float) -> bool:
        """Whether the interval lies within ± bound. Errs at most at 1 − level."""
        return -bound < self.low and self.high < bound


def paired_difference(
    before: ArrayLike, after: ArrayLike, clusters: Sequence[object], *, level: float = 0.95
) -> PairedDifference:
    """The mean paired difference, with an interval over clusters.

    Args:
        before: Readings of the first arm [n], probabilities or outcomes of 0 and 1.
        after: Readings of the second arm on the same probes [n].
        clusters: The family of each probe [n].
        level: Confidence level.

    Returns:
        Estimate, interval and p-value.

    Raises:
        ValueError: If shapes differ or a reading is not finite.
    """
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"readings of two arms are paired by probe: got shapes {a.shape} and {b.shape}.")
    sums, sizes = cluster_sums(b - a, clusters)
    outcomes = bool(np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all())
    estimate, se, df, low, high = (float(v) for v in clustered_interval(sums, sizes, level=level, outcomes=outcomes))
    if se > 1e-12 * abs(estimate):
        p = float(2 * t_above(abs(estimate) / se, df))
    else:  # one family, or families that agree to the last digit: all that is left is their signs
        p = min(1.0, 2.0 ** (1 - sizes.size)) if estimate else 1.0
    return PairedDifference(estimate, se, low, high, level, p, df, int(sizes.size), int(a.size))


def clustered_interval(
    sums: Floats, sizes: Floats, *, level: float = 0.95, outcomes: bool = False
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Estimate, standard error, degrees of freedom and interval of a mean over clusters; many samples at once.

    Args:
        sums: Sum of the differences in each cluster [..., G].
        sizes: Members of each cluster [G].
        level: Confidence level.
        outcomes: Whether the readings are outcomes of 0 and 1: the interval then reckons with rare change.

    Returns:
        Estimate, se, df, low, high, each [...]. With one cluster the interval is the whole line.
    """
    estimate, se, df = _mean(sums, sizes)
    if sizes.size < 2:
        whole = np.full(estimate.shape, np.inf)
        return estimate, np.full(estimate.shape, np.nan), np.broadcast_to(df, estimate.shape), -whole, whole
    half = t_quantile_above((1 - level) / 2, df) * se
    low, high = estimate - half, estimate + half
    if outcomes:
        size = sizes.mean()
        count = math.ceil(float(stats.norm.isf((1 - level) / 2)) ** 2 / 2)
        extra = np.broadcast_to(np.repeat([size, -size], count), (*sums.shape[:-1], 2 * count))
        pulled, wide_se, wide_df = _mean(np.concatenate([sums, extra], axis=-1), np.r_[sizes, np.full(2 * count, size)])
        wide = t_quantile_above((1 - level) / 2, wide_df) * wide_se
        low, high = np.minimum(low, pulled - wide), np.maximum(high, pulled + wide)
    return estimate, se, np.broadcast_to(df, estimate.shape), low, high


def _mean(sums: Floats, sizes: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean [...], standard error [...] and degrees of freedom (scalar array)."""
    n = sizes.sum()
    estimate: Floats = np.asarray(sums.sum(axis=-1) / n)
    if sizes.size < 2:
        return estimate, np.full(estimate.shape, np.nan), np.array(np.nan)
    share = sizes / n
    residual = sums - estimate[..., None] * sizes
    variance = (residual**2 / (1 - share)).sum(axis=-1) / n**2
    # Under "families move as one": E V, its shortfall against Var(d̄), and Satterthwaite's df, in closed form.
    x = share**2 / (1 - share)
    alpha = (share**2).sum()
    diagonal = x * (1 - 2 * share + alpha)
    trace = diagonal.sum()
    rest = alpha - share
    full = x.sum() * (x * rest**2).sum() - 2 * (x * rest).sum() * (x * share).sum() + x.sum() * (x * share**2).sum()
    off = full - (x**2 * (alpha - 2 * share) ** 2).sum()
    df = trace**2 / ((diagonal**2).sum() + off)
    scale = max(1.0, alpha / trace)
    return estimate, np.sqrt(variance * scale), np.array(df)
