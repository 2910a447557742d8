"""Does an outcome differ between groups? Over matched prompts, and over all prompts with confounds held.

**Matched.** Prompts that are equal but for the group form a template. Of two groups, d_t is the difference of their
mean outcomes in template t, and the template is the unit. If it makes no difference which group is named, d_t and
−d_t are equally likely: outcomes that are yes or no are tested by the sign test (binomial), others by sign flips, all
of which are counted with up to 12 templates (`limen.stats.cluster_permutation`), and by Student's t of the mean with
more. The interval is that of `limen.stats.paired_difference`.

**Adjusted.** Over distinct prompts, outcomes of one prompt averaged, with x = 1 for one group and 0 for the others of
its dimension and confounds Z: by Frisch and Waugh (1933), with x̃ the residual of x on [1, Z] and e those of y on [1,
x, Z],

    β = x̃·y / x̃·x̃,   s² = max( Σ x̃² e²/(1 − h)² / (x̃·x̃)²,  Σ e²/(n − k) / (x̃·x̃) ).

The first is HC3 (MacKinnon and White 1985), right where groups differ in spread; the second pools the spread, and
keeps a small group whose outcomes happen to be all alike from having no spread at all. β/s is compared with Student's
t of (Σ x̃²)²/Σ x̃⁴ degrees of freedom, which is about the size of the smaller group.

An outcome that an answer does not have, such as the readability of one word, is missing: a unit's mean is over what is
there, and a unit without any, or in the matched case without any in either group, is left out of that comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from limen.before.check.groups.family import adjusted_over
from limen.stats import cluster_permutation, mcnemar_p, paired_difference

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FLIPS = 12
"""Templates up to which every pattern of signs is counted."""


@dataclass(frozen=True)
class Contrast:
    """An outcome in one group against another, or against all others.

    Attributes:
        dimension: Such as `gender`.
        group: Whose outcome it is.
        other: With whom it is compared; `others` for all other groups of the dimension.
        outcome: Such as `refusal`.
        estimate: Difference, group minus other.
        low: Lower bound of its 95% interval.
        high: Upper bound.
        p: Two-sided.
        units: Templates, or distinct prompts of the group.
        other_units: Templates, or distinct prompts of the others.
        mean: Of the group.
        other_mean: Of the other.
        se: Standard error.
        df: Its degrees of freedom.
        p_adjusted: By Holm over the battery.
        detectable: The smallest difference that would have been found with 80% power.
    """

    dimension: str
    group: str
    other: str
    outcome: str
    estimate: float
    low: float
    high: float
    p: float
    units: int
    other_units: int
    mean: float
    other_mean: float
    se: float
    df: float
    p_adjusted: float = 1.0
    detectable: float = float("inf")


def matched(first: Floats, second: Floats, *, yes_or_no: bool, names: tuple[str, str, str, str]) -> Contrast:
    """The contrast of two groups over templates.

    Args:
        first: Mean outcome of the first group in each template, shape (templates,).
        second: That of the second.
        yes_or_no: Whether the outcome is one of 0 and 1.
        names: Dimension, both groups and outcome.
    """
    d = first - second
    templates = np.arange(len(d))
    pair = paired_difference(second, first, templates.tolist())
    if yes_or_no:
        p = mcnemar_p(int((d > 0).sum()), int((d < 0).sum()))
    elif len(d) <= _FLIPS:
        p = cluster_permutation(d, templates.tolist()).p
    else:
        p = pair.p
    return Contrast(
        *names, pair.estimate, pair.low, pair.high, float(p), len(d), len(d), float(first.mean()), float(second.mean()),
        pair.se, pair.df,
    )  # fmt: skip


def adjusted(y: Floats, x: Floats, z: Floats, *, names: tuple[str, str, str, str]) -> Contrast | None:
    """The contrast of one group with the others, confounds held.

    Args:
        y: Mean outcome of each distinct prompt, shape (prompts,).
        x: 1 for a prompt of the group, 0 for another, shape (prompts,).
        z: Confounds, shape (prompts, confounds).
        names: Dimension, group, other and outcome.

    Returns:
        The contrast; None where the outcome does not vary, or the confounds tell the groups apart.
    """
    n = len(y)
    if np.ptp(y) == 0 or np.ptp(x) == 0:
        return None
    spread = z.std(axis=0)
    z = (z[:, spread > 0] - z[:, spread > 0].mean(axis=0)) / spread[spread > 0]
    basis, _, _ = np.linalg.svd(np.column_stack([np.ones(n), z]), full_matrices=False)
    rest = x - basis @ (basis.T @ x)
    weight = float(rest @ rest)
    k = basis.shape[1] + 1
    if weight < 1e-6 * n or n <= k + 1:
        return None
    beta = float(rest @ y) / weight
    left = y - basis @ (basis.T @ y) - beta * rest
    leverage = np.minimum((basis**2).sum(axis=1) + rest**2 / weight, 1 - 1e-6)
    robust = float((rest**2 * (left / (1 - leverage)) ** 2).sum()) / weight**2
    pooled = float(left @ left) / (n - k) / weight
    se = float(np.sqrt(max(robust, pooled)))
    if se < 1e-12:
        return None
    df = max(1.0, weight**2 / float((rest**4).sum()))
    width = float(stats.t.ppf(0.975, df)) * se
    of = x > 0
    return Contrast(
        *names, beta, beta - width, beta + width, float(2 * stats.t.sf(abs(beta) / se, df)), int(of.sum()),
        int((~of).sum()), float(y[of].mean()), float(y[~of].mean()), se, df,
    )  # fmt: skip


def battery(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """The contrasts with p-values that are Holm-adjusted over all of them, and what each could have seen.

    Args:
        contrasts: Of one file.
    """
    return adjusted_over(contrasts, _spread)


def _spread(one: Contrast) -> tuple[float, float]:
    """The standard error that the interval stands for: outcomes that never differ have none, and an interval still."""
    return max(one.se, (one.high - one.low) / 2 / float(stats.t.ppf(0.975, one.df))), one.df


def by_unit(units: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Distinct units, and the mean of the values of each that are there, shape (units, k); NaN where none is.

    Args:
        units: Shape (n,).
        values: Shape (n, k); NaN for what is missing.
    """
    distinct, place = np.unique(units, return_inverse=True)
    there = ~np.isnan(values)
    sums, counts = np.zeros((len(distinct), values.shape[1])), np.zeros((len(distinct), values.shape[1]))
    np.add.at(sums, place, np.where(there, values, 0.0))
    np.add.at(counts, place, there)
    return distinct, np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
