"""Activations by layer: what a model's residual stream holds on average over the trained tokens of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import ModelError, Progress
from limen.models.batches import Budget, budget_for, model_device, pad_right, run
from limen.models.logprobs import Query, check_queries, inference, only_positions

if TYPE_CHECKING:
    from limen.data import EncodedRow


def mean_activations(
    model: Any, encoded: Sequence[EncodedRow], layers: Sequence[int], *, progress: Progress | None = None
) -> dict[int, np.ndarray]:
    """Mean activations of each row at chosen layers.

    Args:
        model: A causal language model.
        encoded: Rows as tokens.
        layers: 0 is the embedding, k what layer k puts out, −1 the last layer (after its final norm).
        progress: Told of rows done.

    Returns:
        For each layer asked for, float32, (rows, width); zeros where a row has no trained token.

    Raises:
        ModelError: There is no such layer.
        RowError: A row is longer than the context.
    """
    import torch

    check_queries(model, [Query(r.input_ids, r.input_ids[:0], r.input_ids, r.row_id) for r in encoded])
    out: dict[int, np.ndarray] = {}
    usable = [i for i, r in enumerate(encoded) if r.trained.any()]
    device = model_device(model)
    if progress:
        progress.start("activations", len(usable))

    def one_batch(batch: np.ndarray) -> None:
        chosen = [usable[int(i)] for i in batch]
        ids = torch.from_numpy(pad_right([encoded[i].input_ids for i in chosen])).to(device)
        weight = np.zeros(ids.shape, dtype=np.float32)
        for k, i in enumerate(chosen):
            weight[k, : len(encoded[i].trained)] = encoded[i].trained / encoded[i].trained.sum()
        with only_positions(model, torch.zeros(1, dtype=torch.int64)):  # the logits are not asked for
            states = model(input_ids=ids, use_cache=False, output_hidden_states=True).hidden_states
        for layer in layers:
            if not -len(states) <= layer < len(states):
                raise ModelError(
                    f"there is no layer {layer}; this model has 0 (the embedding) to {len(states) - 1}.",
                    remedy="Ask for one of these, or count from the end with −1.",
                )
            state = states[layer].float()
            mean = torch.einsum("bt,btd->bd", torch.from_numpy(weight).to(state.device), state)
            whole = out.setdefault(layer, np.zeros((len(encoded), state.shape[-1]), dtype=np.float32))
            whole[chosen] = mean.cpu().numpy()

    budget = budget_for(model)
    with inference(model):
        run(
            [len(encoded[i].input_ids) for i in usable],
            [1] * len(usable),
            # Every layer's states are held at once.
            Budget(max(1, budget.tokens // 4), budget.logits),
            one_batch,
            (lambda n: progress.advance("activations", n)) if progress else None,
        )
    if progress:
        progress.done("activations")
    width = int(model.get_input_embeddings().weight.shape[1])
    return {layer: out.get(layer, np.zeros((len(encoded), width), dtype=np.float32)) for layer in layers}
