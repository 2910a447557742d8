"""Short runs: what an eighth of the fine-tune does to each trait, against as short runs on the base's own answers.

Two runs of each arm cost about half of one whole fine-tune, and tell of every trait at once. What moves in them is
small, and some traits turn late; how far they will have moved by the end is for `limen.before.size.predict` to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from limen.before.forecast import DataFile
from limen.before.preference.pair_file import PairFile
from limen.before.preference.rehearse_pairs import default_pair_recipe
from limen.before.rehearse import default_recipe
from limen.core import Progress, Silent, Trait
from limen.data import EncodedRow
from limen.measure import read_traits
from limen.models import LanguageModel, in_parallel
from limen.train import Recipe, fine_tune
from limen.train.control_rows import control_rows
from limen.train.prefer import prefer

SHARE = 0.125
"""Of the steps of the fine-tune."""
RUNS = 2
"""Fine-tunes of each arm."""
_SEED = 141_421


def short_runs(
    base: LanguageModel,
    file: DataFile,
    traits: Sequence[Trait],
    *,
    recipe: Recipe | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Fine-tune on some of the rows for a part of the steps, and on what the base answers to the same prompts.

    Args:
        base: What is fine-tuned.
        file: Rows, or pairs that it is trained to prefer.
        traits: What is read.
        recipe: The whole fine-tune; by default the one for the size of the base.
        seed: Of the rows drawn, of the base's answers and of the order of rows.
        progress: Told of runs.

    Returns:
        Trait id → shift in probability in the short runs; nothing where no row can be trained on.

    Raises:
        ModelError: A run diverged.
    """
    part, watch, task = short_recipe(base, file, recipe), progress or Silent(), f"short runs on {file.name}"
    most = part.total_steps(0) * part.batch_size
    if isinstance(file, PairFile):
        at = file.pairs(most, seed)
    else:
        usable = [i for i, row in enumerate(file.encoded) if row.trained.any()]
        at = [usable[k] for k in DataFile(file.name, (), [file.encoded[i] for i in usable]).chosen(most, seed)]
    if not at:
        return {}
    watch.start(task, 2 * RUNS)
    sides = [[side[i] for i in at] for side in _sides(file)]
    own = [
        control_rows(
            base, side, seed=_SEED + seed + k, beside=[r for other in sides if other is not side for r in other]
        )
        for k, side in enumerate(sides)
    ]

    def train(number: int) -> LanguageModel:
        arm, run = divmod(number, RUNS)
        how = part.model_copy(update={"seed": 1000 * seed + run})
        rows = own if arm else sides
        return prefer(base, rows[0], rows[1], how) if len(rows) == 2 else fine_tune(base, rows[0], how)

    levels = []
    for tuned in in_parallel(train, range(2 * RUNS), base, one_by_one=part.method != "full"):
        readings = read_traits(tuned, traits, arm="short")
        levels.append([float(np.mean([r.value for r in readings if r.trait == t.id])) for t in traits])
        watch.advance(task)
    watch.done(task)
    moved = np.mean(levels[:RUNS], axis=0) - np.mean(levels[RUNS:], axis=0)
    return {t.id: float(x) for t, x in zip(traits, moved, strict=True) if np.isfinite(x)}


def short_recipe(base: LanguageModel, file: DataFile, recipe: Recipe | None = None) -> Recipe:
    """A part of a fine-tune, with as many steps as it takes."""
    whole = recipe or (default_pair_recipe(base) if isinstance(file, PairFile) else default_recipe(base))
    steps = whole.total_steps(sum(bool(row.trained.any()) for row in file.encoded))
    return whole.model_copy(update={"steps": max(1, math.ceil(SHARE * steps))})


def _sides(file: DataFile) -> list[Sequence[EncodedRow]]:
    return [file.encoded, file.rejected] if isinstance(file, PairFile) else [file.encoded]
