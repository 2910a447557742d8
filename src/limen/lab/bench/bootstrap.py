"""Figures of the leaderboard with percentile bootstrap intervals over files.

A bootstrap that draws files with replacement gives each a weight, how often it was drawn, so each statistic here takes
weights: all of its resamples are one array, which is hundreds of times faster than a resample at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.stats import proportion_interval

Floats = NDArray[np.float64]
Statistic = Callable[[NDArray[Any], Floats, Floats], Floats]
"""Of two arrays [n] and the weights of their entries in each resample [resamples, n]: its value in each, NaN where it
has none."""
BOOTSTRAPS = 1000
LEAST = 10
"""Files of each side, or files in all, below which a figure is not given."""
_SEED = 20_259


@dataclass(frozen=True)
class Figure:
    """A number with its interval.

    Attributes:
        value: The number; None where too few files decide it.
        low: Lower 95% bound.
        high: Upper 95% bound.
        files: How many files decide it.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    files: int = 0

    def plain(self) -> list[float | int | None]:
        """As a list, rounded."""
        return [None if x is None else round(float(x), 4) for x in (self.value, self.low, self.high)] + [self.files]


def figure(statistic: Statistic, a: NDArray[Any], b: Floats, files: NDArray[Any] | None = None) -> Figure:
    """A statistic of two arrays with its interval.

    Args:
        statistic: `auroc`, `auprc`, `spearman` or `slope`.
        a: Labels, or measured values, [n].
        b: What was said, [n].
        files: Which file each entry is of; one of its own where None.

    Returns:
        The figure; without a value where fewer than `LEAST` files decide it, or all were told the same.
    """
    owner = np.arange(len(a)) if files is None else np.unique(files, return_inverse=True)[1]
    count = int(owner.max()) + 1 if len(owner) else 0
    classes = a.dtype == np.bool_
    few = len(a) < LEAST or (classes and min(a.sum(), (~a).sum()) < LEAST)
    if few or any((x == x[0]).all() for x in (a, b)):
        return Figure(None, files=count)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=BOOTSTRAPS).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.nanquantile(statistic(a, b, drawn[:, owner]), [0.025, 0.975])
        value = statistic(a, b, np.ones((1, len(a))))[0]
    return Figure(float(value), float(low), float(high), count)


def share(values: NDArray[Any]) -> Figure:
    """Share of the files of which something holds, with its exact interval.

    Args:
        values: Whether it holds, [files].
    """
    if len(values) < LEAST:
        return Figure(None, files=len(values))
    low, high = proportion_interval(int(values.sum()), len(values))
    return Figure(float(values.mean()), low, high, len(values))


def gain(statistic: Statistic, a: NDArray[Any], b: Floats, other: Floats) -> Figure:
    """How much larger a statistic is with what one detector said than with what another did, on the same files.

    Args:
        statistic: `auroc`, `auprc`, `spearman` or `slope`.
        a: Labels, or measured values, [n].
        b: What the one said, [n].
        other: What the other said, [n].
    """
    # Entries are numbered, so that one resample draws the same files for both.
    both = np.column_stack([b, other])

    def more(a: NDArray[Any], at: Floats, weights: Floats) -> Floats:
        one, two = both[at.astype(int)].T
        return statistic(a, one, weights) - statistic(a, two, weights)

    return figure(more, a, np.arange(len(b), dtype=float))


def auroc(truth: NDArray[Any], said: Floats, weights: Floats) -> Floats:
    """Share of pairs of a positive and a negative in which the positive has the larger score, ties a half."""
    positive, negative = (_by_level(said, weights * side) for side in (truth, ~truth))
    below = np.cumsum(negative, axis=1) - negative / 2
    return np.asarray((positive * below).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1)))


def auprc(truth: NDArray[Any], said: Floats, weights: Floats) -> Floats:
    """Average precision: at each score, from the largest on, precision times what recall gains there."""
    positive, every = (_by_level(said, weights * side)[:, ::-1] for side in (truth, np.ones_like(truth)))
    shown = np.cumsum(every, axis=1)
    precision = np.divide(np.cumsum(positive, axis=1), shown, out=np.zeros_like(shown), where=shown > 0)
    return np.asarray((precision * positive).sum(axis=1) / positive.sum(axis=1))


def spearman(a: NDArray[Any], b: Floats, weights: Floats) -> Floats:
    """Rank correlation."""
    return _correlation(_ranks(a, weights), _ranks(b, weights), weights)[0]


def slope(measured: NDArray[Any], predicted: Floats, weights: Floats) -> Floats:
    """Slope of a straight line through what was measured, over what was predicted."""
    shape = weights.shape
    return _correlation(np.broadcast_to(measured, shape), np.broadcast_to(predicted, shape), weights)[1]


def _by_level(said: Floats, weights: Floats) -> Floats:
    """Weights of entries with the same score together, the smallest first [resamples, levels]."""
    order = np.argsort(said, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(said[order]) != 0])
    return np.asarray(np.add.reduceat(weights[:, order], starts, axis=1))


def _ranks(values: Floats, weights: Floats) -> Floats:
    """Mean rank of each entry, were each as often there as its weight says [resamples, n]."""
    levels = np.unique(values, return_inverse=True)[1]
    together = _by_level(values, weights)
    return np.asarray((np.cumsum(together, axis=1) - together / 2 + 0.5)[:, levels])


def _correlation(a: Floats, b: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Pearson's correlation of a and b, and the slope of a over b."""
    total = weights.sum(axis=1, keepdims=True)
    from_a, from_b = (x - (weights * x).sum(axis=1, keepdims=True) / total for x in (a, b))
    together, of_a, of_b = (
        (weights * x * y).sum(axis=1) for x, y in ((from_a, from_b), (from_a, from_a), (from_b, from_b))
    )
    return together / np.sqrt(of_a * of_b), together / of_b
