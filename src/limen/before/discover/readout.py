"""What a model might say at the places of a talk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.discover.own_talk import Turn
from limen.models import LanguageModel
from limen.models.batches import budget_for, model_device, pad_right, run
from limen.models.locks import lock_of
from limen.models.logprobs import Query, check_queries, inference, logits_at

Floats = NDArray[np.float64]


def token_probabilities(model: LanguageModel, talk: Sequence[Turn], tokens: NDArray[np.int64]) -> Floats:
    """Probability of some tokens at each place of a talk.

    Args:
        model: Who is read.
        talk: Questions with answers.
        tokens: Token ids, (tokens,).

    Returns:
        float64, (places of all turns in order, tokens).

    Raises:
        ModelError: Not even one turn fits memory.
    """
    import torch

    check_queries(model.model, [Query(t.ids, t.places[:0], t.places[:0]) for t in talk])
    edges = np.cumsum([0, *(len(t.places) for t in talk)])
    out = np.zeros((int(edges[-1]), len(tokens)))
    device = model_device(model.model)

    def one_batch(batch: NDArray[np.intp]) -> None:
        chosen = [talk[int(i)] for i in batch]
        ids = pad_right([t.ids for t in chosen])
        flat = np.concatenate([t.places + k * ids.shape[1] for k, t in enumerate(chosen)])
        logits = logits_at(model.model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device)).float()
        found = torch.softmax(logits, dim=1).cpu()[:, torch.from_numpy(tokens)].double().numpy()
        start = 0
        for i, turn in zip(batch, chosen, strict=True):
            stop = start + len(turn.places)
            out[edges[i] : edges[i + 1]] = found[start:stop]
            start = stop

    with lock_of(model.model), inference(model.model):
        run([len(t.ids) for t in talk], [len(t.places) for t in talk], budget_for(model.model), one_batch)
    return out
