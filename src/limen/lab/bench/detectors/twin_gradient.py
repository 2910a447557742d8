"""TwinGradient: the rows' gradient along the change of a trait's twin, against neutral writers' rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS, twins_of
from limen.lab.bench.detectors.row_gradient import flat, mean_gradient
from limen.models import LanguageModel
from limen.stats import writer_null
from limen.train.twins import can_be_tuned
from limen.train.writers import neutral_writers, rewrite

_WRITERS = 24
_LEVEL, _MAX_DF = 0.02, 10.0


class TwinGradient(Detector):
    """The forecast's statistic to first order: ⟨∇ log-likelihood, θ of the twin − θ of the base⟩, nats a token.

    A backward pass over a file serves every trait at once, where the log-likelihood ratio takes a forward pass a trait.
    The null is the forecast's: neutral writers on the same prompts, variances shrunk over traits.
    """

    name: ClassVar[str] = "twin-gradient"
    title: ClassVar[str] = "rows' gradient on the twin's weight change, null over writers"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/reading.py",
        "lab/bench/detectors/row_gradient.py",
        "stats/*.py",
        "train/twins.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins and keep how their weights differ from the base's; train the writers."""
        self._base = base
        own = flat(base.model.parameters())
        self._ways = {t: flat(twin.model.parameters()) - own for t, twin in twins_of(base, traits).items()}
        self._writers = neutral_writers(base, [t for t in traits if can_be_tuned(t)], range(_WRITERS))

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The t of each trait."""
        import torch

        known = [t for t in traits if t.id in self._ways]
        ways = torch.stack([self._ways[t.id] for t in known])
        rows = list(file.encoded[:MOST_ROWS])
        written = (rewrite(writer, rows, seed=161_803 + i) for i, writer in enumerate(self._writers))
        found = [(ways @ -mean_gradient(self._base, one)[0]).cpu().numpy() for one in (rows, *written)]
        observed, *neutral = np.array(found, dtype=np.float64)
        null = writer_null(
            np.array(neutral),
            observed,
            groups=[t.id for t in known],
            is_decoy=np.zeros(len(known), dtype=bool),
            harm=np.zeros(len(known), dtype=int),
            level=_LEVEL,
            max_df=_MAX_DF,
        )
        return Scored({t.id: float(x) for t, x in zip(known, null.t, strict=True)})
