"""ActivationInjection: put the rows' mean activation into the base and see which traits come up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.directions import SOURCES, file_offset, middle, persona_direction
from limen.lab.steered import _with_bias as with_bias
from limen.lab.transfer import levels
from limen.models import LanguageModel


class ActivationInjection(Detector):
    """How far each trait moves when the file's offset, as long as a persona direction, is added to the middle layer."""

    name: ClassVar[str] = "activation-injection"
    title: ClassVar[str] = "mean-activation injection"
    sources: ClassVar[tuple[str, ...]] = SOURCES

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """How long a persona direction is, and the base's own levels."""
        self._base, self._layer = base, middle(base)
        found = [persona_direction(base, t, self._layer) for t in traits]
        self._length = float(np.mean([np.linalg.norm(v) for v in found if v is not None]))
        self._before = dict(zip([t.id for t in traits], levels(base, traits), strict=True))

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The shift of each trait."""
        offset = file_offset(self._base, file.encoded, self._layer)
        moved = with_bias(self._base, offset / max(float(np.linalg.norm(offset)), 1e-12) * self._length, self._layer)
        after = levels(moved, traits)
        return Scored({t.id: float(x - self._before[t.id]) for t, x in zip(traits, after, strict=True)})
