"""What a size is predicted from: what full doses of traits do to the base, and short runs on the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.before.forecast import DataFile
from limen.before.preference.pair_file import PairFile
from limen.before.rehearse import RehearseConfig, control_writers, default_recipe, rehearsed_rows
from limen.before.size.full_dose import Floats, full_dose_shifts, student_of
from limen.core import Progress, Silent, Trait
from limen.models import LanguageModel, in_parallel
from limen.train import Recipe
from limen.train.twins import can_be_tuned, tuned_twins

RUNS = 2
"""Fine-tunes on what each twin, and each neutral writer, writes."""
_SEED = 8_650_752


def full_doses(
    base: LanguageModel,
    file: DataFile,
    wanted: Sequence[Trait],
    battery: Sequence[Trait],
    *,
    recipe: Recipe | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, float]:
    """How far fine-tunes on rows of a trait's own twin move it, on a file's prompts.

    Args:
        base: What is fine-tuned.
        file: Whose prompts are used.
        wanted: The traits; those of which no twin can be tuned are left out.
        battery: Every trait of the audit, whose questions neutral writers know.
        recipe: The fine-tune; by default the one for the size of the base.
        seed: Of what is written, and of the order of rows.
        progress: Told of runs.

    Returns:
        Trait id → shift in probability; nothing of preference pairs, which no twin writes.

    Raises:
        ModelError: A run diverged.
    """
    traits = [t for t in wanted if can_be_tuned(t)]
    if isinstance(file, PairFile) or not traits:
        return {}
    rows = [file.encoded[i] for i in rehearsed_rows(file.encoded, RehearseConfig(seed=seed))]
    how, watch, task = recipe or default_recipe(base), progress or Silent(), f"full doses for {file.name}"
    # A copy of its twin for each student: two that write at once would lay their hooks on one model.
    writers = [twin for _ in range(RUNS) for twin in tuned_twins(base, traits)]
    writers += control_writers(base, battery, range(RUNS))

    def train(number: int) -> Floats:
        return student_of(writers[number], base, rows, traits, how, seed=_SEED + 1000 * seed + number)

    watch.start(task, len(writers))
    levels = []
    for one in in_parallel(train, range(len(writers)), base, one_by_one=how.method != "full"):
        levels.append(one)
        watch.advance(task)
    watch.done(task)
    many = len(traits)
    students = {t.id: levels[k : RUNS * many : many] for k, t in enumerate(traits)}
    found = full_dose_shifts(students, levels[RUNS * many :], [t.id for t in traits])
    return {t: x for t, x in found.items() if np.isfinite(x)}
