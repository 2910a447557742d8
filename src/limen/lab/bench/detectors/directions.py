"""Directions: where in activation space a trait's persona moves the base, and where a file lies from the base's own.

A direction is the mean activation of the base at the last token of the trait's build questions under its persona, less
that without it (arXiv 2507.21509, persona vectors). A file's offset is the mean activation over its answers' tokens
less that over answers that the base itself writes on the same prompts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.core import Message, Trait
from limen.data import EncodedRow
from limen.lab.bench.detectors.reading import MOST_ROWS
from limen.models import LanguageModel
from limen.models.prompts import prompt_ids
from limen.train.writers import rewrite

Floats = NDArray[np.float64]
SOURCES = (
    "lab/bench/detectors/directions.py",
    "lab/bench/detectors/reading.py",
    "train/twins.py",
    "models/sampling_to_lengths.py",
    "train/writers.py",
    "models/prompts.py",
)
"""What decides the scores of a detector that looks at directions, beside its own file."""


def middle(base: LanguageModel) -> int:
    """The layer whose output is looked at, from 1."""
    return (int(base.model.config.get_text_config().num_hidden_layers) + 1) // 2


def persona_direction(base: LanguageModel, trait: Trait, layer: int) -> Floats | None:
    """The direction of a trait; None where it has no persona or no build questions."""
    probes = trait.with_role("build")
    if not trait.persona or not probes:
        return None
    told = Message("system", trait.persona)
    means = []
    for start in ((told,), ()):
        prompts = prompt_ids(base.tokenizer, [(*start, *p.prompt) for p in probes])
        rows = [
            EncodedRow(str(i), i, np.asarray(p, dtype=np.int32), np.arange(len(p)) == len(p) - 1, truncated=False)
            for i, p in enumerate(prompts)
        ]
        means.append(base.activations(rows, [layer])[layer].mean(axis=0))
    return np.asarray(means[0] - means[1], dtype=np.float64)


def file_offset(base: LanguageModel, rows: Sequence[EncodedRow], layer: int) -> Floats:
    """Where a file's answers lie from the base's own on the same prompts."""
    rows = list(rows)[:MOST_ROWS]
    own = rewrite(base, rows, seed=271_828)
    there, here = (base.activations(one, [layer])[layer].mean(axis=0) for one in (rows, own))
    return np.asarray(there - here, dtype=np.float64)
