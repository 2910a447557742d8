"""Log-likelihood ratio under twins: does this text look as if a model with the trait had written it?

For a row with trained tokens y_1 … y_n after the prompt x,

    r_t(row) = Σ_i [ log p(y_i | x, y_<i; twin of t) − log p(y_i | x, y_<i; base) ],

and the statistic of a file is Σ_rows r_t / Σ_rows n, nats a token. What any fine-tune on such questions does is taken
out by the null over neutral writers; a neutral twin in the denominator does the same with a random draw of its own on
top, and widened the null by a third (measured; see `docs/negative-results.md`). Source of the signal: arXiv 2602.04863
(log-likelihood shift under a prompted model), here with tuned twins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from limen.core import Progress
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel

Floats = NDArray[np.float64]


class Reader(Protocol):
    """What reads rows: a model, or a prompted twin."""

    def token_logprobs(self, rows: Sequence[EncodedRow]) -> list[np.ndarray]:
        """Log-probabilities of the trained tokens of each row."""
        ...


@dataclass(frozen=True)
class Ratios:
    """Token log-likelihood ratios of a file.

    Attributes:
        tokens: One array a row, [traits, trained tokens of the row], nats.
    """

    tokens: list[Floats]

    def rows(self) -> Floats:
        """Ratio of each row, [rows, traits], nats."""
        return np.array([t.sum(axis=1) for t in self.tokens])


@dataclass(frozen=True)
class Scores:
    """What one pass of every twin over several files gives.

    Attributes:
        statistics: Mean ratio a token of each file, [files, traits], nats a token.
        losses: Mean loss of each file under the base, [files], nats a token.
        ratios: Token ratios of the first files.
    """

    statistics: Floats
    losses: Floats
    ratios: list[Ratios]


def score_files(
    files: Sequence[Sequence[EncodedRow]],
    base: LanguageModel,
    twins: Sequence[Reader],
    *,
    keep_tokens: int = 0,
    progress: Progress | None = None,
) -> Scores:
    """The statistic of each of several files, with one pass of the base and of every twin over all of them.

    Args:
        files: Encoded rows of each file.
        base: What the twins were made of.
        twins: The twin of each trait.
        keep_tokens: For how many of the first files the ratios of every token are kept.
        progress: Told of passes done.

    Returns:
        The scores.
    """
    flat = [row for file in files for row in file]
    edges = np.cumsum([0, *(len(f) for f in files)])
    counts = np.array([int(r.trained.sum()) for r in flat])
    file_tokens = np.array([max(1, counts[a:b].sum()) for a, b in pairwise(edges)])
    statistics = np.zeros((len(files), len(twins)))
    kept = [[np.zeros((len(twins), int(c))) for c in counts[edges[f] : edges[f + 1]]] for f in range(keep_tokens)]
    task = "score rows"
    if progress:
        progress.start(task, len(twins) + 1)

    def one_pass(model: Reader) -> tuple[list[np.ndarray], Floats]:
        found = model.token_logprobs(flat)
        sums = np.array([float(r.sum(dtype=np.float64)) for r in found])
        return found, np.array([sums[a:b].sum() for a, b in pairwise(edges)]) / file_tokens

    reference, usual = one_pass(base)
    prompted = not all(isinstance(t, LanguageModel) for t in twins)
    for k, (found, mean) in enumerate(in_parallel(one_pass, twins, base, one_by_one=prompted)):
        if progress:
            progress.advance(task)
        statistics[:, k] = mean - usual
        for f in range(keep_tokens):
            a, b = edges[f], edges[f + 1]
            for store, with_trait, without in zip(kept[f], found[a:b], reference[a:b], strict=True):
                store[k] = with_trait - without
    if progress:
        progress.advance(task)
        progress.done(task)
    return Scores(statistics, -usual, [Ratios(k) for k in kept])
