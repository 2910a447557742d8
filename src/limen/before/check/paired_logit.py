"""What goes with being chosen: one logistic regression over pairs of answers.

With d_i = f(chosen) − f(rejected), the differences of k features, the model (Bradley and Terry 1952, with covariates)
is P(the chosen one is chosen) = σ(d_i · β), without an intercept: turning a pair round changes the sign of d_i and of
nothing else. A feature that only chosen answers have would have no finite β by maximum likelihood, and could be neither
told nor held. β maximises therefore Firth's (1993) penalised likelihood, which has a finite maximum there too (Heinze
and Schemper 2002),

    l(β) = Σ log σ(d_i · β) + ½ log |H(β)|,  H = Σ p_i (1 − p_i) d_i d_iᵀ,

found by scoring. As pairs on one prompt depend on each other, the covariance is the sandwich over prompts g (Liang and
Zeger 1986),

    V = G/(G − k) · H⁻¹ (Σ_g s_g s_gᵀ) H⁻¹,  s_g = Σ_{i in g} (1 − p_i + h_i (½ − p_i)) d_i,

with h_i the diagonal of the weighted hat matrix, or H⁻¹ where that is larger, since a few prompts that happen to agree
have no spread of their own. A coefficient over its standard error is compared with Student's t of G − k degrees of
freedom. Where a feature is nearly one-sided that approximation is poor, and interval and p-value come from the
profile of l (Heinze and Schemper 2002): 2 (l(β) − max_{β_j = b} l) / m against the square of the same t, with m the
mean number of pairs that a pair shares its prompt with, itself included, as if those all said the same. Checked
against `statsmodels`, a general optimiser and closed forms in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Floats = NDArray[np.float64]

_STEPS = 100
_LONGEST = 4.0
"""Of a step, in units of a feature's root mean square."""

_NEAR = 1e-8
_TOLD = 1e-6
"""Share of a feature's square that must be left when the others are held for it to be told from them."""

_TURNS = 60


@dataclass(frozen=True)
class PairedLogit:
    """Coefficients with intervals and p-values, each shaped (k,); NaN for a feature that the others tell exactly.

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


def paired_logit(
    differences: Floats,
    groups: NDArray[np.int64],
    *,
    profiled: NDArray[np.bool_] | None = None,
    level: float = 0.95,
) -> PairedLogit | None:
    """Fit the regression.

    Args:
        differences: Chosen minus rejected, shape (pairs, k), no column without a difference.
        groups: The prompt of each pair, shape (pairs,).
        profiled: Of which features interval and p-value come from the profile of the likelihood, shape (k,); of none
            if not given.
        level: Confidence level of the intervals.

    Returns:
        The fit; None where there are no more prompts than features, or no maximum was reached.
    """
    n, k = differences.shape
    _, group = np.unique(groups, return_inverse=True)
    clusters = int(group.max()) + 1 if n else 0
    if clusters <= k:
        return None
    scale = np.sqrt((differences**2).mean(axis=0))
    kept, unique = _basis(differences / scale)
    d = (differences / scale)[:, kept]
    found = _maximum(d, np.zeros(d.shape[1]), np.ones(d.shape[1], dtype=bool))
    if found is None:
        return None
    beta, highest = found
    p = special.expit(d @ beta)
    inverse = np.linalg.inv((d * (p * (1 - p))[:, None]).T @ d)
    each = (1 - p + _hat(d, p, inverse) * (0.5 - p))[:, None] * d
    scores = np.column_stack([np.bincount(group, column, clusters) for column in each.T])
    df = clusters - d.shape[1]
    sandwich = np.diag(inverse @ (scores.T @ scores) @ inverse) * clusters / df
    error = np.sqrt(np.maximum(sandwich, np.diag(inverse)))
    width = stats.t.ppf((1 + level) / 2, df) * error
    made = np.full((4, k), np.nan)
    made[:, kept] = [beta, beta - width, beta + width, 2 * stats.t.sf(np.abs(beta) / error, df)]
    sizes = np.bincount(group)
    for at, i in enumerate(kept):
        if profiled is not None and profiled[i] and unique[i]:
            profile = _Profile(d, beta, highest, at, float((sizes**2).sum() / n))
            made[1:3, i] = profile.interval(error[at], stats.t.ppf((1 + level) / 2, df))
            made[3, i] = 2 * stats.t.sf(abs(profile.root(0.0)), df)
    made[:3] /= scale
    made[:, ~unique] = np.nan
    return PairedLogit(*made)


def _basis(d: Floats) -> tuple[list[int], NDArray[np.bool_]]:
    """Columns that tell all others, and which columns the others do not tell."""
    gram = d.T @ d / len(d)
    k = len(gram)

    def left(i: int, others: list[int]) -> float:
        """What of a column the others leave, as a share of its square."""
        if not others:
            return 1.0
        slopes = np.linalg.lstsq(gram[np.ix_(others, others)], gram[others, i], rcond=1e-9)[0]
        return float(1 - gram[i, others] @ slopes)

    kept: list[int] = []
    for i in range(k):
        if left(i, kept) > _TOLD:
            kept.append(i)
    return kept, np.array([left(i, [j for j in range(k) if j != i]) > _TOLD for i in range(k)])


def _hat(d: Floats, p: Floats, inverse: Floats) -> Floats:
    """The diagonal of the weighted hat matrix."""
    return np.asarray(p * (1 - p) * np.einsum("ij,jk,ik->i", d, inverse, d, optimize=True), dtype=np.float64)


def _likelihood(d: Floats, beta: Floats) -> float:
    """The penalised likelihood."""
    z = d @ beta
    p = special.expit(z)
    sign, log_size = np.linalg.slogdet((d * (p * (1 - p))[:, None]).T @ d)
    return float(special.log_expit(z).sum() + log_size / 2) if sign > 0 else -np.inf


def _maximum(d: Floats, beta: Floats, free: NDArray[np.bool_]) -> tuple[Floats, float] | None:
    """The penalised likelihood's highest place and its height, some coefficients held where they are."""
    beta, height = beta.copy(), _likelihood(d, beta)
    if not free.any():
        return beta, height
    for _ in range(_STEPS):
        p = special.expit(d @ beta)
        weight, e = p * (1 - p), d[:, free]
        try:
            hat = _hat(d, p, np.linalg.inv((d * weight[:, None]).T @ d))
            # As if each pair also stood there as a half of either outcome, h times: without it, a pair that alone has
            # a feature is overshot again and again
            step = np.linalg.solve((e * (weight * (1 + hat))[:, None]).T @ e, e.T @ (1 - p + hat * (0.5 - p)))
        except np.linalg.LinAlgError:
            return None
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), 1e-12))
        # A step from far away overshoots; one half as long, and so on, still leads there
        for _ in range(_TURNS):
            there = beta.copy()
            there[free] += step
            new = _likelihood(d, there)
            if new >= height - 1e-12 * abs(height):
                break
            step = step / 2
        else:
            return beta, height
        beta, height = there, new
        if np.abs(step).max() < _NEAR:
            return beta, height
    return None


class _Profile:
    """The penalised likelihood as a function of one coefficient, the others at their best."""

    def __init__(self, d: Floats, beta: Floats, highest: float, at: int, alike: float) -> None:
        self._d, self._beta, self._highest, self._at, self._alike = d, beta, highest, at, alike
        self._free = np.arange(len(beta)) != at

    def root(self, value: float) -> float:
        """The signed root of the likelihood ratio: how many standard errors, as it were, the value lies too low."""
        start = self._beta.copy()
        start[self._at] = value
        found = _maximum(self._d, start, self._free)
        height = found[1] if found is not None else self._highest
        ratio = max(2 * (self._highest - height) / self._alike, 0.0)
        return float(np.sign(self._beta[self._at] - value) * np.sqrt(ratio))

    def interval(self, error: float, wanted: float) -> tuple[float, float]:
        """Where the root is as far from zero as it may be, on either side."""
        return self._bound(-error, wanted), self._bound(error, wanted)

    def _bound(self, step: float, wanted: float) -> float:
        best = float(self._beta[self._at])
        inner, outer = best, best + step
        for _ in range(_TURNS):
            if abs(self.root(outer)) >= wanted:
                break
            inner, outer = outer, outer + (outer - best)
        else:
            return float(np.copysign(np.inf, step))
        return float(optimize.brentq(lambda b: abs(self.root(b)) - wanted, inner, outer, rtol=1e-4))
