"""What is read off a model's logits at chosen positions, batch by batch, so that no batch's logits are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from limen.models.batches import budget_for, pad_right, run
from limen.models.language_model import LanguageModel
from limen.models.locks import lock_of
from limen.models.logprobs import Query, check_queries, inference, logits_at

T = TypeVar("T")


def over_logits(reader: LanguageModel, queries: Sequence[Query], take: Callable[[Any], T]) -> list[T]:
    """Apply a function to the logits at the positions of each query.

    Args:
        reader: Whose logits.
        queries: What is read and where, each with a position at least; labels are not looked at.
        take: What is kept of a query's logits, (positions, vocabulary).

    Returns:
        What it gave for each query.

    Raises:
        RowError: A row is longer than the context, or holds a token that the model does not have.
        ModelError: Not even one row fits memory.
    """
    import torch

    check_queries(reader.model, queries)
    out: dict[int, T] = {}
    device = reader.device

    def one_batch(batch: NDArray[np.intp]) -> None:
        chosen = [queries[i] for i in batch]
        ids = pad_right([q.ids for q in chosen])
        flat = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(chosen)])
        logits = logits_at(reader.model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
        parts = logits.split([len(q.positions) for q in chosen])
        for i, part in zip(batch.tolist(), parts, strict=True):
            out[i] = take(part)

    with lock_of(reader.model), inference(reader.model):
        lengths, wanted = [len(q.ids) for q in queries], [len(q.positions) for q in queries]
        run(lengths, wanted, budget_for(reader.model), one_batch)
    return [out[i] for i in range(len(queries))]
