"""GradientCosine: does a gradient step on the rows lead where the twin of a trait went?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS, twins_of
from limen.lab.bench.detectors.row_gradient import flat, mean_gradient
from limen.models import LanguageModel


class GradientCosine(Detector):
    """Cosine of the rows' gradient and a twin's change of weights (first-order transfer, arXiv 2507.14805)."""

    name: ClassVar[str] = "gradient-cosine"
    title: ClassVar[str] = "cosine of the rows' gradient and the twin's weight change"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/reading.py",
        "lab/bench/detectors/row_gradient.py",
        "models/gradients.py",
        "train/twins.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins and keep how their weights differ from the base's."""
        self._base = base
        own = flat(base.model.parameters())
        self._ways = {t: flat(twin.model.parameters()) - own for t, twin in twins_of(base, traits).items()}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The cosine for each trait."""
        import torch

        step = -mean_gradient(self._base, file.encoded[:MOST_ROWS])[0]
        return Scored(
            {
                t.id: float(torch.nn.functional.cosine_similarity(step, self._ways[t.id], dim=0))
                for t in traits
                if t.id in self._ways
            }
        )
