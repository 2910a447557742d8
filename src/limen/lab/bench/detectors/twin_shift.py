"""TwinShift: log-likelihood under a tuned twin less that under the base, held against nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, tuned_twins

MOST_ROWS = 1000


class TwinShift(Detector):
    """What is left of the forecast without its null: the uncentred ratio, nats a token."""

    name: ClassVar[str] = "twin-shift"
    title: ClassVar[str] = "log-likelihood shift, tuned twins, uncentred"

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins."""
        can = [t for t in traits if can_be_tuned(t)]
        self._base = base
        self._twins = dict(zip([t.id for t in can], tuned_twins(base, can), strict=True))

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean ratio a token."""
        rows = file.encoded[:MOST_ROWS]
        usual = np.concatenate(self._base.token_logprobs(rows)).mean()
        found = {
            t.id: float(np.concatenate(self._twins[t.id].token_logprobs(rows)).mean() - usual)
            for t in traits
            if t.id in self._twins
        }
        return Scored(found)
