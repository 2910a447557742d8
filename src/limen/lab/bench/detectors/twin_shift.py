"""TwinShift: log-likelihood under a tuned twin less that under the base, held against nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import mean_logprob, row_logprobs, twins_of
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

    def blame(self, file: SuiteFile, trait: Trait) -> Sequence[float] | None:
        """The ratio of each row, if the trait has a twin."""
        if trait.id not in self._twins:
            return None
        found = row_logprobs(self._twins[trait.id], file.encoded) - row_logprobs(self._base, file.encoded)
        return found.tolist()
