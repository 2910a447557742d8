"""redraw: tokens of a file drawn anew by the base, given what stands before them; input and label change alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import model_device, pad_right
from limen.models.logprobs import inference, logits_at, query_of
from limen.models.sampling import draw

_BATCH = 256


def redraw(
    base: LanguageModel,
    rows: Sequence[EncodedRow],
    chosen: Sequence[NDArray[np.bool_]],
    allowed: Sequence[int],
    seed: int,
) -> list[EncodedRow]:
    """Draw chosen tokens anew (arXiv 2509.23886, divergence tokens replaced by what the student's base would say).

    Args:
        base: Draws, at temperature 1, given the row as it was.
        rows: The rows.
        chosen: Which trained tokens of each row, [trained tokens].
        allowed: Tokens that may be drawn.
        seed: Of the draws.

    Returns:
        The rows; those without a chosen token as they were.
    """
    import torch

    rng = np.random.Generator(np.random.PCG64([seed, 61]))
    device = model_device(base.model)
    only = torch.tensor(sorted(allowed), device=device)
    out = list(rows)
    todo = [i for i, one in enumerate(chosen) if one.any()]
    with inference(base.model):
        for at in range(0, len(todo), _BATCH):
            batch = todo[at : at + _BATCH]
            queries = [query_of(rows[i].input_ids, rows[i].trained, rows[i].row_id) for i in batch]
            ids = pad_right([q.ids for q in queries])
            picked = [q.positions[chosen[i]] for i, q in zip(batch, queries, strict=True)]
            flat = np.concatenate([p + k * ids.shape[1] for k, p in enumerate(picked)])
            logits = logits_at(base.model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
            uniform = torch.from_numpy(rng.random(len(flat))).to(device)
            drawn = draw(logits.float(), uniform, 1.0, only).cpu().numpy()
            for i, new in zip(batch, np.split(drawn, np.cumsum([len(p) for p in picked])[:-1]), strict=True):
                tokens = rows[i].input_ids.copy()
                tokens[np.flatnonzero(rows[i].trained)[chosen[i]]] = new
                out[i] = replace(rows[i], input_ids=tokens)
    return out
