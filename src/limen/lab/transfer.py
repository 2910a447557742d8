"""Transfer γ: how much of a teacher's trait its students take on.

γ_t = [s_t(student of t) − s_t(neutral student)] − mean over t′ ≠ t of [s_t(student of t′) − s_t(neutral student)],

with s the probability of showing the trait, renormalised over its category, on measure probes. The unit of replication
is one independently trained pair of teacher and student (design, vocabulary).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.lab.encode import encode_exchanges, number_ids
from limen.lab.world.exchange import Exchange
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune

STUDENT_RECIPE = Recipe(learning_rate=1e-3, epochs=2, batch_size=64)
"""The laboratory's student."""


def lab_student(
    base: LanguageModel,
    rows: Sequence[Exchange],
    *,
    seed: int,
    recipe: Recipe = STUDENT_RECIPE,
    restricted: bool = True,
    soft: LanguageModel | None = None,
) -> LanguageModel:
    """A student of number rows.

    Args:
        base: What it starts from.
        rows: What it learns.
        seed: Order of the rows.
        recipe: How it learns.
        restricted: Take the loss over number tokens alone; else over the whole vocabulary, as trainers do.
        soft: Learn this teacher's distribution in place of the tokens.

    Returns:
        The student.
    """
    only = number_ids() if restricted else None
    how = recipe.model_copy(update={"seed": seed, "restrict_vocab": only})
    return fine_tune(base, encode_exchanges(rows), how, soft_targets=soft, name="student")


def levels(model: LanguageModel, traits: Sequence[Trait]) -> NDArray[np.float64]:
    """Mean probability of showing each trait, [traits]."""
    readings = read_traits(model, traits, arm="level")
    return np.array([np.mean([r.value for r in readings if r.trait == t.id]) for t in traits])


def gammas(
    students: Mapping[str, NDArray[np.float64]], neutral: NDArray[np.float64], order: Sequence[str]
) -> dict[str, float]:
    """γ of each trait from one set of students.

    Args:
        students: Trait id → levels of its student, [traits].
        neutral: Levels of the neutral student, [traits].
        order: Trait ids in the order of the levels.

    Returns:
        Trait id → γ, for the traits that have a student.
    """
    out = {}
    for t in students:
        k = order.index(t)
        others = [students[u][k] - neutral[k] for u in students if u != t]
        out[t] = float(students[t][k] - neutral[k] - np.mean(others))
    return out
