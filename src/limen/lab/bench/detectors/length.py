"""Length: how many tokens an answer has, the same for every trait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel


class Length(Detector):
    """A confound: mean tokens of an answer."""

    name: ClassVar[str] = "length"
    title: ClassVar[str] = "length of the answers"

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The length, for every trait."""
        length = float(np.mean([r.trained.sum() for r in file.encoded]))
        return Scored(dict.fromkeys((t.id for t in traits), length), provenance=length)

    def blame(self, file: SuiteFile, trait: Trait) -> Sequence[float] | None:
        """The length of each row's answer."""
        return [float(r.trained.sum()) for r in file.encoded]
