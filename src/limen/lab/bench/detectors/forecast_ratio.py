"""ForecastRatio: the forecast with the log-likelihood ratio itself, a pass a trait, in place of its first order."""

from __future__ import annotations

from typing import ClassVar

from limen.before.forecast import ForecastConfig
from limen.lab.bench.detectors.forecast import Forecast


class ForecastRatio(Forecast):
    """What the forecast would say if it read every row under every twin."""

    name: ClassVar[str] = "forecast-ratio"
    title: ClassVar[str] = "limen forecast by log-likelihood ratios"
    sources: ClassVar[tuple[str, ...]] = (*Forecast.sources, "lab/bench/detectors/forecast.py")
    config: ClassVar[ForecastConfig] = ForecastConfig(top_rows=0, statistic="likelihood-ratio")
