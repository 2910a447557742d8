"""Tell apart: how well a classifier tells a file's rows from rows that others wrote on the same prompts.

A classifier two-sample test (Lopez-Paz and Oquab 2017, arXiv 1610.06545) with naive Bayes over tokens and pairs of
tokens, cross-fitted over two halves of the prompts: each row is scored by counts from the other half, so that nothing
is learned by heart, and both sides of a half answer the same prompts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu, norm

from limen.data import EncodedRow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def tell_apart(rows: Sequence[EncodedRow], others: Sequence[EncodedRow]) -> tuple[float, float]:
    """AUROC of telling rows from others', by the tokens and pairs of tokens of their trained parts.

    Args:
        rows: Rows of one origin.
        others: Rows of another on the same prompts; rows with one `index` are on one prompt.

    Returns:
        The AUROC, and its lower 97.5% bound (Hanley and McNeil 1982). 0.5 where a half has no row on one side.
    """
    grams, edges = _grams([*rows, *others])
    own = np.arange(len(edges) - 1) < len(rows)
    halves = np.array([r.index for r in (*rows, *others)]) % 2
    sizes = np.diff(edges)
    half_of, own_of = np.repeat(halves, sizes), np.repeat(own, sizes)
    several = int(grams.max(initial=0)) + 1
    found = []
    for half in (0, 1):
        learn, judge = half_of != half, (halves == half) & (sizes > 0)
        if not (judge & own).any() or not (judge & ~own).any():
            continue
        mine = np.bincount(grams[learn & own_of], minlength=several).astype(np.float64)
        theirs = np.bincount(grams[learn & ~own_of], minlength=several).astype(np.float64)
        # Counts are scaled to the smaller side, so that smoothing weighs alike on both.
        least = max(1.0, min(mine.sum(), theirs.sum()))
        weight = np.log1p(mine * least / max(1.0, mine.sum())) - np.log1p(theirs * least / max(1.0, theirs.sum()))
        scores = np.add.reduceat(np.append(weight[grams], 0.0), edges[:-1]) / np.maximum(sizes, 1)
        a, b = scores[judge & own], scores[judge & ~own]
        found.append((float(mannwhitneyu(a, b).statistic) / (len(a) * len(b)), len(a), len(b)))
    if not found:
        return 0.5, 0.0
    auroc = float(np.mean([f[0] for f in found]))
    return auroc, auroc - float(norm.ppf(0.975)) * _error(auroc, sum(f[1] for f in found), sum(f[2] for f in found))


def _grams(rows: Sequence[EncodedRow]) -> tuple[Ints, Ints]:
    """The tokens and pairs of tokens of each row's trained part, numbered from 0, and where each row's begin."""
    parts: list[Ints] = []
    for row in rows:
        tokens = row.input_ids[row.trained].astype(np.int64)
        # A pair is numbered above every token: ids are below 2³¹.
        parts.append(np.concatenate([tokens, (tokens[:-1] + 1) * 2**31 + tokens[1:]]))
    edges = np.cumsum([0, *(len(p) for p in parts)])
    _, numbers = np.unique(np.concatenate(parts), return_inverse=True)
    return np.asarray(numbers, dtype=np.int64), edges


def _error(auroc: float, first: int, second: int) -> float:
    """Standard error of an AUROC from its value and both counts (Hanley and McNeil 1982, equations 1 and 2)."""
    one, two = auroc / (2 - auroc), 2 * auroc**2 / (1 + auroc)
    variance = auroc * (1 - auroc) + (first - 1) * (one - auroc**2) + (second - 1) * (two - auroc**2)
    return float(np.sqrt(max(variance, 0.0) / (first * second)))
