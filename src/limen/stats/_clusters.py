"""Values summed by cluster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def cluster_sums(values: ArrayLike, clusters: Sequence[object] | NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Sum values over the members of each cluster.

    Args:
        values: [..., n], finite.
        clusters: The cluster of each value [n]: any labels.

    Returns:
        Sums [..., G] and sizes [G], in the order of the sorted labels (as text).

    Raises:
        ValueError: If the lengths differ, there are no values, or one is not finite.
    """
    x = np.asarray(values, dtype=np.float64)
    labels = np.asarray(clusters) if isinstance(clusters, np.ndarray) else np.asarray([str(c) for c in clusters])
    if labels.ndim != 1 or not labels.size or x.shape[-1:] != labels.shape:
        raise ValueError(f"one cluster label for each value: got values {x.shape} and labels {labels.shape}.")
    if not np.isfinite(x).all():
        raise ValueError("the values are not all finite; leave out what could not be scored.")
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, labels.size]).astype(np.float64)
    return np.add.reduceat(x[..., order], starts, axis=-1), sizes
