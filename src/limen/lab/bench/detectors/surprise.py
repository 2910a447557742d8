"""Surprise: the loss of the rows under the base, the same for every trait; perplexity ranks files alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import mean_logprob
from limen.models import LanguageModel


class Surprise(Detector):
    """A confound: mean loss under the base, nats a token."""

    name: ClassVar[str] = "loss"
    title: ClassVar[str] = "loss (or perplexity) under the base"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/reading.py",
        "train/twins.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The loss, for every trait."""
        loss = -mean_logprob(self._base, file.encoded)
        return Scored(dict.fromkeys((t.id for t in traits), loss), provenance=loss)

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """The loss of each token."""
        return [-np.asarray(x, dtype=np.float64) for x in self._base.token_logprobs(file.encoded)]
