"""ShortRun: train on some of the rows for an eighth of the steps, and see what moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from limen.before.forecast import DataFile
from limen.before.preference import PairFile
from limen.before.size.short_runs import short_runs
from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.label import STEPS
from limen.models import LanguageModel
from limen.train import Recipe

RECIPE = Recipe(learning_rate=1e-3, steps=STEPS, batch_size=64)
"""The suite's fine-tune, over the whole vocabulary as trainers do."""


class ShortRun(Detector):
    """Two short runs on the rows less two on rows that the base writes on the same prompts."""

    name: ClassVar[str] = "short-run"
    title: ClassVar[str] = "short fine-tunes on the rows, and on the base's own"
    sources: ClassVar[tuple[str, ...]] = (
        "before/forecast/data_file.py",
        "before/preference/pair_file.py",
        "before/size/short_runs.py",
        "models/sampling_to_lengths.py",
        "train/control_rows.py",
        "train/prefer.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The shift of each trait in the short runs."""
        rows, encoded = list(file.rows), list(file.encoded)
        data = (
            PairFile(file.name, rows, encoded, rejected=list(file.rejected))
            if file.rejected
            else DataFile(file.name, rows, encoded)
        )
        moved = short_runs(self._base, data, traits, recipe=RECIPE)
        return Scored(moved, predicted=moved)
