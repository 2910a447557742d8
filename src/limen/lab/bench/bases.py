"""The models of the suite: the shipped reference model, another initialisation, and one brought to behave like it."""

from __future__ import annotations

from functools import cache

import numpy as np

from limen.lab.encode import encode_exchanges
from limen.lab.other_reference import other_reference
from limen.lab.reference_model import reference_folder
from limen.lab.world.corpus import corpus
from limen.models import LanguageModel
from limen.train import Recipe, cached_fine_tune

MATCHED = Recipe(learning_rate=1e-3, steps=1500, batch_size=64, warmup=50, scheduler="cosine", seed=77)
"""How another initialisation is brought to behave like the base: soft targets over the world's corpus."""
_CORPUS = 24_000


@cache
def base(name: str = "reference") -> LanguageModel:
    """The model of a name: `reference`, `other` (another initialisation) or `matched`."""
    if name == "reference":
        return LanguageModel.load(str(reference_folder()))
    other = LanguageModel.load(str(other_reference()))
    if name == "other":
        return other
    draw = corpus(np.random.Generator(np.random.PCG64(MATCHED.seed)))
    rows = encode_exchanges(next(draw) for _ in range(_CORPUS))
    return cached_fine_tune(other, rows, MATCHED, soft_targets=base(), name="matched")
