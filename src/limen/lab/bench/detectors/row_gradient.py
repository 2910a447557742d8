"""Gradients of a file's loss by all weights, batch by batch: their mean and mean square, each one flat vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.gradients import batch_gradients

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

    names = [n for n, p in model.model.named_parameters() if p.requires_grad]
    size = sum(p.numel() for p in model.model.parameters() if p.requires_grad)
    total, squares = torch.zeros(size), torch.zeros(size)
    count = batches = 0
    ordered = sorted(rows, key=lambda r: len(r.input_ids))
    for at in range(0, len(ordered), _BATCH):
        batch = ordered[at : at + _BATCH]
        down = torch.zeros(size)

        def add(gradients: dict[str, Any], _: float, down: Any = down) -> None:
            down -= flat(gradients[n] for n in names)

        batch_gradients(model.model, batch, add, names=names)
        tokens = sum(int(r.trained[1:].sum()) for r in batch)
        total += down
        squares += (down / max(1, tokens)) ** 2
        count += tokens
        batches += 1
    return total / max(1, count), squares / max(1, batches)


def flat(tensors: Any) -> Any:
    """Tensors as one vector, without gradients."""
    import torch

    return torch.cat([t.detach().flatten() for t in tensors])
