"""Did the data do it? Data runs against control runs, whose unit is the training run.

Training is a random draw (initialisation of adapters, order of rows, dropout): two runs on the same rows differ, and no
number of probes says by how much. Each run gives one number, its mean shift; r_d data runs are compared with r_c
control runs:

- Welch (default where both arms were repeated): s² = s_d²/r_d + s_c²/r_c, Satterthwaite's degrees of freedom.
- Pooled (where one arm ran once, or on request): s² = s_p² (1/r_d + 1/r_c), r_d + r_c − 2 degrees of freedom; takes
  both arms to scatter alike.
- Borrowed: the variance of neutral runs measured on the same base earlier, with its own degrees of freedom, is pooled
  in. It takes neutral runs to scatter like these, and says so in `method`.

With one run each and nothing borrowed there is no variance, hence no interval and no p.

Sources: B. L. Welch, Biometrika 34 (1947); F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from limen.stats._student import t_above, t_quantile_above


@dataclass(frozen=True)
class BorrowedVariance:
    """The variance between neutral training runs, measured beforehand on the same base and recipe.

    Attributes:
        variance: Of one run's number.
        df: Degrees of freedom it was estimated on (runs − 1).
    """

    variance: float
    df: float


@dataclass(frozen=True)
class RunContrast:
    """Data runs against control runs.

    Attributes:
        estimate: Mean over data runs − mean over control runs.
        se: Standard error, or None where nothing is known of the spread between runs.
        df: Degrees of freedom, or None.
        low: Lower bound, or None.
        high: Upper bound, or None.
        level: Confidence level.
        p: Two-sided, or None.
        p_greater: One-sided, data above control, or None.
        data_runs: How many data runs.
        control_runs: How many control runs.
        method: `welch`, `pooled`, `borrowed` or `none`.
        reason: Why there is no p; empty where there is one.
    """

    estimate: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    level: float
    p: float | None
    p_greater: float | None
    data_runs: int
    control_runs: int
    method: str
    reason: str


def run_contrast(
    data: ArrayLike,
    control: ArrayLike,
    *,
    borrowed: BorrowedVariance | None = None,
    method: Literal["welch", "pooled"] = "welch",
    level: float = 0.95,
) -> RunContrast:
    """Compare data runs with control runs.

    Args:
        data: One number a data run [r_d].
        control: One number a control run [r_c].
        borrowed: Variance between neutral runs; pooled with what these runs show themselves.
        method: `welch` or `pooled`, where both arms were repeated and nothing is borrowed.
        level: Confidence level.

    Returns:
        The contrast; without interval and p where the spread between runs is not known.

    Raises:
        ValueError: If an arm has no run, a number is not finite, or the borrowed variance is not above zero.
    """
    d, c = np.asarray(data, dtype=np.float64), np.asarray(control, dtype=np.float64)
    if d.ndim != 1 or c.ndim != 1 or not d.size or not c.size:
        raise ValueError("at least one run of each arm, one number a run.")
    if not (np.isfinite(d).all() and np.isfinite(c).all()):
        raise ValueError("a run's number is not finite.")
    if borrowed is not None and not (borrowed.variance > 0 and borrowed.df > 0):
        raise ValueError("a borrowed variance and its degrees of freedom must be above zero.")
    estimate = float(d.mean() - c.mean())
    own_df = d.size + c.size - 2
    squares = float(((d - d.mean()) ** 2).sum() + ((c - c.mean()) ** 2).sum())
    if borrowed is not None:
        name, df = "borrowed", own_df + borrowed.df
        se = np.sqrt((squares + borrowed.variance * borrowed.df) / df * (1 / d.size + 1 / c.size))
    elif own_df < 1:
        return _none(estimate, level, d.size, c.size, "one run of each arm: how much runs differ is not known")
    elif method == "welch" and min(d.size, c.size) > 1:
        name = "welch"
        parts = np.array([d.var(ddof=1) / d.size, c.var(ddof=1) / c.size])
        se = np.sqrt(parts.sum())
        df = float(parts.sum() ** 2 / (parts**2 / np.array([d.size - 1, c.size - 1])).sum()) if se > 0 else own_df
    else:
        name, df = "pooled", own_df
        se = np.sqrt(squares / own_df * (1 / d.size + 1 / c.size))
    if not se > 0:
        reason = "the runs of an arm agree to the last digit: were they the same run, with the same seed?"
        return _none(estimate, level, d.size, c.size, reason)
    half = float(t_quantile_above((1 - level) / 2, df) * se)
    t = estimate / float(se)
    return RunContrast(
        estimate=estimate,
        se=float(se),
        df=float(df),
        low=estimate - half,
        high=estimate + half,
        level=level,
        p=float(2 * t_above(abs(t), df)),
        p_greater=float(t_above(t, df)),
        data_runs=int(d.size),
        control_runs=int(c.size),
        method=name,
        reason="",
    )


def _none(estimate: float, level: float, data_runs: int, control_runs: int, reason: str) -> RunContrast:
    return RunContrast(estimate, None, None, None, None, level, None, None, data_runs, control_runs, "none", reason)
