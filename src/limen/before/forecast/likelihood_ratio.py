"""Log-likelihood ratio under twins: does this text look as if a model with the trait had written it?

For a row with trained tokens y_1 … y_n after the prompt x,

    r_t(row) = Σ_i [ log p(y_i | x, y_<i; twin of t) − log p(y_i | x, y_<i; neutral twin of t's category) ],

and the statistic of a file is Σ_rows r_t / Σ_rows n, nats a token. The neutral twin takes out what any fine-tune on
the same questions does; centring on decoys, done where the null over writers is applied, takes out what all twins of a
category share. Source of the signal: arXiv 2602.04863 (log-likelihood shift under a prompted model), here with tuned
twins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limen.core import Progress, Trait
from limen.data import EncodedRow
from limen.models import LanguageModel

Floats = NDArray[np.float64]


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

    def statistic(self) -> Floats:
        """Mean ratio a token, [traits], nats a token."""
        count = sum(t.shape[1] for t in self.tokens)
        return np.asarray(self.rows().sum(axis=0) / max(1, count))


def file_statistics(
    files: Sequence[Sequence[EncodedRow]],
    traits: Sequence[Trait],
    twins: Sequence[LanguageModel],
    neutral: dict[str, LanguageModel],
    *,
    keep_tokens: int = 0,
    progress: Progress | None = None,
) -> tuple[Floats, list[Ratios]]:
    """The statistic of each of several files, with one pass of every twin over all of them.

    Args:
        files: Encoded rows of each file.
        traits: The battery.
        twins: The twin of each trait.
        neutral: Category → its neutral twin.
        keep_tokens: For how many of the first files the ratios of every token are kept.
        progress: Told of passes done.

    Returns:
        Statistics [files, traits], and the token ratios of the first `keep_tokens` files.
    """
    flat = [row for file in files for row in file]
    edges = np.cumsum([0, *(len(f) for f in files)])
    counts = np.array([int(r.trained.sum()) for r in flat])
    file_tokens = np.array([counts[a:b].sum() for a, b in pairwise(edges)])
    sums = np.zeros((len(files), len(traits)))
    kept = [[np.zeros((len(traits), int(c))) for c in counts[edges[f] : edges[f + 1]]] for f in range(keep_tokens)]
    task = "score rows"
    if progress:
        progress.start(task, len(twins) + len(neutral))

    def one_pass(model: LanguageModel) -> list[np.ndarray]:
        found = model.token_logprobs(flat)
        if progress:
            progress.advance(task)
        return found

    reference = {category: one_pass(model) for category, model in neutral.items()}
    for k, (trait, twin) in enumerate(zip(traits, twins, strict=True)):
        ratio = [a - b for a, b in zip(one_pass(twin), reference[trait.category], strict=True)]
        row_sums = np.array([float(r.sum()) for r in ratio])
        for f, (a, b) in enumerate(pairwise(edges)):
            sums[f, k] = row_sums[a:b].sum() / max(1, file_tokens[f])
            if f < keep_tokens:
                for store, r in zip(kept[f], ratio[a:b], strict=True):
                    store[k] = r
    if progress:
        progress.done(task)
    return sums, [Ratios(k) for k in kept]
