"""Predict how far a fine-tune moves a trait, from whatever was measured, with weights fitted on the planted suite.

The weights, and the widths of the intervals, come from the suite's public cases of the reference model
(`scripts/size_weights.py`). How good they are on traits and teachers that they were not fitted to stands in the
leaderboard; on another base, or by another recipe, they are used as they are and a size is called uncalibrated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from limen.before.size.fit import Fit
from limen.core import Verdict
from limen.train import Recipe

FORECAST, FULL_DOSE, SHORT_RUN = "forecast", "full-dose", "short-run"
"""A dose; a dose times what a full dose does; what short runs on the rows did."""
WEIGHTS = Path(__file__).parent / "weights.json"
BEYOND = 2.0
"""Errors by which a dose must exceed none to count at all."""


@dataclass(frozen=True)
class Size:
    """A predicted shift.

    Attributes:
        shift: In probability.
        low: Lower end of the interval of one fresh run.
        high: Upper end.
        level: How often such an interval holds a fresh run, where it is calibrated.
        parts: Part → what it adds to the shift.
    """

    shift: float
    low: float
    high: float
    level: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Predictor:
    """Weights for every choice of parts.

    Attributes:
        base: Hash of the base that they were fitted on.
        recipe: The fine-tune that they were fitted on.
        miss: How often a fresh run may fall outside its interval.
        fits: Parts → the fit for them.
    """

    base: str
    recipe: Mapping[str, Any]
    miss: float
    fits: Mapping[tuple[str, ...], Fit]

    def predict(self, said: Mapping[str, float]) -> Size | None:
        """The size to be expected.

        Args:
            said: Part → what it says of a trait; NaN, or left out, by a part that is silent.

        Returns:
            The size by the fit for as many of the parts that speak as there is one for; None where there is none.
        """
        have = {p for p, value in said.items() if math.isfinite(value)}
        usable = [parts for parts in self.fits if have.issuperset(parts)]
        if not usable:
            return None
        parts = max(usable, key=len)
        fit = self.fits[parts]
        shares = fit.shares(np.array([said[p] for p in parts]))
        if shares is None:
            return None
        shift = float(shares.sum())
        half = fit.half(shift)
        told = {p: float(x) for p, x in zip(parts, shares, strict=True) if x}
        return Size(shift, max(-1.0, shift - half), min(1.0, shift + half), 1 - self.miss, told)

    def calibrated_for(self, base: str, recipe: Recipe, rows: int) -> bool:
        """Whether the weights were fitted on this base and fine-tune.

        Args:
            base: Hash of the base.
            recipe: The fine-tune.
            rows: How many rows it is done on.
        """
        return base == self.base and self.recipe == fine_tune_of(recipe, rows)


def speaks(verdicts: Iterable[str]) -> bool:
    """Whether a forecast of these verdicts says anything of its file; of rows of a strange origin it does not."""
    return any(v not in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED) for v in verdicts)


def counted(dose: float, t: float) -> float:
    """As much of a dose as counts: none within two errors of none, nearly all of it far beyond.

    Most traits are not planted, and what their doses stray by is multiplied with what a full dose does. The factor
    1 − (2/t)² is that of the non-negative garrote (Breiman 1995).

    Args:
        dose: The dose.
        t: The forecast's statistic: the dose over its error.
    """
    return dose * (1 - (BEYOND / t) ** 2) if t > BEYOND else 0.0


def fine_tune_of(recipe: Recipe, rows: int) -> dict[str, Any]:
    """What a recipe comes to on so many rows, but for its seed and how the rows are read."""
    aside = {"seed", "epochs", "loss", "max_length", "restrict_vocab", *(() if recipe.method == "lora" else _LORA)}
    return {**recipe.model_dump(mode="json", exclude=aside), "steps": recipe.total_steps(rows)}


_LORA = ("rank", "alpha", "target_modules")


@cache
def shipped_predictor() -> Predictor:
    """The predictor that comes with the package."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fits = {
        tuple(one["parts"]): Fit(
            one["kept"], {int(k): np.array(w) for k, w in one["weights"].items()}, tuple(one["width"])
        )
        for one in stored["fits"]
    }
    return Predictor(stored["base"], stored["recipe"], stored["miss"], fits)
