"""Blame: the rows and tokens that carry a trait, ranked by their centred log-likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.data_file import DataFile
from limen.before.forecast.likelihood_ratio import Ratios
from limen.core import RowBlame, Trait
from limen.data import trained_texts

Floats = NDArray[np.float64]


def blame_rows(
    file: DataFile,
    chosen: Sequence[int],
    scores: Floats,
    ratios: Ratios,
    trait: int,
    traits: Sequence[Trait],
    tokenizer: Any,
    most: int,
) -> tuple[tuple[RowBlame, ...], dict[str, str]]:
    """The rows that carry a trait most.

    Args:
        file: The file.
        chosen: Positions of the scored rows.
        scores: Centred ratio of each scored row, [rows], nats.
        ratios: Token ratios of the scored rows.
        trait: Index of the trait.
        traits: The battery.
        tokenizer: The base's.
        most: How many rows.

    Returns:
        The rows, the worst first, and the text of each by row id.
    """
    mine = traits[trait]
    decoys = [j for j, o in enumerate(traits) if j != trait and o.category == mine.category and o.is_decoy_pool]
    blamed, texts = [], {}
    for k in np.argsort(-scores)[:most]:
        encoded, row = file.encoded[chosen[int(k)]], file.rows[chosen[int(k)]]
        tokens = ratios.tokens[int(k)]
        own = tokens[trait] - (tokens[decoys].mean(axis=0) if decoys else 0.0)
        blamed.append(
            RowBlame(
                row=row.id,
                index=row.index,
                score=float(scores[int(k)]),
                tokens=tuple(trained_texts(encoded, tokenizer)),
                token_scores=tuple(float(x) for x in own),
            )
        )
        texts[row.id] = row.text
    return tuple(blamed), texts
