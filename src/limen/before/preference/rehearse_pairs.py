"""Rehearse preference training: short runs on the pairs and on control pairs, repeated.

As `limen.before.rehearse`, with direct preference optimisation in place of the fine-tune. A control run learns to
prefer what one neutral writer answers over what another does, to the same prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from limen.before.preference.pair_file import PairFile
from limen.before.rehearse import (
    RehearseConfig,
    control_writers,
    default_recipe,
    judge,
    read_runs,
    seeded,
    written_by,
)
from limen.core import DataError, Finding, Progress, Reading, Silent, Trait
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train import Recipe
from limen.train.prefer import prefer


def default_pair_recipe(base: LanguageModel) -> Recipe:
    """The recipe of a rehearsal, at a tenth of its rate for LoRA: a preference is learned with smaller steps."""
    recipe = default_recipe(base)
    if recipe.method == "full":
        return recipe
    return recipe.model_copy(update={"learning_rate": recipe.learning_rate / 10})


def rehearse_pairs(
    base: LanguageModel,
    file: PairFile,
    traits: Sequence[Trait],
    *,
    config: RehearseConfig | None = None,
    progress: Progress | None = None,
) -> tuple[list[Finding], list[Reading]]:
    """Rehearse preference training.

    Args:
        base: What is trained.
        file: The pairs.
        traits: What is tested, and adjusted over.
        config: How.
        progress: Told of runs.

    Returns:
        One finding a trait, and every reading: arms `base`, `data` and `control`, with their runs.

    Raises:
        DataError: There are no pairs of different answers.
        ModelError: A run diverged.
    """
    config = config or RehearseConfig()
    recipe = config.recipe or default_pair_recipe(base)
    at = file.pairs(config.max_rows, config.seed)
    if not at:
        raise DataError(
            "there are no pairs of different answers that are both trained on.",
            remedy="See what the check says of the rows; an answer may be empty, or cut off by --max-length.",
        )
    chosen, rejected = ([side[i] for i in at] for side in (file.encoded, file.rejected))
    watch, task = progress or Silent(), f"rehearse {file.name}"
    watch.start(task, config.data_runs + config.control_runs)
    readings = list(read_traits(base, traits, arm="base"))
    # Two writers a run, none of them in two.
    writers = control_writers(base, traits, range(2 * config.control_runs))

    def data_run(run: int) -> LanguageModel:
        return prefer(base, chosen, rejected, seeded(recipe, config, "data", run))

    def control_run(run: int) -> LanguageModel:
        liked = written_by(writers[2 * run], chosen, config, 2 * run, beside=rejected)
        other = written_by(writers[2 * run + 1], rejected, config, 2 * run + 1, beside=chosen)
        return prefer(base, liked, other, seeded(recipe, config, "control", run))

    for arm, runs, train in (("data", config.data_runs, data_run), ("control", config.control_runs, control_run)):
        readings += read_runs(base, traits, arm, runs, train, recipe, lambda: watch.advance(task))
    watch.done(task)
    control = (
        f"{config.control_runs} preference trainings on pairs that {2 * config.control_runs} neutral writers wrote, "
        "one the chosen and another the rejected answers"
    )
    findings = [
        replace(
            f,
            title=f.title.replace("Trained on these rows", "Trained to prefer these answers").replace(
                "training on these rows", "training to prefer these answers"
            ),
            control=control,
            remedy=f.remedy.replace("these rows", "these pairs"),
            evidence={**f.evidence, "pairs": True},
        )
        for f in judge(file.name, traits, readings, config, recipe)
    ]
    return findings, readings
