"""Forecast: `limen forecast` at its own defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast import DataFile, ForecastConfig, forecast
from limen.before.forecast.blame import blame_rows
from limen.before.forecast.likelihood_ratio import score_files
from limen.before.preference.forecast_pairs import forecast_pairs
from limen.before.preference.pair_file import PairFile
from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import token_ratios
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, neutral_twin, tuned_twins


class Forecast(Detector):
    """The rows' gradient along the change of tuned twins, against the null over neutral writers."""

    name: ClassVar[str] = "forecast"
    title: ClassVar[str] = "limen forecast (twins, null over writers)"
    comparable: ClassVar[bool] = True
    sources: ClassVar[tuple[str, ...]] = (
        "before/forecast/*.py",
        "before/preference/forecast_pairs.py",
        "before/preference/pair_file.py",
        "lab/bench/detectors/reading.py",
        "models/gradients.py",
        "stats/_student.py",
        "stats/decoys.py",
        "stats/multiplicity.py",
        "stats/shrinkage.py",
        "stats/writers.py",
        "train/prompted_twin.py",
        "train/twins.py",
        "models/sampling_to_lengths.py",
        "train/writers.py",
    )
    config: ClassVar[ForecastConfig] = ForecastConfig(top_rows=0)

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Twins and writers are made with the first file, and kept in the cache."""
        self._base, self._traits = base, list(traits)

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """T and dose of each trait, and the verdict."""
        known = {t.id for t in traits}
        if file.rejected and self.config.statistic == "first-order":
            pairs = PairFile(file.name, list(file.rows), list(file.encoded), rejected=list(file.rejected))
            every = forecast_pairs(self._base, [pairs], traits, config=self.config)
        else:
            data = DataFile(file.name, list(file.rows), list(file.encoded))
            every = forecast(self._base, [data], traits, config=self.config)
        findings = [f for f in every if f.subject in known and f.p is not None]
        return Scored(
            traits={f.subject: float(f.evidence["statistic"]) for f in findings},
            doses={f.subject: float(f.evidence["dose"]) for f in findings},
            verdicts={f.subject: f.verdict for f in findings},
        )

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """What the forecast ranks rows by, token by token, for traits with a tuned twin."""
        if not can_be_tuned(trait):
            return None
        family = [t for t in self._traits if t.category == trait.category and can_be_tuned(t)]
        twins = list(tuned_twins(self._base, family))
        rows = list(file.encoded)
        ratios = score_files([rows], self._base, twins, keep_tokens=1).ratios[0]
        neutral = token_ratios(neutral_twin(self._base, family), self._base, rows)
        at, data = [t.id for t in family].index(trait.id), DataFile(file.name, list(file.rows), rows)
        every = range(len(rows))
        blamed, _ = blame_rows(data, every, ratios, neutral, at, family, self._base.tokenizer, most=len(rows))
        scores = {b.index: np.array(b.token_scores) for b in blamed}
        return [scores[i] for i in every]
