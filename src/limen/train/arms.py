"""Arms that are trained once a base, recipe and data, and then read from the cache."""

from __future__ import annotations

from collections.abc import Sequence

from limen.core import Progress
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train.cache import cached_fine_tune
from limen.train.recipe import Recipe


def trained_arm(
    base: LanguageModel, encoded: Sequence[EncodedRow], recipe: Recipe, *, name: str, progress: Progress | None = None
) -> LanguageModel:
    """The base after a fine-tune; from the cache where it was trained before.

    Args:
        base: What it starts from.
        encoded: What it learns.
        recipe: How.
        name: What reports call it.
        progress: Told of training steps.

    Returns:
        The trained arm.
    """
    return cached_fine_tune(base, encoded, recipe, progress=progress, name=name)
