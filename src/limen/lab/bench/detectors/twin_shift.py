"""TwinShift: log-likelihood under a tuned twin less that under the base, held against nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import mean_logprob, token_ratios, twins_of
from limen.models import LanguageModel


class TwinShift(Detector):
    """What is left of the forecast without its null: the uncentred ratio, nats a token."""

    name: ClassVar[str] = "twin-shift"
    title: ClassVar[str] = "log-likelihood shift, tuned twins, uncentred"
    sources: ClassVar[tuple[str, ...]] = ("lab/bench/detectors/reading.py", "train/twins.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins."""
        self._base, self._twins = base, twins_of(base, traits)

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean ratio a token."""
        usual = mean_logprob(self._base, file.encoded)
        known = [t.id for t in traits if t.id in self._twins]
        return Scored({t: mean_logprob(self._twins[t], file.encoded) - usual for t in known})

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """The ratio of each token, if the trait has a twin."""
        if trait.id not in self._twins:
            return None
        return token_ratios(self._twins[trait.id], self._base, file.encoded)
