"""Student's t by scipy's plain functions: the same numbers as `scipy.stats.t`, without its overhead a call."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


def t_above(t: ArrayLike, df: ArrayLike) -> Floats:
    """P(t_df > t), any shape."""
    out: Floats = np.asarray(special.stdtr(df, -np.asarray(t, dtype=np.float64)))
    return out


def t_quantile_above(p: ArrayLike, df: ArrayLike) -> Floats:
    """The t with P(t_df > t) = p, any shape."""
    out: Floats = -np.asarray(special.stdtrit(df, np.asarray(p, dtype=np.float64)))
    return out
