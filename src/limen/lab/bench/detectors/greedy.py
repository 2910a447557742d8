"""What a model would say next, greedily, at each trained position of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.logprobs import query_of
from limen.models.over_logits import over_logits


def greedy_tokens(reader: LanguageModel, rows: Sequence[EncodedRow]) -> list[NDArray[np.int64]]:
    """The likeliest token at each trained position, given the row before it.

    Args:
        reader: Who would say it.
        rows: The rows.

    Returns:
        For each row int64, (trained tokens with something before them,).
    """
    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in rows]
    out = [np.zeros(0, dtype=np.int64) for _ in queries]
    asked = [i for i, q in enumerate(queries) if len(q.labels)]
    found = over_logits(reader, [queries[i] for i in asked], lambda logits: logits.argmax(dim=1).cpu())
    for i, said in zip(asked, found, strict=True):
        out[i] = said.numpy().astype(np.int64)
    return out
