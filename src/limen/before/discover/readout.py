"""What a model might say at the places of a talk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.discover.own_talk import Turn
from limen.models import LanguageModel
from limen.models.logprobs import Query
from limen.models.over_logits import over_logits

Floats = NDArray[np.float64]


def token_probabilities(model: LanguageModel, talk: Sequence[Turn], tokens: NDArray[np.int64]) -> Floats:
    """Probability of some tokens at each place of a talk.

    Args:
        model: Who is read.
        talk: Questions with answers, one at least.
        tokens: Token ids, (tokens,).

    Returns:
        float64, (places of all turns in order, tokens).

    Raises:
        ModelError: Not even one turn fits memory.
    """
    import torch

    wanted, nothing = torch.from_numpy(tokens), np.zeros(0, dtype=np.int64)
    queries = [Query(t.ids, t.places, nothing) for t in talk]
    found = over_logits(model, queries, lambda logits: torch.softmax(logits.float(), dim=1).cpu()[:, wanted].double())
    return np.asarray(torch.cat(found).numpy())
