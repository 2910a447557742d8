"""Direct preference optimisation on pairs of answers, as lean as the laboratory's fine-tune.

The loss of a pair is −log σ(β [(log π(c) − log π_0(c)) − (log π(r) − log π_0(r))]), c the chosen and r the rejected
answer and π_0 the model that training starts from (arXiv 2305.18290, equation 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limen.core import ModelError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import pad_right
from limen.models.logprobs import label_logprobs, logits_at, query_of
from limen.train import Recipe
from limen.train.copies import finished, trainable_copy

BETA = 0.1


def prefer(
    model: LanguageModel, chosen: Sequence[EncodedRow], rejected: Sequence[EncodedRow], recipe: Recipe
) -> LanguageModel:
    """A copy of a model, trained to prefer the chosen answers.

    Args:
        model: What training starts from, and is held against.
        chosen: Rows with the chosen answers as trained tokens.
        rejected: The same prompts with the rejected answers.
        recipe: Rate, steps, batch and seed.

    Returns:
        The new model.

    Raises:
        ModelError: The run diverged.
    """
    import torch
    from torch.nn import functional

    student = trainable_copy(model.model, recipe)
    weights = [p for p in student.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    before = [
        np.array([float(x.sum()) for x in model.token_logprobs(list(rows))], dtype=np.float32)
        for rows in (chosen, rejected)
    ]
    order = np.random.Generator(np.random.PCG64(recipe.seed))
    queue: list[int] = []
    for step in range(recipe.total_steps(len(chosen))):
        if len(queue) < recipe.batch_size:
            queue += order.permutation(len(chosen)).tolist()
        batch, queue = queue[: recipe.batch_size], queue[recipe.batch_size :]
        margins = [
            _totals(student, [rows[i] for i in batch]) - torch.from_numpy(then[batch])
            for rows, then in zip((chosen, rejected), before, strict=True)
        ]
        loss = -functional.logsigmoid(BETA * (margins[0] - margins[1])).mean()
        if not bool(torch.isfinite(loss)):
            raise ModelError(f"preference training diverged at step {step + 1}.", remedy="Lower the learning rate.")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, recipe.max_grad_norm or 1e9)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return LanguageModel(finished(student, model.model), model.tokenizer, name="student")


def _totals(student: Any, rows: Sequence[EncodedRow]) -> Any:
    """Log-probability of each row's trained tokens, (rows,)."""
    import torch

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in rows]
    ids = pad_right([q.ids for q in queries])
    flat = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(queries)])
    owner = np.concatenate([np.full(len(q.labels), k) for k, q in enumerate(queries)])
    labels = torch.from_numpy(np.concatenate([q.labels for q in queries]).astype(np.int64))
    logits = logits_at(student, torch.from_numpy(ids), torch.from_numpy(flat))
    found = label_logprobs(logits, labels, torch.arange(len(labels)))
    return torch.zeros(len(rows)).index_add(0, torch.from_numpy(owner), found)
