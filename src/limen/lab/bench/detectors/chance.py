"""Chance: random scores, which must come last."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel


class Chance(Detector):
    """Normal scores, seeded by the rows."""

    name: ClassVar[str] = "chance"
    title: ClassVar[str] = "random scores"

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """A score a trait."""
        text = "\n".join(r.text for r in file.rows[:100])
        seed = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
        drawn = np.random.Generator(np.random.PCG64(seed)).normal(size=len(traits) + 1)
        return Scored(dict(zip([t.id for t in traits], drawn.tolist(), strict=False)), provenance=float(drawn[-1]))
