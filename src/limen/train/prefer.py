"""Direct preference optimisation, as lean as the fine-tune.

The loss of a pair is −log σ(β [log π(c)/π₀(c) − log π(r)/π₀(r)]), c the chosen and r the rejected answer and π₀ the
model that training starts from (arXiv 2305.18290, equation 7); that of a step is its mean over the step's pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from limen.core import DataError, ModelError
from limen.models import LanguageModel
from limen.models.batches import Budget, budget_for, model_device, out_of_memory, pad_right, plan
from limen.models.logprobs import Query, check_queries, label_logprobs, logits_at, query_of
from limen.train.copies import finished, trainable_copy
from limen.train.fine_tune import shuffled_batches
from limen.train.recipe import Recipe

if TYPE_CHECKING:
    from limen.data import EncodedRow

BETA = 0.1
"""How strongly the model is held to where it starts; the paper's and TRL's default."""
# A backward pass keeps what a forward pass may forget.
_SHARE = 4


def prefer(
    model: LanguageModel,
    chosen: Sequence[EncodedRow],
    rejected: Sequence[EncodedRow],
    recipe: Recipe,
    *,
    beta: float = BETA,
) -> LanguageModel:
    """Train a copy of a model to prefer answers; the model itself stays as it is.

    Args:
        model: What training starts from, and is held to.
        chosen: Prompts with the chosen answers as trained tokens.
        rejected: The same prompts with the rejected answers, in the same order.
        recipe: How; its loss and its vocabulary play no role.
        beta: How strongly the model is held to where it starts.

    Returns:
        The new model; with LoRA it shares its frozen weights with `model`.

    Raises:
        DataError: There are no pairs, or an answer has no trained tokens.
        RowError: A row is longer than the context.
        ModelError: The run diverged, or a single pair does not fit memory.
    """
    import torch
    from torch.nn import functional

    sides = [[query_of(r.input_ids, r.trained, r.row_id) for r in rows] for rows in (chosen, rejected)]
    if not sides[0] or len(sides[0]) != len(sides[1]) or not all(len(q.labels) for side in sides for q in side):
        raise DataError(
            "preference training needs pairs of answers that both have a token that is trained on.",
            remedy="Look at the rows with limen doctor; an answer may be empty or cut off by --max-length.",
        )
    for side in sides:
        check_queries(model.model, side)
    name = f"{model.name}-preferring"
    before = [np.array([x.sum() for x in model.token_logprobs(list(rows))]) for rows in (chosen, rejected)]
    start = torch.from_numpy(before[0] - before[1]).float()
    lengths = np.array([len(a.ids) + len(b.ids) for a, b in zip(*sides, strict=True)])
    wanted = np.array([len(a.labels) + len(b.labels) for a, b in zip(*sides, strict=True)])
    total, device = recipe.total_steps(len(lengths)), model_device(model.model)
    budget = budget_for(model.model)
    budget = Budget(max(1, budget.tokens // _SHARE), max(1, budget.logits // _SHARE))
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        # Without dropout, as in TRL: the model is held to itself, and both have to be one at the start.
        student = trainable_copy(model.model, recipe).eval()
        weights = [p for p in student.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        order = np.random.Generator(np.random.PCG64(recipe.seed))

        def gradients(pairs: NDArray[np.int64]) -> float:
            lost = 0.0
            for part in plan(lengths[pairs].tolist(), wanted[pairs].tolist(), budget):
                some = pairs[part]
                margin = _totals(student, [sides[0][i] for i in some]) - _totals(student, [sides[1][i] for i in some])
                loss = -functional.logsigmoid(beta * (margin - start[some].to(margin.device))).sum() / len(pairs)
                loss.backward()
                lost += float(loss.detach())
            return lost

        step = 0
        while step < total:
            for pairs in shuffled_batches(lengths, recipe.batch_size, order):
                if step == total:
                    break
                while True:
                    try:
                        lost = gradients(pairs)
                        break
                    except Exception as error:
                        if not out_of_memory(error):
                            raise
                        longest = int(lengths[pairs].max())
                        if budget.tokens <= longest:
                            raise ModelError(
                                f"memory ran out in training on a single pair of {longest} tokens.",
                                remedy="Lower --max-length, or use a LoRA recipe.",
                            ) from error
                        budget = budget.halved()
                        optimizer.zero_grad(set_to_none=True)
                if recipe.max_grad_norm:
                    torch.nn.utils.clip_grad_norm_(weights, recipe.max_grad_norm)
                for group in optimizer.param_groups:
                    group["lr"] = recipe.rate_at(step, total)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                step += 1
                if not np.isfinite(lost):
                    raise _diverged(name, step, total, recipe)
        if not all(bool(torch.isfinite(p).all()) for p in weights):
            raise _diverged(name, total, total, recipe)
    return LanguageModel(finished(student, model.model), model.tokenizer, name=name)


def _totals(student: Any, queries: Sequence[Query]) -> Any:
    """Log-probability of each row's trained tokens, (rows,)."""
    import torch

    device = model_device(student)
    ids = pad_right([q.ids for q in queries])
    flat = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(queries)])
    owner = np.concatenate([np.full(len(q.labels), k) for k, q in enumerate(queries)])
    labels = torch.from_numpy(np.concatenate([q.labels for q in queries]).astype(np.int64))
    logits = logits_at(student, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device)).float()
    found = label_logprobs(logits, labels.to(logits.device), torch.arange(len(labels), device=logits.device))
    return torch.zeros(len(queries), device=found.device).index_add(0, torch.from_numpy(owner).to(found.device), found)


def _diverged(name: str, step: int, steps: int, recipe: Recipe) -> ModelError:
    return ModelError(
        f"the preference training {name!r} diverged: its loss is not a number by step {step} of {steps}.",
        remedy=f"Lower the learning rate (it was {recipe.learning_rate:g}) or add warm-up.",
    )
