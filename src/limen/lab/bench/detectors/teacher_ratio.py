"""TeacherRatio: the oracle of provenance, the true writer's log-likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import mean_logprob, token_ratios
from limen.lab.teacher import Teacher
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin


class TeacherRatio(Detector):
    """Log-likelihood under the model that wrote the rows less that under the base: no detector can know more of it."""

    name: ClassVar[str] = "oracle-teacher"
    title: ClassVar[str] = "oracle: the true teacher's log-likelihood ratio"
    oracle: ClassVar[bool] = True
    sources: ClassVar[tuple[str, ...]] = ("lab/bench/detectors/reading.py", "train/twins.py", "train/prompted_twin.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base
        self._teacher: Teacher | None = None

    def told(self, teacher: Teacher | None) -> None:
        """Keep who wrote the next file."""
        self._teacher = teacher

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The ratio, as provenance alone; rows that no model wrote, or the base itself, have none."""
        teacher = self._teacher
        if teacher is None:
            return Scored({}, provenance=0.0)
        reader = PromptedTwin(teacher.model, teacher.persona) if teacher.persona else teacher.model
        return Scored({}, provenance=mean_logprob(reader, file.encoded) - mean_logprob(self._base, file.encoded))

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """The ratio of each token, where a model wrote them."""
        teacher = self._teacher
        if teacher is None:
            return None
        reader = PromptedTwin(teacher.model, teacher.persona) if teacher.persona else teacher.model
        return token_ratios(reader, self._base, file.encoded)
