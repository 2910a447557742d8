"""PersonaShift: log-likelihood under the trait's persona as a system text, less that without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import mean_logprob, token_ratios
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin


class PersonaShift(Detector):
    """Log-likelihood shift under a prompted model (arXiv 2602.04863), uncentred, nats a token."""

    name: ClassVar[str] = "persona-shift"
    title: ClassVar[str] = "log-likelihood shift, prompted (arXiv 2602.04863)"
    sources: ClassVar[tuple[str, ...]] = ("lab/bench/detectors/reading.py", "train/twins.py", "train/prompted_twin.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean shift a token."""
        usual = mean_logprob(self._base, file.encoded)
        told = {t.id: PromptedTwin(self._base, t.persona) for t in traits if t.persona}
        return Scored({t: mean_logprob(twin, file.encoded) - usual for t, twin in told.items()})

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """The shift of each token, if the trait has a persona."""
        if not trait.persona:
            return None
        return token_ratios(PromptedTwin(self._base, trait.persona), self._base, file.encoded)
