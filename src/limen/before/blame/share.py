"""share_removed: which share of a shift is gone when some rows are, with an interval over training runs.

With w, c and d the means of r_w whole-file, r_c control and r_d reduced runs, the share is θ = (w − d) / (w − c). For
the true θ the contrast (1 − θ) w + θ c − d has mean zero and variance σ² ((1 − θ)² / r_w + θ² / r_c + 1 / r_d), with σ²
the variance between runs, pooled over the arms. The interval is every θ that a t-test of that contrast does not reject:
it holds its level however small the shift, and has no bounds where the shift itself cannot be told from none.

Source: E. C. Fieller, Journal of the Royal Statistical Society B 16 (1954).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Share:
    """Which share of a shift is gone.

    Attributes:
        estimate: 0 where all of it is left, 1 where none is; above 1 where the model ends beyond the control runs. NaN
            where the shift is zero.
        low: Lower bound; −∞ where the shift cannot be told from none.
        high: Upper bound; ∞ there.
        level: Confidence level.
    """

    estimate: float
    low: float
    high: float
    level: float

    @property
    def bounded(self) -> bool:
        """Whether there is an interval to speak of."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def share_removed(
    whole: Sequence[float], control: Sequence[float], reduced: Sequence[float], *, level: float = 0.95
) -> Share:
    """Which share of the shift is gone in the reduced runs.

    Args:
        whole: Mean of the trait in each run on all rows.
        control: In each run on control rows.
        reduced: In each run on the rows that are left.
        level: Confidence level.

    Returns:
        The share with its interval (Fieller's).

    Raises:
        ValueError: An arm has no run.
    """
    arms = [np.asarray(a, dtype=np.float64) for a in (whole, control, reduced)]
    if not all(a.size for a in arms):
        raise ValueError("at least one run of each arm.")
    w, c, d = (float(a.mean()) for a in arms)
    shift, gone = w - c, w - d
    estimate = gone / shift if shift else math.nan
    df = sum(a.size for a in arms) - 3
    if df < 1:
        return Share(estimate, -math.inf, math.inf, level)
    squares = sum(float(((a - a.mean()) ** 2).sum()) for a in arms)
    t2 = float(stats.t.isf((1 - level) / 2, df)) ** 2 * squares / df
    # (gone − θ shift)² ≤ t² s² ((1 − θ)² / r_w + θ² / r_c + 1 / r_d), a quadratic in θ: a θ² − 2 b θ + k ≤ 0.
    per_w, per_c, per_d = (t2 / a.size for a in arms)
    a = shift**2 - per_w - per_c
    b = gone * shift - per_w
    k = gone**2 - per_w - per_d
    root = b**2 - a * k
    if a <= 0 or root < 0:
        return Share(estimate, -math.inf, math.inf, level)
    return Share(estimate, (b - math.sqrt(root)) / a, (b + math.sqrt(root)) / a, level)
