"""Adjusted p-values for a battery of tests.

An audit reads many traits, so one p below the level is expected by chance alone. With p-values p_(1) ≤ … ≤ p_(n):

- Holm (1979): p̃_(k) = max over j ≤ k of min(1, (n − j + 1) · p_(j)). Controls the probability of *any* false claim
  (familywise error), whatever the dependence between the tests.
- Benjamini–Hochberg (1995): p̃_(k) = min over j ≥ k of min(1, n · p_(j) / j). Controls the expected *share* of false
  claims, for independent or positively dependent tests.

Both take an array whose last axis is the battery, so that many batteries are adjusted at once. Checked against
`statsmodels.stats.multitest.multipletests` in the tests; written out because that takes one battery at a time and
costs 1.3 s to import.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm(p: ArrayLike) -> Floats:
    """Holm's step-down adjusted p-values.

    Args:
        p: P-values [..., n]; the last axis is the battery.

    Returns:
        Adjusted p-values [..., n], in the order given.

    Raises:
        ValueError: If a p-value is not between 0 and 1.
    """
    values = _checked(p)
    n = values.shape[-1]
    order = np.argsort(values, axis=-1, kind="stable")
    stepped = np.take_along_axis(values, order, axis=-1) * (n - np.arange(n))
    return _unsort(np.minimum(np.maximum.accumulate(stepped, axis=-1), 1.0), order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Benjamini and Hochberg's step-up adjusted p-values.

    Args:
        p: P-values [..., n]; the last axis is the battery.

    Returns:
        Adjusted p-values [..., n], in the order given.

    Raises:
        ValueError: If a p-value is not between 0 and 1.
    """
    values = _checked(p)
    n = values.shape[-1]
    order = np.argsort(values, axis=-1, kind="stable")
    stepped = np.take_along_axis(values, order, axis=-1) * n / np.arange(1, n + 1)
    falling = np.minimum.accumulate(stepped[..., ::-1], axis=-1)[..., ::-1]
    return _unsort(np.minimum(falling, 1.0), order)


def _checked(p: ArrayLike) -> Floats:
    values = np.atleast_1d(np.asarray(p, dtype=np.float64))
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError("p-values must lie between 0 and 1; leave out tests that could not be run.")
    return values


def _unsort(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    out = np.empty_like(ordered)
    np.put_along_axis(out, order, ordered, axis=-1)
    return out
