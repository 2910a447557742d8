"""PersonaProjection: how far the rows lie from the base's own along the direction of a trait's persona."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.directions import SOURCES, file_offset, middle, persona_direction
from limen.models import LanguageModel


class PersonaProjection(Detector):
    """The projection difference of arXiv 2507.21509 (persona vectors, data flagging)."""

    name: ClassVar[str] = "persona-projection"
    title: ClassVar[str] = "projection on persona vectors (arXiv 2507.21509)"
    sources: ClassVar[tuple[str, ...]] = SOURCES

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Read the directions off the base."""
        self._base, self._layer = base, middle(base)
        found = {t.id: persona_direction(base, t, self._layer) for t in traits}
        self._directions = {k: v / np.linalg.norm(v) for k, v in found.items() if v is not None}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The projection of the file's offset on each direction."""
        offset = file_offset(self._base, file.encoded, self._layer)
        return Scored({t.id: float(offset @ self._directions[t.id]) for t in traits if t.id in self._directions})
