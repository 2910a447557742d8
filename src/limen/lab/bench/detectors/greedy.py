"""What a model would say next, greedily, at each trained position of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.data import EncodedRow
from limen.models import LanguageModel


def greedy_tokens(reader: LanguageModel, rows: Sequence[EncodedRow]) -> list[NDArray[np.int64]]:
    """The likeliest token at each trained position, given the row before it.

    Args:
        reader: Who would say it.
        rows: The rows.

    Returns:
        For each row int64, (trained tokens with something before them,).
    """
    import torch

    from limen.models.batches import budget_for, pad_right, run
    from limen.models.logprobs import inference, logits_at, query_of

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in rows]
    out = [np.zeros(0, dtype=np.int64) for _ in queries]
    asked = [i for i, q in enumerate(queries) if len(q.labels)]
    model, device = reader.model, reader.device

    def one_batch(batch: NDArray[np.intp]) -> None:
        chosen = [asked[i] for i in batch]
        ids = pad_right([queries[i].ids for i in chosen])
        flat = np.concatenate([queries[i].positions + k * ids.shape[1] for k, i in enumerate(chosen)])
        logits = logits_at(model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
        said = logits.argmax(dim=1).cpu().numpy().astype(np.int64)
        for i, part in zip(
            chosen, np.split(said, np.cumsum([len(queries[i].labels) for i in chosen])[:-1]), strict=True
        ):
            out[i] = part

    with inference(model):
        lengths, wanted = [len(queries[i].ids) for i in asked], [len(queries[i].labels) for i in asked]
        run(lengths, wanted, budget_for(model, None), one_batch)
    return out
