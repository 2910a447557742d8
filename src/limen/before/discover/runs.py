"""Rows of a search: which are read, what others write on their prompts, and one short fine-tune on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.before.rehearse import default_recipe
from limen.core import Progress
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train import Recipe
from limen.train.arms import trained_arm
from limen.train.control_rows import control_rows

_SEED = 6_291_469


def sampled(encoded: Sequence[EncodedRow], most: int, seed: int) -> list[EncodedRow]:
    """Rows with trained tokens, at most so many, in order."""
    rows = [r for r in encoded if r.trained.any()]
    if len(rows) <= most:
        return rows
    rng = np.random.Generator(np.random.PCG64([seed, len(rows)]))
    return [rows[int(i)] for i in sorted(rng.choice(len(rows), size=most, replace=False))]


def rewritten(
    base: LanguageModel,
    writers: Sequence[LanguageModel],
    rows: Sequence[EncodedRow],
    seed: int,
    task: str,
    watch: Progress,
) -> list[list[EncodedRow]]:
    """The rows anew by each of several models.

    Args:
        base: What the writers are copies of.
        writers: Who writes.
        rows: Whose prompts are used.
        seed: Of sampling, another for each writer.
        task: What a progress bar calls it.
        watch: Told of writers done.
    """
    watch.start(task, len(writers))
    out = []
    numbers = range(len(writers))
    for one in in_parallel(lambda k: control_rows(writers[k], rows, seed=_SEED + seed + k), numbers, base):
        out.append(one)
        watch.advance(task)
    watch.done(task)
    return out


def short_fine_tune(base: LanguageModel, rows: Sequence[EncodedRow], recipe: Recipe | None) -> LanguageModel:
    """The base after a short fine-tune on the rows, for illustrations; kept in the cache.

    Args:
        base: What is fine-tuned.
        rows: The rows.
        recipe: How; by default as a rehearsal does.
    """
    return trained_arm(base, rows, recipe or default_recipe(base), name="short fine-tune")
