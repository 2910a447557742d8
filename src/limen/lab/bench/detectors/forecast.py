"""Forecast: `limen forecast` at its own defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from limen.before.forecast import DataFile, ForecastConfig, forecast
from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel


class Forecast(Detector):
    """The log-likelihood ratio under tuned twins, against the null over neutral writers."""

    name: ClassVar[str] = "forecast"
    title: ClassVar[str] = "limen forecast (twins, null over writers)"
    sources: ClassVar[tuple[str, ...]] = (
        "before/forecast/*.py",
        "stats/*.py",
        "train/prompted_twin.py",
        "train/twins.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Twins and writers are made with the first file, and kept in the cache."""
        self._base = base

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """T of each trait, and the verdict."""
        data = DataFile(file.name, list(file.rows), list(file.encoded))
        known = {t.id for t in traits}
        every = forecast(self._base, [data], traits, config=ForecastConfig(top_rows=0))
        findings = [f for f in every if f.subject in known and f.p is not None]
        return Scored(
            traits={f.subject: float(f.evidence["statistic"]) for f in findings},
            verdicts={f.subject: f.verdict for f in findings},
        )
