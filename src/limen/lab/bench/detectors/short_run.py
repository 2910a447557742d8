"""ShortRun: train on a few of the rows and see what moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.transfer import levels
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune
from limen.train.writers import rewrite

RECIPE = Recipe(learning_rate=1e-3, steps=32, batch_size=64)
RUNS = 2
MOST_ROWS = 2048


class ShortRun(Detector):
    """Two runs of 32 steps on the rows less two on rows that the base writes on the same prompts: a thin rehearsal."""

    name: ClassVar[str] = "short-run"
    title: ClassVar[str] = "short fine-tunes on the rows, and on the base's own"
    sources: ClassVar[tuple[str, ...]] = (
        "models/sampling_to_lengths.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The shift of each trait."""
        rows = list(file.encoded)[:MOST_ROWS]
        own = rewrite(self._base, rows, seed=141_421)
        mean = []
        for one in (rows, own):
            runs = [
                levels(fine_tune(self._base, one, RECIPE.model_copy(update={"seed": k})), traits) for k in range(RUNS)
            ]
            mean.append(np.mean(runs, axis=0))
        moved = dict(zip([t.id for t in traits], (mean[0] - mean[1]).tolist(), strict=True))
        return Scored(moved, predicted=moved)
