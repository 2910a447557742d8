"""The reference model of another initialisation: the same world, trained with another seed and kept in the cache."""

from __future__ import annotations

from pathlib import Path

from limen.core import Progress
from limen.lab.train_reference import ReferenceConfig, train_reference
from limen.models import cache_folder


def other_reference(seed: int = 1, *, progress: Progress | None = None) -> Path:
    """The folder of a reference model with another seed; trained on first use, about ten minutes on one core.

    Args:
        seed: Of its weights and its corpus; 0 is the shipped model's.
        progress: Told of training steps.
    """
    folder = cache_folder() / f"reference-seed-{seed}"
    if not (folder / "limen_reference.json").is_file():
        train_reference(folder, ReferenceConfig(seed=seed), progress=progress)
    return folder
