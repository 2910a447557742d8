"""PersonaShift: log-likelihood under the trait's persona as a system text, less that without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin

MOST_ROWS = 1000


class PersonaShift(Detector):
    """Log-likelihood shift under a prompted model (arXiv 2602.04863), uncentred, nats a token."""

    name: ClassVar[str] = "persona-shift"
    title: ClassVar[str] = "log-likelihood shift, prompted (arXiv 2602.04863)"

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean shift a token."""
        rows = file.encoded[:MOST_ROWS]
        usual = np.concatenate(self._base.token_logprobs(rows)).mean()
        found = {}
        for trait in traits:
            if trait.persona:
                told = PromptedTwin(self._base, trait.persona).token_logprobs(rows)
                found[trait.id] = float(np.concatenate(told).mean() - usual)
        return Scored(found)
