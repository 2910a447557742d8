"""Probes run on arms, and arms compared: used by every phase."""

from limen.measure._model import Measurable
from limen.measure.read import Readings, read_traits
from limen.measure.recorded import RecordedOptions, read_recorded

__all__ = ["Measurable", "Readings", "RecordedOptions", "read_recorded", "read_traits"]
