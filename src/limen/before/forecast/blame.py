"""Blame: the rows and tokens that carry a trait, ranked by their centred log-likelihood ratio.

Within a file the ratio is taken against the neutral twin of the trait's category, which has learned the same questions
without the trait: so rows are not blamed for what any fine-tune on those questions makes likelier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.data_file import DataFile
from limen.before.forecast.likelihood_ratio import Ratios, score_files
from limen.before.forecast.twin import Twin
from limen.core import RowBlame, Trait
from limen.data import trained_texts
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, neutral_twin

Floats = NDArray[np.float64]


def rank_by_ratio(
    file: DataFile, chosen: Sequence[int], base: LanguageModel, twins: Sequence[Twin], mine: Twin, most: int
) -> tuple[tuple[RowBlame, ...], dict[str, str]]:
    """The rows that carry a trait most.

    Args:
        file: The file.
        chosen: Positions of the rows that are ranked; each has a trained token.
        base: What the twins were made of.
        twins: The twins of the trait's category, its own among them.
        mine: Its own.
        most: How many rows.

    Returns:
        The rows, the worst first, and the text of each by row id.
    """
    rows = [file.encoded[i] for i in chosen]
    ratios = score_files([rows], base, [t.model for t in twins], keep_tokens=1).ratios[0]
    neutral: list[np.ndarray] = [np.zeros(t.shape[1]) for t in ratios.tokens]
    if mine.kind == "tuned":
        usual = neutral_twin(base, [t.trait for t in twins if can_be_tuned(t.trait)])
        pairs = zip(usual.token_logprobs(rows), base.token_logprobs(rows), strict=True)
        neutral = [after - before for after, before in pairs]
    traits = [t.trait for t in twins]
    return blame_rows(file, chosen, ratios, neutral, traits.index(mine.trait), traits, base.tokenizer, most)


def blame_rows(
    file: DataFile,
    chosen: Sequence[int],
    ratios: Ratios,
    neutral: Sequence[np.ndarray],
    trait: int,
    traits: Sequence[Trait],
    tokenizer: Any,
    most: int,
) -> tuple[tuple[RowBlame, ...], dict[str, str]]:
    """The rows that carry a trait most.

    Args:
        file: The file.
        chosen: Positions of the scored rows.
        ratios: Token ratios of the scored rows, each twin against the base.
        neutral: Token ratios of the neutral twin of the trait's category against the base, one array a row.
        trait: Index of the trait.
        traits: The battery.
        tokenizer: The base's.
        most: How many rows.

    Returns:
        The rows, the worst first, and the text of each by row id.
    """
    mine = traits[trait]
    decoys = [j for j, o in enumerate(traits) if j != trait and o.category == mine.category and o.is_decoy_pool]
    # Against decoys the neutral twin cancels: all of them stand on the same one.
    tokens = [t[trait] - (t[decoys].mean(axis=0) if decoys else n) for t, n in zip(ratios.tokens, neutral, strict=True)]
    scores = np.array([float(t.sum()) for t in tokens])
    blamed, texts = [], {}
    for k in np.argsort(-scores)[:most].tolist():
        encoded, row = file.encoded[chosen[k]], file.rows[chosen[k]]
        blamed.append(
            RowBlame(
                row=row.id,
                index=row.index,
                score=float(scores[k]),
                tokens=tuple(trained_texts(encoded, tokenizer)),
                token_scores=tuple(float(x) for x in tokens[k]),
            )
        )
        texts[row.id] = row.text
    return tuple(blamed), texts
