"""Probes run on arms, and arms compared: used by every phase."""

from limen.measure._model import Measurable
from limen.measure.bias import BiasScore, bias_score, bias_scores
from limen.measure.choose import traits_for
from limen.measure.compare import compare, compare_arms
from limen.measure.read import Readings, read_traits
from limen.measure.recorded import RecordedOptions, read_recorded
from limen.measure.summary import Summary, summarise

__all__ = [
    "BiasScore",
    "Measurable",
    "Readings",
    "RecordedOptions",
    "Summary",
    "bias_score",
    "bias_scores",
    "compare",
    "compare_arms",
    "read_recorded",
    "read_traits",
    "summarise",
    "traits_for",
]
