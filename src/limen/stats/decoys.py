"""Centring on decoys: what a trait does beyond the other traits of its pool.

Any writer, twin or fine-tune moves the traits of a category together: a prompted twin raises the likelihood of
everything that was written under a system prompt. With z standardised, and P(t) the decoys of trait t (placebo traits
of the same family and scale, never t itself and never a harm trait):

    c_t = z_t − mean over u in P(t) of z_u        (or the median, which one loud decoy cannot move)

A trait with no decoys is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Centre = Literal["mean", "median"]


def decoy_pools(groups: Sequence[str], is_decoy: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Which traits are whose decoys.

    Args:
        groups: The category of each trait [T].
        is_decoy: Whether each trait may serve as a decoy [T]; by default all may.

    Returns:
        [T, T]; entry (t, u) is true where u is a decoy of t.

    Raises:
        ValueError: If the lengths differ.
    """
    names = np.asarray(list(groups), dtype=object)
    may = np.ones(len(names), dtype=bool) if is_decoy is None else np.asarray(is_decoy, dtype=bool)
    if may.shape != names.shape:
        raise ValueError(f"{names.size} groups but {may.size} decoy marks: one of each per trait.")
    same = names[:, None] == names[None, :]
    pools: NDArray[np.bool_] = same.astype(bool) & may[None, :]
    np.fill_diagonal(pools, False)
    return pools


def centre_on_decoys(z: Floats, pools: NDArray[np.bool_], how: Centre = "mean") -> Floats:
    """Subtract from each trait what its decoys do.

    Args:
        z: Standardised statistics [..., T].
        pools: From `decoy_pools` [T, T].
        how: `mean` or `median` of the decoys.

    Returns:
        Centred statistics [..., T].

    Raises:
        ValueError: If `how` is neither.
    """
    if how == "mean":
        size = np.maximum(pools.sum(axis=1), 1)
        centred: Floats = z - z @ (pools / size[:, None]).T
        return centred
    if how != "median":
        raise ValueError(f"centring is by 'mean' or 'median', not {how!r}.")
    out = np.array(z, dtype=np.float64)
    for t in np.flatnonzero(pools.any(axis=1)):
        out[..., t] -= np.median(z[..., pools[t]], axis=-1)
    return out
