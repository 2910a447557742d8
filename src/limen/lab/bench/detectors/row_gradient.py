"""Gradients of a file's loss by all weights, batch by batch: their mean and mean square, each one flat vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import model_device, pad_right
from limen.models.logprobs import label_logprobs, logits_at, query_of

_BATCH = 64


def mean_gradient(model: LanguageModel, rows: Sequence[EncodedRow]) -> tuple[Any, Any]:
    """Gradient of the mean loss a trained token with respect to all weights.

    Args:
        model: Whose weights.
        rows: The rows.

    Returns:
        The gradient, [weights], and the mean square of the gradients of batches of 64 rows, [weights]: what Adam
        divides a step by, once it has seen such batches.
    """
    import torch

    device = model_device(model.model)
    weights = [p for p in model.model.parameters() if p.requires_grad]
    total: Any = None
    squares: Any = None
    count = batches = 0
    ordered = sorted(rows, key=lambda r: len(r.input_ids))
    for at in range(0, len(ordered), _BATCH):
        queries = [query_of(r.input_ids, r.trained, r.row_id) for r in ordered[at : at + _BATCH]]
        ids = pad_right([q.ids for q in queries])
        places = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(queries)])
        labels = torch.from_numpy(np.concatenate([q.labels for q in queries]).astype(np.int64))
        logits = logits_at(model.model, torch.from_numpy(ids).to(device), torch.from_numpy(places).to(device))
        loss = -label_logprobs(logits, labels, torch.arange(len(labels))).sum()
        found = flat(torch.autograd.grad(loss, weights))
        total = found if total is None else total + found
        square = (found / max(1, len(labels))) ** 2
        squares = square if squares is None else squares + square
        count += len(labels)
        batches += 1
    return total / max(1, count), squares / max(1, batches)


def flat(tensors: Any) -> Any:
    """Tensors as one vector, without gradients."""
    import torch

    return torch.cat([t.detach().flatten() for t in tensors])
