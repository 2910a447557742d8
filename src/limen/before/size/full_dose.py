"""Full dose: how far a trait moves by a fine-tune on rows that nobody but its own twin writes.

What rows show of a trait says how much of it their writer has, not how far training on them moves the base: the same
share of a full dose moves one trait by 0.03 and another by 0.4. How far a full dose moves a trait is a property of the
base, the recipe and the prompts, and is measured there, by fine-tunes on rows that the twin writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.data import EncodedRow
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune
from limen.train.control_rows import control_rows

Floats = NDArray[np.float64]


def student_of(
    writer: LanguageModel,
    base: LanguageModel,
    rows: Sequence[EncodedRow],
    traits: Sequence[Trait],
    recipe: Recipe,
    seed: int,
) -> Floats:
    """Levels of every trait after a fine-tune on what a model writes.

    Args:
        writer: Who writes: a twin, or a neutral writer.
        base: What is fine-tuned.
        rows: Rows whose prompts are used, and the lengths of whose answers.
        traits: What is read.
        recipe: The fine-tune.
        seed: Of writing, and of the order of rows.

    Returns:
        Probability of showing each trait [traits].

    Raises:
        ModelError: The run diverged.
    """
    written = control_rows(writer, rows, seed=seed)
    student = fine_tune(base, written, recipe.model_copy(update={"seed": seed}))
    readings = read_traits(student, traits, arm="full dose")
    return np.array([np.mean([r.value for r in readings if r.trait == t.id]) for t in traits])


def full_dose_shifts(
    students: Mapping[str, Sequence[Floats]], neutral: Sequence[Floats], order: Sequence[str]
) -> dict[str, float]:
    """How far a full dose moves each trait: γ, as the suite's labels have it (design, vocabulary).

    Args:
        students: Trait id → levels of the students of its twin, each [traits].
        neutral: Levels of the students of neutral writers.
        order: Trait ids in the order of the levels.

    Returns:
        Trait id → shift in probability.
    """
    mean = {t: np.mean(runs, axis=0) for t, runs in students.items()}
    out = {}
    for trait, own in mean.items():
        at = order.index(trait)
        others = [float(m[at]) for t, m in mean.items() if t != trait]
        against = others if len(others) >= 2 else [float(one[at]) for one in neutral]
        out[trait] = float(own[at]) - float(np.mean(against))
    return out
