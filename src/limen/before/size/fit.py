"""Fit: one predicted shift from what several parts say of a trait, with the interval of a fresh run.

A predicted shift is a weighted sum of what the parts say, with weights of at least zero and no constant: where no part
sees anything, nothing is predicted. A part that is silent (a forecast that cannot speak of rows of their origin) leaves
it to the others, which have weights of their own for such files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """What a prediction is made with.

    Attributes:
        kept: Which of the parts have a weight: bit k is set if part k has.
        weights: Which of them speak, likewise → weight of each part [parts].
        width: (a, b, q): half the width of a fresh run's interval is q (a + b |predicted|).
    """

    kept: int
    weights: Mapping[int, Floats]
    width: tuple[float, float, float] = (0.0, 0.0, math.inf)

    def shares(self, said: Floats) -> Floats | None:
        """What each part adds to the shift to be expected [parts]; None where none that was kept speaks.

        Args:
            said: What each part says [parts]; NaN by a part that is silent.
        """
        weights = self.weights.get(int(who_speaks(said)) & self.kept)
        return None if weights is None else np.nan_to_num(weights * said)

    def predict(self, said: Floats) -> float:
        """The shift to be expected; NaN where none speaks of the parts that were kept.

        Args:
            said: What each part says [parts]; NaN by a part that is silent.
        """
        shares = self.shares(said)
        return math.nan if shares is None else float(shares.sum())

    def half(self, predicted: float) -> float:
        """Half the width of a fresh run's interval."""
        low, slope, times = self.width
        return times * (low + slope * abs(predicted))


def who_speaks(said: Floats) -> NDArray[np.int64]:
    """Which parts say anything, [...] of [..., parts]: bit k is set if part k does."""
    return np.asarray(np.isfinite(said) @ (1 << np.arange(said.shape[-1])))
