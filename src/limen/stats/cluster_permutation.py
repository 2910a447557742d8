"""Sign flips over clusters: an exact test of a paired difference.

If nothing distinguishes the arms, each family might as well have been read with the arms exchanged: its sum of
differences S_g is as likely as −S_g. The p-value is the share of the 2^G sign patterns whose |Σ ± S_g| is at least
the observed one. With at most 12 families all patterns are counted and the test is exact; with more, N random ones are
drawn, and p = (1 + hits) / (1 + N), which is valid whatever N is (Phipson and Smyth 2010).

Nothing is assumed of the families' sizes, of the correlations in them or of tails, only exchangeability of the arms.
The price: G families cannot give a two-sided p below 2 / 2^G.

Source: R. A. Fisher, The Design of Experiments, section 21; B. Phipson and G. K. Smyth, Statistical Applications in
Genetics and Molecular Biology 9 (2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limen.stats._clusters import cluster_sums

Floats = NDArray[np.float64]
Alternative = Literal["two-sided", "greater", "less"]

MAX_EXACT = 12
"""Families up to which all sign patterns are counted."""


@dataclass(frozen=True)
class ClusterPermutation:
    """A sign-flip test over clusters.

    Attributes:
        difference: Mean paired difference over probes.
        p: The p-value.
        p_reachable: The smallest p that so many clusters (and draws) can give.
        exact: Whether all sign patterns were counted.
        clusters: How many families.
    """

    difference: float
    p: float
    p_reachable: float
    exact: bool
    clusters: int


def cluster_permutation(
    difference: ArrayLike,
    clusters: Sequence[object],
    *,
    alternative: Alternative = "two-sided",
    draws: int = 9_999,
    seed: int = 0,
) -> ClusterPermutation:
    """Test paired differences by flipping the signs of whole clusters.

    Args:
        difference: after − before for each probe [n].
        clusters: The family of each probe [n].
        alternative: `two-sided`, `greater` (after above before) or `less`.
        draws: Random sign patterns where there are more than 12 clusters.
        seed: Of the random patterns.

    Returns:
        The p-value, with the smallest that was to be had.

    Raises:
        ValueError: If lengths differ or a difference is not finite.
    """
    sums, sizes = cluster_sums(difference, clusters)
    p = sign_flip_p(sums, alternative=alternative, draws=draws, seed=seed)
    count = sizes.size
    return ClusterPermutation(
        difference=float(sums.sum() / sizes.sum()),
        p=float(p),
        p_reachable=sign_flip_reachable(count, alternative=alternative, draws=draws),
        exact=count <= MAX_EXACT,
        clusters=count,
    )


def sign_flip_p(sums: Floats, *, alternative: Alternative = "two-sided", draws: int = 9_999, seed: int = 0) -> Floats:
    """The p-values of sign-flip tests, many samples at once.

    Args:
        sums: Sum of the differences in each cluster [..., G].
        alternative: As in `cluster_permutation`.
        draws: As in `cluster_permutation`.
        seed: As in `cluster_permutation`.

    Returns:
        p [...].
    """
    count = sums.shape[-1]
    exact = count <= MAX_EXACT
    if exact:
        patterns = 1.0 - 2.0 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)
    else:
        patterns = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(draws, count))
    observed = sums.sum(axis=-1)
    flipped = sums @ patterns.T
    # Patterns that differ from the observed one in rounding alone are ties, and ties count.
    slack = 1e-10 * np.abs(sums).sum(axis=-1)
    if alternative == "two-sided":
        hits = np.abs(flipped) >= (np.abs(observed) - slack)[..., None]
    elif alternative == "greater":
        hits = flipped >= (observed - slack)[..., None]
    elif alternative == "less":
        hits = flipped <= (observed + slack)[..., None]
    else:
        raise ValueError(f"the alternative is 'two-sided', 'greater' or 'less', not {alternative!r}.")
    total = hits.sum(axis=-1)
    p: Floats = np.asarray(total / patterns.shape[0] if exact else (1 + total) / (1 + draws))
    return p


def sign_flip_reachable(clusters: int, *, alternative: Alternative = "two-sided", draws: int = 9_999) -> float:
    """The smallest p that a sign-flip test over so many clusters can give.

    Args:
        clusters: How many families, G.
        alternative: As in `cluster_permutation`.
        draws: As in `cluster_permutation`.

    Returns:
        2 / 2^G (two-sided) or 1 / 2^G while all patterns are counted, else 1 / (1 + draws).
    """
    if clusters <= MAX_EXACT:
        return float(min(1.0, (2 if alternative == "two-sided" else 1) / 2**clusters))
    return 1 / (1 + draws)
